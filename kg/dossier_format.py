"""The format of a dossier, once: which keys each section has, of what kind, and what they mean.

`kg.dossier` reads by these tables and `json_schema()` turns the same tables into the schema that editors use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kg.model import BASES, FACTUALITIES, VERDICTS, WEEKDAYS


@dataclass(frozen=True, slots=True)
class Field:
    """One key: its kind, whether it must stand there, whether it holds a list, and what it means.

    Kinds: text, slug, edtf, day, int, flag, sha256, iri, passage, relative, a `Choice` of words, or what the value must
    name: entity, post, mentioned (entity or post), event, claim, class, predicate, measure-type, tie-type, file.
    `attribute` is the name in the model where it differs from the key.
    """

    key: str
    kind: str
    doc: str
    required: bool = False
    many: bool = False
    attribute: str = ""
    words: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The attribute of the model that holds the value."""
        return self.attribute or self.key


PASSAGE = (
    Field("paragraph", "int", "Number of the paragraph, from 1; headings and the byline count.", required=True),
    Field("start", "int", "First code point of the passage in the file, from 0.", required=True),
    Field("end", "int", "Code point after the last one.", required=True),
    Field("sha256", "sha256", "SHA-256 of the passage in UTF-8; `kg cite` prints it.", required=True),
    Field("speaker", "entity", "Whom the publisher quotes, or names as the origin."),
)

RELATIVE = (
    Field("after", "event", "The event happened after this one."),
    Field("before", "event", "The event happened before this one."),
    Field("same_day_as", "event", "On the same day as this one."),
    Field("same_month_as", "event", "In the same month as this one."),
    Field("weekday", "word", "On such a day of the week.", words=WEEKDAYS),
    Field("days", "int", "Exactly so many days after or before."),
    Field("at_least", "int", "At least so many days after or before."),
    Field("at_most", "int", "At most so many days after or before."),
)

_EVIDENCE = Field("evidence", "passage", "The passages that report it.", required=True, many=True)
_NOTE = Field("note", "text", "A remark of ours.")

SOURCE = (
    Field("id", "slug", "Slug of the document; also names its graph.", required=True),
    Field("title", "text", "A title in our words.", required=True),
    Field("publisher", "entity", "Who published it.", required=True),
    Field("authors", "entity", "Whose byline it carries.", many=True),
    Field("contributors", "entity", "Who else is credited.", many=True),
    Field("language", "text", "Language tag of the document."),
    Field("published", "edtf", "Date of publication as EDTF.", required=True),
    Field("published_basis", "text", "How the date of publication is known."),
    Field("url", "iri", "Address of the document."),
    Field("file", "text", "File name under which `kg check --sources DIR` finds the document.", required=True),
    Field("sha256", "sha256", "SHA-256 of the bytes of that file.", required=True),
    Field("license_note", "text", "What may be done with the document itself."),
)

MENTIONS = (
    Field("entity", "mentioned", "The entity or post that is named.", required=True),
    Field("as", "text", "How it is named, in our words.", attribute="named_as"),
    Field("at", "one-passage", "Its first passage.", required=True),
)

EVENTS = (
    Field("id", "slug", "Slug of the event, unique in all dossiers.", required=True),
    Field("class", "class", "Event class of the vocabulary.", required=True, attribute="event_class"),
    Field("label", "text", "What happened, in our words.", required=True),
    Field("actor", "entity", "Who did or said it; all parties of a symmetric interaction.", required=True, many=True),
    Field("target", "entity", "To whom it was done or said.", many=True),
    Field("on_behalf_of", "entity", "For whom the actor acted.", many=True),
    Field("about", "entity", "Whom or what it concerns besides.", many=True),
    Field("place", "entity", "Where.", many=True),
    Field("part_of", "event", "The larger event it belongs to.", many=True),
    Field("responds_to", "event", "What it answers.", many=True),
    Field("proposes", "event", "What it threatens, promises, plans, invites to or intends.", many=True),
    Field("asserts", "claim", "Claims made in it.", many=True),
    Field("denies", "claim", "Claims rejected in it.", many=True),
    Field("date", "edtf", "When, as EDTF, never finer than the source supports."),
    Field("basis", "word", "How the date is known.", words=BASES),
    Field("relative", "relative", "Relative phrases of the source.", many=True),
    Field("factuality", "word", "Whether it happened.", required=True, words=FACTUALITIES),
    Field("summary", "flag", "True for a summing-up sentence, which is never counted."),
    Field("cameo", "text", "A finer CAMEO code than the class declares."),
    _NOTE,
    _EVIDENCE,
)

CLAIMS = (
    Field("id", "slug", "Slug of the claim, unique in all dossiers.", required=True),
    Field("label", "text", "What is claimed, as a proposition in our words.", required=True),
    Field("about", "entity", "Whom or what it is about.", many=True),
    Field("triple", "triple", "Subject, predicate and object, where one triple can say it.", many=True),
    Field("proposes", "event", "Events that it alleges.", many=True),
    Field("contradicts", "claim", "Claims it cannot stand beside.", many=True),
    _NOTE,
    _EVIDENCE,
)

MEASURES = (
    Field("id", "slug", "Slug of the measure.", required=True),
    Field("type", "measure-type", "What kind of measure.", required=True),
    Field("label", "text", "The measure in our words.", required=True),
    Field("imposed_by", "entity", "Who imposed or granted it.", many=True),
    Field("applies_to", "entity", "To whom it applies.", required=True, many=True),
    Field("started_by", "event", "The event that put it in force."),
    Field("ended_by", "event", "The event that ended it."),
    Field("begin", "edtf", "When it came in force, if no event says so."),
    Field("end", "edtf", "When it ended, if no event says so."),
    Field("last_known_in_force", "day", "The last day on which a source knows it in force."),
    _NOTE,
    _EVIDENCE,
)

TENURES = (
    Field("id", "slug", "Slug of the tenure.", required=True),
    Field("holder", "entity", "Who holds the post.", required=True),
    Field("post", "post", "Which post.", required=True),
    Field("begin", "edtf", "When it began."),
    Field("end", "edtf", "When it ended."),
    Field("last_known_in_force", "day", "The last day on which a source knows the holder in office."),
    _NOTE,
    _EVIDENCE,
)

TIES = (
    Field("id", "slug", "Slug of the tie.", required=True),
    Field("type", "tie-type", "What kind of tie.", required=True),
    Field("label", "text", "The tie in our words."),
    Field("from", "entity", "Whose tie.", required=True, attribute="left"),
    Field("to", "entity", "To whom.", required=True, attribute="right"),
    _NOTE,
    _EVIDENCE,
)

JUDGEMENTS = (
    Field("id", "slug", "Slug of the judgement.", required=True),
    Field("left", "entity", "One id.", required=True),
    Field("right", "entity", "The other id.", required=True),
    Field("verdict", "word", "Whether they are the same.", required=True, words=VERDICTS),
    Field("reason", "text", "Why."),
)

SECTIONS: dict[str, tuple[Field, ...]] = {
    "mentions": MENTIONS,
    "events": EVENTS,
    "claims": CLAIMS,
    "measures": MEASURES,
    "tenures": TENURES,
    "ties": TIES,
    "judgements": JUDGEMENTS,
}


def json_schema(classes: list[str], measure_types: list[str], tie_types: list[str]) -> dict[str, Any]:
    """Describe the format as JSON Schema 2020-12, so that editors complete and check while one types."""
    words = {"class": classes, "measure-type": measure_types, "tie-type": tie_types}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A DiploKG dossier: everything that one source document says",
        "type": "object",
        "required": ["source"],
        "additionalProperties": False,
        "properties": {
            "source": _object(SOURCE, words),
            **{name: _or_empty({"type": "array", "items": _object(f, words)}) for name, f in SECTIONS.items()},
        },
    }


def _object(fields: tuple[Field, ...], words: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [f.key for f in fields if f.required],
        "properties": {f.key: _property(f, words) for f in fields},
    }


def _property(field: Field, words: dict[str, list[str]]) -> dict[str, Any]:
    value = _value(field, words)
    if field.many:
        value = {"type": "array", "items": value, **({"minItems": 1} if field.required else {})}
    return {**(value if field.required else _or_empty(value)), "description": field.doc}


def _or_empty(value: dict[str, Any]) -> dict[str, Any]:
    """Let nothing stand after the key, as the reader does."""
    if "enum" in value:
        return {**value, "enum": [*value["enum"], None]}
    kinds = value["type"] if isinstance(value["type"], list) else [value["type"]]
    return {**value, "type": [*kinds, "null"]}


def _value(field: Field, words: dict[str, list[str]]) -> dict[str, Any]:
    choices = field.words or words.get(field.kind, ())
    if choices:
        return {"enum": sorted(choices) if field.kind in words else list(choices)}
    match field.kind:
        case "passage" | "one-passage":
            return _object(PASSAGE, words)
        case "relative":
            return _object(RELATIVE, words)
        case "int":
            return {"type": ["integer", "string"], "pattern": "^[0-9]+$", "minimum": 0}
        case "flag":
            return {"enum": [True, False, "true", "false"]}
        case "sha256":
            return {"type": "string", "pattern": "^[0-9a-f]{64}$"}
        case "slug" | "entity" | "post" | "mentioned" | "event" | "claim":
            return {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}
        case "edtf" | "day":
            return {"type": ["string", "integer"]}
        case _:
            return {"type": ["string", "number"]}
