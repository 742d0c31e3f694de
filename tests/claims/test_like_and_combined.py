"""What is said of like tickets and of combinations, word for word, and that it is borne out by its facts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from analyst_agent.claims import bind, claims_of
from analyst_agent.records import Fact, Filter, Statement
from tests.claims.sample import OCTOBER, finding, wording

UNION = (Filter("product_area", "in", ("Billing", "Reports")),)
OTHERS = (Filter("product_area", "not in", ("Billing", "Reports")),)
L1 = {"support_level": "L1"}
COHORT = "cohort_escalation_rate"
FACTS = (
    Fact("s1", "standardised_difference", 0.012, "points", OCTOBER, {"tier": "Enterprise"}, n=800, interval=(-0.005, 0.029), significant=False),
    Fact("s2", "standardised_difference", 0.041, "points", OCTOBER, {"tier": "Enterprise"}, n=800, interval=(0.02, 0.062), significant=True),
    Fact("s3", "standardised_difference", -0.031, "points", OCTOBER, {"tier": "Pro"}, n=900, interval=(-0.05, -0.012), significant=True),
    Fact("s4", "standardised_difference", -0.006, "points", OCTOBER, {"tier": "Enterprise"}, n=800, interval=(-0.02, 0.01), significant=False),
    Fact("p1", COHORT, 0.121, "ratio", OCTOBER, {"tier": "Enterprise"}, n=804, reference="rest", reference_value=0.07, difference=0.051, difference_interval=(0.039, 0.063), significant=True),
    Fact("p2", COHORT, 0.08, "ratio", OCTOBER, {"tier": "Pro"}, n=904, reference="rest", reference_value=0.082, difference=-0.002, difference_interval=(-0.015, 0.011), significant=False),
    Fact("c1", COHORT, 0.5652, "ratio", OCTOBER, L1, n=368, filters=UNION),
    Fact("c2", COHORT, 0.059, "ratio", OCTOBER, L1, n=407, filters=OTHERS),
    Fact("c3", COHORT, 0.2112, "ratio", OCTOBER, n=232, filters=(Filter("support_level", "!=", "L1"), *UNION)),
    Fact("c4", COHORT, 0.0527, "ratio", OCTOBER, n=493, filters=(Filter("support_level", "!=", "L1"), *OTHERS)),
    Fact("c5", "excess_of_combination", 0.348, "points", OCTOBER, L1, n=368, interval=(0.264, 0.424), filters=UNION, significant=True),
    Fact("c6", "cohort_escalated_count", 208, "count", OCTOBER, L1, n=368, filters=UNION),
    Fact("o1", "open_ticket_count", 250, "count", OCTOBER, n=1750),
    Fact("r1", "reopen_rate", 0.3, "ratio", OCTOBER, {"tier": "Pro"}, n=120, reference="rest", reference_value=0.1, difference=0.2, difference_interval=(0.1, 0.3), significant=True),
    Fact("r2", "other_share", 0.3, "ratio", OCTOBER, {"tier": "Pro"}, n=120, reference="rest", reference_value=0.4, difference=-0.1, difference_interval=(-0.2, -0.01), significant=True),
    Fact("r3", COHORT, 0.3, "ratio", OCTOBER, {"tier": "Pro", "channel": "chat"}, n=120, reference="rest", reference_value=0.1, difference=0.2, difference_interval=(0.1, 0.3), significant=True),
)  # fmt: skip
ALIKE = {"dimension": "tier", "strata": ["category", "channel"]}
COMBINED = {"single": "support_level", "several": "product_area", "value": "L1", "values": ["Billing", "Reports"]}
GOLDEN = [
    (
        "standardised", ("s1", "p1"), ALIKE,
        "Among tickets of the same category and channel, 1.2 of the 5.1 points of Enterprise (account tier) remain: within "
        "noise (-0.5 to 2.9), so most of the difference is what these tickets are about.",
    ),
    (
        "standardised", ("s2", "p1", "s3", "p2"), ALIKE,
        "Among tickets of the same category and channel, 4.1 of the 5.1 points of Enterprise (account tier) remain: more than "
        "noise (2.0 to 6.2); the difference of Pro (account tier) is 3.1 points less, plainly 0.2 points less: more than noise "
        "(-5.0 to -1.2).",
    ),
    (
        "standardised", ("s4", "p1"), ALIKE,
        "Among tickets of the same category and channel, none of the 5.1 points of Enterprise (account tier) remain (0.6 points "
        "less): within noise (-2.0 to 1.0), so most of the difference is what these tickets are about.",
    ),
    (
        "hidden_by_mix", ("s3", "p2"), ALIKE,
        "Among tickets of the same category and channel, Pro (account tier) is 3.1 points below the rest: more than noise "
        "(-5.0 to -1.2), which the mix of tickets hides.",
    ),
    (
        "combination", ("c1", "c2", "c3", "c4", "c5", "c6"), COMBINED,
        "L1 (support level) with Billing or Reports (product area): 208 of 368 tickets escalate (56.5 %), against 5.9 % of the "
        "others with L1, 21.1 % of the others with Billing or Reports and 5.3 % elsewhere; 34.8 points more than both add up to "
        "(26.4 to 42.4), so the effect is in the combination, not in either part.",
    ),
    (
        "open_tickets", ("o1",), {"from_day": "2026-10-29"},
        "250 of 1,750 tickets are still open, most of them created from 29 October 2026 on, and may still escalate; rates of these "
        "days will rise.",
    ),
]  # fmt: skip
OF_OTHER_RATES = [
    (
        "segment_above", ("r1",), {"dimension": "tier"},
        "Pro escalated tickets (account tier) are reopened more often than the rest: 30.0 % against 10.0 %, 20.0 points more: more "
        "than noise (10.0 to 30.0).",
    ),
    (
        "segment_below", ("r2",), {"dimension": "tier"},
        "Pro escalated tickets (account tier) have a lower other share than the rest: 30.0 % against 40.0 %, 10.0 points less: more "
        "than noise (-20.0 to -1.0).",
    ),
    (
        "segment_above", ("r3",), {"dimension": "tier", "second": "channel"},
        "Pro with chat tickets (account tier and channel) escalate more than the rest: 30.0 % against 10.0 %, 20.0 points more: more "
        "than noise (10.0 to 30.0).",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "ids", "arguments", "text"), [*GOLDEN, *OF_OTHER_RATES])
def test_it_reads_so_and_every_sentence_is_bound(kind: str, ids: tuple[str, ...], arguments: dict[str, Any], text: str):
    told = replace(finding(Statement(kind, ids, arguments)), facts=FACTS)
    (claim,) = claims_of(told, wording())
    assert claim.text == text
    bound = bind(claim.text, told, wording())
    assert bound.grounding.unbound == ()
    assert bound.text == text


def test_a_changed_number_of_a_combination_is_no_longer_bound():
    kind, ids, arguments, text = next(one for one in GOLDEN if one[0] == "combination")
    told = replace(finding(Statement(kind, ids, arguments)), facts=FACTS)
    assert bind(text.replace("208 of 368", "218 of 368"), told, wording()).grounding.unbound


def test_facts_of_another_kind_are_told_one_by_one():
    told = replace(finding(Statement("combination", ("s1",), COMBINED)), facts=FACTS)
    assert "1.2 points" in claims_of(told, wording())[0].text
