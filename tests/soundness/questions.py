"""Random questions that a helpdesk of the sample can be asked, and whether an engine answers one as an oracle does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any, Protocol

import pytest

from analyst_agent.errors import NotPermitted
from analyst_agent.records import Filter, Period, SemanticQuery
from analyst_agent.warehouse.querying.engine import Engine
from tests.soundness.reference import (
    ASSIGNED,
    CREATION,
    ESCALATION,
    GRAINS,
    OF_ESCALATED,
    OF_TICKET,
    OUTCOME,
    RATES,
    Reference,
    Row,
)

COUNTS = (
    "ticket_count",
    "escalated_ticket_count",
    "resolution_count",
    "cohort_escalated_count",
    "escalation_rate",
    "mean_csat",
)
STARTS_AT_ESCALATION = (
    "mean_time_to_escalation", "mean_resolution_minutes", "median_resolution_minutes", "p90_resolution_minutes", "mean_minutes_to_acknowledge",
)  # fmt: skip


class Oracle(Protocol):
    """Whoever answers cell by cell: plain Python, or SQL that nothing of ours wrote."""

    def cells(
        self, metric: str, by: tuple[str, ...], where: list[tuple[str, str, Any]], bounds: tuple[date, date] | None
    ) -> Callable[[tuple[Any, ...]], Row]:
        """A function from cell to value and companions, with the cells in which something is as `keys`."""
        ...


def question(random: Random, reference: Reference) -> SemanticQuery:
    """Metrics that may stand together, what may split and filter them, and a period that the data know."""
    kind = random.choice(("escalated", "escalated", "rate", "event", "resolution", "ticket", "mixed"))
    creation = (*CREATION, *ASSIGNED)
    metrics, splits = {
        "escalated": (random.sample(OF_ESCALATED, random.randint(1, 4)), (*creation, *ESCALATION, *OUTCOME, *OF_TICKET)),
        "rate": ([random.choice(list(RATES))], (*creation, *ESCALATION)),
        "event": (["escalation_event_count"], (*creation, *ESCALATION)),
        "resolution": (random.sample(("resolution_count", "resolution_minutes", "total_resolution_minutes"), 2), (*creation, "resolution_type")),
        "ticket": (
            [random.choice(("ticket_count", "cohort_escalated_count", "mean_ticket_csat", "mean_ticket_handle_minutes"))],
            (*creation, *OF_TICKET, "time_to_escalation_band"),
        ),
        "mixed": (random.sample(COUNTS, 3), CREATION),
    }[kind]  # fmt: skip
    by = random.sample((*splits, *GRAINS, *GRAINS), random.choice((0, 1, 1, 2)))
    filters = (
        (*splits, "resolution_type", "minutes", "csat", "handle_minutes", "reopen_count")
        if kind != "mixed"
        else CREATION
    )
    where = tuple(condition(random, reference, f) for f in random.sample(filters, random.choice((0, 0, 1, 1, 2, 3))))
    return SemanticQuery(tuple(metrics), tuple(dict.fromkeys(by)), where, period(random))


def every_time_is_unknown(reference: Reference, query: SemanticQuery, where: list[Any], bounds: Any) -> bool:
    """Whether a measure that starts at the escalation is to be refused: there are such tickets, and of none the time is known."""
    times = [reference.amount("mean_time_to_escalation", e) for e in reference.objects("escalated", bounds, where)]
    return any(m in STARTS_AT_ESCALATION for m in query.metrics) and bool(times) and all(t is None for t in times)


def condition(random: Random, reference: Reference, field: str) -> Filter:
    if random.random() < 0.1:
        return Filter(field, random.choice(("missing", "present")))
    if field in ("minutes", "csat", "handle_minutes", "reopen_count"):
        if random.random() < 0.2:
            return Filter(field, "between", (1, 30))
        return Filter(field, random.choice((">", ">=", "<", "<=", "=", "!=")), random.choice((0, 1, 3, 20, 12.5)))
    things = reference.escalated if field in (*ESCALATION, *OUTCOME, *OF_TICKET) else reference.resolutions
    known = sorted({t[field] for t in things if t[field] is not None})
    if random.random() < 0.5:
        return Filter(field, random.choice(("=", "!=")), random.choice(known))
    return Filter(field, random.choice(("in", "not in")), tuple(random.sample(known, min(2, len(known)))))


def period(random: Random) -> Period | None:
    if random.random() < 0.15:
        return None
    if random.random() < 0.5:
        first = random.randint(1, 6)
        return Period(date(2026, first, 1), date(2026, first + random.choice((1, 1, min(3, 8 - first))), 1))
    start = date(2026, 1, 3) + timedelta(days=random.randrange(150))
    return Period(start, start + timedelta(days=random.choice((1, 7, 30, 45))))


def agree(engine: Engine, query: SemanticQuery, reference: Reference, oracle: Oracle) -> None:
    """Fails on any value, count of missing ones, numerator or denominator that differs, on any cell too many or too few."""
    where = [(f.field, f.op, f.value) for f in query.where]
    bounds = (query.period.start, query.period.end) if query.period else None
    expected = {m: oracle.cells(m, query.by, where, bounds) for m in query.metrics}
    if every_time_is_unknown(reference, query, where, bounds):
        with pytest.raises(NotPermitted, match="time of escalation is unknown"):
            engine.run(query)
        return
    rows = engine.run(query).rows
    found = {tuple(row[name] for name in query.by): row for row in rows}
    assert len(found) == len(rows)
    for metric in query.metrics:
        assert expected[metric].keys <= set(found), f"{metric}: cells missing"
        for key, row in found.items():
            wanted = expected[metric](key)
            for name, value in wanted.items():
                actual = row[metric if name == "value" else f"{metric}__{name}"]
                assert (actual is None) == (value is None), f"{name} of {metric} at {key}"
                assert value is None or actual == pytest.approx(value, rel=1e-9), f"{name} of {metric} at {key}"
    if not any(name in GRAINS for name in query.by) and query.by:
        assert set(found) <= set().union(*(cell.keys for cell in expected.values())), "cells too many"
