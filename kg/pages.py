"""Pages about one entity, event or pair, as values: what a terminal prints and what Python gets.

A claim never stands alone: each comes with its status, its speakers and every denial.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from kg import dates, describe, query, reckoning
from kg.errors import NotFound, UsageError
from kg.labels import labels
from kg.lens import EVERYTHING, Lens
from kg.reckoning import Because
from kg.records import ClaimRecord, EntityRecord, EventRecord, SourceRecord, StateRecord
from kg.store import FEED_GRAPHS, Store
from kg.terms import ID, local_name


@dataclass(frozen=True, slots=True)
class EntityPage:
    """Everything known of one entity; `day` is the day for which states are certain or possible.

    It is the day asked for (`asked`: what began later is left out), or the day up to which the sources surely reach.
    `claims` are about the entity; `said` holds these, all that its events assert or deny, and what contradicts them.
    `fits` says of each event whether it had begun by the day asked for: certain or possible. `left_out` counts events
    of feeds that are not among them, since only the latest were asked for, and `states_left_out` so many offices,
    measures and ties.
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
    known_at: str = ""
    according_to: str = ""
    left_out: int = 0
    states_left_out: int = 0


@dataclass(frozen=True, slots=True)
class EventPage:
    """One event with its claims, the claims that contradict them, and the events around it.

    `because` tells why its day lies between its bounds, where phrases such as "two days after" say so.
    """

    event: EventRecord
    claims: tuple[ClaimRecord, ...]
    related: tuple[EventRecord, ...]
    names: dict[str, str]
    said: dict[str, ClaimRecord] = field(default_factory=dict)
    because: tuple[Because, ...] = ()


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
    """Events between two sides (or of one), by date, with how surely each lies in the window asked.

    `left_out` counts events of feeds that are not among them, since only the latest were asked for.
    """

    sides: tuple[str, ...]
    events: tuple[EventRecord, ...]
    fits: tuple[str, ...]
    claims: dict[str, ClaimRecord]
    names: dict[str, str]
    since: str = ""
    until: str = ""
    known_at: str = ""
    according_to: str = ""
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class World:
    """What held on a day, whoever it concerns: each office, measure and tie is certain or possible.

    `ahead` is what had been threatened, promised, planned or intended by then and is not known to have happened.
    """

    day: str
    offices: tuple[StateRecord, ...]
    measures: tuple[StateRecord, ...]
    ties: tuple[StateRecord, ...]
    ahead: tuple[EventRecord, ...]
    fits: dict[str, str]
    claims: dict[str, ClaimRecord]
    names: dict[str, str]
    known_at: str = ""
    according_to: str = ""


Page = EntityPage | EventPage | ClaimPage | StatePage | SourcePage


def lens(store: Store, known_at: date | None = None, according_to: str = "") -> Lens:
    """Make a lens of a day and of whatever people call a speaker or publisher.

    Raises:
        NotFound: no source was out by that day, or nobody is called so.
        UsageError: who is named neither says nor reports anything.
    """
    published = {node: document.published for node, document in describe.documents(store).items()}
    who = describe.find(store, according_to) if according_to else ""
    made = Lens(known_at, who, published)
    if known_at and published and all(made.out_by_then(source) == "no" for source in published):
        stated = [dates.parse(each) for each in published.values() if each]
        first = dates.show(min(stated, key=lambda each: each.earliest or date.max))
        raise NotFound(
            f"Nothing was known on {known_at}: no source here was published by then.",
            hint=f"The {'first' if len(published) > 1 else 'only'} source is of {first}.",
        )
    known = sorted(_speaking(store)) if who else []
    if who not in ("", *known):
        told = f"{', '.join(known[:12])}{' …' if len(known) > 12 else ''}"
        raise UsageError(f"{who} neither says nor reports anything here.", hint=f"Voices are: {told}.")
    return made


def _speaking(store: Store) -> set[str]:
    """Everybody who asserts, denies or puts something forward, is cited, or reports."""
    text = """SELECT DISTINCT ?who WHERE {
      { ?act dip:asserts|dip:denies|dip:proposes ?what ; dip:actor ?who }
      UNION { ?attestation dip:attributedTo|dip:reportedBy ?who } }"""
    return {local_name(row["who"]) for row in query.rows(store, text)}


def page(store: Store, name: str, as_of: date | None = None, seen: Lens | None = None, most: int = 0) -> Page:
    """Make the page of whatever people call by a name; a lens leaves out of an entity's what it does not show.

    Of the events of feeds the page of an entity has the latest `most`, all if that is 0.

    Raises:
        NotFound: nothing is called so.
        Ambiguous: several are.
        UsageError: a lens was given for something else than an entity.
    """
    node = describe.find(store, name)
    kind = describe.kind(store, node)
    if seen and not seen.open and kind != "entity":
        raise UsageError(f"{node} is no actor.", hint="--known-at and --according-to are for pages of actors.")
    match kind:
        case "event":
            return _event_page(store, describe.events(store, [node])[node])
        case "claim":
            return _claim_page(store, describe.claims(store, [node])[node])
        case "state":
            return _state_page(store, node, as_of)
        case "source":
            return SourcePage(describe.source(store, node))
        case "entity":
            return entity_page(store, describe.entities(store, [node])[node], as_of, seen or EVERYTHING, most)
        case _:
            return _post_page(store, describe.entities(store, [node])[node], as_of)


def _post_page(store: Store, post: EntityRecord, as_of: date | None) -> EntityPage:
    """A post, and who held it as far as a source says; a party of a feed, and whom it is taken for."""
    post = replace(post, description=post.description or _taken_for(store, post.id))
    day = as_of or describe.horizon(store)
    held = tuple(s for s in describe.states(store, day).values() if s.kind == "tenure" and s.type_label == post.label)
    return EntityPage(
        post, day.isoformat() if day else "", as_of is not None, held, (), (), (), (), (), (), labels(store)
    )


def _taken_for(store: Store, node: str) -> str:
    """Say as whom of the registers a party of a feed was judged, by what and how surely; empty if it was not."""
    text = f"""SELECT DISTINCT ?label ?e ?how ?score WHERE {{ ?j a dip:IdentityJudgement ; dip:left <{ID}{node}> ;
      dip:right ?e ; dip:verdict dip:Positive ; dip:method ?how ; dip:score ?score .
      ?e rdfs:label ?label . FILTER(LANG(?label) = "en") }} ORDER BY ?e"""
    return " ".join(
        f"Taken for {row['label']} (id:{local_name(row['e'])}) by {row['how']}, score {float(row['score']):.2f}."
        for row in query.rows(store, text)
    )


def entity_page(
    store: Store, entity: EntityRecord, as_of: date | None = None, seen: Lens = EVERYTHING, most: int = 0
) -> EntityPage:
    """Collect what an entity did, what was done to it, what it held, and what is claimed about it."""
    node = entity.id
    day = as_of or describe.horizon(store)
    wanted, left_out = _latest(store, (node,), (None, as_of), most if seen.open else 0)
    read = describe.events(store, wanted)
    fits = _both_fit(_begun(read, as_of), {event.id: seen.event(event) for event in read.values()}, seen)
    events = seen.passing(event for event in read.values() if event.id in fits)
    chosen, states_left_out = _latest_states(store, node, day, as_of is not None, most if seen.open else 0)
    states = sorted(describe.states(store, day, chosen).values(), key=lambda state: state.certainty == "no")
    held = [s for s in states if node in (*s.left, *s.right) and (as_of is None or s.certainty != "no")]
    held = [s for s in held if seen.state(s) != "no"]
    did = tuple(e for e in events.values() if node in e.actors)
    received = tuple(e for e in events.values() if node in e.targets and node not in e.actors)
    concerned = tuple(e for e in events.values() if node in (*e.about, *e.on_behalf_of, *e.place))
    claims = _voiced(store, describe.claims(store, describe.touching(store, node, "Proposition")), as_of)
    claims = tuple(claim for claim in claims if seen.claim(claim) != "no")
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
        names=labels(store),
        said=describe.said(store, events.values(), claims),
        fits=fits,
        known_at=seen.known_at.isoformat() if seen.known_at else "",
        according_to=seen.according_to,
        left_out=left_out,
        states_left_out=states_left_out,
    )


def _latest_states(store: Store, node: str, day: date | None, only: bool, most: int) -> tuple[list[str], int]:
    """The offices, measures and ties of an entity, of feeds at most so many; and how many others of feeds there are.

    What holds on the day comes first, then what began last; with `only`, what does not hold then is not counted.
    """
    found = describe.touching(store, node, "State")
    if not most or len(found) <= most:
        return found, 0
    text = f"""SELECT DISTINCT ?s ?eb ?lb ?ee ?le WHERE {{ GRAPH ?g {{ ?s ?part <{ID}{node}> ; a dip:State .
      OPTIONAL {{ ?s sem:hasEarliestBeginTimeStamp ?eb }} OPTIONAL {{ ?s sem:hasLatestBeginTimeStamp ?lb }}
      OPTIONAL {{ ?s sem:hasEarliestEndTimeStamp ?ee }} OPTIONAL {{ ?s sem:hasLatestEndTimeStamp ?le }} }}
      FILTER(STRSTARTS(STR(?g), "{FEED_GRAPHS}")) }}"""
    coded: dict[str, tuple[bool, str, str]] = {}
    for row in query.rows(store, text):
        eb, lb, ee, le = (_day(row[name]) for name in ("eb", "lb", "ee", "le"))
        holds = day is None or dates.in_force(eb, lb, ee, le, day) != "no"
        coded[local_name(row["s"])] = (holds, row["lb"] or row["eb"], row["s"])
    fitting = sorted((each for each in coded if coded[each][0] or not only), key=lambda each: coded[each], reverse=True)
    latest = set(fitting[:most])
    return [each for each in found if each not in coded or each in latest], len(fitting) - len(latest)


def _latest(
    store: Store, nodes: Sequence[str], between: tuple[date | None, date | None], most: int
) -> tuple[list[str], int]:
    """The events that name all of some entities, of feeds only the latest; and how many others of feeds there are.

    Those outside of the days are not counted. Who wants all of them (`most` is 0) reads each.
    """
    parts = " ".join(f"?s ?part{number} <{ID}{node}> ." for number, node in enumerate(nodes))
    rows = query.rows(store, f"SELECT DISTINCT ?s WHERE {{ {parts} ?s dip:factuality ?any }}")
    found = sorted(local_name(row["s"]) for row in rows)
    if not most or len(found) <= most:
        return found, 0
    text = f"""SELECT DISTINCT ?s WHERE {{ GRAPH ?g {{ ?s ?part <{ID}{nodes[0]}> ; dip:factuality ?any }}
      FILTER(STRSTARTS(STR(?g), "{FEED_GRAPHS}")) }}"""
    coded = {local_name(row["s"]) for row in query.rows(store, text)}.intersection(found)
    if len(coded) <= most:
        return found, 0
    days = _days(store, sorted(coded))
    since, until = between
    bounds = {node: days.get(node, ("", "")) for node in coded}
    fitting = [n for n, (first, last) in bounds.items() if dates.within(_day(first), _day(last), since, until) != "no"]
    latest = set(sorted(fitting, key=lambda node: (bounds[node], node), reverse=True)[:most])
    return [each for each in found if each not in coded or each in latest], len(fitting) - len(latest)


def _days(store: Store, nodes: Sequence[str]) -> dict[str, tuple[str, str]]:
    """The first and the last day of some events, for those that have both."""
    found: dict[str, tuple[str, str]] = {}
    for some in query.pieces(nodes):
        text = f"""SELECT ?s ?b ?l WHERE {{ {describe.values(some)}
          ?s sem:hasEarliestBeginTimeStamp ?b ; sem:hasLatestEndTimeStamp ?l }}"""
        found |= {local_name(row["s"]): (row["b"], row["l"]) for row in query.rows(store, text)}
    return found


def _both_fit(days: Mapping[str, str], known: Mapping[str, str], seen: Lens) -> dict[str, str]:
    """Join how surely events had begun and how surely they were known: only what is both certain is certain."""
    passing = {node: (fit, known[node]) for node, fit in days.items() if known[node] != "no"}
    if not seen.known_at:
        return {node: fit for node, (fit, _) in passing.items()}
    return {node: "possible" if "possible" in fit else fit[1] for node, fit in passing.items()}


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
    return EventPage(event, claims, _related(store, near), labels(store), said, reckoning.why(store, event.id))


def _related(store: Store, ids: Iterable[str]) -> tuple[EventRecord, ...]:
    wanted = [node for node in ids if node]
    found = describe.events(store, wanted) if wanted else {}
    return tuple(event for event in found.values() if event.factuality)


def _claim_page(store: Store, claim: ClaimRecord) -> ClaimPage:
    return ClaimPage(claim, labels(store), describe.said(store, (), [claim]), _related(store, claim.proposes))


def _state_page(store: Store, node: str, as_of: date | None) -> StatePage:
    day = as_of or describe.horizon(store)
    state = describe.states(store, day, [node])[node]
    related = _related(store, (state.started_by, state.ended_by))
    return StatePage(state, labels(store), day.isoformat() if day else "", related)


def timeline(
    store: Store,
    names: tuple[str, ...],
    since: date | None = None,
    until: date | None = None,
    seen: Lens = EVERYTHING,
    most: int = 0,
) -> Timeline:
    """List what happened between two sides (either way), all that one side took part in, or everything, by date.

    With bounds, each event is certainly or possibly inside; those outside are left out, and those that the lens does
    not show. Of the events of feeds that name the sides it has the latest `most`, all if that is 0.
    """
    sides = tuple(describe.find(store, name) for name in names)
    wanted, left_out = _latest(store, sides, (since, until), most if seen.open else 0) if sides else (None, 0)
    read = describe.events(store, wanted).values()
    between = {event.id: event for event in read if _between(event, sides)}
    placed = {e.id: dates.within(_day(e.earliest), _day(e.latest), since, until) for e in between.values()}
    inside = {node: fit if since or until else "" for node, fit in placed.items() if fit != "no"}
    fits = _both_fit(inside, {node: seen.event(between[node]) for node in inside}, seen)
    chosen = seen.passing(between[node] for node in fits)
    return Timeline(
        sides=sides,
        events=tuple(chosen.values()),
        fits=tuple(fits.values()),
        claims=describe.said(store, chosen.values()),
        names=labels(store),
        since=since.isoformat() if since else "",
        until=until.isoformat() if until else "",
        known_at=seen.known_at.isoformat() if seen.known_at else "",
        according_to=seen.according_to,
        left_out=left_out,
    )


def world(store: Store, as_of: date | None = None, seen: Lens = EVERYTHING) -> World:
    """Tell what held on a day (the one up to which the sources surely reach, unless asked for another)."""
    day = as_of or describe.horizon(store)
    held = [s for s in describe.states(store, day).values() if s.certainty != "no" and seen.state(s) != "no"]
    events = describe.events(store)
    passing = seen.passing(events.values())
    voiced = {each: event for event in events.values() if event.factuality == "Actual" for each in event.proposes}
    ahead = {e.id: e for e in passing.values() if e.factuality in _AHEAD}
    said = {node: voiced.get(node, event) for node, event in ahead.items()}
    fits = {node: dates.within(_day(e.earliest), _day(e.latest), None, day) for node, e in said.items()}
    open_then = tuple(event for node, event in ahead.items() if fits[node] != "no")
    return World(
        day=day.isoformat() if day else "",
        offices=tuple(s for s in held if s.kind == "tenure"),
        measures=tuple(s for s in held if s.kind == "measure"),
        ties=tuple(s for s in held if s.kind == "tie"),
        ahead=open_then,
        fits={event.id: fits[event.id] for event in open_then},
        claims=describe.said(store, open_then),
        names=labels(store),
        known_at=seen.known_at.isoformat() if seen.known_at else "",
        according_to=seen.according_to,
    )


_AHEAD = ("Threatened", "Promised", "Planned", "Intended")


def _between(event: EventRecord, sides: tuple[str, ...]) -> bool:
    parties = {*event.actors, *event.targets}
    if len(sides) == 1:
        return sides[0] in {*parties, *event.place}
    return not sides or all(side in parties for side in sides)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
