"""The saved questions: their headers, their answers on the bundled data, both engines, and the truth of the article.

The expected answers lie beside the questions as CSV and are part of the specification: read them when they change.
`python tests/test_questions.py --write` writes them anew; the last part of this file was written by hand.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import tempfile
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import rdflib

from kg import describe, pipeline, questions, resources, sparql
from kg.graph import Graph
from kg.results import show
from kg.store import Rows
from kg.terms import PREFIXES, compact

FOLDER = resources.ontology() / "questions"
NAMES = sorted(path.stem for path in FOLDER.glob("*.rq"))
WRITE = "python tests/test_questions.py --write"
NEEDED = re.findall(
    r"\S+",
    """accusations-and-denials according-to attributed-only-to-one-side before-after contested-claims denials-by
    direct-edges entities escalation-by-month escalation-left-out hostility-matrix in-period insults measures-of
    named-alike offices passages-of-paragraph phone-calls-and-meetings planned-meetings reactions said-by-whom-where
    sanctions-in-force sources summaries-not-counted threatened-not-done timeline-between unresolved-dates
    visa-and-entry who-sanctioned-whom why-this-edge""",
)

# Answers of other shapes than the defaults give: nobody answered, nothing found, another month, another kind of reason.
OTHER_VALUES = [
    ("accusations-and-denials", "who=trump"),
    ("according-to", "who=noem"),
    ("before-after", "asOf=2025-10-05"),
    ("claims-of", "thing=noem-accuses-petro-over-tda"),
    ("claims-of", "thing=claim-petro-to-blame-for-drug-failures"),
    ("denials-by", "who=trump"),
    ("edges-of", "thing=treasury-sanctions-petro"),
    ("events-of", "thing=noem-accuses-petro-over-tda asOf=2025-12-31"),
    ("events-of", "thing=claim-petro-called-tda-friends"),
    ("in-period", "since=2025-10-01 until=2025-12-05"),
    ("measures-of", "who=alcocer"),
    ("offices", "asOf=2024-12-31"),
    ("passages-of-paragraph", "paragraph=31"),
    ("said-by-whom-where", "who=cnn"),
    ("sanctions-in-force", "asOf=2025-09-25"),
    ("states-of", "thing=cnn-2026-02-us-colombia-feud asOf=2025-09-25"),
    ("states-of", "thing=president-of-colombia"),
    ("timeline-between", "one=treasury other=petro"),
    ("voices-of", "thing=claim-petro-to-blame-for-drug-failures"),
    ("why-this-edge", "subject=alcocer predicate=spouseOf"),
]

Row = dict[str, str]


@pytest.fixture(scope="module")
def graph(built: Path) -> Graph:
    return Graph(built)


@pytest.fixture(scope="module")
def rdf(graph: Graph) -> rdflib.Dataset:
    """The same quads in rdflib's own store, for its own engine."""
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data="".join(graph.lines()), format="nquads")
    return dataset


# ---------------------------------------------------------------- the files


def test_all_questions_are_collected() -> None:
    assert len(NAMES) == 49
    assert set(NEEDED) <= set(NAMES)
    assert sorted(questions.all_questions()) == NAMES
    assert sorted(path.stem for path in FOLDER.glob("*.csv")) == NAMES
    assert {path.suffix for path in FOLDER.iterdir()} == {".rq", ".csv"}


@pytest.mark.parametrize("name", NAMES)
def test_header_is_complete(name: str) -> None:
    question = questions.question(name)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
    assert 10 <= len(question.title) <= 72 and not question.title.endswith(".")
    assert question.description.endswith(".") and question.description.count(". ") <= 2
    for parameter in question.parameters:
        assert parameter.type in questions.TYPES and parameter.doc


@pytest.mark.parametrize("name", NAMES)
def test_parameters_stand_in_the_pattern_and_never_in_a_column(name: str) -> None:
    question = questions.question(name)
    used = sparql.variables(question.text)
    columns = re.findall(r"\?(\w+)", question.text[: question.text.index("WHERE")])
    for parameter in question.parameters:
        assert parameter.name in used
        assert parameter.name not in columns
    days = [parameter.name for parameter in question.parameters if parameter.type == "day"]
    assert days in ([], ["asOf"], ["since", "until"])


@pytest.mark.parametrize("name", sorted({*NAMES} - {"coded-events"}))
def test_a_table_fits_a_terminal(graph: Graph, name: str) -> None:
    assert len(columns(graph, name)) <= 9


@pytest.mark.parametrize("name", NAMES)
def test_rows_have_an_order(name: str) -> None:
    assert "ORDER BY" in questions.question(name).text.rpartition("}")[2]


def test_a_claim_is_never_without_status_and_speaker(graph: Graph) -> None:
    """Where the speaker is a parameter, the reader has named it; elsewhere a column does."""
    asked_by_speaker = {"according-to", "denials-by"}
    speakers = ("accuser", "says", "said_by", "who", "asserted_by")
    shown = [name for name in NAMES if "claim" in columns(graph, name)]
    assert len(shown) >= 7
    for name in shown:
        for row in graph.rows(name):
            assert not row["claim"] or row["status"], (name, row)
            assert name in asked_by_speaker or any(row.get(column) for column in speakers), (name, row)


# ---------------------------------------------------------------- the answers


@pytest.mark.parametrize("name", NAMES)
def test_answers_are_as_expected(graph: Graph, name: str) -> None:
    expected = (FOLDER / f"{name}.csv").read_text(encoding="utf-8")
    found = answer(graph, name)
    assert found.splitlines() == expected.splitlines(), f"If the new answer of {name} is right: {WRITE} {name}"


@pytest.mark.parametrize("name", NAMES)
def test_no_row_stands_twice(graph: Graph, name: str) -> None:
    rows = [tuple(row.values()) for row in graph.rows(name)]
    assert rows and len(set(rows)) == len(rows)


@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")
@pytest.mark.parametrize(("name", "values"), [*((name, "") for name in NAMES), *OTHER_VALUES])
def test_both_engines_give_the_same_rows_in_the_same_order(
    graph: Graph, rdf: rdflib.Dataset, name: str, values: str
) -> None:
    text = graph.question_text(name, dict(value.split("=") for value in values.split()))
    ours = graph.store.query(text)
    assert isinstance(ours, Rows)
    expected = [[plain(show(term)) for term in row] for row in ours.rows]
    theirs = rdf.query(text, initNs=PREFIXES)
    assert list(ours.variables) == [str(variable) for variable in theirs.vars or ()]
    assert [[plain(shown(term)) for term in row] for row in rows_of(theirs)] == expected


@pytest.mark.parametrize(
    "day",
    ["2024-12-31", "2025-01-15", "2025-09-15", "2025-10-02", "2025-10-10", "2025-10-31", "2026-01-03", "2026-02-01"],
)
def test_certainty_is_the_one_of_the_library(graph: Graph, day: str) -> None:
    states = describe.states(graph.store, date.fromisoformat(day)).values()
    for name, kind, column in (("sanctions-in-force", "measure", "measure"), ("offices", "tenure", "tenure")):
        expected = {
            f"id:{state.id}": state.certainty
            for state in states
            if state.kind == kind and state.certainty != "no" and state.type_label != "entry permit"
        }
        assert {row[column]: row["certainty"] for row in ask(graph, name, asOf=day)} == expected


def test_answers_are_empty_and_whole_where_nothing_fits(graph: Graph) -> None:
    long_ago = ask(graph, "in-period", since="2001-01-01", until="2001-12-31")
    assert {(row["fit"], row["earliest"]) for row in long_ago} == {("possible", "")}
    assert ask(graph, "why-this-edge", predicate="married") == []
    assert ask(graph, "why-this-edge", predicate="rel:sanctioned") == ask(graph, "why-this-edge")
    assert ask(graph, "accusations-and-denials", who="cnn") == []


# ---------------------------------------------------------------- the truth of the article, by hand


def test_four_people_are_on_the_list_of_the_treasury(graph: Graph) -> None:
    rows = graph.rows("who-sanctioned-whom")
    assert {row["who"] for row in rows} == {"US Treasury Department"}
    assert {row["whom"] for row in rows} == {"Gustavo Petro", "Verónica Alcocer", "Nicolás Petro", "Armando Benedetti"}
    assert len(rows) == 4
    assert {row["when"] for row in rows} == {"2025-10"}


@pytest.mark.parametrize(
    ("day", "certainty"),
    [
        ("2025-12-01", "certain"),
        ("2026-02-01", "certain"),
        ("2025-10-10", "possible"),
        ("2025-10-02", None),
        ("2025-09-30", None),
    ],
)
def test_sanctions_on_petro_begin_two_days_after_an_exchange_in_october(
    graph: Graph, day: str, certainty: str | None
) -> None:
    rows = ask(graph, "sanctions-in-force", asOf=day)
    mine = [row["certainty"] for row in rows if row["on"] == "Gustavo Petro" and row["kind"] == "financial sanctions"]
    assert mine == ([certainty] if certainty else [])


def test_the_visa_is_revoked_in_the_second_half_of_september(graph: Graph) -> None:
    banned = {
        day: [row["certainty"] for row in ask(graph, "sanctions-in-force", asOf=day) if row["kind"] == "visa ban"]
        for day in ("2025-09-10", "2025-09-25", "2025-10-01")
    }
    assert banned == {"2025-09-10": [], "2025-09-25": ["possible"], "2025-10-01": ["certain"]}
    kinds = [row["kind"] for row in graph.rows("measures-of")]
    assert sorted(kinds) == ["entry permit", "financial sanctions", "visa ban"]
    assert ("visit", "actual") in {(row["kind"], row["how"]) for row in graph.rows("visa-and-entry")}


def test_tariffs_are_threatened_and_never_done(graph: Graph) -> None:
    open_threats = {row["what"]: row["how"] for row in graph.rows("threatened-not-done")}
    assert [how for what, how in open_threats.items() if "ariff" in what] == ["threatened"]
    inside = ask(graph, "in-period", since="2025-01-01", until="2026-12-31")
    assert not [row for row in (*inside, *graph.rows("coded-events")) if "tariff" in row["kind"]]
    assert not [row for row in graph.rows("direct-edges") if "tariff" in row["relation"]]


def test_threats_and_plans_are_never_edges(graph: Graph) -> None:
    unreal = {row["content"] for row in graph.rows("threatened-not-done")}
    unreal |= {row["content"] for row in graph.rows("allegations")}
    text = "SELECT ?because WHERE { ?edge a dip:DerivedEdge ; prov:wasDerivedFrom ?because }"
    assert not unreal & {row["because"] for row in graph.rows(text)}
    assert not [row for row in graph.rows("direct-edges") if "alleged" in {row["status"], row["relation"]}]
    pairs = {(row["who"], row["whom"]) for row in graph.rows("direct-edges")}
    assert ("Gustavo Petro", "Tren de Aragua") not in pairs
    assert ("Nicolás Maduro", "drug cartels (unspecified)") not in pairs
    assert ("United States", "drug cartels (unspecified)") not in pairs


def test_petro_denies_what_noem_says(graph: Graph) -> None:
    rows = [row for row in graph.rows("accusations-and-denials") if row["accuser"] == "Kristi Noem"]
    assert len(rows) == 3
    for row in rows:
        assert (row["answer"], row["status"]) == ("Gustavo Petro denies it", "contested")
        assert (row["when"], row["paragraphs"]) == ("2025-03", "14, 15")
    said = {row["what"] for row in ask(graph, "said-by-whom-where", who="noem") if row["stance"] == "asserts"}
    assert said == {row["claim"] for row in rows}


def test_accusations_against_petro_come_from_five_voices(graph: Graph) -> None:
    rows = graph.rows("accusations-and-denials")
    assert {row["accuser"] for row in rows} == {
        "Kristi Noem",
        "Trump administration",
        "Donald Trump",
        "US Treasury Department",
        "Scott Bessent",
    }
    assert {row["status"] for row in rows} == {"contested"}
    assert all(row["answer"].startswith("Gustavo Petro ") for row in rows)
    assert "Gustavo Petro denies it" in {row["answer"] for row in rows if row["accuser"] == "Scott Bessent"}


def test_petros_own_accusations_stand_unanswered(graph: Graph) -> None:
    rows = graph.rows("unanswered-accusations")
    told = {(row["accuser"], row["accused"]): row["paragraph"] for row in rows}
    assert told["Gustavo Petro", "Donald Trump"] == "22"
    assert told["United States", "Nicolás Maduro"] == "4"
    contested = {row["proposition"] for row in graph.rows("contested-claims")}
    assert "id:claim-trump-accomplice-to-genocide" not in contested
    assert {row["status"] for row in rows} == {"asserted"}
    assert [row["answer"] for row in ask(graph, "accusations-and-denials", who="trump")] == [""]


def test_both_sides_of_a_contested_claim_are_shown(graph: Graph) -> None:
    rows = graph.rows("contested-claims")
    assert all(row["says"] and row["answer"] and re.fullmatch(r"\d+, \d+", row["paragraphs"]) for row in rows)
    assert not [row for row in rows if row["answer"].startswith(row["says"])]
    told = {(row["says"], row["paragraphs"]) for row in rows}
    assert {("Kristi Noem", "14, 15"), ("Scott Bessent", "29, 30"), ("Gustavo Petro", "30, 29")} <= told


def test_status_says_whether_a_claim_has_an_answer(graph: Graph) -> None:
    """Questions about answers rely on it: a claim that is Asserted has none, and every other has one."""
    links = graph.rows("SELECT ?how ?s ?o { VALUES ?how { dip:asserts dip:denies dip:contradicts } ?s ?how ?o }")
    said = {row["o"] for row in links if row["how"] == "dip:asserts"}
    opposed = {row["o"] for row in links if row["how"] == "dip:denies"}
    for row in links:
        if row["how"] == "dip:contradicts":
            opposed |= {mine for mine, other in ((row["s"], row["o"]), (row["o"], row["s"])) if other in said}
    status = {row["c"]: row["s"] for row in graph.rows("SELECT ?c ?s { ?c a dip:Proposition ; dip:status ?s }")}
    assert {claim for claim, word in status.items() if word != "dip:Asserted"} == opposed
    assert {row["proposition"] for row in graph.rows("contested-claims")} == opposed


def test_the_call_of_january_is_one_event(graph: Graph) -> None:
    calls = [row for row in graph.rows("phone-calls-and-meetings") if row["kind"] == "phone call"]
    assert [(row["when"], row["one"], row["other"]) for row in calls] == [
        ("2026-01-07", "Donald Trump", "Gustavo Petro")
    ]
    in_order = [row for row in graph.rows("timeline-between") if row["kind"] == "phone call"]
    assert [(row["earliest"], row["latest"]) for row in in_order] == [("2026-01-07", "2026-01-07")]


def test_the_meeting_at_the_white_house_is_still_to_come(graph: Graph) -> None:
    planned = [row for row in graph.rows("planned-meetings") if row["place"] == "White House"]
    assert {row["participant"] for row in planned} == {"Donald Trump", "Gustavo Petro"}
    assert {row["how"] for row in planned} == {"planned"}
    held = graph.rows("phone-calls-and-meetings")
    assert not [row for row in held if row["place"] == "White House"]
    answers = {row["who"]: row["accepted"] for row in graph.rows("invitations")}
    assert answers["Donald Trump"] and not answers["Gustavo Petro"]


def test_trump_insults_petro_twice(graph: Graph) -> None:
    rows = graph.rows("insults")
    assert [(row["who"], row["whom"], row["paragraph"]) for row in rows] == [
        ("Donald Trump", "Gustavo Petro", "26"),
        ("Donald Trump", "Gustavo Petro", "41"),
    ]


def test_the_agreement_on_channels_rests_on_petros_word(graph: Graph) -> None:
    rows = graph.rows("attributed-only-to-one-side")
    assert [(row["only_from"], row["paragraph"]) for row in rows] == [("Gustavo Petro", "45")]


def test_september_holds_the_decertification_and_not_the_sanctions(graph: Graph) -> None:
    fits = {row["event"]: row["fit"] for row in graph.rows("in-period")}
    assert fits["id:trump-administration-decertifies-colombia"] == "certain"
    assert fits["id:state-department-revokes-petro-visa"] == "certain"
    assert fits["id:trump-administration-designates-tda"] == "possible"
    assert "id:treasury-sanctions-petro" not in fits
    assert not fits.keys() & {row["event"] for row in graph.rows("summaries-not-counted")}


def test_every_event_is_counted_once_or_left_out_for_a_reason(graph: Graph) -> None:
    counted = sum(int(row["events"]) for row in graph.rows("escalation-by-month"))
    left_out = {row["reason"]: int(row["events"]) for row in graph.rows("escalation-left-out")}
    everything = graph.rows("SELECT (COUNT(DISTINCT ?e) AS ?n) WHERE { ?e dip:factuality ?f }")
    assert counted + sum(left_out.values()) == int(everything[0]["n"])
    happened = counted + sum(n for reason, n in left_out.items() if not reason.startswith(("1", "2", "3")))
    assert sum(int(row["events"]) for row in graph.rows("before-after")) == happened
    assert int(graph.rows("sources")[0]["happened"]) == happened
    assert left_out["2 a summary"] == len(graph.rows("summaries-not-counted"))


def test_months_are_those_of_the_article(graph: Graph) -> None:
    months = {row["month"]: row for row in graph.rows("escalation-by-month")}
    assert set(months) == {"2025-01", "2025-03", "2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02"}
    assert months["2025-11"]["events"] == "1"
    assert int(months["2025-10"]["material_conflict"]) == 2
    assert Decimal(months["2025-10"]["goldstein_mean"]) < Decimal(months["2026-02"]["goldstein_mean"])
    for row in months.values():
        quads = ("verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict")
        assert sum(int(row[quad]) for quad in quads) == int(row["events"])


def test_who_answers_whom(graph: Graph) -> None:
    pairs = {(row["action_id"], row["reaction_id"]): row["dates"] for row in graph.rows("reactions")}
    assert ("id:petro-calls-on-american-soldiers-to-disobey", "id:state-department-revokes-petro-visa") in pairs
    assert pairs["id:us-attack-in-venezuela", "id:petro-calls-us-operation-illegal"] == "later"


def test_force_was_used_twice_and_maduro_captured(graph: Graph) -> None:
    done = {row["event"]: row["against"] for row in graph.rows("use-of-force") if row["how"] == "actual"}
    assert done == {
        "id:us-launches-campaign-against-vessels": "vessels alleged to traffic drugs",
        "id:us-attack-in-venezuela": "Venezuela",
        "id:us-military-captures-maduro": "Nicolás Maduro",
    }
    spoken = [row for row in graph.rows("use-of-force") if row["how"] != "actual"]
    assert spoken and all(row["said_by"] for row in spoken)


@pytest.mark.parametrize(
    ("day", "certainty"), [("2024-12-31", None), ("2025-01-15", "possible"), ("2025-02-01", "certain")]
)
def test_trump_takes_office_in_january(graph: Graph, day: str, certainty: str | None) -> None:
    rows = [row["certainty"] for row in ask(graph, "offices", asOf=day) if row["holder"] == "Donald Trump"]
    assert rows == ([certainty] if certainty else [])


def test_offices_are_the_seven_that_the_article_names(graph: Graph) -> None:
    assert {row["holder"] for row in graph.rows("offices")} == {
        "Gustavo Petro",
        "Donald Trump",
        "Nicolás Maduro",
        "Kristi Noem",
        "Scott Bessent",
        "Armando Benedetti",
        "Rosa Yolanda Villavicencio",
    }


def test_two_men_called_nicolas_are_kept_apart(graph: Graph) -> None:
    rows = [row for row in graph.rows("named-alike") if row["shared_name"] == "Nicolás"]
    assert [(row["one"], row["other"], row["verdict"]) for row in rows] == [
        ("Nicolás Maduro", "Nicolás Petro", "not the same")
    ]


def test_the_distance_of_two_days_is_kept(graph: Graph) -> None:
    rows = [row for row in graph.rows("relative-dates") if row["distance"] == "P2D"]
    assert [(row["event"], row["distance"], row["earliest"], row["latest"]) for row in rows] == [
        ("id:treasury-sanctions-petro", "P2D", "2025-10-03", "2025-10-31")
    ]


def test_days_later_is_a_bound_and_not_a_length(graph: Graph) -> None:
    rows = {row["event"]: row["distance"] for row in graph.rows("relative-dates") if row["distance"]}
    assert rows["id:trump-threatens-petro-with-pressure"] == "at least P2D"
    assert rows["id:trump-petro-white-house-meeting"] == "at least P1D, at most P7D"


def test_an_edge_is_explained_by_its_passages(graph: Graph) -> None:
    rows = graph.rows("why-this-edge")
    assert "28" in {row["paragraph"] for row in rows}
    assert {row["reported_by"] for row in rows} == {"CNN"}
    places = graph.rows("evidence-of")
    assert {row["paragraph"] for row in places} == {row["paragraph"] for row in rows}
    assert all(re.fullmatch(r"[0-9a-f]{64}", row["sha256"]) and int(row["start"]) < int(row["end"]) for row in places)
    family = ask(graph, "why-this-edge", subject="alcocer", predicate="spouseOf")
    assert [row["paragraph"] for row in family] == ["31"]


def test_a_paragraph_tells_its_threats_and_claims(graph: Graph) -> None:
    rows = graph.rows("passages-of-paragraph")
    assert {row["according_to"] for row in rows if row["how"] == "threatened"} == {"Donald Trump"}
    assert {row["how"] for row in rows if row["kind"] == "claim"} == {"asserted"}
    listed = ask(graph, "passages-of-paragraph", paragraph="31")
    assert {"Verónica Alcocer", "Nicolás Petro", "Armando Benedetti"} <= {row["what"] for row in listed}


# ---------------------------------------------------------------- helpers


def ask(graph: Graph, name: str, **values: str) -> list[Row]:
    return graph.rows(name, values)


def columns(graph: Graph, name: str) -> tuple[str, ...]:
    found = graph.query(name)
    assert isinstance(found, Rows)
    return found.variables


def answer(graph: Graph, name: str) -> str:
    """The answer to a question with its defaults, as CSV with CURIEs."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns(graph, name), lineterminator="\n")
    writer.writeheader()
    writer.writerows(graph.rows(name))
    return out.getvalue()


def rows_of(result: rdflib.query.Result) -> list[tuple[Any, ...]]:
    assert result.vars is not None
    bindings: list[Mapping[Any, Any]] = list(result.bindings)
    return [tuple(row.get(variable) for variable in result.vars) for row in bindings]


def shown(term: Any) -> str:
    return "" if term is None else compact(str(term)) if isinstance(term, rdflib.URIRef) else str(term)


def plain(cell: str) -> str | Decimal:
    """Compare numbers by value: engines write the same decimal in different ways."""
    return Decimal(cell).normalize() if re.fullmatch(r"-?\d+(\.\d+)?", cell) else cell


def main(arguments: list[str]) -> int:
    """Write the expected answers of the questions named, or of all."""
    if arguments[:1] != ["--write"]:
        print(f"usage: {WRITE} [NAME …]", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        pipeline.build(resources.bundled_data(), Path(folder))
        graph = Graph(folder)
        for name in arguments[1:] or NAMES:
            (FOLDER / f"{name}.csv").write_text(answer(graph, name), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
