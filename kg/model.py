"""What the curators write down, as frozen values: one class for each section of a dossier and each register.

Ids are local slugs (`gustavo-petro`); dates are EDTF text as the source supports it. `line` is where a value
stands in its file, for messages; it takes no part in equality.
"""

from __future__ import annotations

from dataclasses import dataclass, field

FACTUALITIES = ("Actual", "Planned", "Promised", "Intended", "Threatened", "Alleged")
BASES = ("explicit", "section", "relative", "context", "publication", "none")
VERDICTS = ("Positive", "Negative", "Unsure")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ENTITY_TYPES: dict[str, str] = {
    "agency": "Agency",
    "armed-force": "ArmedForce",
    "armed-group": "ArmedGroup",
    "body": "Body",
    "company": "Company",
    "government": "Government",
    "group": "Group",
    "ministry": "Ministry",
    "organization": "Organization",
    "person": "Person",
    "place": "Place",
    "publisher": "Publisher",
    "state": "Country",
}


def _line() -> int:
    return field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Entity:
    """A person, state, organisation, group or place of the register."""

    id: str
    type: str
    label: str
    label_es: str = ""
    aliases: tuple[str, ...] = ()
    part_of: str = ""
    wikidata: str = ""
    iso3: str = ""
    description: str = ""
    line: int = _line()


@dataclass(frozen=True, slots=True)
class Post:
    """An office in an organisation, whoever holds it."""

    id: str
    label: str
    organization: str
    label_es: str = ""
    description: str = ""
    line: int = _line()


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of a source: paragraph from 1, half-open code points, SHA-256 of its UTF-8 text."""

    paragraph: int
    start: int
    end: int
    sha256: str
    speaker: str = ""
    line: int = _line()


@dataclass(frozen=True, slots=True)
class Relative:
    """One relative phrase of the source: after, before, same day or month as another event, or a weekday."""

    after: str = ""
    before: str = ""
    same_day_as: str = ""
    same_month_as: str = ""
    weekday: str = ""
    days: int | None = None
    at_least: int | None = None
    at_most: int | None = None
    line: int = _line()


@dataclass(frozen=True, slots=True)
class Source:
    """One source document: who published it, when, and the hash of the file that was read."""

    id: str
    title: str
    publisher: str
    published: str
    sha256: str
    file: str
    language: str = "en"
    published_basis: str = ""
    authors: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()
    url: str = ""
    license_note: str = ""
    line: int = _line()


@dataclass(frozen=True, slots=True)
class Mention:
    """The first place in which a source names an entity or a post."""

    entity: str
    at: Passage
    named_as: str = ""
    line: int = _line()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, is planned, promised, intended, threatened or alleged."""

    id: str
    event_class: str
    label: str
    factuality: str
    evidence: tuple[Passage, ...]
    actor: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    on_behalf_of: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    part_of: tuple[str, ...] = ()
    responds_to: tuple[str, ...] = ()
    proposes: tuple[str, ...] = ()
    asserts: tuple[str, ...] = ()
    denies: tuple[str, ...] = ()
    date: str = ""
    basis: str = "none"
    relative: tuple[Relative, ...] = ()
    summary: bool = False
    cameo: str = ""
    note: str = ""
    line: int = _line()


@dataclass(frozen=True, slots=True)
class Claim:
    """What was said: a proposition, never asserted by the graph."""

    id: str
    label: str
    evidence: tuple[Passage, ...]
    about: tuple[str, ...] = ()
    triple: tuple[str, ...] = ()
    proposes: tuple[str, ...] = ()
    contradicts: tuple[str, ...] = ()
    note: str = ""
    line: int = _line()


@dataclass(frozen=True, slots=True)
class Measure:
    """A sanction, ban, designation or permit in force from one event until another."""

    id: str
    type: str
    label: str
    applies_to: tuple[str, ...]
    evidence: tuple[Passage, ...]
    imposed_by: tuple[str, ...] = ()
    started_by: str = ""
    ended_by: str = ""
    begin: str = ""
    end: str = ""
    last_known_in_force: str = ""
    note: str = ""
    line: int = _line()


@dataclass(frozen=True, slots=True)
class Tenure:
    """Who holds which post, and what is known of when."""

    id: str
    holder: str
    post: str
    evidence: tuple[Passage, ...]
    begin: str = ""
    end: str = ""
    last_known_in_force: str = ""
    note: str = ""
    line: int = _line()


@dataclass(frozen=True, slots=True)
class Tie:
    """A lasting relation that is neither measure nor office: kinship, alliance, membership."""

    id: str
    type: str
    left: str
    right: str
    evidence: tuple[Passage, ...]
    label: str = ""
    note: str = ""
    line: int = _line()


@dataclass(frozen=True, slots=True)
class Judgement:
    """A reversible judgement that two ids do, or do not, stand for the same thing."""

    id: str
    left: str
    right: str
    verdict: str
    reason: str = ""
    line: int = _line()


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything that one source document says."""

    path: str
    source: Source
    mentions: tuple[Mention, ...] = ()
    events: tuple[Event, ...] = ()
    claims: tuple[Claim, ...] = ()
    measures: tuple[Measure, ...] = ()
    tenures: tuple[Tenure, ...] = ()
    ties: tuple[Tie, ...] = ()
    judgements: tuple[Judgement, ...] = ()


@dataclass(frozen=True, slots=True)
class Registers:
    """The entities and posts that all dossiers share, by id."""

    entities: dict[str, Entity]
    posts: dict[str, Post]
