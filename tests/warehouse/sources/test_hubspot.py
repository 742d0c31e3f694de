"""The built-in source hubspot against generated exports in the seed's layout, whose meaning plain Python knows."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from tests.warehouse.desk import Desk
from tests.warehouse.sources.exports_b import at, differences, escalations_of, in_layout_of, seed_rows, text, write
from tests.warehouse.sources.exports_hubspot import STEMS, export

SOURCE = "hubspot"


@pytest.mark.parametrize("ending", [".csv.gz", ".jsonl"])
def test_tickets_accounts_and_escalations(desk: Desk, ending: str) -> None:
    files, truth = export(seed=5, count=150)
    write(desk.exports, files, ending)
    report = desk.load(source=SOURCE)
    assert differences(desk, "tickets", "ticket_id", truth.tickets) == []
    assert differences(desk, "accounts", "account_id", truth.accounts) == []
    assert escalations_of(desk) == truth.escalations
    assert not desk.load(source=SOURCE).changed
    assert sum(f.rows_read for f in report.files) == sum(map(len, files.values()))


def test_the_seed_itself_loads_beside_generated_rows(desk: Desk, third_party) -> None:
    seed = third_party("dbt_seeds") / "dbt_hubspot_source"
    files, truth = export(seed=6, count=60)
    names = {**STEMS, "users": "users_data"}
    for rows in files.values():
        for row in rows:
            row.pop("source_url", None)
    write(desk.exports, in_layout_of(seed, files, names))
    desk.load(source=SOURCE)
    own = {r["id"] for r in seed_rows(seed, "ticket_data")}
    assert {k for (k,) in desk.query("SELECT ticket_id FROM tickets")} == {*truth.tickets, *own}
    assert escalations_of(desk) == truth.escalations, "nothing in the seed says that a ticket was escalated"


def test_the_seed_folder_loads_as_it_is(desk: Desk, third_party) -> None:
    folder = third_party("dbt_seeds") / "dbt_hubspot_source"
    desk.load(folder, source=SOURCE)
    assert desk.query("SELECT count(*), count(resolved_at), count(agent_id) FROM tickets") == [(25, 23, 6)]
    assert desk.query("SELECT count(*) FROM accounts") == [(24,)]
    assert desk.query("SELECT agent_id, team FROM agents WHERE agent_id IN ('44023296', '42972304') ORDER BY 1") == [
        ("42972304", "team_02"),
        ("44023296", "team_01"),
    ]


def ticket(**values: str) -> dict[str, str]:
    return {
        "id": "1", "is_deleted": "FALSE", "property_createdate": text(at(0)), "property_hs_pipeline": "0",
        "property_hs_pipeline_stage": "1", "property_subject": "s", **values,
    }  # fmt: skip


def change(minute: float, name: str, value: str, **values: str) -> dict[str, str]:
    return {"ticket_id": "1", "name": name, "value": value, "timestamp_instant": text(at(minute)), **values}


def stage(key: str, label: str) -> dict[str, str]:
    return {"stage_id": key, "label": label, "pipeline_id": "0"}


def test_a_stage_left_and_entered_again_is_a_second_escalation(desk: Desk) -> None:
    moves = [change(m, "hs_pipeline_stage", v) for m, v in ((0, "1"), (10, "2"), (20, "1"), (30, "2"), (40, "2"))]
    write(
        desk.exports,
        {
            "ticket": [ticket()],
            "ticket_property_history": moves,
            "ticket_pipeline_stage": [stage("1", "New"), stage("2", "Escalated to Tier 2")],
        },
    )
    desk.load(source=SOURCE)
    assert escalations_of(desk) == {"1": [at(10), at(30)]}
    assert {f"{r}" for (r,) in desk.query("SELECT reason_code FROM escalations")} == {"escalation_stage"}


def test_times_in_epoch_milliseconds_are_read(desk: Desk) -> None:
    millis = str(int(at(0).replace(tzinfo=UTC).timestamp() * 1000))
    write(desk.exports, {"ticket": [ticket(property_createdate=millis)]})
    desk.load(source=SOURCE)
    assert desk.query("SELECT created_at FROM tickets") == [(at(0),)]


def test_times_without_offset_are_in_utc_whatever_the_workspace(desk: Desk) -> None:
    write(desk.exports, {"ticket": [ticket()]})
    desk.load(source=SOURCE, zone="America/New_York")
    assert desk.query("SELECT created_at FROM tickets") == [(at(0),)]


def test_the_primary_company_counts_of_several(desk: Desk) -> None:
    links = [("9", "USER_DEFINED", "3"), ("8", "HUBSPOT_DEFINED", "339"), ("7", "HUBSPOT_DEFINED", "26")]
    write(
        desk.exports,
        {
            "ticket": [ticket()],
            "ticket_company": [
                {"ticket_id": "1.0", "company_id": f"{c}.0", "category": k, "type_id": t} for c, k, t in links
            ],
        },
    )
    desk.load(source=SOURCE)
    assert desk.query("SELECT account_id FROM tickets") == [("7",)]


def test_history_before_its_ticket_waits_for_it(desk: Desk, tmp_path: Path) -> None:
    labels = [stage("1", "New"), stage("2", "Escalated")]
    write(
        tmp_path / "a",
        {"ticket_property_history": [change(10, "hs_pipeline_stage", "2")], "ticket_pipeline_stage": labels},
    )
    write(tmp_path / "b", {"ticket": [ticket()]})
    desk.load(tmp_path / "a", source=SOURCE)
    desk.load(tmp_path / "b", source=SOURCE)
    assert escalations_of(desk) == {"1": [at(10)]}
    assert desk.rejects() == []
