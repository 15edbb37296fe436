"""What a graph holds, counted: by class, factuality, status and month; and as a VoID and DCAT description."""

from __future__ import annotations

from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from kg import query
from kg.graph import Graph
from kg.results import table
from kg.terms import BASE, DIP, PREFIXES, RDF, RDFS, SCHEMA, XSD, local_name
from kg.turtle import turtle

_COUNTS = {
    "by class": "?s dip:factuality ?f ; a ?k . FILTER NOT EXISTS { ?s a ?n . ?n rdfs:subClassOf+ ?k }",
    "by factuality": "?s dip:factuality ?k",
    "by status of claims": "?s a dip:Proposition ; dip:status ?k",
    "by precision of date": "?s dip:factuality ?f ; dip:datePrecision ?k",
    "by type of entity": "?s a dip:Entity ; a ?k . FILTER NOT EXISTS { ?s a ?n . ?n rdfs:subClassOf+ ?k } "
    "FILTER(STRSTARTS(STR(?k), STR(dip:)))",
}


def coverage(graph: Graph) -> dict[str, Any]:
    """Count what a graph holds; the counts of summaries and of attributed passages are told apart."""
    found = dict(graph.stats())
    for name, pattern in _COUNTS.items():
        text = f"SELECT ?k (COUNT(DISTINCT ?s) AS ?n) WHERE {{ {pattern} }} GROUP BY ?k ORDER BY DESC(?n) ?k"
        found[name] = {local_name(row["k"]): int(row["n"]) for row in query.rows(graph.store, text)}
    one = query.rows(
        graph.store,
        """SELECT (COUNT(DISTINCT ?p) AS ?passages) (COUNT(DISTINCT ?q) AS ?attributed)
      (MIN(?b) AS ?first) (MAX(?l) AS ?last) WHERE {
        { ?a prov:wasDerivedFrom ?p . ?p a dip:Passage } UNION { ?q dip:attributedTo ?who }
        UNION { ?e dip:factuality dip:Actual ; sem:hasEarliestBeginTimeStamp ?b }
        UNION { ?e dip:factuality dip:Actual ; sem:hasLatestEndTimeStamp ?l } }""",
    )[0]
    found["passages"] = {"cited": int(one["passages"]), "attributed to a speaker": int(one["attributed"])}
    found["span"] = {"first": one["first"], "last": one["last"]}
    return found


def text(found: dict[str, Any]) -> str:
    """Lay the counts out for a terminal."""
    lines = []
    for name, value in found.items():
        if isinstance(value, dict):
            lines.append(f"{name}\n" + table(("what", "count"), [[k, str(v)] for k, v in value.items()]))
        elif isinstance(value, list):
            lines.append(
                f"{name}\n" + table(tuple(value[0]) if value else (), [[str(v) for v in row.values()] for row in value])
            )
        else:
            lines.append(f"{name}  {value}\n")
    return "\n".join(lines)


def void(graph: Graph) -> str:
    """Describe the graph as a `void:Dataset` and `dcat:Dataset` in Turtle: sizes, vocabularies, sources, licence."""
    held = coverage(graph)
    void_, dcat, terms_ = PREFIXES["void"], PREFIXES["dcat"], PREFIXES["dcterms"]
    node = NamedNode(f"{BASE}dataset")
    triples = [
        _t(node, f"{RDF}type", NamedNode(f"{void_}Dataset")),
        _t(node, f"{RDF}type", NamedNode(f"{dcat}Dataset")),
        _t(node, f"{terms_}title", Literal("DiploKG: a knowledge graph of diplomatic relations", language="en")),
        _t(node, f"{terms_}license", NamedNode("https://creativecommons.org/licenses/by/4.0/")),
        _t(node, f"{terms_}identifier", Literal(held["digest"])),
        _t(node, f"{void_}triples", Literal(held["counts"]["quads"])),
        _t(node, f"{void_}entities", Literal(held["counts"]["entities"])),
        _t(node, f"{void_}uriSpace", Literal(f"{BASE}id/")),
        *(
            _t(node, f"{void_}vocabulary", NamedNode(iri))
            for iri in (DIP, PREFIXES["sem"], PREFIXES["prov"], PREFIXES["oa"], SCHEMA)
        ),
        *(_t(node, f"{terms_}source", NamedNode(f"{BASE}id/{each['id']}")) for each in held.get("sources", ())),
    ]
    for name, count in held["by class"].items():
        part = NamedNode(f"{BASE}dataset/class-{name}")
        triples += [
            _t(node, f"{void_}classPartition", part),
            _t(part, f"{void_}class", NamedNode(DIP + name)),
            _t(part, f"{void_}entities", Literal(str(count), datatype=NamedNode(f"{XSD}integer"))),
            _t(part, f"{RDFS}label", Literal(f"events of class {name}", language="en")),
        ]
    return turtle(triples)


def _t(subject: NamedNode, predicate: str, value: NamedNode | Literal) -> Triple:
    return Triple(subject, NamedNode(predicate), value)
