"""The build that is served now: its graph, its workers and what was made from it; and the change to a newer one.

A new build is noticed by the file that names it. Its workers start beside the old ones; requests under way finish with
the build they began with.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

from kg import __version__, store
from kg.errors import KgError
from kg.graph import Graph
from kg.store import Embedded
from kg.web.errors import Unavailable
from kg.web.settings import Settings
from kg.web.site import Site
from kg.web.workers import Pool

V = TypeVar("V", bound="tuple[Any, ...]")


class Kept(Generic[V]):
    """The answers asked for last, up to so many bytes; each is a tuple that begins with its bytes."""

    def __init__(self, room: int) -> None:
        self._room = self._left = room
        self._kept: OrderedDict[object, V] = OrderedDict()

    def get(self, key: object) -> V | None:
        """The answer kept under a key."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: object, answer: V) -> None:
        """Keep an answer, unless it is large; the ones not asked for longest make room."""
        size = _weight(key, answer)
        if size > self._room // 16 or key in self._kept:
            return
        self._kept[key] = answer
        self._left -= size
        while self._left < 0:
            self._left += _weight(*self._kept.popitem(last=False))

    @property
    def full(self) -> float:
        """How much of the room is taken, from 0 to 1."""
        return 1 - self._left / self._room if self._room else 0.0


def _weight(key: object, answer: tuple[Any, ...]) -> int:
    """Bytes that an answer takes with its key and what holds them."""
    return len(answer[0]) + 2 * len(repr(key)) + 1024


class Build:
    """One build while it is served."""

    def __init__(self, settings: Settings) -> None:
        """Open the build that is current.

        Raises:
            StorageError: there is none, or it cannot be opened.
        """
        self.remote = settings.store.startswith(("http://", "https://"))
        if self.remote:
            self.graph = Graph(settings.store, settings.feeds)
            self.place, self.about = settings.store, {"digest": "remote", "counts": {}}
        else:
            self.graph = Graph(settings.store, settings.feeds)
            assert isinstance(self.graph.store, Embedded) and self.graph.store.hold
            self.place = str(self.graph.store.hold.folder)
            self.about = self.graph.stats()
        self.digest = str(self.about["digest"])
        self.tag = "" if self.remote else f"{self.digest[:16]}-{__version__}"
        self.pool = Pool(self.place, settings)
        self.site = Site(self.graph, self.about, settings.sources)
        if settings.sources:
            _ = self.site.texts
        self.answers: Kept[tuple[bytes, str, bool, str]] = Kept(0 if self.remote else settings.cache)
        self.pages: Kept[tuple[bytes, dict[str, str]]] = Kept(0 if self.remote else 16 * 1024 * 1024)


class Current:
    """Holds the build that is served, and replaces it."""

    def __init__(self, settings: Settings, log: Callable[..., None]) -> None:
        """Open the build that is current.

        Raises:
            StorageError: there is none, or it cannot be opened.
        """
        self._settings, self._log = settings, log
        self._first = Build(settings)
        self._build: Build | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def build(self) -> Build:
        """The build that is served.

        Raises:
            Unavailable: the server is just starting or stopping.
        """
        if self._build is None:
            raise Unavailable("The server is starting.", hint="Try again in a moment.")
        return self._build

    async def start(self, also: Callable[[], None] = lambda: None) -> None:
        """Start the workers, warm what pages are made of (and what `also` warms), and watch for a newer build."""
        self._build = self._first
        self._spawn(asyncio.to_thread(also))
        self._spawn(self._prepared(self._build))  # pages are answered before the workers are there; queries wait
        if not self._build.remote:
            self._spawn(self._watch())

    async def _prepared(self, build: Build) -> Build:
        await build.pool.start()
        await asyncio.to_thread(build.site.warm)
        return build

    def _spawn(self, work: Awaitable[Any]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _watch(self) -> None:
        told = ""
        while True:
            await asyncio.sleep(0.5)
            try:
                if str(store.generation(Path(self._settings.store))) != self.build.place:
                    await self._replace()
                told = ""
            except KgError as error:
                if str(error) != told:
                    self._log("build", problem=str(error))
                told = str(error)

    async def _replace(self) -> None:
        fresh = await self._prepared(Build(self._settings))
        old, self._build = self.build, fresh
        self._log("build", digest=fresh.digest, was=old.digest)
        self._spawn(old.pool.close())

    async def close(self) -> None:
        """Answer what is under way and end all workers."""
        for task in tuple(self._tasks):
            task.cancel()
        with contextlib.suppress(Unavailable):
            await self.build.pool.close()
