"""Whom of the registers a feed's party is: by codes, by names, by offices; reversible, scored, and never too much."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from kg import registered, store
from kg.errors import UsageError
from kg.feeds import countries
from kg.feeds.actors import SCORES, Held, Judged, Known, Resolver
from kg.feeds.records import Party
from kg.model import Entity, Post

SHARED = Path(__file__).parents[2] / "shared" / "feeds"


@pytest.fixture(scope="module")
def known(built: Path) -> Known:
    return registered.read(store.open_store(str(built)))


@pytest.fixture(scope="module")
def resolver(known: Known) -> Resolver:
    return Resolver(known)


def found(resolver: Resolver, party: Party) -> tuple[str, str]:
    """The entity a party is taken for, and by what."""
    resolution = resolver.resolve(party)
    method = resolution.judgements[0].method if resolution.judgements else ""
    return resolution.entity, method


def test_the_registers_are_read_back_from_the_store(known: Known) -> None:
    assert known.entities["united-states"].iso3 == "USA"
    assert known.entities["us-government"].part_of == "united-states"
    assert "Bogotá" in known.entities["colombian-government"].aliases
    assert known.entities["donald-trump"].wikidata == "Q22686"
    assert known.posts["president-of-colombia"].organization == "colombia"
    assert {held.holder for held in known.tenures} >= {"gustavo-petro", "donald-trump"}


@pytest.mark.parametrize(
    ("scheme", "code"),
    [("iso3", "COL"), ("iso2", "CO"), ("fips", "CO"), ("cow", "100"), ("cow", "COL"), ("cameo", "COL")],
)
def test_a_state_is_known_by_its_code_in_every_scheme(resolver: Resolver, scheme: str, code: str) -> None:
    party = Party("x-1", "whatever", "state", codes=((scheme, code),))
    assert found(resolver, party) == ("colombia", scheme)
    assert resolver.resolve(party).judgements[0].score == "1.00"


def test_codes_that_look_alike_are_read_by_their_scheme(resolver: Resolver) -> None:
    assert countries.iso3("fips", "CH") == "CHN" and countries.iso3("iso2", "CH") == "CHE"
    assert countries.iso3("fips", "GM") == "DEU" and countries.iso3("iso2", "GM") == "GMB"


@pytest.mark.parametrize("code", ["SUN", "YUG", "CSK", "DDR", "XXX", "", "EUR", "..", "1"])
def test_what_is_no_state_of_today_has_no_code_of_one(code: str) -> None:
    assert countries.iso3("cameo", code) == ""
    assert countries.iso3("iso3", code) == ""


def test_a_wikidata_item_is_enough(resolver: Resolver) -> None:
    party = Party("x-1", "El presidente", "person", codes=(("wikidata", "Q22686"),))
    assert found(resolver, party) == ("donald-trump", "wikidata")


@pytest.mark.parametrize(
    ("code", "entity"), [("USAGOV", "us-government"), ("USAMIL", "us-military"), ("COLGOV", "colombian-government")]
)
def test_a_government_and_a_force_are_found_by_their_role(resolver: Resolver, code: str, entity: str) -> None:
    assert found(resolver, Party("g-1", code, codes=(("cameo", code),))) == (entity, "cameo role")


@pytest.mark.parametrize(
    ("code", "kind", "home"),
    [
        ("COLMIL", "armed-force", "colombia"),
        ("USALEG", "body", "united-states"),
        ("VENOPP", "group", "venezuela"),
        ("COLREBFAR", "armed-group", "colombia"),
        ("FRAGOV", "government", ""),
        ("USAGOVMIL", "government", "united-states"),
    ],
)
def test_a_part_of_a_state_is_never_the_state(resolver: Resolver, code: str, kind: str, home: str) -> None:
    resolution = resolver.resolve(Party("g-1", "UNITED STATES", codes=(("cameo", code),)))
    assert (resolution.entity, resolution.part_of, resolution.kind) == ("", home, kind)
    assert resolution.iso3 == "" and resolution.judgements == ()


def test_a_state_that_no_register_has_stays_itself_with_its_code(resolver: Resolver) -> None:
    resolution = resolver.resolve(Party("g-fra", "FRANCE", codes=(("cameo", "FRA"),)))
    assert (resolution.entity, resolution.iso3, resolution.kind) == ("", "FRA", "state")


def test_a_person_with_the_code_of_a_state_is_not_the_state(resolver: Resolver) -> None:
    assert found(resolver, Party("g-1", "Somebody Else", "person", codes=(("iso3", "COL"),))) == ("", "")


@pytest.mark.parametrize(
    ("name", "kind", "entity", "method"),
    [
        ("venezuela", "state", "venezuela", "label"),
        ("VENEZUELA", "", "venezuela", "label"),
        ("Estados  Unidos", "state", "united-states", "label"),
        ("The U.S.A.", "state", "united-states", "alias"),
        ("Venezuela (Bolivarian Republic of)", "state", "venezuela", "country name"),
        ("Department of Homeland Security", "ministry", "us-homeland-security", "alias"),
        ("us treasury departement", "ministry", "us-treasury", "fuzzy"),
        ("Tren de Araguá", "armed-group", "tren-de-aragua", "label"),
    ],
)
def test_names_differ_at_most_in_case_accents_and_spelling(
    resolver: Resolver, name: str, kind: str, entity: str, method: str
) -> None:
    assert found(resolver, Party("x-1", name, kind)) == (entity, method)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Washington", ""),  # a city and, as a name, the government
        ("Texas", "state"),  # of the United States, and not the United States
        ("Republic of Texas", "state"),
        ("Soviet Union", "state"),
        ("Petro", "person"),
        ("Colombian Ministry of the Exterior", "ministry"),
        ("Caribbean", ""),
        ("reporters", ""),
        ("", ""),
        ("…", "state"),
    ],
)
def test_what_a_name_leaves_open_stays_open(resolver: Resolver, name: str, kind: str) -> None:
    assert found(resolver, Party("x-1", name, kind)) == ("", "")


def test_a_namesake_is_never_taken_for_a_person_by_the_name_alone(resolver: Resolver) -> None:
    """The register has a journalist Michael Rios; a list of the sanctioned may well have another."""
    listed = Party("ofac-1", "Michael Rios", "person", aliases=("RIOS, Michael",))
    assert found(resolver, listed) == ("", "")
    assert [each.entity for each in resolver.candidates(listed)] == ["michael-rios"]


def test_a_person_is_found_by_full_name_and_state(resolver: Resolver) -> None:
    petro = Party("icews-1", "GUSTAVO PETRO", "person", codes=(("iso3", "COL"),))
    assert found(resolver, petro) == ("gustavo-petro", "label")
    elsewhere = Party("icews-2", "Gustavo Petro", "person", codes=(("iso3", "ITA"),))
    assert found(resolver, elsewhere) == ("", "")


def test_persons_like_others_are_laid_before_a_person(resolver: Resolver) -> None:
    candidates = resolver.candidates(Party("ofac-2", "MADURO MOROS, Nicolas", "person"))
    assert [(each.entity, each.verdict, each.method) for each in candidates] == [("nicolas-maduro", "Unsure", "fuzzy")]
    assert 0.8 <= float(candidates[0].score) < 1


def test_an_organisation_is_no_candidate_for_a_person(resolver: Resolver) -> None:
    assert resolver.candidates(Party("ofac-3", "United States Government", "person")) == []


def test_a_curator_has_the_last_word(known: Known) -> None:
    party = Party("ofac-2", "MADURO MOROS, Nicolas", "person")
    accepted = Resolver(known, {("ofac-2", "nicolas-maduro"): True})
    assert found(accepted, party) == ("nicolas-maduro", "curator")
    usa = Party("g-usa", "USA", codes=(("cameo", "USA"),))
    refused = Resolver(known, {("g-usa", "united-states"): False})
    assert refused.resolve(usa).entity == ""
    assert [(each.verdict, each.entity) for each in refused.resolve(usa).judgements] == [("Negative", "united-states")]
    assert refused.candidates(usa) == []


def test_a_decision_about_an_entity_that_has_gone_is_without_effect(known: Known) -> None:
    assert Resolver(known, {("x-1", "no-such-entity"): True}).resolve(Party("x-1", "x")).entity == ""


OFFICE = Known(
    {"land": Entity("land", "state", "Land"), "a": Entity("a", "person", "A"), "b": Entity("b", "person", "B")},
    {"president-of-land": Post("president-of-land", "President of Land", "land")},
    (
        Held("a", "president-of-land", date(2010, 1, 1), date(2010, 1, 1), date(2014, 1, 1), date(2014, 1, 1)),
        Held("b", "president-of-land", date(2014, 1, 1), date(2014, 1, 1)),
    ),
)


def test_an_office_is_its_holder_while_the_tenure_lasts() -> None:
    party = Party("x-1", "The President of Land")
    resolver = Resolver(OFFICE)
    assert resolver.resolve(party).entity == ""
    during = resolver.offices(party, date(2011, 1, 1), date(2011, 12, 31))
    assert [(each.entity, each.score, each.method) for each in during] == [("a", "1.00", "office")]
    over = resolver.offices(party, date(2013, 6, 1), date(2015, 6, 1))
    assert [(each.entity, each.score, each.begin) for each in over] == [
        ("a", "0.50", date(2010, 1, 1)),
        ("b", "0.50", date(2014, 1, 1)),
    ]
    assert resolver.offices(party, date(2001, 1, 1), date(2001, 1, 2)) == ()
    assert resolver.offices(Party("x-2", "Minister of Land"), date(2011, 1, 1), date(2011, 1, 2)) == ()


def test_every_method_states_its_score(resolver: Resolver) -> None:
    judged = {each.method: each for party in PARTIES for each in resolver.resolve(party).judgements}
    assert set(judged) >= {"cameo", "cameo role", "label", "alias", "country name", "fuzzy", "iso2", "wikidata"}
    for method, each in judged.items():
        assert each.score == SCORES.get(method, each.score) and 0 < float(each.score) <= 1 and each.reason


PARTIES = [
    Party("1", "x", codes=(("cameo", "USA"),)),
    Party("2", "x", codes=(("cameo", "USAGOV"),)),
    Party("3", "Venezuela"),
    Party("4", "USA", "state"),
    Party("5", "Venezuela (Bolivarian Republic of)", "state"),
    Party("6", "us treasury departement", "ministry"),
    Party("7", "x", "state", codes=(("iso2", "VE"),)),
    Party("8", "x", codes=(("wikidata", "Q30"),)),
]


def test_the_same_party_is_judged_the_same_in_any_order(known: Known) -> None:
    forward, backward = Resolver(known), Resolver(known)
    there = {party.id: forward.resolve(party) for party in PARTIES}
    back = {party.id: backward.resolve(party) for party in reversed(PARTIES)}
    assert there == back and isinstance(there["1"].judgements[0], Judged)


def test_the_listed_codes_are_those_of_geonames_and_the_correlates_of_war() -> None:
    if not SHARED.is_dir():
        pytest.skip(f"the files of GeoNames and COW are not part of the repository ({SHARED} is none)")
    with Path(countries.__file__).with_name("countries.csv").open(encoding="utf-8", newline="") as file:
        listed = {row["iso3"]: row for row in csv.DictReader(file)}
    lines = (SHARED / "geonames" / "countryInfo.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    assert {row[1]: row[3] for row in rows} == {code: row["fips"] for code, row in listed.items()}
    with (SHARED / "cow" / "states2016.csv").open(encoding="utf-8", newline="") as file:
        today = {(row["ccode"], row["stateabb"]) for row in csv.DictReader(file) if row["endyear"] == "2016"}
    ours = {(row["cow"], row["cow_abbreviation"]) for row in listed.values() if row["cow"]}
    assert ours == today - {("345", "YUG")} and len(ours) == 194  # COW goes on calling Serbia Yugoslavia


def test_most_actors_of_a_real_quarter_of_an_hour_are_known_as_states() -> None:
    sample = SHARED / "gdelt" / "20180101000000.export.CSV"
    if not sample.is_file():
        pytest.skip(f"the sample of GDELT is not part of the repository ({sample} is none)")
    rows = [line.split("\t") for line in sample.read_text(encoding="utf-8").splitlines()]
    codes = [row[column] for row in rows for column in (7, 17) if row[column]]
    unknown = {code for code in codes if not countries.iso3("cameo", code)}
    assert len(codes) == 2429
    assert unknown == {"AFR", "EUR", "NMR", "WAF", "WST"}  # parts of the world


def test_without_the_libraries_it_says_what_to_install(known: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(countries, "find_spec", lambda name: None if name == "rapidfuzz" else object())
    with pytest.raises(UsageError, match=r"rapidfuzz is not installed. pip install 'diplokg\[feeds\]'"):
        Resolver(known)
