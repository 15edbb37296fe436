"""Words in, lines for a terminal out: wrapped by the cells they take, styled piece by piece.

A word is what stands between two spaces; a no-break space keeps words together and is shown as a space.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from click import style

NO_BREAK = "\u00a0"
_UNSEEN = ("Cc", "Cf", "Zl", "Zp")  # controls, marks of direction, separators of lines and paragraphs
_MANNERS: dict[str, dict[str, Any]] = {
    "bold": {"bold": True},
    "dim": {"dim": True},
    "contested": {"fg": "red"},
    "unsure": {"fg": "yellow"},
}


class Piece(NamedTuple):
    """A run of words and the manner in which it is shown: bold, dim, contested, unsure, or plain."""

    text: str
    manner: str = ""


def width_of(text: str) -> int:
    """Count the terminal cells of a text.

    >>> width_of("Bogotá"), width_of("習近平")
    (6, 6)
    """
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(letter: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def clean(text: str) -> str:
    """Keep terminal control characters of foreign data out of the terminal.

    >>> clean("red \\x1b[31m alert")
    'red  [31m alert'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if unicodedata.category(c) in _UNSEEN and c != "\u200d" else c for c in text)


def padded(text: str, size: int) -> str:
    """Fill a text up to a number of cells.

    >>> padded("Bogotá", 8)
    'Bogotá  '
    """
    return text + " " * max(size - width_of(text), 0)


def cut(word: str, size: int) -> tuple[str, str]:
    """Cut a word where it has filled a number of cells, after its first character at the earliest.

    >>> cut("習近平", 5)
    ('習近', '平')
    """
    for end in range(2, len(word) + 1):
        if width_of(word[:end]) > size:
            return word[: end - 1], word[end - 1 :]
    return word, ""


def flow(head: Piece | str, body: Iterable[Piece | str], width: int, indent: int | None = None) -> list[str]:
    """Let pieces flow behind a head; following lines hang under its end, or at an indent of their own.

    >>> flow("when  ", ["early December 2025, as CNN states it"], 24)
    ['when  early December', '      2025, as CNN', '      states it']
    """
    text, manner = head if isinstance(head, Piece) else Piece(head)
    first = Piece(clean(text), manner)
    hang = width_of(first.text) if indent is None else indent
    room = max(width, hang + 10) if hang else max(width, 1)
    rows: list[list[Piece]] = [[]]
    used = width_of(first.text)
    for word in _words(body, room - hang):
        needed = width_of(word.text) + bool(rows[-1])
        if used + needed > room and (rows[-1] or used > hang):
            rows.append([])
            used, needed = hang, width_of(word.text)
        used += needed
        rows[-1].append(word)
    return [(_shown([first]) + _shown(rows[0])).rstrip(), *(" " * hang + _shown(row) for row in rows[1:])]


def _words(body: Iterable[Piece | str], room: int) -> Iterator[Piece]:
    for piece in body:
        text, manner = piece if isinstance(piece, Piece) else Piece(piece)
        for word in clean(text).split(" "):
            rest = word
            while rest:
                part, rest = cut(rest, room)
                yield Piece(part, manner)


def _shown(row: Iterable[Piece]) -> str:
    runs = [(manner, " ".join(text for text, _ in run)) for manner, run in groupby(row, key=lambda word: word.manner)]
    styled = (style(text, **_MANNERS[manner]) if manner else text for manner, text in runs)
    return " ".join(styled).replace(NO_BREAK, " ")


def together(text: str) -> str:
    """Keep the words of a text on one line."""
    return text.replace(" ", NO_BREAK)
