"""Visits of foreign leaders to the United States, and journeys of presidents and secretaries of state abroad.

The visit is coded: who, from which country or to which, from day to day. Whom they met stands in a remark: each person
read out of it becomes a meeting within the visit, marked as parsed from prose with its confidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.feeds.historyatstate.context import Context, date_problem, report, span
from kg.feeds.historyatstate.parties import FEED, UNITED_STATES, US, named, several, territory
from kg.feeds.historyatstate.prose import Met, met, names_somebody
from kg.feeds.historyatstate.shape import Row
from kg.feeds.naming import slug
from kg.feeds.records import CodedEvent, Party, Record

_KIND = re.compile(
    r"(?:(?:official|state|working|private|informal|unofficial|guest of government)\b[ -/]*)+visit", re.IGNORECASE
)
_ROLES = {"president": "President", "secretary": "Secretary of State"}


def visit(row: Row, known: Context) -> Iterator[Record]:
    """Read one visit of a foreign leader."""
    start, end = row.one("start-date"), row.one("end-date")
    guests = several(row.one("visitor"))
    if problem := _problem(row, ("id", "start-date", "visitor", "from@id"), (start, end)):
        row.tally.reject(row.line, problem, row.one("visitor"), row.one("id"))
        return
    written = row.one("from")
    country = territory(row.one("from@id"))
    if known.outside(start, end, country):
        row.tally.outside += 1
        return
    row.tally.kept += 1
    people = [named(guest, row.one("from@id"), start[:4], written) for guest in guests]
    yield from (UNITED_STATES, country, *people)
    event = known.new(f"{FEED}-visit-{slug(row.one('id'))}")
    kind = _KIND.match(row.one("description"))
    yield CodedEvent(
        event,
        "Visit",
        f"{' and '.join(guests)} of {_bare(written)} visits the United States",
        (report(row, row.one("id")),),
        actor=(*(p.id for p in people), country.id),
        target=(US,),
        date=_span(row, start, end),
        note=" ".join(filter(None, (f"{kind[0].capitalize()}." if kind else "", _written(country, written)))),
    )
    yield from _meetings(row, known, row.one("description"), event, people, row.one("from@id"), "")


def trip(row: Row, known: Context) -> Iterator[Record]:
    """Read one stop of a journey of a president or secretary of state."""
    start, end = row.one("start-date"), row.one("end-date")
    if problem := _problem(row, ("id", "@who", "name", "start-date", "country@id"), (start, end)):
        row.tally.reject(row.line, problem, row.one("name"), row.one("id"))
        return
    written = row.one("country")
    country = territory(row.one("country@id"))
    if known.outside(start, end, country):
        row.tally.outside += 1
        return
    row.tally.kept += 1
    if row.one("@role") not in _ROLES or row.one("role") != row.one("@role"):
        row.tally.unknown[f"role {row.one('@role')}/{row.one('role')}"] += 1
    traveller = known.person(row.one("@who"), row.one("name"))
    places = [_place(locale, country) for locale in _locales(row.one("locale"))]
    yield from (UNITED_STATES, country, traveller, *places)
    event = known.new(f"{FEED}-trip-{slug(row.one('id'))}")
    yield CodedEvent(
        event,
        "Visit",
        f"{_ROLES.get(row.one('role'), row.one('role'))} {row.one('name')} visits {_bare(written)}",
        (report(row, row.one("id")),),
        actor=(traveller.id, US),
        target=(country.id,),
        place=tuple(place.id for place in places),
        date=_span(row, start, end),
        note=_written(country, written),
    )
    yield from _meetings(row, known, row.one("remarks"), event, [traveller], "", row.one("country@id"))


def _meetings(
    row: Row, known: Context, remark: str, visit: str, travellers: list[Party], home: str, host: str
) -> Iterator[Record]:
    """Yield a meeting for each person whom the remark names as met; `home` and `host` are the countries' keys."""
    day = row.one("start-date")
    found = 0
    for one in met(remark):
        party = _whom(one, known, day, home, host)
        if party is None or party.id in {traveller.id for traveller in travellers}:
            continue
        found += 1
        yield party
        yield CodedEvent(
            f"{visit}-met-{found}",
            "Meeting",
            f"{' and '.join(t.aliases[0] if t.aliases else t.label for t in travellers)} meets {one.title} {one.name}",
            (report(row, row.one("id"), one.confidence),),
            actor=(*(traveller.id for traveller in travellers), party.id),
            part_of=(visit,),
            date=_span(row, day, row.one("end-date"), quiet=True),
        )
    row.tally.notes["meetings read out of prose"] += found
    if not found and names_somebody(remark):
        row.tally.notes["remarks that name a person, read as no meeting"] += 1
    elif not found and re.search(r"\b[Mm]e(?:t|eting)\b", remark):
        row.tally.notes["remarks of a meeting that name no person"] += 1


def _whom(one: Met, known: Context, day: str, home: str, host: str) -> Party | None:
    """Who was met: a president of the United States in office, somebody of the words before the title, or of the host.

    On a journey abroad a president in office is the traveller's own company, so nobody was met.
    """
    text = f"{one.title} {one.name}"
    if one.title == "President" and not one.origin and (own := known.president(one.name, day)):
        return own if home else None
    if one.origin:
        return named(text, slug(one.origin), day[:4], one.origin)
    if host:
        return named(text, host, day[:4], territory(host).label)
    return named(text, "unsaid", day[:4], "")


def _problem(row: Row, needed: tuple[str, ...], dates: tuple[str, ...]) -> str:
    missing = [name for name in needed if not row.one(name)]
    return f"{', '.join(missing)} missing" if missing else date_problem(*dates)


def _span(row: Row, start: str, end: str, quiet: bool = False) -> str:
    if end and end < start and not quiet:
        row.tally.notes["ends before it begins: only the first day is taken"] += 1
    return span(start, end)


def _written(country: Party, written: str) -> str:
    """The country as the Office writes it, where that is another name than that of today."""
    plain = _bare(" ".join(written.split()))
    return "" if plain in ("", country.label, *country.aliases) else f"Written: {plain}."


def _bare(country: str) -> str:
    """A country's name as it stands in a sentence.

    >>> _bare("Germany, Federal Republic of"), _bare("Czechoslovakia (government-in-exile)")
    ('Federal Republic of Germany', 'Czechoslovakia (government-in-exile)')
    """
    name, comma, rest = country.strip().partition(", ")
    return f"{rest} {name}" if comma and rest.endswith(" of") else f"{rest} {name}" if comma else name


def _locales(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,;]| and ", text) if part.strip()]


def _place(locale: str, country: Party) -> Party:
    key = country.id.removeprefix(f"{FEED}-territory-")
    return Party(f"{FEED}-place-{key}-{slug(locale)}", locale, "place", part_of=country.id)
