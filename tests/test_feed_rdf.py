"""RDF of others: every format, nothing fetched, blank nodes named by content, our own words held to their meaning."""

from __future__ import annotations

import gzip
import http.server
import shutil
import threading
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse, serialize

from kg import importing, store
from kg.errors import DataProblems, StorageError, UsageError
from kg.feeds import files, rdf
from kg.feeds.blanks import named
from kg.feeds.quads import Batch
from kg.feeds.records import Window
from kg.feeds.tally import Tally

if TYPE_CHECKING:
    from tests.conftest import Kg

PREFIXES = """\
@prefix e: <https://example.org/> .
@prefix dip: <https://w3id.org/diplokg/ns#> .
@prefix id: <https://w3id.org/diplokg/id/> .
@prefix rel: <https://w3id.org/diplokg/rel#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
"""
EXAMPLE = PREFIXES + 'e:treaty e:signedBy id:colombia, e:peru ; e:title "Tratado"@es ; e:year 1922 .\n'
LINES = {
    "<https://example.org/treaty> <https://example.org/signedBy> <https://example.org/peru> .\n",
    "<https://example.org/treaty> <https://example.org/signedBy> <https://w3id.org/diplokg/id/colombia> .\n",
    '<https://example.org/treaty> <https://example.org/title> "Tratado"@es .\n',
    '<https://example.org/treaty> <https://example.org/year> "1922"^^<http://www.w3.org/2001/XMLSchema#integer> .\n',
}


def read(path: Path, data: str | bytes) -> tuple[list[str], Tally]:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    (source,) = files.sources([path])
    found = [each.text for each in rdf.read([source], Window())]
    source.tally.check()
    return found, source.tally


@pytest.mark.parametrize(
    ("ending", "form"),
    [
        ("ttl", RdfFormat.TURTLE),
        ("trig", RdfFormat.TRIG),
        ("nt", RdfFormat.N_TRIPLES),
        ("nq", RdfFormat.N_QUADS),
        ("rdf", RdfFormat.RDF_XML),
        ("jsonld", RdfFormat.JSON_LD),
    ],
)
def test_every_format_gives_the_same_triples(tmp_path: Path, ending: str, form: RdfFormat) -> None:
    data = serialize([quad.triple for quad in parse(EXAMPLE, format=RdfFormat.TURTLE)], format=form)
    assert data
    found, tally = read(tmp_path / f"x.{ending}", data)
    assert set(found) == LINES and (tally.read, tally.kept, tally.refused) == (4, 4, 0)
    found, _ = read(tmp_path / f"x.{ending}.gz", gzip.compress(data))
    assert set(found) == LINES


def test_a_byte_order_mark_is_no_statement(tmp_path: Path) -> None:
    assert set(read(tmp_path / "x.ttl", b"\xef\xbb\xbf" + EXAMPLE.encode())[0]) == LINES
    assert set(read(tmp_path / "x.nt", b"\xef\xbb\xbf" + "".join(LINES).encode())[0]) == LINES


def test_a_line_that_is_no_statement_is_rejected_alone(tmp_path: Path) -> None:
    good = sorted(LINES)
    text = good[0] + "# a comment\n\n" + "<https://example.org/a> <https://example.org/b\n" + good[1] + "nonsense\n"
    found, tally = read(tmp_path / "x.nt", text.encode() + b'<https://e.org/a> <https://e.org/b> "\xff" .\n')
    assert found == good[:2] and [each.line for each in tally.rejected] == [7, 4, 6]
    assert (tally.read, tally.kept, tally.refused) == (5, 2, 3)


def test_turtle_that_breaks_off_says_where_and_keeps_what_came_before(tmp_path: Path) -> None:
    found, tally = read(tmp_path / "x.ttl", EXAMPLE + "e:a e:b <x y> .\ne:a e:b e:c .\n")
    assert set(found) == LINES and tally.rejected[0].line == 8
    assert tally.rejected[0].reason.startswith("cannot be read from here on: ")


def test_a_file_whose_name_tells_no_format_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataProblems, match="the name does not tell the format"):
        read(tmp_path / "x.txt", EXAMPLE)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("x.jsonld", '{"@context": "https://example.org/c.jsonld", "@id": "https://e.org/x", "n": 1}', "elsewhere"),
        (
            "x.rdf",
            '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rdf:RDF '
            'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">&a;</rdf:RDF>',
            "an XML entity that names a file",
        ),
        (
            "x.rdf",
            '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rdf:RDF '
            'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
            "another entity",
        ),
        ("x.rdf", f'<!DOCTYPE r [<!ENTITY a "{"a" * 300}">]><r/>', "a long text"),
        ("x.rdf", "<!DOCTYPE r [<!ENTITY\ta\t>]><r/>", "not plainly written"),
        ("x.ttl", "<a> <b> <c> .".encode("utf-16"), "is not UTF-8"),
        ("x.ttl", f'<https://e.org/a> <https://e.org/b> "{"x" * (17 << 20)}" .', "more than 16 MB"),
    ],
)
def test_nothing_is_fetched_and_nothing_swells(tmp_path: Path, name: str, text: str | bytes, reason: str) -> None:
    found, tally = read(tmp_path / name, text)
    assert found == [] and tally.refused == 1
    assert reason in tally.rejected[0].reason


def test_an_entity_that_shortens_a_namespace_is_read(tmp_path: Path) -> None:
    text = (
        '<!DOCTYPE rdf:RDF [<!ENTITY e "https://example.org/">]>'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://example.org/">'
        '<rdf:Description rdf:about="&e;a"><e:b rdf:resource="&e;c"/></rdf:Description></rdf:RDF>'
    )
    assert read(tmp_path / "x.owl", text)[0] == [
        "<https://example.org/a> <https://example.org/b> <https://example.org/c> .\n"
    ]


def test_owl_imports_are_kept_and_not_followed(tmp_path: Path) -> None:
    found, tally = read(tmp_path / "x.ttl", PREFIXES + "<> a owl:Ontology ; owl:imports <http://127.0.0.1:9/x.ttl> .\n")
    assert len(found) == 2 and tally.notes["owl:imports that were not followed"] == 1
    assert all(line.startswith("<https://w3id.org/diplokg/file/") for line in found)


def test_named_graphs_are_put_together_and_counted(tmp_path: Path) -> None:
    found, tally = read(tmp_path / "x.trig", PREFIXES + "e:g { e:a e:b e:c } e:a e:b e:d .")
    assert len(found) == 2 and tally.notes["statements out of a graph of their own"] == 1


def test_statements_about_statements_have_no_place(tmp_path: Path) -> None:
    found, tally = read(tmp_path / "x.ttl", PREFIXES + "e:x rdf:reifies <<( e:a e:b e:c )>> . e:a e:b e:c .")
    assert len(found) == 1 and "about a statement" in tally.rejected[0].reason


BLANK = PREFIXES + "e:x e:p [ e:q 1 ; e:r [ e:s 2 ] ] , [ e:q 2 ] . _:z e:t ( 1 2 ) .\n"


def test_blank_nodes_are_named_by_what_is_said_of_them(tmp_path: Path) -> None:
    found, _ = read(tmp_path / "x.ttl", BLANK)
    assert len(found) == 11 and not any("_:" in line for line in found)
    other = PREFIXES + "_:b7 e:t _:l . _:l rdf:rest _:m ; rdf:first 1 . _:m rdf:first 2 ; rdf:rest rdf:nil .\n"
    other += "e:x e:p _:k , _:j . _:j e:q 1 ; e:r _:h . _:h e:s 2 . _:k e:q 2 .\n"
    again, _ = read(tmp_path / "y.ttl", other)
    assert set(again) == set(found)


def test_blank_nodes_that_look_the_same_stay_two() -> None:
    text = PREFIXES + "e:x e:p [ e:q 1 ] , [ e:q 1 ] . _:a e:n _:b . _:b e:n _:a . _:c e:n _:d . _:d e:n _:c ."
    triples = [quad.triple for quad in parse(text, format=RdfFormat.TURTLE)]
    found = list(named(triples))
    assert len(set(map(str, found))) == len(triples) == 8


def test_hard_blank_nodes_take_no_longer() -> None:
    """A clique of like nodes, which takes exponential time where every order is tried."""
    text = PREFIXES + "".join(f"_:n{a} e:p _:n{b} .\n" for a in range(40) for b in range(40) if a != b)
    triples = [quad.triple for quad in parse(text, format=RdfFormat.TURTLE)]
    assert len(set(map(str, named(triples)))) == 40 * 39


def test_our_words_have_to_be_in_the_vocabulary(tmp_path: Path) -> None:
    found, tally = read(
        tmp_path / "x.ttl", PREFIXES + "e:a dip:actr id:colombia ; a dip:Sanctionin ; e:b dip:Nothing ."
    )
    assert len(found) == 1
    assert {each.reason for each in tally.rejected} == {
        "the vocabulary has no dip:actr. Did you mean 'dip:actor'?",
        "the vocabulary has no dip:Sanctionin. Did you mean 'dip:Sanctioning'?",
    }
    assert tally.unknown == {"dip:actr": 1, "dip:Sanctionin": 1}


def test_a_direct_edge_stands_only_beside_what_explains_it(tmp_path: Path) -> None:
    edge = "id:us-treasury rel:sanctioned id:gustavo-petro .\n"
    found, tally = read(tmp_path / "x.ttl", PREFIXES + edge + "[] rel:sanctioned id:gustavo-petro .\n")
    assert found == [] and {each.reason.partition(";")[0] for each in tally.rejected} == {
        "a direct edge that nothing explains"
    }
    explained = "e:edge rdf:subject id:us-treasury ; rdf:predicate rel:sanctioned ; rdf:object id:gustavo-petro .\n"
    found, tally = read(tmp_path / "x.ttl", PREFIXES + edge + explained)
    assert len(found) == 4 and tally.refused == 0


@pytest.fixture
def build(built: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "build"
    shutil.copytree(built, folder)
    return folder


def graph(folder: Path) -> set[str]:
    (about,) = store.manifest(folder)["feeds"]
    name = NamedNode(Batch(about["name"], about["batch"]).graph)
    quads: Iterator[Quad] = store.open_store(str(folder)).native().quads_for_pattern(None, None, None, name)
    return {f"{quad.triple} .\n" for quad in quads}


def test_a_file_becomes_a_batch_that_can_be_dropped(build: Path, tmp_path: Path, kg: Kg) -> None:
    (tmp_path / "x.ttl").write_text(EXAMPLE, encoding="utf-8")
    before = store.open_store(str(build)).native()
    count = len(before)
    del before
    made = importing.import_feed("rdf", [tmp_path / "x.ttl"], build)
    assert graph(build) >= LINES and made.counts["statements"] == 4
    assert importing.import_feed("rdf", [tmp_path / "x.ttl"], build).batch == ""
    assert kg("import", "--drop", made.batch, "--store", str(build)).code == 0
    assert len(store.open_store(str(build)).native()) == count


def test_nodes_of_our_classes_are_held_against_the_shapes(build: Path, tmp_path: Path) -> None:
    (tmp_path / "x.ttl").write_text(PREFIXES + "e:quarrel a dip:Threat .\n", encoding="utf-8")
    with pytest.raises(DataProblems, match="Event without an actor") as caught:
        importing.import_feed("rdf", [tmp_path / "x.ttl"], build)
    assert "https://example.org/quarrel" in str(caught.value)
    assert store.manifest(build).get("feeds", []) == []


class Service(http.server.BaseHTTPRequestHandler):
    """A SPARQL service that gives the example, its blank nodes called otherwise each time."""

    asked: list[str] = []  # noqa: RUF012

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append(urllib.parse.parse_qs(body)["query"][0])
        number = len(self.asked)
        data = "".join(sorted(LINES)) + f'_:b{number} <https://example.org/q> "1" .\n'
        self.send_response(200)
        self.send_header("Content-Type", "application/n-triples")
        self.end_headers()
        self.wfile.write(data.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[str]:
    Service.asked.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/sparql"
        server.shutdown()
        thread.join()


def test_a_service_is_asked_once_and_the_same_answer_changes_nothing(build: Path, service: str, kg: Kg) -> None:
    at = ("--store", str(build))
    done = kg("import", "rdf", service, "--graph", "https://example.org/g", *at)
    assert done.code == 0 and "5 statements" in done.err, done
    assert Service.asked[0].endswith("CONSTRUCT { ?s ?p ?o } WHERE { GRAPH <https://example.org/g> { ?s ?p ?o } }")
    assert graph(build) >= LINES
    again = kg("import", "rdf", service, "--query", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", *at)
    assert "already there, nothing changed" in again.err and len(Service.asked) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("rdf", "http://127.0.0.1:9/sparql"), 2, "A SPARQL service and a query go together. Say what to take"),
        (("rdf", "x.ttl", "--query", "CONSTRUCT {} WHERE {}"), 2, "go together. Name the address"),
        (("rdf", "http://127.0.0.1:9/", "--query", "SELECT * {}"), 2, "a CONSTRUCT or a DESCRIBE"),
        (("rdf", "http://127.0.0.1:9/", "--query", "CONSTRUCT WHERE { ?s ?p ?o }"), 3, "http://127.0.0.1:9/: "),
        (("rdf", "http://127.0.0.1:9/", "--graph", "a b"), 2, "'a b' is not an IRI."),
        (("rdf", "http://127.0.0.1:9/", "--graph", "e:g", "--query", "x"), 2, "--query and --graph do not go together"),
        (("rdf", "http://127.0.0.1:9/", "--query", "none.rq"), 3, "none.rq: cannot be read"),
        (("gdelt", "http://127.0.0.1:9/x.zip"), 2, "files are not fetched. Download it"),
        (("rdf", "none.ttl"), 3, "none.ttl: no such file"),
        (("csv", "none.csv"), 2, "A table needs a mapping."),
    ],
)
def test_what_cannot_be_imported_says_what_to_do(
    built: Path, kg: Kg, arguments: tuple[str, ...], code: int, told: str
) -> None:
    done = kg("import", *arguments, "--store", str(built))
    assert (done.code, told in done.err) == (code, True), done


def test_errors_are_of_the_family(built: Path) -> None:
    with pytest.raises(UsageError):
        importing.import_feed("rdf", ["http://127.0.0.1:9/"], built)
    with pytest.raises(StorageError):
        importing.import_feed("rdf", ["none.ttl"], built)


def test_triples_of_the_example_are_what_they_seem() -> None:
    assert {f"{Triple(*quad.triple)} .\n" for quad in parse(EXAMPLE, format=RdfFormat.TURTLE)} == LINES
