"""All promises of reliability as one table: `python tests/reliability/run.py [--long] [--write] [NAME …]`.

The short form is what runs with the tests. The long one tries as many cases as the README tells and takes hours; with
`--soak` the server is under load for minutes and weighed. A test says by the fixture `promise` what it tried, how often
and how many held; one that says nothing guards a suite. `--write` puts the table of a long run into the README, where
what was not tried keeps its rows. The exit code is that of pytest. That each suite catches what it is there for is
shown by `defects.py`.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PROMISES = {
    "Nothing is lost or half-written": ("killed", "killed_serving"),
    "Faults are told clearly": ("faults",),
    "Bad input never crashes": ("inputs", "feeds_fuzz", "page_addresses"),
    "Standards are kept": ("w3c_query", "w3c_syntax", "w3c_rdf"),
    "Same input, same bytes": ("same_bytes",),
    "Nothing phones home": ("no_network",),
    "Names cannot attack": ("names",),
    "Concurrent use is safe": ("together",),
    "Literals survive": ("literals",),
    "The site withstands": ("hostile_queries", "fuzz", "schema", "reach", "slow_clients", "soak"),
    "The supply chain is small and known": ("supply",),
}
"""What is promised, and the suites that try it."""


Key = tuple[str, str]  # a promise, and what was tried for it
HEAD = ("promise", "what is tried", "cases", "held", "time", "")


@dataclass
class Line:
    """How many cases of one kind were tried and held, in how many seconds."""

    tried: int = 0
    survived: int = 0
    seconds: float = 0.0
    note: str = ""


class Table:
    """Listens to pytest and gathers the lines."""

    def __init__(self) -> None:
        self.lines: dict[Key, Line] = {}
        self.skipped: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take one report; a test that promises nothing guards a suite and has no line."""
        file, _, name = report.nodeid.partition("::")
        if report.skipped:
            why = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
            self.skipped[name.partition("[")[0]] = why
        told: list[Any] = [value for key, value in report.user_properties if key == "promise"]
        if report.when != "call" or report.skipped or not told:
            return
        suite = Path(file).stem.removeprefix("test_")
        promised = next(promised for promised, suites in PROMISES.items() if suite in suites)
        for what, tried, survived, note in told:
            line = self.lines.setdefault((promised, str(what)), Line())
            line.tried += int(tried)
            line.survived += int(survived)
            line.seconds += report.duration / len(told)
            line.note = str(note) or line.note

    def show(self) -> None:
        """Print what was gathered."""
        rows = [HEAD, *(row(key, line) for key, line in in_order(self.lines))]
        widths = [max(len(cells[n]) for cells in rows) for n in range(len(HEAD))]
        print()
        for cells in rows:
            sized = list(zip(cells, widths, strict=True))
            told = [*(cell.ljust(n) for cell, n in sized[:2]), *(cell.rjust(n) for cell, n in sized[2:5]), cells[5]]
            print("  ".join(told).rstrip())
        for words, why in self.skipped.items():
            print(f"not run: {words}: {why.removeprefix('Skipped: ')}")


def in_order(lines: dict[Key, Line]) -> list[tuple[Key, Line]]:
    """Promises in their order, what is tried for each by name."""
    known = list(PROMISES)
    return sorted(lines.items(), key=lambda item: (known.index(item[0][0]), item[0][1]))


def row(key: Key, line: Line) -> tuple[str, ...]:
    """The cells of a line."""
    return (*key, f"{line.tried:,}", f"{line.survived:,}", f"{line.seconds:,.0f} s", line.note)


def main() -> int:
    """Run the suite and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--long", action="store_true", help="the whole of every suite; takes hours")
    options.add_argument("--write", action="store_true", help="write the table into the README")
    options.add_argument("--soak", type=float, default=0, metavar="MINUTES", help="weigh the server under load")
    names = sorted(path.stem.removeprefix("test_") for path in HERE.glob("test_*.py"))
    options.add_argument("names", nargs="*", choices=[*names, []], metavar="NAME", help=f"some of: {', '.join(names)}")
    given = options.parse_args()
    if given.write and not given.long:
        options.error("--write goes with --long: the README tells of the long form")
    if given.long:
        os.environ["KG_LONG"] = "1"
    if given.soak:
        os.environ["KG_SOAK"] = str(given.soak)
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    table = Table()
    suites = [str(HERE / f"test_{name}.py") for name in given.names] or [str(HERE)]
    code = pytest.main(["-q", "--no-header", "-p", "no:cacheprovider", *suites], plugins=[table])
    table.show()
    if given.write:
        write(table)
    return int(code)


def write(table: Table) -> None:
    """Put the table between its marks in the README; what this run did not try keeps its rows."""
    readme = ROOT / "README.md"
    before, mark, rest = readme.read_text(encoding="utf-8").partition("<!-- promises -->\n")
    old, close, after = rest.partition("<!-- /promises -->")
    if not mark or not close:
        sys.exit("README.md has no place for the table: <!-- promises --> and <!-- /promises --> mark it.")
    rows = standing(old) | {key: row(key, line)[2:] for key, line in table.lines.items()}
    lines = [f"| {' | '.join(HEAD)} |", "|---|---|--:|--:|--:|---|"]
    above = ""
    for key in sorted(rows, key=lambda key: (list(PROMISES).index(key[0]), key[1])):
        lines.append(f"| {key[0] if key[0] != above else ''} | {key[1]} | {' | '.join(rows[key])} |")
        above = key[0]
    text = "\n".join(" ".join(line.split()) for line in lines)
    readme.write_text(f"{before}{mark}{text}\n{close}{after}", encoding="utf-8")


def standing(table: str) -> dict[Key, tuple[str, ...]]:
    """The rows of a table as it stands; a promise is named in the first of its rows only."""
    found: dict[Key, tuple[str, ...]] = {}
    promised = ""
    for line in table.splitlines()[2:]:
        first, what, *cells = (cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|"))
        promised = first or promised
        if promised in PROMISES:
            found[promised, what] = tuple(cells)
    return found


if __name__ == "__main__":
    sys.exit(main())
