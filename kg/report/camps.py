"""Two sides of a story: who speaks for each, what each asserts and denies, and where the two part.

At the level of states and governments an organ speaks for the side it is part of, and a person for the side in which
he or she holds an office, unless the office was surely over, or not yet begun, by then. Each part has the SPARQL whose
rows it is made of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kg import describe, query
from kg.analysis import sides as registers
from kg.errors import UsageError
from kg.lens import EVERYTHING, Lens
from kg.records import ClaimRecord
from kg.store import Store
from kg.terms import local_name

_PARTY = "dip:actor|dip:target|dip:onBehalfOf"


@dataclass(frozen=True, slots=True)
class Camp:
    """One side: its id and label, everything that is part of it, and the tenures (id, holder) that speak for it."""

    id: str
    label: str
    members: tuple[str, ...]
    offices: tuple[tuple[str, str], ...] = ()

    @property
    def people(self) -> tuple[str, ...]:
        """Every id that may speak for the side."""
        return tuple(sorted({*self.members, *(holder for _, holder in self.offices)}))


@dataclass(frozen=True, slots=True)
class Parting:
    """A claim that one side (0 or 1) asserts, and that the other denies, contradicts, or both."""

    claim: ClaimRecord
    side: int
    denied: bool
    contradicted_by: tuple[ClaimRecord, ...]


@dataclass(frozen=True, slots=True)
class TwoSides:
    """A quarrel as each side tells it.

    `alone` holds for each side the claims that it asserts, or (`rejected`) denies, without the other side's word for or
    against it; `shared` what both assert. `sparql` is the query behind all of it.
    """

    camps: tuple[Camp, Camp]
    level: str
    partings: tuple[Parting, ...]
    alone: tuple[tuple[ClaimRecord, ...], tuple[ClaimRecord, ...]]
    rejected: tuple[tuple[ClaimRecord, ...], tuple[ClaimRecord, ...]]
    shared: tuple[ClaimRecord, ...]
    claims: dict[str, ClaimRecord]
    names: dict[str, str]
    sparql: str


def camps(store: Store, one: str, other: str, level: str | None = None) -> tuple[tuple[Camp, Camp], str]:
    """Make the two sides that two names stand for; by default at the level of what is named.

    Raises:
        NotFound, Ambiguous: nothing, or more than one thing, is called so.
        UsageError: both stand for one side, a name stands for none, or the level is unknown.
    """
    found = registers.sides(store)
    nodes = describe.find(store, one), describe.find(store, other)
    chosen = registers.check_level(level) if level else registers.natural_level(found, nodes)
    at = registers.at(found, chosen)
    first, second = (at.side(node) for node in nodes)
    if first == second:
        told = f"'{one}' and '{other}' are one side here: id:{first}."
        raise UsageError(told, hint="Name two sides, or choose another --level.")
    return (_camp(at, first), _camp(at, second)), chosen


def _camp(at: registers.Sides, side: str) -> Camp:
    members = sorted({side, *at.members(side)})
    offices: list[tuple[str, str]] = []
    if at.level != "person":
        offices = [
            (office.id, holder)
            for holder, held in at.offices.items()
            for office in held
            if side in at.units(office.organization) and holder not in members
        ]
    return Camp(side, at.names.get(side, side), tuple(members), tuple(sorted(set(offices))))


def events_sparql(pair: tuple[Camp, Camp], as_of: date | None = None) -> str:
    """The query for all events to which both sides are party."""
    one, other = (_involved(camp, f"?{name}", _PARTY) for camp, name in zip(pair, ("one", "other"), strict=True))
    return f"""SELECT DISTINCT ?when ?how ?what ?first ?last ?event
WHERE {{
  {one}
  {other}
  ?event dip:factuality ?factuality ; rdfs:label ?what . FILTER(LANG(?what) = "en")
  ?factuality rdfs:label ?how . FILTER(LANG(?how) = "en")
  OPTIONAL {{ ?event dip:edtf ?when }}
  OPTIONAL {{ ?event sem:hasEarliestBeginTimeStamp ?first }}
  OPTIONAL {{ ?event sem:hasLatestEndTimeStamp ?last }}{_begun(as_of)}
}}
ORDER BY ?first ?last ?event
"""


def _begun(as_of: date | None) -> str:
    return f'\n  FILTER(!BOUND(?first) || ?first <= "{as_of}"^^xsd:date)' if as_of else ""


def claims_sparql(pair: tuple[Camp, Camp], as_of: date | None = None) -> str:
    """The query for what each side asserts and denies about the other, to it, or against its word."""
    one, other = pair
    return f"""SELECT DISTINCT ?side ?stance ?claim ?status ?proposition ?event
WHERE {{
  {{
{_said(one, other)}
  }} UNION {{
{_said(other, one)}
  }}
  ?proposition rdfs:label ?claim ; dip:status ?state . FILTER(LANG(?claim) = "en")
  ?state rdfs:label ?status . FILTER(LANG(?status) = "en")
  OPTIONAL {{ ?event sem:hasEarliestBeginTimeStamp ?first }}{_begun(as_of)}
}}
ORDER BY ?side ?stance ?proposition ?event
"""


def _said(camp: Camp, against: Camp) -> str:
    return f"""    {_involved(camp, "?speaker", "dip:actor")}
    VALUES (?link ?stance) {{ (dip:asserts "asserts") (dip:denies "denies") }}
    ?event ?link ?proposition . BIND(id:{camp.id} AS ?side)
    VALUES ?them {{ {_ids(against.people)} }}
    {{ ?proposition dip:about ?them }} UNION {{ ?event dip:target ?them }}
    UNION {{ ?reply dip:actor ?them ; dip:asserts|dip:denies ?proposition }}
    UNION {{ ?proposition (dip:contradicts|^dip:contradicts)/^dip:asserts/dip:actor ?them }}"""


def states_sparql(pair: tuple[Camp, Camp]) -> str:
    """The query for measures and ties between the two sides, and for the offices held on each."""
    one, other = (_ids(camp.people) for camp in pair)
    left, right = "dip:imposedBy|dip:tieFrom", "dip:appliesTo|dip:tieTo"
    return f"""SELECT DISTINCT ?what ?state
WHERE {{
  {{ VALUES ?left {{ {one} }} VALUES ?right {{ {other} }} ?state {left} ?left ; {right} ?right }}
  UNION {{ VALUES ?left {{ {other} }} VALUES ?right {{ {one} }} ?state {left} ?left ; {right} ?right }}
  UNION {{ VALUES ?holder {{ {one} {other} }} ?state org:member ?holder }}
  ?state rdfs:label ?what . FILTER(LANG(?what) = "en")
}}
ORDER BY ?state
"""


def edges_sparql(pair: tuple[Camp, Camp]) -> str:
    """The query for the direct edges of the two sides with each other, and with everybody tied to both."""
    one, other = (_ids(camp.people) for camp in pair)
    return f"""SELECT DISTINCT ?who ?relation ?whom ?status ?edge
WHERE {{
  ?edge a dip:DerivedEdge ; rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object ; dip:status ?state .
  {{ VALUES ?subject {{ {one} }} VALUES ?object {{ {other} }} }}
  UNION {{ VALUES ?subject {{ {other} }} VALUES ?object {{ {one} }} }}
  UNION {{
    VALUES ?mine {{ {one} }} VALUES ?theirs {{ {other} }}
    ?here rdf:subject|rdf:object ?mine , ?third ; a dip:DerivedEdge .
    ?there rdf:subject|rdf:object ?theirs , ?third ; a dip:DerivedEdge .
    ?edge rdf:subject|rdf:object ?third , ?end . FILTER(?end IN (?mine, ?theirs) && ?third != ?end)
    FILTER(?third NOT IN ({", ".join(f"id:{node}" for camp in pair for node in camp.people)}))
  }}
  ?subject rdfs:label ?who . FILTER(LANG(?who) = "en")
  ?predicate rdfs:label ?relation . FILTER(LANG(?relation) = "en")
  ?object rdfs:label ?whom . FILTER(LANG(?whom) = "en")
  ?state rdfs:label ?status . FILTER(LANG(?status) = "en")
}}
ORDER BY ?subject ?object ?predicate
"""


def _involved(camp: Camp, who: str, how: str) -> str:
    """A pattern for the events in which a side has a part, by itself or by somebody in office on the day."""
    members = f"VALUES {who} {{ {_ids(camp.members)} }} ?event {how} {who} ."
    if not camp.offices:
        return members
    tenures = _ids(tenure for tenure, _ in camp.offices)
    return f"""{{ {members} }}
  UNION {{
    VALUES {who}Office {{ {tenures} }} {who}Office org:member {who} . ?event {how} {who} .
    FILTER NOT EXISTS {{ {who}Office sem:hasLatestEndTimeStamp ?over . ?event sem:hasEarliestBeginTimeStamp ?since .
      FILTER(?since > ?over) }}
    FILTER NOT EXISTS {{ {who}Office sem:hasEarliestBeginTimeStamp ?begun . ?event sem:hasLatestEndTimeStamp ?until .
      FILTER(?until < ?begun) }}
  }}"""


def _ids(nodes: Iterable[str]) -> str:
    return " ".join(f"id:{node}" for node in nodes)


def two_sides(
    store: Store,
    one: str,
    other: str,
    *,
    level: str | None = None,
    as_of: date | None = None,
    seen: Lens = EVERYTHING,
) -> TwoSides:
    """Tell a quarrel as each side tells it, and where the two stories part.

    Raises:
        NotFound, Ambiguous, UsageError: see `camps`.
    """
    pair, chosen = camps(store, one, other, level)
    sparql = claims_sparql(pair, as_of)
    said: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in query.rows(store, sparql):
        said[local_name(row["side"]), row["stance"]].add(local_name(row["proposition"]))
    found = describe.claims(store, {node for ids in said.values() for node in ids}) if said else {}
    shown = {node for node, claim in found.items() if seen.claim(claim) != "no"}
    asserted, denied = (
        tuple(_in_order(found, said[camp.id, stance] & shown) for camp in pair) for stance in ("asserts", "denies")
    )
    partings = tuple(_partings(asserted, denied, found))
    parted = {p.claim.id for p in partings} | {q.id for p in partings for q in p.contradicted_by}
    both = {c.id for c in asserted[0]} & {c.id for c in asserted[1]} - parted
    alone, rejected = (
        tuple(tuple(c for c in lists[side] if c.id not in parted | both) for side in (0, 1))
        for lists in (asserted, denied)
    )
    opposed = {other for claim in found.values() for other in claim.contradicted_by} - found.keys()
    return TwoSides(
        camps=pair,
        level=chosen,
        partings=partings,
        alone=(alone[0], alone[1]),
        rejected=(rejected[0], rejected[1]),
        shared=tuple(claim for claim in asserted[0] if claim.id in both),
        claims={**found, **(describe.claims(store, opposed) if opposed else {})},
        names={node: entity.label for node, entity in describe.entities(store).items()},
        sparql=sparql,
    )


def _in_order(claims: Mapping[str, ClaimRecord], ids: Iterable[str]) -> tuple[ClaimRecord, ...]:
    def key(claim: ClaimRecord) -> tuple[str, str]:
        voices = (*claim.asserted_by, *claim.denied_by)
        return min((voice.edtf.lstrip("./") for voice in voices if voice.edtf), default="9"), claim.id

    return tuple(sorted((claims[node] for node in ids), key=key))


def _partings(
    asserted: Sequence[Sequence[ClaimRecord]],
    denied: Sequence[Sequence[ClaimRecord]],
    claims: Mapping[str, ClaimRecord],
) -> Iterable[Parting]:
    everything = [(claim, side) for side in (0, 1) for claim in asserted[side]]
    order = {claim.id: place for place, claim in enumerate(_in_order(claims, {claim.id for claim, _ in everything}))}
    told: set[tuple[str, str]] = set()
    found = []
    for claim, side in sorted(everything, key=lambda each: (each[0] not in denied[1 - each[1]], order[each[0].id])):
        against = tuple(other for other in asserted[1 - side] if other.id in claim.contradicted_by)
        fresh = [other for other in against if (other.id, claim.id) not in told]
        told |= {(claim.id, other.id) for other in against}
        if claim in denied[1 - side] or fresh:
            found.append(Parting(claim, side, claim in denied[1 - side], against))
    return sorted(found, key=lambda parting: order[parting.claim.id])


__all__ = [
    "Camp",
    "Parting",
    "TwoSides",
    "camps",
    "claims_sparql",
    "edges_sparql",
    "events_sparql",
    "states_sparql",
    "two_sides",
]
