"""All promises of reliability as one table: `python tests/reliability/run.py [--long] [--write] [NAME …]`.

The short form is what runs with the tests. The long one sends 200 hostile queries and 10,000 fuzzed requests, and asks
every test of the W3C suite in every way; with `--soak` the server is under load for minutes and weighed. A test tells
its promise by the fixture `promise`, else by its name. The exit code is that of pytest. That each suite catches what it
is there for is shown by `defects.py`.
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


@dataclass
class Line:
    """One promise: how many cases were tried and survived, in how many seconds."""

    tried: int = 0
    survived: int = 0
    seconds: float = 0.0
    note: str = ""
    promised: bool = False


class Table:
    """Listens to pytest and gathers the lines."""

    def __init__(self) -> None:
        self.lines: dict[str, Line] = {}
        self.skipped: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take one report."""
        name = report.nodeid.partition("::")[2].partition("[")[0]
        words = name.removeprefix("test_").replace("_", " ")
        if report.skipped:
            self.skipped[words] = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        if report.when != "call" or report.skipped:
            return
        told: list[Any] = [value for key, value in report.user_properties if key == "promise"]
        for what, tried, survived, note in told or [(words, 1, int(report.passed), "")]:
            line = self.lines.setdefault(str(what), Line(promised=bool(told)))
            line.tried += int(tried)
            line.survived += int(survived)
            line.seconds += report.duration
            line.note = str(note) or line.note

    def show(self) -> None:
        """Print what was gathered."""
        width = max((len(words) for words in self.lines), default=0)
        print(f"\n{'promise':<{width}} {'tried':>7} {'survived':>9} {'seconds':>8}  note")
        for words, line in self.lines.items():
            print(f"{words:<{width}} {line.tried:>7,} {line.survived:>9,} {line.seconds:>8.1f}  {line.note}".rstrip())
        for words, why in self.skipped.items():
            print(f"not run: {words}: {why.removeprefix('Skipped: ')}")


def main() -> int:
    """Run the suite and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--long", action="store_true", help="the whole of every suite; takes some minutes")
    options.add_argument("--write", action="store_true", help="write the table into the README")
    options.add_argument("--soak", type=float, default=0, metavar="MINUTES", help="weigh the server under load")
    names = sorted(path.stem.removeprefix("test_") for path in HERE.glob("test_*.py"))
    options.add_argument("names", nargs="*", choices=[*names, []], metavar="NAME", help=f"some of: {', '.join(names)}")
    given = options.parse_args()
    if given.long:
        os.environ["KG_LONG"] = "1"
    if given.soak:
        os.environ["KG_SOAK"] = str(given.soak)
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    table = Table()
    suites = [str(HERE / f"test_{name}.py") for name in given.names]
    suites = suites or [str(HERE), str(ROOT / "tests" / "web" / "test_holding.py")]
    code = pytest.main(["-q", "--no-header", "-p", "no:cacheprovider", *suites], plugins=[table])
    table.show()
    if given.write:
        write(table, "long" if given.long else "short")
    return int(code)


def write(table: Table, form: str) -> None:
    """Put the table between its marks in the README; promises that this run did not try keep their rows."""
    readme = ROOT / "README.md"
    before, mark, rest = readme.read_text(encoding="utf-8").partition("<!-- promises -->\n")
    old, close, after = rest.partition("<!-- /promises -->")
    if not mark or not close:
        sys.exit("README.md has no place for the table: <!-- promises --> and <!-- /promises --> mark it.")
    rows = {row.split("|")[1].strip(): row for row in old.splitlines() if row.startswith("| ")}
    for words, line in ((words, line) for words, line in table.lines.items() if line.promised):
        rows[words] = f"| {words} | {line.tried:,} | {line.survived:,} | {line.seconds:,.0f} s | {form} | {line.note} |"
    rows.pop("promise", None)
    head = ["| promise | tried | held | time | form | |", "|---|--:|--:|--:|---|---|"]
    readme.write_text(
        f"{before}{mark}{chr(10).join([*head, *sorted(rows.values())])}\n{close}{after}", encoding="utf-8"
    )


if __name__ == "__main__":
    sys.exit(main())
