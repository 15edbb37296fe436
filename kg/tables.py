"""Rows of texts in, a table for eyes out: aligned, wrapped to the width of the terminal.

Where the words of a row cannot stand side by side without being torn, each row becomes a card: a line for each column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kg.lines import clean, flow, padded, width_of

_GAP = 2
_LONG = 24  # a longer word, such as an id, may be torn


def table(header: Sequence[str], rows: Iterable[Sequence[str]], width: int = 0) -> str:
    """Lay rows out in aligned columns under a ruled header; cells that do not fit in `width` wrap.

    With a width it is meant for eyes: first cells that repeat the row above stay blank.

    >>> print(table(["who", "n"], [["Petro", "12"], ["Trump", "3"]]), end="")
    who    n
    ─────  ──
    Petro  12
    Trump   3
    >>> print(table(["who", "said"], [["Donald Trump", "misinformed"]], 18), end="")
    who   Donald Trump
    said  misinformed
    """
    body = [[clean(cell) for cell in row] for row in rows]
    if not width:
        lines = _columns(header, body, _sizes(header, body))
    else:
        room = width - _GAP * (len(header) - 1)
        least = [_longest_word([name, *(row[i] for row in body)]) for i, name in enumerate(header)]
        if sum(least) > room and body:
            lines = _cards(header, body, width)
        else:
            lines = _columns(header, _without_repeats(body), _fitted(_sizes(header, body), least, room))
    return "".join(f"{line.rstrip()}\n" for line in lines)


def natural_width(header: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Count the cells that a table takes if nothing wraps; rows may be longer than the header."""
    return sum(_sizes(header, rows)) + _GAP * (len(header) - 1)


def _sizes(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    return [max([width_of(name), *(width_of(row[i]) for row in rows)]) for i, name in enumerate(header)]


def _columns(header: Sequence[str], body: Sequence[Sequence[str]], sizes: Sequence[int]) -> Iterator[str]:
    numeric = [bool(body) and all(_is_number(row[i]) or not row[i] for row in body) for i in range(len(header))]
    yield _line(header, sizes, [False] * len(sizes))
    yield (" " * _GAP).join("─" * size for size in sizes)
    for row in body:
        cells = [_wrapped(cell, size) for cell, size in zip(row, sizes, strict=True)]
        for i in range(max(map(len, cells))):
            yield _line([cell[i] if i < len(cell) else "" for cell in cells], sizes, numeric)


def _wrapped(cell: str, size: int) -> list[str]:
    return [cell] if width_of(cell) <= size else flow("", [cell], size)


def _cards(header: Sequence[str], body: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    size = max(map(width_of, header))
    for number, row in enumerate(body):
        if number:
            yield ""
        for name, cell in zip(header, row, strict=True):
            if cell:
                yield from flow(padded(name, size + _GAP), [cell], width)


def _without_repeats(body: Sequence[Sequence[str]]) -> list[list[str]]:
    """Leave blank the first cells that say what the row above says, so that groups are seen."""
    shown: list[list[str]] = []
    above: Sequence[str] = ()
    for row in body:
        same = 0
        while same < len(row) - 1 and same < len(above) and row[same] == above[same]:
            same += 1
        shown.append(["" if i < same else cell for i, cell in enumerate(row)])
        above = row
    return shown


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).removeprefix("-").isdigit()


def _fitted(sizes: list[int], least: list[int], room: int) -> list[int]:
    """Take from the widest column until all fit; each keeps room for its longest word."""
    sizes = list(sizes)
    while sum(sizes) > room:
        wide = [i for i, (size, floor) in enumerate(zip(sizes, least, strict=True)) if size > floor]
        if not wide:
            break
        sizes[max(wide, key=lambda i: sizes[i])] -= 1
    return sizes


def _longest_word(cells: Iterable[str]) -> int:
    return min(max((width_of(word) for cell in cells for word in cell.split()), default=1), _LONG)


def _line(cells: Sequence[str], sizes: Sequence[int], numeric: Sequence[bool]) -> str:
    filled = (
        " " * (size - width_of(cell)) + cell if right else padded(cell, size)
        for cell, size, right in zip(cells, sizes, numeric, strict=True)
    )
    return (" " * _GAP).join(filled)
