"""The library: each verb of the command line is one call, values are plain, and what the graph says is true."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, Triple

import kg as library
from kg import query, store
from kg.cli import cli
from kg.errors import Ambiguous, NotFound, QueryError, QueryLimit, QueryRefused, QuerySyntax, StorageError, UsageError
from kg.export import FORMATS
from kg.graph import Graph
from kg.query import Limits
from kg.store import Rows
from kg.terms import DIP, GRAPH, ID, REL

PETRO = NamedNode(f"{ID}gustavo-petro")


@pytest.fixture(scope="module")
def graph(built: Path) -> Graph:
    return library.open(built)


def values(graph: Graph, text: str, **options: Any) -> set[str]:
    """The first column of a SELECT, as short names."""
    return {next(iter(row.values())) for row in graph.rows(text, **options)}


# One call for each command

CALLS: dict[str, Callable[[Graph], Any]] = {
    "query": lambda g: g.query("ASK { id:gustavo-petro a dip:Person }"),
    "questions": lambda g: g.query("who-sanctioned-whom"),
    "show": lambda g: g.show("petro"),
    "timeline": lambda g: g.timeline("trump", "petro"),
    "path": lambda g: g.path("bessent", "tren-de-aragua"),
    "escalation": lambda g: g.escalation("trump", "petro"),
    "balance": lambda g: g.structure(),
    "view": lambda g: g.view(),
    "export": lambda g: g.export("turtle"),
    "stats": lambda g: g.stats(),
}
ELSEWHERE = {"build", "check", "cite", "tour", "doctor"}  # kg.build, kg.curation, kg.passages; the last two only talk
OTHERS = {"serve", "diff", "import", "link", "mcp", "report", "bundle", "verify"}  # have tests of their own


def test_every_command_has_its_call() -> None:
    assert set(cli.commands) - OTHERS == {*CALLS, *ELSEWHERE}


@pytest.mark.parametrize("verb", CALLS)
def test_a_command_is_one_call_of_the_library(graph: Graph, verb: str) -> None:
    found = CALLS[verb](graph)
    assert found
    assert isinstance(found, (bool, bytes, str, dict, Rows)) or is_dataclass(found)


def test_build_is_one_call(data_folder: Any, tmp_path: Path) -> None:
    made = library.build(data_folder.path, tmp_path / "build")
    assert made.manifest["counts"]["events"] == 3
    assert library.open(tmp_path / "build").query("ASK { id:treasury-sanctions-petro a dip:Sanctioning }") is True


def test_the_package_says_what_it_has() -> None:
    assert set(library.__all__) == {"Graph", "__version__", "build", "open"}
    with pytest.raises(AttributeError, match="'kg' has no attribute 'nothing'"):
        library.nothing  # noqa: B018


def test_a_graph_introduces_itself(graph: Graph) -> None:
    assert re.fullmatch(r"kg\.Graph\('.+', \{.*\"events\": \d+.*\}\)", repr(graph))


def test_a_notebook_shows_the_page_in_a_sandbox(graph: Graph) -> None:
    shown = graph._repr_html_()
    assert shown.startswith('<iframe srcdoc="&lt;')
    assert 'sandbox="allow-scripts allow-downloads"' in shown
    assert "allow-same-origin" not in shown


def test_networks_of_both_kinds_hold_the_same_edges(graph: Graph) -> None:
    drawn = graph.networkx()
    assert isinstance(drawn, nx.MultiDiGraph)
    assert drawn.number_of_edges() == len(graph.network().edges) == len(graph.picture().edges)


def test_every_format_can_be_exported(graph: Graph) -> None:
    assert all(graph.export(form) for form in FORMATS)
    with pytest.raises(UsageError, match="Did you mean 'gexf'"):
        graph.export("gefx")


# Asking


def test_answers_are_plain_typed_values(graph: Graph) -> None:
    answer = graph.query("SELECT ?who WHERE { ?who rel:sanctioned id:gustavo-petro }")
    assert isinstance(answer, Rows)
    assert answer.variables == ("who",)
    assert list(answer.rows) == [(NamedNode(f"{ID}us-treasury"),)]
    assert graph.query("ASK { id:us-treasury rel:sanctioned id:gustavo-petro }") is True
    built = graph.query(
        "CONSTRUCT { ?who rel:sanctioned id:gustavo-petro } WHERE { ?who rel:sanctioned id:gustavo-petro }"
    )
    assert not isinstance(built, (Rows, bool))
    assert list(built) == [Triple(NamedNode(f"{ID}us-treasury"), NamedNode(f"{REL}sanctioned"), PETRO)]


def test_rows_are_short_strings(graph: Graph) -> None:
    rows = graph.rows("SELECT ?who ?none WHERE { ?who rel:sanctioned id:gustavo-petro }")
    assert rows == [{"who": "id:us-treasury", "none": ""}]
    with pytest.raises(UsageError, match="needs a SELECT query"):
        graph.rows("ASK { ?s ?p ?o }")


def test_a_saved_question_is_asked_by_name_with_names_for_entities(graph: Graph) -> None:
    by_name = graph.rows("accusations-and-denials", {"who": "petro"})
    assert by_name == graph.rows("accusations-and-denials", {"who": "id:gustavo-petro"})
    assert by_name == graph.rows("accusations-and-denials", {"who": PETRO})
    assert len(by_name) > 5


@pytest.mark.parametrize(
    ("value", "term"),
    [
        ("petro", PETRO),
        ("gustavo-petro", PETRO),
        ("id:gustavo-petro", PETRO),
        (f"<{ID}gustavo-petro>", PETRO),
        (PETRO, PETRO),
        ("rel:sanctioned", NamedNode(f"{REL}sanctioned")),
        ("2025-12-01", query.day("2025-12-01")),
        (date(2025, 12, 1), query.day("2025-12-01")),
        ("'Petro'@es", Literal("Petro", language="es")),
        ('"a \\"b\\""', Literal('a \\"b\\"')),
        (7, Literal(7)),
        ("-0.5", query.number("-0.5")),
        (True, Literal(True)),
    ],
)
def test_values_become_terms(graph: Graph, value: Any, term: NamedNode | Literal) -> None:
    assert graph.term(value) == term


@pytest.mark.parametrize(
    "hostile",
    [
        '"} ; DROP ALL ; #"',
        "'x\" . ?s ?p ?o . FILTER(true) #'",
        '"\\"> } UNION { ?s ?p ?o"',
        "'\n}\nSELECT * {?a ?b ?c}'",
        "'\\\\'",
    ],
)
def test_a_hostile_value_stays_a_value(graph: Graph, hostile: str) -> None:
    """A bound text finds only itself: nothing here is labelled so, and a query that names it finds it."""
    assert graph.rows("SELECT ?s WHERE { ?s rdfs:label ?text }", values={"text": hostile}) == []
    told = graph.rows("SELECT (STR(?text) AS ?back) WHERE {}", values={"text": hostile})
    assert told == [{"back": hostile[1:-1]}]


@pytest.mark.parametrize("hostile", ["<urn:a> ?p ?o . ?s", "<urn:a b>", "urn:a> } #", "id:petro> ; ?x ?y"])
def test_a_hostile_name_is_no_name(graph: Graph, hostile: str) -> None:
    with pytest.raises((UsageError, NotFound, QueryError)):
        graph.rows("SELECT ?p WHERE { ?who ?p ?o }", values={"who": hostile})


def test_what_cannot_be_bound_is_told(graph: Graph) -> None:
    with pytest.raises(QueryError, match=r"no variable \?whoo\. Did you mean 'who'"):
        graph.query("SELECT ?s WHERE { ?s dip:actor ?who }", {"whoo": "petro"})
    with pytest.raises(UsageError, match="has no parameter 'whoo'"):
        graph.query("accusations-and-denials", {"whoo": "petro"})
    with pytest.raises(Ambiguous, match="nicolas-maduro, nicolas-petro"):
        graph.query("accusations-and-denials", {"who": "nicolas"})
    with pytest.raises(UsageError, match="'many' is not a number"):
        graph.query("passages-of-paragraph", {"paragraph": "many"})
    with pytest.raises(UsageError, match="'2025' is not one day"):
        graph.query("sanctions-in-force", {"asOf": "2025"})


def test_as_of_binds_the_day(graph: Graph) -> None:
    def certainty(day: str) -> set[str]:
        rows = graph.rows("sanctions-in-force", as_of=day)
        return {row["certainty"] for row in rows if row["measure"] == "id:measure-sanctions-petro"}

    assert certainty("2025-12-01") == {"certain"}
    assert certainty("2025-10-10") == {"possible"}
    assert certainty("2025-09-30") == set()
    text = "SELECT ?e WHERE { ?e sem:hasLatestEndTimeStamp ?last FILTER(?last <= ?asOf) }"
    assert values(graph, text, as_of=date(2025, 3, 31)) < values(graph, text, as_of="2025-12-31")


def test_as_of_needs_a_day_to_ask_for(graph: Graph) -> None:
    for text in ("SELECT ?s WHERE { ?s ?p ?o }", "who-sanctioned-whom"):
        with pytest.raises(UsageError, match="has no day to ask for"):
            graph.query(text, as_of="2025-12-01")


def test_a_limit_of_rows_gives_so_many_and_then_says_so(graph: Graph) -> None:
    answer = graph.query("SELECT ?s WHERE { ?s ?p ?o }", max_rows=5)
    assert isinstance(answer, Rows)
    assert [next(answer.rows) for _ in range(5)]
    with pytest.raises(QueryLimit, match="more than 5 rows"):
        next(answer.rows)
    few = graph.query("SELECT ?who WHERE { ?who rel:sanctioned id:gustavo-petro }", max_rows=1)
    assert isinstance(few, Rows)
    assert len(list(few.rows)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?who WHERE { ?who rel:sanctioned id:gustavo-petro }",
        "CONSTRUCT WHERE { ?who rel:sanctioned id:gustavo-petro }",
        "ASK { ?who rel:sanctioned id:gustavo-petro }",
    ],
)
def test_a_time_limit_does_not_change_the_answer(graph: Graph, text: str) -> None:
    def plain(answer: Any) -> Any:
        return list(answer.rows) if isinstance(answer, Rows) else answer if isinstance(answer, bool) else list(answer)

    assert plain(graph.query(text, timeout=30)) == plain(graph.query(text))


def test_a_time_limit_holds_wherever_the_question_is_asked(
    graph: Graph, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process that answers is of this package, not of a folder that happens to be there."""
    (tmp_path / "kg").mkdir()
    (tmp_path / "json.py").write_text("raise SystemExit('not this one')")
    (tmp_path / "build").symlink_to(built)
    monkeypatch.chdir(tmp_path)
    assert library.open("build").query("ASK { ?s ?p ?o }", timeout=30) is True


def test_errors_cross_the_time_limit(graph: Graph) -> None:
    with pytest.raises(QuerySyntax):
        graph.query("SELECT ?s WHERE { ?s }", timeout=30)
    with pytest.raises(QueryLimit, match="more than 2 rows"):
        answer = graph.query("SELECT * WHERE { ?a ?b ?c . ?d ?e ?f }", timeout=30, max_rows=2)
        assert isinstance(answer, Rows)
        list(answer.rows)


def test_a_store_in_memory_has_no_time_limit() -> None:
    with pytest.raises(UsageError, match="in memory"):
        query.run(store.Embedded.in_memory([]), "ASK {}", limits=Limits(seconds=1))


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
        "DELETE WHERE { ?s ?p ?o }",
        "LOAD <http://127.0.0.1:9/x>",
        "CLEAR ALL",
        "SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * WHERE { SERVICE SILENT ?x { ?s ?p ?o } }",
        "SELECT * WHERE " + "{" * 500 + "}" * 500,
    ],
    ids=lambda text: text[:20],
)
def test_what_writes_reaches_out_or_breaks_the_engine_is_refused(graph: Graph, text: str) -> None:
    with pytest.raises(QueryRefused):
        graph.query(text)


def test_a_missing_build_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"no build found\. Make one with `kg build`"):
        library.open(tmp_path)


# The live rdflib Dataset


@pytest.fixture(scope="module")
def dataset(graph: Graph) -> rdflib.Dataset:
    return graph.rdflib


def first_column(dataset: rdflib.Dataset, text: str) -> set[str]:
    return {str(binding[variable]) for binding in dataset.query(text).bindings for variable in list(binding)[:1]}


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # it uses inside what it deprecates
class TestDataset:
    def test_it_sees_all_graphs(self, dataset: rdflib.Dataset, graph: Graph) -> None:
        assert isinstance(dataset, rdflib.Dataset)
        assert len(dataset) == graph.stats()["counts"]["quads"]
        names = first_column(dataset, "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }")
        assert {f"{GRAPH}schema", f"{GRAPH}entities", f"{GRAPH}derived"} < names
        petro = rdflib.URIRef(PETRO.value)
        assert {str(part) for *_, part in dataset.quads((petro, None, None, None))} > {f"{GRAPH}entities"}
        assert (petro, None, None) in dataset

    def test_its_queries_run_on_oxigraph_with_the_standard_prefixes(self, dataset: rdflib.Dataset) -> None:
        found = first_column(dataset, "SELECT ?who WHERE { ?who rel:sanctioned id:gustavo-petro }")
        assert found == {f"{ID}us-treasury"}
        assert dataset.namespace_manager.curie(f"{DIP}actor") == "dip:actor"
        with pytest.raises(SyntaxError, match="expected one of"):  # Oxigraph's words; rdflib would say ParseException
            dataset.query("SELECT ?s WHERE { ?s }")

    def test_it_cannot_be_changed(self, dataset: rdflib.Dataset) -> None:
        a, b, c = (rdflib.URIRef(f"urn:{name}") for name in "abc")
        before = len(dataset)
        for change in (
            lambda: dataset.update("INSERT DATA { <urn:a> <urn:b> <urn:c> }"),
            lambda: dataset.update("LOAD <http://127.0.0.1:9/>"),  # rdflib itself would fetch it before it fails
            lambda: dataset.add((a, b, c, None)),
            lambda: dataset.addN([(a, b, c, dataset.graph(a))]),
            lambda: dataset.remove((a, b, c)),
            lambda: dataset.graph(a).add((a, b, c)),
            lambda: dataset.remove_graph(f"{GRAPH}derived"),
            lambda: dataset.parse(data="<urn:a> <urn:b> <urn:c> .", format="turtle"),
        ):
            with pytest.raises(UsageError, match="The graph is read only"):
                change()
        assert len(dataset) == before

    def test_it_does_not_reach_for_the_network(self, dataset: rdflib.Dataset) -> None:
        with pytest.raises(QueryRefused, match="SERVICE"):
            dataset.query("SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")

    def test_a_named_graph_can_be_looked_at(self, dataset: rdflib.Dataset) -> None:
        derived = dataset.graph(f"{GRAPH}derived")
        assert (
            rdflib.URIRef(f"{ID}us-treasury"),
            rdflib.URIRef(f"{REL}sanctioned"),
            rdflib.URIRef(PETRO.value),
        ) in derived


# Truth


def test_nothing_but_what_happened_is_behind_a_direct_edge(graph: Graph) -> None:
    """Every edge rests on Actual events that are no summaries, or on a tie or a tenure; none on a claim."""
    behind = graph.rows(
        """SELECT ?edge ?reason ?f ?summary ?state WHERE { ?edge a dip:DerivedEdge ; prov:wasDerivedFrom ?reason
             OPTIONAL { ?reason dip:factuality ?f } OPTIONAL { ?reason dip:aggregate ?summary }
             OPTIONAL { ?reason a ?state . ?state rdfs:subClassOf dip:State } }"""
    )
    assert len(behind) > 60
    for row in behind:
        assert row["f"] == "dip:Actual" or row["state"] in ("dip:Tie", "dip:Tenure"), row
        assert row["summary"] == "", row


def test_every_direct_triple_is_an_explained_edge(graph: Graph) -> None:
    direct = graph.rows(
        "SELECT ?s ?p ?o WHERE { GRAPH graph:derived { ?s ?p ?o } FILTER(STRSTARTS(STR(?p), STR(rel:))) }"
    )
    told = graph.rows(
        "SELECT ?s ?p ?o WHERE { ?e a dip:DerivedEdge ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o }"
    )
    assert Counter(map(str, direct)) == Counter(map(str, told))
    everywhere = graph.rows("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?p), STR(rel:))) }")
    assert [row["g"] for row in everywhere] == ["graph:derived"]


def test_the_derived_graph_says_what_a_second_reckoning_says(graph: Graph) -> None:
    """One rule, reckoned here once more in SPARQL over the sources: actor, declared predicate, target."""
    reckoned = graph.rows(
        """SELECT DISTINCT ?s ?p ?o WHERE {
             ?e dip:factuality dip:Actual ; a ?class ; dip:actor ?s ; ?role ?o . FILTER(?s != ?o)
             FILTER NOT EXISTS { ?e dip:aggregate true }
             ?class dip:directPredicate ?p . OPTIONAL { ?class dip:symmetric ?both }
             FILTER(?role = IF(BOUND(?both), dip:actor, dip:target))
             FILTER NOT EXISTS { ?e a ?narrow . ?narrow rdfs:subClassOf ?class ; dip:directPredicate ?other } }"""
    )
    told = graph.rows(
        """SELECT ?s ?p ?o WHERE { ?x a dip:DerivedEdge ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ;
             dip:eventCount ?n FILTER(?n > 0) }"""
    )
    assert {tuple(row.values()) for row in told} == {tuple(row.values()) for row in reckoned}


@pytest.mark.parametrize(
    "absent",
    [
        "?x rel:imposedTariffsOn id:colombia",
        "id:donald-trump rel:met id:gustavo-petro",
        "id:gustavo-petro rel:calledFriend ?x",
        "?x rel:attacked id:colombia",
    ],
)
def test_what_was_only_threatened_planned_or_alleged_is_no_edge(graph: Graph, absent: str) -> None:
    assert graph.query(f"ASK {{ {absent} }}") is False


@pytest.mark.parametrize(
    "there",
    [
        "id:us-treasury rel:sanctioned id:gustavo-petro",
        "id:us-state-department rel:revokedVisaOf id:gustavo-petro",
        "id:kristi-noem rel:accused id:gustavo-petro",
        "id:donald-trump rel:phoned id:gustavo-petro",
        "id:gustavo-petro rel:phoned id:donald-trump",
    ],
)
def test_what_happened_is_an_edge(graph: Graph, there: str) -> None:
    assert graph.query(f"ASK {{ {there} }}") is True


def test_a_picture_is_plain_json(graph: Graph) -> None:
    from kg.cli.out import plain

    for shown in (graph.picture(), graph.show("petro"), graph.timeline("petro"), graph.path("bessent", "petro")):
        assert json.loads(json.dumps(plain(shown)))
