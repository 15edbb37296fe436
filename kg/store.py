"""Quads in a store, and questions to it: an embedded Oxigraph in the build folder, or any SPARQL 1.1 service.

Only this room names pyoxigraph's `Store` or a remote endpoint; nothing else knows which engine runs. A build folder
holds generations (`gen-…`: `kg.nq`, `manifest.json`, `store/`) and the file `CURRENT` that names the one in use, so
a new build is swapped in by replacing one small file and a crash leaves the old one.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)
from pyoxigraph import Store as _Oxigraph

from kg.errors import QueryError, QuerySyntax, StorageError
from kg.terms import PREFIXES

Term = NamedNode | BlankNode | Literal | Triple
CURRENT = "CURRENT"


@dataclass(frozen=True, slots=True)
class Rows:
    """The answer to a SELECT: names of the variables, and rows of terms (None where unbound)."""

    variables: tuple[str, ...]
    rows: Iterator[tuple[Term | None, ...]]


Answer = Rows | bool | Iterator[Triple]


class Embedded:
    """An Oxigraph store, read only on disk or filled in memory."""

    def __init__(self, store: _Oxigraph, name: str) -> None:
        self._store = store
        self.name = name

    @classmethod
    def in_memory(cls, lines: Iterable[str]) -> Embedded:
        """Fill a store in memory with N-Quads lines."""
        store = _Oxigraph()
        store.bulk_load("".join(lines).encode(), format=RdfFormat.N_QUADS)
        return cls(store, "memory")

    def query(self, text: str) -> Answer:
        """Run a query over the union of all graphs; the standard prefixes are known."""
        try:
            result = self._store.query(text, prefixes=PREFIXES, use_default_graph_as_union=True)
        except SyntaxError as error:
            raise QuerySyntax(str(error)) from error
        except OSError as error:
            raise StorageError(f"{self.name}: {error}.", hint="Build again with `kg build`.") from error
        return _answer(result)

    def native(self) -> Any:
        """The pyoxigraph store itself, for oxrdflib."""
        return self._store


class Remote:
    """A SPARQL 1.1 service at a URL; its graphs are named in each request so that the default graph is their union."""

    def __init__(self, url: str, timeout: float = 60) -> None:
        self.name = url
        self._timeout = timeout
        self._graphs: tuple[str, ...] | None = None

    def query(self, text: str) -> Answer:
        """Send a query; the standard prefixes are declared in front of it."""
        if self._graphs is None:
            found = self._send("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }", ())
            assert isinstance(found, Rows)
            self._graphs = tuple(sorted(row[0].value for row in found.rows if isinstance(row[0], NamedNode)))
        declared = "".join(f"PREFIX {name}: <{iri}> " for name, iri in PREFIXES.items())
        return self._send(declared + text, self._graphs)

    def native(self) -> Any:
        """A remote service has no embedded store."""
        raise StorageError(
            f"{self.name}: a remote service cannot be opened as an rdflib Dataset.",
            hint="Build locally, or use rdflib's SPARQLStore.",
        )

    def _send(self, text: str, graphs: tuple[str, ...]) -> Answer:
        fields = [("query", text)]
        fields += [("default-graph-uri", graph) for graph in graphs]
        fields += [("named-graph-uri", graph) for graph in graphs]
        request = urllib.request.Request(
            self.name,
            data=urllib.parse.urlencode(fields).encode(),
            headers={
                "Accept": "application/sparql-results+json, application/n-triples;q=0.9, text/turtle;q=0.8",
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as response:
                body, kind = response.read(), response.headers.get_content_type()
        except urllib.error.HTTPError as error:
            told = error.read(500).decode("utf-8", "replace").strip()
            if error.code == 400:
                raise QuerySyntax(f"{self.name} refused the query: {told}") from error
            raise StorageError(f"{self.name}: HTTP {error.code}. {told}") from error
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise StorageError(
                f"{self.name}: {reason}.", hint="Is the service running, and is this its query URL?"
            ) from error
        return self._read(body, kind)

    def _read(self, body: bytes, kind: str) -> Answer:
        try:
            if "json" in kind:
                return _answer(parse_query_results(body, format=QueryResultsFormat.JSON))
            form = RdfFormat.from_media_type(kind) or RdfFormat.TURTLE
            return iter([quad.triple for quad in parse(body, format=form)])
        except (SyntaxError, ValueError) as error:
            raise StorageError(
                f"{self.name}: the answer ({kind}) cannot be read: {error}.",
                hint="Is this the address of a SPARQL query service?",
            ) from error


Store = Embedded | Remote


def open_store(location: str) -> Store:
    """Open a build folder, or a SPARQL service by its http(s) URL.

    Raises:
        StorageError: there is no build there.
    """
    if location.startswith(("http://", "https://")):
        return Remote(location)
    folder = generation(Path(location)) / "store"
    try:
        return Embedded(_Oxigraph.read_only(str(folder)), location)
    except OSError as error:
        raise StorageError(
            f"{location}: the store cannot be opened: {error}.", hint="Build again with `kg build`."
        ) from error


def generation(folder: Path) -> Path:
    """Find the folder of the current build.

    Raises:
        StorageError: nothing was built there.
    """
    try:
        name = (folder / CURRENT).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise StorageError(
            f"{folder}: no build found.", hint="Make one with `kg build`, or name one with --store."
        ) from error
    current = folder / name
    if not name.startswith("gen-") or not current.is_dir():
        raise StorageError(f"{folder}: the build {name!r} is missing.", hint="Build again with `kg build`.")
    return current


def manifest(folder: Path) -> dict[str, Any]:
    """Read what the current build says of itself."""
    found: dict[str, Any] = json.loads((generation(folder) / "manifest.json").read_text(encoding="utf-8"))
    return found


def lines(folder: Path) -> list[str]:
    """Read the canonical N-Quads of the current build."""
    with (generation(folder) / "kg.nq").open(encoding="utf-8", newline="\n") as file:
        return file.readlines()


def write(folder: Path, quads: list[str], about: Mapping[str, Any]) -> Path:
    """Write a generation beside the current one and swap it in; any failure leaves the current one.

    Raises:
        StorageError: the folder cannot be written, the disk is full, or another build is running there.
    """
    fresh: Path | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _lock(folder):
            fresh = _free_name(folder, str(about["digest"])[:12])
            fresh.mkdir()
            _fill(fresh, quads, about)
            _replace(folder / CURRENT, fresh.name + "\n")
            _tidy(folder, keep=fresh)
    except OSError as error:
        if fresh is not None and not _is_current(folder, fresh):
            shutil.rmtree(fresh, ignore_errors=True)
        raise StorageError(
            f"{folder}: cannot be written: {error.strerror or error}.", hint="The previous build is untouched."
        ) from error
    return fresh


def _fill(fresh: Path, quads: list[str], about: Mapping[str, Any]) -> None:
    text = "".join(quads).encode()
    _write_synced(fresh / "kg.nq", text)
    store = _Oxigraph(str(fresh / "store"))
    store.bulk_load(text, format=RdfFormat.N_QUADS)
    store.optimize()
    store.flush()
    del store
    _write_synced(
        fresh / "manifest.json", (json.dumps(about, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
    )


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    _write_synced(beside, text.encode())
    beside.replace(path)


def _is_current(folder: Path, fresh: Path) -> bool:
    try:
        return (folder / CURRENT).read_text(encoding="utf-8").strip() == fresh.name
    except OSError:
        return False


def _free_name(folder: Path, digest: str) -> Path:
    number, path = 1, folder / f"gen-{digest}"
    while path.exists():
        number += 1
        path = folder / f"gen-{digest}-{number}"
    return path


def _tidy(folder: Path, keep: Path) -> None:
    """Remove generations but the current and the one before it, which a running reader may still hold."""
    old = sorted((p for p in folder.glob("gen-*") if p != keep and p.is_dir()), key=lambda p: p.stat().st_mtime_ns)
    for path in old[:-1]:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def _lock(folder: Path) -> Iterator[None]:
    try:
        import fcntl
    except ImportError:  # no advisory locks on this system: CURRENT is still replaced atomically
        yield
        return
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StorageError(
                f"{folder}: another build is running there.", hint="Wait for it, or choose --store."
            ) from error
        yield


def _answer(result: QuerySolutions | QueryBoolean | QueryTriples) -> Answer:
    if isinstance(result, QuerySolutions):
        return Rows(tuple(v.value for v in result.variables), _guarded(tuple(row) for row in result))
    if isinstance(result, QueryBoolean):
        return bool(result)
    return _guarded(result)


def _guarded(items: Iterable[Any]) -> Iterator[Any]:
    """Evaluate lazily, and tell an evaluation error of the engine as a query error."""
    try:
        yield from items
    except (RuntimeError, ValueError) as error:
        raise QueryError(f"The engine could not evaluate the query: {error}") from error
