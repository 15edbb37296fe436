"""Quads in a store, and questions to it: an embedded Oxigraph in the build folder, or any SPARQL 1.1 service.

Only this room names pyoxigraph's `Store` or a remote endpoint; nothing else knows which engine runs. A build folder
holds generations (`gen-…`: `kg.nq`, `manifest.json`, `store/`) and the file `CURRENT` that names the one in use, so
a new build is swapped in by replacing one small file and a crash leaves the old one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    parse,
    parse_query_results,
)
from pyoxigraph import Store as _Oxigraph

from kg import lock, sparql
from kg.errors import QueryError, QueryLimit, QuerySyntax, StorageError, UsageError
from kg.rows import Answer as Answer
from kg.rows import Rows as Rows
from kg.rows import Term as Term
from kg.terms import GRAPH, PREFIXES

if TYPE_CHECKING:
    from email.message import Message

CURRENT, SEAL = "CURRENT", "seal.json"
FEED_GRAPHS = f"{GRAPH}feed/"
WHOLE, CURATED = "store", "curated"  # stores of a generation: with all feeds, and (if there are any) with none


@dataclass(frozen=True, slots=True)
class Dataset:
    """The graphs a query is asked over: those that make up the default graph, and those that GRAPH reaches."""

    default: tuple[str, ...]
    named: tuple[str, ...]


class Hold:
    """A generation that somebody reads: while the hold lives, no build removes the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._descriptor = os.open(folder / SEAL, os.O_RDONLY)
        with contextlib.suppress(ImportError, OSError):  # no such locks here: the build before the last may go
            import fcntl

            fcntl.flock(self._descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)

    def __del__(self) -> None:
        with contextlib.suppress(AttributeError, OSError):
            os.close(self._descriptor)


class Embedded:
    """An Oxigraph store, read only on disk or filled in memory; `hold` keeps the generation it stands in."""

    def __init__(self, store: _Oxigraph, name: str, hold: Hold | None = None) -> None:
        self._store = store
        self.name = name
        self.hold = hold

    @classmethod
    def in_memory(cls, lines: Iterable[str]) -> Embedded:
        """Fill a store in memory with N-Quads lines."""
        store = _Oxigraph()
        store.bulk_load("".join(lines).encode(), format=RdfFormat.N_QUADS)
        return cls(store, "memory")

    @classmethod
    def of_generation(cls, folder: Path, name: str, part: str = "store") -> Embedded:
        """Open the store of one generation, or the part of it without feeds, read only; newer builds do not change it.

        Raises:
            StorageError: it cannot be opened, or it is not what was written.
        """
        try:
            hold = Hold(folder)
            _check_seal(folder, name)
            return cls(_Oxigraph.read_only(str(folder / part)), name, hold)
        except (OSError, RuntimeError) as error:
            raise _unreadable(f"{name}: the store cannot be opened", error) from error

    def query(self, text: str, dataset: Dataset | None = None, base: str | None = None) -> Answer:
        """Run a query; the standard prefixes are known, and relative IRIs if there is a base.

        The graphs are those of `dataset`, else those that FROM names, else all, their union being the default graph.
        """
        chosen: dict[str, Any] = {"use_default_graph_as_union": not names_graphs(text)}
        try:
            if dataset is not None:
                chosen = {
                    "default_graph": [NamedNode(graph) for graph in dataset.default],
                    "named_graphs": [NamedNode(graph) for graph in dataset.named],
                }
            result = self._asked(text, {"prefixes": PREFIXES, "base_iri": base, **chosen})
        except SyntaxError as error:
            raise QuerySyntax(str(error)) from error
        except ValueError as error:
            raise QueryError(f"A graph of the dataset is no IRI: {error}.") from error
        except (OSError, RuntimeError) as error:
            if "custom function" in str(error):
                told = str(error).removeprefix("The custom ").removesuffix(" is not supported")
                raise QueryError(f"No such {told}.", hint="SPARQL's own functions need no IRI.") from error
            raise _unreadable(f"{self.name}: the store cannot be read", error) from error
        return _answer(result)

    def _asked(self, text: str, how: Mapping[str, Any]) -> Any:
        """What the engine answers. An ASK is asked for a row: the engine's own has no end over a damaged table."""
        if not _has_word(text, "ASK") or (rows := sparql.asked_in_rows(text)) == text:
            return self._store.query(text, **how)
        try:
            found: Any = self._store.query(rows, **how)
        except SyntaxError:
            return self._store.query(text, **how)  # so that places are told as they were written
        return any(True for _ in _guarded(found))

    def native(self) -> Any:
        """The pyoxigraph store itself, for oxrdflib."""
        return self._store


class Remote:
    """A SPARQL 1.1 service at a URL; its graphs are named in each request so that the default graph is their union.

    Where graphs of ours are among them, only these are asked: a service may hold graphs of its own beside them.
    """

    def __init__(self, url: str, timeout: float = 60) -> None:
        self.name = url
        self.timeout = timeout
        self._graphs: tuple[str, ...] | None = None

    def query(self, text: str, dataset: Dataset | None = None, base: str | None = None) -> Answer:
        """Send a query; the base, if there is one, and the standard prefixes are declared in front of it."""
        declared = f"BASE <{base}> " if base else ""
        declared += "".join(f"PREFIX {name}: <{iri}> " for name, iri in PREFIXES.items())
        if dataset is not None:
            return self._send(declared + text, dataset.default, dataset.named)
        if names_graphs(text):
            return self._send(declared + text, (), ())
        graphs = self.graphs()
        named = graphs if _has_word(text, "GRAPH") else ()  # names that nothing needs make Virtuoso slow
        return self._send(declared + text, graphs, named)

    def graphs(self) -> tuple[str, ...]:
        """The graphs that are asked, by name."""
        if self._graphs is None:
            found = self._send("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }", (), ())
            if not isinstance(found, Rows):
                raise StorageError(f"{self.name}: it answers a SELECT with something else.", hint=_NO_SERVICE)
            names = sorted(row[0].value for row in found.rows if isinstance(row[0], NamedNode))
            self._graphs = tuple(name for name in names if name.startswith(GRAPH)) or tuple(names)
        return self._graphs

    def native(self) -> Any:
        """A remote service has no embedded store."""
        raise StorageError(
            f"{self.name}: a remote service cannot be opened as an rdflib Dataset.",
            hint="Build locally, or use rdflib's SPARQLStore.",
        )

    def _send(self, text: str, default: tuple[str, ...], named: tuple[str, ...]) -> Answer:
        graph = sparql.form(text) in ("CONSTRUCT", "DESCRIBE")
        fields = [("query", text)]
        fields += [("default-graph-uri", name) for name in default]
        fields += [("named-graph-uri", name) for name in named]
        body, headers = self._fetch(fields, _GRAPHS_WANTED if graph else _ROWS_WANTED)
        if any(name in headers for name in _CUT):
            raise QueryLimit(
                f"{self.name}: the service cut its answer short.",
                hint="Ask in parts with LIMIT and OFFSET, or raise the limit of the service.",
            )
        return self._read(body, headers.get_content_type())

    def _fetch(self, fields: list[tuple[str, str]], accepted: str) -> tuple[bytes, Message]:
        import http.client
        import urllib.error
        import urllib.parse
        import urllib.request

        try:
            request = urllib.request.Request(self.name, urllib.parse.urlencode(fields).encode(), {"Accept": accepted})
            with urllib.request.urlopen(request, timeout=self.timeout) as response:
                return response.read(), response.headers
        except urllib.error.HTTPError as error:
            told = _one_line(error.read(2000)) if error.headers.get_content_type() != "text/html" else ""
            if error.code == 400 and told:
                raise QuerySyntax(f"{self.name} refused the query: {told}") from error
            what = f"{self.name}: HTTP {error.code} {error.reason}. {told}".rstrip()
            raise StorageError(what, hint=_NO_SERVICE) from error
        except (OSError, ValueError, http.client.HTTPException) as error:
            reason = _one_line(str(getattr(error, "reason", error)) or type(error).__name__)
            hint = "Is the service running, and is this its query URL?"
            raise StorageError(f"{self.name}: {reason}.", hint=hint) from error

    def _read(self, body: bytes, kind: str) -> Answer:
        try:
            if kind in _RESULTS:
                return _whole(parse_query_results(body.replace(*_VIRTUOSO_NODES), format=_RESULTS[kind]))
            form = RdfFormat.from_media_type(kind)
            if form is None:
                raise StorageError(f"{self.name}: it answers with {kind}.", hint=_NO_SERVICE)
            return iter([quad.triple for quad in parse(body, format=form)])
        except (SyntaxError, ValueError) as error:
            told = _one_line(str(error))
            raise StorageError(f"{self.name}: the answer ({kind}) cannot be read: {told}.", hint=_NO_SERVICE) from error


_NO_SERVICE = "Is this the address of a SPARQL query service?"
_RESULTS = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
}
_ROWS_WANTED = "application/sparql-results+json, application/sparql-results+xml;q=0.5"
_GRAPHS_WANTED = "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.5"
_CUT = ("X-SPARQL-MaxRows", "X-SQL-State")  # how Virtuoso says that rows or time ran out
_ASKED = "__ASK_RETVAL"
_VIRTUOSO_NODES = (b'"nodeID://', b'"')  # Virtuoso names blank nodes as no blank node may be named


def _whole(result: QuerySolutions | QueryBoolean) -> Answer:
    """Take the whole answer, so that a torn one is told; Virtuoso 7 gives ASK a row for true and none for false."""
    if not isinstance(result, QuerySolutions):
        return bool(result)
    names = tuple(variable.value for variable in result.variables)
    rows = [tuple(row) for row in result]
    return bool(rows) if names == (_ASKED,) else Rows(names, iter(rows))


def _one_line(text: str | bytes) -> str:
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    line = " ".join("".join(c if c.isprintable() else " " for c in plain).split()).rstrip(".")
    return line if len(line) <= 300 else f"{line[:300]} …"


Store = Embedded | Remote


def open_store(location: str) -> Store:
    """Open a build folder, or a SPARQL service by its http(s) URL.

    Raises:
        StorageError: there is no build there.
    """
    if location.startswith(("http://", "https://")):
        return Remote(location)
    while True:
        found = generation(Path(location))
        try:
            return Embedded.of_generation(found, location)
        except StorageError:
            if generation(Path(location)) == found:
                raise  # else newer builds took its place between two looks


def generation(folder: Path) -> Path:
    """Find the folder of the current build.

    Raises:
        StorageError: nothing was built there.
        UsageError: the folder is the address of a service.
    """
    if folder.parts[:1] in (("http:",), ("https:",)):
        raise UsageError(
            f"{folder.as_posix().replace(':/', '://', 1)}: this needs a build folder, and that is a service.",
            hint="Do it in a build, and load that into the service.",
        )
    name = _current(folder)
    if name is None:
        raise StorageError(f"{folder}: no build found.", hint="Make one with `kg build`, or name one with --store.")
    current = folder / name
    if not current.is_dir():
        raise StorageError(f"{folder}: the build {name!r} is missing.", hint="Build again with `kg build`.")
    return current


def _current(folder: Path) -> str | None:
    """Read which generation is in use; None if nothing was built, and a name that cannot be if the file is damaged."""
    try:
        name = (folder / CURRENT).read_bytes().decode("ascii", "replace").strip()
    except OSError:
        return None
    return name if re.fullmatch(r"gen-[0-9a-f]{12}(-[0-9]+)?", name) else f"gen-? ({name[:20]})"


def manifest(folder: Path, hold: Hold | None = None) -> dict[str, Any]:
    """Read what the current build, or the one that is held, says of itself.

    Raises:
        StorageError: nothing was built there, or the build is damaged.
    """
    found: Any = None
    with contextlib.suppress(ValueError):
        found = json.loads(_part(folder, "manifest.json", hold))
    if not isinstance(found, dict) or not {"digest", "counts"} <= found.keys():
        raise _damaged(folder, "manifest.json is not whole")
    return found


def lines(folder: Path, hold: Hold | None = None) -> list[str]:
    """Read the canonical N-Quads of the current build, or of the one that is held.

    Raises:
        StorageError: nothing was built there, or the build is damaged.
    """
    held = hold or _held(folder)
    raw = _part(folder, "kg.nq", held)
    if hashlib.sha256(raw).hexdigest() != manifest(folder, held).get("digest"):
        raise _damaged(folder, "kg.nq is not what was written")
    return [f"{line}\n" for line in raw.decode().split("\n")[:-1]]


def _held(folder: Path) -> Hold:
    try:
        return Hold(generation(folder))
    except OSError as error:
        raise _damaged(folder, f"{SEAL} cannot be read: {error.strerror}") from error


def _part(folder: Path, name: str, hold: Hold | None = None) -> bytes:
    path = (hold.folder if hold else generation(folder)) / name
    try:
        return path.read_bytes()
    except OSError as error:
        raise _damaged(folder, f"{name} cannot be read: {error.strerror}") from error


def _damaged(folder: Path, what: str) -> StorageError:
    return StorageError(f"{folder}: the build is damaged: {what}.", hint="Build again with `kg build`.")


def write(folder: Path, quads: list[str], about: Mapping[str, Any]) -> Path:
    """Write a generation beside the current one and swap it in; any failure leaves the current one.

    The batches of feeds that the current one holds are kept.

    Raises:
        UsageError: the folder is the address of a service.
        StorageError: the folder cannot be written, the disk is full, or another build is running there.
    """
    with writing(folder) as swap:
        fresh = swap.begin(str(about["digest"])[:12])
        _fill(fresh, quads, about, swap.before)
        swap.finish()
    return fresh


class Swap:
    """A change of generation under the folder's lock; a generation that is begun and not finished is removed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name = _current(folder)
        self._fresh: Path | None = None

    @property
    def before(self) -> Path | None:
        """The folder of the generation that is in use, if there is one."""
        return self._folder / self._name if self._name and (self._folder / self._name).is_dir() else None

    def begin(self, digest: str) -> Path:
        """Make the folder of a new generation."""
        self._fresh = _free_name(self._folder, digest)
        self._fresh.mkdir()
        return self._fresh

    def finish(self) -> None:
        """Let the new generation be the one in use; the one before it stays, for whoever reads it still."""
        assert self._fresh is not None
        _write_synced(self._fresh / SEAL, json.dumps(_sealed(self._fresh), indent=2, sort_keys=True).encode() + b"\n")
        save(self._folder / CURRENT, f"{self._fresh.name}\n".encode())
        _tidy(self._folder, keep={self._fresh.name, self._name})

    def undo(self) -> None:
        """Remove a new generation that did not come into use."""
        if self._fresh is not None and _current(self._folder) != self._fresh.name:
            shutil.rmtree(self._fresh, ignore_errors=True)


def _sealed(folder: Path) -> dict[str, list[object]]:
    """The files of a store with their sizes; of the small ones that name the others also the digest.

    A store whose list of tables is cut short opens as an empty one, and would give wrong answers. The tables
    themselves carry checksums that the engine checks.
    """
    found: dict[str, list[object]] = {}
    parts = [folder / part for part in (WHOLE, CURATED) if part == WHOLE or (folder / part).is_dir()]
    for path in (path for part in parts for path in sorted(part.iterdir())):
        if not path.name.startswith(("LOG", "LOCK", "IDENTITY")):
            small = path.name.startswith(("CURRENT", "MANIFEST"))
            found[path.name if path.parent.name == WHOLE else f"{CURATED}/{path.name}"] = [
                path.stat().st_size,
                hashlib.sha256(path.read_bytes()).hexdigest() if small else "",
            ]
    return found


def _check_seal(folder: Path, name: str) -> None:
    try:
        whole = json.loads((folder / SEAL).read_bytes()) == _sealed(folder)
    except (OSError, ValueError) as error:
        raise _unreadable(f"{name}: the store cannot be opened", error) from error
    if not whole:
        raise StorageError(f"{name}: the store is not what was written.", hint="Build again with `kg build`.")


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[Swap]:
    """Hold the lock of a build folder, and undo what was begun if anything fails.

    Raises:
        UsageError: the folder is the address of a service.
        StorageError: the folder cannot be written, the disk is full, or another build is running there.
    """
    if folder.parts[:1] in (("http:",), ("https:",)):
        raise UsageError("A build goes to a folder, not to a service.", hint="Name a folder with --store.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with lock.held(folder):
            swap = Swap(folder)
            try:
                yield swap
            except BaseException:
                swap.undo()
                raise
    except OSError as error:
        raise StorageError(
            f"{folder}: cannot be written: {error.strerror or error}.",
            hint="What was built before is untouched; make room, or choose another folder with --store.",
        ) from error


def save(path: Path, data: bytes) -> None:
    """Write a file beside its place and move it there, so that a failure leaves what was there.

    Raises:
        StorageError: it cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        _write_synced(beside, data)
        beside.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise StorageError(
            f"{path}: cannot be written: {error.strerror or error}.", hint="What was there before is untouched."
        ) from error


def _fill(fresh: Path, quads: list[str], about: Mapping[str, Any], before: Path | None) -> None:
    text = "".join(quads).encode()
    _write_synced(fresh / "kg.nq", text)
    feeds = _batches(before)
    if before is not None and feeds:
        _Oxigraph.read_only(str(before / "store")).backup(str(fresh / "store"))
        _keep_reports(before / "feeds", fresh / "feeds")
        about = {**about, "feeds": feeds}
    for part in (WHOLE, CURATED) if feeds else (WHOLE,):
        store = _Oxigraph(str(fresh / part))
        for graph in [graph for graph in store.named_graphs() if not graph.value.startswith(FEED_GRAPHS)]:
            store.remove_graph(graph)
        store.bulk_load(text, format=RdfFormat.N_QUADS)
        if part == CURATED or not feeds:
            store.optimize()
        store.flush()
        del store
    _write_synced(
        fresh / "manifest.json", (json.dumps(about, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
    )
    _sync_folder(fresh)


def _batches(before: Path | None) -> list[dict[str, Any]]:
    """The batches that a generation says it holds; a generation whose manifest is damaged holds none to rely on."""
    try:
        found = json.loads((before / "manifest.json").read_bytes()) if before else {}
    except (OSError, ValueError):
        return []
    feeds = found.get("feeds", []) if isinstance(found, dict) else []
    return feeds if isinstance(feeds, list) else []


def _keep_reports(old: Path, new: Path) -> None:
    if old.is_dir():
        shutil.copytree(old, new)


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Let the names in a folder outlive a power failure; not every system can open a folder for that."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _free_name(folder: Path, digest: str) -> Path:
    number, path = 1, folder / f"gen-{digest}"
    while path.exists():
        number += 1
        path = folder / f"gen-{digest}-{number}"
    return path


def _tidy(folder: Path, keep: Collection[str | None]) -> None:
    """Remove all generations but the current, the one before it, and those that somebody reads."""
    for path in folder.glob("gen-*"):
        if path.name not in keep and not _is_read(path):
            shutil.rmtree(path, ignore_errors=True)
    for path in folder.glob(f".{CURRENT}.*"):
        path.unlink(missing_ok=True)


def _is_read(generation: Path) -> bool:
    try:
        import fcntl

        with (generation / SEAL).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except (ImportError, OSError):
        return False
    return False


def names_graphs(text: str) -> bool:
    """Whether the query says with FROM over which graphs it is asked."""
    return _has_word(text, "FROM")


def _has_word(text: str, word: str) -> bool:
    if not re.search(rf"(?<![A-Z_]){word}(?![A-Z_])", text, re.IGNORECASE):
        return False
    try:
        return any(token.text.upper() == word for token in sparql.tokens(text) if token.kind == "word")
    except QuerySyntax:
        return False  # the engine tells what is wrong


def _answer(result: QuerySolutions | QueryBoolean | QueryTriples) -> Answer:
    if isinstance(result, QuerySolutions):
        return Rows(tuple(v.value for v in result.variables), _guarded(tuple(row) for row in result))
    if isinstance(result, (QueryBoolean, bool)):
        return bool(result)
    return _guarded(result)


def _guarded(items: Iterable[Any]) -> Iterator[Any]:
    """Evaluate lazily, and tell an evaluation error of the engine as a query error."""
    try:
        yield from items
    except OSError as error:
        raise _unreadable("The store cannot be read", error) from error
    except (RuntimeError, ValueError) as error:
        if "Corruption" in str(error):
            raise _unreadable("The store cannot be read", error) from error
        raise QueryError(f"The engine could not evaluate the query: {error}") from error


def _unreadable(what: str, error: Exception) -> StorageError:
    told = " ".join(str(error).split()).rstrip(".")
    return StorageError(f"{what}: {told}.", hint="Build again with `kg build`.")
