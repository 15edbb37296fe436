"""Answers in, pieces of bytes out: the formats of the SPARQL protocol, cut at a number of rows, and saying so.

A cut answer says so inside it wherever its format has a place for that: a member of JSON, a comment in XML and in RDF.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Generator, Iterator
from itertools import islice
from typing import Any

from kg.results import json_term, tsv_term, write
from kg.store import Answer, Rows, Term

Row = tuple[Term | None, ...]
Pieces = Generator[bytes, None, bool]
_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"})
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def kind(answer: Answer) -> str:
    """Tell whether an answer holds rows, a truth or a graph."""
    if isinstance(answer, bool):
        return "truth"
    return "rows" if isinstance(answer, Rows) else "graph"


def pieces(answer: Answer, form: str, limit: int) -> Pieces:
    """Write an answer piece by piece; the value of the finished generator tells whether rows were left out."""
    if isinstance(answer, bool):
        yield write(answer, form)
        return False
    if isinstance(answer, Rows):
        return (yield from _WRITERS[form](answer, limit))
    found = list(islice(answer, limit + 1))
    yield write(iter(found[:limit]), form)
    cut = len(found) > limit
    if cut and form not in ("jsonld", "rdfxml"):
        yield f"# {note(limit)}\n".encode()
    return cut


def note(limit: int) -> str:
    """Say to people that an answer was cut."""
    return f"Cut after {limit:,} rows; there are more. Add LIMIT and OFFSET, or ask for less."


class _Cut:
    """Passes on so many rows, and knows afterwards whether there were more."""

    def __init__(self, rows: Iterator[Row], limit: int) -> None:
        self._rows, self._limit = rows, limit
        self.cut = False

    def __iter__(self) -> Iterator[Row]:
        yield from islice(self._rows, self._limit)
        self.cut = next(self._rows, None) is not None


def _json(answer: Rows, limit: int) -> Pieces:
    rows, comma = _Cut(answer.rows, limit), ""
    yield f'{{"head":{{"vars":{json.dumps(answer.variables)}}},"results":{{"bindings":['.encode()
    for row in rows:
        cells = {name: json_term(term) for name, term in zip(answer.variables, row, strict=True) if term is not None}
        yield f"{comma}\n{json.dumps(cells, ensure_ascii=False, separators=(',', ':'))}".encode()
        comma = ","
    yield f"\n]}}{_json_note(limit) if rows.cut else ''}}}\n".encode()
    return rows.cut


def _json_note(limit: int) -> str:
    return f',"cut":{{"rows":{limit},"message":{json.dumps(note(limit))}}}'


def _xml(answer: Rows, limit: int) -> Pieces:
    rows = _Cut(answer.rows, limit)
    names = "".join(f'<variable name="{name}"/>' for name in answer.variables)
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">\n'
        f"<head>{names}</head>\n<results>\n"
    ).encode()
    for row in rows:
        cells = (
            f'<binding name="{name}">{_element(json_term(term))}</binding>'
            for name, term in zip(answer.variables, row, strict=True)
            if term is not None
        )
        yield f"<result>{''.join(cells)}</result>\n".encode()
    yield f"</results>\n{f'<!-- {note(limit)} -->' if rows.cut else ''}</sparql>\n".encode()
    return rows.cut


def _element(term: dict[str, Any]) -> str:
    if term["type"] == "triple":
        parts = "".join(f"<{name}>{_element(part)}</{name}>" for name, part in term["value"].items())
        return f"<triple>{parts}</triple>"
    language = f' xml:lang="{term["xml:lang"]}"' if "xml:lang" in term else ""
    datatype = f' datatype="{_text(term["datatype"])}"' if "datatype" in term else ""
    text = _text(term["value"])
    return f"<{term['type']}{language}{datatype}>{text}</{term['type']}>"


def _text(value: str) -> str:
    """Escape a text for XML; characters that XML cannot hold become U+FFFD."""
    return _NO_XML.sub("\ufffd", value).translate(_XML)


def _csv(answer: Rows, limit: int) -> Pieces:
    out = io.StringIO(newline="")
    line = csv.writer(out, lineterminator="\r\n")
    line.writerow(answer.variables)
    rows = _Cut(answer.rows, limit)
    for row in rows:
        line.writerow(["" if term is None else _bare(term) for term in row])
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()
    yield out.getvalue().encode()
    return rows.cut


def _bare(term: Term) -> str:
    found = json_term(term)
    if found["type"] == "bnode":
        return f"_:{found['value']}"
    return found["value"] if found["type"] != "triple" else str(term)


def _tsv(answer: Rows, limit: int) -> Pieces:
    rows = _Cut(answer.rows, limit)
    yield ("\t".join(f"?{name}" for name in answer.variables) + "\n").encode()
    for row in rows:
        yield ("\t".join(map(tsv_term, row)) + "\n").encode()
    return rows.cut


_WRITERS: dict[str, Callable[[Rows, int], Pieces]] = {"json": _json, "xml": _xml, "csv": _csv, "tsv": _tsv}
