"""A mapping file in, a plan for reading a table out: what each column says, and which columns are left out.

    feed: trade-quarrels            # ids begin with csv- and it
    publisher: University of Somewhere
    columns:
      Event ID: id
      Day: {field: date, format: "%d/%m/%Y"}
      Sender: {field: actor, kind: state}
      Sender code: {field: actor, scheme: iso3}
      Target: {field: target, kind: state}
      CAMEO: cameo
      Link: url
    left_out: [Coder, Remarks]

Read as strictly as a dossier: every value is text, unknown keys and values are refused, all problems are told together.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg import strict_yaml
from kg.errors import DataProblems, Problem, did_you_mean
from kg.feeds.countries import SCHEMES
from kg.model import ENTITY_TYPES, FACTUALITIES
from kg.strict_yaml import Map, Node, Sequence, Text
from kg.terms import SLUG
from kg.vocabulary import vocabulary

PARTIES = ("actor", "target", "place")
FIELDS = (
    *PARTIES,
    "articles",
    "cameo",
    "class",
    "confidence",
    "date",
    "factuality",
    "goldstein",
    "id",
    "label",
    "mentions",
    "note",
    "published",
    "publisher",
    "sources",
    "url",
)
CODES = (*SCHEMES, "wikidata")
_KEYS = ("feed", "publisher", "licence", "delimiter", "encoding", "columns", "left_out", "classes", "defaults")
_OPTIONS = ("field", "format", "kind", "scheme", "split")
_DEFAULTS = ("class", "cameo", "factuality", "publisher", "confidence")
_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", **{each: each for each in ",;\t|"}}
_SCORES = ("CAMEO/ICEWS", "CAMEO/GDELT")


@dataclass(frozen=True, slots=True)
class Column:
    """What one column says: a field, and for parties a kind, the scheme of a code, and what parts several of them."""

    field: str
    format: str = ""
    kind: str = ""
    scheme: str = ""
    split: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a table is read; `classes` turns the table's own words for what happened into classes of the ontology."""

    feed: str
    columns: Mapping[str, Column]
    left_out: tuple[str, ...] = ()
    publisher: str = ""
    licence: str = ""
    delimiter: str = ","
    encoding: str = "utf-8"
    classes: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """With what ids begin, so that none of a table is taken for one of the registers."""
        return f"csv-{self.feed}"


def read(path: Path, shown: str = "") -> Plan:
    """Read a mapping file.

    Raises:
        StorageError: it cannot be read.
        DataProblems: it is wrong; all that is wrong is told.
    """
    return _Reading(shown or str(path)).mapping(strict_yaml.read(path, shown))


class _Reading:
    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[Problem] = []

    def mapping(self, root: Map) -> Plan:
        self._known(root, _KEYS, "")
        columns = self._columns(root.items.get("columns"), root.line)
        made = Plan(
            feed=self._text(root, "feed", needed="Give the table a short name, such as trade-quarrels."),
            columns=columns,
            left_out=self._list(root, "left_out"),
            publisher=self._text(root, "publisher"),
            licence=self._text(root, "licence"),
            delimiter=self._one_of(root, "delimiter", _DELIMITERS) or ",",
            encoding=self._encoding(root),
            classes=self._words(root, "classes"),
            defaults=self._words(root, "defaults", _DEFAULTS),
        )
        self._sound(root, made)
        if self.problems:
            raise DataProblems(self.problems)
        return made

    def _sound(self, root: Map, made: Plan) -> None:
        if made.feed and not SLUG.match(made.feed):
            self._say(root, "feed", f"'{made.feed}' is not a slug.", "Lower-case letters, digits and single hyphens.")
        fields = {column.field for column in made.columns.values()}
        for name in ("actor", "date"):
            if columns_are_known(made) and name not in fields:
                self._say(root, "columns", f"no column says the {name}.", f"Map one: `Name: {name}`.")
        if columns_are_known(made) and not fields & {"class", "cameo"} and not set(made.defaults) & {"class", "cameo"}:
            self._say(root, "columns", "nothing says what happened.", "Map class or cameo, or give one in defaults.")
        both = sorted(set(made.columns) & set(made.left_out))
        for name in both:
            self._say(root, "left_out", f"the column '{name}' is mapped too.", "Name it once.")
        known = vocabulary().event_classes
        for section, names in (("classes", made.classes), ("defaults", {"class": made.defaults.get("class", "")})):
            node = root.items.get(section)
            for word, value in names.items():
                if value and value not in known and isinstance(node, Map):
                    hint = did_you_mean(value, known) or "The classes are in ontology/core.ttl."
                    self._say(node, word, f"unknown class '{value}'.", hint, f"{section}.")
        factuality = made.defaults.get("factuality", "Actual")
        if factuality not in FACTUALITIES:
            self._say(root, "defaults", f"unknown factuality '{factuality}'.", did_you_mean(factuality, FACTUALITIES))

    def _columns(self, node: Node | None, line: int) -> dict[str, Column]:
        if not isinstance(node, Map):
            self.problems.append(
                Problem(self.path, node.line if node else line, "columns", "is not a list of columns.",
                        "Write `columns:` and below it one line for each: `Column: field`.")
            )  # fmt: skip
            return {}
        columns = {name: self._column(name, each) for name, each in node.items.items()}
        single: dict[tuple[str, str], str] = {}
        for name, column in columns.items():
            first = single.setdefault((column.field, column.scheme if column.field in PARTIES else ""), name)
            if first != name and column.field:
                told = f"the columns '{first}' and '{name}' both say the {column.field}."
                self.problems.append(Problem(self.path, node.lines[name], f"columns.{name}", told, "Map one of them."))
        return columns

    def _column(self, name: str, node: Node) -> Column:
        where = f"columns.{name}"
        if isinstance(node, Text):
            if node.value == "goldstein":
                told = f"Say of which: {{field: goldstein, scheme: {' or '.join(_SCORES)}}}."
                self.problems.append(Problem(self.path, node.line, where, "the scores have no table.", told))
            return Column(self._among(node.value, FIELDS, where, node.line, "field"))
        if not isinstance(node, Map):
            self.problems.append(Problem(self.path, node.line, where, "is a list.", "Write a field: `Column: actor`."))
            return Column("")
        self._known(node, _OPTIONS, f"{where}.")
        options = {key: self._text(node, key, where=f"{where}.") for key in _OPTIONS}
        chosen = self._among(options["field"], FIELDS, where, node.line, "field")
        party = chosen in PARTIES
        for option, fits in (("kind", party), ("scheme", party or chosen == "goldstein"), ("split", party),
                             ("format", chosen in ("date", "published"))):  # fmt: skip
            if options[option] and not fits and chosen:
                self._say(node, option, f"does not go with the field {chosen}.", "Leave it out.", f"{where}.")
        if options["kind"]:
            self._among(options["kind"], ENTITY_TYPES, f"{where}.kind", node.line, "kind")
        if options["scheme"] and chosen:
            self._among(options["scheme"], CODES if party else _SCORES, f"{where}.scheme", node.line, "scheme")
        elif chosen == "goldstein":
            self._say(node, "scheme", "the scores have no table.", f"Use {' or '.join(_SCORES)}.", f"{where}.")
        return Column(chosen, *(options[key] for key in ("format", "kind", "scheme", "split")))

    def _encoding(self, root: Map) -> str:
        name = self._text(root, "encoding") or "utf-8"
        try:
            plain = codecs.lookup(name).encode('a,;\t|"\n')[0]
        except (LookupError, UnicodeError, TypeError, ValueError):
            plain = b""
        if plain != b'a,;\t|"\n':
            self._say(root, "encoding", f"'{name}' is not read here.", "Use utf-8, latin-1, cp1252 or mac-roman.")
            return "utf-8"
        return name

    def _words(self, root: Map, key: str, known: Iterable[str] = ()) -> dict[str, str]:
        node = root.items.get(key)
        if node is None:
            return {}
        if not isinstance(node, Map):
            self._say(root, key, "is not a list of pairs.", f"Write `{key}:` and below it `word: value` lines.")
            return {}
        if known:
            self._known(node, known, f"{key}.")
        return {name: self._text(node, name, where=f"{key}.") for name in node.items}

    def _list(self, root: Map, key: str) -> tuple[str, ...]:
        node = root.items.get(key)
        if node is None:
            return ()
        if not isinstance(node, Sequence) or not all(isinstance(each, Text) for each in node.items):
            self._say(root, key, "is not a list of names.", f"Write `{key}: [One, Other]`.")
            return ()
        return tuple(each.value for each in node.items if isinstance(each, Text))

    def _one_of(self, root: Map, key: str, known: Mapping[str, str]) -> str:
        value = self._text(root, key)
        return known.get(self._among(value, known, key, root.lines.get(key, 0), key), "") if value else ""

    def _text(self, node: Map, key: str, needed: str = "", where: str = "") -> str:
        value = node.items.get(key)
        if value is None:
            if needed:
                self._say(node, key, "is missing.", needed, where)
            return ""
        if not isinstance(value, Text):
            self._say(node, key, "is not plain text.", "Write one value.", where)
            return ""
        return value.value

    def _known(self, node: Map, known: Iterable[str], where: str) -> None:
        for key in node.items:
            if key not in known:
                hint = did_you_mean(key, known) or f"Known are: {', '.join(known)}."
                self.problems.append(Problem(self.path, node.lines[key], f"{where}{key}", "unknown key.", hint))

    def _among(self, value: str, known: Iterable[str], where: str, line: int, what: str) -> str:
        if value in known:
            return value
        hint = did_you_mean(value, known) or f"Known are: {', '.join(known)}."
        self.problems.append(Problem(self.path, line, where, f"unknown {what} '{value}'.", hint))
        return ""

    def _say(self, node: Map, key: str, what: str, repair: str, where: str = "") -> None:
        self.problems.append(Problem(self.path, node.lines.get(key, node.line), f"{where}{key}", what, repair))


def columns_are_known(made: Plan) -> bool:
    """Whether every column has a field, so that what no column says can be told."""
    return bool(made.columns) and all(column.field for column in made.columns.values())
