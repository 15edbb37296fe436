"""The CSV registers in, entities and posts out – or all problems of both files, with line and repair."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from pathlib import Path

from kg.errors import DataProblems, Problem, StorageError, did_you_mean
from kg.model import ENTITY_TYPES, Entity, Post, Registers
from kg.terms import SLUG

ENTITY_COLUMNS = ("id", "type", "label", "label_es", "aliases", "part_of", "wikidata", "iso3", "description")
POST_COLUMNS = ("id", "label", "label_es", "organization", "description")


def read(folder: Path, shown: str = "") -> Registers:
    """Read `entities.csv` and `posts.csv` of a registers folder.

    Raises:
        StorageError: a file is missing or cannot be read.
        DataProblems: rows are wrong; all are told.
    """
    name = shown or str(folder)
    problems: list[Problem] = []
    entities = _entities(folder / "entities.csv", f"{name}/entities.csv", problems)
    posts = _posts(folder / "posts.csv", f"{name}/posts.csv", problems)
    for post in posts.values():
        if post.organization not in entities:
            problems.append(
                Problem(
                    f"{name}/posts.csv",
                    post.line,
                    post.id,
                    f"unknown organization '{post.organization}'.",
                    did_you_mean(post.organization, entities),
                )
            )
        if post.id in entities:
            problems.append(Problem(f"{name}/posts.csv", post.line, post.id, "an entity bears this id too.", "Rename."))
    if problems:
        raise DataProblems(problems)
    return Registers(entities, posts)


def _entities(path: Path, shown: str, problems: list[Problem]) -> dict[str, Entity]:
    found: dict[str, Entity] = {}
    for line, row in _rows(path, shown, ENTITY_COLUMNS, problems):
        aliases = tuple(alias.strip() for alias in row.pop("aliases").split("|") if alias.strip())
        found[row["id"]] = Entity(aliases=aliases, line=line, **row)
    for entity in found.values():
        problems += _entity_problems(entity, found, shown)
    return found


def _entity_problems(entity: Entity, known: dict[str, Entity], shown: str) -> Iterable[Problem]:
    def say(what: str, repair: str) -> Problem:
        return Problem(shown, entity.line, entity.id, what, repair)

    if entity.type not in ENTITY_TYPES:
        hint = did_you_mean(entity.type, ENTITY_TYPES) or f"Use one of: {', '.join(ENTITY_TYPES)}."
        yield say(f"unknown type '{entity.type}'.", hint)
    if entity.part_of and entity.part_of not in known:
        yield say(f"unknown part_of '{entity.part_of}'.", did_you_mean(entity.part_of, known))
    if entity.wikidata and not re.fullmatch(r"Q[1-9][0-9]*", entity.wikidata):
        yield say(f"'{entity.wikidata}' is not a Wikidata item.", "Write Q and a number, or leave it empty.")
    if entity.iso3 and not re.fullmatch(r"[A-Z]{3}", entity.iso3):
        yield say(f"'{entity.iso3}' is not an ISO 3166-1 alpha-3 code.", "Write three capitals.")


def _posts(path: Path, shown: str, problems: list[Problem]) -> dict[str, Post]:
    return {row["id"]: Post(line=line, **row) for line, row in _rows(path, shown, POST_COLUMNS, problems)}


def _rows(
    path: Path, shown: str, columns: tuple[str, ...], problems: list[Problem]
) -> list[tuple[int, dict[str, str]]]:
    reader = csv.reader(io.StringIO(_text(path, shown), newline=""), strict=True)
    rows: list[tuple[int, dict[str, str]]] = []
    seen: dict[str, int] = {}
    try:
        header = tuple(next(reader, ()))
        if header != columns:
            problems.append(
                Problem(
                    shown,
                    1,
                    "",
                    f"the columns are {', '.join(header) or 'missing'}.",
                    f"Write exactly: {','.join(columns)}",
                )
            )
            return []
        for cells in reader:
            line = reader.line_num
            row = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
            trouble = _row_trouble(cells, columns, row, seen)
            if trouble:
                problems.append(Problem(shown, line, row.get("id", ""), *trouble))
                continue
            seen[row["id"]] = line
            rows.append((line, row))
    except csv.Error as error:
        problems.append(Problem(shown, reader.line_num, "", f"not CSV: {error}.", "Check the quotes."))
    ids = [row["id"] for _, row in rows]
    for (line, row), right in zip(rows, sorted(ids), strict=True):
        if row["id"] != right:
            problems.append(
                Problem(shown, line, row["id"], "the rows are not sorted by id.", f"Here belongs '{right}'.")
            )
            break
    return rows


def _row_trouble(
    cells: list[str], columns: tuple[str, ...], row: dict[str, str], seen: dict[str, int]
) -> tuple[str, str] | None:
    if len(cells) != len(columns):
        return f"{len(cells)} cells, {len(columns)} columns.", "Quote cells that hold commas."
    if not SLUG.match(row["id"]):
        return f"'{row['id']}' is not a slug.", "Lower-case letters, digits and single hyphens."
    if row["id"] in seen:
        return f"the id stands twice (first in line {seen[row['id']]}).", "Keep one row."
    if not row["label"]:
        return "'label' is missing.", "Give a name that people know."
    return None


def _text(path: Path, shown: str) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise StorageError(f"{shown}: cannot be read: {error.strerror}.", hint="Check the data folder.") from error
    except UnicodeDecodeError as error:
        raise DataProblems(
            [Problem(shown, 0, "", f"byte {error.start} is not UTF-8.", "Save the file as UTF-8.")]
        ) from error
