"""One reader of ours under damaged input: `python tests/reliability/inputs.py TARGET [--runs N] [--guided]`.

Each run hands bytes to the reader; an error of ours, told in words, is an answer, anything else a crash. The bytes are
real files that are cut, doubled, mixed and sprinkled with what the format finds hard; with `--guided` libFuzzer looks
for new ways through the code (the package atheris), starting from the same files. Prints what became of the runs as
JSON; the exit code is 1 after a crash, whose input is kept in the folder of temporary files.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 10  # seconds that one input may take
HARD = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3\x28", b"\r\n", b"\t", b"- " * 300, b"[" * 300, b"{" * 300,
    b"(" * 300, b"&a ", b"*a ", b"!!python/object:os.system ", b"<<: *a", b"---\n", b"...\n", b"? ", b"|2",
    b">-\n", b'"', b"'", b",", b":", b"#", b"9" * 400, b"-1", b"1e999", b"NaN", b"2025-02-30", b"..", b"../..",
    b"/../..", b"~", b"%", b"XX", b"0000", b"\xe2\x80\xae", b"SERVICE <http://192.0.2.1/>", b"FILTER(",
    b"}" * 50, b"@prefix", b"^^<", b"\\u0000", b"\\U00110000", b"id:", b"\xf0\x9f\x95\x8a", b"'@", b"'@en-",
    b"@toolongtag",
)  # fmt: skip


def targets(place: Path) -> dict[str, tuple[list[bytes], Callable[[bytes], object]]]:
    """The readers by name: inputs to start from, and how bytes are handed over."""
    from kg import dates, dossier, query, registers, sparql, stories
    from kg.feeds import mapping
    from kg.store import Embedded

    data = ROOT / "data"
    empty = Embedded.in_memory([])

    def text(read: Callable[[str], object]) -> Callable[[bytes], object]:
        return lambda raw: read(raw.decode("utf-8", "surrogateescape").encode("utf-8", "replace").decode())

    def file(name: str, read: Callable[[Path], object]) -> Callable[[bytes], object]:
        def run(raw: bytes) -> object:
            (place / name).write_bytes(raw)
            return read(place / name)

        return run

    def register(raw: bytes) -> object:
        (place / "entities.csv").write_bytes(raw)
        return registers.read(place)

    def asked(words: str) -> object:
        answer = query.run(empty, words)
        return list(getattr(answer, "rows", ()))

    (place / "posts.csv").write_bytes((data / "registers" / "posts.csv").read_bytes())
    dossiers = sorted((data / "dossiers").rglob("*.yaml"))
    questions = sorted((ROOT / "ontology" / "questions").glob("*.rq"))
    days = ("2025", "2025-10-03", "2025-09-11~/2025-09-20~", "2025-03/..", "../2026", "2025-1X", "199X", "2024-02-29?")
    terms = ("petro", "rel:sanctioned", "2025-12-01", "'Petro'@en", "true", "-1.50", "<https://example.org/>", "id:a-b")
    return {
        "edtf": ([day.encode() for day in days], text(lambda words: dates.show(dates.parse(words)))),
        "parameter": ([term.encode() for term in terms], text(query.parameter)),
        "query": ([path.read_bytes() for path in questions], text(asked)),
        "lexer": ([path.read_bytes() for path in questions], text(lambda words: list(sparql.tokens(words)))),
        "dossier": ([cut(path.read_bytes()) for path in dossiers], file("d.yaml", dossier.read)),
        "register": ([(data / "registers" / "entities.csv").read_bytes()[:4000]], register),
        "story": (
            [path.read_bytes() for path in sorted((data / "stories").glob("*.yaml"))],
            file("s.yaml", stories.read),
        ),
        "mapping": (
            [b"feed: x\ncolumns:\n  Day: date\n  A: {field: actor, kind: state}\n"],
            file("m.yaml", mapping.read),
        ),
    }


def cut(raw: bytes) -> bytes:
    """The beginning of a long file and a record of each section, so that a run is short."""
    return raw[:3000] + b"\nclaims:\n" + raw.partition(b"\nclaims:\n")[2][:1500]


def damaged(chance: random.Random, seeds: list[bytes]) -> bytes:
    """An input in which something is wrong, or nearly so."""
    raw = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        at, to = sorted((chance.randrange(len(raw) + 1), chance.randrange(len(raw) + 1)))
        deed = chance.randrange(7)
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
        else:
            raw = raw[:to]
    return bytes(raw[:20_000])


def judged(read: Callable[[bytes], object]) -> Callable[[bytes], None]:
    """Hand an input over; errors in words are answers, if they are no longer than a page."""
    from kg.errors import KgError

    def one(raw: bytes) -> None:
        signal.alarm(LIMIT)
        try:
            read(raw)
        except KgError as error:
            longest = max(map(len, str(error).split("\n")))
            assert str(error).strip() and longest < 3000, f"told in a line of {longest} letters"
        finally:
            signal.alarm(0)

    return one


def hung(*_: object) -> None:
    """Say that an input took too long."""
    raise TimeoutError(f"more than {LIMIT} s")


def main() -> int:
    """Run one target."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("target")
    options.add_argument("--runs", type=int, default=2000)
    options.add_argument("--guided", action="store_true")
    given = options.parse_args()
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        if given.guided:
            return guided(given.target, given.runs, place)
        seeds, read = targets(place)[given.target]
        one, chance, began, crashes = judged(read), random.Random(given.target), time.monotonic(), []
        resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
        signal.signal(signal.SIGALRM, hung)
        for _ in range(given.runs):
            raw = damaged(chance, seeds)
            try:
                one(raw)
            except Exception as error:  # noqa: BLE001  every other error is what is looked for
                crashes.append({"error": f"{type(error).__name__}: {error}"[:300], "input": kept(raw)})
        seconds = round(time.monotonic() - began, 1)
        print(json.dumps({"runs": given.runs, "crashes": crashes[:5], "crashed": len(crashes), "seconds": seconds}))
        return int(bool(crashes))


def kept(raw: bytes) -> str:
    """Keep an input that crashed, and tell where."""
    path = Path(tempfile.gettempdir()) / f"kg-crash-{hashlib.sha256(raw).hexdigest()[:12]}"
    path.write_bytes(raw)
    return str(path)


def guided(target: str, runs: int, place: Path) -> int:
    """Let libFuzzer choose the inputs by what they reach in our code."""
    import atheris

    with atheris.instrument_imports(include=["kg"]):
        seeds, read = targets(place)[target]
    corpus = place / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(seeds):
        (corpus / str(number)).write_bytes(seed)
    words = place / "words"
    words.write_text("".join(f'"{"".join(f"{chr(92)}x{b:02x}" for b in hard[:60])}"\n' for hard in HARD))
    limits = [f"-runs={runs}", f"-timeout={LIMIT}", "-rss_limit_mb=3000", "-max_len=8000", "-seed=1", f"-dict={words}"]
    atheris.Setup(
        [sys.argv[0], *limits, f"-artifact_prefix={tempfile.gettempdir()}/kg-crash-", str(corpus)], judged(read)
    )
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
