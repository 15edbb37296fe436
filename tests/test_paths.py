"""How one is tied to another: every step rests on a direct edge with its evidence, and the best way comes first."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from kg.errors import NotFound, UsageError
from kg.graph import Graph
from kg.paths import Step
from kg.records import EdgeRecord


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
