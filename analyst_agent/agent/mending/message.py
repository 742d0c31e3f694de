"""Mends what a model said, before the agent acts on it: its calls, their names and arguments, and its marks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessage

from analyst_agent.agent.mending.arguments import mended_arguments
from analyst_agent.agent.mending.marks import usual_marks
from analyst_agent.agent.mending.near import near_tool
from analyst_agent.agent.mending.written import arguments_in, loose_object, written_calls

_Call = tuple[str, dict[str, Any], str | None]


@dataclass(frozen=True, slots=True)
class Mender:
    """schemas: the JSON schema of each tool's arguments. fields: what conditions may name. say: told each mending."""

    schemas: Mapping[str, Mapping[str, Any]]
    fields: Mapping[str, Any]
    say: Callable[[str], None]

    def mended(self, message: AIMessage, heard: Sequence[str] = ()) -> AIMessage:
        """The message as it was probably meant; the same one where nothing is amiss.

        heard: earlier tool results. A call that stands in one of them was written by a customer and only repeated.
        """
        calls: list[_Call] = [(call["name"], call["args"], call["id"]) for call in message.tool_calls]
        calls += self._broken(message)
        text = str(message.text)
        if not calls and (written := written_calls(text, list(self.schemas))):
            repeated = [call for result in heard for call in written_calls(result, list(self.schemas))]
            kept = [one for one in written if near_tool(one[0], list(self.schemas)) and one not in repeated]
            calls = [(name, args, f"call_written_{n}") for n, (name, args) in enumerate(kept, 1)]
            if calls:
                self.say("Read a tool call that was written into the text.")
            else:
                self.say("Left out a text that was a tool call and no answer.")
            text = ""
        made = [self._call(name, args, key) for name, args, key in calls]
        text = usual_marks(text)
        if made == list(message.tool_calls) and text == str(message.text) and not message.invalid_tool_calls:
            return message
        return AIMessage(
            text, tool_calls=made, usage_metadata=message.usage_metadata, response_metadata=message.response_metadata
        )

    def _broken(self, message: AIMessage) -> list[_Call]:
        """Calls whose arguments were no JSON but can be read all the same."""
        found: list[_Call] = []
        for n, call in enumerate(message.invalid_tool_calls, 1):
            arguments = loose_object(call["args"] or "{}")
            if call["name"] and arguments is not None:
                self.say("Read the arguments of a tool call that were no valid JSON.")
                found.append((str(call["name"]), arguments, call["id"] or f"call_broken_{n}"))
        return found

    def _call(self, name: str, arguments: Mapping[str, Any], key: str | None) -> Any:
        tool = name if name in self.schemas else near_tool(name, list(self.schemas))
        if tool is None:
            return {"name": name, "args": dict(arguments), "id": key, "type": "tool_call"}
        if tool != name:
            self.say(f"Read the tool {name!r} as {tool!r}.")
        inner = arguments_in(arguments) if set(arguments) & {"tool_call", "function"} else arguments
        made = mended_arguments(inner, self.schemas[tool], self.fields, self.say)
        return {"name": tool, "args": made, "id": key, "type": "tool_call"}
