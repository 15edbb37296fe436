"""Pages for people: handlers that collect what a page tells and render it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from kg import dates
from kg import view as viewer
from kg.errors import KgError, NotFound, UsageError
from kg.query import day as checked_day
from kg.questions import Question, all_questions
from kg.questions import question as saved_question
from kg.records import EventRecord
from kg.terms import ID, SLUG
from kg.web import answers, chart, documents, panels, picture, schema_org
from kg.web.current import Build
from kg.web.documents import NAMESPACES, tagged
from kg.web.errors import NoSuchPage
from kg.web.glossary import terms_of
from kg.web.media import GRAPHS, HTML, SUFFIXES, TYPES, wanted


async def _kept(request: Request, make: Callable[[Build], tuple[str, dict[str, Any]]]) -> Response:
    """Answer with a page, made in a thread the first time it is asked for on this build."""
    build: Build = request.app.state.current.build
    key = (request.url.path, request.url.query)
    kept = build.pages.get(key)
    if kept is None:
        template, context = await asyncio.to_thread(make, build)
        renderer = request.app.state.renderer
        text = await asyncio.to_thread(lambda: renderer.text(template, build=build, site=build.site, **context))
        kept = (text.encode(), {"content-security-policy": renderer.policy, "vary": "Accept"})
        build.pages.put(key, kept)
    return tagged(build, request, kept[0], "text/html; charset=utf-8", kept[1])


def failure(request: Request, status: int, error: KgError, headers: dict[str, str]) -> Response:
    """The page of an error."""
    found = getattr(error, "candidates", ())
    title = _TITLES.get(status, "This did not work")
    shown = {"title": title, "error": error, "code": status, "candidates": found, "q": ""}
    response: Response = request.app.state.renderer.page("error.html", status, headers, **shown)
    return response


_TITLES = {404: "Nothing here", 300: "Which one?", 403: "Refused", 503: "Not now"}


async def home(request: Request) -> Response:
    """What this graph holds."""
    return await _kept(request, lambda build: ("home.html", _home(build)))


def _home(build: Build) -> dict[str, Any]:
    site = build.site
    dated = [e for e in site.events.values() if e.factuality == "Actual" and not e.summary and e.earliest]
    return {
        "title": "DiploKG", "q": "", "held": site.measured, "latest": dated[-6:][::-1],
        "months": panels.run(build, "escalation-by-month", "chart", "Events by month"),
        "busiest": panels.run(build, "most-active", "active", "Most involved", 12),
        "contested": panels.run(build, "contested-claims", "claims", "Claims against each other"),
    }  # fmt: skip


async def search(request: Request) -> Response:
    """What a search finds; one thing that is called just so is shown at once."""
    words = request.query_params.get("q", "")[:200]
    build: Build = request.app.state.current.build
    found = await asyncio.to_thread(build.site.search, words, 100)
    if len(found) == 1:
        return RedirectResponse(f"/id/{quote(found[0].id)}", 303)
    return await _kept(request, lambda _: ("search.html", {"title": f"Search: {words}", "q": words, "found": found}))


async def thing(request: Request) -> Response:
    """An entity, event, claim, state, source or other named thing: a page, or data by suffix or by Accept."""
    build: Build = request.app.state.current.build
    slug, _, suffix = request.path_params["slug"].partition(".")
    kind = await asyncio.to_thread(build.site.kind, slug) if SLUG.match(slug) else ""
    if not kind:
        raise NoSuchPage(f"Nothing here is called '{slug[:80]}'.", hint="Search for it by name.")
    if suffix:
        return await documents.about(build, slug, documents.form_of(suffix), request)
    form = wanted(request.headers.get("accept", ""), {**HTML, **GRAPHS}) or "html"
    if form != "html":
        ending = next(key for key, value in SUFFIXES.items() if value == form)
        return RedirectResponse(f"/id/{slug}.{ending}", 303, {"vary": "Accept"})
    day = _day(request, "as_of")
    response = await _kept(request, lambda build: _thing(build, slug, kind, day))
    links = (f'</id/{slug}.{ending}>; rel="alternate"; type="{TYPES[form]}"' for ending, form in SUFFIXES.items())
    response.headers["link"] = ", ".join((f'<{ID}{slug}>; rel="describes"', *links))
    return response


def _thing(build: Build, slug: str, kind: str, day: date | None) -> tuple[str, dict[str, Any]]:
    template, own = _MAKERS.get(kind, ("document.html", lambda *_: {}))
    return template, {
        "title": build.site.label(slug), "q": "", "slug": slug, "kind": kind, "iri": ID + slug,
        "structured": schema_org.describe(build.site, slug, kind), **own(build, slug, day),
        "panels": panels.of(build, slug, kind, day if kind == "entity" else None),
    }  # fmt: skip


def _entity(build: Build, slug: str, day: date | None) -> dict[str, Any]:
    site = build.site
    parts = [e.id for e in site.entities.values() if slug in e.part_of]
    return {"entity": site.entities[slug], "day": day or site.horizon, "asked": day is not None, "parts": parts}


def _event(build: Build, slug: str, day: date | None) -> dict[str, Any]:
    return {"event": build.site.events[slug]}


def _claim(build: Build, slug: str, day: date | None) -> dict[str, Any]:
    return {"claim": build.site.claims[slug]}


def _state(build: Build, slug: str, day: date | None) -> dict[str, Any]:
    shown = day or build.site.horizon
    return {"state": build.site.states_on(shown)[slug], "day": shown}


def _source(build: Build, slug: str, day: date | None) -> dict[str, Any]:
    return {"source": build.site.sources[slug]}


_MAKERS: dict[str, tuple[str, Callable[[Build, str, date | None], dict[str, Any]]]] = {
    "entity": ("entity.html", _entity), "event": ("event.html", _event), "claim": ("claim.html", _claim),
    "source": ("source.html", _source), **dict.fromkeys(("measure", "tenure", "tie"), ("state.html", _state)),
}  # fmt: skip


def _day(request: Request, name: str) -> date | None:
    text = request.query_params.get(name, "")
    return date.fromisoformat(checked_day(text).value) if text else None


async def timeline(request: Request) -> Response:
    """What happened, or what happened between two sides, by date."""
    sides = [text for name in ("one", "other") if (text := request.query_params.get(name, "").strip()[:200])]
    since, until = _day(request, "since"), _day(request, "until")
    asked = {"one": "", "other": "", **dict(zip(("one", "other"), sides, strict=False))}
    return await _kept(
        request,
        lambda build: ("timeline.html", {
            "title": "Timeline", "q": "", "asked": asked, "since": iso(since), "until": iso(until),
            **_timeline(build, sides, since, until, bool(request.query_params.get("all"))),
        }),
    )  # fmt: skip


def iso(day: date | None) -> str:
    """An ISO day, or nothing."""
    return day.isoformat() if day else ""


def _timeline(build: Build, sides: list[str], since: date | None, until: date | None, every: bool) -> dict[str, Any]:
    nodes = [build.graph.find(side) for side in sides]
    shown = []
    for event in build.site.events.values():
        parties = {*event.actors, *event.targets}
        fit = dates.within(_bound(event.earliest), _bound(event.latest), since, until)
        if (
            parties.issuperset(nodes)
            and fit != "no"
            and (every or (event.factuality == "Actual" and not event.summary))
        ):
            shown.append((event, fit if since or until else ""))
    months: dict[str, list[tuple[EventRecord, str]]] = {}
    for event, surely in shown:
        months.setdefault(_month(event), []).append((event, surely))
    return {
        "nodes": nodes,
        "months": months,
        "every": every,
        "chart": chart.of_events([event for event, _ in shown]),
        "count": len(shown),
    }


def _bound(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _month(event: EventRecord) -> str:
    return (event.earliest or event.latest or "")[:7]


async def questions(request: Request) -> Response:
    """The saved questions, by what they ask for."""
    groups: dict[str, list[Question]] = {
        "About somebody or something": [],
        "For a day or a period": [],
        "About all": [],
    }
    for each in all_questions().values():
        types = {parameter.type for parameter in each.parameters}
        first, second, last = groups
        groups[first if "entity" in types else second if "day" in types else last].append(each)
    return await _kept(request, lambda _: ("questions.html", {"title": "Questions", "q": "", "groups": groups}))


async def question(request: Request) -> Response:
    """One saved question, with its parameters as a form and its answer as a table."""
    build: Build = request.app.state.current.build
    asked = _question(request)
    values = answers.given(asked, request.query_params)
    problem, table, text = "", None, asked.text
    try:
        text = await asyncio.to_thread(build.graph.question_text, asked.name, values)
        table = await answers.pooled(build, text)
    except (UsageError, NotFound) as error:
        problem = str(error)
    shown = {"title": asked.title, "q": "", "question": asked, "values": values, "found": table, "problem": problem,
             "text": text, "suffixes": ("csv", "tsv", "json", "xml")}  # fmt: skip
    response: Response = request.app.state.renderer.page("question.html", build=build, site=build.site, **shown)
    return response


async def question_text(request: Request) -> Response:
    """The SPARQL of a saved question with its parameters bound."""
    build: Build = request.app.state.current.build
    asked = _question(request)
    text = await asyncio.to_thread(build.graph.question_text, asked.name, answers.given(asked, request.query_params))
    return PlainTextResponse(text, headers={"cache-control": "no-cache"})


def _question(request: Request) -> Question:
    name = request.path_params["name"]
    if len(name) > 80 or not SLUG.match(name):
        raise NoSuchPage("No question is called so.", hint="/questions lists them.")
    return saved_question(name)


async def vocabulary(request: Request) -> Response:
    """The terms of one namespace, as documentation or as RDF."""
    name = request.url.path.strip("/")
    form = wanted(request.headers.get("accept", ""), {**HTML, **GRAPHS}) or "html"
    if form != "html":
        ending = next(key for key, value in SUFFIXES.items() if value == form)
        return RedirectResponse(f"/{name}.{ending}", 303, {"vary": "Accept"})
    return await _kept(request, lambda build: ("vocabulary.html", {
        "title": _VOCABULARIES[name], "q": "", "name": name, "groups": terms_of(build.site, NAMESPACES[name]),
        "namespace": NAMESPACES[name],
    }))  # fmt: skip


_VOCABULARIES = {"ns": "Vocabulary", "rel": "Direct relations", "plover": "PLOVER categories"}


async def view(request: Request) -> Response:
    """The network page as `kg view` writes it, or a part: what is around one thing, or what a query finds.

    `about` names the thing, `query` is the query; `as_of` is a day and `story` a guided tour, by default the one of the
    sources.
    """
    build: Build = request.app.state.current.build
    about, query, story = (request.query_params.get(name, "") for name in ("about", "query", "story"))
    day = _day(request, "as_of")
    ids = await _ids(request, build, about, query)

    def make() -> bytes:
        whole = build.site.picture_on(day)
        tour = picture.tour("none" if ids is not None else story, whole)
        drawn = whole if ids is None else picture.chosen(whole, ids, around=bool(about))
        made = viewer.draw(drawn, passages=build.site.texts or None, story=tour).encode()
        return made if query else _with_way_back(made, f"/id/{min(ids)}" if ids else "/")

    key = ("view", about, query, story, day)
    kept = build.pages.get(key)
    if kept is None:
        body = await asyncio.to_thread(make)
        found = re.search(rb'http-equiv="Content-Security-Policy" content="([^"]+)"', body)
        policy = unescape(found[1].decode()) if found else "default-src 'none'"
        kept = (body, {"content-security-policy": f"{policy}; frame-ancestors 'self'"})
        build.pages.put(key, kept)
    return tagged(build, request, kept[0], "text/html; charset=utf-8", kept[1])


def _with_way_back(page: bytes, address: str) -> bytes:
    """Make the title of a network page lead back to the pages it belongs to."""
    return re.sub(rb"<h1>(.*?)</h1>", rb'<h1><a href="%s">\1</a></h1>' % address.encode(), page, count=1)


async def _ids(request: Request, build: Build, about: str, query: str) -> set[str] | None:
    if about:
        return {await asyncio.to_thread(build.graph.find, about[:200])}
    if query:
        return await answers.named(build, query)
    return None


__all__ = ["Awaitable", "failure", "home", "search", "thing"]
