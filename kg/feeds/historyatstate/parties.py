"""Whom the Office of the Historian names: territories, the persons of its own lists, and visitors by name and title.

Ids are the Office's own keys. A visitor or a person met has no key there: full names and monarchs are one person for
one country, a bare surname only within one year, so that two presidents Lopez forty years apart stay two.
"""

from __future__ import annotations

import re
from functools import cache

from kg.feeds import countries
from kg.feeds.naming import slug, words
from kg.feeds.records import Party

PUBLISHER = "Office of the Historian, U.S. Department of State"
FEED = "historyatstate"
US = f"{FEED}-territory-united-states"
UNITED_STATES = Party(US, "United States", "state", codes=(("iso3", "USA"), (FEED, "united-states")))
STATE_DEPARTMENT = Party(
    f"{FEED}-department-of-state", "US State Department", "ministry", ("U.S. Department of State",), part_of=US
)

# Keys whose words a list of countries takes for another state of today, or does not know.
_FORMER = frozenset(("hawaii", "texas", "nassau", "korea"))
_TODAY = {
    "congo-democratic-republic": "COD",
    "congo-republic": "COG",
    "cote-divoire": "CIV",
    "palestinian-authority": "PSE",
    "saint-vincent-grenadines": "VCT",
    "somoa": "WSM",
}

MONARCHS = ("King", "Queen", "Emperor", "Empress", "Pope", "Shah", "Sultan", "Amir", "Emir", "Crown Prince",
            "Crown Princess", "Prince Regent", "Prince", "Princess", "Grand Duke", "Grand Duchess",
            "Dalai Lama")  # fmt: skip
_OFFICES = ("President", "Vice President", "Prime Minister", "Deputy Prime Minister", "Vice Prime Minister", "Premier",
            "Vice Premier", "Chancellor", "Vice Chancellor", "Foreign Minister", "Deputy Foreign Minister",
            "Vice Foreign Minister", "Foreign Secretary", "Defense Minister", "Defence Minister", "Finance Minister",
            "Interior Minister", "Justice Minister", "Secretary of Foreign Affairs", "Secretary of Foreign Relations",
            "Secretary of State", "State Secretary", "Minister of Foreign Affairs", "Minister of Foreign Relations",
            "Minister for Foreign Affairs", "Minister of External Relations", "External Affairs Minister",
            "Minister of External Affairs", "Minister of Defense", "Minister of State", "Minister President",
            "Minister of National Defense", "Minister of the Interior", "General Secretary", "First Secretary",
            "Secretary General", "Secretary-General", "Chairman", "Governor General", "Governor-General", "Governor",
            "Chief Executive", "Chief of State", "Head of State", "Head of Government", "Chief Minister", "Taoiseach",
            "Mayor", "Speaker", "Cardinal", "Archbishop", "Patriarch", "Captain Regent", "General",
            "Lieutenant General", "Brigadier General", "Field Marshal", "Marshal", "Colonel", "Regent", "Sheikh",
            "Ambassador", "High Representative", "National Security Adviser", "National Security Advisor",
            "Field-Marshal", "Federal Councillor", "Grand Vizier", "Foreign Affairs Minister",
            "State Councilor", "State Councillor", "Director", "Director General", "Director-General", "Commissioner",
            "Chairperson", "Minister")  # fmt: skip
_BEFORE = r"(?:(?:Acting|Interim|Transitional|Provisional|Former|former|Deputy|Junta|Caretaker|First|Co-)\s?)?"
_AFTER = r"(?:-\s?(?:[Ee]lect|[Dd]esignate))?"
_ONE = "|".join(re.escape(title) for title in sorted({*MONARCHS, *_OFFICES}, key=lambda t: (-len(t), t)))
TITLE = rf"{_BEFORE}(?:{_ONE}){_AFTER}(?: and (?:{_ONE}))?"
_TITLED = re.compile(rf"(?P<title>{TITLE})\s+(?P<name>.+)")
_AND = re.compile(rf",? and (?={TITLE} )|, (?={TITLE} )")


@cache
def iso3(key: str) -> str:
    """The ISO 3166-1 code of a territory of today, empty for one that is no more or has none.

    >>> iso3("colombia"), iso3("papal-states"), iso3("texas"), iso3("cote-divoire")
    ('COL', '', '', 'CIV')
    """
    if key in _FORMER:
        return ""
    return _TODAY.get(key) or countries.named(key.replace("-", " "))


@cache
def territory(key: str) -> Party:
    """A state or other territory by the Office's key: the name of the state of today, else the key's words."""
    if key == "united-states":
        return UNITED_STATES
    code = iso3(key)
    year = re.fullmatch(r"(.+)-([0-9]{4})", key)
    label = countries.name(code) or (f"{words(year[1])} (until {year[2]})" if year else words(key))
    codes = ((("iso3", code),) if code else ()) + ((FEED, key),)
    return Party(f"{FEED}-territory-{slug(key)}", label, "state", (words(key),) if label != words(key) else (), codes)


def person(key: str, name: str, aliases: tuple[str, ...] = (), description: str = "") -> Party:
    """A person of the Office's own lists, by their key."""
    return Party(f"{FEED}-person-{slug(key)}", name, "person", aliases, (("iso3", "USA"), (FEED, key)),
                 description=description)  # fmt: skip


def titled(text: str) -> tuple[str, str]:
    """Part a title from the name after it; the title is empty where none is known.

    >>> titled("President-elect Alfonso Lopez"), titled("Valdas Adamkus")
    (('President-elect', 'Alfonso Lopez'), ('', 'Valdas Adamkus'))
    """
    found = _TITLED.fullmatch(text)
    return (found["title"], found["name"]) if found else ("", text)


def several(text: str) -> tuple[str, ...]:
    """Part visitors who are named together, each with a title.

    >>> several("King Abdullah and Crown Prince Hussein")
    ('King Abdullah', 'Crown Prince Hussein')
    """
    return tuple(part.strip() for part in _AND.split(text) if part.strip())


def named(text: str, country: str, year: str, country_name: str) -> Party:
    """A person of whom a title, a name and a country are known, and nothing else."""
    title, name = titled(text)
    ruler = any(word in title for word in MONARCHS)
    full = len(name.split()) > 1 and not ruler
    code = iso3(country)
    parts = [code or country, name] if full else [code or country, title, name, *([] if ruler else [year])]
    aliases = (text,) if title else ()
    told = f"{title}, {country_name}." if title and country_name else f"{title or country_name}."
    codes = (("iso3", code),) if code else ()
    return Party(f"{FEED}-named-{slug(' '.join(parts))}", name if full else text, "person",
                 aliases if full else (), codes, description=told)  # fmt: skip
