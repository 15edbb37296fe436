"""Records in, N-Triples lines out: everything that a batch puts into its graph, written straight as text.

The text is made for `bulk_load`: no blank nodes, every value escaped, the same records give the same lines. An event
bears its narrowest class only; what all events of a kind share – a report, a count of reports – is one node.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Protocol
from urllib.parse import quote, urlsplit

from kg import dates, terms
from kg.feeds.records import (
    CodedEvent,
    EventMention,
    HeldOffice,
    ListedMeasure,
    ListedTie,
    Office,
    Party,
    Record,
    Report,
    Statement,
)
from kg.model import ENTITY_TYPES
from kg.vocabulary import Vocabulary

if TYPE_CHECKING:
    from kg.feeds.sums import Sums

A = f"<{terms.RDF}type>"
LABEL = f"<{terms.RDFS}label>"
COMMENT = f"<{terms.RDFS}comment>"
BEGIN = f"<{terms.SEM}hasEarliestBeginTimeStamp>"
BEGUN = f"<{terms.SEM}hasLatestBeginTimeStamp>"
ENDING = f"<{terms.SEM}hasEarliestEndTimeStamp>"
END = f"<{terms.SEM}hasLatestEndTimeStamp>"
GENERATED = f"<{terms.PROV}wasGeneratedBy>"
CODED_ACTOR = f"<{terms.DIP}codedActor>"
CODED_TARGET = f"<{terms.DIP}codedTarget>"
DERIVED = f"<{terms.PROV}wasDerivedFrom>"
URL = f"<{terms.SCHEMA}url>"
XSD_DATE = f"<{terms.XSD}date>"
XSD_INTEGER = f"<{terms.XSD}integer>"
XSD_DECIMAL = f"<{terms.XSD}decimal>"

_TO_ESCAPE = re.compile(r'[\x00-\x1f"\\\x7f]')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_PLAIN_URL = re.compile(
    r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:[/?#](?:[A-Za-z0-9._~:/?#@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?"
)
_LOCAL = re.compile(r"[A-Za-z0-9._~-]+")


class Judgement(Protocol):
    """That a party is, or is not, an entity of the registers; see `kg.feeds.actors.Judged`."""

    @property
    def entity(self) -> str: ...  # noqa: D102
    @property
    def verdict(self) -> str: ...  # noqa: D102
    @property
    def score(self) -> str: ...  # noqa: D102
    @property
    def method(self) -> str: ...  # noqa: D102
    @property
    def reason(self) -> str: ...  # noqa: D102
    @property
    def begin(self) -> date | None: ...  # noqa: D102
    @property
    def end(self) -> date | None: ...  # noqa: D102


class Resolution(Protocol):
    """What became of a party; see `kg.feeds.actors.Resolution`."""

    @property
    def entity(self) -> str: ...  # noqa: D102
    @property
    def part_of(self) -> str: ...  # noqa: D102
    @property
    def iso3(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def judgements(self) -> Iterable[Judgement]: ...  # noqa: D102


Resolve = Callable[[Party], Resolution]


@dataclass(frozen=True, slots=True)
class Batch:
    """The name of a batch: its feed, its own name, its graph and the node of its import."""

    feed: str
    name: str

    @property
    def graph(self) -> str:
        """The graph that holds everything of the batch."""
        return f"{terms.GRAPH}feed/{self.feed}/{self.name}"

    @property
    def node(self) -> str:
        """The local name of the import."""
        return f"{self.feed}-import-{self.name}"


@dataclass(slots=True)
class Edge:
    """What a direct edge of a batch rests on: how many events, the first and the last day."""

    count: int = 0
    first: str = ""
    last: str = ""


class Writer:
    """Writes the records of one batch; `edges`, `counts` and, if there are, `sums` grow while it does."""

    def __init__(self, batch: Batch, resolve: Resolve, words: Vocabulary, sums: Sums | None = None) -> None:
        self.batch = batch
        self.sums = sums
        self.import_node = f"<{terms.ID}{batch.node}>"
        self.edges: dict[tuple[str, str, str], Edge] = {}
        self.counts: dict[str, int] = dict.fromkeys(
            ("events", "mentions", "measures", "tenures", "ties", "statements", "parties", "resolved", "quads"), 0
        )
        self._resolve = resolve
        self._words = words
        self._names: dict[str, str] = {}  # id of a party → its IRI, or that of the entity it was judged to be
        self.parties: list[Party] = []
        self._coded: dict[str, str] = {}  # id of a party that was judged to be an entity → its own IRI
        self._known: set[str] = set()  # shared nodes already written
        self._posts: dict[str, str] = {}
        self._in: dict[str, str] = {}  # id of a post → id of the party it is in
        self._predicates = {name: (each.direct_predicate, each.symmetric) for name, each in words.event_classes.items()}

    def node(self, party: str) -> str:
        """The IRI of a party that was written: its own, or that of the entity it was judged to be."""
        return self._names[party]

    def write(self, records: Iterable[Record]) -> Iterator[str]:
        """Write records as N-Triples, a piece of text for each; parties must come before the records that name them."""
        for record in records:
            if isinstance(record, CodedEvent):
                yield self.event(record)
            else:
                yield self._WRITERS[type(record)](self, record)

    # ---- events ----------------------------------------------------------------------------------------------

    def event(self, event: CodedEvent) -> str:
        """Write one event and, where they are new, its reports and its counts."""
        names = self._names
        node = iri(event.id)
        symmetric = self._predicates[event.event_class][1]
        actors = list(dict.fromkeys(names[each] for each in event.actor))
        targets = list(dict.fromkeys(names[each] for each in event.target))
        acting, aimed = event.actor, event.target
        if symmetric and event.target:
            actors, targets = [*actors, *(each for each in targets if each not in actors)], []
            acting, aimed = (*acting, *aimed), ()
        earliest, latest = bounds(event.date)
        self.counts["events"] += 1
        text = [
            f"{node} {A} <{terms.DIP}{event.event_class}> .\n"
            f"{node} {LABEL} {literal(event.label)}@en .\n"
            f"{node} <{terms.DIP}factuality> <{terms.DIP}{event.factuality}> .\n"
        ]
        text += [f"{node} <{terms.DIP}actor> {each} .\n" for each in actors]
        text += [f"{node} <{terms.DIP}target> {each} .\n" for each in targets]
        if coded := self._coded:
            text += [f"{node} {CODED_ACTOR} {coded[each]} .\n" for each in acting if each in coded]
            text += [f"{node} {CODED_TARGET} {coded[each]} .\n" for each in aimed if each in coded]
            if event.place:
                text.append(self._as_coded(node, *event.place, role="Place"))
            if event.on_behalf_of or event.about:
                text.append(self._as_coded(node, *event.on_behalf_of, *event.about))
        if earliest:
            text.append(f'{node} {BEGIN} "{earliest}"^^{XSD_DATE} .\n')
        if latest:
            text.append(f'{node} {END} "{latest}"^^{XSD_DATE} .\n')
        if event.date and earliest != latest:
            text.append(f"{node} <{terms.DIP}edtf> {literal(event.date)}^^<{terms.EDTF}EDTF> .\n")
        if event.cameo:
            text.append(f'{node} <{terms.DIP}cameo> "{event.cameo}" .\n')
        if event.quad_class:
            text.append(f'{node} <{terms.DIP}quadClass> "{event.quad_class}"^^{XSD_INTEGER} .\n')
        if event.goldstein:
            text.append(
                f'{node} <{terms.DIP}goldstein> "{event.goldstein}"^^{XSD_DECIMAL} .\n'
                f'{node} <{terms.DIP}goldsteinScheme> "{event.scheme}" .\n'
            )
        if event.plover:
            text.append(f"{node} <{terms.DIP}plover> <{terms.PLOVER}{event.plover}> .\n")
        for property_, ids in (
            (f"<{terms.DIP}onBehalfOf>", event.on_behalf_of),
            (f"<{terms.DIP}about>", event.about),
            (f"<{terms.SEM}hasPlace>", event.place),
        ):
            text += [f"{node} {property_} {names[each]} .\n" for each in ids]
        text += [f"{node} <{terms.SEM}subEventOf> {iri(each)} .\n" for each in event.part_of]
        if event.note:
            text.append(f"{node} {COMMENT} {literal(event.note)}@en .\n")
        if event.mentions or event.sources or event.articles:
            text.append(self._report_count(node, event.mentions, event.sources, event.articles))
        text += [self._report(node, each) for each in event.reports]
        if event.factuality == "Actual":
            self.edges_of(event.event_class, actors, targets, earliest, latest)
            if self.sums is not None:
                self.sums.add(
                    actors, targets, [names[each] for each in event.on_behalf_of], (earliest, latest),
                    event.quad_class, event.plover, event.goldstein, event.scheme if event.goldstein else "",
                    event.mentions,
                )  # fmt: skip
        return "".join(text)

    def edges_of(self, event_class: str, actors: Sequence[str], targets: Sequence[str], first: str, last: str) -> None:
        """Count the direct edges that follow from one actual event between two days."""
        predicate, symmetric = self._predicates[event_class]
        for actor in actors if predicate else ():
            for other in actors if symmetric else targets:
                if other != actor:
                    self._edge(actor, predicate, other, first, last)

    def _edge(self, actor: str, predicate: str, other: str, first: str, last: str) -> None:
        edge = self.edges.get((actor, predicate, other))
        if edge is None:
            edge = self.edges[actor, predicate, other] = Edge()
        edge.count += 1
        if first and (not edge.first or first < edge.first):
            edge.first = first
        if last > edge.last:
            edge.last = last

    def _report_count(self, node: str, mentions: int, sources: int, articles: int) -> str:
        name = f"<{terms.ID}reports-{mentions}-{sources}-{articles}>"
        text = f"{node} <{terms.DIP}reportCount> {name} .\n"
        if name in self._known:
            return text
        self._known.add(name)
        told = (("mentionCount", mentions), ("sourceCount", sources), ("articleCount", articles))
        text += f"{name} {A} <{terms.DIP}ReportCount> .\n"
        return text + "".join(
            f'{name} <{terms.DIP}{what}> "{count}"^^{XSD_INTEGER} .\n' for what, count in told if count
        )

    def _statement(self, statement: Statement) -> str:
        self.counts["statements"] += 1
        return statement.text

    def _mention(self, mention: EventMention) -> str:
        self.counts["mentions"] += 1
        return self._report(iri(mention.event), mention.report)

    def _report(self, node: str, report: Report) -> str:
        """Write that a report attests something; a report that several events share is one attestation."""
        key = f"{report.publisher}\t{report.url}\t{report.confidence}\t{report.parsed}"
        file = report.at.file.rpartition("/")[2]  # where it lay says nothing, and differs from machine to machine
        if not report.url:
            key += f"\t{report.at.key or report.at.line}\t{file}"
        name = f"<{terms.ID}{self.batch.feed}-report-{_digest(key)}>"
        text = f"{node} <{terms.DIP}attestedBy> {name} .\n"
        if name in self._known:
            return text
        self._known.add(name)
        text += f"{name} {A} <{terms.DIP}FeedReport> .\n{name} {GENERATED} {self.import_node} .\n"
        if report.publisher:
            publisher, told = self._publisher(report.publisher)
            text += f"{told}{name} <{terms.DIP}reportedBy> {publisher} .\n{self._as_coded(name, report.publisher)}"
        if report.url:
            text += f"{name} {URL} {address(report.url)} .\n"
        if report.published:
            text += f"{name} <{terms.DIP}edtf> {literal(report.published)}^^<{terms.EDTF}EDTF> .\n"
        if report.confidence:
            text += f'{name} <{terms.DIP}confidence> "{report.confidence}"^^{XSD_DECIMAL} .\n'
        if report.parsed:
            text += f'{name} <{terms.DIP}parsedFromProse> "true"^^<{terms.XSD}boolean> .\n'
        if not report.url:
            where = f"{file}:{report.at.line}" if report.at.line else file
            text += f"{name} <{terms.DIP}row> {literal(f'{where} {report.at.key}'.strip())} .\n"
        return text

    def _publisher(self, name: str) -> tuple[str, str]:
        """The publisher of reports as an entity of the feed: one that was a party, or one by its name."""
        if name in self._names:
            return self._names[name], ""
        node = iri(f"{self.batch.feed}-source-{local(name)}")
        if node in self._known:
            return node, ""
        self._known.add(node)
        kinds = "".join(f"{node} {A} <{terms.DIP}{each}> .\n" for each in ("Publisher", "Organization", "Entity"))
        return node, f"{kinds}{node} {LABEL} {literal(name)}@en .\n"

    # ---- parties ---------------------------------------------------------------------------------------------

    def _party(self, party: Party) -> str:
        if party.id in self._names:
            return ""
        found = self._resolve(party)
        node = iri(party.id)
        self.counts["parties"] += 1
        self.counts["resolved"] += bool(found.entity)
        self._names[party.id] = iri(found.entity) if found.entity else node
        self.parties.append(party)
        if found.entity:
            self._coded[party.id] = node
        text = f"{node} {LABEL} {literal(party.label)}@en .\n"
        text += "".join(f"{node} <{terms.DIP}code> {literal(f'{scheme}:{code}')} .\n" for scheme, code in party.codes)
        text += "".join(f"{node} <{terms.SKOS}altLabel> {_tagged(alias)} .\n" for alias in party.aliases)
        if found.entity:
            text += f"{node} {A} <{terms.DIP}CodedParty> .\n"
        else:
            kind = ENTITY_TYPES.get(party.kind or found.kind, "Entity")
            text += "".join(
                f"{node} {A} <{terms.DIP}{each}> .\n" for each in (kind, *self._words.superclasses.get(kind, ()))
            )
            whole = self._names.get(party.part_of) or (iri(found.part_of) if found.part_of else "")
            if whole and whole != node:
                text += f"{node} <{terms.DIP}partOf> {whole} .\n"
            if found.iso3 and kind == "Country":
                text += f'{node} <{terms.DIP}iso3> "{found.iso3}" .\n'
            if party.description:
                text += f"{node} {COMMENT} {literal(party.description)}@en .\n"
        return text + "".join(self._judgement(party, each) for each in found.judgements)

    def _as_coded(self, node: str, *parties: str, role: str = "") -> str:
        """Keep who it was, where a party is written as the entity it was judged to be: so a judgement can be undone."""
        name = f"<{terms.DIP}coded{role}>"
        return "".join(f"{node} {name} {self._coded[each]} .\n" for each in parties if each in self._coded)

    def _judgement(self, party: Party, judged: Judgement) -> str:
        held = f"-office-{judged.begin or ''}".rstrip("-") if judged.method == "office" else ""
        node = iri(f"judgement-{party.id}-{judged.entity}{held}")
        days = ((BEGIN, judged.begin), (END, judged.end))
        lasting = "".join(f'{node} {name} "{day}"^^{XSD_DATE} .\n' for name, day in days if day)
        verdict = {"Positive": "is", "Negative": "is not"}.get(judged.verdict, "may be")
        return (
            f"{node} {A} <{terms.DIP}IdentityJudgement> .\n"
            f"{node} {LABEL} {literal(f'{party.label} {verdict} {judged.entity}')}@en .\n"
            f"{node} <{terms.DIP}left> {iri(party.id)} .\n"
            f"{node} <{terms.DIP}right> {iri(judged.entity)} .\n"
            f"{node} <{terms.DIP}verdict> <{terms.DIP}{judged.verdict}> .\n"
            f'{node} <{terms.DIP}score> "{judged.score}"^^{XSD_DECIMAL} .\n'
            f"{node} <{terms.DIP}method> {literal(judged.method)} .\n"
            f"{node} {COMMENT} {literal(judged.reason)}@en .\n"
            f"{node} {GENERATED} {self.import_node} .\n{lasting}"
        )

    def offices(self, find: Callable[[Party, date, date], Iterable[Judgement]]) -> Iterator[str]:
        """Write who held the offices that parties are named by, on the days of the direct edges of each."""
        days: dict[str, tuple[str, str]] = {}
        for (actor, _, other), edge in self.edges.items():
            for node in (actor, other) if edge.first and edge.last else ():
                first, last = days.get(node, (edge.first, edge.last))
                days[node] = min(first, edge.first), max(last, edge.last)
        for party in self.parties:
            if party.id not in self._coded and (span := days.get(self._names[party.id])):
                found = find(party, *map(date.fromisoformat, span))
                yield from (self._judgement(party, each) for each in found)

    # ---- states ----------------------------------------------------------------------------------------------

    def _measure(self, measure: ListedMeasure) -> str:
        node = iri(measure.id)
        self.counts["measures"] += 1
        text = self._state(node, "Measure", measure.label, measure.note)
        text += f"{node} <{terms.DIP}measureType> <{terms.DIP}{measure.type}> .\n"
        text += "".join(f"{node} <{terms.DIP}imposedBy> {self._names[each]} .\n" for each in measure.imposed_by)
        text += "".join(f"{node} <{terms.DIP}appliesTo> {self._names[each]} .\n" for each in measure.applies_to)
        text += self._as_coded(node, *measure.imposed_by, role="Actor")
        text += self._as_coded(node, *measure.applies_to, role="Target")
        text += "".join(f"{node} <{terms.DIP}program> {literal(each)} .\n" for each in measure.programs)
        text += self._held(node, measure.begin, measure.end, measure.last_known_in_force)
        return text + "".join(self._report(node, each) for each in measure.reports)

    def _office(self, office: Office) -> str:
        node = iri(office.id)
        if office.id in self._posts:
            return ""
        organization = self._posts[office.id] = self._names[office.organization]
        self._in[office.id] = office.organization
        text = f"{node} {A} <{terms.ORG}Post> .\n{node} {LABEL} {literal(office.label)}@en .\n"
        text += f"{node} <{terms.ORG}postIn> {organization} .\n{self._as_coded(node, office.organization)}"
        return text + (f"{node} {COMMENT} {literal(office.description)}@en .\n" if office.description else "")

    def _tenure(self, held: HeldOffice) -> str:
        node, holder, organization = iri(held.id), self._names[held.holder], self._posts[held.post]
        self.counts["tenures"] += 1
        text = self._state(node, "Tenure", held.label, held.note)
        text += f"{node} <{terms.ORG}member> {holder} .\n{node} <{terms.DIP}post> {iri(held.post)} .\n"
        text += f"{node} <{terms.ORG}organization> {organization} .\n"
        text += self._as_coded(node, held.holder, role="Actor")
        text += self._as_coded(node, self._in[held.post], role="Target")
        text += self._held(node, held.begin, held.end, held.last_known_in_force)
        self.state_edge(holder, "holdsOfficeIn", organization)
        return text + "".join(self._report(node, each) for each in held.reports)

    def _tie(self, tie: ListedTie) -> str:
        node, left, right = iri(tie.id), self._names[tie.left], self._names[tie.right]
        self.counts["ties"] += 1
        text = self._state(node, "Tie", tie.label, tie.note)
        text += f"{node} <{terms.DIP}tieType> <{terms.DIP}{tie.type}> .\n"
        text += f"{node} <{terms.DIP}tieFrom> {left} .\n{node} <{terms.DIP}tieTo> {right} .\n"
        text += self._as_coded(node, tie.left, role="Actor") + self._as_coded(node, tie.right, role="Target")
        text += self._held(node, tie.begin, tie.end, "")
        self.state_edge(left, self._words.tie_predicates[tie.type], right)
        return text + "".join(self._report(node, each) for each in tie.reports)

    def _state(self, node: str, kind: str, label: str, note: str) -> str:
        text = "".join(f"{node} {A} <{terms.DIP}{each}> .\n" for each in (kind, "State"))
        text += f"{node} {LABEL} {literal(label)}@en .\n"
        return text + (f"{node} {COMMENT} {literal(note)}@en .\n" if note else "")

    def _held(self, node: str, begin: str, end: str, last_known: str) -> str:
        """Write the four bounds; what is known in force on a day had begun by that day."""
        first, begun = bounds(begin)
        ending, last = bounds(end)
        begun = min(filter(None, (begun, last_known)), default="")
        known = f"<{terms.DIP}lastKnownInForce>"
        told = ((BEGIN, first), (BEGUN, begun), (ENDING, ending), (END, last), (known, last_known))
        return "".join(f'{node} {name} "{day}"^^{XSD_DATE} .\n' for name, day in told if day)

    def state_edge(self, left: str, predicate: str, right: str) -> None:
        """Note the direct edge that follows from a state."""
        if left != right:
            self.edges.setdefault((left, predicate, right), Edge())

    # ---- what closes a batch ---------------------------------------------------------------------------------

    def closing(self) -> Iterator[str]:
        """Write the direct edges of the batch, each with what it rests on, and what its events sum up to."""
        graph = self.batch.graph
        for (subject, predicate, target), edge in self.edges.items():
            node = iri(terms.minted("edge", subject, predicate, target, graph))
            text = (
                f"{subject} <{terms.REL}{predicate}> {target} .\n"
                f"{node} {A} <{terms.DIP}DerivedEdge> .\n"
                f"{node} {A} <{terms.RDF}Statement> .\n"
                f"{node} <{terms.RDF}subject> {subject} .\n"
                f"{node} <{terms.RDF}predicate> <{terms.REL}{predicate}> .\n"
                f"{node} <{terms.RDF}object> {target} .\n"
                f"{node} <{terms.DIP}status> <{terms.DIP}Asserted> .\n"
                f'{node} <{terms.DIP}eventCount> "{edge.count}"^^{XSD_INTEGER} .\n'
                f"{node} {DERIVED} {self.import_node} .\n"
            )
            if edge.first:
                text += f'{node} {BEGIN} "{edge.first}"^^{XSD_DATE} .\n'
            if edge.last:
                text += f'{node} {END} "{edge.last}"^^{XSD_DATE} .\n'
            yield text
        if self.sums is not None:
            labels: dict[str, str] = {}
            for party in self.parties:
                labels.setdefault(self._names[party.id], party.label)
            yield from self.sums.text(self.batch, self.edges, labels)

    _WRITERS: ClassVar[dict[type, Callable[..., str]]] = {
        Party: _party,
        CodedEvent: event,
        EventMention: _mention,
        Statement: _statement,
        ListedMeasure: _measure,
        Office: _office,
        HeldOffice: _tenure,
        ListedTie: _tie,
    }


def iri(local_name: str) -> str:
    """Write the IRI of a local name; what may not stand in one is escaped by its bytes.

    >>> iri("gdelt-1"), iri("x y>")
    ('<https://w3id.org/diplokg/id/gdelt-1>', '<https://w3id.org/diplokg/id/x%20y%3E>')
    """
    return f"<{terms.ID}{local_name if _LOCAL.fullmatch(local_name) else quote(local_name, safe='._~-')}>"


def mentions(counts: Iterable[str]) -> int:
    """How many mentions the shared nodes of counts stand for, which an event names.

    >>> mentions(["<https://w3id.org/diplokg/id/reports-18-3-18>"]), mentions([])
    (18, 0)
    """
    return sum(int(each.rpartition("/reports-")[2].partition("-")[0]) for each in counts)


def literal(text: str) -> str:
    r"""Write a literal, without tag or datatype.

    >>> literal('a "b"\n')
    '"a \\"b\\"\\n"'
    """
    return f'"{_TO_ESCAPE.sub(_escaped, text)}"' if _TO_ESCAPE.search(text) else f'"{text}"'


def _escaped(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04X}"


def _tagged(alias: str) -> str:
    return f"{literal(alias[3:])}@{alias[:2]}" if alias[2:3] == ":" and alias[:2].islower() else f"{literal(alias)}@en"


def address(url: str) -> str:
    """Write the address of a report: as an IRI where it is a plain http(s) address, else as text.

    >>> address("http://example.org/a?b=1"), address("http://[x")
    ('<http://example.org/a?b=1>', '"http://[x"')
    """
    return f"<{url}>" if _PLAIN_URL.fullmatch(url) else literal(url)


def domain(url: str) -> str:
    """The host of an address, without `www.`; empty if it has none.

    >>> domain("https://www.example.org:80/a")
    'example.org'
    """
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def local(text: str) -> str:
    """Write a name as a part of a local name; names that leave little are told apart by a digest.

    >>> local("tvperu.gob.pe"), local("BBC Monitoring")
    ('tvperu.gob.pe', 'bbc-monitoring')
    """
    plain = "-".join(re.findall(r"[a-z0-9.]+", text.lower())).strip(".")
    if plain and text.isascii() and len(plain) <= 80:
        return plain
    return f"{plain[:40].strip('-.')}-{_digest(text)}".lstrip("-")


@lru_cache(1 << 16)
def bounds(edtf: str) -> tuple[str, str]:
    """The first and the last day of a date, as YYYY-MM-DD; empty where open."""
    if not edtf:
        return "", ""
    found = dates.parse(edtf)
    return (
        found.earliest.isoformat() if found.earliest else "",
        found.latest.isoformat() if found.latest else "",
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
