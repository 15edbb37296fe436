"""Commands that compare and hand over: diff, report, bundle and verify."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli import out
from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.bundle.verify import Verification


@click.command(short_help="Show what differs between two builds, or two days.")
@click.argument("old", required=False)
@click.argument("new", required=False)
@click.option(
    "--as-of", nargs=2, metavar="DAY1 DAY2", help="One build on two days: what began, ended, was said, denied."
)
@click.option("--known-at", nargs=2, metavar="DAY1 DAY2", help="One build, as known on two days.")
@out.according_to_option
@out.format_option("text, md, json, html")
@out.output_option
@click.option("--exit-status", is_flag=True, help="Exit with 1 if anything differs.")
@out.feeds_option(False)
@out.store_option
def diff(
    old: str | None,
    new: str | None,
    as_of: tuple[str, str] | None,
    known_at: tuple[str, str] | None,
    according_to: str,
    form: str | None,
    output: str | None,
    exit_status: bool,
    feeds: str | None,
    no_feeds: bool,
    location: str,
) -> int:
    """Show what differs between two builds, or in one build between two days.

    kg diff OLD NEW compares two build folders (NEW is --store if left out); kg diff --as-of 2025-10-01 2025-11-01 tells
    what began, ended, happened, was said and denied in between.
    """
    from kg.report import differences

    if len([each for each in (old, as_of, known_at) if each]) != 1:
        raise UsageError(
            "It must be said what to compare.", hint="Two builds (kg diff OLD NEW), or --as-of or --known-at DAY1 DAY2."
        )
    graph = out.open_graph(new or location, feeds, no_feeds)
    found = graph.diff(old, as_of=as_of, known_at=known_at, according_to=according_to)
    makers = {
        "text": lambda: differences.text(found, out.width()),
        "md": lambda: differences.markdown(found),
        "json": lambda: out.as_json(found),
        "html": lambda: differences.html(found),
    }
    out.document(makers, form, output)
    return 1 if exit_status and found.changes else 0


@click.command(short_help="Write a dated, citable brief on an actor or a pair.")
@click.argument("one")
@click.argument("other", required=False)
@out.as_of_option
@out.known_at_option
@out.according_to_option
@click.option("--level", metavar="LEVEL", help="One of: state, government, person; by default that of what is named.")
@out.format_option("html, md, json")
@out.output_option
@out.store_option
def report(
    one: str,
    other: str | None,
    as_of: str | None,
    known_at: str | None,
    according_to: str,
    level: str | None,
    form: str | None,
    output: str | None,
    location: str,
) -> None:
    """Write a dated, citable brief on an actor or a pair: kg report petro -o petro.html; kg report trump petro -o x.md.

    Timeline, escalation, claims and denials side by side, network, sources, and the SPARQL behind each part. The HTML
    is one file that needs no network.
    """
    from kg.report import documents

    found = out.open_graph(location).brief(
        one, other or "", as_of=as_of, known_at=known_at, according_to=according_to, level=level
    )
    makers = {
        "html": lambda: documents.html(found),
        "md": lambda: documents.markdown(found),
        "json": lambda: out.as_json(found),
    }
    usual = None if form or output not in (None, "-") else "md"
    out.document(makers, form or usual, output)


@click.command(short_help="Write the evidence behind a brief as one zip.")
@click.argument("one")
@click.argument("other", required=False)
@out.as_of_option
@out.known_at_option
@out.according_to_option
@click.option("--level", metavar="LEVEL", help="One of: state, government, person; by default that of what is named.")
@click.option("-o", "--output", metavar="FILE", required=True, help="Write there; - is standard output.")
@out.store_option
def bundle(
    one: str,
    other: str | None,
    as_of: str | None,
    known_at: str | None,
    according_to: str,
    level: str | None,
    output: str,
    location: str,
) -> None:
    """Write the evidence behind a brief on an actor or a pair as one zip, which anybody can verify with kg verify.

    Triples, places and hashes of passages (no sentence of a source), queries with their results, versions, and RO-Crate
    metadata.
    """
    made = out.open_graph(location).bundle(
        one, other or "", as_of=as_of, known_at=known_at, according_to=according_to, level=level
    )
    out.emit(made, output)
    if output != "-":
        out.say(f"Wrote {output}. `kg verify {output}` checks it.")


@click.command(short_help="Check an evidence bundle, made by anybody.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--sources", type=click.Path(path_type=Path), help="Folder of the articles: passages are held against them."
)
@out.format_option("text, json")
@out.output_option
def verify(file: Path, sources: Path | None, form: str | None, output: str | None) -> int:
    """Check an evidence bundle: hashes, triples, queries and their rows, and with --sources the passages.

    Exits with 1 if anything differs.
    """
    from kg.bundle import verify as checked

    found = checked(file, sources)
    out.page(found, form, output, lambda: _checked(found, out.width()))
    return 0 if found.ok else 1


def _checked(found: Verification, width: int) -> str:
    from kg.lines import Piece, flow

    manners = {"differs": "contested", "skipped": "unsure"}
    lines = flow("", [Piece(str(found.about.get("title", "A bundle")), "bold")], width)
    for check in found.checks:
        head = Piece(f"  {check.status:<8} ", manners.get(check.status, ""))
        lines += flow(head, [f"{check.name}: {check.found}"], width)
    lines += ["", "Nothing differs." if found.ok else "Something differs."]
    lines += flow("", [Piece(f"Fingerprint {found.fingerprint}", "dim")], width)
    return "\n".join(lines) + "\n"
