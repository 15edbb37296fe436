"""kg diff: what began, ended, was denied, changed status, between two builds or two days."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from kg import open as open_graph
from kg.diff import KINDS, Change, Detail, Diff
from kg.errors import NotFound, StorageError, UsageError
from kg.graph import Graph
from kg.report import differences

Days = tuple[str, str]
OCTOBER: Days = ("2025-09-30", "2025-10-31")


@pytest.fixture(scope="module")
def graph(built: Path) -> Graph:
    return open_graph(built)


@pytest.fixture(scope="module")
def grown(builds_of_two_days: tuple[Path, Path]) -> Diff:
    old, new = builds_of_two_days
    return open_graph(new).diff(old)


def found(diff: Diff, node: str, kind: str = "") -> Change:
    (change,) = (c for c in diff.changes if c.id == node and kind in ("", c.kind))
    return change


# Two builds


def test_what_only_the_new_build_has_is_added_and_the_other_way_round_removed(
    grown: Diff, builds_of_two_days: tuple[Path, Path]
) -> None:
    old, new = builds_of_two_days
    shrunk = open_graph(old).diff(new)
    added = {c.id for c in grown.changes if c.kind in ("added", "said", "began")}
    assert {"note-for-the-tests", "treasury-sanctions-petro", "claim-petro-in-drug-trade"} < added
    assert {c.id for c in shrunk.of("removed")} == added


def test_a_build_does_not_differ_from_itself(builds_of_two_days: tuple[Path, Path]) -> None:
    old, _ = builds_of_two_days
    assert open_graph(old).diff(old).changes == ()


def test_a_new_denial_is_told_with_who_denies_and_what_it_does_to_the_claim(grown: Diff) -> None:
    denied = found(grown, "claim-petro-breaks-promises")
    assert (denied.kind, denied.who) == ("denied", ("Gustavo Petro",))
    assert denied.details == (Detail("status", "asserted", "contested"),)
    assert [each.source for each in denied.evidence] == ["note-for-the-tests"]


def test_a_measure_that_is_now_known_to_be_in_force_began(grown: Diff) -> None:
    began = found(grown, "measure-sanctions-petro")
    assert (began.kind, began.certainty, began.when) == ("began", "certain", "2025-10-03/2025-10-31")


def test_an_edge_tells_its_new_count_and_status(grown: Diff) -> None:
    (edge,) = (c for c in grown.of("status") if c.what == "edge")
    assert edge.label == "Donald Trump accused Gustavo Petro"
    assert Detail("status", "asserted", "contested") in edge.details
    assert Detail("count", "1", "2") in edge.details


def rebuilt(folder: Any, base: Path, old: str, new: str) -> Diff:
    """What a change of the dossier makes of the build."""
    from kg import pipeline

    pipeline.build(folder.path, base / "old")
    folder.change(old, new)
    pipeline.build(folder.path, base / "new")
    return open_graph(base / "new").diff(base / "old")


def test_a_measure_that_is_now_known_to_have_ended_ended(data_folder: Any, tmp_path: Path) -> None:
    diff = rebuilt(data_folder, tmp_path, "    last_known_in_force: 2026-02-02\n", "    end: 2026-01-15\n")
    ended = found(diff, "measure-sanctions-petro")
    assert (ended.kind, ended.when) == ("ended", "2026-01-15")
    assert Detail("in force", "certain", "no") in ended.details


def test_a_date_told_differently_is_told_with_both(data_folder: Any, tmp_path: Path) -> None:
    diff = rebuilt(
        data_folder, tmp_path, "    date: 2025-10\n    basis: explicit", "    date: 2025-10-05\n    basis: explicit"
    )
    changed = found(diff, "trump-accuses-petro")
    assert changed.kind == "changed"
    assert Detail("edtf", "2025-10", "2025-10-05") in changed.details


# One build, two days


def test_sanctions_of_october_began_in_october(graph: Graph) -> None:
    diff = graph.diff(as_of=OCTOBER)
    began = {change.id for change in diff.of("began")}
    assert any("sanctions" in node and "petro" in node for node in began)
    assert all(change.what in ("measure", "tenure") for change in diff.of("began"))
    earlier = graph.diff(as_of=("2025-08-31", "2025-09-30"))
    assert not began & {change.id for change in earlier.of("began")}


def test_what_may_have_been_in_between_is_possible(graph: Graph) -> None:
    diff = graph.diff(as_of=OCTOBER)
    certainty = {change.id: change.certainty for change in diff.of("happened")}
    assert certainty["treasury-sanctions-petro"] == "certain"
    events = graph.picture().events
    for node, sure in certainty.items():
        inside = events[node].earliest >= "2025-10-01" and events[node].latest <= "2025-10-31"
        assert (sure == "certain") is (inside and bool(events[node].earliest) and bool(events[node].latest))


def test_two_halves_hold_every_certain_event_of_the_whole(graph: Graph) -> None:
    def certain(*days: str) -> set[str]:
        diff = graph.diff(as_of=(days[0], days[1]))
        return {change.id for change in diff.of("happened") if change.certainty == "certain"}

    whole, halves = (
        certain("2024-12-31", "2026-02-28"),
        (certain("2024-12-31", "2025-08-31"), certain("2025-08-31", "2026-02-28")),
    )
    assert halves[0] | halves[1] <= whole
    assert not halves[0] & halves[1]
    assert len(halves[0]) > 5 < len(halves[1])


def test_summaries_are_left_out_and_counted(graph: Graph) -> None:
    diff = graph.diff(as_of=("2024-12-31", "2026-02-28"))
    summaries = {event.id for event in graph.picture().events.values() if event.summary}
    assert diff.left_out["summaries"] == len(summaries) > 0
    assert not summaries & {change.id for change in diff.changes}


def test_no_threat_counts_as_happened(graph: Graph) -> None:
    events = graph.picture().events
    diff = graph.diff(as_of=("2024-12-31", "2026-02-28"))
    assert {events[change.id].factuality for change in diff.of("happened")} == {"Actual"}


def test_a_later_denial_changes_the_status_of_an_older_claim(data_folder: Any, tmp_path: Path) -> None:
    from kg import pipeline

    data_folder.change(
        "    basis: relative\n    relative:\n      - {after: trump-accuses-petro}",
        "    date: 2025-12-05\n    basis: explicit",
    )
    pipeline.build(data_folder.path, tmp_path / "b")
    diff = open_graph(tmp_path / "b").diff(as_of=("2025-11-30", "2025-12-31"))
    assert [(c.kind, c.id) for c in diff.changes if c.what == "claim"] == [("denied", "claim-petro-in-drug-trade")]
    assert found(diff, "claim-petro-in-drug-trade").details == (Detail("status", "asserted", "contested"),)


def test_one_voice_only(graph: Graph) -> None:
    mine = graph.diff(as_of=("2024-12-31", "2026-02-28"), according_to="petro")
    assert mine.according_to == "gustavo-petro"
    assert {change.what for change in mine.changes} >= {"event", "claim"}
    assert len(mine.changes) < len(graph.diff(as_of=("2024-12-31", "2026-02-28")).changes)
    assert all("Gustavo Petro" in change.who for change in mine.of("denied"))


# What became known


def test_what_became_known_between_two_days_is_what_was_published(
    builds_of_two_days: tuple[Path, Path], grown: Diff
) -> None:
    later = open_graph(builds_of_two_days[1])
    known = later.diff(known_at=("2025-12-01", "2026-03-01"))
    kinds = {(c.kind, c.id) for c in known.changes}
    assert kinds == {(c.kind, c.id) for c in grown.changes}


def test_nothing_known_is_told(graph: Graph) -> None:
    with pytest.raises(NotFound, match="Nothing was known on 2025-01-01"):
        graph.diff(known_at=("2025-01-01", "2026-03-01"))


# Bad input


@pytest.mark.parametrize("days", [("2025-10-31", "2025-09-30"), ("2025-10-01", "2025-10-01")])
@pytest.mark.parametrize("how", ["as_of", "known_at"])
def test_days_in_the_wrong_order_are_refused(graph: Graph, days: Days, how: str) -> None:
    with pytest.raises(UsageError, match="is not after"):
        graph.diff(**{how: days})  # type: ignore[arg-type]


def test_it_must_be_said_what_to_compare(graph: Graph, built: Path) -> None:
    with pytest.raises(UsageError):
        graph.diff()
    with pytest.raises(UsageError):
        graph.diff(built, as_of=OCTOBER)
    with pytest.raises(StorageError, match="no build found"):
        graph.diff(built / "nothing-here")


# In words, and the command


class Page(HTMLParser):
    """Collects what a page could reach or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs)


@pytest.mark.parametrize("form", ["text", "md", "html"])
def test_every_change_is_told_in_every_form(graph: Graph, form: str) -> None:
    diff = graph.diff(as_of=OCTOBER)
    written = {"text": differences.text, "md": differences.markdown, "html": differences.html}[form](diff)
    flat = " ".join(re.sub(r"<[^>]+>|\\\\", "", written).replace("&#39;", "'").split())
    assert len(diff.changes) > 20
    for change in diff.changes:
        assert change.label in flat, change
    for kind in {change.kind for change in diff.changes}:
        assert KINDS[kind] in written


def test_the_page_holds_no_script_and_no_outside_address(graph: Graph) -> None:
    text = differences.html(graph.diff(as_of=OCTOBER))
    page = Page(text)
    assert "script" not in page.tags
    assert page.addresses and all(address.startswith(("#", "data:")) for address in page.addresses)
    assert "default-src &#39;none&#39;; style-src &#39;sha256-" in text


def test_the_same_diff_gives_the_same_bytes(builds_of_two_days: tuple[Path, Path]) -> None:
    old, new = builds_of_two_days
    pages = {differences.html(open_graph(new).diff(old)) for _ in range(2)}
    assert len(pages) == 1


def test_markup_in_the_data_stays_text(data_folder: Any, tmp_path: Path) -> None:
    label = "label: Petro has a part in the drug trade"
    diff = rebuilt(data_folder, tmp_path, label, 'label: "<script>alert(1)</script> *drug* [x](http://e.org)"')
    assert "<script" not in differences.html(diff)
    assert "<script" not in differences.markdown(diff) and "\\[x\\]" in differences.markdown(diff)


def test_the_command_writes_each_format(kg: Any, built: Path, tmp_path: Path) -> None:
    for name, start in (("d.html", "<!doctype html>"), ("d.md", "# What changed"), ("d.json", "{")):
        done = kg("diff", "--as-of", *OCTOBER, "-o", tmp_path / name, "--store", built)
        assert done.code == 0
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)
    assert json.loads((tmp_path / "d.json").read_text(encoding="utf-8"))["changes"]


def test_the_command_compares_builds_and_says_so_by_its_status(kg: Any, builds_of_two_days: tuple[Path, Path]) -> None:
    old, new = builds_of_two_days
    done = kg("diff", old, new, "-f", "text", "--exit-status")
    assert (done.code, "Was denied (2)" in done.out) == (1, True)
    assert kg("diff", old, old, "-f", "text", "--exit-status").code == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "It must be said what to compare"),
        (["--as-of", "2025-02-30", "2025-03-01"], "2025-02-30"),
        (["--as-of", "2025-03-02", "2025-03-01"], "is not after"),
        (["a", "--as-of", "2025-03-02", "2025-03-01"], "It must be said what to compare"),
        (["--as-of", "2025-03-01", "2025-03-02", "-f", "docx"], "not a format here"),
    ],
)
def test_bad_input_is_told(kg: Any, built: Path, words: list[str], told: str) -> None:
    done = kg("diff", *words, "--store", built)
    assert (done.code, told in done.err) == (2, True), done
