"""Registers: who and what exists, one row each – and every row that is wrong, told with line and repair."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import registers, resources
from kg.errors import HINTED, DataProblems, KgError, StorageError
from kg.model import ENTITY_TYPES, Entity, Post, Registers
from kg.registers import ENTITY_COLUMNS, POST_COLUMNS

if TYPE_CHECKING:
    from tests.conftest import DataFolder

HEADER = ",".join(ENTITY_COLUMNS)


def read(folder: Path) -> Registers:
    return registers.read(folder / "registers", "registers")


def problems(folder: DataFolder) -> list[str]:
    with pytest.raises(DataProblems) as told:
        read(folder.path)
    assert all("\n" not in str(problem) for problem in told.value.problems)
    return [str(problem) for problem in told.value.problems]


# ---------------------------------------------------------------- what is read


def test_a_row_is_an_entity_and_knows_its_line(data_folder: DataFolder) -> None:
    known = read(data_folder.path)
    assert known.entities["colombia"] == Entity(
        id="colombia", type="state", label="Colombia", label_es="Colombia", aliases=("Republic of Colombia",),
        wikidata="Q739", iso3="COL",
    )  # fmt: skip
    assert known.entities["colombia"].line == 2
    assert known.posts == {"president-of-colombia": Post("president-of-colombia", "President of Colombia", "colombia")}


def test_the_code_no_stays_text(data_folder: DataFolder) -> None:
    data_folder.change(
        "diplokg,publisher", "country-no,state,NO,NO,NO,,Q20,NOR,NO\ndiplokg,publisher", data_folder.entities
    )
    norway = read(data_folder.path).entities["country-no"]
    assert (norway.label, norway.label_es, norway.aliases, norway.description) == ("NO", "NO", ("NO",), "NO")


def test_aliases_are_parted_by_bars_and_lose_their_spaces(data_folder: DataFolder) -> None:
    data_folder.change(",Petro,", ",Petro | President Petro || es:presidente Petro,", data_folder.entities)
    assert read(data_folder.path).entities["gustavo-petro"].aliases == (
        "Petro",
        "President Petro",
        "es:presidente Petro",
    )


@pytest.mark.parametrize("begin", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_byte_order_mark_and_any_line_end_leave_no_trace(data_folder: DataFolder, begin: str, end: str) -> None:
    before = read(data_folder.path)
    text = data_folder.entities.read_text(encoding="utf-8")
    data_folder.entities.write_bytes((begin + text.replace("\n", end)).encode())
    assert read(data_folder.path) == before


def test_a_cell_over_two_lines_counts_as_two_lines_of_the_file(data_folder: DataFolder) -> None:
    data_folder.change("Q739,COL,", 'Q739,COL,"one\ntwo"', data_folder.entities)
    known = read(data_folder.path).entities
    assert known["colombia"].description == "one\ntwo"
    assert (known["colombia"].line, known["diplokg"].line) == (2, 4), "a row stands where it begins"


# ---------------------------------------------------------------- what is refused

ENTITY_SLIPS = {
    # what is wrong: (old, new, all that is told from the line on)
    "a column is missing": (
        ",iso3,description", ",description",
        ["1: the columns are id, type, label, label_es, aliases, part_of, wikidata, description. "
         f"Write exactly: {HEADER}"],
    ),
    "the columns change places": (
        "id,type,label,", "type,id,label,",
        ["1: the columns are type, id, label, label_es, aliases, part_of, wikidata, iso3, "
         f"description. Write exactly: {HEADER}"],
    ),
    "an id twice": (
        "diplokg,publisher", "colombia,state,Colombia,,,,,,\ndiplokg,publisher",
        ["3  colombia: the id stands twice (first in line 2). Keep one row."],
    ),
    "rows out of order": (
        "us-treasury,ministry", "aruba,state,Aruba,,,,,,\nus-treasury,ministry",
        ["2  colombia: the rows are not sorted by id. Here belongs 'aruba'."],
    ),
    "a cell too many": (
        "US Treasury,,Treasury,", "US Treasury, the ministry,,Treasury,",
        ["6  us-treasury: 10 cells, 9 columns. Quote cells that hold commas."],
    ),
    "a cell too few": (
        "gustavo-petro,person,Gustavo Petro,,", "gustavo-petro,person,Gustavo Petro,",
        ["5  gustavo-petro: 8 cells, 9 columns. Quote cells that hold commas."],
    ),
    "an empty line": (
        "us-treasury,ministry", "\nus-treasury,ministry",
        ["6: the line is empty. Remove it."],
    ),
    "no id": (
        "diplokg,publisher", ",publisher",
        ["3: '' is not a slug. Lower-case letters, digits and single hyphens."],
    ),
    "an id that is no slug": (
        "diplokg,publisher", "Diplo KG,publisher",
        ["3  Diplo KG: 'Diplo KG' is not a slug. Lower-case letters, digits and single hyphens."],
    ),
    "no label": (
        "Donald Trump,,Trump|es:presidente Trump", ",,Trump|es:presidente Trump",
        ["4  donald-trump: 'label' is missing. Give a name that people know."],
    ),
    "a misspelt type": (
        "us-treasury,ministry", "us-treasury,ministery",
        ["6  us-treasury: unknown type 'ministery'. Did you mean 'ministry'?"],
    ),
    "a type out of nowhere": (
        "us-treasury,ministry", "us-treasury,zzz",
        [f"6  us-treasury: unknown type 'zzz'. Use one of: {', '.join(ENTITY_TYPES)}."],
    ),
    "a part of nothing": (
        "Treasury,,Q648666", "Treasury,columbia,Q648666",
        ["6  us-treasury: unknown part_of 'columbia'. Did you mean 'colombia'?"],
    ),
    "a Wikidata number without its letter": (
        "Q648666", "648666",
        ["6  us-treasury: '648666' is not a Wikidata item. Write Q and a number, or leave it empty."],
    ),
    "a country code in small letters": (
        "Q739,COL", "Q739,col",
        ["2  colombia: 'col' is not an ISO 3166-1 alpha-3 code. Write three capitals."],
    ),
    "a NUL byte": (
        "US Treasury", "US\0Treasury",
        ["6  us-treasury: U+0000 is a character that cannot be printed. Remove it."],
    ),
    "an escape sequence": (
        "US Treasury", "\x1b[2JTreasury",
        ["6  us-treasury: U+001B is a character that cannot be printed. Remove it."],
    ),
    "a quote that is never closed": (
        "Donald Trump,", '"Donald Trump,',
        ["4: not CSV: unexpected end of data. Check the quotes from this row on."],
    ),
    "a quote inside a cell": (
        "Donald Trump,", '"Donald" Trump,',
        ["4: not CSV: ',' expected after '\"'. Check the quotes from this row on."],
    ),
}  # fmt: skip


@pytest.mark.parametrize("slip", ENTITY_SLIPS)
def test_a_slip_in_the_entities_is_told_once_with_line_and_repair(data_folder: DataFolder, slip: str) -> None:
    old, new, told = ENTITY_SLIPS[slip]
    data_folder.change(old, new, data_folder.entities)
    assert problems(data_folder) == [f"registers/entities.csv:{each}" for each in told]


POST_SLIPS = {
    "an organization misspelt": (
        ",colombia,", ",colombbia,",
        ["2  president-of-colombia: unknown organization 'colombbia'. Did you mean 'colombia'?"],
    ),
    "no organization": (
        ",colombia,", ",,",
        ["2  president-of-colombia: unknown organization ''. Add it to entities.csv."],
    ),
    "the id of an entity": (
        "president-of-colombia,", "colombia,",
        ["2  colombia: an entity bears this id too. Choose another id for one of them."],
    ),
    "a cell too many": (
        ",colombia,", ",colombia,,",
        ["2  president-of-colombia: 6 cells, 5 columns. Quote cells that hold commas."],
    ),
    "another header": (
        "id,label,", "id,name,",
        ["1: the columns are id, name, label_es, organization, description. "
         f"Write exactly: {','.join(POST_COLUMNS)}"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("slip", POST_SLIPS)
def test_a_slip_in_the_posts_is_told_once_with_line_and_repair(data_folder: DataFolder, slip: str) -> None:
    old, new, told = POST_SLIPS[slip]
    data_folder.change(old, new, data_folder.posts)
    assert problems(data_folder) == [f"registers/posts.csv:{each}" for each in told]


def test_a_broken_row_is_told_and_not_missed_by_what_leans_on_it(data_folder: DataFolder) -> None:
    data_folder.change("Colombia,Colombia,", "Colombia,", data_folder.entities)
    data_folder.change("Treasury,,Q648666", "Treasury,colombia,Q648666", data_folder.entities)
    (told,) = problems(data_folder)
    assert told.startswith("registers/entities.csv:2  colombia: 8 cells")


def test_rows_behind_an_open_quote_are_not_told_as_missing(data_folder: DataFolder) -> None:
    data_folder.change("Donald Trump,", '"Donald Trump,', data_folder.entities)
    data_folder.change(",colombia,", ",us-treasury,", data_folder.posts)
    (told,) = problems(data_folder)
    assert told.startswith("registers/entities.csv:4: not CSV: ")


def test_all_problems_of_both_files_are_told_together(data_folder: DataFolder) -> None:
    data_folder.change("us-treasury,ministry", "us-treasury,zzz", data_folder.entities)
    data_folder.change("Q739", "739", data_folder.entities)
    data_folder.change(",colombia,", ",nobody,", data_folder.posts)
    assert [told.split(" ")[0] for told in problems(data_folder)] == [
        "registers/entities.csv:2",
        "registers/entities.csv:6",
        "registers/posts.csv:2",
    ]


def test_many_slips_are_told_without_a_long_wait(data_folder: DataFolder) -> None:
    rows = [f"entity-number-{n:05},state,Name {n},,,entitty-nomber-{n:05},,," for n in range(1_500)]
    data_folder.entities.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    data_folder.posts.write_text(f"{','.join(POST_COLUMNS)}\n", encoding="utf-8")
    lines = problems(data_folder)
    assert len(lines) == 1_500
    assert sum("Did you mean" in line for line in lines) == HINTED


def test_an_empty_file_has_no_columns(data_folder: DataFolder) -> None:
    data_folder.entities.write_bytes(b"")
    assert problems(data_folder) == [f"registers/entities.csv:1: the columns are missing. Write exactly: {HEADER}"]


def test_a_file_that_is_not_utf8_is_told_with_the_line(data_folder: DataFolder) -> None:
    data_folder.change("Donald Trump,,", "Donald Trump,Presidente de América,", data_folder.entities)
    data_folder.entities.write_bytes(data_folder.entities.read_text(encoding="utf-8").encode("latin-1"))
    (told,) = problems(data_folder)
    assert told.startswith("registers/entities.csv:4: byte ") and told.endswith(
        " is not UTF-8. Save the file as UTF-8."
    )


@pytest.mark.parametrize("name", ["entities.csv", "posts.csv"])
def test_a_missing_register_is_an_input_error(data_folder: DataFolder, name: str) -> None:
    (data_folder.path / "registers" / name).unlink()
    with pytest.raises(StorageError, match=rf"registers/{name}: cannot be read: No such file or directory\."):
        read(data_folder.path)


# ---------------------------------------------------------------- whatever is thrown at it


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registers")
    (folder / "registers").mkdir()
    return folder


def outcome(folder: Path, entities: bytes, posts: bytes) -> Registers | KgError:
    (folder / "registers" / "entities.csv").write_bytes(entities)
    (folder / "registers" / "posts.csv").write_bytes(posts)
    try:
        return read(folder)
    except KgError as error:
        return error


CELLS = st.text(st.sampled_from("ab-|,;\"'\n\r\0é\u2028 Q1")) | st.sampled_from(
    ["", "person", "state", "a", "Q1", "COL"]
)
TABLES = st.lists(st.lists(CELLS, min_size=8, max_size=10), max_size=5).map(
    lambda rows: (HEADER + "\n" + "\n".join(",".join(row) for row in rows)).encode()
)


@settings(max_examples=200, deadline=None)
@given(raw=TABLES | st.binary() | st.binary().map(lambda raw: HEADER.encode() + b"\n" + raw))
def test_any_bytes_give_registers_or_told_problems(scratch: Path, raw: bytes) -> None:
    posts = ",".join(POST_COLUMNS).encode()
    told = outcome(scratch, raw, posts)
    if isinstance(told, KgError):
        assert isinstance(told, DataProblems)
        assert all(problem.line >= 1 and "\n" not in str(problem) for problem in told.problems)


PRINTABLE = st.text(st.characters(codec="utf-8", exclude_categories=["C"])).map(str.strip)


@settings(max_examples=50, deadline=None)
@given(labels=st.lists(PRINTABLE.filter(bool), min_size=1, max_size=9), note=PRINTABLE)
def test_what_a_spreadsheet_writes_is_read_back(scratch: Path, labels: list[str], note: str) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(ENTITY_COLUMNS)
    writer.writerows([f"e{n}", "person", label, "", "", "", "", "", note] for n, label in enumerate(labels))
    found = outcome(scratch, file.getvalue().encode(), ",".join(POST_COLUMNS).encode())
    assert isinstance(found, Registers), str(found)
    assert [(entity.label, entity.description) for entity in found.entities.values()] == [
        (label, note) for label in labels
    ]


def test_the_bundled_registers_are_right() -> None:
    known = registers.read(resources.bundled_data() / "registers")
    assert len(known.entities) > 60 and len(known.posts) > 5
