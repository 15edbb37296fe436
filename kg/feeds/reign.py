"""REIGN's leaders (Bell, "The Rulers, Elections, and Irregular Governance dataset"): who led which state, by month.

The list of leaders gives tenures: the first day is told, of the end the month; who has no end led the state when the
list was closed. Two other files of REIGN are known and left out by name: elections and regimes are no relation between
parties, and no class of the vocabulary holds them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import chain

from kg.dates import parse
from kg.errors import DateError
from kg.feeds import countries
from kg.feeds.asked import outside
from kg.feeds.files import Source
from kg.feeds.naming import slug
from kg.feeds.records import At, HeldOffice, Office, Party, Record, Report, Window

PUBLISHER = "REIGN, One Earth Future Foundation"
LEADERS = ("stateabb", "ccode", "leadid", "leader", "sdate", "smonth", "syear", "emonth", "eyear", "birthyear",
           "gender", "militarycareer", "l_month", "l_year", "", "", "codedby", "notes")  # fmt: skip
LEFT_OUT = ("gender", "militarycareer", "l_month", "l_year", "codedby", "notes")
OTHERS = {
    ("ccode", "electionnumber", "country", "elec_year", "elec_month", "elec_day", "sequence", "event", "elecnum",
     "type", "direct", "regular", "victory", "change", "runoff"): "elections",
    ("cowcode", "gwf_country", "gwf_casename", "gwf_startdate", "gwf_enddate", "gwf_regimetype"): "regimes",
}  # fmt: skip
_CLOSED = re.compile(r"(?<![0-9])([0-9]{1,2})_([0-9]{2})(?![0-9])")
_TIMES = re.compile(r"\s*\([0-9](?:st|nd|rd|th) time\)?[\s(]*\Z")


class _Refused(Exception):
    """A row that is not taken; the arguments are the reason and the value at fault."""


def read(files: Iterable[Source], window: Window) -> Iterator[Record]:
    """Read lists of leaders: one tenure for each row."""
    seen: dict[str, tuple[str, ...]] = {}
    for source in files:
        rows = _rows(source)
        header = tuple(cell.strip().lstrip("\ufeff") for cell in next(rows, (0, ()))[1])
        if header == LEADERS:
            source.tally.left_out = LEFT_OUT
            yield from _leaders(source, rows, window, seen)
            continue
        what = OTHERS.get(header, "")
        reason = f"{what} are no relation between parties: left out" if what else "not a list of leaders of REIGN"
        source.tally.left_out = header if what else ()
        for line, cells in rows if what else chain([(1, header)], rows):
            source.tally.read += 1
            source.tally.reject(line, reason, ",".join(cells))


def _rows(source: Source) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the rows with their lines; a quoted cell may hold a line's end."""
    numbers = [0]

    def lines() -> Iterator[str]:
        for number, line in source.lines(otherwise="Windows-1252"):
            numbers[0] = number
            yield f"{line}\n"

    rows = csv.reader(lines(), strict=True)
    while True:
        try:
            cells = next(rows, None)
        except csv.Error as error:
            source.tally.read += 1
            source.tally.reject(numbers[0], f"is no CSV: {error}")
            continue
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield numbers[0], tuple(" ".join(cell.split()) for cell in cells)


def _leaders(
    source: Source, rows: Iterator[tuple[int, tuple[str, ...]]], window: Window, seen: dict[str, tuple[str, ...]]
) -> Iterator[Record]:
    tally, closed = source.tally, _closed(source.name)
    for line, cells in rows:
        tally.read += 1
        try:
            state, leader, post, held = _tenure(source, line, cells, closed)
        except _Refused as refused:
            tally.reject(line, *refused.args)
            continue
        if seen.setdefault(held.id, cells) is not cells:
            if seen[held.id] == cells:
                tally.duplicates += 1
            else:
                tally.reject(line, "the id stands twice, with other values", cells[3], cells[2])
        elif outside(window, held.begin, held.end or "..", (state,), (leader,)):
            tally.outside += 1
        else:
            tally.kept += 1
            if ("iso3", "") in state.codes or not state.codes[1:]:
                tally.notes["states that are none of today"] += 1
            yield from (state, leader, post, held)


def _tenure(source: Source, line: int, cells: tuple[str, ...], closed: str) -> tuple[Party, Party, Office, HeldOffice]:
    """Read one row.

    Raises:
        _Refused: a value is missing or is no date, or the end lies before the begin.
    """
    if len(cells) != len(LEADERS):
        raise _Refused(f"{len(cells)} columns instead of {len(LEADERS)}", ",".join(cells))
    row = dict(zip(LEADERS, cells, strict=True))
    if not (row["ccode"] and row["leader"] and row["leadid"]):
        raise _Refused("state, leader or id missing", ",".join(cells))
    begin = _date(row["syear"], row["smonth"], row["sdate"])
    if not begin:
        raise _Refused("the begin is missing", row["leader"])
    end = _date(row["eyear"], row["emonth"])
    if end and end < begin[: len(end)]:
        raise _Refused("ends before it begins", f"{begin}/{end}")
    code = countries.iso3("cow", row["ccode"])
    codes = (("cow", row["ccode"]), *((("iso3", code),) if code else ()))
    state = Party(f"reign-state-{slug(row['ccode'])}", countries.name(code) or row["stateabb"], "state", codes=codes)
    name = _TIMES.sub("", row["leader"]) or row["leader"]
    born = f"Born {row['birthyear']}." if row["birthyear"].isdigit() else ""
    home = (("iso3", code),) if code else ()
    leader = Party(f"reign-leader-{slug(row['leadid'])}-{slug(name)}", name, "person",
                   codes=(*home, ("reign", row["leadid"])), description=born)  # fmt: skip
    post = Office(f"reign-post-{slug(row['ccode'])}", f"Leader of {state.label}", state.id,
                  "Who in fact led the state, whatever the office was called.")  # fmt: skip
    held = HeldOffice(
        f"reign-{slug(row['leadid'])}-{slug(row['ccode'])}-{begin}",
        leader.id,
        post.id,
        f"{name} is leader of {state.label}",
        (Report(At(source.name, line, row["leadid"]), PUBLISHER),),
        begin=begin,
        end=end,
        last_known_in_force="" if end or closed < begin else closed,
    )
    return state, leader, post, held


def _date(year: str, month: str, day: str = "") -> str:
    """Write year, month and day as EDTF, as far as they are told.

    Raises:
        _Refused: they are no date.
    """
    parts = [part for part in (year, month and month.zfill(2), day and day.zfill(2)) if part]
    if not year:
        if parts:
            raise _Refused("a month without a year", "-".join(parts))
        return ""
    text = "-".join(parts)
    try:
        return parse(text).text if re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", text) else _no_date(text)
    except DateError:
        return _no_date(text)


def _no_date(text: str) -> str:
    raise _Refused(f"'{text}' is not a date", text)


def _closed(name: str) -> str:
    """The first day of the month in which a list was closed, from its file's name; empty if that does not tell.

    >>> _closed("leaders/REIGN_leaderlist_3_21.csv")
    '2021-03-01'
    """
    found = _CLOSED.search(name.rpartition("/")[2])
    return f"20{found[2]}-{int(found[1]):02}-01" if found and 1 <= int(found[1]) <= 12 else ""
