"""What is not granted, or lies outside a restriction, is reached by no question, conversation, query, search or message."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from analyst_agent.errors import AnalystError
from analyst_agent.records import Filter, Order, SemanticQuery, Status
from analyst_agent.report import answer_json
from analyst_agent.semantic.filters import parse_filter
from analyst_agent.settings import Grants
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.checkup import check_up
from analyst_agent.workspace.conversing import converse

NO_CRM = {"sources": ("helpdesk",)}
NO_AGENTS = {"objects": ("ticket", "escalated_ticket", "resolution")}
NO_RESOLUTIONS = {"objects": ("ticket", "escalated_ticket", "agent")}
EMEA = (Filter("region", "=", "EMEA"),)


@pytest.fixture
def desk(demo_workspace) -> Callable[..., Workspace]:
    """`desk(restrictions, sources=...)`: the demo with these restrictions and grants."""

    def opened(restrictions: tuple[Filter, ...] = (), **grants: tuple[str, ...]) -> Workspace:
        workspace = Workspace.open(demo_workspace)
        workspace.settings = replace(workspace.settings, grants=Grants(**grants))
        workspace.restrictions = restrictions
        return workspace

    return opened


def said(answer: object, question: str) -> str:
    """Everything an answer holds but the question itself, in small letters."""
    return json.dumps(answer_json(answer)).replace(json.dumps(question)[1:-1], "").lower()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("grants", "begun", "then"),
    [
        (NO_CRM, "escalations by region last month", ("and in September?", "for EMEA", "by tier", "only Enterprise")),
        (NO_CRM, "Do Enterprise customers escalate more?", ("and in EMEA?", "and last quarter?", "why?")),
        (NO_AGENTS, "escalations by agent last month", ("and in September?", "by support level")),
        (NO_RESOLUTIONS, "resolutions by resolution type last month", ("and in September?", "resolution minutes")),
    ],
)
def test_a_conversation_begun_before_a_grant_was_taken_away_does_not_keep_it(desk, grants, begun, then):
    whole = desk()
    hidden = {v.lower() for n in ("region", "tier", "agent", "resolution_type") for v in whole.engine.values(n)}
    seen = {v.lower() for n in desk(**grants).engine.model.dimensions() for v in whole.engine.values(n)}
    for follow_up in then:
        name = uuid4().hex
        assert converse(whole, begun, name).status is Status.ANSWERED
        answer = converse(desk(**grants), follow_up, name)
        assert answer.status is not Status.ERROR
        assert [q.sql for q in answer.queries if any(t in q.sql for t in tables_of(grants))] == []
        assert [v for v in hidden - seen if f'"{v}"' in said(answer, follow_up)] == []


def tables_of(grants: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    if grants is NO_CRM:
        return ('"accounts"', "accounts AS", "FROM accounts")
    return ('"agents"', "FROM agents") if grants is NO_AGENTS else ("FROM resolutions", '"resolutions"')


@pytest.mark.parametrize(
    ("grants", "by", "where", "order"),
    [
        (NO_CRM, ("region",), "", ""),
        (NO_CRM, (), "tier=Entrprise", ""),
        (NO_CRM, (), "account_id=A1", ""),
        (NO_CRM, (), "arr > 1", ""),
        (NO_CRM, ("product_area",), "", "region"),
        (NO_AGENTS, ("agent",), "", ""),
        (NO_AGENTS, (), "agent contains Kofi", ""),
        (NO_AGENTS, (), "support_level=L9", ""),
        (NO_RESOLUTIONS, (), "notes contains refund", ""),
        (NO_RESOLUTIONS, (), "resolution_type=fixd", ""),
    ],
)
def test_a_query_reaches_nothing_that_is_not_granted_and_no_message_suggests_it(desk, grants, by, where, order):
    engine = desk(**grants).engine
    conditions = (parse_filter(where),) if where else ()
    query = SemanticQuery(("ticket_count",), by, conditions, order=(Order(order),) if order else ())
    with pytest.raises(AnalystError) as refused:
        engine.run(query)
    words = f"{refused.value.message} {refused.value.hint}"
    assert "is not granted" in words or f"'{order}'" in words
    for value in ("Enterprise", "EMEA", "Kofi", "L1", "fixed", "AMER"):
        assert value not in words


@pytest.mark.parametrize("granted", [("escalation_policies",), ()])
def test_documents_of_a_space_that_is_not_granted_are_nowhere(desk, granted):
    workspace = desk(knowledge=granted)
    titles = [d.title.lower() for d in desk().knowledge.documents(("known_issues",))]
    assert len(titles) > 3
    for question in (
        "What drove escalations last month?",
        "does this match a known issue?",
        "list the escalations of last month",
        "what does KI-12 say?",
        "exports time out",
    ):
        answer = workspace.analyst().ask(question)
        named = {*(c.document for c in answer.citations), *(r.document for r in answer.recommendations if r.document)}
        assert [n for n in named if n.startswith("KI-") or not granted] == []
        assert [t for t in titles if t in said(answer, question)] == []
    assert workspace.desk.library.passages("exports time out", ("known_issues",)) == ()
    assert not workspace.desk.library.has_known_issues()


def test_a_check_up_names_only_what_is_granted(desk):
    report = json.dumps(check_up(desk(**NO_CRM, knowledge=("escalation_policies",))))
    assert "known_issues" not in report
    assert "8 in escalation_policies" in report


QUESTIONS = (
    "escalations by region last month",
    "What drove escalations last month?",
    "Do Enterprise customers escalate more?",
    "what values does region have?",
    "what can I ask?",
    "escalations by account last month",
    "for all regions, escalations last month",
    "escalations of {other} last month",
    "escalation rate outside EMEA",
    "does this match a known issue?",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_restriction_holds_on_every_answer(desk, question):
    inside, whole = desk(EMEA), desk()
    outside = [
        v for n in ("account", "region", "csm") for v in whole.engine.values(n) if v not in inside.engine.values(n)
    ]
    assert {"AMER", "APAC", "LATAM"} < set(outside)
    question = question.format(other=outside[0])
    answer = inside.analyst().ask(question)
    assert answer.status is not Status.ERROR
    assert [v for v in outside if f'"{v.lower()}"' in said(answer, question)] == []
    counted = [f.value for f in answer.facts if f.metric == "ticket_count" and not f.dimensions]
    assert all(value <= total(inside) for value in counted)


def total(workspace: Workspace) -> int:
    return int(workspace.engine.run(SemanticQuery(("ticket_count",))).rows[0]["ticket_count"])  # type: ignore[arg-type]


def test_a_restriction_on_a_field_that_is_not_granted_opens_nothing(desk):
    with pytest.raises(AnalystError, match="not granted"):
        desk(EMEA, **NO_CRM).analyst()


def test_the_days_of_the_load_are_the_same_for_everybody(desk):
    """Open tickets are censored where the export ends: a restricted reader must not see them end earlier."""
    inside, whole = desk(EMEA).engine, desk().engine
    assert (inside.first_day, inside.last_day) == (whole.first_day, whole.last_day)
