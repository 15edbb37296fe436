"""Which events of a feed are there already, whichever tier holds them: no event is counted twice.

Ids of events in, keys of columns out and back. An id that its feed made of something else than these keys is of an
event that columns cannot hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from kg.columns.engines import Engine, write_rows
from kg.columns.layouts import Layout

_IDS = {"gdelt": re.compile(r"gdelt-(\d{1,18})"), "icews": re.compile(r"icews-(\d{1,18})-(\d{8})")}
_TYPES = {"whole": "int64", "day": "date"}
_AT_ONCE = 500_000  # keys in one file
Key = tuple[int | date, ...]


def _key(event: str, own: Layout) -> Key | None:
    """The key of an event by its id.

    >>> from kg.columns.layouts import layout
    >>> _key("icews-28517319-20180105", layout("icews", "")), _key("gdelt-0x1", layout("gdelt", ""))
    ((28517319, datetime.date(2018, 1, 5)), None)
    """
    if (found := _IDS[own.feed].fullmatch(event)) is None:
        return None
    kinds = [own.kept[name].kind for name in own.key]
    try:
        return tuple(
            date.fromisoformat(cell) if kind == "day" else int(cell)
            for kind, cell in zip(kinds, found.groups(), strict=True)
        )
    except ValueError:
        return None


def _types(own: Layout) -> Mapping[str, str]:
    return {name: _TYPES[own.kept[name].kind] for name in own.key}


def keys(events: Iterable[str], own: Layout, folder: Path) -> bool:
    """Write the keys of events, given by their ids, as Parquet files into a folder; whether there are any."""
    found = filter(None, (_key(event, own) for event in events))
    some = False
    while part := list(islice(found, _AT_ONCE)):
        folder.mkdir(parents=True, exist_ok=True)
        write_rows(folder / f"from-{part[0][0]}.parquet", part, _types(own))
        some = True
    return some


class Columns:
    """The events that batches in columns hold, asked for by their ids."""

    def __init__(self, engine: Engine, own: Layout, folders: Sequence[Path]) -> None:
        self._engine, self._own = engine, own
        self._held = [engine.parquet(folder) for folder in folders if any(folder.rglob("*.parquet"))]

    def of(self, events: Iterable[str]) -> set[str]:
        """Those of the events that are in columns."""
        asked = {key: event for event in events if (key := _key(event, self._own)) is not None}
        return {asked[key] for key in self._among([*asked])} if asked else set()

    def _among(self, asked: Sequence[Key]) -> Iterator[Key]:
        table: Any = self._engine.table(asked, _types(self._own))
        names = list(self._own.key)
        for held in self._held:
            yield from self._engine.rows(table.semi_join(held.select(*names), names).select(*names))


__all__ = ["Columns", "keys"]
