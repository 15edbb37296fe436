"""Whether what a list tells is asked for: its days against the window, its parties against the sides."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kg.dates import parse
from kg.feeds.records import Party, Window


def outside(window: Window, begin: str, end: str, ours: Iterable[Party], theirs: Iterable[Party]) -> bool:
    """Whether something that lasted from one EDTF date to another, between two groups of parties, is not asked for.

    The end is `..` where it is open and empty where there is but one date; what has no date at all is outside of any
    window of days. With two sides, one has to be among ours and the other among theirs, or the other way round.
    """
    return _other_days(window, begin, end) or _other_sides(window.sides, ours, theirs)


def _other_days(window: Window, begin: str, end: str) -> bool:
    if not window.first and not window.last:
        return False
    if not begin and end in ("", ".."):
        return True
    earliest = parse(begin).window.earliest if begin else None
    latest = None if end == ".." else parse(end or begin).window.latest
    ended = window.first and latest and latest < window.first
    return bool(ended or (window.last and earliest and earliest > window.last))


def _other_sides(sides: Collection[str], ours: Iterable[Party], theirs: Iterable[Party]) -> bool:
    if not sides:
        return False
    wanted = {side.lower() for side in sides}
    left, right = _names(ours) & wanted, _names(theirs) & wanted
    return not (left and right and len(left | right) > 1) if len(wanted) > 1 else not (left | right)


def _names(parties: Iterable[Party]) -> set[str]:
    """What sides may call a party: its codes, its id, and the id of the whole it is a part of."""
    return {
        name.lower()
        for party in parties
        for name in (party.id, party.part_of, *(code for _, code in party.codes))
        if name
    }
