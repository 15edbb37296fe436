"""Measure the analyses: those of the bundled dossier, and the series of a pair over many imported events of a feed.

Run on demand: `python tests/bench/analysis.py [--events 1000000] [--rounds 5]`. Medians of milliseconds of processor
time, each beside its peer in the same run: pandas over the same events in memory, networkx over the same ties by hand.
The feed is generated with a fixed seed as a file of GDELT and really imported; its series is asked by summaries and by
each event, and both are held against pandas month by month.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from kg import importing, pipeline
from kg.feeds import codes, gdelt
from kg.graph import Graph

PARTIES = (
    ("USA", "UNITED STATES"), ("COL", "COLOMBIA"), ("VEN", "VENEZUELA"), ("USAGOV", "WHITE HOUSE"),
    ("COLGOV", "BOGOTA"), ("USAGOV", "TREASURY DEPARTMENT"),
)  # fmt: skip
LANDS = ["FRA", "DEU", "GBR", "CHN", "RUS", "JPN", "BRA", "ARG", "MEX", "ESP", "PER", "ECU", "IND", "TUR", "EGY"]
KINDS = ("", "GOV", "MIL", "BUS", "OPP", "COP", "MED", "JUD", "EDU", "CVL")
Event = tuple[int, str, tuple[str, str], tuple[str, str], codes.Code]


def median_ms(call: Callable[[], object], rounds: int) -> float:
    """Median milliseconds of processor time of a call, after one call to warm up."""
    call()
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        call()
        times.append((time.process_time() - begun) * 1000)
    return statistics.median(times)


def events(count: int) -> Iterator[Event]:
    """Generated events: number, day, two parties (code and name), and a code; parties by Zipf's law over ten years."""
    chance = random.Random(1)
    parties = [*PARTIES, *((f"{land}{kind}", f"PARTY {land}{kind}") for land in LANDS for kind in KINDS)]
    weights = [(rank + 1) ** -1.3 for rank in range(len(parties))]
    actors = chance.choices(parties, weights, k=count)
    targets = chance.choices(parties, weights, k=count)
    coded = {quad: [each for each in codes.table().values() if each.quad == quad] for quad in (1, 2, 3, 4)}
    for number, (actor, target) in enumerate(zip(actors, targets, strict=True), 1):
        day = f"{chance.randrange(2016, 2026)}{chance.randrange(1, 13):02}{chance.randrange(1, 29):02}"
        yield number, day, actor, target, chance.choice(coded[chance.choices((1, 2, 3, 4), (6, 1, 2, 1))[0]])


def written(rows: Iterator[Event], path: Path) -> Path:
    """The events as a file of GDELT 2.0."""
    with path.open("w", encoding="utf-8") as file:
        for number, day, (actor, first), (target, second), code in rows:
            told = {
                "GLOBALEVENTID": str(number), "SQLDATE": day, "Actor1Code": actor, "Actor1Name": first,
                "Actor1CountryCode": actor[:3], "Actor2Code": target, "Actor2Name": second,
                "Actor2CountryCode": target[:3], "EventCode": code.cameo, "EventRootCode": code.cameo[:2],
                "QuadClass": str(code.quad), "GoldsteinScale": codes.decimal(code.gdelt), "NumMentions": "3",
                "NumSources": "1", "NumArticles": "2", "SOURCEURL": f"http://example.org/{number // 3}",
            }  # fmt: skip
            file.write("\t".join(told.get(name, "") for name in gdelt.EVENTS[61]) + "\n")
    return path


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
    """The series of a pair over many events of a real import: by its summaries, by each event, and pandas in memory."""
    import pandas

    rows = [
        (number, f"{day[:4]}-{day[4:6]}", first, second, float(code.gdelt))
        for number, day, (_, first), (_, second), code in events(count)
    ]
    frame = pandas.DataFrame(rows, columns=["id", "month", "actor", "target", "score"])
    print(f"\n{f'{count:,} feed events':<44}{'ms':>9}{'counted':>12}")

    def by_hand() -> Any:
        us, colombia = ([name for code, name in PARTIES if code[:3] == side] for side in ("USA", "COL"))
        there = frame.actor.isin(us) & frame.target.isin(colombia)
        back = frame.actor.isin(colombia) & frame.target.isin(us)
        return frame[there | back].groupby("month").agg(n=("id", "count"), total=("score", "sum"))

    expected = by_hand()
    print(f"{'pandas, all events in memory':<44}{median_ms(by_hand, rounds):>9.0f}{int(expected.n.sum()):>12,}")
    pipeline.build(None, folder / "many")
    begun = time.process_time()
    made = importing.import_feed("gdelt", [written(events(count), folder / "many.CSV")], folder / "many")
    seconds = time.process_time() - begun
    graph = Graph(folder / "many")
    (row,) = graph.rows("SELECT (COUNT(?o) AS ?n) { ?s a dip:Summary ; ?p ?o }")
    share = int(row["n"]) / count
    print(
        f"{'import (processor time)':<44}{seconds * 1000:>9.0f}{made.counts['quads']:>12,} quads, {share:.2f} of them"
    )
    print(f"{'':<44}{'':>9}{'':>12} for each event in summaries")
    since = date(2016, 1, 1)
    for name, single in (("by summaries", False), ("each event", True)):

        def ask(single: bool = single) -> Any:
            return graph.escalation("id:united-states", "colombia", since=since, single=single)

        found = ask()
        told = {row.window: (row.certain, row.goldstein) for row in found.of("all", "gdelt")}
        for month, n, total in zip(expected.index, expected.n, expected.total, strict=True):
            assert told[month][0] == n and abs(told[month][1] - total) < 0.01, (month, told[month], n, total)
        counted = sum(certain for certain, _ in told.values())
        print(f"{f'series of a pair, {name}':<44}{median_ms(ask, 1 if single else rounds):>9.0f}{counted:>12,}")


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
