"""Any SPARQL 1.1 service answers as the build does: a real Oxigraph server and a real Virtuoso, on the loopback.

The first half needs no server but ours, which misbehaves on purpose; the second starts the real ones and is marked
slow. Where an engine is known to differ, a table gives the reason, and the test fails when the difference is gone.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QueryTriples, RdfFormat, Store, Triple, parse

from kg import coverage, questions, store
from kg.cli.out import plain
from kg.dataset import dataset
from kg.errors import QueryLimit, QuerySyntax, StorageError
from kg.graph import Graph
from kg.store import Answer, Remote, Rows
from kg.terms import GRAPH, REL, XSD

NAMES = sorted(questions.all_questions())
VIRTUOSO_DIFFERS = {
    "coded-events": "Virtuoso 7 does not see a variable of the outer group in a FILTER beside a UNION inside OPTIONAL",
    "events-of": "Virtuoso 7 takes a variable that its OPTIONAL left unbound for bound, beside sub-selects",
    "states-of": "Virtuoso 7 takes a variable that its OPTIONAL left unbound for bound, beside sub-selects",
    "voices-of": "Virtuoso 7 turns letters beyond ASCII in the constants of a query into question marks",
    "relative-dates": "Virtuoso 7 turns xsd:dayTimeDuration into seconds: P2D becomes 172800",
}


SAME = [
    ["query", "who-sanctioned-whom", "-f", "csv"],
    ["query", "sanctions-in-force", "--as-of", "2025-10-10", "-f", "csv"],
    ["query", "ASK { ?s a dip:Denial }"],
    ["show", "petro", "-f", "text"],
    ["timeline", "trump", "petro", "--known-at", "2026-02-10"],
    ["path", "bessent", "tren-de-aragua"],
    ["escalation", "trump", "petro", "-f", "csv"],
    ["balance", "-f", "json"],
    ["export", "-f", "csv"],
    ["export", "-f", "graphml"],
    ["export", "-f", "ftm"],
    ["view", "-o", "-"],
]
NOT_OF_A_SERVICE = [  # what writes, or reads files beside a store
    ["build"],
    ["import", "gdelt", __file__],
    ["import", "gdelt", __file__, "--columns"],
    ["import", "--list"],
    ["import", "--drop", "x"],
    ["link"],
    ["export", "--summary", "x"],
]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


# A service that misbehaves


@contextlib.contextmanager
def answering(status: int, kind: str, body: bytes, **headers: str) -> Iterator[str]:
    """A server on the loopback that gives one answer to everything."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/sparql"
        server.shutdown()


JSON = "application/sparql-results+json"
XML = b'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head/>%s</sparql>'
NO_ROWS = b'{"head": {"vars": ["g"]}, "results": {"bindings": []}}'
ASK = "ASK { ?s ?p ?o }"


@pytest.mark.parametrize(
    ("status", "kind", "body", "told"),
    [
        (200, "text/html; charset=utf-8", b"<html>\n<h1>Welcome</h1>", "it answers with text/html."),
        (404, "text/html", b"<html>\nnot\nhere</html>", "HTTP 404 Not Found."),
        (405, "text/plain", b"only\nGET here", "HTTP 405 Method Not Allowed. only GET here"),
        (500, "application/json", b'{"error":\n "broken"}', 'HTTP 500 Internal Server Error. {"error": "broken"}'),
        (200, JSON, b"not json", "cannot be read"),
        (200, JSON, b'{"head": {"vars": ["g"]}, "results": {"bindings": [{"g": {"type"', "cannot be read"),
        (200, "application/json", b'{"hello": "world"}', "cannot be read"),
        (200, "text/turtle", b"<urn:a> <urn:b> .", "cannot be read"),
        (200, "text/turtle", b"<urn:a> <urn:b> <urn:c> .", "answers a SELECT with something else"),
    ],
    ids=["a page", "no such page", "not by POST", "an inner error", "no JSON", "torn", "other JSON", "bad RDF", "RDF"],
)
def test_an_answer_that_is_none_is_told_in_one_line(kg: Any, status: int, kind: str, body: bytes, told: str) -> None:
    with answering(status, kind, body) as url:
        done = kg("query", ASK, "--store", url)
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith(f"kg: {url}: ")
    assert told in done.err
    assert done.err.endswith("Is this the address of a SPARQL query service?\n")
    assert done.err.count("\n") == 1
    assert "<html>" not in done.err


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://127.0.0.1:{closed}/sparql", "Connection refused"),
        ("http://no-such-host.invalid/sparql", "no-such-host.invalid"),
        ("http://127.0.0.1:port/", "nonnumeric port"),
        ("http://[::1/", "Invalid IPv6"),
        ("http://", "no host given"),
    ],
)
@pytest.mark.parametrize("command", [["query", ASK], ["show", "petro"], ["export"], ["stats"], ["view", "-o", "-"]])
def test_an_address_without_a_service_is_told_in_one_line(kg: Any, command: list[str], url: str, told: str) -> None:
    done = kg(*command, "--store", url.replace("{closed}", str(free_port())))
    assert (done.code, done.out) == (3, "")
    assert told in done.err
    assert done.err.count("\n") == 1
    assert "Is the service running" in done.err


def test_a_service_that_is_silent_is_told() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        service = Remote(f"http://127.0.0.1:{silent.getsockname()[1]}/", timeout=0.2)
        with pytest.raises(StorageError, match="timed out"):
            service.query(ASK)


def test_a_service_that_speaks_no_http_is_told() -> None:
    def greet(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"220 mail.example ESMTP\r\n")

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        threading.Thread(target=greet, args=(listening,), daemon=True).start()
        with pytest.raises(StorageError, match="220 mail"):
            Remote(f"http://127.0.0.1:{listening.getsockname()[1]}/").query(ASK)


def test_a_refused_query_is_a_query_error() -> None:
    with (
        answering(400, "text/plain", b"Parse error\nat line 1.\n") as url,
        pytest.raises(QuerySyntax, match=r"refused the query: Parse error at line 1$"),
    ):
        Remote(url).query(ASK)


@pytest.mark.parametrize("header", ["X_SPARQL_MaxRows", "X_SQL_State"])
def test_an_answer_that_the_service_cut_is_not_taken_for_whole(header: str) -> None:
    with (
        answering(200, JSON, NO_ROWS, **{header: "10000"}) as url,
        pytest.raises(QueryLimit, match="cut its answer short"),
    ):
        Remote(url).query("SELECT ?s WHERE { ?s ?p ?o }")


def test_a_hostile_answer_cannot_steer_the_terminal(kg: Any) -> None:
    with answering(500, "text/plain", b"\x1b[2J\x07wiped" + b"x" * 9000) as url:
        done = kg("query", ASK, "--store", url)
    assert done.err.rstrip("\n").isprintable()
    assert len(done.err) < 500


def test_a_remote_graph_is_no_live_dataset() -> None:
    with pytest.raises(StorageError, match="cannot be opened as an rdflib Dataset"):
        dataset(Remote("http://127.0.0.1:1/"))


# A service that keeps what it was sent

OURS = f'<urn:a> <urn:b> "ours" <{GRAPH}doc/a> .\n<urn:a> <urn:b> "vocabulary" <{GRAPH}schema> .\n'
THEIRS = '<urn:a> <urn:b> "theirs" <urn:graph:theirs> .\n<urn:a> <urn:b> "nobody\'s" .\n'
OBJECTS, OBJECTS_OF_GRAPHS = "SELECT ?o { <urn:a> <urn:b> ?o }", "SELECT ?o { GRAPH ?g { <urn:a> <urn:b> ?o } }"


@contextlib.contextmanager
def serving(lines: str) -> Iterator[tuple[Remote, list[tuple[str, dict[str, list[str]]]]]]:
    """A service over these quads, with a default graph of its own as the protocol has it; what it was sent is kept."""
    held, sent = Store(), list[tuple[str, dict[str, list[str]]]]()
    held.load(lines.encode(), format=RdfFormat.N_QUADS)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
            fields = urllib.parse.parse_qs(body, strict_parsing=True)
            sent.append((self.headers["Accept"].split(",")[0], fields))
            graphs: dict[str, list[Any]] = {
                key: [NamedNode(name) for name in names] for key, names in fields.items() if key != "query"
            }
            default, named = graphs.get("default-graph-uri", []), graphs.get("named-graph-uri", [])
            text = fields["query"][0]
            found = held.query(text, default_graph=default, named_graphs=named) if graphs else held.query(text)
            if isinstance(found, QueryTriples):
                kind, told = "application/n-triples", found.serialize(format=RdfFormat.N_TRIPLES)
            else:
                kind, told = JSON, found.serialize(format=QueryResultsFormat.JSON)
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.end_headers()
            self.wfile.write(told or b"")

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Remote(f"http://127.0.0.1:{server.server_port}/sparql"), sent
        server.shutdown()


def objects(answer: Answer) -> list[str]:
    assert isinstance(answer, Rows) and answer.variables == ("o",)
    return sorted(row[0].value for row in answer.rows if isinstance(row[0], Literal))


def test_of_a_service_with_graphs_of_others_only_ours_are_asked() -> None:
    with serving(OURS + THEIRS) as (service, sent):
        for query in (OBJECTS, OBJECTS_OF_GRAPHS, OBJECTS):
            assert objects(service.query(query)) == ["ours", "vocabulary"]
        assert service.graphs() == (f"{GRAPH}doc/a", f"{GRAPH}schema")
    ours = {"default-graph-uri": [f"{GRAPH}doc/a", f"{GRAPH}schema"]}
    graphs = [{key: value for key, value in fields.items() if key != "query"} for _, fields in sent]
    also_named = {"named-graph-uri": ours["default-graph-uri"]}
    assert graphs == [{}, ours, ours | also_named, ours], "graphs are asked for once, and named where GRAPH stands"


def test_of_a_service_without_graphs_of_ours_all_are_asked() -> None:
    with serving(THEIRS + '<urn:a> <urn:b> "also theirs" <urn:graph:more> .\n') as (service, _):
        assert objects(service.query(OBJECTS)) == ["also theirs", "theirs"]
        assert service.graphs() == ("urn:graph:more", "urn:graph:theirs")


def test_a_query_that_names_its_graphs_is_sent_with_none() -> None:
    with serving(OURS + THEIRS) as (service, sent):
        assert objects(service.query("SELECT ?o FROM <urn:graph:theirs> { <urn:a> <urn:b> ?o }")) == ["theirs"]
    assert [fields.keys() for _, fields in sent] == [{"query"}]


def test_a_dataset_names_the_graphs_of_a_query() -> None:
    chosen = store.Dataset((f"{GRAPH}schema", "urn:graph:theirs"), (f"{GRAPH}doc/a",))
    with serving(OURS + THEIRS) as (service, sent):
        assert objects(service.query(OBJECTS, chosen)) == ["theirs", "vocabulary"]
        assert objects(service.query(OBJECTS_OF_GRAPHS, chosen)) == ["ours"]
    assert len(sent) == 2, "there is no need to ask for graphs"


def test_a_service_is_told_the_prefixes_and_the_base() -> None:
    with serving(OURS) as (service, sent):
        assert objects(service.query("SELECT ?o { <a> <b> ?o FILTER(?o != dip:Event) }", base="urn:a")) == [
            "ours",
            "vocabulary",
        ]
        assert service.query("ASK { GRAPH ?g { <urn:a> ?p ?o } FILTER(graph:schema IN (?g)) }") is True
        assert service.query("ASK { id:none ?p ?o }") is False
    assert sent[1][1]["query"][0].startswith("BASE <urn:a> PREFIX ")
    assert not any("BASE" in fields["query"][0] for _, fields in sent[:1] + sent[2:])


def test_triples_are_asked_for_as_triples_and_rows_as_rows() -> None:
    with serving(OURS) as (service, sent):
        told = service.query("CONSTRUCT { ?s rel:met ?s } { ?s ?p 'ours' }")
        assert not isinstance(told, bool | Rows)
        assert [str(triple) for triple in told] == [f"<urn:a> <{REL}met> <urn:a>"]
        assert not isinstance(service.query("DESCRIBE <urn:a>"), bool | Rows)
        service.query(OBJECTS)
    assert [accepted for accepted, _ in sent] == [JSON, *["application/n-triples"] * 2, JSON]


@pytest.mark.parametrize(
    ("kind", "body", "answer"),
    [
        (JSON, b'{"head": {}, "boolean": true}', True),
        ("application/json", b'{"head": {}, "boolean": false}', False),
        ("application/sparql-results+xml", XML % b"<boolean>true</boolean>", True),
        (JSON, b'{"head": {"vars": ["__ASK_RETVAL"]}, "results": {"bindings": []}}', False),
        (JSON, b'{"head": {"vars": ["__ASK_RETVAL"]}, "results": {"bindings": [{"__ASK_RETVAL": ONE}]}}', True),
    ],
)
def test_a_truth_is_a_truth_however_a_service_tells_it(kind: str, body: bytes, answer: bool) -> None:
    one = b'{"type": "literal", "value": "1"}'
    with answering(200, kind, body.replace(b"ONE", one)) as url:
        assert Remote(url).query("ASK FROM <urn:g> { ?s ?p ?o }") is answer


def test_blank_nodes_are_read_as_virtuoso_names_them() -> None:
    body = b'{"head": {"vars": ["o"]}, "results": {"bindings": [{"o": {"type": "bnode", "value": "nodeID://b10"}}]}}'
    with answering(200, JSON, body) as url:
        answer = Remote(url).query("SELECT ?o FROM <urn:g> { ?s ?p ?o }")
    assert isinstance(answer, Rows) and [str(row[0]) for row in answer.rows] == ["_:b10"]


@pytest.mark.parametrize(("length", "cut"), [(300, False), (301, True)])
def test_what_a_service_says_of_a_failure_is_told_in_300_letters(length: int, cut: bool) -> None:
    with answering(500, "text/plain", b"\n" + b"y" * length) as url, pytest.raises(StorageError) as told:
        Remote(url).query(ASK)
    assert told.value.message.partition("Error. ")[2] == "y" * 300 + (" …" if cut else "")


# Real services


@pytest.fixture(scope="module")
def oxigraph(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An Oxigraph server, its store loaded in bulk as the notebook page says."""
    binary = shutil.which("oxigraph", path=f"{Path(sys.executable).parent}") or shutil.which("oxigraph")
    if binary is None:
        pytest.skip("the Oxigraph server is missing: pip install oxigraph")
    folder = tmp_path_factory.mktemp("oxigraph")
    (folder / "kg.nq").write_bytes(quads(built))
    load = [binary, "load", "--location", str(folder / "store"), "--file", str(folder / "kg.nq")]
    subprocess.run(load, check=True, capture_output=True)
    address = f"127.0.0.1:{free_port()}"
    with running(
        [binary, "serve-read-only", "--location", str(folder / "store"), "--bind", address], lambda: reached(address)
    ):
        yield f"http://{address}/query"


VIRTUOSO = """[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
FileExtend = 20
[TempDatabase]
DatabaseFile = {folder}/temp.db
TransactionFile = {folder}/temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
DirsAllowed = {folder}
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 4
[SPARQL]
ResultSetMaxRows = 200000
"""


@pytest.fixture(scope="module")
def virtuoso(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Virtuoso with a database and ports of its own, loaded in bulk as the notebook page says."""
    server, client = shutil.which("virtuoso-t"), shutil.which("isql-vt")
    if not (server and client):
        pytest.skip("Virtuoso is missing: apt-get install virtuoso-opensource-7")
    folder = tmp_path_factory.mktemp("virtuoso")
    sql, web = free_port(), free_port()
    (folder / "own.ini").write_text(VIRTUOSO.format(folder=folder, sql=sql, http=web), encoding="utf-8")
    (folder / "kg.nq").write_bytes(quads(built))
    load = f"ld_dir('{folder}', 'kg.nq', 'urn:none'); rdf_loader_run(); checkpoint;"
    with running([server, "+configfile", "own.ini", "+foreground"], lambda: reached(f"127.0.0.1:{web}"), folder):
        subprocess.run([client, f"127.0.0.1:{sql}", "dba", "dba", f"exec={load}"], check=True, capture_output=True)
        yield f"http://127.0.0.1:{web}/sparql"


@contextlib.contextmanager
def running(command: list[str], ready: Callable[[], bool], folder: Path | None = None) -> Iterator[None]:
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + 60
            while not ready():
                assert process.poll() is None, f"{command[0]} ended at once"
                assert time.monotonic() < deadline, f"{command[0]} does not answer"
                time.sleep(0.1)
            yield
        finally:
            process.terminate()
            process.wait(30)


def reached(address: str) -> bool:
    host, _, port = address.partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    return True


def quads(built: Path) -> bytes:
    return "".join(store.lines(built)).encode()


@pytest.fixture(scope="module")
def local(built: Path) -> Graph:
    return Graph(built)


@pytest.fixture(scope="module", params=["oxigraph", "virtuoso"])
def service(request: pytest.FixtureRequest) -> Graph:
    return Graph(request.getfixturevalue(request.param))


def counted(answer: Answer) -> Counter[Any] | bool:
    """The rows of an answer in any order."""
    if isinstance(answer, bool):
        return answer
    return Counter(map(str, answer.rows)) if isinstance(answer, Rows) else Counter(map(str, answer))


def asked_of(engine: str, differs: dict[str, str]) -> list[Any]:
    return [
        pytest.param(
            engine,
            name,
            id=f"{engine}-{name}",
            marks=[pytest.mark.xfail(strict=True, reason=differs[name])] if name in differs else [],
        )
        for name in NAMES
    ]


def test_every_saved_question_is_asked_of_both() -> None:
    assert len(NAMES) > 40
    assert VIRTUOSO_DIFFERS.keys() <= set(NAMES)


@pytest.mark.slow
@pytest.mark.parametrize(("engine", "name"), [*asked_of("oxigraph", {}), *asked_of("virtuoso", VIRTUOSO_DIFFERS)])
def test_saved_questions_have_the_same_rows(
    local: Graph, request: pytest.FixtureRequest, engine: str, name: str
) -> None:
    remote = Graph(request.getfixturevalue(engine))
    assert counted(remote.query(name)) == counted(local.query(name))


@pytest.mark.slow
class TestService:
    def test_truth_is_a_truth(self, service: Graph) -> None:
        assert service.query("ASK { id:us-treasury rel:sanctioned id:gustavo-petro }") is True
        assert service.query("ASK { id:us-treasury rel:sanctioned id:cnn }") is False

    def test_names_are_resolved(self, service: Graph) -> None:
        assert service.find("petro") == "gustavo-petro"
        assert service.find("Verónica Alcocer") == "veronica-alcocer"

    def test_the_default_graph_is_the_union_of_ours(self, service: Graph, local: Graph) -> None:
        text = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
        assert service.rows(text) == local.rows(text)
        named = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
        assert service.rows(named) == local.rows(named)

    def test_a_graph_is_built_alike(self, service: Graph, local: Graph) -> None:
        text = "CONSTRUCT { ?s ?p ?o } WHERE { VALUES ?s { id:gustavo-petro id:treasury-sanctions-petro } ?s ?p ?o }"
        mine, theirs = local.query(text), service.query(text)
        assert not isinstance(mine, (bool, Rows))
        assert not isinstance(theirs, (bool, Rows))
        assert {valued(triple) for triple in theirs} == {valued(triple) for triple in mine}

    @pytest.mark.parametrize("day", [None, date(2025, 10, 10)])
    @pytest.mark.parametrize(
        "name",
        [
            "petro",
            "treasury-sanctions-petro",
            "claim-petro-makes-cocaine",
            "measure-sanctions-petro",
            "president-of-colombia",
            "cnn-2026-02-us-colombia-feud",
        ],
    )
    def test_pages_are_the_same(self, service: Graph, local: Graph, name: str, day: date | None) -> None:
        assert as_json(service.show(name, day)) == as_json(local.show(name, day))

    def test_timelines_and_ways_are_the_same(self, service: Graph, local: Graph) -> None:
        assert as_json(service.timeline("trump", "petro")) == as_json(local.timeline("trump", "petro"))
        one, other = (graph.path("bessent", "tren-de-aragua") for graph in (service, local))
        assert as_json(one) == as_json(other)

    def test_the_picture_and_the_table_are_the_same(self, service: Graph, local: Graph) -> None:
        assert as_json(service.picture()) == as_json(local.picture())
        assert service.export("csv") == local.export("csv")
        assert service.export("gexf") == local.export("gexf")

    def test_the_export_holds_the_same(self, service: Graph, local: Graph) -> None:
        theirs, mine = (set(parse(g.export("nquads"), format=RdfFormat.N_QUADS)) for g in (service, local))
        assert {valued(quad.triple) for quad in theirs} == {valued(quad.triple) for quad in mine}
        assert len(theirs) == len(mine)

    def test_counts_are_the_same(self, service: Graph, local: Graph) -> None:
        theirs, mine = coverage.coverage(service), coverage.coverage(local)
        assert theirs["counts"]["events"] == mine["counts"]["events"]
        assert theirs["counts"]["quads"] == mine["counts"]["quads"]
        for name in mine.keys() - {"counts", "digest", "sources", "diplokg"}:
            assert theirs[name] == mine[name], name

    @pytest.mark.parametrize("command", SAME, ids=" ".join)
    def test_commands_say_the_same(self, kg: Any, service: Graph, built: Path, command: list[str]) -> None:
        mine, theirs = kg(*command, "--store", built), kg(*command, "--store", service.location)
        assert theirs.code == mine.code == 0, theirs.err
        assert theirs.out == mine.out

    def test_the_doctor_counts_what_is_there(self, kg: Any, service: Graph) -> None:
        done = kg("doctor", "--store", service.location)
        assert done.code == 0
        assert re.search(r"build +http.* [0-9]+ entities, [0-9]+ events, [0-9,]+ quads", done.out), done.out

    def test_a_report_says_with_what_it_was_made(self, kg: Any, service: Graph) -> None:
        told = kg("report", "petro", "--store", service.location, "-f", "md").out
        assert re.search(r"DiploKG [0-9]+\.[0-9]+\.[0-9]+, data digest [0-9a-f]{12}", told), told[-600:]

    @pytest.mark.parametrize("command", NOT_OF_A_SERVICE, ids=" ".join)
    def test_what_needs_a_folder_says_so(self, kg: Any, service: Graph, command: list[str]) -> None:
        done = kg(*command, "--store", service.location)
        assert done.code in (2, 3)
        assert re.search("to a folder|build folder|lie in the build", done.err), done.err

    def test_a_query_that_does_not_parse_is_shown_where_it_is(self, kg: Any, service: Graph) -> None:
        done = kg("query", "SELECT ?x WHERE { ?x rdfs:label }", "--store", service.location)
        assert done.code == 2
        assert done.err.startswith("kg: ")


def as_json(shown: Any) -> Any:
    return json.loads(json.dumps(plain(shown), default=str))


def seconds(duration: str) -> float:
    """A duration in seconds; Virtuoso has made `P2D` into 172800 when it was loaded."""
    days = re.fullmatch(r"P(\d+)D", duration)
    return int(days[1]) * 86400.0 if days else float(duration)


def valued(triple: Triple) -> tuple[str, ...]:
    """A triple with numbers, truths and durations by their value: engines write `-8` for `-8.0` and `1` for `true`."""
    term = triple.object
    if not isinstance(term, Literal):
        return tuple(map(str, triple))
    value = {
        f"{XSD}decimal": lambda text: float(text),
        f"{XSD}boolean": lambda text: text in ("true", "1"),
        f"{XSD}dayTimeDuration": seconds,
    }.get(term.datatype.value, lambda _: term)(term.value)
    return str(triple.subject), str(triple.predicate), str(value)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["oxigraph", "virtuoso"])
def test_limits_hold(request: pytest.FixtureRequest, engine: str) -> None:
    """It stands last, for a service goes on with a query whose asker has left."""
    service = Graph(request.getfixturevalue(engine))
    answer = service.query("SELECT ?s WHERE { ?s ?p ?o }", max_rows=5, timeout=30)
    assert isinstance(answer, Rows)
    with pytest.raises(QueryLimit, match="more than 5 rows"):
        list(answer.rows)
    begun = time.monotonic()
    with pytest.raises(QueryLimit, match="took longer than 1 s"):
        service.query("SELECT (COUNT(?c) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(?c < ?i) }", timeout=1)
    assert time.monotonic() - begun < 2
