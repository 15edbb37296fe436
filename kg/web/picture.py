"""What a network page shows: which part of the graph, and which guided tour."""

from __future__ import annotations

from dataclasses import replace

from kg import resources, stories
from kg.errors import NotFound
from kg.records import Picture
from kg.stories import Story
from kg.terms import SLUG


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
    return replace(
        whole,
        entities={node: entity for node, entity in whole.entities.items() if node in kept},
        edges=edges,
        events={n: e for n, e in whole.events.items() if kept.intersection((*e.actors, *e.targets, *e.about))},
        claims={n: c for n, c in whole.claims.items() if kept.intersection(c.about)},
        states={n: s for n, s in whole.states.items() if kept.intersection((*s.left, *s.right))},
    )


def tour(name: str, picture: Picture) -> Story | None:
    """The guided tour of that name among those that travel with the data; the one that belongs if no name is given.

    Raises:
        NotFound: none is called so.
    """
    if name == "none":
        return None
    if not name:
        return stories.belonging(picture.sources)
    path = resources.bundled_data() / "stories" / f"{name}.yaml"
    if len(name) > 80 or not SLUG.match(name) or not path.is_file():
        raise NotFound(f"No story is called '{name[:80]}'.", hint="Leave `story` out, or say none.")
    return stories.read(path)
