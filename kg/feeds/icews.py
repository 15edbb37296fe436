"""ICEWS events in, records out: the table of 20 columns, and the lines of source, event, target and date.

An Event ID is not unique over the years, so the key of an event is its id and its date; lines without an id are known
by their content. Scores are the feed's Intensity, which is Goldstein's scale as ICEWS has it, and are held against the
code table; lines without one get the table's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

from kg.feeds import codes, countries
from kg.feeds.files import Source
from kg.feeds.quads import local
from kg.feeds.records import At, CodedEvent, Party, Record, Report, Window
from kg.feeds.tally import Tally
from kg.terms import minted

SCHEME = "CAMEO/ICEWS"
COLUMNS = (
    "Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text", "CAMEO Code",
    "Intensity", "Target Name", "Target Sectors", "Target Country", "Story ID", "Sentence Number", "Publisher",
    "City", "District", "Province", "Country", "Latitude", "Longitude",
)  # fmt: skip
LEFT_OUT = ("City", "District", "Province", "Country", "Latitude", "Longitude")
_GENERIC = {
    "Government": "government", "Military": "armed-force", "Police": "agency", "Cabinet": "government",
    "Congress": "body", "Senate": "body", "Legislature": "body", "Court": "body", "Oversight Court": "body",
    "Armed Gang": "armed-group", "Armed Band": "armed-group", "Armed Rebel": "armed-group", "Insurgent": "armed-group",
}  # fmt: skip
_NONE = ("", "NA", "---", "None")


class _Wrong(Exception):
    def __init__(self, reason: str, value: str = "") -> None:
        super().__init__(reason)
        self.reason, self.value = reason, value


def read(files: Iterable[Source], window: Window) -> Iterator[Record]:
    """Read files of either layout; which one it is, the first line tells."""
    reader = _Reader(window)
    for source in files:
        yield from reader.read(source)


class _Reader:
    def __init__(self, window: Window) -> None:
        self.window = window
        self.seen: set[str] = set()
        self.parties: dict[tuple[str, str], str] = {}

    def read(self, source: Source) -> Iterator[Record]:
        width = 0
        for number, line in source.lines():
            row = line.split("\t")
            if not width:
                width = len(row) if len(row) in (4, len(COLUMNS)) else len(COLUMNS)
                source.tally.left_out = LEFT_OUT if width > 4 else ()
                source.tally.notes[f"layout of {width} columns"] = 1
                if tuple(row) == COLUMNS:
                    continue
            source.tally.read += 1
            try:
                if len(row) != width:
                    raise _Wrong(f"{len(row)} columns instead of {width}", line)
                yield from (self._event if width > 4 else self._line)(source, number, row)
            except _Wrong as wrong:
                if wrong.reason.startswith("unknown"):
                    source.tally.unknown[f"{wrong.reason.removeprefix('unknown ')} {wrong.value}"] += 1
                source.tally.reject(number, wrong.reason, wrong.value, row[0] if width > 4 else "")

    def _event(self, source: Source, number: int, row: list[str]) -> Iterator[Record]:
        key, text, score = row[0], row[5], codes.decimal(row[7])
        if not (key.isascii() and key.isdigit() and len(key) < 19):
            raise _Wrong("Event ID is no number", key)
        code = codes.table().get(row[6])
        if code is None:
            raise _Wrong("unknown CAMEO code", row[6])
        if not score or not -10 <= float(score) <= 10:
            raise _Wrong("Intensity is no number from -10 to 10", row[7])
        if text.casefold() != code.name.casefold():
            source.tally.notes[f"Event Text of {code.cameo} is not its name in the table"] += 1
        if float(score) != float(code.icews):
            source.tally.notes[f"Intensity of {code.cameo} is {score}, in the table {code.icews}"] += 1
        when = _day(row[1])
        event = f"icews-{key}-{when.replace('-', '')}"
        story = "" if row[11] in _NONE else f"story {row[11]}, sentence {row[12]}"
        report = Report(At(source.name, number, story), "" if row[13] in _NONE else row[13])
        actor, target = (row[2], row[4], row[3]), (row[8], row[10], row[9])
        yield from self._taken(source.tally, event, when, code, score, actor, target, report)

    def _line(self, source: Source, number: int, row: list[str]) -> Iterator[Record]:
        code = codes.by_name().get(row[1].casefold())
        if code is None:
            raise _Wrong("unknown event name", row[1])
        when = _day(row[3])
        event = minted("icews", row[0], code.cameo, row[2], when)
        report = Report(At(source.name, 0, ""))
        yield from self._taken(
            source.tally, event, when, code, codes.decimal(code.icews), (row[0], "", ""), (row[2], "", ""), report
        )

    def _taken(
        self,
        tally: Tally,
        event: str,
        when: str,
        code: codes.Code,
        score: str,
        actor: tuple[str, str, str],
        target: tuple[str, str, str],
        report: Report,
    ) -> Iterator[Record]:
        if actor[0] in _NONE and target[0] in _NONE:
            raise _Wrong("neither source nor target")
        if not self.window.holds(when):
            tally.outside += 1
            return
        if event in self.seen:
            tally.duplicates += 1
            return
        self.seen.add(event)
        tally.kept += 1
        yield from self._parties(actor)
        yield from self._parties(target)
        named = [self.parties.get(each[:2], "") for each in (actor, target)]
        yield CodedEvent(
            id=event,
            event_class=code.event_class,
            label=f"{actor[0] if named[0] else '?'} – {code.name} – {target[0] if named[1] else '?'}",
            reports=(report,),
            actor=tuple(filter(None, named[:1])),
            target=tuple(filter(None, named[1:])),
            date=when,
            cameo=code.cameo,
            goldstein=score,
            scheme=SCHEME,
            quad_class=code.quad,
        )

    def _parties(self, actor: tuple[str, str, str]) -> Iterator[Party]:
        """Name an actor by its name and country, and the country it belongs to before it."""
        name, country, sectors = actor
        if name in _NONE or (name, country) in self.parties:
            return
        kind, code = _kind(name, country, sectors)
        party = self.parties[name, country] = f"icews-{local(name)}"
        yield Party(party, name, kind, codes=(("iso3", code),) if code else ())


@lru_cache(1 << 16)
def _kind(name: str, country: str, sectors: str) -> tuple[str, str]:
    """Tell of an actor what it is and to which state it belongs, by name, country and sectors; both may be empty.

    >>> _kind("Russia", "Russian Federation", "NA"), _kind("Police (India)", "India", "Government,Police")
    (('state', 'RUS'), ('agency', 'IND'))
    >>> _kind("Kim Jong-Un", "North Korea", "Elite,Executive"), _kind("Bharatiya Janata", "India", "Parties")
    (('person', 'PRK'), ('', ''))
    """
    generic, _, place = name.partition(" (")
    code = countries.named(place.removesuffix(")") or country) if place or country not in _NONE else ""
    if place:
        kind = "ministry" if "Ministry" in generic or generic == "Foreign Affairs" else _GENERIC.get(generic, "group")
        return kind, code
    own = countries.named(name)
    if own and countries.same_words(name, own) and (own == code or country in _NONE):
        return "state", own
    if {"Executive", "Elite"} & set(sectors.split(",")):
        return "person", code
    return "", ""


@lru_cache(1 << 16)
def _day(text: str) -> str:
    try:
        if len(text) == 10 and text.isascii():
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise _Wrong("the date is no day", text)
