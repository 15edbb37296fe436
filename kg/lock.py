"""One writer at a time in a build folder; another is told so at once, or waits its turn as long as it was asked to.

Who waits holds the place of the next one, so that a process that writes again and again cannot keep it out. Readers
never wait: they have the generation that is in use.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path

from kg.errors import StorageError

_PATIENCE: ContextVar[float] = ContextVar("patience", default=0.0)
_STEP = 0.05  # seconds between two tries


@contextlib.contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Let what writes into a build folder in this block wait so many seconds for another that writes there."""
    before = _PATIENCE.set(seconds)
    try:
        yield
    finally:
        _PATIENCE.reset(before)


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the lock of a build folder.

    Raises:
        StorageError: another writes there, and did not end in the time that there is patience for.
    """
    tries = round(_PATIENCE.get() / _STEP)
    with contextlib.ExitStack() as turn, (folder / ".lock").open("w") as file:
        for place in (_next(folder, turn), file.fileno()):
            while not _taken(place):
                if tries <= 0:
                    raise StorageError(
                        f"{folder}: another build is running there.", hint="Wait for it (--wait), or choose --store."
                    )
                time.sleep(_STEP)
                tries -= 1
        turn.close()
        yield


def _next(folder: Path, turn: contextlib.ExitStack) -> int | None:
    """The place of the next one: the folder itself, opened for a turn; None where a folder cannot be opened."""
    try:
        place = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    turn.callback(os.close, place)
    return place


def _taken(place: int | None) -> bool:
    try:
        import fcntl
    except ImportError:  # no advisory locks on this system: CURRENT is still replaced atomically
        return True
    try:
        if place is not None:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


__all__ = ["held", "patience"]
