"""Pages about one entity, event or pair, as values: what a terminal prints and what Python gets.

A claim never stands alone: each comes with its status, its speakers and every denial.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from kg import dates, describe
from kg.records import ClaimRecord, EntityRecord, EventRecord, SourceRecord, StateRecord
from kg.store import Store


@dataclass(frozen=True, slots=True)
class EntityPage:
    """Everything known of one entity; `day` is the day for which states are certain or possible.

    It is the day asked for (`asked`: what began later is left out), or the day up to which the sources surely reach.
    `claims` are about the entity; `said` holds these, all that its events assert or deny, and what contradicts them.
    `fits` says of each event whether it had begun by the day asked for: certain or possible.
    """

    entity: EntityRecord
    day: str
    asked: bool
    offices: tuple[StateRecord, ...]
    measures: tuple[StateRecord, ...]
    ties: tuple[StateRecord, ...]
    did: tuple[EventRecord, ...]
    received: tuple[EventRecord, ...]
    concerned: tuple[EventRecord, ...]
    claims: tuple[ClaimRecord, ...]
    names: dict[str, str]
    said: dict[str, ClaimRecord] = field(default_factory=dict)
    fits: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventPage:
    """One event with its claims, the claims that contradict them, and the events around it."""

    event: EventRecord
    claims: tuple[ClaimRecord, ...]
    related: tuple[EventRecord, ...]
    names: dict[str, str]
    said: dict[str, ClaimRecord] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """One claim with every voice for and against it, the claims that contradict it, and the events that it alleges."""

    claim: ClaimRecord
    names: dict[str, str]
    said: dict[str, ClaimRecord] = field(default_factory=dict)
    alleged: tuple[EventRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class StatePage:
    """One measure, tenure or tie; `day` is the day for which it is certain, possible or not in force."""

    state: StateRecord
    names: dict[str, str]
    day: str = ""
    related: tuple[EventRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class SourcePage:
    """One source document, and how much is drawn from it."""

    source: SourceRecord


@dataclass(frozen=True, slots=True)
class Timeline:
    """Events between two sides (or of one), by date, with how surely each lies in the window asked."""

    sides: tuple[str, ...]
    events: tuple[EventRecord, ...]
    fits: tuple[str, ...]
    claims: dict[str, ClaimRecord]
    names: dict[str, str]
    since: str = ""
    until: str = ""


Page = EntityPage | EventPage | ClaimPage | StatePage | SourcePage


def page(store: Store, name: str, as_of: date | None = None) -> Page:
    """Make the page of whatever people call by a name.

    Raises:
        NotFound: nothing is called so.
        Ambiguous: several are.
    """
    node = describe.find(store, name)
    match describe.kind(store, node):
        case "event":
            return _event_page(store, describe.events(store, [node])[node])
        case "claim":
            return _claim_page(store, describe.claims(store, [node])[node])
        case "state":
            return _state_page(store, node, as_of)
        case "source":
            return SourcePage(describe.source(store, node))
        case "entity":
            return entity_page(store, describe.entities(store, [node])[node], as_of)
        case _:
            return _post_page(store, describe.entities(store, [node])[node], as_of)


def _post_page(store: Store, post: EntityRecord, as_of: date | None) -> EntityPage:
    """A post or another named thing: who held it, as far as a source says."""
    day = as_of or describe.horizon(store)
    held = tuple(s for s in describe.states(store, day).values() if s.kind == "tenure" and s.type_label == post.label)
    return EntityPage(
        post, day.isoformat() if day else "", as_of is not None, held, (), (), (), (), (), (), _names(store)
    )


def entity_page(store: Store, entity: EntityRecord, as_of: date | None = None) -> EntityPage:
    """Collect what an entity did, what was done to it, what it held, and what is claimed about it."""
    node = entity.id
    day = as_of or describe.horizon(store)
    fits = _begun(describe.events(store, describe.touching(store, node, "Event")), as_of)
    events = describe.events(store, fits)
    states = describe.states(store, day, describe.touching(store, node, "State")).values()
    held = [s for s in states if node in (*s.left, *s.right) and (as_of is None or s.certainty != "no")]
    did = tuple(e for e in events.values() if node in e.actors)
    received = tuple(e for e in events.values() if node in e.targets and node not in e.actors)
    concerned = tuple(e for e in events.values() if node in (*e.about, *e.on_behalf_of, *e.place))
    claims = _voiced(store, describe.claims(store, describe.touching(store, node, "Proposition")), as_of)
    return EntityPage(
        entity=entity,
        day=day.isoformat() if day else "",
        asked=as_of is not None,
        offices=tuple(s for s in held if s.kind == "tenure"),
        measures=tuple(s for s in held if s.kind == "measure"),
        ties=tuple(s for s in held if s.kind == "tie"),
        did=did,
        received=received,
        concerned=tuple(e for e in concerned if e not in did and e not in received),
        claims=claims,
        names=_names(store),
        said=describe.said(store, events.values(), claims),
        fits=fits,
    )


def _begun(events: Mapping[str, EventRecord], as_of: date | None) -> dict[str, str]:
    """Say of each event whether it had begun by a day, certainly or possibly; leave out those that had not."""
    if as_of is None:
        return dict.fromkeys(events, "")
    fits = {e.id: dates.within(_day(e.earliest), _day(e.latest), None, as_of) for e in events.values()}
    return {node: fit for node, fit in fits.items() if fit != "no"}


def _voiced(store: Store, claims: Mapping[str, ClaimRecord], as_of: date | None) -> tuple[ClaimRecord, ...]:
    """Take the claims that may have been voiced by a day, the contested ones first.

    Their voices are told all, later ones too: no claim stands without its denial.
    """
    voices = {voice.event for claim in claims.values() for voice in (*claim.asserted_by, *claim.denied_by)}
    heard = _begun(describe.events(store, voices), as_of) if as_of else dict.fromkeys(voices, "")
    taken = [c for c in claims.values() if any(v.event in heard for v in (*c.asserted_by, *c.denied_by))]
    return tuple(sorted(taken, key=_contested_first))


def _contested_first(claim: ClaimRecord) -> tuple[int, str, str]:
    voices = (*claim.asserted_by, *claim.denied_by)
    return ("Contested", "Denied", "Asserted").index(claim.status), voices[0].edtf or "9", claim.id


def _event_page(store: Store, event: EventRecord) -> EventPage:
    near = {*event.proposes, *event.responds_to, *event.answered_by, *event.part_of, *event.proposed_by}
    said = describe.said(store, [event])
    claims = tuple(said[claim] for claim in (*event.asserts, *event.denies))
    return EventPage(event, claims, _related(store, near), _names(store), said)


def _related(store: Store, ids: Iterable[str]) -> tuple[EventRecord, ...]:
    wanted = [node for node in ids if node]
    found = describe.events(store, wanted) if wanted else {}
    return tuple(event for event in found.values() if event.factuality)


def _claim_page(store: Store, claim: ClaimRecord) -> ClaimPage:
    return ClaimPage(claim, _names(store), describe.said(store, (), [claim]), _related(store, claim.proposes))


def _state_page(store: Store, node: str, as_of: date | None) -> StatePage:
    day = as_of or describe.horizon(store)
    state = describe.states(store, day, [node])[node]
    related = _related(store, (state.started_by, state.ended_by))
    return StatePage(state, _names(store), day.isoformat() if day else "", related)


def timeline(store: Store, names: tuple[str, ...], since: date | None = None, until: date | None = None) -> Timeline:
    """List what happened between two sides (either way), or all that one side took part in, by date.

    With bounds, each event is certainly or possibly inside; those outside are left out.
    """
    sides = tuple(describe.find(store, name) for name in names)
    chosen, fits = [], []
    for event in describe.events(store, describe.touching(store, sides[0], "Event")).values():
        if not _between(event, sides):
            continue
        fit = dates.within(_day(event.earliest), _day(event.latest), since, until)
        if fit != "no":
            chosen.append(event)
            fits.append(fit if since or until else "")
    asked = (each.isoformat() if each else "" for each in (since, until))
    return Timeline(sides, tuple(chosen), tuple(fits), describe.said(store, chosen), _names(store), *asked)


def _between(event: EventRecord, sides: tuple[str, ...]) -> bool:
    parties = {*event.actors, *event.targets}
    if len(sides) == 1:
        return sides[0] in {*parties, *event.place}
    return all(side in parties for side in sides)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _names(store: Store) -> dict[str, str]:
    return {node: entity.label for node, entity in describe.entities(store).items()}
