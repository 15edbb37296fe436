"""Commands that ask: query and questions."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli import out
from kg.errors import QueryLimit, StorageError, UsageError

if TYPE_CHECKING:
    from kg.questions import Question


@click.command(short_help="Ask in SPARQL, or a saved question.")
@click.argument("question")
@click.option("-p", "--param", "params", multiple=True, metavar="NAME=VALUE", help="Bind a parameter, as a term.")
@out.as_of_option
@out.format_option("table, csv, tsv, json, jsonl, xml, md; for graphs turtle, ntriples, jsonld, trig, rdfxml")
@out.output_option
@click.option("--max-rows", type=click.IntRange(1), help="Stop after so many rows.")
@click.option("--timeout", type=click.FloatRange(0, min_open=True), help="Stop after so many seconds.")
@click.option("--exit-status", is_flag=True, help="Exit with 1 if ASK is false or no row is found.")
@out.feeds_option(False)
@out.store_option
def query(
    question: str,
    params: tuple[str, ...],
    as_of: str | None,
    form: str | None,
    output: str | None,
    max_rows: int | None,
    timeout: float | None,
    exit_status: bool,
    feeds: str | None,
    no_feeds: bool,
    location: str,
) -> int:
    """Ask in SPARQL: query text, FILE.rq, - for standard input, or the name of a saved question.

    The standard prefixes (id: dip: rel: …) are known; the default graph is the union of all graphs. Updates,
    SERVICE and LOAD are refused.
    """
    from kg.results import for_eyes, write
    from kg.store import Rows

    graph = out.open_graph(location, feeds, no_feeds)
    text, values = _text(question), dict(_pair(param) for param in params)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the engine holds the thread; let Ctrl-C end the process
    answer = graph.query(text, values, as_of=as_of, max_rows=max_rows, timeout=timeout)
    chosen = _format(form, output, "json" if isinstance(answer, (Rows, bool)) else "turtle")
    limit, empty = None, answer is False
    if not isinstance(answer, bool):
        found, limit = _taken(answer.rows if isinstance(answer, Rows) else answer)
        if limit and output not in (None, "-"):
            raise limit
        empty = not found
        answer = Rows(answer.variables, iter(found)) if isinstance(answer, Rows) else iter(found)
    width = out.width() if chosen == "table" and out.terminal() else 0
    if chosen == "table" and isinstance(answer, Rows):
        answer = for_eyes(answer, width)
    out.emit(write(answer, chosen, width), output)
    if limit:
        raise limit
    return 1 if exit_status and empty else 0


def _format(form: str | None, output: str | None, piped: str) -> str:
    """The format given, or that of the file name; else a table for a terminal and a machine format for a pipe."""
    from kg.results import format_of

    chosen = form or format_of(output or "")
    if not chosen and output not in (None, "-"):
        raise UsageError(f"{output}: the name does not say the format.", hint="Add -f, for example -f csv.")
    return chosen or ("table" if out.terminal() and piped == "json" else piped)


def _taken(items: Iterator[Any]) -> tuple[list[Any], QueryLimit | None]:
    """Take all, or as much as a limit allows, and the limit that cut it."""
    taken: list[Any] = []
    try:
        taken.extend(items)
    except QueryLimit as limit:
        return taken, limit
    return taken, None


def _text(question: str) -> str:
    try:
        if question == "-":
            return sys.stdin.read()
        if question.endswith(".rq"):
            return Path(question).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise StorageError(f"{question}: cannot be read: {error.strerror}.", hint="Check the path.") from error
    except UnicodeDecodeError as error:
        raise StorageError(f"{question}: byte {error.start} is not UTF-8.", hint="Save the query as UTF-8.") from error
    if not any(sign in question for sign in " {\n"):
        from kg.questions import question as saved

        return saved(question).name
    return question


def _pair(param: str) -> tuple[str, str]:
    name, sign, value = param.partition("=")
    if not sign or not name:
        raise UsageError(f"'{param}' is not NAME=VALUE.", hint="For example: -p who=petro")
    return name.lstrip("?$"), value


@click.command(short_help="List the saved questions.")
@click.argument("name", required=False)
@out.format_option("text, json")
def questions(name: str | None, form: str | None) -> None:
    """List the saved questions with their parameters, or show the SPARQL of one."""
    from kg.questions import all_questions, question

    if name:
        out.emit(question(name).text, None)
        return
    known = list(all_questions().values())
    out.page([out.plain(each) for each in known], form, None, lambda: "".join(map(_told, known)))


def _told(question: Question) -> str:
    params = "".join(f" -p {p.name}={p.default}" for p in question.parameters)
    return f"{click.style(question.name, bold=True)}{click.style(params, dim=True)}\n    {question.title}\n"
