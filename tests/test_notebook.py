"""The notebooks run from a clean kernel in an empty folder, and what stands in them is what a fresh run shows.

`python tests/test_notebook.py --write` runs them all and writes their outputs anew.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
NAMES = ["1-tour", "2-month-by-month", "3-two-sides", "4-feeds", "5-your-own-dossier"]
quiet = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::RuntimeWarning")


def executed(path: Path, folder: Path) -> Any:
    """The notebook as it is after a run in a folder that holds nothing but the samples."""
    import nbformat
    from nbclient import NotebookClient

    shutil.copytree(FOLDER / "samples", folder / "samples", dirs_exist_ok=True)
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    client = NotebookClient(notebook, timeout=300, record_timing=False, resources={"metadata": {"path": str(folder)}})
    client.execute(env=environment)
    return notebook


def is_live(cell: Any) -> bool:
    """Whether a cell shows something too large to keep."""
    return "live" in cell.metadata.get("tags", ())


def told(cell: Any) -> list[str]:
    """What a cell shows, as far as it does not depend on the versions of plotting and table libraries."""
    shown = []
    for output in cell.get("outputs", ()):
        if output["output_type"] == "stream":
            shown.append(output["text"])
            continue
        data = output["data"]
        if "image/svg+xml" in data:
            shown.append(" ".join(re.findall(r"<(?:title|desc)[^>]*>(.*?)</", data["image/svg+xml"], re.S)))
        else:
            shown.append(data["text/plain"])
    return shown


def test_there_are_five() -> None:
    assert [path.stem for path in NOTEBOOKS] == NAMES


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_reads_as_an_article(path: Path) -> None:
    import nbformat

    cells = nbformat.read(path, as_version=4).cells  # type: ignore[no-untyped-call]
    assert cells[0].cell_type == "markdown" and cells[0].source.startswith(f"# {path.stem[0]} · ")
    prose = [cell for cell in cells if cell.cell_type == "markdown"]
    assert len(prose) >= 4 and sum(len(cell.source.split()) for cell in prose) > 100
    for cell in cells:
        if cell.cell_type == "code" and not is_live(cell):
            assert cell.execution_count, "run: python tests/test_notebook.py --write"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_tells_nothing_of_the_machine_it_ran_on(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [
        word for word in ("/tmp", "/home", "/root", "/Users", "C:\\\\", "Traceback", "Warning") if word in text
    ] == []
    assert len(text) < 400_000


@pytest.mark.slow
@quiet
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_fresh_run_shows_what_stands_there(path: Path, tmp_path: Path) -> None:
    import nbformat

    stands = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    fresh = executed(path, tmp_path)
    for old, new in zip(stands.cells, fresh.cells, strict=True):
        if is_live(new):
            assert "iframe" in str(new.outputs)
        elif new.cell_type == "code":
            assert told(old) == told(new), f"{new.source}\nrun: python tests/test_notebook.py --write"


def write() -> None:
    """Run all notebooks, or those named, and write their outputs anew."""
    import nbformat

    wanted = [word for word in sys.argv[1:] if not word.startswith("-")]
    for path in NOTEBOOKS:
        if wanted and path.stem not in wanted:
            continue
        with tempfile.TemporaryDirectory() as folder:
            notebook = executed(path, Path(folder))
        for cell in notebook.cells:
            if is_live(cell):
                cell.outputs, cell.execution_count = [], None
        nbformat.write(notebook, path)  # type: ignore[no-untyped-call]


if __name__ == "__main__" and "--write" in sys.argv:
    write()
