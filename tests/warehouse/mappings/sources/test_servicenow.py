"""The built-in source servicenow against generated exports in the seed's layout, whose meaning plain Python knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rounds import cases
from tests.warehouse.desk import Desk
from tests.warehouse.mappings.sources.exports_b import at, differences, escalations_of, in_layout_of, text, write
from tests.warehouse.mappings.sources.exports_servicenow import STEMS, export

SOURCE = "servicenow"


@pytest.mark.parametrize("ending", cases([".parquet"], [".csv"]))
def test_tickets_and_escalations_are_those_of_the_incidents(desk: Desk, ending: str) -> None:
    files, truth = export(seed=3, count=120)
    write(desk.exports, files, ending)
    report = desk.load(source=SOURCE)
    assert differences(desk, "tickets", "ticket_id", truth.tickets) == []
    assert escalations_of(desk) == truth.escalations
    assert not desk.load(source=SOURCE).changed
    assert sum(f.rows_read for f in report.files) == sum(map(len, files.values()))


def test_the_seed_itself_loads_beside_generated_rows(desk: Desk, third_party) -> None:
    seed = third_party("dbt_seeds") / "dbt_servicenow"
    files, truth = export(seed=4, count=60)
    write(desk.exports, in_layout_of(seed, files, STEMS))
    desk.load(source=SOURCE)
    seed_incident = "a9e30c7dc61122760116894de7bcc7bd"
    tickets = {k for (k,) in desk.query("SELECT ticket_id FROM tickets")}
    assert tickets == {*truth.tickets, seed_incident}, "the seed's task is a change request, its incident a ticket"
    assert escalations_of(desk) == truth.escalations


def test_the_seed_folder_loads_as_it_is(desk: Desk, third_party) -> None:
    report = desk.load(third_party("dbt_seeds") / "dbt_servicenow", source=SOURCE)
    assert desk.query("SELECT ticket_id, status, category FROM tickets") == [
        ("a9e30c7dc61122760116894de7bcc7bd", "New", "software")
    ]
    assert desk.query("SELECT name FROM agents") == [("First Last",)]
    assert {f.file for f in report.left_aside} >= {"problem_data.csv", "change_request_data.csv"}


def one_incident(**task: str) -> dict[str, list[dict[str, str]]]:
    base = {
        "sys_id": "a1", "number": "INC1", "sys_class_name": "incident", "opened_at": text(at(0)), "sys_created_on": text(at(0)),
        "sys_updated_on": text(at(0)), "state": "2", "priority": "3", "escalation": "0", "_fivetran_deleted": "FALSE",
    }  # fmt: skip
    return {
        "task": [{**base, **task}],
        "incident": [{"sys_id": "a1", "category": "network", "incident_state": "2", "sys_created_on": text(at(0)), "sys_updated_on": text(at(0))}],
    }  # fmt: skip


def clock(key: str, minutes: int, **values: str) -> dict[str, str]:
    return {
        "sys_id": key, "task_value": "a1", "has_breached": "true", "stage": "breached", "planned_end_time": text(at(minutes)),
        "sys_updated_on": text(at(minutes)), "_fivetran_deleted": "false", **values,
    }  # fmt: skip


def test_two_clocks_of_which_one_was_breached_make_one_escalation(desk: Desk) -> None:
    write(desk.exports, {**one_incident(), "task_sla": [clock("s1", 60, has_breached="false"), clock("s2", 90)]})
    desk.load(source=SOURCE)
    assert desk.query("SELECT escalated_at, trigger FROM escalations") == [(at(90), "system")]


def test_a_breached_clock_that_was_cancelled_later_is_none(desk: Desk, tmp_path: Path) -> None:
    write(desk.exports, {**one_incident(), "task_sla": [clock("s1", 60)]})
    desk.load(source=SOURCE)
    assert escalations_of(desk) == {"a1": [at(60)]}
    write(tmp_path / "later", {"task_sla": [clock("s1", 60, stage="cancelled", sys_updated_on=text(at(500)))]})
    desk.load(tmp_path / "later", source=SOURCE)
    assert escalations_of(desk) == {}


def test_an_escalation_lowered_again_is_taken_back_when_no_clock_was_breached(desk: Desk, tmp_path: Path) -> None:
    write(desk.exports, one_incident(escalation="2"))
    desk.load(source=SOURCE)
    assert escalations_of(desk) == {"a1": [None]}
    write(tmp_path / "later", one_incident(escalation="0", sys_updated_on=text(at(500))))
    desk.load(tmp_path / "later", source=SOURCE)
    assert escalations_of(desk) == {}


def test_a_flag_beside_a_breach_counts_once(desk: Desk) -> None:
    write(desk.exports, {**one_incident(escalation="3"), "task_sla": [clock("s1", 60)]})
    desk.load(source=SOURCE)
    assert escalations_of(desk) == {"a1": [at(60)]}


def test_without_reference_files_the_codes_stay(desk: Desk) -> None:
    write(desk.exports, one_incident(assignment_group_value="g9", state="2"))
    desk.load(source=SOURCE)
    assert desk.query("SELECT team, status, priority FROM tickets") == [("g9", "In Progress", "3 - Moderate")]


def test_a_list_export_of_incidents_alone_has_everything(desk: Desk) -> None:
    row = {
        **one_incident(escalation="1")["task"][0],
        "category": "network",
        "contact_type": "phone",
        "assignment_group": "Service Desk",
    }
    write(desk.exports, {"incident": [row]})
    desk.load(source=SOURCE)
    assert desk.query("SELECT created_at, status, priority, category, channel, team, is_escalated FROM tickets") == [
        (at(0), "In Progress", "3 - Moderate", "network", "phone", "Service Desk", True)
    ]


def test_the_audit_shows_who_was_in_charge_and_what_was_raised(desk: Desk) -> None:
    def audit(minute: int, name: str, old: str, new: str) -> dict[str, str]:
        return {
            "sys_id": f"au{minute}", "tablename": "incident", "documentkey": "a1", "fieldname": name, "oldvalue": old,
            "newvalue": new, "sys_created_on": text(at(minute)), "user": "u1",
        }  # fmt: skip

    files = one_incident(assignment_group_value="g2")
    files["sys_user_group"] = [{"sys_id": "g1", "name": "Service Desk"}, {"sys_id": "g2", "name": "Network Tier 2"}]
    files["sys_audit"] = [
        audit(30, "assignment_group", "g1", "g2"), audit(60, "priority", "4", "2"), audit(80, "priority", "2", "3"),
        audit(90, "escalation", "0", "2"), audit(95, "escalation", "2", "0"),
    ]  # fmt: skip
    write(desk.exports, files)
    desk.load(source=SOURCE)
    assert desk.query("SELECT escalated_at, from_team, to_team FROM escalations ORDER BY escalated_at") == [
        (at(30), "Service Desk", "Network Tier 2"), (at(60), "Network Tier 2", None), (at(90), "Network Tier 2", None)
    ]  # fmt: skip


def test_an_incident_opened_again_is_no_longer_resolved(desk: Desk, tmp_path: Path) -> None:
    first, later = one_incident(), one_incident(sys_updated_on=text(at(500)))
    first["incident"][0] |= {"resolved_at": text(at(60)), "reopen_count": "0"}
    later["incident"][0] |= {"resolved_at": "", "reopen_count": "1", "sys_updated_on": text(at(500))}
    write(desk.exports, first)
    desk.load(source=SOURCE)
    assert desk.query("SELECT resolved_at, reopen_count FROM tickets") == [(at(60), 0)]
    write(tmp_path / "later", later)
    desk.load(tmp_path / "later", source=SOURCE)
    assert desk.query("SELECT resolved_at, reopen_count FROM tickets") == [(None, 1)]


def test_a_clock_of_an_incident_alone_counts(desk: Desk) -> None:
    write(desk.exports, {"incident": one_incident()["incident"], "task_sla": [clock("s1", 60)]})
    desk.load(source=SOURCE)
    assert escalations_of(desk) == {"a1": [at(60)]}
