"""uvicorn around the application: a bounded time for request heads, and an end that drops nothing."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kg.errors import StorageError
from kg.web.app import create_app
from kg.web.doors import Log, to_stderr
from kg.web.settings import Settings

_HEAD_SECONDS = 5.0


class Prompt(HttpToolsProtocol):
    """Closes a connection whose request head does not arrive in time, which uvicorn leaves open for ever."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """A client connects, and has some seconds to say what it wants."""
        super().connection_made(transport)
        self._expect()

    def data_received(self, data: bytes) -> None:
        """Something arrives; if it begins a new request, its head must be whole in time."""
        if self._late is None and (self.cycle is None or self.cycle.response_complete):
            self._expect()
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._arrived()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._arrived()
        super().connection_lost(exc)

    def _expect(self) -> None:
        self._late = self.loop.call_later(_HEAD_SECONDS, self._close)

    def _arrived(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()


def serve(settings: Settings, log: Log = to_stderr, ready: Callable[[str], None] = lambda _: None) -> None:
    """Serve until the process is asked to end; requests under way are finished.

    Raises:
        StorageError: there is no build, or the address cannot be used.
    """
    app = create_app(settings, log)
    listening = _listen(settings)
    config = uvicorn.Config(
        app,
        http=Prompt,
        ws="none",
        lifespan="on",
        log_level="error",
        access_log=False,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=int(settings.timeout + settings.patience) + 1,
        limit_concurrency=1000,
        backlog=1024,
    )
    server = _Server(config, lambda: ready(_address(settings, listening)))
    server.run(sockets=[listening])
    if not server.started:
        raise StorageError(f"{settings.store}: the server could not start.", hint="Build again with `kg build`.")


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the loop: uvicorn would raise them again, as if the process had been killed."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self.handle_exit, number, None)
        await super().startup(sockets)
        if self.started:
            self._ready()


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        raise StorageError(
            f"{settings.host}:{settings.port} cannot be used: {error.strerror}.", hint="Choose another --port."
        ) from error
    return listening


def _address(settings: Settings, listening: socket.socket) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{listening.getsockname()[1]}/"
