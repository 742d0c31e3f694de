"""Every metric by many dimensions, grains, filters and zones: each engine gives what DuckDB gives, floats to 1e-9."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import pytest

from analyst_agent.errors import AnalystError, NotPermitted
from analyst_agent.records import Filter, QueryResult, SemanticQuery
from analyst_agent.semantic.model import GRAINS, load_model
from analyst_agent.settings import Settings
from tests.soundness.desk import days

METRICS = tuple(load_model().metrics)
DIMENSIONS = (
    "",
    "tier",
    "root_cause",
    "priority",
    "support_level",
    "resolution_type",
    "tenure_band",
    "agent",
    "first_response_band",
    "csat_score",
)
FILTERS = (
    (), (Filter("category", "=", "bug's"),), (Filter("category", "!=", "a\\b"),), (Filter("tier", "missing"),),
    (Filter("resolution_type", "in", ("fix", "refund")), Filter("minutes", ">", 10)), (Filter("root_cause", "not in", ("policy_gap",)),),
    (Filter("reason_code", "contains", "POLICY"),), (Filter("escalated_at", ">=", "2026-03-29"),), (Filter("csat", "between", (2, 4)),),
)  # fmt: skip
ZONES = (Settings(), Settings(time_zone="Europe/Berlin", week_start="sunday"))
FEWEST = {"postgres": 25, "clickhouse": 12, "spark": 2}
PERIODS = (None, days("2026-02-01", "2026-05-04"))


def same(ours: QueryResult, reference: QueryResult, about: Any) -> None:
    """Columns, types, keys, order and values; caveats too."""
    assert ours.columns == reference.columns, about
    assert len(ours.rows) == len(reference.rows), about
    for row, expected in zip(ours.rows, reference.rows, strict=True):
        for name in reference.columns:
            one, other = row[name], expected[name]
            assert type(one) is type(other), f"{about} {name}: {one!r} instead of {other!r} in {expected}"
            if isinstance(one, float) and isinstance(other, float):
                assert math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9), f"{about} {name}: {one} is not {other}"
            else:
                assert one == other, f"{about} {name}: {one!r} is not {other!r}"
    assert ours.caveats == reference.caveats, about


def compare(store, settings, query, restrictions=()):
    """Whether the query is defined; where it is, both agree, and where one refuses, both do."""
    own = replace(settings, today=store.desk.settings.today)
    ours, reference = store.engine(own, restrictions), store.desk.engine_with(own, restrictions)
    return agree(ours, reference, query)


def agree(ours, reference, query):
    """As `compare`, of two engines."""
    refusal = None
    try:
        expected = reference.run(query)
    except AnalystError as error:
        refusal = error
    if refusal is not None:
        with pytest.raises(type(refusal)) as caught:
            ours.run(query)
        assert (caught.value.message, caught.value.hint) == (refusal.message, refusal.hint)
        return False
    same(ours.run(query), expected, query)
    return True


def pairs(store):
    """Both engines in each zone, made once: they remember the values of each dimension."""
    return _made(store)


@cache
def _made(store):
    owns = [replace(settings, today=store.desk.settings.today) for settings in ZONES]
    return [(store.engine(own), store.desk.engine_with(own)) for own in owns]


def thinned(store, queries):
    """Of many queries as many as the engine's speed with small data allows; the steps meet every metric and dimension."""
    step = {"postgres": 3, "clickhouse": 7, "spark": 53}[store.name]
    return queries[::step]


def test_every_metric_by_dimensions(store):
    [(ours, reference), _] = pairs(store)
    queries = [SemanticQuery((m,), (d,) if d else (), period=PERIODS[1]) for m, d in product(METRICS, DIMENSIONS)]
    done = sum(agree(ours, reference, query) for query in thinned(store, queries))
    assert done >= FEWEST[store.name]


def test_every_metric_by_grains_in_two_zones(store):
    for ours, reference in pairs(store):
        queries = [SemanticQuery((m,), (g,), period=PERIODS[1]) for m, g in product(METRICS, GRAINS)]
        assert sum(agree(ours, reference, query) for query in thinned(store, queries)) >= FEWEST[store.name]


@pytest.mark.parametrize(
    ("splits", "through"),
    [
        ((("root_cause", "tier"), ("root_cause",), ("tier",), ()), ()),
        ((("day",), ()), ()),
        ((("root_cause", "day"), ("root_cause", "reason_code"), ("tier", "day")), ("root_cause", "reason_code", "tier", "day")),
    ],
)  # fmt: skip
def test_several_splits_in_one_statement(store, splits, through):
    metrics = ("escalated_ticket_count", "estimated_cost", "mean_handle_minutes")
    periods = (days("2026-02-01", "2026-03-01"), days("2026-03-01", "2026-05-04"))
    queries = [SemanticQuery(metrics, by, (), period) for by in splits for period in periods]
    for ours, reference in pairs(store):
        found = ours.run_all(queries, through)
        assert len({result.query.sql for result in found}) == 1
        for query, result in zip(queries, found, strict=True):
            same(result, reference.run(query), query)


def test_filters_of_each_kind(store):
    for ours, reference in pairs(store):
        asked = (
            "escalated_ticket_count",
            "escalation_rate",
            "median_resolution_minutes",
            "estimated_cost",
            "resolution_count",
        )
        queries = [
            SemanticQuery((m,), by, f, period)
            for (m, f), (by, period) in product(product(asked, FILTERS), (((), None), (("month", "tier"), PERIODS[1])))
        ]
        assert sum(agree(ours, reference, query) for query in thinned(store, queries)) >= FEWEST[store.name] / 3


def test_several_metrics_of_different_grains_in_one_query(store):
    together = (
        "ticket_count",
        "escalated_ticket_count",
        "resolution_count",
        "mean_csat",
        "escalation_event_count",
        "p90_resolution_minutes",
    )
    for ours, reference in pairs(store):
        for by in ((), ("week",), ("month", "priority"))[:: 2 if store.name == "spark" else 1]:
            assert agree(ours, reference, SemanticQuery(together, by, period=PERIODS[1]))


def test_a_restriction_travels_to_every_dataset(store):
    restrictions = (Filter("region", "=", "EMEA"),)
    for metrics in (
        ("ticket_count", "resolution_count"),
        ("escalation_rate",),
        ("estimated_cost", "escalation_event_count"),
    ):
        assert compare(store, ZONES[1], SemanticQuery(metrics, ("month",)), restrictions)


@pytest.mark.parametrize(
    "text", ["' OR '1'='1", "\\", "\\'", "a\\' OR 1=1 --", "%s %(x)s", "${spark.master}", "{x:String}", "é\u20ac\U0001f600", "\"; DROP", "\n\t", "$$", "?", ":a", "N''"]
)  # fmt: skip
def test_hostile_text_is_only_text(store, text):
    [(ours, reference), _] = pairs(store)
    for where in (Filter("subject", "contains", text), Filter("ticket_id", "=", text), Filter("notes", "!=", text)):
        assert agree(ours, reference, SemanticQuery(("ticket_count",), (), (where,)))
    assert ours.masking([text, "t1", "t2"]) == reference.masking([text, "t1", "t2"])


def test_a_nul_is_refused_before_it_reaches_an_engine(store):
    with pytest.raises(NotPermitted):
        store.engine().run(SemanticQuery(("ticket_count",), (), (Filter("subject", "contains", "a\x00b"),)))


def test_the_days_of_the_data_values_lag_and_single_objects(store):
    ours, reference = store.engine(), store.desk.engine
    assert (ours.data_start, ours.data_end) == (reference.data_start, reference.data_end)
    assert dict(ours.values_index()) == dict(reference.values_index())
    assert ours.escalation_lag_days() == pytest.approx(reference.escalation_lag_days(), rel=1e-9)
    fields = (
        "ticket_id",
        "created_at",
        "root_cause",
        "category",
        "account",
        "escalated_at",
        "tenure_band",
        "necessary",
    )
    for limit in (None, 7):
        with suppress(AnalystError):
            same(
                ours.rows("escalated_ticket", fields, limit=limit),
                reference.rows("escalated_ticket", fields, limit=limit),
                limit,
            )
    assert ours.rows("escalated_ticket", fields).rows


def test_a_query_says_which_engine_and_which_state_of_the_data(store):
    record = store.engine().run(SemanticQuery(("ticket_count",))).query
    assert (record.engine, record.generation) == (store.backend.name, store.backend.generation)
    assert len(record.generation) == 12
