"""What the columns of a feed are: which are kept and as what, and which tell who, whom, what, when and how scored.

A row is *plain* where every kept value is written as it will be written back, and the feed's reader would keep it
without a word. Any other row goes through the reader, which judges it as in the triples tier; if it is kept, its text
is kept beside it. So every row can be given back to the reader as the feed wrote it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kg.errors import UsageError
from kg.feeds import codes, gdelt, icews

TEXT = r"^[^\x00-\x1f\x7f]*$"


@dataclass(frozen=True, slots=True)
class Column:
    """One kept column: its type (`text`, `whole`, `day`), and the pattern of a plain text; texts may be empty."""

    kind: str
    plain: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """A feed's rows: all columns in order, the kept ones, and the parts that steps speak of.

    `actor` and `target` are the two columns that tell a party, `beside` one for each side that is read with its first
    row; `key` tells one event; `day` is its date, with `dashes` or without; `quad` is empty where the code table tells
    it; `counted` are counts of reports, mentions first. Of a plain row the values of some columns stand together in
    `choices`, and `copied` columns say again what another begins with.
    """

    feed: str
    scheme: str
    names: tuple[str, ...]
    kept: Mapping[str, Column]
    key: tuple[str, ...]
    day: str
    code: str
    score: str
    quad: str
    actor: tuple[str, str]
    target: tuple[str, str]
    beside: tuple[str, str]
    choices: Mapping[tuple[str, ...], frozenset[tuple[str, ...]]]
    copied: Mapping[str, tuple[str, int]]
    counted: tuple[str, ...] = ()
    dashes: bool = False
    titles: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The line that tells a reader the columns, in the feed's own words."""
        return "\t".join(self.titles or self.names)

    def text(self, row: Mapping[str, Any]) -> str:
        """Write a row as the feed does; what was not kept is empty."""
        if row.get("raw"):
            return str(row["raw"])
        told: dict[str, str] = {name: self._told(column, row[name]) for name, column in self.kept.items()}
        told |= {name: told[whole][:length] for name, (whole, length) in self.copied.items()}
        return "\t".join(told.get(name, "") for name in self.names)

    def values(self, text: str, day: str) -> dict[str, Any]:
        """The kept values of a row that the reader took, its day being this."""
        cells = dict.fromkeys(self.kept, "") | dict(zip(self.names, text.split("\t"), strict=True))
        made: dict[str, Any] = {}
        for name, column in self.kept.items():
            if column.kind == "day":
                made[name] = date.fromisoformat(day)
            else:
                made[name] = (int(cells[name]) if column.kind == "whole" else cells[name]) if cells[name] else None
        return made

    def party(self, number: int, cells: Sequence[str], beside: str) -> str:
        """A row that the reader keeps, in which only this party acts; rows of other numbers are other events."""
        told = dict.fromkeys(self.names, "") | self._sample() | {self.key[0]: str(number)}
        told |= dict(zip(self.actor, cells, strict=True)) | {self.beside[0]: beside}
        return "\t".join(told[name] for name in self.names)

    def _sample(self) -> dict[str, str]:
        made = {name: "0" for name, column in self.kept.items() if column.kind == "whole"}
        made[self.day] = "2000-01-01" if self.dashes else "20000101"
        for names, allowed in self.choices.items():
            made |= dict(zip(names, min(allowed), strict=True))
        return made | {name: made[whole][:length] for name, (whole, length) in self.copied.items()}

    def _told(self, column: Column, value: Any) -> str:
        if value is None:
            return ""
        if column.kind == "day":
            text = str(value.isoformat())
            return text if self.dashes else text.replace("-", "")
        return str(value)


def layout(feed: str, first_line: str) -> Layout:
    """The layout of a file of a feed, by its first line.

    Raises:
        UsageError: the feed, or this kind of its files, is not kept in columns.
    """
    if feed not in LAYOUTS:
        raise UsageError(f"'{feed}' is not kept in columns.", hint=f"These are: {', '.join(LAYOUTS)}.")
    return LAYOUTS[feed](first_line)


def _gdelt(first_line: str) -> Layout:
    if gdelt.tells_mentions(first_line):
        raise UsageError("Mentions are not kept in columns.", hint="Import them without --columns.")
    names = gdelt.EVENTS.get(first_line.count("\t") + 1, gdelt.EVENTS[61])
    sides = {f"Actor{n}{part}": Column("text", TEXT) for n in (1, 2) for part in _SIDE}
    whole = Column("whole")
    kept = {
        "GLOBALEVENTID": whole,
        "SQLDATE": Column("day"),
        **sides,
        **dict.fromkeys(("EventCode", "QuadClass", "GoldsteinScale"), Column("text")),
        **dict.fromkeys(("NumMentions", "NumSources", "NumArticles"), whole),
        "SOURCEURL": Column("text", TEXT),
    }
    scores = frozenset((code.cameo, codes.decimal(code.gdelt)) for code in codes.table().values())
    return Layout(
        feed="gdelt",
        scheme=gdelt.SCHEME,
        names=names,
        kept=kept,
        key=("GLOBALEVENTID",),
        day="SQLDATE",
        code="EventCode",
        score="GoldsteinScale",
        quad="QuadClass",
        actor=("Actor1Code", "Actor1Name"),
        target=("Actor2Code", "Actor2Name"),
        beside=("Actor1CountryCode", "Actor2CountryCode"),
        choices={
            ("EventCode", "GoldsteinScale"): scores,
            ("QuadClass",): frozenset((quad,) for quad in "1234"),
        },
        copied={"EventRootCode": ("EventCode", 2)},
        counted=("NumMentions", "NumSources", "NumArticles"),
    )


def _icews(first_line: str) -> Layout:
    if first_line.count("\t") == 3:
        raise UsageError("Lines of four columns are not kept in columns.", hint="Import them without --columns.")
    names = tuple(title.replace(" ", "_") for title in icews.COLUMNS)
    text = [name for name in names if name.replace("_", " ") not in icews.LEFT_OUT]
    told = frozenset(
        (code.cameo, code.name, score)
        for code in codes.table().values()
        for score in (code.icews, codes.decimal(code.icews))
    )
    return Layout(
        feed="icews",
        scheme=icews.SCHEME,
        names=names,
        titles=icews.COLUMNS,
        kept=dict.fromkeys(text, Column("text", TEXT))
        | {"Event_ID": Column("whole"), "Event_Date": Column("day")}
        | dict.fromkeys(("CAMEO_Code", "Event_Text", "Intensity"), Column("text")),
        key=("Event_ID", "Event_Date"),
        day="Event_Date",
        code="CAMEO_Code",
        score="Intensity",
        quad="",
        actor=("Source_Name", "Source_Country"),
        target=("Target_Name", "Target_Country"),
        beside=("Source_Sectors", "Target_Sectors"),
        choices={("CAMEO_Code", "Event_Text", "Intensity"): told},
        copied={},
        dashes=True,
    )


_SIDE = ("Code", "Name", "CountryCode")
LAYOUTS = {"gdelt": _gdelt, "icews": _icews}
