"""Every wrong setting is a complaint that names what is valid."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from analyst_agent.errors import AnalystError, InvalidDefinition
from analyst_agent.settings import Settings, described, parse_settings


def parsed(text: str) -> Settings:
    return parse_settings(tomllib.loads(text))


def test_an_empty_file_gives_the_defaults() -> None:
    assert parsed("") == Settings()


def test_every_setting_can_be_set() -> None:
    found = parsed(
        """
        [analyst]
        name = "Desk"
        inference = "model"
        [analyst.grants]
        sources = ["helpdesk"]
        objects = ["ticket", "escalated_ticket"]
        knowledge = ["known_issues"]
        [workspace]
        time_zone = "Europe/Berlin"
        today = 2026-11-03
        week_start = "sunday"
        fiscal_year_start = 4
        cost_per_hour = 60
        [model]
        name = "openai:x"
        [root_causes]
        "A-1" = "product_bug"
        [synonyms]
        "big ones" = "Enterprise"
        """
    )
    assert (found.name, found.model, found.cost_per_hour) == ("Desk", "openai:x", 60.0)
    assert (found.inference, parsed("").inference) == ("model", "nearest")
    assert found.today is not None
    assert found.today.isoformat() == "2026-11-03"
    assert not found.grants.has_source("crm")
    assert not found.grants.has_object("resolution")
    assert not found.grants.has_space("escalation_policies")
    assert found.root_causes == {"A-1": "product_bug"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[workspce]\n", "workspace"),
        ('[workspace]\ntimezone = "UTC"', "time_zone"),
        ('[workspace]\ntime_zone = "Mars/Base"', "IANA"),
        ('[workspace]\ntime_zone = "../etc/passwd"', "IANA"),
        ('[workspace]\nweek_start = "Mon"', "monday"),
        ("[workspace]\nfiscal_year_start = 13", "1 to 12"),
        ('[workspace]\ntoday = "soon"', "2026-11-03"),
        ('[workspace]\ncost_per_hour = "much"', "number"),
        ("[workspace]\ncost_per_hour = -1", "number"),
        ("[workspace]\ncost_per_hour = true", "number"),
        ('[analyst]\ninference = "guess"', "nearest, model, off"),
        ("[analyst]\ninference = true", "quotes"),
        ("[workspace]\nminimum_sample = 0", "at least 1"),
        ("[workspace]\ncurrency = 5", "quotes"),
        ('[analyst.grants]\nsources = ["crn"]', "crm"),
        ('[analyst.grants]\nsource = ["crm"]', "sources"),
        ('[analyst.grants]\nsources = "crm"', "["),
        ('analyst = "x"', "table"),
    ],
)
def test_a_wrong_setting_names_what_is_valid(text: str, names: str) -> None:
    with pytest.raises(AnalystError) as caught:
        parsed(text)
    said = f"{caught.value.message} {caught.value.hint}"
    assert names in said


def test_each_setting_is_described() -> None:
    rows: list[tuple[str, str, Any, str]] = described()
    assert all(meaning for _, _, _, meaning in rows)
    assert {key for _, key, _, _ in rows} >= {"time_zone", "cost_per_hour", "grants", "today"}


def test_a_scope_is_read() -> None:
    raw = {
        "analyst": {"scope": {"region": "EMEA", "tier": ["Enterprise", "Business"], "arr": 10, "where": ["csat < 3"]}}
    }
    scope = parse_settings(raw).scope
    assert dict(scope.fields) == {"region": ("EMEA",), "tier": ("Enterprise", "Business"), "arr": (10,)}
    assert scope.where == ("csat < 3",)
    assert scope
    assert not parse_settings({}).scope


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        ("EMEA", "must be a table"),
        ({"region": []}, "empty list"),
        ({"where": []}, "empty list"),
        ({"region": ""}, "no value"),
        ({"region": {"is": "EMEA"}}, "no value"),
        ({"region": [["EMEA"]]}, "no value"),
        ({"where": 3}, "no condition"),
    ],
)
def test_a_scope_of_the_wrong_form_is_a_complaint(scope: Any, said: str) -> None:
    with pytest.raises(InvalidDefinition, match=said):
        parse_settings({"analyst": {"scope": scope}})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"DE"', ("DE",)),
        ('["DE-BY", "2026-12-24", "12-31 Stocktaking"]', ("DE-BY", "2026-12-24", "12-31 Stocktaking")),
        ("[2026-12-24, 'US']", ("2026-12-24", "US")),
        ("[]", ()),
    ],
)
def test_holidays_are_countries_and_days(text: str, found: tuple[str, ...]) -> None:
    assert parsed(f"[workspace]\nholidays = {text}").holidays == found


@pytest.mark.parametrize("text", ['"Germany"', '"de"', '["2026-12"]', "5", '[["DE"]]', "true", '"24.12.2026"'])
def test_what_is_no_holiday_is_refused(text: str) -> None:
    with pytest.raises(InvalidDefinition, match="holidays"):
        parsed(f"[workspace]\nholidays = {text}")
