"""Two pictures of a graph, record by record: two builds, or one as known on two days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kg.dates import Certainty
from kg.diff.changes import DONE, Change, Detail, Diff, Kind, Side, name, ordered, span, undated, when
from kg.records import ClaimRecord, EdgeRecord, EntityRecord, EventRecord, Evidence, Picture, StateRecord, Voice

_EVENT = (
    *("label", "class_label", "factuality", "actors", "targets", "about", "on_behalf_of", "place", "edtf", "earliest"),
    *("latest", "basis", "summary", "cameo", "plover", "quad_class", "goldstein", "note", "asserts", "denies"),
    *("proposes", "responds_to", "part_of", "voiced_by", "denied_by"),
)
_STATE = (
    *("label", "type_label", "left", "right", "earliest_begin", "latest_begin", "earliest_end", "latest_end"),
    *("last_known", "started_by", "ended_by"),
)
_ENTITY = ("label", "type_label", "labels", "aliases", "description", "part_of", "wikidata")
_CLAIM = ("label", "about", "proposes")
_EDGE = ("status", "count", "first", "last")


def pictures(old: Picture, new: Picture, before: Side, after: Side, according_to: str = "") -> Diff:
    """Compare two pictures record by record."""
    compare = _Compare(old, new)
    return Diff(before, after, ordered(compare.changes()), {}, according_to)


@dataclass(frozen=True, slots=True)
class _Compare:
    old: Picture
    new: Picture

    def changes(self) -> Iterator[Change]:
        yield from self._sources()
        yield from self._pairs(self.old.states, self.new.states, self._state)
        yield from self._pairs(self.old.events, self.new.events, self._event)
        yield from self._pairs(self.old.claims, self.new.claims, self._claim)
        yield from self._pairs(self.old.entities, self.new.entities, self._entity)
        before, after = ({edge.id: edge for edge in side.edges} for side in (self.old, self.new))
        yield from self._pairs(before, after, self._edge)

    def _pairs(
        self, old: Mapping[str, Any], new: Mapping[str, Any], tell: Callable[[Any, Any], Iterable[Change]]
    ) -> Iterator[Change]:
        for node in sorted({*old, *new}):
            was, now = old.get(node), new.get(node)
            if was != now:
                yield from tell(was, now)

    def _sources(self) -> Iterator[Change]:
        for node in sorted({*self.old.sources, *self.new.sources}):
            was, now = self.old.sources.get(node, ""), self.new.sources.get(node, "")
            document = (self.new if now else self.old).documents.get(node)
            day = document.published if document else ""
            who = (document.publisher,) if document and document.publisher else ()
            if not was or not now:
                yield Change("added" if now else "removed", "source", node, now or was, when=day, who=who)
            elif was != now:
                yield Change("changed", "source", node, now, when=day, who=who, details=(Detail("label", was, now),))

    def _state(self, was: StateRecord | None, now: StateRecord | None) -> Iterator[Change]:
        one, picture = (now, self.new) if now else (was, self.old)
        assert one
        held = [each.certainty if each and each.kind != "tie" else "" for each in (was, now)]
        kind: Kind = "added" if not was else "removed" if not now else "changed"
        if now and now.kind != "tie" and held[0] in ("", "no") and held[1] not in ("", "no"):
            kind = "began"
        elif was and now and held[0] not in ("", "no") and held[1] == "no":
            kind = "ended"
        elif was and now and held[0] != held[1] and "no" not in held:
            kind = "settled"
        stamps = (one.earliest_end, one.latest_end) if kind == "ended" else (one.earliest_begin, one.latest_begin)
        details = [*_fields(was, now, _STATE, self._words), *_passages(was, now)] if was and now else []
        if was and now and held[0] != held[1]:
            details.insert(0, Detail("in force", held[0], held[1]))
        if details or kind in ("added", "removed", "began"):
            certainty: Certainty = "possible" if kind == "began" and held[1] == "possible" else "certain"
            who = tuple(name(picture, each) for each in one.left)
            day = "" if one.kind == "tie" or not any(stamps) else span(*stamps)
            yield Change(
                kind, one.kind, one.id, one.label, certainty, day, who, details=tuple(details), evidence=one.evidence
            )

    def _event(self, was: EventRecord | None, now: EventRecord | None) -> Iterator[Change]:
        one, picture = (now, self.new) if now else (was, self.old)
        assert one
        details = [*_fields(was, now, _EVENT, self._words), *_passages(was, now)] if was and now else []
        if was and now and not details:
            return
        kind: Kind = "added" if not was else "removed" if not now else "changed"
        if was and now and was.factuality != now.factuality:
            kind = "happened" if now.factuality == DONE else "status"
        if was and now and set(now.denied_by) - set(was.denied_by):
            kind = "denied"
        if not details and one.factuality != DONE:
            details = [Detail("factuality", *("", one.factuality.lower())[:: 1 if now else -1])]
        who = one.denied_by if kind == "denied" else one.actors
        yield Change(
            kind, "event", one.id, one.label, "certain", when(one) if not undated(one) or one.edtf else "",
            tuple(name(picture, each) for each in who), details=tuple(details), evidence=one.evidence,
        )  # fmt: skip

    def _claim(self, was: ClaimRecord | None, now: ClaimRecord | None) -> Iterator[Change]:
        one = now or was
        assert one
        if not was or not now:
            word = one.status.lower()
            status = Detail("status", "" if now else word, word if now else "")
            voices = one.asserted_by or one.denied_by
            speakers = tuple(dict.fromkeys(name for voice in voices for name in voice.actor_labels))
            yield Change(
                "said" if now else "removed", "claim", one.id, one.label, "certain", voices[0].edtf if voices else "",
                speakers, details=(status,), evidence=one.evidence,
            )  # fmt: skip
            if now and now.denied_by:
                yield self._denied(now, now.denied_by, ())
            return
        details = [*_fields(was, now, _CLAIM, self._words), *_passages(was, now)]
        status = Detail("status", was.status.lower(), now.status.lower())
        opposed = was.status != now.status
        known = {voice.event for voice in (*was.asserted_by, *was.denied_by)}
        fresh = [voice for voice in now.denied_by if voice.event not in known]
        if fresh:
            yield self._denied(now, fresh, (status,) if opposed else ())
        elif opposed:
            against = [self.new.claims[other] for other in now.contradicted_by if other not in was.contradicted_by]
            who = tuple(dict.fromkeys(n for other in against for v in other.asserted_by for n in v.actor_labels))
            labels = tuple(other.label for other in against)
            yield Change("status", "claim", now.id, now.label, "certain", "", who, labels, (status,), now.evidence)
        details += _voices("asserted by", was.asserted_by, now.asserted_by)
        details += [each for each in _voices("denied by", was.denied_by, now.denied_by) if not fresh]
        if details:
            yield Change("changed", "claim", now.id, now.label, details=tuple(details), evidence=now.evidence)

    def _denied(self, claim: ClaimRecord, voices: Iterable[Voice], details: tuple[Detail, ...]) -> Change:
        speakers = tuple(dict.fromkeys(name for voice in voices for name in voice.actor_labels))
        day = next((voice.edtf for voice in voices if voice.edtf), "")
        events = [self.new.events[voice.event] for voice in voices if voice.event in self.new.events]
        reports = tuple(sorted({each for event in events for each in event.evidence}))
        return Change("denied", "claim", claim.id, claim.label, "certain", day, speakers, (), details, reports)

    def _entity(self, was: EntityRecord | None, now: EntityRecord | None) -> Iterator[Change]:
        one = now or was
        assert one
        details = tuple(_fields(was, now, _ENTITY, self._words)) if was and now else ()
        if details or not was or not now:
            kind: Kind = "changed" if details else "added" if now else "removed"
            yield Change(kind, "entity", one.id, one.label, details=details or (Detail("type", "", one.type_label),))

    def _edge(self, was: EdgeRecord | None, now: EdgeRecord | None) -> Iterator[Change]:
        one, picture = (now, self.new) if now else (was, self.old)
        assert one
        details = tuple(_fields(was, now, _EDGE, self._words)) if was and now else ()
        details = tuple(Detail(d.name, d.before.lower(), d.after.lower()) for d in details)
        if was and now and not details:
            return
        kind: Kind = "added" if not was else "removed" if not now else "changed"
        if was and now and was.status != now.status:
            kind = "status"
        label = f"{name(picture, one.subject)} {one.label} {name(picture, one.object)}"
        yield Change(kind, "edge", one.id, label, details=details)

    def _words(self, value: object) -> str:
        """Say a value of a record in words: names for ids, commas between several."""
        if isinstance(value, tuple):
            return ", ".join(self._words(": ".join(each) if isinstance(each, tuple) else each) for each in value)
        if isinstance(value, bool):
            return "yes" if value else "no"
        text = "" if value is None else str(value)
        known = self.new.entities.get(text) or self.old.entities.get(text)
        return known.label if known else text


def _voices(which: str, was: Iterable[Voice], now: Iterable[Voice]) -> Iterator[Detail]:
    if {voice.event for voice in was} != {voice.event for voice in now}:
        yield Detail(which, _speakers(was), _speakers(now))


def _fields(was: object, now: object, names: Iterable[str], words: Callable[[object], str]) -> Iterator[Detail]:
    for each in names:
        before, after = getattr(was, each), getattr(now, each)
        if before != after:
            yield Detail(each.replace("_", " "), words(before), words(after))


def _passages(was: Any, now: Any) -> Iterator[Detail]:
    if was.evidence != now.evidence:
        yield Detail("passages", *(_places(each.evidence) for each in (was, now)))


def _places(evidence: Iterable[Evidence]) -> str:
    return ", ".join(f"{each.source} ¶{each.paragraph} {each.start}–{each.end}" for each in evidence)


def _speakers(voices: Iterable[Voice]) -> str:
    return "; ".join(f"{', '.join(voice.actor_labels)}{f' ({voice.edtf})' if voice.edtf else ''}" for voice in voices)


__all__ = ["pictures"]
