"""Data folder in, checked build out: read → resolve → solve dates → lift → derive → check → store, all or nothing."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg import __version__, dates, dossier, registers, resources, store
from kg.dates import Constraint, Contradiction, Window
from kg.derive import derived_quads
from kg.dossier import Reading, Reference
from kg.errors import DataProblems, Problem, StorageError
from kg.lift import canonical, dossier_quads, register_quads, schema_quads
from kg.model import Dossier, Event, Registers
from kg.terms import ID
from kg.vocabulary import Vocabulary, vocabulary

ABSTRACT = {"Event", "SpeechAct", "Interaction", "MaterialAct"}
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything read from a data folder: registers, dossiers, solved windows of events, and where each id stands."""

    registers: Registers
    dossiers: tuple[Dossier, ...]
    bounds: dict[str, Window]
    places: dict[str, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Built:
    """What a build holds: its folder and its counts."""

    folder: Path
    manifest: dict[str, Any]


def build(data: Path | str | None = None, folder: Path | str = "build", progress: Progress = lambda _: None) -> Built:
    """Build the graph of a data folder into a build folder.

    Raises:
        DataProblems: files or graph hold problems; nothing is written.
        StorageError: something cannot be read or written; the previous build stays.
    """
    progress("reading")
    gathered = gather(Path(data) if data is not None else None)
    progress("lifting")
    lines = quads(gathered)
    progress("checking")
    check(lines, gathered)
    progress("storing")
    about = describe(lines, gathered)
    return Built(store.write(Path(folder), lines, about), about)


def gather(data: Path | None = None) -> Gathered:
    """Read registers and dossiers, resolve every reference and solve the dates.

    Raises:
        DataProblems: all problems of all files together.
    """
    folder = resources.data_folder(data)
    known = registers.read(folder / "registers", _shown(folder / "registers"))
    readings = [dossier.read(path, _shown(path)) for path in _dossier_files(folder)]
    problems = [problem for reading in readings for problem in reading.problems]
    problems += _resolve(readings, known, vocabulary())
    places, twice = _places(readings, known, _shown(folder / "registers"))
    problems += twice
    whole = tuple(reading.dossier for reading in readings if reading.dossier)
    problems += _unfitting(readings, known)
    problems += _usage(whole, vocabulary())
    if problems:
        raise DataProblems(problems)
    return Gathered(known, whole, solve(whole), places)


def quads(gathered: Gathered) -> list[str]:
    """Lift and derive everything that was gathered: sorted canonical N-Quads lines."""
    words = vocabulary()
    ontology = resources.ontology()
    found = list(schema_quads((ontology / "core.ttl", ontology / "alignments.ttl")))
    found += register_quads(gathered.registers)
    for each in gathered.dossiers:
        found += dossier_quads(each, gathered.bounds, words, gathered.registers)
    found += derived_quads(gathered.dossiers, gathered.registers, gathered.bounds, words)
    return canonical(found)


def check(lines: list[str], gathered: Gathered) -> None:
    """Hold the quads against shapes and rules.

    Raises:
        DataProblems: each violation, at the place of the node in the curator's files.
    """
    from kg import validate

    report = validate.validate(lines)
    if report.violations:
        raise DataProblems(_placed(report.violations, gathered.places))


def describe(lines: list[str], gathered: Gathered) -> dict[str, Any]:
    """Say what a build holds; no clock, so that the same input gives the same text."""
    count: dict[str, int] = defaultdict(int)
    for each in gathered.dossiers:
        for section in ("events", "claims", "measures", "tenures", "ties", "mentions"):
            count[section] += len(getattr(each, section))
    return {
        "diplokg": __version__,
        "digest": hashlib.sha256("".join(lines).encode()).hexdigest(),
        "counts": {
            "quads": len(lines),
            "entities": len(gathered.registers.entities),
            "posts": len(gathered.registers.posts),
            "sources": len(gathered.dossiers),
            **count,
        },
        "sources": [
            {
                "id": d.source.id,
                "title": d.source.title,
                "publisher": d.source.publisher,
                "published": d.source.published,
                "sha256": d.source.sha256,
            }
            for d in gathered.dossiers
        ],
    }


def solve(dossiers: Iterable[Dossier]) -> dict[str, Window]:
    """Tighten the stated windows of all events by the relative phrases of their sources.

    Raises:
        DataProblems: phrases and dates contradict each other.
    """
    events = {event.id: (event, each.path) for each in dossiers for event in each.events}
    windows = {key: _window(event.date) for key, (event, _) in events.items()}
    phrases = [
        (constraint, f"{path}:{line}") for event, path in events.values() for constraint, line in _constraints(event)
    ]
    try:
        return dates.solve(windows, [constraint for constraint, _ in phrases])
    except Contradiction as error:
        named = [events[key] for key in error.events if key in events]
        places = {
            "Phrases": [place for phrase, place in phrases if phrase in error.constraints],
            "Dates": [f"{path}:{event.line}" for event, path in named if event.date],
        }
        where = " ".join(f"{what}: {', '.join(each)}." for what, each in places.items() if each)
        told = f"{error.message} {where}"
        raise DataProblems(
            Problem(path, event.line, f"events[{event.id}]", told, error.hint) for event, path in named[:1]
        ) from error


def _window(edtf: str) -> Window:
    stated = dates.parse(edtf) if edtf else None
    return Window(stated.earliest, stated.latest) if stated else Window(None, None)


def _constraints(event: Event) -> Iterator[tuple[Constraint, int]]:
    """The phrases of an event, each with the line where it stands."""
    for phrase in event.relative:
        least = phrase.days if phrase.days is not None else phrase.at_least or 0
        most = phrase.days if phrase.days is not None else phrase.at_most
        if phrase.after:
            yield dates.after(event.id, phrase.after, at_least=least, at_most=most), phrase.line
        elif phrase.before:
            yield dates.after(phrase.before, event.id, at_least=least, at_most=most), phrase.line
        elif phrase.same_day_as:
            yield dates.same_day_as(event.id, phrase.same_day_as), phrase.line
        elif phrase.same_month_as:
            yield dates.same_month_as(event.id, phrase.same_month_as), phrase.line
        else:
            yield dates.weekday(event.id, phrase.weekday), phrase.line


def _dossier_files(folder: Path) -> list[Path]:
    found = sorted((folder / "dossiers").rglob("*.[yY]*"), key=lambda p: p.relative_to(folder).as_posix())
    strays = [path for path in found if path.suffix.lower() in (".yml", ".yaml") and path.suffix != ".yaml"]
    if strays:
        told = "a dossier that would not be read."
        raise DataProblems(Problem(_shown(path), 0, "", told, "Let its name end in .yaml.") for path in strays)
    files = [path for path in found if path.suffix == ".yaml"]
    if not files:
        raise StorageError(
            f"{_shown(folder / 'dossiers')}: no dossier (*.yaml) in it.", hint="Add one: data/README.md shows how."
        )
    return files


def _shown(path: Path) -> str:
    """Show a path as the reader would type it."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):  # elsewhere, or the working folder is gone
        return path.as_posix()


def _resolve(readings: list[Reading], known: Registers, words: Vocabulary) -> list[Problem]:
    references: list[Reference] = [ref for reading in readings for ref in reading.references]
    if not all(reading.complete for reading in readings):  # what cannot be read may be what they name
        references = [ref for ref in references if ref.kind not in ("event", "claim")]
    declared = [each for reading in readings for each in reading.declared]
    return dossier.unresolved(
        references,
        {
            "entity": known.entities,
            "post": known.posts,
            "mentioned": {**known.entities, **known.posts},
            "event": {each.id for each in declared if each.section == "events"},
            "claim": {each.id for each in declared if each.section == "claims"},
            "class": words.event_classes.keys() - ABSTRACT,
            "predicate": words.predicates,
            "measure-type": words.concepts.get("MeasureType", frozenset()),
            "tie-type": words.tie_predicates,
        },
    )


# What kind of entity may stand in a field; fields that are not named take any.
_FITTING = {
    "publisher": ("publisher", "company", "organization", "agency", "body", "ministry", "government"),
    "authors": ("person", "publisher", "organization"),
    "contributors": ("person", "publisher", "organization"),
    "holder": ("person",),
    "place": ("place", "state", "body"),
}


def _unfitting(readings: list[Reading], known: Registers) -> Iterator[Problem]:
    """Find entities of a kind that a field does not take: a state that holds an office, a person as a place."""
    for ref in (ref for reading in readings for ref in reading.references if ref.kind == "entity"):
        field = ref.where.rpartition(".")[2].partition("[")[0]
        entity = known.entities.get(ref.value)
        if entity and field in _FITTING and entity.type not in _FITTING[field]:
            kinds = ", ".join(_FITTING[field])
            what = f"'{ref.value}' is of type {entity.type}, which does not fit here."
            yield Problem(ref.path, ref.line, ref.where, what, f"Name one of type {kinds}, or correct the register.")


def _usage(dossiers: tuple[Dossier, ...], words: Vocabulary) -> Iterator[Problem]:
    """Find events whose shape does not fit their class: targets of symmetric ones, unknown CAMEO codes."""
    for each in dossiers:
        for event in each.events:
            declared = words.event_classes.get(event.event_class)
            where = f"events[{event.id}]"
            if declared and declared.symmetric and event.target:
                yield Problem(
                    each.path,
                    event.line,
                    where,
                    f"{event.event_class} is symmetric and has no target.",
                    "Name all parties as actors.",
                )
            if event.cameo and event.cameo not in words.codes:
                yield Problem(
                    each.path,
                    event.line,
                    f"{where}.cameo",
                    f"unknown CAMEO code '{event.cameo}'.",
                    "The codes are in ontology/codes.csv; leading zeros count.",
                )


def _places(
    readings: Iterable[Reading], known: Registers, shown: str
) -> tuple[dict[str, tuple[str, int]], list[Problem]]:
    places = {entity.id: (f"{shown}/entities.csv", entity.line) for entity in known.entities.values()}
    places |= {post.id: (f"{shown}/posts.csv", post.line) for post in known.posts.values()}
    problems: list[Problem] = []
    for each in (declared for reading in readings for declared in reading.declared):
        if each.id not in places:
            places[each.id] = (each.path, each.line)
        else:
            path, line = places[each.id]
            told = f"the id stands twice (first in {path}:{line})."
            problems.append(Problem(each.path, each.line, each.id, told, "Choose another slug."))
    return places, problems


def _placed(violations: Iterable[Any], places: dict[str, tuple[str, int]]) -> Iterator[Problem]:
    for violation in violations:
        node = violation.node.removeprefix(ID)
        path, line = places.get(node, ("graph", 0))
        yield Problem(path, line, node, violation.message, violation.repair)


__all__ = ["Built", "Gathered", "build", "check", "describe", "gather", "quads", "solve"]
