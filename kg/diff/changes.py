"""Changes as values: what differs between two builds, or in one build between two days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from kg import dates
from kg.dates import Certainty
from kg.records import EventRecord, Evidence, Picture

Kind = Literal["began", "ended", "settled", "happened", "said", "denied", "status", "added", "removed", "changed"]
KINDS: dict[Kind, str] = {
    "began": "Began",
    "ended": "Ended",
    "settled": "Became certain, or uncertain",
    "happened": "Happened",
    "said": "Was said: claims, not facts",
    "denied": "Was denied",
    "status": "Changed status",
    "added": "Added",
    "removed": "Removed",
    "changed": "Told differently",
}
WHATS = ("source", "measure", "tenure", "tie", "event", "claim", "entity", "edge")
DONE = "Actual"


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing about a record that was so before and is so after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change: its kind, what it is about (event, claim, measure …), and how sure it is.

    `when` is EDTF or two ISO days; `who` are names: those who said, denied or did it; `against` is what contradicts.
    """

    kind: Kind
    what: str
    id: str
    label: str
    certainty: Certainty = "certain"
    when: str = ""
    who: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    details: tuple[Detail, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two things compared: what it is called, and the digest, version and counts of its build."""

    name: str
    digest: str = ""
    version: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Diff:
    """All changes from one side to the other, in the order of `KINDS`.

    `left_out` counts, by reason, what could not be placed; `according_to` is the id of the voice that was asked for.
    """

    before: Side
    after: Side
    changes: tuple[Change, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)
    according_to: str = ""

    def of(self, kind: Kind) -> tuple[Change, ...]:
        """The changes of one kind."""
        return tuple(change for change in self.changes if change.kind == kind)


def undated(event: EventRecord) -> bool:
    """Whether no bound of its day is known."""
    return not event.earliest and not event.latest


def bounds(event: EventRecord) -> tuple[date | None, date | None]:
    """The first and last day on which an event may have been."""
    return _day(event.earliest), _day(event.latest)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def when(event: EventRecord) -> str:
    """The date of an event as EDTF: as stated, else its bounds."""
    return event.edtf or span(event.earliest, event.latest)


def span(first: str, last: str) -> str:
    """Write two days as EDTF, one if they are one."""
    return first if first == last else f"{first or '..'}/{last or '..'}"


def name(picture: Picture, node: str) -> str:
    """The label of an entity, or its id."""
    known = picture.entities.get(node)
    return known.label if known else node


def ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Put changes in the order in which they are told: by kind, by what they are about, by date."""
    order = {kind: place for place, kind in enumerate(KINDS)}
    return tuple(
        sorted(changes, key=lambda c: (order[c.kind], WHATS.index(c.what), c.certainty, _first(c.when), c.label, c.id))
    )


def _first(when: str) -> str:
    window = dates.parse(when).window if when else dates.Window()
    return (window.earliest or window.latest or date.max).isoformat()


__all__ = [
    "DONE",
    "KINDS",
    "Change",
    "Detail",
    "Diff",
    "Kind",
    "Side",
    "bounds",
    "name",
    "ordered",
    "span",
    "undated",
    "when",
]
