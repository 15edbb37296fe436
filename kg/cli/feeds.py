"""The command that brings in feeds: import, with --list and --drop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from kg.cli import out
from kg.errors import NotFound, UsageError


@click.command("import", short_help="Bring in event data, lists and registers of others.")
@click.argument("name", metavar="FEED", required=False)
@click.argument("paths", metavar="FILE…", nargs=-1)
@click.option("--from", "first", metavar="DAY", help="Leave out what happened before this day.")
@click.option("--to", "last", metavar="DAY", help="Leave out what happened after this day.")
@click.option("--mapping", type=click.Path(path_type=Path), help="For csv: the file that says what each column is.")
@click.option("--query", metavar="TEXT|FILE.rq", default="", help="For rdf from a SPARQL service: a CONSTRUCT.")
@click.option("--graph", metavar="IRI", default="", help="For rdf from a SPARQL service: all of one graph.")
@click.option(
    "--links",
    type=click.Path(path_type=Path),
    envvar="KG_LINKS",
    help="Decisions of `kg link`; default: in the build.",
)
@click.option("--columns", is_flag=True, help="For millions: events into columns, what sums them up into the store.")
@click.option(
    "--engine", default="duckdb", show_default=True, metavar="duckdb|spark", help="With --columns: who works."
)
@click.option("--full", is_flag=True, help="As --columns, and the events asked for are in the store as triples too.")
@click.option(
    "--between", default="", metavar="A,B", help="With --full: only events between these two, or of this one."
)
@click.option("--strict", is_flag=True, help="Stop at the first row that is not taken; nothing is changed.")
@click.option("--dry-run", is_flag=True, help="Read and report, change nothing.")
@click.option("--again", is_flag=True, help="Read files that are there once more, in the place of what was read.")
@click.option("--instead-of", metavar="BATCH", multiple=True, help="The new batch takes the place of this one.")
@click.option("--list", "list_them", is_flag=True, help="List the batches that the build holds.")
@click.option("--drop", metavar="BATCH", help="Take a batch out of the build.")
@out.format_option("text, json")
@out.output_option
@out.wait_option
@out.store_option
def import_(
    name: str | None,
    paths: tuple[str, ...],
    first: str | None,
    last: str | None,
    mapping: Path | None,
    query: str,
    graph: str,
    links: Path | None,
    columns: bool,
    engine: str,
    full: bool,
    between: str,
    strict: bool,
    dry_run: bool,
    again: bool,
    instead_of: tuple[str, ...],
    list_them: bool,
    drop: str | None,
    form: str | None,
    output: str | None,
    location: str,
) -> None:
    """Bring in event data, lists and registers of others, marked as what they are.

    FEED is gdelt, icews, historyatstate, ofac, un, reign, ftm, csv or rdf; cameo and plover hold a code list against
    the table. Files may be folders, globs, zip, gz, or - for a stream. Each import is one batch, wholly there or not at
    all; the same file again changes nothing, a newer state of a list takes the place of the older. Every row is
    accounted for.
    """
    from kg import asked, importing
    from kg.feeds.records import Window

    folder = Path(location)
    if list_them or drop:
        if name or paths:
            raise UsageError("--list and --drop take no files.", hint="Name the batch after --drop.")
        if drop:
            gone = importing.drop(drop, folder)
            out.say(f"Dropped {gone['name']}/{gone['batch']}: {gone['counts']['quads']:,} quads.")
            return
        have = importing.imported(folder)
        out.page(have, form, output, lambda: _batches(have))
        return
    if not name or not paths:
        raise UsageError("Name a feed and its files.", hint="For example: kg import gdelt 20180101.export.CSV.zip")
    window = Window(out.day(first), out.day(last), tuple(filter(None, between.split(","))))
    if window.first and window.last and window.first > window.last:
        raise UsageError(f"{window.first} is after {window.last}.", hint="--from is the earlier day, --to the later.")
    if columns or full:
        made = _into_columns(name, paths, folder, window, full, engine, strict, dry_run, again, instead_of, links)
        _tell(made, form, output)
        return
    if between:
        raise UsageError("--between goes with --full.", hint="The others stay in columns; add --full.")
    if graph and query:
        raise UsageError("--query and --graph do not go together.", hint="A query can name the graph itself.")
    made = importing.import_feed(
        name,
        paths,
        folder,
        window,
        strict=strict,
        dry_run=dry_run,
        again=again,
        instead_of=instead_of,
        mapping=mapping,
        query=asked.service_query(query, graph),
        links=links,
        progress=out.progress,
    )
    out.progress("")
    _tell(made, form, output)


def _tell(made: Any, form: str | None, output: str | None) -> None:
    """Tell what became of an import; of files in which no row could be read, that they are of something else."""
    out.say(_report(made))
    if form or output:
        out.page(made, form, output, lambda: _report(made) + "\n")
    taken = sum(each[what] for each in made.files for what in ("kept", "outside", "duplicates"))
    if not taken and any(each["rejected"] for each in made.files):
        hint = "Are they of another feed? `kg import --help` names all."
        raise NotFound(f"None of these rows is one of {made.feed}.", hint=hint)


def _into_columns(
    name: str,
    paths: tuple[str, ...],
    folder: Path,
    window: Any,
    full: bool,
    engine: str,
    strict: bool,
    dry_run: bool,
    again: bool,
    instead_of: tuple[str, ...],
    links: Path | None,
) -> Any:
    from kg import bulk

    if dry_run:
        raise UsageError("Columns have no --dry-run.", hint="Leave --dry-run out, or --columns and --full.")
    if len(window.sides) > 2:
        raise UsageError("--between takes one or two sides.", hint="For example: --between USA,COL")
    made = bulk.import_columns(
        name,
        paths,
        folder,
        window,
        full=full,
        engine=engine,
        strict=strict,
        again=again,
        instead_of=instead_of,
        links=links,
        progress=out.progress,
    )
    out.progress("")
    return made


def _batches(have: list[dict[str, Any]]) -> str:
    from kg.feeds import FEEDS

    known = "".join(f"{feed.name:<16} {feed.title} ({feed.licence})\n" for feed in FEEDS.values())
    rows = "".join(
        f"{each['name']}/{each['batch']}  {_told(each['counts'])}, {_counted(len(each['files']), 'files')}"
        f"{_tier(each)}\n"
        for each in have
    )
    return f"{known}\n{rows or 'No batch yet.'}\n"


def _tier(each: dict[str, Any]) -> str:
    """Where the events of a batch are, if not simply in the store, and what was asked for, if not all."""
    full = each.get("how", "").endswith(" full")
    tier = ", in columns" if each.get("tier") == "columns" else ""
    window = f" ({each['window']})" if each["window"] else ""
    return f"{tier}{', in full' if full else ''}{window}"


_ONE = {"parties": "party", "summaries": "summary"}
_NO_THINGS = ("resolved", "in full")


def _counted(count: int, what: str) -> str:
    return f"{count:,} {_ONE.get(what, what.removesuffix('s')) if count == 1 and what not in _NO_THINGS else what}"


def _told(counts: Mapping[str, int]) -> str:
    order = ("events", "summaries", "measures", "tenures", "ties", "edges", "in full")
    known = {what: counts[what] for what in order if what in counts} | dict(counts)
    return ", ".join(_counted(count, what) for what, count in known.items() if count)


_MANY = 20  # files that are told one by one


def _by_folder(files: Iterable[Any], numbers: Sequence[str]) -> list[dict[str, object]]:
    """Add the numbers of all files of a folder."""
    folders: dict[str, Counter[str]] = {}
    for each in files:
        total = folders.setdefault(each["file"].rpartition("/")[0], Counter())
        total.update({key: each[key] for key in numbers}, files=1)
    return [
        {"file": f"{folder}/ ({_counted(total['files'], 'files')})", **{key: total[key] for key in numbers}}
        for folder, total in folders.items()
    ]


def _report(made: Any) -> str:
    """The account of an import as a table: a line for each file, or for each folder where there are many files.

    What is told beside the numbers is told once for all files; `report.json` of the batch has it file by file.
    """
    head = ("file", "read", "kept", "rejected", "outside", "duplicates")
    counted = made.files if len(made.files) <= _MANY else _by_folder(made.files, head[1:])
    rows = [tuple(str(each[key]) for key in head) for each in counted]
    widths = [max(len(row[n]) for row in [head, *rows]) for n in range(len(head))]
    lines = [_row(row, widths) for row in [head, *rows]] if made.files else []
    lines += _reasons(made.files)
    lines += (
        ["  there is nothing to read in them"] if made.files and not any(each["read"] for each in made.files) else []
    )
    for key, words in (("notes", ""), ("unknown", "unknown ")):
        total: Counter[str] = sum((Counter(each[key]) for each in made.files), Counter())
        kinds = sorted(total.items(), key=lambda pair: (-pair[1], pair[0]))
        lines += [f"  {count:,} × {words}{what}" for what, count in kinds[:_MANY]]
        lines += [f"  and {len(kinds) - _MANY:,} more kinds"] if len(kinds) > _MANY else []
    if left_out := list(dict.fromkeys(name for each in made.files for name in each["left_out"] if name)):
        lines.append(f"  columns left out: {', '.join(left_out)}")
    if made.already:
        shown = ", ".join(made.already[:_MANY])
        more = f" and {len(made.already) - _MANY:,} more" if len(made.already) > _MANY else ""
        lines.append(f"already there, {'not read again' if made.files else 'nothing changed'}: {shown}{more}")
    if made.batch:
        told = _told(made.counts)
        instead = f" In the place of {', '.join(made.instead_of)}." if made.instead_of else ""
        lines.append(f"{made.feed}/{made.batch}: {told}.{instead}{' Nothing was written.' if made.dry_run else ''}")
    if made.beside:
        twice = "what both tell is told twice. Name all files together, or the older batch with --instead-of."
        lines.append(f"beside it stays {', '.join(made.beside)}: {twice}")
    if any(each["duplicates"] for each in made.files) and not any(each["kept"] for each in made.files):
        lines.append("nothing new: these rows are there already; --again puts them in the place of what was read")
    if made.rejected:
        lines.append(f"rows not taken, with reasons: {made.rejected}/rejected.jsonl")
    return "\n".join(lines)


def _reasons(files: Iterable[Any]) -> list[str]:
    """Why rows were not taken, the most frequent reason first, with the place of the first of them."""
    rows: Counter[str] = Counter()
    first: dict[str, str] = {}
    for each in files:
        for reason, told in each["reasons"].items():
            rows[reason] += told["rows"]
            first.setdefault(reason, f"{each['file']}:{told['line']}" if told["line"] else str(each["file"]))
    kinds = sorted(rows.items(), key=lambda pair: (-pair[1], pair[0]))
    lines = [f"  {count:,} × not taken: {reason} (first: {first[reason]})" for reason, count in kinds[:_MANY]]
    return lines + ([f"  and {len(kinds) - _MANY:,} more reasons"] if len(kinds) > _MANY else [])


def _row(cells: tuple[str, ...], widths: list[int]) -> str:
    name, *numbers = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join([name.strip().ljust(widths[0]), *numbers])
