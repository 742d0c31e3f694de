"""What a missing value does to a mean, a share, a sum and a cost."""

from __future__ import annotations

import pytest

from analyst_agent.errors import NotPermitted
from analyst_agent.records import Filter, SemanticQuery
from analyst_agent.settings import Settings
from tests.soundness.desk import Desk, days, escalation, month, resolution, ticket

OCTOBER = month("2026-10")


def test_a_missing_score_is_not_zero():
    """2.0 (the unanswered as 0) instead of 4.0 with one left out."""
    desk = Desk(tickets=[ticket("A", csat=4), ticket("B")], escalations=[escalation("A"), escalation("B")])
    result = desk.ask("mean_csat", "", period=OCTOBER)
    assert (result.rows[0]["mean_csat"], result.rows[0]["mean_csat__n"], result.rows[0]["mean_csat__missing"]) == (
        4.0,
        1,
        1,
    )
    assert any("1 without a value" in note for note in result.caveats)


def test_a_score_that_nobody_gave_is_empty():
    """0 (or an error) where there is no score at all."""
    desk = Desk(tickets=[ticket("A")], escalations=[escalation("A")])
    assert desk.value("mean_csat", period=OCTOBER) is None
    assert any("no object" in note for note in desk.ask("mean_csat", "", period=OCTOBER).caveats)


def test_the_score_is_that_of_escalated_tickets():
    """3.0 (all tickets) instead of 1.0."""
    desk = Desk(tickets=[ticket("A", csat=1), ticket("B", csat=5)], escalations=[escalation("A")])
    assert desk.value("mean_csat", period=OCTOBER) == 1.0


@pytest.mark.parametrize(
    ("metric", "column", "values", "expected"),
    [
        ("reopen_rate", "reopen_count", [0, 2, None], (0.5, 2, 1, 1)),
        ("mean_handle_minutes", "handle_minutes", [10, 30, None], (20.0, 2, 1, None)),
    ],
)
def test_rows_without_the_value_are_left_out_and_counted(metric, column, values, expected):
    """1/3 reopened (unknown as no) instead of 1/2; 13.3 minutes instead of 20."""
    desk = Desk(
        tickets=[ticket(str(i), **{column: v}) for i, v in enumerate(values)],
        escalations=[escalation(str(i)) for i in range(3)],
    )
    [row] = desk.ask(metric, "", period=OCTOBER).rows
    assert (row[metric], row[f"{metric}__n"], row[f"{metric}__missing"], row.get(f"{metric}__numerator")) == expected


def test_unmarked_escalations_are_neither_necessary_nor_unnecessary():
    """1/3 or 2/3 instead of 1/2 among those with a mark."""
    desk = Desk(
        tickets=[ticket(t) for t in "ABC"],
        escalations=[escalation("A", necessary=False), escalation("B", necessary=True), escalation("C")],
    )
    [row] = desk.ask("unnecessary_share", "", period=OCTOBER).rows
    assert (row["unnecessary_share"], row["unnecessary_share__n"], row["unnecessary_share__missing"]) == (0.5, 2, 1)
    assert desk.split("escalated_ticket_count", "necessary", period=OCTOBER) == {
        "necessary": 1,
        "unnecessary": 1,
        None: 1,
    }


def test_escalations_that_nobody_acknowledged_are_left_out_and_counted():
    """15 minutes (never acknowledged as 0) instead of 30."""
    desk = Desk(
        tickets=[ticket("A"), ticket("B")],
        escalations=[escalation("A", "2026-10-06 10:00", acknowledged_at="2026-10-06 10:30"), escalation("B")],
    )
    [row] = desk.ask("mean_minutes_to_acknowledge", "", period=OCTOBER).rows
    assert (row["mean_minutes_to_acknowledge"], row["mean_minutes_to_acknowledge__missing"]) == (30.0, 1)


def test_a_mean_is_no_mean_of_means():
    """37.5 minutes per resolution ((60 + 15) / 2 over tickets) instead of 30 over the three resolutions."""
    desk = Desk(
        tickets=[ticket("A"), ticket("B")],
        resolutions=[
            resolution("A", minutes=60), resolution("B", minutes=10), resolution("B", "2026-10-09", minutes=20), resolution("B", "2026-10-10")
        ],
    )  # fmt: skip
    [row] = desk.ask("resolution_minutes total_resolution_minutes resolution_count", "", period=OCTOBER).rows
    assert (row["resolution_minutes"], row["total_resolution_minutes"], row["resolution_count"]) == (30.0, 90.0, 4)
    assert row["resolution_minutes__missing"] == 1


def cost_desk() -> Desk:
    return Desk(
        tickets=[
            ticket("A", handle_minutes=60, channel="chat"),
            ticket("B", handle_minutes=120, channel="mail"),
            ticket("C", channel="mail"),
            ticket("D", channel="phone"),
            ticket("E", "2026-09-05", handle_minutes=600, channel="mail"),
        ],
        escalations=[*(escalation(t) for t in "ABCD"), escalation("E", "2026-09-06")],
    )


def test_the_parts_of_a_cost_add_up_to_the_whole():
    """mail 180 (its own mean of 120 for C) + chat 45 + phone unknown, instead of C and D at 90, the mean of the whole period: 270 in all."""
    desk = cost_desk()
    hourly = 45.0
    whole = desk.value("estimated_cost", period=OCTOBER)
    assert whole == pytest.approx((60 + 120 + 90 + 90) / 60 * hourly)
    parts = desk.split("estimated_cost", "channel", period=OCTOBER)
    assert parts == pytest.approx({"chat": 45.0, "mail": 157.5, "phone": 67.5})
    filtered = [desk.value("estimated_cost", Filter("channel", op, "mail"), period=OCTOBER) for op in ("=", "!=")]
    assert filtered == pytest.approx([157.5, 112.5])
    result = desk.ask("estimated_cost", "", period=OCTOBER)
    assert (result.rows[0]["estimated_cost__n"], result.rows[0]["estimated_cost__missing"]) == (4, 2)
    assert any("missing for 2 of 4" in note for note in result.caveats)


def test_the_handle_times_of_another_period_do_not_count():
    """C and D at 260 (the mean of all that is loaded) instead of 90."""
    desk = cost_desk()
    assert desk.value("estimated_cost", period=month("2026-09")) == pytest.approx(600 / 60 * 45)
    assert desk.value("estimated_cost", period=days("2026-09-01", "2026-11-01")) == pytest.approx(
        (780 + 2 * 260) / 60 * 45
    )


def test_a_cost_without_any_known_time_says_what_it_assumes():
    """0, or nothing, or an unexplained figure, instead of 30 minutes each and a sentence about it."""
    desk = Desk(tickets=[ticket("A"), ticket("B")], escalations=[escalation("A"), escalation("B")])
    result = desk.ask("estimated_cost", "", period=OCTOBER)
    assert result.rows[0]["estimated_cost"] == pytest.approx(45.0)
    assert any("30 minutes, the default" in note for note in result.caveats)


def test_the_cost_of_the_question_wins_over_the_workspaces():
    """67.5 (45 an hour) where the question said 100 an hour."""
    desk = Desk(
        settings=Settings(cost_per_hour=80.0), tickets=[ticket("A", handle_minutes=90)], escalations=[escalation("A")]
    )
    assert desk.value("estimated_cost", period=OCTOBER) == pytest.approx(120.0)
    asked = desk.engine.run(SemanticQuery(("estimated_cost",), period=OCTOBER, cost_per_hour=100.0))
    assert asked.rows[0]["estimated_cost"] == pytest.approx(150.0)
    for nonsense in (float("inf"), float("nan"), -1.0):
        with pytest.raises(NotPermitted, match="no cost per hour"):
            desk.engine.run(SemanticQuery(("estimated_cost",), cost_per_hour=nonsense))


def test_an_empty_column_is_said_and_not_one_group():
    """One group without a name that holds all tickets, read as "no difference between channels"."""
    desk = Desk(tickets=[ticket("A", priority="P1")])
    with pytest.raises(NotPermitted, match="no channel") as refused:
        desk.ask("ticket_count", "channel")
    assert "priority" in refused.value.hint


def test_nothing_loaded_is_no_error():
    """A division by zero, or a crash, where there is no ticket yet."""
    desk = Desk()
    assert desk.value("ticket_count") == 0
    assert desk.value("escalation_rate") is None
    assert desk.ask("escalation_rate", "tier").rows == ()
    assert desk.engine.first_day is None
