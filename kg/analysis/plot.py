"""Analyses in, pictures out: matplotlib draws, so that they can be read in print and without colours.

Directions differ by hatch and marker, not by colour alone. An SVG is the same bytes each time for one version of
matplotlib, and carries a title and a description in words. matplotlib is an extra and is imported here, late.
"""

from __future__ import annotations

import importlib.util
import io
import math
import re
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from kg.analysis import words
from kg.analysis.escalation import ALL, BACK, DOSSIERS, MUTUAL, THERE, Escalation, Row
from kg.analysis.structure import Structure
from kg.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_STYLE: Any = {
    "svg.hashsalt": "diplokg",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 0.6,
}
# Each direction has a grey, a hatch, a marker and a line of its own.
_MANNER = {
    THERE: ("0.35", "", "o", "-"),
    BACK: ("0.75", "///", "s", "--"),
    MUTUAL: ("1.0", "xxx", "^", ":"),
}


def escalation(found: Escalation, form: str = "svg") -> bytes:
    """Draw events and Goldstein sums by window, a pair of panels for each series.

    Raises:
        UsageError: matplotlib is not installed.
    """
    _needs_matplotlib()
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_STYLE):
        series = found.series()
        figure = Figure(figsize=(8, 5.2 * len(series)), layout="constrained")
        panels = figure.subplots(2 * len(series), 1, squeeze=False)[:, 0]
        figure.suptitle(words.title(found), fontsize=11, x=0.01, ha="left")
        for number, (name, scheme) in enumerate(series):
            _counts(panels[2 * number], found, name, scheme, found.of(ALL, name, scheme))
            _scores(panels[2 * number + 1], found, name, scheme, found.of(ALL, name, scheme))
        return written(figure, form, words.title(found), words.escalation(found))


def _counts(axes: Axes, found: Escalation, series: str, scheme: str, windows: Sequence[Row]) -> None:
    """Stacked bars: certain events by direction, possible ones on top in outline."""
    places = range(len(windows))
    floor = [0] * len(windows)
    for direction in (THERE, BACK, MUTUAL):
        rows = {row.window: row for row in found.of(direction, series, scheme)}
        if rows:
            heights = [rows[window.window].certain for window in windows]
            shade, hatch, _, _ = _MANNER[direction]
            label = words.way(found, direction)
            axes.bar(
                places, heights, bottom=floor, color=shade, hatch=hatch, edgecolor="black", linewidth=0.6, label=label
            )
            floor = [a + b for a, b in zip(floor, heights, strict=True)]
    maybe = [window.possible for window in windows]
    if any(maybe):
        axes.bar(
            places, maybe, bottom=floor, fill=False, edgecolor="0.4", linestyle=":", linewidth=0.8, label="possible"
        )
    axes.set_ylabel("events" if series == DOSSIERS else f"events, {series}")
    _legend(axes)
    axes.locator_params(axis="y", integer=True)
    _ticks(axes, [window.window for window in windows])


def _scores(axes: Axes, found: Escalation, series: str, scheme: str, windows: Sequence[Row]) -> None:
    """Lines of the Goldstein sums, the band of what is uncertain about their sum, and the turns."""
    places = list(range(len(windows)))
    low, high = [w.band_low for w in windows], [w.band_high for w in windows]
    axes.fill_between(
        places, low, high, facecolor="0.93", edgecolor="0.6", hatch="\\\\\\", linewidth=0.0,
        label="all, without contested or single-source events",
    )  # fmt: skip
    axes.plot(places, [w.goldstein for w in windows], color="0.55", linewidth=2.5, label="all")
    for direction in (THERE, BACK, MUTUAL):
        rows = {row.window: row for row in found.of(direction, series, scheme)}
        if rows:
            _, _, marker, line = _MANNER[direction]
            sums = [rows[window.window].goldstein for window in windows]
            axes.plot(places, sums, marker=marker, linestyle=line, color="black", markersize=4, linewidth=1,
                      markerfacecolor="white" if direction != THERE else "black",
                      label=words.way(found, direction))  # fmt: skip
    axes.axhline(0, color="0.5", linewidth=0.6)
    names = [window.window for window in windows]
    for turn in found.turns:
        if (turn.series, turn.direction) == (series, ALL) and turn.window in names:
            axes.axvline(names.index(turn.window) - 0.5, color="black", linestyle=(0, (1, 3)), linewidth=1.2)
            axes.text(names.index(turn.window) - 0.45, 0.02, f"turn {turn.window}", fontsize=7, rotation=90,
                      va="bottom", transform=axes.get_xaxis_transform())  # fmt: skip
    axes.set_ylabel(f"Goldstein sum\n({scheme})" if scheme else "Goldstein sum")
    _legend(axes)
    _ticks(axes, names)


def _ticks(axes: Axes, windows: Sequence[str]) -> None:
    """Name at most some twenty windows, so that their names do not run into each other."""
    step = max(1, -(-len(windows) // 20))
    chosen = range(0, len(windows), step)
    axes.set_xticks(list(chosen), [windows[i] for i in chosen], rotation=45, ha="right")
    axes.set_xlim(-0.6, len(windows) - 0.4)


def structure(found: Structure, form: str = "svg") -> bytes:
    """Draw ties, triads (balanced and not), frustrated ties and brokers by window; what there is none of has no panel.

    Raises:
        UsageError: matplotlib is not installed.
    """
    _needs_matplotlib()
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_STYLE):
        closed = any(network.triads for network in found.networks)
        figure = Figure(figsize=(8, 7.5 if closed else 4.6), layout="constrained")
        panels = iter(figure.subplots(4 if closed else 2, 1))
        open_ = "" if closed else "\nNo three sides are all tied, so there is no triad to balance."
        figure.suptitle(words.structure_title(found) + open_, fontsize=11, x=0.01, ha="left")
        windows = [network.window for network in found.networks]
        signs = [[tie.sign for tie in network.ties] for network in found.networks]
        _stacked(
            next(panels), "ties", windows, ("positive", [s.count(1) for s in signs]),
            ("negative", [s.count(-1) for s in signs]),
        )  # fmt: skip
        if closed:
            balanced, unbalanced = [n.balanced for n in found.networks], [n.unbalanced for n in found.networks]
            _stacked(next(panels), "triads", windows, ("balanced", balanced), ("unbalanced", unbalanced))
            _frustrated(next(panels), found, windows)
        _brokers(next(panels), found, windows)
        return written(figure, form, words.structure_title(found), words.structure(found))


def _frustrated(axes: Axes, found: Structure, windows: Sequence[str]) -> None:
    shares = [n.frustration / len(n.ties) if n.ties else 0.0 for n in found.networks]
    axes.plot(range(len(windows)), shares, color="black", marker="o", markersize=4, linewidth=1)
    axes.set_ylim(-0.02, max([0.5, *shares]) + 0.02)
    axes.set_ylabel("frustrated ties\n(share)")
    _ticks(axes, windows)


def _brokers(axes: Axes, found: Structure, windows: Sequence[str]) -> None:
    """The betweenness of the four sides that ever stand most between the others."""
    highest: dict[str, float] = {}
    for place in (place for network in found.networks for place in network.places):
        highest[place.node] = max(highest.get(place.node, 0.0), place.betweenness)
    chosen = sorted(highest, key=lambda node: (-highest[node], node))[:4]
    for node, (marker, line) in zip(chosen, (("o", "-"), ("s", "--"), ("^", ":"), ("D", "-.")), strict=False):
        values = [
            next((place.betweenness for place in network.places if place.node == node), math.nan)
            for network in found.networks
        ]
        axes.plot(range(len(windows)), values, color="black", marker=marker, markerfacecolor="white", markersize=5,
                  linestyle=line, linewidth=1, label=found.names[node])  # fmt: skip
    axes.set_ylabel("betweenness")
    axes.set_ylim(-0.03, 1.03)
    _legend(axes)
    _ticks(axes, windows)


def _legend(axes: Axes) -> None:
    """A legend above the panel, where it covers nothing."""
    axes.legend(frameon=False, fontsize=8, loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.2)


def _stacked(
    axes: Axes, what: str, windows: Sequence[str], lower: tuple[str, Sequence[int]], upper: tuple[str, Sequence[int]]
) -> None:
    places = range(len(windows))
    axes.bar(places, lower[1], color="0.75", hatch="///", edgecolor="black", linewidth=0.6, label=lower[0])
    axes.bar(places, upper[1], bottom=lower[1], color="0.35", edgecolor="black", linewidth=0.6, label=upper[0])
    axes.set_ylabel(what)
    axes.set_ylim(0, max([1, *(a + b for a, b in zip(lower[1], upper[1], strict=True))]) * 1.1)
    axes.locator_params(axis="y", integer=True)
    _legend(axes)
    _ticks(axes, windows)


def written(figure: Figure, form: str, title: str, description: str) -> bytes:
    """Write a figure as SVG with a text alternative, or as PNG; no clock goes into either.

    Raises:
        UsageError: the form is neither.
    """
    out = io.BytesIO()
    if form == "png":
        figure.savefig(
            out, format="png", dpi=200, metadata={"Software": None, "Title": title, "Description": description}
        )
        return out.getvalue()
    if form != "svg":
        raise UsageError(f"'{form}' is not a form of a plot.", hint="Use svg or png.")
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = (
        f'<title id="plot-title">{escape(title)}</title>\n <desc id="plot-description">{escape(description)}</desc>\n'
    )
    opened = re.sub(
        r"<svg ([^>]*)>",
        lambda match: f'<svg role="img" aria-labelledby="plot-title plot-description" {match[1]}>\n {text}',
        out.getvalue().decode(),
        count=1,
    )
    return opened.encode()


def _needs_matplotlib() -> None:
    if importlib.util.find_spec("matplotlib") is None:
        raise UsageError("matplotlib is not installed.", hint="pip install 'diplokg[analysis]'")
