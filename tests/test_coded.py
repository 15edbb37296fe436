"""What feeds bring is known as such in a picture: from hand-made quads in a graph of a batch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import kg
from kg import describe, store
from kg.coded import batch_of
from kg.terms import DIP, GRAPH, ID, PROV, RDF, RDFS, REL, SEM, XSD

FEED = f"<{GRAPH}feed/gdelt/one>"
IMPORT = f"<{ID}gdelt-import-one>"


def statement(node: str, predicate: str, value: str) -> str:
    return f"{node} <{predicate}> {value} {FEED} .\n"


def coded(name: str, kind: str, who: str, whom: str, day: str) -> list[str]:
    node, report = f"<{ID}{name}>", f"<{ID}{name}-report>"
    return [
        statement(node, f"{RDF}type", f"<{DIP}{kind}>"),
        statement(node, f"{RDFS}label", f'"{name}"@en'),
        statement(node, f"{DIP}factuality", f"<{DIP}Actual>"),
        statement(node, f"{DIP}actor", f"<{ID}{who}>"),
        statement(node, f"{DIP}target", f"<{ID}{whom}>"),
        statement(node, f"{PROV}wasGeneratedBy", IMPORT),
        statement(node, f"{DIP}attestedBy", report),
        statement(report, f"{RDF}type", f"<{DIP}FeedReport>"),
        statement(report, f"{DIP}reportedBy", f"<{ID}wire>"),
        statement(report, f"{PROV}wasGeneratedBy", IMPORT),
        *[
            statement(node, f"{SEM}{bound}", f'"{day}"^^<{XSD}date>')
            for bound in ("hasEarliestBeginTimeStamp", "hasLatestEndTimeStamp")
        ],
    ]


def line(who: str, relation: str, whom: str) -> list[str]:
    node = f"<{ID}edge-{who}-{relation}-{whom}>"
    return [
        statement(node, f"{RDF}type", f"<{DIP}DerivedEdge>"),
        statement(node, f"{RDF}subject", f"<{ID}{who}>"),
        statement(node, f"{RDF}predicate", f"<{REL}{relation}>"),
        statement(node, f"{RDF}object", f"<{ID}{whom}>"),
        statement(node, f"{DIP}eventCount", f'"1"^^<{XSD}integer>'),
        statement(node, f"{DIP}status", f"<{DIP}Asserted>"),
        statement(node, f"{PROV}wasDerivedFrom", IMPORT),
    ]


@pytest.fixture(scope="module")
def mixed(built: Path) -> store.Embedded:
    """The bundled dossier and a batch of two events, the second by a relation that runs both ways."""
    about = [
        statement(IMPORT, f"{RDF}type", f"<{DIP}FeedImport>"),
        statement(IMPORT, f"{DIP}feed", '"gdelt"'),
        statement(IMPORT, f"{RDFS}label", '"Import of one"@en'),
        statement(IMPORT, f"{DIP}feedPublisher", '"The GDELT Project"'),
        statement(IMPORT, f"{DIP}machineCoded", f'"true"^^<{XSD}boolean>'),
    ]
    quads = [
        *coded("gdelt-1", "Threat", "colombia", "venezuela", "2025-05-05"),
        *coded("gdelt-2", "Meeting", "colombia", "venezuela", "2025-05-06"),
        *line("colombia", "threatened", "venezuela"),
        *line("venezuela", "met", "colombia"),
    ]
    return store.Embedded.in_memory([*store.lines(built), *about, *quads])


def test_events_of_a_batch_are_told_from_those_that_somebody_read(mixed: store.Embedded) -> None:
    picture = describe.picture(mixed)
    (batch,) = picture.feeds.values()
    assert (batch.feed, batch.publisher, batch.machine_coded) == ("gdelt", "The GDELT Project", True)
    told = {key for key, event in picture.events.items() if batch_of(event, picture.feeds)}
    assert told == {"gdelt-1", "gdelt-2"} and len(picture.events) > 100


def test_an_edge_of_a_batch_names_its_events(mixed: store.Embedded) -> None:
    edges = {(e.subject, e.predicate, e.object): e for e in describe.picture(mixed).edges}
    assert edges["colombia", "rel:threatened", "venezuela"].because == ("gdelt-1",)
    assert edges["venezuela", "rel:met", "colombia"].because == ("gdelt-2",)


def test_a_story_without_feeds_has_none(built: Path) -> None:
    picture = kg.open(built).picture()
    assert picture.feeds == {} and not any(batch_of(event, picture.feeds) for event in picture.events.values())


def test_an_event_that_nothing_attests_counts_as_coded_where_there_are_feeds(mixed: store.Embedded) -> None:
    picture = describe.picture(mixed)
    bare = replace(picture.events["gdelt-1"], evidence=())
    assert batch_of(bare, picture.feeds) and batch_of(bare, {}) is None
