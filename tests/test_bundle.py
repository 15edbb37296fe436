"""Evidence bundles: a second person can check all of it, what was changed is found, a hostile zip harms nobody."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from kg import open as open_graph
from kg.bundle import archive, verify
from kg.bundle.make import MANIFEST, manifest
from kg.bundle.verify import _hashes
from kg.errors import DataProblems, NotFound, StorageError, UsageError
from kg.graph import Graph

PAIR = ("united-states", "colombia")
Change = Callable[[dict[str, bytes]], None]


@pytest.fixture(scope="module")
def graph(built: Path) -> Graph:
    return open_graph(built)


@pytest.fixture(scope="module")
def made(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("bundle") / "pair.zip"
    file.write_bytes(graph.bundle(*PAIR))
    return file


@pytest.fixture(scope="module")
def files(made: Path) -> dict[str, bytes]:
    return archive.read(made)


@pytest.fixture(scope="module")
def small(small_build: Path) -> bytes:
    return open_graph(small_build).bundle("trump", "petro")


def changed(raw: bytes, tmp_path: Path, change: Change, *, sealed: bool = True) -> Path:
    """A bundle with something changed; `sealed` writes hashes anew, as somebody who hides it would."""
    with zipfile.ZipFile(io.BytesIO(raw)) as source:
        held = {name: source.read(name) for name in source.namelist()}
    change(held)
    if sealed:
        crate = json.loads(held["ro-crate-metadata.json"])
        for entity in crate["@graph"]:
            if entity["@id"] in held:
                data = held[entity["@id"]]
                entity |= {"sha256": hashlib.sha256(data).hexdigest(), "contentSize": str(len(data))}
        del crate["@graph"][0]["sha256"], crate["@graph"][0]["contentSize"]
        held["ro-crate-metadata.json"] = json.dumps(crate).encode()
        held[MANIFEST] = manifest(held)
    file = tmp_path / "changed.zip"
    file.write_bytes(archive.write(held))
    return file


def differing(file: Path, **options: Any) -> dict[str, str]:
    return {check.name: check.found for check in verify(file, **options).checks if check.status == "differs"}


# What is in it


def test_a_fresh_bundle_verifies(made: Path) -> None:
    found = verify(made)
    assert found.ok
    assert {check.status for check in found.checks} == {"ok", "skipped"}
    assert [check.name for check in found.checks if check.status == "skipped"] == ["passages"]
    assert len([check for check in found.checks if check.name[:2].isdigit()]) == 4


def test_its_passages_stand_in_the_articles(made: Path, articles: Path) -> None:
    found = verify(made, articles)
    assert found.ok
    assert "passages stand in the article as told" in found.checks[-1].found


def test_no_sentence_of_a_source_is_in_it(files: dict[str, bytes], articles: Path, graph: Graph) -> None:
    (source,) = graph.stats()["sources"]
    text = next(
        t for f in articles.glob("*.txt") if hashlib.sha256(t := f.read_bytes()).hexdigest() == source["sha256"]
    )
    sentences = [s.strip() for line in text.decode().splitlines() for s in line.split(". ") if len(s.split()) >= 8]
    assert len(sentences) > 60
    whole = b"".join(files.values()).decode()
    assert [sentence for sentence in sentences if sentence in whole] == []


def test_each_passage_is_named_by_place_and_hash(files: dict[str, bytes], graph: Graph) -> None:
    rows = files["passages.csv"].decode().splitlines()
    assert rows[0] == "source,paragraph,start,end,sha256,speaker"
    brief = graph.brief(*PAIR)
    told = {tuple(row.split(",")[:5]) for row in rows[1:]}
    places = {(f"id:{e.source}", str(e.paragraph), str(e.start), str(e.end), e.sha256) for e in brief.evidence}
    assert places <= told


def test_its_hashes_are_those_that_sha256sum_reckons(files: dict[str, bytes], tmp_path: Path) -> None:
    if not shutil.which("sha256sum"):
        pytest.skip("no sha256sum on this system")
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    done = subprocess.run(["sha256sum", "-c", MANIFEST], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count(": OK") == len(files) - 1


def test_its_queries_run_on_another_engine_with_the_same_rows(files: dict[str, bytes]) -> None:
    import rdflib
    from rdflib.query import ResultRow

    data = rdflib.Graph()
    union = {line[: line.rindex(" <")] + " .\n" for line in files["graph.nq"].decode().splitlines()}
    data.parse(data="".join(union), format="nt")
    for name, key in (("01-events", "event"), ("03-states", "state")):
        rows = list(data.query(files[f"queries/{name}.rq"].decode()))
        found = {str(row[key]) for row in rows if isinstance(row, ResultRow)}
        told = json.loads(files[f"results/{name}.srj"])["results"]["bindings"]
        assert found == {row[key]["value"] for row in told} and len(told) > 5


@pytest.mark.parametrize("names", [("petro",), ("bessent", "petro")])
def test_the_contained_triples_answer_as_the_whole_graph(graph: Graph, names: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    file.write_bytes(graph.bundle(*names))
    held = archive.read(file)
    for query in graph.brief(*names).queries:
        told = json.loads(held[f"results/{query.name}.srj"])["results"]["bindings"]
        assert len(told) == query.rows == len(graph.rows(query.text))
    assert len(held["graph.nq"].splitlines()) < len(graph.lines())
    assert verify(file).ok


def test_the_same_graph_gives_the_same_bytes_in_any_process(small_build: Path) -> None:
    code = "import sys, hashlib, kg; print(hashlib.sha256(kg.open(sys.argv[1]).bundle('trump', 'petro')).hexdigest())"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code, str(small_build)], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(Path(__file__).parent.parent)},
        ).stdout
        for seed, zone in (("1", "UTC"), ("77", "Asia/Tokyo"))
    }  # fmt: skip
    assert len(runs) == 1


def test_a_bundle_of_a_graph_with_feeds_holds_the_curated_story_alone(small_build: Path, small: bytes) -> None:
    assert open_graph(small_build, feeds=["gdelt"]).bundle("trump", "petro") == small


# RO-Crate 1.1


def test_the_metadata_are_ro_crate_1_1(files: dict[str, bytes]) -> None:
    crate = json.loads(files["ro-crate-metadata.json"])
    assert crate["@context"] == "https://w3id.org/ro/crate/1.1/context"
    entities = {entity["@id"]: entity for entity in crate["@graph"]}
    assert len(entities) == len(crate["@graph"]), "flattened: each entity once"
    descriptor, root = entities["ro-crate-metadata.json"], entities["./"]
    assert descriptor["@type"] == "CreativeWork"
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert descriptor["about"] == {"@id": "./"}
    assert root["@type"] == "Dataset"
    assert all(root[name] for name in ("name", "description", "license"))
    assert root["datePublished"] == "2026-02-01"
    parts = {part["@id"] for part in root["hasPart"]}
    assert parts == set(files) - {MANIFEST, "ro-crate-metadata.json"}
    for part in parts:
        assert entities[part]["@type"] == "File"
        assert entities[part]["sha256"] == hashlib.sha256(files[part]).hexdigest()
        assert entities[part]["encodingFormat"]


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [value["@id"]] if set(value) == {"@id"} else [r for each in value.values() for r in references(each)]
    return [r for each in value for r in references(each)] if isinstance(value, list) else []


def test_every_reference_leads_to_an_entity_or_to_the_web(files: dict[str, bytes]) -> None:
    graph = json.loads(files["ro-crate-metadata.json"])["@graph"]
    known = {entity["@id"] for entity in graph}
    named = [r for entity in graph for value in entity.values() for r in references(value)]
    assert len(named) > 20
    assert {r for r in named if r not in known and not r.startswith("https://")} == set()


def test_the_library_of_ro_crate_reads_it_and_knows_every_term(made: Path, files: dict[str, bytes]) -> None:
    pytest.importorskip("rocrate", reason="rocrate reads crates: pip install rocrate")
    from rocrate.rocrate import ROCrate  # type: ignore[import-untyped]

    crate = ROCrate(str(made))
    assert len(crate.get_entities()) == len(json.loads(files["ro-crate-metadata.json"])["@graph"])
    assert str(crate.license).startswith("<https://creativecommons.org/licenses/by/4.0/")
    context = json.loads(resources.files("rocrate").joinpath("data/ro-crate.jsonld").read_text(encoding="utf-8"))
    terms = {name for entity in json.loads(files["ro-crate-metadata.json"])["@graph"] for name in entity}
    assert {term for term in terms if not term.startswith("@")} <= set(context["@context"])


# What was changed is found


def test_another_byte_anywhere_is_found(small: bytes, tmp_path: Path) -> None:
    names = zipfile.ZipFile(io.BytesIO(small)).namelist()
    assert len(names) > 12
    for name in names:
        file = changed(small, tmp_path, lambda held, name=name: held.update({name: held[name] + b" "}), sealed=False)  # type: ignore[misc]
        (hashes,) = _hashes(archive.read(file))
        assert hashes.status == "differs", name


def edit(name: str, old: str, new: str) -> Change:
    def change(held: dict[str, bytes]) -> None:
        assert old.encode() in held[name]
        held[name] = held[name].replace(old.encode(), new.encode())

    return change


def without(name: str) -> Change:
    def change(held: dict[str, bytes]) -> None:
        del held[name]

    return change


ACT = "Petro denies a part"
SERVICE = "WHERE { SERVICE <http://127.0.0.1:9/> { ?a ?b ?c }"


@pytest.mark.parametrize(
    ("change", "check", "told"),
    [
        (edit("graph.nq", ACT, "Petro admits a part"), "01-events", "1 rows that are not told"),
        (edit("graph.nq", ACT, "Petro admits a part"), "triples", "graph.ttl holds other triples"),
        (edit("graph.nq", "<https://w3id.org/diplokg/id", "<https://w3id.org/diplokg/i d"), "triples", "do not parse"),
        (edit("graph.ttl", ACT, "Petro admits a part"), "triples", "graph.ttl holds other triples"),
        (edit("passages.csv", "id:note-for-the-tests,2", "id:note-for-the-tests,9"), "passages.csv", "does not hold"),
        (edit("sources.csv", "A note", "A novel"), "sources.csv", "does not hold"),
        (edit("results/01-events.srj", "Trump accuses", "Trump praises"), "01-events", "told rows are not given"),
        (edit("queries/01-events.rq", "ORDER BY", "LIMIT 1 #"), "01-events", "told rows are not given"),
        (edit("queries/01-events.rq", "WHERE {", SERVICE), "01-events", "does not run"),
        (edit("queries/01-events.rq", "SELECT", "SELEKT"), "01-events", "does not run"),
        (edit("queries/01-events.rq", "SELECT", "ASK #"), "01-events", "is no SELECT"),
        (edit("about.json", "diplokg-evidence/1", "diplokg-evidence/9"), "format", "diplokg-evidence/9"),
        (without("graph.nq"), "triples", "graph.nq"),
        (without("brief.md"), "RO-Crate", "brief.md is named and not there"),
        (lambda held: held.update({"more.txt": b"x"}), "RO-Crate", "more.txt is not among its parts"),
    ],
)  # fmt: skip
def test_what_was_changed_is_found_though_the_hashes_were_written_anew(
    small: bytes, tmp_path: Path, change: Change, check: str, told: str
) -> None:
    found = differing(changed(small, tmp_path, change))
    assert told in found[check], found


def test_a_missing_and_an_added_file_are_found_by_the_manifest(small: bytes, tmp_path: Path) -> None:
    def change(held: dict[str, bytes]) -> None:
        held["more.txt"] = held.pop("brief.md")

    found = differing(changed(small, tmp_path, change, sealed=False))["hashes"]
    assert "brief.md is missing" in found and "more.txt is not in the manifest" in found


def test_passages_are_held_against_the_article(small: bytes, tmp_path: Path, data_folder: Any) -> None:
    file = tmp_path / "b.zip"
    file.write_bytes(small)
    assert verify(file, data_folder.sources).ok
    text = data_folder.article.read_text(encoding="utf-8")
    data_folder.article.write_text(text.replace("charged", "praised"), encoding="utf-8")
    assert "changed" in differing(file, sources=data_folder.sources)["note-for-the-tests"]
    data_folder.article.unlink()
    last = verify(file, data_folder.sources)
    assert last.ok and last.checks[-1].status == "skipped" and "not in" in last.checks[-1].found


# A zip from anybody


def zipped(tmp_path: Path, *members: tuple[zipfile.ZipInfo | str, bytes]) -> Path:
    file = tmp_path / "hostile.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        for member, data in members:
            out.writestr(member, data, zipfile.ZIP_DEFLATED)
    return file


@pytest.mark.parametrize(
    "name",
    ["../out.txt", "/etc/passwd", "a/../../b", "C:\\x", "a\\b", "con\x00x", ".hidden", "a//b", "sub/", "~/x", "a\nb"],
)
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    file = zipped(tmp_path, (zipfile.ZipInfo(name), b"x"))
    try:
        found = verify(file)
    except DataProblems as problem:
        assert "no name of a file in a bundle" in str(problem)
    else:
        assert not found.ok, "a name that zip itself cut short is not part of any bundle"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hostile.zip"]


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    with pytest.raises(DataProblems, match="unpacks to far more"):
        verify(zipped(tmp_path, ("graph.nq", b"0" * 60_000_000)))


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataProblems, match="more than 1000 files"):
        verify(zipped(tmp_path, *((f"f{number}", b"") for number in range(1001))))


def test_links_and_doubles_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.txt")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    with pytest.raises(DataProblems, match="no plain file"):
        verify(zipped(tmp_path, (link, b"/etc/passwd")))
    with pytest.warns(UserWarning, match="Duplicate"):
        double = zipped(tmp_path, ("a.txt", b"1"), ("a.txt", b"2"))
    with pytest.raises(DataProblems, match="stands there twice"):
        verify(double)


def test_a_size_that_lies_is_found(small: bytes, tmp_path: Path) -> None:
    file = tmp_path / "lie.zip"
    where = small.rindex(b"PK\x01\x02") + 24  # the unpacked size of the last file, in the table of contents
    size = int.from_bytes(small[where : where + 4], "little")
    file.write_bytes(small[:where] + (size - 9).to_bytes(4, "little") + small[where + 4 :])
    with pytest.raises(DataProblems):
        verify(file)


def test_damage_anywhere_is_told_and_never_a_traceback(small: bytes, tmp_path: Path) -> None:
    file = tmp_path / "torn.zip"
    found = 0
    for place in range(0, len(small), len(small) // 150):
        file.write_bytes(small[:place] + bytes([small[place] ^ 0x55]) + small[place + 1 :])
        try:
            (hashes,) = _hashes(archive.read(file))
            found += hashes.status == "differs"
        except (StorageError, DataProblems) as error:
            found += bool(str(error))
    assert found > 120, "all but a byte here and there that means nothing, such as a date"
    file.write_bytes(small[: len(small) // 2])
    with pytest.raises(StorageError, match="no zip file"):
        verify(file)


def test_a_query_that_never_ends_is_ended(small: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.bundle import verify as function

    monkeypatch.setattr(sys.modules[function.__module__], "SECONDS", 3.0)
    product = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
    endless = f"SELECT * WHERE {{ {product} FILTER(STRLEN(STR(?a)) * STRLEN(STR(?l)) < 0) }}"
    file = changed(small, tmp_path, lambda held: held.update({"queries/01-events.rq": endless.encode()}))
    began = time.monotonic()
    assert "no answer within 3 seconds" in differing(file)["01-events"]
    assert time.monotonic() - began < 20


def test_deep_json_is_no_bundle(small: bytes, tmp_path: Path) -> None:
    def change(held: dict[str, bytes]) -> None:
        held["results/01-events.srj"] = b"[" * 100_000
        held["about.json"] = b"[" * 100_000

    assert {"format", "01-events"} <= set(differing(changed(small, tmp_path, change)))


# The commands


def test_the_commands_write_and_check(kg: Any, small_build: Path, tmp_path: Path, articles: Path) -> None:
    file = tmp_path / "b.zip"
    done = kg("bundle", "trump", "petro", "-o", file, "--store", small_build)
    assert (done.code, "kg verify" in done.err) == (0, True)
    shown = kg("verify", file, "-f", "text")
    assert (shown.code, "Nothing differs." in shown.out) == (0, True)
    assert json.loads(kg("verify", file).out)["fingerprint"] == verify(file).fingerprint
    file.write_bytes(
        changed(file.read_bytes(), tmp_path, edit("brief.md", "Trump", "Tramp"), sealed=False).read_bytes()
    )
    shown = kg("verify", file, "-f", "text")
    assert (shown.code, "Something differs." in shown.out, "brief.md has another hash" in shown.out) == (1, True, True)


def test_what_is_no_bundle_is_told(kg: Any, tmp_path: Path, built: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"hello")
    assert kg("verify", tmp_path / "x.zip").code == 3
    assert kg("verify", tmp_path / "nothing.zip").code == 3
    assert kg("bundle", "trump", "europe", "-o", tmp_path / "e.zip", "--store", built).code == 1
    assert kg("bundle", "trump", "--store", built).code == 2
    assert not (tmp_path / "e.zip").exists()


def test_names_are_judged_as_in_a_report(graph: Graph) -> None:
    with pytest.raises(NotFound):
        graph.bundle("trump", "europe")
    with pytest.raises(UsageError):
        graph.bundle("trump", "united-states")
