"""README and how-to are true: transcripts run as they stand, every command is named, every link leads somewhere.

Blocks marked ```console hold lines `$ command` and what they print on a terminal of 100 columns; they run one after
another in one empty folder with the bundled graph built. `python tests/test_docs.py --write` writes the outputs anew.
"""

from __future__ import annotations

import os
import pty
import re
import shlex
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.reliability import run

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PAGES = (README, ROOT / "notebooks" / "howto.md")
BLOCK = re.compile(r"(?<=```console\n)(.*?)(?=```)", re.DOTALL)
COLUMNS = 100


def on_terminal(command: str, folder: Path) -> str:
    """Run a command on a pseudo-terminal and return what it shows, without styling."""
    import fcntl
    import termios

    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
    environment = {**os.environ, "COLUMNS": str(COLUMNS), "KG_STORE": "build", "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", *shlex.split(command)]
    process = subprocess.Popen(words, cwd=folder, stdout=follower, stderr=follower, env=environment)
    os.close(follower)
    shown = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:  # Linux says EIO when the other side is closed
            break
        if not part:
            break
        shown += part
    os.close(leader)
    process.wait()
    text = shown.decode().replace("\r\n", "\n")
    text = re.sub(r"[^\n]*\r", "", text)
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def replayed(block: str, folder: Path) -> str:
    """Run the commands of a block and return the block as it should stand; `…` alone on a line leaves out the rest."""
    parts = []
    for piece in re.split(r"^(?=\$ )", block, flags=re.MULTILINE):
        if not piece.startswith("$ "):
            continue
        command, _, told = piece[2:].partition("\n")
        shown = on_terminal(command, folder)
        told_lines = told.rstrip("\n").split("\n")
        if told_lines[-1:] == ["…"]:
            shown = "\n".join(shown.split("\n")[: len(told_lines) - 1]) + "\n…\n"
        parts.append(f"$ {command}\n{shown.rstrip()}\n")
    return "\n".join(parts)


def blocks() -> list[tuple[str, str]]:
    """The name of the page, and the block."""
    return [(page.name, block) for page in PAGES for block in BLOCK.findall(page.read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("readme")
    (place / "article.txt").write_text(ARTICLE, encoding="utf-8")
    on_terminal("kg build", place)
    return place


# A stand-in for an article, in our own words: `kg cite` needs a file to look in.
ARTICLE = "By somebody\n\nThe Treasury announced sanctions. Petro said that he would fight them.\n"


def test_each_page_has_transcripts() -> None:
    pages = [page for page, _ in blocks()]
    assert all(pages.count(page.name) >= 4 for page in PAGES)


@pytest.mark.parametrize("number", range(len(blocks())), ids=lambda n: f"{blocks()[n][0]}-{n}")
def test_a_transcript_is_what_a_reader_sees(number: int, folder: Path) -> None:
    _, block = blocks()[number]
    assert replayed(block, folder) == block, "run: python tests/test_docs.py --write"


def test_every_command_is_documented() -> None:
    from kg.cli import cli

    text = README.read_text(encoding="utf-8")
    assert [name for name in cli.commands if f"`kg {name}" not in text] == []


def test_every_saved_question_is_listed_by_kg_questions() -> None:
    from kg.questions import all_questions

    assert len(all_questions()) >= 20


def test_the_table_of_promises_tells_what_the_suites_try() -> None:
    """A line that no suite tries any more, or one with cases that neither held nor are accounted for, is no promise."""
    table = re.search(r"<!-- promises -->\n(.+)<!-- /promises -->", README.read_text(encoding="utf-8"), re.DOTALL)
    assert table
    rows = run.standing(table[1])
    assert {promised for promised, _ in rows} == run.PROMISES.keys()
    for (promised, what), (cases, held, _, note) in rows.items():
        paths = (ROOT / "tests" / "reliability" / f"test_{suite}.py" for suite in run.PROMISES[promised])
        text = "".join(path.read_text(encoding="utf-8") for path in paths if path.exists())
        assert f'"{what}"' in text or re.sub(r" (by|over) .*", " {way}", what) in text, what
        assert held == cases or "what fails is named" in note, what


def test_links_to_files_lead_somewhere() -> None:
    pages = [
        p for p in (README, ROOT / "CHANGELOG.md", ROOT / "data/README.md", ROOT / "ontology/README.md") if p.exists()
    ]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))]
    local = [(page, link) for page, link in links if not link.startswith(("http:", "https:", "mailto:"))]
    assert len(local) >= 5
    assert [f"{page.name}: {link}" for page, link in local if not (page.parent / link).exists()] == []


def test_one_version_everywhere() -> None:
    from kg import __version__

    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f"version: {__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def write() -> None:
    """Write the outputs of all transcripts anew."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "article.txt").write_text(ARTICLE, encoding="utf-8")
        on_terminal("kg build", place)
        for page in PAGES:
            text = page.read_text(encoding="utf-8")
            page.write_text(BLOCK.sub(lambda match: replayed(match[1], place), text), encoding="utf-8")


if __name__ == "__main__" and "--write" in sys.argv:
    write()
