"""Records in, networkx out: the direct edges as a directed multigraph with every attribute that the records hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.records import EdgeRecord, Picture

if TYPE_CHECKING:
    import networkx as nx


def graph(picture: Picture, *, dynamic: bool = False) -> nx.MultiDiGraph[str]:
    """Make a MultiDiGraph: nodes are entity ids, edge keys are edge ids, all attributes are scalars.

    With `dynamic` each edge carries its predicate as `kind`, and its days as `start` and `end`, as Gephi reads them.
    """
    import networkx as nx

    drawn: nx.MultiDiGraph[str] = nx.MultiDiGraph(name=picture.title)
    for entity in sorted(picture.entities.values(), key=lambda e: e.id):
        drawn.add_node(
            entity.id,
            label=entity.label,
            type=entity.type,
            aliases="|".join(entity.aliases),
            description=entity.description,
            part_of="|".join(entity.part_of),
            wikidata=entity.wikidata,
        )
    for edge in sorted(picture.edges, key=lambda e: e.id):
        drawn.add_edge(edge.subject, edge.object, key=edge.id, **_attributes(edge, picture, dynamic))
    return drawn


def _attributes(edge: EdgeRecord, picture: Picture, dynamic: bool) -> dict[str, Any]:
    evidence = [e for reason in edge.because for e in _evidence(reason, picture)]
    found: dict[str, Any] = {
        "id": edge.id,
        "label": edge.label,
        "predicate": edge.predicate,
        "status": edge.status,
        "weight": max(edge.count, 1),
        "events": "|".join(edge.because),
        "first": edge.first,
        "last": edge.last,
        "quad_class": edge.quad_class,
        "symmetric": edge.symmetric,
        "reporters": "|".join(sorted({e.reporter for e in evidence})),
        "speakers": "|".join(sorted({e.speaker for e in evidence if e.speaker})),
        "passages": "|".join(sorted({f"{e.source}#p{e.paragraph}:{e.start}-{e.end}" for e in evidence})),
    }
    if dynamic:
        found["kind"] = edge.predicate
        found |= {name: day for name, day in (("start", edge.first), ("end", edge.last)) if day}
    return found


def _evidence(reason: str, picture: Picture) -> tuple[Any, ...]:
    record = picture.events.get(reason) or picture.states.get(reason)
    return record.evidence if record else ()
