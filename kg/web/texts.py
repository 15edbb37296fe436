"""The words of the passages, for whoever serves with the articles at hand: read from files, held against the hashes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kg import passages, query
from kg.errors import StorageError
from kg.graph import Graph
from kg.terms import local_name

_PLACES = """SELECT DISTINCT ?source ?file ?start ?end ?sha256 WHERE {
  ?passage oa:hasSource ?source ; dip:sha256 ?sha256 ; oa:hasSelector ?place . ?place oa:start ?start ; oa:end ?end .
  ?source dip:fileName ?file } ORDER BY ?source ?start ?end"""


def texts(graph: Graph, folder: Path) -> dict[str, str]:
    """The text of each passage of a graph that verifies, by `source:start-end`; what is not at hand is left out.

    Raises:
        StorageError: there is no such folder, or an article cannot be read.
    """
    if not folder.is_dir():
        raise StorageError(f"{folder}: no such folder.", hint="--sources names the folder of the articles.")

    @cache
    def article(name: str) -> str:
        path = folder / Path(name).name
        return passages.article(path).text if path.is_file() else ""

    found = {}
    for row in query.rows(graph.store, _PLACES):
        words = article(row["file"])[int(row["start"]) : int(row["end"])]
        if passages.digest(words) == row["sha256"]:
            found[f"{local_name(row['source'])}:{row['start']}-{row['end']}"] = words
    return found
