"""A brief in, documents out: one offline HTML page, or Markdown with the same facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kg.report import words
from kg.report.brief import Brief
from kg.report.differences import escaped
from kg.report.inline import inline
from kg.report.page import render
from kg.report.telling import CAVEATS, LICENCE, Card, Line, Telling


def html(brief: Brief) -> str:
    """Write a brief as one page that works offline, without a script."""
    from markupsafe import Markup

    return render(
        "brief.html",
        brief=brief,
        told=Telling(brief),
        plot=Markup(inline(brief.plot)),
        network=Markup(brief.network),
        day=words.when(brief.day),
        caveats=CAVEATS,
        licence=LICENCE,
    )


def markdown(brief: Brief) -> str:
    """Write a brief as Markdown."""
    return "\n".join(_markdown(brief, Telling(brief))).rstrip() + "\n"


def _markdown(brief: Brief, told: Telling) -> Iterator[str]:
    yield from (f"# {escaped(brief.title)}", "", f"*{escaped(told.kind)}, {escaped(told.as_of)}*", "")
    yield from (escaped(told.lead), "")
    yield from _table(("", ""), ((name, count) for name, count in told.tiles))
    yield from _table(("who", ""), told.who)
    if told.balance:
        head = ("direction", "events", "possible", "verbal coop.", "material coop.", "verbal conflict")
        yield from _table(
            (*head, "material conflict", "Goldstein sum", "mean", "contested", "single source"), told.balance
        )
    yield from ("## Timeline", "")
    if not told.months:
        yield from ("Nothing is known to have happened in these days.", "")
    for title, lines in told.months:
        yield from (f"### {title}", "", *_lines(lines), "")
    if told.ahead:
        title = "### Not known to have happened: threatened, promised, planned, intended or alleged"
        yield from (title, "", *_lines(told.ahead), "")
    if told.summaries:
        yield from ("### Sentences that sum up, never counted", "", *_lines(told.summaries), "")
    yield from _sparql(told, "events")
    yield from ("## Escalation", "")
    if brief.series:
        yield from (line for text in told.curve_words for line in (escaped(text.strip()), ""))
        names = (name for _, name in told.directions)
        yield from _table((brief.series.by, *names, "events", "possible", "Goldstein sum", "band"), told.curve)
    else:
        yield from (escaped(brief.plot_note), "")
    yield from ("## Claims and denials", "", "Nothing here is a fact but that it was said.", "")
    yield from _claims(brief, told)
    yield from _sparql(told, "claims")
    if told.states:
        yield from ("## What holds", "", f"On {words.when(brief.day)}.", "")
        for title, states in told.states:
            yield from (f"### {title}", "")
            yield from _table(("in force", "what", "since when", "passage"), states)
        yield from _sparql(told, "states")
    if told.edges:
        yield from ("## Network", "", escaped(brief.network_words), "")
        yield from _table(("who", "relation", "whom", "events", "first", "last", "status"), told.edges)
        yield from _sparql(told, "network")
    yield from ("## Sources", "")
    for source in told.sources:
        yield from (f"{source.number}. **{escaped(source.title)}**. {escaped(source.details)}. `id:{source.id}`", "")
        yield from ([f"   {escaped(source.access)}", ""] if source.access else ())
        yield from _table(("paragraph", "characters", "speaker", "SHA-256"), source.passages)
    yield from ("## How to cite, and what to beware of", "", escaped(told.citation), "")
    yield from (f"- {escaped(text)}" for text in CAVEATS)
    yield "- To have an entry corrected, open an issue with its id, the passage of the source and what is wrong."
    yield f"- Licence of the data: [CC BY 4.0]({LICENCE}). The sources belong to their publishers."


def _claims(brief: Brief, told: Telling) -> Iterator[str]:
    if not brief.story:
        for title, cards in (("Said about", told.about), ("Said or denied by", told.own)):
            if cards:
                yield from (f"### {title} {escaped(brief.one.label)}", "", *_cards(cards), "")
        return
    if told.partings:
        yield from ("### Where the two stories part", "")
        yield from _table(told.sides, ((_cell(left), _cell(right)) for left, right in told.partings), ready=True)
    else:
        yield from ("No claim is told here that one side asserts and the other denies or contradicts.", "")
    if told.shared:
        yield from ("### Said by both", "", *_cards(told.shared), "")
    for name, cards in zip(told.sides, told.alone, strict=True):
        if cards:
            title = f"### Said or denied for {escaped(name)}, without a word of the other side"
            yield from (title, "", *_cards(cards), "")


def _cell(card: Card) -> str:
    quote = f"“{escaped(card.quote)}” *{card.status}*" if card.quote else ""
    return "<br>".join(filter(None, (quote, *map(escaped, card.lines), f"[{escaped(card.cite)}]" if card.cite else "")))


def _cards(cards: Iterable[Card]) -> Iterator[str]:
    for card in cards:
        cite = f" [{escaped(card.cite)}]" if card.cite else ""
        yield f"- “{escaped(card.quote)}” – *{card.status}*; {escaped('; '.join(card.lines))}{cite} `id:{card.id}`"


def _lines(lines: Iterable[Line]) -> Iterator[str]:
    for line in lines:
        marks = "".join(f"*{text}:* " for _, text in line.marks)
        cite = f" [{escaped(line.cite)}]" if line.cite else ""
        more = escaped("; ".join(text for _, text in line.more if text))
        yield f"- {line.when}: {marks}**{escaped(line.label)}** ({more}){cite} `id:{line.id}`"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], *, ready: bool = False) -> Iterator[str]:
    def line(cells: Iterable[str]) -> str:
        return f"| {' | '.join(cells)} |"

    yield from (line(map(escaped, head)), line("---" for _ in head))
    yield from (line(row if ready else map(escaped, row)) for row in rows)
    yield ""


def _sparql(told: Telling, part: str) -> Iterator[str]:
    for query in told.queries(part):
        yield from (
            f"SPARQL: {query.title.lower()} ({query.rows} rows)",
            "",
            "```sparql",
            query.text.strip(),
            "```",
            "",
        )


__all__ = ["html", "markdown"]
