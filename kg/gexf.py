"""A network in, GEXF 1.3 out: the file that Gephi opens with its timeline.

networkx writes GEXF as well, but puts the day of writing in, and has no `kind`, without which Gephi folds all edges
between the same two nodes into one. An edge that bears no day is there all the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

if TYPE_CHECKING:
    import networkx as nx

_NAMESPACE = "http://gexf.net/1.3"
_OWN = ("id", "label", "weight", "kind", "start", "end")  # what GEXF keeps in attributes of its own
_TYPES = {bool: "boolean", int: "integer", float: "double", str: "string"}


def gexf(drawn: nx.MultiDiGraph[str]) -> bytes:
    """Write a directed multigraph as dynamic GEXF; `start` and `end` of nodes and edges are ISO days, both inside."""
    root = Element("gexf", {"xmlns": _NAMESPACE, "version": "1.3"})
    meta = SubElement(root, "meta")
    SubElement(meta, "creator").text = "DiploKG"
    SubElement(meta, "description").text = str(drawn.graph.get("name", ""))
    graph = SubElement(
        root,
        "graph",
        {"defaultedgetype": "directed", "mode": "dynamic", "timeformat": "date", "timerepresentation": "interval"},
    )
    nodes = [({"id": node}, data) for node, data in drawn.nodes(data=True)]
    edges = [({"id": key, "source": u, "target": v}, data) for u, v, key, data in drawn.edges(keys=True, data=True)]
    for kind, elements in (("node", nodes), ("edge", edges)):
        _declare(graph, kind, (data for _, data in elements))
    for kind, elements in (("node", nodes), ("edge", edges)):
        folder = SubElement(graph, f"{kind}s")
        for place, data in elements:
            _element(folder, kind, place, data)
    indent(root)
    text: str = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _declare(graph: Element, kind: str, every: Iterable[Mapping[str, Any]]) -> None:
    types = {name: _TYPES[type(value)] for data in every for name, value in data.items() if name not in _OWN}
    declared = SubElement(graph, "attributes", {"class": kind, "mode": "static"})
    for name, xml_type in types.items():
        SubElement(declared, "attribute", {"id": name, "title": name, "type": xml_type})


def _element(folder: Element, kind: str, place: dict[str, str], data: Mapping[str, Any]) -> None:
    own = {name: str(data[name]) for name in _OWN if name in data and name not in place}
    values = SubElement(SubElement(folder, kind, {**place, **own}), "attvalues")
    for name, value in data.items():
        if name not in _OWN:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            SubElement(values, "attvalue", {"for": name, "value": text})
