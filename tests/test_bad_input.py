"""Bad input, as people give it to the commands: one clear line for each problem, the right exit code, nothing lost.

Exit codes: 1 problems in the data, or nothing such; 2 usage; 3 files, folders, services. What each reader refuses in
detail is tested next to it (`test_dossier`, `test_registers`, `test_strict_yaml`, `test_build`).
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import DataFolder, Kg, Outcome

Unchanged = Callable[[Path], AbstractContextManager[None]]


def one_line(told: Outcome, code: int) -> str:
    """The one line that is said; nothing on standard output, and no traceback."""
    assert (told.code, told.out) == (code, "")
    (line,) = told.err.splitlines()
    assert "Traceback" not in line and "a bug" not in line
    return line


def problems(told: Outcome) -> list[str]:
    """The problems that are said: one line each, then their number; nothing on standard output, and no traceback."""
    assert (told.code, told.out) == (1, "")
    *lines, last = told.err.splitlines()
    assert last == f"{len(lines)} problem{'s' if len(lines) != 1 else ''} found."
    assert not any("Traceback" in line for line in lines)
    return lines


# ---------------------------------------------------------------- slips in the data

Bend = Callable[["DataFolder"], object]


def put(text: str | bytes) -> Bend:
    return lambda data: data.dossier.write_bytes(text.encode() if isinstance(text, str) else text)


def swap(old: str, new: str) -> Bend:
    return lambda data: data.change(old, new)


def register(old: str, new: str) -> Bend:
    return lambda data: data.change(old, new, data.entities)


DATE = "date: 2025-10\n    basis: relative"
BAD: dict[str, tuple[Bend, str]] = {
    # what is wrong: (how it comes about, the line that is told; N is the dossier, E the register of entities)
    "a misspelt key": (
        swap("    denies: [", "    denis: ["),
        "N:38  events[petro-denies-part-in-drug-trade]: unknown key 'denis'. Did you mean 'denies'?"),
    "an unknown entity": (
        swap("speaker: donald-trump", "speaker: donald-tramp"),
        "N:64  claims[claim-petro-in-drug-trade].evidence[1].speaker: unknown entity 'donald-tramp'. "
        "Did you mean 'donald-trump'?"),
    "a state that holds an office": (
        swap("holder: gustavo-petro", "holder: colombia"),
        "N:79  tenures[tenure-petro-president-of-colombia].holder: 'colombia' is of type state, which does not fit "
        "here. Name one of type person, or .*"),
    "a month 13": (
        swap(DATE, "date: 2025-13\n    basis: relative"),
        "N:51  events[treasury-sanctions-petro].date: '2025-13' is not a date: there is no month 13. Write 2025, 20.*"),
    "a 30 February": (
        swap(DATE, "date: 2025-02-30\n    basis: relative"),
        "N:51  events[treasury-sanctions-petro].date: '2025-02-30' is not a date: February 2025 has 28 days. Write .*"),
    "a date in words": (
        swap(DATE, "date: last autumn\n    basis: relative"),
        "N:51  events[treasury-sanctions-petro].date: 'last autumn' is not a date: 'last autumn' is not YYYY, .*"),
    "an end before the begin": (
        swap("begin: 2022-08-07", "begin: 2022-08-07\n    end: 2021"),
        "N:78  tenures[tenure-petro-president-of-colombia]: ends (2021) before it begins (2022-08-07). "
        "Correct one of .*"),
    "an id twice in one file": (
        swap("- id: tie-petro-citizen-of-colombia", "- id: measure-sanctions-petro"),
        "N:87  measure-sanctions-petro: the id stands twice (first in N:67). Choose another slug."),
    "an event with the id of an entity": (
        swap("- id: tie-petro-citizen-of-colombia", "- id: us-treasury"),
        "N:87  us-treasury: the id stands twice (first in E:6). Choose another slug."),
    "a hash that is none": (
        swap("speaker: donald-trump", "speaker: donald-trump, sha256: abc"),
        "N:64: the key 'sha256' stands twice (first in line 64). Keep one."),
    "an end of a passage before its start": (
        swap("start: 78, end: 102", "start: 102, end: 78"),
        "N:64  claims[claim-petro-in-drug-trade].evidence[1]: end 78 is not after start 102. "
        "Let `kg cite` print the block."),
    "an unknown event class": (
        swap("class: Sanctioning", "class: Sanctionning"),
        "N:47  events[treasury-sanctions-petro].class: unknown event class 'Sanctionning'. "
        "Did you mean 'Sanctioning'?"),
    "an unknown event": (
        swap("started_by: treasury", "started_by: tresury"),
        "N:72  measures[measure-sanctions-petro].started_by: unknown event 'tresury-sanctions-petro'. Did you mean .*"),
    "an unknown claim": (
        swap("    denies: [claim-petro", "    denies: [claim-pedro"),
        "N:38  events[petro-denies-part-in-drug-trade].denies[1]: unknown claim 'claim-pedro-in-drug-trade'. "
        "Did you .*"),
    "dates that contradict each other": (
        swap("date: 2025-10\n    basis: explicit", "date: 2025-11\n    basis: explicit"),
        "N:46  events[treasury-sanctions-petro]: These cannot all hold: treasury-sanctions-petro is exactly "
        "2 days after .*"),
    "an alias": (put("a: &a [x]\nb: *a"), "N:1: anchors and aliases (& and *) are refused. Write the value out."),
    "a merge of maps": (
        put("a: {x: 1}\nb:\n  <<: *a"),
        "N:3: anchors and aliases (& and *) are refused. Write the value out."),
    "a hundred thousand brackets": (
        put("a: " + "[" * 100_000),
        "N:1: nested more than 20 deep. Dossiers are flat: see data/README.md."),
    "a tag": (
        put("source: !!python/name:os.system x"),
        "N:1: the tag 'tag:yaml.org,2002:python/name:os.system' is refused. .*"),
    "a key twice": (put("source: {id: a, id: b}"), "N:1: the key 'id' stands twice (first in line 1). Keep one."),
    "two documents": (put("source:\n---\nsource:"), "N:2: a second document begins. One file, one dossier."),
    "five megabytes": (put("#" * 5_000_001), "N: the file has 5,000,001 bytes. Split it below 5,000,000 bytes."),
    "bytes of Latin-1": (
        put("source:\n  title: Bogotá".encode("latin-1")),
        "N:2: byte 22 is not UTF-8. Save the file as UTF-8."),
    "an empty file": (put(""), "N:1: the file is empty. A dossier begins with 'source:'."),
    "only a mark of byte order": (put(b"\xef\xbb\xbf"), "N:1: the file is empty. A dossier begins with 'source:'."),
    "only comments": (put("# one\n# two\n"), "N:1: the file is empty. A dossier begins with 'source:'."),
    "a list": (put("- source:\n"), "N:1: the top level is not a mapping. Begin with 'source:'."),
    "another file altogether": (put(b"%PDF-1.7\n\xb5\xb5"), "N:2: byte 9 is not UTF-8. Save the file as UTF-8."),
    "a register with another header": (
        register("id,type,", "id,kind,"),
        "E:1: the columns are id, kind, label, .* Write exactly: id,.*"),
    "a register out of order": (
        register("us-treasury,", "aruba,"),
        "E:2  colombia: the rows are not sorted by id. Here belongs 'aruba'."),
    "an entity twice": (
        register("diplokg,", "colombia,"),
        "E:3  colombia: the id stands twice (first in line 2). Keep one row."),
    "a row too long": (
        register("US Treasury,", "US, Treasury,"),
        "E:6  us-treasury: 10 cells, 9 columns. Quote cells that hold commas."),
    "a quote never closed": (
        register("US Treasury,", '"US Treasury,'),
        "E:6: not CSV: unexpected end of data. Check the quotes from this row on."),
    "an unknown type": (
        register(",ministry,", ",minister,"),
        "E:6  us-treasury: unknown type 'minister'. Did you mean 'ministry'?"),
    "a NUL byte": (
        register("US Treasury", "US\0Treasury"),
        "E:6  us-treasury: U+0000 is a character that cannot be printed. Remove it."),
    "a speech act without its claim": (
        swap("    asserts: [claim-petro-in-drug-trade]\n", ""),
        "N:20  trump-accuses-petro: Accusation that asserts nothing. "
        "Put what is alleged under claims: .*"),
    "an actor who is the only target": (
        swap("actor: [us-treasury]\n    target: [gustavo-petro]", "actor: [us-treasury]\n    target: [us-treasury]"),
        "N:46  treasury-sanctions-petro: The only target is the actor, us-treasury (rule "
        "event-actor-is-only-target). .*"),
}  # fmt: skip


def expected(data: DataFolder, line: str) -> str:
    """The pattern of a line that is told."""
    literal = re.escape(line).replace(r"\.\*", ".*")
    return re.sub(r"\bN:|\bE:", lambda m: re.escape(f"{data.dossier if m[0] == 'N:' else data.entities}:"), literal)


@pytest.mark.parametrize("name", BAD)
def test_a_slip_in_the_data_is_one_line_and_the_build_before_stays(
    data_folder: DataFolder, small_build: Path, kg: Kg, unchanged: Unchanged, name: str
) -> None:
    bend, line = BAD[name]
    bend(data_folder)
    with unchanged(small_build), unchanged(data_folder.path):
        told = problems(kg("build", "--data", data_folder.path, "--store", small_build))
    assert any(re.fullmatch(expected(data_folder, line), each) for each in told), told
    assert problems(kg("check", "--data", data_folder.path)) == told
    assert kg("show", "petro", "--store", small_build).code == 0


def test_an_id_in_two_files_is_told_with_both_places(data_folder: DataFolder, kg: Kg) -> None:
    other = data_folder.dossier.with_name("other.yaml")
    shutil.copy(data_folder.dossier, other)
    told = problems(kg("check", "--data", data_folder.path))
    assert len(told) == 9, "the source and every record but the mentions"
    assert f"{other}:20  trump-accuses-petro: the id stands twice (first in {data_folder.dossier}:20)." in told[1]


def test_problems_of_all_files_are_told_together(data_folder: DataFolder, kg: Kg) -> None:
    data_folder.change("    denies: [", "    denis: [")
    data_folder.change("class: Sanctioning", "class: Sanctionning")
    data_folder.dossier.with_name("other.yaml").write_text("", encoding="utf-8")
    told = problems(kg("check", "--data", data_folder.path))
    assert [line.rpartition("/")[2].split(" ")[0] for line in told] == ["note.yaml:38", "note.yaml:47", "other.yaml:1:"]


def test_paths_are_told_as_one_would_type_them(
    data_folder: DataFolder, kg: Kg, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_folder.change("    denies: [", "    denis: [")
    monkeypatch.chdir(data_folder.path.parent)
    (line,) = problems(kg("check"))
    assert line.startswith("data/dossiers/2026/note.yaml:38  ")


def test_values_that_yaml_would_turn_stay_text_up_to_the_graph(data_folder: DataFolder, tmp_path: Path, kg: Kg) -> None:
    data_folder.change("label: Trump accuses Petro of a part in the drug trade", "label: NO")
    data_folder.change("label: Petro denies a part in the drug trade", "label: 12:30:00")
    data_folder.change("label: US Treasury sanctions Gustavo Petro", "label: 0123")
    data_folder.change("Q739,COL", "Q739,NOR", data_folder.entities)
    assert kg("build", "--data", data_folder.path, "--store", tmp_path / "build").code == 0
    labels = "SELECT ?label { ?e dip:factuality ?f ; rdfs:label ?label } ORDER BY ?label"
    assert kg("query", labels, "--store", tmp_path / "build", "-f", "csv").out.split() == [
        "label",
        "0123",
        "12:30:00",
        "NO",
    ]
    told = kg("query", "ASK { id:colombia dip:iso3 'NOR' }", "--store", tmp_path / "build", "--exit-status")
    assert told.code == 0


# ---------------------------------------------------------------- passages against the article

MISMATCH = {
    # what is wrong: (old, new, what is told of the passage, what became of it)
    "a hash of other words": ("sha256: bee5445d", "sha256: 00e5445d", "p2 78-102: changed. Read", "changed"),
    "offsets outside the text": ("start: 78, end: 102", "start: 9000, end: 9024", "p2 9000-9024: moved. Now", "moved"),
    "offsets beside the words": ("start: 78, end: 102", "start: 79, end: 103", "p2 79-103: moved. Now", "moved"),
    "offsets and words that are nowhere": (
        "start: 78, end: 102, sha256: bee5445d", "start: 9000, end: 9024, sha256: 00e5445d", "p2 9000-9024: gone. Read",
        "gone"),
    "another paragraph": ("paragraph: 2, start: 78", "paragraph: 3, start: 78", "p3 78-102: moved. Now", "moved"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISMATCH)
def test_a_passage_that_does_not_stand_in_the_article_is_one_line(data_folder: DataFolder, kg: Kg, name: str) -> None:
    old, new, line, status = MISMATCH[name]
    number = data_folder.change(old, new)
    told = kg("check", "--data", data_folder.path, "--sources", data_folder.sources)
    assert (told.code, told.out.count("\n")) == (1, 1)
    assert told.out.startswith(f"{data_folder.dossier}:{number}  {line}")
    assert told.err == f"1 source, 5 entities, 3 events, 1 claim; passages: 1 {status}, 8 ok.\n"


# ---------------------------------------------------------------- folders and files that are not there, or in the way


def test_a_folder_of_data_that_is_not_there(tmp_path: Path, small_build: Path, kg: Kg, unchanged: Unchanged) -> None:
    with unchanged(small_build):
        line = one_line(kg("build", "--data", tmp_path / "none", "--store", small_build), 3)
    assert line == f"kg: {tmp_path}/none: no folder 'dossiers' in it. A data folder holds dossiers/ and registers/."
    assert one_line(kg("check", "--data", tmp_path / "none"), 3) == line


@pytest.mark.parametrize("missing", ["dossiers", "registers"])
def test_half_a_folder_of_data(data_folder: DataFolder, kg: Kg, missing: str) -> None:
    shutil.rmtree(data_folder.path / missing)
    line = one_line(kg("check", "--data", data_folder.path), 3)
    assert line == f"kg: {data_folder.path}: no folder '{missing}' in it. A data folder holds dossiers/ and registers/."


def test_a_folder_without_dossiers(data_folder: DataFolder, small_build: Path, kg: Kg, unchanged: Unchanged) -> None:
    data_folder.dossier.rename(data_folder.dossier.with_suffix(".yaml.old"))
    with unchanged(small_build):
        line = one_line(kg("build", "--data", data_folder.path, "--store", small_build), 3)
    assert line == f"kg: {data_folder.path}/dossiers: no dossier (*.yaml) in it. Add one: data/README.md shows how."


def test_a_folder_in_the_place_of_a_dossier(data_folder: DataFolder, kg: Kg) -> None:
    data_folder.dossier.with_name("x.yaml").mkdir()
    line = one_line(kg("check", "--data", data_folder.path), 3)
    assert line == f"kg: {data_folder.dossier.with_name('x.yaml')}: cannot be read: Is a directory. Check the path."


def test_a_register_that_is_not_there(data_folder: DataFolder, kg: Kg) -> None:
    data_folder.posts.unlink()
    line = one_line(kg("check", "--data", data_folder.path), 3)
    assert line == f"kg: {data_folder.posts}: cannot be read: No such file or directory. Check the data folder."


NOT_THERE = {
    "articles to check against": (
        ["check", "--sources", "{none}"],
        "{none}: no such folder. --sources names the folder",
    ),
    "articles for the page": (["view", "-o", "-", "--sources", "{none}"], "{none}: no such folder. --sources names"),
    "an article": (["cite", "{none}", "words"], "{none}: cannot be read: No such file or directory. Check the path."),
    "a file with a query": (["query", "{none}.rq"], "{none}.rq: cannot be read: No such file or directory. Check the"),
    "a query in another encoding": (["query", "{latin}"], "{latin}: byte 5 is not UTF-8. Save the query as UTF-8."),
    "a build": (
        ["show", "petro", "--store", "{none}"],
        "{none}: no build found. Make one with `kg build`, or name one",
    ),
    "a file as a build": (
        ["stats", "--store", "{latin}"],
        "{latin}: no build found. Make one with `kg build`, or name",
    ),
    "the folder of an output": (
        ["export", "-o", "{none}/a.ttl"],
        "{none}/a.ttl: cannot be written: No such file or dir",
    ),
    "a file as the folder of an output": (
        ["view", "-o", "{latin}/a.html"],
        "{latin}/a.html: cannot be written: Not a d",
    ),
    "the folder of an answer": (
        ["query", "ASK {{}}", "-o", "{none}/a.csv"],
        "{none}/a.csv: cannot be written: No such",
    ),
    "a folder for the tour": (
        ["tour", "--directory", "{latin}", "--store", "{temporary}/b"],
        "{latin}/graph.ttl: cannot be",
    ),
}


@pytest.mark.parametrize("name", NOT_THERE)
def test_what_is_not_there_is_told_with_its_path(
    data_folder: DataFolder, tmp_path: Path, small_build: Path, kg: Kg, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    command, line = NOT_THERE[name]
    monkeypatch.chdir(data_folder.path.parent)
    latin = tmp_path / "latin.rq"
    latin.write_bytes("# Bog\xe1".encode("latin-1"))
    places = {"none": tmp_path / "none", "latin": latin, "temporary": tmp_path}
    store = [] if "--store" in command or command[0] in ("check", "cite") else ["--store", str(small_build)]
    told = kg(*(word.format_map(places) for word in command), *store)
    assert told.code == 3 and told.err.startswith(f"kg: {line.format_map(places)}") and told.err.count("\n") == 1
    assert command[0] == "tour" or told.out == ""


@pytest.mark.parametrize(
    "command", [["export", "-o", "{}"], ["view", "-o", "{}"], ["query", "ASK {{}}", "-f", "json", "-o", "{}"]]
)
def test_a_full_disk_leaves_the_output_that_was_there(
    tmp_path: Path, small_build: Path, kg: Kg, unchanged: Unchanged, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    output = tmp_path / "old.ttl"
    output.write_text("what was there", encoding="utf-8")
    monkeypatch.setattr(os, "fsync", full)
    with unchanged(tmp_path):
        line = one_line(kg(*(word.format(output) for word in command), "--store", small_build), 3)
    assert line == f"kg: {output}: cannot be written: No space left on device. Choose another place with -o."


def test_an_output_takes_the_place_of_the_old_one_at_once(tmp_path: Path, small_build: Path, kg: Kg) -> None:
    """Whoever still holds the old file has it whole, since it was replaced and not written over."""
    (tmp_path / "out.nq").write_text("what was there", encoding="utf-8")
    os.link(tmp_path / "out.nq", tmp_path / "held")
    assert kg("export", "-o", tmp_path / "out.nq", "--store", small_build).code == 0
    assert (tmp_path / "held").read_text(encoding="utf-8") == "what was there"
    assert {path.name for path in tmp_path.iterdir()} == {"out.nq", "held"}


# ---------------------------------------------------------------- questions that cannot be answered

ASKED = {
    "a query that never closes": (
        ["query", "SELECT ?s { ?s ?p"], 2,
        "kg: line 1, column 11: this '{' is never closed."),
    "a query with a misspelt word": (["query", "SELCT ?s { ?s ?p ?o }"], 2, "kg: line 1, column 1: "),
    "a query with an unknown prefix": (
        ["query", "ASK { ?s foo:bar ?o }"], 2,
        "kg: line 1, column 10: the prefix foo: is not known."),
    "an update": (
        ["query", "INSERT DATA { <urn:a> <urn:b> 1 }"], 2,
        "kg: line 1, column 1: INSERT belongs to updates, and"),
    "a question to another server": (
        ["query", "ASK { SERVICE <http://x/> {} }"], 2,
        "kg: line 1, column 7: SERVICE would send"),
    "an unknown question": (
        ["query", "who-sanctionned-whom"], 1,
        "kg: No saved question 'who-sanctionned-whom'. Did you mean 'who-sanctioned-whom'?"),
    "a question out of nowhere": (["query", "zzz"], 1, "kg: No saved question 'zzz'. `kg questions` lists them."),
    "the text of an unknown question": (
        ["questions", "zzz"], 1,
        "kg: No saved question 'zzz'. `kg questions` lists them."),
    "an unknown parameter": (
        ["query", "who-sanctioned-whom", "-p", "zz=1"], 2,
        "kg: The question 'who-sanctioned-whom' has no parameter 'zz'."),
    "a parameter without a value": (
        ["query", "who-sanctioned-whom", "-p", "zz"], 2,
        "kg: 'zz' is not NAME=VALUE. For example: -p who=petro"),
    "an unknown format": (["export", "-f", "docx"], 2, "kg: 'docx' is not an export format. Use one of: turtle"),
    "an output that does not say its format": (
        ["export", "-o", "x.docx"], 2,
        "kg: x.docx: the name does not say the format. Add -f"),
    "an ambiguous name": (["show", "nicolas"], 2, "kg: 'nicolas' may be: nicolas-maduro, nicolas-petro."),
    "an ambiguous end of a path": (
        ["path", "petro", "nicolas"], 2,
        "kg: 'nicolas' may be: nicolas-maduro, nicolas-petro."),
    "an unknown name": (["show", "zzzz"], 1, "kg: Nothing here is called 'zzzz'."),
    "an unknown side of a timeline": (["timeline", "petro", "zzzz"], 1, "kg: Nothing here is called 'zzzz'."),
    "a day that does not exist": (["show", "petro", "--as-of", "2025-02-30"], 2, "kg: '2025-02-30' is not a da"),
    "a day in words": (["timeline", "petro", "--since", "yesterday"], 2, "kg: 'yesterday' is not a da"),
    "a service that does not answer": (
        ["show", "petro", "--store", "http://127.0.0.1:9/"], 3,
        "kg: http://127.0.0.1:9/: "),
    "an unknown command": (["frobnicate"], 2, "kg: No such command 'frobnicate'. `kg --help` explains."),
    "an unknown option": (
        ["build", "--nodata"], 2,
        "kg: No such option '--nodata'. Did you mean '--data'? `kg build --help` explains."),
    "words that do not stand in the article": (
        ["cite", "{article}", "zzzz"], 1,
        "kg: {article}: these words do not stand in it. Copy"),
}  # fmt: skip


@pytest.mark.parametrize("name", ASKED)
def test_what_cannot_be_answered_is_told_without_a_traceback(
    built: Path, data_folder: DataFolder, kg: Kg, unchanged: Unchanged, name: str
) -> None:
    command, code, line = ASKED[name]
    store = (
        []
        if "--store" in command or command[0] in ("questions", "frobnicate", "build", "cite")
        else ["--store", str(built)]
    )
    words = [word.replace("{article}", str(data_folder.article)) for word in command]
    with unchanged(built):
        told = kg(*words, *store)
    assert (told.code, told.out) == (code, "")
    assert told.err.startswith(line.replace("{article}", str(data_folder.article))) and "Traceback" not in told.err


def test_a_caret_points_to_where_a_query_goes_wrong(built: Path, kg: Kg) -> None:
    told = kg("query", "SELECT ?s {\n  ?s foo:bar ?o }", "--store", built)
    first, shown, caret, *_ = told.err.splitlines()
    assert first.startswith("kg: line 2, column 6: ")
    assert caret.index("^") == shown.index("foo:bar")


def test_the_candidates_of_an_ambiguous_name_are_names_that_work(built: Path, kg: Kg) -> None:
    told = one_line(kg("show", "nicolas", "--store", built), 2)
    for name in told.partition("may be: ")[2].rstrip(".").split(", "):
        assert kg("show", name, "--store", built).code == 0
