"""The first N and the rest: what averaging averages, counting twice and cutting silently would make of the rest."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from analyst_agent.errors import NotPermitted, UnknownName
from analyst_agent.records import Order, Period, QueryResult, SemanticQuery
from tests.soundness.desk import Desk, Row, escalation, month, resolution, ticket

OCTOBER = month("2026-10")


def first(desk: Desk, metric: str, by: str, top: int, period: Period | None = OCTOBER, **more: Any) -> QueryResult:
    """Runs one query cut at the first N."""
    return desk.engine.run(SemanticQuery(tuple(metric.split()), tuple(by.split()), period=period, top=top, **more))


def channels(counts: dict[str | None, int], created: str = "2026-10-05 10:00", **columns: Any) -> list[Row]:
    """So many tickets by each channel."""
    return [ticket(f"{c}{n}-{created[:10]}", created, channel=c, **columns) for c, many in counts.items() for n in range(many)]  # fmt: skip


def test_the_rest_is_there_and_adds_up_to_all():
    """5 tickets (a limit of 2 rows) of 8."""
    desk = Desk(tickets=channels({"mail": 3, "chat": 2, "phone": 1, "fax": 2}))
    result = first(desk, "ticket_count", "channel", 1)
    assert [(r["channel"], r["ticket_count"], r["channel__other"]) for r in result.rows] == [("mail", 3, 0), ("other (3 values)", 5, 3)]  # fmt: skip
    assert any("3 values" in note for note in result.caveats)


def test_a_median_of_the_rest_is_that_of_its_tickets():
    """27.5 minutes (the mean of the medians 20 and 35) instead of 30, and a 90th percentile of 61.5 instead of 76."""
    took = {"mail": (1, 1, 1, 1, 1, 1), "chat": (10, 20, 100), "phone": (40, 30)}
    rows = [(f"{c}{n}", c, m) for c, many in took.items() for n, m in enumerate(many)]
    desk = Desk(
        tickets=[ticket(t, channel=c) for t, c, _ in rows],
        escalations=[escalation(t) for t, _, _ in rows],
        resolutions=[resolution(t, f"2026-10-06T{10 + m // 60}:{m % 60:02d}") for t, _, m in rows],
    )
    result = first(desk, "escalated_ticket_count median_resolution_minutes p90_resolution_minutes", "channel", 1)
    other = result.rows[-1]
    assert other["median_resolution_minutes"] == pytest.approx(30)
    assert other["median_resolution_minutes__n"] == 5
    assert other["p90_resolution_minutes"] == pytest.approx(76)


def test_a_rate_of_the_rest_is_its_escalations_per_its_tickets():
    """(100 % + 0 %) / 2 = 50 % instead of 1 of 10."""
    desk = Desk(tickets=channels({"mail": 11, "chat": 1, "phone": 9}), escalations=[escalation("chat0-2026-10-05")])
    result = first(desk, "ticket_count escalation_rate", "channel", 1)
    other = result.rows[-1]
    assert (other["escalation_rate"], other["escalation_rate__n"]) == (0.1, 10)


def test_a_stored_value_named_as_the_rest_stays_apart():
    """20 tickets: those stored as "other" and those of the rest in one row."""
    desk = Desk(tickets=channels({"other": 5, "other (2 values)": 4, "mail": 2, "chat": 1}))
    result = first(desk, "ticket_count", "channel", 2)
    assert [(r["channel"], r["ticket_count"], r["channel__other"]) for r in result.rows] == [
        ("other", 5, 0), ("other (2 values)", 4, 0), ("all other (2 values)", 3, 2),
    ]  # fmt: skip


def test_missing_values_are_a_row_of_their_own():
    """Nothing under no name: 4 tickets without a channel among the rest, or as one of the first N."""
    desk = Desk(tickets=channels({None: 4, "mail": 3, "chat": 2, "phone": 1}))
    result = first(desk, "ticket_count", "channel", 1)
    assert [(r["channel"], r["ticket_count"]) for r in result.rows] == [(None, 4), ("mail", 3), ("other (2 values)", 3)]
    assert any("no known channel is a row of its own" in note for note in result.caveats)


def test_unclassified_is_never_among_the_rest():
    """Escalations of unknown cause hidden in "other", or shown as the most frequent cause."""
    codes = ("vibes", "vibes", "vibes", "bug", "bug", "handoff", "policy")
    desk = Desk(
        tickets=[ticket(str(n)) for n in range(7)],
        escalations=[escalation(str(n), reason_code=c) for n, c in enumerate(codes)],
    )
    result = first(desk, "escalated_ticket_count", "root_cause", 1)
    assert {r["root_cause"]: r["escalated_ticket_count"] for r in result.rows} == {"unclassified": 3, "product_bug": 2, "other (2 values)": 2}  # fmt: skip


def test_the_same_n_for_every_unit_of_time():
    """A different channel first in each month, so that no row can be followed over time."""
    desk = Desk(
        tickets=[
            *channels({"mail": 5, "chat": 1}, "2026-09-05 10:00"), *channels({"mail": 1, "chat": 2, "phone": 3}, "2026-10-05 10:00"),
        ]
    )  # fmt: skip
    result = first(desk, "ticket_count", "month channel", 1, Period(date(2026, 9, 1), date(2026, 11, 1)))
    assert [(r["month"], r["channel"], r["ticket_count"]) for r in result.rows] == [
        ("2026-09", "mail", 5), ("2026-09", "other (2 values)", 1), ("2026-10", "mail", 1), ("2026-10", "other (2 values)", 5),
    ]  # fmt: skip


def test_ties_are_cut_by_name_and_said():
    """Chat or phone, as the engine happens to return them."""
    desk = Desk(tickets=channels({"phone": 2, "mail": 3, "chat": 2}))
    result = first(desk, "ticket_count", "channel", 2)
    assert [r["channel"] for r in result.rows] == ["mail", "chat", "other (1 value)"]
    assert any("phone would be equal" in note for note in result.caveats)


def test_as_many_values_as_asked_leave_no_rest():
    """A row "other (0 values)", or a note about it."""
    desk = Desk(tickets=channels({"mail": 3, "chat": 2}))
    result = first(desk, "ticket_count", "channel", 2)
    assert [(r["channel"], r["channel__other"]) for r in result.rows] == [("mail", 0), ("chat", 0)]
    assert not any("other" in note for note in result.caveats)


def test_the_order_says_by_what_and_from_which_end():
    """The largest channel instead of the one with the lowest score."""
    desk = Desk(
        tickets=[*channels({"mail": 3}, csat=5), *channels({"chat": 1}, csat=1), *channels({"phone": 2}, csat=3)],
        escalations=[escalation(f"{c}{n}-2026-10-05") for c, many in (("mail", 3), ("chat", 1), ("phone", 2)) for n in range(many)],
    )  # fmt: skip
    result = first(desk, "ticket_count mean_csat", "channel", 1, order=(Order("mean_csat", False),))
    assert [(r["channel"], r["mean_csat"]) for r in result.rows] == [("chat", 1), ("other (2 values)", pytest.approx(4.2))]  # fmt: skip
    assert any("lowest mean CSAT" in note for note in result.caveats)


def test_other_stays_last_whatever_the_order_and_the_cut():
    """ "Other" as the largest channel."""
    desk = Desk(tickets=channels({"mail": 3, "chat": 2, "phone": 2, "fax": 2}))
    by_name = first(desk, "ticket_count", "channel", 2, order=(Order("channel"),))
    assert [r["channel"] for r in by_name.rows] == ["mail", "chat", "other (2 values)"]
    cut = first(desk, "ticket_count", "channel", 2, limit=1)
    assert [r["channel"] for r in cut.rows] == ["mail"]
    assert "1 of 3 rows are shown." in cut.caveats


def test_the_first_by_increase_with_shares_of_everything():
    """Mail (most tickets), or phone's share 2 of 3 (of the rows shown, or of one period's own first)."""
    desk = Desk(
        tickets=[
            *channels({"mail": 6, "chat": 1, "phone": 0}, "2026-09-05 10:00"),
            *channels({"mail": 5, "chat": 3, "phone": 2}, "2026-10-05 10:00"),
        ]
    )
    result = first(
        desk, "ticket_count", "channel", 1, compare="previous", share=True, order=(Order("ticket_count__change"),)
    )
    chat, other = result.rows
    assert (chat["channel"], chat["ticket_count__change"], chat["ticket_count__share"]) == ("chat", 2, 0.3)
    assert (other["ticket_count"], other["ticket_count__previous"]) == (7, 6)
    assert other["ticket_count__previous_share"] == pytest.approx(6 / 7)
    assert chat["ticket_count__share_change"] == pytest.approx(0.3 - 1 / 7)


def test_values_of_the_comparison_alone_are_among_the_rest():
    """Fax vanishes (it is no value of the ranking), so that the rest was 1 before instead of 3."""
    desk = Desk(
        tickets=[*channels({"fax": 2, "chat": 1}, "2026-09-05 10:00"), *channels({"mail": 5, "chat": 3, "phone": 2})]
    )
    result = first(desk, "ticket_count", "channel", 1, compare="previous")
    assert [(r["channel"], r["ticket_count"], r["ticket_count__previous"]) for r in result.rows] == [
        ("mail", 5, 0), ("other (3 values)", 5, 3),
    ]  # fmt: skip


def test_the_rest_of_a_cause_is_per_all_tickets():
    """The rest's escalations per the tickets of the rest: 2 of 3 instead of 2 of 6."""
    desk = Desk(
        tickets=[ticket(str(n)) for n in range(6)],
        escalations=[escalation(str(n), reason_code=c) for n, c in enumerate(("bug", "bug", "handoff", "policy"))],
    )
    result = first(desk, "escalation_rate", "root_cause", 1)
    assert [(r["escalation_rate__numerator"], r["escalation_rate__denominator"]) for r in result.rows] == [(2, 6), (2, 6)]  # fmt: skip


def test_the_second_dimension_is_not_cut():
    """Tiers folded instead of channels, or both."""
    desk = Desk(
        accounts=[{"account_id": "a", "tier": "Gold"}, {"account_id": "b", "tier": "Iron"}],
        tickets=[*channels({"mail": 3, "chat": 1}, account_id="a"), *channels({"phone": 2}, account_id="b")],
    )
    result = first(desk, "ticket_count", "channel tier", 1)
    assert {(r["channel"], r["tier"], r["ticket_count"]) for r in result.rows} == {
        ("mail", "Gold", 3), ("other (2 values)", "Gold", 1), ("other (2 values)", "Iron", 2),
    }  # fmt: skip


def test_every_statement_that_ran_is_in_the_record():
    """The ranking, without which the names in the main statement cannot be reproduced."""
    desk = Desk(tickets=channels({"mail": 3, "chat": 2, "phone": 1}))
    record = first(desk, "ticket_count", "channel", 1).query
    ranking, now = record.sql.split(";\n\n")
    assert ranking.startswith("-- the first 1 of channel")
    assert sorted(desk.connection.execute(now).fetchall()) == [("mail", 3, 3), ("other (2 values)", 3, 3)]


@pytest.mark.parametrize(
    ("by", "top", "says"),
    [("", 3, "No dimension"), ("month", 3, "No dimension"), ("channel", 0, "from 1 to"), ("channel", 501, "from 1 to")],
)
def test_a_first_n_of_nothing_is_refused(by, top, says):
    """All rows, or none."""
    desk = Desk(tickets=channels({"mail": 3, "chat": 2}))
    with pytest.raises(NotPermitted) as refused:
        first(desk, "ticket_count", by, top)
    assert says in f"{refused.value.message} {refused.value.hint}"


def test_an_order_by_no_column_is_refused():
    """Any order."""
    desk = Desk(tickets=channels({"mail": 3, "chat": 2}))
    with pytest.raises(UnknownName, match="ticket_count__chnge"):
        first(desk, "ticket_count", "channel", 1, order=(Order("ticket_count__chnge"),))


def test_a_hostile_value_stays_a_value():
    """A quote in a kept value that ends its literal."""
    desk = Desk(tickets=channels({"x' OR 1=1 --": 3, "\\": 2, "mail": 1}))
    result = first(desk, "ticket_count", "channel", 2)
    assert [(r["channel"], r["ticket_count"]) for r in result.rows] == [("x' OR 1=1 --", 3), ("\\", 2), ("other (1 value)", 1)]  # fmt: skip


def test_the_rest_counts_what_only_another_metric_has():
    """Leading by a metric that only one channel has, nothing was cut: 4 rows for a first 1, or "other (1 value)" for three."""
    desk = Desk(tickets=channels({"mail": 3, "chat": 2, "phone": 1, "fax": 2}), escalations=[escalation("chat0-2026-10-05"), escalation("mail0-2026-10-05")])  # fmt: skip
    result = first(desk, "escalated_ticket_count ticket_count", "channel", 1)
    assert [(r["channel"], r["ticket_count"], r["channel__other"]) for r in result.rows] == [("chat", 2, 0), ("other (3 values)", 6, 3)]  # fmt: skip
    result = first(desk, "escalated_ticket_count ticket_count", "channel", 3)
    assert [r["channel"] for r in result.rows][3] == "other (1 value)"


def test_the_rest_counts_what_only_the_comparison_has():
    """September's fax and phone as rows of their own beside the first 2 of October."""
    desk = Desk(tickets=[*channels({"mail": 3, "chat": 2}), *channels({"fax": 4, "phone": 1, "mail": 1}, "2026-09-05 10:00")])  # fmt: skip
    result = first(desk, "ticket_count", "channel", 2, compare="previous")
    assert [(r["channel"], r["ticket_count"], r["ticket_count__previous"]) for r in result.rows] == [("mail", 3, 1), ("chat", 2, 0), ("other (2 values)", 0, 5)]  # fmt: skip
    by_month = first(desk, "ticket_count", "month channel", 2, compare="previous")
    assert {r["channel"] for r in by_month.rows} == {"mail", "chat", "other (2 values)"}
