"""A tool called by name, without a question: what other assistants and programs do. The same tools, grants and scope as in a conversation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from analyst_agent.agent.calls import plan_of
from analyst_agent.agent.models import OFFLINE
from analyst_agent.agent.tools import same_work, schemas
from analyst_agent.errors import InvalidDefinition, UnknownName
from analyst_agent.records import Answer
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.keeping import audited


def tools(workspace: Workspace) -> list[Mapping[str, Any]]:
    """Name, description and JSON schema of the arguments of every tool that may be called here, in a fixed order."""
    return [one["function"] for one in schemas(workspace.desk)]


def call(workspace: Workspace, tool: str, arguments: Mapping[str, Any], by: str = "") -> Answer:
    """What the tool finds, as an answer in the default text, with a line in the audit; no conversation is touched. by: who calls.

    Raises UnknownName for a tool, an argument, a metric or a value that there is not, InvalidDefinition for an argument of another
    type; what the tool itself refuses is an answer that is refused.
    """
    known = {one["name"]: one for one in tools(workspace)}
    if tool not in known:
        raise UnknownName("tool", tool, known)
    _check_arguments(tool, arguments, known[tool]["parameters"])
    given = {name: value for name, value in arguments.items() if value not in (None, "", [])}
    said = f"{tool} {json.dumps(given, ensure_ascii=False, sort_keys=True)}"
    plan = plan_of(tool, given, workspace.clock)
    answer = workspace.analyst(OFFLINE).ask(said, reading=plan)
    if any(not same_work(done, plan) for done in answer.calls):
        # A slip of a model's is mended on the way; a program is told of its own.
        workspace.desk.execute(plan)
    return audited(workspace, said, answer, by)


def _check_arguments(tool: str, arguments: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Raises InvalidDefinition for an argument the tool does not take, one that is missing or one of another type."""
    properties: Mapping[str, Mapping[str, Any]] = schema["properties"]
    for name in arguments:
        if name not in properties:
            raise UnknownName(f"argument of {tool}", name, properties)
    for name in schema.get("required", ()):
        if arguments.get(name) in (None, "", []):
            raise InvalidDefinition(f"{tool} needs the argument {name!r}.", f"It takes {', '.join(properties)}.")
    for name, value in arguments.items():
        wanted = properties[name].get("type", "string")
        if value is not None and not _is_of(value, wanted):
            shown = "an array of texts" if wanted == "array" else f"of the type {wanted}"
            raise InvalidDefinition(f"The argument {name!r} of {tool} is not {shown}.", f"Given: {str(value)[:100]!r}.")


def _is_of(value: Any, wanted: str) -> bool:
    if wanted == "array":
        return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))
    if isinstance(value, bool):
        return wanted == "boolean"
    kinds: dict[str, tuple[type, ...]] = {
        "string": (str,),
        "integer": (int,),
        "number": (int, float),
        "boolean": (bool,),
    }
    return isinstance(value, kinds[wanted])
