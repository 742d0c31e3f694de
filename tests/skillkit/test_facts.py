"""The book of facts and its tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analyst_agent.records import Column, Filter, Period, QueryRecord, QueryResult, Statement
from analyst_agent.semantic.model import load_model
from analyst_agent.skillkit import FactBook, Grid
from analyst_agent.statistics import wilson_interval

PERIOD = Period(date(2026, 10, 1), date(2026, 11, 1))


def _result(caveats=()):
    row = {"escalation_rate": 0.2, "escalation_rate__n": 10, "escalation_rate__numerator": 2}
    record = QueryRecord("q17", {}, "SELECT 1", "duckdb", 1, 0.1, "g1")
    return QueryResult(tuple(row), (row,), PERIOD, record, caveats)


def test_ids_run_from_one_whatever_the_engine_has_run_before():
    book = FactBook(load_model(), (Filter("tier", "=", "Pro"),))
    result = _result()
    first = book.cell(result, result.rows[0], "escalation_rate")
    second = book.add("ticket_count", 10, "count", PERIOD, source=result)
    other = book.add("ticket_count", 3, "count", PERIOD, source=_result())
    assert [first.id, second.id, other.id] == ["f1", "f2", "f3"]
    assert [first.query, second.query, other.query] == ["q1", "q1", "q2"]
    assert first.interval == pytest.approx(wilson_interval(2, 10))
    assert first.filters == (Filter("tier", "=", "Pro"),)


def test_a_finding_holds_each_caveat_once_and_names_no_unknown_fact():
    book = FactBook(load_model())
    for result in (_result(("Late.",)), _result(("Late.",))):
        book.note(result)
    fact = book.add("share_of_escalations", 0.5, "ratio", PERIOD)
    book.revise(fact, significant=True)
    found = book.finding("t", "s", PERIOD, statements=[Statement("value", (fact.id,))])
    assert [c.text for c in found.caveats] == ["Late."]
    assert found.fact(fact.id).significant is True
    assert found.definitions[0].name == "share_of_escalations"
    with pytest.raises(KeyError):
        book.finding("t", "s", PERIOD, statements=[Statement("value", ("f9",))])


def test_a_table_keeps_the_fact_behind_each_number_and_drops_empty_columns():
    book = FactBook(load_model())
    fact = book.add("ticket_count", 10, "count", PERIOD, n=12)
    grid = Grid("t", (Column("a"), Column("b", "count"), Column("c", "count"), Column("d")))
    grid.row(("x", fact, (fact.n, fact), None))
    table = grid.table()
    assert table.rows == (("x", 10, 12),)
    assert table.fact_ids == ((None, "f1", "f1"),)
    assert [c.name for c in table.columns] == ["a", "b", "c"]


def test_a_count_of_left_out_tickets_is_said_once_for_a_period_and_names_another_period():
    book = FactBook(load_model())
    for words, period in (
        ("For 26 tickets the time is unknown.", PERIOD),
        ("For 11 tickets the time is unknown.", PERIOD),
        ("For 28 tickets the time is unknown.", Period(date(2026, 9, 1), date(2026, 10, 1))),
    ):
        book.note(replace(_result((words,)), period=period))
    assert [c.text for c in book.finding("t", "s", PERIOD).caveats] == [
        "For 26 tickets the time is unknown.",
        "1 to 30 September 2026: for 28 tickets the time is unknown.",
    ]


def test_an_abbreviation_keeps_its_capitals_after_another_periods_name():
    book = FactBook(load_model())
    for share, period in ((22, PERIOD), (19, Period(date(2026, 9, 1), date(2026, 10, 1)))):
        book.note(replace(_result((f"CSAT is recorded for {share} % of the tickets.",)), period=period))
    [_, other] = book.finding("t", "s", PERIOD).caveats
    assert other.text == "1 to 30 September 2026: CSAT is recorded for 19 % of the tickets."


def test_tickets_of_unknown_time_are_not_called_open_beside_a_mean_resolution_time():
    metric = "mean_resolution_minutes"
    row = {
        metric: 60.0,
        f"{metric}__n": 22,
        f"{metric}__missing": 166,
        f"{metric}__open": 55,
        f"{metric}__unknown_time": 150,
    }
    result = replace(_result(), rows=(row,), columns=tuple(row))
    assert FactBook(load_model()).cell(result, row, metric).missing == 55
