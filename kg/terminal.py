"""Pages in, text for a terminal out: headings, aligned lines, and a passage behind every statement.

Three marks keep what was said or planned apart from what happened: `≠` before an event whose claim is denied or
contradicted, with the name of who does so; the factuality, such as `threatened:`, before one that is not known to have
happened; `possible:` before one that may lie outside the days asked for. Styling only repeats what the words say, so
nothing is lost where there are no colours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kg import dates
from kg.describe import when
from kg.lines import NO_BREAK, Piece, flow, padded, together, width_of
from kg.pages import ClaimPage, EntityPage, EventPage, Page, SourcePage, StatePage, Timeline, World
from kg.paths import Step, Ways
from kg.records import ClaimRecord, EdgeRecord, EventRecord, Evidence, StateRecord, Voice

_DONE = "Actual"
_DATE = 21  # cells of the date column: `Sep 2025 – Feb 2026` and a gap
_NOTHING = "Nothing is told here of both together in these days; `kg path` finds ways over others."
_BASES = {
    "explicit": "stated in the passage",
    "section": "from the section it stands in",
    "relative": "reckoned from another event",
    "context": "from the context",
    "publication": "from the day of publication",
    "none": "",
}


def page(shown: Page, width: int = 100) -> str:
    """Print an entity, event, claim, state or source."""
    match shown:
        case EntityPage():
            lines = _entity(shown, width)
        case EventPage():
            lines = _event_page(shown, width)
        case ClaimPage():
            lines = _claim_page(shown, width)
        case StatePage():
            lines = _state_page(shown, width)
        case SourcePage():
            lines = _source_page(shown, width)
    return "\n".join(lines) + "\n"


def timeline(shown: Timeline, width: int = 100) -> str:
    """Print a timeline: date, who to whom, what, status and passage."""
    sides = " – ".join(shown.names.get(side, side) for side in shown.sides) or "Everything"
    number = len(shown.events) + shown.left_out
    count = f"{number:,} event{'' if number == 1 else 's'}"
    lines = flow("", [Piece(f"{sides}: {count}{_window(shown)}", "bold")], width)
    lines += _seen(shown, width, "")
    if "possible" in shown.fits and (shown.since or shown.until):
        lines += flow("", [Piece("possible: the days known for it reach beyond the days asked for", "dim")], width)
    if not shown.events:
        lines += flow("", [_NOTHING if len(shown.sides) > 1 else "Nothing is told of it here in these days."], width)
    talk = _Talk(width, shown.names, shown.claims, dict(zip((e.id for e in shown.events), shown.fits, strict=True)))
    lines += [*talk.events(shown.events), *_more(shown.left_out, width), *talk.legend(shown.events)]
    return "\n".join(lines) + "\n"


def _more(left_out: int, width: int, states: int = 0) -> list[str]:
    """Say how many events and states of feeds are not shown, and how to see them."""
    events = f"{left_out:,} earlier event{'' if left_out == 1 else 's'}" if left_out else ""
    held = f"{states:,} more of offices, measures and ties" if states else ""
    if not events and not held:
        return []
    told = f"… and {' and '.join(filter(None, (events, held)))} of feeds: --limit 0 shows all, --no-feeds none."
    return ["", *flow("", [Piece(told, "dim")], width)]


def _window(shown: Timeline) -> str:
    since, until = (_day(each) for each in (shown.since, shown.until))
    if since and since == until:
        return f" on {since}"
    if since and until:
        return f" between {_both(shown.since, shown.until)}"
    return f" since {since}" if since else f" until {until}" if until else ""


def _seen(shown: EntityPage | Timeline | World, width: int, indent: str) -> list[str]:
    """Say as known on which day and according to whom, if that was asked."""
    day = f"as known on {_day(shown.known_at)}" if shown.known_at else ""
    who = f"according to {shown.names.get(shown.according_to, shown.according_to)}" if shown.according_to else ""
    told = ", ".join(filter(None, (day, who)))
    if shown.known_at and "possible" in (shown.fits.values() if isinstance(shown.fits, dict) else shown.fits):
        told += "; possible: a source may have been published later"
    return flow(indent, [Piece(f"{told[:1].upper()}{told[1:]}.", "dim")], width) if told else []


def world(shown: World, width: int = 100) -> str:
    """Print what held on a day."""
    talk = _Talk(width, shown.names, shown.claims, shown.fits)
    on = f" on {_day(shown.day)}" if shown.day else ""
    lines = [*flow("", [Piece(f"The state of the world{on}, as the sources here tell it", "bold")], width)]
    lines += _seen(shown, width, "")
    sections = (
        ("In office", [line for state in shown.offices for line in talk.holder(state)]),
        ("Measures", [line for state in shown.measures for line in talk.state(state, "")]),
        ("Ties", [line for state in shown.ties for line in talk.state(state, "")]),
        ("Announced by then, and not known to have happened", talk.events(shown.ahead)),
    )
    body = _sections(sections, width)
    if not body:
        body = ["", *flow("", [Piece("Nothing is known to have held on that day.")], width)]
    return "\n".join([*lines, *body, *talk.legend(shown.ahead)]) + "\n"


def ways(shown: Ways, width: int = 100) -> str:
    """Print the ways between two entities, each step with the events or states that carry it."""
    talk = _Talk(width, shown.names, shown.claims)
    lines: list[str] = []
    for number, way in enumerate(shown.ways, 1):
        chain = [Piece(together(shown.names.get(shown.start, shown.start)), "bold")]
        for step in way:
            chain.append(Piece("≠→", "contested") if step.contested else Piece("→", "bold"))
            chain.append(Piece(together(shown.names.get(step.end, step.end)), "bold"))
        lines += ["", *flow(Piece(f"{number}. ", "bold"), chain, width)]
        for place, step in enumerate(way, 1):
            lines += _step(step, shown, talk, f"{number}.{place}")
    return "\n".join([*lines[1:], *talk.legend(shown.events.values())]) + "\n"


def _step(step: Step, shown: Ways, talk: _Talk, number: str) -> list[str]:
    """The edges of a step, uncontested and frequent ones first, each with up to three of its events."""
    lines: list[str] = []
    for edge in sorted(step.edges, key=lambda e: (e.status == "Contested", -e.count, e.first or "9", e.id)):
        lines += flow(f"  {'' if lines else number:<5}", talk.edge(edge), talk.width)
        events = [shown.events[reason] for reason in edge.because if reason in shown.events]
        for event in sorted(events, key=when)[:3]:
            lines += talk.event(event, " " * 7)
        for state in (shown.states[reason] for reason in edge.because if reason in shown.states):
            sure = f"{state.certainty} on {_day(shown.as_of)}" if state.certainty and state.kind != "tie" else ""
            told = "; ".join(filter(None, (_span(state), sure)))
            lines += flow(" " * 7, [state.label, f"({told})" if told else "", _passages(state.evidence)], talk.width)
        if len(events) > 3:
            lines.append(f"{' ' * 7}… and {len(events) - 3} more")
    return lines


def _entity(shown: EntityPage, width: int) -> list[str]:
    entity, node, talk = shown.entity, shown.entity.id, _Talk(width, shown.names, shown.said, shown.fits)
    kind = entity.type_label or entity.type or "post"
    lines = _title(entity.label, kind, node, width)
    also = dict.fromkeys([text for language, text in entity.labels if language != "en"] + list(entity.aliases))
    also.pop(entity.label, None)
    facts = (
        entity.description,
        f"Also {'; '.join(map(together, also)).removesuffix('.')}." if also else "",
        f"Part of {talk.named(entity.part_of)}." if entity.part_of else "",
        f"Wikidata {entity.wikidata}." if entity.wikidata else "",
    )
    lines += [line for text in facts if text for line in flow("  ", [text], width)]
    if shown.asked:
        told = f"As of {_day(shown.day)}: what began later is left out; possible: it may have begun later."
        lines += flow("  ", [Piece(told, "dim")], width)
    lines += _seen(shown, width, "  ")
    done = [[event for event in each if event.factuality == _DONE] for each in (shown.did, shown.received)]
    around = [event for event in shown.concerned if event.factuality == _DONE]
    every = (*shown.did, *shown.received, *shown.concerned)
    on = f" on {_day(shown.day)}" if shown.day else ""
    sections = (
        (f"In office{on}", [line for s in shown.offices for line in talk.state(s, node)]),
        (f"Measures{on}", [line for s in shown.measures for line in talk.state(s, node)]),
        ("Ties", [line for s in shown.ties for line in talk.state(s, node)]),
        ("Acts", talk.events(done[0])),
        (f"Acts of others upon this {kind}", talk.events(done[1])),
        (f"Other events that concern this {kind}", talk.events(around)),
        (
            "Not known to have happened: planned, promised, intended, threatened or alleged",
            talk.events(sorted((event for event in every if event.factuality != _DONE), key=when)),
        ),
        (
            f"Said about this {kind}: claims, not facts",
            [line for claim in shown.claims for line in talk.claim(claim)],
        ),
    )
    return [
        *lines,
        *_sections(sections, width),
        *_more(shown.left_out, width, shown.states_left_out),
        *talk.legend(every),
    ]


def _event_page(shown: EventPage, width: int) -> list[str]:
    event, talk = shown.event, _Talk(width, shown.names, shown.said)
    facts: tuple[tuple[str, Sequence[Piece | str]], ...] = (
        ("status", talk.status(event)),
        ("", ["a summary of other events, never counted"] if event.summary else []),
        ("when", [_date(event), *([f"– between {_days(event)}"] if _days(event) else [])]),
        ("", [_how_dated(event)]),
        *(("", [each.told]) for each in shown.because if not each.stated),
        ("who", [talk.named(event.actors)]),
        ("to whom", [talk.named(event.targets)]),
        ("for", [talk.named(event.on_behalf_of)]),
        ("about", [talk.named(event.about)]),
        ("where", [talk.named(event.place)]),
        ("coded", [_codes(event)]),
        ("note", [event.note]),
    )
    lines = _title(event.label, event.class_label, event.id, width)
    lines += [line for name, body in facts if any(body) for line in flow(f"  {name:<9}", body, width)]
    near = {each.id: each for each in shown.related}
    sections = (
        ("Asserts", [line for claim in shown.claims if claim.id in event.asserts for line in talk.claim(claim)]),
        ("Denies", [line for claim in shown.claims if claim.id in event.denies for line in talk.claim(claim)]),
        ("Threatens, promises, plans or alleges", talk.events(near[i] for i in event.proposes if i in near)),
        ("Put forward by", talk.events(near[i] for i in event.proposed_by if i in near)),
        ("Answers", talk.events(near[i] for i in event.responds_to if i in near)),
        ("Answered by", talk.events(near[i] for i in event.answered_by if i in near)),
        ("Part of", talk.events(near[i] for i in event.part_of if i in near)),
        ("Reported by", _reported(event.evidence, width)),
    )
    return [*lines, *_sections(sections, width)]


def _claim_page(shown: ClaimPage, width: int) -> list[str]:
    claim, talk = shown.claim, _Talk(width, shown.names, shown.said)
    lines = _title(f"“{claim.label}”", "claim, not a fact", claim.id, width)
    lines += flow("  status   ", [Piece(claim.status.lower(), _manner(claim))], width)
    lines += talk.voices(claim, "  ")
    if about := talk.named(claim.about):
        lines += flow("  about    ", [about], width)
    sections = (("Alleges", talk.events(shown.alleged)), ("Reported by", _reported(claim.evidence, width)))
    return [*lines, *_sections(sections, width)]


def _state_page(shown: StatePage, width: int) -> list[str]:
    state, talk = shown.state, _Talk(width, shown.names)
    sides = {
        "measure": ("imposed by", "applies to"),
        "tenure": ("holder", "in"),
        "tie": ("from", "to"),
    }[state.kind]
    certainty = f"{state.certainty} on {_day(shown.day)}" if state.certainty and state.kind != "tie" else ""
    facts = (
        ("in force", certainty),
        (sides[0], talk.named(state.left)),
        (sides[1], talk.named(state.right)),
        ("began", _between(state.earliest_begin, state.latest_begin)),
        ("ended", _between(state.earliest_end, state.latest_end)),
        ("known on", _day(state.last_known)),
    )
    lines = _title(state.label, f"{state.kind}: {state.type_label}", state.id, width)
    lines += [line for name, text in facts if text for line in flow(f"  {name:<12}", [text], width)]
    near = {each.id: each for each in shown.related}
    sections = (
        ("Begun by", talk.events(near[i] for i in (state.started_by,) if i in near)),
        ("Ended by", talk.events(near[i] for i in (state.ended_by,) if i in near)),
        ("Reported by", _reported(state.evidence, width)),
    )
    return [*lines, *_sections(sections, width)]


def _source_page(shown: SourcePage, width: int) -> list[str]:
    source = shown.source
    facts = (
        ("publisher", source.publisher),
        ("authors", ", ".join(source.authors)),
        ("published", dates.show(dates.parse(source.published)) if source.published else ""),
        ("language", source.language),
        ("address", source.address),
        ("file", source.file),
        ("SHA-256", source.sha256),
        ("rights", source.note),
        ("tells of", ", ".join(f"{count} {name}" for name, count in source.counts.items())),
    )
    lines = _title(source.title, "source", source.id, width)
    return [*lines, *(line for name, text in facts if text for line in flow(f"  {name:<10}", [text], width))]


@dataclass(frozen=True, slots=True)
class _Talk:
    """How statements are put into lines of one page: its width, the names, the claims, and how events fit a window."""

    width: int
    names: Mapping[str, str]
    claims: Mapping[str, ClaimRecord] = field(default_factory=dict)
    fits: Mapping[str, str] = field(default_factory=dict)

    def named(self, ids: Iterable[str]) -> str:
        """Names for ids, in their order."""
        return ", ".join(self.names.get(each, each) for each in ids)

    def events(self, events: Iterable[EventRecord]) -> list[str]:
        """One event after another."""
        return [line for event in events for line in self.event(event)]

    def event(self, event: EventRecord, indent: str = "  ") -> list[str]:
        """Date, marks, what happened or is said to, who says and who contests it, and the passages."""
        marks = [] if event.factuality == _DONE else [event.factuality.lower()]
        marks += ["possible"] if self.fits.get(event.id) == "possible" else []
        voices, contested = self._voices(event), self._contested(event)
        body = (
            Piece(f"{', '.join(marks)}:" if marks else "", "unsure"),
            Piece("≠" if contested else "", "contested"),
            Piece(event.label),
            Piece(f"({voices}{';' if contested else ')'}" if voices else "", "unsure"),
            Piece(f"{'' if voices else '('}{contested})" if contested else "", "contested"),
            Piece("(summary)" if event.summary else "", "dim"),
            _passages(event.evidence),
        )
        day = _short_date(event)
        head = padded(day, _DATE) if width_of(day) < _DATE else f"{day}  "
        return flow(indent + head, body, self.width, len(indent) + _DATE)

    def status(self, event: EventRecord) -> list[Piece]:
        """Whether it is known to have happened; if not, who says that it did or will, and who denies it."""
        if event.factuality == _DONE:
            return [Piece("actual: it happened")]
        contested = self._contested(event)
        told = [f"{event.factuality.lower()}: not known to have happened", self._voices(event), contested and " "]
        return [Piece("; ".join(filter(None, told)).rstrip(" "), "unsure"), Piece(contested, "contested")]

    def _voices(self, event: EventRecord) -> str:
        """Who alleges, threatens, promises or announces what is not known to have happened."""
        if event.factuality == _DONE or not event.voiced_by:
            return ""
        own_word = event.factuality in ("Alleged", "Threatened", "Promised")
        return f"{event.factuality.lower() if own_word else 'told'} by {self.named(event.voiced_by)}"

    def _contested(self, event: EventRecord) -> str:
        """Who denies or contradicts what an event asserts, or denies that it happened."""
        if event.denied_by:
            return f"denied by {self.named(event.denied_by)}"
        said = [self.claims[claim] for claim in event.asserts if claim in self.claims]
        opposed = [claim for claim in said if claim.status == "Contested"]
        against = [self.claims[other] for claim in opposed for other in claim.contradicted_by if other in self.claims]
        deniers = _speakers(voice for claim in opposed for voice in claim.denied_by)
        others = _speakers(voice for claim in against for voice in claim.asserted_by)
        if deniers:
            return f"denied by {', '.join(deniers)}"
        return f"contradicted by {', '.join(others)}" if others else "contested" if opposed else ""

    def claim(self, claim: ClaimRecord) -> list[str]:
        """Status, words, speakers, denials, and what contradicts it."""
        head = Piece(f"  {claim.status.lower():<11}", _manner(claim))
        voices = self.voices(claim, " " * 13)
        lone = claim.asserted_by if not (claim.denied_by or claim.contradicted_by) else ()
        by = (Piece(f"– {line}") for line in _gathered(lone))
        lines = flow(head, [Piece(f"“{claim.label}”"), *by, _passages(claim.evidence)], self.width)
        return lines if lone else [*lines, *voices]

    def voices(self, claim: ClaimRecord, indent: str) -> list[str]:
        """Every voice for and against a claim."""
        told = [("says", line) for line in _gathered(claim.asserted_by)]
        told += [("denies", line) for line in _gathered(claim.denied_by)]
        for other in (self.claims[each] for each in claim.contradicted_by if each in self.claims):
            by = "; ".join(_gathered(other.asserted_by))
            told.append(("against", f"“{other.label}”{f' – {by}' if by else ''}"))
        return [line for verb, text in told for line in flow(f"{indent}{verb:<9}", [text], self.width)]

    def state(self, state: StateRecord, seen_from: str) -> list[str]:
        """Whether it holds on the day, what it is, between whom, since when, and the passages."""
        label = state.type_label if state.kind == "tenure" and seen_from in state.left else state.label
        parts = [label]
        if state.kind == "measure":
            parts.append(f"– {state.type_label}")
            parts += [f"by {self.named(state.left)}"] if seen_from not in state.left else []
            named = self.named(state.right)
            parts += [f"on {named}"] if seen_from not in state.right and named not in label else []
        span = _span(state)
        body = [Piece(" ".join(parts)), Piece(f"({span})" if span else ""), _passages(state.evidence)]
        return flow(f"  {state.certainty:<11}" if state.kind != "tie" else "  ", body, self.width)

    def holder(self, state: StateRecord) -> list[str]:
        """Who holds which office, how surely, and since when."""
        span = _span(state)
        body = [Piece(f"{self.named(state.left)}: {state.type_label}"), Piece(f"({span})" if span else "")]
        return flow(f"  {state.certainty:<11}", [*body, _passages(state.evidence)], self.width)

    def edge(self, edge: EdgeRecord) -> list[Piece | str]:
        """Who is tied to whom, and by what; how often; whether it rests on contested claims."""
        count = f" (×{edge.count})" if edge.count > 1 else ""
        ends = (self.names.get(side, side) for side in (edge.subject, edge.object))
        told = f" {edge.label} ".join(ends) + count
        contested = [Piece("≠ contested", "contested")] if edge.status == "Contested" else []
        return [Piece(told, "bold"), *([Piece(f"[{edge.feed}]", "dim")] if edge.feed else []), *contested]

    def legend(self, events: Iterable[EventRecord]) -> list[str]:
        """Explain the mark of contested claims, if one stands on the page."""
        if not any(self._contested(event) for event in events):
            return []
        told = "≠ what is said there is denied or contradicted. What nobody contests is still no more than said."
        return ["", *flow("", [Piece(told, "dim")], self.width)]


def _title(label: str, kind: str, node: str, width: int) -> list[str]:
    return [*flow("", [Piece(label, "bold")], width), *flow("  ", [Piece(f"{kind} · id:{node}", "dim")], width)]


def _sections(sections: Iterable[tuple[str, list[str]]], width: int) -> list[str]:
    filled = [(title, body) for title, body in sections if body]
    return [line for title, body in filled for line in ["", *flow("", [Piece(title, "bold")], width), *body]]


def _manner(claim: ClaimRecord) -> str:
    return {"Contested": "contested", "Denied": "unsure"}.get(claim.status, "")


def _speakers(voices: Iterable[Voice]) -> list[str]:
    return list(dict.fromkeys(", ".join(voice.actor_labels) for voice in voices))


def _gathered(voices: Iterable[Voice]) -> list[str]:
    """Name each speaker with the dates, in one line for each speaker."""
    said: dict[str, list[str]] = {}
    for voice in sorted(voices, key=lambda voice: voice.edtf.lstrip("./") or "9"):
        said.setdefault(", ".join(voice.actor_labels), []).append(_stated(voice.edtf) if voice.edtf else "")
    return [", ".join([who, *_counted(days)]) for who, days in said.items()]


def _counted(days: Sequence[str]) -> list[str]:
    counts = {day: days.count(day) for day in dict.fromkeys(days)}
    return [f"{day}{f' ({n} times)' if n > 1 else ''}" for day, n in counts.items() if day]


def _span(state: StateRecord) -> str:
    only_known = not state.earliest_begin and state.latest_begin == state.last_known
    longer = state.last_known > state.latest_begin
    parts = (
        ("began", "" if only_known else _between(state.earliest_begin, state.latest_begin)),
        ("ended", _between(state.earliest_end, state.latest_end)),
        ("still known on" if longer else "known on", _day(state.last_known) if longer or only_known else ""),
    )
    return ", ".join(f"{word} {text}" for word, text in parts if text)


def _between(first: str, last: str) -> str:
    if first == last:
        return _day(first)
    if not first:
        return f"by {_day(last)}"
    return f"between {_both(first, last)}" if last else f"{_day(first)} or later"


def _both(first: str, last: str) -> str:
    """Two days, the month told once if it is one: `11 and 30 Sep 2025`."""
    begin = _day(first)
    return f"{begin.split(NO_BREAK)[0] if first[:7] == last[:7] else begin} and {_day(last)}"


def _day(iso: str) -> str:
    return together(_abbreviated(dates.show(dates.parse(iso)))) if iso else ""


def _days(event: EventRecord) -> str:
    """The two days between which an event lies, where the stated date does not say so itself."""
    if event.earliest and event.latest and event.earliest != event.latest:
        return _both(event.earliest, event.latest)
    return ""


def _date(event: EventRecord) -> str:
    if event.edtf:
        return dates.show(dates.parse(event.edtf))
    return _between(event.earliest, event.latest) or "undated"


def _how_dated(event: EventRecord) -> str:
    edtf = f"EDTF {event.edtf}" if event.edtf else ""
    return "; ".join(filter(None, (_BASES.get(event.basis, event.basis), edtf)))


def _short_date(event: EventRecord) -> str:
    """Say the date in a narrow column: `early Dec 2025`, `Mar 2025 – Feb 2026`, `from 3 Oct 2025`."""
    if event.edtf:
        return _stated(event.edtf)
    if event.earliest:
        return f"from {_day(event.earliest)}"
    return f"by {_day(event.latest)}" if event.latest else "undated"


def _stated(edtf: str) -> str:
    text = _abbreviated(dates.show(dates.parse(edtf)))
    text = re.sub(r"^between (.+) and (.+)$", r"\1 – \2", text).replace("until ", "by ")
    text = re.sub(r"^(\d+) (\w+ \d+) – (\d+ \2)$", r"\1–\3", text)  # 4–6 Jul 1956
    return re.sub(r"^(\d+ \w+) (\d+) – (\d+ \w+ \2)$", r"\1 – \3", text)  # 30 Jun – 2 Jul 1956


def _abbreviated(words: str) -> str:
    return re.sub(r"\b([A-Z][a-z]{2})[a-z]+(?= \d{4})", r"\1", words)


def _codes(event: EventRecord) -> str:
    parts = [
        f"PLOVER {event.plover}" if event.plover else "",
        f"CAMEO {event.cameo}" if event.cameo else "",
        f"quad class {event.quad_class}" if event.quad_class else "",
        f"Goldstein {event.goldstein:+.1f} ({event.scheme.removeprefix('CAMEO/')} scale)" if event.scheme else "",
    ]
    return " · ".join(together(part) for part in parts if part)


def _reported(evidence: Sequence[Evidence], width: int) -> list[str]:
    """Each source once, and under it its passages."""
    by: dict[str, list[Evidence]] = {}
    for each in evidence:
        by.setdefault(each.source, []).append(each)
    lines = []
    for source, passages in by.items():
        title = f"{passages[0].reporter_label}: {passages[0].source_label}"
        lines += flow("  ", [title, Piece(f"id:{source}", "dim")], width)
        lines += [line for each in passages for line in flow("    ", [_passage(each)], width)]
    return lines


def _passage(evidence: Evidence) -> str:
    if not evidence.paragraph:
        return evidence.where
    speaker = f", quoting {evidence.speaker_label}" if evidence.speaker else ""
    return f"paragraph {evidence.paragraph}, characters {evidence.start}–{evidence.end}{speaker}"


def _passages(evidence: Sequence[Evidence]) -> Piece:
    """Name reporters and paragraphs shortly, in one piece that is not torn at a line's end."""
    by: dict[str, list[str]] = {}
    for each in evidence:
        by.setdefault(each.reporter_label, []).extend([str(each.paragraph)] if each.paragraph else [])
    places = {reporter: f" ¶{', '.join(dict.fromkeys(numbers))}" if numbers else "" for reporter, numbers in by.items()}
    told = "; ".join(f"{reporter}{place}" for reporter, place in places.items())
    return Piece(together(f"[{told}]") if told else "", "dim")


__all__ = ["page", "timeline", "ways", "world"]
