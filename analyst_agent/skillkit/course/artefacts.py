"""What in a course over time is likely an artefact of the extract or of recording, each with the counts that show it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analyst_agent.records import Fact, Period
from analyst_agent.skillkit.course.recording import (
    LAG,
    NEVER,
    Artefact,
    field_edges,
    rate_fact,
    silent_stretches,
    young_tickets,
)
from analyst_agent.skillkit.course.timeline import RECORDED, Counts, Daily, Days
from analyst_agent.skillkit.inquiry import TICKETS, Inquiry
from analyst_agent.statistics.artefacts import Stretch, collapsed_edge, deviating, dispersion, masked, usual

ALIKE = ("created_at", "account_id", "category", "product_area", "subject")
EXAMINED = 3_000
COPIED = 0.1
"""From this part of the examined tickets on, copies are no coincidence."""
GONE, LOADED = 0.2, 2.0
BODY_DAYS = 28
"""So many days, or a quarter of them all, have to hold what the edge lacks: a load of a few days makes no edge of the rest."""


@dataclass(frozen=True, slots=True)
class Carried:
    """Which days carry what. volume: tickets are complete and usual; rate: escalations of tickets created then are; counts:
    escalations on that day are. young: the first day whose tickets may still escalate, None where none is or it is unknown.
    lag_days: days within which 95 % of escalations come.
    """

    artefacts: tuple[Artefact, ...]
    volume: Days
    rate: Days
    counts: Days
    expected: Counts
    young: int | None = None
    lag_days: float | None = None


def artefacts_of(inquiry: Inquiry, daily: Daily) -> Carried:
    """All artefacts in order: edges and gaps of the extract, loads, recording of escalations and fields, young tickets."""
    found: list[Artefact] = []
    edges = _edges(daily)
    inner = _between(daily, edges)
    expected, spread = _usual(daily, inner)
    gaps, loads = _gaps_and_loads(daily, inner, expected, spread)
    lag = inquiry.context.queries.escalation_lag_days(LAG)
    young, closed = young_tickets(inquiry, daily, lag)
    found += [_edge(inquiry, daily, one, edges, at_end) for at_end, one in edges.items() if one is not None]
    found += [_gap(inquiry, daily, one) for one in gaps]
    ripe = len(daily) if young is None else young
    found += [part for one in loads for part in _load(inquiry, daily, one, inner, ripe)]
    volume = masked(len(daily), [*(one for one in edges.values() if one), *gaps])
    silent = silent_stretches(inquiry, daily, volume, young)
    found += [artefact for artefact, _ in silent]
    recorded = masked(len(daily), [stretch for _, stretch in silent])
    if closed is not None:
        found.append(closed)
    for field_name, metric in RECORDED:
        found += field_edges(inquiry, daily, field_name, metric, volume & recorded)
    places, quiet = np.arange(len(daily)), masked(len(daily), loads)
    rate = volume & recorded & (places < ripe)
    counts = volume & recorded & quiet & (places >= _warm(inquiry, daily, inner, lag))
    if edges[True] is not None and ripe >= inner[1]:
        young = None  # the cut-off says it already, and better
    return Carried(tuple(found), volume & quiet, rate, counts, expected, young, lag)


def _warm(inquiry: Inquiry, daily: Daily, inner: tuple[int, int], lag: float | None) -> int:
    """The first day whose escalations are whole: on the first days of an extract, those of tickets from before it are missing."""
    first = inquiry.context.queries.first_day
    if first is None or lag is None:
        return 0
    begins = inner[0] if inner[0] else (first - daily.first).days
    return begins + math.ceil(lag)


def _edges(daily: Daily) -> dict[bool, Stretch | None]:
    """Where tickets are hardly there at the beginning (False) and at the end (True), each found without the other's days."""
    n, weekday = len(daily), (daily.first.weekday() + np.arange(len(daily))) % 7
    parts = np.bincount(weekday, weights=daily.tickets, minlength=7) / np.maximum(np.bincount(weekday, minlength=7), 1)
    exposure = np.maximum(parts[weekday], 0.02 * parts.mean()) if n else daily.tickets
    edges: dict[bool, Stretch | None] = {True: None, False: None}
    start, end = 0, n
    for at_end in (True, False, True, False):
        spread = _local_spread(daily.tickets[start:end])
        one = collapsed_edge(
            daily.tickets[start:end], exposure[start:end], at_end, spread, GONE, others=min(BODY_DAYS, n // 4)
        )
        if one is None:
            continue
        if at_end:
            end = start + one.start
            edges[True] = Stretch(end, n, float(daily.tickets[end:].sum()), one.expected)
        else:
            start += one.end
            edges[False] = Stretch(0, start, float(daily.tickets[:start].sum()), one.expected)
    return edges


def _local_spread(counts: Counts) -> float:
    """Dispersion between a day and the same weekday a week later, which no change of level enlarges much."""
    if len(counts) < 21:
        return 2.0
    a, b = counts[:-7], counts[7:]
    used = a + b > 0
    squared = (a - b)[used] ** 2 / (a + b)[used]
    return max(1.0, float(squared.mean())) if squared.size else 1.0


def _between(daily: Daily, edges: dict[bool, Stretch | None]) -> tuple[int, int]:
    first, last = edges[False], edges[True]
    return first.end if first else 0, last.start if last else len(daily)


def _usual(daily: Daily, inner: tuple[int, int]) -> tuple[Counts, float]:
    """What each day within the edges lets expect, and how widely the days vary around it."""
    start, end = inner
    expected = np.zeros(len(daily))
    expected[start:end] = usual(daily.tickets[start:end], (daily.first.weekday() + start) % 7)
    return expected, dispersion(daily.tickets[start:end], expected[start:end])


def _gaps_and_loads(
    daily: Daily, inner: tuple[int, int], expected: Counts, spread: float
) -> tuple[list[Stretch], list[Stretch]]:
    start, end = inner
    tickets, usual_count = daily.tickets[start:end], expected[start:end]
    gaps = deviating(tickets, usual_count, spread, below=NEVER, days=3)
    loads = deviating(tickets, usual_count, spread, above=LOADED)
    moved = [
        [replace(one, start=one.start + start, end=one.end + start) for one in stretches] for stretches in (gaps, loads)
    ]
    return moved[0], moved[1]


def _edge(inquiry: Inquiry, daily: Daily, one: Stretch, edges: dict[bool, Stretch | None], at_end: bool) -> Artefact:
    start, end = _between(daily, edges)
    facts = [
        *_volume_facts(inquiry, daily, one.start, one.end),
        *_volume_facts(inquiry, daily, start, end),
        rate_fact(inquiry, daily, one.start, one.end),
        rate_fact(inquiry, daily, start, end),
    ]
    return Artefact("cut_off" if at_end else "extract_begins", daily.period(one.start, one.end), tuple(facts))


def _volume_facts(inquiry: Inquiry, daily: Daily, start: int, end: int) -> list[Fact]:
    """Tickets created, in all and a day."""
    period, total = daily.period(start, end), int(daily.tickets[start:end].sum())
    book = inquiry.book
    return [
        book.add(TICKETS, total, "count", period, source=daily.source, n=total),
        book.add(f"{TICKETS}_per_day", total / (end - start), "count", period, source=daily.source, n=total),
    ]


def _gap(inquiry: Inquiry, daily: Daily, one: Stretch) -> Artefact:
    period = daily.period(one.start, one.end)
    count = inquiry.book.add(TICKETS, int(one.count), "count", period, source=daily.source, n=int(one.count))
    expected = _expected(inquiry, daily, one)
    return Artefact("gap", period, (count, expected))


def _expected(inquiry: Inquiry, daily: Daily, one: Stretch) -> Fact:
    period = daily.period(one.start, one.end)
    return inquiry.book.add("expected_ticket_count", round(one.expected), "count", period, source=daily.source)


def _load(inquiry: Inquiry, daily: Daily, one: Stretch, inner: tuple[int, int], ripe: int) -> list[Artefact]:
    """A load of tickets with its rate against that of the other days, and the copies among them. ripe: from this day on tickets
    are too young for that.
    """
    from analyst_agent.statistics import newcombe_interval

    period, book = daily.period(one.start, one.end), inquiry.book
    count = book.add(TICKETS, int(one.count), "count", period, source=daily.source, n=int(one.count))
    rate = rate_fact(inquiry, daily, one.start, one.end)
    others = np.zeros(len(daily), dtype=bool)
    others[inner[0] : min(inner[1], ripe)] = True
    others[one.start : one.end] = False
    own_y, own_n = float(daily.cohort[one.start : one.end].sum()), one.count
    rest_y, rest_n = float(daily.cohort[others].sum()), float(daily.tickets[others].sum())
    if rest_n and own_n and one.end <= ripe:
        # Bursts: both counts are worth as many fewer as the daily ones vary more.
        worth = _rate_spread(daily, others)
        interval = newcombe_interval(own_y / worth, own_n / worth, rest_y / worth, rest_n / worth)
        rate = book.revise(
            rate,
            reference="rest",
            reference_value=rest_y / rest_n,
            difference=own_y / own_n - rest_y / rest_n,
            difference_interval=interval,
            significant=not interval[0] <= 0 <= interval[1],
        )
    found = [Artefact("load", period, (count, _expected(inquiry, daily, one), rate))]
    copies = copies_in(inquiry, period)
    return found + ([Artefact("copies", period, (copies,))] if copies else [])


def _rate_spread(daily: Daily, days: Days) -> float:
    tickets, cohort = daily.tickets[days], daily.cohort[days]
    rate = float(cohort.sum() / tickets.sum())
    used = tickets > 0
    if not 0 < rate < 1 or int(used.sum()) < 10:
        return 1.0
    squared = (cohort[used] - tickets[used] * rate) ** 2 / (tickets[used] * rate * (1 - rate))
    return max(1.0, float(squared.mean()))


def copies_in(inquiry: Inquiry, period: Period) -> Fact | None:
    """How many of a stretch's tickets repeat another in all but the id; None where these are no more than coincidence."""
    fields = [name for name in ALIKE if name in inquiry.context.model.filterable()]
    if "created_at" not in fields or len(fields) < 3:
        return None
    result = inquiry.context.queries.rows(
        "ticket", ("ticket_id", *fields), where=inquiry.where, period=period, limit=EXAMINED
    )
    distinct = {tuple(row.get(name) for name in fields) for row in result.rows}
    copies = len(result.rows) - len(distinct)
    if copies < COPIED * len(result.rows) or copies < 5:
        return None
    return inquiry.book.add("twin_ticket_count", copies, "count", period, source=result, n=len(result.rows))


def touched(artefacts: Sequence[Artefact], period: Period, kinds: Sequence[str]) -> Artefact | None:
    """The first artefact of these kinds with a day in the period."""
    return next((one for one in artefacts if one.kind in kinds and one.touches(period)), None)
