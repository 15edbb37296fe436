"""kg report and the two sides of a story: a brief says what its queries find; it is dated, cited, safe to hand on."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

from kg import open as open_graph
from kg.errors import Ambiguous, NotFound, UsageError
from kg.graph import Graph
from kg.report import documents
from kg.report.brief import Brief
from kg.report.telling import Telling

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAIR = ("united-states", "colombia")


@pytest.fixture(scope="module")
def graph(built: Path) -> Graph:
    return open_graph(built)


@pytest.fixture(scope="module")
def pair(graph: Graph) -> Brief:
    return graph.brief(*PAIR)


@pytest.fixture(scope="module")
def petro(graph: Graph) -> Brief:
    return graph.brief("petro")


def text_of(page: str) -> str:
    """The words of a page, without its style."""
    body = page[page.index("<body") :]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


# The two sides


def test_the_stories_part_where_one_side_asserts_what_the_other_denies_or_contradicts(graph: Graph) -> None:
    story = graph.two_sides(*PAIR)
    assert len(story.partings) > 5
    for parting in story.partings:
        mine, theirs = story.camps[parting.side], story.camps[1 - parting.side]
        assert any(set(voice.actors) & set(mine.people) for voice in parting.claim.asserted_by)
        denied = any(set(voice.actors) & set(theirs.people) for voice in parting.claim.denied_by)
        assert parting.denied is denied
        assert denied or parting.contradicted_by
        for other in parting.contradicted_by:
            assert other.id in parting.claim.contradicted_by
            assert any(set(voice.actors) & set(theirs.people) for voice in other.asserted_by)


def test_every_contradiction_between_the_sides_is_told_once(graph: Graph) -> None:
    story = graph.two_sides(*PAIR)
    pairs = [frozenset((p.claim.id, q.id)) for p in story.partings for q in p.contradicted_by]
    undenied = [frozenset((p.claim.id, q.id)) for p in story.partings for q in p.contradicted_by if not p.denied]
    assert all(pairs.count(each) == 1 for each in undenied)


def test_at_the_level_of_persons_only_the_two_speak(graph: Graph) -> None:
    story = graph.two_sides("trump", "petro")
    assert story.level == "person"
    assert [camp.people for camp in story.camps] == [("donald-trump",), ("gustavo-petro",)]
    asked = graph.rows("according-to", {"who": "petro"})
    mine = {row["proposition"] for row in asked if row["otherwise"] == "Donald Trump" and row["stance"] == "denies"}
    parted = {f"id:{p.claim.id}" for p in story.partings if p.side == 0 and p.denied}
    assert parted == mine


def test_at_the_level_of_states_ministers_speak_for_theirs(graph: Graph) -> None:
    one, other = graph.two_sides(*PAIR).camps
    assert "scott-bessent" in one.people
    assert {"gustavo-petro", "colombian-foreign-ministry"} <= set(other.people)
    assert not set(one.people) & set(other.people)


def test_who_held_no_office_by_then_does_not_speak_for_the_state(data_folder: Any, tmp_path: Path) -> None:
    from kg import pipeline

    def events(name: str) -> set[str]:
        pipeline.build(data_folder.path, tmp_path / name)
        return {event.id for event in open_graph(tmp_path / name).brief("colombia", "us-treasury").events}

    treasury = "us-treasury,ministry,US Treasury,,Treasury,"
    data_folder.change(
        treasury, f"united-states,state,United States,,,,,USA,\n{treasury}united-states", data_folder.entities
    )
    assert "treasury-sanctions-petro" in events("in-office")
    data_folder.change(
        "    begin: 2022-08-07\n    last_known_in_force: 2025-10-31\n", "    begin: 2022-08-07\n    end: 2025-09-30\n"
    )
    assert "treasury-sanctions-petro" not in events("before")


def test_one_side_is_not_two(graph: Graph) -> None:
    with pytest.raises(UsageError, match="are one side here"):
        graph.two_sides("trump", "united-states")
    with pytest.raises(NotFound):
        graph.two_sides("trump", "nobody at all")


# A brief is what its queries find


def test_the_events_of_a_pair_of_persons_are_those_of_the_timeline(graph: Graph) -> None:
    brief = graph.brief("trump", "petro")
    assert {event.id for event in brief.events} == {event.id for event in graph.timeline("trump", "petro").events}


@pytest.mark.parametrize("names", [PAIR, ("trump", "petro"), ("petro",), ("tren-de-aragua",)])
def test_each_part_is_the_rows_of_its_query(graph: Graph, names: tuple[str, ...]) -> None:
    brief = graph.brief(*names)
    assert {query.part for query in brief.queries} == {"events", "claims", "states", "network"}
    found: dict[str, set[str]] = {}
    for query in brief.queries:
        rows = graph.rows(query.text)
        assert len(rows) == query.rows
        key = {"events": "event", "claims": "proposition", "states": "state", "network": "edge"}[query.part]
        found.setdefault(query.part, set()).update(row[key].removeprefix("id:") for row in rows)
    assert found["events"] == {event.id for event in brief.events}
    assert found["claims"] == {claim.id for claim in brief.told_claims}
    assert found["states"] == {state.id for state in brief.states}
    assert found["network"] == {edge.id for edge in brief.edges}


def test_the_numbers_at_the_head_are_counted_from_the_lists(pair: Brief) -> None:
    told = Telling(pair)
    counts = dict(told.tiles)
    assert counts["events that happened"] == str(sum(len(lines) for _, lines in told.months))
    assert counts["not known to have happened"] == str(len(told.ahead))
    assert counts["contested"] == str(sum(claim.status == "Contested" for claim in pair.told_claims))
    assert int(counts["contested"]) > 10


def test_the_curve_counts_the_events_of_the_brief_and_no_others(pair: Brief) -> None:
    assert pair.series
    happened = {event.id for event in pair.happened}
    assert set(pair.series.acts) <= happened
    assert len(pair.series.acts) > 40


def test_the_table_beside_the_plot_holds_its_numbers(pair: Brief) -> None:
    assert pair.series
    total = next(row for row in pair.series.totals if row.direction == "all")
    curve = Telling(pair).curve
    where = len(Telling(pair).directions) + 1
    assert sum(int(row[where]) for row in curve) == sum(row.certain for row in pair.series.of("all")) > 0
    assert float(Telling(pair).balance[-1][7]) == total.goldstein


def test_a_summary_is_shown_and_not_counted(pair: Brief) -> None:
    told = Telling(pair)
    assert told.summaries
    assert not {line.id for line in told.summaries} & {line.id for _, lines in told.months for line in lines}


def test_a_brief_of_a_day_tells_nothing_that_surely_came_later(graph: Graph) -> None:
    brief = graph.brief(*PAIR, as_of="2025-03-31")
    assert (brief.day, brief.asked) == ("2025-03-31", True)
    assert brief.events and all(event.earliest <= "2025-03-31" for event in brief.events)
    assert "treasury-sanctions-petro" not in {event.id for event in brief.events}
    assert not [state for state in brief.states if state.certainty == "no"]
    assert not [edge for edge in brief.edges if edge.first > "2025-03-31"]


def test_without_a_day_a_brief_is_dated_by_its_data(pair: Brief) -> None:
    assert (pair.day, pair.asked) == ("2026-02-01", False)
    assert "data up to 1 February 2026" in Telling(pair).citation
    assert pair.digest[:12] in Telling(pair).citation


def test_a_brief_as_known_on_a_day_rests_on_what_was_published(builds_of_two_days: tuple[Path, Path]) -> None:
    later = open_graph(builds_of_two_days[1])
    known = later.brief("trump", "petro", known_at="2025-12-01")
    assert set(known.documents) == {"earlier-note"}
    assert {event.id for event in known.events} == {"trump-says-petro-breaks-promises", "trump-and-petro-speak"}
    (claim,) = known.told_claims
    assert claim.denied_by, "a claim is never told without its denial"


# What it looks like


class Reach(HTMLParser):
    """Collects what a page could reach or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href")]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        assert not [name for name, _ in attrs if name.startswith("on") or name == "style"]


@pytest.mark.parametrize("names", [PAIR, ("petro",), ("cnn",)])
def test_the_page_runs_nothing_and_reaches_nothing(graph: Graph, names: tuple[str, ...]) -> None:
    text = graph.report(*names)
    page = Reach(text)
    assert page.tags.count("style") == 1 and "script" not in page.tags and "link" in page.tags
    outside = {address for address in page.addresses if not address.startswith(("#", "data:,"))}
    assert outside == {"https://creativecommons.org/licenses/by/4.0/"}
    assert len(page.ids) == len(set(page.ids))
    assert "default-src &#39;none&#39;; style-src &#39;sha256-" in text


@pytest.mark.parametrize("form", ["html", "md"])
def test_every_event_and_claim_of_the_brief_is_in_the_document(pair: Brief, form: str) -> None:
    written = documents.html(pair) if form == "html" else documents.markdown(pair)
    words = text_of(written) if form == "html" else written.replace("\\", "")
    for event in pair.events:
        assert event.label in words, event.id
        assert f"id:{event.id}" in words
    for claim in pair.told_claims:
        assert claim.label in words, claim.id
        for voice in claim.denied_by:
            assert all(label in words for label in voice.actor_labels)
    for query in pair.queries:
        assert query.text.split()[0] in words
    assert "not compliance screening" in words
    assert "CC BY 4.0" in words
    assert pair.digest[:12] in words


def test_every_contested_claim_is_marked_where_it_stands(petro: Brief) -> None:
    for card, claim in zip((*Telling(petro).about, *Telling(petro).own), (*petro.about, *petro.own), strict=True):
        assert card.status == claim.status.lower()
        if claim.status == "Contested":
            assert any("denied by" in line or "against it" in line for line in card.lines), claim.id


def test_a_threat_is_never_told_as_done(pair: Brief) -> None:
    for line, event in zip(Telling(pair).ahead, pair.ahead, strict=True):
        assert ("undone", event.factuality.lower()) in line.marks
        assert event.id not in {each.id for _, lines in Telling(pair).months for each in lines}


def test_no_plot_library_is_told_and_the_numbers_stay(pair: Brief) -> None:
    bare = documents.html(replace(pair, plot="", plot_note="There is no plot: matplotlib is not installed."))
    assert "matplotlib is not installed" in bare
    assert "The numbers of the plot" in bare
    assert 'class="plot"' not in bare


def test_an_actor_without_events_gets_no_empty_plot(graph: Graph) -> None:
    text = graph.report("cnn")
    assert "No dated event ties it directly to anybody" in text
    assert "<figure class=" not in text


def test_markup_in_the_data_stays_text(data_folder: Any, tmp_path: Path) -> None:
    from kg import pipeline

    data_folder.change(
        "label: Petro has a part in the drug trade", 'label: "<img src=x onerror=alert(1)> *bold* | `x`"'
    )
    data_folder.change("label: US Treasury sanctions Gustavo Petro", 'label: "</style><script>alert(1)</script>"')
    pipeline.build(data_folder.path, tmp_path / "b")
    graph = open_graph(tmp_path / "b")
    for names in (("trump", "petro"), ("petro",)):
        page = Reach(graph.report(*names))
        assert "script" not in page.tags and "img" not in page.tags
        marked = documents.markdown(graph.brief(*names))
        assert "<img" not in marked and "<script" not in marked


def test_the_same_data_give_the_same_bytes_in_any_process(built: Path) -> None:
    code = (
        "import sys, hashlib, kg\n"
        "g = kg.open(sys.argv[1])\n"
        "both = g.report('united-states', 'colombia') + g.report('petro', form='md')\n"
        "print(hashlib.sha256(both.encode()).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code, str(built)], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(Path(__file__).parent.parent)},
        ).stdout
        for seed, zone in (("1", "UTC"), ("77", "Asia/Tokyo"))
    }  # fmt: skip
    assert len(runs) == 1


def test_a_report_takes_at_most_three_seconds(graph: Graph) -> None:
    began = time.process_time()  # of the processor, so that what else runs on the machine does not count
    graph.report(*PAIR)
    assert time.process_time() - began < 3


# The command


def test_the_command_writes_page_markdown_and_json(kg: Any, built: Path, tmp_path: Path) -> None:
    for name, start in (("r.html", "<!doctype html>"), ("r.md", "# United States and Colombia"), ("r.json", "{")):
        done = kg("report", *PAIR, "-o", tmp_path / name, "--store", built)
        assert (done.code, done.err) == (0, f"Wrote {tmp_path / name}.\n")
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["story"]["partings"]
    assert kg("report", "petro", "--store", built).out.startswith("# Gustavo Petro")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["trump", "europe"], 1, "Nothing is told here of Donald Trump and Europe together"),
        (["trump", "nobody at all"], 1, "Nothing here is called 'nobody at all'"),
        (["nicolás"], 2, "may be"),
        (["trump", "united-states"], 2, "are one side here"),
        (["treasury-sanctions-petro"], 2, "is no actor"),
        (["petro", "--as-of", "2025-02-29"], 2, "2025-02-29"),
        (["petro", "--known-at", "2025-01-01"], 1, "Nothing was known on 2025-01-01"),
        (["petro", "--according-to", "gaza"], 2, "neither says nor reports"),
        (["petro", "-o", "x.pdf"], 2, "does not say the format"),
        (["petro", "-f", "docx"], 2, "not a format here"),
        (["trump", "petro", "--level", "galaxy"], 2, "not a level"),
    ],
)
def test_bad_input_is_told(kg: Any, built: Path, words: list[str], code: int, told: str) -> None:
    done = kg("report", *words, "--store", built)
    assert (done.code, told in done.err) == (code, True), done


def test_errors_of_names_are_those_of_the_library(graph: Graph) -> None:
    with pytest.raises(Ambiguous):
        graph.report("nicolás")
    with pytest.raises(UsageError, match="not a form of a report"):
        graph.report("petro", form="pdf")


# In a browser

SCREENS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((1200, "light"), (390, "dark"))


def watched(page: Page) -> tuple[list[str], list[str]]:
    """What a page says on the console, and every address it asks for."""
    told: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    return told, asked


@pytest.mark.browser
@pytest.mark.parametrize("names", [PAIR, ("petro",)])
def test_the_page_stands_in_a_browser_on_desk_phone_and_paper(
    graph: Graph, names: tuple[str, ...], tmp_path: Path, chromium_path: str
) -> None:
    from playwright.sync_api import sync_playwright

    file = tmp_path / "report.html"
    file.write_text(graph.report(*names), encoding="utf-8")
    axe = os.environ.get("KG_AXE", "")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        for width, scheme in SCREENS:
            context = browser.new_context(
                viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=bool(axe)
            )
            page = context.new_page()
            told, asked = watched(page)
            page.goto(file.as_uri())
            page.locator("footer").wait_for()
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontWeight") == "680", (
                "the style applies"
            )
            plot = page.locator("figure.plot svg")
            box = plot.bounding_box()
            assert plot.count() == 1 and box and box["height"] > 150
            assert told == []
            assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
            if axe:
                page.add_script_tag(path=axe)
                found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
                assert [violation["id"] for violation in found["violations"]] == []
            context.close()
        page = browser.new_page()
        page.goto(file.as_uri())
        page.emulate_media(media="print")
        page.locator("details:not([open]) pre").first.wait_for(state="visible")
        browser.close()
