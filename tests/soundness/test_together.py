"""Queries that are read together: every number is the one that the query gives alone, whatever it is read with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from analyst_agent.errors import AnalystError
from analyst_agent.records import Filter, Period, QueryResult, SemanticQuery
from analyst_agent.semantic.model import load_model
from analyst_agent.settings import Settings
from tests.rounds import cases
from tests.soundness.desk import Desk, days, escalation, month, ticket
from tests.soundness.sample import helpdesk

OCTOBER, SEPTEMBER, JULY = month("2026-10"), month("2026-09"), month("2026-07")
METRICS = tuple(load_model().metrics)
SPLITS = ((), ("tier",), ("account",), ("channel", "account"), ("root_cause",), ("root_cause", "account"), ("day",), ("week", "tier"), ("agent",), ("weekday",))  # fmt: skip
FILTERS = (
    Filter("channel", "=", "chat"), Filter("tier", "missing"), Filter("root_cause", "=", "product_bug"), Filter("escalation_count", ">", 1),
    Filter("resolution_type", "present"), Filter("resolution_type", "!=", "fix"), Filter("region", "=", "EMEA"), Filter("counted_at", "missing"),
)  # fmt: skip


def cells(query: SemanticQuery, result: QueryResult) -> list[list[object]]:
    """Every row in an order of its own, numbers to nine digits: sums are added up in another order."""
    names = [*query.by, *(name for name in result.columns if name not in query.by)]
    rows = [[float(f"{v:.9g}") if isinstance(v := row[name], float) else v for name in names] for row in result.rows]
    return sorted(rows, key=lambda row: str(row[: len(query.by)]))


def alike(desk: Desk, queries: list[SemanticQuery]) -> int:
    """Asserts that together gives what each gives alone; returns how many statements it took."""
    together = desk.engine.run_all(queries)
    for query, result in zip(queries, together, strict=True):
        alone = desk.engine.run(query)
        assert (result.columns, result.caveats) == (alone.columns, alone.caveats), query
        assert cells(query, result) == cells(query, alone), query
        assert result.query.semantic == alone.query.semantic
    return len({result.query.sql for result in together})


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
@pytest.mark.parametrize("seed", cases([0], [1]))
def test_any_queries_give_together_what_they_give_alone(seed, zone):
    random = Random(f"{seed} {zone}")
    scope = (Filter("region", "=", "EMEA"),) if seed % 2 else ()
    desk = Desk(settings=replace(Settings(), time_zone=zone), restrictions=scope, **helpdesk(seed))
    shared = 0
    for _ in range(15):
        by = random.choice(SPLITS)
        queries = []
        for _ in range(random.choice((2, 2, 3))):
            start = date(2026, 1, 1) + timedelta(days=random.randrange(150))
            period = random.choice((None, Period(start, start + timedelta(days=random.choice((7, 30, 60))))))
            where = tuple(random.sample(FILTERS, random.choice((0, 0, 1, 2))))
            query = SemanticQuery(tuple(random.sample(METRICS, random.choice((1, 1, 2)))), by, where, period)
            try:
                desk.engine.run(query)
            except AnalystError:
                continue  # what is refused alone is refused together
            queries.append(query)
        shared += alike(desk, queries) < len(queries)
    assert shared > 2


@pytest.fixture
def desk() -> Desk:
    return Desk(
        accounts=[{"account_id": a, "name": a.upper()} for a in "xyz"],
        tickets=[
            *(ticket(t, "2026-10-02 10:00", account_id="x") for t in "AB"), ticket("C", "2026-09-02 10:00", account_id="y"),
            ticket("D", "2026-08-02 10:00", account_id="z"), ticket("E", "2026-07-02 10:00", account_id="z"),
        ],
        escalations=[escalation("A", "2026-10-03 10:00", reason_code="bug"), escalation("C", "2026-10-01 10:00", reason_code="vibes")],
    )  # fmt: skip


def test_two_periods_are_one_statement_with_the_groups_of_each(desk):
    """Z, which has a ticket only between the two periods, is in neither; Y has none in October but for its escalation."""
    queries = [SemanticQuery(("escalation_rate",), ("account",), (), period) for period in (OCTOBER, JULY)]
    now, then = desk.engine.run_all(queries)
    assert now.query.sql == then.query.sql
    assert [(r["account"], r["escalation_rate__numerator"], r["escalation_rate__n"]) for r in now.rows] == [("X", 1, 2), ("Y", 1, 0)]  # fmt: skip
    assert [(r["account"], r["escalation_rate__n"]) for r in then.rows] == [("Z", 1)]


def test_a_condition_of_one_query_does_not_restrict_another(desk):
    both = [SemanticQuery(("escalated_ticket_count",), (), where, OCTOBER) for where in ((), (Filter("reason_code", "=", "bug"),))]  # fmt: skip
    assert [result.rows[0]["escalated_ticket_count"] for result in desk.engine.run_all(both)] == [2, 1]


def test_a_mean_for_what_is_missing_is_that_of_each_period():
    """Handle time missing in both months counts with 10 and 30 minutes, not with 20."""
    desk = Desk(
        tickets=[ticket("A", handle_minutes=10), ticket("B"), ticket("C", handle_minutes=30), ticket("D")],
        escalations=[*(escalation(t, "2026-10-06 10:00") for t in "AB"), *(escalation(t, "2026-10-20 10:00") for t in "CD")],
    )  # fmt: skip
    halves = (days("2026-10-01", "2026-10-15"), days("2026-10-15", "2026-11-01"))
    queries = [SemanticQuery(("estimated_cost",), (), (), period, cost_per_hour=60) for period in halves]
    assert [result.rows[0]["estimated_cost"] for result in desk.engine.run_all(queries)] == [20, 60]


def test_what_is_per_something_coarser_is_asked_alone(desk):
    """A rate by root cause is per all tickets of its period: 1/2 and 1/1."""
    queries = [SemanticQuery(("escalation_rate",), ("reason_code",), (), period) for period in (OCTOBER, SEPTEMBER)]
    assert alike(desk, queries) == 2


NESTED = (
    (("channel", "account"), ("account",), ("channel",), ()),
    (("root_cause", "tier", "account"), ("root_cause", "tier"), ("root_cause",), ("account",)),
    (("day",), ()),
    (("week", "tier"), ("week",), ("tier",)),
    (("agent", "account"), ("account",)),
)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
@pytest.mark.parametrize("seed", cases([0], [1]))
def test_any_splits_of_the_same_objects_give_together_what_they_give_alone(seed, zone):
    """Whatever the metrics: medians, which are no sum of those of the parts, and rates per something coarser, too."""
    random = Random(f"splits {seed} {zone}")
    scope = (Filter("region", "=", "EMEA"),) if seed % 2 else ()
    desk = Desk(settings=replace(Settings(), time_zone=zone), restrictions=scope, **helpdesk(seed))
    shared = 0
    for _ in range(12):
        start = date(2026, 1, 1) + timedelta(days=random.randrange(150))
        periods = [Period(start - timedelta(days=days), start + timedelta(days=30 - days)) for days in (0, 30)]
        where = tuple(random.sample(FILTERS, random.choice((0, 0, 1))))
        queries = []
        for by in random.choice(NESTED):
            metrics = tuple(random.sample(METRICS, random.choice((1, 1, 2))))
            for period in periods:
                query = SemanticQuery(metrics, by, where, period)
                try:
                    desk.engine.run(query)
                except AnalystError:
                    continue
                queries.append(query)
        shared += alike(desk, queries) < len({query.by for query in queries})
    assert shared > 2


def test_a_total_is_read_with_its_split_also_where_nothing_was_counted(desk):
    for period, expected in ((OCTOBER, 2), (JULY, 0)):
        queries = [SemanticQuery(("escalated_ticket_count", "mean_csat"), by, (), period) for by in ((), ("account",))]
        assert alike(desk, queries) == 1
        whole, split = desk.engine.run_all(queries)
        assert ([row["escalated_ticket_count"] for row in whole.rows], len(split.rows)) == ([expected], expected)


def test_a_split_is_read_with_a_finer_one_only_where_both_ask_of_the_same_objects(desk):
    whole = SemanticQuery(("ticket_count",), (), (), OCTOBER)
    assert alike(desk, [whole, SemanticQuery(("ticket_count",), ("account",), (), OCTOBER)]) == 1
    assert alike(desk, [whole, SemanticQuery(("ticket_count",), ("account",), (), JULY)]) == 2
    assert alike(desk, [whole, SemanticQuery(("median_resolution_minutes",), ("account",), (), OCTOBER)]) == 2


def test_splits_of_the_same_objects_go_through_a_finer_one_that_nobody_asked_for():
    """Two periods, a text and a day beside each other, on every seed what each split gives alone."""
    for seed in range(3):
        desk = Desk(**helpdesk(seed))
        periods = [Period(date(2026, 3, 1), date(2026, 4, 1)), Period(date(2026, 4, 1), date(2026, 5, 1))]
        splits = (("root_cause", "day"), ("root_cause", "reason_code"), ("tier",), ())
        metrics = ("escalated_ticket_count", "estimated_cost", "mean_handle_minutes")
        queries = [SemanticQuery(metrics, by, (), period) for by in splits for period in periods]
        found = desk.engine.run_all(queries, through=("root_cause", "reason_code", "tier", "day"))
        assert len({result.query.sql for result in found}) == 1
        assert sum(len(result.rows) for result in found) > 20
        for query, result in zip(queries, found, strict=True):
            alone = desk.engine.run(query)
            assert (result.columns, result.caveats, cells(query, result)) == (
                alone.columns,
                alone.caveats,
                cells(query, alone),
            )


def test_what_does_not_follow_from_a_finer_split_is_asked_alone_also_through_it(desk):
    """Medians, and rates per something coarser than what they are split by."""
    for metric, by in (("median_resolution_minutes", ("account",)), ("escalation_rate", ("reason_code",))):
        queries = [SemanticQuery((metric,), one, (), OCTOBER) for one in (by, ())]
        found = desk.engine.run_all(queries, through=("account", "reason_code"))
        assert [cells(q, r) for q, r in zip(queries, found, strict=True)] == [
            cells(q, desk.engine.run(q)) for q in queries
        ]
        assert len({result.query.sql for result in found}) == 2
