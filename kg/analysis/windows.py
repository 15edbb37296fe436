"""The calendar: days grouped into years, months, ISO weeks or single days, and how surely an event lies in one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from kg import dates
from kg.dates import Certainty
from kg.errors import UsageError

By = Literal["year", "month", "week", "day"]
BY: tuple[By, ...] = ("year", "month", "week", "day")
MOST = 40_000  # windows in one series: a century of days


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A window of the calendar, both days included, with its name: 2025, 2025-10, 2025-W41 or 2025-10-07."""

    start: date
    end: date
    name: str

    def holds(self, earliest: date | None, latest: date | None) -> Certainty:
        """Say whether a day known within bounds lies in the window: certain, possible or no."""
        return dates.within(earliest, latest, self.start, self.end)


def check_by(by: str) -> By:
    """Take a word for a kind of window.

    Raises:
        UsageError: it is none.
    """
    for known in BY:
        if by == known:
            return known
    raise UsageError(f"'{by}' is not a window.", hint=f"Use one of: {', '.join(BY)}.")


def span(of: date, by: By) -> Span:
    """The window that holds a day.

    >>> span(date(2025, 10, 7), "month").end, span(date(2025, 12, 30), "week").name
    (datetime.date(2025, 10, 31), '2026-W01')
    """
    if by == "year":
        return Span(date(of.year, 1, 1), date(of.year, 12, 31), f"{of.year:04}")
    if by == "month":
        first = of.replace(day=1)
        return Span(first, _next_month(first) - timedelta(days=1), f"{of:%Y-%m}".zfill(7))
    if by == "week":
        first = of - timedelta(days=of.weekday())
        year, week, _ = of.isocalendar()
        return Span(first, first + timedelta(days=6), f"{year:04}-W{week:02}")
    return Span(of, of, of.isoformat())


def spans(first: date, last: date, by: By) -> tuple[Span, ...]:
    """All windows from the one of a first to the one of a last day, none left out.

    Raises:
        UsageError: the last is before the first, or they are too many.
    """
    if last < first:
        raise UsageError(f"The period ends ({last}) before it begins ({first}).", hint="Exchange the two days.")
    length = {"year": 366, "month": 31, "week": 7, "day": 1}[by]
    if (last - first).days / length > MOST:
        raise UsageError(f"From {first} to {last} there are over {MOST:,} windows by {by}.", hint="Use a coarser --by.")
    return tuple(_walk(first, last, by))


def _walk(first: date, last: date, by: By) -> Iterator[Span]:
    each = span(first, by)
    yield each
    while each.end < last:
        each = span(each.end + timedelta(days=1), by)
        yield each


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
