"""Passages: what `kg cite` prints, `kg check --sources` finds again – there, elsewhere, changed or gone."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from kg import dossier, passages, pipeline, resources
from kg.errors import KgError, NotFound, StorageError, UsageError
from kg.model import Dossier, Event, Passage, Source
from kg.passages import Verdict

if TYPE_CHECKING:
    from tests.conftest import DataFolder, Kg

BUNDLED = sorted((resources.bundled_data() / "dossiers").rglob("*.yaml"))


def of(folder: Path, text: str, *cited: Passage, sha256: str = "") -> list[Verdict]:
    """Hold passages of one dossier against an article of that text."""
    (folder / "a.txt").write_bytes(text.encode())
    source = Source("note", "Note", "diplokg", "2026", sha256 or passages.digest(text), "a.txt", line=2)
    event = Event("event", "Report", "Event", "Actual", evidence=cited)
    return list(passages.verify([Dossier("note.yaml", source, events=(event,))], folder))


def cut(text: str, words: str, speaker: str = "", line: int = 7) -> Passage:
    """The passage of some words that stand once in a text, reckoned without the code under test."""
    start = text.index(words)
    return Passage(paragraph(text, start), start, start + len(words), passages.digest(words), speaker, line)


def paragraph(text: str, offset: int) -> int:
    """Count the blocks of non-blank lines that begin at or before an offset, line by line."""
    count, at, inside = 0, 0, False
    for line in text.split("\n"):
        if at > offset:
            break
        if line.strip() and not inside:
            count += 1
        inside = bool(line.strip())
        at += len(line) + 1
    return max(count, 1)


TEXT = "Byline\n\n  First line,\nstill the first.\n \t\nSecond “quoted” – one.\n\n\n\nThird. Third.\n"

# ---------------------------------------------------------------- cite


@pytest.mark.parametrize(
    ("words", "blocks"),
    [
        ("Byline", [(1, 0, 6)]),
        ("First line,", [(2, 10, 21)]),
        ("still the", [(2, 22, 31)]),
        ("line, still", [(2, 16, 27)]),
        ("line,\t\n  still", [(2, 16, 27)]),
        ('Second "quoted" - one', [(3, 42, 63)]),
        ("Second “quoted” – one", [(3, 42, 63)]),
        ("Third.", [(4, 68, 74), (4, 75, 81)]),
    ],
)  # fmt: skip
def test_words_are_found_whatever_white_space_and_quotes_stand_there(
    tmp_path: Path, words: str, blocks: list[tuple[int, int, int]]
) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    found = passages.cite(tmp_path / "a.txt", words)
    assert [(p.paragraph, p.start, p.end) for p in found] == blocks
    assert [p.sha256 for p in found] == [hashlib.sha256(TEXT[p.start : p.end].encode()).hexdigest() for p in found]


def test_signs_of_regular_expressions_stand_for_themselves(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a.c (b|d)* $5 [x] \\ ^", encoding="utf-8")
    for words in ("a.c", "(b|d)*", "$5", "[x] \\ ^"):
        assert len(passages.cite(tmp_path / "a.txt", words)) == 1
    with pytest.raises(NotFound):
        passages.cite(tmp_path / "a.txt", "abc")


@pytest.mark.parametrize(
    ("words", "error", "told"),
    [
        ("third", NotFound, "a.txt: these words do not stand in it. Copy them from the article; case counts."),
        ("Firstline", NotFound, "a.txt: these words do not stand in it. Copy them from the article; case counts."),
        ("", UsageError, 'No words to look for. kg cite ARTICLE "words of the passage"'),
        (" \n", UsageError, 'No words to look for. kg cite ARTICLE "words of the passage"'),
    ],
)
def test_words_that_cannot_be_cited_are_told(tmp_path: Path, words: str, error: type[KgError], told: str) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    with pytest.raises(error) as raised:
        passages.cite(tmp_path / "a.txt", words)
    assert str(raised.value).endswith(told)


def test_an_article_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes("Bogotá".encode("latin-1"))
    with pytest.raises(StorageError, match=r"latin\.txt: byte 5 is not UTF-8\. Save the article as UTF-8 text\."):
        passages.cite(tmp_path / "latin.txt", "Bog")
    with pytest.raises(StorageError, match=r"none\.txt: cannot be read: No such file or directory\. Check the path\."):
        passages.cite(tmp_path / "none.txt", "Bog")
    with pytest.raises(StorageError, match=r": cannot be read: Is a directory\. Check the path\."):
        passages.cite(tmp_path, "Bog")


def test_the_block_can_be_pasted_into_a_dossier(data_folder: DataFolder, kg: Kg) -> None:
    told = kg("cite", data_folder.article, "Two days after", "--speaker", "us-treasury")
    assert told.code == 0
    before = "days: 2}\n    factuality: Actual\n    evidence:\n"
    data_folder.change(before, f"{before}      {told.out}")
    (read,) = pipeline.gather(data_folder.path).dossiers
    first = read.events[2].evidence[0]
    article = data_folder.article.read_text(encoding="utf-8")
    assert (article[first.start : first.end], first.speaker) == ("Two days after", "us-treasury")


def test_words_that_stand_twice_are_all_shown_and_said(tmp_path: Path, kg: Kg) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    told = kg("cite", tmp_path / "a.txt", "Third.")
    assert (told.code, told.out.count("- {paragraph: 4, start: ")) == (0, 2)
    assert told.err == "The words stand 2 times; give more of them to choose one.\n"


# ---------------------------------------------------------------- verify


def test_a_passage_that_stands_where_it_should_is_ok(tmp_path: Path) -> None:
    assert [verdict.status for verdict in of(tmp_path, TEXT, cut(TEXT, "Byline"), cut(TEXT, "“quoted” –"))] == [
        "ok",
        "ok",
    ]


def test_a_passage_that_moved_is_told_with_its_new_numbers_and_its_speaker(tmp_path: Path) -> None:
    words = "Second “quoted” – one."
    later = "A new head\n\n" + TEXT
    document, verdict = of(tmp_path, later, cut(TEXT, words, speaker="gustavo-petro"), sha256=passages.digest(TEXT))
    assert verdict.status == "moved"
    assert verdict.now == cut(later, words, speaker="gustavo-petro")
    assert str(verdict) == (
        "note.yaml:7  p3 42-64: moved. Now {paragraph: 4, start: 54, end: 76, "
        f"sha256: {passages.digest(words)}, speaker: gustavo-petro}}"
    )
    assert str(document) == (
        f"note.yaml:2  source: changed. The file's SHA-256 is now {passages.digest(later)}: "
        "see to the passages, then write it under source."
    )


def test_a_wrong_paragraph_is_told_with_the_right_one(tmp_path: Path) -> None:
    right = cut(TEXT, "Byline")
    (verdict,) = of(tmp_path, TEXT, Passage(9, right.start, right.end, right.sha256, line=7))
    assert (verdict.status, verdict.now) == ("moved", right)


def test_of_several_places_the_nearest_is_told(tmp_path: Path) -> None:
    text = "aa here aa. " + "." * 40 + " here"
    (verdict,) = of(tmp_path, text, Passage(1, 50, 54, passages.digest("here"), line=7))
    assert verdict.now and verdict.now.start == text.rindex("here")


@pytest.mark.parametrize(
    ("start", "end", "sha256", "status"),
    [
        (0, 6, passages.digest("Byword"), "changed"),
        (0, 6, "0" * 64, "changed"),
        (70, 90, passages.digest("Third. Third. Third."), "gone"),
        (90, 99, passages.digest("elsewhere"), "gone"),
        (0, 9_999, "0" * 64, "gone"),
    ],
)
def test_a_hash_that_fits_nowhere_is_changed_and_beyond_the_end_gone(
    tmp_path: Path, start: int, end: int, sha256: str, status: str
) -> None:
    (verdict,) = of(tmp_path, TEXT, Passage(1, start, end, sha256, line=7))
    assert (
        str(verdict)
        == f"note.yaml:7  p1 {start}-{end}: {status}. Read the article again and cite it anew with `kg cite`."
    )


def test_an_article_that_is_missing_is_told_once(tmp_path: Path, data_folder: DataFolder) -> None:
    dossiers = pipeline.gather(data_folder.path).dossiers
    (verdict,) = passages.verify(dossiers, tmp_path)
    assert str(verdict) == (
        f"{dossiers[0].path}:2  source: missing. Put the article into the folder, under the name that source.file says."
    )


def test_an_article_by_another_name_is_found_by_its_hash(data_folder: DataFolder) -> None:
    data_folder.article.rename(data_folder.sources / "another.txt")
    (data_folder.sources / "folder.txt").mkdir()
    assert {v.status for v in passages.verify(pipeline.gather(data_folder.path).dossiers, data_folder.sources)} == {
        "ok"
    }


def test_a_file_of_the_right_hash_goes_before_one_of_the_right_name(data_folder: DataFolder) -> None:
    text = data_folder.article.read_bytes()
    (data_folder.sources / "kept.txt").write_bytes(text)
    data_folder.article.write_bytes(b"An update.\n\n" + text)
    assert {v.status for v in passages.verify(pipeline.gather(data_folder.path).dossiers, data_folder.sources)} == {
        "ok"
    }


def test_the_name_of_the_file_cannot_lead_out_of_the_folder(tmp_path: Path, data_folder: DataFolder) -> None:
    data_folder.change("file: note.txt", "file: ../sources/note.txt")
    dossiers = pipeline.gather(data_folder.path).dossiers
    empty = tmp_path / "empty"
    empty.mkdir()
    assert [verdict.status for verdict in passages.verify(dossiers, empty)] == ["missing"]
    assert {verdict.status for verdict in passages.verify(dossiers, data_folder.sources)} == {"ok"}


def test_a_folder_of_articles_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"none: no such folder\. --sources names the folder of the articles\."):
        list(passages.verify([], tmp_path / "none"))


def test_only_passages_that_verify_are_given_as_text(data_folder: DataFolder) -> None:
    dossiers = pipeline.gather(data_folder.path).dossiers
    text = data_folder.article.read_text(encoding="utf-8")
    whole = passages.texts(dossiers, data_folder.sources)
    assert len(whole) == 9 and all(words in text for words in whole.values())
    data_folder.article.write_text(text.replace("drug trade", "drug TRADE"), encoding="utf-8")
    assert len(passages.texts(dossiers, data_folder.sources)) == 8


# ---------------------------------------------------------------- the bundled dossiers against their articles


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: str(path.stem))
def test_every_passage_of_the_bundled_dossiers_verifies(path: Path, articles: Path) -> None:
    read = dossier.read(path).dossier
    assert read
    verdicts = list(passages.verify([read], articles))
    assert [str(verdict) for verdict in verdicts if verdict.status != "ok"] == []
    assert len(verdicts) > 100


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: str(path.stem))
def test_no_sentence_of_an_article_stands_in_its_dossier(path: Path, articles: Path) -> None:
    """Nine words in a row of the article are a sentence taken over; names and titles are shorter."""
    read = dossier.read(path).dossier
    assert read

    def runs(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"\w+", text.lower())
        return {tuple(words[n : n + 9]) for n in range(len(words) - 8)}

    article = (articles / read.source.file).read_text(encoding="utf-8")
    assert runs(article) & runs(path.read_text(encoding="utf-8")) == set()


# ---------------------------------------------------------------- whatever stands in an article

SIGNS = st.sampled_from("ab \t\n\r\u00e9“”'\"-–.*(\\\u0301\u2028\u00a0\U0001f600\U00010348\ufeff")
ARTICLES = st.text(SIGNS, min_size=1, max_size=80) | st.text(min_size=1, max_size=40)


@settings(max_examples=200, deadline=None)
@given(text=ARTICLES, at=st.integers(0, 79), length=st.integers(1, 20))
@example(text="a\r\n\r\nb\r\n \r\n\U0001f600c", at=9, length=2)
def test_what_is_cut_is_cited_at_its_place_and_verifies(
    tmp_path_factory: pytest.TempPathFactory, text: str, at: int, length: int
) -> None:
    start = at % len(text)
    words = text[start : start + length].strip()
    assume(words)
    start = text.index(words, start)
    folder = tmp_path_factory.mktemp("cite")
    (folder / "a.txt").write_bytes(text.encode())
    found = passages.cite(folder / "a.txt", words)
    expected = Passage(paragraph(text, start), start, start + len(words), passages.digest(words))
    overlapped = any(p.start < start < p.end for p in found)
    assert expected in found or overlapped
    assert [verdict.status for verdict in of(folder, text, expected)] == ["ok"]


@settings(max_examples=200, deadline=None)
@given(before=ARTICLES, text=ARTICLES, at=st.integers(0, 79), length=st.integers(1, 20))
@example(before="\U0001f600\r\n\r\n", text="x\n\ny", at=0, length=1)
@example(before="\\\n", text="\r\\\n.", at=3, length=1)  # a line that begins with a lone carriage return
def test_after_an_insertion_the_passage_has_moved_to_where_its_words_now_stand(
    tmp_path_factory: pytest.TempPathFactory, before: str, text: str, at: int, length: int
) -> None:
    start = at % len(text)
    words = text[start : start + length]
    cited = Passage(paragraph(text, start), start, start + len(words), passages.digest(words))
    later = before + text
    folder = tmp_path_factory.mktemp("moved")
    *_, verdict = of(folder, later, cited, sha256=passages.digest(text))
    if later[cited.start : cited.end] == words and paragraph(later, cited.start) == cited.paragraph:
        assert verdict.status == "ok"
        return
    now = verdict.now
    assert verdict.status == "moved" and now
    assert later[now.start : now.end] == words and now.paragraph == paragraph(later, now.start)
    assert abs(now.start - cited.start) <= len(before)
    if sum(later.startswith(words, n) for n in range(len(later))) == 1:
        assert now == Passage(
            paragraph(later, len(before) + start), len(before) + start, len(before) + cited.end, cited.sha256
        )


def test_an_article_that_is_not_at_hand_does_not_hide_the_next(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(TEXT.encode())
    away = Source("away", "Away", "diplokg", "2026", "0" * 64, "away.txt", line=3)
    here = Source("note", "Note", "diplokg", "2026", passages.digest(TEXT), "a.txt", line=2)
    event = Event("event", "Report", "Event", "Actual", evidence=(cut(TEXT, "Third. Third", line=9),))
    told = list(passages.verify([Dossier("away.yaml", away), Dossier("note.yaml", here, events=(event,))], tmp_path))
    assert [(each.status, each.path, each.line) for each in told] == [
        ("missing", "away.yaml", 3),
        ("ok", "note.yaml", 9),
    ]


def test_words_typed_with_straight_signs_are_found_where_curly_ones_stand(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("It is “Petro’s” plan – so he said.\n", encoding="utf-8")
    for typed in ("Petro's", '"Petro', "plan - so"):
        (found,) = passages.cite(tmp_path / "a.txt", typed)
        assert found.end - found.start == len(typed)
