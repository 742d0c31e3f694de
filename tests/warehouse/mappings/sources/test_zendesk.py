"""The built-in source zendesk against what plain Python says of generated exports in Fivetran's layout, ticket by ticket."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.rounds import cases
from tests.warehouse.desk import Desk
from tests.warehouse.mappings.sources.desks import LINE, START, TEAMS, UNKNOWN_TEAMS, stories, traps
from tests.warehouse.mappings.sources.exports_b import Files, in_layout_of, write
from tests.warehouse.mappings.sources.truth import (
    Escalation,
    Story,
    at_once,
    gained,
    is_done,
    line_raises,
    priority_raises,
    reopenings,
    solutions,
    third_change,
)
from tests.warehouse.mappings.sources.zendesk_files import comment_rows, history_rows, reference, stamp, ticket_rows

ORDER = ("low", "normal", "high", "urgent")
DONE = {"solved", "closed"}
FOUND = "SELECT ticket_id, escalated_at, reason_code, from_team, to_team FROM escalations ORDER BY ALL"


def expected(all_stories: list[Story]) -> list[Escalation]:
    """What the built-in rules must find, by their description."""
    found: set[Escalation] = set()
    for story in all_stories:
        found |= (
            set(line_raises(story, LINE)) | set(priority_raises(story, ORDER)) | set(third_change(story, "team", True))
        )
        found |= set(gained(story, "tags", {"escalated", "escalation"}, "tagged"))
    return at_once(list(found), ("line_raised", "priority_raised", "tagged", "reassigned"))


def found(desk: Desk) -> list[Escalation]:
    return sorted(desk.query(FOUND), key=lambda e: tuple(str(v or "") for v in e))


def world(seed: int, count: int) -> list[Story]:
    return [*stories(seed, count, ORDER, tuple(sorted(DONE))), *traps(1, "low", "high", "urgent")]


def export(all_stories: list[Story], seed: int) -> Files:
    return {
        **reference(),
        "ticket_data": ticket_rows(all_stories),
        "ticket_field_history_data": history_rows(all_stories, random.Random(seed)),
    }


@pytest.mark.parametrize("ending", cases([".csv"], [".csv.gz", ".jsonl", ".parquet"]))
def test_escalations_and_resolutions_ticket_by_ticket(desk: Desk, ending: str) -> None:
    told = world(seed=11, count=120)
    write(desk.exports, export(told, 1), ending)
    report = desk.load(source="zendesk")
    assert found(desk) == expected(told)
    assert len(found(desk)) > 80
    resolved = sorted((s.ticket, at) for s in told for at in solutions(s, "status", DONE))
    assert sorted(desk.query("SELECT ticket_id, resolved_at FROM resolutions")) == resolved
    rows = {t: r for t, *r in desk.query("SELECT ticket_id, resolved_at, reopen_count, priority, team FROM tickets")}
    for story in told:
        solved = solutions(story, "status", DONE)
        own, count, priority, team = rows[story.ticket]
        assert own == (solved[-1] if is_done(story, "status", DONE) else None), story
        assert count == (reopenings(story, "status", DONE) if story.of("status") else None)
        assert priority == (story.of("priority")[0][1] if story.of("priority") else None), (
            "the first, not the raised one"
        )
        assert team == ((story.of("team")[-1][1] or None) if story.of("team") else None)
    assert any(all(repr(name)[:20] in r or name[:20] in r for name in UNKNOWN_TEAMS) for r in report.remarks)
    assert sum(f.rows_read for f in report.files) == sum(
        f.inserted + f.updated + f.unchanged + f.folded + f.set_aside for f in report.files
    )
    assert (report.totals["set_aside"], report.totals["emptied"]) == (0, 0)
    before = desk.query("SELECT * FROM escalations ORDER BY 1")
    assert not desk.load(source="zendesk").changed
    assert desk.query("SELECT * FROM escalations ORDER BY 1") == before


def test_each_trap_by_itself(desk: Desk) -> None:
    told = traps(1, "low", "high", "urgent")
    write(desk.exports, export(told, 2))
    desk.load(source="zendesk")
    counts = dict(
        desk.query("SELECT ticket_id::INT, count(*) FROM escalations WHERE reason_code <> 'reassigned' GROUP BY 1")
    )
    assert counts == {1: 1, 4: 1, 6: 1, 10: 2, 11: 2}
    assert desk.query("SELECT from_team, to_team, level, escalated_at FROM escalations WHERE ticket_id = '4'")[0] == (
        TEAMS["506"], "Tier 3 Engineering", "L3", START + timedelta(minutes=9),
    )  # fmt: skip
    assert desk.query("SELECT escalation_id FROM escalations WHERE ticket_id = '8'") == [("8/reassigned",)]


def test_one_update_that_two_rules_see_is_one_escalation(desk: Desk) -> None:
    later = START + timedelta(hours=1)
    told = [Story("1", START, [
        (START, "team", "Tier 1 Support"), (START, "priority", "low"), (later, "priority", "high"), (later, "team", "L2-EMEA"),
    ])]  # fmt: skip
    write(desk.exports, export(told, 2))
    desk.load(source="zendesk")
    assert desk.query("SELECT escalated_at, reason_code, reason, to_team FROM escalations") == [
        (later, "line_raised", "line_raised, priority_raised", "L2-EMEA")
    ]


def test_a_later_export_with_only_new_rows_adds_and_corrects(desk: Desk) -> None:
    told = world(seed=12, count=60)
    rows = history_rows(told, random.Random(3))
    files = {**reference(), "ticket_data": ticket_rows(told)}
    cut = START + timedelta(days=20)
    early = [r for r in rows if r["updated"] < stamp(cut)]
    late = [r for r in rows if r["updated"] >= stamp(cut)]
    assert early
    assert late
    first, second = desk.exports / "first", desk.exports / "second"
    write(
        first, {**files, "ticket_field_history": late}
    )  # the newer ones first: what comes later concerns an earlier time
    write(second, {"ticket_field_histories": early})
    desk.load(first, source="zendesk")
    assert found(desk) == expected([Story(s.ticket, s.created, [c for c in s.changes if c[0] >= cut]) for s in told]), (
        "only what this export proves"
    )
    report = desk.load(second, source="zendesk")
    assert report.changed
    assert found(desk) == expected(told)
    ids = desk.query("SELECT escalation_id FROM escalations ORDER BY 1")
    assert desk.load(first, source="zendesk").totals["updated"] > 0, "the priority at creation is known only now"
    for folder in (first, second, first):
        assert not desk.load(folder, source="zendesk").changed
    assert desk.query("SELECT escalation_id FROM escalations ORDER BY 1") == ids


def test_however_the_history_is_cut_into_exports_the_escalations_are_the_same(desk: Desk) -> None:
    told = world(seed=15, count=40)
    files = export(told, 12)
    rows = files.pop("ticket_field_history_data")
    write(desk.exports / "base", files)
    desk.load(desk.exports / "base", source="zendesk")
    for part in (2, 0, 1):
        write(desk.exports / f"part{part}", {"ticket_field_history": rows[part::3]})
        desk.load(desk.exports / f"part{part}", source="zendesk")
    assert found(desk) == expected(told)


def test_first_responses_and_replies(desk: Desk) -> None:
    told = world(seed=13, count=60)
    comments, truth = comment_rows(told, random.Random(4))
    write(desk.exports, {**export(told, 4), "ticket_comment_data": comments})
    desk.load(source="zendesk")
    rows = desk.query("SELECT ticket_id, first_response_at, customer_reply_count FROM tickets")
    assert {t: (a, n) for t, a, n in rows} == truth


def test_a_first_reply_after_its_target_is_a_breach(desk: Desk) -> None:
    told = [Story(str(i), START, [(START, "status", "open"), (START, "priority", "high")]) for i in range(1, 6)]
    told[4].changes.append((START + timedelta(minutes=20), "status", "solved"))
    policy = {"_fivetran_synced": stamp(START)}
    targets = [
        {**policy, "sla_policy_id": p, "index": "0", "sla_policy_updated_at": since, "business_hours": hours, "metric": metric,
         "priority": "high", "target": minutes}
        for p, since, hours, metric, minutes in (
            ("7", "2031-01-01 00:00:00", "FALSE", "first_reply_time", "60"),
            ("7", "2031-03-04 00:00:00", "FALSE", "first_reply_time", "1"),  # a later version, not of these tickets
            ("7", "2031-01-01 00:00:00", "FALSE", "requester_wait_time", "2"),
            ("8", "2031-01-01 00:00:00", "TRUE", "first_reply_time", "1"),  # in business hours: not judged
        )
    ]  # fmt: skip
    applied = [
        {**policy, "ticket_id": t, "sla_policy_id": p, "policy_applied_at": stamp(START)}
        for t, p in (("1", "7"), ("2", "7"), ("3", "7"), ("4", "8"), ("5", "7"))
    ]
    said = [
        {**policy, "id": f"{t}{m}", "created": stamp(START + timedelta(minutes=m)), "public": "TRUE", "ticket_id": t, "user_id": u,
         "body": "x"}
        for t, m, u in (("1", 0, "91"), ("1", 59, "71"), ("2", 0, "91"), ("2", 61, "71"), ("3", 0, "91"), ("4", 0, "91"), ("4", 300, "71"),
                        ("5", 0, "91"), ("5", 400, "71"))
    ]  # fmt: skip
    files = export(told, 5) | {
        "sla_policy_metric_history": targets, "ticket_sla_policy": applied, "ticket_comment": said,
    }  # fmt: skip
    write(desk.exports, files)
    desk.load(source="zendesk")
    breaches = desk.query(
        "SELECT ticket_id, escalated_at, trigger FROM escalations WHERE reason_code = 'sla_breach' ORDER BY 1"
    )
    due = START + timedelta(minutes=60)
    assert breaches == [("2", due, "system"), ("3", due, "system")], "5 was solved before; 3 has no reply to this day"


def test_without_comments_no_reply_is_judged(desk: Desk) -> None:
    told = traps(1, "low", "high", "urgent")
    write(desk.exports, export(told, 5) | {
        "sla_policy_metric_history": [{"sla_policy_id": "7", "index": "0", "sla_policy_updated_at": "2031-01-01 00:00:00",
            "business_hours": "FALSE", "metric": "first_reply_time", "priority": "low", "target": "1"}],
        "ticket_sla_policy": [{"ticket_id": "10", "sla_policy_id": "7", "policy_applied_at": stamp(START)}],
    })  # fmt: skip
    desk.load(source="zendesk")
    assert desk.query("SELECT count(*) FROM escalations WHERE reason_code = 'sla_breach'") == [(0,)]


def test_deleted_tickets_are_set_aside_and_earlier_loads_of_them_removed(desk: Desk) -> None:
    told = traps(1, "low", "high", "urgent")
    write(desk.exports, export(told, 6))
    desk.load(source="zendesk")
    assert desk.query("SELECT count(*) FROM tickets") == [(11,)]
    later = desk.exports / "later"
    write(later, {"ticket": ticket_rows(told, deleted=("1", "4"))})
    report = desk.load(later, source="zendesk")
    assert (report.totals["set_aside"], report.withdrawn) == (2, 2)
    assert {r.reason for r in desk.rejects() if r.table == "tickets"} == {"is deleted in Zendesk"}
    assert desk.query("SELECT count(*) FROM tickets") == [(9,)]
    assert desk.query("SELECT count(*) FROM escalations WHERE ticket_id IN ('1', '4')") == [(0,)]
    assert not desk.load(later, source="zendesk").changed


def test_history_of_tickets_that_come_later_waits_for_them(desk: Desk) -> None:
    told = traps(1, "low", "high", "urgent")
    files = export(told, 7)
    first, second = desk.exports / "first", desk.exports / "second"
    write(first, {**files, "ticket_data": files["ticket_data"][:1]})
    write(second, {"tickets": files["ticket_data"]})
    report = desk.load(first, source="zendesk")
    waiting = sum(r["ticket_id"].removesuffix(".0") != "1" for r in files["ticket_field_history_data"])
    assert report.totals["set_aside"] == waiting == len(desk.rejects())
    report = desk.load(second, source="zendesk")
    assert (report.adopted, desk.rejects()) == (waiting, [])
    assert found(desk) == expected(told)


def test_without_the_groups_their_ids_stay_and_the_report_says_so(desk: Desk) -> None:
    told = traps(1, "low", "high", "urgent")
    files = export(told, 8)
    groups = files.pop("group_data")
    write(desk.exports / "first", files)
    report = desk.load(desk.exports / "first", source="zendesk")
    assert any("groups" in r and "keep their ids" in r for r in report.remarks)
    assert {t for (t,) in desk.query("SELECT DISTINCT team FROM tickets WHERE team IS NOT NULL")} <= set(TEAMS)
    assert desk.query("SELECT count(*) FROM escalations WHERE reason_code = 'line_raised'") == [(0,)]
    write(desk.exports / "second", {"groups": groups})
    assert desk.load(desk.exports / "second", source="zendesk").changed
    assert found(desk) == expected(told), "the names came later, and with them the lines"


def test_a_tag_without_a_moment_is_an_escalation_at_an_unknown_time(desk: Desk) -> None:
    told = traps(1, "low", "high", "urgent")
    tags = [
        {"tag": "escalated", "ticket_id": "2"},
        {"tag": "vip", "ticket_id": "3"},
        {"tag": "escalated", "ticket_id": "2"},
    ]
    write(desk.exports, export(told, 9) | {"ticket_tag_data": tags})
    desk.load(source="zendesk")
    assert desk.query("SELECT ticket_id FROM tickets WHERE is_escalated") == [("2",)]


def test_times_that_cannot_be_read_and_rows_without_a_ticket_are_set_aside(desk: Desk) -> None:
    told = traps(1, "low", "high", "urgent")
    files = export(told, 10)
    row = files["ticket_field_history_data"][0]
    bad = [{**row, "updated": "soon", "field_name": "status"}, {**row, "ticket_id": ""}, {**row, "ticket_id": "999"}]
    write(desk.exports, {**files, "ticket_field_history_data": [*files["ticket_field_history_data"], *bad]})
    desk.load(source="zendesk")
    assert sorted((r.column, r.reason) for r in desk.rejects()) == [
        ("ticket_id", "is missing"),
        ("ticket_id", "names a ticket that is not loaded"),
        ("updated", "is not a time that can be read"),
    ]
    assert found(desk) == expected(told)


def test_changes_before_the_creation_are_listed_and_give_no_escalation(desk: Desk) -> None:
    story = Story(
        "1",
        START,
        [(START - timedelta(minutes=9), "priority", "low"), (START - timedelta(minutes=5), "priority", "high")],
    )
    write(desk.exports, export([story], 1))
    desk.load(source="zendesk")
    assert found(desk) == []
    assert [(r.column, r.reason) for r in desk.emptied()] == [("escalated_at", "is before its ticket was created")]
    assert not desk.load(source="zendesk").changed


def test_the_seed_folder_with_generated_rows_in_its_own_columns(desk: Desk, third_party) -> None:
    seed = third_party("dbt_seeds") / "dbt_zendesk"
    told = world(seed=14, count=40)
    files = export(told, 11)
    write(desk.exports, in_layout_of(seed, files, {name: name for name in files}))
    desk.load(source="zendesk")
    seeds = [
        ("11071", datetime(2020, 9, 30, 11, 1, 27), "priority_raised", None, None),
        ("11071", datetime(2020, 10, 15, 11, 1, 27), "priority_raised", None, None),
        ("11071", datetime(2020, 11, 2, 11, 1, 27), "priority_raised", None, None),
    ]
    assert found(desk) == sorted([*expected(told), *seeds], key=lambda e: tuple(str(v or "") for v in e))
    assert desk.query("SELECT resolved_at, closed_at, reopen_count FROM tickets WHERE ticket_id = '11071'") == [
        (datetime(2020, 11, 14, 11, 1, 27), datetime(2020, 11, 15, 11, 1, 27), 0)
    ]
    assert not desk.load(source="zendesk").changed


def test_the_seed_folder_loads_as_it_is(desk: Desk, third_party) -> None:
    report = desk.load(Path(third_party("dbt_seeds")) / "dbt_zendesk", source="zendesk")
    assert report.escalations_derived == 3
    assert desk.query("SELECT count(*) FROM tickets") == [(8,)], "ten, of which two are deleted"
