"""Escalation: what two sides did is counted once, in the right window, and every number leads to its events."""

from __future__ import annotations

import csv
import io
import json
import random
import sys
from collections import defaultdict
from datetime import date
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
import yaml

from kg import pipeline, resources
from kg.analysis.changes import _SHORTEST, _partition, change_points
from kg.analysis.escalation import ALL, BACK, MUTUAL, THERE, Escalation, Row, escalation
from kg.analysis.reciprocity import correlations
from kg.analysis.windows import span, spans
from kg.dates import parse
from kg.errors import NotFound, UsageError
from kg.graph import Graph
from kg.store import Embedded
from kg.terms import DIP, GRAPH, ID
from kg.vocabulary import vocabulary

if TYPE_CHECKING:
    from tests.conftest import DataFolder, Kg


@pytest.fixture(scope="module")
def graph(built: Path) -> Graph:
    return Graph(built)


@pytest.fixture(scope="module")
def leaders(graph: Graph) -> Escalation:
    return graph.escalation("trump", "petro")


@pytest.fixture(scope="module")
def states(graph: Graph) -> Escalation:
    return graph.escalation("id:united-states", "colombia")


def row(found: Escalation, window: str, direction: str) -> Row:
    return next(each for each in found.rows if (each.window, each.direction) == (window, direction))


# What is counted


def test_october_holds_an_insult_an_accusation_and_the_denial_of_both(leaders: Escalation) -> None:
    there, back = row(leaders, "2025-10", THERE), row(leaders, "2025-10", BACK)
    assert there.events == ("trump-blames-petro-for-drug-production", "trump-calls-petro-thug")
    assert (there.certain, there.possible, there.goldstein, there.mean) == (2, 0, -4.0, -2.0)  # ACCUSE: -2 each
    assert (back.events, back.goldstein, back.quad) == (("petro-rejects-slander",), -4.0, (0, 0, 1, 0))  # REJECT: -4
    assert dict(row(leaders, "2025-10", ALL).plover) == {"ACCUSE": 2, "REJECT": 1}


def test_the_phone_call_is_mutual_and_counts_once(leaders: Escalation) -> None:
    both = row(leaders, "2026-01", MUTUAL)
    assert both.events == ("trump-petro-agree-to-restore-channels", "trump-petro-phone-call")
    whole = row(leaders, "2026-01", ALL)
    assert sum(node == "trump-petro-phone-call" for node in whole.events) == 1
    assert whole.certain == sum(row(leaders, "2026-01", each).certain for each in (THERE, BACK, MUTUAL))


def test_the_sums_are_those_reckoned_by_hand_from_the_dossier(leaders: Escalation) -> None:
    words = vocabulary()
    expected: dict[tuple[str, str], float] = defaultdict(float)
    bounds = pipeline.gather(None).bounds
    for path in (resources.bundled_data() / "dossiers").rglob("*.yaml"):
        for event in yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)["events"]:
            pair = (event.get("actor"), event.get("target"))
            window = bounds[event["id"]]
            whole = window.earliest and window.latest and f"{window.earliest:%Y-%m}" == f"{window.latest:%Y-%m}"
            if event["factuality"] != "Actual" or "summary" in event or not whole:
                continue
            for direction, sides in ((THERE, "donald-trump gustavo-petro"), (BACK, "gustavo-petro donald-trump")):
                doer, target = sides.split()
                if doer in (pair[0] or ()) and target in (pair[1] or ()):
                    own = words.goldstein(event["cameo"]) if "cameo" in event else None
                    score = float(own or words.event_classes[event["class"]].goldstein or 0)
                    expected[f"{window.earliest:%Y-%m}", direction] += score
    assert {("2025-10", THERE), ("2025-12", BACK)} <= expected.keys()
    counted = {(r.window, r.direction): r.goldstein for r in leaders.rows if r.direction in (THERE, BACK) and r.certain}
    assert counted == pytest.approx(dict(expected))


def test_summaries_and_what_was_not_done_are_told_and_not_counted(states: Escalation) -> None:
    told = {each.why: each.events for each in states.left_out}
    assert "us-tariffs-on-colombia-threatened" in told["threatened"]
    assert "alleged-cocaine-selling-by-petro" in told["alleged"]
    assert "trump-petro-exchange-of-october" in told["summary"]
    counted = {node for each in states.rows for node in (*each.events, *each.possible_events)}
    assert counted.isdisjoint(node for events in told.values() for node in events)
    assert f"{len(told['threatened'])} threatened" in states.words()


def test_an_event_that_spans_months_is_possible_in_each_and_certain_in_none(states: Escalation) -> None:
    windows = {each.window for each in states.rows if "petro-denies-tda-remark" in each.possible_events}
    assert windows == {"2025-03", *(f"2025-{month:02}" for month in range(4, 13)), "2026-01", "2026-02"}
    assert not any("petro-denies-tda-remark" in each.events for each in states.rows)
    november = row(states, "2025-11", ALL)
    assert (november.certain, november.goldstein) == (0, 0.0)
    assert november.possible_low < 0 <= november.possible_high


def test_an_event_known_to_the_year_is_certain_there(graph: Graph) -> None:
    years = graph.escalation("id:united-states", "colombia", by="year")
    assert [each.window for each in years.of()] == ["2025", "2026"]
    assert "petro-denies-tda-remark" in row(years, "2025", ALL).possible_events
    assert "petro-says-he-needs-no-visa" in row(years, "2026", ALL).possible_events
    assert "petro-rejects-slander" in row(years, "2025", ALL).events


def test_certain_leaves_out_what_is_possible(graph: Graph) -> None:
    found = graph.escalation("id:united-states", "colombia", possible=False)
    assert all(not each.possible and not each.possible_events for each in found.rows)
    assert all(each.possible_low == each.goldstein == each.possible_high for each in found.rows)


# Levels and offices


def test_a_person_counts_for_the_state_of_the_office_held_on_the_day(states: Escalation) -> None:
    january = row(states, "2026-01", THERE)
    assert "trump-calls-petro-sick" in january.events
    assert states.names["tenure-trump-president-of-the-united-states"].startswith("Donald Trump, President")
    assert "tenure-trump-president-of-the-united-states" in states.offices["trump-calls-petro-sick"]
    assert "bessent-faults-petro-on-cocaine" in row(states, "2025-10", THERE).events


def test_an_office_that_is_not_known_for_sure_is_told(states: Escalation) -> None:
    october = row(states, "2025-10", THERE)
    assert october.open_office == october.certain - 1  # the accusation of the state itself rests on no office
    assert "President of Colombia" in states.words()


def test_several_targets_of_one_side_count_once(states: Escalation) -> None:
    listing = [each for each in states.rows if "treasury-sanctions-petro-circle" in each.events]
    assert [(each.window, each.direction) for each in listing] == [("2025-10", THERE), ("2025-10", ALL)]
    assert all(each.events.count("treasury-sanctions-petro-circle") == 1 for each in listing)


def test_at_the_level_of_persons_nobody_is_rolled_up(leaders: Escalation, graph: Graph) -> None:
    assert leaders.level == "person"
    assert not leaders.offices
    assert {each.id for each in leaders.acts.values()} < graph.escalation("trump", "petro", level="state").acts.keys()


def test_a_state_and_its_government_are_one_side_at_the_level_of_governments(graph: Graph) -> None:
    governments = graph.escalation("id:us-government", "id:colombian-government")
    assert (governments.level, governments.sides) == ("government", ("us-government", "colombian-government"))
    assert "colombia-accepts-trump-conditions" in governments.acts
    with pytest.raises(UsageError, match="one and the same: id:us-government"):
        graph.escalation("id:united-states", "us-treasury", level="government")


def test_an_office_counts_only_while_it_is_held(data_folder: DataFolder, tmp_path: Path) -> None:
    data_folder.change(
        "begin: 2022-08-07\n    last_known_in_force: 2025-10-31", "begin: 2022-08-07\n    end: 2024-08-07"
    )
    pipeline.build(data_folder.path, tmp_path / "b")
    graph = Graph(tmp_path / "b")
    assert "treasury-sanctions-petro" in graph.escalation("us-treasury", "petro", level="person").acts
    with pytest.raises(UsageError, match="belongs to no state"):
        graph.escalation("us-treasury", "petro", level="state")


def test_one_event_in_two_dossiers_counts_once_with_both_publishers(data_folder: DataFolder) -> None:
    second = data_folder.dossier.read_text(encoding="utf-8")
    second = second[: second.index("claims:")].replace("note-for-the-tests", "second-note")
    for name in ("trump-accuses-petro", "petro-denies-part-in-drug-trade", "treasury-sanctions-petro"):
        second = second.replace(name, f"second-{name}")
    second = second.replace("publisher: diplokg", "publisher: cnn")
    data_folder.dossier.with_name("second.yaml").write_text(second, encoding="utf-8")
    data_folder.change("colombia,state", "cnn,publisher,CNN,,,,,,\ncolombia,state", data_folder.entities)
    lines = pipeline.quads(pipeline.gather(data_folder.path))
    found = escalation(Embedded.in_memory(lines), "trump", "petro")
    assert (found.totals[-1].certain, found.totals[-1].possible) == (2, 2)
    judged = (
        ("verdict", f"{DIP}Positive"),
        ("left", f"{ID}trump-accuses-petro"),
        ("right", f"{ID}second-trump-accuses-petro"),
    )
    lines += [f"<{ID}one-accusation> <{DIP}{name}> <{value}> <{GRAPH}doc/second-note> .\n" for name, value in judged]
    found = escalation(Embedded.in_memory(lines), "trump", "petro")
    assert (found.totals[-1].certain, found.totals[-1].possible) == (1, 2)  # the denial has no last day
    merged = next(act for act in found.acts.values() if act.id.endswith("trump-accuses-petro"))
    assert merged.reporters == ("cnn", "diplokg")
    assert (found.totals[-1].single_source, found.totals[-1].without_single) == (0, -2.0)


# The band


def test_the_band_shows_what_remains_without_contested_and_without_single_source_events(states: Escalation) -> None:
    october = row(states, "2025-10", ALL)
    contested = [node for node in october.events if states.acts[node].contested]
    assert "trump-calls-petro-thug" not in contested
    assert "bessent-faults-petro-on-cocaine" in contested
    assert october.contested == len(contested)
    scores = [states.acts[node].goldstein or 0 for node in october.events if node not in contested]
    assert october.without_contested == pytest.approx(sum(scores))
    assert october.single_source == october.certain  # there is but one article
    assert october.without_single == 0.0
    assert (october.band_low, october.band_high) == (october.goldstein, 0.0)
    assert "All of it rests on one publisher: CNN." in states.words()


# Change points


@pytest.mark.parametrize("seed", range(12))
def test_change_points_are_the_best_of_all_partitions(seed: int) -> None:
    chance = random.Random(seed)
    values = [chance.choice((0, 5)) + chance.random() for _ in range(11)]

    def cost(starts: tuple[int, ...]) -> float:
        edges = [0, *starts, len(values)]
        parts = [values[a:b] for a, b in pairwise(edges)]
        if min(map(len, parts)) < _SHORTEST:
            return float("inf")
        return sum(sum((v - sum(p) / len(p)) ** 2 for v in p) for p in parts) + 6.0 * len(starts)

    every = [starts for count in range(5) for starts in combinations(range(1, len(values)), count)]
    assert cost(tuple(_partition(values, 6.0))) == pytest.approx(min(map(cost, every)))


def test_a_level_that_rises_is_found_and_noise_is_not() -> None:
    chance = random.Random(7)
    quiet = [chance.gauss(0, 1) for _ in range(40)]
    assert change_points(quiet) == ()
    (found,) = change_points(quiet[:20] + [value - 9 for value in quiet[20:]])
    assert found.index == 20
    assert found.after < -8 < found.before
    assert change_points([1.0] * 50) == ()
    assert change_points([0, 0, 0, 9, 9]) == ()  # too short to say anything


def test_the_quarrel_turns_in_september_and_after_october(states: Escalation) -> None:
    turns = [turn for turn in states.turns if turn.direction == ALL]
    assert [turn.window for turn in turns] == ["2025-09", "2025-11"]
    assert turns[0].after == pytest.approx((-17.1 - 28.0) / 2, abs=0.001)


# Reciprocity


def test_stated_answers_have_a_side_and_a_lag_between_bounds(leaders: Escalation) -> None:
    answers = {(each.event, each.cause): each for each in leaders.reciprocity.answers}
    found = answers["petro-rejects-slander", "trump-calls-petro-thug"]
    assert (found.by, found.least) == ("gustavo-petro", 0)
    assert found.most is not None and 0 < found.most <= 30
    sides = {each.by: each for each in leaders.reciprocity.sides}
    assert sides["gustavo-petro"].answered > sides["donald-trump"].answered
    own = [each for each in leaders.reciprocity.answers if each.by == "gustavo-petro"]
    assert sides["gustavo-petro"].answers == len(own)


def test_phrases_make_a_lag_closer_than_the_dates_alone(states: Escalation) -> None:
    answers = {(each.event, each.cause): (each.least, each.most) for each in states.reciprocity.answers}
    # January is all the dates say, but he backed down on the day on which he had blocked the flights, after the threat.
    threat = "trump-administration-threatens-tariffs-and-sanctions"
    assert answers["petro-backs-down-on-deportation-flights", threat] == (0, 0)
    assert answers[threat, "petro-blocks-two-deportation-flights"] == (0, 0)


def test_two_series_that_follow_each_other_go_together_at_that_lag() -> None:
    chance = random.Random(3)
    first = [chance.gauss(0, 1) for _ in range(60)]
    then = [0.0, 0.0, *first[:-2]]
    found = correlations(first, then)
    assert max(found, key=lambda lag: lag.correlation).windows == 2
    assert correlations(first[:5], then[:5]) == () == correlations([1.0] * 20, first[:20])


# Windows


def test_windows_cover_every_day_once() -> None:
    for by in ("year", "month", "week", "day"):
        found = spans(date(2024, 12, 20), date(2026, 1, 3), by)
        assert found[0].start <= date(2024, 12, 20) <= date(2026, 1, 3) <= found[-1].end
        assert all((b.start - a.end).days == 1 for a, b in pairwise(found))
        assert len({each.name for each in found}) == len(found)
    assert span(date(2024, 12, 30), "week").name == "2025-W01"


def test_a_period_that_begins_within_a_month_cuts_that_month(graph: Graph) -> None:
    found = graph.escalation("id:united-states", "colombia", since=date(2026, 1, 6), until=date(2026, 1, 10))
    (january,) = found.of()
    assert (january.start, january.end) == ("2026-01-06", "2026-01-10")
    assert january.events == ("trump-petro-agree-to-restore-channels", "trump-petro-phone-call")


def test_as_of_a_day_nothing_later_counts(graph: Graph) -> None:
    found = graph.escalation("trump", "petro", as_of=date(2025, 12, 15))
    assert all(act.earliest is None or act.earliest <= date(2025, 12, 15) for act in found.acts.values())
    assert "trump-petro-phone-call" not in found.acts
    december = row(found, "2025-12", ALL)
    assert "trump-calls-petro-hostile" in december.possible_events  # some day of December
    assert "petro-warns-trump-on-sovereignty" in december.events  # in its first ten days


def test_only_the_chosen_events_are_looked_at(graph: Graph) -> None:
    found = graph.escalation("trump", "petro", only={"trump-calls-petro-thug", "petro-rejects-slander"})
    assert set(found.acts) == {"trump-calls-petro-thug", "petro-rejects-slander"}
    with pytest.raises(NotFound, match="None of the 1 chosen events"):
        graph.escalation("trump", "petro", only={"us-attack-in-venezuela"})


# Bad input


@pytest.mark.parametrize(
    ("args", "error", "told"),
    [
        ({"one": "trump", "other": "nobody"}, NotFound, "Nothing here is called 'nobody'"),
        ({"one": "trump", "other": "donald-trump"}, UsageError, "one and the same"),
        ({"one": "trump", "other": "gaza"}, NotFound, "No event is known between Donald Trump and Gaza"),
        ({"one": "petro", "other": "trump", "by": "decade"}, UsageError, "'decade' is not a window"),
        ({"one": "petro", "other": "trump", "level": "planet"}, UsageError, "'planet' is not a level"),
        ({"one": "petro", "other": "reporters", "level": "state"}, UsageError, "belongs to no state"),
        (
            {"one": "petro", "other": "trump", "since": date(2025, 2, 1), "until": date(2025, 2, 5)},
            NotFound,
            "What is known of them lies between",
        ),
        (
            {"one": "petro", "other": "trump", "since": date(2025, 2, 5), "until": date(2025, 2, 1)},
            UsageError,
            "ends (2025-02-01) before it begins",
        ),
        (
            {"one": "villavicencio", "other": "us-representative"},
            NotFound,
            "can be counted: 1 planned",
        ),
    ],
)
def test_what_cannot_be_shown_is_told_with_the_reason(
    graph: Graph, args: dict[str, object], error: type[Exception], told: str
) -> None:
    with pytest.raises(error) as caught:
        graph.escalation(**args)  # type: ignore[arg-type]
    assert told in str(caught.value)


def test_no_window_can_hold_events_that_are_dated_too_roughly(graph: Graph) -> None:
    with pytest.raises(NotFound, match="can be dated to one day"):
        graph.escalation("petro", "us-state-department", by="day", level="person", possible=False)


# Forms


def test_the_plot_says_in_words_what_it_shows_and_is_the_same_each_time(states: Escalation) -> None:
    pytest.importorskip("matplotlib", reason="the extra 'analysis' is not installed")
    drawn = states.svg()
    assert drawn == states.svg()
    root = ElementTree.fromstring(drawn)
    space = "{http://www.w3.org/2000/svg}"
    title, description = root.find(f"{space}title"), root.find(f"{space}desc")
    assert title is not None and description is not None
    assert title.text == "United States and Colombia, by month, at the level of states"
    assert description.text == states.words()
    assert root.get("role") == "img"
    written = " ".join(element.text or "" for element in root.iter(f"{space}text"))
    assert "Colombia → United States" in written
    assert "2025-10" in written
    assert "<pattern" in drawn  # hatches, not colour alone
    assert "date>" not in drawn


def test_the_plot_has_no_colour_to_lose_in_print(states: Escalation) -> None:
    pytest.importorskip("matplotlib", reason="the extra 'analysis' is not installed")
    import re

    shades = set(re.findall(r"#([0-9a-f]{6})\b", states.svg()))
    assert shades
    assert all(shade[:2] == shade[2:4] == shade[4:] for shade in shades)


def test_a_frame_has_a_row_for_each_row(states: Escalation) -> None:
    pandas = pytest.importorskip("pandas", reason="the extra 'analysis' is not installed")
    frame = states.df()
    assert len(frame) == len(states.rows)
    assert pandas.api.types.is_datetime64_any_dtype(frame["start"])
    october = frame[(frame.window == "2025-10") & (frame.direction == THERE)].iloc[0]
    assert october.goldstein == -24.0
    assert "treasury-sanctions-petro" in october.events.split()
    assert frame[frame.direction == ALL].certain.sum() == sum(r.certain for r in states.of())


def test_without_the_extra_a_frame_and_a_plot_say_what_to_install(
    leaders: Escalation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UsageError, match=r"pandas is not installed\. pip install 'diplokg\[analysis\]'"):
        leaders.df()


def test_the_command_writes_each_form(kg: Kg, built: Path, tmp_path: Path) -> None:
    store = ("--store", str(built))
    done = kg("escalation", "trump", "petro", "-f", "csv", *store)
    records = list(csv.DictReader(io.StringIO(done.out)))
    assert done.code == 0
    october = next(r for r in records if (r["window"], r["direction"]) == ("2025-10", THERE))
    assert october["events"].split() == ["trump-blames-petro-for-drug-production", "trump-calls-petro-thug"]
    assert (october["goldstein"], october["plover_ACCUSE"]) == ("-4.0", "2")
    told = json.loads(kg("escalation", "trump", "petro", *store).out)
    assert told["sides"] == ["donald-trump", "gustavo-petro"]
    assert told["acts"]["trump-calls-petro-thug"]["earliest"] == str(parse("2025-10").earliest)
    table = kg("escalation", "trump", "petro", "-f", "table", "--events", *store).out
    assert "Donald Trump → Gustavo Petro" in table
    assert "≠ Trump blames Petro" in table
    assert kg("escalation", "trump", "petro", "-f", "words", *store).out.startswith("Donald Trump and Gustavo Petro")
    for name in ("plot.svg", "plot.png"):
        pytest.importorskip("matplotlib", reason="the extra 'analysis' is not installed")
        assert kg("escalation", "trump", "petro", "-o", str(tmp_path / name), *store).code == 0
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (("trump", "petro", "-f", "pie"), 2, "'pie' is not a format here"),
        (("trump", "petro", "-o", "x.doc"), 2, "the name does not say the format"),
        (("trump", "nobody"), 1, "Nothing here is called"),
        (("trump", "petro", "--from", "2025-13-01"), 2, "there is no month 13"),
        (("trump", "petro", "--from", "1990-01-01", "--to", "1990-12-31"), 1, "lies in the period asked"),
    ],
)
def test_the_command_tells_what_is_wrong(kg: Kg, built: Path, args: tuple[str, ...], code: int, told: str) -> None:
    done = kg("escalation", *args, "--store", str(built))
    assert done.code == code
    assert told in done.err
    assert not done.out
