"""One build on two days: what began, ended and happened in between, and what was said and denied.

Where the days of something leave open whether it was in between, the change is possible, not certain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kg import dates
from kg.dates import Certainty
from kg.diff.changes import DONE, Change, Detail, Diff, Kind, Side, bounds, name, ordered, span, undated, when
from kg.errors import UsageError
from kg.records import ClaimRecord, EventRecord, Evidence, Picture, StateRecord, Voice


def days(picture: Picture, first: date, last: date, side: Side, according_to: str = "") -> Diff:
    """Tell what changed between two days: after the first one, up to and with the second.

    Raises:
        UsageError: the second day is not after the first.
    """
    if last <= first:
        raise UsageError(f"{last} is not after {first}.", hint="Name the earlier day first: --as-of DAY1 DAY2.")
    between = _Between(picture, first + timedelta(days=1), last)
    events = [event for event in picture.events.values() if event.factuality == DONE and not event.summary]
    changes = [
        *(change for state in picture.states.values() for change in between.state(state)),
        *(change for event in events for change in between.event(event)),
        *(change for claim in picture.claims.values() for change in between.claim(claim)),
    ]
    left_out = {
        "undated events": sum(1 for event in events if not event.earliest and not event.latest),
        "summaries": sum(1 for event in picture.events.values() if event.factuality == DONE and event.summary),
    }
    return Diff(
        replace(side, name=first.isoformat()),
        replace(side, name=last.isoformat()),
        ordered(changes),
        {reason: count for reason, count in left_out.items() if count},
        according_to,
    )


@dataclass(frozen=True, slots=True)
class _Between:
    picture: Picture
    since: date
    until: date

    def state(self, state: StateRecord) -> Iterator[Change]:
        stamps = (state.earliest_begin, state.latest_begin, state.earliest_end, state.latest_end)
        first, begun, ending, last = (date.fromisoformat(stamp) if stamp else None for stamp in stamps)
        eve = self.since - timedelta(days=1)
        was, now = (dates.in_force(first, begun, ending, last, day) for day in (eve, self.until))
        if was == now or state.kind == "tie":
            return
        kind: Kind = "began" if was == "no" else "ended" if now == "no" else "settled"
        when = span(*stamps[2:]) if kind == "ended" else span(*stamps[:2])
        certainty: Certainty = "possible" if kind == "began" and now == "possible" else "certain"
        yield Change(
            kind, state.kind, state.id, state.label, certainty, when, self._names(state.left),
            details=(Detail("in force", was, now),), evidence=state.evidence,
        )  # fmt: skip

    def event(self, event: EventRecord) -> Iterator[Change]:
        fit = self._fits(event)
        if fit != "no":
            label = event.class_label
            yield Change(
                "happened", "event", event.id, event.label, fit, when(event), self._names(event.actors),
                details=(Detail("class", "", label),), evidence=event.evidence,
            )  # fmt: skip

    def claim(self, claim: ClaimRecord) -> Iterator[Change]:
        was, now = self._status(claim, before=True), self._status(claim, before=False)
        status = (Detail("status", was.lower(), now.lower()),) if was != now and now != "Asserted" else ()
        asserting = list(self._voices(claim.asserted_by))
        denying = list(self._voices(claim.denied_by))
        if asserting and not self._heard(claim.asserted_by, before=True):
            yield self._voiced("said", claim, asserting, (Detail("status", "", claim.status.lower()),))
        if denying:
            yield self._voiced("denied", claim, denying, status)
        elif was and status:
            against = [self.picture.claims[other] for other in claim.contradicted_by if other in self.picture.claims]
            voices = [voice for other in against for voice in self._voices(other.asserted_by)]
            told = self._voiced("status", claim, voices, status)
            yield replace(told, against=tuple(other.label for other in against if any(self._voices(other.asserted_by))))

    def _voiced(
        self, kind: Kind, claim: ClaimRecord, voices: Sequence[tuple[Voice, Certainty]], details: tuple[Detail, ...]
    ) -> Change:
        sure: Certainty = "certain" if any(fit == "certain" for _, fit in voices) else "possible"
        speakers = tuple(dict.fromkeys(name for voice, _ in voices for name in voice.actor_labels))
        reports = dict.fromkeys(each for voice, _ in voices for each in self._evidence(voice))
        when = next((voice.edtf for voice, _ in voices if voice.edtf), "")
        return Change(kind, "claim", claim.id, claim.label, sure, when, speakers, (), details, tuple(sorted(reports)))

    def _voices(self, voices: Iterable[Voice]) -> Iterator[tuple[Voice, Certainty]]:
        for voice in voices:
            event = self.picture.events.get(voice.event)
            fit = self._fits(event) if event and not (event.summary or undated(event)) else "no"
            if fit != "no":
                yield voice, fit

    def _evidence(self, voice: Voice) -> tuple[Evidence, ...]:
        event = self.picture.events.get(voice.event)
        return event.evidence if event else ()

    def _fits(self, event: EventRecord) -> Certainty:
        return "no" if undated(event) else dates.within(*bounds(event), self.since, self.until)

    def _heard(self, voices: Iterable[Voice], *, before: bool) -> bool:
        """Whether some voice had surely spoken by the eve of the period, or by its last day."""
        day = self.since - timedelta(days=1) if before else self.until
        events = (self.picture.events.get(voice.event) for voice in voices)
        return any(
            event and not undated(event) and dates.within(*bounds(event), None, day) == "certain" for event in events
        )

    def _status(self, claim: ClaimRecord, *, before: bool) -> str:
        """The status as far as voices had surely spoken; empty before anybody had."""
        against = (self.picture.claims[other] for other in claim.contradicted_by if other in self.picture.claims)
        asserted = self._heard(claim.asserted_by, before=before)
        denied = self._heard(claim.denied_by, before=before)
        opposed = denied or any(self._heard(other.asserted_by, before=before) for other in against)
        return ("Contested" if opposed else "Asserted") if asserted else "Denied" if denied else ""

    def _names(self, ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(name(self.picture, each) for each in ids)


__all__ = ["days"]
