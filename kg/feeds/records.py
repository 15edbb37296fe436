"""What a feed yields, as frozen values: parties, events, measures, offices and ties as the feed itself codes them.

A reader makes records and reports; it knows the feed's file and neither RDF nor the store. Ids are local names that
begin with the feed's name and are computed from the feed's own keys, so that reading twice gives the same ids. Dates
are EDTF text at the precision of the feed; `line` and `file` say where the record stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Window:
    """What is asked of a feed: days from `first` to `last` (None: open), and two sides, in any order.

    `sides` are codes or ids (`USA`, `colombia`); with two of them only events between them are taken, with one only
    those in which it takes part.
    """

    first: date | None = None
    last: date | None = None
    sides: tuple[str, ...] = ()

    def holds(self, day: str) -> bool:
        """Whether a day, as YYYY-MM-DD, lies in the window."""
        return (not self.first or self.first.isoformat() <= day) and (not self.last or day <= self.last.isoformat())

    @classmethod
    def told(cls, text: str) -> Window:
        """Read a window as `str` writes it.

        >>> str(Window.told("2018-01-01/ USA,COL")), Window.told("") == Window()
        ('2018-01-01/ USA,COL', True)
        """
        days, _, sides = text.rpartition(" ") if " " in text or "/" not in text else (text, "", "")
        first, _, last = days.partition("/")
        return cls(
            date.fromisoformat(first) if first else None,
            date.fromisoformat(last) if last else None,
            tuple(filter(None, sides.split(","))),
        )

    def __str__(self) -> str:
        days = f"{self.first or ''}/{self.last or ''}"
        return " ".join(filter(None, (days if days != "/" else "", ",".join(self.sides))))


@dataclass(frozen=True, slots=True)
class At:
    """Where a record stands: the file as it was named, its line (from 1; 0 if none), and the feed's own key there."""

    file: str
    line: int = 0
    key: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """An actor as the feed names it, before anybody judged whom of the registers it is.

    `id` is what it is called when it stays itself. `kind` is one of `kg.model.ENTITY_TYPES`, or empty where the feed
    does not tell. `codes` are pairs of scheme and code: `("cameo", "COLGOV")`, `("iso3", "COL")`, `("fips", "CO")`,
    `("cow", "100")`, `("ftm", "NK-abc")`, `("wikidata", "Q7747")`, `("register", "us-treasury")`.
    """

    id: str
    label: str
    kind: str = ""
    aliases: tuple[str, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()
    part_of: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Who reports it: the publisher and the address as the feed gives them, the feed's confidence from 0 to 1."""

    at: At
    publisher: str = ""
    url: str = ""
    published: str = ""
    confidence: str = ""
    parsed: bool = False


@dataclass(frozen=True, slots=True)
class CodedEvent:
    """One event of a feed. `actor` and `target` are ids of parties; `event_class` is a class of the ontology.

    `about` names parties whom it concerns without acting; `part_of` ids of events that hold it, all of the same feed.
    `goldstein` is a decimal as text with its `scheme`; the counts are the feed's own (0: not told). `parsed` on a
    report marks what was read out of prose; what was coded is not marked.
    """

    id: str
    event_class: str
    label: str
    reports: tuple[Report, ...]
    actor: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    on_behalf_of: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    part_of: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    date: str = ""
    cameo: str = ""
    goldstein: str = ""
    scheme: str = ""
    quad_class: int = 0
    plover: str = ""
    mentions: int = 0
    sources: int = 0
    articles: int = 0
    factuality: str = "Actual"
    note: str = ""


@dataclass(frozen=True, slots=True)
class ListedMeasure:
    """A sanction or designation of a list; begin and end are bounds where only dated snapshots are known."""

    id: str
    type: str
    label: str
    applies_to: tuple[str, ...]
    reports: tuple[Report, ...]
    imposed_by: tuple[str, ...] = ()
    begin: str = ""
    end: str = ""
    last_known_in_force: str = ""
    programs: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Office:
    """A post as the feed names it."""

    id: str
    label: str
    organization: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class HeldOffice:
    """Who holds which office, and what is known of when."""

    id: str
    holder: str
    post: str
    label: str
    reports: tuple[Report, ...]
    begin: str = ""
    end: str = ""
    last_known_in_force: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ListedTie:
    """A lasting relation between two parties; `type` is a tie type of the ontology."""

    id: str
    type: str
    left: str
    right: str
    label: str
    reports: tuple[Report, ...]
    begin: str = ""
    end: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class EventMention:
    """One more report of an event, by its id; `known` says that the reader itself has seen the event."""

    event: str
    report: Report
    known: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """One triple of a feed that is RDF already, as a line of N-Triples; it comes without an account of its own."""

    text: str


Record = Party | Office | Statement | EventMention | CodedEvent | ListedMeasure | HeldOffice | ListedTie
