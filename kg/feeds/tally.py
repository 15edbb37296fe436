"""What became of every row of a file: read, kept, rejected with its reason, before the window, seen before.

A reader counts each row exactly once; `Tally.check` fails loudly where the numbers do not add up, so that no row can
be dropped in silence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

KEPT = 200  # rejected rows of one file that are kept in the report itself; all of them go to rejected.jsonl

_ONCE = "layout of"  # a note that is said once of a file


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not taken: where it stands, the reason, and the value at fault (cut to 200 characters)."""

    file: str
    line: int
    reason: str
    value: str = ""
    key: str = ""


@dataclass(slots=True)
class Tally:
    """The account of one file. `left_out` names the columns that are not used; `unknown` counts codes nobody knows.

    `outside` counts rows before or after the window, or of events that are not here; `rejected` keeps the first rows
    that were not taken, `refused` counts them all, `reasons` tells how many there are of each kind and the line of the
    first, and `sink`, if there is one, is handed each of them.
    """

    file: str
    sha256: str = ""
    read: int = 0
    kept: int = 0
    duplicates: int = 0
    outside: int = 0
    refused: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    reasons: dict[str, tuple[int, int]] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    unknown: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    sink: Callable[[Rejected], None] | None = field(default=None, repr=False, compare=False)

    def reject(self, line: int, reason: str, value: str = "", key: str = "") -> None:
        """Note a row that is not taken."""
        row = Rejected(self.file, line, reason, value[:200], key[:200])
        self.refused += 1
        self._because(reason, 1, line)
        if len(self.rejected) < KEPT:
            self.rejected.append(row)
        if self.sink:
            self.sink(row)

    def _because(self, reason: str, count: int, line: int) -> None:
        if reason not in self.reasons and len(self.reasons) >= KEPT:
            reason = "other reasons"
        before, first = self.reasons.get(reason, (0, line))
        self.reasons[reason] = (before + count, min(first, line))

    def add(self, other: Tally) -> None:
        """Take over the account of some rows of the same file; what the sink was told is not told again."""
        self.read += other.read
        self.kept += other.kept
        self.duplicates += other.duplicates
        self.outside += other.outside
        self.refused += other.refused
        self.rejected += other.rejected[: KEPT - len(self.rejected)]
        for reason, (count, line) in other.reasons.items():
            self._because(reason, count, line)
        self.left_out = other.left_out or self.left_out
        self.unknown += other.unknown
        self.notes += Counter({note: n for note, n in other.notes.items() if not note.startswith(_ONCE)})
        self.notes |= Counter({note: n for note, n in other.notes.items() if note.startswith(_ONCE)})

    def check(self) -> None:
        """Hold the numbers against each other.

        Raises:
            AssertionError: rows were read that nobody accounts for; this is a bug of the reader.
        """
        told = self.kept + self.duplicates + self.outside + self.refused
        if told != self.read:
            raise AssertionError(f"{self.file}: {self.read} rows read, {told} accounted for")

    def as_dict(self) -> Mapping[str, object]:
        """The account as plain values, for the manifest and for `-f json`."""
        return {
            "file": self.file,
            "sha256": self.sha256,
            "read": self.read,
            "kept": self.kept,
            "rejected": self.refused,
            "reasons": {reason: {"rows": rows, "line": line} for reason, (rows, line) in sorted(self.reasons.items())},
            "duplicates": self.duplicates,
            "outside": self.outside,
            "left_out": list(self.left_out),
            "unknown": dict(sorted(self.unknown.items())),
            "notes": dict(sorted(self.notes.items())),
        }
