"""Measure the analyses: those of the bundled dossier, and the series of a pair over many generated feed events.

Run on demand: `python tests/bench/analysis.py [--events 1000000] [--rounds 5]`. Medians of wall milliseconds, each
beside its peer in the same run: pandas over the same events in memory, networkx over the same ties by hand. The feed
is generated with a fixed seed, once as events and once as summaries by dyad, month and quad class.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from kg import pipeline
from kg.analysis.escalation import escalation
from kg.graph import Graph
from kg.store import Embedded
from kg.terms import DIP, GRAPH, ID, PLOVER, RDF, RDFS, SEM, XSD

ROOT = Path(__file__).resolve().parents[2]
PARTIES = ("united-states", "colombia", "venezuela", "us-government", "colombian-government", "us-treasury")
Event = tuple[str, str, str, str, float, int]


def median_ms(call: Callable[[], object], rounds: int) -> float:
    """Median wall milliseconds of a call, after one call to warm up."""
    call()
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        call()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def events(count: int) -> Iterator[Event]:
    """Generated events: id, day, actor, target, score, quad class; parties by Zipf's law (1.3), over ten years."""
    chance = random.Random(1)
    others = [f"party-{number}" for number in range(150)]
    parties = [*PARTIES, *others]
    weights = [(rank + 1) ** -1.3 for rank in range(len(parties))]
    actors = chance.choices(parties, weights, k=count)
    targets = chance.choices(parties, weights, k=count)
    for number, (actor, target) in enumerate(zip(actors, targets, strict=True)):
        day = f"{chance.randrange(2016, 2026)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
        quad = chance.choices((1, 2, 3, 4), (6, 1, 2, 1))[0]
        score = round(chance.uniform(0, 8) if quad < 3 else chance.uniform(-10, 0), 1)
        yield f"gdelt-{number}", day, actor, target, score, quad


def as_events(rows: Iterator[Event]) -> Iterator[str]:
    """The N-Triples of events, as a batch of triples holds them."""
    yield f"<{ID}import> <{RDF}type> <{DIP}FeedImport> .\n"
    for node, day, actor, target, score, quad in rows:
        e = f"<{ID}{node}>"
        yield (
            f'{e} <{RDF}type> <{DIP}Statement> .\n{e} <{RDFS}label> "{actor} to {target}"@en .\n'
            f"{e} <{DIP}factuality> <{DIP}Actual> .\n"
            f"{e} <{DIP}actor> <{ID}{actor}> .\n{e} <{DIP}target> <{ID}{target}> .\n"
            f'{e} <{SEM}hasEarliestBeginTimeStamp> "{day}"^^<{XSD}date> .\n'
            f'{e} <{SEM}hasLatestEndTimeStamp> "{day}"^^<{XSD}date> .\n'
            f'{e} <{DIP}quadClass> "{quad}"^^<{XSD}integer> .\n{e} <{DIP}goldstein> "{score}"^^<{XSD}decimal> .\n'
            f'{e} <{DIP}goldsteinScheme> "GDELT" .\n{e} <{DIP}plover> <{PLOVER}ACCUSE> .\n'
        )


def as_summaries(rows: Iterator[Event]) -> Iterator[str]:
    """The N-Triples of the same events by dyad, month and quad class, as a batch in columns holds them."""
    yield f"<{ID}import> <{RDF}type> <{DIP}FeedImport> .\n"
    cells: dict[tuple[str, str, str, int], list[Any]] = defaultdict(lambda: [0, 0.0, "9", ""])
    for _, day, actor, target, score, quad in rows:
        cell = cells[actor, target, day[:7], quad]
        cell[0], cell[1], cell[2], cell[3] = cell[0] + 1, cell[1] + score, min(cell[2], day), max(cell[3], day)
    for number, ((actor, target, month, quad), (count, total, first, last)) in enumerate(cells.items()):
        s = f"<{ID}summary-{number}>"
        yield (
            f'{s} <{RDF}type> <{DIP}Summary> .\n{s} <{RDFS}label> "{actor} to {target}, {month}"@en .\n'
            f"{s} <{DIP}dyadActor> <{ID}{actor}> .\n{s} <{DIP}dyadTarget> <{ID}{target}> .\n"
            f'{s} <{SEM}hasEarliestBeginTimeStamp> "{first}"^^<{XSD}date> .\n'
            f'{s} <{SEM}hasLatestEndTimeStamp> "{last}"^^<{XSD}date> .\n'
            f'{s} <{DIP}quadClass> "{quad}"^^<{XSD}integer> .\n{s} <{DIP}eventCount> "{count}"^^<{XSD}integer> .\n'
            f'{s} <{DIP}scoreCount> "{count}"^^<{XSD}integer> .\n{s} <{DIP}scoreSum> "{total:.1f}"^^<{XSD}decimal> .\n'
            f'{s} <{DIP}goldsteinScheme> "GDELT" .\n'
        )


def filled(folder: Path, curated: str, lines: Iterator[str]) -> Embedded:
    """A store on disk with the curated quads and one batch, put in order."""
    from pyoxigraph import NamedNode, RdfFormat, Store

    text = folder.with_suffix(".nt")
    with text.open("w", encoding="utf-8") as file:
        file.writelines(lines)
    store = Store(str(folder))
    store.bulk_load(curated.encode(), format=RdfFormat.N_QUADS)
    store.bulk_load(path=str(text), format=RdfFormat.N_TRIPLES, to_graph=NamedNode(f"{GRAPH}feed/gdelt/bench"))
    store.optimize()
    store.flush()
    text.unlink()
    return Embedded(store, str(folder))


def bundled(folder: Path, rounds: int) -> None:
    """Each analysis of the bundled dossier, beside the same done by hand."""
    pipeline.build(None, folder / "build")
    graph = Graph(folder / "build")
    print(f"{'bundled dossier':<44}{'ms':>9}{'peer':>32}{'ms':>9}")

    def by_hand_pandas() -> object:
        import pandas

        rows = graph.rows(
            """SELECT DISTINCT ?e ?from ?to ?score WHERE { ?e dip:factuality dip:Actual ; dip:actor id:donald-trump ;
               dip:target id:gustavo-petro ; sem:hasEarliestBeginTimeStamp ?from ; sem:hasLatestEndTimeStamp ?to ;
               dip:goldstein ?score . FILTER NOT EXISTS { ?e dip:aggregate true } }"""
        )
        frame = pandas.DataFrame(rows)
        frame = frame[frame["from"].str[:7] == frame["to"].str[:7]]
        return frame.assign(score=frame.score.astype(float)).groupby(frame["from"].str[:7]).score.agg(["sum", "count"])

    def by_hand_networkx() -> object:
        import networkx as nx

        whole: Any = nx.Graph()
        for network in found.networks:
            whole.add_edges_from((tie.one, tie.other) for tie in network.ties)
        return nx.betweenness_centrality(whole), sum(nx.triangles(whole).values())

    found = graph.structure()
    cases: list[tuple[str, Callable[[], object], str, Callable[[], object] | None]] = [
        ("escalation trump petro", lambda: graph.escalation("trump", "petro"), "pandas by hand", by_hand_pandas),
        ("escalation, states", lambda: graph.escalation("id:united-states", "colombia"), "", None),
        ("escalation, states, by day", lambda: graph.escalation("id:united-states", "colombia", by="day"), "", None),
        ("escalation as SVG", lambda: graph.escalation("trump", "petro").svg(), "", None),
        ("balance by year", graph.structure, "networkx by hand, ties given", by_hand_networkx),
        ("balance by month, cumulative", lambda: graph.structure(by="month", cumulative=True), "", None),
        ("balance as SVG", lambda: graph.structure().svg(), "", None),
        ("path bessent tren-de-aragua", lambda: graph.path("bessent", "tren-de-aragua"), "", None),
        ("show an event, with its reasons", lambda: graph.show("treasury-sanctions-petro"), "", None),
    ]
    for name, call, peer, by_hand in cases:
        ms = median_ms(call, rounds)
        theirs = f"{peer:>32}{median_ms(by_hand, rounds):>9.0f}" if by_hand else ""
        print(f"{name:<44}{ms:>9.0f}{theirs}")


def many(folder: Path, count: int, rounds: int) -> None:
    """The series of one pair over many events of a feed, as summaries and as events, beside pandas in memory."""
    import pandas

    curated = "".join(pipeline.quads(pipeline.gather(None)))
    frame = pandas.DataFrame(list(events(count)), columns=["id", "day", "actor", "target", "score", "quad"])
    frame["month"] = frame.day.str[:7]
    print(f"\n{f'{count:,} feed events':<44}{'ms':>9}{'counted':>12}")

    def by_hand() -> Any:
        us, colombia = ("united-states", "us-government", "us-treasury"), ("colombia", "colombian-government")
        there = frame.actor.isin(us) & frame.target.isin(colombia)
        back = frame.actor.isin(colombia) & frame.target.isin(us)
        return frame[there | back].groupby("month").agg(n=("id", "count"), total=("score", "sum"))

    expected = int(by_hand().n.sum())
    print(f"{'pandas, all events in memory':<44}{median_ms(by_hand, rounds):>9.0f}{expected:>12,}")
    for name, made in (("summaries", as_summaries), ("events", as_events)):
        begun = time.perf_counter()
        store = filled(folder / name, curated, made(events(count)))
        loaded = time.perf_counter() - begun
        for one, other, level in (("id:united-states", "colombia", "state"), ("id:us-treasury", "venezuela", "person")):

            def ask(one: str = one, other: str = other, level: str = level, store: Embedded = store) -> Any:
                return escalation(store, one, other, level=level)

            found = ask()
            counted = sum(row.certain for row in found.totals if row.direction == "all" and row.series == "gdelt")
            if level == "state":
                assert counted <= expected
            wide = escalation(store, one, other, level=level, since=pandas.Timestamp("2016-01-01").date())
            whole = sum(row.certain for row in wide.totals if row.direction == "all" and row.series == "gdelt")
            assert level != "state" or whole == expected, (whole, expected)
            print(f"{f'{name}: {one} {other}':<44}{median_ms(ask, rounds):>9.0f}{whole:>12,}")
        print(f"{f'({name} generated and loaded)':<44}{loaded * 1000:>9.0f}", file=sys.stderr)


def main() -> None:
    """Measure in an empty folder."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=5)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        bundled(Path(name), asked.rounds)
        many(Path(name), asked.events, asked.rounds)


if __name__ == "__main__":
    main()
