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
from kg.errors import HINTED, DataProblems, DateError, Problem, did_you_mean, nearest
from kg.strict_yaml import Map, Node, Sequence, Text
from kg.terms import SLUG

REFERENCES = ("entity", "post", "mentioned", "event", "claim", "class", "predicate", "measure-type", "tie-type")
_ADDRESS = re.compile(
    r"https?://[\w.-]+(?::[0-9]{1,5})?(?:/(?:[\w.~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?(?:#[\w.~/?=&-]*)?"
)
_NAMING: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("events", ("part_of", "responds_to", "proposes")),
    ("claims", ("contradicts",)),
    ("ties", ("right",)),
    ("judgements", ("right",)),
)
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
class Declared:
    """One id that a dossier gives to a record of a section, and where it stands."""

    section: str
    id: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A dossier, the ids and references in it and the problems met.

    `dossier` is None if there is a problem; ids and references still tell what could be read, and `complete` says
    whether these are all the ids it gives.
    """

    dossier: model.Dossier | None
    declared: tuple[Declared, ...]
    references: tuple[Reference, ...]
    problems: tuple[Problem, ...]
    complete: bool = True


def read(path: Path, shown: str = "") -> Reading:
    """Read one dossier; the problems of the file are collected, not raised."""
    name = shown or str(path)
    try:
        top = strict_yaml.read(path, name)
    except DataProblems as error:
        return Reading(None, (), (), error.problems, complete=False)
    return _Reader(name).dossier(top)


def unresolved(references: Iterable[Reference], known: Mapping[str, Collection[str]]) -> list[Problem]:
    """Name every reference that nothing bears, with the nearest known id."""
    problems: list[Problem] = []
    for ref in references:
        if ref.value not in known[ref.kind]:
            thing = {"class": "event class", "mentioned": "entity or post"}.get(ref.kind, ref.kind.replace("-", " "))
            likely = known[ref.kind] if len(problems) < HINTED else ()
            repair = did_you_mean(ref.value, likely) or _WHERE_TO_ADD.get(ref.kind, "")
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
        self.declared: list[Declared] = []
        self.references: list[Reference] = []
        self.complete = True
        self.spans: dict[tuple[int, int], model.Passage] = {}

    def dossier(self, top: Map) -> Reading:
        meant = self._known_keys(top, ("source", *SECTIONS), "")
        values: dict[str, Any] = {}
        source_node = top.items.get("source")
        if source_node is None and "source" not in meant:
            self._say(top.line, "", "the section 'source' is missing.", "Say which document this is.")
        elif source_node is not None:
            values["source"] = self._record(source_node, "source", SOURCE, model.Source)
        for section, fields in SECTIONS.items():
            if section in top.items:
                values[section] = self._section(top.items[section], section, fields)
        self.complete &= not meant
        self._own_rules(values)
        whole = None if self.problems else model.Dossier(path=self.path, **values)
        return Reading(whole, tuple(self.declared), tuple(self.references), tuple(self.problems), self.complete)

    def _section(self, node: Node, section: str, fields: tuple[Field, ...]) -> tuple[Any, ...]:
        if isinstance(node, Text) and not node.value:
            return ()
        if not isinstance(node, Sequence):
            self._say(node.line, section, "must be a list.", "Begin each entry with '- '.")
            self.complete = False
            return ()
        records = [
            self._record(item, f"{section}[{i}]", fields, _MAKERS[section]) for i, item in enumerate(node.items, 1)
        ]
        return tuple(record for record in records if record is not None)

    def _record(self, node: Node, where: str, fields: tuple[Field, ...], make: Callable[..., Any]) -> Any:
        if not isinstance(node, Map):
            self._say(node.line, where, "must be a mapping of keys to values.", "Write 'key: value' lines.")
            self.complete = False
            return None
        where = self._named(node, where)
        before = len(self.problems)
        meant = self._known_keys(node, [f.key for f in fields], where)
        values = {}
        for spec in fields:
            value = None if spec.key in meant else self._value(node, spec, where)
            if value is not None:
                values[spec.name] = value
        if len(self.problems) > before:
            return None
        return make(**values, line=node.line)

    def _named(self, node: Map, where: str) -> str:
        """Call a record by its id instead of its number, and note the id."""
        section, bracket, _ = where.partition("[")
        named = node.items.get("id")
        if "." in where or section == "mentions":
            return where
        if not isinstance(named, Text) or not named.value.strip():
            self.complete = False
            return where
        name = named.value.strip()
        self.declared.append(Declared(section, name, self.path, node.line))
        return f"{section}[{name}]" if bracket else where

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
        seen = set()
        for value, item in zip(values, child.items, strict=True):
            if value is not None and value in seen:
                told = f"'{value}'" if isinstance(value, str) else "the same"
                self._say(item.line, place, f"{told} stands twice.", "Write it once.")
            seen.add(value)

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
                self._say(child.line, place, str(error), spec.doc)
            return None
        if spec.words and value not in spec.words:
            hint = did_you_mean(value, spec.words) or f"Use one of: {', '.join(spec.words)}."
            self._say(child.line, place, f"'{value}' is not known here.", hint)
            return None
        if spec.kind in REFERENCES:
            self.references.append(Reference(spec.kind, value, self.path, child.line, place))
        return value

    def _passage(self, passage: Any, child: Node, place: str) -> Any:
        if passage is None:
            return None
        repair = "Let `kg cite` print the block."
        if passage.paragraph < 1:
            self._say(child.line, place, "paragraphs are numbered from 1.", repair)
        if passage.end <= passage.start:
            self._say(child.line, place, f"end {passage.end} is not after start {passage.start}.", repair)
        same = self.spans.setdefault((passage.start, passage.end), passage)
        if (same.paragraph, same.sha256) != (passage.paragraph, passage.sha256):
            told = f"line {same.line} has another paragraph or sha256 for {passage.start}-{passage.end}."
            self._say(child.line, place, told, repair)
        return passage

    def _relative(self, child: Node, place: str) -> Any:
        relative = self._record(child, place, RELATIVE, model.Relative)
        if relative is None:
            return None
        if len(_anchors(relative)) + bool(relative.weekday) != 1:
            told = "needs exactly one of after, before, same_day_as, same_month_as, weekday."
            self._say(child.line, place, told, "Write one entry for each phrase.")
            return None
        self._counted(relative, child.line, place)
        return relative

    def _counted(self, relative: model.Relative, line: int, place: str) -> None:
        days, least, most = relative.days, relative.at_least, relative.at_most
        if (days, least, most) == (None, None, None):
            return
        if not (relative.after or relative.before):
            self._say(
                line, place, "days, at_least and at_most go with after or before.", "Name the event they count from."
            )
        if days is not None and (least, most) != (None, None):
            self._say(line, place, "days says exactly how many.", "Leave at_least and at_most out.")
        if least is not None and most is not None and most < least:
            self._say(line, place, f"at_most {most} is less than at_least {least}.", "Correct one of them.")

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

    def _known_keys(self, node: Map, keys: Collection[str], where: str) -> set[str]:
        """Tell unknown keys, and give the keys that they mean, so that those are not told as missing too."""
        meant: set[str] = set()
        for key in [key for key in node.items if key not in keys]:
            likely = nearest(key, set(keys) - node.items.keys() - meant)
            meant.add(likely)
            hint = f"Did you mean '{likely}'?" if likely else f"Known here: {', '.join(keys)}."
            self._say(node.lines[key], where, f"unknown key '{key}'.", hint)
        return meant

    def _own_rules(self, values: dict[str, Any]) -> None:
        for section in ("measures", "tenures"):
            for record in values.get(section, ()):
                self._ordered(record, section)
        for event in values.get("events", ()):
            self._based(event)
        for section, attributes in _NAMING:
            for record in values.get(section, ()):
                self._names_itself(record, section, attributes)
        self._mentioned_once(values.get("mentions", ()))

    def _mentioned_once(self, mentions: Iterable[model.Mention]) -> None:
        first: dict[str, int] = {}
        for mention in mentions:
            if mention.entity in first:
                told = f"'{mention.entity}' is mentioned first in line {first[mention.entity]}."
                self._say(mention.line, "mentions", told, "Keep its first mention only.")
            first.setdefault(mention.entity, mention.line)

    def _based(self, event: model.Event) -> None:
        where = f"events[{event.id}]"
        if not event.date and event.basis not in ("none", "relative"):
            told = f"basis is '{event.basis}' but there is no date."
            self._say(event.line, where, told, "Add the date, or write 'basis: none'.")
        if event.date and event.basis == "none":
            told = f"there is a date ({event.date}) but no basis."
            self._say(event.line, where, told, f"Say how it is known: {', '.join(model.BASES[:-1])}.")

    def _names_itself(self, record: Any, section: str, attributes: tuple[str, ...]) -> None:
        named = [getattr(record, attribute) for attribute in attributes]
        named += [name for phrase in getattr(record, "relative", ()) for name in _anchors(phrase)]
        own = record.left if section in ("ties", "judgements") else record.id
        if any(own in names if isinstance(names, tuple) else own == names for names in named):
            self._say(record.line, f"{section}[{record.id}]", "names itself.", "Name the other, or remove it.")

    def _ordered(self, record: model.Measure | model.Tenure, section: str) -> None:
        begin, end = record.begin, record.end
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


def _anchors(relative: model.Relative) -> list[str]:
    named = (relative.after, relative.before, relative.same_day_as, relative.same_month_as)
    return [name for name in named if name]


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
        raise ValueError(f"'{value[:16]}…' is not a SHA-256 (64 lower-case hex digits).")
    return value


def _iri(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError(f"'{value}' is not an http(s) address.")
    return value


def _edtf(value: str) -> str:
    return dates.parse(value).text


def _day(value: str) -> str:
    return dates.day(value).isoformat()


_CHECKS: dict[str, Callable[[str], Any]] = {
    "slug": _slug,
    "int": _integer,
    "flag": _flag,
    "sha256": _sha256,
    "iri": _iri,
    "edtf": _edtf,
    "day": _day,
}
