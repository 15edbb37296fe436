"""What is refused before an engine sees it: other servers, updates, words that are none, and what is too deep."""

from __future__ import annotations

from kg.errors import QueryRefused, did_you_mean
from kg.sparql.depth import check_depth
from kg.sparql.lexer import FORMS, FUNCTIONS, UPDATES, WORDS, Form, Seen, Token, refused, significant, syntax_error


def form(text: str) -> Form:
    """Tell which of the four query forms it is.

    >>> form("PREFIX select: <urn:x> ask { ?s select:p ?o }")
    'ASK'

    Raises:
        QueryRefused: it is an update.
        QuerySyntax: it is none of them.
    """
    return form_of(text, significant(text))


def asked_in_rows(text: str) -> str:
    """An ASK as a SELECT that has a row if the answer is yes; any other query as it is.

    >>> asked_in_rows("PREFIX ask: <urn:x> ASK { ?s ?p ?o }")
    'PREFIX ask: <urn:x> SELECT (1 AS ?asked) { ?s ?p ?o }'

    Raises:
        QueryRefused: it is an update.
        QuerySyntax: it is none of the four forms.
    """
    known, word = _first_word(text, significant(text))
    name = "asked"
    while name in text:
        name += "0"
    return f"{text[: word.start]}SELECT (1 AS ?{name}){text[word.end :]}" if known == "ASK" else text


def guard(text: str, *, max_depth: int = 100, max_length: int = 100_000) -> None:
    """Let a query pass only if it reads, stays in the store and cannot break the engine's stack.

    `max_depth` bounds how deep the engine recurses: brackets and, because the engine chains them, patterns, paths and
    operators. 100 is safe in a thread with a stack of 512 KiB; every further 512 KiB allow another 100.

    >>> guard("SELECT ?service { ?service a <urn:SERVICE> } # SERVICE")
    >>> guard("ASK { SERVICE <urn:x> {} }")
    Traceback (most recent call last):
    kg.errors.QueryRefused: line 1, column 7: SERVICE would send the query to another server. Ask this store alone.

    Raises:
        QueryRefused: it is an update, uses SERVICE, is too long or nested too deep.
        QuerySyntax: it is no SPARQL query, as far as its words can tell.
    """
    if len(text) > max_length:
        raise QueryRefused(f"The query has {len(text):,} characters; {max_length:,} are allowed.")
    seen = significant(text)
    _no_service(seen)
    form_of(text, seen)
    check_words(text, seen)
    check_depth(seen, max_depth)


def form_of(text: str, seen: list[Seen]) -> Form:
    """Tell the form from the first word after the prologue."""
    return _first_word(text, seen)[0]


def _first_word(text: str, seen: list[Seen]) -> tuple[Form, Token]:
    rest = iter(token for token, _ in seen)
    for token in rest:
        if token.word == "PREFIX":
            name, iri = next(rest, token), next(rest, token)
            if name.kind != "pname" or not name.text.endswith(":") or iri.kind != "iri":
                raise syntax_error(text, token.start, "a prefix is declared as PREFIX ex: <http://example.org/>.")
            continue
        if token.word in ("BASE", "VERSION"):
            next(rest, None)
            continue
        for known in FORMS:
            if token.word == known:
                return known, token
        if token.word in UPDATES:
            raise _changes(token)
        hint = did_you_mean(token.text.upper(), [*FORMS, "PREFIX"])
        raise syntax_error(text, token.start, f"a query begins with {', '.join(FORMS)} or PREFIX.", hint)
    raise syntax_error(text, len(text), "there is no query.", "Write SELECT, ASK, CONSTRUCT or DESCRIBE.")


def _changes(token: Token) -> QueryRefused:
    hint = "Change the dossiers and build again."
    return refused(token, f"{token.word} belongs to updates, and queries only read.", hint)


def _no_service(seen: list[Seen]) -> None:
    for n, (token, _) in enumerate(seen):
        if token.kind == "word" and "SERVICE" in token.word:
            raise refused(token, "SERVICE would send the query to another server.", "Ask this store alone.")
        if token.kind == "pname" and "service" in token.text.lower() and _reads_as_service(seen, n):
            hint = "Put a '.' before the '{'."
            raise refused(token, f"before '{{' the engine may take {token.text} for SERVICE.", hint)


def _reads_as_service(seen: list[Seen], n: int) -> bool:
    """Tell whether the end of a name, or what follows it, could be the address of a SERVICE and its group."""
    after = [token for token, _ in seen[n + 1 : n + 4]]
    if n and seen[n - 1][0].word in ("GRAPH", "FROM", "NAMED", "DESCRIBE"):
        return False
    if after and after[0].word == "SILENT":
        return True
    addressed = after[1:] if after and after[0].kind in ("iri", "pname", "var") else after
    return bool(addressed) and addressed[0].text == "{"


def check_words(text: str, seen: list[Seen]) -> None:
    """Refuse the words of updates, and words that SPARQL does not have."""
    for token, place in seen:
        if token.word in UPDATES:
            raise _changes(token)
        if token.text == ";" and token.kind == "punct" and place.depth == 0:
            raise refused(token, "only one query can be asked at a time.", "Remove the ';' and what follows.")
        if token.text in ("http:", "https:"):
            raise syntax_error(text, token.start, "an IRI stands in angle brackets.", f"Write <{token.text}//…>.")
        if token.kind == "word" and token.word not in WORDS and token.word not in FUNCTIONS:
            hint = did_you_mean(token.word, WORDS | FUNCTIONS)
            raise syntax_error(text, token.start, f"'{token.text}' is no word of SPARQL.", hint)
