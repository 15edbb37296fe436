"""Graphs of batches in, the same graphs out with their parties judged anew.

Each graph keeps what a party was coded as, so it can be read back to what the feed said and be written again with other
judgements: the same judgements give the same quads as an import would. All batches are rewritten in one generation that
takes the place of the current one when it is whole.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, groupby, product
from operator import attrgetter
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, Quad

from kg import batches, store, terms
from kg.errors import DataProblems, Problem
from kg.feeds.actors import Resolver
from kg.feeds.quads import Batch, Writer, iri, mentions
from kg.feeds.records import Party
from kg.feeds.sums import Sums
from kg.vocabulary import Vocabulary, vocabulary

_DIP, _TYPE = terms.DIP, f"{terms.RDF}type"
_ROLES = {
    f"{base}{name}": f"{_DIP}coded{role}"
    for role, base, names in (
        ("Actor", _DIP, ("actor", "imposedBy", "tieFrom")),
        ("Actor", terms.ORG, ("member",)),
        ("Target", _DIP, ("target", "appliesTo", "tieTo")),
        ("Target", terms.ORG, ("organization",)),
        ("Place", terms.SEM, ("hasPlace",)),
        ("", _DIP, ("about", "onBehalfOf", "reportedBy")),
        ("", terms.ORG, ("postIn",)),
    )
    for name in names
}  # where a party may stand, and where it is kept what it was coded as
_CODED = set(_ROLES.values())
_OF_SUMS = {f"{_DIP}holdsEvents", f"{_DIP}actsUpon"}
_BEGIN, _END = f"{terms.SEM}hasEarliestBeginTimeStamp", f"{terms.SEM}hasLatestEndTimeStamp"
Summed = Callable[[batches.Fresh, Any, dict[str, Any], Resolver], None]
_WRITTEN_ANEW = {f"{_DIP}DerivedEdge", f"{_DIP}IdentityJudgement", f"{_DIP}Summary"}


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of decisions: batches that were rewritten, and how many parties are somebody else now."""

    rewritten: tuple[str, ...] = ()
    parties: int = 0


def apply(
    folder: Path, resolver: Resolver, summed: Summed, progress: Callable[[str], None] = lambda _: None
) -> Applied:
    """Rewrite the graphs of all batches whose parties a resolver judges otherwise than it stands there.

    `summed` rewrites that of a batch whose events stay in columns.

    Raises:
        StorageError: there is no build, or it cannot be written.
    """
    stale: list[_Stale] = []
    view = store.open_store(str(folder)).native()
    for about in store.manifest(folder).get("feeds", []):
        each = _Stale(Batch(about["name"], about["batch"]), parties(folder, about), about["counts"].get("quads", 0))
        each.changed |= {told[0] for told in each.judged(resolver) ^ _stated(view, each.batch)}
        if each.changed:
            stale.append(each)
    if stale:
        with batches.change(folder) as fresh:
            for each in stale:
                progress(each.name)
                about = _about(fresh, each.batch)
                if about.get("tier", "full") == "full":
                    _rewrite(fresh, view, each, resolver, about)
                else:
                    summed(fresh, view, about, resolver)
            if sum(each.quads for each in stale) > batches.LARGE:
                progress("putting in order")
                fresh.put_in_order()
    return Applied(tuple(each.name for each in stale), sum(len(each.changed) for each in stale))


def parties(folder: Path, about: Mapping[str, Any]) -> list[Party]:
    """The parties of a batch as its feed names them, in the order in which they were written.

    Raises:
        DataProblems: the file that tells of them is damaged.
    """
    path = store.generation(folder) / "feeds" / about["name"] / about["batch"] / "parties.jsonl"
    found = []
    try:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                row["codes"] = tuple((scheme, code) for scheme, code in row["codes"])
                found.append(Party(**{**row, "aliases": tuple(row["aliases"])}))
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError) as error:
        told = Problem(str(path), len(found) + 1, "", "the parties of the batch cannot be read.", "Import it again.")
        raise DataProblems([told]) from error
    return found


@dataclass(slots=True)
class _Stale:
    """A batch whose graph may say otherwise than the judgements of today."""

    batch: Batch
    parties: list[Party]
    quads: int
    changed: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        return f"{self.batch.feed}/{self.batch.name}"

    def judged(self, resolver: Resolver) -> set[tuple[str, ...]]:
        """The judgements of today, as `_stated` gives those of the graph."""
        found = (judged for party in self.parties for judged in resolver.resolve(party).judgements)
        return {(each.party, each.entity, each.verdict, each.score, each.method) for each in found}


def _stated(view: Any, batch: Batch) -> set[tuple[str, ...]]:
    """The judgements that a graph holds for good: party, entity, verdict, score and method."""
    graph = NamedNode(batch.graph)
    found: set[tuple[str, ...]] = set()
    for quad in view.quads_for_pattern(None, NamedNode(_TYPE), NamedNode(f"{_DIP}IdentityJudgement"), graph):
        about = view.quads_for_pattern(quad.subject, None, None, graph)
        told = {each.predicate.value: each.object.value for each in about}
        left, right = (told[f"{_DIP}{side}"].removeprefix(terms.ID) for side in ("left", "right"))
        if told[f"{_DIP}method"] != "office":
            score = f"{float(told[f'{_DIP}score']):.2f}"  # a store may shorten decimals
            found.add((left, right, told[f"{_DIP}verdict"].removeprefix(_DIP), score, told[f"{_DIP}method"]))
    return found


def _about(fresh: batches.Fresh, batch: Batch) -> dict[str, Any]:
    told: list[dict[str, Any]] = fresh.about["feeds"]
    return next(each for each in told if (each["name"], each["batch"]) == (batch.feed, batch.name))


def _rewrite(fresh: batches.Fresh, view: Any, stale: _Stale, resolver: Resolver, about: dict[str, Any]) -> None:
    writer = Writer(stale.batch, resolver.resolve, vocabulary(), Sums())
    fresh.drop(stale.batch.graph)
    fresh.load(rewritten(view, stale.batch, stale.parties, writer, resolver), stale.batch.graph)
    about["counts"]["resolved"] = writer.counts["resolved"]


def rewritten(view: Any, batch: Batch, parties: list[Party], writer: Writer, resolver: Resolver) -> Iterator[str]:
    """Write the graph of a batch, as a store holds it, with the judgements of a writer: lines of N-Triples."""
    work = _Rewriting(view, batch, parties, writer)
    return chain(work.text(), writer.offices(resolver.offices), writer.closing())


class _Rewriting:
    """Reads one graph back to what the feed said and writes it with the judgements of a writer."""

    def __init__(self, view: Any, batch: Batch, parties: list[Party], writer: Writer) -> None:
        self.view, self.graph, self.writer, self.parties = view, NamedNode(batch.graph), writer, parties
        self.words: Vocabulary = vocabulary()
        self.ids = {iri(each.id)[1:-1]: each.id for each in parties}
        self.was = {iri(left)[1:-1]: iri(right)[1:-1] for left, right, verdict, *_ in _stated(view, batch)
                    if verdict == "Positive"}  # fmt: skip

    def text(self) -> Iterator[str]:
        """All lines of the graph but its direct edges and offices, which the writer knows when this is done."""
        yield from self.writer.write(self.parties)
        quads = self.view.quads_for_pattern(None, None, None, self.graph)
        for subject, group in groupby(quads, key=attrgetter("subject")):
            if subject.value not in self.ids:
                yield "".join(sorted(self._node(str(subject), list(group))))

    def _node(self, node: str, quads: list[Quad]) -> set[str]:
        kinds = {str(quad.object)[1:-1] for quad in quads if quad.predicate.value == _TYPE}
        if kinds & _WRITTEN_ANEW:
            return set()
        coded: dict[str, set[str]] = defaultdict(set)
        for quad in quads:
            if quad.predicate.value in _CODED:
                coded[quad.predicate.value].add(str(quad.object)[1:-1])
        found: dict[str, list[str]] = defaultdict(list)
        lines = set()
        for quad in quads:
            role = quad.predicate.value
            if role in _CODED or role.startswith(terms.REL) or role in _OF_SUMS:
                continue
            who = self._who(role, quad.object, coded)
            if not who:
                lines.add(f"{node} {quad.predicate} {quad.object} .\n")
                found[role].append(str(quad.object))
            for party in who:
                now = self.writer.node(self.ids[party])
                lines.add(f"{node} {quad.predicate} {now} .\n")
                found[role].append(now)
                if now != f"<{party}>":
                    lines.add(f"{node} <{_ROLES[role]}> <{party}> .\n")
        self._edges(kinds, found)
        return lines

    def _who(self, role: str, target: Any, coded: Mapping[str, set[str]]) -> list[str]:
        """The parties that the object of a statement stands for; none where it is no party."""
        if role not in _ROLES or not isinstance(target, NamedNode):
            return []
        if target.value in self.ids:
            return [target.value]
        return sorted(party for party in coded[_ROLES[role]] if self.was.get(party) == target.value)

    def _edges(self, kinds: Iterable[str], found: Mapping[str, list[str]]) -> None:
        """Note the direct edges that follow from a node, and sum events up, as the writer does when it is imported."""
        names = [kind.removeprefix(_DIP) for kind in kinds]
        event = next((name for name in names if name in self.words.event_classes), "")
        if event and found[f"{_DIP}factuality"] == [f"<{_DIP}Actual>"]:
            actors, targets = (sorted(set(found[f"{_DIP}{role}"])) for role in ("actor", "target"))
            days = _day(found[_BEGIN]), _day(found[_END])
            self.writer.edges_of(event, actors, targets, *days)
            if self.writer.sums is not None:
                behalf, counted = found[f"{_DIP}onBehalfOf"], found[f"{_DIP}reportCount"]
                coded = (_text(found[f"{_DIP}{name}"]) for name in ("quadClass", "goldstein", "goldsteinScheme"))
                quad, score, scheme = coded
                plover = "".join(found[f"{_DIP}plover"])[1:-1].removeprefix(terms.PLOVER)
                self.writer.sums.add(
                    actors, targets, behalf, days, int(quad or 0), plover, score, scheme, mentions(counted)
                )
        elif "Tenure" in names:
            for holder, organization in product(found[f"{terms.ORG}member"], found[f"{terms.ORG}organization"]):
                self.writer.state_edge(holder, "holdsOfficeIn", organization)
        elif "Tie" in names:
            kind = found[f"{_DIP}tieType"][0][1:-1].removeprefix(_DIP)
            for left, right in product(found[f"{_DIP}tieFrom"], found[f"{_DIP}tieTo"]):
                self.writer.state_edge(left, self.words.tie_predicates[kind], right)


def _text(values: list[str]) -> str:
    return values[0].split('"')[1] if values else ""


def _day(values: list[str]) -> str:
    return values[0][1:11] if values else ""
