"""The tables of accounts over time: rates by tenure, repeated escalations, accounts that fell silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analyst_agent.records import Column, Drawing, Fact, Table
from analyst_agent.skillkit.inquiry import TICKETS, Inquiry
from analyst_agent.skillkit.journeys.journeys import COHORT, TENURE, Band, Repeating, Silent
from analyst_agent.skillkit.rates import ACCOUNT
from analyst_agent.skillkit.tables import Grid

MOST_LISTED = 10
READS_AS = {True: "more than noise", False: "no difference shown", None: "too few to say"}
CHANCE = {True: "more than chance", False: "within chance", None: "too few to say"}


def tenure_table(inquiry: Inquiry, bands: Sequence[Band], first: Band | None) -> Table:
    """A row a tenure band, young to old, and the first 90 days together."""
    grid = Grid(
        "Escalation rate by customer tenure",
        (
            Column(inquiry.label(TENURE), "text", TENURE),
            Column("tickets", "count", TICKETS),
            Column("cohort rate", "ratio", COHORT),
            Column("from", "ratio", "low"),
            Column("to", "ratio", "high"),
            Column("from the rest", "points", "difference"),
            Column("at least", "points", "difference_low"),
            Column("at most", "points", "difference_high"),
            Column("reads as", "text", "significance"),
        ),
    )
    for one in [*bands, *([first] if first else [])]:
        own, gap = one.rate.interval or (None, None), one.rate.difference_interval or (None, None)
        cells = [(value, one.rate) for value in (*own, one.rate.difference, *gap)]
        name = one.value if one is not first else "all of the first 90 days"
        grid.row((name, one.tickets, one.rate, *cells, READS_AS[one.rate.significant]))
    return grid.table()


def tenure_drawing(table: Table) -> Drawing:
    """The rates with their intervals as bars."""
    columns = {"label": TENURE, "value": COHORT, "low": "low", "high": "high"}
    return Drawing("bars_with_intervals", table.title, columns, table.title, {"ordered": True})


def repeated_table(listed: Sequence[Repeating], days: Mapping[str, str], revenue: Mapping[str, Fact]) -> Table:
    """Accounts with several escalated tickets beside what their volume gives. days: of the last escalation, by account."""
    grid = Grid(
        "Accounts with repeated escalations",
        (
            Column("account", "text", ACCOUNT),
            Column("tickets", "count", TICKETS),
            Column("escalated", "count", "cohort_escalated_count"),
            Column("expected by volume", "count", "expected_escalations"),
            Column("last escalated", "date", "day"),
            Column("revenue a year", "currency", "arr"),
            Column("reads as", "text", "significance"),
        ),
    )
    for one in listed:
        reads = CHANCE[one.escalated.significant]
        facts = (one.tickets, one.escalated, one.expected)
        grid.row((one.account, *facts, days.get(one.account), revenue.get(one.account), reads))
    return grid.table()


def silent_table(gone: Sequence[Silent], revenue: Mapping[str, Fact]) -> Table:
    """Accounts that stopped writing, with their last week and what was to be expected since."""
    grid = Grid(
        "Accounts that fell silent",
        (
            Column("account", "text", ACCOUNT),
            Column("tickets before", "count", TICKETS),
            Column("week of the last", "date", "week"),
            Column("weeks without one", "count", "weeks_without_ticket"),
            Column("expected in them", "count", "expected_tickets"),
            Column("last escalated, week of", "date", "escalated_week"),
            Column("revenue a year", "currency", "arr"),
        ),
    )
    for one in gone[:MOST_LISTED]:
        day = one.last_escalation.isoformat() if one.last_escalation else None
        week = one.last_week.isoformat()
        grid.row((one.account, one.tickets, week, one.weeks, one.expected, day, revenue.get(one.account)))
    return grid.table()
