"""Commands that read: show, timeline, path, stats."""

from __future__ import annotations

import click

from kg.cli import out
from kg.errors import UsageError

_LIMIT = "Of the events of feeds at most so many, the latest; 0 is all."
_STATES_TOO = "Of the events of feeds at most so many, the latest, and of offices, measures and ties; 0 is all."


@click.command(short_help="Show an entity, event, claim or measure, or a day.")
@click.argument("name", required=False)
@out.as_of_option
@out.known_at_option
@out.according_to_option
@click.option("--limit", type=click.IntRange(0), default=100, show_default=True, help=_STATES_TOO)
@out.format_option("text, json")
@out.output_option
@out.feeds_option(True)
@out.store_option
def show(
    name: str | None,
    as_of: str | None,
    known_at: str | None,
    according_to: str,
    limit: int,
    form: str | None,
    output: str | None,
    feeds: str | None,
    no_feeds: bool,
    location: str,
) -> None:
    """Show everything known of an entity, event, claim or measure, with its evidence.

    NAME is what people say: petro, "US Treasury", id:tren-de-aragua. Without NAME, --as-of DAY shows the state of the
    world on that day: offices, measures, ties, and what was threatened or planned.
    """
    from kg import terminal

    if not name and not as_of:
        raise UsageError("Nothing is named.", hint="Name what to show, or a day: kg show petro; kg show --as-of DAY.")
    graph = out.open_graph(location, feeds, no_feeds)
    if not name:
        world = graph.world(as_of, known_at=known_at, according_to=according_to)
        out.page(world, form, output, lambda: terminal.world(world, out.width()))
        return
    page = graph.show(name, as_of, known_at=known_at, according_to=according_to, limit=limit)
    out.page(page, form, output, lambda: terminal.page(page, out.width()))


@click.command(short_help="Show what happened between A and B, by date.")
@click.argument("names", nargs=-1)
@click.option("--since", "--from", "since", metavar="DAY", help="Only what may have happened on or after this day.")
@click.option("--until", "--to", "until", metavar="DAY", help="Only what may have happened on or before this day.")
@out.known_at_option
@out.according_to_option
@click.option("--limit", type=click.IntRange(0), default=200, show_default=True, help=_LIMIT)
@out.format_option("text, json")
@out.output_option
@out.feeds_option(True)
@out.store_option
def timeline(
    names: tuple[str, ...],
    since: str | None,
    until: str | None,
    known_at: str | None,
    according_to: str,
    limit: int,
    form: str | None,
    output: str | None,
    feeds: str | None,
    no_feeds: bool,
    location: str,
) -> None:
    """Show what happened between A and B (or what A took part in, or everything), by date."""
    from kg import terminal

    graph = out.open_graph(location, feeds, no_feeds)
    found = graph.timeline(*names, since=since, until=until, known_at=known_at, according_to=according_to, limit=limit)
    out.page(found, form, output, lambda: terminal.timeline(found, out.width()))


@click.command(short_help="Show how A is tied to B, with evidence.")
@click.argument("start")
@click.argument("end")
@click.option("-n", "--limit", type=click.IntRange(1, 50), default=3, show_default=True, help="How many ways.")
@click.option("--events-only", is_flag=True, help="Do not walk over offices and ties.")
@out.as_of_option
@out.known_at_option
@out.according_to_option
@out.format_option("text, json")
@out.output_option
@out.feeds_option(True)
@out.store_option
def path(
    start: str,
    end: str,
    limit: int,
    events_only: bool,
    as_of: str | None,
    known_at: str | None,
    according_to: str,
    form: str | None,
    output: str | None,
    feeds: str | None,
    no_feeds: bool,
    location: str,
) -> None:
    """Show how A is tied to B, each step with its evidence; of ways of one length the best attested comes first.

    With --as-of a step stands on what may have happened by that day, and on offices that may have been held on it.
    """
    from kg import terminal

    graph = out.open_graph(location, feeds, no_feeds)
    found = graph.path(
        start, end, limit, states=not events_only, as_of=as_of, known_at=known_at, according_to=according_to
    )
    out.page(found, form, output, lambda: terminal.ways(found, out.width()))


@click.command(short_help="Count what the graph holds, or describe it as VoID.")
@out.format_option("text, json, turtle (a VoID and DCAT description)")
@out.output_option
@out.feeds_option(False)
@out.store_option
def stats(form: str | None, output: str | None, feeds: str | None, no_feeds: bool, location: str) -> None:
    """Show what the graph holds: counts, sources, coverage; or describe it as VoID and DCAT."""
    from kg import coverage

    graph = out.open_graph(location, feeds, no_feeds)
    if form == "turtle" or (not form and (output or "").endswith(".ttl")):
        out.emit(coverage.void(graph).encode(), output)
        return
    found = coverage.coverage(graph)
    out.page(found, form, output, lambda: coverage.text(found, out.width()), others=", turtle")
