"""One writer at a time in a build folder: who comes second is told so, or waits its turn and is not kept out."""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kg import lock
from kg.errors import StorageError

ROWS = Path(__file__).parent / "data" / "feeds" / "gdelt-2.0.csv"


@pytest.fixture
def folder(small_build: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_build, tmp_path / "build"))


@contextlib.contextmanager
def let_go_after(folder: Path, seconds: float) -> Iterator[None]:
    """Somebody else writes there, and ends after a time."""
    with contextlib.ExitStack() as other:
        other.enter_context(lock.held(folder))
        timer = threading.Timer(seconds, other.close)
        timer.start()
        yield
        timer.join()


def test_who_comes_second_is_told_at_once(folder: Path) -> None:
    with lock.held(folder), pytest.raises(StorageError, match="another build is running"), lock.held(folder):
        pass
    with lock.held(folder):
        pass


def test_who_waits_goes_on_when_the_other_has_ended(folder: Path, kg: Callable[..., Any]) -> None:
    with let_go_after(folder, 0.3):
        done = kg("import", "gdelt", ROWS, "--wait", 20, "--store", folder)
    assert done.code == 0, done.err


def test_who_has_waited_long_enough_is_told(folder: Path, kg: Callable[..., Any]) -> None:
    with lock.held(folder):
        done = kg("import", "gdelt", ROWS, "--wait", "0.1", "--store", folder)
    assert done.code == 3 and "another build is running" in done.err


def test_who_waits_is_not_kept_out_by_one_that_writes_again_and_again(folder: Path) -> None:
    over, turns = threading.Event(), 0

    def write_again_and_again() -> None:
        nonlocal turns
        while not over.is_set():
            with contextlib.suppress(StorageError), lock.held(folder):
                turns += 1
                over.wait(0.03)

    busy = threading.Thread(target=write_again_and_again)
    busy.start()
    missed = 0
    try:
        for _ in range(5):
            before = turns
            with lock.patience(20), lock.held(folder):
                missed += turns - before
    finally:
        over.set()
        busy.join()
    assert missed <= 10  # the other ends what it does, and once may begin anew before the turn is taken


def test_a_turn_that_is_over_waits_no_longer(folder: Path) -> None:
    with lock.patience(20):
        pass
    with lock.held(folder), pytest.raises(StorageError), lock.held(folder):
        pass
