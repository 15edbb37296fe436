"""A part of the network as one still picture: an SVG that needs no script, no style and no colour to be read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from math import cos, hypot, pi, sin

from kg.records import EdgeRecord, EntityRecord
from kg.view.layout import places
from kg.view.model import LOOKS, OTHER, QUAD_COLORS

MOST = 22
_DASH = "5 4"


@dataclass(frozen=True, slots=True)
class Bond:
    """All direct edges between two entities, drawn as one line."""

    one: str
    other: str
    edges: tuple[EdgeRecord, ...]

    @property
    def weight(self) -> int:
        """Events behind the line; a tie or an office counts one."""
        return sum(max(edge.count, 1) for edge in self.edges)

    @property
    def family(self) -> int:
        """The quad class with most events; 0 for ties and offices."""
        counts: dict[int, int] = {}
        for edge in self.edges:
            counts[edge.quad_class] = counts.get(edge.quad_class, 0) + max(edge.count, 1)
        return max(counts, key=lambda quad: (counts[quad], quad))

    @property
    def contested(self) -> bool:
        """Whether every edge of it rests on contested claims."""
        return all(edge.status == "Contested" for edge in self.edges)


def bonds(edges: Iterable[EdgeRecord], around: Collection[str], most: int = MOST) -> tuple[Bond, ...]:
    """Gather edges by pair, and keep those of the `most` entities that are tied most to the ones in the middle."""
    pairs: dict[tuple[str, str], list[EdgeRecord]] = {}
    for edge in edges:
        if edge.subject != edge.object:
            ends = sorted((edge.subject, edge.object), key=lambda node: (node not in around, node))
            pairs.setdefault((ends[0], ends[1]), []).append(edge)
    made = [Bond(one, other, tuple(sorted(own, key=lambda e: e.id))) for (one, other), own in sorted(pairs.items())]
    tied: dict[str, int] = {}
    for bond in made:
        for node in (bond.one, bond.other):
            tied[node] = tied.get(node, 0) + bond.weight
    kept = set(sorted(tied, key=lambda node: (node not in around, -tied[node], node))[:most])
    return tuple(bond for bond in made if bond.one in kept and bond.other in kept)


def draw(ties: Collection[Bond], entities: Mapping[str, EntityRecord], middle: Collection[str], title: str) -> str:
    """Draw bonds as an SVG; the entities in the middle have bold labels. Empty when there is nothing to draw."""
    if not ties:
        return ""
    nodes = sorted({node for bond in ties for node in (bond.one, bond.other)})
    labels = {node: entities[node].label if node in entities else node for node in nodes}
    rooms = {node: (min(max(len(labels[node]) * 7.2, 60.0), 190.0), 62.0) for node in nodes}
    spots = places(rooms, {(min(b.one, b.other), max(b.one, b.other)): len(b.edges) for b in ties})
    left, right = (
        min(x - rooms[n][0] / 2 for n, (x, _) in spots.items()),
        max(x + rooms[n][0] / 2 for n, (x, _) in spots.items()),
    )
    top, low = min(y for _, y in spots.values()) - 34, max(y for _, y in spots.values()) + 46
    width, height = right - left + 28, low - top
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="net-title net-desc" '
        f'width="{width:.0f}" height="{height:.0f}" viewBox="{left - 14:.0f} {top:.0f} {width:.0f} {height:.0f}" '
        'font-family="sans-serif" font-size="13">',
        f'<title id="net-title">{escape(title)}</title><desc id="net-desc">{escape(described(ties, labels))}</desc>',
    ]
    parts += [_line(bond, spots) for bond in sorted(ties, key=lambda b: (b.weight, b.one, b.other))]
    parts += [_node(node, entities.get(node), labels[node], spots[node], node in middle) for node in nodes]
    return "".join([*parts, "</svg>"])


def described(ties: Collection[Bond], labels: Mapping[str, str]) -> str:
    """Say a picture in words, the strongest bonds first."""
    told = [
        f"{labels.get(bond.one, bond.one)} and {labels.get(bond.other, bond.other)}: {bond.weight}"
        f"{' (contested)' if bond.contested else ''}"
        for bond in sorted(ties, key=lambda bond: (-bond.weight, bond.one, bond.other))
    ]
    return f"{len(ties)} pairs. {'; '.join(told)}."


def _line(bond: Bond, spots: Mapping[str, tuple[float, float]]) -> str:
    (x1, y1), (x2, y2) = spots[bond.one], spots[bond.other]
    width = 1.2 + min(bond.weight, 12) * 0.45
    dash = f' stroke-dasharray="{_DASH}"' if bond.contested else ""
    long = hypot(x2 - x1, y2 - y1) or 1.0
    x, y = x1 + (x2 - x1) * 0.5, y1 + (y2 - y1) * 0.5
    line = (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{QUAD_COLORS[bond.family]}" '
        f'stroke-width="{width:.2f}" stroke-linecap="round"{dash}/>'
    )
    if bond.weight < 2 or long < 70:
        return line
    text = f"{bond.weight}{' ≠' if bond.contested else ''}"
    return (
        f'{line}<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" font-size="11" fill="#1b2126" stroke="#ffffff" '
        f'stroke-width="3.5" paint-order="stroke" stroke-linejoin="round">{text}</text>'
    )


def _node(node: str, entity: EntityRecord | None, label: str, spot: tuple[float, float], bold: bool) -> str:
    look = LOOKS.get(entity.type, OTHER) if entity else OTHER
    x, y = spot
    size = 15.0 if bold else 10.5
    weight = ' font-weight="700"' if bold else ""
    return (
        f'{_figure(look.figure, x, y, size, look.color)}<text x="{x:.1f}" y="{y + size + 15:.1f}" text-anchor="middle"'
        f'{weight} fill="#1b2126" stroke="#ffffff" stroke-width="3.5" paint-order="stroke" stroke-linejoin="round">'
        f"{escape(label)}</text>"
    )


_CORNERS = {"square": (4, 0.25), "pentagon": (5, 0.0), "diamond": (4, 0.0), "kite": (4, 0.0), "hexagon": (6, 0.0),
            "octagon": (8, 0.125), "triangle": (3, 0.0), "house": (5, 0.0), "shield": (3, 0.5), "page": (4, 0.25),
            "pin": (3, 0.5)}  # fmt: skip


def _figure(figure: str, x: float, y: float, size: float, color: str) -> str:
    look = f'fill="{color}" stroke="#20262b" stroke-width="1.4"'
    if figure not in _CORNERS:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" {look}/>'
    corners, turn = _CORNERS[figure]
    angles = (2 * pi * (k / corners + turn / 2) - pi / 2 for k in range(corners))
    points = " ".join(f"{x + size * 1.12 * cos(a):.1f},{y + size * 1.12 * sin(a):.1f}" for a in angles)
    return f'<polygon points="{points}" {look}/>'


__all__ = ["MOST", "Bond", "bonds", "described", "draw"]
