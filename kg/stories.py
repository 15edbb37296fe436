"""Stories: guided tours of a network page, read strictly from YAML files.

    title: What the story is called
    language: en
    sources: [the-source-it-belongs-to]
    steps:
      - title: First
        text: What to see here, in words of ours.
        state: sel=n:gustavo-petro&time=2025-01-01,2025-01-31

`state` is what stands after `#` in the address of the page; `title_es` and `text_es` say the same to those who read the
page in Spanish. A story belongs to a graph that holds all of its sources.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from kg import resources, strict_yaml
from kg.errors import DataProblems, NotFound, Problem, did_you_mean, nearest
from kg.strict_yaml import Map, Node, Sequence, Text
from kg.terms import SLUG

_PARTS = (
    "sel hide without facts feeds ties loose contested undated certain time asof voice ego path view sort at pins pairs"
)
STATE_KEYS = frozenset(_PARTS.split())
LANGUAGES = ("en", "es")
MAX_STEPS = 40
MAX_TEXT = 2_000
_STATE = re.compile(r"[\w.~%,:/|=&+-]*")
_KEYS = ("title", "title_es", "language", "sources", "steps")
_STEP_KEYS = ("title", "title_es", "text", "text_es", "state")


@dataclass(frozen=True, slots=True)
class Step:
    """One stop of a story: a title, our text, and the state of the page."""

    title: str
    text: str
    state: str
    title_es: str = ""
    text_es: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """A guided tour and the sources that it belongs to."""

    name: str
    title: str
    language: str
    sources: tuple[str, ...]
    steps: tuple[Step, ...]
    title_es: str = ""


def choose(name: str) -> Story:
    """Read the story of a file, or the one of that name in the data folder.

    Raises:
        NotFound: there is no such file or story.
        DataProblems: the file is not as it should be.
        StorageError: it cannot be read.
    """
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return read(path)
    known = {each.stem: each for each in _files()}
    if name not in known:
        hint = did_you_mean(name, known) or f"There is: {', '.join(known) or 'none'}; or name a file."
        raise NotFound(f"No story is called '{name}'.", hint=hint)
    return read(known[name])


def belonging(sources: Collection[str]) -> Story | None:
    """Give the story that belongs to some sources: the one that needs most of them, the first by name among equals."""
    fit = [story for story in map(read, _files()) if story.sources and set(story.sources) <= set(sources)]
    return min(fit, key=lambda story: (-len(story.sources), story.name), default=None)


def _files() -> list[Path]:
    return sorted((resources.data_folder(None) / "stories").glob("*.yaml"))


def read(path: Path) -> Story:
    """Read one story; all problems are told together, each at its line.

    Raises:
        DataProblems: the file is not as it should be.
        StorageError: it cannot be read.
    """
    reader = _Reader(str(path))
    story = reader.story(path.stem, strict_yaml.read(path))
    if reader.problems:
        raise DataProblems(reader.problems)
    return story


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []

    def story(self, name: str, top: Map) -> Story:
        self._keys(top, _KEYS, "")
        language = self._text(top, "language", "", default="en")
        if language not in LANGUAGES:
            self._wrong(top.lines["language"], "language", f"'{language}' is not known", "Use en or es.")
        title, title_es = self._text(top, "title", ""), self._text(top, "title_es", "", default="")
        return Story(name, title, language, self._sources(top), self._steps(top), title_es)

    def _sources(self, top: Map) -> tuple[str, ...]:
        found = []
        for item in self._items(top, "sources"):
            if isinstance(item, Text) and SLUG.match(item.value):
                found.append(item.value)
            else:
                self._wrong(item.line, "sources", "a source is not named by its id", "Write the id of its dossier.")
        return tuple(found)

    def _steps(self, top: Map) -> tuple[Step, ...]:
        items = self._items(top, "steps")
        if len(items) > MAX_STEPS:
            self._wrong(items[MAX_STEPS].line, "steps", f"more than {MAX_STEPS} steps", "Nobody reads so many.")
        return tuple(self._step(item, f"steps[{number}]") for number, item in enumerate(items, 1))

    def _step(self, item: Node, where: str) -> Step:
        if not isinstance(item, Map):
            self._wrong(item.line, where, "a step is not a mapping", "It has title, text and state.")
            return Step("", "", "")
        self._keys(item, _STEP_KEYS, where)
        state = self._text(item, "state", where, default="")
        line = item.lines.get("state", item.line)
        if not _STATE.fullmatch(state):
            self._wrong(line, where, "the state is not the address of a page", "Copy what stands after # there.")
        for part in filter(None, state.split("&")):
            key = part.partition("=")[0]
            if key not in STATE_KEYS:
                near = nearest(key, STATE_KEYS)
                hint = f"Did you mean '{near}'?" if near else "A step cannot set it."
                self._wrong(line, where, f"the state has a part '{key}' that is not known", hint)
        title, text = self._text(item, "title", where), self._text(item, "text", where)
        spanish = [self._text(item, key, where, default="") for key in ("title_es", "text_es")]
        return Step(title, text, state, *spanish)

    def _keys(self, node: Map, known: tuple[str, ...], where: str) -> None:
        for key, line in node.lines.items():
            if key not in known:
                hint = did_you_mean(key, known) or f"Known are: {', '.join(known)}."
                self._wrong(line, where, f"the key '{key}' is not known", hint)

    def _text(self, node: Map, key: str, where: str, default: str | None = None) -> str:
        value = node.items.get(key)
        if isinstance(value, Text) and (value.value.strip() or default is not None):
            if len(value.value) > MAX_TEXT:
                self._wrong(value.line, where, f"'{key}' has more than {MAX_TEXT:,} characters", "Shorten it.")
            return " ".join(value.value.split())
        if value is None and default is not None:
            return default
        line = node.lines.get(key, node.line)
        self._wrong(line, where, f"'{key}' is missing or empty", f"Write '{key}: …'.")
        return default or ""

    def _items(self, top: Map, key: str) -> list[Node]:
        value = top.items.get(key)
        if isinstance(value, Sequence) and value.items:
            return value.items
        self._wrong(top.lines.get(key, top.line), "", f"'{key}' is not a list with something in it", "Add one.")
        return []

    def _wrong(self, line: int, where: str, what: str, repair: str) -> None:
        self.problems.append(Problem(self.name, line, where, what + ".", repair))


__all__ = ["Step", "Story", "belonging", "choose", "read"]
