"""Commands that answer others: serve and mcp."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import click

from kg.cli import out
from kg.errors import UsageError


@click.command(short_help="Publish a build: SPARQL endpoint and pages, read only.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    default=10.0,
    show_default=True,
    help="Seconds that one query may take.",
)
@click.option("--max-rows", type=click.IntRange(1), default=100_000, show_default=True, help="Rows of one answer.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that answer queries.  [default: one per core]")
@click.option("--memory", type=click.IntRange(256), default=640, show_default=True, help="MiB that one worker may use.")
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME", help="A host name to answer to; repeatable.")
@click.option("--cors", default="", metavar="ORIGIN", help="Let pages of this origin read the answers; * for all.")
@click.option(
    "--sources",
    type=click.Path(path_type=Path),
    help="Folder of the articles: pages show the passages, if you may show them.",
)
@out.feeds_option(False)
@click.option("--quiet", is_flag=True, help="Write no access log.")
@out.store_option
def serve(
    host: str, port: int, timeout: float, max_rows: int, workers: int | None, memory: int, hosts: tuple[str, ...],
    cors: str, sources: Path | None, feeds: str | None, no_feeds: bool,
    quiet: bool, location: str,
) -> None:  # fmt: skip
    """Publish a build: a SPARQL endpoint with pages, read only, on this machine unless told otherwise.

    The pages are at /, the endpoint at /sparql. A newer build of the same folder is picked up by itself.
    """
    _needs("serve", "starlette", "uvicorn", "httptools")
    from kg.web import Settings, server
    from kg.web.doors import silent, to_stderr

    given: dict[str, Any] = {"workers": workers} if workers else {}
    given |= {"sources": str(sources)} if sources else {}
    given["feeds"] = out.feeds_chosen(feeds, no_feeds) or ()
    settings = Settings(location, host, port, hosts, cors, timeout, max_rows, memory=memory * 1024 * 1024, **given)
    server.serve(settings, silent if quiet else to_stderr, lambda address: out.say(f"Serving {location} at {address}"))


@click.command(short_help="Offer read-only tools to language-model assistants.")
@out.store_option
def mcp(location: str) -> None:
    """Offer the graph to language-model assistants: read-only tools over standard input and output (MCP)."""
    _needs("mcp", "mcp")
    from kg import mcp as tools

    tools.run(location)


def _needs(extra: str, *modules: str) -> None:
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        raise UsageError(f"{', '.join(missing)} is not installed.", hint=f"pip install 'diplokg[{extra}]'")
