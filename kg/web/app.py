"""The application: which address leads where, and what each failure becomes.

`create_app` needs no network and no running server; a test may call it with a test client.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ExceptionHandler

from kg.errors import Ambiguous, KgError, NotFound, QueryLimit, QueryRefused, StorageError, UsageError
from kg.web import documents, editor, openapi, pages, protocol
from kg.web.current import Current
from kg.web.doors import Doors, Log, to_stderr
from kg.web.errors import Forbidden, WebError
from kg.web.media import wanted
from kg.web.render import Renderer
from kg.web.settings import Settings

STATUSES: tuple[tuple[type[KgError], int], ...] = (
    (QueryRefused, 403),
    (QueryLimit, 503),
    (StorageError, 503),
    (NotFound, 404),
    (Ambiguous, 300),
    (UsageError, 400),
    (KgError, 400),
)
"""The status of each error that is no `WebError`; the first that fits."""

_SPOKEN = {"text/plain": "text", "text/html": "html", "application/json": "json"}

ROUTES = [
    Route("/", pages.home),
    Route("/sparql", protocol.endpoint, methods=["GET", "HEAD", "POST"]),
    Route("/query", editor.page),
    Route("/search", pages.search),
    Route("/search.json", editor.suggestions),
    Route("/labels", editor.labels, methods=["POST"]),
    Route("/vocabulary.json", editor.vocabulary),
    Route("/timeline", pages.timeline),
    Route("/questions", pages.questions),
    Route("/questions/{name}.rq", pages.question_text),
    Route("/questions/{name}", pages.question),
    Route("/view", pages.view),
    Route("/id/{slug}", pages.thing),
    Route("/ns", pages.vocabulary),
    Route("/rel", pages.vocabulary),
    Route("/plover", pages.vocabulary),
    Route("/ns.{suffix}", documents.ontology),
    Route("/rel.{suffix}", documents.ontology),
    Route("/plover.{suffix}", documents.ontology),
    Route("/void.ttl", documents.void),
    Route("/.well-known/void", documents.void),
    Route("/healthz", documents.health),
    Route("/robots.txt", documents.robots),
    Route("/openapi.json", openapi.page),
    Route("/static/{name}", documents.static),
]


def create_app(settings: Settings, log: Log = to_stderr) -> Starlette:
    """Make the application over the build that is current; its workers start with it.

    Raises:
        StorageError: there is no build, or it cannot be opened.
    """
    current = Current(settings, log)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await current.start(app.state.renderer.warm)
        yield
        await current.close()

    app = Starlette(
        routes=ROUTES,
        lifespan=lifespan,
        exception_handlers={KgError: _tell, HTTPException: _tell_http},
        middleware=[Middleware(Doors, settings=settings, log=log, refuse=_refuse)],
    )
    app.state.settings, app.state.current, app.state.renderer = settings, current, Renderer()
    return app


async def _tell(request: Request, error: Exception) -> Response:
    assert isinstance(error, KgError)
    return _told(request, status_of(error), error)


def status_of(error: KgError) -> int:
    """The HTTP status of an error.

    >>> status_of(NotFound("No such thing."))
    404
    """
    return (
        error.status
        if isinstance(error, WebError)
        else next(code for kind, code in STATUSES if isinstance(error, kind))
    )


async def _tell_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = {
        404: "Nothing has this address.",
        405: f"{request.method} is not answered here; this service is read only.",
    }
    told = WebError(words.get(error.status_code, error.detail))
    return _told(request, error.status_code, told, dict(error.headers or {}))


def _told(request: Request, status: int, error: KgError, headers: dict[str, str] | None = None) -> Response:
    """Say what went wrong: as a page to people, as JSON to whom asks for it, else as text."""
    headers = {"cache-control": "no-store", **(headers or {})}
    if status == 503:
        headers["retry-after"] = "1"
    accept = request.headers.get("accept", "")
    spoken = wanted(accept, _SPOKEN) or ("json" if "json" in accept else "text")
    if spoken == "html":
        return pages.failure(request, status, error, headers)
    if spoken == "json":
        told = {"status": status, "error": type(error).__name__, "message": error.message, "hint": error.hint}
        return JSONResponse(told, status, headers)
    return PlainTextResponse(f"{error}\n", status, headers)


async def _refuse(scope: object, receive: object, send: object) -> None:
    response = PlainTextResponse(
        f"{Forbidden('This host name is not served here.', hint='Name it with --allow-host.')}\n", 403
    )
    await response(scope, receive, send)  # type: ignore[arg-type]


__all__ = ["ExceptionHandler", "create_app"]
