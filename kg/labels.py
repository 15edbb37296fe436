"""A store in, the names of its entities out: what a page needs to say who is who, and nothing else of each."""

from __future__ import annotations

from kg import query
from kg.store import Store
from kg.terms import local_name


def labels(store: Store) -> dict[str, str]:
    """Read the label of every entity by its id, in English where there is one; without any it is the id."""
    text = """SELECT DISTINCT ?s ?o (LANG(?o) AS ?language) WHERE { ?s a dip:Entity OPTIONAL { ?s rdfs:label ?o } }"""
    rows = sorted(query.rows(store, text), key=lambda row: (row["language"] != "en", row["language"], row["o"]))
    found: dict[str, str] = {}
    for row in rows:
        node = local_name(row["s"])
        found.setdefault(node, row["o"] or node)
    return dict(sorted(found.items()))
