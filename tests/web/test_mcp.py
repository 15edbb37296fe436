"""The tools for assistants, through the official client over standard input and output."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp", reason="the extra 'mcp' is not installed")
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

ROOT = Path(__file__).resolve().parents[2]
Call = Callable[..., Awaitable[Any]]


def talk(store: Path, work: Callable[[ClientSession, Call], Awaitable[Any]]) -> Any:
    """Start `kg mcp` as an assistant would, shake hands, and do some work."""

    async def run() -> Any:
        parameters = StdioServerParameters(
            command=sys.executable,
            args=["-m", "kg", "mcp", "--store", str(store)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        async with stdio_client(parameters) as (read, write), ClientSession(read, write) as session:
            await session.initialize()

            async def call(tool: str, /, **given: Any) -> Any:
                result = await session.call_tool(tool, given)
                data = result.model_dump(by_alias=True)
                texts = [part["text"] for part in data["content"]]
                if data.get("isError"):
                    return texts[0]
                structured = data.get("structuredContent")
                if structured:
                    return structured.get("result", structured) if set(structured) == {"result"} else structured
                return [json.loads(text) for text in texts]

            return await work(session, call)

    return asyncio.run(asyncio.wait_for(run(), 60))


def test_every_tool_answers_with_status_speaker_and_sources(built: Path) -> None:
    async def work(session: ClientSession, call: Call) -> dict[str, Any]:
        tools = (await session.list_tools()).tools
        return {
            "names": {tool.name for tool in tools},
            "described": all(tool.description for tool in tools),
            "found": await call("find_entity", name="veronica"),
            "entity": await call("describe_entity", name="petro"),
            "before": await call("describe_entity", name="petro", as_of="2025-01-31"),
            "relations": await call("relations_between", one="us-treasury", other="petro"),
            "timeline": await call("timeline", one="trump", other="petro", since="2025-09-01"),
            "evidence": await call("evidence", id="treasury-sanctions-petro"),
            "listed": await call("run_question"),
            "question": await call("run_question", name="who-sanctioned-whom"),
            "sparql": await call("sparql", query="SELECT ?e WHERE { ?e a dip:Accusation }"),
            "bad": await call("sparql", query="DROP ALL"),
            "nobody": await call("describe_entity", name="zzz"),
        }

    found = talk(built, work)
    assert found["names"] == {
        "find_entity",
        "describe_entity",
        "relations_between",
        "timeline",
        "evidence",
        "run_question",
        "sparql",
    }
    assert found["described"]
    assert found["found"][0]["id"] == "veronica-alcocer"
    rows = [*found["entity"]["did"], *found["entity"]["states"], *found["relations"], *found["timeline"]]
    rows += [row["context"] for key in ("question", "sparql") for row in found[key]["rows"]]
    assert len(rows) > 40
    assert all({"status", "speaker", "sources"} <= row.keys() for row in rows)
    assert all(row["status"] and row["sources"] for row in rows)
    assert len(found["before"]["did"]) < len(found["entity"]["did"])
    assert "rel:sanctioned" in {row["relation"] for row in found["relations"]}
    assert "paragraph" in found["evidence"]["sources"][0]
    assert len(found["listed"]["questions"]) > 20
    assert any("contested" in row["context"]["status"] for row in found["sparql"]["rows"])
    assert "only read" in found["bad"] and "zzz" in found["nobody"]


def test_claims_and_days(built: Path) -> None:
    """What was first said later is left out; without a day it is today."""
    from datetime import date

    import kg
    from kg.mcp import Tools

    graph = kg.open(str(built))
    tools = Tools(graph, today=lambda: date(2025, 1, 31))
    early, late = tools.describe_entity("petro"), tools.describe_entity("petro", as_of="2026-06-01")
    assert early["as_of"] == "2025-01-31" and late["as_of"] == "2026-06-01"
    assert len(early["claims_about_it"]) < len(late["claims_about_it"])
    assert tools.timeline("petro") == tools.timeline("petro", as_of="2025-01-31")
    assert tools.run_question("in-period", {"since": "2025-01-01", "until": "2025-12-31"})["rows"]
    assert Tools(graph).describe_entity("petro")["as_of"] == date.today().isoformat()


def test_sparql_is_limited(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import kg
    from kg import mcp
    from kg.errors import KgError

    tools = mcp.Tools(kg.open(str(built)))
    many = tools.sparql("SELECT ?s ?p ?o WHERE { ?s ?p ?o }")
    assert len(many["rows"]) == mcp.ROWS and "first 500 rows" in many["cut"]
    assert "cut" not in tools.sparql("SELECT ?s WHERE { ?s ?p ?o } LIMIT 500")
    for text in (
        "ASK { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "LOAD <file:///etc/passwd>",
        "ASK " + "{" * 3000,
    ):
        with pytest.raises(KgError):
            tools.sparql(text)
    with pytest.raises(KgError, match="more memory"):  # the same limit as the workers of kg serve have
        tools.sparql("SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c DESC(?f)")
    monkeypatch.setattr(mcp, "SECONDS", 1.0)
    with pytest.raises(KgError, match="longer than 1 s"):
        tools.sparql("SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")
