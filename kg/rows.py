"""Answers as values: rows of terms, a truth, or triples; whoever asks gets one of these, whichever engine answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

if TYPE_CHECKING:
    import pandas

Term = NamedNode | BlankNode | Literal | Triple


@dataclass(frozen=True, slots=True)
class Rows:
    """The answer to a SELECT: names of the variables, and rows of terms (None where unbound)."""

    variables: tuple[str, ...]
    rows: Iterator[tuple[Term | None, ...]]

    def df(self) -> pandas.DataFrame:
        """The rows as a pandas frame: ids as CURIEs, numbers and truths as such, days as timestamps, unbound as None.

        The rows are walked; they cannot be walked again.

        Raises:
            UsageError: pandas is not installed.
        """
        from kg.frames import answer

        return answer(self.variables, self.rows)


Answer = Rows | bool | Iterator[Triple]

__all__ = ["Answer", "Rows", "Term"]
