"""Quads in, JSON-LD out: compact names under an inline context, sorted, nothing to fetch."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from kg.errors import UsageError
from kg.terms import PREFIXES, RDF, XSD, compact

_TYPE = f"{RDF}type"


def jsonld(quads: Iterable[Quad]) -> str:
    """Write quads as one JSON-LD document, one named graph after another; one value stands on one line.

    Raises:
        UsageError: a triple is about another triple, for which JSON-LD has no place.
    """
    ordered = sorted(set(quads), key=lambda quad: (str(quad.graph_name), str(quad.subject)))
    context = _context(ordered)
    graphs: list[dict[str, Any]] = []
    for name, group in groupby(ordered, key=lambda quad: quad.graph_name):
        nodes = [_node(subject, each, context) for subject, each in groupby(group, key=lambda quad: quad.subject)]
        graphs += nodes if isinstance(name, DefaultGraph) else [{"@id": _name(name, context), "@graph": nodes}]
    return json.dumps({"@context": context, "@graph": graphs}, ensure_ascii=False, indent=1) + "\n"


def _context(quads: Iterable[Quad]) -> dict[str, str]:
    """The standard prefixes, without those that are the scheme of an IRI: `<wd:Q1>` would be read as wd's Q1."""
    schemes = {part.value.partition(":")[0] for quad in quads for part in quad if isinstance(part, NamedNode)}
    schemes |= {quad.object.datatype.value.partition(":")[0] for quad in quads if isinstance(quad.object, Literal)}
    return {name: iri for name, iri in sorted(PREFIXES.items()) if name not in schemes}


def _node(subject: NamedNode | BlankNode | Triple, quads: Iterable[Quad], context: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, list[Any]] = {}
    for quad in sorted(quads, key=lambda quad: (str(quad.predicate), str(quad.object))):
        if quad.predicate.value == _TYPE and isinstance(quad.object, NamedNode):
            found.setdefault("@type", []).append(_name(quad.object, context))
        else:
            found.setdefault(_name(quad.predicate, context), []).append(_value(quad.object, context))
    values = {key: each[0] if len(each) == 1 else each for key, each in found.items()}
    return {"@id": _name(subject, context), **values}


def _value(term: NamedNode | BlankNode | Literal | Triple, context: Mapping[str, str]) -> Any:
    if not isinstance(term, Literal):
        return {"@id": _name(term, context)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    if term.datatype.value == f"{XSD}string":
        return term.value
    return {"@value": term.value, "@type": _name(term.datatype, context)}


def _name(term: NamedNode | BlankNode | Triple, context: Mapping[str, str]) -> str:
    if isinstance(term, Triple):
        raise UsageError("JSON-LD has no place for a triple about a triple.", hint="Use turtle or ntriples.")
    if isinstance(term, BlankNode):
        return str(term)
    short = compact(term.value)
    return short if short.partition(":")[0] in context else term.value
