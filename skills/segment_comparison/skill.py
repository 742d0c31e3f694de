"""Whether rates differ by customer type: each segment's escalation rate against that of all others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from analyst_agent.skillkit import (
    GRAINS,
    OF_ACCOUNTS,
    RATE,
    TOO_FEW_TICKETS,
    Column,
    Difference,
    Fact,
    Filter,
    Finding,
    Grid,
    Inquiry,
    Period,
    QueryResult,
    SkillContext,
    Statement,
    Table,
    Totals,
    Value,
    adjusted,
    begin,
    checked_focus,
    compare_rates,
    dimension_to_compare,
    excludable_difference,
    number,
    own_filter_as_focus,
    parts_by_cell,
    rate_changes_table,
    rest_differences,
)

NAME = "segment_comparison"
COHORT = "cohort_escalation_rate"
NAMES = 8
_PARTS = ("numerator", "denominator", "unknown_time")


@dataclass(frozen=True)
class Segment:
    """One value of the dimension, its facts, and its test against all others."""

    value: Value
    tickets: Fact
    escalated: Fact
    rate: Fact
    deviation: Fact
    cohort: Fact
    difference: Difference
    verdict: bool | None


def segment_comparison(
    context: SkillContext,
    by: str | None = None,
    period: Period | None = None,
    where: Sequence[Filter] = (),
    focus: str | None = None,
    comparison: Period | None = None,
) -> Finding:
    """Whether tickets of some customers or kinds escalate more often than those of others.

    Gives for each segment its tickets, escalated tickets, escalation rate and deviation from the overall rate, and
    its cohort rate against all other segments with interval and adjusted significance. Names the segments clearly
    above and below; for the others, what difference the data exclude. Use it for questions whether rates differ by
    customer type, region, plan or any other group.

    by: the dimension, default that of `focus`, else the account tier. period: whole days, default the last 30
    complete days. where: filters. focus: the segment asked about, for example Enterprise; it is answered first.
    comparison: a second period, where asked how rates changed. Raises an AnalystError where the period lies outside
    the data, a name is unknown or not granted, or the dimension cannot split tickets.
    """
    dimension = by or dimension_to_compare(context, focus)
    conditions, focus = own_filter_as_focus(dimension, tuple(where), focus)
    focus = checked_focus(context, dimension, focus)
    inquiry = begin(context, period, conditions, comparison, always_compared=False)
    if by is None and focus is None and dimension not in OF_ACCOUNTS:
        text = f"No account tier, segment, region or plan is granted and filled; {inquiry.label(dimension)} is compared instead."
        inquiry.book.caveat(text, "no_account_dimension")
    result = inquiry.run((RATE, COHORT), (dimension,))
    totals = _totals(inquiry, result)
    segments = _segments(inquiry, dimension, result, totals)
    tables = [_table(inquiry, dimension, segments)]
    statements = _statements(inquiry, dimension, segments, (totals, _overall_cohort(inquiry, result)), focus)
    if inquiry.before is not None:
        facts: dict[tuple[Value, ...], Fact] = {
            (one.value,): one.rate for one in segments if one.rate.value is not None
        }
        changes = compare_rates(inquiry, RATE, (dimension,), facts, inquiry.before)
        title = "Escalation rate against the comparison period"
        tables.append(rate_changes_table(title, (dimension, inquiry.label(dimension)), list(changes.values())))
        asked = [fact for (value,), fact in changes.items() if value is not None and focus in (None, value)]
        statements += [Statement("change", (fact.id,)) for fact in asked[:NAMES] if fact.difference is not None]
    title = f"Escalation rates by {inquiry.label(dimension)}"
    return inquiry.book.finding(title, NAME, inquiry.period, inquiry.before, statements=statements, tables=tables)


def _totals(inquiry: Inquiry, result: QueryResult) -> Totals:
    """All segments together, which is every ticket."""
    book, period = inquiry.book, inquiry.period
    sums = {part: sum(int(number(row.get(f"{RATE}__{part}"))) for row in result.rows) for part in _PARTS}
    escalated, created = sums["numerator"], sums["denominator"]
    count = book.add("escalated_ticket_count", escalated, "count", period, source=result, n=escalated)
    rate = book.add(RATE, escalated / created if created else None, "ratio", period, source=result, n=created)
    tickets = book.add("ticket_count", created, "count", period, source=result, n=created)
    return Totals(count, rate, tickets, sums["unknown_time"])


def _overall_cohort(inquiry: Inquiry, result: QueryResult) -> Fact:
    escalated, created = (sum(int(number(row[f"{COHORT}__{part}"])) for row in result.rows) for part in _PARTS[:2])
    value = escalated / created if created else None
    return inquiry.book.add(COHORT, value, "ratio", inquiry.period, source=result, n=created)


def _segments(inquiry: Inquiry, dimension: str, result: QueryResult, totals: Totals) -> list[Segment]:
    """Every segment with its facts, the most tickets first, what is not recorded last."""
    parts = parts_by_cell(inquiry, COHORT, (dimension,), inquiry.period)
    differences = rest_differences({cell[0]: found for cell, found in parts.items()}, inquiry.minimum)
    tested = dict(zip(differences, adjusted(list(differences.values())), strict=True))
    rows = list(result.rows)
    if dimension not in GRAINS:
        rows.sort(key=lambda r: (r[dimension] is None, -number(r[f"{RATE}__denominator"]), str(r[dimension])))
    return [
        _segment(inquiry, dimension, (result, row), totals, differences.get(row[dimension]), tested.get(row[dimension]))
        for row in rows
    ]


def _segment(
    inquiry: Inquiry,
    dimension: str,
    source: tuple[QueryResult, dict[str, Value]],
    totals: Totals,
    difference: Difference | None,
    corrected: float | None,
) -> Segment:
    book, (result, row) = inquiry.book, source
    group: dict[str, Value] = {dimension: row[dimension]}
    created, escalated = (int(number(row[f"{RATE}__{part}"])) for part in ("denominator", "numerator"))
    tickets = book.add("ticket_count", created, "count", inquiry.period, group, source=result, n=created)
    count = book.add("escalated_ticket_count", escalated, "count", inquiry.period, group, source=result, n=escalated)
    rate = book.cell(result, row, RATE, group)
    deviation = book.add(
        "deviation_from_overall",
        number(rate.value) - number(totals.rate.value) if rate.value is not None else None,
        "points",
        inquiry.period,
        group,
        source=result,
        n=created,
    )
    cohort = book.cell(result, row, COHORT, group)
    shown = difference or Difference(None, reason="not recorded" if row[dimension] is None else "no tickets")
    verdict = shown.significant(corrected)
    cohort = book.revise(
        cohort,
        interval=shown.own_interval or cohort.interval,
        reference="rest",
        reference_value=shown.reference,
        difference=shown.difference,
        difference_interval=shown.interval,
        p_value=shown.p_value,
        p_adjusted=corrected,
        significant=verdict,
    )
    return Segment(row[dimension], tickets, count, rate, deviation, cohort, shown, verdict)


def _table(inquiry: Inquiry, dimension: str, segments: Sequence[Segment]) -> Table:
    label = inquiry.label(dimension)
    grid = Grid(
        f"Escalation rates by {label}",
        (
            Column(label, "text", dimension),
            Column("tickets", "count", "ticket_count"),
            Column("escalated", "count", "escalated_ticket_count"),
            Column("escalation rate", "ratio", RATE),
            Column("from overall", "points", "deviation_from_overall"),
            Column("cohort rate", "ratio", COHORT),
            Column("from the rest", "points", "difference"),
            Column("at least", "points", "low"),
            Column("at most", "points", "high"),
            Column("p, adjusted", "text", "p_adjusted"),
            Column("reads as", "text", "significance"),
        ),
    )
    for one in segments:
        low, high = one.cohort.difference_interval or (None, None)
        values = (one.cohort.difference, low, high, _shown(one.cohort.p_adjusted))
        grid.row(
            (
                one.value,
                one.tickets,
                one.escalated,
                one.rate,
                one.deviation,
                one.cohort,
                *((value, one.cohort) for value in values),
                _reads_as(one),
            )
        )
    return grid.table()


def _shown(p_value: float | None) -> str | None:
    if p_value is None:
        return None
    return "< 0.001" if p_value < 0.001 else f"{p_value:.3f}"


def _reads_as(one: Segment) -> str:
    if one.verdict is None:
        return one.difference.reason or "not tested"
    if not one.verdict:
        return "no difference shown"
    return "above the rest" if number(one.difference.difference) > 0 else "below the rest"


def _statements(
    inquiry: Inquiry, dimension: str, segments: Sequence[Segment], totals: tuple[Totals, Fact], focus: str | None
) -> list[Statement]:
    """The total, the segment asked about, those that stand out, the others, and how young tickets may mislead."""
    overall, cohort = totals
    if not number(overall.tickets.value):
        inquiry.book.caveat("No ticket was created there in this period.", "no_tickets", (overall.tickets.id,))
        return [Statement("headline", overall.ids)]
    said = [Statement("headline", overall.ids)]
    asked = [one for one in segments if focus is not None and one.value == focus]
    others = [one for one in segments if one not in asked and one.value is not None]
    if focus is not None and not asked:
        none = inquiry.book.add("ticket_count", 0, "count", inquiry.period, {dimension: focus}, n=0)
        said.append(Statement("too_few", (none.id,), {"dimension": dimension, "reason": "no tickets"}))
    for group in (asked, others):
        said += _about(inquiry, dimension, group, is_pair=len(segments) == 2)
    if overall.unknown_times:
        fact = inquiry.book.add(
            "unknown_time_count", overall.unknown_times, "count", inquiry.period, n=overall.escalated
        )
        said.append(Statement("unknown_time", (inquiry.book.revise(fact, query=overall.count.query).id,)))
    return said + _censored(inquiry, cohort)


def _about(inquiry: Inquiry, dimension: str, group: Sequence[Segment], is_pair: bool) -> list[Statement]:
    words = {"dimension": dimension}
    clear = sorted((one for one in group if one.verdict), key=lambda one: -number(one.difference.difference))
    if is_pair and len(clear) == 2:
        clear = clear[:1]  # of two segments in all, each is the other's rest: the second says the same
    said = [
        Statement(
            "segment_above" if number(one.difference.difference) > 0 else "segment_below", (one.cohort.id,), words
        )
        for one in clear
    ]
    facts = []
    for one in group:
        size = excludable_difference(one.difference.interval) if one.verdict is False else None
        if size is not None:
            fact = inquiry.book.add(
                "excludable_difference", size, "points", inquiry.period, {dimension: one.value}, n=one.cohort.n
            )
            facts.append(inquiry.book.revise(fact, query=one.cohort.query).id)
    if facts:
        said.append(Statement("no_difference_shown", tuple(facts), words))
    unsaid: dict[str, list[str]] = {}
    for one in group:
        if one.verdict is None and (number(one.tickets.value) or len(group) == 1):
            few = one.difference.reason in (TOO_FEW_TICKETS, "no tickets") and one.tickets.id
            unsaid.setdefault(one.difference.reason or "not tested", []).append(few or one.cohort.id)
    said += [Statement("too_few", tuple(ids[:NAMES]), {**words, "reason": reason}) for reason, ids in unsaid.items()]
    return said


def _censored(inquiry: Inquiry, cohort: Fact) -> list[Statement]:
    """From which day on tickets are younger than the time within which 95 % of escalations come."""
    last, lag = inquiry.context.queries.last_day, inquiry.context.queries.escalation_lag_days()
    if last is None or lag is None:
        return []
    day = max(last - timedelta(days=math.ceil(lag)), inquiry.period.start)
    if day >= inquiry.period.end:
        return []
    text = f"Tickets created from {day.isoformat()} on may still escalate; rates of the newest days will rise."
    inquiry.book.caveat(text, "censored", (cohort.id,))
    return [Statement("censored", (cohort.id,), {"from_day": day.isoformat()})]
