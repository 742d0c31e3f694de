"""The built-in source jira against what plain Python says of generated exports in Fivetran's layout, issue by issue."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from tests.rounds import cases
from tests.warehouse.desk import Desk
from tests.warehouse.mappings.sources.desks import LINE, TEAMS, stories, traps
from tests.warehouse.mappings.sources.exports_b import Files, Row, in_layout_of, write
from tests.warehouse.mappings.sources.truth import (
    Escalation,
    Story,
    at_once,
    gained,
    is_done,
    line_raises,
    priority_raises,
    solutions,
)
from tests.warehouse.mappings.sources.zendesk_files import NASTY, stamp

ORDER = ("Lowest", "Low", "Medium", "High", "Highest")
PRIORITY = {"5": "Lowest", "4": "Low", "3": "Medium", "2": "High", "1": "Highest"}
STATUS = {"10000": ("open", "2"), "3": ("pending", "4"), "10002": ("solved", "3"), "10003": ("closed", "3")}
DONE = {"solved", "closed"}
FIELD = {"team": "customfield_10001", "priority": "priority", "status": "status", "tags": "labels"}


def own_value(name: str, value: str) -> str:
    known = {
        "team": {v: k for k, v in TEAMS.items()},
        "priority": {v: k for k, v in PRIORITY.items()},
        "status": {v: k for k, (v, _) in STATUS.items()},
    }.get(name)
    return known.get(value, "") if known else value


def history(told: Sequence[Story], rng: random.Random) -> list[Row]:
    rows = [
        {
            "field_id": FIELD[name], "issue_id": story.ticket, "time": f"{at:%Y-%m-%d %H:%M:%S}.000", "_fivetran_synced": stamp(at),
            "value": own_value(name, value), "is_active": "true", "author_id": "557058:a",
        }
        for story in told
        for at, name, value in story.changes
    ]  # fmt: skip
    rows += [{**row, "field_id": "summary", "value": NASTY} for row in rows[:20]]
    rng.shuffle(rows)
    return rows


def export(told: Sequence[Story], seed: int) -> Files:
    issues = []
    for story in told:
        last = {name: (values[-1][1] if (values := story.of(name)) else "") for name in FIELD}
        solved = solutions(story, "status", DONE)
        issues.append({
            "id": story.ticket, "_fivetran_deleted": "FALSE", "created": stamp(story.created), "summary": NASTY, "key": f"SUP-{story.ticket}",
            "updated": stamp(max([story.created, *(c[0] for c in story.changes)])), "priority": own_value("priority", last["priority"]),
            "status": own_value("status", last["status"] or "open"), "project": "10001", "issue_type": "10103",
            "resolved": stamp(solved[-1]) if is_done(story, "status", DONE) else "", "description": NASTY, "assignee": "557058:a",
        })  # fmt: skip
    return {
        "issue": issues,
        "issue_field_history": history(told, random.Random(seed)),
        "priority": [{"id": k, "name": v, "_fivetran_synced": "2031-01-01 00:00:00"} for k, v in PRIORITY.items()],
        "status": [
            {"id": k, "name": v, "status_category_id": c, "_fivetran_synced": "2031-01-01 00:00:00"}
            for k, (v, c) in STATUS.items()
        ],
        "team": [{"id": k, "name": v, "_fivetran_synced": "2031-01-01 00:00:00"} for k, v in TEAMS.items()],
        "project": [{"id": "10001", "name": "Support desk", "_fivetran_synced": "2031-01-01 00:00:00"}],
        "user": [{"id": "557058:a", "name": "Scooby", "_fivetran_synced": "2031-01-01 00:00:00"}],
    }  # fmt: skip


def by_text(rows: Sequence[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return sorted(rows, key=lambda e: tuple(str(v or "") for v in e))


def expected(told: Sequence[Story]) -> list[tuple[object, ...]]:
    found: set[Escalation] = set()
    for story in told:
        found |= set(line_raises(story, LINE)) | set(priority_raises(story, ORDER))
        found |= set(gained(story, "tags", {"escalated", "escalation"}, "labelled"))
    return list(at_once(list(found), ("line_raised", "priority_raised", "labelled")))


def found(desk: Desk) -> list[tuple[object, ...]]:
    return by_text(desk.query("SELECT ticket_id, escalated_at, reason_code, from_team, to_team FROM escalations"))


def world(seed: int, count: int) -> list[Story]:
    return [*stories(seed, count, ORDER, tuple(sorted(DONE))), *traps(1, "Low", "High", "Highest")]


@pytest.mark.parametrize("ending", cases([".csv"], [".jsonl", ".parquet"]))
def test_escalations_and_resolutions_issue_by_issue(desk: Desk, ending: str) -> None:
    told = world(seed=21, count=120)
    write(desk.exports, export(told, 1), ending)
    report = desk.load(source="jira")
    assert found(desk) == expected(told)
    assert len(found(desk)) > 60
    resolved = sorted((s.ticket, at) for s in told for at in solutions(s, "status", DONE))
    assert sorted(desk.query("SELECT ticket_id, resolved_at FROM resolutions")) == resolved
    rows = {t: r for t, *r in desk.query("SELECT ticket_id, priority, team, status, product_area FROM tickets")}
    for story in told:
        priority, team, status, area = rows[story.ticket]
        assert priority == (story.of("priority")[0][1] if story.of("priority") else None)
        assert team == ((story.of("team")[-1][1] or None) if story.of("team") else None)
        assert status == (story.of("status")[-1][1] if story.of("status") else "open")
        assert area == "Support desk"
    assert (report.totals["set_aside"], report.totals["emptied"]) == (0, 0)
    assert not desk.load(source="jira").changed


def test_a_third_assignee_change_is_an_escalation(desk: Desk) -> None:
    told = traps(1, "Low", "High", "Highest")
    files = export(told, 1)
    row = files["issue_field_history"][0]
    people = ["a", "b", "b", "", "b", "c", "a", "d"]
    files["issue_field_history"] += [
        {**row, "issue_id": "3", "field_id": "assignee", "value": who, "time": f"2031-04-01 0{i}:00:00"}
        for i, who in enumerate(people)
    ]
    write(desk.exports, files)
    desk.load(source="jira")
    assert desk.query(
        "SELECT ticket_id, strftime(escalated_at, '%H') FROM escalations WHERE reason_code = 'reassigned'"
    ) == [("3", "06")]


def test_deleted_issues_are_set_aside(desk: Desk) -> None:
    files = export(traps(1, "Low", "High", "Highest"), 1)
    files["issue"][0]["_fivetran_deleted"] = "true"
    write(desk.exports, files)
    report = desk.load(source="jira")
    assert desk.query("SELECT count(*) FROM tickets WHERE ticket_id = '1'") == [(0,)]
    assert next(f.set_aside for f in report.files if f.table == "tickets") == 1


def test_the_seed_folder_with_generated_rows_in_its_own_columns(desk: Desk, third_party) -> None:
    seed = third_party("dbt_seeds") / "dbt_jira"
    told = world(seed=22, count=40)
    files = export(told, 2)
    write(desk.exports, in_layout_of(seed, files, {name: name for name in files}))
    report = desk.load(source="jira")
    assert found(desk) == expected(told), "the seed itself has only first values"
    assert any("'Omega' (1)" in r or "more" in r for r in report.remarks)
    assert desk.query("SELECT team, priority FROM tickets WHERE ticket_id = '10027'") == [("Alpha", "Highest")]
    assert not desk.load(source="jira").changed
