"""Pages: what `show`, `timeline` and the terminal tell of entities, events, claims and states.

A claim never stands without its status, its speakers and every denial; what is not known to have happened says so.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click import unstyle
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import describe, importing, terminal
from kg.errors import Ambiguous, NotFound
from kg.feeds import gdelt
from kg.graph import Graph
from kg.lines import Piece, cut, flow, padded, width_of
from kg.pages import ClaimPage, EntityPage, EventPage, SourcePage, StatePage
from kg.records import EventRecord

WIDTHS = (40, 80, 140)


@pytest.fixture(scope="module")
def graph(built: Path) -> Graph:
    return Graph(built)


@pytest.fixture(scope="module")
def petro(graph: Graph) -> EntityPage:
    return entity(graph, "petro")


def entity(graph: Graph, name: str, day: str = "") -> EntityPage:
    shown = graph.show(name, date.fromisoformat(day) if day else None)
    assert isinstance(shown, EntityPage)
    return shown


def printed(graph: Graph, name: str, width: int = 80, day: str = "") -> str:
    return unstyle(terminal.page(graph.show(name, date.fromisoformat(day) if day else None), width))


# An entity


def test_an_entity_is_found_as_people_name_it(graph: Graph) -> None:
    for name in ("petro", "Petro", "GUSTAVO PETRO", "gustavo-petro", "id:gustavo-petro", "President Petro"):
        assert graph.find(name) == "gustavo-petro"
    assert graph.find("tren de") == graph.find("aragua") == "tren-de-aragua"
    assert graph.find("Veronica Alcocer") == graph.find("Verónica Alcocer") == "veronica-alcocer"


def test_a_name_of_several_is_told_with_the_candidates(graph: Graph) -> None:
    with pytest.raises(Ambiguous) as told:
        graph.show("nicolas")
    assert told.value.candidates == ("nicolas-maduro", "nicolas-petro")
    assert told.value.exit_code == 2


def test_a_name_of_nobody_is_told_with_the_nearest(graph: Graph) -> None:
    with pytest.raises(NotFound, match="Did you mean 'petro'"):
        graph.show("petroo")


def test_both_measures_against_petro_are_told(petro: EntityPage) -> None:
    found = {state.id: state for state in petro.measures}
    revoked = next(state for state in found.values() if "visa" in state.label.lower() and state.started_by)
    assert revoked.left == ("us-state-department",)
    assert revoked.right == ("gustavo-petro",)
    assert revoked.certainty == "certain"
    assert found["measure-sanctions-petro"].started_by == "treasury-sanctions-petro"


@pytest.mark.parametrize(
    ("day", "certainty"), [("2025-12-01", "certain"), ("2025-10-10", "possible"), ("2025-09-30", "")]
)
def test_sanctions_on_a_day_are_certain_possible_or_absent(graph: Graph, day: str, certainty: str) -> None:
    found = {state.id: state.certainty for state in entity(graph, "petro", day).measures}
    assert found.get("measure-sanctions-petro", "") == certainty
    text = printed(graph, "petro", day=day)
    assert bool(re.search(rf"{certainty} +US sanctions on Gustavo Petro", text)) is bool(certainty)


def test_as_of_a_day_leaves_out_what_began_later(graph: Graph, petro: EntityPage) -> None:
    early = entity(graph, "petro", "2025-03-31")
    for event in (*early.did, *early.received, *early.concerned):
        assert event.earliest <= "2025-03-31"
        assert early.fits[event.id] == ("certain" if event.latest and event.latest <= "2025-03-31" else "possible")
    assert {claim.id for claim in early.claims} < {claim.id for claim in petro.claims}
    assert "claim-petro-makes-cocaine" not in {claim.id for claim in early.claims}
    assert "claim-petro-called-tda-friends" in {claim.id for claim in early.claims}


def test_a_later_denial_stands_beside_an_earlier_claim(graph: Graph) -> None:
    text = printed(graph, "petro", day="2025-03-31")
    block = text[text.index("“Petro called members of Tren de Aragua his friends”") :]
    assert re.match(r"[^\n]*\n +says +Kristi Noem, Mar 2025\n +denies +Gustavo Petro", block)


def test_acts_are_told_apart_by_side(petro: EntityPage) -> None:
    assert all("gustavo-petro" in event.actors for event in petro.did)
    assert all("gustavo-petro" in event.targets for event in petro.received)
    assert not {e.id for e in petro.concerned} & {e.id for e in (*petro.did, *petro.received)}
    assert "treasury-sanctions-petro" in {event.id for event in petro.received}


def test_events_stand_in_order_and_answers_follow_what_they_answer(graph: Graph) -> None:
    events = list(describe.events(graph.store).values())
    assert [describe.when(e)[:2] for e in events] == sorted(describe.when(e)[:2] for e in events)
    place = {event.id: number for number, event in enumerate(events)}
    pairs = [(cause, e) for e in events for cause in e.responds_to if describe.when(e)[:2] == window(graph, cause)]
    assert len(pairs) > 3
    assert all(place[cause] < place[event.id] for cause, event in pairs)


def window(graph: Graph, event: str) -> tuple[str, str]:
    record = describe.events(graph.store, [event])[event]
    return describe.when(record)[0], describe.when(record)[1]


# Claims


def test_every_contested_claim_comes_with_who_contests_it(graph: Graph) -> None:
    claims = describe.claims(graph.store)
    contested = [claim for claim in claims.values() if claim.status == "Contested"]
    assert len(contested) > 10
    for claim in contested:
        others = [claims[other] for other in claim.contradicted_by]
        assert claim.asserted_by
        assert claim.denied_by or any(other.asserted_by for other in others)


def test_noem_and_petro_stand_side_by_side(petro: EntityPage) -> None:
    claim = next(claim for claim in petro.claims if claim.id == "claim-petro-called-tda-friends")
    assert claim.status == "Contested"
    assert [voice.actors for voice in claim.asserted_by] == [("kristi-noem",)]
    assert ("gustavo-petro",) in [voice.actors for voice in claim.denied_by]


def test_contradiction_is_seen_from_both_claims(graph: Graph) -> None:
    """Only one of two claims says that they contradict each other; each read alone knows of it."""
    told = graph.rows("SELECT ?a ?b WHERE { ?a dip:contradicts ?b }")
    assert told
    for row in told:
        one, other = row["a"].removeprefix("id:"), row["b"].removeprefix("id:")
        assert other in describe.claims(graph.store, [one])[one].contradicted_by
        assert one in describe.claims(graph.store, [other])[other].contradicted_by


def test_what_is_alleged_names_who_alleges_and_who_denies(graph: Graph) -> None:
    told = describe.events(graph.store, ["alleged-cocaine-making-by-petro"])["alleged-cocaine-making-by-petro"]
    assert (told.factuality, told.voiced_by, told.denied_by) == ("Alleged", ("donald-trump",), ("gustavo-petro",))


def test_contested_claims_come_first(petro: EntityPage) -> None:
    statuses = [claim.status for claim in petro.claims]
    assert statuses == sorted(statuses, key=["Contested", "Denied", "Asserted"].index)


def test_page_of_a_claim(graph: Graph) -> None:
    assert isinstance(graph.show("claim-petro-makes-cocaine"), ClaimPage)
    text = printed(graph, "claim-petro-makes-cocaine")
    assert text.startswith(
        "“Petro makes cocaine”\n  claim, not a fact · id:claim-petro-makes-cocaine\n  status   contested\n"
    )
    assert re.search(r"says +Donald Trump, Jan 2026", text)
    assert re.search(r"denies +Gustavo Petro, Jan 2026", text)
    assert "alleged: ≠ Making of cocaine" in text
    assert "paragraph 40, characters 6658–6677, quoting Donald Trump" in text


# Events, states, sources


def test_page_of_an_event(graph: Graph) -> None:
    assert isinstance(graph.show("treasury-sanctions-petro"), EventPage)
    text = printed(graph, "treasury-sanctions-petro", 100)
    assert "status   actual: it happened\n" in text
    assert "when     October 2025 – between 3 and 31 Oct 2025\n" in text
    assert "reckoned from another event; EDTF 2025-10\n" in text
    assert "CAMEO 163 · quad class 4 · Goldstein -8.0 (ICEWS scale)" in text
    assert "paragraph 28, characters 4732–4807\n" in text


def test_page_of_an_event_says_what_is_not_known_to_have_happened(graph: Graph) -> None:
    rows = graph.rows("SELECT ?e ?f WHERE { ?e dip:factuality ?f }")
    assert len({row["f"] for row in rows}) == 6
    for factuality in {row["f"] for row in rows}:
        event = next(row["e"] for row in rows if row["f"] == factuality)
        text = printed(graph, event)
        assert ("not known to have happened" in text) is (factuality != "dip:Actual")
        assert f"status   {factuality.removeprefix('dip:').lower()}: " in text


def test_page_of_a_summary_says_that_it_is_never_counted(graph: Graph) -> None:
    row = graph.rows("SELECT ?e WHERE { ?e dip:aggregate true } ORDER BY ?e LIMIT 1")[0]
    assert "a summary of other events, never counted" in printed(graph, row["e"])


def test_page_of_a_measure(graph: Graph) -> None:
    assert isinstance(graph.show("measure-sanctions-petro"), StatePage)
    text = printed(graph, "measure-sanctions-petro", day="2025-10-10")
    assert "in force    possible on 10 Oct 2025\n" in text
    assert "imposed by  US Treasury Department\n" in text
    assert "Begun by\n" in text


def test_page_of_a_source(graph: Graph) -> None:
    assert isinstance(graph.show("cnn-2026-02-us-colombia-feud"), SourcePage)
    text = printed(graph, "cnn-2026-02-us-colombia-feud")
    assert "publisher CNN\n" in text
    assert re.search(r"tells of +\d+ events, \d+ claims, \d+ states, \d+ passages\n", text)


def test_page_of_a_post_names_its_holder(graph: Graph) -> None:
    text = printed(graph, "president-of-colombia")
    assert "certain    Gustavo Petro, President of Colombia" in text
    assert "post · id:president-of-colombia" in text


def test_every_kind_of_thing_has_a_page(graph: Graph) -> None:
    for kind in ("Event", "Proposition", "Measure", "Tenure", "Tie", "Source", "Person", "Organization", "Place"):
        row = graph.rows(f"SELECT ?s WHERE {{ ?s a dip:{kind} }} ORDER BY ?s LIMIT 1")[0]
        assert row["s"] in printed(graph, row["s"])


# Timeline


def test_timeline_of_two_holds_what_is_between_them(graph: Graph) -> None:
    shown = graph.timeline("trump", "petro")
    rows = graph.rows(
        """SELECT DISTINCT ?e WHERE { VALUES ?p { dip:actor dip:target } VALUES ?q { dip:actor dip:target }
           ?e ?p id:donald-trump ; ?q id:gustavo-petro }"""
    )
    assert {f"id:{event.id}" for event in shown.events} == {row["e"] for row in rows}
    assert shown.fits == ("",) * len(shown.events)


def test_timeline_of_a_window_tells_certain_from_possible(graph: Graph) -> None:
    since, until = date(2025, 10, 1), date(2025, 10, 31)
    every = graph.timeline("trump", "petro").events
    shown = graph.timeline("trump", "petro", since=since, until=until)
    fits = dict(zip((event.id for event in shown.events), shown.fits, strict=True))
    for event in every:
        inside = (event.earliest or "0") >= "2025-10-01" and (event.latest or "9") <= "2025-10-31"
        outside = (event.latest or "9") < "2025-10-01" or (event.earliest or "0") > "2025-10-31"
        assert fits.get(event.id, "no") == ("certain" if inside else "no" if outside else "possible")
    assert set(fits.values()) == {"certain", "possible"}


def test_timeline_says_what_only_possibly_lies_in_the_window(graph: Graph) -> None:
    shown = graph.timeline("trump", "petro", since=date(2025, 10, 1), until=date(2025, 10, 31))
    text = unstyle(terminal.timeline(shown, 140))
    assert text.startswith(f"Donald Trump – Gustavo Petro: {len(shown.events)} events between 1 and 31 Oct 2025\n")
    for event, fit in zip(shown.events, shown.fits, strict=True):
        line = next(line for line in text.splitlines() if event.label in line)
        assert ("possible:" in line) is (fit == "possible")


def test_timeline_of_a_place_holds_what_happened_there(graph: Graph) -> None:
    assert "noem-meeting-in-bogota" in {event.id for event in graph.timeline("bogota").events} or (
        graph.timeline("bogota").events and all("bogota" in e.place for e in graph.timeline("bogota").events)
    )


# The terminal


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "name", ["petro", "united-states", "trump-petro-white-house-meeting", "claim-petro-makes-cocaine"]
)
def test_no_line_is_wider_than_the_terminal(graph: Graph, name: str, width: int) -> None:
    assert [line for line in printed(graph, name, width).splitlines() if width_of(line) > width] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_of_a_timeline_or_way_is_wider_either(graph: Graph, width: int) -> None:
    shown = terminal.timeline(graph.timeline("petro"), width) + terminal.ways(graph.path("bessent", "petro"), width)
    assert [line for line in unstyle(shown).splitlines() if width_of(line) > width] == []


def test_dates_stand_in_one_column(graph: Graph) -> None:
    lines = unstyle(terminal.timeline(graph.timeline("petro"), 140)).splitlines()[1:]
    rows = [line for line in lines if line.startswith("  ")]
    assert len(rows) > 50
    for line in rows:
        assert re.match(r"  (\S.{0,19}\S)? +$", line[:23]), line
        assert line[23] != " "


def events_of(shown: EntityPage) -> list[EventRecord]:
    return [*shown.did, *shown.received, *shown.concerned]


@pytest.mark.parametrize("name", ["petro", "trump", "maduro"])
def test_contested_alleged_and_threatened_are_unmistakable(graph: Graph, name: str) -> None:
    """Whoever reads one line alone sees that it is contested, by whom, or that it is not known to have happened."""
    shown = entity(graph, name)
    lines = printed(graph, name, 400).splitlines()
    for event in events_of(shown):
        line = next(line for line in lines if event.label in line and "¶" in line and "“" not in line)
        opposed = any(shown.said[claim].status == "Contested" for claim in event.asserts)
        assert ("≠ " in line) is (opposed or bool(event.denied_by))
        assert bool(re.search(r"denied by|contradicted by", line)) is ("≠ " in line)
        assert (f"{event.factuality.lower()}:" in line) is (event.factuality != "Actual")
        assert ("(summary)" in line) is event.summary


def test_what_is_not_known_to_have_happened_stands_apart(graph: Graph, petro: EntityPage) -> None:
    text = printed(graph, "petro", 400)
    head, tail = text.split("\nNot known to have happened: planned, promised, intended, threatened or alleged\n")
    section = tail.split("\n\n")[0]
    assert len(section.splitlines()) == sum(event.factuality != "Actual" for event in events_of(petro))
    assert not re.search(r"(planned|promised|intended|threatened|alleged): ", head)


def test_evidence_stands_behind_every_statement_and_is_dim(graph: Graph, petro: EntityPage) -> None:
    raw = terminal.page(petro, 400)
    assert unstyle(raw).count(" [CNN ¶") >= len(events_of(petro)) + len(petro.claims)
    assert len(re.findall(r"\x1b\[2m(\(summary\) )?\[CNN ¶[\d, ]+\]\x1b\[0m", raw)) == raw.count("[CNN ¶")


def test_nothing_is_lost_without_colours(petro: EntityPage) -> None:
    assert unstyle(terminal.page(petro, 80)).split() == re.sub(r"\x1b\[\d+m", "", terminal.page(petro, 80)).split()


def test_foreign_text_cannot_steer_the_terminal(graph: Graph, petro: EntityPage) -> None:
    bent = replace(petro, entity=replace(petro.entity, label="Pet\x1b[2Jro\x07", description="a\nb\u202ec"))
    text = unstyle(terminal.page(bent, 80))
    assert text.startswith("Pet [2Jro\n")
    assert "\n  a b c\n" in text


def test_a_path_shows_evidence_at_each_step(graph: Graph) -> None:
    text = unstyle(terminal.ways(graph.path("bessent", "tren-de-aragua", 1), 140))
    assert text.startswith("1. Scott Bessent → Gustavo Petro → Trump administration → Tren de Aragua\n")
    steps = re.split(r"\n  1\.\d  ", text)[1:]
    assert len(steps) == 3
    assert all("[CNN ¶" in step for step in steps)


# Lines


@settings(deadline=None)
@given(
    st.text(st.sampled_from("ab é習\u0301\u00a0😀\u200d\x1b"), max_size=8),
    st.lists(
        st.builds(Piece, st.text(st.sampled_from("abc é習\u0301\u00a0😀 "), max_size=30), st.sampled_from(["", "dim"]))
    ),
    st.integers(10, 60),
)
def test_lines_fit_and_lose_nothing(head: str, pieces: list[Piece], width: int) -> None:
    lines = [unstyle(line) for line in flow(Piece(head), pieces, width, indent=4)]
    assert all(width_of(line) <= max(width, 14, width_of(head)) for line in lines)
    wanted = "".join(c for text in (head, *(p.text for p in pieces)) for c in text if not c.isspace() and c != "\x1b")
    assert "".join(c for line in lines for c in line if not c.isspace()) == wanted


def test_widths_are_those_of_terminals() -> None:
    assert [width_of(text) for text in ("Bogotá", "Bogota\u0301", "習近平", "❤\ufe0f", "ñ")] == [6, 6, 6, 1, 1]
    assert padded("習", 4) == "習  "
    assert cut("習近平", 4) == ("習近", "平")
    assert cut("a", 0) == ("a", "")


# Many events of feeds


@pytest.fixture(scope="module")
def coded(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled build with twelve events of GDELT, one a month, by the United States upon Colombia."""
    told = {
        "Actor1Code": "USA", "Actor1Name": "UNITED STATES", "Actor1CountryCode": "USA", "Actor2Code": "COL",
        "Actor2Name": "COLOMBIA", "Actor2CountryCode": "COL", "EventCode": "112", "EventRootCode": "11",
        "QuadClass": "3", "GoldsteinScale": "-2.0", "NumMentions": "3", "NumSources": "1", "NumArticles": "2",
    }  # fmt: skip
    folder = tmp_path_factory.mktemp("coded")
    rows = (
        told | {"GLOBALEVENTID": str(month), "SQLDATE": f"2018{month:02}01", "SOURCEURL": f"http://example.org/{month}"}
        for month in range(1, 13)
    )
    text = "".join("\t".join(row.get(name, "") for name in gdelt.EVENTS[61]) + "\n" for row in rows)
    (folder / "a.CSV").write_text(text, encoding="utf-8")
    build = Path(shutil.copytree(built, folder / "build", symlinks=True))
    importing.import_feed("gdelt", [folder / "a.CSV"], build)
    return build


def test_of_feeds_the_latest_are_shown_and_the_others_counted(coded: Path, graph: Graph) -> None:
    wide = Graph(coded)
    whole, found = wide.show("id:united-states"), wide.show("id:united-states", limit=3)
    assert isinstance(whole, EntityPage)
    assert isinstance(found, EntityPage)
    assert (whole.left_out, found.left_out) == (0, 9)
    left = {event.id for event in whole.did} - {event.id for event in found.did}
    assert left == {f"gdelt-{month}" for month in range(1, 10)}
    curated = graph.show("id:united-states")
    assert isinstance(curated, EntityPage)
    assert {event.id for event in curated.did} <= {event.id for event in found.did}


def test_a_party_of_a_feed_tells_whom_it_is_taken_for(coded: Path, kg: Any) -> None:
    told = kg("show", "gdelt-usa-united-states", "-f", "text", "--store", coded).out
    assert "Taken for United States (id:united-states) by cameo, score 1.00." in " ".join(told.split())


def test_days_asked_for_bound_what_is_counted_as_left_out(coded: Path) -> None:
    found = Graph(coded).timeline("id:united-states", "colombia", until="2018-06-30", limit=2)
    assert [event.id for event in found.events if event.id.startswith("gdelt")] == ["gdelt-5", "gdelt-6"]
    assert found.left_out == 4


@pytest.mark.parametrize("command", [("show", "id:united-states"), ("timeline", "id:united-states", "colombia")])
def test_how_to_see_what_is_left_out_is_told(command: tuple[str, ...], coded: Path, kg: Any) -> None:
    told = kg(*command, "--limit", "2", "-f", "text", "--store", coded).out
    assert "… and 10 earlier events of feeds: --limit 0 shows all, --no-feeds none." in told
    assert "gdelt" not in kg(*command, "--no-feeds", "-f", "text", "--store", coded).out
    for most in ("0", "100"):
        assert "earlier event" not in kg(*command, "--limit", most, "-f", "text", "--store", coded).out
    assert json.loads(kg(*command, "--limit", "2", "-f", "json", "--store", coded).out)["left_out"] == 10


@pytest.fixture(scope="module")
def listed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build with a list of which the US Treasury imposed more than a query may name."""
    folder = Path(shutil.copytree(built, tmp_path_factory.mktemp("listed") / "build"))
    for day, numbers in (("2021-05-22", range(1400)), ("2022-02-01", range(700, 2100))):
        rows = (f'{n},"COMPANY {n}",-0- ,"SDGT"{",-0- " * 8}\n' for n in numbers)
        (folder.parent / f"sdn_{day}.csv").write_text("".join(rows), encoding="utf-8")
    importing.import_feed("ofac", sorted(folder.parent.glob("sdn_*.csv")), folder)
    return folder


def test_an_entity_of_thousands_of_measures_is_shown_with_what_holds_and_began_last(
    listed: Path, graph: Graph, kg: Any
) -> None:
    wide, curated = Graph(listed).show("us-treasury"), graph.show("us-treasury")
    found = Graph(listed).show("us-treasury", limit=50)
    assert isinstance(wide, EntityPage) and isinstance(found, EntityPage) and isinstance(curated, EntityPage)
    assert len(wide.measures) == 2100 + len(curated.measures) and wide.states_left_out == 0
    assert len(found.measures) == 50 + len(curated.measures) and found.states_left_out == 2050
    assert {each.certainty for each in found.measures} == {"certain"}  # 700 of the list are gone
    assert {each.latest_begin for each in found.measures if each.id.startswith("ofac")} == {"2022-02-01"}
    asked = Graph(listed).show("us-treasury", date(2021, 12, 1), limit=50)
    assert isinstance(asked, EntityPage) and asked.states_left_out == 2050  # none is gone for sure on that day
    told = " ".join(kg("show", "us-treasury", "--limit", 50, "-f", "text", "--store", listed).out.split())
    assert "and 2,050 more of offices, measures and ties of feeds: --limit 0 shows all" in told


def test_what_no_longer_holds_stands_below_what_does(listed: Path) -> None:
    page = Graph(listed).show("us-treasury")
    assert isinstance(page, EntityPage)
    over = [each.certainty == "no" for each in page.measures]
    assert over == sorted(over) and any(over)


@pytest.mark.parametrize(
    ("edtf", "told"),
    [
        ("1956-07-24/1956-07-25", "24–25 Jul 1956  "),
        ("1998-06-30/1998-07-02", "30 Jun – 2 Jul 1998  "),
        ("2021-05-23/2022-02-01", "23 May 2021 – 1 Feb 2022  "),
        ("2025-09/2026-02", "Sep 2025 – Feb 2026  "),
    ],
)
def test_a_date_never_runs_into_what_happened(graph: Graph, edtf: str, told: str) -> None:
    shown = graph.timeline("petro", "trump")
    event = replace(shown.events[0], edtf=edtf, label="Something happens")
    [line] = [
        each
        for each in terminal.timeline(replace(shown, events=(event,), fits=shown.fits[:1])).split("\n")
        if "Something" in each
    ]
    assert unstyle(line).startswith(f"  {told}") and "Something happens" in line


def test_one_day_is_told_as_one(graph: Graph) -> None:
    found = graph.timeline("petro", "trump", since="2025-01-26", until="2025-01-26")
    assert " on 26 Jan 2025" in unstyle(terminal.timeline(found)).split("\n")[0].replace("\u00a0", " ")


def test_a_timeline_that_is_cut_tells_how_many_events_there_are(coded: Path) -> None:
    found = Graph(coded).timeline("id:united-states", "colombia", limit=2)
    whole = Graph(coded).timeline("id:united-states", "colombia")
    assert f": {len(whole.events)} events" in unstyle(terminal.timeline(found))
