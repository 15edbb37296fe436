"""The consolidated list of the United Nations Security Council, as its XML has it: who stands on it, since which day.

Each entry is a measure of the Council from the day of listing on, known in force on the day the list was generated, and
the listing is an event. Documents, comments and streets are left out: they tell about persons what no question of
diplomacy needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kg.dates import parse
from kg.errors import DateError
from kg.feeds import countries
from kg.feeds.asked import outside
from kg.feeds.files import Source
from kg.feeds.naming import slug
from kg.feeds.records import At, CodedEvent, ListedMeasure, Party, Record, Report, Window
from kg.feeds.tally import Tally
from kg.feeds.xml import Node, flat, opened

PUBLISHER = "United Nations Security Council"
UN = Party("un-united-nations", "United Nations", "organization", codes=(("wikidata", "Q1065"),))
COUNCIL = Party("un-security-council", PUBLISHER, "body", ("UN Security Council",), (("wikidata", "Q37470"),), UN.id)

KINDS = {"INDIVIDUAL": "person", "ENTITY": "organization"}
LISTS = ("Al-Qaida", "CAR", "DPRK", "DRC", "GB", "Haiti", "Iran", "Iraq", "Libya", "Somalia", "SouthSudan", "Sudan",
         "Taliban", "Yemen")  # fmt: skip
_ZONE = re.compile(r"(?:Z|[+-][0-9]{2}:[0-9]{2})\Z")  # a day may bear the zone of New York
_NAMES = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_ALIAS = ("ALIAS_NAME", "QUALITY")
_BORN = ("TYPE_OF_DATE", "DATE", "YEAR", "FROM_YEAR", "TO_YEAR")
_PLACE = ("CITY", "STATE_PROVINCE", "COUNTRY")
USED = frozenset(
    (*_NAMES, "DATAID", "REFERENCE_NUMBER", "UN_LIST_TYPE", "LISTED_ON", "NAME_ORIGINAL_SCRIPT", "NATIONALITY/VALUE",
     "DESIGNATION/VALUE", *(f"{kind}_ALIAS/{name}" for kind in KINDS for name in _ALIAS),
     *(f"INDIVIDUAL_DATE_OF_BIRTH/{name}" for name in _BORN),
     *(f"{what}/{name}" for what in ("INDIVIDUAL_PLACE_OF_BIRTH", "ENTITY_ADDRESS") for name in _PLACE))
)  # fmt: skip
LEFT_OUT = frozenset(
    ("VERSIONNUM", "COMMENTS1", "GENDER", "LIST_TYPE/VALUE", "LAST_DAY_UPDATED/VALUE", "SORT_KEY", "SORT_KEY_LAST_MOD",
     "TITLE/VALUE", "INDIVIDUAL_DOCUMENT", "ENTITY_ADDRESS", "INDIVIDUAL_PLACE_OF_BIRTH", "INDIVIDUAL_DATE_OF_BIRTH",
     *(f"INDIVIDUAL_DOCUMENT/{name}" for name in ("TYPE_OF_DOCUMENT", "TYPE_OF_DOCUMENT2", "NUMBER", "ISSUING_COUNTRY",
       "NOTE", "DATE_OF_ISSUE", "COUNTRY_OF_ISSUE", "CITY_OF_ISSUE")),
     *(f"INDIVIDUAL_ADDRESS/{name}" for name in (*_PLACE, "STREET", "NOTE", "ZIP_CODE")),
     *(f"ENTITY_ADDRESS/{name}" for name in ("STREET", "NOTE", "ZIP_CODE")),
     *(f"INDIVIDUAL_ALIAS/{name}" for name in ("NOTE", "CITY_OF_BIRTH", "COUNTRY_OF_BIRTH", "DATE_OF_BIRTH")),
     "ENTITY_ALIAS/NOTE", "INDIVIDUAL_DATE_OF_BIRTH/NOTE", "INDIVIDUAL_PLACE_OF_BIRTH/STREET",
     "INDIVIDUAL_PLACE_OF_BIRTH/NOTE")
)  # fmt: skip


def read(files: Iterable[Source], window: Window) -> Iterator[Record]:
    """Read whole lists; an entry that stands on two of them is taken once."""
    seen: set[str] = set()
    for source in files:
        root = opened(source)
        if root is None:
            continue
        if root.tag != "CONSOLIDATED_LIST":
            source.tally.read += 1
            source.tally.reject(root.line, f"<{root.tag}> is not the UN's consolidated list")
            continue
        source.tally.left_out = tuple(sorted(LEFT_OUT))
        made = root.attributes.get("dateGenerated", "")[:10]
        if _problem(made):
            source.tally.unknown[f"dateGenerated {made}"] += 1
            made = ""
        yield from (UN, COUNCIL)
        for entry in (entry for part in root for entry in part):
            yield from _entry(entry, source, made, window, seen)


def _entry(entry: Node, source: Source, made: str, window: Window, seen: set[str]) -> Iterator[Record]:
    tally = source.tally
    tally.read += 1
    values = _values(entry, tally)
    number, name = _one(values, "REFERENCE_NUMBER"), " ".join(filter(None, (_one(values, n) for n in _NAMES)))
    listed = _ZONE.sub("", _one(values, "LISTED_ON"))
    reason = "" if entry.tag in KINDS else f"<{entry.tag}> is no kind of entry"
    reason = reason or ("" if number and name else "reference number or name missing")
    if reason := reason or _problem(listed):
        tally.reject(entry.line, reason, name or listed, number)
        return
    if number in seen:
        tally.duplicates += 1
        return
    seen.add(number)
    party = _party(entry.tag, values, name, number, tally)
    if outside(window, listed, "..", (COUNCIL,), (party,)):
        tally.outside += 1
        return
    tally.kept += 1
    programme = _one(values, "UN_LIST_TYPE")
    if programme not in LISTS:
        tally.unknown[f"UN_LIST_TYPE {programme}"] += 1
    report = (Report(At(source.name, entry.line, number), PUBLISHER, published=made),)
    known = made if made >= listed else ""
    yield party
    yield ListedMeasure(
        f"un-listing-{slug(number)}", "SanctionsListing",
        f"{party.label} is on the UN sanctions list{f' ({programme})' if programme else ''}", (party.id,), report,
        imposed_by=(COUNCIL.id,), begin=listed, last_known_in_force=known, programs=(programme,) if programme else (),
    )  # fmt: skip
    yield CodedEvent(
        f"un-designation-{slug(number)}", "Designation", f"The UN Security Council lists {party.label}", report,
        actor=(COUNCIL.id,), target=(party.id,), date=listed,
    )  # fmt: skip


def _values(entry: Node, tally: Tally) -> dict[str, list[str]]:
    """The texts of an entry by path; parts that repeat, such as names, keep their elements together."""
    values: dict[str, list[str]] = {}
    for path, text in flat(entry):
        if path in USED:
            values.setdefault(path, []).append(text)
        elif path not in LEFT_OUT and text:
            tally.unknown[f"{entry.tag}: {path}"] += 1
    values["aliases"] = []
    for part in entry:
        if part.tag.endswith("_ALIAS"):
            told = {child.tag: child.text().strip("\"“”' ") for child in part}
            if told.get("ALIAS_NAME") and told.get("QUALITY") != "Low":
                values["aliases"].append(told["ALIAS_NAME"])
            elif told.get("ALIAS_NAME"):
                tally.notes["names of low quality, left out"] += 1
        elif part.tag in ("INDIVIDUAL_PLACE_OF_BIRTH", "ENTITY_ADDRESS"):
            place = {child.tag: child.text() for child in part}
            if text := ", ".join(place[name] for name in _PLACE if place.get(name)):
                values.setdefault("places", []).append(text)
    return values


def _party(tag: str, values: dict[str, list[str]], name: str, number: str, tally: Tally) -> Party:
    person = tag == "INDIVIDUAL"
    states = dict.fromkeys(countries.named(state) for state in values.get("NATIONALITY/VALUE", ()))
    if "" in states:
        tally.notes["nationalities that are no state of today"] += 1
    codes = tuple(("iso3", state) for state in states if state)
    aliases = dict.fromkeys((*values["aliases"], *filter(None, values.get("NAME_ORIGINAL_SCRIPT", ()))))
    label = _spoken(name) if person else name
    aliases.pop(label, None)
    born = (_one(values, f"INDIVIDUAL_DATE_OF_BIRTH/{name}") for name in ("DATE", "YEAR"))
    told = (
        *values.get("DESIGNATION/VALUE", ())[:3],
        f"Born {when}" if (when := next(filter(None, born), "")) else "",
        f"{'Born in' if person else 'Address:'} {values['places'][0]}" if values.get("places") else "",
    )
    description = " ".join(f"{part.rstrip('. ')}." for part in told if part)
    return Party(f"un-{slug(number)}", label, KINDS[tag], tuple(aliases), (*codes, ("un", number)),
                 description=description)  # fmt: skip


def _spoken(name: str) -> str:
    """Write a name of capitals as one writes names.

    >>> _spoken("ERIC BADEGE"), _spoken("ABD AL-GHAFUR")
    ('Eric Badege', 'Abd Al-Ghafur')
    """
    return name.title() if name.isupper() else name


def _one(values: dict[str, list[str]], path: str) -> str:
    return next(iter(values.get(path, ())), "")


def _problem(day: str) -> str:
    if not day:
        return "the day of listing is missing"
    try:
        parse(day)
    except DateError:
        return f"'{day}' is not a date"
    return ""
