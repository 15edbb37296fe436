"""The build: the same input gives the same bytes, and whatever happens on the way, the build before it stays."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import kg as library
from kg import pipeline, resources, store
from kg.errors import StorageError
from kg.store import Rows

if TYPE_CHECKING:
    from tests.conftest import DataFolder, Kg

Unchanged = Callable[[Path], AbstractContextManager[None]]
ROOT = Path(__file__).resolve().parent.parent
SCHEMA = "<https://w3id.org/diplokg/graph/schema>"


@pytest.fixture
def folder(small_build: Path, tmp_path: Path) -> Path:
    """A build of the small data, to be damaged or built over."""
    return Path(shutil.copytree(small_build, tmp_path / "build"))


def ask(build: Path, query: str) -> list[tuple[str, ...]]:
    answer = library.open(build).query(query)
    assert isinstance(answer, Rows)
    return [tuple(getattr(term, "value", "") for term in row) for row in answer.rows]


LABEL = "SELECT ?label { id:us-treasury rdfs:label ?label }"
BOUNDS = "SELECT ?from ?to { %s sem:hasEarliestBeginTimeStamp ?from ; sem:hasLatestEndTimeStamp ?to }"


def relabel(data: DataFolder, label: str) -> None:
    """Make the data differ from those of `folder`, so that one can see which build answers."""
    data.change("us-treasury,ministry,US Treasury,", f"us-treasury,ministry,{label},", data.entities)


# ---------------------------------------------------------------- what a build holds


def test_every_line_stands_once_in_order_and_in_a_named_graph(built: Path) -> None:
    lines = store.lines(built)
    assert lines == sorted(set(lines)) and len(lines) > 5_000
    assert {line.rsplit(" ", 2)[1].rpartition("/graph/")[2].split("/")[0] for line in lines} == {
        "schema>", "entities>", "derived>", "doc",
    }  # fmt: skip


def test_blank_nodes_stand_in_the_vocabulary_only(built: Path) -> None:
    blank = [line for line in store.lines(built) if line.startswith("_:") or " _:" in line]
    assert [line for line in blank if not line.endswith(f" {SCHEMA} .\n")] == []
    assert blank, "the vocabulary has lists, so the guard sees blank nodes"


def test_blank_nodes_are_named_by_their_file_and_place(built: Path) -> None:
    names = {word for line in store.lines(built) for word in line.split(" ") if word.startswith("_:")}
    assert all(name.startswith(("_:core", "_:alignments")) for name in names)


def test_the_manifest_counts_and_signs_what_stands_beside_it(built: Path) -> None:
    raw = (store.generation(built) / "kg.nq").read_bytes()
    about = store.manifest(built)
    assert about["digest"] == hashlib.sha256(raw).hexdigest()
    assert about["counts"]["quads"] == raw.count(b"\n") == len(store.lines(built))
    assert store.generation(built).name == f"gen-{about['digest'][:12]}"


def test_the_store_holds_the_same_quads_as_the_text(built: Path) -> None:
    counted = ask(built, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    written = Counter(line.rsplit(" ", 2)[1].strip("<>") for line in store.lines(built))
    assert {graph: int(n) for graph, n in counted} == written
    assert ask(built, "SELECT ?s FROM <urn:none> { ?s ?p ?o }") == []


def test_two_days_after_is_solved_from_both_sides(small_build: Path) -> None:
    assert ask(small_build, BOUNDS % "id:trump-accuses-petro") == [("2025-10-01", "2025-10-29")]
    assert ask(small_build, BOUNDS % "id:treasury-sanctions-petro") == [("2025-10-03", "2025-10-31")]


def test_the_sanctions_of_the_bundled_dossier_are_two_days_after_the_exchange(built: Path) -> None:
    ((first, last),) = ask(built, BOUNDS % "id:trump-petro-exchange-of-october")
    ((earliest, latest),) = ask(built, BOUNDS % "id:treasury-sanctions-petro")
    assert (first[:8], latest) == ("2025-10-", "2025-10-31")
    assert (int(earliest[8:]) - int(first[8:]), int(latest[8:]) - int(last[8:])) == (2, 2)


def test_what_is_not_dated_has_no_end(small_build: Path) -> None:
    assert ask(small_build, BOUNDS % "id:petro-denies-part-in-drug-trade") == []


def test_strange_line_ends_in_a_label_do_not_tear_a_line(data_folder: DataFolder, tmp_path: Path) -> None:
    data_folder.change("label: Petro denies a part in the drug trade", 'label: "a\\u2028b\\u0085c\\n d\\t\\\\ \\""')
    made = pipeline.build(data_folder.path, tmp_path / "build")
    assert len(store.lines(tmp_path / "build")) == made.manifest["counts"]["quads"]
    assert ask(tmp_path / "build", "SELECT ?l { id:petro-denies-part-in-drug-trade rdfs:label ?l }") == [
        ("a\u2028b\x85c\n d\t\\ \"",)
    ]  # fmt: skip


# ---------------------------------------------------------------- the same bytes

ELSEWHERE = {
    "another seed, the root, plain C": {"PYTHONHASHSEED": "1", "LC_ALL": "C", "PYTHONUTF8": "0"},
    "yet another seed, a folder of its own, another zone": {"PYTHONHASHSEED": "4242", "TZ": "Pacific/Auckland"},
}


@pytest.mark.parametrize("place", ELSEWHERE)
def test_the_same_input_gives_the_same_bytes(built: Path, tmp_path: Path, place: str) -> None:
    where = Path("/") if "root" in place else tmp_path
    data = os.path.relpath(resources.bundled_data(), where)
    done = run("-m", "kg", "build", "--data", data, "--store", str(tmp_path / "build"), where=where, **ELSEWHERE[place])
    assert done.returncode == 0, done.stderr
    for name in ("kg.nq", "manifest.json"):
        assert (store.generation(tmp_path / "build") / name).read_bytes() == (
            store.generation(built) / name
        ).read_bytes()


def test_building_again_changes_nothing(data_folder: DataFolder, folder: Path, small_build: Path) -> None:
    pipeline.build(data_folder.path, folder)
    assert store.lines(folder) == store.lines(small_build)
    assert store.manifest(folder) == store.manifest(small_build)


def test_the_order_of_records_does_not_matter(data_folder: DataFolder, tmp_path: Path, small_build: Path) -> None:
    text = data_folder.dossier.read_text(encoding="utf-8")
    head, *events = text.partition("claims:")[0].split("  - id: ")
    source, head = head.partition("mentions:")[0], "mentions:" + head.partition("mentions:")[2]
    turned = "claims:" + text.partition("claims:")[2] + head + "  - id: " + "  - id: ".join(reversed(events))
    data_folder.dossier.write_text(source + turned, encoding="utf-8")
    pipeline.build(data_folder.path, tmp_path / "build")
    assert store.lines(tmp_path / "build") == store.lines(small_build)


# ---------------------------------------------------------------- which data, and where to


def test_data_are_those_named_else_those_here_else_the_bundled_ones(
    data_folder: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert resources.data_folder(None) == Path("data")
    assert resources.data_folder(resources.bundled_data()) == resources.bundled_data()
    shutil.rmtree(data_folder.path / "registers")
    assert resources.data_folder(None) == resources.bundled_data()


def test_a_build_folder_is_made_with_all_that_leads_to_it(data_folder: DataFolder, tmp_path: Path, kg: Kg) -> None:
    told = kg("build", "--data", data_folder.path, "--store", tmp_path / "a" / "b" / "c")
    assert told.code == 0 and told.out == ""
    assert ask(tmp_path / "a" / "b" / "c", LABEL) == [("US Treasury",)]


def test_a_service_cannot_be_built_to(
    data_folder: DataFolder, tmp_path: Path, kg: Kg, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = kg("build", "--data", data_folder.path, "--store", "https://example.org/sparql")
    assert told == (2, "", "kg: A build goes to a folder, not to a service. Name a folder with --store.\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "sources"]


# ---------------------------------------------------------------- a crash in the middle

# Build, and die without warning when a stage begins or when the n-th file or folder is to be secured on the disk.
DIE = """
import os, signal, sys
from pathlib import Path
from kg import pipeline
moment, data, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
def die(): os.kill(os.getpid(), signal.SIGKILL)
if moment.isdigit():
    left, secure = [int(moment)], os.fsync
    def fsync(descriptor):
        left[0] -= 1
        die() if not left[0] else secure(descriptor)
    os.fsync = fsync
pipeline.build(data, folder, lambda stage: die() if stage == moment else None)
print("alive")
"""


def run(*args: str, where: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run this Python in a process of its own."""
    paths = {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *args], cwd=where, env={**os.environ, **paths, **environment},
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize("moment", ["lifting", "storing", "1", "2", "3", "4", "5"])
def test_a_build_killed_in_the_middle_leaves_the_one_before(
    data_folder: DataFolder, folder: Path, kg: Kg, moment: str
) -> None:
    before = store.generation(folder)
    text = (before / "kg.nq").read_bytes()
    relabel(data_folder, "Treasury of the United States")
    assert run("-c", DIE, moment, str(data_folder.path), str(folder)).returncode == -9
    assert (store.generation(folder), (before / "kg.nq").read_bytes()) == (before, text)
    assert ask(folder, LABEL) == [("US Treasury",)]
    assert kg("build", "--data", data_folder.path, "--store", folder).code == 0
    assert ask(folder, LABEL) == [("Treasury of the United States",)]
    assert set(folder.glob("gen-*")) == {before, store.generation(folder)}, "nothing is left of the killed build"
    assert {path.name for path in folder.iterdir() if not path.is_dir()} == {"CURRENT", ".lock"}


def test_a_build_killed_after_the_swap_is_the_new_one(data_folder: DataFolder, folder: Path) -> None:
    relabel(data_folder, "Treasury of the United States")
    assert run("-c", DIE, "6", str(data_folder.path), str(folder)).returncode == -9
    assert ask(folder, LABEL) == [("Treasury of the United States",)]


def test_no_more_is_secured_than_the_moments_that_are_tried(data_folder: DataFolder, folder: Path) -> None:
    assert run("-c", DIE, "7", str(data_folder.path), str(folder)).stdout == "alive\n"


# ---------------------------------------------------------------- a full disk, and things in the way


@pytest.fixture(params=[1, 2, 4])
def full_disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The disk is full from the n-th file on."""
    calls = iter(range(1, 100))

    def fsync(descriptor: int) -> None:
        if next(calls) >= request.param:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fsync)
    yield


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_leaves_the_build_before_and_no_half_one(
    data_folder: DataFolder, folder: Path, kg: Kg, unchanged: Unchanged
) -> None:
    relabel(data_folder, "Treasury of the United States")
    with unchanged(folder):
        told = kg("build", "--data", data_folder.path, "--store", folder)
    assert (told.code, told.out) == (3, "")
    assert told.err.startswith(f"kg: {folder}") and told.err.count("\n") == 1
    assert "cannot be written: No space left on device. " in told.err and "untouched" in told.err


def test_a_limit_of_the_system_is_told_like_a_full_disk(
    data_folder: DataFolder, folder: Path, unchanged: Unchanged
) -> None:
    limited = (
        "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (9_000, 9_000))\nfrom kg.cli import main\nmain()"
    )
    with unchanged(folder):
        done = run("-c", limited, "build", "--data", str(data_folder.path), "--store", str(folder))
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.splitlines() == [
        f"kg: {folder}: cannot be written: File too large. "
        "What was built before is untouched; make room, or choose another folder with --store."
    ]


@pytest.mark.parametrize("below", ["", "deep/er"])
def test_a_file_in_the_way_is_told_and_stays(data_folder: DataFolder, tmp_path: Path, kg: Kg, below: str) -> None:
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    told = kg("build", "--data", data_folder.path, "--store", tmp_path / "taken" / below)
    assert (told.code, told.out, told.err.count("\n")) == (3, "", 1)
    assert ": cannot be written: " in told.err and "choose another folder with --store" in told.err
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "mine"


# ---------------------------------------------------------------- two at once

# Build, stop when the first file is to be secured, say so, and go on when a line comes in.
PAUSE = """
import os, sys
from pathlib import Path
from kg import pipeline
secure = os.fsync
def fsync(descriptor):
    os.fsync = secure
    print("writing", flush=True)
    sys.stdin.readline()
os.fsync = fsync
pipeline.build(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def test_of_two_builds_at_once_the_second_is_refused_and_the_first_ends_well(
    data_folder: DataFolder, folder: Path, kg: Kg
) -> None:
    relabel(data_folder, "Treasury of the first")
    first = subprocess.Popen(
        [sys.executable, "-c", PAUSE, str(data_folder.path), str(folder)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with first:
        assert first.stdout and first.stdout.readline() == "writing\n"
        told = kg("build", "--data", resources.bundled_data(), "--store", folder)
        assert told == (
            3,
            "",
            f"kg: {folder}: another build is running there. Wait for it (--wait), or choose --store.\n",
        )
        assert ask(folder, LABEL) == [("US Treasury",)]
        first.communicate("go on\n", timeout=30)
    assert first.returncode == 0
    assert ask(folder, LABEL) == [("Treasury of the first",)]


def test_who_reads_a_build_goes_on_reading_it_while_the_next_is_made(data_folder: DataFolder, folder: Path) -> None:
    reader = library.open(folder)
    relabel(data_folder, "Treasury of the United States")
    pipeline.build(data_folder.path, folder)
    old = reader.query(LABEL)
    assert isinstance(old, Rows) and [str(row[0]) for row in old.rows] == ['"US Treasury"@en']
    assert ask(folder, LABEL) == [("Treasury of the United States",)]


def test_old_builds_do_not_pile_up(data_folder: DataFolder, folder: Path) -> None:
    for label in ("One", "Two", "Three"):
        before = store.generation(folder)
        data_folder.change("us-treasury,ministry,", f"us-treasury,ministry,{label} ", data_folder.entities)
        pipeline.build(data_folder.path, folder)
        assert set(folder.glob("gen-*")) == {before, store.generation(folder)}


# ---------------------------------------------------------------- a damaged build


def spoil(folder: Path, pattern: str) -> None:
    """Turn all bits of the files of a name."""
    for path in (found := list(folder.glob(pattern))):
        path.write_bytes(bytes(byte ^ 0xFF for byte in path.read_bytes()))
    assert found


def cut(folder: Path, pattern: str) -> None:
    """Keep the first bytes only of the files of a name."""
    for path in (found := list(folder.glob(pattern))):
        os.truncate(path, 20)
    assert found


def fill(path: Path, raw: bytes) -> None:
    """Put a file there, whatever was."""
    if path.is_dir():
        shutil.rmtree(path)
    path.write_bytes(raw)


Damage = Callable[[Path, Path], None]
ASK, STATS, EXPORT = ("query", LABEL), ("stats",), ("export", "-f", "nquads")
UNOPENED, DAMAGED = "the store cannot be opened: ", "the build is damaged: "
UNLIKE = "the store is not what was written. "
DAMAGES: dict[str, tuple[Damage, tuple[str, ...], str]] = {
    # what is done to the folder and its generation: (the deed, the command that meets it, what is told)
    "no folder": (lambda top, gen: shutil.rmtree(top), ASK, ": no build found. Make one with `kg build`, or name"),
    "nothing in it": (lambda top, gen: (top / "CURRENT").unlink(), ASK, ": no build found. Make one with `kg build`"),
    "the generation is gone": (lambda top, gen: shutil.rmtree(gen), ASK, " is missing. Build again with `kg build`."),
    "CURRENT is empty": (lambda top, gen: fill(top / "CURRENT", b""), STATS, " is missing. Build again with"),
    "CURRENT is rubbish": (lambda top, gen: fill(top / "CURRENT", b"\xff\0\n"), STATS, " is missing. Build again with"),
    "CURRENT leads out": (lambda top, gen: fill(top / "CURRENT", b"gen-/../.."), STATS, " is missing. Build again"),
    "no store": (lambda top, gen: shutil.rmtree(gen / "store"), ASK, UNOPENED),
    "the store is a file": (lambda top, gen: fill(gen / "store", b""), ASK, UNOPENED),
    "the tables are spoilt": (lambda top, gen: spoil(gen, "store/*.sst"), ASK, f"{UNOPENED}Corruption"),
    "the tables are cut": (lambda top, gen: cut(gen, "store/*.sst"), ASK, UNLIKE),
    "the list of tables is spoilt": (lambda top, gen: spoil(gen, "store/MANIFEST-*"), ASK, UNLIKE),
    "the list of tables is cut": (lambda top, gen: cut(gen, "store/MANIFEST-*"), ASK, UNLIKE),
    "the seal is gone": (lambda top, gen: (gen / "seal.json").unlink(), ASK, UNOPENED),
    "no text": (lambda top, gen: (gen / "kg.nq").unlink(), EXPORT, f"{DAMAGED}kg.nq cannot be read: No such file"),
    "the text is cut": (lambda top, gen: cut(gen, "kg.nq"), EXPORT, f"{DAMAGED}kg.nq is not what was written. Build"),
    "no manifest": (lambda top, gen: (gen / "manifest.json").unlink(), STATS, f"{DAMAGED}manifest.json cannot be read"),
    "the manifest is cut": (
        lambda top, gen: cut(gen, "manifest.json"),
        STATS,
        f"{DAMAGED}manifest.json is not whole. B",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_build_is_told_in_one_line_and_built_again(
    data_folder: DataFolder, folder: Path, kg: Kg, damage: str
) -> None:
    do, command, what = DAMAGES[damage]
    do(folder, store.generation(folder))
    told = kg(*command, "--store", folder)
    assert (told.code, told.out) == (3, "")
    assert what in told.err and told.err.startswith("kg: ") and told.err.count("\n") == 1 and "`kg build`" in told.err
    assert kg("build", "--data", data_folder.path, "--store", folder).code == 0
    assert kg(*command, "--store", folder).code == 0


@pytest.mark.parametrize(
    ("query", "form"), [("SELECT ?s ?p ?o { ?s ?p ?o }", "csv"), ("ASK { ?s ?p ?o FILTER(?o = 'nobody') }", "json")]
)
def test_a_table_with_one_wrong_bit_gives_the_right_answer_or_none(
    query: str, form: str, folder: Path, built: Path, kg: Kg
) -> None:
    everything = ("query", query, "-f", form, "--timeout", "20", "--store", folder)
    right = kg(*everything).out
    told = []
    for table in sorted(store.generation(folder).glob("store/*.sst")):
        raw = table.read_bytes()
        table.write_bytes(raw[: len(raw) // 3] + bytes([raw[len(raw) // 3] ^ 1]) + raw[len(raw) // 3 + 1 :])
        outcome = kg(*everything)
        assert outcome[:2] in ((0, right), (3, "")), outcome.err
        assert outcome.code == 0 or ("Corruption" in outcome.err and "`kg build`" in outcome.err)
        told.append(outcome.code)
        table.write_bytes(raw)
    assert {0, 3} == set(told), "some tables are read for this query, and some are not"


def test_saving_is_all_or_nothing(tmp_path: Path) -> None:
    store.save(tmp_path / "a", b"one")
    store.save(tmp_path / "a", b"two")
    assert (tmp_path / "a").read_bytes() == b"two"
    with pytest.raises(StorageError, match=r"cannot be written: .*\. What was there before is untouched\."):
        store.save(tmp_path / "a" / "b", b"three")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
