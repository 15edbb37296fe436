"""The house: imports go down, each library has its room, and nothing heavy is loaded before it is needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "kg"
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if "bundled" not in p.parts)

# A module may import from lower levels only; modules of one level do not know each other.
LEVELS = {
    "errors": 0, "terms": 0,
    "model": 1, "records": 1, "strict_yaml": 1, "resources": 1, "dates": 1, "sparql": 1,
    "dossier_format": 2, "registers": 2, "vocabulary": 2, "turtle": 2, "jsonld": 2, "gexf": 2, "lines": 2,
    "passages": 2, "questions": 2, "stories": 2, "lens": 2, "frames": 1, "rows": 2, "reasons": 2, "lock": 2,
    "dossier": 3, "lift": 3, "derive": 3, "store": 3, "tables": 3,
    "results": 4, "coded": 4, "query": 5, "validate": 4,
    "feeds": 4, "batches": 4, "scope": 4, "registered": 5, "columns": 5, "asked": 6, "instead": 6, "importing": 7,
    "relink": 7, "bulk": 8, "link": 9,
    "pipeline": 5, "describe": 6,
    "reckoning": 6, "curation": 6, "network": 6, "dataset": 6, "export": 7, "ftm": 7, "pages": 7, "paths": 7, "view": 7,
    "analysis": 7, "labels": 6,
    "diff": 7, "report": 8, "bundle": 9, "graph": 10,
    "coverage": 11, "terminal": 11,
    "web": 12, "mcp": 12,
    "cli": 13, "__main__": 14, "__init__": 15,
}  # fmt: skip

# Where each third-party library may be named.
ROOMS = {
    "click": {"cli", "lines"},
    "yaml": {"strict_yaml"},
    "pyoxigraph": {"vocabulary", "lift", "derive", "store", "query", "results", "turtle", "jsonld", "export",
                   "validate", "graph", "coverage", "bundle", "frames", "rows", "registered", "batches", "feeds",
                   "relink", "bulk"},
    "rdflib": {"validate", "dataset", "graph"},
    "oxrdflib": {"dataset"},
    "countrynames": {"feeds"},
    "pycountry": {"feeds"},
    "rapidfuzz": {"feeds"},
    "pyshacl": {"validate"},
    "networkx": {"analysis", "network", "gexf", "export", "paths", "graph"},
    "duckdb": {"columns"},
    "ibis": {"columns"},
    "matplotlib": {"analysis"},
    "numpy": {"columns"},
    "pandas": {"frames", "analysis", "rows"},
    "pyarrow": {"columns"},
    "pyspark": {"columns"},
    "pyvis": {"view", "graph"},
    "jinja2": {"view", "web", "report"},
    "starlette": {"web"},
    "uvicorn": {"web"},
    "mcp": {"mcp"},
}  # fmt: skip

HEAVY = (
    "rdflib",
    "networkx",
    "pyvis",
    "pyshacl",
    "IPython",
    "jinja2",
    "starlette",
    "uvicorn",
    "mcp",
    "matplotlib",
    "pandas",
    "numpy",
    "duckdb",
    "ibis",
    "pyarrow",
    "pyspark",
)


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Every imported module with whether it is imported for types only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and isinstance(block.test, ast.Name) and block.test.id == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in typing_only) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "kg" else [node.module]
            yield from ((name, id(node) in typing_only) for name in names)


def test_every_module_has_its_level() -> None:
    rooms = {room(path) for path in MODULES}
    assert rooms - LEVELS.keys() == set(), "give the new module a level in LEVELS"
    assert LEVELS.keys() - rooms == set(), "a level without a module"
    assert len(MODULES) > 30


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    here = LEVELS[room(path)]
    for name, typing_only in imports(path):
        parts = name.split(".")
        if parts[0] != "kg" or len(parts) < 2 or typing_only or parts[1].startswith("__"):
            continue
        if parts[1] in LEVELS and parts[1] != room(path):
            assert LEVELS[parts[1]] < here, f"{room(path)} (level {here}) imports {parts[1]} (level {LEVELS[parts[1]]})"


@pytest.mark.parametrize("library", ROOMS)
def test_each_library_is_named_in_its_rooms_only(library: str) -> None:
    used = {room(p) for p in MODULES if any(name.split(".")[0] == library for name, _ in imports(p))}
    assert used == ROOMS[library]


def loaded(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(' '.join(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split()) if done.stdout.strip() else set()


def test_importing_kg_loads_nothing_heavy() -> None:
    assert loaded("import kg") == set()


def test_help_loads_nothing_heavy() -> None:
    assert loaded("from kg.cli import run\nrun(['--help'])") == set()


def test_asking_loads_nothing_heavy(built: Path) -> None:
    command = ["query", "who-sanctioned-whom", "--store", str(built)]
    assert loaded(f"from kg.cli import run\nassert run({command!r}) == 0") == set()


def test_the_guard_sees_what_is_loaded() -> None:
    assert "networkx" in loaded("import networkx")


def test_modules_stay_readable() -> None:
    lengths = {str(p.relative_to(PACKAGE)): len(p.read_text(encoding="utf-8").splitlines()) for p in MODULES}
    assert {name: lines for name, lines in lengths.items() if lines > 600} == {}, "look for the second idea in it"
