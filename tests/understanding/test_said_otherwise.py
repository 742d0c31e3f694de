"""Further classes of wording that somebody fresh was misread in: each with examples of its own, none of them from a list of questions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analyst_agent.records import Intent
from analyst_agent.semantic.periods import Clock
from analyst_agent.understanding import Context, refusals, understand
from tests.understanding.desks import brief

COUNT = "query escalated_ticket_count"
ESCALATED = "escalated_ticket_count"


def asked(question: str, context: Context) -> str:
    plan = understand(question, context)
    return " && ".join(brief(one) for one in (plan, *plan.then))


@pytest.fixture(scope="module")
def dated(saas: Context) -> Context:
    """The desk with the days that its data cover, from November 2024 on."""
    clock = Clock(date(2026, 11, 3), data_start=date(2024, 11, 1), data_end=date(2026, 11, 2))
    return replace(saas, clock=clock, first_day=clock.data_start, last_day=clock.data_end)


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("escalation rate by tier in Jul 26", "query escalation_rate | by tier | July 2026"),
        ("why did escalations rise during aug 26", "skill root_cause_trend | August 2026"),
        ("Reports escalations on Sept 25", f"{COUNT} | product_area=Reports | 25 September 2026"),
        (
            "escalation rate in Sep 25 compared with Sep 26",
            "query escalation_rate | September 2026 | vs September 2025",
        ),
    ],
)
def test_a_month_and_two_figures(dated: Context, question: str, plan: str) -> None:
    assert asked(question, dated) == plan


def test_a_month_and_two_figures_may_be_asked_back(dated: Context) -> None:
    plan = understand("P2 escalations, Jul 26", dated)
    assert plan.intent is Intent.CLARIFY
    assert [brief(choice.plan) for choice in plan.choices if choice.plan] == [
        f"{COUNT} | priority=P2 | July 2026",
        f"{COUNT} | priority=P2 | 26 July 2026",
    ]


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("the reports reopen rate in September", "query reopen_rate | product_area=Reports | September 2026"),
        ("need reports esc rate, Aug 2026", "query escalation_rate | product_area=Reports | August 2026"),
        ("how many reports tickets by team in Q3", "query ticket_count | by team | product_area=Reports | Q3 2026"),
        ("access escalation rate in Q3", "query escalation_rate | category=access | Q3 2026"),
        ("which team reports the highest escalation rate", "query escalation_rate | by team | most escalation_rate"),
        ("weekly reports: escalation rate", "query escalation_rate"),
        ("the high escalation rate in August", "query escalation_rate | August 2026"),
        ("escalations about reports by region in Q3", f"{COUNT} | by region | product_area=Reports | Q3 2026"),
        (
            "only tickets on reports, August 2026: how does the rate look per tier",
            "query escalation_rate | by tier | product_area=Reports | August 2026",
        ),
        (
            "just integrations tickets; escalation rate by region in Q3",
            "query escalation_rate | by region | product_area=Integrations | Q3 2026",
        ),
        ("tickets and rate by region in August", "query ticket_count escalation_rate | by region | August 2026"),
    ],
)
def test_a_value_in_lower_case_before_a_measure_or_in_a_heading(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == plan


@pytest.mark.parametrize(
    "question",
    [
        "list the tel numbers of all Starter customers",
        "cell nos of everybody who escalated in August",
        "contact details for accounts with P1s please",
        "show me the mails of our Enterprise clients",
        "which customers escalated in Q3, and their phones",
        "their street addresses too",
        "fax no. of Blue Sky",
    ],
)
def test_how_people_are_reached_is_not_told(saas: Context, question: str) -> None:
    plan = understand(question, saas)
    assert plan.intent is Intent.REFUSE
    assert plan.reason == refusals.SECRET


def test_a_part_that_asks_for_it_is_named_with_the_reason(saas: Context) -> None:
    plan = understand("who escalated in August? i need their e-mails", saas)
    assert any("their e-mails" in note and "private details" in note for note in plan.notes)


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("phone tickets by team in August", "query ticket_count | by team | channel=phone | August 2026"),
        ("how many tickets came by email in Q3", "query ticket_count | channel=email | Q3 2026"),
        ("emails vs phone: which escalates more", "skill segment_comparison | by channel | about email"),
        ("what is the email address in ticket T-4", "skill ticket_story | channel=email | ticket T-4"),
    ],
)
def test_a_channel_stays_a_channel(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == plan


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        (
            "escalation rate of the second quarter of 2026 next to the first one",
            "query escalation_rate | Q2 2026 | vs Q1 2026",
        ),
        (
            "put the escalation rate of the fourth quarter of 2025 beside that of the third",
            "query escalation_rate | Q4 2025 | vs Q3 2025",
        ),
        (
            "escalation rate in July 2026 against the same of 2025",
            "query escalation_rate | July 2026 | vs July 2025",
        ),
        ("escalations in Q1 2026 compared with that of 2025", f"{COUNT} | Q1 2026 | vs Q1 2025"),
        (
            "escalation rate of the first half of 2026 alongside the second",
            "query escalation_rate | 1 July to 3 November 2026 | vs January to June 2026",
        ),
        ("escalation rate in August next to the one before", "query escalation_rate | August 2026 | vs July 2026"),
        ("escalations in Q3 by the first team", "query escalated_ticket_count | by team | Q3 2026"),
    ],
)
def test_a_second_period_in_short(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas).startswith(plan)


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("count the P2s since July", "query ticket_count | priority=P2 | 1 July to 3 November 2026"),
        ("how many P3s came in last month", "query ticket_count | priority=P3 | October 2026"),
        ("P1s per month in 2026", "query ticket_count | by month | priority=P1 | 1 January to 3 November 2026"),
        ("please count escalations in August", f"{COUNT} | August 2026"),
        ("how many P2s were escalated in August", f"{COUNT} | priority=P2 | August 2026"),
        ("how many chats were abandoned", "clarify"),
    ],
)
def test_a_value_in_the_plural_is_counted(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == plan


@pytest.mark.parametrize(
    ("question", "where", "limit"),
    [
        ("clients with two or more escalations in Q3", "", ">= 2"),
        ("how many accounts escalated at least twice in Q3", "", ">= 2"),
        ("Retail customers having more than one escalation in Q3", "industry=Retail | ", "> 1"),
        ("which customers escalated more than 3 times in Q3", "", "> 3"),
        ("which accounts escalated twice or more in Q3", "", ">= 2"),
        ("customers who escalated no more than once in Q3", "", "<= 1"),
        ("accounts with between 4 and 9 escalations in Q3", "", "between 4,9"),
    ],
)
def test_how_often_customers_escalated_limits_customers(saas: Context, question: str, where: str, limit: str) -> None:
    said = f"{where}Q3 2026 | most {ESCALATED} | having {ESCALATED} {limit}"
    assert asked(question, saas) == f"{COUNT} | by account | {said}"


@pytest.mark.parametrize("who", ["accounts", "customers", "clients"])
def test_customers_that_escalated_more_than_once_are_no_tickets_that_were_escalated_twice(
    saas: Context, who: str
) -> None:
    plan = understand(f"Which {who} escalated more than once in Q3?", saas)
    assert (plan.skill, plan.where) == ("customer_journey", ())


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("which teams escalated more than 10 times in Q3", f"by from_team | Q3 2026 | most {ESCALATED} | having {ESCALATED} > 10"),
        ("regions where we escalated fewer than 50 times in Q3", f"by region | Q3 2026 | least {ESCALATED} | having {ESCALATED} < 50"),
        ("which agents handled more than 20 escalated tickets in Q3", f"by agent | Q3 2026 | most {ESCALATED} | having {ESCALATED} > 20"),
        ("customers that escalate more than 3 times a month in Q3", f"by account month | Q3 2026 | most {ESCALATED} | having {ESCALATED} > 3"),
        ("how many tickets were escalated more than twice in Q3", "escalation_count>2 | Q3 2026"),
        ("tickets escalated more than twice by region in Q3", "by region | escalation_count>2 | Q3 2026"),
    ],
)  # fmt: skip
def test_how_often_groups_escalated_limits_groups_and_tickets_single_ones(
    saas: Context, question: str, plan: str
) -> None:
    assert asked(question, saas) == f"{COUNT} | {plan}"


def test_a_mean_behind_a_group_limits_the_group(saas: Context) -> None:
    said = asked("teams with an average csat below 3 in Q3", saas)
    assert said == "query mean_csat | by team | Q3 2026 | least mean_csat | having mean_csat < 3"


def test_another_limit_on_what_customers_have_is_kept(saas: Context) -> None:
    assert asked("clients with four or more escalations in Q3", saas).endswith("having escalated_ticket_count >= 4")


def test_tickets_that_come_back_keep_their_limit(saas: Context) -> None:
    question = "tickets of our clients that were escalated three times or more in Q3"
    assert "escalation_count>=3" in asked(question, saas)


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("how many percent of escalations weren't needed in August", "query unnecessary_share | August 2026"),
        ("which part of the escalations could have been prevented in Q3", "query unnecessary_share | Q3 2026"),
        ("share of escalations that were not justified, by team, Q3", "query unnecessary_share | by team | Q3 2026"),
        ("percentage of needless escalations in July", "query unnecessary_share | July 2026"),
    ],
)
def test_what_nobody_needed(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == plan


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("tickets opened in July 2026: escalation rate of that cohort", "query cohort_escalation_rate | July 2026"),
        (
            "for the cohort of tickets from June, what is the escalation rate by tier",
            "query cohort_escalation_rate | by tier | June 2026",
        ),
        ("what does cohort mean", "describe definition cohort_escalation_rate"),
    ],
)
def test_a_cohort_is_what_was_created(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == plan


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("how many escalations did a VIP trigger in August", "trigger=vip | August 2026"),
        ("escalations that agents themselves triggered in Q3", "trigger=agent | Q3 2026"),
        ("number of escalations set off by customers in Q3", "trigger=customer | Q3 2026"),
        ("how many escalations did the system itself start in Q3", "trigger=system | Q3 2026"),
    ],
)
def test_who_set_it_off_is_the_trigger(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == f"{COUNT} | {plan}"


def test_what_triggered_them_asks_for_causes(saas: Context) -> None:
    assert asked("what triggered escalations in August", saas) == "skill root_cause_trend | August 2026"


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        (
            "I'm drawing up the shift plan, ticket count by weekday in August",
            "query ticket_count | by weekday | August 2026",
        ),
        ("my train leaves in ten minutes - how many escalations in Q3?", f"{COUNT} | Q3 2026"),
        ("the printer is jammed again, escalation rate in August", "query escalation_rate | August 2026"),
        ("for our gardening committee: escalations by region in Q3", f"{COUNT} | by region | Q3 2026"),
        ("as Kim from legal wondered: how many escalations in August", f"{COUNT} | August 2026"),
    ],
)
def test_a_remark_before_the_question_limits_nothing(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == plan


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("Initech called us, how many tickets in Q3", "query ticket_count | account=Initech | Q3 2026"),
        (
            "we worry about Mobile, escalation rate in August",
            "query escalation_rate | product_area=Mobile | August 2026",
        ),
        ("in Narnia, how many escalations in August", "refuse"),
        ("Zorblax is unhappy, how many tickets in Q3", "refuse"),
        ("for the gold customers, what is the escalation rate", "refuse"),
        ("T-4 came back, what happened with it", "skill ticket_story | ticket T-4"),
        ("I want it by region, escalations in August", f"{COUNT} | by region | August 2026"),
    ],
)
def test_a_condition_before_the_question_stays(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == plan


@pytest.mark.parametrize(
    "question",
    [
        "#48213 - what happened there",
        "what about 48213?",
        "why was 48213 escalated",
        "ticket no. 48213",
        "tell me the story of #48213",
    ],
)
def test_a_ticket_by_its_bare_number(saas: Context, question: str) -> None:
    assert asked(question, saas) == "skill ticket_story | ticket 48213"


@pytest.mark.parametrize(
    "question", ["how many of the 48213 tickets were escalated", "error 48213: what happened in August"]
)
def test_a_number_that_counts_or_codes_is_no_ticket(saas: Context, question: str) -> None:
    assert "ticket_story" not in asked(question, saas)


@pytest.mark.parametrize(
    "question",
    [
        "which open escalations will miss their SLA tomorrow",
        "escalations that are going to be overdue by tonight",
        "what falls due today, anything about to breach?",
        "open P1s that will run out of SLA in the next few hours",
    ],
)
def test_what_is_due_soon_is_in_the_data(saas: Context, question: str) -> None:
    assert understand(question, saas).skill == "daily_brief"


@pytest.mark.parametrize(
    "question", ["how many tickets will breach their SLA next quarter", "how many will escalate next month"]
)
def test_what_is_months_ahead_is_not_in_the_data(saas: Context, question: str) -> None:
    assert understand(question, saas).skill != "daily_brief"


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        (
            "Two numbers for the offsite: escalation rate in August, plus reopen rate for Q3",
            "query escalation_rate | August 2026 && query reopen_rate | Q3 2026",
        ),
        (
            "1) escalations by region in Q3 2) SLA breach rate in August",
            f"{COUNT} | by region | Q3 2026 && query sla_breach_rate | August 2026",
        ),
        (
            "the following please: what drove escalations in August; how many P1s in Q3",
            "skill root_cause_trend | August 2026 && query ticket_count | priority=P1 | Q3 2026",
        ),
        (
            "escalation rate as well as reopen rate by region in Q3",
            "query escalation_rate reopen_rate | by region | Q3 2026",
        ),
    ],
)
def test_points_behind_a_heading(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == plan


@pytest.mark.parametrize(
    ("question", "plan", "left"),
    [
        (
            "escalations in August, and also the train times to Vienna",
            f"{COUNT} | August 2026",
            "train times to Vienna",
        ),
        ("escalation rate in Q3, and a recipe for pancakes", "query escalation_rate | Q3 2026", "recipe for pancakes"),
        (
            "tickets by region in Q3, and also close all P4 tickets",
            "query ticket_count | by region | Q3 2026",
            "close all P4",
        ),
    ],
)
def test_what_is_out_of_reach_is_named_and_the_rest_answered(
    saas: Context, question: str, plan: str, left: str
) -> None:
    assert asked(question, saas) == plan
    assert any(note.startswith("Left out:") and left in note for note in understand(question, saas).notes)


def test_an_unknown_condition_is_never_set_aside(saas: Context) -> None:
    assert asked("escalations in EMEA and also in Narnia", saas) == "refuse"


@pytest.mark.parametrize(
    "question",
    [
        "plz email everyone who escalated in August",
        "kindly text all Enterprise customers",
        "could u ring Blue Sky",
        "pls close all P4 tickets",
        "DM Ana Souza about her P1s",
        "let all customers with open P1s know about the outage",
        "someone should phone the Retail clients",
    ],
)
def test_who_is_to_be_written_to_or_called(saas: Context, question: str) -> None:
    plan = understand(question, saas)
    assert plan.intent is Intent.REFUSE
    assert plan.reason.startswith(refusals.READS_ONLY)


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("pls send me the escalation rate for August", "query escalation_rate | August 2026"),
        ("call volume in August", "query ticket_count | August 2026"),
        ("plz give me escalations by region", f"{COUNT} | by region"),
        ("let me know how many escalations there were in August", f"{COUNT} | August 2026"),
    ],
)
def test_asking_politely_is_no_order(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == plan


@pytest.mark.parametrize(
    "question",
    [
        "in August, was it only more tickets, or did a larger share of them escalate?",
        "was August a higher rate or just more tickets",
        "did more tickets arrive in August or did a bigger part escalate",
    ],
)
def test_volume_or_rate_is_the_split_of_a_change(saas: Context, question: str) -> None:
    assert asked(question, saas) == "skill root_cause_trend | August 2026"


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        (
            "Two numbers for APAC in Q3: escalation rate, plus the reopen rate",
            "query escalation_rate reopen_rate | region=APAC | Q3 2026",
        ),
        (
            "Two things for my budget review: cost of escalations in August, plus the pair of teams with most ticket handovers between them",
            "skill cost_of_escalations | August 2026 && skill team_load | August 2026",
        ),
        (
            "I need two numbers: escalation rate in August and also the reopen rate for Q3",
            "query escalation_rate | August 2026 && query reopen_rate | Q3 2026",
        ),
    ],
)
def test_what_a_heading_names_holds_for_each_point(saas: Context, question: str, plan: str) -> None:
    assert asked(question, saas) == plan
