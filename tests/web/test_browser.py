"""The pages in a real Chromium: from a search to a download, by keyboard, on a phone, in the dark, under attack."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from kg import pipeline

pytest.importorskip("playwright", reason="playwright is not installed")
from playwright.sync_api import Browser, Page, expect, sync_playwright

if TYPE_CHECKING:
    from tests.conftest import DataFolder
    from tests.web.conftest import Server, Serving

pytestmark = pytest.mark.browser
PAGES = [
    "",
    "search?q=petro",
    "timeline",
    "questions",
    "questions/contested-claims",
    "id/gustavo-petro",
    "id/treasury-sanctions-petro",
    "id/cnn-2026-02-us-colombia-feud",
    "ns",
    "query",
    "nothing",
]
WATCH = """window.bad = []; window.hit = 0; window.alert = () => window.hit++;
document.addEventListener('securitypolicyviolation', (e) => window.bad.push(e.violatedDirective));"""
AXE = os.environ.get("KG_AXE", "")


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium_path)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(WATCH)
    opened = context.new_page()
    outside: list[str] = []
    opened.on(
        "request", lambda r: None if r.url.startswith(("http://127.0.0.1", "data:", "blob:")) else outside.append(r.url)
    )
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    assert outside == [] and errors == []
    context.close()


def test_from_a_search_to_a_download(site: Server, page: Page) -> None:
    page.goto(site.url)
    page.keyboard.press("/")
    page.keyboard.type("gustavo pet")
    expect(page.locator("#hits [role=option]").first).to_contain_text("Gustavo Petro")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#hits [aria-selected=true]")).to_contain_text("Gustavo Petro")
    page.keyboard.press("Enter")
    page.wait_for_url("**/id/gustavo-petro")
    page.get_by_role("link", name="US Treasury sanctions Gustavo Petro").first.click()
    page.wait_for_url("**/id/treasury-sanctions-petro")
    expect(page.locator("main")).to_contain_text("paragraph 28")
    page.locator("section", has_text="Evidence").get_by_role("link", name="See the query").first.click()
    page.wait_for_selector("#result table")
    expect(page.locator("#result")).to_contain_text("CNN")
    expect(page.locator("#parameters input")).to_have_value("treasury-sanctions-petro")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert Path(download.value.path()).read_text().startswith("reported_by,quoting,paragraph")
    assert page.evaluate("window.bad") == []


def test_the_editor(site: Server, page: Page) -> None:
    page.goto(site.url + "query")
    page.click(".cm-content")
    page.keyboard.press("Control+a")
    page.keyboard.type("SELECT * WHERE { ?event a dip:Sanct", delay=15)
    page.wait_for_selector(".cm-tooltip-autocomplete >> text=dip:Sanctioning")
    page.wait_for_timeout(200)
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#result table")
    expect(page.locator("#result")).to_contain_text("US Treasury sanctions Gustavo Petro")
    assert "query=SELECT" in page.url
    page.click("#tab-network")
    frame = page.frame_locator("#result iframe")
    frame.locator("svg.network").wait_for()
    page.select_option("#question", "escalation-by-month")
    with page.expect_response(lambda answer: "/sparql" in answer.url) as asked:
        page.get_by_role("button", name="Ask this").click()
    asked.value.finished()
    page.click("#tab-chart")
    page.locator("#result svg.bars rect").nth(3).wait_for()
    page.click("#tab-timeline")
    page.locator("#result .events > li").nth(3).wait_for()
    page.goto(site.url + "query?query=SELECT%20*%20%7B%20%3Fs%20foo%3Ax%201%20%7D")
    page.wait_for_selector("#status.problem")
    assert "foo" in page.inner_text("#status")
    assert page.evaluate("window.bad") == []


@pytest.mark.parametrize("path", PAGES)
def test_phone_and_dark_fit(site: Server, chromium: Browser, path: str) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 740}, color_scheme="dark")
    opened = context.new_page()
    opened.goto(site.url + path)
    assert opened.evaluate("document.documentElement.scrollWidth") <= 360
    assert opened.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 27)"
    context.close()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible(site: Server, chromium: Browser, path: str, scheme: Any) -> None:
    """No violation of WCAG 2.2 AA that axe knows; `KG_AXE` names its axe.min.js."""
    if not AXE:
        pytest.skip("axe is not part of the repository: set KG_AXE to the axe.min.js of axe-core")
    context = chromium.new_context(color_scheme=scheme, bypass_csp=True)
    opened = context.new_page()
    opened.goto(site.url + path)
    opened.add_script_tag(path=AXE)
    found = opened.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    context.close()
    told = [(v["id"], v["help"], [n["target"] for n in v["nodes"]][:4]) for v in found["violations"]]
    assert told == []


def test_everything_is_reached_by_keyboard(site: Server, page: Page) -> None:
    page.goto(site.url + "id/gustavo-petro")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.add(
            page.evaluate(
                "document.activeElement.tagName + (document.activeElement.href || document.activeElement.name || '')"
            )
        )
    assert len(seen) > 20


def hostile(field: str) -> str:
    """Words for one field that would tell, in `window.ran`, that they were run from there."""
    run = f"(window.ran=window.ran||[]).push(/{field}/.source)"
    return (
        f'{field} <script>{run}</script><img src=x onerror="{run}"><svg onload="{run}"></svg></title></textarea>'
        f'</style></script><a href="javascript:{run}">x</a>{{{{7*7}}}}${{7*7}}'
    )


FIELDS = {
    "event": "label: US Treasury sanctions Gustavo Petro",
    "accusation": "label: Trump accuses Petro of a part in the drug trade",
    "denial": "label: Petro denies a part in the drug trade",
    "claim": "label: Petro has a part in the drug trade",
    "measure": "label: US sanctions on Gustavo Petro",
    "source": "title: A note for the tests",
    "reason": "reason: Two presidents.",
}
ADDED = {  # fields that the small dossier leaves out, each behind a line that it has
    "event-note": ("    responds_to: [trump-accuses-petro]", "note"),
    "measure-note": ("    type: FinancialSanctions", "note"),
    "tenure-note": ("    begin: 2022-08-07", "note"),
    "tie": ("    type: CitizenOf", "label"),
    "tie-note": ("    from: gustavo-petro", "note"),
}
POSTS = ",President of Colombia,,colombia,"
REGISTERED = {
    "person": ",Gustavo Petro,,Petro,", "state": ",Colombia,Colombia,Republic of Colombia,",
    "ministry": ",US Treasury,,Treasury,", "publisher": ",The DiploKG contributors,,,",
}  # fmt: skip
SHOWN = [
    "", "search?q=script", "search?q=window", "timeline", "timeline?one=gustavo-petro", "questions",
    "questions/who-sanctioned-whom", "questions/contested-claims", "questions/entities", "questions/timeline-between",
    "view", "view?about=gustavo-petro", "ns", "rel", "plover", "query", "nothing",
    *(f"id/{each}" for each in (
        "treasury-sanctions-petro", "trump-accuses-petro", "petro-denies-part-in-drug-trade",
        "claim-petro-in-drug-trade", "measure-sanctions-petro", "note-for-the-tests", "gustavo-petro", "colombia",
        "us-treasury", "diplokg", "president-of-colombia", "tenure-petro-president-of-colombia",
        "tie-petro-citizen-of-colombia", "judgement-petro-is-not-trump",
    )),
]  # fmt: skip


@pytest.fixture
def attacked(data_folder: DataFolder, serve: Serving, tmp_path: Path) -> Iterator[Server]:
    """A server over data in which each field holds hostile words of its own."""
    for field, line in FIELDS.items():
        name = line.partition(": ")[0]
        data_folder.change(line, f"{name}: '{hostile(field)}'")
    for field, cells in REGISTERED.items():
        words = hostile(field).replace('"', '""')
        alias = hostile(f"{field}-alias").replace('"', '""')
        data_folder.change(cells, f',"{words}",,"{alias}",', data_folder.entities)
    for field, (line, name) in ADDED.items():
        data_folder.change(f"{line}\n", f"{line}\n    {name}: '{hostile(field)}'\n")
    post = [hostile(each).replace('"', '""') for each in ("post", "post-es", "post-description")]
    data_folder.change(POSTS, ',"{}","{}",colombia,"{}"'.format(*post), data_folder.posts)
    pipeline.build(data_folder.path, tmp_path / "build")
    with serve(tmp_path / "build", tmp_path / "log") as server:
        yield server


def test_hostile_labels_stay_text_on_every_page(attacked: Server, page: Page) -> None:
    asked = quote("SELECT * WHERE { ?x rdfs:label ?l FILTER(CONTAINS(?l, 'window')) }")
    page.set_content(hostile("control"))
    page.wait_for_function("(window.ran || []).length >= 3")  # where nothing is escaped, it does run
    own = [f"query?query={asked}", f"view?query={asked}"]
    own += [f"{path}{quote(hostile('address'))}" for path in ("search?q=", "timeline?one=", "id/", "query?query=")]
    own += [
        f"questions/who-sanctioned-whom?whom={quote(hostile('parameter'))}",
        f"id/petro?as_of={quote(hostile('day'))}",
    ]
    seen = ""
    for path in [*SHOWN, *own]:
        page.goto(attacked.url + path)
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        page.wait_for_timeout(20)  # the load event has waited for images already
        if path.startswith("query?"):
            page.wait_for_function("document.getElementById('status').textContent.length > 0")
        assert page.evaluate("[window.ran || [], window.hit, window.bad]") == [[], 0, []], path
        assert (
            page.evaluate("document.querySelectorAll('img[src=x], main svg[onload], a[href^=javascript]').length") == 0
        )
        seen += page.inner_text("body")
    fields = [*FIELDS, *REGISTERED, *ADDED, "post", "post-es", "post-description"]
    told = [field for field in fields if f"{field} <script>" in seen]
    assert told == fields, "a page shows each of the hostile labels as it is"
    assert "{{7*7}}" in seen and "${7*7}" in seen


def test_from_a_search_to_a_download_by_keyboard_alone(site: Server, page: Page) -> None:
    def go_to(words: str) -> None:
        """Press Tab until what has the focus begins with some words."""
        for _ in range(400):
            page.keyboard.press("Tab")
            if page.evaluate("(document.activeElement.innerText || document.activeElement.id || '').trim()").startswith(
                words
            ):
                return
        raise AssertionError(f"Tab never reached '{words}'")

    page.goto(site.url)
    page.keyboard.press("/")
    page.keyboard.type("gustavo pet")
    expect(page.locator("#hits [role=option]").first).to_contain_text("Gustavo Petro")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#hits [aria-selected=true]")).to_contain_text("Gustavo Petro")
    page.keyboard.press("Enter")
    page.wait_for_url("**/id/gustavo-petro")
    go_to("US Treasury sanctions Gustavo Petro")
    page.keyboard.press("Enter")
    page.wait_for_url("**/id/treasury-sanctions-petro")
    go_to("See the query")
    page.keyboard.press("Enter")
    page.wait_for_selector("#result table")
    go_to("CSV")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert Path(download.value.path()).read_text().startswith("property,value")


def test_print_shows_the_evidence_without_the_furniture(site: Server, page: Page) -> None:
    page.goto(site.url + "id/treasury-sanctions-petro")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.is_visible("header nav")
    assert page.is_visible("text=How to cite")
    expect(page.locator("main")).to_contain_text("paragraph 28, characters")


@pytest.mark.parametrize("path", ["id/gustavo-petro", "timeline", "questions/contested-claims", "query"])
@pytest.mark.parametrize("chosen", [True, False])
def test_print_is_dark_ink_on_white_however_dark_the_screen(
    site: Server, chromium: Browser, path: str, chosen: bool
) -> None:
    context = chromium.new_context(color_scheme="dark")
    opened = context.new_page()
    opened.goto(site.url + path)
    if chosen:
        opened.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert brightest(opened, "color") > 600  # on the screen, light on dark
    opened.emulate_media(media="print", color_scheme="dark")
    for folded in opened.locator("details.evidence li, section.panel td").all()[:3]:
        assert folded.evaluate("each => each.checkVisibility({contentVisibilityAuto: true})")
    assert brightest(opened, "color") < 450 and brightest(opened, "backgroundColor", "Math.min") > 600
    context.close()


def brightest(page: Page, what: str, pick: str = "Math.max") -> float:
    """The brightest (or darkest) of a colour in the text of a page, 0 to 765; the transparent does not count."""
    return float(
        page.evaluate(
            """([what, pick]) => (pick === "Math.min" ? Math.min : Math.max)(...[...document.querySelectorAll("main *")]
              .filter((each) => each.checkVisibility() && each.textContent.trim() && !each.closest("#editor"))
              .map((each) => getComputedStyle(each)[what].match(/[\\d.]+/g).map(Number))
              .filter((colour) => colour.length < 4 || colour[3] > 0.5).map(([r, g, b]) => r + g + b))""",
            [what, pick],
        )
    )
