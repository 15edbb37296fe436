"""Dates as sources state them (EDTF), the days they allow, and a solver for relative phrases.

Text comes in, frozen values go out. A date is a window: the day of the event lies between `earliest` and
`latest` (None: open on that side). Qualifiers (`~ ? %`) never widen a window. `2025-09-11~/2025-09-20~` is
mid-September: early is 1–10, mid 11–20, late 21 to the end of the month. Seasons are refused: which months
they mean depends on the place.

The `edtf` package is not used: it imports pyparsing and dateutil (75 ms here), fails on `2025-1X` and accepts
intervals that end before they begin. The tests ask it for a second opinion.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Literal

from kg.errors import DateError, did_you_mean

Precision = Literal["day", "part-of-month", "month", "year", "interval", "open", "unknown"]
Certainty = Literal["certain", "possible", "no"]
Kind = Literal["after", "before", "same_day_as", "same_month_as", "weekday"]

MONTHS = ("January", "February", "March", "April", "May", "June",
          "July", "August", "September", "October", "November", "December")  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FORMS = (
    "Write 2025, 2025-03, 2025-03-07, with X for digits nobody knows (202X, 2025-1X), ~ about, ? uncertain, "
    "% both; or an interval 2025-09-11/2025-09-20, 2025-03/.. or ../2026-02-02."
)

_DATE = re.compile(r"([0-9]{1,4}X{0,3}|XXXX)(?:-([0-9X]{2}))?(?:-([0-9X]{2}))?([?~%]?)")
_SHORT = re.compile(r"([0-9]{4})-([0-9]{1,2})(?:-([0-9]{1,2}))?")
_LAST_DAY = date.max.toordinal()
_TOLD = 6


@dataclass(frozen=True, slots=True)
class Window:
    """The days between which a day lies, both included; None is an open side."""

    earliest: date | None = None
    latest: date | None = None

    def __post_init__(self) -> None:
        if self.earliest and self.latest and self.latest < self.earliest:
            raise DateError(f"A window cannot end ({self.latest}) before it begins ({self.earliest}).")

    def __str__(self) -> str:
        if self.earliest and self.earliest == self.latest:
            return str(self.earliest)
        return f"{self.earliest or '..'}/{self.latest or '..'}"


@dataclass(frozen=True, slots=True)
class EDTF:
    """A date as stated: its text, the window it allows, and how precise and how sure it is."""

    text: str
    earliest: date | None
    latest: date | None
    precision: Precision
    approximate: bool = False
    uncertain: bool = False

    @property
    def window(self) -> Window:
        """The days it allows."""
        return Window(self.earliest, self.latest)


# ---------------------------------------------------------------- EDTF


def parse(text: str) -> EDTF:
    """Read an EDTF date: a day, a month, a year, an interval, with qualifiers and unspecified digits.

    >>> parse("2025-02").latest
    datetime.date(2025, 2, 28)
    >>> parse("2025-1X").earliest, parse("202X").latest
    (datetime.date(2025, 10, 1), datetime.date(2029, 12, 31))
    >>> parse("2025-09-11~/2025-09-20~").precision
    'part-of-month'

    Raises:
        DateError: it is none of these, does not exist, or ends before it begins.
    """
    window = _interval(text) if "/" in text else _single(text, text)
    return EDTF(
        text,
        window.earliest,
        window.latest,
        _precision(window, "/" in text),
        approximate="~" in text or "%" in text,
        uncertain="?" in text or "%" in text,
    )


def day(text: str) -> date:
    """Read one unqualified day, as xsd:date writes it.

    >>> day("2025-12-01")
    datetime.date(2025, 12, 1)

    Raises:
        DateError: it is not a day, or not one day.
    """
    found = parse(text)
    if found.earliest is None or found.earliest.isoformat() != text:
        raise DateError(f"'{text}' is not one day.", hint="Write it as 2025-12-01.")
    return found.earliest


def _interval(text: str) -> Window:
    begin, _, end = text.partition("/")
    if "/" in end:
        raise _wrong(text, "it has two slashes; days are written with hyphens")
    if {begin, end} <= {"", ".."}:
        raise _wrong(text, "it is open on both sides and says nothing; leave the date out")
    first, last = (Window() if side in ("", "..") else _single(side, text) for side in (begin, end))
    if first.earliest and last.latest and last.latest < first.earliest:
        raise _wrong(text, "it ends before it begins")
    return Window(first.earliest, last.latest)


def _single(part: str, text: str) -> Window:
    match = _DATE.fullmatch(part)
    if not match or len(match[1]) != 4:
        raise _wrong(text, _what_is_wrong(part))
    year, month, number, _ = match.groups(default="XX")
    years = range(max(1, int(year.replace("X", "0"))), int(year.replace("X", "9")) + 1)
    months, days = _fitting(month, 12), _fitting(number, 31)
    earliest = _first_day(years, months, days)
    if earliest is None:
        raise _wrong(text, _what_does_not_exist(year, month, number))
    if year == "XXXX":
        return Window()
    return Window(earliest, _first_day(reversed(years), months[::-1], days[::-1]))


def _fitting(pattern: str, top: int) -> list[int]:
    """List the numbers up to `top` that a pattern such as '1X' can stand for."""
    if "X" not in pattern:
        return [int(pattern)] if 1 <= int(pattern) <= top else []
    shape = re.compile(pattern.replace("X", "[0-9]"))
    return [n for n in range(1, top + 1) if shape.fullmatch(f"{n:02}")]


def _first_day(years: Iterable[int], months: Iterable[int], days: Iterable[int]) -> date | None:
    for year, month, number in product(years, months, days):
        if number <= _month_end(date(year, month, 1)).day:
            return date(year, month, number)
    return None


def _month_end(of: date) -> date:
    if (of.year, of.month) == (9999, 12):
        return date.max
    return date(of.year + of.month // 12, of.month % 12 + 1, 1) - timedelta(days=1)


def _precision(window: Window, interval: bool) -> Precision:
    first, last = window.earliest, window.latest
    if first is None or last is None:
        return "unknown" if first is last else "open"
    if first == last and not interval:
        return "day"
    if (first.year, first.month) == (last.year, last.month):
        return "month" if (first.day, last) == (1, _month_end(last)) else "part-of-month"
    whole_year = first.year == last.year and (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
    return "year" if whole_year else "interval"


def _wrong(text: str, why: str) -> DateError:
    return DateError(f"'{text}' is not a date: {why}.", hint=FORMS)


def _what_is_wrong(part: str) -> str:
    short = _SHORT.fullmatch(part)
    if short:
        repaired = "-".join(number.zfill(2) for number in short.groups() if number)
        return f"months and days have two digits: {repaired}"
    if not part.strip() or part != part.strip():
        return "it is empty or has spaces around it"
    if "T" in part:
        return "times of day are not kept"
    if "x" in part:
        return "digits nobody knows are a capital X"
    if part[:1] in "?~%" or re.search(r"[?~%]-", part):
        return "a qualifier stands at the end of a date"
    return f"'{part}' is not YYYY, YYYY-MM or YYYY-MM-DD"


def _what_does_not_exist(year: str, month: str, number: str) -> str:
    if year == "0000":
        return "years run from 0001 to 9999"
    if month.isdigit() and 21 <= int(month) <= 41:
        return f"{month} is a season or a part of a year; write the months it means, as in 2025-03/2025-05"
    if not _fitting(month, 12):
        return f"there is no month {month}"
    if not _fitting(number, 31) or not (month.isdigit() and year.isdigit()):
        return f"there is no day {number} in it"
    last = _month_end(date(int(year), int(month), 1))
    return f"{MONTHS[last.month - 1]} {last.year} has {last.day} days"


# ---------------------------------------------------------------- for people


def show(edtf: EDTF) -> str:
    """Say a date in words.

    >>> [show(parse(text)) for text in ("2025-10", "2025-09-11~/2025-09-20~", "2026-01-07", "2025-03/..")]
    ['October 2025', 'mid-September 2025', '7 January 2026', 'from March 2025']
    >>> show(parse("2025-10-30/2026-02-02")), show(parse("2025~")), show(parse("2025-10?"))
    ('between 30 October 2025 and 2 February 2026', 'about 2025', 'perhaps October 2025')
    """
    if edtf.precision == "unknown":
        return "date unknown"
    begin, slash, end = edtf.text.partition("/")
    if not slash:
        return f"{'perhaps ' * edtf.uncertain}{'about ' * edtf.approximate}{_in_words(edtf)}"
    if edtf.earliest is None:
        return f"until {show(parse(end))}"
    if edtf.latest is None:
        return f"from {show(parse(begin))}"
    third = begin[-1:] == end[-1:] == "~" and _third(edtf.earliest, edtf.latest)
    return third or f"between {show(parse(begin))} and {show(parse(end))}"


def _third(first: date, last: date) -> str:
    """Name a third of a month: early (1–10), mid (11–20) or late (21 to its end); empty when it is none."""
    if (first.year, first.month) != (last.year, last.month):
        return ""
    thirds = {(1, 10): "early ", (11, 20): "mid-", (21, _month_end(last).day): "late "}
    name = thirds.get((first.day, last.day))
    return f"{name}{_month(first)}" if name else ""


def _in_words(edtf: EDTF) -> str:
    first, last = edtf.earliest, edtf.latest
    assert first and last
    if edtf.precision == "day":
        return _day(first)
    if edtf.precision == "month":
        return _month(first)
    if edtf.precision == "year":
        return str(first.year)
    if re.fullmatch(r"[0-9]{3}X[?~%]?", edtf.text):
        return f"the {first.year}s"
    name = _day if (first.day, last) != (1, _month_end(last)) else _month
    if name is _month and (first.month, last.month) == (1, 12):
        return f"between {first.year} and {last.year}"
    return f"between {name(first)} and {name(last)}"


def _day(of: date) -> str:
    return f"{of.day} {_month(of)}"


def _month(of: date) -> str:
    return f"{MONTHS[of.month - 1]} {of.year}"


# ---------------------------------------------------------------- certain, possible, no


def within(earliest: date | None, latest: date | None, begin: date | None, end: date | None) -> Certainty:
    """Say whether a day that lies in a window fell between `begin` and `end` (both included; None: no bound).

    >>> october = parse("2025-10").window
    >>> within(october.earliest, october.latest, date(2025, 9, 1), date(2025, 12, 31))
    'certain'
    >>> within(october.earliest, october.latest, date(2025, 10, 15), None)
    'possible'

    Raises:
        DateError: `end` is before `begin`.
    """
    if begin and end and end < begin:
        raise DateError(f"The period ends ({end}) before it begins ({begin}).")
    if (begin and latest and latest < begin) or (end and earliest and earliest > end):
        return "no"
    after_begin = begin is None or (earliest is not None and earliest >= begin)
    before_end = end is None or (latest is not None and latest <= end)
    return "certain" if after_begin and before_end else "possible"


def in_force(
    earliest_begin: date | None,
    latest_begin: date | None,
    earliest_end: date | None,
    latest_end: date | None,
    day: date,
) -> Certainty:
    """Say whether something that began and perhaps ended within these bounds was in force on a day.

    Certain when it had surely begun and no end is known, or surely had not ended. On the day of its end it is
    possible.

    >>> in_force(date(2025, 10, 3), date(2025, 10, 31), None, None, date(2025, 10, 10))
    'possible'
    >>> in_force(date(2025, 10, 3), date(2025, 10, 31), None, None, date(2025, 12, 1))
    'certain'
    """
    if (earliest_begin and earliest_begin > day) or (latest_end and latest_end < day):
        return "no"
    begun = latest_begin is not None and latest_begin <= day
    lasting = earliest_end > day if earliest_end else latest_end is None
    return "certain" if begun and lasting else "possible"


# ---------------------------------------------------------------- relative phrases


@dataclass(frozen=True, slots=True)
class Constraint:
    """A relative phrase: where the day of `event` lies, seen from the day of `anchor` (or on which weekday).

    Made by `after`, `before`, `exactly`, `same_day_as`, `same_month_as` and `weekday`.
    """

    kind: Kind
    event: str
    anchor: str
    at_least: int = 0
    at_most: int | None = None

    def __str__(self) -> str:
        if self.kind == "weekday":
            return f"{self.event} is on a {self.anchor}"
        if self.kind == "same_day_as":
            return f"{self.event} is on the same day as {self.anchor}"
        if self.kind == "same_month_as":
            return f"{self.event} is in the same month as {self.anchor}"
        return f"{self.event} is {_how_far(self.at_least, self.at_most)} {self.kind} {self.anchor}"


class Contradiction(DateError):
    """Stated dates and relative phrases that cannot all hold.

    `constraints` is a smallest such set of phrases, `events` those they name.
    """

    def __init__(self, message: str, *, hint: str = "", constraints: Iterable[Constraint] = ()) -> None:
        super().__init__(message, hint=hint)
        self.constraints = tuple(constraints)
        self.events = tuple(_events(self.constraints))


def after(event: str, anchor: str, *, at_least: int = 0, at_most: int | None = None) -> Constraint:
    """Say that `event` is at least (and at most) so many days after `anchor`; 0: it may be the same day."""
    return Constraint("after", event, anchor, at_least, at_most)


def before(event: str, anchor: str, *, at_least: int = 0, at_most: int | None = None) -> Constraint:
    """Say that `event` is at least (and at most) so many days before `anchor`; 0: it may be the same day."""
    return Constraint("before", event, anchor, at_least, at_most)


def exactly(event: str, anchor: str, days: int) -> Constraint:
    """Say that `event` is exactly so many days after `anchor`.

    >>> print(exactly("sanctions", "exchange", 2))
    sanctions is exactly 2 days after exchange
    """
    return Constraint("after", event, anchor, days, days)


def same_day_as(event: str, anchor: str) -> Constraint:
    """Say that both are on one day."""
    return Constraint("same_day_as", event, anchor, 0, 0)


def same_month_as(event: str, anchor: str) -> Constraint:
    """Say that both are in one calendar month of one year."""
    return Constraint("same_month_as", event, anchor)


def weekday(event: str, name: str) -> Constraint:
    """Say on which day of the week it is.

    Raises:
        DateError: it is not a day of the week.
    """
    if name not in WEEKDAYS:
        hint = did_you_mean(name.capitalize(), WEEKDAYS) or "Write Monday."
        raise DateError(f"'{name}' is not a day of the week.", hint=hint)
    return Constraint("weekday", event, name)


def _how_far(least: int, most: int | None) -> str:
    if least == most:
        return f"exactly {_days(least)}"
    if most is None:
        return f"at least {_days(least)}" if least else "on or"
    return f"{least} to {_days(most)}" if least else f"at most {_days(most)}"


def _days(count: int) -> str:
    return f"{count} day{'s' if count != 1 else ''}"


# ---------------------------------------------------------------- the solver


def solve(windows: Mapping[str, Window], constraints: Iterable[Constraint]) -> dict[str, Window]:
    """Tighten windows by relative phrases as far as bounds can tell; a day that can be true is never cut off.

    >>> october = parse("2025-10").window
    >>> tighter = solve({"exchange": october, "sanctions": october}, [exactly("sanctions", "exchange", 2)])
    >>> print(tighter["exchange"], tighter["sanctions"])
    2025-10-01/2025-10-29 2025-10-03/2025-10-31

    Raises:
        Contradiction: they cannot all hold.
        DateError: a phrase names an event that has no window (give it an open one).
    """
    solved = dict(windows)
    for group in _groups(constraints):
        try:
            solved.update(_tightened(windows, group))
        except _Empty:
            raise _contradiction(windows, group) from None
        except KeyError as error:
            name = str(error.args[0])
            hint = did_you_mean(name, windows)
            raise DateError(f"A relative phrase names '{name}', which is no event here.", hint=hint) from None
    return solved


class _Empty(Exception):
    """A window has no day left."""


class _Bounds:
    """Lower and upper bounds of some events as day numbers; tells which events changed.

    A bound that moves further than `reach` from all stated days goes round a cycle without end: phrases keep
    their meaning when every event moves by a period (a day; a week where a weekday is named; 28 years where a
    month is), so a bound that comes back to the same event a period later comes back for ever.
    """

    def __init__(self, windows: Mapping[str, Window], events: Iterable[str], reach: int) -> None:
        self.low = {e: w.toordinal() if (w := windows[e].earliest) else None for e in events}
        self.high = {e: w.toordinal() if (w := windows[e].latest) else None for e in self.low}
        self.top = min(_LAST_DAY, max((n for n in self.low.values() if n), default=0) + reach)
        self.bottom = max(1, min((n for n in self.high.values() if n), default=_LAST_DAY) - reach)
        self.changed: set[str] = set(self.low)

    def not_before(self, event: str, bound: int | None) -> None:
        low, high = self.low[event], self.high[event]
        if bound is None or bound < 1 or (low is not None and bound <= low):
            return
        if bound > self.top or (high is not None and bound > high):
            raise _Empty
        self.low[event] = bound
        self.changed.add(event)

    def not_after(self, event: str, bound: int | None) -> None:
        low, high = self.low[event], self.high[event]
        if bound is None or bound > _LAST_DAY or (high is not None and bound >= high):
            return
        if bound < self.bottom or (low is not None and bound < low):
            raise _Empty
        self.high[event] = bound
        self.changed.add(event)

    def window(self, event: str) -> Window:
        low, high = self.low[event], self.high[event]
        return Window(date.fromordinal(low) if low else None, date.fromordinal(high) if high else None)


def _tightened(windows: Mapping[str, Window], group: list[Constraint]) -> dict[str, Window]:
    """Tighten the events of one group to the fixpoint, which does not depend on the order of the phrases."""
    bounds = _fixpoint(windows, group)
    found = {event: bounds.window(event) for event in bounds.low}
    for event in sorted(found):
        if found[event] == Window():
            # Nothing dates this event, nor any cycle it may be in: a trial date shows whether that holds.
            _fixpoint({**found, event: Window(earliest=date(2000, 1, 1))}, group)
    return found


def _fixpoint(windows: Mapping[str, Window], group: list[Constraint]) -> _Bounds:
    events = _events(group)
    bounds = _Bounds(windows, events, _reach(group, len(events)))
    while bounds.changed:
        changed, bounds.changed = bounds.changed, set()
        for constraint in group:
            if constraint.event in changed or constraint.anchor in changed:
                _apply(constraint, bounds)
    return bounds


def _reach(group: list[Constraint], events: int) -> int:
    kinds = {constraint.kind for constraint in group}
    distances = [max(constraint.at_least, constraint.at_most or 0) for constraint in group]
    if "same_month_as" not in kinds:
        period = 7 if "weekday" in kinds else 1
    elif sum(distances) < 2 * 365:
        period = 28 * 365 + 7  # within 28 years months of every length meet every weekday, in leap years and others
    else:
        return _LAST_DAY
    return events * (period + 7 + max(distances))


def _apply(constraint: Constraint, bounds: _Bounds) -> None:
    event, anchor = constraint.event, constraint.anchor
    if constraint.kind == "weekday":
        _on_weekday(bounds, event, WEEKDAYS.index(anchor))
    elif constraint.kind == "same_month_as":
        _in_month_of(bounds, event, anchor)
        _in_month_of(bounds, anchor, event)
    elif constraint.kind == "before":
        _apart(bounds, anchor, event, constraint.at_least, constraint.at_most)
    else:
        _apart(bounds, event, anchor, constraint.at_least, constraint.at_most)


def _apart(bounds: _Bounds, later: str, earlier: str, least: int, most: int | None) -> None:
    bounds.not_before(later, _plus(bounds.low[earlier], least))
    bounds.not_after(earlier, _plus(bounds.high[later], -least))
    if most is not None:
        bounds.not_after(later, _plus(bounds.high[earlier], most))
        bounds.not_before(earlier, _plus(bounds.low[later], -most))


def _plus(day: int | None, days: int) -> int | None:
    return None if day is None else day + days


def _on_weekday(bounds: _Bounds, event: str, weekday: int) -> None:
    low, high = bounds.low[event], bounds.high[event]  # day number 1 is a Monday
    bounds.not_before(event, low and low + (weekday + 1 - low) % 7)
    bounds.not_after(event, high and high - (high - weekday - 1) % 7)


def _in_month_of(bounds: _Bounds, event: str, anchor: str) -> None:
    low, high = bounds.low[anchor], bounds.high[anchor]
    bounds.not_before(event, low and date.fromordinal(low).replace(day=1).toordinal())
    bounds.not_after(event, high and _month_end(date.fromordinal(high)).toordinal())


def _events(constraints: Iterable[Constraint]) -> list[str]:
    named = [c.event for c in constraints] + [c.anchor for c in constraints if c.kind != "weekday"]
    return list(dict.fromkeys(named))


def _groups(constraints: Iterable[Constraint]) -> list[list[Constraint]]:
    """Part the phrases, in a fixed order, into groups that share no event."""
    groups: list[tuple[set[str], list[Constraint]]] = []
    for constraint in sorted(set(constraints), key=str):
        events = set(_events([constraint]))
        near = [group for group in groups if group[0] & events]
        groups = [group for group in groups if not group[0] & events]
        groups.append((events.union(*(g[0] for g in near)), [c for g in near for c in g[1]] + [constraint]))
    return [group for _, group in groups]


def _contradiction(windows: Mapping[str, Window], group: list[Constraint]) -> Contradiction:
    """Leave out every phrase without which the rest still contradicts itself, and tell what remains."""
    kept = group
    for constraint in group:
        rest = [c for c in kept if c is not constraint]
        if _clash(windows, rest):
            kept = rest
    stated = [f"{event} is dated {windows[event]}" for event in _events(kept) if windows[event] != Window()]
    facts = [*map(str, kept[:_TOLD]), *stated[:_TOLD]]
    more = len(kept) + len(stated) - len(facts)
    told = "; ".join(facts) + (f"; and {more} more" if more else "")
    return Contradiction(
        f"These cannot all hold: {told}.", hint="Correct one of the dates or phrases.", constraints=kept
    )


def _clash(windows: Mapping[str, Window], constraints: list[Constraint]) -> bool:
    try:
        for group in _groups(constraints):
            _tightened(windows, group)
    except _Empty:
        return True
    return False
