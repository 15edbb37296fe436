"""What a reader does with the page, in a real browser: find, choose, filter, play, trace, keep, share, print."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

Open = Callable[..., Any]

LABELS = """() => [...document.querySelectorAll('.labels text:not(.out)')].filter((t) => t.textContent)
    .map((t) => { const b = t.getBoundingClientRect(); return [t.textContent, b.left, b.top, b.right, b.bottom]; })"""
ALL = [9, 10, 9, 3]
VISIT_ALL = """async (addresses) => {
  const titles = [];
  for (const at of addresses) {
    location.hash = at;
    await new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
    titles.push(document.querySelector('#panel h2').textContent);
  }
  return titles;
}"""
SETTLED = "() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(() => go())))"


def settle(page: Any) -> None:
    page.evaluate(SETTLED)


def until(page: Any, truth: str) -> None:
    """Wait for a truth; Playwright's own way needs eval, which the page's policy forbids."""
    for _ in range(100):
        if page.evaluate(truth):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true: {truth}")


def panel(page: Any) -> str:
    return str(page.inner_text("#panel"))


def tally(page: Any) -> list[int]:
    """Actors, relations, events and events not reported as done, as the page counts them."""
    return [int(number) for number in re.findall(r"\d+", page.text_content("#tally"))]


def rows(page: Any) -> list[list[str]]:
    cells = "tr => [...tr.cells].map((cell) => cell.innerText.trim())"
    return [list(row.evaluate(cells)) for row in page.query_selector_all("#table tbody tr")]


def find(page: Any, words: str) -> None:
    page.fill("#query", words)
    page.press("#query", "Enter")
    settle(page)


def address(page: Any) -> str:
    return str(page.evaluate("location.hash.slice(1)"))


# ---------------------------------------------------------------- the file itself


def test_it_draws_from_a_file_without_network(open_page: Open) -> None:
    page = open_page()
    assert page.title() == "A year of quarrel"
    assert page.locator("g.node:not(.ghost)").count() == 9
    assert tally(page) == ALL


def test_its_policy_forbids_every_connection(open_page: Open) -> None:
    page = open_page()
    policy = page.get_attribute("meta[http-equiv=Content-Security-Policy]", "content")
    assert "default-src 'none'" in policy and "connect-src 'none'" in policy
    assert "unsafe" not in policy and "http" not in policy


def test_nothing_hostile_runs(open_page: Open, hostile: Path) -> None:
    page = open_page(file=hostile)
    data = json.loads(page.text_content("#data"))
    chosen = [f"n:{node['id']}" for node in data["nodes"]] + [f"e:{edge['id']}" for edge in data["edges"]]
    chosen += [f"{kind}:{key}" for kind, table in zip("vcs", ("events", "claims", "states"), strict=True)
               for key in data[table]]  # fmt: skip
    assert len(chosen) > 35
    titles = page.evaluate(VISIT_ALL, [f"sel={_coded(one)}&ties=1&loose=1" for one in chosen])
    assert len(titles) == len(chosen) and all(titles)
    page.click("#view-table")
    for words in ("script", "svg", "<", "window"):
        page.fill("#query", words)
        assert page.locator("#hits [role=option]").count() > 0
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("window.pwned") is None
    assert page.locator("script").count() == 2
    assert page.locator("img, iframe, object, embed, base, svg script, [onload], [onerror]").count() == 0
    targets = page.evaluate("[...document.links].map((a) => a.href)")
    assert [target for target in targets if not target.startswith("https://www.wikidata.org/wiki/Q")] == []


def _coded(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="")


def test_a_hostile_address_is_ignored(open_page: Open) -> None:
    page = open_page("sel=n:%3Cscript%3E&hide=x,__proto__&time=2025-13-99,zz&ego=nobody,9&path=a,b&at=1,2,NaN&%%")
    assert tally(page) == ALL
    assert "Who did what to whom" in panel(page)


# ---------------------------------------------------------------- find and read


def test_search_by_alias_and_choose_shows_the_evidence(open_page: Open) -> None:
    page = open_page()
    page.keyboard.press("/")
    page.keyboard.type("president p")
    assert "also “President Petro”" in page.inner_text("#hits")
    page.keyboard.press("Enter")
    told = panel(page)
    assert told.startswith("Gustavo Petro")
    for words in ("Sanctions on Petro announced", "October 2025", "2025-10", "Reported by CNN, paragraph 28",
                  "Petro called members of Tren de Aragua his friends", "Contested", "No denial"):  # fmt: skip
        assert (words in told) == (words != "No denial"), words
    assert "certain on 1 Feb 2026" in told and "last known in force 1 Feb 2026" in told


def test_search_needs_no_accents_and_finds_what_is_not_drawn(open_page: Open) -> None:
    page = open_page()
    find(page, "nicolas petro")
    assert panel(page).startswith("Nicolás Petro")
    find(page, "white house")
    told = panel(page)
    assert told.startswith("White House meeting") and "Planned, not reported as done" in told
    find(page, "no such words")
    assert "Nothing by that name" in page.inner_text("#hits")


def test_a_claim_stands_beside_its_denial(open_page: Open) -> None:
    page = open_page("sel=v:noem-accuses-petro")
    claim = page.locator("#panel .claim").first
    assert "Contested" in claim.inner_text()
    says, denies = (claim.locator(side).bounding_box() for side in (".says", ".denies"))
    assert says["y"] == denies["y"] and says["x"] + says["width"] <= denies["x"] + 1
    assert "Kristi Noem" in claim.locator(".says").inner_text()
    assert "Gustavo Petro" in claim.locator(".denies").inner_text()
    assert "March 2025 or later" in claim.locator(".denies").inner_text()


def test_what_is_alleged_is_never_drawn_and_says_who_alleges_it(open_page: Open) -> None:
    page = open_page("sel=v:alleged-remark")
    card = page.locator("#panel .card.undone").first.inner_text()
    for words in ("Alleged, not established", "alleged by Kristi Noem", "denied by Gustavo Petro", "by March 2025"):
        assert words in card, words
    lines = page.evaluate("[...document.querySelectorAll('.network .edge')].map((g) => g.getAttribute('aria-label'))")
    assert lines and not [line for line in lines if "Gustavo Petro → Tren de Aragua" in line]


def test_click_on_a_line_shows_its_events(open_page: Open) -> None:
    page = open_page()
    for line in page.query_selector_all(".network .edge"):
        key, words = line.get_attribute("data-key"), line.get_attribute("aria-label")
        x, y = line.query_selector(".hit").evaluate(
            """path => { const b = document.querySelector('svg.network').getBoundingClientRect();
               const p = path.getPointAtLength(path.getTotalLength() * 0.3); return [p.x + b.left, p.y + b.top]; }"""
        )
        page.mouse.click(x, y)
        settle(page)
        assert f"sel={key}" in address(page).replace("%20", " ").replace("%7C", "|"), words
        assert "Reported by CNN, paragraph" in panel(page), words


def test_passages_are_shown_only_where_the_page_was_made_with_them(open_page: Open, spoken: Path) -> None:
    at = "sel=v:noem-accuses-petro"
    assert open_page(at, file=spoken).inner_text("#panel blockquote") == "Words <b>of</b> the source."
    assert open_page(at).locator("blockquote").count() == 0


# ---------------------------------------------------------------- filters


def test_the_legend_filters_and_counts(open_page: Open) -> None:
    page = open_page()
    before = tally(page)
    page.uncheck("#filters label.row:has-text('Ministry') input")
    assert tally(page)[0] == before[0] - 2 and tally(page)[1] < before[1]  # with it goes who is tied to it alone
    page.click("#filters button:has-text('Show all')")
    assert tally(page) == before
    persons = "#filters label.row:has-text('Person') .n"
    page.uncheck("#filters label.row:has-text('Material conflict') input")
    assert page.inner_text(persons) == "4"
    page.check("#filters label.row:has-text('Material conflict') input")
    assert page.inner_text(persons) == "5"
    page.click("button[aria-label='Verbal conflict: each relation']")
    page.uncheck("#filters label.row:has-text('accused') input")
    assert tally(page)[1] == before[1] - 2
    assert page.inner_text("#filters label.row:has-text('accused') .n") == "2"  # how many there are to turn on
    page.uncheck("#filters label.row:has-text('Planned') input")
    assert tally(page)[3] == before[3] - 1
    assert "Filters" not in page.inner_text("#chips") and "2 legend entries hidden" in page.inner_text("#chips")


def test_contested_only(open_page: Open) -> None:
    page = open_page()
    page.check("#filters label.row:has-text('Contested only') input")
    assert page.locator(".network .edge:not(.contested)").count() == 0
    assert page.locator(".network .edge").count() == 3
    assert page.locator(".mark:has-text('≠')").count() == 3


def test_the_mark_of_contest_stays_upright(open_page: Open) -> None:
    page = open_page()
    moves = page.evaluate("[...document.querySelectorAll('.mark')].map((m) => m.getAttribute('transform'))")
    assert moves and not [move for move in moves if "rotate" in move]


def test_a_range_of_time_by_keyboard(open_page: Open) -> None:
    page = open_page()
    handle = page.locator(".handle").first
    assert handle.get_attribute("aria-valuetext") == "1 January 2025"
    handle.focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    assert handle.get_attribute("aria-valuetext") == "1 September 2025"
    assert "time=2025-09-01," in address(page)
    with_undated = tally(page)
    page.uncheck("#time label.row:not(.sure) input")
    assert tally(page)[1] < with_undated[1]
    page.keyboard.press("Escape")
    page.click("#chips button:has-text('Sep 2025')")
    page.click("#chips button:has-text('Dated events only')")
    assert tally(page) == ALL


def test_vague_dates_count_as_possible(open_page: Open) -> None:
    page = open_page("time=2025-03-01,2025-03-31")
    assert "only possibly in it" in page.inner_text("#time")
    page.evaluate("location.hash = 'time=2025-03-01,2025-03-31&sel=v:petro-denies-remark'")
    settle(page)
    assert "Date may lie outside the range" in panel(page)


def test_play_walks_through_time(open_page: Open) -> None:
    page = open_page()
    page.click("button[aria-label=Play]")
    until(page, "location.hash.includes('time=')")
    first = tally(page)[2]
    until(page, "document.querySelectorAll('.handle')[1].getAttribute('aria-valuenow') >= 1")
    page.click("button[aria-label=Pause]")
    assert first <= tally(page)[2] < ALL[2]


def test_the_surroundings_of_an_actor(open_page: Open) -> None:
    page = open_page("sel=n:kristi-noem")
    page.click("#panel button[aria-label='1 step around']")
    assert tally(page)[0] == 2
    page.click("#panel button[aria-label='2 steps around']")
    assert tally(page)[0] == 5
    page.click("#chips button:has-text('Around Kristi Noem')")
    assert tally(page)[0] == 9


# ---------------------------------------------------------------- path, table, address


def test_a_path_with_the_evidence_of_each_step(open_page: Open) -> None:
    page = open_page()
    page.click("#path-open")
    page.fill("#path-from", "trump")
    page.fill("#path-to", "Nicolás Petro")
    page.click("#path-bar button[type=submit]")
    told = panel(page)
    assert told.startswith("Donald Trump to Nicolás Petro")
    assert "3 steps" in told and "US Treasury Department sanctioned Nicolás Petro" in told
    assert page.locator("#panel .step").count() == 3
    assert all("Reported by CNN" in step.inner_text() for step in page.query_selector_all("#panel .step"))
    page.fill("#path-to", "Colombia")
    page.click("#path-bar button[type=submit]")
    assert "No path among what is shown" in panel(page)


def test_the_table_has_the_same_rows(open_page: Open) -> None:
    page = open_page("ties=1")
    events, undone = tally(page)[2:]
    page.click("#view-table")
    shown = rows(page)
    assert len(shown) == events + undone + 1  # the office that is drawn as a tie
    drawn = {row[4] for row in shown}
    assert {"Sanctions on Petro announced", "White House meeting", "Alleged remark on Tren de Aragua"} <= drawn
    assert [row[5] for row in shown if row[4] == "Tariffs on Colombia"] == [
        "Threatened, not reported as done; threatened by Trump administration"
    ]
    dates = [row[0] for row in shown]
    assert dates.index("January 2025") < dates.index("October 2025") < dates.index("7 January 2026")
    page.click("#table th button:has-text('Date')")
    assert page.get_attribute("#table th >> nth=0", "aria-sort") == "descending"
    assert [row[0] for row in rows(page)] == dates[::-1]
    page.check("#filters label.row:has-text('Contested only') input")
    assert {row[4] for row in rows(page)} < drawn
    page.click("#table button.link:has-text('Noem on Petro')")
    assert panel(page).startswith("Noem on Petro and Tren de Aragua")


def test_every_line_is_in_the_table(open_page: Open, whole: Path) -> None:
    page = open_page("ties=1", file=whole)
    data = json.loads(page.text_content("#data"))
    page.click("#view-table")
    selections = set(page.evaluate("[...document.querySelectorAll('#table tbody tr')].map((tr) => tr.dataset.sel)"))
    assert {f"v:{key}" for key in data["events"]} <= selections
    reasons = {reason for edge in data["edges"] for reason in edge["because"]}
    assert reasons <= {selection[2:] for selection in selections}


def test_the_address_restores_everything(open_page: Open) -> None:
    page = open_page()
    page.uncheck("#filters label.row:has-text('Armed group') input")
    page.check("#filters label.row:has-text('Offices and ties') input")
    page.locator(".handle").first.focus()
    page.keyboard.press("ArrowRight")
    find(page, "petro")
    page.mouse.move(600, 400)
    page.mouse.wheel(0, -240)
    until(page, "location.hash.includes('at=')")
    _drag(page, "scott-bessent", 40, -30)
    until(page, "location.hash.includes('pins=scott-bessent')")
    page.click("#theme")
    page.mouse.move(5, 5)
    settle(page)
    again = open_page(address(page))
    assert address(again) == address(page)
    for part in ("#tally", "#panel", "#chips"):
        assert again.inner_text(part) == page.inner_text(part), part
    assert _picture(again) == _picture(page)
    assert again.get_attribute("html", "data-theme") == "dark"


def _drag(page: Any, actor: str, dx: int, dy: int) -> None:
    box = page.locator(f"g.node[data-id='{actor}'] .shape").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2)
    page.mouse.move(x + dx, y + dy)
    page.mouse.up()


def _picture(page: Any) -> list[str]:
    """What is drawn, without the trace of how it came about."""
    return sorted(
        page.evaluate(
            """() => [...document.querySelectorAll('svg.network :is(path.line, g.node, .mark, text:not(.out))')]
               .map((e) => [e.getAttribute('d'), e.getAttribute('transform'), e.classList.contains('near')].join())"""
        )
    )


def test_back_undoes_a_choice(open_page: Open) -> None:
    page = open_page()
    find(page, "noem")
    find(page, "bessent")
    page.go_back()
    settle(page)
    assert panel(page).startswith("Kristi Noem")


# ---------------------------------------------------------------- keyboard, labels, screens


def test_a_walk_by_keyboard(open_page: Open) -> None:
    page = open_page()
    page.locator("#chips").evaluate("() => document.querySelector('#filters input').focus()")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('node')"):
            break
    name = "document.activeElement.getAttribute('aria-label')"
    assert page.evaluate(name).startswith("Gustavo Petro, person")  # the one with most relations
    seen = set()
    for key in ("ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"):
        page.keyboard.press("Home")
        page.keyboard.press(key)
        seen.add(page.evaluate(name))
    assert len(seen) > 2
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    assert panel(page).startswith("Gustavo Petro")
    page.keyboard.press("Shift+ArrowRight")
    words = page.evaluate(name)
    assert "Gustavo Petro" in words and ":" in words
    page.keyboard.press("Enter")
    assert re.match(r".* [→↔] ", panel(page))
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert "Who did what to whom" in panel(page)
    page.keyboard.press("t")
    assert page.is_visible("#table")
    assert page.evaluate("document.querySelectorAll('svg.network [tabindex=\"0\"]').length") == 1


def test_single_keys_can_be_turned_off(open_page: Open) -> None:
    page = open_page("keys=0")
    page.keyboard.press("t")
    assert not page.is_visible("#table")
    page.click("#help-open")
    page.check("#help label.row input")
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    assert page.is_visible("#table")


def test_changes_are_announced(open_page: Open) -> None:
    page = open_page()
    page.check("#filters label.row:has-text('Contested only') input")
    assert page.text_content("#live").startswith("Shown: 3 actors, 3 relations")


def test_labels_never_overlap(open_page: Open, whole: Path) -> None:
    for options in ({}, {"width": 390, "height": 844}, {"width": 1024, "height": 700}):
        page = open_page("ties=1&loose=1", file=whole, **options)
        for turn in ("", "#zoom-in", "#zoom-in", "#zoom-in", "#zoom-out", "#zoom-out", "#zoom-out", "#zoom-out"):
            if turn:
                page.click(turn)
                settle(page)
            boxes = page.evaluate(LABELS)
            assert len(boxes) > (3 if options else 8)
            hits = [(a[0], b[0]) for i, a in enumerate(boxes) for b in boxes[:i] if _overlap(a, b)]
            assert hits == [], (options, turn)


def _overlap(a: list[Any], b: list[Any]) -> bool:
    slack = 2.0  # a box is as high as the line, letters are not
    return bool(a[1] + slack < b[3] and b[1] + slack < a[3] and a[2] + slack < b[4] and b[2] + slack < a[4])


def test_the_main_actors_keep_their_labels(open_page: Open, whole: Path) -> None:
    for width in (1440, 390):
        named = {box[0] for box in open_page(file=whole, width=width).evaluate(LABELS)}
        assert {"Gustavo Petro", "Donald Trump", "Trump administration"} <= named


def test_parallel_lines_fold_and_unfold(open_page: Open, whole: Path) -> None:
    page = open_page(file=whole)
    named = "/Donald Trump . Gustavo Petro:|Gustavo Petro . Donald Trump:|Trump and Gustavo|Petro and Donald/"
    pair = f"[...document.querySelectorAll('.network .edge')].filter((g) => {named}.test(g.ariaLabel))"
    folded = page.evaluate(f"{pair}.length")
    assert 2 <= folded <= 6
    bundle = page.evaluate(f"{pair}.map((g) => g.dataset.key).find((key) => key.startsWith('b:'))")
    page.evaluate("at => { location.hash = at; }", f"sel={_coded(bundle)}")
    settle(page)
    assert page.evaluate(f"{pair}.length") > folded


def test_a_phone_has_drawers_and_no_sideways_scroll(open_page: Open, whole: Path) -> None:
    page = open_page(file=whole, width=390, height=844, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not page.is_visible("#filters") and not page.is_visible("#panel")
    page.tap("#dock-filters")
    assert page.is_visible("#filters")
    page.tap("#filters button[aria-label='Close the legend']")
    assert not page.is_visible("#filters")
    box = page.locator("g.node[data-id='gustavo-petro'] .shape").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector("#panel h2", state="visible")
    assert panel(page).startswith("Gustavo Petro")
    page.click("#panel button[aria-label=Close]")
    page.wait_for_selector("#panel", state="hidden")
    page.tap("#view-table")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_dark_follows_the_system_and_the_button(open_page: Open) -> None:
    page = open_page(color_scheme="dark")
    assert page.get_attribute("html", "data-theme") == "dark"
    page.click("#theme")
    assert page.get_attribute("html", "data-theme") == "light" and "theme=light" in address(page)


def test_on_paper_there_is_a_table_with_sources(open_page: Open, whole: Path) -> None:
    page = open_page(file=whole, color_scheme="dark")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.is_visible("#print table") and page.is_visible("svg.network") and not page.is_visible("#panel")
    assert page.locator("#print tbody tr").count() == sum(tally(page)[2:])
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.is_visible(".standing")


def test_it_always_says_what_a_link_is_not(open_page: Open) -> None:
    for options in ({}, {"width": 390, "height": 844}, {"color_scheme": "dark"}):
        page = open_page(**options)
        assert page.is_visible(".standing")
        assert "A link is not an accusation proved" in page.inner_text(".standing")
        assert "not compliance screening" in page.inner_text(".standing")


def test_pictures_to_take_away(open_page: Open, tmp_path: Path) -> None:
    page = open_page("sel=n:gustavo-petro")
    files = {}
    for words, ending in (("PNG image", "png"), ("SVG drawing", "svg")):
        page.click("#export-open")
        with page.expect_download() as told:
            page.click(f"#export-menu >> text={words}")
        assert told.value.suggested_filename == f"a-year-of-quarrel.{ending}"
        files[ending] = tmp_path / ending
        told.value.save_as(files[ending])
    png = files["png"].read_bytes()
    assert png.startswith(b"\x89PNG") and len(png) > 20_000
    text = files["svg"].read_text(encoding="utf-8")
    ElementTree.fromstring(text)
    assert "Gustavo Petro" in text and "A link is not an accusation proved" in text
    assert set(re.findall(r"https?://[^\"']+", text)) == {"http://www.w3.org/2000/svg"}


def test_it_works_in_the_sandbox_of_a_notebook(open_page: Open, pages: Path) -> None:
    inner = (pages / "small.html").read_text(encoding="utf-8").replace("&", "&amp;").replace('"', "&quot;")
    outer = pages / "notebook.html"
    outer.write_text(
        "<!doctype html><html data-ready=yes><title>A notebook</title>"
        f'<iframe sandbox="allow-scripts allow-downloads" width="1000" height="700" srcdoc="{inner}"></iframe></html>',
        encoding="utf-8",
    )
    page = open_page(file=outer)
    frame = page.frame_locator("iframe")
    frame.locator("html[data-ready=yes]").wait_for()
    frame.locator("g.node[data-id='us-treasury'] .shape").click()
    assert frame.locator("#panel").inner_text().startswith("US Treasury Department")
