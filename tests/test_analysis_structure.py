"""Structure: signs, triads, camps and brokers are those reckoned by hand, and each leads to its events."""

from __future__ import annotations

import csv
import io
import json
import random
from datetime import date
from itertools import combinations, product
from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.analysis import words
from kg.analysis.frustration import EXACT, _by_exchange, frustration
from kg.analysis.structure import Network, Structure, _constraints, structure
from kg.errors import NotFound, UsageError
from kg.graph import Graph
from kg.store import Embedded
from kg.terms import DIP, GRAPH, ID, RDF, RDFS, SEM, XSD

if TYPE_CHECKING:
    from tests.conftest import Kg


@pytest.fixture(scope="module")
def graph(built: Path) -> Graph:
    return Graph(built)


def event(node: str, day: str, who: str, whom: str, score: float, quad: int, **extra: str) -> str:
    """The N-Quads of one event on one day, as a dossier would hold it."""
    graph = f"<{GRAPH}doc/test>"
    literals = [
        (f"{RDFS}label", f'"{node}"@en'),
        (f"{DIP}goldstein", f'"{score}"^^<{XSD}decimal>'),
        (f"{DIP}goldsteinScheme", f'"{extra.get("scheme", "CAMEO/ICEWS")}"'),
        (f"{DIP}quadClass", f'"{quad}"^^<{XSD}integer>'),
        (f"{SEM}hasEarliestBeginTimeStamp", f'"{day}"^^<{XSD}date>'),
        (f"{SEM}hasLatestEndTimeStamp", f'"{extra.get("last", day)}"^^<{XSD}date>'),
        (f"{DIP}plover", "<https://w3id.org/diplokg/plover#AGREE>"),
        (f"{DIP}factuality", f"<{DIP}{extra.get('factuality', 'Actual')}>"),
        *((f"{DIP}actor", f"<{ID}{each}>") for each in who.split()),
        *((f"{DIP}target", f"<{ID}{each}>") for each in whom.split()),
    ]
    return "".join(f"<{ID}{node}> <{name}> {value} {graph} .\n" for name, value in literals)


def store(*events: str) -> Embedded:
    source = f"<{ID}test> <{RDF}type> <{DIP}Source> <{GRAPH}doc/test> .\n"
    entities = "".join(
        f"<{ID}{name}> <{RDF}type> <{DIP}Entity> <{GRAPH}entities> .\n"
        f'<{ID}{name}> <{RDFS}label> "{name.upper()}"@en <{GRAPH}entities> .\n'
        for name in "abc"
    )
    return Embedded.in_memory([source, entities, *events])


FRIENDS_AND_A_FOE = (
    event("ab", "2020-03-01", "a", "b", 3, 1),
    event("ca", "2020-04-01", "c", "a", -5, 4),
    event("cb", "2020-05-01", "c", "b", -2, 3),
)


def only(found: Structure) -> Network:
    (network,) = found.networks
    return network


# Signs and triads


def test_two_friends_with_a_common_foe_are_a_balanced_triad() -> None:
    network = only(structure(store(*FRIENDS_AND_A_FOE)))
    assert [(tie.one, tie.other, tie.sign, tie.goldstein, tie.events) for tie in network.ties] == [
        ("a", "b", 1, 3.0, ("ab",)),
        ("a", "c", -1, -5.0, ("ca",)),
        ("b", "c", -1, -2.0, ("cb",)),
    ]
    (triad,) = network.triads
    assert (triad.nodes, triad.signs, triad.balanced) == (("a", "b", "c"), (1, -1, -1), True)
    assert (network.frustration, network.exact, network.frustrated) == (0, True, ())
    assert {place.node: place.camp for place in network.places} == {"a": 0, "b": 0, "c": 1}


def test_the_friend_of_a_friend_who_is_a_foe_is_unbalanced_and_says_which_tie_is_frustrated() -> None:
    found = structure(store(*FRIENDS_AND_A_FOE, event("bc", "2020-06-01", "b", "c", 8, 2)))
    network = only(found)
    assert [(triad.signs, triad.balanced) for triad in network.triads] == [((1, -1, 1), False)]
    assert (network.balanced, network.unbalanced, network.frustration) == (0, 1, 1)
    assert len(network.frustrated) == 1
    assert "Unbalanced: A + B, A − C, B + C." in found.words()


def test_the_triad_that_turned_names_the_events_that_did_it() -> None:
    later = (
        event("ab2", "2021-03-01", "a", "b", 3, 1),
        event("ca2", "2021-04-01", "c", "a", -5, 4),
        event("bc2", "2021-05-01", "b", "c", 8, 2),
    )
    found = structure(store(*FRIENDS_AND_A_FOE, *later))
    (shift,) = found.shifts
    assert (shift.window, shift.before, shift.after) == ("2021", "balanced", "unbalanced")
    assert (shift.turned, shift.events) == ((("b", "c"),), ("bc2",))
    together = structure(store(*FRIENDS_AND_A_FOE, *later), cumulative=True)
    assert together.networks[1].ties[2].goldstein == 6.0
    assert [each.after for each in together.shifts] == ["unbalanced"]


def test_acts_that_cancel_each_other_out_make_no_tie_and_are_told() -> None:
    network = only(
        structure(store(event("one", "2020-01-01", "a", "b", 2, 1), event("two", "2020-01-02", "b", "a", -2, 3)))
    )
    assert network.ties == ()
    assert [(tie.one, tie.other, tie.events) for tie in network.neutral] == [("a", "b", ("one", "two"))]


def test_by_quad_class_the_more_frequent_kind_decides() -> None:
    events = (
        event("one", "2020-01-01", "a", "b", 1, 1),
        event("two", "2020-01-02", "a", "b", 1, 2),
        event("three", "2020-01-03", "b", "a", -10, 4),
    )
    assert only(structure(store(*events))).ties[0].sign == -1
    assert only(structure(store(*events), sign="quad")).ties[0].sign == 1


def test_only_what_happened_makes_a_tie() -> None:
    planned = event("planned", "2020-01-01", "a", "c", 5, 2, factuality="Planned")
    network = only(structure(store(event("one", "2020-01-01", "a", "b", 1, 1), planned)))
    assert [(tie.one, tie.other) for tie in network.ties] == [("a", "b")]


def test_scores_of_another_table_are_not_mixed_in() -> None:
    other = event("other", "2020-01-03", "a", "b", -10, 4, scheme="GDELT")
    events = (event("one", "2020-01-01", "a", "b", 1, 1), event("two", "2020-01-02", "a", "b", 1, 1))
    found = structure(store(*events, other))
    assert (found.scheme, only(found).ties[0].goldstein) == ("CAMEO/ICEWS", 2.0)


def test_an_event_of_unknown_year_is_left_out_and_told_unless_possible_ones_are_asked() -> None:
    events = (event("one", "2020-01-01", "a", "b", 1, 1), event("two", "2019-06-01", "a", "c", 1, 1, last="2021-06-01"))
    found = structure(store(*events))
    assert [network.window for network in found.networks] == ["2020"]
    assert found.undecided == ("two",)
    possible = structure(store(*events), possible=True)
    assert [network.window for network in possible.networks] == ["2019", "2020", "2021"]


# Frustration


def brute(signs: dict[tuple[str, str], int]) -> int:
    nodes = sorted({node for pair in signs for node in pair})
    best = len(signs)
    for camps in product((0, 1), repeat=len(nodes)):
        side = dict(zip(nodes, camps, strict=True))
        best = min(best, sum((side[a] == side[b]) != (sign > 0) for (a, b), sign in signs.items()))
    return best


def signed(seed: int, nodes: int, density: float) -> dict[tuple[str, str], int]:
    chance = random.Random(seed)
    names = [f"n{number:02}" for number in range(nodes)]
    return {pair: chance.choice((-1, 1)) for pair in combinations(names, 2) if chance.random() < density}


@pytest.mark.parametrize("seed", range(10))
def test_the_frustration_index_is_the_least_of_all_divisions(seed: int) -> None:
    signs = signed(seed, 9, 0.35)
    index, exact, camps = frustration(signs)
    assert exact
    assert index == brute(signs)
    assert index == sum((camps[a] == camps[b]) != (sign > 0) for (a, b), sign in signs.items())


def test_large_blocks_get_an_upper_bound_that_says_so() -> None:
    signs = signed(1, EXACT + 8, 0.5)
    index, exact, camps = frustration(signs)
    assert not exact
    assert index == sum((camps[a] == camps[b]) != (sign > 0) for (a, b), sign in signs.items())
    assert index < sum(sign < 0 for sign in signs.values())


@pytest.mark.parametrize("seed", range(5))
def test_the_bound_is_close_to_the_truth_where_both_can_be_had(seed: int) -> None:
    signs = signed(seed, 10, 0.6)
    whole: nx.Graph[str] = nx.Graph()
    for (one, other), sign in signs.items():
        whole.add_edge(one, other, sign=sign)
    bound, _ = _by_exchange(whole)
    assert brute(signs) <= bound <= brute(signs) + 1


# Brokers


def test_places_are_those_that_networkx_reckons(graph: Graph) -> None:
    for network in graph.structure().networks:
        whole: nx.Graph[str] = nx.Graph()
        whole.add_edges_from((tie.one, tie.other) for tie in (*network.ties, *network.neutral))
        between = nx.betweenness_centrality(whole)
        assert {place.node: place.betweenness for place in network.places} == pytest.approx(between, abs=1e-6)
        for place in network.places:
            own = [tie for tie in (*network.ties, *network.neutral) if place.node in (tie.one, tie.other)]
            assert place.acts == len({each for tie in own for each in tie.events})
        members = [node for each in network.communities for node in each]
        assert sorted(members) == sorted(whole)


def test_in_2025_petro_stands_between_the_others(graph: Graph) -> None:
    network = graph.structure().networks[0]
    broker = max(network.places, key=lambda place: place.betweenness)
    assert (broker.node, broker.positive) == ("gustavo-petro", 0)
    sanctions = next(tie for tie in network.ties if (tie.one, tie.other) == ("gustavo-petro", "us-treasury"))
    assert (sanctions.sign, "treasury-sanctions-petro" in sanctions.events) == (-1, True)


def test_at_the_level_of_states_people_stand_for_theirs_and_groups_for_themselves(graph: Graph) -> None:
    network = graph.structure(level="state").networks[0]
    nodes = {place.node for place in network.places}
    assert {"united-states", "colombia", "alleged-drug-vessels"} <= nodes
    assert nodes.isdisjoint({"gustavo-petro", "donald-trump", "us-treasury"})


def test_the_same_question_gives_the_same_networks(graph: Graph) -> None:
    assert graph.structure(by="month") == graph.structure(by="month")


# Bad input and forms


@pytest.mark.parametrize(
    ("args", "error", "told"),
    [
        ({"by": "decade"}, UsageError, "'decade' is not a window"),
        ({"sign": "feeling"}, UsageError, "Use one of: goldstein, quad"),
        ({"level": "planet"}, UsageError, "'planet' is not a level"),
        ({"since": date(2025, 2, 2), "until": date(2025, 2, 1)}, UsageError, "before it begins"),
        ({"since": date(2030, 1, 1), "until": date(2030, 2, 1)}, NotFound, "ties two sides. What does lies between"),
        ({"only": ()}, NotFound, "No event that happened ties two sides"),
        ({"since": date(2025, 11, 5), "until": date(2025, 11, 6), "by": "day"}, NotFound, "Ask with --possible"),
    ],
)
def test_what_cannot_be_shown_is_told_with_the_reason(
    graph: Graph, args: dict[str, object], error: type[Exception], told: str
) -> None:
    with pytest.raises(error) as caught:
        graph.structure(**args)  # type: ignore[arg-type]
    assert told in str(caught.value)


def test_where_no_three_are_tied_it_is_said(graph: Graph) -> None:
    assert "No three sides are all tied" in graph.structure(level="state").words()


def test_what_is_contested_is_marked_with_who_contests_it(graph: Graph) -> None:
    listed = words.ties_list(graph.structure())
    line = next(each for each in listed.splitlines() if "noem-accuses-petro-over-tda" in each)
    assert line.strip().startswith("≠")
    assert "denied or contradicted by Gustavo Petro" in line


def test_the_command_writes_each_form(kg: Kg, built: Path, tmp_path: Path) -> None:
    place = ("--store", str(built))
    told = json.loads(kg("balance", *place).out)
    assert [network["window"] for network in told["networks"]] == ["2025", "2026"]
    records = list(csv.DictReader(io.StringIO(kg("balance", "-f", "csv", *place).out)))
    assert (records[0]["broker"], records[0]["frustration"]) == ("gustavo-petro", "0")
    assert "treasury-sanctions-petro" in records[0]["events"].split()
    assert "US Treasury Department" in kg("balance", "-f", "table", "--events", *place).out
    assert kg("balance", "--sign", "mood", *place).code == 2
    pytest.importorskip("matplotlib", reason="the extra 'analysis' is not installed")
    assert kg("balance", "--by", "month", "-o", str(tmp_path / "b.svg"), *place).code == 0
    drawn = (tmp_path / "b.svg").read_text(encoding="utf-8")
    assert "Who is for and against whom, by month" in drawn
    assert drawn == Graph(built).structure(by="month").svg()


def test_a_plot_has_no_empty_panel() -> None:
    pytest.importorskip("matplotlib", reason="the extra 'analysis' is not installed")
    open_ = structure(store(*FRIENDS_AND_A_FOE[:2])).svg()
    assert "No three sides are all tied" in open_
    assert ">triads<" not in open_
    closed = structure(store(*FRIENDS_AND_A_FOE)).svg()
    assert ">triads<" in closed
    assert ">betweenness<" in closed


def test_frames_have_a_row_for_each_window_and_side(graph: Graph) -> None:
    pytest.importorskip("pandas", reason="the extra 'analysis' is not installed")
    found = graph.structure()
    assert list(found.df().window) == ["2025", "2026"]
    assert len(found.places_df()) == sum(len(network.places) for network in found.networks)


def test_a_network_is_a_networkx_graph_with_its_events(graph: Graph) -> None:
    whole = graph.structure().networks[0].networkx()
    assert whole["gustavo-petro"]["us-treasury"]["sign"] == -1
    assert "treasury-sanctions-petro" in whole["gustavo-petro"]["us-treasury"]["events"].split("|")


@given(st.integers(2, 12), st.integers(0, 2**30))
def test_constraint_is_that_of_networkx(actors: int, seed: int) -> None:
    graph: nx.Graph[str] = nx.relabel_nodes(nx.gnp_random_graph(actors, 0.4, seed=seed), str)
    graph.remove_nodes_from(list(nx.isolates(graph)))
    assert _constraints(graph) == pytest.approx(nx.constraint(graph, nodes=list(graph)))
