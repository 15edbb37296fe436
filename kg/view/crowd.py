"""Where thousands of actors stand: coarsen the network, place the few groups that remain, refine level by level.

Like `kg.view.layout`, which uses it for large parts, it computes with + - * / and square roots in one fixed order only,
so that the same network has the same places on every machine. Ten thousand actors take about two seconds. Networks
that are nearly trees are spread by the lengths of their ties; others as `kg.view.calm` does, where nobody is moved far
by one tie more or less.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import sqrt

from kg.view import calm

Links = list[dict[int, float]]
Chance = Callable[[int], tuple[float, float]]

GAP = 46.0  # what an actor needs for itself, in the units of the page
_FEW = 90
_GROUP = 5
_DENSE = 1.25  # ties for each actor from which their agreement places them
_FAR = 1e9
# One step around the spiral of a sunflower: the golden angle, as a turn of the plane.
_TURN = (-0.7373688780783197, 0.6754902942615238)


def scattered(links: Links, chance: Chance) -> tuple[list[float], list[float]]:
    """Place the nodes of a connected network; `chance` gives two numbers in [-1, 1) that depend on the node only."""
    levels = [(links, [1.0] * len(links))]
    parents: list[list[int]] = []
    dense = _total(len(row) for row in links) >= 2.0 * _DENSE * len(links)
    while len(levels[-1][0]) > _FEW:
        parent, count = _groups(*levels[-1])
        if count > 0.92 * len(parent):
            break
        parents.append(parent)
        levels.append(_coarser(*levels[-1], parent, count))
    if dense:
        return _calm(levels, parents, chance)
    xs, ys = _first(*levels[-1])
    for depth in range(len(parents) - 1, -1, -1):
        finer, mass = levels[depth]
        xs, ys = _handed_down(parents[depth], mass, xs, ys, chance)
        _refine(xs, ys, finer, mass, 6 if depth == 0 else 9)
    _part(xs, ys, links)
    return xs, ys


def _calm(levels: list[tuple[Links, list[float]]], parents: list[list[int]], chance: Chance) -> calm.Points:
    """Let the actors agree on places, hand these up to the few groups, and refine level by level on the way back."""
    links = levels[0][0]
    drawn = [chance(i) for i in range(len(links))]
    jitter = [([x for x, _ in drawn], [y for _, y in drawn])]
    xs, ys = calm.agreed(links, jitter[0])
    for parent, (_, mass), (_, masses) in zip(parents, levels, levels[1:], strict=False):
        count = len(masses)
        jitter.append((_gathered(jitter[-1][0], parent, count), _gathered(jitter[-1][1], parent, count)))
        xs = _middles(xs, mass, parent, masses)
        ys = _middles(ys, mass, parent, masses)
    xs, ys = calm.on_a_disc(xs, ys, levels[-1][1], GAP)
    for depth in range(len(parents) - 1, -1, -1):
        room = 0.7 * GAP
        xs = [xs[group] + room * part for group, part in zip(parents[depth], jitter[depth][0], strict=True)]
        ys = [ys[group] + room * part for group, part in zip(parents[depth], jitter[depth][1], strict=True)]
        xs, ys = calm.loosen(xs, ys, *levels[depth], GAP, 4 if depth == 0 else 7)
    _part(xs, ys, links)
    return xs, ys


def _gathered(values: Sequence[float], parent: Sequence[int], count: int) -> list[float]:
    result = [0.0] * count
    for value, group in zip(values, parent, strict=True):
        result[group] += value
    return result


def _middles(
    values: Sequence[float], mass: Sequence[float], parent: Sequence[int], masses: Sequence[float]
) -> list[float]:
    heavy = [value * weight for value, weight in zip(values, mass, strict=True)]
    return [total / weight for total, weight in zip(_gathered(heavy, parent, len(masses)), masses, strict=True)]


def _groups(links: Links, mass: Sequence[float]) -> tuple[list[int], int]:
    """Join each node with the neighbour it is tied to most for their size; leaves of a full group join each other."""
    parent = [-1] * len(links)
    sizes: list[int] = []
    waiting: dict[int, int] = {}
    for i in sorted(range(len(links)), key=lambda node: (len(links[node]), node)):
        if parent[i] >= 0:
            continue
        best, most, nearest, strongest = -1, 0.0, -1, 0.0
        for j, weight in links[i].items():
            rate = weight / mass[j]
            if rate > strongest:
                nearest, strongest = j, rate
            if rate > most and (parent[j] < 0 or sizes[parent[j]] < _GROUP):
                best, most = j, rate
        if best >= 0 and parent[best] < 0:
            parent[i] = parent[best] = len(sizes)
            sizes.append(2)
        elif best >= 0:
            parent[i] = parent[best]
            sizes[parent[i]] += 1
        elif nearest in waiting and sizes[waiting[nearest]] < _GROUP:
            parent[i] = waiting[nearest]
            sizes[parent[i]] += 1
        else:
            parent[i] = waiting[nearest] = len(sizes)
            sizes.append(1)
    return parent, len(sizes)


def _coarser(links: Links, mass: Sequence[float], parent: Sequence[int], count: int) -> tuple[Links, list[float]]:
    table: Links = [{} for _ in range(count)]
    masses = [0.0] * count
    for i, row in enumerate(links):
        here = parent[i]
        masses[here] += mass[i]
        mine = table[here]
        for j, weight in row.items():
            there = parent[j]
            if there != here:
                mine[there] = mine.get(there, 0.0) + weight
    return table, masses


def _first(links: Links, mass: Sequence[float]) -> tuple[list[float], list[float]]:
    """Place the few groups of the coarsest level so that their distances say how far they are tied."""
    count = len(links)
    xs, ys = _sunflower(count, GAP * sqrt(_total(mass) / count))
    if count > 3 * _FEW:
        return xs, ys
    strength = [_total(row.values()) or 1.0 for row in links]
    whole = _total(strength)
    lengths = [
        {
            j: GAP * 0.6 * (sqrt(mass[i]) + sqrt(mass[j])) * (0.7 + 1.0 / (0.3 + w * whole / strength[i] / strength[j]))
            for j, w in row.items()
        }
        for i, row in enumerate(links)
    ]
    pulls = [[(j, d, 1.0 / (d * d)) for j, d in enumerate(_from(i, lengths)) if j != i] for i in range(count)]
    weights = [_total(pull[2] for pull in row) or 1.0 for row in pulls]
    for _ in range(30):
        for i, row in enumerate(pulls):
            x, y, to_x, to_y = xs[i], ys[i], 0.0, 0.0
            for j, distance, weight in row:
                dx, dy = x - xs[j], y - ys[j]
                scale = distance / (sqrt(dx * dx + dy * dy) or 1.0)
                to_x += weight * (xs[j] + dx * scale)
                to_y += weight * (ys[j] + dy * scale)
            xs[i], ys[i] = to_x / weights[i], to_y / weights[i]
    return xs, ys


def _sunflower(count: int, gap: float) -> tuple[list[float], list[float]]:
    xs, ys, cos, sin = [], [], 1.0, 0.0
    for i in range(count):
        far = gap * 0.56 * sqrt(i + 0.5)
        xs.append(far * cos)
        ys.append(far * sin)
        cos, sin = cos * _TURN[0] - sin * _TURN[1], cos * _TURN[1] + sin * _TURN[0]
    return xs, ys


def around(count: int, gap: float) -> Iterator[tuple[float, float]]:
    """Spots around the origin, the nearest first."""
    yield from zip(*_sunflower(count, gap), strict=True)


def _from(start: int, lengths: Links) -> list[float]:
    row = [_FAR] * len(lengths)
    row[start] = 0.0
    heap = [(0.0, start)]
    while heap:
        distance, here = heapq.heappop(heap)
        if distance > row[here]:
            continue
        for other, length in lengths[here].items():
            if distance + length < row[other]:
                row[other] = distance + length
                heapq.heappush(heap, (distance + length, other))
    return row


def _total(values: Iterable[float]) -> float:
    result = 0.0
    for value in values:
        result += value
    return result


def _handed_down(
    parent: Sequence[int], mass: Sequence[float], xs: Sequence[float], ys: Sequence[float], chance: Chance
) -> tuple[list[float], list[float]]:
    fine_x, fine_y = [], []
    for i, group in enumerate(parent):
        dx, dy = chance(i)
        room = 0.7 * GAP * sqrt(mass[i])
        fine_x.append(xs[group] + room * dx)
        fine_y.append(ys[group] + room * dy)
    return fine_x, fine_y


def _refine(xs: list[float], ys: list[float], links: Links, mass: Sequence[float], rounds: int) -> None:
    """Draw ties together and push crowded cells apart, in shrinking steps."""
    count = len(xs)
    side = GAP * 1.5 * sqrt(_total(mass) / count)
    rows = [(i, tuple(row.items()), 1.0 / (_total(row.values()) or 1.0)) for i, row in enumerate(links)]
    for turn in range(rounds):
        reach = side * (1.0 - turn / (rounds + 2.0)) * 0.8
        cells = _cells(xs, ys, mass, side)
        for i, row, share in rows:
            x, y = xs[i], ys[i]
            to_x = to_y = 0.0
            for j, weight in row:
                to_x += weight * xs[j]
                to_y += weight * ys[j]
            dx = (to_x * share - x) * 0.35 if row else 0.0
            dy = (to_y * share - y) * 0.35 if row else 0.0
            for weight, cx, cy in cells[int(x / side + 4096.5) * 8192 + int(y / side + 4096.5)]:
                ax, ay = x - cx, y - cy
                push = weight / (ax * ax + ay * ay + 0.12 * side * side)
                dx += ax * push
                dy += ay * push
            far = sqrt(dx * dx + dy * dy)
            if far > reach:
                dx, dy = dx * reach / far, dy * reach / far
            xs[i], ys[i] = x + dx, y + dy
        # Positions move as they are read; the cells of a round stay those of its beginning.


def _cells(
    xs: Sequence[float], ys: Sequence[float], mass: Sequence[float], side: float
) -> dict[int, list[tuple[float, float, float]]]:
    """For each square of the plane the push and middle of itself and the squares around it."""
    sums: dict[int, list[float]] = {}
    for x, y, weight in zip(xs, ys, mass, strict=True):
        key = int(x / side + 4096.5) * 8192 + int(y / side + 4096.5)
        found = sums.get(key)
        if found is None:
            sums[key] = [weight, x * weight, y * weight]
        else:
            found[0] += weight
            found[1] += x * weight
            found[2] += y * weight
    strength = 0.2 * GAP * GAP
    table = {key: (strength * weight, x / weight, y / weight) for key, (weight, x, y) in sums.items()}
    near = (-8193, -8192, -8191, -1, 0, 1, 8191, 8192, 8193)
    return {key: [table[key + step] for step in near if key + step in table] for key in table}


def _part(xs: list[float], ys: list[float], links: Links) -> None:
    """No two actors closer than their figures need; busy ones need more."""
    needs = [GAP * (0.2 + 0.04 * sqrt(len(row))) for row in links]
    for _ in range(5):
        side = GAP
        grid: dict[int, list[int]] = {}
        for i, x in enumerate(xs):
            grid.setdefault(int(x / side + 4096.5) * 8192 + int(ys[i] / side + 4096.5), []).append(i)
        moved = False
        for key, here in grid.items():
            others = [*grid.get(key + 1, ()), *grid.get(key + 8191, ()), *grid.get(key + 8192, ())]
            others += grid.get(key + 8193, ())
            for at, i in enumerate(here):
                need = needs[i]
                for j in [*here[at + 1 :], *others]:
                    dx, dy = xs[i] - xs[j], ys[i] - ys[j]
                    room = need + needs[j]
                    if room > side * 1.9:
                        room = side * 1.9
                    square = dx * dx + dy * dy
                    if square >= room * room:
                        continue
                    moved = True
                    far = sqrt(square)
                    if far < 0.01:
                        dx, dy, far = (0.01, 0.0, 0.01) if i % 2 else (0.0, 0.01, 0.01)
                    step = (room - far) / far * 0.5
                    xs[i] += dx * step
                    ys[i] += dy * step
                    xs[j] -= dx * step
                    ys[j] -= dy * step
        if not moved:
            return
