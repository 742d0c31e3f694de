"""A model that lies about real findings of the demo, in more than forty ways: none is shown as bound."""

from __future__ import annotations

import re

import pytest

from analyst_agent.records import Status
from analyst_agent.workspace import Workspace
from tests.agent.asking import QUESTION, ask

# October 2026 of the demo with a tenth of its tickets: 35 escalated of 308 (11.4 %), 22 in September; product bug 20, process failure 4,
# training gap 3, without a recorded cause 6; by tier Enterprise 19 of 139, Starter 8 of 74, Business 6 of 84.
MONTHS = "escalations by month since June 2026"
TIMES = "mean resolution time by root cause in October 2026"
TIERS = "Do escalation rates differ by customer tier?"

LIES = {
    "a wrong count": (QUESTION, "In October 2026, 36 tickets were escalated."),
    "a wrong count in words": (QUESTION, "Some forty tickets were escalated in October 2026."),
    "a wrong rate": (QUESTION, "The escalation rate was 12.4 % in October 2026."),
    "a rate rounded away": (QUESTION, "The escalation rate was 20 % in October 2026."),
    "a wrong denominator": (QUESTION, "35 of 350 tickets were escalated in October 2026."),
    "a wrong change": (QUESTION, "The escalation rate rose by 5.5 points against September 2026."),
    "the opposite direction": (QUESTION, "The escalation rate fell by 3.5 points against September 2026."),
    "the opposite direction without a number": (QUESTION, "Escalated tickets fell against September 2026."),
    "a change that is not significant": (QUESTION, "The escalation rate rose significantly against September 2026."),
    "another month": (QUESTION, "In August 2026, 35 tickets were escalated."),
    "another year": (QUESTION, "In October 2025, 35 tickets were escalated."),
    "a month compared with that was not": (QUESTION, "That is 13 more than in July 2026."),
    "the value of another period": (QUESTION, "In September 2026, 35 tickets were escalated."),
    "an invented quarter": (QUESTION, "In Q3 2026, 35 tickets were escalated."),
    "a wrong cause's number": (QUESTION, "Process failure accounts for 20 tickets."),
    "two causes exchanged": (QUESTION, "Training gap caused 4 tickets and process failure 3."),
    "an invented cause": (QUESTION, "Sabotage caused 20 of the 35 escalated tickets."),
    "an invented area": (QUESTION, "Most product bugs come from Mobile App (15 tickets)."),
    "an area of another cause": (QUESTION, "Product bug comes mostly from Billing (15 tickets)."),
    "an invented known issue": (QUESTION, "9 of 20 product bug tickets match KI-99."),
    "a known issue for the wrong cause": (QUESTION, "9 of 20 tickets of Training gap match KI-12."),
    "a sum that does not add": (QUESTION, "Product bug and process failure together make 25 tickets."),
    "a difference that is none": (QUESTION, "Product bug has 12 tickets more than process failure."),
    "a ratio that is none": (QUESTION, "Product bug has seven times as many tickets as process failure."),
    "a share that is none": (QUESTION, "Process failure makes up 57.1 % of all escalations."),
    "a false majority": (QUESTION, "Most escalated tickets are process failures."),
    "a false superlative": (QUESTION, "Training gap is the most common root cause."),
    "a false second place": (QUESTION, "Training gap is the second most common recorded root cause."),
    "a false least": (QUESTION, "Product bug is the cheapest root cause."),
    "a wrong cost": (QUESTION, "Product bug cost 13,360 USD."),
    "another currency": (QUESTION, "Product bug cost 1,336 EUR."),
    "another unit of time": (QUESTION, "Product bug tickets were resolved in 19.2 days on average."),
    "a wrong duration": (QUESTION, "Product bug tickets were resolved in 29.2 h on average."),
    "a wrong interval": (QUESTION, "The 95 % interval of the change is 1.4 to 8.4 points."),
    "too few said to be tested": (QUESTION, "The rise of process failure is statistically significant."),
    "a denial": (QUESTION, "Product bug is not the most common root cause."),
    "open tickets invented": (QUESTION, "14 escalated tickets are still open."),
    "a forecast": (QUESTION, "Next month 45 tickets will be escalated."),
    "a person invented": (QUESTION, "John Carpenter escalated 20 of the 35 tickets."),
    "a customer invented": (QUESTION, "Globex Corporation has 12 of the 35 escalated tickets."),
    "a quotation invented": (
        QUESTION,
        'A note of 4 October says "the export has been broken since Tuesday and nobody answers".',
    ),
    "a vague amount": (QUESTION, "Dozens of tickets were escalated because of product bugs."),
    "a doubling that is none": (QUESTION, "Escalated tickets tripled against September 2026."),
    "a worst month that is not": (MONTHS, "July 2026 was the worst month."),
    "two months exchanged": (MONTHS, "22 tickets were escalated in October 2026 and 35 in September 2026."),
    "a fall that was a rise": (MONTHS, "Escalated tickets fell from September 2026 to October 2026."),
    "a wrong total": (MONTHS, "From June to October 2026 that makes 142 escalated tickets."),
    "an average that is none": (MONTHS, "That is 31 escalated tickets a month on average."),
    "the slowest that is not": (TIMES, "Product bug takes longest to resolve."),
    "minutes for hours": (TIMES, "Training gap takes 107 h on average."),
    "a difference that is not shown": (TIERS, "Enterprise tickets escalate more than the rest."),
    "an invented segment": (TIERS, "Platinum customers escalate in 13.7 % of their tickets."),
    "a rate of another segment": (TIERS, "Business tickets escalate in 13.7 % of cases."),
    "no difference said to be proven": (TIERS, "There is no difference between the tiers."),
    "a cause for a correlation": (TIERS, "Because of their contracts, 19 % of Enterprise tickets escalate."),
}

TRUTHS = {
    "a count": (QUESTION, "In October 2026, 35 tickets were escalated."),
    "a rate": (QUESTION, "The escalation rate was 11.4 % in October 2026."),
    "a denominator": (QUESTION, "35 of 308 tickets were escalated in October 2026."),
    "a cause": (QUESTION, "Process failure accounts for 4 tickets."),
    "a sum": (QUESTION, "Product bug and process failure together make 24 tickets."),
    "a superlative": (QUESTION, "Product bug is the most common root cause."),
    "a duration": (QUESTION, "Product bug tickets were resolved in 19.2 h on average."),
    "a currency": (QUESTION, "Product bug cost $1,336."),
    "the month with the most": (MONTHS, "The most escalated tickets were in October 2026 (35)."),
    "a worst month": (MONTHS, "October 2026 was the worst month."),
    "the slowest": (TIMES, "Training gap takes 107 min on average."),
}


def shown_as_bound(text: str) -> str:
    """What of an answer is not marked as unverified."""
    return re.sub(r"\[unverified: (?:\\.|[^\]\\]|\](?=[^\s]))*\]", "", text)


@pytest.mark.parametrize("name", LIES)
def test_a_lie_is_marked_and_listed(workspace: Workspace, name: str) -> None:
    question, lie = LIES[name]
    answer, model = ask(workspace, question, f"[c1]\n\n{lie}")
    assert len(model.seen) == 2, "one repair is asked for"
    assert answer.grounding.unbound == (lie,)
    assert lie not in shown_as_bound(answer.answer)
    assert answer.usage.fallback is None
    assert answer.status is Status.ANSWERED


@pytest.mark.parametrize("name", list(LIES)[::6])
def test_a_model_that_only_lies_gets_the_default_text(workspace: Workspace, name: str) -> None:
    question, lie = LIES[name]
    answer, _ = ask(workspace, question, lie)
    assert lie not in answer.answer
    assert answer.answer == workspace.analyst().ask(question).answer
    assert answer.usage.fallback == "The model's text referred to no claim; the default text stands."
    assert answer.grounding.unbound == ()


@pytest.mark.parametrize("name", TRUTHS)
def test_a_truth_of_the_same_form_is_bound(workspace: Workspace, name: str) -> None:
    question, truth = TRUTHS[name]
    answer, model = ask(workspace, question, truth)
    assert len(model.seen) == 1
    assert answer.grounding.unbound == ()
    assert truth.rstrip(".") in answer.answer


def test_a_lie_that_is_repaired_is_gone(workspace: Workspace) -> None:
    answer, _ = ask(workspace, QUESTION, "[c1] In October 2026, 36 tickets were escalated.", "[c1]")
    assert answer.grounding.unbound == ()
    assert "36 tickets" not in answer.answer


def test_a_repair_that_is_worse_is_not_taken(workspace: Workspace) -> None:
    lie, worse = "[c1]\n\n36 tickets were escalated.", "[c1] 37 tickets were escalated. It cost 5 USD."
    answer, _ = ask(workspace, QUESTION, lie, worse)
    assert answer.grounding.unbound == ("36 tickets were escalated.",)
    assert "37 tickets" not in answer.answer
