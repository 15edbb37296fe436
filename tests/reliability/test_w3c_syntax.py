"""SPARQL 1.1 query syntax: the W3C suite through `kg.query`; what is well formed is asked, what is not is told.

The suite is not part of the repository: `KG_W3C` names its folder `sparql11`. Queries that we refuse by contract
(`SERVICE`) must be refused as such, and not as a mistake of syntax.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from kg import query
from kg.errors import KgError, QueryRefused, QuerySyntax
from kg.store import Embedded, Rows

if TYPE_CHECKING:
    from tests.reliability.conftest import Promise

SUITE = Path(os.environ.get("KG_W3C", Path(__file__).resolve().parents[3] / "shared/w3c/sparql/sparql11"))
pytestmark = pytest.mark.skipif(not SUITE.is_dir(), reason=f"the W3C suite is not there: KG_W3C names it ({SUITE})")
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
GROUPS = ("syntax-query", "syntax-fed")
COUNT = {True: 66, False: 31}
FOREIGN = {"syntax-select-expr-04.rq"}  # calls a function that no engine has; it parses, and is told as just that


@cache
def cases(good: bool) -> tuple[Path, ...]:
    """The files of the positive or of the negative syntax tests."""
    kind = ox.NamedNode(f"{MF}{'Positive' if good else 'Negative'}SyntaxTest11")
    found = []
    for group in GROUPS if SUITE.is_dir() else ():
        manifest = SUITE / group / "manifest.ttl"
        for quad in ox.parse(path=str(manifest), format=ox.RdfFormat.TURTLE, base_iri=manifest.as_uri()):
            if quad.object == kind:
                found.append((manifest, quad.subject))
    return tuple(sorted({_file(manifest, node) for manifest, node in found}))


def _file(manifest: Path, test: object) -> Path:
    quads = ox.parse(path=str(manifest), format=ox.RdfFormat.TURTLE, base_iri=manifest.as_uri())
    action = next(q.object for q in quads if q.subject == test and q.predicate.value == f"{MF}action")
    assert isinstance(action, ox.NamedNode)
    return manifest.parent / action.value.rpartition("/")[2]


def asked(path: Path) -> KgError | None:
    """Ask the query of a file over an empty store, and give the error that is told."""
    text = path.read_bytes().decode("utf-8")
    try:
        answer = query.run(Embedded.in_memory([]), f"BASE <http://example.org/>\n{text}")
        if not isinstance(answer, bool):
            list(answer.rows if isinstance(answer, Rows) else answer)
    except KgError as error:
        return error
    return None


def test_well_formed_queries_are_asked(promise: Promise) -> None:
    told = {path.name: asked(path) for path in cases(True)}
    refused = {name for name, error in told.items() if isinstance(error, QueryRefused)}
    assert refused == {path.name for path in cases(True) if "SERVICE" in path.read_text(encoding="utf-8").upper()}
    wrong = {name: str(error) for name, error in told.items() if error and name not in refused | FOREIGN}
    assert all("No such function <http://example/function>." in str(told[name]) for name in FOREIGN)
    assert wrong == {} and len(told) == COUNT[True]
    promise("W3C query syntax: well-formed queries are asked", tried=len(told), survived=len(told) - len(wrong))


def test_malformed_queries_are_told(promise: Promise) -> None:
    told = {path.name: asked(path) for path in cases(False)}
    let_in = {name for name, error in told.items() if not isinstance(error, QuerySyntax)}
    assert let_in == set() and len(told) == COUNT[False]
    promise("W3C query syntax: malformed queries are told", tried=len(told), survived=len(told) - len(let_in))
