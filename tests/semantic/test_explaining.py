"""What stands behind a number: definition, formula, version, history, missing values, statement and what is in force."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from analyst_agent.records import Filter, Period, QueryRecord, QueryResult, SemanticQuery, to_json
from analyst_agent.semantic.definitions import Change
from analyst_agent.semantic.effective import COST, DefinitionChange
from analyst_agent.semantic.explaining import Desk, explain, lines
from analyst_agent.semantic.model import load_model
from analyst_agent.settings import Grants, Settings

OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1), "October 2026", "calendar", "month")
RAN = QueryResult((), (), OCTOBER, QueryRecord("q1", {}, "SELECT 1", "duckdb", 3, 4.5, "gen-000007"))
CHANGES = (DefinitionChange(COST, date(2026, 11, 12), "45 USD", "60 USD"),)


def made(query: SemanticQuery, model=None, settings: Settings | None = None, restrictions=()):
    window = (date(2026, 1, 1), date(2026, 11, 20))
    return explain(query, RAN, Desk(model or load_model(), settings or Settings(), restrictions, CHANGES, window))


def by_name(explanation):
    return {f"{one.kind} {one.name}": one for one in explanation.definitions}


def test_a_ratio_is_explained_with_its_parts_and_the_terms_it_rests_on():
    found = by_name(made(SemanticQuery(("escalation_rate",), ("tier", "month"), period=OCTOBER)))
    assert found["metric escalation_rate"].formula == "escalated_ticket_count / ticket_count"
    assert "counted by counted_at" in found["metric escalated_ticket_count"].formula
    assert {
        "metric ticket_count",
        "term escalated ticket",
        "term ticket",
        "term period",
        "dimension tier",
        "time month",
    } <= set(found)
    assert "term root cause" not in found


def test_each_metric_says_what_is_done_with_missing_values():
    for name, words in {
        "mean_csat": "CSAT not recorded",
        "estimated_cost": "mean of the known ones",
        "mean_resolution_minutes": "open tickets are left out",
        "mean_time_to_escalation": "time of escalation is unknown",
        "escalation_rate": "denominator is 0",
    }.items():
        assert words in by_name(made(SemanticQuery((name,))))[f"metric {name}"].missing


def test_the_history_here_and_of_the_definition_are_shown():
    model = load_model()
    story = Change(2, date(2026, 12, 1), "Only known times.", "They were guessed.")
    cost = replace(model.metrics["estimated_cost"], version=2, effective=story.effective, changes=(story,))
    model = replace(model, metrics={**model.metrics, "estimated_cost": cost})
    explanation = made(SemanticQuery(("estimated_cost",)), model)
    one = by_name(explanation)["metric estimated_cost"]
    assert (one.version, one.seen) == (2, ("2026-11-12: cost per hour from 45 USD to 60 USD",))
    text = "\n".join(lines(explanation))
    assert "version 2 since 2026-12-01" in text
    assert "2026-12-01: Only known times. Why: They were guessed." in text


def test_what_is_in_force_is_said():
    settings = Settings(time_zone="Europe/Berlin", grants=Grants(sources=("helpdesk",)), cost_per_hour=60)
    query = SemanticQuery(("estimated_cost",), where=(Filter("channel", "in", ("phone", "chat")),))
    in_force = dict(made(query, None, settings, [Filter("team", "=", "EMEA desk")]).in_force)
    assert in_force == {
        "grants": "sources helpdesk",
        "restrictions": "team = EMEA desk",
        "conditions": "channel in phone, chat",
        "time zone": "Europe/Berlin",
        "cost per hour": "60 USD",
    }


def test_lines_fit_the_terminal_and_the_statement_is_whole():
    said = lines(made(SemanticQuery(("escalation_rate",))), 80)
    assert max(len(line) for line in said) <= 80
    assert said[-1] == "SELECT 1"
    assert "Ran on duckdb: 3 rows in 4.5 ms" in said


def test_it_is_plain_json():
    raw = to_json(made(SemanticQuery(("escalation_rate",), ("tier",), period=OCTOBER)))
    assert set(raw) == {"definitions", "statements", "generation", "data", "in_force"}
    assert raw["definitions"][0]["date"] == "2026-11-21"
    assert raw["statements"] == [{"sql": "SELECT 1", "engine": "duckdb", "rows": 3, "milliseconds": 4.5}]
