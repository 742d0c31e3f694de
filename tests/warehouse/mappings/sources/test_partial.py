"""An export without its histories: what can then not be found is said, because no escalations would look like good news."""

from __future__ import annotations

from analyst_agent.records import SemanticQuery
from analyst_agent.warehouse.deriving.unseen import unseen_of
from analyst_agent.warehouse.generations import open_current
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.checkup import check_up
from analyst_agent.workspace.starting import make_workspace
from tests.warehouse.desk import Desk
from tests.warehouse.mappings.sources.exports_b import at, text, write

TICKET = {
    "id": "1",
    "created_at": text(at(0)),
    "updated_at": text(at(9)),
    "status": "open",
    "priority": "high",
    "group_id": "5",
}
CHANGE = {"ticket_id": "1", "field_name": "group_id", "updated": text(at(1)), "value": "5"}
COMMENT = {"id": "7", "ticket_id": "1", "user_id": "3", "public": "TRUE", "created": text(at(2))}


def unseen(remarks: list[str]) -> list[str]:
    return [r for r in remarks if "cannot be found" in r]


def test_tickets_alone_say_which_escalations_are_not_seen(desk: Desk) -> None:
    write(desk.exports, {"ticket": [TICKET]})
    assert unseen(desk.load(source="zendesk").remarks) == [
        "Without the file ticket_field_history these escalations cannot be found: line_raised, priority_raised, tagged, reassigned.",
        "Without the files ticket_sla_policy, sla_policy_metric_history and ticket_comment these escalations cannot be found: sla_breach.",
    ]


def test_only_what_is_absent_is_named(desk: Desk) -> None:
    write(desk.exports, {"ticket": [TICKET], "ticket_field_history": [CHANGE], "ticket_comment": [COMMENT]})
    assert unseen(desk.load(source="zendesk").remarks) == [
        "Without the files ticket_sla_policy and sla_policy_metric_history these escalations cannot be found: sla_breach."
    ]


def test_a_history_that_an_earlier_load_had_is_not_missed(desk: Desk) -> None:
    write(desk.exports / "a", {"ticket": [TICKET], "ticket_field_history": [CHANGE], "ticket_comment": [COMMENT]})
    write(desk.exports / "b", {"ticket": [TICKET | {"updated_at": text(at(11)), "status": "pending"}]})
    desk.load(desk.exports / "a", source="zendesk")
    assert [r for r in unseen(desk.load(desk.exports / "b", source="zendesk").remarks) if "field_history" in r] == []


def test_a_system_with_a_flag_of_its_own_names_what_the_flag_does_not_tell(desk: Desk) -> None:
    task = {
        "sys_id": "1", "sys_class_name": "incident", "sys_created_on": text(at(0)), "state": "1", "priority": "3", "escalation": "1",
    }  # fmt: skip
    write(desk.exports, {"task": [task]})
    assert unseen(desk.load(source="servicenow").remarks) == [
        "Without the file task_sla these escalations cannot be found: sla_breach.",
        "Without the file sys_audit these escalations cannot be found: line_raised, escalation_raised, priority_raised.",
    ]


def test_accounts_alone_miss_nothing(desk: Desk) -> None:
    write(desk.exports, {"account": [{"Id": "1", "Name": "A"}]})
    assert unseen(desk.load(source="salesforce").remarks) == []


def test_names_that_come_after_the_tickets_say_that_the_tickets_are_to_be_loaded_again(desk: Desk) -> None:
    group = {"id": "5", "name": "Tier 1", "updated_at": text(at(0)), "_fivetran_synced": text(at(0))}
    write(desk.exports / "a", {"ticket": [TICKET, TICKET | {"id": "2", "group_id": "6"}]})
    write(desk.exports / "b", {"group": [group]})
    desk.load(desk.exports / "a", source="zendesk")
    said = desk.load(desk.exports / "b", source="zendesk").remarks
    assert (
        "Of team in the loaded tickets, 1 value is an id that group names only now; load ticket again to have the name."
        in said
    )
    again = desk.load(desk.exports / "a", desk.exports / "b", source="zendesk").remarks
    assert not [r for r in again if "only now" in r]
    assert desk.query("SELECT team FROM tickets ORDER BY ticket_id") == [("Tier 1",), ("6",)]
    assert not [r for r in desk.load(desk.exports / "b", source="zendesk").remarks if "only now" in r]


def test_every_number_of_escalations_says_what_the_files_cannot_show(desk: Desk) -> None:
    """0 escalated tickets, without a word, where the history that would show them was not exported."""
    write(desk.exports, {"ticket": [TICKET]})
    desk.load(source="zendesk", derived=None)
    make_workspace(desk.workspace)
    workspace = Workspace.open(desk.workspace)
    notes = {
        m: workspace.engine.run(SemanticQuery((m,))).caveats
        for m in ("escalated_ticket_count", "escalation_rate", "ticket_count")
    }
    checks = check_up(workspace)
    workspace.close()
    said = "The loaded files cannot show escalations of the kinds line_raised, priority_raised, tagged, reassigned, sla_breach"
    assert [sum(note.startswith(said) for note in found) for found in notes.values()] == [1, 1, 0]
    assert any(c["check"] == "escalations" and "ticket_field_history" in c["detail"] for c in checks)


def test_nothing_is_said_once_the_files_have_come(desk: Desk) -> None:
    write(desk.exports / "a", {"ticket": [TICKET]})
    write(desk.exports / "b", {"ticket_field_history": [CHANGE], "ticket_comment": [COMMENT]})
    desk.load(desk.exports / "a", source="zendesk")
    desk.load(desk.exports / "b", source="zendesk")
    with open_current(desk.workspace) as warehouse:
        left = unseen_of(lambda sql: warehouse.connection.execute(sql).fetchall())
    assert [reasons for _, reasons in left.kinds] == [("sla_breach",)]
