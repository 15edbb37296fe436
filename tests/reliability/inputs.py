"""One reader of ours under damaged input: `python tests/reliability/inputs.py TARGET [--runs N] [--guided]`.

Each run hands bytes to the reader; an error of ours, told in words, is an answer, anything else a crash. The bytes are
real files that are cut, doubled, mixed and sprinkled with what the format finds hard; with `--guided` libFuzzer looks
for new ways through the code (the package atheris), starting from the same files. Whoever reaches for the network
crashes, too. Prints what became of the runs as JSON, how many were read and how many told in words; the exit code is 1
after a crash, whose input is kept in the folder of temporary files.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import importlib.util
import json
import random
import re
import resource
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parents[2]
HARD = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3\x28", b"\r\n", b"\t", b"- " * 300, b"[" * 300, b"{" * 300,
    b"(" * 300, b"&a ", b"*a ", b"!!python/object:os.system ", b"<<: *a", b"---\n", b"...\n", b"? ", b"|2",
    b">-\n", b'"', b"'", b",", b":", b"#", b"9" * 400, b"-1", b"1e999", b"NaN", b"2025-02-30", b"..", b"../..",
    b"/../..", b"~", b"%", b"XX", b"0000", b"\xe2\x80\xae", b"SERVICE <http://192.0.2.1/>", b"FILTER(",
    b"}" * 50, b"@prefix", b"^^<", b"\\u0000", b"\\U00110000", b"id:", b"\xf0\x9f\x95\x8a", b"'@", b"'@en-",
    b"@toolongtag", b"%00", b"%ff", b"%2e%2e%2f", b"&", b"?", b"=", b"+", b'"@context":"http://192.0.2.1/c",',
    b'<!ENTITY x SYSTEM "file:///etc/passwd">', b"&x;", b'"@id":', b"_:b ",
)  # fmt: skip
JSON_LD = (
    '{"@context": "http://192.0.2.1/context.jsonld", "@id": "urn:x", "name": "x"}',
    '{"@context": {"@import": "http://192.0.2.1/c", "n": {"@id": "urn:n", "@container": "@list"}}, "n": [1, [2]]}',
    '{"@context": {"@vocab": "urn:v#", "d": {"@type": "@id", "@context": {"e": null}}}, "@graph": [{"d": {"e": 1}}]}',
    '{"@context": {"@base": "http://e.org/", "l": {"@id": "urn:l", "@language": "en"}, "r": {"@reverse": "urn:r"}},'
    ' "@id": "a", "l": "x", "r": {"@id": "b"}, "@type": ["urn:T"], "@included": [{"@value": true}]}',
    '{"@id": "urn:a", "urn:p": ' + '{"urn:p": ' * 60 + "1" + "}" * 61,
)
RDF_XML = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e "http://e.org/"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e.org/" xml:base="http://e.org/b">'
    '<e:T r:about="&e;x" e:p="q"><e:o r:resource="#y"/><e:l xml:lang="en">z</e:l></e:T></r:RDF>',
    '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e.org/">'
    '<r:Description r:ID="a"><e:c r:parseType="Collection"><r:Description r:nodeID="n"/></e:c>'
    '<e:x r:parseType="Literal"><b>c</b></e:x><e:d r:datatype="http://www.w3.org/2001/XMLSchema#date">2025-02-30</e:d>'
    '<e:r r:parseType="Resource"><r:_1>1</r:_1></e:r></r:Description></r:RDF>',
)
TRIG = (
    '@prefix e: <http://e.org/> . e:a e:p [ e:q ( 1 2.5 "x"@en "2025-01-01"^^e:d ) ] ; a e:T . e:g { e:s e:p e:o . }',
    'BASE <http://e.org/> PREFIX dip: <https://w3id.org/diplokg/ns#> <x> dip:cameo "010" ; dip:edtf "2025-1X" .',
    '<http://e.org/%C3%A9> <urn:p> """long\n\\u00e9 \\"q\\" """ , true , -1.5e3 , _:b . _:b <urn:p> _:b .',
)
BOTH = b"\n----\n"
MAPPING = """\
feed: quarrels
publisher: University of Somewhere
columns:
  No: id
  Day: {field: date, format: "%d/%m/%Y"}
  Sender: {field: actor, kind: state}
  Code: {field: actor, scheme: iso3}
  Target: {field: target, split: ";"}
  What: class
  Link: url
left_out: [Coder]
classes: {raised duties: Sanctioning}
"""
STORY = """\
title: A tour
title_es: Un recorrido
language: es
sources: [note, other-note]
steps:
  - title: First
    text: >-
      What to
      see.
    state: sel=n:a&time=2025-01-01,2025-01-31&path=a,b&ego=a,2&at=1.5,-2,0.7&pins=a~1~2
  - {title: Second, text: More, title_es: Segundo, text_es: Más, state: "asof=2025-10-10&voice=a%20b&view=table"}
"""
ADDRESSES = (
    "/id/gustavo-petro?as_of=2025-10-10", "/id/us-treasury.ttl", "/id/treasury-sanctions-petro",
    "/timeline?one=petro&other=trump&since=2025-01-01&until=2025-12&all=1", "/search?q=petro", "/search.json?q=pe",
    "/questions/who-sanctioned-whom", "/questions/accusations-and-denials?who=petro",
    "/questions/sanctions-in-force.rq?as_of=2025-10-10", "/questions/sanctions-in-force.csv",
    "/view?about=gustavo-petro&as_of=2025-10-01", "/view?story=none", "/query?query=ASK%20%7B%7D", "/ns", "/rel.ttl",
    "/plover.jsonld", "/sparql?query=SELECT%20%2A%20%7B%3Fs%20%3Fp%20%3Fo%7D%20LIMIT%202&default-graph-uri=urn:x", "/",
    "/static/site.css", "/vocabulary.json", "/healthz", "/openapi.json", "/void.ttl",
)  # fmt: skip


def targets(place: Path) -> dict[str, tuple[list[bytes], Callable[[bytes], object]]]:
    """The readers by name: inputs to start from, and how bytes are handed over."""
    from kg import dates, derive, lift, pipeline, query, registers, sparql, stories, vocabulary
    from kg.errors import UsageError
    from kg.feeds import mapping
    from kg.store import Embedded

    empty = Embedded.in_memory([])

    def text(read: Callable[[str], object]) -> Callable[[bytes], object]:
        return lambda raw: read(raw.decode("utf-8", "surrogateescape").encode("utf-8", "replace").decode())

    def file(name: str, read: Callable[[Path], object]) -> Callable[[bytes], object]:
        def run(raw: bytes) -> object:
            (place / name).write_bytes(raw)
            return read(place / name)

        return run

    small = small_folder(place / "small")
    words = vocabulary.vocabulary()

    def dossier(raw: bytes) -> object:
        small.dossier.write_bytes(raw)
        known = pipeline.gather(small.path)
        lifted = [*lift.dossier_quads(known.dossiers[0], known.bounds, words, known.registers)]
        return [*lifted, *derive.derived_quads(known.dossiers, known.registers, known.bounds, words)]

    def register(raw: bytes) -> object:
        entities, mark, posts = raw.partition(BOTH)
        small.entities.write_bytes(entities)
        small.posts.write_bytes(posts if mark else small_posts)
        return registers.read(small.entities.parent)

    def asked(words: str) -> object:
        answer = query.run(empty, words)
        return list(getattr(answer, "rows", ()))

    def triples(name: str) -> Callable[[bytes], object]:
        sys.path.insert(0, str(Path(__file__).parent))
        tried = importlib.import_module("damage").tried

        def run(path: Path) -> None:
            if not tried("rdf", [path], None)["kept"]:
                raise UsageError("Nothing of it was kept.")

        return file(name, run)

    small_posts = small.posts.read_bytes()
    questions = sorted((ROOT / "ontology" / "questions").glob("*.rq"))
    days = ("2025", "2025-10-03", "2025-09-11~/2025-09-20~", "2025-03/..", "../2026", "2025-1X", "199X", "2024-02-29?")
    terms = ("petro", "rel:sanctioned", "2025-12-01", "'Petro'@en", "true", "-1.50", "<https://example.org/>", "id:a-b")
    return {
        "edtf": ([day.encode() for day in days], text(lambda words: dates.show(dates.parse(words)))),
        "parameter": ([term.encode() for term in terms], text(query.parameter)),
        "query": ([path.read_bytes() for path in questions], text(asked)),
        "lexer": ([path.read_bytes() for path in questions], text(lambda words: list(sparql.tokens(words)))),
        "dossier": ([small.dossier.read_bytes()], dossier),
        "register": ([small.entities.read_bytes() + BOTH + small_posts], register),
        "story": ([STORY.encode()], file("s.yaml", stories.read)),
        "mapping": (
            [MAPPING.encode()],
            file("m.yaml", mapping.read),
        ),
        "json-ld": ([text.encode() for text in JSON_LD], triples("x.jsonld")),
        "rdf-xml": ([text.encode() for text in RDF_XML], triples("x.rdf")),
        "trig": ([text.encode() for text in TRIG], triples("x.trig")),
    }


def addresses(place: Path) -> tuple[list[bytes], Callable[[bytes], object]]:
    """The pages of `kg serve`: an address and what the client accepts come in, as they would from a socket."""
    import httptools

    from kg import pipeline
    from kg.errors import UsageError
    from kg.web.app import create_app
    from kg.web.doors import silent
    from kg.web.settings import Settings

    pipeline.build(ROOT / "data", place / "build")
    app = create_app(Settings(store=str(place / "build"), workers=1, timeout=2), silent)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(app.router.lifespan_context(app).__aenter__())

    def one(raw: bytes) -> object:
        wanted, _, accept = raw.partition(b"\n")
        try:
            url = httptools.parse_url(wanted)
        except httptools.HttpParserInvalidURLError as error:
            raise UsageError("No address; the server's own parser refuses it.") from error
        path = (url.path or b"/").decode("latin-1")
        headers = [(b"host", b"127.0.0.1"), (b"accept", accept.replace(b"\n", b" "))]
        scope = {"type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": unquote(path),
                 "raw_path": url.path, "query_string": url.query or b"", "headers": headers, "client": ("127.0.0.1", 1),
                 "server": ("127.0.0.1", 80), "root_path": "", "asgi": {"version": "3.0"}}  # fmt: skip
        sent: list[dict[str, object]] = []

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        loop.run_until_complete(app(scope, receive, send))  # type: ignore[arg-type]
        status = int(str(sent[0]["status"]))
        assert status < 500 or status == 503, f"{status}: {sent[1]}"
        assert not any(b"Traceback" in bytes(part.get("body", b"")) for part in sent)  # type: ignore[call-overload]
        if status >= 400:
            raise UsageError(f"Answered with {status}.")
        return status

    accepted = (b"text/html", b"*/*", b"text/turtle;q=0.5, application/ld+json", b"application/json", b"a/b;q=x")
    return [address.encode() + b"\n" + accept for address in ADDRESSES for accept in accepted], one


def started(target: str, place: Path) -> tuple[list[bytes], Callable[[bytes], object]]:
    """One target, and the network closed."""
    found = addresses(place) if target == "address" else targets(place)[target]
    connect = socket.socket.connect

    def refused(self: socket.socket, address: object) -> None:
        assert self.family == socket.AF_UNIX, f"reached out to {address}"
        connect(self, address)  # type: ignore[arg-type]

    socket.socket.connect = refused  # type: ignore[method-assign,assignment]
    return found


def small_folder(place: Path) -> Any:
    """The small valid data folder of the tests, which has a record of each section."""
    spec = importlib.util.spec_from_file_location("kg_tests_conftest", ROOT / "tests" / "conftest.py")
    assert spec and spec.loader
    sys.modules["kg_tests_conftest"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.make_data_folder(place)


def damaged(chance: random.Random, seeds: list[bytes]) -> bytes:
    """An input in which something is wrong, or nearly so."""
    raw = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        at, to = sorted((chance.randrange(len(raw) + 1), chance.randrange(len(raw) + 1)))
        deed = chance.randrange(9)
        if deed == 0:
            raw[at:at] = chance.choice(HARD)
        elif deed == 1:
            del raw[at : min(to, at + chance.choice((1, 4, 40, 4000)))]
        elif deed == 2 and raw:
            raw[at % len(raw)] = chance.randrange(256)
        elif deed == 3:
            raw[at:at] = raw[at : min(to, at + 200)]
        elif deed == 4:
            other = chance.choice(seeds)
            raw[at:to] = other[at : at + chance.randrange(200)]
        elif deed == 5:
            lines = bytes(raw).split(b"\n")
            chance.shuffle(lines)
            raw = bytearray(b"\n".join(lines))
        elif deed == 6:
            raw = raw[:to]
        else:  # the form stays whole, a value is another
            parts = re.split(rb"([\n,;=&]|: )", bytes(raw))
            parts[2 * chance.randrange(len(parts) // 2 + 1)] = chance.choice((*HARD, chance.choice(parts)))
            raw = bytearray(b"".join(parts))
    return bytes(raw[:20_000])


def judged(read: Callable[[bytes], object], limit: int) -> Callable[[bytes], bool]:
    """Hand an input over and say whether it was read; errors in words are answers, if no longer than a page."""
    from kg.errors import KgError

    def one(raw: bytes) -> bool:
        signal.alarm(limit)
        try:
            read(raw)
            return True
        except KgError as error:
            longest = max(map(len, str(error).split("\n")))
            assert str(error).strip() and longest < 3000, f"told in a line of {longest} letters"
            return False
        finally:
            signal.alarm(0)

    return one


class Slow(BaseException):
    """An input that took too long; no reader may catch it."""


def hung(*_: object) -> None:
    """Called when the time of one input is up."""
    raise Slow


def main() -> int:
    """Run one target."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("target")
    options.add_argument("--runs", type=int, default=2000)
    options.add_argument("--guided", action="store_true")
    options.add_argument("--limit", type=int, default=10, help="seconds that one input may take")
    given = options.parse_args()
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        if given.guided:
            return guided(given.target, given.runs, given.limit, place)
        seeds, read = started(given.target, place)
        one, chance, began, crashes, were_read = (
            judged(read, given.limit),
            random.Random(given.target),
            time.monotonic(),
            [],
            0,
        )
        resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
        signal.signal(signal.SIGALRM, hung)
        for _ in range(given.runs):
            raw = damaged(chance, seeds)
            try:
                were_read += one(raw)
            except (Exception, Slow) as error:  # noqa: BLE001  every other error is what is looked for
                crashes.append({"error": f"{type(error).__name__}: {error}"[:300], "input": kept(raw)})
        told = {"runs": given.runs, "read": were_read, "told": given.runs - were_read - len(crashes)}
        seconds = round(time.monotonic() - began, 1)
        print(json.dumps({**told, "crashes": crashes[:5], "crashed": len(crashes), "seconds": seconds}))
        return int(bool(crashes))


def kept(raw: bytes) -> str:
    """Keep an input that crashed, and tell where."""
    path = Path(tempfile.gettempdir()) / f"kg-crash-{hashlib.sha256(raw).hexdigest()[:12]}"
    path.write_bytes(raw)
    return str(path)


def guided(target: str, runs: int, limit: int, place: Path) -> int:
    """Let libFuzzer choose the inputs by what they reach in our code."""
    import atheris

    with atheris.instrument_imports(include=["kg"]):
        seeds, read = started(target, place)
    corpus = place / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(seeds):
        (corpus / str(number)).write_bytes(seed)
    words = place / "words"
    words.write_text("".join(f'"{"".join(f"{chr(92)}x{b:02x}" for b in hard[:60])}"\n' for hard in HARD))
    limits = [f"-runs={runs}", f"-timeout={limit}", "-rss_limit_mb=3000", "-max_len=8000", "-seed=1", f"-dict={words}"]
    atheris.Setup(
        [sys.argv[0], *limits, f"-artifact_prefix={tempfile.gettempdir()}/kg-crash-", str(corpus)], judged(read, limit)
    )
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
