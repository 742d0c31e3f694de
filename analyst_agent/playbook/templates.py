"""Jinja templates of playbooks: in Jinja's sandbox, every name known before anything runs, nothing left out silently."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from analyst_agent.playbook.reading.options import wrong_name
from analyst_agent.playbook.records import Place

_environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def is_template(text: str) -> bool:
    """Whether anything of the text is to be filled in."""
    return "{{" in text or "{%" in text or "{#" in text


def check(text: str, names: Collection[str], place: Place) -> None:
    """Raises InvalidDefinition, with the line, where the template cannot be read or uses a name that will not be there."""
    try:
        tree = _environment.parse(text)
    except TemplateSyntaxError as error:
        line = place.line + error.lineno - 1
        raise place.on(line).wrong(f"this template cannot be read: {error.message}", "Check its brackets.") from error
    unknown = sorted(meta.find_undeclared_variables(tree) - set(names))
    if unknown:
        lines = text.splitlines()
        at = next((n for n, line in enumerate(lines) if unknown[0] in line), 0)
        raise wrong_name(place.on(place.line + at), "name in a template", unknown[0], tuple(names))


def filled(text: str, values: Mapping[str, Any], place: Place) -> str:
    """The text with its names filled in. Raises InvalidDefinition, with the line, where that cannot be done."""
    if not is_template(text):
        return text
    try:
        return _environment.from_string(text).render(values)
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        at = place.on(place.line + line - 1) if isinstance(line, int) else place
        raise at.wrong(f"this template cannot be filled in: {error.message or error}", "Check its names.") from error


def check_expression(text: str, names: Collection[str], place: Place) -> None:
    """Raises InvalidDefinition where a condition cannot be read or uses a name that will not be there."""
    check("{{ " + text + " }}", names, place)


def holds(text: str, values: Mapping[str, Any], place: Place) -> bool:
    """Whether a condition holds. Raises InvalidDefinition, with the line, where that cannot be said."""
    try:
        return bool(_environment.compile_expression(text, undefined_to_none=False)(**values))
    except (TemplateError, TypeError) as error:
        raise place.wrong(f"the condition {text!r} cannot be decided: {error}", "Check its names.") from error
