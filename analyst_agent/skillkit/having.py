"""Which groups of a split meet a condition on a metric, such as "escalated_ticket_count >= 4"."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence

from analyst_agent.errors import NotPermitted, UnknownName
from analyst_agent.records import Fact, Filter
from analyst_agent.semantic.filters import parse_filter
from analyst_agent.semantic.model import Metric
from analyst_agent.skillkit.cells import Cell
from analyst_agent.skillkit.facts import number

_OPERATORS = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
}
_WORDS = {">": "above", ">=": "at least", "<": "below", "<=": "at most", "=": "of exactly", "!=": "other than"}


def meeting(text: str, cells: Sequence[Cell], measured: Mapping[str, Mapping[Cell, Fact]]) -> list[Cell]:
    """The cells whose fact meets the condition, in their order; one without a value does not. measured: facts by metric and cell.

    Raises UnknownName for a metric that was not asked for, NotPermitted for anything but a comparison with a number.
    """
    limit = parse_filter(text)
    if limit.field not in measured:
        raise UnknownName("metric to limit rows by", limit.field, tuple(measured))
    if limit.op == "between":
        return _between(limit, cells, measured[limit.field])
    try:
        least, compare = float(str(limit.value)), _OPERATORS[limit.op]
    except (ValueError, KeyError) as error:
        raise NotPermitted(f"{text!r} compares with no number.", "Write it as escalated_ticket_count >= 4.") from error
    facts = measured[limit.field]
    return [
        cell
        for cell in cells
        if cell in facts and facts[cell].value is not None and compare(number(facts[cell].value), least)
    ]


def _between(limit: Filter, cells: Sequence[Cell], facts: Mapping[Cell, Fact]) -> list[Cell]:
    low, high = _ends(limit)
    return [c for c in cells if c in facts and facts[c].value is not None and low <= number(facts[c].value) <= high]


def _ends(limit: Filter) -> tuple[float, float]:
    """The two numbers of "between". Raises NotPermitted for anything else."""
    values = limit.value if isinstance(limit.value, tuple) else ()
    try:
        low, high = (float(str(value)) for value in values)
    except ValueError as error:
        raise NotPermitted("A limit between needs two numbers.", "Write it as escalated_ticket_count between 4,9.") from error  # fmt: skip
    return low, high


def in_words(text: str, metrics: Mapping[str, Metric]) -> str:
    """ "escalation rate above 10 %": the condition as people read it."""
    limit = parse_filter(text)
    metric = metrics[limit.field]
    values = _ends(limit) if limit.op == "between" else (float(str(limit.value)),)
    shown = [
        {"ratio": f"{value * 100:g} %", "minutes": f"{value / 60:g} h"}.get(metric.unit, f"{value:,g}")
        for value in values
    ]
    if len(shown) == 2:
        return f"{metric.label} from {shown[0]} to {shown[1]}"
    return f"{metric.label} {_WORDS.get(limit.op, limit.op)} {shown[0]}"
