"""Terms in the place of variables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kg.errors import QueryError, QuerySyntax, did_you_mean
from kg.sparql.lexer import Place, Seen, Token, significant, tokens
from kg.sparql.triples import VERB, roles_of


def variables(text: str) -> set[str]:
    """Name the variables of a query, without sigil.

    >>> sorted(variables("SELECT ?who { ?who <urn:?p> $day }"))
    ['day', 'who']
    """
    return {token.text[1:] for token in tokens(text) if token.kind == "var"}


_LOOSE = frozenset(["", *" \t\r\n(){}[].;,!"])
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")


def bind(text: str, values: Mapping[str, str]) -> str:
    """Put terms (an IRI or a literal, as N-Triples writes them) in the place of variables.

    The variable is gone from every scope: it is projected as a constant, grouped and ordered by as one, and is bound.
    `SELECT *` no longer names it, a subquery that names it among others no longer does, and MINUS, which compares
    variables, no longer sees it. (`substitutions=` of pyoxigraph takes projected variables of a SELECT only.)

    >>> bind("SELECT ?who ?day { ?who <urn:on> ?day } ORDER BY ?day", {"who": "<urn:x>"})
    'SELECT (<urn:x> AS ?who) ?day { <urn:x> <urn:on> ?day } ORDER BY ?day'

    Raises:
        QueryError: a variable does not occur, is assigned in the query, or stands where its term cannot.
    """
    if not values:
        return text
    terms = {name.lstrip("?$"): _one_term(name, term) for name, term in values.items()}
    seen = significant(text)
    known = {token.text[1:] for token, _ in seen if token.kind == "var"}
    for name in terms:
        if name not in known:
            raise QueryError(f"The query has no variable ?{name}.", hint=did_you_mean(name, known))
    pieces, done = [], 0
    for edit in _edits(seen, terms, known):
        pieces += [text[done : edit.start], _spaced(text, edit)]
        done = edit.end
    return "".join([*pieces, text[done:]])


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


def _spaced(text: str, edit: _Edit) -> str:
    """Keep a term from running into its neighbours, as `<` and `<urn:x>` would."""
    left = "" if text[edit.start - 1 : edit.start] in _LOOSE else " "
    right = "" if text[edit.end : edit.end + 1] in _LOOSE else " "
    return f"{left}{edit.text}{right}"


def _one_term(name: str, value: str) -> str:
    try:
        parts = list(tokens(value))
    except QuerySyntax:
        parts = []
    kinds = [part.text if part.kind == "punct" else part.kind for part in parts]
    whole = "".join(part.text for part in parts) == value
    iris = all(_ABSOLUTE.match(part.text) for part in parts if part.kind == "iri")
    if not (whole and iris and kinds in (["iri"], ["string"], ["string", "lang"], ["string", "^^", "iri"])):
        raise QueryError(f"The value of ?{name.lstrip('?$')} is no IRI or literal: {value}")
    return value


def _edits(seen: list[Seen], terms: Mapping[str, str], known: set[str]) -> Iterator[_Edit]:
    roles, _ = roles_of(seen)
    for n, (token, place) in enumerate(seen):
        name = token.text[1:]
        if token.kind != "var" or name not in terms:
            continue
        before = [other for other, _ in seen[max(0, n - 2) : n]]
        _check_position(token, place, before[-1].word if before else "", roles.get(n), terms[name])
        if [other.text.upper() for other in before] == ["BOUND", "("] and n + 1 < len(seen):
            yield _Edit(before[0].start, seen[n + 1][0].end, "(true)")
        elif place.kind == "group" and place.clause == "select":
            yield _Edit(token.start, token.end, _projected(seen, n, terms, known))
        elif place.kind == "group" and place.clause in ("group", "order"):
            yield _Edit(token.start, token.end, f"({terms[name]})")
        else:
            yield _Edit(token.start, token.end, terms[name])


def _check_position(token: Token, place: Place, before: str, role: int | None, term: str) -> None:
    where = f"line {token.line}, column {token.column}: "
    if before == "AS" or place.kind == "names" or (place.kind == "group" and place.clause == "values"):
        raise QueryError(f"{where}the query assigns {token.text} itself, so it cannot be a parameter.")
    only_iri = role == VERB or before == "GRAPH" or (place.kind == "group" and place.clause == "describe")
    if only_iri and not term.startswith("<"):
        raise QueryError(f"{where}{token.text} stands where only an IRI can, and its value is {term}.")


def _projected(seen: list[Seen], n: int, terms: Mapping[str, str], known: set[str]) -> str:
    """Project a constant; in a subquery leave it out, or give it another name when nothing else is projected."""
    token, place = seen[n]
    name = token.text[1:]
    if place.depth == 0:
        return f"({terms[name]} AS {token.text})"
    first = n
    while seen[first][0].word != "SELECT" or seen[first][1].depth != place.depth:
        first -= 1
    items = []
    for other, at in seen[first:]:
        if at.depth == place.depth and (at.clause != "select" or other.text == "{"):
            break
        if at.depth == place.depth and (other.kind == "var" or at.opens):
            items.append(other)
    if any(item.text[1:] not in terms for item in items):
        return ""
    return f"({terms[name]} AS ?{_fresh(name, known)})" if items[0] is token else ""


def _fresh(name: str, known: set[str]) -> str:
    while name in known:
        name += "_"
    return name
