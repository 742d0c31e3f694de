"""A combination that stands out, as facts and tables: its rate beside those of its parts, and everything that was scanned for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analyst_agent.records import Column, Fact, Filter, QueryResult, Table, Value
from analyst_agent.skillkit.inquiry import Inquiry
from analyst_agent.skillkit.segments.compared import COHORT, Sums, as_row
from analyst_agent.skillkit.segments.scanning import Candidate, Crossing, Scan
from analyst_agent.skillkit.segments.segments import shown_p
from analyst_agent.skillkit.tables import Grid

ESCALATED_OF_COHORT = "cohort_escalated_count"
EXCESS = "excess_of_combination"
MOST_DRAWN = 60


@dataclass(frozen=True, slots=True)
class Found:
    """A combination that stands out by more than both of its parts explain.

    successes: how many tickets of the combination, None where the rate's are no metric. rate, of_row, of_column and
    elsewhere: the rate in the four parts. excess: what is beyond the sum of both. rows: the rate of every value of the single
    dimension within and outside the others, in that order.
    """

    candidate: Candidate
    successes: Fact | None
    rate: Fact
    of_row: Fact
    of_column: Fact
    elsewhere: Fact
    excess: Fact
    rows: tuple[tuple[Value, bool, Fact, Fact | None], ...]

    @property
    def dimensions(self) -> tuple[str, str]:
        """The dimension with one value, and the one with one or several."""
        return self.candidate.single, self.candidate.several


def combination_found(inquiry: Inquiry, metric: str, candidate: Candidate, corrected: float) -> Found:
    """The facts of a combination that was examined by account. corrected: its p-value after the correction for everything."""
    if candidate.examined is None or candidate.departure is None:
        raise ValueError("only a combination that was examined by account is told")
    for side in candidate.examined:
        inquiry.book.note(side.result)
    conditions = {True: _union(candidate, "in"), False: _union(candidate, "not in")}
    rows: list[tuple[Value, bool, Fact, Fact | None]] = []
    quarters = {(is_own, is_inside): Sums(0, 0) for is_own in (True, False) for is_inside in (True, False)}
    own: dict[bool, tuple[Fact, Fact | None]] = {}
    for is_inside, side in zip((True, False), candidate.examined, strict=True):
        for (value,), sums in sorted(side.sums.items(), key=lambda item: str(item[0][0])):
            if value is None:
                continue
            key = value == candidate.value, is_inside
            quarters[key] = Sums(quarters[key].successes + sums.successes, quarters[key].total + sums.total)
            facts = _facts(inquiry, metric, sums, side.result, {candidate.single: value}, conditions[is_inside])
            rows.append((value, is_inside, *facts))
            if value == candidate.value:
                own[is_inside] = facts
    others = [Filter(candidate.single, "!=", candidate.value)]
    if any((None,) in side.sums for side in candidate.examined):
        others.append(Filter(candidate.single, "present"))
    beside = [
        _facts(inquiry, metric, quarters[False, inside], candidate.examined[place].result, {}, [*others, *conditions[inside]])[0]
        for place, inside in ((0, True), (1, False))
    ]  # fmt: skip
    return Found(
        candidate,
        own[True][1],
        own[True][0],
        own[False][0],
        beside[0],
        beside[1],
        _excess(inquiry, candidate, corrected, own[True][0]),
        tuple(sorted(rows, key=lambda row: (str(row[0]), not row[1]))),
    )


def _union(candidate: Candidate, op: str) -> list[Filter]:
    found = [Filter(candidate.several, op, candidate.values)]
    if op == "not in" and not candidate.crossing.is_whole:
        found.append(Filter(candidate.several, "present"))
    return found


def _facts(
    inquiry: Inquiry,
    metric: str,
    sums: Sums,
    source: QueryResult,
    group: dict[str, Value],
    conditions: Sequence[Filter],
) -> tuple[Fact, Fact | None]:
    """The rate of some tickets and, of escalation, their number; where one value is left, it is named as such."""
    book = inquiry.book
    filters = (*inquiry.where, *conditions)
    if len(conditions) == 1 and conditions[0].op == "in" and len(conditions[0].value) == 1:
        group, filters = {**group, conditions[0].field: conditions[0].value[0]}, inquiry.where
    rate = book.revise(book.cell(source, as_row(sums, metric), metric, group), filters=filters)
    if metric != COHORT:
        return rate, None
    count = book.add(ESCALATED_OF_COHORT, sums.successes, "count", inquiry.period, group, source=source, n=sums.total)
    return rate, book.revise(count, filters=filters)


def _excess(inquiry: Inquiry, candidate: Candidate, corrected: float | None, rate: Fact | None) -> Fact:
    """By how much the combination exceeds the sum of its parts, with its test."""
    group: dict[str, Value] = {candidate.single: candidate.value}
    filters = (*inquiry.where, Filter(candidate.several, "in", candidate.values))
    if len(candidate.values) == 1:
        group, filters = {**group, candidate.several: candidate.values[0]}, inquiry.where
    found = candidate.departure
    n = rate.n if rate is not None else None
    more: dict[str, Any] = {"n": n, "p_value": candidate.p_value, "p_adjusted": corrected}
    if candidate.is_examined and found is not None:
        more["interval"] = found.interval
    is_clear = corrected is not None and corrected <= 0.05 and candidate.is_examined
    value = found.difference if found is not None else None
    source = candidate.examined[0].result if candidate.examined else candidate.crossing.result
    fact = inquiry.book.add(EXCESS, value, "points", inquiry.period, group, source=source, significant=is_clear, **more)
    return inquiry.book.revise(fact, filters=filters)


def parts_table(inquiry: Inquiry, metric: str, found: Found) -> Table:
    """The rate of each value of one dimension within the other's values that stand out, and outside of them."""
    single, several = found.dimensions
    names = ", ".join(str(value) for value in found.candidate.values)
    grid = Grid(
        f"{inquiry.label(single)[:1].upper()}{inquiry.label(single)[1:]} within and outside {names}",
        (
            Column(inquiry.label(single), "text", single),
            Column(inquiry.label(several), "text", several),
            Column("tickets", "count", "n"),
            Column("escalated", "count", ESCALATED_OF_COHORT),
            Column(inquiry.context.model.metric(metric).label, "ratio", metric),
        ),
    )
    for value, is_inside, rate, count in found.rows:
        grid.row((value, names if is_inside else "all others", (rate.n, rate), count, rate))
    return grid.table()


def crossing_table(inquiry: Inquiry, metric: str, crossing: Crossing) -> Table | None:
    """The rate in every combination of both dimensions, for drawing; None where there are too many."""
    if crossing.totals.size > MOST_DRAWN:
        return None
    first, second = crossing.first, crossing.second
    label = inquiry.context.model.metric(metric).label
    grid = Grid(
        f"{label[:1].upper()}{label[1:]} by {inquiry.label(first)} and {inquiry.label(second)}",
        (
            Column(inquiry.label(first), "text", first),
            Column(inquiry.label(second), "text", second),
            Column("tickets", "count", "n"),
            Column(label, "ratio", metric),
        ),
    )
    for i, row in enumerate(crossing.rows):
        for j, column in enumerate(crossing.columns):
            sums = Sums(int(crossing.successes[i, j]), int(crossing.totals[i, j]))
            if sums.total:
                group = {first: row, second: column}
                fact = inquiry.book.cell(crossing.result, as_row(sums, metric), metric, group)
                grid.row((row, column, (fact.n, fact), fact))
    return grid.table()


def scan_table(inquiry: Inquiry, scan: Scan, corrected: Sequence[float | None], told: Sequence[Found]) -> Table:
    """Every pair of dimensions that was crossed, its strongest combination, and how it reads."""
    grid = Grid(
        "Combinations scanned",
        (
            Column("dimension"),
            Column("crossed with"),
            Column("strongest combination"),
            Column("beyond both parts", "points", "excess"),
            Column("p, adjusted", "text", "p_adjusted"),
            Column("reads as", "text", "significance"),
        ),
    )
    facts = {(one.candidate.crossing.first, one.candidate.crossing.second): one.excess for one in told}
    for pair, p_value in zip(scan.pairs, corrected, strict=True):
        one = scan.found.get(pair)
        labels = [inquiry.label(name) for name in pair]
        if one is None or pair in scan.too_small:
            reason = "too few tickets" if pair in scan.too_small else "no combination beyond both"
            grid.row((*labels, None, None, None, reason))
            continue
        fact = facts.get(pair) or _excess(inquiry, one, p_value, None)
        name = f"{one.value} with {', '.join(str(value) for value in one.values)}" if fact.significant else None
        shown = (fact.value, fact) if fact.significant else None
        reads = "in the combination" if fact.significant else "no combination shown"
        p_shown = (shown_p(p_value), fact) if p_value is not None else None
        if one.is_left:
            reads, p_shown = "not examined beside a clearer one", None
        grid.row((*labels, name, shown, p_shown, reads))
    return grid.table()
