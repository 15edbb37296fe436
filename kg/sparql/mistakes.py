"""Errors people can read: what is wrong, the line, a caret under the place, and a repair."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from kg.errors import QueryRefused, QuerySyntax, did_you_mean
from kg.sparql.lexer import CLOSING, FUNCTIONS, Seen, Token, line_starts, significant, syntax_error
from kg.sparql.refusal import check_words, form_of
from kg.sparql.triples import VERB, WHOLE, roles_of

_SENTENCES = {
    "Duplicated variable name in SELECT": "SELECT names a variable twice.",
    "contains a variable that is unbound": "SELECT names a variable that is neither in GROUP BY nor in an aggregate.",
    "SELECT * is not authorized": "SELECT * and GROUP BY do not go together; name the variables.",
    "BIND is overriding": "BIND assigns a variable that already has a value here.",
    "overrides an existing variable": "SELECT assigns a variable that the pattern already has.",
    "exactly the same number of values": "a row of VALUES has more or fewer values than there are variables.",
    "Repeated variables": "VALUES names a variable twice.",
    "Already used blank node": "a blank node label cannot be used in two groups.",
    "IRI parsing failed": "an IRI here is not valid, or is relative.",
    "language tag parsing failed": "a language tag here is not valid.",
}
_EXPECTED = {
    "a variable": ("?", "$"),
    "an IRI or a prefixed name": ("<", ":"),
    "a string": ("'", '\\"', '"', "'''"),
    "a blank node": ("_:", "["),
}
_Found = tuple[int, str, str]


def explain_syntax(text: str, message: str, prefixes: Iterable[str] = ()) -> QuerySyntax:
    """Make a short error of the engine's: what is wrong, the line, and a caret under the place.

    `message` is what the engine says ("error at 1:40: expected OPTIONAL"); its place is often some words late, so
    common mistakes are looked for here first. `prefixes` are those known without being declared.

    >>> print(explain_syntax("ASK { ?s foo:p 1 }", "error at 1:18: expected OPTIONAL", ["foaf", "rdf"]))
    line 1, column 10: the prefix foo: is not known.
      ASK { ?s foo:p 1 }
               ^ Declare it: PREFIX foo: <…>. Known here: foaf:, rdf:.
    """
    try:
        seen = significant(text)
        form_of(text, seen)
        check_words(text, seen)
    except QuerySyntax as error:
        return error
    except QueryRefused as error:
        line, column = map(int, re.findall(r"\d+", error.message)[:2])
        return QuerySyntax(error.message, line=line, column=column, hint=error.hint)
    known = sorted(set(prefixes))
    for found in (_unknown_prefix(seen, known), _bracket(seen), _clause(seen), _triple(seen)):
        if found:
            return syntax_error(text, *found)
    return _engine_says(text, message, seen)


def _unknown_prefix(seen: list[Seen], known: list[str]) -> _Found | None:
    declared = {
        token.text.partition(":")[0] for n, (token, _) in enumerate(seen) if n and seen[n - 1][0].word == "PREFIX"
    }
    for token, _ in seen:
        prefix = token.text.partition(":")[0]
        if token.kind != "pname" or prefix in declared or prefix in known:
            continue
        hint = f"Declare it: PREFIX {prefix}: <…>."
        near = did_you_mean(prefix, {*known, *declared})
        names = ", ".join(f"{name}:" for name in known)
        hint = " ".join(filter(None, [near, hint, f"Known here: {names}." if names else ""]))
        return token.start, f"the prefix {prefix}: is not known.", hint
    return None


def _bracket(seen: list[Seen]) -> _Found | None:
    still_open: list[Token] = []
    for token, place in seen:
        if place.opens:
            still_open.append(token)
        elif token.kind == "punct" and token.text in CLOSING:
            if not still_open:
                return token.start, f"this '{token.text}' closes nothing.", "Remove it, or open it before."
            opened = still_open.pop()
            if opened.text != CLOSING[token.text]:
                where = f"line {opened.line}, column {opened.column}"
                return token.start, f"'{token.text}' cannot close the '{opened.text}' of {where}.", ""
    if still_open:
        return still_open[-1].start, f"this '{still_open[-1].text}' is never closed.", ""
    return None


def _clause(seen: list[Seen]) -> _Found | None:
    for (token, place), (after, _) in pairwise(seen):
        in_select = place.kind == "group" and place.clause == "select"
        if in_select and token.text == ",":
            return token.start, "SELECT names variables without commas.", ""
        if in_select and (token.word in FUNCTIONS or (token.text == "(" and not _named(seen, token))):
            return token.start, "SELECT needs a name for what it computes.", "Write (… AS ?name)."
        if token.word in ("OPTIONAL", "MINUS", "UNION") and after.text != "{":
            return after.start, f"{token.word} needs a group in braces.", f"Write {token.word} {{ … }}."
        if token.word == "GRAPH" and after.text == "{":
            return after.start, "GRAPH needs the graph's name.", "Write GRAPH ?g { … }."
        if token.word == "FILTER" and after.kind in ("var", "string", "number"):
            return after.start, "FILTER needs parentheses around its condition.", "Write FILTER ( … )."
    return None


def _named(seen: list[Seen], bracket: Token) -> bool:
    depth = 0
    for token, place in seen:
        if token is bracket:
            depth = place.depth + 1
        elif depth and (token.word == "AS" or place.depth < depth):
            return token.word == "AS"
    return False


def _triple(seen: list[Seen]) -> _Found | None:
    roles, early = roles_of(seen)
    for n, (token, _) in enumerate(seen):
        role = roles.get(n)
        if n in early:
            return token.start, f"a triple needs three parts before this '{token.text}'.", ""
        if role == VERB and token.kind in ("string", "number", "blank"):
            return token.start, f"{token.text} cannot be a predicate.", "Only an IRI, a path or a variable can."
        if role == WHOLE:
            return token.start, "the triple before this is complete; a '.', ';' or ',' is missing.", ""
    return None


def _engine_says(text: str, message: str, seen: list[Seen]) -> QuerySyntax:
    offset = _engine_offset(text, message)
    _, _, expected = message.partition("expected ")
    quoted = re.findall(r'"((?:[^"\\]|\\.)+)"', re.sub(r"\[.*?\]", "", expected))
    words = re.findall(r"\b[A-Z_]{2,}\b", expected)
    if not quoted and words:
        # The engine tells where the word it tried would have ended.
        offset -= min(map(len, words))
    near = max((token.start for token, _ in seen if token.start <= offset), default=0)
    for sign, sentence in _SENTENCES.items():
        if sign in message:
            return syntax_error(text, near, sentence)
    wanted = _wanted(quoted)
    hint = f"Expected {wanted}." if wanted else ""
    return syntax_error(text, near, "the query does not parse at or after this place.", hint)


def _engine_offset(text: str, message: str) -> int:
    place = re.search(r"\b(?:at|line) (\d+)(?::|, col(?:umn)? )(\d+)", message)
    lines = line_starts(text)
    if place is None or int(place[1]) > len(lines):
        return len(text)
    return lines[max(0, int(place[1]) - 1)] + int(place[2]) - 1


def _wanted(quoted: list[str]) -> str:
    named = [name for name, signs in _EXPECTED.items() if any(sign in quoted for sign in signs)]
    other = [f"'{sign}'" for sign in quoted if not any(sign in signs for signs in _EXPECTED.values())]
    return " or ".join([*named, *other][:6])
