"""Where ontology and data lie: inside the installed package, or at the top of a checkout."""

from __future__ import annotations

from pathlib import Path

from kg.errors import StorageError

_PACKAGE = Path(__file__).resolve().parent


def _bundled(name: str) -> Path:
    for base in (_PACKAGE / "bundled", _PACKAGE.parent):
        if (base / name).is_dir():
            return base / name
    raise StorageError(f"The folder '{name}' is missing from this installation.", hint="Install diplokg again.")


def ontology() -> Path:
    """The folder with vocabulary, shapes, rules and questions."""
    return _bundled("ontology")


def bundled_data() -> Path:
    """The folder with the dossiers and registers that come with the package."""
    return _bundled("data")


def data_folder(given: Path | None) -> Path:
    """Choose the data to build from: the folder given, else `./data`, else the bundled one.

    Raises:
        StorageError: the folder given does not hold `dossiers/` and `registers/`.
    """
    if given is None:
        local = Path("data")
        return local if (local / "dossiers").is_dir() and (local / "registers").is_dir() else bundled_data()
    for part in ("dossiers", "registers"):
        if not (given / part).is_dir():
            raise StorageError(
                f"{given}: no folder '{part}' in it.", hint="A data folder holds dossiers/ and registers/."
            )
    return given
