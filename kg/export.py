"""A build in, files for other tools out: RDF in seven syntaxes, GraphML, GEXF with time, CSV.

RDF comes from the canonical N-Quads of the build, so literals keep the form that the dossiers gave them; network
formats come from the same records as the page. Every format keeps attribution, dates, status and evidence.
"""

from __future__ import annotations

import csv
import io
import re
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
ENTITY_SUFFIXES = {"ftm": ".ftm.json"}
FORMATS = (*RDF_SUFFIXES, *NETWORK_SUFFIXES, *ENTITY_SUFFIXES)


def format_of(name: str) -> str:
    """Infer the export format from a file name, or return an empty text.

    >>> format_of("graph.ttl"), format_of("graph.gexf")
    ('turtle', 'gexf')
    """
    suffixes = {**RDF_SUFFIXES, **NETWORK_SUFFIXES, **ENTITY_SUFFIXES}
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
    return list(parse("".join(kept).encode(), format=RdfFormat.N_QUADS))


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
    spoken: dict[Any, dict[str, Any]] = {}
    rest: set[Triple] = set()
    for triple in _triples(quads):
        name = triple.predicate.value.removeprefix(RDF)
        if name in ("subject", "predicate", "object"):
            spoken.setdefault(triple.subject, {})[name] = triple.object
        elif name != "type" or triple.object != _STATEMENT:
            rest.add(triple)
    for node, said in spoken.items():
        rest.add(Triple(node, _REIFIES, Triple(said["subject"], said["predicate"], said["object"])))
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

_STATEMENT = NamedNode(f"{RDF}Statement")
_REIFIES = NamedNode(f"{RDF}reifies")

_FORMULA = re.compile(r"[=@]|[+-](?![\d.]+\Z)")

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

    Lists are joined by `|`; passages are `source#p<paragraph>:<start>-<end>`. A text that a spreadsheet would run as a
    formula gets an apostrophe in front; numbers and dates stay as they are.
    """
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, CSV_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for event in sorted(picture.events.values(), key=lambda e: (e.earliest or e.latest or "9", e.id)):
        writer.writerow({name: _harmless(value) for name, value in _csv_row(event, picture).items()})
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


def _harmless(cell: object) -> object:
    """Keep a text on one line, and keep a spreadsheet from running it as a formula.

    >>> _harmless("=1+1"), _harmless("-7.0"), _harmless("-0044")
    ("'=1+1", '-7.0', '-0044')
    """
    if not isinstance(cell, str):
        return cell
    text = " ".join(cell.split())
    return f"'{text}" if _FORMULA.match(text) else text


def _joined(values: Iterable[str]) -> str:
    return "|".join(dict.fromkeys(value for value in values if value))


def place(evidence: Evidence) -> str:
    """Name a passage as `source#p<paragraph>:<start>-<end>`."""
    return f"{evidence.source}#p{evidence.paragraph}:{evidence.start}-{evidence.end}"


def network(picture: Picture, form: str) -> bytes:
    """Write the network as GraphML or as dynamic GEXF, with every attribute on nodes and edges."""
    from kg.network import graph

    if form == "gexf":
        from kg.gexf import gexf

        return gexf(graph(picture, dynamic=True))
    import networkx as nx

    out = io.BytesIO()
    nx.write_graphml_xml(graph(picture), out)
    return out.getvalue()
