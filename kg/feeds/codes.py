"""The CAMEO table as feeds use it: what a code is called, which class of events it is, and what the two scales give it.

One table (`ontology/codes.csv`) serves all feeds. Classes are looked up here and nowhere computed: a class of the
ontology declares the code it is written with by default, which does not say that every event so coded is of that class
(CAMEO 161 breaks relations; not each time is an envoy recalled). Families without a direct edge stand where no class
fits.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg import resources

SCHEMES = {"CAMEO/ICEWS": "goldstein", "CAMEO/GDELT": "goldstein_gdelt"}


@dataclass(frozen=True, slots=True)
class Code:
    """One CAMEO code: scores are decimals as text, `quad` is PLOVER's class where PLOVER has a category."""

    cameo: str
    name: str
    event_class: str
    icews: str
    gdelt: str
    quad: int
    plover: str
    mode: str

    def score(self, scheme: str) -> str:
        """The Goldstein score on a scheme."""
        return self.icews if scheme == "CAMEO/ICEWS" else self.gdelt


@cache
def table(path: Path | None = None) -> dict[str, Code]:
    """Read the table, by code."""
    with (path or resources.ontology() / "codes.csv").open(encoding="utf-8", newline="") as rows:
        return {
            row["cameo"]: Code(
                row["cameo"],
                row["name"],
                row["class"],
                row["goldstein"],
                row["goldstein_gdelt"],
                int(row["quad"]),
                row["plover"],
                row["mode"],
            )
            for row in csv.DictReader(rows)
        }


@cache
def by_name() -> dict[str, Code]:
    """The table by name in small letters; a root that shares the name of its first code gives way to it."""
    named: dict[str, Code] = {}
    for code in table().values():
        key = code.name.casefold()
        if key not in named or len(named[key].cameo) == 2:
            named[key] = code
    return named


def decimal(text: str) -> str:
    """Write a number of a feed as an xsd:decimal with at least one place; empty if it is none.

    >>> decimal("-10"), decimal("2.80"), decimal("x"), decimal("nan")
    ('-10.0', '2.8', '', '')
    """
    if not _NUMBER.fullmatch(text):
        return ""
    whole, _, places = text.removeprefix("+").partition(".")
    return f"{whole or '0'}.{places.rstrip('0') or '0'}"


_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(?:\.[0-9]{0,15})?")
