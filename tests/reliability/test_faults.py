"""Faults are told clearly: a full disk, a read-only place, no permission, a lock, damage, a closed pipe, a wrong clock.

The faults are real: a file system of 300 kB, a mount that is read-only, a user without rights, a process that holds
the lock, bytes cut from the files of a store. Each case must end with the exit code of its kind and one line that says
where, what and what to do, with no traceback, and leave what was there before as it was.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg import pipeline, store
from kg.query import rows

if TYPE_CHECKING:
    from tests.conftest import DataFolder, Outcome
    from tests.reliability.conftest import Promise

ROOT = Path(__file__).resolve().parents[2]
LONG = bool(os.environ.get("KG_LONG"))
ROOTED = hasattr(os, "geteuid") and os.geteuid() == 0
HUMBLE = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")  # root, but as others are
LABEL = "SELECT ?label { id:us-treasury rdfs:label ?label }"
WRITERS: dict[str, Callable[[Path, Path, Path], list[str]]] = {
    "build": lambda data, build, place: ["build", "--data", str(data), "--store", str(place / "build")],
    "tour": lambda data, build, place: ["tour", "--store", str(place / "build"), "--directory", str(place)],
    "export": lambda data, build, place: ["export", "--store", str(build), "-o", str(place / "graph.ttl")],
    "view": lambda data, build, place: ["view", "--store", str(build), "-o", str(place / "graph.html")],
    "query": lambda data, build, place: [
        "query", "SELECT * { ?s ?p ?o, ?x }", "--store", str(build), "-o", str(place / "rows.csv"),
    ],
}  # fmt: skip


def command(args: list[str], before: str = "", humble: bool = False) -> Outcome:
    """Run a command of ours in a process of its own; `before` is Python that runs first, `humble` obeys permissions."""
    from tests.conftest import Outcome

    code = f"{before}\nimport sys\nfrom kg.cli import run\nsys.exit(run(sys.argv[1:]))"
    done = subprocess.run(
        [*(HUMBLE if humble and ROOTED else ()), sys.executable, "-c", code, *args],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=60, cwd="/",
    )  # fmt: skip
    return Outcome(done.returncode, done.stdout, done.stderr)


def told(outcome: Outcome, code: int, *words: str) -> None:
    """One line on standard error that says what and what to do."""
    assert outcome.code == code, outcome
    assert "Traceback" not in outcome.err and outcome.err.count("\n") == 1, outcome.err
    assert outcome.err.count(". ") >= 1, f"no repair in: {outcome.err}"
    for word in words:
        assert word in outcome.err, outcome.err


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Mount a file system of its own for one test: `mount("size=300k")`, or an existing folder read-only."""
    if not ROOTED:
        pytest.skip("only root can mount a file system for a test")
    mounted: list[Path] = []

    def make(options: str = "", of: Path | None = None) -> Path:
        place = tmp_path / f"mount{len(mounted)}"
        place.mkdir()
        if of is None:
            calls = [["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]]
        else:
            calls = [["mount", "--bind", str(of), str(place)], ["mount", "-o", "remount,ro,bind", str(place)]]
        for call in calls:
            done = subprocess.run(call, capture_output=True, text=True, check=False)
            if done.returncode:
                pytest.skip(f"this machine lets nobody mount: {done.stderr.strip()}")
        mounted.append(place)
        return place

    yield make
    for place in mounted:
        subprocess.run(["umount", str(place)], check=False)


@pytest.mark.parametrize("name", WRITERS)
def test_a_full_disk(
    name: str, data_folder: DataFolder, built: Path, mount: Callable[..., Path], promise: Promise
) -> None:
    place = mount("size=64k")
    for file in ("graph.ttl", "graph.html", "rows.csv"):
        (place / file).write_text("what was there")
    told(command(WRITERS[name](data_folder.path, built, place)), 3, "No space left on device")
    left = {path.name: path.read_text() for path in place.iterdir() if path.is_file() and not path.name.startswith(".")}
    assert left == dict.fromkeys(("graph.ttl", "graph.html", "rows.csv"), "what was there")
    assert not [path for path in place.iterdir() if path.name.startswith(".") and path.name != ".lock"], "half a file"
    promise("full disk", tried=1, survived=1)


@pytest.mark.parametrize("room", [200, 400, 800, 1600])
def test_a_disk_that_fills_while_a_build_is_made(
    room: int, data_folder: DataFolder, mount: Callable[..., Path], promise: Promise
) -> None:
    """Whether the text, the store or the manifest does not fit: the build before stays, and can be asked."""
    place = mount("size=6m")
    pipeline.build(data_folder.path, place / "build")
    free = os.statvfs(place).f_bavail * os.statvfs(place).f_frsize
    (place / "filler").write_bytes(b"x" * max(free - room * 1024, 0))
    data_folder.change(",US Treasury,", ",Treasury of the United States,", data_folder.entities)
    outcome = command(["build", "--data", str(data_folder.path), "--store", str(place / "build")])
    [row] = rows(store.open_store(str(place / "build")), LABEL)
    if outcome.code == 0:
        assert row["label"] == "Treasury of the United States"
    else:
        told(outcome, 3, "untouched")
        assert row["label"] == "US Treasury" and len(list((place / "build").glob("gen-*"))) == 1
    promise("full disk", tried=1, survived=1)


@pytest.mark.parametrize("name", WRITERS)
def test_a_read_only_place(
    name: str, data_folder: DataFolder, built: Path, tmp_path: Path, mount: Callable[..., Path], promise: Promise
) -> None:
    (tmp_path / "there").mkdir()
    place = mount(of=tmp_path / "there")
    told(command(WRITERS[name](data_folder.path, built, place)), 3, "Read-only file system", str(place))
    promise("read-only place", tried=1, survived=1)


def test_a_build_on_a_read_only_disk_is_read(built: Path, mount: Callable[..., Path], promise: Promise) -> None:
    place = mount(of=built)
    for args in (["show", "petro"], ["query", "who-sanctioned-whom"], ["export", "-f", "turtle"]):
        outcome = command([*args, "--store", str(place)])
        assert outcome.code == 0 and outcome.out, outcome
    promise("read-only place", tried=3, survived=3)


@pytest.mark.parametrize("name", WRITERS)
def test_no_permission(name: str, data_folder: DataFolder, tmp_path: Path, promise: Promise) -> None:
    """A place that may not be written to, a build that may not be read, data that may not be read."""
    pipeline.build(data_folder.path, tmp_path / "build")
    (tmp_path / "closed").mkdir(mode=0o555)
    outcome = command(WRITERS[name](data_folder.path, tmp_path / "build", tmp_path / "closed"), humble=True)
    told(outcome, 3, "Permission denied", str(tmp_path / "closed"))
    assert list((tmp_path / "closed").iterdir()) == []
    store.generation(tmp_path / "build").chmod(0)
    told(command(["show", "petro", "--store", str(tmp_path / "build")], humble=True), 3, str(tmp_path / "build"))
    data_folder.entities.chmod(0)
    data = ["--data", str(data_folder.path)]
    told(command(["build", *data, "--store", str(tmp_path / "new")], humble=True), 3, "entities.csv")
    promise("no permission", tried=3, survived=3)


def test_a_lock_that_another_process_holds(data_folder: DataFolder, tmp_path: Path, promise: Promise) -> None:
    pipeline.build(data_folder.path, tmp_path / "build")
    before = store.lines(tmp_path / "build")
    with (tmp_path / "build" / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        outcome = command(["build", "--data", str(data_folder.path), "--store", str(tmp_path / "build")])
    told(outcome, 3, "another build is running there", "Wait")
    assert store.lines(tmp_path / "build") == before
    promise("a lock", tried=1, survived=1)


@pytest.mark.parametrize("how", ["cut", "empty", "gone", "noise", "a folder"])
def test_a_damaged_build(how: str, data_folder: DataFolder, tmp_path: Path, promise: Promise) -> None:
    """Each file of a build in turn: a command tells it or answers rightly, and the next build repairs it."""
    pipeline.build(data_folder.path, tmp_path / "whole")
    wanted = command(["query", LABEL, "--store", str(tmp_path / "whole"), "-f", "json"])
    files = [p.relative_to(tmp_path / "whole") for p in sorted((tmp_path / "whole").rglob("*")) if p.is_file()]
    files = [path for path in files if not path.name.startswith((".lock", "LOG", "LOCK", "IDENTITY"))]
    assert len(files) >= 8
    named = [path for path in files if path.name.startswith(("CURRENT", "MANIFEST", "seal", "kg."))]
    for file in files if LONG else named:
        shutil.rmtree(tmp_path / "build", ignore_errors=True)
        shutil.copytree(tmp_path / "whole", tmp_path / "build")
        damage(tmp_path / "build" / file, how)
        outcome = command(["query", LABEL, "--store", str(tmp_path / "build"), "-f", "json"])
        if outcome.code:
            told(outcome, 3, "`kg build`")
        else:
            assert outcome == wanted, f"{file} {how}: a wrong answer"
        if (tmp_path / "build" / "CURRENT").is_dir():  # a folder of somebody's stays, and is told
            (tmp_path / "build" / "CURRENT").rmdir()
        pipeline.build(data_folder.path, tmp_path / "build")
        assert rows(store.open_store(str(tmp_path / "build")), LABEL) == [{"label": "US Treasury"}]
    tried = len(files if LONG else named)
    promise("damaged build", tried=tried, survived=tried)


def damage(path: Path, how: str) -> None:
    """Bend one file."""
    raw = path.read_bytes()
    path.unlink()
    if how == "a folder":
        path.mkdir()
    elif how != "gone":
        path.write_bytes({"cut": raw[: len(raw) // 2], "empty": b"", "noise": bytes(b ^ 0x5A for b in raw)}[how])


# The dossier is listed with the folder, and is gone when it is to be read.
VANISH = """
import os, pathlib
find = pathlib.Path.rglob
def rglob(self, pattern):
    found = list(find(self, pattern))
    if os.path.exists({gone!r}):
        os.unlink({gone!r})
    return found
pathlib.Path.rglob = rglob
"""


def test_a_file_that_vanishes_between_two_looks(data_folder: DataFolder, tmp_path: Path, promise: Promise) -> None:
    listed = VANISH.format(gone=str(data_folder.dossier))
    outcome = command(["build", "--data", str(data_folder.path), "--store", str(tmp_path / "build")], before=listed)
    assert outcome.code in (1, 3) and "note.yaml" in outcome.err and "Traceback" not in outcome.err, outcome
    assert not (tmp_path / "build").exists()
    promise("vanished file", tried=1, survived=1)


@pytest.mark.parametrize("args", [["query", "SELECT * { ?s ?p ?o }"], ["export", "-f", "nquads"], ["show", "petro"]])
def test_a_closed_pipe_is_no_fault(args: list[str], built: Path, promise: Promise) -> None:
    code = "import sys\nfrom kg.cli import main\nmain(sys.argv[1:])"
    with subprocess.Popen(
        [sys.executable, "-c", code, *args, "--store", str(built)], env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as child:  # fmt: skip
        assert child.stdout and child.stderr
        child.stdout.read(1)
        child.stdout.close()
        assert child.stderr.read() == b"" and child.wait(timeout=30) == 0
    promise("closed pipe", tried=1, survived=1)


@pytest.mark.parametrize("clock", ["0", "4102444800", "-1", "2**40"])
def test_no_clock_is_asked(
    clock: str, data_folder: DataFolder, small_build: Path, tmp_path: Path, promise: Promise
) -> None:
    """A clock that stands at the beginning of time, in the next century or nowhere changes no byte of a build."""
    wrong = f"import time\ntime.time = lambda: {clock}\ntime.time_ns = lambda: {clock} * 10**9"
    outcome = command(["build", "--data", str(data_folder.path), "--store", str(tmp_path / "build")], before=wrong)
    assert outcome.code == 0, outcome
    assert store.lines(tmp_path / "build") == store.lines(small_build)
    assert store.manifest(tmp_path / "build") == store.manifest(small_build)
    promise("clock jumps", tried=1, survived=1)
