"""Questions to a store: guarded, with parameters bound as terms, under row and time limits.

All questions pass here. `SERVICE`, `LOAD`, updates and queries nested deep enough to break the engine are refused
before the engine sees them; the standard prefixes need not be declared; the default graph is the union of all graphs.
"""

from __future__ import annotations

import contextlib
import json
import math
import re
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from kg import dates, scope, sparql
from kg.errors import DateError, KgError, QueryError, QueryLimit, QuerySyntax, StorageError, UsageError
from kg.store import Answer, Rows, Store, Term, open_store
from kg.terms import ID, PREFIXES, XSD, expand

if TYPE_CHECKING:
    from subprocess import CompletedProcess

AS_OF = "asOf"
_NAMED = 40_000  # characters of the nodes that one query names
_NO_MEMORY = 70
_NUMBER = re.compile(r"[+-]?(?:[0-9]+|[0-9]*\.[0-9]+)")


MEMORY = 640 * 1024 * 1024
"""Bytes of address space that are plenty for one honest query."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many rows or triples an answer may have, and how many seconds it may take (None: no limit).

    With `memory` (bytes of address space), which needs `seconds`, its process may open neither files nor sockets.
    """

    rows: int | None = None
    seconds: float | None = None
    memory: int | None = None


def run(
    store: Store,
    text: str,
    values: Mapping[str, NamedNode | Literal] | None = None,
    limits: Limits = Limits(),
) -> Answer:
    """Run a query with its parameters bound.

    With a time limit it runs in a process of its own, which is ended when the time is over.

    Raises:
        QuerySyntax: it does not parse; line and column are told.
        QueryRefused: it would write, reach the network or break the engine.
        QueryLimit: it has more rows, or takes more time, than allowed.
    """
    sparql.guard(text)
    bound = sparql.bind(text, {name: str(term) for name, term in (values or {}).items()})
    try:
        if limits.seconds is not None:
            answer = _in_time(store, bound, limits)
        else:
            answer = store.query(bound)
    except QuerySyntax as error:
        raise sparql.explain_syntax(bound, str(error), PREFIXES) from error
    return _capped(answer, limits.rows)


def pieces(nodes: Iterable[str]) -> Iterator[list[str]]:
    """Part nodes, each once and in order, so that no query that names a piece grows longer than queries may be."""
    piece: list[str] = []
    size = 0
    for node in sorted(set(nodes)):
        size += len(node) + len(ID) + 3
        if size > _NAMED and piece:
            yield piece
            piece, size = [], len(node) + len(ID) + 3
        piece.append(node)
    if piece:
        yield piece


def rows(store: Store, text: str, values: Mapping[str, NamedNode | Literal] | None = None) -> list[dict[str, str]]:
    """Run a SELECT and give each row as plain strings by variable, empty where unbound."""
    answer = run(store, text, values)
    if not isinstance(answer, Rows):
        raise QueryError("A SELECT query is needed here.")
    return [
        dict(
            zip(
                answer.variables,
                ("" if term is None else getattr(term, "value", str(term)) for term in row),
                strict=True,
            )
        )
        for row in answer.rows
    ]


def parameter(value: str) -> NamedNode | Literal:
    """Read a parameter as a term: IRI or CURIE, ISO day, number, true/false, or quoted text.

    >>> str(parameter("rel:sanctioned"))
    '<https://w3id.org/diplokg/rel#sanctioned>'
    >>> str(parameter("2025-12-01"))
    '"2025-12-01"^^<http://www.w3.org/2001/XMLSchema#date>'
    >>> str(parameter("'Petro'@en"))
    '"Petro"@en'

    Raises:
        UsageError: it is none of these.
    """
    if expand(value) is not None:
        return iri(value)
    quoted = re.fullmatch(r"""(["'])(.*)\1(?:@([A-Za-z]+(?:-[A-Za-z0-9]+)*))?""", value, re.DOTALL)
    if quoted:
        return _quoted(quoted[2], quoted[3])
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return day(value)
    if _NUMBER.fullmatch(value):
        return number(value)
    if value in ("true", "false"):
        return Literal(value == "true")
    raise UsageError(
        f"'{value}' is not a parameter value.",
        hint='Write an id (petro, id:gustavo-petro), a day (2025-12-01), a number, or "quoted text".',
    )


def _quoted(text: str, language: str | None) -> Literal:
    try:
        return Literal(text, language=language) if language else Literal(text)
    except ValueError as error:
        raise UsageError(f"'{language}' is not a language tag.", hint="Write one such as @en or @es-CO.") from error


def iri(value: str) -> NamedNode:
    """Make an IRI of a CURIE with a standard prefix, of `<iri>` or of a full IRI.

    Raises:
        UsageError: it is none.
    """
    try:
        return NamedNode(expand(value) or value)
    except ValueError as error:
        raise UsageError(f"'{value}' is not an IRI.", hint="An IRI holds no space, quote, <, > or brace.") from error


def number(value: str) -> Literal:
    """Make an xsd:integer or xsd:decimal of digits.

    Raises:
        UsageError: it is no number.
    """
    if not _NUMBER.fullmatch(value):
        raise UsageError(f"'{value}' is not a number.", hint="Write digits, as 36 or -0.5.")
    return Literal(value, datatype=NamedNode(f"{XSD}{'decimal' if '.' in value else 'integer'}"))


def day(value: str) -> Literal:
    """Make an xsd:date of an ISO day, and refuse days that do not exist.

    Raises:
        UsageError: it is not one day.
    """
    try:
        return Literal(dates.day(value).isoformat(), datatype=NamedNode(f"{XSD}date"))
    except DateError as error:
        raise UsageError(error.message, hint=error.hint or "Write YYYY-MM-DD.") from error


def _capped(answer: Answer, limit: int | None) -> Answer:
    if limit is None or isinstance(answer, bool):
        return answer
    if isinstance(answer, Rows):
        return Rows(answer.variables, _cut(answer.rows, limit))
    return _cut(answer, limit)


def _cut(items: Iterator[Any], limit: int) -> Iterator[Any]:
    yield from islice(items, limit)
    if next(items, None) is not None:
        raise QueryLimit(
            f"The answer has more than {limit:,} rows; it was cut there.",
            hint="Raise --max-rows, or add LIMIT to the query.",
        )


def shut_doors(memory: int, *, sockets: bool) -> None:
    """Let this process open no files, no sockets (unless it needs them) and no core dump, in bounded memory (bytes)."""
    try:
        import resource
    except ImportError:  # a system without rlimits: the queries are still guarded, timed and in a process of their own
        return
    limits = {"RLIMIT_AS": memory, "RLIMIT_CORE": 0, "RLIMIT_FSIZE": 0}
    if not sockets:
        limits["RLIMIT_NOFILE"] = 0
    for name, value in limits.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (value, value))


def _in_time(store: Store, text: str, limits: Limits) -> Answer:
    import subprocess

    location, feeds, seconds = store.name, getattr(store, "feeds", None), limits.seconds or 0

    if location == "memory":
        raise UsageError("A store in memory cannot be given a time limit.", hint="Build to a folder first.")
    place = location if location.startswith(("http:", "https:")) else str(Path(location).resolve())
    request = {
        "store": place,
        "feeds": None if feeds is None else sorted(feeds),
        "query": text,
        "seconds": seconds,
        "rows": limits.rows,
        "memory": limits.memory,
    }
    try:
        done = subprocess.run(
            [sys.executable, "-m", "kg.query"],
            cwd=Path(__file__).parent.parent,  # this very package, wherever the question is asked
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise QueryLimit(
            f"The query took longer than {seconds:g} s and was stopped.",
            hint="Raise --timeout, or make the pattern more specific.",
        ) from error
    if done.returncode:
        raise _failure(done, limits)
    kind, _, body = done.stdout.partition(b"\n")
    if kind == b"graph":
        return iter([quad.triple for quad in parse(body, format=RdfFormat.N_TRIPLES)])
    result = parse_query_results(body, format=QueryResultsFormat.JSON)
    if isinstance(result, QuerySolutions):
        return Rows(tuple(v.value for v in result.variables), (tuple(row) for row in result))
    return bool(result)


def _failure(done: CompletedProcess[bytes], limits: Limits) -> KgError:
    if done.returncode == _NO_MEMORY or (limits.memory and done.returncode in (-signal.SIGABRT, -signal.SIGKILL)):
        return QueryLimit(
            "The query needed more memory than one query may have.", hint="Ask for less, or without sorting."
        )
    if done.returncode < 0:
        return QueryError(f"The engine died on this query (signal {-done.returncode}).", hint="Simplify the query.")
    name, _, message = done.stderr.decode("utf-8", "replace").strip().partition(": ")
    kinds: dict[str, type[KgError]] = {"QuerySyntax": QuerySyntax, "StorageError": StorageError}
    return kinds.get(name, QueryError)(message or name)


def _serve_one() -> int:
    """Answer the one request on standard input; the other side of `_in_time`.

    It ends when the time is over even if nobody is left to end it, and at Ctrl-C while the engine works.
    """
    from kg import results

    request = json.loads(sys.stdin.buffer.read())
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if hasattr(signal, "alarm"):
        signal.alarm(math.ceil(request["seconds"]) + 1)
    most = None if request["rows"] is None else request["rows"] + 1  # one more, so that a cut is seen
    out = sys.stdout.buffer
    try:
        store = scope.within(open_store(request["store"]), request["feeds"])
        if request["memory"]:
            store.query("ASK { ?s ?p ?o }")  # opens what the engine opens late
            shut_doors(request["memory"], sockets=request["store"].startswith(("http:", "https:")))
        answer = store.query(request["query"])
        if isinstance(answer, Rows):
            answer = Rows(answer.variables, islice(answer.rows, most))
        if isinstance(answer, (Rows, bool)):
            out.write(b"result\n" + results.write(answer, "json"))
        else:
            out.write(b"graph\n" + "".join(f"{triple} .\n" for triple in islice(answer, most)).encode())
    except KgError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}")
        return 1
    except MemoryError:
        return _NO_MEMORY
    return 0


__all__ = ["AS_OF", "Limits", "Term", "Triple", "day", "iri", "number", "parameter", "rows", "run", "shut_doors"]

if __name__ == "__main__":
    sys.exit(_serve_one())
