"""Feeds in a store, tallies out: what the world's event data say of a pair, each feed and scheme for itself.

A batch of a feed is one graph. Where it holds `dip:Summary` nodes – the events of a dyad in a month and quad class,
counted – these are read and its events are not, so that nothing is counted twice and millions of events take no longer
than their months. Parties count for a side by what they are part of, and by the office they hold.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kg import query
from kg.analysis.acts import UNCODED, day
from kg.analysis.rows import ALL, BACK, DIRECTIONS, MUTUAL, THERE, Row
from kg.analysis.sides import Sides
from kg.analysis.windows import Span
from kg.dates import Certainty
from kg.store import Store
from kg.terms import GRAPH, ID, PLOVER, local_name

Way = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Tally:
    """Some events of a feed in one direction: how many, between which days, how many scored and their sum.

    `id` is the event, or the summary that stands for `count` of them. `quad` is 0 and `plover` empty where not told.
    `ways` are the directions in which it may count, each with the doer and the other party by whom it does.
    """

    id: str
    feed: str
    scheme: str
    ways: tuple[Way, ...]
    earliest: date | None
    latest: date | None
    quad: int
    count: int
    scored: int
    total: float
    plover: str = ""


def feed_graphs(store: Store) -> dict[str, str]:
    """Name the graphs of the batches, with the feed that each belongs to."""
    rows = query.rows(store, "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?i a dip:FeedImport } } ORDER BY ?g")
    prefix = f"{GRAPH}feed/"
    return {row["g"]: row["g"].removeprefix(prefix).partition("/")[0] for row in rows if row["g"].startswith(prefix)}


def tallies(store: Store, sides: Sides, pair: tuple[str, str]) -> list[Tally]:
    """Read what the feeds tell of acts between two sides, either way."""
    graphs = feed_graphs(store)
    if not graphs:
        return []
    one, other = (_nodes(store, sides, side) for side in pair)
    summed = _with_summaries(store, graphs)
    found = _summaries(store, {g: f for g, f in graphs.items() if g in summed}, one, other)
    return found + _events(store, {g: f for g, f in graphs.items() if g not in summed}, one, other)


def _nodes(store: Store, sides: Sides, side: str) -> frozenset[str]:
    """Everybody who may count for a side: its members, what feeds say is part of them, and holders of its offices.

    At the level of governments what is only part of a state is not part of its government.
    """
    own = sides.members(side) | {side}
    if sides.level == "person":
        return frozenset(own)
    roots = [node for node in own if sides.level == "state" or sides.kinds.get(node) != "state"]
    rows = query.rows(store, f"SELECT DISTINCT ?m WHERE {{ {_values('r', roots)} ?m dip:partOf+ ?r }}")
    holders = {who for who, held in sides.offices.items() if any(side in sides.units(o.organization) for o in held)}
    return frozenset(own | {local_name(row["m"]) for row in rows} | holders)


def _values(name: str, nodes: Iterable[str]) -> str:
    return f"VALUES ?{name} {{ {' '.join(f'<{ID}{node}>' for node in sorted(nodes))} }}"


def _graphs(graphs: Iterable[str]) -> str:
    return f"VALUES ?g {{ {' '.join(f'<{graph}>' for graph in sorted(graphs))} }}"


def _with_summaries(store: Store, graphs: Iterable[str]) -> set[str]:
    return {graph for graph in graphs if query.run(store, f"ASK {{ GRAPH <{graph}> {{ ?s a dip:Summary }} }}") is True}


def _summaries(store: Store, graphs: dict[str, str], one: frozenset[str], other: frozenset[str]) -> list[Tally]:
    found = []
    for direction, doers, others in ((THERE, one, other), (BACK, other, one)) if graphs else ():
        text = f"""SELECT ?g ?s ?a ?t ?first ?last ?quad ?n ?scored ?sum ?scheme WHERE {{
          {_graphs(graphs)} {_values("a", doers)} {_values("t", others)}
          GRAPH ?g {{ ?s dip:dyadActor ?a ; dip:dyadTarget ?t ; dip:eventCount ?n ; dip:quadClass ?quad ;
            sem:hasEarliestBeginTimeStamp ?first ; sem:hasLatestEndTimeStamp ?last .
            OPTIONAL {{ ?s dip:scoreCount ?scored ; dip:scoreSum ?sum ; dip:goldsteinScheme ?scheme }} }} }}"""
        found += [
            Tally(
                id=local_name(row["s"]),
                feed=graphs[row["g"]],
                scheme=row["scheme"],
                ways=((direction, local_name(row["a"]), local_name(row["t"])),),
                earliest=day(row["first"]),
                latest=day(row["last"]),
                quad=int(row["quad"]),
                count=int(row["n"]),
                scored=int(row["scored"] or 0),
                total=float(row["sum"] or 0),
            )
            for row in query.rows(store, text)
        ]
    return found


def _events(store: Store, graphs: dict[str, str], one: frozenset[str], other: frozenset[str]) -> list[Tally]:
    """The events of batches without summaries: what happened, each once, however many parties of a side it has."""
    if not graphs:
        return []
    happened = "dip:factuality dip:Actual . FILTER NOT EXISTS { ?e dip:aggregate true }"
    pattern = f"""{{ ?e dip:actor ?a }} UNION {{ ?e dip:onBehalfOf ?a }} ?e dip:target ?t ; {happened}"""
    together = f"?e dip:actor ?a , ?t ; {happened} FILTER NOT EXISTS {{ ?e dip:target ?anybody }}"
    asked = ((THERE, one, other, pattern), (BACK, other, one, pattern), (MUTUAL, one, other, together))
    ways: dict[tuple[str, str], set[Way]] = defaultdict(set)
    for direction, doers, others, what in asked:
        text = f"""SELECT ?g ?e ?a ?t WHERE {{
          {_graphs(graphs)} {_values("a", doers)} {_values("t", others)} GRAPH ?g {{ {what} }} }}"""
        for row in query.rows(store, text):
            ways[row["g"], row["e"]].add((direction, local_name(row["a"]), local_name(row["t"])))
    return _coded(store, graphs, ways)


_PIECE = 5000  # events whose scores are asked for at once


def _coded(store: Store, graphs: dict[str, str], ways: dict[tuple[str, str], set[Way]]) -> list[Tally]:
    by_graph: dict[str, list[str]] = defaultdict(list)
    for graph, event in sorted(ways):
        by_graph[graph].append(event)
    found: dict[tuple[str, str], Tally] = {}
    for graph, events in by_graph.items():
        for start in range(0, len(events), _PIECE):
            wanted = " ".join(f"<{event}>" for event in events[start : start + _PIECE])
            text = f"""SELECT ?e ?first ?last ?quad ?score ?scheme ?plover WHERE {{ VALUES ?e {{ {wanted} }}
              GRAPH <{graph}> {{ ?e dip:factuality ?any . OPTIONAL {{ ?e sem:hasEarliestBeginTimeStamp ?first }}
              OPTIONAL {{ ?e sem:hasLatestEndTimeStamp ?last }} OPTIONAL {{ ?e dip:quadClass ?quad }}
              OPTIONAL {{ ?e dip:goldstein ?score ; dip:goldsteinScheme ?scheme }}
              OPTIONAL {{ ?e dip:plover ?plover }} }} }}"""
            for row in query.rows(store, text):  # the first row of an event: two categories are still one event
                key = graph, row["e"]
                found.setdefault(key, _tally(row, graphs[graph], tuple(sorted(ways[key]))))
    return list(found.values())


def _tally(row: dict[str, str], feed: str, ways: tuple[Way, ...]) -> Tally:
    return Tally(
        id=local_name(row["e"]),
        feed=feed,
        scheme=row["scheme"],
        ways=ways,
        earliest=day(row["first"]),
        latest=day(row["last"]),
        quad=int(row["quad"] or 0),
        count=1,
        scored=int(bool(row["score"])),
        total=float(row["score"] or 0),
        plover=row["plover"].removeprefix(PLOVER) or UNCODED,
    )


def rows(
    found: Iterable[Tally], sides: Sides, pair: tuple[str, str], grid: Sequence[Span], possible: bool
) -> list[Row]:
    """Count tallies by feed, scheme, window and direction; what lies outside all windows is left out."""
    series: dict[tuple[str, str], list[_Placed]] = defaultdict(list)
    for tally in found:
        placed = _placed(tally, sides, pair)
        if placed:
            series[tally.feed, tally.scheme].append(placed)
    made = []
    for (feed, scheme), members in sorted(series.items()):
        cells = _cells(members, grid)
        present = {each.direction for each in members} | {ALL}
        for window in grid:
            for direction in (each for each in DIRECTIONS if each in present):
                made.append(_row(feed, scheme, window, direction, pair, cells[window.name], possible))
    return made


@dataclass(frozen=True, slots=True)
class _Placed:
    tally: Tally
    direction: str
    office: Certainty


def _placed(tally: Tally, sides: Sides, pair: tuple[str, str]) -> _Placed | None:
    """The direction in which a tally counts, once the offices of its parties are looked at on its days."""
    held: dict[str, Certainty] = {}
    for direction, doer, other in tally.ways:
        first, second = (doer, other) if direction != BACK else (other, doer)
        fits = [_fit(sides, node, side, tally) for node, side in ((first, pair[0]), (second, pair[1]))]
        if "no" not in fits:
            sure: Certainty = "certain" if set(fits) == {"certain"} else "possible"
            held[direction] = "certain" if "certain" in (sure, held.get(direction)) else "possible"
    if not held:
        return None
    direction = next(iter(held)) if len(held) == 1 else MUTUAL
    return _Placed(tally, direction, "certain" if "certain" in held.values() else "possible")


def _fit(sides: Sides, node: str, side: str, tally: Tally) -> Certainty:
    if node not in sides.offices or side in sides.units(node) or sides.level == "person":
        return "certain"
    return sides.of(node, tally.earliest, tally.latest).get(side, ("no", ""))[0]


def _cells(members: Iterable[_Placed], grid: Sequence[Span]) -> dict[str, list[tuple[_Placed, Certainty]]]:
    found: dict[str, list[tuple[_Placed, Certainty]]] = {window.name: [] for window in grid}
    starts = [window.start for window in grid]
    for each in members:
        tally = each.tally
        number = max(0, bisect_right(starts, tally.earliest) - 1) if tally.earliest else 0
        for window in grid[number:]:
            if tally.latest and window.start > tally.latest:
                break
            fit = window.holds(tally.earliest, tally.latest)
            if fit != "no":
                found[window.name].append((each, fit))
    return found


def _row(
    feed: str,
    scheme: str,
    window: Span,
    direction: str,
    pair: tuple[str, str],
    cell: Iterable[tuple[_Placed, Certainty]],
    possible: bool,
) -> Row:
    chosen = [(each, fit) for each, fit in cell if direction in (ALL, each.direction)]
    sure = [each.tally for each, fit in chosen if fit == "certain"]
    maybe = [each.tally for each, fit in chosen if fit == "possible"] if possible else []
    total, scored = round(math.fsum(t.total for t in sure), 6), sum(t.scored for t in sure)
    quads, categories = Counter[int](), Counter[str]()
    for tally in sure:
        quads[tally.quad] += tally.count
        if tally.plover:
            categories[tally.plover] += tally.count
    source, target = pair[::-1] if direction == BACK else pair
    return Row(
        series=feed,
        scheme=scheme,
        window=window.name,
        start=window.start.isoformat(),
        end=window.end.isoformat(),
        direction=direction,
        source=source,
        target=target,
        certain=sum(tally.count for tally in sure),
        possible=sum(tally.count for tally in maybe),
        goldstein=total,
        mean=round(total / scored, 6) if scored else None,
        possible_low=round(total + math.fsum(min(0.0, tally.total) for tally in maybe), 6),
        possible_high=round(total + math.fsum(max(0.0, tally.total) for tally in maybe), 6),
        quad=(quads[1], quads[2], quads[3], quads[4]),
        plover=tuple(sorted(categories.items())),
        contested=0,
        single_source=0,
        open_office=sum(e.tally.count for e, fit in chosen if fit == "certain" and e.office != "certain"),
        without_contested=total,
        without_single=total,
        band_low=total,
        band_high=total,
        events=tuple(sorted(tally.id for tally in sure)),
        possible_events=tuple(sorted(tally.id for tally in maybe)),
    )
