"""Dates that follow from others say from which, in as few reasons as it takes; distances are those of the phrases."""

from __future__ import annotations

import random
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg import dates, pipeline, reasons, reckoning
from kg.dates import Constraint, Contradiction, Window
from kg.graph import Graph
from kg.pages import EventPage
from kg.reasons import Stated

if TYPE_CHECKING:
    from tests.conftest import DataFolder, Kg


@pytest.fixture(scope="module")
def graph(built: Path) -> Graph:
    return Graph(built)


def case(seed: int) -> tuple[dict[str, Window], list[Constraint]]:
    """Dates and phrases that hold for days drawn first, so that they cannot contradict each other."""
    chance = random.Random(seed)
    names = [f"e{number}" for number in range(6)]
    days = {name: chance.randrange(0, 60) for name in names}
    start = dates.day("2025-01-01").toordinal()
    windows = {}
    for name in names:
        low, high = days[name] - chance.randrange(0, 20), days[name] + chance.randrange(0, 20)
        both = Window(date.fromordinal(start + low), date.fromordinal(start + high))
        windows[name] = both if chance.random() < 0.6 else Window()
    phrases = []
    for one, other in pairwise(chance.sample(names, len(names))):
        early, late = sorted((one, other), key=days.__getitem__)
        apart = days[late] - days[early]
        phrases.append(
            dates.exactly(late, early, apart) if chance.random() < 0.5 else dates.after(late, early, at_most=apart + 3)
        )
    return windows, phrases


@pytest.mark.parametrize("seed", range(12))
def test_a_bound_follows_from_its_reasons_and_from_no_fewer(seed: int) -> None:
    windows, phrases = case(seed)
    solved = dates.solve(windows, phrases)
    for event in windows:
        for bound in reasons.why(event, windows, phrases):
            assert bound.day == getattr(solved[event], bound.side)

            def follows(kept: list[reasons.Reason], event: str = event, bound: reasons.Bound = bound) -> bool:
                given = dict.fromkeys(windows, Window())
                given.update({reason.event: reason.window for reason in kept if isinstance(reason, Stated)})
                found = dates.solve(given, [reason for reason in kept if isinstance(reason, Constraint)])
                return getattr(found[event], bound.side) == bound.day  # type: ignore[no-any-return]

            assert follows(list(bound.reasons))
            for reason in bound.reasons:
                assert not follows([each for each in bound.reasons if each is not reason])


@pytest.mark.parametrize("seed", range(12))
def test_distances_are_the_least_and_the_most_that_hold(seed: int) -> None:
    windows, phrases = case(seed)

    def holds(*more: Constraint) -> bool:
        try:
            dates.solve(windows, [*phrases, *more])
        except Contradiction:
            return False
        return True

    least, most = reasons.apart("e0", "e1", windows, phrases)
    for days in (day for day in (least, most) if day is not None):
        exact = dates.exactly("e1", "e0", days) if days >= 0 else dates.exactly("e0", "e1", -days)
        assert holds(exact)
    for beyond, side in ((least, -1), (most, 1)):
        if beyond is not None:
            days = beyond + side
            exact = dates.exactly("e1", "e0", days) if days >= 0 else dates.exactly("e0", "e1", -days)
            assert not holds(exact)


def test_a_date_that_the_source_states_needs_no_phrase() -> None:
    windows = {"a": dates.parse("2025-03-07").window, "b": dates.parse("2025-03").window}
    first, last = reasons.why("b", windows, [dates.after("b", "a")])
    assert [first.stated, last.stated] == [False, True]
    assert last.reasons == (Stated("b", windows["b"]),)


def test_an_event_that_no_phrase_bears_on_is_as_stated() -> None:
    windows = {"a": dates.parse("2025-03").window, "z": Window()}
    assert [bound.stated for bound in reasons.why("a", windows, [])] == [True, True]
    assert reasons.why("z", windows, []) == ()


def test_the_sanctions_are_dated_by_the_exchange_two_days_before(graph: Graph) -> None:
    page = graph.show("treasury-sanctions-petro")
    assert isinstance(page, EventPage)
    first, last = page.because
    assert (first.side, first.day, first.stated) == ("earliest", "2025-10-03", False)
    assert "at least 2 days after" in first.told
    assert first.events == ("petro-rejects-slander",)
    assert (last.day, last.stated) == ("2025-10-31", True)


def test_every_bound_of_the_build_is_explained_by_what_the_store_holds(graph: Graph) -> None:
    bounds = pipeline.gather(None).bounds
    known = reckoning.phrases(graph.store)
    assert len(known.constraints) > 80
    explained = 0
    for event in known.windows:
        found = {each.side: each.day for each in reckoning.why(graph.store, event)}
        assert found.get("earliest", "None") == str(bounds[event].earliest)
        assert found.get("latest", "None") == str(bounds[event].latest)
        explained += 1
    assert explained == len(known.windows) > 50


def test_show_says_why_a_day_lies_between_its_bounds(kg: Kg, built: Path) -> None:
    told = " ".join(kg("show", "petro-visits-washington", "-f", "text", "--store", str(built)).out.split())
    assert "not before 2 February 2026: it is on a Monday and is dated early February 2026" in told
    assert "not after 9 February 2026" in told
    unmoved = kg("show", "us-attack-in-venezuela", "-f", "text", "--store", str(built)).out
    assert "not before" not in unmoved


def test_what_is_contested_is_marked_where_it_dates_another(graph: Graph) -> None:
    page = graph.show("petro-defends-colombian-drug-record")
    assert isinstance(page, EventPage)
    assert "“≠ Trump administration blames Petro" in page.because[0].told


def test_dates_that_contradict_each_other_name_every_line(data_folder: DataFolder, kg: Kg, tmp_path: Path) -> None:
    line = data_folder.change("date: 2025-10\n    basis: explicit", "date: 2025-11\n    basis: explicit")
    done = kg("build", "--data", str(data_folder.path), "--store", str(tmp_path / "b"))
    assert done.code == 1
    lines = data_folder.dossier.read_text(encoding="utf-8").splitlines()
    phrase = 1 + next(n for n, text in enumerate(lines) if "days: 2" in text)
    assert f"note.yaml:{phrase}." in done.err
    begin = 1 + max(n for n, text in enumerate(lines[:line]) if text.startswith("  - id:"))
    assert f"note.yaml:{begin}" in done.err
