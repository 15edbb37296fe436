"""What the ontology declares, as plain values: event classes with their edges and codes, concepts, predicates.

Read once from `ontology/core.ttl`; a new event class is a new entry there and needs no new code.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, parse

from kg import resources
from kg.terms import DIP, OWL, RDF, RDFS, REL, SKOS, local_name


@dataclass(frozen=True, slots=True)
class EventClass:
    """One class of events and what it declares; codes are empty on abstract classes."""

    name: str
    label: str
    superclasses: tuple[str, ...]
    direct_predicate: str = ""
    symmetric: bool = False
    plover: str = ""
    plover_mode: str = ""
    cameo: str = ""
    quad_class: int = 0
    goldstein: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """One row of the CAMEO table: name, Goldstein value (ICEWS scale) and the PLOVER mode it maps to."""

    name: str
    goldstein: str
    plover: str
    mode: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The declared terms, by local name."""

    event_classes: dict[str, EventClass]
    superclasses: dict[str, tuple[str, ...]]
    predicates: dict[str, str]
    concepts: dict[str, frozenset[str]]
    tie_predicates: dict[str, str]
    labels: dict[str, str]
    codes: dict[str, Code]

    def goldstein(self, cameo: str) -> str:
        """The Goldstein value of a CAMEO code on the ICEWS scale, empty when the table has no such code."""
        return self.codes[cameo].goldstein if cameo in self.codes else ""


@cache
def vocabulary(path: Path | None = None) -> Vocabulary:
    """Read the vocabulary; the bundled `core.ttl` unless another file is given."""
    file = path or resources.ontology() / "core.ttl"
    facts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for quad in parse(path=str(file), format=RdfFormat.TURTLE):
        if isinstance(quad.subject, NamedNode):
            facts[quad.subject.value][quad.predicate.value].append(getattr(quad.object, "value", ""))
    supers = {local_name(iri): _superclasses(iri, facts) for iri in facts if iri.startswith(DIP)}
    events = {name: _event_class(name, chain, facts) for name, chain in supers.items() if "Event" in (name, *chain)}
    return Vocabulary(
        event_classes=events,
        superclasses=supers,
        predicates={local_name(iri): _label(iri, facts) for iri in facts if iri.startswith(REL)},
        concepts=_concepts(facts),
        tie_predicates={
            local_name(iri): local_name(f[f"{DIP}directPredicate"][0])
            for iri, f in facts.items()
            if f[f"{DIP}directPredicate"] and local_name(iri) not in events
        },
        labels={iri: _label(iri, facts) for iri in facts},
        codes=_codes(file.parent / "codes.csv"),
    )


Facts = dict[str, dict[str, list[str]]]


def _superclasses(iri: str, facts: Facts) -> tuple[str, ...]:
    seen: dict[str, None] = {}
    queue = list(facts[iri][f"{RDFS}subClassOf"])
    while queue:
        parent = queue.pop(0)
        if parent.startswith(DIP) and local_name(parent) not in seen:
            seen[local_name(parent)] = None
            queue += facts[parent][f"{RDFS}subClassOf"]
    return tuple(seen)


def _event_class(name: str, chain: tuple[str, ...], facts: Facts) -> EventClass:
    own = facts[DIP + name]

    def first(key: str) -> str:
        return own[DIP + key][0] if own[DIP + key] else ""

    return EventClass(
        name=name,
        label=_label(DIP + name, facts),
        superclasses=chain,
        direct_predicate=local_name(first("directPredicate")) if first("directPredicate") else "",
        symmetric=first("symmetric") == "true",
        plover=local_name(first("plover")) if first("plover") else "",
        plover_mode=local_name(first("ploverMode")) if first("ploverMode") else "",
        cameo=first("cameo"),
        quad_class=int(first("quadClass") or 0),
        goldstein=first("goldstein"),
    )


def _concepts(facts: Facts) -> dict[str, frozenset[str]]:
    schemes: dict[str, set[str]] = defaultdict(set)
    for iri, own in facts.items():
        for scheme in own[f"{SKOS}inScheme"]:
            schemes[local_name(scheme)].add(local_name(iri))
        for kind in own[f"{RDF}type"]:
            if kind.startswith(DIP) and kind != f"{OWL}Class":
                schemes[local_name(kind)].add(local_name(iri))
    return {name: frozenset(members) for name, members in schemes.items()}


def _codes(file: Path) -> dict[str, Code]:
    with file.open(encoding="utf-8", newline="") as rows:
        return {
            row["cameo"]: Code(row["name"], _decimal(row["goldstein"]), row["plover"], row["mode"])
            for row in csv.DictReader(rows)
        }


def _decimal(text: str) -> str:
    return text if "." in text or not text else f"{text}.0"


def _label(iri: str, facts: Facts) -> str:
    labels = facts[iri][f"{RDFS}label"]
    return labels[0] if labels else local_name(iri)
