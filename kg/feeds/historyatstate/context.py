"""What the Office's own lists say that records lean on: presidents and when they served, titles, persons, joint posts.

Built from the rows of an import before any record is made, so that files may come in any order.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.dates import parse
from kg.errors import DateError
from kg.feeds.asked import outside
from kg.feeds.historyatstate.parties import PUBLISHER, UNITED_STATES, person
from kg.feeds.historyatstate.shape import Row
from kg.feeds.naming import words
from kg.feeds.records import At, Party, Report, Window

_NUMERALS = ("I", "II", "III", "IV", "V", "VI")


@dataclass(frozen=True, slots=True)
class President:
    """A president of the United States: who, and the days of taking and leaving office (empty: still in it)."""

    party: Party
    surname: str
    begin: str
    end: str


@dataclass(slots=True)
class Context:
    """The lists by key, and what is asked for."""

    window: Window = field(default_factory=Window)
    presidents: list[President] = field(default_factory=list)
    people: dict[str, Party] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    joint: dict[str, Row] = field(default_factory=dict)
    chiefs: dict[str, str] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)

    def president(self, name: str, day: str) -> Party | None:
        """The president in office on a day whose surname ends a name."""
        surname = name.split()[-1]
        held = (p for p in self.presidents if p.surname == surname and p.begin <= day and (not p.end or day <= p.end))
        return next((p.party for p in held), None)

    def person(self, key: str, name: str = "") -> Party:
        """A person by key: as the list of officers has it, else by the name given, else by the key's words."""
        return self.people.get(key) or person(key, name or words(key))

    def outside(self, begin: str, end: str, *others: Party) -> bool:
        """Whether what lasted from one date to another, between the United States and others, is not asked for."""
        return outside(self.window, begin, end, (UNITED_STATES,), others)

    def new(self, key: str) -> str:
        """An id for a record: the key itself, or numbered when another record has it already."""
        number, name = 1, key
        while name in self.ids:
            number += 1
            name = f"{key}-{number}"
        self.ids.add(name)
        return name


def president(row: Row) -> President:
    """Read a row of the list of presidents."""
    name = row.one("name")
    told = f"{_lived(row.one('birth-year'), row.one('death-year'))}President of the United States."
    return President(person(row.one("id"), name, description=told), name.split()[-1],
                     row.one("took-office-date"), row.one("left-office-date"))  # fmt: skip


def full_name(row: Row) -> tuple[str, tuple[str, ...]]:
    """A person's name in the order of speech, and the other names the list gives."""
    parts = [row.one("persName/forename"), row.one("persName/surname")]
    generation = row.one("persName/genName")
    comma = "" if generation in _NUMERALS else ","
    name = " ".join(part for part in parts if part) + (f"{comma} {generation}" if generation else "")
    return name, tuple(dict.fromkeys(row.many("persName/altname")))


def somebody(row: Row) -> Party:
    """Read a row of the list of officers."""
    name, others = full_name(row)
    career = {"career": "Career Foreign Service officer.", "non-career": "Non-career appointee.",
              "both": "Career Foreign Service officer and non-career appointee."}  # fmt: skip
    told = f"{_lived(row.one('birth'), row.one('death'))}{career.get(row.one('career-type'), '')}"
    return person(row.one("id"), name, others, told.strip())


def _lived(birth: str, death: str) -> str:
    if birth and death:
        return f"{birth}–{death}. "
    return f"Born {birth}. " if birth else f"Died {death}. " if death else ""


def span(start: str, end: str) -> str:
    """Two days as EDTF: one day, or an interval; the first day alone where the second lies before it.

    >>> span("1874-12-12", "1874-12-23"), span("1984-03-03", "1984-03-03"), span("2001-02-16", "")
    ('1874-12-12/1874-12-23', '1984-03-03', '2001-02-16')
    """
    return f"{start}/{end}" if start and end and end > start else start or end


def date_problem(*texts: str) -> str:
    """The first of some dates that is none, in words; empty when all are dates or empty."""
    for text in texts:
        if text:
            try:
                parse(text)
            except DateError:
                return f"'{text}' is not a date"
    return ""


def report(row: Row, key: str, confidence: str = "") -> Report:
    """Where a row stands; with a confidence, that it was read out of prose."""
    return Report(At(row.tally.file, row.line, key), PUBLISHER, confidence=confidence, parsed=bool(confidence))
