"""A verified reading is preferred, computed anew and labelled; nothing unverified, revoked or of others is ever taken up."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analyst_agent.agent.analyst import Analyst
from analyst_agent.agent.events import answer_of
from analyst_agent.agent.scripted_model import ScriptedModel, calls
from analyst_agent.agent.threads import NO_THREAD
from analyst_agent.errors import InvalidDefinition, NotPermitted, UnknownName
from analyst_agent.records import Answer, Filter, Intent, Period, Plan
from analyst_agent.settings import FILE_NAME, Grants
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.conversing import converse
from analyst_agent.workspace.sessions import opened, revoke, verify
from analyst_agent.workspace.verifying import answering

QUESTION = "escalation rate in October 2026"
OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1), "October 2026", "calendar", "month")
VERIFIED, DIFFERS = "verified", "verified_differs"


def codes(answer: Answer) -> set[str]:
    return {caveat.code for caveat in answer.caveats}


def keep_turn(workspace: Workspace, question: str, plan: Plan, conversation: str = "taught") -> None:
    """A turn as it would be kept of an answer that read the question by this plan."""
    answer = replace(workspace.analyst().ask(question, reading=plan), conversation=conversation)
    from analyst_agent.report import answer_json

    workspace.conversations.add(
        conversation,
        question,
        "answered",
        answer.plan,
        answer_json(answer),
        workspace.fingerprint,
        workspace.clock.today,
    )


def test_a_verified_answer_says_who_vouched_for_it_and_when(workspace: Workspace) -> None:
    before = converse(workspace, QUESTION, "s")
    verify(workspace, "s", None, "Dana L.")
    answer = converse(workspace, "Escalation rate  in October 2026?")
    assert VERIFIED not in codes(before)
    assert [c.text[:22] for c in answer.caveats if c.code == VERIFIED] == ["Verified by Dana L. on"]
    assert answer.answer.startswith("Verified by Dana L. on ")
    assert [f.value for f in answer.facts] == [f.value for f in before.facts]
    assert DIFFERS not in codes(answer)


def test_an_answer_nobody_verified_influences_no_other(workspace: Workspace) -> None:
    odd = Plan(Intent.QUERY, metrics=("mean_csat",), period=OCTOBER)
    keep_turn(workspace, QUESTION, odd)
    answer = converse(workspace, QUESTION)
    assert answer.plan is not None
    assert answer.plan.metrics == ("escalation_rate",)
    assert VERIFIED not in codes(answer)


def test_the_reading_vouched_for_is_taken_in_place_of_another(workspace: Workspace) -> None:
    taught = Plan(Intent.QUERY, metrics=("mean_csat",), where=(Filter("tier", "=", "Enterprise"),), period=OCTOBER)
    keep_turn(workspace, QUESTION, taught)
    verify(workspace, "taught", 1, "Dana")
    answer = converse(workspace, QUESTION)
    assert answer.plan is not None
    assert (answer.plan.metrics, answer.plan.where) == (taught.metrics, taught.where)
    assert VERIFIED in codes(answer)


def test_days_that_were_named_relative_to_today_move_with_it(workspace: Workspace) -> None:
    question = "escalation rate last month"
    keep_turn(workspace, question, Plan(Intent.QUERY, metrics=("mean_csat",), period=OCTOBER))
    verify(workspace, "taught", 1, "Dana")
    earlier = Workspace.open(workspace.root, today=date(2026, 10, 20))
    answer = converse(earlier, question)
    earlier.close()
    assert answer.period is not None
    assert (answer.period.start, answer.period.end) == (date(2026, 9, 1), date(2026, 10, 1))
    assert answer.plan is not None
    assert answer.plan.metrics == ("mean_csat",)
    assert VERIFIED in codes(answer)
    assert DIFFERS not in codes(answer)


def test_days_that_cannot_be_told_today_leave_the_reading_aside(workspace: Workspace) -> None:
    keep_turn(workspace, "escalation rate", Plan(Intent.QUERY, metrics=("mean_csat",), period=OCTOBER))
    verify(workspace, "taught", 1, "Dana")
    assert VERIFIED in codes(converse(workspace, "escalation rate"))
    later = Workspace.open(workspace.root, today=date(2026, 11, 20))
    answer = converse(later, "escalation rate")
    later.close()
    assert VERIFIED not in codes(answer)
    assert answer.plan is not None
    assert answer.plan.metrics == ("escalation_rate",)


def test_a_follow_up_is_recognised_only_where_it_means_the_same(workspace: Workspace) -> None:
    converse(workspace, QUESTION, "s")
    converse(workspace, "and for Enterprise?", "s")
    assert not verify(workspace, "s", 2, "Dana").stands_alone
    converse(workspace, QUESTION, "same")
    assert VERIFIED in codes(converse(workspace, "and for Enterprise?", "same"))
    converse(workspace, "mean CSAT in October 2026", "other")
    other = converse(workspace, "and for Enterprise?", "other")
    assert VERIFIED not in codes(other)
    assert other.plan is not None
    assert other.plan.metrics == ("mean_csat",)
    assert VERIFIED not in codes(converse(workspace, "and for Enterprise?"))


def test_what_is_revoked_is_no_longer_preferred(workspace: Workspace) -> None:
    keep_turn(workspace, QUESTION, Plan(Intent.QUERY, metrics=("mean_csat",), period=OCTOBER))
    verify(workspace, "taught", 1, "Dana")
    assert opened(workspace, "taught").verified[1].by == "Dana"
    assert revoke(workspace, "taught", None, "Eve") == ("taught", 1)
    answer = converse(workspace, QUESTION)
    assert VERIFIED not in codes(answer)
    assert answer.plan is not None
    assert answer.plan.metrics == ("escalation_rate",)
    with pytest.raises(UnknownName):
        revoke(workspace, "taught", None, "Eve")


def test_numbers_of_a_past_period_that_changed_since_are_told(workspace: Workspace, tmp_path: Path) -> None:
    converse(workspace, QUESTION, "s")
    verify(workspace, "s", 1, "Dana")
    workspace.close()
    load_ticket(workspace.root, tmp_path / "more", "2026-10-12T10:00:00Z")
    again = Workspace.open(workspace.root)
    answer = converse(again, QUESTION)
    again.close()
    assert VERIFIED in codes(answer)
    [told] = [c.text for c in answer.caveats if c.code == DIFFERS]
    assert told == (
        "Numbers of past days that are not as vouched for: 1 of 1 (escalation rate, 1 to 31 October 2026, was 11.4 %, is 11.3 %)."
    )
    assert told[:30] in answer.answer


def test_numbers_of_days_that_were_not_over_may_change(workspace: Workspace, tmp_path: Path) -> None:
    converse(workspace, "escalation rate this month", "s")
    verify(workspace, "s", 1, "Dana")
    workspace.close()
    load_ticket(workspace.root, tmp_path / "more", "2026-11-02T10:00:00Z")
    again = Workspace.open(workspace.root)
    answer = converse(again, "escalation rate this month")
    again.close()
    assert VERIFIED in codes(answer)
    assert DIFFERS not in codes(answer)


def load_ticket(root: Path, folder: Path, created_at: str) -> None:
    """One more ticket, never escalated."""
    from analyst_agent.warehouse.load import load

    folder.mkdir()
    with (folder / "tickets.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["ticket_id", "created_at"], ["T-late", created_at]])
    workspace = Workspace.open(root)
    load(root, [folder], settings=workspace.settings, derived=workspace.derived)
    workspace.close()


def test_other_definitions_leave_the_reading_aside(workspace: Workspace) -> None:
    converse(workspace, QUESTION, "s")
    verify(workspace, "s", 1, "Dana")
    file = workspace.root / FILE_NAME
    file.write_text(file.read_text().replace("cost_per_hour = 45", "cost_per_hour = 60"))
    again = Workspace.open(workspace.root)
    assert VERIFIED not in codes(converse(again, QUESTION))
    again.close()


def test_under_other_grants_or_scope_nothing_is_verified(workspace: Workspace) -> None:
    converse(workspace, QUESTION, "s")
    verify(workspace, "s", 1, "Dana")
    scoped = Workspace.open(workspace.root, restrictions=["region = EMEA"])
    less = Workspace(workspace.root, replace(workspace.settings, grants=Grants(sources=("helpdesk",))))
    for other in (scoped, less):
        assert VERIFIED not in codes(converse(other, QUESTION))
        with pytest.raises(UnknownName):
            verify(other, "s", 1, "Eve")
        assert other.verified.listed(other.fingerprint) == []
        other.close()


def test_the_scope_still_opens_a_verified_answer(workspace: Workspace) -> None:
    scoped = Workspace.open(workspace.root, restrictions=["region = EMEA"])
    converse(scoped, QUESTION, "s")
    verify(scoped, "s", 1, "Dana")
    answer = converse(scoped, QUESTION)
    scoped.close()
    assert [c.code for c in answer.caveats][:2] == ["scope", VERIFIED]
    assert answer.answer.split("\n\n")[0].startswith("Within the scope region = EMEA")
    assert answer.answer.split("\n\n")[1].startswith("Verified by Dana")


def test_only_an_answer_from_data_or_documents_can_be_vouched_for_and_by_somebody(workspace: Workspace) -> None:
    converse(workspace, "what will the weather be?", "s")
    converse(workspace, "thanks", "s")
    converse(workspace, QUESTION, "s")
    for turn in (1, 2):
        with pytest.raises(NotPermitted, match="no answer"):
            verify(workspace, "s", turn, "Dana")
    converse(workspace, "What was the escalation rate in October 2026, and how fast must a P1 be acknowledged?", "s")
    with pytest.raises(NotPermitted, match="several calls"):
        verify(workspace, "s", 4, "Dana")
    with pytest.raises(InvalidDefinition, match="Nobody is named"):
        verify(workspace, "s", 3, "  ")


def test_a_name_with_markdown_stays_a_name(workspace: Workspace) -> None:
    converse(workspace, QUESTION, "s")
    verify(workspace, "s", 1, "<b>[D](http://evil.example)</b>")
    text = converse(workspace, QUESTION).answer
    assert r"\<b>\[D\](http\://evil.example)\</b>" in text


def scripted(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, *script: Any) -> None:
    model = ScriptedModel(script=list(script))
    monkeypatch.setattr(workspace, "analyst", lambda _: Analyst(workspace.desk, "scripted:test", lambda _: model))


def test_a_model_that_leaves_the_verified_reading_gives_way_to_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    converse(workspace, QUESTION, "s")
    verify(workspace, "s", 1, "Dana")
    scripted(workspace, monkeypatch, calls("query_metrics", metrics=["mean_csat"], period="October 2026"), "[c1] [c2]")
    answer = answer_of(answering(workspace, QUESTION, NO_THREAD, "scripted:test"))
    assert {f.metric for f in answer.facts} == {"escalation_rate"}
    assert VERIFIED in codes(answer)
    assert answer.usage.model == "scripted:test"
    assert answer.usage.fallback is not None
    assert answer.usage.input_tokens == 100


def test_a_model_that_keeps_to_the_verified_reading_words_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    converse(workspace, QUESTION, "s")
    verify(workspace, "s", 1, "Dana")
    scripted(
        workspace,
        monkeypatch,
        calls("query_metrics", metrics=["escalation_rate"], period="October 2026"),
        "As far as the tickets tell: [c1]",
    )
    answer = answer_of(answering(workspace, QUESTION, NO_THREAD, "scripted:test"))
    assert answer.usage.fallback is None
    assert VERIFIED in codes(answer)
    assert "As far as the tickets tell: " in answer.answer
