"""The reference page says what help texts and docstrings say; `python tests/test_reference.py --write` renews it."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "notebooks" / "reference.md"
GLOSSARY = ROOT / "ontology" / "GLOSSARY.md"
WIDTH = 100


def reference() -> str:
    """The whole page: commands, Python, saved questions."""
    parts = [
        "# Reference",
        "",
        "Made from `--help` and docstrings by `python tests/test_reference.py --write`; do not edit.",
        "Elsewhere: [tutorial](1-tour.ipynb), [how-to](howto.md), [glossary](../ontology/GLOSSARY.md), "
        "[vocabulary and decisions](../ontology/README.md).",
        "",
        "## Commands",
        "",
        *_commands(),
        "## Python",
        "",
        *_python(),
        "## Saved questions",
        "",
        *_questions(),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _commands() -> Iterator[str]:
    from kg.cli import cli

    for name, command in cli.commands.items():
        settings = {**cli.context_settings, "terminal_width": WIDTH, "max_content_width": WIDTH}
        context = click.Context(command, info_name=f"kg {name}", **settings)
        yield from (f"### kg {name}", "", "```text", command.get_help(context).rstrip(), "```", "")


def _python() -> Iterator[str]:
    import kg
    from kg import bundle, diff
    from kg.lens import Lens
    from kg.pipeline import build
    from kg.report.brief import Brief
    from kg.report.camps import TwoSides
    from kg.rows import Rows

    yield from _function("kg.build", build)
    yield from _function("kg.open", kg.open)
    yield from _function("kg.bundle.verify", bundle.verify)
    for kind in (kg.Graph, Rows, Lens, diff.Diff, diff.Change, TwoSides, Brief):
        name = "kg.Graph" if kind is kg.Graph else f"{kind.__module__}.{kind.__name__}"
        yield from (f"### {name}", "", _doc(kind), "")
        for method, member in vars(kind).items():
            if method.startswith("_"):
                continue
            if isinstance(member, property):
                yield from (f"- `.{method}` – {_first(member)}", "")
            elif inspect.isfunction(member):
                yield from _function(f"{kind.__name__}.{method}", member, level=4)


def _function(name: str, function: Any, level: int = 3) -> Iterator[str]:
    found = inspect.signature(function)
    parameters = [
        each.replace(annotation=_Bare(each.annotation) if each.annotation is not each.empty else each.empty)
        for each in found.parameters.values()
        if each.name != "self"
    ]
    signature = str(found.replace(parameters=parameters, return_annotation=_Bare(found.return_annotation)))
    signature = re.sub(r"<function <lambda> at 0x[0-9a-f]+>", "…", signature)
    yield from (f"{'#' * level} {name}", "", "```python", f"{name}{signature}", "```", "", _doc(function), "")


class _Bare:
    """An annotation that is shown as it is written, without quotes."""

    def __init__(self, annotation: object) -> None:
        self.text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))

    def __repr__(self) -> str:
        return self.text


def _doc(thing: Any) -> str:
    return (inspect.getdoc(thing) or "").replace("Raises:\n", "Raises:\n\n").replace("\n    ", "\n- ")


def _first(thing: Any) -> str:
    return (inspect.getdoc(thing) or "").splitlines()[0]


def _questions() -> Iterator[str]:
    from kg.questions import all_questions

    yield from ("Asked with `kg query NAME -p PARAMETER=VALUE`; `kg questions NAME` prints the SPARQL.", "")
    for name, question in all_questions().items():
        yield from (f"### {name}", "", f"{question.title}. {question.description}", "")
        yield from (f"- `{p.name}` ({p.type}, default `{p.default}`): {p.doc}" for p in question.parameters)
        yield from ("",) if question.parameters else ()


def test_the_reference_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "run: python tests/test_reference.py --write"


def test_the_reference_names_every_command_method_and_question() -> None:
    import kg
    from kg.cli import cli
    from kg.questions import all_questions

    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in cli.commands if f"### kg {name}\n" not in text] == []
    public = [name for name in vars(kg.Graph) if not name.startswith("_") and callable(getattr(kg.Graph, name))]
    assert len(public) > 15
    assert [name for name in public if f"#### Graph.{name}\n" not in text] == []
    assert [name for name in all_questions() if f"### {name}\n" not in text] == []


def test_every_method_says_what_it_does() -> None:
    import kg

    methods = {name: member for name, member in vars(kg.Graph).items() if inspect.isfunction(member) and name[0] != "_"}
    assert [name for name, member in methods.items() if not inspect.getdoc(member)] == []


def test_the_glossary_names_terms_that_exist() -> None:
    text = GLOSSARY.read_text(encoding="utf-8")
    named = set(re.findall(r"`dip:([A-Za-z]+)`", text))
    core = (ROOT / "ontology" / "core.ttl").read_text(encoding="utf-8")
    assert len(named) > 20
    assert [term for term in sorted(named) if not re.search(rf"^dip:{term}\b", core, re.MULTILINE)] == []


def test_the_glossary_is_sorted_and_tells_each_word_once() -> None:
    words = re.findall(r"^\*\*([^*]+)\*\*", GLOSSARY.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(words) > 35
    assert words == sorted(set(words), key=str.casefold)


def test_every_link_of_the_documentation_leads_somewhere() -> None:
    pages = [PAGE, GLOSSARY, ROOT / "notebooks" / "README.md", ROOT / "notebooks" / "howto.md"]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))]
    local = [(page, link) for page, link in links if not link.startswith(("http:", "https:"))]
    assert len(local) > 12
    assert [f"{page.name}: {link}" for page, link in local if not (page.parent / link).exists()] == []


if __name__ == "__main__" and "--write" in sys.argv:
    PAGE.write_text(reference(), encoding="utf-8")
