"""What can go wrong, as a tree: each error says where, what and what to do, and knows its exit code.

Raised where the knowledge is; translated once, in `kg.cli`. Anything else is a bug and shows its traceback
under `--debug`. Exit codes: 1 problems in data or nothing such, 2 usage, 3 input/output or network.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
HINTED = 50  # after so many problems nearest words are no longer looked for, which would take minutes
_LONGEST = 1000


class KgError(Exception):
    """Base of all errors that a user can mend; `hint` says how."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in one place of one file, with its repair."""

    path: str
    line: int
    where: str
    what: str
    repair: str = ""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        where = f"  {_shown(self.where)}" if self.where else ""
        return f"{_shown(place)}{where}: {_shown(self.what)} {self.repair}".rstrip()


def _shown(text: str) -> str:
    """Keep a message on one short line, whatever the file holds; nothing in it may move the cursor."""
    line = UNPRINTABLE.sub("�", " ".join(text.split()))
    return line if len(line) <= _LONGEST else f"{line[:600]} … {line[-300:]}"


class DataProblems(KgError):
    """Files or graph hold problems; all of them are told together."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        count = len(self.problems)
        super().__init__(f"{count} problem{'s' if count != 1 else ''} found.")

    def __str__(self) -> str:
        return "\n".join([*map(str, self.problems), self.message])


class DateError(KgError, ValueError):
    """A date that is not EDTF, does not exist, or contradicts another."""


class NotFound(KgError):
    """No such entity, event, question or edge."""


class Ambiguous(KgError):
    """A name that fits several entities; `candidates` are their ids."""

    exit_code = 2

    def __init__(self, message: str, candidates: Sequence[str]) -> None:
        super().__init__(message)
        self.candidates = tuple(candidates)


class UsageError(KgError):
    """An unknown format, a missing parameter, options that do not go together."""

    exit_code = 2


class QueryError(KgError):
    """A query that cannot be run as asked."""

    exit_code = 2


class QuerySyntax(QueryError):
    """A query that does not parse; `line` and `column` count from 1."""

    def __init__(self, message: str, *, line: int = 0, column: int = 0, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.line = line
        self.column = column


class QueryRefused(QueryError):
    """A query that is refused: it would write, reach the network or exhaust the machine."""


class QueryLimit(KgError):
    """A query that ran into its row or time limit."""

    exit_code = 1


class StorageError(KgError):
    """Files or services that cannot be read or written."""

    exit_code = 3


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Suggest the nearest known word.

    >>> did_you_mean("gustavo-pedro", ["gustavo-petro", "donald-trump"])
    "Did you mean 'gustavo-petro'?"
    >>> did_you_mean("xyz", ["gustavo-petro"])
    ''
    """
    likely = nearest(word, known)
    return f"Did you mean '{likely}'?" if likely else ""


def nearest(word: str, known: Iterable[str]) -> str:
    """Give the known word that is most like it, empty when none is.

    >>> nearest("factualty", ["actor", "factuality"])
    'factuality'
    """
    near = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return near[0] if near else ""
