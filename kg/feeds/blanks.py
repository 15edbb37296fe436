"""Triples with blank nodes in, the same triples with names out: each blank node is named by what is said of it.

Names are refined in rounds: first by the words around a node, then by the names of its neighbours, until no more nodes
are told apart. Nodes that even then look the same are told apart by the order in which they stand. Time grows with the
number of triples and the length of the longest chain, also for graphs that are made to be hard.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, NamedNode, Triple

from kg.terms import ID

_ROUNDS = 40
_Around = dict[BlankNode, list[tuple[str, str, "BlankNode | None"]]]


def named(triples: Iterable[Triple]) -> Iterator[Triple]:
    """Give a name to every blank node of some triples; the same triples in the same order give the same names."""
    whole = list(triples)
    names = _names(_around(whole))
    for each in whole:
        subject = names[each.subject] if isinstance(each.subject, BlankNode) else each.subject
        target = names[each.object] if isinstance(each.object, BlankNode) else each.object
        yield Triple(subject, each.predicate, target)


def _around(triples: Iterable[Triple]) -> _Around:
    """What is said of each node: direction, predicate with the other end if it has a name, and the other end if not."""
    found: _Around = defaultdict(list)
    for each in triples:
        subject, target = each.subject, each.object
        if isinstance(subject, BlankNode):
            other = target if isinstance(target, BlankNode) else None
            found[subject].append((">", f"{each.predicate} {'' if other else target}", other))
        if isinstance(target, BlankNode):
            other = subject if isinstance(subject, BlankNode) else None
            found[target].append(("<", f"{each.predicate} {'' if other else subject}", other))
    return found


def _names(around: _Around) -> dict[BlankNode, NamedNode]:
    colours: dict[BlankNode | None, str] = dict.fromkeys(around, "")
    kinds = 0
    for _ in range(_ROUNDS):
        colours = {node: _digest(sorted((way, words, colours.get(other, "")) for way, words, other in each))
                   for node, each in around.items()}  # fmt: skip
        if len(set(colours.values())) == kinds:
            break
        kinds = len(set(colours.values()))
    seen: dict[str, int] = defaultdict(int)
    names: dict[BlankNode, NamedNode] = {}
    for node in around:
        colour = colours[node]
        seen[colour] += 1
        again = f"-{seen[colour]}" if seen[colour] > 1 else ""
        names[node] = NamedNode(f"{ID}rdf-node-{colour[:16]}{again}")
    return names


def _digest(parts: list[tuple[str, str, str]]) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()
