"""The API: the same numbers as the commands, one error shape, what starts work starts once, lists in parts."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from analyst_agent.server.api import asking
from tests.server.asking import held
from tests.server.conftest import Served

QUESTION = "How many tickets were escalated in October 2026?"


@pytest.fixture(scope="module")
def api(served: Served) -> Iterator[httpx2.Client]:
    """A client of the served API."""
    with httpx2.Client(base_url=f"{served.url}/api/v1", timeout=120) as client:
        yield client


def _scalar(root: Path, sql: str) -> Any:
    from analyst_agent.warehouse.generations import open_current

    with open_current(root) as warehouse:
        [row] = warehouse.cursor().execute(sql).fetchall()
    return row[0]


OCTOBER = "e.first_at >= '2026-10-01' AND e.first_at < '2026-11-01'"
ESCALATED = (
    "SELECT count(*) FROM (SELECT ticket_id, min(escalated_at) AS first_at FROM escalations GROUP BY 1) e "
    f"JOIN tickets t USING (ticket_id) WHERE {OCTOBER}"
)


def test_an_answer_is_that_of_the_command(api: httpx2.Client, served: Served) -> None:
    answer = api.post("/ask", json={"question": QUESTION}).raise_for_status().json()
    [fact] = [one for one in answer["facts"] if one["metric"] == "escalated_ticket_count"]
    assert fact["value"] == _scalar(served.root, ESCALATED)
    assert answer["status"] == "answered"
    assert answer["period"]["end"] == "2026-11-01"
    assert answer["grounding"]["unbound"] == []


def test_a_follow_up_stands_in_its_conversation(api: httpx2.Client) -> None:
    first = api.post("/ask", json={"question": QUESTION}).json()
    second = api.post("/ask", json={"question": "and in September?", "conversation": first["conversation"]}).json()
    assert second["conversation"] == first["conversation"]
    assert second["period"]["start"] == "2026-09-01"
    session = api.get(f"/sessions/{first['conversation']}").json()
    assert [turn["question"] for turn in session["turns"]] == [QUESTION, "and in September?"]


def test_a_question_begun_is_followed_by_events_from_wherever_one_was(api: httpx2.Client) -> None:
    begun = api.post("/asks", json={"question": "Do Enterprise customers escalate more?"})
    assert begun.status_code == 202
    ask = begun.json()["ask"]
    whole = _events(api, ask)
    assert [one["event"] for one in whole][-1] == "end"
    assert {"step", "text"} <= {one["event"] for one in whole}
    told = "".join(one["data"]["text"] for one in whole if one["event"] == "text")
    done = api.get(f"/asks/{ask}").json()
    assert done["state"] == "done"
    assert done["answer"]["answer"] == told
    later = _events(api, ask, after=whole[2]["id"])
    assert later == whole[3:]


def test_one_key_is_one_question(api: httpx2.Client) -> None:
    headers = {"Idempotency-Key": "a-key-of-mine"}
    asked = [api.post("/asks", json={"question": QUESTION}, headers=headers).json() for _ in range(3)]
    assert len({one["ask"] for one in asked}) == 1
    _events(api, asked[0]["ask"])
    session = api.get(f"/sessions/{asked[0]['conversation']}").json()
    assert len(session["turns"]) == 1
    other = api.post("/asks", json={"question": "Something else?"}, headers=headers)
    assert other.status_code == 409
    assert other.json()["error"]["code"] == "conflict"


def test_a_key_given_at_once_by_many_is_one_question(api: httpx2.Client) -> None:
    found: list[str] = []

    def ask() -> None:
        given = api.post("/asks", json={"question": QUESTION}, headers={"Idempotency-Key": "at-once"})
        found.append(given.json()["ask"])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_queries_give_the_numbers_of_sql(api: httpx2.Client, served: Served) -> None:
    asked = {"start": "2026-10-01", "end": "2026-11-01", "metrics": ["escalated_ticket_count"], "filters": {"channel": "email"}}  # fmt: skip
    rows = api.post("/escalations/analytics", json=asked).raise_for_status().json()
    assert rows["rows"][0][rows["columns"].index("escalated_ticket_count")] == _scalar(
        served.root, f"{ESCALATED} AND t.channel = 'email'"
    )
    same = {"metrics": ["escalated_ticket_count"], "where": ["channel = email"], "period": "October 2026"}
    again = api.post("/query", json=same).json()
    assert again["rows"] == rows["rows"]
    assert again["period"] == rows["period"]


def test_a_skill_called_by_name_finds_what_a_question_finds(api: httpx2.Client) -> None:
    asked = api.post("/ask", json={"question": "Do escalation rates differ by account tier in October 2026?"}).json()
    called = api.post(
        "/findings", json={"tool": "segment_comparison", "arguments": {"by": "tier", "period": "October 2026"}}
    ).json()
    assert called["skills"] == ["segment_comparison"]
    assert called["tables"][0]["rows"] == asked["tables"][0]["rows"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "/query", {"metrics": ["escalation_rat"]}, 422, "unknown_name"),
        ("POST", "/query", {"metrics": ["escalation_rate"], "where": ["region = Mars"]}, 422, "unknown_name"),
        ("POST", "/query", {"metrics": ["escalation_rate"], "period": "the thirtieth of Juvember"}, 422, "bad_period"),
        ("POST", "/query", {}, 422, "invalid_request"),
        ("POST", "/query", {"metrics": ["escalation_rate"], "sql": "drop table"}, 422, "invalid_request"),
        ("POST", "/ask", {"question": "x", "model": "nonsense"}, 422, "unknown_name"),
        ("POST", "/escalations/analytics", {"start": "2026-10-02", "end": "2026-10-01", "metrics": ["ticket_count"]}, 422, "invalid_request"),
        ("POST", "/escalations/analytics", {"start": "1926-10-02", "end": "1926-10-11", "metrics": ["ticket_count"]}, 422, "outside_data"),
        ("POST", "/findings", {"tool": "drop_tables"}, 422, "unknown_name"),
        ("POST", "/findings", {"tool": "segment_comparison", "arguments": {"bye": "tier"}}, 422, "unknown_name"),
        ("POST", "/findings", {"tool": "query_metrics", "arguments": {"metrics": 5}}, 422, "invalid_definition"),
        ("GET", "/sessions/none", None, 404, "unknown_name"),
        ("GET", "/sessions?cursor=abc", None, 422, "invalid_definition"),
        ("GET", "/asks/none", None, 404, "unknown_name"),
        ("GET", "/nothing", None, 404, "not_found"),
        ("PUT", "/query", None, 405, "method_not_allowed"),
    ],
)  # fmt: skip
def test_every_error_has_one_shape(
    api: httpx2.Client, method: str, path: str, body: Any, status: int, code: str
) -> None:
    reply = api.request(method, path, json=body)
    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)
    assert set(reply.json()) == {"error"}
    assert set(reply.json()["error"]) == {"code", "message", "hint"}
    assert "Traceback" not in reply.text


def test_lists_come_in_parts_that_join(api: httpx2.Client) -> None:
    whole = api.get("/knowledge/documents", params={"limit": 200}).json()
    assert whole["next"] is None
    parts: list[Any] = []
    cursor: str | None = None
    while True:
        part = api.get("/knowledge/documents", params={"limit": 3, **({"cursor": cursor} if cursor else {})}).json()
        parts += part["items"]
        cursor = part["next"]
        if cursor is None:
            break
    assert parts == whole["items"]
    assert len(parts) > 6


def test_a_conversation_is_named_exported_and_judged(api: httpx2.Client) -> None:
    conversation = api.post("/ask", json={"question": QUESTION}).json()["conversation"]
    api.patch(f"/sessions/{conversation}", json={"title": "October in numbers"}).raise_for_status()
    assert [one["title"] for one in api.get("/sessions").json()["items"] if one["conversation"] == conversation] == [
        "October in numbers"
    ]
    exported = api.get(f"/sessions/{conversation}/export")
    assert exported.headers["content-type"].startswith("text/markdown")
    assert QUESTION in exported.text
    said = {"verdict": "wrong", "correction": "It was 12."}
    assert api.post(f"/sessions/{conversation}/turns/1/feedback", json=said).status_code == 201
    assert api.get(f"/sessions/{conversation}").json()["turns"][0]["feedback"]["correction"] == "It was 12."


def test_a_stopped_question_keeps_nothing(fresh: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    reached, go_on = threading.Event(), threading.Event()
    from analyst_agent.workspace import asking

    original = asking.converse_events

    def slow(*given: Any, **named: Any) -> Iterator[Any]:
        events = original(*given, **named)
        yield next(events)
        reached.set()
        assert go_on.wait(30)
        yield from events

    monkeypatch.setattr(asking, "converse_events", slow)
    with httpx2.Client(base_url=f"{fresh.url}/api/v1", timeout=60) as api:
        begun = api.post("/asks", json={"question": QUESTION}).json()
        assert reached.wait(30)
        stopped = api.post(f"/asks/{begun['ask']}/stop").json()
        assert stopped["state"] == "stopped"
        go_on.set()
        assert _events(api, begun["ask"])[-1]["data"]["state"] == "stopped"
        assert api.get(f"/sessions/{begun['conversation']}").status_code == 404


def test_a_question_that_takes_too_long_for_a_reply_is_followed_by_its_id(
    api: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "LONGEST_WAIT_S", 0.5)
    with held(monkeypatch):
        reply = api.post("/ask", json={"question": QUESTION})
    assert (reply.status_code, reply.json()["state"]) == (202, "running")
    assert _events(api, reply.json()["ask"])[-1]["data"]["state"] == "done"


def test_health_readiness_and_measures(served: Served) -> None:
    with httpx2.Client(base_url=served.url) as client:
        assert client.get("/health").json() == {"status": "ok"}
        assert client.get("/ready").json()["status"] == "ok"
        client.get("/api/v1/playbooks")
        client.get("/playbooks")
        told = client.get("/metrics").text
    for route in ("/api/v1/playbooks", "/playbooks"):
        assert f'analyst_requests_total{{method="GET",route="{route}",status="200"}}' in told
    assert 'analyst_requests_total{method="GET",route="/ready",status="200"}' in told
    assert "analyst_questions_running 0.0" in told


def test_a_server_without_data_is_not_ready_and_says_why(tmp_path: Path) -> None:
    from analyst_agent.workspace.starting import make_workspace
    from tests.server.conftest import serving

    make_workspace(tmp_path)
    with serving(tmp_path) as empty, httpx2.Client(base_url=empty.url) as client:
        assert client.get("/health").status_code == 200
        ready = client.get("/ready")
        assert (ready.status_code, ready.json()["reason"]) == (503, "Nothing is loaded yet.")
        asked = client.post("/api/v1/ask", json={"question": QUESTION})
        assert (asked.status_code, asked.json()["error"]["code"]) == (503, "workspace")


def _events(api: httpx2.Client, ask: str, after: str = "") -> list[dict[str, Any]]:
    headers = {"Last-Event-ID": after} if after else {}
    found: list[dict[str, Any]] = []
    with api.stream("GET", f"/asks/{ask}/events", headers=headers) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        one: dict[str, Any] = {}
        for line in stream.iter_lines():
            if not line and one:
                found.append(one)
                one = {}
            name, _, value = line.partition(": ")
            if name in ("event", "id"):
                one[name] = value
            elif name == "data":
                one["data"] = json.loads(value)
    return found


def test_what_breaks_unexpectedly_is_told_and_logged_and_shows_no_traceback(
    fresh: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from analyst_agent.workspace import asking

    def broken(*_: Any, **__: Any) -> Iterator[Any]:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(asking, "converse_events", broken)
    with httpx2.Client(base_url=f"{fresh.url}/api/v1", timeout=60) as api:
        reply = api.post("/ask", json={"question": QUESTION})
    assert reply.status_code == 500
    assert reply.json()["error"]["message"].startswith("Something went wrong")
    assert "a fault of ours" not in reply.text
    assert "a fault of ours" in caplog.text


def test_a_playbook_is_run_once_for_one_key_and_its_run_is_told(fresh: Served) -> None:
    with httpx2.Client(base_url=f"{fresh.url}/api/v1", timeout=60) as api:
        listed = {one["name"]: one for one in api.get("/playbooks").json()}
        assert listed["weekly_team_digest"]["state"] == "inactive"
        wanted = {"day": "2026-10-07"}
        begun = [
            api.post("/playbooks/weekly_team_digest/runs", json=wanted, headers={"Idempotency-Key": "k"}).json()
            for _ in range(2)
        ]
        assert begun[0]["errand"] == begun[1]["errand"]
        deadline = time.monotonic() + 120
        while (now := api.get(f"/errands/{begun[0]['errand']}").json())["state"] == "running":
            assert time.monotonic() < deadline, now
            time.sleep(0.3)
        assert now["state"] == "done"
        [line] = api.get("/runs", params={"playbook": "weekly_team_digest"}).json()["items"]
        assert (line["id"], line["start"], line["end"]) == (now["run"], "2026-10-05", "2026-10-12")
        run = api.get(f"/runs/{line['id']}").json()
        assert {step["state"] for step in run["steps"]} == {"done"}
        assert run["reports"]
        other = api.post("/playbooks/weekly_team_digest/runs", json={}, headers={"Idempotency-Key": "k"})
        assert other.status_code == 409
        wrong = api.post("/playbooks/weekly_team_digest/runs", json={"variables": {"cosst": 3}})
        assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "unknown_name")
        assert api.post("/playbooks/nothing/runs", json={}).status_code == 404
        assert api.post(f"/runs/{line['id']}/resume").status_code == 422
        assert api.get(f"/runs/{line['id'][:-1]}").status_code == 404


def test_each_surface_is_told_its_own_way_out(served: Served) -> None:
    with httpx2.Client(base_url=served.url, headers={"accept": "text/html"}) as browser:
        assert "The page Playbooks lists them." in browser.get("/playbooks/bcklog").text
        told = browser.post("/api/v1/playbooks/bcklog/runs", json={}).json()["error"]["hint"]
        assert told.endswith("GET /api/v1/playbooks lists them.")
        assert "analyst " not in browser.get("/conversations/none").text.partition("<main")[2]
