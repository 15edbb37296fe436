"""Analyses in, pictures out: matplotlib draws, so that they can be read in print and without colours.

Directions differ by hatch and marker, not by colour alone. An SVG is the same bytes each time for one version of
matplotlib, and carries a title and a description in words. matplotlib is an extra and is imported here, late.
"""

from __future__ import annotations

import importlib.util
import io
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
        figure = Figure(figsize=(8, 4.6 * len(series)), layout="constrained")
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
    axes.legend(frameon=False, fontsize=8, loc="upper left")
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
    axes.legend(frameon=False, fontsize=8, loc="lower left")
    _ticks(axes, names)


def _ticks(axes: Axes, windows: Sequence[str]) -> None:
    """Name at most some twenty windows, so that their names do not run into each other."""
    step = max(1, -(-len(windows) // 20))
    chosen = range(0, len(windows), step)
    axes.set_xticks(list(chosen), [windows[i] for i in chosen], rotation=45, ha="right")
    axes.set_xlim(-0.6, len(windows) - 0.4)


def structure(found: Structure, form: str = "svg") -> bytes:
    """Draw ties and triads by window, balanced and not, and the share of frustrated ties.

    Raises:
        UsageError: matplotlib is not installed.
    """
    _needs_matplotlib()
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(8, 6), layout="constrained")
        ties, triads, frustrated = figure.subplots(3, 1)
        figure.suptitle(words.structure_title(found), fontsize=11, x=0.01, ha="left")
        windows = [network.window for network in found.networks]
        signs = [[tie.sign for tie in network.ties] for network in found.networks]
        _stacked(
            ties, "ties", windows, ("positive", [s.count(1) for s in signs]), ("negative", [s.count(-1) for s in signs])
        )
        _stacked(
            triads, "triads", windows, ("balanced", [n.balanced for n in found.networks]),
            ("unbalanced", [n.unbalanced for n in found.networks]),
        )  # fmt: skip
        shares = [n.frustration / len(n.ties) if n.ties else 0.0 for n in found.networks]
        frustrated.plot(range(len(windows)), shares, color="black", marker="o", markersize=4, linewidth=1)
        frustrated.set_ylim(-0.02, max([0.5, *shares]) + 0.02)
        frustrated.set_ylabel("frustrated ties (share)")
        _ticks(frustrated, windows)
        return written(figure, form, words.structure_title(found), words.structure(found))


def _stacked(
    axes: Axes, what: str, windows: Sequence[str], lower: tuple[str, Sequence[int]], upper: tuple[str, Sequence[int]]
) -> None:
    places = range(len(windows))
    axes.bar(places, lower[1], color="0.75", hatch="///", edgecolor="black", linewidth=0.6, label=lower[0])
    axes.bar(places, upper[1], bottom=lower[1], color="0.35", edgecolor="black", linewidth=0.6, label=upper[0])
    axes.set_ylabel(what)
    axes.set_ylim(0, max([1, *(a + b for a, b in zip(lower[1], upper[1], strict=True))]) * 1.1)
    axes.locator_params(axis="y", integer=True)
    axes.legend(frameon=False, fontsize=8, loc="upper left")
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
