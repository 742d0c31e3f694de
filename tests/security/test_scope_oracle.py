"""Within a scope every number is that of a workspace that never had the other rows: every metric by every dimension, list and answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from analyst_agent.errors import AnalystError
from analyst_agent.records import Filter, Order, Period, SemanticQuery
from analyst_agent.semantic.model import load_model
from analyst_agent.semantic.period_grammar import parse_period
from analyst_agent.workspace import Workspace
from tests.security.canaries import NOTE, comparable

MODEL = load_model()
Pair = tuple[Workspace, Workspace]


@pytest.fixture(scope="module")
def pair(canary_folders) -> Any:
    """The restricted workspace of everybody's rows, and the one that holds EMEA's alone."""
    within, alone = Workspace.open(canary_folders["scoped"]), Workspace.open(canary_folders["alone"])
    yield within, alone
    within.close()
    alone.close()


def outcome(workspace: Workspace, query: SemanticQuery) -> Any:
    """Rows and caveats, or the refusal; without the words on the scope."""
    try:
        result = workspace.engine.run(query)
    except AnalystError as error:
        return type(error).__name__, f"{error.message} {error.hint}".replace(" within region = EMEA", "")
    if workspace.scope:
        assert result.caveats[0] == NOTE
    rows = sorted(json.dumps(row, default=str) for row in result.rows)
    return rows, [c for c in result.caveats if c != NOTE]


def month(workspace: Workspace, text: str = "October 2026") -> Period:
    return parse_period(text, workspace.clock)


def test_both_have_the_same_days(pair):
    within, alone = (workspace.engine for workspace in pair)
    assert (within.data_start, within.data_end) == (alone.data_start, alone.data_end)
    assert within.run(SemanticQuery(("ticket_count",))).rows[0]["ticket_count"] == 121


@pytest.mark.parametrize("by", ["", *MODEL.dimensions(), "month"])
def test_every_metric_by_every_dimension(pair, by):
    for metric in MODEL.metrics:
        query = SemanticQuery((metric,), (by,) if by else ())
        assert outcome(pair[0], query) == outcome(pair[1], query), metric


@pytest.mark.parametrize("metric", list(MODEL.metrics))
def test_every_metric_in_a_month_by_two_and_filtered(pair, metric):
    period = month(pair[0])
    for by, where in (
        ((), ()),
        (("region", "month"), ()),
        (("product_area", "agent"), ()),
        (("tier",), (Filter("agent", "=", "Ann Bell"),)),
        ((), (Filter("region", "!=", "EMEA"),)),
        ((), (Filter("region", "missing"),)),
        ((), (Filter("reason_code", "in", ("BUG-1", "POL-1")),)),
        ((), (Filter("resolution_type", "!=", "fixed"),)),
        ((), (Filter("subject", "contains", "export"),)),
        ((), (Filter("description", "contains", "canary"),)),
        ((), (Filter("arr", ">", 0),)),
    ):
        query = SemanticQuery((metric,), by, where, period)
        assert outcome(pair[0], query) == outcome(pair[1], query), (by, where)


@pytest.mark.parametrize("metric", ["escalation_rate", "estimated_cost", "resolution_count"])
@pytest.mark.parametrize("by", ["region", "agent", "account", "month"])
def test_compared_cut_and_shared(pair, metric, by):
    period = month(pair[0])
    for extra in (
        {"compare": "previous"},
        {"compare": month(pair[0], "August 2026")},
        {"top": 1},
        {"share": True},
        {"top": 1, "share": True, "compare": "previous"},
        {"limit": 1, "order": (Order(metric),)},
    ):
        query = SemanticQuery((metric,), (by,), period=period, **extra)
        assert outcome(pair[0], query) == outcome(pair[1], query), extra


def test_lists_of_values_and_of_rows(pair):
    within, alone = (workspace.engine for workspace in pair)
    assert {n: set(v) for n, v in within.values_index().items()} == {n: set(v) for n, v in alone.values_index().items()}
    for name, dataset in MODEL.datasets.items():
        fields = [one.name for one in dataset.fields.values()]
        rows = [sorted(map(str, engine.rows(name, fields).rows)) for engine in (within, alone)]
        assert rows[0] == rows[1], name
    assert within.escalation_lag_days() == alone.escalation_lag_days()


QUESTIONS = (
    "What drove escalations last month?",
    "Do Enterprise customers escalate more?",
    "escalations by region last month",
    "escalation rate by tier in October, compared with September",
    "which agent handled most escalations last quarter?",
    "average resolution time by root cause last month",
    "how many tickets in the last 90 days?",
    "what share of escalations are product bugs?",
    "what values does region have?",
    "does this match a known issue?",
    "list the oldest open escalations",
    "list the tickets of last month",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_same_answer_but_for_the_words_on_the_scope(pair, question):
    """Texts, facts, tables, charts, advice and matches of known issues."""
    within, alone = (workspace.analyst().ask(question) for workspace in pair)
    assert NOTE in within.answer or within.citations
    assert comparable(within) == comparable(alone)


def test_every_surface_says_the_scope(pair):
    from analyst_agent.report import answer_text

    ask: Callable[[str], Any] = pair[0].analyst().ask
    answered, refused = ask("escalations by tier last month"), ask("escalations in Narnia last month")
    for answer in (answered, refused):
        assert NOTE in answer.answer
        assert answer.caveats[0].code == "scope"
        assert NOTE in answer_text(answer)
    assert answered.answer.startswith(NOTE)
    policy = ask("what does the policy say about P1?")
    assert NOTE not in policy.answer
    assert policy.citations
