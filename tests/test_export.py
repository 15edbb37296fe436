"""Every format says what the build says: nothing is lost on the way out, and the same build gives the same bytes."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import pytest
import rdflib
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse

from kg import export, pipeline
from kg.export import CSV_COLUMNS, ENTITY_SUFFIXES, FORMATS, NETWORK_SUFFIXES, RDF_SUFFIXES, Selection
from kg.graph import Graph
from kg.records import Picture
from kg.terms import DERIVED_GRAPH, DIP, PREFIXES, PROV, RDF, SCHEMA_GRAPH

OXIGRAPH = {
    "turtle": RdfFormat.TURTLE,
    "trig": RdfFormat.TRIG,
    "ntriples": RdfFormat.N_TRIPLES,
    "nquads": RdfFormat.N_QUADS,
    "jsonld": RdfFormat.JSON_LD,
    "rdfxml": RdfFormat.RDF_XML,
}
RDFLIB = {
    "turtle": "turtle",
    "trig": "trig",
    "ntriples": "nt",
    "nquads": "nquads",
    "jsonld": "json-ld",
    "rdfxml": "xml",
}
WITH_GRAPHS = ("trig", "nquads", "jsonld")
Exported = Callable[..., bytes]
STATEMENT, TYPE, REIFIES = (NamedNode(RDF + name) for name in ("Statement", "type", "reifies"))


@pytest.fixture(scope="module")
def graph(built: Path) -> Graph:
    return Graph(built)


@pytest.fixture(scope="module")
def exported(graph: Graph) -> Exported:
    """Each format, with a selection or without, written once."""
    return cache(graph.export)


@pytest.fixture(scope="module")
def picture(graph: Graph) -> Picture:
    return graph.picture()


@pytest.fixture(scope="module")
def quads(graph: Graph) -> set[Quad]:
    """All that the build holds, without the vocabulary."""
    every = parse("".join(graph.lines()).encode(), format=RdfFormat.N_QUADS)
    return {quad for quad in every if quad.graph_name != NamedNode(SCHEMA_GRAPH)}


@pytest.fixture(scope="module")
def triples(quads: set[Quad]) -> set[Triple]:
    return {quad.triple for quad in quads}


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something reaches for the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


# RDF


def test_all_formats_of_the_contract_are_tried() -> None:
    assert set(RDF_SUFFIXES) == {*OXIGRAPH, "turtle12"}
    assert set(NETWORK_SUFFIXES) == {"graphml", "gexf", "csv"}
    assert set(ENTITY_SUFFIXES) == {"ftm"}
    assert (*RDF_SUFFIXES, *NETWORK_SUFFIXES, *ENTITY_SUFFIXES) == FORMATS


@pytest.mark.parametrize("form", OXIGRAPH)
def test_oxigraph_reads_back_what_the_build_holds(exported: Exported, quads: set[Quad], form: str) -> None:
    back = set(parse(exported(form), format=OXIGRAPH[form]))
    if form in WITH_GRAPHS:
        assert back == quads
    else:
        assert {quad.triple for quad in back} == {quad.triple for quad in quads}


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # its own parsers use what it deprecates
@pytest.mark.parametrize("form", RDFLIB)
def test_rdflib_reads_back_what_the_build_holds(
    exported: Exported, quads: set[Quad], no_network: None, exact_literals: None, form: str
) -> None:
    data = exported(form)
    if form in WITH_GRAPHS:
        assert set(rdflib.Dataset().parse(data=data, format=RDFLIB[form]).quads()) == set(map(as_rdflib, quads))
    else:
        assert set(rdflib.Graph().parse(data=data, format=RDFLIB[form])) == {as_rdflib(quad)[:3] for quad in quads}


@pytest.fixture
def exact_literals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let rdflib keep literals as they are written, so that a changed form would show."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


def as_rdflib(quad: Quad) -> tuple[Any, ...]:
    def node(term: Any) -> Any:
        if isinstance(term, NamedNode):
            return rdflib.URIRef(term.value)
        kind = None if term.language else rdflib.URIRef(term.datatype.value)
        plain = kind == rdflib.XSD.string
        return rdflib.Literal(term.value, lang=term.language, datatype=None if plain else kind)

    return tuple(map(node, (quad.subject, quad.predicate, quad.object, quad.graph_name)))


def test_turtle_is_isomorphic_to_the_union_of_all_graphs_but_the_vocabulary(
    exported: Exported, quads: set[Quad]
) -> None:
    from rdflib.compare import isomorphic

    union = rdflib.Graph()
    for quad in quads:
        union.add(as_rdflib(quad)[:3])
    assert len(union) > 5000
    assert isomorphic(rdflib.Graph().parse(data=exported("turtle"), format="turtle"), union)


def test_the_vocabulary_comes_along_when_asked(exported: Exported) -> None:
    """It holds blank nodes, so graphs are compared and not sets."""
    from rdflib.compare import isomorphic

    selected = Selection(schema=True)
    ours = rdflib.Graph().parse(data=exported("turtle", selected), format="turtle")
    plain = rdflib.Graph().parse(data=exported("ntriples", selected), format="nt")
    assert (rdflib.URIRef(f"{DIP}Sanctioning"), rdflib.RDFS.subClassOf, rdflib.URIRef(f"{DIP}MaterialAct")) in ours
    assert any(isinstance(node, rdflib.BNode) for node in ours.subjects())
    assert isomorphic(ours, plain)


@pytest.mark.parametrize("form", ["trig", "jsonld", "rdfxml"])
def test_blank_nodes_of_the_vocabulary_survive(exported: Exported, form: str) -> None:
    selected = Selection(schema=True)
    there = list(parse(exported("nquads", selected), format=RdfFormat.N_QUADS))
    back = list(parse(exported(form, selected), format=OXIGRAPH[form]))
    assert {shape(quad.triple) for quad in back} == {shape(quad.triple) for quad in there}
    assert len({q.triple for q in back}) == len({q.triple for q in there})


def test_nquads_of_all_graphs_are_the_text_of_the_build(exported: Exported, graph: Graph) -> None:
    """Blank nodes keep their names, so that two exports can be compared line by line."""
    assert exported("nquads", Selection(schema=True)).decode() == "".join(graph.lines())


def shape(triple: Triple) -> tuple[str, ...]:
    """A triple with its blank nodes unnamed."""
    return tuple("_" if str(part).startswith("_:") else str(part) for part in triple)


def test_without_derived_no_direct_edge_is_left(exported: Exported, quads: set[Quad]) -> None:
    back = set(parse(exported("nquads", Selection(derived=False)), format=RdfFormat.N_QUADS))
    assert back == {quad for quad in quads if quad.graph_name != NamedNode(DERIVED_GRAPH)}
    assert not [q for q in back if q.predicate.value.startswith(PREFIXES["rel"])]


def test_jsonld_carries_its_context(exported: Exported, no_network: None) -> None:
    document = json.loads(exported("jsonld"))
    assert isinstance(document["@context"], dict)
    assert document["@context"]["dip"] == DIP


@pytest.mark.parametrize("form", OXIGRAPH)
def test_attribution_dates_status_and_evidence_survive(exported: Exported, triples: set[Triple], form: str) -> None:
    told = Counter(quad.triple.predicate.value for quad in set(parse(exported(form), format=OXIGRAPH[form])))
    for name in ("reportedBy", "attributedTo", "edtf", "datePrecision", "dateBasis", "factuality", "status", "sha256"):
        there = sum(triple.predicate.value == DIP + name for triple in triples)
        assert told[DIP + name] == there > 30 if name != "attributedTo" else there > 10
    for name in (f"{PROV}wasDerivedFrom", f"{PREFIXES['oa']}start", f"{PREFIXES['oa']}end"):
        assert told[name] == sum(triple.predicate.value == name for triple in triples) > 100


# RDF 1.2


@pytest.fixture(scope="module")
def told12(exported: Exported) -> set[Triple]:
    written = exported("turtle12")
    assert written.startswith(b'VERSION "1.2"\n')
    return {quad.triple for quad in parse(written, format=RdfFormat.TURTLE)}


def test_rdf12_has_a_reifier_of_the_same_name_for_each_statement(told12: set[Triple], triples: set[Triple]) -> None:
    reified = {t.subject: t.object for t in told12 if t.predicate == REIFIES}
    statements = {t.subject for t in triples if t.predicate == TYPE and t.object == STATEMENT}
    assert reified.keys() == statements
    assert len(statements) > 80
    assert not [t for t in told12 if t.object == STATEMENT]


def test_rdf12_does_not_assert_what_was_only_said(told12: set[Triple], triples: set[Triple]) -> None:
    claims = {t.subject for t in triples if t.object == NamedNode(f"{DIP}Proposition")}
    said = {t.object for t in told12 if t.predicate == REIFIES and t.subject in claims}
    derived = {t.object for t in told12 if t.predicate == REIFIES and t.subject not in claims}
    assert len(said) >= 5
    assert said & told12 <= derived  # a claim that a tie of its own makes true as well, such as an alliance
    assert len(said - told12) >= 5
    assert derived <= told12


def test_rdf12_is_the_turtle_in_another_dress(told12: set[Triple], triples: set[Triple]) -> None:
    assert set(back_to_11(told12)) == triples


@pytest.mark.parametrize("selection", [Selection(schema=True), Selection(derived=False)], ids=["schema", "no derived"])
def test_rdf12_of_a_selection_too(exported: Exported, selection: Selection) -> None:
    fresh = {quad.triple for quad in parse(exported("turtle12", selection), format=RdfFormat.TURTLE)}
    plain = {quad.triple for quad in parse(exported("turtle", selection), format=RdfFormat.TURTLE)}
    assert sorted(map(shape, back_to_11(fresh))) == sorted(map(shape, plain))


def back_to_11(told: Iterable[Triple]) -> Iterator[Triple]:
    for triple in told:
        if triple.predicate != REIFIES:
            yield triple
            continue
        yield Triple(triple.subject, TYPE, STATEMENT)
        assert isinstance(triple.object, Triple)
        for name in ("subject", "predicate", "object"):
            yield Triple(triple.subject, NamedNode(RDF + name), getattr(triple.object, name))


# The same bytes, and small differences


def test_the_same_build_gives_the_same_bytes_under_any_hash_seed(built: Path) -> None:
    code = (
        "import hashlib, sys, kg\nfrom kg.export import FORMATS\ng = kg.open(sys.argv[1])\n"
        "for form in FORMATS: print(form, hashlib.sha256(g.export(form)).hexdigest())"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", code, str(built)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(export.__file__).parent.parent)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert told[0] == told[1]
    assert len(told[0].splitlines()) == len(FORMATS)


WARNING = """  - id: trump-warns-petro
    class: Warning
    label: Trump warns Petro
    actor: [donald-trump]
    target: [gustavo-petro]
    date: 2025-11-05
    basis: explicit
    factuality: Actual
    evidence:
      - {paragraph: 2, start: 42, end: 54, sha256: %s}

claims:
"""


def test_help_names_every_format(kg: Any) -> None:
    assert f"One of: {', '.join(FORMATS)}." in " ".join(kg("export", "--help").out.split())


def test_one_more_event_changes_only_its_own_lines_and_what_follows_from_it(data_folder: Any, tmp_path: Path) -> None:
    """No line goes; all that come are of the event, its passage and attestation, and the edge that it makes."""

    def told() -> str:
        pipeline.build(data_folder.path, tmp_path / "build")
        return Graph(tmp_path / "build").export("turtle").decode()

    before = told()
    words = data_folder.article.read_text(encoding="utf-8")[42:54]
    data_folder.change("\nclaims:\n", "\n" + WARNING % hashlib.sha256(words.encode()).hexdigest())
    after = told()
    assert lines_gone(before, after) == []
    grown = {subject: sorted(block - blocks(before).get(subject, set())) for subject, block in blocks(after).items()}
    grown = {subject: lines for subject, lines in grown.items() if lines}
    own = [name for name in grown if name.startswith(("id:trump-warns-petro", "id:att-", "id:edge-", "id:note-"))]
    assert sorted(set(grown) - set(own)) == ["id:donald-trump"]
    assert grown["id:donald-trump"] == ["    rel:warned id:gustavo-petro ;"]
    assert len(own) == 5  # event, attestation, passage, selector, edge


def blocks(turtle: str) -> dict[str, set[str]]:
    parts = (part.strip("\n").split("\n") for part in turtle.split("\n\n")[1:])
    return {part[0]: set(part[1:-1]) for part in parts}


def lines_gone(before: str, after: str) -> list[str]:
    return list((Counter(before.splitlines()) - Counter(after.splitlines())).elements())


# Networks


def read_graphml(raw: bytes) -> nx.MultiDiGraph[str]:
    read: nx.MultiDiGraph[str] = nx.read_graphml(io.BytesIO(raw), force_multigraph=True)
    return read


def read_gexf(raw: bytes) -> nx.MultiDiGraph[str]:
    read: nx.MultiDiGraph[str] = nx.read_gexf(io.BytesIO(raw))
    return read


READERS: dict[str, Callable[[bytes], nx.MultiDiGraph[str]]] = {"graphml": read_graphml, "gexf": read_gexf}


@pytest.mark.parametrize("form", READERS)
def test_networkx_opens_it_and_nothing_is_lost(graph: Graph, picture: Picture, form: str, exported: Exported) -> None:
    read = READERS[form](exported(form))
    assert read.is_directed()
    assert read.is_multigraph()
    everyone = graph.rows("SELECT ?e WHERE { ?e a dip:Entity }")
    assert {f"id:{node}" for node in read.nodes} == {row["e"] for row in everyone}
    assert {data["id"] for _, _, data in read.edges(data=True)} == {edge.id for edge in picture.edges}
    assert read.number_of_edges() == len(picture.edges) == len(graph.rows("SELECT ?e WHERE { ?e a dip:DerivedEdge }"))


@pytest.mark.parametrize("form", READERS)
def test_edges_keep_status_dates_events_and_evidence(exported: Exported, picture: Picture, form: str) -> None:
    read = {data["id"]: (start, end, data) for start, end, data in READERS[form](exported(form)).edges(data=True)}
    for edge in picture.edges:
        start, end, data = read[edge.id]
        assert (start, end) == (edge.subject, edge.object)
        assert data["label"] == edge.label
        assert data["status"] == edge.status
        assert data["weight"] == max(edge.count, 1)
        assert (data["first"], data["last"]) == (edge.first, edge.last)
        assert data["events"].split("|") == list(edge.because)
        assert data["reporters"] == "cnn"
        assert set(data["passages"].split("|")) == {
            export.place(evidence)
            for reason in edge.because
            for evidence in (picture.events.get(reason) or picture.states[reason]).evidence
        }
    assert any(data["status"] == "Contested" for _, _, data in read.values())
    assert any(data["speakers"] for _, _, data in read.values())


def test_graphml_names_each_key_once(exported: Exported) -> None:
    """Readers that hold to the standard stop at two keys of one name, even if one is of nodes and one of edges."""
    keys = [key.get("id") for key in ElementTree.fromstring(exported("graphml")).iter() if key.tag.endswith("}key")]
    assert len(keys) == len(set(keys)) > 10


def test_gexf_has_the_time_that_gephi_reads(graph: Graph, picture: Picture, exported: Exported) -> None:
    root = ElementTree.fromstring(exported("gexf"))
    space = {"g": "http://gexf.net/1.3"}
    assert (root.tag, root.get("version")) == ("{http://gexf.net/1.3}gexf", "1.3")
    drawn = root.find("g:graph", space)
    assert drawn is not None
    assert drawn.attrib == {
        "defaultedgetype": "directed",
        "mode": "dynamic",
        "timeformat": "date",
        "timerepresentation": "interval",
    }
    assert [child.tag.partition("}")[2] for child in drawn] == ["attributes", "attributes", "nodes", "edges"]
    shown = {edge.get("id", ""): edge for edge in drawn.iterfind("g:edges/g:edge", space)}
    for edge in picture.edges:
        assert shown[edge.id].get("start", "") == edge.first
        assert shown[edge.id].get("end", "") == edge.last
    assert sum(bool(edge.get("start") and edge.get("end")) for edge in shown.values()) > 20


def test_gexf_keeps_parallel_edges_apart(exported: Exported) -> None:
    """Gephi folds edges between the same two nodes unless their kinds differ."""
    root = ElementTree.fromstring(exported("gexf"))
    edges = [edge for edge in root.iter() if edge.tag.endswith("}edge")]
    pairs = Counter((edge.get("source"), edge.get("target")) for edge in edges)
    kinds = {(edge.get("source"), edge.get("target"), edge.get("kind")) for edge in edges}
    assert max(pairs.values()) > 3
    assert len(kinds) == len(edges)


def test_gexf_says_nothing_of_the_day_of_writing(exported: Exported) -> None:
    assert b"lastmodified" not in exported("gexf")


def test_the_library_hands_out_the_same_network(graph: Graph, exported: Exported) -> None:
    drawn = graph.networkx()
    read = read_graphml(exported("graphml"))
    assert set(drawn.edges(keys=True)) == set(read.edges(keys=True))
    assert dict(drawn.nodes(data=True)) == dict(read.nodes(data=True))


# CSV


@pytest.fixture(scope="module")
def table(exported: Exported) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exported("csv").decode(), newline="")))


def test_csv_has_one_row_for_each_event(graph: Graph, table: list[dict[str, str]]) -> None:
    events = graph.rows("SELECT ?e WHERE { ?e dip:factuality ?f }")
    assert sorted(f"id:{row['event']}" for row in table) == sorted(row["e"] for row in events)
    assert tuple(table[0]) == CSV_COLUMNS


def test_csv_rows_say_what_the_graph_says(graph: Graph, table: list[dict[str, str]]) -> None:
    row = next(row for row in table if row["event"] == "treasury-sanctions-petro")
    assert (row["class"], row["factuality"], row["summary"]) == ("Sanctioning", "Actual", "false")
    assert (row["actors"], row["targets"]) == ("us-treasury", "gustavo-petro")
    assert (row["date"], row["earliest"], row["latest"]) == ("2025-10", "2025-10-03", "2025-10-31")
    assert (row["cameo"], row["plover"], row["goldstein"]) == ("163", "SANCTION", "-8.0")
    assert "cnn-2026-02-us-colombia-feud#p28:4732-4807" in row["passages"].split("|")


def test_csv_joins_lists_by_a_bar(picture: Picture, table: list[dict[str, str]]) -> None:
    for name in ("actors", "targets", "about", "asserts", "denies"):
        told = {row["event"]: row[name] for row in table}
        assert told == {event.id: "|".join(getattr(event, name)) for event in picture.events.values()}
        assert any(len(getattr(event, name)) > 1 for event in picture.events.values()) or name == "denies"


def test_csv_is_in_the_order_of_time_and_what_is_undated_comes_last(
    exported: Exported, table: list[dict[str, str]]
) -> None:
    days = [row["earliest"] or row["latest"] for row in table]
    dated = [day for day in days if day]
    assert dated == sorted(dated) and days == dated + [""] * (len(days) - len(dated)) and "" in days
    assert exported("csv").count(b"\n") == len(table) + 1 and b"\r" not in exported("csv")


def test_csv_keeps_what_is_not_a_fact_apart(graph: Graph, table: list[dict[str, str]]) -> None:
    told = Counter(row["factuality"] for row in table)
    rows = graph.rows("SELECT ?f (COUNT(?e) AS ?n) WHERE { ?e dip:factuality ?f } GROUP BY ?f")
    assert told == {row["f"].removeprefix("dip:"): int(row["n"]) for row in rows}
    statuses = {status for row in table for status in row["claim_status"].split("|")}
    assert statuses == {"", "Asserted", "Contested"}


def test_csv_names_every_passage_reporter_and_speaker(picture: Picture, table: list[dict[str, str]]) -> None:
    for row in table:
        evidence = picture.events[row["event"]].evidence
        assert set(row["passages"].split("|")) == {export.place(each) for each in evidence}
        assert row["reporters"] == "cnn"
        assert set(filter(None, row["speakers"].split("|"))) == {each.speaker for each in evidence} - {""}


@pytest.mark.parametrize("label", ["=1+1", "+cmd|x", "-2+3", "@SUM(A1)", "\t=1", "\r\n=1"])
def test_a_label_is_never_a_formula(picture: Picture, label: str) -> None:
    """A spreadsheet runs what begins so; with an apostrophe in front it shows the text."""
    first = next(iter(picture.events.values()))
    bent = replace(picture, events={first.id: replace(first, label=label)})
    row = next(csv.DictReader(io.StringIO(export.csv_events(bent).decode(), newline="")))
    assert row["label"] == f"'{label.strip()}"


def test_numbers_and_plain_texts_keep_their_form(table: list[dict[str, str]]) -> None:
    assert not [cell for row in table for cell in row.values() if cell.startswith("'")]
    assert any(row["goldstein"].startswith("-") for row in table)


def test_pandas_reads_the_table(exported: Exported, table: list[dict[str, str]]) -> None:
    pandas = pytest.importorskip("pandas", reason="the extra 'pandas' is not installed")
    read = pandas.read_csv(io.BytesIO(exported("csv")), dtype={"cameo": str})
    assert len(read) == len(table)
    assert "010" in set(read["cameo"])


# The command


def test_the_format_follows_from_the_name(
    kg: Any, built: Path, graph: Graph, tmp_path: Path, exported: Exported
) -> None:
    for form, suffix in {**RDF_SUFFIXES, **NETWORK_SUFFIXES, **ENTITY_SUFFIXES}.items():
        target = tmp_path / f"graph{suffix}"
        done = kg("export", "-o", target, "--store", built)
        assert (done.code, done.out, done.err) == (0, "", f"Wrote {target}.\n")
        assert target.read_bytes() == exported(form)


def test_a_given_format_wins_over_the_name(
    kg: Any, built: Path, graph: Graph, tmp_path: Path, exported: Exported
) -> None:
    target = tmp_path / "graph.ttl"
    assert kg("export", "-f", "csv", "-o", target, "--store", built).code == 0
    assert target.read_bytes() == exported("csv")


def test_turtle_goes_to_the_pipe(kg: Any, built: Path, exported: Exported) -> None:
    assert kg("export", "--store", built).out.encode() == exported("turtle")
    assert kg("export", "-o", "-", "--store", built).out.encode() == exported("turtle")


def test_options_choose_the_graphs(kg: Any, built: Path, exported: Exported) -> None:
    done = kg("export", "-f", "nquads", "--no-derived", "--schema", "--store", built)
    assert done.out.encode() == exported("nquads", Selection(derived=False, schema=True))


def test_an_unknown_format_is_told_with_the_nearest(kg: Any, built: Path) -> None:
    done = kg("export", "-f", "turtel", "--store", built)
    assert (done.code, done.out) == (2, "")
    assert done.err == "kg: 'turtel' is not an export format. Did you mean 'turtle'?\n"


def test_a_name_that_says_no_format_is_told(kg: Any, built: Path, tmp_path: Path) -> None:
    done = kg("export", "-o", tmp_path / "graph.xyz", "--store", built)
    assert done.code == 2
    assert "does not say the format" in done.err
    assert not (tmp_path / "graph.xyz").exists()
