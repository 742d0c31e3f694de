"""Each grant taken away in turn: what it covers is refused by name on every path, and no word of it comes out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from analyst_agent.agent.analyst import Analyst
from analyst_agent.agent.scripted_model import ScriptedModel, calls
from analyst_agent.agent.threads import Thread
from analyst_agent.errors import AnalystError, NotGranted
from analyst_agent.records import Filter, Order, SemanticQuery, Status
from analyst_agent.report import answer_json
from analyst_agent.semantic.model import load_model
from analyst_agent.settings import Grants
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.checkup import check_up
from analyst_agent.workspace.conversing import OTHERS, converse
from analyst_agent.workspace.scope import rows_aside

MODEL = load_model()
ALL = ("ticket", "escalated_ticket", "resolution", "agent")


@dataclass(frozen=True)
class Revoked:
    """Grants without one thing. words: stored nowhere else, so that none may come out. refused: questions about it."""

    grants: Grants
    datasets: tuple[str, ...]
    words: tuple[str, ...]
    refused: tuple[str, ...]


def without(name: str) -> Grants:
    return Grants(objects=tuple(one for one in ALL if one != name))


REVOKED = {
    "account": Revoked(
        Grants(sources=("helpdesk",)),
        ("account",),
        ("Northwind", "Fabrikam", "Canary Account", "EMEA", "APAC", "Canary Tier", "Retail", "Canary Mining", "Mia Rowe", "77777"),
        (
            "escalations by region in October", "escalations of Enterprise customers in October", "which accounts escalate most?", "escalations by customer",
            "Do Enterprise customers escalate more?", "tickets of Northwind in October", "escalations in EMEA", "escalations by industry", "list all regions",
            "average arr of escalated tickets", "what values does tier have?", "who is the customer success manager of Northwind?", "does tenure matter?",  "tickets by plan",
        ),
    ),
    "agent": Revoked(
        without("agent"),
        ("agent",),
        ("Ann Bell", "Ben Hart", "Canary Agent"),
        (
            "escalations by agent in October", "which agent has most escalations?", "how many tickets has Ann Bell?", "escalations by support level",
            "tickets by agent team",
        ),
    ),
    "resolution": Revoked(
        without("resolution"),
        ("resolution",),
        ("canary swap", "canary note", "Restarted the export"),
        (
            "resolutions by resolution type in October", "how many resolutions in October?", "what do the resolution notes say?", "total resolution minutes in October",
            "tickets by resolution type",
        ),
    ),
    "escalated_ticket": Revoked(
        without("escalated_ticket"),
        ("escalated_ticket", "escalation_event"),
        ("CANARY-7", "canary_cause", "canary reason", "canary trigger"),
        (
            "how many escalations in October?", "What drove escalations last month?", "escalation rate by tier", "how many tickets with reason code BUG-1",
            "which root causes are there?", "Do Enterprise customers escalate more?", "escalation events by month",
        ),
    ),
    "helpdesk": Revoked(
        Grants(sources=("crm",)),
        ("ticket", "escalated_ticket", "escalation_event", "resolution", "agent"),
        ("Ann Bell", "Canary Area", "canary fax", "CANARY-7", "canary swap", "RPT-504 "),
        ("how many tickets in October?", "What drove escalations last month?", "escalations by tier", "tickets by channel"),
    ),
}  # fmt: skip
DOCUMENTS = {
    "known_issues": (
        ("escalation_policies",),
        ("Exports time out", "Split the export", "KI-5"),
        (
            "does this match a known issue?", "what does KI-5 say?", "is there a workaround for RPT-504?", "are there known bugs in Exports?",
            "is the export problem documented?", "when will RPT-504 be fixed?", "which known issue is behind the escalations?",
        ),
    ),
    "escalation_policies": (
        ("known_issues",),
        ("15 minutes", "Answers to P1"),
        (
            "what does the policy say about P1?", "how fast must P1 be answered?", "who approves refunds?", "what is our escalation procedure?",
            "are P1 tickets allowed to wait?",
        ),
    ),
}  # fmt: skip
Opened = Callable[[Grants], Workspace]


@pytest.fixture
def opened(canary_folders) -> Iterator[Opened]:
    """The workspace of everybody's rows with other grants."""
    found: list[Workspace] = []

    def with_grants(grants: Grants) -> Workspace:
        workspace = Workspace.open(canary_folders["whole"])
        workspace.settings = replace(workspace.settings, grants=grants)
        found.append(workspace)
        return workspace

    yield with_grants
    for workspace in found:
        workspace.close()


def told(answer: Any, question: str = "") -> str:
    return json.dumps(answer_json(answer)).replace(json.dumps(question)[1:-1], "")


def leaked(text: str, words: tuple[str, ...], question: str = "") -> list[str]:
    return [word for word in words if word.lower() in text.lower() and word.lower() not in question.lower()]


@pytest.mark.parametrize("name", REVOKED)
def test_every_question_about_it_is_refused_by_name(opened, name):
    case = REVOKED[name]
    analyst = opened(case.grants).analyst()
    for question in case.refused:
        answer = analyst.ask(question)
        assert answer.status is Status.REFUSED, question
        assert "not granted" in answer.answer, question
        assert leaked(told(answer, question), case.words, question) == [], question
        assert answer.facts == ()


@pytest.mark.parametrize("name", REVOKED)
def test_no_field_or_metric_of_it_is_had_by_any_part_of_a_query(opened, name):
    """Split, condition, order, metric, list of values, list of rows: the same reason each time."""
    case = REVOKED[name]
    engine = opened(case.grants).engine
    metric = next(iter(engine.model.metrics), "ticket_count")
    kept = {field for dataset in engine.model.datasets.values() for field in dataset.fields}
    fields = [f for d in case.datasets for f in MODEL.datasets[d].fields if f not in kept]
    assert fields
    for field in fields:
        attempts: list[Callable[[], object]] = [
            lambda field=field: engine.run(SemanticQuery((metric,), (field,))),
            lambda field=field: engine.run(SemanticQuery((metric,), (), (Filter(field, "missing"),))),
            lambda field=field: engine.run(SemanticQuery((metric,), (), (Filter(field, "!=", "x"),))),
            lambda field=field: engine.run(SemanticQuery((metric,), (), (Filter(field, "contains", "a"),))),
            lambda field=field: engine.run(SemanticQuery((metric,), (), order=(Order(field),))),
            lambda field=field: engine.run(SemanticQuery((metric,), (field,), top=1, share=True, compare="previous")),
            lambda field=field: engine.values(field),
            lambda field=field: engine.rows(next(iter(engine.model.datasets)), [field]),
        ]
        for attempt in attempts:
            with pytest.raises(AnalystError) as refused:
                attempt()
            assert leaked(f"{refused.value.message} {refused.value.hint}", case.words) == [], field
    gone = [m.name for m in MODEL.metrics.values() if m.dataset in case.datasets]
    for one in gone:
        with pytest.raises(NotGranted, match=one):
            engine.run(SemanticQuery((one,)))
    assert not set(fields) & set(engine.values_index())


@pytest.mark.parametrize("name", REVOKED)
def test_no_other_answer_holds_a_word_of_it(opened, name):
    """Overviews, skills with their columns, checks, rows set aside, and what a model is shown."""
    case = REVOKED[name]
    workspace = opened(case.grants)
    analyst = workspace.analyst()
    for question in ("what can I ask?", "What drove escalations last month?", "which data do you have?", "tickets by product area in October", "does this match a known issue?"):  # fmt: skip
        answer = analyst.ask(question)
        assert answer.status is not Status.ERROR
        assert leaked(told(answer), case.words) == [], question
    assert leaked(json.dumps(check_up(workspace)), case.words) == []
    aside = rows_aside(workspace)
    hidden = "accounts" if name == "account" else "tickets"
    if name in ("account", "helpdesk"):
        assert [one for one in aside.rejects + aside.emptied if one.table == hidden] == []
        assert (aside.withheld, aside.reason) == (1, "They hold what this analyst is not granted.")
    for arguments in ({"names": ["account", "agent", "reason_code", "resolution_type"]}, {}):
        model = ScriptedModel(script=[calls("describe_data", **arguments), "[c1]", "[c1]"])
        answer = Analyst(workspace.desk, "openai:x", open_chat=lambda _, model=model: model).ask("how many?", Thread())  # type: ignore[misc]
        assert leaked("".join(str(m.content) for seen in model.seen for m in seen), case.words) == []
        assert leaked(told(answer), case.words) == []


@pytest.mark.parametrize("name", REVOKED)
def test_no_conversation_keeps_it(opened, name):
    case = REVOKED[name]
    whole, less = opened(Grants()), opened(case.grants)
    begun = {"account": "escalations by account in October", "agent": "escalations by agent in October", "resolution": "resolutions by resolution type in October"}  # fmt: skip
    first = begun.get(name, "escalations by reason code in October")
    for then in ("and in September?", "why?", "by month", "only the first one"):
        conversation = f"grants-{name}-{then}"
        assert converse(whole, first, conversation).status is Status.ANSWERED
        answer = converse(less, then, conversation)
        assert OTHERS in answer.caveats
        assert leaked(told(answer), case.words) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_that_are_not_granted_are_refused_by_name(opened, name):
    granted, words, questions = DOCUMENTS[name]
    for spaces in (granted, ()):
        workspace = opened(Grants(knowledge=spaces))
        analyst = workspace.analyst()
        for question in questions:
            answer = analyst.ask(question)
            assert answer.status is Status.REFUSED, question
            assert name in answer.answer, question
            assert "not granted" in answer.answer
            assert answer.citations == ()
            assert leaked(told(answer, question), words, question) == [], question
        for question in ("What drove escalations last month?", "what can I ask?", "what is the weather?", "RPT-504"):
            assert leaked(told(analyst.ask(question), question), words) == [], question
        assert leaked(json.dumps(check_up(workspace)), (*words, name)) == []
        model = ScriptedModel(script=[calls("search_knowledge", query="export P1", spaces=[name]), "[c1]", "[c1]"])
        Analyst(workspace.desk, "openai:x", open_chat=lambda _, model=model: model).ask("tickets in October?", Thread())  # type: ignore[misc]
        shown = "".join(str(m.content) for m in model.seen[-1] if m.type == "tool")
        assert f"The knowledge space '{name}' is not granted" in shown
        assert leaked(shown, words) == []


def test_a_space_is_refused_alike_whether_or_not_it_exists(opened):
    from analyst_agent.cli.documents import _spaces

    workspace = opened(Grants(knowledge=("escalation_policies",)))
    said = []
    for space in ("known_issues", "nothing"):
        with pytest.raises(NotGranted) as refused:
            _spaces(workspace, space)
        said.append(refused.value.message.replace(space, "X"))
    assert said[0] == said[1]
