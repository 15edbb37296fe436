"""Feeds in a store, tallies out: what the world's event data say of a pair, single events or summaries of many.

A batch of a feed is one graph. Where only its `dip:Summary` nodes are there – the events of a dyad in a month and quad
class, counted – these are read. Where its events are there as well, summaries are read for the dyads that have them
and the months that lie wholly in the windows asked for, and events for the rest: nothing is counted twice, and
millions of events take no longer than their months.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product

from kg import query
from kg.analysis.acts import UNCODED, day
from kg.analysis.rows import BACK, MUTUAL, THERE
from kg.analysis.sides import Sides
from kg.analysis.windows import By
from kg.dates import Certainty
from kg.store import Store
from kg.terms import DIP, GRAPH, ID, PLOVER, REL, local_name

Way = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Tally:
    """Some events of a feed in one direction: how many, between which days, how many scored and their sum.

    `id` is the event, or the summary that stands for `count` of them. `quad` is 0 where not told. `ways` are the
    directions in which it may count, each with the doer and the other party by whom it does.
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
    plover: str = UNCODED


@dataclass(frozen=True, slots=True)
class Grain:
    """How finely events are asked for: in which windows, within which days, or each `single` event by itself."""

    by: By = "month"
    since: date | None = None
    until: date | None = None
    single: bool = False

    @property
    def coarse(self) -> bool:
        """Whether no window is shorter than a month, and sums of months are enough."""
        return self.by in ("month", "year") and not self.single

    def whole(self, first: date | None, last: date | None) -> bool:
        """Whether what lies between two days of one month lies in one window, or outside of what is asked."""
        if not self.coarse or not first or not last:
            return False
        begun, ended = (not self.since or first >= self.since), (not self.until or last <= self.until)
        before, after = (self.since and last < self.since), (self.until and first > self.until)
        return bool((begun and ended) or before or after)


def feed_graphs(store: Store) -> dict[str, str]:
    """Name the graphs of the batches, with the feed that each belongs to."""
    rows = query.rows(store, "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?i a dip:FeedImport } } ORDER BY ?g")
    prefix = f"{GRAPH}feed/"
    return {row["g"]: row["g"].removeprefix(prefix).partition("/")[0] for row in rows if row["g"].startswith(prefix)}


def tallies(store: Store, sides: Sides, pair: tuple[str, str], grain: Grain) -> list[Tally]:
    """Read what the feeds tell of acts between two sides, either way."""
    graphs = feed_graphs(store)
    if not graphs:
        return []
    one, other = (_nodes(store, sides, side) for side in pair)
    both = {row["g"] for row in query.rows(store, "SELECT ?g WHERE { GRAPH ?g { ?i dip:holdsEvents true } }")}
    found: list[Tally] = []
    for graph, feed in graphs.items():
        batch = _Batch(store, graph, feed, one, other)
        if graph in both:
            found += batch.mixed(sides, pair, grain) if grain.coarse else batch.events()
        elif query.run(store, f"ASK {{ GRAPH <{graph}> {{ ?s a dip:Summary }} }}") is True:
            found += batch.summaries()
        else:
            found += batch.events()
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
        for piece in query.pieces(roots)
        for row in query.rows(store, f"SELECT DISTINCT ?m WHERE {{ {_values('r', piece)} ?m dip:partOf+ ?r }}")
    }
    holders = {who for who, held in sides.offices.items() if any(side in sides.units(o.organization) for o in held)}
    return frozenset(own | parts | holders)


def fit(sides: Sides, node: str, side: str, earliest: date | None, latest: date | None) -> Certainty:
    """Say whether a party stands for a side between two days."""
    if node not in sides.offices or side in sides.units(node) or sides.level == "person":
        return "certain"
    return sides.of(node, earliest, latest).get(side, ("no", ""))[0]


@dataclass(frozen=True, slots=True)
class _Batch:
    """One batch, asked about two sides, each as the nodes that may count for it."""

    store: Store
    graph: str
    feed: str
    one: frozenset[str]
    other: frozenset[str]

    def summaries(self) -> Iterator[Tally]:
        """The summaries of dyads between the sides."""
        for direction, role, doers, others in self._asked():
            for some, rest in product(query.pieces(doers), query.pieces(others)) if role != "behalf" else ():
                asked = f"{_values('a', some)} {_values('t', rest)}", _SUMMARY[direction == MUTUAL]
                facts: dict[str, dict[str, str]] = defaultdict(dict)
                for names in (_COUNTS, _SCORES, {"plover": "dip:plover"}):
                    for row in self._wide(*asked, names):
                        facts[row.pop("e").removeprefix(ID)] |= row
                for node, told in facts.items():
                    way = direction, told["a"].removeprefix(ID), told["t"].removeprefix(ID)
                    scored, total = int(told.get("scored", 0)), float(told.get("total", 0))
                    yield self._tally(node, (way,), told, int(told["count"]), scored, total)

    def events(self) -> Iterator[Tally]:
        """The events between the sides: what happened, each once, however many parties of a side it has."""
        ways: dict[str, set[Way]] = defaultdict(set)
        for direction, role, doers, others in self._asked():
            for some, rest in product(query.pieces(doers), query.pieces(others)):
                for node, doer, target in self._ends(f"{_values('a', some)} {_values('t', rest)}", _EVENT[role]):
                    ways[node].add((direction, doer, target))
        return self._told(ways)

    def mixed(self, sides: Sides, pair: tuple[str, str], grain: Grain) -> Iterator[Tally]:
        """Summaries where they are and lie wholly inside or outside of what is asked; the events of all the rest."""
        months: dict[tuple[Way, date | None], list[Tally]] = defaultdict(list)
        for each in self.summaries():
            (way,) = each.ways
            months[way, each.earliest and each.earliest.replace(day=1)].append(each)
        cut: dict[Way, list[Tally]] = defaultdict(list)
        for (way, _), found in months.items():
            if all(grain.whole(each.earliest, each.latest) and _sure(each, sides, pair) for each in found):
                yield from found
            else:
                cut[way] += found
        ways: dict[str, set[Way]] = defaultdict(set)
        self._rest(ways, {way for way, _ in months})
        self._behind(ways, cut, grain)
        yield from self._told(ways)

    def _asked(self) -> tuple[tuple[str, str, frozenset[str], frozenset[str]], ...]:
        there, back = (self.one, self.other), (self.other, self.one)
        return (
            (THERE, "actor", *there),
            (THERE, "behalf", *there),
            (BACK, "actor", *back),
            (BACK, "behalf", *back),
            (MUTUAL, "both", *there),
        )

    def _wide(self, asked: str, pattern: str, names: Mapping[str, str]) -> list[dict[str, str]]:
        """Find what a pattern ties with some facts of each node, for those that have them all."""
        more = " ".join(f". ?e {predicate} ?{name}" for name, predicate in names.items())
        wanted = " ".join(f"?{name}" for name in names)
        text = f"SELECT ?e ?a ?t {wanted} WHERE {{ {asked} GRAPH <{self.graph}> {{ {pattern} {more} }} }}"
        return query.rows(self.store, text)

    def _ends(self, asked: str, pattern: str, only: str = "") -> list[tuple[str, str, str]]:
        """Find what a pattern over ?e, ?a and ?t ties: the node, the doer, the other.

        The graph is a constant, and Oxigraph looks first for what stands first; asked for facts of the events as well,
        it would look at every node.
        """
        text = f"SELECT DISTINCT ?e ?a ?t WHERE {{ {asked} GRAPH <{self.graph}> {{ {pattern} }} {only} }}"
        rows = query.rows(self.store, text)
        return [(row["e"].removeprefix(ID), row["a"].removeprefix(ID), row["t"].removeprefix(ID)) for row in rows]

    def _rest(self, ways: dict[str, set[Way]], summed: Collection[Way]) -> None:
        """Note the events of the dyads without summaries; each is sought from the party of which less is told."""
        there, back = self._tied(self.one, self.other), self._tied(self.other, self.one)
        pairs = {THERE: there, BACK: back, MUTUAL: there | {(one, other) for other, one in back}}
        left = {two for direction, each in pairs.items() for two in each if (direction, *two) not in summed}
        sizes = self._sizes({node for two in left for node in two})
        for direction, role, _, _ in self._asked():
            wanted = {two for two in pairs[direction] if (direction, *two) not in summed}
            rare = {two for two in wanted if sizes[two[0]] <= sizes[two[1]]}
            for some, start, patterns in ((rare, 0, _EVENT), (wanted - rare, 1, _BACKWARDS)):
                first, rest = ({two[side] for two in some} for side in (start, 1 - start))
                for those, these in product(query.pieces(first), query.pieces(rest)) if some else ():
                    only = f"FILTER(?{'at'[1 - start]} IN ({_listed(these, ', ')}))"
                    for node, doer, target in self._ends(_values("at"[start], those), patterns[role], only):
                        if (way := (direction, doer, target)) not in summed:
                            ways[node].add(way)

    def _behind(self, ways: dict[str, set[Way]], cut: Mapping[Way, Iterable[Tally]], grain: Grain) -> None:
        """Note the events behind summaries that lie only partly in what is asked, on the days that do."""
        wanted: dict[date, set[Way]] = defaultdict(set)
        for way, found in cut.items():
            for each in found:
                for when in _days(each, grain):
                    wanted[when].add(way)
        for when, those in sorted(wanted.items()):
            for role, pattern in _EVENT.items():
                some = {way for way in those if (way[0] == MUTUAL) == (role == "both")} if role != "behalf" else set()
                ends = [_listed({way[side] for way in some}, ", ") for side in (1, 2)]
                asked = f'VALUES ?d {{ "{when}"^^xsd:date }}'
                only = f"FILTER(?a IN ({ends[0]}) && ?t IN ({ends[1]}))"
                for node, *two in self._ends(asked, f"?e {_CODED[0]} ?d . {pattern}", only) if some else ():
                    ways[node] |= {way for way in some if way[1:] == tuple(two)}

    def _sizes(self, nodes: Collection[str]) -> Counter[str]:
        """How much some parties do and suffer, as far as the summaries of the batch tell: who has none does little."""
        found = Counter[str]()
        for piece, part in product(query.pieces(nodes), ("dip:dyadActor", "dip:dyadTarget")) if nodes else ():
            text = f"""SELECT ?a (SUM(?n) AS ?all) WHERE {{ {_values("a", piece)}
              GRAPH <{self.graph}> {{ ?s {part} ?a . ?s dip:eventCount ?n }} }} GROUP BY ?a"""
            for row in query.rows(self.store, text):
                found[row["a"].removeprefix(ID)] += int(row["all"])
        return found

    def _tied(self, doers: frozenset[str], others: frozenset[str]) -> set[tuple[str, str]]:
        """The dyads that have events in the batch, by its direct edges and the marks where there are none."""
        found = set()
        for some in query.pieces(doers):
            text = f"SELECT DISTINCT ?a ?p ?t WHERE {{ {_values('a', some)} GRAPH <{self.graph}> {{ ?a ?p ?t }} }}"
            for row in query.rows(self.store, text):
                other = row["t"].removeprefix(ID)
                if other in others and (row["p"].startswith(REL) or row["p"] == f"{DIP}actsUpon"):
                    found.add((row["a"].removeprefix(ID), other))
        return found

    def _told(self, ways: Mapping[str, set[Way]]) -> Iterator[Tally]:
        """What is known of the events that were noted, if they happened."""
        both = [node for node, found in ways.items() if any(way[0] == MUTUAL for way in found)]
        aimed = {node for node, facts in self._facts(both, "dip:target") if facts}  # then they did not act together
        known = {
            node: tuple(sorted(way for way in found if node not in aimed or way[0] != MUTUAL))
            for node, found in ways.items()
        }
        wanted = [node for node, found in known.items() if found]
        for node, facts in self._facts(
            wanted, *_CODED, "dip:goldstein", "dip:plover", "dip:factuality", "dip:aggregate"
        ):
            if facts.get("factuality") == f"{DIP}Actual" and facts.get("aggregate") not in ("true", "1"):
                score = facts.get("goldstein")
                yield self._tally(node, known[node], facts, 1, int(score is not None), float(score or 0))

    def _facts(self, nodes: Iterable[str], *predicates: str) -> Iterator[tuple[str, dict[str, str]]]:
        """The facts of some nodes by the local names of predicates; of several values the first in order.

        One triple pattern and no more: joined with another, or under OPTIONAL, Oxigraph looks at every node.
        """
        for piece in query.pieces(nodes):
            text = f"""SELECT ?e ?p ?o WHERE {{ {_values("e", piece)}
              GRAPH <{self.graph}> {{ ?e ?p ?o . FILTER(?p IN ({", ".join(predicates)})) }} }}"""
            found: dict[str, dict[str, str]] = {node: {} for node in piece}
            for row in query.rows(self.store, text):
                own, name, value = found[row["e"].removeprefix(ID)], _local(row["p"]), row["o"]
                if name not in own or value < own[name]:
                    own[name] = value
            yield from found.items()

    def _tally(
        self, node: str, ways: tuple[Way, ...], facts: Mapping[str, str], count: int, scored: int, total: float
    ) -> Tally:
        return Tally(
            id=node,
            feed=self.feed,
            scheme=facts.get("goldsteinScheme", ""),
            ways=ways,
            earliest=day(facts.get("hasEarliestBeginTimeStamp", "")),
            latest=day(facts.get("hasLatestEndTimeStamp", "")),
            quad=int(facts.get("quadClass", 0)),
            count=count,
            scored=scored,
            total=total,
            plover=facts.get("plover", "").removeprefix(PLOVER) or UNCODED,
        )


_EVENT = {
    "actor": "?e dip:actor ?a . ?e dip:target ?t",
    "behalf": "?e dip:onBehalfOf ?a . ?e dip:target ?t",
    "both": "?e dip:actor ?a . ?e dip:actor ?t",
}
_BACKWARDS = {role: " . ".join(reversed(pattern.split(" . "))) for role, pattern in _EVENT.items()}
_SUMMARY = ("?e dip:dyadActor ?a . ?e dip:dyadTarget ?t", "?e dip:dyadActor ?a . ?e dip:dyadActor ?t")
_COUNTS = {
    "hasEarliestBeginTimeStamp": "sem:hasEarliestBeginTimeStamp",
    "hasLatestEndTimeStamp": "sem:hasLatestEndTimeStamp",
    "quadClass": "dip:quadClass",
    "count": "dip:eventCount",
}
_SCORES = {"scored": "dip:scoreCount", "total": "dip:scoreSum", "goldsteinScheme": "dip:goldsteinScheme"}
_CODED = ("sem:hasEarliestBeginTimeStamp", "sem:hasLatestEndTimeStamp", "dip:quadClass", "dip:goldsteinScheme")
_SINGLE = ("dip:goldstein", "dip:plover", "dip:factuality", "dip:aggregate")
_local = lru_cache(maxsize=256)(local_name)


def _sure(summary: Tally, sides: Sides, pair: tuple[str, str]) -> bool:
    """Whether the parties of a summary stand for the sides on all of its days, or on none."""
    ends = zip(_in_order(summary.ways[0]), pair, strict=True)
    return all(fit(sides, node, side, summary.earliest, summary.latest) != "possible" for node, side in ends)


def _in_order(way: Way) -> tuple[str, str]:
    """The parties of the first and the second side."""
    direction, doer, other = way
    return (other, doer) if direction == BACK else (doer, other)


def _days(summary: Tally, grain: Grain) -> Iterator[date]:
    """The days of a summary that lie in what is asked."""
    if summary.earliest and summary.latest:
        first = max(summary.earliest, grain.since or summary.earliest)
        last = min(summary.latest, grain.until or summary.latest)
        yield from map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


def _values(name: str, nodes: Iterable[str]) -> str:
    return f"VALUES ?{name} {{ {_listed(nodes)} }}"


def _listed(nodes: Iterable[str], between: str = " ") -> str:
    return between.join(f"<{ID}{node}>" for node in sorted(nodes))
