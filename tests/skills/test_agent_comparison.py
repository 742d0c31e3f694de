"""Agents: never ranked, named only outside the limits or when asked about, judged by account, refused without the grant."""

from __future__ import annotations

import random
from datetime import date

import pytest

from analyst_agent.claims import claims_of, wording_of
from analyst_agent.claims.binding import bind
from analyst_agent.errors import NotGranted, NotPermitted, UnknownName
from analyst_agent.records import Filter, Finding, to_json
from analyst_agent.resources import builtin_dir
from analyst_agent.semantic.periods import build
from analyst_agent.settings import Grants, Settings
from analyst_agent.skillkit import load_skills
from tests.skills.helpdesk import context_of, created, make_rows

QUARTER = build(date(2026, 8, 1), date(2026, 11, 1))
DAYS = (QUARTER.start, QUARTER.end)
NAMES = ("Ana Lopez", "Bo Chen", "Cy Weiss", "Di Rossi", "Ed Kim", "Fay Moss")
agent_comparison = load_skills(builtin_dir("skills"))["agent_comparison"].function


def _rows(seed: int = 5, factor: float = 3.0, one_account: bool = False):
    """Six agents of two lines; the first has `factor` times the others' rate. one_account: because she serves one bad account."""
    dice = random.Random(seed)
    rows = make_rows(seed, tickets=2400)
    rows["agents"] = [
        {"agent_id": f"G{i}", "name": name, "team": ("Blue", "Coral")[i % 2], "support_level": "L1" if i < 4 else "L2"}
        for i, name in enumerate(NAMES)
    ]
    rows["escalations"] = []
    for ticket in rows["tickets"]:
        agent = dice.randrange(6)
        bad = ticket["account_id"] == "A1" if one_account else agent == 0
        if one_account and bad:
            agent = 0
        ticket |= {"agent_id": f"G{agent}", "team": ("Blue", "Coral")[agent % 2]}
        if dice.random() < (0.1 * factor if bad else 0.1):
            rows["escalations"].append(
                {
                    "escalation_id": f"E{ticket['ticket_id']}",
                    "ticket_id": ticket["ticket_id"],
                    "escalated_at": ticket["created_at"],
                    "from_team": ticket["team"],
                    "to_team": "Desk",
                }
            )
    if one_account:  # the account has as many tickets as an agent has otherwise
        for number, ticket in enumerate(rows["tickets"]):
            if ticket["agent_id"] == "G0" and number % 2:
                ticket["account_id"] = "A1"
    return rows


@pytest.fixture(scope="module")
def rows():
    return _rows()


@pytest.fixture(scope="module")
def context(rows):
    return context_of(rows)


@pytest.fixture(scope="module")
def finding(context) -> Finding:
    return agent_comparison(context, period=QUARTER)


def test_only_the_agent_outside_the_limits_is_named_anywhere(finding):
    named = {f.dimensions["agent"] for f in finding.facts if "agent" in f.dimensions}
    assert named == {"Ana Lopez"}
    whole = str(to_json(finding))
    assert not [name for name in NAMES[1:] if name in whole]
    assert [s.kind for s in finding.statements].count("outside_limits") == 1
    (advice,) = finding.recommendations
    assert "together with Ana Lopez" in advice.action


def test_numbers_are_those_of_the_rows_and_expected_adds_up_within_a_line(rows, finding):
    mine = [t for t in created(rows, *DAYS) if t["agent_id"] == "G0"]
    facts = {f.metric: f for f in finding.facts if f.dimensions == {"agent": "Ana Lopez"}}
    assert facts["held_ticket_count"].value == len(mine)
    assert facts["held_escalated_count"].value == sum(t["ever"] for t in mine)
    assert facts["adjusted_escalation_rate"].p_adjusted <= 0.05
    assert facts["adjusted_escalation_rate"].value > facts["control_limits"].interval[1]
    expected = sum(f.value for f in finding.facts if f.metric == "expected_escalated_count")
    assert expected == pytest.approx(sum(t["ever"] for t in created(rows, *DAYS)))
    line = [f for f in finding.facts if f.metric == "expected_escalated_count" and f.n]
    assert len(line) == len(NAMES)


def test_rows_stand_by_number_of_tickets_and_not_by_rate(finding):
    counts = [row[1] for row in finding.tables[0].rows]
    assert counts == sorted(counts, reverse=True)
    assert [d.kind for d in finding.drawings] == ["funnel"]


def test_who_is_asked_about_is_named_within_the_limits_too(context):
    found = agent_comparison(context, period=QUARTER, focus="cy weiss")
    (within,) = [s for s in found.statements if s.kind == "within_limits"]
    assert [found.fact(i).dimensions for i in within.facts] == [{"agent": "Cy Weiss"}]
    by_filter = agent_comparison(context, period=QUARTER, where=(Filter("agent", "=", "Cy Weiss"),))
    assert by_filter.tables == found.tables
    with pytest.raises(UnknownName, match="Zoe"):
        agent_comparison(context, period=QUARTER, focus="Zoe")


def test_a_team_asked_about_has_its_agents_compared_with_each_other(rows, context):
    found = agent_comparison(context, period=QUARTER, focus="Blue")
    assert next(f.value for f in found.facts if f.metric == "compared_count") == 3
    tickets = sum(f.value for f in found.facts if f.metric == "held_ticket_count" and f.dimensions)
    assert tickets == sum(t["team"] == "Blue" for t in created(rows, *DAYS))


def test_an_agent_who_mostly_serves_one_bad_account_is_not_named():
    found = agent_comparison(context_of(_rows(factor=4.0, one_account=True)), period=QUARTER)
    assert not any(f.significant for f in found.facts)


def test_escalations_that_came_from_another_team_count_for_nobody_and_then_nobody_is_judged(rows):
    moved = [{**e, "from_team": "Coral" if e["from_team"] == "Blue" else "Blue"} for e in rows["escalations"]]
    found = agent_comparison(context_of({**rows, "escalations": moved}), period=QUARTER)
    assert not any(f.significant is not None for f in found.facts if f.metric == "adjusted_escalation_rate")
    (said,) = [s for s in found.statements if s.kind == "handed_over"]
    assert said.arguments["is_judged"] is False
    assert found.fact(said.facts[0]).value == sum(t["ever"] for t in created(rows, *DAYS))
    assert not found.recommendations


def test_team_names_of_another_list_are_not_taken_for_hand_overs(rows, finding):
    other = [{**e, "from_team": f"{e['from_team']} queue"} for e in rows["escalations"]]
    found = agent_comparison(context_of({**rows, "escalations": other}), period=QUARTER)
    assert found.tables == finding.tables


def test_without_the_grant_it_is_refused_with_the_reason(rows):
    settings = Settings(grants=Grants(objects=("ticket", "escalated_ticket", "resolution")))
    with pytest.raises(NotGranted, match="agent"):
        agent_comparison(context_of(rows, settings=settings), period=QUARTER)


def test_without_agents_in_the_data_it_says_what_to_load(rows):
    with pytest.raises(NotPermitted, match="no agent"):
        agent_comparison(
            context_of({**rows, "agents": [], "tickets": [{**t, "agent_id": None} for t in rows["tickets"]]})
        )


def test_few_tickets_and_none(rows):
    few = {**rows, "tickets": rows["tickets"][:70], "escalations": [], "resolutions": []}
    found = agent_comparison(context_of(few), period=QUARTER)
    assert next(f.value for f in found.facts if f.metric == "judged_count") == 0
    none = agent_comparison(
        context_of(rows), period=QUARTER, where=(Filter("tier", "=", "Tiny"), Filter("region", "=", "EMEA"))
    )
    assert [s.kind for s in none.statements] == ["headline"]


def test_every_sentence_binds_and_reads_of_a_mix_and_no_fault(context, finding):
    wording = wording_of(context.model)
    texts = [claim.text for claim in claims_of(finding, wording)]
    for text in texts:
        assert bind(text, finding, wording).grounding.unbound == (), text
    assert any("more escalated tickets than the mix of its tickets would lead one to expect" in text for text in texts)
    assert not any(word in " ".join(texts).lower() for word in ("worst", "bad ", "poor", "rank"))


def test_row_order_does_not_matter(rows, finding):
    turned = {name: list(reversed(table)) for name, table in rows.items()}
    assert agent_comparison(context_of(turned), period=QUARTER).tables == finding.tables
