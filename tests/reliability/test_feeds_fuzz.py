"""Damaged files of every feed: no traceback, no hang, memory capped, every row accounted for, nothing written beside.

The samples are cut from the real files beside the checkout; tables and RDF have samples of their own. The long form
(`KG_LONG=1`) tries 100,000 cases, as many of each feed.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import kg
from kg.feeds import FEEDS

LONG = bool(os.environ.get("KG_LONG"))
CASES = -(-100_000 // len(FEEDS)) if LONG else 6
SHARED = Path(os.environ.get("KG_FEEDS", Path(__file__).parents[3] / "shared" / "feeds"))
PROGRAM = Path(__file__).with_name("damage.py")
TABLE = {
    "map.yaml": """\
feed: quarrels
columns:
  No: id
  Day: date
  Sender: {field: actor, kind: state}
  Code: {field: actor, scheme: iso3}
  Target: {field: target, split: ";"}
  What: class
  CAMEO: cameo
  Link: url
  Sure: confidence
""",
    "rows.csv": "No,Day,Sender,Code,Target,What,CAMEO,Link,Sure\n"
    + "".join(
        f'{n},2025-01-{n:02},Colombia,COL,"United States;Venezuela",Threat,130,https://example.org/{n},0.{n}\n'
        for n in range(1, 30)
    ),
}
TURTLE = (
    "@prefix e: <https://example.org/> .\n@prefix dip: <https://w3id.org/diplokg/ns#> .\n"
    + "".join(f'e:x{n} e:p [ e:q {n} ; e:r "r{n}"@en ] , e:y{n} ; dip:cameo "01{n}" .\n' for n in range(20))
)  # fmt: skip
XML = (
    '<?xml version="1.0"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://e.org/">\n'
    + "".join(f'<rdf:Description rdf:about="https://e.org/{n}"><e:n>{n}</e:n></rdf:Description>\n' for n in range(9))
    + "</rdf:RDF>\n"
)
RDF = {
    "x.ttl": TURTLE,
    "x.nt": "".join(f'<https://e.org/{n}> <https://e.org/p> "{n}"@en .\n' for n in range(40)),
    "x.rdf": XML,
    "x.jsonld": json.dumps({"@context": {"n": "https://e.org/n"}, "@id": "https://e.org/x", "n": [1, {"n": "x"}, []]}),
}


def lines(name: str, count: int) -> bytes:
    """The first lines of a file."""
    return b"".join((SHARED / name).read_bytes().splitlines(keepends=True)[:count])


def un() -> bytes:
    """A few entries of the list of the United Nations."""
    text = (SHARED / "un_sanctions" / "UN_consolidated.xml").read_text(encoding="utf-8")
    persons = "".join(re.findall(r"<INDIVIDUAL>.*?</INDIVIDUAL>", text, re.DOTALL)[:3])
    others = "".join(re.findall(r"<ENTITY>.*?</ENTITY>", text, re.DOTALL)[:3])
    head = text[: text.index("<INDIVIDUALS>")]
    body = f"<INDIVIDUALS>{persons}</INDIVIDUALS><ENTITIES>{others}</ENTITIES>"
    return f"{head}{body}</CONSOLIDATED_LIST>".encode()


def historyatstate() -> dict[str, bytes]:
    """One small file of each kind."""
    found: dict[Path, Path] = {}
    for path in sorted((SHARED / "historyatstate").glob("*/*/*.xml"), key=lambda p: (p.stat().st_size, p)):
        if path.stat().st_size > 400:
            found.setdefault(path.parent, path)
    return {f"{place.name}-{path.name}": path.read_bytes() for place, path in found.items()}


def ofac() -> dict[str, bytes]:
    """A list with aliases and addresses, and a snapshot."""
    snapshot = gzip.decompress((SHARED / "ofac" / "snapshots" / "sdn_2021-05-22.csv.gz").read_bytes())
    parts = {f"{name}.csv": lines(f"ofac/moov_2019/{name}.csv", 12) for name in ("sdn", "alt", "add")}
    return {**parts, "sdn_2021-05-22.csv": b"".join(snapshot.splitlines(keepends=True)[:15])}


def leaders() -> bytes:
    """Some rows of the list of leaders."""
    (path,) = (SHARED / "leaders").glob("REIGN_leaderlist*.csv")
    return lines(f"leaders/{path.name}", 30)


SAMPLES: dict[str, Callable[[], dict[str, Any]]] = {
    "csv": lambda: TABLE,
    "rdf": lambda: RDF,
    "gdelt": lambda: {
        "a.export.CSV": lines("gdelt/20180101000000.export.CSV", 40),
        "m.csv": lines("gdelt/gdeltpyr_mentionssamp.csv", 30),
    },
    "icews": lambda: {
        "events.tab": lines("icews/events.2018.sample.tab", 30),
        "icews14.txt": lines("icews/icews_2014_test.txt", 30),
    },
    "cameo": lambda: {"cameo-codes.csv": lines("icews/cameo-codes.csv", 30)},
    "plover": lambda: {"CAMEO2PLOVER-2021.txt": lines("plover/CAMEO2PLOVER-2021.txt", 40)},
    "ofac": ofac,
    "un": lambda: {"un.xml": un()},
    "ftm": lambda: {"a.ftm.json": lines("ftm/parteispenden.entities.ftm.json", 15)},
    "reign": lambda: {"leaderlist.csv": leaders()},
    "historyatstate": historyatstate,
}
OWN = ("csv", "rdf")


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the samples of each feed."""
    folder = tmp_path_factory.mktemp("samples")
    for feed, made in SAMPLES.items():
        if feed in OWN or SHARED.is_dir():
            (folder / feed).mkdir()
            for name, data in made().items():
                (folder / feed / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    for control in ("crash", "hang", "memory", "writes", "text"):
        (folder / f"control-{control}").mkdir()
        (folder / f"control-{control}" / "x.csv").write_text("a line\nanother line\n", encoding="utf-8")
    return folder


def tried(samples: Path, first: int, last: int, *feeds: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Try cases in a process of their own; give what it says of each feed, and each case that broke a promise."""
    command = [sys.executable, str(PROGRAM), str(samples), str(first), str(last), *feeds]
    limit = 300 + 2 * (last - first) * len(feeds)
    env = {**os.environ, "PYTHONPATH": str(Path(kg.__file__).parents[1])}
    done = subprocess.run(
        command, capture_output=True, text=True, errors="replace", timeout=limit, check=False, env=env
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr[-3000:]
    return [each for each in told if "tried" in each], [each for each in told if "error" in each]


def test_every_feed_has_a_sample() -> None:
    assert FEEDS.keys() <= SAMPLES.keys(), "write a sample for the new feed in SAMPLES"


def test_damaged_files_of_every_feed(samples: Path, promise: Callable[..., None]) -> None:
    if not SHARED.is_dir():
        pytest.skip(f"the samples of the feeds are not part of the repository ({SHARED} is none); see KG_FEEDS")
    feeds = [feed for feed in FEEDS if feed not in OWN]
    hold(samples, feeds, promise)


def test_damaged_tables_and_rdf(samples: Path, promise: Callable[..., None]) -> None:
    hold(samples, list(OWN), promise)


def hold(samples: Path, feeds: list[str], promise: Callable[..., None]) -> None:
    groups = [[feed] for feed in feeds] if LONG else [feeds]
    told, broken = [], []
    for group in groups:
        some, wrong = tried(samples, 0, CASES, *group)
        told += some
        broken += wrong
    count = sum(each["tried"] for each in told)
    slowest = max(each["slowest"] for each in told)
    assert broken == [], f"{len(broken)} of {count} cases, the first: {broken[0]['error']}"
    promise("damaged files of feeds", tried=count, survived=count, note=f"slowest {slowest} s of the processor")
    assert [each["feed"] for each in told] == feeds and count == CASES * len(feeds)
    if LONG:  # damage so strong that nothing is ever read would prove nothing
        assert all(each["kept"] > each["tried"] / 20 and each["told"] + each["read"] == each["tried"] for each in told)


@pytest.mark.parametrize(
    ("control", "seen"),
    [
        ("crash", "ValueError: invalid literal for int()"),
        ("memory", "MemoryError"),
        ("writes", "a file was written beside the one that is read"),
        ("text", "SyntaxError"),
        pytest.param("hang", "Slow", marks=pytest.mark.skipif(not LONG, reason="a hang takes its time: KG_LONG")),
    ],
)
def test_a_reader_that_breaks_a_promise_is_seen(samples: Path, control: str, seen: str) -> None:
    _, broken = tried(samples, 0, 3, f"control-{control}")
    assert any(seen in each["error"] for each in broken), broken
