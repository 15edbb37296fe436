"""Files of a feed in, plain bytes and lines out: paths, folders, globs and `-`; plain, gzip and zip, told by content.

Nothing is ever unpacked to disk and a name inside an archive is only text. What is unpacked is counted against
limits, so that an archive that swells is given up; a line has a limit too. A source that breaks off is told as one
rejected row.
"""

from __future__ import annotations

import glob
import gzip
import hashlib
import lzma
import os
import stat
import struct
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from kg.errors import UNPRINTABLE, DataProblems, Problem, StorageError
from kg.feeds.tally import Tally

STREAM = "-"  # standard input, by its name
_BLOCK = 1 << 20
_WHOLE = "cannot be read to its end"
# What zipfile and gzip raise on damaged input; a name inside that is no UTF-8 is a ValueError.
_BREAKS = (
    *(OSError, EOFError, NotImplementedError, RuntimeError, ValueError, OverflowError),
    *(zlib.error, lzma.LZMAError, struct.error, zipfile.BadZipFile),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a file may swell: unpacked bytes, unpacked for packed beyond `free` bytes, bytes of a line, members."""

    unpacked: int = 64 << 30
    ratio: int = 250
    free: int = 64 << 20
    line: int = 4 << 20
    members: int = 100_000


LIMITS = Limits()


class Unreadable(Exception):
    """A source that breaks off, swells too far or is packed in a way that is not read; the text is the reason."""


@dataclass(slots=True)
class Source:
    """One file, or one member of a zip, with the account of its rows; `sha256` is that of its unpacked bytes."""

    name: str
    path: Path
    member: str = ""
    limits: Limits = LIMITS
    tally: Tally = field(init=False)
    _sha256: str = ""

    def __post_init__(self) -> None:
        self.tally = Tally(self.name)

    @property
    def sha256(self) -> str:
        """SHA-256 of the unpacked bytes, as far as they can be read."""
        if not self._sha256:
            digest = hashlib.sha256()
            try:
                for block in self.blocks():
                    digest.update(block)
            except Unreadable as error:
                digest.update(str(error).encode())
            self._sha256 = digest.hexdigest()
            self.tally.sha256 = self._sha256
        return self._sha256

    def blocks(self) -> Iterator[bytes]:
        """The unpacked bytes in blocks.

        Raises:
            Unreadable: it breaks off, swells too far or is packed in a way that is not read.
        """
        size = 0
        try:
            with self._open() as (stream, packed):
                for block in _filled(stream):
                    size += len(block)
                    if size > self.limits.unpacked or (size > self.limits.free and size > packed * self.limits.ratio):
                        raise Unreadable(f"swells to more than {size:,} bytes out of {packed:,}; it was given up")
                    yield block
        except _BREAKS as error:
            raise Unreadable(f"{_WHOLE}: {_plain(str(error)) or type(error).__name__}") from error

    def hashed(self) -> Iterator[bytes]:
        """The unpacked bytes in blocks; whoever takes them to the end has their hash without reading twice.

        Raises:
            Unreadable: as `blocks`.
        """
        digest = hashlib.sha256()
        try:
            for block in self.blocks():
                digest.update(block)
                yield block
        except Unreadable as error:
            digest.update(str(error).encode())
            self._sha256 = self.tally.sha256 = digest.hexdigest()
            raise
        self._sha256 = self.tally.sha256 = digest.hexdigest()

    @contextmanager
    def _open(self) -> Iterator[tuple[IO[bytes], int]]:
        """Open it unpacked, with the number of packed bytes."""
        if self.member:
            with zipfile.ZipFile(self.path) as archive:
                info = archive.getinfo(self.member)
                with archive.open(info) as inner:
                    yield inner, max(info.compress_size, 1)
            return
        packed = max(self.path.stat().st_size, 1)
        if _magic(self.path)[:2] == b"\x1f\x8b":
            with gzip.open(self.path) as unpacked:
                yield cast(IO[bytes], unpacked), packed
        else:
            with self.path.open("rb") as plain:
                yield plain, 1 << 62

    def data(self, most: int = 1 << 30) -> bytes:
        """All unpacked bytes at once, for formats that are read whole.

        Raises:
            Unreadable: as `blocks`, or it holds more than `most` bytes.
        """
        parts, size = [], 0
        for block in self.blocks():
            size += len(block)
            if size > most:
                raise Unreadable(f"holds more than {most:,} bytes; it was given up")
            parts.append(block)
        return b"".join(parts)

    def lines(self, encoding: str = "utf-8", otherwise: str = "") -> Iterator[tuple[int, str]]:
        """Each line with its number, without its end.

        A line that is not in the encoding, nor in the one that it may be in `otherwise`, or that is too long, is
        rejected here and counted as read; so is the rest of a source that breaks off. The reader counts all others.
        """
        number = 0
        rest, too_long = b"", False
        try:
            for block in self.blocks():
                whole = (rest + block).split(b"\n")
                rest = whole.pop()
                if too_long and whole:
                    whole, too_long, number = whole[1:], False, number + 1
                if len(rest) > self.limits.line:
                    if not too_long:
                        self._refuse(number + len(whole) + 1, f"a line of more than {self.limits.line:,} bytes")
                    rest, too_long = b"", True
                for line in self._decoded(whole, encoding, otherwise):
                    number += 1
                    if line is None:
                        self._refuse(number, f"is not {encoding.upper()}")
                    else:
                        yield number, line
        except Unreadable as error:
            self._refuse(number + 1, str(error))
            return
        if rest and not too_long:
            for line in self._decoded([rest], encoding, otherwise):
                if line is None:
                    self._refuse(number + 1, f"is not {encoding.upper()}")
                else:
                    yield number + 1, line

    def _decoded(self, lines: list[bytes], encoding: str, otherwise: str) -> Iterator[str | None]:
        """Decode lines; a line that is in the other encoding is noted, and None is given for one that is in neither."""
        for line, raw in zip(_decoded(lines, encoding), lines, strict=True):
            if line is None and otherwise and (line := _one(raw, otherwise)) is not None:
                self.tally.notes[f"lines read as {otherwise}, since they are not {encoding.upper()}"] += 1
            yield line

    def first(self, encoding: str = "utf-8") -> str:
        """The first line that can be read, without counting anything; empty if there is none."""
        return next((line for _, line in Source(self.name, self.path, self.member, self.limits).lines(encoding)), "")

    def _refuse(self, line: int, reason: str, value: str = "") -> None:
        self.tally.read += 1
        self.tally.reject(line, reason, value)


def _filled(stream: IO[bytes]) -> Iterator[bytes]:
    """Read a stream in blocks; where it breaks off, what stands before is handed on first."""
    broken: Exception | None = None
    piece = b"more"
    while piece and not broken:
        parts, room = [], _BLOCK
        try:
            while room and (piece := stream.read1(room)):  # type: ignore[attr-defined]
                parts.append(piece)
                room -= len(piece)
        except _BREAKS as error:
            broken = error
        if parts:
            yield b"".join(parts)
    if broken:
        raise broken


def _decoded(lines: list[bytes], encoding: str) -> Iterator[str | None]:
    """Decode lines, all at once where that works; None for those that do not fit."""
    try:
        whole = b"\n".join(lines).decode(encoding)
    except UnicodeDecodeError:
        yield from (_one(line, encoding) for line in lines)
        return
    if lines:
        yield from (line.removesuffix("\r") for line in whole.split("\n"))


def _one(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding).removesuffix("\r")
    except UnicodeDecodeError:
        return None


def sources(paths: Iterable[str | Path], limits: Limits = LIMITS) -> list[Source]:
    """Find all sources that paths, folders, globs and `-` name; in the order given, folders sorted.

    Raises:
        StorageError: one of them does not exist or cannot be opened.
        DataProblems: an archive is damaged or holds too many members.
    """
    found = [source for path in paths for file in _files(str(path)) for source in _members(file, limits)]
    if not found:  # an archive of nothing
        raise StorageError("There is no file in what was named.", hint="Name files, folders or globs.")
    return found


def _files(given: str) -> Iterator[tuple[str, Path]]:
    if given == STREAM:
        yield STREAM, _spooled()
        return
    path = Path(given)
    if path.is_dir():
        found = [file for file in sorted(path.rglob("*")) if _plain_file(path, file)]
        if not found:
            raise StorageError(f"{given}: there is no file in it.", hint="Hidden files are not taken; name one itself.")
        yield from ((_shown(file), file) for file in found)
    elif path.exists():
        yield _shown(path), path
    elif glob.has_magic(given):
        fitting = sorted(Path(name) for name in glob.glob(given, recursive=True))  # noqa: PTH207  absolute patterns too
        if not any(file.is_file() for file in fitting):
            raise StorageError(f"{given}: no file fits.", hint="Name files, folders, globs, or - for standard input.")
        yield from ((_shown(file), file) for file in fitting if file.is_file())
    else:
        raise StorageError(f"{given}: no such file.", hint="Name files, folders, globs, or - for standard input.")


def _plain_file(folder: Path, file: Path) -> bool:
    """Whether a file of a folder is taken: no hidden ones, and only what is a file."""
    inside = file.relative_to(folder).parts
    return file.is_file() and not any(part.startswith(".") for part in inside)


def _spooled() -> Path:
    """Put standard input into a temporary file that is removed when the process ends."""
    import atexit

    handle, name = tempfile.mkstemp(prefix="kg-stdin-")
    atexit.register(lambda: Path(name).unlink(missing_ok=True))
    with os.fdopen(handle, "wb") as file:
        incoming = getattr(sys.stdin, "buffer", None)
        if incoming is None:  # a stream of text, as a caller in Python may set it
            file.write(sys.stdin.read().encode())
        else:
            while block := incoming.read(_BLOCK):
                file.write(block)
    return Path(name)


def _members(found: tuple[str, Path], limits: Limits) -> Iterator[Source]:
    name, path = found
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise StorageError(f"{name}: not a file.", hint="Pipe it in and name -.")
        magic = _magic(path)
    except OSError as error:
        raise StorageError(f"{name}: cannot be read: {error.strerror or error}.", hint="Check the path.") from error
    if magic[:4] not in (b"PK\x03\x04", b"PK\x05\x06"):
        yield Source(name, path, limits=limits)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            inside = [info.filename for info in archive.infolist() if not info.is_dir()]
    except _BREAKS as error:
        told = f"is no zip that can be read: {_plain(str(error))}."
        raise DataProblems([Problem(name, 0, "", told, "Fetch it again.")]) from error
    if len(inside) > limits.members:
        raise DataProblems([Problem(name, 0, "", f"holds {len(inside):,} files.", "Unpack it yourself.")])
    for member in sorted(set(inside)):
        yield Source(f"{name}!{_plain(member)}", path, member, limits)


def _magic(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4)


def _plain(text: str) -> str:
    return UNPRINTABLE.sub("?", " ".join(text.split()))[:200]


def _shown(path: Path) -> str:
    return _plain(path.as_posix())
