"""Fixtures that all tests share.

The strategy: take the smallest data that show the promise. Most tests need no build at all: they hand text to a
reader, or quads to a store in memory. A test about files takes `data_folder`, a valid folder of one short dossier
that it may bend as it likes; odd shapes are made inside the test, next to what they prove. A test about answers takes
`built`, the bundled dossier built once for the whole run, and only reads it; `small_build` is the same for
`data_folder`. Commands run in this process through `kg`, which is quick and shows the exit code and both streams; a
process of its own is started only where death, hash seed or working folder is the point. Nothing of ours is mocked;
only the disk is not waited for (`os.fsync`), which would be most of the time.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest

from kg import cli, pipeline, resources

ARTICLE = """A note for the tests

In October 2025 Donald Trump charged Gustavo Petro with a part in the drug trade. The president of Colombia denied it.

Two days after the charge the US Treasury put Petro on its list; he remains on it.
"""

ENTITIES = """id,type,label,label_es,aliases,part_of,wikidata,iso3,description
colombia,state,Colombia,Colombia,Republic of Colombia,,Q739,COL,
diplokg,publisher,The DiploKG contributors,,,,,,Wrote the note that these tests read.
donald-trump,person,Donald Trump,,Trump|es:presidente Trump,,Q22686,,
gustavo-petro,person,Gustavo Petro,,Petro,,,,
us-treasury,ministry,US Treasury,,Treasury,,Q648666,,
"""

POSTS = """id,label,label_es,organization,description
president-of-colombia,President of Colombia,,colombia,
"""


def passage(words: str) -> str:
    """The passage block of some words of the article, reckoned here and not by the code under test."""
    start = ARTICLE.index(words)
    paragraph = ARTICLE[:start].count("\n\n") + 1
    sha256 = hashlib.sha256(words.encode()).hexdigest()
    return f"paragraph: {paragraph}, start: {start}, end: {start + len(words)}, sha256: {sha256}"


DOSSIER = f"""source:
  id: note-for-the-tests
  title: A note for the tests
  publisher: diplokg
  authors: [diplokg]
  language: en
  published: 2026-02-02
  file: note.txt
  sha256: {hashlib.sha256(ARTICLE.encode()).hexdigest()}

mentions:
  - entity: gustavo-petro
    as: full name
    at: {{{passage("Gustavo Petro")}}}
  - entity: president-of-colombia
    as: title in place of the name
    at: {{{passage("president of Colombia")}}}

events:
  - id: trump-accuses-petro
    class: Accusation
    label: Trump accuses Petro of a part in the drug trade
    actor: [donald-trump]
    target: [gustavo-petro]
    asserts: [claim-petro-in-drug-trade]
    date: 2025-10
    basis: explicit
    factuality: Actual
    evidence:
      - {{{passage("Donald Trump charged Gustavo Petro")}}}

  - id: petro-denies-part-in-drug-trade
    class: Denial
    label: Petro denies a part in the drug trade
    actor: [gustavo-petro]
    target: [donald-trump]
    responds_to: [trump-accuses-petro]
    denies: [claim-petro-in-drug-trade]
    basis: relative
    relative:
      - {{after: trump-accuses-petro}}
    factuality: Actual
    evidence:
      - {{{passage("The president of Colombia denied it.")}}}

  - id: treasury-sanctions-petro
    class: Sanctioning
    label: US Treasury sanctions Gustavo Petro
    actor: [us-treasury]
    target: [gustavo-petro]
    date: 2025-10
    basis: relative
    relative:
      - {{after: trump-accuses-petro, days: 2}}
    factuality: Actual
    evidence:
      - {{{passage("the US Treasury put Petro on its list")}}}

claims:
  - id: claim-petro-in-drug-trade
    label: Petro has a part in the drug trade
    about: [gustavo-petro]
    evidence:
      - {{{passage("a part in the drug trade")}, speaker: donald-trump}}

measures:
  - id: measure-sanctions-petro
    type: FinancialSanctions
    label: US sanctions on Gustavo Petro
    imposed_by: [us-treasury]
    applies_to: [gustavo-petro]
    started_by: treasury-sanctions-petro
    last_known_in_force: 2026-02-02
    evidence:
      - {{{passage("he remains on it")}}}

tenures:
  - id: tenure-petro-president-of-colombia
    holder: gustavo-petro
    post: president-of-colombia
    begin: 2022-08-07
    last_known_in_force: 2025-10-31
    evidence:
      - {{{passage("The president of Colombia")}}}

ties:
  - id: tie-petro-citizen-of-colombia
    type: CitizenOf
    from: gustavo-petro
    to: colombia
    evidence:
      - {{{passage("president of Colombia denied")}}}

judgements:
  - id: judgement-petro-is-not-trump
    left: gustavo-petro
    right: donald-trump
    verdict: Negative
    reason: Two presidents.
"""


@dataclass(frozen=True)
class DataFolder:
    """A small valid data folder that a test may bend; the article of its dossier lies in `sources`."""

    path: Path

    @property
    def dossier(self) -> Path:
        return self.path / "dossiers" / "2026" / "note.yaml"

    @property
    def entities(self) -> Path:
        return self.path / "registers" / "entities.csv"

    @property
    def posts(self) -> Path:
        return self.path / "registers" / "posts.csv"

    @property
    def sources(self) -> Path:
        return self.path.parent / "sources"

    @property
    def article(self) -> Path:
        return self.sources / "note.txt"

    def change(self, old: str, new: str, file: Path | None = None) -> int:
        """Replace the one place in the dossier (or another file) that reads `old`; give the line of it."""
        path = file or self.dossier
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def add(self, text: str, file: Path | None = None) -> int:
        """Write more at the end of the dossier (or another file); give the line where it begins."""
        path = file or self.dossier
        before = path.read_text(encoding="utf-8")
        path.write_text(before + text, encoding="utf-8")
        return before.count("\n") + 1


class Outcome(NamedTuple):
    """What a command did: its exit code, and what it wrote to each stream."""

    code: int
    out: str
    err: str


Kg = Callable[..., Outcome]


def make_data_folder(base: Path) -> DataFolder:
    """Write the small valid data folder and its article below `base`."""
    folder = DataFolder(base / "data")
    for path, text in (
        (folder.dossier, DOSSIER),
        (folder.entities, ENTITIES),
        (folder.posts, POSTS),
        (folder.article, ARTICLE),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


EARLIER = "On 3 November 2025 Donald Trump said that Gustavo Petro breaks promises. They had spoken on 2 November.\n"


def earlier_passage(words: str) -> str:
    """The passage block of some words of the earlier article."""
    start, sha256 = EARLIER.index(words), hashlib.sha256(words.encode()).hexdigest()
    return f"paragraph: 1, start: {start}, end: {start + len(words)}, sha256: {sha256}"


EARLIER_DOSSIER = f"""source:
  id: earlier-note
  title: An earlier note
  publisher: diplokg
  authors: [diplokg]
  language: en
  published: 2025-11-05
  file: earlier.txt
  sha256: {hashlib.sha256(EARLIER.encode()).hexdigest()}

events:
  - id: trump-says-petro-breaks-promises
    class: Accusation
    label: Trump says Petro breaks promises
    actor: [donald-trump]
    target: [gustavo-petro]
    asserts: [claim-petro-breaks-promises]
    date: 2025-11-03
    basis: explicit
    factuality: Actual
    evidence:
      - {{{earlier_passage("Donald Trump said that Gustavo Petro breaks promises")}}}

  - id: trump-and-petro-speak
    class: PhoneCall
    label: Trump and Petro speak
    actor: [donald-trump, gustavo-petro]
    date: 2025-11-02
    basis: explicit
    factuality: Actual
    evidence:
      - {{{earlier_passage("They had spoken")}}}

claims:
  - id: claim-petro-breaks-promises
    label: Petro breaks promises
    about: [gustavo-petro]
    evidence:
      - {{{earlier_passage("breaks promises")}, speaker: donald-trump}}
"""


def add_earlier_source(folder: DataFolder) -> None:
    """Add a source of November 2025, and let the note of February 2026 deny what it says."""
    (folder.path / "dossiers" / "2025").mkdir()
    (folder.path / "dossiers" / "2025" / "earlier.yaml").write_text(EARLIER_DOSSIER, encoding="utf-8")
    (folder.sources / "earlier.txt").write_text(EARLIER, encoding="utf-8")
    folder.change(
        "denies: [claim-petro-in-drug-trade]", "denies: [claim-petro-in-drug-trade, claim-petro-breaks-promises]"
    )


@pytest.fixture(scope="session")
def builds_of_two_days(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A build of the one source of November 2025, and one of that and the note of February 2026 which denies it."""
    base = tmp_path_factory.mktemp("two-days")
    folder = make_data_folder(base)
    add_earlier_source(folder)
    note = folder.dossier.rename(base / "note.yaml")
    pipeline.build(folder.path, base / "old")
    note.rename(folder.dossier)
    pipeline.build(folder.path, base / "new")
    return base / "old", base / "new"


MakeFolder = Callable[[Path], DataFolder]


@pytest.fixture(scope="session")
def make_folder() -> MakeFolder:
    """Make the small valid data folder at a place of one's choice: `make_folder(tmp_path_factory.mktemp("x"))`."""
    return make_data_folder


@pytest.fixture
def data_folder(tmp_path: Path) -> DataFolder:
    """A small valid data folder of this test alone."""
    return make_data_folder(tmp_path)


@pytest.fixture(scope="session", autouse=True)
def no_waiting_for_the_disk() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        yield


@pytest.fixture(scope="session")
def small_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build of an unchanged `data_folder`, to be read and not written."""
    base = tmp_path_factory.mktemp("small")
    pipeline.build(make_data_folder(base).path, base / "build")
    return base / "build"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build of the bundled data, to be read and not written."""
    folder = tmp_path_factory.mktemp("built") / "build"
    pipeline.build(resources.bundled_data(), folder)
    return folder


@pytest.fixture
def kg() -> Kg:
    """Run the command line in this process: `kg("show", "petro", "--store", built)`; text for `-` after `stdin=`."""

    def run(*args: object, stdin: str = "") -> Outcome:
        with _streams(stdin) as (out, err):
            code = cli.run([str(arg) for arg in args])
        return Outcome(code, _text(out), _text(err))

    return run


@contextlib.contextmanager
def _streams(stdin: str) -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper]]:
    """Put streams of ours in the place of the three, without a terminal; keep the handler of Ctrl-C."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    interrupt = signal.getsignal(signal.SIGINT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO(stdin))
        patch.delenv("KG_STORE", raising=False)
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                yield out, err
        finally:
            signal.signal(signal.SIGINT, interrupt)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes; RocksDB's own log of openings is left out."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in (".lock", "LOG", "LOCK") and not path.name.startswith("LOG.old")
    }


@pytest.fixture
def unchanged() -> Callable[[Path], contextlib.AbstractContextManager[None]]:
    """Check that a block leaves a folder as it was, byte by byte."""

    @contextlib.contextmanager
    def watch(folder: Path) -> Iterator[None]:
        before = snapshot(folder)
        yield
        assert snapshot(folder) == before

    return watch


@pytest.fixture(scope="session")
def articles() -> Path:
    """The folder of the articles that the bundled dossiers cite: `KG_SOURCES`, or the one beside the checkout."""
    folder = Path(os.environ.get("KG_SOURCES", resources.bundled_data().parent.parent / "shared" / "sources"))
    if not folder.is_dir():
        pytest.skip(f"articles are not part of the repository: set KG_SOURCES to their folder ({folder} is none)")
    return folder


NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLACES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The Chromium that browser tests use."""
    return chromium()


def chromium() -> str:
    """The Chromium to use: `DIPLOKG_CHROMIUM`, one on the PATH, Playwright's own, Debian's, or one installed now.

    Never skips: whoever has no browser deselects these tests by name (`-m "not browser"`).
    """
    named = os.environ.get("DIPLOKG_CHROMIUM", "")
    if named:
        if not Path(named).exists():
            pytest.fail(f"DIPLOKG_CHROMIUM names {named}, which does not exist.", pytrace=False)
        return named
    found = _found()
    if found and _driver() is not None:
        return found
    tried = _installed()
    found = _found()
    if not found:
        pytest.fail(
            "No Chromium, and none could be installed. Name one in DIPLOKG_CHROMIUM, or run `playwright install "
            f'chromium`; -m "not browser" leaves these tests out. {tried}',
            pytrace=False,
        )
    return found


def _found() -> str:
    named = next((path for path in (*map(shutil.which, NAMES), *PLACES) if path and Path(path).exists()), "")
    own = _driver() or ""
    return named or (own if Path(own).is_file() else "")


def _driver() -> str | None:
    """Where Playwright would have its own Chromium; None if its driver does not start, for want of a library."""
    code = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def _installed() -> str:
    """Install a Chromium where that can be done, and tell what went wrong where it cannot."""
    commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        commands.insert(0, ["apt-get", "install", "-y", "--no-install-recommends", "chromium", "libatomic1"])
        commands.insert(0, ["apt-get", "update"])
    tried = []
    for command in commands:
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            tried.append(f"{' '.join(command)}: {error}")
            continue
        if done.returncode:
            tried.append(f"{' '.join(command)}: {done.stderr.strip()[-300:]}")
        elif _found():
            break
    return "; ".join(tried)
