"""Who answers whom, and how fast: answers that the sources state, and the lag at which two series go together.

A stated answer (`dip:respondsTo`) has a lag between two bounds, since both days are known within bounds and by phrases
such as "later that day" (see `kg.reasons.apart`). The series are
compared by the cross-correlation of their Goldstein sums (Box, Jenkins and Reinsel, Time Series Analysis, ch. 12; for
event data Goldstein and Freeman 1990, Three-Way Street); beyond ±1.96/√n it is more than chance would bring in one
of twenty cases. Correlation says that two series move together, not that one causes the other.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg import reasons
from kg.analysis.acts import Act
from kg.dates import Constraint, Window

LAGS = 3
LEAST = 8  # windows: fewer give no correlation worth telling


@dataclass(frozen=True, slots=True)
class Answer:
    """One act that answers another of the other side; the lag in days lies between two bounds (None: open)."""

    event: str
    cause: str
    by: str
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Answering:
    """How one side answers the other: acts of the other side, how many are answered, and the median bounds of the lag.

    The medians are in days, over the answers whose lag has both bounds (`dated`); None where there is none.
    """

    by: str
    acts: int
    answered: int
    answers: int
    dated: int
    least: float | None
    most: float | None


@dataclass(frozen=True, slots=True)
class Lag:
    """The correlation of the first side's series with that of the second `windows` later (negative: earlier)."""

    windows: int
    correlation: float


@dataclass(frozen=True, slots=True)
class Reciprocity:
    """Stated answers, how each side answers, and the correlations by lag with their band (0: too short a series)."""

    answers: tuple[Answer, ...]
    sides: tuple[Answering, ...]
    lags: tuple[Lag, ...]
    band: float

    @property
    def strongest(self) -> Lag | None:
        """The lag with the greatest correlation in size, if any goes beyond the band."""
        beyond = [lag for lag in self.lags if abs(lag.correlation) > self.band]
        return max(beyond, key=lambda lag: (abs(lag.correlation), -abs(lag.windows), lag.windows), default=None)


def reciprocity(
    acts: Mapping[str, Act],
    by_side: Mapping[str, Sequence[str]],
    series: tuple[Sequence[float], Sequence[float]],
    phrases: Iterable[Constraint] = (),
) -> Reciprocity:
    """Tell who answers whom; `by_side` holds the acts of each of two sides toward the other, `series` their sums.

    `phrases` such as "the same day" or "two days after" make the lags closer than the dates alone.
    """
    (first, ours), (second, theirs) = by_side.items()
    known = _Known({node: Window(act.earliest, act.latest) for node, act in acts.items()}, tuple(phrases))
    answers = _answers(acts, first, ours, theirs, known) + _answers(acts, second, theirs, ours, known)
    sides = (_answering(first, theirs, answers), _answering(second, ours, answers))
    lags = correlations(*series)
    return Reciprocity(tuple(answers), sides, lags, 1.96 / math.sqrt(len(series[0])) if lags else 0.0)


@dataclass(frozen=True, slots=True)
class _Known:
    windows: dict[str, Window]
    phrases: tuple[Constraint, ...]

    def lag(self, cause: str, answer: str) -> tuple[int, int | None]:
        """The least and the most days between two acts; no answer comes before what it answers."""
        least, most = reasons.apart(cause, answer, self.windows, self.phrases)
        return max(0, least or 0), most


def _answers(acts: Mapping[str, Act], by: str, own: Sequence[str], other: Sequence[str], known: _Known) -> list[Answer]:
    causes = set(other)
    return [
        Answer(node, cause, by, *known.lag(cause, node))
        for node in own
        for cause in acts[node].responds_to
        if cause in causes and cause != node
    ]


def _answering(by: str, others: Sequence[str], answers: Sequence[Answer]) -> Answering:
    own = [answer for answer in answers if answer.by == by]
    dated = [(answer.least, answer.most) for answer in own if answer.most is not None]
    return Answering(
        by=by,
        acts=len(others),
        answered=len({answer.cause for answer in own}),
        answers=len(own),
        dated=len(dated),
        least=statistics.median(least for least, _ in dated) if dated else None,
        most=statistics.median(most for _, most in dated) if dated else None,
    )


def correlations(one: Sequence[float], other: Sequence[float]) -> tuple[Lag, ...]:
    """Correlate two series of one length at lags of up to three windows; nothing if they are short or constant.

    >>> follows = correlations([0, 1, 0, 0, 1, 0, 0, 0], [0, 0, 1, 0, 0, 1, 0, 0])
    >>> max(follows, key=lambda lag: lag.correlation)
    Lag(windows=1, correlation=0.958333)
    """
    count = len(one)
    if count < LEAST:
        return ()
    mean_one, mean_other = statistics.fmean(one), statistics.fmean(other)
    x, y = [value - mean_one for value in one], [value - mean_other for value in other]
    scale = math.sqrt(math.fsum(v * v for v in x) * math.fsum(v * v for v in y))
    if not scale:
        return ()
    found = []
    for lag in range(-LAGS, LAGS + 1):
        pairs = zip(x, y[lag:], strict=False) if lag >= 0 else zip(x[-lag:], y, strict=False)
        found.append(Lag(lag, round(math.fsum(a * b for a, b in pairs) / scale, 6)))
    return tuple(found)
