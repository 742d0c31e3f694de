"""What an analyst may not see does not exist for it: grants remove names, restrictions hold on every number, list and total."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from analyst_agent.errors import AnalystError, NotGranted, UnknownName
from analyst_agent.records import Filter, SemanticQuery
from analyst_agent.settings import Grants, MandatoryScope, Settings
from tests.soundness.desk import Desk, days, escalation, month, resolution, ticket

OCTOBER = month("2026-10")
EMEA = (Filter("region", "=", "EMEA"),)


def whole_desk() -> Desk:
    """Account a in EMEA: A, B (A escalated after 1 day, an hour of handling). Account b in APAC: C, D, E. No account: F."""
    return Desk(
        accounts=[
            {"account_id": "a", "name": "Acme", "tier": "Gold", "region": "EMEA", "created_at": "2020-01-01"},
            {"account_id": "b", "name": "Secret", "tier": "Iron", "region": "APAC", "created_at": "2020-01-01"},
        ],
        agents=[{"agent_id": "1", "name": "Ann"}, {"agent_id": "2", "name": "Zoe"}],
        tickets=[
            ticket("A", account_id="a", agent_id="1", channel="chat", handle_minutes=60),
            ticket("B", account_id="a", agent_id="1", channel="chat"),
            ticket("C", account_id="b", agent_id="2", channel="fax", handle_minutes=600),
            ticket("D", account_id="b", agent_id="2", channel="fax"),
            ticket("E", "2026-10-01", account_id="b", agent_id="2", channel="fax"),
            ticket("F", agent_id="2", channel="phone"),
        ],
        escalations=[
            escalation("A", "2026-10-06 10:00", reason_code="bug"), escalation("B", "2026-10-06 10:00", reason_code="bug"),
            escalation("C", "2026-10-15 10:00", reason_code="policy"), escalation("E", "2026-10-21", reason_code="training"),
        ],
        resolutions=[
            resolution("A", resolution_type="fix", minutes=10, agent_id="1"), resolution("C", "2026-10-18", resolution_type="refund", minutes=90, agent_id="2"),
            resolution("F", resolution_type="reply", minutes=5, agent_id="2"),
        ],
    )  # fmt: skip


def test_a_restriction_holds_on_totals_that_never_mention_it():
    """6 tickets, 4 escalations, 3 resolutions (everybody's) instead of 2, 2 and 1."""
    desk = whole_desk()
    engine = desk.engine_with(desk.settings, EMEA)
    names = (
        "ticket_count",
        "escalated_ticket_count",
        "escalation_event_count",
        "resolution_count",
        "total_resolution_minutes",
    )
    [row] = engine.run(SemanticQuery(names, period=OCTOBER)).rows
    assert [row[n] for n in names] == [2, 2, 2, 1, 10.0]


def test_a_restriction_holds_on_both_sides_of_a_rate():
    """0.33 (2 of everybody's 6 tickets) instead of 1.0; also by a dimension of the escalation, where the tickets are joined."""
    desk = whole_desk()
    engine = desk.engine_with(desk.settings, EMEA)
    assert engine.run(SemanticQuery(("escalation_rate",), period=OCTOBER)).rows[0]["escalation_rate"] == 1.0
    rows = engine.run(SemanticQuery(("escalation_rate",), ("root_cause",), period=OCTOBER)).rows
    assert [(r["root_cause"], r["escalation_rate"], r["escalation_rate__denominator"]) for r in rows] == [
        ("product_bug", 1.0, 2)
    ]
    by_month = engine.run(SemanticQuery(("escalation_rate",), ("month", "root_cause"), period=OCTOBER)).rows
    assert [(r["root_cause"], r["escalation_rate__denominator"]) for r in by_month] == [("product_bug", 2)]


def test_a_restriction_holds_on_the_mean_that_stands_for_missing_values():
    """292.5 (B at the mean of 330 minutes, which tells what APAC takes) instead of 90."""
    desk = whole_desk()
    engine = desk.engine_with(desk.settings, EMEA)
    cost = engine.run(SemanticQuery(("estimated_cost",), period=OCTOBER)).rows[0]["estimated_cost"]
    assert cost == pytest.approx(2 * 45.0)


def test_a_restriction_holds_on_lists_of_values():
    """Names of accounts, agents and codes that only others have, offered as "did you mean"."""
    desk = whole_desk()
    engine = desk.engine_with(desk.settings, EMEA)
    found = {name: values for name, values in engine.values_index().items() if values}
    assert found == {
        "account": ("Acme",), "tier": ("Gold",), "region": ("EMEA",), "agent": ("Ann",), "channel": ("chat",),
        "root_cause": ("product_bug",), "reason_code": ("bug",), "is_open": ("open", "resolved"),
        "resolution_type": ("fix",), "tenure_band": ("over 365 days",), "time_to_escalation_band": ("escalated after 24 h",),
    }  # fmt: skip
    with pytest.raises(UnknownName) as refused:
        engine.run(SemanticQuery(("ticket_count",), where=(Filter("account", "=", "Secre"),)))
    assert "Secret" not in f"{refused.value.message} {refused.value.hint}"


def test_a_restriction_holds_on_single_rows():
    """Six tickets, three resolutions, two accounts listed instead of two, one and one."""
    desk = whole_desk()
    engine = desk.engine_with(desk.settings, EMEA)
    assert [r["ticket_id"] for r in engine.rows("ticket", ["ticket_id"]).rows] == ["A", "B"]
    assert [r["ticket_id"] for r in engine.rows("escalated_ticket", ["ticket_id", "account"], period=OCTOBER).rows] == [
        "A",
        "B",
    ]
    assert len(engine.rows("resolution", ["notes", "resolution_type"]).rows) == 1
    assert [r["account"] for r in engine.rows("account", ["account"]).rows] == ["Acme"]
    assert [r["agent"] for r in engine.rows("agent", ["agent"]).rows] == ["Ann"]


def test_a_restriction_holds_on_the_lag_of_escalations():
    """20 days (E of another region), or an error, instead of 1 day."""
    desk = whole_desk()
    assert desk.engine.escalation_lag_days(1.0) == pytest.approx(20.0)
    assert desk.engine_with(desk.settings, EMEA).escalation_lag_days(1.0) == pytest.approx(1.0)


def test_a_restriction_cannot_be_asked_away():
    """5 (the question's filter in place of the mandatory one) instead of none: both must hold."""
    desk = whole_desk()
    engine = desk.engine_with(desk.settings, EMEA)
    for one in (Filter("tier", "!=", "Gold"), Filter("channel", "missing"), Filter("ticket_id", "in", ("C", "D", "F"))):
        assert engine.run(SemanticQuery(("ticket_count",), where=(one,))).rows[0]["ticket_count"] == 0
    for other in ("APAC", "nowhere"):
        with pytest.raises(NotGranted, match=f"region '{other}' is outside what this analyst may see: region = EMEA"):
            engine.run(SemanticQuery(("ticket_count",), where=(Filter("region", "=", other),)))
    assert (
        engine.run(SemanticQuery(("ticket_count",), where=(Filter("region", "!=", "EMEA"),))).rows[0]["ticket_count"]
        == 0
    )


@pytest.mark.parametrize(
    ("restriction", "said"),
    [
        (Filter("region", "=", "EMAE"), "'EMAE'.*'EMEA'"),
        (Filter("region", "in", ("EMEA", "nowhere")), "'nowhere'.*APAC, EMEA"),
        (Filter("regoin", "=", "EMEA"), "field in the analyst's scope 'regoin'.*'region'"),
        (Filter("segment", "=", "SMB"), "no segment: the column is empty"),
        (Filter("arr", ">", "much"), "'much' is no number"),
        (Filter("created_at", ">=", "soon"), "'soon' is no date"),
        (Filter("account_id", "=", "z"), "no account_id 'z'"),
        (Filter("region", "like", "E%"), "operator 'like'"),
    ],
)
def test_a_restriction_that_means_nothing_is_refused(restriction, said):
    """0 everywhere, as if there were nothing to see."""
    desk = whole_desk()
    with pytest.raises(AnalystError) as refused:
        desk.engine_with(desk.settings, (restriction,))
    assert re.search(said, f"{refused.value.message} {refused.value.hint}")


def test_a_restriction_is_read_as_values_are_stored():
    """0 (emea is not EMEA) instead of 2; and the settings' scope holds beside the caller's."""
    desk = whole_desk()
    engine = desk.engine_with(desk.settings, (Filter("region", "=", "emea"),))
    assert engine.run(SemanticQuery(("ticket_count",))).rows[0]["ticket_count"] == 2
    settings = replace(desk.settings, scope=MandatoryScope({"region": ("emea",)}, ("channel in chat, fax",)))
    engine = desk.engine_with(settings, (Filter("agent", "=", "Ann"),))
    result = engine.run(SemanticQuery(("ticket_count",)))
    assert result.rows[0]["ticket_count"] == 2
    assert result.caveats[0] == "Within the scope region = EMEA and channel in chat, fax and agent = Ann."
    contrary = desk.engine_with(settings, (Filter("region", "=", "APAC"),))
    assert contrary.run(SemanticQuery(("ticket_count",))).rows[0]["ticket_count"] == 0


@pytest.mark.parametrize(
    ("restriction", "tickets"),
    [
        (Filter("region", "!=", "EMEA"), 4),
        (Filter("channel", "=", "fax"), 3),
        (Filter("agent", "=", "Zoe"), 4),
        (Filter("root_cause", "=", "product_bug"), 2),
        (Filter("resolution_type", "=", "refund"), 1),
        (Filter("created_at", ">=", "2026-10-05"), 5),
    ],
)
def test_every_kind_of_restriction_reaches_every_dataset(restriction, tickets):
    """A crash, or everybody's rows, on the datasets from which the restricted field is far away."""
    desk = whole_desk()
    engine = desk.engine_with(desk.settings, (restriction,))
    assert engine.run(SemanticQuery(("ticket_count",))).rows[0]["ticket_count"] == tickets
    assert len(engine.rows("ticket", ["ticket_id"]).rows) == tickets
    seen = {r["ticket_id"] for r in engine.rows("ticket", ["ticket_id"]).rows}
    assert {r["ticket_id"] for r in engine.rows("escalated_ticket", ["ticket_id"]).rows} == seen & set("ABCE")
    assert {r["ticket_id"] for r in engine.rows("resolution", ["ticket_id"]).rows} == seen & set("ACF")
    assert set(engine.values("agent")) == {"Ann" if t in "AB" else "Zoe" for t in seen}
    engine.values_index()
    engine.escalation_lag_days()


def granted(**grants: tuple[str, ...]) -> Settings:
    return Settings(grants=Grants(**grants))


ACCOUNT_FIELDS = ("account", "tier", "segment", "industry", "region", "plan", "csm", "tenure_band", "arr", "health_score", "account_id", "account_created_at")  # fmt: skip


@pytest.mark.parametrize("name", ACCOUNT_FIELDS)
def test_without_the_crm_no_account_field_by_any_path(name):
    """Tiers and names of customers through a filter, a list of values, an order or a row, where the split is refused."""
    desk = whole_desk()
    engine = desk.engine_with(replace(desk.settings, grants=Grants(sources=("helpdesk",))))
    assert name not in engine.values_index()
    attempts = (
        lambda: engine.values(name),
        lambda: engine.run(SemanticQuery(("ticket_count",), (name,))),
        lambda: engine.run(SemanticQuery(("ticket_count",), where=(Filter(name, "present"),))),
        lambda: engine.run(SemanticQuery(("resolution_count",), where=(Filter(name, "contains", "a"),))),
        lambda: engine.rows("ticket", ["ticket_id", name]),
        lambda: engine.rows("escalated_ticket", ["ticket_id"], where=(Filter(name, "=", "Gold"),)),
        lambda: engine.rows("account", [name]),
    )
    for attempt in attempts:
        with pytest.raises((NotGranted, UnknownName)):
            attempt()
    assert engine.run(SemanticQuery(("ticket_count",))).rows[0]["ticket_count"] == 6


def test_without_resolutions_the_tickets_own_time_is_all_there_is():
    """48 h (from a resolution row) and 0 open instead of 24 h and 1 open; no type, minutes or notes by any path."""
    desk = Desk(
        tickets=[ticket("A", resolved_at="2026-10-07 10:00"), ticket("B")],
        escalations=[escalation("A", "2026-10-06 10:00"), escalation("B", "2026-10-06 10:00")],
        resolutions=[
            resolution("A", "2026-10-09", resolution_type="fix", minutes=5),
            resolution("B", "2026-10-09 10:00"),
        ],
    )
    assert desk.value("mean_resolution_minutes") == pytest.approx((24 + 72) * 60 / 2)
    engine = desk.engine_with(replace(desk.settings, grants=Grants(objects=("ticket", "escalated_ticket", "agent"))))
    [row] = engine.run(SemanticQuery(("mean_resolution_minutes", "open_escalated_count", "resolved_share"))).rows
    assert (row["mean_resolution_minutes"], row["open_escalated_count"], row["resolved_share"]) == (24 * 60.0, 1, 0.5)
    is_open = engine.run(SemanticQuery(("escalated_ticket_count",), ("is_open",))).rows
    assert {r["is_open"]: r["escalated_ticket_count"] for r in is_open} == {"open": 1, "resolved": 1}
    for name in ("resolution_type", "minutes", "notes"):
        with pytest.raises(NotGranted):
            engine.run(SemanticQuery(("ticket_count",), where=(Filter(name, "present"),)))
    for metric in ("resolution_count", "resolution_minutes", "total_resolution_minutes"):
        with pytest.raises(NotGranted):
            engine.run(SemanticQuery((metric,)))


def test_without_escalated_tickets_no_rate_tells_how_many_there_are():
    """The cohort rate (a measure of tickets) or the filter `is_open` answers what was not granted."""
    desk = whole_desk()
    engine = desk.engine_with(replace(desk.settings, grants=Grants(objects=("ticket",))))
    for metric in (
        "escalation_rate",
        "cohort_escalation_rate",
        "cohort_escalated_count",
        "escalation_event_count",
        "estimated_cost",
    ):
        with pytest.raises(NotGranted):
            engine.run(SemanticQuery((metric,)))
    for name in ("is_open", "root_cause", "escalated_at", "agent", "support_level"):
        with pytest.raises(NotGranted):
            engine.run(SemanticQuery(("ticket_count",), where=(Filter(name, "present"),)))
    assert engine.escalation_lag_days() is None
    assert (
        engine.run(SemanticQuery(("ticket_count",), period=days("2026-10-01", "2026-11-01"))).rows[0]["ticket_count"]
        == 6
    )


def test_a_restriction_by_what_is_not_granted_fails_closed():
    """Everybody's 6 tickets, because the field of the mandatory restriction is not there."""
    desk = whole_desk()
    with pytest.raises(AnalystError):
        desk.engine_with(replace(desk.settings, grants=Grants(sources=("helpdesk",))), EMEA).run(
            SemanticQuery(("ticket_count",))
        )


def shared_agent() -> Desk:
    """Ann works for EMEA and APAC; Bob resolves a ticket of Ann's, Ann one of Bob's."""
    return Desk(
        accounts=[{"account_id": "a", "name": "Acme", "region": "EMEA"}, {"account_id": "b", "region": "APAC"}],
        agents=[{"agent_id": "1", "name": "Ann"}, {"agent_id": "2", "name": "Bob"}],
        tickets=[
            ticket("A", account_id="a", agent_id="1", subject="harmless"),
            ticket("B", account_id="b", agent_id="1", subject="canary of APAC", channel="fax"),
            ticket("C", account_id="a", agent_id="2", subject="harmless"),
        ],
        resolutions=[resolution("A", agent_id="2", minutes=1), resolution("C", agent_id="1", minutes=2), resolution("A", "2026-10-09", agent_id="1", minutes=4)],
    )  # fmt: skip


def test_a_condition_on_agents_does_not_look_into_tickets_outside():
    """Ann, which tells that she has a ticket of that subject in another region, instead of nobody."""
    desk = shared_agent()
    engine = desk.engine_with(desk.settings, EMEA)
    assert [r["agent"] for r in engine.rows("agent", ["agent"]).rows] == ["Ann", "Bob"]
    for one in (Filter("subject", "contains", "canary"), Filter("ticket_id", "=", "B")):
        assert engine.rows("agent", ["agent"], where=(one,)).rows == ()
        assert desk.engine.rows("agent", ["agent"], where=(one,)).rows == ({"agent": "Ann"},)


def test_a_resolution_follows_its_ticket_also_where_its_own_agent_is_in_scope():
    """6 minutes (also of Bob's ticket, which Ann resolved) instead of 4."""
    desk = shared_agent()
    engine = desk.engine_with(desk.settings, (Filter("agent", "=", "Ann"),))
    assert engine.run(SemanticQuery(("total_resolution_minutes",))).rows[0]["total_resolution_minutes"] == 4
