"""What is in a bundle, as RO-Crate 1.1 metadata (https://w3id.org/ro/crate/1.1): JSON-LD that other tools read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from kg.report import words
from kg.report.brief import Brief
from kg.report.telling import LICENCE, Telling

METADATA = "ro-crate-metadata.json"
PROFILE = "https://w3id.org/ro/crate/1.1"
_FORMATS = {
    ".nq": ("application/n-quads", "https://www.w3.org/TR/n-quads/"),
    ".ttl": ("text/turtle", "https://www.w3.org/TR/turtle/"),
    ".rq": ("application/sparql-query", "https://www.w3.org/TR/sparql11-query/"),
    ".json": ("application/json", ""),
    ".srj": ("application/sparql-results+json", "https://www.w3.org/TR/sparql11-results-json/"),
    ".csv": ("text/csv", ""),
    ".md": ("text/markdown", ""),
    ".html": ("text/html", ""),
    ".txt": ("text/plain", ""),
}


def metadata(brief: Brief, files: Mapping[str, bytes], names: Mapping[str, str]) -> bytes:
    """Describe the files of a bundle; `names` says what each one is."""
    told = Telling(brief)
    sources = [
        _plain(
            {
                "@id": f"#{node}",
                "@type": "CreativeWork",
                "name": document.title,
                "publisher": {"@id": f"#publisher-{node}"} if document.publisher else None,
                "datePublished": document.published.partition("/")[0].rstrip("~?%") or None,
                "url": document.address or None,
                "conditionsOfAccess": document.access or None,
            }
        )
        for node, document in brief.documents.items()
    ]
    publishers = [
        {"@id": f"#publisher-{node}", "@type": "Organization", "name": document.publisher}
        for node, document in brief.documents.items()
        if document.publisher
    ]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"Evidence for a brief on {brief.title}",
        "description": f"What a brief on {brief.title} rests on, {told.as_of}: triples, places and hashes of passages, "
        "queries and their results. No sentence of a source is in it.",
        "datePublished": brief.day,
        "license": {"@id": LICENCE},
        "author": {"@id": "#diplokg-contributors"},
        "identifier": f"sha256:{brief.digest}",
        "version": brief.version,
        "hasPart": [{"@id": name} for name in sorted(files)],
        "citation": [{"@id": source["@id"]} for source in sources],
        "mentions": {"@id": "#made"},
    }
    graph: list[dict[str, Any]] = [
        {
            "@id": METADATA,
            "@type": "CreativeWork",
            "conformsTo": {"@id": PROFILE},
            "about": {"@id": "./"},
        },
        root,
        {"@id": LICENCE, "@type": "CreativeWork", "name": "Creative Commons Attribution 4.0 International"},
        {"@id": "#diplokg-contributors", "@type": "Organization", "name": "The DiploKG contributors"},
        {"@id": "#diplokg", "@type": "SoftwareApplication", "name": "DiploKG", "softwareVersion": brief.version},
        {
            "@id": "#made",
            "@type": "CreateAction",
            "name": f"kg bundle {brief.one.id}{f' {brief.other.id}' if brief.other else ''}",
            "instrument": {"@id": "#diplokg"},
            "object": [{"@id": source["@id"]} for source in sources],
            "result": {"@id": "./"},
        },
        *sources,
        *publishers,
        *(_file(name, data, names.get(name, words.listed([name]))) for name, data in sorted(files.items())),
    ]
    whole = {"@context": f"{PROFILE}/context", "@graph": graph}
    return (json.dumps(whole, ensure_ascii=False, indent=2) + "\n").encode()


def _file(name: str, data: bytes, title: str) -> dict[str, Any]:
    kind, standard = next((found for suffix, found in _FORMATS.items() if name.endswith(suffix)), ("", ""))
    return _plain(
        {
            "@id": name,
            "@type": "File",
            "name": title,
            "encodingFormat": kind or None,
            "conformsTo": {"@id": standard} if standard else None,
            "contentSize": str(len(data)),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
    )


def _plain(entity: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entity.items() if value is not None}


__all__ = ["METADATA", "PROFILE", "metadata"]
