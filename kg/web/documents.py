"""Documents for machines: things, ontology and description as RDF, health, robots, and the files of the editor."""

from __future__ import annotations

import asyncio
import hashlib
from importlib import resources
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from kg.results import write
from kg.terms import DIP, ID, PLOVER, REL
from kg.web.current import Build
from kg.web.errors import NoSuchPage
from kg.web.media import SUFFIXES
from kg.web.protocol import content_type

NAMESPACES = {"ns": DIP, "rel": REL, "plover": PLOVER}
_STATIC = {"query.js": "text/javascript", "query.css": "text/css", "licences.txt": "text/plain; charset=utf-8"}

ABOUT = """CONSTRUCT {{ ?s ?p ?o }} WHERE {{
  {{ VALUES ?s {{ <{node}> }} ?s ?p ?o }}
  UNION {{ <{node}> dip:attestedBy ?s . ?s ?p ?o }}
  UNION {{ <{node}> dip:attestedBy/prov:wasDerivedFrom ?s . ?s ?p ?o }}
  UNION {{ <{node}> dip:attestedBy/prov:wasDerivedFrom/oa:hasSelector ?s . ?s ?p ?o }}
  UNION {{ VALUES ?o {{ <{node}> }} ?s ?p ?o }}
  UNION {{ <{node}> ?any ?s . ?s rdfs:label ?o . VALUES ?p {{ rdfs:label }} }} }}"""
"""A thing, what points at it, its evidence down to the place of the passage, and the labels of its neighbours."""


async def about(build: Build, slug: str, form: str, request: Request) -> Response:
    """What the graph says of one thing, as RDF."""
    key = ("about", slug, form)
    kept = build.pages.get(key)
    if kept is None:
        text = await asyncio.to_thread(lambda: write(build.graph.query(ABOUT.format(node=ID + slug)), form))
        kept = (text, {})
        build.pages.put(key, kept)
    return tagged(build, request, kept[0], content_type(form), {"vary": "Accept"})


def tagged(build: Build, request: Request, body: bytes, kind: str, headers: dict[str, str]) -> Response:
    """A response that a client may keep until the next build."""
    tag = f'W/"{build.tag}-{kind.partition(";")[0]}"' if build.tag else ""
    shown = {**headers, "cache-control": "no-cache", **({"etag": tag} if tag else {})}
    if tag and tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=shown)
    return Response(body, headers=shown, media_type=kind)


async def ontology(request: Request) -> Response:
    """The terms of one namespace, as RDF."""
    build: Build = request.app.state.current.build
    name = request.url.path.strip("/").partition(".")[0]
    return await vocabulary(build, NAMESPACES[name], form_of(request.path_params["suffix"]), request)


async def vocabulary(build: Build, namespace: str, form: str, request: Request) -> Response:
    """The declared terms of a namespace, as RDF."""
    query = f"""CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH graph:schema {{ ?s ?p ?o }}
      FILTER(STRSTARTS(STR(?s), "{namespace}") || STR(?s) = "{namespace.rstrip("#")}") }}"""
    text = await asyncio.to_thread(lambda: write(build.graph.query(query), form))
    return tagged(build, request, text, content_type(form), {"vary": "Accept"})


def form_of(suffix: str) -> str:
    """The format that a suffix names.

    Raises:
        NoSuchPage: it names none.
    """
    if suffix not in SUFFIXES:
        raise NoSuchPage(f"Nothing is written as .{suffix[:20]}.", hint=f"Written are: .{', .'.join(SUFFIXES)}.")
    return SUFFIXES[suffix]


async def void(request: Request) -> Response:
    """The description of the graph as VoID and DCAT, in Turtle."""
    build: Build = request.app.state.current.build
    text = await asyncio.to_thread(lambda: build.site.void)
    return tagged(build, request, text.encode(), content_type("turtle"), {})


async def health(request: Request) -> Response:
    """Say that the server works, and what it serves."""
    build: Build = request.app.state.current.build
    told: dict[str, Any] = {"status": "ok", "build": build.digest, "version": build.about.get("diplokg", "")}
    told |= {**build.pool.state(), "kept": round(build.answers.full, 2)}
    return JSONResponse(told, headers={"cache-control": "no-store"})


async def robots(request: Request) -> Response:
    """Pages may be read by crawlers; what costs work may not."""
    lines = ("User-agent: *", *(f"Disallow: /{name}" for name in ("sparql", "query", "search", "view", "labels")), "")
    return PlainTextResponse("\n".join(lines))


async def static(request: Request) -> Response:
    """A file of the editor."""
    name = request.path_params["name"]
    if name not in _STATIC:
        raise NoSuchPage("Nothing has this address.")
    body = resources.files("kg.web").joinpath("static", name).read_bytes()
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = {"etag": tag, "cache-control": "no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=_STATIC[name])
