"""Where thousands of actors stand so that one event more or less moves nobody far, even without an earlier picture.

Each actor begins at a point drawn from its name. Ties carry these points along until actors tied to each other agree:
a sum over the network in which one tie counts for little, whereas the axes of the network would turn about for it.
What follows is steady as well: the axes are evened, the points spread over a disc, and loosened by pushes that fade
with distance instead of ending at the border of a cell. For networks with enough ties; a tree has too few to agree
along. As in `kg.view.crowd`: only + - * / and square roots, in one fixed order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import sqrt

Links = list[dict[int, float]]
Points = tuple[list[float], list[float]]
Row = tuple[tuple[tuple[int, float], ...], float]

_AGREEING = 16
_PUSH = 0.6
_PULL = 0.2
_WIDE = 1.1
# The square of the plane that holds an actor, and the eight around it.
_NEAR = (-8193, -8192, -8191, -1, 0, 1, 8191, 8192, 8193)


def agreed(links: Links, anchors: Points) -> Points:
    """Carry the anchors along the ties until actors tied to each other agree."""
    rows: list[Row] = [(tuple(row.items()), _total(row.values())) for row in links]
    xs, ys = anchors
    for _ in range(_AGREEING):
        xs, ys = _carried(xs, rows), _carried(ys, rows)
    return evened(xs, ys, [weight for _, weight in rows])


def evened(xs: Sequence[float], ys: Sequence[float], weights: Sequence[float]) -> Points:
    """Centre points and give both axes a spread of one and no slant between them, turning neither more than it must."""
    xs, ys = _centred(xs, weights), _centred(ys, weights)
    a = _total(w * x * x for w, x in zip(weights, xs, strict=True))
    b = _total(w * x * y for w, x, y in zip(weights, xs, ys, strict=True))
    c = _total(w * y * y for w, y in zip(weights, ys, strict=True))
    # Multiply by the inverse of the square root of [[a, b], [b, c]].
    root = sqrt(a * c - b * b) if a * c > b * b else 0.0
    size = (a + root) * (c + root) - b * b or 1.0
    scale = sqrt(a + c + 2.0 * root) * sqrt(_total(weights)) / size
    return (
        [scale * ((c + root) * x - b * y) for x, y in zip(xs, ys, strict=True)],
        [scale * ((a + root) * y - b * x) for x, y in zip(xs, ys, strict=True)],
    )


def on_a_disc(xs: Sequence[float], ys: Sequence[float], mass: Sequence[float], gap: float) -> Points:
    """Keep directions from the middle, and give each ring as much room as its groups need."""
    far = [sqrt(x * x + y * y) for x, y in zip(xs, ys, strict=True)]
    to_x, to_y, within = [0.0] * len(far), [0.0] * len(far), 0.0
    for i in sorted(range(len(far)), key=lambda one: (far[one], one)):
        reach = 0.56 * gap * sqrt(within + mass[i] / 2.0) / (far[i] or 1.0)
        within += mass[i]
        to_x[i], to_y[i] = xs[i] * reach * _WIDE, ys[i] * reach / _WIDE
    return to_x, to_y


def loosen(
    xs: Sequence[float], ys: Sequence[float], links: Links, mass: Sequence[float], gap: float, rounds: int
) -> Points:
    """Draw ties together and push near groups apart, all at once, in shrinking steps."""
    here, there = list(xs), list(ys)
    side = gap * 1.5 * sqrt(_total(mass) / len(here))
    rows: list[Row] = [(tuple(row.items()), _total(row.values())) for row in links]
    for turn in range(rounds):
        reach = 0.8 * side * (1.0 - turn / (rounds + 2.0))
        here, there = _step(here, there, rows, mass, side, reach, _PUSH * gap * gap)
    return here, there


def _step(
    xs: list[float], ys: list[float], rows: list[Row], mass: Sequence[float], side: float, reach: float, push: float
) -> Points:
    near = _neighbourhoods(xs, ys, mass, side)
    cut, close = side * side, 0.12 * side * side
    to_x, to_y = [], []
    for x, y, (row, weight) in zip(xs, ys, rows, strict=True):
        dx = dy = 0.0
        if weight:
            for j, tie in row:
                dx += tie * xs[j]
                dy += tie * ys[j]
            dx, dy = (dx / weight - x) * _PULL, (dy / weight - y) * _PULL
        away_x = away_y = 0.0
        for other_x, other_y, heavy in near[int(x / side + 4096.5) * 8192 + int(y / side + 4096.5)]:
            ax, ay = x - other_x, y - other_y
            square = ax * ax + ay * ay
            if square < cut:
                fade = 1.0 - square / cut
                fade *= fade * heavy / (square + close)
                away_x += ax * fade
                away_y += ay * fade
        dx += push * away_x
        dy += push * away_y
        share = reach / (reach + sqrt(dx * dx + dy * dy))
        to_x.append(x + dx * share)
        to_y.append(y + dy * share)
    return to_x, to_y


def _neighbourhoods(
    xs: Sequence[float], ys: Sequence[float], mass: Sequence[float], side: float
) -> dict[int, list[tuple[float, float, float]]]:
    """For each square of the plane what stands in it and in the squares around it."""
    grid: dict[int, list[tuple[float, float, float]]] = {}
    for x, y, weight in zip(xs, ys, mass, strict=True):
        grid.setdefault(int(x / side + 4096.5) * 8192 + int(y / side + 4096.5), []).append((x, y, weight))
    return {key: [one for step in _NEAR for one in grid.get(key + step, ())] for key in grid}


def _carried(values: Sequence[float], rows: list[Row]) -> list[float]:
    """Halfway from its own value to what its ties say, for each."""
    result = []
    for value, (row, weight) in zip(values, rows, strict=True):
        told = 0.0
        for j, tie in row:
            told += tie * values[j]
        result.append(0.5 * (value + told / weight) if weight else value)
    return result


def _centred(values: Sequence[float], weights: Sequence[float]) -> list[float]:
    middle = _total(w * v for w, v in zip(weights, values, strict=True)) / (_total(weights) or 1.0)
    return [value - middle for value in values]


def _total(values: Iterable[float]) -> float:
    result = 0.0
    for value in values:
        result += value
    return result
