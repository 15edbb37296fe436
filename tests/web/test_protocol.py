"""The SPARQL 1.1 Protocol: what real clients send, every format, datasets, validators, and each way of refusing."""

from __future__ import annotations

import json
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import rdflib
import rdflib.collection
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, parse, parse_query_results

if TYPE_CHECKING:
    from tests.web.conftest import Server, Serving

ASK = "ASK { id:us-treasury rel:sanctioned id:gustavo-petro }"
WHO = "SELECT ?who WHERE { ?who rel:sanctioned id:gustavo-petro }"
GRAPH = "CONSTRUCT { ?who rel:sanctioned ?whom } WHERE { ?who rel:sanctioned ?whom }"
TREASURY = "https://w3id.org/diplokg/id/us-treasury"
ENTITIES = "https://w3id.org/diplokg/graph/entities"


def test_get_form_and_body_give_the_same(site: Server) -> None:
    by_get = site.get("sparql", params={"query": WHO})
    by_form = httpx.post(site.url + "sparql", data={"query": WHO})
    by_body = httpx.post(site.url + "sparql", content=WHO, headers={"content-type": "application/sparql-query"})
    assert by_get.status_code == by_form.status_code == by_body.status_code == 200
    assert by_get.content == by_form.content == by_body.content
    assert by_get.json()["results"]["bindings"][0]["who"]["value"] == TREASURY


def test_curl(site: Server) -> None:
    done = subprocess.run(
        ["curl", "-s", "-H", "Accept: text/csv", site.url + "sparql", "--data-urlencode", f"query={WHO}"],
        capture_output=True,
        check=True,
    )
    assert done.stdout == f"who\r\n{TREASURY}\r\n".encode()


def test_rdflib_sparqlstore(site: Server) -> None:
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    graph = rdflib.Graph(SPARQLStore(site.url + "sparql"))
    known = "PREFIX rel: <https://w3id.org/diplokg/rel#> PREFIX id: <https://w3id.org/diplokg/id/> "
    assert [tuple(map(str, row)) for row in list(graph.query(known + WHO))] == [(TREASURY,)]  # type: ignore[arg-type]
    assert len(list(graph.triples((rdflib.URIRef(TREASURY), None, None)))) > 3
    assert graph.query(known + ASK).askAnswer


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_sparqlwrapper_rows(site: Server, form: str) -> None:
    wrapper = pytest.importorskip("SPARQLWrapper", reason="SPARQLWrapper is not installed")
    client = wrapper.SPARQLWrapper(site.url + "sparql", returnFormat=form)
    client.setQuery(WHO)
    found: Any = client.query().convert()
    text = found.toxml() if form == "xml" else json.dumps(found) if form == "json" else found.decode()
    assert TREASURY in text


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
@pytest.mark.parametrize("form", ["turtle", "xml", "json-ld"])
def test_sparqlwrapper_graphs(site: Server, form: str) -> None:
    wrapper = pytest.importorskip("SPARQLWrapper", reason="SPARQLWrapper is not installed")
    client = wrapper.SPARQLWrapper(site.url + "sparql", returnFormat=form)
    client.setQuery(GRAPH)
    found: Any = client.query().convert()
    text = found.decode() if isinstance(found, bytes) else found.serialize(format="nt")
    assert "us-treasury" in text and "gustavo-petro" in text


ROW_TYPES = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "text/tab-separated-values": QueryResultsFormat.TSV,
}
EVERY_TERM = """SELECT ?iri ?plain ?tagged ?number ?day ?none ?odd WHERE {
  VALUES (?iri ?plain ?tagged ?number ?day ?odd) {
    (id:us-treasury "a,\\"b\\"\\t\\nc" "señor"@es 4.25 "2025-10-01"^^xsd:date "<&>]]>") } }"""


def read(body: bytes, form: QueryResultsFormat) -> list[list[str]]:
    """The rows of an answer, each term as N-Triples writes it."""
    answer = parse_query_results(body, format=form)
    assert isinstance(answer, QuerySolutions)
    return [[str(term) for term in row] for row in answer]


@pytest.mark.parametrize("kind", ROW_TYPES)
def test_row_formats_keep_every_term(site: Server, kind: str) -> None:
    answer = site.ask(EVERY_TERM, kind)
    assert answer.headers["content-type"].startswith(kind)
    found = read(answer.content, ROW_TYPES[kind])
    assert found == read(site.ask(EVERY_TERM).content, QueryResultsFormat.JSON)
    assert len(found) == 1 and found[0][5] == "None"


def test_csv_reads_back(site: Server) -> None:
    import csv
    import io

    rows = list(csv.reader(io.StringIO(site.ask(EVERY_TERM, "text/csv").text, newline="")))
    assert rows[1] == [TREASURY, 'a,"b"\t\nc', "señor", "4.25", "2025-10-01", "", "<&>]]>"]


def test_xml_stays_well_formed_with_control_characters(site: Server) -> None:
    answer = site.ask(r'SELECT ?x WHERE { VALUES ?x { "a\u0001b\uFFFEc" } }', "application/sparql-results+xml")
    assert "a�b�c" in "".join(ElementTree.fromstring(answer.content).itertext())


GRAPH_TYPES = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/trig": RdfFormat.TRIG,
    "application/rdf+xml": RdfFormat.RDF_XML,
}


@pytest.mark.parametrize("kind", GRAPH_TYPES)
def test_graph_formats_hold_the_same_triples(site: Server, kind: str) -> None:
    answer = site.ask(GRAPH, kind)
    assert answer.headers["content-type"].startswith(kind)
    found = {str(quad.triple) for quad in parse(answer.content, format=GRAPH_TYPES[kind])}
    assert found == {str(q.triple) for q in parse(site.ask(GRAPH, "text/turtle").content, format=RdfFormat.TURTLE)}
    assert len(found) > 1


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("application/sparql-results+json", '"boolean": true'),
        ("application/sparql-results+xml", "<boolean>true</boolean>"),
    ],
)
def test_ask(site: Server, kind: str, text: str) -> None:
    assert text in site.ask(ASK, kind).text


@pytest.mark.parametrize(
    ("accept", "query", "status"),
    [
        ("image/png", WHO, 406),
        ("text/turtle", WHO, 406),
        ("text/csv", GRAPH, 406),
        ("text/turtle, */*;q=0.1", WHO, 200),
        ("application/sparql-results+json;q=0", WHO, 406),
        ("", WHO, 200),
        ("*/*", GRAPH, 200),
    ],
)
def test_accept(site: Server, accept: str, query: str, status: int) -> None:
    assert site.ask(query, accept).status_code == status


def test_format_in_the_address(site: Server) -> None:
    assert (
        site.get("sparql", params={"query": WHO, "format": "csv"}).headers["content-type"] == "text/csv; charset=utf-8"
    )
    assert (
        site.get("sparql", params={"query": GRAPH, "format": "json"}).headers["content-type"] == "application/ld+json"
    )
    assert site.get("sparql", params={"query": GRAPH, "format": "csv"}).status_code == 406
    assert "json" in site.get("sparql", params={"query": WHO, "format": "nonsense"}).headers["content-type"]


def test_graphs_of_the_request(site: Server) -> None:
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    named = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"

    def asked(query: str, **graphs: str) -> int:
        return int(site.get("sparql", params={"query": query, **graphs}).json()["results"]["bindings"][0]["n"]["value"])

    everything = asked(count)
    part = asked(count, **{"default-graph-uri": ENTITIES})
    assert 0 < part < everything
    assert asked(named, **{"named-graph-uri": ENTITIES}) == part
    assert asked(named, **{"default-graph-uri": ENTITIES}) == asked(count, **{"named-graph-uri": ENTITIES}) == 0
    assert asked(count.replace("WHERE", f"FROM <{ENTITIES}> WHERE")) == part
    assert asked(count.replace("WHERE", "FROM <urn:other> WHERE"), **{"default-graph-uri": ENTITIES}) == part
    bad = site.get("sparql", params={"query": count, "default-graph-uri": "not an iri"})
    assert bad.status_code == 400 and "IRI" in bad.text


def test_validators_hold_for_one_build(site: Server) -> None:
    first = site.get("sparql", params={"query": WHO})
    tag = first.headers["etag"]
    again = site.get("sparql", params={"query": WHO}, headers={"if-none-match": tag})
    assert again.status_code == 304 and not again.content and again.headers["etag"] == tag
    assert site.get("sparql", params={"query": WHO, "format": "csv"}, headers={"if-none-match": tag}).status_code == 200
    assert "etag" not in site.get("sparql", params={"query": "SELECT (NOW() AS ?t) {}"}).headers


def test_service_description(site: Server) -> None:
    answer = site.get("sparql", headers={"accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=answer.text, format="turtle")
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    service = graph.value(predicate=rdflib.RDF.type, object=sd.Service)
    assert str(graph.value(service, sd.endpoint)) == site.url + "sparql"
    assert (service, sd.feature, sd.UnionDefaultGraph) in graph
    assert len(list(graph.objects(None, sd.namedGraph))) >= 4


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("SELECT * WHERE { ?s ?p }", 400, "line 1"),
        ("SELCT", 400, "SELECT"),
        ("", 400, "query"),
        ("DROP ALL", 403, "update"),
        ("INSERT DATA { <urn:a> <urn:b> <urn:c> }", 403, "update"),
        ("LOAD <file:///etc/passwd>", 403, "update"),
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", 403, "SERVICE"),
        ("SELECT * { SERVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }", 403, "SERVICE"),
        ("ASK " + "{" * 5000 + "}" * 5000, 403, "nests"),
        ("ASK { FILTER(" + "(" * 5000 + "1" + ")" * 5000 + ") }", 403, "nests"),
        ("SELECT * { ?s ?p '" + "x" * 120_000 + "' }", 413, "characters"),
    ],
)
def test_refusals_say_why(site: Server, query: str, status: int, words: str) -> None:
    answer = httpx.post(site.url + "sparql", data={"query": query}, headers={"accept": "application/json"}, timeout=30)
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert told["status"] == status and words in told["message"] + told["hint"]
    plain = httpx.post(site.url + "sparql", data={"query": query}, timeout=30)
    assert plain.headers["content-type"] == "text/plain; charset=utf-8" and "Traceback" not in plain.text


@pytest.mark.parametrize(
    ("method", "headers", "content", "status"),
    [
        ("PUT", {}, b"", 405),
        ("DELETE", {}, b"", 405),
        ("POST", {"content-type": "text/plain"}, b"ASK {}", 415),
        ("POST", {}, b"ASK {}", 415),
        ("POST", {"content-type": "application/sparql-update"}, b"CLEAR ALL", 403),
        ("POST", {"content-type": "application/sparql-query"}, "ASK { 'é' }".encode("latin-1"), 400),
        ("POST", {"content-type": "application/sparql-query; charset=utf-16"}, b"ASK {}", 415),
        ("POST", {"content-type": "application/x-www-form-urlencoded"}, b"update=CLEAR+ALL", 403),
        ("POST", {"content-type": "application/x-www-form-urlencoded"}, b"query=ASK%7B%7D&query=ASK%7B%7D", 400),
        ("POST", {"content-type": "application/x-www-form-urlencoded"}, b"query=%ff", 400),
        ("POST", {"content-type": "application/sparql-query"}, b"x" * 500_000, 413),
    ],
)
def test_requests_that_are_no_query(
    site: Server, method: str, headers: dict[str, str], content: bytes, status: int
) -> None:
    assert httpx.request(method, site.url + "sparql", headers=headers, content=content).status_code == status


def test_a_long_answer_is_cut_and_says_so(tight: Server) -> None:
    query = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"
    answer = tight.ask(query)
    assert answer.headers["x-cut"] == "rows=50"
    assert len(answer.json()["results"]["bindings"]) == 50
    assert "there are more" in answer.json()["cut"]["message"]
    assert "there are more" in tight.ask(query, "application/sparql-results+xml").text
    csv = tight.ask(query, "text/csv")
    assert csv.headers["x-cut"] == "rows=50" and len(csv.text.splitlines()) == 51
    graph = tight.ask("CONSTRUCT WHERE { ?s ?p ?o }", "application/n-triples")
    assert graph.headers["x-cut"] == "rows=50" and "there are more" in graph.text
    assert "x-cut" not in tight.ask(query + " LIMIT 50").headers


def test_a_large_answer_streams_whole(site: Server) -> None:
    query = "SELECT ?a ?b ?c WHERE { ?a ?p ?c . ?b ?q ?d } LIMIT 30000"
    with httpx.stream("POST", site.url + "sparql", data={"query": query}, timeout=60) as answer:
        assert answer.headers.get("transfer-encoding") == "chunked" and answer.headers["x-max-rows"] == "100000"
        found = json.loads(answer.read())
    assert len(found["results"]["bindings"]) == 30_000 and "cut" not in found


W3C = Path(__file__).resolve().parents[3] / "shared/w3c/sparql/sparql11/protocol"
MF, HT = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#", "http://www.w3.org/2011/http#"
BOOLEAN = {"application/sparql-results+json", "application/sparql-results+xml"}
FORMATS = {
    "boolean": BOOLEAN,
    "tabular": {*BOOLEAN, "text/csv; charset=utf-8", "text/tab-separated-values; charset=utf-8"},
    "RDF": {"text/turtle; charset=utf-8", "application/rdf+xml", "application/n-triples"},
}


def w3c_requests() -> list[tuple[str, bool, dict[str, Any]]]:
    """The requests of the W3C suite: the name of the test, whether it is about updates, and what to send and expect."""
    if not W3C.is_dir():
        return []
    graph = rdflib.Graph().parse(W3C / "manifest.ttl")
    mf, ht, cnt = rdflib.Namespace(MF), rdflib.Namespace(HT), rdflib.Namespace("http://www.w3.org/2011/content#")
    found = []
    for test in rdflib.collection.Collection(graph, next(graph.objects(None, mf.entries))):
        name = str(test).rpartition("#")[2]
        requests = graph.value(graph.value(test, mf.action), ht.requests) or rdflib.RDF.nil
        for number, node in enumerate(rdflib.collection.Collection(graph, requests)):
            headers = rdflib.collection.Collection(graph, graph.value(node, ht.headers) or rdflib.RDF.nil)
            fields = {str(graph.value(h, ht.fieldName)).lower(): str(graph.value(h, ht.fieldValue)) for h in headers}
            body, answer = graph.value(node, ht.body), graph.value(node, ht.resp)
            encoding = str(graph.value(body, cnt.characterEncoding) or "UTF-8")
            sent = {
                "method": str(graph.value(node, ht.methodName)),
                "path": str(graph.value(node, ht.absolutePath)).removeprefix("/sparql/"),
                "content": str(graph.value(body, cnt.chars)).encode(encoding) if body else b"",
                "headers": fields,
                "status": {str(s)[-3] for s in graph.objects(answer, mf.expectedStatus)},
                "boolean": graph.value(answer, mf.expectedBoolean),
                "format": str(graph.value(answer, mf.expectedFormat) or ""),
            }
            update = "update" in name
            found.append((f"{name}-{number}", update, sent))
    return found


@pytest.fixture(scope="module")
def w3c(serve: Serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over the data of the W3C suite."""
    from kg import store

    lines = []
    for name in ("data1", "data2", "data3"):
        for line in (W3C / f"{name}.nt").read_text().splitlines():
            lines.append(f"{line.rstrip(' .')} <http://kasei.us/2009/09/sparql/data/{name}.rdf> .\n")
    folder = tmp_path_factory.mktemp("w3c")
    store.write(folder / "build", sorted(lines), {"digest": "0" * 64, "counts": {}})
    with serve(folder / "build", folder / "log") as server:
        yield server


@pytest.mark.skipif(not W3C.is_dir(), reason="the W3C suite is not part of the repository")
def test_w3c_suite_was_read() -> None:
    names = {name.rpartition("-")[0] for name, _, _ in w3c_requests()}
    assert len(names) == 34


@pytest.mark.parametrize(("name", "update", "sent"), w3c_requests(), ids=lambda v: v if isinstance(v, str) else "")
def test_w3c_protocol(w3c: Server, name: str, update: bool, sent: dict[str, Any]) -> None:
    """Every query request answers as the suite says; every update is refused, and changes nothing."""
    answer = httpx.request(
        sent["method"], f"{w3c.url}sparql{sent['path']}", headers=sent["headers"], content=sent["content"]
    )
    is_query = (
        sent["headers"].get("content-type") == "application/sparql-query"
        or b"query=" in sent["content"]
        or "query=" in sent["path"]
    )
    if update and not is_query:
        assert 400 <= answer.status_code < 500
        return
    if update:
        assert answer.status_code == 200 and answer.json()["boolean"] in (True, False)
        return
    assert str(answer.status_code)[0] in sent["status"]
    if sent["format"]:
        assert answer.headers["content-type"] in FORMATS[sent["format"]]
    if sent["boolean"] is not None:
        assert answer.json()["boolean"] is bool(sent["boolean"].toPython())
