"""The doors of the application: whom it answers, what every answer carries, and the access log."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.web.settings import Settings

Log = Callable[..., None]
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
}
CLOSED = "default-src 'none'; frame-ancestors 'none'"
"""The policy of every answer that does not bring its own."""


def to_stderr(what: str, **facts: Any) -> None:
    """Write one line of the log: JSON on standard error."""
    line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "what": what, **facts}
    sys.stderr.write(json.dumps(line, ensure_ascii=True) + "\n")


def silent(what: str, **facts: Any) -> None:
    """Log nothing."""


def _asks_before(scope: Scope) -> bool:
    """Whether a browser asks if a page from elsewhere may send a request."""
    names = {name for name, _ in scope["headers"]}
    return scope["method"] == "OPTIONS" and {b"origin", b"access-control-request-method"} <= names


async def _may(scope: Scope, receive: Receive, send: Send) -> None:
    allowed = {
        "access-control-allow-methods": "GET, HEAD, POST",
        "access-control-allow-headers": "Accept, Content-Type, If-None-Match",
        "access-control-max-age": "600",
    }
    await Response(status_code=204, headers=allowed)(scope, receive, send)


class Doors:
    """Refuses foreign hosts, adds the headers of safety, and logs."""

    def __init__(self, app: ASGIApp, settings: Settings, log: Log, refuse: ASGIApp) -> None:
        self._app, self._log, self._refuse = app, log, refuse
        self._hosts, self._cors = settings.hosts, settings.cors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, told = time.perf_counter(), {"status": 0, "bytes": 0}

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                told["status"] = message["status"]
                self._add(MutableHeaders(scope=message))
            elif message["type"] == "http.response.body":
                told["bytes"] += len(message.get("body", b""))
            await send(message)

        answer = self._app if self._known(scope) else self._refuse
        if answer is self._app and self._cors and _asks_before(scope):
            answer = _may
        try:
            await answer(scope, receive, sending)
        finally:
            self._tell(scope, begun, told)

    def _known(self, scope: Scope) -> bool:
        found = [value for name, value in scope["headers"] if name == b"host"]
        if len(found) != 1:
            return False
        name = found[0].decode("latin-1").lower()
        bare = name[1 : name.find("]")] if name.startswith("[") else name.rpartition(":")[0] or name
        return bare in self._hosts

    def _add(self, headers: MutableHeaders) -> None:
        for name, value in ALWAYS.items():
            headers.setdefault(name, value)
        headers.setdefault("content-security-policy", CLOSED)
        headers.setdefault("cross-origin-resource-policy", "cross-origin" if self._cors else "same-origin")
        if self._cors:
            headers["access-control-allow-origin"] = self._cors
            headers["access-control-expose-headers"] = "ETag, X-Cut, X-Max-Rows"

    def _tell(self, scope: Scope, begun: float, told: dict[str, int]) -> None:
        client = scope.get("client")
        self._log(
            "request",
            client=client[0] if client else "",
            method=scope["method"],
            path=scope["path"],
            status=told["status"],
            bytes=told["bytes"],
            ms=round((time.perf_counter() - begun) * 1000, 1),
        )
