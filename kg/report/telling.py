"""A brief in, words out: the lines, cards and tables that the page and the Markdown show alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kg import dates
from kg.analysis.escalation import ALL, BACK, MUTUAL, THERE, Row
from kg.records import ClaimRecord, EventRecord, Evidence, StateRecord, Voice
from kg.report import words
from kg.report.brief import Brief, Query
from kg.report.camps import Camp, Parting

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
QUADS = ("verbal cooperation", "material cooperation", "verbal conflict", "material conflict")
CAVEATS = (
    "This brief tells what sources say. It is a research tool, not compliance screening: that somebody is not in it "
    "means nothing, and a link is not an accusation proved.",
    "A claim is what somebody said, never a fact; it stands here with who says it and who denies it. Contested means "
    "that somebody denies or contradicts it, asserted only that nobody is known to object.",
    "What was threatened, promised, planned or alleged is not counted as done. Dates are as precise as the sources; "
    "possible means that the days known for something leave it open.",
    "Goldstein sums are an index, not a truth. A window without events means that none is recorded here.",
    "No sentence of a source is stored. Each passage is named by paragraph, position and SHA-256, so that whoever has "
    "the article can verify it (kg check --sources, kg verify --sources).",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One event or claim in a list: date, words, marks (manner and text), what else is said of it, and its passages."""

    id: str
    when: str
    label: str
    marks: tuple[tuple[str, str], ...]
    quad: int
    more: tuple[tuple[str, str], ...]
    cite: str


@dataclass(frozen=True, slots=True)
class Card:
    """What one side says on a point: words (empty when it is silent), status, and lines of who and when."""

    quote: str
    status: str
    lines: tuple[str, ...]
    cite: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class SourceTold:
    """One source to cite, with the passages that the brief rests on."""

    number: int
    id: str
    title: str
    details: str
    access: str
    passages: tuple[tuple[str, str, str, str], ...]


class Telling:
    """Everything that a brief says, in words; each property is one part of it."""

    def __init__(self, brief: Brief) -> None:
        self.brief = brief

    # -------------------------------------------------- the head

    @property
    def kind(self) -> str:
        """What this is."""
        return f"DiploKG · brief on {'a pair' if self.brief.other else f'a {self.brief.one.type_label}'}"

    @property
    def as_of(self) -> str:
        """The day of the brief in words, and how the data were looked at."""
        brief = self.brief
        parts = [f"as of {words.when(brief.day)}" if brief.asked else f"data up to {words.when(brief.day)}"]
        parts += [f"as known on {words.when(brief.known_at)}"] if brief.known_at else []
        parts += [f"according to {self._name(brief.according_to)}"] if brief.according_to else []
        return ", ".join(parts)

    @property
    def lead(self) -> str:
        """The brief in three sentences."""
        brief = self.brief
        happened, claims = brief.happened, brief.told_claims
        contested = sum(claim.status == "Contested" for claim in claims)
        span = self._span(happened)
        publishers = words.listed(dict.fromkeys(d.publisher for d in brief.documents.values() if d.publisher))
        told = [
            f"{publishers or 'The sources here'} {'tells' if publishers.count(' and ') == 0 else 'tell'} of "
            f"{words.counted(len(happened), 'event')}{f' {span}' if span else ''}"
            f"{' between the two' if brief.other else ''}."
        ]
        if brief.series and brief.other:
            told.append(self._balance_in_words())
        if claims:
            against = f", of which {contested} {'is' if contested == 1 else 'are'} contested" if contested else ""
            told.append(f"{words.counted(len(claims), 'claim')} {'is' if len(claims) == 1 else 'are'} told{against}.")
        if brief.story and brief.story.partings:
            points = len(brief.story.partings)
            told.append(f"The two stories part at {words.counted(points, 'point')}.")
        if brief.ahead:
            told.append(
                f"{words.counted(len(brief.ahead), 'more was', 'more were')} threatened, promised, planned or alleged "
                f"and {'is' if len(brief.ahead) == 1 else 'are'} not known to have happened."
            )
        return " ".join(told)

    def _balance_in_words(self) -> str:
        series = self.brief.series
        assert series
        total = next(row for row in series.totals if row.direction == ALL)
        parts = [f"{count} of {kind}" for count, kind in zip(total.quad, QUADS, strict=True) if count]
        return f"Counted are {words.listed(parts)}." if parts else ""

    def _span(self, events: Sequence[EventRecord]) -> str:
        first = min((event.earliest for event in events if event.earliest), default="")
        last = max((event.latest for event in events if event.latest), default="")
        months = words.when(first[:7]), words.when(last[:7])
        if not first or not last:
            return ""
        return f"between {months[0]} and {months[1]}" if months[0] != months[1] else f"in {months[0]}"

    @property
    def tiles(self) -> tuple[tuple[str, str], ...]:
        """The numbers at the head."""
        brief = self.brief
        claims = brief.told_claims
        measures = [state for state in brief.states if state.kind == "measure"]
        told = [
            ("events that happened", len(brief.happened)),
            ("not known to have happened", len(brief.ahead)),
            ("claims", len(claims)),
            ("contested", sum(claim.status == "Contested" for claim in claims)),
            ("measures in force", sum(state.certainty == "certain" for state in measures)),
            ("passages", len(brief.evidence)),
            ("source" if len(brief.documents) == 1 else "sources", len(brief.documents)),
        ]
        return tuple((name, f"{count:,}") for name, count in told)

    @property
    def who(self) -> tuple[tuple[str, str], ...]:
        """Who is meant: the two sides with those who speak for them, or what is known of the actor."""
        brief = self.brief
        if brief.story:
            return tuple((camp.label, self._speaking(camp)) for camp in brief.story.camps)
        entity = brief.one
        facts = [entity.description, f"Also {', '.join(entity.aliases)}." if entity.aliases else ""]
        facts += [f"Part of {words.listed(map(self._name, entity.part_of))}." if entity.part_of else ""]
        facts += [f"Wikidata {entity.wikidata}." if entity.wikidata else ""]
        return ((f"{entity.label} ({entity.type_label})", " ".join(filter(None, facts))),)

    def _speaking(self, camp: Camp) -> str:
        entity = self.brief.one if camp.id == self.brief.one.id else self.brief.other
        told = entity.description if entity else ""
        others = [self._name(node) for node in camp.people if node != camp.id]
        if others:
            told = f"{told} Counted for it: {words.listed(others)}.".strip()
        return told

    # -------------------------------------------------- events

    @property
    def months(self) -> tuple[tuple[str, tuple[Line, ...]], ...]:
        """What happened, by the month in which it may have begun; summaries and the undated at the end."""
        parts: dict[str, list[Line]] = {}
        for event in self.brief.happened:
            key = (event.earliest or event.latest)[:7]
            title = words.when(key) if event.earliest else f"By {words.when(key)}" if key else "Undated"
            parts.setdefault(title, []).append(self.line(event))
        return tuple((title, tuple(lines)) for title, lines in parts.items())

    @property
    def ahead(self) -> tuple[Line, ...]:
        """What is not known to have happened."""
        return tuple(map(self.line, self.brief.ahead))

    @property
    def summaries(self) -> tuple[Line, ...]:
        """What sums up other events."""
        return tuple(map(self.line, self.brief.summaries))

    def line(self, event: EventRecord) -> Line:
        """Say an event: its marks, who contests what is said in it, who announces it, and where to read it."""
        marks: list[tuple[str, str]] = []
        if event.factuality != "Actual":
            marks.append(("undone", event.factuality.lower()))
        if self.brief.fits.get(event.id) == "possible":
            marks.append(("possible", "possible"))
        against = self._against(event)
        marks += [("contested", "≠ contested")] if against else []
        more: list[tuple[str, str]] = []
        if event.factuality != "Actual" and event.voiced_by:
            verb = {"Planned": "told", "Intended": "told"}.get(event.factuality, event.factuality.lower())
            more.append(("", f"{verb} by {words.listed(map(self._name, event.voiced_by))}"))
        more += [("against", against)] if against else []
        code = " · ".join(
            filter(
                None,
                (
                    event.class_label,
                    event.plover if event.plover != "UNCODED" else "",
                    f"Goldstein {event.goldstein:+.1f}" if event.goldstein and event.factuality == "Actual" else "",
                ),
            )
        )
        more.append(("", code))
        quad = event.quad_class if event.plover != "UNCODED" else 0
        return Line(
            event.id, words.dated(event), event.label, tuple(marks), quad, tuple(more), words.cited(event.evidence)
        )

    def _against(self, event: EventRecord) -> str:
        if event.denied_by:
            return f"denied by {words.listed(map(self._name, event.denied_by))}"
        said = [self.brief.claims[claim] for claim in event.asserts if claim in self.brief.claims]
        opposed = [claim for claim in said if claim.status == "Contested"]
        deniers = dict.fromkeys(_who(voice) for claim in opposed for voice in claim.denied_by)
        if deniers:
            return f"denied by {words.listed(deniers)}"
        others = [self.brief.claims[o] for c in opposed for o in c.contradicted_by if o in self.brief.claims]
        by = dict.fromkeys(_who(voice) for claim in others for voice in claim.asserted_by)
        return f"contradicted by {words.listed(by)}" if by else "contested" if opposed else ""

    # -------------------------------------------------- the curve

    @property
    def directions(self) -> tuple[tuple[str, str], ...]:
        """The directions in which anything happened, with their names."""
        series = self.brief.series
        if not series:
            return ()
        one, other = (series.names.get(side, side) for side in series.sides)
        names = {THERE: f"{one} → {other}", BACK: f"{other} → {one}", MUTUAL: "both together"}
        here = {row.direction for row in series.totals}
        return tuple((way, name) for way, name in names.items() if way in here)

    @property
    def balance(self) -> tuple[tuple[str, ...], ...]:
        """The table of the whole period: a row for each direction, and one for all."""
        series = self.brief.series
        if not series:
            return ()
        names = {**dict(self.directions), ALL: "all"}
        return tuple(_balance(names[row.direction], row) for row in series.totals if row.direction in names)

    @property
    def curve(self) -> tuple[tuple[str, ...], ...]:
        """The table beside the plot: a row for each window in which something happened or may have."""
        series = self.brief.series
        if not series:
            return ()
        rows = []
        for whole in series.of(ALL):
            if not (whole.certain or whole.possible):
                continue
            parts = [next((r for r in series.of(way) if r.window == whole.window), None) for way, _ in self.directions]
            band = f"{whole.band_low:+g} … {whole.band_high:+g}" if whole.band_low != whole.band_high else ""
            rows.append(
                (
                    words.when(whole.window) if series.by in ("month", "day", "year") else whole.window,
                    *(str(row.certain) if row else "0" for row in parts),
                    str(whole.certain),
                    str(whole.possible),
                    f"{whole.goldstein:+g}" if whole.mean is not None else "",
                    band,
                )
            )
        return tuple(rows)

    @property
    def curve_words(self) -> tuple[str, ...]:
        """What the plot shows, in sentences."""
        return tuple(self.brief.series.words().splitlines()) if self.brief.series else ()

    # -------------------------------------------------- claims and denials

    @property
    def sides(self) -> tuple[str, ...]:
        """The names over the two columns."""
        return tuple(camp.label for camp in self.brief.story.camps) if self.brief.story else ()

    @property
    def partings(self) -> tuple[tuple[Card, Card], ...]:
        """Where the two stories part: on the left what the first side says, on the right the second."""
        story = self.brief.story
        return tuple(map(self._parting, story.partings)) if story else ()

    def _parting(self, parting: Parting) -> tuple[Card, Card]:
        story = self.brief.story
        assert story
        mine, theirs = story.camps[parting.side], story.camps[1 - parting.side]
        claim = parting.claim
        says = self.card(claim, mine, without=theirs)
        answers = [f"denies it: {_voices(claim.denied_by, theirs)}"] if parting.denied else []
        for other in parting.contradicted_by:
            answers.append(f"says: “{other.label}” – {_voices(other.asserted_by, theirs)}")
        evidence = [e for other in parting.contradicted_by for e in other.evidence]
        evidence += [e for v in claim.denied_by if set(v.actors) & set(theirs.people) for e in self._evidence(v)]
        reply = Card("", "", tuple(answers), words.cited(sorted(set(evidence))))
        return (says, reply) if parting.side == 0 else (reply, says)

    def _evidence(self, voice: Voice) -> tuple[Evidence, ...]:
        return next((e.evidence for e in self.brief.events if e.id == voice.event), ())

    @property
    def alone(self) -> tuple[tuple[Card, ...], ...]:
        """What each side says, or denies, without the other side's word for or against it."""
        story = self.brief.story
        if not story:
            return ()
        return tuple(
            tuple(self.card(claim, camp) for claim in (*said, *denied))
            for camp, said, denied in zip(story.camps, story.alone, story.rejected, strict=True)
        )

    @property
    def shared(self) -> tuple[Card, ...]:
        """What both sides say."""
        return tuple(self.card(claim) for claim in self.brief.story.shared) if self.brief.story else ()

    @property
    def about(self) -> tuple[Card, ...]:
        """The claims about one actor."""
        return tuple(self.card(claim) for claim in self.brief.about)

    @property
    def own(self) -> tuple[Card, ...]:
        """What else one actor asserts or denies."""
        return tuple(self.card(claim) for claim in self.brief.own)

    def card(self, claim: ClaimRecord, camp: Camp | None = None, without: Camp | None = None) -> Card:
        """Say a claim with its status and every voice; those of a side first, those of `without` elsewhere."""
        said = list(claim.asserted_by)
        lines = [f"said by {_voices(said, camp)}"] if _voices(said, camp) else []
        elsewhere = _voices([voice for voice in said if not _of(voice, camp)]) if camp else ""
        lines += [f"also said by {elsewhere}" if lines else f"said by {elsewhere}"] if elsewhere else []
        denied = _voices(voice for voice in claim.denied_by if not (without and _of(voice, without)))
        lines += [f"{'also ' if without else ''}denied by {denied}"] if denied else []
        for other in (self.brief.claims[each] for each in claim.contradicted_by if each in self.brief.claims):
            against = _voices(voice for voice in other.asserted_by if not (without and _of(voice, without)))
            lines += [f"against it: “{other.label}” – {against}"] if against else []
        return Card(claim.label, claim.status.lower(), tuple(lines), words.cited(claim.evidence), claim.id)

    # -------------------------------------------------- what holds, who is tied to whom

    @property
    def states(self) -> tuple[tuple[str, tuple[tuple[str, str, str, str], ...]], ...]:
        """Measures, offices and ties: how surely, what, since when, and where to read it."""
        kinds = {"measure": "Measures", "tenure": "Offices", "tie": "Ties"}
        parts = []
        for kind, title in kinds.items():
            rows = tuple(self._state(state) for state in self.brief.states if state.kind == kind)
            if rows:
                parts.append((title, rows))
        return tuple(parts)

    def _state(self, state: StateRecord) -> tuple[str, str, str, str]:
        what = state.label
        if state.kind == "tenure":
            what = f"{words.listed(map(self._name, state.left))}: {state.type_label}"
        elif state.kind == "measure":
            what = f"{state.label} ({state.type_label}, by {words.listed(map(self._name, state.left))})"
        certainty = state.certainty if state.kind != "tie" else ""
        return certainty, what, words.held(state), words.cited(state.evidence)

    @property
    def edges(self) -> tuple[tuple[str, ...], ...]:
        """The direct edges as rows: who, relation, whom, events, first and last possible day, status."""
        return tuple(
            (
                self._name(edge.subject), edge.label, self._name(edge.object), str(edge.count or ""), edge.first,
                edge.last, edge.status.lower() if edge.count else "",
            )
            for edge in sorted(self.brief.edges, key=lambda e: (-e.count, self._name(e.subject), e.predicate, e.id))
        )  # fmt: skip

    # -------------------------------------------------- what it rests on

    @property
    def sources(self) -> tuple[SourceTold, ...]:
        """The sources with their passages."""
        return tuple(
            SourceTold(
                number,
                node,
                document.title,
                ", ".join(filter(None, (document.publisher, words.when(document.published), document.address))),
                document.access,
                self._passages(node),
            )
            for number, (node, document) in enumerate(self.brief.documents.items(), 1)
        )

    def _passages(self, source: str) -> tuple[tuple[str, str, str, str], ...]:
        rows = dict.fromkeys(
            (each.paragraph, each.start, each.end, each.sha256, each.speaker_label)
            for each in self.brief.evidence
            if each.source == source
        )
        return tuple((f"¶{p}", f"{start}–{end}", speaker, sha) for p, start, end, sha, speaker in sorted(rows))

    def queries(self, part: str) -> tuple[Query, ...]:
        """The SPARQL behind one part."""
        return tuple(each for each in self.brief.queries if each.part == part)

    @property
    def citation(self) -> str:
        """How to cite the brief."""
        brief = self.brief
        day = date.fromisoformat(brief.day)
        return (
            f"The DiploKG contributors. {brief.title}: a brief from the DiploKG knowledge graph, {self.as_of}. "
            f"DiploKG {brief.version}, data digest {brief.digest[:12]}. {day.year}. CC BY 4.0."
        )

    def _name(self, node: str) -> str:
        return self.brief.names.get(node, node)


def _balance(name: str, row: Row) -> tuple[str, ...]:
    return (
        name,
        str(row.certain),
        str(row.possible),
        *(str(count) for count in row.quad),
        f"{row.goldstein:+g}" if row.mean is not None else "",
        f"{row.mean:+.2f}" if row.mean is not None else "",
        str(row.contested),
        str(row.single_source),
    )


def _who(voice: Voice) -> str:
    return words.listed(voice.actor_labels)


def _of(voice: Voice, camp: Camp | None) -> bool:
    return camp is None or bool(set(voice.actors) & set(camp.people))


def _voices(voices: Iterable[Voice], camp: Camp | None = None) -> str:
    """Name each speaker once, with the dates."""
    said: dict[str, dict[str, None]] = {}
    for voice in sorted(voices, key=lambda voice: _first(voice.edtf)):
        if _of(voice, camp):
            days = said.setdefault(_who(voice), {})
            if voice.edtf:
                days[words.when(voice.edtf)] = None
    spans = {who: ", ".join(days) for who, days in said.items()}
    return "; ".join(f"{who} ({days})" if days else who for who, days in spans.items())


def _first(edtf: str) -> str:
    window = dates.parse(edtf).window if edtf else dates.Window()
    return (window.earliest or window.latest or date.max).isoformat()
