"""The SDN list: snapshots give listings, changes and removals with their bounds; each row is accounted for."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest

from kg.feeds import files, ofac
from kg.feeds.records import CodedEvent, ListedMeasure, ListedTie, Party, Record, Window
from kg.feeds.tally import Tally

SAMPLE = Path(__file__).parent / "data" / "feeds" / "ofac"
SHARED = Path(__file__).parents[2] / "shared" / "feeds" / "ofac"
needs_lists = pytest.mark.skipif(not SHARED.is_dir(), reason="the real lists are not at ../shared/feeds/ofac")
ROW = '306,"BANCO NACIONAL DE CUBA",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n'


def read(*paths: Path, window: Window | None = None) -> tuple[list[Record], list[Tally]]:
    found = files.sources(paths)
    records = list(ofac.read(found, window or Window()))
    for source in found:
        source.tally.check()
    return records, [source.tally for source in found]


def measures(records: list[Record]) -> dict[str, ListedMeasure]:
    return {r.id: r for r in records if isinstance(r, ListedMeasure)}


def test_two_snapshots_and_their_names_become_these_measures() -> None:
    records, _ = read(SAMPLE)
    found = {name: (m.begin, m.end, m.last_known_in_force, m.programs) for name, m in measures(records).items()}
    assert found == {
        "ofac-sdn-306-2021-05-22": ("../2021-05-22", "", "2022-02-01", ("CUBA",)),
        "ofac-sdn-4302-2021-05-22": ("../2021-05-22", "2021-05-23/2022-02-01", "2021-05-22", ("SDNT",)),
        "ofac-sdn-8237-2021-05-22": ("../2021-05-22", "2021-05-23/2022-02-01", "2021-05-22", ("SDNTK",)),
        "ofac-sdn-8237-2022-02-01": (
            "2021-05-23/2022-02-01", "", "2022-02-01", ("SDNTK", "ILLICIT-DRUGS-EO"),
        ),
        "ofac-sdn-22790-2021-05-22": ("../2021-05-22", "", "2022-02-01", ("VENEZUELA", "IRAN-CON-ARMS-EO")),
        "ofac-sdn-27763-2022-02-01": ("2021-05-23/2022-02-01", "", "2022-02-01", ("SYRIA-EO13894",)),
    }  # fmt: skip
    assert all(
        m.imposed_by == ("ofac-us-treasury",) and m.type == "FinancialSanctions" for m in measures(records).values()
    )
    events = {r.id: (r.event_class, r.date) for r in records if isinstance(r, CodedEvent)}
    assert events["ofac-sdn-27763-2022-02-01-listing"] == ("Sanctioning", "2021-05-23/2022-02-01")
    assert events["ofac-sdn-4302-2021-05-22-removal"] == ("Lifting", "2021-05-23/2022-02-01")
    assert "ofac-sdn-8237-2022-02-01-listing" not in events, "a change of programmes is no new listing"


def test_parties_bear_the_names_the_addresses_and_the_state_of_the_person() -> None:
    records, _ = read(SAMPLE)
    parties = {r.id: r for r in records if isinstance(r, Party)}
    bank, leader, cartel = parties["ofac-306"], parties["ofac-22790"], parties["ofac-8237"]
    assert bank.aliases == ("NATIONAL BANK OF CUBA", "BNC") and bank.kind == "organization"
    assert bank.description == "Addresses: Zurich CH-8022, Switzerland; Madrid E-28036, Spain."
    assert leader.label == "Nicolas Maduro Moros" and leader.aliases == ("MADURO MOROS, Nicolas",)
    assert leader.codes == (("iso3", "VEN"), ("ofac", "22790"))
    assert cartel.label == "JUAREZ CARTEL" and "CARRILLO FUENTES ORGANIZATION" in cartel.aliases


def test_a_name_has_no_blank_or_comma_at_its_ends(tmp_path: Path) -> None:
    row = '7,"SALIM, Nur","individual","SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"a.k.a. \'AL-WARD, \'; POB X."\n'
    (tmp_path / "sdn.csv").write_text(row, encoding="utf-8")
    [party] = [each for each in read(tmp_path)[0] if isinstance(each, Party) and each.id == "ofac-7"]
    assert party.aliases == ("SALIM, Nur", "AL-WARD")


def test_a_list_without_a_date_gives_no_bounds(tmp_path: Path) -> None:
    (tmp_path / "sdn.csv").write_text(ROW)
    records, _ = read(tmp_path)
    (only,) = measures(records).values()
    assert (only.begin, only.end, only.last_known_in_force) == ("", "", "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("306,too,few\n", "3 columns; the list has 12, names 5, addresses 6"),
        (ROW.replace("306", "x306"), "number or name missing"),
        (ROW.replace('"BANCO NACIONAL DE CUBA"', "-0- "), "number or name missing"),
        ('7,1,"aka","NOBODY",-0- \n', "the list of this import has no such number"),
        (ROW.replace("BANCO", "ANOTHER"), "the number stands twice in one list, with other values"),
        ('1,"torn', "is no CSV: unexpected end of data"),
    ],
)
def test_a_damaged_row_is_told_and_the_rest_goes_on(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "sdn_2021-01-01.csv").write_text(ROW + text)
    records, (tally,) = read(tmp_path)
    assert len(measures(records)) == 1 and tally.kept == 1
    assert [(row.line, row.reason) for row in tally.rejected] == [(2, reason)]


def test_unknown_types_and_kinds_of_names_are_loud(tmp_path: Path) -> None:
    (tmp_path / "sdn.csv").write_text(ROW.replace("-0- ", '"submarine"', 1))
    (tmp_path / "alt.csv").write_text('306,1,"zka","BNC",-0- \n')
    _, tallies = read(tmp_path)
    assert [dict(tally.unknown) for tally in tallies] == [{"kind of name zka": 1}, {"type submarine": 1}]


def test_a_window_leaves_out_what_was_over_before_it() -> None:
    from datetime import date

    records, tallies = read(SAMPLE, window=Window(first=date(2022, 3, 1)))
    assert "ofac-sdn-4302-2021-05-22" not in measures(records) and "ofac-sdn-306-2021-05-22" in measures(records)
    assert sum(tally.outside for tally in tallies) == 1


@needs_lists
def test_listings_and_removals_equal_a_diff_of_the_files() -> None:
    days = ("2021-05-22", "2022-02-01", "2022-03-01")
    on = [_numbers(SHARED / "snapshots" / f"sdn_{day}.csv.gz") for day in days]
    records, tallies = read(SHARED / "snapshots")
    events = [r for r in records if isinstance(r, CodedEvent)]
    told = {
        (kind, day): {
            r.target[0].removeprefix("ofac-") for r in events if r.event_class == kind and r.date.endswith(day)
        }
        for kind in ("Sanctioning", "Lifting")
        for day in days
    }
    assert told["Sanctioning", days[0]] == on[0]
    for before, after, day in ((on[0], on[1], days[1]), (on[1], on[2], days[2])):
        assert told["Sanctioning", day] == after - before
        assert told["Lifting", day] == before - after
    assert len(told["Lifting", days[1]]) == 397 and len(told["Sanctioning", days[2]]) == 170
    assert sum(tally.kept for tally in tallies) == sum(map(len, on)) == 27152
    assert not any(tally.unknown for tally in tallies)


@needs_lists
def test_a_whole_list_is_taken_with_its_names_addresses_and_ties() -> None:
    records, tallies = read(SHARED / "moov_2019")
    assert sum(tally.read for tally in tallies) == sum(tally.kept for tally in tallies) == 28757
    assert sum(isinstance(r, ListedTie) for r in records) == 1795


def _numbers(path: Path) -> set[str]:
    rows = csv.reader(io.StringIO(gzip.decompress(path.read_bytes()).decode()))
    return {row[0] for row in rows if len(row) == 12}
