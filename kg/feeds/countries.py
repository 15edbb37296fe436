"""Codes and names of states in, ISO 3166-1 alpha-3 out.

ISO codes are pycountry's, names countrynames' (Russian for Russia, "Korea, Republic of" for South Korea). No library
under a free licence that fits knows FIPS 10-4 and the Correlates of War codes, so `countries.csv` lists these two: FIPS
as GeoNames' countryInfo has it (CC BY 4.0), COW's numbers and abbreviations for the states of its list of 2016.
A state of the past gets no code of a state of today: the Soviet Union is not Russia.
"""

from __future__ import annotations

import csv
import warnings
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from kg.errors import UsageError
from kg.feeds.names import key

SCHEMES = ("iso3", "iso2", "cameo", "fips", "cow")
_OWN = {"XKX": ("XK", "Kosovo")}  # in use, and not in ISO 3166
_GENERIC = frozenset(
    ("republic", "kingdom", "state", "states", "islands", "people", "peoples", "democratic", "federal")
)
_CAMEO = {"ROM": "ROU", "TMP": "TLS", "ZAR": "COD"}  # codes that ISO replaced when a state changed its name


def needed() -> None:
    """Refuse to go on without the libraries that know codes and names.

    Raises:
        UsageError: one is not installed.
    """
    missing = [name for name in ("countrynames", "pycountry", "rapidfuzz") if find_spec(name) is None]
    if missing:
        raise UsageError(f"{', '.join(missing)} is not installed.", hint="pip install 'diplokg[feeds]'")


@lru_cache(maxsize=10_000)
def iso3(scheme: str, code: str) -> str:
    """Give the alpha-3 code of a state's code in a scheme; empty when no state of today has it.

    >>> iso3("fips", "CO"), iso3("iso2", "CO"), iso3("cow", "100"), iso3("cow", "COL"), iso3("cameo", "COL")
    ('COL', 'COL', 'COL', 'COL', 'COL')
    >>> iso3("fips", "CH"), iso3("iso2", "CH"), iso3("cow", "365"), iso3("cameo", "SUN")
    ('CHN', 'CHE', 'RUS', '')
    """
    if scheme in ("fips", "cow"):
        return _listed()[scheme].get(code.strip().upper().lstrip("0"), "")
    import pycountry

    code = code.strip().upper()
    if scheme == "cameo":
        code = _CAMEO.get(code, code)
    if scheme in ("iso3", "cameo"):
        found = pycountry.countries.get(alpha_3=code)
        return found.alpha_3 if found else code if code in _OWN else ""
    if scheme == "iso2":
        found = pycountry.countries.get(alpha_2=code)
        own = next((three for three, (two, _) in _OWN.items() if two == code), "")
        return found.alpha_3 if found else own
    return ""


def iso2(code: str) -> str:
    """Give the alpha-2 code of a state by its alpha-3 code; empty when there is no such state.

    >>> iso2("COL"), iso2("XKX"), iso2("SUN")
    ('CO', 'XK', '')
    """
    import pycountry

    found = pycountry.countries.get(alpha_3=code)
    return found.alpha_2 if found else _OWN[code][0] if code in _OWN else ""


@lru_cache(maxsize=50_000)
def named(text: str) -> str:
    """Give the alpha-3 code of the state that a name in any of many languages points at; empty when none of today.

    A name may point at a state and be that of a part of it, as Texas does: see `same_words`.

    >>> named("Venezuela (Bolivarian Republic of)"), named("Russland"), named("USSR"), named("East Germany")
    ('VEN', 'RUS', '', '')
    """
    import countrynames

    with warnings.catch_warnings():  # it asks for ICU, which matters for other scripts than Latin only
        warnings.simplefilter("ignore", UnicodeWarning)
        two = countrynames.to_code(text[:200])
    return iso3("iso2", two) if two and len(two) == 2 else ""


def same_words(text: str, code: str) -> bool:
    """Tell whether a name shares a word of more than three letters, or its beginning, with a state's English names.

    >>> same_words("Korea, Republic of", "KOR"), same_words("Texas", "USA"), same_words("Republic of Texas", "USA")
    (True, False, False)
    >>> same_words("Russia", "RUS")  # the Russian Federation
    True
    """
    import pycountry

    found = pycountry.countries.get(alpha_3=code)
    official = str(getattr(found, "official_name", "")) if found else ""
    theirs = {word for each in (name(code), official) for word in key(each).split()}
    ours = [word for word in key(text).split() if len(word) > 3 and word not in _GENERIC]
    return any(a.startswith(b) or b.startswith(a) for a in ours for b in theirs - _GENERIC if len(b) > 3)


def name(code: str) -> str:
    """Give the common English name of a state by its alpha-3 code; empty when there is no such state.

    >>> name("VEN"), name("COL"), name("XKX"), name("KOR")
    ('Venezuela', 'Colombia', 'Kosovo', 'South Korea')
    """
    import pycountry

    found = pycountry.countries.get(alpha_3=code)
    if found is None:
        return _OWN[code][1] if code in _OWN else ""
    return str(getattr(found, "common_name", found.name))


@cache
def _listed() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {"fips": {}, "cow": {}}
    with Path(__file__).with_name("countries.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found["fips"][row["fips"]] = row["iso3"]
            found["cow"] |= {row["cow"]: row["iso3"], row["cow_abbreviation"]: row["iso3"]}
    for codes in found.values():
        codes.pop("", None)
    return found
