"""What the commands share: options, the choice of format, and writing a result whole or not at all."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.errors import StorageError, UsageError, did_you_mean

if TYPE_CHECKING:
    from kg.graph import Graph

store_option = click.option(
    "--store",
    "location",
    envvar="KG_STORE",
    default="build",
    show_default=True,
    metavar="PATH|URL",
    help="The build, or a SPARQL service.",
)


def _wait(context: click.Context, _: click.Parameter, seconds: float) -> None:
    from kg import lock

    context.with_resource(lock.patience(seconds))


wait_option = click.option(
    "--wait",
    type=click.FloatRange(0),
    default=0,
    metavar="SECONDS",
    expose_value=False,
    callback=_wait,
    help="Wait so long for a build or import that is running there.",
)
output_option = click.option("-o", "--output", metavar="FILE", help="Write there; - is standard output.")
as_of_option = click.option("--as-of", metavar="DAY", help="The day asked about, as YYYY-MM-DD.")

known_at_option = click.option(
    "--known-at", metavar="DAY", help="Only what sources tell that were published by this day."
)
according_to_option = click.option(
    "--according-to", default="", metavar="WHO", help="Only what this actor or publisher asserts, and what it denies."
)


def format_option(words: str) -> Callable[[Any], Any]:
    """An option -f/--format that lists its words."""
    return click.option("-f", "--format", "form", metavar="FORMAT", help=f"One of: {words}.")


def feeds_option(seen: bool) -> Callable[[Any], Any]:
    """The options --feeds and --no-feeds of a command that sees imported feeds unless told otherwise, or does not."""
    told = "all" if seen else "none"

    def both(command: Any) -> Any:
        left_out = click.option("--no-feeds", is_flag=True, help="Leave out everything that was imported.")
        taken = click.option(
            "--feeds",
            is_flag=False,
            flag_value="all",
            metavar="[NAMES]",
            help=f"With what was imported: all, or of these feeds (--feeds=gdelt,ofac).  [default: {told}]",
        )
        return taken(left_out(command))

    return both


def feeds_chosen(feeds: str | None, no_feeds: bool) -> tuple[str, ...] | None:
    """The feeds that the options name; None: as the command does by itself.

    Raises:
        UsageError: an unknown feed, or both options.
    """
    from kg.feeds import FEEDS

    if no_feeds and feeds:
        raise UsageError("--feeds and --no-feeds do not go together.", hint="Leave one out.")
    if feeds is None:
        return () if no_feeds else None
    names = tuple(FEEDS) if feeds == "all" else tuple(filter(None, feeds.split(",")))
    for name in names:
        if name not in FEEDS:
            hint = (
                did_you_mean(name, FEEDS) or f"Known: {', '.join(FEEDS)}. Write --feeds=NAME, or --feeds last for all."
            )
            raise UsageError(f"No feed '{name}'.", hint=hint)
    return names


def open_graph(location: str, feeds: str | None = None, no_feeds: bool = False) -> Graph:
    """Open the graph that the options name."""
    from kg.graph import Graph

    return Graph(location, feeds_chosen(feeds, no_feeds))


def day(text: str | None) -> date | None:
    """Read a day option.

    Raises:
        UsageError: it is not one day.
    """
    if text is None:
        return None
    from kg.query import day as checked

    return date.fromisoformat(checked(text).value)


def terminal() -> bool:
    """Whether standard output is a terminal."""
    return sys.stdout.isatty()


def width() -> int:
    """Columns of the terminal, or of the variable COLUMNS."""
    return shutil.get_terminal_size((100, 24)).columns


def say(text: str) -> None:
    """Talk to the person: standard error."""
    click.echo(text, err=True)


def progress(step: str) -> None:
    """Show the step that runs, on a terminal only; an empty step wipes the line."""
    if sys.stderr.isatty():
        click.echo(f"\r{f'{step} …' if step else '':<20}\r", nl=False, err=True)


def styled() -> bool:
    """Whether standard output is a terminal that wants colours."""
    return terminal() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def emit(data: bytes | str, output: str | None) -> None:
    """Write a result to a file, whole or not at all, or to standard output. Texts may be styled, bytes are data."""
    if isinstance(data, str) and (output not in (None, "-") or not styled()):
        data = click.unstyle(data)
    raw = data.encode() if isinstance(data, str) else data
    if output not in (None, "-"):
        save(Path(str(output)), raw)
    elif terminal():
        click.echo(raw.decode("utf-8", "replace"), nl=False)
    else:
        click.echo(raw, nl=False)


def quiet() -> None:
    """Send what is still buffered for a reader that has gone to nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def save(path: Path, raw: bytes) -> None:
    """Write a file beside its place and move it there, so that a failed run leaves what was there.

    A device or pipe is written to directly, since moving a file there would replace it.

    Raises:
        StorageError: it cannot be written.
    """
    path = path.resolve()
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(raw)
            return
        with beside.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise StorageError(
            f"{path}: cannot be written: {error.strerror}.", hint="Choose another place with -o."
        ) from error


def page(value: Any, form: str | None, output: str | None, text: Callable[[], str], others: str = "") -> None:
    """Emit a page: as text for eyes, as JSON for pipes and files that end in .json."""
    chosen = form or ("json" if (output or "").endswith(".json") else "text" if terminal() or output else "json")
    if chosen == "json":
        emit(json.dumps(plain(value), ensure_ascii=False, indent=1) + "\n", output)
    elif chosen == "text":
        emit(text(), output)
    else:
        raise UsageError(f"'{chosen}' is not a format here.", hint=f"Use one of: text, json{others}.")


def as_json(value: Any) -> str:
    """Write records as JSON; days as ISO texts."""
    return json.dumps(plain(value), ensure_ascii=False, indent=1, default=str) + "\n"


def comma_separated(records: list[dict[str, Any]]) -> str:
    """Write flat records as CSV with a header (RFC 4180); None is empty."""
    import csv
    import io

    text = io.StringIO()
    writer = csv.DictWriter(text, list(records[0]) if records else [], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue()


def document(makers: dict[str, Callable[[], str]], form: str | None, output: str | None) -> None:
    """Emit a document in the format asked: that of -f, of the file name, else text for eyes and JSON for pipes."""
    suffixes = {".html": "html", ".htm": "html", ".md": "md", ".json": "json", ".txt": "text"}
    inferred = suffixes.get(Path(output or "").suffix.lower(), "")
    if not form and not inferred and output not in (None, "-"):
        raise UsageError(f"{output}: the name does not say the format.", hint=f"Use one of: {', '.join(makers)}.")
    usual = "text" if terminal() and "text" in makers else "json" if "json" in makers else next(iter(makers))
    chosen = form or inferred or usual
    if chosen not in makers:
        raise UsageError(f"'{chosen}' is not a format here.", hint=f"Use one of: {', '.join(makers)}.")
    emit(makers[chosen](), output)
    if output not in (None, "-"):
        say(f"Wrote {output}.")


def plain(value: Any) -> Any:
    """Turn records into dictionaries and lists."""
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else value
