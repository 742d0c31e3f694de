"""What was recorded in only part of a period: escalations, fields, and the fate of tickets too young to be finished."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import timedelta

import numpy as np

from analyst_agent.records import Fact, Filter, Period, QueryResult, Value
from analyst_agent.skillkit.course.timeline import COHORT, Counts, Daily, Days, by_day, counted_where
from analyst_agent.skillkit.inquiry import COUNT, TICKETS, Inquiry
from analyst_agent.statistics.artefacts import Stretch, collapsed_edge, deviating

NEVER = 0.1
"""A field or flag filled for at most this part of what is usual is not recorded."""
LAG = 0.95


@dataclass(frozen=True, slots=True)
class Artefact:
    """kind: of the statement that words it. period: the days it touches. facts: its evidence, in the order that kind expects.
    arguments: names for the statement.
    """

    kind: str
    period: Period
    facts: tuple[Fact, ...]
    arguments: dict[str, Value] = field(default_factory=dict)

    def touches(self, period: Period) -> bool:
        """Whether it has a day in common with another period."""
        return self.period.start < period.end and period.start < self.period.end


def rate_fact(inquiry: Inquiry, daily: Daily, start: int, end: int) -> Fact:
    total, escalated = int(daily.tickets[start:end].sum()), int(daily.cohort[start:end].sum())
    value = escalated / total if total else None
    return inquiry.book.add(COHORT, value, "ratio", daily.period(start, end), source=daily.source, n=total)


def silent_stretches(inquiry: Inquiry, daily: Daily, volume: Days, young: int | None) -> list[tuple[Artefact, Stretch]]:
    """Stretches in which tickets go on and escalations are hardly recorded: at the beginning, in between, at the end."""
    used = np.where(volume, daily.tickets, 0.0)
    cohort = np.where(volume, daily.cohort, 0.0)
    end = len(daily) if young is None else young
    found: list[tuple[str, Stretch]] = []
    start = 0
    for at_end, kind in ((False, "recording_begins"), (True, "recording_ends")):
        one = collapsed_edge(cohort[start:end], used[start:end], at_end, 2.0, NEVER)
        if one is not None:
            moved = replace(one, start=one.start + start, end=one.end + start)
            found.append((kind, moved))
            start, end = (moved.end, end) if not at_end else (start, moved.start)
    rate = float(cohort[start:end].sum() / used[start:end].sum()) if used[start:end].sum() else 0.0
    inner = deviating(cohort[start:end], used[start:end] * rate, 2.0, below=NEVER, least=20.0, days=5)
    found += [("recording_gap", replace(one, start=one.start + start, end=one.end + start)) for one in inner]
    whole = (start, end)
    return [(_recording(inquiry, daily, kind, one, whole), one) for kind, one in found]


def _recording(inquiry: Inquiry, daily: Daily, kind: str, one: Stretch, whole: tuple[int, int]) -> Artefact:
    """Escalated tickets among those created, in the stretch and in the days that are recorded."""
    facts = []
    for start, end in ((one.start, one.end), whole):
        period = daily.period(start, end)
        escalated, total = int(daily.cohort[start:end].sum()), int(daily.tickets[start:end].sum())
        facts += [
            inquiry.book.add("cohort_escalated_count", escalated, "count", period, source=daily.source, n=total),
            inquiry.book.add(TICKETS, total, "count", period, source=daily.source, n=total),
        ]
    return Artefact(kind, daily.period(one.start, one.end), tuple(facts))


def field_edges(inquiry: Inquiry, daily: Daily, name: str, metric: str, carried: Days) -> list[Artefact]:
    """A field that is filled only from some day on, or only up to one."""
    if name not in daily.recorded:
        return []
    result = inquiry.book.note(daily.recorded[name])
    [filled] = by_day(result, (metric,), daily.first, daily.day(len(daily)))
    whole = np.where(carried, daily.escalated if metric == COUNT else daily.tickets, 0.0)
    filled = np.minimum(np.where(carried, filled, 0.0), whole)
    for at_end, kind in ((False, "field_begins"), (True, "field_ends")):
        one = collapsed_edge(filled, whole, at_end, 2.0, NEVER)
        if one is not None:
            rest = (one.end, len(daily)) if not at_end else (0, one.start)
            facts = _filled_facts(inquiry, daily, (name, metric), (filled, whole, result), one, rest)
            return [Artefact(kind, daily.period(one.start, one.end), facts, {"field": name})]
    return []


def _filled_facts(
    inquiry: Inquiry,
    daily: Daily,
    named: tuple[str, str],
    counted: tuple[Counts, Counts, QueryResult],
    one: Stretch,
    rest: tuple[int, int],
) -> tuple[Fact, ...]:
    (name, metric), (filled, whole, result), facts = named, counted, []
    for start, end in ((one.start, one.end), rest):
        period, total = daily.period(start, end), int(whole[start:end].sum())
        recorded = int(filled[start:end].sum())
        facts += [
            inquiry.book.add("recorded_count", recorded, "count", period, {"field": name}, source=result, n=total),
            inquiry.book.add(metric, total, "count", period, source=daily.source, n=total),
        ]
    return tuple(facts)


def young_tickets(inquiry: Inquiry, daily: Daily, lag: float | None) -> tuple[int | None, Artefact | None]:
    """The first day whose tickets may still escalate: by the time within which 95 % of escalations come; where no time of
    escalation is known, the day from which on tickets are mostly unresolved, with the counts.
    """
    last = inquiry.context.queries.last_day
    if last is not None and lag is not None:
        day = last - timedelta(days=math.ceil(lag))
        return (daily.place(day), None) if day < daily.day(len(daily)) else (None, None)
    name = "ticket_resolved_at"
    if name not in inquiry.context.model.filterable() or not len(daily):
        return None, None
    closed, result = counted_where(inquiry, TICKETS, Filter(name, "present"), daily)
    one = collapsed_edge(closed, daily.tickets, True, 1.0, 0.5, days=1)
    if one is None:
        return None, None
    facts = []
    for start, end in ((one.start, one.end), (0, one.start)):
        period, total = daily.period(start, end), int(daily.tickets[start:end].sum())
        resolved = int(closed[start:end].sum())
        facts += [
            inquiry.book.add("resolved_by_end_count", resolved, "count", period, source=result, n=total),
            inquiry.book.add(TICKETS, total, "count", period, source=daily.source, n=total),
            rate_fact(inquiry, daily, start, end),
        ]
    return one.start, Artefact("unfinished", daily.period(one.start, one.end), tuple(facts))
