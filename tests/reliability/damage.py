"""Damaged files, and what a reader makes of them: run as a program, in a process of limited memory.

`python damage.py SAMPLES FIRST LAST [FEED …]` tries the cases FIRST to LAST on copies of the files in SAMPLES/FEED and
prints one line of JSON for each case that broke a promise, and one for each feed when it is done. Cases are drawn by
their number, so each can be repeated. The feeds `control-…` are readers that break each promise, so that it is seen.
"""

from __future__ import annotations

import faulthandler
import gzip
import io
import json
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pyoxigraph import RdfFormat, parse

from kg import asked
from kg.errors import KgError
from kg.feeds import FEEDS, files, quads
from kg.feeds.actors import Known, Resolver
from kg.feeds.records import Record, Statement, Window
from kg.model import Entity
from kg.vocabulary import vocabulary

MEMORY = 1_500 << 20  # bytes of address space beyond what the interpreter has when it begins
SECONDS = 8  # of the processor, for one case; the slowest unpacks a bomb up to its limit
WAIT = 240  # on the clock, for one case, on a machine that does much else
ODD = [
    *(b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\x1b[2J", b"\r", b"\x85", b"\x1a", b"\xc0\x80"),
    *(b"%00", b"\\u0000", b"\\ud800", b"null", b"true", b"[]", b"{}"),
    *(each.encode() for each in ("\u202e", "\u2028", "𝕏", "١٢٣", "²")),
    *(b'"', b"'", b"\t", b"<", b">", b"&", b"]]>", b"-->", b"{", b"}", b"[", b"\\", b"%", b"&x;"),
    *(b"9" * 26, b"-1", b"1e999", b"nan", b"NaN", b"2025-02-30", b"0000-00-00", b"99999999", b"+1", b"", b"@context"),
    *(b'<!ENTITY x SYSTEM "file:///etc/passwd">', b"javascript:alert(1)", b"../../../etc/passwd", b"<script>"),
    *(b"http://[", b"http://a b/"),
]  # fmt: skip
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%s;" % (b"" if n == 1 else b"%d" % (n - 1)) * 10) for n in range(1, 10))
    + b"]>"
)
Bytes = Callable[[random.Random, bytes], bytes]


def cut(chance: random.Random, data: bytes) -> bytes:
    """The beginning, or the end."""
    place = chance.randrange(len(data) + 1)
    return data[:place] if chance.random() < 0.7 else data[place:]


def flipped(chance: random.Random, data: bytes) -> bytes:
    """Some bytes are others."""
    found = bytearray(data)
    for _ in range(chance.choice([1, 3, 30]) if found else 0):
        found[chance.randrange(len(found))] = chance.randrange(256)
    return bytes(found)


def odd(chance: random.Random, data: bytes) -> bytes:
    """Odd words stand where none were, or in the place of some bytes."""
    for _ in range(chance.choice([1, 2, 10])):
        place = chance.randrange(len(data) + 1)
        data = (
            data[:place] + chance.choice(ODD) * chance.choice([1, 1, 50]) + data[place + chance.choice([0, 0, 1, 5]) :]
        )
    return data


def cells(chance: random.Random, data: bytes) -> bytes:
    """Cells of a row are others: odd, empty, those of another row, or in another order."""
    for delimiter in (b"\t", b",", b";", b"|"):
        if data[:5000].count(delimiter) > 10:
            break
    rows = data.split(b"\n")
    for _ in range(chance.choice([1, 5, 40])):
        row = chance.randrange(len(rows))
        parts = rows[row].split(delimiter)
        place = chance.randrange(len(parts))
        kind = chance.randrange(5)
        if kind == 0:
            parts[place] = chance.choice(ODD)
        elif kind == 1:
            parts[place] = b""
        elif kind == 2:
            parts[place] = chance.choice(chance.choice(rows).split(delimiter))
        elif kind == 3:
            chance.shuffle(parts)
        else:
            parts = parts[:place] if chance.random() < 0.5 else [*parts, *parts[:place]]
        rows[row] = delimiter.join(parts)
    return b"\n".join(rows)


def delimiters(chance: random.Random, data: bytes) -> bytes:
    """Another delimiter."""
    return data.replace(*chance.choice([(b"\t", b","), (b",", b"\t"), (b",", b";"), (b"\t", b"  "), (b"\n", b"")]))


def lines(chance: random.Random, data: bytes) -> bytes:
    """Lines stand twice, in another order, or are missing; or all end as on another system."""
    kind = chance.randrange(5)
    if kind == 0:
        return data.replace(b"\n", b"\r\n")
    if kind == 1:
        return data.replace(b"\n", b"\r")
    rows = data.split(b"\n")
    if kind == 2:
        chance.shuffle(rows)
    elif kind == 3:
        rows += rows[: chance.randrange(len(rows) + 1)]
    else:
        rows = [row for row in rows if chance.random() < 0.7]
    return b"\n".join(rows)


def encoded(chance: random.Random, data: bytes) -> bytes:
    """Another encoding, or a mark of one."""
    text = data.decode("utf-8", "replace")
    name = chance.choice(["utf-16", "utf-16-be", "utf-32", "latin-1", "mac-roman", "utf-7", "utf-8-sig", "cp037"])
    return text.encode(name, "replace")


def huge(chance: random.Random, data: bytes) -> bytes:
    """One line, one cell or one element is huge, or nested deep."""
    place = chance.randrange(len(data) + 1)
    grown = chance.choice(
        [b"x" * 6_000_000, b"," * 300_000, b"\t" * 300_000, b"<a>" * 100_000, b"[" * 100_000, b'{"a":' * 50_000,
         b'"' + b"y" * 200_000, b"\n" * 200_000]
    )  # fmt: skip
    return data[:place] + grown + data[place:]


def entities(chance: random.Random, data: bytes) -> bytes:
    """Entities of XML that name files or swell."""
    _, mark, rest = data.rpartition(b"?>")
    body = rest if mark else data
    place = chance.randrange(len(body) + 1)
    return BOMB + body[:place] + chance.choice([b"&a9;", b"&a3;", b"&b;", b"&#0;", b"&#x110000;"]) + body[place:]


def tiny(chance: random.Random, data: bytes) -> bytes:
    """Next to nothing."""
    first = data.split(b"\n")[0]
    return chance.choice(
        [b"", b"\n", b"\xef\xbb\xbf", b" ", first, first + b"\n", b"{}", b"[]", b"<a/>", b"\x1f\x8b", b"PK"]
    )


DAMAGES: list[Bytes] = [cut, flipped, odd, odd, cells, cells, cells, delimiters, lines, encoded, huge, entities, tiny]


def packed(chance: random.Random, name: str, data: bytes) -> tuple[str, bytes]:
    """The file as it is, or packed: whole, damaged, or with names that lead elsewhere."""
    kind = chance.randrange(14)
    if kind == 0:
        return f"{name}.gz", gzip.compress(data, 1)
    if kind == 1:
        return f"{name}.gz", flipped(chance, cut(chance, gzip.compress(data, 1)))
    if kind == 2 and chance.random() < 0.2:
        return f"{name}.gz", gzip.compress(bytes(80 << 20), 1)
    if kind > 4:
        return name, data
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        tricks = ["../../evil", "/tmp/evil", "C:\\evil", "a/../../b", "x\x00y", "\u202egnp.exe", "con", "a" * 300, name]
        for inside in chance.sample(tricks, chance.randint(1, 3)):
            ending = name.rpartition(".")[2]
            archive.writestr(f"{inside}.{ending}", data)
        if chance.random() < 0.05:
            archive.writestr(f"bomb.{name.rpartition('.')[2]}", bytes(80 << 20))
    raw = out.getvalue()
    return f"{name}.zip", raw if kind == 3 else flipped(chance, raw if chance.random() < 0.5 else cut(chance, raw))


KNOWN = Known({"colombia": Entity("colombia", "state", "Colombia", iso3="COL")})


def control(what: str, found: list[files.Source]) -> Iterator[Record]:
    """A reader that does what none may do."""
    for source in found:
        for _, line in source.lines("latin-1"):
            source.tally.read += 1
            if what == "control-crash":
                int(line)
            elif what == "control-hang":
                while line:
                    pass
            elif what == "control-memory":
                _ = [bytes(MEMORY)]
            elif what == "control-writes":
                source.path.with_name("evil").write_text(line)
                source.tally.kept += 1
            elif what == "control-text":
                source.tally.kept += 1
                yield Statement("<no triple\n")
    yield from ()


def tried(feed: str, paths: list[Path], mapping: Path | None) -> dict[str, Any]:
    """Read files wholly, write what they give, and hold the account against what came out."""
    if feed.startswith("control-"):
        reader: asked.Reader = lambda found, _: control(feed, list(found))  # noqa: E731
    else:
        _, reader, _ = asked.reader(FEEDS[feed], mapping)
    writer = quads.Writer(quads.Batch(feed, "fuzz"), Resolver(KNOWN).resolve, vocabulary())
    found = files.sources(paths)
    refused: list[Any] = []
    for source in found:
        source.tally.sink = refused.append
    text: list[str] = []
    for record in reader(found, Window()):
        text.extend(writer.write([record]))
    text.extend(writer.closing())
    raw = "".join(text).encode()
    for _ in parse(raw, format=RdfFormat.N_TRIPLES):
        pass
    for source in found:
        source.tally.check()
        json.dumps(source.tally.as_dict())
    if len(refused) != sum(source.tally.refused for source in found):
        raise AssertionError(f"{len(refused)} rejected rows were told, {sum(s.tally.refused for s in found)} counted")
    return {"kept": sum(source.tally.kept for source in found)}


def case(feed: str, samples: list[Path], number: int, folder: Path) -> dict[str, Any]:
    """Make the files of one case, try them, and tell what became of it."""
    chance = random.Random(f"{feed} {number}")
    mapping = next((path for path in samples if path.suffix == ".yaml"), None)
    originals = [path for path in samples if path.suffix != ".yaml"]
    chosen = chance.randrange(len(originals))
    paths = []
    for place, path in enumerate(originals):
        name, data = path.name, path.read_bytes()
        if place == chosen:
            for _ in range(chance.choice([1, 1, 2, 3])):
                data = chance.choice(DAMAGES)(chance, data)
            name, data = packed(chance, name, data)
        (folder / name).write_bytes(data)
        paths.append(folder / name)
    told = tried(feed, paths, mapping)
    if sorted(folder.iterdir()) != sorted(paths):
        raise AssertionError("a file was written beside the one that is read")
    return told


class Slow(BaseException):
    """A case that takes too long; no reader may catch it."""


def main() -> None:
    """Try cases, each against the clock; print what broke a promise, and at the end how many were tried."""
    samples, first, last, names = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    signal.signal(signal.SIGPROF, too_slow)
    for feed in names:
        found = sorted((samples / feed).iterdir())
        counts = dict.fromkeys(("read", "told", "kept"), 0)
        slowest = 0.0
        for number in range(first, last):
            begin = time.process_time()
            outcome = tried_once(feed, found, number)
            slowest = max(slowest, time.process_time() - begin)
            for each in outcome:
                counts[each] += 1
        print(json.dumps({"feed": feed, "tried": last - first, **counts, "slowest": round(slowest, 2)}), flush=True)


def too_slow(*_: object) -> None:
    """Called when the time is up."""
    raise Slow


def tried_once(feed: str, found: list[Path], number: int) -> tuple[str, ...]:
    """Try one case: `read` if it was read (`kept` if rows were), `told` if it was refused in words, else nothing."""
    faulthandler.dump_traceback_later(WAIT, exit=True)  # what hangs below Python, or waits, ends here
    try:
        with tempfile.TemporaryDirectory(prefix="kg-fuzz-") as folder:
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            result = case(feed, found, number, Path(folder))
            signal.setitimer(signal.ITIMER_PROF, 0)
        return ("read", "kept") if result["kept"] else ("read",)
    except KgError as error:
        if error.message:
            return ("told",)
        broken = "an error without words"
    except (Exception, Slow):  # noqa: BLE001  everything else is what is looked for
        broken = traceback.format_exc()[-2500:]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        faulthandler.cancel_dump_traceback_later()
    print(json.dumps({"feed": feed, "case": number, "error": broken}), flush=True)
    return ()


if __name__ == "__main__":
    main()
