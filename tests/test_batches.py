"""A batch in a build folder: a change sees what it makes, nobody else does until it ends, and what was there stays."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kg import batches, store
from kg.batches import Fresh
from kg.errors import StorageError
from kg.store import Embedded, Rows
from kg.terms import DIP, GRAPH, ID

FEED = f"{GRAPH}feed/gdelt/one"
ACTUAL = f"<{DIP}factuality> <{DIP}Actual> .\n"
EVENTS = [f"<{ID}gdelt-719024875> {ACTUAL}", f"<{ID}gdelt-719026196> {ACTUAL}"]
LINES = [*EVENTS, f'<{ID}gdelt-719024875> <{DIP}cameo> "042" .\n']
EVERYTHING = "SELECT ?s ?p ?o ?g { GRAPH ?g { ?s ?p ?o } }"


LABEL = f'<{ID}colombia> <http://www.w3.org/2000/01/rdf-schema#label> "%s"@en <{GRAPH}entities> .\n'


def build(folder: Path, label: str) -> Path:
    """Write a build of one quad."""
    line = LABEL % label
    return store.write(folder, [line], {"digest": hashlib.sha256(line.encode()).hexdigest(), "counts": {"quads": 1}})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A build of one quad."""
    return build(tmp_path / "build", "Colombia").parent


def held(place: store.Store) -> set[tuple[str, ...]]:
    """Everything in a store but blank nodes, which an engine may name as it likes."""
    answer = place.query(EVERYTHING)
    assert isinstance(answer, Rows)
    rows = (tuple(map(str, row)) for row in answer.rows)
    return {row for row in rows if not any(term.startswith("_:") for term in row)}


def current(folder: Path, part: str = store.WHOLE) -> set[tuple[str, ...]]:
    return held(Embedded.of_generation(store.generation(folder), str(folder), part))


def add(folder: Path, name: str = "one", lines: list[str] = LINES) -> None:
    """Put a batch into a build."""
    with batches.change(folder) as fresh:
        fresh.load(iter(lines), f"{GRAPH}feed/gdelt/{name}")
        fresh.keep(f"feeds/gdelt/{name}/report.json", "{}\n")
        fresh.about["feeds"] = [*fresh.about.get("feeds", []), {"name": "gdelt", "batch": name}]


def of_batch(*names: str) -> set[tuple[str, ...]]:
    return {(*line.split(" ")[:3], f"<{GRAPH}feed/gdelt/{name}>") for name in names for line in LINES}


# A change


def test_a_change_sees_what_it_makes_and_nobody_else_does_until_it_ends(folder: Path) -> None:
    before, old = current(folder), store.generation(folder)
    with batches.change(folder) as fresh:
        assert (
            held(fresh.view) == before
            and fresh.view.name == str(fresh.folder)
            and fresh.about == store.manifest(folder)
        )
        assert not fresh.holds(FEED) and not fresh.known(f"{ID}gdelt-719024875") and fresh.count(FEED) == 0
        fresh.load(iter(LINES), FEED)
        assert fresh.holds(FEED) and fresh.known(f"{ID}gdelt-719024875") and fresh.count(FEED) == 3
        assert sorted(fresh.events(FEED)) == ["gdelt-719024875", "gdelt-719026196"]
        assert list(fresh.events(f"{GRAPH}feed/gdelt/two")) == []
        assert not fresh.known(FEED), "a graph is no node"
        assert held(fresh.view) == before | of_batch("one")
        assert current(folder) == before and store.generation(folder) == old
        fresh.put_in_order()
        fresh.about["feeds"] = ["gdelt"]
    assert current(folder) == before | of_batch("one")
    assert store.manifest(folder)["feeds"] == ["gdelt"]
    assert store.generation(folder) != old


def test_a_manifest_with_batches_is_read_by_people_too(folder: Path) -> None:
    with batches.change(folder) as fresh:
        fresh.about["feeds"] = [{"name": "gdelt", "files": ["Año.csv"]}]
    text = (store.generation(folder) / "manifest.json").read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert "Año.csv" in text


def test_a_graph_that_is_dropped_is_gone_and_no_other(folder: Path) -> None:
    before = current(folder)
    for name in ("one", "two"):
        add(folder, name)
    with batches.change(folder) as fresh:
        fresh.drop(FEED)
        fresh.forget("feeds/gdelt/one")
        fresh.forget("feeds/gdelt/never-was")
        assert not fresh.holds(FEED) and fresh.count(FEED) == 0
    assert current(folder) == before | of_batch("two")
    assert [path.name for path in (store.generation(folder) / "feeds" / "gdelt").iterdir()] == ["two"]


def test_curated_text_and_reports_are_not_copied_but_linked(folder: Path) -> None:
    text = store.generation(folder) / "kg.nq"
    add(folder)
    assert text.samefile(store.generation(folder) / "kg.nq")
    report = store.generation(folder) / "feeds" / "gdelt" / "one" / "report.json"
    add(folder, "two")
    assert report.samefile(store.generation(folder) / "feeds" / "gdelt" / "one" / "report.json")


def test_where_the_disk_has_no_links_files_are_copied(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(old: Path, new: Path) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    lines, text = store.lines(folder), store.generation(folder) / "kg.nq"
    monkeypatch.setattr(os, "link", link)
    add(folder)
    assert store.lines(folder) == lines and not text.samefile(store.generation(folder) / "kg.nq")


def test_the_store_without_feeds_is_as_it_was_before_the_first(folder: Path) -> None:
    before = current(folder)
    assert not (store.generation(folder) / store.CURATED).exists()
    for name in ("one", "two"):
        add(folder, name)
        assert current(folder, store.CURATED) == before
    assert current(folder) == before | of_batch("one", "two")


def test_a_store_that_holds_feeds_is_never_kept_as_the_one_without(folder: Path) -> None:
    """As where an earlier version made the first batch, which kept no such store."""
    add(folder)
    shutil.rmtree(store.generation(folder) / store.CURATED)
    add(folder, "two")
    assert not (store.generation(folder) / store.CURATED).exists()


def test_a_damaged_store_without_feeds_is_told_too(folder: Path) -> None:
    add(folder)
    (path,) = (store.generation(folder) / store.CURATED).glob("MANIFEST-*")
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(StorageError, match="the store is not what was written"):
        store.open_store(str(folder))


def test_a_build_keeps_batches_and_their_reports_and_swaps_what_is_curated(folder: Path) -> None:
    for name in ("one", "two"):
        add(folder, name)
    made = build(folder, "Kolumbien")
    curated = {(*LABEL.split(" ")[:2], '"Kolumbien"@en', f"<{GRAPH}entities>")}
    assert current(folder) == curated | of_batch("one", "two")
    assert current(folder, store.CURATED) == curated
    assert [each["batch"] for each in store.manifest(folder)["feeds"]] == ["one", "two"]
    assert sorted(path.parent.name for path in made.glob("feeds/gdelt/*/report.json")) == ["one", "two"]


@pytest.mark.parametrize("manifest", [b"no JSON", b"[]", b'{"feeds": "gdelt"}'])
def test_a_build_upon_a_damaged_one_keeps_no_batch_that_nothing_vouches_for(folder: Path, manifest: bytes) -> None:
    add(folder)
    (store.generation(folder) / "manifest.json").write_bytes(manifest)
    made = store.write(folder, [], {"digest": "0" * 64, "counts": {"quads": 0}})
    assert current(folder) == set() and sorted(json.loads((made / "manifest.json").read_bytes())) == [
        "counts",
        "digest",
    ]


# All or nothing


def test_a_change_that_finds_nothing_to_change_leaves_no_trace(folder: Path, unchanged: Any) -> None:
    with unchanged(folder), batches.change(folder) as fresh:
        fresh.load(iter(LINES), FEED)
        fresh.unchanged = True


def test_a_change_that_fails_leaves_no_trace(folder: Path, unchanged: Any) -> None:
    with unchanged(folder), pytest.raises(ZeroDivisionError), batches.change(folder) as fresh:
        fresh.load(iter(LINES), FEED)
        fresh.keep("feeds/gdelt/one/report.json", "{}\n")
        raise ZeroDivisionError


def test_a_folder_without_a_build_stays_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no build found"), batches.change(tmp_path / "build"):
        pass
    assert not (tmp_path / "build").exists()


def test_what_fails_while_the_store_is_written_is_told_with_its_folder(
    folder: Path, unchanged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(fresh: Fresh) -> None:
        raise RuntimeError("IO error: No space left on device")

    monkeypatch.setattr(Fresh, "close", full)
    with unchanged(folder), pytest.raises(StorageError) as told, batches.change(folder):
        pass
    assert told.value.message == f"{folder}: cannot be written: IO error: No space left on device."
    assert "--store" in told.value.hint and "untouched" in told.value.hint


def test_a_full_disk_is_told_by_its_name(folder: Path, unchanged: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(old: Path, new: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(new))

    monkeypatch.setattr(batches, "_link", full)
    with unchanged(folder), pytest.raises(StorageError) as told, batches.change(folder):
        pass
    assert told.value.message == f"{folder}: cannot be written: No space left on device."


# Text that is loaded while it is made


def test_text_is_loaded_in_pieces_that_are_not_larger_than_they_need_be() -> None:
    large = "x" * (batches._PIECE - 1)
    assert [len(piece) for piece in batches._pieces(["y", large, "z", large, "é"])] == [len(large) + 1] * 2 + [2]
    assert [len(piece) for piece in batches._pieces([large, "y"])] == [len(large) + 1]
    assert list(batches._pieces(["a", "b"])) == [b"ab"]
    assert list(batches._pieces([])) == []


def test_all_pieces_arrive(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = set(threading.enumerate())
    monkeypatch.setattr(batches, "_PIECE", 1)
    with batches.change(folder) as fresh:
        fresh.load((f"<{ID}gdelt-{number}> {ACTUAL}" for number in range(20)), FEED)
        assert sorted(fresh.events(FEED)) == sorted(f"gdelt-{number}" for number in range(20))
        assert set(threading.enumerate()) <= before, "the loaders are gone"


def test_a_piece_that_is_wrong_ends_the_loading_and_is_told(
    folder: Path, unchanged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "_PIECE", 1)
    before = set(threading.enumerate())

    def endless() -> Iterator[str]:
        while True:
            yield "this is no triple\n"

    with unchanged(folder), pytest.raises(SyntaxError), batches.change(folder) as fresh:
        fresh.load(endless(), FEED)
    assert set(threading.enumerate()) <= before


def test_what_fails_while_text_is_made_is_told_and_the_loaders_go(folder: Path, unchanged: Any) -> None:
    before = set(threading.enumerate())

    def broken() -> Iterator[str]:
        yield LINES[0]
        raise ZeroDivisionError

    with unchanged(folder), pytest.raises(ZeroDivisionError), batches.change(folder) as fresh:
        fresh.load(broken(), FEED)
    assert set(threading.enumerate()) <= before
