"""What `/openapi.json` promises, held against the answers by schemathesis: boundary values, wrong ones, random ones.

Left out of its checks is `positive_data_acceptance`: that a text is a text does not make it a query or a name.
`negative_data_rejection` is in: what the description forbids is refused.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.web.conftest import Server

LONG = bool(os.environ.get("KG_LONG"))
LEAST = 3_000 if LONG else 80  # some addresses have few ways to be asked
SETTINGS = '[checks]\nnot_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", 503]\n'
HOOKS = """import schemathesis

@schemathesis.serializer("application/sparql-query")
def as_it_is(context, value):
    return {"data": value if isinstance(value, (bytes, str)) else str(value)}
"""
WHO = "SELECT ?who WHERE { ?who rel:sanctioned id:gustavo-petro }"


@pytest.mark.skipif(
    importlib.util.find_spec("schemathesis") is None, reason="schemathesis is not installed: pip install schemathesis"
)
def test_answers_are_as_the_description_says(tight: Server, tmp_path: Path, promise: Callable[..., None]) -> None:
    (tmp_path / "schemathesis.toml").write_text(SETTINGS)
    (tmp_path / "hooks.py").write_text(HOOKS)
    command = [
        sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()",
        "--config-file", str(tmp_path / "schemathesis.toml"), "run", f"{tight.url}openapi.json",
        "--phases", "examples,coverage,fuzzing" if LONG else "examples,fuzzing", "-n", "180" if LONG else "6",
        "--exclude-checks", "positive_data_acceptance", "--max-redirects", "0", "--seed", "20261122",
        "--suppress-health-check", "all", "--continue-on-failure", "--no-color",
    ]  # fmt: skip
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": str(tmp_path / "hooks.py"), "PYTHONWARNINGS": "default"}
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=1800, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "Traceback" not in tight.log.read_text()
    assert tight.rows(WHO)
    counted = re.search(r"([\d,]+) generated, ([\d,]+) passed", done.stdout)
    assert counted, done.stdout[-2000:]
    sent, passed = (int(number.replace(",", "")) for number in counted.groups())
    assert sent >= LEAST
    promise("requests made from openapi.json are answered as it says (schemathesis)", tried=sent, survived=passed)
