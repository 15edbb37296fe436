"""Where actors stand: positions computed from the network alone, the same to the last bit on every machine.

Only + - * / and square roots, in one fixed order: IEEE 754 defines these exactly, while numpy, BLAS, `hypot`, `pow` and
`sum` differ between machines or Python versions in the last bit, and a force layout amplifies that to another picture.
Four steps: distances along links, a start that knows them, stress majorization, then room for labels. Parts of
more than `CROWD` actors, where this would take minutes, are placed by `kg.view.crowd`. Places of an earlier picture can
be given: then actors stay where readers remember them, and only new ones look for free room beside their neighbours.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Mapping, Sequence
from math import sqrt

from kg.view import calm, crowd

Point = tuple[float, float]
Room = tuple[float, float]
End = tuple[int, int, float]

ASPECT = 1.3
CROWD = 300
_FAR = 1e9
_STEPS = 400_000


def places(
    rooms: Mapping[str, Room], links: Mapping[tuple[str, str], int], before: Mapping[str, Point] | None = None
) -> dict[str, Point]:
    """Place each node in the middle of the room (width, height) it needs; `links` counts the strands of a pair.

    Nodes that have a place `before` keep it, unless more than a third of all nodes have none: then all are placed anew.

    >>> spots = places({"a": (80.0, 40.0), "b": (80.0, 40.0)}, {("a", "b"): 1})
    >>> spots["a"] != spots["b"]
    True
    """
    neighbours = _neighbours(sorted(rooms), links)
    kept = {name: before[name] for name in neighbours if name in before} if before else {}
    if 3 * len(kept) >= 2 * len(neighbours) and kept:
        return _joined(kept, neighbours, rooms)
    parts = _components(neighbours)
    spots = [_component(part, neighbours, rooms) for part in parts]
    return {name: (round(x, 1), round(y, 1)) for name, (x, y) in sorted(_packed(spots, rooms).items())}


def _neighbours(names: Sequence[str], links: Mapping[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    table: dict[str, dict[str, int]] = {name: {} for name in names}
    for (left, right), strands in sorted(links.items()):
        if left != right:
            table[left][right] = table[left].get(right, 0) + strands
            table[right][left] = table[left][right]
    return table


def _components(neighbours: Mapping[str, Mapping[str, int]]) -> list[list[str]]:
    seen: set[str] = set()
    parts: list[list[str]] = []
    for name in neighbours:
        if name in seen:
            continue
        part, queue = [], [name]
        seen.add(name)
        while queue:
            here = queue.pop()
            part.append(here)
            fresh = [other for other in neighbours[here] if other not in seen]
            seen.update(fresh)
            queue += fresh
        parts.append(sorted(part))
    return sorted(parts, key=lambda part: (-len(part), part))


def _component(
    part: Sequence[str], neighbours: Mapping[str, Mapping[str, int]], rooms: Mapping[str, Room]
) -> dict[str, Point]:
    if len(part) == 1:
        return {part[0]: (0.0, 0.0)}
    index = {name: number for number, name in enumerate(part)}
    if len(part) > CROWD:
        return _crowded(part, neighbours, index)
    ends = [(index[a], index[b], 24.0 + 7.0 * min(n, 8)) for a in part for b, n in neighbours[a].items() if a < b]
    apart = _distances(part, neighbours, index)
    xs, ys = _scaled(part, apart)
    _relax(xs, ys, apart)
    _turn(xs, ys)
    _spread(xs, ys, [rooms[name] for name in part], ends)
    return {name: (xs[number], ys[number]) for name, number in index.items()}


def _crowded(
    part: Sequence[str], neighbours: Mapping[str, Mapping[str, int]], index: Mapping[str, int]
) -> dict[str, Point]:
    links = [{index[other]: 1.0 * min(n, 8) for other, n in neighbours[name].items()} for name in part]
    xs, ys = crowd.scattered(links, lambda number: (_chance("x" + part[number]), _chance("y" + part[number])))
    _turn(xs, ys)
    return {name: (xs[number], ys[number]) for name, number in index.items()}


def _joined(
    kept: Mapping[str, Point], neighbours: Mapping[str, Mapping[str, int]], rooms: Mapping[str, Room]
) -> dict[str, Point]:
    """Keep the places there are and find free room for the other actors, near their neighbours or below the picture."""
    result = dict(kept)
    large = len(neighbours) > CROWD
    grid: dict[tuple[int, int], list[tuple[float, float, float, float]]] = {}

    def box(name: str, x: float, y: float) -> tuple[float, float, float, float]:
        width, height = (crowd.GAP, crowd.GAP) if large else rooms[name]
        return (x - width / 2.0, y - height / 2.0, x + width / 2.0, y + height / 2.0)

    def cells(left: float, top: float, right: float, bottom: float) -> Iterable[tuple[int, int]]:
        for column in range(int(left / 160.0 + 9999.0), int(right / 160.0 + 9999.0) + 1):
            for line in range(int(top / 160.0 + 9999.0), int(bottom / 160.0 + 9999.0) + 1):
                yield column, line

    def free(mine: tuple[float, float, float, float]) -> bool:
        left, top, right, bottom = mine
        return not any(
            left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
            for cell in cells(*mine)
            for other in grid.get(cell, ())
        )

    def settle(name: str, x: float, y: float) -> None:
        result[name] = (round(x, 1), round(y, 1))
        mine = box(name, x, y)
        for cell in cells(*mine):
            grid.setdefault(cell, []).append(mine)

    for name, (x, y) in kept.items():
        settle(name, x, y)
    low = max(y for _, y in kept.values()) + 90.0
    new = [name for name in neighbours if name not in kept]
    for name in sorted(new, key=lambda one: (-len([o for o in neighbours[one] if o in kept]), one)):
        near = [result[other] for other in sorted(neighbours[name]) if other in result]
        x = _total(x for x, _ in near) / len(near) if near else 0.0
        y = _total(y for _, y in near) / len(near) if near else low
        for dx, dy in crowd.around(1200, 26.0):
            if free(box(name, x + dx, y + dy)):
                x, y = x + dx, y + dy
                break
        settle(name, x, y)
    return dict(sorted(result.items()))


def _distances(
    part: Sequence[str], neighbours: Mapping[str, Mapping[str, int]], index: Mapping[str, int]
) -> list[list[float]]:
    """Shortest distances; a link is longer between busy actors and where many strands need room to fan out."""
    lengths = {
        name: {
            other: 96.0 + 9.0 * sqrt(len(neighbours[name]) * 1.0 * len(neighbours[other])) + 10.0 * min(strands, 8)
            for other, strands in neighbours[name].items()
        }
        for name in part
    }
    return [_from(start, lengths, index) for start in part]


def _from(start: str, lengths: Mapping[str, Mapping[str, float]], index: Mapping[str, int]) -> list[float]:
    row = [_FAR] * len(index)
    row[index[start]] = 0.0
    heap = [(0.0, start)]
    while heap:
        distance, here = heapq.heappop(heap)
        if distance > row[index[here]]:
            continue
        for other, length in lengths[here].items():
            if distance + length < row[index[other]]:
                row[index[other]] = distance + length
                heapq.heappush(heap, (distance + length, other))
    return row


def _chance(text: str) -> float:
    """A number in [-1, 1) that depends on the text only."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:6]) / 140737488355328.0 - 1.0


def _scaled(part: Sequence[str], apart: Sequence[Sequence[float]]) -> tuple[list[float], list[float]]:
    """Classical scaling, not carried to its end: chance by name, multiplied by the doubly centred squared distances.

    The main axes themselves would turn about when two are nearly as long and one event comes or goes.
    """
    count = len(part)
    square = [[-0.5 * d * d for d in row] for row in apart]
    means = [_total(row) / count for row in square]
    mean = _total(means) / count
    table = [[value - means[i] - means[j] + mean for j, value in enumerate(row)] for i, row in enumerate(square)]
    axes = []
    for axis in ("x", "y"):
        vector = [_chance(axis + name) for name in part]
        for _ in range(3):
            vector = [_dot(row, vector) for row in table]
            size = sqrt(_dot(vector, vector)) or 1.0
            vector = [value / size for value in vector]
        axes.append(vector)
    xs, ys = calm.evened(axes[0], axes[1], [1.0] * count)
    room = 0.6 * _total(map(_total, apart)) / (count * count)
    # Actors with the same neighbours fall on one point here; a little chance lets the next step part them.
    return (
        [1.1 * room * value + 12.0 * _chance("x" + name) for value, name in zip(xs, part, strict=True)],
        [room / 1.1 * value + 12.0 * _chance("y" + name) for value, name in zip(ys, part, strict=True)],
    )


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    result = 0.0
    for a, b in zip(left, right, strict=True):
        result += a * b
    return result


def _total(values: Iterable[float]) -> float:
    result = 0.0
    for value in values:
        result += value
    return result


def _relax(xs: list[float], ys: list[float], apart: Sequence[Sequence[float]]) -> None:
    """Stress majorization: move each node to where its neighbours, near ones first, want it."""
    count = len(xs)
    pulls = [[(j, d, 1.0 / (d * d)) for j, d in enumerate(row) if j != i] for i, row in enumerate(apart)]
    weights = [_total(pull[2] for pull in row) for row in pulls]
    for _ in range(max(6, min(90, _STEPS // (count * count)))):
        for i, row in enumerate(pulls):
            x, y, to_x, to_y = xs[i], ys[i], 0.0, 0.0
            for j, distance, weight in row:
                dx, dy = x - xs[j], y - ys[j]
                scale = distance / (sqrt(dx * dx + dy * dy) or 1.0)
                to_x += weight * (xs[j] + dx * scale)
                to_y += weight * (ys[j] + dy * scale)
            xs[i], ys[i] = to_x / weights[i], to_y / weights[i]


def _turn(xs: list[float], ys: list[float]) -> None:
    """Centre the drawing and turn its longest axis level, since screens are wider than high; a round one hardly."""
    count = len(xs)
    mid_x, mid_y = _total(xs) / count, _total(ys) / count
    for i in range(count):
        xs[i] -= mid_x
        ys[i] -= mid_y
    a, b, c = _dot(xs, xs), _dot(xs, ys), _dot(ys, ys)
    across, along = b, (a - c + sqrt((a - c) * (a - c) + 4.0 * b * b)) / 2.0
    size = sqrt(along * along + across * across)
    if size == 0.0:
        return
    # A round drawing has no longest axis worth the name: one event more would point it elsewhere.
    longer = sqrt((a - c) * (a - c) + 4.0 * b * b) / ((a + c) or 1.0)
    share = min(1.0, longer * longer / 0.16)
    along, across = share * along / size + 1.0 - share, share * across / size
    size = sqrt(along * along + across * across)
    cos, sin = along / size, across / size
    for i in range(count):
        xs[i], ys[i] = xs[i] * cos + ys[i] * sin, ys[i] * cos - xs[i] * sin


def _spread(xs: list[float], ys: list[float], rooms: Sequence[Room], ends: Sequence[End]) -> None:
    """Make room: no two label boxes overlap, and no actor stands on a line that is not its own."""
    rounds = max(4, min(70, _STEPS // (2 * len(xs) * len(xs))))
    for turn in range(rounds):
        if turn < rounds * 2 // 3:
            _clear_lines(xs, ys, ends)
        if not _part_boxes(xs, ys, rooms) and turn > rounds * 2 // 3:
            return


def _part_boxes(xs: list[float], ys: list[float], rooms: Sequence[Room]) -> bool:
    moved = False
    for i, (width, height) in enumerate(rooms):
        for j in range(i):
            dx, dy = xs[i] - xs[j], ys[i] - ys[j]
            over_x = (width + rooms[j][0]) / 2.0 + 6.0 - abs(dx)
            if over_x <= 0.0:
                continue
            over_y = (height + rooms[j][1]) / 2.0 + 6.0 - abs(dy)
            if over_y <= 0.0:
                continue
            moved = True
            if over_x < over_y:
                step = over_x / 2.0 if dx >= 0.0 else -over_x / 2.0
                xs[i] += step
                xs[j] -= step
            else:
                step = over_y / 2.0 if dy >= 0.0 else -over_y / 2.0
                ys[i] += step
                ys[j] -= step
    return moved


def _clear_lines(xs: list[float], ys: list[float], ends: Sequence[End]) -> None:
    for a, b, gap in ends:
        ax, ay = xs[a], ys[a]
        dx, dy = xs[b] - ax, ys[b] - ay
        square = dx * dx + dy * dy
        if square == 0.0:
            continue
        length = sqrt(square)
        for i in range(len(xs)):
            px, py = xs[i] - ax, ys[i] - ay
            along = px * dx + py * dy
            if i in (a, b) or along <= 0.0 or along >= square:
                continue
            off = (py * dx - px * dy) / length
            if -gap < off < gap:
                push = 0.25 * (gap - off if off >= 0.0 else -gap - off)
                xs[i] -= push * dy / length
                ys[i] += push * dx / length


def _packed(parts: Sequence[Mapping[str, Point]], rooms: Mapping[str, Room]) -> dict[str, Point]:
    """Put the largest part first and the others in rows below it, as wide as the largest."""
    if not parts:
        return {}
    boxes = [_box(part, rooms) for part in parts]
    result: dict[str, Point] = {}
    width = max(boxes[0][2] - boxes[0][0], _row_width(boxes))
    x, y, row = 0.0, 0.0, 0.0
    for part, (left, top, right, bottom) in zip(parts, boxes, strict=True):
        if x > 0.0 and x + right - left > width:
            x, y, row = 0.0, y + row + 30.0, 0.0
        for name, (px, py) in part.items():
            result[name] = (px - left + x, py - top + y)
        x += right - left + 20.0
        row = max(row, bottom - top)
    return _centred(result)


def _row_width(boxes: Sequence[tuple[float, float, float, float]]) -> float:
    area = _total((right - left + 20.0) * (bottom - top + 30.0) for left, top, right, bottom in boxes)
    return sqrt(area * ASPECT)


def _box(part: Mapping[str, Point], rooms: Mapping[str, Room]) -> tuple[float, float, float, float]:
    return (
        min(x - rooms[name][0] / 2.0 for name, (x, _) in part.items()),
        min(y - rooms[name][1] / 2.0 for name, (_, y) in part.items()),
        max(x + rooms[name][0] / 2.0 for name, (x, _) in part.items()),
        max(y + rooms[name][1] / 2.0 for name, (_, y) in part.items()),
    )


def _centred(spots: Mapping[str, Point]) -> dict[str, Point]:
    mid_x = (min(x for x, _ in spots.values()) + max(x for x, _ in spots.values())) / 2.0
    mid_y = (min(y for _, y in spots.values()) + max(y for _, y in spots.values())) / 2.0
    return {name: (x - mid_x, y - mid_y) for name, (x, y) in spots.items()}
