"""The ontology as software: each term defined, each shape and rule seen to fail, no contradiction in the logic.

An example is checked as a build is: vocabulary in the schema graph, the example beside `base.ttl`, superclass
types materialised, then all shapes and all rules. A valid example breaks nothing; an invalid one breaks exactly
what its first lines name, at exactly the nodes they name.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import owlrl
import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import OWL, RDF, RDFS, SH, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.terms import PREFIXES

ROOT = Path(__file__).parent.parent
ONTOLOGY = ROOT / "ontology"
EXAMPLES = ONTOLOGY / "examples"
DIP, REL, PLOVER, ID = (Namespace(PREFIXES[prefix]) for prefix in ("dip", "rel", "plover", "id"))
HERE = URIRef("https://w3id.org/diplokg/ns")
SCHEMA_GRAPH = ox.NamedNode(PREFIXES["graph"] + "schema")
EXAMPLE_GRAPH = ox.NamedNode(PREFIXES["graph"] + "doc/example")
DERIVED_GRAPH = ox.NamedNode(PREFIXES["graph"] + "derived")
FEED_GRAPHS = PREFIXES["graph"] + "feed/"
ABSTRACT = {DIP.Event, DIP.SpeechAct, DIP.Interaction, DIP.MaterialAct}
UNCODED_ON_PURPOSE = {DIP.Wrongdoing}
TERM = re.compile(r"(?<![\w:/#-])(?:dip|rel|plover):[A-Za-z][\w-]*")


# ---------------------------------------------------------------- reading


@cache
def turtle(*names: str) -> Graph:
    graph = Graph()
    for name in names:
        graph.parse(ONTOLOGY / f"{name}.ttl")
    return graph


def terms() -> set[URIRef]:
    return {s for s in turtle("core").subjects(RDFS.isDefinedBy, HERE) if isinstance(s, URIRef)}


def short(term: object) -> str:
    for prefix, namespace in PREFIXES.items():
        if str(term).startswith(namespace):
            return f"{prefix}:{str(term).removeprefix(namespace)}"
    return str(term)


def expand(curie: str) -> URIRef:
    prefix, _, name = curie.partition(":")
    return URIRef(PREFIXES[prefix] + name)


def without_comments(text: str) -> str:
    """Cut comment lines and quoted text, so that only names are left."""
    return re.sub(r'"[^"\n]*"', '""', re.sub(r"(?m)^\s*#.*$", "", text))


def ours(iri: URIRef) -> bool:
    return any(str(iri).startswith(str(namespace)) for namespace in (DIP, REL, PLOVER))


def named(*texts: str) -> set[URIRef]:
    """Every dip:, rel: or plover: name in some Turtle or SPARQL."""
    return {expand(curie) for text in texts for curie in TERM.findall(without_comments(text))}


def rule_files() -> list[Path]:
    return sorted((ONTOLOGY / "rules").glob("*.rq"))


def question_files() -> list[Path]:
    return sorted((ONTOLOGY / "questions").glob("*.rq"))


def example_files() -> list[Path]:
    return sorted(file for file in EXAMPLES.rglob("*") if file.suffix in (".ttl", ".trig"))


def node_shapes() -> set[URIRef]:
    return {s for s in turtle("shapes").subjects(RDF.type, SH.NodeShape) if isinstance(s, URIRef)}


def property_shapes() -> dict[URIRef, URIRef]:
    """Each property shape with the node shape it belongs to."""
    return {
        part: whole
        for whole in node_shapes()
        for part in turtle("shapes").objects(whole, SH.property)
        if isinstance(part, URIRef)
    }


@dataclass(frozen=True)
class Example:
    """One example file and what its first lines promise."""

    path: Path
    passes: frozenset[str]
    fails: frozenset[str]
    at: frozenset[str]
    on: str

    def files(self) -> list[Path]:
        below = [EXAMPLES / "valid" / f"{self.on}.ttl"] if self.on else []
        return [EXAMPLES / "base.ttl", *below, self.path]


def examples(kind: str) -> list[Example]:
    return [read_example(file) for file in example_files() if file.parent.name == kind]


def read_example(file: Path) -> Example:
    text = file.read_text(encoding="utf-8")

    def words(key: str) -> list[str]:
        return " ".join(re.findall(rf"(?m)^# {key}: (.*)$", text)).split()

    on = words("on")
    return Example(
        file, frozenset(words("passes")), frozenset(words("fails")), frozenset(words("at")), on[0] if on else ""
    )


# ---------------------------------------------------------------- checking, as a build does


def quads_of(file: Path) -> Iterator[ox.Quad]:
    trig = file.suffix == ".trig"
    for quad in ox.parse(path=str(file), format=ox.RdfFormat.TRIG if trig else ox.RdfFormat.TURTLE):
        yield quad if trig else ox.Quad(quad.subject, quad.predicate, quad.object, EXAMPLE_GRAPH)


@cache
def schema_quads() -> tuple[ox.Quad, ...]:
    return tuple(
        ox.Quad(quad.subject, quad.predicate, quad.object, SCHEMA_GRAPH)
        for name in ("core", "alignments")
        for quad in ox.parse(path=str(ONTOLOGY / f"{name}.ttl"), format=ox.RdfFormat.TURTLE)
    )


@cache
def superclasses(iri: str) -> frozenset[str]:
    chain = turtle("core").transitive_objects(URIRef(iri), RDFS.subClassOf)
    return frozenset(str(c) for c in chain if str(c).startswith(DIP) and str(c) != iri)


def with_superclasses(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    kind = ox.NamedNode(str(RDF.type))
    for quad in quads:
        yield quad
        if isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value.startswith(FEED_GRAPHS):
            continue  # what a feed holds bears its narrowest class only
        if quad.predicate == kind and isinstance(quad.object, ox.NamedNode):
            for parent in superclasses(quad.object.value):
                yield ox.Quad(quad.subject, kind, ox.NamedNode(parent), DERIVED_GRAPH)


def example_quads(example: Example) -> list[ox.Quad]:
    return list(with_superclasses(quad for file in example.files() for quad in quads_of(file)))


def as_graph(quads: Iterable[ox.Quad]) -> Graph:
    triples = {ox.Triple(quad.subject, quad.predicate, quad.object) for quad in quads}
    text = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    assert text is not None
    return Graph().parse(data=text, format="nt")


def ask(store: ox.Store, query: str) -> list[tuple[str, ...]]:
    answer = store.query(query, use_default_graph_as_union=True, prefixes=PREFIXES)
    assert isinstance(answer, ox.QuerySolutions)
    return [tuple("" if value is None else getattr(value, "value", str(value)) for value in row) for row in answer]


def broken_rules(quads: Iterable[ox.Quad]) -> Iterator[tuple[str, str]]:
    store = ox.Store()
    store.extend([*schema_quads(), *quads])
    for file in rule_files():
        for row in ask(store, file.read_text(encoding="utf-8")):
            yield f"rules/{file.stem}", short(row[0])


def violations(graph: Graph, **options: Any) -> Iterator[tuple[URIRef, Node]]:
    """Each violated property shape with its focus node."""
    _, report, _ = pyshacl.validate(
        graph, shacl_graph=turtle("shapes"), advanced=False, inference="none", do_owl_imports=False, **options
    )
    assert isinstance(report, Graph)
    for result in report.subjects(RDF.type, SH.ValidationResult):
        shape, node = report.value(result, SH.sourceShape), report.value(result, SH.focusNode)
        assert isinstance(shape, URIRef) and node is not None
        yield shape, node


def broken_shapes(quads: Iterable[ox.Quad]) -> Iterator[tuple[str, str]]:
    owners = property_shapes()
    for shape, node in violations(as_graph(quads)):
        yield short(owners.get(shape, shape)), short(node)


def breaks(example: Example) -> set[tuple[str, str]]:
    """Everything an example breaks: name of shape or rule, and node."""
    quads = example_quads(example)
    return {*broken_rules(quads), *broken_shapes(quads)}


# ---------------------------------------------------------------- terms


def test_the_vocabulary_is_all_there() -> None:
    core = turtle("core")
    assert len(set(core.subjects(RDF.type, OWL.Class))) >= 70
    assert len(set(core.subjects(RDF.type, OWL.ObjectProperty))) >= 95
    assert len(set(core.subjects(RDF.type, OWL.DatatypeProperty))) >= 18
    assert len(set(core.subjects(RDF.type, SKOS.Concept))) >= 55
    assert len(rule_files()) >= 50 and len(node_shapes()) >= 20 and len(property_shapes()) >= 75


def test_every_term_has_label_definition_and_example() -> None:
    core = turtle("core")
    lacking = []
    for term in sorted(terms() | {s for s in core.subjects(RDF.type) if isinstance(s, URIRef)} - {HERE}):
        english = [
            [v for v in core.objects(term, p) if isinstance(v, Literal) and v.language == "en"]
            for p in (RDFS.label, SKOS.definition)
        ]
        if not (
            all(len(found) == 1 for found in english)
            and core.value(term, SKOS.example)
            and core.value(term, RDFS.isDefinedBy) == HERE
        ):
            lacking.append(short(term))
    assert len(terms()) >= 240
    assert lacking == [], "each term needs one English label and definition, an example and rdfs:isDefinedBy"


def test_definitions_are_sentences_of_their_own() -> None:
    core = turtle("core")
    told = {term: str(core.value(term, SKOS.definition)) for term in terms()}
    assert [short(t) for t, text in told.items() if not re.fullmatch(r"[A-Z].*\.", text)] == []
    assert [short(t) for t, text in told.items() if len(text) > 200] == []


def test_every_example_in_a_definition_is_turtle_about_its_term() -> None:
    core = turtle("core")
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    for term in sorted(terms()):
        text = str(core.value(term, SKOS.example))
        shown = Graph().parse(data=prefixes + text, format="turtle")
        assert term in {part for triple in shown for part in triple}, f"{short(term)}: {text}"
        assert named(text) <= terms(), text


def test_every_term_is_used_or_reserved() -> None:
    core = turtle("core")
    used = named(*(file.read_text(encoding="utf-8") for file in [*rule_files(), *example_files()]))
    used |= named((ONTOLOGY / "shapes.ttl").read_text(encoding="utf-8"))
    reserved = set(core.subjects(DIP.maturity, Literal("reserved")))
    for_curators = set(core.subjects(DIP.claimOnly, Literal(True)))
    declared = {o for s, p, o in core if s not in reserved and p != RDFS.isDefinedBy} | set(core.predicates())
    idle = terms() - used - declared - reserved - for_curators
    assert {short(t) for t in idle} == set(), 'use the term in an example, or add dip:maturity "reserved"'
    assert {short(t) for t in reserved & used} == set(), "in use: drop dip:maturity"


def test_no_term_is_used_undefined() -> None:
    for name in ("core", "alignments", "shapes"):
        graph = turtle(name)
        own = {s for s in graph.subjects(RDF.type) if isinstance(s, URIRef)} if name == "shapes" else set()
        found = {part for triple in graph for part in triple if isinstance(part, URIRef) and ours(part)}
        assert {short(t) for t in found - own - terms()} == set(), name
    for file in [*rule_files(), *question_files(), *example_files()]:
        if file.stem != "term-undefined":
            assert {short(t) for t in named(file.read_text(encoding="utf-8")) - terms()} == set(), file.name


@pytest.mark.parametrize("name", ["README.md", "CHANGES.md"])
def test_the_words_speak_of_terms_that_exist(name: str) -> None:
    told = named((ONTOLOGY / name).read_text(encoding="utf-8"))
    dropped = {DIP.OtherEvent}
    assert len(told) >= 10
    assert {short(t) for t in told - terms() - node_shapes() - set(property_shapes()) - dropped} == set()


# ---------------------------------------------------------------- codes


def codes() -> dict[str, dict[str, str]]:
    with (ONTOLOGY / "codes.csv").open(encoding="utf-8", newline="") as rows:
        return {row["cameo"]: row for row in csv.DictReader(rows)}


def event_classes() -> set[URIRef]:
    found = turtle("core").transitive_subjects(RDFS.subClassOf, DIP.Event)
    return {c for c in found if isinstance(c, URIRef)}


def test_the_code_table_is_whole() -> None:
    table = codes()
    assert len(table) == 312
    assert list(table) == sorted(table)
    for code, row in table.items():
        assert re.fullmatch(r"(0[1-9]|1\d|20)\d{0,2}", code)
        assert row["quad"] in "1234" and -10 <= Decimal(row["goldstein"]) <= 10
        assert not row["plover"] or PLOVER[row["plover"]] in terms()
        if code[:-1] in table and len(code) == 4:
            assert code[:2] == table[code[:-1]]["cameo"][:2]
    assert (table["163"]["goldstein"], table["163"]["plover"], table["016"]["goldstein"]) == ("-8", "COERCE", "-5")


@pytest.mark.parametrize("term", sorted(event_classes() - ABSTRACT - UNCODED_ON_PURPOSE), ids=short)
def test_the_codes_of_an_event_class_are_those_of_the_table(term: URIRef) -> None:
    core = turtle("core")

    def declared(name: str) -> str:
        value = core.value(term, DIP[name])
        return "" if value is None else str(value).removeprefix(PLOVER)

    row = codes()[declared("cameo")]
    category, mode = declared("plover"), declared("ploverMode")
    assert Decimal(declared("goldstein")) == Decimal(row["goldstein"])
    assert core.value(term, DIP.goldstein).datatype == XSD.decimal  # type: ignore[union-attr]
    assert (declared("crosswalkPlover") or category) == (row["plover"] or "UNCODED")
    assert declared("crosswalkPlover") != category
    crossed = declared("crosswalkPloverMode")
    told = f"{row['plover']}-{row['mode']}" if row["mode"] else ""
    assert (crossed or mode) == told or not (crossed or mode) or not told
    assert not mode or (PLOVER[mode], SKOS.broader, PLOVER[category]) in core
    quad = core.value(PLOVER[category], DIP.quadClass)
    assert declared("quadClass") == (str(quad) if quad else row["quad"])
    assert (REL[declared("directPredicate").removeprefix(REL)], RDFS.subPropertyOf, REL.related) in core


def test_which_event_classes_have_no_codes() -> None:
    core = turtle("core")
    uncoded = {c for c in event_classes() if core.value(c, DIP.cameo) is None}
    assert uncoded == ABSTRACT | UNCODED_ON_PURPOSE
    assert len(event_classes()) >= 40
    assert {c for c in ABSTRACT if core.value(c, DIP.plover)} == set()
    assert core.value(DIP.Wrongdoing, DIP.directPredicate) is None


def test_plover_has_its_sixteen_categories_in_four_quad_classes() -> None:
    core = turtle("core")
    tops = set(core.subjects(SKOS.topConceptOf, DIP.Plover)) - {PLOVER.UNCODED}
    sizes = {str(q): sum(str(core.value(c, DIP.quadClass)) == str(q) for c in tops) for q in range(1, 5)}
    assert len(tops) == 16 and sizes == {"1": 4, "2": 3, "3": 4, "4": 5}
    assert core.value(PLOVER.SANCTION, DIP.quadClass) == Literal(4)


def test_symmetric_classes_have_symmetric_predicates_and_no_other() -> None:
    core = turtle("core")
    for thing in core.subjects(DIP.directPredicate):
        edge = core.value(thing, DIP.directPredicate)
        symmetric = (edge, RDF.type, OWL.SymmetricProperty) in core
        assert symmetric == ((thing, DIP.symmetric, Literal(True)) in core), short(thing)


def test_claim_only_predicates_are_nobodys_direct_predicate() -> None:
    core = turtle("core")
    claim_only = set(core.subjects(DIP.claimOnly, Literal(True)))
    assert len(claim_only) >= 8
    assert claim_only & set(core.objects(None, DIP.directPredicate)) == set()


# ---------------------------------------------------------------- version


def test_the_version_is_the_newest_entry_of_the_changes() -> None:
    core = turtle("core")
    newest = re.search(r"(?m)^## (\d+\.\d+\.\d+)", (ONTOLOGY / "CHANGES.md").read_text(encoding="utf-8"))
    assert newest is not None
    assert str(core.value(HERE, OWL.versionInfo)) == newest[1]
    assert core.value(HERE, OWL.versionIRI) == URIRef(f"{HERE}/{newest[1]}")


# ---------------------------------------------------------------- shapes and rules as text


def test_every_shape_is_named_and_tells_the_repair() -> None:
    shapes = turtle("shapes")
    messages = []
    for shape in node_shapes() | set(property_shapes()):
        message = str(shapes.value(shape, SH.message))
        assert shapes.value(shape, RDFS.label) and shapes.value(shape, SH.name), short(shape)
        assert re.fullmatch(r"[A-Z][^.]*\. .+\.", message), f"{short(shape)}: what is wrong. What to do."
        messages.append(message)
    assert len(messages) == len(set(messages)) >= 95
    assert set(shapes.subjects(RDF.type, SH.PropertyShape)) == set(property_shapes())


# The words of SHACL Core that our shapes need; sh:class and sh:sparql are left out on purpose.
SHACL_WORDS = {
    "NodeShape", "PropertyShape", "IRI", "name", "message", "property", "path", "targetClass", "targetSubjectsOf",
    "minCount", "maxCount", "in", "datatype", "nodeKind", "pattern", "minInclusive", "maxInclusive", "lessThan",
    "lessThanOrEquals", "disjoint", "uniqueLang", "alternativePath", "inversePath",
}  # fmt: skip


def unknown_shacl(graph: Graph) -> set[str]:
    found = {str(part) for triple in graph for part in triple if str(part).startswith(str(SH))}
    return {word.removeprefix(str(SH)) for word in found} - SHACL_WORDS


def test_no_shape_uses_a_word_that_shacl_does_not_know() -> None:
    assert unknown_shacl(turtle("shapes")) == set()
    assert {word for word in SHACL_WORDS if word not in SH} == set()


def test_a_misspelt_word_is_caught() -> None:
    typo = Graph().parse(data=f"<urn:s> <{SH}minCont> 1 ; <{SH}targetCLass> <{DIP.Event}> .", format="turtle")
    assert unknown_shacl(typo) == {"minCont", "targetCLass"}


@pytest.mark.parametrize("file", rule_files(), ids=lambda file: file.stem)
def test_every_rule_says_what_why_and_how_to_repair(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    title, why, repair = (re.search(rf"(?m)^# {key}: (.+)$", text) for key in ("title", "why", "repair"))
    assert title and why and repair
    assert not title[1].endswith(".") and why[1].endswith(".") and repair[1].endswith(".")
    assert re.search(r"(?m)^SELECT (DISTINCT )?\?this \?problem WHERE \{$", text)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", file.stem)
    assert "SERVICE" not in text and "PREFIX" not in text


def test_no_two_rules_have_one_title() -> None:
    titles = [file.read_text(encoding="utf-8").splitlines()[0] for file in rule_files()]
    assert len(titles) == len(set(titles)) == len(rule_files())


# ---------------------------------------------------------------- examples


def checks() -> set[str]:
    return {short(shape) for shape in node_shapes()} | {f"rules/{file.stem}" for file in rule_files()}


def test_every_shape_and_rule_has_an_example_that_passes_and_one_that_fails() -> None:
    valid, invalid = examples("valid"), examples("invalid")
    assert len(valid) >= 13 and len(invalid) >= 70
    passed = {name for example in valid for name in example.passes}
    failed = {name for example in invalid for name in example.fails}
    assert checks() - passed == set() and passed - checks() == set()
    assert checks() - failed == set() and failed - checks() == set()


@pytest.mark.parametrize("example", examples("valid"), ids=lambda example: example.path.stem)
def test_a_valid_example_breaks_nothing(example: Example) -> None:
    assert example.passes and not example.fails
    assert breaks(example) == set()


@pytest.mark.parametrize("example", examples("invalid"), ids=lambda example: example.path.stem)
def test_an_invalid_example_breaks_what_it_names_and_where(example: Example) -> None:
    assert example.fails and example.at and not example.passes
    broken = breaks(example)
    assert {name for name, _ in broken} == example.fails
    assert {node for _, node in broken} == example.at


def test_the_base_of_the_examples_breaks_nothing() -> None:
    assert breaks(read_example(EXAMPLES / "base.ttl")) == set()


@cache
def all_valid() -> tuple[Graph, ...]:
    return tuple(as_graph(example_quads(example)) for example in examples("valid"))


def focus_nodes(shape: URIRef, graph: Graph) -> set[Node]:
    shapes = turtle("shapes")
    met: set[Node] = set()
    for kind in shapes.objects(shape, SH.targetClass):
        met |= set(graph.subjects(RDF.type, kind))
    for predicate in shapes.objects(shape, SH.targetSubjectsOf):
        met |= set(graph.subjects(predicate))
    return met


@pytest.mark.parametrize("shape", sorted(node_shapes()), ids=short)
def test_every_shape_meets_a_node(shape: URIRef) -> None:
    shapes = turtle("shapes")
    targets = [*shapes.objects(shape, SH.targetClass), *shapes.objects(shape, SH.targetSubjectsOf)]
    assert targets and any(focus_nodes(shape, graph) for graph in all_valid())


def simple_paths() -> dict[URIRef, URIRef]:
    paths = {shape: turtle("shapes").value(shape, SH.path) for shape in property_shapes()}
    return {shape: path for shape, path in paths.items() if isinstance(path, URIRef)}


def breakers(shape: URIRef) -> Iterator[tuple[str, list[Node]]]:
    """For each constraint of a property shape, values that break it: none, one too many, or a wrong one."""
    nonsense: Node = Literal("nonsense")
    decimal = Decimal if shape == DIP["CodesShape-goldstein"] else int
    wrong: dict[Node, list[Node]] = {
        SH.minCount: [],
        SH["in"]: [nonsense],
        SH.datatype: [ID.nonsense],
        SH.nodeKind: [nonsense],
        SH.pattern: [nonsense],
        SH.minInclusive: [Literal(decimal(-11))],
        SH.maxInclusive: [Literal(decimal(11))],
        SH.lessThan: [Literal(10**9)],
        SH.lessThanOrEquals: [Literal("2999-12-31", datatype=XSD.date)],
        SH.disjoint: [ID.same],
        SH.uniqueLang: [Literal("one", lang="en"), Literal("two", lang="en")],
    }
    for constraint, limit in turtle("shapes").predicate_objects(shape):
        if constraint == SH.maxCount:
            yield "maxCount", list[Node]([ID.one, ID.two])[: int(str(limit)) + 1]
        elif constraint in wrong:
            yield str(constraint).removeprefix(str(SH)), wrong[constraint]


def mutations() -> list[tuple[URIRef, str]]:
    return [(shape, name) for shape in sorted(simple_paths()) for name, _ in breakers(shape)]


def compared(shape: URIRef) -> Node | None:
    """The property that a pair constraint of the shape compares with."""
    pairs = (SH.lessThan, SH.lessThanOrEquals, SH.disjoint)
    return next((o for pair in pairs for o in turtle("shapes").objects(shape, pair)), None)


def mutant(shape: URIRef, constraint: str) -> Graph:
    """A node of a valid example whose values at the shape's path are replaced by ones that break the constraint."""
    path, other = simple_paths()[shape], compared(shape)
    paired = constraint.startswith("lessThan")
    graph, node = next(
        (graph, node)
        for graph in all_valid()
        for node in sorted(focus_nodes(property_shapes()[shape], graph), key=str)
        if not paired or graph.value(node, other) is not None
    )
    changed = Graph()
    for triple in graph.triples((node, None, None)):
        if triple[1] != path:
            changed.add(triple)
    for value in dict(breakers(shape))[constraint]:
        changed.add((node, path, value))
        if constraint == "disjoint" and other is not None:
            changed.add((node, other, value))
    for kind in turtle("shapes").objects(property_shapes()[shape], SH.targetClass):
        changed.add((node, RDF.type, kind))
    return changed


@pytest.mark.parametrize(("shape", "constraint"), mutations(), ids=lambda value: str(value).removeprefix(DIP))
def test_every_constraint_bites(shape: URIRef, constraint: str) -> None:
    assert shape in {broken for broken, _ in violations(mutant(shape, constraint))}


def test_many_constraints_were_bitten() -> None:
    assert len(mutations()) >= 180


def test_every_path_of_a_shape_occurs_in_the_examples() -> None:
    met = {predicate for graph in all_valid() for predicate in graph.predicates()}
    assert {short(path) for path in simple_paths().values()} - {short(p) for p in met} == {"oa:exact"}


# ---------------------------------------------------------------- logic

AXIOMS = {RDF.type, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, RDF.first, RDF.rest,
          OWL.inverseOf, OWL.disjointWith, OWL.members, OWL.distinctMembers}  # fmt: skip
NEW = ID["planted"]


def axioms() -> Graph:
    """Vocabulary and alignments without labels and codes, which no reasoning needs."""
    graph = Graph()
    for triple in turtle("core", "alignments"):
        if triple[1] in AXIOMS:
            graph.add(triple)
    return graph


def contradictions(graph: Graph) -> list[str]:
    """Close a graph under OWL 2 RL and give what contradicts itself."""
    reasoner = owlrl.OWLRL_Semantics(graph, axioms=False, daxioms=False, rdfs=False)
    reasoner.closure()
    return [*reasoner.error_messages, *(f"{s} is nothing" for s in graph.subjects(RDF.type, OWL.Nothing))]


def test_every_class_may_have_an_instance() -> None:
    graph = axioms()
    classes = {c for c in turtle("core").subjects(RDF.type, OWL.Class) if isinstance(c, URIRef)}
    for each in classes:
        graph.add((ID[f"some-{each.removeprefix(DIP)}"], RDF.type, each))
    assert len(classes) >= 70
    assert contradictions(graph) == []


def test_the_valid_examples_are_consistent_with_the_vocabulary() -> None:
    graph = axioms()
    for example in all_valid():
        for triple in example:
            if not isinstance(triple[2], Literal):
                graph.add(triple)
    assert contradictions(graph) == []


@pytest.mark.parametrize(
    "planted",
    [
        [(NEW, RDF.type, DIP.Meeting), (NEW, RDF.type, DIP.Threat)],
        [(NEW, RDF.type, DIP.Person), (NEW, RDF.type, DIP.ArmedGroup)],
        [(NEW, RDF.type, DIP.PhoneCall), (NEW, DIP.asserts, ID["a-claim"])],
        [(NEW, DIP.factuality, DIP.Actual), (NEW, DIP.factuality, DIP.Threatened)],
        [(NEW, RDF.type, DIP.Proposition), (NEW, DIP.actor, ID["somebody"])],
        [(NEW, RDF.type, DIP.Proposition), (NEW, RDF.type, DIP.DerivedEdge)],
        [(ID["an-event"], DIP.attestedBy, NEW), (ID["a-claim"], DIP.contradicts, NEW)],
        [(NEW, REL.sanctioned, ID["somebody"]), (NEW, RDF.type, DIP.Passage)],
    ],
    ids=["meeting-threat", "person-gang", "call-that-asserts", "done-and-threatened", "claim-that-acts", "claim-edge",
         "report-claim", "passage-that-sanctions"],
)  # fmt: skip
def test_a_planted_contradiction_is_caught(planted: list[tuple[Node, Node, Node]]) -> None:
    graph = axioms()
    for triple in planted:
        graph.add(triple)
    assert contradictions(graph) != []


def test_disjoint_classes_are_all_ours() -> None:
    core = turtle("core")
    groups = [list(Collection(core, members)) for members in core.objects(None, OWL.members)]
    assert len(groups) == 4
    assert all(each in terms() | {SKOS.Concept} for group in groups for each in group)
