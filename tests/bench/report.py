"""Measure what is compared and handed over: lens, diff, two sides, report, bundle and verify, on the bundled dossier.

Run on demand: `python tests/bench/report.py [--rounds 5]`. Medians of wall and processor milliseconds, each beside its
target; the first report is told apart, since it loads the plotting library.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from kg import pipeline
from kg.bundle import verify
from kg.graph import Graph

PAIR = ("united-states", "colombia")
YEAR = ("2024-12-31", "2026-02-28")


def measured(call: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median wall and processor milliseconds of a call."""
    wall, processor = [], []
    for _ in range(rounds):
        begun = time.perf_counter(), time.process_time()
        call()
        wall.append((time.perf_counter() - begun[0]) * 1000)
        processor.append((time.process_time() - begun[1]) * 1000)
    return statistics.median(wall), statistics.median(processor)


def main() -> None:
    """Print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "build"
        pipeline.build(None, folder)
        graph = Graph(folder)
        first = measured(lambda: graph.report(*PAIR), 1)
        bundle = Path(name) / "b.zip"
        bundle.write_bytes(graph.bundle(*PAIR))
        lines = (
            ("first report of a pair", first, 3000),
            ("report of a pair, HTML", measured(lambda: graph.report(*PAIR), rounds), 3000),
            ("report of a pair, Markdown", measured(lambda: graph.report(*PAIR, form="md"), rounds), 3000),
            ("report of an actor", measured(lambda: graph.report("petro"), rounds), 3000),
            ("two sides", measured(lambda: graph.two_sides(*PAIR), rounds), 1000),
            ("state of the world", measured(lambda: graph.world("2025-10-10"), rounds), 1000),
            ("timeline as known, one voice", measured(
                lambda: graph.timeline("trump", "petro", known_at="2026-02-10", according_to="petro"), rounds), 1000),
            ("diff of two days", measured(lambda: graph.diff(as_of=YEAR), rounds), 1000),
            ("diff of two builds", measured(lambda: graph.diff(folder), rounds), 1000),
            ("bundle of a pair", measured(lambda: graph.bundle(*PAIR), rounds), 3000),
            ("verify", measured(lambda: verify(bundle), rounds), 3000),
        )  # fmt: skip
    for what, (wall, processor), target in lines:
        print(f"{what:<30} {wall:8.0f} ms wall {processor:8.0f} ms processor   target {target} ms")


if __name__ == "__main__":
    main()
