"""As known on a day, and according to somebody: records in, those out that a reader of that day or that voice has.

What was known on a day is what sources tell that were published by then; a source whose day of publication is known
roughly makes it possible, not certain. A publisher tells what it reports without citing anybody; an actor what it is
cited for, its acts of speech, and what these put forward. Only the selection changes: claims keep all their voices and
their present status, because no claim may stand without its denial. `Lens.picture` alone, made for comparing two
days, also takes away what was not yet known of a claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from kg import dates
from kg.dates import Certainty
from kg.records import ClaimRecord, EdgeRecord, EventRecord, Evidence, Picture, StateRecord, Voice

Told = TypeVar("Told", EventRecord, StateRecord)
_SURENESS: tuple[Certainty, ...] = ("no", "possible", "certain")


@dataclass(frozen=True, slots=True)
class Lens:
    """A day of knowledge and a voice; `published` holds the EDTF date of each source by its id."""

    known_at: date | None = None
    according_to: str = ""
    published: Mapping[str, str] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        """Whether everything passes."""
        return self.known_at is None and not self.according_to

    def out_by_then(self, source: str) -> Certainty:
        """Say whether a source was published by the day: certain, possible or no; without a date, possible."""
        if self.known_at is None:
            return "certain"
        stated = self.published.get(source, "")
        window = dates.parse(stated).window if stated else dates.Window()
        return dates.within(window.earliest, window.latest, None, self.known_at)

    def known(self, evidence: Iterable[Evidence]) -> Certainty:
        """Say whether any of some reports was published by the day."""
        if self.known_at is None:
            return "certain"
        return max((self.out_by_then(each.source) for each in evidence), key=_SURENESS.index, default="no")

    def event(self, event: EventRecord) -> Certainty:
        """Say whether an event was known by the day and is told in the voice."""
        who = self.according_to
        speaks = who in event.actors and bool(event.asserts or event.denies or event.proposes)
        told = not who or speaks or who in (*event.voiced_by, *event.denied_by) or self._own(event.evidence)
        return self.known(event.evidence) if told else "no"

    def claim(self, claim: ClaimRecord) -> Certainty:
        """Say whether a claim was known by the day and is asserted or denied in the voice."""
        voices = (*claim.asserted_by, *claim.denied_by)
        told = not self.according_to or any(self.according_to in voice.actors for voice in voices)
        told = told or (not voices and self._own(claim.evidence))
        return self.known(claim.evidence) if told else "no"

    def state(self, state: StateRecord) -> Certainty:
        """Say whether a measure, tenure or tie was known by the day and is told in the voice."""
        return self.known(state.evidence) if not self.according_to or self._own(state.evidence) else "no"

    def _own(self, evidence: Iterable[Evidence]) -> bool:
        return any(
            each.speaker == self.according_to or (not each.speaker and each.reporter == self.according_to)
            for each in evidence
        )

    def edge(
        self, edge: EdgeRecord, events: Mapping[str, EventRecord], states: Mapping[str, StateRecord]
    ) -> EdgeRecord | None:
        """Take an edge with those of its reasons that pass; None if none does."""
        kept = [reason for reason in edge.because if reason in events and self.event(events[reason]) != "no"]
        ties = [reason for reason in edge.because if reason in states and self.state(states[reason]) != "no"]
        if not kept and not ties:
            return None
        if len(kept) + len(ties) == len(edge.because):
            return edge
        first = min((events[each].earliest for each in kept if events[each].earliest), default="")
        last = max((events[each].latest for each in kept if events[each].latest), default="")
        return replace(edge, because=tuple(sorted((*kept, *ties))), count=len(kept), first=first, last=last)

    def passing(self, events: Iterable[EventRecord]) -> dict[str, EventRecord]:
        """Take the events that pass, each with the reports that were out by the day."""
        return {event.id: self._reported(event) for event in events if self.event(event) != "no"}

    def _reported(self, record: Told) -> Told:
        if self.known_at is None:
            return record
        return replace(record, evidence=tuple(e for e in record.evidence if self.out_by_then(e.source) != "no"))

    def picture(self, whole: Picture) -> Picture:
        """Take the part of a picture that was known on the day and is told in the voice; claims as they stood then.

        Voices that no source had reported by the day are taken away, and the status of each claim is reckoned anew.
        """
        if self.open:
            return whole
        events = self.passing(whole.events.values())
        states = {s.id: self._reported(s) for s in whole.states.values() if self.state(s) != "no"}
        stood = {c.id: self._as_known(c, whole) for c in whole.claims.values() if self.known(c.evidence) != "no"}
        asserted = {claim.id for claim in stood.values() if claim.asserted_by}
        claims = {
            node: _with_status(claim, stood.keys(), asserted)
            for node, claim in stood.items()
            if self.claim(whole.claims[node]) != "no"
        }
        edges = tuple(
            _as_contested(edge, events, claims)
            for edge in (self.edge(each, whole.events, whole.states) for each in whole.edges)
            if edge
        )
        sources = {node: title for node, title in whole.sources.items() if self.out_by_then(node) != "no"}
        return replace(whole, events=events, states=states, claims=claims, edges=edges, sources=sources)

    def _as_known(self, claim: ClaimRecord, whole: Picture) -> ClaimRecord:
        if self.known_at is None:
            return claim

        def heard(voices: Iterable[Voice]) -> tuple[Voice, ...]:
            return tuple(v for v in voices if self.known(whole.events[v.event].evidence) != "no")

        evidence = tuple(e for e in claim.evidence if self.out_by_then(e.source) != "no")
        return replace(claim, asserted_by=heard(claim.asserted_by), denied_by=heard(claim.denied_by), evidence=evidence)


EVERYTHING = Lens()


def _with_status(claim: ClaimRecord, known: Iterable[str], asserted: set[str]) -> ClaimRecord:
    """Reckon the status as `kg.derive` does, from the voices that are left."""
    against = tuple(other for other in claim.contradicted_by if other in known)
    opposed = bool(claim.denied_by) or bool(asserted.intersection(claim.contradicted_by))
    status = ("Contested" if claim.asserted_by else "Denied") if opposed else "Asserted"
    return replace(claim, contradicted_by=against, status=status)


def _as_contested(edge: EdgeRecord, events: Mapping[str, EventRecord], claims: Mapping[str, ClaimRecord]) -> EdgeRecord:
    """Reckon anew whether an edge rests on a contested claim."""
    said = {claim for reason in edge.because if reason in events for claim in events[reason].asserts}
    contested = any(claims[claim].status == "Contested" for claim in said if claim in claims)
    return replace(edge, status="Contested" if contested else "Asserted")


__all__ = ["EVERYTHING", "Lens"]
