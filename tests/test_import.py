"""kg import: wholly or not at all, the same file once, marked everywhere, kept by kg build, dropped without a trace."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import kg as library
from kg import batches, importing, pipeline, scope, store
from kg.errors import DataProblems, NotFound, StorageError
from kg.feeds import FEEDS, files
from kg.feeds.tally import KEPT, Tally
from kg.store import Rows

ROOT = Path(__file__).parent.parent
ROWS = ROOT / "tests" / "data" / "feeds" / "gdelt-2.0.csv"
LINES = ROWS.read_text(encoding="utf-8").splitlines(keepends=True)
Kg = Callable[..., Any]


@pytest.fixture
def folder(small_build: Path, tmp_path: Path) -> Path:
    """A small build of this test alone."""
    return Path(shutil.copytree(small_build, tmp_path / "build"))


def ask(folder: Path, text: str) -> list[tuple[str, ...]]:
    answer = store.open_store(str(folder)).query(text)
    assert isinstance(answer, Rows)
    return [tuple(getattr(term, "value", "") for term in row) for row in answer.rows]


def events(folder: Path) -> set[str]:
    return {
        row[0].rpartition("/")[2] for row in ask(folder, "SELECT ?e WHERE { ?e dip:cameo ?c ; dip:reportCount ?n }")
    }


def rows(path: Path, *numbers: int) -> Path:
    path.write_text("".join(LINES[number] for number in numbers), encoding="utf-8")
    return path


def triples(folder: Path) -> list[str]:
    return sorted(scope.lines(store.open_store(str(folder)), FEEDS))


# ---------------------------------------------------------------- a batch


def test_a_batch_is_one_graph_that_says_what_it_is(folder: Path) -> None:
    made = importing.import_feed("gdelt", [ROWS], folder)
    graphs = {row[0] for row in ask(folder, "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }")}
    assert f"https://w3id.org/diplokg/graph/feed/gdelt/{made.batch}" in graphs
    [told] = ask(
        folder,
        "SELECT ?f ?p ?m WHERE { ?i a dip:FeedImport ; dip:feed ?f ; dip:feedPublisher ?p ; dip:machineCoded ?m }",
    )
    assert told == ("gdelt", "The GDELT Project", "true")
    marked = "SELECT ?e WHERE { ?e dip:attestedBy/prov:wasGeneratedBy/a dip:FeedImport }".replace("/a ", "/rdf:type ")
    assert len(ask(folder, marked.replace("rdf:type dip:FeedImport", "rdf:type ?k . FILTER(?k = dip:FeedImport)"))) == 5
    [held] = importing.imported(folder)
    assert (held["name"], held["batch"], held["counts"]["events"]) == ("gdelt", made.batch, 5)
    assert held["counts"]["quads"] == len(triples(folder))


def test_the_same_file_twice_changes_nothing(folder: Path, unchanged: Any, tmp_path: Path) -> None:
    importing.import_feed("gdelt", [ROWS], folder)
    packed = tmp_path / "elsewhere.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(ROWS, "export.CSV")
    with unchanged(folder):
        for path in (ROWS, packed):
            made = importing.import_feed("gdelt", [path], folder)
            assert made.batch == "" and len(made.already) == 1


def test_importing_again_elsewhere_gives_the_same_bytes(folder: Path, small_build: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(small_build, tmp_path / "other"))
    importing.import_feed("gdelt", [ROWS], folder)
    importing.import_feed("gdelt", [ROWS], other)
    assert triples(folder) == triples(other) != []
    assert store.manifest(folder) == store.manifest(other)


def test_an_event_of_an_earlier_batch_is_not_written_twice(folder: Path, tmp_path: Path) -> None:
    importing.import_feed("gdelt", [rows(tmp_path / "a.csv", 0, 1)], folder)
    made = importing.import_feed("gdelt", [rows(tmp_path / "b.csv", 1, 2)], folder)
    assert (made.files[0]["kept"], made.files[0]["duplicates"]) == (1, 1)
    assert events(folder) == {"gdelt-719024875", "gdelt-719026196", "gdelt-719026197"}


def test_a_batch_can_be_dropped_and_nothing_of_it_stays(folder: Path, tmp_path: Path) -> None:
    before = set(ask(folder, "SELECT ?s ?p ?o ?g WHERE { GRAPH ?g { ?s ?p ?o } }"))
    first = importing.import_feed("gdelt", [rows(tmp_path / "a.csv", 0)], folder)
    second = importing.import_feed("gdelt", [rows(tmp_path / "b.csv", 1)], folder)
    importing.drop(first.batch, folder)
    assert events(folder) == {"gdelt-719026196"}
    importing.drop(f"gdelt/{second.batch}", folder)
    assert set(ask(folder, "SELECT ?s ?p ?o ?g WHERE { GRAPH ?g { ?s ?p ?o } }")) == before
    assert importing.imported(folder) == [] and not list(store.generation(folder).glob("feeds/*/*"))
    with pytest.raises(NotFound, match="No batch"):
        importing.drop(first.batch, folder)


def test_kg_build_keeps_the_batches(folder: Path, data_folder: Any) -> None:
    made = importing.import_feed("gdelt", [ROWS], folder)
    before = triples(folder)
    data_folder.change("US Treasury,", "Treasury of the United States,", data_folder.entities)
    pipeline.build(data_folder.path, folder)
    assert triples(folder) == before
    assert [each["batch"] for each in importing.imported(folder)] == [made.batch]
    assert ("Treasury of the United States",) in ask(folder, "SELECT ?l WHERE { id:us-treasury rdfs:label ?l }")
    assert ask(folder, "SELECT ?l WHERE { id:us-treasury rdfs:label ?l }") == [("Treasury of the United States",)]
    assert (store.generation(folder) / "feeds" / "gdelt" / made.batch / "report.json").is_file()


def test_a_file_of_nothing_makes_no_batch(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_text("code,name,goldstein\n010,Make statement,0\n", encoding="utf-8")
    made = importing.import_feed("cameo", [tmp_path / "codes.csv"], folder)
    assert (made.batch, made.files[0]["kept"]) == ("", 1)
    assert importing.imported(folder) == []


# ---------------------------------------------------------------- every row is accounted for


def test_rows_that_are_not_taken_are_kept_with_file_line_and_reason(folder: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(LINES[0] + LINES[1].replace("20180101\t", "20180231\t", 1) + "what is this\n", encoding="utf-8")
    made = importing.import_feed("gdelt", [bad], folder)
    told = Path(made.rejected) / "rejected.jsonl"
    found = [json.loads(line) for line in told.read_text(encoding="utf-8").splitlines()]
    assert [(Path(each["file"]).name, each["line"], each["reason"]) for each in found] == [
        ("bad.csv", 2, "SQLDATE is no day"), ("bad.csv", 3, "1 columns instead of 61"),
    ]  # fmt: skip
    assert events(folder) == {"gdelt-719024875"}


@pytest.mark.parametrize("how", [[], ["--dry-run"], ["--columns"]])
def test_reasons_are_told_with_the_first_place_even_if_no_row_is_taken(
    kg: Any, folder: Path, tmp_path: Path, how: list[str]
) -> None:
    bad = tmp_path / "bad.csv"
    late = LINES[1].replace("20180101\t", "20180231\t", 1)
    bad.write_text("".join(["what is this\n", late, late, "what is that\n"]), encoding="utf-8")
    done = kg("import", "gdelt", bad, *how, "--store", folder)
    assert f"2 × not taken: 1 columns instead of 61 (first: {bad}:1)\n" in done.err
    assert f"2 × not taken: SQLDATE is no day (first: {bad}:2)\n" in done.err


def test_ever_new_reasons_do_not_fill_the_memory() -> None:
    tally = Tally("x")
    for line in range(1, 1001):
        tally.reject(line, f"reason {line}")
    assert len(tally.reasons) <= KEPT + 1 and sum(rows for rows, _ in tally.reasons.values()) == 1000


def test_strict_stops_at_the_first_bad_row_and_changes_nothing(folder: Path, tmp_path: Path, unchanged: Any) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("".join(LINES) + "what is this\n", encoding="utf-8")
    with unchanged(folder), pytest.raises(DataProblems, match=r"bad\.csv:6 .*1 columns instead of 61"):
        importing.import_feed("gdelt", [bad], folder, strict=True)


def test_a_dry_run_tells_and_changes_nothing(folder: Path, unchanged: Any) -> None:
    with unchanged(folder):
        made = importing.import_feed("gdelt", [ROWS], folder, dry_run=True)
    assert made.dry_run and made.counts["events"] == 5


# ---------------------------------------------------------------- a crash in the middle

KILL = """
import os, signal, sys
from kg import batches, importing, store
moment = sys.argv[1]
def die(*args): os.kill(os.getpid(), signal.SIGKILL)
if moment == "loading": batches.Fresh.load = die
if moment == "after loading":
    load = batches.Fresh.load
    batches.Fresh.load = lambda *args: (load(*args), die())
if moment == "manifest":
    save = store.save
    store.save = lambda path, data: die() if path.name == "manifest.json" else save(path, data)
if moment == "swap":
    save = store.save
    store.save = lambda path, data: die() if path.name == "CURRENT" else save(path, data)
if moment == "after the swap":
    save = store.save
    store.save = lambda path, data: (save(path, data), die() if path.name == "CURRENT" else None)
importing.import_feed("gdelt", [sys.argv[2]], sys.argv[3])
"""


@pytest.mark.parametrize("moment", ["loading", "after loading", "manifest", "swap", "after the swap"])
def test_after_kill_9_a_batch_is_wholly_there_or_wholly_absent(folder: Path, moment: str) -> None:
    command = [sys.executable, "-c", KILL, moment, str(ROWS), str(folder)]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    there = moment == "after the swap"
    assert len(events(folder)) == (5 if there else 0)
    assert len(importing.imported(folder)) == (1 if there else 0)
    made = importing.import_feed("gdelt", [ROWS], folder)
    assert (made.batch == "") == there
    assert len(events(folder)) == 5
    assert len(list(folder.glob("gen-*"))) <= 2, "nothing is left of the one that was killed"


def test_two_imports_at_once_the_second_is_refused(folder: Path) -> None:
    with batches.change(folder) as fresh:
        with pytest.raises(StorageError, match="another build is running"):
            importing.import_feed("gdelt", [ROWS], folder)
        fresh.unchanged = True


def test_what_fails_in_a_loader_is_told_and_changes_nothing(folder: Path, unchanged: Any) -> None:
    def broken() -> Any:
        yield "this is no triple\n"

    with unchanged(folder), pytest.raises((SyntaxError, StorageError)), batches.change(folder) as fresh:
        fresh.load(broken(), "https://w3id.org/diplokg/graph/feed/x/y")


# ---------------------------------------------------------------- marked, or left out


def test_saved_questions_leave_feeds_out_unless_asked(folder: Path, kg: Kg) -> None:
    importing.import_feed("gdelt", [ROWS], folder)
    asked = ("query", "coded-events", "-f", "csv", "--store", folder)
    assert "gdelt" not in kg(*asked).out and kg(*asked).code == 0
    months = kg("query", "escalation-by-month", "-f", "csv", "--feeds=gdelt", "--store", folder).out
    assert "2018-01" in months and "CAMEO/GDELT" in months
    assert (
        kg("query", "escalation-by-month", "-f", "csv", "--feeds=icews", "--store", folder).out
        == kg("query", "escalation-by-month", "-f", "csv", "--store", folder).out
    )


def test_scores_of_two_scales_are_never_added(folder: Path, tmp_path: Path, kg: Kg) -> None:
    icews = tmp_path / "a.txt"
    icews.write_text("Japan\tMake a visit\tUnited States\t2018-01-01\n", encoding="utf-8")
    importing.import_feed("gdelt", [ROWS], folder)
    importing.import_feed("icews", [icews], folder)
    graph = library.open(folder, feeds=["gdelt", "icews"])
    of_2018 = [row for row in graph.rows("escalation-by-month") if row["month"] == "2018-01"]
    assert {(row["scheme"], row["events"]) for row in of_2018} == {("CAMEO/GDELT", "4"), ("CAMEO/ICEWS", "1")}


def test_sparql_of_ones_own_asks_everything_and_can_leave_feeds_out(folder: Path, kg: Kg) -> None:
    importing.import_feed("gdelt", [ROWS], folder)
    text = "SELECT (COUNT(*) AS ?n) WHERE { ?e dip:factuality ?f }"
    assert kg("query", text, "-f", "csv", "--store", folder).out.split() == ["n", "8"]
    assert kg("query", text, "-f", "csv", "--no-feeds", "--store", folder).out.split() == ["n", "3"]
    assert kg("query", text, "-f", "csv", "--no-feeds", "--timeout", "30", "--store", folder).out.split() == ["n", "3"]


def test_show_timeline_and_path_name_the_feed_of_each_row(folder: Path, kg: Kg) -> None:
    importing.import_feed("gdelt", [ROWS], folder)
    shown = kg("show", "gdelt-jpn-japan", "-f", "text", "--store", folder).out
    assert shown.count("[gdelt: asahi.com]") == 2
    line = kg("timeline", "gdelt-jpn-japan", "-f", "text", "--store", folder).out
    assert "1 Jan 2018" in line and "[gdelt: asahi.com]" in line
    way = kg("path", "gdelt-jpn-japan", "gdelt-usa-united-states", "-f", "text", "--store", folder).out
    assert "visited" in way and "[gdelt]" in way
    event = kg("show", "gdelt-719026196", "-f", "text", "--store", folder).out
    assert "(GDELT scale)" in event and "http://www.asahi.com/ajw/articles/AJ201801010016.html" in event
    for command in (("show", "gdelt-jpn-japan"), ("timeline", "gdelt-jpn-japan")):
        assert kg(*command, "--no-feeds", "--store", folder).code == 1


def test_page_export_and_stats_leave_feeds_out_unless_asked(folder: Path, kg: Kg) -> None:
    importing.import_feed("gdelt", [ROWS], folder)
    assert "gdelt-719026196" not in kg("view", "-o", "-", "--store", folder).out
    assert "gdelt-719026196" in kg("view", "-o", "-", "--feeds", "--store", folder).out
    assert "feed/gdelt" not in kg("export", "-f", "nquads", "--store", folder).out
    exported = kg("export", "-f", "nquads", "--feeds=gdelt", "--store", folder).out
    assert exported.count("/graph/feed/gdelt/") == len(triples(folder))
    assert "Visit" not in json.loads(kg("stats", "-f", "json", "--store", folder).out)["by class"]
    assert json.loads(kg("stats", "-f", "json", "--feeds", "--store", folder).out)["by class"]["Visit"] == 3


def test_the_curated_story_is_kept_as_a_store_of_its_own_beside_the_whole(folder: Path, data_folder: Any) -> None:
    everything = "SELECT ?s ?p ?o ?g WHERE { GRAPH ?g { ?s ?p ?o } }"

    def held(place: store.Store) -> set[tuple[str, ...]]:
        answer = place.query(everything)
        assert isinstance(answer, Rows)
        found = (tuple(str(term) for term in row) for row in answer.rows)
        return {row for row in found if not any(term.startswith("_:") for term in row)}

    def alone() -> set[tuple[str, ...]]:
        narrowed = scope.within(store.open_store(str(folder)), ())
        assert isinstance(narrowed, scope.Curated)
        return held(narrowed)

    before = held(store.open_store(str(folder)))
    importing.import_feed("gdelt", [ROWS], folder)
    assert alone() == before
    importing.import_feed("icews", [_icews(folder)], folder)
    assert alone() == before
    data_folder.change("US Treasury,", "Treasury of the United States,", data_folder.entities)
    pipeline.build(data_folder.path, folder)
    assert any('"Treasury of the United States"@en' in row for row in alone())
    assert not any('"US Treasury"@en' in row for row in alone())
    for batch in importing.imported(folder):
        importing.drop(f"{batch['name']}/{batch['batch']}", folder)
    assert not isinstance(scope.within(store.open_store(str(folder)), ()), scope.Curated), (
        "there is nothing to leave out"
    )


def _icews(folder: Path) -> Path:
    path = folder.parent / "icews.txt"
    path.write_text("Japan\tMake a visit\tUnited States\t2018-01-01\n", encoding="utf-8")
    return path


def test_one_feed_of_two_gives_what_it_alone_would(folder: Path) -> None:
    importing.import_feed("gdelt", [ROWS], folder)
    importing.import_feed("icews", [_icews(folder)], folder)
    whole = store.open_store(str(folder))
    counted = {}
    for feeds in ((), ("icews",), ("gdelt",), ("gdelt", "icews"), None):
        answer = scope.within(whole, feeds).query("SELECT ?e WHERE { ?e dip:factuality ?f }")
        assert isinstance(answer, Rows)
        counted[feeds] = len(list(answer.rows))
    assert counted == {(): 3, ("icews",): 4, ("gdelt",): 8, ("gdelt", "icews"): 9, None: 9}


def test_a_feed_that_nobody_knows_is_told(folder: Path, kg: Kg) -> None:
    told = kg("query", "coded-events", "--feeds=gdlt", "--store", folder)
    assert (told.code, told.err) == (2, "kg: No feed 'gdlt'. Did you mean 'gdelt'?\n")
    assert kg("show", "petro", "--feeds=gdelt", "--no-feeds", "--store", folder).code == 2


# ---------------------------------------------------------------- the command


def test_the_command_reports_each_file_on_standard_error(folder: Path, kg: Kg) -> None:
    told = kg("import", "gdelt", ROWS, "--store", folder)
    assert (told.code, told.out) == (0, "")
    assert "gdelt-2.0.csv" in told.err and "columns left out: MonthYear" in told.err
    assert "5 events" in told.err.splitlines()[-1]
    again = kg("import", "gdelt", ROWS, "--store", folder)
    assert again.code == 0 and "already there, nothing changed" in again.err


def test_the_report_comes_as_json_too(folder: Path, kg: Kg) -> None:
    told = json.loads(kg("import", "gdelt", ROWS, "-f", "json", "--store", folder).out)
    assert told["files"][0]["read"] == 5 and told["counts"]["events"] == 5


def test_folders_globs_and_a_stream_are_read(folder: Path, tmp_path: Path, kg: Kg) -> None:
    place = tmp_path / "in"
    place.mkdir()
    rows(place / "a.csv", 0)
    (place / "b.csv.gz").write_bytes(gzip.compress(LINES[1].encode()))
    rows(place / ".hidden.csv", 4)
    assert kg("import", "gdelt", place, "--store", folder).code == 0
    assert events(folder) == {"gdelt-719024875", "gdelt-719026196"}
    rows(tmp_path / "c1.csv", 2)
    assert kg("import", "gdelt", tmp_path / "c*.csv", "--store", folder).code == 0
    assert kg("import", "gdelt", "-", "--store", folder, stdin=LINES[3]).code == 0
    assert len(events(folder)) == 4


def test_list_and_drop(folder: Path, kg: Kg) -> None:
    kg("import", "gdelt", ROWS, "--store", folder)
    [batch] = importing.imported(folder)
    assert f"gdelt/{batch['batch']}" in kg("import", "--list", "-f", "text", "--store", folder).out
    told = kg("import", "--drop", batch["batch"], "--store", folder)
    assert told.code == 0 and "Dropped" in told.err and events(folder) == set()


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (("gdlt", "x.csv"), 1, "No feed 'gdlt'. Did you mean 'gdelt'?"),
        (("gdelt", "missing.csv"), 3, "missing.csv: no such file."),
        (("gdelt",), 2, "Name a feed and its files."),
        (("gdelt", "x.csv", "--from", "2018-02-01", "--to", "2018-01-01"), 2, "2018-02-01 is after 2018-01-01."),
        (("--list", "gdelt", "x"), 2, "--list and --drop take no files."),
    ],
)
def test_wrong_ways_to_call_it_are_told(folder: Path, kg: Kg, args: tuple[str, ...], code: int, told: str) -> None:
    done = kg("import", *args, "--store", folder)
    assert done.code == code and told in done.err and done.err.count("\n") == 1


def test_without_a_build_it_says_how_to_make_one(tmp_path: Path, kg: Kg) -> None:
    told = kg("import", "gdelt", ROWS, "--store", tmp_path / "none")
    assert told.code == 3 and "no build found" in told.err and "kg build" in told.err


# ---------------------------------------------------------------- files that mean harm


def test_an_archive_that_swells_is_given_up_and_told(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.gz"
    bomb.write_bytes(gzip.compress(b"\0" * (8 << 20)))
    [source] = files.sources([bomb], files.Limits(free=1 << 20))
    assert list(source.lines()) == []
    assert source.tally.refused == 1 and "swells" in source.tally.rejected[0].reason


def test_a_file_that_breaks_off_gives_what_stands_before_and_says_so(tmp_path: Path) -> None:
    whole = gzip.compress("".join(f"{number}\n" for number in range(200_000)).encode())
    (tmp_path / "cut.gz").write_bytes(whole[: len(whole) // 2])
    [source] = files.sources([tmp_path / "cut.gz"])
    found = list(source.lines())
    assert source.tally.refused == 1 and "cannot be read to its end" in source.tally.rejected[0].reason
    assert found[:2] == [(1, "0"), (2, "1")]


def test_names_in_an_archive_are_only_text(tmp_path: Path, folder: Path) -> None:
    with zipfile.ZipFile(tmp_path / "trick.zip", "w") as archive:
        archive.writestr("../../outside.csv", LINES[0])
    importing.import_feed("gdelt", [tmp_path / "trick.zip"], folder)
    assert events(folder) == {"gdelt-719024875"}
    assert not list(tmp_path.parent.rglob("outside.csv"))


def test_lines_that_are_not_utf8_or_too_long_are_rejected_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"one\ncaf\xe9\n" + b"x" * 300 + b"\nlast\r\n")
    [source] = files.sources([path], files.Limits(line=100))
    found = [line for _, line in source.lines()]
    assert "one" in found and "last" in found
    assert "is not UTF-8" in {each.reason for each in source.tally.rejected}
