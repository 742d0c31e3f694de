"""Known issues are named by whatever ids the workspace's documents have."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analyst_agent.records import Intent
from analyst_agent.understanding import understand
from tests.understanding.desks import SAAS, desk


@pytest.mark.parametrize("name", ["KI-12", "BUG-77", "KNOWN_9", "PRB0040123"])
@pytest.mark.parametrize("question", ["What's the workaround for {}?", "what is the status of {}?"])
def test_an_issue_is_looked_up_by_its_own_id(name: str, question: str) -> None:
    plan = understand(question.format(name), replace(desk(SAAS, date(2026, 11, 3)), issues=(name,)))
    assert plan.intent is Intent.KNOWLEDGE
    assert name in str(plan.knowledge_query)


def test_a_shared_prefix_is_no_issue_where_none_is_called_so() -> None:
    plan = understand("what is the status of BUG-77?", replace(desk(SAAS, date(2026, 11, 3)), issues=("KI-12",)))
    named = understand("what is the status of BUG-77?", replace(desk(SAAS, date(2026, 11, 3)), issues=("BUG-77",)))
    assert named.intent is Intent.KNOWLEDGE
    assert plan.confidence <= named.confidence
