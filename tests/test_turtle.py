"""The writers of Turtle, TriG and JSON-LD: what goes in comes back, sorted, and one new triple is one new line."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from kg.errors import UsageError
from kg.jsonld import jsonld
from kg.terms import DIP, ID, PREFIXES, RDF, XSD
from kg.turtle import trig, turtle

# What an IRI may hold beyond letters: all that RFC 3987 allows after the scheme, in any script.
IRI_LETTERS = "abzAZ019-._~:/?#[]@!$&'()*+,;=%é習\u00a0"
# What a text may hold that a writer must not stumble over.
HARD_LETTERS = "\"'\\\n\r\t\x00\x01\x08\x0c\x1f\x7f\x85\u2028\ufeff\ud7ff😀{}<>@^;.,#|_ abc"


def possible(iri: str) -> bool:
    try:
        NamedNode(iri)
    except ValueError:
        return False
    return True


iris = (
    st.one_of(
        st.sampled_from(sorted(PREFIXES.values())).flatmap(
            lambda base: st.text(IRI_LETTERS, max_size=8).map(lambda local: base + local)
        ),
        st.text(IRI_LETTERS, max_size=12).map(lambda rest: f"http://example.org/{rest}"),
        st.sampled_from(
            ["urn:x:y", "mailto:a@example.org", f"{ID}-x", f"{ID}a.", f"{ID}a.b", f"{ID}1", f"{DIP}", "id:x"]
        ),
        # A scheme that is spelt like one of our prefixes must not be taken for it.
        st.sampled_from(sorted(PREFIXES)).map(lambda scheme: f"{scheme}:thing"),
    )
    .filter(possible)
    .map(NamedNode)
)
texts = st.one_of(st.text(HARD_LETTERS, max_size=12), st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
literals = st.one_of(
    texts.map(Literal),
    st.builds(
        lambda text, tag: Literal(text, language=tag), texts, st.sampled_from(["en", "es", "pt-br", "zh-hant-tw"])
    ),
    st.builds(lambda text, kind: Literal(text, datatype=NamedNode(kind)), texts, st.just("urn:own:datatype")),
    st.builds(
        lambda text, kind: Literal(text, datatype=NamedNode(XSD + kind)),
        st.sampled_from(
            ["0", "007", "+1", "-0", "1.", ".5", "-5.0", "1e3", "INF", "true", "1", "TRUE", "", "2025-10", " 1"]
        ),
        st.sampled_from(["integer", "decimal", "double", "boolean", "date", "gYear", "string"]),
    ),
)
blanks = st.sampled_from(["a", "b1", "x-y"]).map(BlankNode)
triples = st.builds(Triple, st.one_of(iris, blanks), iris, st.one_of(iris, blanks, literals))
typed = st.builds(lambda s, o: Triple(s, NamedNode(f"{RDF}type"), o), iris, iris)
quads = st.builds(
    lambda triple, graph: Quad(triple.subject, triple.predicate, triple.object, graph),
    st.one_of(triples, typed),
    st.one_of(st.just(DefaultGraph()), iris),
)


def read(text: str, form: RdfFormat) -> set[Quad]:
    return set(parse(text.encode(), format=form, rename_blank_nodes=False))


@settings(deadline=None)
@given(st.lists(st.one_of(triples, typed), max_size=6))
def test_turtle_comes_back(given_triples: list[Triple]) -> None:
    back = read(turtle(given_triples), RdfFormat.TURTLE)
    assert {quad.triple for quad in back} == set(given_triples)


@settings(deadline=None)
@given(st.lists(quads, max_size=6))
def test_trig_comes_back(given_quads: list[Quad]) -> None:
    assert read(trig(given_quads), RdfFormat.TRIG) == set(given_quads)


@settings(deadline=None)
@given(st.lists(quads, max_size=6))
def test_jsonld_comes_back(given_quads: list[Quad]) -> None:
    assert read(jsonld(given_quads), RdfFormat.JSON_LD) == set(given_quads)


@settings(deadline=None)
@given(st.lists(triples, max_size=6), st.randoms(use_true_random=False))
def test_order_and_repetition_of_the_input_do_not_show(given_triples: list[Triple], chance: object) -> None:
    shuffled = [*given_triples, *given_triples]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert turtle(shuffled) == turtle(given_triples)


@settings(deadline=None)
@given(st.lists(triples, max_size=6), triples)
def test_a_new_triple_changes_only_its_own_lines(given_triples: list[Triple], fresh: Triple) -> None:
    """All lines stand as they stood, in their order; new are at most a prefix, a head and a foot, and the triple."""
    before, after = body(given_triples), body([*given_triples, fresh])
    kept = iter(after)
    assert all(line in kept for line in before)
    assert len(after) - len(before) in ((0,) if fresh in given_triples else (1, 3, 4))


def body(given_triples: Iterable[Triple]) -> list[str]:
    return [line for line in turtle(given_triples).split("\n") if not line.startswith("@prefix")]


def node(name: str) -> NamedNode:
    return NamedNode(ID + name)


PETRO = [
    Triple(node("gustavo-petro"), NamedNode(f"{RDF}type"), NamedNode(f"{DIP}Person")),
    Triple(node("gustavo-petro"), NamedNode(f"{PREFIXES['rdfs']}label"), Literal("Gustavo Petro", language="en")),
    Triple(node("deed"), NamedNode(f"{DIP}goldstein"), Literal("-8.0", datatype=NamedNode(f"{XSD}decimal"))),
    Triple(node("deed"), NamedNode(f"{DIP}aggregate"), Literal(True)),
    Triple(node("deed"), NamedNode(f"{DIP}cameo"), Literal("0211")),
]


def test_turtle_reads_well() -> None:
    assert turtle(PETRO).split("\n\n", 1)[1] == (
        "id:deed\n"
        "    dip:aggregate true ;\n"
        '    dip:cameo "0211" ;\n'
        "    dip:goldstein -8.0 ;\n"
        "    .\n"
        "\n"
        "id:gustavo-petro\n"
        "    a dip:Person ;\n"
        '    rdfs:label "Gustavo Petro"@en ;\n'
        "    .\n"
    )


def test_only_used_prefixes_are_declared() -> None:
    tricky = Triple(node("a"), NamedNode(f"{DIP}note"), Literal('says "rel:x" <owl:y> and \\ prov:z'))
    head = turtle([tricky, Triple(node("a"), NamedNode(f"{DIP}see"), NamedNode("http://example.org/?q=skos:x"))])
    declared = [line.split()[1] for line in head.splitlines() if line.startswith("@prefix")]
    assert declared == ["dip:", "id:"]


def test_rdflib_reads_it_too() -> None:
    graph = rdflib.Graph().parse(data=turtle(PETRO), format="turtle")
    assert len(graph) == len(PETRO)
    assert (rdflib.URIRef(f"{ID}deed"), rdflib.URIRef(f"{DIP}cameo"), rdflib.Literal("0211")) in graph


def test_jsonld_needs_nothing_from_the_network() -> None:
    document = json.loads(jsonld([Quad(t.subject, t.predicate, t.object) for t in PETRO]))
    assert document["@context"]["id"] == ID
    assert all(isinstance(value, str) and value.endswith(("#", "/")) for value in document["@context"].values())


def test_jsonld_reads_well() -> None:
    story, own = NamedNode(f"{PREFIXES['graph']}doc/visas"), NamedNode("http://example.org/own")
    given_quads = [
        *(Quad(t.subject, t.predicate, t.object, story) for t in PETRO[:3]),
        Quad(node("gustavo-petro"), NamedNode(f"{RDF}type"), NamedNode(f"{DIP}Actor"), story),
        Quad(node("gustavo-petro"), NamedNode(f"{PREFIXES['rdfs']}label"), Literal("Густаво Петро"), story),
        Quad(node("deed"), NamedNode(f"{DIP}actor"), node("gustavo-petro"), own),
        Quad(node("deed"), NamedNode(f"{RDF}type"), Literal("a word"), own),
        Quad(node("deed"), NamedNode(f"{DIP}target"), BlankNode("b"), own),
        Quad(BlankNode("b"), NamedNode(f"{DIP}see"), NamedNode("wd:Q1:en")),
        Quad(BlankNode("b"), NamedNode(f"{DIP}code"), Literal("1", datatype=NamedNode("org:kind:x"))),
    ]
    written = jsonld([*given_quads, *reversed(given_quads)])
    document = json.loads(written)
    assert written == json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    assert document["@context"] == {
        name: iri for name, iri in sorted(PREFIXES.items()) if name not in ("http", "wd", "org")
    }
    assert list(document["@context"]) == sorted(document["@context"])
    assert json.dumps(document["@graph"]) == json.dumps(
        [
            {
                "@id": "http://example.org/own",
                "@graph": [
                    {
                        "@id": "id:deed",
                        "rdf:type": "a word",
                        "dip:actor": {"@id": "id:gustavo-petro"},
                        "dip:target": {"@id": "_:b"},
                    }
                ],
            },
            {
                "@id": "https://w3id.org/diplokg/graph/doc/visas",
                "@graph": [
                    {"@id": "id:deed", "dip:goldstein": {"@value": "-8.0", "@type": "xsd:decimal"}},
                    {
                        "@id": "id:gustavo-petro",
                        "@type": ["dip:Actor", "dip:Person"],
                        "rdfs:label": [{"@value": "Gustavo Petro", "@language": "en"}, "Густаво Петро"],
                    },
                ],
            },
            {
                "@id": "_:b",
                "dip:code": {"@value": "1", "@type": "org:kind:x"},
                "dip:see": {"@id": "wd:Q1:en"},
            },
        ]
    )


def test_jsonld_puts_one_value_on_a_line() -> None:
    lines = jsonld([Quad(t.subject, t.predicate, t.object) for t in PETRO]).splitlines()
    assert lines.count('   "@id": "id:gustavo-petro",') == 1


def test_jsonld_has_no_place_for_a_triple_about_a_triple() -> None:
    quoted = Triple(node("a"), NamedNode(f"{RDF}reifies"), PETRO[0])
    with pytest.raises(UsageError, match=r"^JSON-LD .* Use turtle or ntriples"):
        jsonld([Quad(quoted.subject, quoted.predicate, quoted.object)])


def test_turtle_writes_triples_about_triples() -> None:
    quoted = Triple(node("a"), NamedNode(f"{RDF}reifies"), PETRO[0])
    written = turtle([quoted], version="1.2")
    assert written.startswith('VERSION "1.2"\n')
    assert "rdf:reifies <<( id:gustavo-petro rdf:type dip:Person )>>" in written
    assert {quad.triple for quad in read(written, RdfFormat.TURTLE)} == {quoted}
