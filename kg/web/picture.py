"""Which part of the graph a network page shows."""

from __future__ import annotations

from kg.records import Picture
from kg.web.site import Site


def everything(site: Site) -> Picture:
    """All entities that anything happened to, and all edges."""
    used = {side for edge in site.edges for side in (edge.subject, edge.object)} | set(site.concerned)
    return Picture(
        title=next((source.label for source in site.sources.values()), "DiploKG"),
        entities={node: entity for node, entity in site.entities.items() if node in used},
        edges=site.edges,
        events=site.events,
        claims=site.claims,
        states=site.states,
        sources={source.id: source.label for source in site.sources.values()},
    )


def chosen(whole: Picture, ids: set[str], *, around: bool = False) -> Picture:
    """The part that some ids name: entities themselves, and those that events, claims, states and edges tie together.

    With `around`, also every entity that shares an edge with them.
    """
    named = {edge.id: edge for edge in whole.edges if edge.id in ids or ids.intersection(edge.because)}
    near = {
        n for edge in whole.edges if around and ids & {edge.subject, edge.object} for n in (edge.subject, edge.object)
    }
    kept = (ids & set(whole.entities)) | near
    kept |= {n for edge in named.values() for n in (edge.subject, edge.object)}
    for node in ids:
        if event := whole.events.get(node):
            kept |= {*event.actors, *event.targets, *event.about} & set(whole.entities)
        if claim := whole.claims.get(node):
            kept |= set(claim.about) & set(whole.entities)
    edges = tuple(e for e in whole.edges if e.subject in kept and e.object in kept)
    if around:
        edges = tuple(e for e in edges if ids & {e.subject, e.object})
    return Picture(
        whole.title,
        {node: entity for node, entity in whole.entities.items() if node in kept},
        edges,
        {n: e for n, e in whole.events.items() if kept.intersection((*e.actors, *e.targets, *e.about))},
        {n: c for n, c in whole.claims.items() if kept.intersection(c.about)},
        {n: s for n, s in whole.states.items() if kept.intersection((*s.left, *s.right))},
        whole.sources,
    )
