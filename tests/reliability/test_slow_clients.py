"""Clients that never finish what they say: they are closed, and everybody else is served meanwhile."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.web.conftest import Server

COUNT = 100
WHO = "SELECT ?who WHERE { ?who rel:sanctioned id:gustavo-petro }"
HEADS = {
    "a head that does not end": b"GET /sparql?query=ASK HTTP/1.1\r\nHost: localhost\r\nX-a: ",
    "no word at all": b"",
    "half a first line": b"GET /spar",
    "a body that does not come": (
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
        b"Content-Length: 900\r\n\r\nASK"
    ),
}


def test_slow_loris_is_closed_and_others_are_served(site: Server, promise: Callable[..., None]) -> None:
    slow = []
    for n in range(COUNT):
        each = socket.create_connection(("127.0.0.1", site.port))
        each.sendall(list(HEADS.values())[n % len(HEADS)])
        slow.append(each)
    begun = time.perf_counter()
    with ThreadPoolExecutor(1) as beside:
        drip = beside.submit(_dripped, site.port)
        assert site.rows(WHO)
        others = time.perf_counter() - begun
        closed = sum(_closed(each, begun + 16) for each in slow)
        assert drip.result(), "a byte now and then keeps no head open"
    assert others < 5  # sooner than the slow ones are given up: nobody waits for them
    note = f"{len(HEADS)} ways; another client was served in {others * 1000:.0f} ms meanwhile"
    promise("slow-loris connections are closed", tried=COUNT + 1, survived=closed + 1, note=note)


def _dripped(port: int) -> bool:
    """Whether the server hangs up on a head that comes a byte at a time."""
    with socket.create_connection(("127.0.0.1", port)) as drip:
        drip.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-a: ")
        try:
            for _ in range(40):
                drip.sendall(b"a")
                time.sleep(0.2)
        except (BrokenPipeError, ConnectionResetError):
            return True
    return False


def _closed(connection: socket.socket, until: float) -> bool:
    """Whether the server hangs up in time; what it says before that may be an error."""
    with contextlib.closing(connection), contextlib.suppress(TimeoutError):
        try:
            while True:
                connection.settimeout(max(0.01, until - time.perf_counter()))
                said = connection.recv(4096)
                if not said:
                    return True
                if said.startswith(b"HTTP/1.1 408"):
                    return True
        except ConnectionError:
            return True
    return False
