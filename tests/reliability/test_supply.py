"""The supply chain is small and known: every dependency is bounded, licensed for free use, and counted in the README.

`python tests/reliability/supply.py` does what needs an installation of its own: the tests against the lowest and the
newest allowed versions, the list of parts (CycloneDX) and a look for known vulnerabilities.
"""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.reliability.conftest import Promise

packaging = pytest.importorskip("packaging.requirements", reason="packaging is not installed")
ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUNTIME: list[str] = PROJECT["dependencies"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
FREE = re.compile(
    r"MIT|BSD|Apache|PSF|Python Software|ISC|MPL|Mozilla|HPND|W3C|Unlicense|0BSD|LGPL|Artistic", re.IGNORECASE
)


def name(text: str) -> str:
    """A name as the index writes it."""
    return re.sub(r"[-_.]+", "-", text).lower()


def reached(wanted: list[str]) -> dict[str, str]:
    """Every distribution that these requirements bring, with what it says of its licence."""
    found: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    todo = [packaging.Requirement(text) for text in wanted]
    while todo:
        one = todo.pop()
        extras = one.extras or {""}
        if one.marker and not any(one.marker.evaluate({"extra": extra}) for extra in extras):
            continue
        key = name(one.name)
        new = {(key, extra) for extra in (*one.extras, "")} - seen
        if key == "diplokg":
            todo += [packaging.Requirement(text) for extra in one.extras for text in EXTRAS[extra]]
        if not new or key == "diplokg":
            continue
        seen |= new
        try:
            about = distribution(key)
        except PackageNotFoundError:
            continue  # for another system or Python
        said = [line for field in ("License-Expression", "License") for line in about.metadata.get_all(field) or []]
        said += [line for line in about.metadata.get_all("Classifier") or [] if line.startswith("License")]
        found[key] = " ".join(said)
        for text in about.requires or []:
            below = packaging.Requirement(text)
            if not below.marker or any(below.marker.evaluate({"extra": extra}) for _, extra in new):
                todo.append(packaging.Requirement(text.partition(";")[0]))
    return found


@pytest.mark.parametrize(
    "text", RUNTIME + sorted({t for part, texts in EXTRAS.items() if part != "test" for t in texts})
)
def test_every_dependency_has_a_lowest_and_a_newest_version(text: str) -> None:
    one = packaging.Requirement(text)
    operators = {part.operator for part in one.specifier}
    assert name(one.name) == "diplokg" or {">=", "<"} <= operators, (
        f"{text}: write >=lowest,<next after the newest tested"
    )


def test_the_runtime_is_small_and_free(promise: Promise) -> None:
    found = reached(RUNTIME)
    [told] = re.findall(r"\b(\d+) packages\b", (ROOT / "README.md").read_text(encoding="utf-8"))[:1]
    assert {name(packaging.Requirement(text).name) for text in RUNTIME} <= set(found)
    assert abs(len(found) - int(told)) <= 3, f"the README tells of {told} packages: {sorted(found)}"
    unfree = {key: said for key, said in found.items() if not FREE.search(said)}
    assert unfree == {}
    promise("packages with a known free licence", tried=len(found), survived=len(found) - len(unfree))


@pytest.mark.parametrize("extra", sorted(set(EXTRAS) - {"test", "spark"}))
def test_the_extras_are_free(extra: str, promise: Promise) -> None:
    found = reached(EXTRAS[extra])
    assert found and {key: said for key, said in found.items() if not FREE.search(said)} == {}
    promise("packages with a known free licence", tried=len(found), survived=len(found))


def test_the_readme_tells_how_many_packages_each_part_brings() -> None:
    """Within three, since releases and Pythons differ; `supply.py` prints the figures of today."""
    told = (ROOT / "README.md").read_text(encoding="utf-8").partition("### What it stands on")[2].partition("\n#")[0]
    figures = {part: int(number) for part, number in re.findall(r"`(\w+)` (?:brings )?(\d+)", told)}
    core = set(reached(RUNTIME))
    assert set(figures) == {"core", *EXTRAS} - {"test", "spark"}
    assert abs(figures.pop("core") - len(core)) <= 3
    for extra, number in figures.items():
        assert abs(number - len(set(reached(EXTRAS[extra])) - core)) <= 3, extra
