"""The grader lets a right answer pass and catches one that is wrong in a single place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analyst_agent.evaluation.expectations import Cited, Expect
from analyst_agent.evaluation.expected import Expected, ExpectedNumber
from analyst_agent.evaluation.grading import grade
from analyst_agent.records import Caveat, Choice, Grounding, Status
from tests.evaluation.answers import OCTOBER, RIGHT, SEPTEMBER, with_fact

DAYS = (OCTOBER.start, OCTOBER.end)
RATE = ExpectedNumber("escalation_rate", {}, DAYS, 0.10612)
BUGS = ExpectedNumber("escalated_ticket_count", {"root_cause": "product_bug"}, DAYS, 157.0)
TIME = ExpectedNumber("mean_resolution_minutes", {"tier": "Enterprise"}, DAYS, 1686.08)
EXPECTED = Expected(
    Expect(
        period=DAYS,
        compared_with=(SEPTEMBER.start, SEPTEMBER.end),
        skills=("root_cause_trend",),
        cites=(Cited("KI-12", "Workaround"),),
        not_mentions=("maintenance mode",),
    ),
    (RATE, BUGS, TIME),
    (("root_cause", ("product_bug", "process_failure")),),
    ("october|10/2026",),
)


def checks(answer, expected=EXPECTED):
    return [failure.check for failure in grade(answer, expected)]


def test_a_right_answer_fails_nothing():
    assert grade(RIGHT, EXPECTED) == []


def test_a_wrong_number_is_caught():
    number, table = grade(with_fact("f2", value=158), EXPECTED)
    assert (number.check, number.got) == ("number", "158 (f2)")
    assert "157" in number.expected
    assert (table.check, table.got) == ("table", "157")


def test_a_number_of_another_period_is_caught():
    [failure] = grade(with_fact("f1", period=SEPTEMBER), EXPECTED)
    assert failure.check == "number"
    assert "2026-09-01 to 2026-10-01" in failure.got


def test_a_second_fact_of_the_same_thing_may_not_contradict():
    twice = replace(RIGHT, facts=(*RIGHT.facts, replace(RIGHT.facts[0], id="f9", value=0.2)))
    assert checks(twice) == ["number"]


def test_a_fact_of_a_smaller_population_does_not_stand_for_the_whole():
    assert checks(with_fact("f1", dimensions={"region": "EMEA"})) == ["number"]


def test_a_filter_counts_as_a_condition():
    assert checks(with_fact("f4", filters=())) == ["number"]
    assert checks(with_fact("f4", filters=(), dimensions={"tier": "Enterprise"})) == []


def test_a_number_that_is_shown_nowhere_is_caught():
    silent = replace(RIGHT, answer="October 2026: some tickets were escalated; 28.1 h.")
    assert checks(silent) == ["shown"]
    assert checks(replace(silent, answer=silent.answer + " 10.6 %")) == []


def test_a_wrong_figure_beside_a_right_fact_is_caught():
    assert checks(replace(RIGHT, answer=RIGHT.answer.replace("10.6", "16.0"))) == ["shown"]


@pytest.mark.parametrize(
    ("changes", "caught"),
    [
        ({"status": Status.REFUSED}, ["status"]),
        ({"period": SEPTEMBER}, ["period"]),
        ({"compared_with": None}, ["compared_with"]),
        ({"skills": ()}, ["skills"]),
        ({"citations": ()}, ["citation"]),
        ({"citations": (replace(RIGHT.citations[0], heading="Symptoms"),)}, ["citation"]),
        ({"citations": (replace(RIGHT.citations[0], document="KI-14"),)}, ["citation"]),
        ({"grounding": Grounding(2, 1, ("It will get worse.",))}, ["bound"]),
        ({"caveats": (Caveat("You are in maintenance  MODE."),)}, ["not_mentions"]),
        ({"answer": RIGHT.answer.replace("October", "Last month,")}, ["mentions"]),
    ],
)
def test_each_part_is_checked(changes, caught):
    assert checks(replace(RIGHT, **changes)) == caught


def test_the_order_of_a_table_is_read_from_its_facts():
    table = RIGHT.tables[0]
    turned = replace(table, rows=table.rows[::-1], fact_ids=table.fact_ids[::-1])
    [failure] = grade(replace(RIGHT, tables=(turned,)), EXPECTED)
    assert (failure.check, failure.got) == ("ranked", "process_failure, product_bug")


def test_a_table_may_not_show_another_number_than_its_fact():
    table = RIGHT.tables[0]
    wrong = replace(table, rows=(("Product bug", 175), *table.rows[1:]))
    [failure] = grade(replace(RIGHT, tables=(wrong,)), EXPECTED)
    assert (failure.check, failure.got) == ("table", "175")


def test_significance_is_checked_where_it_matters():
    said_nothing = Expected(Expect(), (replace(BUGS, significant=None),))
    assert checks(RIGHT, said_nothing) == []
    assert checks(with_fact("f2", significant=True), said_nothing) == ["significance"]


def test_a_month_of_a_split_may_be_written_short():
    expected = Expected(Expect(), (ExpectedNumber("escalation_rate", {"month": "2026-10-01"}, None, 0.10612),))
    assert checks(with_fact("f1", dimensions={"month": "2026-10"}), expected) == []
    assert checks(with_fact("f1", dimensions={"month": "2026-09"}), expected) == ["number"]


def test_a_question_back_needs_its_choices():
    asked = replace(RIGHT, status=Status.CLARIFY, choices=(Choice("tier Enterprise"),))
    expected = Expected(Expect(status=("clarify",), choices=2))
    assert checks(asked, expected) == ["choices"]
    assert checks(replace(asked, choices=(*asked.choices, Choice("plan Enterprise"))), expected) == []


def test_several_values_of_one_field_are_a_set():
    both = ExpectedNumber(
        "escalation_rate", {"priority": ["P1", "P2"]}, (date(2026, 10, 1), date(2026, 11, 1)), 0.10612
    )
    from analyst_agent.records import Filter

    answer = with_fact("f1", filters=(Filter("priority", "in", ("P2", "P1")),))
    assert checks(answer, Expected(Expect(), (both,))) == []
    other = with_fact("f1", filters=(Filter("priority", "not in", ("P1", "P2")),))
    assert checks(other, Expected(Expect(), (both,))) == ["number"]
