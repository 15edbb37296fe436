"""Which part of a triple each term of a query is."""

from __future__ import annotations

from kg.sparql.lexer import CLAUSES, CLOSING, OPERAND_KINDS, Place, Seen, Token

_SUBJECT, VERB, _OBJECT, WHOLE, _NONE = range(5)
_ROLE_AFTER = {".": _SUBJECT, ";": VERB, ",": _OBJECT}
_STEPS = frozenset(["/", "|", "^", "!"])


def roles_of(seen: list[Seen]) -> tuple[dict[int, int], list[int]]:
    """Tell which part of a triple each term is (WHOLE: one too many), and which tokens end a triple too early.

    Of a bracket that is a term, the opening token tells; the first item of a path stands for the whole path.
    """
    roles: dict[int, int] = {}
    early: list[int] = []
    expected = [_NONE]
    for n, (token, place) in enumerate(seen):
        before = seen[n - 1][0].text if n else ""
        if token.kind == "punct" and token.text in CLOSING:
            if _ends_early(expected[-1], before):
                early.append(n)
            expected = expected[:-1] or [_NONE]
        elif expected[-1] != _NONE and place.clause in ("where", "template"):
            if _is_unit(token, place, before):
                if not (before in _STEPS and expected[-1] == _OBJECT):
                    roles[n] = expected[-1]
                    expected[-1] = min(expected[-1] + 1, WHOLE)
            elif token.kind == "punct" and token.text in _ROLE_AFTER:
                if _ends_early(expected[-1], before):
                    early.append(n)
                expected[-1] = _ROLE_AFTER[token.text]
            elif token.word in CLAUSES or place.opens in ("group", "data", "expr", "names"):
                expected[-1] = _SUBJECT
        if place.opens:
            expected.append(_first_role(token, place))
    return roles, early


def _ends_early(expected: int, before: str) -> bool:
    return expected == _OBJECT or (expected == VERB and before not in (";", "[", "]", ")", ">>"))


def _first_role(token: Token, place: Place) -> int:
    if place.opens == "node":
        return VERB if token.text in ("[", "{|") else _SUBJECT
    return _SUBJECT if place.opens == "group" else _NONE


def _is_unit(token: Token, place: Place, before: str) -> bool:
    if before in ("~", "^^"):
        return False
    if place.opens:
        return place.opens in ("list", "node") and token.text != "{|"
    return token.kind in OPERAND_KINDS - {"lang"} or token.text in ("a", "true", "false")
