"""Events in while they pass, summaries out: what the dyads of a batch did month by month, so that series are quick.

A `dip:Summary` stands for the events that one party aimed at another in one month and one quad class; of acts of both
together both parties are its dyad actors. Columns write a summary for every event, a full import only for its densest
dyads, since there the events are at hand: a summary is written where it stands for many. Either a dyad has summaries
for all its events, or for none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from itertools import combinations, product

from kg.feeds.quads import BEGIN, END, GENERATED, LABEL, XSD_DATE, XSD_DECIMAL, XSD_INTEGER, A, Batch, iri, literal
from kg.terms import DIP, EDTF, ID, PLOVER, XSD, minted

QUADS = {1: "verbal cooperation", 2: "material cooperation", 3: "verbal conflict", 4: "material conflict"}
DEAREST = 2  # events there are in a full import for each quad that its summaries cost, at the least
LEAST = 4  # events that a summary of a dyad stands for at least, on the average
_LINES = 16  # quads of one summary at most
_PLACES = Decimal("0.0001")

_Pair = tuple[str, str, bool]  # actor, target, whether both acted together
_Kind = tuple[str, int, str, str]  # month, quad class, scheme, PLOVER category


@dataclass(frozen=True, slots=True)
class Dyad:
    """The events of a dyad in a month and a quad class; actor and target are nodes as N-Triples write them, or None.

    With `mutual` both acted together. `total` is the sum of the `scored` events' scores on `scheme`.
    """

    actor: str | None
    target: str | None
    month: str
    quad: int
    events: int
    first: date
    last: date
    scored: int
    total: Decimal | None
    mentions: int
    scheme: str = ""
    plover: str = ""
    mutual: bool = False


def summary(batch: Batch, dyad: Dyad, labels: Mapping[str, str]) -> str:
    """Write one summary as N-Triples."""
    told = (dyad.scheme, dyad.plover, "mutual" if dyad.mutual else "")
    key = (dyad.actor or "", dyad.target or "", dyad.month, dyad.quad, *filter(None, told))
    node = f"<{ID}{minted(f'{batch.feed}-summary', batch.graph, *key)}>"
    sides = [labels.get(each, "?") if each else "?" for each in (dyad.actor, dyad.target)]
    count = f"{dyad.events:,} event{'s' if dyad.events > 1 else ''}"
    label = f"{sides[0]} – {sides[1]}, {dyad.month}, {QUADS[dyad.quad]}: {count} ({batch.feed})"
    text = f"{node} {A} <{DIP}Summary> .\n{node} {LABEL} {literal(label)}@en .\n"
    if dyad.actor:
        text += f"{node} <{DIP}dyadActor> {dyad.actor} .\n"
    if dyad.target:
        text += f"{node} <{DIP}dyad{'Actor' if dyad.mutual else 'Target'}> {dyad.target} .\n"
    text += (
        f'{node} <{DIP}month> "{dyad.month}"^^<{EDTF}EDTF> .\n'
        f'{node} {BEGIN} "{dyad.first.isoformat()}"^^{XSD_DATE} .\n'
        f'{node} {END} "{dyad.last.isoformat()}"^^{XSD_DATE} .\n'
        f'{node} <{DIP}quadClass> "{dyad.quad}"^^{XSD_INTEGER} .\n'
        f'{node} <{DIP}eventCount> "{dyad.events}"^^{XSD_INTEGER} .\n'
        f"{node} {GENERATED} {iri(batch.node)} .\n"
    )
    if dyad.plover:
        text += f"{node} <{DIP}plover> <{PLOVER}{dyad.plover}> .\n"
    if dyad.mentions:
        text += f'{node} <{DIP}mentionCount> "{dyad.mentions}"^^{XSD_INTEGER} .\n'
    if dyad.scored and dyad.total is not None:
        mean = (dyad.total / dyad.scored).quantize(_PLACES, ROUND_HALF_EVEN).normalize()
        text += (
            f'{node} <{DIP}scoreCount> "{dyad.scored}"^^{XSD_INTEGER} .\n'
            f'{node} <{DIP}scoreSum> "{_decimal(dyad.total)}"^^{XSD_DECIMAL} .\n'
            f'{node} <{DIP}scoreMean> "{_decimal(mean)}"^^{XSD_DECIMAL} .\n'
            f'{node} <{DIP}goldsteinScheme> "{dyad.scheme}" .\n'
        )
    return text


def _decimal(number: Decimal) -> str:
    """Write a decimal with at least one place and no zeros after it.

    >>> _decimal(Decimal("-40.0")), _decimal(Decimal("1E+1")), _decimal(Decimal("-0.0")), _decimal(Decimal("0.25"))
    ('-40.0', '10.0', '0.0', '0.25')
    """
    whole, _, places = f"{number + 0:f}".partition(".")
    return f"{whole}.{places.rstrip('0') or '0'}"


@dataclass(slots=True)
class _Sum:
    events: int
    first: str
    last: str
    scored: int
    total: Decimal
    mentions: int


class Sums:
    """Sums up the events of one batch while they pass; what is kept in memory grows with dyads and months."""

    def __init__(self) -> None:
        self.events = 0
        self._sums: dict[tuple[_Pair, _Kind], _Sum] = {}
        self._pairs: dict[_Pair, _Pair] = {}  # one object for each
        self._apart: set[_Pair] = set()  # dyads with an event that no summary can stand for

    def add(
        self,
        actors: Sequence[str],
        targets: Sequence[str],
        behalf: Sequence[str],
        days: tuple[str, str],
        quad: int,
        plover: str,
        score: str,
        scheme: str,
        mentions: int,
    ) -> None:
        """Sum up one actual event, its parties as nodes and its first and last day as YYYY-MM-DD."""
        self.events += 1
        pairs = _pairs(actors, targets, behalf)
        first, last = days
        if len(pairs) == 1 and not behalf and quad in QUADS and first and first[:7] == last[:7]:
            pair = self._pairs.setdefault(pairs[0], pairs[0])
            key = pair, _kind(first[:7], quad, scheme, plover)
            found = self._sums.get(key)
            if found is None:
                found = self._sums[key] = _Sum(0, first, last, 0, _NOTHING, 0)
            found.events += 1
            found.first, found.last = min(found.first, first), max(found.last, last)
            found.mentions += mentions
            if score:
                found.scored += 1
                found.total += _score(score)
        else:
            self._apart.update(pairs)

    def text(self, batch: Batch, edges: Iterable[tuple[str, str, str]], labels: Mapping[str, str]) -> Iterator[str]:
        """Write the summaries of a batch, and on its import that the events are there as well.

        Whoever reads finds the dyads without summaries by their direct edges; those that have none, since no class of
        their events declares one, are marked.
        """
        tied = {(actor, other) for actor, _, other in edges}
        marked = {pair for pair in {*self._pairs, *self._apart} if pair[:2] not in tied}
        chosen = self._chosen(self.events // DEAREST - len(marked))
        if not chosen:
            return
        yield f'{iri(batch.node)} <{DIP}holdsEvents> "true"^^<{XSD}boolean> .\n'
        for actor, target, _ in sorted(marked - chosen):
            yield f"{actor} <{DIP}actsUpon> {target} .\n"
        for each in sorted(self._dyads(chosen), key=lambda d: (d.actor, d.target, d.month, d.quad, d.scheme, d.plover)):
            yield summary(batch, each, labels)

    def _chosen(self, cost: int) -> set[_Pair]:
        """The densest dyads whose summaries take no more quads than this."""
        events, sums = Counter[_Pair](), Counter[_Pair]()
        for (pair, _), found in self._sums.items():
            events[pair] += found.events
            sums[pair] += 1
        dense = [each for each in events.keys() - self._apart if events[each] >= LEAST * sums[each]]
        chosen, left = set[_Pair](), cost // _LINES
        for pair in sorted(dense, key=lambda each: (-events[each] / sums[each], each)):
            if sums[pair] <= left:
                chosen.add(pair)
                left -= sums[pair]
        return chosen

    def _dyads(self, chosen: Collection[_Pair]) -> Iterator[Dyad]:
        for (pair, (month, quad, scheme, plover)), each in self._sums.items():
            if pair in chosen:
                actor, target, mutual = pair
                first, last = date.fromisoformat(each.first), date.fromisoformat(each.last)
                total = each.total if each.scored else None
                yield Dyad(actor, target, month, quad, each.events, first, last, each.scored, total, each.mentions,
                           scheme, plover, mutual)  # fmt: skip


def _pairs(actors: Sequence[str], targets: Sequence[str], behalf: Sequence[str]) -> list[_Pair]:
    """The dyads in whose series an event may count."""
    doers = (*actors, *behalf) if behalf else actors
    if targets:
        return [(actor, target, False) for actor, target in product(doers, targets) if actor != target]
    return [(min(two), max(two), True) for two in combinations(doers, 2) if two[0] != two[1]]


@lru_cache(1 << 16)
def _kind(month: str, quad: int, scheme: str, plover: str) -> _Kind:
    return month, quad, scheme, plover


@lru_cache(1 << 12)
def _score(text: str) -> Decimal:
    return Decimal(text)


_NOTHING = Decimal(0)

__all__ = ["QUADS", "Dyad", "Sums", "summary"]
