"""The finding of a plain query: one or several metrics, split or not, compared with another period or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analyst_agent.errors import NotPermitted, UnknownName
from analyst_agent.records import (
    HAVING_OPTION,
    SHARE_OPTION,
    Fact,
    Finding,
    Order,
    Period,
    Plan,
    QueryResult,
    Statement,
)
from analyst_agent.semantic.model import Metric
from analyst_agent.skillkit.cells import (
    Cell,
    against_runner_up,
    calendar_grain,
    cell_period,
    covered_days,
    ranked,
)
from analyst_agent.skillkit.context import SkillContext
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.having import in_words, meeting
from analyst_agent.skillkit.inquiry import Inquiry, begin
from analyst_agent.skillkit.mean_changes import Tested, change_tested, is_tested
from analyst_agent.skillkit.patterns import OPEN
from analyst_agent.skillkit.portions import portion, split_conditions
from analyst_agent.skillkit.rates import SIGNIFICANT_AT, count_difference, parts_of_count
from analyst_agent.skillkit.satisfaction.measured import Measured, metric_table
from analyst_agent.skillkit.segments.comparing import compare_rates, gap

NAME = "query_metrics"
SHOWN_AROUND_AN_EXTREME = 10
SPLIT_NAMES = 12
CHANGES_NAMED = 3
ALIKE_IN_LENGTH = 0.85  # 28 days against 31 are 0.9


def metric_finding(context: SkillContext, plan: Plan) -> Finding:
    """Facts, table and statements for the metrics of a plan, by its dimensions, in its period (default the last 30 days).

    Rates carry Wilson intervals; a change is tested for rates, means and cost (by account) and for counts (per day), the
    lead of an extreme cell for rates and counts. Raises an AnalystError where the plan names what does not exist, is not granted, makes
    no sense together or lies outside the data. An empty cell is an answer: no tickets. With the option `share_of` (names of fields,
    with commas), the conditions on them make a part, whose share is told first; all else is of the whole.
    """
    where, part = split_conditions(plan.where, str(plan.options.get(SHARE_OPTION, "")).split(","))
    inquiry = begin(context, plan.period, where, plan.comparison, plan.cost_per_hour, always_compared=False)
    by = tuple(dict.fromkeys(plan.by))
    names = tuple(dict.fromkeys(plan.metrics))
    if not names:
        raise NotPermitted("No metric was named.", "For example escalated_ticket_count or escalation_rate.")
    order = _order(plan, names, by)
    measured = _measured(inquiry, names, by)
    if inquiry.before is not None:
        measured = [_compared(inquiry, one, by) for one in measured]
    cells = list(dict.fromkeys(cell for one in measured for cell in one.cells))
    if limit := str(plan.options.get(HAVING_OPTION, "")):
        cells = _limited(inquiry, cells, measured, limit, by)
    rows = _rows(inquiry, cells, measured, by, order, plan.limit)
    title = ", ".join(one.metric.label for one in measured)
    title = title[:1].upper() + title[1:] + (f" by {' and '.join(inquiry.label(d) for d in by)}" if by else "")
    statements = portion(inquiry, names[0], part) if part else []
    ranked_by = None if HAVING_OPTION in plan.options else order
    statements += [s for one in measured for s in _statements(inquiry, one, by, ranked_by, plan.limit, rows)]
    table = metric_table(inquiry, title, measured, by, rows)
    return inquiry.book.finding(title, NAME, inquiry.period, inquiry.before, statements=statements, tables=[table])


def _order(plan: Plan, names: Sequence[str], by: Sequence[str]) -> Order | None:
    if not plan.order:
        return Order(names[0]) if plan.limit is not None and by and calendar_grain(by) is None else None
    order = plan.order[0]
    if order.column not in (*names, *by):
        raise UnknownName("column to order by", order.column, (*names, *by))
    return order


def _measured(inquiry: Inquiry, names: Sequence[str], by: Sequence[str]) -> list[Measured]:
    """The metrics together in one query, or, where they do not go together, one by one and those that can be had."""
    try:
        return _run(inquiry, names, by)
    except NotPermitted as error:
        if len(names) == 1:
            raise
        found, refused = [], error
        for name in names:
            try:
                found += _run(inquiry, (name,), by)
            except NotPermitted as reason:
                refused = reason
                inquiry.book.caveat(reason.message, "refused")
        if not found:
            raise refused from error
        return found


def _run(inquiry: Inquiry, names: Sequence[str], by: Sequence[str]) -> list[Measured]:
    whole = inquiry.run(names)
    split = inquiry.run(names, by) if by else None
    found = []
    for name in names:
        total = inquiry.book.cell(whole, whole.rows[0], name)
        cells = {} if split is None else _cells(inquiry, split, name, by, None)
        still_open, over = (
            sum(int(number(whole.rows[0].get(f"{name}__{part}"))) for part in parts)
            for parts in (("open",), ("n", "missing"))
        )
        found.append(Measured(inquiry.context.model.metric(name), total, cells, still_open=still_open, counted=over))
    return found


def _cells(
    inquiry: Inquiry, result: QueryResult, name: str, by: Sequence[str], period: Period | None
) -> dict[Cell, Fact]:
    cells: dict[Cell, Fact] = {}
    for row in result.rows:
        cell = tuple(row[d] for d in by)
        when = period or cell_period(inquiry, by, cell)
        cells[cell] = inquiry.book.cell(result, row, name, dict(zip(by, cell, strict=True)), when)
    return cells


def _compared(inquiry: Inquiry, one: Measured, by: Sequence[str]) -> Measured:
    """The metric with its values in the comparison period and the change on its facts."""
    before, metric = inquiry.before, one.metric
    if before is None:
        return one
    past = inquiry.run((metric.name,), period=before)
    total_before = inquiry.book.cell(past, past.rows[0], metric.name)
    total = _change(inquiry, metric, one.total, total_before)
    if by and calendar_grain(by) is not None:
        grain = calendar_grain(by)
        inquiry.book.caveat(f"The two periods are compared as a whole, not {grain} by {grain}.", "compared_whole")
    if not by or calendar_grain(by) is not None:
        return replace(one, total=total, total_before=total_before)
    past_cells = _cells(inquiry, inquiry.run((metric.name,), by, before), metric.name, by, before)
    if metric.unit == "ratio":
        cells = compare_rates(inquiry, metric.name, by, one.cells, before)
    else:
        cells = {cell: _differs(inquiry, fact, past_cells.get(cell), metric) for cell, fact in one.cells.items()}
    return replace(one, total=total, cells=cells, total_before=total_before, before=past_cells)


def _differs(inquiry: Inquiry, now: Fact, then: Fact | None, metric: Metric) -> Fact:
    """The plain difference, not tested; a count absent in the other period was 0."""
    value = number(then.value) if then is not None and then.value is not None else (0.0 if metric.is_count else None)
    difference = number(now.value) - value if value is not None and now.value is not None else None
    return inquiry.book.revise(
        now,
        reference="comparison_period",
        reference_period=inquiry.before,
        reference_value=value,
        difference=difference,
    )


def _change(inquiry: Inquiry, metric: Metric, now: Fact, then: Fact) -> Fact:
    before = inquiry.before
    if before is None:
        return now
    if metric.unit == "ratio":
        return compare_rates(inquiry, metric.name, (), {(): now}, before)[()]
    p_value = None
    if metric.is_count and number(now.value) + number(then.value) >= inquiry.minimum:
        parts = [parts_of_count(inquiry, metric.name, when) for when in (inquiry.period, before)]
        days = max(covered_days(inquiry, inquiry.period), 1), max(covered_days(inquiry, before), 1)
        p_value = count_difference(parts[0], parts[1], days)[1]
    tested = Tested(now.interval, None, p_value)
    if is_tested(metric) and now.value is not None and then.value is not None:
        tested = change_tested(inquiry, metric)
    span = tested.difference_interval
    is_clear = (
        tested.p_value is not None and tested.p_value <= SIGNIFICANT_AT and not (span and span[0] <= 0 <= span[1])
    )
    return inquiry.book.revise(
        now,
        interval=tested.interval,
        reference="comparison_period",
        reference_period=before,
        reference_value=number(then.value) if then.value is not None else None,
        difference=gap(now, then),
        difference_interval=span,
        p_value=tested.p_value,
        significant=None if tested.p_value is None else is_clear,
    )


def _limited(
    inquiry: Inquiry, cells: list[Cell], measured: Sequence[Measured], limit: str, by: Sequence[str]
) -> list[Cell]:
    """The cells that meet the limit asked for, and how many of all they are; without a split, the total, and that the limit is left out."""
    if not by:
        inquiry.book.caveat("The limit on rows is left out: the number is not split.", "limited")
        return cells
    met = meeting(limit, cells, {one.metric.name: one.cells for one in measured})
    kind = " and ".join(inquiry.label(name) for name in by)
    said = in_words(limit, inquiry.context.model.metrics)
    inquiry.book.caveat(f"{len(met):,} of {len(cells):,} have {said}, by {kind}; only these are shown.", "limited")
    return met


def _rows(
    inquiry: Inquiry,
    cells: list[Cell],
    measured: Sequence[Measured],
    by: Sequence[str],
    order: Order | None,
    limit: int | None,
) -> list[Cell]:
    """The cells a table shows, in their order; an extreme of a time series is shown within the series."""
    if limit in (None, 1) and calendar_grain(by) is not None:
        return cells
    if order is not None:
        cells = _sorted(inquiry, cells, measured, by, order, limit is not None)
    shown = cells if limit is None else cells[: SHOWN_AROUND_AN_EXTREME if limit == 1 else limit]
    if len(shown) < len(cells):
        text = f"{len(shown):,} of {len(cells):,} rows are shown."
        inquiry.book.caveat(text, "cut")
    return shown


def _is_additive(metric: Metric) -> bool:
    return metric.is_count or metric.unit == "currency"


def _sorted(
    inquiry: Inquiry, cells: Sequence[Cell], measured: Sequence[Measured], by: Sequence[str], order: Order, is_cut: bool
) -> list[Cell]:
    if order.column in by:
        place = list(by).index(order.column)
        return sorted(cells, key=lambda cell: (cell[place] is None, str(cell[place])), reverse=order.descending)
    facts = next((one.cells for one in measured if one.metric.name == order.column), {})
    known = [cell for cell in cells if cell in facts and facts[cell].value is not None]
    known.sort(key=lambda cell: number(facts[cell].value), reverse=order.descending)
    if is_cut and any(one.metric.name == order.column and not _is_additive(one.metric) for one in measured):
        # The highest rate of all is that of a cell with one ticket: cells that say something come first.
        known.sort(key=lambda cell: (facts[cell].n or 0) < inquiry.minimum)
    return [*known, *(cell for cell in cells if cell not in set(known))]


def _statements(
    inquiry: Inquiry,
    one: Measured,
    by: Sequence[str],
    order: Order | None,
    limit: int | None,
    rows: Sequence[Cell],
) -> list[Statement]:
    said: list[Statement] = []
    is_ranked = bool(by) and order is not None and order.column == one.metric.name and (limit == 1 or not limit)
    if is_ranked and order is not None:
        said += _extreme(inquiry, one, by, order.descending)
    said += _whole(inquiry, one, by)
    if by and not (limit == 1 and order is not None):
        facts = tuple(one.cells[cell].id for cell in rows if cell in one.cells and one.cells[cell].value is not None)
        if facts:
            dimension = calendar_grain(by) or by[0]
            said.append(Statement("split", facts[:SPLIT_NAMES], {"dimension": dimension}))
        clear = [one.cells[cell].id for cell in rows if cell in one.cells and one.cells[cell].significant]
        said += [Statement("change", (fact_id,)) for fact_id in clear[:CHANGES_NAMED] if one.before]
    return said


def _whole(inquiry: Inquiry, one: Measured, by: Sequence[str]) -> list[Statement]:
    """The metric over everything asked about, and what keeps it from saying much."""
    total, metric = inquiry.book[one.total.id], one.metric
    if total.value is None:
        reason = "no recorded values" if total.missing else "no tickets"
        inquiry.book.caveat(f"There is no {metric.label} here: {reason}.", reason.replace(" ", "_"), (total.id,))
        return [Statement("too_few", (total.id,), {"reason": reason})]
    said = [Statement("value", (total.id,))]
    if one.total_before is not None:
        per_day = _per_day(inquiry, metric, total, one.total_before)
        if per_day and _lengths_differ_much(inquiry):
            said = [Statement("value", (total.id,)), Statement("value", (one.total_before.id,)), *per_day]
            alone = dict.fromkeys(
                ("reference", "reference_period", "reference_value", "difference", "p_value", "significant")
            )
            inquiry.book.revise(total, **alone)
        else:
            said = [Statement("comparison", (total.id, one.total_before.id)), *per_day]
    if not total.n and metric.is_count and not number(total.value):
        inquiry.book.caveat("There are no such tickets in this period.", "no_tickets", (total.id,))
    few = _too_few(inquiry, one, by)
    if few:
        said.append(Statement("too_few", (total.id,), {"reason": few}))
    if one.still_open and inquiry.book.first(OPEN) is None:
        still_open = inquiry.book.add(OPEN, one.still_open, "count", total.period, n=one.counted)
        said.append(Statement("open", (inquiry.book.revise(still_open, query=total.query).id,)))
    return said


def _too_few(inquiry: Inquiry, one: Measured, by: Sequence[str]) -> str:
    n = one.total.n or 0
    if calendar_grain(by) is not None:
        filled = [fact for fact in one.cells.values() if (fact.n or 0) >= inquiry.minimum]
        if n < inquiry.minimum or (not one.metric.is_count and len(filled) < 2 <= len(one.cells)):
            return "too few tickets for a trend"
    return "too few tickets" if n < inquiry.minimum and not one.metric.is_count else ""


def _per_day(inquiry: Inquiry, metric: Metric, now: Fact, then: Fact) -> list[Statement]:
    """For sums over periods of other lengths: the same per day, which compares."""
    before = inquiry.before
    if before is None or not _is_additive(metric):
        return []
    days, days_before = covered_days(inquiry, inquiry.period), covered_days(inquiry, before)
    if days == days_before or not days or not days_before:
        return []
    value, reference = number(now.value) / days, number(then.value) / days_before
    span = now.difference_interval
    if span is not None:
        # The interval is of the change a day: the sums of periods of other lengths differ by that and by their days.
        inquiry.book.revise(now, difference_interval=None)
    fact = inquiry.book.add(
        f"{metric.name}_per_day",
        value,
        metric.unit,
        inquiry.period,
        reference="comparison_period",
        reference_period=before,
        reference_value=reference,
        difference=value - reference,
        difference_interval=None if span is None else (span[0] / days, span[1] / days),
        p_value=now.p_value,
        significant=now.significant,
    )
    return [Statement("change", (inquiry.book.revise(fact, query=now.query).id,))]


def _lengths_differ_much(inquiry: Inquiry) -> bool:
    """Whether sums of the two periods would mislead side by side: three days against a month, unlike February against January."""
    before = inquiry.before
    if before is None:
        return False
    days = covered_days(inquiry, inquiry.period), covered_days(inquiry, before)
    return min(days) < ALIKE_IN_LENGTH * max(days)


def _extreme(inquiry: Inquiry, one: Measured, by: Sequence[str], descending: bool) -> list[Statement]:
    """The best or worst cell, and whether it is clearly ahead of the next."""
    ranking = ranked(inquiry, one.metric, by, list(one.cells.values()), descending)
    if not ranking.facts:
        return []
    if "cut_short" in ranking.left_out:
        inquiry.book.caveat("Units that are not complete are left out of the ranking.", "cut_short")
    if "too_few" in ranking.left_out:
        inquiry.book.caveat("Cells with too few tickets are left out of the ranking.", "too_few")
    first, ids = ranking.facts[0], [ranking.facts[0].id]
    if len(ranking.facts) > 1:
        ids = [against_runner_up(inquiry, one.metric, by, first, ranking.facts[1]).id, ranking.facts[1].id]
    worse = {"lower": descending, "higher": not descending}.get(one.metric.better)
    # How many there are says how large a group is, not how good or bad it is.
    is_amount = one.metric.unit in ("count", "currency")
    judgement = None if worse is None or is_amount else "worst" if worse else "best"
    words = {"direction": "highest" if descending else "lowest", "dimension": calendar_grain(by) or by[0]}
    return [Statement("extreme", tuple(ids), {**words, "judgement": judgement})]
