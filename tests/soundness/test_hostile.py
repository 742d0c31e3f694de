"""Names and values written to break out: each is refused or matches nothing, and the data are what they were."""

from __future__ import annotations

import pytest

from analyst_agent.errors import AnalystError, NotPermitted, UnknownName
from analyst_agent.records import FILTER_OPS, Filter, Order, SemanticQuery
from analyst_agent.semantic.filters import parse_filter
from tests.soundness.desk import Desk, escalation, resolution, ticket

HOSTILE = (
    "' OR '1'='1",
    "'' OR 1=1 --",
    "\\",
    "\\' OR 1=1 --",
    "'; DROP TABLE tickets; --",
    '"; DROP TABLE tickets; --',
    "x') UNION SELECT ticket_id FROM tickets --",
    "%",
    "_",
    "${1}",
    "$1",
    "?",
    "{{7*7}}",
    "/* */",
    "日本語 ' \u202e 🙂",
    "ﬀ İ ß",
    "a" * 100_000,
    "\n\r\t",
    "",
)
NAMES = (
    "tier; drop table tickets",
    'tier" FROM accounts --',
    "ticket.created_at",
    "tickets.subject",
    "COUNT(*)",
    "(SELECT 1)",
    "account_directory.name",
    "1",
    "*",
    "",
    "tier\x00",
)


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(
        accounts=[{"account_id": "a", "name": "Bobby'; DROP TABLE tickets; --", "tier": "Gold"}],
        tickets=[
            ticket("A", channel="chat", account_id="a", subject="It's 100 % broken \\"),
            ticket("B", channel="' OR '1'='1", csat=2),
            ticket("C", channel="chat\\"),
        ],
        escalations=[escalation("A", reason_code="bug")],
        resolutions=[resolution("A", resolution_type="fix", notes="done")],
    )


def test_hostile_values_match_themselves_only(desk):
    """All 3 tickets (the quote closed the literal) instead of the one whose channel it is."""
    assert desk.value("ticket_count", Filter("channel", "=", "' OR '1'='1")) == 1
    assert desk.value("ticket_count", Filter("channel", "!=", "' OR '1'='1")) == 2
    assert desk.value("ticket_count", Filter("channel", "=", "chat\\")) == 1
    assert desk.value("ticket_count", Filter("account", "=", "Bobby'; DROP TABLE tickets; --")) == 1
    assert desk.value("ticket_count", Filter("subject", "contains", "100 % broken \\")) == 1
    assert desk.value("ticket_count", Filter("subject", "contains", "_")) == 0
    assert desk.value("ticket_count", Filter("subject", "contains", "it's")) == 1
    assert desk.split("ticket_count", "channel") == {"chat": 1, "' OR '1'='1": 1, "chat\\": 1}


@pytest.mark.parametrize("value", HOSTILE, ids=lambda v: ascii(v)[:30])
def test_hostile_values_of_free_fields_match_nothing(desk, value):
    """Any count above 0 for an id or a note that no row has, except the empty text, which every text contains."""
    for field, op in (
        ("ticket_id", "="),
        ("ticket_id", ">="),
        ("notes", "contains"),
        ("subject", "="),
        ("ticket_id", "in"),
    ):
        found = desk.value("ticket_count", Filter(field, op, value))
        if value and op in ("=", "in"):
            assert found == 0
        assert found <= 3
    assert desk.value("ticket_count") == 3


@pytest.mark.parametrize("value", HOSTILE, ids=lambda v: ascii(v)[:30])
@pytest.mark.parametrize("op", ["=", "!=", "in", "not in"])
def test_hostile_values_of_a_category_are_refused_with_the_nearest(desk, value, op):
    """A count for a channel that does not exist, or "all but it" for all."""
    if value == "' OR '1'='1":
        return
    with pytest.raises(UnknownName) as refused:
        desk.value("ticket_count", Filter("tier", op, value))
    assert "Gold" in refused.value.hint


@pytest.mark.parametrize(
    "value", ["1; DROP TABLE tickets", "1 OR 1=1", "nan", "inf", "-inf", "", "0x10", None, "1e999", [1], {}]
)
def test_a_number_is_a_number(desk, value):
    """A condition that is always true."""
    with pytest.raises(NotPermitted):
        desk.value("ticket_count", Filter("csat", "=", value))


@pytest.mark.parametrize(
    ("value", "expected"), [("2", 1), (2.0, 1), ("-2", 0), (-2.5, 0), ("2e0", 1), (" 2 ", 1), (1e300, 0)]
)
def test_numbers_in_every_writing(desk, value, expected):
    """0 for 2.0 compared as text."""
    assert desk.value("ticket_count", Filter("csat", "=", value)) == expected


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_hostile_names_are_refused(desk, name):
    """A column that nobody declared, read through a name that is put into the SQL as it stands."""
    engine = desk.engine
    attempts = (
        lambda: engine.run(SemanticQuery((name,))),
        lambda: engine.run(SemanticQuery(("ticket_count",), (name,))),
        lambda: engine.run(SemanticQuery(("ticket_count",), where=(Filter(name, "=", "x"),))),
        lambda: engine.run(SemanticQuery(("ticket_count",), ("channel",), order=(Order(name),))),
        lambda: engine.rows(name, ["ticket_id"]),
        lambda: engine.rows("ticket", [name]),
        lambda: engine.rows("ticket", ["ticket_id"], where=(Filter(name, "present"),)),
        lambda: engine.values(name),
    )
    for attempt in attempts:
        with pytest.raises(UnknownName):
            attempt()
    assert desk.value("ticket_count") == 3


def test_a_hostile_name_is_told_the_nearest_valid_one(desk):
    """A refusal without a way on."""
    with pytest.raises(UnknownName) as refused:
        desk.ask("ticket_count", "tierr")
    assert "'tier'" in refused.value.hint


@pytest.mark.parametrize("op", ["; DROP", "LIKE", "==", "", "OR", "is"])
def test_operators_are_a_closed_list(desk, op):
    """An operator put into the SQL as it stands."""
    assert op not in FILTER_OPS
    with pytest.raises(NotPermitted, match="Unknown operator"):
        desk.value("ticket_count", Filter("ticket_id", op, "A"))


@pytest.mark.parametrize("value", ["a\x00b", "\ud800"])
def test_characters_that_no_text_has_are_refused(desk, value):
    """A crash of the database's driver."""
    with pytest.raises(NotPermitted):
        desk.value("ticket_count", Filter("ticket_id", "=", value))
    with pytest.raises(AnalystError):
        desk.value("ticket_count", Filter("channel", "=", value))
    with pytest.raises(NotPermitted):
        desk.value("ticket_count", Filter("subject", "contains", value))


@pytest.mark.parametrize(
    "text", ["tier", "= Gold", "tier = ", "1=1", "tier like 'x'", "tier in", "drop table tickets", "tier between", ""]
)
def test_conditions_that_cannot_be_read_are_refused_with_the_forms(text):
    """A condition taken for something else, or dropped."""
    with pytest.raises((NotPermitted, UnknownName)):
        Desk(tickets=[ticket("A")], accounts=[{"account_id": "a", "tier": "Gold"}]).value(
            "ticket_count", parse_filter(text)
        )


def test_a_typed_condition_keeps_what_was_typed(desk):
    """The quote, comma or operator inside a value read as the end of it."""
    assert parse_filter('account = "Bobby\'; DROP TABLE tickets; --"').value == "Bobby'; DROP TABLE tickets; --"
    assert parse_filter("channel=a=b").value == "a=b"
    assert parse_filter('channel in "a, b", c').value == ("a, b", "c")
    assert parse_filter("channel != x").op == "!="
