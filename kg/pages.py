"""Pages about one entity, event or pair, as values: what a terminal prints and what Python gets.

A claim never stands alone: each comes with its status, its speakers and every denial.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kg import dates, describe
from kg.records import ClaimRecord, EntityRecord, EventRecord, Evidence, StateRecord
from kg.store import Store


@dataclass(frozen=True, slots=True)
class EntityPage:
    """Everything known of one entity; `day` is the day for which states are certain or possible.

    It is the day asked for (`asked`: what began later is left out), or the day up to which the sources surely reach.
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


@dataclass(frozen=True, slots=True)
class EventPage:
    """One event with its claims and the events around it."""

    event: EventRecord
    claims: tuple[ClaimRecord, ...]
    related: tuple[EventRecord, ...]
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """One claim with every voice for and against it."""

    claim: ClaimRecord
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class StatePage:
    """One measure, tenure or tie."""

    state: StateRecord
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Events between two sides (or of one), by date, with how surely each lies in the window asked."""

    sides: tuple[str, ...]
    events: tuple[EventRecord, ...]
    fits: tuple[str, ...]
    claims: dict[str, ClaimRecord]
    names: dict[str, str]


Page = EntityPage | EventPage | ClaimPage | StatePage


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
            return ClaimPage(describe.claims(store, [node])[node], _names(store))
        case "state":
            return StatePage(describe.states(store, as_of, [node])[node], _names(store))
        case "entity":
            return entity_page(store, describe.entities(store, [node])[node], as_of)
        case _:
            return _post_page(store, describe.entities(store, [node])[node], as_of)


def _post_page(store: Store, post: EntityRecord, as_of: date | None) -> EntityPage:
    """A post, source or other named thing: who held it, as far as a source says."""
    day = as_of or describe.horizon(store)
    held = tuple(s for s in describe.states(store, day).values() if s.kind == "tenure" and s.type_label == post.label)
    return EntityPage(
        post, day.isoformat() if day else "", as_of is not None, held, (), (), (), (), (), (), _names(store)
    )


def entity_page(store: Store, entity: EntityRecord, as_of: date | None = None) -> EntityPage:
    """Collect what an entity did, what was done to it, what it held, and what is claimed about it."""
    node = entity.id
    day = as_of or describe.horizon(store)
    events = [e for e in describe.events(store).values() if as_of is None or not _begins_after(e, as_of)]
    states = [s for s in describe.states(store, day).values() if as_of is None or s.certainty != "no"]
    did = tuple(e for e in events if node in e.actors)
    received = tuple(e for e in events if node in e.targets and node not in e.actors)
    seen = {e.id for e in (*did, *received)}
    return EntityPage(
        entity=entity,
        day=day.isoformat() if day else "",
        asked=as_of is not None,
        offices=tuple(s for s in states if s.kind == "tenure" and node in (*s.left, *s.right)),
        measures=tuple(s for s in states if s.kind == "measure" and node in (*s.left, *s.right)),
        ties=tuple(s for s in states if s.kind == "tie" and node in (*s.left, *s.right)),
        did=did,
        received=received,
        concerned=tuple(e for e in events if node in (*e.about, *e.on_behalf_of, *e.place) and e.id not in seen),
        claims=tuple(c for c in describe.claims(store).values() if node in c.about),
        names=_names(store),
    )


def _begins_after(event: EventRecord, day: date) -> bool:
    return bool(event.earliest) and event.earliest > day.isoformat()


def _event_page(store: Store, event: EventRecord) -> EventPage:
    wanted = (*event.asserts, *event.denies)
    near = {*event.proposes, *event.responds_to, *event.answered_by, *event.part_of, *event.proposed_by}
    related = describe.events(store, near) if near else {}
    claims = describe.claims(store, wanted) if wanted else {}
    return EventPage(event, tuple(claims.values()), tuple(e for e in related.values() if e.factuality), _names(store))


def timeline(store: Store, names: tuple[str, ...], since: date | None = None, until: date | None = None) -> Timeline:
    """List what happened between two sides (either way), or all that one side took part in, by date.

    With bounds, each event is certainly or possibly inside; those outside are left out.
    """
    sides = tuple(describe.find(store, name) for name in names)
    chosen, fits = [], []
    for event in describe.events(store).values():
        if not _between(event, sides):
            continue
        fit = dates.within(_day(event.earliest), _day(event.latest), since, until)
        if fit != "no":
            chosen.append(event)
            fits.append(fit if since or until else "")
    wanted = {claim for event in chosen for claim in (*event.asserts, *event.denies)}
    claims = describe.claims(store, wanted) if wanted else {}
    return Timeline(sides, tuple(chosen), tuple(fits), claims, _names(store))


def _between(event: EventRecord, sides: tuple[str, ...]) -> bool:
    parties = {*event.actors, *event.targets}
    if len(sides) == 1:
        return sides[0] in parties
    return all(side in parties for side in sides)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _names(store: Store) -> dict[str, str]:
    return {node: entity.label for node, entity in describe.entities(store).items()}


def first_evidence(record: EventRecord | ClaimRecord | StateRecord) -> Evidence | None:
    """The first passage that reports a record."""
    return record.evidence[0] if record.evidence else None
