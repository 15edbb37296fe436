"""Answers in, bytes out: the formats in which rows, truths and triples are handed on.

Tables and Markdown are for eyes and shorten IRIs to CURIEs; CSV, TSV, JSON and XML are the SPARQL 1.1 result formats.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    serialize,
)

from kg.errors import UsageError, did_you_mean
from kg.store import Answer, Rows, Term
from kg.tables import natural_width, table
from kg.terms import PREFIXES, XSD, compact

_INTEGER = re.compile(r"[+-]?[0-9]+")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

ROW_FORMATS = ("table", "csv", "tsv", "json", "jsonl", "xml", "md")
GRAPH_FORMATS = ("turtle", "ntriples", "jsonld", "trig", "rdfxml")
_SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".srj": "json",
    ".jsonl": "jsonl",
    ".xml": "xml",
    ".srx": "xml",
    ".md": "md",
    ".txt": "table",
    ".ttl": "turtle",
    ".nt": "ntriples",
    ".jsonld": "jsonld",
    ".trig": "trig",
    ".rdf": "rdfxml",
}


def format_of(name: str) -> str:
    """Infer the format from a file name, or return an empty text.

    >>> format_of("answer.srj")
    'json'
    """
    return next((form for suffix, form in _SUFFIXES.items() if name.endswith(suffix)), "")


def write(answer: Answer, form: str, width: int = 0) -> bytes:
    """Write an answer in a format; `width` bounds the columns of a table (0: unbounded).

    Raises:
        UsageError: the format does not exist, or does not fit this kind of answer.
    """
    if isinstance(answer, bool):
        return _truth(answer, _checked(form, ROW_FORMATS))
    if isinstance(answer, Rows):
        return _rows(answer, _checked(form, ROW_FORMATS), width)
    return _graph(answer, _checked(form, GRAPH_FORMATS))


def for_eyes(answer: Rows, width: int) -> Rows:
    """Leave out the last columns while they hold nothing but ids of ours and the table is too wide (0: unbounded)."""
    rows = list(answer.rows)
    shown = [[show(term) for term in row] for row in rows]
    count = len(answer.variables)
    while count > 1 and width and natural_width(answer.variables[:count], shown) > width:
        if not all(row[count - 1].startswith("id:") or not row[count - 1] for row in shown):
            break
        count -= 1
    if count == len(answer.variables):
        return Rows(answer.variables, iter(rows))
    return Rows(answer.variables[:count], iter(dict.fromkeys(row[:count] for row in rows)))


def _checked(form: str, known: Sequence[str]) -> str:
    if form not in known:
        kind = "rows" if known is ROW_FORMATS else "a graph"
        raise UsageError(
            f"'{form}' is not a format for {kind}.",
            hint=did_you_mean(form, known) or f"Use one of: {', '.join(known)}.",
        )
    return form


def _truth(value: bool, form: str) -> bytes:
    word = "true" if value else "false"
    if form == "json":
        return (json.dumps({"head": {}, "boolean": value}) + "\n").encode()
    if form == "xml":
        return (
            '<?xml version="1.0"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">'
            f"<head></head><boolean>{word}</boolean></sparql>\n"
        ).encode()
    return f"{word}\n".encode()


def _rows(answer: Rows, form: str, width: int) -> bytes:
    match form:
        case "table":
            return table(answer.variables, ([show(t) for t in row] for row in answer.rows), width).encode()
        case "md":
            return _markdown(answer).encode()
        case "csv":
            return _csv(answer)
        case "tsv":
            return _tsv(answer)
        case "jsonl":
            return b"".join(_json_line(answer.variables, row) for row in answer.rows)
        case "json":
            return _json(answer)
        case _:
            return _xml(answer)


def show(term: Term | None) -> str:
    """Show a term to people: CURIEs for IRIs, the bare text for literals."""
    if term is None:
        return ""
    if isinstance(term, NamedNode):
        return compact(term.value)
    if isinstance(term, Literal):
        return term.value
    return str(term)


def _markdown(answer: Rows) -> str:
    def line(cells: Iterable[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"

    head = line(answer.variables) + line("---" for _ in answer.variables)
    return head + "".join(line(show(term) for term in row) for row in answer.rows)


def _csv(answer: Rows) -> bytes:
    import csv
    import io

    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(answer.variables)
    writer.writerows(["" if t is None else getattr(t, "value", str(t)) for t in row] for row in answer.rows)
    return out.getvalue().encode()


def _tsv(answer: Rows) -> bytes:
    head = "\t".join(f"?{name}" for name in answer.variables)
    body = ("\t".join(tsv_term(term) for term in row) for row in answer.rows)
    return "".join(f"{line}\n" for line in chain([head], body)).encode()


def tsv_term(term: Term | None) -> str:
    """Write one term as the SPARQL 1.1 TSV results do; an unbound one is empty."""
    if isinstance(term, Literal) and term.datatype.value == f"{XSD}integer" and _INTEGER.fullmatch(term.value):
        return term.value
    return "" if term is None else str(term).replace("\t", "\\t")


def _json_line(variables: Sequence[str], row: tuple[Term | None, ...]) -> bytes:
    values = {name: show(term) for name, term in zip(variables, row, strict=True) if term is not None}
    return (json.dumps(values, ensure_ascii=False) + "\n").encode()


def _json(answer: Rows) -> bytes:
    bindings = [
        {name: json_term(term) for name, term in zip(answer.variables, row, strict=True) if term is not None}
        for row in answer.rows
    ]
    whole = {"head": {"vars": list(answer.variables)}, "results": {"bindings": bindings}}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def json_term(term: Term) -> dict[str, Any]:
    """Write one term as the SPARQL 1.1 JSON results do."""
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, Triple):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return {"type": "triple", "value": {name: json_term(part) for name, part in parts.items()}}
    found: dict[str, Any] = {"type": "literal", "value": term.value}
    if term.language:
        return {**found, "xml:lang": term.language}
    return found if term.datatype.value == f"{XSD}string" else {**found, "datatype": term.datatype.value}


def _xml(answer: Rows) -> bytes:
    from xml.sax.saxutils import escape, quoteattr

    def element(term: Term) -> str:
        found = json_term(term)
        if found["type"] == "triple":
            parts = "".join(f"<{k}>{element(getattr(term, k))}</{k}>" for k in ("subject", "predicate", "object"))
            return f"<triple>{parts}</triple>"
        tag = {"uri": "uri", "bnode": "bnode"}.get(found["type"], "literal")
        language = f" xml:lang={quoteattr(found['xml:lang'])}" if "xml:lang" in found else ""
        datatype = f" datatype={quoteattr(found['datatype'])}" if "datatype" in found else ""
        return f"<{tag}{language}{datatype}>{_kept(escape(found['value']))}</{tag}>"

    out = ['<?xml version="1.0"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">\n<head>']
    out += [f"<variable name={quoteattr(name)}/>" for name in answer.variables]
    out.append("</head>\n<results>\n")
    for row in answer.rows:
        cells = (
            f"<binding name={quoteattr(n)}>{element(t)}</binding>"
            for n, t in zip(answer.variables, row, strict=True)
            if t is not None
        )
        out.append(f"<result>{''.join(cells)}</result>\n")
    return _legal("".join([*out, "</results>\n</sparql>\n"])).encode()


def _kept(text: str) -> str:
    """Write the white space that XML readers trim or change as character references."""
    return re.sub(r"^\s+|\s+$|\r", lambda found: "".join(f"&#{ord(c)};" for c in found[0]), text)


def _legal(xml: str) -> str:
    if foreign := _NOT_XML.search(xml):
        raise UsageError(f"XML has no place for the character U+{ord(foreign[0]):04X}.", hint="Use json.")
    return xml


def _graph(triples: Iterable[Triple], form: str) -> bytes:
    ordered = sorted(set(triples), key=str)
    if form == "ntriples":
        return "".join(f"{triple} .\n" for triple in ordered).encode()
    if form == "turtle":
        from kg.turtle import turtle

        return turtle(ordered).encode()
    if form == "rdfxml":
        return (serialize(ordered, format=RdfFormat.RDF_XML, prefixes=PREFIXES) or b"") + b"\n"
    quads = (Quad(t.subject, t.predicate, t.object) for t in ordered)
    if form == "trig":
        from kg.turtle import trig

        return trig(quads).encode()
    from kg.jsonld import jsonld

    return jsonld(quads).encode()
