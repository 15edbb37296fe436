"""Feeds on the page: events one by one or summed up are drawn as what they are, and SPARQL finds the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import kg
from kg import bulk, describe, importing
from kg.graph import Graph
from kg.terms import ID
from kg.view import draw
from tests.browser.test_instrument import menu, selections, text_of
from tests.browser.test_page import panel, rows, settle, until
from tests.test_columns import PLAIN, row, write

Open = Callable[..., Any]

STATES = [
    "", "feeds=gdelt", "ties=1", "time=2018-01-01,2018-01-31", "hide=state", "hide=person", "without=rel:visited",
    "contested=1", "facts=Summary,Other", "facts=Other", "ego=united-states,1", "ego=venezuela,1",
    "feeds=gdelt&hide=person", "voice=cnn", "undated=0",
]  # fmt: skip


@pytest.fixture(scope="module", params=["events", "columns"])
def fed(request: pytest.FixtureRequest, built: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A build with a feed, its events one by one or in columns, and its page."""
    folder = tmp_path_factory.mktemp("fed")
    build = Path(shutil.copytree(built, folder / "build", symlinks=True))
    venezuela = {"Actor1Code": "VEN", "Actor1Name": "VENEZUELA", "Actor1CountryCode": "VEN"}
    file = write(folder / "g.export.CSV", [*PLAIN, row(30, **venezuela)])
    (bulk.import_columns if request.param == "columns" else importing.import_feed)("gdelt", [file], build)
    page = folder / "fed.html"
    page.write_text(draw(describe.picture(kg.open(build, feeds=["gdelt"]).store)), encoding="utf-8")
    return build, page


def asked(page: Any, graph: Graph, at: str) -> tuple[set[str], set[str]]:
    """The rows that the query of what is shown finds, and those of the table."""
    page.evaluate("at => { location.hash = at; }", f"view=table&{at}")
    settle(page)
    menu(page, "See the SPARQL")
    answer = graph.query(text_of(page))
    found = {each[0].value.removeprefix(ID) for each in answer.rows}  # type: ignore[union-attr]
    return found, {selection[2:] for selection in selections(page)}


def test_the_sparql_says_which_feeds_are_shown(open_page: Open, fed: tuple[Path, Path]) -> None:
    graph = kg.open(fed[0], feeds=["gdelt"])
    page = open_page("view=table", file=fed[1])
    sizes = set()
    for at in STATES:
        found, shown = asked(page, graph, at)
        assert found == shown, (at, sorted(found - shown)[:5], sorted(shown - found)[:5])
        assert shown, at
        sizes.add(len(shown))
    assert len(sizes) > 6


def test_the_sparql_of_a_page_without_feeds_leaves_them_out_everywhere(
    open_page: Open, fed: tuple[Path, Path], whole: Path
) -> None:
    page = open_page("view=table", file=whole)
    for at in ("", "without=rel:accused", "hide=person"):
        found, shown = asked(page, kg.open(fed[0], feeds=["gdelt"]), at)
        assert found == shown and len(shown) > 30, at


def test_what_stands_in_columns_is_drawn_with_its_months_and_counts(open_page: Open, fed: tuple[Path, Path]) -> None:
    graph = kg.open(fed[0], feeds=["gdelt"])
    summed = [e for e in describe.picture(graph.store).events.values() if e.stands_for]
    if not summed:
        assert len([e for e in describe.picture(graph.store).events.values() if e.id.startswith("gdelt-")]) == 9
        return
    assert sum(e.stands_for for e in summed) == 9
    three = next(e for e in summed if e.stands_for > 1)
    page = open_page(f"sel=v:{three.id}", file=fed[1])
    told = panel(page)
    for words in (f"Stands for {three.stands_for} coded events", "Machine-coded: The GDELT Project", "January 2018",
                  "open_summary"):  # fmt: skip
        assert words in told, words
    lines = page.locator("svg.network g.edge.coded.near")
    drawn = {str(lines.nth(n).get_attribute("aria-label")) for n in range(lines.count())}
    assert "United States → Colombia: visited, 4 events, coded by feeds only" in drawn
    assert "Colombia and United States: met, 1 event, coded by feeds only" in drawn  # as the edge itself counts
    listed = open_page("view=table", file=fed[1])
    assert f"Stands for {three.stands_for} coded events" in {r[5].split(";")[0] for r in rows(listed)}
    listed.locator("#filters label.row", has_text="The GDELT Project").locator("input").click()
    until(listed, "() => location.hash.includes('feeds=gdelt')")
    assert not [each for each in selections(listed) if "summary" in each]
    assert len(list(graph.open_summary(three.id))) > 0
