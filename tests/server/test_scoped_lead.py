"""A lead of one region: by no address, page or tool do they come to see another region. To add an address, add a line to the table."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from analyst_agent.workspace.overview import PANELS
from tests.server.conftest import Served, awaited
from tests.server.staff import PASSWORD, client, signed_in, token_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

LEAD = "ben@example.com"
OTHER_REGIONS = ("AMER", "APAC", "LATAM")
REGION = re.compile(rf"\b(?:{'|'.join(OTHER_REGIONS)})\b")
IDS = re.compile(r"\b(?:ACC|TCK|TKT|T|SUP)-\d+\b")


@dataclass(frozen=True)
class Address:
    """A request, and whether what it says itself ("APAC") comes back in the reply. is_refused: none of it may be answered."""

    method: str
    path: str
    body: dict[str, Any] = field(default_factory=dict)
    echoes: bool = False
    is_refused: bool = False


def _query(**body: Any) -> Address:
    return Address("POST", "/api/v1/query", {"metrics": ["ticket_count"], "period": "October 2026", **body})


API = (
    _query(by=["region"]),
    _query(by=["account"]),
    Address("POST", "/api/v1/query", {"metrics": ["ticket_count"], "where": ["region in APAC, AMER"]}, echoes=True, is_refused=True),
    Address("POST", "/api/v1/query", {"metrics": ["ticket_count"], "where": ["region = APAC"]}, echoes=True, is_refused=True),
    Address("POST", "/api/v1/findings", {"tool": "segment_comparison", "arguments": {"by": "region", "period": "October 2026"}}),
    Address("POST", "/api/v1/findings", {"tool": "root_cause_trend", "arguments": {"period": "October 2026", "where": ["region = APAC"]}}, echoes=True),
    Address("POST", "/api/v1/escalations/analytics", {"start": "2026-10-01", "end": "2026-11-01", "metrics": ["escalation_rate"], "by": ["region"]}),
    Address("POST", "/api/v1/escalations/analytics", {"start": "2026-10-01", "end": "2026-11-01", "metrics": ["escalation_rate"], "filters": {"region": "APAC"}}, echoes=True, is_refused=True),
    Address("POST", "/api/v1/ask", {"question": "escalation rate by region in October"}),
    Address("POST", "/api/v1/ask", {"question": "which accounts escalated most in October?"}),
    Address("POST", "/api/v1/ask", {"question": "How many tickets were escalated in APAC in October?"}, echoes=True),
    Address("POST", "/api/v1/ask", {"question": "What drove escalations last month?"}),
    Address("GET", "/api/v1/sessions", echoes=True),
    Address("GET", "/api/v1/sessions/{theirs}", is_refused=True),
    Address("GET", "/api/v1/sessions/{theirs}/export", is_refused=True),
    Address("PATCH", "/api/v1/sessions/{theirs}", {"title": "mine"}, is_refused=True),
    Address("GET", "/api/v1/asks/{ask}", is_refused=True),
    Address("POST", "/api/v1/asks/{ask}/stop", is_refused=True),
    Address("GET", "/api/v1/asks/{ask}/events", is_refused=True),
    Address("GET", "/api/v1/data"),
    Address("GET", "/api/v1/playbooks"),
    Address("GET", "/api/v1/runs"),
    Address("POST", "/api/v1/playbooks/weekly_team_digest/runs", {}, is_refused=True),
    Address("GET", "/api/v1/knowledge/search?q=accounts"),
    Address("GET", "/api/v1/skills"),
    Address("GET", "/metrics", is_refused=True),
)  # fmt: skip
OVERVIEW = ("/overview", *(f"/overview/{part}" for part in ("tiles", *PANELS)))
"""Somebody who sees all has opened them before."""
PAGES = (
    Address("GET", "/", echoes=True),
    Address("GET", "/conversations/{theirs}", is_refused=True),
    Address("GET", "/conversations", echoes=True),
    Address("GET", "/conversations/{theirs}/export.md", is_refused=True),
    Address("GET", "/conversations/{theirs}/turns/1/tables/0.csv", is_refused=True),
    Address("GET", "/conversations/{theirs}/turns/1/numbers?fact={fact}", is_refused=True),
    Address("GET", "/conversations/{theirs}/turns/1/rows?fact={fact}", is_refused=True),
    Address("GET", "/conversations/{theirs}/turns/1/rows.csv?fact={fact}&side=all", is_refused=True),
    Address("GET", "/asks/{ask}/events", is_refused=True),
    Address("POST", "/asks/{ask}/stop", is_refused=True),
    Address("GET", "/people", is_refused=True),
    Address("GET", "/audit", is_refused=True),
    Address("GET", "/account"),
    Address("GET", "/playbooks"),
    Address("GET", "/playbooks/monthly_escalation_report"),
    Address("POST", "/playbooks/monthly_escalation_report/run", is_refused=True),
    Address("GET", "/knowledge/issues"),
    Address("GET", "/data"),
    Address("GET", "/data/rejects.csv", is_refused=True),
    Address("POST", "/data/preview", is_refused=True),
    Address("POST", "/data/load", is_refused=True),
    Address("POST", "/knowledge/known_issues/KI-12/retire", is_refused=True),
    *(Address("GET", path) for path in OVERVIEW),
    *(Address("GET", f"{path}?region=APAC", echoes=True, is_refused=True) for path in OVERVIEW),
)
TOOLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("ask", {"question": "escalation rate by region in October"}),
    ("query_metrics", {"metrics": ["ticket_count"], "by": ["region"], "period": "October 2026"}),
    ("query_metrics", {"metrics": ["ticket_count"], "by": ["account"], "period": "October 2026"}),
    ("segment_comparison", {"by": "region", "period": "October 2026"}),
    ("describe_data", {}),
)


@dataclass(frozen=True)
class Elsewhere:
    """What only other regions have, and a conversation about them that somebody else had."""

    names: frozenset[str]
    ids: frozenset[str]
    theirs: str
    ask: str
    fact: str

    def told(self, text: str, echoes: bool = False) -> list[str]:
        """What of it stands in a text."""
        plain = html.unescape(text)
        found = [name for name in self.names if name in plain]
        found += sorted(self.ids & set(IDS.findall(plain)))
        return found if echoes else found + REGION.findall(plain)

    def filled(self, path: str) -> str:
        """An address with their conversation and question in it."""
        return path.format(theirs=self.theirs, ask=self.ask, fact=self.fact)


def _rows(root: Path, sql: str) -> set[str]:
    from analyst_agent.warehouse.generations import open_current

    with open_current(root) as warehouse:
        return {str(row[0]) for row in warehouse.cursor().execute(sql).fetchall()}


@pytest.fixture(scope="module")
def elsewhere(staffed: Served) -> Elsewhere:
    root = staffed.root
    names = _rows(root, "SELECT name FROM accounts GROUP BY 1 HAVING bool_and(region <> 'EMEA')")
    ids = _rows(root, "SELECT account_id FROM accounts WHERE region <> 'EMEA'")
    ids |= _rows(root, "SELECT ticket_id FROM tickets JOIN accounts USING (account_id) WHERE region <> 'EMEA'")
    with client(staffed.url, token_of(root, "cy")) as program:
        asked = program.post("/api/v1/ask", json={"question": "which accounts in APAC escalated most in October?"})
        theirs = asked.json()["conversation"]
        begun = program.post("/api/v1/asks", json={"question": "escalation rate by region in October"}).json()["ask"]
        seen = program.get(f"/api/v1/sessions/{theirs}").text
        known = program.get(
            "/api/v1/skills"
        ).text  # an example in what a skill says of itself tells nothing of the data
    found = Elsewhere(
        frozenset(name for name in names if name not in known),
        frozenset(ids),
        theirs,
        begun,
        asked.json()["facts"][0]["id"],
    )
    assert len(names) > 20
    assert found.told(seen), "what is looked for is told to those who may see it"
    return found


def _send(program: httpx2.Client, one: Address, elsewhere: Elsewhere) -> httpx2.Response:
    return program.request(one.method, elsewhere.filled(one.path), json=one.body or None)


@pytest.fixture(scope="module")
def by_token(staffed: Served) -> Iterator[httpx2.Client]:
    with client(staffed.url, token_of(staffed.root, LEAD)) as program:
        yield program


@pytest.mark.parametrize("one", API, ids=lambda one: f"{one.method} {one.path} {list(one.body.values())}"[:90])
def test_no_call_tells_of_another_region(by_token: httpx2.Client, elsewhere: Elsewhere, one: Address) -> None:
    reply = _send(by_token, one, elsewhere)
    assert elsewhere.told(reply.text, one.echoes) == []
    assert (reply.status_code in (403, 404, 422)) is one.is_refused, reply.text


@pytest.mark.parametrize("one", PAGES, ids=lambda one: one.path)
def test_no_page_tells_of_another_region(staffed: Served, elsewhere: Elsewhere, one: Address) -> None:
    with signed_in(staffed.url, LEAD) as browser:
        reply = _send(browser, one, elsewhere)
    assert elsewhere.told(reply.text, one.echoes) == []
    assert (reply.status_code in (403, 404, 422)) is one.is_refused, reply.text


def test_no_tool_of_another_assistant_tells_of_another_region(staffed: Served, elsewhere: Elsewhere) -> None:
    token = token_of(staffed.root, LEAD)

    async def use() -> list[str]:
        headers = {"authorization": f"Bearer {token}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=60) as carrier,
            streamable_http_client(f"{staffed.url}/mcp", http_client=carrier) as streams,
            ClientSession(streams[0], streams[1]) as session,
        ):
            await session.initialize()
            return [(await session.call_tool(name, arguments)).model_dump_json() for name, arguments in TOOLS]

    told = awaited(use)
    assert [elsewhere.told(text) for text in told] == [[]] * len(TOOLS)
    assert '"is_error":true' not in "".join(told).replace(" ", "").replace("isError", "is_error")


def test_the_tickets_behind_their_own_numbers_are_of_their_region(staffed: Served, elsewhere: Elsewhere) -> None:
    with signed_in(staffed.url, LEAD) as browser:
        answer = browser.post(
            "/api/v1/ask", json={"question": "How many tickets were escalated in October 2026?"}
        ).json()
        place = f"/conversations/{answer['conversation']}/turns/1"
        fact = answer["facts"][0]["id"]
        lists = browser.get(f"{place}/rows", params={"fact": fact}).text
        sides = set(re.findall(r"side=(\w+)", lists))
        assert sides, lists
        texts = [
            browser.get(f"{place}/numbers", params={"fact": fact}).text,
            browser.get(f"{place[:-8]}/export.md").text,
        ]
        for side in sides:
            given = {"fact": fact, "side": side}
            texts += [
                browser.get(f"{place}/rows", params=given).text,
                browser.get(f"{place}/rows.csv", params=given).text,
            ]
    assert all(texts)
    assert [elsewhere.told(text) for text in texts] == [[]] * len(texts)
    assert IDS.findall(texts[-1]), "tickets of their own are told"


def test_their_own_region_is_told(by_token: httpx2.Client) -> None:
    rows = by_token.post("/api/v1/query", json={"metrics": ["ticket_count"], "by": ["region"]}).json()["rows"]
    assert [row[0] for row in rows] == ["EMEA"]
    assert rows[0][1] > 0


def test_a_token_narrower_than_its_owner_is_narrower_still(staffed: Served) -> None:
    wide, narrow = (token_of(staffed.root, LEAD, scope=scope) for scope in ((), ("tier = Enterprise",)))
    counts = []
    for token in (wide, narrow):
        with client(staffed.url, token) as program:
            reply = program.post("/api/v1/query", json={"metrics": ["ticket_count"], "by": ["region", "tier"]})
            counts.append([row[:2] for row in reply.json()["rows"]])
    assert counts[1] == [["EMEA", "Enterprise"]]
    assert len(counts[0]) > 1


def test_in_the_browser_a_lead_sees_their_region_and_what_they_see_is_said(
    staffed: Served, page: Page, elsewhere: Elsewhere, violations: Callable[[Page], list[str]]
) -> None:
    page.goto(f"{staffed.url}/account")
    page.get_by_label("Login or e-mail address").fill(LEAD)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{staffed.url}/account")
    assert page.get_by_text("region = EMEA").first.is_visible()
    for path in (f"/conversations/{elsewhere.theirs}", "/people", "/audit"):
        reply = page.goto(staffed.url + path)
        assert reply is not None
        assert reply.status in (403, 404)
        assert elsewhere.told(page.content()) == []
    assert violations(page) == []
