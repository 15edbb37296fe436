"""Commands that read: show, timeline, path, stats."""

from __future__ import annotations

import click

from kg.cli import out


@click.command(short_help="Show an entity, event, claim or measure, with evidence.")
@click.argument("name")
@out.as_of_option
@out.format_option("text, json")
@out.output_option
@out.store_option
def show(name: str, as_of: str | None, form: str | None, output: str | None, location: str) -> None:
    """Show everything known of an entity, event, claim or measure, with its evidence.

    NAME is what people say: petro, "US Treasury", id:tren-de-aragua.
    """
    from kg import terminal

    page = out.open_graph(location).show(name, out.day(as_of))
    out.page(page, form, output, lambda: terminal.page(page, out.width()))


@click.command(short_help="Show what happened between A and B, by date.")
@click.argument("names", nargs=-1, required=True)
@click.option("--since", metavar="DAY", help="Only what may have happened on or after this day.")
@click.option("--until", metavar="DAY", help="Only what may have happened on or before this day.")
@out.format_option("text, json")
@out.output_option
@out.store_option
def timeline(
    names: tuple[str, ...], since: str | None, until: str | None, form: str | None, output: str | None, location: str
) -> None:
    """Show what happened between A and B (or what A took part in), by date."""
    from kg import terminal

    found = out.open_graph(location).timeline(*names, since=out.day(since), until=out.day(until))
    out.page(found, form, output, lambda: terminal.timeline(found, out.width()))


@click.command(short_help="Show how A is tied to B, with evidence.")
@click.argument("start")
@click.argument("end")
@click.option("-n", "--limit", type=click.IntRange(1, 50), default=3, show_default=True, help="How many ways.")
@click.option("--events-only", is_flag=True, help="Do not walk over offices and ties.")
@out.format_option("text, json")
@out.output_option
@out.store_option
def path(
    start: str, end: str, limit: int, events_only: bool, form: str | None, output: str | None, location: str
) -> None:
    """Show how A is tied to B, each step with its evidence."""
    from kg import terminal

    found = out.open_graph(location).path(start, end, limit, states=not events_only)
    out.page(found, form, output, lambda: terminal.ways(found, out.width()))


@click.command(short_help="Count what the graph holds, or describe it as VoID.")
@out.format_option("text, json, turtle (a VoID and DCAT description)")
@out.output_option
@out.store_option
def stats(form: str | None, output: str | None, location: str) -> None:
    """Show what the graph holds: counts, sources, coverage; or describe it as VoID and DCAT."""
    from kg import coverage

    graph = out.open_graph(location)
    if form == "turtle" or (not form and (output or "").endswith(".ttl")):
        out.emit(coverage.void(graph).encode(), output)
        return
    found = coverage.coverage(graph)
    out.page(found, form, output, lambda: coverage.text(found, out.width()), others=", turtle")
