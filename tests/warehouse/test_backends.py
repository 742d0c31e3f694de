"""Engines as far as they need no driver: URLs, passwords, what a catalogue must have, plain values."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from analyst_agent.errors import InvalidDefinition, UnknownName, WorkspaceError
from analyst_agent.settings import parse_settings
from analyst_agent.warehouse.backends import clickhouse, postgres
from analyst_agent.warehouse.backends.address import address_of, driver
from analyst_agent.warehouse.backends.catalogue import FoundTable, plain_row, stored_tables, what_is_there
from analyst_agent.warehouse.backends.opening import open_engine
from analyst_agent.workspace import Workspace

TICKETS = {"TICKET_ID": "text", "created_at": "timestamp with time zone", "csat": "numeric(2,1)"}


def test_a_url_is_taken_apart_and_its_variables_are_filled_in(monkeypatch):
    monkeypatch.setenv("DESK_PASSWORD", "p@ss:/?#")
    found = address_of("postgresql://reader:${DESK_PASSWORD}@db:5433/support?schema=a%20b")
    assert (found.user, found.password, found.host, found.port, found.path) == (
        "reader",
        "p@ss:/?#",
        "db",
        5433,
        "/support",
    )
    assert found.options == {"schema": "a b"}
    assert "p@ss" not in f"{found!r} {found.shown}"


def test_a_variable_that_is_not_set_is_named(monkeypatch):
    monkeypatch.delenv("NO_SUCH_PASSWORD", raising=False)
    with pytest.raises(WorkspaceError, match="NO_SUCH_PASSWORD"):
        address_of("postgresql://reader:${NO_SUCH_PASSWORD}@db/support")


@pytest.mark.parametrize(
    "url", ["postgresql://reader:secret@db/support", "postgresql://db/support?password=secret", "postgresql://a:se@cret@db/x"]
)  # fmt: skip
def test_a_password_in_clear_is_refused_and_not_repeated(url):
    with pytest.raises(InvalidDefinition, match="password in clear") as caught:
        parse_settings({"workspace": {"engine": url}})
    assert "secret" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize("url", ["mysql://secret@db/x", "support.duckdb", "sqlite:///x"])
def test_an_engine_that_does_not_exist_is_refused_with_those_that_do(url):
    with pytest.raises(InvalidDefinition) as caught:
        parse_settings({"workspace": {"engine": url}})
    assert "clickhouse://" in caught.value.hint
    assert "secret" not in caught.value.message


def test_a_missing_driver_says_what_to_install():
    with pytest.raises(WorkspaceError) as caught:
        driver("no_such_driver", "nosuch", "postgres")
    assert caught.value.hint == "Install it: pip install 'escalation-analyst[postgres]'"


def test_an_unknown_option_is_refused_before_anything_is_opened(tmp_path):
    with pytest.raises(UnknownName, match="scheme"):
        open_engine("postgresql://db/support?scheme=x", {}, tmp_path)


def test_a_clickhouse_server_is_refused(tmp_path):
    with pytest.raises(WorkspaceError, match="in this process only"):
        open_engine("clickhouse://db:8123/support", {}, tmp_path)


def test_a_catalogue_is_matched_without_regard_to_case():
    found = stored_tables({"Tickets": FoundTable(("public", "Tickets"), TICKETS)}, postgres._convert, "here")
    columns = {c.name: c for c in found["tickets"].columns}
    assert columns["ticket_id"].stored == "TICKET_ID"
    assert (columns["created_at"].convert, columns["csat"].convert, columns["ticket_id"].convert) == (
        "zoned",
        "cast",
        "",
    )
    assert columns["priority"].stored == ""
    assert found["accounts"].path == ()
    said = what_is_there(found)
    assert "accounts: absent, taken as empty" in said


@pytest.mark.parametrize(
    ("tables", "named"),
    [({}, "tickets"), ({"tickets": ["ticket_id"]}, "created_at"), ({"tickets": ["ticket_id", "created_at"], "resolutions": ["ticket_id"]}, "resolved_at")],
)  # fmt: skip
def test_what_is_missing_and_required_is_named(tables, named):
    found = {name: FoundTable((name,), dict.fromkeys(columns, "text")) for name, columns in tables.items()}
    with pytest.raises(WorkspaceError, match=named):
        stored_tables(found, postgres._convert, "here")


@pytest.mark.parametrize(
    ("kind", "stored", "expected"),
    [
        ("text", "Nullable(String)", ""), ("text", "String", "blank"), ("text", "LowCardinality(Nullable(String))", "cast"),
        ("text", "UUID", "cast"), ("timestamp", "Nullable(DateTime64(6, 'UTC'))", ""), ("timestamp", "DateTime64(6, 'UTC')", ""),
        ("timestamp", "DateTime('Asia/Tokyo')", "cast"), ("number", "Nullable(Decimal(9, 2))", "cast"), ("integer", "UInt64", "cast"),
        ("boolean", "UInt8", "cast"),
    ],
)  # fmt: skip
def test_types_of_clickhouse(kind, stored, expected):
    assert clickhouse._convert(kind, stored, False) == expected


def test_values_are_plain():
    moment = datetime(2026, 10, 1, 2, tzinfo=UTC)
    assert plain_row((Decimal(7), Decimal("2.50"), moment, None, True)) == (
        7,
        2.5,
        datetime(2026, 10, 1, 2),
        None,
        True,
    )
    assert [type(v) for v in plain_row((Decimal(7), Decimal("7.0")))] == [int, float]


def test_loading_says_where_to_load(tmp_path):
    workspace = Workspace(tmp_path, parse_settings({"workspace": {"engine": "postgresql://db/support"}}))
    with pytest.raises(WorkspaceError, match="reads from postgresql; loading is for the embedded warehouse"):
        workspace.check_embedded()
