"""Concurrent use is safe: readers that never stop beside a builder and an importer see one whole build each time.

Each reader is a process that opens the build again and again, as commands do, and asks what must fit together: the
number of quads that the manifest tells, the digest of the text, and a name that the builder changes in two places at
once. The importer puts one small batch in and takes it out. `KG_LONG=1`: 20 readers for ten minutes; else 5 for 8 s.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg import store

if TYPE_CHECKING:
    from tests.conftest import DataFolder, Kg
    from tests.reliability.conftest import Promise

ROOT = Path(__file__).resolve().parents[2]
READERS, SECONDS = (20, 600) if os.environ.get("KG_LONG") else (5, 8)

# Opens and asks until the time is over; prints how often, how many builds it saw, and what did not fit.
READ = """
import json, sys, time
import kg
from kg import store
from pathlib import Path
folder, end = Path(sys.argv[1]), time.monotonic() + float(sys.argv[2])
asked, seen, wrong = 0, set(), []
while time.monotonic() < end:
    try:
        g = kg.open(str(folder))
        about = g.stats()
        [row] = g.query("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } "
                        "FILTER(!STRSTARTS(STR(?g), 'https://w3id.org/diplokg/graph/feed/')) }").rows
        both = g.query("SELECT ?l { VALUES ?x { id:us-treasury id:donald-trump } ?x rdfs:label ?l }")
        names = {str(name) for name, in both.rows}
        text = "".join(g.lines())
    except Exception as error:
        wrong.append(f"{type(error).__name__}: {error}")
    else:
        seen.add(about["digest"])
        if int(row[0].value) != about["counts"]["quads"]:
            wrong.append(f"{row[0].value} quads where {about['counts']['quads']} are told")
        if len({name.rpartition(" ")[2] for name in names}) != 1:
            wrong.append(f"half of a change: {names}")
        if text.count("\\n") != about["counts"]["quads"]:
            wrong.append("text and manifest are of two builds")
    asked += 1
print(json.dumps([asked, len(seen), wrong[:5], len(wrong)]))
"""


@pytest.mark.slow
def test_readers_see_one_whole_build(data_folder: DataFolder, tmp_path: Path, kg: Kg, promise: Promise) -> None:
    build = ["build", "--data", str(data_folder.path), "--store", str(tmp_path / "build")]
    rename(data_folder, 0)
    assert kg(*build).code == 0
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READ, str(tmp_path / "build"), str(SECONDS)], env=env, stdout=subprocess.PIPE
        )
        for _ in range(READERS)
    ]
    end, builds = time.monotonic() + SECONDS, 0
    while time.monotonic() < end:
        builds += 1
        rename(data_folder, builds)
        assert kg(*build).code == 0
    told = [json.loads(reader.communicate(timeout=SECONDS + 60)[0]) for reader in readers]
    asked, wrong = sum(one[0] for one in told), sum(one[3] for one in told)
    assert [one[2] for one in told if one[2]] == []
    assert builds > 2 and max(one[1] for one in told) > 1, "the readers were to see several builds"
    promise(
        "readers beside a builder see one whole build", tried=asked, survived=asked - wrong, note=f"{builds} builds"
    )


def rename(folder: DataFolder, number: int) -> None:
    """Give two entities names that end in the same number."""
    text = folder.entities.read_text(encoding="utf-8").splitlines()
    for n, line in enumerate(text):
        cells = line.split(",")
        if cells[0] in ("us-treasury", "donald-trump"):
            cells[2] = f"{cells[0]} {number}"
            text[n] = ",".join(cells)
    folder.entities.write_text("\n".join(text) + "\n", encoding="utf-8")


def test_the_readers_would_see_a_torn_build(data_folder: DataFolder, tmp_path: Path, kg: Kg) -> None:
    """A manifest that belongs to another text is noticed at once."""
    rename(data_folder, 0)
    assert kg("build", "--data", data_folder.path, "--store", tmp_path / "build").code == 0
    file = store.generation(tmp_path / "build") / "manifest.json"
    about = json.loads(file.read_bytes())
    about["counts"]["quads"] += 1
    file.write_text(json.dumps(about), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", READ, str(tmp_path / "build"), "0.5"],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)[3] > 0
