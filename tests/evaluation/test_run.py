"""Running cases, repeats and skips, and the card they make, with a hand-made respondent and no data."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analyst_agent.errors import AnalystError, InvalidDefinition
from analyst_agent.evaluation.card import make_card
from analyst_agent.evaluation.cases import parse_case
from analyst_agent.evaluation.expected import resolve
from analyst_agent.evaluation.limits import OFFLINE_LIMITS
from analyst_agent.evaluation.run import run_cases
from analyst_agent.evaluation.setup import Absent, DataSet, third_party
from analyst_agent.records import Usage
from tests.evaluation.answers import RIGHT


def case(name="one", data="demo", turns=("q",), **expect):
    raw = {"id": name, "tier": "must", "data": data, "turns": list(turns), "expect": expect or {"status": "answered"}}
    return parse_case(raw, "metrics", "metrics.yml: case 1")


def respondent(answers):
    """A data set that gives these answers in turn and notes how it was asked; its reference rows are one 157."""
    asked = []

    def ask(question, conversation, today, caller):
        asked.append((question, conversation, today))
        answer = answers[(len(asked) - 1) % len(answers)]
        if isinstance(answer, AnalystError):
            raise answer
        return answer

    return asked, DataSet("demo", ask, lambda sql: [(157,)])


BUGS = [{"metric": "escalated_ticket_count", "sql": "SELECT 157", "dimensions": {"root_cause": "product_bug"}}]


def test_follow_ups_share_the_conversation():
    asked, data = respondent([replace(RIGHT, conversation="c1")])
    [result] = run_cases([case(turns=("first", "second"))], lambda name: data)
    assert result.is_right
    assert asked == [("first", None, None), ("second", "c1", None)]


def test_right_means_right_every_time():
    wrong = replace(RIGHT, facts=())
    _, data = respondent([RIGHT, wrong, RIGHT])
    [result] = run_cases([case(numbers=BUGS)], lambda name: data, repeat=3)
    assert (result.passes, result.is_right) == (2, False)


def test_an_error_of_the_analyst_is_a_failed_check():
    _, data = respondent([AnalystError("The warehouse is gone.", "Load again.")])
    [result] = run_cases([case()], lambda name: data)
    [failure] = result.attempts[0][0].failures
    assert (failure.check, failure.got) == ("error", "The warehouse is gone. Load again.")


def test_a_data_set_is_opened_once_and_an_absent_one_is_skipped():
    opened = []
    _, data = respondent([RIGHT])

    def open_data(name):
        opened.append(name)
        return data if name == "demo" else Absent(name, "not there")

    results = list(run_cases([case("a"), case("b", "uci_incident"), case("c"), case("d", "uci_incident")], open_data))
    assert opened == ["demo", "uci_incident"]
    assert [(r.is_right, r.skipped) for r in results] == [
        (True, ""),
        (False, "not there"),
        (True, ""),
        (False, "not there"),
    ]


def test_the_card_counts_skipped_cases_apart():
    _, data = respondent([RIGHT])
    cases = [case("a"), case("b", status="refused"), case("c", "uci_incident")]
    results = list(run_cases(cases, lambda name: data if name == "demo" else Absent(name, "not there")))
    card = make_card(results, "offline", date(2026, 11, 3))
    total = card.total
    assert (total.cases, total.right, total.skipped, total.refusals, total.rightly_refused) == (2, 1, 1, 1, 0)
    assert total.interval == pytest.approx((0.0945, 0.9055), abs=1e-4)
    assert [row.name for row in card.by_skill] == ["root_cause_trend"]
    assert card.to_dict()["day"] == "2026-11-03"


def test_sql_of_another_shape_is_the_fault_of_the_case():
    expect = case(numbers=BUGS).turns[0].expect
    with pytest.raises(InvalidDefinition, match="gives 2 rows"):
        resolve(expect, lambda sql: [(1,), (2,)], "case one")


def test_third_party_data_is_found_by_the_variable(tmp_path, monkeypatch):
    (tmp_path / "uci_incident").mkdir()
    monkeypatch.setenv("ANALYST_TEST_DATA", str(tmp_path))
    assert third_party("uci_incident", tmp_path) == tmp_path / "uci_incident"
    absent = third_party("drapertoby_itsm", tmp_path)
    assert isinstance(absent, Absent)
    assert "ANALYST_TEST_DATA" in absent.reason


def test_a_case_whose_own_sql_is_broken_ends_no_run():
    def rows(sql):
        if "gone" in sql:
            raise InvalidDefinition("Reference SQL cannot run: no table gone.", "It begins 'SELECT 1 FROM gone'.")
        return [(157,)]

    _, data = respondent([RIGHT])
    data = replace(data, rows=rows)
    gone = [{**BUGS[0], "sql": "SELECT 1 FROM gone"}]
    results = list(run_cases([case("a", numbers=gone), case("b", numbers=BUGS)], lambda name: data))
    assert [(r.case.id, r.is_right, r.broken[:24]) for r in results] == [
        ("a", False, "Reference SQL cannot run"),
        ("b", True, ""),
    ]
    total = make_card(results, "offline", date(2026, 11, 3)).total
    assert (total.cases, total.right, total.broken, total.skipped) == (2, 1, 1, 0)


def test_a_draft_is_neither_asked_nor_right():
    asked, data = respondent([RIGHT])
    [result] = run_cases([replace(case(), tier="draft")], lambda name: data)
    assert (asked, result.is_right, result.passes) == ([], False, 0)
    assert "draft" in result.skipped
    assert make_card([result], "offline", date(2026, 11, 3)).total.cases == 0


def test_a_skill_that_is_not_reached_counts_against_it():
    _, data = respondent([replace(RIGHT, skills=("segment_comparison",))])
    results = list(run_cases([case(skills=["root_cause_trend"])], lambda name: data))
    card = make_card(results, "offline", date(2026, 11, 3))
    assert [(row.name, row.cases, row.right) for row in card.by_skill] == [
        ("root_cause_trend", 1, 0),
        ("segment_comparison", 1, 0),
    ]


def test_the_spread_over_repeats_is_on_the_card():
    wrong = replace(RIGHT, facts=())
    _, data = respondent([RIGHT, wrong, RIGHT, RIGHT, RIGHT, RIGHT])
    results = list(run_cases([case("a", numbers=BUGS), case("b", numbers=BUGS)], lambda name: data, repeat=3))
    card = make_card(results, "offline", date(2026, 11, 3), 3)
    assert (card.right_by_repeat, card.unsteady, card.total.right) == ((2, 1, 2), ("a",), 1)


def test_the_card_of_the_offline_model_says_what_it_cannot_do():
    assert make_card([], "offline", date(2026, 11, 3)).limits == OFFLINE_LIMITS != ()
    assert make_card([], "openai:x", date(2026, 11, 3)).limits == ()


def test_what_a_fallback_answered_is_not_the_models():
    fallen = replace(RIGHT, usage=Usage("openai:x", "The model did not answer."))
    _, data = respondent([RIGHT, fallen])
    results = list(run_cases([case("a"), case("b")], lambda name: data))
    total = make_card(results, "openai:x", date(2026, 11, 3)).total
    assert (total.right, total.fallbacks, total.right_itself) == (2, 1, 1)


def test_the_line_under_the_table_of_origins_is_the_sum_of_the_table():
    """A model that was asked and found nothing leaves the plan's own reply, which no `fallback` names."""
    usages = [
        Usage("openai:x", calls=1, route="plan"),
        Usage("openai:x", calls=1),
        Usage("openai:x", "The model did not answer.", calls=1, route="model"),
        Usage("offline"),
    ]
    _, data = respondent([replace(RIGHT, usage=usage) for usage in usages])
    results = list(run_cases([case(name) for name in "abcd"], lambda name: data))
    card = make_card(results, "openai:x", date(2026, 11, 3))
    assert (card.total.right, card.total.fallbacks, card.total.right_itself) == (4, 2, 2)
    assert card.total.right_itself == sum(row.right for row in card.by_origin if row.origin != "fallback")
