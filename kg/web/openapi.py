"""What this service offers, as OpenAPI 3.1: `/openapi.json`, for tools that read it.

Written by hand, next to nothing repeated; a test compares it with the routes, and schemathesis with the answers.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kg import __version__
from kg.questions import all_questions
from kg.web.media import GRAPHS, NAMED, ROWS, SUFFIXES, TYPES

Described = dict[str, Any]
_HTML = "text/html"
_TEXT: Described = {"type": "string"}
_WORDS: dict[int, str] = {
    300: "Several things are called so; the message names them.", 303: "Elsewhere, as `Location` says.",
    304: "Not changed since `If-None-Match`.", 400: "The request is not what is described here.",
    403: "Refused: an update, SERVICE, LOAD, or a foreign host name.", 404: "Nothing is called so.",
    406: "No format that the client accepts.", 408: "The body did not come in time.", 413: "Too long.",
    415: "A body of a type that is not read.", 500: "The engine died on this query; nothing else was lost.",
    503: "Busy, or out of time or memory; another try or a smaller question may do.",
}  # fmt: skip


def document() -> Described:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "DiploKG", "version": __version__,
            "summary": "A knowledge graph of diplomatic relations: who did what to whom, who says so, who denies it.",
            "description": "Read only. Every error is text, or a page or JSON for whom asks for that.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": {path: {method: each for method, each in own.items() if each} for path, own in _paths().items()},
        "components": {"schemas": {"Error": _ERROR, "Rows": _ROWS, "Hit": _HIT, "Health": _HEALTH}},
    }  # fmt: skip


async def page(request: Request) -> Response:
    """The description, as JSON."""
    return JSONResponse(document(), headers={"cache-control": "no-cache"})


def _paths() -> dict[str, dict[str, Described]]:
    day: Described = {"anyOf": [{"type": "string", "format": "date"}, {"const": ""}]}
    slug = _path("slug", {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 200}, "gustavo-petro")
    suffix = _path("suffix", {"type": "string", "enum": list(SUFFIXES)}, "ttl")
    name = _path("name", {"type": "string", "enum": sorted(all_questions())}, "who-sanctioned-whom")
    found: dict[str, dict[str, Described]] = {
        "/": {"get": _get("What this graph holds", [], _page())},
        "/sparql": {"get": _sparql(), "post": _posted()},
        "/query": {"get": _get("The editor", [_ask("query"), _ask("question")], _page())},
        "/search": {"get": _get("Find by label or alias", [_ask("q")], _page(303))},
        "/search.json": {"get": _get("Names that begin so", [_ask("q")], _json(_list(_ref("Hit"))))},
        "/labels": {"post": _labels()},
        "/vocabulary.json": {"get": _get("The terms of the ontology", [], _json({"type": "object"}, 304))},
        "/timeline": {"get": _get(
            "What happened, by date",
            [_ask("one"), _ask("other"), _ask("since", day), _ask("until", day), _ask("all")], _page(300, 400, 404),
        )},
        "/questions": {"get": _get("The saved questions", [], _page())},
        "/questions/{name}": {"get": _get("A saved question, asked", [name], _page(400, 404, 500, 503))},
        "/questions/{name}.rq": {"get": _get("Its SPARQL", [name], _answers({"text/plain": _TEXT}, 300, 400, 404))},
        "/view": {"get": _get(
            "The network page", [_ask("about"), _ask("query"), _ask("story"), _ask("as_of", day)],
            _page(300, 400, 403, 404, 413, 500, 503),
        )},
        "/id/{slug}": {"get": _get("One thing: a page, or where its data are", [slug, _ask("as_of", day)],
                                   _page(303, 400, 404))},
        "/id/{slug}.{suffix}": {"get": _get("One thing, as RDF", [slug, suffix], _graph(404))},
        "/void.ttl": {"get": _get("The graph, described as VoID and DCAT", [], _answers({"text/turtle": _TEXT}, 304))},
        "/.well-known/void": {"get": _get("The same", [], _answers({"text/turtle": _TEXT}, 304))},
        "/healthz": {"get": _get("Whether the server works", [], _json(_ref("Health")))},
        "/robots.txt": {"get": _get("What crawlers may read", [], _answers({"text/plain": _TEXT}))},
        "/openapi.json": {"get": _get("This description", [], _json({"type": "object"}))},
        "/static/{name}": {"get": _get(
            "The files of the editor", [_path("name", {"enum": ["query.js", "query.css", "licences.txt"]}, "query.js")],
            _answers({"text/javascript": _TEXT, "text/css": _TEXT, "text/plain": _TEXT}, 304, 404),
        )},
    }  # fmt: skip
    for each, what in (("ns", "The vocabulary"), ("rel", "The direct relations"), ("plover", "The PLOVER categories")):
        found[f"/{each}"] = {"get": _get(what, [], _page(303))}
        found[f"/{each}.{{suffix}}"] = {"get": _get(f"{what}, as RDF", [suffix], _graph(404))}
    return found


def _get(summary: str, parameters: list[Described], responses: Described) -> Described:
    return {"summary": summary, "parameters": parameters, "responses": responses}


def _ask(name: str, schema: Described | None = None) -> Described:
    return {"name": name, "in": "query", "schema": schema or _TEXT}


def _path(name: str, schema: Described, example: str) -> Described:
    return {"name": name, "in": "path", "required": True, "schema": schema, "example": example}


def _answers(content: dict[str, Described], *others: int) -> Described:
    failed = {kind: {"schema": _TEXT} for kind in ("text/plain", _HTML)}
    failed["application/json"] = {"schema": _ref("Error")}
    told: Described = {"200": {"description": "The answer.", "content": {k: {"schema": v} for k, v in content.items()}}}
    for status in others:
        told[str(status)] = {"description": _WORDS[status]}
        if status >= 400 or status == 300:
            told[str(status)]["content"] = failed
    return told


def _page(*others: int) -> Described:
    return _answers({_HTML: _TEXT}, 304, *others)


def _json(schema: Described, *others: int) -> Described:
    return _answers({"application/json": schema}, *others)


def _graph(*others: int) -> Described:
    return _answers({TYPES[form]: {} if form == "jsonld" else _TEXT for form in SUFFIXES.values()}, 304, *others)


def _ref(name: str) -> Described:
    return {"$ref": f"#/components/schemas/{name}"}


def _queried(*others: int) -> Described:
    kinds: dict[str, Described] = {TYPES[form]: _TEXT for form in (*ROWS.values(), *GRAPHS.values())}
    kinds |= {TYPES["json"]: _ref("Rows"), TYPES["jsonld"]: {}}
    return _answers(kinds, 303, 400, 403, 406, 413, 500, 503, *others)


def _list(items: Described) -> Described:
    return {"type": "array", "items": items}


_GRAPHS = [{"name": f"{which}-graph-uri", "in": "query", "schema": _list(_TEXT)} for which in ("default", "named")]
_FORMAT = {
    "name": "format", "in": "query", "schema": _TEXT, "example": "csv",
    "description": f"One of {', '.join(NAMED)}; anything else leaves the choice to Accept.",
}  # fmt: skip


def _sparql() -> Described:
    query = {"name": "query", "in": "query", "schema": _TEXT, "example": "ASK { ?s ?p ?o }"}
    return _get("A SPARQL 1.1 query; without one, the service description", [query, *_GRAPHS, _FORMAT], _queried(304))


def _posted() -> Described:
    graphs = {each["name"]: each["schema"] for each in _GRAPHS}
    fields = {"query": _TEXT, "format": _FORMAT["schema"], **graphs}
    form = {"type": "object", "required": ["query"], "properties": fields}
    body = {
        "required": True,
        "content": {
            "application/sparql-query": {"schema": _TEXT, "example": "ASK { ?s ?p ?o }"},
            "application/x-www-form-urlencoded": {"schema": form, "example": {"query": "ASK { ?s ?p ?o }"}},
        },
    }
    return {**_get("The same", [*_GRAPHS, _FORMAT], _queried(408, 415)), "requestBody": body}


def _labels() -> Described:
    schema = {"type": "array", "items": {"type": "string"}, "maxItems": 5000}
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    answer = _json({"type": "object", "additionalProperties": _TEXT}, 400, 408, 413)
    return {**_get("The labels of some IRIs", [], answer), "requestBody": body}


def _object(**properties: Described) -> Described:
    return {"type": "object", "required": sorted(properties), "properties": properties}


_NUMBER = {"type": "integer", "minimum": 0}
_ERROR = _object(status={"type": "integer"}, error=_TEXT, message=_TEXT, hint=_TEXT)
_HIT = _object(id=_TEXT, label=_TEXT, kind=_TEXT, what=_TEXT)
_HEALTH = _object(
    status={"const": "ok"}, build=_TEXT, version=_TEXT, busy=_NUMBER, waiting=_NUMBER, free=_NUMBER, killed=_NUMBER,
    kept={"type": "number", "minimum": 0, "maximum": 1},
)  # fmt: skip
_ROWS = {
    "type": "object",
    "required": ["head"],
    "properties": {
        "head": {"type": "object", "properties": {"vars": _list(_TEXT)}},
        "results": _object(bindings=_list({"type": "object"})),
        "boolean": {"type": "boolean"},
    },
    "oneOf": [{"required": ["results"]}, {"required": ["boolean"]}],
}
