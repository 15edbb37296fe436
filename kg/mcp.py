"""The graph as read-only tools for language-model assistants, over the Model Context Protocol (MCP).

Plain values go out, and every row says its status, who speaks, who denies and which passage reports it, so that an
assistant has no bare fact to repeat. Works with the current and the previous major version of the official SDK.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date
from functools import cached_property, wraps
from importlib import import_module
from typing import Any

from kg import describe, query, questions
from kg.errors import KgError, UsageError
from kg.graph import Graph
from kg.query import day as checked_day
from kg.records import ClaimRecord, EventRecord, Evidence, StateRecord
from kg.results import show
from kg.store import Rows
from kg.terms import ID

SECONDS, ROWS = 20.0, 500
INSTRUCTIONS = """A graph of diplomatic relations: who did what to whom, dated, attributed, open to denial.
Rules for telling it on: an event with factuality other than Actual is not known to have happened; a claim is what
somebody said, never a fact, so name its speaker, its status and who denies it; cite reporter and paragraph.
Dates are bounds: say 'between' when earliest and latest differ. Silence of the graph proves nothing."""

Row = dict[str, Any]
Record = EventRecord | ClaimRecord | StateRecord


class Tools:
    """The tools, over one graph; each is a method whose first line the assistant reads."""

    def __init__(self, graph: Graph, today: Callable[[], date] = date.today) -> None:
        self._graph, self._today = graph, today

    @cached_property
    def _events(self) -> dict[str, EventRecord]:
        return describe.events(self._graph.store)

    @cached_property
    def _claims(self) -> dict[str, ClaimRecord]:
        return describe.claims(self._graph.store)

    @cached_property
    def _states(self) -> dict[str, StateRecord]:
        return describe.states(self._graph.store)

    @cached_property
    def _names(self) -> dict[str, str]:
        return {node: entity.label for node, entity in describe.entities(self._graph.store).items()}

    @cached_property
    def _why(self) -> dict[str, Any]:
        return {edge.id: edge for edge in describe.edges(self._graph.store)}

    def find_entity(self, name: str, limit: int = 10) -> list[Row]:
        """Find persons, states, organisations and places by label or alias, English or Spanish, accents optional."""
        wanted = describe.folded(name)
        found = []
        for entity in describe.entities(self._graph.store).values():
            names = [describe.folded(text) for text in (entity.label, *(t for _, t in entity.labels), *entity.aliases)]
            if wanted and (wanted == entity.id or any(f" {wanted}" in f" {each}" for each in names)):
                found.append((wanted not in names, entity.label, entity))
        return [
            {"id": e.id, "label": e.label, "type": e.type, "aliases": list(e.aliases), "description": e.description,
             "wikidata": e.wikidata, "status": "registered", "speaker": [], "sources": []}
            for _, _, e in sorted(found, key=lambda each: each[:2])[:limit]
        ]  # fmt: skip

    def describe_entity(self, name: str, as_of: str = "") -> Row:
        """Tell everything known of one person, state or organisation: offices, measures, deeds and claims.

        as_of is a day (YYYY-MM-DD), today unless given; what begins, or is first said, later is left out. The status of
        a claim is that of the whole graph.
        """
        day = self._day(as_of)
        node = self._graph.find(name)
        states = describe.states(self._graph.store, day).values()
        mine = [s for s in states if node in (*s.left, *s.right) and s.certainty != "no"]
        return {
            "id": node,
            "label": self._names.get(node, node),
            "as_of": day.isoformat(),
            "states": [self._state(state) for state in mine],
            "did": [self._event(e) for e in self._until(day) if node in e.actors],
            "was_done_to_it": [self._event(e) for e in self._until(day) if node in e.targets and node not in e.actors],
            "claims_about_it": [
                self._claim(c) for c in self._claims.values() if node in c.about and self._made(c, day)
            ],
        }

    def relations_between(self, one: str, other: str, as_of: str = "") -> list[Row]:
        """List the direct relations between two entities, either way, each with the events it rests on."""
        day, sides = self._day(as_of), {self._graph.find(one), self._graph.find(other)}
        edges = [
            e
            for e in self._why.values()
            if {e.subject, e.object} == sides and (not e.first or e.first <= day.isoformat())
        ]
        return [
            {"from": self._named(e.subject), "relation": e.predicate, "label": e.label, "to": self._named(e.object),
             "events": e.count, "first": e.first, "last": e.last, "because": list(e.because),
             **self._context(e.because),
             "status": e.status}
            for e in edges
        ]  # fmt: skip

    def timeline(self, one: str, other: str = "", since: str = "", until: str = "", as_of: str = "") -> list[Row]:
        """List what one entity took part in, or what happened between two, by date; days are YYYY-MM-DD."""
        last = min(_day(until), self._day(as_of)) if until else self._day(as_of)
        sides = (one, other) if other else (one,)
        found = self._graph.timeline(*sides, since=_day(since) if since else None, until=last)
        return [{**self._event(e), "in_period": fit} for e, fit in zip(found.events, found.fits, strict=True)]

    def evidence(self, id: str) -> Row:
        """Tell where an event, claim, measure, office or relation is reported: source, paragraph, speaker."""
        node = self._graph.find(id)
        if node in self._why:
            return {"id": node, "because": list(self._why[node].because), **self._context(self._why[node].because)}
        record = self._record(node)
        if record is None:
            raise UsageError(f"'{id}' is no event, claim, measure, office or relation.", hint="Use describe_entity.")
        return {"id": node, "label": record.label, **self._context([node])}

    def run_question(self, name: str = "", parameters: dict[str, str] | None = None, as_of: str = "") -> Row:
        """Ask a saved question by its name; without a name, list the questions with their parameters."""
        if not name:
            return {"questions": [_listed(each) for each in questions.all_questions().values()]}
        values = dict(parameters or {})
        question = questions.question(name)
        if "asOf" in {parameter.name for parameter in question.parameters}:
            values.setdefault("asOf", self._day(as_of).isoformat())
        return {"question": name, "title": question.title, "parameters": values,
                **self._rows(self._graph.question_text(name, values))}  # fmt: skip

    def sparql(self, query: str) -> Row:
        """Ask a SPARQL SELECT or ASK query; the prefixes id: dip: rel: sem: prov: oa: org: are known.

        It has 20 seconds and gives at most 500 rows; `cut` says when there are more. Updates and SERVICE are refused.
        """
        return self._rows(query)

    def _rows(self, text: str) -> Row:
        answer = query.run(self._graph.store, text, limits=query.Limits(ROWS + 1, SECONDS, query.MEMORY))
        if isinstance(answer, bool):
            return {"answer": answer, "status": "computed", "speaker": [], "sources": []}
        if not isinstance(answer, Rows):
            raise UsageError("A SELECT or ASK query is needed here.")
        rows: list[Row] = []
        for terms in answer.rows:
            if len(rows) == ROWS:
                return {"rows": rows, "cut": f"Only the first {ROWS} rows are here; add LIMIT or ask for less."}
            row = {name: show(term) for name, term in zip(answer.variables, terms, strict=True) if term is not None}
            ids = [iri[len(ID) :] for iri in (str(getattr(term, "value", "")) for term in terms) if iri.startswith(ID)]
            rows.append({**row, "context": self._context(ids)})
        return {"rows": rows}

    def _day(self, as_of: str) -> date:
        return _day(as_of) if as_of else self._today()

    def _made(self, claim: ClaimRecord, day: date) -> bool:
        """Whether somebody may have voiced a claim by a day; true where the graph does not know who did."""
        voices = [self._events[v.event] for v in (*claim.asserted_by, *claim.denied_by) if v.event in self._events]
        return not voices or any(not event.earliest or event.earliest <= day.isoformat() for event in voices)

    def _until(self, day: date) -> Iterable[EventRecord]:
        return (e for e in self._events.values() if not e.earliest or e.earliest <= day.isoformat())

    def _named(self, node: str) -> Row:
        return {"id": node, "label": self._names.get(node, node)}

    def _record(self, node: str) -> Record | None:
        return self._events.get(node) or self._claims.get(node) or self._states.get(node)

    def _event(self, event: EventRecord) -> Row:
        return {
            "id": event.id, "label": event.label, "class": event.event_class, "factuality": event.factuality,
            "date": event.edtf, "earliest": event.earliest, "latest": event.latest,
            "actors": [self._named(n) for n in event.actors], "targets": [self._named(n) for n in event.targets],
            "claims": [self._claim(self._claims[c]) for c in (*event.asserts, *event.denies) if c in self._claims],
            **self._context([event.id]),
        }  # fmt: skip

    def _claim(self, claim: ClaimRecord) -> Row:
        return {"id": claim.id, "label": claim.label, **self._context([claim.id])}

    def _state(self, state: StateRecord) -> Row:
        return {
            "id": state.id, "label": state.label, "kind": state.type_label, "certainty": state.certainty,
            "begun": [state.earliest_begin, state.latest_begin], "ended": [state.earliest_end, state.latest_end],
            "last_known": state.last_known, **self._context([state.id]),
        }  # fmt: skip

    def _context(self, ids: Iterable[str]) -> Row:
        """Status, speakers, deniers and sources of the records that some ids name."""
        records = [record for node in ids for record in [self._record(node)] if record]
        claims = [c for record in records for c in self._said(record)]
        proof = [e for record in records for e in record.evidence]
        speakers = [n for c in claims for v in c.asserted_by for n in v.actor_labels]
        return {
            "status": ", ".join(dict.fromkeys(_status(record, claims) for record in records)),
            "speaker": list(dict.fromkeys([*(e.speaker_label for e in proof if e.speaker), *speakers])),
            "denied_by": list(dict.fromkeys(n for c in claims for v in c.denied_by for n in v.actor_labels)),
            "sources": list(dict.fromkeys(map(_place, proof))),
        }

    def _said(self, record: Record) -> list[ClaimRecord]:
        if isinstance(record, ClaimRecord):
            return [record]
        ids = (*record.asserts, *record.denies, *record.proposed_by) if isinstance(record, EventRecord) else ()
        return [self._claims[c] for c in ids if c in self._claims]


def _status(record: Record, claims: list[ClaimRecord]) -> str:
    if isinstance(record, ClaimRecord):
        return record.status
    if isinstance(record, EventRecord):
        said = {claim.status for claim in claims} - {"Asserted"}
        doubt = f" (what was said is {' and '.join(sorted(said)).lower()})" if said else ""
        return record.factuality + doubt
    return f"reported{f', {record.certainty}' if record.certainty else ''}"


def _place(evidence: Evidence) -> str:
    where = f"{evidence.reporter_label}, {evidence.source_label}, paragraph {evidence.paragraph}"
    return f"{where}, characters {evidence.start}-{evidence.end}"


def _listed(question: questions.Question) -> Row:
    parameters = [asdict(parameter) for parameter in question.parameters]
    return {
        "name": question.name,
        "title": question.title,
        "description": question.description,
        "parameters": parameters,
    }


def _day(text: str) -> date:
    return date.fromisoformat(checked_day(text).value)


def _told(tool: Callable[..., Any], tool_error: Any) -> Callable[..., Any]:
    """Let errors that a person could mend reach the assistant as their message."""

    @wraps(tool)
    def run(*args: Any, **options: Any) -> Any:
        try:
            return tool(*args, **options)
        except KgError as error:
            raise tool_error(str(error)) from error

    return run


TOOLS = ("find_entity", "describe_entity", "relations_between", "timeline", "evidence", "run_question", "sparql")


def server(location: str) -> Any:
    """Make the MCP server of a graph, by whichever major version of the SDK is installed."""
    tools = Tools(Graph(location))
    server_class, tool_error = _sdk()
    made = server_class("diplokg", instructions=INSTRUCTIONS)
    for name in TOOLS:
        made.tool(name=name)(_told(getattr(tools, name), tool_error))
    return made


def _sdk() -> tuple[Any, Any]:
    """The server class of the SDK, and the error whose words it passes on."""
    try:
        from mcp.server.mcpserver import MCPServer
        from mcp.server.mcpserver.exceptions import ToolError
    except ImportError:  # the previous major version
        old = import_module("mcp.server.fastmcp")
        return old.FastMCP, import_module("mcp.server.fastmcp.exceptions").ToolError
    return MCPServer, ToolError


def run(location: str) -> None:
    """Serve over standard input and output until the client goes."""
    server(location).run("stdio")
