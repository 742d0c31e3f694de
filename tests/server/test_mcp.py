"""The Model Context Protocol, spoken by its own client: over HTTP at /mcp and over standard input."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import mcp_types as types
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

from tests.server.conftest import LEFT_BEHIND, Served, awaited


async def _used(session: ClientSession) -> dict[str, Any]:
    await session.initialize()
    listed = await session.list_tools()
    asked = await session.call_tool("ask", {"question": "How many tickets were escalated in October 2026?"})
    follow = await session.call_tool(
        "ask", {"question": "and in September?", "conversation": (asked.structured_content or {})["conversation"]}
    )
    called = await session.call_tool("query_metrics", {"metrics": ["escalation_rate"], "period": "October 2026"})
    wrong = await session.call_tool("query_metrics", {"metrics": ["escalation_rat"]})
    return {"listed": listed, "asked": asked, "follow": follow, "called": called, "wrong": wrong}


def _check(found: dict[str, Any]) -> None:
    tools: list[types.Tool] = found["listed"].tools
    names = [one.name for one in tools]
    assert names[0] == "ask"
    assert {"query_metrics", "search_knowledge", "describe_data", "root_cause_trend", "segment_comparison"} <= set(
        names
    )
    assert all(one.annotations is not None and one.annotations.read_only_hint for one in tools)
    asked = found["asked"]
    assert not asked.is_error
    assert asked.content[0].text.startswith("Escalated tickets in October 2026: ")
    assert asked.structured_content["status"] == "answered"
    assert found["follow"].structured_content["period"]["start"] == "2026-09-01"
    [fact] = [one for one in found["called"].structured_content["facts"] if one["metric"] == "escalation_rate"]
    assert 0 < fact["value"] < 1
    assert found["wrong"].is_error
    assert "Did you mean 'escalation_rate'" in found["wrong"].content[0].text


def test_a_client_over_http_lists_and_calls_the_tools(served: Served) -> None:
    async def use() -> dict[str, Any]:
        async with (
            streamable_http_client(f"{served.url}/mcp") as streams,
            ClientSession(streams[0], streams[1]) as session,
        ):
            return await _used(session)

    _check(awaited(use))


def test_a_client_over_standard_input_lists_and_calls_the_tools(demo_workspace: Path, tmp_path: Path) -> None:
    root = tmp_path / "demo"
    shutil.copytree(demo_workspace, root, ignore=LEFT_BEHIND)
    server = StdioServerParameters(command=sys.executable, args=["-m", "analyst_agent.cli.main", "mcp"], cwd=str(root))

    async def use() -> dict[str, Any]:
        async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
            return await _used(session)

    _check(awaited(use))
