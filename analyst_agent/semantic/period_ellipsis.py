"""A second period said in short: "the third quarter of 2026 next to the second one", "August 2026 against the same of 2025"."""

from __future__ import annotations

import re
from typing import cast

from analyst_agent.semantic.period_atoms import part_of_year
from analyst_agent.semantic.period_draft import Draft, Node, Rule, X, nominal, rule
from analyst_agent.semantic.period_roles import ENDS, compared
from analyst_agent.semantic.period_words import ORDINAL, ORDINALS
from analyst_agent.semantic.periods import MONTHS_IN, add_months

_MONTHS_OF_PARTS = {3: 4, 6: 2}
"""Months of a quarter and a half, and how many of them a year has."""


def _part_before(place: int, draft: Draft) -> Node | None:
    """The last phrase before a place that is one quarter or half of a calendar year, with its months in `shift_by`."""
    for i, node in reversed(draft.folded()):
        if i >= place or node.problem is not None:
            continue
        period = nominal(node, draft.clock)
        if period is None or period.kind != "calendar" or period.grain not in MONTHS_IN:
            continue
        for months in _MONTHS_OF_PARTS:
            if add_months(period.start, months) == period.end and (period.start.month - 1) % months == 0:
                return Node(period=period, shift_by=months)
    return None


def _other_part(m: re.Match[str], draft: Draft) -> Node | None:
    """ "The second one", said behind a quarter or half, is that of the same year."""
    said = _part_before(m.start(), draft)
    if said is None or said.period is None:
        return None
    part, months = ORDINALS[cast(str, m["part"])], said.shift_by
    if part > _MONTHS_OF_PARTS[months]:
        return None
    return compared(m, draft, Node(period=part_of_year(said.period.start.year, part, months)))


def _same_of_year(m: re.Match[str], draft: Draft) -> Node | None:
    """ "The same of 2025", "that of 2025": the period under discussion in that year."""
    year = draft.node(m["a"]).year
    spoken = any(i < m.start() for i, _ in draft.folded())
    if year is None or not spoken:
        return None
    return compared(m, draft, Node(role="shift", shift_by=year, shift_unit="to_year", whole=False))


ELLIPSES: tuple[Rule, ...] = (
    rule(rf"the\s+(?P<part>{ORDINAL})(?:\s+one)?{ENDS}", _other_part),
    rule(rf"(?:(?:the\s+)?same(?:\s+ones?)?|that|those|the\s+ones?)\s+(?:in|of|from)\s+(?P<a>{X})", _same_of_year),
)
"""Read after all that names a period in full."""
