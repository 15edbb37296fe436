"""Files in, one zip out, the same bytes each time; and a zip from anybody in, its files out, read with distrust."""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from kg.errors import DataProblems, Problem, StorageError

MOST_FILES = 1_000
MOST_BYTES = 500_000_000
MOST_RATIO = 400  # how often a file may be larger than its packed form; text packs to a hundredth at the utmost
_SMALL = 1_000_000  # below that any ratio is harmless
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*\Z")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write(files: Mapping[str, bytes]) -> bytes:
    """Pack files in the order of their names, without a clock and without the rights of this machine."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system, info.external_attr = 3, 0o644 << 16
            archive.writestr(info, files[name], zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()


def read(path: Path) -> dict[str, bytes]:
    """Read all files of a zip into memory; nothing is written anywhere.

    Raises:
        StorageError: the file cannot be read, or is no zip.
        DataProblems: the zip would do harm, or is damaged: all that is wrong is told.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            problems = [Problem(path.name, 0, what, why) for what, why in _harm(archive.infolist())]
            if problems:
                raise DataProblems(problems)
            return {info.filename: _content(archive, info, path.name) for info in archive.infolist()}
    except zipfile.BadZipFile as error:
        raise StorageError(f"{path}: is no zip file that can be read: {error}.", hint="Ask for it again.") from error
    except OSError as error:
        raise StorageError(f"{path}: cannot be read: {error.strerror or error}.", hint="Check the path.") from error


def _harm(infos: list[zipfile.ZipInfo]) -> list[tuple[str, str]]:
    """What in the table of contents speaks against reading on."""
    found = []
    if len(infos) > MOST_FILES:
        return [("", f"more than {MOST_FILES} files")]
    if sum(info.file_size for info in infos) > MOST_BYTES:
        return [("", f"more than {MOST_BYTES:,} bytes unpacked")]
    seen: set[str] = set()
    for info in infos:
        if info.filename.casefold() in seen:
            found.append((info.filename, "stands there twice"))
        seen.add(info.filename.casefold())
        if not _NAME.match(info.filename):
            found.append((info.filename, "is no name of a file in a bundle"))
        if info.flag_bits & 0x1:
            found.append((info.filename, "is encrypted"))
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            found.append((info.filename, "is packed in a way that bundles are not"))
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
            found.append((info.filename, "is no plain file"))
        if info.file_size > max(_SMALL, info.compress_size * MOST_RATIO):
            found.append((info.filename, "unpacks to far more than such text does"))
    return found


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes:
    """Read one file, no more of it than the table of contents promised."""
    try:
        with archive.open(info) as file:
            data = file.read(info.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise DataProblems([Problem(name, 0, info.filename, f"is damaged: {error}.")]) from error
    if len(data) != info.file_size:
        raise DataProblems([Problem(name, 0, info.filename, "is not as long as the zip says.")])
    return data


__all__ = ["read", "write"]
