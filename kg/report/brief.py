"""A brief as values: everything that a report on an actor or a pair says, each part with the SPARQL it is made of.

The day of a brief is the day asked for, else the newest day of publication in the graph; no clock is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from kg import __version__, dates, describe, query, questions, sparql
from kg.analysis.escalation import Escalation, escalation
from kg.errors import NotFound, UsageError
from kg.lens import Lens
from kg.records import ClaimRecord, Document, EdgeRecord, EntityRecord, EventRecord, Evidence, StateRecord
from kg.report import camps, drawing
from kg.report.camps import TwoSides
from kg.terms import ID, local_name

if TYPE_CHECKING:
    from kg.graph import Graph

ACTUAL = "Actual"


@dataclass(frozen=True, slots=True)
class Query:
    """One part of a brief and the SPARQL whose rows it is made of; `rows` is how many it gives."""

    part: str
    name: str
    title: str
    text: str
    rows: int


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything that a report says.

    `day` is the last day told of (ISO), `asked` whether somebody asked for it. `events` stand by date; `fits` says of
    each how surely it had begun by the day and was known. `story` is there for a pair; for one actor `about` holds the
    claims about it and `own` what else it asserts or denies. `plot` is SVG, empty where matplotlib is not installed or
    nothing can be counted; `plot_note` says so.
    """

    one: EntityRecord
    other: EntityRecord | None
    title: str
    day: str
    asked: bool
    known_at: str
    according_to: str
    digest: str
    version: str
    events: tuple[EventRecord, ...]
    fits: dict[str, str]
    claims: dict[str, ClaimRecord]
    about: tuple[ClaimRecord, ...]
    own: tuple[ClaimRecord, ...]
    story: TwoSides | None
    states: tuple[StateRecord, ...]
    edges: tuple[EdgeRecord, ...]
    series: Escalation | None
    plot: str
    plot_note: str
    network: str
    network_words: str
    documents: dict[str, Document]
    names: dict[str, str]
    queries: tuple[Query, ...] = field(default=())

    @property
    def happened(self) -> tuple[EventRecord, ...]:
        """What happened, summaries left out."""
        return tuple(event for event in self.events if event.factuality == ACTUAL and not event.summary)

    @property
    def ahead(self) -> tuple[EventRecord, ...]:
        """What is not known to have happened: threatened, promised, planned, intended or alleged."""
        return tuple(event for event in self.events if event.factuality != ACTUAL)

    @property
    def summaries(self) -> tuple[EventRecord, ...]:
        """What sums up other events and is never counted."""
        return tuple(event for event in self.events if event.factuality == ACTUAL and event.summary)

    @property
    def told_claims(self) -> tuple[ClaimRecord, ...]:
        """Every claim that the brief tells, once."""
        if not self.story:
            return (*self.about, *self.own)
        story = self.story
        parted = [claim for p in story.partings for claim in (p.claim, *p.contradicted_by)]
        told = (*parted, *story.alone[0], *story.alone[1], *story.rejected[0], *story.rejected[1], *story.shared)
        return tuple({claim.id: claim for claim in told}.values())

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Every passage that the brief rests on, once, in the order of the sources."""
        records: list[EventRecord | StateRecord | ClaimRecord] = [*self.events, *self.states, *self.told_claims]
        return tuple(sorted({each for record in records for each in record.evidence}))


def brief(
    graph: Graph,
    one: str,
    other: str = "",
    *,
    as_of: date | None = None,
    known_at: date | None = None,
    according_to: str = "",
    level: str | None = None,
) -> Brief:
    """Collect a brief on an actor or a pair.

    Raises:
        NotFound: nothing is called so, or nothing is told of it.
        Ambiguous: a name fits several.
        UsageError: both names stand for one side, or a name is of no actor.
    """
    made = _Collector(graph, graph.lens(known_at, according_to), as_of)
    return made.pair(one, other, level) if other else made.actor(one)


class _Collector:
    def __init__(self, graph: Graph, seen: Lens, as_of: date | None) -> None:
        self.graph, self.store, self.seen, self.as_of = graph, graph.store, seen, as_of
        self.queries: list[Query] = []
        self.documents = describe.documents(graph.store)
        self.entities = describe.entities(graph.store)
        self.day = as_of or seen.known_at or _newest(self.documents) or date.min

    def pair(self, one: str, other: str, level: str | None) -> Brief:
        sides, chosen = camps.camps(self.store, one, other, level)
        events = self._events("events", "What happened between the two", camps.events_sparql(sides, self.as_of))
        told_days = self.as_of or self.day
        story = camps.two_sides(self.store, sides[0].id, sides[1].id, level=chosen, as_of=self.as_of, seen=self.seen)
        self._asked("claims", "What each side asserts and denies", story.sparql)
        rows = self._asked("states", "Measures and ties between the two, and offices", camps.states_sparql(sides))
        states = self._states(rows, told_days)
        rows = self._asked("network", "Direct edges of the two, and of those tied to both", camps.edges_sparql(sides))
        around = {node for camp in sides for node in camp.people}
        edges = self._edges({local_name(row["edge"]) for row in rows})
        entities = tuple(self.entities[camp.id] for camp in sides)
        if not events and not story.claims and not edges:
            labels = " and ".join(entity.label for entity in entities)
            raise NotFound(
                f"Nothing is told here of {labels} together.",
                hint=f"`kg path {sides[0].id} {sides[1].id}` finds ways over others.",
            )
        series, note = self._series(sides[0].id, sides[1].id, chosen, events)
        return self._made(entities[0], entities[1], events, story, ((), ()), states, edges, around, series, note)

    def actor(self, name: str) -> Brief:
        node = describe.find(self.store, name)
        if node not in self.entities or describe.kind(self.store, node) != "entity":
            raise UsageError(f"{node} is no actor.", hint=f"`kg show {node}` shows it.")
        thing = {"thing": node}
        events = self._events("events", "Events that it is part of", self._saved("events-of", thing, self.as_of))
        rows = self._asked("claims", "Claims about it", self._saved("claims-of", thing, None))
        claims = describe.claims(self.store, {local_name(row["proposition"]) for row in rows}) if rows else {}
        about = tuple(c for c in claims.values() if self.seen.claim(c) != "no" and self._voiced(c))
        rows = self._asked("claims", "What it asserts and denies", self._saved("according-to", {"who": node}, None))
        voiced = {local_name(row["proposition"]) for row in rows} - claims.keys()
        mine = describe.claims(self.store, voiced).values() if voiced else ()
        own = tuple(c for c in mine if self.seen.claim(c) != "no" and self._voiced(c))
        rows = self._asked("states", "Offices, measures and ties", self._saved("states-of", thing, self.day))
        states = self._states(rows, self.day)
        rows = self._asked("network", "Direct edges", self._saved("edges-of", thing, None))
        edges = self._edges({local_name(row["edge"]) for row in rows})
        if not events and not about and not states and not edges:
            raise NotFound(f"Nothing is told here of {self.entities[node].label}.", hint="`kg query most-active`")
        series, note = self._with_most(node, edges, events)
        return self._made(self.entities[node], None, events, None, (about, own), states, edges, {node}, series, note)

    def _made(
        self,
        one: EntityRecord,
        other: EntityRecord | None,
        events: dict[str, EventRecord],
        story: TwoSides | None,
        said: tuple[tuple[ClaimRecord, ...], tuple[ClaimRecord, ...]],
        states: tuple[StateRecord, ...],
        edges: tuple[EdgeRecord, ...],
        around: set[str],
        series: Escalation | None,
        note: str,
    ) -> Brief:
        about, own = (tuple(sorted(each, key=_contested_first)) for each in said)
        title = f"{one.label} and {other.label}" if other else one.label
        ties = drawing.bonds(edges, around)
        plot, plot_note = _plot(series, note)
        known = story.claims if story else {}
        labels = {node: entity.label for node, entity in self.entities.items()}
        made = Brief(
            one=one,
            other=other,
            title=title,
            day=self.day.isoformat(),
            asked=self.as_of is not None,
            known_at=self.seen.known_at.isoformat() if self.seen.known_at else "",
            according_to=self.seen.according_to,
            digest=str(self.graph.stats()["digest"]),
            version=str(self.graph.stats().get("diplokg", __version__)),  # a service does not tell it
            events=tuple(events.values()),
            fits={event.id: self._fit(event) for event in events.values()},
            claims={**known, **describe.said(self.store, events.values(), (*about, *own))},
            about=about,
            own=own,
            story=story,
            states=states,
            edges=edges,
            series=series,
            plot=plot,
            plot_note=plot_note,
            network=drawing.draw(
                ties, self.entities, {one.id, other.id if other else ""}, f"Who is tied to whom around {title}"
            ),
            network_words=drawing.described(ties, labels) if ties else "",
            documents={},
            names=labels,
            queries=tuple(self.queries),
        )
        cited = {each.source for each in made.evidence}
        return replace(made, documents={node: told for node, told in self.documents.items() if node in cited})

    def _asked(self, part: str, title: str, text: str) -> list[dict[str, str]]:
        rows = query.rows(self.store, text)
        self.queries.append(Query(part, f"{len(self.queries) + 1:02}-{part}", title, text, len(rows)))
        return rows

    def _saved(self, name: str, values: Mapping[str, str], as_of: date | None) -> str:
        """The SPARQL of a saved question, bound; its heading stays, since it says what the question is."""
        question = questions.question(name)
        given: dict[str, Any] = {**values, **({"asOf": as_of.isoformat()} if as_of else {})}
        terms = {p.name: given.get(p.name, p.default) for p in question.parameters}
        bound = {
            name: str(query.day(value) if name == "asOf" else query.iri(ID + value)) for name, value in terms.items()
        }
        return sparql.bind(question.text, bound)

    def _events(self, part: str, title: str, text: str) -> dict[str, EventRecord]:
        ids = {local_name(row["event"]) for row in self._asked(part, title, text)}
        return self.seen.passing(describe.events(self.store, ids).values()) if ids else {}

    def _fit(self, event: EventRecord) -> str:
        known = self.seen.event(event)
        begun = dates.within(_day(event.earliest), _day(event.latest), None, self.as_of)
        return "possible" if "possible" in (known, begun if self.as_of else "certain") else "certain"

    def _states(self, rows: Iterable[Mapping[str, str]], day: date) -> tuple[StateRecord, ...]:
        ids = {local_name(row["state"]) for row in rows}
        found = describe.states(self.store, day, ids).values() if ids else ()
        return tuple(s for s in found if self.seen.state(s) != "no" and not (self.as_of and s.certainty == "no"))

    def _edges(self, ids: set[str]) -> tuple[EdgeRecord, ...]:
        edges = [edge for edge in describe.edges(self.store) if edge.id in ids]
        edges = [e for e in edges if not (self.as_of and e.first and e.first > self.as_of.isoformat())]
        if self.seen.open:
            return tuple(edges)
        reasons = {reason for edge in edges for reason in edge.because}
        events, states = describe.events(self.store, reasons), describe.states(self.store)
        return tuple(edge for edge in (self.seen.edge(each, events, states) for each in edges) if edge)

    def _voiced(self, claim: ClaimRecord) -> bool:
        """Whether somebody may have voiced it by the day asked for."""
        if not self.as_of:
            return True
        voices = {voice.event for voice in (*claim.asserted_by, *claim.denied_by)}
        told = describe.events(self.store, voices).values() if voices else ()
        return any(dates.within(_day(e.earliest), _day(e.latest), None, self.as_of) != "no" for e in told)

    def _series(
        self, one: str, other: str, level: str | None, events: Mapping[str, EventRecord]
    ) -> tuple[Escalation | None, str]:
        try:
            return escalation(self.store, one, other, level=level, as_of=self.as_of, only=set(events)), ""
        except (NotFound, UsageError) as error:
            return None, str(error)

    def _with_most(
        self, node: str, edges: Iterable[EdgeRecord], events: Mapping[str, EventRecord]
    ) -> tuple[Escalation | None, str]:
        """The series with the one to whom most events tie it; among persons and bodies as they are named."""
        tied: dict[str, int] = {}
        for edge in edges:
            if edge.count:
                far = edge.object if edge.subject == node else edge.subject
                tied[far] = tied.get(far, 0) + edge.count
        if not tied:
            return None, "No dated event ties it directly to anybody."
        most = min(tied, key=lambda far: (-tied[far], far))
        return self._series(node, most, "person", events)


def _plot(series: Escalation | None, note: str) -> tuple[str, str]:
    if series is None:
        return "", note
    try:
        return series.svg(), ""
    except UsageError as error:
        return "", f"There is no plot: {error}"


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _newest(documents: Mapping[str, Document]) -> date | None:
    """The newest day of publication, of each source the earliest that it may have."""
    found = (dates.parse(document.published).earliest for document in documents.values() if document.published)
    return max((day for day in found if day), default=None)


def _contested_first(claim: ClaimRecord) -> tuple[int, str, str]:
    voices = (*claim.asserted_by, *claim.denied_by)
    first = min((voice.edtf.lstrip("./") for voice in voices if voice.edtf), default="9")
    return ("Contested", "Denied", "Asserted").index(claim.status), first, claim.id


__all__ = ["Brief", "Query", "brief"]
