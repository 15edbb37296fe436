"""Bad input never crashes: damaged dates, parameters, queries, dossiers, registers, stories, mappings, RDF, addresses.

Each reader runs in a process of its own with 3 GB of memory and ten seconds for an input (`inputs.py`); what importers
read is in `test_feeds_fuzz.py`. `KG_LONG=1` tries 100,000 inputs each, chosen by libFuzzer after what they reach where
atheris is installed; else 400 each, damaged by chance.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.reliability.conftest import Promise

PROGRAM = Path(__file__).with_name("inputs.py")
RUNS = 100_000 if os.environ.get("KG_LONG") else 400
GUIDED = bool(os.environ.get("KG_LONG")) and importlib.util.find_spec("atheris") is not None
TEXTS = ("edtf", "parameter", "query", "lexer", "dossier", "register", "story", "mapping")
TARGETS = (*TEXTS, "json-ld", "rdf-xml", "trig", "address")


def run(*args: str, code: str = "") -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own; `code` in front of it plants a defect."""
    command = [sys.executable, *(["-c", code] if code else [str(PROGRAM)]), *args]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=3600)


@pytest.mark.parametrize("target", TARGETS)
def test_no_input_crashes_a_reader(target: str, promise: Promise) -> None:
    if GUIDED:
        done = run(target, "--runs", str(RUNS), "--guided")
        assert done.returncode == 0, done.stderr[-2000:]
        [tried] = re.findall(r"^Done (\d+) runs", done.stderr, re.MULTILINE)
        note = f"{RUNS:,} each: {', '.join(TARGETS)}; guided by coverage"
        promise("damaged input is told in words", tried=int(tried), survived=int(tried), note=note)
        return
    done = run(target, "--runs", str(RUNS))
    assert done.stdout, done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert told["crashes"] == [] and done.returncode == 0
    assert told["read"] > RUNS / 100 and told["told"] > RUNS / 100, "damage that is never or always told proves little"
    promise("damaged input is told in words", tried=told["runs"], survived=told["runs"] - told["crashed"])


@pytest.mark.parametrize(
    ("deed", "seen"),
    [
        ("{}['X']", "KeyError"),
        ("__import__('socket').create_connection(('192.0.2.1', 80), 1)", "reached out to"),
        ("__import__('time').sleep(60)", "Slow"),
        ("bytes(4 << 30)", "MemoryError"),
    ],
)
def test_a_reader_that_breaks_a_promise_is_seen(deed: str, seen: str) -> None:
    """A reader that stumbles over the letter X, reaches out, hangs or takes all memory is found out."""
    plant = f"""
import runpy, sys
from kg import dates
parse, met = dates.parse, []
def stumbling(text):
    if "X" in text and not met:
        met.append(text)
        {deed}
    return parse(text)
dates.parse = stumbling
sys.argv = ["inputs.py", *sys.argv[1:]]
runpy.run_path({str(PROGRAM)!r}, run_name="__main__")
"""
    done = run(
        "edtf",
        "--runs",
        "300",
        "--limit",
        "2",
        code=f"import sys\nsys.path.insert(0, {str(PROGRAM.parents[2])!r})\n{plant}",
    )
    assert done.returncode == 1 and seen in json.loads(done.stdout)["crashes"][0]["error"]
