"""A brief in, a zip out: its triples, the places and hashes of its passages, its queries with their results, versions.

What is in it: `brief.md` and `brief.html`, `graph.nq` (lines of the build) and `graph.ttl` (the same without graph
names and vocabulary), `passages.csv`, `sources.csv`, `queries/*.rq` and `results/*.srj`, `about.json`,
`ro-crate-metadata.json`, and `manifest-sha256.txt`, whose own hash is the fingerprint of the bundle.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from kg import results
from kg.bundle import archive, crate, triples
from kg.export import rdf
from kg.report import documents
from kg.report.brief import Brief, Query, brief
from kg.store import Embedded, Rows, Store
from kg.terms import ID, PREFIXES

if TYPE_CHECKING:
    from kg.graph import Graph

FORMAT = "diplokg-evidence/1"
MANIFEST = "manifest-sha256.txt"
PASSAGES = ("source", "paragraph", "start", "end", "sha256", "speaker")
SOURCES = ("id", "title", "publisher", "published", "file", "sha256", "address")
PASSAGES_SPARQL = """SELECT DISTINCT ?source ?paragraph ?start ?end ?sha256 ?speaker WHERE {
  ?attestation prov:wasDerivedFrom ?passage .
  ?passage oa:hasSource ?source ; dip:paragraph ?paragraph ; dip:sha256 ?sha256 ; oa:hasSelector ?place .
  ?place oa:start ?start ; oa:end ?end . OPTIONAL { ?attestation dip:attributedTo ?speaker }
} ORDER BY ?source ?start ?end ?speaker"""
SOURCES_SPARQL = """SELECT DISTINCT ?id ?title ?publisher ?published ?file ?sha256 ?address WHERE {
  ?id a dip:Source ; rdfs:label ?title ; dip:sha256 ?sha256 .
  OPTIONAL { ?id schema:publisher ?by . ?by rdfs:label ?publisher . FILTER(LANG(?publisher) = "en") }
  OPTIONAL { ?id dip:edtf ?published } OPTIONAL { ?id dip:fileName ?file } OPTIONAL { ?id schema:url ?address }
} ORDER BY ?id"""
_README = """# Evidence for a brief on {title}

`brief.md` says what the triples in `graph.nq` say; each query in `queries/` gives, over these triples, the rows in
`results/`. `passages.csv` names every passage by source, paragraph, half-open span of code points and SHA-256 of its
UTF-8 text; no sentence of a source is in this bundle.

To check it without DiploKG: `sha256sum -c manifest-sha256.txt`, load `graph.nq` into any RDF store, and run the queries
with all graphs as the default graph. With DiploKG: `kg verify FILE.zip`, and with the articles at hand
`kg verify FILE.zip --sources FOLDER`.

It tells what sources say. It is a research tool, not compliance screening. Data: CC BY 4.0; the sources belong to their
publishers.
"""


def bundle(
    graph: Graph,
    one: str,
    other: str = "",
    *,
    as_of: date | None = None,
    known_at: date | None = None,
    according_to: str = "",
    level: str | None = None,
) -> bytes:
    """Make the evidence bundle of a brief on an actor or a pair; the same graph gives the same files.

    A brief as known on a day, or according to somebody, tells part of what its queries find; the triples hold it all.

    Raises:
        NotFound, Ambiguous, UsageError: see `kg.report.brief.brief`.
    """
    made = brief(graph, one, other, as_of=as_of, known_at=known_at, according_to=according_to, level=level)
    lines = triples.part(graph.lines(), made, _found(graph.store, made) if known_at or according_to else ())
    store = Embedded.in_memory(lines)
    files = {
        "README.md": _README.format(title=made.title).encode(),
        "brief.md": documents.markdown(made).encode(),
        "brief.html": documents.html(_without_plot(made)).encode(),
        "graph.nq": "".join(lines).encode(),
        "graph.ttl": rdf(lines, "turtle"),
        "passages.csv": table(store, PASSAGES_SPARQL, PASSAGES),
        "sources.csv": table(store, SOURCES_SPARQL, SOURCES),
        "about.json": _about(made, lines),
    }
    for each in made.queries:
        files[f"queries/{each.name}.rq"] = _declared(each.text).encode()
        files[f"results/{each.name}.srj"] = _rows(store, graph.store, each)
    files[crate.METADATA] = crate.metadata(made, files, _names(made.queries))
    files[MANIFEST] = manifest(files)
    return archive.write(files)


def _found(store: Store, made: Brief) -> set[str]:
    """Every node of ours in the rows of a brief's queries, which tell more than the brief may."""
    found: set[str] = set()
    for each in made.queries:
        rows = store.query(each.text)
        assert isinstance(rows, Rows)
        found |= {str(term) for row in rows.rows for term in row if str(term).startswith(f"<{ID}")}
    return found


def _declared(text: str) -> str:
    """Put the prefixes in front that a query uses, so that any engine runs it."""
    used = (name for name in sorted(PREFIXES) if re.search(rf"(?<![\w:]){name}:", text))
    return "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in used) + text


def manifest(files: Mapping[str, bytes]) -> bytes:
    """The hash of every other file, in the form that `sha256sum -c` reads."""
    rows = (f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()) if name != MANIFEST)
    return "".join(rows).encode()


def answer(store: Store, text: str) -> bytes:
    """The rows of a query as SPARQL 1.1 JSON."""
    found = store.query(text)
    assert isinstance(found, Rows)
    return results.write(found, "json")


def table(store: Store, text: str, columns: Sequence[str]) -> bytes:
    """The rows of a query as CSV, ids of ours shortened."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    found = store.query(text)
    assert isinstance(found, Rows)
    writer.writerows([_harmless(results.show(term)) for term in row] for row in found.rows)
    return out.getvalue().encode()


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from taking text of the data for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _rows(store: Store, whole: Store, each: Query) -> bytes:
    """The rows over the bundle's triples, which must be those over the whole graph."""
    found = answer(store, each.text)
    if json.loads(found) != json.loads(answer(whole, each.text)):
        raise RuntimeError(f"the triples of the bundle give other rows for {each.name} than the whole graph")
    return found


def _without_plot(made: Brief) -> Brief:
    """The plot's bytes depend on the library that draws it; its numbers stand in the table beside it."""
    note = "The plot is not part of a bundle; its numbers stand in the table." if made.plot else made.plot_note
    return replace(made, plot="", plot_note=note)


def _about(made: Brief, lines: Iterable[str]) -> bytes:
    told: dict[str, Any] = {
        "format": FORMAT,
        "subject": [f"id:{each.id}" for each in (made.one, made.other) if each],
        "title": made.title,
        "day": made.day,
        "asked": made.asked,
        **{name: asked for name in ("known_at", "according_to") if (asked := getattr(made, name))},
        "level": made.story.level if made.story else "person",
        "build": made.digest,
        "versions": {"diplokg": made.version, "pyoxigraph": version("pyoxigraph")},
        "counts": {
            "quads": sum(1 for _ in lines),
            "events": len(made.events),
            "claims": len(made.told_claims),
            "states": len(made.states),
            "edges": len(made.edges),
            "passages": len(made.evidence),
            "sources": len(made.documents),
        },
        "queries": [{"name": each.name, "title": each.title, "rows": each.rows} for each in made.queries],
    }
    return (json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _names(queries: Iterable[Query]) -> dict[str, str]:
    told = {
        "README.md": "How to check this bundle",
        "brief.md": "The brief, as Markdown",
        "brief.html": "The brief, as a page that works offline",
        "graph.nq": "The triples the brief rests on, with their graphs",
        "graph.ttl": "The same triples as Turtle, without the vocabulary",
        "passages.csv": "Places and hashes of the passages",
        "sources.csv": "The sources and the hashes of their files",
        "about.json": "Subject, day, versions and counts",
    }
    for each in queries:
        told[f"queries/{each.name}.rq"] = f"Query: {each.title}"
        told[f"results/{each.name}.srj"] = f"Rows: {each.title}"
    return told


__all__ = ["FORMAT", "MANIFEST", "PASSAGES", "PASSAGES_SPARQL", "SOURCES", "SOURCES_SPARQL", "answer", "bundle",
           "manifest", "table"]  # fmt: skip
