"""What a curator writes, as quads: one dossier with every key of the format, and all that the graph says of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from kg import export, pipeline
from kg.dossier_format import PASSAGE, RELATIVE, SECTIONS, SOURCE
from kg.terms import DERIVED_GRAPH, SCHEMA_GRAPH

FOLDER = Path(__file__).parent / "data" / "every-field"
SAID = FOLDER / "said.trig"
REPAIR = "If it should be so: python tests/test_lift.py --write, and read the difference."


@pytest.fixture(scope="module")
def gathered() -> pipeline.Gathered:
    return pipeline.gather(FOLDER)


@pytest.fixture(scope="module")
def lines(gathered: pipeline.Gathered) -> list[str]:
    return pipeline.quads(gathered)


def told(quads: set[Quad]) -> list[str]:
    return sorted(map(str, quads))


def test_the_dossier_has_every_key_of_the_format() -> None:
    written = yaml.safe_load((FOLDER / "dossiers" / "1989" / "every-field.yaml").read_text(encoding="utf-8"))
    formats = {"source": SOURCE, **SECTIONS}
    assert written.keys() == formats.keys()
    for section, fields in formats.items():
        records = [written["source"]] if section == "source" else written[section]
        assert {key for record in records for key in record} == {field.key for field in fields}, section
    passages = [each for section in formats for record in written[section] if section not in ("source", "judgements")
                for each in record.get("evidence", [record.get("at")])]  # fmt: skip
    assert {key for passage in passages for key in passage} == {field.key for field in PASSAGE}
    phrases = [phrase for event in written["events"] for phrase in event.get("relative", ())]
    assert {key for phrase in phrases for key in phrase} == {field.key for field in RELATIVE}


def test_the_dossier_is_a_valid_one(gathered: pipeline.Gathered, lines: list[str]) -> None:
    pipeline.check(lines, gathered)


@pytest.mark.parametrize("derived", [False, True], ids=["what is said", "what follows"])
def test_every_key_of_a_dossier_is_said_in_the_graph(lines: list[str], derived: bool) -> None:
    """Each quad stands written beside the dossier; none is lost, and none comes that nobody has read."""
    made = set(parse("".join(lines).encode(), format=RdfFormat.N_QUADS))
    here = {quad for quad in made if quad.graph_name != NamedNode(SCHEMA_GRAPH)}
    there = set(parse(SAID.read_bytes(), format=RdfFormat.TRIG))
    ours, written = (
        {q for q in each if (q.graph_name == NamedNode(DERIVED_GRAPH)) == derived} for each in (here, there)
    )
    assert told(written - ours) == [], f"lost. {REPAIR}"
    assert told(ours - written) == [], f"new. {REPAIR}"
    assert len(ours) > 100


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    SAID.write_bytes(export.rdf(pipeline.quads(pipeline.gather(FOLDER)), "trig"))
