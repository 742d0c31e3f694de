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


def test_an_issue_asked_about_again_is_named_as_its_document_names_it() -> None:
    names = tuple(f"KI-{number}" for number in range(1, 21))
    context = replace(desk(SAAS, date(2026, 11, 3)), issues=names)
    taken = []
    for name in names:
        asked = understand(f"what is the workaround for {name.lower()}?", context)
        then = understand("and how many escalations does it cause?", replace(context, previous=asked))
        taken.append(then.options.get("issue"))
    assert tuple(taken) == names


def test_an_issue_whose_id_has_a_backslash_is_asked_about_again() -> None:
    context = replace(desk(SAAS, date(2026, 11, 3)), issues=(r"BUG\7",))
    asked = understand(r"what is the workaround for BUG\7?", context)
    assert asked.intent is Intent.KNOWLEDGE
    then = understand("and how many escalations does it cause?", replace(context, previous=asked))
    assert then.options.get("issue") == r"BUG\7"
