"""How fast a GDELT file becomes triples: `kg import` beside a script, pyoxigraph, rdflib and morph-kgc.

    python tests/bench/triples.py FILE [EVENTS]

FILE is a GDELT 2.0 event file; its rows are repeated with ids, days and addresses shifted until there are EVENTS of
them. Each run is a process of its own; wall and processor seconds, the largest memory and the bytes on disk are told,
and the load of the machine: another process on it changes everything but the processor seconds, and these somewhat.
The script does what anyone would write: split the rows, format N-Quads, `bulk_load`; it checks nothing, accounts for
nothing, resolves nobody and derives no edges, and writes the same triples of events, reports and counts. pyoxigraph's
plain `load` gets the first 20,000 events, rdflib the first 5,000. morph-kgc needs an older pyoxigraph than ours, so it
runs where `MORPH_KGC` names a Python that has it; it maps the first 100,000 events by RML, and its file is bulk-loaded.
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


ORDER = [0.0]  # when a run began to put its store in order


def in_order(step: str = "putting in order") -> None:
    """Note when the store is loaded, and only its order is missing."""
    if step == "putting in order":
        ORDER[0] = time.perf_counter()


def ours(file: Path, place: Path) -> int:
    from kg import importing

    return importing.import_feed("gdelt", [file], place / "build", progress=in_order).counts["quads"]


def script(file: Path, place: Path) -> int:
    """The best one-off script: the text of everything, then one `bulk_load`."""
    from pyoxigraph import RdfFormat, Store

    store = Store(str(place / "script"))
    text = "".join(lines(file, 1 << 40))
    store.bulk_load(text.encode(), format=RdfFormat.N_QUADS)
    in_order()
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


def morph(file: Path, place: Path) -> int:
    """morph-kgc by an RML mapping of the same columns, then one `bulk_load`; parties and classes stay codes."""
    from itertools import islice

    from pyoxigraph import RdfFormat, Store

    from kg.feeds import gdelt

    table, out = place / "events.tsv", place / "out.nq"
    with file.open(encoding="utf-8") as rows, table.open("w", encoding="utf-8") as target:
        target.write("\t".join(gdelt.EVENTS[61]) + "\n")
        target.writelines(islice(rows, MOST["morph-kgc"]))
    (place / "map.ttl").write_text(RML.format(table=table, maps="".join(_maps())), encoding="utf-8")
    config = f"[CONFIGURATION]\noutput_format: N-QUADS\noutput_file: {out}\n[GDELT]\nmappings: {place / 'map.ttl'}\n"
    (place / "config.ini").write_text(config, encoding="utf-8")
    command = [os.environ["MORPH_KGC"], "-m", "morph_kgc", str(place / "config.ini")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    store = Store(str(place / "morph"))
    store.bulk_load(path=str(out), format=RdfFormat.N_QUADS)
    with out.open("rb") as text:
        return sum(1 for _ in text)


RML = """@prefix rr: <http://www.w3.org/ns/r2rml#> . @prefix rml: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> . @prefix dip: <https://w3id.org/diplokg/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix sem: <http://semanticweb.cs.vu.nl/2009/11/sem/> . @prefix id: <https://w3id.org/diplokg/id/> .
id:map rml:logicalSource [ rml:source "{table}" ; rml:referenceFormulation ql:CSV ] ;
  rr:subjectMap [ rr:template "https://w3id.org/diplokg/id/gdelt-{{GLOBALEVENTID}}" ;
                  rr:graph <https://w3id.org/diplokg/graph/feed/gdelt/morph> ] ;
{maps}  rr:predicateObjectMap [ rr:predicate dip:factuality ; rr:objectMap [ rr:constant dip:Actual ] ] .
"""


def _maps() -> Iterator[str]:
    """One map for each statement of an event that the script makes."""
    literals = {
        "rdfs:label": ("EventCode", ""), "dip:cameo": ("EventCode", ""), "dip:quadClass": ("QuadClass", "xsd:integer"),
        "sem:hasEarliestBeginTimeStamp": ("SQLDATE", "xsd:integer"), "dip:goldstein": ("GoldsteinScale", "xsd:decimal"),
        "sem:hasLatestEndTimeStamp": ("SQLDATE", "xsd:integer"), "dip:goldsteinScheme": ("EventRootCode", ""),
    }  # fmt: skip
    nodes = {
        "rdf:type": "gdelt-class-{EventCode}", "dip:actor": "gdelt-{Actor1Code}", "dip:target": "gdelt-{Actor2Code}",
        "dip:reportCount": "reports-{NumMentions}-{NumSources}-{NumArticles}", "dip:attestedBy": "report-{SOURCEURL}",
    }  # fmt: skip
    for name, (column, kind) in literals.items():
        yield _map(name, f'rml:reference "{column}"{f" ; rr:datatype {kind}" if kind else ""}')
    for name, template in nodes.items():
        yield _map(name, f'rr:template "https://w3id.org/diplokg/id/{template}"')


def _map(name: str, value: str) -> str:
    known = {"rdfs": "http://www.w3.org/2000/01/rdf-schema#", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"}
    prefix, _, local = name.partition(":")
    predicate = f"<{known[prefix]}{local}>" if prefix in known else name
    return f"  rr:predicateObjectMap [ rr:predicate {predicate} ; rr:objectMap [ {value} ] ] ;\n"


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


RUNS = {"kg import": ours, "the script": script, "pyoxigraph load": plain, "rdflib": in_rdflib, "morph-kgc": morph}
MOST = {"pyoxigraph load": 20_000, "rdflib": 5_000, "morph-kgc": 100_000}


def one(name: str, file: Path, place: Path) -> None:
    """Run one of them in this process and print what it took."""
    begun = time.perf_counter()
    quads = RUNS[name](file, place)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu, most = sum(each.ru_utime + each.ru_stime for each in used), max(each.ru_maxrss for each in used)
    size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    ended = time.perf_counter()
    told = {"wall": ended - begun, "loaded": (ORDER[0] or ended) - begun, "cpu": cpu, "kb": most}
    print(json.dumps({**told, "quads": quads, "disk": size}))


def main(file: Path, events: int) -> None:
    from kg import pipeline

    with tempfile.TemporaryDirectory() as base:
        place = Path(base)
        rows = place / "rows.csv"
        repeated(file, events, rows)
        print(f"{events:,} events, {rows.stat().st_size / 1e6:.0f} MB; load of the machine {os.getloadavg()[0]:.1f}")
        head = f"{'':<16} {'events/s':>9} {'loaded s':>8} {'wall s':>7} {'cpu s':>7} {'us/quad':>8} {'quads/event':>11}"
        print(f"{head} {'MB':>6} {'disk MB':>8}")
        for name in RUNS:
            if name == "morph-kgc" and not os.environ.get("MORPH_KGC"):
                print("morph-kgc        not run: MORPH_KGC names no Python that has it")
                continue
            work = place / "work"
            work.mkdir()
            if name == "kg import":
                pipeline.build(ROOT / "data", work / "build")
            command = [sys.executable, __file__, "--one", name, str(rows), str(work)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            told = json.loads(done.stdout)
            n = min(events, MOST.get(name, events))
            print(
                f"{name:<16} {n / told['wall']:>9,.0f} {told['loaded']:>8.1f} {told['wall']:>7.1f} {told['cpu']:>7.1f} "
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
