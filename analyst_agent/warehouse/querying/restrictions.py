"""Mandatory restrictions: read from settings or a caller's text, checked against the model and all stored data, and said in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from analyst_agent.errors import InvalidDefinition, NotGranted, NotPermitted, UnknownName
from analyst_agent.records import Filter
from analyst_agent.semantic.filters import in_utc, parse_filter, typed
from analyst_agent.semantic.model import Field, Model
from analyst_agent.settings import MandatoryScope, Settings

if TYPE_CHECKING:
    from analyst_agent.warehouse.querying.values import StoredValues

OPENING = "Within the scope "
"""How every sentence on the scope begins."""
_SEPARATED = re.compile(r"""((?:[^;\n"']|"[^"]*"|'[^']*'|["'])*)(?:[;\n]|$)""")


def filters_of(scope: MandatoryScope) -> tuple[Filter, ...]:
    """The conditions of `[analyst.scope]`. Raises InvalidDefinition where one cannot be read."""
    named = [
        Filter(name, "in", values) if len(values) > 1 else Filter(name, "=", values[0])
        for name, values in scope.fields.items()
    ]
    return (*named, *(_parsed(text, "analyst.toml [analyst.scope] where") for text in scope.where))


def parse_restrictions(text: str, origin: str) -> tuple[Filter, ...]:
    """Conditions separated by semicolons or lines, as a caller gives them. Raises InvalidDefinition, also where there is none.

    >>> parse_restrictions("region = EMEA; tier in Enterprise, Business", "ANALYST_RESTRICT")
    (Filter(field='region', op='=', value='EMEA'), Filter(field='tier', op='in', value=('Enterprise', 'Business')))
    """
    found = tuple(_parsed(part, origin) for part in _SEPARATED.findall(text) if part.strip())
    if not found:
        raise InvalidDefinition(
            f"{origin} is set but names no condition.", "Give one such as 'region = EMEA', or unset the variable."
        )
    return found


def checked(
    restrictions: Iterable[Filter], model: Model, whole: StoredValues, settings: Settings
) -> tuple[Filter, ...]:
    """The restrictions with values in their type and as they are stored, each once.

    whole: all stored values, not those within a restriction. Raises UnknownName, NotGranted or InvalidDefinition: a
    restriction that means nothing would silently make every number 0.
    """
    found: dict[Filter, None] = {}
    for one in restrictions:
        found[_checked(one, model, whole, settings)] = None
    return tuple(found)


def scope_text(restrictions: Sequence[Filter]) -> str:
    """The restrictions as people read them, "" for none.

    >>> scope_text([Filter("region", "=", "EMEA"), Filter("tier", "in", ("Gold", "Iron"))])
    'region = EMEA and tier in Gold, Iron'
    """
    return " and ".join(_said(one) for one in restrictions)


def scope_note(restrictions: Sequence[Filter]) -> str:
    """The sentence that every answer within restrictions carries, "" for none."""
    return f"{OPENING}{scope_text(restrictions)}." if restrictions else ""


def outside(restrictions: Sequence[Filter], what: str) -> NotGranted:
    """The refusal of a value outside the scope, the same whether or not the data hold it."""
    return NotGranted(f"{what} is outside what this analyst may see: {scope_text(restrictions)}.", "Ask within it.")


def _checked(one: Filter, model: Model, whole: StoredValues, settings: Settings) -> Filter:
    try:
        field = model.check_field(one.field)
    except UnknownName as error:
        raise UnknownName("field in the analyst's scope", one.field, model.filterable()) from error
    except NotGranted as error:
        raise NotGranted(f"The analyst's scope {_said(one)!r}: {error.message}", error.hint) from error
    try:
        meant = _stored(one, field, whole)
        if field.kind == "time":
            return in_utc(meant, settings.zone)
        return typed(meant, field)
    except UnknownName as error:
        raise UnknownName(f"value of {one.field} in the analyst's scope", error.name, whole.of(one.field)) from error
    except NotPermitted as error:
        raise InvalidDefinition(f"The analyst's scope {_said(one)!r}: {error.message}", error.hint) from error


def _stored(one: Filter, field: Field, whole: StoredValues) -> Filter:
    if field.kind == "category" and field.name in whole.model.dimensions() and not whole.of(field.name):
        raise NotPermitted(
            f"The loaded data have no {field.label}: the column is empty.", "Load it, or take the condition out."
        )
    if field.kind in ("id", "text") and one.op in ("=", "in"):
        for value in one.value if isinstance(one.value, (tuple, list)) else (one.value,):
            if not whole.exists(field, str(value)):
                raise NotPermitted(
                    f"The loaded data hold no {field.name} {str(value)!r}.", "Correct it, or load its rows first."
                )
    return one if field.kind == "time" else whole.condition(one)


def _parsed(text: str, origin: str) -> Filter:
    try:
        return parse_filter(text)
    except NotPermitted as error:
        raise InvalidDefinition(f"{origin}: {error.message}", error.hint) from error


def _said(one: Filter) -> str:
    if one.op in ("missing", "present"):
        return f"{one.field} {one.op}"
    values = one.value if isinstance(one.value, (tuple, list)) else (one.value,)
    return f"{one.field} {one.op} {', '.join(str(value) for value in values)}"
