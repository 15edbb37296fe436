"""What a graph holds, counted: by class, factuality, status and month; and as a VoID and DCAT description."""

from __future__ import annotations

from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from kg import query
from kg.graph import Graph
from kg.lines import Piece, flow, padded, width_of
from kg.terms import BASE, DIP, PREFIXES, RDF, RDFS, SCHEMA, XSD, local_name
from kg.turtle import turtle

_COUNTS = {
    "by class": "?s dip:factuality ?f ; a ?k . FILTER NOT EXISTS { ?s a ?n . ?n rdfs:subClassOf ?k }",
    "by factuality": "?s dip:factuality ?k",
    "by status of claims": "?s a dip:Proposition ; dip:status ?k",
    "by precision of date": "?s dip:factuality ?f ; dip:datePrecision ?k",
    "by type of entity": "?s a dip:Entity ; a ?k . FILTER NOT EXISTS { ?s a ?n . ?n rdfs:subClassOf ?k } "
    "FILTER(STRSTARTS(STR(?k), STR(dip:)))",
}
_BY_MONTH = """SELECT ?k (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s dip:factuality dip:Actual ;
  sem:hasEarliestBeginTimeStamp ?first ; sem:hasLatestEndTimeStamp ?last . FILTER NOT EXISTS { ?s dip:aggregate true }
  BIND(SUBSTR(STR(?first), 1, 7) AS ?k) FILTER(SUBSTR(STR(?last), 1, 7) = ?k) } GROUP BY ?k ORDER BY ?k"""
_PASSAGES = {
    "cited": "?n a dip:Passage",
    "attributed to a speaker": "?s dip:attributedTo ?who ; prov:wasDerivedFrom ?n",
}
_SPAN = {
    "first": ("MIN(?day)", "?e dip:factuality dip:Actual ; sem:hasEarliestBeginTimeStamp ?day"),
    "last": ("MAX(?day)", "?e dip:factuality dip:Actual ; sem:hasLatestEndTimeStamp ?day"),
}


def coverage(graph: Graph) -> dict[str, Any]:
    """Count what a graph holds; the counts of summaries and of attributed passages are told apart."""
    found = dict(graph.stats())
    for name, pattern in _COUNTS.items():
        text = f"SELECT ?k (COUNT(DISTINCT ?s) AS ?n) WHERE {{ {pattern} }} GROUP BY ?k ORDER BY DESC(?n) ?k"
        found[name] = {local_name(row["k"]): int(row["n"]) for row in query.rows(graph.store, text)}
    found["actual events by month, where one is known"] = {
        row["k"]: int(row["n"]) for row in query.rows(graph.store, _BY_MONTH)
    }
    found["passages"] = {name: int(_one(graph, pattern, "COUNT(DISTINCT ?n)")) for name, pattern in _PASSAGES.items()}
    found["span"] = {name: _one(graph, pattern, how) for name, (how, pattern) in _SPAN.items()}
    return found


def _one(graph: Graph, pattern: str, how: str) -> str:
    return query.rows(graph.store, f"SELECT ({how} AS ?value) WHERE {{ {pattern} }}")[0]["value"]


def text(found: dict[str, Any], width: int = 100) -> str:
    """Lay the counts out for a terminal."""
    lines = [*flow("", [f"DiploKG {found.get('diplokg', '')} · digest", str(found["digest"])], width)]
    for source in found.get("sources", ()):
        lines += ["", *flow("", [Piece(source["title"], "bold")], width)]
        lines += flow(
            "  ", [f"{source['publisher']}, {source['published']}", Piece(f"id:{source['id']}", "dim")], width
        )
        lines += flow("  ", [Piece(f"SHA-256 {source['sha256']}", "dim")], width)
    for name, counts in found.items():
        if isinstance(counts, dict) and counts:
            lines += ["", *flow("", [Piece(name, "bold")], width), *_counted(counts)]
    return "\n".join(lines) + "\n"


def _counted(counts: dict[str, Any]) -> list[str]:
    size = max(width_of(name) for name in counts)
    digits = max(len(str(value)) for value in counts.values())
    return [f"  {padded(name, size)}  {value!s:>{digits}}" for name, value in counts.items()]


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
