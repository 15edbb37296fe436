"""Other programs at both ends: Comunica asks our endpoint, and `kg serve` stands before an Oxigraph server.

Comunica is no Python package: `KG_COMUNICA` names a folder where `npm install @comunica/query-sparql` was run (3.3.0 is
what we ran, on Node 20).
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from kg import store

if TYPE_CHECKING:
    from tests.web.conftest import Server, Serving

COMUNICA = os.environ.get("KG_COMUNICA", "")
WHO = "PREFIX rel: <https://w3id.org/diplokg/rel#> PREFIX id: <https://w3id.org/diplokg/id/> SELECT ?who WHERE { ?who rel:sanctioned id:gustavo-petro }"  # noqa: E501
TREASURY = "https://w3id.org/diplokg/id/us-treasury"
ASKING = """
const { QueryEngine } = require('@comunica/query-sparql');
(async () => {
  const engine = new QueryEngine(), found = [];
  for (const source of [process.argv[2], { type: 'sparql', value: process.argv[2] }]) {
    const sources = [source];
    const rows = await (await engine.queryBindings(process.argv[3], { sources })).toArray();
    const quads = await (await engine.queryQuads('CONSTRUCT WHERE { ?s ?p ?o } LIMIT 5', { sources })).toArray();
    const truth = await engine.queryBoolean('ASK { ?s ?p ?o }', { sources });
    found.push([rows.map((row) => row.get('who').value), quads.length, truth]);
  }
  console.log(JSON.stringify(found));
})();
"""


@pytest.mark.skipif(not COMUNICA, reason="Comunica is no Python package: KG_COMUNICA names a folder that has it")
def test_comunica_finds_and_asks_the_endpoint(site: Server, tmp_path: Path) -> None:
    (tmp_path / "ask.js").write_text(ASKING)
    environment = {**os.environ, "NODE_PATH": str(Path(COMUNICA) / "node_modules")}
    command = ["node", str(tmp_path / "ask.js"), f"{site.url}sparql", WHO]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[[TREASURY], 5, True]] * 2


@pytest.fixture(scope="module")
def oxigraph(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The query address of a real Oxigraph server over the bundled graph."""
    program = shutil.which("oxigraph", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if program is None:
        pytest.skip("the Oxigraph server (PyPI: oxigraph) is not installed")
    place = tmp_path_factory.mktemp("oxigraph") / "data"
    graph = store.generation(built) / "kg.nq"
    subprocess.run([program, "load", "--location", place, "--file", graph], check=True, capture_output=True)
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [program, "serve-read-only", "--location", str(place), "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/query"
    for _ in range(200):
        try:
            httpx.get(url, params={"query": "ASK {}"})
            break
        except httpx.TransportError:
            time.sleep(0.05)
    yield url
    process.terminate()
    process.wait(20)


def test_kg_serve_stands_before_an_oxigraph_server(site: Server, oxigraph: str, serve: Serving, tmp_path: Path) -> None:
    """The same answers and pages; no ETag, since a service does not say when its data change."""
    html = {"accept": "text/html"}
    with serve(oxigraph, tmp_path / "log") as front:
        assert front.rows(WHO) == site.rows(WHO) == [{"who": TREASURY}]
        count = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
        assert front.rows(count) == site.rows(count)
        for path in ("", "id/gustavo-petro", "id/treasury-sanctions-petro", "timeline", "search?q=petro", "view", "ns"):
            answer = front.get(path, headers=html)
            assert answer.status_code == 200 and "etag" not in answer.headers, path
        event = "id/treasury-sanctions-petro"
        assert front.get(event, headers=html).text.count("<section") == site.get(event, headers=html).text.count(
            "<section"
        )
        asked = front.get("sparql", params={"query": WHO})
        assert "etag" not in asked.headers and asked.headers["cache-control"] == "no-store"
        assert front.ask("DROP ALL").status_code == 403
        assert front.ask("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }").status_code == 403
        assert front.health()["build"] == "remote"
