"""The built-in source hubspot against generated exports in the seed's layout, whose meaning plain Python knows."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from tests.rounds import cases
from tests.warehouse.desk import Desk
from tests.warehouse.mappings.sources.exports_b import (
    at,
    differences,
    escalations_of,
    in_layout_of,
    seed_rows,
    text,
    write,
)
from tests.warehouse.mappings.sources.exports_hubspot import STEMS, export

SOURCE = "hubspot"


@pytest.mark.parametrize("ending", cases([".csv.gz"], [".jsonl"]))
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


def portal(moves: list[dict[str, str]], **values: str) -> dict[str, list[dict[str, str]]]:
    """A portal with two owners, one in a team of each line of support, and with a stage that is closed."""
    stages = [stage("1", "New") | {"is_closed": "FALSE"}, stage("4", "Done with") | {"is_closed": "TRUE"}]
    return {
        "ticket": [ticket(**values)],
        "ticket_property_history": moves,
        "ticket_pipeline_stage": stages,
        "owner": [
            {"owner_id": f"7{n}", "first_name": "Ann", "last_name": f"Owner{n}", "active_user_id": f"8{n}"}
            for n in "12"
        ],
        "users": [{"id": f"8{n}", "primary_team_id": f"5{n}"} for n in "12"],
        "team": [{"id": f"5{n}", "name": f"Tier {n}"} for n in "12"],
    }


def test_an_owner_in_a_team_of_a_higher_line_is_an_escalation(desk: Desk) -> None:
    moves = [change(m, "hubspot_owner_id", v) for m, v in ((0, "71"), (10, "799"), (20, "72"), (30, "71"))]
    write(desk.exports, portal(moves, property_hubspot_owner_id="71"))
    desk.load(source=SOURCE)
    assert desk.query("SELECT escalated_at, reason_code, from_team, to_team FROM escalations") == [
        (at(20), "line_raised", "Tier 1", "Tier 2")
    ]


def test_an_owner_and_his_team_that_change_at_once_are_one_escalation(desk: Desk) -> None:
    moves = [
        change(m, n, v)
        for m, v in ((0, "1"), (20, "2"))
        for n, v in (("hubspot_owner_id", f"7{v}"), ("hubspot_team_id", f"5{v}"))
    ]
    write(desk.exports, portal(moves))
    desk.load(source=SOURCE)
    assert desk.query("SELECT escalated_at, reason_code FROM escalations") == [(at(20), "line_raised")]


def test_a_stage_that_is_closed_and_left_again_is_a_reopening(desk: Desk) -> None:
    moves = [change(m, "hs_pipeline_stage", v) for m, v in ((0, "1"), (10, "4"), (20, "1"), (30, "4"), (40, "1"))]
    write(desk.exports, portal(moves))
    desk.load(source=SOURCE)
    assert desk.query("SELECT reopen_count, resolved_at FROM tickets") == [(2, None)]
    assert desk.query("SELECT resolved_at FROM resolutions ORDER BY 1") == [(at(10),), (at(30),)]
