"""Names: the prefixes of the contract, and the few ways an IRI of ours is made.

Every node that DiploKG builds has an IRI, either the curator's key or a hash of its content; there are no blank nodes.
"""

from __future__ import annotations

import hashlib
import json
import re

BASE = "https://w3id.org/diplokg/"
DIP = f"{BASE}ns#"
REL = f"{BASE}rel#"
ID = f"{BASE}id/"
PLOVER = f"{BASE}plover#"
GRAPH = f"{BASE}graph/"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SEM = "http://semanticweb.cs.vu.nl/2009/11/sem/"
SCHEMA = "https://schema.org/"
PROV = "http://www.w3.org/ns/prov#"
OA = "http://www.w3.org/ns/oa#"
ORG = "http://www.w3.org/ns/org#"
EDTF = "http://id.loc.gov/datatypes/edtf/"
WD = "http://www.wikidata.org/entity/"

PREFIXES: dict[str, str] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "dip": DIP,
    "edtf": EDTF,
    "foaf": "http://xmlns.com/foaf/0.1/",
    "ftm": "https://schema.followthemoney.tech/#",
    "graph": GRAPH,
    "id": ID,
    "oa": OA,
    "org": ORG,
    "owl": OWL,
    "plover": PLOVER,
    "prov": PROV,
    "rdf": RDF,
    "rdfs": RDFS,
    "rel": REL,
    "schema": SCHEMA,
    "sem": SEM,
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": SKOS,
    "void": "http://rdfs.org/ns/void#",
    "wd": WD,
    "xsd": XSD,
}

SCHEMA_GRAPH = f"{GRAPH}schema"
ENTITIES_GRAPH = f"{GRAPH}entities"
DERIVED_GRAPH = f"{GRAPH}derived"

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?\Z")


def document_graph(source: str) -> str:
    """Name the graph that holds one source document.

    >>> document_graph("cnn-2026-02-us-colombia-feud")
    'https://w3id.org/diplokg/graph/doc/cnn-2026-02-us-colombia-feud'
    """
    return f"{GRAPH}doc/{source}"


def minted(kind: str, *parts: object) -> str:
    """Make a local name from content: the same parts give the same name in every run.

    >>> minted("edge", "us-treasury", "sanctioned", "gustavo-petro")
    'edge-588e3c61e9ec5531'
    """
    text = json.dumps([str(part) for part in parts], ensure_ascii=False)
    return f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def compact(iri: str) -> str:
    """Shorten an IRI by the standard prefixes, or leave it in angle brackets.

    >>> compact("https://w3id.org/diplokg/id/gustavo-petro")
    'id:gustavo-petro'
    >>> compact("https://example.org/a b")
    '<https://example.org/a b>'
    """
    best = max((p for p in PREFIXES.values() if iri.startswith(p)), key=len, default="")
    local = iri[len(best) :]
    if not best or not _LOCAL.match(local):
        return f"<{iri}>"
    return f"{_BY_IRI[best]}:{local}"


def expand(name: str) -> str | None:
    """Give the IRI of a CURIE with a standard prefix, of `<iri>` or of a full IRI; None for anything else.

    >>> expand("rel:sanctioned")
    'https://w3id.org/diplokg/rel#sanctioned'
    >>> expand("petro") is None
    True
    """
    if name.startswith("<") and name.endswith(">"):
        return name[1:-1]
    if re.match(r"(?:https?|urn):", name):
        return name
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else None


def local_name(iri: str) -> str:
    """Cut an IRI of ours down to what people type.

    >>> local_name("https://w3id.org/diplokg/id/gustavo-petro")
    'gustavo-petro'
    """
    return re.split(r"[#/]", iri)[-1]


_BY_IRI = {iri: prefix for prefix, iri in PREFIXES.items()}
