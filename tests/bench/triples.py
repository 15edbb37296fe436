"""How fast a GDELT file becomes triples: `kg import` beside a script written for nothing else, pyoxigraph and rdflib.

    python tests/bench/triples.py FILE [EVENTS]

FILE is a GDELT 2.0 event file; its rows are repeated with ids, days and addresses shifted until there are EVENTS of
them. Each run is a process of its own; wall and processor seconds, the largest memory and the bytes on disk are told,
and the load of the machine: another process on it changes everything but the processor seconds, and these somewhat.
The script does what anyone would write: split the rows, format N-Quads, `bulk_load`; it checks nothing, accounts for
nothing, resolves nobody and derives no edges, and writes the same triples of events, reports and counts. pyoxigraph's
plain `load` gets the first 20,000 events, rdflib the first 5,000.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))


def repeated(file: Path, events: int, out: Path) -> None:
    """Write the rows of a file over and over, shifted, until there are enough."""
    rows = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()]
    with out.open("w", encoding="utf-8") as target:
        for number in range(events):
            turn, row = divmod(number, len(rows))
            cells = rows[row]
            day = date(int(cells[1][:4]), int(cells[1][4:6]), int(cells[1][6:])) + timedelta(days=turn % 3000)
            moved = [str(int(cells[0]) + turn * 10_000), day.strftime("%Y%m%d"), *cells[2:60], f"{cells[60]}?n={turn}"]
            target.write("\t".join(moved) + "\n")


def ours(file: Path, place: Path) -> int:
    from kg import importing

    return importing.import_feed("gdelt", [file], place / "build").counts["quads"]


def script(file: Path, place: Path) -> int:
    """The best one-off script: the text of everything, then one `bulk_load`."""
    from pyoxigraph import RdfFormat, Store

    store = Store(str(place / "script"))
    text = "".join(lines(file, 1 << 40))
    store.bulk_load(text.encode(), format=RdfFormat.N_QUADS)
    store.optimize()
    return text.count("\n")


def plain(file: Path, place: Path) -> int:
    """pyoxigraph without bulk loading: a file parsed into the store."""
    from pyoxigraph import RdfFormat, Store

    text = "".join(lines(file, 20_000))
    Store(str(place / "plain")).load(text.encode(), format=RdfFormat.N_QUADS)
    return text.count("\n")


def in_rdflib(file: Path, place: Path) -> int:
    from rdflib import Dataset

    text = "".join(lines(file, 5_000))
    Dataset().parse(data=text, format="nquads")
    return text.count("\n")


def lines(file: Path, most: int) -> Iterator[str]:
    """N-Quads of a file, with no check of anything."""
    import hashlib

    from kg.feeds import codes
    from kg.feeds.quads import domain

    table = codes.table()
    d, i, x = "https://w3id.org/diplokg/ns#", "https://w3id.org/diplokg/id/", "http://www.w3.org/2001/XMLSchema#"
    sem = "http://semanticweb.cs.vu.nl/2009/11/sem/"
    kind, label = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", "<http://www.w3.org/2000/01/rdf-schema#label>"
    g = "<https://w3id.org/diplokg/graph/feed/gdelt/script> .\n"
    known: set[str] = set()
    with file.open(encoding="utf-8") as rows:
        for number, line in enumerate(rows):
            if number >= most:
                return
            r = line.rstrip("\n").split("\t")
            s, code, day = f"<{i}gdelt-{r[0]}>", table[r[26]], f"{r[1][:4]}-{r[1][4:6]}-{r[1][6:]}"
            one, other = ("".join(c if c.isalnum() else "-" for c in f"{r[n]}-{r[n + 1]}".lower()) for n in (5, 15))
            report = f"<{i}gdelt-report-{hashlib.sha256(r[60].encode()).hexdigest()[:16]}>"
            yield (
                f"{s} {kind} <{d}{code.event_class}> {g}"
                f'{s} {label} "{r[6]} – {code.name} – {r[16]}"@en {g}'
                f"{s} <{d}factuality> <{d}Actual> {g}"
                f'{s} <{sem}hasEarliestBeginTimeStamp> "{day}"^^<{x}date> {g}'
                f'{s} <{sem}hasLatestEndTimeStamp> "{day}"^^<{x}date> {g}'
                f'{s} <{d}cameo> "{r[26]}" {g}{s} <{d}quadClass> "{r[29]}"^^<{x}integer> {g}'
                f'{s} <{d}goldstein> "{r[30]}"^^<{x}decimal> {g}{s} <{d}goldsteinScheme> "CAMEO/GDELT" {g}'
                f"{s} <{d}reportCount> <{i}reports-{r[31]}-{r[32]}-{r[33]}> {g}{s} <{d}attestedBy> {report} {g}"
            )
            if r[5]:
                yield f"{s} <{d}actor> <{i}gdelt-{one}> {g}"
            if r[15]:
                yield f"{s} <{d}target> <{i}gdelt-{other}> {g}"
            if report not in known:
                known.add(report)
                yield (
                    f"{report} {kind} <{d}FeedReport> {g}{report} <https://schema.org/url> <{r[60]}> {g}"
                    f"{report} <{d}reportedBy> <{i}gdelt-source-{domain(r[60])}> {g}"
                    f"{report} <http://www.w3.org/ns/prov#wasGeneratedBy> <{i}gdelt-import> {g}"
                )


RUNS = {"kg import": ours, "the script": script, "pyoxigraph load": plain, "rdflib": in_rdflib}
MOST = {"pyoxigraph load": 20_000, "rdflib": 5_000}


def one(name: str, file: Path, place: Path) -> None:
    """Run one of them in this process and print what it took."""
    begun = time.perf_counter()
    quads = RUNS[name](file, place)
    used = resource.getrusage(resource.RUSAGE_SELF)
    size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    told = {"wall": time.perf_counter() - begun, "cpu": used.ru_utime + used.ru_stime, "kb": used.ru_maxrss}
    print(json.dumps({**told, "quads": quads, "disk": size}))


def main(file: Path, events: int) -> None:
    from kg import pipeline

    with tempfile.TemporaryDirectory() as base:
        place = Path(base)
        rows = place / "rows.csv"
        repeated(file, events, rows)
        print(f"{events:,} events, {rows.stat().st_size / 1e6:.0f} MB; load of the machine {os.getloadavg()[0]:.1f}")
        head = f"{'':<16} {'events/s':>9} {'wall s':>7} {'cpu s':>7} {'us/quad':>8} {'quads/event':>11}"
        print(f"{head} {'MB':>6} {'disk MB':>8}")
        for name in RUNS:
            work = place / "work"
            work.mkdir()
            if name == "kg import":
                pipeline.build(ROOT / "data", work / "build")
            command = [sys.executable, __file__, "--one", name, str(rows), str(work)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            told = json.loads(done.stdout)
            n = min(events, MOST.get(name, events))
            print(
                f"{name:<16} {n / told['wall']:>9,.0f} {told['wall']:>7.1f} {told['cpu']:>7.1f} "
                f"{told['cpu'] / told['quads'] * 1e6:>8.1f} {told['quads'] / n:>11.1f} {told['kb'] / 1e3:>6,.0f} "
                f"{told['disk'] / 1e6:>8,.0f}",
                flush=True,
            )
            shutil.rmtree(work)


if __name__ == "__main__":
    if sys.argv[1] == "--one":
        one(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
    else:
        main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)
