"""Stories are read strictly, and the one that ships tells its sources in words of its own."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

import pytest

import kg
from kg import describe, resources, stories
from kg.errors import DataProblems, NotFound, StorageError

GOOD = """title: A tour
language: es
sources: [note]
steps:
  - title: First
    text: >-
      What to
      see.
    state: sel=n:a&time=2025-01-01,2025-01-31
  - {title: Second, text: More}
"""
SHIPPED = sorted((resources.bundled_data() / "stories").glob("*.yaml"))


def written(folder: Path, text: str) -> Path:
    path = folder / "tour.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_story_is_read(tmp_path: Path) -> None:
    story = stories.read(written(tmp_path, GOOD))
    assert (story.name, story.title, story.language, story.sources) == ("tour", "A tour", "es", ("note",))
    assert story.steps[0] == stories.Step("First", "What to see.", "sel=n:a&time=2025-01-01,2025-01-31")
    assert story.steps[1].state == ""


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("title: A tour", "titel: A tour", 1, "'titel' is not known"),
        ("title: A tour", "title: ''", 1, "'title' is missing or empty"),
        ("language: es", "language: fr", 2, "'fr' is not known"),
        ("sources: [note]", "sources: ['<b>']", 3, "not named by its id"),
        ("sources: [note]", "sources: note", 3, "'sources' is not a list"),
        ("  - title: First", "  - titles: First", 5, "'titles' is not known"),
        ("state: sel=n:a", "state: sol=n:a", 9, "part 'sol' that is not known. Did you mean 'sel'?"),
        ("state: sel=n:a", "state: theme=dark", 9, "part 'theme'"),
        ("state: sel=n:a", "state: javascript:alert(1)", 9, "not the address of a page"),
        ("state: sel=n:a", "state: sel=<script>", 9, "not the address of a page"),
        ("{title: Second, text: More}", "Second", 10, "a step is not a mapping"),
        ("{title: Second, text: More}", "{title: Second}", 10, "'text' is missing or empty"),
        ("text: More", "text: " + "x" * 2001, 10, "more than 2,000 characters"),
        ("text: More", "text: More, text: Again", 10, "stands twice"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(DataProblems) as told:
        stories.read(path)
    assert any(f"{path}:{line}" in str(each) and words in str(each) for each in told.value.problems), str(told.value)


def test_all_problems_are_told_together(tmp_path: Path) -> None:
    with pytest.raises(DataProblems) as told:
        stories.read(written(tmp_path, GOOD.replace("es\n", "xx\n").replace("text: More", "tex: More")))
    assert len(told.value.problems) == 3


def test_a_story_is_found_by_name_and_file(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    assert stories.choose(str(path)).title == "A tour"
    assert stories.choose("us-colombia-feud").steps
    with pytest.raises(NotFound, match="us-colombia-feud"):
        stories.choose("us-colombia-fued")
    with pytest.raises(StorageError):
        stories.choose(str(tmp_path / "none.yaml"))


def test_a_story_belongs_to_its_sources() -> None:
    assert stories.belonging({"cnn-2026-02-us-colombia-feud", "another"}).name == "us-colombia-feud"  # type: ignore[union-attr]
    assert stories.belonging({"another"}) is None


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_ships_leads_to_what_exists(path: Path, built: Path) -> None:
    story = stories.read(path)
    picture = describe.picture(kg.open(built).store)
    assert 6 <= len(story.steps) <= 9 and set(story.sources) <= set(picture.sources)
    tables: dict[str, Collection[str]] = {
        "n": picture.entities,
        "v": picture.events,
        "c": picture.claims,
        "s": picture.states,
    }
    for step in story.steps:
        parts = dict(part.split("=", 1) for part in step.state.split("&") if part)
        kind, _, ids = parts.get("sel", "").partition(":")
        table: Collection[str] = picture.entities if kind == "p" else tables.get(kind, {"": ""})
        assert set(ids.split("|")) <= set(table), step.state
        assert parts.get("voice", "gustavo-petro") in picture.entities


def test_a_story_may_speak_spanish_too(tmp_path: Path) -> None:
    text = GOOD.replace("title: A tour\n", "title: A tour\ntitle_es: Un recorrido\n")
    text = text.replace("  - title: First\n", "  - title: First\n    title_es: Primero\n    text_es: Qué ver.\n")
    story = stories.read(written(tmp_path, text))
    assert (story.title_es, story.steps[0].title_es, story.steps[0].text_es) == ("Un recorrido", "Primero", "Qué ver.")
    assert story.steps[1].title_es == ""


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_story_says_everything_in_spanish(path: Path) -> None:
    story = stories.read(path)
    assert story.title_es and all(step.title_es and step.text_es for step in story.steps)


def test_the_state_of_a_step_may_say_whatever_an_address_says() -> None:
    script = (Path(kg.__file__).parent / "view" / "assets" / "src" / "address.js").read_text(encoding="utf-8")
    own = re.search(r"function address\(now\) \{.*?return parts", script, re.S)
    assert own
    written = set(re.findall(r"\[\s*\"(\w+)\",", own[0]))
    assert written - {"theme", "keys", "lang", "story"} == stories.STATE_KEYS


def test_the_page_holds_the_story_asked_for(built: Path, tmp_path: Path) -> None:
    graph = kg.open(built)
    titles = [graph.view(), graph.view(story=None), graph.view(story=str(written(tmp_path, GOOD)))]
    assert ["step by step" in titles[0], '"story":null' in titles[1], '"A tour"' in titles[2]] == [True] * 3


WRONG = """titel: A tour
title: ''
language: fr
sources: ['<b>']
steps:
  - Second
  - {title: T, text: X, state: "sel=n:a&nowhere=1&sol=2&$"}
  - {text: TOO_LONG}
  - {title: T, text: X, title_es: [a]}
"""


def test_each_problem_names_its_place_and_its_repair(tmp_path: Path) -> None:
    path = written(tmp_path, WRONG.replace("TOO_LONG", "x" * 2001))
    with pytest.raises(DataProblems) as told:
        stories.read(path)
    assert [str(each).removeprefix(str(path)) for each in told.value.problems] == [
        ":1: the key 'titel' is not known. Did you mean 'title'?",
        ":2: 'title' is missing or empty. Write 'title: …'.",
        ":3  language: 'fr' is not known. Use en or es.",
        ":4  sources: a source is not named by its id. Write the id of its dossier.",
        ":6  steps[1]: a step is not a mapping. It has title, text and state.",
        ":7  steps[2]: the state has a part '$' that is not known. A step cannot set it.",
        ":7  steps[2]: the state has a part 'nowhere' that is not known. A step cannot set it.",
        ":7  steps[2]: the state has a part 'sol' that is not known. Did you mean 'sel'?",
        ":7  steps[2]: the state is not the address of a page. Copy what stands after # there.",
        ":8  steps[3]: 'text' has more than 2,000 characters. Shorten it.",
        ":8  steps[3]: 'title' is missing or empty. Write 'title: …'.",
        ":9  steps[4]: 'title_es' is missing or empty. Write 'title_es: …'.",
    ]


def test_a_story_has_no_more_steps_than_anybody_reads(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD + "  - {title: T, text: X}\n" * (stories.MAX_STEPS - 2))
    assert len(stories.read(path).steps) == stories.MAX_STEPS
    path = written(tmp_path, GOOD + "  - {title: T, text: X}\n" * (stories.MAX_STEPS - 1) + "zzz: 1\n")
    with pytest.raises(DataProblems) as told:
        stories.read(path)
    assert [str(each).removeprefix(str(path)) for each in told.value.problems] == [
        ":49  steps: more than 40 steps. Nobody reads so many.",
        ":50: the key 'zzz' is not known. Known are: title, title_es, language, sources, steps.",
    ]


def test_without_a_word_on_it_a_story_is_english(tmp_path: Path) -> None:
    assert stories.read(written(tmp_path, GOOD.replace("language: es\n", ""))).language == "en"


def test_of_several_stories_the_one_that_needs_most_sources_belongs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data" / "stories"
    folder.mkdir(parents=True)
    for name, sources in (("b-one", "[s]"), ("a-one", "[s]"), ("c-two", "[s, t]"), ("d-other", "[s, t, u]")):
        (folder / f"{name}.yaml").write_text(GOOD.replace("[note]", sources), encoding="utf-8")
    for part in ("registers", "dossiers"):
        (tmp_path / "data" / part).mkdir()
    monkeypatch.chdir(tmp_path)
    found = [stories.belonging(sources) for sources in ({"s"}, {"s", "t"}, {"t"})]
    assert [story and story.name for story in found] == ["a-one", "c-two", None]
    with pytest.raises(NotFound) as told:
        stories.choose("something-else")
    assert str(told.value) == (
        "No story is called 'something-else'. There is: a-one, b-one, c-two, d-other; or name a file."
    )
