"""GDELT events (1.0 with 57 or 58 columns, 2.0 with 61) and mentions (16 columns) in, records out.

The kind of a file is told by its columns, not by its name. Dates are those of the event (SQLDATE), which may lie weeks
before the file's; the feed states no precision for them. Scores are kept as written, on GDELT's own scale.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from kg.feeds import codes
from kg.feeds.files import Source
from kg.feeds.quads import domain, local
from kg.feeds.records import At, CodedEvent, EventMention, Party, Record, Report, Window
from kg.feeds.tally import Tally

SCHEME = "CAMEO/GDELT"
_ACTOR = "Code Name CountryCode KnownGroupCode EthnicCode Religion1Code Religion2Code Type1Code Type2Code Type3Code"
_GEO = "Type FullName CountryCode ADM1Code ADM2Code Lat Long FeatureID"
_HEAD = "GLOBALEVENTID SQLDATE MonthYear Year FractionDate"
_CODED = "IsRootEvent EventCode EventBaseCode EventRootCode QuadClass GoldsteinScale"
_COUNTED = "NumMentions NumSources NumArticles AvgTone"
_MENTION = (
    "GLOBALEVENTID EventTimeDate MentionTimeDate MentionType MentionSourceName MentionIdentifier SentenceID "
    "Actor1CharOffset Actor2CharOffset ActionCharOffset InRawText Confidence MentionDocLen MentionDocTone "
    "MentionDocTranslationInfo Extras"
)
_USED = (
    "GLOBALEVENTID SQLDATE Actor1Code Actor1Name Actor1CountryCode Actor2Code Actor2Name Actor2CountryCode EventCode "
    "EventRootCode QuadClass GoldsteinScale NumMentions NumSources NumArticles SOURCEURL MentionSourceName "
    "MentionIdentifier MentionTimeDate Confidence"
)


def _columns(adm2: bool, url: bool) -> tuple[str, ...]:
    places = [part for part in _GEO.split() if adm2 or part != "ADM2Code"]
    return (
        *_HEAD.split(),
        *(f"Actor{n}{part}" for n in (1, 2) for part in _ACTOR.split()),
        *_CODED.split(),
        *_COUNTED.split(),
        *(f"{who}Geo_{part}" for who in ("Actor1", "Actor2", "Action") for part in places),
        "DATEADDED",
        *(("SOURCEURL",) if url else ()),
    )


EVENTS = {61: _columns(True, True), 58: _columns(False, True), 57: _columns(False, False)}
MENTIONS = tuple(_MENTION.split())
USED = frozenset(_USED.split())


class _Wrong(Exception):
    """A row that is not taken: the reason and the value at fault."""

    def __init__(self, reason: str, value: str = "") -> None:
        super().__init__(reason)
        self.reason, self.value = reason, value


class _Coding(NamedTuple):
    code: codes.Code
    quad: int
    goldstein: str
    note: str


def read(files: Iterable[Source], window: Window) -> Iterator[Record]:
    """Read files of events and of mentions; events may follow their mentions in another batch, not in this one."""
    reader = _Reader(window)
    kinds = [(source, _kind(source)) for source in files]
    for source, kind in sorted(kinds, key=lambda each: each[1] == "mentions"):  # events first
        yield from reader.mentions(source) if kind == "mentions" else reader.events(source)


def _kind(source: Source) -> str:
    return "mentions" if tells_mentions(source.first()) else "events"


def tells_mentions(line: str) -> bool:
    """Whether a file that begins with this line tells mentions, not events."""
    return len(_cells(line)) == len(MENTIONS)


def _cells(line: str) -> list[str]:
    """The cells of a line of mentions, which come with tabs or as CSV."""
    if "\t" in line or "," not in line:
        return line.split("\t")
    try:
        return next(csv.reader([line]))
    except csv.Error:
        return [line]


class _Reader:
    def __init__(self, window: Window) -> None:
        self.window = window
        self.seen: set[int] = set()
        self.parties: dict[tuple[str, str], str] = {}
        self.labels: dict[str, str] = {}

    def events(self, source: Source) -> Iterator[Record]:
        """Read one file of events."""
        tally, name = source.tally, source.name
        width = 0
        parties = self.parties
        day, coding = _days(self.window), lru_cache(4096)(_coding)
        for number, line in source.lines():
            row = line.split("\t")
            if not width:
                width = self._width(row, tally)
                if row[0].casefold() == "globaleventid":
                    continue
            tally.read += 1
            try:
                if len(row) != width:
                    raise _Wrong(f"{len(row)} columns instead of {width}", line)
                key = row[0]
                if not (key.isascii() and key.isdigit() and len(key) < 19):
                    raise _Wrong("GLOBALEVENTID is no number", key)
                when = day(row[1])
                if not when:
                    tally.outside += 1
                    continue
                actor = (row[5], row[6])
                target = (row[15], row[16])
                if not (row[5] or row[6] or row[15] or row[16]):
                    raise _Wrong("neither actor nor target")
                coded = coding(row[26], row[28], row[29], row[30])
                counts = (_count(row[31]), _count(row[32]), _count(row[33]))
            except _Wrong as wrong:
                if wrong.reason.startswith("unknown"):
                    tally.unknown[f"{wrong.reason.removeprefix('unknown ')} {wrong.value}"] += 1
                tally.reject(number, wrong.reason, wrong.value, row[0])
                continue
            event = int(key)
            if event in self.seen:
                tally.duplicates += 1
                continue
            self.seen.add(event)
            if coded.note:
                tally.notes[coded.note] += 1
            if actor not in parties:
                yield from self._party(actor, row[7])
            if target not in parties:
                yield from self._party(target, row[17])
            one, other = parties[actor], parties[target]
            tally.kept += 1
            url = row[-1] if width > 57 else ""
            yield CodedEvent(
                id=f"gdelt-{event}",
                event_class=coded.code.event_class,
                label=f"{self.labels[one]} – {coded.code.name} – {self.labels[other]}",
                reports=(Report(At(name, number, key), domain(url), url),),
                actor=(one,) if one else (),
                target=(other,) if other else (),
                date=when,
                cameo=coded.code.cameo,
                goldstein=coded.goldstein,
                scheme=SCHEME,
                quad_class=coded.quad,
                mentions=counts[0],
                sources=counts[1],
                articles=counts[2],
            )

    def _width(self, row: list[str], tally: Tally) -> int:
        width = len(row) if len(row) in EVENTS else 61
        tally.left_out = tuple(column for column in EVENTS[width] if column not in USED)
        tally.notes[f"layout of {width} columns"] = 1
        self.parties.setdefault(("", ""), "")
        self.labels.setdefault("", "?")
        return width

    def _party(self, actor: tuple[str, str], country: str) -> Iterator[Party]:
        """Name an actor by its code and name: one code bears many names, and one name many codes."""
        code, name = actor
        party = "gdelt-" + "-".join(local(part) for part in (code, name) if part)
        self.parties[actor] = party
        if party in self.labels:
            return
        title = name.title() or code
        label = self.labels[party] = f"{title} ({code})" if code else title
        kind = "state" if code and code == country and len(code) == 3 else ""
        yield Party(party, label, kind, codes=(("cameo", code),) if code else ())

    def mentions(self, source: Source) -> Iterator[Record]:
        """Read one file of mentions."""
        tally, name = source.tally, source.name
        tally.left_out = tuple(column for column in MENTIONS if column not in USED)
        for number, line in source.lines():
            row = _cells(line)
            if number == 1 and row[0].casefold() == "globaleventid":
                continue
            tally.read += 1
            try:
                if len(row) != len(MENTIONS):
                    raise _Wrong(f"{len(row)} columns instead of {len(MENTIONS)}", line)
                if not (row[0].isascii() and row[0].isdigit() and len(row[0]) < 19):
                    raise _Wrong("GLOBALEVENTID is no number", row[0])
                percent = _count(row[11])
                if not 0 < percent <= 100:
                    raise _Wrong("Confidence is not between 1 and 100", row[11])
                if not row[5]:
                    raise _Wrong("no MentionIdentifier")
            except _Wrong as wrong:
                tally.reject(number, wrong.reason, wrong.value, row[0])
                continue
            tally.kept += 1
            confidence = codes.decimal(f"{percent / 100:.2f}")
            report = Report(At(name, number, row[0]), row[4] or domain(row[5]), row[5], _day(row[2][:8]), confidence)
            event = int(row[0])
            yield EventMention(f"gdelt-{event}", report, event in self.seen)


def _coding(code: str, root: str, quad: str, goldstein: str) -> _Coding:
    """Check what a row says of its code.

    Raises:
        _Wrong: the code is not in the table, or its values are none.
    """
    known = codes.table().get(code)
    if known is None:
        raise _Wrong("unknown CAMEO code", code)
    if root != code[:2]:
        raise _Wrong("EventRootCode is not that of EventCode", root)
    if quad not in ("1", "2", "3", "4"):
        raise _Wrong("QuadClass is not 1, 2, 3 or 4", quad)
    score = codes.decimal(goldstein)
    if not score or not -10 <= float(score) <= 10:
        raise _Wrong("GoldsteinScale is no number from -10 to 10", goldstein)
    note = "" if float(score) == float(known.gdelt) else f"Goldstein of {code} is {score}, in the table {known.gdelt}"
    return _Coding(known, int(quad), score, note)


def _days(window: Window) -> Callable[[str], str]:
    @lru_cache(4096)
    def day(text: str) -> str:
        found = _day(text)
        if not found:
            raise _Wrong("SQLDATE is no day", text)
        return found if window.holds(found) else ""

    return day


def _day(text: str) -> str:
    try:
        if len(text) != 8 or not text.isascii() or not text.isdigit():
            return ""
        return date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()
    except ValueError:
        return ""


@lru_cache(4096)
def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise _Wrong("a count is no number", text)
    return int(text)
