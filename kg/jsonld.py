"""Quads in, JSON-LD out: compact names under an inline context, sorted, nothing to fetch."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from kg.terms import PREFIXES, RDF, XSD, compact

_TYPE = f"{RDF}type"


def jsonld(quads: Iterable[Quad]) -> str:
    """Write quads as one JSON-LD document, one named graph after another; one value stands on one line."""
    ordered = sorted(set(quads), key=lambda quad: (str(quad.graph_name), str(quad.subject)))
    graphs: list[dict[str, Any]] = []
    for name, group in groupby(ordered, key=lambda quad: quad.graph_name):
        nodes = [_node(subject, each) for subject, each in groupby(group, key=lambda quad: quad.subject)]
        graphs += nodes if isinstance(name, DefaultGraph) else [{"@id": _name(name), "@graph": nodes}]
    whole = {"@context": dict(sorted(PREFIXES.items())), "@graph": graphs}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _node(subject: NamedNode | BlankNode | Triple, quads: Iterable[Quad]) -> dict[str, Any]:
    found: dict[str, list[Any]] = {}
    for quad in sorted(quads, key=lambda quad: (str(quad.predicate), str(quad.object))):
        if quad.predicate.value == _TYPE and isinstance(quad.object, NamedNode):
            found.setdefault("@type", []).append(_name(quad.object))
        else:
            found.setdefault(_name(quad.predicate), []).append(_value(quad.object))
    return {"@id": _name(subject), **{key: each[0] if len(each) == 1 else each for key, each in found.items()}}


def _value(term: NamedNode | BlankNode | Literal | Triple) -> Any:
    if not isinstance(term, Literal):
        return {"@id": _name(term)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    if term.datatype.value == f"{XSD}string":
        return term.value
    return {"@value": term.value, "@type": _name(term.datatype)}


def _name(term: NamedNode | BlankNode | Triple) -> str:
    if isinstance(term, NamedNode):
        short = compact(term.value)
        return term.value if short.startswith("<") else short
    return str(term)
