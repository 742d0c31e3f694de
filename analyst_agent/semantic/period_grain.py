"""Words that split by time ("by month", "weekly", "which month was worst"), as opposed to words that name a period."""

from __future__ import annotations

import re

from analyst_agent.records import Period

_NAMES = {
    "hour": r"hours?(?:\s+of\s+(?:the\s+)?day)?|time\s+of\s+(?:the\s+)?day",
    "weekday": r"days?\s+of\s+(?:the\s+)?week|week-?days?|day-of-week",
    "day": r"days?|dates?",
    "week": r"weeks?",
    "month": r"months?",
    "quarter": r"quarters?",
    "year": r"years?",
}
_ANY = "|".join(f"(?P<{name}>{pattern})" for name, pattern in _NAMES.items())
_LEAD = (
    r"(?:by|per|each|every|for\s+each|for\s+every|split\s+by|which|what|(?:the\s+)?(?:worst|best|busiest|quietest|highest|lowest|peak|slowest|top))"
    r"\s+(?:the\s+)?(?:single\s+|calendar\s+|worst\s+|best\s+|busiest\s+)?"
)
_ENDS = r"(?![a-z0-9-])(?!\s*-?\s*end\b)"
_SPLIT = re.compile(rf"(?<![a-z])(?:{_LEAD})(?:{_ANY}){_ENDS}")
_TWICE = re.compile(
    r"(?<![a-z])(hour|day|week|month|quarter|year)(?:-|\s+)(by|on|over|to)(?:-|\s+)\1(?![a-z])(?P<trend>\s*-?\s*(?:trend|growth\s+trend|development|chart|series|breakdown))?"
)
_ADVERB = re.compile(
    r"(?<![a-z])(hourly|daily|weekly|monthly|quarterly|yearly|annually)(?![a-z])(?!\s+(?:report|review|business\s+review|meeting|playbook|digest|newsletter|mail|e-?mail|call|active))"
)
_OVER_TIME = re.compile(r"(?<![a-z])(?:over\s+time|time\s+series|through\s+time)(?![a-z])")
_OF_ADVERB = {
    "hourly": "hour",
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "yearly": "year",
    "annually": "year",
}


def find_grain(text: str, period: Period | None = None) -> str | None:
    """The unit of time a question splits by: day, week, month, quarter, year, weekday or hour; None where it does not.

    "Over time" names no unit: days up to 31 days, weeks up to 26 weeks, months beyond or where `period` is not known.
    """
    lower = text.lower()
    found: list[tuple[int, str]] = []
    for m in _SPLIT.finditer(lower):
        found.append((m.start(), next(name for name in _NAMES if m[name])))
    for m in _TWICE.finditer(lower):
        # "Month over month" alone compares with the month before; only a trend of it is a split.
        if m[2] == "by" or m["trend"]:
            found.append((m.start(), m[1]))
    found += [(m.start(), _OF_ADVERB[m[1]]) for m in _ADVERB.finditer(lower)]
    if found:
        return min(found)[1]
    if _OVER_TIME.search(lower) is None:
        return None
    if period is None or period.days > 182:
        return "month"
    return "day" if period.days <= 31 else "week"
