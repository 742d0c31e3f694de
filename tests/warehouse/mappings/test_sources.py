"""The built-in sources against independent counts of the raw files with Python's csv module."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from datetime import datetime

from analyst_agent.warehouse.mappings.mapping import list_sources
from tests.warehouse.desk import Desk


def day(text: str) -> datetime | None:
    return None if text in ("?", "") else datetime.strptime(text, "%d/%m/%Y %H:%M")


def test_sources_are_listed_with_files_and_columns() -> None:
    found = {s.name: s for s in list_sources()}
    assert set(found) >= {"drapertoby_itsm", "uci_incident"}
    assert [f["table"] for f in found["drapertoby_itsm"].files] == ["accounts", "agents", "tickets"]
    assert "reassignment_count" in found["uci_incident"].files[0]["columns"]


def test_drapertoby(desk: Desk, third_party) -> None:
    folder = third_party("drapertoby_itsm")
    report = desk.load(folder, source="drapertoby_itsm")
    with (folder / "tickets.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    parents = [r for r in rows if r["is_reopen_child"] == "False"]
    one = next(f for f in report.files if f.table == "tickets")
    assert (one.rows_read, one.inserted, one.folded, one.set_aside, one.emptied) == (2057, 1750, 307, 0, 0)
    assert (len(rows), len(parents)) == (2057, 1750)
    assert {f.file for f in report.left_aside} >= {"README.md", "LICENSE"}
    assert (report.unknown_accounts, report.unknown_agents) == (0, 0)
    assert desk.query(
        "SELECT count(*) FILTER (is_escalated), count(*) FILTER (resolved_at IS NULL), count(agent_id) FROM tickets"
    ) == [
        (
            sum(r["is_reopened"] == "True" for r in parents),
            sum(r["closed_at"] == "" for r in parents),
            sum(r["assigned_agent_id"] != "" for r in parents),
        )
    ]
    with (folder / "merchants.csv").open(newline="") as stream:
        tier = {r["merchant_id"]: r["tier"] for r in csv.DictReader(stream)}
    expected = Counter((tier[r["merchant_id"]], r["priority"]) for r in parents if r["is_reopened"] == "True")
    found = desk.query(
        "SELECT tier, priority, count(*) FROM tickets JOIN accounts USING (account_id) WHERE is_escalated GROUP BY ALL"
    )
    assert {(t, p): n for t, p, n in found} == expected
    created = datetime.fromisoformat(parents[0]["created_at"][:19])
    assert desk.query(f"SELECT created_at FROM tickets WHERE ticket_id = '{parents[0]['ticket_id']}'") == [(created,)]
    assert not desk.load(folder, source="drapertoby_itsm").changed


def test_uci(desk: Desk, third_party) -> None:
    folder = third_party("uci_incident")
    report = desk.load(folder, source="uci_incident")
    incidents: dict[str, list[dict[str, str]]] = {}
    with gzip.open(folder / "incident_event_log.csv.gz", "rt", newline="") as stream:
        for row in csv.DictReader(stream):
            incidents.setdefault(row["number"], []).append(row)
    one = report.files[0]
    assert (one.rows_read, one.inserted, one.folded, one.set_aside, one.emptied) == (141712, 24918, 116794, 0, 0)
    assert one.escalations_found == 2848
    expected, escalated = {}, {}
    for number, events in incidents.items():
        events.sort(key=lambda r: (day(r["sys_updated_at"]), int(r["sys_mod_count"])))
        first, last = events[0], events[-1]
        clean = [
            None if v == "?" else v
            for v in (first["category"], first["priority"], first["contact_type"], last["assignment_group"])
        ]
        expected[number] = (
            day(first["opened_at"]),
            day(last["resolved_at"]),
            day(last["sys_updated_at"]),
            int(last["reopen_count"]),
            *clean,
        )
        hit = next((r for r in events if int(r["reassignment_count"]) >= 3), None)
        if hit:
            escalated[number] = day(hit["sys_updated_at"])
    found = desk.query(
        "SELECT ticket_id, created_at, resolved_at, updated_at, reopen_count, category, priority, channel, team FROM tickets"
    )
    assert {r[0]: r[1:] for r in found} == expected
    assert dict(desk.query("SELECT ticket_id, escalated_at FROM escalations")) == escalated
    again = desk.load(folder, source="uci_incident")
    assert (again.changed, again.files[0].unchanged, again.files[0].folded) == (False, 24918, 116794)
