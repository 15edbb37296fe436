"""Batches of feeds in a build folder: each change is a new generation that begins as a copy of the current one.

The copy is a checkpoint of hard links and costs milliseconds; what is written to it is not seen by anybody until one
small file names it, so that after a crash a batch is wholly there or wholly absent. Curated quads (`kg.nq`) stay as
they are; a batch is one named graph, and dropping the graph drops the batch.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import queue
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, RdfFormat
from pyoxigraph import Store as _Oxigraph

from kg import store
from kg.errors import StorageError
from kg.store import Embedded
from kg.terms import DIP, ID

_PIECE = 12 << 20  # bytes of text that are loaded at once
_LOADERS = 2
LARGE = 200_000  # quads after which a store is put in order
_EVENT = NamedNode(f"{DIP}factuality")  # what every event says, and nothing else does


class Fresh:
    """The generation that is being made: its store can be asked, filled and emptied by graph."""

    def __init__(self, folder: Path, about: dict[str, Any]) -> None:
        self.folder = folder
        self.about = about
        self.unchanged = False  # whoever finds that there is nothing to change says so, and the generation is not kept
        self._store = _Oxigraph(str(folder / "store"))
        self.view = Embedded(self._store, str(folder))

    def load(self, text: Iterable[str], graph: str) -> None:
        """Put N-Triples lines into a graph, while they are being made; the memory used is bounded.

        They are not checked once more (`lenient`): `kg.feeds.quads` writes nothing that is no IRI or no literal.

        Raises:
            StorageError: the disk is full or the store cannot be written.
        """
        waiting: queue.Queue[bytes | None] = queue.Queue(_LOADERS)
        failed: list[Exception] = []
        name = NamedNode(graph)

        def work() -> None:
            while (piece := waiting.get()) is not None:
                if failed:
                    continue
                try:
                    self._store.bulk_load(piece, format=RdfFormat.N_TRIPLES, to_graph=name, lenient=True)
                except Exception as error:  # noqa: BLE001  told in the thread that waits
                    failed.append(error)

        threads = [threading.Thread(target=work, daemon=True) for _ in range(_LOADERS)]
        for thread in threads:
            thread.start()
        try:
            for piece in _pieces(text):
                if failed:
                    break
                waiting.put(piece)
        finally:
            for _ in threads:
                waiting.put(None)
            for thread in threads:
                thread.join()
        if failed:
            raise failed[0]

    def holds(self, graph: str) -> bool:
        """Whether a graph is in the store."""
        return self._store.contains_named_graph(NamedNode(graph))

    def known(self, node: str) -> bool:
        """Whether anything is said of a node, given by its IRI."""
        return next(iter(self._store.quads_for_pattern(NamedNode(node), None, None, None)), None) is not None

    def events(self, graph: str) -> Iterator[str]:
        """The local names of the events that a graph holds, in no order that means anything."""
        for quad in self._store.quads_for_pattern(None, _EVENT, None, NamedNode(graph)):
            yield str(quad.subject)[1:-1].removeprefix(ID)

    def count(self, graph: str) -> int:
        """How many triples a graph holds."""
        return sum(1 for _ in self._store.quads_for_pattern(None, None, None, NamedNode(graph)))

    def drop(self, graph: str) -> None:
        """Take a graph out of the store."""
        self._store.remove_graph(NamedNode(graph))

    def keep(self, name: str, text: str) -> None:
        """Put a file beside the store, by its name in the generation."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        store.save(path, text.encode())

    def forget(self, name: str) -> None:
        """Take a folder of files away."""
        shutil.rmtree(self.folder / name, ignore_errors=True)

    def put_in_order(self) -> None:
        """Let the store answer quickly again after much was written: seconds for a million quads."""
        self._store.optimize()

    def close(self) -> None:
        """Write everything to disk and let the store go."""
        self._store.flush()
        del self._store, self.view


def _pieces(text: Iterable[str]) -> Iterator[bytes]:
    parts: list[str] = []
    size = 0
    for part in text:
        parts.append(part)
        size += len(part)
        if size >= _PIECE:
            yield "".join(parts).encode()
            parts, size = [], 0
    if parts:
        yield "".join(parts).encode()


@contextlib.contextmanager
def change(folder: Path) -> Iterator[Fresh]:
    """Make a new generation out of the current one; it is swapped in when the block ends without an error.

    Raises:
        StorageError: there is no build, it cannot be written, or another build or import is running there.
    """
    store.generation(folder)
    with store.writing(folder) as swap:
        current = store.generation(folder)
        about = store.manifest(folder)
        fresh = swap.begin(_name(about))
        with _told(folder):
            _copy(current, fresh, about)
            made = Fresh(fresh, about)
        try:
            yield made
        finally:
            with _told(folder):
                made.close()
        if made.unchanged:
            swap.undo()
            return
        with _told(folder):
            store.save(fresh / "manifest.json", _json(made.about))
            swap.finish()


def _name(about: dict[str, Any]) -> str:
    return hashlib.sha256(_json(about)).hexdigest()[:12]


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _copy(current: Path, fresh: Path, about: Mapping[str, Any]) -> None:
    """Copy a generation: stores as checkpoints, files as hard links where the disk has them.

    The first batch finds a store without any; it is kept beside the whole one, for whoever leaves feeds out.
    """
    whole = _Oxigraph.read_only(str(current / store.WHOLE))
    whole.backup(str(fresh / store.WHOLE))
    if (current / store.CURATED).is_dir():
        _Oxigraph.read_only(str(current / store.CURATED)).backup(str(fresh / store.CURATED))
    elif not about.get("feeds"):
        whole.backup(str(fresh / store.CURATED))
    _link(current / "kg.nq", fresh / "kg.nq")
    if (current / "feeds").is_dir():
        shutil.copytree(current / "feeds", fresh / "feeds", copy_function=lambda a, b: _link(Path(a), Path(b)))


def _link(old: Path, new: Path) -> None:
    try:
        os.link(old, new)
    except OSError:
        shutil.copy2(old, new)


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError) as error:
        raise StorageError(
            f"{folder}: cannot be written: {getattr(error, 'strerror', None) or error}.",
            hint="What was there before is untouched; make room, or choose another folder with --store.",
        ) from error


__all__ = ["LARGE", "Fresh", "change"]
