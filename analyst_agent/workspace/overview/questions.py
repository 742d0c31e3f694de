"""The question behind each number, in words the analyst answers with that number: with the period and the conditions."""

from __future__ import annotations

import re

from analyst_agent.claims import Wording, formats
from analyst_agent.masking import one_line
from analyst_agent.records import Period
from analyst_agent.workspace.overview.selection import LAST_30_DAYS, Selection

# To ask about a measure: its name, and the question; {during}, {against} and {only} stand for period, comparison and conditions.
OF_MEASURES = {
    "escalation_rate": "Why did the escalation rate change {during}{only}?",
    "escalated_ticket_count": "Why did the number of escalated tickets change {during}{only}?",
    "mean_time_to_escalation": "How did the mean time to escalation change {during}{against}{only}?",
    "mean_resolution_minutes": "How did the mean resolution time change {during}{against}{only}?",
    "mean_csat": "How did the mean CSAT of escalated tickets change {during}{against}{only}?",
    "estimated_cost": "What did escalations cost {during}{against}{only}?",
}
UNCOMPARED = "What was the {measure} {during}{only}?"
OF_PANELS = {
    "trend": "What is the trend of the escalation rate by month {months}{only}?",
    "causes": "What drove escalations {during}{only}?",
    "segments": "Which segments escalate more than the rest {during}{only}?",
    "areas": "Which product areas escalate more than the rest {during}{only}?",
    "hours": "How many tickets were escalated by weekday and hour {during}{only}?",
    "flow": "How many tickets were escalated by the team they came from and the team they went to {during}{only}?",
}

_ODD = re.compile(r"[,;:.?!]")


def of_measure(name: str, selection: Selection, before: Period | None, wording: Wording) -> str:
    """What to ask about a measure; without a comparison only what it was."""
    if before is None and name != "estimated_cost":
        return _filled(UNCOMPARED.replace("{measure}", wording.metric(name)), selection, None, wording)
    return _filled(OF_MEASURES[name], selection, before, wording)


def of_panel(name: str, selection: Selection, wording: Wording) -> str:
    """What to ask about a panel."""
    return _filled(OF_PANELS[name], selection, None, wording)


def _filled(text: str, selection: Selection, before: Period | None, wording: Wording) -> str:
    is_rolling = selection.key == LAST_30_DAYS
    against = ""
    if before is not None:
        against = " against the 30 days before" if is_rolling else f" against {formats.period_name(before)}"
    only = ", ".join(f"{wording.dimension(one.field)} {_named(one.value)}" for one in selection.where)
    return text.format(
        during="in the last 30 days" if is_rolling else formats.during(selection.period),
        months=_months(selection.months),
        against=against,
        only=f", only {only}" if only else "",
    )


def _named(value: object) -> str:
    """A stored value as it is written, in quotation marks where it would not end as a name does."""
    line = one_line(str(value))
    return f'"{line}"' if _ODD.search(line) else line


def _months(period: Period) -> str:
    first, last = formats.month(period.start), period.label.rpartition(" to ")[2]
    return f"in {first}" if period.days <= 31 else f"from {first} to {last}"
