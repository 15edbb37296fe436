"""What follows from what the sources say: direct edges, the status of claims, and superclass types.

All of it goes to the `derived` graph, can be thrown away and is rebuilt by the same rules each time. The rule for edges
is one: every Actual event that is not a summary gives `actor – predicate of its class – target`; ties and tenures give
theirs. What is alleged, threatened or planned gives none, and the content of a claim never does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from pyoxigraph import Literal, NamedNode, Quad

from kg import terms
from kg.dates import Window
from kg.model import ENTITY_TYPES, Dossier, Event, Registers
from kg.vocabulary import Vocabulary

_GRAPH = NamedNode(terms.DERIVED_GRAPH)
_NO_WINDOW = Window(None, None)


@dataclass(slots=True)
class _Edge:
    because: dict[str, Window] = field(default_factory=dict)
    contested: bool = False
    events: int = 0


def derived_quads(
    dossiers: Iterable[Dossier], registers: Registers, bounds: Mapping[str, Window], vocabulary: Vocabulary
) -> Iterator[Quad]:
    """Derive everything from the dossiers of one build; `bounds` are the solved windows of all their events."""
    whole = tuple(dossiers)
    statuses = claim_statuses(whole)
    yield from _status_quads(statuses)
    yield from _edge_quads(_edges(whole, registers, bounds, vocabulary, statuses))
    yield from _type_quads(whole, registers, vocabulary)


def claim_statuses(dossiers: Iterable[Dossier]) -> dict[str, str]:
    """Compute each claim's status: Asserted, Contested (denied, or contradicted by an asserted claim) or Denied."""
    claims: list[str] = []
    asserted: set[str] = set()
    denied: set[str] = set()
    opposed: dict[str, set[str]] = defaultdict(set)
    for dossier in dossiers:
        for claim in dossier.claims:
            claims.append(claim.id)
            for other in claim.contradicts:
                opposed[claim.id].add(other)
                opposed[other].add(claim.id)
        for event in dossier.events:
            asserted.update(event.asserts)
            denied.update(event.denies)
    return {claim: _status(claim in asserted, claim in denied or bool(opposed[claim] & asserted)) for claim in claims}


def _status(asserted: bool, opposed: bool) -> str:
    if not opposed:
        return "Asserted"
    return "Contested" if asserted else "Denied"


def _edges(
    dossiers: tuple[Dossier, ...],
    registers: Registers,
    bounds: Mapping[str, Window],
    vocabulary: Vocabulary,
    statuses: Mapping[str, str],
) -> dict[tuple[str, str, str], _Edge]:
    edges: dict[tuple[str, str, str], _Edge] = defaultdict(_Edge)
    for dossier in dossiers:
        for event in dossier.events:
            contested = any(statuses.get(claim) == "Contested" for claim in event.asserts)
            for triple in _event_triples(event, vocabulary):
                edge = edges[triple]
                edge.because[event.id] = bounds[event.id]
                edge.contested |= contested
                edge.events += 1
        for tie in dossier.ties:
            edges[tie.left, vocabulary.tie_predicates[tie.type], tie.right].because[tie.id] = _NO_WINDOW
        for tenure in dossier.tenures:
            organization = registers.posts[tenure.post].organization
            edges[tenure.holder, "holdsOfficeIn", organization].because[tenure.id] = _NO_WINDOW
    return edges


def _event_triples(event: Event, vocabulary: Vocabulary) -> Iterator[tuple[str, str, str]]:
    declared = vocabulary.event_classes[event.event_class]
    if event.factuality != "Actual" or event.summary or not declared.direct_predicate:
        return
    others = event.actor if declared.symmetric else event.target
    for actor in event.actor:
        for other in others:
            if other != actor:
                yield actor, declared.direct_predicate, other


def _edge_quads(edges: Mapping[tuple[str, str, str], _Edge]) -> Iterator[Quad]:
    for (subject, predicate, target), edge in edges.items():
        triple = (_id(subject), NamedNode(terms.REL + predicate), _id(target))
        yield Quad(*triple, _GRAPH)
        node = _id(terms.minted("edge", subject, predicate, target))
        for name, value in zip(("subject", "predicate", "object"), triple, strict=True):
            yield Quad(node, NamedNode(terms.RDF + name), value, _GRAPH)
        yield _quad(node, f"{terms.RDF}type", NamedNode(f"{terms.DIP}DerivedEdge"))
        yield _quad(node, f"{terms.RDF}type", NamedNode(f"{terms.RDF}Statement"))
        yield _quad(node, f"{terms.DIP}status", NamedNode(terms.DIP + ("Contested" if edge.contested else "Asserted")))
        yield _quad(node, f"{terms.DIP}eventCount", Literal(edge.events))
        for reason in edge.because:
            yield _quad(node, f"{terms.PROV}wasDerivedFrom", _id(reason))
        yield from _span(node, edge.because.values())


def _span(node: NamedNode, windows: Iterable[Window]) -> Iterator[Quad]:
    known = tuple(windows)
    first = [window.earliest for window in known if window.earliest]
    last = [window.latest for window in known if window.latest]
    if first:
        yield _quad(node, f"{terms.SEM}hasEarliestBeginTimeStamp", _day(min(first)))
    if last:
        yield _quad(node, f"{terms.SEM}hasLatestEndTimeStamp", _day(max(last)))


def _status_quads(statuses: Mapping[str, str]) -> Iterator[Quad]:
    for claim, status in statuses.items():
        yield _quad(_id(claim), f"{terms.DIP}status", NamedNode(terms.DIP + status))


def _type_quads(dossiers: tuple[Dossier, ...], registers: Registers, vocabulary: Vocabulary) -> Iterator[Quad]:
    for entity in registers.entities.values():
        yield from _supertypes(entity.id, ENTITY_TYPES[entity.type], vocabulary)
    for dossier in dossiers:
        for event in dossier.events:
            yield from _supertypes(event.id, event.event_class, vocabulary)
        for states, kind in ((dossier.measures, "Measure"), (dossier.tenures, "Tenure"), (dossier.ties, "Tie")):
            for state in states:
                yield from _supertypes(state.id, kind, vocabulary)


def _supertypes(node: str, kind: str, vocabulary: Vocabulary) -> Iterator[Quad]:
    for parent in vocabulary.superclasses[kind]:
        yield _quad(_id(node), f"{terms.RDF}type", NamedNode(terms.DIP + parent))


def _quad(node: NamedNode, predicate: str, value: NamedNode | Literal) -> Quad:
    return Quad(node, NamedNode(predicate), value, _GRAPH)


def _day(value: date) -> Literal:
    return Literal(value.isoformat(), datatype=NamedNode(f"{terms.XSD}date"))


def _id(name: str) -> NamedNode:
    return NamedNode(terms.ID + name)
