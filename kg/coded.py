"""Feeds in a picture: which batches stand behind it, and which of their events draw a line that names only its batch.

What a feed brings is coded by others, mostly by machines; whoever draws it must be able to mark it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from kg.records import Batch, EdgeRecord, EventRecord
from kg.store import Rows, Store
from kg.terms import DIP, local_name
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
    """Name the events behind each edge that rests on a batch as a whole; an edge whose events are not here stays."""
    if not known:
        return tuple(edges)
    kinds = vocabulary().event_classes
    acts: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    for event in events.values():
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
        if edge.symmetric:
            there = there | acts[edge.object, edge.predicate, edge.subject]
        because = tuple(key for key, source in there.items() if source in own)
        kept = tuple(key for key in edge.because if key not in own)
        made.append(replace(edge, because=(*kept, *because)) if because else edge)
    return tuple(made)


__all__ = ["batch_of", "batches", "explained"]
