"""GDELT: five real rows become the triples that were checked by hand; all layouts, and all ways a row can be wrong."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from kg import importing, pipeline, resources, scope, store, validate
from kg.feeds import codes, files, gdelt
from kg.feeds.records import CodedEvent, EventMention, Party, Record, Window
from kg.feeds.tally import Tally
from kg.terms import ID, SCHEMA_GRAPH

DATA = Path(__file__).parent / "data" / "feeds"
ROWS = DATA / "gdelt-2.0.csv"
REAL = Path(__file__).parent.parent.parent / "shared" / "feeds" / "gdelt"
LINES = ROWS.read_text(encoding="utf-8").splitlines()
MENTION = (
    "719026196\t20180101000000\t20180101001500\t1\tasahi.com\thttp://www.asahi.com/x\t4\t-1\t9\t98\t1\t70\t25\t0.8\t\t"
)
ALWAYS = Window()
USA = "united-states,state,United States,,USA,,Q30,USA,\nus-treasury,"

real = pytest.mark.skipif(not REAL.is_dir(), reason="the real GDELT file lies beside the checkout (../shared/feeds)")


@pytest.fixture(scope="module")
def built_with_us(tmp_path_factory: pytest.TempPathFactory, make_folder: Callable[[Path], object]) -> Path:
    """The small build of all tests, with the United States in its register."""
    base = tmp_path_factory.mktemp("us")
    make_folder(base)
    entities = base / "data" / "registers" / "entities.csv"
    entities.write_text(entities.read_text(encoding="utf-8").replace("us-treasury,", USA), encoding="utf-8")
    pipeline.build(base / "data", base / "build")
    return base / "build"


def read(paths: Path | Sequence[Path], window: Window = ALWAYS) -> tuple[list[Record], list[Tally]]:
    sources = files.sources([paths] if isinstance(paths, Path) else paths)
    records = list(gdelt.read(sources, window))
    for source in sources:
        source.tally.check()
    return records, [source.tally for source in sources]


def written(path: Path, rows: Iterable[str]) -> Path:
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def changed(row: str, column: str, value: str) -> str:
    cells = row.split("\t")
    cells[gdelt.EVENTS[61].index(column)] = value
    return "\t".join(cells)


def events(records: Iterable[Record]) -> list[CodedEvent]:
    return [record for record in records if isinstance(record, CodedEvent)]


# ---------------------------------------------------------------- the golden sample


def test_five_real_rows_become_the_triples_checked_by_hand(built_with_us: Path) -> None:
    importing.import_feed("gdelt", [ROWS], built_with_us)
    found = {line.rsplit(" <", 1)[0] for line in scope.lines(store.open_store(str(built_with_us)), ["gdelt"])}
    told = {line.removesuffix(" .") for line in (DATA / "gdelt-2.0.nt").read_text(encoding="utf-8").splitlines()}
    assert found == told
    assert {str(quad.subject) for quad in parse(path=str(DATA / "gdelt-2.0.nt"), format=RdfFormat.N_TRIPLES)}


def test_a_row_says_who_did_what_to_whom_when_and_who_reports_it() -> None:
    records, _ = read(ROWS)
    event = events(records)[3]
    assert event.id == "gdelt-719027040"
    assert (event.actor, event.target, event.date) == (("gdelt-usa-american",), ("gdelt-bus-industry",), "2018-01-01")
    assert (event.event_class, event.cameo, event.quad_class) == ("Coercion", "172", 4)
    assert (event.goldstein, event.scheme) == ("-5.0", "CAMEO/GDELT")
    assert (event.mentions, event.sources, event.articles) == (20, 2, 20)
    assert event.reports[0].publisher == "ipswichadvertiser.com.au"
    assert event.reports[0].url.startswith("https://www.ipswichadvertiser.com.au/news/space-ports")


def test_parties_come_before_the_events_that_name_them_and_once_each() -> None:
    seen: set[str] = {""}
    for record in read(ROWS)[0]:
        if isinstance(record, Party):
            assert record.id not in seen
            seen.add(record.id)
        elif isinstance(record, CodedEvent):
            assert {*record.actor, *record.target} <= seen


def test_two_rows_of_one_article_share_one_report(built_with_us: Path) -> None:
    importing.import_feed("gdelt", [ROWS], built_with_us)
    text = """SELECT DISTINCT ?report WHERE {
      VALUES ?e { id:gdelt-719026196 id:gdelt-719026197 } ?e dip:attestedBy ?report }"""
    answer = store.open_store(str(built_with_us)).query(text)
    assert isinstance(answer, store.Rows) and len(list(answer.rows)) == 1


# ---------------------------------------------------------------- layouts


def narrower(row: str, width: int) -> str:
    cells = dict(zip(gdelt.EVENTS[61], row.split("\t"), strict=True))
    return "\t".join(cells[column] for column in gdelt.EVENTS[width])


@pytest.mark.parametrize("width", [57, 58, 61])
def test_every_layout_gives_the_same_events(tmp_path: Path, width: int) -> None:
    records, [tally] = read(written(tmp_path / "a.csv", [narrower(row, width) for row in LINES]))
    whole = events(read(ROWS)[0])
    assert [event.id for event in events(records)] == [event.id for event in whole]
    assert [event.event_class for event in events(records)] == [event.event_class for event in whole]
    assert (tally.read, tally.kept) == (5, 5)
    assert all(event.reports[0].url for event in events(records)) == (width > 57)


def test_the_columns_are_those_of_the_codebooks() -> None:
    assert [len(columns) for columns in gdelt.EVENTS.values()] == [61, 58, 57]
    assert len(gdelt.MENTIONS) == 16
    assert set(gdelt.EVENTS[61]) - set(gdelt.EVENTS[58]) == {
        f"{who}Geo_ADM2Code" for who in ("Actor1", "Actor2", "Action")
    }


@real
def test_the_columns_are_those_that_gdelt_publishes() -> None:
    def labels(name: str, column: int) -> list[str]:
        rows = (REAL / name).read_text(encoding="utf-8").splitlines()[1:]
        return [row.replace(",", "\t").split("\t")[column] for row in rows if row.strip()]

    assert labels("GDELT_1.0_event_Column_Labels.tsv", 0) == list(gdelt.EVENTS[58])
    assert [each for each in labels("GDELT_2.0_Events_Column_Labels.csv", 0) if each in gdelt.EVENTS[61]] == list(
        gdelt.EVENTS[61]
    )


@pytest.mark.parametrize("kind", ["plain", "gz", "zip"])
def test_plain_gzip_and_zip_are_one_and_the_same_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"20180101.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(ROWS, "20180101000000.export.CSV")
    else:
        path.write_bytes(ROWS.read_bytes() if kind == "plain" else gzip.compress(ROWS.read_bytes()))
    [source], [whole] = files.sources([path]), files.sources([ROWS])
    assert source.sha256 == whole.sha256
    assert events(read(path)[0])[0].id == "gdelt-719024875"


# ---------------------------------------------------------------- mentions


def test_mentions_belong_to_their_event_with_their_confidence(tmp_path: Path) -> None:
    mentions = written(tmp_path / "m.csv", [MENTION, MENTION.replace("719026196", "1")])
    records, _ = read([mentions, ROWS])
    found = [record for record in records if isinstance(record, EventMention)]
    assert [(each.event, each.known) for each in found] == [("gdelt-719026196", True), ("gdelt-1", False)]
    assert (found[0].report.confidence, found[0].report.publisher) == ("0.7", "asahi.com")
    assert found[0].report.published == "2018-01-01"


def test_mentions_alone_attach_to_events_that_are_there(built_with_us: Path, tmp_path: Path) -> None:
    importing.import_feed("gdelt", [ROWS], built_with_us)
    mentions = written(tmp_path / "m.csv", [MENTION, MENTION.replace("719026196", "1")])
    made = importing.import_feed("gdelt", [mentions], built_with_us)
    assert (made.files[0]["kept"], made.files[0]["outside"]) == (1, 1)
    assert made.files[0]["notes"] == {"mentions of events that are not here": 1}
    text = "SELECT ?report WHERE { id:gdelt-719026196 dip:attestedBy ?report }"
    answer = store.open_store(str(built_with_us)).query(text)
    assert isinstance(answer, store.Rows) and len(list(answer.rows)) == 2, "one event, two reports"
    importing.drop(f"gdelt/{made.batch}", built_with_us)


# ---------------------------------------------------------------- strict reading


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("GLOBALEVENTID", "x", "GLOBALEVENTID is no number"),
        ("SQLDATE", "20180230", "SQLDATE is no day"),
        ("SQLDATE", "2018", "SQLDATE is no day"),
        ("EventCode", "999", "unknown CAMEO code"),
        ("EventRootCode", "19", "EventRootCode is not that of EventCode"),
        ("QuadClass", "5", "QuadClass is not 1, 2, 3 or 4"),
        ("GoldsteinScale", "11", "GoldsteinScale is no number from -10 to 10"),
        ("GoldsteinScale", "", "GoldsteinScale is no number from -10 to 10"),
        ("NumSources", "-1", "a count is no number"),
        ("NumArticles", "many", "a count is no number"),
    ],
)
def test_a_wrong_row_is_rejected_with_line_and_reason_and_the_rest_is_taken(
    tmp_path: Path, column: str, value: str, reason: str
) -> None:
    rows = [LINES[0], changed(LINES[1], column, value), *LINES[2:]]
    records, [tally] = read(written(tmp_path / "a.csv", rows))
    assert (tally.read, tally.kept, tally.refused) == (5, 4, 1)
    assert (tally.rejected[0].line, tally.rejected[0].reason, tally.rejected[0].value) == (2, reason, value)
    assert len(events(records)) == 4


def test_a_row_with_a_column_too_few_is_rejected(tmp_path: Path) -> None:
    _, [tally] = read(written(tmp_path / "a.csv", [LINES[0], LINES[1].rpartition("\t")[0]]))
    assert tally.rejected[0].reason == "60 columns instead of 61"


def test_a_row_without_anybody_is_rejected(tmp_path: Path) -> None:
    row = changed(changed(LINES[0], "Actor2Code", ""), "Actor2Name", "")
    _, [tally] = read(written(tmp_path / "a.csv", [row]))
    assert tally.rejected[0].reason == "neither actor nor target"


def test_an_unknown_code_is_loud(tmp_path: Path) -> None:
    _, [tally] = read(written(tmp_path / "a.csv", [changed(LINES[0], "EventCode", "999")]))
    assert tally.unknown == {"CAMEO code 999": 1}


def test_a_score_that_is_not_the_tables_is_kept_and_told(tmp_path: Path) -> None:
    records, [tally] = read(written(tmp_path / "a.csv", [changed(LINES[0], "GoldsteinScale", "1.5")]))
    assert events(records)[0].goldstein == "1.5"
    assert tally.notes["Goldstein of 043 is 1.5, in the table 2.8"] == 1


def test_a_row_that_comes_twice_is_a_duplicate(tmp_path: Path) -> None:
    _, [tally] = read(written(tmp_path / "a.csv", [LINES[0], LINES[0]]))
    assert (tally.kept, tally.duplicates) == (1, 1)


def test_days_before_the_window_are_counted_and_left_out() -> None:
    from datetime import date

    records, [tally] = read(ROWS, Window(first=date(2018, 1, 1)))
    assert (tally.kept, tally.outside) == (4, 1) and len(events(records)) == 4
    _, [tally] = read(ROWS, Window(last=date(2017, 12, 31)))
    assert (tally.kept, tally.outside) == (1, 4)


def test_every_column_is_used_or_named_as_left_out() -> None:
    _, [tally] = read(ROWS)
    assert set(tally.left_out) | gdelt.USED >= set(gdelt.EVENTS[61])
    assert "AvgTone" in tally.left_out and "ActionGeo_FullName" in tally.left_out


def test_a_name_with_quotes_and_an_address_that_is_none_make_no_broken_triple(
    built_with_us: Path, tmp_path: Path
) -> None:
    nasty = 'A "B\\C" <D>'
    row = changed(changed(changed(LINES[0], "Actor2Name", nasty), "SOURCEURL", "http://[x y>"), "GLOBALEVENTID", "77")
    made = importing.import_feed("gdelt", [written(tmp_path / "a.csv", [row])], built_with_us)
    answer = store.open_store(str(built_with_us)).query(
        "SELECT ?label ?url WHERE { id:gdelt-77 rdfs:label ?label ; dip:attestedBy/schema:url ?url }"
    )
    assert isinstance(answer, store.Rows)
    [[label, url]] = list(answer.rows)
    assert getattr(label, "value", "") == f"? – Host a visit – {nasty.title()} (USA)"
    assert str(url) == '"http://[x y>"'
    importing.drop(f"gdelt/{made.batch}", built_with_us)


# ---------------------------------------------------------------- the whole real file


@real
def test_all_2414_real_events_go_in_and_hold_against_shapes_and_rules(small_build: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(small_build, tmp_path / "build")
    made = importing.import_feed("gdelt", [REAL / "20180101000000.export.CSV"], tmp_path / "build")
    assert (made.files[0]["read"], made.files[0]["kept"], made.files[0]["rejected"]) == (2414, 2414, 0)
    assert (made.files[0]["unknown"], made.files[0]["notes"]) == ({}, {"layout of 61 columns": 1})
    whole = store.open_store(str(tmp_path / "build"))
    batch = list(scope.lines(whole, ["gdelt"]))
    schema = [line for line in store.lines(tmp_path / "build") if line.endswith(f"<{SCHEMA_GRAPH}> .\n")]
    registers = [
        line for line in store.lines(tmp_path / "build") if "/graph/entities>" in line or "/graph/derived>" in line
    ]
    memory = store.Embedded.in_memory([*schema, *registers, *batch])
    for rule in ("feed-event-incomplete", "feed-score-without-scheme", "node-unknown", "label-without-language"):
        file = resources.ontology() / "rules" / f"{rule}.rq"
        assert [each for each in validate.rule_violations(memory, file) if each.node.startswith(ID + "gdelt")] == []
    _, broken = validate.shape_violations(batch, resources.ontology() / "shapes.ttl")
    assert broken == []


@real
def test_the_table_of_codes_agrees_with_every_real_row() -> None:
    for line in (REAL / "20180101000000.export.CSV").read_text(encoding="utf-8").splitlines():
        row = dict(zip(gdelt.EVENTS[61], line.split("\t"), strict=True))
        assert float(codes.table()[row["EventCode"]].gdelt) == float(row["GoldsteinScale"])


@pytest.mark.parametrize(
    ("code", "event_class"),
    [("010", "Statement"), ("020", "Statement"), ("036", "Promise"), ("042", "Visit"), ("043", "Meeting"),
     ("055", "SpeechAct"), ("057", "Agreement"), ("1121", "Accusation"), ("1246", "Refusal"), ("161", "MaterialAct"),
     ("163", "Sanctioning"), ("173", "Capture"), ("1822", "MaterialAct"), ("190", "MilitaryAttack")],
)  # fmt: skip
def test_each_code_has_the_class_that_says_as_much_as_it_does(code: str, event_class: str) -> None:
    assert codes.table()[code].event_class == event_class


def test_the_two_scales_differ_in_the_two_codes_that_are_known() -> None:
    differing = {code.cameo for code in codes.table().values() if float(code.icews) != float(code.gdelt)}
    assert differing == {"016", "022"}
