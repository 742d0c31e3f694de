"""What a block's process sent, turned into records: everything is checked again, since nothing in that process is trusted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from analyst_agent.claims.clauses import PERIOD_REFERENCE
from analyst_agent.claims.wording import Wording
from analyst_agent.errors import AnalystError, BadPeriod
from analyst_agent.playbook.block.finding import finding_of
from analyst_agent.playbook.block.inside import shape
from analyst_agent.playbook.block.inside.shape import NUMBERS, Unusable
from analyst_agent.playbook.block.records import BlockResult
from analyst_agent.records import Column, Definition, Drawing, Fact, Period, Statement, Table
from analyst_agent.report.drawings import drawn
from analyst_agent.semantic.periods import calendar_period
from analyst_agent.skillkit.cells import CALENDAR, first_day


class Rejected(Exception):
    """What cannot be taken. reason, line: as in BlockFailed."""

    def __init__(self, reason: str, text: str, line: int | None) -> None:
        super().__init__(text)
        self.reason, self.line = reason, line


@dataclass(frozen=True, slots=True)
class Setting:
    """What the records of a block get from outside: its periods, and how its inputs call their columns and metrics. units: of the
    model's metrics, which no block may give another.
    """

    period: Period | None = None
    comparison: Period | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)


def taken(data: bytes, word: str, setting: Setting) -> BlockResult:
    """The records of one message. Raises Rejected for the block's own failure and for what is not in form."""
    message = _message(data, word)
    if failure := message.get("failure"):
        line = failure.get("line") if isinstance(failure.get("line"), int) else None
        raise Rejected(str(failure.get("reason") or "raised"), str(failure.get("error")), line)
    tables, facts, charts = (_checked(message, part) for part in ("tables", "facts", "charts"))
    _check_units(tables, facts, setting.units)
    columns = {table["title"]: [c["key"] for c in table["columns"]] for table in tables}
    try:
        charts = [shape.chart(one, columns) for one in charts]
        shape.whole(tables, len(facts))
    except (Unusable, KeyError, TypeError, ValueError) as error:
        raise Rejected("result", str(error), None) from error
    result = _records(tables, facts, charts, setting)
    for one, drawing in zip(charts, result.drawings, strict=True):
        try:
            drawn(replace(finding_of(result, ""), drawings=(drawing,)), Wording())
        except AnalystError as error:
            raise Rejected("result", f"a chart: {error.message} {error.hint}", one["line"]) from error
    return result


def _message(data: bytes, word: str) -> dict[str, Any]:
    try:
        message = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Rejected("result", f"what it gives back cannot be read ({error})", None) from error
    if not isinstance(message, dict) or message.get("word") != word:
        raise Rejected("result", "something else than its result came on the result's channel", None)
    return message


def _checked(message: Mapping[str, Any], part: str) -> list[dict[str, Any]]:
    raw = message.get(part)
    if not isinstance(raw, list) or not all(isinstance(one, dict) for one in raw):
        raise Rejected("result", f"what it gives back has no list of {part}", None)
    if part == "charts":
        return raw
    check = {"tables": shape.table, "facts": shape.fact}[part]
    found = []
    for one in raw:
        try:
            found.append(check(one))
        except (Unusable, KeyError, TypeError, ValueError, AttributeError) as error:
            line = one.get("line")
            raise Rejected("result", str(error), line if isinstance(line, int) else None) from error
    return found


def _check_units(
    tables: Sequence[Mapping[str, Any]], facts: Sequence[Mapping[str, Any]], units: Mapping[str, str]
) -> None:
    """A metric means one thing: minutes called a count would be told, and bound, as a count. Raises Rejected."""
    given = [
        *((c["key"], c["unit"], f"column {c['key']!r} of table {one['title']!r}", one) for one in tables for c in one["columns"]),
        *((one["metric"], one["unit"], f"the fact {one['metric']!r}", one) for one in facts),
    ]  # fmt: skip
    for name, unit, where, one in given:
        own = units.get(name)
        if own is not None and unit in NUMBERS and unit != own:
            text = f"{where} is given in {unit}, but the metric {name} is in {own}; convert it, or give it a name of its own"
            raise Rejected("result", text, one["line"] if isinstance(one["line"], int) else None)


def _records(
    tables: Sequence[Mapping[str, Any]],
    single: Sequence[Mapping[str, Any]],
    charts: Sequence[Mapping[str, Any]],
    setting: Setting,
) -> BlockResult:
    facts: list[Fact] = []
    statements: list[Statement] = []
    made = tuple(_table(one, facts, setting) for one in tables)
    for one in single:
        facts.append(_fact(f"f{len(facts) + 1}", one, setting))
        kind = "change" if facts[-1].reference_period is not None else "value"
        statements.append(Statement(kind, (facts[-1].id,)))
    described = [
        *((c["key"], c["label"], c["definition"]) for one in tables for c in one["columns"]),
        *((one["metric"], one["label"], one["definition"]) for one in single),
    ]
    return BlockResult(
        tables=made,
        facts=tuple(facts),
        statements=tuple(statements),
        drawings=tuple(_drawing(one) for one in charts),
        labels={**setting.labels, **{name: label for name, label, _ in described if label}},
        definitions=tuple(dict.fromkeys(Definition(name, str(text)) for name, _, text in described if text)),
        period=setting.period,
        comparison=setting.comparison,
    )


def _table(one: Mapping[str, Any], facts: list[Fact], setting: Setting) -> Table:
    """The table; a fact for each number, with the texts and dates of its row as dimensions, is added to `facts`."""
    columns, ids = one["columns"], []
    keys = [c["key"] for c in columns]
    measured = [c["unit"] in NUMBERS for c in columns]
    for row in one["rows"]:
        values = dict(zip(keys, row, strict=True))
        dimensions = {key: values[key] for key, is_number in zip(keys, measured, strict=True) if not is_number}
        period = _row_period(dimensions, setting.period)
        n = values.get(one["n"]) if one["n"] else None
        found: list[str | None] = []
        for column, is_number in zip(columns, measured, strict=True):
            if not is_number or values[column["key"]] is None:
                found.append(None)
                continue
            key = column["key"]
            before = values.get(one["before"].get(key)) if key in one["before"] else None
            more = _compared(values[key], before, period, setting)
            count = int(n) if n is not None and key != one["n"] and not more else None
            facts.append(
                Fact(f"f{len(facts) + 1}", key, values[key], column["unit"], period, dimensions, n=count, **more)
            )
            found.append(facts[-1].id)
        ids.append(tuple(found))
    named = tuple(
        Column(c["label"] or setting.names.get(c["key"]) or c["key"].replace("_", " "), c["unit"], c["key"])
        for c in columns
    )
    return Table(one["title"], named, tuple(tuple(row) for row in one["rows"]), tuple(ids))


def _fact(fact_id: str, one: Mapping[str, Any], setting: Setting) -> Fact:
    period = _row_period(one["dimensions"], setting.period)
    compared = _compared(one["value"], one["before"], period, setting)
    # With n, a rate whose change nobody tested would read as resting on too little to say.
    is_untested = bool(compared) and one["significant"] is None
    return Fact(
        fact_id,
        one["metric"],
        one["value"],
        one["unit"],
        period,
        dict(one["dimensions"]),
        n=None if is_untested else one["n"],
        interval=tuple(one["interval"]) if one["interval"] else None,
        significant=one["significant"],
        **compared,
    )


def _compared(value: float | None, before: float | None, period: Period | None, setting: Setting) -> dict[str, Any]:
    """The fields of a fact whose value in the comparison period is known."""
    if value is None or before is None:
        return {}
    return {
        "reference": PERIOD_REFERENCE,
        "reference_period": setting.comparison if period == setting.period else None,
        "reference_value": float(before),
        "difference": float(value) - float(before),
    }


def _row_period(dimensions: Mapping[str, Any], period: Period | None) -> Period | None:
    """The days that a row is about: of its day, week, month, quarter or year, else the whole period."""
    for grain in CALENDAR:
        if dimensions.get(grain) is None:
            continue
        try:
            return calendar_period(grain, first_day(grain, str(dimensions[grain])))
        except (BadPeriod, ValueError):
            return period
    return period


def _drawing(one: Mapping[str, Any]) -> Drawing:
    options = {"grain": one["grain"]} if one["grain"] else {}
    return Drawing(one["kind"], one["table"], one["columns"], one["title"], options)
