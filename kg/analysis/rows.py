"""The rows of a series: the acts of one direction in one window, counted, with their ids."""

from __future__ import annotations

from dataclasses import dataclass

DOSSIERS = "dossiers"
THERE, BACK, MUTUAL, ALL = "a>b", "b>a", "mutual", "all"
DIRECTIONS = (THERE, BACK, MUTUAL, ALL)


@dataclass(frozen=True, slots=True)
class Row:
    """What happened in one direction in one window, counted.

    `series` is `dossiers` or the name of a feed, `scheme` the Goldstein table of its scores. `direction` is a>b, b>a,
    mutual (both acted together) or all. `certain` and `possible` count events; sums, means, quad classes (1–4) and
    PLOVER categories are those of the certain ones. `possible_low` and `possible_high` bound the sum if possible ones
    are in it; `band_low` and `band_high` are the lowest and highest of the sum, the sum `without_contested` and the sum
    `without_single` (events that only one publisher reports). `open_office` counts certain events that rest on an
    office not known for sure on the day. `events` and `possible_events` are the ids. Of a feed the ids may be those of
    summaries, and what is contested or from one publisher is not known: the band is the sum itself.
    """

    series: str
    scheme: str
    window: str
    start: str
    end: str
    direction: str
    source: str
    target: str
    certain: int
    possible: int
    goldstein: float
    mean: float | None
    possible_low: float
    possible_high: float
    quad: tuple[int, int, int, int]
    plover: tuple[tuple[str, int], ...]
    contested: int
    single_source: int
    open_office: int
    without_contested: float
    without_single: float
    band_low: float
    band_high: float
    events: tuple[str, ...] = ()
    possible_events: tuple[str, ...] = ()
