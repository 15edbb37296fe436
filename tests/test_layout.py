"""Places of thousands: quick, the same everywhere, near their neighbours, and kept from one build to the next."""

from __future__ import annotations

import hashlib
import random
import time
from dataclasses import replace
from math import hypot
from statistics import median

import pytest

from kg.view import draw, layout, places_in

from .bench.pictures import synthetic

Links = dict[tuple[str, str], int]


def camps(nodes: int, seed: int = 3) -> tuple[dict[str, layout.Room], Links]:
    """Camps of some forty, tied within more than between."""
    chance = random.Random(seed)
    names = [f"n{number:05}" for number in range(nodes)]
    links: Links = {}
    for number in range(1, nodes):
        first = number - number % 40
        step = int(chance.random() * chance.random() * (number - first))
        links[names[first + step if number > first else first - 40], names[number]] = 1
        if chance.random() < 0.9:
            other = chance.randrange(nodes) if chance.random() < 0.1 else min(nodes - 1, first + chance.randrange(40))
            if other != number:
                links[names[min(other, number)], names[max(other, number)]] = chance.randrange(1, 4)
    return dict.fromkeys(names, (80.0, 46.0)), links


def test_two_thousand_actors_are_placed_at_once_and_apart() -> None:
    rooms, links = camps(2000)
    began = time.process_time()
    spots = layout.places(rooms, links)
    assert time.process_time() - began < 2.0
    assert spots.keys() == rooms.keys() and len(set(spots.values())) == len(spots)
    grid: dict[tuple[int, int], list[layout.Point]] = {}
    for x, y in spots.values():
        grid.setdefault((int(x // 20), int(y // 20)), []).append((x, y))
    assert max(map(len, grid.values())) <= 4


def test_neighbours_stand_near_each_other() -> None:
    rooms, links = camps(2000)
    spots = layout.places(rooms, links)
    chance, names = random.Random(1), sorted(rooms)

    def apart(a: str, b: str) -> float:
        return hypot(spots[a][0] - spots[b][0], spots[a][1] - spots[b][1])

    tied = median(apart(a, b) for a, b in links)
    anyone = median(apart(*chance.sample(names, 2)) for _ in range(4000))
    assert tied < 0.4 * anyone


def test_places_of_thousands_are_the_same_on_every_machine() -> None:
    rooms, links = camps(700)
    spots = layout.places(rooms, links)
    backwards = {(b, a): links[a, b] for a, b in reversed(links)}
    assert layout.places(dict(reversed(rooms.items())), backwards) == spots
    digest = hashlib.sha256(repr(sorted(spots.items())).encode()).hexdigest()
    assert digest[:16] == "1b7333232a75e47c", "changed on purpose? then write the new value here"


@pytest.mark.parametrize("nodes", [40, 600])
def test_actors_keep_their_places_from_one_page_to_the_next(nodes: int) -> None:
    old = synthetic(nodes, 3 * nodes)
    first = draw(old)
    before = places_in(first)
    assert before.keys() == old.entities.keys()
    assert draw(old, before=before) == first
    event = next(iter(old.events))
    edges = tuple(edge for edge in old.edges if event not in edge.because)
    newcomer = replace(old.entities["actor-00002"], id="actor-new")
    new = replace(
        old,
        edges=(*edges, replace(old.edges[1], id="edge-new", subject="actor-new")),
        entities={**old.entities, "actor-new": newcomer},
    )
    after = places_in(draw(new, before=before))
    moved = [hypot(after[key][0] - x, after[key][1] - y) for key, (x, y) in before.items()]
    across = hypot(*(max(s[i] for s in before.values()) - min(s[i] for s in before.values()) for i in (0, 1)))
    assert median(moved) < 0.05 * across and max(moved) < 1
    assert after["actor-new"] not in before.values()


@pytest.mark.parametrize("nodes", [100, 300, 500, 2000])
def test_without_an_earlier_page_one_event_less_moves_hardly_anybody(nodes: int) -> None:
    picture = synthetic(nodes, 3 * nodes)
    before = places_in(draw(picture))
    across = hypot(*(max(s[i] for s in before.values()) - min(s[i] for s in before.values()) for i in (0, 1)))
    drawn = [event for event in picture.events if any(event in edge.because for edge in picture.edges)]
    for gone in drawn[:: len(drawn) // 3]:
        edges = tuple(edge for edge in picture.edges if gone not in edge.because)
        after = places_in(draw(replace(picture, edges=edges)))
        drift = median(hypot(after[key][0] - x, after[key][1] - y) for key, (x, y) in before.items()) / across
        assert 0 < drift < 0.05, gone


@pytest.mark.parametrize("shape", ["chain", "tree"])
def test_a_network_with_few_ties_is_spread_by_their_lengths(shape: str) -> None:
    names = [f"n{number:04}" for number in range(600)]
    links = {(names[n - 1 if shape == "chain" else n // 4], names[n]): 1 for n in range(1, len(names))}
    spots = layout.places(dict.fromkeys(names, (80.0, 46.0)), links)
    chance = random.Random(2)

    def apart(a: str, b: str) -> float:
        return hypot(spots[a][0] - spots[b][0], spots[a][1] - spots[b][1])

    tied = median(apart(a, b) for a, b in links)
    anyone = median(apart(*chance.sample(names, 2)) for _ in range(2000))
    assert tied < 0.2 * anyone


def test_a_picture_with_other_actors_is_placed_anew() -> None:
    picture = synthetic(30, 60)
    strangers = {f"stranger-{number}": (5.0 * number, 0.0) for number in range(30)}
    assert draw(picture, before=strangers) == draw(picture)


NONE_OF_OURS = ("", "<html></html>", *(
    f'<script type="application/json" id="data">{data}</script>' for data in ("[1]", '{"nodes": [{"id": 1}]}', '"xx"')
))  # fmt: skip


@pytest.mark.parametrize("text", NONE_OF_OURS)
def test_a_page_that_is_none_of_ours_has_no_places(text: str) -> None:
    assert places_in(text) == {}
