"""Commands that hand on: view and export."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli import out
from kg.errors import StorageError, UsageError


@click.command(short_help="Write the network as one page that works offline.")
@click.option(
    "-o", "--output", default="graph.html", show_default=True, metavar="FILE", help="Write there; - is standard output."
)
@click.option("--title", default="", help="Title of the page.")
@out.as_of_option
@click.option(
    "--story", default="", metavar="NAME|FILE", help="Guided tour; by default the one of the sources. none: no tour."
)
@click.option("--sources", type=click.Path(path_type=Path), help="Folder of the articles: the page shows the passages.")
@click.option("--data", type=click.Path(path_type=Path), help="With --sources: the data folder of the build.")
@click.option(
    "--places-of",
    type=click.Path(path_type=Path),
    help="An earlier page: its actors keep their places; by default the page that is replaced.",
)
@click.option("--anew", is_flag=True, help="Place all actors anew, also where a page is replaced.")
@click.option("--open", "open_it", is_flag=True, help="Open the page in a browser.")
@out.feeds_option(False)
@out.store_option
def view(
    output: str,
    title: str,
    as_of: str | None,
    story: str,
    sources: Path | None,
    data: Path | None,
    places_of: Path | None,
    anew: bool,
    open_it: bool,
    feeds: str | None,
    no_feeds: bool,
    location: str,
) -> None:
    """Write the network as one interactive page that works offline.

    With --as-of the page opens on what was in force and in office on that day.
    """
    graph = out.open_graph(location, feeds, no_feeds)
    passages = _passages(data, sources) if sources else None
    before = _page(places_of) if places_of else "" if anew else _replaced(output)
    out.emit(graph.view(title, out.day(as_of), passages, None if story == "none" else story, before), output)
    if output != "-":
        out.say(f"Wrote {output}. Open it in a browser; it needs no network.")
        if open_it:
            click.launch(output)


def _replaced(output: str) -> str:
    """The text that stands where the page will be: the same graph beside the same page gives the same bytes."""
    file = Path(output)
    return file.read_text(encoding="utf-8", errors="replace") if output != "-" and file.is_file() else ""


def _page(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"{file}: cannot be read as a page: {error}.", hint="Name a page of `kg view`.") from error


def _passages(data: Path | None, sources: Path) -> dict[str, str]:
    from kg import passages, pipeline

    return passages.texts(pipeline.gather(data).dossiers, sources)


@click.command(short_help="Write the graph for other tools: RDF, Gephi, spreadsheets, FollowTheMoney.")
@out.format_option("turtle, trig, ntriples, nquads, jsonld, rdfxml, turtle12, graphml, gexf, csv, ftm")
@out.output_option
@click.option("--no-derived", is_flag=True, help="RDF only: leave out direct edges and statuses.")
@click.option("--schema", is_flag=True, help="RDF only: put the vocabulary in.")
@click.option("--summary", metavar="ID", help="RDF only: the events that a summary of a feed stands for.")
@out.feeds_option(False)
@out.store_option
def export(
    form: str | None,
    output: str | None,
    no_derived: bool,
    schema: bool,
    summary: str | None,
    feeds: str | None,
    no_feeds: bool,
    location: str,
) -> None:
    """Write the graph for other tools: RDF, Gephi, spreadsheets, FollowTheMoney.

    The format is that of -f, or follows from the name after -o; Turtle if neither says so.
    """
    from kg import export as writers

    chosen = writers.checked(form) if form else writers.format_of(output or "")
    if not chosen and output not in (None, "-"):
        raise UsageError(f"{output}: the name does not say the format.", hint="Add -f, for example -f turtle.")
    graph = out.open_graph(location, feeds, no_feeds)
    if summary:
        if chosen and chosen not in writers.RDF_SUFFIXES:
            raise UsageError(f"A summary opens into RDF, not into {chosen}.", hint="Use -f turtle, nquads or another.")
        out.emit(writers.rdf(graph.open_summary(summary), chosen or "turtle", writers.Selection()), output)
    else:
        out.emit(graph.export(chosen or "turtle", writers.Selection(not no_derived, schema)), output)
    if output not in (None, "-"):
        out.say(f"Wrote {output}.")
