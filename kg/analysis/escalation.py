"""How a quarrel went: what two sides did to each other, window by window, each number with its events.

A row counts the acts of one direction in one window. *Certain* are those whose days surely lie in the window,
*possible* those that may lie in it: an event known only to have happened between March and June is possible in four
months and certain in none. An act with several doers or targets of one side counts once; summaries, and what was only
threatened, planned, promised, intended or alleged, are not counted, and their number is told. Goldstein sums are an
index, not a truth: `band_low` and `band_high` show what remains without contested and without single-source events.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from kg import dates, describe, reckoning
from kg.analysis import feeds
from kg.analysis.acts import Act, Seen, acts
from kg.analysis.changes import LEAST, change_points
from kg.analysis.reciprocity import Reciprocity, correlations, reciprocity
from kg.analysis.rows import ALL, BACK, DIRECTIONS, DOSSIERS, MUTUAL, THERE, Row
from kg.analysis.sides import LEVELS, Sides, at, check_level, natural_level, with_strangers
from kg.analysis.sides import sides as registers
from kg.analysis.tallies import Grain, Tally, tallies
from kg.analysis.windows import By, Span, check_by, span, spans
from kg.dates import Certainty, Constraint
from kg.errors import NotFound, UsageError
from kg.frames import frame
from kg.store import Store

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, slots=True)
class Turn:
    """A window from which on the level of a series is another: its mean Goldstein sum before and after, by window."""

    series: str
    direction: str
    window: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike the Goldstein sums of the dossiers and of a feed run: their correlation over the windows.

    `correlation` is None where there are too few windows, or one of the two never changes. The tables of scores differ,
    so that only the shape may be compared, never the height.
    """

    series: str
    scheme: str
    windows: int
    correlation: float | None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What a feed tells of the pair outside the windows of the series: how many events, between which days."""

    series: str
    scheme: str
    events: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Events between the two sides that are not counted, and why."""

    why: str
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Escalation:
    """The series of a pair: its rows by window, the whole period in `totals`, change points, answers, what is left out.

    `sides` are the ids of the two sides at the level asked, `acts` the counted events by id, `offices` the offices by
    which persons were counted for a side (event id → labels), `seen` whose or which day's knowledge it is, if asked.
    """

    sides: tuple[str, str]
    level: str
    by: str
    since: str
    until: str
    as_of: str
    rows: tuple[Row, ...]
    totals: tuple[Row, ...]
    turns: tuple[Turn, ...]
    reciprocity: Reciprocity
    likeness: tuple[Likeness, ...]
    elsewhere: tuple[Elsewhere, ...]
    left_out: tuple[LeftOut, ...]
    undated: tuple[str, ...]
    acts: dict[str, Act]
    offices: dict[str, tuple[str, ...]]
    names: dict[str, str]
    seen: str = ""

    def series(self) -> tuple[tuple[str, str], ...]:
        """The series in it, each with its Goldstein scheme, the dossiers first."""
        return tuple(dict.fromkeys((row.series, row.scheme) for row in self.totals))

    def of(self, direction: str = ALL, series: str = DOSSIERS, scheme: str | None = None) -> tuple[Row, ...]:
        """The rows of one direction of one series, by window."""
        return tuple(
            row
            for row in self.rows
            if (row.direction, row.series) == (direction, series) and scheme in (None, row.scheme)
        )

    def df(self) -> pandas.DataFrame:
        """The rows as a pandas frame, days as timestamps, a column for each quad class and PLOVER category.

        Raises:
            UsageError: pandas is not installed.
        """
        return frame(records(self), ("start", "end"))

    def svg(self) -> str:
        """The plot as SVG text, the same bytes each time, with title and description for those who do not see it.

        Raises:
            UsageError: matplotlib is not installed.
        """
        from kg.analysis import plot

        return plot.escalation(self, "svg").decode()

    def png(self) -> bytes:
        """The plot as PNG.

        Raises:
            UsageError: matplotlib is not installed.
        """
        from kg.analysis import plot

        return plot.escalation(self, "png")

    def words(self) -> str:
        """What the plot shows, in words."""
        from kg.analysis import words

        return words.escalation(self)


@dataclass(frozen=True, slots=True)
class _Placed:
    """An act between the sides: its direction, whether the offices it rests on are certain, and which they are."""

    act: Act
    direction: str
    office: Certainty
    via: tuple[str, ...]


def escalation(
    store: Store,
    one: str,
    other: str,
    *,
    by: str = "month",
    level: str | None = None,
    since: date | None = None,
    until: date | None = None,
    as_of: date | None = None,
    possible: bool = True,
    with_feeds: bool = True,
    only: Collection[str] | None = None,
    single: bool = False,
    seen: Seen | None = None,
) -> Escalation:
    """Make the series of what two sides did to each other; `only` these events of dossiers are looked at, if given.

    Each feed in the store is a series of its own beside that of the dossiers, unless `with_feeds` is false. Where a
    batch has summaries, whole months are read from them, and their ids stand for the events; with `single` each event
    is read by itself, which takes longer.

    What was not `seen` on a day, or is not told by a voice, is left out; so are all feeds then, which tell neither.

    Without a level it is that of what is named: states, else governments and their organs, else persons. With `as_of`
    nothing counts that surely happened later. Without `possible` only certain events are told.

    Raises:
        NotFound: no such entity, or nothing happened between the sides in the period.
        Ambiguous: a name fits several.
        UsageError: both are one side, a word is unknown, or the period ends before it begins.
    """
    window = check_by(by)
    nodes = describe.find(store, one), describe.find(store, other)
    found = with_strangers(registers(store), store, nodes)
    chosen = check_level(level) if level else natural_level(found, nodes)
    sides = at(found, chosen)
    pair = sides.side(nodes[0]), sides.side(nodes[1])
    if pair[0] == pair[1]:
        told = f"At the level of {chosen} '{one}' and '{other}' are one and the same: id:{pair[0]}."
        raise UsageError(told, hint="Name two sides, or choose another --level.")
    if since and until and until < since:
        raise UsageError(f"The period ends ({until}) before it begins ({since}).", hint="Exchange the two days.")
    last = min((day for day in (until, as_of) if day), default=None)
    grain = Grain(window, since, last, single)
    if seen:
        only = seen.events.keys() if only is None else seen.events.keys() & set(only)
        with_feeds = False
    placed = [each for act in acts(store, only).values() if (each := _place(act, sides, pair))]
    inside = [each for each in placed if dates.within(each.act.earliest, each.act.latest, since, last) != "no"]
    counted = [each for each in inside if each.act.counted and (each.act.earliest or each.act.latest)]
    coded = [
        tally
        for tally in (tallies(store, sides, pair, grain) if with_feeds else ())
        if (tally.earliest or tally.latest) and dates.within(tally.earliest, tally.latest, since, last) != "no"
    ]
    if not counted and not coded:
        raise _nothing(placed, inside, pair, sides, (since, last), only, seen)
    grid = _grid([each.act for each in counted] or coded, window, since, last)
    outside = [tally for tally in coded if not _within(tally, grid)]
    coded = [tally for tally in coded if _within(tally, grid)]
    whole = (Span(grid[0].start, grid[-1].end, f"{grid[0].name}/{grid[-1].name}"),)
    rows = _rows(DOSSIERS, counted, grid, pair, possible, window, seen) + tuple(
        feeds.rows(coded, sides, pair, grid, possible)
    )
    totals = _rows(DOSSIERS, counted, whole, pair, possible, None, seen) + tuple(
        feeds.rows(coded, sides, pair, whole, possible)
    )
    kept = {node for row in rows for node in (*row.events, *row.possible_events)}
    if not kept:
        told = f"Nothing between {_named(pair, sides.names)} can be dated to one {by}."
        raise NotFound(told, hint="Leave --certain out, or choose a coarser --by.")
    told_acts = {each.act.id: each.act for each in counted if each.act.id in kept}
    return Escalation(
        sides=pair,
        level=chosen,
        by=by,
        since=(since or grid[0].start).isoformat(),
        until=(last or grid[-1].end).isoformat(),
        as_of=as_of.isoformat() if as_of else "",
        rows=rows,
        totals=totals,
        turns=_turns(rows),
        reciprocity=_reciprocity(told_acts, counted, rows, pair, reckoning.phrases(store).constraints),
        likeness=_likeness(rows),
        elsewhere=_elsewhere(outside),
        left_out=_left_out(inside),
        undated=tuple(sorted(each.act.id for each in inside if _undated(each.act))),
        acts=told_acts,
        offices={each.act.id: each.via for each in counted if each.via and each.act.id in kept},
        names=_names(told_acts.values(), counted, pair, sides),
        seen=seen.words if seen else "",
    )


def records(found: Escalation) -> list[dict[str, Any]]:
    """The rows as flat records: a column for each quad class and for each PLOVER category that occurs."""
    categories = sorted({name for row in found.rows for name, _ in row.plover})
    return [_record(row, categories) for row in found.rows]


def _record(row: Row, categories: Sequence[str]) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in row.__dataclass_fields__ if name not in ("quad", "plover")}
    counts = dict(row.plover)
    ids = {name: " ".join(plain.pop(name)) for name in ("events", "possible_events")}
    plain |= {f"quad_{number}": count for number, count in enumerate(row.quad, 1)}
    return plain | {f"plover_{name}": counts.get(name, 0) for name in categories} | ids


def _place(act: Act, sides: Sides, pair: tuple[str, str]) -> _Placed | None:
    """Say in which direction an act goes between two sides; None when it does not."""
    doers = _standing(act.doers, act, sides, pair)
    targets = _standing(act.targets, act, sides, pair)
    ways = [(one, other) for one, other in (pair, pair[::-1]) if one in doers and other in targets]
    if len(ways) == 1:
        (one, other), direction = ways[0], THERE if ways[0] == pair else BACK
        both = (doers[one], targets[other])
    elif ways or (not act.targets and set(pair) <= doers.keys()):
        direction, both = MUTUAL, (doers[pair[0]], doers[pair[1]])
    else:
        return None
    held: Certainty = "certain" if all(fit == "certain" for fit, _ in both) else "possible"
    return _Placed(act, direction, held, tuple(sorted({office for _, office in both if office})))


def _standing(nodes: Iterable[str], act: Act, sides: Sides, pair: tuple[str, str]) -> dict[str, tuple[Certainty, str]]:
    """Which of the two sides some nodes stand for; the surest way counts, without an office before with one."""
    found: dict[str, tuple[Certainty, str]] = {}
    for node in nodes:
        for unit, way in sides.of(node, act.earliest, act.latest).items():
            if unit in pair and (unit not in found or _surer(way, found[unit])):
                found[unit] = way
    return found


def _surer(one: tuple[Certainty, str], other: tuple[Certainty, str]) -> bool:
    return (one[0] != "certain", one[1]) < (other[0] != "certain", other[1])


def _undated(act: Act) -> bool:
    return act.counted and not (act.earliest or act.latest)


def _grid(counted: Sequence[Act] | Sequence[Tally], by: By, since: date | None, until: date | None) -> tuple[Span, ...]:
    """The windows of the series: of the period asked, as far as it is; else from the first to the last known day."""
    known = [day for each in counted for day in (each.earliest, each.latest) if day]
    inside = [day for day in known if (not since or day >= since) and (not until or day <= until)]
    first = since or min(inside, default=until or known[0])
    last = until or max(inside, default=first)
    whole = spans(min(first, last), last, by)
    return tuple(
        replace(each, start=max(each.start, since or each.start), end=min(each.end, until or each.end))
        for each in whole
    )


def _rows(
    series: str,
    counted: Sequence[_Placed],
    grid: Sequence[Span],
    pair: tuple[str, str],
    possible: bool,
    by: By | None = None,
    seen: Seen | None = None,
) -> tuple[Row, ...]:
    """A row for each window and direction; directions in which nothing ever happened are left out."""
    rows = []
    by_scheme = _by_scheme(counted)
    for scheme, members in by_scheme.items():
        name = series if len(by_scheme) == 1 or series != DOSSIERS else f"{series} ({scheme})"
        fits = _fits(members, grid, by, seen)
        present = {each.direction for each in members}
        for window in grid:
            here = fits[window.name]
            for direction in DIRECTIONS:
                if direction in present or direction == ALL:
                    chosen = [(each, fit) for each, fit in here if direction in (ALL, each.direction)]
                    rows.append(_row(name, scheme, window, direction, pair, chosen, possible))
    return tuple(rows)


def _by_scheme(counted: Sequence[_Placed]) -> dict[str, list[_Placed]]:
    """Part acts by the table of their scores, which may not be mixed; unscored ones go with the most frequent one."""
    frequent = Counter(each.act.scheme for each in counted if each.act.scheme).most_common()
    usual = min((-count, scheme) for scheme, count in frequent)[1] if frequent else ""
    parts: dict[str, list[_Placed]] = defaultdict(list)
    for each in counted:
        parts[each.act.scheme or usual].append(each)
    return dict(sorted(parts.items(), key=lambda part: (-len(part[1]), part[0])))


def _fits(
    members: Sequence[_Placed], grid: Sequence[Span], by: By | None, seen: Seen | None
) -> dict[str, list[tuple[_Placed, Certainty]]]:
    """Which acts lie in each window, certainly or possibly; windows before and after an act are not looked at."""
    found: dict[str, list[tuple[_Placed, Certainty]]] = {window.name: [] for window in grid}
    numbers = {window.name: number for number, window in enumerate(grid)}
    for each in members:
        begun = span(each.act.earliest, by).name if each.act.earliest and by else ""
        for window in grid[numbers.get(begun, 0) :]:
            if each.act.latest and window.start > each.act.latest:
                break
            fit = window.holds(each.act.earliest, each.act.latest)
            if fit != "no":
                found[window.name].append((each, seen.fit(each.act.id, fit) if seen else fit))
    return found


def _row(
    series: str,
    scheme: str,
    window: Span,
    direction: str,
    pair: tuple[str, str],
    chosen: Sequence[tuple[_Placed, Certainty]],
    possible: bool,
) -> Row:
    sure = [each for each, fit in chosen if fit == "certain"]
    maybe = [each for each, fit in chosen if fit == "possible"] if possible else []
    scores = [each.act.goldstein for each in sure if each.act.goldstein is not None]
    others = [each.act.goldstein for each in maybe if each.act.goldstein is not None]
    total = _sum(sure)
    variants = (
        total,
        _sum(sure, lambda act: not act.contested),
        _sum(sure, lambda act: len(act.reporters) > 1),
    )
    quads, categories = Counter(e.act.quad for e in sure), Counter(e.act.plover for e in sure)
    source, target = {THERE: pair, BACK: pair[::-1]}.get(direction, pair)
    return Row(
        series=series,
        scheme=scheme,
        window=window.name,
        start=window.start.isoformat(),
        end=window.end.isoformat(),
        direction=direction,
        source=source,
        target=target,
        certain=len(sure),
        possible=len(maybe),
        goldstein=total,
        mean=round(math.fsum(scores) / len(scores), 6) if scores else None,
        possible_low=round(total + math.fsum(score for score in others if score < 0), 6),
        possible_high=round(total + math.fsum(score for score in others if score > 0), 6),
        quad=(quads[1], quads[2], quads[3], quads[4]),
        plover=tuple(sorted(categories.items())),
        contested=sum(each.act.contested for each in sure),
        single_source=sum(len(each.act.reporters) <= 1 for each in sure),
        open_office=sum(each.office != "certain" for each in sure),
        without_contested=variants[1],
        without_single=variants[2],
        band_low=min(variants),
        band_high=max(variants),
        events=tuple(sorted(each.act.id for each in sure)),
        possible_events=tuple(sorted(each.act.id for each in maybe)),
    )


def _sum(placed: Iterable[_Placed], keep: Callable[[Act], bool] = lambda _: True) -> float:
    return round(math.fsum(e.act.goldstein for e in placed if e.act.goldstein is not None and keep(e.act)), 6)


def _turns(rows: Sequence[Row]) -> tuple[Turn, ...]:
    """The change points of each direction of each series."""
    lines: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        lines[row.series, row.direction].append(row)
    return tuple(
        Turn(series, direction, line[change.index].window, round(change.before, 3), round(change.after, 3))
        for (series, direction), line in lines.items()
        for change in change_points([row.goldstein for row in line])
    )


def _within(tally: Tally, grid: Sequence[Span]) -> bool:
    return dates.within(tally.earliest, tally.latest, grid[0].start, grid[-1].end) != "no"


def _elsewhere(outside: Sequence[Tally]) -> tuple[Elsewhere, ...]:
    parts: dict[tuple[str, str], list[Tally]] = defaultdict(list)
    for tally in outside:
        parts[tally.feed, tally.scheme].append(tally)
    found = []
    for (feed, scheme), told in sorted(parts.items()):
        days = [day.isoformat() for tally in told for day in (tally.earliest, tally.latest) if day]
        found.append(Elsewhere(feed, scheme, sum(tally.count for tally in told), min(days), max(days)))
    return tuple(found)


def _likeness(rows: Sequence[Row]) -> tuple[Likeness, ...]:
    """Compare the dossiers with each feed, window by window."""
    lines: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in rows:
        if row.direction == ALL:
            lines[row.series, row.scheme].append(row.goldstein)
    own = next((line for (series, _), line in lines.items() if series == DOSSIERS), None)
    if own is None:
        return ()
    found = []
    for (series, scheme), line in lines.items():
        if not series.startswith(DOSSIERS) and scheme:
            together = {lag.windows: lag.correlation for lag in correlations(own, line)}
            found.append(Likeness(series, scheme, len(line), together.get(0)))
    return tuple(found)


def _reciprocity(
    told: Mapping[str, Act],
    counted: Sequence[_Placed],
    rows: Sequence[Row],
    pair: tuple[str, str],
    phrases: Iterable[Constraint],
) -> Reciprocity:
    ways = {
        pair[0]: [each.act.id for each in counted if each.direction in (THERE, MUTUAL) and each.act.id in told],
        pair[1]: [each.act.id for each in counted if each.direction in (BACK, MUTUAL) and each.act.id in told],
    }
    windows = {name: number for number, name in enumerate(dict.fromkeys(row.window for row in rows))}
    lines = {direction: [0.0] * len(windows) for direction in (THERE, BACK)}
    for row in rows:
        if row.direction in lines and (row.series, row.scheme) == (rows[0].series, rows[0].scheme):
            lines[row.direction][windows[row.window]] = row.goldstein
    return reciprocity(told, ways, (lines[THERE], lines[BACK]), phrases)


def _left_out(inside: Sequence[_Placed]) -> tuple[LeftOut, ...]:
    """What stands between the sides and is not counted: what was not done, by its kind, and summaries."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for each in inside:
        if not each.act.counted:
            reasons["summary" if each.act.summary else each.act.factuality.lower()].append(each.act.id)
    return tuple(LeftOut(why, tuple(sorted(ids))) for why, ids in sorted(reasons.items()))


def _names(told: Iterable[Act], counted: Iterable[_Placed], pair: tuple[str, str], sides: Sides) -> dict[str, str]:
    """The labels of all parties, publishers and offices that are told."""
    each = tuple(told)
    used = {node for act in each for node in (*act.doers, *act.targets, *act.reporters, *act.against)} | set(pair)
    via = {office for placed in counted for office in placed.via}
    offices = {office.id: office.label for held in sides.offices.values() for office in held if office.id in via}
    return {**{node: sides.names.get(node, node) for node in sorted(used)}, **offices}


def _named(pair: tuple[str, str], names: Mapping[str, str]) -> str:
    return " and ".join(names.get(node, node) for node in pair)


def _nothing(
    placed: Sequence[_Placed],
    inside: Sequence[_Placed],
    pair: tuple[str, str],
    sides: Sides,
    period: tuple[date | None, date | None],
    only: Collection[str] | None,
    seen: Seen | None,
) -> NotFound:
    """Say why a series would be empty, and where there is something."""
    who = _named(pair, sides.names)
    known = [day for each in placed if each.act.counted for day in (each.act.earliest, each.act.latest) if day]
    if seen and not placed:
        told = f"Nothing that counts between {who} is told {seen.words}."
        return NotFound(told, hint="`kg timeline` tells what is; or ask for another day or voice.")
    if only is not None and not placed:
        return NotFound(f"None of the {len(only)} chosen events is between {who}.", hint="Choose others.")
    if known and any(period):
        asked = " ".join(f"{word} {day}" for word, day in zip(("from", "to"), period, strict=True) if day)
        told = f"Nothing that happened between {who} lies in the period asked ({asked})."
        return NotFound(told, hint=f"What is known of them lies between {min(known)} and {max(known)}.")
    if inside:
        reasons = ", ".join(f"{len(each.events)} {each.why}" for each in _left_out(inside))
        undated = sum(_undated(each.act) for each in inside)
        told = "; ".join(filter(None, [reasons, f"{undated} undated" if undated else ""]))
        return NotFound(f"Nothing between {who} can be counted: {told}.", hint="See them with `kg timeline`.")
    levels = [level for level in LEVELS if level != sides.level]
    return NotFound(
        f"No event is known between {who} at the level of {sides.level}.",
        hint=f"Try --level {' or '.join(levels)}; `kg path` shows how they are tied.",
    )


__all__ = ["ALL", "BACK", "DIRECTIONS", "DOSSIERS", "LEAST", "MUTUAL", "THERE", "Escalation", "LeftOut", "Row", "Turn",
           "escalation", "records"]  # fmt: skip
