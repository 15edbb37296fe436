"""Measure `kg serve` beside rdflib-endpoint and the Oxigraph server: one graph, one run, one client, by turns.

Run on demand: `python tests/bench/serve.py [--requests N] [--clients N] [--soak MINUTES]`. Four small questions go
round; the client is a plain asyncio one on the same machine, so all figures share its cost. Ratios count, absolute
times are those of this machine. Ours is measured with and without its memory of answers (there each query is made
different by a comment, as it is for the others).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
PREFIXES = (
    "PREFIX id: <https://w3id.org/diplokg/id/> PREFIX rel: <https://w3id.org/diplokg/rel#> "
    "PREFIX dip: <https://w3id.org/diplokg/ns#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
)
QUESTIONS = (
    "SELECT ?who WHERE { GRAPH ?g { ?who rel:sanctioned id:gustavo-petro } }",
    "SELECT ?e ?l WHERE { GRAPH ?g { ?e a dip:Accusation ; rdfs:label ?l } }",
    "ASK { GRAPH ?g { id:us-treasury rel:sanctioned id:gustavo-petro } }",
    "SELECT ?p ?o WHERE { GRAPH ?g { id:treasury-sanctions-petro ?p ?o } }",
)


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def answers(url: str) -> bool:
    """Whether a server answers a query."""
    try:
        with urllib.request.urlopen(f"{url}?query={quote('ASK {}')}", timeout=1) as response:
            return bool(response.status == 200)
    except OSError:
        return False


@contextlib.contextmanager
def running(
    command: list[str], url: str, cwd: Path, ready: str = ""
) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """Run a server until the block ends; give the process and the seconds until it answered a query."""
    begun = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        while not answers(url):
            if process.poll() is not None or time.perf_counter() - begun > 60:
                raise SystemExit(f"{command[0]} did not start")
            time.sleep(0.01)
        yield process, time.perf_counter() - begun
    finally:
        process.terminate()
        process.wait(20)


async def client(port: int, path: str, count: int, vary: bool, times: list[float], bad: list[int]) -> None:
    """One client on one connection; a new one when the server closes it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number in range(count):
        query = PREFIXES + QUESTIONS[number % 4] + (f"#{id(times)}-{os.urandom(6).hex()}" if vary else "")
        fields = f"Host: 127.0.0.1:{port}\r\nAccept: application/sparql-results+json\r\n\r\n"
        head = f"GET {path}?query={quote(query)} HTTP/1.1\r\n{fields}"
        begun = time.perf_counter()
        try:
            writer.write(head.encode())
            status = await response(reader)
        except (OSError, asyncio.IncompleteReadError):
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            status = 0
        times.append(time.perf_counter() - begun)
        if status != 200:
            bad.append(status)
    writer.close()


async def response(reader: asyncio.StreamReader) -> int:
    """Read one response and give its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = re.search(rb"content-length: *(\d+)", head)
    if length:
        await reader.readexactly(int(length[1]))
    elif b"chunked" in head:
        while size := int(await reader.readuntil(b"\r\n"), 16):
            await reader.readexactly(size + 2)
        await reader.readexactly(2)
    return int(head.split(b" ", 2)[1])


async def load(port: int, path: str, clients: int, requests: int, vary: bool) -> tuple[float, list[float], list[int]]:
    """Requests a second, the times, and what went wrong."""
    times: list[float] = []
    bad: list[int] = []
    begun = time.perf_counter()
    await asyncio.gather(*(client(port, path, requests // clients, vary, times, bad) for _ in range(clients)))
    return len(times) / (time.perf_counter() - begun), sorted(times), bad


def resident(pid: int) -> float:
    """MiB of a process and its children."""
    done = subprocess.run(
        ["ps", "-o", "rss=", "--pid", str(pid), "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return sum(map(int, done.stdout.split())) / 1024


def line(name: str, ready: float, found: tuple[float, list[float], list[int]], memory: float) -> None:
    """Print one line of the table."""
    rate, times, bad = found
    p50, p99 = statistics.median(times) * 1000, times[int(len(times) * 0.99)] * 1000
    print(f"{name:<34}{ready:>8.2f}{rate:>11.0f}{p50:>9.1f}{p99:>9.1f}{len(bad):>8}{memory:>9.0f}", flush=True)


def measure(folder: Path, clients: int, requests: int) -> None:
    """All servers in turn."""
    print(f"{'server':<34}{'ready s':>8}{'requests/s':>11}{'p50 ms':>9}{'p99 ms':>9}{'errors':>8}{'MiB':>9}")
    port = free_port()
    ours = [sys.executable, "-m", "kg", "serve", "--port", str(port), "--quiet"]
    with running(ours, f"http://127.0.0.1:{port}/sparql", folder) as (process, ready):
        for name, vary in (("kg serve", False), ("kg serve, every query new", True)):
            found = asyncio.run(load(port, "/sparql", clients, requests, vary))
            line(name, ready, found, resident(process.pid))
        pages(port)
    generation = (folder / "build" / "CURRENT").read_text().strip()
    graph = folder / "build" / generation / "kg.nq"
    oxigraph = shutil.which("oxigraph") or str(Path(sys.executable).parent / "oxigraph")
    if Path(oxigraph).exists():
        subprocess.run(
            [oxigraph, "load", "--location", "ox", "--file", str(graph)], cwd=folder, check=True, capture_output=True
        )
        port = free_port()
        command = [oxigraph, "serve-read-only", "--location", "ox", "--bind", f"127.0.0.1:{port}"]
        with running(command, f"http://127.0.0.1:{port}/query", folder) as (process, ready):
            line(
                "oxigraph serve-read-only",
                ready,
                asyncio.run(load(port, "/query", clients, requests, True)),
                resident(process.pid),
            )
    endpoint = shutil.which("rdflib-endpoint")
    if endpoint:
        port = free_port()
        command = [endpoint, "serve", "--host", "127.0.0.1", "--port", str(port), str(graph)]
        with running(command, f"http://127.0.0.1:{port}/", folder) as (process, ready):
            line(
                "rdflib-endpoint",
                ready,
                asyncio.run(load(port, "/", clients, max(clients * 4, requests // 20), True)),
                resident(process.pid),
            )


def pages(port: int) -> None:
    """First byte of an entity page: the first time, and warm."""
    times = []
    for _ in range(30):
        request = urllib.request.Request(f"http://127.0.0.1:{port}/id/gustavo-petro", headers={"Accept": "text/html"})
        begun = time.perf_counter()
        with urllib.request.urlopen(request) as answer:
            answer.read(1)
        times.append((time.perf_counter() - begun) * 1000)
    print(f"  entity page, first byte: {times[0]:.0f} ms the first time, {statistics.median(times[1:]):.1f} ms warm")


def soak(folder: Path, clients: int, minutes: float) -> None:
    """Memory before and after minutes of load."""
    port = free_port()
    command = [sys.executable, "-m", "kg", "serve", "--port", str(port), "--quiet"]
    with running(command, f"http://127.0.0.1:{port}/sparql", folder) as (process, _):
        asyncio.run(load(port, "/sparql", clients, 20_000, True))
        before, sent, bad = resident(process.pid), 0, 0
        until = time.monotonic() + minutes * 60
        while time.monotonic() < until:
            _, times, failed = asyncio.run(load(port, "/sparql", clients, 5_000, True))
            sent, bad = sent + len(times), bad + len(failed)
        after = resident(process.pid)
    print(
        json.dumps(
            {
                "minutes": minutes,
                "requests": sent,
                "errors": bad,
                "MiB before": round(before),
                "MiB after": round(after),
                "growth %": round((after / before - 1) * 100, 1),
            }
        )
    )


def main() -> None:
    """Build the bundled graph in an empty folder and measure there."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--requests", type=int, default=10_000)
    options.add_argument("--clients", type=int, default=50)
    options.add_argument("--soak", type=float, default=0, metavar="MINUTES")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(
            [sys.executable, "-m", "kg", "build"], cwd=folder, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        measure(folder, given.clients, given.requests)
        if given.soak:
            soak(folder, given.clients, given.soak)


if __name__ == "__main__":
    main()
