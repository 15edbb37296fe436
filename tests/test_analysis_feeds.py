"""Feeds beside dossiers: each feed and each table of scores is a series of its own, and nothing is counted twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kg import store
from kg.analysis.escalation import Escalation, escalation
from kg.analysis.rows import ALL, BACK, DOSSIERS, MUTUAL, THERE, Row
from kg.analysis.structure import records, structure
from kg.errors import NotFound
from kg.store import Embedded
from kg.terms import DIP, GRAPH, ID, PLOVER, RDF, RDFS, SEM, XSD

US, COLOMBIA = "united-states", "colombia"


def batch(feed: str, name: str = "one") -> str:
    return f"<{ID}{feed}-import-{name}> <{RDF}type> <{DIP}FeedImport> <{GRAPH}feed/{feed}/{name}> .\n"


def part(node: str, whole: str, feed: str = "gdelt") -> str:
    graph = f"<{GRAPH}feed/{feed}/one>"
    return (
        f"<{ID}{node}> <{RDF}type> <{DIP}Entity> {graph} .\n"
        f"<{ID}{node}> <{DIP}partOf> <{ID}{whole}> {graph} .\n"
        f'<{ID}{node}> <{RDFS}label> "{node}"@en {graph} .\n'
    )


def coded(node: str, day: str, who: str, whom: str, score: float, feed: str = "gdelt", quad: int = 3) -> str:
    """One event of a feed, as a batch holds it."""
    graph = f"<{GRAPH}feed/{feed}/one>"
    scheme = {"gdelt": "GDELT", "icews": "CAMEO/ICEWS"}[feed]
    facts = [
        (f"{RDFS}label", f'"{node}"@en'),
        (f"{DIP}factuality", f"<{DIP}Actual>"),
        (f"{DIP}quadClass", f'"{quad}"^^<{XSD}integer>'),
        (f"{DIP}goldstein", f'"{score}"^^<{XSD}decimal>'),
        (f"{DIP}goldsteinScheme", f'"{scheme}"'),
        (f"{DIP}plover", f"<{PLOVER}ACCUSE>"),
        (f"{SEM}hasEarliestBeginTimeStamp", f'"{day}"^^<{XSD}date>'),
        (f"{SEM}hasLatestEndTimeStamp", f'"{day}"^^<{XSD}date>'),
        *((f"{DIP}actor", f"<{ID}{each}>") for each in who.split()),
        *((f"{DIP}target", f"<{ID}{each}>") for each in whom.split()),
    ]
    return "".join(f"<{ID}{node}> <{name}> {value} {graph} .\n" for name, value in facts)


def summary(node: str, month: str, who: str, whom: str, count: int, total: float, quad: int = 3) -> str:
    """The events of one dyad, month and quad class, counted, as a batch in columns holds them."""
    graph = f"<{GRAPH}feed/gdelt/one>"
    facts = [
        (f"{RDF}type", f"<{DIP}Summary>"),
        (f"{DIP}dyadActor", f"<{ID}{who}>"),
        (f"{DIP}dyadTarget", f"<{ID}{whom}>"),
        (f"{DIP}quadClass", f'"{quad}"^^<{XSD}integer>'),
        (f"{DIP}eventCount", f'"{count}"^^<{XSD}integer>'),
        (f"{DIP}scoreCount", f'"{count}"^^<{XSD}integer>'),
        (f"{DIP}scoreSum", f'"{total}"^^<{XSD}decimal>'),
        (f"{DIP}goldsteinScheme", '"GDELT"'),
        (f"{SEM}hasEarliestBeginTimeStamp", f'"{month}-02"^^<{XSD}date>'),
        (f"{SEM}hasLatestEndTimeStamp", f'"{month}-27"^^<{XSD}date>'),
    ]
    return "".join(f"<{ID}{node}> <{name}> {value} {graph} .\n" for name, value in facts)


@pytest.fixture(scope="module")
def lines(built: Path) -> list[str]:
    return store.lines(built)


def series(lines: list[str], *more: str, **options: object) -> Escalation:
    return escalation(Embedded.in_memory([*lines, *more]), "id:united-states", COLOMBIA, **options)  # type: ignore[arg-type]


def row(found: Escalation, name: str, window: str, direction: str = ALL) -> Row:
    return next(r for r in found.rows if (r.series, r.window, r.direction) == (name, window, direction))


EVENTS = (
    batch("gdelt"),
    part("gdelt-col-police", COLOMBIA),
    coded("g1", "2025-10-03", US, COLOMBIA, -2.0),
    coded("g2", "2025-10-04", US, "colombia gdelt-col-police", -7.0, quad=4),
    coded("g3", "2025-11-05", "gdelt-col-police", "donald-trump", -4.0),
    coded("g4", "2025-11-06", "united-states colombia", "", 3.0, quad=1),
)


def test_a_feed_is_a_series_of_its_own_and_leaves_the_dossiers_as_they_are(lines: list[str]) -> None:
    alone, both = series(lines), series(lines, *EVENTS)
    assert both.series() == ((DOSSIERS, "CAMEO/ICEWS"), ("gdelt", "GDELT"))
    assert both.of() == alone.of()
    october = row(both, "gdelt", "2025-10", THERE)
    assert (october.certain, october.goldstein, october.mean, october.quad) == (2, -9.0, -4.5, (0, 0, 1, 1))
    assert october.events == ("g1", "g2")  # two targets of one side: once
    assert dict(october.plover) == {"ACCUSE": 2}


def test_parties_of_a_feed_count_for_what_they_are_part_of_and_the_office_they_hold(lines: list[str]) -> None:
    found = series(lines, *EVENTS)
    assert row(found, "gdelt", "2025-11", BACK).events == ("g3",)
    assert row(found, "gdelt", "2025-11", MUTUAL).events == ("g4",)


def test_an_office_that_was_not_yet_held_does_not_count(lines: list[str]) -> None:
    early = (
        coded("by-trump", "2019-05-05", "donald-trump", COLOMBIA, -2.0),
        coded("by-the-state", "2019-05-06", US, COLOMBIA, -2.0),
    )
    found = series(lines, *EVENTS, *early, since=date(2019, 1, 1))
    assert row(found, "gdelt", "2019-05").events == ("by-the-state",)


def test_two_feeds_and_two_tables_of_scores_are_never_added(lines: list[str]) -> None:
    icews = (batch("icews"), coded("i1", "2025-10-03", US, COLOMBIA, -5.0, "icews"))
    found = series(lines, *EVENTS, *icews)
    assert found.series()[1:] == (("gdelt", "GDELT"), ("icews", "CAMEO/ICEWS"))
    assert row(found, "icews", "2025-10").goldstein == -5.0
    assert row(found, "gdelt", "2025-10").goldstein == -9.0
    assert row(found, DOSSIERS, "2025-10").goldstein == -28.0


def test_summaries_stand_for_their_events_and_are_read_instead_of_them(lines: list[str]) -> None:
    summaries = (
        batch("gdelt"),
        summary("s1", "2025-10", US, COLOMBIA, 40, -90.0),
        summary("s2", "2025-10", US, COLOMBIA, 10, 35.0, quad=1),
        coded("opened", "2025-10-05", US, COLOMBIA, -2.0),
    )
    found = series(lines, *summaries)
    october = row(found, "gdelt", "2025-10", THERE)
    assert (october.certain, october.goldstein, october.mean) == (50, -55.0, -1.1)
    assert october.quad == (10, 0, 40, 0)
    assert october.events == ("s1", "s2")
    weeks = series(lines, *summaries, by="week")
    assert all(each.certain == 0 for each in weeks.of(ALL, "gdelt"))
    assert row(weeks, "gdelt", "2025-W42").possible == 50  # somewhere in the month


def test_what_a_feed_tells_outside_the_windows_is_told_and_makes_no_row_of_zeros(lines: list[str]) -> None:
    found = series(lines, batch("gdelt"), coded("old", "2018-01-01", US, COLOMBIA, -2.0))
    assert [name for name, _ in found.series()] == [DOSSIERS]
    (each,) = found.elsewhere
    assert (each.series, each.events, each.first, each.last) == ("gdelt", 1, "2018-01-01", "2018-01-01")
    assert "gdelt (GDELT) knows of 1 more event from 2018-01-01 to 2018-01-01" in found.words()


def test_a_state_that_only_a_feed_knows_is_a_side(lines: list[str]) -> None:
    graph = f"<{GRAPH}feed/gdelt/one>"
    korea = f'<{ID}gdelt-prk> <{RDFS}label> "North Korea"@en {graph} .\n'
    korea += f"<{ID}gdelt-prk> <{RDF}type> <{DIP}Country> {graph} .\n"
    korea += f"<{ID}gdelt-prk> <{RDF}type> <{DIP}Entity> {graph} .\n"
    army = part("gdelt-prk-army", "gdelt-prk")
    more = (batch("gdelt"), korea, army, coded("k", "2018-01-01", "gdelt-prk-army", US, -2.0))
    found = escalation(Embedded.in_memory([*lines, *more]), "id:united-states", "id:gdelt-prk")
    assert (found.level, found.sides) == ("state", (US, "gdelt-prk"))
    assert row(found, "gdelt", "2018-01", BACK).events == ("k",)


def test_a_batch_with_more_events_than_one_query_can_name_is_counted_whole(lines: list[str]) -> None:
    many = [coded(f"event-{number}-{'x' * 200}", "2025-10-03", US, COLOMBIA, -1.0) for number in range(400)]
    found = series(lines, batch("gdelt"), *many)
    assert (row(found, "gdelt", "2025-10").certain, row(found, "gdelt", "2025-10").goldstein) == (400, -400.0)


def test_feeds_can_be_left_out(lines: list[str]) -> None:
    assert series(lines, *EVENTS, with_feeds=False) == series(lines)


def test_a_pair_that_only_a_feed_knows_is_told_from_there(lines: list[str]) -> None:
    more = (*EVENTS, coded("v", "2025-10-03", "venezuela", COLOMBIA, -2.0))
    asked = Embedded.in_memory([*lines, *more])
    found = escalation(asked, "venezuela", COLOMBIA)
    assert found.series() == (("gdelt", "GDELT"),)
    assert "gdelt: 1 event, Goldstein sum -2" in found.words()
    with pytest.raises(NotFound, match="No event is known between Venezuela and Colombia"):
        escalation(asked, "venezuela", COLOMBIA, with_feeds=False)


def test_the_shapes_of_two_curves_are_compared_and_their_heights_are_not(lines: list[str]) -> None:
    alike = [
        summary(f"s{each.window}", each.window, US, COLOMBIA, 9, round(7 * each.goldstein - 1, 1))
        for each in series(lines).of()
    ]
    found = series(lines, batch("gdelt"), *alike)
    (likeness,) = found.likeness
    assert (likeness.series, likeness.windows) == ("gdelt", 14)
    assert likeness.correlation == pytest.approx(1.0)
    assert "gdelt (GDELT) and the dossiers: correlation +1.00 over 14 months." in found.words()
    (few,) = series(lines, *EVENTS, by="year").likeness
    assert few.correlation is None


def test_a_plot_has_panels_for_each_series(lines: list[str]) -> None:
    pytest.importorskip("matplotlib", reason="the extra 'analysis' is not installed")
    drawn = series(lines, *EVENTS).svg()
    assert "events, gdelt" in drawn
    assert "(GDELT)" in drawn


# Networks


def test_networks_hold_what_feeds_code_only_if_asked_and_say_so(lines: list[str]) -> None:
    icews = (batch("icews"), coded("i1", "2025-10-03", US, "gdelt-col-police", 5.0, "icews", quad=1))
    view = Embedded.in_memory([*lines, *EVENTS, *icews])
    alone, whole = structure(view), structure(view, with_feeds=True)
    assert alone == structure(Embedded.in_memory(lines))
    assert whole.feeds == ("icews",)
    assert whole.other_schemes == (("GDELT", 4),)
    ties = {tie for network in whole.networks for tie in network.ties if tie.feeds}
    assert {(tie.one, tie.other, tie.feeds, tie.coded, tie.events) for tie in ties} == {
        ("gdelt-col-police", US, ("icews",), True, ("i1",))
    }
    told = whole.words()
    assert "ties rest on feeds alone (icews)." in told
    assert "Left out: 4 events scored on GDELT, since scores of two tables are never added" in told
    assert sum(record["coded"] for record in records(whole)) == 1


def test_counted_by_quad_class_no_feed_is_left_out(lines: list[str]) -> None:
    found = structure(Embedded.in_memory([*lines, *EVENTS]), with_feeds=True, sign="quad", level="state", by="month")
    assert (found.feeds, found.other_schemes) == (("gdelt",), ())
    (november,) = (network for network in found.networks if network.window == "2025-11")
    assert any({"g3", "g4"} <= set(tie.events) for tie in (*november.ties, *november.neutral))


def test_a_summary_counts_for_its_events_in_a_network(lines: list[str]) -> None:
    view = Embedded.in_memory([*lines, batch("gdelt"), summary("s1", "2018-10", US, COLOMBIA, 40, -90.0)])
    found = structure(view, with_feeds=True, sign="quad", since=date(2018, 1, 1), until=date(2018, 12, 31))
    (tie,) = found.networks[0].ties
    assert (tie.conflict, tie.sign, tie.events, tie.coded) == (40, -1, ("s1",), True)
