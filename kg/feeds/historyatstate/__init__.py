"""The open XML of the Office of the Historian, U.S. Department of State: records of American diplomacy since 1778.

Public domain (CC0 1.0 elsewhere). Four collections, in any mix: `visits` of foreign leaders, `travels` of presidents
and secretaries of state, `pocom` (principal officers and chiefs of mission) and `rdcr` (recognition and relations by
country). A file is known by its root element. Persons and titles stand in files of their own, so a name is there only
if those files are imported together with the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from kg.feeds.files import Source
from kg.feeds.historyatstate import officers
from kg.feeds.historyatstate.context import Context, President, president, somebody
from kg.feeds.historyatstate.journeys import trip, visit
from kg.feeds.historyatstate.rdcr import article
from kg.feeds.historyatstate.shape import KINDS, Row, rows
from kg.feeds.records import Office, Party, Record, Window
from kg.feeds.tally import Tally
from kg.feeds.xml import Node, opened

_MAKERS: dict[str, Callable[[Row, Context], Iterator[Record]]] = {
    "visits": visit,
    "trips": trip,
    "country-mission": officers.chief,
    "org-mission": officers.chief,
    "principal-position": officers.principal,
}


def read(files: Iterable[Source], window: Window) -> Iterator[Record]:
    """Read files of the four collections; the rows are sorted by kind first, since some name what others explain."""
    found: dict[str, list[Row]] = {kind: [] for kind in KINDS}
    articles: list[tuple[Node, Tally]] = []
    for source in files:
        if source.name.endswith(".md"):  # what lies beside the data in the Office's folders
            source.tally.notes["a text beside the data, not read"] += 1
            continue
        root = _opened(source)
        if root is None:
            continue
        if root.tag == "TEI":
            articles.append((root, source.tally))
            continue
        for row in rows(root, source.tally):
            row.tally.read += 1
            found[root.tag].append(row)
    yield from _once(_records(found, articles, window))


def _opened(source: Source) -> Node | None:
    """Parse a file; one that is no XML of a known kind is one rejected row."""
    root = opened(source)
    if root is None or root.tag == "TEI" or root.tag in KINDS:
        return root
    source.tally.read += 1
    source.tally.reject(root.line, f"<{root.tag}> is no kind of file that this feed has")
    return None


def _records(found: dict[str, list[Row]], articles: list[tuple[Node, Tally]], window: Window) -> Iterator[Record]:
    known, presidents = _context(found, window)
    for kind in ("role", "code-table"):
        for row in found[kind]:
            row.tally.kept += 1
    for row in found["resources"]:
        row.tally.reject(row.line, "a list of further reading tells no relation")
    for row in found["person"]:
        if not row.one("id"):
            row.tally.reject(row.line, "id missing")
            continue
        row.tally.kept += 1
        if window == Window():  # else only those whom a record names
            yield known.people[row.one("id")]
    for row, one in presidents:
        yield from officers.presidency(row, one, known)
    for row in found["concurrent-appointments"]:
        if any(chief in known.chiefs for chief in row.many("chief-id")):
            row.tally.kept += 1
        else:
            row.tally.reject(row.line, "none of its chiefs of mission is in this import", row.one("id"), row.one("id"))
        for chief in row.many("chief-id"):
            if chief not in known.chiefs:
                row.tally.unknown[f"chief {chief}"] += 1
    for kind, make in _MAKERS.items():
        for row in found[kind]:
            yield from make(row, known)
    for root, tally in articles:
        yield from article(root, tally, known)


def _context(found: dict[str, list[Row]], window: Window) -> tuple[Context, list[tuple[Row, President]]]:
    """Make the lists that records lean on."""
    known = Context(window)
    presidents = [(row, president(row)) for row in found["presidents"] if row.one("name")]
    for row in found["presidents"]:
        if not row.one("name"):
            row.tally.reject(row.line, "name missing", row.one("id"), row.one("id"))
    known.presidents = [one for _, one in presidents]
    known.people = {row.one("id"): somebody(row) for row in found["person"] if row.one("id")}
    known.roles = {row.one("id"): row.one("names/singular") for row in found["role"]}
    known.joint = {chief: row for row in found["concurrent-appointments"] for chief in row.many("chief-id")}
    missions = (*found["country-mission"], *found["org-mission"])
    known.chiefs = {row.one("id"): officers.hosts(row)[-1].label for row in missions}
    return known, presidents


def _once(records: Iterator[Record]) -> Iterator[Record]:
    """Leave out parties and offices that were yielded before."""
    seen: set[str] = set()
    for record in records:
        if isinstance(record, Party | Office):
            if record.id in seen:
                continue
            seen.add(record.id)
        yield record
