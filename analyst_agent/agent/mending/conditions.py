"""Conditions that a model wrote with a label for a field's name, or as nothing but a value, made those that the data have."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from analyst_agent.agent.calls import filter_text
from analyst_agent.agent.mending.near import only_near
from analyst_agent.errors import NotPermitted
from analyst_agent.records import Filter
from analyst_agent.semantic.filters import parse_filter
from analyst_agent.semantic.model import Field
from analyst_agent.semantic.synonyms import same_value

_LABELLED = re.compile(r"^\s*([A-Za-z][\w -]*?)\s*(=|!=|<=|>=|<|>|\bnot in\b|\bin\b|\bis\b)\s*(.+?)\s*$", re.IGNORECASE)


def placed(
    text: str, fields: Mapping[str, Field], values: Mapping[str, tuple[str, ...]], say: Callable[[str], None]
) -> str:
    """A condition as `parse_filter` reads it, or the text as it is where nothing obvious is meant."""
    try:
        if parse_filter(text).field in fields:
            return text
    except NotPermitted:
        holders = [(name, v) for name, listed in values.items() for v in listed if same_value(text, v)]
        if len({name for name, _ in holders}) == 1:
            made = filter_text(Filter(holders[0][0], "=", holders[0][1]))
            say(f"Read the condition {text!r} as {made!r}.")
            return made
    match = _LABELLED.match(text)
    if match is None:
        return text
    labels = {one.label: name for name, one in fields.items()} | {name: name for name in fields}
    meant = only_near(match[1], list(labels))
    if meant is None:
        return text
    made = f"{labels[meant]} {'=' if match[2].lower() == 'is' else match[2].lower()} {match[3]}"
    if made != text:
        say(f"Read the condition {text!r} as {made!r}.")
    return made
