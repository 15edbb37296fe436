"""Feeds in a picture: which batches stand behind it, and which of their events draw a line that names only its batch.

What a feed brings is coded by others, mostly by machines; whoever draws it must be able to mark it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from kg.records import Batch, EdgeRecord, EventRecord, Evidence
from kg.store import Rows, Store
from kg.terms import DIP, PROV, RDFS, SEM, local_name
from kg.vocabulary import vocabulary

_IMPORTS = f"""SELECT ?i ?feed ?publisher ?coded WHERE {{ GRAPH ?g {{ ?i a <{DIP}FeedImport> ; <{DIP}feed> ?feed
  OPTIONAL {{ ?i <{DIP}feedPublisher> ?publisher }} OPTIONAL {{ ?i <{DIP}machineCoded> ?coded }} }} }}"""


def batches(store: Store) -> dict[str, Batch]:
    """Read the imports of feeds that a store holds, by their ids."""
    answer = store.query(_IMPORTS)
    if not isinstance(answer, Rows):
        return {}
    found = {}
    for row in answer.rows:
        node, feed, publisher, coded = ("" if term is None else str(getattr(term, "value", term)) for term in row)
        found[local_name(node)] = Batch(feed, publisher or feed, coded != "false")
    return dict(sorted(found.items()))


_SUMMARIES = f"""SELECT ?s ?label ?i ?il ?a ?t ?month ?quad ?n ?first ?last WHERE {{ GRAPH ?g {{
  ?s a <{DIP}Summary> ; <{RDFS}label> ?label ; <{PROV}wasGeneratedBy> ?i ; <{DIP}dyadActor> ?a ;
    <{DIP}month> ?month ; <{DIP}quadClass> ?quad ; <{DIP}eventCount> ?n ;
    <{SEM}hasEarliestBeginTimeStamp> ?first ; <{SEM}hasLatestEndTimeStamp> ?last .
  ?i <{RDFS}label> ?il FILTER NOT EXISTS {{ ?i <{DIP}holdsEvents> true }}
  OPTIONAL {{ ?s <{DIP}dyadTarget> ?t }} }} }}"""  # where the events are in the graph too, they are read


def summaries(store: Store, known: Mapping[str, Batch]) -> dict[str, EventRecord]:
    """Read what stands for events in columns, as summaries: those of one dyad in a month and quad class, with a count.

    Dyads that are not resolved to two entities are in it too: an end is a coded party then, or there is one only.
    """
    answer = store.query(_SUMMARIES) if known else None
    if not isinstance(answer, Rows):
        return {}
    found = {}
    for row in answer.rows:
        told = ["" if term is None else str(getattr(term, "value", term)) for term in row]
        node, batch, actor, target = (local_name(told[at]) for at in (0, 2, 4, 5))
        label, place, month, quad, count, first, last = (told[at] for at in (1, 3, 6, 7, 8, 9, 10))
        if batch not in known:
            continue
        found[node] = EventRecord(
            node, label, "Summary", "summary of coded events", "Actual", (actor,), (target,) if target else (),
            edtf=month, earliest=first, latest=last, precision="month", summary=True, quad_class=int(quad),
            stands_for=int(count),
            note=f"The events themselves are in columns: kg.open().open_summary({node!r}) gives them.",
            evidence=(Evidence(batch, 0, 0, 0, "", batch, place, known[batch].publisher, where=place),),
        )  # fmt: skip
    return dict(sorted(found.items(), key=lambda each: (each[1].earliest, each[0])))


def batch_of(event: EventRecord, known: Mapping[str, Batch]) -> Batch | None:
    """Give the batch that alone tells of an event; none where a source of the curated story tells of it too.

    What nothing attests is not of the curated story, whose events all have a passage: it counts as a feed's.
    """
    if not event.evidence:
        return next(iter(known.values()), None)
    told = [known.get(item.source) for item in event.evidence]
    return told[0] if told and all(told) else None


def explained(
    edges: Iterable[EdgeRecord], events: Mapping[str, EventRecord], known: Mapping[str, Batch]
) -> tuple[EdgeRecord, ...]:
    """Name the events behind each edge that rests on a batch as a whole; an edge whose events are not here stays.

    Where summaries stand for them, those of its ends and quad class are named.
    """
    if not known:
        return tuple(edges)
    kinds = vocabulary().event_classes
    acts: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    sums: dict[tuple[str, int, str], dict[str, str]] = defaultdict(dict)
    for event in events.values():
        if event.stands_for and event.targets:
            sums[event.actors[0], event.quad_class, event.targets[0]][event.id] = event.evidence[0].source
        kind = kinds.get(event.event_class)
        if (
            event.factuality != "Actual"
            or event.summary
            or kind is None
            or not (event.evidence and batch_of(event, known))
        ):
            continue
        source = event.evidence[0].source
        others = (*event.targets, *event.actors) if kind.symmetric else event.targets
        for actor in event.actors:
            for target in others:
                acts[actor, f"rel:{kind.direct_predicate}", target][event.id] = source
    made = []
    for edge in edges:
        own = set(edge.because) & known.keys()
        there = acts[edge.subject, edge.predicate, edge.object]
        there = there | sums[edge.subject, edge.quad_class, edge.object]
        if edge.symmetric:
            there = there | acts[edge.object, edge.predicate, edge.subject]
            there = there | sums[edge.object, edge.quad_class, edge.subject]
        because = tuple(key for key, source in there.items() if source in own)
        kept = tuple(key for key in edge.because if key not in own)
        made.append(replace(edge, because=(*kept, *because)) if because else edge)
    return tuple(made)


__all__ = ["batch_of", "batches", "explained", "summaries"]
