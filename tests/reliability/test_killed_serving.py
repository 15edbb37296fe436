"""Nothing is lost when somebody dies while a build is served: builder, importer, or the server as it changes over.

A server answers all the time while builds and imports into its folder are killed: before, inside and after the commit.
Each of its answers is of one whole build, and soon of the one that the dead left as current. Then servers are killed
while they change over to a new build: their workers go with them, nothing is locked, and the next server serves what
is there. `KG_LONG=1`: 80 dead writers and 40 dead servers; else 10 and 3.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import httpx
import pytest

from kg import importing, pipeline, store
from kg.terms import GRAPH
from tests.reliability import dying

if TYPE_CHECKING:
    from tests.conftest import DataFolder
    from tests.reliability.conftest import Promise
    from tests.web.conftest import Server, Serving

ROOT = Path(__file__).resolve().parents[2]
WRITERS, SERVERS = (80, 40) if os.environ.get("KG_LONG") else (10, 3)
SOON = 20  # seconds in which a server has changed over, on a machine that does much else


QUESTION = (
    f"SELECT ?label ?fed ?rest {{ {dying.LABEL.removeprefix('SELECT ?label')} {{ SELECT (COUNT(*) AS ?fed) {{ "
    + (
        f"GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), '{GRAPH}feed/')) }} }} {{ SELECT (COUNT(*) AS ?rest) {{ "
        f"GRAPH ?g {{ ?s ?p ?o }} FILTER(!STRSTARTS(STR(?g), '{GRAPH}feed/')) }} }} }}"
    )
)


class Held(NamedTuple):
    """What a build holds: the name that changes, the imported quads, the others."""

    label: str
    fed: int
    rest: int


def on_disk(build: Path) -> Held:
    """What is whole in the folder, by its manifest."""
    label, _ = dying.left(build)
    about = store.manifest(build)
    return Held(label, sum(each["counts"]["quads"] for each in about.get("feeds", [])), about["counts"]["quads"])


def served(server: Server, mark: object) -> Held:
    """What the server says, asked as nobody asked before."""
    [row] = server.rows(f"{QUESTION} # {mark}")
    return Held(row["label"], int(row["fed"]), int(row["rest"]))


def other(folder: DataFolder) -> None:
    """Give the Treasury its other name."""
    text = folder.entities.read_text(encoding="utf-8")
    old, new = (dying.BEFORE, dying.AFTER) if f",{dying.BEFORE}," in text else (dying.AFTER, dying.BEFORE)
    folder.change(f",{old},", f",{new},", folder.entities)


@pytest.fixture
def build(data_folder: DataFolder, tmp_path: Path) -> Path:
    """A build, and beside it a table that can be imported."""
    (tmp_path / "rows.csv").write_text(dying.TABLE, encoding="utf-8")
    (tmp_path / "map.yaml").write_text(dying.MAPPING, encoding="utf-8")
    pipeline.build(data_folder.path, tmp_path / "build")
    return tmp_path / "build"


def deed(data_folder: DataFolder, build: Path, name: str) -> list[str]:
    """The arguments of one who changes the build."""
    have = importing.imported(build)
    if name == "build":
        other(data_folder)
        return ["build", "--data", str(data_folder.path), "--store", str(build)]
    if have:
        return ["import", "--drop", have[0]["batch"], "--store", str(build)]
    table, mapping = build.parent / "rows.csv", build.parent / "map.yaml"
    return ["import", "csv", str(table), "--mapping", str(mapping), "--store", str(build)]


@pytest.mark.slow
def test_a_server_answers_from_whole_builds_while_writers_die(
    data_folder: DataFolder, build: Path, serve: Serving, tmp_path: Path, promise: Promise
) -> None:
    chance, died, changed = random.Random(20261123), 0, 0
    commits, seconds = {}, {}
    for name in ("build", "import"):
        began = time.monotonic()
        child = dying.start(0, build, deed(data_folder, build, name))
        out, err = child.communicate(timeout=60)
        assert child.returncode == 0, err
        commits[name], seconds[name] = tuple(map(int, out.split()[-2:])), time.monotonic() - began
    with serve(build, tmp_path / "log", "--feeds") as server:
        for run in range(WRITERS):
            before = on_disk(build)
            name = ("build", "import")[run % 2]
            moments, commit = commits[name]
            moment = chance.randint(commit, moments) * chance.choice((1, -1)) if run % 4 < 2 else 0
            child = dying.start(moment, build, deed(data_folder, build, name))
            until = time.monotonic() + chance.uniform(0, seconds[name])
            while child.poll() is None and (moment or time.monotonic() < until):
                assert served(server, (run, time.monotonic())).rest == before.rest
            child.kill()
            child.communicate(timeout=60)
            died += child.returncode == -9
            after = on_disk(build)
            changed += after != before
            said = list(answers(server, run, after))
            assert set(said) <= {before, after} and said[-1] == after, f"run {run}: {said}, and on disk {after}"
        log = server.log.read_text()
    assert "Traceback" not in log and '"problem"' not in log
    assert died > WRITERS // 2 and changed, "some were to die, and some after the commit"
    note = f"{died} died by SIGKILL, {changed} after the commit"
    promise("a server answers from whole builds while writers die", tried=WRITERS, survived=WRITERS, note=note)


def answers(server: Server, run: int, wanted: Held) -> Iterator[Held]:
    """What the server says until it says what is on disk, or for too long."""
    end = time.monotonic() + SOON
    while time.monotonic() < end:
        found = served(server, (run, time.monotonic()))
        yield found
        if found == wanted:
            break


DAMAGES: dict[str, Callable[[Path], object]] = {
    "manifest.json is gone": lambda folder: (folder / "manifest.json").unlink(),
    "manifest.json is cut": lambda folder: (folder / "manifest.json").write_text("{", encoding="utf-8"),
    "manifest.json is a list": lambda folder: (folder / "manifest.json").write_text("[]", encoding="utf-8"),
    "seal.json is cut": lambda folder: (folder / "seal.json").write_text("{", encoding="utf-8"),
    "the store is gone": lambda folder: shutil.rmtree(folder / "store"),
}


@pytest.mark.slow
def test_a_damaged_build_is_told_and_the_one_before_stays_served(
    data_folder: DataFolder, build: Path, serve: Serving, tmp_path: Path, promise: Promise
) -> None:
    with serve(build, tmp_path / "log", "--feeds") as server:
        for number, (what, damage) in enumerate(DAMAGES.items()):
            before = on_disk(build)
            broken = build / f"gen-{number:012x}"
            shutil.copytree(store.generation(build), broken)
            damage(broken)
            store.save(build / "CURRENT", f"{broken.name}\n".encode())
            problems(server, number + 1)
            assert served(server, what) == before
            other(data_folder)
            pipeline.build(data_folder.path, build)
            assert list(answers(server, number, on_disk(build)))[-1] == on_disk(build) != before, what
        log = server.log.read_text()
    assert "Traceback" not in log and log.count('"problem"') == len(DAMAGES), "each problem is told once"
    promise("a damaged build is told and not served", tried=len(DAMAGES), survived=len(DAMAGES))


def problems(server: Server, count: int) -> None:
    """Wait until the server has told of so many problems."""
    end = time.monotonic() + SOON
    while server.log.read_text().count('"problem"') < count:
        assert time.monotonic() < end, "nothing is told"
        time.sleep(0.05)


@contextlib.contextmanager
def doomed(build: Path, log: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A server that is killed when the block ends; its address and its process."""
    args = [sys.executable, "-m", "kg", "serve", "--port", "0", "--feeds", "--store", str(build)]
    with log.open("wb") as out:
        process = subprocess.Popen(args, stderr=out, stdout=out, env={**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        end = time.monotonic() + 30
        while not (found := re.search(r" at (http://\S+)", log.read_text())):
            assert process.poll() is None and time.monotonic() < end, log.read_text()
            time.sleep(0.02)
        yield found[1], process
    finally:
        process.kill()
        process.wait(30)


@pytest.mark.slow
def test_a_server_that_dies_as_it_changes_over_leaves_nothing_behind(
    data_folder: DataFolder, build: Path, tmp_path: Path, promise: Promise
) -> None:
    chance, over = random.Random(20261124), 0
    for run in range(SERVERS):
        before = on_disk(build)
        log = tmp_path / f"log{run}"
        with doomed(build, log) as (url, process):
            answer = httpx.get(url + "sparql", params={"query": dying.LABEL}, timeout=60).json()
            assert answer["results"]["bindings"][0]["label"]["value"] == before.label
            other(data_folder)
            pipeline.build(data_folder.path, build)
            time.sleep(chance.uniform(0, 1.6))  # it looks every half second, and has new workers to start
            workers = children(process.pid)
            assert workers
        over += '"was":' in log.read_text()
        after = on_disk(build)
        assert after.label != before.label and after.rest == before.rest
        end = time.monotonic() + SOON
        while left := [pid for pid in workers if lives(pid)]:
            assert time.monotonic() < end, f"run {run}: workers {left} outlive their server"
            time.sleep(0.05)
    pipeline.build(data_folder.path, build)
    assert len(list(build.glob("gen-*"))) <= 2, "what dead servers read is held by nobody"
    note = f"{over} of them had just changed over"
    promise("servers killed as they change over leave nothing behind", tried=SERVERS, survived=SERVERS, note=note)


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    done = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return list(map(int, done.stdout.split()))


def lives(pid: int) -> bool:
    """Whether a process runs; one that ended and that nobody asked about does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
