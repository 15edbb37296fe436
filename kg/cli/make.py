"""Commands that make: tour, build, doctor."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from kg import __version__
from kg.cli import out

_TOUR_ROWS = 9
_PARTS = ("click", "jinja2", "networkx", "oxrdflib", "pyoxigraph", "pyshacl", "pyvis", "rdflib", "PyYAML")
_EXTRAS = {
    "matplotlib": "analysis",
    "pandas": "analysis",
    "duckdb": "columns",
    "ibis-framework": "columns",
    "pyspark": "spark",
    "countrynames": "feeds",
    "pycountry": "feeds",
    "rapidfuzz": "feeds",
    "starlette": "serve",
    "uvicorn": "serve",
    "mcp": "mcp",
}


@click.command(short_help="Build the graph: dossiers → checked store.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder with dossiers/ and registers/.")
@out.wait_option
@out.store_option
def build(data: Path | None, location: str) -> None:
    """Build the graph: dossiers → checked store with derived edges.

    Takes --data, else ./data, else the dossiers that come with diplokg. All or nothing: on any problem the previous
    build stays.
    """
    from kg import pipeline

    made = pipeline.build(data, Path(location), out.progress)
    out.progress("")
    out.say(f"{location}: {_counted(made.manifest['counts'])}. Digest {made.manifest['digest'][:12]}.")


def _counted(counts: dict[str, int]) -> str:
    names = ("sources", "entities", "events", "claims", "measures", "quads")
    one = {"entities": "entity"}
    have = [name for name in names if name in counts]  # a service is not asked for all of them
    return ", ".join(f"{counts[name]:,} {name if counts[name] != 1 else one.get(name, name[:-1])}" for name in have)


@click.command(short_help="Build, ask three questions, write graph.ttl and graph.html.")
@out.store_option
@click.option("--directory", type=click.Path(path_type=Path), default=Path(), help="Where graph.ttl and graph.html go.")
def tour(location: str, directory: Path) -> None:
    """Build the bundled graph, ask it three questions, and write graph.ttl and graph.html.

    The place to start. Needs nothing but the installation and no network.
    """
    from kg import pipeline, resources
    from kg.graph import Graph

    made = pipeline.build(resources.bundled_data(), Path(location), out.progress)
    out.progress("")
    graph = Graph(location)
    click.echo(
        f"{click.style('DiploKG', bold=True)}  {_counted(made.manifest['counts'])}, checked and built in {location}/"
    )
    for name in ("accusations-and-denials", "sanctions-in-force", "threatened-not-done"):
        _answer(graph, name)
    for file, data in (("graph.ttl", graph.export("turtle")), ("graph.html", graph.view().encode())):
        out.save(directory / file, data)
    turtle, page = directory / "graph.ttl", directory / "graph.html"
    click.echo(f"\nWrote {turtle} (Turtle, for other tools)\n  and {page} (open it in a browser; it works offline).")
    click.echo("Next: kg show petro · kg timeline trump petro · kg path bessent tren-de-aragua · kg questions")


def _answer(graph: Any, name: str) -> None:
    from kg.questions import question
    from kg.results import for_eyes, write
    from kg.store import Rows

    asked = question(name)
    click.echo(f"\n{click.style(asked.title, bold=True)}   {click.style(f'kg query {name}', dim=True)}")
    answer = for_eyes(graph.query(name), out.width())
    rows = list(answer.rows)
    click.echo(write(Rows(answer.variables, iter(rows[:_TOUR_ROWS])), "table", out.width()), nl=False)
    if len(rows) > _TOUR_ROWS:
        click.echo(f"… and {len(rows) - _TOUR_ROWS} more: kg query {name}")


@click.command(short_help="Show versions, optional parts and paths.")
@out.store_option
def doctor(location: str) -> None:
    """Show versions, optional parts and paths, and whether a build is there."""
    import platform

    from kg import resources
    from kg.errors import StorageError
    from kg.graph import Graph

    rows = [("diplokg", __version__), ("python", f"{platform.python_version()}  {sys.executable}")]
    rows += [(name, _version(name) or "missing: install diplokg again") for name in _PARTS]
    rows += [(name, _version(name) or f"not there: pip install 'diplokg[{extra}]'") for name, extra in _EXTRAS.items()]
    rows += [("ontology", str(resources.ontology())), ("data", str(resources.bundled_data()))]
    try:
        rows.append(("build", f"{location}: {_counted(Graph(location).stats()['counts'])}"))
    except StorageError as error:
        rows.append(("build", str(error)))
    for name, told in rows:
        click.echo(f"{name:<14} {told}")


def _version(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return ""
