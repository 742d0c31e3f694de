"""One exchange with a chat model through LangChain's agent: prompt, tools, limits, and the text it ends with."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analyst_agent import ways
from analyst_agent.agent.calling import Caller
from analyst_agent.agent.calls import call_of, plan_of
from analyst_agent.agent.events import Calling, Event, Found, Wording
from analyst_agent.agent.models import untraced
from analyst_agent.agent.narrowing import FOLLOWING, is_partial, parts
from analyst_agent.agent.prompting import Earlier, again_message, again_prompt, system_prompt, user_message
from analyst_agent.agent.tools import Bench, build_tools
from analyst_agent.agent.views import model_view, result_view
from analyst_agent.errors import AnalystError, ModelError
from analyst_agent.records import Plan

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel
    from langchain_core.messages import AnyMessage

MOST_STEPS = 60
PLANNED = "call_planned"
"""How the ids of the tool calls begin that a sure plan makes before the model is asked."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a model gets it. shown: names of the tools it is shown until something is found."""

    question: str
    plan: Plan
    earlier: Sequence[Earlier]
    shown: frozenset[str]


@dataclass(slots=True)
class Spoken:
    """What the model said in the end."""

    text: str


def run_plan(plan: Plan, bench: Bench) -> Iterator[Event]:
    """Runs a plan, part by part, as the calls that it proposes; their findings, or the refusals, go into the ledger."""
    for one in parts(plan):
        tool, arguments = call_of(one)
        yield Calling(tool, arguments)
        try:
            meant = plan_of(tool, arguments, bench.desk.clock, one)
            _, claims = bench.ledger.add(bench.desk.execute(meant), meant)
            yield Found(tool, len(claims))
        except AnalystError as error:
            bench.ledger.refusals.append(error)
            yield Found(tool, problem=error.message)
    bench.ledger.planned = len(bench.ledger.findings)


def offline_turn(model: BaseChatModel, question: str, bench: Bench) -> Iterator[Event]:
    """The built-in model's exchange: the call of its plan, and the claims in their own order."""
    from langchain_core.messages import HumanMessage

    yield from _conversed(model, [HumanMessage(question)], bench, [])


def model_turn(caller: Caller, asked: Asked, bench: Bench) -> Iterator[Event | Spoken]:
    """The exchange with a provider's model, ending in what it said. A sure plan's finding is in the ledger before: it is put in front.

    Raises ModelError where no model can be used, OutOfBudget where a limit is reached.
    """
    from langchain_core.messages import HumanMessage

    from analyst_agent.agent.mending.message import Mender
    from analyst_agent.agent.middleware import Calls, Mending, Narrowing

    schemas = {tool.name: _schema(tool) for tool in build_tools(bench)}
    mender = Mender(schemas, bench.desk.model.filterable(), bench.ledger.say)

    def shown() -> frozenset[str]:
        is_whole = len(bench.ledger.findings) >= len(parts(asked.plan)) and not is_partial(asked.plan)
        return FOLLOWING if is_whole else asked.shown

    middleware = [Mending(mender), Narrowing(shown), Calls(caller)]
    messages: list[AnyMessage] = [HumanMessage(user_message(asked.question, asked.plan, asked.earlier))]
    messages += _planned(bench)
    yield Wording(caller.name)
    said = yield from _conversed(caller.model(), messages, bench, middleware)
    yield Spoken(str(said[-1].text))


def repaired(caller: Caller, asked: Asked, bench: Bench, draft: str, unbound: Sequence[str] = ()) -> Spoken:
    """One more try. unbound: the parts of the draft that no claim covers; without any, nothing but marks is asked for.

    The model sees the claims and the question again and no tools: that is cheap, and leaves a small one less to go astray in.
    Raises ModelError.
    """
    from langchain_core.messages import HumanMessage, SystemMessage

    from analyst_agent.agent.mending.marks import usual_marks

    ledger = bench.ledger
    views = [model_view(found, ledger.claims_at(place)) for place, found in enumerate(ledger.findings)]
    messages = [SystemMessage(again_prompt()), HumanMessage(again_message(asked.question, views, draft, unbound))]
    with untraced():
        reply = caller.call(lambda model, seconds: model.invoke(messages, timeout=seconds))
    caller.budget.count(messages, reply)
    return Spoken(usual_marks(str(reply.text)))


def _conversed(
    model: BaseChatModel, messages: Sequence[AnyMessage], bench: Bench, middleware: Sequence[Any]
) -> Generator[Event, None, list[Any]]:  # fmt: skip
    """Runs the agent to its end, telling each call and finding; returns every message but the system prompt."""
    from langchain.agents import create_agent
    from langchain_core.messages import AIMessage, ToolMessage

    from analyst_agent.agent.middleware import limits

    tools, prompt = build_tools(bench), system_prompt(bench.desk)
    agent: Any = create_agent(model, tools, system_prompt=prompt, middleware=[*limits(), *middleware])
    said: list[Any] = list(messages)
    count = len(bench.ledger.claims)
    with untraced():
        steps = agent.stream({"messages": said}, {"recursion_limit": MOST_STEPS}, stream_mode="values")
        for state in steps:
            new, said = state["messages"][len(said) :], list(state["messages"])
            for message in new:
                if isinstance(message, AIMessage):
                    for call in message.tool_calls:
                        yield Calling(call["name"], call["args"])
                elif isinstance(message, ToolMessage):
                    problem = "" if len(bench.ledger.claims) > count else _problem(bench)
                    yield Found(str(message.name), len(bench.ledger.claims) - count, problem)
                    count = len(bench.ledger.claims)
    if not isinstance(said[-1], AIMessage):
        raise ModelError("The model ended without an answer.", ways.WITHOUT_MODEL)
    return said


def _problem(bench: Bench) -> str:
    return bench.ledger.refusals[-1].message if bench.ledger.refusals else ""


def _planned(bench: Bench) -> list[AnyMessage]:
    """A sure plan's calls and their results as messages, so that one model turn suffices; none where nothing was run."""
    from langchain_core.messages import AIMessage, ToolMessage

    messages: list[AnyMessage] = []
    for place, found in enumerate(bench.ledger.plans):
        tool, arguments = call_of(found)
        call = {"name": tool, "args": arguments, "id": f"{PLANNED}_{place + 1}", "type": "tool_call"}
        shown = result_view(bench.ledger.findings[place], bench.ledger.claims_at(place))
        messages += [AIMessage("", tool_calls=[call]), ToolMessage(shown, tool_call_id=call["id"], name=tool)]
    return messages


def _schema(tool: Any) -> dict[str, Any]:
    return dict(tool.args_schema) if isinstance(tool.args_schema, dict) else dict(tool.get_input_jsonschema())


__all__ = ["Asked", "Spoken", "model_turn", "offline_turn", "repaired", "run_plan"]
