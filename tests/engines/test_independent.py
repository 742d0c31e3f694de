"""Generated questions on each engine against SQL that nothing of ours wrote, run on the same engine over the canonical tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

import pytest

from analyst_agent.settings import Settings
from analyst_agent.warehouse.querying.engine import Engine
from tests.soundness.independent import Independent
from tests.soundness.questions import agree, question
from tests.soundness.reference import Reference
from tests.soundness.sample import helpdesk

ZONE = "Europe/Berlin"
QUESTIONS = {"postgres": 200, "clickhouse": 200, "spark": 10}
FIRST = 5000


@dataclass(frozen=True)
class Asked:
    """An engine over the rows, who computes from the same rows in plain Python, and the SQL by hand."""

    engine: Engine
    reference: Reference
    oracle: Independent


@cache
def _asked(store) -> Asked:
    settings = Settings(time_zone=ZONE, today=store.desk.settings.today)
    reference = Reference(helpdesk(20261121, 400), ZONE)
    prefix = {"postgres": "", "spark": "stored_", "clickhouse": store.url.rpartition("=")[2] + "."}[store.name]
    return Asked(store.engine(settings), reference, Independent(store.raw, store.name, ZONE, reference.end, prefix))


@pytest.mark.parametrize("part", range(10))
def test_each_engine_agrees_with_independent_sql(store, part: int) -> None:
    """Any value, count of missing ones, numerator or denominator that differs, any cell too many or too few."""
    asked = _asked(store)
    for number in range(FIRST + part, FIRST + QUESTIONS[store.name], 10):
        agree(asked.engine, question(Random(number), asked.reference), asked.reference, asked.oracle)
