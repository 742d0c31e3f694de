"""From reason codes to root causes: what is recorded wins, spellings meet, and what maps to nothing is shown."""

from __future__ import annotations

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
