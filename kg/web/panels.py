"""The panels of a page: each is the run of a saved question about the thing of the page, and shows the rows it gave.

A panel shows nothing but its rows. Rows about the same record stand together as one entry; a panel may fall into parts,
by what a row says of itself. Its address opens the question in the editor, with the same parameters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import dropwhile, islice
from urllib.parse import urlencode

from kg import query, sparql
from kg.questions import Question, all_questions
from kg.terms import ID
from kg.web import answers, chart
from kg.web.current import Build

ROWS = 2_000
"""Rows that a panel shows at most; it says when there are more."""
_AT_ONCE = 4
Row = dict[str, answers.Cell]


@dataclass(frozen=True, slots=True)
class Entry:
    """The rows of one panel that are about the same record."""

    about: str
    rows: tuple[Row, ...]

    def one(self, name: str) -> str:
        """The value of a column in the first row, empty if unbound."""
        return _text(self.rows[0], name)

    def every(self, *names: str) -> list[tuple[str, ...]]:
        """The different values that some columns have together, in the order of the rows, without those all empty."""
        found = dict.fromkeys(tuple(_text(row, name) for name in names) for row in self.rows)
        return [values for values in found if any(values)]


@dataclass(frozen=True, slots=True)
class Part:
    """Some entries of a panel under a heading of their own, with a word on how to read them."""

    title: str
    entries: tuple[Entry, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel, ready to be shown: `layout` says how, `table` holds the rows as they are."""

    question: Question
    layout: str
    parts: tuple[Part, ...]
    table: answers.Table
    address: str
    folded: bool
    cut: bool

    @property
    def entries(self) -> list[Entry]:
        """All entries, in order."""
        return [entry for part in self.parts for entry in part.entries]

    @property
    def months(self) -> chart.Chart | None:
        """The rows of a question by month, ready to be drawn."""
        names = {1: "verbal_cooperation", 2: "material_cooperation", 3: "verbal_conflict", 4: "material_conflict"}
        counts: Counter[tuple[str, int]] = Counter()
        for entry in self.entries:  # a month may have a row for each scale of scores
            for quad, name in names.items():
                counts[entry.one("month"), quad] += int(entry.one(name))
        return chart.of_counts(counts)


Split = Callable[[list[Entry]], Iterable[Part]]


@dataclass(frozen=True, slots=True)
class _Plan:
    name: str
    layout: str
    split: Split
    parameter: str = "thing"
    folded: bool = False


def of(build: Build, node: str, kind: str, day: date | None) -> list[Panel]:
    """Ask the questions of a page about a thing; with a day only those that can be asked for a day.

    What gives no row is left out.
    """
    known = all_questions()
    with ThreadPoolExecutor(_AT_ONCE) as threads:  # the engine works outside the interpreter's lock
        made = threads.map(lambda plan: _panel(build, known[plan.name], plan, node, day), _plans(kind))
        return [panel for panel in made if panel is not None]


def _plans(kind: str) -> tuple[_Plan, ...]:
    return PLANS.get(kind, PLANS["document"])


def run(build: Build, name: str, layout: str, title: str, limit: int = ROWS) -> Panel | None:
    """Ask one saved question with its defaults, for a page that is about the whole graph."""
    return _ask(build, all_questions()[name], _Plan(name, layout, whole(title)), {}, limit)


def _panel(build: Build, question: Question, plan: _Plan, node: str, day: date | None) -> Panel | None:
    values = {plan.parameter: node}
    if query.AS_OF in {parameter.name for parameter in question.parameters}:
        shown = day or (build.site.horizon if plan.layout == "states" else None)
        values |= {query.AS_OF: shown.isoformat()} if shown else {}
    elif day:
        return None
    return _ask(build, question, plan, values, ROWS)


def _ask(build: Build, question: Question, plan: _Plan, values: dict[str, str], limit: int) -> Panel | None:
    names, rows = answers.rows(build.graph, text(question, values))
    found = list(islice(rows, limit + 1))
    if not found:
        return None
    kept = found[:limit]
    table = answers.table(names, kept)
    address = f"/query?{urlencode({'question': question.name, **values})}"
    parts = tuple(plan.split(_entries(kept, names[-1])))
    return Panel(question, plan.layout, parts, table, address, plan.folded, len(found) > limit)


def text(question: Question, values: dict[str, str]) -> str:
    """The SPARQL of a saved question, its parameters bound to local ids and days; what `kg questions` prints below."""
    bound = _bound(question)
    for parameter in question.parameters:
        value = values.get(parameter.name, parameter.default)
        term = query.iri(ID + value) if parameter.type == "entity" else query.day(value)
        bound = bound.replace(_PLACE.format(parameter.name), str(term))
    return bound


_PLACE = "<urn:x-diplokg:{}>"


@lru_cache(maxsize=256)
def _bound(question: Question) -> str:
    """A question without its header, checked, with places for its parameters: reading it takes longer than asking."""
    lines = question.text.splitlines(keepends=True)
    body = "".join(dropwhile(lambda line: line.startswith("#"), lines))
    sparql.guard(body)
    return sparql.bind(body, {parameter.name: _PLACE.format(parameter.name) for parameter in question.parameters})


def _entries(rows: list[Row], about: str) -> list[Entry]:
    groups: dict[str, list[Row]] = {}
    for number, row in enumerate(rows):
        node = answers.ours(row.get(about))
        groups.setdefault(node or f" {number}", []).append(row)
    return [Entry(node.partition(" ")[0], tuple(each)) for node, each in groups.items()]


def _text(row: Row, name: str) -> str:
    cell = row.get(name)
    return str(cell["value"]) if cell else ""


def whole(title: str, note: str = "") -> Split:
    """All entries under one title."""
    return lambda entries: [Part(title, tuple(entries), note)]


def by_reality(entries: list[Entry]) -> Iterable[Part]:
    """What happened, and what is not known to have happened."""
    real = tuple(entry for entry in entries if entry.one("how") in ("actual", "summary"))
    rest = tuple(entry for entry in entries if entry.one("how") not in ("actual", "summary"))
    parts = (
        Part("What happened", real),
        Part("Threatened, planned, promised or alleged", rest, "None of this is known to have happened."),
    )
    return (part for part in parts if part.entries)


def by_tie(titles: dict[str, tuple[str, str]]) -> Split:
    """By what the column `tie` says, in the order of some titles; an entry with two ties stands in both parts."""

    def split(entries: list[Entry]) -> Iterable[Part]:
        found: dict[str, list[Entry]] = {tie: [] for tie in titles}
        for entry in entries:
            for (tie,) in entry.every("tie"):
                rows = tuple(row for row in entry.rows if _text(row, "tie") == tie)
                found.setdefault(tie, []).append(Entry(entry.about, rows))
        for tie, own in found.items():
            if own:
                title, note = titles.get(tie, (tie.capitalize(), ""))
                yield Part(title, tuple(own), note)

    return split


_SAID = "That it was said is the fact, not what was said."
_EVENT_CLAIMS = by_tie(
    {"said": ("What was said", _SAID), "denied": ("What was denied", _SAID), "meant": ("Claimed by", "")}
)
_EVENT_EVENTS = by_tie({
    "answers": ("Answers to", ""), "is answered by": ("Answered by", ""),
    "says may happen": ("Says will or may happen", "None of this is known to have happened by these words."),
    "is said in": ("Said in", ""), "is part of": ("Part of", ""), "consists of": ("Consists of", ""),
})  # fmt: skip

_EVIDENCE = _Plan("evidence-of", "evidence", whole("Evidence"), "what")
_EDGES = _Plan("edges-of", "edges", whole("Direct relations that rest on it"))
_ALL = _Plan("properties-of", "table", whole("All that the graph says of it, in its own terms"), folded=True)
_STATE = (_EVIDENCE, _EDGES, _ALL)
_ENDS = (
    _Plan("properties-of", "table", whole("What the graph says")),
    _Plan("pointing-at", "table", whole("What points to it")),
)


_FOLDED = {
    "said-by-whom-where": "What it said, and in which paragraph to read it",
    "accusations-and-denials": "What it is accused of, and what was answered",
    "denials-by": "What it denies, and who had said it",
    "measures-of": "Measures on it, and what began them",
}


PLANS: dict[str, tuple[_Plan, ...]] = {
    "entity": (
        _Plan("states-of", "states", whole("Offices, measures and ties")),
        _Plan("escalation-of", "chart", whole("Events by month")),
        _Plan("events-of", "events", by_reality),
        _Plan("claims-of", "claims", whole("Claims about it")),
        _Plan("edges-of", "edges", whole("Direct relations")),
        *(_Plan(name, "table", whole(title), "who", folded=True) for name, title in _FOLDED.items()),
        _ALL,
    ),
    "event": (
        _Plan("claims-of", "claims", _EVENT_CLAIMS),
        _EVIDENCE,
        _Plan("events-of", "events", _EVENT_EVENTS),
        _Plan("states-of", "states", whole("Measures that it began or ended")),
        _EDGES,
        _ALL,
    ),
    "claim": (
        _Plan("voices-of", "voices", whole("Who says so, and who denies it")),
        _Plan("claims-of", "claims", whole("Claims to the contrary")),
        _Plan("events-of", "events", whole("What it says happened or will", "It is not known to have happened.")),
        _EVIDENCE,
        _ALL,
    ),
    "measure": _STATE,
    "tenure": _STATE,
    "tie": _STATE,
    "source": (
        _Plan("escalation-of", "chart", whole("Events by month")),
        _Plan("events-of", "events", by_reality),
        _Plan("claims-of", "claims", whole("Claims it reports", _SAID)),
        _Plan("states-of", "states", whole("Offices, measures and ties it reports")),
        _ALL,
    ),
    "post": (_Plan("states-of", "states", whole("Who held it")), *_ENDS),
    "document": _ENDS,
}
"""The questions that stand on the page of each kind of thing, in order."""
