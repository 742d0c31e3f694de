"""The engine's records: what ran, which generation, what must be said; values, spans and single rows."""

from __future__ import annotations

from hashlib import md5

import pytest

from analyst_agent.errors import NotPermitted, OutsideData, UnknownName
from analyst_agent.records import Filter, SemanticQuery, to_json
from analyst_agent.warehouse.querying import values
from tests.soundness.desk import Desk, days, escalation, month, resolution, ticket

OCTOBER = month("2026-10")


@pytest.fixture
def desk() -> Desk:
    return Desk(
        accounts=[{"account_id": "a", "name": "Acme", "tier": "Gold"}],
        tickets=[ticket("A", account_id="a", channel="chat"), ticket("B", channel="mail"), ticket("C", "2026-10-09", channel="mail")],
        escalations=[escalation("A", reason_code="bug"), escalation("C", "2026-10-11 10:00")],
        resolutions=[resolution("A", resolution_type="fix")],
    )  # fmt: skip


def test_a_result_says_what_ran(desk):
    result = desk.ask("ticket_count", "channel", Filter("channel", "!=", "fax".replace("fax", "chat")), period=OCTOBER)
    record = result.query
    assert (record.id, record.engine, record.generation, record.rows) == ("q1", "duckdb", "g1", 1)
    assert record.semantic["metrics"] == ["ticket_count"]
    assert desk.connection.execute(record.sql).fetchall()[0][0] == "mail"
    assert desk.ask("ticket_count").query.id == "q2"
    assert to_json(record)["milliseconds"] >= 0


def test_compile_shows_what_run_would_execute(desk):
    query = SemanticQuery(("escalation_rate",), ("tier",), (Filter("channel", "=", "CHAT"),), OCTOBER)
    assert desk.engine.compile(query).sql("duckdb") == desk.engine.run(query).query.sql


def test_columns_come_with_their_companions(desk):
    result = desk.ask("escalation_rate mean_resolution_minutes", "tier", period=OCTOBER)
    assert result.columns == (
        "tier", "escalation_rate", "mean_resolution_minutes", "escalation_rate__n", "escalation_rate__numerator",
        "escalation_rate__denominator", "escalation_rate__unknown_time", "mean_resolution_minutes__n", "mean_resolution_minutes__missing",
        "mean_resolution_minutes__open", "mean_resolution_minutes__unknown_time",
    )  # fmt: skip
    assert all(tuple(row) == result.columns for row in result.rows)


def test_the_span_of_the_data(desk):
    assert (str(desk.engine.first_day), str(desk.engine.last_day)) == ("2026-10-05", "2026-10-11")
    desk.engine.check_period(None)
    with pytest.raises(OutsideData, match="5 October 2026 to 11 October 2026"):
        desk.engine.check_period(days("2026-10-12", "2026-10-13"))


def test_values_are_listed_most_frequent_first(desk):
    assert desk.engine.values("channel") == ("mail", "chat")
    assert desk.engine.values("month") == ()
    assert desk.engine.values("root_cause") == ("product_bug", "unclassified")
    assert desk.engine.values_index()["tier"] == ("Gold",)
    with pytest.raises(UnknownName):
        desk.engine.values("chanel")


def test_a_value_beyond_the_list_is_still_found(desk, monkeypatch):
    monkeypatch.setattr(values, "MOST_VALUES", 1)
    engine = desk.engine_with(desk.settings)
    assert engine.values("channel") == ("mail",)
    assert (
        engine.run(SemanticQuery(("ticket_count",), where=(Filter("channel", "=", "chat"),))).rows[0]["ticket_count"]
        == 1
    )
    with pytest.raises(UnknownName):
        engine.run(SemanticQuery(("ticket_count",), where=(Filter("channel", "=", "fax"),)))


def test_the_lag_of_escalations_in_days(desk):
    assert desk.engine.escalation_lag_days(0.5) == pytest.approx((1 + 2 + 10 / 24) / 2)
    assert Desk(tickets=[ticket("A", is_escalated=True)]).engine.escalation_lag_days() is None


def test_single_rows_with_fields_of_other_objects(desk):
    result = desk.engine.rows("escalated_ticket", ["ticket_id", "tier", "root_cause"], period=OCTOBER)
    assert [tuple(r.values()) for r in result.rows] == [("A", "Gold", "product_bug"), ("C", None, "unclassified")]
    assert result.query.rows == 2
    with pytest.raises(NotPermitted, match="may have several"):
        desk.engine.rows("ticket", ["ticket_id", "resolution_type"])
    with pytest.raises(UnknownName, match="tickets"):
        desk.engine.rows("tickets", ["ticket_id"])
    with pytest.raises(NotPermitted, match="No field"):
        desk.engine.rows("ticket", [])


def test_a_share_of_the_tickets_is_chosen_by_their_ids_alone():
    tickets = [ticket(f"T{n}") for n in range(400)]
    engine = Desk(tickets=tickets).engine
    drawn = {row["ticket_id"] for row in engine.rows("ticket", ["ticket_id"], share=0.25).rows}
    by_hand = {f"T{n}" for n in range(400) if int(md5(f"T{n}".encode()).hexdigest()[:8], 16) < 0.25 * 16**8}
    assert drawn == by_hand
    assert 70 < len(drawn) < 130
    later = Desk(tickets=[*tickets[::-1], ticket("U1")]).engine.rows("ticket", ["ticket_id"], share=0.25).rows
    assert {row["ticket_id"] for row in later} - {"U1"} == drawn
    assert len(engine.rows("ticket", ["ticket_id"], share=1.0).rows) == 400


def test_splits_by_people_are_labelled(desk):
    crowd = Desk(
        agents=[{"agent_id": "1", "name": "Ann"}], tickets=[ticket("A", agent_id="1")], escalations=[escalation("A")]
    )
    assert any("as last assigned, not a cause" in note for note in crowd.ask("escalation_rate", "agent").caveats)


def test_a_missing_period_means_all(desk):
    assert desk.value("ticket_count") == 3
    assert desk.split("ticket_count", "day") == {
        "2026-10-05": 2,
        "2026-10-06": 0,
        "2026-10-07": 0,
        "2026-10-08": 0,
        "2026-10-09": 1,
    }


def test_times_to_resolution_are_added_up_by_minute_and_open_ones_end_with_the_data():
    desk = Desk(
        tickets=[ticket("A"), ticket("B"), ticket("C"), ticket("D", is_escalated=True)],
        escalations=[escalation(one, "2026-10-06 10:00", reason_code="bug") for one in "ABC"],
        resolutions=[resolution("A", "2026-10-06 11:30:30"), resolution("B", "2026-10-06 11:30:10")],
    )
    result = desk.engine.resolution_times(("root_cause",), period=OCTOBER)
    rows = {(r["root_cause"], r["is_over"], r["whole_minutes"]): (r["minutes"], r["tickets"]) for r in result.rows}
    assert rows == {
        ("product_bug", 1, 90): (pytest.approx(90 + 1 / 3), 2),
        ("product_bug", 0, 90): (pytest.approx(90.5), 1),
    }
    assert result.query.semantic["by"] == ["root_cause"]
    assert not desk.engine.resolution_times((), where=(Filter("reason_code", "missing"),), period=OCTOBER).rows
    with pytest.raises(UnknownName):
        desk.engine.resolution_times(("reason",), period=OCTOBER)


def test_times_to_resolution_hold_the_restrictions():
    desk = Desk(
        accounts=[{"account_id": "a", "tier": "Gold"}, {"account_id": "b", "tier": "Free"}],
        tickets=[ticket("A", account_id="a"), ticket("B", account_id="b")],
        escalations=[escalation("A"), escalation("B")],
        restrictions=(Filter("tier", "=", "Gold"),),
    )
    assert sum(row["tickets"] for row in desk.engine.resolution_times(()).rows) == 1
