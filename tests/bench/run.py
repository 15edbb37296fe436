"""Measure the speeds the project promises, each beside its peer in the same run, and print one table.

Run on demand: `python tests/bench/run.py [--rounds N]`. Medians of whole processes (CPU and wall) or of calls; ratios
count, absolute times are those of this machine. Nothing here is a test: a timed assertion fails on a busy machine.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BARE = "import click, pyoxigraph"


def cpu_of(command: list[str], cwd: Path) -> tuple[float, float]:
    """CPU and wall milliseconds of one process."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=cwd, check=True, capture_output=True)
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used * 1000, wall * 1000


def processes(commands: dict[str, list[str]], cwd: Path, rounds: int) -> dict[str, tuple[float, float]]:
    """Median CPU and wall of each command; the commands take turns, so that noise falls on all alike."""
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(cpu_of(command, cwd))
    return {
        name: (statistics.median(c for c, _ in each), statistics.median(w for _, w in each))
        for name, each in runs.items()
    }


def median_ms(call: Callable[[], object], rounds: int) -> float:
    """Median wall milliseconds of a call, after one call to warm up."""
    call()
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        call()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def start_up(folder: Path, rounds: int) -> None:
    """`kg --help` and `kg query` beside the bare interpreter with click and pyoxigraph."""
    python = sys.executable
    found = processes(
        {
            "python, click, pyoxigraph": [python, "-c", BARE],
            "kg --help": [python, "-m", "kg", "--help"],
            "kg query who-sanctioned-whom": [python, "-m", "kg", "query", "who-sanctioned-whom"],
            "kg show petro": [python, "-m", "kg", "show", "petro"],
            "kg build (SHACL and rules included)": [python, "-m", "kg", "build", "--store", "again"],
            "six libraries imported": [python, "-c", "import rdflib, pyoxigraph, networkx, pyvis, click, pyshacl"],
        },
        folder,
        rounds,
    )
    floor = found["python, click, pyoxigraph"][0]
    print(f"{'command':<40}{'CPU ms':>9}{'wall ms':>9}{'× floor':>9}")
    for name, (used, wall) in found.items():
        print(f"{name:<40}{used:>9.0f}{wall:>9.0f}{used / floor:>9.1f}")


def questions(folder: Path, rounds: int) -> None:
    """Every saved question in the embedded store, and the same text on rdflib's own engine."""
    import rdflib

    from kg.graph import Graph
    from kg.questions import all_questions
    from kg.store import Rows
    from kg.terms import PREFIXES

    graph = Graph(folder / "build")
    peer = rdflib.Dataset(default_union=True)
    peer.parse(data="".join(graph.lines()), format="nquads")
    print(f"\n{'saved question':<32}{'rows':>6}{'ms':>9}{'rdflib ms':>11}{'ratio':>8}")
    for name, each in all_questions().items():
        values = {p.name: graph._question_value(p, p.default) for p in each.parameters}
        from kg import sparql

        text = sparql.bind(each.text, {key: str(term) for key, term in values.items()})

        def ours(name: str = name) -> int:
            answer = graph.query(name)
            return len(list(answer.rows)) if isinstance(answer, Rows) else 1

        count, ms = ours(), median_ms(ours, rounds)
        theirs = median_ms(lambda text=text: list(peer.query(text, initNs=PREFIXES)), 1)  # type: ignore[misc]
        print(f"{name:<32}{count:>6}{ms:>9.1f}{theirs:>11.0f}{theirs / ms:>8.0f}")


def main() -> None:
    """Build the bundled graph in an empty folder and measure there."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=9)
    rounds = options.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([sys.executable, "-m", "kg", "build"], cwd=folder, check=True)
        start_up(folder, rounds)
        questions(folder, rounds)


if __name__ == "__main__":
    main()
