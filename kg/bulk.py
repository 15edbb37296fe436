"""Feeds of millions: a batch whose events stay in columns beside the store, which holds what sums them up.

The columns of a batch lie in its folder of the generation (`feeds/<name>/<batch>/columns/`: `events/` by year and
month, `parties.parquet`) and come and go with it. A `dip:Summary` in the store stands for some of these events, and
`opened` gives them back as the quads that the triples tier would have written.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode

from kg import batches, importing, query, registered, store
from kg.columns import engines, held, layouts, opening, steps, summing
from kg.columns.intake import Intake
from kg.errors import DataProblems, NotFound, Problem, StorageError, UsageError
from kg.feeds import Feed, actors, files, quads
from kg.feeds import links as curated
from kg.feeds.records import Party, Record, Window
from kg.feeds.tally import Rejected
from kg.importing import Imported, Progress
from kg.instead import full_name, share
from kg.terms import DIP, GRAPH, ID
from kg.vocabulary import vocabulary

if TYPE_CHECKING:
    from kg.store import Store

TIER = "columns"


def import_columns(
    name: str,
    paths: Sequence[str | Path],
    folder: Path | str = "build",
    window: Window = importing.ALWAYS,
    *,
    full: bool = False,
    engine: str = "duckdb",
    strict: bool = False,
    again: bool = False,
    instead_of: Sequence[str] = (),
    links: Path | None = None,
    progress: Progress = lambda _: None,
) -> Imported:
    """Import files of a feed as one batch of columns, and what sums it up into the store.

    `links` holds the decisions of a curator about parties, `links.csv` of the build unless another file is named.
    With `full` the columns hold everything, and the events of the window are in the store as triples too; without it
    the days of the window bound what is taken at all. What was in columns alone, or with another window in full, gives
    way to the same files with `full`; with `again`, and as `instead_of` says, other batches do.

    Raises:
        NotFound: no feed is called so.
        UsageError: the feed is not kept in columns, the engine is missing, or sides are named without `full`.
        DataProblems: with `strict`, the first row that is not taken; nothing is changed.
        StorageError: a file cannot be read, there is no build, or it cannot be written.
    """
    feed, folder = importing.found(name), Path(folder)
    layouts.layout(name, "")
    if window.sides and not full:
        raise UsageError("Columns hold what everybody does.", hint="With --full, --between says what is in full too.")
    how = f"{TIER}{' full' if full else ''}"
    progress("reading")
    about = store.manifest(folder)
    engine = engines.named(engine)
    taken = share(about, feed, files.sources(paths), window, how, again=again, instead_of=instead_of,
                  gives_way=lambda each: full and each.get("tier") == TIER)  # fmt: skip
    new = taken.new
    if not new:
        return Imported(name, "", already=taken.already)
    decisions = links or folder / curated.FILE
    with batches.change(folder) as fresh:
        importing.give_way(fresh, taken.gone)
        work = _Work(feed, new, window, full, fresh, _resolver(fresh.view, decisions), strict)
        with engines.started(engine, work.place / "scratch") as running:
            report = work.run(running, how, progress)
        if report["counts"]["events"]:
            _settle(fresh, work.batch)
            fresh.about.setdefault("feeds", []).append(report)
            importing.keep(fresh, work.batch, report, work.rejected, work.parties)
        else:
            fresh.unchanged = True
    told = tuple(source.tally.as_dict() for source in new)
    if not report["counts"]["events"]:
        return Imported(name, "", report["counts"], told, taken.already)
    where = str(store.generation(folder) / "feeds" / name / work.batch.name) if work.rejected else ""
    gone = tuple(map(full_name, taken.gone))
    return Imported(name, work.batch.name, report["counts"], told, taken.already, where, instead_of=gone)


class _Work:
    """One import into columns."""

    batch: quads.Batch
    parties: Sequence[Party]

    def __init__(
        self,
        feed: Feed,
        sources: Sequence[files.Source],
        window: Window,
        full: bool,
        fresh: batches.Fresh,
        resolver: actors.Resolver,
        strict: bool,
    ) -> None:
        self.feed, self.sources, self.window, self.full = feed, sources, window, full
        self.place = fresh.folder / TIER
        self.rejected: list[Rejected] = []
        self._fresh, self._resolver, self._strict = fresh, resolver, strict
        for source in sources:
            source.tally.sink = self._refuse

    def _refuse(self, row: Rejected) -> None:
        if self._strict:
            told = f"{row.reason}{f': {row.value}' if row.value else ''}."
            raise DataProblems([Problem(row.file, row.line, row.key, told, "Leave --strict out to go on without it.")])
        self.rejected.append(row)

    def run(self, engine: engines.Engine, how: str, progress: Progress) -> dict[str, Any]:
        progress("into columns")
        window = Window() if self.full else self.window
        taken = Intake(self.feed.name, self.feed.reader(), window, engine, self.place, earlier=self._earlier())
        taken.take(self.sources)
        for source in self.sources:
            source.tally.check()
        self.batch = quads.Batch(self.feed.name, importing.batch_name(self.sources, self.window, how))
        progress("summing up")
        names = [source.name for source in self.sources]
        sums = _Sums(self.feed, self.batch, names, self.window, self.full, self._fresh, self._resolver)
        events = sum(source.tally.kept for source in self.sources)
        about = importing.about_import(self.batch, self.feed, self.sources)
        counts = sums.load(engine, taken.layout if events else None, events, about)
        self.parties = sums.writer.parties
        if counts["quads"] > batches.LARGE:
            progress("putting in order")
            self._fresh.put_in_order()
        return {
            "name": self.feed.name,
            "batch": self.batch.name,
            "window": str(self.window),
            "how": how,
            "tier": TIER,
            "files": [source.tally.as_dict() for source in self.sources],
            "counts": counts,
        }

    def _is_triples(self, about: Mapping[str, Any]) -> bool:
        return about["name"] == self.feed.name and about.get("tier") != TIER

    def _earlier(self) -> list[Path]:
        """The columns of earlier batches of the feed, and the keys of those that are triples."""
        feeds = self._fresh.folder / "feeds" / self.feed.name
        found = sorted(folder for folder in feeds.glob(f"*/{TIER}/events") if any(folder.rglob("*.parquet")))
        keys = self.place / "keys"
        triples = (each["batch"] for each in self._fresh.about.get("feeds", []) if self._is_triples(each))
        events = chain.from_iterable(self._fresh.events(quads.Batch(self.feed.name, name).graph) for name in triples)
        if held.keys(events, layouts.layout(self.feed.name, ""), keys):
            found.append(keys)
        return found


def resummed(
    fresh: batches.Fresh, view: Any, about: dict[str, Any], resolver: actors.Resolver, engine: str = "duckdb"
) -> None:
    """Write the graph of a batch in columns anew, with other judgements of who its parties are; the events stay.

    `about` is what the manifest of the new generation tells of the batch.
    """
    feed, batch = importing.found(about["name"]), quads.Batch(about["name"], about["batch"])
    node = quads.iri(batch.node)
    told = view.quads_for_pattern(NamedNode(node[1:-1]), None, None, NamedNode(batch.graph))
    closing = "".join(sorted(f"{node} {each.predicate} {each.object} .\n" for each in told))
    fresh.drop(batch.graph)
    place = fresh.folder / TIER
    _kept(fresh, batch).rename(place)
    (place / summing.PARTIES).unlink(missing_ok=True)  # it is shared with the generation before
    names = [str(each["file"]) for each in about["files"]]
    window, full = Window.told(about["window"]), about["how"].endswith(" full")
    sums = _Sums(feed, batch, names, window, full, fresh, resolver)
    with engines.started(engine, place / "scratch") as running:
        about["counts"] = sums.load(running, layouts.layout(feed.name, ""), about["counts"]["events"], closing)
    _settle(fresh, batch)


def _kept(fresh: batches.Fresh, batch: quads.Batch) -> Path:
    return fresh.folder / "feeds" / batch.feed / batch.name / TIER


def _settle(fresh: batches.Fresh, batch: quads.Batch) -> None:
    """Leave the columns where they belong, without what was only on the way."""
    place, kept = fresh.folder / TIER, _kept(fresh, batch)
    for path in place.iterdir():
        if path.name not in ("events", summing.PARTIES):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    kept.parent.mkdir(parents=True, exist_ok=True)
    place.rename(kept)


class _Sums:
    """What the store is told of the columns of one batch."""

    def __init__(
        self,
        feed: Feed,
        batch: quads.Batch,
        names: Sequence[str],
        window: Window,
        full: bool,
        fresh: batches.Fresh,
        resolver: actors.Resolver,
    ) -> None:
        self.feed, self.batch, self.names, self.window, self.full = feed, batch, names, window, full
        self.place = fresh.folder / TIER
        self.writer = quads.Writer(batch, resolver.resolve, vocabulary())
        self._fresh, self._resolver = fresh, resolver

    def load(self, engine: engines.Engine, own: layouts.Layout | None, events: int, closing: str) -> dict[str, int]:
        """Load parties, summaries and edges of the columns (none without a layout), and lines of text after them."""
        counts = dict.fromkeys(("events", "summaries", "parties", "edges", "in full", "quads"), 0) | {"events": events}
        self._fresh.load(self._text(engine, own, counts, closing), self.batch.graph)
        written = self.writer.counts
        return counts | {
            "parties": written["parties"],
            "edges": len(self.writer.edges),
            "in full": written["events"],
        }

    def _text(
        self, engine: engines.Engine, own: layouts.Layout | None, counts: dict[str, int], closing: str
    ) -> Iterator[str]:
        if own is not None:
            read, find = self.feed.reader(), self._resolver.offices
            full = partial(self._in_full, engine, own) if self.full else None
            for text in summing.text(engine, own, self.place, read, self.writer, vocabulary(), full, find):
                counts["quads"] += text.count("\n")
                counts["summaries"] += f"{quads.A} <{DIP}Summary>" in text
                yield text
        counts["quads"] += closing.count("\n")
        yield closing

    def _in_full(
        self, engine: engines.Engine, own: layouts.Layout, parties: Sequence[opening.Known]
    ) -> Iterator[Record]:
        """The events of the window, as records."""
        events = steps.within(engine.parquet(self.place / "events"), own, self.window)
        if self.window.sides:
            one, other = (_side(parties, side) for side in (*self.window.sides, "")[:2])
            tables = [engine.table(rows, steps.PARTY) for rows in (one, other)]
            events = steps.between(events, own, *tables)
        return opening.records(engine, own, events, parties, self.names, self.feed.reader())


def _resolver(view: Store, decisions: Path) -> actors.Resolver:
    return actors.Resolver(registered.read(view), curated.decided(curated.read(decisions)))


def _side(parties: Sequence[opening.Known], side: str) -> list[opening.Known]:
    """The parties that belong to a side: by their code or its country, by what stands beside it, by id or entity.

    An empty side is everybody.

    Raises:
        NotFound: nobody does.
    """
    if not side:
        return list(parties)
    found = [
        each
        for each in parties
        if side in (each[0], each[0][:3], each[2]) or side in (each[3], each[4].removeprefix(f"<{ID}").rstrip(">"))
    ]
    if not found:
        raise NotFound(
            f"Nobody in these files is called '{side}'.", hint="Name a code as the feed writes it, or an id."
        )
    return found


@dataclass(frozen=True, slots=True)
class _Summary:
    """What the store says of a summary; `here` tells that its events are in the store, too."""

    feed: str
    batch: str
    actors: tuple[str, ...]
    target: str
    month: str
    quad: int
    count: int
    scheme: str
    plover: str
    here: bool


def opened(view: Store, folder: Path | str, name: str, engine: str = "duckdb") -> Iterator[str]:
    """The events that a summary stands for, as the N-Quads lines that the triples tier has, or would have, written.

    Raises:
        NotFound: no summary is called so.
        StorageError: its columns are not there.
    """
    found = _summary(view, name)
    if found.here:
        yield from _there(view, found, name)
        return
    place = store.generation(Path(folder)) / "feeds" / found.feed / found.batch / TIER
    month = place / "events" / f"month={found.month}"
    if not month.is_dir():
        raise StorageError(f"{place}: the columns of the batch are missing.", hint="Import its files --again.")
    feed, own = importing.found(found.feed), layouts.layout(found.feed, "")
    names = next(
        [str(file["file"]) for file in each["files"]]
        for each in store.manifest(Path(folder))["feeds"]
        if (each["name"], each["batch"]) == (found.feed, found.batch)
    )
    batch = quads.Batch(found.feed, found.batch)
    writer = quads.Writer(batch, _resolver(view, Path(folder) / curated.FILE).resolve, vocabulary())
    with engines.scratch() as scratch, engines.started(engine, scratch) as running:
        parties = [tuple(row) for row in running.rows(running.file(place / summing.PARTIES))]
        sides = [[each for each in parties if each[4] == node] for node in ("".join(found.actors), found.target)]
        tables = [running.table(rows, steps.PARTY) if rows else None for rows in sides]
        everybody = running.table(parties, steps.PARTY)
        events = steps.standing_for(running.parquet(month), own, (tables[0], tables[1]), everybody, found.quad)
        told = opening.records(running, own, events, [*sides[0], *sides[1]], names, feed.reader())
        for text in writer.write(told):
            yield from (f"{line[:-2]} <{batch.graph}> .\n" for line in text.splitlines())
    if writer.counts["events"] != found.count:
        raise StorageError(
            f"{name} stands for {found.count} events, {writer.counts['events']} are in the columns.",
            hint="Import the files of the batch --again.",
        )


def _there(view: Store, found: _Summary, name: str) -> Iterator[str]:
    """The events of a summary whose batch holds them, with their reports and counts, as the store has them."""
    graph = quads.Batch(found.feed, found.batch).graph
    first = date.fromisoformat(f"{found.month}-01")
    days = (first + timedelta(days=number) for number in range(31))
    told = " ".join(f'"{day}"^^xsd:date' for day in days if day.month == first.month)
    facts = [("actor", each) for each in found.actors]
    facts += [("target", found.target), ("goldsteinScheme", found.scheme and f'"{found.scheme}"')]
    facts += [("plover", found.plover and f"<{found.plover}>"), ("quadClass", str(found.quad))]
    same = " ".join(f"?e dip:{name} {value} ." for name, value in facts if value)
    others = " ".join(f"FILTER NOT EXISTS {{ ?e dip:{name} ?{name} }}" for name, value in facts if not value)
    rows = query.rows(
        view,
        f"""SELECT DISTINCT ?e WHERE {{ VALUES ?d {{ {told} }} GRAPH <{graph}> {{ ?e sem:hasEarliestBeginTimeStamp ?d .
          {same} ?e dip:factuality dip:Actual . {others} }} }}""",
    )
    if len(rows) != found.count:
        raise StorageError(
            f"{name} stands for {found.count} events, {len(rows)} are in the store.",
            hint="Import the files of the batch --again.",
        )
    for piece in query.pieces(row["e"] for row in rows):
        some = " ".join(f"<{node}>" for node in piece)
        answer = query.run(
            view,
            f"""SELECT DISTINCT ?s ?p ?o WHERE {{ VALUES ?e {{ {some} }} GRAPH <{graph}> {{
              {{ ?e ?p ?o BIND(?e AS ?s) }} UNION {{ ?e dip:attestedBy|dip:reportCount ?s . ?s ?p ?o }} }} }}""",
        )
        assert isinstance(answer, store.Rows)
        yield from (f"{s} {p} {o} <{graph}> .\n" for s, p, o in answer.rows)


def _summary(view: Store, name: str) -> _Summary:
    node = query.parameter(name if ":" in name else f"id:{name}")
    told: dict[str, list[str]] = defaultdict(list)
    rows = query.rows(view, f"SELECT ?g ?p ?o WHERE {{ GRAPH ?g {{ {node} a dip:Summary ; ?p ?o }} }} ORDER BY ?p ?o")
    if not rows:
        raise NotFound(f"No summary '{name}'.", hint="Ask for them: kg query 'SELECT ?s WHERE { ?s a dip:Summary }'")
    for row in rows:
        told[row["p"].removeprefix(DIP)].append(row["o"])
    graph = rows[0]["g"]
    feed, _, batch = graph.removeprefix(f"{GRAPH}feed/").partition("/")
    actors, targets = ([f"<{each}>" for each in told[f"dyad{side}"]] for side in ("Actor", "Target"))
    here = query.run(view, f"ASK {{ GRAPH <{graph}> {{ ?import dip:holdsEvents true }} }}") is True
    return _Summary(
        feed=feed,
        batch=batch,
        actors=tuple(actors),
        target="".join(targets),
        month=told["month"][0],
        quad=int(told["quadClass"][0]),
        count=int(told["eventCount"][0]),
        scheme="".join(told["goldsteinScheme"]),
        plover="".join(told["plover"]),
        here=here,
    )
