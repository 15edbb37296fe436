"""ICEWS: both layouts, key of id and date, scores held against the table; and code lists held against it too."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from kg.feeds import cameo, files, icews
from kg.feeds.records import CodedEvent, Party, Record, Window
from kg.feeds.tally import Tally

REAL = Path(__file__).parent.parent.parent / "shared" / "feeds"
HEAD = "\t".join(icews.COLUMNS)
ROW = (
    "32889836\t2018-06-01\tForeign Affairs (Bangladesh)\tExecutive,Foreign Ministry,Government\tBangladesh\tConsult"
    "\t040\t1\tViet Nam\tNA\tVietnam\t47400351\t2\tVietnam News Agency Bulletin\tHanoi\tNA\tThanh Pho Ha Noi"
    "\tVietnam\t21.02\t105.84"
)
ALWAYS = Window()
LINE = "Japan\tMake a visit\tThailand\t2014-09-22"

real = pytest.mark.skipif(not (REAL / "icews").is_dir(), reason="the real samples lie beside the checkout (../shared)")


def read(path: Path, window: Window = ALWAYS) -> tuple[list[Record], Tally]:
    [source] = files.sources([path])
    records = list(icews.read([source], window))
    source.tally.check()
    return records, source.tally


def written(path: Path, rows: Iterable[str]) -> Path:
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def events(records: Iterable[Record]) -> list[CodedEvent]:
    return [record for record in records if isinstance(record, CodedEvent)]


def changed(column: str, value: str) -> str:
    cells = ROW.split("\t")
    cells[icews.COLUMNS.index(column)] = value
    return "\t".join(cells)


def test_a_row_becomes_an_event_with_key_score_parties_and_report(tmp_path: Path) -> None:
    records, tally = read(written(tmp_path / "a.tab", [HEAD, ROW]))
    [event] = events(records)
    assert (event.id, event.date) == ("icews-32889836-20180601", "2018-06-01")
    assert (event.event_class, event.cameo, event.goldstein, event.scheme) == ("Meeting", "040", "1.0", "CAMEO/ICEWS")
    parties = {record.id: record for record in records if isinstance(record, Party)}
    assert [(p.label, p.kind, p.codes) for p in parties.values()] == [
        ("Foreign Affairs (Bangladesh)", "ministry", (("iso3", "BGD"),)),
        ("Viet Nam", "state", (("iso3", "VNM"),)),
    ]
    assert {*event.actor, *event.target} == parties.keys()
    assert (event.reports[0].publisher, event.reports[0].at.key) == (
        "Vietnam News Agency Bulletin", "story 47400351, sentence 2",
    )  # fmt: skip
    assert (tally.read, tally.kept) == (1, 1) and set(tally.left_out) == set(icews.COLUMNS[14:])


def test_one_id_on_two_days_is_two_events(tmp_path: Path) -> None:
    records, tally = read(written(tmp_path / "a.tab", [HEAD, ROW, ROW, ROW.replace("2018-06-01", "2018-06-02")]))
    assert [event.id for event in events(records)] == ["icews-32889836-20180601", "icews-32889836-20180602"]
    assert (tally.kept, tally.duplicates) == (2, 1)


def test_lines_of_four_cells_are_read_by_the_name_of_the_event(tmp_path: Path) -> None:
    records, tally = read(written(tmp_path / "a.txt", [LINE, LINE, LINE.replace("Thailand", "China")]))
    one, other = events(records)
    assert (one.event_class, one.cameo, one.goldstein) == ("Visit", "042", "1.9")
    assert one.id != other.id and (tally.kept, tally.duplicates) == (2, 1)


@pytest.mark.parametrize(
    ("row", "reason", "unknown"),
    [
        (changed("CAMEO Code", "999"), "unknown CAMEO code", {"CAMEO code 999": 1}),
        (changed("Intensity", "eleven"), "Intensity is no number from -10 to 10", {}),
        (changed("Intensity", "11"), "Intensity is no number from -10 to 10", {}),
        (changed("Event Date", "2018-02-30"), "the date is no day", {}),
        (changed("Event Date", "1.6.2018"), "the date is no day", {}),
        (changed("Event ID", "E1"), "Event ID is no number", {}),
        (ROW.rpartition("\t")[0], "19 columns instead of 20", {}),
    ],
)
def test_a_wrong_row_is_rejected_with_its_reason(
    tmp_path: Path, row: str, reason: str, unknown: dict[str, int]
) -> None:
    records, tally = read(written(tmp_path / "a.tab", [HEAD, row, ROW]))
    assert len(events(records)) == 1
    assert [(each.line, each.reason) for each in tally.rejected] == [(2, reason)]
    assert tally.unknown == unknown


def test_an_unknown_name_of_an_event_is_loud(tmp_path: Path) -> None:
    _, tally = read(written(tmp_path / "a.txt", [LINE.replace("Make a visit", "Make tea")]))
    assert tally.unknown == {"event name Make tea": 1} and tally.rejected[0].reason == "unknown event name"


def test_a_score_or_name_unlike_the_table_is_kept_and_told(tmp_path: Path) -> None:
    records, tally = read(
        written(
            tmp_path / "a.tab",
            [
                HEAD,
                changed("Intensity", "2"),
            ],
        )
    )
    assert events(records)[0].goldstein == "2.0"
    assert tally.notes["Intensity of 040 is 2.0, in the table 1"] == 1
    _, tally = read(written(tmp_path / "b.tab", [HEAD, changed("Event Text", "Talk")]))
    assert tally.notes["Event Text of 040 is not its name in the table"] == 1


def test_the_window_leaves_out_what_it_does_not_hold(tmp_path: Path) -> None:
    _, tally = read(written(tmp_path / "a.tab", [HEAD, ROW]), Window(first=date(2018, 6, 2)))
    assert (tally.kept, tally.outside) == (0, 1)


@real
def test_all_real_rows_are_taken_and_agree_with_the_table() -> None:
    _, tally = read(REAL / "icews" / "events.2018.sample.tab")
    assert (tally.read, tally.kept, tally.refused) == (3705, 3705, 0)
    assert dict(tally.notes) == {"layout of 20 columns": 1}, "no Intensity and no name differs"


@real
def test_all_real_lines_of_four_cells_are_taken() -> None:
    _, tally = read(REAL / "icews" / "icews_2014_test.txt")
    assert (tally.read, tally.kept, tally.refused) == (8963, 8963, 0)


# ---------------------------------------------------------------- code lists


def checked(path: Path) -> Tally:
    [source] = files.sources([path])
    assert list(cameo.read([source], Window())) == []
    source.tally.check()
    return source.tally


def test_a_code_list_is_held_against_the_table(tmp_path: Path) -> None:
    rows = ["code,name,goldstein", "010,Make statement,0", "022,x,3.2", "999,New,1", "036,Meet,4"]
    tally = checked(written(tmp_path / "codes.csv", rows))
    assert (tally.read, tally.kept, tally.refused) == (4, 1, 3)
    assert tally.rejected[0].reason == "Goldstein of 022 is 3.2, in the table 3.4"
    assert tally.unknown == {"CAMEO code 999": 1}
    assert tally.rejected[2].reason.startswith("036 is called otherwise in the table")


def test_a_crosswalk_is_held_against_the_table(tmp_path: Path) -> None:
    rows = ["# a comment", "030: AGREE,  , diplomatic # Express intent", "042: CONSULT, phone, x", "what is this"]
    tally = checked(written(tmp_path / "crosswalk.txt", rows))
    assert (tally.read, tally.kept, tally.refused) == (3, 1, 2)
    assert tally.rejected[0].reason == "042 is CONSULT phone, in the table CONSULT visit"


@real
def test_the_real_lists_agree_with_the_table_but_for_roots_and_one_code_more() -> None:
    scores = checked(REAL / "icews" / "cameo-codes.csv")
    assert (scores.read, scores.kept) == (312, 312)
    assert scores.notes == {"read as MacRoman, since it is not UTF-8": 1}
    crosswalk = checked(REAL / "plover" / "CAMEO2PLOVER-2021.txt")
    assert crosswalk.read == 277
    differing = [each for each in crosswalk.rejected if len(each.key) != 2]
    assert [(each.line, each.reason) for each in differing] == [
        (156, "an unknown code"), (301, "no line of CODE: CATEGORY, mode, context"),
    ]  # fmt: skip
