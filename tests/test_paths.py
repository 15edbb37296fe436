"""How one is tied to another: every step rests on a direct edge with its evidence, and the best way comes first."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from kg import terminal
from kg.errors import NotFound, UsageError
from kg.graph import Graph
from kg.paths import Step, Ways
from kg.records import EdgeRecord

if TYPE_CHECKING:
    from tests.conftest import Kg


@pytest.fixture(scope="module")
def graph(built: Path) -> Graph:
    return Graph(built)


def test_bessent_is_tied_to_tren_de_aragua_with_evidence_at_each_step(graph: Graph) -> None:
    found = graph.path("bessent", "tren-de-aragua")
    assert (found.start, found.end) == ("scott-bessent", "tren-de-aragua")
    for way in found.ways:
        assert (way[0].start, way[-1].end) == (found.start, found.end)
        assert all(one.end == other.start for one, other in pairwise(way))
        for step in way:
            assert step.edges
            for edge in step.edges:
                assert {edge.subject, edge.object} == {step.start, step.end}
                for reason in edge.because:
                    record = found.events.get(reason) or found.states[reason]
                    assert record.evidence


def test_ways_are_ranked_by_length_and_none_comes_twice(graph: Graph) -> None:
    found = graph.path("bessent", "tren-de-aragua", 10)
    lengths = [len(way) for way in found.ways]
    assert lengths == sorted(lengths)
    nodes = [tuple(step.end for step in way) for way in found.ways]
    assert len(set(nodes)) == len(nodes) == 10
    assert all(len({found.start, *ends}) == len(ends) + 1 for ends in nodes)


def test_a_way_leads_back_as_it_leads_there(graph: Graph) -> None:
    there, back = graph.path("bessent", "tren-de-aragua", 1), graph.path("tren-de-aragua", "bessent", 1)
    assert [step.end for step in there.ways[0]][:-1] == [step.end for step in back.ways[0]][-2::-1]


def test_a_way_holds_only_what_it_leads_to(graph: Graph) -> None:
    found = graph.path("bessent", "tren-de-aragua")
    reasons = {reason for way in found.ways for step in way for edge in step.edges for reason in edge.because}
    assert found.events.keys() | found.states.keys() == reasons
    asserted = {claim for event in found.events.values() for claim in event.asserts}
    assert asserted <= found.claims.keys()


def test_what_is_only_alleged_or_planned_is_no_step(graph: Graph) -> None:
    found = graph.path("petro", "tren-de-aragua")
    assert all(event.factuality == "Actual" and not event.summary for event in found.events.values())
    assert {step.end for way in found.ways for step in way[:-1]} - {"tren-de-aragua"}


def test_offices_and_ties_can_be_left_out(graph: Graph) -> None:
    found = graph.path("alcocer", "trump")
    assert "tie-alcocer-spouse-of-petro" in found.states
    for way in graph.path("bessent", "tren-de-aragua", 10, states=False).ways:
        assert all(edge.count for step in way for edge in step.edges)


def test_no_way_is_told(graph: Graph) -> None:
    with pytest.raises(NotFound, match="No way leads from gonzalo-zegarra to gustavo-petro"):
        graph.path("gonzalo-zegarra", "petro")


def test_a_way_needs_two(graph: Graph) -> None:
    with pytest.raises(UsageError, match=r"one and the same: id:gustavo-petro\. Name two\."):
        graph.path("petro", "Gustavo Petro")


def edge(status: str) -> EdgeRecord:
    return EdgeRecord("e", "a", "rel:accused", "accused", "b", status, 1, "", "", 3, False, ("x",))


def test_a_step_is_contested_if_all_its_edges_are() -> None:
    assert Step("a", "b", (edge("Contested"),)).contested
    assert not Step("a", "b", (edge("Contested"), edge("Asserted"))).contested


def test_of_ways_of_one_length_the_best_attested_comes_first(graph: Graph) -> None:
    found = graph.path("bessent", "tren-de-aragua", 10)
    weakest = [
        (len(way), [-min(not step.contested for step in way), -min(len(step.publishers) for step in way)])
        for way in found.ways
    ]
    assert weakest == sorted(weakest)
    for step in (step for way in found.ways for step in way):
        behind = {reason for edge in step.edges if edge.status != "Contested" for reason in edge.because}
        assert step.uncontested == len(behind)
        assert step.publishers == ("cnn",)


def test_no_way_of_the_last_length_is_left_out_before_it_was_weighed(graph: Graph) -> None:
    every = graph.path("bessent", "tren-de-aragua", 50)
    length = len(every.ways[3])
    same = [way for way in every.ways if len(way) == length]
    assert len(same) > 1
    few = graph.path("bessent", "tren-de-aragua", 4)
    assert few.ways == every.ways[:4]


def test_as_of_a_day_offices_and_events_are_those_of_the_day(graph: Graph) -> None:
    with pytest.raises(NotFound, match="without --as-of"):
        graph.path("bessent", "tren-de-aragua", as_of="2025-05-01")  # he spoke of Petro only in October
    found = graph.path("bessent", "us-treasury", as_of="2025-11-01")
    assert found.as_of == "2025-11-01"
    assert found.states["tenure-bessent-secretary-of-the-treasury"].certainty == "certain"
    earlier = graph.path("trump", "petro", 1, as_of="2025-10-31")
    assert "trump-petro-phone-call" not in earlier.events
    assert "trump-calls-petro-thug" in earlier.events


def test_the_command_marks_contested_steps_and_dates_offices(kg: Kg, built: Path) -> None:
    told = kg("path", "bessent", "us-treasury", "-n", "1", "-f", "text", "--as-of", "2025-11-01", "--store", built).out
    assert "known on 1 Oct 2025; certain on 1 Nov 2025" in " ".join(told.split())
    told = kg("path", "noem", "petro", "-n", "1", "-f", "text", "--store", built).out
    assert "≠ contested" in told
    only = kg("path", "petro", "us-treasury", "-n", "3", "-f", "text", "--events-only", "--store", built).out
    assert "→" in only


def test_a_chain_shows_which_steps_are_wholly_contested() -> None:
    contested = (Step("a", "b", (edge("Contested"),)), Step("b", "c", (edge("Asserted"),)))
    shown = Ways("a", "c", (contested,), {}, {}, {"a": "A", "b": "B", "c": "C"}, {})
    assert click.unstyle(terminal.ways(shown)).splitlines()[0] == "1. A ≠→ B → C"
