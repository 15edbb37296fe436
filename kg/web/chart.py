"""Counts of events by month and quad class, ready to be drawn as bars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.records import EventRecord

Counts = Mapping[tuple[str, int], int]
"""How many events of a quad class (0: uncoded) lie in a month (`2025-10`)."""
FEW, MOST = 3, 600


@dataclass(frozen=True, slots=True)
class Chart:
    """The months to draw (at most 600, without gaps), the counts, the highest month and the number of events."""

    months: tuple[str, ...]
    counts: Counts
    top: int
    events: int
    left_out: int | None = None


def of_counts(counts: Counts, left_out: int | None = None) -> Chart | None:
    """Draw counts, unless there are too few to be worth it; `left_out` is how many events are not among them."""
    events = sum(counts.values())
    if events < FEW:
        return None
    months = tuple(_months(min(m for m, _ in counts), max(m for m, _ in counts)))
    top = max(sum(counts.get((month, quad), 0) for quad in range(5)) for month in months)
    return Chart(months, Counter(counts), top, events, left_out)


def of_events(events: list[EventRecord]) -> Chart | None:
    """Draw events; those that did not happen, sum up, or may lie in two months are left out."""
    sure = [e for e in events if e.factuality == "Actual" and not e.summary and e.earliest[:7] == e.latest[:7] != ""]
    return of_counts(Counter((e.earliest[:7], e.quad_class) for e in sure), len(events) - len(sure))


def _months(first: str, last: str) -> Iterable[str]:
    year, month = map(int, first.split("-"))
    for _ in range(MOST):
        text = f"{year:04d}-{month:02d}"
        if text > last:
            return
        yield text
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
