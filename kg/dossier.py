"""One YAML dossier in, a `Dossier` and its references out – or all its problems, each with line and repair.

Reading does not know the registers or the other dossiers: it returns every reference it met, and `unresolved` checks
them once all files are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg import dates, model, strict_yaml
from kg.dossier_format import PASSAGE, RELATIVE, SECTIONS, SOURCE, Field
from kg.errors import DataProblems, DateError, Problem, did_you_mean
from kg.strict_yaml import Map, Node, Sequence, Text
from kg.terms import SLUG

REFERENCES = ("entity", "post", "mentioned", "event", "claim", "class", "predicate", "measure-type", "tie-type")
_MAKERS: dict[str, Callable[..., Any]] = {
    "mentions": model.Mention,
    "events": model.Event,
    "claims": model.Claim,
    "measures": model.Measure,
    "tenures": model.Tenure,
    "ties": model.Tie,
    "judgements": model.Judgement,
}


@dataclass(frozen=True, slots=True)
class Reference:
    """One id that a dossier uses: what it must name, and where it stands."""

    kind: str
    value: str
    path: str
    line: int
    where: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A dossier, the references in it and the problems met; `dossier` is None if a section cannot be used."""

    dossier: model.Dossier | None
    references: tuple[Reference, ...]
    problems: tuple[Problem, ...]


def read(path: Path, shown: str = "") -> Reading:
    """Read one dossier; the problems of the file are collected, not raised."""
    name = shown or str(path)
    try:
        top = strict_yaml.read(path, name)
    except DataProblems as error:
        return Reading(None, (), error.problems)
    return _Reader(name).dossier(top)


def unresolved(references: Iterable[Reference], known: Mapping[str, Collection[str]]) -> list[Problem]:
    """Name every reference that nothing bears, with the nearest known id."""
    problems = []
    for ref in references:
        if ref.value not in known[ref.kind]:
            thing = {"class": "event class", "mentioned": "entity or post"}.get(ref.kind, ref.kind.replace("-", " "))
            repair = did_you_mean(ref.value, known[ref.kind]) or _WHERE_TO_ADD.get(ref.kind, "")
            problems.append(Problem(ref.path, ref.line, ref.where, f"unknown {thing} '{ref.value}'.", repair))
    return problems


_WHERE_TO_ADD = {
    "entity": "Add it to registers/entities.csv.",
    "post": "Add it to registers/posts.csv.",
    "mentioned": "Add it to registers/entities.csv or posts.csv.",
    "event": "Add the event, or correct the id.",
    "claim": "Add the claim, or correct the id.",
    "class": "The classes are listed in ontology/core.ttl.",
    "predicate": "The predicates are listed in ontology/core.ttl.",
    "measure-type": "The measure types are listed in ontology/core.ttl.",
    "tie-type": "The tie types are listed in ontology/core.ttl.",
}


class _Reader:
    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.references: list[Reference] = []

    def dossier(self, top: Map) -> Reading:
        self._known_keys(top, ("source", *SECTIONS), "")
        values: dict[str, Any] = {}
        source_node = top.items.get("source")
        if source_node is None:
            self._say(top.line, "", "the section 'source' is missing.", "Say which document this is.")
        else:
            values["source"] = self._record(source_node, "source", SOURCE, model.Source)
        for section, fields in SECTIONS.items():
            if section in top.items:
                values[section] = self._section(top.items[section], section, fields)
        self._own_rules(values)
        whole = None if self.problems else model.Dossier(path=self.path, **values)
        return Reading(whole, tuple(self.references), tuple(self.problems))

    def _section(self, node: Node, section: str, fields: tuple[Field, ...]) -> tuple[Any, ...]:
        if isinstance(node, Text) and not node.value:
            return ()
        if not isinstance(node, Sequence):
            self._say(node.line, section, "must be a list.", "Begin each entry with '- '.")
            return ()
        records = [
            self._record(item, f"{section}[{i}]", fields, _MAKERS[section]) for i, item in enumerate(node.items, 1)
        ]
        return tuple(record for record in records if record is not None)

    def _record(self, node: Node, where: str, fields: tuple[Field, ...], make: Callable[..., Any]) -> Any:
        if not isinstance(node, Map):
            self._say(node.line, where, "must be a mapping of keys to values.", "Write 'key: value' lines.")
            return None
        named = node.items.get("id")
        if isinstance(named, Text) and named.value:
            where = f"{where.partition('[')[0]}[{named.value}]" if where != "source" else where
        self._known_keys(node, [f.key for f in fields], where)
        before = len(self.problems)
        values = {}
        for spec in fields:
            value = self._value(node, spec, where)
            if value is not None:
                values[spec.name] = value
        if len(self.problems) > before:
            return None
        return make(**values, line=node.line)

    def _value(self, node: Map, spec: Field, where: str) -> Any:
        child = node.items.get(spec.key)
        place = f"{where}.{spec.key}"
        if child is None or (isinstance(child, Text) and not child.value.strip()):
            if spec.required:
                self._say(child.line if child else node.line, where, f"'{spec.key}' is missing.", spec.doc)
            return None
        if not spec.many:
            return self._single(child, spec, place)
        if not isinstance(child, Sequence):
            self._say(child.line, place, "must be a list.", "Write [one, two] or lines that begin with '- '.")
            return None
        if spec.required and not child.items:
            self._say(child.line, place, "the list is empty.", spec.doc)
        if spec.kind == "triple":
            return self._triple(child, place)
        values = [self._single(item, spec, f"{place}[{i}]") for i, item in enumerate(child.items, 1)]
        self._twice(values, child, place)
        return tuple(value for value in values if value is not None)

    def _twice(self, values: list[Any], child: Sequence, place: str) -> None:
        texts = [value for value in values if isinstance(value, str)]
        for value in sorted({value for value in texts if texts.count(value) > 1}):
            self._say(child.line, place, f"'{value}' stands twice.", "Name it once.")

    def _single(self, child: Node, spec: Field, place: str) -> Any:
        if spec.kind in ("passage", "one-passage"):
            passage = self._record(child, place, PASSAGE, model.Passage)
            return self._passage(passage, child, place)
        if spec.kind == "relative":
            return self._relative(child, place)
        if not isinstance(child, Text):
            self._say(child.line, place, "must be a single value.", spec.doc)
            return None
        return self._scalar(child, spec, place)

    def _scalar(self, child: Text, spec: Field, place: str) -> Any:
        value = child.value.strip()
        check = _CHECKS.get(spec.kind)
        if check is not None:
            try:
                return check(value)
            except DateError as error:
                self._say(child.line, place, error.message, error.hint)
            except ValueError as error:
                self._say(child.line, place, str(error), "")
            return None
        if spec.words and value not in spec.words:
            hint = did_you_mean(value, spec.words) or f"Use one of: {', '.join(spec.words)}."
            self._say(child.line, place, f"'{value}' is not known here.", hint)
            return None
        if spec.kind in REFERENCES:
            self.references.append(Reference(spec.kind, value, self.path, child.line, place))
        return value

    def _passage(self, passage: Any, child: Node, place: str) -> Any:
        if passage is not None and passage.end <= passage.start:
            self._say(
                child.line,
                place,
                f"end {passage.end} is not after start {passage.start}.",
                "Let `kg cite` print the block.",
            )
        return passage

    def _relative(self, child: Node, place: str) -> Any:
        relative = self._record(child, place, RELATIVE, model.Relative)
        if relative is None:
            return None
        anchors = [relative.after, relative.before, relative.same_day_as, relative.same_month_as, relative.weekday]
        if sum(map(bool, anchors)) != 1:
            self._say(child.line, place, "needs exactly one of after, before, same_day_as, same_month_as, weekday.", "")
            return None
        counted = (relative.days, relative.at_least, relative.at_most)
        if any(n is not None for n in counted) and not (relative.after or relative.before):
            self._say(child.line, place, "days, at_least and at_most go with 'after' or 'before'.", "")
        return relative

    def _triple(self, child: Sequence, place: str) -> Any:
        if len(child.items) != 3 or not all(isinstance(item, Text) for item in child.items):
            self._say(child.line, place, "needs subject, predicate and object.", "Write [who, verb, whom].")
            return None
        values = []
        for kind, item in zip(("entity", "predicate", "entity"), child.items, strict=True):
            assert isinstance(item, Text)
            self.references.append(Reference(kind, item.value, self.path, item.line, place))
            values.append(item.value)
        return tuple(values)

    def _known_keys(self, node: Map, keys: Collection[str], where: str) -> None:
        for key, line in node.lines.items():
            if key not in keys:
                hint = did_you_mean(key, keys) or f"Known here: {', '.join(keys)}."
                self._say(line, where, f"unknown key '{key}'.", hint)

    def _own_rules(self, values: dict[str, Any]) -> None:
        for section, pairs in (("measures", ("begin", "end")), ("tenures", ("begin", "end"))):
            for record in values.get(section, ()):
                self._ordered(record, section, *pairs)
        for event in values.get("events", ()):
            if not event.date and event.basis not in ("none", "relative"):
                self._say(
                    event.line,
                    f"events[{event.id}]",
                    f"basis is '{event.basis}' but there is no date.",
                    "Add the date, or write 'basis: none'.",
                )
            if event.id in (*event.part_of, *event.responds_to, *event.proposes):
                self._say(event.line, f"events[{event.id}]", "names itself.", "Remove it.")

    def _ordered(self, record: Any, section: str, first: str, last: str) -> None:
        begin, end = getattr(record, first), getattr(record, last)
        if not (begin and end):
            return
        earliest, latest = dates.parse(begin).earliest, dates.parse(end).latest
        if earliest and latest and latest < earliest:
            self._say(
                record.line,
                f"{section}[{record.id}]",
                f"ends ({end}) before it begins ({begin}).",
                "Correct one of the dates.",
            )

    def _say(self, line: int, where: str, what: str, repair: str) -> None:
        self.problems.append(Problem(self.path, line, where, what, repair))


def _slug(value: str) -> str:
    if not SLUG.match(value):
        raise ValueError(f"'{value}' is not a slug: lower-case letters, digits and single hyphens.")
    return value


def _integer(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", value):
        raise ValueError(f"'{value}' is not a whole number.")
    return int(value)


def _flag(value: str) -> bool:
    if value not in ("true", "false"):
        raise ValueError(f"'{value}' is neither true nor false.")
    return value == "true"


def _sha256(value: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", value):
        raise ValueError(f"'{value[:16]}…' is not a SHA-256 (64 lower-case hex digits). Let `kg cite` print it.")
    return value


def _iri(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", value):
        raise ValueError(f"'{value}' is not an http(s) address.")
    return value


def _edtf(value: str) -> str:
    return dates.parse(value).text


def _day(value: str) -> str:
    if dates.parse(value).precision != "day":
        raise ValueError(f"'{value}' is not one day. Write YYYY-MM-DD.")
    return value


_CHECKS: dict[str, Callable[[str], Any]] = {
    "slug": _slug,
    "int": _integer,
    "flag": _flag,
    "sha256": _sha256,
    "iri": _iri,
    "edtf": _edtf,
    "day": _day,
}
