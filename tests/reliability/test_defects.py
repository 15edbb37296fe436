"""The planted defects of `defects.py` fit the code as it is, so that the proof of each suite does not rot."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reliability import defects


def test_every_suite_has_a_defect() -> None:
    missing = set(defects.suites()) - {one.suite for one in defects.DEFECTS}
    assert missing == set(), "plant a defect for each new suite in tests/reliability/defects.py"
    assert {one.suite for one in defects.DEFECTS} <= set(defects.suites())


@pytest.mark.parametrize("one", defects.DEFECTS, ids=lambda one: f"{one.suite}: {one.what}")
def test_each_defect_fits_and_is_still_python(one: Any) -> None:
    for file, text in defects.plant(one, defects.ROOT).items():
        assert text != (defects.ROOT / file).read_text(encoding="utf-8")
        if file.endswith(".py"):
            compile(text, file, "exec")


def test_a_defect_that_fits_no_more_is_told() -> None:
    with pytest.raises(LookupError, match=r"stands there 0 times"):
        defects.planted("as it is now", defects.Change("kg/x.py", "as it was", "as it is not"))
    with pytest.raises(LookupError, match=r"stands there 2 times"):
        defects.planted("twice, twice", defects.Change("kg/x.py", "twice", "once"))
