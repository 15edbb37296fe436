"""The wheel, in an empty environment and from another folder: whoever installs it has the ontology and the data."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(out), str(ROOT)]
    subprocess.run(pip, check=True, capture_output=True, text=True)
    (found,) = out.glob("diplokg-*.whl")
    return found


def test_the_wheel_carries_ontology_data_and_types(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for needed in (
        "kg/bundled/ontology/core.ttl",
        "kg/bundled/ontology/shapes.ttl",
        "kg/bundled/ontology/questions/accusations-and-denials.rq",
        "kg/bundled/data/registers/entities.csv",
        "kg/bundled/data/dossiers/2026/2026-02-cnn-us-colombia-feud.yaml",
        "kg/py.typed",
        "kg/view/assets/small.js",
        "kg/view/assets/large.js",
    ):
        assert needed in names
    assert not [name for name in names if name.startswith(("tests/", "notebooks/"))]
    assert not [name for name in names if "node_modules" in name or "/src/" in name]


def test_the_main_job_runs_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV", "KG_STORE")}
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    subprocess.run([str(venv / "bin/pip"), "install", "--quiet", str(wheel)], check=True, env=environment)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = subprocess.run(
        [str(venv / "bin/kg"), "tour"], cwd=elsewhere, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (elsewhere / "graph.ttl").stat().st_size > 100_000
    assert "<html" in (elsewhere / "graph.html").read_text(encoding="utf-8")[:500]
    assert "Kristi Noem" in done.stdout
