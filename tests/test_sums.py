"""Summaries of a full import: a series is the same by them as by the events behind them, and nothing counts twice."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from kg import importing, link, query, store
from kg.analysis.escalation import Escalation, escalation
from kg.analysis.rows import Row
from kg.errors import NotFound
from kg.feeds.quads import Batch, Writer
from kg.feeds.records import At, CodedEvent, Party, Report
from kg.feeds.sums import Sums
from kg.graph import Graph
from kg.store import Embedded
from kg.terms import DIP, ID, RDF
from kg.vocabulary import vocabulary

SHARED = Path(__file__).parent.parent.parent / "shared" / "feeds"
SAMPLES = {
    "gdelt": [SHARED / "gdelt" / "20180101000000.export.CSV"],
    "icews": [SHARED / "icews" / "events.2018.sample.tab"],
}
CUTS = [
    {},
    {"by": "year"},
    {"by": "week"},
    {"since": date(2018, 6, 10)},
    {"until": date(2018, 6, 20)},
    {"since": date(2018, 6, 5), "until": date(2018, 6, 6)},
    {"since": date(2017, 12, 15), "until": date(2018, 1, 1), "by": "year"},
]


def bare(rows: tuple[Row, ...]) -> list[Row]:
    return [replace(row, events=(), possible_events=()) for row in rows]


def ids(found: Escalation) -> set[str]:
    return {each for row in found.rows for each in (*row.events, *row.possible_events)}


def alike(one: Escalation, other: Escalation) -> None:
    assert bare(one.rows) == bare(other.rows)
    assert bare(one.totals) == bare(other.totals)
    assert (one.elsewhere, one.turns, one.likeness) == (other.elsewhere, other.turns, other.likeness)


@pytest.fixture(scope="module", params=SAMPLES)
def imported(request: pytest.FixtureRequest, built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled build with a real sample in full."""
    files = SAMPLES[request.param]
    if not files[0].exists():
        pytest.skip(f"{files[0].name} lies beside the repository, not in it")
    folder = Path(shutil.copytree(built, tmp_path_factory.mktemp("sums") / "build", symlinks=True))
    importing.import_feed(request.param, files, folder)
    return folder


def dyads(folder: Path) -> list[tuple[str, str]]:
    """The pairs of parties with the most events in summaries; several parties may stand for one of both."""
    rows = query.rows(
        store.open_store(str(folder)),
        """SELECT ?a ?t (SUM(?n) AS ?all) WHERE { ?s a dip:Summary ; dip:eventCount ?n ; dip:dyadActor ?a .
           { ?s dip:dyadTarget ?t } UNION { ?s dip:dyadActor ?t FILTER(STR(?a) < STR(?t)) } }
           GROUP BY ?a ?t ORDER BY DESC(?all) ?a ?t LIMIT 6""",
    )
    return [(row["a"].replace(ID, "id:"), row["t"].replace(ID, "id:")) for row in rows]


def test_a_series_by_summaries_is_the_series_by_events(imported: Path) -> None:
    view = store.open_store(str(imported))
    used, cut = 0, 0
    for one, other in dyads(imported):
        for asked in CUTS:
            try:
                events = escalation(view, one, other, level="person", single=True, **asked)  # type: ignore[arg-type]
            except NotFound:
                continue
            found = escalation(view, one, other, level="person", **asked)  # type: ignore[arg-type]
            alike(found, events)
            assert not any("-summary-" in each for each in ids(events))
            used += any("-summary-" in each for each in ids(found))
            cut += any("-summary-" not in each for each in ids(found))
    assert used > 5
    assert cut > 5


def test_a_series_of_states_is_the_same_by_summaries(imported: Path) -> None:
    view = store.open_store(str(imported))
    others = [each for each in ("russia", "north korea", "id:icews-china", "id:gdelt-chn-china") if known(view, each)]
    for other in others:
        events = escalation(view, "id:united-states", other, level="state", single=True)
        alike(escalation(view, "id:united-states", other, level="state"), events)
    assert others


def known(view: store.Store, name: str) -> bool:
    try:
        escalation(view, "id:united-states", name, level="state")
    except NotFound:
        return False
    return True


def test_summaries_cost_at_most_half_a_quad_for_each_event(imported: Path) -> None:
    (about,) = importing.imported(imported)
    graph = Batch(about["name"], about["batch"]).graph
    (row,) = query.rows(
        store.open_store(str(imported)),
        f"""SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ {{ ?s a dip:Summary ; ?p ?o }}
          UNION {{ ?s dip:actsUpon ?o }} UNION {{ ?s dip:holdsEvents ?o }} }} }}""",
    )
    assert 0 < int(row["n"]) <= about["counts"]["events"] / 2


def test_a_summary_opens_into_its_events(imported: Path) -> None:
    graph = Graph(imported)
    view = store.open_store(str(imported))
    some = query.rows(view, "SELECT ?s ?n WHERE { ?s a dip:Summary ; dip:eventCount ?n } ORDER BY DESC(?n) ?s LIMIT 20")
    for row in some:
        lines = graph.open_summary(row["s"].removeprefix(ID))
        assert len({line.split(" ")[0] for line in lines if "/ns#factuality>" in line}) == int(row["n"])
        assert all(view.query(f"ASK {{ GRAPH <{g}> {{ {s} {p} {o} }} }}") for s, p, o, g in map(parted, lines[:30]))


def parted(line: str) -> tuple[str, str, str, str]:
    subject, predicate, rest = line.removesuffix(" .\n").split(" ", 2)
    value, _, graph = rest.rpartition(" ")
    return subject, predicate, value, graph.strip("<>")


def test_parties_of_summaries_are_counted_by_their_events(imported: Path) -> None:
    told = {each.party: each.records for each in link.candidates(imported, judged=True)}
    view = store.open_store(str(imported))
    rows = query.rows(
        view,
        """SELECT ?p (COUNT(DISTINCT ?e) AS ?n) WHERE { ?s a dip:Summary ; dip:dyadActor|dip:dyadTarget ?entity .
           ?j dip:right ?entity ; dip:left ?p ; dip:verdict dip:Positive . ?e dip:factuality ?f ;
           dip:codedActor|dip:codedTarget|dip:coded ?p } GROUP BY ?p""",
    )
    counted = {row["p"].removeprefix(ID): int(row["n"]) for row in rows}
    assert counted
    assert {party: told[party] for party in counted} == counted


# Events of every kind


@dataclass(frozen=True)
class Judged:
    """That a party is an entity, without more ado."""

    entity: str
    part_of: str = ""
    iso3: str = ""
    kind: str = "state"
    judgements: tuple[()] = ()


PARTIES = {
    "x-us": "united-states", "x-col": "colombia", "x-trump": "donald-trump", "x-petro": "gustavo-petro",
    "x-treasury": "us-treasury", "x-police": "",
}  # fmt: skip


def odd(seed: int) -> Iterator[CodedEvent]:
    """Many plain events of some dyads, and among them such as no summary can stand for."""
    chance = random.Random(seed)
    report = (Report(At("f", 1), "x"),)
    plain = [(chance.choice(["x-us", "x-trump"]), chance.choice(["x-col", "x-police", "x-petro"])) for _ in range(2)]
    for number in range(900):
        one, other = chance.choice(plain)
        named: tuple[tuple[str, ...], tuple[str, ...]] = chance.choice([((one,), (other,)), ((other,), (one,))])
        even = chance.random() < 0.99
        if not even or chance.random() < 0.01:
            first, second, *more = chance.sample(sorted(PARTIES), chance.randint(2, 3))
            named = ((first, *more), (second,) * chance.randint(0, 1))
        yield CodedEvent(
            f"x-{number}",
            chance.choice(["Threat", "Threat", "Meeting", "SpeechAct"] if chance.random() < 0.9 else ["SpeechAct"]),
            "e",
            report,
            *named,
            on_behalf_of=() if even else ("x-treasury",) * chance.randint(0, 1),
            date=f"2025-{chance.choice(('09', '10'))}-{chance.randint(1, 28):02}" if even else chance.choice(
                ["", "2025-10", "2025-09-20/2025-10-05"]
            ),
            quad_class=3 if even else 0,
            goldstein=chance.choice(["-5.0", "2.5", "-0.1"]) if even else "",
            scheme="CAMEO/GDELT",
            plover=chance.choice(["", "ACCUSE"]),
            factuality="Actual" if chance.random() < 0.97 else "Threatened",
        )  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_whatever_the_events_no_one_is_lost_or_counted_twice(seed: int, built: Path) -> None:
    batch = Batch("x", "one")
    parties = [Party(each, each, "state", part_of="" if entity else "x-col") for each, entity in PARTIES.items()]
    kept = {each.id: Judged(PARTIES[each.id], "" if PARTIES[each.id] else "colombia") for each in parties}
    writer = Writer(batch, lambda party: kept[party.id], vocabulary(), Sums())
    text = "".join([*writer.write(parties), *writer.write(odd(seed)), *writer.closing()])
    about = f"<{ID}x-import-one> <{RDF}type> <{DIP}FeedImport> .\n"
    lines = [f"{line[:-2]} <{batch.graph}> .\n" for line in (text + about).splitlines()]
    view = Embedded.in_memory([*store.lines(built), *lines])
    assert "ns#Summary>" in text
    used = 0
    for pair, level in ((("id:united-states", "colombia"), "state"), (("trump", "petro"), "person"),
                        (("trump", "colombia"), "government")):  # fmt: skip
        for asked in ({}, {"since": date(2025, 9, 12)}, {"until": date(2025, 10, 7), "by": "year"}, {"by": "day"}):
            found, events = (escalation(view, *pair, level=level, single=single, **asked) for single in (False, True))
            alike(found, events)
            used += any("-summary-" in each for each in ids(found))
    assert used
