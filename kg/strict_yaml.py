"""YAML text in, a tree of maps, sequences and texts out – every scalar as text, every value with its line.

Plain YAML turns Norway (`NO`) into False and 12:30:00 into 45000, lets a second key replace the first, and can be
bent into bombs. Here scalars stay text, and duplicate keys, aliases, anchors, tags and deep nesting are refused.
Built from parser events with a stack, since libyaml's own composer crashes the process on deep nesting.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import yaml

from kg.errors import UNPRINTABLE, DataProblems, Problem, StorageError

MAX_BYTES = 5_000_000
MAX_DEPTH = 20
MAX_VALUES = 200_000
_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Text:
    """A scalar as it stands in the file."""

    value: str
    line: int


@dataclass(slots=True)
class Sequence:
    """A list of nodes."""

    items: list[Node]
    line: int


@dataclass(slots=True)
class Map:
    """A mapping; `lines` tells where each key stands."""

    items: dict[str, Node]
    line: int
    lines: dict[str, int] = field(default_factory=dict)


Node = Text | Sequence | Map


def read(path: Path, shown: str = "") -> Map:
    """Read one file whose top level is a mapping.

    Raises:
        StorageError: the file cannot be read.
        DataProblems: it is not UTF-8, not YAML, or YAML that is refused here.
    """
    name = shown or str(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise StorageError(f"{name}: cannot be read: {error.strerror}.", hint="Check the path.") from error
    return parse(raw, name)


def parse(raw: bytes, name: str) -> Map:
    """Parse the bytes of one file; `name` is used in messages."""
    if len(raw) > MAX_BYTES:
        raise _problem(name, 0, f"the file has {len(raw):,} bytes", f"Split it below {MAX_BYTES:,} bytes.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _problem(name, line, f"byte {error.start} is not UTF-8", "Save the file as UTF-8.") from error
    try:
        node = _Builder(name).build(text)
    except yaml.YAMLError as error:
        raise _yaml_problem(name, text, error) from error
    if node is None:
        raise _problem(name, 1, "the file is empty", "A dossier begins with 'source:'.")
    if not isinstance(node, Map):
        raise _problem(name, node.line, "the top level is not a mapping", "Begin with 'source:'.")
    return node


class _Builder:
    def __init__(self, name: str) -> None:
        self.name = name
        self.stack: list[Map | Sequence] = []
        self.keys: list[tuple[str, int] | None] = []
        self.root: Node | None = None
        self.values = 0

    def build(self, text: str) -> Node | None:
        documents = 0
        for event in yaml.parse(text, Loader=_LOADER):
            line = event.start_mark.line + 1 if event.start_mark else 0
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _problem(self.name, line, "a second document begins", "One file, one dossier.")
            elif isinstance(event, yaml.NodeEvent):
                self._refuse(event, line)
                self._node(event, line)
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                self.stack.pop()
                self.keys.pop()
        return self.root

    def _refuse(self, event: yaml.NodeEvent, line: int) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise _problem(self.name, line, "anchors and aliases (& and *) are refused", "Write the value out.")
        self.values += 1
        if self.values > MAX_VALUES:
            raise _problem(self.name, line, f"the file holds more than {MAX_VALUES:,} values", "Split it.")
        if isinstance(event, yaml.ScalarEvent) and (odd := UNPRINTABLE.search(event.value)):
            raise _problem(self.name, line, f"U+{ord(odd[0]):04X} is a character that cannot be printed", "Remove it.")
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            raise _problem(self.name, line, f"the tag {tag!r} is refused", "Every value is plain text.")
        if len(self.stack) >= MAX_DEPTH:
            raise _problem(
                self.name, line, f"nested more than {MAX_DEPTH} deep", "Dossiers are flat: see data/README.md."
            )

    def _node(self, event: yaml.NodeEvent, line: int) -> None:
        if self.stack and isinstance(self.stack[-1], Map) and self.keys[-1] is None:
            self._key(event, line)
            return
        node: Node
        if isinstance(event, yaml.ScalarEvent):
            node = Text(event.value, line)
        elif isinstance(event, yaml.MappingStartEvent):
            node = Map({}, line)
        else:
            node = Sequence([], line)
        self._attach(node)
        if not isinstance(node, Text):
            self.stack.append(node)
            self.keys.append(None)

    def _key(self, event: yaml.NodeEvent, line: int) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            raise _problem(self.name, line, "a key is not plain text", "Keys are single words.")
        top = self.stack[-1]
        assert isinstance(top, Map)
        if event.value in top.items:
            first = top.lines[event.value]
            raise _problem(
                self.name, line, f"the key '{event.value}' stands twice (first in line {first})", "Keep one."
            )
        self.keys[-1] = (event.value, line)

    def _attach(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if isinstance(top, Sequence):
            top.items.append(node)
            return
        pending = self.keys[-1]
        assert pending is not None
        top.items[pending[0]] = node
        top.lines[pending[0]] = pending[1]
        self.keys[-1] = None


def _problem(name: str, line: int, what: str, repair: str) -> DataProblems:
    return DataProblems([Problem(name, line, "", what + ".", repair)])


def _yaml_problem(name: str, text: str, error: yaml.YAMLError) -> DataProblems:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return _marked(name, text, error, error.problem_mark.line + 1)
    odd = UNPRINTABLE.search(text)
    line = text.count("\n", 0, odd.start() if odd else 0) + 1
    return _problem(name, line, f"not YAML: {str(error).splitlines()[0]}", "Remove characters that cannot be printed.")


def _marked(name: str, text: str, error: yaml.MarkedYAMLError, line: int) -> DataProblems:
    """Tell an error at its line; what is never closed is told where it begins, not at the end of the file."""
    told = f"{error.context}, {error.problem}" if error.context else str(error.problem)
    if error.context_mark is not None and not "".join(text.splitlines()[line - 1 :]).strip():
        line = error.context_mark.line + 1
    return _problem(name, line, f"not YAML: {told}", "Check indentation, quotes and colons.")
