"""Media types of the SPARQL protocol, and which of them a client wants."""

from __future__ import annotations

from collections.abc import Mapping

ROWS: dict[str, str] = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
}
GRAPHS: dict[str, str] = {
    "text/turtle": "turtle",
    "application/n-triples": "ntriples",
    "application/ld+json": "jsonld",
    "application/trig": "trig",
    "application/rdf+xml": "rdfxml",
    "application/x-turtle": "turtle",
    "text/n3": "turtle",
    "application/json": "jsonld",
    "text/plain": "ntriples",
}
HTML = {"text/html": "html", "application/xhtml+xml": "html"}

TYPES: dict[str, str] = {form: kind for kind, form in reversed((*ROWS.items(), *GRAPHS.items()))}
"""The media type by which each format is sent."""
SUFFIXES = {"ttl": "turtle", "nt": "ntriples", "jsonld": "jsonld", "trig": "trig", "rdf": "rdfxml"}

NAMED: dict[str, tuple[str | None, str | None]] = {
    "json": ("json", "jsonld"), "xml": ("xml", "rdfxml"), "csv": ("csv", None), "tsv": ("tsv", None),
    "turtle": (None, "turtle"), "ttl": (None, "turtle"), "n3": (None, "turtle"), "ntriples": (None, "ntriples"),
    "nt": (None, "ntriples"), "jsonld": (None, "jsonld"), "json-ld": (None, "jsonld"), "trig": (None, "trig"),
    "rdfxml": (None, "rdfxml"), "rdf+xml": (None, "rdfxml"),
}  # fmt: skip
"""What the parameter `format` may say, for rows and for graphs; anything else leaves the choice to Accept."""


def wanted(accept: str, offers: Mapping[str, str]) -> str | None:
    """Choose the format that an Accept header wants most, the first offer among equals; None if it wants none.

    >>> wanted("text/html, application/xml;q=0.9, */*;q=0.1", ROWS)
    'xml'
    >>> wanted("", ROWS), wanted("*/*", GRAPHS), wanted("image/png", ROWS)
    ('json', 'turtle', None)
    """
    ranges = [_range(part) for part in accept.split(",") if part.strip()] or [("*/*", 1.0)]
    best, chosen = 0.0, None
    for kind, form in offers.items():
        weight = _weight(kind, ranges)
        if weight > best:
            best, chosen = weight, form
    return chosen


def _weight(kind: str, ranges: list[tuple[str, float]]) -> float:
    """The weight of the narrowest range that holds a media type."""
    for name in (kind, f"{kind.partition('/')[0]}/*", "*/*"):
        for each, weight in ranges:
            if each == name:
                return weight
    return 0.0


def _range(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                return name, min(max(float(value), 0.0), 1.0)
            except ValueError:
                return name, 0.0
    return name, 1.0
