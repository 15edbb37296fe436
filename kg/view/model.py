"""The network model: a `Picture` becomes a `pyvis.network.Network`, and that the plain data of the page.

Every attribute of an actor or an edge is on its pyvis node or edge; nothing is lost on the way, and `title` stays unset
because pyvis turns a title into live HTML as soon as one of them holds the letters `href`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from kg.coded import batch_of
from kg.model import ENTITY_TYPES
from kg.records import EdgeRecord, EntityRecord, EventRecord, Evidence, Picture, Voice
from kg.stories import Story
from kg.terms import PREFIXES
from kg.view.layout import Point, Room, places

if TYPE_CHECKING:
    from pyvis.network import Network

Json = Any


@dataclass(frozen=True, slots=True)
class Look:
    """How a type of actor is drawn: our figure, the nearest one pyvis has, and an Okabe–Ito colour."""

    figure: str
    shape: str
    color: str


LOOKS: dict[str, Look] = {
    "state": Look("square", "square", "#0072B2"),
    "government": Look("pentagon", "square", "#0072B2"),
    "body": Look("house", "triangle", "#0072B2"),
    "ministry": Look("diamond", "diamond", "#56B4E9"),
    "agency": Look("kite", "diamond", "#56B4E9"),
    "armed-force": Look("shield", "triangleDown", "#D55E00"),
    "organization": Look("hexagon", "hexagon", "#009E73"),
    "company": Look("octagon", "hexagon", "#F0E442"),
    "publisher": Look("page", "square", "#CC79A7"),
    "person": Look("circle", "dot", "#E69F00"),
    "group": Look("crowd", "dot", "#E69F00"),
    "armed-group": Look("triangle", "triangle", "#4A4F55"),
    "place": Look("pin", "star", "#009E73"),
}
OTHER = Look("circle", "dot", "#9AA1A8")

# Cool is cooperation, warm is conflict; light is words, strong is deeds. Index 0: no quad class (offices, ties).
QUAD_COLORS = ("#8A9199", "#56B4E9", "#0072B2", "#E69F00", "#D55E00")

DISPUTED = frozenset({"Contested", "Denied"})
_DRAWING = frozenset({"shape", "color", "size", "width", "dashes", "arrows"})
_PREFIXES = ("id", "dip", "rel", "org", "prov", "rdf", "rdfs", "sem", "xsd")
# What the page knows already: the labels of types, and what it computes from the events that a filter leaves.
_KNOWN = frozenset({"count", "first", "last", "type_label", "events", "reported_by"})


def network(picture: Picture) -> Network:
    """Build the pyvis network of a picture: placed nodes, parallel edges kept, every attribute aboard.

    Raises:
        ValueError: two edges share an id, or an edge ends at an actor that the picture does not hold.
    """
    from pyvis.network import Network  # a third of a second: it loads IPython

    _check(picture)
    net = Network(height="100%", width="100%", directed=True)
    net.toggle_physics(False)
    _fill(net, picture, _spots(picture))
    if (len(net.nodes), len(net.edges)) != (len(picture.entities), len(picture.edges)):
        raise ValueError(f"pyvis kept {len(net.nodes)} nodes and {len(net.edges)} edges only.")
    return net


class _Rows:
    """Takes nodes and edges like pyvis, which looks through all it has for each one that is added."""

    def __init__(self) -> None:
        self.nodes: list[dict[str, Json]] = []
        self.edges: list[dict[str, Json]] = []

    def add_node(self, name: str, **options: Json) -> None:
        self.nodes.append({"id": name, **options})

    def add_edge(self, start: str, end: str, **options: Json) -> None:
        self.edges.append({"from": start, "to": end, **options})


def _fill(net: Network | _Rows, picture: Picture, spots: Mapping[str, Point]) -> None:
    for entity in picture.entities.values():
        look = LOOKS.get(entity.type, OTHER)
        x, y = spots[entity.id]
        mentions = [asdict(mention) for mention in entity.mentions]
        own = _attributes(entity, "id", "mentions")
        net.add_node(entity.id, shape=look.shape, color=look.color, x=x, y=y, mentions=mentions, **own)
    for edge in picture.edges:
        net.add_edge(
            edge.subject,
            edge.object,
            color=QUAD_COLORS[edge.quad_class],
            dashes=edge.status in DISPUTED,
            width=_width(edge.count),
            arrows="to, from" if edge.symmetric else "to",
            **({} if isinstance(net, _Rows) else _explained(edge, picture)),
            **_attributes(edge, "subject", "object"),
        )


def page_data(
    picture: Picture,
    passages: Mapping[str, str] | None = None,
    story: Story | None = None,
    before: Mapping[str, Point] | None = None,
) -> Json:
    """Everything the page needs, as plain values; empty fields are left out, repeated evidence is held once."""
    _check(picture)
    net = _Rows()
    _fill(net, picture, _spots(picture, before))
    cited = _Cited(picture)
    events = {
        key: cited.plain(record, *_told(record)) | _feed(record, picture) for key, record in picture.events.items()
    }
    claims = {key: cited.plain(record) for key, record in picture.claims.items()}
    states = {key: cited.plain(record) for key, record in picture.states.items()}
    nodes = [cited.lean(_without(node, _DRAWING | _KNOWN) | _named(picture.entities[node["id"]])) for node in net.nodes]
    return {
        "title": picture.title,
        "types": _types(picture),
        "nodes": nodes,
        "edges": [cited.lean(_without(edge, _DRAWING | _KNOWN) | _counted(edge, picture)) for edge in net.edges],
        "events": events,
        "claims": claims,
        "states": states,
        "sources": cited.sources,
        "evidence": cited.rows,
        "names": dict(sorted(cited.names.items())),
        "feeds": {batch.feed: [batch.publisher, batch.machine_coded] for batch in picture.feeds.values()},
        "documents": {key: cited.lean(_attributes(each)) for key, each in picture.documents.items()},
        "prefixes": {name: PREFIXES[name] for name in _PREFIXES},
        "asof": picture.as_of,
        "horizon": picture.horizon,
        "story": _told_as(story) if story else None,
        "passages": {key: passages[key] for key in cited.places() if key in passages} if passages else {},
    }


def _check(picture: Picture) -> None:
    often, times = Counter(edge.id for edge in picture.edges).most_common(1)[0] if picture.edges else ("", 0)
    if times > 1:
        raise ValueError(f"{times} edges of the picture share the id {often!r}.")
    for edge in picture.edges:
        for end in (edge.subject, edge.object):
            if end not in picture.entities:
                raise ValueError(f"The edge {edge.id!r} ends at {end!r}, which is not in the picture.")


def _named(entity: EntityRecord) -> dict[str, Json]:
    """Names beside the label, and where the entity is first named."""
    return {"labels": tuple(each for each in entity.labels if each[1] != entity.label), "mentions": entity.mentions}


def _explained(edge: EdgeRecord, picture: Picture) -> dict[str, Json]:
    """What lies behind an edge, in words: its events with their dates, and who reports them."""
    events = [picture.events[key] for key in edge.because if key in picture.events]
    states = [picture.states[key] for key in edge.because if key in picture.states]
    evidence = [item for event in events for item in event.evidence] + [i for s in states for i in s.evidence]
    return {
        "events": [f"{event.edtf or 'undated'}: {event.label}" for event in events],
        "reported_by": sorted({item.reporter_label or item.reporter for item in evidence}),
    }


def _attributes(record: object, *without: str) -> dict[str, Json]:
    names = (part.name for part in fields(record))  # type: ignore[arg-type]
    return {name: getattr(record, name) for name in names if name not in without}


def _feed(event: EventRecord, picture: Picture) -> dict[str, Json]:
    """The feed that alone tells of an event, which the page then marks as coded."""
    batch = batch_of(event, picture.feeds)
    return {"feed": batch.feed} if batch else {}


def _counted(edge: Mapping[str, Json], picture: Picture) -> dict[str, Json]:
    """How many events an edge has, where summaries of a feed stand for them and tell no relation."""
    known = (picture.events.get(key) for key in edge["because"])
    return {"count": edge["count"]} if any(event and event.stands_for for event in known) else {}


def _told(event: EventRecord) -> tuple[str, ...]:
    """Name the fields that others of the same event tell: class by its label, precision by the date."""
    told = {"event_class": event.class_label, "precision": event.edtf, "factuality": event.factuality == "Actual"}
    return tuple(name for name, by_another in told.items() if by_another)


def _without(options: Mapping[str, Json], names: Set[str]) -> dict[str, Json]:
    return {key: value for key, value in options.items() if key not in names}


def _width(count: int) -> float:
    return 1.0 + min(count, 12) * 0.5


def _types(picture: Picture) -> list[Json]:
    labels = {entity.type: entity.type_label or entity.type for entity in picture.entities.values()}
    order = [*LOOKS, *sorted(set(labels) - set(LOOKS))]
    looks = ((key, LOOKS.get(key, OTHER)) for key in order if key in labels)
    return [
        {
            "key": key,
            "label": labels[key],
            "figure": look.figure,
            "color": look.color,
            "class": ENTITY_TYPES.get(key, ""),
        }
        for key, look in looks
    ]


def _told_as(story: Story) -> Json:
    steps = [{key: value for key, value in asdict(step).items() if value or key == "state"} for step in story.steps]
    told = {"title": story.title, "title_es": story.title_es, "language": story.language, "steps": steps}
    return {key: value for key, value in told.items() if value}


def _spots(picture: Picture, before: Mapping[str, Point] | None = None) -> dict[str, Point]:
    links: dict[tuple[str, str], int] = {}
    for edge in picture.edges:
        pair = (min(edge.subject, edge.object), max(edge.subject, edge.object))
        links[pair] = links.get(pair, 0) + 1
    return places({key: _room(entity) for key, entity in picture.entities.items()}, links, before)


def _room(entity: EntityRecord) -> Room:
    """Room for the figure and its label, which the page breaks into two lines when it is long."""
    letters = len(entity.label)
    return (min(max(letters * 7.0 if letters <= 18 else letters * 4.2, 44.0), 150.0), 46.0 if letters <= 18 else 60.0)


class _Cited:
    """Turns records into lean dictionaries and collects what they share, each piece once."""

    def __init__(self, picture: Picture) -> None:
        self.sources = dict(picture.sources)
        self._places = {source: number for number, source in enumerate(self.sources)}
        self.rows: list[Json] = []
        self.names: dict[str, str] = {}
        self._events = picture.events
        self._numbers: dict[Evidence, int] = {}

    def plain(self, record: object, *without: str) -> dict[str, Json]:
        return self.lean(_attributes(record, "id", *without))

    def lean(self, attributes: Mapping[str, Json]) -> dict[str, Json]:
        return {key: self._value(value) for key, value in attributes.items() if value or isinstance(value, float)}

    def places(self) -> Iterable[str]:
        """The keys under which passages may be supplied: `<source>:<start>-<end>`."""
        return sorted({f"{item.source}:{item.start}-{item.end}" for item in self._numbers})

    def _value(self, value: Json) -> Json:
        if isinstance(value, Evidence):
            return self._number(value)
        if isinstance(value, Voice):
            return self._voice(value)
        return [self._value(item) for item in value] if isinstance(value, tuple) else value

    def _voice(self, voice: Voice) -> Json:
        self.names.update(zip(voice.actors, voice.actor_labels, strict=False))
        event = self._events.get(voice.event)
        if event and set(event.actors) == set(voice.actors) and event.edtf == voice.edtf:
            return {"event": voice.event}
        return {"event": voice.event, "actors": list(voice.actors), "edtf": voice.edtf}

    def _number(self, item: Evidence) -> int:
        if item not in self._numbers:
            self._numbers[item] = len(self.rows)
            self.sources.setdefault(item.source, item.source_label)
            self.names[item.reporter] = item.reporter_label or item.reporter
            if item.speaker:
                self.names[item.speaker] = item.speaker_label or item.speaker
            source = self._places.setdefault(item.source, len(self._places))
            place = [source, item.paragraph, item.start, item.end, item.sha256[:16]]
            self.rows.append([*place, item.reporter, item.speaker, *([item.where] if item.where else [])])
        return self._numbers[item]
