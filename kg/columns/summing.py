"""What the store is told of a batch in columns: its parties, its dyads month by month, its direct edges.

A `dip:Summary` stands for the events that one party aimed at another in one month and one quad class; the columns hold
them, and `kg.columns.opening` turns a summary back into them. Parties and edges are written as in the triples tier.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from kg.columns import steps
from kg.columns.engines import Engine, write_rows
from kg.columns.layouts import Layout
from kg.columns.opening import Given, Known, Read
from kg.feeds import codes, quads
from kg.feeds.quads import Edge
from kg.feeds.records import CodedEvent, Party, Record, Window
from kg.feeds.sums import Dyad, summary
from kg.vocabulary import Vocabulary

Offices = Callable[[Party, date, date], Iterable[quads.Judgement]]
PARTIES = "parties.parquet"


def text(
    engine: Engine,
    layout: Layout,
    place: Path,
    read: Read,
    writer: quads.Writer,
    words: Vocabulary,
    full: Callable[[Sequence[Known]], Iterator[Record]] | None = None,
    offices: Offices | None = None,
) -> Iterator[str]:
    """Write parties, summaries and direct edges of the events in `place` as N-Triples; the parties are kept there.

    `full` gives the records of events that are to be in the store as well, when the parties are known; `offices` finds
    who held the offices that parties are named by.
    """
    events = place / "events"
    cube = _kept(engine, steps.counted(engine.parquet(events), layout), place / "work", "cube")
    known: list[Known] = []
    labels: dict[str, str] = {}
    for cells, party, record in _named(engine, layout, cube, read):
        if record is not None:
            yield from writer.write([record])
            labels.setdefault(writer.node(party), record.label)
        known.append((*cells, party, writer.node(party)))
    parties = engine.table(known, steps.PARTY)
    write_rows(place / PARTIES, known, steps.PARTY)
    if full is not None:
        yield from writer.write(full(known))
    told = steps.told(cube, layout, parties, engine.table(_predicates(words), steps.CODES))
    told = _kept(engine, told, place / "work", "told")
    for row in engine.rows(steps.dyads(told)):
        yield summary(writer.batch, replace(Dyad(*row), scheme=layout.scheme), labels)
    for subject, predicate, target, count, first, last in engine.rows(steps.edges(told)):
        writer.edges[subject, predicate, target] = Edge(count, first.isoformat(), last.isoformat())
    if offices is not None:
        yield from writer.offices(offices)
    yield from writer.closing()


def _kept(engine: Engine, table: Any, folder: Path, stem: str) -> Any:
    """Write what is needed more than once, and go on from there."""
    engine.write(table, folder / stem, stem)
    return engine.parquet(folder / stem)


def _named(
    engine: Engine, layout: Layout, cube: Any, read: Read
) -> Iterator[tuple[tuple[str, str, str], str, Party | None]]:
    """Each pair of values that tells a party, in the order of the rows: its party, and the record where that is new.

    Values that the reader takes for nobody are left out.
    """
    asked: dict[int, tuple[str, str, str]] = {}

    def lines() -> Iterator[tuple[int, str]]:
        for number, (*cells, beside, _) in enumerate(engine.rows(steps.parties(cube, layout)), 1):
            asked[number] = (*cells, beside)
            yield number, layout.party(number, cells, beside)

    new: Party | None = None
    for record in read([Given("columns", layout.title, lines())], Window()):
        if isinstance(record, Party):
            new = record
        elif isinstance(record, CodedEvent):
            yield asked[record.reports[0].at.line], record.actor[0], new
            new = None


def _predicates(words: Vocabulary) -> list[tuple[str, str, int, int]]:
    rows = []
    for code in codes.table().values():
        declared = words.event_classes[code.event_class]
        rows.append((code.cameo, declared.direct_predicate or "", int(declared.symmetric), code.quad))
    return rows
