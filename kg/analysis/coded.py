"""Feeds in a store, acts out: what is coded of everybody, as the networks count it; each act bears its feed.

Of a batch that holds its events these are read, of one in columns its summaries, which count for as many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from kg import query
from kg.analysis.acts import UNCODED, Act, day
from kg.analysis.sides import Sides, with_strangers
from kg.analysis.tallies import feed_graphs
from kg.store import Store
from kg.terms import DIP, PLOVER, RDFS, SEM, local_name

_EVENTS = """?s dip:factuality dip:Actual . ?s ?p ?o . FILTER(?p IN (rdfs:label, dip:actor, dip:target, dip:onBehalfOf,
  dip:quadClass, dip:goldstein, dip:goldsteinScheme, dip:plover, sem:hasEarliestBeginTimeStamp,
  sem:hasLatestEndTimeStamp))"""
_SUMMARIES = """?s a dip:Summary . ?s ?p ?o . FILTER(?p IN (rdfs:label, dip:dyadActor, dip:dyadTarget, dip:quadClass,
  dip:eventCount, dip:scoreSum, dip:goldsteinScheme, dip:plover, sem:hasEarliestBeginTimeStamp,
  sem:hasLatestEndTimeStamp))"""


def coded_acts(store: Store) -> dict[str, Act]:
    """Read what the feeds of a store tell, by the ids of events or summaries."""
    both = {row["g"] for row in query.rows(store, "SELECT ?g WHERE { GRAPH ?g { ?i dip:holdsEvents true } }")}
    found: dict[str, Act] = {}
    for graph, feed in feed_graphs(store).items():
        summed = query.run(store, f"ASK {{ GRAPH <{graph}> {{ ?s a dip:Summary }} }}") is True and graph not in both
        found |= {act.id: act for act in _read(store, graph, feed, _SUMMARIES if summed else _EVENTS)}
    return found


def with_parties(sides: Sides, store: Store, acts: Mapping[str, Act]) -> Sides:
    """Learn of the parties of some acts what no register holds: their names, and what they are part of."""
    for some in query.pieces(node for act in acts.values() for node in (*act.doers, *act.targets)):
        sides = with_strangers(sides, store, some)
    return sides


def _read(store: Store, graph: str, feed: str, pattern: str) -> Iterator[Act]:
    facts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in query.rows(store, f"SELECT ?s ?p ?o WHERE {{ GRAPH <{graph}> {{ {pattern} }} }}"):
        facts[row["s"]][row["p"]].append(row["o"])
    for node, own in sorted(facts.items()):
        yield _act(local_name(node), own, feed)


def _act(node: str, own: Mapping[str, list[str]], feed: str) -> Act:
    def many(*names: str) -> tuple[str, ...]:
        return tuple(sorted(local_name(value) for name in names for value in own.get(f"{DIP}{name}", ())))

    def one(name: str) -> str:
        return min(own.get(name, ()), default="")

    first, last = (one(f"{SEM}{name}TimeStamp") for name in ("hasEarliestBegin", "hasLatestEnd"))
    score = one(f"{DIP}goldstein") or one(f"{DIP}scoreSum")
    return Act(
        id=node,
        label=one(f"{RDFS}label"),
        factuality="Actual",
        summary=False,
        actors=many("actor", "dyadActor"),
        targets=many("target", "dyadTarget"),
        on_behalf_of=many("onBehalfOf"),
        earliest=day(first),
        latest=day(last),
        edtf=first if first == last else f"{first}/{last}",
        quad=int(one(f"{DIP}quadClass") or 0),
        goldstein=float(score) if score else None,
        scheme=one(f"{DIP}goldsteinScheme"),
        plover=one(f"{DIP}plover").removeprefix(PLOVER) or UNCODED,
        reporters=(),
        feed=feed,
        count=int(one(f"{DIP}eventCount") or 1),
    )


__all__ = ["coded_acts", "with_parties"]
