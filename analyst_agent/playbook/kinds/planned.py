"""Steps that ask the analyst's desk something: their arguments are those of the tool of that name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from analyst_agent.agent.calls import QUERY, plan_of
from analyst_agent.agent.desk import Desk
from analyst_agent.errors import AnalystError, UnknownName
from analyst_agent.playbook.kinds.kind import BUILT_IN_VALUES, StepContext
from analyst_agent.playbook.reading.options import Options
from analyst_agent.playbook.records import Place, Playbook, Step
from analyst_agent.playbook.templates import check, filled, is_template
from analyst_agent.records import Finding
from analyst_agent.semantic.filters import parse_filter

LISTS = ("metrics", "by", "where")


@dataclass(frozen=True, slots=True)
class Asked:
    """A tool and its arguments as written; those with a template are filled in when the step runs."""

    tool: str
    arguments: Mapping[str, Any]
    place: Place


def read_asked(options: Options, tool: str, names: tuple[str, ...]) -> Asked:
    """The arguments of a step's mapping. Raises InvalidDefinition, with its line, for one that does not exist."""
    found = {
        name: list(options.texts(name)) if name in LISTS else options.raw(name) for name in names if options.has(name)
    }
    options.done()
    return Asked(tool, found, options.place())


def check_templates(step: Step, playbook: Playbook) -> None:
    """Raises InvalidDefinition where an argument uses a name that is no variable."""
    for value in step.options.arguments.values():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and is_template(text):
                check(text, (*playbook.variables, *BUILT_IN_VALUES), step.options.place)


def executed(step: Step, context: StepContext) -> Finding:
    """The finding of the step's plan, in the run's period where it names none. Raises an AnalystError that names the step."""
    asked: Asked = step.options
    arguments = {name: _filled(value, context, asked.place) for name, value in asked.arguments.items()}
    try:
        plan = plan_of(asked.tool, arguments, context.desk.clock)
        if plan.period is None:
            plan = replace(plan, period=context.period, period_is_default=False)
        return context.desk.execute(plan)
    except AnalystError as error:
        raise located(error, step) from None


def located(error: AnalystError, step: Step) -> AnalystError:
    """The same error, its message opened by the step's name and line."""
    opening = f"{step.place.file}, line {step.place.line}, step {step.name!r}: "
    if not error.message.startswith(step.place.file):
        error.message = f"{opening}{error.message}"
        error.args = (error.message,)
    return error


def ready(step: Step, desk: Desk) -> None:
    """Raises an AnalystError where a skill, an argument of it, a metric or a dimension of the step does not exist here."""
    asked: Asked = step.options
    fixed = {
        name: [one for one in (value if isinstance(value, list) else [value]) if not is_template(str(one))]
        for name, value in asked.arguments.items()
    }
    try:
        if asked.tool != QUERY:
            _check_skill(asked, desk)
        for name in fixed.get("metrics", ()):
            desk.model.metric(name)
        for name in fixed.get("by", ()):
            desk.model.check_dimension(name)
        for text in fixed.get("where", ()):
            desk.model.check_condition(parse_filter(text).field)
    except AnalystError as error:
        raise located(error, step) from None


def _check_skill(asked: Asked, desk: Desk) -> None:
    skill = desk.skills.get(asked.tool)
    if skill is None:
        raise UnknownName("skill", asked.tool, desk.skills)
    taken = {"compare_with" if name == "comparison" else name for name in skill.parameters}
    for name in asked.arguments:
        if name not in taken:
            raise UnknownName(f"argument of the skill {asked.tool}", name, taken)


def _filled(value: Any, context: StepContext, place: Place) -> Any:
    if isinstance(value, list):
        return [_filled(one, context, place) for one in value]
    return filled(value, context.values, place) if isinstance(value, str) else value
