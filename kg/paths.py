"""How A is tied to B: the shortest ways over direct edges, each step with the edges that carry it.

Ways of one length are ranked by the evidence of their weakest step: one that is not wholly contested comes before one
that is, then more publishers before fewer, then more uncontested events and states. Ways back are ranked alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice, pairwise

from kg import dates, describe, query
from kg.errors import NotFound, UsageError
from kg.labels import labels
from kg.lens import EVERYTHING, Lens
from kg.records import ClaimRecord, EdgeRecord, EventRecord, StateRecord
from kg.store import Store
from kg.terms import local_name


@dataclass(frozen=True, slots=True)
class Step:
    """One step from a node to the next: the edges between them, in either direction.

    `publishers` are those that report any of it; `uncontested` counts the events and states behind edges that nobody
    contests.
    """

    start: str
    end: str
    edges: tuple[EdgeRecord, ...]
    publishers: tuple[str, ...] = ()
    uncontested: int = 0

    @property
    def contested(self) -> bool:
        """Whether every edge of the step rests on contested claims."""
        return all(edge.status == "Contested" for edge in self.edges)


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways between two entities, best first, with all records they lead to.

    `claims` holds what the events on the ways assert or deny, and what contradicts that. `as_of` is the day asked for,
    for which the states tell whether they held; empty when none was.
    """

    start: str
    end: str
    ways: tuple[tuple[Step, ...], ...]
    events: dict[str, EventRecord]
    states: dict[str, StateRecord]
    names: dict[str, str]
    claims: dict[str, ClaimRecord]
    as_of: str = ""


def ways(
    store: Store,
    start_name: str,
    end_name: str,
    limit: int = 3,
    *,
    states: bool = True,
    seen: Lens = EVERYTHING,
    as_of: date | None = None,
) -> Ways:
    """Find the best ways between two entities; without `states`, ties and offices are not walked.

    Edges stand on those events and states only that the lens shows; with a day, on events that may have happened by
    then, and on offices and measures that may have been held or in force on it.

    Raises:
        NotFound: there is no way, or no such entity.
        UsageError: both names are of one entity.
    """
    import networkx as nx

    start, end = describe.find(store, start_name), describe.find(store, end_name)
    if start == end:
        raise UsageError(f"'{start_name}' and '{end_name}' are one and the same: id:{start}.", hint="Name two.")
    whole = None if seen.open and as_of is None else _on(store, _shown(store, seen), as_of)
    between: dict[frozenset[str], list[str]] = {}
    graph: nx.Graph[str] = nx.Graph()
    for node, one, other, count in _ends(store) if whole is None else map(_end, whole):
        if states or count:
            between.setdefault(frozenset((one, other)), []).append(node)
            graph.add_edge(one, other)
    if start not in graph or end not in graph or not nx.has_path(graph, start, end):
        raise NotFound(
            f"No way leads from {start} to {end} over direct edges.",
            hint="What is only alleged or threatened makes no edge; see `kg timeline`."
            if seen.open and as_of is None
            else "There may be one without --as-of, --known-at and --according-to.",
        )
    walks = list(_candidates(nx.shortest_simple_paths(graph, start, end), limit))
    wanted = {node for nodes in walks for two in pairwise(nodes) for node in between[frozenset(two)]}
    known = {edge.id: edge for edge in (_read(store, wanted) if whole is None else whole)}
    found = [
        tuple(
            Step(a, b, tuple(_in_order(known[each] for each in between[frozenset((a, b))]))) for a, b in pairwise(way)
        )
        for way in walks
    ]
    publishers = _publishers(store, found)
    weighed = [tuple(_weighed(step, publishers) for step in way) for way in found]
    best = sorted(weighed, key=_rank)[:limit]
    reasons = {reason for way in best for step in way for edge in step.edges for reason in edge.because}
    events = describe.events(store, reasons)
    happened = {node: event for node, event in events.items() if event.factuality}
    return Ways(
        start,
        end,
        tuple(best),
        happened,
        describe.states(store, as_of, _states(store, reasons - happened.keys())),
        labels(store),
        describe.said(store, events.values()),
        as_of.isoformat() if as_of else "",
    )


def _ends(store: Store) -> Iterator[tuple[str, str, str, int]]:
    """The ends of every derived edge, and on how many events it rests: enough to find ways."""
    text = """SELECT ?e ?one ?other ?count WHERE {
      ?e a dip:DerivedEdge ; rdf:subject ?one ; rdf:object ?other ; dip:eventCount ?count }"""
    for row in sorted(query.rows(store, text), key=lambda row: (row["one"], row["other"], row["e"])):
        yield local_name(row["e"]), local_name(row["one"]), local_name(row["other"]), int(row["count"])


def _end(edge: EdgeRecord) -> tuple[str, str, str, int]:
    return edge.id, edge.subject, edge.object, edge.count


def _read(store: Store, ids: Iterable[str]) -> Iterator[EdgeRecord]:
    return (edge for piece in query.pieces(ids) for edge in describe.edges(store, piece))


def _in_order(edges: Iterable[EdgeRecord]) -> list[EdgeRecord]:
    return sorted(edges, key=lambda edge: (edge.subject, edge.object, edge.predicate))


_MOST = 500  # ways of the last length that are weighed; there may be millions


def _candidates(walks: Iterator[list[str]], limit: int) -> Iterator[list[str]]:
    """All ways of each length, shortest first, until there are enough: none that is as short is left out unweighed."""
    length = 0
    for count, nodes in enumerate(islice(walks, _MOST)):
        if count >= limit and len(nodes) > length:
            return
        length = len(nodes)
        yield nodes


def _publishers(store: Store, found: Iterable[tuple[Step, ...]]) -> dict[str, frozenset[str]]:
    """Who reports each event and state behind some ways."""
    reasons = {reason for way in found for step in way for edge in step.edges for reason in edge.because}
    return {
        node: frozenset(each.reporter for each in evidence)
        for piece in query.pieces(reasons)
        for node, evidence in describe.evidence(store, describe.values(piece)).items()
    }


def _weighed(step: Step, publishers: Mapping[str, frozenset[str]]) -> Step:
    behind = [reason for edge in step.edges for reason in edge.because]
    told = {by for reason in behind for by in publishers.get(reason, ())}
    sure = {reason for edge in step.edges if edge.status != "Contested" for reason in edge.because}
    return replace(step, publishers=tuple(sorted(told)), uncontested=len(sure))


def _rank(way: tuple[Step, ...]) -> tuple[object, ...]:
    """Order ways by length, then by their weakest steps one after the other, then by name whichever way they lead."""
    weak = sorted((not step.contested, len(step.publishers), step.uncontested) for step in way)
    names = [way[0].start, *(step.end for step in way)]
    return len(way), [tuple(-int(each) for each in step) for step in weak], min(names, names[::-1])


def _states(store: Store, ids: Iterable[str]) -> list[str]:
    """Which of these are measures, offices or ties."""
    return [
        local_name(row["s"])
        for piece in query.pieces(ids)
        for row in query.rows(store, f"SELECT DISTINCT ?s {{ {describe.values(piece)} ?s a dip:State }}")
    ]


def _on(store: Store, edges: Iterable[EdgeRecord], as_of: date | None) -> Sequence[EdgeRecord]:
    """Take from edges what had surely not happened by a day, or was surely not held or in force on it."""
    whole = list(edges)
    if as_of is None:
        return whole
    reasons = {reason for edge in whole for reason in edge.because}
    events = {node: each for piece in query.pieces(reasons) for node, each in describe.events(store, piece).items()}
    held = describe.states(store, as_of)
    there = {event.id for event in events.values() if event.factuality and _begun(event, as_of)}
    there |= {state.id for state in held.values() if state.kind == "tie" or state.certainty != "no"}
    return [kept for edge in whole if (kept := _with(edge, [each for each in edge.because if each in there], events))]


def _begun(event: EventRecord, day: date) -> bool:
    first, last = (date.fromisoformat(each) if each else None for each in (event.earliest, event.latest))
    return dates.within(first, last, None, day) != "no"


def _with(edge: EdgeRecord, kept: Sequence[str], events: Mapping[str, EventRecord]) -> EdgeRecord | None:
    """The edge with some of its reasons; None without any."""
    if not kept or len(kept) == len(edge.because):
        return edge if kept else None
    told = [events[each] for each in kept if each in events]
    first = min((event.earliest for event in told if event.earliest), default="")
    last = max((event.latest for event in told if event.latest), default="")
    return replace(edge, because=tuple(kept), count=len(told), first=first, last=last)


def _shown(store: Store, seen: Lens) -> Iterable[EdgeRecord]:
    edges = describe.edges(store)
    if seen.open:
        return edges
    events, held = describe.events(store), describe.states(store)
    return [edge for edge in (seen.edge(each, events, held) for each in edges) if edge]
