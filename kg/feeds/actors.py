"""Parties of feeds in, judgements out: whom of the registers each party is, by what that was found, and how sure it is.

A judgement is an addition that can be taken back, never a merge: the party keeps its own name and codes. Codes are
surest, then names that differ at most in case, accents and punctuation, then names of organisations that are
misspelt. A person is never found by name alone, since two people may bear it and lists of the sanctioned are full of
namesakes: a person's name counts only where party and entity belong to the same state. All else is left for `kg link`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from kg.dates import in_force
from kg.feeds import countries
from kg.feeds.names import key, likeness
from kg.feeds.records import Party
from kg.model import ENTITY_TYPES, Entity, Post

SCORES = {
    "curator": "1.00",
    "wikidata": "1.00",
    **dict.fromkeys(countries.SCHEMES, "1.00"),
    "cameo role": "0.95",
    "label": "0.95",
    "country name": "0.90",
    "alias": "0.90",
    "office": "1.00",
}
MISSPELT = 95  # of 100: how like its nearest name an organisation's must be to be taken for it
CANDIDATE = 80  # of 100: how like a name must be to be laid before a person
ROLES = {
    **dict.fromkeys(("GOV",), "government"),
    **dict.fromkeys(("MIL",), "armed-force"),
    **dict.fromkeys(("REB", "SEP", "UAF", "INS"), "armed-group"),
    **dict.fromkeys(("COP", "SPY"), "agency"),
    **dict.fromkeys(("JUD", "LEG"), "body"),
    **dict.fromkeys(("IGO", "NGO", "NGM"), "organization"),
}  # the first role of a CAMEO actor code and the kind of entity that bears it; all other roles are of groups
_ORGANIZED = frozenset(ENTITY_TYPES) - {"person", "place", "state"}
_NAMED_ENOUGH = _ORGANIZED - {"group"} | {"state"}  # kinds that a name alone may find where the feed tells no kind


@dataclass(frozen=True, slots=True)
class Held:
    """Who held a post, with the bounds that are known: latest begin, earliest and latest end, last known day."""

    holder: str
    post: str
    earliest_begin: date | None = None
    latest_begin: date | None = None
    earliest_end: date | None = None
    latest_end: date | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a build knows of actors before a feed comes: entities and posts of the registers, curated tenures."""

    entities: Mapping[str, Entity]
    posts: Mapping[str, Post] = field(default_factory=dict)
    tenures: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Judged:
    """That a party of a feed is, or is not, an entity: `score` from 0 to 1 as text, `method` by which it was found.

    `begin` and `end` bound a judgement that holds for a time only: an office is its holder while the tenure lasts.
    """

    party: str
    entity: str
    verdict: str
    score: str
    method: str
    reason: str
    begin: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """What became of a party: the entity whose id is written in its place, or empty where it stays itself.

    `part_of` is the entity of the register it belongs to by its code, `iso3` the code of the state that it is, `kind`
    what its code says of it where the feed says nothing.
    """

    entity: str = ""
    part_of: str = ""
    iso3: str = ""
    kind: str = ""
    judgements: tuple[Judged, ...] = ()


class Resolver:
    """Finds whom of the registers a party is. `decisions` are a curator's: (party, entity) → accepted or refused."""

    def __init__(self, known: Known, decisions: Mapping[tuple[str, str], bool] | None = None) -> None:
        countries.needed()
        self.known = known
        self._accepted: dict[str, str] = {}
        self._refused: dict[str, set[str]] = defaultdict(set)
        for (party, entity), accepted in sorted((decisions or {}).items()):
            if accepted:
                self._accepted[party] = entity
            else:
                self._refused[party].add(entity)
        self._states = {each.iso3: each.id for each in known.entities.values() if each.iso3 and each.type == "state"}
        self._items = {each.wikidata: each.id for each in known.entities.values() if each.wikidata}
        self._names: dict[str, dict[str, str]] = defaultdict(dict)  # name → entity → label or alias
        self._by_word: dict[str, set[str]] = defaultdict(set)  # word → names that hold it
        self._offices: dict[str, set[str]] = defaultdict(set)
        for each in known.entities.values():
            for name, method in names_of(each):
                self._names[name].setdefault(each.id, method)
        for name in self._names:
            for word in name.split():
                self._by_word[word].add(name)
        for post in known.posts.values():
            for label in filter(None, (post.label, post.label_es)):
                self._offices[key(label)].add(post.id)

    def resolve(self, party: Party) -> Resolution:
        """Judge one party: what a curator decided, else by codes, else by names; refused entities are left out."""
        state, codes = self._state(party), dict(party.codes)
        kind = party.kind or role_kind(codes.get("cameo", ""))
        refused = tuple(
            Judged(party.id, entity, "Negative", SCORES["curator"], "curator", "Refused by a curator.")
            for entity in sorted(self._refused.get(party.id, ()))
        )
        found = self._decided(party) or self._coded(party, state) or self._named(party, kind)
        iso3 = state if self._is_the_state(party) else ""
        home = self._states.get(state, "") if state and not iso3 else ""
        judgements = (found, *refused) if found else refused
        return Resolution(found.entity if found else "", home, iso3, kind if not party.kind else "", judgements)

    def candidates(self, party: Party, at_least: int = CANDIDATE) -> list[Judged]:
        """List whom a party may be, likeliest first, for a person to decide; what is decided is left out."""
        resolved = self.resolve(party)
        if resolved.entity:
            return []
        kind = party.kind or resolved.kind
        best: dict[str, tuple[int, str, str]] = {}
        for name in filter(None, dict.fromkeys(map(key, (party.label, *party.aliases)))):
            for near in self._near(name):
                for entity in self._names[near]:
                    type_ = self.known.entities[entity].type
                    score = likeness(name, near, type_ == "person") if self._may_be(kind, type_) else 0
                    if score >= at_least:
                        best[entity] = max(best.get(entity, (0, "", "")), (score, near, name))
        refused = self._refused.get(party.id, set())
        found = [
            Judged(party.id, entity, "Unsure", f"{score / 100:.2f}", "name" if score == 100 else "fuzzy",
                   f"'{name}' is like '{near}'.")
            for entity, (score, near, name) in best.items() if entity not in refused
        ]  # fmt: skip
        return sorted(found, key=lambda each: (-float(each.score), each.entity))

    def offices(self, party: Party, first: date, last: date) -> tuple[Judged, ...]:
        """Judge a party that is named by its office: who held it between two days, one judgement for each tenure.

        This is an additional judgement, which holds for the days of the tenure; the party stays itself.
        """
        posts = {post for name in (party.label, *party.aliases) for post in self._offices.get(key(name), ())}
        refused = self._refused.get(party.id, set())
        return tuple(
            sorted(
                _in_office(party.id, held, sure, self.known.posts[held.post].label)
                for held in self.known.tenures
                if held.post in posts and held.holder not in refused and (sure := _held(held, first, last)) is not None
            )
        )

    def _decided(self, party: Party) -> Judged | None:
        entity = self._accepted.get(party.id, "")
        if entity not in self.known.entities:
            return None
        return Judged(party.id, entity, "Positive", SCORES["curator"], "curator", "Accepted by a curator.")

    def _coded(self, party: Party, state: str) -> Judged | None:
        codes = dict(party.codes)
        if found := self._judged(party, self._items.get(codes.get("wikidata", ""), ""), "wikidata", codes):
            return found
        if self._is_the_state(party):
            scheme = next((each for each in countries.SCHEMES if each in codes), "iso3")
            return self._judged(party, self._states.get(state, ""), scheme, codes)
        if code := codes.get("cameo", ""):
            return self._judged(party, self._organ(self._states.get(state, ""), code[3:]), "cameo role", codes)
        return None

    def _judged(self, party: Party, entity: str, method: str, codes: Mapping[str, str]) -> Judged | None:
        if not entity or entity in self._refused.get(party.id, ()):
            return None
        code = codes.get("cameo" if method == "cameo role" else method, "")
        return Judged(party.id, entity, "Positive", SCORES[method], method, f"The {method} of {code} is this.")

    def _named(self, party: Party, kind: str) -> Judged | None:
        for name in dict.fromkeys((party.label, *party.aliases)):
            if found := self._by_name(party, name, kind):
                return found
        return None

    def _by_name(self, party: Party, name: str, kind: str) -> Judged | None:
        refused = self._refused.get(party.id, set())
        fitting = {
            entity: method
            for entity, method in self._names.get(key(name), {}).items()
            if entity not in refused and self._surely(party, kind, self.known.entities[entity], name)
        }
        if len(fitting) == 1:
            entity, method = fitting.popitem()
            if not kind and self.known.entities[entity].type not in _NAMED_ENOUGH:
                return None
            return Judged(party.id, entity, "Positive", SCORES[method], method, f"'{name}' is its {method}.")
        if fitting:
            return None
        if kind == "state":
            code = countries.named(name)
            entity = self._states.get(code, "")
            if entity and entity not in refused and countries.same_words(name, code):
                reason = f"'{name}' is a name of {code}."
                return Judged(party.id, entity, "Positive", SCORES["country name"], "country name", reason)
        return self._misspelt(party, name, kind) if kind in _ORGANIZED and kind != "group" else None

    def _misspelt(self, party: Party, name: str, kind: str) -> Judged | None:
        plain = key(name)
        found: dict[str, tuple[int, str]] = {}
        for near in self._near(plain):
            score = likeness(plain, near)
            if score >= MISSPELT:
                for entity in self._names[near]:
                    if self.known.entities[entity].type == kind and entity not in self._refused.get(party.id, ()):
                        found[entity] = max(found.get(entity, (0, "")), (score, near))
        if len(found) != 1:
            return None
        entity, (score, near) = found.popitem()
        return Judged(party.id, entity, "Positive", f"{score * 0.9 / 100:.2f}", "fuzzy", f"'{name}' is like '{near}'.")

    def _near(self, name: str) -> list[str]:
        """Names of the registers that share a word with a name; the order is that of the names."""
        return sorted(set().union(*(self._by_word.get(word, ()) for word in name.split())))

    def _surely(self, party: Party, kind: str, entity: Entity, name: str) -> bool:
        """Whether a name that fits is enough: kinds agree, and for a person the state and more than one word too."""
        if not kind:
            return True  # it has to be the only entity of that name, of whatever kind: see _by_name
        if entity.type != "person":
            return kind == entity.type or ({kind, entity.type} <= _ORGANIZED and "group" not in (kind, entity.type))
        state = self._state(party) or self._home(party.part_of)
        return kind == "person" and len(key(name).split()) > 1 and bool(state) and state in self._states_of(entity.id)

    @staticmethod
    def _may_be(kind: str, entity: str) -> bool:
        """Whether a party of a kind may be an entity of a type at all; a feed that tells no kind leaves all open."""
        if not kind or kind == entity:
            return True
        return {kind, entity} <= _ORGANIZED or {kind, entity} == {"state", "place"}

    def _is_the_state(self, party: Party) -> bool:
        codes = dict(party.codes)
        return party.kind in ("", "state") and bool(self._state(party)) and len(codes.get("cameo", "...")) == 3

    def _state(self, party: Party) -> str:
        """The alpha-3 code of the state that the codes of a party name: what it is, or what it belongs to."""
        for scheme, code in party.codes:
            if scheme in countries.SCHEMES:
                found = countries.iso3(scheme, code[:3] if scheme == "cameo" else code)
                if found:
                    return found
        return ""

    def _home(self, entity: str) -> str:
        """The alpha-3 code of the state that an entity is or is a part of."""
        for _ in range(10):
            each = self.known.entities.get(entity)
            if each is None or each.iso3:
                return each.iso3 if each else ""
            entity = each.part_of
        return ""

    def _states_of(self, person: str) -> set[str]:
        """The states that a person belongs to: by the register, and by the offices held."""
        posts = [held.post for held in self.known.tenures if held.holder == person]
        organizations = [self.known.posts[post].organization for post in posts if post in self.known.posts]
        return {self._home(each) for each in (person, *organizations)} - {""}

    def _organ(self, state: str, role: str) -> str:
        """The one government or armed force of a state that the register has; roles finer than that name nobody."""
        kind = ROLES.get(role, "")
        if not state or kind not in ("government", "armed-force"):
            return ""
        organs = {each.id: each for each in self.known.entities.values() if each.type == kind}
        direct = [each for each in organs if organs[each].part_of == state]
        if kind == "armed-force":
            direct += [each for each in organs if self._is_government_of(organs[each].part_of, state)]
        return direct[0] if len(direct) == 1 else ""

    def _is_government_of(self, entity: str, state: str) -> bool:
        each = self.known.entities.get(entity)
        return each is not None and each.type == "government" and each.part_of == state


def names_of(entity: Entity) -> Iterator[tuple[str, str]]:
    """Give the keys of all names of an entity, each with whether it is a label or an alias."""
    for label in filter(None, (entity.label, entity.label_es)):
        yield key(label), "label"
    for alias in entity.aliases:
        yield key(alias[3:] if alias[2:3] == ":" else alias), "alias"


def role_kind(code: str) -> str:
    """Give the kind of entity that a CAMEO actor code names.

    >>> role_kind("COLMIL"), role_kind("USA"), role_kind("GOV"), role_kind("USAMED"), role_kind("")
    ('armed-force', 'state', 'government', 'group', '')
    """
    if not code:
        return ""
    if countries.iso3("cameo", code[:3]):
        return ROLES.get(code[3:6], "group") if code[3:] else "state"
    return ROLES.get(code[:3], "group")


def _held(held: Held, first: date, last: date) -> bool | None:
    """Whether an office was held between two days: True on all of them for certain, False perhaps, None not at all."""
    if (held.earliest_begin and held.earliest_begin > last) or (held.latest_end and held.latest_end < first):
        return None
    bounds = (held.earliest_begin, held.latest_begin, held.earliest_end, held.latest_end)
    return all(in_force(*bounds, day) == "certain" for day in (first, last))


def _in_office(party: str, held: Held, sure: bool, office: str) -> Judged:
    reason = f"Held the office '{office}'{'' if sure else ' perhaps'}."
    score = SCORES["office"] if sure else "0.50"
    return Judged(party, held.holder, "Positive", score, "office", reason, held.earliest_begin, held.latest_end)


def chosen(judgements: Iterable[Judged]) -> dict[str, str]:
    """Give the entity that is written in the place of each party, by judgements that hold for good."""
    return {each.party: each.entity for each in judgements if each.verdict == "Positive" and each.method != "office"}
