"""Queries of a bundle, asked over its triples in one process of its own, which is ended when its time is over.

Whoever made the bundle wrote the queries: they are guarded like any other, and neither time nor rows are unlimited.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from kg import query, results
from kg.errors import KgError
from kg.store import Embedded, Rows


def ask(lines: str, texts: Mapping[str, str], seconds: float, most: int) -> dict[str, dict[str, Any] | str]:
    """Ask each query over N-Quads; give its SPARQL JSON, or what kept it from being answered."""
    request = json.dumps({"lines": lines, "texts": dict(texts), "most": most, "seconds": seconds})
    child = subprocess.Popen(
        [sys.executable, "-m", "kg.bundle.asking"],
        cwd=Path(__file__).parent.parent.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        out, _ = child.communicate(request.encode(), timeout=seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        out, _ = child.communicate()
    found: dict[str, dict[str, Any] | str] = dict.fromkeys(texts, f"no answer within {seconds:g} seconds")
    for line in out.splitlines(keepends=True):
        if line.endswith(b"\n"):
            found.update(json.loads(line))
    return found


def _serve() -> None:
    """Answer the request on standard input, a line for each query; the other side of `ask`."""
    request = json.loads(sys.stdin.buffer.read())
    if hasattr(signal, "alarm"):
        signal.alarm(int(request["seconds"]) + 1)  # it ends even if nobody is left to end it
    store = Embedded.in_memory([request["lines"]])
    for name, text in request["texts"].items():
        print(json.dumps({name: _answer(store, text, request["most"])}), flush=True)


def _answer(store: Embedded, text: str, most: int) -> dict[str, Any] | str:
    try:
        found = query.run(store, text)
        if not isinstance(found, Rows):
            return "it is no SELECT query"
        rows = list(islice(found.rows, most + 1))
    except KgError as error:
        return f"the query does not run: {error}"
    if len(rows) > most:
        return f"it gives more than {most:,} rows"
    whole: dict[str, Any] = json.loads(results.write(Rows(found.variables, iter(rows)), "json"))
    return whole


__all__ = ["ask"]

if __name__ == "__main__":
    _serve()
