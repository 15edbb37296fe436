"""Minutes of bounded load on one `kg serve`: does its memory grow?

`python tests/reliability/soak.py [--minutes N] [--rate N]` builds the bundled graph and sends so many requests a
second: queries that are all new, pages, searches, data, and every ten seconds a query that must be killed. Before that
it warms up: it asks new queries until the server's bounded memory of answers is full, as `/healthz` tells (`kept`), and
sends the mixed load for a while; filling what is bounded is no growth. The server and its workers are weighed every
minute; workers are replaced when they are killed, so the server's own growth is told apart.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

ROOT = Path(__file__).resolve().parents[2]
QUERIES = (
    "SELECT ?who WHERE { ?who rel:sanctioned id:gustavo-petro }",
    "SELECT ?e ?l WHERE { ?e a dip:Accusation ; rdfs:label ?l }",
    "ASK { id:us-treasury rel:sanctioned id:gustavo-petro }",
    "CONSTRUCT { id:treasury-sanctions-petro ?p ?o } WHERE { id:treasury-sanctions-petro ?p ?o }",
)
PAGES = (
    "/", "/id/gustavo-petro", "/id/gustavo-petro.ttl", "/id/treasury-sanctions-petro", "/timeline?one=petro",
    "/search?q=pet", "/search.json?q=tru", "/questions/contested-claims", "/ns", "/rel.ttl", "/view", "/void.ttl",
    "/healthz", "/nothing", "/static/query.js",
)  # fmt: skip
KILLED = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?c DESC(?f)"
CLIENTS = 8
WARM = 60_000
"""New queries at most before the weighing begins."""
SETTLE = 60.0
"""Seconds of mixed load before the first weighing, in a soak of some minutes."""


@dataclass
class Soaked:
    """What came of it: statuses by how often, MiB of the server and of all its processes, by minute."""

    statuses: Counter[int] = field(default_factory=Counter)
    server: list[float] = field(default_factory=list)
    together: list[float] = field(default_factory=list)
    warmed: int = 0
    hard: int = 0
    kept: float = 0.0

    @property
    def fine(self) -> int:
        """How many answers were as they should be; 503 is one where the query was to be killed, or once in twenty."""
        busy = min(self.statuses[503], self.hard + self.statuses.total() // 20)
        return self.statuses[200] + self.statuses[404] + busy

    def weigh(self, pid: int) -> None:
        """Note what the server weighs now."""
        own, rest = resident(pid)
        self.server.append(own)
        self.together.append(own + rest)

    @staticmethod
    def growth(weights: list[float]) -> float:
        """Percent from the median of the first fifth to that of the last fifth."""
        few = max(1, len(weights) // 5)
        return (statistics.median(weights[-few:]) / statistics.median(weights[:few]) - 1) * 100


def resident(pid: int) -> tuple[float, float]:
    """MiB of a process, and of its children."""
    own = rest = 0.0
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            size = int((path / "statm").read_text().split()[1]) * 4096 / 2**20
        except (OSError, IndexError, ValueError):
            continue
        if int(path.name) == pid:
            own = size
        elif parent == pid:
            rest += size
    return own, rest


def soak(url: str, pid: int, minutes: float, rate: float, warm: int) -> Soaked:
    """Send bounded load to a running server for some minutes, after some queries that do not count."""
    told, counting, done = Soaked(), threading.Event(), threading.Event()
    clients = [
        threading.Thread(target=_client, args=(url, n, CLIENTS / rate, told, counting, done)) for n in range(CLIENTS)
    ]
    fill = [threading.Thread(target=_fill, args=(url, told, warm // CLIENTS)) for _ in range(CLIENTS)]
    for each in fill:
        each.start()
    for each in fill:
        each.join()
    for each in clients:
        each.start()
    time.sleep(min(SETTLE, minutes * 6))
    counting.set()
    told.weigh(pid)
    until = time.monotonic() + minutes * 60
    while time.monotonic() < until:
        time.sleep(min(60.0, minutes * 6))
        told.weigh(pid)
        print(f"  {told.server[-1]:.0f} MiB, with workers {told.together[-1]:.0f} MiB", file=sys.stderr, flush=True)
    done.set()
    for each in clients:
        each.join(60)
    return told


def _fill(url: str, told: Soaked, most: int) -> None:
    """Ask queries that are all new until the memory of answers is full; a server that refuses them is not asked on."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
    for n in range(most):
        if n % 100 == 0 and _kept(connection) > 0.98:
            break
        if _status(connection, _fresh(n)) != 200:
            break
        told.warmed += 1
    told.kept = _kept(connection)
    connection.close()


def _kept(connection: http.client.HTTPConnection) -> float:
    connection.request("GET", "/healthz")
    return float(json.loads(connection.getresponse().read())["kept"])


def _fresh(n: int) -> str:
    return f"/sparql?query={quote(f'{QUERIES[n % len(QUERIES)]}#{os.urandom(6).hex()}')}"


def _client(
    url: str, number: int, pause: float, told: Soaked, counting: threading.Event, done: threading.Event
) -> None:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
    sent, due, hard = 0, time.monotonic(), time.monotonic() + 2 * number
    while not done.is_set():
        sent += 1
        if number == 0 and time.monotonic() > hard:
            path, hard = f"/sparql?query={quote(KILLED)}", time.monotonic() + 10
            told.hard += 1
        elif sent % 2:
            path = _fresh(sent // 2)
        else:
            path = PAGES[(sent // 2 + number) % len(PAGES)]
        status = _status(connection, path)
        if counting.is_set():
            told.statuses[status] += 1
        due = max(due + pause, time.monotonic() - 1)
        time.sleep(max(0.0, due - time.monotonic()))
    connection.close()


def _status(connection: http.client.HTTPConnection, path: str) -> int:
    accept = "*/*" if path.startswith("/sparql") else "text/html"
    for _ in range(2):  # a kept connection may have been closed meanwhile
        try:
            connection.request("GET", path, headers={"Accept": accept})
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            connection.close()
    return 0


def main() -> int:
    """Build, serve, soak, tell; 1 if something failed or memory grew by more than 5 %."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=20)
    options.add_argument("--rate", type=float, default=100, help="requests a second")
    given = options.parse_args()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory() as name:
        folder, log = Path(name), Path(name) / "log"
        subprocess.run([sys.executable, "-m", "kg", "build"], cwd=folder, check=True, env=environment)
        command = [sys.executable, "-m", "kg", "serve", "--port", "0", "--timeout", "2"]
        with log.open("wb") as out:
            process = subprocess.Popen(command, cwd=folder, stderr=out, stdout=out, env=environment)
        try:
            while "http://" not in log.read_text() and process.poll() is None:
                time.sleep(0.05)
            url = next(word for word in log.read_text().split() if word.startswith("http://"))
            told = soak(url, process.pid, given.minutes, given.rate, WARM)
        finally:
            process.terminate()
            process.wait(30)
    facts = {
        "minutes": given.minutes,
        "warmed up with": told.warmed,
        "memory of answers full": told.kept,
        "requests": sum(told.statuses.values()),
        "statuses": dict(told.statuses),
        "server MiB": [round(each, 1) for each in told.server],
        "together MiB": [round(each) for each in told.together],
        "server growth %": round(Soaked.growth(told.server), 1),
        "together growth %": round(Soaked.growth(told.together), 1),
    }
    print(json.dumps(facts))
    return int(told.fine < told.statuses.total() or Soaked.growth(told.server) > 5)


if __name__ == "__main__":
    sys.exit(main())
