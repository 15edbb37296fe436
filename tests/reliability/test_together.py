"""Concurrent use is safe: readers that never stop beside a builder and an importer see one whole build each time.

Each of them is a process of its own (`together.py`): readers open the build with the library, ask by command, or ask a
server that runs all the time. `KG_LONG=1`: 20 readers beside both writers for ten minutes; else 6 for
some seconds, until server and readers have seen several builds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kg import importing, store
from tests.reliability import together

if TYPE_CHECKING:
    from tests.conftest import DataFolder, Kg
    from tests.reliability.conftest import Promise
    from tests.web.conftest import Serving

PROGRAM = Path(__file__).with_name("together.py")
LONG = bool(os.environ.get("KG_LONG"))
READERS = {"library": 8, "command": 4, "web": 8} if LONG else {"library": 2, "command": 1, "web": 3}
SECONDS, AT_MOST = (600, 900) if LONG else (8, 90)
TABLE = "Day,Sender,Target,What\n" + "".join(
    f"2025-01-{n:02},Colombia,{target},Threat\n" for n in range(1, 29) for target in ("United States", "Venezuela")
)
MAPPING = "feed: quarrels\ncolumns: {Day: date, Sender: actor, Target: target, What: class}\n"


@pytest.fixture
def places(data_folder: DataFolder, tmp_path: Path, kg: Kg) -> Any:
    """A build, a table to import into it, and what every whole build holds: with the batch and without."""
    (tmp_path / "rows.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "map.yaml").write_text(MAPPING, encoding="utf-8")
    build = tmp_path / "build"
    together.rename(data_folder.entities, 0)
    assert kg("build", "--data", data_folder.path, "--store", build).code == 0
    there = ["import", "csv", tmp_path / "rows.csv", "--mapping", tmp_path / "map.yaml", "--store", build]
    assert kg(*there).code == 0
    [batch] = importing.imported(build)
    assert kg("import", "--drop", batch["batch"], "--store", build).code == 0
    return together.Places(
        str(build), str(tmp_path / "stop"), store.manifest(build)["counts"]["quads"], batch["counts"]["quads"],
        entities=str(data_folder.entities), rows=str(tmp_path / "rows.csv"), mapping=str(tmp_path / "map.yaml"),
    )  # fmt: skip


def started(role: str, seed: int, places: Any) -> subprocess.Popen[bytes]:
    """Start one of them."""
    command = [sys.executable, str(PROGRAM), role, str(seed), json.dumps(asdict(places))]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def stopped(places: Any, log: Path) -> None:
    """Let them work for the time, and until there was something to see: builds, the batch, swaps of the server."""
    began, seen = time.monotonic(), set()
    while (passed := time.monotonic() - began) < AT_MOST:
        about = store.manifest(Path(places.build))
        seen.add((about["digest"], bool(about.get("feeds"))))
        digests, states = ({one[n] for one in seen} for n in (0, 1))
        if passed > SECONDS and len(digests) > 3 and len(states) > 1 and log.read_text().count('"was":') > 2:
            break
        time.sleep(0.1)
    Path(places.stop).touch()


def told(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    """What one of them says in the end."""
    out, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    return dict(json.loads(out))


@pytest.mark.slow
def test_readers_beside_a_builder_and_an_importer_see_one_whole_build(
    places: Any, serve: Serving, tmp_path: Path, promise: Promise
) -> None:
    roles = [role for role, count in READERS.items() for _ in range(count)]
    with serve(places.build, tmp_path / "log", "--feeds") as server:
        here = replace(places, url=server.url)
        running = [started(role, seed, here) for seed, role in enumerate([*roles, "builder", "importer"])]
        stopped(here, server.log)
        *readers, builder, importer = [told(process) for process in running]
        log = server.log.read_text()
    everyone = [*readers, builder, importer]
    assert [one for one in everyone if one["wrong"]] == []
    assert "Traceback" not in log and '"problem"' not in log
    assert builder["done"] > 2 and importer["done"] > 1, "both were to write"
    for role in READERS:
        assert max(one["builds"] for one in readers if one["role"] == role) > 1, f"{role} was to see several builds"
    assert {count for one in readers for count in one["fed"]} == {0, places.fed}, "the batch was to come and go"
    tried = sum(one["done"] for one in everyone)
    survived = tried - sum(one["wrong"] for one in everyone)
    swaps = log.count('"was":')
    note = (
        f"{len(readers)} readers, {builder['done']} builds, {importer['done']} imports and drops, "
        f"{builder['waited'] + importer['waited']} waits for the lock, {swaps} swaps of the server"
    )
    promise("readers beside a builder and an importer see one whole build", tried=tried, survived=survived, note=note)


@pytest.mark.parametrize("torn", ["manifest", "names", "batch"])
def test_a_torn_build_would_be_seen(torn: str, places: Any, data_folder: DataFolder, kg: Kg) -> None:
    """A manifest of another text, half of a change and half of a batch are noticed at once."""
    if torn == "manifest":
        file = store.generation(Path(places.build)) / "manifest.json"
        about = json.loads(file.read_bytes())
        about["counts"]["quads"] += 1
        file.write_text(json.dumps(about), encoding="utf-8")
    elif torn == "names":
        data_folder.change("us-treasury 0", "us-treasury 1", data_folder.entities)
        assert kg("build", "--data", data_folder.path, "--store", places.build).code == 0
    else:
        rows = Path(places.rows)
        rows.write_text(rows.read_text(encoding="utf-8")[: len(TABLE) // 2], encoding="utf-8")
        done = kg("import", "csv", rows, "--mapping", places.mapping, "--store", places.build)
        assert done.code == 0, done.err
    Path(places.stop).touch()
    assert told(started("library", 0, places))["wrong"] > 0
