"""Files as pieces of text that a column reader can take whole: bounded in size, every line of the right width.

A line that a fast reader would stumble over – another number of columns, bytes that are no UTF-8, a carriage return, a
NUL – is set aside with its number for the feed's own reader to judge. Most files hold none; then a piece is copied as
it is and only counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.feeds.files import Unreadable

LONGEST = 1 << 20  # bytes in a line that an engine reads
_TAB, _LINE, _SPACE = b"\t\n "  # bytes below a space are control characters
TOO_LONG = 8 << 20  # what is kept of a line without end: more than any reader takes
SIZE = 96 << 20  # bytes of text in a piece: small enough to wait on a disk, large enough for whole row groups


@dataclass(frozen=True, slots=True)
class Piece:
    """Clean text in a file, and the lines that were set aside with their numbers.

    Where `numbered`, each row begins with its line number and a tab; otherwise rows follow one another from `first`.
    `printable` is known of a piece without a control character but tabs and line ends.
    """

    path: Path
    first: int
    rows: int
    numbered: bool
    printable: bool = False
    aside: tuple[tuple[int, bytes], ...] = ()


def pieces(
    blocks: Iterable[bytes], folder: Path, stem: str, tabs: int, *, skip: int, numbered: bool, size: int = SIZE
) -> Iterator[Piece]:
    """Cut a file's bytes into pieces in `folder`; each line has `tabs`, and `skip` lines stand before the first row.

    With `numbered` each line begins with its number and a tab, for engines that do not keep lines in order.

    Raises:
        Unreadable: the file breaks off; all whole lines before that have been given.
    """
    line = 1
    part = 0
    cut = _Cut(folder / f"{stem}-0.txt")
    try:
        for text in _whole_lines(blocks):
            if line <= skip:
                text = text.split(b"\n", skip)[-1]
                line = cut.first = skip + 1
            cut.add(text)
            if cut.size >= size:
                yield cut.done(tabs, numbered)
                part, line = part + 1, cut.first + cut.lines
                cut = _Cut(folder / f"{stem}-{part}.txt", line)
    except Unreadable:
        yield cut.done(tabs, numbered)
        raise
    finally:
        cut.file.close()
    if cut.lines:
        yield cut.done(tabs, numbered)


class _Cut:
    """A piece while it is written; what a reader could stumble over is looked for on the way."""

    def __init__(self, path: Path, first: int = 1) -> None:
        self.path, self.first = path, first
        self.file = path.open("wb")
        self.lines = self.size = self._tabs = 0
        self._clean = self._printable = True

    def add(self, text: bytes) -> None:
        """Write whole lines."""
        import numpy

        self.file.write(text)
        codes = numpy.frombuffer(text, numpy.uint8)
        ends, tabs = numpy.flatnonzero(codes == _LINE), int(numpy.count_nonzero(codes == _TAB))
        self.lines += len(ends)
        self.size += len(text)
        self._tabs += tabs
        if int(numpy.count_nonzero(codes < _SPACE)) != len(ends) + tabs or b"\x7f" in text:
            self._printable = False
        if self._clean:
            blank = ends[0] == 0 or bool((numpy.diff(ends) == 1).any())
            odd = not self._printable and (b"\r" in text or b"\0" in text)
            self._clean = not blank and not odd and _is_utf8(text)

    def done(self, tabs: int, numbered: bool) -> Piece:
        """Close the piece; if it is not clean, or is to be numbered, go through it line by line.

        Tabs are counted over all lines: where one has too few and another too many, the engine refuses the first.
        """
        self.file.close()
        piece = Piece(self.path, self.first, self.lines, numbered=False, printable=self._printable)
        return piece if self._clean and self._tabs == tabs * self.lines and not numbered else sorted_out(piece, tabs)


def sorted_out(piece: Piece, tabs: int) -> Piece:
    """The piece again, line by line, for an engine that stumbled over it; its file is written anew."""
    good: list[bytes] = []
    aside: list[tuple[int, bytes]] = []
    text = piece.path.read_bytes().replace(b"\r\n", b"\n")
    for number, row in enumerate(text.split(b"\n")[:-1], piece.first):
        if _is_good(row, tabs):
            good.append(b"%d\t%b\n" % (number, row))
        else:
            aside.append((number, row))
    piece.path.write_bytes(b"".join(good))
    return Piece(piece.path, piece.first, len(good), numbered=True, printable=piece.printable, aside=tuple(aside))


def lines_of(piece: Piece, numbers: Iterable[int]) -> Iterator[tuple[int, bytes]]:
    """Some lines of a piece, by their numbers in rising order."""
    wanted = iter(numbers)
    number = next(wanted, None)
    with piece.path.open("rb") as file:
        for here, text in enumerate(file, piece.first):
            if number is None:
                return
            if piece.numbered:
                own, _, text = text.partition(b"\t")
                here = int(own)
            if here == number:
                yield number, text.removesuffix(b"\n")
                number = next(wanted, None)


def _whole_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Text that ends with a line's end; of a line without end only its beginning is held."""
    rest = b""
    for block in blocks:
        text = rest + block
        end = text.rfind(b"\n") + 1
        if end:
            yield text[:end]
        rest = text[end:][:TOO_LONG]
    if rest:
        yield rest + b"\n"


def _is_utf8(text: bytes) -> bool:
    if text.isascii():
        return True
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_good(row: bytes, tabs: int) -> bool:
    if row.count(b"\t") != tabs or b"\r" in row or b"\0" in row or len(row) > LONGEST:
        return False
    return _is_utf8(row)
