"""The brief of the day: counts counted again, what is unusual, who needs a person and why, and where the data end."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from analyst_agent.claims import claims_of
from analyst_agent.claims.wording import wording_of
from analyst_agent.errors import OutsideData
from analyst_agent.records import Filter, Finding
from analyst_agent.resources import builtin_dir
from analyst_agent.semantic.periods import build
from analyst_agent.skillkit import load_skills
from benchmarks.calibration.daily_brief import alarm
from benchmarks.calibration.desks import Shape, desk
from benchmarks.calibration.desks import context_of as simulated
from tests.skills.helpdesk import Rows, context_of

daily_brief = load_skills(builtin_dir("skills"))["daily_brief"].function
END = datetime(2026, 11, 2, 22)


def _rows() -> Rows:
    """Ten tickets a day for twelve weeks up to the evening of Monday 2 November 2026; some escalated ones are open."""
    rows: Rows = {name: [] for name in ("accounts", "agents", "tickets", "escalations", "resolutions")}
    rows["accounts"] = [{"account_id": "A1", "name": "Acme Works", "tier": "Enterprise", "region": "EMEA"}]
    first = datetime(2026, 8, 10, 6)
    for day in range(85):
        for n in range(10):
            at = first + timedelta(days=day, hours=n)
            name = f"T{day:02}-{n}"
            rows["tickets"].append(
                {"ticket_id": name, "created_at": at, "account_id": "A1", "resolved_at": at + timedelta(minutes=50)}
            )
    rows["tickets"].append({"ticket_id": "LAST", "created_at": END, "account_id": "A1"})
    return rows


def _open(rows: Rows, name: str, hours_ago: float, **more: object) -> None:
    at = END - timedelta(hours=hours_ago)
    due = more.pop("due_in", None)
    ticket = {"ticket_id": name, "created_at": at - timedelta(hours=1), "account_id": "A1", "priority": "P2", "subject": "call ana@acme.example now"}  # fmt: skip
    if due is not None:
        ticket["sla_due_at"] = END + timedelta(hours=float(str(due)))
    rows["tickets"].append(ticket)
    rows["escalations"].append(
        {"escalation_id": f"E{name}", "ticket_id": name, "escalated_at": at, "level": "L2", "to_team": "Desk",
         "acknowledged_at": at + timedelta(minutes=5), "reason_code": "bug", **more}
    )  # fmt: skip


def _counts(finding: Finding) -> dict[str, object]:
    return {f.metric: f.value for f in finding.facts if f.reference == "usual"}


def _reasons(finding: Finding) -> dict[str, str]:
    table = next((t for t in finding.tables if "need a person" in t.title), None)
    return {str(row[0]): str(row[-1]) for row in table.rows} if table else {}


def test_the_day_is_counted_beside_the_same_weekday():
    finding = daily_brief(context_of(_rows()))
    assert (finding.period.start, finding.period.days) == (date(2026, 11, 2), 1)
    assert _counts(finding)["ticket_count"] == 11
    fact = next(f for f in finding.facts if f.metric == "ticket_count")
    assert fact.reference_value == 10


def test_a_day_far_above_is_unusual_and_one_that_is_cut_is_not_called_low():
    rows = _rows()
    rows["tickets"] += [
        {"ticket_id": f"X{n}", "created_at": datetime(2026, 10, 29, 9), "account_id": "A1"} for n in range(60)
    ]
    busy = daily_brief(context_of(rows), period=build(date(2026, 10, 29), date(2026, 10, 30)))
    assert next(f for f in busy.facts if f.metric == "ticket_count").significant is True
    rows["tickets"] = [t for t in rows["tickets"] if not str(t["ticket_id"]).startswith("T84")]
    cut = daily_brief(context_of(rows))
    assert next(f for f in cut.facts if f.metric == "ticket_count").significant is None
    assert "day_incomplete" in {c.code for c in cut.caveats}


def test_each_ticket_that_needs_a_person_says_why_and_the_urgent_come_first():
    rows = _rows()
    _open(rows, "OLD", 800, due_in=-700)
    _open(rows, "JUST", 30, due_in=-2)
    _open(rows, "SOON", 10, due_in=5)
    _open(rows, "UNSEEN", 3, acknowledged_at=None, due_in=90)
    _open(rows, "FINE", 3, due_in=90)
    context = context_of(rows)
    finding = daily_brief(context)
    assert _reasons(finding) == {
        "JUST": "over its SLA since yesterday",
        "SOON": "SLA due within a day",
        "UNSEEN": "not acknowledged",
        "OLD": "over its SLA for longer",
    }
    assert list(_reasons(finding))[-1] == "OLD"
    text = " ".join(claim.text for claim in claims_of(finding, wording_of(context.model)))
    assert "4 of 5 open escalated tickets need a person" in text
    waiting = {f.dimensions["ticket"]: f.value for f in finding.facts if f.metric == "waiting_minutes"}
    assert waiting["SOON"] == 600.0
    assert "ana@acme.example" not in str(finding.tables)


def test_without_any_acknowledgement_recorded_nobody_is_said_to_wait_for_one():
    rows = _rows()
    _open(rows, "UNSEEN", 3, acknowledged_at=None)
    finding = daily_brief(context_of(rows))
    assert _reasons(finding) == {}
    assert "no_acknowledgements" in {c.code for c in finding.caveats}


def test_conditions_hold_on_every_number():
    rows = _rows()
    _open(rows, "JUST", 30, due_in=-2)
    rows["tickets"].append({"ticket_id": "ONE", "created_at": datetime(2026, 9, 1, 9), "priority": "P1"})
    finding = daily_brief(context_of(rows), where=(Filter("priority", "=", "P1"),))
    assert _counts(finding).get("ticket_count", 0) == 0
    assert _reasons(finding) == {}


def test_a_day_outside_the_data_is_refused():
    with pytest.raises(OutsideData):
        daily_brief(context_of(_rows()), period=build(date(2024, 1, 1), date(2024, 1, 2)))


def test_quiet_desks_are_not_called_unusual():
    assert sum(alarm(daily_brief(simulated(desk(seed, Shape(tickets=2500))))) for seed in range(8)) <= 2
