"""The text of the kinds that cost_of_escalations, satisfaction_impact and customer_journey ask for; each is bound as it stands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from analyst_agent.claims import claims_of
from analyst_agent.claims.binding import bind
from analyst_agent.records import Fact, Statement
from tests.claims.sample import BUG, OCTOBER, SEPTEMBER, finding, wording

ACCOUNT, ESCALATED = {"account": "Kestrel Tools"}, {"escalations": "escalated"}
CHANGED = {"reference": "comparison_period", "reference_period": SEPTEMBER}
OTHERS = "tickets that were not escalated"
FACTS = (
    Fact("m1", "escalated_ticket_count", 412, "count", OCTOBER),
    Fact("m2", "estimated_cost", 20412.0, "currency", OCTOBER, n=412),
    Fact("m3", "cost_per_escalated_ticket", 49.54, "currency", OCTOBER),
    Fact("m4", "cost_per_hour", 45.0, "currency", None),
    Fact("m5", "cost_per_day", 658.0, "currency", OCTOBER, reference_value=598.0, difference=60.0, difference_interval=(-20.0, 140.0), significant=False, **CHANGED),
    Fact("m6", "estimated_cost", 8912.4, "currency", OCTOBER, BUG),
    Fact("m7", "share_of_cost", 0.4366, "ratio", OCTOBER, BUG),
    Fact("m8", "escalated_ticket_count", 171, "count", OCTOBER, BUG),
    Fact("m9", "cost_per_escalated_ticket", 52.1, "currency", OCTOBER, BUG),
    Fact("m10", "cost_from_volume", 80.0, "currency", OCTOBER),
    Fact("m11", "cost_from_handling", -20.0, "currency", OCTOBER),
    Fact("m12", "reviewed_count", 300, "count", OCTOBER, n=412),
    Fact("m13", "unnecessary_share_of_cost", 0.182, "ratio", OCTOBER, n=300, interval=(0.14, 0.231)),
    Fact("m14", "avoidable_cost_strict", 3715.0, "currency", OCTOBER, interval=(2858.0, 4715.0)),
    Fact("m15", "avoidable_cost_wide", 9100.0, "currency", OCTOBER),
    Fact("m16", "removable_cost", 4100.0, "currency", OCTOBER, n=130),
    Fact("m17", "workaround_cost", 3200.0, "currency", OCTOBER, n=60),
    Fact("m18", "reduction", 0.2, "ratio", None),
    Fact("m19", "saved_per_month", 1780.0, "currency", OCTOBER, BUG, interval=(1300.0, 2260.0)),
    Fact("m20", "saved_net_per_month", 990.0, "currency", OCTOBER, BUG),
    Fact("m21", "mean_ticket_handle_minutes", 24.0, "minutes", OCTOBER, {"escalated": "no"}),
    Fact("c1", "mean_ticket_csat", 3.87, "score", OCTOBER, n=623, interval=(3.78, 3.96)),
    Fact("c2", "low_csat_share", 0.152, "ratio", OCTOBER, n=623),
    Fact("c3", "mean_ticket_csat", 3.11, "score", OCTOBER, ESCALATED, n=70, reference=OTHERS, reference_value=3.97, difference=-0.86, difference_interval=(-1.19, -0.53), significant=True),
    Fact("c4", "low_csat_share", 0.343, "ratio", OCTOBER, ESCALATED, n=70, reference=OTHERS, reference_value=0.128),
    Fact("c5", "csat_difference_within", -0.81, "score", OCTOBER, ESCALATED, reference=OTHERS, difference=-0.81, difference_interval=(-1.09, -0.53)),
    Fact("c6", "csat_response_rate", 0.202, "ratio", OCTOBER, n=3091),
    Fact("c7", "csat_response_rate", 0.214, "ratio", OCTOBER, ESCALATED, n=327, reference=OTHERS, reference_value=0.2, difference=0.014, difference_interval=(-0.034, 0.062)),
    Fact("j1", "cohort_escalation_rate", 0.12, "ratio", OCTOBER, {"tenure": "first 90 days"}, n=420, reference="rest", reference_value=0.07, difference=0.05, difference_interval=(0.02, 0.08), significant=True),
    Fact("j2", "repeat_account_count", 61, "count", OCTOBER, n=310),
    Fact("j3", "repeat_share", 0.74, "ratio", OCTOBER, n=412),
    Fact("j4", "cohort_escalated_count", 12, "count", OCTOBER, ACCOUNT, n=40, reference="chance", reference_value=3.9, difference=8.1, significant=True),
    Fact("j5", "account_count", 310, "count", OCTOBER),
    Fact("j6", "silent_account_count", 2, "count", OCTOBER),
    Fact("j7", "steady_account_count", 140, "count", OCTOBER),
    Fact("j8", "arr_at_stake", 120000.0, "currency", None),
    Fact("j9", "weeks_without_ticket", 4, "count", OCTOBER, {**ACCOUNT, "week": "2026-10-05"}, significant=True),
    Fact("j10", "expected_tickets", 9.1, "count", OCTOBER, ACCOUNT),
    Fact("j11", "arr", 70000.0, "currency", None, ACCOUNT),
)  # fmt: skip
GOLDEN = [
    (
        "cost_headline", ("m1", "m2", "m3", "m4", "m5"), {},
        "**October 2026** (1 to 31 October, against September 2026). 412 escalated tickets cost an estimated 20,412 USD, 50 USD "
        "each at 45 USD an hour; 658 USD a day, up 60 USD from 598 USD in September 2026: within noise (-20 to 140 USD).",
    ),
    ("cost_group", ("m6", "m7", "m8", "m9"), {"dimension": "root_cause"}, "Product bug: 8,912 USD, 43.7 % of the cost, for 171 tickets (52 USD each)."),
    ("cost_split", ("m10", "m11"), {}, "By its parts: 80 USD more a day from the number of escalated tickets and 20 USD less a day from what each costs."),
    (
        "avoidable_strict", ("m12", "m13", "m14"), {},
        "Of 412 escalated tickets 300 were reviewed; those marked as not necessary are 18.2 % of what these cost (95 % interval 14.0 to "
        "23.1 %); if the others are like them, 3,715 USD (2,858 to 4,715 USD) could be avoided.",
    ),
    (
        "avoidable_wide", ("m15", "m14", "m16", "m17"), {},
        "At the widest 9,100 USD could be avoided: 4,100 USD of training, documentation and process causes, 3,200 USD of tickets that "
        "match a known issue with a workaround and what the marks say of the rest.",
    ),
    (
        "saving", ("m18", "m19", "m20", "m21"), {},
        "If 20 % of the Product bug escalations were avoided, up to 1,780 USD a month (1,300 to 2,260 USD) would be saved, counting "
        "their whole handling; 990 USD if each still took the 24 min of a ticket that is not escalated.",
    ),
    (
        "csat_headline", ("c1", "c2"), {},
        "**October 2026** (1 to 31 October, against September 2026). Mean CSAT of the 623 rated tickets is 3.9 (95 % interval 3.8 to "
        "4.0); 15.2 % of the ratings are low, 1 or 2.",
    ),
    (
        "csat_against", ("c3", "c4"), {},
        "Escalated: mean CSAT 3.1 (n = 70) against 4.0 of tickets that were not escalated, 0.86 less: more than noise (-1.19 to "
        "-0.53); 34.3 % low against 12.8 %.",
    ),
    (
        "csat_within", ("c5",), {"kinds": ["product_area", "category"]},
        "Compared within the same product area and category the difference is 0.81 less (-1.09 to -0.53).",
    ),
    ("csat_not_shown", ("c1",), {"labels": ["time to first response", "resolution type"]}, "By time to first response and resolution type no difference in CSAT is shown."),
    ("csat_few", ("c1",), {"labels": ["path between teams"]}, "By path between teams there are too few ratings or accounts to say."),
    (
        "csat_answered", ("c6", "c7"), {},
        "20.2 % of the 3,091 tickets are rated, 21.4 % of the escalated ones against 20.0 % of those that were not escalated (1.4 points "
        "apart, -3.4 to 6.2); all means are of those who answered, and what the others think is not known.",
    ),
    ("first_days", ("j1",), {}, "In an account's first 90 days 12.0 % of the tickets escalate against 7.0 % later, 5.0 points more: more than noise (2.0 to 8.0)."),
    ("repeated_accounts", ("j2", "j3"), {}, "61 of 310 accounts have several escalated tickets, together 74.0 % of all that escalated."),
    ("account_above", ("j4",), {}, "Kestrel Tools: 12 of 40 tickets escalated where its volume gives 3.9: more than chance gives."),
    ("none_above", ("j5",), {}, "No account is shown to escalate more than chance gives its volume."),
    ("silent_accounts", ("j6", "j7", "j8"), {}, "2 of 140 accounts with a steady flow of tickets fell silent, with 120,000 USD a year at stake."),
    (
        "account_silent", ("j9", "j10", "j11"), {"last_escalation": "2026-09-28"},
        "Kestrel Tools: no ticket after the week of 5 October 2026, for 4 weeks in which 9.1 were to be expected; last escalated in the "
        "week of 28 September 2026; 70,000 USD a year.",
    ),
    ("account_not_silent", ("j9",), {}, "Kestrel Tools is not silent for longer than its own rate makes likely."),
]  # fmt: skip
KINDS_TOLD = frozenset(kind for kind, *_ in GOLDEN)


def _claims(kind: str, ids: tuple[str, ...], arguments: dict[str, Any], facts: tuple[Fact, ...] = FACTS):
    one = replace(finding(Statement(kind, ids, arguments)), facts=facts)
    return one, claims_of(one, wording())


@pytest.mark.parametrize(("kind", "ids", "arguments", "text"), GOLDEN)
def test_the_text_of_a_kind(kind: str, ids: tuple[str, ...], arguments: dict[str, Any], text: str) -> None:
    one, (claim,) = _claims(kind, ids, arguments)
    assert claim.text == text
    assert bind(claim.text, one, wording()).grounding.unbound == ()


def test_beside_its_table_a_group_of_costs_says_nothing_more() -> None:
    _, (claim,) = _claims("cost_group", ("m6", "m7", "m8", "m9"), {"dimension": "root_cause"})
    assert claim.beside_table == ""


def test_what_is_not_known_is_left_out() -> None:
    """No interval, no revenue, nobody silent, nothing reviewed, too few to say it of all."""
    bare = tuple(replace(f, interval=None) for f in FACTS)
    assert _claims("saving", ("m18", "m19"), {}, bare)[1][0].text == (
        "If 20 % of the Product bug escalations were avoided, up to 1,780 USD a month would be saved, counting their whole handling."
    )
    assert _claims("avoidable_strict", ("m12",), {})[1][0].text == "Of 412 escalated tickets 300 were reviewed."
    assert _claims("avoidable_strict", ("m12", "m13"), {})[1][0].text.endswith("too few to say it of all.")
    none = tuple(replace(f, value=0) if f.id == "j6" else f for f in FACTS)
    assert _claims("silent_accounts", ("j6", "j7"), {}, none)[1][0].text == (
        "None of 140 accounts with a steady flow of tickets is silent for longer than its own rate makes likely."
    )


def test_facts_that_do_not_fit_are_told_one_by_one() -> None:
    for kind in KINDS_TOLD - {"csat_not_shown", "csat_few", "none_above", "account_not_silent"}:
        _, (claim,) = _claims(kind, ("j5",), {})
        assert claim.text == "Accounts in October 2026: 310."
