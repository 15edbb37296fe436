"""The frustration index of a signed graph: how many ties stand against the best division into two camps.

A tie is frustrated when it is positive between the camps or negative within one (Harary 1959; Aref and Wilson 2019,
Journal of Complex Networks 7(2)). It is reckoned block by block, since ties in different biconnected blocks do not
bear on each other: exactly, by trying every division, for blocks of up to `EXACT` nodes; else as max-cut by
networkx' one-exchange from several seeded starts, which gives an upper bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import networkx as nx

EXACT = 16
_STARTS = 20
Pair = tuple[str, str]


def frustration(signs: Mapping[Pair, int]) -> tuple[int, bool, dict[str, int]]:
    """Give the index, whether it is exact, and the camp (0 or 1) of each node; the camp of the first name is 0.

    >>> index, exact, camps = frustration({("a", "b"): 1, ("b", "c"): 1, ("a", "c"): -1})
    >>> index, exact
    (1, True)
    >>> frustration({("a", "b"): -1, ("b", "c"): -1, ("a", "c"): 1})[2]
    {'a': 0, 'b': 1, 'c': 0}
    """
    import networkx as nx

    graph: nx.Graph[str] = nx.Graph()
    for (one, other), sign in sorted(signs.items()):
        graph.add_edge(one, other, sign=sign)
    total, exact, relative = 0, True, []
    for block in sorted(nx.biconnected_components(graph), key=sorted):
        part = graph.subgraph(block)
        small = len(block) <= EXACT
        count, camps = _by_trial(part) if small else _by_exchange(part)
        total, exact = total + count, exact and small
        relative.append(camps)
    return total, exact, _joined(relative, graph)


def _by_trial(part: nx.Graph[Any]) -> tuple[int, dict[str, int]]:
    """Try every division, changing one node at a time (Gray code); the first node stays where it is."""
    nodes = sorted(part)
    places = {node: place for place, node in enumerate(nodes)}
    near: list[list[tuple[int, int]]] = [
        [(places[other], part[node][other]["sign"]) for other in sorted(part[node])] for node in nodes
    ]
    side = [1] * len(nodes)
    now = sum(sign < 0 for _, _, sign in part.edges(data="sign"))
    least, best = now, side[:]
    for step in range(1, 1 << (len(nodes) - 1)):
        moved = 1 + ((step & -step).bit_length() - 1)
        now += sum(sign * side[other] * side[moved] for other, sign in near[moved])
        side[moved] = -side[moved]
        if now < least:
            least, best = now, side[:]
    return least, {node: int(best[place] != best[0]) for place, node in enumerate(nodes)}


def _by_exchange(part: nx.Graph[Any]) -> tuple[int, dict[str, int]]:
    """Maximise the cut that counts negative ties for and positive ones against; frustration is what it leaves."""
    import networkx as nx

    weighted: nx.Graph[str] = nx.Graph()
    for one, other, sign in sorted(part.edges(data="sign")):
        weighted.add_edge(one, other, weight=-sign)
    negative = sum(sign < 0 for _, _, sign in part.edges(data="sign"))
    found = [nx.algorithms.approximation.one_exchange(weighted, seed=seed, weight="weight") for seed in range(_STARTS)]
    value, (camp, _) = max(found, key=lambda each: each[0])
    first = min(part)
    return negative - int(value), {node: int((node in camp) != (first in camp)) for node in sorted(part)}


def _joined(relative: Iterable[Mapping[str, int]], graph: nx.Graph[str]) -> dict[str, int]:
    """Turn the blocks so that they agree on the nodes that they share; each component begins with camp 0."""
    waiting = list(relative)
    camps: dict[str, int] = {}
    while waiting:
        touching = next((block for block in waiting if camps.keys() & block.keys()), None)
        block = touching or min(waiting, key=lambda each: min(each))
        shared = min(camps.keys() & block.keys(), default=None) if touching else None
        turn = camps[shared] ^ block[shared] if shared is not None else block[min(block)]
        camps.update({node: camp ^ turn for node, camp in block.items()})
        waiting.remove(block)
    return dict(sorted(camps.items()))


__all__ = ["EXACT", "frustration"]
