"""Whose place a batch takes: the same files again, one more snapshot, a newer state of a list, columns now in full."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kg import bulk, importing, scope, store
from kg.errors import NotFound
from kg.feeds import FEEDS
from kg.feeds.records import Window

ROOT = Path(__file__).parent.parent
GDELT = ROOT / "tests" / "data" / "feeds" / "gdelt-2.0.csv"
LINES = GDELT.read_text(encoding="utf-8").splitlines(keepends=True)
Kg = Callable[..., Any]
SDN = '{number},"{name}",-0- ,"SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n'


@pytest.fixture
def folder(small_build: Path, tmp_path: Path) -> Path:
    """A small build of this test alone."""
    return Path(shutil.copytree(small_build, tmp_path / "build"))


def triples(folder: Path) -> list[str]:
    return sorted(scope.lines(store.open_store(str(folder)), FEEDS))


def ask(folder: Path, text: str) -> list[tuple[str, ...]]:
    answer = store.open_store(str(folder)).query(text)
    assert isinstance(answer, store.Rows)
    return sorted(tuple(getattr(term, "value", "") for term in row) for row in answer.rows)


def batches(folder: Path) -> list[str]:
    return [each["batch"] for each in importing.imported(folder)]


def sdn(path: Path, *numbers: int) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(SDN.format(number=n, name=f"COMPANY {n}") for n in numbers), encoding="utf-8")
    return path


def rows(path: Path, *numbers: int) -> Path:
    path.write_text("".join(LINES[number] for number in numbers), encoding="utf-8")
    return path


def un(path: Path, day: str, *names: str) -> Path:
    entry = """<ENTITY><DATAID>{n}</DATAID><VERSIONNUM>1</VERSIONNUM><FIRST_NAME>{name}</FIRST_NAME>
      <UN_LIST_TYPE>Al-Qaida</UN_LIST_TYPE><REFERENCE_NUMBER>QDe.{n:03}</REFERENCE_NUMBER>
      <LISTED_ON>2014-09-23</LISTED_ON></ENTITY>"""
    told = "".join(entry.format(n=number, name=name) for number, name in enumerate(names, 1))
    path.write_text(
        f'<CONSOLIDATED_LIST dateGenerated="{day}T00:00:00Z"><ENTITIES>{told}</ENTITIES></CONSOLIDATED_LIST>',
        encoding="utf-8",
    )
    return path


# ---------------------------------------------------------------- one more snapshot


def test_one_more_snapshot_tells_what_ended_as_if_all_had_come_at_once(
    folder: Path, small_build: Path, tmp_path: Path
) -> None:
    lists = tmp_path / "lists"
    sdn(lists / "sdn_2021-05-22.csv", 1, 2)
    importing.import_feed("ofac", [lists], folder)
    sdn(lists / "sdn_2022-02-01.csv", 2, 3)
    made = importing.import_feed("ofac", [lists], folder)
    assert len(made.instead_of) == 1
    assert batches(folder) == [made.batch]
    ended = ask(folder, "SELECT ?t ?b { ?e a dip:Lifting ; dip:target ?t ; sem:hasLatestEndTimeStamp ?b }")
    assert ended == [("https://w3id.org/diplokg/id/ofac-1", "2022-02-01")]
    assert len(ask(folder, "SELECT ?m { ?m a dip:Measure ; dip:imposedBy id:us-treasury ; dip:program ?p }")) == 3
    other = Path(shutil.copytree(small_build, tmp_path / "other"))
    importing.import_feed("ofac", [lists], other)
    assert triples(folder) == triples(other)


def test_what_was_listed_and_removed_between_two_days_is_told(folder: Path, tmp_path: Path, kg: Kg) -> None:
    lists = [sdn(tmp_path / "sdn_2021-05-22.csv", 1, 2), sdn(tmp_path / "sdn_2022-02-01.csv", 2, 3)]
    importing.import_feed("ofac", lists, folder)
    days = ("diff", "--as-of", "2021-05-22", "2022-02-02", "-f", "json", "--store", folder)
    told = {(each["kind"], each["id"]) for each in json.loads(kg(*days, "--feeds=ofac").out)["changes"]}
    assert {("began", "ofac-sdn-3-2022-02-01"), ("ended", "ofac-sdn-1-2021-05-22")} <= told
    assert ("happened", "ofac-sdn-1-2021-05-22-removal") in told
    assert not any("ofac" in each["id"] for each in json.loads(kg(*days).out)["changes"])


def test_a_snapshot_alone_stays_beside_the_earlier_one_and_that_is_told(folder: Path, tmp_path: Path, kg: Kg) -> None:
    first = importing.import_feed("ofac", [sdn(tmp_path / "sdn_2021-05-22.csv", 1, 2)], folder)
    done = kg("import", "ofac", sdn(tmp_path / "sdn_2022-02-01.csv", 2, 3), "--store", folder)
    assert done.code == 0 and len(batches(folder)) == 2
    assert f"beside it stays ofac/{first.batch}" in done.err and "--instead-of" in done.err


# ---------------------------------------------------------------- a newer state of a list


def test_a_list_that_has_changed_under_its_name_takes_the_place_of_its_older_state(
    folder: Path, tmp_path: Path, kg: Kg
) -> None:
    file = un(tmp_path / "list.xml", "2026-02-20", "GROUP A", "GROUP B")
    first = importing.import_feed("un", [file], folder)
    un(file, "2026-02-27", "GROUP A")
    done = kg("import", "un", file, "--store", folder)
    assert f"In the place of un/{first.batch}." in done.err
    known = ask(folder, "SELECT ?d { ?m a dip:Measure ; dip:program 'Al-Qaida' ; dip:lastKnownInForce ?d }")
    assert known == [("2026-02-27",)]


def test_another_file_takes_the_place_of_a_batch_that_is_named(folder: Path, tmp_path: Path, kg: Kg) -> None:
    first = importing.import_feed("un", [un(tmp_path / "old.xml", "2026-02-20", "GROUP A", "GROUP B")], folder)
    new = un(tmp_path / "new.xml", "2026-02-27", "GROUP A")
    assert kg("import", "un", new, "--instead-of", f"un/{first.batch}", "--store", folder).code == 0
    assert len(batches(folder)) == 1 and batches(folder) != [first.batch]
    with pytest.raises(NotFound, match="No batch"):
        importing.import_feed("un", [new], folder, instead_of=["un/nosuch"])


def test_a_batch_gives_way_only_to_one_that_holds_something(folder: Path, tmp_path: Path, unchanged: Any) -> None:
    first = importing.import_feed("ofac", [sdn(tmp_path / "sdn.csv", 1, 2)], folder)
    (tmp_path / "sdn.csv").write_text("<html>Service unavailable</html>\n", encoding="utf-8")
    with unchanged(folder):
        made = importing.import_feed("ofac", [tmp_path / "sdn.csv"], folder)
    assert made.batch == "" and batches(folder) == [first.batch]


def test_events_that_were_coded_stay_when_their_file_has_changed(folder: Path, tmp_path: Path) -> None:
    file = rows(tmp_path / "day.CSV", 0, 1)
    importing.import_feed("gdelt", [file], folder)
    made = importing.import_feed("gdelt", [rows(file, 1, 2)], folder)
    assert (made.files[0]["kept"], made.files[0]["duplicates"]) == (1, 1)
    assert len(batches(folder)) == 2


# ---------------------------------------------------------------- again


@pytest.mark.parametrize("read", [importing.import_feed, bulk.import_columns])
def test_a_file_read_again_takes_its_own_place(read: Any, folder: Path, tmp_path: Path) -> None:
    file = rows(tmp_path / "day.CSV", 0, 1, 2)
    first = read("gdelt", [file], folder)
    before = triples(folder)
    again = read("gdelt", [file], folder, again=True)
    assert (again.batch, again.files[0]["kept"]) == (first.batch, 3)
    assert batches(folder) == [first.batch] and triples(folder) == before
    importing.drop(first.batch, folder)
    assert batches(folder) == []


def test_a_file_read_again_in_the_other_tier_is_there_once(folder: Path, tmp_path: Path) -> None:
    file = rows(tmp_path / "day.CSV", 0, 1, 2)
    bulk.import_columns("gdelt", [file], folder)
    made = importing.import_feed("gdelt", [file], folder, again=True)
    assert made.counts["events"] == 3 and batches(folder) == [made.batch]
    assert not list(store.generation(folder).glob("feeds/gdelt/*/columns"))


def test_other_days_of_a_file_stay_when_some_are_read_again(folder: Path, tmp_path: Path) -> None:
    file = rows(tmp_path / "day.CSV", 0, 1, 2, 3, 4)
    early, late = Window(last=date(2017, 12, 31)), Window(first=date(2018, 1, 1))
    importing.import_feed("gdelt", [file], folder, early)
    importing.import_feed("gdelt", [file], folder, late)
    before = triples(folder)
    importing.import_feed("gdelt", [file], folder, late, again=True)
    assert triples(folder) == before


def test_what_was_read_wholly_does_not_give_way_to_some_days_of_it(folder: Path, tmp_path: Path) -> None:
    file = rows(tmp_path / "day.CSV", 0, 1, 2, 3, 4)
    whole = importing.import_feed("gdelt", [file], folder)
    importing.import_feed("gdelt", [file], folder, Window(first=date(2018, 1, 1)), again=True)
    assert batches(folder) == [whole.batch]
    importing.drop(whole.batch, folder)
    some = importing.import_feed("gdelt", [file], folder, Window(first=date(2018, 1, 1)))
    wholly = importing.import_feed("gdelt", [file], folder, again=True)
    assert wholly.instead_of == (f"gdelt/{some.batch}",)


def test_a_batch_is_made_of_rows_that_were_kept(folder: Path, tmp_path: Path, unchanged: Any, kg: Kg) -> None:
    file = rows(tmp_path / "day.CSV", 0, 1)
    bulk.import_columns("gdelt", [file], folder)
    with unchanged(folder):
        assert importing.import_feed("gdelt", [file], folder).batch == ""  # its events are there, in columns
        assert "--again puts them in the place" in kg("import", "gdelt", file, "--store", folder).err


# ---------------------------------------------------------------- columns, then in full


def test_what_is_in_columns_can_be_asked_for_in_full_later(folder: Path, small_build: Path, tmp_path: Path) -> None:
    file = rows(tmp_path / "day.CSV", 0, 1, 2, 3, 4)
    bulk.import_columns("gdelt", [file], folder)
    window = Window(last=date(2018, 1, 1))
    made = bulk.import_columns("gdelt", [file], folder, window, full=True)
    assert made.counts["in full"] > 0 and len(made.instead_of) == 1 and batches(folder) == [made.batch]
    other = Path(shutil.copytree(small_build, tmp_path / "other"))
    bulk.import_columns("gdelt", [file], other, window, full=True)
    assert triples(folder) == triples(other)


def test_copies_of_rows_that_had_to_be_judged_are_told_when_nothing_else_is_left(folder: Path, tmp_path: Path) -> None:
    cells = LINES[0].split("\t")
    line = "\t".join([*cells[:6], "NA", *cells[7:]]).encode()  # may be nobody, so that the reader judges it
    (tmp_path / "a.CSV").write_bytes(line)
    bulk.import_columns("gdelt", [tmp_path / "a.CSV"], folder)
    (tmp_path / "b.CSV").write_bytes(line * 2)
    made = bulk.import_columns("gdelt", [tmp_path / "b.CSV"], folder)
    assert (made.files[0]["kept"], made.files[0]["duplicates"]) == (0, 2)


# ---------------------------------------------------------------- told


def test_a_dry_run_counts_what_is_there_already_as_the_import_does(folder: Path, tmp_path: Path) -> None:
    importing.import_feed("gdelt", [rows(tmp_path / "a.CSV", 0, 1)], folder)
    file = rows(tmp_path / "b.CSV", 1, 2)
    dry = importing.import_feed("gdelt", [file], folder, dry_run=True)
    again = importing.import_feed("gdelt", [rows(tmp_path / "a.CSV", 0, 1)], folder, dry_run=True, again=True)
    made = importing.import_feed("gdelt", [file], folder)
    assert dict(dry.files[0]) == dict(made.files[0])
    assert (again.files[0]["kept"], again.files[0]["duplicates"]) == (2, 0)


def test_files_of_another_feed_are_told_as_such(folder: Path, tmp_path: Path, kg: Kg) -> None:
    for feed in ("ofac", "un", "icews", "reign", "ftm", "historyatstate", "cameo"):
        done = kg("import", feed, GDELT, "--store", folder)
        assert done.code == 1, feed
        assert f"None of these rows is one of {feed}. Are they of another feed?" in done.err
        assert "Traceback" not in done.err
    assert batches(folder) == []


@pytest.mark.parametrize(
    ("named", "told"),
    [("empty", "empty: there is no file in it."), ("no*.zip", "no*.zip: no file fits."), ("no.zip", "no such file")],
)
def test_each_name_that_gives_no_file_is_told(named: str, told: str, folder: Path, tmp_path: Path, kg: Kg) -> None:
    (tmp_path / "empty").mkdir()
    done = kg("import", "gdelt", GDELT, tmp_path / named, "--store", folder)
    assert done.code == 3 and told in done.err


def test_a_wrong_feed_is_told_before_a_missing_build_and_help_names_them_all(tmp_path: Path, kg: Kg) -> None:
    done = kg("import", "gdlet", GDELT, "--store", tmp_path / "none")
    assert "Did you mean 'gdelt'?" in done.err
    assert all(feed in kg("import", "--help").out for feed in FEEDS)


def test_the_list_tells_what_each_batch_holds(folder: Path, tmp_path: Path, kg: Kg) -> None:
    importing.import_feed("ofac", [sdn(tmp_path / "sdn.csv", 1)], folder)
    bulk.import_columns("gdelt", [rows(tmp_path / "a.CSV", 0)], folder, Window(first=date(2017, 1, 1)))
    told = kg("import", "--list", "-f", "text", "--store", folder).out.splitlines()
    [list_, events] = [line for line in told if line.startswith(("ofac/", "gdelt/"))]
    assert "1 measure," in list_ and list_.endswith("1 file")
    assert "1 event," in events and events.endswith("1 file, in columns (2017-01-01/)")
    assert json.loads(kg("import", "--list", "--store", folder).out)[0]["counts"]["measures"] == 1
