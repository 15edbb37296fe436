"""The servers of `tests/web`, for the tests of reliability; and what each of these tests says for the table.

A test that keeps a promise calls `promise("hostile queries end in time", tried=200, survived=200)`; `run.py` prints
what was told, as one table.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path

import pytest


def _served() -> object:
    """The module of the servers, from its file: `tests` is no package that could be imported from everywhere."""
    name = "kg_tests_web_servers"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).parents[1] / "web" / "conftest.py")
        assert spec and spec.loader
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


serve = _served().serve  # type: ignore[attr-defined]
site = _served().site  # type: ignore[attr-defined]
tight = _served().tight  # type: ignore[attr-defined]

Promise = Callable[..., None]


@pytest.fixture
def promise(record_property: Callable[[str, object], None]) -> Promise:
    """Tell what was promised, how many cases were tried, how many held, and how many fail that the suite names."""

    def tell(what: str, *, tried: int, survived: int, named: int = 0, note: str = "") -> None:
        record_property("promise", (what, tried, survived, note))
        assert survived + named == tried, f"{what}: {survived} of {tried}"

    return tell
