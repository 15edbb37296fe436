"""Same input, same bytes: builds under other hash seeds, locales, time zones, file orders and Pythons give one output.

Each build is a process of its own. Beside the bundled dossier stands one of another publisher on the same two actors,
so that there are names to be put in order; the order of the files in the folder changes, so that an output that follows
the file system would show. `KG_LONG=1` builds 100 times, else 3; `KG_PYTHONS` names
other interpreters that have diplokg's dependencies (paths, joined by `:`).
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg import resources
from kg.export import FORMATS

if TYPE_CHECKING:
    from tests.reliability.conftest import Promise

ROOT = Path(__file__).resolve().parents[2]
RUNS = 100 if os.environ.get("KG_LONG") else 3
PYTHONS = [sys.executable, *filter(None, os.environ.get("KG_PYTHONS", "").split(":"))]
LOCALES = ("C", "C.utf8", "POSIX", "tr_TR.UTF-8")
ZONES = ("UTC", "America/Bogota", "Pacific/Kiritimati", "Asia/Kathmandu")

# Builds a data folder and prints the digest of everything that can be made of it.
OUTPUTS = """
import hashlib, json, sys
from pathlib import Path
import kg
from kg import pipeline, store
from kg.export import FORMATS
data, folder = map(Path, sys.argv[1:])
pipeline.build(data, folder)
g = kg.open(str(folder))
made = {form: g.export(form) for form in FORMATS}
made["kg.nq"] = "".join(store.lines(folder)).encode()
made["manifest.json"] = (store.generation(folder) / "manifest.json").read_bytes()
made["view"] = g.view().encode()
print(json.dumps({name: hashlib.sha256(raw).hexdigest() for name, raw in sorted(made.items())}))
"""


def shuffled(chance: random.Random, base: Path) -> Path:
    """Write the bundled data and the second dossier file by file in an order of chance."""
    files = list(whole().items())
    chance.shuffle(files)
    for name, raw in files:
        place = base / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(raw)
        os.utime(place, (chance.randrange(10**9), chance.randrange(10**9)))
    return base


@cache
def whole() -> dict[str, bytes]:
    """The bundled data with a second dossier and its publisher, by the name of the file."""
    from tests.conftest import EARLIER_DOSSIER

    bundled = resources.bundled_data()
    paths = sorted(path for path in bundled.rglob("*") if path.is_file())
    found = {path.relative_to(bundled).as_posix(): path.read_bytes() for path in paths}
    head, *rows = found["registers/entities.csv"].splitlines(keepends=True)
    rows.append(b"diplokg,publisher,The DiploKG contributors,,,,,,Wrote the second note.\n")
    found["registers/entities.csv"] = head + b"".join(sorted(rows))
    found["dossiers/2025/earlier.yaml"] = EARLIER_DOSSIER.encode()
    return found


def surroundings(chance: random.Random) -> Iterator[tuple[str, dict[str, str]]]:
    """A Python and its environment for each run."""
    for run in range(RUNS):
        yield (
            PYTHONS[run % len(PYTHONS)],
            {
                "PYTHONHASHSEED": str(chance.randrange(2**32)),
                "LC_ALL": LOCALES[run % len(LOCALES)],
                "LANG": LOCALES[(run + 1) % len(LOCALES)],
                "TZ": ZONES[run % len(ZONES)],
                "COLUMNS": str(chance.randint(20, 200)),
                "PYTHONUTF8": str(run % 2),
            },
        )


@pytest.mark.slow
def test_every_output_is_the_same_whatever_surrounds_the_build(tmp_path: Path, promise: Promise) -> None:
    chance = random.Random(11)
    seen: dict[str, set[str]] = {}
    for run, (python, extra) in enumerate(surroundings(chance)):
        home = tmp_path / f"{run}-{chance.randrange(10**6)}"
        done = subprocess.run(
            [python, "-c", OUTPUTS, str(shuffled(chance, home / "data")), str(home / "build")],
            env={**os.environ, **extra, "PYTHONPATH": str(ROOT)}, cwd=home.parent,
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        for name, digest in json.loads(done.stdout).items():
            seen.setdefault(name, set()).add(digest)
        shutil.rmtree(home)
    assert len(seen) == len(FORMATS) + 3
    assert {name: len(digests) for name, digests in seen.items() if len(digests) > 1} == {}
    promise("the same input gives the same bytes", tried=RUNS, survived=RUNS, note=f"{len(seen)} outputs each")


def test_the_guard_sees_a_difference(tmp_path: Path) -> None:
    """One letter more in a register changes the digest of everything that shows it."""
    chance = random.Random(11)
    digests = []
    for add in ("", "x"):
        data = shuffled(chance, tmp_path / f"data{add}")
        file = data / "registers" / "entities.csv"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(",Gustavo Petro,", f",Gustavo Petro{add},"), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-c", OUTPUTS, str(data), str(tmp_path / f"build{add}")],
            env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
        digests.append(json.loads(done.stdout))
    alike = [name for name in digests[0] if digests[0][name] == digests[1][name]]
    assert alike == ["csv"], "the table of events names actors by their ids; all else shows their labels"
