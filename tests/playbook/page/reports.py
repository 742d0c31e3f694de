"""A small fixed report, and parts of one with whatever a test puts into them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from analyst_agent.charting import ranked_bars
from analyst_agent.claims.escape import escaped
from analyst_agent.playbook.records import Highlight, Playbook, Report, Section, ShownTable
from analyst_agent.records import Caveat, Chart, Citation, Column, Definition, Grounding, Period, Table, Value

OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1), "October 2026")
SEPTEMBER = Period(date(2026, 9, 1), date(2026, 10, 1), "September 2026")
PLAYBOOK = Playbook(
    "monthly_report", "Monthly report", "", "month", "", {}, (), Path("playbooks/monthly_report.yml"), "name: monthly_report"
)  # fmt: skip
COMMAND = "analyst query --metrics escalation_rate --by month --period 2026-06-01..2026-10-31"

CAUSES = Table(
    "Escalated tickets by root cause",
    (Column("root cause", "text", "root_cause"), Column("tickets", "count", "n"), Column("share", "ratio", "share")),
    (("product_bug", 157, 0.4786585), ("policy_gap", 33, 0.1006098)),
)
MONTHS = Table(
    "Escalation rate by month",
    (Column("month", "date", "month"), Column("escalation rate", "ratio", "escalation_rate")),
    tuple((f"2026-{month:02}", rate) for month, rate in zip(range(6, 11), (0.089, 0.082, 0.086, 0.074, 0.106), strict=True)),
)  # fmt: skip


def shown(
    table: Table, cells: tuple[tuple[str, ...], ...], command: str = "", notes: tuple[str, ...] = ()
) -> ShownTable:
    """A raw table with its cells in words."""
    numeric = tuple(column.unit not in ("text", "date") for column in table.columns)
    return ShownTable(table.title, tuple(c.name for c in table.columns), numeric, cells, table, notes, command)


def chart_of(table: Table) -> Chart:
    """Bars of a table's first number."""
    return ranked_bars(table, "root_cause", "n", "Escalated tickets by root cause", str, lambda n: f"{n:g}")


def of_names(names: list[str], title: str = "Accounts") -> ShownTable:
    """A table of names that customers chose, and a number each."""
    rows: tuple[tuple[Value, ...], ...] = tuple((name, number) for number, name in enumerate(names))
    table = Table(title, (Column("account", "text", "account"), Column("tickets", "count", "n")), rows)
    return shown(table, tuple((escaped(name), str(number)) for number, name in enumerate(names)))


def report_of(*sections: Section, **parts: object) -> Report:
    """A report of these sections and nothing else but what is given."""
    made = {"title": "Monthly report", "subject": "Escalations", "opening": "", "comparison": None, **parts}
    return Report(period=OCTOBER, sections=sections, **made)  # type: ignore[arg-type]


MONTH_CELLS = (
    ("June 2026", "8.9 %"), ("July 2026", "8.2 %"), ("August 2026", "8.6 %"), ("September 2026", "7.4 %"), ("October 2026", "10.6 %"),
)  # fmt: skip

FIXED = report_of(
    Section(
        "Escalation rate",
        "**October 2026** (1 to 31 October). 328 tickets were escalated, 10.6 % of 3,091.\n\n- Up 3.2 points from 7.4 %.\n- 11 are still open.",
        (shown(MONTHS, MONTH_CELLS, COMMAND, ("Differences, in every row: more than noise.",)),),
    ),
    Section(
        "Why tickets were escalated",
        "Product bugs lead.",
        (shown(CAUSES, (("Product bug", "157", "47.9 %"), ("Policy gap", "33", "10.1 %")), "analyst query --metrics n --by root_cause"),),
        (chart_of(CAUSES),),
        ("**Product bug**: Ship the fix planned for KI-12 (KI-12, Workaround)",),
    ),
    subject="Escalations October 2026: 10.6 %, up 3.2 points, more than noise",
    opening="Of 3 recommendations of September 2 are done.",
    comparison=SEPTEMBER,
    scope="Only region = EMEA.",
    caveats=(Caveat("Handle time is missing for 39 of 328 escalated tickets."),),
    definitions=(Definition("escalation_rate", "Escalated tickets divided by the tickets created.", 2, date(2026, 9, 1)),),
    citations=(Citation("KI-12", "Workaround", "Split the date range to 31 days or less.", "Exports time out", standing="superseded by KI-19"),),
    grounding=Grounding(39, 39),
    highlights=(
        Highlight("Product bug", "157 escalated tickets, 47.9 % of all escalations, up 105 from 52 in September 2026: more than noise", "Ship the fix planned for KI-12"),
        Highlight("Policy gap", "", "Decide the missing rule in Billing"),
    ),
)  # fmt: skip
