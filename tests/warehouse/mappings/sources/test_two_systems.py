"""Accounts of a CRM and tickets of a helpdesk in one workspace, joined by the key that a mapping of five lines chooses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analyst_agent.cli.main import app
from analyst_agent.errors import AnalystError, InvalidDefinition
from analyst_agent.warehouse.mappings.mapping import built_in, read_mapping
from tests.warehouse.mappings.sources.exports_b import at, text, write

OWN = """
name: our_zendesk
extends: zendesk
only: [agents, tickets]
lookups:
  crm_ids: {named: [organization], key: id, value: external_id}
change:
  tickets:
    account_id: {column: organization_id, lookup: crm_ids, otherwise: keep}
"""


def tickets() -> list[dict[str, str]]:
    """Six tickets of two organisations and one without; every second one raised."""
    return [
        {
            "id": str(n), "created_at": text(at(n)), "updated_at": text(at(n + 5)), "status": "open", "priority": "normal",
            "organization_id": ("11", "22", "")[n % 3], "group_id": "", "assignee_id": "",
        }
        for n in range(6)
    ]  # fmt: skip


@pytest.mark.parametrize("crm", ["salesforce", "hubspot"])
def test_rates_by_tier_of_crm_accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crm: str) -> None:
    if crm == "salesforce":
        accounts = [
            {"Id": f"001{k}", "Name": k, "Tier__c": t, "IsDeleted": "false"}
            for k, t in (("A", "Gold"), ("B", "Silver"))
        ]
        write(tmp_path / "crm", {"Account": accounts})
    else:
        rows = [{"id": f"001{k}", "property_name": k, "property_tier": t} for k, t in (("A", "Gold"), ("B", "Silver"))]
        write(tmp_path / "crm", {"company": rows})
    raised = [
        {"ticket_id": str(n), "field_name": "priority", "value": v, "updated": text(at(n + m)), "user_id": ""}
        for n in (0, 1, 3)
        for m, v in ((0, "normal"), (3, "urgent"))
    ]
    organizations = [
        {"id": "11", "name": "Org A", "external_id": "001A"},
        {"id": "22", "name": "Org B", "external_id": "001B"},
    ]
    write(tmp_path / "desk", {"ticket": tickets(), "ticket_field_history": raised, "organization": organizations})
    (tmp_path / "own.yml").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke
    assert run(app, ["init", "."]).exit_code == 0
    assert run(app, ["load", "crm", "--source", crm]).exit_code == 0
    said = run(app, ["load", "desk", "--mapping", "own.yml"])
    assert said.exit_code == 0, said.output
    asked = [
        "query",
        "--metrics",
        "ticket_count,escalated_ticket_count",
        "--by",
        "tier",
        "--period",
        "2031-01-01..2031-01-31",
        "--json",
    ]
    found = json.loads(run(app, [*asked, "--today", "2031-02-03"]).stdout)
    names = [c["name"] if isinstance(c, dict) else c for c in found["columns"]]
    rows = [dict(zip(names, row, strict=True)) for row in found["rows"]]
    counts = {(r["tier"], r["ticket_count"], r["escalated_ticket_count"]) for r in rows}
    assert counts == {("Gold", 2, 2), ("Silver", 2, 1), (None, 2, 0)}


def test_what_is_not_changed_is_that_of_the_base(tmp_path: Path) -> None:
    path = tmp_path / "own.yml"
    path.write_text(OWN)
    own, base = read_mapping(path), built_in("zendesk")
    assert own.rules == base.rules
    assert own.histories == base.histories
    assert {f.table for f in own.files} == {"agents", "tickets"}
    mine, theirs = (next(f for f in m.files if f.table == "tickets").columns for m in (own, base))
    assert {k: v for k, v in mine.items() if k != "account_id"} == {
        k: v for k, v in theirs.items() if k != "account_id"
    }


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("extends: zendesk", "extends: zendsk"), "zendesk"),
        (("only: [agents", "only: [agent"), "agents"),
        (("  tickets:\n", "  ticket:\n"), "tickets"),
        (("extends: zendesk\n", ""), "extends"),
        (("account_id: {", "acount_id: {"), "account_id"),
        (("lookup: crm_ids", "lookup: crm_id"), "crm_ids"),
    ],
    ids=["base", "table", "changed table", "no base", "column", "lookup"],
)
def test_a_slip_is_told_with_the_nearest_valid_name(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    path = tmp_path / "own.yml"
    path.write_text(OWN.replace(*change))
    with pytest.raises(AnalystError) as caught:
        read_mapping(path)
    assert said in f"{caught.value} {caught.value.hint}"
    assert isinstance(caught.value, InvalidDefinition) or change[0] == "extends: zendesk"
