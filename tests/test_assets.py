"""The scripts in the package are what their sources say: built again, they have the same bytes."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import kg

PACKAGE = Path(kg.__file__).parent
SOURCES = sorted(path.parent for path in PACKAGE.glob("*/**/src/package-lock.json") if "node_modules" not in path.parts)


def test_sources_with_a_lock_file_are_found() -> None:
    assert PACKAGE / "view" / "assets" / "src" in SOURCES


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_lock_file_pins_by_hash_and_names_no_address(source: Path) -> None:
    packages = json.loads((source / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert len(packages) > 1
    for name, package in packages.items():
        assert "resolved" not in package, name
        assert not name or package["integrity"].startswith("sha512-"), name


@pytest.mark.slow
@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_scripts_are_built_from_their_sources(source: Path, tmp_path: Path) -> None:
    npm = shutil.which("npm")
    if not npm:
        pytest.skip("npm is not here; CI has it")
    copy = tmp_path / "src"
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("node_modules"))
    done = subprocess.run([npm, "ci", "--silent"], cwd=copy, capture_output=True, text=True, check=False)
    if done.returncode and not (copy / "node_modules").exists():
        pytest.skip(f"npm cannot install the build tool here: {done.stderr.strip()[-200:]}")
    subprocess.run([npm, "run", "--silent", "build"], cwd=copy, check=True)
    built = sorted(path for path in tmp_path.glob("*.js"))
    assert built
    for path in built:
        shipped = source.parent / path.name
        repair = f"cd {source.relative_to(PACKAGE.parent)} && npm ci && npm run build"
        assert path.read_bytes() == shipped.read_bytes(), f"{shipped.name} is not what its source says: {repair}"
