"""The model in, quads out: the one place that knows both our values and RDF.

Every function yields pyoxigraph quads with named nodes only. Literals keep the form written here; the canonical text of
a build is the sorted N-Quads of these quads, not what a store gives back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

from kg import dates, terms
from kg.dates import Window
from kg.model import (
    ENTITY_TYPES,
    Claim,
    Dossier,
    Entity,
    Event,
    Judgement,
    Measure,
    Mention,
    Passage,
    Post,
    Registers,
    Relative,
    Source,
    Tenure,
    Tie,
)
from kg.vocabulary import Vocabulary

Term = NamedNode | Literal
_OPEN = Window(None, None)


def schema_quads(files: Iterable[Path]) -> Iterator[Quad]:
    """Put the vocabulary and its alignments in the schema graph; only here may blank nodes stand.

    They are named after the file and the order in which they stand there, so the text is the same in every run.
    """
    graph = NamedNode(terms.SCHEMA_GRAPH)
    for file in files:
        known: dict[BlankNode, BlankNode] = {}
        for quad in parse(path=str(file), format=RdfFormat.TURTLE, rename_blank_nodes=False):
            subject, value = (
                known.setdefault(term, BlankNode(f"{file.stem}{len(known):04}"))
                if isinstance(term, BlankNode)
                else term
                for term in (quad.subject, quad.object)
            )
            yield Quad(subject, quad.predicate, value, graph)


def register_quads(registers: Registers) -> Iterator[Quad]:
    """Lift the registers into the entities graph."""
    for entity in registers.entities.values():
        yield from _entity(_Pen(terms.ENTITIES_GRAPH, entity.id), entity, registers)
    for post in registers.posts.values():
        yield from _post(_Pen(terms.ENTITIES_GRAPH, post.id), post)


def dossier_quads(
    dossier: Dossier, bounds: Mapping[str, Window], vocabulary: Vocabulary, registers: Registers
) -> Iterator[Quad]:
    """Lift one dossier into the graph of its document; `bounds` are the solved windows of its events."""
    source = dossier.source
    lift = _DossierLift(source, bounds, vocabulary, registers)
    yield from lift.source(dossier.mentions)
    for mention in dossier.mentions:
        yield from lift.mention(mention)
    for event in dossier.events:
        yield from lift.event(event)
    for claim in dossier.claims:
        yield from lift.claim(claim)
    for measure in dossier.measures:
        yield from lift.measure(measure)
    for tenure in dossier.tenures:
        yield from lift.tenure(tenure)
    for tie in dossier.ties:
        yield from lift.tie(tie)
    for judgement in dossier.judgements:
        yield from lift.judgement(judgement)


class _Pen:
    """Writes the properties of one node in one graph."""

    def __init__(self, graph: str, node: str) -> None:
        self.graph = NamedNode(graph)
        self.node = _id(node)

    def iri(self, predicate: str, *values: str) -> Iterator[Quad]:
        for value in values:
            if value:
                yield Quad(self.node, NamedNode(predicate), NamedNode(value), self.graph)

    def ids(self, predicate: str, *values: str) -> Iterator[Quad]:
        yield from self.iri(predicate, *(terms.ID + value for value in values if value))

    def text(self, predicate: str, value: str, language: str = "") -> Iterator[Quad]:
        if value:
            literal = Literal(value, language=language) if language else Literal(value)
            yield Quad(self.node, NamedNode(predicate), literal, self.graph)

    def typed(self, predicate: str, value: object, datatype: str) -> Iterator[Quad]:
        if value is not None and value != "":
            literal = Literal(str(value), datatype=NamedNode(datatype))
            yield Quad(self.node, NamedNode(predicate), literal, self.graph)

    def day(self, predicate: str, value: date | None) -> Iterator[Quad]:
        yield from self.typed(predicate, value.isoformat() if value else None, f"{terms.XSD}date")

    def integer(self, predicate: str, value: int) -> Iterator[Quad]:
        yield from self.typed(predicate, value, f"{terms.XSD}integer")

    def a(self, *classes: str) -> Iterator[Quad]:
        yield from self.iri(f"{terms.RDF}type", *classes)

    def label(self, text: str, language: str = "en") -> Iterator[Quad]:
        yield from self.text(f"{terms.RDFS}label", text, language)

    def comment(self, text: str) -> Iterator[Quad]:
        yield from self.text(f"{terms.RDFS}comment", text, "en")


def _entity(pen: _Pen, entity: Entity, registers: Registers) -> Iterator[Quad]:
    yield from pen.a(_dip(ENTITY_TYPES[entity.type]))
    yield from pen.label(entity.label)
    yield from pen.label(entity.label_es, "es")
    for alias in entity.aliases:
        language, text = ("es", alias[3:].strip()) if alias.startswith("es:") else ("en", alias)
        yield from pen.text(f"{terms.SKOS}altLabel", text, language)
    yield from pen.ids(_dip("partOf"), entity.part_of)
    if entity.part_of and _is_organization(entity.type) and _is_organization(registers.entities[entity.part_of].type):
        yield from pen.ids(f"{terms.ORG}subOrganizationOf", entity.part_of)
    if entity.wikidata:
        yield from pen.iri(f"{terms.SKOS}exactMatch", terms.WD + entity.wikidata)
    yield from pen.text(_dip("iso3"), entity.iso3)
    yield from pen.comment(entity.description)


def _is_organization(kind: str) -> bool:
    return kind not in ("person", "place", "group", "state")


def _post(pen: _Pen, post: Post) -> Iterator[Quad]:
    yield from pen.a(f"{terms.ORG}Post")
    yield from pen.label(post.label)
    yield from pen.label(post.label_es, "es")
    yield from pen.ids(f"{terms.ORG}postIn", post.organization)
    yield from pen.comment(post.description)


class _DossierLift:
    def __init__(
        self, source: Source, bounds: Mapping[str, Window], vocabulary: Vocabulary, registers: Registers
    ) -> None:
        self.document = source
        self.graph = terms.document_graph(source.id)
        self.bounds = bounds
        self.vocabulary = vocabulary
        self.registers = registers
        self.passages: set[str] = set()

    def pen(self, node: str) -> _Pen:
        return _Pen(self.graph, node)

    def source(self, mentions: tuple[Mention, ...]) -> Iterator[Quad]:
        document, pen = self.document, self.pen(self.document.id)
        yield from pen.a(_dip("Source"), f"{terms.SCHEMA}NewsArticle")
        yield from pen.label(document.title)
        yield from pen.ids(f"{terms.SCHEMA}publisher", document.publisher)
        yield from pen.ids(f"{terms.SCHEMA}author", *document.authors)
        yield from pen.ids(f"{terms.SCHEMA}contributor", *document.contributors)
        yield from pen.ids(f"{terms.SCHEMA}mentions", *(mention.entity for mention in mentions))
        yield from pen.text(f"{terms.SCHEMA}inLanguage", document.language)
        yield from pen.iri(f"{terms.SCHEMA}url", document.url)
        yield from pen.text(_dip("sha256"), document.sha256)
        yield from pen.text(_dip("fileName"), document.file)
        yield from pen.text(_dip("dateBasis"), document.published_basis)
        yield from pen.comment(document.license_note)
        published = dates.parse(document.published)
        yield from self._dated(pen, document.published, Window(published.earliest, published.latest))
        activity = self.pen(f"{document.id}-curation")
        yield from activity.a(f"{terms.PROV}Activity")
        yield from activity.label(f"Curation of the dossier {document.id}")
        yield from activity.ids(f"{terms.PROV}used", document.id)

    def _dated(self, pen: _Pen, edtf: str, window: Window) -> Iterator[Quad]:
        precision = dates.parse(edtf).precision if edtf else "unknown"
        yield from pen.typed(_dip("edtf"), edtf, f"{terms.EDTF}EDTF")
        yield from pen.text(_dip("datePrecision"), precision)
        yield from pen.day(f"{terms.SEM}hasEarliestBeginTimeStamp", window.earliest)
        yield from pen.day(f"{terms.SEM}hasLatestEndTimeStamp", window.latest)

    def mention(self, mention: Mention) -> Iterator[Quad]:
        pen = self.pen(f"{self.document.id}-mention-{mention.entity}")
        yield from pen.a(_dip("Mention"))
        yield from pen.ids(_dip("mentions"), mention.entity)
        yield from pen.text(_dip("mentionedAs"), mention.named_as, "en")
        yield from pen.ids(f"{terms.PROV}wasDerivedFrom", self._passage_id(mention.at))
        yield from self._passage(mention.at)

    def event(self, event: Event) -> Iterator[Quad]:
        pen = self.pen(event.id)
        yield from pen.a(_dip(event.event_class))
        yield from pen.label(event.label)
        for predicate, values in (
            (_dip("actor"), event.actor),
            (_dip("target"), event.target),
            (_dip("onBehalfOf"), event.on_behalf_of),
            (_dip("about"), event.about),
            (f"{terms.SEM}hasPlace", event.place),
            (f"{terms.SEM}subEventOf", event.part_of),
            (_dip("respondsTo"), event.responds_to),
            (_dip("proposes"), event.proposes),
            (_dip("asserts"), event.asserts),
            (_dip("denies"), event.denies),
        ):
            yield from pen.ids(predicate, *values)
        yield from pen.iri(_dip("factuality"), _dip(event.factuality))
        if event.summary:
            yield from pen.typed(_dip("aggregate"), "true", f"{terms.XSD}boolean")
        yield from self._dated(pen, event.date, self.bounds[event.id])
        yield from pen.text(_dip("dateBasis"), event.basis)
        yield from self._relative(pen, event)
        yield from self._codes(pen, event)
        yield from pen.comment(event.note)
        yield from self._evidence(pen, event.id, event.evidence)

    def _relative(self, pen: _Pen, event: Event) -> Iterator[Quad]:
        for phrase in event.relative:
            yield from pen.ids(_dip("after"), phrase.after)
            yield from pen.ids(_dip("before"), phrase.before)
            yield from pen.ids(_dip("sameDayAs"), phrase.same_day_as)
            yield from pen.ids(_dip("sameMonthAs"), phrase.same_month_as)
            yield from pen.text(_dip("weekday"), phrase.weekday)
            yield from self._offset(pen, event.id, phrase)

    def _offset(self, pen: _Pen, event: str, phrase: Relative) -> Iterator[Quad]:
        """Write the distance of a phrase, exact or bounded; after and before tell its direction."""
        anchor = phrase.after or phrase.before
        lengths = {"duration": phrase.days, "minimumDuration": phrase.at_least, "maximumDuration": phrase.at_most}
        if not anchor or all(days is None for days in lengths.values()):
            return
        offset = self.pen(f"{event}-offset-{anchor}")
        yield from pen.ids(_dip("offset"), f"{event}-offset-{anchor}")
        yield from offset.a(_dip("Offset"))
        yield from offset.ids(_dip("anchorEvent"), anchor)
        for name, days in lengths.items():
            if days is not None:
                yield from offset.typed(_dip(name), f"P{days}D", f"{terms.XSD}dayTimeDuration")

    def _codes(self, pen: _Pen, event: Event) -> Iterator[Quad]:
        declared = self.vocabulary.event_classes[event.event_class]
        if declared.plover:
            yield from pen.iri(_dip("plover"), terms.PLOVER + declared.plover)
        if declared.plover_mode:
            yield from pen.iri(_dip("ploverMode"), terms.PLOVER + declared.plover_mode)
        yield from pen.text(_dip("cameo"), event.cameo or declared.cameo)
        if declared.quad_class:
            yield from pen.integer(_dip("quadClass"), declared.quad_class)
        goldstein = self.vocabulary.goldstein(event.cameo) if event.cameo else declared.goldstein
        if goldstein:
            yield from pen.typed(_dip("goldstein"), goldstein, f"{terms.XSD}decimal")
            yield from pen.text(_dip("goldsteinScheme"), "CAMEO/ICEWS")

    def claim(self, claim: Claim) -> Iterator[Quad]:
        pen = self.pen(claim.id)
        yield from pen.a(_dip("Proposition"))
        yield from pen.label(claim.label)
        yield from pen.ids(_dip("about"), *claim.about)
        yield from pen.ids(_dip("proposes"), *claim.proposes)
        yield from pen.ids(_dip("contradicts"), *claim.contradicts)
        if claim.triple:
            subject, predicate, target = claim.triple
            yield from pen.a(f"{terms.RDF}Statement")
            yield from pen.ids(f"{terms.RDF}subject", subject)
            yield from pen.iri(f"{terms.RDF}predicate", terms.REL + predicate)
            yield from pen.ids(f"{terms.RDF}object", target)
        yield from pen.comment(claim.note)
        yield from self._evidence(pen, claim.id, claim.evidence)

    def measure(self, measure: Measure) -> Iterator[Quad]:
        pen = self.pen(measure.id)
        yield from pen.a(_dip("Measure"))
        yield from pen.iri(_dip("measureType"), _dip(measure.type))
        yield from pen.label(measure.label)
        yield from pen.ids(_dip("imposedBy"), *measure.imposed_by)
        yield from pen.ids(_dip("appliesTo"), *measure.applies_to)
        yield from pen.ids(_dip("startedBy"), measure.started_by)
        yield from pen.ids(_dip("endedBy"), measure.ended_by)
        begin = _window(measure.begin) if measure.begin else self.bounds.get(measure.started_by, _OPEN)
        end = _window(measure.end) if measure.end else self.bounds.get(measure.ended_by, _OPEN)
        yield from self._held(pen, begin, end, measure.last_known_in_force)
        yield from pen.comment(measure.note)
        yield from self._evidence(pen, measure.id, measure.evidence)

    def tenure(self, tenure: Tenure) -> Iterator[Quad]:
        pen = self.pen(tenure.id)
        post = self.registers.posts[tenure.post]
        yield from pen.a(_dip("Tenure"))
        yield from pen.label(f"{self.registers.entities[tenure.holder].label}, {post.label}")
        yield from pen.ids(f"{terms.ORG}member", tenure.holder)
        yield from pen.ids(_dip("post"), tenure.post)
        yield from pen.ids(f"{terms.ORG}organization", post.organization)
        yield from self._held(pen, _window(tenure.begin), _window(tenure.end), tenure.last_known_in_force)
        yield from pen.comment(tenure.note)
        yield from self._evidence(pen, tenure.id, tenure.evidence)

    def _held(self, pen: _Pen, begin: Window, end: Window, last_known: str) -> Iterator[Quad]:
        """Write the four bounds; what is known in force on a day had begun by that day."""
        known = [day for day in (begin.latest, date.fromisoformat(last_known) if last_known else None) if day]
        yield from pen.day(f"{terms.SEM}hasEarliestBeginTimeStamp", begin.earliest)
        yield from pen.day(f"{terms.SEM}hasLatestBeginTimeStamp", min(known, default=None))
        yield from pen.day(f"{terms.SEM}hasEarliestEndTimeStamp", end.earliest)
        yield from pen.day(f"{terms.SEM}hasLatestEndTimeStamp", end.latest)
        yield from pen.typed(_dip("lastKnownInForce"), last_known, f"{terms.XSD}date")

    def tie(self, tie: Tie) -> Iterator[Quad]:
        pen = self.pen(tie.id)
        names = self.registers.entities
        kind = self.vocabulary.labels.get(_dip(tie.type), tie.type)
        yield from pen.a(_dip("Tie"))
        yield from pen.iri(_dip("tieType"), _dip(tie.type))
        yield from pen.label(tie.label or f"{names[tie.left].label} – {kind} – {names[tie.right].label}")
        yield from pen.ids(_dip("tieFrom"), tie.left)
        yield from pen.ids(_dip("tieTo"), tie.right)
        yield from pen.comment(tie.note)
        yield from self._evidence(pen, tie.id, tie.evidence)

    def judgement(self, judgement: Judgement) -> Iterator[Quad]:
        pen = self.pen(judgement.id)
        yield from pen.a(_dip("IdentityJudgement"))
        yield from pen.label(f"{judgement.left} and {judgement.right}: {judgement.verdict.lower()}")
        yield from pen.ids(_dip("left"), judgement.left)
        yield from pen.ids(_dip("right"), judgement.right)
        yield from pen.iri(_dip("verdict"), _dip(judgement.verdict))
        yield from pen.comment(judgement.reason)

    def _evidence(self, pen: _Pen, subject: str, evidence: tuple[Passage, ...]) -> Iterator[Quad]:
        for passage in evidence:
            name = terms.minted("att", subject, self._passage_id(passage), passage.speaker)
            yield from pen.ids(_dip("attestedBy"), name)
            attestation = self.pen(name)
            yield from attestation.a(_dip("Attestation"))
            yield from attestation.ids(_dip("reportedBy"), self.document.publisher)
            yield from attestation.ids(_dip("attributedTo"), passage.speaker)
            yield from attestation.ids(f"{terms.PROV}wasDerivedFrom", self._passage_id(passage))
            yield from attestation.ids(f"{terms.PROV}wasGeneratedBy", f"{self.document.id}-curation")
            yield from self._passage(passage)

    def _passage_id(self, passage: Passage) -> str:
        return f"{self.document.id}-p{passage.paragraph}-{passage.start}-{passage.end}"

    def _passage(self, passage: Passage) -> Iterator[Quad]:
        name = self._passage_id(passage)
        if name in self.passages:
            return
        self.passages.add(name)
        pen, selector = self.pen(name), self.pen(f"{name}-selector")
        yield from pen.a(_dip("Passage"))
        yield from pen.ids(f"{terms.OA}hasSource", self.document.id)
        yield from pen.integer(_dip("paragraph"), passage.paragraph)
        yield from pen.text(_dip("sha256"), passage.sha256)
        yield from pen.ids(f"{terms.OA}hasSelector", f"{name}-selector")
        yield from selector.a(f"{terms.OA}TextPositionSelector")
        yield from selector.integer(f"{terms.OA}start", passage.start)
        yield from selector.integer(f"{terms.OA}end", passage.end)


def canonical(quads: Iterable[Quad]) -> list[str]:
    """Write quads of named graphs as sorted, distinct N-Quads lines: the same quads give the same bytes."""
    return sorted({f"{quad.subject} {quad.predicate} {quad.object} {quad.graph_name} .\n" for quad in quads})


def _window(edtf: str) -> Window:
    if not edtf:
        return _OPEN
    stated = dates.parse(edtf)
    return Window(stated.earliest, stated.latest)


def _dip(name: str) -> str:
    return terms.DIP + name


def _id(name: str) -> NamedNode:
    return NamedNode(terms.ID + name)
