"""A diff in, words out: for a terminal, as Markdown, as JSON and as a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg.diff import KINDS, Change, Detail, Diff, Kind
from kg.lines import Piece, flow, padded
from kg.report import words
from kg.report.page import render

_WHAT = {"tenure": "office", "edge": "direct edge"}
_COUNTED = {"settled": "became certain or uncertain", "said": "said", "denied": "denied"}
_VERBS = {"said": "said by", "denied": "denied by"}


@dataclass(frozen=True, slots=True)
class Row:
    """One change in words; `mark` says what it is about, `contested` that somebody objects."""

    id: str
    when: str
    possible: bool
    label: str
    claim: bool
    mark: str
    contested: bool
    notes: tuple[str, ...]
    cite: str


@dataclass(frozen=True, slots=True)
class Part:
    """All changes of one kind."""

    kind: Kind
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A diff in words: what was compared, how much changed, and the parts."""

    title: str
    lead: str
    about: tuple[str, ...]
    parts: tuple[Part, ...]


def told(diff: Diff) -> Told:
    """Say a diff in words."""
    before, after = diff.before, diff.after
    parts = tuple(Part(kind, title, tuple(map(_row, diff.of(kind)))) for kind, title in KINDS.items() if diff.of(kind))
    counts = [f"{len(part.rows)} {_COUNTED.get(part.kind, part.title.lower())}" for part in parts]
    lead = f"{words.counted(len(diff.changes), 'change')}: {words.listed(counts)}." if parts else "Nothing changed."
    return Told(f"{_named(before.name)} → {_named(after.name)}", lead, tuple(_about(diff)), parts)


def _named(name: str) -> str:
    return words.when(name) if len(name) == 10 and name[4] == name[7] == "-" else name


def _about(diff: Diff) -> Iterator[str]:
    if diff.according_to:
        yield f"Only what {diff.according_to} asserts, and what it denies."
    if diff.left_out:
        left = words.listed(f"{count} {reason}" for reason, count in diff.left_out.items())
        yield f"Left out: {left}. Possible: the days known for it reach beyond the days compared."
    if diff.before.digest == diff.after.digest:
        yield f"Data: digest {diff.after.digest[:12]}."
    else:
        sizes = (f"{side.digest[:12]} ({_counts(side.counts)})" for side in (diff.before, diff.after))
        yield f"Data: digest {' → '.join(sizes)}."


def _counts(counts: object) -> str:
    known = counts if isinstance(counts, dict) else {}
    return ", ".join(words.counted(known[name], name[:-1]) for name in ("sources", "events", "claims") if name in known)


def _row(change: Change) -> Row:
    notes = list(_notes(change))
    contested = change.kind == "denied" or any(d.name == "status" and d.after == "contested" for d in change.details)
    what = _WHAT.get(change.what, change.what)
    first = change.details[0] if change.details else None
    if change.kind == "happened" and first and first.name == "class":
        what = first.after
    return Row(
        change.id,
        words.when(change.when),
        change.certainty == "possible",
        change.label,
        change.what == "claim",
        f"≠ {what}" if contested and change.what == "claim" else what,
        contested,
        tuple(notes),
        words.cited(change.evidence),
    )


def _notes(change: Change) -> Iterator[str]:
    if change.kind in _VERBS and change.who:
        yield f"{_VERBS[change.kind]} {words.listed(change.who)}"
    if change.against:
        by = f" – {words.listed(change.who)}" if change.who else ""
        yield f"against it: {'; '.join(f'“{label}”' for label in change.against)}{by}"
    for detail in change.details:
        if detail.name not in ("class", "type"):
            yield _detail(detail)


def _detail(detail: Detail) -> str:
    if detail.before and detail.after:
        return f"{detail.name}: {detail.before} → {detail.after}"
    if detail.after:
        return f"{detail.name}: {detail.after}"
    return f"{detail.name}: {detail.before} (no longer)"


def text(diff: Diff, width: int = 100) -> str:
    """Lay a diff out for a terminal."""
    found = told(diff)
    lines = flow("", [Piece(found.title, "bold")], width)
    *notes, data = found.about
    for each in (found.lead, *notes):
        lines += flow("", [Piece(each, "dim")], width)
    for part in found.parts:
        lines += ["", *flow("", [Piece(f"{part.title} ({len(part.rows)})", "bold")], width)]
        for row in part.rows:
            lines += _lines(row, part.kind, width)
    lines += ["", *flow("", [Piece(data, "dim")], width)]
    return "\n".join(lines) + "\n"


_SIGNS = {"added": "+", "removed": "-", "ended": "-", "began": "+"}


def _lines(row: Row, kind: Kind, width: int) -> Iterable[str]:
    label = f"“{row.label}”" if row.claim else row.label
    head = f"  {_SIGNS.get(kind, '~' if kind in ('changed', 'settled', 'status') else ' ')} {padded(row.mark, 21)} "
    body = (
        Piece("possible:" if row.possible else "", "unsure"),
        Piece("≠" if row.contested and not row.mark.startswith("≠") else "", "contested"),
        label,
        Piece(f"({row.when})" if row.when else ""),
        Piece(f"[{row.cite}]" if row.cite else "", "dim"),
    )
    yield from flow(head, body, width)
    for note in row.notes:
        yield from flow(" " * 28, [Piece(note, "contested" if row.contested else "dim")], width)


def markdown(diff: Diff) -> str:
    """Write a diff as Markdown."""
    found = told(diff)
    lines = [f"# What changed: {_escaped(found.title)}", "", found.lead, ""]
    lines += [line for each in found.about for line in (_escaped(each), "")]
    for part in found.parts:
        lines += [f"## {part.title} ({len(part.rows)})", ""]
        for row in part.rows:
            label = f"“{_escaped(row.label)}”" if row.claim else _escaped(row.label)
            sure = "*possible:* " if row.possible else ""
            date = f" ({row.when})" if row.when else ""
            cite = f" [{_escaped(row.cite)}]" if row.cite else ""
            lines.append(f"- {sure}**{label}**{date} – {row.mark}{cite} `id:{row.id}`")
            lines += [f"    - {_escaped(note)}" for note in row.notes]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _escaped(text: str) -> str:
    """Keep text of the data from being read as Markdown or HTML.

    >>> _escaped("a *b* <c>")
    'a \\\\*b\\\\* &lt;c&gt;'
    """
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"\\{sign}" if sign in "\\`*_[]|#" else sign for sign in plain)


def html(diff: Diff) -> str:
    """Write a diff as one page that works offline."""
    return render("diff.html", told=told(diff))


escaped = _escaped

__all__ = ["Part", "Row", "Told", "escaped", "html", "markdown", "text", "told"]
