"""SPARQL query text: its tokens, what is refused, how parameters are bound, and errors people can read.

Text comes in; tokens, text or an error goes out. Nothing is run here. The engine gives no parse tree, would fetch
SERVICE, and dies with the whole process on deep nesting, so queries are read here before it sees them. Whoever runs a
query calls `guard` first.

The engine reads without tokens: it takes `trueSERVICE` for two words, and gives up a prefixed name that makes no valid
IRI in favour of its prefix followed by whatever the rest spells. Where it could read a name as something else that
matters, the query is refused and the message says how to write it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

from kg.errors import QueryError, QueryRefused, QuerySyntax, did_you_mean

Kind = Literal["iri", "pname", "var", "lang", "string", "number", "blank", "word", "punct", "comment"]
Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]

_WORDS = """
    BASE PREFIX VERSION SELECT DISTINCT REDUCED AS CONSTRUCT DESCRIBE ASK FROM NAMED WHERE GROUP BY HAVING ORDER ASC
    DESC LIMIT OFFSET VALUES UNDEF OPTIONAL GRAPH BIND MINUS UNION LATERAL FILTER IN NOT EXISTS SEPARATOR A TRUE FALSE
"""
_FUNCTIONS = """
    COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT STR LANG LANGMATCHES LANGDIR DATATYPE BOUND IRI URI BNODE RAND ABS CEIL
    FLOOR ROUND CONCAT STRLEN UCASE LCASE ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY
    HOURS MINUTES SECONDS TIMEZONE TZ NOW UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF STRLANG STRLANGDIR
    STRDT SAMETERM SAMEVALUE ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC HASLANG HASLANGDIR ISTRIPLE TRIPLE SUBJECT
    PREDICATE OBJECT REGEX SUBSTR REPLACE ADJUST
"""
_UPDATES = "INSERT DELETE LOAD CLEAR DROP CREATE COPY MOVE ADD WITH DATA INTO USING TO DEFAULT ALL"
WORDS = frozenset(_WORDS.split())
FUNCTIONS = frozenset(_FUNCTIONS.split())
FORMS: tuple[Form, ...] = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
UPDATES = frozenset(_UPDATES.split())

_OPENING = frozenset(["{", "(", "[", "<<", "<<(", "{|"])
_CLOSING = {"}": "{", ")": "(", "]": "[", ">>": "<<", ")>>": "<<(", "|}": "{|"}


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `line` and `column` count from 1, `start` and `end` are offsets in code points."""

    kind: Kind
    text: str
    start: int
    end: int
    line: int
    column: int

    @property
    def word(self) -> str:
        """The keyword or function in upper case; empty when it is something else."""
        return self.text.upper() if self.kind == "word" else ""


# ---------------------------------------------------------------- the lexer

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U00010000-\U000effff"
)
_MORE = f"{_BASE}_0-9\u00b7\u0300-\u036f\u203f-\u2040"
_UCHAR = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_ESCAPE = rf"\\[tbnrf\"'\\]|{_UCHAR}"
_LOCAL = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_SPACE = re.compile(r"[ \t\r\n]+")
_IRI = re.compile(rf"""<(?:[^<>"{{}}|^`\\\x00-\x20]|{_UCHAR})*+>""")
_TOKEN = re.compile(
    "|".join(
        [
            r"(?P<comment>\#[^\r\n]*)",
            "(?P<string>"
            rf"'''(?:'{{0,2}}(?:[^'\\]|{_ESCAPE}))*+'''"
            rf'|"""(?:"{{0,2}}(?:[^"\\]|{_ESCAPE}))*+"""'
            rf"|'(?!'')(?:[^'\\\n\r]|{_ESCAPE})*+'"
            rf'|"(?!"")(?:[^"\\\n\r]|{_ESCAPE})*+")',
            rf"(?P<blank>_:[{_BASE}_0-9](?:[{_MORE}-]|\.+(?=[{_MORE}-]))*+)",
            rf"(?P<pname>(?:[{_BASE}](?:[{_MORE}-]|\.+(?=[{_MORE}-]))*+)?:"
            rf"(?:(?:[{_BASE}_:0-9]|{_LOCAL})(?:[{_MORE}:-]|{_LOCAL}|\.+(?=[{_MORE}:\\%-]))*+)?)",
            rf"(?P<var>[?$][{_BASE}_0-9][{_MORE}]*+)",
            r"(?P<lang>@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[A-Za-z]+)?)",
            r"(?P<number>(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+)",
            rf"(?P<word>[{_BASE}_][{_MORE}]*+)",
            r"(?P<punct>\)>>|>>|\{\||\|\}|\^\^|&&|\|\||!=|>=|[{}()\[\].;,*+/|^!=>?~-])",
        ]
    )
)
_OPERAND_KINDS = frozenset(["var", "iri", "pname", "string", "number", "lang", "blank"])
# What a prefixed name may spell besides itself: the engine could read a call, and so an expression, after it.
_HIDDEN_CALL = re.compile(r"filter|bind", re.IGNORECASE)
_ELEMENTS = ("WHERE", "FILTER", "OPTIONAL", "BIND", "MINUS", "GRAPH", "UNION", "LATERAL")
_CLAUSES = {
    **dict.fromkeys(_ELEMENTS, "where"),
    "SELECT": "select",
    "CONSTRUCT": "construct",
    "DESCRIBE": "describe",
    "FROM": "from",
    "GROUP": "group",
    "HAVING": "having",
    "ORDER": "order",
    "LIMIT": "limit",
    "OFFSET": "limit",
    "VALUES": "values",
}


def tokens(text: str) -> Iterator[Token]:
    """Cut a query into tokens, comments included.

    >>> [token.text for token in tokens("ASK{?a<urn:p>1 FILTER(?a<?b&&?c>2)}")][2:12]
    ['?a', '<urn:p>', '1', 'FILTER', '(', '?a', '<', '?b', '&&', '?c']

    Raises:
        QuerySyntax: something stands there that is no token.
    """
    return (token for token, _ in _read(text))


class _Place(NamedTuple):
    """Where a token stands: in which kind of bracket, in which clause of its group, how deep; what it opens."""

    kind: str
    clause: str
    depth: int
    opens: str = ""


@dataclass(slots=True)
class _Frame:
    """An open bracket. Kinds: group, expr, list (path or collection), node ([ << {|), names and data (VALUES).

    A group that `selects` is a whole (sub)query: what stands in it directly are its clauses, not its pattern.
    """

    kind: str
    clause: str = "where"
    selects: bool = False
    hidden_call: bool = False


class _Context:
    """Follows brackets and clauses, as far as needed to tell what `<`, `(` and a variable mean where they stand."""

    def __init__(self) -> None:
        self.frames = [_Frame("group", "", selects=True)]
        self.last: Token | None = None
        self.before: Token | None = None

    def follows_operand(self) -> bool:
        last = self.last
        return last is not None and (
            last.kind in _OPERAND_KINDS or last.text in (")", ")>>") or last.word in ("TRUE", "FALSE")
        )

    def enter(self, token: Token) -> _Place:
        if token.text in _CLOSING and token.kind == "punct" and len(self.frames) > 1:
            self.frames.pop()
        top = self.frames[-1]
        if top.kind == "group" and token.word in _CLAUSES:
            top.clause = _CLAUSES[token.word]
            top.selects = top.selects or token.word == "SELECT"
        place = _Place(top.kind, top.clause, len(self.frames) - 1)
        if token.text in _OPENING and token.kind == "punct":
            place = place._replace(opens=self._open(token, top))
        self.before, self.last = self.last, token
        return place

    def _open(self, token: Token, top: _Frame) -> str:
        if token.text == "{":
            frame = self._group(top)
        elif token.text != "(":
            frame = _Frame("node")
        elif top.kind == "data":
            frame = _Frame("data")
        elif top.kind == "group" and top.clause == "values":
            frame = _Frame("names")
        elif self._computes(top):
            frame = _Frame("expr")
        else:
            frame = _Frame("list", hidden_call=top.hidden_call or self._may_hide_call())
        self.frames.append(frame)
        return frame.kind

    def _group(self, top: _Frame) -> _Frame:
        if top.kind != "group":
            return _Frame("group")
        clause, top.clause = top.clause, top.clause if top.clause in ("having", "order", "group") else "where"
        return _Frame("data" if clause == "values" else "group", "template" if clause == "construct" else "where")

    def _computes(self, top: _Frame) -> bool:
        """Tell whether a parenthesis opens an expression (or the arguments of a call)."""
        if top.kind == "expr" or top.selects:
            return True
        last, before = self.last, self.before
        if last is None:
            return False
        if last.kind in ("iri", "pname"):
            return before is not None and before.word == "FILTER"
        return last.word not in ("", "A", "TRUE", "FALSE", "UNDEF")

    def _may_hide_call(self) -> bool:
        near = (self.last, self.before)
        return any(t is not None and t.kind == "pname" and _HIDDEN_CALL.search(t.text) for t in near)


def _read(text: str) -> Iterator[tuple[Token, _Place]]:
    context = _Context()
    lines = _line_starts(text)
    offset = 0
    while True:
        space = _SPACE.match(text, offset)
        offset = space.end() if space else offset
        if offset == len(text):
            return
        kind, end = _next(text, offset, context)
        line = bisect_right(lines, offset)
        token = Token(kind, text[offset:end], offset, end, line, offset - lines[line - 1] + 1)
        if "\\" in token.text and kind in ("string", "iri"):
            _check_escapes(text, token)
        yield token, context.enter(token) if kind != "comment" else _Place("", "", 0)
        offset = end


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]


def _next(text: str, offset: int, context: _Context) -> tuple[Kind, int]:
    if text[offset] == "<":
        return _angle(text, offset, context)
    match = _TOKEN.match(text, offset)
    if not match:
        raise _syntax(text, offset, *_no_token(text, offset))
    kind: Kind = match.lastgroup  # type: ignore[assignment]
    return kind, match.end()


def _angle(text: str, offset: int, context: _Context) -> tuple[Kind, int]:
    """Tell an IRI from less-than: after an operand of an expression only an operator can stand."""
    iri = _IRI.match(text, offset)
    top = context.frames[-1]
    less = offset + (2 if text.startswith("<=", offset) else 1)
    if context.follows_operand():
        if top.kind == "expr":
            return "punct", less
        if iri and top.hidden_call:
            hint = "Put a space on both sides of '<'."
            raise _syntax(text, offset, "it is not clear whether this '<' opens an IRI.", hint)
    if iri:
        return "iri", iri.end()
    if text.startswith("<<", offset):
        return "punct", offset + (3 if text.startswith("<<(", offset) else 2)
    if top.kind == "expr":
        return "punct", less
    hint = "An IRI ends with '>' and holds no space, quote or brace."
    raise _syntax(text, offset, "this '<' opens no IRI.", hint)


def _no_token(text: str, offset: int) -> tuple[str, str]:
    char = text[offset]
    if char in "'\"":
        return "this string does not end, or holds an unknown escape.", f"Close it with {char}; write \\\\ for \\."
    if char == "\\":
        return "an escape can stand only in a string, an IRI or the local part of a name.", ""
    if char in "?$":
        return f"'{char}' needs the name of a variable.", ""
    return f"{char!r} cannot stand here.", ""


def _check_escapes(text: str, token: Token) -> None:
    """Refuse escapes that are no character, or that end a token for engines that decode before they read."""
    ends = "\"'\\\n\r" + ("<>{}|^`" if token.kind == "iri" else "")
    for match in re.finditer(r"\\(?:u(....)|U(.{8})|.)", token.text, re.DOTALL):
        code = int(match[1] or match[2] or "20", 16)
        place = token.start + match.start()
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise _syntax(text, place, f"{match[0]} is no character.")
        if chr(code) in ends:
            raise _syntax(text, place, f"{match[0]} could end what it stands in.", r"Write \" or \n.")


def _syntax(text: str, offset: int, what: str, hint: str = "") -> QuerySyntax:
    lines = _line_starts(text)
    line = bisect_right(lines, offset)
    column = offset - lines[line - 1] + 1
    shown = _pointed(text.split("\n")[line - 1], column)
    return QuerySyntax(f"line {line}, column {column}: {what}\n{shown}", line=line, column=column, hint=hint)


def _pointed(line: str, column: int, width: int = 96) -> str:
    """Show a line with a caret under a column; of a long line only the part around it.

    >>> print(_pointed("SELCT * {}", 1))
      SELCT * {}
      ^
    """
    first = max(0, column - width // 2) if len(line) > width else 0
    part = line[first : first + width].replace("\t", " ").rstrip("\r")
    return f"  {part}\n  {' ' * (column - 1 - first)}^"


# ---------------------------------------------------------------- what is refused


def form(text: str) -> Form:
    """Tell which of the four query forms it is.

    >>> form("PREFIX select: <urn:x> ask { ?s select:p ?o }")
    'ASK'

    Raises:
        QueryRefused: it is an update.
        QuerySyntax: it is none of them.
    """
    return _form(text, _significant(text))


def variables(text: str) -> set[str]:
    """Name the variables of a query, without sigil.

    >>> sorted(variables("SELECT ?who { ?who <urn:?p> $day }"))
    ['day', 'who']
    """
    return {token.text[1:] for token in tokens(text) if token.kind == "var"}


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
    seen = _significant(text)
    _no_service(seen)
    _form(text, seen)
    _only_query_words(text, seen)
    _not_too_deep(seen, max_depth)


_Seen = tuple[Token, _Place]


def _significant(text: str) -> list[_Seen]:
    return [(token, place) for token, place in _read(text) if token.kind != "comment"]


def _refused(token: Token, why: str, hint: str = "") -> QueryRefused:
    return QueryRefused(f"line {token.line}, column {token.column}: {why}", hint=hint)


def _form(text: str, seen: list[_Seen]) -> Form:
    rest = iter(token for token, _ in seen)
    for token in rest:
        if token.word == "PREFIX":
            name, iri = next(rest, token), next(rest, token)
            if name.kind != "pname" or not name.text.endswith(":") or iri.kind != "iri":
                raise _syntax(text, token.start, "a prefix is declared as PREFIX ex: <http://example.org/>.")
            continue
        if token.word in ("BASE", "VERSION"):
            next(rest, None)
            continue
        for known in FORMS:
            if token.word == known:
                return known
        if token.word in UPDATES:
            raise _changes(token)
        hint = did_you_mean(token.text.upper(), [*FORMS, "PREFIX"])
        raise _syntax(text, token.start, f"a query begins with {', '.join(FORMS)} or PREFIX.", hint)
    raise _syntax(text, len(text), "there is no query.", "Write SELECT, ASK, CONSTRUCT or DESCRIBE.")


def _changes(token: Token) -> QueryRefused:
    hint = "Change the dossiers and build again."
    return _refused(token, f"{token.word} belongs to updates, and queries only read.", hint)


def _no_service(seen: list[_Seen]) -> None:
    for n, (token, _) in enumerate(seen):
        if token.kind == "word" and "SERVICE" in token.word:
            raise _refused(token, "SERVICE would send the query to another server.", "Ask this store alone.")
        if token.kind == "pname" and "service" in token.text.lower() and _reads_as_service(seen, n):
            hint = "Put a '.' before the '{'."
            raise _refused(token, f"before '{{' the engine may take {token.text} for SERVICE.", hint)


def _reads_as_service(seen: list[_Seen], n: int) -> bool:
    """Tell whether the end of a name, or what follows it, could be the address of a SERVICE and its group."""
    after = [token for token, _ in seen[n + 1 : n + 4]]
    if n and seen[n - 1][0].word in ("GRAPH", "FROM", "NAMED", "DESCRIBE"):
        return False
    if after and after[0].word == "SILENT":
        return True
    addressed = after[1:] if after and after[0].kind in ("iri", "pname", "var") else after
    return bool(addressed) and addressed[0].text == "{"


def _only_query_words(text: str, seen: list[_Seen]) -> None:
    for token, place in seen:
        if token.word in UPDATES:
            raise _changes(token)
        if token.text == ";" and token.kind == "punct" and place.depth == 0:
            raise _refused(token, "only one query can be asked at a time.", "Remove the ';' and what follows.")
        if token.text in ("http:", "https:"):
            raise _syntax(text, token.start, "an IRI stands in angle brackets.", f"Write <{token.text}//…>.")
        if token.kind == "word" and token.word not in WORDS and token.word not in FUNCTIONS:
            hint = did_you_mean(token.word, WORDS | FUNCTIONS)
            raise _syntax(text, token.start, f"'{token.text}' is no word of SPARQL.", hint)


# ---------------------------------------------------------------- how deep the engine would recurse

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

    weight: int
    apart: bool
    retried: int
    chained: int = 0
    deepest: int = 0


def _not_too_deep(seen: list[_Seen], limit: int) -> None:
    """Bound the recursion of the engine from above, in units of some 3.4 KiB of its stack.

    A bracket recurses once; calls and EXISTS take the stack of three. Patterns of one group become a chain of joins,
    also through inner groups and lists; what OPTIONAL, MINUS, UNION, EXISTS and subqueries hold stays apart.
    """
    levels = [_Level(weight=0, apart=True, retried=0)]
    base = 0
    for n, (token, place) in enumerate(seen):
        top = levels[-1]
        if token.kind == "punct" and token.text in _CLOSING and len(levels) > 1:
            levels.pop()
            base -= top.weight + top.chained
            links = 0 if top.apart or _followed_by_union(seen, n) else top.chained
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
            raise _refused(token, what, "Nest REPLACE, SUBSTR, REGEX, GROUP_CONCAT and !(…) less.")
        if base + levels[-1].deepest > limit:
            what = f"the query nests or chains too much for the engine (more than {limit} deep)."
            raise _refused(token, what, "Write alternatives as IN (…) or VALUES, or ask in several queries.")


def _followed_by_union(seen: list[_Seen], n: int) -> bool:
    return n + 1 < len(seen) and seen[n + 1][0].word == "UNION"


def _opened(seen: list[_Seen], n: int, top: _Level) -> _Level:
    token, place = seen[n]
    opener = seen[n - 1][0] if n else token
    calls = token.text == "(" and opener.word in FUNCTIONS
    # The engine could read OPTIONAL or EXISTS at the end of a prefixed name.
    exists = token.text == "{" and (opener.word == "EXISTS" or opener.kind == "pname")
    return _Level(
        weight=3 if calls or exists else 1,
        apart=place.opens in ("expr", "names", "data") or opener.word in _APART or _is_subquery(seen, n),
        retried=top.retried + (opener.word in _RETRIED or _negated(seen, n)),
    )


def _negated(seen: list[_Seen], n: int) -> bool:
    """Tell whether a '!' stands before a bracket or before the call that it opens."""
    before = [token for token, _ in reversed(seen[max(0, n - 3) : n])]
    while before and before[0].kind in ("word", "iri", "pname"):
        before.pop(0)
    return bool(before) and before[0].text == "!"


def _is_subquery(seen: list[_Seen], n: int) -> bool:
    return n + 1 < len(seen) and seen[n + 1][0].word == "SELECT"


def _links(seen: list[_Seen], n: int) -> int:
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


# ---------------------------------------------------------------- triples

_SUBJECT, _VERB, _OBJECT, _WHOLE, _NONE = range(5)
_ROLE_AFTER = {".": _SUBJECT, ";": _VERB, ",": _OBJECT}
_STEPS = frozenset(["/", "|", "^", "!"])


def _roles(seen: list[_Seen]) -> tuple[dict[int, int], list[int]]:
    """Tell which part of a triple each term is (_WHOLE: one too many), and which tokens end a triple too early.

    Of a bracket that is a term, the opening token tells; the first item of a path stands for the whole path.
    """
    roles: dict[int, int] = {}
    early: list[int] = []
    expected = [_NONE]
    for n, (token, place) in enumerate(seen):
        before = seen[n - 1][0].text if n else ""
        if token.kind == "punct" and token.text in _CLOSING:
            if _ends_early(expected[-1], before):
                early.append(n)
            expected = expected[:-1] or [_NONE]
        elif expected[-1] != _NONE and place.clause in ("where", "template"):
            if _is_unit(token, place, before):
                if not (before in _STEPS and expected[-1] == _OBJECT):
                    roles[n] = expected[-1]
                    expected[-1] = min(expected[-1] + 1, _WHOLE)
            elif token.kind == "punct" and token.text in _ROLE_AFTER:
                if _ends_early(expected[-1], before):
                    early.append(n)
                expected[-1] = _ROLE_AFTER[token.text]
            elif token.word in _CLAUSES or place.opens in ("group", "data", "expr", "names"):
                expected[-1] = _SUBJECT
        if place.opens:
            expected.append(_first_role(token, place))
    return roles, early


def _ends_early(expected: int, before: str) -> bool:
    return expected == _OBJECT or (expected == _VERB and before not in (";", "[", "]", ")", ">>"))


def _first_role(token: Token, place: _Place) -> int:
    if place.opens == "node":
        return _VERB if token.text in ("[", "{|") else _SUBJECT
    return _SUBJECT if place.opens == "group" else _NONE


def _is_unit(token: Token, place: _Place, before: str) -> bool:
    if before in ("~", "^^"):
        return False
    if place.opens:
        return place.opens in ("list", "node") and token.text != "{|"
    return token.kind in _OPERAND_KINDS - {"lang"} or token.text in ("a", "true", "false")


# ---------------------------------------------------------------- parameters

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
    seen = _significant(text)
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


def _edits(seen: list[_Seen], terms: Mapping[str, str], known: set[str]) -> Iterator[_Edit]:
    roles, _ = _roles(seen)
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


def _check_position(token: Token, place: _Place, before: str, role: int | None, term: str) -> None:
    where = f"line {token.line}, column {token.column}: "
    if before == "AS" or place.kind == "names" or (place.kind == "group" and place.clause == "values"):
        raise QueryError(f"{where}the query assigns {token.text} itself, so it cannot be a parameter.")
    only_iri = role == _VERB or before == "GRAPH" or (place.kind == "group" and place.clause == "describe")
    if only_iri and not term.startswith("<"):
        raise QueryError(f"{where}{token.text} stands where only an IRI can, and its value is {term}.")


def _projected(seen: list[_Seen], n: int, terms: Mapping[str, str], known: set[str]) -> str:
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


# ---------------------------------------------------------------- errors people can read

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
        seen = _significant(text)
        _form(text, seen)
        _only_query_words(text, seen)
    except QuerySyntax as error:
        return error
    except QueryRefused as error:
        line, column = map(int, re.findall(r"\d+", error.message)[:2])
        return QuerySyntax(error.message, line=line, column=column, hint=error.hint)
    known = sorted(set(prefixes))
    for found in (_unknown_prefix(seen, known), _bracket(seen), _clause(seen), _triple(seen)):
        if found:
            return _syntax(text, *found)
    return _engine_says(text, message, seen)


def _unknown_prefix(seen: list[_Seen], known: list[str]) -> _Found | None:
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


def _bracket(seen: list[_Seen]) -> _Found | None:
    still_open: list[Token] = []
    for token, place in seen:
        if place.opens:
            still_open.append(token)
        elif token.kind == "punct" and token.text in _CLOSING:
            if not still_open:
                return token.start, f"this '{token.text}' closes nothing.", "Remove it, or open it before."
            opened = still_open.pop()
            if opened.text != _CLOSING[token.text]:
                where = f"line {opened.line}, column {opened.column}"
                return token.start, f"'{token.text}' cannot close the '{opened.text}' of {where}.", ""
    if still_open:
        return still_open[-1].start, f"this '{still_open[-1].text}' is never closed.", ""
    return None


def _clause(seen: list[_Seen]) -> _Found | None:
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


def _named(seen: list[_Seen], bracket: Token) -> bool:
    depth = 0
    for token, place in seen:
        if token is bracket:
            depth = place.depth + 1
        elif depth and (token.word == "AS" or place.depth < depth):
            return token.word == "AS"
    return False


def _triple(seen: list[_Seen]) -> _Found | None:
    roles, early = _roles(seen)
    for n, (token, _) in enumerate(seen):
        role = roles.get(n)
        if n in early:
            return token.start, f"a triple needs three parts before this '{token.text}'.", ""
        if role == _VERB and token.kind in ("string", "number", "blank"):
            return token.start, f"{token.text} cannot be a predicate.", "Only an IRI, a path or a variable can."
        if role == _WHOLE:
            return token.start, "the triple before this is complete; a '.', ';' or ',' is missing.", ""
    return None


def _engine_says(text: str, message: str, seen: list[_Seen]) -> QuerySyntax:
    place = re.search(r"(\d+):(\d+)", message)
    offset = _line_starts(text)[int(place[1]) - 1] + int(place[2]) - 1 if place else len(text)
    _, _, expected = message.partition("expected ")
    quoted = re.findall(r'"((?:[^"\\]|\\.)+)"', re.sub(r"\[.*?\]", "", expected))
    words = re.findall(r"\b[A-Z_]{2,}\b", expected)
    if not quoted and words:
        # The engine tells where the word it tried would have ended.
        offset -= min(map(len, words))
    near = max((token.start for token, _ in seen if token.start <= offset), default=0)
    for sign, sentence in _SENTENCES.items():
        if sign in message:
            return _syntax(text, near, sentence)
    wanted = _wanted(quoted)
    hint = f"Expected {wanted}." if wanted else ""
    return _syntax(text, near, "the query does not parse at or after this place.", hint)


def _wanted(quoted: list[str]) -> str:
    named = [name for name, signs in _EXPECTED.items() if any(sign in quoted for sign in signs)]
    other = [f"'{sign}'" for sign in quoted if not any(sign in signs for signs in _EXPECTED.values())]
    return " or ".join([*named, *other][:6])
