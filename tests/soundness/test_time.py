"""Which period a thing belongs to: zones, days when the clocks change, ends of periods, time of the ticket or of the escalation."""

from __future__ import annotations

import pytest

from analyst_agent.errors import NotPermitted, OutsideData, UnknownName
from analyst_agent.records import Filter
from analyst_agent.settings import Settings
from tests.soundness.desk import Desk, days, escalation, month, ticket

BERLIN = Settings(time_zone="Europe/Berlin")
SAO_PAULO = Settings(time_zone="America/Sao_Paulo")
OCTOBER = month("2026-10")


def test_a_month_begins_at_midnight_in_berlin():
    """A in September and B in October (by UTC) instead of A in October and B in November."""
    desk = Desk(
        settings=BERLIN,
        tickets=[
            ticket("A", "2026-09-30 22:30"),  # 1 October 00:30 in Berlin, summer time
            ticket("B", "2026-10-31 23:30"),  # 1 November 00:30 in Berlin, winter time
            ticket("C", "2026-10-31 22:30"),  # 31 October 23:30 in Berlin
        ],
    )
    assert desk.value("ticket_count", period=OCTOBER) == 2
    assert desk.split("ticket_count", "month") == {"2026-10": 2, "2026-11": 1}
    assert desk.split("ticket_count", "day", period=days("2026-10-31", "2026-11-02")) == {
        "2026-10-31": 1,
        "2026-11-01": 1,
    }


def test_a_month_begins_at_midnight_in_sao_paulo():
    """2 tickets in October by UTC instead of 1: 01:30 UTC on the first is still September there."""
    desk = Desk(settings=SAO_PAULO, tickets=[ticket("A", "2026-10-01 01:30"), ticket("B", "2026-10-01 03:30")])
    assert desk.value("ticket_count", period=OCTOBER) == 1
    assert desk.split("ticket_count", "month") == {"2026-09": 1, "2026-10": 1}


def test_both_days_on_which_the_clocks_change_have_their_own_length():
    """24 tickets on each day (a fixed offset), or one lost and one borrowed: 29 March has 23 hours and 25 October 25."""
    hours = [
        ticket(f"{d}-{h}", f"2026-{d}T{h:02d}:30")
        for d in ("03-28", "03-29", "03-30", "10-24", "10-25", "10-26")
        for h in range(24)
    ]
    desk = Desk(settings=BERLIN, tickets=hours)
    for day, length in (("2026-03-29", 23), ("2026-10-25", 25)):
        nights = days(day, f"{day[:-2]}{int(day[-2:]) + 1:02d}")
        assert desk.value("ticket_count", period=nights) == length
        assert desk.split("ticket_count", "day", period=nights) == {day: length}
    by_hour = desk.split("ticket_count", "hour", period=days("2026-10-25", "2026-10-26"))
    assert by_hour[2] == 2
    assert sum(by_hour.values()) == 25
    assert desk.split("ticket_count", "hour", period=days("2026-03-29", "2026-03-30"))[2] == 0


def test_a_day_whose_midnight_the_clocks_skip_begins_when_they_jump():
    """A ticket at 23:30 of 3 November 2018 in Sao Paulo counted on the 4th, or one at 01:30 of the 4th on the 3rd."""
    desk = Desk(settings=SAO_PAULO, tickets=[ticket("A", "2018-11-04 02:30"), ticket("B", "2018-11-04 03:30")])
    assert desk.value("ticket_count", period=days("2018-11-03", "2018-11-04")) == 1
    assert desk.value("ticket_count", period=days("2018-11-04", "2018-11-05")) == 1
    assert desk.split("ticket_count", "day") == {"2018-11-03": 1, "2018-11-04": 1}


def test_weekdays_and_hours_are_local():
    """Saturday 23:30 (UTC) instead of Sunday 00:30."""
    desk = Desk(settings=BERLIN, tickets=[ticket("A", "2026-11-07 23:30")])
    assert {k for k, v in desk.split("ticket_count", "weekday").items() if v} == {"Sunday"}
    assert {k for k, v in desk.split("ticket_count", "hour").items() if v} == {0}


def test_a_condition_on_weekday_or_hour_is_local_and_of_each_metrics_own_time():
    """Saturday 23:30 (UTC) as a weekend ticket in Berlin; an escalation on Monday counted by the weekend of its ticket."""
    tickets = [ticket("A", "2026-11-07 23:30"), ticket("B", "2026-11-08 23:30"), ticket("C", "2026-11-06 12:00")]
    escalations = [escalation("A", "2026-11-09 09:00"), escalation("C", "2026-11-08 22:59")]
    desk = Desk(settings=BERLIN, tickets=tickets, escalations=escalations)
    weekend, night = Filter("weekday", "in", ("Saturday", "sunday")), Filter("hour", "in", (22, 23, 0, 1))
    assert desk.value("ticket_count", weekend) == 1
    assert desk.value("escalated_ticket_count", weekend) == 1
    assert desk.value("escalation_rate", weekend) == 1.0
    assert desk.value("ticket_count", night) == 2
    assert desk.value("ticket_count", weekend, night) == 1


def test_business_hours_and_what_is_outside_them_add_up():
    """17:00 counted as within business hours, or Saturday noon; a time that is unknown as outside."""
    moments = ["2026-11-06 07:59", "2026-11-06 08:00", "2026-11-06 15:59", "2026-11-06 16:00", "2026-11-07 11:00"]
    desk = Desk(settings=BERLIN, tickets=[ticket(f"T{i}", moment) for i, moment in enumerate(moments)])
    inside, outside = (
        desk.value("ticket_count", Filter("business_hours", "=", word)) for word in ("inside", "outside")
    )
    assert (inside, outside) == (2, 3)
    assert desk.value("ticket_count", Filter("business_hours", "!=", "inside")) == 3


@pytest.mark.parametrize(
    "condition", [("weekday", "=", "Caturday"), ("hour", "in", (24,)), ("business_hours", "=", "on")]
)
def test_a_time_of_the_week_that_there_is_not_is_refused(condition):
    """No ticket at all on a misspelt weekday, as if none had been created."""
    with pytest.raises((UnknownName, NotPermitted)):
        Desk(tickets=[ticket("A")]).value("ticket_count", Filter(*condition))


@pytest.mark.parametrize(
    ("begins", "first"), [("monday", "2026-10-26"), ("sunday", "2026-11-01"), ("saturday", "2026-10-31")]
)
def test_weeks_begin_where_the_workspace_says(begins, first):
    """Sunday 1 November 2026 in the week of Monday 26 October, whatever the workspace's first day is."""
    desk = Desk(settings=Settings(week_start=begins), tickets=[ticket("A", "2026-11-01 12:00")])
    assert desk.split("ticket_count", "week") == {first: 1}
    assert desk.split("ticket_count", "week", period=days("2026-11-01", "2026-11-02")) == {first: 1}


def test_a_month_without_tickets_does_not_vanish():
    """August next to October: "one month before" would compare with the wrong one. September is there with 0 tickets and no rate."""
    desk = Desk(tickets=[ticket("A", "2026-08-03"), ticket("B")], escalations=[escalation("B")])
    rows = desk.ask("ticket_count escalation_rate", "month", period=days("2026-08-01", "2026-11-01")).rows
    assert [(r["month"], r["ticket_count"], r["escalation_rate"]) for r in rows] == [
        ("2026-08", 1, 0.0), ("2026-09", 0, None), ("2026-10", 1, 1.0)
    ]  # fmt: skip
    assert desk.split("ticket_count", "month") == {"2026-08": 1, "2026-09": 0, "2026-10": 1}


def test_the_end_of_a_period_is_not_in_it():
    """2 tickets in October (the one at midnight of 1 November counted in both months) instead of 1."""
    desk = Desk(tickets=[ticket("A", "2026-10-31 23:59:59.999999"), ticket("B", "2026-11-01 00:00:00")])
    assert desk.value("ticket_count", period=OCTOBER) == 1
    assert desk.value("ticket_count", period=month("2026-11")) == 1


def test_a_day_in_a_filter_is_the_whole_day():
    """0 for "created on 5 October" (midnight exactly), and the last day of a range dropped."""
    desk = Desk(
        settings=BERLIN,
        tickets=[ticket("A", "2026-10-04 22:30"), ticket("B", "2026-10-05 21:59"), ticket("C", "2026-10-05 22:01")],
    )
    for op, value, expected in (
        ("=", "2026-10-05", 2),
        ("<=", "2026-10-05", 2),
        ("<", "2026-10-05", 0),
        (">", "2026-10-05", 1),
        (">=", "2026-10-06", 1),
        ("between", ("2026-10-01", "2026-10-05"), 2),
        (">=", "2026-10-05T23:30", 2),
        (">=", "2026-10-05T23:30+00:00", 0),
        (">=", "2026-10-05T22:00Z", 1),
    ):
        assert desk.value("ticket_count", Filter("created_at", op, value)) == expected, (op, value)
    with pytest.raises(NotPermitted):
        desk.value("ticket_count", Filter("created_at", "!=", "2026-10-05"))
    with pytest.raises(NotPermitted, match="is no date"):
        desk.value("ticket_count", Filter("created_at", ">", "yesterday'; --"))


def test_an_escalation_counts_when_it_was_escalated():
    """0 in October (by creation of the ticket) instead of 1; the cohort of September has it."""
    desk = Desk(
        tickets=[ticket("A", "2026-09-29"), ticket("B", "2026-09-30"), ticket("C", "2026-10-02")],
        escalations=[escalation("A", "2026-10-01")],
    )
    assert desk.split("escalated_ticket_count", "month", period=days("2026-09-01", "2026-11-01")) == {
        "2026-09": 0,
        "2026-10": 1,
    }
    assert desk.split("escalation_rate", "month", period=days("2026-09-01", "2026-11-01")) == {
        "2026-09": 0.0,
        "2026-10": 1.0,
    }
    assert desk.split("cohort_escalation_rate", "month", period=days("2026-09-01", "2026-11-01")) == {
        "2026-09": 0.5,
        "2026-10": 0.0,
    }


def test_a_ticket_escalated_again_counts_in_the_month_of_the_first_time():
    """1 in both months (every event) instead of September only; the events are one in each."""
    desk = Desk(
        tickets=[ticket("A", "2026-09-01")],
        escalations=[escalation("A", "2026-10-02", level="2"), escalation("A", "2026-09-02")],
    )
    both = days("2026-09-01", "2026-11-01")
    assert desk.split("escalated_ticket_count", "month", period=both) == {"2026-09": 1, "2026-10": 0}
    assert desk.split("escalation_event_count", "month", period=both) == {"2026-09": 1, "2026-10": 1}
    assert desk.value("re_escalation_rate", period=month("2026-09")) == 1.0


def test_a_rate_above_one_is_called_unreliable():
    """200 % shown like any other number."""
    desk = Desk(tickets=[ticket("A", "2026-09-01"), ticket("B", "2026-09-02"), ticket("C", "2026-10-01")], escalations=[escalation("A"), escalation("B")])  # fmt: skip
    result = desk.ask("escalation_rate", "", period=OCTOBER)
    assert result.rows[0]["escalation_rate"] == 2.0
    assert any("unreliable" in note for note in result.caveats)


def test_a_period_outside_the_data_is_refused_and_one_beyond_them_is_said():
    """0 escalations "in 2031", as if there had been none; a month cut off by the data's end compared as if it were whole."""
    desk = Desk(
        tickets=[ticket("A", "2026-10-05"), ticket("B", "2026-10-20")], escalations=[escalation("B", "2026-10-21")]
    )
    with pytest.raises(OutsideData, match="5 October 2026 to 21 October 2026"):
        desk.value("escalated_ticket_count", period=days("2031-01-01", "2032-01-01"))
    with pytest.raises(OutsideData):
        desk.value("ticket_count", period=days("2026-10-22", "2026-10-25"))
    assert desk.value("ticket_count", period=days("2026-10-21", "2026-10-25")) == 0
    notes = " ".join(desk.ask("ticket_count", "", period=OCTOBER).caveats)
    assert "begin on 5 October 2026" in notes
    assert "end on 21 October 2026" in notes


def test_a_condition_on_several_days_means_the_whole_of_each_and_nothing_between():
    """2, at local midnight of the first day and in the last second of the third; not 3 with the day between, nor 1 by UTC."""
    desk = Desk(
        settings=Settings(time_zone="Europe/Berlin"),
        tickets=[ticket(str(n), at) for n, at in enumerate(("2026-10-04 22:00", "2026-10-06 10:00", "2026-10-07 21:59:59", "2026-10-07 22:00"))],
    )  # fmt: skip
    assert desk.value("ticket_count", Filter("created_at", "in", ("2026-10-05", "2026-10-07"))) == 2
