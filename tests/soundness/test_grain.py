"""A measure is aggregated at its own grain: what joins, filters and divisions would silently make of it."""

from __future__ import annotations

import pytest

from analyst_agent.errors import NotPermitted
from analyst_agent.records import Filter, Order
from tests.soundness.desk import Desk, days, escalation, month, resolution, ticket

OCTOBER = month("2026-10")


def test_several_escalations_of_a_ticket_count_it_once():
    """3 (one per event) where 2 tickets were escalated; a rate of 0.75 instead of 0.5."""
    desk = Desk(
        tickets=[ticket(t) for t in "ABCD"],
        escalations=[escalation("A"), escalation("A", "2026-10-07"), escalation("B")],
    )
    assert desk.value("escalated_ticket_count", period=OCTOBER) == 2
    assert desk.value("escalation_event_count", period=OCTOBER) == 3
    assert desk.value("escalation_rate", period=OCTOBER) == 0.5


def test_several_resolutions_of_a_ticket_do_not_multiply_it():
    """Mean CSAT 3.0 (the reopened ticket's 4 taken twice: (4+4+1)/3) instead of 2.5; cost 2.5 hours instead of 1.5."""
    desk = Desk(
        tickets=[ticket("A", csat=4, handle_minutes=60), ticket("B", csat=1, handle_minutes=30)],
        escalations=[escalation("A"), escalation("B")],
        resolutions=[resolution("A"), resolution("A", "2026-10-09"), resolution("B")],
    )
    assert desk.value("mean_csat", period=OCTOBER) == 2.5
    assert desk.value("estimated_cost", period=OCTOBER) == pytest.approx(1.5 * 45)
    assert desk.value("resolution_count", period=OCTOBER) == 3


def test_measures_of_different_tables_asked_together_do_not_multiply_each_other():
    """8 tickets and 4 resolutions (a join of 2 escalations by 2 resolutions) where there are 2 tickets and 2 resolutions."""
    desk = Desk(
        tickets=[ticket("A", channel="chat"), ticket("B", channel="mail")],
        escalations=[escalation("A"), escalation("A", "2026-10-07")],
        resolutions=[resolution("A"), resolution("A", "2026-10-09")],
    )
    names = "ticket_count escalated_ticket_count escalation_event_count resolution_count"
    rows = {r["channel"]: tuple(r[n] for n in names.split()) for r in desk.ask(names, "channel", period=OCTOBER).rows}
    assert rows == {"chat": (1, 1, 2, 2), "mail": (1, 0, 0, 0)}


def test_a_rate_is_no_integer_division():
    """0 where 1 of 3 tickets was escalated."""
    desk = Desk(tickets=[ticket(t) for t in "ABC"], escalations=[escalation("A")])
    assert desk.value("escalation_rate", period=OCTOBER) == pytest.approx(1 / 3)
    assert desk.value("cohort_escalation_rate", period=OCTOBER) == pytest.approx(1 / 3)


def test_a_rate_without_tickets_is_empty_not_zero():
    """0 % (or an error) for a tier that had no ticket but one escalation of an older one."""
    desk = Desk(
        accounts=[{"account_id": "a", "tier": "Gold"}, {"account_id": "b", "tier": "Iron"}],
        tickets=[ticket("A", "2026-09-20", account_id="a"), ticket("B", account_id="b")],
        escalations=[escalation("A")],
    )
    [gold] = [r for r in desk.ask("escalation_rate", "tier", period=OCTOBER).rows if r["tier"] == "Gold"]
    assert gold["escalation_rate"] is None
    assert (gold["escalation_rate__numerator"], gold["escalation_rate__denominator"]) == (1, 0)


def test_a_rate_by_root_cause_is_per_all_tickets():
    """1.0 for each cause (escalated tickets of the cause per escalated tickets of the cause) instead of 0.25 and 0.5."""
    desk = Desk(
        tickets=[ticket(t) for t in "ABCD"],
        escalations=[escalation("A", reason_code="bug"), escalation("B", reason_code="policy"), escalation("C", reason_code="policy")],
    )  # fmt: skip
    result = desk.ask("escalation_rate", "root_cause", period=OCTOBER)
    assert {r["root_cause"]: r["escalation_rate"] for r in result.rows} == {"product_bug": 0.25, "policy_gap": 0.5}
    assert any("per all tickets" in note for note in result.caveats)


def test_a_rate_of_one_root_cause_is_per_all_tickets():
    """1.0 (the filter also applied to the tickets that the rate is per) instead of 0.25."""
    desk = Desk(
        tickets=[ticket(t, channel="chat") for t in "ABCD"],
        escalations=[escalation("A", reason_code="bug"), escalation("B", reason_code="policy")],
    )
    assert desk.value("escalation_rate", Filter("root_cause", "=", "product_bug"), period=OCTOBER) == 0.25
    both = (Filter("root_cause", "=", "product_bug"), Filter("channel", "=", "chat"))
    assert desk.value("escalation_rate", *both, period=OCTOBER) == 0.25


def test_a_month_without_escalations_of_a_cause_has_the_rate_zero_per_its_tickets():
    """An empty cell "of 0 tickets" for bugs in September, where 2 tickets came and none was escalated for a bug."""
    desk = Desk(
        tickets=[ticket("A", "2026-09-05"), ticket("B", "2026-09-06"), ticket("C"), ticket("D")],
        escalations=[escalation("A", "2026-09-08", reason_code="policy"), escalation("C", reason_code="bug")],
    )
    rows = desk.ask("escalation_rate", "month root_cause", period=days("2026-08-01", "2026-11-01")).rows
    found = {(r["month"], r["root_cause"]): (r["escalation_rate"], r["escalation_rate__denominator"]) for r in rows}
    assert found == {
        ("2026-08", "product_bug"): (None, 0), ("2026-08", "policy_gap"): (None, 0),
        ("2026-09", "product_bug"): (0.0, 2), ("2026-09", "policy_gap"): (0.5, 2),
        ("2026-10", "product_bug"): (0.5, 2), ("2026-10", "policy_gap"): (0.0, 2),
    }  # fmt: skip


def test_tickets_cannot_be_split_by_what_only_escalated_ones_have():
    """1 ticket "with cause policy gap" of 2, as if the others could have had one: refused with what to ask instead."""
    desk = Desk(tickets=[ticket("A"), ticket("B")], escalations=[escalation("A", reason_code="policy")])
    with pytest.raises(NotPermitted, match="once it is escalated"):
        desk.ask("ticket_count", "root_cause", period=OCTOBER)


def test_tickets_that_were_never_escalated_are_neither_open_nor_unclassified():
    """3 tickets "still open" and 3 "unclassified" (the defaults of an absent escalation) instead of 1 each."""
    desk = Desk(tickets=[ticket(t) for t in "ABC"], escalations=[escalation("A", reason_code="unheard of")])
    assert desk.value("ticket_count", Filter("is_open", "=", "open"), period=OCTOBER) == 1
    assert desk.value("ticket_count", Filter("root_cause", "=", "unclassified"), period=OCTOBER) == 1
    assert desk.value("ticket_count", Filter("is_open", "=", "resolved"), period=OCTOBER) == 0


def test_a_filter_on_the_many_side_does_not_count_twice():
    """2 (the ticket joined with both of its refunds) instead of 1."""
    desk = Desk(
        tickets=[ticket("A"), ticket("B")],
        escalations=[escalation("A"), escalation("B")],
        resolutions=[resolution("A", resolution_type="refund"), resolution("A", "2026-10-09", resolution_type="refund")],
    )  # fmt: skip
    refunded = Filter("resolution_type", "=", "refund")
    assert desk.value("escalated_ticket_count", refunded, period=OCTOBER) == 1
    assert desk.value("ticket_count", refunded, period=OCTOBER) == 1


def test_predicates_on_one_many_side_must_hold_for_one_row():
    """2 (any refund, any long one, any with a note: three semi-joins) instead of 1: only B has one resolution that is all three."""
    desk = Desk(
        tickets=[ticket("A"), ticket("B")],
        resolutions=[
            resolution("A", resolution_type="refund", minutes=5, notes="paid back"),
            resolution("A", "2026-10-09", resolution_type="fix", minutes=90, notes="paid back"),
            resolution("A", "2026-10-10", resolution_type="refund", minutes=90),
            resolution("B", resolution_type="refund", minutes=90, notes="Paid Back in full"),
        ],
    )
    where = (
        Filter("resolution_type", "=", "refund"),
        Filter("minutes", ">", 60),
        Filter("notes", "contains", "paid back"),
    )
    assert desk.value("ticket_count", *where, period=OCTOBER) == 1


def test_a_filter_on_the_many_side_and_its_negation_add_up():
    """3 + 1 = 4 of 3 tickets: A counted on both sides, C (never resolved) on neither but for luck."""
    desk = Desk(
        tickets=[ticket(t) for t in "ABC"],
        resolutions=[
            resolution("A", resolution_type="refund"),
            resolution("A", "2026-10-09", resolution_type="fix"),
            resolution("B"),
        ],
    )
    for one, opposite in (("=", "!="), ("in", "not in")):
        assert desk.value("ticket_count", Filter("resolution_type", one, "refund")) == 1
        assert desk.value("ticket_count", Filter("resolution_type", opposite, "refund")) == 2
    assert desk.value("ticket_count", Filter("resolution_type", "present")) == 1
    assert desk.value("ticket_count", Filter("resolution_type", "missing")) == 2


def test_what_a_ticket_has_several_of_cannot_split_it():
    """Means per resolution type that count a reopened ticket in two of them: refused."""
    desk = Desk(
        tickets=[ticket("A")], escalations=[escalation("A")], resolutions=[resolution("A", resolution_type="fix")]
    )
    with pytest.raises(NotPermitted, match="may have several"):
        desk.ask("mean_csat", "resolution_type", period=OCTOBER)


def test_not_equal_keeps_tickets_without_a_value():
    """1 (SQL drops rows where the value is missing) instead of 2; with the 1 chat ticket they are all 3."""
    desk = Desk(tickets=[ticket("A", channel="chat"), ticket("B", channel="mail"), ticket("C")])
    assert desk.value("ticket_count", Filter("channel", "!=", "chat")) == 2
    assert desk.value("ticket_count", Filter("channel", "not in", ("chat",))) == 2
    assert desk.value("ticket_count", Filter("channel", "=", "chat")) == 1


def test_tickets_without_a_known_account_stay():
    """1 ticket (an inner join) instead of 3: no account, and an account that no table holds, are a group of their own."""
    desk = Desk(
        accounts=[{"account_id": "a", "tier": "Gold"}],
        tickets=[ticket("A", account_id="a"), ticket("B"), ticket("C", account_id="unheard of")],
        escalations=[escalation("B"), escalation("C")],
    )
    assert desk.split("ticket_count", "tier") == {"Gold": 1, None: 2}
    assert desk.split("escalation_rate", "tier") == {"Gold": 0.0, None: 1.0}


def test_missing_values_meet_in_one_group():
    """Two rows without a tier, one with the escalated tickets and one with the tickets: NULL is not equal to NULL."""
    desk = Desk(
        tickets=[ticket("A"), ticket("B")],
        escalations=[escalation("A")],
        accounts=[{"account_id": "x", "tier": "Gold"}],
    )
    rows = desk.ask("escalation_rate ticket_count escalated_ticket_count", "tier").rows
    assert [(r["tier"], r["escalation_rate"], r["ticket_count"], r["escalated_ticket_count"]) for r in rows] == [(None, 0.5, 2, 1)]  # fmt: skip


def test_two_accounts_of_one_name_stay_two():
    """One account "Acme" with 3 tickets instead of two, one with 2 and one with 1."""
    desk = Desk(
        accounts=[{"account_id": "a1", "name": "Acme"}, {"account_id": "a2", "name": "Acme"}, {"account_id": "b", "name": "Beta"}],
        tickets=[ticket("A", account_id="a1"), ticket("B", account_id="a1"), ticket("C", account_id="a2"), ticket("D", account_id="b")],
    )  # fmt: skip
    assert desk.split("ticket_count", "account") == {"Acme (a1)": 2, "Acme (a2)": 1, "Beta": 1}


def test_an_agent_of_the_resolution_is_not_the_agent_of_the_ticket():
    """1 resolution by Ann, whose ticket it is, instead of by Bob, who resolved it."""
    desk = Desk(
        agents=[{"agent_id": "1", "name": "Ann"}, {"agent_id": "2", "name": "Bob"}],
        tickets=[ticket("A", agent_id="1")],
        resolutions=[resolution("A", agent_id="2")],
    )
    assert desk.split("resolution_count", "agent") == {"Bob": 1}
    assert desk.split("ticket_count", "agent") == {"Ann": 1}


def test_spellings_that_differ_in_case_are_all_meant():
    """1 (the first or last spelling found) instead of 3 for EMAIL; the exact spelling means only itself."""
    desk = Desk(
        tickets=[ticket("A", channel="email"), ticket("B", channel="Email"), ticket("C", channel="Email"), ticket("D")]
    )
    assert desk.value("ticket_count", Filter("channel", "=", "EMAIL")) == 3
    assert desk.value("ticket_count", Filter("channel", "!=", "EMAIL")) == 1
    assert desk.value("ticket_count", Filter("channel", "=", "email")) == 1


def test_a_code_that_only_a_later_escalation_has_can_be_asked_for():
    """ "Unknown value" (only first escalations were listed) instead of 1 event and 0 escalated tickets."""
    desk = Desk(
        tickets=[ticket("A")],
        escalations=[escalation("A", reason_code="bug"), escalation("A", "2026-10-07", reason_code="delay")],
    )
    assert desk.value("escalation_event_count", Filter("reason_code", "=", "delay")) == 1
    assert desk.value("escalated_ticket_count", Filter("reason_code", "=", "delay")) == 0


def test_a_cut_list_says_so():
    """The top 2 of 3 channels read as if they were all: the rows are cut only with a note, ties in a fixed order."""
    desk = Desk(tickets=[ticket(str(i), channel=c) for i, c in enumerate(["c", "b", "b", "a", "a", "a"])])
    result = desk.ask("ticket_count", "channel", limit=2)
    assert [r["channel"] for r in result.rows] == ["a", "b"]
    assert "2 of 3 rows are shown." in result.caveats
    ascending = desk.ask("ticket_count", "channel", order=(Order("ticket_count", descending=False),))
    assert [r["channel"] for r in ascending.rows] == ["c", "b", "a"]
    assert ascending.caveats == ()
    listed = desk.engine.rows("ticket", ["ticket_id"], limit=5)
    assert len(listed.rows) == 5
    assert listed.caveats == ("Only the first 5 are listed; there are more.",)
    assert desk.engine.rows("ticket", ["ticket_id"], limit=6).caveats == ()


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_is_refused(limit):
    """All rows but the last (a negative slice) "of 3 rows are shown"."""
    desk = Desk(tickets=[ticket(str(i), channel=c) for i, c in enumerate("abc")])
    with pytest.raises(NotPermitted, match="cannot be listed"):
        desk.ask("ticket_count", "channel", limit=limit)
    with pytest.raises(NotPermitted, match="cannot be listed"):
        desk.engine.rows("ticket", ["ticket_id"], limit=limit)


def test_open_escalations_are_per_all_tickets():
    """100 %: of the tickets that have an open escalation, all are escalated; instead of 1 of 3."""
    desk = Desk(
        tickets=[ticket(t) for t in "ABC"],
        escalations=[escalation("A"), escalation("B")],
        resolutions=[resolution("B")],
    )
    result = desk.ask("escalation_rate", "", Filter("is_open", "=", "open"), period=OCTOBER)
    assert result.rows[0]["escalation_rate"] == pytest.approx(1 / 3)
    assert any("per all tickets" in note for note in result.caveats)


def test_an_escalation_event_has_its_own_mark_and_reason():
    """2 unnecessary events (both of the ticket whose first one was) instead of 1; 1 event about an outage instead of 2."""
    desk = Desk(
        tickets=[ticket("1"), ticket("2")],
        escalations=[
            escalation("1", "2026-10-06 10:00", necessary=False, reason="wrong queue"),
            escalation("1", "2026-10-07 10:00", necessary=True, reason="outage"),
            escalation("2", "2026-10-06 10:00", necessary=True, reason="outage"),
        ],
    )
    assert desk.value("escalation_event_count", Filter("necessary", "=", "unnecessary")) == 1
    assert desk.value("escalation_event_count", Filter("reason", "contains", "outage")) == 2
    assert desk.split("escalation_event_count", "necessary") == {"unnecessary": 1, "necessary": 2}
    assert desk.split("escalated_ticket_count", "necessary") == {"unnecessary": 1, "necessary": 1}
