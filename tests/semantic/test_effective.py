"""Which definitions are in force, and which answers a changed one makes other than before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analyst_agent.records import Filter, Period, SemanticQuery
from analyst_agent.semantic.effective import (
    CAUSES,
    COST,
    GRANTED,
    HANDLE,
    SAID_FOR_DAYS,
    WEEK,
    ZONE,
    DefinitionChange,
    effective_definitions,
    history_of,
    remarks_on,
)
from analyst_agent.semantic.model import load_model
from analyst_agent.settings import Grants, Settings

MODEL = load_model()
SEEN = date(2026, 11, 12)
TODAY = date(2026, 11, 20)
OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1), "October 2026", "calendar", "month")
NO_ROWS: list[dict[str, int]] = []


def said(query: SemanticQuery, *changes: DefinitionChange, today: date = TODAY, rows=NO_ROWS) -> list[str]:
    return remarks_on(query, rows, changes, MODEL, today)


COST_ROSE = DefinitionChange(COST, SEEN, "45 USD", "60 USD")
COST_OF_OCTOBER = SemanticQuery(("estimated_cost",), period=OCTOBER)


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        (Settings(cost_per_hour=60), COST),
        (Settings(currency="EUR"), COST),
        (Settings(default_handle_minutes=20), HANDLE),
        (Settings(root_causes={"bug": "training_gap"}), CAUSES),
        (Settings(week_start="sunday"), WEEK),
        (Settings(time_zone="Europe/Berlin"), ZONE),
        (Settings(grants=Grants(sources=("helpdesk",))), GRANTED),
    ],
    ids=["cost", "currency", "default", "codes", "week", "zone", "grants"],
)
def test_each_setting_that_decides_a_number_is_a_definition(settings, name):
    before, now = effective_definitions(Settings()), effective_definitions(settings)
    assert {n for n in now if now[n] != before[n]} == {name}


def test_what_decides_no_number_is_none():
    other = Settings(name="Ada", goal="x", minimum_sample=10, synonyms={"a": "b"}, root_causes={"Bug": "product-bug"})
    assert effective_definitions(other) == effective_definitions(Settings())


def test_a_changed_cost_is_said_of_costs_of_a_period_before_it():
    assert said(COST_OF_OCTOBER, COST_ROSE) == [
        "The definition of estimated cost changed on 12 November 2026: cost per hour from 45 USD to 60 USD."
    ]


@pytest.mark.parametrize(
    ("query", "today"),
    [
        (SemanticQuery(("escalation_rate",), period=OCTOBER), TODAY),
        (replace(COST_OF_OCTOBER, cost_per_hour=80.0), TODAY),
        (replace(COST_OF_OCTOBER, period=Period(date(2026, 11, 13), date(2026, 11, 20))), TODAY),
        (COST_OF_OCTOBER, date.fromordinal(SEEN.toordinal() + SAID_FOR_DAYS + 1)),
    ],
    ids=["another_metric", "cost_in_the_question", "period_after_it", "long_ago"],
)
def test_where_it_changes_nothing_it_is_not_said(query, today):
    assert said(query, COST_ROSE, today=today) == []


def test_twice_changed_is_said_from_first_to_last_and_back_again_not_at_all():
    later = DefinitionChange(COST, date(2026, 11, 15), "60 USD", "70 USD")
    assert said(COST_OF_OCTOBER, COST_ROSE, later) == [
        "The definition of estimated cost changed on 15 November 2026: cost per hour from 45 USD to 70 USD."
    ]
    assert said(COST_OF_OCTOBER, COST_ROSE, replace(later, new="45 USD")) == []


def test_a_default_handle_time_is_said_only_where_it_was_taken():
    change = DefinitionChange(HANDLE, SEEN, "30 minutes", "20 minutes")
    known = [{"estimated_cost__n": 10, "estimated_cost__missing": 4}]
    unknown = [{"estimated_cost__n": 10, "estimated_cost__missing": 10}]
    assert said(COST_OF_OCTOBER, change, rows=known) == []
    assert len(said(COST_OF_OCTOBER, change, rows=unknown)) == 1


def test_changed_codes_are_said_of_root_causes_with_the_codes():
    old, new = (
        effective_definitions(Settings(root_causes=codes))[CAUSES]
        for codes in ({}, {"bug": "training_gap", "x1": "policy_gap"})
    )
    change = DefinitionChange(CAUSES, SEEN, old, new)
    expected = (
        "The definition of root cause changed on 12 November 2026: the cause of bug from product_bug to training_gap, "
        "x1 from unclassified to policy_gap."
    )
    assert said(SemanticQuery(("escalated_ticket_count",), ("root_cause",), period=OCTOBER), change) == [expected]
    only = SemanticQuery(("escalation_rate",), where=(Filter("root_cause", "=", "product_bug"),), period=OCTOBER)
    assert said(only, change) == [expected]
    assert said(SemanticQuery(("escalation_rate",), period=OCTOBER), change) == []


def test_a_new_version_of_a_part_is_said_of_the_ratio_and_a_term_of_all_over_it():
    part = DefinitionChange("metric escalated_ticket_count", SEEN, "version 1", "version 2")
    term = DefinitionChange("term escalated ticket", SEEN, "version 1", "version 2")
    rate = SemanticQuery(("escalation_rate",), period=OCTOBER)
    assert said(rate, part)[0].startswith("The definition of escalated tickets changed on")
    assert said(rate, term)[0].startswith("The definition of escalated ticket changed on")
    assert said(SemanticQuery(("ticket_count",), period=OCTOBER), part, term) == []


def test_the_history_of_a_name_has_what_bears_on_it():
    zone = DefinitionChange(ZONE, SEEN, "UTC", "Europe/Berlin")
    week = DefinitionChange(WEEK, SEEN, "monday", "sunday")
    assert history_of("estimated_cost", [COST_ROSE, zone, week], MODEL) == [COST_ROSE, zone]
    assert history_of("tier", [COST_ROSE, week], MODEL) == []
