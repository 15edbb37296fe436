"""A build in, FollowTheMoney entities out: one JSON object a line, sorted by id.

Persons, organisations and posts are things; measures become `Sanction`, tenures `Occupancy`, ties the schema that fits.
The sender of a sanction is a thing too: `authorityId` names it, and a link of its own joins it to the one sanctioned,
since a schema that only carries the sender's name draws no edge. Events and claims have no schema there and are left
out, and so is all that is not in force by fact. `kg.feeds.ftm` reads it back.
"""

from __future__ import annotations

import json
import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kg import describe, query
from kg.feeds import countries
from kg.feeds.ftm import SENDER, TIES, original
from kg.store import Store
from kg.terms import DIP, ORG, RDF, RDFS, SEM, SKOS, local_name

SCHEMATA = {
    "Person": "Person",
    "Company": "Company",
    **dict.fromkeys(("Organization", "Publisher", "Group", "ArmedGroup"), "Organization"),
    **dict.fromkeys(("Body", "Government", "Ministry", "Agency", "ArmedForce", "Country"), "PublicBody"),
}
_ENTITIES = "?s a dip:Entity . FILTER NOT EXISTS { ?s a dip:Place }"
_TIE_SCHEMATA = {tie: (schema, *ends) for schema, (tie, *ends) in TIES.items() if schema != "UnknownLink"} | {
    "SpouseOf": ("Family", "person", "relative"),
    "ChildOf": ("Family", "person", "relative"),
}
_RELATIONSHIPS = {"SpouseOf": "spouse", "ChildOf": "parent"}
_PERMITS = frozenset(("EntryPermit",))  # measures that allow something are no sanctions
_SUBJECT, _OBJECT = TIES["UnknownLink"][1:]
_BORN = re.compile(r"Born ([0-9]{4}(?:-[0-9]{2}){0,2})\.")
_POSITION = re.compile(r"Position: ([^.]+)\.")
_STATUS = re.compile(r"Status: ([^.]+)\.")
_ASSET = ("Company", "Vessel", "Airplane", "Vehicle", "Asset", "Security")

Properties = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class _Node:
    """A node of the build with all it bears, by predicate."""

    iri: str
    own: Mapping[str, list[str]]
    label: str

    def all(self, predicate: str) -> list[str]:
        """The values of a predicate, sorted."""
        return sorted(self.own.get(predicate, ()))

    def one(self, predicate: str) -> str:
        """The first value of a predicate; empty if it has none."""
        return next(iter(self.all(predicate)), "")

    @property
    def id(self) -> str:
        """The FollowTheMoney id: that which it came with, else the local name."""
        return original(local_name(self.iri))


def ftm(store: Store) -> bytes:
    """Write all that FollowTheMoney has a schema for.

    Raises:
        UsageError: the libraries that know the codes of states are not installed.
    """
    countries.needed()
    things = {node.iri: node for node in _nodes(store, _ENTITIES)}
    schemata = {iri: _schema(node) for iri, node in things.items()}
    made = [_thing(node, schemata[node.iri], things) for node in things.values() if schemata[node.iri]]
    for post in _nodes(store, "?s a org:Post ."):
        made.append(_position(post, things, schemata))
    for state in _nodes(store, "?s a dip:State ."):
        made.extend(_interval(state, things, schemata))
    lines = {str(entity["id"]): json.dumps(entity, ensure_ascii=False, sort_keys=True) for entity in made}
    return "".join(f"{lines[name]}\n" for name in sorted(lines)).encode()


def _nodes(store: Store, pattern: str) -> list[_Node]:
    text = f'SELECT DISTINCT ?s ?label WHERE {{ {pattern} ?s rdfs:label ?label . FILTER(LANG(?label) = "en") }}'
    english = {row["s"]: row["label"] for row in sorted(query.rows(store, text), key=str, reverse=True)}
    read = sorted(describe.facts(store, pattern).items())
    return [_Node(iri, own, english.get(iri) or own[f"{RDFS}label"][0]) for iri, own in read]


def _entity(name: str, schema: str, properties: Properties) -> dict[str, object]:
    return {"id": name, "schema": schema, "properties": {key: value for key, value in properties.items() if any(value)}}


def _schema(node: _Node) -> str:
    """The schema of an entity: what its own comment names (a vessel), else that of its narrowest class."""
    named = re.match(r"(Vessel|Airplane|Vehicle|Asset|Security|CryptoWallet)\.", node.one(f"{RDFS}comment"))
    if named:
        return named[1]
    kinds = {local_name(kind) for kind in node.all(f"{RDF}type")}
    found = next((schema for kind, schema in SCHEMATA.items() if kind in kinds and kind != "Organization"), "")
    return found or ("Organization" if "Organization" in kinds else "LegalEntity")


def _thing(node: _Node, schema: str, things: Mapping[str, _Node]) -> dict[str, object]:
    comment = node.one(f"{RDFS}comment")
    person = schema == "Person"
    known = {local_name(kind) for kind in node.all(f"{RDF}type")}
    kind = next((slug for slug, name in _kinds().items() if name in known), "")
    items = [local_name(item) for item in node.all(f"{SKOS}exactMatch")] + _coded(node, "wikidata")
    legal = schema in ("Organization", "PublicBody", "LegalEntity", "Company", "Person")
    return _entity(
        node.id,
        schema,
        {
            "name": [node.label],
            "alias": _others(node),
            "country": _states(node, things),
            "wikidataId": list(dict.fromkeys(items)),
            "classification": [kind] if schema in ("Organization", "PublicBody") and kind else [],
            "birthDate": _BORN.findall(comment) if person else [],
            "position": _POSITION.findall(comment) if person else [],
            "description": [comment] if comment and legal and not _is_ours(comment) else [],
        },
    )


def _others(node: _Node) -> list[str]:
    """All other names: aliases, and labels in other languages."""
    names = (*node.all(f"{RDFS}label"), *node.all(f"{SKOS}altLabel"))
    return sorted({name for name in names if name != node.label})


def _kinds() -> dict[str, str]:
    from kg.model import ENTITY_TYPES

    narrow = {slug: name for slug, name in ENTITY_TYPES.items() if slug not in ("organization", "person")}
    return {**narrow, "organization": "Organization"}


def _is_ours(comment: str) -> bool:
    """Whether a comment only says what other properties say."""
    return not _POSITION.sub("", _BORN.sub("", comment)).strip()


def _coded(node: _Node, scheme: str) -> list[str]:
    return [code.removeprefix(f"{scheme}:") for code in node.all(f"{DIP}code") if code.startswith(f"{scheme}:")]


def _states(node: _Node, things: Mapping[str, _Node]) -> list[str]:
    """The states an entity is of, as two small letters: by its codes, its own or that of the whole it is a part of."""
    codes = [code.lower() for code in _coded(node, "iso2")]
    codes += [_two(code) for code in (*_coded(node, "iso3"), *node.all(f"{DIP}iso3"))]
    seen, whole = {node.iri}, node.all(f"{DIP}partOf")
    while not any(codes) and whole and whole[0] in things and whole[0] not in seen:
        seen.add(whole[0])
        codes = [_two(code) for code in things[whole[0]].all(f"{DIP}iso3")]
        whole = things[whole[0]].all(f"{DIP}partOf")
    return sorted({code for code in codes if code})


def _two(three: str) -> str:
    return countries.iso2(three).lower()


def _position(post: _Node, things: Mapping[str, _Node], schemata: Mapping[str, str]) -> dict[str, object]:
    within = post.one(f"{ORG}postIn")
    whole = things.get(within)
    return _entity(
        post.id,
        "Position",
        {
            "name": [post.label],
            "organization": [whole.id]
            if whole and schemata.get(within) in ("Organization", "PublicBody", "Company")
            else [],
            "country": _states(whole, things) if whole else [],
        },
    )


def _interval(state: _Node, things: Mapping[str, _Node], schemata: Mapping[str, str]) -> Iterator[dict[str, object]]:
    kinds = {local_name(kind) for kind in state.all(f"{RDF}type")}
    if "Measure" in kinds and not _PERMITS & {local_name(kind) for kind in state.all(f"{DIP}measureType")}:
        yield from _sanctions(state, things)
    elif "Tenure" in kinds:
        yield from _occupancy(state, things)
    elif "Tie" in kinds:
        yield from _tie(state, things, schemata)


def _sanctions(state: _Node, things: Mapping[str, _Node]) -> Iterator[dict[str, object]]:
    targets = [things[iri] for iri in state.all(f"{DIP}appliesTo") if iri in things]
    senders = [things[iri] for iri in state.all(f"{DIP}imposedBy") if iri in things]
    for number, target in enumerate(targets, 1):
        name = state.id if number == 1 else f"{state.id}-{number}"
        when = _times(state)
        yield _entity(
            name,
            "Sanction",
            {
                "entity": [target.id],
                "authority": [sender.label for sender in senders],
                "authorityId": [sender.id for sender in senders],
                "country": sorted({code for sender in senders for code in _states(sender, things)}),
                "program": state.all(f"{DIP}program"),
                "provisions": [_words(kind) for kind in state.all(f"{DIP}measureType")],
                "status": _STATUS.findall(state.one(f"{RDFS}comment")),
                "summary": [state.label],
                **when,
            },
        )
        for place, sender in enumerate(senders, 1):
            yield _entity(
                f"{name}-sender{f'-{place}' if place > 1 else ''}",
                "UnknownLink",
                {_SUBJECT: [sender.id], _OBJECT: [target.id], "role": [SENDER], "recordId": [name], **when},
            )


def _occupancy(state: _Node, things: Mapping[str, _Node]) -> Iterator[dict[str, object]]:
    holder = things.get(state.one(f"{ORG}member"))
    if holder is not None:
        ends = {"holder": [holder.id], "post": [original(local_name(state.one(f"{DIP}post")))]}
        status = _STATUS.findall(state.one(f"{RDFS}comment"))
        yield _entity(state.id, "Occupancy", {**ends, "status": status, **_times(state)})


def _tie(state: _Node, things: Mapping[str, _Node], schemata: Mapping[str, str]) -> Iterator[dict[str, object]]:
    left, right = things.get(state.one(f"{DIP}tieFrom")), things.get(state.one(f"{DIP}tieTo"))
    if left is None or right is None:
        return
    kind, comment = local_name(state.one(f"{DIP}tieType")), state.one(f"{RDFS}comment")
    schema, *ends = _TIE_SCHEMATA.get(kind, ("UnknownLink", _SUBJECT, _OBJECT))
    if not _fits(schema, schemata.get(left.iri, ""), schemata.get(right.iri, "")):
        schema, ends = "UnknownLink", [_SUBJECT, _OBJECT]
    words = comment.split("; ") if comment else []
    if schema in ("Family", "Associate"):
        told = {"relationship": words or [_RELATIONSHIPS.get(kind, "")]}
    else:
        told = {"role": words or ([_words(kind)] if schema == "UnknownLink" and kind != "LinkedTo" else [])}
    yield _entity(state.id, schema, {ends[0]: [left.id], ends[1]: [right.id], **told, **_times(state)})


def _fits(schema: str, left: str, right: str) -> bool:
    """Whether a schema takes these two: persons for family, an asset as what is owned, an organisation for members."""
    bodies = ("Organization", "Company", "PublicBody")
    return {
        "Family": left == right == "Person",
        "Associate": left == right == "Person",
        "Ownership": right in _ASSET,
        "Employment": left == "Person" and right in bodies,
        "Directorship": right in bodies,
        "Membership": right in bodies,
    }.get(schema, True)


def _times(state: _Node) -> Properties:
    """Begin and end of a state; a date between two bounds is written by both, unless it is a month or a year."""
    first, begun, ending, last = (
        state.one(f"{SEM}has{name}TimeStamp") for name in ("EarliestBegin", "LatestBegin", "EarliestEnd", "LatestEnd")
    )
    known = state.one(f"{DIP}lastKnownInForce")
    told = (
        f"Begun on or before {begun}." if begun and not first else "",
        f"Begun on or after {first}." if first and not begun else "",
        f"Ended on or before {last}." if last and not ending else "",
        f"Not ended before {ending}." if ending and not last else "",
        f"Known in force on {known}." if known else "",
    )
    return {
        "startDate": _between(first, begun) if first and begun else [],
        "endDate": _between(ending, last) if ending and last else [],
        "description": [" ".join(filter(None, told))] if any(told) else [],
    }


def _between(first: str, last: str) -> list[str]:
    """Dates for two bounds: one where they are one day, a whole month or a whole year, else both.

    >>> _between("2025-10-01", "2025-10-31"), _between("2025-10-03", "2025-10-05"), _between("2025-01-01", "2025-12-31")
    (['2025-10'], ['2025-10-03', '2025-10-05'], ['2025'])
    """
    if first == last:
        return [first]
    if first[:4] == last[:4] and (first[5:], last[5:]) == ("01-01", "12-31"):
        return [first[:4]]
    month = monthrange(int(first[:4]), int(first[5:7]))[1]
    if first[:7] == last[:7] and (first[8:], last[8:]) == ("01", f"{month:02}"):
        return [first[:7]]
    return [first, last]


def _words(iri: str) -> str:
    """Write the local name of a concept as words.

    >>> _words("https://w3id.org/diplokg/ns#FinancialSanctions")
    'financial sanctions'
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", local_name(iri)).lower()
