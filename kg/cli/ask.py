"""Commands that ask: query and questions."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import click

from kg.cli import out
from kg.errors import StorageError, UsageError


@click.command()
@click.argument("question")
@click.option("-p", "--param", "params", multiple=True, metavar="NAME=VALUE", help="Bind a parameter, as a term.")
@out.as_of_option
@out.format_option("table, csv, tsv, json, jsonl, xml, md; for graphs turtle, ntriples, jsonld")
@out.output_option
@click.option("--max-rows", type=click.IntRange(1), help="Stop after so many rows.")
@click.option("--timeout", type=click.FloatRange(0, min_open=True), help="Stop after so many seconds.")
@click.option("--exit-status", is_flag=True, help="Exit with 1 if ASK is false or no row is found.")
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
    location: str,
) -> int:
    """Ask in SPARQL: query text, FILE.rq, - for standard input, or the name of a saved question.

    The standard prefixes (id: dip: rel: …) are known; the default graph is the union of all graphs. Updates,
    SERVICE and LOAD are refused.
    """
    from kg import results
    from kg.store import Rows

    graph = out.open_graph(location)
    text = _text(question)
    values = dict(_pair(param) for param in params)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the engine holds the thread; let Ctrl-C end the process
    answer = graph.query(text, values, as_of=as_of, max_rows=max_rows, timeout=timeout)
    graphs = not isinstance(answer, (Rows, bool))
    default = ("turtle" if graphs else "table") if out.terminal() else ("turtle" if graphs else "json")
    chosen = form or results.format_of(output or "") or default
    width = out.width() if chosen == "table" and out.terminal() else 0
    found: object = answer
    if isinstance(answer, Rows):
        found = list(answer.rows)
        answer = Rows(answer.variables, iter(found))
        if chosen == "table":
            answer = results.for_eyes(answer, width)
    out.emit(results.write(answer, chosen, width), output)
    return 1 if exit_status and (found is False or found == []) else 0


def _text(question: str) -> str:
    if question == "-":
        return sys.stdin.read()
    if question.endswith(".rq"):
        try:
            return Path(question).read_text(encoding="utf-8")
        except OSError as error:
            raise StorageError(f"{question}: cannot be read: {error.strerror}.", hint="Check the path.") from error
        except UnicodeDecodeError as error:
            raise StorageError(
                f"{question}: byte {error.start} is not UTF-8.", hint="Save the file as UTF-8."
            ) from error
    if not any(sign in question for sign in " {\n"):
        from kg.questions import question as saved

        return saved(question).name
    return question


def _pair(param: str) -> tuple[str, str]:
    name, sign, value = param.partition("=")
    if not sign or not name:
        raise UsageError(f"'{param}' is not NAME=VALUE.", hint="For example: -p who=petro")
    return name.lstrip("?$"), value


@click.command()
@click.argument("name", required=False)
@out.format_option("text, json")
def questions(name: str | None, form: str | None) -> None:
    """List the saved questions with their parameters, or show the SPARQL of one."""
    from kg.questions import all_questions, question

    if name:
        out.emit(question(name).text, None)
        return
    known = all_questions()
    if (form or ("text" if out.terminal() else "json")) == "json":
        out.emit(json.dumps([out.plain(q) for q in known.values()], ensure_ascii=False, indent=1) + "\n", None)
        return
    for each in known.values():
        params = "".join(f" -p {p.name}={p.default}" for p in each.parameters)
        out.emit(f"{click.style(each.name, bold=True)}{click.style(params, dim=True)}\n    {each.title}\n", None)
