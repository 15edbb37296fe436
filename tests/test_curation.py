"""What a curator gets: one report of the whole folder, and a schema that editors and the reader agree on."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from kg import curation, resources
from kg.dossier_format import SECTIONS, SOURCE
from kg.errors import StorageError

if TYPE_CHECKING:
    from tests.conftest import DataFolder, Kg

BUNDLED = sorted((resources.bundled_data() / "dossiers").rglob("*.yaml"))
SCHEMA = resources.bundled_data() / "dossier.schema.json"


def as_text(path: Path) -> Any:
    """A dossier as plain data, every scalar as the text that stands there."""
    return yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)


def as_an_editor_reads_it(path: Path) -> Any:
    """A dossier as plain data, with numbers and booleans; dates stay text, as in YAML 1.2."""

    class Editor(yaml.SafeLoader):
        """Knows no timestamps."""

    Editor.yaml_implicit_resolvers = {
        sign: [(tag, pattern) for tag, pattern in known if not tag.endswith(":timestamp")]
        for sign, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return yaml.load(path.read_text(encoding="utf-8"), Editor)


# ---------------------------------------------------------------- the report


def test_a_folder_without_problems_is_counted(data_folder: DataFolder, kg: Kg) -> None:
    told = kg("check", "--data", data_folder.path)
    assert told == (
        0,
        "",
        "No problems: 1 source, 5 entities, 3 events, 1 claim. Passages not verified (give --sources DIR).\n",
    )


def test_with_the_articles_every_passage_is_counted(data_folder: DataFolder, kg: Kg) -> None:
    told = kg("check", "--data", data_folder.path, "--sources", data_folder.sources)
    assert told == (0, "", "1 source, 5 entities, 3 events, 1 claim; passages: 9 ok.\n")


def test_each_passage_that_is_not_ok_is_a_line_and_the_exit_code_is_1(data_folder: DataFolder, kg: Kg) -> None:
    text = data_folder.article.read_text(encoding="utf-8")
    data_folder.article.write_text("A new head.\n\n" + text.replace("remains on it", "has left it"), encoding="utf-8")
    told = kg("check", "--data", data_folder.path, "--sources", data_folder.sources)
    lines = told.out.splitlines()
    assert told.code == 1
    assert [line.partition(": ")[2].split(".")[0] for line in lines] == ["changed"] + ["moved"] * 8 + ["changed"]
    assert told.err == "1 source, 5 entities, 3 events, 1 claim; sources: changed; passages: 1 changed, 8 moved.\n"


def test_the_numbers_told_for_moved_passages_are_right(data_folder: DataFolder, kg: Kg) -> None:
    """Paste every block that is told, and the next check finds nothing but the hash of the file."""
    text = data_folder.article.read_text(encoding="utf-8")
    data_folder.article.write_text("A new head.\n\n" + text, encoding="utf-8")
    told = kg("check", "--data", data_folder.path, "--sources", data_folder.sources)
    dossier = data_folder.dossier.read_text(encoding="utf-8").splitlines()
    for line in told.out.splitlines()[1:]:
        place, _, block = line.partition(": moved. Now ")
        number = int(place.split("  ")[0].rpartition(":")[2]) - 1
        dossier[number] = dossier[number][: dossier[number].index("{")] + block
    data_folder.dossier.write_text("\n".join(dossier), encoding="utf-8")
    again = kg("check", "--data", data_folder.path, "--sources", data_folder.sources)
    assert again.err.endswith("; sources: changed; passages: 9 ok.\n")


def test_a_missing_article_is_one_line(data_folder: DataFolder, kg: Kg) -> None:
    data_folder.article.unlink()
    told = kg("check", "--data", data_folder.path, "--sources", data_folder.sources)
    assert told.code == 1
    assert told.out.count("\n") == 1 and ":2  source: missing. Put the article into the folder" in told.out
    assert told.err.endswith("; sources: missing; passages: none verified.\n")


@pytest.mark.parametrize(
    ("count", "plural", "said"),
    [
        (1, "sources", "1 source"),
        (0, "claims", "0 claims"),
        (1, "entities", "1 entity"),
        (1234, "events", "1,234 events"),
    ],
)
def test_one_is_not_told_as_many(count: int, plural: str, said: str) -> None:
    assert curation.counted(count, plural) == said


# ---------------------------------------------------------------- the schema


def test_the_committed_schema_is_that_of_the_reader() -> None:
    if SCHEMA.read_text(encoding="utf-8") != curation.schema_text():
        pytest.fail("data/dossier.schema.json is not what the reader's tables give. Repair: kg check --write-schema")


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(curation.schema_text()))


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


@pytest.mark.parametrize("read", [as_text, as_an_editor_reads_it])
@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: str(path.stem))
def test_the_schema_accepts_the_bundled_dossiers(
    validator: jsonschema.Draft202012Validator, path: Path, read: Callable[[Path], Any]
) -> None:
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(read(path))] == []


def test_every_bundled_dossier_names_the_schema_by_a_path_that_leads_there() -> None:
    for path in BUNDLED:
        first = path.read_text(encoding="utf-8").partition("\n")[0]
        marker, _, named = first.partition("$schema=")
        assert marker == "# yaml-language-server: "
        assert (path.parent / named).resolve() == SCHEMA.resolve()


def test_the_schema_accepts_the_small_dossier(
    validator: jsonschema.Draft202012Validator, data_folder: DataFolder
) -> None:
    assert list(validator.iter_errors(as_text(data_folder.dossier))) == []


def test_sections_and_optional_keys_may_stand_empty_in_the_schema_too(
    validator: jsonschema.Draft202012Validator, data_folder: DataFolder, kg: Kg
) -> None:
    text = data_folder.dossier.read_text(encoding="utf-8")
    data_folder.dossier.write_text(text[: text.index("judgements:")] + "judgements:\n", encoding="utf-8")
    data_folder.change("language: en", "language:\n  url:\n  contributors:")
    data_folder.change("basis: explicit", "basis: explicit\n    summary:\n    place:\n    cameo:")
    assert list(validator.iter_errors(as_an_editor_reads_it(data_folder.dossier))) == []
    assert kg("check", "--data", data_folder.path).code == 0


BENDS: dict[str, Callable[[Any], object]] = {
    "a misspelt section": lambda top: top.update(event=top.pop("events")),
    "a misspelt key": lambda top: top["events"][0].update(factualty=top["events"][0].pop("factuality")),
    "a key out of nowhere": lambda top: top["claims"][0].update(xyzzy="1"),
    "a misspelt key of a passage": lambda top: top["claims"][0]["evidence"][0].update(speeker="donald-trump"),
    "no source": lambda top: top.pop("source"),
    "no label": lambda top: top["events"][0].pop("label"),
    "no evidence": lambda top: top["measures"][0].pop("evidence"),
    "nobody as actor": lambda top: top["events"][0].update(actor=[]),
    "a text where a list belongs": lambda top: top["events"][0].update(actor="us-treasury"),
    "an unknown class": lambda top: top["events"][0].update({"class": "Acusation"}),
    "a class that is only a family": lambda top: top["events"][0].update({"class": "SpeechAct"}),
    "an unknown factuality": lambda top: top["events"][0].update(factuality="Real"),
    "an unknown measure type": lambda top: top["measures"][0].update(type="Sanction"),
    "an unknown tie type": lambda top: top["ties"][0].update(type="FriendOf"),
    "an id that is no slug": lambda top: top["events"][0].update(id="Trump Accuses"),
    "a short hash": lambda top: top["claims"][0]["evidence"][0].update(sha256="00ff"),
    "days in words": lambda top: top["events"][2]["relative"][0].update(days="two"),
    "an unknown weekday": lambda top: top["events"][2].update(relative=[{"weekday": "Mon"}]),
    "an unknown verdict": lambda top: top["judgements"][0].update(verdict="no"),
}


@pytest.mark.parametrize("bend", BENDS)
def test_the_schema_refuses_what_the_reader_refuses(
    validator: jsonschema.Draft202012Validator, data_folder: DataFolder, kg: Kg, bend: str
) -> None:
    data = copy.deepcopy(as_text(data_folder.dossier))
    BENDS[bend](data)
    assert not validator.is_valid(data)
    data_folder.dossier.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    assert kg("check", "--data", data_folder.path).code == 1


def test_the_schema_explains_every_key() -> None:
    schema = json.loads(curation.schema_text())["properties"]
    for name, spec in {"source": SOURCE, **SECTIONS}.items():
        described = (schema[name] if name == "source" else schema[name]["items"])["properties"]
        assert described.keys() == {field.key for field in spec}
        assert all(each["description"].endswith(".") for each in described.values())


def test_the_schema_is_written_where_the_dossiers_look_for_it(data_folder: DataFolder, kg: Kg) -> None:
    told = kg("check", "--data", data_folder.path, "--write-schema")
    path = data_folder.path / "dossier.schema.json"
    assert told.code == 0 and told.err.startswith(f"Wrote {path}.\n")
    assert path.read_text(encoding="utf-8") == curation.schema_text()


def test_a_schema_that_cannot_be_written_leaves_the_old_one(
    data_folder: DataFolder, monkeypatch: pytest.MonkeyPatch, unchanged: Callable[[Path], AbstractContextManager[None]]
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    (data_folder.path / "dossier.schema.json").write_text("old", encoding="utf-8")
    monkeypatch.setattr(os, "fsync", full)
    with unchanged(data_folder.path), pytest.raises(StorageError) as told:
        curation.write_schema(data_folder.path)
    assert str(told.value).endswith("cannot be written: No space left on device. What was there before is untouched.")
