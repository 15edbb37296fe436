"""What a curator decided about parties of feeds, as a small sorted CSV file that the curator owns.

    party,entity,verdict,label,reason
    gdelt-usagovhls,us-homeland-security,accept,HOMELAND SECURITY,code of the department
    ofac-12345,michael-rios,refuse,"RIOS, Michael",a namesake

One row, one decision. It lies as `links.csv` in the build folder, where a new build leaves it alone, unless another
place is named (`--links`, `KG_LINKS`), such as one beside the registers that is kept under version control.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kg.errors import UNPRINTABLE, DataProblems, Problem, StorageError, did_you_mean

FILE = "links.csv"
COLUMNS = ("party", "entity", "verdict", "label", "reason")
VERDICTS = ("accept", "refuse")


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """One decision: that a party of a feed is (`accept`), or is not (`refuse`), an entity of the registers."""

    party: str
    entity: str
    verdict: str
    label: str = ""
    reason: str = ""


Links = dict[tuple[str, str], Link]


def read(path: Path) -> Links:
    """Read the decisions; none where there is no such file.

    Raises:
        StorageError: it cannot be read.
        DataProblems: rows are wrong; all are told.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise StorageError(f"{path}: cannot be read: {error.strerror}.", hint="Check the path.") from error
    except UnicodeDecodeError as error:
        raise DataProblems([Problem(str(path), 0, "", "is not UTF-8.", "Save the file as UTF-8.")]) from error
    found: Links = {}
    problems: list[Problem] = []
    for line, cells in _rows(text, str(path)):
        if told := _wrong(cells, found):
            problems.append(Problem(str(path), line, cells[0] if cells else "", *told))
        else:
            link = Link(*cells)
            found[link.party, link.entity] = link
    if problems:
        raise DataProblems(problems)
    return found


def text(links: Iterable[Link]) -> str:
    """Write decisions as CSV: sorted, one row each."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((each.party, each.entity, each.verdict, each.label, each.reason) for each in sorted(links))
    return out.getvalue()


def decided(links: Links) -> dict[tuple[str, str], bool]:
    """The decisions alone, as `Resolver` takes them: (party, entity) → accepted or refused."""
    return {pair: link.verdict == "accept" for pair, link in links.items()}


def _rows(content: str, shown: str) -> Iterable[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    try:
        header = next(reader, [])
        if tuple(header) != COLUMNS:
            told = f"the columns are {', '.join(header) or 'missing'}."
            raise DataProblems([Problem(shown, 1, "", told, f"Write exactly: {','.join(COLUMNS)}")])
        return [(reader.line_num, cells) for cells in reader if cells]
    except csv.Error as error:
        told = f"not CSV: {error}."
        raise DataProblems([Problem(shown, reader.line_num, "", told, "Check the quotes in this row.")]) from error


def _wrong(cells: list[str], found: Links) -> tuple[str, str] | None:
    if len(cells) != len(COLUMNS):
        return f"{len(cells)} cells, {len(COLUMNS)} columns.", "Quote cells that hold commas."
    if odd := UNPRINTABLE.search("".join(cells)):
        return f"U+{ord(odd[0]):04X} is a character that cannot be printed.", "Remove it."
    party, entity, verdict = cells[:3]
    if not party or not entity:
        return "party or entity is missing.", "Name both, or remove the row."
    if verdict not in VERDICTS:
        return f"unknown verdict '{verdict}'.", did_you_mean(verdict, VERDICTS) or "Write accept or refuse."
    if (party, entity) in found:
        return f"'{entity}' is decided twice for this party.", "Keep one row."
    other = next((e for (p, e), link in found.items() if p == party and link.verdict == "accept"), "")
    if verdict == "accept" and other:
        return f"a party can be one entity only, and '{other}' is accepted too.", "Keep one of them."
    return None
