"""Decisions about parties: kept in a file of the curator's, respected at imports, applied and taken back."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode, RdfFormat
from pyoxigraph import Store as Oxigraph

import kg as kg_package
from kg import batches, importing, link, relink, store
from kg.errors import Ambiguous, DataProblems, NotFound, StorageError, UsageError
from kg.feeds import links
from kg.feeds.actors import Held, Known, Resolver
from kg.feeds.quads import Batch, Writer
from kg.feeds.records import (
    At,
    CodedEvent,
    EventMention,
    HeldOffice,
    ListedMeasure,
    ListedTie,
    Office,
    Party,
    Record,
    Report,
)
from kg.feeds.sums import Sums
from kg.model import Entity, Post
from kg.vocabulary import vocabulary

if TYPE_CHECKING:
    from tests.conftest import Kg

MAPPING = """\
feed: quarrels
columns:
  Day: date
  Sender: {field: actor, kind: state}
  Target: {field: target, kind: person}
  Office: {field: place, kind: place}
  What: class
"""
ROWS = """\
Day,Sender,Target,Office,What
2025-01-26,United States,PETRO URREGO Gustavo,Bogota,Threat
2025-01-27,Colombia,TRUMP Donald,,Threat
2025-02-01,United States,Gustavo Petro,,Accusation
2025-02-02,Mexico,Michael Rios,,Criticism
"""
PETRO = "csv-quarrels-petro-urrego-gustavo"


@pytest.fixture
def build(built: Path, tmp_path: Path) -> Path:
    """The bundled build with a batch of a table beside it."""
    folder = tmp_path / "build"
    shutil.copytree(built, folder)
    (tmp_path / "map.yaml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "rows.csv").write_text(ROWS, encoding="utf-8")
    importing.import_feed("csv", [tmp_path / "rows.csv"], folder, mapping=tmp_path / "map.yaml")
    return folder


def graph(folder: Path) -> list[str]:
    """The quads of the one batch of a build, sorted."""
    view = store.open_store(str(folder)).native()
    (about,) = store.manifest(folder)["feeds"]
    name = Batch(about["name"], about["batch"]).graph
    return sorted(str(quad) for quad in view.quads_for_pattern(None, None, None, NamedNode(name)))


def objects(folder: Path, predicate: str) -> set[str]:
    lines = [line.split(" ") for line in graph(folder) if f"ns#{predicate}>" in line]
    return {line[2].removeprefix("<https://w3id.org/diplokg/id/").removesuffix(">") for line in lines}


def test_whom_parties_may_be_is_listed_with_score_method_and_records(build: Path) -> None:
    rows = {(row.party, row.entity): row for row in link.candidates(build)}
    petro = rows[PETRO, "gustavo-petro"]
    assert (petro.verdict, petro.method, petro.records, petro.feed) == ("Unsure", "fuzzy", 1, "csv")
    assert petro.label == "PETRO URREGO Gustavo" and petro.entity_label == "Gustavo Petro"
    assert rows["csv-quarrels-michael-rios", "michael-rios"].method == "name"
    assert not {party for party, _ in rows} & {"csv-quarrels-united-states", "csv-quarrels-mexico"}


def test_what_was_judged_is_listed_so_that_it_can_be_refused(build: Path) -> None:
    rows = {(row.party, row.entity): (row.verdict, row.method) for row in link.candidates(build, judged=True)}
    assert rows["csv-quarrels-united-states", "united-states"] == ("Positive", "label")
    assert ("csv-quarrels-mexico", "mexico") not in rows


def test_a_decision_is_a_sorted_row_of_a_file_that_a_new_build_leaves_alone(build: Path, kg: Kg) -> None:
    link.decide(PETRO, "gustavo-petro", True, build, reason="the full name")
    link.decide("csv-quarrels-michael-rios", "Michael Rios", False, build)
    text = (build / "links.csv").read_text(encoding="utf-8")
    assert text == (
        "party,entity,verdict,label,reason\n"
        "csv-quarrels-michael-rios,michael-rios,refuse,Michael Rios,\n"
        f"{PETRO},gustavo-petro,accept,PETRO URREGO Gustavo,the full name\n"
    )
    assert kg("build", "--store", str(build)).code == 0
    assert (build / "links.csv").read_text(encoding="utf-8") == text
    assert {row.party for row in link.candidates(build)} == {"csv-quarrels-trump-donald", "csv-quarrels-gustavo-petro"}


def test_applied_and_taken_back_leaves_the_same_quads(build: Path) -> None:
    before = graph(build)
    link.decide(PETRO, "gustavo-petro", True, build)
    link.decide("csv-quarrels-united-states", "united-states", False, build)
    done = link.apply(build)
    assert (len(done.rewritten), done.parties) == (1, 2)
    assert objects(build, "target") == {
        "gustavo-petro", "csv-quarrels-trump-donald", "csv-quarrels-gustavo-petro", "csv-quarrels-michael-rios",
    }  # fmt: skip
    assert objects(build, "actor") == {"csv-quarrels-united-states", "colombia", "csv-quarrels-mexico"}
    assert objects(build, "codedTarget") == {PETRO} and objects(build, "codedActor") == {"csv-quarrels-colombia"}
    assert any("rel#threatened> <https://w3id.org/diplokg/id/gustavo-petro>" in line for line in graph(build))
    link.undo(PETRO, "gustavo-petro", build)
    link.undo("csv-quarrels-united-states", "united-states", build)
    assert link.apply(build).parties == 2
    assert graph(build) == before
    assert link.apply(build) == relink.Applied()


def test_applied_is_as_imported_with_the_decision(build: Path, built: Path, tmp_path: Path) -> None:
    link.decide(PETRO, "gustavo-petro", True, build)
    link.apply(build)
    other = tmp_path / "other"
    shutil.copytree(built, other)
    importing.import_feed(
        "csv", [tmp_path / "rows.csv"], other, mapping=tmp_path / "map.yaml", links=build / "links.csv"
    )
    assert graph(other) == graph(build)
    assert "csv" in store.manifest(build)["feeds"][0]["name"]
    counts = [store.manifest(folder)["feeds"][0]["counts"]["resolved"] for folder in (build, other)]
    assert counts[0] == counts[1]


def test_a_refusal_is_respected_at_the_next_import_and_said_in_the_graph(build: Path, tmp_path: Path) -> None:
    link.decide("csv-quarrels-united-states", "united-states", False, build)
    importing.drop(store.manifest(build)["feeds"][0]["batch"], build)
    importing.import_feed("csv", [tmp_path / "rows.csv"], build, mapping=tmp_path / "map.yaml")
    assert "csv-quarrels-united-states" in objects(build, "actor")
    refused = [line for line in graph(build) if "judgement-csv-quarrels-united-states-united-states" in line]
    assert any("verdict> <https://w3id.org/diplokg/ns#Negative>" in line for line in refused)


def test_a_failure_in_the_middle_leaves_the_build_as_it_was(
    build: Path, monkeypatch: pytest.MonkeyPatch, unchanged: Callable[[Path], AbstractContextManager[None]]
) -> None:
    link.decide(PETRO, "gustavo-petro", True, build)

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(batches.Fresh, "load", full_disk)
    with unchanged(build), pytest.raises(StorageError, match="What was built before is untouched"):
        link.apply(build)


def test_what_cannot_be_decided_is_told(build: Path) -> None:
    with pytest.raises(NotFound, match=f"Did you mean '{PETRO}'"):
        link.decide(PETRO[:-1], "gustavo-petro", True, build)
    with pytest.raises(NotFound, match="Did you mean 'gustavo-petro'"):
        link.decide(PETRO, "gustavo-pedro", True, build)
    with pytest.raises(Ambiguous, match="colombian-government"):
        link.decide(PETRO, "Bogotá", True, build)
    link.decide(PETRO, "gustavo-petro", True, build)
    with pytest.raises(UsageError, match="accepted as gustavo-petro already"):
        link.decide(PETRO, "nicolas-petro", True, build)
    with pytest.raises(NotFound, match="No decision"):
        link.undo(PETRO, "nicolas-petro", build)


def test_the_commands_do_the_same(build: Path, kg: Kg) -> None:
    at = ("--store", str(build))
    listed = kg("link", *at, "-f", "text")
    assert listed.code == 0 and PETRO in listed.out and "records" in listed.out.splitlines()[0]
    assert json.loads(kg("link", *at).out)[0]["entity"]
    accepted = kg("link", "accept", PETRO, "petro", *at)
    assert accepted.code == 0 and "is gustavo-petro" in accepted.err, accepted
    assert kg("link", "refuse", "csv-quarrels-michael-rios", "michael-rios", *at).code == 0
    assert "2 parties judged anew" in kg("link", "--apply", *at).err
    assert kg("link", "--apply", *at).err == "Nothing to change.\n"
    assert "taken back" in kg("link", "undo", PETRO, "petro", *at).err  # by any name, as it was accepted
    assert kg("link", "accept", PETRO, "Bogotá", *at).code == 2
    assert kg("link", "accept", "nobody", "petro", *at).code == 1
    assert kg("link", "--store", str(build.parent / "none")).code == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("party,entity\n", "the columns are party, entity. Write exactly: party,entity,verdict,label,reason"),
        ("party,entity,verdict,label,reason\na,b,acept,,\n", ":2  a: unknown verdict 'acept'. Did you mean 'accept'?"),
        ("party,entity,verdict,label,reason\na,b,accept,,\na,c,accept,,\n", ":3  a: a party can be one entity only"),
        ("party,entity,verdict,label,reason\na,b,accept,,\na,b,refuse,,\n", ":3  a: 'b' is decided twice"),
        ("party,entity,verdict,label,reason\na,b,accept\n", ":2  a: 3 cells, 5 columns."),
        ('party,entity,verdict,label,reason\n"a,b,accept,,\n', "not CSV"),
        ("party,entity,verdict,label,reason\n,b,accept,,\n", "party or entity is missing"),
        ("party,entity,verdict,label,reason\na,b,accept,\x07,\n", "U+0007"),
        (b"\xff\xfe", "is not UTF-8"),
    ],
)
def test_a_file_of_decisions_that_is_wrong_says_where(tmp_path: Path, text: str | bytes, told: str) -> None:
    path = tmp_path / "links.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DataProblems) as caught:
        links.read(path)
    assert told in str(caught.value)


def test_decisions_are_read_as_they_were_written(tmp_path: Path) -> None:
    rows = [links.Link("a", "b", "accept", 'L "x", y', "because"), links.Link("a", "c", "refuse")]
    (tmp_path / "links.csv").write_text(links.text(rows), encoding="utf-8")
    assert list(links.read(tmp_path / "links.csv").values()) == rows
    assert links.read(tmp_path / "none.csv") == {}


# ---- every kind of record, every kind of decision ------------------------------------------------------------

KNOWN = Known(
    {
        "land": Entity("land", "state", "Land", iso3="COL"),
        "land-government": Entity("land-government", "government", "Government of Land", part_of="land"),
        "somebody": Entity("somebody", "person", "Some Body"),
    },
    {"president-of-land": Post("president-of-land", "President of Land", "land")},
    (Held("somebody", "president-of-land"),),
)
PARTIES = [
    Party("x-land", "Land", "state", codes=(("iso3", "COL"),)),
    Party("x-col", "COLOMBIA", codes=(("cameo", "COL"),)),
    Party("x-gov", "GOVERNMENT", codes=(("cameo", "COLGOV"),), description="The government."),
    Party("x-mil", "MILITARY", codes=(("cameo", "COLMIL"),), part_of="x-land"),
    Party("x-fra", "FRANCE", codes=(("cameo", "FRA"),), aliases=("es:Francia",)),
    Party("x-who", "Somebody", "person"),
    Party("x-president", "President of Land"),
]
REPORT = (Report(At("f", 1, "k"), "Land", "https://example.org/", confidence="0.5"), Report(At("f", 2), "x-gov"))


def records(chance: random.Random) -> list[Record]:
    """Records of every kind among a few parties, some of which are the same entity."""
    ids = [party.id for party in PARTIES]

    def some(least: int) -> tuple[str, ...]:
        return tuple(chance.sample(ids, chance.randint(least, 3)))

    days = ["2025-01-01", "2025-02", "", "2025-01-01/2025-03-01"]
    found: list[Record] = [*PARTIES, Office("x-post", "Head", chance.choice(ids))]
    for number in range(chance.randint(1, 8)):
        found.append(
            CodedEvent(
                f"x-event-{number}",
                chance.choice(["Threat", "Meeting", "Statement", "Event"]),
                "e",
                REPORT[: chance.randint(1, 2)],
                actor=some(1),
                target=some(0),
                place=("x-land",) * chance.randint(0, 1),
                on_behalf_of=("x-gov",) * chance.randint(0, 1),
                date=chance.choice(days),
                factuality=chance.choice(["Actual", "Actual", "Alleged"]),
                goldstein="-5.0",
                scheme="CAMEO/GDELT",
            )
        )
    one, other = chance.sample(ids, 2)
    for number in range(120):  # enough for summaries
        found.append(
            CodedEvent(
                f"x-day-{number}", chance.choice(["Threat", "Meeting"]), "e", REPORT[:1], actor=(one,), target=(other,),
                date=f"2025-01-{number % 28 + 1:02}", quad_class=3, goldstein="-5.0", scheme="CAMEO/GDELT",
                mentions=number % 3, sources=1,
            )
        )  # fmt: skip
    found.append(EventMention("x-event-0", Report(At("f", 9), "Land", "https://example.org/2"), known=True))
    found.append(ListedMeasure("x-measure", "FinancialSanctions", "m", some(1), REPORT, ("x-col",), "2025"))
    found.append(HeldOffice("x-tenure", "x-who", "x-post", "t", REPORT, "2024", "2025-01"))
    left, right = chance.sample(ids, 2)
    found.append(ListedTie("x-tie", "AllyOf", left, right, "tie", REPORT))
    return found


@pytest.mark.parametrize("seed", range(25))
def test_any_decision_about_any_record_can_be_applied_and_taken_back(seed: int) -> None:
    chance = random.Random(seed)
    made = records(chance)
    pairs = [(party.id, entity) for party in PARTIES for entity in KNOWN.entities]
    first, second = (
        {pair: verdict for pair in chance.sample(pairs, 4) for verdict in [chance.random() < 0.6]} for _ in range(2)
    )
    batch = Batch("x", "batch")
    before, after = (imported(batch, made, Resolver(KNOWN, decisions)) for decisions in (first, second))
    there = rewritten(before, batch, Resolver(KNOWN, second))
    assert lines(there) == lines(after)


def test_summaries_are_among_what_is_written_anew() -> None:
    made = imported(Batch("x", "batch"), records(random.Random(0)), Resolver(KNOWN, {}))
    assert any("ns#Summary" in line for line in lines(made))


def imported(batch: Batch, made: list[Record], resolver: Resolver) -> Oxigraph:
    writer = Writer(batch, resolver.resolve, vocabulary(), Sums())
    text = [*writer.write(made), *writer.offices(resolver.offices), *writer.closing()]
    return filled(batch, text)


def rewritten(view: Oxigraph, batch: Batch, resolver: Resolver) -> Oxigraph:
    writer = Writer(batch, resolver.resolve, vocabulary(), Sums())
    return filled(batch, list(relink.rewritten(view, batch, PARTIES, writer, resolver)))


def filled(batch: Batch, text: list[str]) -> Oxigraph:
    made = Oxigraph()
    made.bulk_load("".join(text).encode(), format=RdfFormat.N_TRIPLES, to_graph=NamedNode(batch.graph))
    return made


def lines(view: Oxigraph) -> list[str]:
    return sorted(map(str, view))


def test_parties_are_kept_as_the_feed_names_them(build: Path) -> None:
    (about,) = store.manifest(build)["feeds"]
    found = relink.parties(build, about)
    assert {party.label for party in found} >= {"PETRO URREGO Gustavo", "United States", "Mexico", "Bogota"}
    path = store.generation(build) / "feeds" / "csv" / about["batch"] / "parties.jsonl"
    assert [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] == [
        json.loads(json.dumps(asdict(party))) for party in found
    ]
    path.write_text('{"id": 1', encoding="utf-8")
    with pytest.raises(DataProblems, match="Import it again"):
        relink.parties(build, about)


def test_an_office_is_said_to_be_its_holder_in_the_graph() -> None:
    made: list[Record] = [*PARTIES, CodedEvent("x-1", "Threat", "e", REPORT, actor=("x-president",), target=("x-fra",),
                                               date="2025-01-01")]  # fmt: skip
    found = lines(imported(Batch("x", "batch"), made, Resolver(KNOWN)))
    node = "<https://w3id.org/diplokg/id/judgement-x-president-somebody-office>"
    assert any(line.startswith(f'{node} <https://w3id.org/diplokg/ns#method> "office"') for line in found)
    assert any(line.startswith("<https://w3id.org/diplokg/id/x-1> <https://w3id.org/diplokg/ns#actor> "
                               "<https://w3id.org/diplokg/id/x-president>") for line in found)  # fmt: skip


@pytest.mark.slow
def test_killed_in_the_middle_a_decision_is_wholly_applied_or_not_at_all(build: Path, tmp_path: Path) -> None:
    """kill -9 at many moments: the graph is that before or that after, and the next run ends the work."""
    link.decide(PETRO, "gustavo-petro", True, build)
    before = graph(build)
    whole = tmp_path / "whole"
    shutil.copytree(build, whole)
    seconds = applied(whole, None)
    after = graph(whole)
    assert after != before
    seen = set()
    parts = [number / 40 for number in range(1, 41)] if os.environ.get("KG_LONG") else [0.05, 0.8]
    for part in parts:
        folder = tmp_path / f"at-{part}"
        shutil.copytree(build, folder)
        applied(folder, seconds * part)
        found = graph(folder)
        assert found in (before, after)
        seen.add(found == after)
        applied(folder, None)
        assert graph(folder) == after
    assert False in seen


def applied(folder: Path, kill_after: float | None) -> float:
    """Apply decisions in a process of its own, killed after some seconds or not; give the seconds it took."""
    begin = time.monotonic()
    env = {**os.environ, "PYTHONPATH": str(Path(kg_package.__file__).parents[1])}
    command = [sys.executable, "-m", "kg", "link", "--apply", "--store", str(folder)]
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            process.wait(kill_after)
        except subprocess.TimeoutExpired:
            process.kill()
    return time.monotonic() - begin
