"""Chiefs of mission, principal officers and presidents: who held which office of the United States, from when to when.

A chief of mission who presented credentials is also an event: the United States accredited an envoy. Those who were
named and did not serve (`other-nominees`) are events that were only intended. Notes are sorted into a few words of our
own; those that fit none are counted, and no sentence is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.feeds.historyatstate.context import Context, President, date_problem, report
from kg.feeds.historyatstate.parties import FEED, STATE_DEPARTMENT, UNITED_STATES, US, territory
from kg.feeds.historyatstate.shape import Row
from kg.feeds.naming import slug, words
from kg.feeds.records import CodedEvent, HeldOffice, Office, Party, Record

PRESIDENCY = Office(f"{FEED}-post-president-of-the-united-states", "President of the United States", US)

_ENDS = (
    ("Died in office.", r"died|death"),
    ("Assassinated.", r"assassinat|killed|murdered"),
    ("Presented recall.", r"recall"),
    ("Had farewell audience.", r"farewell"),
    ("Promoted.", r"promoted|raised to"),
    ("Superseded.", r"superseded"),
    ("Recommissioned.", r"re-?commissioned|reaccredited|reappointed"),
    ("Relations were broken off or interrupted.", r"relations (?:were )?(?:interrupted|severed|broken|suspended|ceased)"
     r"|sever\w+ (?:of )?(?:diplomatic )?relations|interruption|declar\w+ (?:of )?(?:that a state of )?war|annex"),
    ("The mission closed.", r"closed|closure|terminated by|withdrawn|evacuat"),
    ("Appointment ended.", r"appointment (?:was )?(?:terminated|expired)|terminat|resign(?:ed|ation)|retired"
     r"|expired|dismissed"),
    ("Left post.", r"left|departed|relinquished|vacated|turned over"),
)  # fmt: skip
_BETWEEN = re.compile(r"between ([A-Z][a-z]+ [0-9]{1,2}, [0-9]{4}),? and\b", re.IGNORECASE)
_BEFORE = re.compile(r"\b(?:on or )?(?:shortly )?before\b", re.IGNORECASE)
_ABOUT = re.compile(r"\b(?:about|approximately|soon after|probably|circa)\b", re.IGNORECASE)


def presidency(row: Row, one: President, known: Context) -> Iterator[Record]:
    """Read one presidency."""
    if problem := _missing(row, ("id", "name", "took-office-date")) or date_problem(one.begin, one.end):
        row.tally.reject(row.line, problem, row.one("name"), row.one("id"))
        return
    if known.outside(one.begin, one.end or ".."):
        row.tally.outside += 1
        return
    row.tally.kept += 1
    yield from (UNITED_STATES, one.party, PRESIDENCY)
    yield HeldOffice(
        known.new(f"{FEED}-presidency-{slug(row.one('@n') or row.one('id'))}"),
        one.party.id,
        PRESIDENCY.id,
        f"{one.party.label} is President of the United States",
        (report(row, row.one("id")),),
        begin=one.begin,
        end=one.end,
    )


def chief(row: Row, known: Context) -> Iterator[Record]:
    """Read one chief of mission to a country or an international organisation."""
    dates = [row.one(f"{step}/date") for step in ("appointed", "started", "ended", "arrived")]
    problem = _missing(row, ("id", "person-id", "role-title-id")) or date_problem(*dates)
    if not (row.head("territory-id") or row.head("id")):
        problem = problem or "the file names no country or organisation"
    if problem:
        row.tally.reject(row.line, problem, row.one("person-id"), row.one("id"))
        return
    to = hosts(row)
    if known.outside(*_known_days(row), *to):
        row.tally.outside += 1
        return
    row.tally.kept += 1
    row.tally.notes["accredited to a territory of another name than today's"] += len(to) > 1
    _codes(row, known)
    holder = known.person(row.one("person-id"))
    role = (
        known.roles.get(row.one("role-title-id"), "") or row.head("names/singular") or words(row.one("role-title-id"))
    )
    yield from (UNITED_STATES, STATE_DEPARTMENT, *to, holder)
    accredited = f"The United States accredits {holder.label} to {to[0].label} as {role}"
    appointed, started = row.one("appointed/date"), row.one("started/date")
    if row.within.startswith("other-"):
        row.tally.notes["named, did not serve"] += 1
        yield CodedEvent(
            known.new(f"{FEED}-nomination-{slug(row.one('id'))}"), "EnvoyAccreditation", accredited,
            (report(row, row.one("id")),), actor=(holder.id, US), target=tuple(h.id for h in to), date=appointed,
            factuality="Intended", note="Nominated or appointed, and did not serve.",
        )  # fmt: skip
        return
    mission = _mission(row, to[0])
    post = Office(f"{FEED}-post-{slug(row.one('role-title-id'))}-{_key(to[0])}", _post(role, to[0]), mission.id)
    begin, shown = _begin(row)
    yield from (mission, post)
    yield HeldOffice(
        known.new(f"{FEED}-chief-{slug(row.one('id'))}"), holder.id, post.id, f"{holder.label} is {post.label}",
        (report(row, row.one("id")),), begin=begin, end=_end(row), note=_told(row, known),
    )  # fmt: skip
    if started:
        yield CodedEvent(
            known.new(f"{FEED}-accreditation-{slug(row.one('id'))}"), "EnvoyAccreditation", accredited,
            (report(row, row.one("id")),), actor=(holder.id, US), target=tuple(h.id for h in to), date=shown,
        )  # fmt: skip
    else:
        row.tally.notes["served, day of credentials not known: a tenure and no event"] += 1


def principal(row: Row, known: Context) -> Iterator[Record]:
    """Read one principal officer of the Department."""
    dates = [row.one(f"{step}/date") for step in ("appointed", "started", "ended")]
    problem = _missing(row, ("id", "person-id")) or date_problem(*dates)
    if row.within.startswith("other-"):
        problem = problem or "appointed and did not serve: no tenure to record"
    if not row.head("id"):
        problem = problem or "the file names no position"
    if problem:
        row.tally.reject(row.line, problem, row.one("person-id"), row.one("id"))
        return
    if known.outside(*_known_days(row)):
        row.tally.outside += 1
        return
    row.tally.kept += 1
    _codes(row, known)
    holder = known.person(row.one("person-id"))
    label = row.head("names/singular") or words(row.head("id"))
    post = Office(f"{FEED}-post-{slug(row.head('id'))}", f"US {label}", STATE_DEPARTMENT.id)
    yield from (UNITED_STATES, STATE_DEPARTMENT, holder, post)
    yield HeldOffice(
        known.new(f"{FEED}-principal-{slug(row.one('id'))}"), holder.id, post.id, f"{holder.label} is {post.label}",
        (report(row, row.one("id")),), begin=_begin(row)[0], end=_end(row), note=_told(row, known),
    )  # fmt: skip


def _known_days(row: Row) -> tuple[str, str]:
    """The first and the last date that a row gives; no end means that none is known."""
    first = row.one("started/date") or row.one("appointed/date") or row.one("ended/date")
    return first, row.one("ended/date") or ("" if row.within.startswith("other-") else "..")


def _codes(row: Row, known: Context) -> None:
    if row.one("person-id") not in known.people:
        row.tally.unknown[f"person {row.one('person-id')}"] += 1
    if row.kind == "country-mission" and row.one("role-title-id") not in known.roles:
        row.tally.unknown[f"role {row.one('role-title-id')}"] += 1


def hosts(row: Row) -> list[Party]:
    """The country of then and, where it is another one, that of today under which the Office files the mission."""
    if row.kind == "org-mission":
        label = re.sub(r".*?\b(?:to|at) (?:the )?", "", row.head("names/singular"), count=1) or words(row.head("id"))
        return [Party(f"{FEED}-organization-{slug(row.head('id'))}", label, "organization")]
    today = territory(row.head("territory-id"))
    then = territory(row.one("contemporary-territory-id") or row.head("territory-id"))
    if then == today or (then.codes[0][0] == "iso3" and then.codes[0] == today.codes[0]):
        return [today]
    return [then, today]


def _mission(row: Row, host: Party) -> Party:
    to = "at" if row.kind == "org-mission" else "in"
    return Party(f"{FEED}-mission-{_key(host)}", f"United States mission {to} {host.label}", "agency",
                 part_of=STATE_DEPARTMENT.id)  # fmt: skip


def _post(role: str, host: Party) -> str:
    if re.search(r"\b(?:to|at) ", role):
        return f"US {role}"
    return f"US {role} to {host.label}"


def _key(host: Party) -> str:
    return re.sub(rf"{FEED}-(?:territory|organization)-", "", host.id)


def _begin(row: Row) -> tuple[str, str]:
    """When the office was taken, and the date of the credentials: with no known day, between appointment and end."""
    appointed, started, ended = (row.one(f"{step}/date") for step in ("appointed", "started", "ended"))
    started = started or row.one("arrived/date")
    if not started:
        open_end = ended if ended and appointed and ended >= appointed else ".."
        return (f"{appointed}/{open_end}" if appointed and open_end != appointed else appointed), ""
    note = row.one("started/note")
    if found := _BETWEEN.search(note):
        first = _from_words(found[1])
        if first and first < started:
            return f"{first}/{started}", f"{first}/{started}"
    if _BEFORE.search(note) or _ABOUT.search(note):
        return f"{started}~", f"{started}~"
    return started, started


def _end(row: Row) -> str:
    ended, note = row.one("ended/date"), row.one("ended/note")
    start = row.one("started/date")
    if ended and start and ended < start:
        row.tally.notes["ends before it begins: the end is left out"] += 1
        return ""
    return f"{ended}~" if ended and (_BEFORE.search(note) or _ABOUT.search(note)) else ended


def _from_words(text: str) -> str:
    from datetime import datetime

    try:
        return datetime.strptime(text, "%B %d, %Y").date().isoformat()
    except ValueError:
        return ""


def _told(row: Row, known: Context) -> str:
    """Our own words on what is coded beside the two ends of a tenure."""
    parts = [f"Appointed {row.one('appointed/date')}." if row.one("appointed/date") else ""]
    if row.one("ended/note"):
        ending = next((told for told, words_ in _ENDS if re.search(words_, row.one("ended/note"), re.IGNORECASE)), "")
        parts.append(ending)
        row.tally.notes["notes on the end sorted" if ending else "notes on the end not understood"] += 1
    if row.one("started/note"):
        row.tally.notes["notes on the begin read for their dates only"] += 1
    if (joint := known.joint.get(row.one("id"))) is not None:
        others = [known.chiefs[other] for other in joint.many("chief-id")
                  if other != row.one("id") and other in known.chiefs]  # fmt: skip
        if others:
            parts.append(f"Also accredited to {', '.join(dict.fromkeys(others))}.")
        parts.append(f"Resident at {words(joint.one('resident-at/locale-id'))}.")
    return " ".join(part for part in parts if part)


def _missing(row: Row, needed: tuple[str, ...]) -> str:
    missing = [name for name in needed if not row.one(name)]
    return f"{', '.join(missing)} missing" if missing else ""
