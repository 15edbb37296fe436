"""Nothing is lost or half-written: commands killed with SIGKILL leave the state before or after.

Each command dies just before and just after every moment at which it opens a file for writing, renames, makes, links
or removes something below the folder that it writes to (`dying.py`), and then at random times, most of which find the
engine at work. `KG_LONG=1` kills 500 times, at least 50 of them inside the commit; else each such moment (of an import
from one side, but in the commit from both) and ten times at random. What a server sees of it: `test_killed_serving.py`.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg import importing
from tests.reliability import dying

if TYPE_CHECKING:
    from tests.conftest import DataFolder, Kg
    from tests.reliability.conftest import Promise

LONG = bool(os.environ.get("KG_LONG"))
RUNS, AT_RANDOM, LEAST = (500, 150, 50) if LONG else (0, 10, 20)


@dataclass(frozen=True)
class Command:
    """What is killed: its arguments, where it writes, and how many batches the build has before it runs (-1: any)."""

    name: str
    args: Callable[[Path, Path], list[str]]
    output: str
    batches: int = -1


@dataclass(frozen=True)
class Whole:
    """How a command goes that nobody kills: how often it touches its folder, where the commit begins, how long."""

    moments: int
    commit: int
    seconds: float


def there(home: Path) -> list[str]:
    """The option that names the build."""
    return ["--store", str(home / "build")]


def brought(home: Path) -> list[str]:
    """What brings a batch in."""
    return ["import", "csv", str(home / "rows.csv"), "--mapping", str(home / "map.yaml"), *there(home)]


def dropped(home: Path) -> list[str]:
    """What takes the batch out again."""
    return ["import", "--drop", importing.imported(home / "build")[0]["batch"], *there(home)]


COMMANDS = (
    Command("build", lambda data, home: ["build", "--data", str(data), *there(home)], "build"),
    Command("export", lambda data, home: ["export", *there(home), "-o", str(home / "out" / "graph.ttl")], "out"),
    Command("view", lambda data, home: ["view", *there(home), "-o", str(home / "out" / "graph.html")], "out"),
    Command("import", lambda data, home: brought(home), "build", 0),
    Command("drop", lambda data, home: dropped(home), "build", 1),
)


def written(home: Path) -> dict[str, bytes]:
    """What was exported, by the name of its file."""
    return {path.name: path.read_bytes() for path in (home / "out").iterdir() if not path.name.startswith(".")}


@pytest.fixture
def home(data_folder: DataFolder, kg: Kg, tmp_path: Path) -> Path:
    """A folder with a build of the small dossier and what was exported of it; the register then says something else."""
    home = tmp_path / "home"
    (home / "out").mkdir(parents=True)
    (home / "rows.csv").write_text(dying.TABLE, encoding="utf-8")
    (home / "map.yaml").write_text(dying.MAPPING, encoding="utf-8")
    for command in COMMANDS:
        assert kg(*command.args(data_folder.path, home)).code == 0
    data_folder.change(f",{dying.BEFORE},", f",{dying.AFTER},", data_folder.entities)
    return home


@pytest.mark.slow
def test_a_killed_command_leaves_the_state_before_or_after(
    data_folder: DataFolder, home: Path, kg: Kg, promise: Promise
) -> None:
    chance = random.Random(20261122)
    first = written(home)
    whole = {command.name: measured(command, data_folder.path, home) for command in COMMANDS}
    allowed = {name: {data, written(home)[name]} for name, data in first.items()}
    assert all(len(versions) == 2 for versions in allowed.values()), "the two states should differ in every file"
    data_folder.change(f",{dying.AFTER},", f",{dying.BEFORE},", data_folder.entities)
    plan = list(deaths(whole, chance))
    writing = inside = died = 0
    for run, (command, moment, seconds) in enumerate(plan):
        batches = prepared(command, home, kg)
        child = dying.start(moment, home / command.output, command.args(data_folder.path, home))
        if not moment:
            time.sleep(seconds)
            child.kill()
        child.communicate(timeout=60)
        killed = child.returncode == -9
        died += killed
        writing += killed and moment != 0
        inside += killed and abs(moment) >= whole[command.name].commit
        what = f"run {run}: {command.name} killed at {moment or seconds}"
        label, after = dying.left(home / "build")
        assert label in (dying.BEFORE, dying.AFTER), f"{what} left a build that says {label!r}"
        assert after == batches or command.batches in (0, 1), f"{what} changed the batches"
        for name, data in written(home).items():
            assert data in allowed[name], f"{what} left half a {name}"
        wanted = dying.BEFORE if label == dying.AFTER else dying.AFTER
        if wanted not in data_folder.entities.read_text(encoding="utf-8"):
            data_folder.change(f",{label},", f",{wanted},", data_folder.entities)
    assert died > len(plan) // 2, "most of the processes were still alive when they were to die"
    assert inside >= LEAST
    leave_no_rubbish(data_folder, home)
    promise(
        "killed commands leave the state before or after", tried=len(plan), survived=len(plan),
        note=f"{died} died by SIGKILL, {writing} of them while writing, {inside} inside the commit",
    )  # fmt: skip


def prepared(command: Command, home: Path, kg: Kg) -> tuple[str, ...]:
    """Bring the batch in or take it out, as the command needs it; give the batches that are there."""
    have = len(importing.imported(home / "build"))
    if command.batches not in (-1, have):
        assert kg(*(dropped(home) if have else brought(home))).code == 0
    _, batches = dying.left(home / "build")
    assert command.batches in (-1, len(batches))
    return tuple(batches)


def deaths(whole: dict[str, Whole], chance: random.Random) -> Iterator[tuple[Command, int, float]]:
    """What is killed when: the moments from both sides, then random moments and random times (moment 0)."""
    told = 0
    for command in COMMANDS:
        for moment in range(1, whole[command.name].moments + 1):
            both = LONG or command.batches < 0 or moment >= whole[command.name].commit
            for side in (1, -1) if both else ((1, -1)[moment % 2],):
                yield command, moment * side, 0
                told += 1
    for run in range(max(RUNS - told, AT_RANDOM)):
        command = COMMANDS[run % len(COMMANDS)]
        one = whole[command.name]
        by_moment = LONG and chance.random() < 0.3
        yield (
            command,
            chance.randint(1, one.moments) * chance.choice((-1, 1)) if by_moment else 0,
            chance.uniform(0, one.seconds),
        )


def measured(command: Command, data: Path, home: Path) -> Whole:
    """How a command goes that nobody kills."""
    began = time.monotonic()
    child = dying.start(0, home / command.output, command.args(data, home))
    out, err = child.communicate(timeout=60)
    assert child.returncode == 0, err
    moments, commit = map(int, out.split()[-2:])
    assert moments >= commit > 0
    return Whole(moments, commit, time.monotonic() - began)


def leave_no_rubbish(data_folder: DataFolder, home: Path) -> None:
    """After the next build that is let live, nothing is left of the dead ones."""
    child = dying.start(0, home / "build", COMMANDS[0].args(data_folder.path, home))
    assert child.communicate(timeout=60) and child.returncode == 0
    assert len(list((home / "build").glob("gen-*"))) <= 2
    assert {path.name for path in (home / "build").iterdir() if path.is_file()} == {"CURRENT", ".lock"}
