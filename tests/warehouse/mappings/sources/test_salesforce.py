"""The built-in source salesforce against generated exports, whose meaning plain Python knows."""

from __future__ import annotations

import pytest

from tests.warehouse.desk import Desk
from tests.warehouse.mappings.sources.exports_b import at, differences, escalations_of, in_layout_of, seed_rows, write
from tests.warehouse.mappings.sources.exports_salesforce import STEMS, accounts, cases, snake

SOURCE = "salesforce"


def test_accounts_in_the_layout_of_the_seed(desk: Desk, third_party) -> None:
    seed = third_party("dbt_seeds") / "dbt_salesforce"
    files, truth = accounts(seed=1, count=80)
    write(desk.exports, in_layout_of(seed, files, STEMS))
    desk.load(source=SOURCE)
    live = next(r for r in seed_rows(seed, "sf_account_data") if r["is_deleted"] == "false")
    of_seed = {
        "name": live["name"],
        "industry": None,
        "segment": live["type"],
        "region": live["billing_country"] or None,
        "arr": None,
    }
    expected = {**truth.accounts, live["id"]: of_seed}
    assert differences(desk, "accounts", "account_id", expected) == []
    assert not desk.load(source=SOURCE).changed


def test_the_seed_folder_loads_as_it_is(desk: Desk, third_party) -> None:
    report = desk.load(third_party("dbt_seeds") / "dbt_salesforce", source=SOURCE)
    assert desk.query("SELECT name FROM accounts") == [("Eric's Test",)]
    assert {f.file for f in report.left_aside} >= {"sf_lead_data.csv", "sf_account_history_data.csv"}


@pytest.mark.parametrize(
    ("style", "ending"), [("data_loader", ".csv"), ("data_loader", ".parquet"), ("fivetran", ".jsonl")]
)
def test_cases_with_their_history(desk: Desk, style: str, ending: str) -> None:
    files, truth = accounts(seed=2, count=20)
    support = cases(seed=2, count=120, truth=truth)
    if style == "fivetran":
        support = {"case": snake(support["Case"]), "case_history_data": snake(support["CaseHistory"])}
    write(desk.exports, files | support, ending)
    report = desk.load(source=SOURCE)
    assert differences(desk, "tickets", "ticket_id", truth.cases) == []
    assert escalations_of(desk) == truth.escalations
    assert report.unknown_accounts == sum(c["account_id"] not in truth.accounts for c in truth.cases.values())
    assert not desk.load(source=SOURCE).changed


def case(**values: str) -> dict[str, str]:
    return {
        "Id": "500A", "CaseNumber": "1", "CreatedDate": "2031-01-06T08:00:00.000Z", "Status": "Working", "Priority": "High",
        "IsEscalated": "true", "OwnerId": "00G1", "AccountId": "", **values,
    }  # fmt: skip


def history(minute: int, name: str, old: str, new: str) -> dict[str, str]:
    moment = at(minute).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    return {"CaseId": "500A", "Field": name, "OldValue": old, "NewValue": new, "CreatedDate": moment}


def test_status_and_flag_of_one_escalation_count_once(desk: Desk) -> None:
    rows = [
        history(30, "IsEscalated", "false", "true"),
        history(30, "Status", "New", "Escalated"),
        history(50, "Status", "Escalated", "Working"),
    ]
    write(desk.exports, {"Case": [case()], "CaseHistory": rows})
    desk.load(source=SOURCE)
    assert escalations_of(desk) == {"500A": [at(30)]}


def test_an_escalation_taken_back_stays_in_the_history(desk: Desk) -> None:
    rows = [history(30, "IsEscalated", "false", "true"), history(60, "IsEscalated", "true", "false")]
    write(desk.exports, {"Case": [case(IsEscalated="false")], "CaseHistory": rows})
    desk.load(source=SOURCE)
    assert escalations_of(desk) == {"500A": [at(30)]}


def test_a_queue_that_owns_a_case_is_its_team(desk: Desk) -> None:
    write(desk.exports, {"Case": [case()], "Group": [{"Id": "00G1", "Name": "Tier 2 queue", "Type": "Queue"}]})
    desk.load(source=SOURCE)
    assert desk.query("SELECT team FROM tickets") == [("Tier 2 queue",)]
