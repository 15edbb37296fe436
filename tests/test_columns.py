"""Feeds in columns: every row accounted for as in full, summaries that add up, and events that come back unchanged."""

from __future__ import annotations

import gzip
import os
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import RdfFormat
from pyoxigraph import Store as Oxigraph

from kg import batches, bulk, importing, link, store
from kg.columns import engines, pieces, summing
from kg.columns.intake import Intake
from kg.errors import DataProblems, NotFound, StorageError, UsageError
from kg.feeds import files, gdelt
from kg.feeds.records import Window
from kg.feeds.tally import Tally
from kg.graph import Graph
from kg.terms import DIP, ID

SHARED = Path(__file__).parent.parent.parent / "shared" / "feeds"
GDELT = SHARED / "gdelt" / "20180101000000.export.CSV"
ICEWS = SHARED / "icews" / "events.2018.sample.tab"
COLUMNS = gdelt.EVENTS[61]


def row(number: object, day: str = "20180101", **cells: str) -> str:
    """A row of GDELT 2.0: the United States towards Colombia, unless said otherwise."""
    told = {
        "GLOBALEVENTID": str(number), "SQLDATE": day, "Actor1Code": "USA", "Actor1Name": "UNITED STATES",
        "Actor1CountryCode": "USA", "Actor2Code": "COL", "Actor2Name": "COLOMBIA", "Actor2CountryCode": "COL",
        "EventCode": "042", "EventRootCode": "04", "QuadClass": "1", "GoldsteinScale": "1.9", "NumMentions": "3",
        "NumSources": "1", "NumArticles": "2", "SOURCEURL": f"http://example.org/{number}",
    } | cells  # fmt: skip
    return "\t".join(told.get(name, "") for name in COLUMNS)


SANCTION = {"EventCode": "163", "EventRootCode": "16", "QuadClass": "4", "GoldsteinScale": "-8.0"}
PLAIN = [
    row(1),
    row(2, "20180115", NumMentions="7"),
    row(3, "20180131", EventCode="043", GoldsteinScale="2.8"),
    row(4, "20180201"),
    row(5, **SANCTION),
    row(6, Actor2Code="", Actor2Name="", Actor2CountryCode=""),
    row(7, Actor1Code="COLGOV", Actor1Name="BOGOTA", Actor1CountryCode="COL", Actor2Code="USA", Actor2Name="BIG HOUSE"),
    row(8, SOURCEURL=""),
]  # fmt: skip
DAMAGED = [
    row(9, EventCode="999"),
    row(10, "20180230"),
    row(11, GoldsteinScale="7.4"),  # a score of its own: kept, and told
    row("012"),  # kept, but not written as it would be written back
    row(1),  # seen before
    "a\tb",
    "",
    row(13, Actor1Name="caf\u00e9", Actor1Code="fra"),
    row(14, NumMentions=""),
    row(15, QuadClass="5"),
    row(16, EventRootCode="05"),
    row(17, Actor1Code="", Actor1Name="", Actor2Code="", Actor2Name=""),
    row(18, Actor1Name="NA"),
    row(19, "20171231"),
    row(20, "20171231", EventCode="999"),
    row(21) + "\r",
    row(22, SOURCEURL="http://example.org/\rx"),
]


def write(path: Path, rows: Sequence[str], more: bytes = b"") -> Path:
    path.write_bytes("".join(f"{line}\n" for line in rows).encode() + more)
    return path


@pytest.fixture
def build(small_build: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_build, tmp_path / "build", symlinks=True))


@pytest.fixture
def twin(small_build: Path, tmp_path: Path) -> Path:
    """A second build, for the triples tier."""
    return Path(shutil.copytree(small_build, tmp_path / "twin", symlinks=True))


def graph(folder: Path, batch: str, feed: str = "gdelt") -> set[tuple[str, ...]]:
    """The triples of a batch, its name left out."""
    name = f"https://w3id.org/diplokg/graph/feed/{feed}/{batch}"
    answer = store.open_store(str(folder)).query(f"SELECT ?s ?p ?o WHERE {{ GRAPH <{name}> {{ ?s ?p ?o }} }}")
    assert isinstance(answer, store.Rows)
    return {tuple(str(term).replace(batch, "BATCH") for term in each) for each in answer.rows}


def summaries(triples: set[tuple[str, ...]]) -> list[str]:
    return sorted(s for s, _, o in triples if o == f"<{DIP}Summary>")


def opened(folder: Path, names: Sequence[str], batch: str) -> set[tuple[str, ...]]:
    told = Oxigraph()  # which writes numbers as the store of a build does
    for name in names:
        lines = Graph(folder).open_summary(name.removeprefix(f"<{ID}").rstrip(">"))
        told.bulk_load("".join(lines).encode(), format=RdfFormat.N_QUADS)
    return {tuple(str(term).replace(batch, "BATCH") for term in (q.subject, q.predicate, q.object)) for q in told}


def account(made: importing.Imported) -> list[dict[str, Any]]:
    return [dict(each) for each in made.files]


# The account


def test_each_row_has_the_same_fate_as_in_full(build: Path, twin: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", [*PLAIN, *DAMAGED], b"\xff\xfe" + row(23).encode() + b"\n" + row(24).encode())
    window = Window(first=date(2018, 1, 1))
    columns = bulk.import_columns("gdelt", [file], build, window)
    full = importing.import_feed("gdelt", [file], twin, window)
    assert account(columns) == account(full)
    told = [Path(made.rejected, "rejected.jsonl").read_text(encoding="utf-8") for made in (columns, full)]
    assert sorted(told[0].splitlines()) == sorted(told[1].splitlines())
    kept = account(columns)[0]
    assert kept["read"] == kept["kept"] + kept["rejected"] + kept["duplicates"] + kept["outside"]
    assert kept["rejected"] > 7


def same_fate(file: Path, folder: Path) -> Tally:
    """Hold the account that columns give of a file against that of the feed's reader."""
    (full,) = files.sources([file])
    list(gdelt.read([full], Window()))
    (other,) = files.sources([file])
    with engines.started("duckdb", folder / "scratch") as engine:
        Intake("gdelt", gdelt.read, Window(), engine, folder / "made").take([other])
    _ = full.sha256
    assert other.tally.as_dict() == full.tally.as_dict()
    return other.tally


def test_rows_bent_at_random_have_the_same_fate(tmp_path: Path) -> None:
    chance = random.Random(5)
    rows = [bent(chance, row(chance.randrange(700), f"2018010{chance.randrange(10)}")) for _ in range(2000)]
    (file := tmp_path / "bent.csv").write_bytes(b"\n".join(rows) + b"\n")
    tally = same_fate(file, tmp_path)
    assert 300 < tally.kept < 700 < tally.refused


ALONE = {
    "a control character": [row(2, Actor1Name="A\x01B")],
    "a delete character": [row(2, SOURCEURL="http://example.org/\x7f")],
    "a blank line": [""],
    "a blank line beside a row too wide": ["", row(2) + "\t" * 60],
    "a row too narrow beside one too wide": [row(2)[:-1].rpartition("\t")[0], row(3) + "\tx"],
    "a NUL": [row(2, Actor1Name="A\0B")],
    "a carriage return": [row(2) + "\r"],
}


@pytest.mark.parametrize("lines", ALONE.values(), ids=ALONE)
def test_what_alone_is_wrong_in_a_file_has_the_same_fate(lines: list[str], tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", [row(1), *lines, row(9)])
    same_fate(file, tmp_path)


def bent(chance: random.Random, line: str) -> bytes:
    """A row with up to two cells or bytes changed."""
    cells = line.split("\t")
    for _ in range(chance.randrange(3)):
        place = chance.choice([0, 1, 5, 6, 15, 26, 28, 29, 30, 31, 32, 60, chance.randrange(61)])
        cells[place] = chance.choice(
            ["", "x", "0", "-1", "1.0", "999", "163", " ", "NA", "2018-01-01", "é", "12345678901"]
        )
    raw = bytearray("\t".join(cells).encode())
    if chance.random() < 0.2:
        raw[chance.randrange(len(raw))] = chance.choice(b"\t\x00\r\xff\"' ")
    return bytes(raw)


def test_strict_stops_and_changes_nothing(build: Path, tmp_path: Path, unchanged: Any) -> None:
    file = write(tmp_path / "a.csv", [*PLAIN, row(9, EventCode="999")])
    with unchanged(build), pytest.raises(DataProblems, match=r"a\.csv:9 .*unknown CAMEO code"):
        bulk.import_columns("gdelt", [file], build, strict=True)


def test_packed_files_give_the_same(build: Path, tmp_path: Path) -> None:
    text = write(tmp_path / "a.csv", PLAIN).read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../a.csv", text)
    (tmp_path / "a.gz").write_bytes(gzip.compress(text))
    names = [bulk.import_columns("gdelt", [tmp_path / f"a.{kind}"], build, again=True) for kind in ("csv", "zip", "gz")]
    assert [made.files[0]["kept"] for made in names] == [len(PLAIN)] * 3
    assert len({made.files[0]["sha256"] for made in names}) == 1 == len(importing.imported(build))


def test_a_file_that_breaks_off_is_told(build: Path, tmp_path: Path) -> None:
    packed = gzip.compress(
        ("\n".join(row(n, SOURCEURL=f"http://{random.Random(n).random()}") for n in range(30000))).encode()
    )
    (tmp_path / "a.gz").write_bytes(packed[: len(packed) // 2])
    made = bulk.import_columns("gdelt", [tmp_path / "a.gz"], build)
    told = account(made)[0]
    assert told["rejected"] == 1
    assert 1000 < told["kept"] == told["read"] - 1 < 29000


def test_pieces_are_cut_at_line_ends(tmp_path: Path) -> None:
    text = "".join(f"{n}\t{'x' * (n % 50)}\n" for n in range(3000)).encode()
    blocks = [text[at : at + 999] for at in range(0, len(text), 999)]
    found = list(pieces.pieces(blocks, tmp_path, "f", 1, skip=0, numbered=False, size=10_000))
    assert len(found) > 5
    assert b"".join(piece.path.read_bytes() for piece in found) == text
    assert [piece.first for piece in found[1:]] == [piece.first + piece.rows for piece in found[:-1]]
    assert [line for _, line in pieces.lines_of(found[1], [found[1].first + 2])] == [
        text.split(b"\n")[found[1].first + 1]
    ]


def test_what_is_not_kept_in_columns_is_told(kg: Any, build: Path, tmp_path: Path) -> None:
    mentions = write(tmp_path / "m.csv", ["\t".join("x" for _ in gdelt.MENTIONS)])
    commas = write(tmp_path / "m2.csv", [",".join(gdelt.MENTIONS), ",".join("1" for _ in gdelt.MENTIONS)])
    lines = write(tmp_path / "i.txt", ["Colombia\tConsult\tUnited States\t2014-01-01"])
    for feed, file, told in (
        ("gdelt", mentions, "Mentions"),
        ("gdelt", commas, "Mentions"),
        ("icews", lines, "four columns"),
        ("ofac", lines, "ofac"),
    ):
        done = kg("import", feed, file, "--columns", "--store", build)
        assert done.code == 2
        assert told in done.err
    assert kg("import", "gdelt", mentions, "--full", "--store", build).code == 2
    assert "--full" in kg("import", "gdelt", mentions, "--columns", "--between", "USA", "--store", build).err
    assert "--full" in kg("import", "gdelt", mentions, "--between", "USA", "--store", build).err
    assert "no engine" in kg("import", "gdelt", lines, "--columns", "--engine", "abacus", "--store", build).err


# What the store holds


def test_summaries_add_up(build: Path, tmp_path: Path) -> None:
    bulk.import_columns("gdelt", [write(tmp_path / "a.csv", PLAIN)], build)
    asked = """SELECT ?month ?quad ?count ?sum ?mean ?mentions WHERE {
      ?s a dip:Summary ; dip:month ?month ; dip:quadClass ?quad ; dip:eventCount ?count ; dip:scoreSum ?sum ;
         dip:scoreMean ?mean ; dip:mentionCount ?mentions ; dip:dyadActor ?a ; dip:dyadTarget id:colombia .
      ?a rdfs:label "United States (USA)"@en } ORDER BY ?month ?quad"""
    assert [tuple(each.values()) for each in rows(build, asked)] == [
        ("2018-01", "1", "4", "8.5", "2.125", "16"),  # events 1, 2, 3 and 8: 1.9 + 1.9 + 2.8 + 1.9
        ("2018-01", "4", "1", "-8", "-8", "3"),
        ("2018-02", "1", "1", "1.9", "1.9", "3"),
    ]
    whole = rows(build, "SELECT (SUM(?n) AS ?all) WHERE { ?s a dip:Summary ; dip:eventCount ?n }")
    assert whole == [{"all": str(len(PLAIN))}]


def rows(folder: Path, text: str) -> list[dict[str, str]]:
    answer = store.open_store(str(folder)).query(text)
    assert isinstance(answer, store.Rows)
    return [dict(zip(answer.variables, (getattr(t, "value", "") for t in each), strict=True)) for each in answer.rows]


def test_parties_edges_and_opened_summaries_are_those_of_the_triples_tier(
    build: Path, twin: Path, tmp_path: Path
) -> None:
    file = write(tmp_path / "a.csv", [*PLAIN, *DAMAGED])
    columns, full = bulk.import_columns("gdelt", [file], build), importing.import_feed("gdelt", [file], twin)
    held, whole = graph(build, columns.batch), graph(twin, full.batch)
    names = summaries(held)
    back = opened(build, names, columns.batch)
    mine = {each for each in held if each[0] not in names}
    assert without_edges(mine) <= without_edges(whole)
    assert edges(mine) == edges(whole)
    assert back <= whole
    assert without_edges(whole) == without_edges(mine) | back


def without_edges(triples: set[tuple[str, ...]]) -> set[tuple[str, ...]]:
    return {each for each in triples if not each[0].startswith(f"<{ID}edge-")}


def edges(triples: set[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """What is said of edges; their names hold that of the batch."""
    return sorted(each[1:] for each in triples if each[0].startswith(f"<{ID}edge-"))


@pytest.mark.parametrize(("feed", "file"), [("gdelt", GDELT), ("icews", ICEWS)])
def test_real_samples_come_back_as_they_were(feed: str, file: Path, build: Path, twin: Path) -> None:
    if not file.exists():
        pytest.skip(f"{file.name} lies beside the repository, not in it")
    columns, full = bulk.import_columns(feed, [file], build), importing.import_feed(feed, [file], twin)
    assert account(columns) == account(full)
    held, whole = graph(build, columns.batch, feed), graph(twin, full.batch, feed)
    assert edges(held) == edges(whole)
    names = summaries(held)
    back = opened(build, names[:: len(names) // 5], columns.batch)
    assert len({s for s, p, _ in back if p == f"<{DIP}factuality>"}) >= 5
    own_row = f"<{DIP}row>"  # of a report that several events share, the row of the first
    assert {each for each in back if each[1] != own_row} <= whole


def test_the_window_is_in_full_as_well(kg: Any, build: Path, twin: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", PLAIN)
    done = kg(
        "import", "gdelt", file, "--full", "--between", "COL,USA", "--to", "2018-01-20", "--store", build
    )  # fmt: skip
    assert done.code == 0, done.err
    batch = importing.imported(build)[0]["batch"]
    held = graph(build, batch)
    there = {s for s, p, _ in held if p == f"<{DIP}factuality>"}
    assert there == {f"<{ID}gdelt-{n}>" for n in (1, 2, 5, 7, 8)}
    full = importing.import_feed("gdelt", [file], twin)
    names = summaries(held)
    assert {each for each in held if each[0] in there} <= graph(twin, full.batch)
    assert edges(held) == edges(graph(twin, full.batch))
    assert names


# Batches


def test_the_same_file_again_changes_nothing(build: Path, tmp_path: Path, unchanged: Any) -> None:
    file = write(tmp_path / "a.csv", PLAIN)
    bulk.import_columns("gdelt", [file], build)
    with unchanged(build):
        assert bulk.import_columns("gdelt", [file], build).already == (str(file),)


def test_copies_count_once_within_a_batch_and_across_batches(build: Path, tmp_path: Path) -> None:
    one = write(tmp_path / "a.csv", [row(1), row(2), row(1), row(3, "20180301")])
    two = write(tmp_path / "b.csv", [row(3, "20180301"), row(4)])
    made = bulk.import_columns("gdelt", [one, two], build)
    assert [(each["kept"], each["duplicates"]) for each in made.files] == [(3, 1), (1, 1)]
    three = write(tmp_path / "c.csv", [row(4), row(5)])
    made = bulk.import_columns("gdelt", [three], build)
    assert [(each["kept"], each["duplicates"]) for each in made.files] == [(1, 1)]
    whole = rows(build, "SELECT (SUM(?n) AS ?all) WHERE { ?s a dip:Summary ; dip:eventCount ?n }")
    assert whole == [{"all": "5"}]


def test_an_event_that_either_tier_holds_is_not_counted_again(build: Path, tmp_path: Path) -> None:
    importing.import_feed("gdelt", [write(tmp_path / "a.csv", [row(1), row(2)])], build)
    made = bulk.import_columns("gdelt", [write(tmp_path / "b.csv", [row(2), row(3)])], build)
    assert [(each["kept"], each["duplicates"]) for each in made.files] == [(1, 1)]
    made = importing.import_feed("gdelt", [write(tmp_path / "c.csv", [row(1), row(3), row(4)])], build)
    assert [(each["kept"], each["duplicates"]) for each in made.files] == [(1, 2)]
    assert made.counts["events"] == 1


def test_an_event_of_icews_is_known_in_either_tier_by_its_number_and_day(build: Path, tmp_path: Path) -> None:
    if not ICEWS.exists():
        pytest.skip(f"{ICEWS.name} lies beside the repository, not in it")
    head, *lines = ICEWS.read_text(encoding="utf-8").splitlines()[:9]
    bulk.import_columns("icews", [write(tmp_path / "a.tab", [head, *lines[:4]])], build)
    made = importing.import_feed("icews", [write(tmp_path / "b.tab", [head, *lines])], build)
    assert [(each["kept"], each["duplicates"]) for each in made.files] == [(4, 4)]
    made = bulk.import_columns("icews", [write(tmp_path / "c.tab", [head, *lines[3:]])], build)
    assert [each["duplicates"] for each in made.files] == [5] and not made.batch


def test_a_decision_takes_effect_in_columns_and_is_taken_back_without_trace(
    kg: Any, build: Path, tmp_path: Path
) -> None:
    asked = "SELECT DISTINCT ?who { ?s a dip:Summary ; dip:dyadActor|dip:dyadTarget ?who } ORDER BY ?who"
    file = write(tmp_path / "a.csv", PLAIN)
    done = kg("import", "gdelt", file, "--full", "--between", "COL,USA", "--store", build)
    assert done.code == 0, done.err
    batch = importing.imported(build)[0]["batch"]
    before, held = graph(build, batch), rows(build, asked)
    [parties] = store.generation(build).rglob(summing.PARTIES)
    os.link(parties, tmp_path / "seen")  # as a reader of the earlier generation holds it
    known = parties.read_bytes()
    party = "gdelt-colgov-bogota"
    link.decide(party, "colombia", True, build)
    done = kg("link", "--apply", "--store", build)
    assert done.code == 0 and batch in done.err
    [parties] = store.generation(build).rglob(summing.PARTIES)
    assert (tmp_path / "seen").read_bytes() == known != parties.read_bytes()
    after = graph(build, batch)
    assert {"who": f"{ID}{party}"} in held and {"who": f"{ID}{party}"} not in rows(build, asked)
    assert len({s for s, p, _ in after if p == f"<{DIP}factuality>"}) == 7
    back = opened(build, summaries(after), batch)
    assert len({s for s, p, _ in back if p == f"<{DIP}factuality>"}) == len(PLAIN)
    link.undo(party, "colombia", build)
    assert kg("link", "--apply", "--store", build).code == 0
    assert graph(build, batch) == before


def test_columns_come_and_go_with_their_batch(kg: Any, build: Path, tmp_path: Path, data_folder: Any) -> None:
    made = bulk.import_columns("gdelt", [write(tmp_path / "a.csv", PLAIN)], build)
    assert kg("build", "--data", data_folder.path, "--store", build).code == 0
    name = summaries(graph(build, made.batch))[0].removeprefix(f"<{ID}").rstrip(">")
    done = kg("export", "--summary", name, "-f", "nquads", "--store", build)
    assert done.code == 0
    assert f"{DIP}factuality" in done.out
    assert kg("import", "--drop", made.batch, "--store", build).code == 0
    assert not list(store.generation(build).rglob("*.parquet"))
    assert kg("export", "--summary", name, "--store", build).code == 1


def test_a_failed_import_leaves_nothing(build: Path, tmp_path: Path, unchanged: Any, monkeypatch: Any) -> None:
    def full_disk(self: batches.Fresh, text: Iterator[str], graph: str) -> None:
        next(iter(text))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(batches.Fresh, "load", full_disk)
    with unchanged(build), pytest.raises(StorageError, match="No space left"):
        bulk.import_columns("gdelt", [write(tmp_path / "a.csv", PLAIN)], build)


def test_a_summary_that_is_none_is_told(build: Path) -> None:
    with pytest.raises(NotFound, match="No summary"):
        Graph(build).open_summary("gdelt-summary-0")
    with pytest.raises(UsageError):
        bulk.import_columns("gdelt", [build], build, Window(sides=("USA",)))


def test_a_long_step_draws_no_bar_into_the_output(tmp_path: Path) -> None:
    code = f"""
from pathlib import Path
from kg.columns.engines import DuckDB
engine = DuckDB(Path({str(tmp_path)!r}))
print(engine._db.raw_sql("SELECT current_setting('enable_progress_bar')").fetchall()[0][0])
engine.close()
"""  # DuckDB takes such a command for somebody at a keyboard
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
