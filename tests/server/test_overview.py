"""The overview's parts: numbers equal independent SQL, filters live in the address, scope holds, and what is asked for is answered."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from analyst_agent.records import Status
from analyst_agent.server.app import make_app
from analyst_agent.server.callers import LEAD, Caller
from analyst_agent.server.service import caller_of
from analyst_agent.warehouse.load import load
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.overview import PANELS, measured, selected
from analyst_agent.workspace.overview.tiles import tiles_of
from analyst_agent.workspace.starting import make_workspace
from tests.server.conftest import LEFT_BEHIND, Served, browsing

PAGE = {"accept": "text/html"}
OCTOBER = "period=2026-10"
CHOSEN = {
    "": "TRUE",
    "&region=EMEA": "a.region = 'EMEA'",
    "&tier=Enterprise&channel=email": "a.tier = 'Enterprise' AND t.channel = 'email'",
}
"""Addresses and the same conditions in SQL."""
FIRST = "(SELECT ticket_id, min(escalated_at) AS at FROM escalations GROUP BY ticket_id)"
ESCALATED = f"""
    SELECT t.*, f.at AS escalated_at,
        CASE WHEN t.resolved_at >= f.at THEN t.resolved_at
            ELSE (SELECT min(r.resolved_at) FROM resolutions r WHERE r.ticket_id = t.ticket_id AND r.resolved_at >= f.at)
        END AS done_at
    FROM tickets t JOIN {FIRST} f USING (ticket_id) LEFT JOIN accounts a USING (account_id)
    WHERE f.at >= '2026-10-01' AND f.at < '2026-11-01' AND {{only}}
"""
MINUTES = "avg(epoch({0}) - epoch({1})) / 60"


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx2.Client]:
    """A browser without a script."""
    with httpx2.Client(base_url=served.url, timeout=120, headers=PAGE) as one:
        yield one


def _row(root: Path, sql: str) -> tuple[Any, ...]:
    from analyst_agent.warehouse.generations import open_current

    with open_current(root) as warehouse:
        [row] = warehouse.cursor().execute(sql).fetchall()
    return tuple(row)


def _expected(root: Path, only: str, seen: str = "TRUE") -> dict[str, str]:
    """What the tiles must say, from SQL over the loaded tables alone. seen: the tickets that exist for the caller, whose mean
    handle time is taken for a missing one.
    """
    escalated = ESCALATED.format(only=only)
    [tickets] = _row(root, f"SELECT count(*) FROM tickets t LEFT JOIN accounts a USING (account_id) WHERE t.created_at >= '2026-10-01' AND t.created_at < '2026-11-01' AND {only}")  # fmt: skip
    count, to_escalation, resolution, csat, cost = _row(
        root,
        f"SELECT count(*), {MINUTES.format('escalated_at', 'created_at')}, {MINUTES.format('done_at', 'escalated_at')}, avg(csat), "
        f"sum(coalesce(handle_minutes, (SELECT avg(handle_minutes) FROM ({ESCALATED.format(only=seen)})))) / 60 * 45 FROM ({escalated})",
    )
    return {
        "escalation_rate": f"{count / tickets * 100:.1f} %",
        "escalated_ticket_count": f"{count}",
        "mean_time_to_escalation": f"{to_escalation / 60:.1f} h",
        "mean_resolution_minutes": f"{resolution / 60:.1f} h",
        "mean_csat": f"{csat:.1f}",
        "estimated_cost": f"{cost:,.0f} USD",
    }


def _tiles(page: str) -> dict[str, str]:
    """The numbers of the tiles by measure, read out of the HTML."""
    found = re.findall(r'data-measure="(\w+)".*?class="value">(.*?)</p>', page, re.DOTALL)
    return {name: html.unescape(value) for name, value in found}


def _questions(page: str) -> list[str]:
    return [html.unescape(one) for one in re.findall(r'name="question" value="([^"]*)"', page)]


@pytest.mark.parametrize("chosen", CHOSEN)
def test_the_tiles_say_what_sql_says(client: httpx2.Client, served: Served, chosen: str) -> None:
    page = client.get(f"/overview/tiles?{OCTOBER}{chosen}").raise_for_status().text
    assert _tiles(page) == _expected(served.root, CHOSEN[chosen])


def test_the_frame_comes_with_its_filters_and_asks_for_every_part(client: httpx2.Client) -> None:
    page = client.get(f"/overview?{OCTOBER}&region=emea").raise_for_status().text
    assert '<option value="EMEA" selected>' in page
    assert '<option value="2026-10" selected>October 2026</option>' in page
    for part in ("tiles", *PANELS):
        assert f'hx-get="/overview/{part}?{OCTOBER}&amp;region=EMEA"' in page
    assert 'href="/overview?period=2026-10"' in page, "the condition can be taken away"


@pytest.mark.parametrize("part", PANELS)
def test_a_panel_shows_numbers_a_question_and_charts_with_a_text(client: httpx2.Client, part: str) -> None:
    page = client.get(f"/overview/{part}?{OCTOBER}").raise_for_status().text
    assert len(_questions(page)) == 1
    assert re.search(r"<td class=\"n\">[+-]?\d", page) or 'class="nothing' in page
    for drawn in re.findall(r"<div data-chart=[^>]*>", page):
        assert re.search(r'role="img" aria-label="[^"]{20,}"', drawn)


def test_root_causes_are_those_that_sql_counts(client: httpx2.Client, served: Served) -> None:
    page = client.get(f"/overview/causes?{OCTOBER}").raise_for_status().text
    rows = re.findall(r'<th scope="row">(.*?)</th>\s*<td class="n">([\d,]+)', page)
    [total] = _row(served.root, f"SELECT count(*) FROM ({ESCALATED.format(only='TRUE')})")
    assert sum(int(count) for _, count in rows) == total
    assert "No recorded cause" in dict(rows)


def test_the_flow_between_teams_is_that_of_sql(client: httpx2.Client, served: Served) -> None:
    page = client.get(f"/overview/flow?{OCTOBER}").raise_for_status().text
    cells = [int(one) for one in re.findall(r'<td class="n">(\d+)</td>', page)]
    [total] = _row(served.root, f"SELECT count(*) FROM ({ESCALATED.format(only='TRUE')}) e JOIN escalations s ON s.ticket_id = e.ticket_id AND s.escalated_at = e.escalated_at WHERE s.from_team IS NOT NULL")  # fmt: skip
    assert sum(cells) == total


@pytest.mark.parametrize(
    ("address", "said", "nearest"),
    [
        ("region=EMAE", "Unknown region", "/overview?region=EMEA"),
        ("period=2026-13", "Unknown period", "/overview?period=2026-1"),
        ("reggion=EMEA", "Unknown filter", "/overview?region=EMEA"),
    ],
)
def test_what_does_not_exist_is_named_with_the_nearest_that_does(
    client: httpx2.Client, address: str, said: str, nearest: str
) -> None:
    reply = client.get(f"/overview?{address}")
    assert reply.status_code == 422
    assert said in html.unescape(reply.text)
    assert f'href="{nearest}' in reply.text


def test_a_part_that_does_not_exist_is_not_found(client: httpx2.Client) -> None:
    assert client.get("/overview/nothing").status_code == 404


def test_what_cannot_be_told_is_said_in_its_panel(client: httpx2.Client) -> None:
    every = "&".join((OCTOBER, "region=APAC", "tier=Starter", "priority=P1", "channel=api", "area=Mobile"))
    for part in ("tiles", *PANELS):
        page = client.get(f"/overview/{part}?{every}").raise_for_status().text
        assert "too few" in page or 'class="nothing' in page or 'class="notice"' in page or "not known" in page, part


def test_tickets_alone_give_what_they_can_and_say_what_is_missing(tmp_path: Path) -> None:
    make_workspace(tmp_path)
    days = [f"2026-{1 + i % 10:02}-{1 + i % 27:02}T08:00:00Z" for i in range(600)]
    rows = [f"T{i},{day},{'true' if i % 9 == 0 else 'false'}" for i, day in enumerate(days)]
    (tmp_path / "tickets.csv").write_text("\n".join(["ticket_id,created_at,is_escalated", *rows]), encoding="utf-8")
    workspace = Workspace.open(tmp_path)
    load(tmp_path, [tmp_path / "tickets.csv"], settings=workspace.settings, derived=workspace.derived)
    workspace.close()
    with _as(tmp_path, Caller("local", "local", LEAD)) as one:
        parts = {part: one.get(f"/overview/{part}?{OCTOBER}").raise_for_status().text for part in ("tiles", *PANELS)}
        assert 'name="region"' not in one.get(f"/overview?{OCTOBER}").text
    october = [i for i in range(600) if i % 10 == 9]
    assert _tiles(parts["tiles"])["escalated_ticket_count"] == str(sum(i % 9 == 0 for i in october))
    assert "mean_time_to_escalation" not in _tiles(parts["tiles"])
    assert "the time of escalation is unknown" in html.unescape(parts["tiles"])
    assert "have no product area" in parts["areas"]
    assert "Try again" not in parts["areas"]


def test_without_data_it_says_how_to_load_some(tmp_path: Path) -> None:
    make_workspace(tmp_path)
    with _as(tmp_path, Caller("local", "local", LEAD)) as one:
        reply = one.get("/overview")
    assert reply.status_code == 200
    assert "analyst load" in reply.text


@contextmanager
def _as(root: Path, caller: Caller) -> Iterator[TestClient]:
    app = make_app(root)
    app.dependency_overrides[caller_of] = lambda: caller
    with browsing(app, headers=PAGE) as one:
        yield one


@pytest.fixture(scope="module")
def lead(served: Served) -> Iterator[TestClient]:
    """A lead who may see one region only."""
    with _as(served.root, Caller("u1", "Lea", LEAD, ("region = EMEA",))) as one:
        yield one


def test_a_scoped_caller_sees_her_region_only(lead: TestClient, served: Served) -> None:
    tiles = lead.get(f"/overview/tiles?{OCTOBER}").raise_for_status().text
    assert _tiles(tiles) == _expected(served.root, "a.region = 'EMEA'", "a.region = 'EMEA'")
    frame = lead.get(f"/overview?{OCTOBER}").raise_for_status().text
    assert "Your scope: region = EMEA" in html.unescape(frame)
    assert "APAC" not in frame
    assert lead.get(f"/overview?{OCTOBER}&region=APAC").status_code == 422
    assert lead.get(f"/overview/tiles?{OCTOBER}&region=APAC").status_code == 422
    for part in PANELS:
        page = lead.get(f"/overview/{part}?{OCTOBER}").raise_for_status().text
        assert not {"APAC", "AMER", "LATAM"} & set(re.findall(r"\w+", page)), part


def test_what_one_scope_was_shown_another_is_not(lead: TestClient, client: httpx2.Client) -> None:
    whole, own = (_tiles(one.get(f"/overview/tiles?{OCTOBER}").text) for one in (client, lead))
    assert whole != own
    assert _tiles(client.get(f"/overview/tiles?{OCTOBER}").text) == whole


def test_markup_in_a_value_is_text(demo_workspace: Path, tmp_path: Path) -> None:
    root = tmp_path / "marked"
    shutil.copytree(demo_workspace, root, ignore=LEFT_BEHIND)
    rows = ["ticket_id,created_at,product_area,team,is_escalated"]
    rows += [f'X-{i},2026-10-0{1 + i % 9}T10:00:00Z,<img src=x onerror=alert(1)>,"<b>T""\'>",true' for i in range(40)]
    (root / "tickets.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    workspace = Workspace.open(root)
    load(root, [root / "tickets.csv"], settings=workspace.settings, derived=workspace.derived)
    workspace.close()
    with _as(root, Caller("local", "local", LEAD)) as one:
        pages = [one.get(f"/overview?{OCTOBER}").text]
        pages += [one.get(f"/overview/{part}?{OCTOBER}").text for part in ("tiles", *PANELS)]
    assert any("&lt;img" in page for page in pages)
    assert not any("<img" in page or "<b>T" in page for page in pages)


@pytest.fixture(scope="module")
def ask(served: Served) -> Iterator[Callable[[str], Any]]:
    """Asks the analyst."""
    workspace = Workspace.open(served.root)
    yield workspace.analyst("offline").ask
    workspace.close()


@pytest.mark.parametrize("key", ["2026-10", "last-30-days", "2026-11"])
@pytest.mark.parametrize(
    "chosen", [{}, {"region": "EMEA"}, {"tier": "Enterprise", "area": "Reports", "channel": "email"}]
)
def test_each_tile_asks_a_question_that_is_answered_with_its_number(
    served: Served, ask: Callable[[str], Any], key: str, chosen: dict[str, str]
) -> None:
    workspace = Workspace.open(served.root)
    selection = selected(workspace, {"period": key, **chosen})
    desk = workspace.desk
    measures = measured(desk.context, selection)
    for tile in tiles_of(measures, selection, desk.model, desk.wording):
        answer = ask(tile.question)
        assert answer.status is Status.ANSWERED, tile.question
        assert (answer.period.start, answer.period.end) == (selection.period.start, selection.period.end), tile.question
        fact = next(one for one in answer.facts if one.metric == tile.name and not one.dimensions)
        assert set(fact.filters) == set(selection.where), tile.question
        shown = measures.shown[tile.name].value
        assert fact.value == (pytest.approx(shown) if shown is not None else None), tile.question
    workspace.close()


@pytest.mark.parametrize("name", ["region", "tier", "area", "priority", "channel"])
def test_every_value_of_a_filter_is_understood_in_a_question(
    served: Served, ask: Callable[[str], Any], client: httpx2.Client, name: str
) -> None:
    frame = client.get(f"/overview?{OCTOBER}").text
    [options] = re.findall(rf'name="{name}">(.*?)</select>', frame, re.DOTALL)
    values = [html.unescape(one) for one in re.findall(r'value="([^"]+)"', options)]
    assert values
    workspace = Workspace.open(served.root)
    for value in values:
        selection = selected(workspace, {"period": "2026-10", name: value})
        page = client.get(f"/overview/hours?{selection.query}").text
        [question] = _questions(page)
        answer = ask(question)
        assert answer.status is Status.ANSWERED, question
        assert set(answer.facts[0].filters) == set(selection.where), question
    workspace.close()


@pytest.mark.parametrize("part", PANELS)
def test_each_panel_asks_a_question_that_is_answered(
    client: httpx2.Client, ask: Callable[[str], Any], part: str
) -> None:
    for chosen in CHOSEN:
        [question] = _questions(client.get(f"/overview/{part}?{OCTOBER}{chosen}").text)
        answer = ask(question)
        assert answer.status is Status.ANSWERED, question
        assert len(answer.facts[0].filters) == chosen.count("&"), question
