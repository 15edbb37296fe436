"""Some feeds of a store and not the others: embedded, as the curated story alone, and of a service."""

from __future__ import annotations

import http.server
import threading
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, QueryResultsFormat, QuerySolutions, RdfFormat, Store

from kg import scope
from kg.errors import StorageError
from kg.store import Dataset, Embedded, Remote, Rows, open_store
from kg.store import Store as AnyStore
from kg.terms import GRAPH

STORY, CODED, OFFICES = f"{GRAPH}doc/visas", f"{GRAPH}feed/gdelt/20180101-7b455039", f"{GRAPH}feed/reign/2021"
DEEDS = [
    f"<urn:trump> <urn:accused> <urn:petro> <{STORY}> .\n",
    f'<urn:japan> <urn:visited> "it\'s \\"x\\""@en <{CODED}> .\n',
    f"<urn:usa> <urn:visited> <urn:japan> <{CODED}> .\n",
    f"<urn:biden> <urn:leads> <urn:usa> <{OFFICES}> .\n",
]
WHO = "SELECT ?who WHERE { ?who ?did ?whom }"
WHO_WHERE = "SELECT ?who WHERE { GRAPH ?g { ?who ?did ?whom } }"


@pytest.fixture
def whole() -> Embedded:
    return Embedded.in_memory(DEEDS)


def who(store: AnyStore, text: str = WHO, dataset: Dataset | None = None) -> set[str]:
    answer = store.query(text, dataset)
    assert isinstance(answer, Rows)
    return {str(row[0]).strip("<>").removeprefix("urn:") for row in answer.rows}


CHOSEN = [
    ((), {"trump"}),
    (("gdelt",), {"trump", "japan", "usa"}),
    (["reign"], {"trump", "biden"}),
    ({"reign", "gdelt"}, {"trump", "japan", "usa", "biden"}),
    (None, {"trump", "japan", "usa", "biden"}),
    (("gde", "ofac"), {"trump"}),
]


@pytest.mark.parametrize(("feeds", "found"), CHOSEN)
def test_only_the_feeds_that_were_named_stand_beside_the_story(
    whole: Embedded, feeds: scope.Feeds, found: set[str]
) -> None:
    narrowed = scope.within(whole, feeds)
    assert who(narrowed) == found
    assert who(narrowed, WHO_WHERE) == found


def test_a_store_without_other_feeds_stays_as_it_is(whole: Embedded) -> None:
    assert scope.within(whole, None) is whole
    assert scope.within(whole, ("gdelt", "reign")) is whole
    story = Embedded.in_memory(DEEDS[:1])
    assert scope.within(story, ()) is story


def test_a_narrowed_store_keeps_its_name_its_choice_and_is_not_narrowed_again(whole: Embedded) -> None:
    narrowed = scope.within(whole, ("gdelt",))
    assert isinstance(narrowed, scope.Narrowed)
    assert (narrowed.name, narrowed.feeds, narrowed.hold) == (whole.name, ("gdelt",), whole.hold)
    assert scope.within(narrowed, ()) is narrowed


def test_a_narrowed_store_holds_the_build_that_it_reads(small_build: Path) -> None:
    small = open_store(str(small_build))
    assert isinstance(small, Embedded)
    assert small.hold
    assert scope.Narrowed(small, (STORY,), ()).hold is small.hold
    assert scope.Curated(small).hold is small.hold


def test_a_query_or_a_caller_that_names_graphs_is_asked_over_these(whole: Embedded) -> None:
    narrowed = scope.within(whole, ())
    assert isinstance(narrowed, scope.Narrowed)
    assert who(narrowed, f"SELECT ?who FROM <{OFFICES}> WHERE {{ ?who ?did ?whom }}") == {"biden"}
    assert who(narrowed, WHO, Dataset((CODED,), ())) == {"japan", "usa"}


def test_graphs_are_named_in_order(whole: Embedded) -> None:
    assert scope.graphs(whole) == (STORY, CODED, OFFICES)
    assert scope.graphs(Embedded.in_memory([])) == ()


def test_lines_are_those_of_the_feeds_as_they_were_given(whole: Embedded) -> None:
    assert sorted(scope.lines(whole, ("gdelt",))) == sorted(DEEDS[1:3])
    assert list(scope.lines(whole, {"reign"})) == DEEDS[3:]
    assert list(scope.lines(whole, ())) == []


@pytest.mark.parametrize(
    ("graph", "feed"),
    [
        (STORY, ""),
        (CODED, "gdelt"),
        (OFFICES, "reign"),
        (f"{GRAPH}feed/icews/2018/1", "icews"),
        ("https://example.org/feed/x/1", ""),
    ],
)
def test_a_graph_tells_its_feed(graph: str, feed: str) -> None:
    assert scope.feed_of(graph) == feed


# A service


class Service:
    """What a service was asked: the graphs of each request that names some."""

    def __init__(self) -> None:
        self.store = Store()
        self.store.load("".join(DEEDS).encode(), format=RdfFormat.N_QUADS)
        self.asked: list[list[str]] = []

    def answer(self, body: str) -> bytes:
        fields = urllib.parse.parse_qs(body)
        default, named = (fields.get(f"{kind}-graph-uri", []) for kind in ("default", "named"))
        over = {"default_graph": list(map(NamedNode, default)), "named_graphs": list(map(NamedNode, named))}
        if default:
            self.asked.append(default)
        result = self.store.query(fields["query"][0], **(over if default else {}))  # type: ignore[arg-type]
        assert isinstance(result, QuerySolutions)
        written = result.serialize(format=QueryResultsFormat.JSON)
        assert written is not None
        return written


@pytest.fixture
def service() -> Iterator[tuple[Service, Remote]]:
    held = Service()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = held.answer(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.send_header("Content-Type", "application/sparql-results+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield held, Remote(f"http://127.0.0.1:{server.server_port}/", timeout=7)
        server.shutdown()
        thread.join()


def test_a_service_is_asked_over_the_graphs_that_are_left(service: tuple[Service, Remote]) -> None:
    held, whole = service
    assert scope.graphs(whole) == (STORY, CODED, OFFICES)
    narrowed = scope.within(whole, ("reign",))
    assert isinstance(narrowed, scope.NarrowedService)
    assert who(narrowed) == {"trump", "biden"}
    assert who(narrowed, WHO_WHERE) == {"trump", "biden"}
    assert held.asked == [[STORY, OFFICES]] * 2
    assert (narrowed.name, narrowed.timeout, narrowed.feeds) == (whole.name, 7, ("reign",))
    assert scope.within(narrowed, ()) is narrowed
    assert scope.within(whole, ("reign", "gdelt")) is whole


def test_a_service_that_is_not_there_is_told() -> None:
    with pytest.raises(StorageError, match=r"http://127\.0\.0\.1:9/"):
        scope.within(Remote("http://127.0.0.1:9/", timeout=1), ())
