"""Lists and visits as they stand in the graph, checked by hand; the UN's list and REIGN's leaders, row by row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kg.feeds import files, historyatstate, ofac, quads, reign, un
from kg.feeds.actors import Resolution
from kg.feeds.records import HeldOffice, ListedMeasure, Party, Record, Window
from kg.feeds.tally import Tally
from kg.vocabulary import vocabulary

SHARED = Path(__file__).parents[2] / "shared" / "feeds"
SAMPLES = Path(__file__).parent / "data" / "feeds"
needs_lists = pytest.mark.skipif(not SHARED.is_dir(), reason="the real lists are not at ../shared/feeds")

LIST = """<CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:09.554Z">
 <INDIVIDUALS/>
 <ENTITIES>
  <ENTITY><DATAID>1</DATAID><FIRST_NAME>TALLER UNO</FIRST_NAME><UN_LIST_TYPE>Haiti</UN_LIST_TYPE>
   <REFERENCE_NUMBER>HTe.001</REFERENCE_NUMBER><LISTED_ON>2024-07-01-04:00</LISTED_ON>
   <ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>Workshop One</ALIAS_NAME></ENTITY_ALIAS>
   <ENTITY_ADDRESS><CITY>Cap-Haitien</CITY><COUNTRY>Haiti</COUNTRY><NOTE>A sentence.</NOTE></ENTITY_ADDRESS></ENTITY>
 </ENTITIES>
</CONSOLIDATED_LIST>
"""
SHORT = {
    "https://w3id.org/diplokg/ns#": "dip:",
    "https://w3id.org/diplokg/rel#": "rel:",
    "https://w3id.org/diplokg/id/": "id:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs:",
    "http://www.w3.org/2004/02/skos/core#": "skos:",
    "http://www.w3.org/2001/XMLSchema#": "xsd:",
    "http://www.w3.org/ns/org#": "org:",
    "http://www.w3.org/ns/prov#": "prov:",
    "http://semanticweb.cs.vu.nl/2009/11/sem/": "sem:",
    "http://id.loc.gov/datatypes/edtf/": "edtf:",
}
HEADER = ",".join(reign.LEADERS) + "\n"
ROW = "VEN,101,cb-101-1,Nicolas Maduro,5,3,2013,,,1962,1,0,4,2013,,,cb,\n"


def read(feed: Any, path: Path, window: Window | None = None) -> tuple[list[Record], list[Tally]]:
    found = files.sources([path])
    records = list(feed.read(found, window or Window()))
    for source in found:
        source.tally.check()
    return records, [source.tally for source in found]


def lines(feed: Any, name: str, path: Path) -> list[str]:
    """What a file becomes in the graph when none of its parties is of the registers; ids without their beginning."""
    writer = quads.Writer(quads.Batch(name, "b"), lambda party: Resolution(), vocabulary())
    text = "".join([*writer.write(read(feed, path)[0]), *writer.closing()])
    return sorted(_short(line) for line in text.splitlines())


def _short(line: str) -> str:
    """A line with prefixes for namespaces."""
    for namespace, prefix in sorted(SHORT.items(), key=lambda pair: -len(pair[0])):
        line = re.sub(rf"<{re.escape(namespace)}([^>]*)>", rf"{prefix}\1", line)
    return line


def about(node: str, told: Iterable[str]) -> list[str]:
    """The predicate and object of each line on a node."""
    return [line.removeprefix(f"id:{node} ").removesuffix(" .") for line in told if line.startswith(f"id:{node} ")]


def without_report(node: str, told: Iterable[str]) -> list[str]:
    """What is told of a node but its report."""
    return [line for line in about(node, told) if not line.startswith("dip:attestedBy")]


def report(node: str, told: Iterable[str]) -> list[str]:
    """What is told of the report that attests a node."""
    (name,) = (line.split("id:")[1] for line in about(node, told) if line.startswith("dip:attestedBy"))
    return about(name, told)


# ---- rows in, the graph out: checked by hand against the rows ---------------------------------------------------


def test_an_entry_of_the_un_list_is_a_measure_of_the_council(tmp_path: Path) -> None:
    (tmp_path / "un.xml").write_text(LIST)
    told = lines(un, "un", tmp_path / "un.xml")
    assert without_report("un-listing-hte-001", told) == [
        'dip:appliesTo id:un-hte-001',
        'dip:imposedBy id:un-security-council',
        'dip:lastKnownInForce "2026-02-27"^^xsd:date',
        'dip:measureType dip:SanctionsListing',
        'dip:program "Haiti"',
        'rdf:type dip:Measure',
        'rdf:type dip:State',
        'rdfs:label "TALLER UNO is on the UN sanctions list (Haiti)"@en',
        'sem:hasEarliestBeginTimeStamp "2024-07-01"^^xsd:date',
        'sem:hasLatestBeginTimeStamp "2024-07-01"^^xsd:date',
    ]  # fmt: skip
    assert without_report("un-hte-001", told) == [
        'dip:code "un:HTe.001"',
        'rdf:type dip:Entity',
        'rdf:type dip:Organization',
        'rdfs:comment "Address: Cap-Haitien, Haiti."@en',
        'rdfs:label "TALLER UNO"@en',
        'skos:altLabel "Workshop One"@en',
    ]  # fmt: skip
    assert "id:un-security-council rel:designated id:un-hte-001 ." in told
    assert not any("A sentence" in line for line in told)


def test_a_row_of_reign_is_a_tenure(tmp_path: Path) -> None:
    (tmp_path / "leaders_3_21.csv").write_text(HEADER + ROW)
    told = lines(reign, "reign", tmp_path / "leaders_3_21.csv")
    assert without_report("reign-cb-101-1-101-2013-03-05", told) == [
        'dip:lastKnownInForce "2021-03-01"^^xsd:date',
        'dip:post id:reign-post-101',
        'org:member id:reign-leader-cb-101-1-nicolas-maduro',
        'org:organization id:reign-state-101',
        'rdf:type dip:State',
        'rdf:type dip:Tenure',
        'rdfs:label "Nicolas Maduro is leader of Venezuela"@en',
        'sem:hasEarliestBeginTimeStamp "2013-03-05"^^xsd:date',
        'sem:hasLatestBeginTimeStamp "2013-03-05"^^xsd:date',
    ]  # fmt: skip
    assert "id:reign-leader-cb-101-1-nicolas-maduro rel:holdsOfficeIn id:reign-state-101 ." in told


def test_a_row_of_the_sdn_list_is_a_measure_of_the_treasury(tmp_path: Path) -> None:
    told = lines(ofac, "ofac", SAMPLES / "ofac" / "sdn_2021-05-22.csv")
    assert without_report("ofac-sdn-22790-2021-05-22", told) == [
        'dip:appliesTo id:ofac-22790',
        'dip:imposedBy id:ofac-us-treasury',
        'dip:lastKnownInForce "2021-05-22"^^xsd:date',
        'dip:measureType dip:FinancialSanctions',
        'dip:program "IRAN-CON-ARMS-EO"',
        'dip:program "VENEZUELA"',
        'rdf:type dip:Measure',
        'rdf:type dip:State',
        'rdfs:comment "On the first snapshot, of 2021-05-22."@en',
        'rdfs:label "Nicolas Maduro Moros is on the SDN list (VENEZUELA, IRAN-CON-ARMS-EO)"@en',
        'sem:hasLatestBeginTimeStamp "2021-05-22"^^xsd:date',
    ]  # fmt: skip
    assert without_report("ofac-22790", told) == [
        'dip:code "iso3:VEN"',
        'dip:code "ofac:22790"',
        'rdf:type dip:Entity',
        'rdf:type dip:Person',
        'rdfs:comment "President of the Bolivarian Republic of Venezuela. '
        'Born 23 Nov 1962. Born in Caracas, Venezuela."@en',
        'rdfs:label "Nicolas Maduro Moros"@en',
        'skos:altLabel "MADURO MOROS, Nicolas"@en',
    ]  # fmt: skip


def test_a_graph_does_not_tell_where_the_files_lay(tmp_path: Path) -> None:
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        (folder / "un.xml").write_text(LIST)
    assert lines(un, "un", tmp_path / "a" / "un.xml") == lines(un, "un", tmp_path / "b" / "un.xml")
    assert not any(str(tmp_path) in line for line in lines(un, "un", tmp_path / "a" / "un.xml"))


def test_a_visit_and_what_its_remarks_tell_are_told_apart(tmp_path: Path) -> None:
    told = lines(historyatstate, "historyatstate", SAMPLES / "historyatstate" / "visits" / "visits.xml")
    assert without_report("historyatstate-visit-1800", told) == [
        'dip:actor id:historyatstate-named-col-alvaro-uribe',
        'dip:actor id:historyatstate-territory-colombia',
        'dip:factuality dip:Actual',
        'dip:target id:historyatstate-territory-united-states',
        'rdf:type dip:Visit',
        'rdfs:comment "Working visit."@en',
        'rdfs:label "President Alvaro Uribe of Colombia visits the United States"@en',
        'sem:hasEarliestBeginTimeStamp "2005-08-04"^^xsd:date',
        'sem:hasLatestEndTimeStamp "2005-08-04"^^xsd:date',
    ]  # fmt: skip
    assert report("historyatstate-visit-1800", told) == [
        'dip:reportedBy id:historyatstate-source-office-of-the-historian-u.s.-department-of-state',
        'dip:row "visits.xml:13 1800"',
        'prov:wasGeneratedBy id:historyatstate-import-b',
        'rdf:type dip:FeedReport',
    ]  # fmt: skip
    assert without_report("historyatstate-visit-1800-met-1", told) == [
        'dip:actor id:historyatstate-named-col-alvaro-uribe',
        'dip:actor id:historyatstate-named-unsaid-president-bush-2005',
        'dip:factuality dip:Actual',
        'rdf:type dip:Meeting',
        'rdfs:label "President Alvaro Uribe meets President Bush"@en',
        'sem:hasEarliestBeginTimeStamp "2005-08-04"^^xsd:date',
        'sem:hasLatestEndTimeStamp "2005-08-04"^^xsd:date',
        'sem:subEventOf id:historyatstate-visit-1800',
    ]  # fmt: skip
    assert report("historyatstate-visit-1800-met-1", told) == [
        'dip:confidence "0.95"^^xsd:decimal',
        'dip:parsedFromProse "true"^^xsd:boolean',
        'dip:reportedBy id:historyatstate-source-office-of-the-historian-u.s.-department-of-state',
        'dip:row "visits.xml:13 1800"',
        'prov:wasGeneratedBy id:historyatstate-import-b',
        'rdf:type dip:FeedReport',
    ]  # fmt: skip


# ---- whole lists, damaged ones, windows -------------------------------------------------------------------------


@needs_lists
def test_the_whole_un_list_is_taken() -> None:
    records, (tally,) = read(un, SHARED / "un_sanctions" / "UN_consolidated.xml")
    assert (tally.read, tally.kept, tally.refused, tally.unknown) == (1003, 1003, 0, Counter())
    kinds = Counter(r.kind for r in records if isinstance(r, Party))
    assert (kinds["person"], kinds["organization"]) == (730, 273 + 1), "and the United Nations themselves"
    measures = [r for r in records if isinstance(r, ListedMeasure)]
    assert len(measures) == 1003 and all(m.begin and m.imposed_by == (un.COUNCIL.id,) for m in measures)
    assert {m.programs[0] for m in measures} == set(un.LISTS)


@needs_lists
def test_all_leaders_of_reign_are_taken_one_from_a_line_of_another_encoding() -> None:
    records, tallies = read(reign, SHARED / "leaders")
    told = {Path(tally.file).name: (tally.read, tally.kept, tally.refused) for tally in tallies}
    assert told == {
        "REIGN_leaderlist_3_21.csv": (2524, 2524, 0),
        "REIGN_electionlist_3_21.csv": (4351, 0, 4351),
        "REIGN_regime_list.csv": (627, 0, 627),
    }
    assert {row.reason for tally in tallies for row in tally.rejected} == {
        "elections are no relation between parties: left out",
        "regimes are no relation between parties: left out",
    }
    leaders = next(tally for tally in tallies if "leaderlist" in tally.file)
    assert leaders.notes["lines read as Windows-1252, since they are not UTF-8"] == 1
    open_ = [r for r in records if isinstance(r, HeldOffice) and not r.end]
    assert len(open_) == 194 and all(r.last_known_in_force == "2021-03-01" for r in open_)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("2024-07-01-04:00", "July 2024", "'July 2024' is not a date"),
        ("2024-07-01-04:00", "", "the day of listing is missing"),
        ("HTe.001", "", "reference number or name missing"),
        ("CONSOLIDATED_LIST", "LIST", "<LIST> is not the UN's consolidated list"),
        ("</ENTITIES>", "", "it is not well-formed XML (mismatched tag)"),
        ("<CONSOLIDATED_LIST", "<!DOCTYPE a><CONSOLIDATED_LIST", "it declares a document type; entities are not read"),
    ],
)  # fmt: skip
def test_a_damaged_un_list_is_told(tmp_path: Path, old: str, new: str, reason: str) -> None:
    (tmp_path / "un.xml").write_text(LIST.replace(old, new))
    _, (tally,) = read(un, tmp_path / "un.xml")
    assert [row.reason for row in tally.rejected] == [reason] and tally.kept == 0


def test_unknown_lists_and_elements_of_the_un_are_loud(tmp_path: Path) -> None:
    (tmp_path / "un.xml").write_text(
        LIST.replace("Haiti<", "Atlantis<", 1).replace("<DATAID>", "<RANK>9</RANK><DATAID>")
    )
    _, (tally,) = read(un, tmp_path / "un.xml")
    assert tally.unknown == Counter({"UN_LIST_TYPE Atlantis": 1, "ENTITY: RANK": 1}) and tally.kept == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (ROW.replace(",5,3,2013", ",5,13,2013"), "'2013-13-05' is not a date"),
        (ROW.replace(",5,3,2013,,", ",5,3,2013,1,2012"), "ends before it begins"),
        (ROW.replace("Nicolas Maduro", ""), "state, leader or id missing"),
        (ROW.replace(",5,3,2013", ",,,"), "the begin is missing"),
        ("VEN,101\n", "2 columns instead of 18"),
        (ROW.replace("1962", "1963"), "the id stands twice, with other values"),
        ('"torn', "is no CSV: unexpected end of data"),
    ],
)
def test_a_damaged_row_of_reign_is_told_and_the_rest_goes_on(tmp_path: Path, row: str, reason: str) -> None:
    (tmp_path / "leaders_3_21.csv").write_text(HEADER + ROW + row)
    _, (tally,) = read(reign, tmp_path / "leaders_3_21.csv")
    assert [(r.line, r.reason) for r in tally.rejected] == [(3, reason)] and tally.kept == 1


def test_a_line_in_neither_encoding_is_told(tmp_path: Path) -> None:
    for byte, kept in ((b"\x85", 1), (b"\x81", 0)):
        (tmp_path / "leaders_3_21.csv").write_bytes((HEADER + ROW).encode().rstrip(b"\n") + byte + b"\n")
        _, (tally,) = read(reign, tmp_path / "leaders_3_21.csv")
        assert (tally.read, tally.kept, tally.refused) == (1, kept, 1 - kept)


def test_the_same_row_twice_is_a_duplicate_and_windows_leave_out(tmp_path: Path) -> None:
    (tmp_path / "leaders_3_21.csv").write_text(HEADER + ROW + ROW)
    path = tmp_path / "leaders_3_21.csv"
    assert [(t.kept, t.duplicates) for t in read(reign, path)[1]] == [(1, 1)]
    for window in (Window(last=date(2013, 3, 4)), Window(sides=("COL",))):
        (tally,) = read(reign, path, window)[1]
        assert (tally.kept, tally.outside, tally.duplicates) == (0, 1, 1)
