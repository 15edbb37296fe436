"""Rows of any table in, events out, as a mapping file says (`kg.feeds.mapping`).

Each row is one event; a row with a value that does not fit is rejected with its line and the reason, and the rest goes
on. A party is called by its code where the table has one, else by its name; whom it is, is judged elsewhere.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from kg import dates
from kg.errors import UNPRINTABLE, DataProblems, DateError, Problem, did_you_mean
from kg.feeds import codes, countries
from kg.feeds.files import Source
from kg.feeds.mapping import PARTIES, Column, Plan
from kg.feeds.names import key
from kg.feeds.naming import slug
from kg.feeds.records import At, CodedEvent, Party, Record, Report, Window
from kg.model import FACTUALITIES
from kg.terms import SLUG, minted
from kg.vocabulary import vocabulary

_COUNT = re.compile(r"[0-9]{1,9}\Z")
_DECIMAL = re.compile(r"-?[0-9]{1,4}(\.[0-9]{1,12})?\Z")
_LONGEST = 20_000  # letters of one row
_TOLD = 50  # problems of a header that are told
_NO_CSV = "\0not CSV: "


class _Refused(Exception):
    """A row that is not taken; the arguments are the reason and the value at fault."""


def read(files: Iterable[Source], window: Window, plan: Plan) -> Iterator[Record]:
    """Read all rows of tables that share one mapping: parties before the events that name them.

    Raises:
        DataProblems: the columns of a table are not those of the mapping; nothing of that table is read.
    """
    table = _Table(plan, window)
    for source in files:
        yield from table.rows(source)


class _Table:
    def __init__(self, plan: Plan, window: Window) -> None:
        self.plan = plan
        self.window = window
        self.words = vocabulary()
        self.sides = [
            {each.casefold(), key(each), countries.named(each), countries.iso3("iso3", each)} - {""}
            for each in window.sides
        ]
        self.parties: set[str] = set()
        self.seen: dict[str, str] = {}

    def rows(self, source: Source) -> Iterator[Record]:
        tally = source.tally
        tally.left_out = self.plan.left_out
        rows = _rows(source, self.plan)
        names = self._header(next(rows, (1, [])), source.name)
        for line, cells in rows:
            tally.read += 1
            try:
                parties, event = self._event(self._values(names, cells), At(source.name, line))
            except _Refused as refused:
                tally.reject(line, *refused.args)
                continue
            content = minted("row", *cells)
            if (first := self.seen.get(event.id)) is not None:
                if first == content:
                    tally.duplicates += 1
                else:
                    tally.reject(line, "the id stands twice, with other values", event.id)
                continue
            self.seen[event.id] = content
            if not self._asked(event, parties):
                tally.outside += 1
                continue
            yield from (each for each in parties if each.id not in self.parties)
            self.parties.update(each.id for each in parties)
            yield event
            tally.kept += 1
        tally.check()

    def _header(self, found: tuple[int, list[str]], name: str) -> list[str]:
        """Check that each column is mapped or left out by name, and that what is mapped is there."""
        line, names = found
        if names and names[0].startswith(_NO_CSV):
            raise DataProblems([Problem(name, line, "", f"{names[0][1:]}.", "Check delimiter: and the quotes.")])
        if names:
            names = [names[0].removeprefix("\ufeff").strip(), *map(str.strip, names[1:])]
        asked = [*self.plan.columns, *self.plan.left_out]
        if len(names) > len(asked) + _TOLD:
            told = f"{len(names):,} columns, {len(asked)} in the mapping."
            raise DataProblems([Problem(name, line, "", told, "Check delimiter: and name all columns.")])
        problems = [
            Problem(name, line, each, "this column is neither mapped nor left out.",
                    did_you_mean(each, asked) or "Name it in the mapping file, under columns: or left_out:.")
            for each in dict.fromkeys(names) if each not in asked
        ]  # fmt: skip
        problems += [
            Problem(name, line, each, "the table has no such column.",
                    did_you_mean(each, names) or "See its first line.")
            for each in asked if each not in names
        ]  # fmt: skip
        twice = sorted(each for each, count in Counter(names).items() if count > 1)
        problems += [Problem(name, line, each, "the column stands twice.", "Rename one.") for each in twice]
        if problems:
            raise DataProblems(problems[:_TOLD])
        return names

    def _values(self, names: list[str], cells: list[str]) -> dict[str, str]:
        if cells[0].startswith(_NO_CSV):
            raise _Refused(cells[0][1:])
        if len(cells) != len(names):
            raise _Refused(f"{len(cells)} cells, {len(names)} columns", "|".join(cells)[:200])
        if sum(map(len, cells)) > _LONGEST:
            raise _Refused(f"a row of more than {_LONGEST:,} letters", cells[0])
        for each in cells:
            if odd := UNPRINTABLE.search(each):
                raise _Refused(f"U+{ord(odd[0]):04X} is a character that cannot be printed", each)
        return dict(zip(names, map(str.strip, cells), strict=True))

    def _event(self, row: Mapping[str, str], at: At) -> tuple[list[Party], CodedEvent]:
        plan, told = self.plan, dict(self.plan.defaults)
        for name, column in plan.columns.items():
            if column.field not in PARTIES and row[name]:
                told[column.field] = _checked(column, row[name])
        parties = {role: self._parties(role, row) for role in PARTIES}
        if not parties["actor"]:
            raise _Refused("no actor")
        event_class, cameo = self._what(told)
        actors, targets = parties["actor"], parties["target"]
        declared = self.words.event_classes[event_class]
        if declared.symmetric:
            actors, targets = [*actors, *targets], []
        score, scheme = self._score(told, cameo)
        names = ", ".join(dict.fromkeys(each.label for each in parties["actor"]))
        others = ", ".join(dict.fromkeys(each.label for each in parties["target"]))
        what = codes.table()[cameo].name if cameo else declared.label
        name = told.get("id", "")
        return [each for role in PARTIES for each in parties[role]], CodedEvent(
            id=self._id(name, row),
            event_class=event_class,
            label=told.get("label", "") or " – ".join(filter(None, (names, what, others))),
            reports=(
                Report(
                    At(at.file, at.line, name),
                    told.get("publisher", "") or plan.publisher,
                    told.get("url", ""),
                    told.get("published", ""),
                    told.get("confidence", ""),
                ),
            ),
            actor=_ids(actors),
            target=_ids(targets),
            place=_ids(parties["place"]),
            date=told.get("date", ""),
            cameo=cameo,
            goldstein=score,
            scheme=scheme,
            quad_class=codes.table()[cameo].quad if cameo else 0,
            plover=codes.table()[cameo].plover if cameo else "",
            mentions=int(told.get("mentions", 0)),
            sources=int(told.get("sources", 0)),
            articles=int(told.get("articles", 0)),
            factuality=told.get("factuality", "Actual"),
            note=told.get("note", ""),
        )

    def _id(self, name: str, row: Mapping[str, str]) -> str:
        if not name:
            return minted(f"{self.plan.name}-event", *row.values())
        plain = SLUG.match(name) and len(name) <= 80
        return f"{self.plan.name}-event-{name}" if plain else minted(f"{self.plan.name}-event", name)

    def _parties(self, role: str, row: Mapping[str, str]) -> list[Party]:
        """The parties of a role: names and codes of one cell stand in the same order."""
        mine = {name: column for name, column in self.plan.columns.items() if column.field == role and row[name]}
        cells = {name: _parts(row[name], column.split) for name, column in mine.items()}
        count = max(map(len, cells.values()), default=0)
        if any(len(each) != count for each in cells.values()):
            raise _Refused(f"{role}: not as many names as codes", " ".join(row[name] for name in mine))
        return [self._party(mine, {name: cells[name][place] for name in mine}) for place in range(count)]

    def _party(self, columns: Mapping[str, Column], values: Mapping[str, str]) -> Party:
        known = tuple((column.scheme, values[name]) for name, column in columns.items() if column.scheme)
        label = next((values[name] for name, column in columns.items() if not column.scheme), "")
        kind = next((column.kind for column in columns.values() if column.kind), "")
        for scheme, code in known:
            if scheme in countries.SCHEMES and kind == "state" and not countries.iso3(scheme, code):
                raise _Refused(f"no state has the code in {scheme}", code)
        first = known[0] if known else None
        state = countries.iso3(*first) if first and first[0] in countries.SCHEMES else ""
        name = f"{self.plan.name}-{slug(first[1] if first else label)}"
        return Party(name, label or countries.name(state) or (first[1] if first else ""), kind, codes=known)

    def _what(self, told: Mapping[str, str]) -> tuple[str, str]:
        cameo, word = told.get("cameo", ""), told.get("class", "")
        if cameo and cameo not in codes.table():
            raise _Refused("unknown CAMEO code", cameo)
        if not word and not cameo:
            raise _Refused("nothing says what happened")
        event_class = self.plan.classes.get(word, word) if word else codes.table()[cameo].event_class
        if event_class not in self.words.event_classes:
            hint = did_you_mean(word, [*self.words.event_classes, *self.plan.classes])
            raise _Refused(f"unknown class. {hint}".rstrip(), word)
        return event_class, cameo

    def _score(self, told: Mapping[str, str], cameo: str) -> tuple[str, str]:
        if "goldstein" in told:
            return told["goldstein"], next(c.scheme for c in self.plan.columns.values() if c.field == "goldstein")
        score = codes.decimal(codes.table()[cameo].icews) if cameo else ""
        return score, "CAMEO/ICEWS" if score else ""

    def _asked(self, event: CodedEvent, parties: list[Party]) -> bool:
        """Whether an event lies in the window and has a party of each side that is asked for."""
        if self.window.first or self.window.last:
            if not event.date:
                return False
            day = dates.parse(event.date)
            first, last = self.window.first, self.window.last
            if dates.within(day.earliest, day.latest, first, last) == "no":
                return False
        here = [self._called(each) for each in parties if each.id in (*event.actor, *event.target)]
        return all(any(side & names for names in here) for side in self.sides)

    def _called(self, party: Party) -> set[str]:
        words = {party.id, key(party.label), *(code.casefold() for _, code in party.codes)}
        words |= {countries.iso3(scheme, code) for scheme, code in party.codes if scheme in countries.SCHEMES}
        return words | ({countries.named(party.label)} if party.kind == "state" else set())


class _Lines:
    """The lines of a source for the reader of CSV; `begin` is where the row that is being read begins."""

    def __init__(self, source: Source, encoding: str) -> None:
        self._lines = source.lines(encoding)
        self.begin = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        number, text = next(self._lines)
        self.begin = self.begin or number
        return f"{text}\n"


def _rows(source: Source, plan: Plan) -> Iterator[tuple[int, list[str]]]:
    """The rows with the line where each begins, without empty ones; what is no CSV is one cell with the reason."""
    lines = _Lines(source, plan.encoding)
    reader = csv.reader(lines, delimiter=plan.delimiter, strict=True)
    while True:
        lines.begin = 0
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:  # the reader goes on behind it
            cells = [f"{_NO_CSV}{error}"]
        if cells:
            yield lines.begin, cells


def _parts(cell: str, split: str) -> list[str]:
    return [part.strip() for part in cell.split(split) if part.strip()] if split else [cell]


def _ids(parties: Iterable[Party]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.id for each in parties))


def _checked(column: Column, value: str) -> str:
    """Check the value of one cell, and give it as records have it."""
    name = column.field
    if name in ("date", "published"):
        return _day(value, column.format)
    if name in ("articles", "mentions", "sources") and not _COUNT.match(value):
        raise _Refused(f"{name}: not a number", value)
    if name == "goldstein" and not (_DECIMAL.match(value) and -10 <= float(value) <= 10):
        raise _Refused("goldstein: not a number from -10 to 10", value)
    if name == "confidence" and not (_DECIMAL.match(value) and 0 <= float(value) <= 1):
        raise _Refused("confidence: not a number from 0 to 1", value)
    if name == "factuality" and value not in FACTUALITIES:
        raise _Refused(f"unknown factuality. {did_you_mean(value, FACTUALITIES)}".rstrip(), value)
    if name == "url" and not _is_address(value):
        raise _Refused("not an address on the web", value)
    return codes.decimal(value) if name in ("goldstein", "confidence") else value


def _day(value: str, form: str) -> str:
    try:
        if form:
            return datetime.strptime(value, form).date().isoformat()
        dates.parse(value)
    except (DateError, ValueError) as error:
        hint = "" if form else " Give the format of the column, such as %d/%m/%Y, if these are days."
        raise _Refused(f"not a date{f' of the form {form}' if form else ' as EDTF writes it'}.{hint}", value) from error
    return value


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not re.search(r"[\s<>\"{}|\\^`]", value)
