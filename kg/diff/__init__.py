"""What differs: two pictures of a graph in, changes out, each with what it was, what it is, who says so and where."""

from __future__ import annotations

from kg.diff.builds import pictures
from kg.diff.changes import KINDS, Change, Detail, Diff, Kind, Side
from kg.diff.days import days

__all__ = ["KINDS", "Change", "Detail", "Diff", "Kind", "Side", "days", "pictures"]
