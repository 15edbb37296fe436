"""How the server holds: hostile queries and clients cost themselves only, doors are shut, a new build loses nothing.

The short form runs with the tests; `KG_LONG=1` runs the long one (200 hostile queries, 10,000 fuzzed requests).
"""

from __future__ import annotations

import contextlib
import http.server
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from kg import pipeline

if TYPE_CHECKING:
    from tests.conftest import DataFolder
    from tests.web.conftest import Server, Serving

LONG = bool(os.environ.get("KG_LONG"))
WHO = "SELECT ?who WHERE { ?who rel:sanctioned id:gustavo-petro }"


def hostile(number: int) -> str:
    """One of many queries that would stop an engine without limits; the number varies it."""
    n = 4 + number % 5
    doubled = "?x0"
    triples = " . ".join(f"?a{i} ?b{i} ?c{i}" for i in range(n))
    kinds = [
        f"SELECT * WHERE {{ {triples} }} ORDER BY ?c0 DESC(?c1)",
        f"SELECT (COUNT(*) AS ?n) WHERE {{ {triples} }}",
        "ASK " + "{" * (2000 + number) + "}" * (2000 + number),
        "ASK { FILTER(" + "!" * (3000 + number) + "true) }",
        "ASK { FILTER(1" + "+1" * (9000 + number) + " > 0) }",
        "SELECT * WHERE { VALUES ?x { "
        + "<urn:abcdefgh> " * (5000 + number)
        + "} ?x ?p ?o . ?a ?b ?x . ?c ?d ?e . ?f ?g ?h FILTER(?e != ?h) } ORDER BY ?c",
        f'SELECT (REGEX("{"a" * (30 + n)}!", "(a+)+$") AS ?r) (REPLACE("{"a" * 40}", "(a*)*b", "x") AS ?s) '
        "WHERE { ?a ?b ?c . ?d ?e ?f } ORDER BY ?r",
        "SELECT (COUNT(*) AS ?n) WHERE { ?a (!<urn:x>|^!<urn:y>)* ?b . ?b (!<urn:x>|^!<urn:y>)* ?c }",
        "SELECT (STRLEN(?x27) AS ?n) WHERE { BIND('0123456789' AS ?x0) "
        + " ".join(f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(27))
        + " }",
        f"SELECT (GROUP_CONCAT(CONCAT(STR(?a0), STR(?b0), STR(?c1))) AS ?t) WHERE {{ {triples} }}",
        "ASK { ?s " + "/".join(["<urn:p>"] * (4000 + number)) + " ?o }",
        "ASK { " + " UNION ".join(["{ ?s ?p ?o }"] * (3500 + number)) + " }",
    ]
    assert doubled
    return kinds[number % len(kinds)]


def memory(pid: int) -> int:
    """Resident bytes of a process and its children."""
    total = 0
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            fields = (path / "stat").read_text().rpartition(")")[2].split()
            if int(path.name) == pid or int(fields[1]) == pid:
                total += int((path / "statm").read_text().split()[1]) * 4096
    return total


def test_hostile_queries_end_in_time_and_cost_only_themselves(tight: Server) -> None:
    count = 200 if LONG else 12
    seconds, peak, failed = [], 0, []
    stop = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not stop.wait(0.05):
            peak = max(peak, memory(tight.process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    for number in range(count):
        begun = time.perf_counter()
        answer = tight.ask(hostile(number))
        seconds.append(time.perf_counter() - begun)
        if answer.status_code not in (200, 400, 403, 413, 500, 503) or not answer.text or "Traceback" in answer.text:
            failed.append((number, answer.status_code, answer.text[:200]))
    stop.set()
    watcher.join()
    print(f"\n{count} hostile queries: slowest {max(seconds):.2f} s (limit 1 s), peak {peak / 2**20:.0f} MiB")
    assert not failed
    assert max(seconds) < 2.0
    assert peak < 1.5 * 2**30
    assert tight.process.poll() is None and tight.rows(WHO)


def test_pages_answer_while_all_workers_are_busy(tight: Server) -> None:
    with ThreadPoolExecutor(8) as clients:
        hard = [clients.submit(tight.ask, hostile(1)) for _ in range(6)]
        time.sleep(0.2)
        begun = time.perf_counter()
        assert tight.get("id/gustavo-petro", headers={"accept": "text/html"}).status_code == 200
        assert time.perf_counter() - begun < 2
        assert {each.result().status_code for each in hard} == {503}
    assert tight.rows(WHO)


def test_a_killed_worker_costs_its_own_request_only(tight: Server) -> None:
    before = children(tight.process.pid)
    with ThreadPoolExecutor(1) as client:
        hard = client.submit(tight.ask, hostile(1))
        time.sleep(0.3)
        for pid in before:
            os.kill(pid, signal.SIGSEGV)
        assert hard.result().status_code in (500, 503)
    assert tight.rows(WHO)
    assert children(tight.process.pid).isdisjoint(before)


def children(pid: int) -> set[int]:
    done = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return set(map(int, done.stdout.split()))


def test_a_client_that_leaves_takes_its_query_along(built: Path, serve: Serving, tmp_path: Path) -> None:
    with serve(built, tmp_path / "log", "--timeout", "30", "--workers", "1") as server:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(server.url + "sparql", data={"query": hostile(1)}, timeout=0.3)
        begun = time.perf_counter()
        assert server.rows(WHO)
        assert time.perf_counter() - begun < 5


SSRF = [
    "SELECT * {{ SERVICE <{u}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE SILENT <{u}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ BIND(<{u}> AS ?e) SERVICE ?e {{ ?s ?p ?o }} }}",
    "SELECT * FROM <{u}> {{ ?s ?p ?o }}",
    "SELECT * FROM NAMED <{u}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "LOAD <{u}>",
    "LOAD SILENT <{u}> INTO GRAPH <urn:x>",
    "DESCRIBE <{u}>",
    "CONSTRUCT FROM <{u}> WHERE {{ ?s ?p ?o }}",
    "ASK FROM <{u}> {{}}",
    "BASE <{u}> SELECT * FROM <x> {{ ?s ?p ?o }}",
    "PREFIX x: <{u}> SELECT * {{ SERVICE x: {{ ?s ?p ?o }} }}",
    "SELECT * {{ {{ SELECT * {{ SERVICE <{u}> {{}} }} }} }}",
    "SELECT * {{ OPTIONAL {{ SERVICE<{u}>{{}} }} }}",
    "SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE <{u}> {{ ?a ?b ?c }} }} }}",
]


def test_no_query_reaches_the_network_or_a_file(tight: Server, tmp_path: Path) -> None:
    hits: list[str] = []

    class Trap(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_error(404)

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    secret = tmp_path / "secret.nt"
    secret.write_text('<urn:secret> <urn:p> "let out" .\n')
    trap = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Trap)
    threading.Thread(target=trap.serve_forever, daemon=True).start()
    addresses = [f"http://127.0.0.1:{trap.server_port}/x", secret.as_uri()]
    for address in addresses:
        for vector in SSRF:
            assert "let out" not in tight.ask(vector.format(u=address)).text
        for field in ("default-graph-uri", "named-graph-uri", "using-graph-uri"):
            answer = tight.get("sparql", params={"query": "SELECT * { ?s ?p ?o }", field: address})
            assert "let out" not in answer.text
    trap.shutdown()
    trap.server_close()
    assert hits == []


def test_the_worker_has_no_doors(built: Path) -> None:
    """Behind the guard: even code that runs in a worker can open neither a socket nor a file."""
    code = (
        "import socket, sys\nfrom kg.web.worker import _shut_doors\n_shut_doors(640 * 2**20, sockets=False)\n"
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


def test_headers_of_safety_and_no_cors(site: Server) -> None:
    for path in ("", "sparql?query=ASK%7B%7D", "id/gustavo-petro", "query", "nothing", "void.ttl", "static/query.js"):
        headers = site.get(path, headers={"origin": "https://evil.example"}).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers
        rules = headers["content-security-policy"]
        assert "default-src 'none'" in rules and "unsafe" not in rules and "*" not in rules.replace("*.", "")


def test_cors_when_asked(built: Path, serve: Serving, tmp_path: Path) -> None:
    with serve(built, tmp_path / "log", "--cors", "https://friend.example") as server:
        assert server.get("healthz").headers["access-control-allow-origin"] == "https://friend.example"


def test_slow_loris_is_closed_and_others_are_served(site: Server) -> None:
    slow = [socket.create_connection(("127.0.0.1", site.port)) for _ in range(100)]
    for each in slow:
        each.sendall(b"GET /sparql?query=ASK HTTP/1.1\r\nHost: localhost\r\nX-a: ")
    begun = time.perf_counter()
    assert site.rows(WHO)
    assert time.perf_counter() - begun < 1
    closed = 0
    for each in slow:
        each.settimeout(8)
        with contextlib.suppress(ConnectionError, TimeoutError):
            closed += each.recv(10) == b""
        each.close()
    assert closed == 100


def test_a_new_build_is_picked_up_without_a_lost_request(
    data_folder: DataFolder, serve: Serving, tmp_path: Path
) -> None:
    folder = tmp_path / "build"
    pipeline.build(data_folder.path, folder)
    with serve(folder, tmp_path / "log") as server:
        first, statuses = server.health()["build"], []
        tag = server.get("id/gustavo-petro", headers={"accept": "text/html"}).headers["etag"]
        done = threading.Event()

        def client() -> None:
            with httpx.Client() as own:
                while not done.is_set():
                    statuses.append(
                        own.get(server.url + "sparql", params={"query": WHO + f"#{random.random()}"}).status_code
                    )

        clients = [threading.Thread(target=client) for _ in range(4)]
        for each in clients:
            each.start()
        data_folder.change("label: US Treasury sanctions Gustavo Petro", "label: The US Treasury sanctions Petro")
        fresh = pipeline.build(data_folder.path, folder).manifest["digest"]
        deadline = time.monotonic() + 10
        while server.health()["build"] != fresh and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.3)
        done.set()
        for each in clients:
            each.join()
        assert server.health()["build"] == fresh != first
        assert set(statuses) == {200} and len(statuses) > 50
        page = server.get("id/treasury-sanctions-petro", headers={"accept": "text/html", "if-none-match": tag})
        assert page.status_code == 200 and "The US Treasury sanctions Petro" in page.text
        shutil.rmtree(folder / f"gen-{first[:12]}", ignore_errors=True)
        assert server.rows(WHO)


def test_it_ends_when_asked_and_finishes_what_is_under_way(built: Path, serve: Serving, tmp_path: Path) -> None:
    with serve(built, tmp_path / "log", "--timeout", "3") as server, ThreadPoolExecutor(1) as client:
        slow = client.submit(server.ask, hostile(1))
        time.sleep(0.3)
        server.process.terminate()
        assert slow.result().status_code == 503
        assert server.process.wait(10) == 0
        assert children(server.process.pid) == set()


def test_the_log_is_one_json_object_a_line(site: Server) -> None:
    site.get("void.ttl")
    line = next(each for each in reversed(site.lines()) if each.get("path") == "/void.ttl")
    assert {"time", "what", "client", "method", "path", "status", "bytes", "ms"} == set(line)
    assert line["status"] == 200 and line["bytes"] > 500


def test_no_build_is_told_at_once(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "kg",
        "serve",
        "--port",
        "0",
        "--store",
        str(tmp_path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 3 and "kg build" in done.stderr


def test_it_is_ready_soon_and_an_entity_page_comes_soon(built: Path, serve: Serving, tmp_path: Path) -> None:
    begun = time.perf_counter()
    with serve(built, tmp_path / "log") as server:
        ready = time.perf_counter() - begun
        server.get("id/gustavo-petro", headers={"accept": "text/html"})
        times = []
        with httpx.Client() as client:
            for _ in range(20):
                begun = time.perf_counter()
                with client.stream("GET", server.url + "id/gustavo-petro", headers={"accept": "text/html"}) as answer:
                    next(answer.iter_bytes(1))
                    times.append(time.perf_counter() - begun)
    print(f"\nready in {ready:.2f} s; first byte of an entity page {statistics.median(times) * 1000:.1f} ms")
    assert statistics.median(times) < 0.2


def fuzzed(source: random.Random) -> Iterator[tuple[str, str, dict[str, str], bytes]]:
    """Requests no honest client would send."""
    paths = [
        "/",
        "/sparql",
        "/id/gustavo-petro",
        "/id/{}",
        "/questions/{}",
        "/search",
        "/timeline",
        "/view",
        "/labels",
        "/ns",
        "/ns.{}",
        "/query",
        "/search.json",
        "/static/{}",
        "/{}",
    ]
    names = [
        "query",
        "q",
        "one",
        "other",
        "since",
        "until",
        "as_of",
        "who",
        "asOf",
        "format",
        "default-graph-uri",
        "about",
        "update",
        "all",
    ]
    words = [
        "",
        "petro",
        "2025-13-45",
        "2025-10-01",
        "%00",
        "%ff%fe",
        "../../etc/passwd",
        "<script>alert(1)</script>",
        "ASK {}",
        "SELECT * {?s ?p ?o} LIMIT 1",
        "'",
        '"',
        "\u202e",
        "9" * 5000,
        "{" * 50,
        "http://[::1",
        "id:gustavo-petro",
        "x" * 3000,
        "-1",
        "None",
        "é\u0301",
        "\U0001f600",
    ]
    kinds = [
        "",
        "text/html",
        "application/json",
        "*/*",
        "text/turtle;q=2",
        ";;;,,,",
        "a/b;q=x",
        "application/sparql-results+xml",
    ]
    types = [
        "application/x-www-form-urlencoded",
        "application/sparql-query",
        "application/json",
        "multipart/form-data",
        "",
        "\xe9",
    ]
    while True:
        method = source.choice(["GET"] * 6 + ["POST"] * 3 + ["PUT", "HEAD", "OPTIONS", "DELETE", "TRACE", "BREW"])
        path = source.choice(paths).format(source.choice(words).replace(" ", "%20").replace("#", ""))
        fields = "&".join(
            f"{source.choice(names)}={httpx.QueryParams({'v': source.choice(words)})['v']}"
            for _ in range(source.randrange(4))
        )
        headers = {
            "accept": source.choice(kinds),
            "content-type": source.choice(types),
            "if-none-match": source.choice(["", "*", 'W/"x"']),
        }
        body = source.choice(
            [
                b"",
                b"\xff\xfe",
                b"[" * 3000,
                b"query=ASK{}",
                b"ASK {}",
                b'["urn:a", 1, null]',
                bytes(source.randrange(256) for _ in range(50)),
            ]
        )
        yield method, f"{path}?{fields}", {k: v for k, v in headers.items() if v}, body


def test_fuzzed_requests_meet_no_bug(tight: Server) -> None:
    count = 10_000 if LONG else 600
    source = random.Random(20261122)
    bad = []
    with httpx.Client(timeout=30) as client:
        for _, (method, path, headers, body) in zip(range(count), fuzzed(source), strict=False):
            try:
                request = client.build_request(
                    method,
                    tight.url.rstrip("/") + path,
                    content=body,
                    headers={k.encode(): v.encode("latin-1") for k, v in headers.items()},
                )
            except (httpx.InvalidURL, ValueError):
                continue
            try:
                answer = client.send(request)
            except httpx.TransportError as error:
                bad.append((method, path[:200], headers, 0, repr(error)))
                continue
            if (answer.status_code >= 500 and answer.status_code != 503) or "Traceback" in answer.text:
                bad.append((method, path[:200], headers, answer.status_code, answer.text[:300]))
    assert bad == []
    assert "Traceback" not in tight.log.read_text()
    assert tight.rows(WHO)
