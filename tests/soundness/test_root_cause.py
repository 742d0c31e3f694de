"""From reason codes to root causes: what is recorded wins, spellings meet, and what maps to nothing is shown."""

from __future__ import annotations

import itertools

import pytest

from analyst_agent.errors import UnknownName
from analyst_agent.records import Filter
from analyst_agent.settings import Settings
from tests.soundness.desk import Desk, escalation, ticket


def desk_of(*rows: dict[str, str], settings: Settings | None = None) -> Desk:
    return Desk(
        settings=settings,
        tickets=[ticket(str(i)) for i in range(len(rows))],
        escalations=[escalation(str(i), **row) for i, row in enumerate(rows)],
    )


def test_a_recorded_cause_wins_over_its_code():
    """2 product bugs (both codes say so) instead of 1 and a training gap that somebody recorded."""
    desk = desk_of({"reason_code": "bug", "root_cause": "Training Gap"}, {"reason_code": "bug"})
    assert desk.split("escalated_ticket_count", "root_cause") == {"training_gap": 1, "product_bug": 1}


def test_codes_meet_whatever_their_case_spaces_and_hyphens():
    """5 unclassified (spelled otherwise than in the model) instead of 5 policy gaps."""
    spellings = [
        "policy_exception",
        "Policy Exception",
        " POLICY-EXCEPTION ",
        "policy  exception",
        "Policy - Exception",
    ]
    desk = desk_of(*({"reason_code": s} for s in spellings))
    assert desk.split("escalated_ticket_count", "root_cause") == {"policy_gap": 5}


def test_what_maps_to_nothing_is_shown():
    """1 cause with 1 ticket "of all" (three dropped) instead of 3 unclassified beside it; one spelling of unclassified, not two."""
    desk = desk_of({"reason_code": "bug"}, {"reason_code": "vibes"}, {}, {"root_cause": "Unclassified"})
    assert desk.split("escalated_ticket_count", "root_cause") == {"product_bug": 1, "unclassified": 3}


def test_a_blank_recorded_cause_leaves_the_code_to_speak():
    """A cause with an empty name instead of a product bug."""
    assert desk_of({"reason_code": "bug", "root_cause": "  "}).split("escalated_ticket_count", "root_cause") == {
        "product_bug": 1
    }


def test_a_workspace_adds_its_own_codes_and_causes():
    """`vibes` unclassified although the workspace maps it; `bug` still a product bug although the workspace says vendor."""
    settings = Settings(root_causes={"Vibes": "Culture", "bug": "vendor"})
    desk = desk_of({"reason_code": "vibes"}, {"reason_code": "BUG"}, {"root_cause": "CULTURE"}, settings=settings)
    assert desk.split("escalated_ticket_count", "root_cause") == {"culture": 2, "vendor": 1}


def test_a_cause_of_the_model_that_nothing_has_is_zero_not_unknown():
    """ "Unknown value" for training gaps in a month without one, as if the word did not exist; a real typing error is still refused."""
    desk = desk_of({"reason_code": "bug"})
    assert desk.value("escalated_ticket_count", Filter("root_cause", "=", "training gap")) == 0
    with pytest.raises(UnknownName) as refused:
        desk.value("escalated_ticket_count", Filter("root_cause", "=", "trainning gap"))
    assert "training_gap" in refused.value.hint


SPELLINGS = ["Fraud Check", "fraud check", "fraud-check", "Fraud Check", "FRAUD  CHECK"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(5)))[::17])
def test_spellings_of_a_cause_of_ones_own_are_one_cause_whatever_the_order_of_rows(order: tuple[int, ...]):
    """Four causes with 2, 1, 1 and 1 tickets, none of them large, instead of one with 5; or a name that depends on which row came first."""
    desk = desk_of(*({"root_cause": SPELLINGS[i]} for i in order), {"root_cause": "Vendor"})
    expected = {"Fraud Check": 5, "Vendor": 1}
    assert desk.split("escalated_ticket_count", "root_cause") == expected
    assert desk.split("escalation_event_count", "root_cause") == expected
    assert desk.value("escalated_ticket_count", Filter("root_cause", "=", "fraud check")) == 5


def test_of_spellings_that_are_as_frequent_the_first_by_letters_is_shown():
    rows = [{"root_cause": "vendor fault"}, {"root_cause": "Vendor-Fault"}]
    for one in (rows, rows[::-1]):
        assert desk_of(*one).split("escalated_ticket_count", "root_cause") == {"Vendor-Fault": 2}


def test_the_first_escalation_takes_the_spelling_that_all_escalations_settled_on():
    """Two names for one cause, since later escalations of the same tickets spelled it otherwise."""
    desk = Desk(
        tickets=[ticket(str(i)) for i in range(3)],
        escalations=[
            escalation("0", root_cause="Fraud check"),
            *({**escalation("1", root_cause="fraud Check"), "escalation_id": f"E{n}"} for n in range(3)),
        ],
    )
    assert desk.split("escalated_ticket_count", "root_cause") == {"fraud Check": 2}
