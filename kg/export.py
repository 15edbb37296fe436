"""A build in, files for other tools out: RDF in seven syntaxes, GraphML, GEXF with time, CSV.

RDF comes from the canonical N-Quads of the build, so literals keep the form that the dossiers gave them; network
formats come from the same records as the page. Every format keeps attribution, dates, status and evidence.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse, serialize

from kg import turtle
from kg.errors import UsageError, did_you_mean
from kg.jsonld import jsonld
from kg.records import EventRecord, Evidence, Picture
from kg.terms import DERIVED_GRAPH, PREFIXES, RDF, SCHEMA_GRAPH


@dataclass(frozen=True, slots=True)
class Selection:
    """Which graphs an RDF export holds besides the sources and registers."""

    derived: bool = True
    schema: bool = False


RDF_SUFFIXES = {
    "turtle": ".ttl",
    "trig": ".trig",
    "ntriples": ".nt",
    "nquads": ".nq",
    "jsonld": ".jsonld",
    "rdfxml": ".rdf",
    "turtle12": ".ttl12",
}
NETWORK_SUFFIXES = {"graphml": ".graphml", "gexf": ".gexf", "csv": ".csv"}
FORMATS = (*RDF_SUFFIXES, *NETWORK_SUFFIXES)


def format_of(name: str) -> str:
    """Infer the export format from a file name, or return an empty text.

    >>> format_of("graph.ttl"), format_of("graph.gexf")
    ('turtle', 'gexf')
    """
    suffixes = {**RDF_SUFFIXES, **NETWORK_SUFFIXES}
    return next((form for form, suffix in suffixes.items() if name.endswith(suffix)), "")


def checked(form: str) -> str:
    """Return a known format.

    Raises:
        UsageError: it is not one; the nearest is named.
    """
    if form not in FORMATS:
        raise UsageError(
            f"'{form}' is not an export format.",
            hint=did_you_mean(form, FORMATS) or f"Use one of: {', '.join(FORMATS)}.",
        )
    return form


def rdf(lines: Iterable[str], form: str, selection: Selection = Selection()) -> bytes:
    """Write canonical N-Quads lines in an RDF format: turtle, trig, ntriples, nquads, jsonld, rdfxml, turtle12."""
    quads = _selected(lines, selection)
    return _RDF_WRITERS[form](quads)


def _selected(lines: Iterable[str], selection: Selection) -> list[Quad]:
    left_out = {
        name for name, wanted in ((DERIVED_GRAPH, selection.derived), (SCHEMA_GRAPH, selection.schema)) if not wanted
    }
    kept = [line for line in lines if not line.endswith(tuple(f"<{graph}> .\n" for graph in left_out))]
    return list(parse("".join(kept).encode(), format=RdfFormat.N_QUADS, rename_blank_nodes=False))


def _triples(quads: list[Quad]) -> list[Triple]:
    return sorted({quad.triple for quad in quads}, key=str)


def _nquads(quads: list[Quad]) -> bytes:
    return "".join(sorted({f"{quad} .\n" for quad in quads})).encode()


def _ntriples(quads: list[Quad]) -> bytes:
    return "".join(f"{triple} .\n" for triple in _triples(quads)).encode()


def _jsonld(quads: list[Quad]) -> bytes:
    return jsonld(quads).encode()


def _rdfxml(quads: list[Quad]) -> bytes:
    return (serialize(_triples(quads), format=RdfFormat.RDF_XML, prefixes=PREFIXES) or b"") + b"\n"


def turtle12(quads: list[Quad]) -> bytes:
    """Write RDF 1.2 Turtle: a statement given in three parts becomes an `rdf:reifies` of one triple term.

    The reifier keeps its IRI, and the triple itself is not asserted by it.
    """
    parts = {name: NamedNode(RDF + name) for name in ("subject", "predicate", "object", "reifies", "Statement")}
    spoken: dict[Any, dict[str, Any]] = {}
    rest: set[Triple] = set()
    for triple in _triples(quads):
        name = next((n for n in ("subject", "predicate", "object") if triple.predicate == parts[n]), "")
        if name:
            spoken.setdefault(triple.subject, {})[name] = triple.object
        elif triple.object != parts["Statement"]:
            rest.add(triple)
    for node, found in spoken.items():
        rest.add(Triple(node, parts["reifies"], Triple(found["subject"], found["predicate"], found["object"])))
    return turtle.turtle(rest, version="1.2").encode()


_RDF_WRITERS: dict[str, Callable[[list[Quad]], bytes]] = {
    "turtle": lambda quads: turtle.turtle(_triples(quads)).encode(),
    "trig": lambda quads: turtle.trig(quads).encode(),
    "ntriples": _ntriples,
    "nquads": _nquads,
    "jsonld": _jsonld,
    "rdfxml": _rdfxml,
    "turtle12": turtle12,
}

CSV_COLUMNS = (
    "event",
    "label",
    "class",
    "factuality",
    "summary",
    "actors",
    "targets",
    "about",
    "date",
    "earliest",
    "latest",
    "precision",
    "basis",
    "plover",
    "cameo",
    "quad_class",
    "goldstein",
    "asserts",
    "denies",
    "claim_status",
    "speakers",
    "reporters",
    "passages",
)


def csv_events(picture: Picture) -> bytes:
    """Write one row for each event, with factuality, status of its claims, speakers, reporters and passages.

    Lists are joined by `|`; passages are `source#p<paragraph>:<start>-<end>`.
    """
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, CSV_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for event in sorted(picture.events.values(), key=lambda e: (e.earliest or e.latest or "9", e.id)):
        writer.writerow(_csv_row(event, picture))
    return out.getvalue().encode()


def _csv_row(event: EventRecord, picture: Picture) -> dict[str, object]:
    claims = (*event.asserts, *event.denies)
    return {
        "event": event.id,
        "label": event.label,
        "class": event.event_class,
        "factuality": event.factuality,
        "summary": str(event.summary).lower(),
        "actors": "|".join(event.actors),
        "targets": "|".join(event.targets),
        "about": "|".join(event.about),
        "date": event.edtf,
        "earliest": event.earliest,
        "latest": event.latest,
        "precision": event.precision,
        "basis": event.basis,
        "plover": event.plover,
        "cameo": event.cameo,
        "quad_class": event.quad_class or "",
        "goldstein": "" if event.goldstein is None else event.goldstein,
        "asserts": "|".join(event.asserts),
        "denies": "|".join(event.denies),
        "claim_status": "|".join(picture.claims[c].status for c in claims if c in picture.claims),
        "speakers": _joined(e.speaker for e in event.evidence),
        "reporters": _joined(e.reporter for e in event.evidence),
        "passages": _joined(place(e) for e in event.evidence),
    }


def _joined(values: Iterable[str]) -> str:
    return "|".join(dict.fromkeys(value for value in values if value))


def place(evidence: Evidence) -> str:
    """Name a passage as `source#p<paragraph>:<start>-<end>`."""
    return f"{evidence.source}#p{evidence.paragraph}:{evidence.start}-{evidence.end}"


def network(picture: Picture, form: str) -> bytes:
    """Write the network as GraphML or as dynamic GEXF, with every attribute on nodes and edges."""
    import networkx as nx

    from kg.network import graph

    drawn = graph(picture, dynamic=form == "gexf")
    out = io.BytesIO()
    if form == "graphml":
        nx.write_graphml_xml(drawn, out, named_key_ids=True)
        return out.getvalue()
    return _gexf(drawn)


def _gexf(drawn: Any) -> bytes:
    """Write GEXF 1.2 without the day of writing, which networkx puts in and which would change the bytes."""
    from networkx.readwrite.gexf import GEXFWriter

    writer = GEXFWriter(version="1.2draft")
    writer.add_graph(drawn)
    for meta in writer.xml.iter("meta"):
        meta.attrib.pop("lastmodifieddate", None)
        for creator in meta.iter("creator"):
            creator.text = "DiploKG"
    for element in writer.xml.iter("graph"):
        element.set("timeformat", "date")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + str(writer).encode() + b"\n"
