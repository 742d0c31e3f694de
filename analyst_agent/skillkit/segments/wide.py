"""More combinations than can be read account by account: the most different ones are examined by account, the others only counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from analyst_agent.records import Filter, Value
from analyst_agent.skillkit.inquiry import Inquiry
from analyst_agent.skillkit.parts import Cell, Part
from analyst_agent.skillkit.rates import (
    ACCOUNT,
    SIGNIFICANT_AT,
    Difference,
    by_account,
    rate_difference,
    rest_differences,
)
from analyst_agent.skillkit.segments.compared import Contributions, contributions

MOST_ROWS = 250_000
MOST_CELLS_EXAMINED = 12
NOT_EXAMINED = "not examined by account"


def is_wide(inquiry: Inquiry, by: Sequence[str], tickets: int) -> bool:
    """Whether combinations by account may be more rows than an answer can wait for. tickets: at most so many rows."""
    if len(by) < 2 or not by_account(inquiry.context):
        return False
    values = inquiry.context.queries.values
    known = inquiry.context.model.dimensions()
    sizes = [len(values(name)) + 1 if name in known else 1 for name in (*by, ACCOUNT)]
    return min(prod(sizes), tickets) > MOST_ROWS


def wide_differences(inquiry: Inquiry, metric: str, by: Sequence[str]) -> tuple[Contributions, dict[Cell, Difference]]:
    """All combinations counted, and each against the rest; of the twelve most different ones by account, one query each.

    Tickets taken as independent, which can only make a p-value smaller, choose them. Of the others that would then be
    more than noise nothing is said; of those that would not, that they are not, without an interval.
    """
    counted = contributions(inquiry, metric, by, accounts=False)
    plain: dict[Cell, Difference] = rest_differences(counted.parts, inquiry.minimum)
    found: dict[Cell, Difference] = {
        cell: replace(one, interval=None, own_interval=None, p_value=_kept(one), reason=one.reason or NOT_EXAMINED)
        for cell, one in plain.items()
    }
    likely = sorted(
        (one.p_value, i, cell)
        for i, (cell, one) in enumerate(plain.items())
        if one.p_value is not None and one.p_value <= SIGNIFICANT_AT
    )
    if not likely:
        return counted, found
    whole = {part.account: part for part in contributions(inquiry, metric, ()).parts.records().get((), [])}
    for _, _, cell in likely[:MOST_CELLS_EXAMINED]:
        where = tuple(Filter(name, "=", value) for name, value in zip(by, cell, strict=True))
        own = contributions(inquiry, metric, (), where, is_said=False).parts.records().get((), [])
        found[cell] = rate_difference(own, _rest(whole, own), inquiry.minimum)
    return counted, found


def _kept(one: Difference) -> float | None:
    """The p-value for the correction: that of a combination that is not examined counts as 1 where it might be clear."""
    if one.p_value is None:
        return None
    return one.p_value if one.p_value > SIGNIFICANT_AT else 1.0


def _rest(whole: dict[Value, Part], own: Sequence[Part]) -> list[Part]:
    taken = {part.account: part for part in own}
    rest = []
    for account, part in whole.items():
        mine = taken.get(account, Part(account, 0.0, 0.0))
        if part.total > mine.total:
            rest.append(Part(account, part.successes - mine.successes, part.total - mine.total))
    return rest
