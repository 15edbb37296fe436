"""The Office of the Historian's XML: each visit, journey, chief of mission and entry of the guide is read or told."""

from __future__ import annotations

import json
import random
import shutil
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kg import importing
from kg.feeds import files, historyatstate
from kg.feeds.historyatstate.prose import CONFIDENCE, met
from kg.feeds.records import CodedEvent, HeldOffice, Office, Party, Record, Window
from kg.feeds.tally import Tally

SAMPLE = Path(__file__).parent / "data" / "feeds" / "historyatstate"
SHARED = Path(__file__).parents[2] / "shared" / "feeds" / "historyatstate"
needs_collections = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the collections are not at ../shared/feeds/historyatstate"
)
US, COLOMBIA = "historyatstate-territory-united-states", "historyatstate-territory-colombia"


def read(*paths: Path, window: Window | None = None) -> tuple[list[Record], list[Tally]]:
    found = files.sources(paths)
    records = list(historyatstate.read(found, window or Window()))
    for source in found:
        source.tally.check()
    return records, [source.tally for source in found]


@pytest.fixture(scope="module")
def sample() -> dict[str, Record]:
    return {record.id: record for record in read(SAMPLE)[0] if not isinstance(record, str) and hasattr(record, "id")}


def event(sample: dict[str, Record], name: str) -> CodedEvent:
    found = sample[f"historyatstate-{name}"]
    assert isinstance(found, CodedEvent)
    return found


def held(sample: dict[str, Record], name: str) -> HeldOffice:
    found = sample[f"historyatstate-{name}"]
    assert isinstance(found, HeldOffice)
    return found


def party(sample: dict[str, Record], name: str) -> Party:
    found = sample[name]
    assert isinstance(found, Party)
    return found


def test_a_visit_has_the_visitor_and_the_state_as_coded(sample: dict[str, Record]) -> None:
    visit = event(sample, "visit-1800")
    assert visit.event_class == "Visit" and visit.date == "2005-08-04" and visit.note == "Working visit."
    assert visit.actor == ("historyatstate-named-col-alvaro-uribe", COLOMBIA) and visit.target == (US,)
    assert not visit.reports[0].parsed and visit.reports[0].confidence == ""
    assert party(sample, COLOMBIA).codes == (("iso3", "COL"), ("historyatstate", "colombia"))
    uribe = party(sample, visit.actor[0])
    assert (uribe.label, uribe.aliases, uribe.codes) == (
        "Alvaro Uribe",
        ("President Alvaro Uribe",),
        (("iso3", "COL"),),
    )


def test_a_meeting_named_in_the_remarks_is_marked_as_read_out_of_prose(sample: dict[str, Record]) -> None:
    meeting = event(sample, "visit-1800-met-1")
    assert meeting.event_class == "Meeting" and meeting.part_of == ("historyatstate-visit-1800",)
    assert meeting.actor == ("historyatstate-named-col-alvaro-uribe", "historyatstate-person-bush-george-w")
    assert meeting.reports[0].parsed and meeting.reports[0].confidence == CONFIDENCE["met"]


def test_a_journey_has_its_places_and_each_person_met(sample: dict[str, Record]) -> None:
    journey = event(sample, "trip-1233")
    assert (
        journey.actor == ("historyatstate-person-powell-colin-luther", US) and journey.date == "2001-02-24/2001-02-25"
    )
    assert journey.place == ("historyatstate-place-israel-tel-aviv", "historyatstate-place-israel-jerusalem")
    first, second = event(sample, "trip-1330-met-1"), event(sample, "trip-1330-met-2")
    assert first.label == "Colin Luther Powell meets President Uribe"
    assert second.actor[1] == "historyatstate-named-col-foreign-minister-barcos-2002"


def test_visitors_named_together_are_two_and_a_former_name_of_a_state_is_kept(sample: dict[str, Record]) -> None:
    assert event(sample, "visit-3150").actor == (
        "historyatstate-named-jor-king-abdullah",
        "historyatstate-named-jor-crown-prince-hussein",
        "historyatstate-territory-jordan",
    )
    assert event(sample, "visit-2385").note == "Official visit. Written: U.S.S.R.."


def test_a_chief_of_mission_is_a_tenure_and_an_accreditation(sample: dict[str, Record]) -> None:
    tenure = held(sample, "chief-co-1823-ande-01")
    assert (tenure.begin, tenure.end) == ("1823-12-16", "1826-07-24")
    assert tenure.label == "Richard Clough Anderson is US Minister Plenipotentiary to Colombia"
    assert tenure.note == "Appointed 1823-01-27. Died in office."
    post = sample[tenure.post]
    assert isinstance(post, Office) and post.organization == "historyatstate-mission-colombia"
    sent = event(sample, "accreditation-co-1823-ande-01")
    assert sent.event_class == "EnvoyAccreditation" and sent.date == "1823-12-16"
    assert sent.actor == ("historyatstate-person-anderson-richard-clough", US) and sent.target == (COLOMBIA,)
    envoy = party(sample, sent.actor[0])
    assert envoy.aliases == ("Richard C. Anderson",) and envoy.description == "1788–1826."


def test_a_begin_between_two_days_keeps_both(sample: dict[str, Record]) -> None:
    assert held(sample, "chief-co-1828-harr-01").begin == "1829-02-05/1829-02-13"


def test_who_was_named_and_did_not_serve_is_intended_and_holds_no_office(sample: dict[str, Record]) -> None:
    assert event(sample, "nomination-co-kerr-01").factuality == "Intended"
    assert "historyatstate-chief-co-kerr-01" not in sample


def test_recognition_has_the_day_of_the_first_paragraph_and_the_year_of_the_heading(sample: dict[str, Record]) -> None:
    recognition = event(sample, "rdcr-colombia-recognition-1822")
    assert (recognition.date, recognition.actor, recognition.target) == ("1822-06-19", (US,), (COLOMBIA,))
    assert recognition.reports[0].parsed and recognition.reports[0].confidence == "0.8"
    established = event(sample, "rdcr-colombia-relationsestablished-1822")
    assert (established.date, established.actor) == ("1822", (US, COLOMBIA))
    assert established.reports[0].confidence == "0.9"
    treaty = event(sample, "rdcr-colombia-agreement-1846")
    assert treaty.label == "General Treaty of Peace, Amity, Navigation, and Commerce: United States and Colombia"


def test_no_sentence_of_a_remark_comes_out(sample: dict[str, Record]) -> None:
    assert (
        "narcotics" not in str(sample)
        and "Crawford" not in str(sample)
        and "peace" not in str(sample).lower().replace("of peace", "")
    )


def test_a_window_takes_days_and_sides() -> None:
    records, tallies = read(SAMPLE, window=Window(date(2001, 1, 1), date(2009, 12, 31), ("USA", "COL")))
    assert {r.id for r in records if isinstance(r, CodedEvent) and r.event_class == "Visit"} == {
        "historyatstate-visit-1800",
        "historyatstate-trip-1330",
    }
    assert sum(tally.outside for tally in tallies) == 15


# Each remark was read by a person first; the lists say whom it tells was met.
REMARKS = [
    ("Met with President Fox and Russian Foreign Minister Ivanov.", ["President Fox", "Foreign Minister Ivanov"]),
    ("State visit; met with Governor General Casey and Premier Holt.", ["Governor General Casey", "Premier Holt"]),
    ("Met with Amir Tamim bin Hamad Al Thani and addressed the Shura Council.", ["Amir Tamim bin Hamad Al Thani"]),
    ("Discussed the Gulf crisis with President Giscard d'Estaing; signed a treaty.", ["President Giscard d'Estaing"]),
    ("Met with King Juan Carlos I. Attended the funeral of President Park.", ["King Juan Carlos I"]),
    ("Audience with Pope John Paul II.", ["Pope John Paul II"]),
    ("Accompanied President Bush.", []),
    ("Attended the inauguration of President Salinas de Gortari.", []),
    ("Met with senior Mexican officials.", []),
    ("Met with President Havel, commemorated the birthday of former President Thomas Masaryk.", ["President Havel"]),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "persons"), REMARKS)
def test_who_was_met(remark: str, persons: list[str]) -> None:
    assert [f"{one.title} {one.name}" for one in met(remark)] == persons


def write(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "visits.xml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


VISIT = (SAMPLE / "visits" / "visits.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<!DOCTYPE v [<!ENTITY a 'b'>]><visits>&a;</visits>", "it declares a document type; entities are not read"),
        (VISIT[:900], "it is not well-formed XML (unclosed token)"),
        ("<a>" * 70 + "</a>" * 70, "elements lie more than 64 deep"),
        ("<letters/>", "<letters> is no kind of file that this feed has"),
        ("id,visitor\n1,Uribe\n", "it is not well-formed XML (syntax error)"),
        (b"\xff\xfe\x00", "it is not well-formed XML (unclosed token)"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_one_rejected_row(tmp_path: Path, text: str | bytes, reason: str) -> None:
    records, (tally,) = read(write(tmp_path, text))
    assert not records and [row.reason for row in tally.rejected] == [reason]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("2005-08-04</start", "2005-13-04</start", "'2005-13-04' is not a date"),
        ('<from id="colombia">', "<from>", "from@id missing"),
        ("<visitor>President Alvaro Uribe</visitor>", "<visitor/>", "visitor missing"),
    ],
)
def test_a_damaged_record_is_told_and_the_rest_goes_on(tmp_path: Path, old: str, new: str, reason: str) -> None:
    _, (tally,) = read(write(tmp_path, VISIT.replace(old, new)))
    (only,) = tally.rejected
    assert (tally.kept, only.line, only.reason) == (2, 13, reason)


def test_an_element_nobody_knows_is_loud(tmp_path: Path) -> None:
    _, (tally,) = read(write(tmp_path, VISIT.replace("<visitor>", "<escort>A. B.</escort><visitor>", 1)))
    assert tally.unknown == Counter({"visits: escort": 1})


def test_the_order_of_the_files_does_not_matter(tmp_path: Path) -> None:
    folder = shutil.copytree(SAMPLE, tmp_path / "sample")
    paths = sorted(folder.rglob("*.xml"))
    once = read(*paths)[0]
    random.Random(1).shuffle(paths)
    assert sorted(map(str, read(*paths)[0])) == sorted(map(str, once))


@pytest.fixture(scope="module")
def collections() -> tuple[list[Record], list[Tally], float]:
    begun = time.process_time()
    records, tallies = read(SHARED)
    return records, tallies, time.process_time() - begun


@needs_collections
def test_every_record_of_the_collections_is_read_within_twenty_seconds(
    collections: tuple[list[Record], list[Tally], float],
) -> None:
    records, tallies, seconds = collections
    assert seconds < 20
    read_, kept = Counter[str](), Counter[str]()
    for tally in tallies:
        kind = Path(tally.file).relative_to(SHARED).parts[:2]
        read_["/".join(kind)] += tally.read
        kept["/".join(kind)] += tally.kept
    assert kept["visits/data"] == read_["visits/data"] == 3264
    assert kept["travels/president-travels"] + kept["travels/secretary-travels"] == 4271
    assert kept["pocom/missions-countries"] == read_["pocom/missions-countries"] == 5743
    assert (read_["pocom/people"] + read_["pocom/people-pending"], kept["pocom/missions-orgs"]) == (4313, 225)
    assert (read_["rdcr/articles"], kept["rdcr/articles"]) == (1222, 997)
    assert Counter(r.event_class for r in records if isinstance(r, CodedEvent))["Visit"] == 3264 + 4271
    unknown = sum((tally.unknown for tally in tallies), Counter[str]())
    assert unknown == Counter({"person wilson-huntington-francis-mairs-huntington-wilson": 1})
    reasons = {row.reason for tally in tallies for row in tally.rejected}
    assert reasons == {
        "the heading tells no act that is known",
        "the heading has no date",
        "the entry has no heading",
        "appointed and did not serve: no tenure to record",
        "a list of further reading tells no relation",
    }


@needs_collections
def test_ids_are_unique_and_parties_come_before_the_records_that_name_them(
    collections: tuple[list[Record], list[Tally], float],
) -> None:
    known: set[str] = set()
    for record in collections[0]:
        assert not isinstance(record, str)
        if isinstance(record, CodedEvent):
            assert {*record.actor, *record.target, *record.place, *record.part_of} <= known, record
        elif isinstance(record, HeldOffice):
            assert {record.holder, record.post} <= known, record
        name = getattr(record, "id", "")
        assert name not in known, name
        known.add(name)


def test_the_relation_is_told_from_its_first_day_and_each_row_names_the_feed(
    small_build: Path, tmp_path: Path, kg: Any
) -> None:
    build = tmp_path / "build"
    shutil.copytree(small_build, build, symlinks=True)
    importing.import_feed("historyatstate", [SAMPLE], build)
    told = kg("timeline", "colombia", "united states", "-f", "json", "--store", build)
    assert told.code == 0
    events = json.loads(told.out)["events"]
    assert [(event["id"], event["edtf"] or event["earliest"]) for event in events][:3] == [
        ("historyatstate-rdcr-colombia-relationsestablished-1822", "1822"),
        ("historyatstate-rdcr-colombia-recognition-1822", "1822-06-19"),
        ("historyatstate-rdcr-colombia-missionopening-1823", "1823"),
    ]
    assert kg("path", "Richard C. Anderson", "colombia", "--store", build).code == 0
    shown = kg("show", "Richard Clough Anderson", "-f", "text", "--store", build)
    assert "US Minister Plenipotentiary to Colombia" in shown.out and "historyatstate" in shown.out
    assert "1823" not in kg("timeline", "colombia", "united states", "--no-feeds", "--store", build).out


def test_many_files_are_one_batch_named_by_their_folder_and_told_by_folder(
    small_build: Path, tmp_path: Path, kg: Any
) -> None:
    build, folder = tmp_path / "build", tmp_path / "historyatstate"
    shutil.copytree(small_build, build, symlinks=True)
    person = (SAMPLE / "pocom" / "people" / "anderson-richard-clough.xml").read_text(encoding="utf-8")
    shutil.copytree(SAMPLE / "visits", folder / "visits")
    (folder / "people").mkdir()
    for number in range(25):
        (folder / "people" / f"{number}.xml").write_text(person.replace("-clough<", f"-{number}<"))
    done = kg("import", "historyatstate", folder, "--dry-run", "--store", build)
    lines = [line.split() for line in done.err.splitlines()]
    assert ["(25", "files)", "25", "25", "0", "0", "0"] in [line[-7:] for line in lines]
    assert ["(1", "file)", "3", "3", "0", "0", "0"] in [line[-7:] for line in lines]
    assert "historyatstate/historyatstate-" in done.err


def test_a_row_that_is_there_already_is_one_duplicate_however_many_events_it_tells(
    small_build: Path, tmp_path: Path
) -> None:
    build = tmp_path / "build"
    shutil.copytree(small_build, build, symlinks=True)
    path = write(tmp_path, VISIT)
    first = importing.import_feed("historyatstate", [path], build)
    other = tmp_path / "other.xml"
    other.write_text(VISIT + "\n", encoding="utf-8")  # the same rows in another file, of another hash
    second = importing.import_feed("historyatstate", [other], build)
    assert (first.files[0]["kept"], first.files[0]["duplicates"]) == (3, 0)
    assert (second.files[0]["kept"], second.files[0]["duplicates"], second.counts["events"]) == (0, 3, 0)
