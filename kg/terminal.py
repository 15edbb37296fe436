"""Pages in, text for a terminal out: headings, aligned lines, and a passage behind every statement.

Styling (bold, dim) is click's, which drops it where the output is no terminal.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

from click import style

from kg import dates
from kg.describe import when
from kg.pages import ClaimPage, EntityPage, EventPage, Page, StatePage, Timeline
from kg.paths import Step, Ways
from kg.records import ClaimRecord, EdgeRecord, EventRecord, Evidence, StateRecord, Voice
from kg.results import width_of

Names = dict[str, str]
_DONE = "Actual"


def page(shown: Page, width: int = 100) -> str:
    """Print an entity, event, claim or state."""
    match shown:
        case EntityPage():
            return _entity(shown, width)
        case EventPage():
            return _event_page(shown, width)
        case ClaimPage():
            return "\n".join(_claim(shown.claim, shown.names, width, alone=True)) + "\n"
        case StatePage():
            return "\n".join([style(shown.state.label, bold=True), *_state(shown.state, shown.names, width, "")]) + "\n"


def _entity(shown: EntityPage, width: int) -> str:
    entity = shown.entity
    kind = entity.type_label or entity.type
    lines = [style(entity.label, bold=True) + style(f"   {kind} · id:{entity.id}", dim=True)]
    also = dict.fromkeys([text for language, text in entity.labels if language != "en"] + list(entity.aliases))
    also.pop(entity.label, None)
    if also:
        lines += _wrap(f"also: {'; '.join(also)}", width)
    if entity.description:
        lines += _wrap(entity.description, width)
    if shown.asked:
        lines.append(
            style(f"as of {dates.show(dates.parse(shown.day))}; events that began later are left out", dim=True)
        )
    on = f" on {dates.show(dates.parse(shown.day))}" if shown.day else ""
    node = entity.id
    sections: list[tuple[str, list[str]]] = [
        (f"In office{on}", [line for s in shown.offices for line in _state(s, shown.names, width, node)]),
        (f"Measures{on}", [line for s in shown.measures for line in _state(s, shown.names, width, node)]),
        ("Ties", [line for s in shown.ties for line in _state(s, shown.names, width, node)]),
        ("Did", _events(_done(shown.did), shown.names, width)),
        ("Was done to it", _events(_done(shown.received), shown.names, width)),
        ("Concerned it", _events(_done(shown.concerned), shown.names, width)),
        (
            "Planned, promised, intended, threatened or alleged – not known to have happened",
            _events(_not_done((*shown.did, *shown.received, *shown.concerned)), shown.names, width),
        ),
        (
            "Claims about it – what was said, not what is so",
            [line for c in shown.claims for line in _claim(c, shown.names, width)],
        ),
    ]
    for title, body in sections:
        if body:
            lines += ["", style(title, bold=True), *body]
    return "\n".join(lines) + "\n"


def _done(events: Iterable[EventRecord]) -> list[EventRecord]:
    return [event for event in events if event.factuality == _DONE]


def _not_done(events: Iterable[EventRecord]) -> list[EventRecord]:
    return sorted((event for event in events if event.factuality != _DONE), key=when)


def _event_page(shown: EventPage, width: int) -> str:
    event, names = shown.event, shown.names
    lines = [style(event.label, bold=True) + style(f"   {event.class_label} · id:{event.id}", dim=True)]
    facts = [
        (
            "when",
            f"{_date(event)}  (as stated: {event.edtf or 'no date'}; known by: {event.basis}; "
            f"between {event.earliest or '…'} and {event.latest or '…'})",
        ),
        (
            "status",
            event.factuality
            + (" – not known to have happened" if event.factuality != _DONE else "")
            + (" · a summary, never counted" if event.summary else ""),
        ),
        ("who", _named(event.actors, names)),
        ("to whom", _named(event.targets, names)),
        ("for", _named(event.on_behalf_of, names)),
        ("about", _named(event.about, names)),
        ("where", _named(event.place, names)),
        ("coded", _codes(event)),
        ("note", event.note),
    ]
    for name, text in facts:
        if text:
            lines += _hang(f"  {name:<8} ", text, width)
    lines += ["", style("Reported by", bold=True), *(f"  {_source(e)}" for e in event.evidence)]
    for claim in shown.claims:
        verb = "Asserts" if claim.id in event.asserts else "Denies"
        lines += ["", style(verb, bold=True), *_claim(claim, names, width)]
    links = (
        ("Threatens, promises, plans or alleges", event.proposes),
        ("Put forward by", event.proposed_by),
        ("Answers", event.responds_to),
        ("Answered by", event.answered_by),
        ("Part of", event.part_of),
    )
    near = {e.id: e for e in shown.related}
    for title, ids in links:
        known = [near[i] for i in ids if i in near]
        if known:
            lines += ["", style(title, bold=True), *_events(known, names, width)]
    return "\n".join(lines) + "\n"


def _codes(event: EventRecord) -> str:
    parts = [
        f"PLOVER {event.plover}" if event.plover else "",
        f"CAMEO {event.cameo}" if event.cameo else "",
        f"quad class {event.quad_class}" if event.quad_class else "",
        f"Goldstein {event.goldstein:+.1f} (ICEWS scale)" if event.goldstein is not None else "",
    ]
    return " · ".join(part for part in parts if part)


def timeline(shown: Timeline, width: int = 100) -> str:
    """Print a timeline: date, who to whom, what, status and passage."""
    title = " – ".join(shown.names.get(side, side) for side in shown.sides)
    lines = [style(f"{title}: {len(shown.events)} events", bold=True)]
    fits = dict(zip((e.id for e in shown.events), shown.fits, strict=True))
    lines += _events(shown.events, shown.names, width, shown.claims, fits)
    return "\n".join(lines) + "\n"


def ways(shown: Ways, width: int = 100) -> str:
    """Print the ways between two entities, each step with the events or states that carry it."""
    lines: list[str] = []
    for number, way in enumerate(shown.ways, 1):
        chain = " → ".join([shown.names.get(shown.start, shown.start), *(shown.names.get(s.end, s.end) for s in way)])
        lines += [*([""] if lines else []), style(f"{number}. {chain}", bold=True)]
        for step in way:
            lines += _step(step, shown, width)
    return "\n".join(lines) + "\n"


def _step(step: Step, shown: Ways, width: int) -> list[str]:
    lines = []
    for edge in step.edges:
        lines.append(f"   {_edge(edge, shown.names)}")
        for reason in edge.because[:3]:
            if event := shown.events.get(reason):
                lines += _hang(
                    f"      {_cell(_short_date(event), 20)} ", f"{event.label}  {_sources(event.evidence)}", width
                )
            elif state := shown.states.get(reason):
                lines += _hang("      ", f"{state.label}  {_sources(state.evidence)}", width)
        if len(edge.because) > 3:
            lines.append(f"      … and {len(edge.because) - 3} more")
    return lines


def _edge(edge: EdgeRecord, names: Names) -> str:
    mark = style(" ≠ contested", fg="red") if edge.status == "Contested" else ""
    count = f" (×{edge.count})" if edge.count > 1 else ""
    return f"{names.get(edge.subject, edge.subject)} {edge.label} {names.get(edge.object, edge.object)}{count}{mark}"


def _events(
    events: Iterable[EventRecord],
    names: Names,
    width: int,
    claims: dict[str, ClaimRecord] | None = None,
    fits: dict[str, str] | None = None,
) -> list[str]:
    lines = []
    for event in events:
        marks = [] if event.factuality == _DONE else [event.factuality.lower()]
        marks += ["summary"] if event.summary else []
        marks += [fits[event.id]] if fits and fits.get(event.id) == "possible" else []
        marks += (
            ["≠ contested"]
            if any(c in (claims or {}) and (claims or {})[c].status == "Contested" for c in event.asserts)
            else []
        )
        told = f" [{', '.join(marks)}]" if marks else ""
        lines += _hang(f"  {_cell(_short_date(event), 20)} ", f"{event.label}{told}  {_sources(event.evidence)}", width)
    return lines


def _claim(claim: ClaimRecord, names: Names, width: int, *, alone: bool = False) -> list[str]:
    color = {"Contested": "red", "Denied": "yellow"}.get(claim.status)
    head = style(f"{claim.status.lower():<9}", fg=color) if color else f"{claim.status.lower():<9}"
    label = style(claim.label, bold=True) if alone else claim.label
    lines = _hang(f"  {head} ", f"“{label}”", width, indent=12)
    lines += [line for voice in claim.asserted_by for line in _voice("says", voice, width)]
    lines += [line for voice in claim.denied_by for line in _voice("denies", voice, width)]
    if claim.contradicted_by:
        lines += _hang("            against ", ", ".join(f"id:{c}" for c in claim.contradicted_by), width)
    lines.append(style(f"            {_sources(claim.evidence)}", dim=True))
    return lines


def _voice(verb: str, voice: Voice, width: int) -> list[str]:
    when = f", {dates.show(dates.parse(voice.edtf))}" if voice.edtf else ""
    return _hang(f"            {verb:<7} ", f"{', '.join(voice.actor_labels)}{when}", width)


def _state(state: StateRecord, names: Names, width: int, seen_from: str) -> list[str]:
    if state.kind == "measure":
        text = f"{state.label} – {state.type_label}; by {_named(state.left, names)}, on {_named(state.right, names)}"
    elif state.kind == "tenure":
        text = state.label if seen_from in state.right or not seen_from else state.type_label
    else:
        text = state.label
    certainty = f"{state.certainty}: " if state.certainty and state.kind != "tie" else ""
    span = _span(state)
    return _hang("  ", f"{certainty}{text}{f' ({span})' if span else ''}  {_sources(state.evidence)}", width, indent=4)


def _span(state: StateRecord) -> str:
    parts = []
    if state.earliest_begin or state.latest_begin:
        parts.append(f"began {_between(state.earliest_begin, state.latest_begin)}")
    if state.earliest_end or state.latest_end:
        parts.append(f"ended {_between(state.earliest_end, state.latest_end)}")
    if state.last_known:
        parts.append(f"last known in force {state.last_known}")
    return ", ".join(parts)


def _between(first: str, last: str) -> str:
    if first == last:
        return first
    if not first:
        return f"by {last}"
    return f"{first} or later" if not last else f"between {first} and {last}"


def _date(event: EventRecord) -> str:
    if event.edtf:
        return dates.show(dates.parse(event.edtf))
    if event.earliest or event.latest:
        return _between(event.earliest, event.latest)
    return "undated"


def _short_date(event: EventRecord) -> str:
    """Say the date in a narrow column: `early Dec 2025`, `Mar 2025 – Feb 2026`."""
    if not event.edtf and (event.earliest or event.latest):
        return f"from {event.earliest}" if event.earliest else f"by {event.latest}"
    text = re.sub(r"\b([A-Z][a-z]{2})[a-z]+(?= \d{4})", r"\1", _date(event))
    return re.sub(r"^between (.+) and (.+)$", r"\1 – \2", text).replace("until ", "by ")


def _named(ids: Sequence[str], names: Names) -> str:
    return ", ".join(names.get(each, each) for each in ids)


def _source(evidence: Evidence) -> str:
    speaker = f", quoting {evidence.speaker_label}" if evidence.speaker else ""
    return (
        f"{evidence.reporter_label}, paragraph {evidence.paragraph}, "
        f"characters {evidence.start}–{evidence.end}{speaker}  ({evidence.source})"
    )


def _sources(evidence: Sequence[Evidence]) -> str:
    """Name reporters and paragraphs shortly, in one piece that is not torn at a line's end."""
    by: dict[str, list[str]] = {}
    for each in evidence:
        by.setdefault(each.reporter_label, []).append(str(each.paragraph))
    told = "; ".join(f"{reporter} ¶{', '.join(dict.fromkeys(numbers))}" for reporter, numbers in by.items())
    return told.replace(" ", "\u00a0")


def _cell(text: str, size: int) -> str:
    return text + " " * max(size - width_of(text), 0)


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, max(width, 40)) or [""]


def _hang(first: str, text: str, width: int, indent: int | None = None) -> list[str]:
    """Wrap text behind a first column; following lines hang under it."""
    lead = indent if indent is not None else width_of(_plain(first))
    lines = textwrap.wrap(text, max(width - lead, 30), break_long_words=False) or [""]
    return [first + lines[0], *(" " * lead + line for line in lines[1:])]


def _plain(text: str) -> str:
    from click import unstyle

    return unstyle(text)


__all__ = ["page", "timeline", "ways"]
