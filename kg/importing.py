"""Files of a feed in, a batch in the build out: read → resolve → write → load, wholly or not at all.

A batch is named by what it was made of. A file that is already there (by the hash of its unpacked bytes and the window
asked for) is not read again, an event that an earlier batch of the feed holds is not written twice, and rows that
were not taken are kept beside the store in `feeds/<name>/<batch>/rejected.jsonl`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

from kg import __version__, asked, batches, registered, resources, store, validate
from kg.columns import engines
from kg.columns.held import Columns
from kg.columns.layouts import layout
from kg.errors import DataProblems, NotFound, Problem, did_you_mean
from kg.feeds import FEEDS, Feed, actors, files, quads, sums
from kg.feeds import links as curated
from kg.feeds.records import CodedEvent, EventMention, Party, Record, Window
from kg.feeds.tally import Rejected, Tally
from kg.instead import batch_called, full_name, share
from kg.terms import DIP, ID, XSD, compact
from kg.vocabulary import vocabulary

Progress = Callable[[str], None]
ALWAYS = Window()
MANY = 20
_AT_ONCE = 20_000  # records that are looked up in columns together


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of an import: the batch it made (empty if there was nothing new), its counts, each file's account.

    `instead_of` names the batches whose place it takes, `beside` those of the same list or register that stay.
    """

    feed: str
    batch: str
    counts: Mapping[str, int] = field(default_factory=dict)
    files: tuple[Mapping[str, object], ...] = ()
    already: tuple[str, ...] = ()
    rejected: str = ""
    dry_run: bool = False
    instead_of: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


def import_feed(
    name: str,
    paths: Sequence[str | Path],
    folder: Path | str = "build",
    window: Window = ALWAYS,
    *,
    strict: bool = False,
    dry_run: bool = False,
    again: bool = False,
    instead_of: Sequence[str] = (),
    mapping: Path | None = None,
    query: str = "",
    links: Path | None = None,
    progress: Progress = lambda _: None,
) -> Imported:
    """Import files of a feed into a build as one batch.

    With `again` files that are there are read once more, and the batches made of them give way; `instead_of` names
    others that do. `mapping` says how a table is read (csv), `query` is what a SPARQL service is asked (rdf), `links`
    holds the decisions of a curator about parties, `links.csv` of the build unless another file is named.

    Raises:
        NotFound: no feed is called so, or no batch as `instead_of` says.
        UsageError: a feed lacks what it needs, or is given what it does not take.
        DataProblems: with `strict`, the first row that is not taken; nothing is changed.
        StorageError: a file cannot be read, there is no build, or it cannot be written.
    """
    folder, feed = Path(folder), found(name)
    progress("reading")
    about = store.manifest(folder)
    feed, reader, how = asked.reader(feed, mapping)
    named = list(_distinct(asked.sources(feed, paths, query)))
    taken = share(about, feed, named, window, how, again=again, instead_of=instead_of)
    if not taken.new:
        return Imported(name, "", already=taken.already, dry_run=dry_run)
    batch = quads.Batch(name, batch_name(taken.new, window, how))
    decisions = curated.read(links or folder / curated.FILE)
    with _target(folder, dry_run) as fresh:
        if fresh:
            give_way(fresh, taken.gone)
        view = fresh.view if fresh else store.open_store(str(folder))
        resolver = actors.Resolver(registered.read(view), curated.decided(decisions))
        earlier = _Earlier(feed, about, taken.gone, fresh, folder)
        del view  # lest the store stays open when the generation is sealed
        work = _Work(feed, batch, taken.new, window, strict, resolver, reader, fresh, earlier)
        report = {**work.run(progress), "how": how}
        _checked(work.statements, batch)
        made = bool(work.lines) and any(source.tally.kept for source in taken.new)
        if fresh and not made:
            fresh.unchanged = True
        elif fresh:
            fresh.about.setdefault("feeds", []).append(report)
            keep(fresh, batch, report, work.rejected, work.writer.parties)
    told = tuple(source.tally.as_dict() for source in taken.new)
    if not made:
        return Imported(name, "", report["counts"], told, taken.already, "", dry_run)
    place = store.generation(folder) / "feeds" / name / batch.name
    where = str(place) if work.rejected and not dry_run else ""
    gone = tuple(map(full_name, taken.gone))
    return Imported(name, batch.name, report["counts"], told, taken.already, where, dry_run, gone, taken.beside)


def found(name: str) -> Feed:
    """Find a feed by its name.

    Raises:
        NotFound: none is called so.
    """
    if name not in FEEDS:
        raise NotFound(f"No feed '{name}'.", hint=did_you_mean(name, FEEDS) or f"Known: {', '.join(FEEDS)}.")
    return FEEDS[name]


def imported(folder: Path | str = "build") -> list[dict[str, Any]]:
    """The batches that a build holds, as its manifest tells of them."""
    return list(store.manifest(Path(folder)).get("feeds", []))


def drop(name: str, folder: Path | str = "build") -> dict[str, Any]:
    """Take a batch out of a build, by its name or by that of its feed and its own: `gdelt/20180101-…`.

    Raises:
        NotFound: no batch is called so.
        UsageError: several are.
    """
    folder = Path(folder)
    gone = batch_called(imported(folder), name)
    with batches.change(folder) as fresh:
        give_way(fresh, [gone])
    return dict(gone)


def give_way(fresh: batches.Fresh, gone: Collection[Mapping[str, Any]]) -> None:
    """Take batches out of a generation that is being made: their graphs, files and what the manifest tells of them."""
    if not gone:
        return
    for each in gone:
        fresh.drop(quads.Batch(each["name"], each["batch"]).graph)
        fresh.forget(f"feeds/{full_name(each)}")
    names = {full_name(each) for each in gone}
    fresh.about["feeds"] = [each for each in fresh.about.get("feeds", []) if full_name(each) not in names]


class _Earlier:
    """The events that earlier batches of a feed hold, without those that give way; of a dry run as they are now."""

    def __init__(
        self,
        feed: Feed,
        about: Mapping[str, Any],
        gone: Collection[Mapping[str, Any]],
        fresh: batches.Fresh | None,
        folder: Path,
    ) -> None:
        names = [each["batch"] for each in about.get("feeds", []) if each["name"] == feed.name and each not in gone]
        self.some = bool(names)
        self._fresh = fresh
        graphs = ", ".join(f"<{quads.Batch(each['name'], each['batch']).graph}>" for each in gone)
        self._but = f"FILTER(?g NOT IN ({graphs}))" if graphs else ""
        self._view = None if fresh else store.open_store(str(folder))
        place = fresh.folder if fresh else store.generation(folder)
        columns = (place / "feeds" / feed.name / name / "columns" / "events" for name in names)
        self.columns = sorted(each for each in columns if each.is_dir())

    def holds(self, event: str) -> bool:
        """Whether an event is among the triples, given by its id."""
        if self._fresh is not None:
            return self._fresh.known(ID + event)
        assert self._view is not None
        return self._view.query(f"ASK {{ GRAPH ?g {{ {quads.iri(event)} ?p ?o }} {self._but} }}") is True


class _Work:
    """One import: reads, resolves and writes, and keeps what is needed for the report."""

    def __init__(
        self,
        feed: Feed,
        batch: quads.Batch,
        sources: Sequence[files.Source],
        window: Window,
        strict: bool,
        resolver: actors.Resolver,
        reader: asked.Reader,
        fresh: batches.Fresh | None,
        earlier: _Earlier,
    ) -> None:
        self.feed, self.batch, self.sources, self.window = feed, batch, sources, window
        self.rejected: list[Rejected] = []
        self._strict = strict
        self._fresh, self._earlier = fresh, earlier
        self._tallies: dict[str, Tally] = {}
        self.lines = 0  # of what the files hold; an import of nothing is not kept
        self._reader, self._resolver = reader, resolver
        self.statements: list[str] = []
        self.writer = quads.Writer(batch, resolver.resolve, vocabulary(), sums.Sums())
        for source in sources:
            source.tally.sink = self._refuse
            self._tallies[source.name] = source.tally

    def _refuse(self, row: Rejected) -> None:
        if self._strict:
            told = f"{row.reason}{f': {row.value}' if row.value else ''}."
            raise DataProblems([Problem(row.file, row.line, row.key, told, "Leave --strict out to go on without it.")])
        self.rejected.append(row)

    def run(self, progress: Progress) -> dict[str, Any]:
        progress("importing")
        if self._fresh:
            self._fresh.load(self._text(), self.batch.graph)
            if self.writer.counts["quads"] > batches.LARGE:
                progress("putting in order")
                self._fresh.put_in_order()
        else:
            for _ in self._text():
                pass
        for source in self.sources:
            source.tally.check()
        return {
            "name": self.feed.name,
            "batch": self.batch.name,
            "window": str(self.window),
            "tier": "full",
            "files": [source.tally.as_dict() for source in self.sources],
            "counts": dict(self.writer.counts),
        }

    def _text(self) -> Iterator[str]:
        lines = 0
        for text in self.writer.write(self._wanted(self._reader(self.sources, self.window))):
            lines += text.count("\n")
            if self.feed.name == "rdf":
                self.statements.append(text)
            yield text
        self.lines = lines
        for text in chain(self.writer.offices(self._resolver.offices), self.writer.closing()):
            lines += text.count("\n")
            yield text
        text = about_import(self.batch, self.feed, self.sources)
        self.writer.counts["quads"] = lines + text.count("\n")
        yield text

    def _wanted(self, records: Iterable[Record]) -> Iterator[Record]:
        """Leave out events that an earlier batch of the feed holds, and mentions of events that nobody holds."""
        earlier = self._earlier.some
        row = ("", 0)
        for record, there in self._with_columns(records):
            if isinstance(record, EventMention):
                if not (record.known or (earlier and self._earlier.holds(record.event))):
                    tally = self._instead(record.report.at.file, "outside")
                    tally.notes["mentions of events that are not here"] += 1
                    continue
            elif earlier and isinstance(record, CodedEvent) and (there or self._earlier.holds(record.id)):
                at = record.reports[0].at
                if not at.line or (at.file, at.line) != row:  # a row may tell several events, one after the other
                    self._instead(at.file, "duplicates")
                row = (at.file, at.line)
                continue
            yield record

    def _with_columns(self, records: Iterable[Record]) -> Iterator[tuple[Record, bool]]:
        """Each record, and whether it is an event that an earlier batch in columns holds."""
        if not self._earlier.columns:
            yield from ((record, False) for record in records)
            return
        with engines.scratch() as scratch, engines.started("duckdb", scratch) as running:
            held = Columns(running, layout(self.feed.name, ""), self._earlier.columns)
            coming = iter(records)
            while part := list(islice(coming, _AT_ONCE)):
                there = held.of(record.id for record in part if isinstance(record, CodedEvent))
                yield from ((record, isinstance(record, CodedEvent) and record.id in there) for record in part)

    def _instead(self, file: str, what: str) -> Tally:
        tally = self._tallies[file]
        tally.kept -= 1
        setattr(tally, what, getattr(tally, what) + 1)
        return tally


def _checked(statements: Sequence[str], batch: quads.Batch) -> None:
    """Hold the nodes of a feed that is RDF already against the shapes, where they are of classes of ours.

    Raises:
        DataProblems: each violation.
    """
    typed = f" {quads.A} <{DIP}"
    ours = {text.partition(" ")[0] for text in statements if typed in text}
    if not ours:
        return
    lines = [f"{text[:-3]} <{batch.graph}> .\n" for text in statements if text.partition(" ")[0] in ours]
    words = vocabulary().superclasses
    for text in statements:
        node, _, kind = text[: -len("> .\n")].partition(typed)
        lines += [f"{node} {quads.A} <{DIP}{each}> <{batch.graph}> .\n" for each in words.get(kind, ())]
    _, broken = validate.shape_violations(lines, resources.ontology() / "shapes.ttl")
    hint = "Mend the file, or leave our classes out of it."
    if broken:
        raise DataProblems(Problem(compact(each.node), 0, each.rule, each.message, hint) for each in broken)


def about_import(batch: quads.Batch, feed: Feed, sources: Iterable[files.Source]) -> str:
    """Write what a batch is: its feed, publisher, licence, and the files it was made of."""
    node, told = quads.iri(batch.node), quads.literal
    lines = [
        f"{node} {quads.A} <{DIP}FeedImport> .",
        f"{node} {quads.LABEL} {told(f'Import of {feed.title}: {batch.name}')}@en .",
        f"{node} <{DIP}feed> {told(feed.name)} .",
        f"{node} <{DIP}feedPublisher> {told(feed.publisher)} .",
        f"{node} <{DIP}feedLicence> {told(feed.licence)} .",
        f'{node} <{DIP}machineCoded> "{str(feed.machine_coded).lower()}"^^<{XSD}boolean> .',
        f"{node} <{DIP}importedWith> {told(f'diplokg {__version__}')} .",
    ]
    for source in sources:
        lines.append(f"{node} <{DIP}importedFile> {told(f'{source.sha256} {Path(source.name).name}')} .")
    return "\n".join(lines) + "\n"


def _target(folder: Path, dry_run: bool) -> AbstractContextManager[batches.Fresh | None]:
    return nullcontext() if dry_run else batches.change(folder)


def _distinct(sources: Iterable[files.Source]) -> Iterator[files.Source]:
    seen: set[str] = set()
    for source in sources:
        if source.sha256 not in seen:
            seen.add(source.sha256)
            yield source


def batch_name(sources: Sequence[files.Source], window: Window, how: str) -> str:
    """Name a batch by its first file, or the folder of many, and by the content of all of them."""
    parts = [*sorted(source.sha256 for source in sources), str(window), *([how] if how else [])]
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]
    named = sources[0].name.partition("!")[0]
    if len(sources) > MANY:  # a folder of many files is named by the folder
        named = os.path.commonpath([Path(source.name.partition("!")[0]).absolute() for source in sources])
    stem = named.rpartition("/")[2].partition(".")[0].lower()
    stem = re.sub("[^a-z0-9]+", "-", stem).strip("-")[:40] or "stream"
    return f"{stem}-{digest}"


def keep(
    fresh: batches.Fresh,
    batch: quads.Batch,
    report: Mapping[str, Any],
    rejected: Iterable[Rejected],
    parties: Iterable[Party],
) -> None:
    """Put beside the store what was told of the batch, the rows not taken, and the parties as the feed names them."""
    place = f"feeds/{batch.feed}/{batch.name}"
    fresh.keep(f"{place}/report.json", json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    for name, rows in (("rejected", rejected), ("parties", parties)):
        told = (json.dumps(asdict(row), ensure_ascii=False) for row in rows)
        fresh.keep(f"{place}/{name}.jsonl", "".join(f"{line}\n" for line in told))
