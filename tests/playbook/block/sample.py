"""A finding as a query or skill gives it, to be a block's input."""

from datetime import date

from analyst_agent.records import Column, Fact, Finding, Period, Table

OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1), "October 2026", "calendar", "month")
SEPTEMBER = Period(date(2026, 9, 1), date(2026, 10, 1), "September 2026", "calendar", "month")
CAUSES = (("product_bug", 171, 1284.0, 0.415), ("policy_gap", 118, 1980.5, 0.286), ("training_gap", 61, None, 0.148))


def by_cause() -> Finding:
    """Three root causes with a count, a mean and a share each."""
    columns = (
        Column("root cause", "text", "root_cause"),
        Column("tickets", "count", "escalated_ticket_count"),
        Column("resolution, mean", "minutes", "mean_resolution_minutes"),
        Column("share", "ratio", "share_of_escalations"),
    )
    facts, ids = [], []
    for cause, *values in CAUSES:
        row: list[str | None] = [None]
        for column, value in zip(columns[1:], values, strict=True):
            facts.append(
                Fact(f"f{len(facts) + 1}", column.key, value, column.unit, OCTOBER, {"root_cause": cause}, n=412)
            )
            row.append(facts[-1].id)
        ids.append(tuple(row))
    table = Table("By root cause", columns, CAUSES, tuple(ids))
    return Finding("Causes", "root_cause_trend", OCTOBER, SEPTEMBER, facts=tuple(facts), tables=(table,))


def by_month() -> Finding:
    """Twelve months of counts."""
    rows = tuple((f"2026-{month:02}", 300 + month) for month in range(1, 13))
    columns = (Column("month", "date", "month"), Column("tickets", "count", "escalated_ticket_count"))
    return Finding("Months", "query", None, tables=(Table("By month", columns, rows),))
