"""How the server holds: deaths cost only themselves, a new build loses nothing, the end drops nothing.

What attackers try is in `tests/reliability`.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from kg import pipeline

if TYPE_CHECKING:
    from tests.conftest import DataFolder
    from tests.web.conftest import Server, Serving

WHO = "SELECT ?who WHERE { ?who rel:sanctioned id:gustavo-petro }"
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n2 ?o }"


def test_pages_answer_while_all_workers_are_busy(tight: Server) -> None:
    with ThreadPoolExecutor(8) as clients:
        hard = [clients.submit(tight.ask, ENDLESS) for _ in range(6)]
        time.sleep(0.2)
        assert tight.get("id/gustavo-petro", headers={"accept": "text/html"}).status_code == 200
        assert not all(each.done() for each in hard)
        assert {each.result().status_code for each in hard} == {503}
    assert tight.rows(WHO)


def test_a_killed_worker_costs_its_own_request_only(tight: Server) -> None:
    before = children(tight.process.pid)
    with ThreadPoolExecutor(1) as client:
        hard = client.submit(tight.ask, ENDLESS)
        time.sleep(0.3)
        for pid in before:
            with contextlib.suppress(ProcessLookupError):
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
            httpx.post(server.url + "sparql", data={"query": ENDLESS}, timeout=0.3)
        begun = time.perf_counter()
        assert server.rows(WHO)
        assert time.perf_counter() - begun < 5


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
        before = {"origin": "https://friend.example", "access-control-request-method": "POST"}
        may = httpx.options(server.url + "sparql", headers=before)
        assert may.status_code == 204 and "POST" in may.headers["access-control-allow-methods"]
        assert "Content-Type" in may.headers["access-control-allow-headers"]
        assert httpx.options(server.url + "sparql").status_code == 405  # no browser asks so


def test_no_page_from_elsewhere_may_ask_unless_it_was_allowed(site: Server) -> None:
    before = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    answer = httpx.options(site.url + "sparql", headers=before)
    assert answer.status_code == 405 and set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}
    assert not [name for name in answer.headers if name.startswith("access-control")]


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
        slow = client.submit(server.ask, ENDLESS)
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
