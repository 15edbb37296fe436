"""The commands that tie parties of feeds to the registers: link, and accept, refuse, undo below it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kg.cli import out

_links_option = click.option(
    "--links",
    type=click.Path(path_type=Path),
    envvar="KG_LINKS",
    help="Where decisions are kept.",
)


@click.group(invoke_without_command=True, short_help="Say whom of the registers the parties of feeds are.")
@click.option("--feed", default="", help="Only parties of this feed.")
@click.option("--judged", is_flag=True, help="List whom parties were found to be, instead of whom they may be.")
@click.option("--limit", default=50, show_default=True, metavar="N", help="Rows to list on a terminal; 0 for all.")
@click.option("--apply", "apply_them", is_flag=True, help="Let decisions take effect in what is there.")
@out.format_option("text, json")
@out.output_option
@_links_option
@out.wait_option
@out.store_option
@click.pass_context
def link(
    context: click.Context,
    feed: str,
    judged: bool,
    limit: int,
    apply_them: bool,
    form: str | None,
    output: str | None,
    links: Path | None,
    location: str,
) -> None:
    """List parties of feeds that may be somebody of the registers, for a person to decide.

    `kg link accept PARTY ENTITY` and `kg link refuse PARTY ENTITY` keep the decision in links.csv, which is yours; the
    next import respects it, and --apply lets it take effect in what was imported before. `kg link undo` takes it back.
    """
    if context.invoked_subcommand:
        return
    from kg import link as linking

    if apply_them:
        done = linking.apply(Path(location), links, out.progress)
        out.progress("")
        out.say(_applied(done))
        return
    rows = linking.candidates(Path(location), links, feed=feed, judged=judged)
    out.page([out.plain(row) for row in rows], form, output, lambda: _table(rows, limit))


def _decision(name: str, text: str) -> click.Command:
    @click.command(name, short_help=text)
    @click.argument("party")
    @click.argument("entity")
    @click.option("--reason", default="", help="Why, in a few words; kept beside the decision.")
    @_links_option
    @out.store_option
    def command(party: str, entity: str, reason: str, links: Path | None, location: str) -> None:
        from kg import link as linking

        kept = linking.decide(party, entity, name == "accept", Path(location), links, reason)
        out.say(f"{kept.party} ({kept.label}) {'is' if name == 'accept' else 'is not'} {kept.entity}. {_NEXT}")

    command.help = f"{text}\n\nPARTY is a name of `kg link`; ENTITY what people call it, or its id."
    return command


_NEXT = "`kg link --apply` lets it take effect in what was imported before."
link.add_command(_decision("accept", "Accept that PARTY is ENTITY."))
link.add_command(_decision("refuse", "Refuse that PARTY is ENTITY; it is not offered again."))


@link.command(short_help="Take a decision back.")
@click.argument("party")
@click.argument("entity")
@_links_option
@out.store_option
def undo(party: str, entity: str, links: Path | None, location: str) -> None:
    """Take the decision about PARTY and ENTITY back."""
    from kg import link as linking

    gone = linking.undo(party, entity, Path(location), links)
    out.say(f"{gone.verdict} of {gone.party} as {gone.entity} taken back. {_NEXT}")


def _applied(done: Any) -> str:
    if not done.rewritten:
        return "Nothing to change."
    return f"{', '.join(done.rewritten)}: {done.parties:,} parties judged anew."


def _table(rows: list[Any], limit: int) -> str:
    """The rows as a table, cut to the width of the terminal."""
    from kg.lines import clean, cut, padded

    head = ("party", "named", "may be", "score", "method", "records")
    told = [
        (row.party, row.label, f"{row.entity}", row.score, row.method, f"{row.records:,}")
        for row in (rows[:limit] if limit else rows)
    ]
    if not told:
        return "No party is left open.\n"
    cells = [[clean(cell) for cell in row] for row in (head, *told)]
    widths = [min(max(len(row[n]) for row in cells), 48) for n in range(len(head))]
    lines = ["  ".join(padded(cut(c, w)[0], w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells]
    more = f"… and {len(rows) - len(told):,} more: --limit 0\n" if len(rows) > len(told) else ""
    return "\n".join(lines) + f"\n{more}"
