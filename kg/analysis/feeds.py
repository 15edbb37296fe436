"""Feeds in a store, tallies out: what the world's event data say of a pair, each feed and scheme for itself.

A batch of a feed is one graph. Where it holds `dip:Summary` nodes – the events of a dyad in a month and quad class,
counted – these are read and its events are not, so that nothing is counted twice and millions of events take no longer
than their months. Parties count for a side by what they are part of, and by the office they hold.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product

from kg import query
from kg.analysis.acts import UNCODED, day
from kg.analysis.rows import ALL, BACK, DIRECTIONS, MUTUAL, THERE, Row
from kg.analysis.sides import Sides
from kg.analysis.windows import Span
from kg.dates import Certainty
from kg.store import Store
from kg.terms import DIP, GRAPH, ID, PLOVER, local_name

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
    found: list[Tally] = []
    for graph, feed in graphs.items():
        summed = query.run(store, f"ASK {{ GRAPH <{graph}> {{ ?s a dip:Summary }} }}") is True
        found += (_summaries if summed else _events)(store, graph, feed, one, other)
    return found


def _nodes(store: Store, sides: Sides, side: str) -> frozenset[str]:
    """Everybody who may count for a side: its members, what feeds say is part of them, and holders of its offices.

    At the level of governments what is only part of a state is not part of its government.
    """
    own = sides.members(side) | {side}
    if sides.level == "person":
        return frozenset(own)
    roots = [node for node in own if sides.level == "state" or sides.kinds.get(node) != "state"]
    parts = {
        row["m"].removeprefix(ID)
        for piece in _pieces(roots)
        for row in query.rows(store, f"SELECT DISTINCT ?m WHERE {{ {_values('r', piece)} ?m dip:partOf+ ?r }}")
    }
    holders = {who for who, held in sides.offices.items() if any(side in sides.units(o.organization) for o in held)}
    return frozenset(own | parts | holders)


def _values(name: str, nodes: Iterable[str]) -> str:
    return f"VALUES ?{name} {{ {' '.join(f'<{ID}{node}>' for node in sorted(nodes))} }}"


def _between(
    store: Store, graph: str, doers: frozenset[str], others: frozenset[str], pattern: str
) -> list[tuple[str, str, str]]:
    """Find what a pattern over ?e, ?a and ?t ties: the node, the doer, the other.

    The graph is a constant and nothing but the two ends is asked for: with more, Oxigraph looks at every node first.
    """
    found = []
    for some, rest in product(_pieces(doers), _pieces(others)):
        text = f"""SELECT DISTINCT ?e ?a ?t WHERE {{ {_values("a", some)} {_values("t", rest)}
          GRAPH <{graph}> {{ {pattern} }} }}"""
        rows = query.rows(store, text)
        found += [(row["e"].removeprefix(ID), row["a"].removeprefix(ID), row["t"].removeprefix(ID)) for row in rows]
    return found


def _pieces(nodes: Iterable[str]) -> list[list[str]]:
    """Part nodes so that no query grows longer than queries may be."""
    pieces: list[list[str]] = [[]]
    size = 0
    for node in sorted(set(nodes)):
        size += len(node) + len(ID) + 3
        if size > _LONGEST and pieces[-1]:
            pieces.append([])
            size = len(node) + len(ID) + 3
        pieces[-1].append(node)
    return pieces


_LONGEST = 40_000  # characters of one list of nodes in a query


_local = lru_cache(maxsize=256)(local_name)


def _facts(store: Store, graph: str, nodes: Iterable[str], *predicates: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The facts of some nodes by the local names of predicates; of several values the first in order.

    One triple pattern and no more: joined with another, or under OPTIONAL, Oxigraph looks at every node of the graph.
    """
    for piece in _pieces(nodes):
        text = f"""SELECT ?e ?p ?o WHERE {{ {_values("e", piece)}
          GRAPH <{graph}> {{ ?e ?p ?o . FILTER(?p IN ({", ".join(predicates)})) }} }}"""
        found: dict[str, dict[str, str]] = {node: {} for node in piece}
        for row in query.rows(store, text):
            own, name, value = found[row["e"].removeprefix(ID)], _local(row["p"]), row["o"]
            if name not in own or value < own[name]:
                own[name] = value
        yield from found.items()


def _summaries(store: Store, graph: str, feed: str, one: frozenset[str], other: frozenset[str]) -> Iterator[Tally]:
    pattern = "?e dip:dyadActor ?a ; dip:dyadTarget ?t"
    ways = {
        node: (direction, doer, target)
        for direction, doers, others in ((THERE, one, other), (BACK, other, one))
        for node, doer, target in _between(store, graph, doers, others, pattern)
    }
    counts = ("dip:eventCount", "dip:scoreCount", "dip:scoreSum")
    for node, facts in _facts(store, graph, ways, *_CODED, *counts):
        scored = int(facts.get("scoreCount", 0))
        yield _tally(
            node, feed, (ways[node],), facts, int(facts["eventCount"]), scored, float(facts.get("scoreSum", 0)), ""
        )


def _events(store: Store, graph: str, feed: str, one: frozenset[str], other: frozenset[str]) -> Iterator[Tally]:
    """The events of a batch without summaries: what happened, each once, however many parties of a side it has."""
    asked = (
        (THERE, one, other, "?e dip:actor ?a ; dip:target ?t"),
        (THERE, one, other, "?e dip:onBehalfOf ?a ; dip:target ?t"),
        (BACK, other, one, "?e dip:actor ?a ; dip:target ?t"),
        (BACK, other, one, "?e dip:onBehalfOf ?a ; dip:target ?t"),
        (MUTUAL, one, other, "?e dip:actor ?a , ?t"),
    )
    ways: dict[str, set[Way]] = defaultdict(set)
    for direction, doers, others, pattern in asked:
        for node, doer, target in _between(store, graph, doers, others, pattern):
            ways[node].add((direction, doer, target))
    aimed = _aimed(store, graph, [node for node, found in ways.items() if any(way[0] == MUTUAL for way in found)])
    for node in aimed:
        ways[node] = {way for way in ways[node] if way[0] != MUTUAL}
    wanted = [node for node, found in ways.items() if found]
    for node, facts in _facts(store, graph, wanted, *_CODED, "dip:goldstein", "dip:plover", "dip:factuality", _SUMMED):
        if facts.get("factuality") == f"{DIP}Actual" and facts.get("aggregate") not in ("true", "1"):
            score = facts.get("goldstein")
            category = facts.get("plover", "").removeprefix(PLOVER) or UNCODED
            yield _tally(
                node, feed, tuple(sorted(ways[node])), facts, 1, int(score is not None), float(score or 0), category
            )


_SUMMED = "dip:aggregate"
_BEGIN, _END = "sem:hasEarliestBeginTimeStamp", "sem:hasLatestEndTimeStamp"
_CODED = (_BEGIN, _END, "dip:quadClass", "dip:goldsteinScheme")


def _aimed(store: Store, graph: str, nodes: Iterable[str]) -> set[str]:
    """Those of some events that have a target, so that their actors did not act upon each other."""
    return {node for node, facts in _facts(store, graph, nodes, "dip:target") if facts}


def _tally(
    node: str,
    feed: str,
    ways: tuple[Way, ...],
    facts: Mapping[str, str],
    count: int,
    scored: int,
    total: float,
    plover: str,
) -> Tally:
    return Tally(
        id=node,
        feed=feed,
        scheme=facts.get("goldsteinScheme", ""),
        ways=ways,
        earliest=day(facts.get("hasEarliestBeginTimeStamp", "")),
        latest=day(facts.get("hasLatestEndTimeStamp", "")),
        quad=int(facts.get("quadClass", 0)),
        count=count,
        scored=scored,
        total=total,
        plover=plover,
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
