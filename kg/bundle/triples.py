"""The part of a graph that a brief rests on, as N-Quads: whole records with their evidence, and the vocabulary.

The lines are taken as they stand in the build. The part is closed enough that every query of the brief gives the same
rows over it as over the whole graph; whoever makes a bundle checks that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from kg.report.brief import Brief
from kg.terms import DERIVED_GRAPH, DIP, GRAPH, ID, RDF, RDFS, REL, SCHEMA_GRAPH

Line = tuple[str, str, str, str]  # predicate, object, graph, and the whole line
_ABOUT = f"{GRAPH}doc/", f"{GRAPH}entities", DERIVED_GRAPH
_STUB = {f"<{name}>" for name in (f"{RDF}type", f"{RDFS}label", f"{DIP}factuality", f"{DIP}status")}
_BACK = {f"<{DIP}{name}>" for name in ("asserts", "denies", "contradicts", "proposes")}
_RECORDS = {f"<{DIP}{name}>" for name in ("Event", "Proposition", "State", "DerivedEdge")}
_TYPE = f"<{RDF}type>"


class Index:
    """The lines of a graph by their subject, the vocabulary apart; feeds, on which no brief rests, are left out."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.by: dict[str, list[Line]] = defaultdict(list)
        self.back: dict[str, set[str]] = defaultdict(set)
        self.schema: list[str] = []
        for line in lines:
            graph = line[line.rindex("<") : -3]
            if graph == f"<{SCHEMA_GRAPH}>":
                self.schema.append(line)
            elif graph[1:-1].startswith(_ABOUT):
                subject, predicate, rest = line.split(" ", 2)
                value = rest[: -len(graph) - 4]
                self.by[subject].append((predicate, value, graph, line))
                if predicate in _BACK:
                    self.back[value].add(subject)

    def is_record(self, node: str) -> bool:
        """Whether a node is an event, claim, state or edge."""
        return any(predicate == _TYPE and value in _RECORDS for predicate, value, _, _ in self.by.get(node, ()))

    def linked(self, node: str) -> set[str]:
        """The nodes of ours that a node names, not counting direct edges."""
        return {
            value
            for predicate, value, _, _ in self.by.get(node, ())
            if value.startswith(f"<{ID}") and not predicate.startswith(f"<{REL}")
        }


def part(lines: Iterable[str], brief: Brief, more: Collection[str] = ()) -> list[str]:
    """The sorted lines of a brief's records and of `more`, with evidence, whoever they name, and the vocabulary."""
    index = Index(lines)
    told = {node for node in more if index.is_record(node)}
    records = {node for node in _records(index, brief, told) if node in index.by}
    kept = {line for node in records for predicate, _, _, line in index.by[node] if not predicate.startswith(f"<{REL}")}
    named = {other for node in records for other in index.linked(node)} - records
    seen = set(records)
    while named:
        seen |= named
        further: set[str] = set()
        for node in named:
            whole = not index.is_record(node)
            for predicate, _, _, line in index.by.get(node, ()):
                if predicate in _STUB or (whole and not predicate.startswith(f"<{REL}")):
                    kept.add(line)
            if whole:
                further |= index.linked(node)
        named = further - seen
    return sorted({*kept, *_edges(index, brief, told), *index.schema})


def _records(index: Index, brief: Brief, more: Collection[str]) -> set[str]:
    """What a brief tells, with the claims around it, their voices, and what its edges rest on."""
    ids = [event.id for event in brief.events] + [state.id for state in brief.states]
    ids += [node for edge in brief.edges for node in (edge.id, *edge.because)]
    found = {f"<{ID}{node}>" for node in ids}
    found |= set(more)
    claims = (
        set(more) | {f"<{ID}{claim}>" for claim in brief.claims} | {f"<{ID}{claim.id}>" for claim in brief.told_claims}
    )
    for event in brief.events:
        claims |= {f"<{ID}{claim}>" for claim in (*event.asserts, *event.denies)}
    claims |= {other for claim in claims for other in _contrary(index, claim)}
    found |= claims
    found |= {voice for claim in claims for voice in index.back[claim] if voice not in claims}
    found |= {who for event in list(found) for who in index.back[event]}
    if brief.story:
        found |= {f"<{ID}{tenure}>" for camp in brief.story.camps for tenure, _ in camp.offices}
        found |= {f"<{ID}{node}>" for camp in brief.story.camps for node in camp.people}
    return found | {f"<{ID}{each.id}>" for each in (brief.one, brief.other) if each}


def _contrary(index: Index, claim: str) -> set[str]:
    own = {value for predicate, value, _, _ in index.by.get(claim, ()) if predicate == f"<{DIP}contradicts>"}
    return own | {other for other in index.back[claim] if index.is_record(other)}


def _edges(index: Index, brief: Brief, more: Iterable[str]) -> set[str]:
    """The direct edges themselves, beside the nodes that explain them."""
    wanted = {(f"<{ID}{e.subject}>", f"<{REL}{e.predicate[4:]}>", f"<{ID}{e.object}>") for e in brief.edges}
    for node in more:
        told = {predicate: value for predicate, value, _, _ in index.by[node]}
        if f"<{RDF}subject>" in told:
            wanted.add((told[f"<{RDF}subject>"], told[f"<{RDF}predicate>"], told[f"<{RDF}object>"]))
    return {
        line
        for subject in {triple[0] for triple in wanted}
        for predicate, value, _, line in index.by[subject]
        if (subject, predicate, value) in wanted
    }


__all__ = ["Index", "part"]
