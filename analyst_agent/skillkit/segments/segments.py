"""Segments with their facts: how many tickets, their rate, and their test against all others; and the tables that show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analyst_agent.records import Column, Fact, QueryResult, Table, Value
from analyst_agent.semantic.model import GRAINS
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import COUNT, RATE, TICKETS, Inquiry
from analyst_agent.skillkit.parts import Cell
from analyst_agent.skillkit.rates import Difference
from analyst_agent.skillkit.segments.compared import COHORT, Contributions, Sums, as_row
from analyst_agent.skillkit.tables import Grid


@dataclass(frozen=True, slots=True)
class Segment:
    """A value of the dimension (or a combination of two), its facts, and its test against all others.

    rate and deviation are of the period's rate, None where the tested rate is the only one.
    """

    cell: Cell
    tickets: Fact
    escalated: Fact | None
    rate: Fact | None
    deviation: Fact | None
    tested: Fact
    difference: Difference
    verdict: bool | None

    @property
    def is_recorded(self) -> bool:
        """Whether every dimension has a value."""
        return None not in self.cell


def segments_of(
    inquiry: Inquiry,
    by: Sequence[str],
    rates: tuple[QueryResult, Fact] | None,
    tested: Contributions,
    judged: Mapping[Cell, tuple[Difference, float | None]],
) -> list[Segment]:
    """Every segment, the most tickets first, what is not recorded last; of a calendar dimension in its order. Of combinations
    the clear ones come first, the largest difference before the others.

    rates: the period's rates by segment and the overall one, None where the tested rate is the only one. judged: the
    difference of each from the rest and its p-value after the correction for everything scanned.
    """
    period: dict[Cell, dict[str, Value]] = {}
    if rates is not None:
        period = {tuple(row[name] for name in by): row for row in rates[0].rows}
    cells = list(dict.fromkeys([*period, *tested.sums]))
    nothing = Sums(0, 0)
    if not any(name in GRAINS for name in by):
        sizes = {cell: _size(period.get(cell), tested.sums.get(cell, nothing)) for cell in cells}
        cells.sort(key=lambda cell: (None in cell, -sizes[cell], [str(value) for value in cell]))
    found = []
    for cell in cells:
        group = dict(zip(by, cell, strict=True))
        shown = period.get(cell) if rates is not None else None
        sums = tested.sums.get(cell, nothing)
        tickets, escalated, rate, deviation = _period_facts(inquiry, group, rates, shown, sums, tested)
        fact, difference = _tested_fact(inquiry, group, tested, sums, judged.get(cell), None in cell)
        found.append(Segment(cell, tickets, escalated, rate, deviation, fact, difference, fact.significant))
    if len(by) > 1:
        found.sort(
            key=lambda one: (
                not one.is_recorded,
                not one.verdict,
                -abs(number(one.tested.difference)) * bool(one.verdict),
            )
        )
    return found


def _size(row: Mapping[str, Value] | None, sums: Sums) -> float:
    return number(row[f"{RATE}__denominator"]) if row is not None else float(sums.total + sums.missing)


def _period_facts(
    inquiry: Inquiry,
    group: dict[str, Value],
    rates: tuple[QueryResult, Fact] | None,
    row: dict[str, Value] | None,
    sums: Sums,
    tested: Contributions,
) -> tuple[Fact, Fact | None, Fact | None, Fact | None]:
    """Tickets, escalated tickets, rate and deviation; of a rate over escalated tickets only how many there are."""
    book, period = inquiry.book, inquiry.period
    if rates is None:
        total = sums.total + sums.missing
        return book.add(COUNT, total, "count", period, group, source=tested.result, n=total), None, None, None
    result, overall = rates
    created, events = (
        (int(number(row[f"{RATE}__{part}"])) for part in ("denominator", "numerator")) if row else (sums.total, 0)
    )
    tickets = book.add(TICKETS, created, "count", period, group, source=result, n=created)
    escalated = book.add(COUNT, events, "count", period, group, source=result, n=events)
    rate = book.cell(result, row or {RATE: None}, RATE, group)
    gap = number(rate.value) - number(overall.value) if rate.value is not None else None
    deviation = book.add("deviation_from_overall", gap, "points", period, group, source=result, n=created)
    return tickets, escalated, rate, deviation


def _tested_fact(
    inquiry: Inquiry,
    group: dict[str, Value],
    tested: Contributions,
    sums: Sums,
    judged: tuple[Difference, float | None] | None,
    is_unrecorded: bool,
) -> tuple[Fact, Difference]:
    fact = inquiry.book.cell(tested.result, as_row(sums, tested.metric), tested.metric, group)
    missing = Difference(None, reason="not recorded" if is_unrecorded else "no tickets")
    shown, corrected = judged or (missing, None)
    fact = inquiry.book.revise(
        fact,
        interval=shown.own_interval or fact.interval,
        reference="rest",
        reference_value=shown.reference,
        difference=shown.difference,
        difference_interval=shown.interval,
        p_value=shown.p_value,
        p_adjusted=corrected,
        significant=shown.significant(corrected),
    )
    return fact, shown


def segments_table(inquiry: Inquiry, by: Sequence[str], metric: str, segments: Sequence[Segment]) -> Table:
    """A row a segment: tickets, rates, the difference from the rest with its interval, and how it reads."""
    is_escalation = metric == COHORT
    label = inquiry.context.model.metric(metric).label
    columns = [Column(inquiry.label(name), "text", name) for name in by]
    if is_escalation:
        columns += [
            Column("tickets", "count", TICKETS),
            Column("escalated", "count", COUNT),
            Column("escalation rate", "ratio", RATE),
            Column("from overall", "points", "deviation_from_overall"),
            Column("cohort rate", "ratio", COHORT),
        ]
    else:
        columns += [
            Column("escalated tickets", "count", COUNT),
            Column("with a value", "count", "n"),
            Column(label, "ratio", metric),
        ]
    columns += [
        Column("from the rest", "points", "difference"),
        Column("at least", "points", "low"),
        Column("at most", "points", "high"),
        Column("p, adjusted", "text", "p_adjusted"),
        Column("reads as", "text", "significance"),
    ]
    grid = Grid(title_of(inquiry, by, metric), columns)
    for one in segments:
        low, high = one.tested.difference_interval or (None, None)
        values = (one.tested.difference, low, high, shown_p(one.tested.p_adjusted))
        own: tuple[Fact | tuple[Value, Fact] | None, ...] = (one.tickets, (one.tested.n, one.tested), one.tested)
        if is_escalation:
            own = (one.tickets, one.escalated, one.rate, one.deviation, one.tested)
        grid.row((*one.cell, *own, *((value, one.tested) for value in values), _reads_as(one)))
    return grid.table()


def title_of(inquiry: Inquiry, by: Sequence[str], metric: str) -> str:
    """What the comparison is about: "Escalation rates by account tier"."""
    label = "escalation rates" if metric == COHORT else inquiry.context.model.metric(metric).label
    return f"{label[:1].upper()}{label[1:]} by {_labels(inquiry, by)}"


def _labels(inquiry: Inquiry, by: Sequence[str]) -> str:
    return " and ".join(inquiry.label(name) for name in by)


def shown_p(p_value: float | None) -> str | None:
    """A p-value as a table shows it."""
    if p_value is None:
        return None
    return "< 0.001" if p_value < 0.001 else f"{p_value:.3f}"


def _reads_as(one: Segment) -> str:
    if one.verdict is None:
        return one.difference.reason or "not tested"
    if not one.verdict:
        return "no difference shown"
    return "above the rest" if number(one.difference.difference) > 0 else "below the rest"
