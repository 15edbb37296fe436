"""Names cannot attack: hostile labels, aliases, notes and descriptions through every reader, command, export and page.

A payload is a word that runs, breaks out or misleads somewhere, in a wrapper that closes what it stands in. What the
readers refuse is told in one harmless line; what they take goes into one build, and each output is held against the
same output of a build with harmless names: nothing active is added to a page, no cell of a table is a formula, no
control or direction character reaches a terminal, and every file is whole and holds the names to the letter.
`KG_LONG=1` tries 10,000 payloads, else 600; `tests/browser` and `tests/web` click through pages of them.
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from pyoxigraph import RdfFormat, parse

from kg import pipeline, registers
from kg.errors import DataProblems
from kg.graph import Graph
from kg.terms import ID, RDFS, SKOS

if TYPE_CHECKING:
    from tests.conftest import DataFolder, Kg, MakeFolder
    from tests.reliability.conftest import Promise

COUNT = 10_000 if os.environ.get("KG_LONG") else 600
LISTED = Path(__file__).resolve().parents[1] / "browser" / "hostile.json"
TERMINAL = (
    "\x1b[2J", "\x1b]0;title\x07", "\x1b]8;;http://example.invalid\x1b\\x\x1b]8;;\x1b\\", "\x9b31m", "\b\b\b",
    "\r", "\x7f", "\u202e", "\u2066", "\u200b", "\ufeff", "\u2028", "\x85", "\U000e0041", "a\u0300" * 40, "\x00",
)  # fmt: skip
FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://example.invalid")')
LOOKALIKES = ("Dоnald Тrump", "Ｐｅｔｒｏ", "рetro", "Petro\u00ad", "мадуро")
SYNTAX = (
    '"""',
    "'''",
    '\\"',
    "\\",
    "<>",
    "> .",
    "@en",
    "^^<x>",
    "%0A",
    "$(id)",
    "`id`",
    "; rm",
    "..",
    "../../etc",
    "|x|",
)
BEFORE = ("", '"', "'", '">', "'>", "-->", "]]>", "</script>", "</title>", "</style>", "</textarea>", "\\", "{{", "${")
AFTER = ("", "<!--", "//", '"', "}}", "<")


def payloads() -> Iterator[str]:
    """Different payloads, hostile ones first; the number at the end keeps names apart."""
    listed = json.loads(LISTED.read_text(encoding="utf-8"))["words"]
    words = [*listed, *TERMINAL, *FORMULAS, *LOOKALIKES, *SYNTAX]
    made = [f"{before}{word}{after}" for before, word, after in product(BEFORE, words, AFTER)]
    random.Random(3).shuffle(made)
    for number in range(COUNT):
        yield f"{made[number % len(made)]}{number}"


@dataclass(frozen=True)
class Hostile:
    """A build with hostile names, one with harmless names, and what the names are."""

    bad: Graph
    good: Graph
    folder: Path
    taken: tuple[str, ...]
    refused: tuple[str, ...]


def filled(folder: DataFolder, names: list[str]) -> None:
    """Put names into every text of registers and dossier: label, Spanish label, alias, description, event, note."""
    rows, events = io.StringIO(), io.StringIO()
    table = csv.writer(rows, lineterminator="\n")
    passage = folder.dossier.read_text(encoding="utf-8").partition("evidence:\n      - {")[2].partition("}")[0]
    for number, at in enumerate(range(0, len(names) - 5, 6)):
        label, spanish, alias, about, event, note = names[at : at + 6]
        table.writerow([f"z-{number:05}", "person", label, spanish, alias.replace("|", "/"), "", "", "", about])
        events.write(
            f"  - id: z-event-{number}\n    class: Statement\n    label: {quoted(event)}\n"
            f"    actor: [z-{number:05}]\n    target: [gustavo-petro]\n    date: 2025-10\n    basis: explicit\n"
            f"    factuality: Actual\n    note: {quoted(note)}\n    evidence:\n      - {{{passage}}}\n"
        )
    folder.add(rows.getvalue(), folder.entities)
    folder.change("\nclaims:\n", f"\n{events.getvalue()}\nclaims:\n")


def quoted(text: str) -> str:
    """A text as a scalar of YAML; what YAML takes for the end of a line is escaped."""
    plain = json.dumps(text, ensure_ascii=False)
    return plain.replace("\x85", "\\u0085").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, make_folder: MakeFolder) -> Hostile:
    base = tmp_path_factory.mktemp("names")
    taken: list[str] = []
    refused: list[str] = []
    for number, payload in enumerate(payloads()):
        (taken if read(make_folder(base / "one"), payload) == payload else refused).append(payload)
        if number % 500 == 0:
            assert number < len(taken) + len(refused)
    bad, good = make_folder(base / "bad"), make_folder(base / "good")
    filled(bad, taken)
    filled(good, [f"harmless {number}" for number in range(len(taken))])
    for folder in (bad, good):
        pipeline.build(folder.path, folder.path.parent / "build")
    return Hostile(
        Graph(base / "bad" / "build"),
        Graph(base / "good" / "build"),
        base / "bad" / "build",
        tuple(taken),
        tuple(refused),
    )


def read(folder: DataFolder, payload: str) -> str | None:
    """What the register makes of a name; None if it is refused, in lines that do nothing to a terminal."""
    row = io.StringIO()
    csv.writer(row, lineterminator="\n").writerow(["zz", "person", payload, "", "", "", "", "", ""])
    folder.add(row.getvalue(), folder.entities)
    try:
        return registers.read(folder.path / "registers").entities["zz"].label
    except DataProblems as error:
        assert quiet(str(error)), repr(str(error))
        return None


def quiet(text: str) -> bool:
    """Whether nothing in a text moves the cursor, hides letters or turns their direction."""
    return not any(
        unicodedata.category(letter) in ("Cc", "Zl", "Zp") and letter != "\n" for letter in text
    ) and not any(letter in text for letter in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Active(HTMLParser):
    """Counts what can do something in a page: elements that load or run, handlers, addresses that run."""

    ELEMENTS = frozenset(("script", "iframe", "object", "embed", "base", "link", "meta", "form", "img", "svg", "math"))

    def __init__(self) -> None:
        super().__init__()
        self.found: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count one element."""
        if tag in self.ELEMENTS:
            self.found[tag] += 1
        for name, value in attrs:
            if name.startswith("on") or name in ("srcdoc", "style", "formaction"):
                self.found[f"{tag} {name}"] += 1
            if name in ("href", "src", "action", "xlink:href"):
                kind = (value or "").strip().lower().partition(":")[0] if ":" in (value or "") else ""
                self.found[f"{name} {kind}"] += kind in ("javascript", "data", "vbscript")


def active(page: str) -> Counter[str]:
    """What can do something in a page."""
    parser = Active()
    parser.feed(page)
    parser.close()
    return +parser.found


def test_what_is_refused_is_told_harmlessly(hostile: Hostile, promise: Promise) -> None:
    assert len(hostile.taken) > COUNT // 2 and len(hostile.refused) > COUNT // 50
    assert all(any(unicodedata.category(letter)[0] in "CZM" for letter in name) for name in hostile.refused)
    promise("hostile names refused in a harmless line", tried=len(hostile.refused), survived=len(hostile.refused))


def test_no_page_gains_anything_active(hostile: Hostile, promise: Promise) -> None:
    assert active(hostile.bad.view()) == active(hostile.good.view()) != Counter()
    promise("hostile names in the network page", tried=len(hostile.taken), survived=len(hostile.taken))


@pytest.mark.parametrize("form", ["turtle", "trig", "ntriples", "nquads", "jsonld", "rdfxml"])
def test_rdf_holds_them_to_the_letter(hostile: Hostile, form: str, promise: Promise) -> None:
    kinds = {
        "turtle": RdfFormat.TURTLE, "trig": RdfFormat.TRIG, "ntriples": RdfFormat.N_TRIPLES,
        "nquads": RdfFormat.N_QUADS, "jsonld": RdfFormat.JSON_LD, "rdfxml": RdfFormat.RDF_XML,
    }  # fmt: skip
    texts = {
        getattr(quad.object, "value", "")
        for quad in parse(hostile.bad.export(form), format=kinds[form])
        if str(quad.subject).startswith(f"<{ID}z-")
        and quad.predicate.value in (f"{RDFS}label", f"{SKOS}altLabel", f"{RDFS}comment")
    }
    groups = len(hostile.taken) // 6
    wanted = {name.replace("|", "/") if n % 6 == 2 else name for n, name in enumerate(hostile.taken[: groups * 6])}
    assert sorted(wanted - texts)[:3] == []
    promise("hostile names in RDF", tried=len(wanted), survived=len(wanted & texts))


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_network_files_are_whole(hostile: Hostile, form: str) -> None:
    bad, good = (
        Counter(node.tag for node in ElementTree.fromstring(g.export(form)).iter()) for g in (hostile.bad, hostile.good)
    )
    assert bad == good


def test_no_cell_of_a_table_is_a_formula(hostile: Hostile, promise: Promise) -> None:
    rows = list(csv.reader(io.StringIO(hostile.bad.export("csv").decode())))
    assert len({len(row) for row in rows}) == 1 and len(rows) > len(hostile.taken) // 6
    cells = [cell for row in rows for cell in row if not re.fullmatch(r"-?[0-9.]+", cell)]
    starts = [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))]
    assert starts == []
    promise("hostile names in tables", tried=len(hostile.taken), survived=len(hostile.taken))


NAMES = "?thing rdfs:label|skos:altLabel|rdfs:comment ?name FILTER(STRSTARTS(STR(?thing), STR(id:z-)))"
ASKED = f"SELECT ?thing ?name {{ {NAMES} }}"


def test_no_terminal_is_moved(hostile: Hostile, kg: Kg, promise: Promise) -> None:
    tables = [
        kg("query", ASKED, "--store", hostile.folder, "-f", "table"),
        kg("timeline", "petro", "--store", hostile.folder, "-f", "text"),
        kg("stats", "--store", hostile.folder, "-f", "text"),
        *(
            kg("show", f"id:z-{n:05}", "--store", hostile.folder, "-f", "text")
            for n in range(0, len(hostile.taken) // 6, 9)
        ),
        *(kg("show", name, "--store", hostile.folder) for name in [*TERMINAL, *FORMULAS] if "\0" not in name),
        *(kg(name, "--store", hostile.folder) for name in TERMINAL if "\0" not in name),
    ]
    loud = [told for told in tables if not quiet(told.out) or not quiet(told.err)]
    assert [(told.out[:60], {c for c in told.out + told.err if not quiet(c)}) for told in loud] == [] and len(
        tables
    ) > 30
    assert len(tables[0].out) > sum(map(len, hostile.taken)) // 2, "the names were to be shown"
    promise("hostile names on a terminal", tried=len(hostile.taken), survived=len(hostile.taken))


def test_answers_are_whole(hostile: Hostile, kg: Kg) -> None:
    told = json.loads(kg("query", ASKED, "--store", hostile.folder, "-f", "json").out)
    rows = list(csv.reader(io.StringIO(kg("query", ASKED, "--store", hostile.folder, "-f", "csv").out)))
    names = {row["name"]["value"] for row in told["results"]["bindings"]}
    assert {row[1] for row in rows[1:]} == names and len(names) >= len(hostile.taken) // 6 * 6 - 6


@pytest.mark.parametrize("name", ["x" * 1_000_000, "\u202e" * 1_000_000, "=" * 1_000_000, "a\u0300" * 500_000])
def test_a_name_of_a_megabyte(name: str, data_folder: DataFolder, kg: Kg, tmp_path: Path, promise: Promise) -> None:
    row = io.StringIO()
    csv.writer(row, lineterminator="\n").writerow(["z", "person", name, "", "", "", "", "", ""])
    data_folder.add(row.getvalue(), data_folder.entities)
    told = kg("build", "--data", data_folder.path, "--store", tmp_path / "build")
    assert told.code in (0, 1) and quiet(told.err) and len(told.err) < 5000
    if told.code == 0:
        for command in (
            ["show", "id:z"],
            ["query", "SELECT ?l { id:z rdfs:label ?l }"],
            ["view"],
            ["export", "-f", "turtle"],
        ):
            outcome = kg(*command, "--store", tmp_path / "build")
            assert outcome.code == 0 and quiet(outcome.err)
    promise("names of a megabyte", tried=1, survived=1)
