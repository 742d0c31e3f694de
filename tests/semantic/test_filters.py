"""Conditions as people type them, and their values in the field's type and in UTC."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyst_agent.errors import NotPermitted
from analyst_agent.records import Filter
from analyst_agent.semantic.filters import in_utc, parse_filter, typed
from analyst_agent.semantic.model import load_model

BERLIN = ZoneInfo("Europe/Berlin")
FIELDS = load_model().filterable()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tier=Enterprise", Filter("tier", "=", "Enterprise")),
        ("tier = 'Mid market'", Filter("tier", "=", "Mid market")),
        ("tier <> Gold", Filter("tier", "!=", "Gold")),
        ("csat>=4", Filter("csat", ">=", "4")),
        ("priority in P1, P2", Filter("priority", "in", ("P1", "P2"))),
        ("priority NOT  IN (P1,P2)", Filter("priority", "not in", ("P1", "P2"))),
        ("csat between 2,4", Filter("csat", "between", ("2", "4"))),
        ("subject contains refund = no", Filter("subject", "contains", "refund = no")),
        ("csat is missing", Filter("csat", "missing")),
        ("csat is not missing", Filter("csat", "present")),
        ("csat present", Filter("csat", "present")),
    ],
)
def test_typed_conditions_are_read(text, expected):
    assert parse_filter(text) == expected


@given(st.text())
def test_any_text_is_a_condition_or_refused(text):
    with suppress(NotPermitted):
        assert parse_filter(text).field.isidentifier()


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (Filter("csat", "=", "4"), 4),
        (Filter("csat", ">", "3.50"), 3.5),
        (Filter("csat", "in", ["1", 2]), (1, 2)),
        (Filter("channel", "=", 7), "7"),
        (Filter("created_at", ">", date(2026, 10, 1)), "2026-10-01 00:00:00"),
    ],
)
def test_values_take_the_type_of_their_field(one, expected):
    assert typed(one, FIELDS[one.field]).value == expected


@pytest.mark.parametrize(
    "one",
    [
        Filter("csat", "=", "four"), Filter("csat", "=", "nan"), Filter("csat", "between", (1,)), Filter("csat", "between", (1, 2, 3)),
        Filter("csat", "in", ()), Filter("csat", "contains", "4"), Filter("created_at", ">", "soon"), Filter("channel", "=", ("a", "b")),
        Filter("channel", "~", "a"), Filter("channel", "=", None),
    ],
)  # fmt: skip
def test_values_that_do_not_fit_are_refused(one):
    with pytest.raises(NotPermitted) as refused:
        typed(one, FIELDS[one.field])
    assert refused.value.hint


@pytest.mark.parametrize(
    ("op", "value", "expected"),
    [
        (">=", "2026-10-25", ">= 2026-10-24 22:00:00"),
        ("<", "2026-10-25", "< 2026-10-24 22:00:00"),
        ("<=", "2026-10-25", "<= 2026-10-25 22:59:59.999999"),
        (">", "2026-10-25", "> 2026-10-25 22:59:59.999999"),
        (">", "2026-10-25T12:00", "> 2026-10-25 11:00:00"),
        (">", "2026-10-25T12:00+05:00", "> 2026-10-25 07:00:00"),
        (">", date(2026, 7, 1), "> 2026-07-01 21:59:59.999999"),
    ],
)
def test_days_are_whole_and_local(op, value, expected):
    """25 October 2026 has 25 hours in Berlin."""
    found = in_utc(Filter("created_at", op, value), BERLIN)
    assert f"{found.op} {found.value}" == expected


def test_ranges_of_days_hold_their_last_day():
    expected = Filter("created_at", "between", ("2026-10-24 22:00:00", "2026-10-25 22:59:59.999999"))
    assert in_utc(Filter("created_at", "=", "2026-10-25"), BERLIN) == expected
    assert in_utc(Filter("created_at", "between", ("2026-10-25", "2026-10-25")), BERLIN) == expected
    assert in_utc(Filter("created_at", "missing"), BERLIN) == Filter("created_at", "missing")


def test_several_days_are_as_many_ranges():
    first, last = (
        ("2026-10-24 22:00:00", "2026-10-25 22:59:59.999999"),
        ("2026-10-27 23:00:00", "2026-10-28 22:59:59.999999"),
    )
    assert in_utc(Filter("created_at", "in", ("2026-10-25", "2026-10-28")), BERLIN).value == (first, last)


@pytest.mark.parametrize("one", [Filter("created_at", "!=", "2026-10-25"), Filter("created_at", "not in", ("2026-10-25", "2026-10-26")), Filter("created_at", "=", "25.10.2026")])  # fmt: skip
def test_what_no_time_can_be_is_refused(one):
    with pytest.raises(NotPermitted):
        in_utc(one, BERLIN)


@pytest.mark.parametrize(("name", "value"), [("csat", (4, 2)), ("created_at", ("2026-10-02", "2026-10-01"))])
def test_a_range_that_holds_nothing_is_refused_not_answered_with_zero(name, value):
    with pytest.raises(NotPermitted, match="Nothing lies between"):
        typed(Filter(name, "between", value), FIELDS[name])
