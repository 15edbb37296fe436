"""A command of ours that dies on the way: `python dying.py MOMENT FOLDER COMMAND …`; and a look at what it left.

It dies by SIGKILL at the n-th moment at which it touches the folder, before that is done, or (-n) just after, when a
file that was opened for writing is empty; 0 is never. Python's audit hooks tell these moments: opening a file for
writing, making, linking, renaming, removing. It prints how many there were, and with which one the commit begins: the
one in which the store is sealed, or a whole file moved to its place.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DEEDS = ("os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "shutil.rmtree")
LABEL = "SELECT ?label { id:us-treasury rdfs:label ?label }"
TABLE = "Day,Sender,Target,What\n" + "".join(f"2025-01-{n:02},Colombia,United States,Threat\n" for n in range(1, 29))
MAPPING = "feed: quarrels\ncolumns: {Day: date, Sender: actor, Target: target, What: class}\n"
BEFORE, AFTER = "US Treasury", "Treasury of the United States"
COUNTED = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"


def start(moment: int, folder: Path, args: list[str]) -> subprocess.Popen[str]:
    """Start a command in a process of its own."""
    command = [sys.executable, __file__, str(moment), str(folder), *args]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def left(build: Path) -> tuple[str, tuple[str, ...]]:
    """Read the whole build as a user would: what the Treasury is called, and the batches.

    Text, manifest and store must say the same, and each batch that is named must be there with all its quads.
    """
    from kg import store
    from kg.query import rows
    from kg.terms import GRAPH

    about, lines, opened = store.manifest(build), store.lines(build), store.open_store(str(build))
    [row] = rows(opened, LABEL)
    found = {each["g"]: int(each["n"]) for each in rows(opened, COUNTED)}
    feeds = {f"{GRAPH}feed/{each['name']}/{each['batch']}": each["counts"]["quads"] for each in about.get("feeds", [])}
    imported = {graph: found.pop(graph) for graph in tuple(found) if graph.startswith(f"{GRAPH}feed/")}
    assert imported == feeds, f"batches of {imported} quads, and the manifest tells {feeds}"
    assert sum(found.values()) == len(lines) == about["counts"]["quads"]
    for each in about.get("feeds", []):
        kept = sorted(
            path.name for path in (store.generation(build) / "feeds" / each["name"] / each["batch"]).iterdir()
        )
        assert kept == ["parties.jsonl", "rejected.jsonl", "report.json"]
    return row["label"], tuple(sorted(feeds))


def main() -> int:
    """Run a command and die at the moment."""
    moment, folder = int(sys.argv[1]), os.path.realpath(sys.argv[2])
    sys.path.insert(0, str(ROOT))
    from kg.cli import run

    seen = [0, 0]

    def after(frame: Any, event: str, function: Any) -> None:
        if event == "c_return" and function is not sys.setprofile:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(event: str, args: tuple[Any, ...]) -> None:
        written = event == "open" and isinstance(args[1], str) and set(args[1]) & set("wxa+")
        if not written and event not in DEEDS:
            return
        paths = [os.path.realpath(os.fsdecode(each)) for each in args if isinstance(each, (str, bytes))]
        if not any(path.startswith(folder) for path in paths):
            return
        seen[0] += 1
        names = [Path(path).name for path in paths]
        if not seen[1] and ("seal.json" in names or (event == "os.rename" and str(Path(paths[-1]).parent) == folder)):
            seen[1] = seen[0]
        if seen[0] == moment:
            os.kill(os.getpid(), signal.SIGKILL)
        if seen[0] == -moment:
            sys.setprofile(after)

    sys.addaudithook(watch)
    code = run(sys.argv[3:])
    print(*seen)
    return code


if __name__ == "__main__":
    sys.exit(main())
