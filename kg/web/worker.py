"""A worker: one process that opens one store, gives up the right to open anything else, and answers queries.

Requests come in on standard input and replies go out on standard output, both in frames; `kg.web.workers` is the other
side. The engine can be crashed by a short query and cannot be interrupted, so it runs here, where it may be killed.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO

import kg.jsonld
import kg.turtle  # noqa: F401  (imported now, since no file can be opened later)
from kg import scope, sparql
from kg.errors import KgError, QuerySyntax
from kg.query import shut_doors
from kg.store import Dataset, Embedded, Store, open_store
from kg.terms import BASE, PREFIXES
from kg.web import stream

LENGTH = struct.Struct("!I")
HEAD = struct.Struct("!cI")
READY, BEGIN, DATA, END, ERROR = b"R", b"B", b"D", b"Z", b"E"
_PIECE = 64 * 1024
_OUT_OF_MEMORY = 70


def main(place: str, memory: int, feeds: tuple[str, ...] = ()) -> int:
    """Open the store, shut the doors, and answer until standard input ends."""
    asks, replies = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    remote = place.startswith(("http://", "https://"))
    store = scope.within(open_store(place) if remote else Embedded.of_generation(Path(place), place), feeds)
    store.query("ASK { ?s ?p ?o }")
    watch = Watch()
    shut_doors(memory, sockets=remote)
    _send(replies, READY, b"")
    while (request := _receive(asks)) is not None:
        watch.begin(float(request["timeout"]))
        try:
            _answer(store, request, replies)
        except MemoryError:
            os._exit(_OUT_OF_MEMORY)
        watch.end()
    return 0


class Watch:
    """Ends this process when a query outlives its limit or its server: the last line, behind the server's own kill."""

    def __init__(self) -> None:
        self._until = float("inf")
        self._parent = os.getppid()
        threading.Thread(target=self._run, daemon=True).start()

    def begin(self, seconds: float) -> None:
        """A query begins; it has so many seconds, and a grace in which the server may kill it first."""
        self._until = time.monotonic() + seconds + 0.7

    def end(self) -> None:
        """The query ended."""
        self._until = float("inf")

    def _run(self) -> None:
        while time.monotonic() < self._until and os.getppid() == self._parent:
            time.sleep(0.25)
        os._exit(75)


def _receive(asks: BinaryIO) -> dict[str, Any] | None:
    head = asks.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    found: dict[str, Any] = json.loads(asks.read(LENGTH.unpack(head)[0]))
    return found


def _send(replies: BinaryIO, kind: bytes, data: bytes) -> None:
    replies.write(HEAD.pack(kind, len(data)) + data)
    replies.flush()


def _answer(store: Store, request: dict[str, Any], replies: BinaryIO) -> None:
    try:
        _write(store, request, replies)
    except KgError as error:
        told = {"error": type(error).__name__, "message": error.message, "hint": error.hint}
        _send(replies, ERROR, json.dumps(told).encode())


def _write(store: Store, request: dict[str, Any], replies: BinaryIO) -> None:
    text = request["query"]
    sparql.guard(text, max_depth=request["depth"], max_length=request["length"])
    asked = request["dataset"]
    try:
        answer = store.query(text, Dataset(tuple(asked[0]), tuple(asked[1])) if asked else None, BASE)
    except QuerySyntax as error:
        raise sparql.explain_syntax(text, str(error), PREFIXES) from error
    what = stream.kind(answer)
    form = request["forms"]["graph" if what == "graph" else "rows"]
    if form is None or (what == "truth" and form not in ("json", "xml", "csv", "tsv")):
        told = {"error": "NotAcceptable", "message": what, "hint": ""}
        _send(replies, ERROR, json.dumps(told).encode())
        return
    _pour(stream.pieces(answer, form, request["rows"]), what, form, replies)


def _pour(pieces: stream.Pieces, what: str, form: str, replies: BinaryIO) -> None:
    """Send the pieces in larger ones; the beginning goes out only when evaluation has yielded something."""
    held, size, begun = [], 0, False
    cut = False
    while True:
        try:
            piece = next(pieces)
        except StopIteration as stop:
            cut = bool(stop.value)
            break
        held.append(piece)
        size += len(piece)
        if size >= _PIECE:
            if not begun:
                _send(replies, BEGIN, json.dumps({"what": what, "form": form}).encode())
                begun = True
            _send(replies, DATA, b"".join(held))
            held, size = [], 0
    frames = [] if begun else [(BEGIN, json.dumps({"what": what, "form": form}).encode())]
    frames += [(DATA, b"".join(held)), (END, b"1" if cut else b"0")]
    replies.write(b"".join(HEAD.pack(kind, len(data)) + data for kind, data in frames))
    replies.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), tuple(sys.argv[3:])))
