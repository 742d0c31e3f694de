"""Periods between two ends, or with one end open: from A to B, 2026-10-01..2026-10-31, since August, until 5 October."""

from __future__ import annotations

import re

from analyst_agent.errors import BadPeriod
from analyst_agent.records import Period
from analyst_agent.semantic.period_compose import both
from analyst_agent.semantic.period_draft import Draft, Node, Rule, X, nominal, recent, rule
from analyst_agent.semantic.periods import DAY, EARLIEST, build, unit_start, whole_units

_XA, _XB = f"(?P<a>{X})", f"(?P<b>{X})"


def _range(m: re.Match[str], draft: Draft) -> Node | None:
    pair = both(m, draft)
    if not m["from"] and re.search(r"\b(?:from|between)\s*$", draft.chars[: m.start()]):
        return None  # with its first word it was turned down
    if pair is None or (m["join"] == "and" and not (m["from"] or "").startswith("between")) or _contrasts(m, draft):
        return None
    a, b = pair
    first, last = _resolved(a, b, draft)
    if first is None or last is None or first.kind == "all" or last.kind == "all":
        return None
    if last.start < first.start:
        raise BadPeriod(
            f"The period ends ({last.label}) before it starts ({first.label}).", "Write the earlier one first."
        )
    if (
        first.kind == last.kind == "calendar"
        and first.grain == last.grain
        and first.grain in ("week", "month", "quarter", "year")
    ):
        return Node(period=build(first.start, last.end, "calendar", first.grain))
    return Node(period=whole_units(first.start, last.end))


def _resolved(a: Node, b: Node, draft: Draft) -> tuple[Period | None, Period | None]:
    """Both ends with a year: a bare end takes the year that puts it nearest inside; two bare ends the latest year in which both have begun."""
    if a.in_year is None and b.in_year is None:
        return a.period, b.period
    if a.in_year is not None and b.in_year is None:
        return (recent(a.in_year, draft.clock, b.period.end - DAY) if b.period else None), b.period
    if b.in_year is not None and a.in_year is None:
        if a.period is None:
            return None, None
        readings = (b.in_year(a.period.start.year + more, False) for more in range(-1, 3))
        return a.period, next((p for p in readings if p.start >= a.period.start), None)
    assert a.in_year is not None
    assert b.in_year is not None
    today = draft.clock.today
    for year in range(today.year + 1, today.year - 9, -1):
        last = b.in_year(year, False)
        first = recent(a.in_year, draft.clock, last.start)
        if unit_start("month", last.start) <= today and first.start <= today:
            return first, last
    return None, None


def _contrasts(m: re.Match[str], draft: Draft) -> bool:
    """Whether "between September and October" or "from September to October" names two sides of a difference, not one stretch."""
    before = draft.chars[: m.start()]
    if m["join"] == "and":
        return re.search(r"\b(?:differen\w+|differs?|change[ds]?|gap|compar\w+)\b[^.?!]{0,60}$", before) is not None
    moved = r"\b(?:chang\w+|ris\w+|rose|fall\w*|fell|drop\w*|increas\w+|decreas\w+|grow\w*|grew|moved?|shift\w*|improv\w+|declin\w+|go|went|up|down)\b[^.?!]{0,60}$"
    if m["from"] != "from" or re.search(moved, before) is None:
        return False
    a, b = nominal(draft.node(m["a"]), draft.clock), nominal(draft.node(m["b"]), draft.clock)
    if a is None or b is None or a.kind != "calendar" or a.grain != b.grain or a.grain == "day":
        return False
    return a.end == b.start or (a.start.month, a.days) == (b.start.month, b.days)


def _marked_weeks(m: re.Match[str], draft: Draft) -> Node | None:
    period = nominal(draft.node(m["a"]), draft.clock)
    if draft.node(m["b"]).mark != "weeks" or period is None or period.days % 7:
        return None
    return Node(period=build(period.start, period.end, "calendar", "week"))


def _since(m: re.Match[str], draft: Draft) -> Node | None:
    period, clock = nominal(draft.node(m["a"]), draft.clock), draft.clock
    if period is None or period.kind == "all" or draft.node(m["a"]).problem:
        return None
    start = period.end if m.groupdict().get("after") else period.start
    if start > clock.today:
        raise BadPeriod(
            f"The period would start on {start}, after today ({clock.today}).", "Name a day that has passed."
        )
    return Node(period=build(start, clock.tomorrow))


def _until(m: re.Match[str], draft: Draft) -> Node | None:
    """Until, through and up to include what they name; before does not."""
    period, clock = nominal(draft.node(m["a"]), draft.clock), draft.clock
    if period is None or period.kind == "all":
        return None
    end = period.start if m["word"] in ("before", "prior to", "earlier than") else period.end
    start = clock.data_start or EARLIEST
    if end <= start:
        raise BadPeriod(
            f"The data begins on {start}, there is nothing {m['word']} {period.label}.", "Name a later day."
        )
    return Node(period=build(start, end))


_EDGE_OF = r"(?:the\s+)?(?:(?:very\s+)?(?:start|beginning|end)\s+of\s+(?:the\s+)?)?(?:on\s+|in\s+)?"
_JOIN = r"(?P<join>to|-|\.\.+|/|until|till|through|thru|up\s+to|to\s+the\s+end\s+of|and|up\s+until)"
RANGES: tuple[Rule, ...] = (
    rule(rf"(?:(?P<from>from|between)\s+)?{_EDGE_OF}{_XA}\s*{_JOIN}\s*{_EDGE_OF}{_XB}(?:\s*,?\s*inclusive)?", _range),
    rule(rf"{_XA}\s+{_XB}", _marked_weeks),
)
OPEN: tuple[Rule, ...] = (
    rule(rf"{_XA}\s+{_XB}", _marked_weeks),
    rule(rf"(?:ever\s+)?since\s+{_EDGE_OF}{_XA}(?:\s+(?:until|till|to|through)\s+(?:now|date))?", _since),
    rule(rf"(?:from|starting|beginning)\s+(?:in\s+|on\s+|from\s+|with\s+)?{_EDGE_OF}{_XA}\s+(?:on|onwards?|forward|(?:until|till|to|through)\s+(?:now|date))", _since),
    rule(rf"{_XA}\s+(?:onwards?|(?:until|till|to|through)\s+(?:now|date))", _since),
    rule(rf"starting\s+(?:in|on|from|with)\s+{_EDGE_OF}{_XA}", _since),
    rule(rf"(?P<after>after)\s+{_EDGE_OF}{_XA}", _since),
    rule(rf"(?P<word>until|till|through|thru|up\s+to|up\s+until|before|prior\s+to|earlier\s+than)\s+(?:and\s+including\s+)?{_EDGE_OF}{_XA}", _until),
)  # fmt: skip
