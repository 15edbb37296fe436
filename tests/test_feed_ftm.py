"""FollowTheMoney in and out: sanctions with their sender as a node, posts held, ties; ids and facts come back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from kg import importing
from kg.feeds import files, ftm
from kg.feeds.records import CodedEvent, HeldOffice, ListedMeasure, ListedTie, Office, Party, Record, Window
from kg.feeds.tally import Tally
from kg.ftm import ftm as written
from kg.graph import Graph

SHARED = Path(__file__).parents[2] / "shared" / "feeds" / "ftm"
needs_samples = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the samples and the model are not at ../shared/feeds/ftm"
)


def line(key: str, schema: str, /, **properties: str | list[str]) -> dict[str, Any]:
    return {
        "id": key,
        "schema": schema,
        "properties": {key: value if isinstance(value, list) else [value] for key, value in properties.items()},
    }


ENTITIES = [
    line("occ-1", "Occupancy", holder="NK-head", post="pos-1", startDate="2022-08-07"),
    line("NK-head", "Person", name=["The Head", "El Jefe"], nationality="co", birthDate="1960", position="Head"),
    line("q-agency", "PublicBody", name="Agency of Sanctions", country="us", classification="agency"),
    line("pos-1", "Position", name="Head of Colombia", country="co"),
    line("acme", "Company", name="Acme S.A.", country="pa", phone="+507"),
    line("s-1", "Sanction", entity="acme", authority="Agency of Sanctions", authorityId="q-agency",
         program="LIST-1", startDate="2025-10-03", reason="A sentence of somebody's."),
    line("s-2", "Sanction", entity="NK-head", authority="Council of States", startDate=["2025-10-03", "2025-10-28"],
         endDate="2026-01"),
    line("own-1", "Ownership", owner="NK-head", asset="acme", percentage="51", startDate="2020"),
    line("kin", "Person", name="A Relative"),
    line("fam-1", "Family", person="kin", relative="NK-head", relationship="father"),
]  # fmt: skip


def read(tmp_path: Path, *entities: dict[str, Any] | str, window: Window | None = None) -> tuple[list[Record], Tally]:
    path = tmp_path / "entities.ftm.json"
    path.write_text("".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in entities))
    (source,) = files.sources([path])
    records = list(ftm.read([source], window or Window()))
    source.tally.check()
    return records, source.tally


def by_id(records: list[Record]) -> dict[str, Record]:
    return {getattr(record, "id", ""): record for record in records}


def test_entities_become_parties_measures_tenures_and_ties_in_any_order(tmp_path: Path) -> None:
    records, tally = read(tmp_path, *ENTITIES)
    found = by_id(records)
    head, agency = found[ftm.local("NK-head")], found["ftm-q-agency"]
    assert isinstance(head, Party) and isinstance(agency, Party)
    assert (head.label, head.kind, head.aliases) == ("The Head", "person", ("El Jefe",))
    assert head.codes == (("iso2", "CO"), ("ftm", "NK-head")) and head.description == "Born 1960. Position: Head."
    assert agency.kind == "agency"
    office, held = found["ftm-pos-1"], found["ftm-occ-1"]
    assert isinstance(office, Office) and office.organization == "ftm-country-co"
    assert isinstance(held, HeldOffice) and (held.holder, held.post, held.begin) == (head.id, office.id, "2022-08-07")
    owns, child = found["ftm-own-1"], found["ftm-fam-1"]
    assert isinstance(owns, ListedTie) and (owns.type, owns.left, owns.right) == ("OwnerOf", head.id, "ftm-acme")
    assert (owns.begin, owns.note) == ("2020", "51")
    assert isinstance(child, ListedTie) and (child.type, child.left, child.right) == ("ChildOf", "ftm-kin", head.id)
    assert (tally.read, tally.kept, tally.rejected) == (10, 10, [])


def test_the_sender_of_a_sanction_is_a_node(tmp_path: Path) -> None:
    found = by_id(read(tmp_path, *ENTITIES)[0])
    by_entity, by_name = found["ftm-s-1"], found["ftm-s-2"]
    assert isinstance(by_entity, ListedMeasure) and isinstance(by_name, ListedMeasure)
    assert (by_entity.imposed_by, by_entity.applies_to) == (("ftm-q-agency",), ("ftm-acme",))
    assert (by_entity.programs, by_entity.begin) == (("LIST-1",), "2025-10-03")
    assert (by_name.begin, by_name.end) == ("2025-10-03/2025-10-28", "2026-01")
    sender = found[by_name.imposed_by[0]]
    assert isinstance(sender, Party) and sender.label == "Council of States"
    listing = found["ftm-s-1-listing"]
    assert isinstance(listing, CodedEvent) and listing.event_class == "Sanctioning"
    assert "sentence" not in str(list(found.values())), "no sentence of the source is kept"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ('{"id": "x"}', "is no FollowTheMoney entity"),
        (line("", "Person", name="X"), "id or schema missing"),
        (line("x", "Payment", amount="1"), "schema Payment is left out: it tells no relation of the vocabulary"),
        (line("x", "Dragon", name="X"), "schema Dragon is not known"),
        (line("x", "Sanction", entity="nobody"), "its entity is not in this import"),
        (line("x", "Sanction", entity=["acme", "kin"]), "names more than one entity"),
        (line("x", "Occupancy", holder="kin", post="nowhere"), "its position is not in this import"),
        (line("x", "Position", name="X"), "the position names no organisation of this import and no country"),
        (line("x", "Ownership", owner="acme", asset="acme"), "joins an entity to itself"),
        (line("x", "Sanction", entity="acme", startDate="soon"), "startDate: 'soon' is not a date"),
        (line("acme", "Company", name="Another"), "the id stands twice, with other values"),
        ({"id": "x", "schema": "Person", "properties": {"name": [{"a": 1}]}},
         "name holds more than texts; nested entities are not read"),
    ],
)  # fmt: skip
def test_a_damaged_entity_is_told_and_the_rest_goes_on(tmp_path: Path, bad: dict[str, Any] | str, reason: str) -> None:
    _, tally = read(tmp_path, *ENTITIES, bad)
    assert [(row.line, row.reason) for row in tally.rejected] == [(11, reason)] and tally.kept == 10


def test_unknown_properties_and_schemata_are_loud(tmp_path: Path) -> None:
    _, tally = read(tmp_path, line("a", "Person", name="A", shoeSize="43"), line("b", "Dragon", name="B"))
    assert dict(tally.unknown) == {"Person: shoeSize": 1, "schema Dragon": 1}


def test_what_is_left_out_is_what_the_file_has_and_is_not_used(tmp_path: Path) -> None:
    _, tally = read(tmp_path, line("a", "Person", name="A", gender="female", email="a@example.org"))
    assert set(tally.left_out) - {"datasets"} == {"email", "gender"}


@needs_samples
def test_the_real_samples_add_up_and_payments_are_left_out_by_name() -> None:
    found = files.sources([SHARED / "donations.ijson", SHARED / "parteispenden.entities.ftm.json"])
    records = list(ftm.read(found, Window()))
    assert [(s.tally.read, s.tally.kept, s.tally.duplicates, s.tally.refused) for s in found] == [
        (474, 95, 0, 379),
        (475, 1, 95, 379),
    ]
    assert found[0].tally.notes == {"Payment left out": 290, "Address left out": 89}
    assert all(isinstance(record, Party) for record in records) and not found[0].tally.unknown


# ---- out -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def graph(built: Path) -> Graph:
    return Graph(str(built))


@pytest.fixture(scope="module")
def exported(graph: Graph) -> dict[str, dict[str, Any]]:
    return {entity["id"]: entity for entity in map(json.loads, graph.export("ftm").decode().splitlines())}


def test_a_sanction_names_its_sender_and_a_link_joins_the_two(exported: dict[str, dict[str, Any]]) -> None:
    sanction = exported["measure-sanctions-petro"]
    assert sanction["schema"] == "Sanction" and sanction["properties"]["entity"] == ["gustavo-petro"]
    assert sanction["properties"]["authorityId"] == ["us-treasury"]
    assert sanction["properties"]["startDate"] == ["2025-10-03", "2025-10-31"], "two bounds are two dates"
    link = exported["measure-sanctions-petro-sender"]
    assert link["schema"] == "UnknownLink" and link["properties"]["role"] == [ftm.SENDER]
    assert (link["properties"]["subject"], link["properties"]["object"]) == (["us-treasury"], ["gustavo-petro"])
    assert exported["us-treasury"]["schema"] == "PublicBody"
    assert exported["us-treasury"]["properties"]["country"] == ["us"]


def test_tenures_are_occupancies_and_ties_the_schema_that_fits(exported: dict[str, dict[str, Any]]) -> None:
    assert exported["tenure-petro-president-of-colombia"]["properties"]["post"] == ["president-of-colombia"]
    assert exported["president-of-colombia"]["properties"]["organization"] == ["colombia"]
    assert exported["tie-nicolas-petro-child-of-petro"]["properties"] == {
        "person": ["nicolas-petro"],
        "relative": ["gustavo-petro"],
        "relationship": ["parent"],
    }


def test_a_permit_is_no_sanction_and_no_claim_comes_out(exported: dict[str, dict[str, Any]]) -> None:
    assert "measure-special-visa-petro" not in exported
    assert not any(name.startswith("claim-") for name in exported)


@needs_samples
def test_what_is_written_fits_the_model(exported: dict[str, dict[str, Any]]) -> None:
    fits_the_model(exported)


def fits_the_model(entities: dict[str, dict[str, Any]]) -> None:
    """Hold entities against FollowTheMoney's own model: schemata, properties, and the range of each that joins two."""
    schemata = json.loads((SHARED / "ftm_defaultModel.json").read_text())["schemata"]

    def properties(schema: str) -> dict[str, Any]:
        inherited = [properties(parent) for parent in schemata[schema].get("extends", [])]
        return {key: value for part in (*inherited, schemata[schema]["properties"]) for key, value in part.items()}

    def is_a(schema: str, other: str) -> bool:
        return schema == other or any(is_a(parent, other) for parent in schemata[schema].get("extends", []))

    for entity in entities.values():
        known = properties(entity["schema"])
        for name, values in entity["properties"].items():
            assert name in known and values, (entity["id"], name)
            for value in values if known[name].get("type") == "entity" else ():
                assert is_a(entities[value]["schema"], known[name]["range"]), (entity["id"], name, value)


def test_the_same_build_gives_the_same_bytes(graph: Graph) -> None:
    assert written(graph.store) == graph.export("ftm")


# ---- in, out, and in again -------------------------------------------------------------------------------------


def imported(build: Path, folder: Path, lines: list[str]) -> dict[str, dict[str, Any]]:
    """Import lines into a copy of a build, and export what FollowTheMoney's feed holds there."""
    copy, file = folder / "build", folder / "entities.ftm.json"
    shutil.copytree(build, copy, symlinks=True)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    importing.import_feed("ftm", [file], copy)
    out = Graph(str(copy), feeds=("ftm",)).export("ftm").decode()
    return {entity["id"]: entity for entity in map(json.loads, out.splitlines())}


def test_in_out_and_in_again_keeps_ids_and_facts(small_build: Path, tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "2").mkdir()
    first = imported(small_build, tmp_path / "1", [json.dumps(entity) for entity in ENTITIES])
    given = {entity["id"]: entity for entity in ENTITIES}
    assert given.keys() <= first.keys()
    assert all(entity["schema"] == first[name]["schema"] for name, entity in given.items())
    lost = {
        (name, key, value)
        for name, entity in given.items()
        for key, values in entity["properties"].items()
        for value in values
        if value not in [v for all_values in first[name]["properties"].values() for v in all_values]
    }
    assert lost == {
        ("acme", "phone", "+507"),  # left out by name, and so is the reason
        ("s-1", "reason", "A sentence of somebody's."),
    }
    ours = {*given, "authority-council-of-states", "s-1-sender", "s-2-sender", "colombia"}
    again = imported(small_build, tmp_path / "2", [json.dumps(first[name]) for name in sorted(ours)])
    assert {name: again[name] for name in ours} == {name: first[name] for name in ours}


@needs_samples
def test_what_came_in_and_goes_out_fits_the_model(small_build: Path, tmp_path: Path) -> None:
    fits_the_model(imported(small_build, tmp_path, [json.dumps(entity) for entity in ENTITIES]))
