"""Answers in, bytes out: the formats in which rows, truths and triples are handed on.

Tables and Markdown are for eyes and shorten IRIs to CURIEs; CSV, TSV, JSON and XML are the SPARQL 1.1 result formats.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
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
from kg.terms import PREFIXES, XSD, compact

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
    while count > 1 and width and _natural_width(answer.variables[:count], shown) > width:
        if not all(row[count - 1].startswith("id:") or not row[count - 1] for row in shown):
            break
        count -= 1
    return Rows(answer.variables[:count], iter(dict.fromkeys(row[:count] for row in rows)))


def _natural_width(header: Sequence[str], shown: Sequence[Sequence[str]]) -> int:
    sizes = [max([width_of(name), *(width_of(row[i]) for row in shown)]) for i, name in enumerate(header)]
    return sum(sizes) + 2 * (len(sizes) - 1)


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


def width_of(text: str) -> int:
    """Count the terminal cells of a text.

    >>> width_of("Bogotá"), width_of("習近平")
    (6, 6)
    """
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def table(header: Sequence[str], rows: Iterable[Sequence[str]], width: int = 0) -> str:
    """Lay rows out in aligned columns under a ruled header; cells that do not fit in `width` wrap.

    With a width it is meant for eyes: first cells that repeat the row above stay blank.

    >>> print(table(["who", "n"], [["Petro", "12"], ["Trump", "3"]]), end="")
    who    n
    ─────  ──
    Petro  12
    Trump   3
    """
    body = [[_clean(cell) for cell in row] for row in rows]
    numeric = [bool(body) and all(_is_number(row[i]) for row in body) for i in range(len(header))]
    sizes = [max([width_of(name), *(width_of(row[i]) for row in body)]) for i, name in enumerate(header)]
    if width:
        least = [_longest_word([name, *(row[i] for row in body)]) for i, name in enumerate(header)]
        sizes = _fitted(sizes, least, width - 2 * (len(sizes) - 1))
    lines = [_line(list(header), sizes, [False] * len(sizes)), "  ".join("─" * size for size in sizes)]
    above: Sequence[str] = ()
    for row in body:
        lines += _wrapped(_without_repeats(row, above) if width else row, sizes, numeric)
        above = row
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _without_repeats(row: Sequence[str], above: Sequence[str]) -> list[str]:
    """Leave blank the first cells that say what the row above says, so that groups are seen."""
    same = 0
    while same < len(row) - 1 and same < len(above) and row[same] == above[same]:
        same += 1
    return ["" if i < same else cell for i, cell in enumerate(row)]


def _clean(cell: str) -> str:
    """Keep terminal control characters of foreign data out of the terminal."""
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cf") and c != "\u200d" else c for c in cell)


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).removeprefix("-").isdigit()


def _fitted(sizes: list[int], least: list[int], room: int) -> list[int]:
    """Take from the widest column until all fit, but leave each its longest word where that is possible."""
    sizes = list(sizes)
    while sum(sizes) > room:
        spare = [size - floor for size, floor in zip(sizes, least, strict=True)]
        wide = [i for i, more in enumerate(spare) if more > 0] or [i for i, size in enumerate(sizes) if size > 8]
        if not wide:
            break
        sizes[max(wide, key=lambda i: sizes[i])] -= 1
    return sizes


def _longest_word(cells: Iterable[str]) -> int:
    return min(max((width_of(word) for cell in cells for word in cell.split()), default=1), 24)


def _wrapped(row: Sequence[str], sizes: Sequence[int], numeric: Sequence[bool]) -> Iterator[str]:
    columns = [_folded(cell, size) for cell, size in zip(row, sizes, strict=True)]
    for i in range(max(map(len, columns))):
        yield _line([column[i] if i < len(column) else "" for column in columns], sizes, numeric)


def _folded(cell: str, size: int) -> list[str]:
    lines = [""]
    for word in cell.split(" "):
        glue = " " if lines[-1] else ""
        if width_of(lines[-1] + glue + word) <= size:
            lines[-1] += glue + word
            continue
        if lines[-1]:
            lines.append("")
        while width_of(word) > size:
            lines[-1], word = word[:size], word[size:]
            lines.append("")
        lines[-1] = word
    return lines


def _line(cells: Sequence[str], sizes: Sequence[int], numeric: Sequence[bool]) -> str:
    padded = []
    for cell, size, right in zip(cells, sizes, numeric, strict=True):
        space = " " * (size - width_of(cell))
        padded.append(space + cell if right else cell + space)
    return "  ".join(padded)


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
    if isinstance(term, Literal) and term.datatype.value == f"{XSD}integer":
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
        return f"<{tag}{language}{datatype}>{escape(found['value'])}</{tag}>"

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
    return "".join([*out, "</results>\n</sparql>\n"]).encode()


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
