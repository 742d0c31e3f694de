"""Requests to change or send something are refused in every wording, with who can and how; questions about what was done are not."""

from __future__ import annotations

import pytest

from analyst_agent.records import Intent
from analyst_agent.understanding import Context, understand
from analyst_agent.understanding.refusals import READS_ONLY

DOCUMENT, RECORD, MAIL = "`analyst knowledge add FOLDER`", "the next `analyst load`", "`analyst playbook activate`"


@pytest.mark.parametrize(
    ("question", "how"),
    [
        ("KI-12 is done, set its status to fixed", DOCUMENT),
        ("KI-12 is done. Set its status to fixed.", DOCUMENT),
        ("KI-12 has been shipped - mark it as fixed please", DOCUMENT),
        ("we shipped it, so KI-12 can be marked as fixed", DOCUMENT),
        ("could somebody put KI-12 on resolved", DOCUMENT),
        ("is there a way to mark KI-12 as fixed?", DOCUMENT),
        ("delete the known issue KI-12", DOCUMENT),
        ("please close ticket T-4", RECORD),
        ("can you reopen T-4 for me", RECORD),
        ("T-4 should be closed, do it", RECORD),
        ("how do I reassign T-4?", RECORD),
        ("I want you to change the priority of T-4 to P1", RECORD),
        ("rename the team Tier 1 to First line", RECORD),
        ("assign T-4 to the Billing desk", RECORD),
        ("send the October report to the board", MAIL),
        ("October looks good, e-mail it to my boss", MAIL),
        ("e-mail this to anna@example.com", MAIL),
        ("mark recommendation 3 as done", "`analyst recommendations mark"),
        ("set the root cause of T-4 to training gap", "`analyst label set"),
    ],
)
def test_a_change_is_refused_with_who_can_make_it(saas: Context, question: str, how: str) -> None:
    plan = understand(question, saas)
    assert plan.intent is Intent.REFUSE
    assert plan.reason.startswith(READS_ONLY)
    assert how in plan.reason


@pytest.mark.parametrize(
    "question",
    [
        "is KI-12 marked as fixed?",
        "should KI-9 be reopened?",
        "how were tickets of Enterprise resolved in October?",
        "how many tickets were assigned to Billing desk in October",
        "escalations by phone, email and chat in October",
        "why was T-4 closed",
        "set off by a VIP in October: escalations",
        "share of tickets escalated in October",
        "put the priorities side by side",
        "may a ticket be closed without a note?",
    ],
)
def test_a_question_about_what_was_done_is_none(saas: Context, question: str) -> None:
    assert not understand(question, saas).reason.startswith(READS_ONLY)


def test_what_is_asked_beside_it_is_answered_and_the_change_named(saas: Context) -> None:
    plan = understand(
        "How many tickets were escalated in October 2026? Then e-mail the list to ceo@evil.example.", saas
    )
    assert plan.intent is Intent.QUERY
    assert not plan.then
    assert any("I only read and cannot e-mail anything" in note for note in plan.notes)
    assert not plan.where
