"""Nothing is lost or half-written: commands killed with SIGKILL leave the state before or after.

Each command dies just before and just after every moment at which it opens a file for writing, renames, makes or
removes something below the folder that it writes to (Python's audit hooks tell these moments, so no code of ours is
changed), and then at random times. `KG_LONG=1` kills 500 times; else each such moment once and ten times at random.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg import store
from kg.query import rows

if TYPE_CHECKING:
    from tests.conftest import DataFolder, Kg
    from tests.reliability.conftest import Promise

ROOT = Path(__file__).resolve().parents[2]
RUNS = 500 if os.environ.get("KG_LONG") else 0
AT_RANDOM = 10
LABEL = "SELECT ?label { id:us-treasury rdfs:label ?label }"
BEFORE, AFTER = "US Treasury", "Treasury of the United States"

# Runs a command of ours and dies without warning at the n-th moment at which it touches the folder (0: never), or just
# after it (-n): a file that was opened for writing is then empty.
DIE = """
import os, signal, sys
moment, folder = int(sys.argv[1]), os.path.realpath(sys.argv[2])
from kg.cli import run
seen = [0]
def after(frame, event, function):
    if event == "c_return" and function is not sys.setprofile:
        os.kill(os.getpid(), signal.SIGKILL)
def watch(event, args):
    if event in ("os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree") or (
        event == "open" and isinstance(args[1], str) and set(args[1]) & set("wxa+")
    ):
        if any(isinstance(a, (str, bytes)) and os.path.realpath(os.fsdecode(a)).startswith(folder) for a in args):
            seen[0] += 1
            if seen[0] == moment:
                os.kill(os.getpid(), signal.SIGKILL)
            if seen[0] == -moment:
                sys.setprofile(after)
sys.addaudithook(watch)
code = run(sys.argv[3:])
print(seen[0])
sys.exit(code)
"""


@dataclass(frozen=True)
class Command:
    """What is killed: its arguments, and where it writes."""

    name: str
    args: Callable[[Path, Path], list[str]]
    output: str


COMMANDS = (
    Command("build", lambda data, home: ["build", "--data", str(data), "--store", str(home / "build")], "build"),
    Command(
        "export",
        lambda data, home: ["export", "--store", str(home / "build"), "-o", str(home / "out" / "graph.ttl")],
        "out",
    ),
    Command(
        "view",
        lambda data, home: ["view", "--store", str(home / "build"), "-o", str(home / "out" / "graph.html")],
        "out",
    ),
)


def start(moment: int, folder: Path, args: list[str]) -> subprocess.Popen[str]:
    """Start a command in a process of its own."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}
    return subprocess.Popen(
        [sys.executable, "-c", DIE, str(moment), str(folder), *args],
        env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def written(home: Path) -> dict[str, bytes]:
    """What was exported, by the name of its file."""
    return {path.name: path.read_bytes() for path in (home / "out").iterdir() if not path.name.startswith(".")}


def state(home: Path) -> str:
    """Read the whole build as a user would: its text is what was signed, and the store says the same."""
    lines = store.lines(home / "build")
    [row] = rows(store.open_store(str(home / "build")), LABEL)
    count = int(
        rows(store.open_store(str(home / "build")), "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")[0]["n"]
    )
    assert count == len(lines) == store.manifest(home / "build")["counts"]["quads"]
    return row["label"]


@pytest.fixture
def home(data_folder: DataFolder, kg: Kg, tmp_path: Path) -> Path:
    """A folder with a build of the small dossier and what was exported of it; the register then says something else."""
    home = tmp_path / "home"
    (home / "out").mkdir(parents=True)
    for command in COMMANDS:
        assert kg(*command.args(data_folder.path, home)).code == 0
    data_folder.change(f",{BEFORE},", f",{AFTER},", data_folder.entities)
    return home


@pytest.mark.slow
def test_a_killed_command_leaves_the_state_before_or_after(
    data_folder: DataFolder, home: Path, promise: Promise
) -> None:
    chance = random.Random(20261122)
    first = written(home)
    whole = {command.name: measured(command, data_folder.path, home) for command in COMMANDS}
    allowed = {name: {data, written(home)[name]} for name, data in first.items()}
    assert all(len(versions) == 2 for versions in allowed.values()), "the two states should differ in every file"
    data_folder.change(f",{AFTER},", f",{BEFORE},", data_folder.entities)
    plan = list(deaths(whole, chance))
    inside = died = 0
    for run, (command, moment, seconds) in enumerate(plan):
        child = start(moment, home / command.output, command.args(data_folder.path, home))
        if not moment:
            time.sleep(seconds)
            child.kill()
        child.communicate(timeout=60)
        died += child.returncode == -9
        inside += child.returncode == -9 and moment != 0
        label = state(home)
        assert label in (BEFORE, AFTER), f"run {run}: {command.name} left a build that says {label!r}"
        for name, data in written(home).items():
            assert data in allowed[name], f"run {run}: {command.name} left half a {name}"
        wanted = BEFORE if label == AFTER else AFTER
        if current(data_folder) != wanted:
            data_folder.change(f",{label},", f",{wanted},", data_folder.entities)
    assert died > len(plan) // 2, "most of the processes were still alive when they were to die"
    leave_no_rubbish(data_folder, home)
    promise(
        "killed commands leave the state before or after", tried=len(plan), survived=len(plan),
        note=f"{died} died by SIGKILL, {inside} of them while writing",
    )  # fmt: skip


def deaths(whole: dict[str, tuple[int, float]], chance: random.Random) -> Iterator[tuple[Command, int, float]]:
    """What is killed when: every moment from both sides, then random moments and random times (moment 0)."""
    told = 0
    for command in COMMANDS:
        for moment in range(1, whole[command.name][0] + 1):
            yield command, moment, 0
            yield command, -moment, 0
            told += 2
    for run in range(max(RUNS - told, AT_RANDOM)):
        command = COMMANDS[run % len(COMMANDS)]
        moments, seconds = whole[command.name]
        by_moment = RUNS and chance.random() < 0.3
        yield (
            command,
            chance.randint(1, moments) * chance.choice((-1, 1)) if by_moment else 0,
            chance.uniform(0, seconds),
        )


def measured(command: Command, data: Path, home: Path) -> tuple[int, float]:
    """How often a command touches its folder, and how long it takes."""
    began = time.monotonic()
    child = start(0, home / command.output, command.args(data, home))
    out, err = child.communicate(timeout=60)
    assert child.returncode == 0, err
    return int(out.split()[-1]), time.monotonic() - began


def current(data_folder: DataFolder) -> str:
    """What the register calls the Treasury now."""
    return AFTER if AFTER in data_folder.entities.read_text(encoding="utf-8") else BEFORE


def leave_no_rubbish(data_folder: DataFolder, home: Path) -> None:
    """After the next build that is let live, nothing is left of the dead ones."""
    child = start(0, home / "build", COMMANDS[0].args(data_folder.path, home))
    assert child.communicate(timeout=60) and child.returncode == 0
    assert len(list((home / "build").glob("gen-*"))) <= 2
    assert {path.name for path in (home / "build").iterdir() if path.is_file()} == {"CURRENT", ".lock"}
