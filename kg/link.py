"""Parties of imported feeds and the registers: whom a party may be, what a curator decides, and what follows from it.

A decision is a row of `links.csv` (`kg.feeds.links`). It takes effect at the next import, and with `apply` in the
batches that are there (`kg.relink`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg import bulk, query, registered, relink, store, terms
from kg.errors import Ambiguous, NotFound, UsageError, did_you_mean
from kg.feeds import links as curated
from kg.feeds.actors import CANDIDATE, Judged, Known, Resolver, names_of
from kg.feeds.links import Link, Links
from kg.feeds.names import key
from kg.feeds.quads import iri
from kg.feeds.records import Party
from kg.relink import Applied
from kg.store import Rows

_ROLES = (
    "dip:actor|dip:target|dip:imposedBy|dip:appliesTo|org:member|dip:tieFrom|dip:tieTo|dip:onBehalfOf|dip:dyadActor|"
    "dip:dyadTarget"
)
_CODED = "dip:codedActor|dip:codedTarget|dip:coded"
_ONCE = "FILTER NOT EXISTS { ?r a dip:Summary ; prov:wasGeneratedBy/dip:holdsEvents true }"  # its events are counted


@dataclass(frozen=True, slots=True)
class Candidate:
    """That a party of a feed may be an entity, or was judged to be it: `records` tells in how many it takes part."""

    party: str
    label: str
    entity: str
    entity_label: str
    verdict: str
    score: str
    method: str
    records: int
    feed: str


def candidates(
    folder: Path | str = "build",
    links: Path | None = None,
    *,
    feed: str = "",
    judged: bool = False,
    at_least: int = CANDIDATE,
) -> list[Candidate]:
    """List whom the parties of the batches may be, for a person to decide; most records first, then likeliest.

    With `judged` those that were found to be an entity, so that a wrong judgement can be refused.

    Raises:
        StorageError: there is no build.
        DataProblems: the decisions are not well formed.
    """
    folder = Path(folder)
    known, resolver = _resolver(folder, links)
    found: list[tuple[str, Party, Judged]] = []
    for name, party in _parties(folder):
        if not feed or name == feed:
            told = resolver.resolve(party).judgements if judged else resolver.candidates(party, at_least)
            found += [(name, party, each) for each in told]
    counts = _records(folder, {party.id for _, party, _ in found})
    rows = {
        (party.id, each.entity): Candidate(
            party.id,
            party.label,
            each.entity,
            known.entities[each.entity].label if each.entity in known.entities else "",
            each.verdict,
            each.score,
            each.method,
            counts.get(party.id, 0),
            name,
        )
        for name, party, each in found
    }
    return sorted(rows.values(), key=lambda row: (-row.records, row.party, -float(row.score), row.entity))


def decide(
    party: str,
    entity: str,
    accept: bool,
    folder: Path | str = "build",
    links: Path | None = None,
    reason: str = "",
) -> Link:
    """Keep a decision about a party; one that stood there for the same pair gives way to it.

    Raises:
        NotFound: no batch has such a party, or the registers no such entity.
        Ambiguous: several entities are called so.
        UsageError: the party is accepted as another entity already.
    """
    folder = Path(folder)
    path, have = _decisions(folder, links)
    labels = {each.id: each.label for _, each in _parties(folder)}
    party = party.removeprefix("id:")
    if party not in labels:
        hint = did_you_mean(party, labels) or "`kg link` lists parties that may be somebody."
        raise NotFound(f"No batch has a party '{party}'.", hint=hint)
    known = registered.read(store.open_store(str(folder)))
    right = _entity(known, entity)
    other = next((e for (p, e), link in have.items() if p == party and e != right and link.verdict == "accept"), "")
    if accept and other:
        raise UsageError(f"{party} is accepted as {other} already.", hint=f"kg link undo {party} {other}")
    link = Link(party, right, "accept" if accept else "refuse", labels[party], " ".join(reason.split()))
    _write(path, {**have, (party, right): link})
    return link


def undo(party: str, entity: str, folder: Path | str = "build", links: Path | None = None) -> Link:
    """Take a decision back; the entity is named as in `decide`.

    Raises:
        NotFound: there is no such decision, or no such entity.
        Ambiguous: several entities are called so.
    """
    path, have = _decisions(Path(folder), links)
    pair = (party.removeprefix("id:"), entity.removeprefix("id:"))
    if pair not in have and any(pair[0] == other for other, _ in have):
        pair = (pair[0], _entity(registered.read(store.open_store(str(folder))), entity))
    if pair not in have:
        told = [f"{p} {e}" for p, e in have]
        raise NotFound(f"No decision about {' and '.join(pair)}.", hint=did_you_mean(" ".join(pair), told))
    gone = have.pop(pair)
    _write(path, have)
    return gone


def apply(
    folder: Path | str = "build", links: Path | None = None, progress: Callable[[str], None] = lambda _: None
) -> Applied:
    """Let all decisions take effect in the batches that are there: wholly, in a new generation, or not at all.

    Raises:
        StorageError: there is no build, or it cannot be written.
    """
    folder = Path(folder)
    _, resolver = _resolver(folder, links)
    return relink.apply(folder, resolver, bulk.resummed, progress)


def _resolver(folder: Path, links: Path | None) -> tuple[Known, Resolver]:
    known = registered.read(store.open_store(str(folder)))
    return known, Resolver(known, curated.decided(_decisions(folder, links)[1]))


def _decisions(folder: Path, links: Path | None) -> tuple[Path, Links]:
    path = links or folder / curated.FILE
    return path, curated.read(path)


def _write(path: Path, links: Links) -> None:
    store.save(path, curated.text(links.values()).encode())


def _parties(folder: Path) -> Iterator[tuple[str, Party]]:
    """Every party of every batch, with the name of its feed."""
    for about in store.manifest(folder).get("feeds", []):
        for party in relink.parties(folder, about):
            yield about["name"], party


def _records(folder: Path, parties: Iterable[str]) -> dict[str, int]:
    """In how many records each party takes part, by itself or as what it was coded."""
    view = store.open_store(str(folder))
    found: dict[str, int] = {}
    for some in query.pieces(parties):
        values = " ".join(iri(each) for each in some)
        answer = view.query(
            f"""SELECT ?p (COUNT(DISTINCT ?r) AS ?n) {{ VALUES ?p {{ {values} }} ?r {_ROLES}|{_CODED} ?p {_ONCE} }}
              GROUP BY ?p"""
        )
        assert isinstance(answer, Rows)
        found |= {_local(party): int(_value(count)) for party, count in answer.rows}
    return found


def _entity(known: Known, name: str) -> str:
    """Find an entity by its id, or by any of its names."""
    plain = name.removeprefix("id:")
    if plain in known.entities:
        return plain
    called: dict[str, set[str]] = defaultdict(set)
    for each in known.entities.values():
        for word, _ in names_of(each):
            called[word].add(each.id)
    fitting = sorted(called.get(key(name), ()))
    if len(fitting) > 1:
        raise Ambiguous(f"'{name}' may be {', '.join(fitting)}.", fitting)
    if not fitting:
        hint = did_you_mean(plain, known.entities) or "Name an entity of the registers, as `kg show` finds it."
        raise NotFound(f"The registers have no '{name}'.", hint=hint)
    return fitting[0]


def _local(term: Any) -> str:
    return str(term.value).removeprefix(terms.ID)


def _value(term: Any) -> str:
    return str(term.value)


__all__ = ["Applied", "Candidate", "apply", "candidates", "decide", "undo"]
