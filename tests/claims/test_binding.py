"""What a model writes is borne out by facts, or it is marked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analyst_agent.claims import bind, claims_of
from analyst_agent.records import Column, Fact, Period, Table
from tests.claims.sample import finding, wording

RIGHT = [
    "Of 453 tickets, 219 read like product bugs.",
    "219 are inferred as product bugs.",
    "In October 2026, 412 tickets were escalated.",
    "412 tickets were escalated, 8.0 % of 5,120.",
    "The escalation rate rose from 7.1 % in September to 8.0 % in October.",
    "The escalation rate rose by 0.9 points, which is more than noise.",
    "The escalation rate was 8 %.",
    "Product bugs lead with 171 tickets, 41.5 % of all escalations.",
    "Product bug had 171 tickets, policy gap 118 and training gap 61.",
    "Policy gaps took longest: 33.0 h on average.",
    "Training gaps fell from 90 to 61.",
    "Training gaps fell.",
    "Product bugs rose from 102 in September to 171 in October.",
    "171 of 412 escalated tickets were product bugs.",
    "96 of 171 tickets match KI-12.",
    "Product bugs in Reports account for 96 tickets.",
    "Enterprise tickets escalate more than the rest: 12.1 % against 7.0 %.",
    "Enterprise escalates 5.1 points more than the rest (3.9 to 6.3).",
    "Starter tickets escalate less than the rest, 5.2 % against 9.8 %.",
    "For Pro no difference from the rest is shown.",
    "23 escalated tickets are still open.",
    "Product bug and policy gap together: 289 tickets.",
    "Product bug had 53 more tickets than policy gap.",
    "Mean CSAT was 3.4.",
    "Product bugs cost 8,912 USD.",
    "Product bugs cost about $8,900.",
    "96 of 171 product bug tickets match KI-12, more than half.",
    "The reopen rate rose from 4.1 % to 5.0 %, within noise.",
    "October 2026 had the highest escalation rate, 8.0 %.",
    "The escalation rate was 6.6 % in August 2026.",
    'KI-12 says: "Split the export into files of at most 5,000 rows."',
    "Product bugs are the leading root cause.",
    "[c1] [c2] Next, read the workaround.",
    "The pattern deserves attention.",
    "Twenty-three escalated tickets are still open.",
    "Enterprise escalates more often than Starter: 12.1 % against 5.2 %.",
    "| Product bug | 171 | 41.5 % |",
    "In October, 412 tickets were escalated, up 0.9 points on September.",
    "The escalation rate was 8.0 % in October, against 7.1 % the month before.",
    "Product bugs were the largest group, with 171 tickets, while training gaps fell to 61.",
    "Product bugs cost 8,912 USD and took 21.4 h on average.",
    "Policy gaps took 33 h on average.",
    "About 410 tickets were escalated.",
    "More than 400 tickets were escalated.",
    "More than half of product bug tickets are in Reports: 96 of 171.",
    "Enterprise tickets escalate at 12.1 %, Starter at 5.2 %.",
    "Product bugs rose by 69 to 171.",
    "The difference for Enterprise is 5.1 points (95 % interval 3.9 to 6.3).",
    "17 escalated tickets have no recorded cause.",
    "9 product bug tickets are still open.",
    "Escalations rose in October: 8.0 % after 7.1 % in September.",
    "Mean CSAT is 3.4, with 202 tickets without a rating.",
    "The share of product bugs is 41.5 %.",
    "Training gaps fell by 29.",
    "Policy gaps changed little: 118 after 112, within noise.",
    "For 307 tickets the time of escalation is unknown.",
    "Public sector has too few tickets to say.",
    "Ship the fix planned for 31.4; until then send the workaround",
    "**Product bug** accounts for **171** tickets.",
    "- Product bug: 171 tickets",
    "1. Product bug: 171 tickets",
]
WRONG = [
    "Product bug: 219 tickets.",
    "Product bug and policy gap together: 323 tickets.",
    "171 tickets without a recorded cause read like policy gaps.",
    # a wrong number
    "413 tickets were escalated.",
    "The escalation rate was 8.4 %.",
    "Product bugs lead with 172 tickets.",
    "Policy gaps took 35.0 h on average.",
    "Mean CSAT was 3.9.",
    "Twenty-four escalated tickets are still open.",
    "The escalation rate was 0 %.",
    "Product bugs cost 9,912 USD.",
    "Escalations doubled.",
    "Half of all escalated tickets were training gaps.",
    # another month
    "In September 2026, 412 tickets were escalated.",
    "In November 2026, 412 tickets were escalated.",
    "The escalation rate rose from 7.1 % in August to 8.0 % in October.",
    "The escalation rate was 7.1 % in October 2026.",
    "The escalation rate was 6.6 % in September 2026.",
    "In 2025, 412 tickets were escalated.",
    # swapped names
    "Product bug had 118 tickets and policy gap 171.",
    "Policy gaps lead with 171 tickets.",
    "Starter tickets escalate at 12.1 %.",
    "Enterprise escalates at 7.0 % against 12.1 % for the rest.",
    "Training gap: 33.0 h on average.",
    "96 training gap tickets match KI-12.",
    "171 tickets match KI-12.",
    # a wrong direction
    "The escalation rate fell by 0.9 points.",
    "The escalation rate fell from 8.0 % to 7.1 %.",
    "The escalation rate rose from 8.0 % to 7.1 %.",
    "Training gaps rose.",
    "Training gaps rose by 29.",
    "Enterprise tickets escalate less than the rest: 12.1 % against 7.0 %.",
    "Starter escalates more often than Enterprise.",
    "Product bugs are down 69.",
    "The escalation rate changed by -0.9 points.",
    # a wrong superlative
    "Product bugs took longest, 21.4 h on average.",
    "Training gaps lead with 61 tickets.",
    "October 2026 had the lowest escalation rate, 8.0 %.",
    "August 2026 was the worst month with 6.6 %.",
    "Policy gap is the leading root cause.",
    "Most escalated tickets were product bugs: most of them, 171.",
    # a wrong sum, difference or quotient
    "Product bug and policy gap together: 290 tickets.",
    "Product bug and training gap together: 289 tickets.",
    "Product bug had 55 more tickets than policy gap.",
    "Enterprise escalates 3.1 times as often as Starter.",
    # an invented segment
    "Healthcare customers escalated 412 tickets.",
    "412 tickets were escalated in Healthcare.",
    "412 tickets were escalated by healthcare customers.",
    "Acme Corp is unhappy.",
    "Government escalates at 12.1 %.",
    # the wrong metric or noun
    "Mean CSAT was 8.0 %.",
    "The reopen rate was 8.0 %.",
    "412 tickets were created.",
    "5,120 tickets were escalated.",
    "412 accounts were escalated.",
    "The escalation rate was 8.0 points.",
    # significance
    "The reopen rate rose from 4.1 % to 5.0 %, significantly.",
    "The reopen rate rose.",
    "The escalation rate rose by 0.9 points, within noise.",
    "Pro escalates significantly more than the rest.",
    "The escalation rate was unchanged.",
    # negation, references, quotations, links
    "412 tickets were not escalated.",
    "It is not true that [c2].",
    "[c99] is worrying.",
    'KI-12 says: "Split the export into files of at most 6,000 rows."',
    'KI-12 says "upgrade to the newest version at once".',
    "See [the page](https://evil.example) for more.",
    "KI-99 explains it.",
    "Product bug is not the leading root cause.",
    "412 tickets cost 8,912 USD.",
    "Product bug has 412 tickets.",
    "Overall, 171 tickets were escalated.",
    "Dozens of customers complained.",
    "Enterprise escalates 5.1 points more than Starter.",
    "The worst root cause is training gap.",
    "Product bugs rose from 171 to 102.",
    "Policy gaps grew by 6 tickets, clearly.",
    "| Policy gap | 171 | 41.5 % |",
    # a second hand of lies
    "October saw 412 escalations, a rise of 0.9 points to 7.1 %.",
    "Escalations came mostly from training gaps.",
    "Enterprise accounts for 171 tickets.",
    "Policy gap tickets cost 8,912 USD.",
    "The reopen rate clearly increased.",
    "Reports had 171 escalated tickets.",
    "Reports had 96 escalated tickets.",
    "On average, product bugs were resolved in 33.0 h.",
    "Resolution took 21.4 days for product bugs.",
    "Of 5,120 tickets, 8.0 % were reopened.",
    "The rate was 8.0 % in Q3 2026.",
    "Compared with August, escalations rose by 0.9 points.",
    "Last month was quiet, with 17 escalations.",
    "The share of policy gaps is 41.5 %.",
    "Product bugs account for 41.5 % of all tickets.",
    "Policy gaps more than doubled.",
    "Two thirds of the product bugs match KI-12.",
    "Training gaps account for a quarter of all escalations.",
    "Starter is the tier with the highest rate, 5.2 %.",
    "Enterprise is 12.1 % above the rest.",
    "Pro customers escalate at 8.1 %, more than Enterprise.",
    "14 product bug tickets are still open.",
    "9 policy gap tickets are open.",
    "Product bugs are 53 tickets behind policy gaps.",
    "Together the three causes add up to 412 tickets.",
    "We lost 8,912 USD to policy gaps.",
    "The mean CSAT of Enterprise was 3.4.",
    "The cost of escalations was 8,912 USD in total.",
    "In October 2025, 412 tickets were escalated.",
    "No tickets were escalated in October.",
    "The increase is explained by the new release 9.4.",
    "EMEA escalates more than the rest.",
    "Between 0.3 and 1.6 points.",
    "The interval runs from 0.2 to 1.9 points.",
    "p = 0.04 for Enterprise.",
    "Escalations tripled since September.",
    "Around 500 tickets were escalated.",
    "More than 450 tickets were escalated.",
    "Fewer than 400 tickets were escalated.",
    "Product bugs, policy gaps and training gaps had 118, 171 and 61 tickets.",
    "412 of 412 tickets match KI-12.",
    "Almost all product bugs match KI-12.",
    "Customers in Germany escalated most.",
    "The rate has never been higher.",
    "Escalations fell sharply.",
    "Everything improved.",
    "KI-12 was fixed on 3 October 2026.",
    "Sign-on tickets rose.",
    "412 tickets, or 9 % of 5,120, were escalated.",
]


@pytest.mark.parametrize("text", RIGHT)
def test_what_the_facts_bear_out_is_bound(text: str) -> None:
    bound = bind(text, finding(), wording())
    assert bound.grounding.unbound == ()
    assert "unverified" not in bound.text


@pytest.mark.parametrize("text", WRONG)
def test_what_no_fact_bears_out_is_marked(text: str) -> None:
    bound = bind(text, finding(), wording())
    assert len(bound.grounding.unbound) == 1
    assert "[unverified: " in bound.text
    assert bound.grounding.claims == bound.grounding.bound + 1 or bound.grounding.claims > 1


def test_references_are_filled_with_the_claims_text_and_listed() -> None:
    claims = claims_of(finding(), wording())
    bound = bind("These stand out: [c2] Then {{c4}}.", finding(), wording())
    assert bound.rendered == ("c2", "c4")
    assert claims[1].text in bound.text
    assert claims[3].text in bound.text
    assert bound.grounding.unbound == ()


@pytest.mark.parametrize(
    "text", ["工单数为987654。", "_987654_ tickets were escalated.", "é987654 tickets", "**987654**件"]
)
def test_a_number_glued_to_a_letter_of_another_script_or_to_a_mark_is_checked(text):
    bound = bind(text, finding(), wording())
    assert bound.grounding.unbound == (text,)


@pytest.mark.parametrize(
    "text",
    [
        "The escalation rate rose from 7.1 % to 8.0 %, within noise.",
        "The escalation rate rose from 7.1 % to 8.0 %, not significant.",
        "The escalation rate rose from 7.1 % to 8.0 %, not tested.",
    ],
)
def test_a_judgement_that_stands_in_a_table_too_is_no_name_but_is_checked(text):
    columns = (Column("root cause", "text", "root_cause"), Column("reads as", "text", "significance"))
    rows = (("policy_gap", "within noise"), ("training_gap", "not significant"), ("product_bug", "not tested"))
    told = replace(finding(), tables=(Table("Change", columns, rows),))
    assert bind(text, told, wording()).grounding.unbound == (text,)


@pytest.mark.parametrize(
    ("text", "is_bound"),
    [
        ("In week 43 the escalation rate was 8.0 %.", True),
        ("The escalation rate was 8.0 % from 19 to 25 October 2026 (week 43).", True),
        ("In week 44 the escalation rate was 8.0 %.", False),
        ("In week 43, 2025 the escalation rate was 8.0 %.", False),
        ("In weeks 42 to 43 the escalation rate was 8.0 %.", False),
    ],
)
def test_a_week_is_named_by_its_number(text, is_bound):
    week = Period(date(2026, 10, 19), date(2026, 10, 26), "19 to 25 October 2026 (week 43)", "calendar", "week")
    fact = Fact("f1", "escalation_rate", 0.08, "ratio", week, n=400)
    assert (bind(text, [fact], wording()).grounding.unbound == ()) is is_bound
