"""Values in people's words find their column: spellings, codes, lines of support, the workspace's own words; what is none is never passed over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analyst_agent.records import Filter, Intent
from analyst_agent.understanding import Context, understand
from tests.understanding.desks import desk

DIRTY = {
    "channel": ("Phone", "phone", "PHONE", "E-Mail", "Self-service portal", "web"),
    "product_area": ("C++ SDK", "C# SDK", "Zahlungsverkehr", "Büro", "24/7 hotline", "Other"),
    "priority": ("P1", "P2", "P3"),
    "support_level": ("Tier 1", "Tier 2", "Tier 3"),
    "team": tuple(f"Resolver Group {n}" for n in range(1, 20)),
}


@pytest.fixture(scope="module")
def dirty() -> Context:
    return desk(DIRTY, date(2026, 11, 3))


def where(question: str, context: Context) -> list[tuple[str, object]]:
    plan = understand(question, context)
    assert plan.intent in (Intent.QUERY, Intent.SKILL), plan.reason
    return [(f.field, f.value) for f in plan.where]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("tickets via e-mail", ("channel", "email")),
        ("tickets via e mail", ("channel", "email")),
        ("escalations handled by second line", ("support_level", "L2")),
        ("2nd line escalations", ("support_level", "L2")),
        ("escalations of third-level support", ("support_level", "L3")),
        ("how many prio 1 tickets", ("priority", "P1")),
        ("how many sev 2 tickets", ("priority", "P2")),
        ("escalations in sign on", ("product_area", "Sign-on")),
        ("escalations in midmarket", ("segment", "Mid-market")),
        ("escalations in mid market", ("segment", "Mid-market")),
        ("tickets of public-sector customers", ("industry", "Public sector")),
    ],
)
def test_a_value_is_found_however_it_is_written(said, expected, saas):
    assert where(said, saas) == [expected]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("P2 escalations last month", ("priority", "2 - High")),
        ("sev1 tickets last month", ("priority", "1 - Critical")),
        ("assignment group 70 escalations", ("team", "Group 70")),
        ("self-service tickets", ("channel", "Self service")),
    ],
)
def test_codes_stand_for_values_that_carry_them(said, expected, incidents):
    assert where(said, incidents) == [expected]


def test_spellings_of_one_value_are_taken_together_and_it_is_said(dirty):
    plan = understand("how many phone tickets last month", dirty)
    assert plan.where == (Filter("channel", "in", ("Phone", "phone", "PHONE")),)
    assert "Taken together: Phone, phone, PHONE." in plan.notes


def test_signs_tell_values_apart(dirty):
    assert where("escalations for the C++ SDK last month", dirty) == [("product_area", "C++ SDK")]
    assert where("escalations for the C# SDK last month", dirty) == [("product_area", "C# SDK")]


def test_other_languages_accents_and_numbers(dirty):
    assert where("escalations in Zahlungsverkehr", dirty) == [("product_area", "Zahlungsverkehr")]
    assert where("escalations in Buro", dirty) == [("product_area", "Büro")]
    assert where("tickets in 24/7 hotline", dirty) == [("product_area", "24/7 hotline")]
    assert where("tickets in category Other", replace(dirty, values=dict(DIRTY) | {"category": ("Other", "Bug")})) == [
        ("category", "Other")
    ]


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("how many high priority tickets last month", "'high'"),
        ("low prio escalations", "'low'"),
        ("tickets in category other", "'other'"),
        ("escalations from the EU", "'EU'"),
        ("escalations in Europe", "'Europe'"),
    ],
)
def test_what_is_no_value_here_is_asked_about_and_not_passed_over(said, named, saas):
    plan = understand(said, saas)
    assert plan.intent is Intent.REFUSE
    assert named in plan.reason


def test_a_degree_that_is_no_priority_is_told_the_priorities(saas):
    assert "there are P1, P2, P3 and P4" in understand("how many high priority tickets", saas).reason


def test_other_than_is_no_value(saas):
    assert where("escalations with category other than bug", saas) == [("category", "bug")]


def test_a_corrected_word_is_said(saas):
    plan = understand("how many tickets from entreprise customers", saas)
    assert plan.where == (Filter("tier", "=", "Enterprise"),)
    assert "Read 'entreprise' as account tier Enterprise." in plan.notes


@pytest.mark.parametrize(
    ("meaning", "expected"),
    [
        ("channel=phone", ("channel", "phone")),
        ("channel: Phone", ("channel", "phone")),
        ("phone", ("channel", "phone")),
        ("channel in phone, chat", ("channel", ("chat", "phone"))),
        ("account tier in Enterprise, Business", ("tier", ("Enterprise", "Business"))),
        ("plan = enterprise", ("plan", "Enterprise")),
    ],
    ids=["equals", "colon", "value", "several", "by_label", "one_of_two_columns"],
)
def test_a_word_of_the_workspace_means_what_it_says_there(meaning, expected, saas):
    context = replace(saas, synonyms={"big shots": meaning})
    assert where("how many escalations of big shots last month", context) == [expected]


def test_it_wins_over_what_the_word_means_elsewhere(saas):
    context = replace(saas, synonyms={"chat": "channel in chat, web", "crashes": "reason_code=bug"})
    plan = understand("how many chat tickets last month", context)
    assert plan.where == (Filter("channel", "in", ("chat", "web")),)
    assert "Read 'chat' as channel chat or web." in plan.notes


def test_a_word_whose_value_the_data_do_not_have_is_refused_and_not_dropped(saas):
    context = replace(saas, synonyms={"big customers": "tier=Platinum"})
    plan = understand("how many escalations from big customers last month", context)
    assert plan.intent is Intent.REFUSE
    assert "'big customers'" in plan.reason
    assert "Enterprise, Business and Starter" in plan.reason


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("escalations in categories 42 and 26", ("category", ("Category 42", "Category 26"))),
        ("escalation rate of priority one tickets", ("priority", "1 - Critical")),
        ("escalations of group 70 or 39", ("team", ("Group 70", "Group 39"))),
    ],
)
def test_numbers_name_values_one_after_the_other(said, expected, incidents):
    assert where(said, incidents) == [expected]


def test_an_everyday_word_beside_a_value_of_its_column_is_one_too(saas):
    assert where("escalations in billing and reports last month", saas) == [("product_area", ("Billing", "Reports"))]


def test_the_other_category_is_none_here_and_the_other_categories_are_no_value(saas):
    assert understand("escalations in the other category", saas).intent is Intent.REFUSE
    assert understand("escalation rate by category", saas).by == ("category",)


@pytest.mark.parametrize(
    "said", ["what is the bill for escalations", "how expensive are escalations if an hour of handling costs 60"]
)
def test_a_word_that_only_shares_a_stem_with_part_of_a_name_is_no_condition(said, helpdesk_values):
    assert where(said, helpdesk_values) == []


@pytest.fixture(scope="module")
def helpdesk_values():
    return desk(
        {"team": ("Billing Desk", "Frontline Blue"), "reason_code": ("TRN-HANDLING", "BUG-DEFECT")}, date(2026, 11, 3)
    )


def test_a_word_of_documents_is_a_value_where_its_thing_is_counted(saas):
    assert where("how many resolutions were just a workaround last month", saas) == [("resolution_type", "workaround")]
    assert understand("is there a workaround for the export", saas).intent is Intent.KNOWLEDGE


@pytest.fixture(scope="module")
def twofold() -> Context:
    """A desk where "refund" is what tickets are about and how they end, and L2 a line of agents and a level of escalation."""
    values = {
        "category": ("Refund", "Access"),
        "resolution_type": ("refund", "fix"),
        "support_level": ("L1", "L2"),
        "level": ("L2", "L3"),
    }
    return desk({**values, "tier": ("Enterprise", "Starter"), "plan": ("Enterprise", "Basic")}, date(2026, 11, 3))


@pytest.mark.parametrize(
    ("question", "fields"),
    [
        ("refund tickets in October", ["category", "resolution_type"]),
        ("what drove refund escalations in Q3", ["category", "resolution_type"]),
        ("how many L2 escalations in October", ["support_level", "level"]),
    ],
)
def test_a_word_of_two_different_columns_is_asked_about(twofold: Context, question: str, fields: list[str]) -> None:
    plan = understand(question, twofold)
    assert plan.intent is Intent.CLARIFY
    assert [[one.field for one in choice.plan.where] for choice in plan.choices if choice.plan] == [
        [name] for name in fields
    ]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("tickets with category refund in October", ("category", "Refund")),
        ("how many tickets ended in a refund in October", ("resolution_type", "refund")),
        ("escalations at level L2 in October", ("level", "L2")),
        # Tier and plan are both the account's: the preference is taken, and said.
        ("Enterprise tickets in October", ("tier", "Enterprise")),
    ],
)
def test_a_word_that_points_to_its_column_is_not(twofold: Context, question: str, expected: tuple[str, str]) -> None:
    assert where(question, twofold) == [expected]
