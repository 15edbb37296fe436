"""Query text: tokens, what is refused, parameters, and errors. The engine is asked for its opinion where it matters."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store

from kg import sparql
from kg.errors import QueryError, QueryRefused, QuerySyntax, UsageError
from kg.query import parameter

W3C = Path(__file__).resolve().parents[2] / "shared" / "w3c" / "sparql" / "sparql11"
NOWHERE = "http://127.0.0.1:9/"  # the discard port: an engine that calls it fails at once


def texts(query: str) -> list[str]:
    return [token.text for token in sparql.tokens(query) if token.kind != "comment"]


# ---------------------------------------------------------------- tokens


SIGNS = "{ } ( ) [ ] . ; , * + - / | ^ ! = > ? ~ && || != >= ^^ >> << <<( )>> {| |}"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<http://example.org/a?b=c#d>", "iri"),
        ("<http://example.org/O'Brien>", "iri"),
        ("<>", "iri"),
        (r"<http://example.org/\u00E9>", "iri"),
        ("ex:a", "pname"),
        ("ex:", "pname"),
        (":a", "pname"),
        (":", "pname"),
        ("ex:a.b", "pname"),
        ("ex:a:b", "pname"),
        ("ex:1", "pname"),
        ("ex:%41", "pname"),
        (r"ex:a\'b\(c\)", "pname"),
        ("e-x.y:é", "pname"),
        ("?x", "var"),
        ("$x1_é", "var"),
        ("?1", "var"),
        ("@en", "lang"),
        ("@en-US", "lang"),
        ("@ar--rtl", "lang"),
        ("'a'", "string"),
        ('"a"', "string"),
        ("''", "string"),
        ('""', "string"),
        ("''''''", "string"),
        ("'''a 'b' ''c''\n'''", "string"),
        ('"""a "b" ""c""\n"""', "string"),
        (r"'\t\b\n\r\f\"\'\\'", "string"),
        (r"'\u00e9\U0001F600'", "string"),
        (r"'\u0058\u003C\u007D\u0060'", "string"),
        ("'# no comment'", "string"),
        ("1", "number"),
        ("1.5", "number"),
        (".5", "number"),
        ("1e6", "number"),
        ("1.E-6", "number"),
        ("_:a", "blank"),
        ("_:1.b", "blank"),
        ("SELECT", "word"),
        ("a", "word"),
        ("GROUP_CONCAT", "word"),
        ("SHA256", "word"),
        ("# comment ?x", "comment"),
        *((sign, "punct") for sign in SIGNS.split()),
    ],
)
def test_one_token(text: str, kind: str) -> None:
    token, *rest = sparql.tokens(text)
    assert (token.text, token.kind, rest) == (text, kind, [])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?s<urn:p>?o", "?s <urn:p> ?o"),
        ("?s?p?o", "?s ?p ?o"),
        ("?s a?o", "?s a ?o"),
        ("ex:a.", "ex:a ."),
        ("?s ?p 1.?x", "?s ?p 1 . ?x"),
        ("?s ?p 1.5.", "?s ?p 1.5 ."),
        ("'a'@en,'b'^^ex:t", "'a' @en , 'b' ^^ ex:t"),
        ("?s (ex:p/^ex:q)*|!a ?o", "?s ( ex:p / ^ ex:q ) * | ! a ?o"),
        ("?s ex:p? ?o", "?s ex:p ? ?o"),
        ("<<?s ?p<urn:o>>>", "<< ?s ?p <urn:o> >>"),
        ("<<(?s ?p<urn:o>)>>", "<<( ?s ?p <urn:o> )>>"),
        ("?s ?p ?o~?r{|?q 1|}", "?s ?p ?o ~ ?r {| ?q 1 |}"),
        ("[]?p()", "[ ] ?p ( )"),
        ("1e5SERVICE", "1e5 SERVICE"),
        ("BIND(-1*+2 AS?x)", "BIND ( - 1 * + 2 AS ?x )"),
    ],
)
def test_tokens_need_no_space_between_them(query: str, expected: str) -> None:
    assert texts(query) == expected.split(" ")


LESS_THAN = {
    "ASK{FILTER(?a<?b&&?c>?d)}": "?a < ?b && ?c > ?d",
    "ASK{FILTER(?a<ex:b&&?c>1)}": "?a < ex:b && ?c > 1",
    "ASK{FILTER(1<?b||?c>2)}": "1 < ?b || ?c > 2",
    "ASK{FILTER(str(?a)<?b&&?c>?d)}": "str ( ?a ) < ?b && ?c > ?d",
    "ASK{FILTER('a'@en<?b&&?c>?d)}": "'a' @en < ?b && ?c > ?d",
    "ASK{FILTER(true<?b&&?c>?d)}": "true < ?b && ?c > ?d",
    "ASK{FILTER(?a<=<urn:b>)}": "?a <= <urn:b>",
    "ASK{FILTER(?a<<urn:b>)}": "?a < <urn:b>",
    "ASK{FILTER(?a IN(<urn:a>,<urn:b>)&&?c<?d&&?e>?f)}": "?a IN ( <urn:a> , <urn:b> ) && ?c < ?d && ?e > ?f",
    "ASK{FILTER ex:f(?a<?b,?c>?d)}": "?a < ?b , ?c > ?d",
    "ASK{FILTER regex(?a<?b,?c>?d)}": "?a < ?b , ?c > ?d",
    "ASK{FILTER NOT EXISTS{?a<urn:p>?c FILTER(?c<?d&&?e>?f)}}": "{ ?a <urn:p> ?c FILTER ( ?c < ?d && ?e > ?f ) }",
    "ASK{BIND(?a<?b&&?c>?d AS ?x)}": "?a < ?b && ?c > ?d AS",
    "SELECT(?a<?b&&?c>?d AS ?x){}": "?a < ?b && ?c > ?d AS",
    "ASK{{SELECT(?a<?b&&?c>?d AS ?x){}}}": "?a < ?b && ?c > ?d AS",
    "SELECT*{}GROUP BY(?a<?b&&?c>?d)": "?a < ?b && ?c > ?d",
    "SELECT*{}GROUP BY ex:f(1)(?a<?b&&?c>?d)": "?a < ?b && ?c > ?d",
    "SELECT*{}HAVING(?a<?b&&?c>?d)": "?a < ?b && ?c > ?d",
    "SELECT*{}ORDER BY ?a<urn:f>(?b<?c&&?d>?e)": "?a <urn:f> ( ?b < ?c && ?d > ?e )",
    "ASK{?a<urn:p>?c,<urn:d>}": "?a <urn:p> ?c , <urn:d>",
    "ASK{?a ?b(?c<urn:d>)}": "( ?c <urn:d> )",
    "ASK{?a(<urn:p>)<urn:d>}": "( <urn:p> ) <urn:d>",
    "ASK{?a ?b 1 .<urn:c>?d 'x'<urn:y>}": "1 . <urn:c> ?d 'x' <urn:y>",
    "ASK{VALUES(?a?b){(1<urn:b>)('x'@en<urn:d>)}}": "( 1 <urn:b> ) ( 'x' @en <urn:d> )",
    "ASK{}VALUES(?a?b){(1<urn:b>)}": "( 1 <urn:b> )",
    "ASK{BIND(<<(?s<urn:p>?o)>>AS?t)}": "<<( ?s <urn:p> ?o )>> AS",
    "ASK{FILTER(<urn:a>(?x)<?b&&?c>?d)}": "<urn:a> ( ?x ) < ?b && ?c > ?d",
}


@pytest.mark.parametrize(("query", "expected"), LESS_THAN.items(), ids=list(LESS_THAN))
def test_less_than_swallows_no_iri_and_an_iri_no_less_than(query: str, expected: str) -> None:
    assert expected in " ".join(texts(query))


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("ASK { ?s ?p 'it's' }", "line 1, column 18: this string does not end"),
        ("ASK { ?s ?p '''a'' }", "line 1, column 13: this string does not end"),
        ("ASK { ?s ?p 'a\nb' }", "line 1, column 13: this string does not end"),
        (r"ASK { ?s ?p '\q' }", "line 1, column 13: this string does not end, or holds an unknown escape"),
        (r"ASK { ?s ?p '\uD800' }", r"line 1, column 14: \uD800 is no character"),
        (r"ASK { ?s ?p '\U00110000' }", r"\U00110000 is no character"),
        (r"ASK { ?s ?p '\u0027' }", r"\u0027 could end what it stands in"),
        (r"ASK { ?s ?p '\u000A' }", 'Write \\" or \\n.'),
        (r"ASK { ?s ?p <urn:\u003E> }", r"\u003E could end what it stands in"),
        (r"\u0041SK {}", "line 1, column 1: an escape can stand only in"),
        ("ASK { ?s\n <not an iri> ?o }", "line 2, column 2: this '<' opens no IRI"),
        ("ASK { ? }", None),
        ("ASK { $ }", "'$' needs the name of a variable"),
        ("ASK { ?s ?p ?o } \u00a0", "line 1, column 18: '\\xa0' cannot stand here"),
    ],
)
def test_what_is_no_token_is_told_with_its_place(query: str, message: str | None) -> None:
    if message is None:
        assert texts(query)  # a path may end in '?'
        return
    with pytest.raises(QuerySyntax) as caught:
        list(sparql.tokens(query))
    assert message in str(caught.value)


def test_lines_and_columns_count_from_one_in_code_points() -> None:
    found = {t.text: (t.line, t.column) for t in sparql.tokens("ASK {\r\n  ?é '''𝒳\n'''\t?o }")}
    assert found == {"ASK": (1, 1), "{": (1, 5), "?é": (2, 3), "'''𝒳\n'''": (2, 6), "?o": (3, 5), "}": (3, 8)}


SNIPPETS = (
    "SELECT ASK { } ( ) [ ] << >> <<( )>> {| |} ?x $y <urn:a> < > <= ex:a : 'a' \"b\" '''c''' # \n \\ ' \" @en ^^ "
    "1 .5 1e9 a true FILTER BIND VALUES UNION OPTIONAL SERVICE . ; , && || ! + - * / | ^ ~ ?"
)
FRAGMENTS = st.sampled_from(SNIPPETS.split(" "))
SOUP = st.one_of(st.text(max_size=40), st.lists(FRAGMENTS, max_size=25).map("".join), st.lists(FRAGMENTS).map(" ".join))


@given(SOUP)
def test_tokens_leave_out_nothing_but_space(text: str) -> None:
    try:
        found = list(sparql.tokens(text))
    except QuerySyntax as error:
        assert error.line >= 1
        assert error.column >= 1
        return
    gaps = [
        text[a:b] for a, b in zip([0, *(t.end for t in found)], [*(t.start for t in found), len(text)], strict=True)
    ]
    assert "".join(gaps).strip(" \t\r\n") == ""
    assert all(text[t.start : t.end] == t.text for t in found)


@given(SOUP)
def test_any_text_is_passed_or_refused_with_a_query_error(text: str) -> None:
    with suppress(QueryError):
        sparql.guard(text)
    with suppress(QueryError):
        sparql.bind(text, {"x": "<urn:a>"})


@pytest.mark.parametrize("query", ["ASK { ?s ?p ?o } ASK {}", "ASK { } }", ""])
@given(
    st.one_of(
        st.text(), st.tuples(st.integers(0), st.integers(0)).map(lambda at: f"error at {at[0]}:{at[1]}: expected X")
    )
)
def test_whatever_an_engine_says_is_told_with_a_place(query: str, message: str) -> None:
    told = sparql.explain_syntax(query, message, ["rdf"])
    assert told.message.startswith(f"line {told.line}, column {told.column}: ")


@given(SOUP)
def test_any_text_is_explained(text: str) -> None:
    assert sparql.explain_syntax(text, "error at 1:1: expected [_]", ["rdf"]).line >= 1


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * {}", "SELECT"),
        ("select*{}", "SELECT"),
        ("# ASK\nBASE <urn:x> PREFIX ask: <urn:y> VERSION '1.2' CONSTRUCT WHERE {}", "CONSTRUCT"),
        ("DESCRIBE <urn:x>", "DESCRIBE"),
        ("ASK{}", "ASK"),
    ],
)
def test_the_form_of_a_query(query: str, expected: str) -> None:
    assert sparql.form(query) == expected


def test_variables_are_those_that_are_tokens() -> None:
    query = "SELECT ?a ($b AS ?c) { ?a <urn:?x> '?y' # ?z\n ; ex:p? ?d VALUES ?e { 1 } }"
    assert sparql.variables(query) == {"a", "b", "c", "d", "e"}


# ---------------------------------------------------------------- what is refused


def parses(query: str) -> bool:
    """Say whether the engine takes the text for a query."""
    try:
        Store().query(query)
    except SyntaxError:
        return False
    except (OSError, RuntimeError):
        return True
    return True


PASSED = [
    "SELECT ?service { ?service ?load $insert }",
    "ASK { ?s ?p 'SERVICE <urn:x> {}' }",
    'ASK { ?s ?p """SERVICE\n<urn:x> {}"""@service }',
    "ASK { ?s <urn:SERVICE> <http://service/SERVICE%20x(service)> }",
    "ASK { } # SERVICE <urn:x> {}",
    "#SERVICE <urn:x> {}\nASK { ?s ?p ?o }",
    "PREFIX service: <urn:x/> ASK { ?s service:load service:x . service:y ?p ?o }",
    "PREFIX ex: <urn:x/> ASK { ?s ex:service ?o . { ?a ex:SERVICE ex:insert } }",
    "PREFIX service: <urn:x/> ASK { GRAPH service:g { ?s ?p ?o } }",
    "PREFIX ex: <urn:x/> DESCRIBE ex:service { ?s ?p ?o }",
    "PREFIX ex: <urn:x/> SELECT * FROM ex:service FROM NAMED ex:service { ?s ?p ?o }",
    "ASK { _:service ?p [] }",
    "SELECT * FROM <http://elsewhere.example/g> FROM NAMED <http://elsewhere.example/h> { GRAPH ?g { ?s ?p ?o } }",
    "ASK { ?s ?p ?o ; ?q 'a', 'b' }",
    "SELECT (GROUP_CONCAT(?o ; SEPARATOR = ';') AS ?all) { ?s ?p ?o }",
    "SELECT * { ?s ?p ?o } GROUP BY ?s HAVING (?s > 1) ORDER BY DESC(?s) ASC(?o) LIMIT 5 OFFSET 5 VALUES ?s { UNDEF }",
    "VERSION '1.2' SELECT (TRIPLE(?s, ?p, ?o) AS ?t) { <<( ?s ?p ?o )>> ?a ?b . ?s ?p ?o ~ ?r {| ?a 1 |} }",
    "SELECT (STRLANGDIR('a', 'ar', 'rtl') AS ?x) (hasLANGDIR(?x) AS ?y) { ?s ?p ?o LATERAL { ?o ?q ?r } }",
    "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o MINUS { ?s a ?c } FILTER NOT EXISTS { ?s a ?d } }",
]


@pytest.mark.parametrize("query", PASSED)
def test_queries_that_only_read_pass(query: str) -> None:
    sparql.guard(query)


SERVICE = {
    "plain": f"ASK {{ SERVICE <{NOWHERE}> {{ ?s ?p ?o }} }}",
    "silent": f"ASK {{ SERVICE SILENT <{NOWHERE}> {{ }} }}",
    "small letters": f"ASK {{ service<{NOWHERE}>{{}} }}",
    "variable": "SELECT * { VALUES ?v { <http://127.0.0.1:9/> } SERVICE ?v { ?s ?p ?o } }",
    "prefixed name": f"PREFIX e: <{NOWHERE}> ASK {{ SERVICE e:x {{ }} }}",
    "after a comment": f"ASK {{ SERVICE # <urn:x>\n<{NOWHERE}> {{ }} }}",
    "in a subquery": f"ASK {{ {{ SELECT * {{ FILTER EXISTS {{ SERVICE <{NOWHERE}> {{ }} }} }} }} }}",
    "after a number": f"ASK {{ ?s ?p 1SERVICE<{NOWHERE}>{{}} }}",
    "after a less-than that looks like an IRI": f"PREFIX : <{NOWHERE}> ASK {{ FILTER(1<?b)SERVICE:x#>\n{{}} }}",
    "after a string in a less-than": f"ASK {{ FILTER(?a<'b'||?c>'d')SERVICE<{NOWHERE}>{{}} }}",
    # The engine needs no space between words …
    "run into SILENT": f"ASK {{ SERVICESILENT<{NOWHERE}>{{}} }}",
    "run into true": f"ASK {{ ?s ?p trueSERVICE<{NOWHERE}>{{}} }}",
    # … takes a name with an unknown prefix apart …
    "run into its address": f"PREFIX : <{NOWHERE}> ASK {{ SERVICE:x {{}} }}",
    "run into its address and SILENT": f"PREFIX e: <{NOWHERE}> ASK {{ SERVICESILENTe:x{{}} }}",
    "its own prefix": f"PREFIX service: <urn:x> PREFIX : <{NOWHERE}> ASK {{ {{}} service:x {{}} }}",
    # … also where name and prefix make no valid IRI, and at the second '.' of a name …
    "end of a name that makes no IRI": f"PREFIX p: <http://a:> ASK {{ ?s ?p p:SERVICE<{NOWHERE}>{{}} }}",
    "the same with SILENT": f"PREFIX p: <http://a:> ASK {{ ?s ?p p:SERVICE SILENT<{NOWHERE}>{{}} }}",
    "end of a name with two dots": f"PREFIX p: <urn:x> ASK {{ ?s ?p p:a.b.SERVICE<{NOWHERE}>{{}} }}",
    # … and a FILTER out of such a name, which would make this '<' a less-than.
    "after a hidden FILTER": f"PREFIX p: <http://a:> PREFIX : <{NOWHERE}> "
    "ASK { ?s ?p p:FILTER(1<?b)SERVICE:x#>\n{} }",
    "after a hidden BIND": f"PREFIX p: <urn:x> PREFIX : <{NOWHERE}> "
    "ASK { ?s ?p p:a.b.BIND((1<?b)AS?c)SERVICE:x#>)\n{} }",
    # A long string with an impossible escape is an empty one to the engine, and what follows is code.
    "in a string with a bad escape": f"ASK {{ VALUES ?x {{ '''a' }} SERVICE<{NOWHERE}>{{}} #\\uD800'''\n}}",
}


@pytest.mark.parametrize("query", SERVICE.values(), ids=SERVICE)
def test_service_is_refused_in_every_disguise(query: str) -> None:
    assert parses(query), "the engine no longer takes this for a query; is the disguise still one?"
    with pytest.raises(QueryError, match=r"line \d+, column \d+: "):
        sparql.guard(query)


def test_a_refusal_says_where_why_and_what_to_do() -> None:
    with pytest.raises(QueryRefused) as caught:
        sparql.guard("SELECT * {\n  SERVICE <urn:x> {}\n}")
    assert str(caught.value) == (
        "line 2, column 3: SERVICE would send the query to another server. Ask this store alone."
    )


UPDATES = [
    "INSERT DATA { <urn:a> <urn:b> 1 }",
    "PREFIX ex: <urn:x> DELETE WHERE { ?s ?p ?o }",
    "DELETE { ?s ?p ?o } INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }",
    "LOAD <http://example.org/>",
    "LOAD SILENT <http://example.org/> INTO GRAPH <urn:g>",
    "CLEAR ALL",
    "DROP GRAPH <urn:g>",
    "CREATE GRAPH <urn:g>",
    "COPY DEFAULT TO <urn:g>",
    "MOVE <urn:g> TO <urn:h>",
    "ADD <urn:g> TO <urn:h>",
    "WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "with <urn:g> insert { ?s ?p ?o } where { ?s ?p ?o }",
    "ASK {} ; DROP ALL",
    "ASK {} DROP ALL",
    "ASK {} ;",
]


@pytest.mark.parametrize("update", UPDATES)
def test_updates_are_refused_and_named(update: str) -> None:
    with pytest.raises(QueryRefused, match=r"line 1, column \d+: .*(only read|one query)"):
        sparql.guard(update)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "there is no query"),
        ("# only a comment", "there is no query"),
        ("PREFIX ex: <urn:x>", "there is no query"),
        ("PREFIX ex <urn:x> ASK {}", "a prefix is declared as PREFIX ex: <http"),
        ("SELCT * {}", "Did you mean 'SELECT'?"),
        ("SELECT * WERE {}", "'WERE' is no word of SPARQL.\n  SELECT * WERE {}\n           ^ Did you mean 'WHERE'?"),
        ("DEFINE get:soft 'replace' SELECT * {}", "a query begins with"),
        ("SELECT * { ?s ?p http://example.org/a }", "Write <http://…>."),
        ("{ ?s ?p ?o }", "a query begins with SELECT, ASK, CONSTRUCT, DESCRIBE or PREFIX"),
    ],
)
def test_what_is_no_query_is_told(query: str, message: str) -> None:
    with pytest.raises(QuerySyntax) as caught:
        sparql.guard(query)
    assert message in str(caught.value)


def test_a_query_that_is_too_long_is_refused() -> None:
    sparql.guard("ASK {}" + " " * 99_994)
    with pytest.raises(QueryRefused, match="has 100,001 characters; 100,000 are allowed"):
        sparql.guard("ASK {}" + " " * 99_995)


# ---------------------------------------------------------------- how deep

TRIPLES_20 = "?s ?p ?o . " * 20
# Each makes a query out of a number; the engine's stack grows with it.
DEEP: dict[str, Callable[[int], str]] = {
    "groups": lambda n: "SELECT * " + "{" * n + "?s ?p ?o" + "}" * n,
    "OPTIONAL in OPTIONAL": lambda n: "ASK {" + "OPTIONAL { ?s ?p ?o " * n + "}" * n + "}",
    "EXISTS in EXISTS": lambda n: "ASK " + "{ ?s ?p ?o FILTER EXISTS " * n + "{ ?s ?p ?o }" + "}" * n,
    "subqueries": lambda n: "ASK " + "{ SELECT * " * n + "{ ?s ?p ?o }" + "}" * n,
    "parentheses": lambda n: "ASK { FILTER(" + "(" * n + "1" + ")" * n + ")}",
    "calls": lambda n: "ASK { FILTER(" + "STR(" * n + "1" + ")" * n + ")}",
    "aggregates": lambda n: "SELECT (" + "MAX(" * n + "?s" + ")" * n + " AS ?x) { ?s ?p ?o }",
    "calls in calls of IF": lambda n: "ASK { FILTER(" + "IF(1,2," * n + "3" + ")" * n + ")}",
    "path in path": lambda n: "ASK { ?s " + "(" * n + "<urn:p>" + ")*" * n + " ?o }",
    "lists": lambda n: "ASK { ?s ?p " + "(" * n + "1" + ")" * n + "}",
    "blank nodes": lambda n: "ASK { ?s ?p " + "[ ?p " * n + "1" + "]" * n + "}",
    "annotations": lambda n: "ASK { ?s ?p ?o " + "{| ?p ?o " * n + "|}" * n + "}",
    "reified triples": lambda n: "ASK { " + "<< " * n + "?s ?p ?o " + ">> ?p ?o " * n + "}",
    "triple terms": lambda n: "ASK { ?s ?p " + "<<( ?s ?p " * n + "1" + ")>>" * n + "}",
    "not not": lambda n: "ASK { FILTER(" + "!" * n + "true)}",
    "plus": lambda n: "ASK { FILTER(1" + "+1" * n + ")}",
    "or": lambda n: "ASK { FILTER(?s=1" + "||?s=1" * n + ")}",
    "path steps": lambda n: "ASK { ?s <urn:p>" + "/<urn:p>" * n + " ?o }",
    "path alternatives": lambda n: "ASK { ?s <urn:p>" + "|<urn:p>" * n + " ?o }",
    "unions": lambda n: "ASK { {?s ?p ?o}" + " UNION {?s ?p ?o}" * n + "}",
    "triples": lambda n: "ASK {" + "?s ?p ?o ." * n + "}",
    "objects": lambda n: "ASK { ?s ?p ?o " + ", ?o" * n + "}",
    "list items": lambda n: "ASK { ?s ?p (" + " 1" * n + ")}",
    "groups of twenty triples": lambda n: "ASK {" + ("{" + TRIPLES_20 + "}") * n + "}",
    "optionals": lambda n: "ASK { ?s ?p ?o " + "OPTIONAL {?s ?p ?o}" * n + "}",
    "optionals of twenty triples": lambda n: "ASK {" + ("OPTIONAL {" + TRIPLES_20 + "}") * n + "}",
    "filters": lambda n: "ASK { ?s ?p ?o " + "FILTER(?s=1)" * n + "}",
    "binds": lambda n: "ASK { ?s ?p ?o " + "".join(f"BIND(1 AS ?x{i})" for i in range(n)) + "}",
    "projected expressions": lambda n: "SELECT " + "".join(f"(1 AS ?x{i})" for i in range(n)) + "{ ?s ?p ?o }",
    "described": lambda n: "DESCRIBE " + "<urn:x> " * n,
}


def passes(query: str, **limits: int) -> bool:
    try:
        sparql.guard(query, **limits)
    except QueryRefused as error:
        assert "line 1, column " in error.message or "characters" in error.message
        return False
    return True


def deepest(make: Callable[[int], str], **limits: int) -> int:
    low, high = 0, 4_000
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if passes(make(middle), **limits) else (low, middle)
    return low


# The depth of each, as the engine recurses: a bracket and each link of a chain one, a call and EXISTS three.
HOW_DEEP = {
    "ASK {}": 2,
    "ASK { {} }": 4,
    "ASK { {} {} }": 5,
    "ASK { ?s ?p ?o }": 2,
    "ASK { ?s ?p ?o . ?s ?p ?o }": 3,
    "ASK { ?s ?p ?o ; ?p ?o , ?o }": 4,
    "SELECT ?s ?p {}": 2,
    "SELECT (1 AS ?x) {}": 3,
    "SELECT (STR(1) AS ?x) (1 AS ?y) {}": 7,
    "DESCRIBE <urn:x>": 2,
    "DESCRIBE <urn:x> <urn:y>": 3,
    "CONSTRUCT { ?s ?p ?o . ?s ?p ?o } WHERE { ?s ?p ?o }": 3,
    # Chains of inner groups go on in the outer one, except out of what the engine joins apart.
    "ASK { { ?s ?p ?o . ?s ?p ?o . ?s ?p ?o } {{{}}} }": 11,
    "ASK { GRAPH ?g { ?s ?p ?o . ?s ?p ?o . ?s ?p ?o } {{{}}} }": 11,
    "ASK { OPTIONAL { ?s ?p ?o . ?s ?p ?o . ?s ?p ?o } {{{}}} }": 9,
    "ASK { MINUS { ?s ?p ?o . ?s ?p ?o . ?s ?p ?o } {{{}}} }": 9,
    "ASK { { ?s ?p ?o . ?s ?p ?o . ?s ?p ?o } UNION { ?s ?p ?o . ?s ?p ?o . ?s ?p ?o } {{{}}} }": 10,
    "ASK { { SELECT * { ?s ?p ?o . ?s ?p ?o . ?s ?p ?o } } {{{}}} }": 11,
    "ASK { FILTER EXISTS { ?s ?p ?o . ?s ?p ?o . ?s ?p ?o } {{{}}} }": 11,
    "ASK { FILTER NOT EXISTS {} }": 6,
    "ASK { { OPTIONAL { ?s ?p ?o . ?s ?p ?o . ?s ?p ?o } } }": 8,
    # The engine could read the end of a name as OPTIONAL or EXISTS.
    "PREFIX e: <urn:> ASK { ?s ?p e:a {} }": 6,
    "PREFIX e: <urn:> ASK { ?s ?p e:a . {} }": 5,
    # Expressions.
    "ASK { FILTER(1) }": 4,
    "ASK { FILTER((1)) }": 5,
    "ASK { FILTER(1 + 1 * 1 || 1 && !1) }": 9,
    "ASK { FILTER(STR(1)) }": 7,
    "ASK { FILTER(<urn:f>(1)) }": 5,
    "ASK { FILTER(1 IN (1, 2, 3)) }": 5,
    "ASK { FILTER(1 + 1 + 1) {{{}}} }": 9,
    # Paths, lists and nodes.
    "ASK { ?s <urn:p>/<urn:p> ?o }": 3,
    "ASK { ?s (<urn:p>/<urn:p>) ?o }": 7,
    "ASK { ?s (<urn:p>/<urn:p>)|^<urn:p> ?o }": 9,
    "ASK { ?s !(<urn:p>|^<urn:p>) ?o }": 9,
    "ASK { ?s (<urn:p>|<urn:p>|<urn:p>) ?o }": 8,
    "ASK { ?s (!<urn:p>) ?o }": 5,
    "ASK { ?s (<urn:p>*/!<urn:p>|^<urn:p>) ?o }": 10,
    "ASK { ?s ?p (1) }": 6,
    "ASK { ?s ?p (1 2 3) }": 10,
    "ASK { ?s ?p ((1) 2 3) }": 13,
    "ASK { ?s ?p [] }": 4,
    "ASK { ?s ?p [ ?p ?o ; ?p ?o , ?o ] }": 6,
    "ASK { ?s ?p [ ?p ?o ; ?p ?o , ?o ] {{{}}} }": 11,
    "ASK { ?s ?p ?o {| ?p ?o |} }": 5,
    "ASK { << ?s ?p ?o ~ ?r >> ?p ?o }": 5,
    # Data is no pattern.
    "ASK { VALUES ?x { 1 2 } }": 4,
    "ASK { VALUES (?x ?y) { (1 2) (3 4) } }": 6,
}


@pytest.mark.parametrize("query", HOW_DEEP)
def test_a_query_is_as_deep_as_its_brackets_and_chains(query: str) -> None:
    least = HOW_DEEP[query]
    sparql.guard(query, max_depth=least)
    with pytest.raises(QueryRefused, match=rf"^line 1, column \d+: .*\(more than {least - 1} deep\)\. Write .*VALUES"):
        sparql.guard(query, max_depth=least - 1)


@pytest.mark.parametrize("form", DEEP)
def test_deep_queries_are_refused_and_ordinary_ones_pass(form: str) -> None:
    assert 3 <= deepest(DEEP[form]) < 100


@pytest.mark.parametrize(
    "query",
    [
        "ASK { ?s ?p ?o FILTER(?o IN (" + ",".join(map(str, range(2_000))) + ")) }",
        "ASK { VALUES (?s ?o) {" + "(<urn:a> 1)" * 2_000 + "} ?s ?p ?o }",
        "ASK { FILTER(CONCAT(" + ",".join(["?x"] * 2_000) + ") = 'a') }",
        "CONSTRUCT {" + "?s ?p ?o . " * 2_000 + "} WHERE { ?s ?p ?o }",
        "SELECT" + " ?s" * 2_000 + " { ?s ?p ?o }",
        "PREFIX a: <urn:x> " * 2_000 + "ASK {}",
        "ASK {" + ("OPTIONAL {" + TRIPLES_20 + "}") * 20 + "}",
        "ASK { {" + "} UNION {".join([TRIPLES_20] * 20) + "} }",
        "ASK { ?s ?p ?o FILTER(" + "||".join(["(" + "&&".join(["?o=1"] * 20) + ")"] * 20) + ") }",
    ],
    ids=["IN", "VALUES", "arguments", "template", "variables", "prefixes", "optionals", "unions", "or of and"],
)
def test_what_is_long_but_not_deep_passes(query: str) -> None:
    assert passes(query)


ENGINE = """
import sys, threading
from pyoxigraph import Literal, NamedNode, Quad, Store
store = Store()
store.add(Quad(NamedNode("urn:a"), NamedNode("urn:p"), Literal("x"), NamedNode("urn:g")))
store.add(Quad(NamedNode("urn:a"), NamedNode("urn:p"), NamedNode("urn:a")))
def ask():
    for query in sys.stdin.read().split(chr(0)):
        print(query[:60].encode(), flush=True)
        store.query(query, use_default_graph_as_union=True)
threading.stack_size(int(sys.argv[1]))
thread = threading.Thread(target=ask)
thread.start()
thread.join()
"""


# With a larger stack the engine survives more, but takes minutes to order hundreds of joins.
QUICK = (
    "groups", "OPTIONAL in OPTIONAL", "EXISTS in EXISTS", "subqueries", "parentheses", "calls", "aggregates",
    "path in path", "triple terms", "not not", "plus", "or", "path alternatives", "unions", "filters", "binds",
)  # fmt: skip


@pytest.mark.parametrize(
    ("stack", "max_depth", "forms"),
    [(512 * 1024, 100, tuple(DEEP)), (8 * 1024 * 1024, 1_600, QUICK)],
    ids=["512 KiB", "8 MiB"],
)
def test_the_engine_survives_what_the_guard_lets_pass(stack: int, max_depth: int, forms: tuple[str, ...]) -> None:
    queries = [DEEP[form](deepest(DEEP[form], max_depth=max_depth, max_length=10**6)) for form in forms]
    run = [sys.executable, "-c", ENGINE, str(stack)]
    done = subprocess.run(run, input="\0".join(queries), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"the engine died after {done.stdout.splitlines()[-1:]}"
    assert len(done.stdout.splitlines()) == len(queries), done.stderr


@pytest.mark.parametrize(
    "call",
    [
        "REPLACE({}, 'a', 'b')",
        "SUBSTR({}, 1)",
        "REGEX({}, 'a')",
        "!({})",
        "!EXISTS{{ FILTER({}) }}",
        "!NOT EXISTS{{ FILTER({}) }}",
        "!<urn:f>({})",
        "!xsd:boolean({})",
    ],
)
def test_calls_that_the_engine_reads_again_at_each_level_are_nested_eight_deep_at_most(call: str) -> None:
    def nested(depth: int) -> str:
        inner = "?x"
        for _ in range(depth):
            inner = call.format(inner)
        return f"ASK {{ FILTER({inner}) }}"

    assert passes(nested(8))
    with pytest.raises(QueryRefused, match=r"more than 8 deep\. Nest .*REPLACE.* less\."):
        sparql.guard(nested(9))


# ---------------------------------------------------------------- parameters

BOUND = {
    "SELECT ?x ?o { ?x ?p ?o }": "SELECT (<urn:v> AS ?x) ?o { <urn:v> ?p ?o }",
    "SELECT DISTINCT $x { $x ?p ?o }": "SELECT DISTINCT (<urn:v> AS $x) { <urn:v> ?p ?o }",
    "SELECT (?x AS ?y) { ?s ?p ?x }": "SELECT (<urn:v> AS ?y) { ?s ?p <urn:v> }",
    "SELECT * { ?x ?p ?o }": "SELECT * { <urn:v> ?p ?o }",
    "SELECT (COUNT(?x) AS ?n) { ?x ?p ?o } GROUP BY ?x HAVING(?x > 1) ORDER BY ?x DESC(?x)": (
        "SELECT (COUNT(<urn:v>) AS ?n) { <urn:v> ?p ?o } GROUP BY (<urn:v>) HAVING(<urn:v> > 1) "
        "ORDER BY (<urn:v>) DESC(<urn:v>)"
    ),
    "ASK { ?x ?p ?o FILTER(BOUND(?x) && !bound( $x )) }": "ASK { <urn:v> ?p ?o FILTER((true) && !(true)) }",
    "ASK { ?s ?p ?o FILTER BOUND(?x) }": "ASK { ?s ?p ?o FILTER (true) }",
    "ASK{?s?x?o}": "ASK{?s <urn:v> ?o}",
    "ASK { ?s ?p ?o FILTER(?o<?x||?x>?o-?x) }": "ASK { ?s ?p ?o FILTER(?o< <urn:v> || <urn:v> >?o- <urn:v>) }",
    "DESCRIBE ?x ?y { ?x ?p ?y }": "DESCRIBE <urn:v> ?y { <urn:v> ?p ?y }",
    "DESCRIBE ?x": "DESCRIBE <urn:v>",
    "CONSTRUCT { ?x a ?o } { GRAPH ?x { ?x ?p (?x [ ?q ?x ]) } }": (
        "CONSTRUCT { <urn:v> a ?o } { GRAPH <urn:v> { <urn:v> ?p (<urn:v> [ ?q <urn:v> ]) } }"
    ),
    "ASK { <<( ?x ?p ?o )>> ?q ?r ~ ?x {| ?x 1 |} }": "ASK { <<( <urn:v> ?p ?o )>> ?q ?r ~ <urn:v> {| <urn:v> 1 |} }",
    "ASK { ?s ?p '?x', <urn:?x> # ?x\n, ?x }": "ASK { ?s ?p '?x', <urn:?x> # ?x\n, <urn:v> }",
    "ASK { { SELECT ?x ?o { ?x ?p ?o } } }": "ASK { { SELECT  ?o { <urn:v> ?p ?o } } }",
    "ASK { { SELECT ?x { ?x ?p ?o } } }": "ASK { { SELECT (<urn:v> AS ?x_) { <urn:v> ?p ?o } } }",
    "ASK { { SELECT ?x (COUNT(*) AS ?n) { ?x ?p ?o } GROUP BY ?x } }": (
        "ASK { { SELECT  (COUNT(*) AS ?n) { <urn:v> ?p ?o } GROUP BY (<urn:v>) } }"
    ),
    "SELECT ?x { { SELECT ?x { ?x ?p ?x_ } } }": (
        "SELECT (<urn:v> AS ?x) { { SELECT (<urn:v> AS ?x__) { <urn:v> ?p ?x_ } } }"
    ),
}


@pytest.mark.parametrize(("query", "expected"), BOUND.items(), ids=list(BOUND))
def test_a_parameter_is_a_constant_in_every_scope(query: str, expected: str) -> None:
    bound = sparql.bind(query, {"x": "<urn:v>"})
    assert bound == expected
    assert parses(query)
    assert parses(bound)


def test_several_parameters_with_or_without_sigil() -> None:
    bound = sparql.bind("ASK { ?a ?p $b }", {"?a": "<urn:a>", "b": '"x"@en'})
    assert bound == 'ASK { <urn:a> ?p "x"@en }'


@pytest.mark.parametrize(
    "term", ["<urn:v>", '"x"', '"x"@es-CO', '"2025-09-19"^^<http://www.w3.org/2001/XMLSchema#date>']
)
def test_an_iri_a_text_with_or_without_a_language_and_a_typed_value_are_terms(term: str) -> None:
    assert sparql.bind("ASK { ?s ?p ?x }", {"x": term}) == f"ASK {{ ?s ?p {term} }}"


@pytest.mark.parametrize("value", ['"a"^^<int>', '"a"^^<urn:t>@en', '"a"@en@es', '"a" ^^<urn:t>', "<a>", "^^<urn:t>"])
def test_a_value_with_a_part_too_many_or_too_short_is_none(value: str) -> None:
    with pytest.raises(QueryError, match=r"The value of \?x is no IRI or literal"):
        sparql.bind("ASK { ?s ?p ?x }", {"$x": value})


def test_without_parameters_the_text_stays() -> None:
    assert sparql.bind("SELECT ?x { oops", {}) == "SELECT ?x { oops"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("ASK { ?s ?p ?who }", "The query has no variable ?whom. Did you mean 'who'?"),
        ("SELECT (1 AS ?whom) {}", "line 1, column 14: the query assigns ?whom itself"),
        ("ASK { BIND(1 AS ?whom) }", "assigns ?whom itself"),
        ("ASK { VALUES ?whom { 1 } }", "assigns ?whom itself"),
        ("ASK { VALUES (?a ?whom) { (1 2) } }", "assigns ?whom itself"),
        ("ASK {} VALUES ?whom { 1 }", "assigns ?whom itself"),
        ("SELECT * {} GROUP BY (1 AS ?whom)", "assigns ?whom itself"),
        ("ASK { { SELECT (1 AS ?whom) {} } }", "assigns ?whom itself"),
        ("DESCRIBE ?whom", "?whom stands where only an IRI can"),
        ("ASK { GRAPH ?whom {} }", "?whom stands where only an IRI can"),
        ("ASK { ?s ?whom ?o }", 'line 1, column 10: ?whom stands where only an IRI can, and its value is "x".'),
        ("ASK { ?s ?p ?o ; ?whom ?o }", "?whom stands where only an IRI can"),
        ("ASK { [ ?whom 1 ] ?p ?o }", "?whom stands where only an IRI can"),
    ],
)
def test_a_parameter_that_cannot_be_bound_is_told(query: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        sparql.bind(query, {"whom": '"x"'})
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "value",
    ["", "x", "?y", "1", "true", "_:b", "<relative>", '"a" ', ' "a"', '"a"@en .', '"a"^^xsd:int', "<urn:a> <urn:b>",
     '"a" } DROP ALL', '"a', "<urn:a", "<urn:a># c", r'"\u0022"', "<<( <urn:a> <urn:b> 1 )>>"],
)  # fmt: skip
def test_only_one_iri_or_literal_is_a_value(value: str) -> None:
    with pytest.raises(QueryError, match=r"The value of \?x is no IRI or literal"):
        sparql.bind("ASK { ?x ?p ?o }", {"x": value})


@pytest.mark.parametrize("value", ["'Petro'@abcdefghij", "'x'@en-abcdefghi", "'@'@a1"])
def test_a_tag_that_is_no_language_is_told(value: str) -> None:
    with pytest.raises(UsageError, match=r"is not a (language tag|parameter value)"):
        parameter(value)


NASTY = ['"', "'", "\\", "\n", "\r", "}", "{", "#", "<", ">", "?x", "\\u0022", "\\uD800", "SERVICE <urn:x> {}", '"""']
HOSTILE = st.one_of(st.text(st.characters(exclude_categories=["Cs"])), st.lists(st.sampled_from(NASTY)).map("".join))


@given(HOSTILE, st.sampled_from([None, "en", "ar-EG"]))
def test_a_hostile_literal_stays_one_string(text: str, language: str | None) -> None:
    term = str(Literal(text, language=language))
    parts = texts(term)
    bound = texts(sparql.bind("SELECT ?x ?o { ?x ?p ?o FILTER(?o<?x) } # end", {"x": term}))
    around = texts("SELECT (_ AS ?x) ?o { _ ?p ?o FILTER(?o< _) }")
    assert bound == [piece for word in around for piece in (parts if word == "_" else [word])]


@given(HOSTILE)
def test_the_engine_gets_back_the_value_that_was_bound(text: str) -> None:
    rows = list(Store().query(sparql.bind("SELECT ?x {}", {"x": str(Literal(text))})))  # type: ignore[arg-type]
    assert [row["x"].value for row in rows] == [text]


def people() -> Store:
    """Three people, whom they accused, and an age for two of them."""
    store = Store()
    for who, verb, what in [("a", "accused", "b"), ("a", "accused", "c"), ("b", "accused", "c"), ("c", "denied", "a")]:
        store.add(Quad(*(NamedNode(f"urn:{name}") for name in (who, verb, what))))
    for who, age in (("a", 40), ("b", 50)):
        store.add(Quad(NamedNode(f"urn:{who}"), NamedNode("urn:age"), Literal(age)))
    return store


@pytest.mark.parametrize("name", ["urn:a", "urn:b", "urn:c", "urn:nobody"])
@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?x ?o { ?x <urn:accused> ?o } ORDER BY ?o",
        "SELECT ?x ?p { ?x ?p ?o OPTIONAL { ?x <urn:age> ?age } FILTER(BOUND(?x)) } ORDER BY ?p ?x ?age",
        "SELECT ?x ?age { { ?x <urn:accused> ?o } UNION { ?o <urn:accused> ?x } ?x <urn:age> ?age } ORDER BY ?o",
        "SELECT ?x (COUNT(*) AS ?n) { ?x ?p ?o } GROUP BY ?x ORDER BY ?x",
        "SELECT ?x ?n { { SELECT ?x (COUNT(*) AS ?n) { ?x <urn:accused> ?o } GROUP BY ?x } ?x <urn:age> ?age }",
        "SELECT DISTINCT ?x { { SELECT DISTINCT ?x { ?x ?p ?o } } FILTER EXISTS { ?o <urn:accused> ?x } }",
        "SELECT ?x ?z { ?x (<urn:accused>/<urn:accused>)|<urn:denied> ?z } ORDER BY ?z",
    ],
)
def test_binding_selects_the_rows_that_have_that_value(query: str, name: str) -> None:
    def rows(text: str) -> list[tuple[str, ...]]:
        return [tuple(map(str, row)) for row in people().query(text)]  # type: ignore[union-attr]

    bound = rows(sparql.bind(query, {"x": f"<{name}>"}))
    assert bound == [row for row in rows(query) if row[0] == f"<{name}>"]


# ---------------------------------------------------------------- errors people can read

MISTAKES = {
    "ASK { ?s faof:p ?o }": """\
        line 1, column 10: the prefix faof: is not known.
          ASK { ?s faof:p ?o }
                   ^ Did you mean 'foaf'? Declare it: PREFIX faof: <…>. Known here: dip:, foaf:.""",
    "SELECT *\n{ ?s ?p ?o ?a ?b ?c }": """\
        line 2, column 12: the triple before this is complete; a '.', ';' or ',' is missing.
          { ?s ?p ?o ?a ?b ?c }
                     ^""",
    "ASK { ?s ?p }": """\
        line 1, column 13: a triple needs three parts before this '}'.
          ASK { ?s ?p }
                      ^""",
    "ASK { ?s 'x' ?o }": """\
        line 1, column 10: 'x' cannot be a predicate.
          ASK { ?s 'x' ?o }
                   ^ Only an IRI, a path or a variable can.""",
    "ASK { ?s ?p ?o": """\
        line 1, column 5: this '{' is never closed.
          ASK { ?s ?p ?o
              ^""",
    "ASK { ?s ?p ?o } }": """\
        line 1, column 18: this '}' closes nothing.
          ASK { ?s ?p ?o } }
                           ^ Remove it, or open it before.""",
    "ASK { FILTER(?a = 1 }": """\
        line 1, column 21: '}' cannot close the '(' of line 1, column 13.
          ASK { FILTER(?a = 1 }
                              ^""",
    "SELECT ?s, ?p { ?s ?p ?o }": """\
        line 1, column 10: SELECT names variables without commas.
          SELECT ?s, ?p { ?s ?p ?o }
                   ^""",
    "SELECT COUNT(*) { ?s ?p ?o }": """\
        line 1, column 8: SELECT needs a name for what it computes.
          SELECT COUNT(*) { ?s ?p ?o }
                 ^ Write (… AS ?name).""",
    "SELECT (COUNT(*)) { ?s ?p ?o }": """\
        line 1, column 8: SELECT needs a name for what it computes.
          SELECT (COUNT(*)) { ?s ?p ?o }
                 ^ Write (… AS ?name).""",
    "ASK { ?s ?p ?o FILTER ?o > 3 }": """\
        line 1, column 23: FILTER needs parentheses around its condition.
          ASK { ?s ?p ?o FILTER ?o > 3 }
                                ^ Write FILTER ( … ).""",
    "ASK { ?s ?p ?o OPTIONAL ?s ?q ?r }": """\
        line 1, column 25: OPTIONAL needs a group in braces.
          ASK { ?s ?p ?o OPTIONAL ?s ?q ?r }
                                  ^ Write OPTIONAL { … }.""",
    "ASK { GRAPH { ?s ?p ?o } }": """\
        line 1, column 13: GRAPH needs the graph's name.
          ASK { GRAPH { ?s ?p ?o } }
                      ^ Write GRAPH ?g { … }.""",
    "SELECT ?s ?s { ?s ?p ?o }": """\
        line 1, column 19: SELECT names a variable twice.
          SELECT ?s ?s { ?s ?p ?o }
                            ^""",
    "SELECT * { ?s ?p ?o } LIMIT 10 ORDER BY ?s": """\
        line 1, column 32: the query does not parse at or after this place.
          SELECT * { ?s ?p ?o } LIMIT 10 ORDER BY ?s
                                         ^""",
    "ASK": """\
        line 1, column 1: the query does not parse at or after this place.
          ASK
          ^ Expected '{'.""",
}


@pytest.mark.parametrize(("query", "expected"), MISTAKES.items(), ids=list(MISTAKES))
def test_a_mistake_is_told_with_its_line_a_caret_and_a_repair(query: str, expected: str) -> None:
    with suppress(QuerySyntax):
        sparql.guard(query)
    with pytest.raises(SyntaxError) as engine:
        Store().query(query)
    told = sparql.explain_syntax(query, str(engine.value), {"foaf": "urn:x", "dip": "urn:y"})
    assert str(told) == dedent(expected)
    assert f"line {told.line}, column {told.column}:" in str(told)


FULL = """PREFIX e: <urn:> SELECT ?s (COUNT(?x) AS ?n) FROM e:g {
  { ?s e:p/^e:q ?x } UNION { SELECT ?x { ?s e:p (1 ?x) } }
  VALUES (?s ?x) { (e:a 1) } OPTIONAL { [ e:p ?x ] e:q << ?s ?p ?x >> } FILTER(BOUND(?x) && !EXISTS { ?x e:p "a"@en })
} GROUP BY ?s HAVING(?s < 1) ORDER BY DESC(?s) LIMIT 5"""


def test_a_query_that_breaks_off_anywhere_is_told_with_a_place() -> None:
    parts = list(sparql.tokens(FULL))
    told = 0
    for token in parts:
        text = FULL[: token.start]
        with suppress(QueryError):
            sparql.guard(text)
        with suppress(QueryError):
            sparql.bind(text, {"x": "<urn:v>"})
        if not parses(text):
            error = sparql.explain_syntax(text, "error at 1:1: expected [_]")
            assert error.message.startswith(f"line {error.line}, column {error.column}: ")
            told += 1
    assert told > 80


@pytest.mark.parametrize(
    "query", ["ASK { VALUES ?x { 1, 2 } }", "ASK { VALUES (?x, ?y) { (1 2) } }", "ASK { VALUES (?x ?y) { (1, 2) } }"]
)
def test_commas_between_values_are_told(query: str) -> None:
    sparql.guard(query)
    with pytest.raises(SyntaxError) as engine:
        Store().query(query)
    told = sparql.explain_syntax(query, str(engine.value))
    assert (told.line, told.column) == (1, query.index(",") + 1)


def test_of_a_long_line_the_part_around_the_place_is_shown() -> None:
    query = "ASK { " + "?s ?p ?o . " * 40 + "?s nope:p ?o }"
    told = sparql.explain_syntax(query, "error at 1:1: expected OPTIONAL").message.splitlines()
    assert told[1][told[2].index("^") :].startswith("nope:p")
    assert len(told[1]) < 100


def test_tabs_do_not_move_the_caret() -> None:
    told = sparql.explain_syntax("ASK {\n\t\t?s nope:p ?o }", "").message.splitlines()
    assert told[1:] == ["    ?s nope:p ?o }", "       ^"]


# ---------------------------------------------------------------- the W3C suite

TESTS = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QUERY = NamedNode("http://www.w3.org/2001/sw/DataAccess/tests/test-query#query")
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
needs_w3c = pytest.mark.skipif(not W3C.is_dir(), reason="the W3C SPARQL 1.1 tests are not at ../shared/w3c")


def w3c(*kinds: str) -> Iterator[tuple[str, str]]:
    """Name and text of the queries of all tests of these kinds."""
    for manifest in sorted(W3C.glob("*/manifest.ttl")):
        store = Store()
        store.load(path=str(manifest), format=RdfFormat.TURTLE, base_iri=manifest.as_uri())
        for kind in kinds:
            for test in store.quads_for_pattern(None, TYPE, NamedNode(TESTS + kind)):
                action = next(store.quads_for_pattern(test.subject, NamedNode(f"{TESTS}action"), None)).object
                query = next((q.object for q in store.quads_for_pattern(action, QUERY, None)), action)  # type: ignore[arg-type]
                path = Path(query.value.removeprefix("file://"))  # type: ignore[union-attr]
                yield f"{manifest.parent.name}/{path.name}", path.read_text(encoding="utf-8")


POSITIVE = ("PositiveSyntaxTest11", "QueryEvaluationTest", "CSVResultFormatTest")


@needs_w3c
def test_w3c_queries_pass_unless_they_use_service() -> None:
    queries = list(w3c(*POSITIVE))
    refused = []
    for name, query in queries:
        try:
            sparql.guard(query)
        except QueryRefused as error:
            assert "SERVICE" in error.message
            refused.append(name.partition("/")[0])
        assert sparql.form(query) in sparql.FORMS
    assert len(queries) == 66 + 309 + 3
    assert sorted(refused) == ["service"] * 7 + ["syntax-fed"] * 3


@needs_w3c
def test_w3c_queries_hold_no_mistake_that_we_would_report() -> None:
    told = [sparql.explain_syntax(query, "error at 1:1: expected [_]") for _, query in w3c(*POSITIVE)]
    ours = [str(error) for error in told if "does not parse" not in error.message and "SERVICE" not in error.message]
    assert len(told) == 378
    assert ours == []


@needs_w3c
def test_w3c_updates_are_refused() -> None:
    empty = 0
    updates = list(w3c("PositiveUpdateSyntaxTest11"))
    for _, update in updates:
        with pytest.raises(QueryError) as caught:
            sparql.guard(update)
        empty += "there is no query" in str(caught.value)
    assert (len(updates), empty) == (42, 3)


@needs_w3c
def test_w3c_mistakes_are_told_with_a_place() -> None:
    mistakes = list(w3c("NegativeSyntaxTest11"))
    for name, query in mistakes:
        with pytest.raises(SyntaxError) as engine:
            Store().query(query, base_iri="http://example.org/")
        told = sparql.explain_syntax(query, str(engine.value))
        assert told.message.startswith(f"line {told.line}, column {told.column}: "), name
    assert len(mistakes) == 48


@needs_w3c
def test_w3c_queries_still_parse_with_any_variable_bound() -> None:
    bound = 0
    for name, query in w3c(*POSITIVE):
        if "SERVICE" in query.upper():
            continue
        for variable in sorted(sparql.variables(query)):
            with suppress(QueryError):
                text = sparql.bind(query, {variable: "<urn:v>"})
                with suppress(RuntimeError):  # custom functions
                    Store().query(text, base_iri="http://example.org/")
                bound += 1
                sparql.guard(text)
                left = [a for a, b in pairwise(["", *texts(text)]) if b[1:] == variable and b[0] in "?$"]
                assert set(left) <= {"AS"}, name
    assert bound > 600


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("ask { ?s ?p ?o }", "SELECT (1 AS ?asked) { ?s ?p ?o }"),
        ("# ASK\nASK{ ?asked ?p 'ASK' }", "# ASK\nSELECT (1 AS ?asked0){ ?asked ?p 'ASK' }"),
        ("BASE <urn:ask> ASK FROM <g> WHERE {}", "BASE <urn:ask> SELECT (1 AS ?asked) FROM <g> WHERE {}"),
        ("SELECT ?ask { ?ask ?p ?o }", "SELECT ?ask { ?ask ?p ?o }"),
    ],
)
def test_an_ask_is_a_select_with_a_row_if_the_answer_is_yes(text: str, rows: str) -> None:
    assert sparql.asked_in_rows(text) == rows
    if rows != text:
        store = Store()
        for _ in range(2):
            found: Any = store.query(rows)
            assert bool(store.query(text)) == bool(list(found))
            store.add(Quad(NamedNode("urn:s"), NamedNode("urn:p"), Literal("ASK")))
