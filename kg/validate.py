"""Quads in, violations out: SHACL shapes by pySHACL, and rules – queries that must return no rows.

pySHACL is content with empty shapes graphs and with targets that meet no node, so each report says how many nodes each
shape met, and the ontology's tests hold every shape against an example that fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg import resources
from kg.store import Embedded, Rows
from kg.terms import SCHEMA_GRAPH, XSD, compact

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One node that breaks one shape or rule."""

    node: str
    rule: str
    message: str
    repair: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked – names of shapes and rules – and what broke them."""

    shapes: tuple[str, ...]
    rules: tuple[str, ...]
    violations: tuple[Violation, ...]


def validate(lines: list[str]) -> Report:
    """Hold canonical N-Quads lines against all shapes and rules of the ontology."""
    store = Embedded.in_memory(lines)
    rule_files = sorted((resources.ontology() / "rules").glob("*.rq"))
    shapes, broken = shape_violations(lines, resources.ontology() / "shapes.ttl")
    found = [violation for file in rule_files for violation in rule_violations(store, file)]
    return Report(shapes, tuple(file.stem for file in rule_files), tuple(sorted({*broken, *found})))


def rule_violations(store: Embedded, file: Path) -> Iterable[Violation]:
    """Ask one rule; each row is a violation, with the node first and what is wrong second."""
    text = file.read_text(encoding="utf-8")
    repair = re.search(r"^#\s*repair:\s*(.+)$", text, re.MULTILINE)
    answer = store.query(text)
    assert isinstance(answer, Rows)
    for row in answer.rows:
        node, *told = ("" if term is None else getattr(term, "value", str(term)) for term in row)
        yield Violation(
            node,
            file.stem,
            f"{(told[0] if told else '').rstrip('.')} (rule {file.stem}).",
            repair[1].strip() if repair else "",
        )


def shape_violations(lines: list[str], shapes_file: Path) -> tuple[tuple[str, ...], list[Violation]]:
    """Run the SHACL shapes over the union of the graphs, without the vocabulary."""
    import pyshacl
    from rdflib import SH, Graph, URIRef
    from rdflib.namespace import RDF

    shapes = Graph().parse(shapes_file, format="turtle")
    data = Graph()
    kept = (line for line in lines if not line.endswith(f"<{SCHEMA_GRAPH}> .\n"))
    _fill(data, kept)
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, advanced=False, inference="none", do_owl_imports=False)
    assert isinstance(report, Graph)
    names = tuple(sorted(compact(str(s)) for s in shapes.subjects(RDF.type, SH.NodeShape) if isinstance(s, URIRef)))
    return names, [_violation(report, result) for result in report.subjects(RDF.type, SH.ValidationResult)]


def _violation(report: Graph, result: Node) -> Violation:
    from rdflib import SH, URIRef

    def told(name: str) -> str:
        return str(report.value(result, SH[name]) or "")

    named = isinstance(report.value(result, SH.resultPath), URIRef)  # a path of several has no name
    path = f"{compact(told('resultPath'))}: " if named else ""
    return Violation(told("focusNode"), told("sourceShape"), f"{path}{told('resultMessage')}")


def _fill(graph: Graph, lines: Iterable[str]) -> None:
    """Fill an rdflib graph from N-Quads by way of pyoxigraph's parser, four times as fast as rdflib's own."""
    from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse
    from rdflib import BNode, URIRef

    known: dict[object, Node] = {}

    def term(value: object) -> Node:
        if value not in known:
            if isinstance(value, NamedNode):
                known[value] = URIRef(value.value)
            elif isinstance(value, Literal):
                known[value] = _literal(value.value, value.language, value.datatype.value)
            elif isinstance(value, BlankNode):
                known[value] = BNode(value.value)
        return known[value]

    for quad in parse("".join(lines).encode(), format=RdfFormat.N_QUADS):
        graph.add((term(quad.subject), term(quad.predicate), term(quad.object)))


def _literal(text: str, language: str | None, datatype: str) -> Node:
    """Make an rdflib literal; plain text stays without a datatype, as rdflib's Turtle parser has it in the shapes."""
    from rdflib import Literal, URIRef

    if language:
        return Literal(text, lang=language)
    return Literal(text) if datatype == f"{XSD}string" else Literal(text, datatype=URIRef(datatype))
