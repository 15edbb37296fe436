"""Dossiers: what a curator writes is read as it stands, and every slip is told with its line and its repair."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import dates, dossier, pipeline, resources
from kg.dossier_format import PASSAGE, RELATIVE, SECTIONS, SOURCE, Field
from kg.errors import DataProblems, KgError
from kg.model import Relative

if TYPE_CHECKING:
    from tests.conftest import DataFolder, MakeFolder

BUNDLED = sorted((resources.bundled_data() / "dossiers").rglob("*.yaml"))


def told(folder: DataFolder) -> list[str]:
    """All problems of the folder, with the path of its dossier left out; each is one line."""
    with pytest.raises(DataProblems) as refused:
        pipeline.gather(folder.path)
    lines = [str(problem).removeprefix(folder.dossier.as_posix() + ":") for problem in refused.value.problems]
    assert not any("\n" in line for line in lines)
    return lines


# ---------------------------------------------------------------- what is read


def test_the_bundled_dossiers_are_there() -> None:
    assert len(BUNDLED) >= 1


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_each_bundled_dossier_reads_without_a_problem(path: Path) -> None:
    assert dossier.read(path).problems == ()


def test_every_section_becomes_its_records(data_folder: DataFolder) -> None:
    (read,) = pipeline.gather(data_folder.path).dossiers
    assert read.source.id == "note-for-the-tests"
    assert [mention.entity for mention in read.mentions] == ["gustavo-petro", "president-of-colombia"]
    assert [event.event_class for event in read.events] == ["Accusation", "Denial", "Sanctioning"]
    assert read.events[2].relative == (Relative(after="trump-accuses-petro", days=2),)
    assert [claim.evidence[0].speaker for claim in read.claims] == ["donald-trump"]
    assert [measure.started_by for measure in read.measures] == ["treasury-sanctions-petro"]
    assert [tenure.begin for tenure in read.tenures] == ["2022-08-07"]
    assert [(tie.left, tie.type, tie.right) for tie in read.ties] == [("gustavo-petro", "CitizenOf", "colombia")]
    assert [judgement.verdict for judgement in read.judgements] == ["Negative"]


def test_every_record_knows_the_line_where_it_stands(data_folder: DataFolder) -> None:
    text = data_folder.dossier.read_text(encoding="utf-8").splitlines()
    (read,) = pipeline.gather(data_folder.path).dossiers
    for section in (read.events, read.claims, read.measures, read.tenures, read.ties, read.judgements):
        for record in section:
            assert text[record.line - 1] == f"  - id: {record.id}"


def test_no_value_is_taken_for_another_type(data_folder: DataFolder) -> None:
    data_folder.change("label: Trump accuses Petro of a part in the drug trade", "label: NO")
    data_folder.change("label: Petro denies a part in the drug trade", "label: 12:30:00")
    data_folder.change("label: US Treasury sanctions Gustavo Petro", "label: 0123")
    data_folder.change("language: en", "language: no")
    (read,) = pipeline.gather(data_folder.path).dossiers
    assert [event.label for event in read.events] == ["NO", "12:30:00", "0123"]
    assert read.source.language == "no"


def test_optional_keys_may_stand_empty(data_folder: DataFolder) -> None:
    data_folder.change("  language: en", "  language: en\n  url:\n  license_note: ''")
    data_folder.change("ties:\n", "ties:\n\n# none yet\nformer:\n".replace("former:\n", ""))
    pipeline.gather(data_folder.path)


def test_a_section_may_stand_empty(data_folder: DataFolder) -> None:
    text = data_folder.dossier.read_text(encoding="utf-8")
    data_folder.dossier.write_text(text[: text.index("judgements:")] + "judgements:\n", encoding="utf-8")
    assert pipeline.gather(data_folder.path).dossiers[0].judgements == ()


def test_a_date_two_days_after_another_is_narrowed_from_both_sides(data_folder: DataFolder) -> None:
    bounds = pipeline.gather(data_folder.path).bounds
    assert str(bounds["trump-accuses-petro"]) == "2025-10-01/2025-10-29"
    assert str(bounds["treasury-sanctions-petro"]) == "2025-10-03/2025-10-31"
    assert str(bounds["petro-denies-part-in-drug-trade"]) == "2025-10-01/.."


# ---------------------------------------------------------------- slips: one change, one line told

KEYS = "Known here: " + ", ".join(field.key for field in SECTIONS["events"]) + "."
SANCTIONS = "events[treasury-sanctions-petro]"
DENIAL = "events[petro-denies-part-in-drug-trade]"
CHARGE = "events[trump-accuses-petro]"
CLAIM = "claims[claim-petro-in-drug-trade]"
MEASURE = "measures[measure-sanctions-petro]"
TENURE = "tenures[tenure-petro-president-of-colombia]"
TIE = "ties[tie-petro-citizen-of-colombia]"
JUDGEMENT = "judgements[judgement-petro-is-not-trump]"
ANCHORS = "needs exactly one of after, before, same_day_as, same_month_as, weekday. Write one entry for each phrase."
OCTOBER = "date: 2025-10\n    basis: relative"
TWO_DAYS = "after: trump-accuses-petro, days: 2"
ABOUT = "about: [gustavo-petro]\n    evidence"
FORMS = dates.FORMS

SLIPS = {
    # what is wrong: (old, new, text that begins the line which is told – that of the change if empty –, what is told)
    # keys
    "a key of an event": (
        "    denies: [", "    denis: [", "",
        f"{DENIAL}: unknown key 'denis'. Did you mean 'denies'?"),
    "a required key": (
        "label: Petro denies", "lable: Petro denies", "",
        f"{DENIAL}: unknown key 'lable'. Did you mean 'label'?"),
    "a section": ("events:\n", "event:\n", "", ": unknown key 'event'. Did you mean 'events'?"),
    "the source": ("source:\n", "sorce:\n", "", ": unknown key 'sorce'. Did you mean 'source'?"),
    "a key of the source": (
        "publisher: d", "publsher: d", "",
        "source: unknown key 'publsher'. Did you mean 'publisher'?"),
    "a key of a passage": (
        ", speaker:", ", speeker:", "",
        f"{CLAIM}.evidence[1]: unknown key 'speeker'. Did you mean 'speaker'?"),
    "a key of a phrase": (
        ", days: 2", ", dais: 2", "",
        f"{SANCTIONS}.relative[1]: unknown key 'dais'. Did you mean 'days'?"),
    "a merge key": ("    denies: [", "    <<: {}\n    denies: [", "", f"{DENIAL}: unknown key '<<'. {KEYS}"),
    "a key out of nowhere": (
        "    denies: [", "    xyzzy: 1\n    denies: [", "",
        f"{DENIAL}: unknown key 'xyzzy'. {KEYS}"),
    # shape
    "no label": (
        "    label: US Treasury sanctions Gustavo Petro\n", "", "  - id: treasury-sanctions-petro",
        f"{SANCTIONS}: 'label' is missing. What happened, in our words."),
    "an empty label": (
        "label: US Treasury sanctions Gustavo Petro", "label: ' '", "",
        f"{SANCTIONS}: 'label' is missing. What happened, in our words."),
    "an empty list of actors": (
        "actor: [us-treasury]", "actor: []", "",
        f"{SANCTIONS}.actor: the list is empty. Who did or said it; all parties of a symmetric interaction."),
    "a value where a list belongs": (
        "actor: [us-treasury]", "actor: us-treasury", "",
        f"{SANCTIONS}.actor: must be a list. Write [one, two] or lines that begin with '- '."),
    "a list where a value belongs": (
        "label: US Treasury sanctions Gustavo Petro", "label: [US Treasury, Petro]", "",
        f"{SANCTIONS}.label: must be a single value. What happened, in our words."),
    "a map where a value belongs": (
        "label: US Treasury sanctions Gustavo Petro", "label: {en: US Treasury}", "",
        f"{SANCTIONS}.label: must be a single value. What happened, in our words."),
    "a text where a record belongs": (
        "ties:\n", "ties:\n  - Petro is a citizen\n", "  - Petro is a citizen",
        "ties[1]: must be a mapping of keys to values. Write 'key: value' lines."),
    "a record where a list belongs": (
        "judgements:\n  - id: j", "judgements:\n    id: j", "    id: judgement",
        "judgements: must be a list. Begin each entry with '- '."),
    "a text where a passage belongs": (
        "as: full name\n    at: {", "as: full name\n    at: paragraph 2 # {", "    at: paragraph 2",
        "mentions[1].at: must be a mapping of keys to values. Write 'key: value' lines."),
    # what must be known
    "an actor": (
        "[us-treasury]\n    target", "[us-tresury]\n    target", "",
        f"{SANCTIONS}.actor[1]: unknown entity 'us-tresury'. Did you mean 'us-treasury'?"),
    "an actor out of nowhere": (
        "[us-treasury]\n    target", "[zzz]\n    target", "",
        f"{SANCTIONS}.actor[1]: unknown entity 'zzz'. Add it to registers/entities.csv."),
    "a speaker": (
        "speaker: donald-t", "speaker: donold-t", "",
        f"{CLAIM}.evidence[1].speaker: unknown entity 'donold-trump'. Did you mean 'donald-trump'?"),
    "a publisher": (
        "publisher: diplokg", "publisher: diplo-kg", "",
        "source.publisher: unknown entity 'diplo-kg'. Did you mean 'diplokg'?"),
    "an author": (
        "authors: [diplokg]", "authors: [diplo-kg]", "",
        "source.authors[1]: unknown entity 'diplo-kg'. Did you mean 'diplokg'?"),
    "a mention": (
        "entity: president-of-colombia", "entity: president-of-columbia", "",
        "mentions[2].entity: unknown entity or post 'president-of-columbia'. Did you mean 'president-of-colombia'?"),
    "an entity where a post belongs": (
        "post: president-of-colombia", "post: gustavo-petro", "",
        f"{TENURE}.post: unknown post 'gustavo-petro'. Add it to registers/posts.csv."),
    "a holder": (
        "holder: gustavo-petro", "holder: gustavo-pedro", "",
        f"{TENURE}.holder: unknown entity 'gustavo-pedro'. Did you mean 'gustavo-petro'?"),
    "an event": (
        "responds_to: [trump-accuses", "responds_to: [trump-acuses", "",
        f"{DENIAL}.responds_to[1]: unknown event 'trump-acuses-petro'. Did you mean 'trump-accuses-petro'?"),
    "an event in a phrase": (
        "after: trump-accuses-petro, days", "after: trump-acuses-petro, days", "",
        f"{SANCTIONS}.relative[1].after: unknown event 'trump-acuses-petro'. Did you mean 'trump-accuses-petro'?"),
    "an event that starts a measure": (
        "started_by: treasury", "started_by: tresury", "",
        f"{MEASURE}.started_by: unknown event 'tresury-sanctions-petro'. Did you mean 'treasury-sanctions-petro'?"),
    "an event out of nowhere": (
        "started_by: treasury-sanctions-petro", "started_by: zzz", "",
        f"{MEASURE}.started_by: unknown event 'zzz'. Add the event, or correct the id."),
    "a claim": (
        "denies: [claim-petro", "denies: [claim-pedro", "",
        f"{DENIAL}.denies[1]: unknown claim 'claim-pedro-in-drug-trade'. Did you mean 'claim-petro-in-drug-trade'?"),
    "an event class": (
        "class: Sanctioning", "class: Sanctionning", "",
        f"{SANCTIONS}.class: unknown event class 'Sanctionning'. Did you mean 'Sanctioning'?"),
    "an event class in small letters": (
        "class: Denial", "class: denial", "",
        f"{DENIAL}.class: unknown event class 'denial'. Did you mean 'Denial'?"),
    "a class that is only a family": (
        "class: Sanctioning", "class: MaterialAct", "",
        f"{SANCTIONS}.class: unknown event class 'MaterialAct'. The classes are listed in ontology/core.ttl."),
    "a measure type": (
        "type: Financial", "type: Finantial", "",
        f"{MEASURE}.type: unknown measure type 'FinantialSanctions'. Did you mean 'FinancialSanctions'?"),
    "a tie type": (
        "type: CitizenOf", "type: Citizen", "",
        f"{TIE}.type: unknown tie type 'Citizen'. Did you mean 'CitizenOf'?"),
    "an end of a tie": (
        "to: colombia", "to: columbia", "",
        f"{TIE}.to: unknown entity 'columbia'. Did you mean 'colombia'?"),
    "a side of a judgement": (
        "right: donald", "right: donold", "",
        f"{JUDGEMENT}.right: unknown entity 'donold-trump'. Did you mean 'donald-trump'?"),
    "a verdict": (
        "verdict: Negative", "verdict: No", "",
        f"{JUDGEMENT}.verdict: 'No' is not known here. Use one of: Positive, Negative, Unsure."),
    "a predicate": (
        ABOUT, f"triple: [gustavo-petro, caledFriend, colombia]\n    {ABOUT}", "",
        f"{CLAIM}.triple: unknown predicate 'caledFriend'. Did you mean 'calledFriend'?"),
    "an end of a triple": (
        ABOUT, f"triple: [gustavo-petro, calledFriend, columbia]\n    {ABOUT}", "",
        f"{CLAIM}.triple: unknown entity 'columbia'. Did you mean 'colombia'?"),
    "a triple of two": (
        ABOUT, f"triple: [gustavo-petro, calledFriend]\n    {ABOUT}", "",
        f"{CLAIM}.triple: needs subject, predicate and object. Write [who, verb, whom]."),
    "a factuality": (
        "days: 2}\n    factuality: Actual", "days: 2}\n    factuality: Acutal", "    factuality: Acutal",
        f"{SANCTIONS}.factuality: 'Acutal' is not known here. Did you mean 'Actual'?"),
    "a basis": (
        "basis: explicit", "basis: explicitly", "",
        f"{CHARGE}.basis: 'explicitly' is not known here. Did you mean 'explicit'?"),
    "a flag": (
        "class: Denial", "summary: yes\n    class: Denial", "",
        f"{DENIAL}.summary: 'yes' is neither true nor false. True for a summing-up sentence, which is never counted."),
    "a CAMEO code": (
        "class: Denial", "cameo: 1x\n    class: Denial", "  - id: petro-denies",
        f"{DENIAL}.cameo: unknown CAMEO code '1x'. The codes are in ontology/codes.csv; leading zeros count."),
    "a CAMEO code that lost its zero": (
        "class: Denial", "cameo: 36\n    class: Denial", "  - id: petro-denies",
        f"{DENIAL}.cameo: unknown CAMEO code '36'. The codes are in ontology/codes.csv; leading zeros count."),
    "an id that is no slug": (
        "id: measure-sanctions-petro", "id: Measure_1", "",
        "measures[Measure_1].id: 'Measure_1' is not a slug: lower-case letters, digits and single hyphens. "
        "Slug of the measure."),
    "an address": (
        "  language: en", "  url: www.example.org\n  language: en", "",
        "source.url: 'www.example.org' is not an http(s) address. Address of the document."),
    "an address that breaks off": (
        "  language: en", "  url: https://example.org/%zz\n  language: en", "",
        "source.url: 'https://example.org/%zz' is not an http(s) address. Address of the document."),
    # dates
    "a month 13": (
        OCTOBER, "date: 2025-13\n    basis: relative", "",
        f"{SANCTIONS}.date: '2025-13' is not a date: there is no month 13. {FORMS}"),
    "a 30 February": (
        OCTOBER, "date: 2025-02-30\n    basis: relative", "",
        f"{SANCTIONS}.date: '2025-02-30' is not a date: February 2025 has 28 days. {FORMS}"),
    "a date in words": (
        OCTOBER, "date: October 2025\n    basis: relative", "",
        f"{SANCTIONS}.date: 'October 2025' is not a date: 'October 2025' is not YYYY, YYYY-MM or YYYY-MM-DD. {FORMS}"),
    "a date the other way round": (
        "published: 2026-02-02", "published: 02.02.2026", "",
        f"source.published: '02.02.2026' is not a date: '02.02.2026' is not YYYY, YYYY-MM or YYYY-MM-DD. {FORMS}"),
    "a date that ends before it begins": (
        OCTOBER, "date: 2025-10/2025-09\n    basis: relative", "",
        f"{SANCTIONS}.date: '2025-10/2025-09' is not a date: it ends before it begins. {FORMS}"),
    "a tenure that ends before it begins": (
        "begin: 2022-08-07", "begin: 2022-08-07\n    end: 2021", "  - id: tenure-petro",
        f"{TENURE}: ends (2021) before it begins (2022-08-07). Correct one of the dates."),
    "a measure that ends before it begins": (
        "started_by: treasury-sanctions-petro", "begin: 2025-10\n    end: 2025-09-30", "  - id: measure-",
        f"{MEASURE}: ends (2025-09-30) before it begins (2025-10). Correct one of the dates."),
    "a last day that is a month": (
        "force: 2026-02-02", "force: 2026-02", "",
        f"{MEASURE}.last_known_in_force: '2026-02' is not one day. Write it as 2025-12-01."),
    "a last day that is a guess": (
        "force: 2026-02-02", "force: 2026-02-02~", "",
        f"{MEASURE}.last_known_in_force: '2026-02-02~' is not one day. Write it as 2025-12-01."),
    "a date without basis": (
        "    basis: explicit\n", "", "  - id: trump-accuses-petro",
        f"{CHARGE}: there is a date (2025-10) but no basis. "
        "Say how it is known: explicit, section, relative, context, publication."),
    "a basis without date": (
        "    date: 2025-10\n    basis: explicit\n", "    basis: explicit\n", "  - id: trump-accuses-petro",
        f"{CHARGE}: basis is 'explicit' but there is no date. Add the date, or write 'basis: none'."),
    # relative phrases
    "a phrase with two anchors": (
        TWO_DAYS, "after: trump-accuses-petro, before: petro-denies-part-in-drug-trade", "",
        f"{SANCTIONS}.relative[1]: {ANCHORS}"),
    "a phrase without anchor": (TWO_DAYS, "days: 2", "", f"{SANCTIONS}.relative[1]: {ANCHORS}"),
    "days from a weekday": (
        TWO_DAYS, "weekday: Monday, days: 2", "",
        f"{SANCTIONS}.relative[1]: days, at_least and at_most go with after or before. "
        "Name the event they count from."),
    "a weekday": (
        TWO_DAYS, "weekday: Wedensday", "",
        f"{SANCTIONS}.relative[1].weekday: 'Wedensday' is not known here. Did you mean 'Wednesday'?"),
    "days counted twice": (
        TWO_DAYS, f"{TWO_DAYS}, at_most: 5", "",
        f"{SANCTIONS}.relative[1]: days says exactly how many. Leave at_least and at_most out."),
    "at most less than at least": (
        TWO_DAYS, "after: trump-accuses-petro, at_least: 5, at_most: 2", "",
        f"{SANCTIONS}.relative[1]: at_most 2 is less than at_least 5. Correct one of them."),
    "days in words": (
        "days: 2", "days: two", "",
        f"{SANCTIONS}.relative[1].days: 'two' is not a whole number. Exactly so many days after or before."),
    "days below nought": (
        "days: 2", "days: -2", "",
        f"{SANCTIONS}.relative[1].days: '-2' is not a whole number. Exactly so many days after or before."),
    "phrases against dates": (
        "date: 2025-10\n    basis: explicit", "date: 2025-11\n    basis: explicit", "  - id: treasury-sanctions-petro",
        f"{SANCTIONS}: These cannot all hold: treasury-sanctions-petro is exactly 2 days after trump-accuses-petro; "
        "treasury-sanctions-petro is dated 2025-10-01/2025-10-31; trump-accuses-petro is dated 2025-11-01/2025-11-30. "
        "Phrases: {dossier}:54. Dates: {dossier}:46, {dossier}:20. Correct one of the dates or phrases."),
    "phrases against phrases": (
        "      - {after: trump-accuses-petro}\n",
        "      - {after: trump-accuses-petro, days: 1}\n      - {same_day_as: trump-accuses-petro}\n",
        "  - id: petro-denies",
        f"{DENIAL}: These cannot all hold: petro-denies-part-in-drug-trade is exactly 1 day after trump-accuses-petro; "
        "petro-denies-part-in-drug-trade is on the same day as trump-accuses-petro; "
        "trump-accuses-petro is dated 2025-10-01/2025-10-31. "
        "Phrases: {dossier}:41, {dossier}:42. Dates: {dossier}:20. Correct one of the dates or phrases."),
    # twice, and against itself
    "a name twice": (
        "actor: [us-treasury]", "actor: [us-treasury, us-treasury]", "",
        f"{SANCTIONS}.actor: 'us-treasury' stands twice. Write it once."),
    "a phrase twice": (
        f"      - {{{TWO_DAYS}}}", f"      - {{{TWO_DAYS}}}\n      - {{ {TWO_DAYS}}}", "      - { after",
        f"{SANCTIONS}.relative: the same stands twice. Write it once."),
    "a first mention twice": (
        "entity: president-of-colombia", "entity: gustavo-petro", "",
        "mentions: 'gustavo-petro' is mentioned first in line 12. Keep its first mention only."),
    "a symmetric event with a target": (
        "class: Sanctioning", "class: Meeting", "  - id: treasury-sanctions-petro",
        f"{SANCTIONS}: Meeting is symmetric and has no target. Name all parties as actors."),
    "an event that answers itself": (
        "responds_to: [trump-accuses-petro]", "responds_to: [petro-denies-part-in-drug-trade]", "  - id: petro-denies",
        f"{DENIAL}: names itself. Name the other, or remove it."),
    "an event after itself": (
        "after: trump-accuses-petro, days", "after: treasury-sanctions-petro, days", "  - id: treasury-sanctions-petro",
        f"{SANCTIONS}: names itself. Name the other, or remove it."),
    "a claim against itself": (
        ABOUT, f"contradicts: [claim-petro-in-drug-trade]\n    {ABOUT}", "  - id: claim-",
        f"{CLAIM}: names itself. Name the other, or remove it."),
    "a tie to oneself": (
        "to: colombia", "to: gustavo-petro", "  - id: tie-",
        f"{TIE}: names itself. Name the other, or remove it."),
    "a judgement on one": (
        "right: donald-trump", "right: gustavo-petro", "  - id: judgement-",
        f"{JUDGEMENT}: names itself. Name the other, or remove it."),
    "the id of another record": (
        "- id: measure-sanctions-petro", "- id: treasury-sanctions-petro", "",
        "treasury-sanctions-petro: the id stands twice (first in {dossier}:46). Choose another slug."),
    "the id of the source": (
        "- id: tie-petro-citizen-of-colombia", "- id: note-for-the-tests", "",
        "note-for-the-tests: the id stands twice (first in {dossier}:2). Choose another slug."),
    "the id of an entity": (
        "- id: tie-petro-citizen-of-colombia", "- id: colombia", "",
        "colombia: the id stands twice (first in {entities}:2). Choose another slug."),
    "the id of a post": (
        "- id: tie-petro-citizen-of-colombia", "- id: president-of-colombia", "",
        "president-of-colombia: the id stands twice (first in {posts}:2). Choose another slug."),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told_once_with_line_and_repair(data_folder: DataFolder, slip: str) -> None:
    old, new, begin, what = SLIPS[slip]
    line = data_folder.change(old, new)
    text = data_folder.dossier.read_text(encoding="utf-8").splitlines()
    if begin:
        line = 1 + next(n for n, each in enumerate(text) if each.startswith(begin))
    paths = {"dossier": data_folder.dossier, "entities": data_folder.entities, "posts": data_folder.posts}
    for name, path in paths.items():
        what = what.replace(f"{{{name}}}", path.as_posix())
    assert told(data_folder) == [f"{line}{what if what.startswith(':') else '  ' + what}"]


# ---------------------------------------------------------------- passages

CITE = "Let `kg cite` print the block."
SPAN = "paragraph: 2, start: 78, end: 102, sha256: "  # of the claim
PASSAGE_SLIPS = {
    # what is wrong: (pattern, replacement, key that is told, what is told)
    "a hash of another length": ("sha256: ..", "sha256: ", ".sha256", "is not a SHA-256 (64 lower-case hex digits)."),
    "a hash in capitals": ("sha256: ..", "sha256: AB", ".sha256", "is not a SHA-256 (64 lower-case hex digits)."),
    "no hash": (", sha256: [0-9a-f]+", "", "", "'sha256' is missing. SHA-256 of the passage in UTF-8;"),
    "an end before the start": ("end: 102", "end: 77", "", f"end 77 is not after start 78. {CITE}"),
    "a passage of nothing": ("end: 102", "end: 78", "", f"end 78 is not after start 78. {CITE}"),
    "a paragraph nought": ("paragraph: 2", "paragraph: 0", "", f"paragraphs are numbered from 1. {CITE}"),
    "an offset below nought": ("start: 78", "start: -1", ".start", "'-1' is not a whole number. First code point"),
    "an offset in words": ("start: 78", "start: some", ".start", "'some' is not a whole number. First code point"),
    "an offset beyond all texts": ("end: 102", "end: 9999999999", ".end", "'9999999999' is not a whole number."),
}


def block(folder: DataFolder) -> str:
    (found,) = re.findall(rf"{SPAN}[0-9a-f]{{64}}", folder.dossier.read_text(encoding="utf-8"))
    return str(found)


@pytest.mark.parametrize("slip", PASSAGE_SLIPS)
def test_a_passage_that_cannot_be_is_told_with_line_and_repair(data_folder: DataFolder, slip: str) -> None:
    pattern, new, key, what = PASSAGE_SLIPS[slip]
    right = block(data_folder)
    line = data_folder.change(right, re.sub(pattern, new, right))
    (only,) = told(data_folder)
    assert only.startswith(f"{line}  {CLAIM}.evidence[1]{key}: ") and what in only


@pytest.mark.parametrize(("pattern", "new"), [("paragraph: 2", "paragraph: 3"), ("sha256: ....", "sha256: 0000")])
def test_one_span_cannot_have_two_hashes_or_two_paragraphs(data_folder: DataFolder, pattern: str, new: str) -> None:
    right = block(data_folder)
    line = data_folder.change(right, right)
    before = "force: 2026-02-02\n    evidence:\n"
    other = data_folder.change(before, f"{before}      - {{{re.sub(pattern, new, right)}}}\n") + 2
    assert told(data_folder) == [
        f"{other}  {MEASURE}.evidence[1]: line {line} has another paragraph or sha256 for 78-102. {CITE}"
    ]


def test_the_same_passage_twice_in_one_record_is_told_but_not_with_another_speaker(data_folder: DataFolder) -> None:
    right = block(data_folder)
    line = data_folder.change(f"{{{right}, s", f"{{{right}}}\n      - {{{right}, s")
    pipeline.gather(data_folder.path)
    data_folder.change(f"{{{right}}}", f"{{{right}, speaker: donald-trump}}")
    assert told(data_folder) == [f"{line + 1}  {CLAIM}.evidence: the same stands twice. Write it once."]


# ---------------------------------------------------------------- every key that names something is held to it

NAMING = [
    (section, inner, field)
    for section, spec in {"source": SOURCE, **SECTIONS}.items()
    for inner, inside in (("", spec), ("evidence", PASSAGE), ("relative", RELATIVE))
    if not inner or inner in {each.key for each in spec}
    for field in inside
    if field.kind in dossier.REFERENCES
]


def test_all_kinds_of_references_are_tried() -> None:
    assert {field.kind for _, _, field in NAMING} == set(dossier.REFERENCES) - {"predicate"}
    assert len(NAMING) > 30


@pytest.mark.parametrize(("section", "inner", "field"), NAMING, ids=lambda part: getattr(part, "key", part))
def test_a_name_that_nothing_bears_is_refused(data_folder: DataFolder, section: str, inner: str, field: Field) -> None:
    """Give the first record of the section the value zzz under the key, whatever stood there."""
    data = yaml.load(data_folder.dossier.read_text(encoding="utf-8"), yaml.BaseLoader)
    record = data["source"] if section == "source" else data[section][0]
    holder = record.setdefault(inner, [{}])[0] if inner else record
    if inner == "relative":
        holder.clear()
    holder[field.key] = ["zzz"] if field.many else "zzz"
    data_folder.dossier.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    assert [
        re.sub(r"\[\d+\]$", "", line.split(": ")[0]).rsplit(".")[-1] for line in told(data_folder) if "unknown" in line
    ] == [field.key]


# ---------------------------------------------------------------- all problems together, each once


def test_all_problems_of_a_dossier_are_told_together_in_the_order_of_its_lines(data_folder: DataFolder) -> None:
    data_folder.change("begin: 2022-08-07", "begin: 2022-08-32")
    data_folder.change("    denies: [", "    denis: [")
    data_folder.change("type: CitizenOf", "type: Citizen")
    data_folder.change("[us-treasury]\n    target", "[us-tresury]\n    target")
    data_folder.change("responds_to: [trump-accuses", "responds_to: [trump-acuses")
    lines = told(data_folder)
    assert [re.findall("unknown [a-z]+|not a date", line)[0] for line in lines] == [
        "unknown event", "unknown key", "unknown entity", "not a date", "unknown tie",
    ]  # fmt: skip
    assert [int(line.split(" ")[0]) for line in lines] == sorted(int(line.split(" ")[0]) for line in lines)


def second(folder: DataFolder, text: str, name: str = "second.yaml") -> Path:
    """Another dossier beside the first."""
    path = folder.dossier.with_name(name)
    source = folder.dossier.read_text(encoding="utf-8").partition("mentions:")[0]
    path.write_text(source.replace("note-for-the-tests", "second-note") + text, encoding="utf-8")
    return path


REPLY = """
events:
  - id: petro-comments-on-charge
    class: Statement
    label: Petro comments on the charge
    actor: [gustavo-petro]
    responds_to: [trump-accuses-petro]
    basis: none
    factuality: Actual
    evidence:
      - {paragraph: 1, start: 0, end: 6, sha256: "%s"}
"""


def test_dossiers_may_name_the_events_of_each_other(data_folder: DataFolder) -> None:
    second(data_folder, REPLY % ("0" * 64))
    assert len(pipeline.gather(data_folder.path).dossiers) == 2


def test_a_slip_in_one_dossier_is_not_blamed_on_another(data_folder: DataFolder) -> None:
    second(data_folder, REPLY % ("0" * 64))
    line = data_folder.change("basis: explicit", "basis: explicitly")
    (only,) = told(data_folder)
    assert only.startswith(f"{line}  {CHARGE}.basis: ")


@pytest.mark.parametrize("text", ["a: [", "\xff", "sources:\n", "event: []\n"])
def test_a_dossier_that_cannot_be_read_does_not_make_its_events_unknown(data_folder: DataFolder, text: str) -> None:
    second(data_folder, REPLY % ("0" * 64))
    data_folder.dossier.write_bytes(text.encode("latin-1"))
    assert not any("trump-accuses-petro" in line for line in told(data_folder))


def test_problems_of_all_dossiers_are_told_together(data_folder: DataFolder) -> None:
    other = second(data_folder, (REPLY % ("0" * 64)).replace("Statement", "Statment"))
    line = data_folder.change("class: Denial", "class: Denail")
    first, last = told(data_folder)
    assert first.startswith(f"{line}  {DENIAL}.class: ") and last.startswith(
        f"{other.as_posix()}:14  events[petro-comm"
    )


def test_an_id_may_stand_in_one_dossier_only(data_folder: DataFolder) -> None:
    path = second(data_folder, (REPLY % ("0" * 64)).replace("petro-comments-on-charge", "treasury-sanctions-petro"))
    first = f"{data_folder.dossier.as_posix()}:46"
    assert told(data_folder) == [
        f"{path.as_posix()}:13  treasury-sanctions-petro: the id stands twice (first in {first}). Choose another slug."
    ]


def test_two_dossiers_cannot_be_of_one_source(data_folder: DataFolder) -> None:
    path = second(data_folder, "")
    path.write_text(path.read_text(encoding="utf-8").replace("second-note", "note-for-the-tests"), encoding="utf-8")
    (only,) = told(data_folder)
    assert "note-for-the-tests: the id stands twice (first in " in only


@pytest.mark.parametrize("name", ["second.yml", "second.YAML", "deep/er/second.Yml"])
def test_a_dossier_by_another_ending_is_not_passed_over(data_folder: DataFolder, name: str) -> None:
    path = data_folder.dossier.parent / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("source:", encoding="utf-8")
    assert told(data_folder) == [f"{path.as_posix()}: a dossier that would not be read. Let its name end in .yaml."]


def test_what_a_file_holds_cannot_break_out_of_its_line(data_folder: DataFolder) -> None:
    data_folder.change("actor: [us-treasury]", 'actor: ["one\\ntwo: three", "x\\u0085y", "\\u2028"]')
    data_folder.change("label: Petro denies a part in the drug trade", "labels: |\n      a\n      b")
    data_folder.change("basis: explicit", f"basis: {'x' * 5_000}")
    for line in told(data_folder):
        assert len(line) < 1_200 and len(line.splitlines()) == 1


# ---------------------------------------------------------------- whatever is done to a dossier

Change = tuple[str, int, int]
ACTS = ("drop", "repeat", "swap", "value", "rename", "indent", "empty")
CHANGES = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=4)


def changed(text: str, changes: list[Change]) -> str:
    """Drop, repeat or swap lines; swap values; rename a key; indent or empty a value."""
    lines = text.splitlines()
    for what, i, j in changes:
        one, other = i % len(lines), j % len(lines)
        key, colon, value = lines[one].partition(": ")
        if what == "drop" and len(lines) > 1:
            del lines[one]
        elif what == "repeat":
            lines.insert(other, lines[one])
        elif what == "swap":
            lines[one], lines[other] = lines[other], lines[one]
        elif what == "value" and colon:
            its_key, its_colon, its_value = lines[other].partition(": ")
            lines[one] = f"{key}: {its_value}"
            lines[other] = f"{its_key}{its_colon}{value if its_colon else ''}"
        elif what == "rename":
            lines[one] = f"{key[:-1]}x{colon}{value}"
        elif what == "indent":
            lines[one] = f"  {lines[one]}"
        elif what == "empty":
            lines[one] = key + colon.rstrip()
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def common_folder(make_folder: MakeFolder, tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    return make_folder(tmp_path_factory.mktemp("common"))


@settings(max_examples=80, deadline=None)
@given(changes=CHANGES)
def test_a_changed_dossier_is_read_or_its_problems_are_told(common_folder: DataFolder, changes: list[Change]) -> None:
    text = common_folder.dossier.read_text(encoding="utf-8")
    try:
        common_folder.dossier.write_text(changed(text, changes), encoding="utf-8")
        gathered = pipeline.gather(common_folder.path)
        pipeline.check(pipeline.quads(gathered), gathered)
    except KgError as error:
        assert isinstance(error, DataProblems)
        assert all(len(str(problem).splitlines()) == 1 for problem in error.problems)
    finally:
        common_folder.dossier.write_text(text, encoding="utf-8")
