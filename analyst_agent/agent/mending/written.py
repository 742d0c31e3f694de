"""Tool calls that a model wrote into its text: fenced JSON, doubled braces, `<tool_call>` marks, a function call in words."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

LONGEST_TEXT = 20_000
_CLAIM = re.compile(r"\[c\d+\]")
_NAMES = ("name", "tool", "tool_name", "function", "function_name", "action", "call")
_ARGUMENTS = ("arguments", "args", "parameters", "params", "input", "tool_input", "action_input", "kwargs")
_TAGGED = re.compile(r"<function=([\w.-]+)>\s*(\{.*?\})\s*(?:</function>|$)", re.DOTALL)
_CALLED = re.compile(r"\b([A-Za-z_]\w*)\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)")


def written_calls(text: str, tools: Sequence[str]) -> list[tuple[str, dict[str, Any]]]:
    """Names and arguments of the calls in a text that is no answer yet; a text with claim marks is one and holds none.

    A name need not be exact (`near.py` sees to that), but something in the text must look like a call.

    >>> written_calls('```json\\n{{"name": "team_load", "arguments": {{"period": "last month"}}}}\\n```', ["team_load"])
    [('team_load', {'period': 'last month'})]
    >>> written_calls("team_load(period='last month')", ["team_load"])
    [('team_load', {'period': 'last month'})]
    """
    if _CLAIM.search(text):
        return []
    text = text[:LONGEST_TEXT]
    found = [(match[1], loose_object(match[2]) or {}) for match in _TAGGED.finditer(text)]
    if not found:
        found = [call for value in _objects(text) for call in _calls_in(value, tools)]
    if not found:
        found = [
            (match[1], arguments)
            for match in _CALLED.finditer(text)
            if match[1] in tools and (arguments := _keywords(match[0])) is not None
        ]
    return found


def loose_object(text: str) -> dict[str, Any] | None:
    """The JSON object that a text is, also with doubled braces, single quotes or a comma too many; None where it is none."""
    single = text.replace("{{", "{").replace("}}", "}")
    for candidate in (text, single, re.sub(r",\s*([}\]])", r"\1", text), re.sub(r",\s*([}\]])", r"\1", single)):
        for read in (json.loads, ast.literal_eval):
            try:
                value = read(candidate.strip())
            except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
                continue
            if isinstance(value, dict) and all(isinstance(key, str) for key in value):
                return value
    return None


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Every outermost {...} of a text that reads as an object."""
    depth, start, quoted, escaped = 0, 0, False, False
    for place, sign in enumerate(text):
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = quoted
        elif sign == '"' and depth:
            quoted = not quoted
        elif quoted:
            continue
        elif sign == "{":
            start = place if depth == 0 else start
            depth += 1
        elif sign == "}" and depth:
            depth -= 1
            if depth == 0 and (value := loose_object(text[start : place + 1])) is not None:
                yield value
    if depth:
        # A small model often forgets the last brace or writes one of two doubled ones.
        rest = re.sub(r"(?:```|</tool_call>|\s)+$", "", text[start:])
        value = loose_object(rest + "}" * depth)
        if value is not None:
            yield value


def _calls_in(value: Mapping[str, Any], tools: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    several = value.get("tool_calls")
    if isinstance(several, list):
        for one in several:
            if isinstance(one, dict):
                yield from _calls_in(one, tools)
        return
    inner = value.get("function")
    if isinstance(inner, dict):
        yield from _calls_in(inner, tools)
        return
    name = next((value[key] for key in _NAMES if isinstance(value.get(key), str)), None)
    if name is not None:
        yield name, arguments_in(value)
        return
    for key, arguments in value.items():
        if key in tools and isinstance(arguments, dict):
            yield key, arguments


def arguments_in(value: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a written call: under one of their usual keys, else all but its name."""
    for key in _ARGUMENTS:
        inner = value.get(key)
        if isinstance(inner, dict):
            return inner
        if isinstance(inner, str) and (read := loose_object(inner)) is not None:
            return read
    return {k: v for k, v in value.items() if k not in (*_NAMES, *_ARGUMENTS, "type", "id")}


def _keywords(call: str) -> dict[str, Any] | None:
    """The keyword arguments of a call written as in Python; None where they are none."""
    try:
        tree = ast.parse(call, mode="eval").body
        if not isinstance(tree, ast.Call) or tree.args:
            return None
        return {k.arg: ast.literal_eval(k.value) for k in tree.keywords if k.arg}
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
