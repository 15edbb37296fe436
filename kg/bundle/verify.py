"""A bundle from anybody in, what was checked and what differs out.

Nothing in it is believed or written to disk; its queries run in a process of their own under limits of time and rows.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, Quad, RdfFormat, parse

from kg import passages, query, store
from kg.bundle import archive, crate
from kg.bundle.asking import ask
from kg.bundle.make import FORMAT, MANIFEST, PASSAGES, PASSAGES_SPARQL, SOURCES, SOURCES_SPARQL, manifest, table
from kg.export import rdf
from kg.model import Dossier, Mention, Passage, Source

SECONDS, ROWS = 30.0, 200_000


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: its name, ok, differs or skipped, and what was found."""

    name: str
    status: str
    found: str


@dataclass(frozen=True, slots=True)
class Verification:
    """All checks of a bundle; `fingerprint` is the SHA-256 of its manifest, `about` what it says of itself."""

    fingerprint: str
    about: Mapping[str, Any]
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing differs."""
        return all(check.status != "differs" for check in self.checks)


def verify(path: Path | str, sources: Path | str | None = None) -> Verification:
    """Check hashes, metadata, triples, tables and queries of a bundle, and its passages against articles at hand.

    Raises:
        StorageError: the file or the folder of articles cannot be read.
        DataProblems: the zip would do harm or is damaged.
    """
    files = archive.read(Path(path))
    about = _json(files.get("about.json", b""))
    checks = list(_checks(files, about, Path(sources) if sources is not None else None))
    return Verification(hashlib.sha256(files.get(MANIFEST, b"")).hexdigest(), about, tuple(checks))


def _checks(files: Mapping[str, bytes], about: Mapping[str, Any], sources: Path | None) -> Iterator[Check]:
    yield from _hashes(files)
    known = about.get("format") == FORMAT
    yield _check("format", known, FORMAT, f"about.json says {about.get('format', 'nothing')!r}, not {FORMAT!r}")
    yield _crate(files)
    try:
        lines = _lines(files)
    except (UnicodeDecodeError, KeyError) as error:
        yield Check("triples", "differs", f"graph.nq cannot be read: {error}")
        return
    checks = list(_triples(files, lines))
    yield from checks
    if any("do not parse" in check.found for check in checks):
        return
    opened = store.Embedded.in_memory(lines)
    yield from _tables(files, opened)
    yield from _queries(files, "".join(lines))
    yield from _articles(opened, sources)


def _check(name: str, fine: bool, found: str, otherwise: str) -> Check:
    return Check(name, "ok" if fine else "differs", found if fine else otherwise)


def _hashes(files: Mapping[str, bytes]) -> Iterator[Check]:
    if MANIFEST not in files:
        yield Check("hashes", "differs", f"{MANIFEST} is missing")
        return
    rows = (line.partition("  ") for line in files[MANIFEST].decode("utf-8", "replace").splitlines())
    told = {name: digest for digest, _, name in rows}
    real = {name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name != MANIFEST}
    wrong = [f"{name} is missing" for name in sorted(told.keys() - real.keys())]
    wrong += [f"{name} is not in the manifest" for name in sorted(real.keys() - told.keys())]
    wrong += [f"{name} has another hash" for name in sorted(told.keys() & real.keys()) if told[name] != real[name]]
    if not wrong and files[MANIFEST] != manifest(files):
        wrong = [f"{MANIFEST} is not sorted, or holds something else"]
    yield _check("hashes", not wrong, f"{len(real)} files have the hashes of the manifest", "; ".join(wrong))


def _crate(files: Mapping[str, bytes]) -> Check:
    found = _json(files.get(crate.METADATA, b""))
    entities = {each.get("@id"): each for each in found.get("@graph", ()) if isinstance(each, dict)}
    about = entities.get(crate.METADATA, {})
    root = entities.get("./", {})
    wrong = []
    if about.get("conformsTo") != {"@id": crate.PROFILE} or about.get("about") != {"@id": "./"}:
        wrong.append(f"{crate.METADATA} does not say that it is RO-Crate 1.1")
    parts = {each.get("@id") for each in root.get("hasPart", ()) if isinstance(each, dict)}
    real = {name: data for name, data in files.items() if name not in (MANIFEST, crate.METADATA)}
    wrong += [f"{name} is not among its parts" for name in sorted(real.keys() - parts)]
    wrong += [f"{name} is named and not there" for name in sorted(map(str, parts - real.keys()))]
    for name, data in sorted(real.items()):
        told = entities.get(name, {})
        if told and (told.get("sha256"), told.get("contentSize")) != (hashlib.sha256(data).hexdigest(), str(len(data))):
            wrong.append(f"{name} has another size or hash there")
    return _check("RO-Crate", not wrong, f"{len(parts)} parts are described as they are", "; ".join(wrong))


def _lines(files: Mapping[str, bytes]) -> list[str]:
    text = files["graph.nq"].decode()
    return [f"{line}\n" for line in text.split("\n")[:-1]]


def _triples(files: Mapping[str, bytes], lines: list[str]) -> Iterator[Check]:
    try:
        quads = list(parse("".join(lines).encode(), format=RdfFormat.N_QUADS))
    except (SyntaxError, ValueError) as error:
        yield Check("triples", "differs", f"the triples do not parse: {error}")
        return
    wrong = []
    if lines != sorted(set(lines)):
        wrong.append("graph.nq is not sorted, or holds lines twice")
    if rdf(lines, "turtle") != files.get("graph.ttl"):
        wrong.append("graph.ttl holds other triples than graph.nq")
    blank = sum(1 for quad in quads if _is_blank(quad) and not str(quad.graph_name).endswith("/schema>"))
    if blank:
        wrong.append(f"{blank} triples outside the vocabulary have blank nodes")
    yield _check("triples", not wrong, f"{len(quads):,} quads parse; Turtle and N-Quads say the same", "; ".join(wrong))


def _is_blank(quad: Quad) -> bool:
    return isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode)


def _tables(files: Mapping[str, bytes], opened: store.Store) -> Iterator[Check]:
    for name, text, columns in (("passages.csv", PASSAGES_SPARQL, PASSAGES), ("sources.csv", SOURCES_SPARQL, SOURCES)):
        now = table(opened, text, columns)
        rows = len(now.splitlines()) - 1
        told = f"{name} does not hold what the triples say"
        yield _check(name, files.get(name) == now, f"{rows} rows, as the triples say", told)


def _queries(files: Mapping[str, bytes], lines: str) -> Iterator[Check]:
    names = sorted(name[8:-3] for name in files if name.startswith("queries/") and name.endswith(".rq"))
    if not names:
        yield Check("queries", "differs", "there is none")
        return
    texts = {name: files[f"queries/{name}.rq"].decode("utf-8", "replace") for name in names}
    for name, now in ask(lines, texts, SECONDS, ROWS).items():
        told = _json(files.get(f"results/{name}.srj", b""))
        if isinstance(now, str):
            yield Check(name, "differs", now)
        else:
            yield _check(name, told == now, f"{len(_bindings(now))} rows, as told", _unlike(told, now))


def _unlike(told: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Say how two answers differ."""
    rows = [Counter(json.dumps(row, sort_keys=True) for row in _bindings(each)) for each in (told, now)]
    missing, more = sum((rows[1] - rows[0]).values()), sum((rows[0] - rows[1]).values())
    if missing or more:
        return f"the triples give {missing} rows that are not told, and {more} told rows are not given"
    return "the rows are told in another order, or with other columns"


def _bindings(answer: Mapping[str, Any]) -> list[Any]:
    found = answer.get("results")
    rows = found.get("bindings", []) if isinstance(found, dict) else []
    return rows if isinstance(rows, list) else []


def _articles(opened: store.Store, folder: Path | None) -> Iterator[Check]:
    rows = query.rows(opened, PASSAGES_SPARQL)
    if folder is None:
        yield Check("passages", "skipped", f"{len(rows)} places; --sources FOLDER holds them against the articles")
        return
    for source in query.rows(opened, SOURCES_SPARQL):
        own = [row for row in rows if row["source"] == source["id"]]
        yield _held(source, own, folder)


def _held(source: Mapping[str, str], rows: list[dict[str, str]], folder: Path) -> Check:
    """Hold the passages of one source against the article, with the checker of dossiers."""
    name = source["id"].rpartition("/")[2]
    try:
        places = {(int(r["paragraph"]), int(r["start"]), int(r["end"]), r["sha256"]) for r in rows}
    except ValueError:
        return Check(name, "differs", "a passage has no numbers")
    document = Source(name, "", "", "", source["sha256"], Path(source["file"] or f"{name}.txt").name)
    dossier = Dossier(name, document, tuple(Mention("", Passage(*place)) for place in sorted(places)))
    verdicts = Counter(verdict.status for verdict in passages.verify([dossier], folder))
    if verdicts["missing"]:
        return Check(name, "skipped", f"the article is not in {folder}; {len(places)} passages were not looked at")
    wrong = ", ".join(f"{count} {status}" for status, count in sorted(verdicts.items()) if status != "ok")
    return _check(name, not wrong, f"{verdicts['ok']} passages stand in the article as told", wrong)


def _json(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


__all__ = ["Check", "Verification", "verify"]
