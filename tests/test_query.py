"""Questions to a store: parameters as terms, nodes named in pieces, rows as text, and limits that hold."""

from __future__ import annotations

import io
import json
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode

from kg import importing, pipeline, query, scope, sparql
from kg.errors import KgError, QueryError, QueryLimit, QueryRefused, QuerySyntax, StorageError, UsageError
from kg.query import Limits
from kg.store import Embedded, Remote, Rows, open_store
from kg.terms import ID, REL, XSD

DEEDS = """\
<urn:trump> <urn:accused> <urn:petro> <urn:g> .
<urn:bessent> <urn:accused> <urn:petro> <urn:g> .
<urn:petro> <urn:denied> "a part in the drug trade"@en <urn:h> .
"""
ACCUSED = "SELECT ?who ?whom WHERE { ?who <urn:accused> ?whom } ORDER BY ?who"
NOT_DAYS = ("2025-02-30", "2025-13-01")


@pytest.fixture
def store() -> Embedded:
    return Embedded.in_memory([DEEDS])


# Parameters


@pytest.mark.parametrize(
    ("value", "term"),
    [
        ("rel:sanctioned", f"<{REL}sanctioned>"),
        ("<urn:x>", "<urn:x>"),
        ("https://example.org/a?b", "<https://example.org/a?b>"),
        ("2025-12-01", f'"2025-12-01"^^<{XSD}date>'),
        ("36", f'"36"^^<{XSD}integer>'),
        ("-0.5", f'"-0.5"^^<{XSD}decimal>'),
        ("+.5", f'"+.5"^^<{XSD}decimal>'),
        ("true", f'"true"^^<{XSD}boolean>'),
        ("false", f'"false"^^<{XSD}boolean>'),
        ("'Petro'", '"Petro"'),
        ('"Petro"@es-CO', '"Petro"@es-co'),
        ("'two\nlines'", '"two\\nlines"'),
        ("'it's'", '"it\'s"'),
        ("''", '""'),
    ],
)
def test_a_parameter_is_read_as_the_term_that_it_looks_like(value: str, term: str) -> None:
    assert str(query.parameter(value)) == term


@pytest.mark.parametrize("value", ["petro", "'Petro\"", "1e6", "1.", "TRUE", "'a'@", "'a'@en-", "2025-12", "", "x'a'"])
def test_what_looks_like_no_term_is_told_with_what_to_write(value: str) -> None:
    with pytest.raises(UsageError, match="is not a parameter value") as caught:
        query.parameter(value)
    assert f"'{value}'" in caught.value.message
    assert "id:gustavo-petro" in caught.value.hint


@pytest.mark.parametrize("value", ["id:a b", "<a b>", "urn:{x}", "https://example.org/<"])
def test_an_iri_that_cannot_be_one_is_told(value: str) -> None:
    for read in (query.iri, query.parameter):
        with pytest.raises(UsageError, match="is not an IRI") as caught:
            read(value)
        assert f"'{value}'" in caught.value.message
        assert "no space" in caught.value.hint


@pytest.mark.parametrize("value", NOT_DAYS)
def test_a_day_that_does_not_exist_is_told(value: str) -> None:
    with pytest.raises(UsageError, match=value) as caught:
        query.parameter(value)
    assert caught.value.hint


@pytest.mark.parametrize("value", ["2025", "2025-12", "2025-12-01~", "next week"])
def test_a_day_is_one_day_and_no_more(value: str) -> None:
    with pytest.raises(UsageError, match=value) as caught:
        query.day(value)
    assert caught.value.hint


@pytest.mark.parametrize("value", ["", "one", "1e6", "1.", "0x1", "1 "])
def test_a_number_is_digits(value: str) -> None:
    with pytest.raises(UsageError, match="is not a number") as caught:
        query.number(value)
    assert f"'{value}'" in caught.value.message
    assert "digits" in caught.value.hint


@pytest.mark.parametrize("value", ["'x'@abcdefghij", "'x'@en-abcdefghi"])
def test_a_tag_that_is_no_language_is_told_with_one_that_is(value: str) -> None:
    with pytest.raises(UsageError, match="is not a language tag") as caught:
        query.parameter(value)
    assert f"'{value.partition('@')[2]}'" in caught.value.message
    assert "@en" in caught.value.hint


# Pieces


def naming(nodes: list[str]) -> str:
    return f"SELECT * {{ VALUES ?node {{ {' '.join(f'<{ID}{node}>' for node in nodes)} }} ?node ?p ?o }}"


def test_nodes_are_parted_each_once_and_in_order() -> None:
    nodes = [f"node-{number:05}" for number in range(3_000)]
    pieces = list(query.pieces([*reversed(nodes), *nodes[:10]]))
    assert [node for piece in pieces for node in piece] == nodes
    for piece in pieces:
        sparql.guard(naming(piece))


def test_a_piece_is_as_full_as_it_may_be() -> None:
    pieces = list(query.pieces(f"n{number:09}" for number in range(3_000)))
    each = len(ID) + 10 + 3  # with < and > and a space
    assert [len(piece) for piece in pieces[:-1]] == [40_000 // each] * (len(pieces) - 1)
    assert len(pieces) == -(-3_000 // (40_000 // each))


def test_nothing_is_in_no_piece_and_one_long_node_in_one() -> None:
    assert list(query.pieces([])) == []
    assert list(query.pieces(["a", "b" * 50_000, "c"])) == [["a"], ["b" * 50_000], ["c"]]


# Questions


def test_rows_are_plain_text_and_empty_where_nothing_is_bound(store: Embedded) -> None:
    text = "SELECT ?who ?what { ?who ?does ?x OPTIONAL { ?who <urn:denied> ?what } FILTER(?does != <urn:none>) }"
    assert query.rows(store, f"{text} ORDER BY ?who") == [
        {"who": "urn:bessent", "what": ""},
        {"who": "urn:petro", "what": "a part in the drug trade"},
        {"who": "urn:trump", "what": ""},
    ]


def test_rows_take_parameters(store: Embedded) -> None:
    found = query.rows(store, ACCUSED, {"who": NamedNode("urn:trump")})
    assert found == [{"who": "urn:trump", "whom": "urn:petro"}]


def test_a_triple_in_a_row_is_shown_as_one(store: Embedded) -> None:
    [row] = query.rows(store, "SELECT (TRIPLE(<urn:a>, <urn:b>, 1) AS ?t) {}")
    assert row["t"].startswith("<urn:a> <urn:b> ")


@pytest.mark.parametrize("text", ["ASK {}", "CONSTRUCT WHERE { ?s ?p ?o }"])
def test_rows_need_a_select(store: Embedded, text: str) -> None:
    with pytest.raises(QueryError, match="SELECT query is needed"):
        query.rows(store, text)


def test_a_value_stays_a_value(store: Embedded) -> None:
    text = "ASK { <urn:petro> <urn:denied> ?what }"
    assert query.run(store, text, {"what": Literal("a part in the drug trade", language="en")}) is True
    assert query.run(store, text, {"what": Literal("a part in the drug trade")}) is False


def test_a_mistake_is_told_with_its_place_and_the_prefixes_known_here(store: Embedded) -> None:
    with pytest.raises(QuerySyntax, match=r"line 1, column 10: the prefix sko: is not known") as caught:
        query.run(store, "ASK { ?s sko:x ?o }")
    assert "skos" in caught.value.hint
    assert "dip:" in caught.value.hint
    with pytest.raises(QuerySyntax, match=r"line 1, column 1") as caught:
        query.run(store, "ASK")
    assert caught.value.hint == "Expected '{'."


def test_what_would_write_is_refused_before_parameters_are_bound(store: Embedded) -> None:
    with pytest.raises(QueryRefused, match="INSERT"):
        query.run(store, "INSERT DATA { <urn:a> <urn:b> 1 }", {"x": Literal("x")})


# Limits


def length(answer: Any) -> int:
    return len(list(answer.rows if isinstance(answer, Rows) else answer))


@pytest.mark.parametrize("text", ["SELECT ?s { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"])
def test_an_answer_of_just_so_many_rows_is_whole_and_of_one_more_is_cut(store: Embedded, text: str) -> None:
    assert length(query.run(store, text, limits=Limits(rows=3))) == 3
    with pytest.raises(QueryLimit, match="more than 2 rows") as caught:
        length(query.run(store, text, limits=Limits(rows=2)))
    assert "--max-rows" in caught.value.hint


def test_yes_and_no_have_no_rows(store: Embedded) -> None:
    assert query.run(store, "ASK { ?s ?p ?o }", limits=Limits(rows=0)) is True


@pytest.mark.parametrize("text", ["SELECT ?s { ?s ?p ?o } LIMIT 4", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 4"])
def test_the_limit_of_rows_holds_also_in_a_process_of_its_own(small_build: Path, text: str) -> None:
    small = open_store(str(small_build))
    assert length(query.run(small, text, limits=Limits(rows=4, seconds=30))) == 4
    with pytest.raises(QueryLimit, match="more than 3 rows"):
        length(query.run(small, text, limits=Limits(rows=3, seconds=30)))


def test_what_takes_too_long_is_stopped_and_says_what_to_do(small_build: Path) -> None:
    with pytest.raises(QueryLimit, match=r"took longer than 0\.01 s and was stopped") as caught:
        query.run(open_store(str(small_build)), "ASK {}", limits=Limits(seconds=0.01))
    assert "--timeout" in caught.value.hint


def test_a_process_with_bounded_memory_answers_too(small_build: Path) -> None:
    small = open_store(str(small_build))
    assert query.run(small, "ASK { ?s ?p ?o }", limits=Limits(seconds=30, memory=query.MEMORY)) is True


def test_a_store_in_memory_cannot_be_asked_elsewhere(store: Embedded) -> None:
    with pytest.raises(UsageError, match="in memory") as caught:
        query.run(store, "ASK {}", limits=Limits(seconds=1))
    assert "Build" in caught.value.hint


@pytest.mark.parametrize(
    ("code", "said", "memory", "kind", "message"),
    [
        (70, b"", None, QueryLimit, "more memory"),
        (-signal.SIGABRT, b"", 2**30, QueryLimit, "more memory"),
        (-signal.SIGKILL, b"", 2**30, QueryLimit, "more memory"),
        (-signal.SIGKILL, b"", None, QueryError, f"signal {signal.SIGKILL:d}"),
        (-signal.SIGSEGV, b"", 2**30, QueryError, f"signal {signal.SIGSEGV:d}"),
        (1, b"QuerySyntax: error at 1:2: expected {", None, QuerySyntax, "error at 1:2: expected {"),
        (1, b"StorageError: x/build: no build\n", None, StorageError, "x/build: no build"),
        (1, b"UsageError: so \xff it is", None, QueryError, "so \ufffd it is"),
        (1, b"broken", None, QueryError, "broken"),
    ],
)
def test_how_a_process_ended_is_told(
    code: int, said: bytes, memory: int | None, kind: type[KgError], message: str
) -> None:
    error = query._failure(CompletedProcess([], code, b"", said), Limits(seconds=1, memory=memory))
    assert type(error) is kind
    assert message in error.message
    assert bool(error.hint) == (code != 1)


Serve = Callable[..., tuple[int, bytes, str]]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch, small_build: Path) -> Iterator[Serve]:
    """The other side of a time limit, in this process: its exit code, and what it writes."""

    def served(text: str, **other: Any) -> tuple[int, bytes, str]:
        asked = {"store": str(small_build), "feeds": None, "query": text, "seconds": 20, "rows": None, "memory": None}
        given, out, told = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(3))
        given.buffer.write(json.dumps({**asked, **other}).encode())
        given.seek(0)
        with monkeypatch.context() as streams:
            streams.setattr(sys, "stdin", given)
            streams.setattr(sys, "stdout", out)
            streams.setattr(sys, "stderr", told)
            code = query._serve_one()
            told.flush()
        return code, out.buffer.getvalue(), told.buffer.getvalue().decode()

    kept = signal.getsignal(signal.SIGINT)
    yield served
    signal.alarm(0)
    signal.signal(signal.SIGINT, kept)


def test_a_process_writes_its_rows_as_a_result_and_its_triples_as_a_graph(serve: Serve) -> None:
    code, out, told = serve("SELECT ?s { VALUES ?s { <urn:a> <urn:b> } }")
    kind, _, body = out.partition(b"\n")
    assert (code, kind, told) == (0, b"result", "")
    assert [row["s"]["value"] for row in json.loads(body)["results"]["bindings"]] == ["urn:a", "urn:b"]
    code, out, _ = serve("ASK {}")
    assert (code, json.loads(out.removeprefix(b"result\n"))["boolean"]) == (0, True)
    code, out, _ = serve("CONSTRUCT { <urn:a> <urn:b> 1, 2 } {}")
    assert code == 0
    assert sorted(out.splitlines()) == [
        *(f'<urn:a> <urn:b> "{n}"^^<{XSD}integer> .'.encode() for n in (1, 2)),
        b"graph",
    ]


def test_a_process_writes_one_row_more_than_allowed_so_that_the_cut_is_seen(serve: Serve) -> None:
    values = " ".join(str(n) for n in range(9))
    _, out, _ = serve(f"SELECT ?n {{ VALUES ?n {{ {values} }} }}", rows=4)
    assert len(json.loads(out.removeprefix(b"result\n"))["results"]["bindings"]) == 5
    _, out, _ = serve(f"CONSTRUCT {{ <urn:a> <urn:b> ?n }} {{ VALUES ?n {{ {values} }} }}", rows=4)
    assert len(out.splitlines()) == 1 + 5


@pytest.mark.skipif(not hasattr(signal, "alarm"), reason="this system has no alarm")
def test_a_process_ends_with_its_time_and_at_ctrl_c(serve: Serve) -> None:
    serve("ASK {}", seconds=20.5)
    assert 21 <= signal.alarm(0) <= 22
    assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL


def test_a_process_says_which_error_it_met(serve: Serve, tmp_path: Path) -> None:
    code, out, told = serve("ASK { ?s }")
    assert (code, out, told.partition(":")[0]) == (1, b"", "QuerySyntax")
    code, out, told = serve("ASK {}", store=str(tmp_path / "none"))
    assert (code, out, told.partition(":")[0]) == (1, b"", "StorageError")
    assert "kg build" in told


def test_a_process_leaves_out_what_was_left_out(serve: Serve, data_folder: Any, tmp_path: Path) -> None:
    pipeline.build(data_folder.path, tmp_path / "build")
    rows = Path(__file__).parent / "data" / "feeds" / "gdelt-2.0.csv"
    importing.import_feed("gdelt", [rows], tmp_path / "build")
    codes = "ASK { ?e dip:cameo ?code GRAPH ?g { ?e ?p ?o } FILTER(CONTAINS(STR(?g), '/feed/')) }"
    place = str(tmp_path / "build")
    answers = [
        json.loads(serve(codes, store=place, feeds=feeds)[1].removeprefix(b"result\n"))["boolean"]
        for feeds in (None, ["gdelt"], ["icews"], [])
    ]
    assert answers == [True, True, False, False]
    for feeds, there in ((["gdelt"], True), ([], False)):
        narrowed = scope.within(open_store(place), feeds)
        assert query.run(narrowed, codes, limits=Limits(seconds=30)) is there


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/sparql", "https://127.0.0.1:9/sparql"])
def test_a_service_is_asked_at_its_address_also_under_a_time_limit(address: str) -> None:
    with pytest.raises(StorageError, match=f"^{address}: "):
        query.run(Remote(address), "ASK {}", limits=Limits(seconds=30))


Asked = dict[int, tuple[int, int]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """The limits that the system is asked for; it refuses them, so that this process goes on."""
    resource = pytest.importorskip("resource", reason="this system has no rlimits")
    found: Asked = {}

    def refuse(kind: int, limits: tuple[int, int]) -> None:
        found[kind] = limits
        raise ValueError("not allowed here")

    monkeypatch.setattr(resource, "setrlimit", refuse)
    return found


def test_doors_that_are_shut_are_files_sockets_dumps_and_memory(asked: Asked) -> None:
    import resource

    query.shut_doors(2**30, sockets=True)
    written = {resource.RLIMIT_CORE: (0, 0), resource.RLIMIT_FSIZE: (0, 0)}
    assert asked == {resource.RLIMIT_AS: (2**30, 2**30), **written}
    query.shut_doors(2**20, sockets=False)
    assert asked == {resource.RLIMIT_AS: (2**20, 2**20), resource.RLIMIT_NOFILE: (0, 0), **written}


def test_a_process_shuts_its_doors_before_it_asks_and_only_if_told(asked: Asked, serve: Serve) -> None:
    import resource

    assert serve("ASK {}")[0] == 0
    assert asked == {}
    code, out, _ = serve("ASK { ?s ?p ?o }", memory=2**30)
    assert (code, json.loads(out.removeprefix(b"result\n"))["boolean"]) == (0, True)
    assert asked[resource.RLIMIT_AS] == (2**30, 2**30)
    assert asked[resource.RLIMIT_NOFILE] == (0, 0)
