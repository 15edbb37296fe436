"""Damaged files of each list: cut, bent, of another encoding, swapped; told or taken, and every row accounted for."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kg.feeds import files, ftm, historyatstate, ofac, quads, reign, un
from kg.feeds.actors import Resolution
from kg.feeds.records import Window
from kg.vocabulary import vocabulary

SAMPLES = Path(__file__).parent / "data" / "feeds"
CASES = int(os.environ.get("KG_FUZZ_CASES", "40"))  # for each feed; the long form takes thousands
UN = b"""<CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:09Z"><INDIVIDUALS/>
<ENTITIES><ENTITY><FIRST_NAME>ONE</FIRST_NAME>
<UN_LIST_TYPE>Haiti</UN_LIST_TYPE><REFERENCE_NUMBER>HTe.001</REFERENCE_NUMBER><LISTED_ON>2024-07-01</LISTED_ON>
<ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>Uno</ALIAS_NAME></ENTITY_ALIAS></ENTITY>
</ENTITIES></CONSOLIDATED_LIST>"""
REIGN = (
    ",".join(reign.LEADERS) + "\nVEN,101,cb-101-1,Nicolas Maduro,5,3,2013,,,1962,1,0,4,2013,,,cb,\n"
    "COL,100,K3.1-25,Ivan Duque,7,8,2018,,,1976,1,0,6,2018,,,KS,\n"
).encode()
FTM = "\n".join(
    json.dumps(entity)
    for entity in (
        {"id": "a", "schema": "Person", "properties": {"name": ["A"], "country": ["co"]}},
        {"id": "p", "schema": "Position", "properties": {"name": ["Head"], "country": ["co"]}},
        {"id": "o", "schema": "Occupancy", "properties": {"holder": ["a"], "post": ["p"], "startDate": ["2020"]}},
        {
            "id": "s",
            "schema": "Sanction",
            "properties": {"entity": ["a"], "authority": ["B"], "startDate": ["2021-05"]},
        },
    )
).encode()
FEEDS: dict[str, tuple[Any, dict[str, bytes]]] = {
    "historyatstate": (
        historyatstate,
        {str(path.relative_to(SAMPLES / "historyatstate")): path.read_bytes()
         for path in sorted((SAMPLES / "historyatstate").rglob("*.xml"))},
    ),
    "ofac": (ofac, {path.name: path.read_bytes() for path in sorted((SAMPLES / "ofac").glob("*.csv"))}),
    "un": (un, {"un.xml": UN}),
    "reign": (reign, {"leaders_3_21.csv": REIGN}),
    "ftm": (ftm, {"entities.ftm.json": FTM}),
}  # fmt: skip
PIECES = (b"\0", b"\xff\xfe", b'"', b"'", b"<", b"&amp;", b"<!DOCTYPE a [<!ENTITY b 'c'>]>&b;", b"\n", b",", b"-0-",
          b"{}", b"[[[[", b"9999-99-99", b"0000", b"\xe2\x80\xae", b"]]>", b"\x1a", b"null", b"1e999",
          b" " * 300)  # fmt: skip


def damaged(raw: bytes, chance: random.Random) -> bytes:
    """Cut a file, or put, take, swap or repeat pieces of it."""
    for _ in range(chance.randint(1, 4)):
        place, length = chance.randrange(len(raw) + 1), chance.choice((1, 2, 10, 80, 400))
        way = chance.randrange(6)
        if way == 0:
            raw = raw[:place]
        elif way == 1:
            raw = raw[:place] + chance.choice(PIECES) + raw[place:]
        elif way == 2:
            raw = raw[:place] + raw[place + length :]
        elif way == 3:
            raw = raw[:place] + raw[place : place + length] * 2 + raw[place + length :]
        elif way == 4:
            raw = raw[:place] + bytes(chance.randrange(256) for _ in range(length % 7)) + raw[place + length % 7 :]
        else:
            raw = raw.decode("utf-8", "ignore").encode(chance.choice(("utf-16", "cp1252", "latin-1")), "ignore")
    return raw


@pytest.mark.parametrize("name", FEEDS)
def test_damage_is_told_and_never_a_traceback(name: str, tmp_path: Path) -> None:
    feed, given = FEEDS[name]
    chance = random.Random(name)
    refused = 0
    for case in range(CASES):
        folder = tmp_path / str(case)
        chosen = chance.choice(sorted(given))
        for file, raw in given.items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(damaged(raw, chance) if file == chosen else raw)
        found = files.sources([folder])
        writer = quads.Writer(quads.Batch(name, "b"), lambda party: Resolution(), vocabulary())
        for _ in writer.write(feed.read(found, Window())):
            pass
        for source in found:
            source.tally.check()
            refused += source.tally.refused + sum(source.tally.unknown.values())
    assert refused > CASES // 4, "the damage is heard of"


@pytest.mark.parametrize(("pattern", "head"), [("cameo._CROSSWALK", "012:"), ("ofac._NOTHING", "")])
def test_a_million_blanks_take_no_longer_than_other_text(pattern: str, head: str) -> None:
    code = f"from kg.feeds import cameo, ofac; assert not {pattern}.fullmatch({head!r} + ' ' * 10**6 + '!')"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
