"""The numbers behind each pattern: facts with their reference, and what the sentence about it must name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyst_agent.discovery.records import Candidate, Dimension, Floats, Measure, Prepared, Side
from analyst_agent.masking import mask
from analyst_agent.records import Fact, Filter, Statement, Value
from analyst_agent.statistics.intervals import newcombe_interval, wilson_interval
from analyst_agent.statistics.scores import correlation

Flags = NDArray[np.bool_]
ROWS, SHARE, RANK_CORRELATION, HIGHER = "row_count", "share_of_rows", "rank_correlation", "share_of_pairs_higher"
_LEAST_CUT = 10


@dataclass(slots=True)
class Ledger:
    """The facts of a finding in their order."""

    facts: list[Fact] = field(default_factory=list)

    def add(
        self, metric: str, value: Value, unit: str, dimensions: dict[str, Value] | None = None, **more: Any
    ) -> Fact:
        """A new fact."""
        one = Fact(f"f{len(self.facts) + 1}", metric, value, unit, None, dict(dimensions or {}), **more)
        self.facts.append(one)
        return one


@dataclass(frozen=True, slots=True)
class Part:
    """Rows singled out: flags, the names that say which, and the conditions that pick them."""

    rows: Flags
    names: dict[str, Value]
    filters: tuple[Filter, ...]


def shown(text: object) -> str:
    """A value or a column's name of the file as it may be shown: one line, addresses and numbers of people masked."""
    return mask(str(text)) or "(blank)"


def part_of(table: Prepared, side: Side) -> Part:
    """The rows of a level."""
    one = table.dimensions[side.dimension]
    return Part(one.codes == side.level, {name_of(one): level_of(one, side.level)}, (condition(one, side.level),))


def name_of(one: Dimension) -> str:
    """What a dimension is called: the file's own column, or how it is made of one."""
    if one.sort in ("missing", "word"):
        return shown(one.name)
    return f"{one.name} of {shown(one.column)}" if one.sort in ("weekday", "hours", "period") else shown(one.name)


def level_of(one: Dimension, level: int) -> str:
    """A value as it is shown."""
    return shown(one.levels[level])


def condition(one: Dimension, level: int) -> Filter:
    """The condition on the file's columns that picks the rows of a level."""
    if one.sort == "missing":
        return Filter(shown(one.column), "missing")
    if one.sort == "word":
        return Filter(shown(one.column), "contains", one.name.rsplit('"', 2)[-2])
    if one.sort == "period":
        ends = [*one.levels[1:], None]
        return Filter(shown(one.column), "between", (one.levels[level], ends[level] or "the end"))
    if one.sort in ("weekday", "hours"):
        return Filter(f"{one.sort} of {shown(one.column)}", "=", one.levels[level])
    return Filter(shown(one.column), "=", level_of(one, level))


def tell(table: Prepared, one: Candidate, book: Ledger) -> Statement:
    """The facts of a pattern, and the request for its sentence."""
    if one.kind == "share":
        return _share(table, one, book)
    if one.kind == "correlation":
        return _correlation(table, one, book)
    if one.kind == "interaction":
        return _interaction(table, one, book)
    if one.x.is_clock or one.y.is_clock:
        return _in_time(table, one, book)
    if one.y == Side():
        return _period_volume(table, one, book)
    part = part_of(table, one.x)
    known = table.dimensions[one.x.dimension].codes >= 0
    return _compared(table, one, book, (part, known & ~part.rows), {"pattern": one.kind, "against": "rest"})


def _statement(one: Candidate, facts: Sequence[Fact], arguments: dict[str, Any]) -> Statement:
    said = {
        **arguments,
        "also": [shown(a) for a in one.also],
        "clustered": shown(one.clustered_by) if one.clustered_by else "",
    }
    return Statement("discovered", tuple(f.id for f in facts), said)


def _share(table: Prepared, one: Candidate, book: Ledger) -> Statement:
    d = table.dimensions[one.x.dimension]
    part, n = part_of(table, one.x), sum(d.all_sizes)
    top, even = d.all_sizes[0], 1 / len(d.all_sizes)
    share = book.add(
        SHARE, top / n, "ratio", part.names, n=n, missing=table.rows - n, interval=wilson_interval(top, n),
        reference="even", reference_value=even, difference=top / n - even, significant=True, filters=part.filters,
    )  # fmt: skip
    rows = book.add(ROWS, top, "count", part.names, filters=part.filters)
    values = book.add("value_count", len(d.all_sizes), "count")
    facts = [share, rows, values]
    if len(d.levels) > 1:
        second = part_of(table, Side(one.x.dimension, 1))
        facts.append(book.add(SHARE, d.all_sizes[1] / n, "ratio", second.names, n=n, filters=second.filters))
    return _statement(one, facts, {"pattern": "share", "columns": [name_of(d)]})


def _compared(
    table: Prepared, one: Candidate, book: Ledger, sides: tuple[Part, Flags], arguments: dict[str, Any]
) -> Statement:
    """A share or a median in a part against other rows."""
    part, others = sides
    columns = [*part.names]
    if one.y.measure >= 0:
        measure = table.measures[one.y.measure]
        facts = medians(measure, part, others, one, book)
        columns.append(shown(measure.name))
    else:
        d = table.dimensions[one.y.dimension]
        has = d.codes == one.y.level
        facts = shares(part, others, (d, one.y.level, has), one, book)
        columns.append(name_of(d))
        arguments = {**arguments, "outcome": name_of(d), "value": level_of(d, one.y.level), "sort": d.sort}
    return _statement(one, facts, {"columns": columns, **arguments})


def shares(
    part: Part,
    others: Flags,
    outcome: tuple[Dimension, int, Flags],
    one: Candidate,
    book: Ledger,
    against: str = "rest",
) -> list[Fact]:
    """The share of an outcome in a part against other rows, and its rows."""
    d, level, has = outcome
    known = d.codes >= 0
    n1, n2 = int((part.rows & known).sum()), int((others & known).sum())
    k1, k2 = int((part.rows & has).sum()), int((others & has).sum())
    names = {**part.names, name_of(d): level_of(d, level)}
    filters = (*part.filters, condition(d, level))
    interval = newcombe_interval(k1, n1, k2, n2) if n1 and n2 else None
    share = book.add(
        SHARE, k1 / n1 if n1 else None, "ratio", names, n=n1, interval=wilson_interval(k1, n1) if n1 else None,
        reference=against, reference_value=k2 / n2 if n2 else None, difference=k1 / n1 - k2 / n2 if n1 and n2 else None,
        difference_interval=interval, p_adjusted=one.p_adjusted, significant=True, filters=filters,
    )  # fmt: skip
    base = book.add(ROWS, n2, "count", {"compared with": against})
    return [share, book.add(ROWS, k1, "count", names, filters=filters), base]


def medians(
    measure: Measure, part: Part, others: Flags, one: Candidate, book: Ledger, against: str = "rest"
) -> list[Fact]:
    """The median of a measure in a part against other rows, and the share of pairs in which the part's is higher."""
    values = measure.values
    first, second = values[part.rows & ~np.isnan(values)], values[others & ~np.isnan(values)]
    a, b = (float(np.median(v)) if v.size else float("nan") for v in (first, second))
    missing = int((part.rows & np.isnan(values)).sum())
    median = book.add(
        shown(measure.name), a, measure.unit, part.names, n=int(first.size), missing=missing, reference=against,
        reference_value=b, difference=a - b, p_adjusted=one.p_adjusted, significant=True, filters=part.filters,
    )  # fmt: skip
    higher = book.add(HIGHER, _superiority(first, second), "ratio", part.names, filters=part.filters)
    return [median, higher, book.add(ROWS, int(second.size), "count", {"compared with": against})]


def _superiority(first: Floats, second: Floats) -> float:
    """The share of pairs in which the first is larger, ties counted half."""
    if not first.size or not second.size:
        return 0.5
    ordered = np.sort(second)
    below = np.searchsorted(ordered, first, "left") + np.searchsorted(ordered, first, "right")
    return float(below.mean() / 2 / second.size)


def _in_time(table: Prepared, one: Candidate, book: Ledger) -> Statement:
    """The last quarter of the rows against the first; where a step says more than a slope, what comes after it against
    what came before."""
    clock = table.clock
    assert clock is not None
    group = one.x if one.y.is_clock else one.y
    inside = np.ones(table.rows, dtype=bool)
    arguments: dict[str, Any] = {"pattern": one.kind, "clock": shown(clock.column), "direction": one.effect > 0}
    if group == Side() and one.y == Side():
        return _volume(table, one, book)
    if one.within is not None:
        within = part_of(table, one.within)
        inside = within.rows
        arguments["within"] = {str(k): str(v) for k, v in within.names.items()}
    outcome = _outcome(table, group)
    known = inside & ~np.isnan(clock.seconds) & ~np.isnan(outcome)
    cut = step(clock.seconds[known], outcome[known])
    if cut is not None:
        before, after = known & (clock.seconds < cut), known & (clock.seconds >= cut)
    else:
        low, high = np.quantile(clock.seconds[known], [0.25, 0.75])
        before, after = known & (clock.seconds <= low), known & (clock.seconds >= high)
    days = [_days(clock.seconds[rows]) for rows in (after, before)]
    part = Part(
        after,
        {shown(clock.column): f"{days[0][0]} to {days[0][1]}"},
        (*([condition(table.dimensions[one.within.dimension], one.within.level)] if one.within else []),
         Filter(shown(clock.column), "between", days[0])),
    )  # fmt: skip
    arguments |= {"days": days, "is_step": cut is not None}
    made = _compared(table, _as_y(one, group), book, (part, before), arguments)
    facts = [next(f for f in book.facts if f.id == i) for i in made.facts]
    r, _, n = correlation(clock.seconds[known].argsort().argsort().astype(float), outcome[known])
    facts.append(book.add(RANK_CORRELATION, r, "score", {}, n=n, p_adjusted=one.p_adjusted))
    if one.within is not None:
        rest = ~inside & ~np.isnan(clock.seconds) & ~np.isnan(outcome)
        r, _, n = correlation(clock.scores[rest], outcome[rest])
        facts.append(book.add(RANK_CORRELATION, r, "score", {"compared with": "rest"}, n=n))
    columns = [*arguments.get("within", {}), made.arguments["columns"][-1], shown(clock.column)]
    if group.measure >= 0 and table.measures[group.measure].is_censored:
        left_out = int(np.isnan(table.measures[group.measure].values[inside]).sum())
        facts.append(book.add(ROWS, left_out, "count", {"without": shown(table.measures[group.measure].columns[-1])}))
        arguments["is_censored"] = True
    return _statement(one, facts, {**made.arguments, **arguments, "columns": columns})


def _as_y(one: Candidate, group: Side) -> Candidate:
    return Candidate(
        one.kind, one.x, group, one.p, one.effect, one.coverage, one.n, one.key, p_adjusted=one.p_adjusted, also=one.also,
        clustered_by=one.clustered_by,
    )  # fmt: skip


def _outcome(table: Prepared, side: Side) -> Floats:
    if side.measure >= 0:
        return table.measures[side.measure].scores
    return table.dimensions[side.dimension].indicator(side.level)


def step(seconds: Floats, outcome: Floats) -> float | None:
    """When a single step fits clearly better than a straight line, the moment of it; else None.

    The step is that of the largest sum of squares between before and after, with ten rows on each side; it must leave at
    least a tenth of the variance less than the line does. Source: Hawkins 1977, J. Am. Stat. Assoc. 72, 180.
    """
    n = seconds.size
    if n < 4 * _LEAST_CUT:
        return None
    order = np.argsort(seconds, kind="stable")
    y = outcome[order] - outcome.mean()
    total = float(y @ y)
    if total <= 0:
        return None
    count = np.arange(1, n)
    sums = np.cumsum(y)[:-1]
    explained = sums**2 / count + sums**2 / (n - count)
    explained[: _LEAST_CUT - 1] = explained[n - _LEAST_CUT :] = 0
    place = int(np.argmax(explained))
    line = correlation(np.arange(n, dtype=float), y)[0] ** 2
    found = float(explained[place]) / total
    return float(seconds[order][place + 1]) if found > line + 0.1 * (1 - line) and found > 1.15 * line else None


def _days(seconds: Floats) -> tuple[str, str]:
    first, last = (datetime.fromtimestamp(float(f(seconds)), UTC).date().isoformat() for f in (np.min, np.max))
    return first, last


def _volume(table: Prepared, one: Candidate, book: Ledger) -> Statement:
    """Rows in the second half of the time against the first."""
    clock = table.clock
    assert clock is not None
    half = clock.bin_count / 2
    known = clock.bins >= 0
    later, earlier = known & (clock.bins + 0.5 > half), known & (clock.bins + 0.5 < half)
    days = [_days(clock.seconds[rows]) for rows in (later, earlier)]
    count = book.add(
        ROWS, int(later.sum()), "count", {shown(clock.column): f"{days[0][0]} to {days[0][1]}"}, reference="first half",
        reference_value=float(earlier.sum()), difference=float(later.sum() - earlier.sum()), p_adjusted=one.p_adjusted,
        significant=True, filters=(Filter(shown(clock.column), "between", days[0]),),
    )  # fmt: skip
    arguments = {
        "pattern": "volume",
        "clock": shown(clock.column),
        "days": days,
        "columns": ["rows", shown(clock.column)],
    }
    return _statement(one, [count], arguments)


def _period_volume(table: Prepared, one: Candidate, book: Ledger) -> Statement:
    """Rows of one period against the median of the others."""
    part = part_of(table, one.x)
    d = table.dimensions[one.x.dimension]
    usual = float(
        np.median(np.delete(d.sizes, [0, one.x.level, len(d.sizes) - 1] if d.sort == "period" else one.x.level))
    )
    count = int(part.rows.sum())
    fact = book.add(
        ROWS, count, "count", part.names, reference="median of other periods", reference_value=usual,
        difference=count - usual, p_adjusted=one.p_adjusted, significant=True, filters=part.filters,
    )  # fmt: skip
    arguments = {
        "pattern": "period_volume",
        "clock": shown(d.column),
        "grain": d.name,
        "columns": ["rows", shown(d.column)],
    }
    return _statement(one, [fact], arguments)


def _correlation(table: Prepared, one: Candidate, book: Ledger) -> Statement:
    """Two measures: their rank correlation, and the median of one where the other is in its lowest and highest quarter."""
    x, y = table.measures[one.x.measure], table.measures[one.y.measure]
    r, _, n = correlation(x.scores, y.scores)
    both = ~(np.isnan(x.values) | np.isnan(y.values))
    low, high = np.quantile(x.values[both], [0.25, 0.75])
    lowest, highest = both & (x.values <= low), both & (x.values >= high)
    half = 1.96 * (1.06 / max(n - 3, 1)) ** 0.5
    span = tuple(float(np.tanh(np.arctanh(np.clip(r, -0.9999, 0.9999)) + s * half)) for s in (-1, 1))
    name = shown(x.name)
    found = book.add(
        RANK_CORRELATION, r, "score", {}, n=n, interval=(span[0], span[1]), p_adjusted=one.p_adjusted, significant=True
    )
    a, b = float(np.median(y.values[highest])), float(np.median(y.values[lowest]))
    part = book.add(
        shown(y.name), a, y.unit, {name: "highest quarter"}, n=int(highest.sum()), reference="lowest quarter",
        reference_value=b, difference=a - b, significant=True, filters=(Filter(name, ">=", float(high)),),
    )  # fmt: skip
    return _statement(one, [found, part], {"pattern": "correlation", "columns": [name, shown(y.name)]})


def _interaction(table: Prepared, one: Candidate, book: Ledger) -> Statement:
    """A combination against all other rows, beside each of its parts without the other."""
    assert one.within is not None
    first, second = part_of(table, one.x), part_of(table, one.within)
    both = Part(first.rows & second.rows, {**first.names, **second.names}, (*first.filters, *second.filters))
    known = (table.dimensions[one.x.dimension].codes >= 0) & (table.dimensions[one.within.dimension].codes >= 0)
    made = _compared(table, one, book, (both, known & ~both.rows), {"pattern": "interaction", "against": "rest"})
    facts = [next(f for f in book.facts if f.id == i) for i in made.facts]
    for alone, other in ((first, second), (second, first)):
        rest = Part(alone.rows & ~other.rows & known, alone.names, alone.filters)
        if one.y.measure >= 0:
            facts.append(medians(table.measures[one.y.measure], rest, known & ~alone.rows, one, book)[0])
        else:
            d = table.dimensions[one.y.dimension]
            facts.append(shares(rest, known & ~alone.rows, (d, one.y.level, d.codes == one.y.level), one, book)[0])
    return _statement(one, facts, made.arguments)
