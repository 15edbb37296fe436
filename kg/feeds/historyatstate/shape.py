"""What the files of the Office of the Historian look like: which elements are rows, which of them are used.

A row is flattened to paths and texts (`started/date`, `from@id`). A path that is neither used nor named as left out is
counted as unknown, so that a new element is heard of and not dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.feeds.tally import Tally
from kg.feeds.xml import Node, flat

CLERKS = frozenset(
    f"{who}-{what}" for who in ("created", "last-modified") for what in ("by", "date", "datetime")
)  # who touched the record in the Office's own database, and when
_CHIEF = ("id", "person-id", "role-title-id", "appointed/date", "started/date", "ended/date", "ended/note")
_TRIP = ("id", "@role", "@who", "role", "name", "start-date", "end-date", "country", "country@id", "locale", "remarks")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file, known by its root: its rows, the paths that are used, and those that are named as left out."""

    rows: tuple[str, ...]
    used: frozenset[str]
    left_out: frozenset[str] = frozenset()
    prose: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()
    beside_left_out: frozenset[str] = frozenset()


KINDS: dict[str, Kind] = {
    "visits": Kind(
        ("visit",),
        frozenset(("id", "start-date", "end-date", "visitor", "from", "from@id", "description")),
        CLERKS,
    ),
    "trips": Kind(("trip",), frozenset(_TRIP), CLERKS),
    "presidents": Kind(
        ("president",),
        frozenset(("@n", "id", "name", "birth-year", "death-year", "took-office-date", "left-office-date")),
        CLERKS | {"death-year@still-alive", "left-office-date@still-in-office"},
        beside_left_out=frozenset(("source-url", "crawl-dateTime")),
    ),
    "country-mission": Kind(
        ("chief",),
        frozenset((*_CHIEF, "contemporary-territory-id", "arrived/date", "started/note", "appointed/note")),
        CLERKS | {"note", "arrived/note", "appointed/date@certainty", "started/date@certainty", "arrived/norte"},
        frozenset(("ended/note", "started/note", "appointed/note", "note")),
        frozenset(("territory-id",)),
        frozenset(("mission-note",)),
    ),
    "org-mission": Kind(
        ("chief",),
        frozenset((*_CHIEF, "arrived/date", "started/note", "appointed/note")),
        CLERKS | {"note", "arrived/note"},
        frozenset(("ended/note", "started/note", "appointed/note", "note")),
        frozenset(("id", "names/singular")),
        frozenset(("category", "names/plural", "description", "mission-note")),
    ),
    "principal-position": Kind(
        ("principal",),
        frozenset((*_CHIEF, "started/note", "appointed/note")),
        CLERKS | {"note", "note@type", "@treatAsConsecutive"},
        frozenset(("ended/note", "started/note", "appointed/note", "note")),
        frozenset(("id", "names/singular")),
        frozenset(("class", "category", "names/plural", "names/alternate", "start", "end", "ongoing", "description",
                   "is-dirty")),
    ),
    "person": Kind(
        ("person",),
        frozenset(("id", "persName/surname", "persName/forename", "persName/altname", "persName/genName", "birth",
                   "death", "career-type", "residence/state-id")),
        CLERKS | {"old-ids/old-id", "death@type"},
    ),
    "concurrent-appointments": Kind(
        ("concurrent-appointments",),
        frozenset(("id", "person-id", "chief-id", "resident-at/locale-id", "resident-at/contemporary-territory-id")),
        CLERKS,
    ),
    "role": Kind(
        ("role",), frozenset(("id", "names/singular")), frozenset(("class", "category", "names/plural", "@mode"))
    ),
    "code-table": Kind(
        ("item",),
        frozenset(("value", "label")),
        frozenset(("definition", "class")),
        beside=frozenset(("name",)),
        beside_left_out=frozenset(("description", "hint", "note")),
    ),
    "resources": Kind(("resource",), frozenset(), frozenset(("name", "relatedcountry"))),
}  # fmt: skip

SETS = ("chiefs", "other-nominees", "principals", "other-appointees")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the account it belongs to, its line, texts by path, and the list it stands in (`other-nominees`)."""

    tally: Tally
    line: int
    kind: str
    within: str = ""
    values: dict[str, list[str]] = field(default_factory=dict)
    beside: dict[str, list[str]] = field(default_factory=dict)

    def one(self, path: str) -> str:
        """The first text of a path; empty if there is none."""
        return next(iter(self.values.get(path, ())), "")

    def many(self, path: str) -> tuple[str, ...]:
        """All texts of a path that are not empty."""
        return tuple(text for text in self.values.get(path, ()) if text)

    def head(self, path: str) -> str:
        """A text that the whole file shares."""
        return next(iter(self.beside.get(path, ())), "")


def rows(root: Node, tally: Tally) -> Iterator[Row]:
    """Take the rows out of a document of a known kind; unknown elements are counted in the tally."""
    kind = KINDS[root.tag]
    found = [(root, "")] if kind.rows == (root.tag,) else list(_rows(root, kind, ""))
    beside: dict[str, list[str]] = {}
    if kind.rows != (root.tag,):
        _shared(root, kind, beside, tally)
    for node, within in found:
        values: dict[str, list[str]] = {}
        for path, text in flat(node, kind.prose):
            if path in kind.used:
                values.setdefault(path, []).append(text)
            elif path not in kind.left_out:
                tally.unknown[f"{root.tag}: {path}"] += 1
        yield Row(tally, node.line, root.tag, within, values, beside)
    tally.left_out = tuple(sorted({*tally.left_out, *kind.left_out, *kind.beside_left_out}))


def _rows(node: Node, kind: Kind, within: str) -> Iterator[tuple[Node, str]]:
    for child in node:
        if child.tag in kind.rows:
            yield child, within
        elif child.tag in (*SETS, "items"):
            yield from _rows(child, kind, child.tag)


def _shared(root: Node, kind: Kind, beside: dict[str, list[str]], tally: Tally) -> None:
    for child in root:
        if child.tag in kind.rows or child.tag == "items":
            continue
        if child.tag in SETS:
            parts = [part for part in child if part.tag not in kind.rows]
        else:
            parts = [child]
        for part in parts:
            for path, text in flat(part, path=part.tag):
                if path in kind.beside:
                    beside.setdefault(path, []).append(text)
                elif part.tag not in kind.beside_left_out and path not in kind.beside_left_out:
                    tally.unknown[f"{root.tag}: {path}"] += 1
