"""Analyses in, words out: what a plot shows, said so that nobody needs to see it; and tables for terminals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.analysis.escalation import ALL, BACK, DOSSIERS, MUTUAL, THERE, Escalation, Row
from kg.analysis.reciprocity import Answering
from kg.analysis.structure import Network, Shift, Structure, Triad
from kg.tables import table

_SHOWN = 20  # events, triads or ties that are listed where there may be thousands
_QUADS = ("verbal cooperation", "material cooperation", "verbal conflict", "material conflict")


def title(found: Escalation) -> str:
    """Name the pair, the level and the windows of a series."""
    one, other = (name(found, side) for side in found.sides)
    level = "" if found.level == "person" else f", at the level of {found.level}s"
    return f"{one} and {other}, by {found.by}{level}{f', {found.seen}' if found.seen else ''}"


def name(found: Escalation, node: str) -> str:
    """The label of an id."""
    return found.names.get(node, node)


def way(found: Escalation, direction: str) -> str:
    """Say a direction with names."""
    one, other = (name(found, side) for side in found.sides)
    return {THERE: f"{one} → {other}", BACK: f"{other} → {one}", MUTUAL: "both together", ALL: "all"}[direction]


def escalation(found: Escalation) -> str:
    """Say a series in sentences: how much, when most, what turned, who answers whom, and what to beware of."""
    return "\n".join([f"{title(found)}, {found.since} to {found.until}.", *_series(found), *caveats(found)]) + "\n"


def _series(found: Escalation) -> Iterable[str]:
    for total in (row for row in found.totals if row.direction == ALL):
        whose = "" if total.series == DOSSIERS else f"{total.series}: "
        yield f"{whose}{_much(found, total)}"
        for each in (row for row in found.totals if row.series == total.series and row.direction != ALL):
            yield f"  {way(found, each.direction)}: {_counted(each)}."
        rows = found.of(ALL, total.series, total.scheme)
        worst = min(rows, key=lambda row: (row.goldstein, row.start))
        if worst.goldstein < 0:
            yield f"{whose}Most hostile was {worst.window}: {_counted(worst)}."
        best = max(rows, key=lambda row: (row.goldstein, row.start))
        if best.goldstein > 0:
            yield f"{whose}Friendliest was {best.window}: {_counted(best)}."
    yield from turns(found)
    yield from answers(found)
    yield from likeness(found)


def _much(found: Escalation, total: Row) -> str:
    kinds = ", ".join(f"{count} {word}" for count, word in zip(total.quad, _QUADS, strict=True) if count)
    return f"{_counted(total)}{f' ({kinds})' if kinds else ''}."


def _counted(row: Row) -> str:
    events = f"{row.certain} event{'' if row.certain == 1 else 's'}"
    maybe = f" and {row.possible} possible" if row.possible else ""
    score = f", Goldstein sum {row.goldstein:+g}" if row.mean is not None else ""
    bounds = f" (between {row.possible_low:+g} and {row.possible_high:+g} with the possible ones)"
    return f"{events}{maybe}{score}{bounds if (row.possible_low, row.possible_high) != (row.goldstein,) * 2 else ''}"


def turns(found: Escalation) -> list[str]:
    """Say where the level of a series changed."""
    return [
        f"{'' if turn.series == DOSSIERS else f'{turn.series}: '}Turn in {turn.window} ({way(found, turn.direction)}): "
        f"the mean by {found.by} went from {turn.before:+g} to {turn.after:+g}."
        for turn in found.turns
    ]


def answers(found: Escalation) -> list[str]:
    """Say who answers whom, how fast, and at which lag the two series go together."""
    told = [_answering(found, side) for side in found.reciprocity.sides if side.acts]
    strongest = found.reciprocity.strongest
    if strongest:
        first, then = found.sides if strongest.windows >= 0 else found.sides[::-1]
        far = abs(strongest.windows)
        when = f"{far} {found.by}{'' if far == 1 else 's'} after {name(found, first)}" if far else "at the same time"
        told.append(
            f"The two series go together most when {name(found, then)} acts {when}: correlation "
            f"{strongest.correlation:+.2f} (beyond ±{found.reciprocity.band:.2f} is more than chance)."
        )
    elif found.reciprocity.lags:
        told.append(f"At no lag up to three {found.by}s do the two series go together more than by chance.")
    return told


def _answering(found: Escalation, side: Answering) -> str:
    fast = ""
    if side.dated and side.least is not None and side.most is not None:
        fast = f", after a median of {side.least:g} to {side.most:g} days as far as the dates tell"
    return f"{name(found, side.by)} is said to answer {side.answered} of {side.acts} acts of the other side{fast}."


def likeness(found: Escalation) -> list[str]:
    """Say how alike the dossiers and each feed run."""
    told = []
    for each in found.likeness:
        name = f"{each.series} ({each.scheme})"
        if each.correlation is None:
            told.append(f"{name} and the dossiers have too little in common by {found.by} to compare their shape.")
        else:
            told.append(
                f"{name} and the dossiers: correlation {each.correlation:+.2f} over {each.windows} {found.by}s."
            )
    return told


def caveats(found: Escalation) -> list[str]:
    """Say what is not counted, and on what the numbers rest."""
    told = []
    if found.left_out:
        parts = ", ".join(f"{len(each.events)} {each.why}" for each in found.left_out)
        told.append(f"Not counted: {parts}. What was threatened, planned or alleged is not what was done.")
    if found.undated:
        told.append(f"Not dated, and in no {found.by}: {', '.join(found.undated)}.")
    for total in (row for row in found.totals if row.direction == ALL and row.series.startswith(DOSSIERS)):
        told += _rests_on(found, total) if total.certain else []
    if found.seen:
        told.append("Feeds are left out here: they tell neither when something became known nor who says it.")
    for each in found.elsewhere:
        events = f"{each.events} more event{'' if each.events == 1 else 's'}"
        told.append(
            f"{each.series} ({each.scheme}) knows of {events} from {each.first} to {each.last}, outside the windows; "
            "ask with --from and --to."
        )
    if any(not row.series.startswith(DOSSIERS) for row in found.totals):
        told.append(
            "Feeds are coded by machine or by others, each a series of its own; scores of different tables are never "
            "added, and what of a feed is contested is not known."
        )
    told.append("No event in a window means that none is recorded here. Goldstein sums are an index, not a truth.")
    return told


def _rests_on(found: Escalation, total: Row) -> list[str]:
    told = []
    publishers = sorted({by for node in total.events for by in found.acts[node].reporters})
    if total.single_source == total.certain and len(publishers) == 1:
        told.append(f"All of it rests on one publisher: {name(found, publishers[0])}.")
    elif total.single_source:
        told.append(f"{total.single_source} of {total.certain} events have one publisher only.")
    if total.contested:
        without = f"without them the sum is {total.without_contested:+g}"
        told.append(f"{total.contested} of {total.certain} events rest on contested claims; {without}.")
    if total.open_office:
        held = sorted({name(found, office) for via in found.offices.values() for office in via})
        told.append(
            f"{total.open_office} count by an office that is not known for sure on the day ({', '.join(held)})."
        )
    return told


def rows_table(found: Escalation, width: int = 0) -> str:
    """Lay the rows out for a terminal: a line for each window in which something happened or may have."""
    directions = [each for each in (THERE, BACK, MUTUAL) if any(row.direction == each for row in found.rows)]
    parts = []
    for series, scheme in found.series():
        lines = {each: {row.window: row for row in found.of(each, series, scheme)} for each in (*directions, ALL)}
        header = [found.by, *(way(found, each) for each in directions), "events", "possible", "Goldstein", "band"]
        body = [_cells(window, lines, directions) for window, row in lines[ALL].items() if row.certain or row.possible]
        heading = f"{series}, scored by {scheme or 'no table'}\n" if len(found.series()) > 1 else ""
        parts.append(heading + table(header, body, width))
    return "\n".join(parts)


def _cells(window: str, lines: dict[str, dict[str, Row]], directions: Sequence[str]) -> list[str]:
    whole = lines[ALL][window]
    each = [lines[direction].get(window) for direction in directions]
    low, high = f"{whole.band_low:+g}", f"{whole.band_high:+g}"
    return [
        window,
        *(f"{row.goldstein:+g} ({row.certain})" if row and row.certain else "" for row in each),
        str(whole.certain),
        str(whole.possible) if whole.possible else "",
        f"{whole.goldstein:+g}" if whole.mean is not None else "",
        (f"{low} … {high}" if low != high else low) if whole.mean is not None else "",
    ]


def events_list(found: Escalation) -> str:
    """List the events behind each window, with their days and scores; of feeds the first ones."""
    lines = []
    for row in (row for row in found.rows if row.direction == ALL and (row.events or row.possible_events)):
        lines.append(f"{row.window}{'' if row.series == DOSSIERS else f', {row.series} ({row.scheme})'}")
        for mark, ids in (("  ", row.events), ("  possible: ", row.possible_events)):
            shown = ids if row.series.startswith(DOSSIERS) else ids[:_SHOWN]
            lines += [f"{mark}{_event(found, node) if node in found.acts else f'id:{node}'}" for node in shown]
            if len(ids) > len(shown):
                lines.append(f"{mark}… and {len(ids) - len(shown):,} more; -f csv and -f json name them all.")
    return "\n".join(lines) + "\n"


def _event(found: Escalation | Structure, node: str) -> str:
    """An event on one line; what is contested is marked, with who denies or contradicts it."""
    act = found.acts[node]
    score = f" {act.goldstein:+g}" if act.goldstein is not None else ""
    against = f" (denied or contradicted by {', '.join(found.names.get(who, who) for who in act.against)})"
    return (
        f"{'≠ ' if act.contested else ''}{act.label}{against if act.against else ''} "
        f"[{f'{act.feed}, ' if act.feed else ''}{act.edtf or 'undated'}]{score}  id:{node}"
    )


def structure_title(found: Structure) -> str:
    """Name the windows and the level of the networks."""
    level = "" if found.level == "person" else f", at the level of {found.level}s"
    return f"Who is for and against whom, by {found.by}{level}{f', {found.seen}' if found.seen else ''}"


def structure(found: Structure) -> str:
    """Say the networks in sentences: their ties, triads, camps, brokers, what shifted, and what to beware of."""
    lines = [f"{structure_title(found)}, {found.since} to {found.until}."]
    for network in found.networks:
        lines += _network(found, network)
    lines += [_shift(found, shift) for shift in found.shifts[:_SHOWN]]
    if len(found.shifts) > _SHOWN:
        lines.append(f"… and {len(found.shifts) - _SHOWN:,} more triads that changed; -f json names them all.")
    how = (
        f"the sum of Goldstein scores ({found.scheme})" if found.sign == "goldstein" else "the more frequent quad class"
    )
    lines.append(f"A tie is positive or negative by {how}; acts that cancel each other out make none.")
    for scheme, count in found.other_schemes:
        lines.append(
            f"Left out: {count:,} events scored on {scheme}, since scores of two tables are never added; "
            "--sign quad counts them."
        )
    if found.feeds:
        lines.append(
            f"In it is what feeds code ({', '.join(found.feeds)}), by machine or by others; what of it is contested is "
            "not known."
        )
    if found.undecided:
        lines.append(f"Not dated to one {found.by}, and left out: {len(found.undecided)} events.")
    lines.append("The networks hold what is recorded here, which is not all that happened.")
    return "\n".join(lines) + "\n"


def _network(found: Structure, network: Network) -> list[str]:
    positive = sum(tie.sign > 0 for tie in network.ties)
    signs = f"{positive} positive and {len(network.ties) - positive} negative ties"
    neutral = f", {len(network.neutral)} without a sign" if network.neutral else ""
    told = f"{network.window}: {len(network.places)} sides, {signs}{neutral}."
    lines = [told, *_coded(network), f"  {_balance(network)}"]
    unbalanced = [triad for triad in network.triads if not triad.balanced]
    lines += [f"  Unbalanced: {_triad(found, triad)}." for triad in unbalanced[:_SHOWN]]
    if len(unbalanced) > _SHOWN:
        lines.append(f"  … and {len(unbalanced) - _SHOWN:,} more unbalanced triads; -f json names them all.")
    if network.frustrated:
        shown = [" – ".join(found.names[node] for node in pair) for pair in network.frustrated]
        more = [f"and {len(shown) - _SHOWN:,} more"] if len(shown) > _SHOWN else []
        pairs = "; ".join([*shown[:_SHOWN], *more])
        bound = "" if network.exact else " or fewer (an upper bound)"
        lines.append(f"  Two camps would leave {network.frustration}{bound} ties frustrated: {pairs}.")
    brokers = sorted((p for p in network.places if p.betweenness), key=lambda p: (-p.betweenness, p.node))[:3]
    if brokers:
        who = ", ".join(f"{found.names[place.node]} ({place.betweenness:.2f})" for place in brokers)
        lines.append(f"  Between the others stand {who}.")
    return lines


def _coded(network: Network) -> list[str]:
    """Say how many ties no dossier tells of."""
    every = (*network.ties, *network.neutral)
    coded = [tie for tie in every if tie.coded]
    feeds = ", ".join(sorted({feed for tie in coded for feed in tie.feeds}))
    return [f"  {len(coded)} of {len(every)} ties rest on feeds alone ({feeds})."] if coded else []


def _balance(network: Network) -> str:
    if not network.triads:
        return "No three sides are all tied, so there is no triad to balance."
    return f"{network.balanced} of {len(network.triads)} triads are balanced."


def _triad(found: Structure, triad: Triad) -> str:
    first, second, third = (found.names[node] for node in triad.nodes)
    pairs = ((first, second), (first, third), (second, third))
    return ", ".join(f"{a} {'+' if sign > 0 else '−'} {b}" for (a, b), sign in zip(pairs, triad.signs, strict=True))


def _shift(found: Structure, shift: Shift) -> str:
    names = ", ".join(found.names[node] for node in shift.nodes)
    more = [f"{len(shift.events) - _SHOWN:,} more"] if len(shift.events) > _SHOWN else []
    behind = ", ".join([*(f"id:{event}" for event in shift.events[:_SHOWN]), *more]) or "what left the window"
    return f"{shift.window}: {names} went from {shift.before} to {shift.after}, by {behind}."


def structure_table(found: Structure, width: int = 0) -> str:
    """Lay the networks out for a terminal, a line for each window."""
    header = [found.by, "sides", "+", "−", "balanced", "unbalanced", "frustrated", "communities", "between the others"]
    body = []
    for network in found.networks:
        positive = sum(tie.sign > 0 for tie in network.ties)
        broker = max(network.places, key=lambda place: (place.betweenness, place.node))
        body.append(
            [
                network.window,
                str(len(network.places)),
                str(positive),
                str(len(network.ties) - positive),
                str(network.balanced) if network.triads else "",
                str(network.unbalanced) if network.triads else "",
                f"{'' if network.exact else '≤ '}{network.frustration}",
                str(len(network.communities)),
                f"{found.names[broker.node]} ({broker.betweenness:.2f})" if broker.betweenness else "",
            ]
        )
    return table(header, body, width)


def ties_list(found: Structure) -> str:
    """List the ties of each window with their sums and the events behind them."""
    lines = []
    for network in found.networks:
        lines.append(network.window)
        for tie in (*network.ties, *network.neutral):
            mark = {1: "+", -1: "−", 0: "0"}[tie.sign]
            lines.append(f"  {found.names[tie.one]} {mark} {found.names[tie.other]}  {tie.goldstein:+g}")
            lines += [f"    {_event(found, event)}" for event in tie.events]
    return "\n".join(lines) + "\n"
