"""Who is for and against whom: a signed network for each window, its balance, its camps, and who stands between.

Two sides are tied when one acted toward the other; the tie is positive or negative by the sum of the Goldstein scores
of their acts, or by whether cooperation or conflict is more frequent (`sign`). Sums of zero make no tie and are told.
A triad is balanced when the product of its signs is positive (Heider 1946; Cartwright and Harary 1956). Communities
are those of Louvain with a fixed seed over the number of acts, whatever their sign (Blondel et al. 2008); brokers have
high betweenness (Freeman 1977) or low constraint (Burt 1992). Only what happened counts, and no summary.

There is no eigenvector centrality: a hostile tie would lend standing as a friendly one does, and in a network of
several components, as these are, it is not determined. What imported feeds code is in a network only if asked for, and
each tie names the feeds that it rests on.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise, product
from typing import TYPE_CHECKING, Any

from kg import dates
from kg.analysis.acts import UNCODED, Act, Seen, acts
from kg.analysis.coded import coded_acts, with_parties
from kg.analysis.frustration import frustration
from kg.analysis.sides import Sides, at, check_level
from kg.analysis.sides import sides as registers
from kg.analysis.windows import Span, check_by, span, spans
from kg.errors import NotFound, UsageError
from kg.frames import frame
from kg.store import Store

if TYPE_CHECKING:
    import networkx as nx
    import pandas

SIGNS = ("goldstein", "quad")
SEED = 1
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, order=True)
class Tie:
    """Two sides in one window: the sign of their tie (1, -1; 0: neither), the sum behind it, and the acts it rests on.

    `cooperation` and `conflict` count acts by quad class, those of dossiers without a PLOVER category left aside.
    `feeds` are those that code some of the acts; `coded` says that no dossier tells of any.
    """

    one: str
    other: str
    sign: int
    goldstein: float
    cooperation: int
    conflict: int
    events: tuple[str, ...]
    feeds: tuple[str, ...] = ()
    coded: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Triad:
    """Three sides that are all tied: the signs of first–second, first–third, second–third, and whether it balances."""

    nodes: tuple[str, str, str]
    signs: tuple[int, int, int]
    balanced: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where one side stands: its ties, its acts, the share of shortest ways over it, and how tied down it is.

    `betweenness` is from 0 to 1; `constraint` is Burt's; `camp` is 0 or 1 in the best
    division of its component, `community` the number of its community.
    """

    node: str
    positive: int
    negative: int
    acts: int
    betweenness: float
    constraint: float
    camp: int
    community: int


@dataclass(frozen=True, slots=True)
class Network:
    """The signed network of one window. `frustrated` are the ties against the camps; `neutral` those without a sign."""

    window: str
    start: str
    end: str
    ties: tuple[Tie, ...]
    neutral: tuple[Tie, ...]
    triads: tuple[Triad, ...]
    frustration: int
    exact: bool
    frustrated: tuple[Pair, ...]
    communities: tuple[tuple[str, ...], ...]
    places: tuple[Place, ...]

    @property
    def balanced(self) -> int:
        """How many triads are balanced."""
        return sum(triad.balanced for triad in self.triads)

    @property
    def unbalanced(self) -> int:
        """How many triads are not."""
        return len(self.triads) - self.balanced

    def networkx(self) -> nx.Graph[str]:
        """The signed network as a networkx Graph with sign, weight and events on its edges."""
        import networkx as nx

        graph: nx.Graph[str] = nx.Graph(name=self.window)
        graph.add_nodes_from(place.node for place in self.places)
        for tie in self.ties:
            graph.add_edge(
                tie.one, tie.other, sign=tie.sign, weight=tie.goldstein, acts=len(tie.events),
                events="|".join(tie.events),
            )  # fmt: skip
        return graph


@dataclass(frozen=True, slots=True)
class Shift:
    """A triad that closed, or whose balance changed, from one window to the next, and the acts that did it.

    `before` and `after` are balanced or unbalanced (`before` is open when the triad was not closed). `turned` names the
    ties with another sign than before.
    """

    window: str
    nodes: tuple[str, str, str]
    before: str
    after: str
    turned: tuple[Pair, ...]
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Structure:
    """The networks by window, what shifted between them, and the acts behind them by id.

    `feeds` are those that are in it, `other_schemes` how many events are not, since another table scores them.
    """

    by: str
    level: str
    sign: str
    scheme: str
    cumulative: bool
    since: str
    until: str
    networks: tuple[Network, ...]
    shifts: tuple[Shift, ...]
    undecided: tuple[str, ...]
    acts: dict[str, Act]
    names: dict[str, str]
    seen: str = ""
    feeds: tuple[str, ...] = ()
    other_schemes: tuple[tuple[str, int], ...] = ()

    def df(self) -> pandas.DataFrame:
        """The measures by window as a pandas frame; `places_df` has those by side.

        Raises:
            UsageError: pandas is not installed.
        """
        return frame(records(self), ("start", "end"))

    def places_df(self) -> pandas.DataFrame:
        """The measures by window and side as a pandas frame.

        Raises:
            UsageError: pandas is not installed.
        """
        names = Place.__dataclass_fields__
        return frame(
            {"window": network.window} | {name: getattr(place, name) for name in names}
            for network in self.networks
            for place in network.places
        )

    def svg(self) -> str:
        """The plot as SVG text, with title and description.

        Raises:
            UsageError: matplotlib is not installed.
        """
        from kg.analysis import plot

        return plot.structure(self, "svg").decode()

    def png(self) -> bytes:
        """The plot as PNG.

        Raises:
            UsageError: matplotlib is not installed.
        """
        from kg.analysis import plot

        return plot.structure(self, "png")

    def words(self) -> str:
        """What the networks show, in words."""
        from kg.analysis import words

        return words.structure(self)


def structure(
    store: Store,
    *,
    by: str = "year",
    level: str = "person",
    sign: str = "goldstein",
    since: date | None = None,
    until: date | None = None,
    as_of: date | None = None,
    possible: bool = False,
    cumulative: bool = False,
    only: Collection[str] | None = None,
    seen: Seen | None = None,
    with_feeds: bool = False,
) -> Structure:
    """Make the signed network of each window; `only` these events are looked at, if given.

    What was not `seen` on a day, or is not told by a voice, is left out. What the feeds of the store code is left out
    as well, unless asked for `with_feeds`; scores of another table than that of the dossiers are never added to them.

    An event belongs to a window in which it surely lies; with `possible` to each in which it may lie. With `cumulative`
    a window holds everything since the first. At the level `person` sides are whoever the sources name; at the others
    people count for the government or state in which they held office, and who belongs to none stands for itself.

    Raises:
        NotFound: nothing that happened ties two sides in the period.
        UsageError: a word is unknown, or the period ends before it begins.
    """
    window, chosen = check_by(by), check_level(level)
    if sign not in SIGNS:
        raise UsageError(f"'{sign}' is not a way to find signs.", hint=f"Use one of: {', '.join(SIGNS)}.")
    if since and until and until < since:
        raise UsageError(f"The period ends ({until}) before it begins ({since}).", hint="Exchange the two days.")
    last = min((day for day in (until, as_of) if day), default=None)
    sides = registers(store)
    if seen:
        only = seen.events.keys() if only is None else seen.events.keys() & set(only)
    told = acts(store, only)
    if coded := coded_acts(store) if with_feeds and not seen else {}:
        sides = with_parties(sides, store, coded)
    sides = at(sides, chosen)
    scheme = _usual_scheme(told.values()) or _usual_scheme(coded.values())
    dated = [act for act in (*told.values(), *coded.values()) if act.counted and (act.earliest or act.latest)]
    fitting = ("", scheme) if sign == "goldstein" else {act.scheme for act in dated}
    pairs = {act.id: found for act in dated if act.scheme in fitting and (found := _pairs(act, sides))}
    others = Counter[str]()
    for act in dated:
        if act.scheme not in fitting:
            others[act.scheme] += act.count
    inside = [act for act in dated if act.id in pairs and dates.within(act.earliest, act.latest, since, last) != "no"]
    if not inside:
        raise _nothing(dated, pairs, since, last, chosen, seen)
    grid = _grid(inside, window, since, last)
    placed = {each.name: _acts_of(inside, each, grid[0], possible, cumulative, seen) for each in grid}
    networks = tuple(
        network
        for each in grid
        if (network := _network(each, [(act, pairs[act.id]) for act in placed[each.name]], sign)).places
    )
    if not networks:
        raise NotFound(
            f"No event that ties two sides can be dated to one {by} of the period.",
            hint="Ask with --possible, or with a coarser --by.",
        )
    used = {act.id for each in placed.values() for act in each}
    nodes = {place.node for network in networks for place in network.places}
    nodes |= {who for act in inside for who in act.against}
    return Structure(
        by=by,
        level=chosen,
        sign=sign,
        scheme=scheme if sign == "goldstein" else "",
        cumulative=cumulative,
        since=grid[0].start.isoformat(),
        until=grid[-1].end.isoformat(),
        networks=networks,
        shifts=tuple(shift for pair in pairwise(networks) for shift in _shifts(*pair)),
        undecided=tuple(sorted(act.id for act in inside if act.id not in used)),
        acts={act.id: act for act in inside if act.id in used},
        names={node: sides.names.get(node, node) for node in sorted(nodes)},
        seen=seen.words if seen else "",
        feeds=tuple(sorted({act.feed for act in inside if act.feed})),
        other_schemes=tuple(sorted(others.items())),
    )


def records(found: Structure) -> list[dict[str, Any]]:
    """The measures of each window as flat records."""
    return [
        {
            "window": network.window,
            "start": network.start,
            "end": network.end,
            "sides": len(network.places),
            "positive": sum(tie.sign > 0 for tie in network.ties),
            "negative": sum(tie.sign < 0 for tie in network.ties),
            "neutral": len(network.neutral),
            "balanced": network.balanced,
            "unbalanced": network.unbalanced,
            "balance": round(network.balanced / len(network.triads), 6) if network.triads else None,
            "frustration": network.frustration,
            "exact": network.exact,
            "coded": sum(tie.coded for tie in network.ties),
            "communities": len(network.communities),
            "broker": max(network.places, key=lambda place: (place.betweenness, place.node)).node,
            "events": " ".join(sorted({event for tie in (*network.ties, *network.neutral) for event in tie.events})),
        }
        for network in found.networks
    ]


def _usual_scheme(dated: Iterable[Act]) -> str:
    counts = Counter(act.scheme for act in dated if act.scheme and act.counted and (act.earliest or act.latest))
    return min(counts, key=lambda scheme: (-counts[scheme], scheme), default="")


def _pairs(act: Act, sides: Sides) -> frozenset[Pair]:
    """The pairs of sides that an act ties, each once; above the level of persons also those on whose behalf it was."""
    doers = _units(act.actors if sides.level == "person" else act.doers, act, sides)
    others = _units(act.targets, act, sides) if act.targets else doers
    return frozenset((min(a, b), max(a, b)) for a, b in product(doers, others) if a != b)


def _units(nodes: Iterable[str], act: Act, sides: Sides) -> set[str]:
    """The sides for which some nodes stand; who stands for none, such as an armed group, stands for itself."""
    return {unit for node in nodes for unit in sides.of(node, act.earliest, act.latest) or (node,)}


def _grid(inside: Sequence[Act], by: Any, since: date | None, until: date | None) -> tuple[Span, ...]:
    known = [day for act in inside for day in (act.earliest, act.latest) if day]
    kept = [day for day in known if (not since or day >= since) and (not until or day <= until)]
    first = since or min(kept, default=until or known[0])
    return spans(span(first, by).start, max(first, until or max(kept, default=first)), by)


def _acts_of(
    inside: Sequence[Act], window: Span, first: Span, possible: bool, cumulative: bool, seen: Seen | None
) -> list[Act]:
    begin = first.start if cumulative else window.start
    wanted = ("certain", "possible") if possible else ("certain",)
    fits = ((act, dates.within(act.earliest, act.latest, begin, window.end)) for act in inside)
    return [act for act, fit in fits if (seen.fit(act.id, fit) if seen else fit) in wanted]


def _network(window: Span, members: Sequence[tuple[Act, frozenset[Pair]]], sign: str) -> Network:
    import networkx as nx

    behind: dict[Pair, list[Act]] = defaultdict(list)
    for act, pairs in members:
        for pair in pairs:
            behind[pair].append(act)
    every = [_tie(pair, each, sign) for pair, each in sorted(behind.items())]
    ties = tuple(tie for tie in every if tie.sign)
    signs = {(tie.one, tie.other): tie.sign for tie in ties}
    index, exact, camps = frustration(signs)
    graph: nx.Graph[str] = nx.Graph()
    for tie in every:
        graph.add_edge(tie.one, tie.other, weight=len(tie.events))
    communities = _communities(graph)
    return Network(
        window=window.name,
        start=window.start.isoformat(),
        end=window.end.isoformat(),
        ties=ties,
        neutral=tuple(tie for tie in every if not tie.sign),
        triads=_triads(signs),
        frustration=index,
        exact=exact,
        frustrated=tuple(pair for pair, each in signs.items() if (camps[pair[0]] == camps[pair[1]]) != (each > 0)),
        communities=communities,
        places=_places(graph, every, camps, communities),
    )


def _tie(pair: Pair, behind: Sequence[Act], sign: str) -> Tie:
    total = round(math.fsum(act.goldstein for act in behind if act.goldstein is not None), 6)
    kinds = Counter[int]()
    for act in behind:
        if act.feed or act.plover != UNCODED:
            kinds[act.quad] += act.count
    cooperation, conflict = kinds[1] + kinds[2], kinds[3] + kinds[4]
    value = total if sign == "goldstein" else cooperation - conflict
    feeds = {act.feed for act in behind}
    return Tie(
        *pair, (value > 0) - (value < 0), total, cooperation, conflict, tuple(sorted(act.id for act in behind)),
        tuple(sorted(feeds - {""})), "" not in feeds,
    )  # fmt: skip


def _triads(signs: Mapping[Pair, int]) -> tuple[Triad, ...]:
    near: dict[str, set[str]] = defaultdict(set)
    for one, other in signs:
        near[one].add(other)
        near[other].add(one)
    found = []
    for one, other in sorted(signs):
        for third in sorted(near[one] & near[other]):
            if third > other:
                each = signs[one, other], signs[one, third], signs[other, third]
                found.append(Triad((one, other, third), each, math.prod(each) > 0))
    return tuple(found)


def _communities(graph: nx.Graph[str]) -> tuple[tuple[str, ...], ...]:
    import networkx as nx

    ordered: nx.Graph[str] = nx.Graph()
    ordered.add_nodes_from(sorted(graph))
    ordered.add_weighted_edges_from(sorted(graph.edges(data="weight")))
    found = nx.community.louvain_communities(ordered, weight="weight", seed=SEED) if ordered else []
    return tuple(sorted((tuple(sorted(each)) for each in found), key=lambda each: (-len(each), each)))


def _places(
    graph: nx.Graph[str], ties: Sequence[Tie], camps: Mapping[str, int], communities: Sequence[Sequence[str]]
) -> tuple[Place, ...]:
    import networkx as nx

    between, constraints = nx.betweenness_centrality(graph), _constraints(graph)
    belongs = {node: number for number, each in enumerate(communities) for node in each}
    own: dict[str, list[Tie]] = defaultdict(list)
    for tie in ties:
        own[tie.one].append(tie)
        own[tie.other].append(tie)
    return tuple(
        Place(
            node=node,
            positive=sum(tie.sign > 0 for tie in own[node]),
            negative=sum(tie.sign < 0 for tie in own[node]),
            acts=len({event for tie in own[node] for event in tie.events}),
            betweenness=round(between[node], 6),
            constraint=round(constraints[node], 6),
            camp=camps.get(node, 0),
            community=belongs[node],
        )
        for node in sorted(graph)
    )


def _constraints(graph: nx.Graph[str]) -> dict[str, float]:
    """Burt's constraint of each actor (1992, equation 2.4): how far its partners are tied to one another.

    Each shares its attention evenly. Only partners that two actors have in common are gone through; networkx's own
    function goes through all partners of all partners, which takes minutes for an actor with a thousand.
    """
    share = {node: 1 / len(near) for node, near in graph.adj.items() if near}
    partners = {node: frozenset(near) for node, near in graph.adj.items()}
    return {
        node: math.fsum(
            (share[node] * (1 + math.fsum(share[third] for third in partners[node] & partners[other]))) ** 2
            for other in near
        )
        for node, near in partners.items()
    }


def _shifts(before: Network, after: Network) -> list[Shift]:
    """The triads that are closed in the later window and were open, or otherwise balanced, in the earlier."""
    old = {triad.nodes: triad for triad in before.triads}
    signs = {(tie.one, tie.other): tie.sign for tie in before.ties}
    ties = {(tie.one, tie.other): tie for tie in after.ties}
    known = {event for tie in before.ties for event in tie.events}
    found = []
    for triad in after.triads:
        was = old.get(triad.nodes)
        if was and was.balanced == triad.balanced:
            continue
        turned = tuple(p for p in combinations(triad.nodes, 2) if signs.get(p) != ties[p].sign)
        events = sorted({event for pair in turned for event in ties[pair].events if event not in known})
        state = {True: "balanced", False: "unbalanced"}
        found.append(
            Shift(after.window, triad.nodes, state[was.balanced] if was else "open", state[triad.balanced], turned,
                  tuple(events))
        )  # fmt: skip
    return found


def _nothing(
    dated: Sequence[Act],
    pairs: Mapping[str, object],
    since: date | None,
    until: date | None,
    level: str,
    seen: Seen | None,
) -> NotFound:
    known = [day for act in dated if act.id in pairs for day in (act.earliest, act.latest) if day]
    if known and (since or until):
        asked = " ".join(f"{word} {day}" for word, day in (("from", since), ("to", until)) if day)
        told = f"Nothing that happened in the period asked ({asked}) ties two sides."
        return NotFound(told, hint=f"What does lies between {min(known)} and {max(known)}.")
    if seen:
        told = f"No event that ties two sides is told {seen.words}."
        return NotFound(told, hint="`kg timeline` tells what is; or ask for another day or voice.")
    return NotFound(
        f"No event that happened ties two sides at the level of {level}.",
        hint="Try another --level; `kg stats` tells what the graph holds.",
    )
