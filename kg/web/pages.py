"""Pages for people: handlers that collect what a page tells and render it."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import quote, urlencode

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
from kg.web import answers, documents, schema_org
from kg.web.current import Build
from kg.web.documents import NAMESPACES, tagged
from kg.web.errors import NoSuchPage
from kg.web.glossary import terms_of
from kg.web.media import GRAPHS, HTML, SUFFIXES, TYPES, wanted
from kg.web.picture import chosen, everything

_PANELS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "entity": (
        ("accusations-and-denials", ("who",)),
        ("denials-by", ("who",)),
        ("said-by-whom-where", ("who",)),
        ("measures-of", ("who",)),
        ("timeline-between", ("one", "other")),
    ),
}
"""Saved questions that stand on a page, and the parameters that are bound to what the page is about."""


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
    busiest = Counter({node: len(events) for node, events in site.concerned.items() if node in site.entities})
    contested = sorted((c for c in site.claims.values() if c.status != "Asserted"), key=lambda c: -len(c.denied_by))
    dated = [e for e in site.events.values() if e.factuality == "Actual" and not e.summary and e.earliest]
    return {
        "title": "DiploKG", "q": "", "held": site.measured, "busiest": busiest.most_common(12),
        "latest": dated[-6:][::-1], "contested": contested[:4], "chart": chart(list(site.events.values())),
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
    made = {
        "entity": _entity, "event": _event, "claim": _claim, "measure": _state, "tenure": _state, "tie": _state,
        "source": _source,
    }.get(kind, _document)  # fmt: skip
    template, context = made(build, slug, day)
    own = {"title": build.site.label(slug), "q": "", "slug": slug, "kind": kind, "iri": ID + slug}
    return template, {**own, "structured": schema_org.describe(build.site, slug, kind), **context}


def _entity(build: Build, slug: str, day: date | None) -> tuple[str, dict[str, Any]]:
    site = build.site
    shown = day or site.horizon
    events = [e for e in site.concerned.get(slug, ()) if day is None or not e.earliest or e.earliest <= day.isoformat()]
    states = [s for s in site.states_of(slug, shown) if day is None or s.certainty != "no"]
    return "entity.html", {
        "entity": site.entities[slug], "day": shown, "asked": day is not None,
        "happened": [e for e in events if e.factuality == "Actual"],
        "unreal": [e for e in events if e.factuality != "Actual"],
        "states": states, "claims": site.claims_of.get(slug, []), "chart": chart(events),
        "edges": [edge for edge in site.edges if slug in (edge.subject, edge.object)],
        "parts": [e for e in site.entities.values() if slug in e.part_of],
        "panels": [] if day else _panels(build, slug, "entity"),
    }  # fmt: skip


def _panels(build: Build, slug: str, kind: str) -> list[dict[str, Any]]:
    known = all_questions()
    made = []
    for name, parameters in _PANELS[kind]:
        if name not in known:
            continue
        table = answers.asked(build.graph, known[name], dict.fromkeys(parameters, f"id:{slug}"))
        if table.rows:
            address = urlencode(dict.fromkeys(parameters, slug))
            made.append({"question": known[name], "table": table, "address": f"/questions/{name}?{address}"})
    return made


def _event(build: Build, slug: str, day: date | None) -> tuple[str, dict[str, Any]]:
    site, event = build.site, build.site.events[slug]
    groups = {
        "Answers to": event.responds_to, "Answered by": event.answered_by, "Says will or may happen": event.proposes,
        "Said in": tuple(n for n in event.proposed_by if n in site.events), "Part of": event.part_of,
        "Consists of": tuple(e.id for e in site.events.values() if slug in e.part_of),
    }  # fmt: skip
    return "event.html", {
        "event": event,
        "paths": _PATHS,
        "claims": [site.claims[c] for c in (*event.asserts, *event.denies) if c in site.claims],
        "proposing": [site.claims[c] for c in event.proposed_by if c in site.claims],
        "related": {title: [site.events[n] for n in ids if n in site.events] for title, ids in groups.items()},
        "measures": [s for s in site.states.values() if slug in (s.started_by, s.ended_by)],
        "edges": [edge for edge in site.edges if slug in edge.because],
    }


_PATHS = {
    "Answers to": "this dip:respondsTo ?event", "Answered by": "?event dip:respondsTo this",
    "Says will or may happen": "this dip:proposes ?event", "Said in": "?event dip:proposes this",
    "Part of": "this sem:subEventOf ?event", "Consists of": "?event sem:subEventOf this",
}  # fmt: skip
"""How each group of related events is told in SPARQL."""


def _claim(build: Build, slug: str, day: date | None) -> tuple[str, dict[str, Any]]:
    site, claim = build.site, build.site.claims[slug]
    against = [site.claims[c] for c in claim.contradicted_by if c in site.claims]
    alleged = [site.events[e] for e in claim.proposes if e in site.events]
    return "claim.html", {"claim": claim, "against": against, "alleged": alleged}


def _state(build: Build, slug: str, day: date | None) -> tuple[str, dict[str, Any]]:
    shown = day or build.site.horizon
    return "state.html", {"state": build.site.states_on(shown)[slug], "day": shown}


def _source(build: Build, slug: str, day: date | None) -> tuple[str, dict[str, Any]]:
    site = build.site
    events = [e for e in site.events.values() if any(x.source == slug for x in e.evidence)]
    claims = [c for c in site.claims.values() if any(x.source == slug for x in c.evidence)]
    return "source.html", {"source": site.sources[slug], "events": events, "claims": claims, "chart": chart(events)}


def _document(build: Build, slug: str, day: date | None) -> tuple[str, dict[str, Any]]:
    out = answers.terms(build.graph, f"SELECT ?p ?o WHERE {{ <{ID}{slug}> ?p ?o }} ORDER BY ?p ?o")
    back = answers.terms(build.graph, f"SELECT ?s ?p WHERE {{ ?s ?p <{ID}{slug}> }} ORDER BY ?p ?s LIMIT 200")
    held = [s for s in build.site.states.values() if s.kind == "tenure" and s.type_label == build.site.posts.get(slug)]
    return "document.html", {"out": out, "back": back, "held": held}


def _day(request: Request, name: str) -> date | None:
    text = request.query_params.get(name, "").strip()
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
        "chart": chart([event for event, _ in shown]),
        "count": len(shown),
    }


def _bound(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _month(event: EventRecord) -> str:
    return (event.earliest or event.latest or "")[:7]


def chart(events: list[EventRecord]) -> dict[str, Any] | None:
    """Counts of events by month and quad class, ready to be drawn; events that may lie in two months are left out."""
    sure = [e for e in events if e.factuality == "Actual" and not e.summary and e.earliest[:7] == e.latest[:7] != ""]
    if len(sure) < 3:
        return None
    counts = Counter((e.earliest[:7], e.quad_class) for e in sure)
    months = _months(min(m for m, _ in counts), max(m for m, _ in counts))
    top = max(sum(counts[m, q] for q in range(5)) for m in months)
    return {"months": months, "counts": counts, "top": top, "events": len(sure), "all": len(events)}


def _months(first: str, last: str) -> list[str]:
    year, month = map(int, first.split("-"))
    found: list[str] = []
    while (text := f"{year:04d}-{month:02d}") <= last and len(found) < 600:
        found.append(text)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found


async def questions(request: Request) -> Response:
    """The saved questions."""
    return await _kept(
        request, lambda _: ("questions.html", {"title": "Questions", "q": "", "questions": all_questions()})
    )


async def question(request: Request) -> Response:
    """One saved question, with its parameters as a form and its answer as a table."""
    build: Build = request.app.state.current.build
    asked = _question(request)
    values = _values(asked, request)
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
    text = await asyncio.to_thread(build.graph.question_text, asked.name, _values(asked, request))
    return PlainTextResponse(text, headers={"cache-control": "no-cache"})


def _question(request: Request) -> Question:
    name = request.path_params["name"]
    if len(name) > 80 or not SLUG.match(name):
        raise NoSuchPage("No question is called so.", hint="/questions lists them.")
    return saved_question(name)


def _values(asked: Question, request: Request) -> dict[str, str]:
    return {p.name: request.query_params.get(p.name, "").strip()[:300] or p.default for p in asked.parameters}


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
    """The network page: of everything, of what is around one thing (`about`), or of what a query finds (`query`)."""
    build: Build = request.app.state.current.build
    about, query = request.query_params.get("about", ""), request.query_params.get("query", "")
    ids = await _ids(request, build, about, query)

    def make() -> bytes:
        picture = everything(build.site)
        return viewer.draw(chosen(picture, ids, around=bool(about)) if ids is not None else picture).encode()

    key = ("view", about, query)
    kept = build.pages.get(key)
    if kept is None:
        body = await asyncio.to_thread(make)
        found = re.search(rb'http-equiv="Content-Security-Policy" content="([^"]+)"', body)
        policy = unescape(found[1].decode()) if found else "default-src 'none'"
        kept = (body, {"content-security-policy": f"{policy}; frame-ancestors 'self'"})
        build.pages.put(key, kept)
    return tagged(build, request, kept[0], "text/html; charset=utf-8", kept[1])


async def _ids(request: Request, build: Build, about: str, query: str) -> set[str] | None:
    if about:
        return {await asyncio.to_thread(build.graph.find, about[:200])}
    if query:
        return await answers.named(build, query)
    return None


__all__ = ["Awaitable", "failure", "home", "search", "thing"]
