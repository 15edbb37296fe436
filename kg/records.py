"""What the graph says, as plain typed values: the rows that pages, terminals and networks are made of.

Read from a store by `kg.describe`; used by `show`, `timeline`, `path`, `network`, `view` and `export`.
Nothing here knows RDF, SPARQL or a terminal. Dates are ISO strings (`2025-10-03`) or EDTF as stated.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """Who reports something, and in which passage (code points, half-open) of which source.

    A report of a feed has no passage: its paragraph is 0, its source the import, `where` an address or a row.
    """

    source: str
    paragraph: int
    start: int
    end: int
    sha256: str
    reporter: str
    source_label: str = ""
    reporter_label: str = ""
    speaker: str = ""
    speaker_label: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Voice:
    """One speech act for or against a claim: who, when, in which event."""

    event: str
    event_label: str
    actors: tuple[str, ...]
    actor_labels: tuple[str, ...]
    edtf: str


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """What was said; never asserted by the graph. `status` is Asserted, Contested or Denied."""

    id: str
    label: str
    status: str
    about: tuple[str, ...]
    asserted_by: tuple[Voice, ...]
    denied_by: tuple[Voice, ...]
    contradicted_by: tuple[str, ...]
    proposes: tuple[str, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One thing that happened, is planned, promised, intended, threatened or alleged, with its evidence.

    `earliest` and `latest` bound the day (ISO, empty when open); `edtf` is the date as the source states it.
    `quad_class` is 1–4 (verbal and material cooperation, verbal and material conflict), 0 when uncoded;
    `goldstein` is on the scale from -10 to 10 that `scheme` names. `voiced_by` are those who allege, threaten, promise
    or announce it, `denied_by` those who deny that. What sums up events of a feed `stands_for` so many of them.
    """

    id: str
    label: str
    event_class: str
    class_label: str
    factuality: str
    actors: tuple[str, ...]
    targets: tuple[str, ...]
    about: tuple[str, ...] = ()
    on_behalf_of: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    edtf: str = ""
    earliest: str = ""
    latest: str = ""
    precision: str = ""
    basis: str = ""
    summary: bool = False
    cameo: str = ""
    plover: str = ""
    quad_class: int = 0
    goldstein: float | None = None
    scheme: str = ""
    note: str = ""
    asserts: tuple[str, ...] = ()
    denies: tuple[str, ...] = ()
    proposes: tuple[str, ...] = ()
    proposed_by: tuple[str, ...] = ()
    responds_to: tuple[str, ...] = ()
    answered_by: tuple[str, ...] = ()
    part_of: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    voiced_by: tuple[str, ...] = ()
    denied_by: tuple[str, ...] = ()
    stands_for: int = 0


@dataclass(frozen=True, slots=True)
class StateRecord:
    """A measure, tenure or tie with its bounds; `certainty` (certain, possible, no) is for the day asked.

    `left` and `right` hold ids: imposers and subjects of a measure, holder and organisation of a tenure, the two
    ends of a tie.
    """

    id: str
    kind: str
    label: str
    type_label: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    earliest_begin: str = ""
    latest_begin: str = ""
    earliest_end: str = ""
    latest_end: str = ""
    last_known: str = ""
    certainty: str = ""
    started_by: str = ""
    ended_by: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class EntityRecord:
    """A person, state, organisation, group or place: its names (by language) and what it is part of."""

    id: str
    label: str
    type: str
    type_label: str
    labels: tuple[tuple[str, str], ...] = ()
    aliases: tuple[str, ...] = ()
    description: str = ""
    part_of: tuple[str, ...] = ()
    wikidata: str = ""
    mentions: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class EdgeRecord:
    """A derived direct edge and the events (or the tie or tenure) that explain it."""

    id: str
    subject: str
    predicate: str
    label: str
    object: str
    status: str
    count: int
    first: str
    last: str
    quad_class: int
    symmetric: bool
    because: tuple[str, ...]

    @property
    def feed(self) -> str:
        """The feed whose import the edge rests on; empty for an edge of the dossiers."""
        return next((each.partition("-import-")[0] for each in self.because if "-import-" in each), "")


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One source document: who published it and when, by which file it is known, and how much is drawn from it."""

    id: str
    title: str
    publisher: str
    authors: tuple[str, ...]
    published: str
    language: str
    address: str
    file: str
    sha256: str
    note: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Document:
    """What is needed to cite a source: its title, publisher and date, its address and what is said of access to it."""

    title: str
    publisher: str = ""
    published: str = ""
    address: str = ""
    access: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """One import of a feed: its feed, who publishes that, and whether machines have coded it."""

    feed: str
    publisher: str
    machine_coded: bool = True


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything a network page shows: the selected edges and all records they lead to, by id.

    `as_of` is the day that was asked for, empty when none was; `horizon` the day up to which the sources surely reach,
    for which offices and measures are judged as long as nobody asks for another. `feeds` are the
    imports behind it, by id.
    """

    title: str
    entities: dict[str, EntityRecord]
    edges: tuple[EdgeRecord, ...]
    events: dict[str, EventRecord]
    claims: dict[str, ClaimRecord]
    states: dict[str, StateRecord]
    sources: dict[str, str] = field(default_factory=dict)
    as_of: str = ""
    horizon: str = ""
    documents: dict[str, Document] = field(default_factory=dict)
    feeds: dict[str, Batch] = field(default_factory=dict)
