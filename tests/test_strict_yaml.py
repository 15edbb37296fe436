"""YAML read strictly: every scalar is text, every value has its line, and what can surprise or explode is refused."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import strict_yaml
from kg.errors import UNPRINTABLE, DataProblems, StorageError
from kg.strict_yaml import MAX_BYTES, MAX_DEPTH, MAX_VALUES, Map, Node, Sequence, Text


def plain(node: Node) -> object:
    """The tree without its lines."""
    if isinstance(node, Text):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key: plain(value) for key, value in node.items.items()}


def read(text: str | bytes) -> object:
    return plain(strict_yaml.parse(text.encode() if isinstance(text, str) else text, "a.yaml"))


def refusal(text: str | bytes) -> str:
    """What is said of a text that is refused: its one problem."""
    with pytest.raises(DataProblems) as told:
        read(text)
    (problem,) = told.value.problems
    assert "\n" not in str(problem)
    return str(problem)


# ---------------------------------------------------------------- scalars are text


@pytest.mark.parametrize(
    "scalar",
    [
        "NO",
        "no",
        "on",
        "yes",
        "true",
        "null",
        "~",
        "0123",
        "12:30:00",
        "1e5",
        "0x1F",
        "1_000",
        ".inf",
        "2026-02-01",
        "=",
    ],
)
def test_a_scalar_is_the_text_that_stands_there(scalar: str) -> None:
    assert read(f"key: {scalar}\nlist: [{scalar}]") == {"key": scalar, "list": [scalar]}


def test_a_country_code_survives_as_key_too() -> None:
    assert read("NO: Norway\nNI: Nicaragua") == {"NO": "Norway", "NI": "Nicaragua"}


def test_quotes_folded_and_literal_text_are_read_as_yaml_says() -> None:
    assert read("a: 'it''s'\nb: \"x\\ty\"\nc: |\n  one\n  two\nd: >\n  one\n  two\n") == {
        "a": "it's",
        "b": "x\ty",
        "c": "one\ntwo\n",
        "d": "one two\n",
    }


def test_an_empty_value_is_empty_text() -> None:
    assert read("a:\nb: ''\nc: []\nd: {}") == {"a": "", "b": "", "c": [], "d": {}}


@pytest.mark.parametrize(
    "text", ["\ufeffa: b", "a: b\r\n", "---\na: b\n...\n", "# first\na: b # last", "%YAML 1.1\n---\na: b"]
)
def test_marks_line_ends_and_comments_leave_no_trace(text: str) -> None:
    assert read(text) == {"a": "b"}


# ---------------------------------------------------------------- places


def test_every_key_and_every_value_knows_its_line() -> None:
    top = strict_yaml.parse(b"# first\na: b\nlist:\n  - one\n  -\n    two\nmap:\n\n  x: y\n", "a.yaml")
    assert top.lines == {"a": 2, "list": 3, "map": 7}
    listed, mapped = top.items["list"], top.items["map"]
    assert isinstance(listed, Sequence) and [item.line for item in listed.items] == [4, 6]
    assert isinstance(mapped, Map) and mapped.lines == {"x": 9}


# ---------------------------------------------------------------- what is refused, with line and repair

REFUSED: dict[str, tuple[str | bytes, str]] = {
    "nothing": ("", "a.yaml:1: the file is empty. A dossier begins with 'source:'."),
    "only comments": ("# a\n# b\n", "a.yaml:1: the file is empty. A dossier begins with 'source:'."),
    "a list": ("- a\n- b\n", "a.yaml:1: the top level is not a mapping. Begin with 'source:'."),
    "a text": ("\nhello\n", "a.yaml:2: the top level is not a mapping. Begin with 'source:'."),
    "a key twice": ("a: 1\nb: 2\na: 3", "a.yaml:3: the key 'a' stands twice (first in line 1). Keep one."),
    "a key twice, deep": (
        "x:\n  - {a: 1,\n     a: 2}",
        "a.yaml:3: the key 'a' stands twice (first in line 2). Keep one.",
    ),
    "an anchor": ("x: y\na: &b c", "a.yaml:2: anchors and aliases (& and *) are refused. Write the value out."),
    "an alias": ("x: y\na: *b", "a.yaml:2: anchors and aliases (& and *) are refused. Write the value out."),
    "an anchored key": ("&b a: c", "a.yaml:1: anchors and aliases (& and *) are refused. Write the value out."),
    "a merged map": (
        "a: {x: 1}\nb: {<<: *a}",
        "a.yaml:2: anchors and aliases (& and *) are refused. Write the value out.",
    ),
    "a tag": (
        "a: !!python/object:os.system x",
        "the tag 'tag:yaml.org,2002:python/object:os.system' is refused. Every",
    ),
    "a tag of our own": ("x: y\na: !b {c: d}", "a.yaml:2: the tag '!b' is refused. Every value is plain text."),
    "a second document": ("a: b\n---\nc: d", "a.yaml:2: a second document begins. One file, one dossier."),
    "a list as key": ("? [a, b]\n: c", "a.yaml:1: a key is not plain text. Keys are single words."),
    "a map as key": ("x: y\n? {a: b}\n: c", "a.yaml:2: a key is not plain text. Keys are single words."),
    "an open list": ("a: b\nc: [d, e", "a.yaml:2: not YAML: "),
    "an open quote": ("a: b\nc: 'd\n", "a.yaml:2: not YAML: "),
    "two colons": ("x: y\na: b: c", "a.yaml:2: not YAML: mapping values are not allowed in this context. Check"),
    "a tab as indentation": ("a:\n\tb: c", "a.yaml:2: not YAML: "),
    "a control character": ("a: b\nc: \x07", "a.yaml:2: not YAML: "),
    "an escaped NUL": ('a: b\nc: "\\0"', "a.yaml:2: U+0000 is a character that cannot be printed. Remove it."),
    "an escaped escape": ('a: b\nc: "\\e[31m"', "a.yaml:2: U+001B is a character that cannot be printed. Remove it."),
    "an escaped key": ('a: b\n"\\e": c', "a.yaml:2: U+001B is a character that cannot be printed. Remove it."),
    "half a surrogate pair": ('a: "\\ud83d"', "a.yaml:1: not YAML: "),
    "bytes of Latin-1": (
        "a: b\nc: Bogot\xe1".encode("latin-1"),
        "a.yaml:2: byte 13 is not UTF-8. Save the file as UTF-8.",
    ),
    "UTF-16": ("a: b".encode("utf-16"), "a.yaml:1: byte 0 is not UTF-8. Save the file as UTF-8."),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_line_and_repair(name: str) -> None:
    text, told = REFUSED[name]
    assert told in refusal(text)


@pytest.mark.parametrize("sign", ["[", "{", "- ", "? ", "[{a: "])
def test_deep_nesting_is_refused_before_it_is_built(sign: str) -> None:
    begin = perf_counter()
    assert refusal(sign * 100_000).startswith("a.yaml:1: ")
    assert perf_counter() - begin < 2


def test_nesting_is_allowed_down_to_the_limit_and_not_one_deeper() -> None:
    inside = MAX_DEPTH - 2  # the mapping, and the text itself
    read(f"a: {'[' * (inside + 1)}{']' * (inside + 1)}")
    assert f"nested more than {MAX_DEPTH} deep" in refusal(f"a: {'[' * (inside + 2)}{']' * (inside + 2)}")


def test_laughs_do_not_multiply() -> None:
    laughs = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert "anchors and aliases" in refusal(laughs)


def test_a_file_may_not_be_huge() -> None:
    assert f"the file has {MAX_BYTES + 1:,} bytes. Split it below" in refusal(b"#" * (MAX_BYTES + 1))
    assert f"more than {MAX_VALUES:,} values. Split it." in refusal(f"a: [{'x,' * MAX_VALUES}]")


def test_a_file_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"none\.yaml: cannot be read: No such file or directory\. Check the path\."):
        strict_yaml.read(tmp_path / "none.yaml", "none.yaml")


# ---------------------------------------------------------------- whatever is thrown at it

YAML_SIGNS = st.text(st.sampled_from("ab:-?[]{},&*!|>'\"%@`#~ \n\t\\0\r\u00e9\U0001f600\ufeff\u2028")).map(str.encode)


@settings(max_examples=400, deadline=None)
@given(YAML_SIGNS | st.text().map(str.encode) | st.binary())
def test_any_bytes_give_a_mapping_or_told_problems(raw: bytes) -> None:
    try:
        top = strict_yaml.parse(raw, "a.yaml")
    except DataProblems as error:
        assert all(problem.line >= 1 and "\n" not in str(problem) for problem in error.problems)
    else:
        assert isinstance(top, Map)
        assert top.lines.keys() == top.items.keys()


def printable(text: str) -> bool:
    return not UNPRINTABLE.search(text)


TEXTS = st.text().filter(printable)


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=80).filter(printable), TEXTS | st.lists(TEXTS), min_size=1))
def test_what_is_written_in_quotes_is_read_back(data: dict[str, str | list[str]]) -> None:
    def quoted(text: str) -> str:
        return '"' + "".join(f"\\U{ord(c):08X}" if c in '\\"' or not c.isalnum() else c for c in text) + '"'

    lines = [
        f"{quoted(key)}: {quoted(value) if isinstance(value, str) else '[' + ', '.join(map(quoted, value)) + ']'}"
        for key, value in data.items()
    ]
    assert read("\n".join(lines)) == data
