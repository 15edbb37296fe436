"""A build folder: what is written is what is read, whoever reads keeps it, and what is damaged or gone is told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import NamedNode, Triple

from kg import store
from kg.errors import QueryError, QuerySyntax, StorageError, UsageError
from kg.store import Dataset, Embedded, Hold, Remote, Rows
from kg.terms import GRAPH, ID, REL

AGAIN = "Build again with `kg build`."
LABELS = "SELECT ?l { ?s rdfs:label ?l }"


def quads(*labels: str, graph: str = "entities") -> list[str]:
    name = "<http://www.w3.org/2000/01/rdf-schema#label>"
    return sorted(f'<{ID}colombia> {name} "{label}" <{GRAPH}{graph}> .\n' for label in labels)


def signed(lines: list[str]) -> dict[str, Any]:
    return {"digest": hashlib.sha256("".join(lines).encode()).hexdigest(), "counts": {"quads": len(lines)}}


def put(folder: Path, *labels: str) -> Path:
    """Write a generation that says nothing but these labels."""
    lines = quads(*labels)
    return store.write(folder, lines, signed(lines))


def asked(place: store.Store, text: str = LABELS, **options: Any) -> list[tuple[str, ...]]:
    answer = place.query(text, **options)
    assert isinstance(answer, Rows)
    return sorted(tuple(term.value if term else "" for term in row) for row in answer.rows)  # type: ignore[union-attr]


def generations(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("gen-*")}


# What is written


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    lines = quads("Colombia", "Kolumbien")
    about = signed(lines) | {"diplokg": "0", "title": "Éxito"}
    made = store.write(tmp_path / "b", lines, about)
    assert made == store.generation(tmp_path / "b") and made.name == f"gen-{about['digest'][:12]}"
    assert store.lines(tmp_path / "b") == lines
    assert store.manifest(tmp_path / "b") == about
    opened = store.open_store(str(tmp_path / "b"))
    assert isinstance(opened, Embedded) and opened.name == str(tmp_path / "b") and opened.hold is not None
    assert asked(opened) == [("Colombia",), ("Kolumbien",)]


def test_a_manifest_is_read_by_people_too(tmp_path: Path) -> None:
    text = (store.write(tmp_path, quads(), signed([]) | {"title": "Éxito"}) / "manifest.json").read_text("utf-8")
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert "Éxito" in text


def test_the_same_build_again_gets_a_name_of_its_own(tmp_path: Path) -> None:
    first = put(tmp_path, "Colombia").name
    assert [put(tmp_path, "Colombia").name for _ in range(3)] == [f"{first}-2", f"{first}-3", first]
    assert generations(tmp_path) == {f"{first}-3", first}
    assert asked(store.open_store(str(tmp_path))) == [("Colombia",)]


def test_a_build_that_fails_leaves_no_trace(tmp_path: Path) -> None:
    before = put(tmp_path, "Colombia")
    with pytest.raises(SyntaxError):
        store.write(tmp_path, ["this is no quad\n"], signed(["this is no quad\n"]))
    assert generations(tmp_path) == {before.name}
    assert asked(store.open_store(str(tmp_path))) == [("Colombia",)]


def test_what_builds_left_that_were_killed_is_cleared_away_and_nothing_else(tmp_path: Path) -> None:
    put(tmp_path, "Colombia")
    for name in ("gen-000000000000", "gen-000000000000-2"):
        (tmp_path / name / "store").mkdir(parents=True)
    (tmp_path / ".CURRENT.4711").write_bytes(b"gen-00")
    (tmp_path / "notes.txt").write_bytes(b"mine")
    after = {put(tmp_path, label).name for label in ("Kolumbien", "Colombie")}
    assert generations(tmp_path) == after
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted({*after, ".lock", "CURRENT", "notes.txt"})


def test_what_cannot_be_removed_stops_no_build(tmp_path: Path) -> None:
    (tmp_path / "gen-000000000000").write_bytes(b"a file where a folder should be")
    made = put(tmp_path, "Colombia")
    assert store.generation(tmp_path) == made and asked(store.open_store(str(tmp_path))) == [("Colombia",)]


def test_no_build_removes_what_somebody_reads(tmp_path: Path) -> None:
    first = put(tmp_path, "Colombia")
    hold: Hold | None = Hold(first)
    other = store.open_store(str(tmp_path))
    for label in ("Kolumbien", "Colombie"):
        put(tmp_path, label)
    assert first.is_dir() and store.lines(tmp_path, hold) == quads("Colombia")
    assert store.manifest(tmp_path, hold)["digest"] == signed(quads("Colombia"))["digest"]
    assert asked(other) == [("Colombia",)]
    hold = None
    put(tmp_path, "Colômbia")
    assert first.is_dir(), "one reads it still"
    del other
    put(tmp_path, "Kolumbia")
    assert not first.is_dir()
    assert len(generations(tmp_path)) == 2


def test_who_cannot_hold_a_build_reads_it_all_the_same(tmp_path: Path) -> None:
    """As in the moment in which another process looks whether anybody reads."""
    fcntl = pytest.importorskip("fcntl", reason="this system has no such locks")
    with (put(tmp_path, "Colombia") / store.SEAL).open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert asked(store.open_store(str(tmp_path))) == [("Colombia",)]


def test_a_build_that_went_between_two_looks_is_looked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, found = put(tmp_path, "Colombia"), []
    opening = Embedded.of_generation

    def slow(folder: Path, name: str) -> Embedded:
        found.append(folder)
        if folder == first:
            for label in ("Kolumbien", "Colombie"):
                put(tmp_path, label)
        return opening(folder, name)

    monkeypatch.setattr(Embedded, "of_generation", slow)
    assert asked(store.open_store(str(tmp_path))) == [("Colombie",)]
    assert found == [first, store.generation(tmp_path)]


# What is told


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"digest": ""}', b'{"counts": {}}', b'"digest counts"'])
def test_a_manifest_that_is_not_whole_is_told(tmp_path: Path, raw: bytes) -> None:
    (put(tmp_path, "Colombia") / "manifest.json").write_bytes(raw)
    for read in (store.manifest, store.lines):
        with pytest.raises(StorageError, match="manifest") as told:
            read(tmp_path)
        assert str(told.value) == f"{tmp_path}: the build is damaged: manifest.json is not whole. {AGAIN}"


def test_a_seal_that_is_gone_is_told(tmp_path: Path) -> None:
    (put(tmp_path, "Colombia") / store.SEAL).unlink()
    with pytest.raises(StorageError, match=r"damaged: seal\.json cannot be read: No such file or directory\. Build"):
        store.lines(tmp_path)


@pytest.mark.parametrize("name", ["MANIFEST-*", "CURRENT"])
def test_a_list_of_tables_of_the_same_length_is_not_taken_for_what_was_written(tmp_path: Path, name: str) -> None:
    made = put(tmp_path, "Colombia")
    (path,) = (made / store.WHOLE).glob(name)
    raw = path.read_bytes()
    path.write_bytes(bytes([raw[0] ^ 1]) + raw[1:])
    with pytest.raises(StorageError, match="written") as told:
        store.open_store(str(tmp_path))
    assert str(told.value) == f"{tmp_path}: the store is not what was written. {AGAIN}"


def test_what_the_engine_notes_for_itself_is_not_part_of_the_seal(tmp_path: Path) -> None:
    made = put(tmp_path, "Colombia")
    for name in ("LOG", "LOG.old.1", "LOCK", "IDENTITY"):
        (made / store.WHOLE / name).write_bytes(b"other")
    assert asked(store.open_store(str(tmp_path))) == [("Colombia",)]
    (made / store.WHOLE / "000099.sst").write_bytes(b"one table more")
    with pytest.raises(StorageError, match="not what was written"):
        store.open_store(str(tmp_path))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_service_is_no_folder(scheme: str) -> None:
    url = f"{scheme}://127.0.0.1:9/sparql?default-graph-uri=urn:/a"
    with pytest.raises(UsageError) as told:
        store.generation(Path(url))
    assert str(told.value).startswith(f"{url}: this needs a build folder") and "load that" in (told.value.hint or "")
    with pytest.raises(UsageError, match="not to a service") as told, store.writing(Path(url)):
        pass
    assert "--store" in (told.value.hint or "")
    opened = store.open_store(url)
    assert isinstance(opened, Remote) and opened.name == url


def test_what_fails_while_writing_is_told_with_its_folder(tmp_path: Path) -> None:
    with (
        pytest.raises(StorageError, match=r"b: cannot be written: it is full\. ") as told,
        store.writing(tmp_path / "b"),
    ):
        raise OSError("it is full")
    assert str(tmp_path / "b") in str(told.value) and "--store" in (told.value.hint or "")


# What is asked


def in_two_graphs() -> Embedded:
    return Embedded.in_memory(
        [*quads("Colombia"), *quads("Kolumbien", graph="doc/a"), *quads("Colombie", graph="doc/b")]
    )


def test_a_query_is_asked_of_all_graphs_or_of_those_that_are_named() -> None:
    place = in_two_graphs()
    assert place.name == "memory"
    assert asked(place) == [("Colombia",), ("Colombie",), ("Kolumbien",)]
    assert asked(place, f"SELECT ?l FROM <{GRAPH}doc/a> {{ ?s rdfs:label ?l }}") == [("Kolumbien",)]
    assert asked(place, f"SELECT ?l FROM <{GRAPH}none> {{ ?s rdfs:label ?l }}") == []
    chosen = Dataset((f"{GRAPH}doc/a", f"{GRAPH}doc/b"), (f"{GRAPH}doc/b",))
    assert asked(place, dataset=chosen) == [("Colombie",), ("Kolumbien",)]
    assert asked(place, "SELECT ?l { GRAPH ?g { ?s rdfs:label ?l } }", dataset=chosen) == [("Colombie",)]
    assert asked(place, "SELECT ?l { GRAPH ?g { ?s rdfs:label ?l } }") == asked(place)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("SELECT * FROM <urn:g> { ?s ?p ?o }", True),
        ("select * from named <urn:g> { graph ?g { ?s ?p ?o } }", True),
        ("SELECT ?from { ?from ?p ?o }", False),
        ("SELECT * { ?s rdfs:label 'FROM' } # FROM <urn:g>", False),
        ("SELECT * { ?s <urn:FROM> ?o }", False),
        ("SELECT * { ?s ?FROM_HERE ?o }", False),
        ("SELECT * { 'FROM", False),
    ],
)
def test_a_query_names_its_graphs_where_the_keyword_stands(text: str, named: bool) -> None:
    assert store.names_graphs(text) is named


def test_relative_names_need_a_base() -> None:
    place = in_two_graphs()
    assert asked(place, "SELECT ?l { <colombia> rdfs:label ?l }", base=ID) == asked(place)
    with pytest.raises(QuerySyntax, match="IRI"):
        asked(place, "SELECT ?l { <colombia> rdfs:label ?l }")


def test_answers_of_each_form() -> None:
    place = in_two_graphs()
    assert place.query("ASK { id:colombia rdfs:label 'Kolumbien' }") is True
    assert place.query("ASK { id:colombia rdfs:label 'none' }") is False
    told = place.query("CONSTRUCT { ?s rel:met ?s } WHERE { ?s rdfs:label 'Colombia' }")
    colombia = NamedNode(f"{ID}colombia")
    assert isinstance(told, Iterable) and list(told) == [Triple(colombia, NamedNode(f"{REL}met"), colombia)]
    rows = place.query("SELECT ?s ?none { ?s rdfs:label 'Colombia' }")
    assert isinstance(rows, Rows) and rows.variables == ("s", "none") and list(rows.rows) == [(colombia, None)]


@pytest.mark.parametrize(
    ("text", "dataset", "error", "told"),
    [
        ("SELECT ?s { ?s }", None, QuerySyntax, "expected"),
        (LABELS, Dataset(("no iri",), ()), QueryError, r"A graph of the dataset is no IRI: Invalid IRI"),
        (LABELS, Dataset((), ("no iri",)), QueryError, r"A graph of the dataset is no IRI: Invalid IRI"),
        ("SELECT (<urn:f>(?l) AS ?x) { ?s rdfs:label ?l }", None, QueryError, r"^No such function <urn:f>\. "),
    ],
)
def test_what_cannot_be_asked_is_a_fault_of_the_query(
    text: str, dataset: Dataset | None, error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        asked(in_two_graphs(), text, dataset=dataset)
