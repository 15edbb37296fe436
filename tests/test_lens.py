"""As of, as known at, according to: what a reader of a day, or of one voice, gets from the graph."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kg import describe
from kg import open as open_graph
from kg.analysis.acts import Seen
from kg.analysis.escalation import escalation
from kg.bundle import verify
from kg.dates import Certainty
from kg.errors import NotFound, UsageError
from kg.graph import Graph
from kg.lens import Lens
from kg.pages import EntityPage
from kg.records import ClaimRecord, EventRecord, Evidence, Picture, Voice


@pytest.fixture(scope="module")
def graph(built: Path) -> Graph:
    return open_graph(built)


@pytest.fixture(scope="module")
def later(builds_of_two_days: tuple[Path, Path]) -> Graph:
    return open_graph(builds_of_two_days[1])


def page(graph: Graph, name: str, **seen: Any) -> EntityPage:
    found = graph.show(name, **seen)
    assert isinstance(found, EntityPage)
    return found


# As known at


def test_known_at_a_day_leaves_out_what_was_published_later(later: Graph) -> None:
    known = later.timeline("trump", "petro", known_at="2025-12-01")
    assert {event.id for event in known.events} == {"trump-says-petro-breaks-promises", "trump-and-petro-speak"}
    assert len(later.timeline("trump", "petro", known_at="2026-02-02").events) == 4
    assert set(known.fits) == {"certain"}


def test_what_was_known_on_the_day_of_publication_itself_counts(later: Graph) -> None:
    assert later.timeline("trump", known_at="2025-11-05").events
    with pytest.raises(NotFound, match=r"Nothing was known on 2025-11-04.*first source is of 5 November 2025"):
        later.timeline("trump", known_at="2025-11-04")


def test_a_source_of_an_uncertain_day_makes_it_possible_not_certain(graph: Graph) -> None:
    assert set(graph.timeline("trump", "petro", known_at="2026-02-05").fits) == {"possible"}
    assert set(graph.timeline("trump", "petro", known_at="2026-02-10").fits) == {"certain"}


def test_a_claim_keeps_the_denial_that_came_later(later: Graph) -> None:
    claim = later.timeline("trump", "petro", known_at="2025-12-01").claims["claim-petro-breaks-promises"]
    assert claim.status == "Contested"
    assert claim.denied_by[0].actors == ("gustavo-petro",)


def test_a_picture_as_known_holds_claims_as_they_then_stood(later: Graph) -> None:
    before, after = (later.lens(day).picture(later.picture()) for day in ("2025-12-01", "2026-02-02"))
    assert before.claims["claim-petro-breaks-promises"].status == "Asserted"
    assert after.claims["claim-petro-breaks-promises"].status == "Contested"
    assert before.states == {}
    assert set(before.sources) == {"earlier-note"}
    accused = {edge.predicate: edge for edge in before.edges}
    assert accused["rel:accused"].status == "Asserted"
    assert accused["rel:accused"].because == ("trump-says-petro-breaks-promises",)


def test_a_picture_of_the_last_day_is_the_whole(later: Graph) -> None:
    whole = later.picture()
    assert later.lens("2026-02-02").picture(whole) == whole


def test_the_bundled_picture_of_the_last_day_is_the_whole(graph: Graph) -> None:
    whole = graph.picture()
    assert graph.lens("2026-12-31").picture(whole) == whole


def test_a_path_needs_events_that_were_known(later: Graph) -> None:
    assert later.path("treasury", "trump", known_at="2026-02-02").ways
    with pytest.raises(NotFound, match=r"may be one without .*--known-at"):
        later.path("treasury", "trump", known_at="2025-12-01")


# According to


def test_a_voice_tells_what_it_asserts_and_what_it_denies(graph: Graph) -> None:
    told = page(graph, "petro", according_to="bessent")
    assert {claim.id for claim in told.claims} and all(
        any("scott-bessent" in voice.actors for voice in (*claim.asserted_by, *claim.denied_by))
        for claim in told.claims
    )
    assert len(told.claims) < len(page(graph, "petro").claims)


def test_what_a_voice_tells_keeps_the_other_side(graph: Graph) -> None:
    told = page(graph, "petro", according_to="bessent")
    contested = [claim for claim in told.claims if claim.status == "Contested"]
    assert contested
    for claim in contested:
        assert claim.denied_by or any(told.said[other].asserted_by for other in claim.contradicted_by)


def test_a_publisher_tells_what_it_reports_without_citing_anybody(graph: Graph) -> None:
    told = graph.timeline("trump", "petro", according_to="cnn")
    assert told.events
    assert all(any(not each.speaker for each in event.evidence) for event in told.events)


def test_the_voice_is_the_one_of_the_saved_question(graph: Graph) -> None:
    asked = {row["proposition"] for row in graph.rows("according-to", {"who": "petro"})}
    lens = graph.lens(according_to="petro")
    assert {f"id:{claim}" for claim in lens.picture(graph.picture()).claims} == asked


def test_who_says_nothing_is_told_with_those_who_do(graph: Graph) -> None:
    with pytest.raises(UsageError, match=r"gaza neither says nor reports.*donald-trump"):
        graph.timeline("trump", according_to="gaza")
    with pytest.raises(NotFound, match="Nothing here is called 'nobody at all'"):
        graph.timeline("trump", according_to="nobody at all")


def test_a_lens_is_for_actors(graph: Graph) -> None:
    with pytest.raises(UsageError, match="is no actor"):
        graph.show("treasury-sanctions-petro", known_at="2026-03-01")


# The state of the world


@pytest.mark.parametrize(
    ("day", "certainty"), [("2025-10-02", ""), ("2025-10-10", "possible"), ("2025-11-01", "certain")]
)
def test_the_world_on_a_day_tells_certain_from_possible(graph: Graph, day: str, certainty: str) -> None:
    held = {state.id: state.certainty for state in graph.world(day).measures}
    found = [known for node, known in held.items() if "sanctions-petro" in node or "sanctions-on-petro" in node]
    assert found == ([certainty] if certainty else [])


def test_the_world_agrees_with_the_saved_questions(graph: Graph) -> None:
    world = graph.world("2025-10-10")
    asked = graph.rows("sanctions-in-force", as_of="2025-10-10")
    sanctions = [state.id for state in world.measures if state.type_label != "entry permit"]
    assert sorted({row["measure"] for row in asked}) == sorted(f"id:{node}" for node in sanctions)
    offices = graph.rows("offices", as_of="2025-10-10")
    assert len({row["holder"] for row in offices}) == len(world.offices) > 3


def test_what_is_threatened_on_a_day_was_voiced_by_then(graph: Graph) -> None:
    early, late = graph.world("2025-02-15"), graph.world("2026-02-01")
    assert {event.id for event in early.ahead} < {event.id for event in late.ahead}
    assert "us-tariffs-on-colombia-threatened" in {event.id for event in early.ahead}
    assert all(event.factuality not in ("Actual", "Alleged") for event in late.ahead)


# The commands


def test_show_without_a_name_shows_a_day(kg: Any, built: Path) -> None:
    shown = kg("show", "--as-of", "2025-10-10", "-f", "text", "--store", built)
    assert shown.code == 0
    assert "The state of the world on 10 Oct 2025" in shown.out
    assert "US Secretary of the Treasury" in shown.out
    assert kg("show", "--store", built).code == 2


def test_a_timeline_says_as_known_when_and_according_to_whom(kg: Any, built: Path) -> None:
    shown = kg(
        "timeline", "trump", "petro", "--from", "2026-01-01", "--known-at", "2026-02-05", "--according-to", "petro",
        "-f", "text", "--store", built,
    )  # fmt: skip
    assert "As known on 5 Feb 2026, according to Gustavo Petro; possible: a source may have been published" in shown.out
    found = json.loads(kg("timeline", "trump", "--known-at", "2026-02-10", "--store", built).out)
    assert found["known_at"] == "2026-02-10"


def test_a_timeline_of_nothing_says_so(kg: Any, built: Path) -> None:
    shown = kg("timeline", "trump", "alcocer", "-f", "text", "--store", built)
    assert "0 events" in shown.out
    assert "kg path" in shown.out


def test_a_timeline_of_nobody_holds_everything(graph: Graph) -> None:
    assert len(graph.timeline().events) == graph.stats()["counts"]["events"]


@pytest.mark.parametrize("command", ["show petro", "timeline petro", "path bessent petro"])
@pytest.mark.parametrize("day", ["2025-02-30", "yesterday", "2025"])
def test_an_impossible_day_is_refused(kg: Any, built: Path, command: str, day: str) -> None:
    done = kg(*command.split(), "--known-at", day, "--store", built)
    assert done.code == 2
    assert day in done.err


# The analyses, and the bundle


def test_a_series_counts_what_the_voice_tells(graph: Graph) -> None:
    whole, found = graph.escalation("trump", "petro"), graph.escalation("trump", "petro", according_to="petro")
    told = graph.lens(according_to="petro").passing(describe.events(graph.store).values())
    assert found.acts.keys() == whole.acts.keys() & told.keys()
    assert 0 < len(found.acts) < len(whole.acts)
    assert "according to Gustavo Petro" in found.words()


def test_what_was_only_perhaps_known_is_possible(graph: Graph) -> None:
    whole = graph.escalation("trump", "petro")
    unsure = max(node for node in whole.acts if any(node in row.events for row in whole.rows))
    fits: dict[str, Certainty] = {node: "possible" if node == unsure else "certain" for node in whole.acts}
    found = escalation(graph.store, "trump", "petro", seen=Seen(fits, "as known then"))
    (total,) = (row for row in found.totals if row.direction == "all")
    (before,) = (row for row in whole.totals if row.direction == "all")
    assert (total.certain, total.possible) == (before.certain - 1, before.possible + 1)
    assert unsure in total.possible_events


def test_networks_rest_on_what_the_voice_tells(graph: Graph) -> None:
    found = graph.structure(according_to="petro")
    told = graph.lens(according_to="petro").passing(describe.events(graph.store).values())
    rested = {event for network in found.networks for tie in network.ties for event in tie.events}
    assert rested
    assert rested <= told.keys()
    assert "according to Gustavo Petro" in found.words()


@pytest.mark.parametrize("command", [("escalation", "trump", "petro"), ("balance",), ("bundle", "trump", "petro")])
def test_before_anything_was_known_the_analyses_say_so(command: tuple[str, ...], kg: Any, built: Path) -> None:
    done = kg(*command, "--known-at", "2020-01-01", "--store", built, *(["-o", "-"] if "bundle" in command else []))
    assert (done.code, done.out) == (1, "")
    assert "Nothing was known on 2020-01-01: no source here was published by then." in done.err


def test_a_voice_that_tells_nothing_of_a_pair_is_told(graph: Graph) -> None:
    with pytest.raises(NotFound, match=r"Nothing that counts between .* is told according to Scott Bessent"):
        graph.escalation("trump", "petro", according_to="bessent")


@pytest.mark.parametrize("asked", [{"known_at": "2026-03-01"}, {"according_to": "petro"}, {"according_to": "cnn"}])
def test_a_bundle_in_a_voice_or_as_known_verifies(asked: dict[str, str], graph: Graph, tmp_path: Path) -> None:
    made = graph.bundle("trump", "petro", **asked)
    (tmp_path / "b.zip").write_bytes(made)
    assert verify(tmp_path / "b.zip").ok
    with zipfile.ZipFile(tmp_path / "b.zip") as packed:
        about, brief = (packed.read(name).decode() for name in ("about.json", "brief.md"))
    assert all(json.loads(about)[name] for name in asked)
    assert brief == graph.report("trump", "petro", "md", **asked) or "The plot is not part of a bundle" in brief
    assert ("as known on" in brief) == ("known_at" in asked)


# A claim as it stood


def _told(source: str) -> tuple[Evidence, ...]:
    return (Evidence(source, 1, 0, 1, "0" * 64, "diplokg"),)


def _picture(asserted_in: str, denied_in: str) -> Picture:
    """A claim known from the early source, asserted and denied in the sources named."""
    events = {
        node: EventRecord(node, node, "Event", "event", "Actual", (node[0],), (), evidence=_told(source))
        for node, source in (("a-says", asserted_in), ("b-denies", denied_in))
    }
    says, denies = (Voice(node, node, (node[0],), (node[0],), "") for node in events)
    claim = ClaimRecord("claim", "claim", "Contested", (), (says,), (denies,), (), (), _told("early"))
    return Picture("", {}, (), events, {"claim": claim}, {}, {"early": "", "late": ""})


@pytest.mark.parametrize(
    ("asserted_in", "denied_in", "status"),
    [("early", "early", "Contested"), ("early", "late", "Asserted"), ("late", "early", "Denied")],
)
def test_a_claim_stands_by_the_voices_known_on_the_day(asserted_in: str, denied_in: str, status: str) -> None:
    lens = Lens(date(2025, 12, 1), published={"early": "2025-11", "late": "2026-01"})
    claim = lens.picture(_picture(asserted_in, denied_in)).claims["claim"]
    assert claim.status == status
    assert [bool(claim.asserted_by), bool(claim.denied_by)] == [asserted_in == "early", denied_in == "early"]


def test_without_a_day_every_source_is_out_for_certain() -> None:
    assert Lens(according_to="a").out_by_then("late") == "certain"
    assert Lens(date(2025, 12, 1)).out_by_then("of no day") == "possible"
