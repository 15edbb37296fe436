"""A build in, its registers out as plain values: entities, posts and curated tenures, for feeds to be tied to."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any, Protocol

from pyoxigraph import Literal

from kg import terms
from kg.feeds.actors import Held, Known
from kg.model import ENTITY_TYPES, Entity, Post
from kg.store import Answer, Rows

_TYPES = {f"{terms.DIP}{name}": kind for kind, name in ENTITY_TYPES.items()}
_REGISTERS = f"SELECT ?s ?p ?o WHERE {{ GRAPH <{terms.ENTITIES_GRAPH}> {{ ?s ?p ?o }} }} ORDER BY ?s ?p ?o"
_TENURES = f"""
SELECT ?holder ?post ?b ?bb ?e ?ee WHERE {{
  GRAPH ?g {{ ?t a dip:Tenure ; org:member ?holder ; dip:post ?post .
    OPTIONAL {{ ?t sem:hasEarliestBeginTimeStamp ?b }} OPTIONAL {{ ?t sem:hasLatestBeginTimeStamp ?bb }}
    OPTIONAL {{ ?t sem:hasEarliestEndTimeStamp ?e }} OPTIONAL {{ ?t sem:hasLatestEndTimeStamp ?ee }} }}
  FILTER STRSTARTS(STR(?g), "{terms.GRAPH}doc/")
}} ORDER BY ?holder ?post ?b ?bb ?e ?ee"""


class Asked(Protocol):
    """Whatever answers a SPARQL query: an embedded store or a service."""

    def query(self, text: str) -> Answer:
        """Answer a query."""


def read(store: Asked) -> Known:
    """Read whom a build knows."""
    found: dict[str, dict[str, list[Literal | str]]] = defaultdict(lambda: defaultdict(list))
    for node, predicate, value in _rows(store, _REGISTERS):
        found[_local(node)][str(predicate.value)].append(value if isinstance(value, Literal) else value.value)
    entities, posts = {}, {}
    for name, facts in found.items():
        kinds = [_TYPES[each] for each in facts[f"{terms.RDF}type"] if isinstance(each, str) and each in _TYPES]
        if f"{terms.ORG}Post" in facts[f"{terms.RDF}type"]:
            posts[name] = _post(name, facts)
        elif kinds:
            entities[name] = _entity(name, min(kinds), facts)
    return Known(entities, posts, tuple(_tenures(store)))


def _entity(name: str, kind: str, facts: dict[str, list[Literal | str]]) -> Entity:
    return Entity(
        name,
        kind,
        _text(facts[f"{terms.RDFS}label"], "en"),
        _text(facts[f"{terms.RDFS}label"], "es"),
        aliases=tuple(each.value for each in facts[f"{terms.SKOS}altLabel"] if isinstance(each, Literal)),
        part_of=_target(facts[f"{terms.DIP}partOf"], terms.ID),
        wikidata=_target(facts[f"{terms.SKOS}exactMatch"], terms.WD),
        iso3=_text(facts[f"{terms.DIP}iso3"], ""),
    )


def _post(name: str, facts: dict[str, list[Literal | str]]) -> Post:
    labels = facts[f"{terms.RDFS}label"]
    return Post(name, _text(labels, "en"), _target(facts[f"{terms.ORG}postIn"], terms.ID), _text(labels, "es"))


def _tenures(store: Asked) -> list[Held]:
    return [
        Held(_local(holder), _local(post), *(date.fromisoformat(day.value) if day else None for day in days))
        for holder, post, *days in _rows(store, _TENURES)
    ]


def _rows(store: Asked, text: str) -> list[tuple[Any, ...]]:
    answer = store.query(text)
    assert isinstance(answer, Rows)
    return list(answer.rows)


def _local(term: object) -> str:
    return str(getattr(term, "value", "")).removeprefix(terms.ID)


def _text(values: list[Literal | str], language: str) -> str:
    return next((each.value for each in values if isinstance(each, Literal) and (each.language or "") == language), "")


def _target(values: list[Literal | str], base: str) -> str:
    return next((each.removeprefix(base) for each in values if isinstance(each, str) and each.startswith(base)), "")
