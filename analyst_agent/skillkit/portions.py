"""What part of a count has something: the count under all conditions, and its share of the count without those that make the part."""

from __future__ import annotations

from collections.abc import Sequence

from analyst_agent.errors import NotPermitted
from analyst_agent.records import Filter, Statement
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import COUNT, TICKETS, Inquiry
from analyst_agent.statistics import wilson_interval

SHARE_OF = {COUNT: "share_of_escalations", TICKETS: "share_of_tickets"}
"""The counts of which a share can be told, and what it is called."""


def split_conditions(where: Sequence[Filter], fields: Sequence[str]) -> tuple[tuple[Filter, ...], tuple[Filter, ...]]:
    """The conditions of the whole, and those on `fields` that make the part of it."""
    part = tuple(one for one in where if one.field in fields)
    return tuple(one for one in where if one.field not in fields), part


def portion(inquiry: Inquiry, metric: str, part: Sequence[Filter]) -> list[Statement]:
    """The share (0 to 1, with its Wilson interval) and the count of the part. inquiry: that of the whole.

    Raises NotPermitted for a metric of which no share is told.
    """
    if metric not in SHARE_OF:
        label = inquiry.context.model.metric(metric).label
        raise NotPermitted(f"No share is told of {label}.", f"Ask for a share of {' or '.join(SHARE_OF)}.")
    whole, some = inquiry.run_all([inquiry.query((metric,)), inquiry.query((metric,), where=part)])
    size, count = (int(number(result.rows[0][metric])) for result in (whole, some))
    filters = (*inquiry.where, *part)
    if not size:
        return []
    share = inquiry.book.add(
        SHARE_OF[metric],
        count / size,
        "ratio",
        inquiry.period,
        source=some,
        n=size,
        interval=wilson_interval(count, size),
    )
    counted = inquiry.book.cell(some, some.rows[0], metric)
    for fact in (share, counted):
        inquiry.book.revise(fact, filters=filters)
    return [Statement("value", (share.id,)), Statement("value", (counted.id,))]
