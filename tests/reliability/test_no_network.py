"""Nothing phones home: every command runs in a network namespace without a route, and whatever reaches out is recorded.

`strace` records each `connect`, `sendto` and `sendmsg` of the command and of all its children, also of native code,
before the kernel answers it; addresses of the internet families count, sockets of this machine's own services do not.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.cli import cli, run

if TYPE_CHECKING:
    from tests.conftest import DataFolder
    from tests.reliability.conftest import Promise

ROOT = Path(__file__).resolve().parents[2]
FEEDS = Path(os.environ.get("KG_FEEDS", ROOT.parent / "shared" / "feeds"))
STRACE, UNSHARE = shutil.which("strace"), shutil.which("unshare")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not STRACE or not UNSHARE, reason="strace or unshare is not installed: Debian's packages have both"
    ),
]
OUTSIDE = re.compile(r"(?:connect|sendto|sendmsg|sendmmsg)\(.*sa_family=AF_INET6?\b.*")

# Every command as it does its work; {build}, {data}, {sources}, {feeds} and {out} are places.
COMMANDS = (
    "tour --store {out}/tour --directory {out}",
    "build --data {data} --store {out}/build",
    "check --data {data} --sources {sources}",
    "query 'SELECT * { ?s ?p ?o } LIMIT 3' --store {build}",
    "questions",
    "show petro --store {build}",
    "timeline trump petro --store {build}",
    "path trump petro --store {build}",
    "view --store {build} -o {out}/graph.html",
    "export --store {build} -o {out}/graph.jsonld",
    "export --store {build} -o {out}/graph.rdf",
    "export --store {build} -o {out}/graph.gexf",
    "export --store {build} -o {out}/graph.ftm.json",
    "cite {sources}/note.txt 'Gustavo Petro'",
    "stats --store {build}",
    "escalation trump petro --store {build}",
    "balance --store {build}",
    "diff {build} {build}",
    "report trump petro --store {build} -o {out}/brief.html",
    "bundle trump petro --store {build} -o {out}/evidence.zip",
    "verify {out}/made.zip",
    "import csv {out}/rows.csv --mapping {out}/map.yaml --store {out}/mine",
    "import rdf {out}/told.ttl --store {out}/mine",
    "import gdelt {feeds}/gdelt/20180101000000.export.CSV --columns --store {out}/mine",
    "import icews {feeds}/icews/events.2018.sample.tab --store {out}/mine",
    "link --store {build}",
    "doctor --store {build}",
    "mcp --store {build}",
)
TEMPTED = (
    "query 'SELECT * { SERVICE <https://example.org/sparql> { ?s ?p ?o } }' --store {build}",
    "query 'SELECT * FROM <https://example.org/data.ttl> { ?s ?p ?o }' --store {build}",
    "import rdf {out}/remote.jsonld --store {out}/mine",
    "import rdf {out}/remote.rdf --store {out}/mine",
)
"""What names another place, which nobody looks for: the command says so, or finds nothing."""
SERVER = "serve"
PAGES = ("", "id/gustavo-petro", "search?q=petro", "timeline", "query", "view", "void.ttl", "sparql?query=ASK%7B%7D")


def watched(args: Sequence[str], log: Path, isolated: bool = True) -> list[str]:
    """The command line that runs a command of ours in an empty network, recorded."""
    assert STRACE and UNSHARE
    namespace = [UNSHARE, "--map-root-user", "--net"] if isolated else []
    calls = "trace=connect,sendto,sendmsg,sendmmsg"
    return [*namespace, STRACE, "-f", "-qq", "-e", calls, "-o", str(log), sys.executable, *args]


def attempts(log: Path) -> list[str]:
    """What reached for another machine, or for a name of one."""
    return [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if OUTSIDE.search(line)]


ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def prepare(name: str, build: Path, place: Path) -> None:
    """Make what a command takes."""
    if name == "verify":
        assert run(["bundle", "trump", "petro", "--store", str(build), "-o", str(place / "made.zip")]) == 0
    if name == "import":
        shutil.copytree(build, place / "mine")
        for file, text in FILES.items():
            (place / file).write_text(text, encoding="utf-8")


FILES = {
    "rows.csv": "Day,Sender,Target,What\n2025-01-03,Colombia,United States,Threat\n",
    "map.yaml": "feed: quarrels\ncolumns: {Day: date, Sender: actor, Target: target, What: class}\n",
    "told.ttl": "<https://example.org/a> <https://example.org/knows> <https://example.org/b> .\n",
    "remote.jsonld": '{"@context": "https://example.org/context.jsonld", "@id": "https://example.org/a"}\n',
    "remote.rdf": '<!DOCTYPE rdf:RDF SYSTEM "https://example.org/rdf.dtd">\n'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>\n',
}
CALLS = (
    {"id": 1, "method": "initialize", "params": {"protocolVersion": "2025-03-26", "capabilities": {},
                                                 "clientInfo": {"name": "watch", "version": "1"}}},
    {"method": "notifications/initialized"},
    {"id": 2, "method": "tools/list", "params": {}},
)  # fmt: skip
SPOKEN = {"mcp": "".join(json.dumps({"jsonrpc": "2.0", **call}) + "\n" for call in CALLS)}


def test_every_command_is_watched() -> None:
    assert set(cli.commands) == {line.split()[0] for line in COMMANDS} | {SERVER}


@pytest.mark.parametrize("line", [*COMMANDS, *TEMPTED])
def test_no_command_reaches_out(
    line: str, small_build: Path, data_folder: DataFolder, tmp_path: Path, promise: Promise
) -> None:
    if "{feeds}" in line and not FEEDS.is_dir():
        pytest.skip("the samples of feeds lie beside the repository, not in it: KG_FEEDS names their folder")
    name, *args = shlex.split(line)
    prepare(name, small_build, tmp_path)
    places = {"build": small_build, "data": data_folder.path, "sources": data_folder.sources, "out": tmp_path}
    for word, place in {**places, "feeds": FEEDS}.items():
        args = [arg.replace(f"{{{word}}}", str(place)) for arg in args]
    log = tmp_path / "calls"
    done = subprocess.run(
        watched(["-m", "kg", name, *args], log), env=ENVIRONMENT, cwd=tmp_path, input=SPOKEN.get(name, ""),
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0 or (line in TEMPTED and "Traceback" not in done.stderr), done.stderr
    assert '"tools"' in done.stdout or name != "mcp"
    assert attempts(log) == []
    promise("no command reaches for the network", tried=1, survived=1)


def test_the_server_reaches_nobody(small_build: Path, tmp_path: Path, promise: Promise) -> None:
    log, told = tmp_path / "calls", tmp_path / "told"
    command = watched(["-m", "kg", "serve", "--store", str(small_build), "--port", "0"], log, isolated=False)
    with told.open("w") as out:
        server = subprocess.Popen(command, env=ENVIRONMENT, stdout=out, stderr=out, start_new_session=True)
    try:
        address = announced(told)
        for path in PAGES:
            with urllib.request.urlopen(address + path, timeout=20) as answer:
                assert answer.status == 200 and answer.read()
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait(timeout=30)
    assert attempts(log) == []
    promise("no page makes the server reach for the network", tried=len(PAGES), survived=len(PAGES))


def announced(told: Path) -> str:
    """The address that the server tells when it is ready."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if found := re.search(r"http://127[^\s/]+/", told.read_text()):
            return found[0]
        time.sleep(0.05)
    raise AssertionError(told.read_text())


def test_the_watch_would_see_it(tmp_path: Path) -> None:
    """Python's own sockets, a name to be looked up, and the engine's federation all leave a line."""
    tries = (
        "import socket; socket.create_connection(('192.0.2.1', 80), 1)",
        "import urllib.request; urllib.request.urlopen('http://example.org/', timeout=1)",
        "import pyoxigraph; list(pyoxigraph.Store().query('SELECT * { SERVICE <http://192.0.2.1/> { ?s ?p ?o } }'))",
    )
    for n, code in enumerate(tries):
        log = tmp_path / str(n)
        subprocess.run(watched(["-c", code], log), capture_output=True, timeout=60, check=False)
        assert attempts(log), code


def test_the_log_is_read_whatever_it_holds(tmp_path: Path) -> None:
    began = time.monotonic()
    (tmp_path / "log").write_bytes(
        b"1 connect(3, {sa_family=AF_INET6, sin6_port=htons(443)}) = -1\n2 connect(3, {sa_family=AF_UNIX})\n\xff"
    )
    assert len(attempts(tmp_path / "log")) == 1 and time.monotonic() - began < 5
