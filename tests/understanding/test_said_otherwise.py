"""Further classes of wording that somebody fresh was misread in: each with examples of its own, none of them from a list of questions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analyst_agent.records import Intent
from analyst_agent.semantic.periods import Clock
from analyst_agent.understanding import Context, understand
from tests.understanding.desks import brief

COUNT = "query escalated_ticket_count"


def asked(question: str, context: Context) -> str:
    plan = understand(question, context)
    return " && ".join(brief(one) for one in (plan, *plan.then))


@pytest.fixture(scope="module")
def dated(saas: Context) -> Context:
    """The desk with the days that its data cover, from November 2024 on."""
    clock = Clock(date(2026, 11, 3), data_start=date(2024, 11, 1), data_end=date(2026, 11, 2))
    return replace(saas, clock=clock, first_day=clock.data_start, last_day=clock.data_end)


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("escalation rate by tier in Jul 26", "query escalation_rate | by tier | July 2026"),
        ("why did escalations rise during aug 26", "skill root_cause_trend | August 2026"),
        ("Reports escalations on Sept 25", f"{COUNT} | product_area=Reports | 25 September 2026"),
        (
            "escalation rate in Sep 25 compared with Sep 26",
            "query escalation_rate | September 2026 | vs September 2025",
        ),
    ],
)
def test_a_month_and_two_figures(dated: Context, question: str, plan: str) -> None:
    assert asked(question, dated) == plan


def test_a_month_and_two_figures_may_be_asked_back(dated: Context) -> None:
    plan = understand("P2 escalations, Jul 26", dated)
    assert plan.intent is Intent.CLARIFY
    assert [brief(choice.plan) for choice in plan.choices if choice.plan] == [
        f"{COUNT} | priority=P2 | July 2026",
        f"{COUNT} | priority=P2 | 26 July 2026",
    ]
