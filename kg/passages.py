"""Passages of articles: found for a curator, and verified against the article as it is now.

Offsets are half-open Unicode code points of the file as it is; a paragraph is a block of non-blank lines, from 1.
The article itself is read, never stored.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from kg.errors import NotFound, StorageError, UsageError
from kg.model import Dossier, Passage, Source


@dataclass(frozen=True, slots=True)
class Article:
    """A source document at hand: its text and where its paragraphs start."""

    name: str
    text: str
    sha256: str
    starts: tuple[int, ...]

    def paragraph(self, offset: int) -> int:
        """Number of the paragraph that holds a code point."""
        return max(bisect_right(self.starts, offset), 1)

    def passage(self, start: int, end: int) -> Passage:
        """The passage block of a span."""
        return Passage(self.paragraph(start), start, end, digest(self.text[start:end]))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a passage: ok, moved (with the new numbers), changed or gone; or of the document if none is named.

    A document is missing, or changed when its bytes are not those that were read (`sha256` is their hash now).
    """

    status: str
    path: str
    line: int
    passage: Passage | None = None
    now: Passage | None = None
    sha256: str = ""

    def __str__(self) -> str:
        p = self.passage
        if p is None:
            told = f"The file's SHA-256 is now {self.sha256}: see to the passages, then write it under source."
            repair = told if self.sha256 else "Put the article into the folder, under the name that source.file says."
            return f"{self.path}:{self.line}  source: {self.status}. {repair}"
        repair = f"Now {block(self.now)}" if self.now else "Read the article again and cite it anew with `kg cite`."
        return f"{self.path}:{self.line}  p{p.paragraph} {p.start}-{p.end}: {self.status}. {repair}"


def digest(text: str) -> str:
    """Hash a passage: SHA-256 of its UTF-8 bytes, 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def article(path: Path) -> Article:
    """Read an article file as it is, without changing line ends.

    Raises:
        StorageError: it cannot be read, or is not UTF-8.
    """
    raw = _bytes(path)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise StorageError(
            f"{path}: byte {error.start} is not UTF-8.", hint="Save the article as UTF-8 text."
        ) from error
    starts = tuple(match.start() for match in re.finditer(r"(?:^[^\S\n]*\S.*(?:\n|\Z))+", text, re.MULTILINE))
    return Article(path.name, text, hashlib.sha256(raw).hexdigest(), starts)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StorageError(f"{path}: cannot be read: {error.strerror}.", hint="Check the path.") from error


def cite(path: Path, words: str) -> list[Passage]:
    """Find words in an article; runs of white space in the words match any white space.

    Raises:
        NotFound: the words do not stand there.
        UsageError: no words were given.
    """
    parts = words.split()
    if not parts:
        raise UsageError("No words to look for.", hint='kg cite ARTICLE "words of the passage"')
    at_hand = article(path)
    pattern = r"\s+".join(_lenient(part) for part in parts)
    found = [at_hand.passage(m.start(), m.end()) for m in re.finditer(pattern, at_hand.text)]
    if not found:
        raise NotFound(f"{path}: these words do not stand in it.", hint="Copy them from the article; case counts.")
    return found


def _lenient(part: str) -> str:
    """Let straight quotes and hyphens stand for the typographic ones."""
    quotes = {'"': '["“”«»]', "'": "['‘’]", "-": "[-‐-―]"}
    return "".join(quotes.get(c, re.escape(c)) for c in part)


def block(passage: Passage) -> str:
    """Write the passage block that a curator pastes."""
    speaker = f", speaker: {passage.speaker}" if passage.speaker else ""
    place = f"paragraph: {passage.paragraph}, start: {passage.start}, end: {passage.end}"
    return f"{{{place}, sha256: {passage.sha256}{speaker}}}"


def verify(dossiers: Iterable[Dossier], folder: Path) -> Iterator[Verdict]:
    """Hold every passage against the articles in a folder, found by file name or by hash.

    Raises:
        StorageError: the folder does not exist, or an article cannot be read.
    """
    shelf = _Shelf(folder)
    for dossier in dossiers:
        at_hand = shelf.find(dossier.source)
        if at_hand is None:
            yield Verdict("missing", dossier.path, dossier.source.line)
            continue
        if at_hand.sha256 != dossier.source.sha256:
            yield Verdict("changed", dossier.path, dossier.source.line, sha256=at_hand.sha256)
        for passage in sorted(set(all_passages(dossier)), key=lambda p: (p.start, p.end, p.line)):
            yield _verdict(dossier.path, passage, at_hand)


def all_passages(dossier: Dossier) -> Iterator[Passage]:
    """Give every passage of a dossier."""
    for mention in dossier.mentions:
        yield mention.at
    for section in (dossier.events, dossier.claims, dossier.measures, dossier.tenures, dossier.ties):
        for record in section:
            yield from record.evidence


def texts(dossiers: Iterable[Dossier], folder: Path) -> dict[str, str]:
    """Give the text of each passage that verifies, by `source:start-end`; for pages made with the articles at hand.

    Raises:
        StorageError: the folder does not exist, or an article cannot be read.
    """
    found = {}
    shelf = _Shelf(folder)
    for dossier in dossiers:
        at_hand = shelf.find(dossier.source)
        for passage in all_passages(dossier):
            if at_hand and digest(at_hand.text[passage.start : passage.end]) == passage.sha256:
                key = f"{dossier.source.id}:{passage.start}-{passage.end}"
                found[key] = at_hand.text[passage.start : passage.end]
    return found


class _Shelf:
    """The articles of a folder: the file of that name if its hash is right, else any of that hash, else that file."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise StorageError(f"{folder}: no such folder.", hint="--sources names the folder of the articles.")
        self.folder = folder

    def find(self, source: Source) -> Article | None:
        name = self.folder / Path(source.file).name
        named = article(name) if name.is_file() else None
        if named and named.sha256 == source.sha256:
            return named
        same = self.by_hash.get(source.sha256)
        return article(same) if same else named

    @cached_property
    def by_hash(self) -> dict[str, Path]:
        files = [path for path in sorted(self.folder.glob("*.txt"), reverse=True) if path.is_file()]
        return {hashlib.sha256(_bytes(path)).hexdigest(): path for path in files}


def _verdict(path: str, passage: Passage, at_hand: Article) -> Verdict:
    there = at_hand.passage(passage.start, passage.end)
    inside = passage.end <= len(at_hand.text)
    if inside and there.sha256 == passage.sha256:
        if there.paragraph == passage.paragraph:
            return Verdict("ok", path, passage.line, passage)
        now: Passage | None = there
    else:
        now = _elsewhere(at_hand, passage)
    if now is None:
        return Verdict("changed" if inside else "gone", path, passage.line, passage)
    return Verdict("moved", path, passage.line, passage, replace(now, speaker=passage.speaker))


def _elsewhere(at_hand: Article, passage: Passage) -> Passage | None:
    """Slide a window of the same length over the text, nearest places first, until the hash fits."""
    length = passage.end - passage.start
    last = len(at_hand.text) - length
    for start in sorted(range(max(last + 1, 0)), key=lambda s: abs(s - passage.start)):
        if digest(at_hand.text[start : start + length]) == passage.sha256:
            return at_hand.passage(start, start + length)
    return None
