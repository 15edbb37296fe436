"""FollowTheMoney entities, one JSON object a line: persons and organisations, sanctions, posts held, and ties.

Things (`Person`, `Company`, `Position` …) come first in the records, whatever their order in the file; intervals
(`Sanction`, `Occupancy`, `Ownership` …) after them. Of a sanction the sender becomes a node, either the entity that
`authorityId` names or one by the name in `authority`. Schemata that tell no relation of this vocabulary, such as
payments and addresses, are left out by name; `kg.ftm` writes the other direction.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from kg.dates import parse
from kg.errors import DateError
from kg.feeds import countries
from kg.feeds.asked import outside
from kg.feeds.files import Source
from kg.feeds.naming import slug
from kg.feeds.records import (
    At,
    CodedEvent,
    HeldOffice,
    ListedMeasure,
    ListedTie,
    Office,
    Party,
    Record,
    Report,
    Window,
)
from kg.model import ENTITY_TYPES
from kg.terms import SLUG

KINDS = {
    "Person": "person", "Company": "company", "Organization": "organization", "PublicBody": "body", "LegalEntity": "",
    "Vessel": "", "Airplane": "", "Vehicle": "", "Asset": "", "Security": "", "CryptoWallet": "",
}  # fmt: skip
TIES = {
    "Ownership": ("OwnerOf", "owner", "asset"),
    "Directorship": ("DirectorOf", "director", "organization"),
    "Membership": ("MemberOf", "member", "organization"),
    "Employment": ("EmployedBy", "employee", "employer"),
    "Family": ("RelativeOf", "person", "relative"),
    "Associate": ("AssociateOf", "person", "associate"),
    "Representation": ("RepresentativeOf", "agent", "client"),
    "Succession": ("SuccessorOf", "successor", "predecessor"),
    "UnknownLink": ("LinkedTo", "subject", "object"),
}
SPOUSES = frozenset(("spouse", "husband", "wife", "married"))
PARENTS = frozenset(("father", "mother", "parent"))
CHILDREN = frozenset(("child", "son", "daughter"))
SENDER = "imposed sanctions on"  # the role of the link that `kg.ftm` draws from a sender to the one sanctioned

NAMES = ("name", "alias", "previousName")
_STATES = ("country", "nationality", "citizenship", "jurisdiction", "mainCountry")
USED = frozenset(
    (*NAMES, *_STATES, "wikidataId", "birthDate", "position", "classification", "entity", "authority", "authorityId",
     "program", "programId", "startDate", "listingDate", "endDate", "date", "publisher", "sourceUrl", "holder", "post",
     "organization", "role", "relationship", "percentage", "status", "recordId",
     *(end for _, *ends in TIES.values() for end in ends))
)  # fmt: skip
_TOP = frozenset(("id", "schema", "properties", "caption"))
_TOP_LEFT_OUT = frozenset(("datasets", "referents", "target", "first_seen", "last_seen", "last_change", "key_prefix"))


@cache
def left_out(kind: str) -> frozenset[str]:
    """The schemata or properties of FollowTheMoney's model that are known and not used, from `ftm.csv` beside this."""
    with Path(__file__).with_name("ftm.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(row["name"] for row in csv.DictReader(file) if row["kind"] == kind) - USED


class _Refused(Exception):
    """An entity that is not taken; the arguments are the reason and the value at fault."""


@dataclass(slots=True)
class _Entity:
    """One line: its schema, its id, its values by property."""

    source: Source
    line: int
    id: str
    schema: str
    caption: str
    values: dict[str, list[str]]

    def one(self, name: str) -> str:
        """The first value of a property; empty if it has none."""
        return next(iter(self.values.get(name, ())), "")

    def label(self) -> str:
        """What it is called: its caption, its first name, else its id."""
        return self.caption or self.one("name") or self.id

    def report(self) -> tuple[Report, ...]:
        """Where it stands, and who publishes it, as far as it says."""
        return (Report(At(self.source.name, self.line, self.id), self.one("publisher"), self.one("sourceUrl")),)


@dataclass(slots=True)
class _Seen:
    """What the things of an import are: parties and posts by their FollowTheMoney ids."""

    parties: dict[str, Party] = field(default_factory=dict)
    posts: dict[str, _Entity] = field(default_factory=dict)
    sanctions: set[str] = field(default_factory=set)
    lines: dict[str, bytes] = field(default_factory=dict)


def read(files: Iterable[Source], window: Window) -> Iterator[Record]:
    """Read entities: parties as they come, all that joins them after the last file."""
    seen, later = _Seen(), list[_Entity]()
    for source in files:
        for line, text in source.lines():
            if not text.strip():
                continue
            source.tally.read += 1
            try:
                entity = _entity(source, line, text)
                if entity is None or _again(entity, text, seen):
                    continue
                if entity.schema in KINDS:
                    party = seen.parties[entity.id] = _party(entity)
                    source.tally.kept += 1
                    yield party
                elif entity.schema == "Position":
                    seen.posts[entity.id] = entity
                else:
                    if entity.schema == "Sanction":
                        seen.sanctions.add(entity.id)
                    later.append(entity)
            except _Refused as refused:
                source.tally.reject(line, *refused.args)
        source.tally.left_out = tuple(sorted(source.tally.left_out))
    offices: dict[str, Office] = {}
    for entity in seen.posts.values():
        yield from _told(entity, lambda each: _office(each, seen, offices))
    for entity in later:
        yield from _told(entity, lambda each: _joined(each, seen, offices, window))


def _told(entity: _Entity, make: Any) -> Iterator[Record]:
    """Yield what an entity becomes and count it; one that is refused is told."""
    try:
        records = list(make(entity))
    except _Refused as refused:
        reason, value = refused.args
        entity.source.tally.reject(entity.line, reason, value, entity.id)
        return
    if records or entity.schema == "Position":
        entity.source.tally.kept += 1
    yield from records


def _entity(source: Source, line: int, text: str) -> _Entity | None:
    """Read one line; None where it was counted already.

    Raises:
        _Refused: it is no entity, or its schema is left out.
    """
    try:
        made = json.loads(text)
        json.dumps(made, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise _Refused("half a character (\\ud800 to \\udfff alone), which is in no text", text) from None
    except (ValueError, RecursionError):
        raise _Refused("is no JSON", text) from None
    if not isinstance(made, dict) or not isinstance(made.get("properties"), dict):
        raise _Refused("is no FollowTheMoney entity", text)
    number, schema = made.get("id"), made.get("schema")
    if not isinstance(number, str) or not number or not isinstance(schema, str):
        raise _Refused("id or schema missing", text)
    if schema not in KINDS and schema not in TIES and schema not in ("Sanction", "Occupancy", "Position"):
        if schema in left_out("schema"):
            source.tally.notes[f"{schema} left out"] += 1
            raise _Refused(f"schema {schema} is left out: it tells no relation of the vocabulary", number)
        source.tally.unknown[f"schema {schema}"] += 1
        raise _Refused(f"schema {schema} is not known", number)
    for name in made.keys() - _TOP:
        if name in _TOP_LEFT_OUT:
            _leave_out(source, name)
        else:
            source.tally.unknown[f"key {name[:60]}"] += 1
    caption = made.get("caption")
    values = _values(source, schema, made["properties"])
    return _Entity(source, line, number, schema, _plain(caption) if isinstance(caption, str) else "", values)


def _values(source: Source, schema: str, properties: dict[str, Any]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, given in properties.items():
        if name in USED:
            items = given if isinstance(given, list) else [given]
            if not all(isinstance(item, str) for item in items):
                raise _Refused(f"{name} holds more than texts; nested entities are not read", json.dumps(given))
            values[name] = [text for item in items if (text := _plain(item))]
        elif name in left_out("property"):
            _leave_out(source, name)
        else:
            source.tally.unknown[f"{schema}: {name[:60]}"] += 1
    return values


def _leave_out(source: Source, name: str) -> None:
    """Note that a property which the file has is not used."""
    if name not in source.tally.left_out:
        source.tally.left_out = (*source.tally.left_out, name)


def _again(entity: _Entity, text: str, seen: _Seen) -> bool:
    """Whether an entity came before; one that says something else this time is refused."""
    digest = hashlib.sha256(text.strip().encode()).digest()[:8]
    if entity.id not in seen.lines:
        seen.lines[entity.id] = digest
        return False
    if seen.lines[entity.id] != digest:
        raise _Refused("the id stands twice, with other values", entity.id)
    entity.source.tally.duplicates += 1
    return True


def _party(entity: _Entity) -> Party:
    kind = KINDS[entity.schema]
    told = entity.one("classification")
    if kind in ("organization", "body") and told in ENTITY_TYPES:
        kind = told
    codes: list[tuple[str, str]] = []
    for state in dict.fromkeys(code.upper() for name in _STATES for code in entity.values.get(name, ())):
        if countries.iso3("iso2", state) and kind:  # what is of no kind would be taken for the state itself
            codes.append(("iso2", state))
        elif kind:
            entity.source.tally.notes["countries that are none of today"] += 1
    item = entity.one("wikidataId") or (entity.id if re.fullmatch(r"Q[1-9][0-9]*", entity.id) else "")
    codes += [("wikidata", item)] if item else []
    label = entity.label()
    others = dict.fromkeys(name for names in NAMES for name in entity.values.get(names, ()) if name != label)
    return Party(local(entity.id), label, kind, tuple(others), (*codes, ("ftm", entity.id)), description=_about(entity))


def _about(entity: _Entity) -> str:
    parts = (
        f"Born {born}." if (born := entity.one("birthDate")) else "",
        f"Position: {post}." if (post := entity.one("position").rstrip(".")) else "",
        f"{entity.schema}." if not KINDS[entity.schema] and entity.schema != "LegalEntity" else "",
    )
    return " ".join(filter(None, parts))


def _office(entity: _Entity, seen: _Seen, offices: dict[str, Office]) -> Iterator[Record]:
    """Make an office of a position; it needs an organisation, or at least a country."""
    organization = seen.parties.get(entity.one("organization"))
    if organization is None:
        state = entity.one("country").upper()
        code = countries.iso3("iso2", state)
        if not code:
            raise _Refused("the position names no organisation of this import and no country", entity.label())
        organization = Party(f"ftm-country-{slug(state)}", countries.name(code), "state", codes=(("iso2", state),))
        yield organization
    office = offices[entity.id] = Office(local(entity.id), entity.label(), organization.id)
    yield office


def _joined(entity: _Entity, seen: _Seen, offices: dict[str, Office], window: Window) -> Iterator[Record]:
    begin, end = _dates(entity, ("startDate", "listingDate", "date")), _dates(entity, ("endDate",))
    if entity.schema == "Sanction":
        made = _sanction(entity, seen, begin, end, window)
    elif entity.schema == "Occupancy":
        made = _occupancy(entity, seen, offices, begin, end, window)
    else:
        made = _tie(entity, seen, begin, end, window)
    return iter(made)


def _sanction(entity: _Entity, seen: _Seen, begin: str, end: str, window: Window) -> list[Record]:
    target = _end(entity, "entity", seen)
    senders = _senders(entity, seen)
    if _outside(entity, window, begin, end, senders, (target,)):
        return []
    name = local(entity.id)
    programs = tuple(dict.fromkeys((*entity.values.get("program", ()), *entity.values.get("programId", ()))))
    by = " and ".join(sender.label for sender in senders)
    note = f"Status: {entity.one('status').rstrip('.')}." if entity.one("status") else ""
    made: list[Record] = [*senders]
    made.append(ListedMeasure(name, "SanctionsListing", f"{target.label} is sanctioned{f' by {by}' if by else ''}",
                              (target.id,), entity.report(), tuple(sender.id for sender in senders), begin, end,
                              programs=programs, note=note))  # fmt: skip
    if senders:  # without a sender there is nobody who acts
        made.append(CodedEvent(f"{name}-listing", "Sanctioning", f"{by} sanctions {target.label}", entity.report(),
                               tuple(sender.id for sender in senders), (target.id,), date=begin))  # fmt: skip
    return made


def _senders(entity: _Entity, seen: _Seen) -> tuple[Party, ...]:
    """Who imposes a sanction: the entities that `authorityId` names, else nodes by the names in `authority`."""
    known = tuple(seen.parties[each] for each in entity.values.get("authorityId", ()) if each in seen.parties)
    if known:
        return known
    states = tuple(("iso2", code.upper()) for code in entity.values.get("country", ()) if countries.iso3("iso2", code))
    names = dict.fromkeys(entity.values.get("authority", ()))
    return tuple(Party(f"ftm-authority-{slug(name)}", name, "organization", codes=states[:1]) for name in names)


def _occupancy(
    entity: _Entity, seen: _Seen, offices: dict[str, Office], begin: str, end: str, window: Window
) -> list[Record]:
    holder = _end(entity, "holder", seen)
    office = offices.get(entity.one("post"))
    if office is None:
        raise _Refused("its position is not in this import", entity.one("post"))
    if _outside(entity, window, begin, end, (holder,), ()):
        return []
    note = f"Status: {entity.one('status').rstrip('.')}." if entity.one("status") else ""
    return [HeldOffice(local(entity.id), holder.id, office.id, f"{holder.label}, {office.label}", entity.report(),
                       begin, end, note=note)]  # fmt: skip


def _tie(entity: _Entity, seen: _Seen, begin: str, end: str, window: Window) -> list[Record]:
    kind, *ends = TIES[entity.schema]
    left, right = (_end(entity, name, seen) for name in ends)
    if entity.schema == "UnknownLink" and entity.one("role") == SENDER and entity.one("recordId") in seen.sanctions:
        entity.source.tally.notes["links from a sender, told by the sanction"] += 1
        entity.source.tally.kept += 1
        return []
    if left.id == right.id:
        raise _Refused("joins an entity to itself", entity.one(ends[0]))
    if _outside(entity, window, begin, end, (left,), (right,)):
        return []
    relationship = entity.one("relationship").lower()
    if entity.schema == "Family":
        kind, left, right = _family(relationship, left, right)
    notes = [text for name in ("role", "relationship", "percentage", "status") for text in entity.values.get(name, ())]
    label = f"{left.label} – {entity.schema} – {right.label}"
    return [ListedTie(local(entity.id), kind, left.id, right.id, label, entity.report(), begin, end,
                      "; ".join(dict.fromkeys(notes)))]  # fmt: skip


def _family(relationship: str, person: Party, relative: Party) -> tuple[str, Party, Party]:
    """Read what the relative is to the person: a spouse, a parent, a child, or some relative."""
    words = set(re.findall(r"[a-z]+", relationship))
    if words & SPOUSES and not words & {"ex", "former"}:
        return "SpouseOf", person, relative
    if len(words) == 1 and words & PARENTS:
        return "ChildOf", person, relative
    if len(words) == 1 and words & CHILDREN:
        return "ChildOf", relative, person
    return "RelativeOf", person, relative


def _end(entity: _Entity, name: str, seen: _Seen) -> Party:
    party = seen.parties.get(entity.one(name))
    if party is None:
        raise _Refused(f"its {name} is not in this import", entity.one(name))
    if len(entity.values[name]) > 1:
        raise _Refused(f"names more than one {name}", ", ".join(entity.values[name]))
    return party


def _outside(
    entity: _Entity, window: Window, begin: str, end: str, ours: Iterable[Party], theirs: Iterable[Party]
) -> bool:
    if outside(window, begin, end or "..", ours, theirs):
        entity.source.tally.outside += 1
        return True
    return False


def _dates(entity: _Entity, names: tuple[str, ...]) -> str:
    """The dates of the first of some properties that has any: one, or the interval in which the true one lies."""
    for name in names:
        days = sorted({value[:10] for value in entity.values.get(name, ())})
        for day in days:
            try:
                parse(day)
            except DateError:
                raise _Refused(f"{name}: '{day}' is not a date", day) from None
        if days:
            return days[0] if len(days) == 1 else f"{days[0]}/{days[-1]}"
    return ""


def _plain(text: str) -> str:
    return " ".join(text.split())


def local(number: str) -> str:
    """Make a local name of an id, so that the id can be had back: as it is where it is a name, else by its bytes.

    >>> local("6d03aec7"), local("NK-a")
    ('ftm-6d03aec7', 'ftm-0x4e4b2d61')
    """
    return f"ftm-{number}" if SLUG.match(number) and not number.startswith("0x") else f"ftm-0x{number.encode().hex()}"


def original(name: str) -> str:
    """Have the id back out of a local name; other names are ids already.

    >>> original("ftm-0x4e4b2d61"), original("ftm-6d03aec7"), original("gustavo-petro")
    ('NK-a', '6d03aec7', 'gustavo-petro')
    """
    if name.startswith("ftm-0x"):
        return bytes.fromhex(name.removeprefix("ftm-0x")).decode()
    return name.removeprefix("ftm-")
