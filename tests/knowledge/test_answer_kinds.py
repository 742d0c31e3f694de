"""The kind of answer that is asked for moves the passage that holds one before its neighbours, and a title's word no more."""

from __future__ import annotations

import pytest

from analyst_agent.knowledge import KnowledgeStore
from analyst_agent.knowledge.answer_kinds import asked_kinds, fit
from analyst_agent.resources import builtin_dir


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    opened = KnowledgeStore(tmp_path_factory.mktemp("kinds"))
    opened.add([builtin_dir("knowledge")])
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("question", "document", "heading"),
    [
        ("who can sign off a refund of 800 dollars", "POL-6", "Limits of approval"),
        ("who approves a refund of 5000", "POL-6", "Limits of approval"),
        ("whose approval do I need for a 2,500 dollar refund", "POL-6", "Limits of approval"),
        ("who signs for credits above 10,000", "POL-6", "Limits of approval"),
        ("whats our policy for acking a p2 escalation?", "POL-1", "Acknowledgement of an escalation"),
        ("how long do we have to ack a P3", "POL-1", "Acknowledgement of an escalation"),
        ("by when must a P4 escalation be acked", "POL-1", "Acknowledgement of an escalation"),
        ("when is the customer's money back after a double charge", "POL-6", "Duplicate and wrong charges"),
    ],
)
def test_the_passage_with_the_asked_kind_of_answer_comes_first(store, question, document, heading) -> None:
    best = store.search(question, spaces=None)[0]
    assert (best.document, best.heading) == (document, heading)


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("how fast must a P1 be acknowledged", {"duration"}),
        ("who is paged", {"person"}),
        ("how much may L1 refund", {"amount"}),
        ("what must an escalation contain", set()),
    ],
)
def test_the_asked_kinds(question: str, kinds: set[str]) -> None:
    assert asked_kinds(question) == kinds


def test_a_passage_fits_by_the_share_of_the_kinds_it_holds() -> None:
    kinds = frozenset(("person", "amount"))
    assert fit(kinds, "up to 1,000: team lead") == 1.0
    assert fit(kinds, "the team lead decides") == 0.5
    assert fit(kinds, "nothing of the kind") == 0.0
    assert fit(frozenset(), "up to 1,000: team lead") == 0.0
