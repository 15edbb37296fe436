"""A store in, a live rdflib Dataset out: queries run on the engine, and nothing can be written.

Only this room names oxrdflib. It is imported when somebody asks for `Graph.rdflib`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

import rdflib
from oxrdflib import OxigraphStore
from rdflib.query import Result

from kg import sparql
from kg.errors import UsageError
from kg.store import Store
from kg.terms import PREFIXES


class _ReadOnly(OxigraphStore):
    """An Oxigraph store that answers queries as `kg query` does and refuses to be changed."""

    def query(self, query: Any, *args: Any, **kwargs: Any) -> Result:
        """Run a query on the engine, after the same guard as everywhere."""
        sparql.guard(str(query))
        result: Result = super().query(query, *args, **kwargs)
        return result

    def update(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse an update."""
        _refuse()

    def add(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse a triple."""
        _refuse()

    def addN(self, quads: Iterable[Any]) -> NoReturn:  # noqa: N802
        """Refuse quads."""
        _refuse()

    def remove(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse to forget."""
        _refuse()

    def remove_graph(self, graph: rdflib.Graph) -> NoReturn:
        """Refuse to forget a graph."""
        _refuse()

    def add_graph(self, graph: rdflib.Graph) -> None:
        """Let any graph be looked at; one that is new stays empty, for its first triple is refused."""


def _refuse() -> NoReturn:
    raise UsageError("The graph is read only.", hint="Copy it into an rdflib.Graph, or change the dossiers and build.")


def dataset(store: Store) -> rdflib.Dataset:
    """Open a Dataset over a store; its default graph is the union of all graphs.

    Raises:
        StorageError: the store is a remote service.
    """
    made = rdflib.Dataset(store=_ReadOnly(store=store.native()), default_union=True)
    for prefix, iri in PREFIXES.items():
        made.bind(prefix, iri, replace=True)
    return made
