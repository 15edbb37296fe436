"""Nothing that a client says makes the server reach another address or read a file.

A trap on this machine counts who comes; a file holds words that no answer may contain. Each vector is a request (or
raw bytes) with `{trap}` and `{file}` in it: the address of the trap, and that of the file.
"""

from __future__ import annotations

import http.server
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest

if TYPE_CHECKING:
    from tests.web.conftest import Server

FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
ALL = "SELECT * { ?s ?p ?o }"
SECRET = "let out"
_CLIENT = httpx.Client(timeout=30, limits=httpx.Limits(max_keepalive_connections=0), verify=False, trust_env=False)

QUERIES = {
    "SERVICE": "SELECT * { SERVICE <{u}> { ?s ?p ?o } }",
    "SERVICE SILENT": "SELECT * { SERVICE SILENT <{u}> { ?s ?p ?o } }",
    "SERVICE of a variable": "SELECT * { BIND(<{u}> AS ?e) SERVICE ?e { ?s ?p ?o } }",
    "SERVICE of VALUES": "SELECT * { VALUES ?e { <{u}> } SERVICE SILENT ?e { ?s ?p ?o } }",
    "SERVICE of a computed IRI": 'SELECT * { BIND(IRI(CONCAT("{u}", "?x")) AS ?e) SERVICE ?e { ?s ?p ?o } }',
    "SERVICE of a prefix": "PREFIX x: <{u}> SELECT * { SERVICE x: { ?s ?p ?o } }",
    "SERVICE relative to BASE": "BASE <{u}> SELECT * { SERVICE <> { ?s ?p ?o } }",
    "SERVICE in a subquery": "SELECT * { { SELECT * { SERVICE <{u}> {} } } }",
    "SERVICE in OPTIONAL, no spaces": "SELECT*{OPTIONAL{SERVICE<{u}>{}}}",
    "SERVICE in EXISTS": "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <{u}> { ?a ?b ?c } } }",
    "SERVICE in MINUS": "SELECT * { ?s ?p ?o MINUS { SERVICE <{u}> { ?s ?p ?o } } }",
    "SERVICE in UNION": "SELECT * { { ?s ?p ?o } UNION { SERVICE <{u}> { ?s ?p ?o } } }",
    "SERVICE in GRAPH": "SELECT * { GRAPH ?g { SERVICE <{u}> { ?s ?p ?o } } }",
    "SERVICE in LATERAL": "SELECT * { ?s ?p ?o LATERAL { SERVICE <{u}> { ?s ?p ?o } } }",
    "SERVICE in CONSTRUCT": "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <{u}> { ?s ?p ?o } }",
    "SERVICE in ASK": "ASK { SERVICE <{u}> { ?s ?p ?o } }",
    "SERVICE in DESCRIBE": "DESCRIBE ?s { SERVICE <{u}> { ?s ?p ?o } }",
    "service in small letters": "select * { sErViCe <{u}> { ?s ?p ?o } }",
    "SERVICE after a comment": "SELECT * { # harmless }\n SERVICE # <urn:x>\n <{u}> { ?s ?p ?o } }",
    "SERVICE with escaped letters": "SELECT * { \\u0053ERVICE <{u}> { ?s ?p ?o } }",
    "SERVICE glued to a number": "SELECT * { ?s ?p 1SERVICE <{u}> { ?s ?p ?o } }",
    "SERVICE glued to true": "SELECT * { ?s ?p trueSERVICE <{u}> { ?s ?p ?o } }",
    "SERVICE at the end of a name": "PREFIX x: <urn:x> SELECT * { ?s ?p x:SERVICE <{u}> { ?s ?p ?o } }",
    "SERVICE within SERVICE": "SELECT * { SERVICE <urn:a> { SERVICE <{u}> { ?s ?p ?o } } }",
    "FROM in SELECT": "SELECT * FROM <{u}> { ?s ?p ?o }",
    "FROM NAMED": "SELECT * FROM NAMED <{u}> { GRAPH ?g { ?s ?p ?o } }",
    "FROM in CONSTRUCT": "CONSTRUCT FROM <{u}> WHERE { ?s ?p ?o }",
    "FROM in ASK": "ASK FROM <{u}> { ?s ?p ?o }",
    "FROM in DESCRIBE": "DESCRIBE ?s FROM <{u}> { ?s ?p ?o }",
    "FROM relative to BASE": "BASE <{u}> SELECT * FROM <> { ?s ?p ?o }",
    "GRAPH": "SELECT * { GRAPH <{u}> { ?s ?p ?o } }",
    "DESCRIBE": "DESCRIBE <{u}>",
    "LOAD as a query": "LOAD <{u}>",
    "LOAD after a query": "ASK {} ; LOAD <{u}>",
    "INSERT WHERE SERVICE as a query": "INSERT { ?s ?p ?o } WHERE { SERVICE <{u}> { ?s ?p ?o } }",
    "a function by its address": "SELECT (<{u}>(1) AS ?x) {}",
}
UPDATES = {
    "LOAD": "LOAD <{u}>",
    "LOAD SILENT INTO": "LOAD SILENT <{u}> INTO GRAPH <urn:x>",
    "INSERT USING": "INSERT { ?s ?p ?o } USING <{u}> WHERE { ?s ?p ?o }",
    "INSERT SERVICE": "INSERT { ?s ?p ?o } WHERE { SERVICE <{u}> { ?s ?p ?o } }",
    "COPY": "COPY <{u}> TO DEFAULT",
}
CONTEXT = json.dumps({"@context": "{u}", "@id": "urn:a", "name": "x"})
IMPORT = json.dumps({"@context": {"@import": "{u}", "@propagate": True}, "@graph": []})
XXE = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "{u}">]><r>&x;</r>'


@dataclass(frozen=True)
class Vector:
    """One request; `{u}` in any of its parts is the address to be reached."""

    name: str
    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


def vectors() -> Iterator[Vector]:
    """Every way in that we know of."""
    for name, text in QUERIES.items():
        yield Vector(f"{name}, by POST", "POST", "sparql", {"content-type": QUERY}, text)
    for name in ("SERVICE", "SERVICE SILENT", "FROM in SELECT", "LOAD as a query"):
        yield Vector(f"{name}, by GET", "GET", f"sparql?query={quote(QUERIES[name], safe='{}')}")
        yield Vector(f"{name}, on the picture", "GET", f"view?query={quote(QUERIES[name], safe='{}')}")
    for name, text in UPDATES.items():
        yield Vector(f"{name}, as an update", "POST", "sparql", {"content-type": UPDATE}, text)
        yield Vector(f"{name}, in a form", "POST", "sparql", {"content-type": FORM}, f"update={quote(text, safe='{}')}")
    for name in ("default-graph-uri", "named-graph-uri", "using-graph-uri", "using-named-graph-uri", "graph", "source"):
        yield Vector(f"{name}, by GET", "GET", f"sparql?query={quote(ALL)}&{name}={{u}}")
        yield Vector(f"{name}, in a form", "POST", "sparql", {"content-type": FORM}, f"query={quote(ALL)}&{name}={{u}}")
    for kind, body in (
        ("application/ld+json", CONTEXT), ("application/ld+json", IMPORT), ("application/rdf+xml", XXE),
        ("text/xml", XXE), ("text/turtle", "<{u}> a <{u}> ."), ("application/trig", "<{u}> { <{u}> a <{u}> }"),
    ):  # fmt: skip
        yield Vector(f"a body of {kind}", "POST", "sparql", {"content-type": kind}, body)
    yield Vector(
        "a graph put at an address", "PUT", "sparql?graph={u}", {"content-type": "text/turtle"}, "<a:a> a <{u}> ."
    )
    yield Vector("a JSON-LD context among labels", "POST", "labels", {"content-type": "application/json"}, CONTEXT)
    yield Vector("addresses among labels", "POST", "labels", {"content-type": "application/json"}, '["{u}"]')
    for path in (
        "id/{u}", "id/..%2f..%2f..%2fetc%2fpasswd", "static/..%2f..%2fapp.py", "static/%2e%2e/app.py", "ns.{u}",
        "questions/..%2f..%2fREADME", "questions/who-sanctioned-whom?whom=<{u}>", "search?q={u}", "search.json?q={u}",
        "timeline?one={u}", "query?query={u}", "id/gustavo-petro?as_of={u}", "?url={u}", "void.ttl?uri={u}",
        "/{u}", "//{u}", "%2f%2f{u}", "%5c%5c{u}",
    ):  # fmt: skip
        yield Vector(f"/{path}", "GET", path, {"accept": "text/html"})
    for header in ("referer", "origin", "x-forwarded-host", "x-forwarded-for", "forwarded", "x-original-url",
                   "x-rewrite-url", "link", "profile", "accept-profile", "true-client-ip"):  # fmt: skip
        yield Vector(f"the header {header}", "GET", "id/gustavo-petro", {header: "{u}", "accept": "text/turtle"})
    yield Vector("the format by its address", "GET", f"sparql?query={quote(ALL)}&format={{u}}")
    yield Vector("a media type with a profile", "GET", f"sparql?query={quote('DESCRIBE id:gustavo-petro')}",
                 {"accept": 'application/ld+json; profile="{u}"'})  # fmt: skip


RAW = {
    "an absolute address in the first line": "GET {u} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "an absolute address, foreign host": "GET {u} HTTP/1.1\r\nHost: {h}\r\n\r\n",
    "CONNECT": "CONNECT {h} HTTP/1.1\r\nHost: {h}\r\n\r\n",
    "the trap as the host": "GET /id/gustavo-petro HTTP/1.1\r\nHost: {h}\r\nAccept: text/turtle\r\n\r\n",
    "two hosts": "GET /sparql HTTP/1.1\r\nHost: localhost\r\nHost: {h}\r\n\r\n",
    "a host with a user": "GET /sparql HTTP/1.1\r\nHost: localhost@{h}\r\n\r\n",
    "a host that begins well": "GET /sparql HTTP/1.1\r\nHost: localhost.{h}\r\n\r\n",
    "a host that ends an IRI": "GET /sparql HTTP/1.1\r\nHost: localhost:1><{u}\r\nAccept: text/turtle\r\n\r\n",
    "no host": "GET /sparql HTTP/1.0\r\n\r\n",
    "an upgrade": "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
}


class Trap(http.server.BaseHTTPRequestHandler):
    """Notes whoever comes, and sends them on to the file."""

    hits: list[str]
    onward: str

    def do_GET(self) -> None:
        self.hits.append(self.path)
        self.send_response(302)
        self.send_header("Location", self.onward)
        self.end_headers()

    do_POST = do_HEAD = do_CONNECT = do_PUT = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def trap(tmp_path: Path) -> Iterator[tuple[str, str, list[str]]]:
    """The address of a trap, that of a secret file, and the list of who came."""
    secret = tmp_path / "secret.nt"
    secret.write_text(f'<urn:secret> <urn:p> "{SECRET}" .\n')
    hits: list[str] = []
    handler = type("OwnTrap", (Trap,), {"hits": hits, "onward": secret.as_uri()})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/x", secret.as_uri(), hits
    server.shutdown()
    server.server_close()
    thread.join()


def test_no_request_reaches_the_network_or_a_file(
    tight: Server, trap: tuple[str, str, list[str]], promise: Callable[..., None]
) -> None:
    address, file, hits = trap
    bad, names = [], []
    for vector in vectors():
        names.append(f"{vector.method} {vector.name} {vector.headers.get('content-type', '')} {vector.body}")
        for aim in (address, file):
            answer = _send(tight, vector, aim)
            leads = answer.headers.get("location", "")
            if (
                hits
                or SECRET in answer.text
                or "root:x:0" in answer.text
                or leads.startswith((address, file, "//", "\\"))
            ):
                bad.append((vector.name, aim, list(hits), leads, answer.text[:200]))
                hits.clear()
            if answer.status_code >= 500 and answer.status_code != 503:
                bad.append((vector.name, aim, answer.status_code, "", answer.text[:200]))
    for name, text in RAW.items():
        names.append(name)
        host = address.removeprefix("http://").partition("/")[0]
        said = _raw(tight.port, text.replace("{u}", address).replace("{h}", host))
        head = said.partition("\r\n\r\n")[0].lower()
        if hits or SECRET in said or f"location: {address}" in head or f"location: http://{host}" in head:
            bad.append((name, address, list(hits), "", said[:300]))
            hits.clear()
    assert not bad
    assert len(set(names)) == len(names) >= 30
    note = "0 outside connections, 0 file reads; each aimed at a trap and at a file"
    promise("vectors of server-side request forgery reach nothing", tried=len(names), survived=len(names), note=note)


def _send(server: Server, vector: Vector, aim: str) -> Any:
    filled = vector.path.replace("{u}", quote(aim, safe=":/?=&"))
    return _CLIENT.request(
        vector.method,
        server.url + filled,
        headers={name: value.replace("{u}", aim) for name, value in vector.headers.items()},
        content=vector.body.replace("{u}", aim).encode(),
    )


def _raw(port: int, text: str) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(text.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n").encode())
        said = b""
        while piece := connection.recv(65536):
            said += piece
    return said.decode("utf-8", "replace")


def test_the_trap_would_notice(trap: tuple[str, str, list[str]]) -> None:
    """The control: an engine that is asked without our guard does come."""
    import pyoxigraph

    address, _, hits = trap
    with pytest.raises((OSError, RuntimeError, ValueError, SyntaxError)):
        list(pyoxigraph.Store().query(QUERIES["SERVICE"].replace("{u}", address)))  # type: ignore[arg-type]
    assert hits


def test_the_worker_has_no_doors(built: Path) -> None:
    """Behind the guard: even code that runs in a worker can open neither a socket nor a file."""
    code = (
        "import socket, sys\nfrom kg.query import shut_doors\nshut_doors(640 * 2**20, sockets=False)\n"
        "for name, act in (('socket', lambda: socket.socket()), ('file', lambda: open('/etc/passwd'))):\n"
        "    try:\n        act()\n    except OSError as error:\n        sys.stdout.write(f'{name} refused\\n')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "socket refused\nfile refused\n"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("127.0.0.1:{port}", 200),
        ("[::1]:{port}", 200),
        ("evil.example", 403),
        ("localhost.evil.example:{port}", 403),
        ("", 403),
    ],
)
def test_foreign_hosts_are_refused(site: Server, host: str, status: int) -> None:
    assert site.get("healthz", headers={"host": host.format(port=site.port)}).status_code == status
