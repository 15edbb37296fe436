"""Do the tests notice wrong code? `python tests/reliability/mutation.py [--sample N] [--keep FOLDER] [MODULE …]`.

Each module of the core is copied with small mistakes planted, one at a time (the package mutmut: `pip install mutmut`);
the tests named for it run until one fails. A mutant that no test notices survives, and so does one that no test
reaches. Of a module with more than N mutants a sample is drawn, the same each time for the same code. Prints a table,
then what survived, as the lines that were changed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("kg", "ontology", "data", "notebooks", "tests", "README.md", "CHANGELOG.md", "CITATION.cff", "LICENSE")
CHOSEN = {
    "batches": ("batches", "import"),
    "curation": ("curation",),
    "dates": ("dates",),
    "derive": ("lift", "build", "graph"),
    "dossier": ("dossier",),
    "export": ("export", "turtle"),
    "jsonld": ("turtle",),
    "lens": ("lens",),
    "lift": ("lift", "dossier", "build"),
    "passages": ("passages",),
    "query": ("query",),
    "registers": ("registers",),
    "results": ("results",),
    "scope": ("scope", "import"),
    "sparql/depth": ("sparql",),
    "sparql/lexer": ("sparql",),
    "sparql/parameters": ("sparql",),
    "sparql/refusal": ("sparql",),
    "store": ("store", "remote", "batches", "build"),
    "stories": ("stories",),
    "strict_yaml": ("strict_yaml",),
    "turtle": ("turtle",),
}
"""The modules of the core, each with the files of tests that promise what it does."""
NOT_HERE = ("tests/test_dates.py::test_dates_import_only_the_standard_library",)
"""Tests of what is imported: the tool that plants mistakes is."""
PLUGIN = """
import pytest
from mutmut.state import state
reached, of_files = {}, set()

@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef):
    if fixturedef.scope == "module":
        of_files.add(fixturedef.argname)
    if fixturedef.scope == "function":
        return (yield)
    before = set(state()._stats)
    state()._stats.clear()
    try:
        return (yield)
    finally:
        reached[fixturedef.argname] = set(state()._stats)
        state()._stats.update(before)

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item):
    for name in of_files.intersection(item.fixturenames):
        reached.setdefault(name, set()).update(state()._stats)
    for name in item.fixturenames:
        state()._stats.update(reached.get(name, ()))
"""
"""What a fixture of several tests reaches, or keeps for those that come, is reached by every test that takes it."""
PROCESS = """
import os
if os.environ.get("MUTANT_UNDER_TEST") == "stats":
    del os.environ["MUTANT_UNDER_TEST"]
"""
"""A process that a test starts keeps no count: away from the copy it does not find the settings for that."""


@dataclass(frozen=True)
class Score:
    """What became of the mutants of a module."""

    module: str
    made: int
    tried: int
    killed: int
    seconds: float
    survived: tuple[str, ...]

    def __str__(self) -> str:
        rate = f"{self.killed / self.tried:.1%}" if self.tried else "–"
        return f"{self.module:<20} {self.made:>7,} {self.tried:>7,} {self.killed:>7,} {rate:>7} {self.seconds:>8.0f}"


class NotTriedError(Exception):
    """The tests of a module do not even pass where nothing is planted."""


def prepared(module: str, place: Path) -> None:
    """Copy the parts of the repository that the tests need, and say what is to be mutated."""
    away = shutil.ignore_patterns("__pycache__", "node_modules", ".*", "build")
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, place / part, ignore=away)
        else:
            shutil.copy(ROOT / part, place / part)
    for name, text in (("reached_by.py", PLUGIN), ("sitecustomize.py", PROCESS)):
        (place / name).write_text(text, encoding="utf-8")
    tests = [f"tests/test_{name}.py" for name in CHOSEN[module]]
    left_out = [word for test in NOT_HERE for word in ("--deselect", test)]
    about = {
        "source_paths": ["kg"],
        "only_mutate": [f"kg/{module}.py"],
        "also_copy": [*PARTS[1:], "reached_by.py", "sitecustomize.py"],
        "process_isolation": "forkserver",
        "pytest_add_cli_args": [
            "-p",
            "no:cacheprovider",
            "-p",
            "reached_by",
            "-m",
            "not browser and not slow",
            *left_out,
        ],
        "pytest_add_cli_args_test_selection": tests,
        "use_git_change_detection": False,
        "debug": True,
        "timeout_multiplier": 4.0,
    }
    told = "".join(f"{key} = {json.dumps(value)}\n" for key, value in about.items())
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (place / "pyproject.toml").write_text(f"{project}\n[tool.mutmut]\n{told}", encoding="utf-8")


def mutmut(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the tool on the copy; articles and samples of feeds are where they are."""
    beside = ROOT.parent / "shared"
    env = {"KG_SOURCES": str(beside / "sources"), "KG_FEEDS": str(beside / "feeds"), **os.environ}
    command = [sys.executable, "-m", "mutmut", *words]
    return subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, check=False)


def codes(place: Path, module: str) -> dict[str, int | None]:
    """The exit code of the tests for each mutant; None for one that was not tried."""
    path = place / "mutants" / "kg" / f"{module}.py.meta"
    found: dict[str, int | None] = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def tried(module: str, sample: int, place: Path) -> Score:
    """Plant the mistakes one by one and run the tests on each."""
    began = time.monotonic()
    prepared(module, place)
    first = mutmut(place, "run", "--max-children", "1", "none of them")
    if "nothing matches" not in first.stdout + first.stderr:
        lines = [line for line in (first.stdout + first.stderr).splitlines() if line.startswith(("FAILED", "E  "))]
        raise NotTriedError(f"{module}: the tests do not pass on the copy\n" + "\n".join(lines[-5:]))
    names = sorted(codes(place, module))
    drawn = random.Random(module).sample(names, min(sample, len(names)))
    stats = json.loads((place / "mutants" / "mutmut-stats.json").read_text(encoding="utf-8"))
    reached = {key for key, tests in stats["tests_by_mangled_function_name"].items() if tests}
    known = [name for name in drawn if re.sub(r"__mutmut_\d+$", "", name) in reached]
    if known:
        done = mutmut(place, "run", "--max-children", "1", *known)
        assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    now = codes(place, module)
    assert all(now[name] is not None for name in known), "some mutants were not tried"
    killed = [name for name in known if now[name] != 0]
    survived = tuple(sorted(set(drawn) - set(killed)))
    return Score(module, len(names), len(drawn), len(killed), time.monotonic() - began, survived)


def main() -> int:
    """Try the modules and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sample", type=int, default=100, metavar="N", help="mutants of each module (100)")
    options.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the copies there, to look at survivors")
    options.add_argument("modules", nargs="*", metavar="MODULE", help=f"some of: {', '.join(CHOSEN)}")
    given = options.parse_args()
    unknown = [module for module in given.modules if module not in CHOSEN]
    if unknown:
        options.error(f"no tests are named for {', '.join(unknown)}; choose from {', '.join(CHOSEN)}")
    print(f"{'module':<20} {'mutants':>7} {'tried':>7} {'killed':>7} {'score':>7} {'seconds':>8}", flush=True)
    scores, told = [], []
    with tempfile.TemporaryDirectory() as folder:
        for module in given.modules or CHOSEN:
            place = (given.keep or Path(folder)) / module.replace("/", ".")
            place.mkdir(parents=True)
            try:
                scores.append(tried(module, given.sample, place))
            except NotTriedError as error:
                told.append(str(error))
                continue
            print(scores[-1], flush=True)
            told += [f"{name}\n{changed(place, name)}" for name in scores[-1].survived]
    kinds = [sum(getattr(score, field) for score in scores) for field in ("made", "tried", "killed", "seconds")]
    print(Score("all", int(kinds[0]), int(kinds[1]), int(kinds[2]), kinds[3], ()))
    print("", *told, sep="\n")
    return int(len(scores) < len(given.modules or CHOSEN))


def changed(place: Path, name: str) -> str:
    """The lines that a mutant has otherwise."""
    shown = mutmut(place, "show", name).stdout
    return "\n".join(line for line in shown.splitlines() if re.match(r"[-+](?![-+]{2} )", line))


if __name__ == "__main__":
    sys.exit(main())
