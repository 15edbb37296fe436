"""Small things said the same way on every page and in every Markdown: dates, passages, counts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from kg import dates
from kg.records import EventRecord, Evidence, StateRecord

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def when(edtf: str) -> str:
    """Say an EDTF date in words; nothing for none.

    >>> when("2025-10"), when("2025-10-03/2025-10-31"), when("2025-10-01/2025-10-31"), when("../2026-02-01"), when("")
    ('October 2025', 'between 3 and 31 October 2025', 'October 2025', 'by 1 February 2026', '')
    """
    if not edtf:
        return ""
    first, _, last = edtf.partition("/")
    days = [_DAY.fullmatch(each) for each in (first, last)]
    if all(days) and first[:7] == last[:7]:
        month = dates.parse(first[:7])
        if (month.earliest, month.latest) == (dates.day(first), dates.day(last)):
            return dates.show(month)
        return f"between {int(first[8:])} and {dates.show(dates.parse(last))}"
    return dates.show(dates.parse(edtf)).replace("until ", "by ")


def dated(event: EventRecord) -> str:
    """Say when an event was: as stated, else by its bounds."""
    if event.edtf:
        return when(event.edtf)
    return between(event.earliest, event.latest) or "undated"


def between(first: str, last: str) -> str:
    """Say two ISO days, either of which may be empty.

    >>> between("2025-10-03", "2025-10-31"), between("", "2026-02-01"), between("2025-09-11", "")
    ('between 3 and 31 October 2025', 'by 1 February 2026', '11 September 2025 or later')
    """
    if first == last:
        return when(first)
    return when(f"{first or '..'}/{last}") if last else f"{when(first)} or later"


def held(state: StateRecord) -> str:
    """Say since when and until when something held, and on which day it was last known to."""
    only_known = not state.earliest_begin and state.latest_begin == state.last_known
    parts = (
        ("began", "" if only_known else between(state.earliest_begin, state.latest_begin)),
        ("ended", between(state.earliest_end, state.latest_end)),
        ("known on", when(state.last_known) if only_known else ""),
        ("still known on", when(state.last_known) if state.last_known > state.latest_begin else ""),
    )
    return ", ".join(f"{word} {text}" for word, text in parts if text)


def cited(evidence: Iterable[Evidence]) -> str:
    """Name reporters and paragraphs: `CNN ¶4, 28`; and whom they quote."""
    by: dict[str, dict[str, None]] = {}
    for each in evidence:
        by.setdefault(each.reporter_label or each.reporter, {}).update(
            {str(each.paragraph): None} if each.paragraph else {}
        )
    return "; ".join(f"{who} ¶{', '.join(numbers)}" if numbers else who for who, numbers in by.items())


def counted(number: int, one: str, many: str = "") -> str:
    """Say a number of things.

    >>> counted(1, "event"), counted(2, "event"), counted(0, "country", "countries")
    ('1 event', '2 events', '0 countries')
    """
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def listed(names: Iterable[str]) -> str:
    """Join names with commas and an and.

    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    known = list(names)
    return " and ".join((", ".join(known[:-1]), known[-1])) if len(known) > 1 else "".join(known)


def day_in_words(day: date | str) -> str:
    """Say one day."""
    return when(str(day))
