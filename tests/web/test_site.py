"""The pages: what they tell, how they are found, what machines get, and that hostile data stay text."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import httpx
import pyoxigraph as ox
import pytest
import rdflib

import kg as library
from kg import pipeline, questions
from kg.web import panels

if TYPE_CHECKING:
    from tests.conftest import DataFolder, Kg
    from tests.web.conftest import Server, Serving

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PAGES = [
    "",
    "search?q=petro",
    "timeline",
    "timeline?one=trump&other=petro&since=2025-09-01",
    "questions",
    "questions/timeline-between",
    "id/gustavo-petro",
    "id/treasury-sanctions-petro",
    "id/us-treasury",
    "id/president-of-colombia",
    "id/cnn-2026-02-us-colombia-feud",
    "ns",
    "rel",
    "plover",
    "query",
    "nothing",
]


def test_home_tells_what_is_here(site: Server) -> None:
    text = site.get("", headers=HTML).text
    for part in ("events", "entities", "Gustavo Petro", "CC BY 4.0", "/void.ttl", site.health()["build"][:12], "CNN"):
        assert part in text


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("Verónica Alcocer", "veronica-alcocer"),
        ("VERONICA ALC", "veronica-alcocer"),
        ("estados unidos", "united-states"),
        ("casa blanca", "white-house"),
        ("trump", "donald-trump"),
    ],
)
def test_search_in_two_languages_without_accents(site: Server, words: str, wanted: str) -> None:
    hits = site.get("search.json", params={"q": words}).json()
    assert hits[0]["id"] == wanted
    assert site.get("search", params={"q": words}, headers=HTML).status_code in (200, 303)


def test_search_for_one_thing_leads_there(site: Server) -> None:
    answer = site.get("search", params={"q": "us treasury sanctions gustavo petro"}, headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (303, "/id/treasury-sanctions-petro")


def test_an_event_page_tells_claim_speaker_denial_status_and_place(site: Server) -> None:
    rows = site.rows("""SELECT ?e ?claim ?who WHERE { ?e a dip:Accusation ; dip:asserts ?c . ?c rdfs:label ?claim .
      ?d dip:denies ?c ; dip:actor ?a . ?a rdfs:label ?who . FILTER(LANG(?who) = "en") } ORDER BY ?e LIMIT 1""")
    page = site.get(rows[0]["e"].removeprefix("https://w3id.org/diplokg/"), headers=HTML).text
    for part in (
        rows[0]["claim"].replace("'", "&#39;"),
        "says so",
        "denies it",
        rows[0]["who"],
        "contested",
        "paragraph",
        "How to cite",
    ):
        assert part in page


def test_what_did_not_happen_is_marked_everywhere(site: Server) -> None:
    rows = site.rows("SELECT ?e WHERE { ?e dip:factuality dip:Threatened } LIMIT 3")
    for row in rows:
        page = site.get(row["e"].removeprefix("https://w3id.org/diplokg/"), headers=HTML).text
        assert "threatened, not known to be done" in page
        assert structured(page)["@type"] == "WebPage"


def structured(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert found
    told: dict[str, object] = json.loads(found[1])
    return told


def test_structured_data(site: Server) -> None:
    event = structured(site.get("id/treasury-sanctions-petro", headers=HTML).text)
    assert (event["@type"], event["name"]) == ("Event", "US Treasury sanctions Gustavo Petro")
    assert structured(site.get("id/gustavo-petro", headers=HTML).text)["@type"] == "Person"


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        ("text/turtle", "ttl"),
        ("application/ld+json", "jsonld"),
        ("application/n-triples", "nt"),
        ("application/rdf+xml", "rdf"),
    ],
)
def test_machines_are_sent_to_data(site: Server, accept: str, suffix: str) -> None:
    answer = site.get("id/gustavo-petro", headers={"accept": accept})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/id/gustavo-petro.{suffix}")
    body = site.get(f"id/gustavo-petro.{suffix}")
    graph = rdflib.Graph().parse(data=body.text, format={"jsonld": "json-ld", "rdf": "xml"}.get(suffix, suffix))
    petro = rdflib.URIRef("https://w3id.org/diplokg/id/gustavo-petro")
    assert (petro, rdflib.RDF.type, None) in graph and (None, None, petro) in graph
    assert site.get(f"id/gustavo-petro.{suffix}", headers={"if-none-match": body.headers["etag"]}).status_code == 304


def test_people_get_pages_with_links_to_data(site: Server) -> None:
    answer = site.get("id/gustavo-petro", headers=HTML)
    assert answer.status_code == 200 and "id/gustavo-petro.ttl" in answer.headers["link"]
    assert 'rel="alternate"' in answer.text


def test_as_of_leaves_out_what_began_later(site: Server) -> None:
    early = site.get("id/gustavo-petro?as_of=2025-01-31", headers=HTML).text
    assert "US sanctions on Gustavo Petro" not in early
    assert site.get("id/gustavo-petro?as_of=2025-02-30", headers=HTML).status_code == 400


@pytest.mark.parametrize("name", ["ns", "rel", "plover"])
def test_ontology_as_page_and_data(site: Server, name: str) -> None:
    page = site.get(name, headers=HTML).text
    graph = rdflib.Graph().parse(data=site.get(f"{name}.ttl").text, format="turtle")
    terms = {str(s).rpartition("#")[2] for s in graph.subjects() if f"/diplokg/{name}#" in str(s)}
    assert len(terms) > 20
    assert {term for term in terms if term and f'id="{term}"' not in page} == set()
    assert site.get(name, headers={"accept": "text/turtle"}).headers["location"] == f"/{name}.ttl"


def test_void_and_robots(site: Server) -> None:
    graph = rdflib.Graph().parse(data=site.get("void.ttl").text, format="turtle")
    assert graph.value(predicate=rdflib.RDF.type, object=rdflib.URIRef("http://www.w3.org/ns/dcat#Dataset"))
    assert "Disallow: /sparql" in site.get("robots.txt").text


@pytest.mark.parametrize("name", questions.all_questions())
def test_every_question_answers(site: Server, name: str) -> None:
    page = site.get(f"questions/{name}", headers=HTML)
    assert page.status_code == 200 and "<table>" in page.text
    text = site.get(f"questions/{name}.rq")
    assert site.ask(text.text).status_code == 200


def test_a_question_with_bad_values_says_what_to_do(site: Server) -> None:
    page = site.get("questions/timeline-between?one=zzzz", headers=HTML)
    assert page.status_code == 200 and "Nothing here is called" in page.text
    assert site.get("questions/..%2f..%2fetc", headers=HTML).status_code == 404


def test_ambiguous_names_offer_a_choice(site: Server) -> None:
    assert site.get("timeline?one=united", headers=HTML).status_code in (200, 300, 404)


def test_the_network_page_offers_the_tour_and_a_day(site: Server) -> None:
    whole = site.get("view", headers=HTML).text
    tour = "A year between Washington and Bogotá"
    assert tour in whole and tour in site.get("view?story=us-colombia-feud", headers=HTML).text
    assert tour not in site.get("view?story=none", headers=HTML).text
    assert tour not in site.get("view?about=petro", headers=HTML).text
    assert "2025-10-10" in site.get("view?as_of=2025-10-10", headers=HTML).text
    for name in ("zzzz", "../stories/us-colombia-feud", "us-colombia-feud.yaml", "/etc/passwd"):
        assert site.get("view", params={"story": name}, headers=HTML).status_code == 404


def test_passages_are_shown_only_with_the_articles_at_hand_and_only_if_they_verify(
    small_build: Path, data_folder: DataFolder, serve: Serving, tmp_path: Path
) -> None:
    words = "the US Treasury put Petro on its list"
    data_folder.change("Donald Trump charged", "Donald Trump blamed", data_folder.article)
    with serve(small_build, tmp_path / "log", "--sources", str(data_folder.sources)) as server:
        assert words not in server.get("id/treasury-sanctions-petro", headers=HTML).text  # all places have moved
        assert "charged Gustavo" not in server.get("id/trump-accuses-petro", headers=HTML).text
    data_folder.change("Donald Trump blamed", "Donald Trump charged", data_folder.article)
    with serve(small_build, tmp_path / "log2", "--sources", str(data_folder.sources)) as server:
        assert f"<bdi>{words}</bdi>" in server.get("id/treasury-sanctions-petro", headers=HTML).text
        assert words in server.get("view", headers=HTML).text


MAPPING = """feed: quarrels
publisher: University of Somewhere
licence: CC BY 4.0
columns: {Event ID: id, Day: {field: date, format: "%d/%m/%Y"}, Sender: {field: actor, kind: state},
  Target: {field: target, kind: state}, What: class, Link: url}
classes: {raised duties: Sanctioning}
"""
CODED = "Event ID,Day,Sender,Target,What,Link\n7,26/01/2025,Peru,Colombia,raised duties,https://example.org/7\n"


def test_what_was_imported_is_served_where_asked_for_and_marked(
    data_folder: DataFolder, kg: Kg, serve: Serving, tmp_path: Path
) -> None:
    build = tmp_path / "build"
    pipeline.build(data_folder.path, build)
    (tmp_path / "map.yaml").write_text(MAPPING)
    (tmp_path / "rows.csv").write_text(CODED)
    done = kg("import", "csv", tmp_path / "rows.csv", "--mapping", tmp_path / "map.yaml", "--store", build)
    assert done.code == 0, done.err
    address, asked = "id/csv-quarrels-event-7", "SELECT ?e { ?e a dip:Sanctioning }"
    with serve(build, tmp_path / "log") as server:
        assert server.get(address, headers=HTML).status_code == 404
        assert len(server.rows(asked)) == 1
    with serve(build, tmp_path / "log2", "--feeds") as server:
        page = server.get(address, headers=HTML).text
        assert "coded by a feed" in page and "https://example.org/7" in page
        assert len(server.rows(asked)) == 2
        assert "coded by csv" in server.get("timeline", headers=HTML).text


def test_labels_for_the_editor(site: Server) -> None:
    asked = ["https://w3id.org/diplokg/id/us-treasury", "urn:none"]
    found = httpx.post(site.url + "labels", json=asked).json()
    assert list(found) == asked[:1]
    assert httpx.post(site.url + "labels", content=b"[" * 10_000).status_code == 400
    assert httpx.post(site.url + "labels", json=["urn:a", 7]).status_code == 400
    assert httpx.post(site.url + "labels", json=["x"] * 6000).status_code == 400


@pytest.mark.parametrize("path", PAGES)
def test_pages_hold_nothing_from_elsewhere(site: Server, path: str) -> None:
    page = site.get(path, headers=HTML).text
    for found in re.findall(r'(?:src|<link[^>]*stylesheet[^>]*href)="([^"]+)"', page):
        assert found.startswith("/")
    assert not re.search(
        r"\son\w+=|style=\"|javascript:", re.sub(r"<script.*?</script>|<style.*?</style>", "", page, flags=re.S)
    )


KINDS = {
    "entities": "SELECT DISTINCT ?x { GRAPH graph:entities { ?x rdfs:label ?l } } ORDER BY ?x LIMIT 14",
    "events": "SELECT DISTINCT ?x { ?x dip:factuality ?f } ORDER BY ?x LIMIT 16",
    "claims": "SELECT DISTINCT ?x { ?x a dip:Proposition } ORDER BY ?x LIMIT 10",
    "measures": "SELECT DISTINCT ?x { ?x a dip:Measure } ORDER BY ?x",
    "offices held": "SELECT DISTINCT ?x { ?x a dip:Tenure } ORDER BY ?x LIMIT 5",
    "sources": "SELECT DISTINCT ?x { ?p oa:hasSource ?x } ORDER BY ?x",
}


def addresses(site: Server, kind: str) -> list[str]:
    found = [row["x"].removeprefix("https://w3id.org/diplokg/") for row in site.rows(KINDS[kind])]
    assert found
    return found


WORDS = ("what", "claim", "who", "whom", "relation", "kind", "by", "answer", "passage", "says", "reported_by", "sha256")
SHORT = {"sha256": 12}


@pytest.mark.parametrize("kind", KINDS)
def test_every_panel_shows_the_rows_of_its_query_and_no_others(site: Server, kind: str) -> None:
    seen = 0
    for address in addresses(site, kind):
        page = site.get(address, headers=HTML).text
        drawn: dict[str, str] = defaultdict(str)
        for section in re.findall(r"<section.*?</section>", page, re.DOTALL):
            found = re.search(r'class="query" href="/query\?([^"]+)"', section)
            assert found or "How to cite" in section, (address, section[:300])
            if found:
                drawn[unescape(found[1])] += section
        seen += len(drawn)
        for query, shown in drawn.items():
            check(site, (address, query), query, shown)
    assert seen > len(addresses(site, kind)) / 2


def check(site: Server, where: tuple[str, str], query: str, shown: str) -> None:
    """Ask again what a panel says that it asked, and compare: the words of all rows, and the records they are about."""
    values = {name: value for name, (value,) in parse_qs(query).items()}
    rows = site.rows(site.get(f"questions/{values.pop('question')}.rq", params=values).text)
    assert rows, where
    if "verbal_conflict" in rows[0]:  # drawn as bars
        bars = sum(int(n) for n in re.findall(r"<title>[^<]*: (\d+)</title>", shown))
        assert bars == sum(int(row["events"]) for row in rows), where
        return
    told = " ".join(unescape(re.sub(r"<[^>]+>", "", shown)).split())
    for row in rows:
        for name in WORDS:
            words = " ".join(row.get(name, "").split())[: SHORT.get(name)]
            assert words in told, (where, name, words)
    last = list(rows[0])[-1]
    ids = addresses_of(rows, last)
    entries = re.findall(r'<(?:li class="(?:event|state)|article|tr><td).*?</(?:li|article|tr)>', shown, re.DOTALL)
    if entries and "<table" not in shown:
        assert len(ids) <= len(entries) <= len(rows), where
    linked = set(re.findall(r'href="/id/([^"]+)"', shown))
    assert ids <= linked, where


def addresses_of(rows: list[dict[str, str]], last: str) -> set[str]:
    start = "https://w3id.org/diplokg/id/"
    return {row[last].removeprefix(start) for row in rows if row.get(last, "").startswith(start)}


def test_a_panel_asks_what_the_command_line_asks(built: Path) -> None:
    graph = library.open(built)
    for question in questions.all_questions().values():
        if {p.type for p in question.parameters} <= {"entity", "day"}:
            values = {p.name: graph.find(p.default) if p.type == "entity" else p.default for p in question.parameters}
            whole = graph.question_text(question.name, values)
            assert whole.endswith(panels.text(question, values)), question.name


def test_the_editor_opens_with_a_question_and_its_values(site: Server) -> None:
    page = unescape(site.get("query?question=events-of&thing=noem&asOf=2025-12-31", headers=HTML).text)
    text = site.get("questions/events-of.rq?thing=noem&asOf=2025-12-31").text
    assert text in page and "id/kristi-noem" in text and "2025-12-31" in text
    assert "Nothing here is called" in site.get("query?question=events-of&thing=zzzz", headers=HTML).text
    assert "No saved question" in site.get("query?question=zzzz", headers=HTML).text


@pytest.mark.parametrize("kind", KINDS)
def test_structured_data_is_json_ld_that_loses_nothing(site: Server, kind: str) -> None:
    """Read offline, with schema.org's terms by @vocab: every key becomes a triple about something with a type."""
    for address in addresses(site, kind):
        told = structured(site.get(address, headers=HTML).text)
        assert told["@context"] == "https://schema.org"
        told["@context"] = {"@vocab": "https://schema.org/"}
        quads = list(ox.parse(json.dumps(told), format=ox.RdfFormat.JSON_LD, base_iri="urn:x"))
        names = {quad.predicate.value for quad in quads}
        assert names >= {f"https://schema.org/{key}" for key in told if not key.startswith("@")}
        assert all(name.startswith(("https://schema.org/", str(rdflib.RDF.type))) for name in names)
        assert {quad.subject for quad in quads} == {
            q.subject for q in quads if q.predicate.value == str(rdflib.RDF.type)
        }
