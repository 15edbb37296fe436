"""Queries that would stop an engine without limits: each ends in time, costs only itself, and memory stays bounded."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.web.conftest import Server

COUNT = 200 if os.environ.get("KG_LONG") else 20
LIMIT, GRACE, MEMORY = 1.0, 1.0, 1.5 * 2**30
WHO = "SELECT ?who WHERE { ?who rel:sanctioned id:gustavo-petro }"
ENDINGS = frozenset([200, 400, 403, 413, 500, 503])


def crossed(n: int) -> str:
    """Triples that have nothing to do with each other."""
    return " . ".join(f"?a{i} ?b{i} ?c{i}" for i in range(4 + n // len(KINDS) % 5))


KINDS: dict[str, Callable[[int], str]] = {
    "sorted cross product": lambda n: f"SELECT * WHERE {{ {crossed(n)} }} ORDER BY ?c0 DESC(?c1) # {n}",
    "counted cross product": lambda n: f"SELECT (COUNT(*) AS ?n) WHERE {{ {crossed(n)} }} # {n}",
    "distinct cross product": lambda n: f"SELECT DISTINCT ?a0 ?a1 ?c2 ?c3 WHERE {{ {crossed(n)} }} OFFSET {n}0000000",
    "constructed cross product": lambda n: f"CONSTRUCT {{ ?a0 ?b1 ?c2 }} WHERE {{ {crossed(n)} }} OFFSET {n}0000000",
    "joined texts of a cross product": lambda n: (
        f"SELECT (GROUP_CONCAT(CONCAT(STR(?a0), STR(?b0), STR(?c1))) AS ?t) WHERE {{ {crossed(n)} }} # {n}"
    ),
    "nested groups": lambda n: "ASK " + "{" * (2000 + n) + "}" * (2000 + n),
    "nested negations": lambda n: "ASK { FILTER(" + "!" * (3000 + n) + "true) }",
    "nested parentheses": lambda n: "ASK { FILTER(" + "(" * (4500 + n) + "1" + ")" * (4500 + n) + ") }",
    "nested subqueries": lambda n: "SELECT * {" * (700 + n) + " ?s ?p ?o " + "}" * (700 + n),
    "nested collections": lambda n: "ASK { ?s ?p " + "(" * (3000 + n) + ")" * (3000 + n) + " }",
    "a long sum": lambda n: "ASK { FILTER(1" + "+1" * (9000 + n) + " > 0) }",
    "a long path": lambda n: "ASK { ?s " + "/".join(["<urn:p>"] * (4000 + n)) + " ?o }",
    "a long union": lambda n: "ASK { " + " UNION ".join(["{ ?s ?p ?o }"] * (3500 + n)) + " }",
    "many optionals": lambda n: (
        "SELECT * { ?s ?p ?o " + " ".join(f"OPTIONAL {{ ?x{i} ?y{i} ?o }}" for i in range(20 + n // 3)) + " }"
    ),
    "huge VALUES": lambda n: (
        "SELECT * WHERE { VALUES ?x { "
        + "<urn:abcdefgh> " * (5000 + n)
        + "} ?x ?p ?o . ?a ?b ?x . ?c ?d ?e . ?f ?g ?h FILTER(?e != ?h) } ORDER BY ?c"
    ),
    "regex bombs": lambda n: (
        f'SELECT (REGEX("{"a" * (30 + n)}!", "(a+)+$") AS ?r) (REPLACE("{"a" * 40}", "(a*)*b", "x") AS ?s) '
        "WHERE { ?a ?b ?c . ?d ?e ?f } ORDER BY ?r"
    ),
    "huge repetitions": lambda n: (
        f'SELECT * {{ ?s ?p ?o FILTER(REGEX(STR(?o), "((a{{1,{50 + n}}}){{1,{50 + n}}}){{1,50}}b|{"(.*)" * 20}z")) }}'
    ),
    "path explosions": lambda n: (
        f"SELECT (COUNT(*) AS ?n) WHERE {{ ?a (!<urn:x{n}>|^!<urn:y>)* ?b . ?b (!<urn:x>|^!<urn:y>)* ?c }}"
    ),
    "stars of stars": lambda n: (
        f"SELECT (COUNT(*) AS ?n) {{ ?a ((((!<urn:x{n}>)*)+)*/(^!<urn:y>)*)* ?b . ?c (!<urn:z>)* ?d }}"
    ),
    "doubled texts": lambda n: (
        "SELECT (STRLEN(?x27) AS ?n) WHERE { BIND('"
        + "0123456789" * (1 + n // len(KINDS))
        + "' AS ?x0) "
        + " ".join(f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(27))
        + " }"
    ),
}


def hostile() -> Iterator[tuple[str, str]]:
    """All kinds in turn, each time a little different."""
    for n in range(COUNT):
        name = list(KINDS)[n % len(KINDS)]
        yield name, KINDS[name](n)


def memory(pid: int) -> int:
    """Resident bytes of a process and its children."""
    total = 0
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            fields = (path / "stat").read_text().rpartition(")")[2].split()
            if int(path.name) == pid or int(fields[1]) == pid:
                total += int((path / "statm").read_text().split()[1]) * 4096
    return total


@contextlib.contextmanager
def weighing(pid: int) -> Iterator[list[int]]:
    """Weigh a process and its children all the time; the list holds the heaviest moment."""
    peak, stop = [0], threading.Event()

    def watch() -> None:
        while not stop.wait(0.05):
            peak[0] = max(peak[0], memory(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    yield peak
    stop.set()
    watcher.join()


def test_hostile_queries_end_in_time_and_cost_only_themselves(tight: Server, promise: Callable[..., None]) -> None:
    asked, bad, slowest = set(), [], 0.0
    with weighing(tight.process.pid) as peak:
        for name, query in hostile():
            asked.add(query)
            begun = time.perf_counter()
            answer = tight.ask(query, "*/*")
            seconds = time.perf_counter() - begun
            slowest = max(slowest, seconds)
            told = answer.status_code in ENDINGS and answer.text and "Traceback" not in answer.text
            if seconds > LIMIT + GRACE or not told:
                bad.append((name, answer.status_code, round(seconds, 2), answer.text[:200]))
    assert not bad
    assert len(asked) == COUNT
    assert peak[0] < MEMORY
    assert tight.process.poll() is None and tight.rows(WHO)
    note = f"slowest {slowest:.2f} s (limit {LIMIT:g} s), peak {peak[0] / 2**20:.0f} MiB, 0 deaths"
    promise("hostile queries end within limit + 1 s", tried=COUNT, survived=COUNT - len(bad), note=note)
