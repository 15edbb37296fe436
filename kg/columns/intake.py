"""Files of a feed into typed columns by year and month, with the same account of every row as in the triples tier.

Plain rows go straight into Parquet. The others are read by the feed's own reader, which rejects them with its reason or
keeps them; a row it keeps stands in the columns with its text beside it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.columns import pieces, steps
from kg.columns.engines import Engine
from kg.columns.layouts import Layout, layout
from kg.columns.opening import Read
from kg.columns.pieces import Piece
from kg.feeds.files import Source, Unreadable
from kg.feeds.records import CodedEvent, Window


class Aside(Source):
    """Lines of a source that were set aside, for its reader; the line that tells the columns stands before them."""

    def __init__(self, source: Source, title: str, rows: Sequence[tuple[int, bytes]]) -> None:
        super().__init__(source.name, source.path, source.member, source.limits)
        self.tally.sink = source.tally.sink
        self._title = title
        self._rows = rows

    def lines(self, encoding: str = "utf-8", otherwise: str = "") -> Iterator[tuple[int, str]]:
        """The lines with the numbers they have in the file."""
        yield 0, self._title
        for number, raw in self._rows:
            if len(raw) > self.limits.line:
                self._refuse(number, f"a line of more than {self.limits.line:,} bytes")
                continue
            try:
                yield number, raw.decode(encoding)
            except UnicodeDecodeError:
                self._refuse(number, f"is not {encoding.upper()}")


@dataclass(slots=True)
class Intake:
    """The columns of one batch while they are made, below `folder`: `events/` by month, and what is only on the way."""

    feed: str
    read: Read
    window: Window
    engine: Engine
    folder: Path
    earlier: Sequence[Path] = ()
    layout: Layout | None = None
    _plain: dict[int, int] = field(default_factory=dict)
    _judged: dict[int, int] = field(default_factory=dict)
    _layouts: dict[int, Layout] = field(default_factory=dict)

    @property
    def events(self) -> Path:
        """The folder of the events."""
        return self.folder / "events"

    def take(self, sources: Sequence[Source]) -> None:
        """Read files into columns; the next piece is unpacked while an engine works on one.

        Raises:
            UsageError: a file's kind is not kept in columns.
            StorageError: the disk is full.
        """
        (self.folder / "text").mkdir(parents=True, exist_ok=True)
        self.events.mkdir(exist_ok=True)
        cut = self._pieces(sources)
        with ThreadPoolExecutor(1) as ahead:
            coming = ahead.submit(next, cut, None)
            while (found := coming.result()) is not None:
                coming = ahead.submit(next, cut, None)
                number, own, piece = found
                self._store(number, sources[number], own, piece)
        self._tell(sources)
        shutil.rmtree(self.folder / "text")

    def _pieces(self, sources: Sequence[Source]) -> Iterator[tuple[int, Layout, Piece]]:
        for number, source in enumerate(sources):
            self._plain[number] = self._judged[number] = 0
            last = 0
            try:
                first = _first_line(source)
                own = layout(self.feed, first)
                self.layout = self.layout or own
                self._layouts[number] = own
                skip = int(first.split("\t", 1)[0].casefold() == own.title.split("\t", 1)[0].casefold())
                if first:  # the reader tells the columns, even of a file without a row that it has to judge
                    yield number, own, Piece(self.folder / "text" / "none.txt", 1, 0, numbered=True)
                for piece in pieces.pieces(
                    source.hashed(), self.folder / "text", f"f{number}", len(own.names) - 1,
                    skip=skip, numbered=not self.engine.keeps_order,
                ):  # fmt: skip
                    last = piece.first + piece.rows + len(piece.aside) - 1
                    yield number, own, piece
            except Unreadable as error:
                source.tally.read += 1
                source.tally.reject(last + 1, str(error))

    def _store(self, number: int, source: Source, own: Layout, piece: Piece) -> None:
        stem = f"{piece.path.stem}"
        if piece.rows:
            piece = self._written(number, own, piece, stem)
        doubtful = self._doubtful()
        rows = [*piece.aside, *pieces.lines_of(piece, doubtful)] if piece.rows else [*piece.aside]
        self._plain[number] += piece.rows - len(doubtful)
        source.tally.read += piece.rows - len(doubtful)
        self._judge(number, source, own, sorted(rows), stem)
        piece.path.unlink(missing_ok=True)

    def _written(self, number: int, own: Layout, piece: Piece, stem: str) -> Piece:
        """Write a piece's rows; one that the engine refuses is looked through line by line first."""
        try:
            self._write(number, own, piece, stem)
        except self.engine.refusals:
            for path in self.events.glob(f"*/{stem}-*"):
                path.unlink()
            piece = pieces.sorted_out(piece, len(own.names) - 1)
            self._write(number, own, piece, stem)
        return piece

    def _write(self, number: int, own: Layout, piece: Piece, stem: str) -> None:
        names = ("line", *own.names) if piece.numbered else own.names
        rows = self.engine.text(piece.path, names)
        typed = steps.typed(rows, own, number, None if piece.numbered else piece.first, piece.printable)
        self.engine.write(steps.within(typed, own, self.window), self.events, stem, ["month"])

    def _doubtful(self) -> list[int]:
        folder = self.events / f"month={steps.DOUBT}"
        if not folder.is_dir():
            return []
        rows = self.engine.parquet(folder)
        found = sorted(line for (line,) in self.engine.rows(rows.select("line")))
        shutil.rmtree(folder)
        return found

    def _judge(self, number: int, source: Source, own: Layout, rows: Sequence[tuple[int, bytes]], stem: str) -> None:
        """Let the feed's reader say what becomes of rows that are not plain."""
        if not rows and source.tally.left_out:
            return
        aside = Aside(source, own.title, rows)
        texts = dict(rows)
        kept = []
        for record in self.read([aside], self.window):
            if isinstance(record, CodedEvent):
                line = record.reports[0].at.line
                text = texts[line].decode()
                kept.append((number, line, text, record.date[:7], *own.values(text, record.date).values()))
        if kept:
            types = {"file": "int32", "line": "int32", "raw": "string", "month": "string"}
            types |= {name: _ARROW[column.kind] for name, column in own.kept.items()}
            self.engine.write(self.engine.table(kept, types), self.events, f"{stem}-raw", ["month"])
        self._judged[number] += len(kept)
        source.tally.add(aside.tally)

    def _tell(self, sources: Sequence[Source]) -> None:
        """Complete the account of each file: what lies outside the window, and the copies, which are taken out."""
        found = dict.fromkeys(range(len(sources)), 0)
        again = dict(found)
        if any(self.events.iterdir()):
            events = self.engine.parquet(self.events)
            found |= dict(self.engine.rows(steps.of_files(events)))
            again |= self._without_copies(events)
        for number, source in enumerate(sources):
            plain = found[number] - self._judged[number]
            source.tally.outside += self._plain[number] - plain
            source.tally.kept += plain - again[number]
            source.tally.duplicates += again[number]
            if again[number] and self._judged[number]:
                self._note(number, source)

    def _note(self, number: int, source: Source) -> None:
        """Count again what is to be noted of rows, now that copies of earlier rows are gone."""
        rows = []
        if any(self.events.rglob("*.parquet")):  # else all of them were copies
            events = self.engine.parquet(self.events)
            judged = events.filter((events.file == number) & events.raw.notnull()).order_by("line")
            rows = [(line, raw.encode()) for line, raw in self.engine.rows(judged.select("line", "raw"))]
        aside = Aside(source, self._layouts[number].title, rows)
        for _ in self.read([aside], self.window):
            pass
        source.tally.notes = aside.tally.notes

    def _without_copies(self, events: Any) -> dict[int, int]:
        assert self.layout is not None
        place = self.folder / "copies"
        self.engine.write(steps.copies(events, self.layout), place, "copies")
        for number, folder in enumerate(self.earlier):
            held = steps.held(events, self.engine.parquet(folder), self.layout)
            self.engine.write(steps.without(held, self.engine.parquet(place)), place, f"earlier-{number}")
        copies = self.engine.parquet(place)
        months = sorted({month for (month,) in self.engine.rows(copies.select("month").distinct())})
        if months:
            whole = steps.without(events.filter(events.month.isin(months)), copies)
            self.engine.write(whole, self.folder / "whole", "whole", ["month"])
        counts = dict(self.engine.rows(steps.of_files(copies)))
        for month in months:
            shutil.rmtree(self.events / f"month={month}")
            if (kept := self.folder / "whole" / f"month={month}").is_dir():
                kept.rename(self.events / f"month={month}")
        shutil.rmtree(self.folder / "whole", ignore_errors=True)
        shutil.rmtree(place)
        return counts


def _first_line(source: Source) -> str:
    """The first line of a source, or what of it stands in the first block."""
    for block in source.blocks():
        return block.split(b"\n", 1)[0].decode("utf-8", "replace").removesuffix("\r")
    return ""


_ARROW = {"whole": "int64", "text": "string", "day": "date"}
