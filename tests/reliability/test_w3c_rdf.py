"""Turtle, TriG, N-Triples and N-Quads: the W3C suites of RDF 1.1 through `kg.feeds.rdf`, and through `kg import rdf`.

What is well formed is read, what is not is refused with a reason, and what a document says is the graph that the suite
expects, up to the names of blank nodes (we give them names; here these are taken for blank nodes again). An import is
one graph, so statements of several graphs are compared as one; how many had a graph of their own is counted. Tests that
we refuse by contract stand below with the reason. The suites are not part of the repository: `KG_W3C_RDF` names their
folder `rdf11`. `KG_LONG=1` imports every document by command and reads it back from the store, else every twentieth.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from kg import importing, pipeline, store
from kg.feeds import files, rdf
from kg.feeds.records import Window
from kg.feeds.tally import Tally
from kg.terms import GRAPH, ID

if TYPE_CHECKING:
    from tests.conftest import Kg, MakeFolder
    from tests.reliability.conftest import Promise

HERE = Path(__file__).resolve()
SUITE = Path(os.environ.get("KG_W3C_RDF", HERE.parents[3] / "shared/w3c/rdf/rdf11"))
pytestmark = pytest.mark.skipif(not SUITE.is_dir(), reason=f"the W3C suites are not there: KG_W3C_RDF ({SUITE})")
LONG = bool(os.environ.get("KG_LONG"))
COUNT = {"rdf-n-quads": 87, "rdf-n-triples": 70, "rdf-trig": 356, "rdf-turtle": 313}
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
RDFT = "http://www.w3.org/ns/rdftest#"
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
NAMED = f"{ID}rdf-node-"
TOLD = re.compile(r"(is no statement|cannot be read from here on): .{8,}|the vocabulary has no .+")

_SEEN = "a character that cannot be printed"
_NUL = "is NUL, which is in no text"
_LINES = {
    f"literal_{name}": _SEEN
    for name in ("all_controls", "ascii_boundaries", "with_BACKSPACE", "with_FORM_FEED", "with_UTF8_boundaries")
}
_BLOCKS = {
    "LITERAL1_all_controls": _NUL,
    **{f"{kind}_ascii_boundaries": _NUL for kind in ("LITERAL1", "LITERAL2", "LITERAL_LONG1", "LITERAL_LONG2")},
    **{f"{kind}_with_UTF8_boundaries": _SEEN for kind in ("LITERAL1", "LITERAL2", "LITERAL_LONG1", "LITERAL_LONG2")},
    **{f"literal_with_{name}": _SEEN for name in ("BACKSPACE", "FORM_FEED", "escaped_BACKSPACE", "escaped_FORM_FEED")},
}
REFUSED = {
    **{f"{suite}/{name}": why for suite in ("rdf-n-quads", "rdf-n-triples") for name, why in _LINES.items()},
    **{f"{suite}/{name}": why for suite in ("rdf-trig", "rdf-turtle") for name, why in _BLOCKS.items()},
}
"""Well-formed documents with control characters or U+FFFE in a text: what moves a terminal or is not allowed in XML is
not taken into a build from any source. The parser alone reads them."""


@dataclass(frozen=True, slots=True)
class Case:
    """One test: what kind it is, its document, and the document of what it says, if it is to be compared."""

    name: str
    kind: str
    action: Path
    result: Path | None
    base: str


@cache
def cases() -> tuple[Case, ...]:
    """All tests of the four suites, by name."""
    found = []
    for folder in sorted(COUNT) if SUITE.is_dir() else ():
        manifest = SUITE / folder / "manifest.ttl"
        graph = ox.Store()
        graph.load(path=str(manifest), format=ox.RdfFormat.TURTLE, base_iri=manifest.as_uri())

        def values(node: object, name: str, graph: ox.Store = graph) -> list[str]:
            pattern = graph.quads_for_pattern(node, ox.NamedNode(f"{MF}{name}"), None)  # type: ignore[arg-type]
            return [getattr(quad.object, "value", "") for quad in pattern]

        bases = values(None, "assumedTestBase")
        for quad in graph.quads_for_pattern(None, TYPE, None):
            kind = getattr(quad.object, "value", "")
            if kind.startswith(RDFT):
                name = getattr(quad.subject, "value", "").rpartition("#")[2]
                action, *_ = values(quad.subject, "action")
                result = values(quad.subject, "result")
                found.append(
                    Case(
                        f"{folder}/{name}", kind.removeprefix(RDFT), SUITE / folder / action.rpartition("/")[2],
                        SUITE / folder / result[0].rpartition("/")[2] if result else None, (bases or [""])[0],
                    )
                )  # fmt: skip
    return tuple(sorted(found, key=lambda case: case.name))


def document(case: Case, place: Path) -> Path:
    """The document of a test; one that may have relative names says first where it stands, as the suite has it."""
    raw = case.action.read_bytes()
    if case.base and "Negative" not in case.kind:
        raw = f"@base <{case.base}{case.action.name}> .\n".encode() + raw
    path = place / case.action.name
    path.write_bytes(raw)
    return path


def read(path: Path) -> tuple[list[str], Tally]:
    """What our reader makes of a document."""
    (source,) = files.sources([path])
    return [each.text for each in rdf.read([source], Window())], source.tally


def graph_of(triples: Iterable[ox.Triple]) -> ox.Dataset:
    """One graph in canonical form; the names that we give to blank nodes are taken away."""

    def bare(term: object) -> object:
        named = isinstance(term, ox.NamedNode) and term.value.startswith(NAMED)
        return ox.BlankNode(term.value.removeprefix(ID)) if named else term  # type: ignore[attr-defined]

    found = ox.Dataset(ox.Quad(bare(t.subject), t.predicate, bare(t.object)) for t in triples)  # type: ignore[arg-type]
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return found


def expected(case: Case) -> list[ox.Quad]:
    """What the suite says that a document says."""
    assert case.result
    form = ox.RdfFormat.N_QUADS if case.result.suffix == ".nq" else ox.RdfFormat.N_TRIPLES
    return list(ox.parse(path=str(case.result), format=form))


def alone(case: Case) -> list[ox.Triple]:
    """What the parser reads in a document without us."""
    form = rdf.FORMATS[case.action.suffix[1:]]
    base = f"{case.base}{case.action.name}" if case.base else None
    return [quad.triple for quad in ox.parse(path=str(case.action), format=form, base_iri=base)]


def good() -> list[Case]:
    """The tests whose documents are well formed and taken."""
    return [case for case in cases() if "Negative" not in case.kind and case.name not in REFUSED]


def bad() -> list[Case]:
    """The tests whose documents are not well formed."""
    return [case for case in cases() if "Negative" in case.kind]


def test_the_suites_were_read() -> None:
    assert Counter(case.name.partition("/")[0] for case in cases()) == COUNT
    assert len({case.name for case in cases()}) == sum(COUNT.values())
    assert REFUSED.keys() <= {case.name for case in cases()}
    assert sum(case.result is not None for case in cases()) == 288


@pytest.mark.parametrize("suite", COUNT)
def test_what_is_well_formed_says_what_it_says(suite: str, tmp_path: Path, promise: Promise) -> None:
    tried, wrong = 0, {}
    for case in (each for each in good() if each.name.startswith(suite)):
        found, tally = read(document(case, tmp_path))
        tried += 1
        wanted = expected(case) if case.result else []
        if tally.rejected:
            wrong[case.name] = f"refused: {tally.rejected[0].reason}"
        elif case.result and graph_of(triples(found)) != graph_of(quad.triple for quad in wanted):
            wrong[case.name] = f"another graph: {''.join(found)}"
        elif case.result and tally.notes["statements out of a graph of their own"] != sum(map(of_a_graph, wanted)):
            wrong[case.name] = "another number of statements in graphs of their own"
        elif not case.result and graph_of(triples(found)) != graph_of(alone(case)):
            wrong[case.name] = f"not what the parser reads: {''.join(found)}"
    assert wrong == {} and tried > 35
    note = f"{len(REFUSED)} more are well formed and refused by contract: control characters" if tried else ""
    promise("W3C RDF suites: well-formed documents are read", tried=tried, survived=tried - len(wrong), note=note)


def of_a_graph(quad: ox.Quad) -> bool:
    """Whether a statement stands in a graph of its own."""
    return not isinstance(quad.graph_name, ox.DefaultGraph)


def triples(lines: list[str]) -> list[ox.Triple]:
    """Lines of N-Triples as triples."""
    return [quad.triple for quad in ox.parse("".join(lines), format=ox.RdfFormat.N_TRIPLES)]


def test_what_is_not_well_formed_is_refused_with_a_reason(tmp_path: Path, promise: Promise) -> None:
    let_in, silent = [], []
    for case in bad():
        _, tally = read(document(case, tmp_path))
        if not tally.refused:
            let_in.append(case.name)
        silent += [case.name for each in tally.rejected if not TOLD.fullmatch(each.reason)]
    assert let_in == [] and silent == [] and len(bad()) == 272
    promise("W3C RDF suites: malformed documents are refused", tried=len(bad()), survived=len(bad()) - len(let_in))


def test_what_is_refused_by_contract_is_told_and_nothing_else_stops_it(tmp_path: Path) -> None:
    for case in (each for each in cases() if each.name in REFUSED):
        found, tally = read(document(case, tmp_path))
        assert {REFUSED[case.name] in each.reason for each in tally.rejected} == {True}, case.name
        assert found == [] and alone(case), case.name


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory, make_folder: MakeFolder) -> Path:
    base = tmp_path_factory.mktemp("w3c-rdf")
    pipeline.build(make_folder(base).path, base / "build")
    return base / "build"


@pytest.mark.parametrize("case", good() if LONG else good()[::20], ids=lambda case: case.name)
def test_by_command_the_store_holds_what_it_says(case: Case, build: Path, kg: Kg, tmp_path: Path) -> None:
    there = ["--store", build]
    done = kg("import", "rdf", document(case, tmp_path), "--strict", "-f", "json", *there)
    assert done.code == 0, done.err
    wanted = graph_of(as_kept([quad.triple for quad in expected(case)] if case.result else alone(case)))
    found = []
    for batch in importing.imported(build):
        graph = f"{GRAPH}feed/rdf/{batch['batch']}"
        held = kg("query", f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}", "-f", "ntriples", *there)
        own = f"<{ID}rdf-import-{batch['batch']}> "
        found += triples([f"{line}\n" for line in held.out.split("\n") if not line.startswith(own)])
        assert kg("import", "--drop", batch["batch"], *there).code == 0
    assert graph_of(found) == wanted


def as_kept(found: list[ox.Triple]) -> list[ox.Triple]:
    """Triples as the engine keeps them: it may write a number otherwise, and its value is the same."""
    bare = ox.Store()
    bare.extend(ox.Quad(*each) for each in found)
    return [quad.triple for quad in bare]


@pytest.mark.parametrize("case", bad() if LONG else bad()[::20], ids=lambda case: case.name)
def test_by_command_nothing_malformed_is_taken(case: Case, build: Path, kg: Kg, tmp_path: Path) -> None:
    before = store.generation(build)
    done = kg("import", "rdf", document(case, tmp_path), "--strict", "--store", build)
    assert done.code == 1 and done.err.endswith("\n1 problem found.\n") and case.action.name in done.err, done
    assert store.generation(build) == before
