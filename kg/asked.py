"""What an import is asked for, beyond files: the mapping of a table, or a SPARQL service in the place of a file."""

from __future__ import annotations

import atexit
import dataclasses
import hashlib
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from kg import sparql
from kg.errors import StorageError, UsageError
from kg.feeds import Feed, files
from kg.feeds.records import Record, Window
from kg.store import Dataset, Remote, Rows

Reader = Callable[[Sequence[files.Source], Window], Iterable[Record]]


def reader(feed: Feed, mapping: Path | None = None) -> tuple[Feed, Reader, str]:
    """Give the feed, its reader and a digest of how it reads, which is empty where files alone decide that.

    Raises:
        UsageError: the feed needs a mapping and has none, or has one and takes none.
        DataProblems: the mapping is wrong.
    """
    if feed.name != "csv":
        if mapping is not None:
            raise UsageError(f"{feed.name} takes no mapping.", hint="Leave --mapping out, or import it as csv.")
        return feed, feed.reader(), ""
    if mapping is None:
        hint = "Say in a small file what each column is, and name it with --mapping: README, 'Tables of your own'."
        raise UsageError("A table needs a mapping.", hint=hint)
    from kg.feeds.mapping import read

    plan = read(mapping)
    told = dataclasses.replace(
        feed, title=f"table {plan.feed}", publisher=plan.publisher or plan.feed, licence=plan.licence or "Not stated."
    )
    return told, partial(feed.reader(), plan=plan), hashlib.sha256(repr(plan).encode()).hexdigest()[:16]


def sources(feed: Feed, paths: Sequence[str | Path], query: str = "") -> list[files.Source]:
    """Find the files of an import; for rdf a path may be the address of a SPARQL service, which is asked `query`.

    Raises:
        UsageError: an address where files are needed, or a query without an address.
        StorageError: a file or service cannot be read.
    """
    addresses = [str(path) for path in paths if str(path).startswith(("http://", "https://"))]
    if addresses and feed.name != "rdf":
        raise UsageError(f"{addresses[0]}: files are not fetched.", hint="Download it, and name the file.")
    if bool(query) != bool(addresses):
        hint = "Say what to take with --query or --graph." if addresses else "Name the address of a service."
        raise UsageError("A SPARQL service and a query go together.", hint=hint)
    named = [path for path in paths if str(path) not in addresses]
    return [*(_answered(address, query) for address in addresses), *(files.sources(named) if named else [])]


def service_query(query: str, graph: str) -> str:
    """The query for a service: a text, what a file `….rq` holds, or all of one graph; empty if there is none.

    Raises:
        UsageError: the graph is no IRI.
        StorageError: the file cannot be read.
    """
    if graph:
        if not re.fullmatch(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+", graph):
            raise UsageError(f"'{graph}' is not an IRI.", hint="Write it in full: https://….")
        return f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
    if not query.endswith(".rq"):
        return query
    try:
        return Path(query).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"{query}: cannot be read: {error}.", hint="Check the path.") from error


def _answered(address: str, query: str) -> files.Source:
    """Ask a service for triples, and keep the answer as sorted N-Triples, by which the same answer is known."""
    from kg.feeds.blanks import named

    if sparql.form(query) not in ("CONSTRUCT", "DESCRIBE"):
        raise UsageError("A query for an import is a CONSTRUCT or a DESCRIBE.", hint="It has to give triples.")
    answer = Remote(address, timeout=600).query(query, Dataset((), ()))
    assert not isinstance(answer, (bool, Rows))
    lines = sorted({f"{triple} .\n" for triple in named(answer)})
    handle, name = tempfile.mkstemp(prefix="kg-answer-", suffix=".nt")
    atexit.register(lambda: Path(name).unlink(missing_ok=True))
    with open(handle, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123  the handle is open already
        file.writelines(lines)
    return files.Source(address, Path(name))


__all__ = ["Reader", "reader", "service_query", "sources"]
