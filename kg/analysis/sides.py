"""Who acts for whom: entities rolled up to governments or states by what they are part of and the office on the day.

At the level `person` nothing is rolled up: everybody is who the source names. At `government` an organ belongs to the
government that it is part of, a state to its one government, a person to the government in which he or she holds a
post on the day. At `state` everything that is part of a state belongs to it, and so does whoever holds a post in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from kg import dates, query
from kg.analysis.acts import day
from kg.dates import Certainty
from kg.errors import UsageError
from kg.store import Store
from kg.terms import ID, local_name

Level = Literal["person", "government", "state"]
LEVELS: tuple[Level, ...] = ("state", "government", "person")


@dataclass(frozen=True, slots=True)
class Office:
    """A post that somebody holds in an organisation, with the bounds of when (None: open)."""

    id: str
    label: str
    organization: str
    bounds: tuple[date | None, date | None, date | None, date | None]

    def held(self, earliest: date | None, latest: date | None) -> Certainty:
        """Say whether it was held all through some days: certain, possible or no."""
        begun, _, _, ended = self.bounds
        if (begun and latest and latest < begun) or (ended and earliest and earliest > ended):
            return "no"
        ends = [dates.in_force(*self.bounds, each) for each in (earliest, latest) if each]
        return "certain" if len(ends) == 2 and set(ends) == {"certain"} else "possible"


@dataclass(frozen=True, slots=True)
class Sides:
    """The way from an entity to the side that it stands for, at one level."""

    level: Level
    names: dict[str, str]
    kinds: dict[str, str]
    wholes: dict[str, tuple[str, ...]]
    offices: dict[str, tuple[Office, ...]]
    _units: dict[str, frozenset[str]] = field(default_factory=dict)

    def of(self, node: str, earliest: date | None, latest: date | None) -> dict[str, tuple[Certainty, str]]:
        """The sides for which a node stands in some days, each with how sure and by which office (empty: by itself)."""
        found: dict[str, tuple[Certainty, str]] = dict.fromkeys(self.units(node), ("certain", ""))
        if self.level != "person":
            for office in self.offices.get(node, ()):
                held = office.held(earliest, latest)
                for unit in self.units(office.organization):
                    if held != "no" and (unit not in found or found[unit][0] != "certain"):
                        found[unit] = held, office.id
        return found

    def units(self, node: str) -> frozenset[str]:
        """The sides that a node belongs to by what it is part of, offices aside."""
        if node not in self._units:
            self._units[node] = self._reckoned(node)
        return self._units[node]

    def _reckoned(self, node: str) -> frozenset[str]:
        if self.level == "person":
            return frozenset((node,))
        chain = self._upward(node)
        states = self._topmost(each for each in chain if self.kinds.get(each) == "state")
        if self.level == "state":
            return states
        governments = self._topmost(each for each in chain if self.kinds.get(each) == "government")
        if governments or node not in states:
            return governments
        own = [each for each, kind in self.kinds.items() if kind == "government" and node in self.wholes.get(each, ())]
        return frozenset(own if len(own) == 1 else (node,))

    def _upward(self, node: str) -> list[str]:
        """The node and everything that it is part of, nearest first."""
        chain = [node]
        for each in chain:
            chain += [whole for whole in self.wholes.get(each, ()) if whole not in chain]
        return chain

    def _topmost(self, nodes: Iterable[str]) -> frozenset[str]:
        chosen = set(nodes)
        return frozenset(each for each in chosen if not chosen & set(self._upward(each)[1:]))

    def side(self, node: str) -> str:
        """The one side that a name stands for, whatever the day.

        Raises:
            UsageError: it stands for none, or for several.
        """
        found = set(self.units(node))
        if not found and self.level != "person":
            found = {unit for office in self.offices.get(node, ()) for unit in self.units(office.organization)}
        name = self.names.get(node, node)
        if not found:
            told = f"{name} (id:{node}) belongs to no {self.level}: it is part of none and holds no office in one."
            raise UsageError(told, hint="Use --level person to take it as it is named.")
        if len(found) > 1:
            told = ", ".join(sorted(found))
            raise UsageError(f"{name} (id:{node}) stands for several: {told}.", hint="Name one of them.")
        return found.pop()

    def members(self, side: str) -> frozenset[str]:
        """Every node that is, or is part of, a side."""
        return frozenset(node for node in {*self.names, *self.wholes} if side in self.units(node))


def natural_level(sides: Sides, nodes: Iterable[str]) -> Level:
    """The level at which people mean what they name: states, governments and their organs, or persons and groups."""
    kinds = {sides.kinds.get(node, "") for node in nodes}
    if "state" in kinds:
        return "state"
    return "government" if kinds & {"government", "organ"} else "person"


def sides(store: Store, level: Level = "person") -> Sides:
    """Read names, parts and offices from the registers and dossiers."""
    names: dict[str, str] = {}
    wholes: dict[str, list[str]] = defaultdict(list)
    for row in query.rows(
        store,
        """SELECT ?s ?name ?whole WHERE { GRAPH graph:entities {
             ?s rdfs:label ?name . FILTER(LANG(?name) = "en") OPTIONAL { ?s dip:partOf ?whole } } }
           ORDER BY ?s ?whole ?name""",
    ):
        node = local_name(row["s"])
        names.setdefault(node, row["name"])
        if row["whole"] and local_name(row["whole"]) not in wholes[node]:
            wholes[node].append(local_name(row["whole"]))
    kinds = {
        local_name(row["s"]): _KINDS[local_name(row["t"])]
        for row in query.rows(
            store,
            """SELECT ?s ?t WHERE { VALUES ?t { dip:Ministry dip:Agency dip:ArmedForce dip:Government dip:Country }
               GRAPH graph:entities { ?s a ?t } } ORDER BY ?s""",
        )
    }
    return Sides(level, names, kinds, {node: tuple(each) for node, each in wholes.items()}, _offices(store))


def with_strangers(found: Sides, store: Store, nodes: Iterable[str]) -> Sides:
    """Learn of some nodes that no register holds, such as the states of a feed, what they are and are part of."""
    wanted = [node for node in nodes if node not in found.names]
    if not wanted:
        return found
    names, kinds, wholes = dict(found.names), dict(found.kinds), dict(found.wholes)
    types = " ".join(f"dip:{kind}" for kind in _KINDS)
    values = " ".join(f"<{ID}{node}>" for node in wanted)
    text = f"""SELECT DISTINCT ?s ?name ?whole ?t WHERE {{ VALUES ?n {{ {values} }}
      ?n dip:partOf* ?s . ?s rdfs:label ?name . FILTER(LANG(?name) = "en") OPTIONAL {{ ?s dip:partOf ?whole }}
      OPTIONAL {{ VALUES ?t {{ {types} }} ?s a ?t }} }} ORDER BY ?s ?name ?whole ?t"""
    for row in query.rows(store, text):
        node, whole = row["s"].removeprefix(ID), row["whole"].removeprefix(ID)
        if node in found.names:
            continue
        names.setdefault(node, row["name"])
        if whole and whole not in wholes.get(node, ()):
            wholes[node] = (*wholes.get(node, ()), whole)
        if row["t"]:
            kinds[node] = _KINDS[local_name(row["t"])]
    return Sides(found.level, names, kinds, wholes, found.offices)


_KINDS = {
    "Ministry": "organ",
    "Agency": "organ",
    "ArmedForce": "organ",
    "Government": "government",
    "Country": "state",
}


def at(found: Sides, level: Level) -> Sides:
    """The same registers at another level."""
    return Sides(level, found.names, found.kinds, found.wholes, found.offices)


def _offices(store: Store) -> dict[str, tuple[Office, ...]]:
    stamps = ("EarliestBegin", "LatestBegin", "EarliestEnd", "LatestEnd")
    optional = " ".join(f"OPTIONAL {{ ?t sem:has{name}TimeStamp ?{name} }}" for name in stamps)
    held: dict[str, list[Office]] = defaultdict(list)
    for row in query.rows(
        store,
        f"""SELECT DISTINCT ?t ?who ?label ?in {" ".join(f"?{name}" for name in stamps)} WHERE {{
          ?t a dip:Tenure ; org:member ?who ; rdfs:label ?label .
          {{ ?t dip:post/org:postIn ?in }} UNION {{ ?t org:organization ?in }} {optional} }} ORDER BY ?t ?in""",
    ):
        bounds = tuple(day(row[name]) for name in stamps)
        office = Office(local_name(row["t"]), row["label"], local_name(row["in"]), bounds)  # type: ignore[arg-type]
        if office not in held[local_name(row["who"])]:
            held[local_name(row["who"])].append(office)
    return {who: tuple(each) for who, each in held.items()}


def check_level(level: str) -> Level:
    """Take a word for a level.

    Raises:
        UsageError: it is none.
    """
    for known in LEVELS:
        if level == known:
            return known
    raise UsageError(f"'{level}' is not a level.", hint=f"Use one of: {', '.join(LEVELS)}.")


__all__ = ["LEVELS", "Level", "Office", "Sides", "at", "check_level", "natural_level", "sides", "with_strangers"]
