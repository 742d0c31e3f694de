"""A mapping's own rules: what is wrong is named with its place, and changed rules take the place of the old ones."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from analyst_agent.errors import InvalidDefinition
from analyst_agent.warehouse.mappings.mapping import SOURCES_DIR, read_mapping
from tests.warehouse.desk import Desk
from tests.warehouse.mappings.sources.desks import START, traps
from tests.warehouse.mappings.sources.exports_b import write
from tests.warehouse.mappings.sources.test_zendesk import export
from tests.warehouse.mappings.sources.truth import Story

ZENDESK = (SOURCES_DIR / "zendesk.yml").read_text(encoding="utf-8")


def changed(tmp_path: Path, old: str, new: str) -> Path:
    assert ZENDESK.count(old) == 1, old
    path = tmp_path / "mine.yml"
    path.write_text(ZENDESK.replace(old, new), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "said", "hint"),
    [
        ("lookup: groups, otherwise: keep", "lookup: group, otherwise: keep", "files[3].columns.team.lookup 'group' is no lookup", "groups"),
        ("rule: raised, field: priority,", "rule: rised, field: priority,", "escalations[2].rule 'rised' is no rule", "raised"),
        ("rule: line_raised, field: team", "rule: line_raised, field: group", "escalations[1].field 'group' is no field", "priority"),
        ("field: team, times: 3", "field: team, times: often", "escalations[5].times 'often' is no count", "whole number"),
        ("field: team, times: 3", "field: team", "escalations[5] (changes) lacks the key 'times'", "Keys"),
        ("oldest: [updated]", "oldest: [{column: updated, as: tme}]", "lookups.first_priorities.oldest 'tme' is no kind", "time"),
        ("key: id, value: name, newest", "key: id, newest", "lookups.groups lacks the key 'value'", "Keys"),
        ("targets: reply_targets", "targets: replies", "escalations[3].targets 'replies' is no lookup", "reply_targets"),
        ("until: first_response_at", "until: first_reply", "escalations[3].until 'first_reply' is no time", "first_response_at"),
        ("- {line: 2, groups: [escalation*, senior", "- {line: zwei, groups: [escalation*, senior", "lines[6].line 'zwei' is no line", "1 to 9"),
        ("at: policy_applied_at", "at: {column: policy_applied_at, lookup: groups}", "histories[3].at goes through a lookup", "time"),
        ("named: [organization]", "named: [organization.csv]", "files[1].named 'organization.csv' is no stem", "match"),
        ("named: [organization]", "named: [organization]\n    match: x", "files[1] must have exactly one of match and named", "named"),
        ("resolutions: {field: status", "resolutions: {field: state", "resolutions.field 'state' is no field", "status"),
    ],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, old: str, new: str, said: str, hint: str) -> None:
    with pytest.raises(InvalidDefinition) as caught:
        read_mapping(changed(tmp_path, old, new))
    assert said in caught.value.message
    assert caught.value.message.startswith("mine.yml: ")
    assert hint in caught.value.hint


def test_rules_that_are_taken_out_take_their_escalations_along(desk: Desk, tmp_path: Path) -> None:
    told = traps(1, "low", "high", "urgent")
    write(desk.exports, export(told, 1))
    desk.load(source="zendesk")
    before = dict(desk.query("SELECT reason_code, count(*) FROM escalations GROUP BY 1"))
    assert set(before) == {"line_raised", "priority_raised", "reassigned"}
    mine = changed(tmp_path, "  - {reason: reassigned, rule: changes, field: team, times: 3}\n", "")
    assert desk.load(mapping=mine).changed
    after = dict(desk.query("SELECT reason_code, count(*) FROM escalations GROUP BY 1"))
    assert after == {k: v for k, v in before.items() if k != "reassigned"}


def test_other_lines_make_other_escalations(desk: Desk, tmp_path: Path) -> None:
    told = [
        Story(
            "1",
            START,
            [(START, "team", "Retail2"), (START + timedelta(hours=1), "team", "Non-Support - (Billing Tickets)")],
        )
    ]
    write(desk.exports, export(told, 1))
    mine = changed(
        tmp_path, "- {line: 2, groups: [escalation*, senior",
        "- {line: 1, groups: [retail*]}\n  - {line: 2, groups: [billing tickets, escalation*, senior",
    )  # fmt: skip
    desk.load(source="zendesk")
    assert desk.query("SELECT count(*) FROM escalations") == [(0,)]
    desk.load(mapping=mine)
    assert desk.query("SELECT from_team, to_team, level FROM escalations") == [
        ("Retail2", "Non-Support - (Billing Tickets)", "L2")
    ]


def test_times_without_offset_are_in_the_mappings_zone(desk: Desk, tmp_path: Path) -> None:
    write(desk.exports, export(traps(1, "low", "high", "urgent")[9:10], 1))
    desk.load(mapping=changed(tmp_path, "time_zone: UTC", "time_zone: Asia/Tokyo"))
    assert desk.query("SELECT min(escalated_at) FROM escalations") == [
        (START + timedelta(minutes=4) - timedelta(hours=9),)
    ]
