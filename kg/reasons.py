"""Why a day lies between its bounds, and how far apart two days are: explanations of what `kg.dates` reckons.

A bound is explained by a smallest set of stated dates and phrases from which it follows, found with QuickXplain (Junker
2004, AAAI): leave any of them out and the bound is wider. The distance between two events is that of the simple
temporal network of their phrases and dates (Dechter, Meiri and Pearl 1991, Artificial Intelligence 49).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kg import dates
from kg.dates import Constraint, Window

Side = Literal["earliest", "latest"]


@dataclass(frozen=True, slots=True)
class Stated:
    """That a source dates an event; `window` is what the date allows."""

    event: str
    window: Window


Reason = Stated | Constraint


@dataclass(frozen=True, slots=True)
class Bound:
    """One bound of the day of an event, and the reasons from which it follows: phrases, nearest first, then dates."""

    side: Side
    day: date
    reasons: tuple[Reason, ...]

    @property
    def stated(self) -> bool:
        """Whether the source's own date says it, without any phrase."""
        return not any(isinstance(reason, Constraint) for reason in self.reasons)


def why(event: str, windows: Mapping[str, Window], constraints: Iterable[Constraint]) -> tuple[Bound, ...]:
    """Explain the bounds of one event: each with a smallest set of reasons.

    >>> october = dates.parse("2025-10").window
    >>> phrase = dates.exactly("sanctions", "exchange", 2)
    >>> first, last = why("sanctions", {"exchange": october, "sanctions": october}, [phrase])
    >>> print(first.day, *first.reasons[:1])
    2025-10-03 sanctions is exactly 2 days after exchange
    >>> last.day, last.stated
    (datetime.date(2025, 10, 31), True)

    Raises:
        Contradiction: dates and phrases cannot all hold.
    """
    near = _near(event, constraints)
    names = list(dict.fromkeys([event, *(name for phrase in near for name in _named(phrase))]))
    facts: list[Reason] = [Stated(name, windows[name]) for name in names if windows.get(name, Window()) != Window()]
    distance = {name: number for number, name in enumerate(names)}
    ordered = sorted([*facts, *near], key=lambda reason: _rank(reason, event, distance))
    solved = dates.solve({name: windows.get(name, Window()) for name in names}, near)[event]
    bounds = []
    sides: tuple[Side, Side] = ("earliest", "latest")
    for side in sides:
        day = getattr(solved, side)
        if day is not None:
            found = _smallest(event, side, day, ordered, names)
            bounds.append(
                Bound(side, day, tuple(sorted(found, key=lambda r: (isinstance(r, Stated), ordered.index(r)))))
            )
    return tuple(bounds)


def _near(event: str, constraints: Iterable[Constraint]) -> list[Constraint]:
    """The phrases that bear on an event, directly or by way of others, nearest first."""
    waiting = sorted(set(constraints), key=str)
    found: list[Constraint] = []
    reached = {event}
    while True:
        step = [phrase for phrase in waiting if reached & set(_named(phrase))]
        if not step:
            return found
        found += step
        waiting = [phrase for phrase in waiting if phrase not in step]
        reached.update(name for phrase in step for name in _named(phrase))


def _named(phrase: Constraint) -> tuple[str, ...]:
    return (phrase.event,) if phrase.kind == "weekday" else (phrase.event, phrase.anchor)


def _rank(reason: Reason, event: str, distance: Mapping[str, int]) -> tuple[bool, int, bool, str]:
    """What the event's own date says comes first, then what is nearest to the event."""
    if isinstance(reason, Stated):
        return reason.event != event, distance[reason.event], False, ""
    return True, max(distance[name] for name in _named(reason)), True, str(reason)


def _smallest(event: str, side: Side, day: date, ordered: Sequence[Reason], names: Sequence[str]) -> list[Reason]:
    def follows(reasons: Sequence[Reason]) -> bool:
        windows = dict.fromkeys(names, Window())
        windows.update({reason.event: reason.window for reason in reasons if isinstance(reason, Stated)})
        phrases = [reason for reason in reasons if isinstance(reason, Constraint)]
        solved = dates.solve(windows, phrases)[event]
        return day == (solved.earliest if side == "earliest" else solved.latest)

    def needed(given: list[Reason], fresh: bool, open_: list[Reason]) -> list[Reason]:
        if fresh and follows(given):
            return []
        if len(open_) == 1:
            return open_
        half = len(open_) // 2
        first, second = open_[:half], open_[half:]
        more = needed([*given, *first], bool(first), second)
        return needed([*given, *more], bool(more), first) + more

    return needed([], True, list(ordered))


def apart(
    one: str, other: str, windows: Mapping[str, Window], constraints: Iterable[Constraint]
) -> tuple[int | None, int | None]:
    """Give the least and the most days from one event to another, as far as dates and phrases tell (None: open).

    Weekdays and months are not looked at here, so that the true bounds may be closer.

    >>> phrases = [dates.after("b", "a", at_least=1), dates.after("c", "b", at_least=1, at_most=3)]
    >>> apart("a", "c", {}, phrases), apart("b", "c", {}, phrases)
    ((2, None), (1, 3))
    """
    near = [phrase for phrase in _near(one, constraints) if phrase.kind not in ("weekday", "same_month_as")]
    arcs = [arc for phrase in near for arc in _arcs(phrase)]
    for name in {one, other, *(name for phrase in near for name in _named(phrase))}:
        window = windows.get(name, Window())
        if window.latest:
            arcs.append(("", name, window.latest.toordinal()))
        if window.earliest:
            arcs.append((name, "", -window.earliest.toordinal()))
    most, least = _shortest(one, other, arcs), _shortest(other, one, arcs)
    return (None if least == math.inf else -int(least)), (None if most == math.inf else int(most))


def _arcs(phrase: Constraint) -> list[tuple[str, str, float]]:
    """The arcs of a phrase: (from, to, w) says that `to` is at most w days after `from`."""
    early, late = (phrase.event, phrase.anchor) if phrase.kind == "before" else (phrase.anchor, phrase.event)
    least, most = (0, 0) if phrase.kind == "same_day_as" else (phrase.at_least, phrase.at_most)
    return [(late, early, -least), *([(early, late, most)] if most is not None else [])]


def _shortest(start: str, end: str, arcs: Sequence[tuple[str, str, float]]) -> float:
    """The length of the shortest way (Bellman and Ford); dates that solve have no negative circle."""
    far: dict[str, float] = {start: 0}
    for _ in range(len({name for arc in arcs for name in arc[:2]})):
        changed = False
        for source, target, weight in arcs:
            if source in far and far[source] + weight < far.get(target, math.inf):
                far[target] = far[source] + weight
                changed = True
        if not changed:
            break
    return far.get(end, math.inf)
