"""The face of the library: one object over a build or a SPARQL service, with the verbs of the command line.

Everything returns plain typed values, rdflib graphs or networkx graphs; nothing is printed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal, NamedNode, Triple

from kg import query, questions, scope, sparql, store
from kg.errors import StorageError, UsageError
from kg.query import AS_OF, Limits
from kg.store import Answer, Rows
from kg.terms import ID, expand

if TYPE_CHECKING:
    import networkx
    import pyvis.network
    import rdflib

    from kg import pages
    from kg.analysis.escalation import Escalation
    from kg.analysis.structure import Structure
    from kg.diff import Diff, Side
    from kg.export import Selection
    from kg.lens import Lens
    from kg.paths import Ways
    from kg.records import Picture
    from kg.report.brief import Brief
    from kg.report.camps import TwoSides
    from kg.stories import Story

Day = date | str | None


class Graph:
    """A knowledge graph that can be asked, shown, drawn and exported."""

    def __init__(self, location: str | Path = "build", feeds: scope.Feeds = None) -> None:
        """Open a build folder or the http(s) URL of a SPARQL service.

        `feeds` names the imported feeds that stand beside the curated story everywhere; an empty choice is none.
        Without one, `show`, `timeline`, `path` and SPARQL of one's own see all of them, marked, and all else none.

        Raises:
            StorageError: there is no build, or it cannot be opened.
        """
        self.location = str(location)
        opened = store.open_store(self.location)
        self.feeds = frozenset(feeds or ())
        self.store = scope.within(opened, self.feeds)
        self.wide = scope.within(opened, feeds)

    def query(
        self,
        text: str,
        values: Mapping[str, Any] | None = None,
        *,
        as_of: date | str | None = None,
        max_rows: int | None = None,
        timeout: float | None = None,
    ) -> Answer:
        """Ask a SPARQL query, or a saved question by its name.

        SELECT gives `Rows` (variables, and an iterator of rows of terms), ASK a bool, CONSTRUCT and DESCRIBE triples.
        `values` binds parameters as terms: ids, CURIEs, ISO days, numbers, quoted text, or terms themselves.
        `timeout` is in seconds.

        Raises:
            QuerySyntax, QueryRefused, QueryLimit: see there.
            UsageError: a parameter that the query does not have, or that is no value.
        """
        question = questions.saved(text.strip())
        if question:
            bound = self._question_values(question, dict(values or {}), as_of)
            return query.run(self.store, question.text, bound, Limits(max_rows, timeout))
        given = {name: self.term(value) for name, value in (values or {}).items()}
        if as_of is not None:
            if AS_OF not in sparql.variables(text):
                raise UsageError("The query has no day to ask for.", hint=f"Use ?{AS_OF} in it, or leave --as-of out.")
            given[AS_OF] = query.day(str(as_of))
        return query.run(self.wide, text, given, Limits(max_rows, timeout))

    def question_text(self, name: str, values: Mapping[str, Any] | None = None, as_of: date | str | None = None) -> str:
        """The SPARQL of a saved question with its parameters bound, ready to be asked anywhere.

        Raises:
            NotFound: no question is called so, or a parameter names nothing.
            UsageError: a parameter that the question does not have, or that is no value.
        """
        question = questions.question(name)
        bound = self._question_values(question, dict(values or {}), as_of)
        return sparql.bind(question.text, {key: str(term) for key, term in bound.items()})

    def rows(self, text: str, values: Mapping[str, Any] | None = None, **options: Any) -> list[dict[str, str]]:
        """Ask a SELECT query or saved question and give plain strings by variable, IRIs shortened to CURIEs."""
        from kg.results import show

        answer = self.query(text, values, **options)
        if not isinstance(answer, Rows):
            raise UsageError("rows() needs a SELECT query.", hint="Use query() for ASK, CONSTRUCT and DESCRIBE.")
        return [dict(zip(answer.variables, map(show, row), strict=True)) for row in answer.rows]

    def term(self, value: Any) -> NamedNode | Literal:
        """Make a term of a value: terms stay, dates and numbers are typed, texts are read like `-p` reads them."""
        if isinstance(value, (NamedNode, Literal)):
            return value
        if isinstance(value, date):
            return query.day(value.isoformat())
        if isinstance(value, (bool, int, float)):
            return Literal(value)
        try:
            return query.parameter(str(value))
        except UsageError:
            return self.entity(str(value))

    def entity(self, name: str) -> NamedNode:
        """The IRI of whatever people call by a name.

        Raises:
            NotFound, Ambiguous: nothing, or more than one thing, is called so.
        """
        from kg import describe

        known = expand(name)
        return query.iri(name) if known and not known.startswith(ID) else NamedNode(ID + describe.find(self.wide, name))

    def _question_values(
        self, question: questions.Question, given: dict[str, Any], as_of: date | str | None
    ) -> dict[str, NamedNode | Literal]:
        known = {parameter.name: parameter for parameter in question.parameters}
        if as_of is not None:
            if AS_OF not in known:
                raise UsageError(f"The question '{question.name}' has no day to ask for.", hint="Leave --as-of out.")
            given.setdefault(AS_OF, str(as_of))
        for name in given:
            if name not in known:
                have = ", ".join(known) or "none"
                raise UsageError(f"The question '{question.name}' has no parameter '{name}'.", hint=f"It has: {have}.")
        return {
            name: self._question_value(parameter, given.get(name, parameter.default))
            for name, parameter in known.items()
        }

    def _question_value(self, parameter: questions.Parameter, value: Any) -> NamedNode | Literal:
        if isinstance(value, (NamedNode, Literal)):
            return value
        if parameter.type == "entity":
            return self.entity(str(value))
        if parameter.type == "day":
            return query.day(str(value))
        if parameter.type == "number":
            return query.number(str(value))
        return Literal(str(value))

    def find(self, name: str) -> str:
        """The id of whatever people call by a name; see `kg.describe.find`."""
        from kg import describe

        return describe.find(self.wide, name)

    def show(
        self, name: str, as_of: Day = None, *, known_at: Day = None, according_to: str = "", limit: int = 0
    ) -> pages.Page:
        """Everything known of an entity, event, claim or measure, with evidence.

        Of an entity also what was known on a day (from sources published by then), or what one voice tells.

        Raises:
            NotFound, Ambiguous: nothing, or more than one thing, is called so; nothing was known on that day.
            UsageError: a day that does not exist; a voice that says nothing.
        """
        from kg import pages

        return pages.page(self.wide, name, _day(as_of), self.lens(known_at, according_to), limit)

    def timeline(
        self,
        *names: str,
        since: Day = None,
        until: Day = None,
        known_at: Day = None,
        according_to: str = "",
        limit: int = 0,
    ) -> pages.Timeline:
        """What happened between two sides, what one side took part in, or everything, by date.

        `known_at` leaves out what no source had published by that day, `according_to` what that voice does not tell;
        of the events of feeds the latest `limit` are taken, all if that is 0.

        Raises:
            NotFound, Ambiguous: nothing, or more than one thing, is called so; nothing was known on that day.
            UsageError: a day that does not exist; a voice that says nothing.
            DateError: the period ends before it begins.
        """
        from kg import pages

        seen = self.lens(known_at, according_to)
        return pages.timeline(self.wide, names, _day(since), _day(until), seen, limit)

    def world(self, as_of: Day = None, *, known_at: Day = None, according_to: str = "") -> pages.World:
        """What held on a day, whoever it concerns: offices, measures and ties, and what was threatened or planned."""
        from kg import pages

        return pages.world(self.store, _day(as_of), self.lens(known_at, according_to))

    def lens(self, known_at: Day = None, according_to: str = "") -> Lens:
        """What was known on a day and what one voice tells, as a filter of records; open unless one of them is given.

        Raises:
            NotFound: no source was published by that day, or nobody is called so.
            UsageError: who is named neither says nor reports anything.
        """
        from kg import pages
        from kg.lens import Lens

        day = _day(known_at)
        return pages.lens(self.store, day, according_to) if day or according_to else Lens()

    def path(
        self,
        start: str,
        end: str,
        limit: int = 3,
        *,
        states: bool = True,
        as_of: Day = None,
        known_at: Day = None,
        according_to: str = "",
    ) -> Ways:
        """How one entity is tied to another, each step with its evidence; `known_at`, `according_to` as in `timeline`.

        With `as_of` a step stands on what may have happened by that day, and on offices that may have been held on it.

        Raises:
            NotFound: there is no way, or no such entity.
            UsageError: both names are of one entity.
        """
        from kg.paths import ways

        seen = self.lens(known_at, according_to)
        return ways(self.wide, start, end, limit, states=states, seen=seen, as_of=_day(as_of))

    def escalation(
        self,
        one: str,
        other: str,
        *,
        by: str = "month",
        level: str | None = None,
        since: date | None = None,
        until: date | None = None,
        as_of: date | None = None,
        possible: bool = True,
        feeds: bool = True,
        only: Collection[str] | None = None,
        single: bool = False,
        known_at: Day = None,
        according_to: str = "",
    ) -> Escalation:
        """What two sides did to each other, window by window; see `kg.analysis.escalation`.

        Each feed in the build is a series of its own, by summaries of months where a batch has them; with `single`
        each event by itself. `only` restricts the series of the dossiers to some events by id, as for one side's story
        or one state of knowledge; so do `known_at` and `according_to` (see `timeline`), which leave feeds out.
        """
        from kg.analysis.acts import seen
        from kg.analysis.escalation import escalation

        told = seen(self.store, self.lens(known_at, according_to))
        return escalation(
            self.wide, one, other, by=by, level=level, since=since, until=until, as_of=as_of, possible=possible,
            with_feeds=feeds, only=only, single=single, seen=told,
        )  # fmt: skip

    def diff(
        self,
        old: Graph | str | Path | None = None,
        *,
        as_of: tuple[Day, Day] | None = None,
        known_at: tuple[Day, Day] | None = None,
        according_to: str = "",
    ) -> Diff:
        """What differs: from an `old` build to this one, or in this one between two days.

        `as_of` asks what began, ended, happened, was said and denied between the days, `known_at` what became known.

        Raises:
            StorageError: there is no build at `old`.
            UsageError: not one of the three is asked, or the second day is not after the first.
            NotFound: nothing was known on the first day.
        """
        from kg import describe, diff

        if len([each for each in (old, as_of, known_at) if each is not None]) != 1:
            raise UsageError("A diff needs an older build, or two days.", hint="Give old, as_of or known_at.")
        here = self._side()
        who = self.lens(according_to=according_to)
        if as_of:
            first, last = (_needed(day) for day in as_of)
            return diff.days(who.picture(describe.picture(self.store)), first, last, here, who.according_to)
        if known_at:
            first, last = (_needed(day) for day in known_at)
            if last <= first:
                raise UsageError(f"{last} is not after {first}.", hint="Name the earlier day first.")
            whole = describe.picture(self.store, as_of=describe.horizon(self.store), everyone=True)
            then, now = (self.lens(day, according_to).picture(whole) for day in (first, last))
            eve, end = (replace(here, name=f"as known on {day}") for day in (first, last))
            return diff.pictures(then, now, eve, end, who.according_to)
        before = old if isinstance(old, Graph) else Graph(str(old), self.feeds)
        seen = before.lens(according_to=according_to)
        then, now = (
            lens.picture(describe.picture(graph.store, as_of=describe.horizon(graph.store), everyone=True))
            for graph, lens in ((before, seen), (self, who))
        )
        return diff.pictures(then, now, before._side(), here, who.according_to)

    def _side(self) -> Side:
        from kg.diff import Side

        held = self.stats()
        counts = {name: int(count) for name, count in held["counts"].items()}
        return Side(self.location, str(held["digest"]), str(held.get("diplokg", "")), counts)

    def structure(
        self,
        *,
        by: str = "year",
        level: str = "person",
        sign: str = "goldstein",
        since: date | None = None,
        until: date | None = None,
        as_of: date | None = None,
        possible: bool = False,
        cumulative: bool = False,
        only: Collection[str] | None = None,
        known_at: Day = None,
        according_to: str = "",
    ) -> Structure:
        """Who is for and against whom, window by window: balance, camps, brokers; see `kg.analysis.structure`.

        `known_at` and `according_to` as in `timeline`. Feeds are in it if the graph was opened with them.
        """
        from kg.analysis.acts import seen
        from kg.analysis.structure import structure

        told = seen(self.store, self.lens(known_at, according_to))
        return structure(
            self.store, by=by, level=level, sign=sign, since=since, until=until, as_of=as_of, possible=possible,
            cumulative=cumulative, only=only, seen=told, with_feeds=bool(self.feeds),
        )  # fmt: skip

    def two_sides(
        self,
        one: str,
        other: str,
        *,
        level: str | None = None,
        as_of: Day = None,
        known_at: Day = None,
        according_to: str = "",
    ) -> TwoSides:
        """A quarrel as each side tells it, and where the two stories part: what one asserts and the other denies.

        Raises:
            NotFound, Ambiguous: nothing, or more than one thing, is called so.
            UsageError: both names stand for one side, or the level is unknown.
        """
        from kg.report.camps import two_sides

        seen = self.lens(known_at, according_to)
        return two_sides(self.store, one, other, level=level, as_of=_day(as_of), seen=seen)

    def brief(
        self,
        one: str,
        other: str = "",
        *,
        as_of: Day = None,
        known_at: Day = None,
        according_to: str = "",
        level: str | None = None,
    ) -> Brief:
        """Everything that a report on an actor or a pair says, as values, each part with its SPARQL.

        Raises:
            NotFound: nothing is called so, or nothing is told of it.
            Ambiguous: a name fits several.
            UsageError: both names stand for one side, or a name is of no actor.
        """
        from kg.report.brief import brief

        days = {"as_of": _day(as_of), "known_at": _day(known_at)}
        return brief(self, one, other, according_to=according_to, level=level, **days)

    def report(self, one: str, other: str = "", form: str = "html", **options: Any) -> str:
        """A dated, citable brief on an actor or a pair, as one offline HTML page or as Markdown (`md`).

        `options` are those of `brief`. The same graph gives the same bytes.

        Raises:
            UsageError: the form is neither; and see `brief`.
        """
        from kg.report import documents

        makers = {"html": documents.html, "md": documents.markdown}
        if form not in makers:
            raise UsageError(f"'{form}' is not a form of a report.", hint="Use html or md.")
        return makers[form](self.brief(one, other, **options))

    def bundle(
        self,
        one: str,
        other: str = "",
        *,
        as_of: Day = None,
        known_at: Day = None,
        according_to: str = "",
        level: str | None = None,
    ) -> bytes:
        """The evidence behind a brief as a zip: triples, places of passages, queries with results, RO-Crate metadata.

        `kg.bundle.verify` checks one. The same graph gives the same files. Feeds are left out: they have no passages.

        Raises:
            NotFound, Ambiguous, UsageError: see `brief`.
        """
        from kg.bundle import bundle

        curated = Graph(self.location) if self.feeds else self
        days = {"as_of": _day(as_of), "known_at": _day(known_at)}
        return bundle(curated, one, other, according_to=according_to, level=level, **days)

    def picture(self, title: str = "", as_of: date | None = None) -> Picture:
        """All records that the network page shows."""
        from kg import describe

        return describe.picture(self.store, title, as_of)

    def networkx(self) -> networkx.MultiDiGraph[str]:
        """All entities and direct edges as a networkx MultiDiGraph, with every attribute."""
        from kg import describe
        from kg.network import graph

        return graph(describe.picture(self.store, everyone=True))

    def network(self) -> pyvis.network.Network:
        """The direct edges as a pyvis Network, with every attribute on nodes and edges."""
        from kg.view import network

        return network(self.picture())

    def view(
        self,
        title: str = "",
        as_of: date | None = None,
        passages: Mapping[str, str] | None = None,
        story: Story | str | None = "",
        before: str = "",
    ) -> str:
        """The interactive network page: one HTML text that works offline.

        `story` is a guided tour, its name or its file; by default the one that belongs to the sources, with None none.
        `before` is the text of an earlier page: its actors keep their places.

        Raises:
            NotFound: no story is called so.
            DataProblems: the file of the story is not as it should be.
        """
        from kg import stories
        from kg.view import draw, places_in

        picture = self.picture(title, as_of)
        if story == "":
            story = stories.belonging(picture.sources)
        chosen = stories.choose(story) if isinstance(story, str) else story
        return draw(picture, passages=passages, story=chosen, before=places_in(before) if before else None)

    def export(self, form: str = "turtle", selection: Selection | None = None) -> bytes:
        """The graph in a format of `kg.export.FORMATS`.

        Raises:
            UsageError: the format does not exist.
        """
        from kg import describe, export

        export.checked(form)
        if form == "csv":
            return export.csv_events(self.picture())
        if form == "ftm":
            from kg.ftm import ftm

            return ftm(self.store)
        if form in export.NETWORK_SUFFIXES:
            return export.network(describe.picture(self.store, everyone=True), form)
        return export.rdf(self.lines(), form, selection or export.Selection())

    def open_summary(self, name: str) -> list[str]:
        """The events that a `dip:Summary` stands for, as the N-Quads lines that a full import writes.

        Raises:
            NotFound: no summary is called so.
            StorageError: the columns are not there, as with a remote service.
        """
        from kg import bulk

        if self.location.startswith(("http://", "https://")):
            raise StorageError(
                f"{self.location}: the columns of a batch lie in the build that imported it, not in a service.",
                hint="Name that build with --store.",
            )
        return sorted(bulk.opened(store.open_store(self.location), self.location, name))

    def lines(self) -> list[str]:
        """The canonical N-Quads of the graph, sorted; of a remote service, its quads as the service gives them.

        Batches of feeds are among them only where the graph was opened with their feeds.
        """
        if not self.location.startswith(("http://", "https://")):
            curated = store.lines(Path(self.location), self._hold)
            return sorted([*curated, *scope.lines(self.store, self.feeds)]) if self.feeds else curated
        answer = self.store.query("SELECT ?s ?p ?o ?g WHERE { GRAPH ?g { ?s ?p ?o } }")
        assert isinstance(answer, Rows)
        return sorted(f"{' '.join(map(str, row))} .\n" for row in answer.rows)

    def stats(self) -> dict[str, Any]:
        """What the graph holds: counts, sources and digest; of a remote service, counts asked by SPARQL."""
        if self.location.startswith(("http://", "https://")):
            lines = self.lines()
            counts = query.rows(
                self.store,
                """SELECT (COUNT(DISTINCT ?e) AS ?events) (COUNT(DISTINCT ?n) AS ?entities)
              WHERE { { ?e a dip:Event } UNION { ?n a dip:Entity } }""",
            )[0]
            import hashlib

            digest = hashlib.sha256("".join(lines).encode()).hexdigest()
            return {"digest": digest, "counts": {"quads": len(lines), **{k: int(v) for k, v in counts.items()}}}
        return store.manifest(Path(self.location), self._hold)

    @property
    def _hold(self) -> store.Hold | None:
        return self.store.hold if isinstance(self.store, store.Embedded) else None

    @property
    def rdflib(self) -> rdflib.Dataset:
        """A live `rdflib.Dataset` over the same store, read only; its default graph is the union of all graphs.

        Raises:
            StorageError: the graph is a remote service.
        """
        from kg.dataset import dataset

        return dataset(self.store)

    def _repr_html_(self) -> str:
        """Show the network page in a notebook, in a sandboxed frame."""
        from html import escape

        page = escape(self.view(), quote=True)
        return (
            f'<iframe srcdoc="{page}" sandbox="allow-scripts allow-downloads" title="Network of diplomatic '
            'relations" style="width:100%;height:640px;border:1px solid #ccc;border-radius:6px"></iframe>'
        )

    def __repr__(self) -> str:
        return f"kg.Graph({self.location!r}, {json.dumps(self.stats()['counts'])})"


def _day(value: Day) -> date | None:
    return date.fromisoformat(query.day(value).value) if isinstance(value, str) else value


def _needed(value: Day) -> date:
    day = _day(value)
    if day is None:
        raise UsageError("A day is missing.", hint="Write both as YYYY-MM-DD.")
    return day


def open(location: str | Path = "build", feeds: scope.Feeds = None) -> Graph:
    """Open a build folder (default `./build`) or a SPARQL service; `feeds` as for `Graph`.

    Raises:
        StorageError: there is no build there.
    """
    return Graph(location, feeds)


__all__ = ["Graph", "StorageError", "Triple", "open"]
