"""When an escalated ticket is resolved, and what a time, a percentile and a breach are."""

from __future__ import annotations

import pytest

from analyst_agent.errors import NotPermitted
from analyst_agent.records import Filter
from tests.soundness.desk import Desk, days, escalation, month, resolution, ticket

OCTOBER = month("2026-10")
HOUR = 60.0


def test_a_resolution_before_the_escalation_does_not_count():
    """-24 h (the ticket's first resolution) instead of 48 h: it was resolved, escalated, and resolved again."""
    desk = Desk(
        tickets=[ticket("A", "2026-10-01 10:00", resolved_at="2026-10-05 10:00")],
        escalations=[escalation("A", "2026-10-06 10:00")],
        resolutions=[resolution("A", "2026-10-05 10:00"), resolution("A", "2026-10-08 10:00"), resolution("A", "2026-10-12 10:00")],
    )  # fmt: skip
    assert desk.value("mean_resolution_minutes", period=OCTOBER) == 48 * HOUR
    assert desk.value("open_escalated_count", period=OCTOBER) == 0


def test_the_tickets_own_time_wins_over_a_resolution_row():
    """2 h (the earliest resolution row after the escalation) instead of 5 h (the ticket's own resolved_at)."""
    desk = Desk(
        tickets=[ticket("A", "2026-10-01", resolved_at="2026-10-06 15:00")],
        escalations=[escalation("A", "2026-10-06 10:00")],
        resolutions=[resolution("A", "2026-10-06 12:00")],
    )
    assert desk.value("mean_resolution_minutes", period=OCTOBER) == 5 * HOUR


def test_a_ticket_resolved_only_before_its_escalation_is_open():
    """0 open (it has a resolved_at) instead of 1, and a negative time in the mean."""
    desk = Desk(
        tickets=[ticket("A", "2026-10-01", resolved_at="2026-10-02"), ticket("B", "2026-10-01", resolved_at="2026-10-07 10:00")],
        escalations=[escalation("A"), escalation("B", "2026-10-06 10:00")],
        resolutions=[resolution("A", "2026-10-02")],
    )  # fmt: skip
    [row] = desk.ask("open_escalated_count resolved_share mean_resolution_minutes", "", period=OCTOBER).rows
    assert (row["open_escalated_count"], row["resolved_share"]) == (1, 0.5)
    assert row["mean_resolution_minutes"] == 24 * HOUR
    assert (row["mean_resolution_minutes__n"], row["mean_resolution_minutes__open"]) == (1, 1)


def test_a_resolution_at_the_moment_of_the_escalation_counts():
    """Open (a strict comparison) instead of resolved after 0 minutes."""
    desk = Desk(
        tickets=[ticket("A", resolved_at="2026-10-06 10:00")], escalations=[escalation("A", "2026-10-06 10:00")]
    )
    assert desk.value("open_escalated_count", period=OCTOBER) == 0
    assert desk.value("mean_resolution_minutes", period=OCTOBER) == 0.0


def test_an_open_ticket_is_left_out_of_the_mean_and_counted():
    """12 h (open counts as zero) instead of 24 h with one open."""
    desk = Desk(
        tickets=[ticket("A", resolved_at="2026-10-07 10:00"), ticket("B")],
        escalations=[escalation("A"), escalation("B")],
    )
    [row] = desk.ask(
        "mean_resolution_minutes median_resolution_minutes p90_resolution_minutes", "", period=OCTOBER
    ).rows
    for name in ("mean", "median", "p90"):
        assert row[f"{name}_resolution_minutes"] == 24 * HOUR
        assert row[f"{name}_resolution_minutes__open"] == 1


def test_minutes_keep_their_seconds():
    """1 minute (differences of clock minutes) for 59.5 seconds over the turn of a minute."""
    desk = Desk(
        tickets=[ticket("A", "2026-10-05 10:00:30.250")], escalations=[escalation("A", "2026-10-05 10:01:29.750")]
    )
    assert desk.value("mean_time_to_escalation", period=OCTOBER) == pytest.approx(59.5 / 60)


def test_the_ninetieth_percentile_interpolates():
    """9 h (nearest rank below) or 10 h (above) instead of 9.1 h: position 0.9 x 9 between the ninth and tenth of ten."""
    ids = [f"T{n}" for n in range(1, 11)]
    desk = Desk(
        tickets=[ticket(t, "2026-10-05", resolved_at=f"2026-10-06T{n:02d}:00") for n, t in enumerate(ids, 1)],
        escalations=[escalation(t, "2026-10-06 00:00") for t in ids],
    )
    assert desk.value("p90_resolution_minutes", period=OCTOBER) == pytest.approx(9.1 * HOUR)
    assert desk.value("median_resolution_minutes", period=OCTOBER) == pytest.approx(5.5 * HOUR)


def test_an_open_ticket_breaches_its_sla_when_the_data_end_after_it():
    """0.33 (open ones never breach), or 1.0 (by today's clock), instead of 0.5 (1 late, 1 open and past, 1 open and not due, 1 in time)."""
    desk = Desk(
        tickets=[
            ticket("late", sla_due_at="2026-10-07", resolved_at="2026-10-08"),
            ticket("past", sla_due_at="2026-10-09"),
            ticket("due later", sla_due_at="2026-10-30"),
            ticket("in time", sla_due_at="2026-10-09", resolved_at="2026-10-08"),
            ticket("none"),
            ticket("not escalated", "2026-10-15", sla_due_at="2026-10-05"),
        ],
        escalations=[escalation(t) for t in ("late", "past", "due later", "in time", "none")],
    )
    [row] = desk.ask("sla_breach_rate", "", period=OCTOBER).rows
    assert (row["sla_breach_rate"], row["sla_breach_rate__n"], row["sla_breach_rate__missing"]) == (0.5, 4, 1)


def test_an_unknown_time_of_escalation_counts_by_creation_and_is_said():
    """0 escalated tickets in October (no escalated_at in it), or a mean time to escalation of 0."""
    desk = Desk(
        tickets=[
            ticket("A", is_escalated=True),
            ticket("B", is_escalated=False),
            ticket("C"),
            ticket("D", "2026-09-01", is_escalated=True),
        ]
    )
    result = desk.ask("escalation_rate escalated_ticket_count", "", period=OCTOBER)
    assert result.rows[0]["escalated_ticket_count"] == 1
    assert result.rows[0]["escalation_rate"] == pytest.approx(1 / 3)
    assert any("unknown" in note and "day of creation" in note for note in result.caveats)
    for metric in (
        "mean_time_to_escalation",
        "mean_resolution_minutes",
        "p90_resolution_minutes",
        "mean_minutes_to_acknowledge",
    ):
        with pytest.raises(NotPermitted, match="time of escalation is unknown for all 1 "):
            desk.value(metric, period=OCTOBER)
    events = desk.ask("escalation_event_count", "", period=OCTOBER)
    assert events.rows[0]["escalation_event_count"] == 0
    assert any("1 escalated tickets" in note and "unknown" in note for note in events.caveats)


def test_some_unknown_times_are_left_out_of_means_and_counted():
    """12 h (an unknown time as zero) instead of 24 h over the one that is known."""
    desk = Desk(tickets=[ticket("A"), ticket("B", is_escalated=True)], escalations=[escalation("A")])
    result = desk.ask("mean_time_to_escalation", "", period=OCTOBER)
    assert result.rows[0]["mean_time_to_escalation"] == 24 * HOUR
    assert result.rows[0]["mean_time_to_escalation__missing"] == 1
    assert any("For 1 escalated tickets the time of escalation is unknown" in note for note in result.caveats)


def test_a_flag_with_a_real_escalation_is_one_escalation():
    """2 escalated tickets (the flag and the row) or a re-escalation, instead of 1 in October, when it happened."""
    desk = Desk(tickets=[ticket("A", "2026-09-29", is_escalated=True)], escalations=[escalation("A", "2026-10-02")])
    assert desk.split("escalated_ticket_count", "month", period=days("2026-09-01", "2026-11-01")) == {
        "2026-09": 0,
        "2026-10": 1,
    }
    assert desk.value("re_escalation_rate", period=OCTOBER) == 0.0


def test_a_row_without_time_gives_way_to_one_with():
    """Counted in September, by creation, because the row without a time sorted first; the reason is that of the known one."""
    desk = Desk(
        tickets=[ticket("A", "2026-09-29")],
        escalations=[escalation("A", None, reason_code="delay"), escalation("A", "2026-10-02", reason_code="bug")],
    )
    assert desk.split("escalated_ticket_count", "root_cause", period=OCTOBER) == {"product_bug": 1}


def test_reason_and_team_are_those_of_the_first_escalation():
    """`policy` of the later row (whichever came last in the file) instead of `bug` of the earlier one."""
    desk = Desk(
        tickets=[ticket("A")],
        escalations=[
            escalation("A", "2026-10-09", reason_code="policy", to_team="Legal"),
            escalation("A", "2026-10-06", reason_code="bug", to_team="Engineering"),
        ],
    )
    assert desk.split("escalated_ticket_count", "root_cause", period=OCTOBER) == {"product_bug": 1}
    assert desk.split("escalated_ticket_count", "to_team", period=OCTOBER) == {"Engineering": 1}


def test_a_resolution_filter_does_not_change_when_a_ticket_was_resolved():
    """48 h (the refund's own time) instead of 24 h (the first resolution after the escalation)."""
    desk = Desk(
        tickets=[ticket("A")],
        escalations=[escalation("A", "2026-10-06 10:00")],
        resolutions=[resolution("A", "2026-10-07 10:00", resolution_type="fix"), resolution("A", "2026-10-08 10:00", resolution_type="refund")],
    )  # fmt: skip
    assert desk.value("mean_resolution_minutes", Filter("resolution_type", "=", "refund"), period=OCTOBER) == 24 * HOUR
