"""Whether numbers of a past period are still those that a person vouched for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from math import isclose
from typing import Any

from analyst_agent.claims import Wording, formats
from analyst_agent.records import Answer, Period
from analyst_agent.report.record import answer_json
from analyst_agent.semantic.periods import build, describe
from analyst_agent.state.verified import Verified

MOST_NAMED = 3


def differing(answer: Answer, vouched: Verified, wording: Wording) -> str:
    """A sentence on the numbers that are not as vouched for; "" where all are, or where the answer is about other days.

    Only periods that were over when the answer vouched for was computed are compared: others grow.
    """
    if answer.plan is None or _days(answer.plan.period) != _days(vouched.plan.period):
        return ""
    then = _values(vouched.facts, vouched.today.isoformat())
    now = _values(answer_json(answer)["facts"], vouched.today.isoformat())
    shared = [key for key in then if key in now]
    changed = [key for key in shared if not _same(then[key], now[key])]
    gone = sum(len(then[key]) for key in then if key not in now)
    if not changed and not gone:
        return ""
    named = "; ".join(_change(key, then[key], now[key], wording) for key in changed[:MOST_NAMED])
    more = f"; and {len(changed) - MOST_NAMED} more" if len(changed) > MOST_NAMED else ""
    told = f"Numbers of past days that are not as vouched for: {len(changed)} of {len(shared)} ({named}{more})."
    parts = [told] if changed else []
    parts += [f"Numbers vouched for that are not given now: {gone}."] if gone else []
    return " ".join(parts)


def _values(facts: Iterable[Mapping[str, Any]], today: str) -> dict[str, list[Any]]:
    """The values of each metric, conditions and days, in their order; only of periods over by that day."""
    found: dict[str, list[Any]] = {}
    for fact in facts:
        period, value = fact.get("period"), fact.get("value")
        if not period or period["end"] > today or isinstance(value, (str, bool)):
            continue
        key = [
            fact["metric"],
            fact["unit"],
            period["start"],
            period["end"],
            fact["dimensions"],
            fact["filters"],
            fact["reference"],
        ]
        found.setdefault(json.dumps(key, sort_keys=True), []).append(value)
    return found


def _days(period: Period | None) -> tuple[date, date] | None:
    return None if period is None else (period.start, period.end)


def _same(then: list[Any], now: list[Any]) -> bool:
    return len(then) == len(now) and all(_is_equal(a, b) for a, b in zip(then, now, strict=True))


def _is_equal(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    return isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


def _change(key: str, then: list[Any], now: list[Any], wording: Wording) -> str:
    metric, unit, start, end, dimensions, _, _ = json.loads(key)
    of = ", ".join(wording.plain_value(name, value) for name, value in dimensions.items())
    pairs = zip(then, now, strict=False)
    old, new = next(((a, b) for a, b in pairs if not _is_equal(a, b)), (then[0], now[0]))
    if formats.is_number(old) and formats.is_number(new):
        told = formats.two_numbers(old, new, unit, wording.currency)
    else:
        told = (formats.number(old, unit, wording.currency), formats.number(new, unit, wording.currency))
    days = describe(build(date.fromisoformat(start), date.fromisoformat(end)))
    return f"{wording.metric(metric)}{f' of {of}' if of else ''}, {days}, was {told[0]}, is {told[1]}"
