"""Questions over a WebSocket."""

from __future__ import annotations

import json
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.server.conftest import Served


def _address(served: Served) -> str:
    return f"{served.url.replace('http', 'ws')}/api/v1/ws"


def _until_end(socket: ClientConnection) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while not found or found[-1]["kind"] not in ("end", "error"):
        found.append(json.loads(socket.recv(timeout=60)))
    return found


def test_several_questions_over_one_connection(served: Served) -> None:
    with connect(_address(served), origin=served.url) as socket:  # type: ignore[arg-type]
        socket.send(json.dumps({"question": "How many tickets were escalated in October 2026?"}))
        first = _until_end(socket)
        assert first[0]["kind"] == "asked"
        assert first[-1]["answer"]["status"] == "answered"
        socket.send(json.dumps({"question": "and in September?", "conversation": first[0]["conversation"]}))
        second = _until_end(socket)
        assert second[-1]["answer"]["period"]["start"] == "2026-09-01"


def test_what_is_no_question_is_told_and_the_connection_stays(served: Served) -> None:
    with connect(_address(served)) as socket:
        for text in ("nonsense", "[]", '{"question": ""}', '{"question": "x", "model": "y"}'):
            socket.send(text)
            [problem] = _until_end(socket)
            assert problem["error"]["code"] in ("invalid_request", "unknown_name")
        socket.send(json.dumps({"question": "How many tickets were escalated in October 2026?"}))
        assert _until_end(socket)[-1]["state"] == "done"


def test_another_sites_page_cannot_connect(served: Served) -> None:
    with pytest.raises(InvalidStatus), connect(_address(served), origin="http://evil.example"):  # type: ignore[arg-type]
        pass
