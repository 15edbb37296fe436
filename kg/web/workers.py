"""The pool of workers: a query goes in, a reply comes out; whoever takes too long is killed and replaced.

A reply is read from its worker as fast as that writes, whatever the client's speed, so that a slow reader holds some
memory (bounded by `max_bytes`) but never a worker.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from kg.errors import KgError, QueryError, QueryLimit, QueryRefused, QuerySyntax, StorageError
from kg.web.errors import EngineDied, NotAcceptable, Unavailable
from kg.web.settings import Settings
from kg.web.worker import BEGIN, DATA, END, ERROR, HEAD, LENGTH, READY

HOLD = 1024 * 1024
"""An answer up to this size is held until it is whole, so that its head can tell whether it was cut."""
_ERRORS: dict[str, type[KgError]] = {
    each.__name__: each for each in (QueryError, QueryLimit, QueryRefused, QuerySyntax, StorageError)
}


class Reply:
    """What a worker has said so far; `whole` once it is finished."""

    def __init__(self, limit: int) -> None:
        self.what = self.form = ""
        self.whole = self.cut = False
        self.size = 0
        self.error: KgError | None = None
        self._limit = limit
        self._pieces: deque[bytes] = deque()
        self._news = asyncio.Event()
        self._abandon: asyncio.Task[None] | None = None

    def made_by(self, task: asyncio.Task[None]) -> None:
        """The task that fills the reply."""
        self._abandon = task

    def abandon(self) -> None:
        """Nobody waits for the reply any more; its worker is ended."""
        if self._abandon is not None and not self.whole:
            self._abandon.cancel()

    def begin(self, what: str, form: str) -> None:
        """The worker says what the answer is."""
        self.what, self.form = what, form

    def add(self, piece: bytes) -> bool:
        """Take a piece; False when the answer is longer than allowed and the rest is not wanted."""
        self.size += len(piece)
        if self.size > self._limit:
            return False
        self._pieces.append(piece)
        self._news.set()
        return True

    def end(self, *, cut: bool = False, error: KgError | None = None) -> None:
        """Nothing more comes."""
        self.cut, self.error, self.whole = cut, error, True
        self._news.set()

    async def held(self) -> None:
        """Wait until the answer is whole, or too large to be held.

        Raises:
            KgError: the query failed before anything was to be sent.
        """
        while not self.whole and self.size < HOLD:
            self._news.clear()
            await self._news.wait()
        if self.error is not None:
            raise self.error

    def body(self) -> bytes:
        """The pieces that are there, joined and taken out."""
        found = b"".join(self._pieces)
        self._pieces.clear()
        return found

    async def rest(self) -> AsyncIterator[bytes]:
        """The pieces as they come.

        Raises:
            KgError: the worker failed on the way.
        """
        while True:
            if self._pieces:
                yield self.body()
            elif self.whole:
                break
            else:
                self._news.clear()
                await self._news.wait()
        if self.error is not None:
            raise self.error


class Worker:
    """One worker process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin and process.stdout
        self._process, self._in, self._out = process, process.stdin, process.stdout

    @classmethod
    async def start(cls, place: str, memory: int, feeds: tuple[str, ...] = ()) -> Worker:
        """Start a process and wait until it has opened the store.

        Raises:
            StorageError: it cannot open it.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "kg.web.worker", place, str(memory), *feeds,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=HOLD,
        )  # fmt: skip
        worker = cls(process)
        try:
            await worker._frame()
        except asyncio.IncompleteReadError as error:
            raise StorageError(f"{place}: a worker could not open the store.") from error
        return worker

    async def _frame(self) -> tuple[bytes, bytes]:
        kind, length = HEAD.unpack(await self._out.readexactly(HEAD.size))
        return kind, await self._out.readexactly(length)

    async def ask(self, request: bytes, reply: Reply) -> bool:
        """Ask a query and fill the reply; True when the worker is free again.

        Raises:
            asyncio.IncompleteReadError, ConnectionError: the worker died.
        """
        self._in.write(LENGTH.pack(len(request)) + request)
        while True:
            kind, data = await self._frame()
            if kind == BEGIN:
                reply.begin(**json.loads(data))
            elif kind == DATA and not reply.add(data):
                reply.end(cut=True)
                return False
            elif kind == END:
                reply.end(cut=data == b"1")
                return True
            elif kind == ERROR:
                reply.end(error=_told(json.loads(data)))
                return True
            assert kind != READY

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.returncode is None and not self._in.is_closing()

    async def why(self) -> KgError:
        """Say how the worker died."""
        code = await self._process.wait()
        if code in (-signal.SIGABRT, -signal.SIGKILL, 70):
            return Unavailable(
                "The query needed more memory than one query may have.", hint="Ask for less, or without sorting."
            )
        return EngineDied("The engine died on this query; nothing else was lost.", hint="Simplify the query.")

    def kill(self) -> None:
        """End the process at once."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def stop(self) -> None:
        """Let the process end by itself, or end it."""
        self._in.close()
        try:
            await asyncio.wait_for(self._process.wait(), 1)
        except TimeoutError:
            self.kill()
            await self._process.wait()


def _told(found: dict[str, Any]) -> KgError:
    if found["error"] == "NotAcceptable":
        what = "a graph" if found["message"] == "graph" else "a table"
        return NotAcceptable(f"The answer is {what}, and the Accept header names no format for it.")
    return _ERRORS.get(found["error"], QueryError)(found["message"], hint=found["hint"])


class Pool:
    """Workers over one build; each answers one query at a time.

    One more process than may work at once stands by, so that a query does not wait for the successor of one that was
    killed.
    """

    def __init__(self, place: str, settings: Settings) -> None:
        self.place, self._settings = place, settings
        self._free: asyncio.Queue[Worker] = asyncio.Queue()
        self._turns = asyncio.Semaphore(settings.workers)
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self._busy = 0
        self._closed = False
        self.killed = 0

    async def start(self) -> None:
        """Start all workers.

        Raises:
            StorageError: the store cannot be opened.
        """
        added = (self._add() for _ in range(self._settings.workers + 1))
        for failed in await asyncio.gather(*added, return_exceptions=True):
            if failed is not None:
                await self.close()
                raise failed

    async def _add(self) -> None:
        self._free.put_nowait(await Worker.start(self.place, self._settings.memory, self._settings.feeds))

    def answer(self, query: str, forms: dict[str, str | None], dataset: list[list[str]] | None) -> Reply:
        """Begin to answer a query; the reply fills by itself.

        Raises:
            Unavailable: too many queries wait already.
        """
        if self._waiting >= self._settings.queue:
            raise Unavailable("Too many queries are waiting.", hint="Try again in a moment.")
        limits = self._settings
        request = json.dumps({
            "query": query, "forms": forms, "dataset": dataset, "rows": limits.max_rows, "timeout": limits.timeout,
            "depth": limits.max_depth, "length": limits.max_query,
        }).encode()  # fmt: skip
        reply = Reply(limits.max_bytes)
        reply.made_by(self._keep(self._run(request, reply)))
        return reply

    def _keep(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _run(self, request: bytes, reply: Reply) -> None:
        self._waiting += 1
        try:
            async with asyncio.timeout(self._settings.patience):
                await self._turns.acquire()
                try:
                    worker = await self._living()
                except BaseException:
                    self._turns.release()
                    raise
        except TimeoutError:
            reply.end(error=Unavailable("All workers are busy.", hint="Try again in a moment."))
            return
        finally:
            self._waiting -= 1
        self._busy += 1
        fit = False
        try:
            fit = await self._ask(worker, request, reply)
        finally:
            self._busy -= 1
            self._turns.release()
            if not reply.whole:
                reply.end(error=Unavailable("The query was given up."))
            if fit:
                self._free.put_nowait(worker)
            else:
                self._keep(self._replace(worker))

    async def _living(self) -> Worker:
        """A free worker; one that died while it was idle is replaced and costs nobody anything."""
        while not (worker := await self._free.get()).alive:
            self._keep(self._replace(worker))
        return worker

    async def _ask(self, worker: Worker, request: bytes, reply: Reply) -> bool:
        try:
            async with asyncio.timeout(self._settings.timeout):
                return await worker.ask(request, reply)
        except TimeoutError:
            told = f"The query took longer than {self._settings.timeout:g} s and was stopped."
            reply.end(error=Unavailable(told, hint="Make the pattern more specific, or add LIMIT."))
        except (asyncio.IncompleteReadError, ConnectionError, RuntimeError):  # uvloop's word for a closed pipe
            reply.end(error=await worker.why())
        return False

    async def _replace(self, worker: Worker) -> None:
        self.killed += 1
        worker.kill()
        await worker.stop()
        while not self._closed:
            try:
                await self._add()
                break
            except (StorageError, OSError):  # no room for a process just now
                await asyncio.sleep(1)

    def state(self) -> dict[str, int]:
        """How the workers are doing."""
        return {"busy": self._busy, "waiting": self._waiting, "free": self._free.qsize(), "killed": self.killed}

    async def close(self) -> None:
        """Answer what is under way, then end the workers."""
        self._closed = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self._settings.timeout + self._settings.patience + 1)
        for task in tuple(self._tasks):
            task.cancel()
        while not self._free.empty():
            await self._free.get_nowait().stop()
