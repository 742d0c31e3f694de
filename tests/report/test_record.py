"""The JSON of an answer keeps the names of the contract."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date

from analyst_agent.records import Answer, Choice, Fact, Filter, Grounding, Status, Table, Usage
from analyst_agent.report import answer_json, charts_for
from analyst_agent.report.record import fact_json
from tests.claims.sample import OCTOBER, SEPTEMBER, facts, finding, wording


def _answer() -> Answer:
    one = finding()
    return Answer(
        "What drove escalations?", Status.ANSWERED, "text", OCTOBER, SEPTEMBER, ("root_cause_trend",), one.facts, one.tables,
        charts_for(one, wording()), one.citations, one.recommendations, one.caveats, one.definitions, (Choice("by tier"),),
        Grounding(5, 4, ("x",)), Usage("offline"), "s1", "g7", one.queries,
    )  # fmt: skip


def test_the_names_of_the_contract() -> None:
    made = answer_json(_answer())
    assert list(made) == [
        "question", "status", "answer", "period", "compared_with", "skills", "facts", "tables", "charts", "citations",
        "recommendations", "caveats", "definitions", "choices", "grounding", "usage", "conversation", "generation", "queries",
    ]  # fmt: skip
    assert made["status"] == "answered"
    assert made["period"] == {"start": "2026-10-01", "end": "2026-11-01", "label": "October 2026"}
    assert made["compared_with"]["start"] == "2026-09-01"
    assert made["choices"] == ["by tier"]
    assert made["grounding"] == {"claims": 5, "bound": 4, "unbound": ["x"]}
    assert set(made["usage"]) >= {"model", "fallback", "input_tokens", "output_tokens", "seconds"}
    assert made["citations"][0]["document"] == "KI-12"
    assert set(made["citations"][0]) >= {"document", "heading", "quote"}
    assert made["definitions"][0].keys() == {"name", "text", "version", "date"}
    assert set(made["queries"][0]) >= {"id", "semantic", "sql", "engine", "rows", "milliseconds", "generation"}


def test_a_fact_and_a_table() -> None:
    made = answer_json(_answer())
    fact = next(f for f in made["facts"] if f["id"] == "f20")
    assert fact["dimensions"] == {"tier": "Enterprise"}
    assert fact["period"]["end"] == "2026-11-01"
    assert (fact["value"], fact["unit"], fact["n"]) == (0.121, "ratio", 1240)
    assert fact["interval"] == [0.104, 0.140]
    assert (fact["reference"], fact["difference"], fact["p_adjusted"], fact["significant"]) == (
        "rest",
        0.051,
        0.0004,
        True,
    )
    table = made["tables"][0]
    assert table["columns"][0] == {"name": "root cause", "unit": "text", "key": "root_cause"}
    assert table["rows"][0][:2] == ["product_bug", 171]


def test_json_holds_no_nan_and_no_infinity() -> None:
    broken = replace(facts()[0], value=math.nan, interval=(-math.inf, math.inf))
    one = replace(
        _answer(), facts=(broken,), tables=(Table("t", (), ((math.inf, None, date(2026, 1, 1), "x"),)),),
        usage=Usage("m", seconds=math.nan),
    )  # fmt: skip
    text = json.dumps(answer_json(one), allow_nan=False)
    made = json.loads(text)
    assert made["facts"][0]["value"] is None
    assert made["facts"][0]["interval"] == [None, None]
    assert made["tables"][0]["rows"] == [[None, None, "2026-01-01", "x"]]


def test_an_empty_answer() -> None:
    made = answer_json(Answer("q", Status.REFUSED, "no"))
    assert made["period"] is None
    assert made["compared_with"] is None
    assert made["facts"] == made["tables"] == made["choices"] == []


def test_a_fact_names_the_value_that_a_condition_fixes() -> None:
    fact = Fact(
        "f1",
        "escalation_rate",
        0.1,
        "ratio",
        None,
        {"month": "2026-10"},
        filters=(Filter("tier", "=", "Gold"), Filter("csat", "<", 3)),
    )
    assert fact_json(fact)["dimensions"] == {"tier": "Gold", "month": "2026-10"}
