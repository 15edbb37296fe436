"""How deep the engine would recurse on a query, estimated from its tokens."""

from __future__ import annotations

from dataclasses import dataclass

from kg.sparql.lexer import CLOSING, FUNCTIONS, Seen, refused

# The engine parses these twice or more often when what follows does not fit, so each level doubles its work.
_RETRIED = frozenset(["REGEX", "SUBSTR", "REPLACE", "GROUP_CONCAT"])
_MAX_RETRIED = 8
_APART = frozenset(["OPTIONAL", "MINUS", "UNION", "EXISTS"])
_CHAINING = {
    "group": frozenset([".", ";", ",", "/", "|", "^", "!", "~"]),
    "list": frozenset([",", ";", "/", "|", "^", "!"]),
    "node": frozenset([".", ";", ",", "/", "|", "^", "!", "~"]),
    "expr": frozenset(["||", "&&", "+", "-", "*", "/", "!"]),
}


@dataclass(slots=True)
class _Level:
    """An open bracket with its own weight, the links chained in it so far, and the deepest bracket closed in it."""

    weight: int = 0
    apart: bool = True
    retried: int = 0
    chained: int = 0
    deepest: int = 0


def check_depth(seen: list[Seen], limit: int) -> None:
    """Bound the recursion of the engine from above, in units of some 3.4 KiB of its stack.

    A bracket recurses once; calls and EXISTS take the stack of three. Patterns of one group become a chain of joins,
    also through inner groups and lists; what OPTIONAL, MINUS, UNION, EXISTS and subqueries hold stays apart.
    """
    levels = [_Level()]
    base = 0
    for n, (token, place) in enumerate(seen):
        top = levels[-1]
        if token.kind == "punct" and token.text in CLOSING and len(levels) > 1:
            levels.pop()
            base -= top.weight + top.chained
            links = 0 if top.apart or _word_after(seen, n) == "UNION" else top.chained
            top, inner = levels[-1], top
            top.deepest = max(top.deepest, inner.weight + inner.deepest + inner.chained - links)
        else:
            links = _links(seen, n)
        top.chained += links
        base += links
        if place.opens:
            levels.append(_opened(seen, n, top))
            base += levels[-1].weight
        if levels[-1].retried > _MAX_RETRIED:
            what = f"calls that the engine reads again and again are nested more than {_MAX_RETRIED} deep."
            raise refused(token, what, "Nest REPLACE, SUBSTR, REGEX, GROUP_CONCAT and !(…) less.")
        if base + levels[-1].deepest > limit:
            what = f"the query nests or chains too much for the engine (more than {limit} deep)."
            raise refused(token, what, "Write alternatives as IN (…) or VALUES, or ask in several queries.")


def _word_after(seen: list[Seen], n: int) -> str:
    return seen[n + 1][0].word if n + 1 < len(seen) else ""


def _opened(seen: list[Seen], n: int, top: _Level) -> _Level:
    token, place = seen[n]
    opener = seen[n - 1][0]  # a query begins with a word
    calls = token.text == "(" and opener.word in FUNCTIONS
    # The engine could read OPTIONAL or EXISTS at the end of a prefixed name.
    exists = token.text == "{" and (opener.word == "EXISTS" or opener.kind == "pname")
    return _Level(
        weight=3 if calls or exists else 1,
        apart=place.opens == "expr" or opener.word in _APART or _word_after(seen, n) == "SELECT",
        retried=top.retried + (opener.word in _RETRIED or _negated(seen, n)),
    )


def _negated(seen: list[Seen], n: int) -> bool:
    """Tell whether a '!' stands before a bracket or before the call that it opens."""
    before = [token for token, _ in reversed(seen[max(0, n - 3) : n])]
    while before and before[0].kind in ("word", "iri", "pname"):
        before.pop(0)
    return bool(before) and before[0].text == "!"


def _links(seen: list[Seen], n: int) -> int:
    """Count the links that a token, other than a closing bracket, adds to the chain it stands in."""
    token, place = seen[n]
    if place.kind in ("data", "names") or place.clause == "template":
        return 0
    if place.opens:
        return {"list": 2, "expr": 0}.get(place.kind, 1) + (token.text == "{|")
    if token.kind == "punct":
        return int(token.text in _CHAINING[place.kind])
    if place.kind == "list":
        return 0 if seen[n - 1][0].text in ("/", "|", "^", "!") else 2
    return int(place.clause == "describe" and place.kind == "group")
