"""Everything that can be asked, walked through: it compiles, or it is refused with a reason that names what can be asked."""

from __future__ import annotations

import re
from datetime import date, datetime
from itertools import product
from random import Random
from typing import Any

import pytest
from sqlglot import exp

from analyst_agent.errors import AnalystError, BadPeriod, NotPermitted, OutsideData, UnknownName
from analyst_agent.records import FILTER_OPS, Filter, Order, Period, QueryResult, SemanticQuery
from analyst_agent.semantic.additivity import adds_up
from analyst_agent.semantic.compiler import compile_query
from analyst_agent.semantic.expressions import Environment
from analyst_agent.semantic.model import GRAINS, load_model
from analyst_agent.settings import Settings
from tests.soundness.desk import Desk
from tests.soundness.sample import helpdesk

MODEL = load_model()
MARCH = Environment((datetime(2026, 3, 1), datetime(2026, 4, 1)), "Europe/Berlin", data_end=datetime(2026, 7, 5))
VALUES: dict[str, tuple[Any, Any]] = {
    "category": ("x", "y"), "text": ("x", "y"), "id": ("1", "2"), "number": (2, 30), "time": ("2026-02-03", "2026-03-03"),
}  # fmt: skip
RUNS = 240


def refusal(query: SemanticQuery) -> NotPermitted | None:
    """Why a query is refused; None where it compiles to a tree that begins with its dimensions."""
    try:
        compiled = compile_query(MODEL, query, MARCH)
    except NotPermitted as refused:
        return refused
    assert compiled.columns[: len(query.by)] == query.by
    assert isinstance(compiled.tree, exp.Query)
    return None


def ask(desk: Desk, query: SemanticQuery) -> QueryResult | AnalystError:
    """The answer, or what was said instead."""
    try:
        return desk.engine.run(query)
    except AnalystError as refused:
        return refused


def filters_of(name: str, kind: str) -> list[Filter]:
    """One condition of each operator."""
    low, high = VALUES[kind]
    values = {"in": (low, high), "not in": (low,), "between": (low, high), "missing": None, "present": None}
    return [Filter(name, op, values.get(op, low)) for op in FILTER_OPS]


@pytest.mark.parametrize("metric", MODEL.metrics)
def test_every_metric_by_every_dimension_and_grain(metric):
    """As DESIGN section 3 permits; what is refused names what can be asked."""
    refused = {}
    for dimension, grain in product((None, *MODEL.dimensions()), (None, *GRAINS)):
        reason = refusal(SemanticQuery((metric,), tuple(n for n in (grain, dimension) if n)))
        if reason is not None:
            assert dimension is not None, f"{metric} by {grain}"
            assert dimension in reason.message
            assert re.search(r"\b(Ask for|Split by) \w+", reason.hint)
            refused[dimension] = reason.hint
    base = MODEL.metric(metric).dataset or "rate"
    assert set(refused) == {
        "ticket": {"root_cause", "reason_code", "trigger", "from_team", "to_team", "level", "necessary", "resolution_type"},
        "rate": {
            "resolution_type", "status", "is_open", "csat_score", "first_response_band", "resolution_band", "time_to_escalation_band",
        },
        "escalated_ticket": {"resolution_type"}, "escalation_event": {"resolution_type"},
        "resolution": set(),
    }[base]  # fmt: skip


@pytest.mark.parametrize("metric", MODEL.metrics)
def test_every_metric_filtered_by_every_field(metric):
    """By each operator in turn, so that every kind of field meets every operator with some metric."""
    fields = MODEL.filterable()
    for number, (name, field) in enumerate(fields.items()):
        for place, one in enumerate(filters_of(name, field.kind)):
            if (number + place + len(metric)) % 4:
                continue
            reason = refusal(SemanticQuery((metric,), (), (one,)))
            assert (reason is not None) == (one.op == "contains" and field.kind in ("number", "time")), one
            assert reason is None or "Use =, <, > or between" in reason.hint


def question(random: Random) -> SemanticQuery:
    """Anything: metrics that need not fit together, splits, a filter of any kind, comparison, first N, share, order, limit."""
    metrics = tuple(random.sample(list(MODEL.metrics), random.choice((1, 1, 2, 3))))
    dimensions = [*random.sample(list(MODEL.dimensions()), random.choice((0, 1, 1, 2)))]
    by = (*random.sample(GRAINS, random.choice((0, 0, 1))), *dimensions)
    name, field = random.choice(list(MODEL.filterable().items()))
    where = (random.choice(filters_of(name, field.kind)),) if random.random() < 0.4 else ()
    first = random.randint(1, 6)
    period = random.choice((None, Period(date(2026, first, 1), date(2026, first + 1, 1), "", "calendar", "month"), Period(date(2026, 2, 10), date(2026, 3, 20))))  # fmt: skip
    columns = [
        *by,
        *metrics,
        f"{metrics[0]}__n",
        f"{metrics[0]}__change",
        f"{metrics[0]}__share",
        f"{metrics[0]}__missing",
    ]
    order = (Order(random.choice(columns), random.random() < 0.5),) if random.random() < 0.5 else ()
    share = random.random() < 0.7 and all(adds_up(MODEL, MODEL.metric(m)) for m in metrics)
    return SemanticQuery(
        metrics, by, where, period, order, random.choice((None, None, 2)), None, random.choice((None, None, "previous", "year")),
        random.choice((None, None, 1, 2)), share,
    )  # fmt: skip


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(settings=Settings(time_zone="Europe/Berlin"), **helpdesk(11))


@pytest.mark.parametrize("number", range(RUNS))
def test_any_question_is_answered_or_refused_with_a_reason(desk, number):
    """No error of the engine's or the compiler's own; no row twice; every column in every row; the same rows every time."""
    query = question(Random(number))
    result = ask(desk, query)
    if isinstance(result, AnalystError):
        assert isinstance(result, (NotPermitted, UnknownName, BadPeriod, OutsideData)), query
        assert result.message
        assert result.hint
        return
    cells = [tuple(row[name] for name in query.by) for row in result.rows]
    assert len(set(cells)) == len(cells)
    assert all(tuple(row) == result.columns for row in result.rows)
    assert result.rows == desk.engine.run(query).rows
    assert query.limit is None or len(cells) <= query.limit
    assert (result.comparison is None) == (query.compare is None)


def test_most_of_these_questions_are_answered(desk):
    """A walk that is refused at every step proves nothing."""
    answers = [ask(desk, question(Random(number))) for number in range(0, RUNS, 4)]
    assert sum(isinstance(one, QueryResult) for one in answers) > RUNS / 4 / 4
