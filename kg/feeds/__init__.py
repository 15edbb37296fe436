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
    """What is known of a feed before a file of it is opened.

    `together` tells that its files explain each other, so that one more is read with those that are there; `one_list`
    that it is one list or register, so that a file of the same name is its newer state.
    """

    name: str
    title: str
    publisher: str
    licence: str
    module: str
    machine_coded: bool
    together: bool = False
    one_list: bool = False

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
        Feed(
            "icews",
            "ICEWS coded event data",
            "Lockheed Martin, Harvard Dataverse",
            "Terms of the dataset doi:10.7910/DVN/28075; cite it.",
            "icews",
            machine_coded=True,
        ),
        Feed(
            "historyatstate",
            "visits, journeys, envoys and relations of the United States",
            "Office of the Historian, U.S. Department of State",
            "Public domain; CC0 1.0 outside the United States.",
            "historyatstate",
            False,
            together=True,
            one_list=True,
        ),
        Feed(
            "ofac",
            "the SDN list",
            "Office of Foreign Assets Control",
            "Public domain.",
            "ofac",
            False,
            together=True,
            one_list=True,
        ),
        Feed(
            "un",
            "the UN Security Council's consolidated list",
            "United Nations Security Council",
            "Terms of use of the United Nations; name the source.",
            "un",
            False,
            one_list=True,
        ),
        Feed(
            "reign", "REIGN's leaders", "One Earth Future Foundation", "MIT; cite REIGN.", "reign", False, False, True
        ),
        Feed("ftm", "FollowTheMoney entities", "As the entities say", "As the dataset says", "ftm", False, True),
        Feed("cameo", "CAMEO code list (a check)", "CAMEO project", "Cite the CAMEO manual.", "cameo", False),
        Feed("plover", "PLOVER crosswalk (a check)", "Open Event Data Alliance", "CC BY-SA 4.0", "cameo", False),
        Feed("csv", "any table, read by a mapping file", "As its mapping says", "As its mapping says", "table", False),
        Feed("rdf", "RDF files, and SPARQL services", "As the file says", "As the file says", "rdf", False),
    )
}
