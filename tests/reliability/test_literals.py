"""Literals survive: from the dossier through the store and each RDF export and back, to the letter and the datatype.

What is expected is written down here, while the dossier is made: labels and aliases in two languages, notes, dates in
EDTF, codes with leading zeros, Goldstein values, days. Each export is read back by two parsers that are not ours, with
rdflib's normalisation turned off. The store may normalise; the exports may not.
"""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from kg import pipeline
from kg.export import RDF_SUFFIXES
from kg.graph import Graph
from kg.terms import DIP, EDTF, ID, RDFS, SKOS, XSD
from kg.vocabulary import vocabulary

if TYPE_CHECKING:
    from tests.conftest import DataFolder
    from tests.reliability.conftest import Promise

RAPPER = ("turtle", "trig", "ntriples", "nquads", "rdfxml")  # it has no JSON-LD
# subject, predicate, text, datatype or empty, language or empty
Fact = tuple[str, str, str, str, str]

ODD = (
    "1.50", "007", "NO", "yes", "12:30:00", "2025-10", "null", "~", "-0", "+5", "1e3", "0x1F",
    "éclair", "e\u0301clair", "Ελλάδα", "مرحبا بالعالم", "שלום", "日本語",
    "🕊️ peace", "👩‍👩‍👧", 'said "no"', "it's", "back\\slash", "a\\nb", "<b>&amp;</b>", "=1+1", "@home",
    "-dash", "semi;colon,comma", "no\u00a0break", "two  spaces", "ﬁ", "İstanbul", "ß", "\u00c5", "\u212b",
    "{curly}", "[square]", "#hash", "%41", "50 %", "^^xsd:string", "@en", '"""', "'''", "\U0001d54f", "x" * 2000,
)  # fmt: skip
DATES = (
    "2025-10", "2025-10-03", "2025", "2025-09-11~", "2025-09-11~/2025-09-20~", "2025-03/..", "../2025-03-04",
    "2024-02-29", "2025-1X", "2025-XX", "1822-06-19", "1999-12-31?", "199X",
)  # fmt: skip
FORMS = {
    "turtle": ("turtle", RdfFormat.TURTLE),
    "trig": ("trig", RdfFormat.TRIG),
    "ntriples": ("nt", RdfFormat.N_TRIPLES),
    "nquads": ("nquads", RdfFormat.N_QUADS),
    "jsonld": ("json-ld", RdfFormat.JSON_LD),
    "rdfxml": ("xml", RdfFormat.RDF_XML),
}


def texts(chance: random.Random) -> Iterable[str]:
    """Odd texts, each of them different."""
    number = 0
    while True:
        number += 1
        yield f"{chance.choice(ODD)} {chance.choice(ODD)} {number}"


def bent(folder: DataFolder) -> list[Fact]:
    """Add entities and events with odd literals to a data folder; give what must come out."""
    chance = random.Random(7)
    odd = iter(texts(chance))
    known = set(vocabulary().codes)
    facts: list[Fact] = []
    rows, events = io.StringIO(), io.StringIO()
    table = csv.writer(rows, lineterminator="\n")
    for n in range(150):
        name, label, spanish, alias, told = f"z-odd-{n:03}", *(next(odd).strip() for _ in range(4))
        alias = alias.replace("|", " ")
        table.writerow([name, "person", label, spanish, alias, "", "", "", told])
        facts += [
            (name, f"{RDFS}label", label, "", "en"), (name, f"{RDFS}label", spanish, "", "es"),
            (name, f"{SKOS}altLabel", alias, "", "en"), (name, f"{RDFS}comment", told, "", "en"),
        ]  # fmt: skip
    passage = folder.dossier.read_text(encoding="utf-8").partition("evidence:\n      - {")[2].partition("}")[0]
    for n, code in enumerate(sorted(known & {c for c in known if vocabulary().codes[c].goldstein})[:100]):
        name, label, note, date = f"odd-event-{n}", next(odd), next(odd), DATES[n % len(DATES)]
        events.write(
            f"""  - id: {name}
    class: Statement
    label: {json.dumps(label, ensure_ascii=False)}
    actor: [z-odd-{n:03}]
    target: [gustavo-petro]
    date: {json.dumps(date, ensure_ascii=False)}
    basis: explicit
    factuality: Actual
    cameo: {json.dumps(code, ensure_ascii=False)}
    note: {json.dumps(note, ensure_ascii=False)}
    evidence:
      - {{{passage}}}
"""
        )
        facts += [
            (name, f"{RDFS}label", label, "", "en"), (name, f"{RDFS}comment", note, "", "en"),
            (name, f"{DIP}edtf", date, f"{EDTF}EDTF", ""), (name, f"{DIP}cameo", code, f"{XSD}string", ""),
            (name, f"{DIP}goldstein", vocabulary().codes[code].goldstein, f"{XSD}decimal", ""),
        ]  # fmt: skip
    folder.add(rows.getvalue(), folder.entities)
    folder.change("\nclaims:\n", f"\n{events.getvalue()}\nclaims:\n")
    return facts


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, make_folder: object) -> tuple[Graph, list[Fact]]:
    base: Path = tmp_path_factory.mktemp("literals")
    folder: DataFolder = make_folder(base)  # type: ignore[operator]
    facts = bent(folder)
    pipeline.build(folder.path, base / "build")
    return Graph(base / "build"), facts


def by_oxigraph(raw: bytes, form: RdfFormat) -> set[Fact]:
    """All literals of a file, read by Oxigraph's parser."""
    found = set()
    for quad in parse(raw, format=form):
        if isinstance(quad.object, Literal) and isinstance(quad.subject, NamedNode):
            term = quad.object
            kind = "" if term.language else term.datatype.value
            found.add((quad.subject.value, quad.predicate.value, term.value, kind, term.language or ""))
    return found


def by_rdflib(raw: bytes, form: str) -> set[Fact]:
    """All literals of a file, read by rdflib's parser."""
    data = rdflib.Dataset(default_union=True).parse(data=raw, format=form)
    return {
        (str(s), str(p), str(o), "" if o.language else str(o.datatype or f"{XSD}string"), o.language or "")
        for s, p, o, _ in data.quads()
        if isinstance(o, rdflib.Literal)
    }


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize("form", FORMS)
def test_no_literal_is_changed(
    made: tuple[Graph, list[Fact]], form: str, promise: Promise, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    graph, facts = made
    raw = graph.export(form)
    wanted = {
        (ID + name, predicate, text, kind or ("" if tag else f"{XSD}string"), tag)
        for name, predicate, text, kind, tag in facts
    }
    names, oxigraph = FORMS[form]
    lost = (wanted - by_oxigraph(raw, oxigraph)) | (wanted - by_rdflib(raw, names))
    assert sorted(lost)[:3] == [] and len(wanted) >= 1000
    promise("typed literals survive each export", tried=len(wanted), survived=len(wanted) - len(lost))


@pytest.mark.parametrize("form", RAPPER)
def test_a_parser_in_another_language_reads_every_statement(
    made: tuple[Graph, list[Fact]], form: str, promise: Promise
) -> None:
    """Raptor, written in C by others, gives the statements that are in the build, and no others."""
    graph, _ = made
    rapper = shutil.which("rapper")
    if not rapper:
        pytest.skip("rapper is not installed: Debian's package raptor2-utils has it")
    done = subprocess.run(
        [rapper, "-q", "-i", form, "-o", "ntriples", "-", "https://example.org/"],
        input=graph.export(form), capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0 and done.stderr == b"", done.stderr[:500]
    read = {quad.triple for quad in parse(done.stdout, format=RdfFormat.N_TRIPLES)}
    wanted = {quad.triple for quad in parse(graph.export("ntriples"), format=RdfFormat.N_TRIPLES)}
    assert read == wanted and len(wanted) > 2000
    promise("exports are read back by Raptor", tried=len(wanted), survived=len(read & wanted))


def test_every_rdf_format_is_tried() -> None:
    assert set(FORMS) == set(RDF_SUFFIXES) - {
        "turtle12"
    }  # its statements are reifiers; tests/test_export.py compares it
