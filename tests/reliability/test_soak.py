"""The soak, short: some seconds of mixed load go without error; `KG_SOAK=20` makes it minutes and weighs the server."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.reliability import soak

if TYPE_CHECKING:
    from tests.web.conftest import Serving

MINUTES = float(os.environ.get("KG_SOAK", 0))


def test_mixed_load_goes_on_and_on(built: Path, serve: Serving, tmp_path: Path, promise: Callable[..., None]) -> None:
    with serve(built, tmp_path / "log", "--timeout", "2") as server:
        told = soak.soak(server.url, server.process.pid, MINUTES or 0.05, 60, soak.WARM if MINUTES else 200)
    tried, fine = told.statuses.total(), told.fine
    growth = soak.Soaked.growth(told.server)
    assert not MINUTES or growth <= 5
    note = f"{MINUTES:g} minutes, server grew by {growth:.1f} %" if MINUTES else "3 seconds; --soak MINUTES weighs"
    promise("requests of the soak are answered", tried=tried, survived=fine, note=note)
