"""Exports that lack something: the message names the file and what to do, and nothing is loaded."""

from __future__ import annotations

import pytest

from analyst_agent.errors import AnalystError
from tests.warehouse.desk import Desk
from tests.warehouse.mappings.sources import exports_hubspot, exports_salesforce, exports_servicenow
from tests.warehouse.mappings.sources.exports_b import Files, at, text, write


def export(source: str) -> Files:
    if source == "hubspot":
        return exports_hubspot.export(seed=1, count=12)[0]
    if source == "servicenow":
        return exports_servicenow.export(seed=1, count=12)[0]
    files, truth = exports_salesforce.accounts(seed=1, count=5)
    return files | exports_salesforce.cases(seed=1, count=5, truth=truth)


@pytest.mark.parametrize(
    ("source", "file", "column", "said"),
    [
        ("hubspot", "ticket", "property_createdate", "property_createdate"),
        ("hubspot", "ticket_property_history", "name", "name"),
        ("hubspot", "company", "id", "id"),
        ("servicenow", "task", "sys_class_name", "sys_class_name"),
        ("servicenow", "incident", "sys_created_on", "sys_created_on"),
        ("servicenow", "task_sla", "planned_end_time", "planned_end_time"),
        ("salesforce", "Case", "CreatedDate", "CreatedDate, created_date"),
        ("salesforce", "CaseHistory", "CaseId", "CaseId, case_id"),
    ],
)
def test_a_missing_column_is_named_with_its_file(desk: Desk, source: str, file: str, column: str, said: str) -> None:
    files = export(source)
    files[file] = [{k: v for k, v in row.items() if k != column} for row in files[file]]
    write(desk.exports, files)
    with pytest.raises(AnalystError) as caught:
        desk.load(source=source)
    assert f"{file}.csv" in str(caught.value)
    assert said in str(caught.value)
    assert caught.value.hint


def test_another_systems_file_is_refused(desk: Desk) -> None:
    row = {"id": "1", "created_at": text(at(0)), "updated_at": text(at(0)), "status": "open", "priority": "low"}
    write(desk.exports, {"ticket": [row]})
    with pytest.raises(AnalystError, match=r"ticket\.csv has no column 'property_createdate'"):
        desk.load(source="hubspot")


def test_two_files_of_one_table_are_both_read_and_a_ticket_counts_once(desk: Desk) -> None:
    files, truth = exports_hubspot.export(seed=2, count=10)
    write(desk.exports, {"ticket": files["ticket"], "tickets_data": files["ticket"][:4]})
    desk.load(source="hubspot")
    assert desk.query("SELECT count(*) FROM tickets") == [(len(truth.tickets),)]


def test_a_history_without_tickets_says_that_it_waits(desk: Desk) -> None:
    write(desk.exports, {"ticket_property_history": export("hubspot")["ticket_property_history"]})
    report = desk.load(source="hubspot")
    assert any("10 records that are no loaded tickets" in r for r in report.remarks)
    assert report.rejects == 0


def test_a_load_without_any_ticket_says_so(desk: Desk) -> None:
    tasks = [r for r in export("servicenow")["task"] if r["sys_class_name"] == "change_request"]
    write(desk.exports, {"task": tasks})
    assert any("No ticket is loaded: every row of task.csv" in r for r in desk.load(source="servicenow").remarks)


def test_only_what_has_no_other_way_is_said_to_be_empty(desk: Desk) -> None:
    write(desk.exports, {"task": export("servicenow")["task"]})
    said = " ".join(r for r in desk.load(source="servicenow").remarks if "cannot be found" not in r)
    assert "sys_user_group" in said
    assert "priority" not in said
    assert "status" not in said
