"""How A is tied to B: the shortest ways over direct edges, each step with the edges that carry it.

Ways are ranked by length, then by how many uncontested events stand behind their weakest step (a step that rests on
contested claims only counts half).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice, pairwise

from kg import describe
from kg.errors import NotFound, UsageError
from kg.lens import EVERYTHING, Lens
from kg.records import ClaimRecord, EdgeRecord, EventRecord, StateRecord
from kg.store import Store


@dataclass(frozen=True, slots=True)
class Step:
    """One step from a node to the next: the edges between them, in either direction."""

    start: str
    end: str
    edges: tuple[EdgeRecord, ...]

    @property
    def contested(self) -> bool:
        """Whether every edge of the step rests on contested claims."""
        return all(edge.status == "Contested" for edge in self.edges)


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways between two entities, best first, with all records they lead to.

    `claims` holds what the events on the ways assert or deny, and what contradicts that.
    """

    start: str
    end: str
    ways: tuple[tuple[Step, ...], ...]
    events: dict[str, EventRecord]
    states: dict[str, StateRecord]
    names: dict[str, str]
    claims: dict[str, ClaimRecord]


def ways(
    store: Store, start_name: str, end_name: str, limit: int = 3, *, states: bool = True, seen: Lens = EVERYTHING
) -> Ways:
    """Find the best ways between two entities; without `states`, ties and offices are not walked.

    Edges stand on those events and states only that the lens shows.

    Raises:
        NotFound: there is no way, or no such entity.
        UsageError: both names are of one entity.
    """
    import networkx as nx

    start, end = describe.find(store, start_name), describe.find(store, end_name)
    if start == end:
        raise UsageError(f"'{start_name}' and '{end_name}' are one and the same: id:{start}.", hint="Name two.")
    edges = [edge for edge in _shown(store, seen) if states or edge.count]
    between: dict[frozenset[str], list[EdgeRecord]] = {}
    graph: nx.Graph[str] = nx.Graph()
    for edge in edges:
        between.setdefault(frozenset((edge.subject, edge.object)), []).append(edge)
        graph.add_edge(edge.subject, edge.object)
    if start not in graph or end not in graph or not nx.has_path(graph, start, end):
        raise NotFound(
            f"No way leads from {start} to {end} over direct edges.",
            hint="What is only alleged or threatened makes no edge; see `kg timeline`."
            if seen.open
            else "There may be one without --known-at and --according-to.",
        )
    found = []
    for nodes in islice(nx.shortest_simple_paths(graph, start, end), 50):
        steps = tuple(Step(a, b, tuple(between[frozenset((a, b))])) for a, b in pairwise(nodes))
        found.append(steps)
    best = sorted(found, key=lambda way: (len(way), -_strength(way), [step.end for step in way]))[:limit]
    reasons = [reason for way in best for step in way for edge in step.edges for reason in edge.because]
    events = describe.events(store, reasons)
    return Ways(
        start,
        end,
        tuple(best),
        {node: event for node, event in events.items() if event.factuality},
        {node: state for node, state in describe.states(store).items() if node in reasons},
        {node: entity.label for node, entity in describe.entities(store).items()},
        describe.said(store, events.values()),
    )


def _shown(store: Store, seen: Lens) -> Iterable[EdgeRecord]:
    edges = describe.edges(store)
    if seen.open:
        return edges
    events, held = describe.events(store), describe.states(store)
    return [edge for edge in (seen.edge(each, events, held) for each in edges) if edge]


def _strength(way: tuple[Step, ...]) -> float:
    return min(sum(max(e.count, 1) * (0.5 if e.status == "Contested" else 1.0) for e in step.edges) for step in way)
