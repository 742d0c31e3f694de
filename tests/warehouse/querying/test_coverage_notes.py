"""A number that rests on a column with gaps says so: how much is recorded, where it begins or ends; and is silent where it changes nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from analyst_agent.records import Filter, Period, SemanticQuery
from tests.soundness.desk import Desk

MAY_TO_AUGUST = Period(date(2026, 5, 1), date(2026, 9, 1))
FIRST = datetime(2026, 5, 1, 9)


def tickets(count: int = 120, **columns):
    """One escalated ticket a day from 1 May 2026; a column's function gives its value from the number of the ticket."""
    made = []
    for n in range(count):
        row = {"ticket_id": f"T{n}", "created_at": FIRST + timedelta(days=n), "product_area": "Reports"}
        made.append(row | {name: value(n) for name, value in columns.items()})
    return made


def escalations(count: int = 120, **columns):
    return [
        {"escalation_id": f"E{n}", "ticket_id": f"T{n}", "escalated_at": FIRST + timedelta(days=n, hours=1)}
        | {name: value(n) for name, value in columns.items()}
        for n in range(count)
    ]


def notes(desk: Desk, *metrics: str, by=(), where=(), period=MAY_TO_AUGUST) -> list[str]:
    said = desk.engine.run(SemanticQuery(metrics, tuple(by), tuple(where), period)).caveats
    return [n for n in said if any(words in n for words in ("recorded for", "missing for", ": values"))]


def test_a_sparse_score_is_said_with_its_share():
    desk = Desk(tickets=tickets(csat=lambda n: 4 if n % 8 == 0 else None), escalations=escalations())
    assert notes(desk, "mean_csat") == ["CSAT is recorded for 12 % of the escalated tickets of the period."]


def test_a_score_that_begins_within_the_period_is_said_with_its_month():
    desk = Desk(tickets=tickets(csat=lambda n: 4 if n >= 61 else None), escalations=escalations())
    assert notes(desk, "mean_csat") == [
        "CSAT is recorded for 49 % of the escalated tickets of the period; values begin in July 2026."
    ]


def test_one_early_value_is_no_beginning():
    desk = Desk(tickets=tickets(csat=lambda n: 4 if n >= 61 or n == 2 else None), escalations=escalations())
    assert notes(desk, "mean_csat")[0].endswith("values begin in July 2026, but for 1.")


def test_a_score_that_ends_and_one_that_falls_are_said():
    ends = Desk(tickets=tickets(csat=lambda n: 4 if n < 92 else None), escalations=escalations())
    assert notes(ends, "mean_csat")[0].endswith("values end in July 2026.")
    falls = Desk(tickets=tickets(csat=lambda n: 4 if n < 61 or n % 5 == 0 else None), escalations=escalations())
    assert notes(falls, "mean_csat")[0].startswith("CSAT: recorded for 100 % in May 2026, ")


@pytest.mark.parametrize("share", [2, 3], ids=["two_thirds", "three_quarters"])
def test_an_even_column_that_most_tickets_have_is_not_mentioned(share):
    desk = Desk(tickets=tickets(csat=lambda n: None if n % (share + 1) == 0 else 4), escalations=escalations())
    assert notes(desk, "mean_csat") == []


def test_a_split_by_a_column_with_gaps_says_for_how_many_it_is_missing():
    desk = Desk(tickets=tickets(channel=lambda n: None if n % 5 < 2 else "Phone"), escalations=escalations())
    assert notes(desk, "ticket_count", by=["channel"]) == ["Channel is missing for 40 % of the tickets of the period."]
    assert notes(desk, "escalation_rate", by=["channel"]) == [
        "Channel is missing for 40 % of the tickets of the period."
    ]
    assert notes(desk, "escalated_ticket_count", by=["channel"]) == [
        "Channel is missing for 40 % of the escalated tickets of the period."
    ]


def test_a_condition_on_a_column_with_gaps_says_what_it_leaves_out():
    desk = Desk(tickets=tickets(channel=lambda n: None if n % 5 < 2 else "Phone"), escalations=escalations())
    said = notes(desk, "ticket_count", where=[Filter("channel", "=", "Phone")])
    assert said == ["Channel is missing for 40 % of the tickets of the period; the condition on it leaves them out."]


def test_asked_for_the_missing_nothing_more_is_said():
    desk = Desk(tickets=tickets(channel=lambda n: None if n % 5 < 2 else "Phone"), escalations=escalations())
    assert notes(desk, "ticket_count", where=[Filter("channel", "missing")]) == []


def test_reason_codes_that_begin_in_the_period_are_said_of_root_causes():
    codes = escalations(reason_code=lambda n: "bug" if n >= 61 else None)
    desk = Desk(tickets=tickets(), escalations=codes)
    assert notes(desk, "escalated_ticket_count", by=["root_cause"]) == [
        "Root cause is missing for 51 % of the escalated tickets of the period; values begin in July 2026."
    ]


def test_even_unclassified_causes_have_their_own_row_and_no_note():
    desk = Desk(tickets=tickets(), escalations=escalations(reason_code=lambda n: "bug" if n % 3 else None))
    assert notes(desk, "escalated_ticket_count", by=["root_cause"]) == []


def test_a_few_gaps_are_not_mentioned():
    desk = Desk(tickets=tickets(channel=lambda n: None if n % 20 == 0 else "Phone"), escalations=escalations())
    assert notes(desk, "ticket_count", by=["channel"]) == []


def test_of_a_handful_no_share_is_said():
    desk = Desk(
        tickets=tickets(10, csat=lambda n: None, channel=lambda n: None if n % 2 else "Phone"),
        escalations=escalations(10),
    )
    assert notes(desk, "mean_csat", "ticket_count", by=["channel"]) == []


def test_a_short_period_is_read_by_week_or_day():
    desk = Desk(tickets=tickets(channel=lambda n: "Phone" if n >= 45 else None), escalations=escalations())
    june = Period(date(2026, 6, 1), date(2026, 7, 1))
    assert notes(desk, "ticket_count", by=["channel"], period=june) == [
        "Channel is missing for 47 % of the tickets of the period."
    ]
    desk = Desk(
        tickets=[
            *tickets(channel=lambda n: "Phone" if n >= 45 else None),
            *_more(lambda n: "Phone" if n >= 45 else None),
        ],
        escalations=escalations(),
    )
    assert notes(desk, "ticket_count", by=["channel"], period=june)[0].endswith(
        "; values begin in the week of 15 June 2026."
    )


def _more(channel):
    """Two further tickets a day."""
    return [
        {"ticket_id": f"{mark}{n}", "created_at": FIRST + timedelta(days=n, hours=2), "channel": channel(n)}
        for n in range(120)
        for mark in "AB"
    ]


def test_the_share_is_that_of_the_conditions_asked_for():
    rows = tickets(category=lambda n: "Bug" if n % 2 else "Question", channel=lambda n: None if n % 4 == 1 else "Phone")
    desk = Desk(tickets=rows, escalations=escalations())
    assert notes(desk, "ticket_count", by=["channel"], where=[Filter("category", "=", "Bug")]) == [
        "Channel is missing for 50 % of the tickets of the period."
    ]
    assert notes(desk, "ticket_count", by=["channel"], where=[Filter("category", "=", "Question")]) == []


def test_a_restricted_reader_is_told_of_the_own_rows_only():
    rows = tickets(category=lambda n: "Bug" if n % 2 else "Question", channel=lambda n: None if n % 4 == 1 else "Phone")
    desk = Desk(tickets=rows, escalations=escalations(), restrictions=[Filter("category", "=", "Question")])
    assert notes(desk, "ticket_count", by=["channel"]) == []


def test_a_rate_with_conditions_of_the_ticket_and_of_the_escalation_is_no_error():
    rows = tickets(channel=lambda n: None if n % 5 < 2 else "Phone", category=lambda n: None if n % 3 else "Bug")
    desk = Desk(tickets=rows, escalations=escalations(reason_code=lambda n: "bug" if n % 2 else None))
    said = notes(
        desk,
        "escalation_rate",
        by=["channel"],
        where=[Filter("reason_code", "=", "bug"), Filter("category", "=", "Bug")],
    )
    assert said


def test_costs_say_when_handle_times_begin():
    desk = Desk(tickets=tickets(handle_minutes=lambda n: 30 if n >= 61 else None), escalations=escalations())
    assert notes(desk, "estimated_cost") == [
        "Handle time is missing for 61 of 120 escalated tickets; they count with the mean of the known ones.",
        "Handle time: values begin in July 2026.",
    ]


def test_a_negated_condition_does_not_say_that_it_leaves_out_what_it_keeps():
    """120 tickets of which 40 % without a channel: they are in the number, and the note said that they were not."""
    given = (None, None, "Chat", "Phone", "Phone")
    desk = Desk(tickets=tickets(channel=lambda n: given[n % 5]), escalations=escalations())
    said = notes(desk, "ticket_count", where=[Filter("channel", "!=", "Chat")])
    assert said == ["Channel is missing for 40 % of the tickets of the period; the condition on it keeps them."]
    said = notes(desk, "ticket_count", where=[Filter("channel", "!=", "Chat"), Filter("channel", "=", "Phone")])
    assert said == ["Channel is missing for 40 % of the tickets of the period; the condition on it leaves them out."]


@pytest.mark.parametrize("condition", [("trigger", "=", "agent"), ("trigger", "!=", "vip"), ("is_open", "=", "open")])
def test_what_only_escalated_tickets_have_is_not_missing_for_the_others(condition):
    """ "Trigger is missing for 75 % of the tickets", where three quarters were never escalated."""
    desk = Desk(tickets=tickets(), escalations=escalations(30, trigger=lambda n: "agent" if n % 2 else "vip"))
    assert notes(desk, "ticket_count", where=[Filter(*condition)]) == []


def test_what_is_missing_for_escalated_tickets_is_said_of_them():
    desk = Desk(tickets=tickets(), escalations=escalations(40, trigger=lambda n: "agent" if n % 2 else None))
    said = notes(desk, "ticket_count", where=[Filter("trigger", "=", "agent")])
    assert said == ["Trigger is missing for 50 % of the escalated tickets of the period; the condition on it leaves them out."]  # fmt: skip


def test_the_resolutions_of_open_tickets_are_not_missing():
    """ "Resolution type is missing for 50 % of the tickets": they are open."""
    done = [{"resolution_id": f"R{n}", "ticket_id": f"T{n}", "resolved_at": FIRST + timedelta(days=n + 1), "resolution_type": "refund"} for n in range(60)]  # fmt: skip
    desk = Desk(tickets=tickets(), resolutions=done)
    assert notes(desk, "ticket_count", where=[Filter("resolution_type", "!=", "refund")]) == []


def test_stray_values_after_an_end_are_named():
    """ "Values end in July" while August has one."""
    desk = Desk(tickets=tickets(csat=lambda n: 4 if n < 92 or n == 100 else None), escalations=escalations())
    assert notes(desk, "mean_csat")[0].endswith("values end in July 2026, but for 1.")


def test_what_is_left_out_of_a_sparse_mean_is_said_once():
    """The same absence as a number and as a share, one after the other."""
    desk = Desk(tickets=tickets(csat=lambda n: 4 if n % 8 == 0 else None), escalations=escalations())
    said = desk.engine.run(SemanticQuery(("mean_csat",), (), (), MAY_TO_AUGUST)).caveats
    assert [note for note in said if "The data end" not in note] == [
        "CSAT is recorded for 12 % of the escalated tickets of the period."
    ]
    empty = Desk(tickets=tickets(), escalations=escalations())
    said = empty.engine.run(SemanticQuery(("mean_csat",), (), (), MAY_TO_AUGUST)).caveats
    assert [note for note in said if "The data end" not in note] == ["Mean CSAT: no object of the period has a value."]
