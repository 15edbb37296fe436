"""Query text in, tokens out, each with the place where it stands: bracket, clause and depth.

Brackets and clauses are followed as far as needed to tell what `<`, `(` and a variable mean.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from kg.errors import QueryRefused, QuerySyntax

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
CLOSING = {"}": "{", ")": "(", "]": "[", ">>": "<<", ")>>": "<<(", "|}": "{|"}


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


# Beyond ASCII a name holds all characters but these, and begins with none of those.
_NO_NAME = (
    "\x80-\xb6\xb8-\xbf\xd7\xf7\u037e\u2000-\u200b\u200e-\u203e\u2041-\u206f\u2190-\u2bff\u2ff0-\u3000"
    "\ud800-\uf8ff\ufdd0-\ufdef\ufff0-\uffff"
)
_NO_START = f"{_NO_NAME}\xb7\u0300-\u036f\u203f\u2040"


def _letters(beyond: str, signs: str = "") -> str:
    """Make a character class of letters and some ASCII signs; negated, because that compiles five times faster.

    >>> bool(re.match(_letters(_NO_START), "é")), bool(re.match(_letters(_NO_START), "1"))
    (True, False)
    """
    others = (chr(code) for code in range(128) if not chr(code).isalpha() and chr(code) not in signs)
    return f"[^{''.join(map(re.escape, others))}{beyond}]"


_DIGITS = "0123456789"
_START = _letters(_NO_START)
_MORE = _letters(_NO_NAME, f"_-{_DIGITS}")
_WORD = _letters(_NO_NAME, f"_{_DIGITS}")
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
            rf"(?P<blank>_:{_letters(_NO_START, '_' + _DIGITS)}(?:{_MORE}|\.+(?={_MORE}))*+)",
            rf"(?P<pname>(?:{_START}(?:{_MORE}|\.+(?={_MORE}))*+)?:"
            rf"(?:(?:{_letters(_NO_START, '_:' + _DIGITS)}|{_LOCAL})"
            rf"(?:{_letters(_NO_NAME, '_:-' + _DIGITS)}|{_LOCAL}"
            rf"|\.+(?={_letters(_NO_NAME, '_:%-' + chr(92) + _DIGITS)}))*+)?)",
            rf"(?P<var>[?$]{_letters(_NO_START, '_' + _DIGITS)}{_WORD}*+)",
            r"(?P<lang>@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[A-Za-z]+)?)",
            r"(?P<number>(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+)",
            rf"(?P<word>{_letters(_NO_START, '_')}{_WORD}*+)",
            r"(?P<punct>\)>>|>>|\{\||\|\}|\^\^|&&|\|\||!=|>=|[{}()\[\].;,*+/|^!=>?~-])",
        ]
    )
)
OPERAND_KINDS = frozenset(["var", "iri", "pname", "string", "number", "lang", "blank"])
# What a prefixed name may spell besides itself: the engine could read a call, and so an expression, after it.
_HIDDEN_CALL = re.compile(r"filter|bind", re.IGNORECASE)
_ELEMENTS = ("WHERE", "FILTER", "OPTIONAL", "BIND", "MINUS", "GRAPH", "UNION", "LATERAL")
CLAUSES = {
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


class Place(NamedTuple):
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
            last.kind in OPERAND_KINDS or last.text in (")", ")>>") or last.word in ("TRUE", "FALSE")
        )

    def enter(self, token: Token) -> Place:
        if token.text in CLOSING and token.kind == "punct" and len(self.frames) > 1:
            self.frames.pop()
        top = self.frames[-1]
        if top.kind == "group" and token.word in CLAUSES:
            top.clause = CLAUSES[token.word]
            top.selects = top.selects or token.word == "SELECT"
        place = Place(top.kind, top.clause, len(self.frames) - 1)
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


def _read(text: str) -> Iterator[tuple[Token, Place]]:
    context = _Context()
    lines = line_starts(text)
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
        yield token, context.enter(token) if kind != "comment" else Place("", "", 0)
        offset = end


def line_starts(text: str) -> list[int]:
    """List the offsets at which lines begin."""
    return [0, *(match.end() for match in re.finditer("\n", text))]


def _next(text: str, offset: int, context: _Context) -> tuple[Kind, int]:
    if text[offset] == "<":
        return _angle(text, offset, context)
    match = _TOKEN.match(text, offset)
    if not match:
        raise syntax_error(text, offset, *_no_token(text, offset))
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
            raise syntax_error(text, offset, "it is not clear whether this '<' opens an IRI.", hint)
    if iri:
        return "iri", iri.end()
    if text.startswith("<<", offset):
        return "punct", offset + (3 if text.startswith("<<(", offset) else 2)
    if top.kind == "expr":
        return "punct", less
    hint = "An IRI ends with '>' and holds no space, quote or brace."
    raise syntax_error(text, offset, "this '<' opens no IRI.", hint)


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
            raise syntax_error(text, place, f"{match[0]} is no character.")
        if chr(code) in ends:
            raise syntax_error(text, place, f"{match[0]} could end what it stands in.", r"Write \" or \n.")


Seen = tuple[Token, Place]


def significant(text: str) -> list[Seen]:
    """Cut a query into tokens with their places, comments left out."""
    return [(token, place) for token, place in _read(text) if token.kind != "comment"]


def refused(token: Token, why: str, hint: str = "") -> QueryRefused:
    """Refuse a query because of a token."""
    return QueryRefused(f"line {token.line}, column {token.column}: {why}", hint=hint)


def syntax_error(text: str, offset: int, what: str, hint: str = "") -> QuerySyntax:
    """Tell what is wrong at an offset, with the line and a caret under the column."""
    lines = line_starts(text)
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
