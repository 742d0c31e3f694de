"""The built-in source intercom against what plain Python says of generated exports in Fivetran's layout, conversation by conversation."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from tests.rounds import cases
from tests.warehouse.desk import Desk
from tests.warehouse.mappings.sources.desks import LINE, START, TEAMS, stories, traps
from tests.warehouse.mappings.sources.exports_b import Files, Row, in_layout_of, write
from tests.warehouse.mappings.sources.truth import (
    Escalation,
    Story,
    at_once,
    is_done,
    line_raises,
    priority_raises,
    reopenings,
    solutions,
    third_change,
)
from tests.warehouse.mappings.sources.zendesk_files import NASTY, stamp

ORDER = ("not_priority", "priority")
DONE = {"closed"}
ADMINS = {"801": "501", "802": "502", "804": "504"}  # a person's team
RULES = ("line_raised", "priority_raised", "sla_breach", "tagged", "reassigned")


def assignee(team: str, rng: random.Random) -> tuple[str, str]:
    """Whom a conversation of a team is assigned to: the team, or somebody in it."""
    own = {v: k for k, v in TEAMS.items()}.get(team, "")
    people = [admin for admin, of in ADMINS.items() if of == own]
    if people and rng.random() < 0.5:
        return people[0], "admin"
    return (own, "team") if own else ("", "")


def versions(told: Sequence[Story], rng: random.Random) -> list[Row]:
    """One row for each moment at which a conversation changed, in no order, each with all its values of that moment."""
    rows = []
    for story in told:
        now = {"team": "", "priority": "", "status": "open"}
        moments = sorted({story.created, *(at for at, _, _ in story.changes)})
        for moment in moments:
            now |= {name: value for at, name, value in story.changes if at == moment}
            who, kind = assignee(now["team"], rng)
            rows.append({
                "id": story.ticket, "created_at": stamp(story.created), "updated_at": stamp(moment), "state": now["status"],
                "priority": now["priority"], "assignee_id": who, "assignee_type": kind, "source_body": NASTY, "source_subject": "",
                "source_type": "conversation", "_fivetran_start": stamp(moment), "_fivetran_synced": stamp(moment),
                "_fivetran_active": str(moment == moments[-1]).lower(), "conversation_rating_value": "",
            })  # fmt: skip
    rng.shuffle(rows)
    return rows


def export(told: Sequence[Story], seed: int) -> Files:
    return {
        "conversation_history_data": versions(told, random.Random(seed)),
        "team_data": [{"id": k, "name": v, "_fivetran_synced": stamp(START)} for k, v in TEAMS.items()],
        "team_admin_data": [{"admin_id": a, "team_id": t, "_fivetran_synced": stamp(START)} for a, t in ADMINS.items()],
        "admin_data": [{"id": a, "name": f"Person {a}", "_fivetran_synced": stamp(START)} for a in ADMINS],
        "company_history_data": [
            {"id": "c1", "updated_at": stamp(START + timedelta(days=d)), "name": n, "created_at": stamp(START)}
            for d, n in ((2, "Acme AG"), (1, "Acme"))
        ],
        "conversation_contact_history_data": [
            {"conversation_id": s.ticket, "contact_id": c, "conversation_updated_at": stamp(START), "_fivetran_active": a}
            for s in told
            for c, a in (("p1", "true"), ("p2", "false"))
        ],
        "contact_company_history_data": [
            {"contact_id": "p1", "company_id": "c1", "contact_updated_at": stamp(START), "_fivetran_active": "true"},
            {"contact_id": "p2", "company_id": "c2", "contact_updated_at": stamp(START), "_fivetran_active": "true"},
        ],
    }  # fmt: skip


def expected(told: Sequence[Story]) -> list[Escalation]:
    found: set[Escalation] = set()
    for story in told:
        found |= set(line_raises(story, LINE)) | set(priority_raises(story, ORDER))
        found |= set(third_change(story, "team", True))
    return at_once(list(found), RULES)


def found(desk: Desk) -> list[Escalation]:
    rows = desk.query("SELECT ticket_id, escalated_at, reason_code, from_team, to_team FROM escalations")
    return sorted(rows, key=lambda e: tuple(str(v or "") for v in e))


def world(seed: int, count: int) -> list[Story]:
    told = [*stories(seed, count, ORDER, tuple(DONE)), *traps(1, "not_priority", "priority", "priority")]
    for story in told:
        story.changes = [c for c in story.changes if c[1] != "tags"]
    return told


@pytest.mark.parametrize("ending", cases([".jsonl"], [".csv"]))
def test_versions_become_conversations_and_their_escalations(desk: Desk, ending: str) -> None:
    told = world(seed=31, count=120)
    write(desk.exports, export(told, 1), ending)
    report = desk.load(source="intercom")
    assert found(desk) == expected(told)
    assert len(found(desk)) > 60
    resolved = sorted((s.ticket, at) for s in told for at in solutions(s, "status", DONE))
    assert sorted(desk.query("SELECT ticket_id, resolved_at FROM resolutions")) == resolved
    rows = {
        t: r
        for t, *r in desk.query("SELECT ticket_id, resolved_at, reopen_count, priority, team, account_id FROM tickets")
    }
    assert len(rows) == len(told)
    for story in told:
        solved = solutions(story, "status", DONE)
        own, count, priority, team, account = rows[story.ticket]
        assert own == (solved[-1] if is_done(story, "status", DONE) else None)
        assert count == reopenings(story, "status", DONE)
        assert priority == (story.of("priority")[0][1] if story.of("priority") else None)
        assert team == ((story.of("team")[-1][1] or None) if story.of("team") else None)
        assert account == "c1"
    assert desk.query("SELECT account_id, name FROM accounts") == [("c1", "Acme AG")]
    assert desk.query("SELECT team FROM agents ORDER BY agent_id") == [(TEAMS[t],) for t in ("501", "502", "504")]
    assert (report.totals["set_aside"], report.totals["emptied"]) == (0, 0)
    assert not desk.load(source="intercom").changed


def part(ticket: str, minutes: int, **values: str) -> Row:
    moment = stamp(START + timedelta(minutes=minutes))
    return {
        "id": f"{ticket}{minutes}", "updated_at": moment, "created_at": moment, "conversation_id": ticket, "author_id": "801",
        "author_type": "admin", "part_type": "note", "assigned_to_id": "", "assigned_to_type": "", "body": NASTY, **values,
    }  # fmt: skip


def test_parts_tell_assignments_closings_and_replies(desk: Desk) -> None:
    told = [Story("1", START, [(START, "team", "Tier 1 Support"), (START, "status", "open")])]
    parts = [
        part("1", 5, part_type="comment", author_type="user", author_id="p1"),
        part("1", 7, part_type="comment", author_type="bot"),
        part("1", 9, part_type="comment"),
        part("1", 11, part_type="assignment", assigned_to_id="502", assigned_to_type="team"),
        part("1", 20, part_type="close"),
        part("1", 30, part_type="comment", author_type="user", author_id="p1"),
        part("1", 31, part_type="open"),
        part("1", 40, part_type="close"),
        part(
            "1", 40, part_type="close", updated_at=stamp(START + timedelta(days=1))
        ),  # the same part, seen again later
    ]
    write(desk.exports, export(told, 1) | {"conversation_part_history_data": parts})
    desk.load(source="intercom")

    def after(minutes: int) -> datetime:
        return START + timedelta(minutes=minutes)

    assert desk.query("SELECT escalated_at, from_team, to_team, escalated_by FROM escalations") == [
        (after(11), "Tier 1 Support", "L2-EMEA", "801")
    ]
    assert desk.query("SELECT resolved_at FROM resolutions ORDER BY 1") == [(after(20),), (after(40),)]
    assert desk.query("SELECT first_response_at, customer_reply_count, reopen_count, resolved_at FROM tickets") == [
        (after(9), 2, 1, after(40))
    ]
    assert not desk.load(source="intercom").changed


def test_a_missed_sla_and_a_tag_are_escalations_once(desk: Desk) -> None:
    told = [
        Story(str(i), START, [(START, "team", "Retail2"), (START + timedelta(hours=i), "status", "open")])
        for i in (1, 2, 3)
    ]
    files = export(told, 1)
    for row in files["conversation_history_data"]:
        row["sla_status"] = "missed" if row["id"] == "2" and row["updated_at"] > stamp(START) else "active"
    files["tag_data"] = [
        {"id": "61", "_fivetran_deleted": "FALSE", "_fivetran_synced": stamp(START), "name": " Escalated  "},
        {"id": "62", "_fivetran_deleted": "FALSE", "_fivetran_synced": stamp(START), "name": "VIP"},
    ]
    files["conversation_tag_history_data"] = [
        {"tag_id": tag, "conversation_id": "3", "conversation_updated_at": stamp(START), "_fivetran_start": stamp(START + timedelta(hours=h)),
         "_fivetran_active": "true"}
        for h in (4, 5, 6) for tag in ("61", "62")
    ]  # fmt: skip
    write(desk.exports, files)
    desk.load(source="intercom")
    assert desk.query("SELECT ticket_id, escalated_at, reason_code, trigger FROM escalations ORDER BY 1") == [
        ("2", START + timedelta(hours=2), "sla_breach", "system"),
        ("3", START + timedelta(hours=4), "tagged", "agent"),
    ]


def test_a_later_export_with_only_newer_versions(desk: Desk) -> None:
    told = world(seed=32, count=60)
    files = export(told, 2)
    rows = sorted(files.pop("conversation_history_data"), key=lambda r: r["updated_at"])
    write(desk.exports / "first", {**files, "conversation_history": rows[:100]})
    write(desk.exports / "second", {"conversation_histories": rows[100:]})
    desk.load(desk.exports / "first", source="intercom")
    desk.load(desk.exports / "second", source="intercom")
    assert found(desk) == expected(told)
    priorities = {s.ticket: s.of("priority")[0][1] if s.of("priority") else None for s in told}
    assert dict(desk.query("SELECT ticket_id, priority FROM tickets")) == priorities


def test_the_seed_folder_with_generated_rows_in_its_own_columns(desk: Desk, third_party) -> None:
    seed = third_party("dbt_seeds") / "dbt_intercom_source"
    told = world(seed=33, count=40)
    files = export(told, 3)
    write(desk.exports, in_layout_of(seed, files, {name: name for name in files}))
    report = desk.load(source="intercom")
    assert found(desk) == expected(told), "in the seed nothing moves"
    assert desk.query("SELECT resolved_at FROM tickets WHERE ticket_id = '156643300001311'") == [
        (datetime(2020, 11, 2, 14, 17, 59),)
    ]
    assert report.totals["set_aside"] == 0
    assert not desk.load(source="intercom").changed
