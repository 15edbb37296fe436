"""The columnar steps, each one Ibis expression: what DuckDB runs embedded, Spark runs on a cluster, row for row alike.

Nothing here names an engine. Scores are summed as decimals, so that no order of adding changes a sum.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import and_, or_
from typing import Any

from kg.columns.layouts import TEXT, Layout
from kg.feeds import codes
from kg.feeds.records import Window

DOUBT = "doubt"  # the month of rows that the feed's reader has to judge
PLACE = ("file", "line")  # where a row stands: the number of its file in the batch, and its line there
SCORE = "decimal(4,1)"
TOTAL = "decimal(28,1)"
PARTY = {"c0": "string", "c1": "string", "beside": "string", "party": "string", "node": "string"}
CODES = {"code": "string", "predicate": "string", "symmetric": "int32", "code_quad": "int32"}
NOBODY = ("NA", "---", "None")  # what a reader may take for no name
_SEEN = 1 << 32  # lines of a file are below it


def typed(rows: Any, layout: Layout, file: int, first: int | None, printable: bool = False) -> Any:
    """Typed columns of rows of text, with `month`; rows that are not plain get the month `DOUBT`.

    `first` is the number of the first line where rows come in order; None where the column `line` tells it. Texts that
    are known to be `printable` are not searched for control characters.
    """
    import ibis

    if missing := [name for name in layout.kept if name not in layout.names]:
        rows = rows.mutate(**dict.fromkeys(missing, ibis.null("string")))
    values = {name: _value(rows[name], column.kind, layout) for name, column in layout.kept.items()}
    plain = reduce(and_, (each.fill_null(False) for each in _plain(rows, values, layout, printable)))
    line = rows["line"].cast("int64") if first is None else ibis.row_number() + first
    return rows.select(
        file=ibis.literal(file, "int32"),
        line=line.cast("int32"),
        raw=ibis.null("string"),
        month=ibis.ifelse(plain, values[layout.day].cast("string").substr(0, 7), DOUBT),
        **values,
    )


def _value(text: Any, kind: str, layout: Layout) -> Any:
    if kind == "whole":
        return text.try_cast("int64")
    if kind == "day":
        dashed = text if layout.dashes else text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 2)
        return dashed.try_cast("date")
    return text


def _plain(rows: Any, values: dict[str, Any], layout: Layout, printable: bool) -> Iterator[Any]:
    """What must hold of a plain row; columns of one pattern are searched together, since that is one search."""
    import ibis

    patterns: dict[str, list[Any]] = {}
    for name, column in layout.kept.items():
        if column.kind == "whole":
            most = 10 if name in layout.counted else 19
            yield (values[name].cast("string") == rows[name]) & (values[name] >= 0) & (rows[name].length() < most)
        elif column.kind == "day":
            yield values[name].notnull() & (rows[name].length() == (10 if layout.dashes else 8))
        elif column.plain and not (printable and column.plain == TEXT):
            patterns.setdefault(column.plain, []).append(rows[name].fill_null(""))
    for pattern, columns in patterns.items():
        yield reduce(lambda one, other: one + other, columns).re_search(pattern)
    for names, allowed in layout.choices.items():
        told = reduce(lambda one, other: one + " " + other, [rows[name] for name in names])
        yield told.isin(sorted(" ".join(each) for each in allowed))
    for name, (whole, length) in layout.copied.items():
        yield rows[name] == rows[whole].substr(0, length)
    named = [rows[name] for name in (*layout.actor, *layout.target)]
    yield ibis.coalesce(*named).notnull()
    yield ~reduce(or_, (each.fill_null("").isin(NOBODY) for each in named))


def within(events: Any, layout: Layout, window: Window) -> Any:
    """The events of the days of a window, and whatever is still to be judged."""
    day, doubtful = events[layout.day], events.month == DOUBT
    if window.first is not None:
        events = events.filter(doubtful | (day >= window.first))
    return events.filter(doubtful | (day <= window.last)) if window.last is not None else events


def of_files(events: Any) -> Any:
    """How many events there are of each file."""
    return events.group_by("file").agg(n=events.count()).order_by("file")


def copies(events: Any, layout: Layout) -> Any:
    """Where every later copy of an event stands: of the rows with one key the first file and line is the event."""
    import ibis

    key = list(layout.key)
    twice = events.group_by(key).agg(n=events.count()).filter(lambda t: t.n > 1).select(*key)
    rows = events.select(*key, *PLACE, "month").semi_join(twice, key)
    nth = ibis.row_number().over(group_by=[rows[name] for name in key], order_by=[rows[name] for name in PLACE])
    return rows.mutate(nth=nth).filter(lambda t: t.nth > 0).select(*PLACE, "month")


def held(events: Any, earlier: Any, layout: Layout) -> Any:
    """Where the events stand that an earlier batch holds."""
    key = list(layout.key)
    return events.select(*key, *PLACE, "month").semi_join(earlier.select(*key), key).select(*PLACE, "month")


def without(events: Any, places: Any) -> Any:
    """The events that do not stand at these places."""
    return events.anti_join(places, list(PLACE))


def counted(events: Any, layout: Layout) -> Any:
    """One row for each distinct way to act: parties, code, score, quad class and month, with counts and days."""
    quad = [layout.quad] if layout.quad else []
    by = [*layout.actor, *layout.target, *layout.beside, layout.code, layout.score, *quad, "month"]
    mentions = events[layout.counted[0]].sum().cast("int64") if layout.counted else events.count() * 0
    return events.group_by(by).agg(
        events=events.count(),
        first=events[layout.day].min(),
        last=events[layout.day].max(),
        mentions=mentions,
        seen=(events.file.cast("int64") * _SEEN + events.line).min(),
    )


def parties(cube: Any, layout: Layout) -> Any:
    """The distinct parties in the order in which they are first seen, with what stands beside them there."""
    import ibis

    sides = []
    for side, columns in enumerate((layout.actor, layout.target)):
        cells = {f"c{n}": cube[name].fill_null("") for n, name in enumerate(columns)}
        beside = cube[layout.beside[side]].fill_null("")
        sides.append(cube.select(**cells, beside=beside, seen=cube.seen * 2 + side))
    both = ibis.union(*sides)
    both = both.filter((both.c0 != "") | (both.c1 != ""))
    first = both.group_by("c0", "c1").agg(beside=both.beside.argmin(both.seen), at=both.seen.min())
    return first.order_by("at")


def told(cube: Any, layout: Layout, known: Any, table: Any) -> Any:
    """The cube with parties by their nodes, and codes by predicate; scores as decimals."""
    joined = cube
    for side in ("actor", "target"):
        here = known.select(**{f"{side}_{cell}": known[cell] for cell in ("c0", "c1")}, **{side: known.node})
        on = [joined[n].fill_null("") == here[f"{side}_c{i}"] for i, n in enumerate(getattr(layout, side))]
        joined = joined.left_join(here, on).drop(f"{side}_c0", f"{side}_c1")
    joined = joined.join(table, joined[layout.code] == table.code)
    score = joined[layout.score].cast(SCORE)
    quad = joined[layout.quad].cast("int32") if layout.quad else joined.code_quad
    return joined.select(
        *("actor", "target", "month", "predicate", "symmetric", "events", "first", "last", "mentions"),
        quad=quad,
        score=score,
        total=score.cast(TOTAL) * joined.events,
    )


def dyads(cube: Any) -> Any:
    """One row for each dyad, month and quad class: how many events, when, and the exact sum of their scores."""
    import ibis

    by = ["actor", "target", "month", "quad"]
    return cube.group_by(by).agg(
        events=cube.events.sum().cast("int64"),
        first=cube["first"].min(),
        last=cube["last"].max(),
        scored=ibis.ifelse(cube.score.notnull(), cube.events, 0).sum().cast("int64"),
        total=cube.total.sum().cast(TOTAL),
        mentions=cube.mentions.sum().cast("int64"),
    ).order_by(by)  # fmt: skip


def edges(cube: Any) -> Any:
    """One row for each direct edge: how many events it rests on, the first and the last day."""
    import ibis

    told = cube.filter((cube.predicate != "") & (cube.actor != cube.target))
    there = told.select("actor", "predicate", "target", "events", "first", "last")
    back = told.filter(told.symmetric == 1)
    back = back.select("predicate", "events", "first", "last", actor=back.target, target=back.actor)
    both = ibis.union(there, back.select(*there.columns))
    by = ["actor", "predicate", "target"]
    grouped = both.group_by(by).agg(
        events=both.events.sum().cast("int64"), first=both["first"].min(), last=both["last"].max()
    )
    return grouped.order_by(by)


def between(events: Any, layout: Layout, one: Any, other: Any) -> Any:
    """The events in which each of two sides takes part; sides are tables of the values that tell their parties."""
    there = _of(_of(events, layout.actor, one), layout.target, other)
    back = _of(_of(events, layout.actor, other), layout.target, one)
    return there.union(back, distinct=True)


def standing_for(events: Any, layout: Layout, sides: tuple[Any, Any], everybody: Any, quad: int) -> Any:
    """The events behind a summary: its sides are tables of the parties' values, or None where it has none."""
    if layout.quad:
        found = events.filter(events[layout.quad] == str(quad))
    else:
        coded = sorted(code.cameo for code in codes.table().values() if code.quad == quad)
        found = events.filter(events[layout.code].isin(coded))
    for columns, party in zip((layout.actor, layout.target), sides, strict=True):
        if party is None:
            found = found.anti_join(everybody, _same_party(found, columns, everybody))
        else:
            found = _of(found, columns, party)
    return found


def _of(events: Any, columns: tuple[str, str], party: Any) -> Any:
    return events.semi_join(party, _same_party(events, columns, party))


def _same_party(events: Any, columns: tuple[str, str], party: Any) -> list[Any]:
    return [events[name].fill_null("") == party[f"c{n}"] for n, name in enumerate(columns)]


def in_order(events: Any, layout: Layout) -> Any:
    """What is needed to write events again as their files do, in the order of the files."""
    return events.select(*PLACE, "raw", *layout.kept).order_by(list(PLACE))
