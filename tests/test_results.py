"""Answers as bytes: the SPARQL 1.1 result formats read back as they were, and tables suit the eye."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from kg.errors import UsageError
from kg.graph import Graph
from kg.lines import width_of
from kg.results import GRAPH_FORMATS, ROW_FORMATS, for_eyes, format_of, write
from kg.store import Answer, Rows, Term
from kg.tables import table
from kg.terms import ID, RDF, XSD

STANDARD = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "tsv": QueryResultsFormat.TSV,
}
Row = tuple[Term | None, ...]


def rows(*answer: Row, names: tuple[str, ...] = ("a", "b")) -> Rows:
    return Rows(names, iter(answer))


def read(raw: bytes, form: str) -> list[Row]:
    result = parse_query_results(raw, format=STANDARD[form])
    assert isinstance(result, QuerySolutions)
    return [tuple(solution) for solution in result]


def date(day: str) -> Literal:
    return Literal(day, datatype=NamedNode(f"{XSD}date"))


PETRO = NamedNode(f"{ID}gustavo-petro")
QUOTED = Triple(PETRO, NamedNode("https://w3id.org/diplokg/rel#insulted"), NamedNode(f"{ID}donald-trump"))
SAMPLE: tuple[Row, ...] = (
    (PETRO, Literal("Gustavo Petro", language="es")),
    (NamedNode("http://example.org/?a=1&b=<".replace("<", "%3C")), Literal('a "b"\t|c\\d\ne, f; é 習 & <g>')),
    (Literal("007", datatype=NamedNode(f"{XSD}integer")), Literal("-8.0", datatype=NamedNode(f"{XSD}decimal"))),
    (date("2025-10-03"), None),
    (Literal(True), Literal("")),
    (Literal("2025-10", datatype=NamedNode("http://id.loc.gov/datatypes/edtf/EDTF")), Literal(" ")),
)


@pytest.mark.parametrize("form", STANDARD)
def test_standard_formats_read_back(form: str) -> None:
    assert read(write(rows(*SAMPLE), form), form) == list(SAMPLE)


@pytest.mark.parametrize("form", STANDARD)
def test_no_rows_and_no_columns_read_back(form: str) -> None:
    assert read(write(rows(), form), form) == []
    assert read(write(rows(names=()), form), form) == []


@pytest.mark.parametrize("form", ["json", "xml"])
def test_blank_nodes_and_quoted_triples_read_back(form: str) -> None:
    result = read(write(rows((BlankNode("x"), QUOTED)), form), form)
    assert result == [(BlankNode("x"), QUOTED)]


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=12)
visible = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=12)
HARD = st.text(st.sampled_from("\"'\\\n\r\t|,;<>&^@_?\x7f\x85\u2028\ufeff é習😀"), max_size=10)


def literals(words: st.SearchStrategy[str]) -> st.SearchStrategy[Term]:
    return st.one_of(
        words.map(Literal),
        words.map(lambda text: Literal(text, language="pt-br")),
        words.map(lambda text: Literal(text, datatype=NamedNode(f"{XSD}integer"))),
        words.map(lambda text: Literal(text, datatype=NamedNode("urn:own"))),
        st.sampled_from([PETRO, NamedNode("urn:a"), NamedNode("http://example.org/é?x=%20#y")]),
    )


@settings(deadline=None)
@given(st.lists(st.tuples(literals(texts), st.one_of(st.none(), literals(HARD))), max_size=4))
@pytest.mark.parametrize("form", ["json", "tsv"])
def test_any_text_reads_back(form: str, answer: list[Row]) -> None:
    assert read(write(rows(*answer), form), form) == answer


@settings(deadline=None)
@given(st.lists(st.tuples(literals(visible), st.one_of(st.none(), literals(HARD))), max_size=4))
def test_any_text_that_xml_can_hold_reads_back(answer: list[Row]) -> None:
    assert read(write(rows(*answer), "xml"), "xml") == answer


def test_white_space_survives_any_reader_of_xml() -> None:
    """One reader trims texts, another turns carriage returns into line feeds, as the standard of XML demands."""
    text = " \r\n a\rb \t"
    raw = write(rows((Literal(text), None)), "xml")
    assert read(raw, "xml") == [(Literal(text), None)]
    assert [element.text for element in ElementTree.fromstring(raw).iter() if element.tag.endswith("literal")] == [text]


def test_what_xml_cannot_hold_is_told() -> None:
    with pytest.raises(UsageError, match=r"no place for the character U\+0001\. Use json\."):
        write(rows((Literal("\x01"), None)), "xml")


@settings(deadline=None)
@given(st.lists(st.tuples(literals(texts), literals(HARD)), max_size=4))
def test_csv_holds_the_plain_values(answer: list[Row]) -> None:
    raw = write(rows(*answer), "csv").decode()
    plain = [[getattr(term, "value", "") for term in row] for row in answer]
    assert list(csv.reader(io.StringIO(raw, newline=""))) == [["a", "b"], *plain]


def test_csv_is_exact() -> None:
    """It is the standard's CSV and may be read by programs; `kg export` makes the one for spreadsheets."""
    assert write(rows((Literal("=1+1"), PETRO)), "csv") == f"a,b\r\n=1+1,{PETRO.value}\r\n".encode()


def test_csv_writes_a_quoted_triple_by_its_terms() -> None:
    said = f"<{PETRO.value}> <https://w3id.org/diplokg/rel#insulted> <{ID}donald-trump>"
    assert write(rows((QUOTED, None)), "csv") == f"a,b\r\n{said},\r\n".encode()


def test_json_is_for_readers_too() -> None:
    raw = write(rows(SAMPLE[1]), "json").decode()
    assert "é 習" in raw and raw.startswith('{\n "head"')
    assert "é 習" in write(rows(SAMPLE[1]), "jsonl").decode()
    assert json.loads(write(True, "json")) == {"head": {}, "boolean": True}


def test_rdfxml_names_the_usual_prefixes() -> None:
    assert b'xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#"' in write(iter(GRAPH), "rdfxml")


def test_jsonl_has_one_object_for_each_row_with_short_names() -> None:
    lines = write(rows(*SAMPLE[:4]), "jsonl").decode().splitlines()
    assert json.loads(lines[0]) == {"a": "id:gustavo-petro", "b": "Gustavo Petro"}
    assert json.loads(lines[3]) == {"a": "2025-10-03"}
    assert len(lines) == 4


def test_markdown_is_one_line_for_each_row_and_escapes_bars() -> None:
    lines = write(rows(*SAMPLE), "md").decode().splitlines()
    assert lines[:3] == ["| a | b |", "| --- | --- |", "| id:gustavo-petro | Gustavo Petro |"]
    assert len(lines) == 2 + len(SAMPLE)
    assert all(line.replace("\\|", "").count("|") == 3 for line in lines)


@pytest.mark.parametrize("value", [True, False])
def test_a_truth_in_every_format(value: bool) -> None:
    word = str(value).lower()
    for form in ("table", "csv", "tsv", "md", "jsonl"):
        assert write(value, form) == f"{word}\n".encode()
    for form in ("json", "xml"):
        result = parse_query_results(write(value, form), format=STANDARD[form])
        assert isinstance(result, QueryBoolean)
        assert bool(result) is value


RDF_READERS = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
    "trig": RdfFormat.TRIG,
    "rdfxml": RdfFormat.RDF_XML,
}
GRAPH = (
    Triple(PETRO, NamedNode(f"{RDF}type"), NamedNode("https://w3id.org/diplokg/ns#Person")),
    Triple(PETRO, NamedNode("http://www.w3.org/2000/01/rdf-schema#label"), Literal("Pétro", language="en")),
)


def test_all_formats_are_tried() -> None:
    assert set(RDF_READERS) == set(GRAPH_FORMATS)
    assert set(ROW_FORMATS) == {*STANDARD, "table", "csv", "jsonl", "md"}


@pytest.mark.parametrize("form", RDF_READERS)
def test_a_graph_reads_back_sorted_and_without_repetition(form: str) -> None:
    raw = write(iter([*GRAPH, *GRAPH]), form)
    assert {quad.triple for quad in parse(raw, format=RDF_READERS[form])} == set(GRAPH)
    assert raw == write(iter(reversed(GRAPH)), form)


def answers() -> Iterator[tuple[Answer, str]]:
    for form in (*GRAPH_FORMATS, "tabel", ""):
        yield rows(), form
        yield True, form
    for form in (*ROW_FORMATS, "turtel", "graphml"):
        yield iter(GRAPH), form


@pytest.mark.parametrize(("answer", "form"), list(answers()))
def test_a_format_that_does_not_fit_is_refused(answer: Answer, form: str) -> None:
    with pytest.raises(UsageError, match="is not a format for") as told:
        write(answer, form)
    assert told.value.exit_code == 2
    assert told.value.hint


def test_the_nearest_format_is_named() -> None:
    with pytest.raises(UsageError, match=r"'tabel' is not a format for rows\. Did you mean 'table'\?"):
        write(rows(), "tabel")
    with pytest.raises(UsageError, match=r"'turtel' is not a format for a graph\. Did you mean 'turtle'\?"):
        write(iter(GRAPH), "turtel")


def test_the_format_follows_from_the_name() -> None:
    told = {name: format_of(f"a.{name}") for name in ("csv", "tsv", "json", "srj", "jsonl", "xml", "srx", "md", "ttl")}
    assert told == {
        "csv": "csv", "tsv": "tsv", "json": "json", "srj": "json", "jsonl": "jsonl", "xml": "xml", "srx": "xml",
        "md": "md", "ttl": "turtle",
    }  # fmt: skip
    assert {format_of(f"a.{name}") for name in ("nt", "jsonld", "trig", "rdf")} == {
        "ntriples",
        "jsonld",
        "trig",
        "rdfxml",
    }
    assert format_of("a.docx") == format_of("csv") == ""


# Tables


def test_columns_are_aligned_by_cells_and_numbers_to_the_right() -> None:
    assert table(["who", "n"], [["習近平", "1"], ["Bogotá", "-20"]]) == (
        "who     n\n──────  ───\n習近平    1\nBogotá  -20\n"
    )


def test_a_table_wraps_to_the_width() -> None:
    shown = table(["who", "what"], [["Petro", "says that Colombia helps"]], 20)
    assert shown == "who    what\n─────  ─────────────\nPetro  says that\n       Colombia\n       helps\n"


def test_a_table_too_wide_for_words_becomes_cards() -> None:
    shown = table(["who", "administration", "status"], [["Trump", "misinformed", "asserted"], ["Noem", "", ""]], 30)
    assert (
        shown
        == "who             Trump\nadministration  misinformed\nstatus          asserted\n\nwho             Noem\n"
    )


def test_a_card_stands_alone() -> None:
    """A status that the card above shows is shown again; only what is empty is left out."""
    body = [["Trump", "misinformed", "contested"], ["Trump", "misinformed", "contested"], ["Noem", "", "asserted"]]
    first, second, third = table(["who", "administration", "status"], body, 30).rstrip().split("\n\n")
    assert first == second == "who             Trump\nadministration  misinformed\nstatus          contested"
    assert third == "who             Noem\nstatus          asserted"


def test_groups_are_seen_where_eyes_read() -> None:
    body = [["Trump", "Oct", "a"], ["Trump", "Oct", "b"], ["Noem", "Oct", "c"]]
    assert table(["who", "when", "x"], body, 40).splitlines()[2:] == [
        "Trump  Oct   a",
        "             b",
        "Noem   Oct   c",
    ]
    assert table(["who", "when", "x"], body).splitlines()[2:] == ["Trump  Oct   a", "Trump  Oct   b", "Noem   Oct   c"]


def test_foreign_text_cannot_steer_the_terminal() -> None:
    shown = write(rows((Literal("\x1b[2Jwiped\x07\u202e"), Literal("a\nb"))), "table").decode()
    assert "[2Jwiped" in shown
    assert not [c for c in shown if c != "\n" and not c.isprintable()]
    assert len(shown.splitlines()) == 3


@settings(deadline=None)
@given(
    st.lists(st.lists(st.text(st.sampled_from("abc é習\u0301😀 -/"), max_size=40), min_size=3, max_size=3), max_size=4),
    st.integers(24, 100),
)
def test_no_table_is_wider_than_the_terminal(body: list[list[str]], width: int) -> None:
    shown = table(["one", "two", "three"], body, width)
    assert all(width_of(line) <= width for line in shown.splitlines())
    told = "".join(c for line in shown.splitlines() for c in line if c not in " ─\u00a0")
    assert all(letter in told for row in body for cell in row for letter in cell if letter not in " \u00a0")


@pytest.mark.parametrize("width", [40, 80, 100, 140])
def test_every_saved_question_fits_the_terminal(built: Path, width: int) -> None:
    from kg.questions import all_questions

    graph = Graph(built)
    for name in all_questions():
        answer = graph.query(name)
        if isinstance(answer, Rows):
            shown = write(for_eyes(answer, width), "table", width).decode()
            assert [line for line in shown.splitlines() if width_of(line) > width] == [], name


def test_ids_give_way_where_space_is_short() -> None:
    body: list[Row] = [(Literal("Petro " * 4), PETRO), (Literal("Trump"), PETRO)]
    assert for_eyes(rows(*body), 100).variables == ("a", "b")
    assert for_eyes(rows(*body), 30).variables == ("a",)
    assert for_eyes(rows(*body), 0).variables == ("a", "b")


def test_no_row_is_lost_where_all_columns_stay() -> None:
    twice: list[Any] = [(Literal("a"), Literal("b"))] * 2
    assert len(list(for_eyes(rows(*twice), 0).rows)) == len(list(for_eyes(rows(*twice), 80).rows)) == 2


# Frames


def framed(answer: Answer) -> Any:
    assert isinstance(answer, Rows)
    return answer.df()


def test_rows_become_a_frame_with_types(built: Path) -> None:
    import pandas

    frame = framed(Graph(built).query("who-sanctioned-whom"))
    assert list(frame.columns)[:2] == ["who", "whom"]
    assert pandas.api.types.is_datetime64_any_dtype(frame["earliest"])
    assert pandas.api.types.is_integer_dtype(frame["paragraph"])
    assert set(frame["event"]) == {"id:treasury-sanctions-petro", "id:treasury-sanctions-petro-circle"}


def test_no_rows_become_a_frame_with_columns(built: Path) -> None:
    frame = framed(Graph(built).query("SELECT ?who ?when WHERE { ?who a dip:Nothing ; dip:edtf ?when }"))
    assert (list(frame.columns), len(frame)) == (["who", "when"], 0)


def test_what_is_unbound_is_missing_in_a_frame(built: Path) -> None:
    text = "SELECT ?n ?d WHERE { VALUES (?n ?d) { (1 UNDEF) (2 '2025-10-03'^^xsd:date) } } ORDER BY ?n"
    frame = framed(Graph(built).query(text))
    assert frame["d"].isna().tolist() == [True, False]
    assert frame["n"].sum() == 3
