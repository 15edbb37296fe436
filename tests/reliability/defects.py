"""Does each suite of reliability catch what it is there for? `python tests/reliability/defects.py [NAME …]`.

For each suite a defect is planted in a copy of the code: a small change that somebody might make, written as texts that
must stand there exactly once. The short form of the suite runs over the copy and must fail; the tests that failed then
run over the code as it is and must pass. Prints a table; the exit code is 1 if a defect was not caught.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PARTS = ("kg", "ontology", "data", "notebooks", "tests", "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE")
SHARED = {"KG_W3C": "w3c/sparql/sparql11", "KG_W3C_RDF": "w3c/rdf/rdf11", "KG_FEEDS": "feeds"}
LIMIT = 900  # seconds for one suite


@dataclass(frozen=True)
class Change:
    """A text that stands once in a file, and what is written in its place."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Defect:
    """A suite, what is wrong in the words of a user, and the changes that make it so."""

    suite: str
    what: str
    changes: tuple[Change, ...]


def defect(suite: str, what: str, *changes: tuple[str, str, str]) -> Defect:
    """A defect of some changes."""
    return Defect(suite, what, tuple(Change(*change) for change in changes))


DEFECTS = (
    defect(
        "faults", "a file is written in its place, so that a full disk leaves half of it",
        ("kg/cli/out.py", 'path.with_name(f".{path.name}.{os.getpid()}")', "path.with_name(path.name)"),
    ),
    defect(
        "faults", "the lock of another process is not told",
        ("kg/lock.py", "    except BlockingIOError:", "    except ChildProcessError:"),
    ),
    defect(
        "feeds_fuzz", "one line that is not UTF-8 stops a whole feed",
        (
            "kg/feeds/files.py", "except UnicodeDecodeError:\n        yield from",
            "except LookupError:\n        yield from",
        ),
    ),
    defect(
        "fuzz", "an Accept header with a weight that is no number is an error of the server",
        ("kg/web/media.py", "            except ValueError:", "            except LookupError:"),
    ),
    defect(
        "hostile_queries", "a query may take four times as long as was said",
        ("kg/cli/serve.py", "hosts, cors, timeout, max_rows", "hosts, cors, 4 * timeout, max_rows"),
    ),
    defect(
        "inputs", "some damaged YAML gives a traceback",
        ("kg/strict_yaml.py", "except yaml.YAMLError as error", "except yaml.reader.ReaderError as error"),
    ),
    defect(
        "killed", "a build comes into use before it is sealed",
        (
            "kg/store.py",
            '        save(self._folder / CURRENT, f"{self._fresh.name}\\n".encode())\n        _tidy(',
            "        _tidy(",
        ),
        (
            "kg/store.py",
            "        _write_synced(self._fresh / SEAL,",
            '        save(self._folder / CURRENT, f"{self._fresh.name}\\n".encode())\n'
            "        _write_synced(self._fresh / SEAL,",
        ),
    ),
    defect(
        "killed", "an import comes into use before its manifest is written",
        ("kg/batches.py", '            store.save(fresh / "manifest.json", _json(made.about))\n', ""),
        (
            "kg/batches.py", "            swap.finish()\n",
            '            swap.finish()\n            store.save(fresh / "manifest.json", _json(made.about))\n',
        ),
    ),
    defect(
        "killed_serving", "a damaged newer build ends the watch for newer ones",
        (
            "kg/web/current.py", "            except KgError as error:\n                if str(error) != told",
            "            except ChildProcessError as error:\n                if str(error) != told",
        ),
    ),
    defect(
        "killed_serving", "workers outlive a server that is killed",
        ("kg/web/worker.py", "os.getppid() == self._parent", "os.getppid() > 0"),
        ("kg/web/worker.py", "< LENGTH.size:\n        return None", "< LENGTH.size:\n        time.sleep(600)"),
    ),
    defect(
        "literals", "JSON-LD loses the language of a label",
        ("kg/jsonld.py", '{"@value": term.value, "@language": term.language}', "term.value"),
    ),
    defect(
        "names", "a name moves the cursor of a terminal",
        ("kg/lines.py", "if text.isascii() and text.isprintable():", "if text:"),
    ),
    defect(
        "names", "a name is a formula in a table",
        ("kg/export.py", """return f"'{text}" if _FORMULA""", """return text if _FORMULA"""),
    ),
    defect(
        "no_network", "whoever opens a build looks up a name",
        (
            "kg/store.py", "    name = _current(folder)\n",
            "    name = _current(folder)\n    import socket\n\n    with contextlib.suppress(OSError):\n"
            '        socket.getaddrinfo("example.org", 80)\n',
        ),
    ),
    defect(
        "page_addresses", "what the page writes into its address is not read back",
        ("kg/view/assets/small.js", "decodeURIComponent", "String"),
    ),
    defect(
        "reach", "SERVICE is let through, and the worker's doors stand open",
        ("kg/sparql/refusal.py", "    _no_service(seen)\n    form_of", "    form_of"),
        ("kg/sparql/lexer.py", "    DESC LIMIT OFFSET VALUES", "    SERVICE SILENT DESC LIMIT OFFSET VALUES"),
        ("kg/query.py", "    if not sockets:\n", "    if not memory:\n"),
    ),
    defect(
        "same_bytes", "a build is in the order of a set",
        ("kg/lift.py", 'return sorted({f"{quad.subject}', 'return list({f"{quad.subject}'),
    ),
    defect(
        "same_bytes", "the passages of an edge are in the order of a set",
        ("kg/network.py", 'sorted({f"{e.source}#p', 'list({f"{e.source}#p'),
    ),
    defect(
        "schema", "the description says that a number is a text",
        ("kg/web/openapi.py", 'kept={"type": "number", "minimum": 0, "maximum": 1}', 'kept={"type": "string"}'),
    ),
    defect(
        "slow_clients", "a connection on which nothing comes stays open for minutes",
        ("kg/web/server.py", "_HEAD_SECONDS = 5.0", "_HEAD_SECONDS = 500.0"),
    ),
    defect(
        "soak", "a worker that answered is not given back",
        ("kg/web/workers.py", "self._busy -= 1\n            self._turns.release()\n", "self._busy -= 1\n"),
    ),
    defect(
        "supply", "a dependency may be of any version",
        ("pyproject.toml", '"pyvis>=0.3.2,<0.4"', '"pyvis>=0.3.2"'),
    ),
    defect(
        "together", "two may write at the same time",
        ("kg/lock.py", "fcntl.LOCK_EX | fcntl.LOCK_NB", "fcntl.LOCK_SH | fcntl.LOCK_NB"),
    ),
    defect(
        "together", "a reader takes the store of one build and the text of the next",
        ("kg/graph.py", "return self.store.hold if isinstance(self.store, store.Embedded) else None", "return None"),
    ),
    defect(
        "w3c_query", "FROM is overlooked",
        ("kg/store.py", '"use_default_graph_as_union": not names_graphs(text)', '"use_default_graph_as_union": True'),
    ),
    defect(
        "w3c_rdf", "two blank nodes of which the same is said become one",
        ("kg/feeds/blanks.py", 'f"-{seen[colour]}" if seen[colour] > 1 else ""', '""'),
    ),
    defect(
        "w3c_syntax", "a word of SPARQL is forgotten",
        ("kg/sparql/lexer.py", "IN NOT EXISTS SEPARATOR", "IN NOT SEPARATOR"),
    ),
)  # fmt: skip


def suites() -> list[str]:
    """The names of all suites; this table is not one."""
    return sorted(path.stem.removeprefix("test_") for path in HERE.glob("test_*.py") if path.stem != "test_defects")


def planted(text: str, change: Change) -> str:
    """A file with the change in it.

    Raises:
        LookupError: what is to be changed does not stand there once.
    """
    if text.count(change.old) != 1:
        raise LookupError(f"{change.file}: {change.old!r} stands there {text.count(change.old)} times.")
    return text.replace(change.old, change.new)


def plant(one: Defect, root: Path) -> dict[str, str]:
    """The changed files of a defect, by their names."""
    found: dict[str, str] = {}
    for change in one.changes:
        before = found.get(change.file) or (root / change.file).read_text(encoding="utf-8")
        found[change.file] = planted(before, change)
    return found


def copied(place: Path) -> Path:
    """A copy of what the tests need."""
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, place / part, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
        else:
            shutil.copy2(ROOT / part, place / part)
    return place


def failed(root: Path, *tests: str) -> tuple[list[str], str]:
    """Run tests of a copy until one fails; the names of those that failed, and what was said."""
    beside = {name: str(ROOT.parent / "shared" / path) for name, path in SHARED.items()}
    env = {**beside, **os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--no-header", *tests]
    try:
        done = subprocess.run(
            command, cwd=root, env=env, capture_output=True, text=True, errors="replace", check=False, timeout=LIMIT
        )
    except subprocess.TimeoutExpired:
        return ["(no end)"], f"no end within {LIMIT} s"
    return re.findall(r"^(?:FAILED|ERROR) (\S+?::.+?)(?: - .*)?$", done.stdout, re.MULTILINE), done.stdout + done.stderr


def judged(one: Defect) -> tuple[bool, str]:
    """Plant a defect, run its suite, and run what failed over the code as it is."""
    with tempfile.TemporaryDirectory(prefix="kg-defect-") as name:
        base = Path(name)
        for kind in ("bad", "good"):
            (base / kind).mkdir()
            copied(base / kind)
        for file, text in plant(one, ROOT).items():
            (base / "bad" / file).write_text(text, encoding="utf-8")
        caught, said = failed(base / "bad", f"tests/reliability/test_{one.suite}.py")
        if not caught:
            return False, f"not caught: {said.strip().splitlines()[-1]}"
        if caught == ["(no end)"]:
            return True, caught[0]
        also, said = failed(base / "good", *caught)
        if "not found: " in said:  # a case that only the defect makes: all cases of that test
            also, said = failed(base / "good", caught[0].partition("[")[0])
        if also:  # once more, as a busy machine may be slower than a promise allows
            also, said = failed(base / "good", *also)
        if also or " passed" not in said:
            return False, f"fails without it, too: {caught[0]}"
        return True, caught[0].rpartition("::")[2]


def main() -> int:
    """Plant all defects, or those of some suites, and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("names", nargs="*", metavar="NAME", help=f"suites: {', '.join(suites())}")
    given = options.parse_args()
    if strange := set(given.names) - set(suites()):
        options.error(f"no suite is called {', '.join(sorted(strange))}")
    chosen = [one for one in DEFECTS if one.suite in (given.names or suites())]
    missed = 0
    print("| suite | defect | caught by | seconds |\n|---|---|---|--:|", flush=True)
    for one in chosen:
        began = time.monotonic()
        caught, by = judged(one)
        missed += not caught
        print(f"| {one.suite} | {one.what} | {by} | {time.monotonic() - began:.0f} |", flush=True)
    print(f"\n{len(chosen) - missed} of {len(chosen)} defects caught.")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
