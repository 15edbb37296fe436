"""Tallies of feeds in, rows of a series out: each feed and each scheme of scores for itself, window by window.

Parties count for a side by what they are part of, and by the office they hold on the day.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.analysis.rows import ALL, BACK, DIRECTIONS, MUTUAL, Row
from kg.analysis.sides import Sides
from kg.analysis.tallies import Tally, fit
from kg.analysis.windows import Span
from kg.dates import Certainty


def rows(
    found: Iterable[Tally], sides: Sides, pair: tuple[str, str], grid: Sequence[Span], possible: bool
) -> list[Row]:
    """Count tallies by feed, scheme, window and direction; what lies outside all windows is left out."""
    series: dict[tuple[str, str], list[_Placed]] = defaultdict(list)
    for tally in found:
        placed = _placed(tally, sides, pair)
        if placed:
            series[tally.feed, tally.scheme].append(placed)
    made = []
    for (feed, scheme), members in sorted(series.items()):
        cells = _cells(members, grid)
        present = {each.direction for each in members} | {ALL}
        for window in grid:
            for direction in (each for each in DIRECTIONS if each in present):
                made.append(_row(feed, scheme, window, direction, pair, cells[window.name], possible))
    return made


@dataclass(frozen=True, slots=True)
class _Placed:
    tally: Tally
    direction: str
    office: Certainty


def _placed(tally: Tally, sides: Sides, pair: tuple[str, str]) -> _Placed | None:
    """The direction in which a tally counts, once the offices of its parties are looked at on its days."""
    held: dict[str, Certainty] = {}
    for direction, doer, other in tally.ways:
        first, second = (doer, other) if direction != BACK else (other, doer)
        fits = [
            fit(sides, node, side, tally.earliest, tally.latest) for node, side in ((first, pair[0]), (second, pair[1]))
        ]
        if "no" not in fits:
            sure: Certainty = "certain" if set(fits) == {"certain"} else "possible"
            held[direction] = "certain" if "certain" in (sure, held.get(direction)) else "possible"
    if not held:
        return None
    direction = next(iter(held)) if len(held) == 1 else MUTUAL
    return _Placed(tally, direction, "certain" if "certain" in held.values() else "possible")


def _cells(members: Iterable[_Placed], grid: Sequence[Span]) -> dict[str, list[tuple[_Placed, Certainty]]]:
    found: dict[str, list[tuple[_Placed, Certainty]]] = {window.name: [] for window in grid}
    starts = [window.start for window in grid]
    for each in members:
        tally = each.tally
        number = max(0, bisect_right(starts, tally.earliest) - 1) if tally.earliest else 0
        for window in grid[number:]:
            if tally.latest and window.start > tally.latest:
                break
            fit = window.holds(tally.earliest, tally.latest)
            if fit != "no":
                found[window.name].append((each, fit))
    return found


def _row(
    feed: str,
    scheme: str,
    window: Span,
    direction: str,
    pair: tuple[str, str],
    cell: Iterable[tuple[_Placed, Certainty]],
    possible: bool,
) -> Row:
    chosen = [(each, fit) for each, fit in cell if direction in (ALL, each.direction)]
    sure = [each.tally for each, fit in chosen if fit == "certain"]
    maybe = [each.tally for each, fit in chosen if fit == "possible"] if possible else []
    total, scored = round(math.fsum(t.total for t in sure), 6), sum(t.scored for t in sure)
    quads, categories = Counter[int](), Counter[str]()
    for tally in sure:
        quads[tally.quad] += tally.count
        if tally.plover:
            categories[tally.plover] += tally.count
    source, target = pair[::-1] if direction == BACK else pair
    return Row(
        series=feed,
        scheme=scheme,
        window=window.name,
        start=window.start.isoformat(),
        end=window.end.isoformat(),
        direction=direction,
        source=source,
        target=target,
        certain=sum(tally.count for tally in sure),
        possible=sum(tally.count for tally in maybe),
        goldstein=total,
        mean=round(total / scored, 6) if scored else None,
        possible_low=round(total + math.fsum(min(0.0, tally.total) for tally in maybe), 6),
        possible_high=round(total + math.fsum(max(0.0, tally.total) for tally in maybe), 6),
        quad=(quads[1], quads[2], quads[3], quads[4]),
        plover=tuple(sorted(categories.items())),
        contested=0,
        single_source=0,
        open_office=sum(e.tally.count for e, fit in chosen if fit == "certain" and e.office != "certain"),
        without_contested=total,
        without_single=total,
        band_low=total,
        band_high=total,
        events=tuple(sorted(tally.id for tally in sure)),
        possible_events=tuple(sorted(tally.id for tally in maybe)),
    )
