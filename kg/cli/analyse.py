"""Commands that analyse: escalation and balance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from kg.cli import out
from kg.errors import UsageError

_FORMS = ("table", "csv", "json", "words", "svg", "png")
_SUFFIXES = {".csv": "csv", ".json": "json", ".txt": "words", ".svg": "svg", ".png": "png"}


def period_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options --from and --to of a period."""
    command = click.option("--to", "until", metavar="DAY", help="Only what may have happened on or before this day.")(
        command
    )
    return click.option("--from", "since", metavar="DAY", help="Only what may have happened on or after this day.")(
        command
    )


@click.command(short_help="Show how a quarrel went: two sides, window by window.")
@click.argument("one")
@click.argument("other")
@period_options
@click.option("--by", default="month", show_default=True, metavar="WINDOW", help="One of: year, month, week, day.")
@click.option("--level", metavar="LEVEL", help="One of: state, government, person; by default that of what is named.")
@click.option("--certain/--possible", default=False, help="Count only what surely lies in a window.  [default: both]")
@click.option("--events", is_flag=True, help="List the events behind each window, of feeds as well.")
@out.as_of_option
@out.known_at_option
@out.according_to_option
@out.format_option(", ".join(_FORMS))
@out.output_option
@out.feeds_option(True)
@out.store_option
def escalation(
    one: str, other: str, since: str | None, until: str | None, by: str, level: str | None, certain: bool, events: bool,
    as_of: str | None, known_at: str | None, according_to: str, form: str | None, output: str | None,
    feeds: str | None, no_feeds: bool, location: str,
) -> None:  # fmt: skip
    """Show what two sides did to each other, window by window: events, Goldstein sums, turns, who answers whom.

    At the level of states or governments a person counts for the one in which he or she holds office on the day. What
    was threatened, planned, promised or alleged is not counted, nor are summaries. Each row of csv and json holds the
    ids of its events; each imported feed is a series of its own, its ids those of monthly summaries where there are,
    and with --events those of its events.
    """
    from kg.analysis import escalation as series
    from kg.analysis import words

    found = out.open_graph(location, feeds, no_feeds).escalation(
        one, other, by=by, level=level, since=out.day(since), until=out.day(until), as_of=out.day(as_of),
        possible=not certain, single=events, known_at=known_at, according_to=according_to,
    )  # fmt: skip
    width = out.width() if out.terminal() else 0
    below = words.events_list(found) if events else words.escalation(found)
    _emit(form, output, {
        "table": lambda: f"{words.rows_table(found, width)}\n{below}",
        "words": lambda: words.escalation(found),
        "csv": lambda: out.comma_separated(series.records(found)),
        "json": lambda: out.as_json(found),
        "svg": found.svg,
        "png": found.png,
    })  # fmt: skip


@click.command(short_help="Show who is for and against whom: balance, camps, brokers.")
@period_options
@click.option("--by", default="year", show_default=True, metavar="WINDOW", help="One of: year, month, week, day.")
@click.option(
    "--level", default="person", show_default=True, metavar="LEVEL", help="One of: state, government, person."
)
@click.option("--sign", default="goldstein", show_default=True, metavar="HOW", help="Sign of a tie: goldstein or quad.")
@click.option("--possible/--certain", default=False, help="Count what may lie in a window, too.  [default: certain]")
@click.option("--cumulative", is_flag=True, help="Let each window hold everything since the first.")
@click.option("--events", is_flag=True, help="List the ties of each window with their events.")
@out.as_of_option
@out.known_at_option
@out.according_to_option
@out.format_option(", ".join(_FORMS))
@out.output_option
@out.feeds_option(False)
@out.store_option
def balance(
    since: str | None, until: str | None, by: str, level: str, sign: str, possible: bool, cumulative: bool,
    events: bool, as_of: str | None, known_at: str | None, according_to: str, form: str | None, output: str | None,
    feeds: str | None, no_feeds: bool, location: str,
) -> None:  # fmt: skip
    """Show the signed network of each window: who is for and against whom, balanced triads, camps, and brokers.

    A tie is positive or negative by what the two did to each other. Only what happened counts, and no summary.
    With --feeds what these code is in it as well, and each tie says on which it rests.
    """
    from kg.analysis import structure, words

    found = out.open_graph(location, feeds, no_feeds).structure(
        by=by, level=level, sign=sign, since=out.day(since), until=out.day(until), as_of=out.day(as_of),
        possible=possible, cumulative=cumulative, known_at=known_at, according_to=according_to,
    )  # fmt: skip
    width = out.width() if out.terminal() else 0
    below = words.ties_list(found) if events else words.structure(found)
    _emit(form, output, {
        "table": lambda: f"{words.structure_table(found, width)}\n{below}",
        "words": lambda: words.structure(found),
        "csv": lambda: out.comma_separated(structure.records(found)),
        "json": lambda: out.as_json(found),
        "svg": found.svg,
        "png": found.png,
    })  # fmt: skip


def _emit(form: str | None, output: str | None, makers: dict[str, Callable[[], str | bytes]]) -> None:
    """Write a result in the form asked: that of -f, of the file name, else a table for eyes and JSON for pipes."""
    name = output if output not in (None, "-") else ""
    inferred = next((word for suffix, word in _SUFFIXES.items() if (name or "").endswith(suffix)), "")
    chosen = form or inferred or ("table" if out.terminal() and not name else "json" if not name else "")
    if not chosen:
        raise UsageError(f"{output}: the name does not say the format.", hint="Add -f, for example -f csv.")
    if chosen not in makers:
        raise UsageError(f"'{chosen}' is not a format here.", hint=f"Use one of: {', '.join(makers)}.")
    made = makers[chosen]()
    out.emit(made, output)
    if name:
        out.say(f"Wrote {output}.")
