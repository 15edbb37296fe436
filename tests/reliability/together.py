"""One who uses a build at the same time as others: `python together.py ROLE SEED PLACES`, until told to stop.

Readers (`library`, `command`, `web`) ask again and again what must fit together: two names that the builder changes at
once, the number of curated quads, which never changes, and that of imported ones, which is none or all. What a reader
has once seen is never older the next time. Writers (`builder`, `importer`) try again where the other has the lock;
after each turn they look whether their own change is there, so that one writer undoing the other is seen. PLACES is
JSON; prints what was done, how many builds were seen and what did not fit, as JSON.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("us-treasury", "donald-trump")
FEEDS = "'https://w3id.org/diplokg/graph/feed/'"
COUNTED = "SELECT (COUNT(*) AS ?{name}) {{ GRAPH ?g {{ ?s ?p ?o }} FILTER({no}STRSTARTS(STR(?g), " + FEEDS + ")) }}"
QUESTION = (
    f"SELECT ?label ?curated ?fed {{ {{ {COUNTED.format(name='curated', no='!')} }} "
    f"{{ {COUNTED.format(name='fed', no='')} }} VALUES ?x {{ {' '.join(f'id:{name}' for name in NAMES)} }} "
    "?x rdfs:label ?label }"
)
LOCKED = "another build is running there"
NUMBER = re.compile(r"us-treasury (\d+)")


@dataclass
class Places:
    """Where things are, and what every whole build holds."""

    build: str
    stop: str
    curated: int = 0
    fed: int = 0
    url: str = ""
    entities: str = ""
    rows: str = ""
    mapping: str = ""


@dataclass
class Seen:
    """What one of them did and saw."""

    places: Places
    chance: random.Random
    done: int = 0
    waited: int = 0
    numbers: set[int] = field(default_factory=set)
    fed: set[int] = field(default_factory=set)
    last: int = -1
    wrong: list[str] = field(default_factory=list)

    def fits(self, labels: set[str], curated: int, fed: int) -> None:
        """Judge one answer."""
        found = {int(label.rpartition(" ")[2]) for label in labels}
        if len(labels) != len(NAMES) or len(found) != 1:
            self.wrong.append(f"half of a change: {sorted(labels)}")
        if curated != self.places.curated:
            self.wrong.append(f"{curated} curated quads where every build has {self.places.curated}")
        if fed not in (0, self.places.fed):
            self.wrong.append(f"{fed} imported quads, and a batch has {self.places.fed}")
        self.fed.add(fed)
        self.newer(found)

    def newer(self, found: set[int]) -> None:
        """Note the number of a build, which is not older than the one before."""
        if not found or min(found) < self.last:
            self.wrong.append(f"build {sorted(found)} after {self.last}")
        self.last = max(found, default=self.last)
        self.numbers |= found


def library(seen: Seen) -> None:
    """Open the build with the library and hold its text, its manifest and its store against each other."""
    import kg

    graph = kg.open(seen.places.build)
    about = graph.stats()
    found = graph.rows(QUESTION)
    here = int(found[0]["curated"]), int(found[0]["fed"])
    seen.fits({row["label"] for row in found}, *here)
    told = about["counts"]["quads"], sum(each["counts"]["quads"] for each in about.get("feeds", []))
    if here != told:
        seen.wrong.append(f"{here} quads where the manifest tells {told}")
    text = "".join(graph.lines())
    if text.count("\n") != about["counts"]["quads"] or f"{NAMES[0]} {seen.last}" not in text:
        seen.wrong.append("text and store are of two builds")


def command(seen: Seen) -> None:
    """Ask by `kg query`, in a process of its own."""
    args = [sys.executable, "-m", "kg", "query", QUESTION, "--store", seen.places.build, "-f", "json"]
    done = subprocess.run(args, capture_output=True, text=True, check=False, timeout=120)
    if done.returncode or done.stderr:
        seen.wrong.append(f"exit code {done.returncode}: {done.stderr[:300]}")
    else:
        table(seen, done.stdout)


def web(seen: Seen) -> None:
    """Ask a running `kg serve`, its endpoint or a page; every other question is one that nobody asked before."""
    if seen.chance.random() < 0.3:
        page = fetched(seen.places.url + f"id/{NAMES[0]}", "text/html")
        seen.newer(set(map(int, NUMBER.findall(page))))
        return
    mark = f"# {seen.chance.random()}" if seen.chance.random() < 0.5 else ""
    asked = urllib.parse.urlencode({"query": QUESTION + mark})
    table(seen, fetched(f"{seen.places.url}sparql?{asked}", "application/sparql-results+json"))


def fetched(url: str, accept: str) -> str:
    """One page or answer; anything but 200 is an error."""
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": accept}), timeout=120) as answer:
        return str(answer.read().decode())


def table(seen: Seen, text: str) -> None:
    """Read an answer in SPARQL's JSON."""
    found = json.loads(text)["results"]["bindings"]
    counts = [(int(row["curated"]["value"]), int(row["fed"]["value"])) for row in found]
    seen.fits({row["label"]["value"] for row in found}, *counts[0])


def builder(seen: Seen) -> None:
    """Rename both at once, build, and see that the build has the new names."""
    rename(Path(seen.places.entities), seen.done + 1)
    args = ["build", "--data", str(Path(seen.places.entities).parents[1])]
    if ours(seen, args):
        library(seen)
        if seen.last != seen.done + 1:
            seen.wrong.append(f"after build {seen.done + 1} the store has {seen.last}")


def importer(seen: Seen) -> None:
    """Put a batch in, or take it out again, and see that it is so."""
    from kg import importing

    have = importing.imported(seen.places.build)
    args = ["import", "--drop", have[0]["batch"]] if have else ["import", "csv", seen.places.rows]
    if ours(seen, args if have else [*args, "--mapping", seen.places.mapping]):
        left = importing.imported(seen.places.build)
        if bool(left) == bool(have):
            seen.wrong.append(f"after {args[:3]} there are {len(left)} batches")


def ours(seen: Seen, args: list[str]) -> bool:
    """Run a command of ours here, again when somebody else holds the lock; whether it did its work."""
    from kg.cli import run

    while True:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run([*args, "--store", seen.places.build])
        if code == 3 and LOCKED in err.getvalue():
            seen.waited += 1
            time.sleep(seen.chance.uniform(0.01, 0.1))
            continue
        if code:
            seen.wrong.append(f"{args[0]}: exit code {code}: {err.getvalue()[:300]}")
        return not code


def rename(file: Path, number: int) -> None:
    """Give two entities of a register names that end in the same number."""
    rows = [line.split(",") for line in file.read_text(encoding="utf-8").splitlines()]
    text = "".join(
        ",".join([*row[:2], f"{row[0]} {number}", *row[3:]] if row[0] in NAMES else row) + "\n" for row in rows
    )
    file.write_text(text, encoding="utf-8")


ROLES: dict[str, Callable[[Seen], None]] = {each.__name__: each for each in (library, command, web, builder, importer)}


def main() -> None:
    """Play a role, at least once, until it is to stop."""
    role, seed, given = sys.argv[1:]
    sys.path.insert(0, str(ROOT))
    os.environ["PYTHONPATH"] = str(ROOT)
    places = Places(**json.loads(given))
    seen = Seen(places, random.Random(seed))
    while not (seen.done and Path(places.stop).exists()):
        try:
            ROLES[role](seen)
        except Exception as error:  # noqa: BLE001  every error is what is looked for
            seen.wrong.append(f"{type(error).__name__}: {error}"[:300])
        seen.done += 1
        if role in ("builder", "importer"):
            time.sleep(seen.chance.uniform(0, 0.3))
    told = {"role": role, "done": seen.done, "waited": seen.waited, "builds": len(seen.numbers)}
    print(json.dumps({**told, "fed": sorted(seen.fed), "wrong": len(seen.wrong), "first": seen.wrong[:3]}))


if __name__ == "__main__":
    main()
