"""Saved questions: `.rq` files whose first comment lines say title, description and parameters.

    # title: Who sanctioned whom
    # description: Sanctions that happened, with date and source.
    # param: who entity = gustavo-petro -- the sanctioned person

A parameter is a variable of the query; its type is entity, day, number or text, and its default makes every question
run as it stands. Columns that hold only ids stand last: a table that is too wide leaves them out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg import resources
from kg.errors import NotFound, QuerySyntax, did_you_mean
from kg.terms import SLUG

TYPES = ("entity", "day", "number", "text")
_PARAM = re.compile(r"(?P<name>\w+)\s+(?P<type>\w+)\s*=\s*(?P<default>.+?)\s+--\s+(?P<doc>.+)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a question: variable name, type, default and what it means."""

    name: str
    type: str
    default: str
    doc: str


@dataclass(frozen=True, slots=True)
class Question:
    """One saved question."""

    name: str
    title: str
    description: str
    parameters: tuple[Parameter, ...]
    text: str


def read(path: Path) -> Question:
    """Read one question file.

    Raises:
        QuerySyntax: its header is not as it should be.
    """
    text = path.read_text(encoding="utf-8")
    header: dict[str, list[str]] = {"title": [], "description": [], "param": []}
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r"#\s*(\w+):\s*(.*)", line)
        if match and match[1] in header:
            header[match[1]].append(match[2].strip())
        elif match:
            raise QuerySyntax(f"{path.name}:{number}: unknown header '{match[1]}'.", line=number)
        elif line.strip() and not line.startswith("#"):
            break
    if not header["title"] or not header["description"]:
        raise QuerySyntax(f"{path.name}: '# title:' and '# description:' are needed.")
    return Question(
        name=path.stem,
        title=header["title"][0],
        description=" ".join(header["description"]),
        parameters=tuple(_parameter(path, line) for line in header["param"]),
        text=text,
    )


def _parameter(path: Path, line: str) -> Parameter:
    match = _PARAM.fullmatch(line)
    if not match or match["type"] not in TYPES:
        raise QuerySyntax(
            f"{path.name}: '# param: {line}' is not 'NAME TYPE = DEFAULT -- MEANING' "
            f"with one of the types {', '.join(TYPES)}."
        )
    return Parameter(match["name"], match["type"], match["default"], match["doc"])


@cache
def all_questions() -> dict[str, Question]:
    """Read the bundled questions, by name."""
    folder = resources.ontology() / "questions"
    return {path.stem: read(path) for path in sorted(folder.glob("*.rq"))}


def saved(name: str) -> Question | None:
    """Read the saved question of a name, if there is one; only its own file is opened."""
    path = resources.ontology() / "questions" / f"{name}.rq"
    return read(path) if SLUG.match(name) and path.is_file() else None


def question(name: str) -> Question:
    """Find a saved question.

    Raises:
        NotFound: none bears that name.
    """
    found = saved(name)
    if found is None:
        known = all_questions()
        raise NotFound(f"No saved question '{name}'.", hint=did_you_mean(name, known) or "`kg questions` lists them.")
    return found
