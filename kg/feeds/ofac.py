"""The SDN list of the US Treasury's Office of Foreign Assets Control, as its CSV files have it.

`sdn*.csv` (12 columns) is the list, `alt*.csv` (5) the other names, `add*.csv` (6) the addresses; none has a header,
and `-0-` is nothing. A list whose file name bears a date is a snapshot. Several snapshots give bounds: who stands on
one and not on the one before was listed after the earlier day and by the later one, and so for who is gone; who stands
on the first was listed by then. When the programmes change, one measure ends and the next begins. Public domain.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from kg.feeds import countries
from kg.feeds.asked import outside
from kg.feeds.files import Source
from kg.feeds.records import At, CodedEvent, ListedMeasure, ListedTie, Party, Record, Report, Window
from kg.feeds.tally import Tally

PUBLISHER = "Office of Foreign Assets Control"
TREASURY = Party(
    "ofac-us-treasury", "US Treasury Department", "ministry", codes=(("wikidata", "Q648666"), ("iso3", "USA"))
)
KINDS = {"individual": "person", "": "organization", "vessel": "", "aircraft": ""}
QUALITIES = ("aka", "fka", "nka")

LEFT_OUT = {
    12: ("call sign", "tonnage", "gross registered tonnage", "vessel owner",
         "remarks other than nationality, citizenship, dates and places of birth, names and links"),
    5: ("number of the name", "remarks of the name"),
    6: ("number of the address", "street", "remarks of the address"),
}  # fmt: skip

_DATED = re.compile(r"(?<![0-9])([0-9]{4})-?([01][0-9])-?([0-3][0-9])(?![0-9])")
_NOTHING = re.compile(r"\s*(?:-0-?\s*)?\Z")
_NUMBER = re.compile(r"[0-9]{1,9}\Z")
_ALSO = re.compile(r"[afn]\.k\.a\. '([^']+)'")
_STATE = re.compile(r"(?:\A|; )(?:alt\. )?(?:nationality|citizen) ([^;.]+)")
_BORN = re.compile(r"(?:\A|; )DOB ([^;.]+)")
_BORN_AT = re.compile(r"(?:\A|; )POB ([^;.]+)")
_LINKED = re.compile(r"Linked To: ([^;]+?)\.?(?=;|\Z)")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One row of the list."""

    at: At
    name: str
    kind: str
    programs: tuple[str, ...]
    title: str
    vessel: tuple[str, ...]
    remarks: str


@dataclass(slots=True)
class _Listed:
    """What all files say of one number of the list: its rows by the day of the snapshot, in the order of days."""

    number: str
    on: dict[str, _Entry] = field(default_factory=dict)
    names: dict[str, None] = field(default_factory=dict)
    places: dict[str, None] = field(default_factory=dict)
    rows: list[Tally] = field(default_factory=list)

    @property
    def last(self) -> _Entry:
        return self.on[max(self.on)]


@dataclass(frozen=True, slots=True)
class _Spell:
    """A time without a change: the first and last snapshot that has it, and the ones before and after (empty: none)."""

    before: str
    first: str
    last: str
    after: str
    entry: _Entry
    continues: bool
    continued: bool


def read(files: Iterable[Source], window: Window) -> Iterator[Record]:
    """Read lists, names and addresses in any order; a list without a date in its file's name gives no bounds."""
    listed: dict[str, _Listed] = {}
    beside: list[tuple[Source, int, list[str]]] = []
    days: set[str] = set()
    for source in files:
        for line, cells in _rows(source):
            source.tally.read += 1
            if len(cells) == 12:
                days.add(_day(source.name))
                _take(source, line, cells, listed)
            elif len(cells) in (5, 6):
                beside.append((source, line, cells))
            else:
                source.tally.reject(
                    line, f"{len(cells)} columns; the list has 12, names 5, addresses 6", ",".join(cells)
                )
    for source, line, cells in beside:
        _add(source, line, cells, listed)
    yield from _records(listed, sorted(day for day in days if day), window)


def _rows(source: Source) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a file with their lines; OFAC's mark of the end (a control character) is none."""
    lines = (f"{line}\n" for _, line in source.lines())
    rows = csv.reader(lines, strict=True)
    while True:
        try:
            cells = next(rows, None)
        except csv.Error as error:
            source.tally.read += 1
            source.tally.reject(rows.line_num, f"is no CSV: {error}")
            continue
        if cells is None:
            return
        if cells and cells != ["\x1a"]:
            yield rows.line_num, ["" if _NOTHING.match(cell) else " ".join(cell.split()) for cell in cells]


def _take(source: Source, line: int, cells: list[str], listed: dict[str, _Listed]) -> None:
    tally = source.tally
    tally.left_out = LEFT_OUT[12]
    number, name, kind, programs, title, _, vessel_type, _, _, flag, _, remarks = cells
    if not _NUMBER.match(number) or not name:
        tally.reject(line, "number or name missing", number or name, number)
        return
    if kind not in KINDS:
        tally.unknown[f"type {kind}"] += 1
    one = listed.setdefault(number, _Listed(number))
    day = _day(source.name)
    if day in one.on:
        same = one.on[day].name == name and one.on[day].remarks == remarks
        if same:
            tally.duplicates += 1
        else:
            tally.reject(line, "the number stands twice in one list, with other values", name, number)
        return
    one.rows.append(tally)
    codes = tuple(part.strip(" []") for part in programs.split("] ["))
    one.on[day] = _Entry(
        At(source.name, line, number), name, kind, tuple(c for c in codes if c), title, (vessel_type, flag), remarks
    )


def _add(source: Source, line: int, cells: list[str], listed: dict[str, _Listed]) -> None:
    """Take another name or an address of an entry of the list."""
    tally = source.tally
    tally.left_out = LEFT_OUT[len(cells)]
    one = listed.get(cells[0])
    if one is None:
        tally.reject(line, "the list of this import has no such number", ",".join(cells), cells[0])
        return
    if len(cells) == 5:
        if cells[2] not in QUALITIES:
            tally.unknown[f"kind of name {cells[2]}"] += 1
        if not cells[3]:
            tally.reject(line, "the name is empty", "", cells[0])
            return
        one.names[cells[3]] = None
    elif place := ", ".join(part for part in (cells[3], cells[4]) if part):
        one.places[place] = None
    one.rows.append(tally)


def _records(listed: dict[str, _Listed], days: list[str], window: Window) -> Iterator[Record]:
    """Yield the parties, measures, listings and removals of all entries, and the links between them last."""
    by_name = _unique_names(listed)
    yield TREASURY
    taken: set[str] = set()
    for one in listed.values():
        party = _party(one)
        spells = list(_spells(one, days)) or [_Spell("", "", "", "", one.last, False, False)]
        wanted = [s for s in spells if not outside(window, _begin(s), _end(s) or "..", (TREASURY,), (party,))]
        for tally in one.rows:
            tally.kept += bool(wanted)
            tally.outside += not wanted
        if wanted:
            taken.add(one.number)
            yield party
            for spell in wanted:
                yield from _measure(one, party, spell)
    for one in listed.values():
        yield from _links(one, by_name, taken)


def _spells(one: _Listed, days: list[str]) -> Iterator[_Spell]:
    """Cut the snapshots that have an entry into times without a gap and without a change of its programmes."""
    run: list[str] = []
    for number, day in enumerate(days):
        if day not in one.on:
            continue
        run.append(day)
        after = days[number + 1] if number + 1 < len(days) else ""
        goes_on = after in one.on if after else False
        if goes_on and set(one.on[after].programs) == set(one.on[day].programs):
            continue
        start = days.index(run[0])
        before = days[start - 1] if start else ""
        yield _Spell(before, run[0], day, after, one.on[day], bool(before) and before in one.on, goes_on)
        run = []


def _measure(one: _Listed, party: Party, spell: _Spell) -> Iterator[Record]:
    name = f"ofac-sdn-{one.number}-{spell.first or 'undated'}"  # the same for the same spell in another import
    tally = one.rows[0]
    source = (Report(spell.entry.at, PUBLISHER, published=spell.last),)
    tally.notes["listings" if not spell.continues else "changes of programmes"] += 1
    programs = ", ".join(spell.entry.programs)
    yield ListedMeasure(
        name,
        "FinancialSanctions",
        f"{party.label} is on the SDN list{f' ({programs})' if programs else ''}",
        (party.id,),
        source,
        imposed_by=(TREASURY.id,),
        begin=_begin(spell),
        end=_end(spell),
        last_known_in_force=spell.last,
        programs=spell.entry.programs,
        note=_note(spell),
    )
    if not spell.continues:
        yield CodedEvent(f"{name}-listing", "Sanctioning", f"The US Treasury lists {party.label}", source,
                         actor=(TREASURY.id,), target=(party.id,), date=_begin(spell))  # fmt: skip
    if spell.after and not spell.continued:
        tally.notes["removals"] += 1
        told = f"The US Treasury removes {party.label} from the SDN list"
        yield CodedEvent(f"{name}-removal", "Lifting", told, source,
                         actor=(TREASURY.id,), target=(party.id,), date=_end(spell))  # fmt: skip


def _begin(spell: _Spell) -> str:
    """When it began: after the snapshot that does not have it and by the first that has it, or simply by the first."""
    if not spell.first:
        return ""
    return f"{_next(spell.before)}/{spell.first}" if spell.before else f"../{spell.first}"


def _end(spell: _Spell) -> str:
    return f"{_next(spell.last)}/{spell.after}" if spell.after else ""


def _next(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _note(spell: _Spell) -> str:
    if not spell.first:
        return "From a list without a date."
    if not spell.before:
        return f"On the first snapshot, of {spell.first}."
    told = f"Not on the snapshot of {spell.before}, on that of {spell.first}."
    return f"Since the programmes changed between {spell.before} and {spell.first}." if spell.continues else told


def _party(one: _Listed) -> Party:
    entry = one.last
    person = entry.kind == "individual"
    names = dict.fromkeys(each.name for each in reversed([one.on[day] for day in sorted(one.on)]))
    others = dict.fromkeys([*names, *one.names, *(also.strip(" ,") for also in _ALSO.findall(entry.remarks))])
    label = _spoken(entry.name) if person else entry.name
    aliases = dict.fromkeys([*others, *(_spoken(other) for other in others if person)])
    aliases.pop(label, None)
    states = dict.fromkeys(countries.named(state) for state in _STATE.findall(entry.remarks))
    codes = tuple(("iso3", state) for state in states if state and person)
    return Party(f"ofac-{one.number}", label, KINDS.get(entry.kind, ""), tuple(aliases), (*codes, ("ofac", one.number)),
                 description=_described(one, entry))  # fmt: skip


def _described(one: _Listed, entry: _Entry) -> str:
    born, at = _BORN.search(entry.remarks), _BORN_AT.search(entry.remarks)
    what, flag = entry.vessel
    parts = (
        entry.title,
        f"Born {born[1]}" if born else "",
        f"Born in {at[1]}" if at else "",
        entry.kind.capitalize() if entry.kind in ("vessel", "aircraft") else "",
        what,
        f"Flag: {flag}" if flag else "",
        f"Addresses: {'; '.join(one.places)}" if one.places else "",
    )
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)


def _spoken(name: str) -> str:
    """Turn a person's name as the list writes it into the order of speech.

    >>> _spoken("MADURO MOROS, Nicolas"), _spoken("CRUZ, Juan M. de la")
    ('Nicolas Maduro Moros', 'Juan M. de la Cruz')
    """
    last, comma, first = name.strip(" ,").partition(", ")
    spoken = " ".join(word.title() if word.isupper() else word for word in last.split())
    return f"{first} {spoken}" if comma else name.strip(" ,")


def _unique_names(listed: dict[str, _Listed]) -> dict[str, str]:
    """The number behind each name that only one entry bears."""
    found: dict[str, set[str]] = {}
    for one in listed.values():
        for entry in one.on.values():
            found.setdefault(entry.name.upper(), set()).add(one.number)
    return {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1}


def _links(one: _Listed, by_name: dict[str, str], taken: set[str]) -> Iterator[ListedTie]:
    """Yield the links of an entry to others that the list names in its remarks."""
    if one.number not in taken:
        return
    entry = one.last
    for other in dict.fromkeys(_LINKED.findall(entry.remarks)):
        number = by_name.get(other.upper(), "")
        if not number or number not in taken or number == one.number:
            one.rows[0].notes["links to names that the list has not, or more than once"] += 1
            continue
        yield ListedTie(
            f"ofac-link-{one.number}-{number}", "LinkedTo", f"ofac-{one.number}", f"ofac-{number}",
            f"{entry.name} is linked to {other}", (Report(entry.at, PUBLISHER),),
        )  # fmt: skip


def _day(name: str) -> str:
    """The day in the name of a file, as YYYY-MM-DD; empty if it has none.

    >>> _day("feeds/ofac/snapshots/sdn_2021-05-22.csv.gz"), _day("moov_2019/sdn.csv")
    ('2021-05-22', '')
    """
    found = _DATED.search(re.split(r"[/!]", name)[-1])
    if not found:
        return ""
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        return ""
