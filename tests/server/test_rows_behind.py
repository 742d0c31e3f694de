"""Numbers of tickets that were chosen by what is written in them, and of rows for all others, open to exactly their tickets."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from analyst_agent.records import Filter
from analyst_agent.report.record import fact_from_json
from analyst_agent.server.pages.ask.numbers import apart_of
from analyst_agent.warehouse.querying.behind import Numbered
from analyst_agent.workspace import Workspace
from tests.server.conftest import Served
from tests.server.staff import client

if TYPE_CHECKING:
    from collections.abc import Iterator

ESCALATED = """
    SELECT ticket_id FROM (SELECT ticket_id, min(escalated_at) AS first_at FROM escalations GROUP BY 1)
    JOIN (SELECT ticket_id, product_area FROM tickets) USING (ticket_id)
    WHERE first_at >= ? AND first_at < ?"""


@pytest.fixture(scope="module")
def browser_of(served: Served) -> Iterator[httpx2.Client]:
    with client(served.url) as one:
        yield one


@pytest.fixture(scope="module")
def trend(browser_of: httpx2.Client) -> Any:
    return browser_of.post("/api/v1/ask", json={"question": "What drove escalations last month?"}).json()


@pytest.fixture(scope="module")
def impact(browser_of: httpx2.Client) -> Any:
    return browser_of.post("/api/v1/ask", json={"question": "What do our known issues cost us?"}).json()


def listed(program: httpx2.Client, answer: dict[str, Any], fact: dict[str, Any], side: str = "counted") -> list[str]:
    """The ids in the file behind a number, which its page names with their number."""
    at = f"/conversations/{answer['conversation']}/turns/1/rows"
    page = program.get(at, params={"fact": fact["id"], "side": side}).text
    file = program.get(f"{at}.csv", params={"fact": fact["id"], "side": side})
    assert file.status_code == 200, page
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))[1:]
    assert f"of {len(rows):,}</span>" in page
    return [row[0] for row in rows]


def facts_of(answer: dict[str, Any], metric: str) -> list[dict[str, Any]]:
    return [one for one in answer["facts"] if one["metric"] == metric]


def sql(served: Served, text: str, *values: object) -> set[str]:
    workspace = Workspace.open(served.root)
    try:
        return {row[0] for row in workspace.warehouse.connection.execute(text, values).fetchall()}
    finally:
        workspace.close()


def test_tickets_of_known_issues_and_those_of_none_are_together_all_escalated(
    served: Served, browser_of: httpx2.Client, impact: Any
) -> None:
    by_issue = {
        one["dimensions"]["known_issue"]: one
        for one in facts_of(impact, "known_issue_matches")
        if set(one["dimensions"]) == {"known_issue"} and one["value"]
    }
    lists = {name: listed(browser_of, impact, one) for name, one in by_issue.items()}
    assert {name: len(ids) for name, ids in lists.items()} == {name: one["value"] for name, one in by_issue.items()}
    assert None in lists
    assert len(lists) > 2
    days = impact["period"]["start"], impact["period"]["end"]
    assert set().union(*lists.values()) == sql(served, ESCALATED, *days)
    [cost] = [one for one in facts_of(impact, "estimated_cost") if one["dimensions"] == {"known_issue": "KI-12"}]
    assert listed(browser_of, impact, cost, "rests") == lists["KI-12"]


def test_matches_and_inferred_causes_of_a_trend_open_to_their_tickets(browser_of: httpx2.Client, trend: Any) -> None:
    matches = facts_of(trend, "known_issue_matches")
    assert matches
    for one in matches:
        assert len(listed(browser_of, trend, one)) == one["value"]
    [examined] = facts_of(trend, "inferred_examined_count")
    causes = [
        one for one in facts_of(trend, "inferred_cause_count") if set(one["dimensions"]) == {"inferred_root_cause"}
    ]
    lists = [listed(browser_of, trend, one) for one in causes]
    assert [len(ids) for ids in lists] == [one["value"] for one in causes]
    assert sorted(ticket for ids in lists for ticket in ids) == sorted(listed(browser_of, trend, examined))


def test_a_row_for_all_others_opens_to_the_tickets_that_no_other_row_has(
    served: Served, browser_of: httpx2.Client, trend: Any
) -> None:
    facts = facts_of(trend, "escalated_ticket_count")
    [others] = [one for one in facts if one["dimensions"].get("product_area") == "all others"]
    apart = apart_of(trend, fact_from_json(others))["product_area"]
    days = trend["period"]["start"], trend["period"]["end"]
    expected = sql(served, f"{ESCALATED} AND coalesce(product_area, '') NOT IN (SELECT unnest(?))", *days, list(apart))
    assert set(listed(browser_of, trend, others)) == expected
    assert len(expected) == others["value"]


def test_a_number_of_nothing_or_of_other_numbers_says_so(browser_of: httpx2.Client, trend: Any, impact: Any) -> None:
    at = f"/conversations/{trend['conversation']}/turns/1/rows"
    mixed = facts_of(trend, "change_from_mix")[0]["id"]
    assert "more than a count of tickets" in browser_of.get(at, params={"fact": mixed}).text
    none = next(one for one in facts_of(impact, "known_issue_matches") if not one["value"])
    at = f"/conversations/{impact['conversation']}/turns/1/rows"
    assert "It counts none." in browser_of.get(at, params={"fact": none["id"]}).text


def test_ids_of_tickets_outside_the_scope_are_not_listed(served: Served) -> None:
    scoped = Workspace.open(served.root, restrictions=("region = EMEA",))
    try:
        ids = tuple(sorted(sql(served, f"{ESCALATED} LIMIT 40", "2026-10-01", "2026-11-01")))
        [one] = scoped.engine.behind(Numbered("known_issue_matches", len(ids), {}, (), None, tickets=ids))
        assert not one.adds_up
        own = scoped.engine.behind(Numbered("ticket_count", None, {}, (Filter("ticket_id", "in", ids),), None))[0].count
        assert one.count == own < len(ids)
    finally:
        scoped.close()
