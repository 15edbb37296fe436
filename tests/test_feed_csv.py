"""Tables read by a mapping file: each row an event or a reason, each column used or named, each value checked."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from kg.errors import DataProblems
from kg.feeds import files, mapping, table
from kg.feeds.records import CodedEvent, Party, Record, Window
from kg.feeds.tally import Tally

MAPPING = """\
feed: quarrels
publisher: University of Somewhere
licence: CC BY 4.0
columns:
  Event ID: id
  Day: {field: date, format: "%d/%m/%Y"}
  Sender: {field: actor, kind: state}
  Code: {field: actor, scheme: iso3}
  Target: {field: target, kind: state, split: ";"}
  What: class
  CAMEO: cameo
  Link: url
  Sure: confidence
left_out: [Coder]
classes:
  raised duties: Sanctioning
"""
HEADER = "Event ID,Day,Sender,Code,Target,What,CAMEO,Link,Sure,Coder\n"
ROW = "7,26/01/2025,United States,USA,Colombia;Venezuela,raised duties,163,https://example.org/7,0.9,ab\n"


def plan(tmp_path: Path, text: str = MAPPING) -> mapping.Plan:
    path = tmp_path / "map.yaml"
    path.write_text(text, encoding="utf-8")
    return mapping.read(path, "map.yaml")


def read(
    tmp_path: Path, rows: str | bytes, text: str = MAPPING, window: Window | None = None
) -> tuple[list[Record], Tally]:
    path = tmp_path / "rows.csv"
    path.write_bytes(rows if isinstance(rows, bytes) else rows.encode())
    (source,) = files.sources([path])
    records = list(table.read([source], window or Window(), plan(tmp_path, text)))
    source.tally.check()
    return records, source.tally


def refused(tmp_path: Path, row: str) -> str:
    """The reason for which a row is not taken, beside a good one that is."""
    records, tally = read(tmp_path, HEADER + row + ROW)
    assert tally.kept == 1 and next(r for r in records if isinstance(r, CodedEvent)).id == "csv-quarrels-event-7"
    (only,) = tally.rejected
    assert only.line == 2
    return f"{only.reason}: {only.value}"


def test_a_row_becomes_parties_and_an_event(tmp_path: Path) -> None:
    records, tally = read(tmp_path, HEADER + ROW)
    parties = [each for each in records if isinstance(each, Party)]
    assert parties == [
        Party("csv-quarrels-usa", "United States", "state", codes=(("iso3", "USA"),)),
        Party("csv-quarrels-colombia", "Colombia", "state"),
        Party("csv-quarrels-venezuela", "Venezuela", "state"),
    ]
    event = records[-1]
    assert isinstance(event, CodedEvent)
    assert (event.id, event.event_class, event.date) == ("csv-quarrels-event-7", "Sanctioning", "2025-01-26")
    assert (event.actor, event.target) == (("csv-quarrels-usa",), ("csv-quarrels-colombia", "csv-quarrels-venezuela"))
    assert (event.cameo, event.goldstein, event.scheme, event.plover) == ("163", "-8.0", "CAMEO/ICEWS", "COERCE")
    (report,) = event.reports
    assert (report.publisher, report.url, report.confidence) == (
        "University of Somewhere",
        "https://example.org/7",
        "0.9",
    )
    assert (report.at.line, report.at.key) == (2, "7")
    assert (tally.read, tally.kept, tally.left_out) == (1, 1, ("Coder",))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("26/01/2025", "2025-01-26", "not a date of the form %d/%m/%Y.: 2025-01-26"),
        ("26/01/2025", "30/02/2025", "not a date of the form %d/%m/%Y.: 30/02/2025"),
        ("163", "999", "unknown CAMEO code: 999"),
        ("raised duties", "Sanctionning", "unknown class. Did you mean 'Sanctioning'?: Sanctionning"),
        ("https://example.org/7", "javascript:alert(1)", "not an address on the web: javascript:alert(1)"),
        ("https://example.org/7", "https://example.org/<x>", "not an address on the web: https://example.org/<x>"),
        ("https://example.org/7", "http://[x", "not an address on the web: http://[x"),
        ("0.9", "1.5", "confidence: not a number from 0 to 1: 1.5"),
        ("0.9", "nan", "confidence: not a number from 0 to 1: nan"),
        (",USA,", ",XYZ,", "no state has the code in iso3: XYZ"),
        ("United States,USA", ",", "no actor: "),
        ("United States", "United\x07States", "U+0007 is a character that cannot be printed: United\x07States"),
        (",ab", ",ab,more", "11 cells, 10 columns: "),
        ("raised duties", '"raised" duties', "not CSV: ',' expected after '\"': "),
        ("raised duties,163", ",", "nothing says what happened: "),
    ],
)
def test_a_value_that_does_not_fit_rejects_its_row_alone(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert old in ROW
    assert refused(tmp_path, ROW.replace("7,", "8,", 1).replace(old, new)).startswith(reason)


def test_a_row_that_stands_twice_counts_once_and_a_contradiction_is_told(tmp_path: Path) -> None:
    records, tally = read(tmp_path, HEADER + ROW + ROW + ROW.replace("0.9", "0.8"))
    assert len(records) == 4 and (tally.read, tally.kept, tally.duplicates) == (3, 1, 1)
    assert tally.rejected[0].reason == "the id stands twice, with other values"


def test_a_party_is_told_once_and_before_its_events(tmp_path: Path) -> None:
    records, _ = read(tmp_path, HEADER + ROW + ROW.replace("7,", "8,", 1))
    kinds = [type(each).__name__ for each in records]
    assert kinds == ["Party", "Party", "Party", "CodedEvent", "CodedEvent"]


def test_cells_may_hold_commas_quotes_and_lines(tmp_path: Path) -> None:
    quoted = '7,26/01/2025,"United\nStates ""of"" America, the",USA,Colombia,Threat,,,,ab\n'
    records, tally = read(tmp_path, HEADER + quoted + "bad\n" + ROW.replace("7,", "8,", 1))
    assert isinstance(records[0], Party) and records[0].label == 'United\nStates "of" America, the'
    assert [(each.line, each.reason) for each in tally.rejected] == [(4, "1 cells, 10 columns")]


def test_encoding_delimiter_byte_order_mark_and_line_ends_are_as_they_come(tmp_path: Path) -> None:
    text = MAPPING + "encoding: cp1252\ndelimiter: semicolon\n"
    text = text.replace('split: ";"', 'split: "|"')
    rows = (HEADER + ROW.replace(";", "|").replace("Colombia", "Côte d’Ivoire")).replace(",", ";").replace("\n", "\r\n")
    records, tally = read(tmp_path, rows.encode("cp1252"), text)
    assert {each.id for each in records if isinstance(each, Party)} >= {"csv-quarrels-cote-divoire"} and tally.kept == 1
    records, _ = read(tmp_path, b"\xef\xbb\xbf" + (HEADER + ROW).encode())
    assert len(records) == 4


def test_a_window_and_two_sides_leave_the_rest_outside(tmp_path: Path) -> None:
    rows = HEADER + ROW + ROW.replace("7,", "8,", 1).replace("2025", "2024")
    _, tally = read(tmp_path, rows, window=Window(date(2025, 1, 1), date(2025, 12, 31)))
    assert (tally.kept, tally.outside) == (1, 1)
    for sides, kept in ((("USA", "colombia"), 2), (("COL", "VEN"), 2), (("USA", "France"), 0), (("united states",), 2)):
        _, tally = read(tmp_path, rows, window=Window(sides=sides))
        assert (tally.kept, tally.outside) == (kept, 2 - kept), sides


def test_symmetric_classes_have_all_parties_as_actors(tmp_path: Path) -> None:
    records, _ = read(tmp_path, HEADER + ROW.replace("raised duties,163", "Meeting,"))
    event = records[-1]
    assert isinstance(event, CodedEvent) and event.target == ()
    assert event.actor == ("csv-quarrels-usa", "csv-quarrels-colombia", "csv-quarrels-venezuela")


def test_a_column_that_nobody_names_stops_the_table(tmp_path: Path) -> None:
    at = f"{(tmp_path / 'rows.csv').as_posix()}:1 "
    with pytest.raises(DataProblems) as caught:
        read(tmp_path, HEADER.replace("Coder", "Codr").replace("Link", "link") + ROW)
    assert str(caught.value).splitlines() == [
        f"{at} Coder: the table has no such column. Did you mean 'Codr'?",
        f"{at} Codr: this column is neither mapped nor left out. Did you mean 'Coder'?",
        f"{at} Link: the table has no such column. Did you mean 'link'?",
        f"{at} link: this column is neither mapped nor left out. Did you mean 'Link'?",
        "4 problems found.",
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Event ID: id", "Event ID: idd", "map.yaml:5  columns.Event ID: unknown field 'idd'. Did you mean 'id'?"),
        (
            "kind: state}\n  Code",
            "kind: stat}\n  Code",
            "map.yaml:7  columns.Sender.kind: unknown kind 'stat'. Did you",
        ),
        ("scheme: iso3", "scheme: iso33", "map.yaml:8  columns.Code.scheme: unknown scheme 'iso33'. Did you mean"),
        ("scheme: iso3", "shceme: iso3", "map.yaml:8  columns.Code.shceme: unknown key. Did you mean 'scheme'?"),
        ("publisher:", "publischer:", "map.yaml:2  publischer: unknown key. Did you mean 'publisher'?"),
        ("feed: quarrels", "feed: The Quarrels", "map.yaml:1  feed: 'The Quarrels' is not a slug."),
        ("[Coder]", "[Coder, Link]", "map.yaml:14  left_out: the column 'Link' is mapped too. Name it once."),
        (
            "duties: Sanctioning",
            "duties: Sanction",
            "classes.raised duties: unknown class 'Sanction'. Did you mean",
        ),
        ("Sure: confidence", "Sure: goldstein", "columns.Sure: the scores have no table."),
        ("Sure: confidence", "Sure: url", "the columns 'Link' and 'Sure' both say the url. Map one of them."),
        ("Link: url", "Link: {field: url, kind: state}", "columns.Link.kind: does not go with the field url."),
        ("licence: CC BY 4.0", "encoding: utf-16", "map.yaml:3  encoding: 'utf-16' is not read here."),
        ("licence: CC BY 4.0", "encoding: rot13", "map.yaml:3  encoding: 'rot13' is not read here."),
        ("licence: CC BY 4.0", "delimiter: dash", "map.yaml:3  delimiter: unknown delimiter 'dash'."),
        ("licence: CC BY 4.0", "publisher: &x y", "stands twice"),
        ('Day: {field: date, format: "%d/%m/%Y"}', "Day: note", "map.yaml:4  columns: no column says the date."),
    ],
)
def test_a_mapping_that_is_wrong_says_where_and_what_to_do(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in MAPPING
    with pytest.raises(DataProblems) as caught:
        plan(tmp_path, MAPPING.replace(old, new, 1))
    assert told in str(caught.value)


def test_all_that_is_wrong_in_a_mapping_is_told_together(tmp_path: Path) -> None:
    with pytest.raises(DataProblems) as caught:
        plan(tmp_path, "feeed: x\ncolumns:\n  A: actr\n")
    assert len(caught.value.problems) == 3


def test_the_mapping_of_the_readme_is_one(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"(?<=```yaml\n)(.*?)(?=```)", readme, re.DOTALL)
    made = plan(tmp_path, text)
    assert made.columns["Sender code"] == mapping.Column("actor", scheme="iso3") and made.left_out == ("Coder",)
