"""Hundreds of generated queries, each answered by the engine and by plain Python written from the formulas, and by plain SQL."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from analyst_agent.settings import Settings
from tests.soundness.desk import Desk
from tests.soundness.independent import Independent
from tests.soundness.questions import agree, question
from tests.soundness.reference import (
    ASSIGNED,
    CREATION,
    ESCALATION,
    GRAINS,
    KINDS,
    OF_ESCALATED,
    OUTCOME,
    RATES,
    Reference,
)
from tests.soundness.sample import helpdesk

WORLDS = ((11, "Europe/Berlin"), (12, "America/Sao_Paulo"), (13, "UTC"))
QUERIES_EACH = 160


@dataclass(frozen=True)
class World:
    """The same rows twice: in the engine and in the reference."""

    desk: Desk
    reference: Reference
    independent: Independent


@pytest.fixture(scope="module", params=WORLDS, ids=lambda w: w[1])
def world(request) -> World:
    seed, zone = request.param
    tables = helpdesk(seed)
    desk, reference = Desk(settings=Settings(time_zone=zone), **tables), Reference(tables, zone)
    plain = Independent(lambda sql: desk.connection.execute(sql).fetchall(), "duckdb", zone, reference.end)
    return World(desk, reference, plain)


@pytest.mark.parametrize("number", range(QUERIES_EACH))
def test_the_engine_agrees_with_the_formulas(world, number):
    """Plain Python finds other numbers."""
    agree(world.desk.engine, question(Random(number), world.reference), world.reference, world.reference)


@pytest.mark.parametrize("number", range(1000, 1000 + QUERIES_EACH))
def test_the_engine_agrees_with_independent_sql(world, number):
    """SQL over the canonical tables, written by hand, finds other numbers."""
    agree(world.desk.engine, question(Random(number), world.reference), world.reference, world.independent)


def test_the_questions_reach_everything():
    """A generator that never asks a metric, a dimension or an operator proves nothing about it."""
    reference = Reference(helpdesk(11), "UTC")
    asked: list[Any] = [question(Random(n), reference) for n in range(QUERIES_EACH)]
    assert {m for q in asked for m in q.metrics} >= {*OF_ESCALATED, *RATES, *KINDS}
    assert {d for q in asked for d in q.by} >= {*CREATION, *ASSIGNED, *ESCALATION, *OUTCOME, *GRAINS}
    assert {f.op for q in asked for f in q.where} >= {"=", "!=", "in", "not in", "<", "between", "missing", "present"}
