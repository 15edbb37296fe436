"""The SPARQL 1.1 Protocol, query only: a request comes in, an answer in the wanted format goes out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from kg.errors import KgError
from kg.web.current import Build
from kg.web.errors import BadRequest, Forbidden, NotAcceptable, TooLarge, TooSlow, Unavailable, WrongType
from kg.web.media import GRAPHS, HTML, NAMED, ROWS, TYPES, wanted
from kg.web.settings import Settings
from kg.web.workers import Reply

FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"
UPDATE = "application/sparql-update"
_VARIES = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID|BNODE)\b", re.IGNORECASE)
_FIELDS = 2_000


@dataclass(frozen=True, slots=True)
class Asked:
    """One query as asked: its text, the graphs, and the formats that may be sent (None: none is accepted)."""

    query: str
    default: tuple[str, ...]
    named: tuple[str, ...]
    rows: str | None
    graph: str | None

    @property
    def dataset(self) -> list[list[str]] | None:
        """The graphs asked over; None for those that the query or the store says."""
        return [list(self.default), list(self.named)] if self.default or self.named else None


async def endpoint(request: Request) -> Response:
    """Answer at `/sparql`."""
    build: Build = request.app.state.current.build
    settings: Settings = request.app.state.settings
    fields = await _fields(request, settings)
    if not any(name == "query" for name, _ in fields):
        return await _without_query(request, build, fields)
    asked = _asked(request.headers.get("accept", ""), fields, settings)
    if _for_eyes(request):
        return RedirectResponse(f"/query?{urlencode([f for f in fields if f[0] == 'query'])}", 303)
    return await answer(build, settings, asked, request)


async def answer(build: Build, settings: Settings, asked: Asked, request: Request) -> Response:
    """Answer one query, from memory if it was just answered on this build."""
    tag = _tag(build, settings, asked)
    if tag and request.method in ("GET", "HEAD") and tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=_headers(tag))
    kept = build.answers.get(asked)
    if kept is None:
        reply = build.pool.answer(asked.query, {"rows": asked.rows, "graph": asked.graph}, asked.dataset)
        await _held(reply, request)
        kind = content_type(reply.form)
        if not reply.whole:
            return StreamingResponse(_flow(reply), media_type=kind, headers=_headers(tag, settings.max_rows))
        kept = (reply.body(), kind, reply.cut, tag)
        if tag:
            build.answers.put(asked, kept)
    body, kind, cut, tag = kept
    return Response(body, media_type=kind, headers=_headers(tag, settings.max_rows if cut else 0, cut=cut))


def content_type(form: str) -> str:
    """The media type of a format, with its charset where the type is text."""
    kind = TYPES[form]
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _headers(tag: str, limit: int = 0, *, cut: bool = False) -> dict[str, str]:
    found = {"cache-control": "no-cache" if tag else "no-store", "vary": "Accept"}
    if tag:
        found["etag"] = tag
    if limit:
        found["x-max-rows"] = str(limit)
    if cut:
        found["x-cut"] = f"rows={limit}"
    return found


def _tag(build: Build, settings: Settings, asked: Asked) -> str:
    """The entity tag of an answer; empty when the same query may be answered otherwise the next time."""
    if not build.tag or _VARIES.search(asked.query):
        return ""
    return f'W/"{build.tag}-{settings.max_rows}-{asked.rows}-{asked.graph}"'


async def _held(reply: Reply, request: Request) -> None:
    """Wait for the answer; a client that leaves takes its query along."""
    holding = asyncio.ensure_future(reply.held())
    done, _ = await asyncio.wait({holding}, timeout=0.5)
    while not done:
        if await request.is_disconnected():
            holding.cancel()
            reply.abandon()
            raise Unavailable("The client left.")
        done, _ = await asyncio.wait({holding}, timeout=0.5)
    holding.result()


async def _flow(reply: Reply) -> AsyncIterator[bytes]:
    """Send a long answer as it comes; if it breaks off, so does the connection, since the status has gone out."""
    try:
        async for piece in reply.rest():
            yield piece
    except KgError as error:
        raise Broken(str(error)) from error


class Broken(Exception):
    """An answer that ended too early; the server closes the connection without its last chunk."""


def _for_eyes(request: Request) -> bool:
    """Tell a person who opened a link from a program: programs do not prefer HTML."""
    accept = request.headers.get("accept", "")
    return request.method == "GET" and "text/html" in accept and wanted(accept, {**HTML, **ROWS, **GRAPHS}) == "html"


def _asked(accept: str, fields: list[tuple[str, str]], settings: Settings) -> Asked:
    queries = [value for name, value in fields if name == "query"]
    if len(queries) != 1:
        raise BadRequest("Exactly one query can be asked at a time.")
    if len(queries[0]) > settings.max_query:
        raise TooLarge(f"The query has {len(queries[0]):,} characters; {settings.max_query:,} are allowed.")
    named = next((value.lower() for name, value in fields if name == "format"), "")
    rows, graph = NAMED.get(named, (None, None))
    if rows is None and graph is None:
        rows, graph = wanted(accept, ROWS), wanted(accept, GRAPHS)
    if rows is None and graph is None:
        offers = ", ".join(dict.fromkeys((*ROWS, *GRAPHS)))
        raise NotAcceptable("No format that the client accepts is written here.", hint=f"Written are: {offers}.")
    return Asked(
        queries[0],
        tuple(value for name, value in fields if name == "default-graph-uri"),
        tuple(value for name, value in fields if name == "named-graph-uri"),
        rows,
        graph,
    )


async def _fields(request: Request, settings: Settings) -> list[tuple[str, str]]:
    """The parameters of a request: of its address, or of its body."""
    if request.method in ("GET", "HEAD"):
        return _parsed(request.url.query.encode("ascii", "replace"))
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    charset = re.search(r"charset=\"?([\w-]+)", request.headers.get("content-type", ""), re.IGNORECASE)
    if charset and charset[1].lower() not in ("utf-8", "utf8", "us-ascii"):
        raise WrongType(f"The charset {charset[1]} is not read; queries are UTF-8.")
    if kind == UPDATE:
        raise Forbidden("This service is read only; updates are refused.")
    if kind not in (FORM, QUERY):
        raise WrongType(
            f"A body of type '{kind or 'none'}' is no query.", hint=f"Send {QUERY}, or a form ({FORM}) with query=."
        )
    body = await read_body(request, settings.max_query * (4 if kind == QUERY else 12), settings.patience)
    asked = _parsed(body) if kind == FORM else [("query", _utf8(body))]
    address = _parsed(request.url.query.encode("ascii", "replace"))
    return [*asked, *(field for field in address if field[0] not in ("query", "update"))]


async def read_body(request: Request, limit: int, seconds: float) -> bytes:
    """Read a body of bounded length in bounded time.

    Raises:
        TooLarge, TooSlow: it is longer, or takes longer.
    """
    if int(request.headers.get("content-length", "0") or 0) > limit:
        raise TooLarge(f"The body is longer than the {limit:,} bytes that are read.")
    found = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for piece in request.stream():
                found += piece
                if len(found) > limit:
                    raise TooLarge(f"The body is longer than the {limit:,} bytes that are read.")
    except TimeoutError as error:
        raise TooSlow("The body did not arrive in time.") from error
    return bytes(found)


def _parsed(data: bytes) -> list[tuple[str, str]]:
    try:
        text = data.decode("ascii")
        return parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=_FIELDS)
    except UnicodeDecodeError as error:
        raise BadRequest("The parameters are not UTF-8.") from error
    except ValueError as error:
        raise BadRequest(f"More than {_FIELDS} parameters are not read.") from error


def _utf8(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"Byte {error.start} of the query is not UTF-8.") from error


async def _without_query(request: Request, build: Build, fields: list[tuple[str, str]]) -> Response:
    if any(name == "update" for name, _ in fields):
        raise Forbidden("This service is read only; updates are refused.")
    if request.method == "POST":
        raise BadRequest("There is no query in the request.", hint="Send it as the field 'query'.")
    if _for_eyes(request):
        return RedirectResponse("/query", 303)
    form = wanted(request.headers.get("accept", ""), GRAPHS)
    if form is None:
        raise NotAcceptable("The description of this service is written as RDF.", hint=f"As: {', '.join(GRAPHS)}.")
    query = service_query(str(request.url.replace(query="", fragment="")))
    from kg.results import write

    text = await asyncio.to_thread(lambda: write(build.graph.query(query), form))
    return Response(text, media_type=content_type(form), headers=_headers(f'W/"{build.tag}-{form}"'))


def service_query(address: str) -> str:
    """The description of the service, as a query that constructs it from the store.

    >>> "sd:UnionDefaultGraph" in service_query("http://localhost/sparql")
    True
    """
    address = re.sub(r"[^A-Za-z0-9:/._~\[\]-]", "", address)
    formats = ", ".join(f"<http://www.w3.org/ns/formats/{name}>" for name in _FORMATS)
    return f"""PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
      PREFIX fmt: <http://www.w3.org/ns/formats/>
      CONSTRUCT {{
        <{address}> a sd:Service ; sd:endpoint <{address}> ; sd:supportedLanguage sd:SPARQL11Query ;
          sd:feature sd:UnionDefaultGraph ; sd:resultFormat {formats} ; sd:defaultDataset <{address}#dataset> .
        <{address}#dataset> a sd:Dataset ; sd:defaultGraph <{address}#default> ; sd:namedGraph ?part .
        <{address}#default> a sd:Graph ; void:triples ?all .
        ?part a sd:NamedGraph ; sd:name ?g ; sd:graph ?held . ?held a sd:Graph ; void:triples ?n .
      }} WHERE {{
        {{ SELECT (COUNT(*) AS ?all) WHERE {{ ?s ?p ?o }} }}
        {{ SELECT ?g (COUNT(*) AS ?n) WHERE {{ GRAPH ?g {{ ?x ?y ?z }} }} GROUP BY ?g }}
        BIND(IRI(CONCAT("{address}#", ENCODE_FOR_URI(STR(?g)))) AS ?part)
        BIND(IRI(CONCAT(STR(?part), ".held")) AS ?held)
      }}"""


_FORMATS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV", "Turtle", "N-Triples",
    "JSON-LD", "TriG", "RDF_XML",
)  # fmt: skip
