"""Change points of a series: where its level changed for good, and by how much.

The method is optimal partitioning with the pruning of PELT (Jackson et al. 2005, IEEE Signal Processing Letters 12(2);
Killick, Fearnhead and Eckley 2012, JASA 107(500)): segments of constant mean, squared error, and a penalty of
2·s²·ln n for each change (Yao 1988, Statistics & Probability Letters 6(3)). The noise s² is that of successive
differences (von Neumann 1941), which a change of level hardly raises. It is exact, and of our own hand: the library
that is made for it, ruptures, brings SciPy with it (over 100 MB).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

LEAST = 8  # windows: a shorter series says nothing of changes
MOST = 1500
_SHORTEST = 2  # windows in one segment


@dataclass(frozen=True, slots=True)
class Change:
    """A change of level: the index of the first value after it, and the means of the segments before and after."""

    index: int
    before: float
    after: float


def change_points(values: Sequence[float]) -> tuple[Change, ...]:
    """Find where the mean of a series changed; nothing for series under `LEAST` or over `MOST` values.

    >>> change_points([0, 1, 0, 1, 0, 9, 10, 9, 10, 9])
    (Change(index=5, before=0.4, after=9.4),)
    >>> change_points([0, 1, 0, 1, 0, 1, 0, 1])
    ()
    """
    count = len(values)
    if not LEAST <= count <= MOST:
        return ()
    noise = sum((b - a) ** 2 for a, b in pairwise(values)) / (2 * (count - 1))
    if not noise:
        return ()
    starts = _partition(values, 2 * noise * math.log(count))
    edges = [0, *starts, count]
    means = [math.fsum(values[a:b]) / (b - a) for a, b in pairwise(edges)]
    return tuple(Change(at, round(means[i], 10), round(means[i + 1], 10)) for i, at in enumerate(starts))


def _partition(values: Sequence[float], penalty: float) -> list[int]:
    """The starts of all segments but the first in the cheapest partition; of equals the one with fewer segments."""
    count = len(values)
    sums, squares = [0.0], [0.0]
    for value in values:
        sums.append(sums[-1] + value)
        squares.append(squares[-1] + value * value)

    def error(a: int, b: int) -> float:
        return max(0.0, squares[b] - squares[a] - (sums[b] - sums[a]) ** 2 / (b - a))

    best: list[float] = [-penalty] + [math.inf] * count
    last = [0] * (count + 1)
    alive = [0]
    for end in range(_SHORTEST, count + 1):
        costs = {start: best[start] + error(start, end) for start in alive}
        chosen = min(costs, key=lambda start: (round(costs[start], 9), start))
        best[end], last[end] = costs[chosen] + penalty, chosen
        alive = [start for start in alive if costs[start] <= best[end] + 1e-9]
        if end - _SHORTEST + 1 >= _SHORTEST:
            alive.append(end - _SHORTEST + 1)
    starts = []
    while last[count]:
        count = last[count]
        starts.append(count)
    return starts[::-1]
