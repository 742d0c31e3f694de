"""Policy against practice: a documented target beside what the data show for the same cases, through semantic queries."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from analyst_agent.errors import AnalystError
from analyst_agent.knowledge.codes import code_terms
from analyst_agent.knowledge.norms import Norm
from analyst_agent.knowledge.words import stem, terms
from analyst_agent.records import Caveat, Definition, Fact, Filter, Period, QueryRecord, QueryResult, SemanticQuery
from analyst_agent.semantic.definitions import Metric
from analyst_agent.semantic.periods import describe, last_days
from analyst_agent.skillkit import SkillContext
from analyst_agent.skillkit.actions import document_name, words_of
from analyst_agent.skillkit.facts import FactBook, number
from analyst_agent.statistics import wilson_interval

PRACTICE_DAYS = 90
MISSED_SHARE = 0.10
"""A target is kept that is met in nine cases of ten: it is called missed where the 95 % interval of the share that took longer
lies above this, kept where it lies below, and neither between."""
COVERED_SUBJECT = 0.5
MOST_OBJECTS = 200_000
MISSED, KEPT, UNSURE = "practice_differs", "practice_agrees", "practice_unsure"
LATE = "share_later_than_target"
_MEAN_OF_TIMES = re.compile(r"AVG\(MINUTES_BETWEEN\((\w+)\.(\w+), (\w+)\.(\w+)\)\)")
_STATISTICS = frozenset(
    stem(w)
    for w in [
        "mean",
        "average",
        "median",
        "time",
        "minutes",
        "minute",
        "percentile",
        "share",
        "rate",
        "ratio",
        "number",
        "to",
        "of",
    ]
)


@dataclass(frozen=True, slots=True)
class Practice:
    """What the data say about targets: facts, a sentence for each target, and the queries behind them."""

    facts: tuple[Fact, ...] = ()
    caveats: tuple[Caveat, ...] = ()
    definitions: tuple[Definition, ...] = ()
    queries: tuple[QueryRecord, ...] = ()


def practice_of(context: SkillContext, targets: Sequence[Norm], values: Mapping[str, Sequence[str]]) -> Practice:
    """Each target that a metric measures, for cases that the data can tell apart, in the last 90 days.

    values: the stored values of each dimension. A target whose conditions are not values of exactly one dimension each, or
    with fewer cases than the workspace's least sample, is left alone: it would be compared with something else.
    """
    period = last_days(context.clock, PRACTICE_DAYS)
    book = FactBook(context.model)
    seen: set[tuple[str, tuple[Filter, ...], float]] = set()
    for target in targets:
        metric, where = metric_for(target, context.model.metrics), filters_for(target.conditions, values)
        if metric is None or where is None or (metric.name, where, target.value) in seen:
            continue
        seen.add((metric.name, where, target.value))
        try:
            context.queries.check_period(period)
            _compare(context, book, target, metric, where, period)
        except AnalystError as refusal:
            # A metric or field that is not granted or not loaded: the policy is still quoted.
            book.caveat(f"The data were not asked whether this is kept: {refusal.message}", "practice_unknown")
    told = book.finding("", "", period)
    late = Definition(LATE, "Share of the cases with known times that took longer than the documented target.")
    has_late = any(f.metric == LATE for f in told.facts)
    return Practice(told.facts, told.caveats, (*told.definitions, *([late] if has_late else [])), told.queries)


def metric_for(target: Norm, metrics: Mapping[str, Metric]) -> Metric | None:
    """The one mean of times whose name the target's words hold; None where none does, or several do.

    Working time is not what the data measure. What starts at the escalation needs a target that speaks of escalations,
    and a target for escalations a time that starts there or ends there.
    """
    if target.kind != "duration" or target.bound not in ("most", ""):
        return None
    spoken = target.words | set(terms(target.document.title))
    about = target.subject - target.noun
    of_escalations = "escalat" in target.subject | target.noun
    found = []
    for metric in metrics.values():
        if metric.unit != "minutes" or not _MEAN_OF_TIMES.fullmatch(metric.expression):
            continue
        if metric.starts_at_escalation and "escalat" not in spoken:
            continue
        names = [frozenset(terms(name)) - _STATISTICS for name in (metric.label, *metric.synonyms)]
        held = [name for name in names if name and name <= spoken]
        if of_escalations and not metric.starts_at_escalation and not any("escalat" in name for name in held):
            continue
        covered = frozenset().union(*held) & about if held else frozenset()
        if covered and len(covered) >= COVERED_SUBJECT * len(about):
            found.append(metric)
    return found[0] if len(found) == 1 else None


def filters_for(conditions: frozenset[str], values: Mapping[str, Sequence[str]]) -> tuple[Filter, ...] | None:
    """The conditions as filters; None where one is no value of exactly one dimension."""
    found: list[Filter] = []
    for condition in sorted(conditions):
        meant = [(d, v) for d, stored in values.items() for v in stored if _means(v, condition)]
        if len(meant) != 1:
            return None
        found.append(Filter(meant[0][0], "=", meant[0][1]))
    return tuple(found)


def _means(value: str, condition: str) -> bool:
    words = value.lower().split()
    return condition in code_terms(value) or (len(words) == 1 and stem(words[0]) == condition)


def _compare(
    context: SkillContext, book: FactBook, target: Norm, metric: Metric, where: tuple[Filter, ...], period: Period
) -> None:
    dimensions = {one.field: one.value for one in where}
    result = context.queries.run(SemanticQuery((metric.name,), (), where, period))
    row = result.rows[0] if result.rows else {}
    mean = book.cell(book.note(result, is_said=False), row, metric.name, dimensions)
    times = _minutes(context, metric, where, period)
    if times is None or len(times[0]) < context.settings.minimum_sample or len(times[0]) != (mean.n or 0):
        return
    minutes, source = times
    late = sum(one > target.value for one in minutes)
    low, high = wilson_interval(late, len(minutes))
    share = book.add(
        LATE, late / len(minutes), "ratio", period, dimensions, source=source, n=len(minutes), interval=(low, high),
        reference="target", reference_value=MISSED_SHARE, significant=low > MISSED_SHARE or high < MISSED_SHARE,
    )  # fmt: skip
    code = MISSED if low > MISSED_SHARE else KEPT if high < MISSED_SHARE else UNSURE
    book.caveat(
        _sentence(code, target, where, period, (late, len(minutes), low, high, number(mean.value))),
        code,
        (mean.id, share.id),
    )


def _minutes(
    context: SkillContext, metric: Metric, where: tuple[Filter, ...], period: Period
) -> tuple[list[float], QueryResult] | None:
    """The time of each case behind a mean of times, None where there are too many to look at one by one."""
    match = _MEAN_OF_TIMES.fullmatch(metric.expression)
    if match is None:
        return None
    begin, end = match[2], match[4]
    rows = context.queries.rows(metric.dataset, (begin, end), where=where, period=period, limit=MOST_OBJECTS)
    if len(rows.rows) >= MOST_OBJECTS:
        return None
    spans = [(_instant(row[begin]), _instant(row[end])) for row in rows.rows]
    return [(b - a).total_seconds() / 60 for a, b in spans if a is not None and b is not None], rows


def _instant(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None


def _sentence(
    code: str, target: Norm, where: Sequence[Filter], period: Period, numbers: tuple[int, int, float, float, float]
) -> str:
    late, n, low, high, mean = numbers
    opening = {
        MISSED: "Practice differs from this policy",
        KEPT: "Practice agrees with this policy",
        UNSURE: "Whether practice agrees cannot be said",
    }[code]
    cases = f" ({', '.join(f'{one.field} {one.value}' for one in where)})" if where else ""
    return (
        (
            f"{opening}: {document_name(target.document.id)} says {words_of(target.written)}; {describe(period)}, {late:,} of {n:,} cases{cases} took longer "
            f"({late / n:.1%}, 95 % interval {low:.1%} to {high:.1%}), {_span(mean)} on average."
        )
        .replace("%", " %")
        .replace("  %", " %")
    )


def _span(minutes: float) -> str:
    if minutes < 120:
        return f"{minutes:.1f} minutes"
    return f"{minutes / 60:.1f} hours" if minutes < 2880 else f"{minutes / 1440:.1f} days"
