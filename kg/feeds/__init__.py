"""The world's event data: one module for each file format, each yielding records (`kg.feeds.records`) and a tally.

A reader is a function `read(files, window) -> Iterator[Record]`: it takes opened files (`kg.feeds.files.Source`),
counts every row in the tally of its file and yields parties before the records that name them. It never touches the
store: `kg.importing` resolves the parties, writes N-Quads and puts them in as one batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True)
class Feed:
    """What is known of a feed before a file of it is opened."""

    name: str
    title: str
    publisher: str
    licence: str
    module: str
    machine_coded: bool

    def reader(self) -> Any:
        """The module's `read`; loaded when it is needed."""
        return import_module(f"kg.feeds.{self.module}").read


FEEDS: dict[str, Feed] = {
    feed.name: feed
    for feed in (
        Feed(
            "gdelt",
            "GDELT events and mentions",
            "The GDELT Project",
            "Free for any use with credit to the GDELT Project.",
            "gdelt",
            machine_coded=True,
        ),
    )
}
