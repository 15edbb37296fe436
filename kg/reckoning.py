"""A store in, the phrases that order its events out, and why an event is dated as it is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kg import dates, query, reasons
from kg.dates import Constraint, Window
from kg.reasons import Bound
from kg.store import Store
from kg.terms import DIP, local_name

_LINKS = ("after", "before", "sameDayAs", "sameMonthAs", "weekday")
_DAYS = re.compile(r"P(\d+)D")


@dataclass(frozen=True, slots=True)
class Phrases:
    """The relative phrases of all events, and of these the dates as stated (EDTF), their windows and their labels.

    The label of an event that makes a contested claim begins with ≠.
    """

    constraints: tuple[Constraint, ...]
    stated: dict[str, str]
    windows: dict[str, Window]
    labels: dict[str, str]


@dataclass(frozen=True, slots=True)
class Because:
    """Why a day is not earlier, or not later: the day (ISO), whether the source itself says so, and the words for it.

    `events` are those from which it follows, besides the event itself.
    """

    side: str
    day: str
    stated: bool
    told: str
    events: tuple[str, ...]


def phrases(store: Store) -> Phrases:
    """Read every relative phrase of the store with the events that it names."""
    links = " ".join(f"dip:{name}" for name in _LINKS)
    found = query.rows(
        store, f"SELECT DISTINCT ?s ?p ?o WHERE {{ VALUES ?p {{ {links} }} ?s ?p ?o }} ORDER BY ?s ?p ?o"
    )
    offsets = _offsets(store)
    constraints = tuple(phrase for row in found for phrase in _phrase(row, offsets))
    names = {name for phrase in constraints for name in (phrase.event, phrase.anchor) if name not in dates.WEEKDAYS}
    windows: dict[str, Window] = dict.fromkeys(sorted(names), Window())
    labels: dict[str, str] = {}
    stated: dict[str, str] = {}
    nodes = sorted({node for row in found for node in (row["s"], row["o"]) if local_name(node) in names})
    contested = {row["s"] for row in _said(store, nodes, "?s dip:asserts ?c . ?c dip:status dip:Contested")}
    for row in _said(store, nodes, '?s rdfs:label ?o . FILTER(LANG(?o) = "en")'):
        labels.setdefault(local_name(row["s"]), f"{'≠ ' if row['s'] in contested else ''}{row['o']}")
    for row in _said(store, nodes, "?s dip:edtf ?o"):
        node = local_name(row["s"])
        stated[node] = row["o"]
        windows[node] = dates.parse(row["o"]).window
    return Phrases(constraints, stated, windows, labels)


def _said(store: Store, nodes: Sequence[str], pattern: str) -> Iterator[dict[str, str]]:
    """What a pattern over ?s finds of some nodes, which are named, so that nothing else in the store is looked at."""
    for some in query.pieces(nodes):
        values = " ".join(f"<{node}>" for node in some)
        yield from query.rows(store, f"SELECT DISTINCT * WHERE {{ VALUES ?s {{ {values} }} {pattern} }} ORDER BY ?s ?o")


def _offsets(store: Store) -> dict[tuple[str, str], dict[str, int]]:
    """The distances that phrases name, by event and anchor: duration, minimumDuration, maximumDuration in days."""
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    text = """SELECT ?s ?anchor ?p ?days WHERE { VALUES ?p { dip:duration dip:minimumDuration dip:maximumDuration }
      ?s dip:offset ?o . ?o dip:anchorEvent ?anchor ; ?p ?days }"""
    for row in query.rows(store, text):
        found[local_name(row["s"]), local_name(row["anchor"])][local_name(row["p"])] = _length(row["days"])
    return found


def _length(text: str) -> int:
    """Days of a duration, however the engine writes it: P2D, PT0S for none, and Virtuoso 7's seconds.

    >>> _length("P2D"), _length("PT0S"), _length("172800.0")
    (2, 0, 2)
    """
    days = _DAYS.fullmatch(text)
    seconds = text.removesuffix(".0")
    return int(days[1]) if days else int(seconds) // 86_400 if seconds.isdecimal() else 0


def _phrase(row: dict[str, str], offsets: dict[tuple[str, str], dict[str, int]]) -> Iterator[Constraint]:
    event, kind = local_name(row["s"]), row["p"].removeprefix(DIP)
    if kind == "weekday":
        yield dates.weekday(event, row["o"])
        return
    anchor = local_name(row["o"])
    if kind in ("sameDayAs", "sameMonthAs"):
        yield (dates.same_day_as if kind == "sameDayAs" else dates.same_month_as)(event, anchor)
        return
    told = offsets.get((event, anchor), {})
    exact = told.get("duration")
    least = exact if exact is not None else told.get("minimumDuration", 0)
    most = exact if exact is not None else told.get("maximumDuration")
    yield (dates.after if kind == "after" else dates.before)(event, anchor, at_least=least, at_most=most)


def why(store: Store, event: str) -> tuple[Because, ...]:
    """Explain the bounds of an event; nothing if no phrase bears on it."""
    known = phrases(store)
    if event not in known.windows:
        return ()
    return tuple(because(event, bound, known) for bound in reasons.why(event, known.windows, known.constraints))


def because(event: str, bound: Bound, known: Phrases) -> Because:
    """Say a bound and its reasons in words.

    >>> windows = {"a": dates.parse("2025-03-07").window, "b": Window()}
    >>> known = Phrases((dates.exactly("b", "a", 2),), {"a": "2025-03-07"}, windows, {"a": "Noem accuses Petro"})
    >>> because("b", reasons.why("b", known.windows, known.constraints)[0], known).told
    'not before 9 March 2025: it is exactly 2 days after “Noem accuses Petro”, which is dated 7 March 2025'
    """
    word = "not before" if bound.side == "earliest" else "not after"
    head = f"{word} {dates.show(dates.parse(bound.day.isoformat()))}"
    named = dict.fromkeys(name for reason in bound.reasons for name in _events(reason) if name != event)
    body = "as the source dates it" if bound.stated else _chain(event, bound, known)
    return Because(bound.side, bound.day.isoformat(), bound.stated, f"{head}: {body}", tuple(named))


def _chain(event: str, bound: Bound, known: Phrases) -> str:
    """Walk from the event along the phrases to what is dated: it is after X, which is after Y, which is dated so."""

    def name(node: str) -> str:
        return "it" if node == event else f"“{known.labels.get(node, node)}”"

    told, at, moved, left = "", event, True, list(bound.reasons)
    while left:
        reason = next((each for each in left if at in _events(each)), left[0])
        left.remove(reason)
        if at not in _events(reason):
            at = _events(reason)[0]
            told += f"; {name(at)}"
        else:
            told += (", which" if moved else " and") if told else "it"
        if not isinstance(reason, Constraint):
            told, moved = f"{told} is dated {dates.show(dates.parse(known.stated[reason.event]))}", False
        elif reason.kind == "weekday":
            told, moved = f"{told} is on a {reason.anchor}", False
        else:
            seen = _seen_from(at, reason)
            at, moved = seen.anchor, True
            told += f"{str(seen).removeprefix(seen.event).removesuffix(seen.anchor)}{name(at)}"
    return told


def _seen_from(event: str, phrase: Constraint) -> Constraint:
    """The same phrase said of its other event, where that is the one spoken of."""
    if phrase.event == event:
        return phrase
    kind = {"after": "before", "before": "after"}.get(phrase.kind, phrase.kind)
    return replace(phrase, kind=kind, event=phrase.anchor, anchor=phrase.event)  # type: ignore[arg-type]


def _events(reason: reasons.Reason) -> tuple[str, ...]:
    if not isinstance(reason, Constraint):
        return (reason.event,)
    return (reason.event,) if reason.kind == "weekday" else (reason.event, reason.anchor)
