"""Which of the named files an import reads, and whose place the batch takes that it makes of them.

A file that is there already is not read again. A batch gives way to a new one where that is made of all its files:
because it was asked for again, because files of this feed explain each other and some have come to those that are
there, or because a file of a register or list has changed. All else stays.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.errors import NotFound, UsageError, did_you_mean
from kg.feeds import Feed
from kg.feeds.files import STREAM, Source
from kg.feeds.records import Window

Told = Mapping[str, Any]  # a batch, as the manifest of the build tells of it


@dataclass(frozen=True, slots=True)
class Share:
    """The files to read, the names of those that are there already, and the batches that give way to the new one.

    `beside` names batches that stay although they are of the same list or register, so that what both tell is told
    twice.
    """

    new: tuple[Source, ...]
    already: tuple[str, ...] = ()
    gone: tuple[Told, ...] = ()
    beside: tuple[str, ...] = ()


def share(
    about: Told,
    feed: Feed,
    named: Sequence[Source],
    window: Window,
    how: str,
    *,
    again: bool = False,
    instead_of: Iterable[str] = (),
    gives_way: Callable[[Told], bool] = lambda _: False,
) -> Share:
    """Part the named files into those that are read and those that are there, and find the batches that give way.

    `how` tells how the files are read; `gives_way` tells of a batch whose files are all named whether that is enough.

    Raises:
        NotFound: no batch of this feed is called as `instead_of` says.
    """
    there = [each for each in about.get("feeds", []) if each["name"] == feed.name]
    if not there and not list(instead_of):
        return Share(tuple(named))
    gone = [batch_called(there, name) for name in instead_of]
    if not again and not gone and not _unread(named, already(there, window, how)):
        return Share((), tuple(source.name for source in named))
    whole = feed.together or feed.one_list
    for each in there:
        same = str(window) in (each["window"], "")  # what was read wholly does not give way to some days of it
        meant = again or (whole and each.get("how", "") == how)
        if each not in gone and _made_anew(each, feed, named) and (gives_way(each) or (same and meant)):
            gone.append(each)
    rest = [each for each in there if each not in gone]
    new = tuple(named) if again else _unread(named, already(rest, window, how))
    return Share(
        new,
        tuple(source.name for source in named if source not in new),
        tuple(gone),
        tuple(full_name(each) for each in rest) if whole else (),
    )


def full_name(each: Told) -> str:
    """The name of a batch with that of its feed: `gdelt/20180101-…`."""
    return f"{each['name']}/{each['batch']}"


def batch_called(there: Sequence[Told], name: str) -> Told:
    """Find a batch by its name or by that of its feed and its own.

    Raises:
        NotFound: no batch is called so.
        UsageError: several are.
    """
    fitting = [each for each in there if name in (each["batch"], full_name(each))]
    if not fitting:
        hint = did_you_mean(name, map(full_name, there)) or "`kg import --list` shows them."
        raise NotFound(f"No batch '{name}'.", hint=hint)
    if len({full_name(each) for each in fitting}) > 1:
        raise UsageError(f"Several feeds have a batch '{name}'.", hint="Write FEED/BATCH.")
    return fitting[0]


def already(there: Iterable[Told], window: Window, how: str) -> Collection[str]:
    """The hashes of the files that are there with this window, or wholly, read in the same way."""
    return {
        str(file["sha256"])
        for each in there
        if each["window"] in ("", str(window)) and each.get("how", "") == how
        for file in each["files"]
    }


def _unread(named: Sequence[Source], known: Collection[str]) -> tuple[Source, ...]:
    """Those that are not known; where nothing is, none has to be hashed for that."""
    return tuple(source for source in named if not known or source.sha256 not in known)


def _made_anew(each: Told, feed: Feed, named: Sequence[Source]) -> bool:
    """Whether every file of a batch is named again, as it was or, of a list or register, in another state."""
    contents = {source.sha256 for source in named}
    names = {source.name for source in named} - {STREAM} if feed.one_list else set()
    return all(file["sha256"] in contents or file["file"] in names for file in each["files"])


__all__ = ["Share", "already", "batch_called", "full_name", "share"]
