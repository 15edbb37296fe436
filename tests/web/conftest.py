"""A real server on a free port of this machine, started once for each kind of settings that tests need.

The strategy: nothing of ours is mocked; clients are real ones over real sockets. `site` is the bundled build with
default limits. `tight` serves the same build with small limits, so that the ways of failing come soon. A test that
bends a server starts its own with `serving`.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

httpx = pytest.importorskip("httpx", reason="the extra 'serve' is not installed")
pytest.importorskip("uvicorn", reason="the extra 'serve' is not installed")

ROOT = Path(__file__).resolve().parents[2]
CLIENT = httpx.Client(timeout=60, limits=httpx.Limits(max_keepalive_connections=0), verify=False, trust_env=False)
"""One for all tests, since making one reads certificates; each request has a connection of its own."""


@dataclass(frozen=True)
class Server:
    """A running server: its address, its process, and where its log goes."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def get(self, path: str, **options: Any) -> Any:
        return CLIENT.get(self.url + path, **options)

    def ask(self, query: str, accept: str = "application/sparql-results+json", **options: Any) -> Any:
        return CLIENT.post(self.url + "sparql", data={"query": query}, headers={"accept": accept}, **options)

    def rows(self, query: str) -> list[dict[str, str]]:
        found = self.ask(query)
        assert found.status_code == 200, found.text
        return [{name: cell["value"] for name, cell in row.items()} for row in found.json()["results"]["bindings"]]

    def health(self) -> dict[str, Any]:
        found: dict[str, Any] = self.get("healthz").json()
        return found

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    @property
    def port(self) -> int:
        return int(self.url.rstrip("/").rpartition(":")[2])


Serving = Callable[..., AbstractContextManager[Server]]


@contextlib.contextmanager
def serving(store: object, log: Path, *options: str) -> Iterator[Server]:
    """Serve a store until the block ends; then ask the process to end and see that it does."""
    command = [
        sys.executable,
        "-m",
        "kg",
        "serve",
        "--port",
        "0",
        "--store",
        str(store),
        *options,
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with log.open("wb") as out:
        process = subprocess.Popen(command, stderr=out, stdout=subprocess.DEVNULL, env=environment)
    try:
        yield Server(_address(process, log), process, log)
    finally:
        process.terminate()
        code = process.wait(30)
    assert code == 0, log.read_text()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(1000):
        found = re.search(r" at (http://\S+)", log.read_text())
        if found:
            return found[1]
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="session")
def serve() -> Serving:
    """Serve a store of the test's own: `with serve(folder, log, "--timeout", "1") as server:`."""
    return serving


@pytest.fixture(scope="session")
def site(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The bundled build behind the default limits."""
    with serving(built, tmp_path_factory.mktemp("site") / "log") as server:
        yield server


@pytest.fixture(scope="session")
def tight(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The bundled build behind limits that are soon met: one second, 50 rows."""
    with serving(built, tmp_path_factory.mktemp("tight") / "log", "--timeout", "1", "--max-rows", "50") as server:
        yield server
