"""Answers as tables for people: labels in place of IRIs, and a link to what each row is about."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kg.errors import UsageError
from kg.graph import Graph
from kg.questions import Question
from kg.results import json_term
from kg.store import Rows
from kg.terms import ID
from kg.web.current import Build
from kg.web.workers import Reply

Cell = dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Table:
    """Columns for eyes, rows of cells, and the id that each row is about (empty for none)."""

    columns: tuple[str, ...]
    rows: tuple[tuple[tuple[Cell, ...], str], ...]
    cut: bool = False


def given(question: Question, parameters: Mapping[str, str]) -> dict[str, str]:
    """The values of a question's parameters as a visitor gave them, else the defaults."""
    return {p.name: parameters.get(p.name, "").strip()[:300] or p.default for p in question.parameters}


def rows(graph: Graph, text: str) -> tuple[tuple[str, ...], Iterator[dict[str, Cell]]]:
    """Ask a SELECT query of ours here and now, unguarded: its variables, and its rows as terms by variable."""
    answer = graph.store.query(text)
    assert isinstance(answer, Rows)
    return answer.variables, (_cells(answer.variables, row) for row in answer.rows)


def _cells(variables: tuple[str, ...], row: tuple[Any, ...]) -> dict[str, Cell]:
    return {name: None if term is None else json_term(term) for name, term in zip(variables, row, strict=True)}


def table(variables: tuple[str, ...], rows: list[dict[str, Cell]], cut: bool = False) -> Table:
    """Lay rows out for eyes: empty columns go, and a last column of our ids becomes the link of its row."""
    used = [name for name in variables if any(row.get(name) for row in rows)]
    about = used[-1] if len(used) > 1 and all(ours(row.get(used[-1])) for row in rows) else ""
    columns = tuple(name for name in used if name != about)
    shown = tuple((tuple(row.get(name) for name in columns), ours(row.get(about))) for row in rows)
    return Table(columns or variables, shown, cut)


def ours(cell: Cell) -> str:
    """The local id of a cell that holds an IRI of ours, else nothing."""
    return str(cell["value"])[len(ID) :] if cell and cell["type"] == "uri" and cell["value"].startswith(ID) else ""


async def pooled(build: Build, text: str) -> Table:
    """Ask a saved question with a visitor's values, in a worker."""
    found, cut = await _select(build, text)
    return table(tuple(found["head"]["vars"]), found["results"]["bindings"], cut)


async def named(build: Build, text: str) -> set[str]:
    """The local ids that the answer to a visitor's query names.

    Raises:
        UsageError: the answer is no table.
    """
    found, _ = await _select(build, text)
    return {ours(cell) for row in found["results"]["bindings"] for cell in row.values()} - {""}


async def _select(build: Build, text: str) -> tuple[dict[str, Any], bool]:
    reply: Reply = build.pool.answer(text, {"rows": "json", "graph": "ntriples"}, None)
    await reply.held()
    if reply.what != "rows":
        raise UsageError("A SELECT query is needed here.")
    body = b"".join([piece async for piece in reply.rest()])
    found: dict[str, Any] = json.loads(body)
    return found, reply.cut
