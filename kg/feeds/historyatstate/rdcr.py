"""Recognition and relations by country: what the headings of the Office's guide date, one timeline entry a row.

The year stands coded in the heading; what kind of act it was is read from the heading's words, the day from the first
paragraph where exactly one day of that year stands in it. Both are marked as parsed. No sentence is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from kg.dates import MONTHS
from kg.feeds.historyatstate.context import Context, date_problem
from kg.feeds.historyatstate.parties import FEED, PUBLISHER, UNITED_STATES, US, territory
from kg.feeds.naming import slug
from kg.feeds.records import At, CodedEvent, Record, Report
from kg.feeds.tally import Tally
from kg.feeds.xml import Node

CODED = "0.9"  # the year is coded, the kind of act is read from a short heading
PROSE = "0.8"  # the day, too, is read from prose

_RELATIONS = r"(?:relations|ties)\b"
_POST = (
    r"(?:embass(?:y|ies)|legations?|consulates?|consular (?:posts?|agenc(?:y|ies)|presence|offices?)|missions?"
    r"|liaison office|interests? section|posts?)"
)
_BREAK = r"(?:sever|break|broke|ruptur|interrupt|cessation|ceased?|terminat|suspen|end(?:ed|ing)?\b|withdr)"
_BEGIN = r"(?:re-?establish|establish|re-?open|resum|resumption|restor|normaliz|renew|upgrad|initiat|begin)"
_OPEN = r"(?:re-?establish|establish|open|re-?open|elevat|rais|upgrad|creat|mov|relocat|resum|found|return|transfer)"
_CLOSE = r"(?:clos|suspen|withdr|evacuat)"


def _either(verb: str, noun: str) -> re.Pattern[str]:
    return re.compile(rf"\b{verb}\w*\b.*\b{noun}|\b{noun}.*\b{verb}\w*", re.IGNORECASE)


_ACTS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("Recognition", re.compile(r"\brecogn?i?[tz]?n?(?:ition|tion|ized?|ised?)\b", re.IGNORECASE), "recognition"),
    ("RelationsBroken", _either(_BREAK, _RELATIONS), "relations broken off or interrupted"),
    ("RelationsEstablished", _either(_BEGIN, _RELATIONS), "relations established"),
    ("MissionClosing", _either(_CLOSE, _POST), "mission closed"),
    ("MissionOpening", _either(_OPEN, _POST), "mission opened or raised in rank"),
)
_NOT = re.compile(r"\b(?:non-?recognition|refus\w+|withdraw\w* of recognition|failed)\b", re.IGNORECASE)
_TREATY = re.compile(
    r"\b(?:treat(?:y|ies)|convention|agreements?|protocol|accords?|pact|compact|armistice)\b", re.IGNORECASE
)
_OF_THE_US = re.compile(r"\brecognition of (?:the )?(?:united states|u\.s\.)", re.IGNORECASE)
_IN_THE_US = re.compile(r"\bin (?:the united states|washington)\b|\b(?:to|in) washington\b", re.IGNORECASE)
_DAY = re.compile(rf"\b({'|'.join(MONTHS)}) ([0-9]{{1,2}}), ([0-9]{{4}})")


def article(root: Node, tally: Tally, known: Context) -> Iterator[Record]:
    """Read the entries of one country's article."""
    key = slug(PurePosixPath(tally.file).stem)
    country = territory(key)
    seen: dict[str, int] = {}
    tally.left_out = tuple(sorted({*tally.left_out, "teiHeader", "p (prose)", "figure", "listBibl", "section"}))
    for entry in root.walk():
        if entry.tag != "div" or entry.attributes.get("type") != "timeline":
            continue
        tally.read += 1
        head = entry.first("head")
        words = head.text() if head else ""
        date = _coded(head) or _last_year(words) if head else ""
        acts = _acts(words)
        problem = date_problem(date)
        if not words or not date or problem or not acts:
            reason = problem or ("the heading tells no act that is known" if words and date else
                                 "the heading has no date" if words else "the entry has no heading")  # fmt: skip
            tally.reject(entry.line, reason, words, key)
            continue
        if known.outside(date, date, country):
            tally.outside += 1
            continue
        tally.kept += 1
        day, confidence = _day(entry, date)
        yield from (UNITED_STATES, country)
        for kind, told in acts:
            name = f"{FEED}-rdcr-{key}-{slug(kind)}-{date[:4]}"
            seen[name] = seen.get(name, 0) + 1
            made = f"{name}-{seen[name]}" if seen[name] > 1 else name
            said = Report(At(tally.file, entry.line), PUBLISHER, confidence=confidence, parsed=True)
            yield _event(known.new(made), kind, told, words, country.id, country.label, day, said)


def _acts(heading: str) -> list[tuple[str, str]]:
    if _NOT.search(heading):
        return []
    found = [(kind, told) for kind, pattern, told in _ACTS if pattern.search(heading)]
    kinds = {kind for kind, _ in found}
    if {"RelationsBroken", "RelationsEstablished"} <= kinds:  # one verb may stand near both: the nearer decides
        nearer = "RelationsEstablished" if re.search(rf"\b{_BEGIN}", heading, re.IGNORECASE) else "RelationsBroken"
        found = [(k, t) for k, t in found if k == nearer or not k.startswith("Relations")]
    if {"MissionClosing", "MissionOpening"} <= kinds and not re.search(rf"\b{_CLOSE}", heading, re.IGNORECASE):
        found = [(k, t) for k, t in found if k != "MissionClosing"]
    return found or ([("Agreement", "")] if _TREATY.search(heading) else [])


def _event(
    name: str, kind: str, told: str, heading: str, country: str, label: str, date: str, source: Report
) -> CodedEvent:
    theirs = (kind == "Recognition" and _OF_THE_US.search(heading)) or (
        kind.startswith("Mission") and _IN_THE_US.search(heading)
    )
    both = kind in ("RelationsEstablished", "RelationsBroken", "Agreement") or (
        kind == "Recognition" and heading.lower().startswith("mutual")
    )
    first, second = (label, "United States") if theirs else ("United States", label)
    actor, target = (country, US) if theirs else (US, country)
    said = _treaty(heading) if kind == "Agreement" else told[0].upper() + told[1:]
    consular = " (consular)" if "consul" in heading.lower() and kind != "Agreement" else ""
    return CodedEvent(
        name,
        kind,
        f"{said}{consular}: {first} and {second}" if both else f"{said}{consular}: {first} – {second}",
        (source,),
        actor=(US, country) if both else (actor,),
        target=() if both and kind != "Recognition" else (country, US) if both else (target,),
        date=date,
    )


def _treaty(heading: str) -> str:
    """The name of a treaty: its heading without the date.

    >>> _treaty("General Treaty of Peace, Amity, Navigation, and Commerce, 1846.")
    'General Treaty of Peace, Amity, Navigation, and Commerce'
    """
    return re.sub(r"[\s,(–-]*(?:[A-Z][a-z]+ )?(?:[0-9]{1,2}, )?[0-9]{4}.*\Z", "", heading).strip(" .,") or heading


def _coded(head: Node) -> str:
    """The date in a heading's markup, as EDTF."""
    date = next((n for n in head.walk() if n.tag == "date"), None)
    if date is None:
        return ""
    when, begin, end = (date.attributes.get(name, "") for name in ("when", "from", "to"))
    return when or (f"{begin}/{end}" if begin and end and begin != end else begin or end)


def _last_year(heading: str) -> str:
    """The year at the end of a heading whose date has no markup."""
    found = re.search(r", ([0-9]{4})\.?\Z", heading)
    return found[1] if found else ""


def _day(entry: Node, date: str) -> tuple[str, str]:
    """The day of the heading's year that the first paragraph names, where it names exactly one; else what is coded."""
    paragraph = entry.first("p")
    if paragraph is not None and re.fullmatch("[0-9]{4}", date):
        days = {(m, int(d)) for m, d, y in _DAY.findall(paragraph.text()) if y == date}
        if len(days) == 1:
            month, day = days.pop()
            full = f"{date}-{MONTHS.index(month) + 1:02}-{day:02}"
            if not date_problem(full):
                return full, PROSE
    return date, CODED
