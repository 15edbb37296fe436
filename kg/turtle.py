"""Triples in, Turtle and TriG out: sorted, one predicate and object per line, so that a diff shows what changed.

rdflib's writers regroup whole files for one new triple, and pyoxigraph's neither sort nor keep the order of prefixes;
a published graph wants the same bytes for the same triples and small diffs. One added event changes only its own lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from kg.terms import PREFIXES, RDF, XSD, compact

_TYPE = NamedNode(f"{RDF}type")
_BARE = {
    f"{XSD}integer": re.compile(r"[+-]?[0-9]+"),
    f"{XSD}decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    f"{XSD}boolean": re.compile(r"true|false"),
}
Write = Callable[[Triple], str]


def turtle(triples: Iterable[Triple], extra: Sequence[str] = (), version: str = "") -> str:
    """Write triples as Turtle; `extra` lines (already in prefixed form) follow, `version` adds a VERSION line."""
    blocks = _blocks(triples)
    return _head([*blocks, *extra], version) + "\n".join([*blocks, *extra])


def trig(quads: Iterable[Quad]) -> str:
    """Write quads as TriG, one block for each graph."""
    parts = []
    for name, group in groupby(sorted(set(quads), key=_quad_key), key=lambda quad: str(quad.graph_name)):
        blocks = _blocks(quad.triple for quad in group)
        if name == str(DefaultGraph()):
            parts.append("\n".join(blocks))
        else:
            inner = "\n".join(blocks).replace("\n", "\n    ").rstrip()
            parts.append(f"{compact(name[1:-1])} {{\n    {inner}\n}}\n")
    return _head(parts, "") + "\n".join(parts)


def term(value: NamedNode | BlankNode | Literal | Triple) -> str:
    """Write one term as Turtle does.

    >>> term(Literal("-5.0", datatype=NamedNode(XSD + "decimal")))
    '-5.0'
    >>> term(NamedNode("https://w3id.org/diplokg/id/gustavo-petro"))
    'id:gustavo-petro'
    """
    if isinstance(value, NamedNode):
        return compact(value.value)
    if isinstance(value, Triple):
        return f"<<( {term(value.subject)} {term(value.predicate)} {term(value.object)} )>>"
    if not isinstance(value, Literal) or value.language:
        return str(value)
    bare = _BARE.get(value.datatype.value)
    if bare and bare.fullmatch(value.value):
        return value.value
    text = str(Literal(value.value))
    return text if value.datatype.value == f"{XSD}string" else f"{text}^^{compact(value.datatype.value)}"


def _blocks(triples: Iterable[Triple]) -> list[str]:
    ordered = sorted(set(triples), key=_triple_key)
    return [_block(subject, list(group)) for subject, group in groupby(ordered, key=lambda t: term(t.subject))]


def _block(subject: str, triples: list[Triple]) -> str:
    lines = [f"    {_verb(triple.predicate)} {term(triple.object)} ;\n" for triple in triples]
    return f"{subject}\n{''.join(lines)}    .\n"


def _verb(predicate: NamedNode) -> str:
    return "a" if predicate == _TYPE else term(predicate)


def _triple_key(triple: Triple) -> tuple[str, bool, str, str]:
    return term(triple.subject), triple.predicate != _TYPE, term(triple.predicate), term(triple.object)


def _quad_key(quad: Quad) -> tuple[str, tuple[str, bool, str, str]]:
    return str(quad.graph_name), _triple_key(quad.triple)


def _head(parts: Sequence[str], version: str) -> str:
    """Declare the standard prefixes that are used, sorted; the header changes only when a prefix comes or goes."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"|<[^<>\s]*>', "", "\n".join(parts))
    used = set(re.findall(r"(?<!\w)([a-z]+):", bare))
    lines = [f"@prefix {name}: <{iri}> .\n" for name, iri in sorted(PREFIXES.items()) if name in used]
    return (f'VERSION "{version}"\n' if version else "") + "".join(lines) + "\n"
