"""The CSV registers in, entities and posts out – or all problems of both files, with line and repair."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from kg.errors import HINTED, UNPRINTABLE, DataProblems, Problem, StorageError, did_you_mean
from kg.model import ENTITY_TYPES, Entity, Post, Registers
from kg.terms import SLUG

ENTITY_COLUMNS = ("id", "type", "label", "label_es", "aliases", "part_of", "wikidata", "iso3", "description")
POST_COLUMNS = ("id", "label", "label_es", "organization", "description")
_Row = TypeVar("_Row", Entity, Post)


def read(folder: Path, shown: str = "") -> Registers:
    """Read `entities.csv` and `posts.csv` of a registers folder.

    Raises:
        StorageError: a file is missing or cannot be read.
        DataProblems: rows are wrong; all are told.
    """
    name = shown or str(folder)
    problems: list[Problem] = []
    entities = _entities(folder / "entities.csv", f"{name}/entities.csv", problems)
    posts = _posts(folder / "posts.csv", f"{name}/posts.csv", entities, problems)
    if problems:
        raise DataProblems(problems)
    return Registers(entities, posts)


def _entities(path: Path, shown: str, problems: list[Problem]) -> dict[str, Entity]:
    found: dict[str, Entity] = {}
    for line, row in _rows(path, shown, ENTITY_COLUMNS, problems):
        aliases = tuple(alias.strip() for alias in row.pop("aliases").split("|") if alias.strip())
        found[row["id"]] = Entity(aliases=aliases, line=line, **row)
    for entity in _sound(found, problems):
        problems += _entity_problems(entity, found, found if len(problems) < HINTED else (), shown)
    problems += _unsorted(found, shown)
    return found


def _entity_problems(
    entity: Entity, known: Mapping[str, Entity], likely: Iterable[str], shown: str
) -> Iterator[Problem]:
    def say(what: str, repair: str) -> Problem:
        return Problem(shown, entity.line, entity.id, what, repair)

    if entity.type not in ENTITY_TYPES:
        hint = did_you_mean(entity.type, ENTITY_TYPES) or f"Use one of: {', '.join(ENTITY_TYPES)}."
        yield say(f"unknown type '{entity.type}'.", hint)
    if entity.part_of and entity.part_of not in known:
        yield say(f"unknown part_of '{entity.part_of}'.", did_you_mean(entity.part_of, likely) or "Add a row for it.")
    if entity.wikidata and not re.fullmatch(r"Q[1-9][0-9]*", entity.wikidata):
        yield say(f"'{entity.wikidata}' is not a Wikidata item.", "Write Q and a number, or leave it empty.")
    if entity.iso3 and not re.fullmatch(r"[A-Z]{3}", entity.iso3):
        yield say(f"'{entity.iso3}' is not an ISO 3166-1 alpha-3 code.", "Write three capitals.")


def _posts(path: Path, shown: str, entities: Mapping[str, Entity], problems: list[Problem]) -> dict[str, Post]:
    found = {row["id"]: Post(line=line, **row) for line, row in _rows(path, shown, POST_COLUMNS, problems)}
    for post in _sound(found, problems):
        problems += _post_problems(post, entities, entities if len(problems) < HINTED else (), shown)
    problems += _unsorted(found, shown)
    return found


def _post_problems(post: Post, entities: Mapping[str, Entity], likely: Iterable[str], shown: str) -> Iterator[Problem]:
    if entities and post.organization not in entities:
        hint = did_you_mean(post.organization, likely) or "Add it to entities.csv."
        yield Problem(shown, post.line, post.id, f"unknown organization '{post.organization}'.", hint)
    if post.id in entities:
        yield Problem(shown, post.line, post.id, "an entity bears this id too.", "Choose another id for one of them.")


def _rows(
    path: Path, shown: str, columns: tuple[str, ...], problems: list[Problem]
) -> list[tuple[int, dict[str, str]]]:
    """Read the rows with the line where each begins; a row with a problem stays, lest others seem to miss it."""
    rows: dict[str, tuple[int, dict[str, str]]] = {}
    try:
        for line, cells in _records(_text(path, shown), shown, columns):
            row = dict.fromkeys(columns, "") | dict(zip(columns, map(str.strip, cells), strict=False))
            first, _ = rows.setdefault(row["id"], (line, row)) if SLUG.match(row["id"]) else (line, row)
            problems += (Problem(shown, line, row["id"], *told) for told in _trouble(cells, columns, row, line, first))
    except DataProblems as error:
        problems += error.problems
        return []
    return list(rows.values())


def _records(text: str, shown: str, columns: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        header = tuple(next(reader, ()))
        if header != columns:
            told = f"the columns are {', '.join(header) or 'missing'}."
            raise DataProblems([Problem(shown, 1, "", told, f"Write exactly: {','.join(columns)}")])
        line = reader.line_num + 1
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        problem = Problem(shown, line, "", f"not CSV: {error}.", "Check the quotes from this row on.")
        raise DataProblems([problem]) from error


def _trouble(
    cells: list[str], columns: tuple[str, ...], row: dict[str, str], line: int, first: int
) -> Iterator[tuple[str, str]]:
    odd = UNPRINTABLE.search("".join(cells))
    if not cells:
        yield "the line is empty.", "Remove it."
    elif len(cells) != len(columns):
        yield f"{len(cells)} cells, {len(columns)} columns.", "Quote cells that hold commas."
    elif odd:
        yield f"U+{ord(odd[0]):04X} is a character that cannot be printed.", "Remove it."
    elif not SLUG.match(row["id"]):
        yield f"'{row['id']}' is not a slug.", "Lower-case letters, digits and single hyphens."
    elif first != line:
        yield f"the id stands twice (first in line {first}).", "Keep one row."
    elif not row["label"]:
        yield "'label' is missing.", "Give a name that people know."


def _sound(found: Mapping[str, _Row], problems: Iterable[Problem]) -> list[_Row]:
    """Leave out the rows of which a problem is told already."""
    told = {problem.where for problem in problems}
    return [each for each in found.values() if each.id not in told]


def _unsorted(found: Mapping[str, Entity | Post], shown: str) -> Iterator[Problem]:
    for each, right in zip(found.values(), sorted(found), strict=True):
        if each.id != right:
            yield Problem(shown, each.line, each.id, "the rows are not sorted by id.", f"Here belongs '{right}'.")
            return


def _text(path: Path, shown: str) -> str:
    try:
        raw = path.read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise StorageError(f"{shown}: cannot be read: {error.strerror}.", hint="Check the data folder.") from error
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DataProblems(
            [Problem(shown, line, "", f"byte {error.start} is not UTF-8.", "Save the file as UTF-8.")]
        ) from error
