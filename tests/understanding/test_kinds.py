"""The kinds of question: probabilities, the weights that belong to the phrases, and which clauses give way to a skill."""

from __future__ import annotations

import math

import pytest

from analyst_agent.understanding import understand
from analyst_agent.understanding.kinds import asked_text, likely_kinds, weights
from analyst_agent.understanding.reader import read
from analyst_agent.understanding.words import clean
from benchmarks.routing.training import read_phrases
from tests.understanding.desks import brief


def test_the_weights_are_those_of_the_phrases() -> None:
    assert weights().digest == read_phrases().digest, "run `make routing`"


def test_kinds_are_probabilities_of_what_is_installed(saas) -> None:
    kinds = likely_kinds(read("which team is drowning", saas), saas)
    assert sum(math.exp(value) for value in kinds.values()) == pytest.approx(1)
    assert set(kinds) == {s.name for s in saas.skills} | {"measure", "knowledge", "elsewhere"}
    assert max(kinds, key=kinds.__getitem__) == "team_load"


def test_names_and_days_do_not_count_but_today_does(saas) -> None:
    said = [
        asked_text(read(clean(q), saas), saas) for q in ("is EMEA worse in October?", "what is urgent in EMEA today?")
    ]
    assert said == ["is region worse in", "what is urgent in region today"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("which team is drowning", "skill team_load"),
        ("what could we save if billing escalations fell by a third", "skill cost_of_escalations | product_area=Billing | reduction 0.3333"),
        ("who on the floor could use some coaching", "skill agent_comparison"),
        ("does a slow first answer annoy people", "skill satisfaction_impact"),
        ("who has been with us for years and still keeps escalating", "skill customer_journey"),
        ("something nobody has reported before?", "skill emerging_issues"),
        # Named values that do not exist are not left out of a skill's conditions.
        ("what did escalations cost for Gold customers", "refuse"),
        ("which Narnia teams are drowning", "refuse"),
        # Names and values alone ask for their number.
        ("phone escalations in billing", "query escalated_ticket_count | channel=phone | product_area=Billing"),
    ],
)  # fmt: skip
def test_what_a_clause_asks_decides_where_grammar_is_silent(saas, question, expected) -> None:
    assert brief(understand(question, saas)) == expected


def test_an_example_of_a_skill_reaches_it(saas) -> None:
    named = ("Kestrel", "Okafor", "Frontline", "Do they")  # names of another desk; a follow-up
    asked = [(s.name, q) for s in saas.skills for q in s.examples if not any(n in q for n in named)]
    assert [(name, q) for name, q in asked if understand(q, saas).skill != name] == []


def test_an_id_is_a_tickets_where_it_is_written_as_tickets_are_here(saas) -> None:
    assert brief(understand("why did T-031077 take so long", saas)) == "skill ticket_story | ticket T-031077"
    assert brief(understand("is there a workaround for RPT-504?", saas)) == "knowledge"


def test_what_if_about_the_staff_is_no_comparison_of_agents(saas) -> None:
    assert brief(understand("What would happen if we hired 5 agents?", saas)) == "refuse"
