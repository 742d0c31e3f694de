"""What may be said in numbers of a fact: its figures, each with its role, unit and period."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from analyst_agent.claims import formats
from analyst_agent.claims.clauses import PERIOD_REFERENCE, TIMES, difference
from analyst_agent.claims.formats import is_number
from analyst_agent.records import Fact, Value

Span = tuple[date, date]
Pair = tuple[str, Value]
# Metrics whose parts may be added up.
ADDITIVE_UNITS = ("count", "currency")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that a text may state: of which fact, in which role, in which unit (of facts, or `times`)."""

    value: float
    unit: str
    role: str
    fact: Fact
    spans: tuple[Span, ...] = ()


def figures_of(fact: Fact) -> Iterator[Figure]:
    """Every number of a fact: value, n, missing, reference value, difference, p-values, value/n, relative change."""
    own, other = span_of(fact), reference_span(fact)
    gap_unit = "points" if fact.unit == "ratio" else fact.unit
    if is_number(fact.value):
        yield Figure(_number(fact.value), fact.unit, "value", fact, own)
    for role, amount in (("n", fact.n), ("missing", fact.missing)):
        if is_number(amount):
            yield Figure(_number(amount), "count", role, fact, own)
    if is_number(fact.reference_value):
        yield Figure(_number(fact.reference_value), fact.unit, "reference", fact, other or own)
    gap = difference(fact)
    if gap is not None:
        yield Figure(gap, gap_unit, "difference", fact, (*own, *other))
    for p in (fact.p_value, fact.p_adjusted):
        if is_number(p):
            yield Figure(_number(p), "p", "p", fact)
    yield from _quotients(fact, own, other)


def _quotients(fact: Fact, own: tuple[Span, ...], other: tuple[Span, ...]) -> Iterator[Figure]:
    if fact.unit == "count" and is_number(fact.value) and fact.n and fact.n >= _number(fact.value):
        yield Figure(_number(fact.value) / fact.n, "ratio", "part", fact, own)
    if is_number(fact.value) and is_number(fact.reference_value) and _number(fact.reference_value) > 0:
        times = _number(fact.value) / _number(fact.reference_value)
        yield Figure(times, "times", "difference", fact, (*own, *other))
        role = "relative" if fact.unit == "ratio" else "difference"
        yield Figure(times - 1, "ratio", role, fact, (*own, *other))


def intervals_of(fact: Fact) -> Iterator[tuple[tuple[float, float], str]]:
    """The fact's intervals with their units."""
    if fact.interval:
        yield fact.interval, fact.unit
    if fact.difference_interval:
        yield fact.difference_interval, "points" if fact.unit == "ratio" else fact.unit


def names_of(fact: Fact) -> frozenset[Pair]:
    """The names that set a fact apart: its dimensions, times aside."""
    return frozenset((k, v) for k, v in fact.dimensions.items() if k not in TIMES)


def span_of(fact: Fact) -> tuple[Span, ...]:
    """The days the value belongs to: a time among the dimensions, else the fact's period."""
    for grain in TIMES:
        if grain in fact.dimensions and (found := grain_span(grain, fact.dimensions[grain])):
            return (found,)
    return ((fact.period.start, fact.period.end),) if fact.period else ()


def reference_span(fact: Fact) -> tuple[Span, ...]:
    """The days of the comparison period, where the fact has one."""
    if fact.reference == PERIOD_REFERENCE and fact.reference_period:
        return ((fact.reference_period.start, fact.reference_period.end),)
    return ()


def grain_span(grain: str, value: Any) -> Span | None:
    """First day and the day after the last of a day, week, month, quarter or year given by its first day or as YYYY-MM."""
    text = value.isoformat() if isinstance(value, date) else str(value)
    text = {7: f"{text}-01", 4: f"{text}-01-01"}.get(len(text), text[:10])
    try:
        start = date.fromisoformat(text)
    except ValueError:
        return None
    if grain in ("day", "week"):
        return start, date.fromordinal(start.toordinal() + (7 if grain == "week" else 1))
    return month_span(start.year, start.month, {"month": 1, "quarter": 3, "year": 12}[grain])


def month_span(year: int, month: int, count: int = 1) -> Span:
    """`count` months from the first day of one."""
    after = year * 12 + month - 1 + count
    return date(year, month, 1), date(after // 12, after % 12 + 1, 1)


def groups(facts: Iterable[Fact]) -> dict[tuple[Any, ...], list[Fact]]:
    """Facts that can be compared with each other: one metric, the same dimensions, filters and, with dimensions, period (but for
    units of time, which each have their own).
    """
    found: dict[tuple[Any, ...], list[Fact]] = {}
    for fact in facts:
        if is_number(fact.value):
            keys = tuple(sorted(fact.dimensions))
            period = fact.period if keys and not set(keys) & set(TIMES) else None
            key = (fact.metric, fact.unit, keys, repr(fact.filters), period)
            found.setdefault(key, []).append(fact)
    return found


def matches(said: float, decimals: int, figure: float, scale: float = 1.0) -> bool:
    """Whether `said` is `figure` (in units of `scale`) rounded to that many decimals; nothing never stands for a little."""
    actual = figure / scale
    if said == 0 and abs(actual) > 1e-9:
        return False
    return abs(said - actual) <= 0.5 * 10.0**-decimals + 1e-9


def _number(value: object) -> float:
    return float(value) if formats.is_number(value) else 0.0  # type: ignore[arg-type]
