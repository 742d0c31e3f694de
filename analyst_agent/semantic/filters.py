"""Filter records from text, and their values typed by the field they name."""

from __future__ import annotations

import csv
import io
import math
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from analyst_agent.errors import NotPermitted
from analyst_agent.records import FILTER_OPS, Filter, Period, Value
from analyst_agent.semantic.model import Field
from analyst_agent.semantic.periods import utc_bounds

_SYMBOL = re.compile(r"^\s*([A-Za-z_]\w*)\s*(!=|<>|>=|<=|=|>|<)\s*(.*?)\s*$", re.DOTALL)
_WORDS = re.compile(r"^\s*([A-Za-z_]\w*)\s+(not\s+in|in|between|contains|is\s+not\s+missing|is\s+missing|missing|present)\b\s*(.*?)\s*$", re.I | re.DOTALL)  # fmt: skip
FORMS = "field=value, field!=value, field>1, 'field in a,b', 'field not in a,b', 'field between 1,2', 'field contains text', 'field missing' or 'field present'"


def parse_filter(text: str) -> Filter:
    """One condition as people type it after `--where`. Raises NotPermitted with the accepted forms.

    >>> parse_filter("priority in P1, P2")
    Filter(field='priority', op='in', value=('P1', 'P2'))
    >>> parse_filter("region = EMEA")
    Filter(field='region', op='=', value='EMEA')
    """
    words = _WORDS.match(text)
    if words:
        name, op, rest = words[1], re.sub(r"\s+", " ", words[2].lower()), words[3]
        if op in ("in", "not in", "between"):
            return Filter(name, op, _list(rest))
        if op == "contains" and rest:
            return Filter(name, op, _unquoted(rest))
        if not rest:
            return Filter(name, {"is missing": "missing", "is not missing": "present"}.get(op, op))
    symbol = _SYMBOL.match(text)
    if symbol and symbol[3]:
        return Filter(symbol[1], {"<>": "!="}.get(symbol[2], symbol[2]), _unquoted(symbol[3]))
    raise NotPermitted(f"Cannot read the condition {text!r}.", f"Write it as {FORMS}.")


def typed(condition: Filter, field: Field) -> Filter:
    """The condition with its values in the field's type. Raises NotPermitted where a value or operator does not fit."""
    if condition.op not in FILTER_OPS:
        raise NotPermitted(f"Unknown operator {condition.op!r}.", f"One of {', '.join(FILTER_OPS)}.")
    if condition.op in ("missing", "present"):
        return Filter(field.name, condition.op)
    if condition.op == "contains" and field.kind in ("number", "time"):
        raise NotPermitted(f"{field.name} is no text.", "Use =, <, > or between.")
    if condition.op in ("in", "not in", "between"):
        raw = condition.value if isinstance(condition.value, (list, tuple, set, frozenset)) else (condition.value,)
        if field.kind == "time" and condition.op == "in" and all(isinstance(v, tuple) for v in raw):
            return Filter(field.name, "in", tuple((_value(first, field), _value(last, field)) for first, last in raw))
        values = tuple(_value(v, field) for v in raw)
        if not values or (condition.op == "between" and len(values) != 2):
            need = "two values" if condition.op == "between" else "at least one value"
            raise NotPermitted(f"{field.name} {condition.op} needs {need}.", "Separate them with a comma.")
        if condition.op == "between" and field.kind in ("number", "time") and _is_reversed(*values):
            raise NotPermitted(
                f"Nothing lies between {values[0]} and {values[1]}, as {field.name} should.",
                "Write the smaller one first.",
            )
        return Filter(field.name, condition.op, values)
    if isinstance(condition.value, (list, tuple, set, frozenset, dict)):
        raise NotPermitted(f"{field.name} {condition.op} takes one value.", "Use in for several.")
    return Filter(field.name, condition.op, _value(condition.value, field))


def _is_reversed(low: Any, high: Any) -> bool:
    return bool(low > high)


def in_utc(condition: Filter, zone: ZoneInfo) -> Filter:
    """A condition on a time with its values as UTC without offset. A bare day means the whole of it, as the zone has it; of
    several days each becomes its first and last instant.

    Raises NotPermitted where a value is no time, or a day cannot be meant by the operator.
    """
    if condition.op in ("missing", "present"):
        return condition
    values = condition.value if isinstance(condition.value, (list, tuple)) else (condition.value,)
    spans = [_span(value, zone) for value in values]
    if condition.op == "between" and len(spans) == 2:
        return Filter(condition.field, "between", (str(spans[0][0]), str(spans[1][1])))
    if len(spans) == 1 and condition.op in _BOUND_OF:
        return Filter(condition.field, condition.op, str(spans[0][_BOUND_OF[condition.op]]))
    if len(spans) == 1 and condition.op in ("=", "in"):
        return Filter(condition.field, "between", (str(spans[0][0]), str(spans[0][1])))
    if condition.op == "in":
        return Filter(condition.field, "in", tuple((str(first), str(last)) for first, last in spans))
    raise NotPermitted(f"{condition.field} takes no {condition.op!r} with {condition.value!r}.", "Use <, > or between.")


_BOUND_OF = {"<": 0, ">=": 0, "<=": 1, ">": 1}


def _span(value: object, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first and last instant meant: of a day, or twice the same."""
    text = str(value).strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotPermitted(f"{value!r} is no date.", "Write it as 2026-10-31.") from error
    if len(text) <= 10:
        start, end = utc_bounds(Period(moment.date(), moment.date() + timedelta(days=1)), zone)
        return start, end - timedelta(microseconds=1)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    instant = moment.astimezone(UTC).replace(tzinfo=None)
    return instant, instant


def _value(value: object, field: Field) -> Value | date:
    if value is None:
        raise NotPermitted(f"{field.name} cannot be compared with nothing.", f"Use '{field.name} missing'.")
    if field.kind == "number":
        try:
            number = float(str(value))
        except ValueError as error:
            raise NotPermitted(f"{value!r} is no number, as {field.name} needs.", "Give a number.") from error
        if not math.isfinite(number):
            raise NotPermitted(f"{value!r} is no number, as {field.name} needs.", "Give a number.")
        return int(number) if number.is_integer() else number
    if field.kind == "time":
        try:
            return datetime.fromisoformat(str(value)).replace(tzinfo=None).isoformat(sep=" ")
        except ValueError as error:
            raise NotPermitted(f"{value!r} is no date, as {field.name} needs.", "Write it as 2026-10-31.") from error
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if "\x00" in text or (not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text)):
        raise NotPermitted(f"{text!r} holds characters that no text has.", "Leave them out.")
    return text


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"" else text


def _list(text: str) -> tuple[str, ...]:
    text = text.strip()
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    cells = next(csv.reader(io.StringIO(text), skipinitialspace=True), [])
    return tuple(_unquoted(c) for c in cells if c.strip())
