"""Events of the columns back into the feed's own text, and through its reader into records: a summary is opened.

Rows go back with the file and the line they came from, behind the parties of the batch in the order in which it met
them, so that the reader says of them what it said in the import.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from kg.columns import steps
from kg.columns.engines import Engine
from kg.columns.layouts import Layout, layout
from kg.feeds.files import Source
from kg.feeds.records import CodedEvent, Record, Window

Read = Callable[[Sequence[Source], Window], Iterator[Record]]
Known = tuple[str, str, str, str, str]  # two values that tell a party, what stands beside, its id, its node
_BEFORE = 10**17  # ids that no feed gives


class Given(Source):
    """Lines that were made here, under the name of the file they came from, for a feed's reader."""

    def __init__(self, name: str, title: str, rows: Iterator[tuple[int, str]]) -> None:
        super().__init__(name, Path(name))
        self._title, self._rows = title, rows

    def lines(self, encoding: str = "utf-8", otherwise: str = "") -> Iterator[tuple[int, str]]:
        """The line that tells the columns, and each row; they can be taken once."""
        yield 0, self._title
        yield from self._rows


def records(
    engine: Engine, own: Layout, events: Any, parties: Iterable[Known], files: Sequence[str], read: Read
) -> Iterator[Record]:
    """Read events of the columns as the import did: parties first, then the events that name them.

    `parties` are those that may be named, in the order of the import; `files` are the names of the batch's files.
    """
    first = [(0, own.party(_BEFORE + number, each[:2], each[2])) for number, each in enumerate(parties, 1)]
    rows = engine.rows(steps.in_order(events, own))
    for (file, width), group in groupby(rows, lambda row: (row[0], _width(row[2], own))):
        fitting = own if width == len(own.names) else layout(own.feed, "\t" * (width - 1))
        told = ((row[1], fitting.text(dict(zip(("raw", *own.kept), row[2:], strict=True)))) for row in group)
        before = first if fitting is own else _widened(first, own, fitting)
        source = Given(files[file], fitting.title, chain(before, told))
        for record in read([source], Window()):
            if not (isinstance(record, CodedEvent) and record.reports[0].at.line == 0):
                yield record
        source.tally.check()
        if source.tally.refused:
            raise AssertionError(f"{source.tally.rejected[0]}: kept by the import, not by its opening")


def _width(raw: str | None, own: Layout) -> int:
    return raw.count("\t") + 1 if raw else len(own.names)


def _widened(rows: Iterable[tuple[int, str]], own: Layout, fitting: Layout) -> list[tuple[int, str]]:
    cells = (dict(zip(own.names, text.split("\t"), strict=True)) for _, text in rows)
    return [(0, "\t".join(each.get(name, "") for name in fitting.names)) for each in cells]
