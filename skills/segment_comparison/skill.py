"""Whether rates differ by customer type: each segment's rate against that of all others, among like tickets, and in combination."""

from __future__ import annotations

from collections.abc import Sequence

from analyst_agent.skillkit import (
    COHORT,
    RATE,
    TICKETS,
    Drawing,
    Fact,
    Filter,
    Finding,
    Inquiry,
    NotPermitted,
    Period,
    QueryResult,
    SkillContext,
    Statement,
    Table,
    Totals,
    Value,
    begin,
    excludable_difference,
    number,
)
from analyst_agent.skillkit.dimensions import OF_ACCOUNTS, checked_focus, dimension_to_compare, own_filter_as_focus
from analyst_agent.skillkit.rates import TOO_FEW_TICKETS, Difference
from analyst_agent.skillkit.segments.combining import Found, crossing_table, parts_table, scan_table
from analyst_agent.skillkit.segments.compared import REOPENED, Contributions, as_row, contributions, rate_to_compare
from analyst_agent.skillkit.segments.comparing import compare_rates, rate_changes_table
from analyst_agent.skillkit.segments.judged import Judged, judged_segments, like_tickets_table
from analyst_agent.skillkit.segments.segments import Segment, segments_table, title_of
from analyst_agent.skillkit.segments.wide import is_wide, wide_differences
from analyst_agent.skillkit.segments.youngest import youngest

NAME = "segment_comparison"
NAMES = 8
MOST_PAIRS = 4
MOST_EXCLUDED = 12
MOST_STANDARDISED = 2
_PARTS = ("numerator", "denominator", "unknown_time")


def segment_comparison(
    context: SkillContext,
    by: str | None = None,
    period: Period | None = None,
    where: Sequence[Filter] = (),
    focus: str | None = None,
    comparison: Period | None = None,
    second: str | None = None,
    metric: str | None = None,
) -> Finding:
    """Whether tickets of some customers or kinds escalate more often than those of others, and where that comes from.

    Gives for each segment its tickets, escalated tickets, escalation rate and deviation from the overall rate, and
    its cohort rate against all other segments with interval and adjusted significance. Names the segments clearly
    above and below; for the others, what difference the data exclude. Says what remains of a difference among tickets
    of the same category, area and channel, and whether the effect lives in a combination of two dimensions rather than
    in either. Use it for questions whether rates differ by customer type, region, plan or any other group, and where
    escalated or reopened tickets come from.

    by: the dimension, default that of `focus`, else the account tier. second: another one, to compare the combinations of
    both. metric: another rate of escalated tickets instead of the escalation rate, such as reopen_rate or
    sla_breach_rate. period: whole days, default the last 30 complete days. where: filters. focus: the segment asked
    about, for example Enterprise; it is answered first. comparison: a second period, where asked how rates changed.
    Raises an AnalystError where the period lies outside the data, a name is unknown or not granted, the dimension cannot
    split tickets, or the metric is no rate.
    """
    rate = rate_to_compare(context.model, metric)
    first = by or dimension_to_compare(context, focus)
    conditions, focus = own_filter_as_focus(first, tuple(where), focus)
    inquiry = begin(context, period, conditions, comparison, always_compared=False)
    rate = _meaningful(inquiry, rate)
    focus = checked_focus(context, first, focus, of_tickets=rate == COHORT)
    dimensions = _with_second(context, first, second, of_tickets=rate == COHORT)
    is_open = by is None and focus is None
    if is_open and first not in OF_ACCOUNTS:
        text = f"No account tier, segment, region or plan is granted and filled; {inquiry.label(first)} is compared instead."
        inquiry.book.caveat(text, "no_account_dimension")
    rates = inquiry.run((RATE,), dimensions) if rate == COHORT else None
    totals = _totals(inquiry, rates) if rates is not None else None
    known: dict[tuple[Value, ...], Difference] | None = None
    if totals is not None and is_wide(inquiry, dimensions, int(number(totals.tickets.value))):
        tested, known = wide_differences(inquiry, rate, dimensions)
    else:
        tested = contributions(inquiry, rate, dimensions)
    overall = _overall(inquiry, tested)
    found = judged_segments(inquiry, dimensions, (rates, totals), tested, is_open, known)
    tables = _tables(inquiry, dimensions, rate, found)
    statements = [*_opening(inquiry, totals, overall)]
    if overall.value is not None:
        statements += _statements(inquiry, dimensions, found, focus)
        statements += _reading(inquiry, totals, overall)
    if inquiry.before is not None:
        table, changes = _changes(inquiry, dimensions, found.segments, focus, inquiry.before)
        tables.insert(1, table)
        statements += changes
    return inquiry.book.finding(
        title_of(inquiry, dimensions, rate),
        NAME,
        inquiry.period,
        inquiry.before,
        statements=statements,
        tables=tables,
        drawings=_drawings(dimensions, rate, tables),
    )


def _meaningful(inquiry: Inquiry, rate: str) -> str:
    """The rate, or escalation where every escalated ticket was reopened: then reopening is what escalated means here."""
    if rate != REOPENED:
        return rate
    row = inquiry.run((REOPENED,)).rows[0]
    if not number(row.get(f"{REOPENED}__n")) or number(row.get(REOPENED)) < 1:
        return rate
    inquiry.book.caveat(
        "Every escalated ticket of this period was reopened, as where the data have no other sign of an escalation; "
        "so the share of all tickets that were escalated is compared, which here is the share reopened.",
        "reopened_is_escalated",
    )
    return COHORT


def _with_second(context: SkillContext, first: str, second: str | None, *, of_tickets: bool) -> tuple[str, ...]:
    if not second:
        return (first,)
    checked_focus(context, second, None, of_tickets=of_tickets)
    if second == first:
        raise NotPermitted(
            f"Combinations need two dimensions; both are {context.model.dimension_label(first)}.",
            "Name another second dimension, or leave it out.",
        )
    return first, second


def _totals(inquiry: Inquiry, result: QueryResult) -> Totals:
    """All segments together, which is every ticket."""
    book, period = inquiry.book, inquiry.period
    sums = {part: sum(int(number(row.get(f"{RATE}__{part}"))) for row in result.rows) for part in _PARTS}
    escalated, created = sums["numerator"], sums["denominator"]
    count = book.add("escalated_ticket_count", escalated, "count", period, source=result, n=escalated)
    rate = book.add(RATE, escalated / created if created else None, "ratio", period, source=result, n=created)
    tickets = book.add(TICKETS, created, "count", period, source=result, n=created)
    return Totals(count, rate, tickets, sums["unknown_time"])


def _overall(inquiry: Inquiry, tested: Contributions) -> Fact:
    return inquiry.book.cell(tested.result, as_row(tested.whole, tested.metric), tested.metric)


def _tables(inquiry: Inquiry, dimensions: tuple[str, ...], rate: str, found: Judged) -> list[Table]:
    tables = [segments_table(inquiry, dimensions, rate, found.segments)]
    tables += [parts_table(inquiry, rate, one) for one in found.found]
    if found.like is not None:
        tables.append(like_tickets_table(inquiry, dimensions, found))
    if len(dimensions) == 1:
        drawn = [crossing_table(inquiry, rate, one.candidate.crossing) for one in found.found]
        tables += [table for table in drawn if table is not None]
    if found.found:
        tables.append(scan_table(inquiry, found.scan, found.scan_corrected, found.found))
    return tables


def _drawings(dimensions: tuple[str, ...], rate: str, tables: Sequence[Table]) -> list[Drawing]:
    """Of one dimension the differences with their intervals, of two a heat map; and one of the combination that was found."""
    first, *others = tables
    keys = {column.key for column in first.columns}
    drawn = []
    if len(dimensions) > 1 and rate in keys:
        columns = {"x": dimensions[1], "y": dimensions[0], "value": rate, "n": TICKETS if TICKETS in keys else "n"}
        drawn.append(Drawing("heat_map", first.title, columns, first.title))
    elif {"difference", "low", "high"} <= keys:
        columns = {"label": dimensions[0], "value": "difference", "low": "low", "high": "high"}
        drawn.append(Drawing("bars_with_intervals", first.title, columns, f"{first.title}: difference from the rest"))
    for table in others:
        names = [column.key for column in table.columns]
        if len(names) == 4 and names[2:] == ["n", rate]:
            columns = {"x": names[1], "y": names[0], "value": rate, "n": "n"}
            drawn.append(Drawing("heat_map", table.title, columns, table.title))
    return drawn[:2]


def _opening(inquiry: Inquiry, totals: Totals | None, overall: Fact) -> list[Statement]:
    if totals is None:
        if overall.value is None:
            text = "No escalated ticket of this period has a value of this rate."
            inquiry.book.caveat(text, "no_tickets", (overall.id,))
        return [Statement("value", (overall.id,))]
    if not number(totals.tickets.value):
        inquiry.book.caveat("No ticket was created there in this period.", "no_tickets", (totals.tickets.id,))
    return [Statement("headline", totals.ids)]


def _statements(inquiry: Inquiry, dimensions: tuple[str, ...], found: Judged, focus: str | None) -> list[Statement]:
    """The segment asked about, those that stand out, the others, what remains among like tickets, and combinations."""
    said: list[Statement] = []
    asked = [one for one in found.segments if focus is not None and one.cell[0] == focus]
    others = [one for one in found.segments if one not in asked and one.is_recorded]
    if focus is not None and not asked:
        none = inquiry.book.add(TICKETS, 0, "count", inquiry.period, {dimensions[0]: focus}, n=0)
        said.append(Statement("too_few", (none.id,), {"dimension": dimensions[0], "reason": "no tickets"}))
    for group in (asked, others):
        said += _about(inquiry, dimensions, group, is_pair=len(found.segments) == 2)
    said += _among_like(dimensions, found, asked or others)
    for one in found.found:
        if focus is None or focus in (one.candidate.value, *one.candidate.values):
            said.append(_combination(one))
    return said


def _words(dimensions: Sequence[str]) -> dict[str, str]:
    return {"dimension": dimensions[0], **({"second": dimensions[1]} if len(dimensions) > 1 else {})}


def _about(inquiry: Inquiry, dimensions: Sequence[str], group: Sequence[Segment], is_pair: bool) -> list[Statement]:
    words = _words(dimensions)
    clear = _clear(group, is_pair)
    if len(dimensions) > 1:
        clear = sorted(clear, key=lambda one: -abs(number(one.difference.difference)))[:MOST_PAIRS]
    said = [
        Statement(
            "segment_above" if number(one.difference.difference) > 0 else "segment_below", (one.tested.id,), words
        )
        for one in clear
    ]
    facts = []
    for one in group:
        size = excludable_difference(one.difference.interval) if one.verdict is False else None
        if size is not None:
            fact = inquiry.book.add(
                "excludable_difference", size, "points", inquiry.period, one.tested.dimensions, n=one.tested.n
            )
            facts.append(inquiry.book.revise(fact, query=one.tested.query).id)
    if facts and len(dimensions) == 1:
        said.append(Statement("no_difference_shown", tuple(facts[:MOST_EXCLUDED]), words))
    unsaid: dict[str, list[str]] = {}
    for one in group:
        if one.verdict is None and (number(one.tickets.value) or len(group) == 1):
            few = one.difference.reason in (TOO_FEW_TICKETS, "no tickets") and one.tickets.id
            unsaid.setdefault(one.difference.reason or "not tested", []).append(few or one.tested.id)
    if len(dimensions) == 1:
        said += [
            Statement("too_few", tuple(ids[:NAMES]), {**words, "reason": reason}) for reason, ids in unsaid.items()
        ]
    elif not clear and not facts:
        said += [Statement("too_few", tuple(ids[:1]), {**words, "reason": reason}) for reason, ids in unsaid.items()]
    return said


def _clear(group: Sequence[Segment], is_pair: bool) -> list[Segment]:
    clear = sorted((one for one in group if one.verdict), key=lambda one: -number(one.difference.difference))
    # Of two segments in all, each is the other's rest: the second says the same.
    return clear[:1] if is_pair and len(clear) == 2 else clear


def _among_like(dimensions: Sequence[str], found: Judged, group: Sequence[Segment]) -> list[Statement]:
    """What remains of the clearest differences, and one that only shows among like tickets."""
    if found.like is None:
        return []
    words = {**_words(dimensions), "strata": list(found.like.strata)}
    clear = [one for one in _clear(group, is_pair=len(found.segments) == 2) if _known(found, one)]
    clear.sort(key=lambda one: -abs(number(one.difference.difference)))
    hidden = [
        one for one in group if one.verdict is False and _known(found, one) and found.standardised[one.cell].significant
    ]
    hidden.sort(key=lambda one: -abs(number(found.standardised[one.cell].value)))
    return [
        Statement(kind, tuple(i for one in told for i in (found.standardised[one.cell].id, one.tested.id)), words)
        for kind, told in (("standardised", clear[:MOST_STANDARDISED]), ("hidden_by_mix", hidden[:1]))
        if told
    ]


def _known(found: Judged, one: Segment) -> bool:
    fact = found.standardised.get(one.cell)
    return fact is not None and fact.interval is not None


def _combination(one: Found) -> Statement:
    facts = (
        one.rate,
        one.of_row,
        one.of_column,
        one.elsewhere,
        one.excess,
        *([one.successes] if one.successes else []),
    )
    single, several = one.dimensions
    names = {"single": single, "several": several, "value": one.candidate.value, "values": list(one.candidate.values)}
    return Statement("combination", tuple(fact.id for fact in facts), names)


def _changes(
    inquiry: Inquiry, dimensions: tuple[str, ...], segments: Sequence[Segment], focus: str | None, before: Period
) -> tuple[Table, list[Statement]]:
    """The rates of the segments against the comparison period."""
    rate = {one.cell: one.rate if one.rate is not None else inquiry.book.again(one.tested) for one in segments}
    facts = {cell: fact for cell, fact in rate.items() if fact.value is not None}
    name = next((fact.metric for fact in facts.values()), RATE)
    changes = compare_rates(inquiry, name, dimensions, facts, before)
    label = inquiry.context.model.metric(name).label
    title = f"{label[:1].upper()}{label[1:]} against the comparison period"
    columns = tuple((one, inquiry.label(one)) for one in dimensions)
    table = rate_changes_table(title, columns, list(changes.values()))
    asked = [fact for cell, fact in changes.items() if None not in cell and focus in (None, cell[0])]
    return table, [Statement("change", (fact.id,)) for fact in asked[:NAMES] if fact.difference is not None]


def _reading(inquiry: Inquiry, totals: Totals | None, overall: Fact) -> list[Statement]:
    """How unknown times and young tickets may mislead."""
    if totals is None:
        return []
    said = []
    if totals.unknown_times:
        fact = inquiry.book.add("unknown_time_count", totals.unknown_times, "count", inquiry.period, n=totals.escalated)
        said.append(Statement("unknown_time", (inquiry.book.revise(fact, query=totals.count.query).id,)))
    return said + youngest(inquiry, overall)
