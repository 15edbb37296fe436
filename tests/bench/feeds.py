"""Measure feeds in columns beside their peers in the same run: `python tests/bench/feeds.py [--events 100000]`.

The real GDELT sample is repeated with shifted ids and days, and with addresses of its own for every copy, so that they
do not shrink as repeats would. Each import runs in a process of its own; seconds and memory are those of the process.
 Columns: `kg import --columns`, in DuckDB; peers: DuckDB by hand (one `COPY` of the same columns
from unpacked text) and the triples tier. Eight questions are asked of the store with summaries and of a plain Oxigraph
store on disk with every event in it, put in order with `optimize()`; the answers must be the same. `--curve` repeats
the columns for growing numbers of events, prints the cost of each step and draws it as SVG.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT.parent / "shared" / "feeds" / "gdelt" / "20180101000000.export.CSV"
PER_FILE = 1_000_000
sys.path.insert(0, str(ROOT))
CURVE = (10_000, 100_000, 1_000_000, 10_000_000, 30_000_000)

CHILD = """
import json, resource, sys, time
begun = time.perf_counter()
{code}
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({{"wall": time.perf_counter() - begun, "cpu": used.ru_utime + used.ru_stime,
                   "mb": used.ru_maxrss / 1024, "told": told}}))
"""
COLUMNS = """
from kg import bulk
steps = []
note = lambda step: steps.append((step, time.perf_counter()))
made = bulk.import_columns("gdelt", {files!r}, {store!r}, progress=note)
steps.append(("", time.perf_counter()))
told = {{"counts": dict(made.counts), "steps": [[a[0], b[1] - a[1]] for a, b in zip(steps, steps[1:])]}}
"""
FULL = """
from kg import importing
made = importing.import_feed("gdelt", {files!r}, {store!r})
told = {{"counts": dict(made.counts)}}
"""
BY_HAND = """
import duckdb
from kg.columns.layouts import layout
own = layout("gdelt", "")
con = duckdb.connect()
text = "delim='\\t', quote='', escape='', header=false, columns=" + repr(dict.fromkeys(own.names, "VARCHAR"))
told = con.execute(
    "COPY (SELECT " + ", ".join(own.kept) + " FROM read_csv($files, " + text + ")) TO '{out}' "
    "(FORMAT parquet, COMPRESSION zstd)", {{"files": {files!r}}}).fetchall()[0][0]
"""


def rows(first: int, number: int) -> Iterator[str]:
    """So many rows from a place on of the sample over and over: each time other ids and addresses, and the next day.

    DuckDB makes them, since Python would take longer for it than the import does.
    """
    import duckdb

    sample = [line.split("\t") for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    con = duckdb.connect()
    con.execute("CREATE TABLE sample (row BIGINT, id BIGINT, day DATE, middle VARCHAR, url VARCHAR)")
    days = [date.fromisoformat(cells[1]) for cells in sample]
    con.executemany(
        "INSERT INTO sample VALUES (?, ?, ?, ?, ?)",
        [
            (n, int(cells[0]), day, "\t".join(cells[4:-1]), cells[-1])
            for n, (cells, day) in enumerate(zip(sample, days, strict=True))
        ],
    )
    asked = con.execute(
        """SELECT concat_ws('\t', id + copy * 2500, strftime(moved, '%Y%m%d'), strftime(moved, '%Y%m'),
                            strftime(moved, '%Y'), middle, url || '-' || left(md5(url || copy), 12))
           FROM (SELECT *, day + CAST(copy % 4000 AS INTEGER) AS moved
                 FROM sample, range($first // $size, ($first + $number - 1) // $size + 1) AS copies(copy))
           WHERE copy * $size + row BETWEEN $first AND $first + $number - 1 ORDER BY copy, row""",
        {"first": first, "number": number, "size": len(sample)},
    )
    while block := asked.fetchmany(50_000):
        yield from (f"{line}\n" for (line,) in block)


def written(number: int, folder: Path) -> list[str]:
    """Zips of at most a million events each; those that lie there already are taken."""
    files = []
    for first in range(0, number, PER_FILE):
        count = min(PER_FILE, number - first)
        path = folder / f"{first}-{count}.export.CSV.zip"
        if not path.exists():
            half = path.with_suffix(".half")
            with (
                zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
                archive.open("e.CSV", "w") as to,
            ):
                made = rows(first, count)
                while block := "".join(islice(made, 10_000)):
                    to.write(block.encode())
            half.rename(path)
        files.append(str(path))
    return files


def measured(code: str, **values: Any) -> dict[str, Any]:
    """Run code in a process of its own."""
    script = CHILD.format(code=code.format(**values))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, env=environment)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def size(folder: Path, pattern: str = "*") -> int:
    return sum(path.stat().st_size for path in folder.rglob(pattern) if path.is_file())


PREFIXES = """PREFIX dip: <https://w3id.org/diplokg/ns#> PREFIX rel: <https://w3id.org/diplokg/rel#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
PREFIX sem: <http://semanticweb.cs.vu.nl/2009/11/sem/> PREFIX id: <https://w3id.org/diplokg/id/>
"""
PAIR = "VALUES (?a ?b) { (id:united-states id:gdelt-rus-russia) }"
BOTH_WAYS = "{ ?s dip:dyadActor ?a ; dip:dyadTarget ?b } UNION { ?s dip:dyadActor ?b ; dip:dyadTarget ?a }"
PARTS = "{ ?s dip:dyadActor ?who } UNION { ?s dip:dyadTarget ?who FILTER NOT EXISTS { ?s dip:dyadActor ?who } }"
TAKES_PART = "?e dip:quadClass ?any . ?e dip:actor|dip:target ?who"
MONTH = "?e sem:hasEarliestBeginTimeStamp ?d . BIND(SUBSTR(STR(?d), 1, 7) AS ?m)"
SUMMED = "?s a dip:Summary ; dip:month ?month ; dip:eventCount ?n . BIND(STR(?month) AS ?m)"
QUESTIONS = {
    "events by month and quad class": (
        f"SELECT ?m ?q (SUM(?n) AS ?x) {{ {SUMMED} ?s dip:quadClass ?q }} GROUP BY ?m ?q",
        f"SELECT ?m ?q (COUNT(?e) AS ?x) {{ ?e dip:quadClass ?q . {MONTH} }} GROUP BY ?m ?q",
    ),
    "mean score by month": (
        f"SELECT ?m (SUM(?t) / SUM(?c) AS ?x) {{ {SUMMED} ?s dip:scoreSum ?t ; dip:scoreCount ?c }} GROUP BY ?m",
        f"SELECT ?m (AVG(?g) AS ?x) {{ ?e dip:goldstein ?g . {MONTH} }} GROUP BY ?m",
    ),
    "ten who take part most": (
        f"SELECT ?who (SUM(?n) AS ?x) {{ ?s a dip:Summary ; dip:eventCount ?n . {PARTS} }} "
        "GROUP BY ?who ORDER BY DESC(?x) ?who LIMIT 10",
        f"SELECT ?who (COUNT(DISTINCT ?e) AS ?x) {{ {TAKES_PART} }} GROUP BY ?who ORDER BY DESC(?x) ?who LIMIT 10",
    ),
    "a pair month by month": (
        f"SELECT ?m (SUM(?n) AS ?x) {{ {PAIR} {BOTH_WAYS} {SUMMED} }} GROUP BY ?m",
        f"SELECT ?m (COUNT(DISTINCT ?e) AS ?x) {{ {PAIR} ?e dip:actor|dip:target ?a . ?e dip:actor|dip:target ?b . "
        f"{MONTH} }} GROUP BY ?m",
    ),
    "conflict by month of one party": (
        f"SELECT ?m (SUM(?n) AS ?x) {{ VALUES ?who {{ id:united-states }} {PARTS} ?s dip:quadClass ?q . "
        f"FILTER(?q > 2) {SUMMED} }} GROUP BY ?m",
        f"SELECT ?m (COUNT(DISTINCT ?e) AS ?x) {{ VALUES ?who {{ id:united-states }} "
        f"?e dip:actor|dip:target ?who . ?e dip:quadClass ?q . FILTER(?q > 2) {MONTH} }} GROUP BY ?m",
    ),
    "mentions of events by quad class": (
        "SELECT ?q (SUM(?k) AS ?x) { ?s a dip:Summary ; dip:quadClass ?q ; dip:mentionCount ?k } GROUP BY ?q",
        "SELECT ?q (SUM(?k) AS ?x) { ?e dip:quadClass ?q ; dip:reportCount ?r . ?r dip:mentionCount ?k } GROUP BY ?q",
    ),
    "parties of one party in conflict": (
        "SELECT ?who (SUM(?n) AS ?x) { VALUES ?a { id:united-states } ?s dip:dyadActor ?a ; "
        "dip:quadClass 4 ; dip:dyadTarget ?who ; dip:eventCount ?n . FILTER(?who != ?a) } GROUP BY ?who",
        "SELECT ?who (COUNT(DISTINCT ?e) AS ?x) { VALUES ?a { id:united-states } ?e dip:actor ?a ; "
        "dip:quadClass 4 ; dip:target ?who . FILTER(?who != ?a) } GROUP BY ?who",
    ),
    "two steps of direct edges": (
        "SELECT DISTINCT ?who { id:united-states rel:accused ?one . ?one rel:accused|rel:consulted ?who }",
        "SELECT DISTINCT ?who { id:united-states rel:accused ?one . ?one rel:accused|rel:consulted ?who }",
    ),
}


def plain(value: object) -> str:
    """A value as text; numbers to six places, since one engine writes more of them than another."""
    text = str(getattr(value, "value", value))
    try:
        return f"{float(text):.6f}"
    except ValueError:
        return text


def asked(folder: Path, text: str, rounds: int) -> tuple[float, list[tuple[str, ...]]]:
    """Median milliseconds of a warm question, and its rows in order."""
    from pyoxigraph import Store

    from kg import store

    held = Store.read_only(str(store.generation(folder) / "store"))
    graphs: list[Any] = [graph for graph in held.named_graphs() if "/graph/feed/" in str(graph)]
    found: list[tuple[str, ...]] = []
    times = []
    for _ in range(rounds + 1):
        begun = time.perf_counter()
        answer: Any = held.query(PREFIXES + text, default_graph=graphs)
        found = sorted(tuple(map(plain, row)) for row in answer)
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times[1:]), found


def plain_store(folder: Path) -> None:
    """Leave nothing but events in a store, in order: the summaries that an import adds are taken out."""
    from pyoxigraph import NamedNode, Store

    from kg import store
    from kg.terms import DIP, RDF

    held = Store(str(store.generation(folder) / "store"))
    kind, summary = NamedNode(f"{RDF}type"), NamedNode(f"{DIP}Summary")
    nodes = [quad.subject for quad in held.quads_for_pattern(None, kind, summary, None)]
    for node in nodes:
        for quad in list(held.quads_for_pattern(node, None, None, None)):
            held.remove(quad)
    held.optimize()


def questions(summed: Path, full: Path, rounds: int) -> None:
    """The eight questions of both stores, with the same answers."""
    print(f"\n{'question':<36}{'rows':>6}{'summaries ms':>14}{'events ms':>12}{'ratio':>8}  same answer")
    ratios = []
    for name, (ours, theirs) in QUESTIONS.items():
        (mine, one), (peer, other) = asked(summed, ours, rounds), asked(full, theirs, rounds)
        ratios.append(peer / mine)
        print(
            f"{name:<36}{len(one):>6}{mine:>14.1f}{peer:>12.1f}{peer / mine:>8.1f}  {'yes' if one == other else 'NO'}"
        )
    print(f"{'geometric mean':<36}{'':>32}{statistics.geometric_mean(ratios):>8.1f}")


def empty(folder: Path) -> str:
    """A build without registers that parties would be tied to: the bundled one, once made."""
    made = folder / "empty"
    if not made.exists():
        subprocess.run([sys.executable, "-m", "kg", "build", "--store", str(made)], cwd=ROOT, check=True)
    return str(made)


def told(name: str, events: int, found: dict[str, Any], disk: int) -> None:
    """One line of the table."""
    print(
        f"{name:<28}{events:>11,}{found['wall']:>9.1f}{found['cpu']:>9.1f}{events / found['wall']:>11,.0f}"
        f"{events / found['cpu']:>11,.0f}{found['mb']:>9,.0f}{disk / events:>9.1f}"
    )


def columns(number: int, folder: Path, files: Sequence[str]) -> dict[str, Any]:
    """Import so many events into columns; give the figures."""
    store = Path(shutil.copytree(empty(folder), folder / f"columns-{number}", symlinks=True))
    found = measured(COLUMNS, files=files, store=str(store))
    disk = size(store, "*.parquet")
    told("columns, sums in the store", number, found, disk)
    into = {"wall": dict(found["told"]["steps"])["into columns"], "cpu": found["cpu"], "mb": found["mb"]}
    told("  of which: zip → Parquet", number, {**into, "cpu": float("nan")}, disk)
    return {**found, "store": store, "files": files, "disk": disk}


COLOURS = ("#1b5e8c", "#b4541a", "#5d5d5d", "#3f7d4e")


def svg(curve: list[tuple[int, dict[str, float]]], path: Path) -> None:
    """Draw the seconds of each step against events, on scales of powers of ten, beside a line that is linear."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams.update({"svg.hashsalt": "diplokg", "svg.fonttype": "none", "font.family": "sans-serif"})
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7.2, 4.2), layout="constrained")
    numbers = [number for number, _ in curve]
    heights: list[float] = []
    for step, colour in zip(curve[-1][1], COLOURS, strict=True):
        seconds = [each[step] for _, each in curve if step in each]  # small batches need no putting in order
        axes.loglog(numbers[-len(seconds) :], seconds, marker="o", markersize=4, linewidth=1.8, color=colour)
        height = seconds[-1]
        while any(abs(math.log(height / other)) < 0.35 for other in heights):  # names do not lie on one another
            height /= 1.2
        heights.append(height)
        axes.annotate(step, (numbers[-1], height), (8, 0), textcoords="offset points", va="center", color=colour)
    first = dict(curve)[numbers[-1]]["into columns"] / numbers[-1]
    axes.loglog(numbers, [first * number for number in numbers], linestyle=(0, (2, 3)), linewidth=1, color="#8a8a8a")
    axes.annotate(
        "linear", (numbers[0], first * numbers[0]), (14, 3), textcoords="offset points", fontsize=9, color="#6a6a6a"
    )
    names = [f"{number // 1_000_000} million" if number >= 1_000_000 else f"{number:,}" for number in numbers]
    axes.set_xticks(numbers, names, fontsize=9)
    axes.yaxis.set_major_formatter("{x:g} s")
    axes.tick_params(which="both", length=0, labelsize=9)
    axes.minorticks_off()
    axes.grid(visible=True, axis="y", color="#e4e4e4", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.set_title("Seconds of each step of an import into columns, by number of events", loc="left", fontsize=11)
    figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})


def main() -> None:
    """Measure in an empty folder and print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--curve", type=int, metavar="MOST", help="columns only, from 10,000 to this many events")
    options.add_argument("--files", type=Path, metavar="FOLDER", help="keep the generated files there for the next run")
    options.add_argument("--svg", type=Path, default=Path("cost-curve.svg"))
    given = options.parse_args()
    if not SAMPLE.exists():
        raise SystemExit(f"{SAMPLE}: the sample is needed; it lies beside the repository.")
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'':<28}{'events':>11}{'wall s':>9}{'CPU s':>9}{'events/s':>11}{'per CPU s':>11}{'MB':>9}{'B/event':>9}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kept = given.files or folder
        kept.mkdir(parents=True, exist_ok=True)
        if given.curve:
            curve = []
            for number in (n for n in CURVE if n <= given.curve):
                found = columns(number, folder, written(number, kept))
                curve.append((number, dict(found["told"]["steps"])))
                shutil.rmtree(found["store"])
            print(f"\n{'step':<20}" + "".join(f"{number:>12,}" for number, _ in curve) + "   seconds")
            for step in curve[-1][1]:  # small batches need no putting in order
                print(f"{step:<20}" + "".join(f"{each.get(step, 0):>12.2f}" for _, each in curve))
            svg(curve, given.svg)
            return
        found = columns(given.events, folder, written(given.events, kept))
        text = [str(folder / f"{n}.CSV") for n, _ in enumerate(found["files"])]
        for packed, path in zip(found["files"], text, strict=True):
            with zipfile.ZipFile(packed) as archive, archive.open("e.CSV") as source, Path(path).open("wb") as to:
                shutil.copyfileobj(source, to)
        hand = measured(BY_HAND, files=text, out=str(folder / "hand.parquet"))
        told("DuckDB by hand, from text", given.events, hand, (folder / "hand.parquet").stat().st_size)
        full = Path(shutil.copytree(empty(folder), folder / "full", symlinks=True))
        triples = measured(FULL, files=found["files"], store=str(full))
        told("triples tier", given.events, triples, size(full))
        plain_store(full)
        questions(found["store"], full, given.rounds)


if __name__ == "__main__":
    main()
