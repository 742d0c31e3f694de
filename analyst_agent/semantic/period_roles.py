"""Which period is asked about, which one it is compared with, and what only shifts the one under discussion."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from analyst_agent.errors import BadPeriod
from analyst_agent.records import Period
from analyst_agent.semantic.period_distance import UNIT_DAYS, as_long, at_distance
from analyst_agent.semantic.period_draft import Draft, Node, Rule, X, nominal, rule
from analyst_agent.semantic.period_relative import A_LIMIT, whole
from analyst_agent.semantic.period_words import NUMBER, UNIT, unit
from analyst_agent.semantic.periods import (
    DAYS_IN,
    MONTHS_IN,
    Clock,
    add_days,
    build,
    comparison,
    settle,
    year_before,
)

_COMPARED = (
    r"(?:(?:as\s+)?compar(?:ed?|ing|es|isons?)(?:\s+(?:it|this|that|them|these|those))?\s+(?:to|with|against)|in\s+comparison\s+(?:to|with)"
    r"|relative\s+to|vs\.?|v\.|versus|against|than|(?:up|down|different)\s+(?:[^.?!]{0,25}\s)?from|on\s+top\s+of|next\s+to|beside|alongside|side\s+by\s+side\s+with)"
)
_FILL = r"(?:\s+(?:it\s+was|they\s+were|we\s+(?:had|did|saw)|(?:was|were)\s+(?:it|they)|(?:that|those|the\s+(?:one|ones|rate|figure|number|numbers))))?(?:\s+(?:in|for|during|on|of|at|the|from|over))*\s*$"  # fmt: skip
_INTRO = re.compile(rf"(?:^|[^a-z])(?:{_COMPARED}){_FILL}")
_SECOND = re.compile(rf"compar\w*\s+[^{X[1:-1]}]*{X}\s*,?\s+(?:and|with|to|against)(?:\s+(?:the|in|for))*\s*$")
_OVER = re.compile(rf"{X}(?:\s+\w+)?\s+over\s+(?:the\s+)?$")
_SIDES = re.compile(rf"(?P<between>between|from)\s+(?:the\s+)?{X}\s+(?:and|to)\s+(?:the\s+)?$")


# --- phrases that are a distance


def _year_over_year(m: re.Match[str], draft: Draft) -> Node | None:
    return Node(role="comparison", shift_by=-1, shift_unit="year", whole=False)


def _unit_over_unit(m: re.Match[str], draft: Draft) -> Node | None:
    if re.match(r"\s*(?:-\s*)?(?:trend|growth\s+trend|development|chart|series|breakdown)", draft.chars[m.end() :]):
        return None
    text = m[0]
    if text == "wow" and draft.original[draft.spans[m.start()][0] :][:3] not in ("WoW", "WOW"):
        return None
    grain = {"m": "month", "w": "week", "q": "quarter", "d": "day"}[text[0]]
    return Node(role="comparison", shift_by=-1, shift_unit="period", grain_by=grain)


def _same_last(m: re.Match[str], draft: Draft) -> Node | None:
    name = unit(m["unit"])
    return Node(role="comparison", shift_by=-1, shift_unit=name, whole=False) if name in UNIT_DAYS else None


def _than_last(m: re.Match[str], draft: Draft) -> Node | None:
    """More than last; compare this quarter to last."""
    if re.match(r"to|with", m[0]) and re.search(r"\bcompar\w*\b[^.?!]*$", draft.chars[: m.start()]) is None:
        return None
    return Node(role="comparison", shift_by=-1, shift_unit="period", whole=False)


def _moved(m: re.Match[str], draft: Draft) -> Node | None:
    """A year earlier, two weeks later, a year ago: the same shape at a distance."""
    name = unit(m["unit"])
    if name not in UNIT_DAYS or (m["way"] == "ago" and A_LIMIT.search(draft.chars[: m.start()])):
        return None
    count = 1 if m["n"] in ("a", "an", "the", None) else whole(m["n"], name)
    sign = 1 if m["way"] in ("later", "on") else -1
    return compared(m, draft, Node(role="shift", shift_by=sign * count, shift_unit=name, whole=False))


def _neighbour_named(m: re.Match[str], draft: Draft) -> Node | None:
    """The month before, the week before that, the following quarter, the previous one."""
    text = m[0]
    name = unit(m["unit"]) if m["unit"] else "period"
    if name not in UNIT_DAYS and name != "period":
        return None
    count = whole(m["n"], name) if m["n"] else 1
    forward = re.search(r"\b(?:after|following|next|subsequent|later)\b", text) is not None
    return compared(m, draft, Node(role="shift", shift_by=count if forward else -count, shift_unit=name))


def _same_in(m: re.Match[str], draft: Draft) -> Node | None:
    """The same month in 2025."""
    year = draft.node(m["a"]).year
    return (
        None
        if year is None
        else compared(m, draft, Node(role="shift", shift_by=year, shift_unit="to_year", whole=False))
    )


def _before_that(m: re.Match[str], draft: Draft) -> Node | None:
    return compared(m, draft, Node(role="shift", shift_by=1 if m["way"] == "after" else -1, shift_unit="period"))


def compared(m: re.Match[str], draft: Draft, node: Node) -> Node:
    """The phrase as what another is compared with, where the words before it say so."""
    return replace(node, role="comparison") if _INTRO.search(draft.chars[: m.start()]) else node


_U = rf"(?P<unit>{UNIT})"
_ON = r"(?:\s+(?:over|on|to)\s+|-(?:over|on|to)-)"
ENDS = r"(?=\s*(?:[?.!,;:)]|$|and\b|or\b|but\b|in\b|for\b|by\b|was\b|were\b|did\b|what\b|how\b))"
# Read before the calendar, because "last year" is part of them.
DISTANCES: tuple[Rule, ...] = (
    rule(rf"year{_ON}year|years?\s+over\s+years?|yoy|y/y|y-o-y|y\s*/\s*y", _year_over_year),
    rule(rf"month{_ON}month|week{_ON}week|quarter{_ON}quarter|day{_ON}day|mom|wow|qoq|m/m|w/w|q/q|m-o-m|q-o-q", _unit_over_unit),
    rule(
        r"(?:the\s+)?(?:same|this|equivalent|corresponding)\s+(?:period|time|timeframe|window|point|days?|weeks?|months?|quarters?)"
        rf"\s+(?:of\s+|in\s+)?(?:the\s+)?(?:last|previous|prior|past|preceding)\s+{_U}",
        _same_last,
    ),
    rule(
        rf"(?:the\s+)?same\s+(?:period|time|days?|weeks?|months?|quarters?)\s+(?:(?P<n>an?|the|{NUMBER})\s+)?{_U}\s+(?P<way>ago|earlier|before)",
        lambda m, d: replace(node, role="comparison") if (node := _moved(m, d)) else None,
    ),
    rule(r"(?P<n>an?|one)\s+(?P<unit>years?)\s+(?P<way>ago|back)(?:\s+today)?", _moved),
    rule(rf"(?P<n>an?|{NUMBER})\s+{_U}\s+(?P<way>earlier|later|prior)(?!\s+to)", _moved),
    rule(rf"(?:{_COMPARED}|to|with)\s+(?:the\s+)?(?:last|previous|prior|preceding)(?:\s+(?:one|period|time|timeframe|window|interval))?{ENDS}", _than_last),
)  # fmt: skip
_WORD = r"(?:period|one|timeframe|window|interval)"
# Read after the calendar and its compositions, so that "the month before October" is understood there.
NEIGHBOURS: tuple[Rule, ...] = (
    rule(
        rf"(?:the\s+|a\s+)?(?:(?P<n>{NUMBER})\s+)?(?:{_U}|{_WORD})\s+(?:before|after|prior|preceding)(?:\s+(?:that|this|it|then|these|those|(?:that|this)\s+(?:one|period)))?{ENDS}",
        _neighbour_named,
    ),
    rule(
        rf"(?:the\s+)?(?:previous|prior|preceding|following|next|subsequent|last)\s+{_WORD}(?P<unit>(?!))?(?P<n>(?!))?",
        _neighbour_named,
    ),
    rule(rf"(?:the\s+)?same\s+(?:period|time|days?|weeks?|months?|quarters?)\s+(?:in|of)\s+(?P<a>{X})", _same_in),
    rule(rf"the\s+(?:following|subsequent)\s+(?:(?P<n>{NUMBER})\s+)?{_U}", _neighbour_named),
    rule(rf"(?P<way>before|after)\s+(?:that|then)(?:\s+one)?{ENDS}", _before_that),
)


# --- roles


def assign(draft: Draft) -> list[tuple[int, Node]]:
    """The folded phrases with their roles, periods cut at today, comparisons worked out where the text names what they compare."""
    nodes = [
        (i, _role(i, n, draft))
        for i, n in draft.folded()
        if not n.mark or n.period is not None or n.in_year is not None
    ]
    nodes = _contrasted(nodes, draft)
    nodes = _nearest_years(nodes, draft)
    settled = [(i, _settled(n, draft.clock)) for i, n in nodes]
    main = next((n for _, n in settled if n.role == "period" and n.period is not None and n.period.kind != "all"), None)
    if main is None:
        main = next((n for _, n in settled if n.role == "period" and n.period is not None), None)
    else:
        settled = [(i, n) for i, n in settled if not (n.mark == "ever" and n is not main)]
    settled = [(i, n) for i, n in settled if not _says_again(n, main, [other for _, other in settled], draft.clock)]
    return [(i, _filled(n, main, draft.clock)) for i, n in settled]


def _says_again(node: Node, main: Node | None, nodes: Sequence[Node], clock: Clock) -> bool:
    """ "Same month last year: October 2025 against October 2026": a distance between two periods that are both named."""
    if node.role != "comparison" or node.period is not None or node.shift_unit is None or main is None:
        return False
    named = [n.period for n in nodes if n is not main and n.shift_unit is None and n.period is not None]
    for one, other in ((main.period, p) for p in named):
        for late, early in ((one, other), (other, one)):
            if late is None or early is None or late.kind == "all":
                continue
            try:
                at = at_distance(late, node.shift_by, node.shift_unit, node.whole, clock)
            except BadPeriod:
                continue
            if (at.start, at.end) == (early.start, early.end):
                return True
    return False


def _role(place: int, node: Node, draft: Draft) -> Node:
    before = draft.chars[:place]
    if node.role == "period" and any(p.search(before) for p in (_INTRO, _SECOND, _OVER)):
        return replace(node, role="comparison")
    return node


def _contrasted(nodes: list[tuple[int, Node]], draft: Draft) -> list[tuple[int, Node]]:
    """ "The difference between September and October": the earlier one is what the later is compared with."""
    result = list(nodes)
    for k in range(1, len(nodes)):
        (place, later), (_, earlier) = nodes[k], nodes[k - 1]
        sides = _SIDES.search(draft.chars[:place])
        if sides is None or {later.role, earlier.role} != {"period"}:
            continue
        a, b = _safe_nominal(earlier, draft.clock), _safe_nominal(later, draft.clock)
        if a is not None and b is not None:
            compared = k - 1 if a.start <= b.start else k
            result[compared] = (nodes[compared][0], replace(nodes[compared][1], role="comparison"))
    return result


def _nearest_years(nodes: list[tuple[int, Node]], draft: Draft) -> list[tuple[int, Node]]:
    """ "October and November 2025", "Q3 2025 vs Q2": a name without a year is the nearest to the neighbour that has one."""
    result = list(nodes)
    link = re.compile(
        r"\s*(?:,|and|or|&|vs\.?|versus|against|than|with|over|compared\s+(?:to|with)|to|,\s*and)(?:\s+(?:in|for|the))*\s*"
    )
    for k in range(len(nodes)):
        for other in (k + 1, k - 1):
            if not 0 <= other < len(nodes) or nodes[k][1].in_year is None or result[k][1].in_year is None:
                continue
            left, right = sorted((nodes[k][0], nodes[other][0]))
            dated = nodes[other][1].period
            relative = nodes[other][1].shift_unit is not None or (dated is not None and dated.grain == "year")
            if (
                dated is not None
                and not relative
                and dated.kind == "calendar"
                and link.fullmatch(draft.chars[left + 1 : right])
            ):
                result[k] = (nodes[k][0], _near(nodes[k][1], dated, draft.clock))
    return result


def _near(node: Node, other: Period, clock: Clock) -> Node:
    assert node.in_year is not None
    readings: list[Period] = []
    for year in range(other.start.year - 1, other.start.year + 2):
        try:
            readings.append(node.in_year(year, False))
        except BadPeriod:
            continue
    begun = [p for p in readings if p.start <= clock.today or other.start > clock.today]
    if any((p.start, p.end) == (other.start, other.end) for p in readings) or not begun:
        return node
    return replace(node, period=min(begun, key=lambda p: abs((p.start - other.start).days)), in_year=None)


def _safe_nominal(node: Node, clock: Clock) -> Period | None:
    try:
        return nominal(node, clock)
    except BadPeriod:
        return None


def _settled(node: Node, clock: Clock) -> Node:
    try:
        period = nominal(node, clock)
    except BadPeriod as error:
        return replace(node, period=None, in_year=None, problem=error)
    return replace(node, period=settle(period, clock) if period is not None else None, in_year=None)


def _filled(node: Node, main: Node | None, clock: Clock) -> Node:
    if (
        node.role == "shift"
        and main is not None
        and node.shift_unit in ("year", "to_year")
        and main.period is not None
        and main.period.kind != "all"
    ):
        node = replace(node, role="comparison")
    if main is None or main.period is None or node is main or main.period.kind == "all":
        return node
    try:
        return _against(node, main.period, clock)
    except BadPeriod as error:
        return replace(node, problem=error)


def _against(node: Node, main: Period, clock: Clock) -> Node:
    if node.role == "shift" and node.shift_unit is not None and node.period is None:
        return replace(node, period=at_distance(main, node.shift_by, node.shift_unit, node.whole, clock))
    if node.role != "comparison":
        return node
    if node.period is None and node.shift_unit is not None:
        whole_unit = node.whole and node.shift_unit != "period"
        return replace(node, period=at_distance(main, node.shift_by, node.shift_unit, whole_unit, clock))
    if node.period is not None and node.shift_unit is not None:
        # "Compared with the previous month", said beside August, is July, whatever today is.
        alike = main.kind == "rolling" and as_long(main, -node.shift_by, node.shift_unit)
        beside = comparison(main) if alike else _previous_units(node, main, clock)
        return replace(node, period=beside)
    last_year = node.period is not None and node.mark == "last_year"
    if (
        last_year
        and main.kind in ("calendar", "to_date")
        and main.grain in ("month", "quarter", "week", "day")
        and main.days < 365
    ):
        return replace(node, period=year_before(main))
    return node


def _previous_units(node: Node, main: Period, clock: Clock) -> Period:
    unit_name = cast(str, node.shift_unit)
    if unit_name in MONTHS_IN or unit_name == "week" or main.kind == "calendar":
        return at_distance(main, node.shift_by, unit_name, True, clock)
    start = add_days(main.start, node.shift_by * DAYS_IN.get(unit_name, 1))
    return build(start, main.start)
