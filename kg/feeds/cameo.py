"""Code lists in, an account out: each row is held against the code table, and each difference is told.

Two lists are read: CAMEO codes with scores (CSV with columns `code`, `name` and `goldstein`), and the PLOVER crosswalk
(lines of `CODE: CATEGORY, mode, context # name`). Nothing of them goes into a build: the table is part of the
vocabulary, and a row that differs from it is a row that is not taken.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator

from kg.feeds import codes
from kg.feeds.files import Source, Unreadable
from kg.feeds.records import Record, Window

_COLUMNS = ("code", "name", "goldstein")
_CROSSWALK = re.compile(r"\s*([0-9]{2,4})\s*:\s*(?:([A-Z]+)\s*)?(?:,([^,#]*))?(?:,([^#]*))?(?:#.*)?")


def read(files: Iterable[Source], window: Window) -> Iterator[Record]:
    """Hold each list against the table; no record comes of it."""
    for source in files:
        try:
            text = _text(source)
        except Unreadable as error:
            source.tally.read += 1
            source.tally.reject(1, str(error))
            continue
        head = text.partition("\n")[0]
        if "code" in head and "goldstein" in head:
            _scores(source, text)
        else:
            _crosswalk(source, text)
    yield from ()


def _text(source: Source) -> str:
    data = source.data(16 << 20)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        source.tally.notes["read as MacRoman, since it is not UTF-8"] = 1
        return data.decode("mac_roman")


def _scores(source: Source, text: str) -> None:
    tally = source.tally
    rows = csv.DictReader(text.splitlines(keepends=True), strict=True)
    try:
        named = rows.fieldnames or ()
        if missing := [each for each in _COLUMNS if each not in named]:
            tally.read += 1
            tally.reject(1, f"the list has no column {missing[0]}", ", ".join(named))
            return
        tally.left_out = tuple(each for each in named if each not in _COLUMNS)
        for row in rows:
            tally.read += 1
            code, name = row["code"] or "", row["name"] or ""
            known = codes.table().get(code)
            if known is None:
                tally.unknown[f"CAMEO code {code}"] += 1
                tally.reject(rows.line_num, "a code that the table does not have", code)
            elif codes.decimal(row["goldstein"] or "") != codes.decimal(known.icews):
                told = f"Goldstein of {code} is {row['goldstein']}, in the table {known.icews}"
                tally.reject(rows.line_num, told, code, code)
            elif name.casefold() != known.name.casefold():
                tally.reject(rows.line_num, f"{code} is called otherwise in the table: {known.name}", name, code)
            else:
                tally.kept += 1
    except csv.Error as error:
        tally.read += 1
        tally.reject(rows.line_num, f"the rest is no CSV: {error}")


def _crosswalk(source: Source, text: str) -> None:
    tally = source.tally
    tally.left_out = ("context",)
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        tally.read += 1
        found = _CROSSWALK.fullmatch(line)
        known = codes.table().get(found[1]) if found else None
        if not found or known is None:
            tally.reject(number, "no line of CODE: CATEGORY, mode, context" if not found else "an unknown code", line)
            continue
        category, mode = found[2] or "", (found[3] or "").strip()
        if (category, mode) != (known.plover, known.mode):
            told = f"{known.cameo} is {category} {mode}".rstrip()
            tally.reject(number, f"{told}, in the table {known.plover} {known.mode}".rstrip(), line, known.cameo)
        else:
            tally.kept += 1
