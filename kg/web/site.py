"""What the pages tell of one build: its records, read once, and where each name leads.

Pages are made from these records and from saved questions; nothing here knows HTTP or HTML.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from kg import coverage, describe, query
from kg.describe import folded
from kg.graph import Graph
from kg.records import ClaimRecord, EntityRecord, EventRecord, Picture, StateRecord
from kg.terms import DIP, ID, RDFS, local_name
from kg.web.texts import texts


@dataclass(frozen=True, slots=True)
class Named:
    """One thing that a search can find."""

    id: str
    label: str
    kind: str
    what: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One source document, as the graph knows it."""

    id: str
    label: str
    publisher: str
    language: str
    edtf: str
    url: str
    sha256: str
    file: str


class Site:
    """The records of one build, each table read when it is first needed."""

    def __init__(self, graph: Graph, about: dict[str, Any], sources: str = "") -> None:
        self.graph, self.about = graph, about
        self.sources_folder = Path(sources) if sources else None
        self._lock = threading.RLock()

    def warm(self) -> None:
        """Read every table now."""
        with self._lock:
            _ = (self.index, self.sources, self.measured, self.words, self.named)

    @cached_property
    def entities(self) -> dict[str, EntityRecord]:
        """All persons, states, organisations, groups and places."""
        return describe.entities(self.graph.store)

    @cached_property
    def events(self) -> dict[str, EventRecord]:
        """All events, by date."""
        return describe.events(self.graph.store)

    @cached_property
    def claims(self) -> dict[str, ClaimRecord]:
        """All claims."""
        return describe.claims(self.graph.store)

    @cached_property
    def horizon(self) -> date | None:
        """The day up to which the sources reach."""
        return describe.horizon(self.graph.store)

    @cached_property
    def states(self) -> dict[str, StateRecord]:
        """Measures, tenures and ties, each with how surely it held when the sources end."""
        return describe.states(self.graph.store, self.horizon)

    def states_on(self, day: date | None) -> dict[str, StateRecord]:
        """Measures, tenures and ties, each with how surely it held on a day."""
        return self.states if day in (None, self.horizon) else describe.states(self.graph.store, day)

    @cached_property
    def sources(self) -> dict[str, SourceRecord]:
        """The source documents."""
        text = """SELECT ?s ?label ?publisher ?language ?edtf ?url ?sha ?file WHERE {
          ?s a dip:Source ; rdfs:label ?label . OPTIONAL { ?s schema:publisher ?p . ?p rdfs:label ?publisher .
          FILTER(LANG(?publisher) = "en") } OPTIONAL { ?s schema:inLanguage ?language } OPTIONAL { ?s dip:edtf ?edtf }
          OPTIONAL { ?s schema:url ?url } OPTIONAL { ?s dip:sha256 ?sha } OPTIONAL { ?s dip:fileName ?file } }
          ORDER BY ?s"""
        rows = ((local_name(r.pop("s")), r) for r in query.rows(self.graph.store, text))
        return {
            node: SourceRecord(
                node, r["label"], r["publisher"], r["language"], r["edtf"], r["url"], r["sha"], r["file"]
            )
            for node, r in rows
        }

    @cached_property
    def posts(self) -> dict[str, str]:
        """Offices, with their labels."""
        text = 'SELECT ?s ?l WHERE { ?s a org:Post ; rdfs:label ?l . FILTER(LANG(?l) = "en") } ORDER BY ?s'
        return {local_name(row["s"]): row["l"] for row in query.rows(self.graph.store, text)}

    @cached_property
    def measured(self) -> dict[str, Any]:
        """The counts of the whole graph."""
        return coverage.coverage(self.graph)

    @cached_property
    def void(self) -> str:
        """The description of the graph as VoID and DCAT."""
        return coverage.void(self.graph)

    @cached_property
    def words(self) -> dict[str, str]:
        """The English (else any) label of every IRI that has one."""
        text = "SELECT ?s ?l (LANG(?l) AS ?lang) WHERE { ?s rdfs:label ?l }"
        found: dict[str, str] = {}
        for row in query.rows(self.graph.store, text):
            if row["lang"] == "en" or row["s"] not in found:
                found[row["s"]] = row["l"]
        return found

    def label(self, node: str) -> str:
        """The label of a local id, or the id."""
        return self.words.get(ID + node, node)

    def kind(self, node: str) -> str:
        """Say what a local id names; empty for nothing."""
        if node in self.states:
            return self.states[node].kind
        tables: dict[str, Mapping[str, object]] = {
            "entity": self.entities, "event": self.events, "claim": self.claims, "source": self.sources,
            "post": self.posts,
        }  # fmt: skip
        found = next((kind for kind, table in tables.items() if node in table), "")
        if found or ID + node in self.words:
            return found or "document"
        return "document" if query.rows(self.graph.store, f"SELECT * WHERE {{ <{ID}{node}> ?p ?o }} LIMIT 1") else ""

    @cached_property
    def picture(self) -> Picture:
        """Everything that a network page shows."""
        return describe.picture(self.graph.store)

    def picture_on(self, day: date | None) -> Picture:
        """Everything that a network page shows, opened on a day."""
        return self.picture if day is None else describe.picture(self.graph.store, as_of=day)

    @cached_property
    def texts(self) -> dict[str, str]:
        """The words of the passages, by `source:start-end`, if the articles are at hand."""
        return texts(self.graph, self.sources_folder) if self.sources_folder else {}

    @cached_property
    def named(self) -> dict[str, str]:
        """The entity that each English label means, where it means but one."""
        count = Counter(entity.label for entity in self.entities.values())
        return {entity.label: entity.id for entity in self.entities.values() if count[entity.label] == 1}

    @cached_property
    def index(self) -> tuple[tuple[tuple[str, ...], Named], ...]:
        """What a search looks through: folded names, and what they name."""
        return tuple((tuple(map(folded, named.names)), named) for named in self._named())

    def _named(self) -> Iterator[Named]:
        for e in self.entities.values():
            names = (e.label, *(text for _, text in e.labels), *e.aliases, e.id)
            yield Named(e.id, e.label, "entity", e.type_label or e.type, tuple(dict.fromkeys(names)))
        for node, label in self.posts.items():
            yield Named(node, label, "post", "office", (label, *self._other_labels.get(node, ())))
        for s in self.sources.values():
            yield Named(s.id, s.label, "source", f"source, {s.publisher}", (s.label, s.publisher))
        for v in self.events.values():
            yield Named(v.id, v.label, "event", v.class_label, (v.label, *self._other_labels.get(v.id, ())))
        for c in self.claims.values():
            yield Named(c.id, c.label, "claim", f"claim, {c.status.lower()}", (c.label,))
        for t in self.states.values():
            yield Named(t.id, t.label, t.kind, t.type_label, (t.label,))

    @cached_property
    def _other_labels(self) -> dict[str, list[str]]:
        text = 'SELECT ?s ?l WHERE { ?s rdfs:label|skos:altLabel ?l . FILTER(LANG(?l) != "en") }'
        found: dict[str, list[str]] = defaultdict(list)
        for row in query.rows(self.graph.store, text):
            found[local_name(row["s"])].append(row["l"])
        return found

    def search(self, words: str, limit: int = 50) -> list[Named]:
        """Find things by label or alias, whatever the case and accents: whole names, then beginnings, then words."""
        wanted = folded(words)
        if not wanted:
            return []
        ranked = ((_rank(wanted, names), number, named) for number, (names, named) in enumerate(self.index))
        return [named for rank, _, named in sorted(r for r in ranked if r[0] < 9)[:limit]]

    def ontology(self, namespace: str) -> Iterable[dict[str, str]]:
        """The declared terms of a namespace, with what the vocabulary says of them."""
        text = f"""SELECT ?s ?p ?o (LANG(?o) AS ?lang) WHERE {{ GRAPH graph:schema {{ ?s ?p ?o }}
          FILTER(STRSTARTS(STR(?s), "{namespace}")) }} ORDER BY ?s ?p ?o"""
        return query.rows(self.graph.store, text)


def _rank(wanted: str, names: tuple[str, ...]) -> int:
    """How well names fit what is wanted: 0 whole, 1 beginning, 2 a word begins so, 3 all words begin so, 9 not."""
    best = 9
    for name in names:
        if name == wanted:
            return 0
        if name.startswith(wanted):
            best = min(best, 1)
        elif f" {wanted}" in name:
            best = min(best, 2)
        elif best > 3 and all(f" {word}" in f" {name}" for word in wanted.split()):
            best = 3
    return best


__all__ = ["DIP", "RDFS", "Named", "Site", "SourceRecord"]
