"""A period beside another: what LAG over rows, nominal lengths and days without data would silently make of the change."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from analyst_agent.errors import BadPeriod, NotPermitted
from analyst_agent.records import Filter, Order, Period, QueryResult, SemanticQuery
from analyst_agent.settings import Settings
from tests.soundness.desk import Desk, Row, days, escalation, month, ticket

OCTOBER = month("2026-10")
JULY_TO_OCTOBER = Period(date(2026, 7, 1), date(2026, 11, 1), "", "calendar", "month")


def compared(desk: Desk, metric: str, by: str = "", period: Period | None = OCTOBER, compare: Any = "previous", **more: Any) -> QueryResult:  # fmt: skip
    """Runs one comparison."""
    return desk.engine.run(
        SemanticQuery(tuple(metric.split()), tuple(by.split()), period=period, compare=compare, **more)
    )


def column(result: QueryResult, by: str, name: str) -> dict[Any, Any]:
    """One column by one dimension."""
    return {row[by]: row[name] for row in result.rows}


def tickets(*days_of: str, **columns: Any) -> list[Row]:
    """One ticket on each day."""
    return [ticket(f"{columns.get('channel', '')}{number}-{day}", f"{day} 12:00", **columns) for number, day in enumerate(days_of)]  # fmt: skip


def test_a_missing_month_does_not_shift_the_comparison():
    """October against July (2 - 3 = -1, the row before it) instead of against a September without any ticket (2 - 0)."""
    desk = Desk(tickets=tickets("2026-07-02", "2026-07-03", "2026-07-04", "2026-10-05", "2026-10-06"))
    result = compared(desk, "ticket_count", "month", JULY_TO_OCTOBER)
    assert column(result, "month", "ticket_count__previous") == {"2026-07": None, "2026-08": 3, "2026-09": 0, "2026-10": 0}  # fmt: skip
    assert column(result, "month", "ticket_count__change") == {"2026-07": None, "2026-08": -3, "2026-09": 0, "2026-10": 2}  # fmt: skip
    assert column(result, "month", "ticket_count__change_ratio")["2026-10"] is None  # nothing to be relative to


def test_the_first_unit_is_compared_with_the_one_before_the_period():
    """Empty (there is no row before the first) instead of 1 - 2."""
    desk = Desk(tickets=tickets("2026-08-31", "2026-09-01", "2026-09-30", "2026-10-05"))
    result = compared(desk, "ticket_count", "month")
    [row] = result.rows
    assert (row["ticket_count"], row["ticket_count__previous"], row["ticket_count__change"]) == (1, 2, -1)
    assert result.comparison is not None
    assert (result.comparison.label, result.comparison.kind) == ("September 2026", "calendar")


def test_counts_of_months_of_different_length_are_compared_per_day():
    """+3.3 % (31 against 30) where every day of both months had one ticket."""
    october = [f"2026-10-{day:02d}" for day in range(1, 32)]
    september = [f"2026-09-{day:02d}" for day in range(1, 31)]
    desk = Desk(tickets=tickets(*october, *september))
    result = compared(desk, "ticket_count")
    [row] = result.rows
    assert (row["ticket_count"], row["ticket_count__previous"], row["ticket_count__change"]) == (31, 30, 1)
    assert row["ticket_count__change_ratio"] == pytest.approx(0)
    assert (row["ticket_count__per_day"], row["ticket_count__previous_per_day"]) == (1, 1)
    assert any("31 and 30 days" in note and "per day" in note for note in result.caveats)


def test_periods_of_equal_length_have_no_values_per_day():
    """A column that says the same twice."""
    desk = Desk(tickets=tickets("2026-10-01", "2026-10-20", "2026-10-31"))
    result = compared(desk, "ticket_count", period=Period(date(2026, 10, 16), date(2026, 10, 31), kind="rolling"))
    assert result.comparison is not None
    assert (result.comparison.start, result.comparison.end) == (date(2026, 10, 1), date(2026, 10, 16))
    assert "ticket_count__per_day" not in result.columns


def test_only_the_days_that_the_data_have_are_counted_per_day():
    """-50 % a day (10 tickets in "30 days" of September) where the data begin on the 21st: one a day in both months."""
    september = [f"2026-09-{day}" for day in range(21, 31)]
    october = [f"2026-10-{day:02d}" for day in range(1, 32)]
    desk = Desk(tickets=tickets(*september, *october))
    result = compared(desk, "ticket_count")
    assert result.rows[0]["ticket_count__change_ratio"] == pytest.approx(0)
    assert any("only 10 of 30 days" in note for note in result.caveats)


def test_days_before_the_data_are_unknown_not_zero():
    """0 tickets in September, so "+2", where the data begin on 1 October."""
    desk = Desk(
        tickets=tickets("2026-10-01", "2026-10-31", channel="chat"), escalations=[escalation("chat0-2026-10-01")]
    )
    result = compared(desk, "ticket_count escalation_rate", "channel")
    [row] = result.rows
    assert row["ticket_count"] == 2
    for name in ("ticket_count", "escalation_rate"):
        assert [row[f"{name}__{c}"] for c in ("previous", "change", "change_ratio", "previous_n")] == [None] * 4
    assert any("Nothing is known of September 2026" in note for note in result.caveats)


def test_days_after_the_data_have_no_change():
    """November: 0 - 2 = -2 where the data end with October."""
    desk = Desk(tickets=tickets("2026-10-01", "2026-10-31"))
    result = compared(desk, "ticket_count", "month", Period(date(2026, 10, 1), date(2026, 12, 1), "", "calendar", "month"))  # fmt: skip
    assert column(result, "month", "ticket_count__previous")["2026-11"] == 2
    assert column(result, "month", "ticket_count__change") == {"2026-10": None, "2026-11": None}


def test_a_month_to_date_is_compared_with_the_same_days_of_the_month_before():
    """1 - 3 = -2 (against the whole of October) instead of 1 - 1."""
    desk = Desk(tickets=tickets("2026-10-02", "2026-10-20", "2026-10-30", "2026-11-03", "2026-11-30"))
    to_date = Period(date(2026, 11, 1), date(2026, 11, 6), "", "to_date", "month")
    for by in ("", "month"):
        [row] = compared(desk, "ticket_count", by, to_date).rows
        assert (row["ticket_count"], row["ticket_count__previous"]) == (1, 1)


def test_a_unit_that_the_period_cuts_is_compared_with_the_same_days():
    """September from the 10th (1 ticket) against all of August (3) instead of against its 10th to 31st (2)."""
    desk = Desk(tickets=tickets("2026-08-01", "2026-08-10", "2026-08-31", "2026-09-05", "2026-09-10", "2026-10-31"))
    result = compared(desk, "ticket_count", "month", days("2026-09-10", "2026-10-20"))
    assert column(result, "month", "ticket_count__previous") == {"2026-09": 2, "2026-10": 2}
    assert any("each month against the month before" in note for note in result.caveats)


def test_a_day_of_the_31st_has_no_counterpart_in_a_shorter_month():
    """The 31st of October compared with the 1st of October (30 September + 1 day) instead of with nothing."""
    desk = Desk(tickets=tickets("2026-09-30", "2026-10-01", "2026-10-31", "2026-11-30"))
    result = compared(desk, "ticket_count", "month", days("2026-10-31", "2026-12-01"))
    assert column(result, "month", "ticket_count__previous") == {"2026-10": None, "2026-11": 2}
    assert any("1 of 2 months have no counterpart" in note for note in result.caveats)


def test_a_segment_of_one_period_only_is_there_with_zero_on_the_other_side():
    """Phone vanishes (a join of September to the rows of October) and chat has no previous value instead of 0."""
    desk = Desk(
        tickets=[
            *tickets("2026-09-02", "2026-10-02", channel="mail"),
            *tickets("2026-09-03", channel="phone"),
            *tickets("2026-10-03", channel="chat", csat=4),
        ],
        escalations=[escalation("chat0-2026-10-03")],
    )
    result = compared(desk, "ticket_count mean_csat", "channel")
    assert {r["channel"]: (r["ticket_count"], r["ticket_count__previous"], r["ticket_count__change"]) for r in result.rows} == {
        "mail": (1, 1, 0), "chat": (1, 0, 1), "phone": (0, 1, -1),
    }  # fmt: skip
    assert column(result, "channel", "mean_csat__previous") == {"mail": None, "chat": None, "phone": None}
    assert column(result, "channel", "mean_csat") == {"mail": None, "chat": 4, "phone": None}


def test_a_rate_of_a_cause_that_one_period_did_not_have_is_zero_of_that_periods_tickets():
    """Empty (no row, so no denominator) instead of 0 of 2 tickets, on both sides."""
    desk = Desk(
        tickets=tickets("2026-09-01", "2026-09-02", "2026-10-01", "2026-10-02", "2026-10-03"),
        escalations=[
            escalation("0-2026-09-01", "2026-09-05", reason_code="bug"),
            escalation("2-2026-10-01", "2026-10-05", reason_code="handoff"),
        ],
    )
    rows = {r["root_cause"]: r for r in compared(desk, "escalation_rate", "root_cause").rows}
    new, gone = rows["process_failure"], rows["product_bug"]
    assert (new["escalation_rate__previous"], new["escalation_rate__previous_n"]) == (0, 2)
    assert (gone["escalation_rate"], gone["escalation_rate__n"], gone["escalation_rate__previous"]) == (0, 3, 0.5)
    assert gone["escalation_rate__change_ratio"] == -1


def test_a_rate_of_a_cause_before_any_escalation_is_zero_of_the_tickets_there_were():
    """Empty: a September without a single escalation gives no row at all to take the number of tickets from."""
    desk = Desk(
        tickets=tickets("2026-09-01", "2026-09-02", "2026-10-01"),
        escalations=[escalation("2-2026-10-01", "2026-10-05", reason_code="bug")],
    )
    for by in ("root_cause", "month root_cause"):
        result = compared(desk, "escalation_rate", by)
        [row] = result.rows
        assert (row["escalation_rate__previous"], row["escalation_rate__previous_denominator"]) == (0, 2)
        assert row["escalation_rate__change"] == 1


def test_a_mean_is_compared_with_the_mean_not_summed_or_averaged_over_units():
    """Change of mean CSAT +1.5 (means of means) instead of 4 - 2."""
    desk = Desk(
        tickets=[ticket("A", "2026-09-02", csat=1), ticket("B", "2026-09-03", csat=3), ticket("C", "2026-10-02", csat=4)],
        escalations=[escalation("A", "2026-09-05"), escalation("B", "2026-09-20"), escalation("C", "2026-10-05")],
    )  # fmt: skip
    [row] = compared(desk, "mean_csat").rows
    assert (row["mean_csat__previous"], row["mean_csat__previous_n"], row["mean_csat__change"]) == (2, 2, 2)
    assert row["mean_csat__change_ratio"] == 1
    assert "mean_csat__per_day" not in row


def test_weekdays_are_compared_by_how_often_they_occur():
    """Thursdays +25 % (5 against 4) where each Thursday of both months had one ticket."""
    october = ["2026-10-01", "2026-10-08", "2026-10-15", "2026-10-22", "2026-10-29", "2026-10-31"]
    september = ["2026-09-01", "2026-09-03", "2026-09-10", "2026-09-17", "2026-09-24"]
    desk = Desk(tickets=tickets(*october, *september))
    result = compared(desk, "ticket_count", "weekday")
    thursday = next(r for r in result.rows if r["weekday"] == "Thursday")
    assert (thursday["ticket_count"], thursday["ticket_count__previous"]) == (5, 4)
    assert thursday["ticket_count__change_ratio"] == 0


def test_a_year_before_is_the_same_month_not_twelve_rows_back():
    """March 2026 against nothing (there are not twelve rows before it) instead of against March 2025."""
    desk = Desk(tickets=tickets("2025-01-01", "2025-03-05", "2025-03-06", "2026-03-09"))
    result = compared(desk, "ticket_count", "month", Period(date(2026, 2, 1), date(2026, 4, 1), "", "calendar", "month"), "year")  # fmt: skip
    assert column(result, "month", "ticket_count__previous") == {"2026-02": 0, "2026-03": 2}
    [row] = compared(desk, "ticket_count", "", month("2026-03"), "year").rows
    assert row["ticket_count__change"] == -1


def test_a_day_is_compared_with_the_day_before_across_the_change_of_clocks():
    """25 October (25 hours in Berlin) against 24 hours before its midnight: a ticket of 24 October 00:30 is lost."""
    desk = Desk(
        settings=Settings(time_zone="Europe/Berlin"),
        tickets=[
            ticket("A", "2026-10-23 22:30"),
            ticket("B", "2026-10-24 21:59"),
            ticket("C", "2026-10-24 22:10"),
            ticket("D", "2026-10-25 22:59"),
            ticket("E", "2026-09-01 10:00"),
        ],
    )
    result = compared(desk, "ticket_count", "day", days("2026-10-24", "2026-10-27"))
    assert column(result, "day", "ticket_count__previous") == {"2026-10-24": 0, "2026-10-25": 2, "2026-10-26": 2}


def test_another_period_is_compared_unit_by_unit_in_order():
    """Everything empty (no month of one period is a month of the other) instead of first with first."""
    desk = Desk(tickets=tickets("2026-05-01", "2026-05-02", "2026-06-03", "2026-10-04", "2026-10-31"))
    quarter = Period(date(2026, 8, 1), date(2026, 11, 1), "", "calendar", "month")
    result = compared(desk, "ticket_count", "month", quarter, Period(date(2026, 5, 1), date(2026, 7, 1), "May and June"))  # fmt: skip
    assert column(result, "month", "ticket_count__previous") == {"2026-08": 2, "2026-09": 1, "2026-10": None}


def test_imputed_costs_of_a_unit_are_the_same_as_value_and_as_previous_value():
    """October's cost as its own 90 and as November's previous 60: a missing handle time imputed with two different means."""
    desk = Desk(
        tickets=[
            ticket("A", "2026-09-02", handle_minutes=60),
            ticket("B", "2026-10-02"),
            ticket("C", "2026-10-03", handle_minutes=30),
            ticket("D", "2026-11-02", handle_minutes=120),
        ],
        escalations=[escalation(t, f"2026-{m}-05") for t, m in (("A", "09"), ("B", "10"), ("C", "10"), ("D", "11"))],
    )
    two = Period(date(2026, 10, 1), date(2026, 12, 1), "", "calendar", "month")
    rows = {r["month"]: r for r in compared(desk, "estimated_cost", "month", two).rows}
    assert rows["2026-10"]["estimated_cost"] == pytest.approx((75 + 30) / 60 * 45)
    assert rows["2026-11"]["estimated_cost__previous"] == pytest.approx(rows["2026-10"]["estimated_cost"])


def test_a_comparison_keeps_filters_and_restrictions():
    """3 tickets before (everybody's) instead of the 1 of EMEA by mail."""
    desk = Desk(
        accounts=[{"account_id": "e", "region": "EMEA"}, {"account_id": "a", "region": "AMER"}],
        tickets=[
            ticket("A", "2026-09-02", account_id="e", channel="mail"), ticket("B", "2026-09-03", account_id="e", channel="chat"),
            ticket("C", "2026-09-04", account_id="a", channel="mail"), ticket("D", "2026-10-04", account_id="e", channel="mail"),
        ],
        restrictions=[Filter("region", "=", "EMEA")],
    )  # fmt: skip
    for by in ("", "month", "channel"):
        [row] = compared(desk, "ticket_count", by, where=(Filter("channel", "=", "mail"),)).rows
        assert (row["ticket_count"], row["ticket_count__previous"]) == (1, 1)


def test_what_is_compared_can_be_ordered_by_and_is_cut_last():
    """The two largest counts instead of the two largest increases."""
    desk = Desk(
        tickets=[
            *tickets(*["2026-09-01"] * 5, *["2026-10-01"] * 5, channel="mail"),
            *tickets("2026-10-02", "2026-10-03", channel="chat"),
            *tickets("2026-09-02", *["2026-10-04"] * 2, channel="phone"),
        ]
    )
    result = compared(desk, "ticket_count", "channel", order=(Order("ticket_count__change"),), limit=2)
    assert [r["channel"] for r in result.rows] == ["chat", "phone"]
    assert "2 of 3 rows are shown." in result.caveats


def test_every_statement_that_ran_is_in_the_record_and_gives_its_rows():
    """A record of the main statement only: the previous numbers could not be reproduced."""
    desk = Desk(tickets=tickets("2026-09-01", "2026-10-01", "2026-10-02", channel="mail"))
    result = compared(desk, "ticket_count", "channel")
    before, now = result.query.sql.split(";\n\n")
    assert desk.connection.execute(before).fetchall() == [("mail", 1, 1)]
    assert desk.connection.execute(now).fetchall() == [("mail", 2, 2)]
    assert before.startswith("-- compared with: September 2026")


@pytest.mark.parametrize(
    ("by", "period", "compare", "error", "says"),
    [
        ("", None, "previous", BadPeriod, "no period to be compared with"),
        ("month week", OCTOBER, "previous", NotPermitted, "one of month and week"),
        ("", OCTOBER, "last", NotPermitted, "previous, year, or a period"),
    ],
)
def test_what_cannot_be_compared_is_said(by, period, compare, error, says):
    """A number for a question that has no answer."""
    desk = Desk(tickets=tickets("2026-10-01", "2026-10-31"))
    with pytest.raises(error) as refused:
        compared(desk, "ticket_count", by, period, compare)
    assert says in f"{refused.value.message} {refused.value.hint}"


def test_all_data_by_month_are_compared_month_by_month():
    """Refused, or the first month compared with 0."""
    desk = Desk(tickets=tickets("2026-08-01", "2026-08-31", "2026-09-10", "2026-10-31"))
    result = compared(desk, "ticket_count", "month", None)
    assert column(result, "month", "ticket_count__previous") == {"2026-08": None, "2026-09": 2, "2026-10": 1}
