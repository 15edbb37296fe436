"""EDTF, windows, certainty in time, and the solver of relative phrases."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import dates
from kg.dates import Constraint, Contradiction, Window
from kg.errors import DateError


def day(text: str) -> date:
    return date.fromisoformat(text)


def window(text: str) -> Window:
    return dates.parse(text).window


# ---------------------------------------------------------------- EDTF

ACCEPTED = {
    # text: (window, precision, in words)
    "2026-01-07": ("2026-01-07", "day", "7 January 2026"),
    "2026-01-07?": ("2026-01-07", "day", "perhaps 7 January 2026"),
    "2025-02": ("2025-02-01/2025-02-28", "month", "February 2025"),
    "2024-02": ("2024-02-01/2024-02-29", "month", "February 2024"),
    "2025-12": ("2025-12-01/2025-12-31", "month", "December 2025"),
    "2025-10~": ("2025-10-01/2025-10-31", "month", "about October 2025"),
    "2025-10%": ("2025-10-01/2025-10-31", "month", "perhaps about October 2025"),
    "2025-10-XX": ("2025-10-01/2025-10-31", "month", "October 2025"),
    "2025-10-1X": ("2025-10-10/2025-10-19", "part-of-month", "between 10 October 2025 and 19 October 2025"),
    "2025-02-2X": ("2025-02-20/2025-02-28", "part-of-month", "between 20 February 2025 and 28 February 2025"),
    "2025": ("2025-01-01/2025-12-31", "year", "2025"),
    "2025-XX": ("2025-01-01/2025-12-31", "year", "2025"),
    "2025-XX-XX": ("2025-01-01/2025-12-31", "year", "2025"),
    "2025-1X": ("2025-10-01/2025-12-31", "interval", "between October 2025 and December 2025"),
    "2025-0X": ("2025-01-01/2025-09-30", "interval", "between January 2025 and September 2025"),
    "2025-XX-31": ("2025-01-31/2025-12-31", "interval", "between 31 January 2025 and 31 December 2025"),
    "202X": ("2020-01-01/2029-12-31", "interval", "the 2020s"),
    "202X~": ("2020-01-01/2029-12-31", "interval", "about the 2020s"),
    "20XX": ("2000-01-01/2099-12-31", "interval", "between 2000 and 2099"),
    "202X-02-29": ("2020-02-29/2028-02-29", "interval", "between 29 February 2020 and 29 February 2028"),
    "0001": ("0001-01-01/0001-12-31", "year", "1"),
    "9999": ("9999-01-01/9999-12-31", "year", "9999"),
    "XXXX": ("../..", "unknown", "date unknown"),
    "2025-09-11~/2025-09-20~": ("2025-09-11/2025-09-20", "part-of-month", "mid-September 2025"),
    "2025-12-01~/2025-12-10~": ("2025-12-01/2025-12-10", "part-of-month", "early December 2025"),
    "2025-02-21~/2025-02-28~": ("2025-02-21/2025-02-28", "part-of-month", "late February 2025"),
    "2025-09-12~/2025-09-20~": (
        "2025-09-12/2025-09-20",
        "part-of-month",
        "between about 12 September 2025 and about 20 September 2025",
    ),
    "2025-09-11~/2025-10-20~": (
        "2025-09-11/2025-10-20",
        "interval",
        "between about 11 September 2025 and about 20 October 2025",
    ),
    "2025-09-11~/2026-09-20~": (
        "2025-09-11/2026-09-20",
        "interval",
        "between about 11 September 2025 and about 20 September 2026",
    ),
    "2025-09-11/2025-09-20": (
        "2025-09-11/2025-09-20",
        "part-of-month",
        "between 11 September 2025 and 20 September 2025",
    ),
    "2025-10/2026-02-02": ("2025-10-01/2026-02-02", "interval", "between October 2025 and 2 February 2026"),
    "2025-03-15/2025-03": ("2025-03-15/2025-03-31", "part-of-month", "between 15 March 2025 and March 2025"),
    "2025-03/..": ("2025-03-01/..", "open", "from March 2025"),
    "2025-03/": ("2025-03-01/..", "open", "from March 2025"),
    "2025-03~/..": ("2025-03-01/..", "open", "from about March 2025"),
    "../2026-02-02": ("../2026-02-02", "open", "until 2 February 2026"),
    "/2026": ("../2026-12-31", "open", "until 2026"),
}


@pytest.mark.parametrize(("text", "expected"), ACCEPTED.items(), ids=list(ACCEPTED))
def test_a_date_has_a_window_a_precision_and_words(text: str, expected: tuple[str, str, str]) -> None:
    read = dates.parse(text)
    assert (str(read.window), read.precision, dates.show(read)) == expected
    assert read.text == text


@pytest.mark.parametrize(
    ("text", "approximate", "uncertain"),
    [
        ("2025", False, False),
        ("2025~", True, False),
        ("2025?", False, True),
        ("2025%", True, True),
        ("2025-01~/2025-03?", True, True),
    ],
)
def test_qualifiers_are_kept_and_widen_nothing(text: str, approximate: bool, uncertain: bool) -> None:
    read = dates.parse(text)
    assert (read.approximate, read.uncertain) == (approximate, uncertain)
    bare = dates.parse("".join(c for c in text if c not in "~?%"))
    assert (read.earliest, read.latest) == (bare.earliest, bare.latest)


REFUSED = {
    "2025-13": "there is no month 13",
    "2025-00": "there is no month 00",
    "2025-02-30": "February 2025 has 28 days",
    "2025-02-3X": "February 2025 has 28 days",
    "2025-04-31": "April 2025 has 30 days",
    "2025-03-32": "there is no day 32",
    "202X-02-30": "there is no day 30",
    "0000": "years run from 0001 to 9999",
    "2025-20": "there is no month 20",
    "2025-21": "21 is a season or a part of a year; write the months it means, as in 2025-03/2025-05",
    "2025-33": "write the months it means",
    "2025-41": "write the months it means",
    "2025-42": "there is no month 42",
    "2025-2X": "there is no month 2X",
    "2025-1X-32": "there is no day 32",
    "2026-02/2025-12": "ends before it begins",
    "2025-03-07/2025-03-06": "ends before it begins",
    "2025-3": "two digits: 2025-03",
    "2025-3-7": "two digits: 2025-03-07",
    "2025/03/07": "two slashes",
    "../..": "leave the date out",
    "/": "leave the date out",
    "": "empty",
    " 2025": "spaces",
    "2025-03-07T10:00": "times of day",
    "202x": "capital X",
    "2025~-03": "end of a date",
    "?2025": "end of a date",
    "X025": "not YYYY",
    "20": "not YYYY",
    "March 2025": "not YYYY",
    "2025-03/soon": "'soon' is not YYYY",
    "２０２５": "not YYYY",
    "2025\n": "spaces",
}


@pytest.mark.parametrize(("text", "reason"), REFUSED.items(), ids=map(repr, REFUSED))
def test_a_wrong_date_is_named_with_the_reason_and_the_forms(text: str, reason: str) -> None:
    with pytest.raises(DateError) as caught:
        dates.parse(text)
    assert repr(text)[1:-1].replace("\\n", "\n") in caught.value.message
    assert reason in caught.value.message
    assert caught.value.hint == dates.FORMS


def test_one_day_is_read_as_xsd_date_writes_it() -> None:
    assert dates.day("2025-12-01") == day("2025-12-01")


@pytest.mark.parametrize("text", ["2025-12", "2025-12-01~", "2025-12-01/2025-12-01", "../2025-12-01", "XXXX"])
def test_what_is_not_one_day_is_refused(text: str) -> None:
    with pytest.raises(DateError, match="is not one day") as caught:
        dates.day(text)
    assert f"'{text}'" in caught.value.message
    assert "2025-12-01" in caught.value.hint


@given(st.text(alphabet="0123456789X-/.~?% ", max_size=24))
def test_any_text_is_a_date_or_a_date_error(text: str) -> None:
    try:
        read = dates.parse(text)
    except DateError:
        return
    assert dates.show(read)
    assert read.earliest is None or read.latest is None or read.earliest <= read.latest


def edtf_texts() -> st.SearchStrategy[str]:
    days = st.dates(min_value=date(1800, 1, 1), max_value=date(2199, 12, 31))
    single = st.builds(
        lambda d, form, mark: d.strftime(form) + mark,
        days,
        st.sampled_from(["%Y", "%Y-%m", "%Y-%m-%d"]),
        st.sampled_from(["", "~", "?", "%"]),
    )
    vague = st.builds(lambda d, form: form.format(d), days, st.sampled_from(["{:%Y-%m}-XX", "{:%Y}-XX"]))
    decade = days.map(lambda d: f"{d:%Y}"[:3] + "X")
    pair = st.tuples(days, days).map(lambda two: f"{min(two)}/{max(two)}")
    return st.one_of(single, vague, decade, pair, single.map(lambda t: f"{t}/.."), single.map(lambda t: f"../{t}"))


@settings(max_examples=200, deadline=None)
@given(edtf_texts())
def test_bounds_agree_with_the_edtf_package(text: str) -> None:
    edtf = pytest.importorskip("edtf", reason="the edtf package is the second opinion")
    other = edtf.parse_edtf(text)

    def bound(value: object) -> date | None:
        return date(*value[:3]) if isinstance(value, tuple) else None  # floats are its infinities

    read = dates.parse(text)
    assert (read.earliest, read.latest) == (bound(other.lower_strict()), bound(other.upper_strict()))


def test_dates_import_only_the_standard_library() -> None:
    code = "import sys; own = set(sys.modules); import kg.dates; print(*{*sys.modules} - own)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded - set(sys.stdlib_module_names) == {"kg"}


# ---------------------------------------------------------------- certain, possible, no


@pytest.mark.parametrize(
    ("stated", "begin", "end", "answer"),
    [
        ("2025-10", "2025-10-01", "2025-10-31", "certain"),
        ("2025-10", "2025-01-01", None, "certain"),
        ("2025-10", "2025-10-02", "2025-12-31", "possible"),
        ("2025-10", "2025-10-15", "2025-10-16", "possible"),
        ("2025-10", "2025-10-31", None, "possible"),
        ("2025-10", "2025-11-01", None, "no"),
        ("2025-10", None, "2025-09-30", "no"),
        ("2025-10", None, "2025-10-01", "possible"),
        ("2025-03/..", "2025-01-01", None, "certain"),
        ("2025-03/..", "2025-01-01", "2025-12-31", "possible"),
        ("2025-03/..", None, "2025-02-28", "no"),
        ("../2026-02-02", None, "2026-02-02", "certain"),
        ("../2026-02-02", "2026-01-01", "2026-12-31", "possible"),
        ("../2026-02-02", "2026-02-03", None, "no"),
        ("XXXX", "2025-01-01", "2025-12-31", "possible"),
        ("XXXX", None, None, "certain"),
    ],
)
def test_a_window_fits_a_period(stated: str, begin: str | None, end: str | None, answer: str) -> None:
    days = [day(text) if text else None for text in (begin, end)]
    assert dates.within(*(window(stated).earliest, window(stated).latest), *days) == answer


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(DateError, match=r"ends \(2025-01-01\) before it begins \(2025-02-01\)"):
        dates.within(None, None, day("2025-02-01"), day("2025-01-01"))


@pytest.mark.parametrize(
    ("begin", "end", "on", "answer"),
    [
        ("2025-10-03/2025-10-31", "", "2025-10-02", "no"),
        ("2025-10-03/2025-10-31", "", "2025-10-03", "possible"),
        ("2025-10-03/2025-10-31", "", "2025-10-30", "possible"),
        ("2025-10-03/2025-10-31", "", "2025-10-31", "certain"),
        ("2025-10-03/2025-10-31", "", "2040-01-01", "certain"),
        ("2025-03/..", "", "2025-06-01", "possible"),  # begun at some unknown day since March
        ("", "", "2025-06-01", "possible"),
        ("../2025-05", "", "2025-06-01", "certain"),
        ("", "2026-01", "2025-06-01", "possible"),
        ("", "2026-01", "2026-02-01", "no"),
        ("2025-10", "2026-01", "2025-12-31", "certain"),
        ("2025-10", "2026-01", "2026-01-01", "possible"),
        ("2025-10", "2026-01", "2026-01-31", "possible"),
        ("2025-10", "2026-01", "2026-02-01", "no"),
        ("2025-10", "../2026-01", "2025-12-31", "possible"),  # an end is known, its earliest day is not
        ("2025-10", "2026-01/..", "2025-12-31", "certain"),
        ("2025-10", "2026-01/..", "2026-01-02", "possible"),
        ("2025-10-05", "2025-10-05", "2025-10-05", "possible"),
    ],
)
def test_in_force_on_a_day(begin: str, end: str, on: str, answer: str) -> None:
    b, e = (window(text) if text else Window() for text in (begin, end))
    assert dates.in_force(b.earliest, b.latest, e.earliest, e.latest, day(on)) == answer


OFFSETS = st.one_of(st.none(), st.integers(0, 6))


@given(st.tuples(OFFSETS, OFFSETS), st.tuples(OFFSETS, OFFSETS), st.integers(0, 6))
def test_in_force_never_overstates(
    begin: tuple[int | None, int | None], end: tuple[int | None, int | None], asked: int
) -> None:
    """Over every begin and end the bounds allow: certain holds in all of them, no holds in none."""

    def at(offset: int | None) -> date | None:
        return None if offset is None else date(2025, 1, 10) + timedelta(days=offset)

    def choices(bounds: tuple[int | None, int | None]) -> range:
        low, high = bounds
        return range(-3 if low is None else low, (9 if high is None else high) + 1)

    bounds = (at(begin[0]), at(begin[1]), at(end[0]), at(end[1]))
    answer = dates.in_force(*bounds, date(2025, 1, 10 + asked))
    ends: list[int | None] = list(choices(end)) if end != (None, None) else [None]
    held = [b <= asked and (e is None or e > asked) for b in choices(begin) for e in ends]
    if answer == "certain":
        assert all(held)
    if answer == "no":
        assert not any(held)


# ---------------------------------------------------------------- the solver


def solved(windows: dict[str, str], *constraints: Constraint) -> dict[str, str]:
    stated = {event: window(text) if text else Window() for event, text in windows.items()}
    return {event: str(found) for event, found in dates.solve(stated, constraints).items()}


def test_exactly_two_days_later_tightens_both_events() -> None:
    assert solved({"exchange": "2025-10", "sanctions": "2025-10"}, dates.exactly("sanctions", "exchange", 2)) == {
        "exchange": "2025-10-01/2025-10-29",
        "sanctions": "2025-10-03/2025-10-31",
    }


def test_a_weekday_moves_both_ends_inwards() -> None:
    found = solved({"visit": "2026-02-01/2026-02-10"}, dates.weekday("visit", "Tuesday"))
    assert found == {"visit": "2026-02-03/2026-02-10"}


def test_an_undated_event_is_dated_by_its_neighbours() -> None:
    found = solved(
        {"call": "2026-01-07", "invitation": "", "visit": "../2026-02-10"},
        dates.same_day_as("invitation", "call"),
        dates.after("visit", "invitation", at_least=1),
    )
    assert found == {"call": "2026-01-07", "invitation": "2026-01-07", "visit": "2026-01-08/2026-02-10"}


def test_before_is_after_seen_from_the_other_side() -> None:
    stated = {"a": "2025-03", "b": "2025-03"}
    there = solved(stated, dates.before("a", "b", at_least=5, at_most=9))
    assert there == solved(stated, dates.after("b", "a", at_least=5, at_most=9))
    assert there == {"a": "2025-03-01/2025-03-26", "b": "2025-03-06/2025-03-31"}


def test_the_same_month_is_one_month_of_one_year() -> None:
    found = solved({"a": "2025", "b": "2025-02-10/2025-03-05"}, dates.same_month_as("a", "b"))
    assert found == {"a": "2025-02-01/2025-03-31", "b": "2025-02-10/2025-03-05"}


def test_the_month_that_fits_may_be_far_from_every_date() -> None:
    first_and_last = [
        dates.exactly("last", "first", 30),
        dates.same_month_as("first", "last"),
        dates.weekday("first", "Monday"),
    ]
    found = solved({"first": "2025-04/..", "last": ""}, *first_and_last)
    assert found == {"first": "2025-12-01/..", "last": "2025-12-31/.."}
    found = solved({"first": "", "last": "../2025-11"}, *first_and_last)
    assert found == {"first": "../2024-07-01", "last": "../2024-07-31"}


def test_what_no_phrase_names_stays_as_it_is() -> None:
    stated = {"a": Window(), "b": window("2025")}
    assert dates.solve(stated, []) == stated
    assert solved({"a": "", "b": "2025"}, dates.after("b", "a")) == {
        "a": "../2025-12-31",
        "b": "2025-01-01/2025-12-31",
    }


CONTRADICTIONS = {
    "dates too far apart": (
        {"a": "2025-01", "b": "2025-03"},
        [dates.exactly("b", "a", 2)],
    ),
    "order against the dates": ({"a": "2025-03", "b": "2025-01"}, [dates.after("b", "a")]),
    "no such weekday in the window": ({"a": "2026-02-04/2026-02-06"}, [dates.weekday("a", "Monday")]),
    "a cycle of undated events": (
        {"a": "", "b": "", "c": ""},
        [dates.after("b", "a"), dates.after("c", "b", at_least=1), dates.after("a", "c")],
    ),
    "a cycle of dated open events": (
        {"a": "2025/..", "b": ""},
        [dates.after("b", "a", at_least=1), dates.after("a", "b", at_least=1)],
    ),
    "a cycle of events that end somewhere": (
        {"a": "../2025", "b": ""},
        [dates.after("b", "a", at_least=1), dates.after("a", "b", at_least=1)],
    ),
    "after itself": ({"a": ""}, [dates.after("a", "a", at_least=1)]),
    "two weekdays on one undated day": (
        {"a": "", "b": ""},
        [dates.same_day_as("a", "b"), dates.weekday("a", "Monday"), dates.weekday("b", "Tuesday")],
    ),
    "forty days apart in one month, open": (
        {"a": "2025/..", "b": ""},
        [dates.after("a", "b", at_least=40), dates.same_month_as("a", "b")],
    ),
    "beyond the calendar": ({"a": "2025", "b": ""}, [dates.exactly("b", "a", 10**9)]),
    "at least more than at most": ({"a": "", "b": ""}, [dates.after("b", "a", at_least=3, at_most=1)]),
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_a_contradiction_names_the_events_and_the_phrases(case: str) -> None:
    stated, constraints = CONTRADICTIONS[case]
    with pytest.raises(Contradiction) as caught:
        solved(stated, *constraints)
    assert set(caught.value.events) == set(stated)
    assert set(caught.value.constraints) == set(constraints)
    assert all(str(constraint) in caught.value.message for constraint in constraints)
    assert isinstance(caught.value, DateError)


def test_a_contradiction_names_only_what_is_needed_for_it() -> None:
    stated = {"a": "2025-01", "b": "2025-03", "c": "2025", "d": ""}
    guilty = dates.exactly("b", "a", 2)
    with pytest.raises(Contradiction) as caught:
        solved(stated, dates.after("c", "a"), guilty, dates.after("d", "c"), dates.weekday("c", "Monday"))
    assert caught.value.constraints == (guilty,)
    assert caught.value.events == ("b", "a")
    assert caught.value.message == (
        "These cannot all hold: b is exactly 2 days after a; "
        "b is dated 2025-03-01/2025-03-31; a is dated 2025-01-01/2025-01-31."
    )


def test_a_long_contradiction_is_told_short() -> None:
    stated = {f"e{n}": "" for n in range(30)}
    chain = [dates.after(f"e{n + 1}", f"e{n}", at_least=1) for n in range(29)]
    with pytest.raises(Contradiction, match=r"; and 24 more\. Correct") as caught:
        solved(stated, *chain, dates.after("e0", "e29"))
    assert len(caught.value.constraints) == 30


def test_an_unknown_event_is_named() -> None:
    with pytest.raises(DateError, match=r"'treaties', which is no event here. Did you mean 'treaty'"):
        solved({"treaty": "2025", "visit": "2025"}, dates.after("visit", "treaties"))


def test_an_unknown_weekday_is_named() -> None:
    with pytest.raises(DateError, match=r"'tusday' is not a day of the week. Did you mean 'Tuesday'"):
        dates.weekday("a", "tusday")
    with pytest.raises(DateError, match=r"'xyz' is not a day of the week\. Write Monday"):
        dates.weekday("a", "xyz")


def test_a_window_that_ends_before_it_begins_cannot_be_made() -> None:
    with pytest.raises(DateError, match=r"end \(2025-01-01\) before it begins \(2025-02-01\)"):
        Window(day("2025-02-01"), day("2025-01-01"))


def test_phrases_read_as_sentences() -> None:
    made = [
        dates.after("b", "a"),
        dates.after("b", "a", at_least=1),
        dates.after("b", "a", at_most=3),
        dates.after("b", "a", at_least=1, at_most=3),
        dates.before("b", "a", at_least=2),
        dates.exactly("b", "a", 0),
        dates.same_day_as("b", "a"),
        dates.same_month_as("b", "a"),
        dates.weekday("b", "Monday"),
    ]
    assert [str(constraint) for constraint in made] == [
        "b is on or after a",
        "b is at least 1 day after a",
        "b is at most 3 days after a",
        "b is 1 to 3 days after a",
        "b is at least 2 days before a",
        "b is exactly 0 days after a",
        "b is on the same day as a",
        "b is in the same month as a",
        "b is on a Monday",
    ]


EVENTS = ("a", "b", "c")
FIRST = date(2025, 1, 27)  # near a month's end, so that months and weekdays matter
SPAN = 9


@st.composite
def small_constraints(draw: st.DrawFn) -> Constraint:
    event, anchor = draw(st.sampled_from(list(permutations(EVENTS, 2))))
    least = draw(st.integers(0, 4))
    most = draw(st.one_of(st.none(), st.integers(0, 4).map(lambda more: least + more)))
    return draw(
        st.sampled_from(
            [
                dates.after(event, anchor, at_least=least, at_most=most),
                dates.before(event, anchor, at_least=least, at_most=most),
                dates.exactly(event, anchor, least),
                dates.same_day_as(event, anchor),
                dates.same_month_as(event, anchor),
                dates.weekday(event, dates.WEEKDAYS[least]),
            ]
        )
    )


def small_windows() -> st.SearchStrategy[dict[str, Window]]:
    bounds = st.tuples(st.integers(0, SPAN), st.integers(0, SPAN)).map(sorted)
    windows = bounds.map(lambda b: Window(*(FIRST + timedelta(days=n) for n in b)))
    return st.fixed_dictionaries(dict.fromkeys(EVENTS, windows))


def holds(constraint: Constraint, on: dict[str, date]) -> bool:
    own = on[constraint.event]
    if constraint.kind == "weekday":
        return dates.WEEKDAYS[own.weekday()] == constraint.anchor
    other = on[constraint.anchor]
    if constraint.kind == "same_month_as":
        return (own.year, own.month) == (other.year, other.month)
    gap = (other - own if constraint.kind == "before" else own - other).days
    return constraint.at_least <= gap and (constraint.at_most is None or gap <= constraint.at_most)


def solutions(windows: dict[str, Window], constraints: list[Constraint]) -> Iterator[dict[str, date]]:
    """Try every day of every window."""
    choices = [
        [FIRST + timedelta(days=n) for n in range(SPAN + 1) if fits(FIRST + timedelta(days=n), windows[e])]
        for e in EVENTS
    ]
    for days in product(*choices):
        on = dict(zip(EVENTS, days, strict=True))
        if all(holds(constraint, on) for constraint in constraints):
            yield on


def fits(day: date, window: Window) -> bool:
    return dates.within(day, day, window.earliest, window.latest) == "certain"


@settings(max_examples=200, deadline=None)
@given(small_windows(), st.lists(small_constraints(), max_size=5), st.randoms(use_true_random=False))
def test_the_solver_is_sound_tightening_idempotent_and_indifferent_to_order(
    windows: dict[str, Window], constraints: list[Constraint], random: object
) -> None:
    possible = list(solutions(windows, constraints))
    shuffled = sorted(constraints, key=lambda _: random.random())  # type: ignore[attr-defined]
    try:
        found = dates.solve(windows, constraints)
    except Contradiction as error:
        assert not possible
        with pytest.raises(Contradiction) as again:
            dates.solve(windows, shuffled)
        assert (str(again.value), again.value.constraints) == (str(error), error.constraints)
        return
    for on in possible:
        assert all(fits(on[event], found[event]) for event in EVENTS), "a day that can be true was cut off"
    for event in EVENTS:
        first, last = windows[event].earliest, windows[event].latest
        assert dates.within(found[event].earliest, found[event].latest, first, last) == "certain"
    assert dates.solve(found, constraints) == found
    assert dates.solve(windows, shuffled) == found


@settings(max_examples=200, deadline=None)
@given(small_windows(), st.lists(small_constraints(), max_size=5))
def test_with_distances_alone_every_bound_is_reached(windows: dict[str, Window], constraints: list[Constraint]) -> None:
    distances = [c for c in constraints if c.kind not in ("weekday", "same_month_as")]
    possible = list(solutions(windows, distances))
    if not possible:
        with pytest.raises(Contradiction):
            dates.solve(windows, distances)
        return
    found = dates.solve(windows, distances)
    for event in EVENTS:
        days = [on[event] for on in possible]
        assert found[event] == Window(min(days), max(days))


@settings(max_examples=200, deadline=None)
@given(
    small_windows(),
    st.lists(small_constraints(), max_size=5),
    st.lists(st.sampled_from([(e, side) for e in EVENTS for side in ("earliest", "latest")])),
)
def test_open_windows_cut_off_nothing_either(
    windows: dict[str, Window], constraints: list[Constraint], opened: list[tuple[str, str]]
) -> None:
    wider = {
        event: Window(
            None if (event, "earliest") in opened else w.earliest,
            None if (event, "latest") in opened else w.latest,
        )
        for event, w in windows.items()
    }
    try:
        found = dates.solve(wider, constraints)
    except Contradiction:
        assert not list(solutions(wider, constraints))
        return
    for on in solutions(wider, constraints):
        assert all(fits(on[event], found[event]) for event in EVENTS)
    assert dates.solve(found, constraints) == found
