"""The editor at `/query`, and what it asks for as one types: names, labels and the terms of the ontology."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kg.errors import NotFound, UsageError
from kg.questions import all_questions, question
from kg.terms import BASE, DIP, PREFIXES, REL
from kg.web import answers
from kg.web.current import Build
from kg.web.documents import tagged
from kg.web.errors import BadRequest
from kg.web.glossary import terms_of
from kg.web.protocol import read_body
from kg.web.render import asset, digest, policy

_LABELS = 5_000


async def page(request: Request) -> Response:
    """The editor; its script and style are files of the package, named in the policy by hash and by address."""
    build: Build = request.app.state.current.build
    renderer = request.app.state.renderer
    host = request.headers["host"]
    scripts = f"'{digest(asset('query.js'))}' '{digest(renderer.script)}' {host}/static/query.js"
    styles = f"'{digest(renderer.style)}' '{digest(asset('query.css'))}' {host}/static/query.css"
    rules = policy(scripts, styles, frame_src="'self'", img_src="'self' data: blob:")
    text, problem = await _begun(build, request)
    context = {"title": "Query", "q": "", "questions": all_questions(), "saved": _saved(), "build": build,
               "text": text, "problem": problem}  # fmt: skip
    shown: Response = renderer.page(
        "query.html",
        headers={"content-security-policy": rules, "cache-control": "no-cache"},
        script_hash=digest(asset("query.js")),
        style_hash=digest(asset("query.css")),
        site=build.site,
        **context,
    )
    return shown


async def _begun(build: Build, request: Request) -> tuple[str, str]:
    """The query that stands in the editor at first, and what is wrong with the address that named it."""
    name = request.query_params.get("question", "")
    if not name:
        return request.query_params.get("query", "") or _FIRST, ""
    try:
        values = answers.given(question(name), request.query_params)
        return await asyncio.to_thread(build.graph.question_text, name, values), ""
    except (UsageError, NotFound) as error:
        return _FIRST, str(error)


_FIRST = """SELECT ?who ?relation ?whom ?events ?status
WHERE {
  ?edge a dip:DerivedEdge ; rdf:subject ?who ; rdf:predicate ?relation ; rdf:object ?whom ;
    dip:eventCount ?events ; dip:status ?status .
}
ORDER BY DESC(?events)
LIMIT 100
"""


def _saved() -> list[dict[str, Any]]:
    return [asdict(question) for question in all_questions().values()]


async def suggestions(request: Request) -> Response:
    """Names that begin as somebody types, for the search box and the editor."""
    build: Build = request.app.state.current.build
    found = await asyncio.to_thread(build.site.search, request.query_params.get("q", "")[:100], 12)
    shown = [{"id": each.id, "label": each.label, "kind": each.kind, "what": each.what} for each in found]
    return JSONResponse(shown, headers={"cache-control": "no-cache"})


async def labels(request: Request) -> Response:
    """The labels of the IRIs in a posted JSON list."""
    build: Build = request.app.state.current.build
    try:
        asked = json.loads(await read_body(request, 1024 * 1024, 10))
    except (ValueError, RecursionError) as error:
        raise BadRequest("A JSON list of IRIs is needed.") from error
    if not isinstance(asked, list) or len(asked) > _LABELS or not all(isinstance(iri, str) for iri in asked):
        raise BadRequest(f"A JSON list of at most {_LABELS:,} IRIs is needed.")
    words = await asyncio.to_thread(lambda: build.site.words)
    return JSONResponse({iri: words[iri] for iri in asked if iri in words})


async def vocabulary(request: Request) -> Response:
    """What the editor completes: prefixes and the terms of the ontology with their definitions."""
    build: Build = request.app.state.current.build
    text = await asyncio.to_thread(_vocabulary, build)
    return tagged(build, request, text.encode(), "application/json", {})


def _vocabulary(build: Build) -> str:
    terms = [
        {"name": f"{prefix}:{entry.name}", "label": entry.label, "definition": entry.definition, "kind": kind}
        for prefix, namespace in (("dip", DIP), ("rel", REL), ("plover", f"{BASE}plover#"))
        for kind, entries in terms_of(build.site, namespace).items()
        for entry in entries
    ]
    return json.dumps({"prefixes": PREFIXES, "terms": terms}, ensure_ascii=False)
