"""The text of each kind of claim, and of single facts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from analyst_agent.claims import KINDS, bind, claims_of, clause, registry
from analyst_agent.claims.registry import claims_of_facts
from analyst_agent.errors import InvalidDefinition, UnknownName
from analyst_agent.records import Fact, Filter, Statement
from tests.claims.sample import BUG, OCTOBER, SEPTEMBER, YEAR, facts, finding, wording

GOLDEN = [
    (
        "headline", ("f1", "f2", "f3"), {},
        "**October 2026** (1 to 31 October, against September 2026). 412 tickets were escalated, 8.0 % of 5,120, "
        "up 0.9 points: more than noise (0.2 to 1.6).",
    ),
    ("value", ("f25",), {}, "Mean CSAT in October 2026: 3.4 (n = 210, 202 without a rating)."),
    (
        "change", ("f26",), {},
        "Reopen rate rose from 4.1 % in September 2026 to 5.0 % in October 2026, up 0.9 points: within noise (-0.3 to 2.1).",
    ),
    (
        "pattern", ("f4", "f5", "f6", "f7", "f8", "f9"), {"area": "Reports", "dimension": "root_cause"},
        "Product bug: 171 tickets, 41.5 % of all escalations, mostly Reports (96); resolved in 21.4 h on average (9 open), "
        "cost 8,912 USD.",
    ),
    ("pattern", ("f18",), {"dimension": "root_cause"}, "No recorded cause: 17 tickets."),
    (
        "pattern", ("f4",), {"area": "Reports", "codes": ["crash", "[x](y)"]},
        "Product bug: 171 tickets, most often Reports, top codes crash and \\[x\\](y).",
    ),
    (
        "pattern_change", ("f4",), {"dimension": "root_cause"},
        "Product bug: 171 after 102 in September 2026 (31 days against 30), up 69: more than noise.",
    ),
    (
        "known_issue", ("f10",), {"document": "KI-12", "title": "Exports time out", "status": "in progress"},
        'Product bug: 96 of 171 tickets examined match KI-12 ("Exports time out"; in progress).',
    ),
    (
        "not_documented", ("f15",), {},
        "Training gap: no known issue matches the evidence in these 61 tickets: not documented.",
    ),
    (
        "segment_above", ("f20",), {"dimension": "tier"},
        "Enterprise tickets (account tier) escalate more than the rest: 12.1 % against 7.0 %, 5.1 points more: more than "
        "noise (3.9 to 6.3).",
    ),
    (
        "segment_below", ("f21",), {"dimension": "tier"},
        "Starter tickets (account tier) escalate less than the rest: 5.2 % against 9.8 %, 4.6 points less: more than noise "
        "(-6.0 to -3.2).",
    ),
    (
        "no_difference_shown", ("f24",), {"dimension": "tier"},
        "For Pro (account tier) no difference from the rest is shown; the data exclude more than 1.7 points.",
    ),
    ("too_few", ("f23",), {"dimension": "tier"}, "Public sector has too few tickets (12) to say."),
    (
        "too_few", ("f23",), {"dimension": "tier", "reason": "too few accounts"},
        "Public sector has too few accounts to say (12 tickets).",
    ),
    ("too_few", ("f22", "f23"), {}, "Pro (1,868) and Public sector (12) have too few tickets to say."),
    ("too_few", ("f1",), {"reason": "too few tickets for a trend"}, "There are too few tickets (412) for a trend."),
    (
        "extreme", ("f27", "f28"), {"direction": "highest", "dimension": "month", "judgement": "worst"},
        "Worst month: October 2026, escalation rate 8.0 % (n = 5,120); next September 2026 (7.1 %), the difference not tested.",
    ),
    (
        "extreme", ("f29",), {"direction": "lowest", "dimension": "month"},
        "Lowest escalation rate by month: August 2026 with 6.6 % (n = 4,980).",
    ),
    (
        "split", ("f20", "f22", "f21"), {"dimension": "tier"},
        "Cohort escalation rate by account tier: Enterprise 12.1 %, Pro 8.1 % and Starter 5.2 %.",
    ),
    ("comparison", ("f27", "f28"), {}, "Escalation rate: October 2026 8.0 % against September 2026 7.1 %."),
    ("open", ("f19",), {}, "23 escalated tickets are still open, so mean times will rise."),
    ("unclassified", ("f18",), {}, "17 escalated tickets have no recorded cause."),
    ("unknown_time", ("f31",), {}, "For 307 escalated tickets the time of escalation is unknown; they count by creation."),
    ("imputed", ("f30",), {}, "Handle time is missing for 31 escalated tickets; they count with the mean of the others."),
    (
        "change_split", ("f37", "f32", "f33", "f34", "f35", "f36"), {"dimension": "product_area"},
        "Split over product area, the increase of 105 escalated tickets comes from the rate (+93: more than noise, 50 to 135), "
        "above all in Reports (+88), not from volume (+4) or mix (-2), both within noise; +10 is for the longer period (31 days "
        "against 30).",
    ),
    (
        "half_resolved", ("f38",), {},
        "Half of the 412 escalated tickets were resolved within 12.1 h (95 % interval 10.9 to 13.4 h), open ones counted as "
        "waiting until the data's end.",
    ),
    (
        "half_resolved", ("f39", "f40"), {},
        "Fewer than half of the 34 escalated tickets are resolved as far as the data reach, so the median time is more than "
        "3.0 days.",
    ),
    (
        "inferred_causes", ("i1", "i2", "i3", "i4"), {},
        "Of 453 tickets without a recorded cause, 219 read like Product bug and 104 like Policy gap (confidence 86.2 % on average, "
        "not counted above).",
    ),
    (
        "inference_measured", ("i5",), {},
        "In cross-validation 88.4 % of such answers were right (82.7 % to 92.4 %, n = 337), on tickets with a known cause, which may "
        "be easier.",
    ),
    (
        "inference_audited", ("i6",), {},
        "An audit of a random sample of such tickets found 81.5 % of the answers right (63.3 % to 91.8 %, n = 27).",
    ),
    ("censored", ("f20",), {"from_day": "2026-10-26"}, "Tickets created from 26 October 2026 on may still escalate."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "ids", "arguments", "text"), GOLDEN)
def test_the_text_of_a_kind(kind: str, ids: tuple[str, ...], arguments: dict[str, Any], text: str) -> None:
    (claim,) = claims_of(finding(Statement(kind, ids, arguments)), wording())
    assert claim.text == text
    assert (claim.id, claim.kind, claim.facts) == ("c1", kind, ids)


def test_every_kind_has_a_golden_text() -> None:
    # A room's kinds have their golden texts in a test file of their own.
    of_rooms = {kind for room in registry._ROOMS for kind in room.KINDS}
    assert set(KINDS) - of_rooms <= {kind for kind, *_ in GOLDEN} <= set(KINDS)


def _parts(volume: float, mix: float, rate: float, verdicts: tuple[bool | None, ...]) -> str:
    """The sentence of a change that is made of these parts."""
    values = dict(zip(("change_from_volume", "change_from_mix", "change_from_rate"), (volume, mix, rate), strict=True))
    compared: dict[str, Any] = {"reference": "comparison_period", "reference_period": SEPTEMBER}
    gap = round(volume + mix + rate)
    made = [
        Fact(
            "a", "escalated_ticket_count", 200 + gap, "count", OCTOBER, reference_value=200, difference=gap, **compared
        )
    ]
    for number, ((metric, value), verdict) in enumerate(zip(values.items(), verdicts, strict=True)):
        made.append(
            Fact(f"p{number}", metric, value, "count", OCTOBER, difference=value, significant=verdict, **compared)
        )
    ids = tuple(fact.id for fact in made)
    one = replace(finding(Statement("change_split", ids, {"dimension": "channel"})), facts=tuple(made))
    return claims_of(one, wording())[0].text


@pytest.mark.parametrize(
    ("parts", "verdicts", "text"),
    [
        ((60.0, 1.0, -58.0), (True, False, True),
         "increase of 3 escalated tickets is made of volume +60 (more than noise), the rate -58 (more than noise) and mix +1 (within noise)."),
        ((-4.0, 1.0, -2.0), (False, False, False), "decrease of 5 escalated tickets is made of volume -4, mix +1 and the rate -2, each within noise."),
        ((8.0, 1.0, 2.0), (None, None, None), "is made of volume +8, mix +1 and the rate +2: too few to say which is more than noise."),
        ((2.0, -1.0, -1.0), (False, False, False), "the unchanged number of escalated tickets is made of volume +2, mix -1 and the rate -1, each within noise."),
        ((31.0, 0.0, 0.0), (True, False, False), "comes from volume (+31: more than noise), not from mix (0) or the rate (0), both within noise."),
        ((-40.0, 6.0, 4.0), (True, None, False), "is made of volume -40 (more than noise), mix +6 (too few to say) and the rate +4 (within noise)."),
        ((0.4, 0.4, 0.2), (False, False, False), "the increase of 1 escalated ticket is made of volume +0.4, mix +0.4 and the rate +0.2, each within noise."),
    ],
)  # fmt: skip
def test_a_change_is_told_by_its_parts_and_what_is_shown_adds_up(parts, verdicts, text) -> None:
    said = _parts(*parts, verdicts)
    assert said.startswith("Split over channel, the ")
    assert text in said


def test_filters_are_named_in_the_headline() -> None:
    only = (Filter("tier", "=", "Enterprise"), Filter("region", "in", ("EMEA", "APAC")))
    one = replace(finding(Statement("headline", ("f1",))), facts=(replace(facts()[0], filters=only),))
    text = claims_of(one, wording())[0].text
    assert text.startswith("**October 2026, only account tier Enterprise, region EMEA or APAC** (1 to 31 October")


def test_one_and_none() -> None:
    one = replace(
        finding(Statement("headline", ("a",))), facts=(Fact("a", "escalated_ticket_count", 1, "count", OCTOBER),)
    )
    assert claims_of(one, wording())[0].text.endswith("1 ticket was escalated.")
    none = replace(one, facts=(Fact("a", "escalated_ticket_count", 0, "count", OCTOBER),))
    assert claims_of(none, wording())[0].text.endswith("No tickets were escalated.")


def test_a_kind_its_facts_do_not_fit_is_told_fact_by_fact() -> None:
    (claim,) = claims_of(finding(Statement("known_issue", ("f25", "f19"))), wording())
    assert claim.text == (
        "Mean CSAT in October 2026: 3.4 (n = 210, 202 without a rating); Open escalated tickets in October 2026: 23."
    )


def test_defects_of_a_skill_are_named() -> None:
    with pytest.raises(UnknownName, match="headlin"):
        claims_of(finding(Statement("headlin", ("f1",))), wording())
    with pytest.raises(InvalidDefinition, match="f999"):
        claims_of(finding(Statement("headline", ("f999",))), wording())


def test_nothing_to_qualify_is_no_claim() -> None:
    none = replace(
        finding(Statement("imputed", ("z",))), facts=(Fact("z", "imputed_handle_time_count", 0, "count", OCTOBER),)
    )
    assert claims_of(none, wording()) == ()


def test_a_change_that_is_stated_by_the_wrong_kind_keeps_the_facts_direction() -> None:
    texts = [c.text for c in claims_of(finding(Statement("segment_below", ("f20",))), wording())]
    assert "more than the rest" in texts[0]


def test_single_facts() -> None:
    told = {c.id: c.text for c in claims_of_facts(finding(), wording())}
    assert len(told) == len(facts())
    assert told["f27"] == "Escalation rate in October 2026: 8.0 % (n = 5,120)."
    assert told["f18"] == "Escalated tickets with root cause No recorded cause in October 2026: 17."
    nothing = Fact("x", "mean_csat", None, "score", YEAR, {"tier": None}, n=0, missing=3)
    assert clause(nothing, wording()) == (
        "Mean CSAT with account tier not recorded in 2026 to date: not known (n = 0, 3 without a rating)"
    )
    same = Fact("x", "escalated_ticket_count", 5, "count", OCTOBER, BUG, reference="comparison_period",
                reference_period=SEPTEMBER, reference_value=5.0, difference=0.0, significant=False)  # fmt: skip
    assert clause(same, wording()).endswith("5, unchanged from 5 in September 2026: within noise")


def test_too_few_to_compare_leads_and_shows_no_difference() -> None:
    count = Fact(
        "h1", "escalated_ticket_count", 4, "count", OCTOBER, reference="comparison_period", reference_value=24.0
    )
    rate = Fact(
        "h2", "escalation_rate", 0.267, "ratio", OCTOBER, n=15, reference="comparison_period", reference_value=1.714,
        difference=-1.447,
    )  # fmt: skip
    one = replace(finding(), facts=(count, rate), statements=(Statement("headline", ("h1", "h2")),))
    (claim,) = claims_of(one, wording())
    assert claim.text.endswith("Too few tickets to compare: 4 tickets were escalated, 26.7 % of 15.")
    assert "144" not in claim.text


def test_a_rate_above_one_is_unreliable_right_there() -> None:
    rate = Fact("h2", "escalation_rate", 1.714, "ratio", OCTOBER, n=140)
    count = Fact("h1", "escalated_ticket_count", 240, "count", OCTOBER)
    one = replace(finding(), facts=(count, rate), statements=(Statement("headline", ("h1", "h2")),))
    assert "171.4 % of 140 (above 100 %, so unreliable" in claims_of(one, wording())[0].text


def test_a_filtered_headline_says_what_it_is_against() -> None:
    only = (Filter("tier", "=", "Enterprise"),)
    facts = tuple(replace(f, filters=only) for f in finding().facts)
    (claim,) = claims_of(replace(finding(Statement("headline", ("f1", "f2", "f3"))), facts=facts), wording())
    opening = "**October 2026, only account tier Enterprise** (1 to 31 October, against the same selection in September 2026)."
    assert claim.text.startswith(opening)


def test_weak_evidence_does_not_explain_a_pattern() -> None:
    weak = Fact(
        "k1", "known_issue_matches", 2, "count", OCTOBER, {"root_cause": "training_gap", "known_issue": "KI-16"}, n=22
    )
    words = {"document": "KI-16", "title": "Duplicate contacts", "status": "open"}
    one = replace(finding(), facts=(weak,), statements=(Statement("known_issue", ("k1",), words),))
    (claim,) = claims_of(one, wording())
    said = 'Training gap: only 2 of 22 tickets examined match KI-16 ("Duplicate contacts"; open), which does not explain the others.'
    assert claim.text == claim.beside_table == said


def test_an_estimate_of_matching_tickets_is_told_as_one_and_binds() -> None:
    guess = Fact(
        "k1", "known_issue_matches", 960, "count", OCTOBER, {"root_cause": "product_bug", "known_issue": "KI-12"},
        n=1710, missing=1110, interval=(890.0, 1030.0),
    )  # fmt: skip
    words = {"document": "KI-12", "title": "Exports time out", "status": "in progress"}
    one = replace(finding(), facts=(guess,), statements=(Statement("known_issue", ("k1",), words),))
    (claim,) = claims_of(one, wording())
    assert claim.text == (
        'Product bug: about 960 of 1,710 tickets match KI-12 ("Exports time out"; in progress), '
        "estimated from a sample (95 % interval 890 to 1,030)."
    )
    assert not bind(claim.text, one, wording()).grounding.unbound


def test_where_the_length_is_most_of_a_change_it_comes_first() -> None:
    days = {"reference": "comparison_period", "reference_period": SEPTEMBER}
    short = replace(OCTOBER, end=OCTOBER.start.replace(day=4), kind="to_date")
    values = {"change_from_length": -270.0, "change_from_volume": -3.0, "change_from_mix": 1.0, "change_from_rate": 4.0}
    made = [Fact("a", "escalated_ticket_count", 32, "count", short, reference_value=300, difference=-268.0, **days)]  # type: ignore[arg-type]
    for metric, value in values.items():
        verdict = None if metric in ("change_from_length", "change_from_volume") else False
        made.append(Fact(metric, metric, value, "count", short, difference=value, significant=verdict, **days))  # type: ignore[arg-type]
    one = replace(finding(Statement("change_split", tuple(f.id for f in made), {"dimension": ""})), facts=tuple(made))
    assert claims_of(one, wording())[0].text == (
        "The decrease of 268 escalated tickets is -270 for the shorter period (3 days against 30); the rest is made of the rate "
        "+4 (within noise), volume -3 (too few to say) and mix +1 (within noise)."
    )
