"""What the page answers beyond the network: by day, by voice, in pairs, as a tour, in Spanish, to take away."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import kg
from kg import describe
from kg.stories import Step
from kg.terms import ID
from kg.view import draw
from tests.browser.conftest import data_of, fed_picture, hostile_story, hostile_texts, hostile_wall
from tests.browser.test_page import VISIT_ALL, _coded, _drag, address, panel, rows, settle, tally, until

Open = Callable[..., Any]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def selections(page: Any) -> set[str]:
    """The rows of the table by kind and id."""
    return set(page.evaluate("[...document.querySelectorAll('#table tbody tr')].map((tr) => tr.dataset.sel)"))


def menu(page: Any, words: str) -> None:
    page.click("#export-open")
    page.click(f"#export-menu >> text={words}")


def text_of(page: Any) -> str:
    """The text that is offered to be copied."""
    found = str(page.input_value("#text textarea"))
    page.click("#text button[aria-label=Close]")
    return found


# ---------------------------------------------------------------- day and voice


def test_as_of_a_day_agrees_with_the_library(open_page: Open, whole: Path, built: Path) -> None:
    store = kg.open(built).store
    for day in ("2024-12-31", "2025-10-15", "2026-01-03", "2026-02-01"):
        page = open_page(f"asof={day}&ties=1&view=table", file=whole)
        listed = selections(page)
        held = describe.states(store, date.fromisoformat(day))
        assert {s for s in listed if s[0] == "s"} == {f"s:{x.id}" for x in held.values() if x.certainty != "no"}, day
        told = {x.label: x.certainty for x in held.values() if x.kind != "tie"}
        shown = {row[4]: row[5] for row in rows(page) if row[4] in told and " on " in row[5]}
        assert shown and all(words.startswith(told[label]) for label, words in shown.items()), day


def test_a_page_made_for_a_day_opens_on_it(open_page: Open, pages: Path, built: Path) -> None:
    file = pages / "day.html"
    file.write_text(kg.open(built).view(as_of=date(2026, 1, 1)), encoding="utf-8")
    page = open_page(file=file)
    assert "As of 1 Jan 2026" in page.inner_text("#chips") and "Certain on 1 Jan 2026" in panel(page)
    assert page.input_value(".viewpoint input[type=date]") == "2026-01-01" and "asof" not in address(page)
    page.click("#chips button:has-text('As of')")
    assert "asof=no" in address(page)
    page.fill(".viewpoint input[type=date]", "2025-01-15")
    assert "asof=2025-01-15" in address(page) and "As of 15 Jan 2025" in page.inner_text("#chips")


def test_one_may_leave_out_the_merely_possible(open_page: Open) -> None:
    page = open_page("time=2025-03-01,2025-03-31&view=table")
    marked = [row[4] for row in rows(page) if "date may lie outside the range" in row[5]]
    assert "Petro denies the remark" in marked
    page.check("#time .sure input")
    assert [row[4] for row in rows(page)] == ["Noem on Petro and Tren de Aragua"]
    page.evaluate("location.hash = 'asof=2025-10-15&ties=1&view=table'")
    settle(page)
    assert "possible on 15 Oct 2025" in page.inner_text("#table")
    page.check("#time .sure input")
    assert "possible on 15 Oct 2025" not in page.inner_text("#table")


def test_according_to_somebody(open_page: Open) -> None:
    page = open_page()
    page.select_option(".viewpoint select", label="Kristi Noem")
    assert "According to Kristi Noem" in page.inner_text("#chips")
    told = panel(page)
    assert "What Kristi Noem asserts" in told and "What Kristi Noem denies" not in told
    page.click("#view-table")
    assert {row[4] for row in rows(page)} == {"Noem on Petro and Tren de Aragua", "Alleged remark on Tren de Aragua"}
    page.select_option(".viewpoint select", label="Gustavo Petro")
    assert {row[4] for row in rows(page)} == {
        "Petro denies the remark", "Petro: production did not rise", "Alleged remark on Tren de Aragua",
    }  # fmt: skip
    page.select_option(".viewpoint select", label="CNN")
    assert "Alleged remark on Tren de Aragua" not in {row[4] for row in rows(page)}
    page.click("#view-network")
    page.evaluate("location.hash = 'voice=gustavo-petro'")
    settle(page)
    assert "What Gustavo Petro denies" in panel(page) and "said by Kristi Noem" in panel(page)


# ---------------------------------------------------------------- the same rows by SPARQL

STATES = [
    "", "ties=1", "time=2025-03-01,2025-09-15", "time=2025-09-01,2025-12-31&undated=0", "contested=1",
    "time=2025-09-01,2026-01-31&certain=1", "hide=person", "hide=group,ministry&ties=1", "ego=us-military,1",
    "ego=kristi-noem,2&ties=1", "without=rel:accused,rel:threatened", "facts=Planned,Summary,Other",
    "voice=gustavo-petro", "voice=cnn", "voice=donald-trump&time=2025-12-01,", "asof=2026-01-01",
    "asof=2026-01-01&certain=1&ties=1", "asof=2025-10-10&voice=cnn", "ties=1&time=2025-11-01,2025-12-31",
    "contested=1&hide=ministry&time=,2025-12-31", "asof=2026-01-03&hide=person",
]  # fmt: skip


def test_the_sparql_of_what_is_shown_finds_the_same_rows(open_page: Open, whole: Path, built: Path) -> None:
    graph = kg.open(built)
    page = open_page("view=table", file=whole)
    for at in STATES:
        page.evaluate("at => { location.hash = at; }", f"view=table&{at}")
        settle(page)
        menu(page, "See the SPARQL")
        answer = graph.query(text_of(page))
        found = {row[0].value.removeprefix(ID) for row in answer.rows}  # type: ignore[union-attr]
        shown = {selection[2:] for selection in selections(page)}
        assert found == shown, (at, sorted(found - shown)[:5], sorted(shown - found)[:5])
        assert shown, at


# ---------------------------------------------------------------- pairs


def test_pairs_above_and_below_the_line(open_page: Open) -> None:
    page = open_page()
    page.click("#pairs-open")
    told = page.inner_text("#pairs")
    assert "Donald Trump – Gustavo Petro" in told and "Colombia – Trump administration" in told
    drawn = page.evaluate("[...document.querySelectorAll('#pairs .block')].map((b) => b.dataset.sel)")
    assert "v:sanctions-on-petro" in drawn
    assert not {"v:tariffs-on-colombia", "v:white-house-meeting", "v:alleged-remark"} & set(drawn)
    for selection, above in (("v:phone-call", True), ("v:decertification", False)):
        sides = page.evaluate(
            """(sel) => { const block = document.querySelector(`#pairs .block[data-sel="${sel}"]`);
               return [block, block.parentNode.querySelector('.base')].map((e) => e.getBoundingClientRect().top); }""",
            selection,
        )
        assert (sides[0] < sides[1]) == above
    wide = "(sel) => document.querySelector(`#pairs .block[data-sel='${sel}']`).getBoundingClientRect().width"
    assert page.evaluate(wide, "v:sanctions-on-petro") > 3 * page.evaluate(wide, "v:phone-call")


def test_pairs_are_on_paper_and_in_exports(open_page: Open) -> None:
    page = open_page()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#print .print-pairs").count() == 0  # the chart is closed
    page.click("#pairs-open")
    page.locator("#pairs .block").first.wait_for()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    blocks = page.locator("#pairs .block").count()
    printed = page.locator("#print .print-pairs")
    assert printed.locator("rect").count() - 4 == blocks > 5  # four are the key
    assert "Donald Trump – Gustavo" in str(printed.text_content()) and "2025" in str(printed.text_content())
    page.emulate_media(media="print")
    assert not page.is_visible("#pairs") and page.locator("#print .print-pairs rect").first.is_visible()
    page.emulate_media(media="screen")
    page.click("#export-open")
    with page.expect_download() as got:
        page.click("#export-menu >> text=SVG drawing")
    drawing = Path(got.value.path()).read_text(encoding="utf-8")
    assert "Events of each pair" in drawing and drawing.count('rx="2"') >= blocks and "var(" not in drawing


def test_pairs_and_network_choose_together(open_page: Open) -> None:
    page = open_page("pairs=1")
    page.click("#pairs button.link:has-text('Gustavo Petro – Kristi Noem')")
    assert panel(page).startswith("Kristi Noem ↔ Gustavo Petro") or panel(page).startswith(
        "Gustavo Petro ↔ Kristi Noem"
    )
    assert page.locator(".network .edge.chosen").count() == 2
    page.click("#pairs .block[data-sel='v:decertification']")
    assert panel(page).startswith("Colombia decertified")
    page.evaluate("location.hash = 'pairs=1&sel=n:scott-bessent'")
    settle(page)
    assert page.locator("#pairs .pair").count() == 1
    page.locator("#pairs .block[tabindex='0']").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert "sel=v:" in address(page) and "Petro" in panel(page)


def test_summaries_are_in_no_pair(open_page: Open, whole: Path) -> None:
    page = open_page("pairs=1", file=whole)
    data = data_of(page)
    drawn = {s[2:] for s in page.evaluate("[...document.querySelectorAll('#pairs .block')].map((b) => b.dataset.sel)")}
    assert len(drawn) > 40
    assert not {e for e in drawn if data["events"][e].get("summary") or data["events"][e].get("factuality")}


# ---------------------------------------------------------------- tour and language


def test_a_tour_by_keyboard_and_address(open_page: Open, told: Path) -> None:
    page = open_page(file=told)
    page.click("#tour-open")
    assert "1 of 3" in page.inner_text("#tour") and "story=1" in address(page)
    page.keyboard.press("n")
    assert "A threat" in page.inner_text("#tour") and "time=2025-01-01,2025-01-31" in address(page)
    assert panel(page).startswith("Threat of tariffs and sanctions")
    page.focus("#tour .primary")
    page.keyboard.press("Enter")
    assert "In force" in page.inner_text("#tour") and page.evaluate("document.activeElement.className") == "primary"
    page.keyboard.press("b")
    assert "A threat" in page.inner_text("#tour")
    again = open_page("story=3", file=told)
    assert "What held at the end." in again.inner_text("#tour") and "As of 31 Dec 2025" in again.inner_text("#chips")
    whole_state = open_page(address(again), file=told)
    assert whole_state.inner_text("#tally") == again.inner_text("#tally")
    again.keyboard.press("n")
    assert not again.is_visible("#tour") and "story" not in address(again)
    page.keyboard.press("Escape")
    assert not page.is_visible("#tour")


def test_every_step_of_the_bundled_story_shows_something(open_page: Open, whole: Path) -> None:
    page = open_page(file=whole)
    page.click("#tour-open")
    seen = set()
    for number in range(1, 10):
        assert f"{number} of 9" in page.inner_text("#tour")
        assert tally(page)[2] > 0
        seen.add((page.inner_text("#tally"), page.inner_text("#panel h2"), page.is_visible("#table")))
        page.keyboard.press("n")
    assert len(seen) == 9 and not page.is_visible("#tour")


def test_a_tour_speaks_the_language_of_the_page_where_it_can(open_page: Open, told: Path) -> None:
    page = open_page("story=1&lang=es", file=told)
    assert "Dónde empieza" in page.inner_text("#tour") and page.get_attribute("#tour h2 bdi", "lang") == "es"
    page.keyboard.press("n")
    page.locator("#tour h2 >> text=A threat").wait_for()
    assert page.get_attribute("#tour h2 bdi", "lang") == "en"


def test_without_a_story_there_is_no_tour(open_page: Open) -> None:
    page = open_page("story=2")
    assert not page.is_visible("#tour-open") and not page.is_visible("#tour")


def test_spanish(open_page: Open, whole: Path) -> None:
    page = open_page(file=whole)
    page.click("#lang")
    assert page.get_attribute("html", "lang") == "es" and "lang=es" in address(page)
    for part, words in (("#filters", "Conflicto material"), ("#tally", "hechos"), ("#panel", "Quién hizo qué a quién"),
                        ("#time", "ene"), (".standing", "acusación probada"), (".tools", "Exportar")):  # fmt: skip
        assert words in page.inner_text(part), part
    assert "Estados Unidos" in page.evaluate("[...document.querySelectorAll('.labels text')].map((t) => t.textContent)")
    page.evaluate("location.hash = 'lang=es&sel=v:treasury-sanctions-petro'")
    settle(page)
    told = panel(page)
    assert "Informa CNN, párrafo" in told and "octubre de 2025" in told
    assert page.evaluate("document.querySelector('#panel h2 bdi').closest('[lang]').lang") == "en"
    page.click("#lang")
    assert page.get_attribute("html", "lang") == "en" and "Reported by CNN" in panel(page)
    assert open_page(file=whole, locale="es-CO").get_attribute("html", "lang") == "es"


def test_no_english_is_left_in_spanish(open_page: Open, whole: Path) -> None:
    page = open_page("lang=es&pairs=1", file=whole)
    page.click("#help-open")
    ours = page.evaluate(
        """() => [...document.querySelectorAll('button, label, h2, h3, th, dt, dd, small, .soft, #help p')]
            .filter((e) => !e.closest('.pair, .card, .brief') && !e.querySelector('bdi'))
            .map((e) => e.textContent.trim()).filter((t) => / (the|of|and|is|to|with|are) /.test(` ${t} `))"""
    )
    assert ours == []


# ---------------------------------------------------------------- to take away


def test_a_citation_of_an_event(open_page: Open, whole: Path) -> None:
    page = open_page("sel=v:treasury-sanctions-petro", file=whole)
    page.click("#panel .card .cite")
    text = text_of(page)
    assert text.splitlines()[0] == "“US Treasury sanctions Gustavo Petro”, October 2025."
    assert "CNN, “Trump and Petro before their White House meeting" in text
    assert re.search(r"¶ 28, characters \d+–\d+, sha256 [0-9a-f]{16}…", text)
    assert "Access: All rights reserved by the publisher." in text
    assert text.splitlines()[-1] == ID + "treasury-sanctions-petro"


def test_copying_tells_that_it_did(open_page: Open) -> None:
    page = open_page("sel=v:phone-call", permissions=["clipboard-read", "clipboard-write"])
    page.click("#panel .card .cite")
    page.click("#text button.primary")
    until(page, "/Copied|Press/.test(document.querySelector('#text').textContent)")


def test_a_layout_is_kept_and_comes_back(open_page: Open, tmp_path: Path) -> None:
    page = open_page()
    _drag(page, "scott-bessent", 50, 20)
    until(page, "location.hash.includes('pins=scott-bessent')")
    with page.expect_download() as saved:
        menu(page, "Save the layout")
    file = tmp_path / "layout.json"
    saved.value.save_as(file)
    layout = json.loads(file.read_text(encoding="utf-8"))
    assert layout["pins"] == ["scott-bessent"] and len(layout["places"]) == 9
    other = open_page()
    other.set_input_files("#layout-file", file)
    until(other, "location.hash.includes('pins=scott-bessent')")
    assert re.findall("pins=([^&]*)", address(other)) == re.findall("pins=([^&]*)", address(page))
    file.write_text('{"format": "else"}', encoding="utf-8")
    other.set_input_files("#layout-file", file)
    until(other, "document.querySelector('#text').open")
    assert "This file holds no layout." in text_of(other)


# ---------------------------------------------------------------- attacks


NO_TEXT_OF_OTHERS = {  # what we compute, and bounds that are checked to be days
    "EntityRecord": set(),
    "EventRecord": {"factuality", "earliest", "latest"},
    "ClaimRecord": set(),
    "StateRecord": {"kind", "earliest_begin", "latest_begin", "earliest_end", "latest_end", "last_known", "certainty"},
    "EdgeRecord": {"status"},
}


def _texts(record: Any) -> Iterator[tuple[str, str, Any]]:
    """Every field of a record and of those within it: the record's kind, the field, its value."""
    for each in fields(record):
        value = getattr(record, each.name)
        yield type(record).__name__, each.name, value
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ():
            if is_dataclass(inner):
                yield from _texts(inner)


def test_a_payload_stands_in_every_field_of_text() -> None:
    texts = hostile_texts()
    wall, story = hostile_wall(texts), hostile_story(texts)
    assert len(texts) >= 200
    seen: dict[tuple[str, str], bool] = {}
    for record in (wall, story):
        for kind, name, value in _texts(record):
            inside = [value] if isinstance(value, str) else value if isinstance(value, tuple) else ()
            flat = [one for each in inside for one in (each if isinstance(each, tuple) else (each,))]
            strings = [one for one in flat if isinstance(one, str)]
            if isinstance(value, str) or strings:
                hit = any(payload in one for one in strings for payload in (texts[0], texts[1], texts[3], texts[6]))
                seen[kind, name] = seen.get((kind, name), False) or hit
    missing = {key for key, hit in seen.items() if not hit and key[1] not in NO_TEXT_OF_OTHERS.get(key[0], ())}
    assert missing - {("Story", "name"), ("Story", "title"), ("Story", "title_es")} == set()
    assert {(Step.__name__, name) for name in ("title", "text", "state", "title_es", "text_es")} <= seen.keys()
    assert {
        ("Evidence", "where"),
        ("Batch", "publisher"),
        ("EventRecord", "note"),
        ("Document", "address"),
    } <= seen.keys()


def test_none_of_two_hundred_payloads_runs_anywhere(open_page: Open, wall: Path) -> None:
    page = open_page(file=wall)
    data = data_of(page)
    ids = [node["id"] for node in data["nodes"]]
    assert len(ids) >= 200 and len(data["story"]["steps"]) == len(ids)
    kinds = ("n:{}&ties=1", "v:{}&pairs=1&lang=es", "c:{}", "s:{}&asof=2025-01-10")
    chosen = [kinds[i % 4].format(_coded(each)) + f"&story={i + 1}" for i, each in enumerate(ids)]
    titles = page.evaluate(VISIT_ALL, [f"sel={one}" for one in chosen])
    assert len(titles) == len(ids) and all(titles) and page.is_visible("#tour")
    page.evaluate(VISIT_ALL, [f"sel=v:{_coded(ids[3])}"])
    page.locator("#panel .cite").first.click()
    assert text_of(page)
    menu(page, "SPARQL")
    assert text_of(page)
    page.evaluate(VISIT_ALL, [f"voice={_coded(ids[5])}&asof=2025-01-10&view=table"])
    page.fill("#query", "window")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    _harmless(page)


def test_no_payload_runs_from_the_address(open_page: Open, told: Path) -> None:
    from tests.browser.conftest import hostile_texts

    page = open_page(file=told)
    keys = ("sel", "hide", "without", "facts", "time", "ego", "path", "view", "sort", "theme", "at", "pins", "voice",
            "asof", "story", "lang", "certain", "pairs")  # fmt: skip
    texts = hostile_texts()
    states = [f"{keys[i % len(keys)]}={_coded(text)}" for i, text in enumerate(texts)]
    states += ["&".join(f"{key}={_coded(text)}" for key in keys) for text in texts[::12]] + texts[::12]
    page.evaluate(VISIT_ALL, states)
    _harmless(page)
    page.evaluate("location.hash = ''")
    settle(page)
    assert tally(page)[0] == 9


def _harmless(page: Any) -> None:
    assert page.evaluate("window.pwned") is None
    assert page.locator("script").count() == 2
    assert page.locator("img, iframe, object, embed, base, svg script, [onload], [onerror]").count() == 0
    targets = page.evaluate("[...document.links].map((a) => a.href)")
    assert [target for target in targets if not target.startswith("https://www.wikidata.org/wiki/Q")] == []


# ---------------------------------------------------------------- for everyone

AXE = os.environ.get("KG_AXE", "")  # path of axe.min.js, which is not ours to ship
VIEWS = ["", "story=4", "pairs=1&sel=v:treasury-sanctions-petro", "asof=2026-01-01&ties=1", "voice=gustavo-petro",
         "lang=es&view=table", "story=9&lang=es"]  # fmt: skip


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark"}, {"width": 390, "height": 844}], ids=str)
def test_axe_finds_nothing(open_page: Open, whole: Path, options: dict[str, Any]) -> None:
    if not AXE:
        pytest.skip("KG_AXE names no axe.min.js")
    page = open_page(file=whole, bypass_csp=True, **options)
    page.add_script_tag(path=AXE)
    for at in VIEWS:
        page.evaluate("at => { location.hash = at; }", at)
        settle(page)
        found = page.evaluate("(tags) => axe.run({ runOnly: tags })", WCAG)["violations"]
        assert [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found] == [], at


def test_a_phone_keeps_its_width(open_page: Open, whole: Path) -> None:
    for at in ("story=2", "pairs=1&lang=es", "asof=2026-01-01&lang=es", "voice=cnn&view=table"):
        page = open_page(at, file=whole, width=390, height=844, has_touch=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, at
        cut = page.evaluate(
            "[...document.querySelectorAll('.bar button, #tour button')].filter((b) => b.offsetWidth && "
            "b.getBoundingClientRect().right > 390).map((b) => b.textContent)"
        )
        assert cut == [], at


# ---------------------------------------------------------------- feeds


@pytest.fixture
def fed(tmp_path: Path) -> Path:
    file = tmp_path / "fed.html"
    file.write_text(draw(fed_picture()), encoding="utf-8")
    return file


@pytest.mark.parametrize("pen", ["svg", "canvas"])
def test_what_a_feed_has_coded_is_marked_and_can_be_left_out(open_page: Open, fed: Path, pen: str) -> None:
    class Drawn:
        def as_uri(self) -> str:
            return f"{fed.as_uri()}?draw={pen}"

    page = open_page(file=Drawn())
    legend = page.inner_text("#filters")
    assert "Machine-coded feeds" in legend and "The GDELT Project" in legend
    assert "2 from feeds" in page.inner_text("#tally")
    with_feed = tally(page)
    if pen == "svg":
        coded = page.locator("svg.network g.edge.coded")
        assert coded.count() == 1 and "coded by feeds only" in str(coded.get_attribute("aria-label"))
    page.locator("#filters label.row", has_text="The GDELT Project").locator("input").click()
    until(page, "() => location.hash.includes('feeds=gdelt')")
    assert tally(page)[1] == with_feed[1] - 1 and tally(page)[2] == with_feed[2] - 2
    again = open_page("feeds=gdelt&view=table", file=Drawn())
    assert "v:gdelt-1" not in selections(again) and "v:decertification" in selections(again)
    listed = open_page("view=table", file=Drawn())
    standing = {row[4]: row[5] for row in rows(listed)}
    assert standing["COL – Consult – USA"] == "Reported; Machine-coded: The GDELT Project"
    assert standing["Colombia decertified"] == "Reported"


def test_a_card_of_a_feed_names_its_address_and_no_passage(open_page: Open, fed: Path) -> None:
    page = open_page("sel=v:gdelt-1", file=fed)
    assert "Machine-coded: The GDELT Project" in panel(page) and "paragraph" not in panel(page)
    link = page.locator("#panel a[href='https://example.org/a']")
    assert link.first.get_attribute("rel") == "noopener noreferrer"
    assert page.locator("#panel .badge.coded").count() == 1


def test_without_feeds_nothing_speaks_of_them(open_page: Open) -> None:
    page = open_page()
    assert "feeds" not in page.inner_text("#filters") and "from feeds" not in page.inner_text("#tally")


def test_no_label_hides_behind_a_filter_that_is_on(open_page: Open, whole: Path) -> None:
    page = open_page("contested=1&undated=0&time=2025-01-01,2026-02-28", file=whole)
    boxes = """(selector) => [...document.querySelectorAll(selector)].filter((e) => !e.classList.contains('out'))
      .map((e) => { const b = e.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; })"""
    chips, labels = page.evaluate(boxes, ".chip"), page.evaluate(boxes, "svg.network text.label")
    assert len(chips) >= 3 and len(labels) > 3
    for a in chips:
        for b in labels:
            assert a[2] <= b[0] + 2 or b[2] <= a[0] + 2 or a[3] <= b[1] + 2 or b[3] <= a[1] + 2
