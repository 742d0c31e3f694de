"""What escalations cost, where the money goes, which part could be avoided and what a reduction would save."""

from __future__ import annotations

from collections.abc import Sequence

from analyst_agent.skillkit import (
    COUNT,
    GRAINS,
    Fact,
    Filter,
    Finding,
    Inquiry,
    NotPermitted,
    Period,
    SkillContext,
    Statement,
    Totals,
    begin,
    totals_of,
)
from analyst_agent.skillkit.actions import recommend
from analyst_agent.skillkit.costs.avoidable import Avoidable, Saving, avoidable, savings
from analyst_agent.skillkit.costs.cost_tables import CostSplit, cost_drawings, cost_tables
from analyst_agent.skillkit.costs.costs import (
    Costs,
    changes_per_day,
    costs_by,
    facts_of,
    folded,
    is_unnamed,
)
from analyst_agent.skillkit.costs.spent import COST
from analyst_agent.skillkit.dimensions import checked_value
from analyst_agent.skillkit.evidence import gather
from analyst_agent.skillkit.patterns import UNCLASSIFIED, Pattern, detailed, matched
from analyst_agent.skillkit.tables import ALL_OTHERS

NAME = "cost_of_escalations"
TITLE = "Cost of escalations"
REDUCTION = 0.2
TOLD = 3
MOST_ADVISED = 12
SECOND = ("product_area", "category", "tier", "segment")
IN_PLACE_OF_CAUSES = ("category", "product_area", "channel", "priority")


def cost_of_escalations(
    context: SkillContext,
    by: str | None = None,
    period: Period | None = None,
    where: Sequence[Filter] = (),
    focus: str | None = None,
    comparison: Period | None = None,
    cost_per_hour: float | None = None,
    reduction: float | None = None,
) -> Finding:
    """What escalated tickets cost, where the money goes, what could be avoided, and what a reduction would save.

    Gives the estimated cost in all and per escalated ticket; for each root cause (or another dimension) and each product
    area its cost, share, cost per ticket, mean handle time, and change per day, tested by account; the avoidable part as a
    range with its assumption; and what avoiding a part of a group's escalations would save in a month.

    by: the dimension, default the root cause. period: whole days, default the last 30 complete days. where: filters.
    focus: the group asked about; its saving is told. comparison: default the previous month for a month, the equal length
    before for rolling days. cost_per_hour: default the workspace's. reduction: the part that would be avoided, above 0 up
    to 1, default 0.2. Raises an AnalystError where the period lies outside the data, a name is unknown or not granted, or
    the reduction is no such part.
    """
    part = REDUCTION if reduction is None else reduction
    if not 0 < part <= 1:
        raise NotPermitted(f"{part:g} is no part of the escalations.", "Give a reduction above 0 up to 1, such as 0.2.")
    inquiry = begin(context, period, where, comparison, cost_per_hour)
    totals = totals_of(inquiry)
    rate = context.settings.cost_per_hour if cost_per_hour is None else cost_per_hour
    hourly = inquiry.book.add("cost_per_hour", rate, "currency", None)
    if not totals.escalated:
        inquiry.book.caveat("No ticket was escalated there in this period.", "no_tickets", (totals.count.id,))
        said = [Statement("headline", totals.ids)]
        return inquiry.book.finding(TITLE, NAME, inquiry.period, inquiry.before, statements=said)
    dimensions = _dimensions(inquiry, by)
    asked = None if focus is None else checked_value(context, dimensions[0], focus)
    splits = [_split(inquiry, dimension, dimensions) for dimension in dimensions]
    if splits[0].before is not None and not splits[0].before.whole.tickets:
        splits = [CostSplit(one.now, None, one.groups) for one in splits]
    change, splits = _compared(inquiry, splits)
    whole = _whole(inquiry, splits[0], totals)
    patterns = _patterns(inquiry, splits, totals.escalated)
    range_ = avoidable(inquiry, splits[0].now, patterns)
    saved = savings(inquiry, splits[0].now, splits[0].groups, part, rate)
    advice = [recommend(context, one) for one in patterns]
    actions = [recommendation for recommendation, _ in advice]
    parts = _parts_of_change(inquiry, splits[0]) if change is not None else ()
    headline = [*whole, hourly, *([change] if change is not None else [])]
    return inquiry.book.finding(
        TITLE,
        NAME,
        inquiry.period,
        inquiry.before,
        statements=[
            Statement("cost_headline", tuple(fact.id for fact in headline)),
            *_statements(inquiry, splits, parts),
            *_outlook(inquiry, range_, saved, asked),
            *_reading(inquiry, splits[0].now, totals),
        ],
        tables=cost_tables(inquiry, splits, saved, range_, actions, change),
        citations=[citation for _, citations in advice for citation in citations],
        recommendations=actions,
        drawings=cost_drawings(inquiry, splits[0]),
    )


def _dimensions(inquiry: Inquiry, by: str | None) -> list[str]:
    """What costs are split by: as asked, else by cause, else, where no ticket has one, by what the tickets themselves have;
    and one more.
    """
    context = inquiry.context
    first = by
    if first is not None:
        context.model.check_dimension(first)
    elif any(value != UNCLASSIFIED for value in _causes(context)):
        first = "root_cause"
    else:
        first = next((name for name in IN_PLACE_OF_CAUSES if context.has(name)), "root_cause")
        text = "No root cause or known reason code is recorded for these tickets"
        if first != "root_cause":
            text += f"; costs are shown by {inquiry.label(first)} instead, which says where they come from, not why"
        inquiry.book.caveat(f"{text}.", "no_root_causes")
    more = (*(("root_cause",) if by not in (None, "root_cause") and first != "root_cause" else ()), *SECOND)
    second = next((name for name in more if name != first and context.has(name)), None)
    return [first, *([second] if second else [])]


def _causes(context: SkillContext) -> tuple[str, ...]:
    return context.queries.values("root_cause") if "root_cause" in context.model.dimensions() else ()


def _split(inquiry: Inquiry, dimension: str, dimensions: Sequence[str]) -> CostSplit:
    periods = [inquiry.period, *([inquiry.before] if inquiry.before is not None else [])]
    now, *before = costs_by(inquiry, dimension, periods, dimensions)
    now, then = folded(now, before[0] if before else None)
    return CostSplit(now, then, facts_of(inquiry, now))


def _compared(inquiry: Inquiry, splits: Sequence[CostSplit]) -> tuple[Fact | None, list[CostSplit]]:
    """The change per day of all and of every group; periods of time are no groups that could be compared."""
    told = [one for one in splits if one.before is not None and one.dimension not in GRAINS]
    if not told:
        return None, list(splits)
    families = [(one.now, one.before) for one in told if one.before is not None]
    change, groups = changes_per_day(inquiry, families, [one.groups for one in told])
    changed = {one.dimension: CostSplit(one.now, one.before, found) for one, found in zip(told, groups, strict=True)}
    return change, [changed.get(one.dimension, one) for one in splits]


def _whole(inquiry: Inquiry, split: CostSplit, totals: Totals) -> list[Fact]:
    book, now = inquiry.book, split.now
    imputed = now.whole.imputed
    cost = book.add(
        COST, now.whole.cost, "currency", now.period, source=now.source, n=now.whole.tickets, missing=imputed
    )
    each = now.whole.cost / now.whole.tickets
    per = book.add("cost_per_escalated_ticket", each, "currency", now.period, source=now.source, n=now.whole.tickets)
    return [cost, totals.count, per]


def _parts_of_change(inquiry: Inquiry, split: CostSplit) -> tuple[Fact, ...]:
    """The change per day as that of the number of tickets and that of the cost of each (Shapley, two factors)."""
    now, then = split.now, split.before
    if then is None:
        return ()
    count = now.whole.tickets / now.days, then.whole.tickets / then.days
    each = now.whole.cost / now.whole.tickets, then.whole.cost / then.whole.tickets
    values = ((count[0] - count[1]) * sum(each) / 2, (each[0] - each[1]) * sum(count) / 2)
    names = ("cost_from_volume", "cost_from_handling")
    return tuple(
        inquiry.book.add(name, value, "currency", now.period, source=now.source, n=now.whole.tickets)
        for name, value in zip(names, values, strict=True)
    )


def _patterns(inquiry: Inquiry, splits: Sequence[CostSplit], escalated: int) -> list[Pattern]:
    """The causes, or without any the groups, with what is known about them; causes crossed with the known issues."""
    split = next((one for one in splits if one.dimension == "root_cause"), splits[0])
    if split.dimension in GRAINS:
        return []
    told = [one for one in split.groups if one.value != ALL_OTHERS][:MOST_ADVISED]
    patterns = [Pattern(split.dimension, one.value, one.tickets, cost=one.cost) for one in told]
    patterns = detailed(inquiry, patterns)
    if split.dimension != "root_cause" or not inquiry.context.knowledge.has_known_issues():
        return patterns
    evidence = gather(inquiry, "root_cause", escalated)
    return [matched(inquiry, one, evidence) for one in patterns]


def _statements(inquiry: Inquiry, splits: Sequence[CostSplit], parts: Sequence[Fact]) -> list[Statement]:
    """The most expensive groups, where a change comes from, and which groups changed."""
    first = splits[0]
    said = []
    if first.now.whole.tickets < inquiry.minimum:
        fact = next(one.tickets for one in first.groups)
        whole = inquiry.book.first(COUNT) or fact
        said.append(Statement("too_few", (whole.id,), {"reason": "too few tickets for a trend"}))
    elif parts:
        said.append(Statement("cost_split", tuple(fact.id for fact in parts)))
    words = {"dimension": first.dimension}
    for one in [g for g in first.groups if not is_unnamed(g.value)][:TOLD]:
        facts = (one.cost, one.share, one.tickets, one.per_ticket)
        said.append(Statement("cost_group", tuple(fact.id for fact in facts), words))
    for split in splits:
        for one in split.groups:
            if one.change is not None and one.change.significant:
                said.append(Statement("pattern_change", (one.change.id,), {"dimension": split.dimension}))
    return said


def _outlook(inquiry: Inquiry, range_: Avoidable, saved: Sequence[Saving], asked: str | None) -> list[Statement]:
    """What could be avoided and what a reduction of the group asked about, else of the most expensive one, would save."""
    said = []
    strict = [fact.id for fact in (range_.reviewed, range_.unnecessary, range_.strict) if fact is not None]
    if range_.reviewed is None:
        inquiry.book.caveat("Whether an escalation was necessary is not recorded.", "not_reviewed")
    else:
        said.append(Statement("avoidable_strict", tuple(strict)))
    wide = [range_.wide, range_.strict, range_.removable, range_.workaround]
    if range_.wide is not None and (range_.removable is not None or range_.workaround is not None):
        said.append(Statement("avoidable_wide", tuple(fact.id for fact in wide if fact is not None)))
    chosen = next((one for one in saved if one.group.value == asked), None) if asked else next(iter(saved), None)
    if chosen is not None:
        facts = (chosen.reduction, chosen.most, chosen.net, chosen.ordinary)
        said.append(Statement("saving", tuple(fact.id for fact in facts if fact is not None)))
    return said


def _reading(inquiry: Inquiry, costs: Costs, totals: Totals) -> list[Statement]:
    book, said = inquiry.book, []
    for name, value in (
        ("imputed_handle_time_count", costs.whole.imputed if costs.whole.imputed < costs.whole.tickets else 0),
        ("unknown_time_count", totals.unknown_times),
    ):
        if value:
            fact = book.add(name, value, "count", inquiry.period, source=costs.source, n=costs.whole.tickets)
            said.append(Statement({"imputed_handle_time_count": "imputed"}.get(name, "unknown_time"), (fact.id,)))
    return said
