"""A store in, the same store out without the batches of some feeds: so that nothing coded stands unmarked in a story.

`None` is everything, the empty choice is the curated story alone, names are the feeds that stand beside it. A query
that says with FROM over which graphs it is asked is asked over these.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from kg.store import CURATED, FEED_GRAPHS, Answer, Dataset, Embedded, Remote, Rows, Store, names_graphs

Feeds = Collection[str] | None


class Narrowed(Embedded):
    """An embedded store of which some graphs are asked only."""

    def __init__(self, whole: Embedded, graphs: tuple[str, ...], feeds: Feeds) -> None:
        super().__init__(whole.native(), whole.name, whole.hold)
        self.feeds = feeds
        self._within = Dataset(graphs, graphs)

    def query(self, text: str, dataset: Dataset | None = None, base: str | None = None) -> Answer:
        """Run a query over the graphs that are left, unless it or the caller names others."""
        return super().query(text, dataset or (None if names_graphs(text) else self._within), base)


class Curated(Embedded):
    """The store of a generation that holds no feeds: asked as a whole, which is a hundred times as fast as by graph."""

    feeds: Feeds = ()

    def __init__(self, alone: Embedded) -> None:
        super().__init__(alone.native(), alone.name, alone.hold)


class NarrowedService(Remote):
    """A service of which some graphs are asked only."""

    def __init__(self, whole: Remote, graphs: tuple[str, ...], feeds: Feeds) -> None:
        super().__init__(whole.name, whole.timeout)
        self.feeds = feeds
        self._graphs = graphs


def within(store: Store, feeds: Feeds) -> Store:
    """Narrow a store to the curated graphs and the feeds named; a store without other feeds stays as it is.

    Raises:
        StorageError: a service does not tell its graphs.
    """
    if feeds is None or isinstance(store, (Narrowed, NarrowedService, Curated)):
        return store
    have = graphs(store)
    kept = tuple(name for name in have if feed_of(name) in ("", *feeds))
    if len(kept) == len(have):
        return store
    if not any(map(feed_of, kept)) and isinstance(store, Embedded) and store.hold:
        alone = store.hold.folder / CURATED
        if alone.is_dir():
            return Curated(Embedded.of_generation(store.hold.folder, store.name, CURATED))
    return NarrowedService(store, kept, feeds) if isinstance(store, Remote) else Narrowed(store, kept, feeds)


def graphs(store: Store) -> tuple[str, ...]:
    """The names of all graphs that a store has.

    Raises:
        StorageError: a service does not tell them.
    """
    if isinstance(store, Remote):
        return store.graphs()
    found = store.query("SELECT ?g WHERE { GRAPH ?g {} }")
    assert isinstance(found, Rows)
    return tuple(sorted(row[0].value for row in found.rows if row[0] is not None and hasattr(row[0], "value")))


def lines(store: Store, feeds: Collection[str]) -> Iterator[str]:
    """The N-Quads of the batches of some feeds, as the store gives them."""
    for graph in graphs(store):
        if feed_of(graph) in feeds:
            found = store.query(f"SELECT ?s ?p ?o WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")
            assert isinstance(found, Rows)
            yield from (f"{s} {p} {o} <{graph}> .\n" for s, p, o in found.rows)


def feed_of(graph: str) -> str:
    """The feed that a graph is a batch of; empty for a curated one.

    >>> feed_of("https://w3id.org/diplokg/graph/feed/gdelt/20180101-7b455039"), feed_of("https://example.org/")
    ('gdelt', '')
    """
    return graph.removeprefix(FEED_GRAPHS).partition("/")[0] if graph.startswith(FEED_GRAPHS) else ""


__all__ = ["Curated", "Feeds", "Narrowed", "NarrowedService", "feed_of", "graphs", "lines", "within"]
