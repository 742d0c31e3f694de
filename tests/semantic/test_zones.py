"""Local time from offsets: what the clocks of a zone show, for every instant of a span, without the engine's own conversion."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import duckdb
import pytest
from sqlglot import exp

from analyst_agent.semantic.fragments import column
from analyst_agent.semantic.zones import local_time, offsets

ZONES = (
    "UTC", "Europe/Berlin", "America/Sao_Paulo", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Casablanca",
    "America/Caracas", "Pacific/Apia", "Asia/Tehran", "Africa/Monrovia",
)  # fmt: skip
SPANS = ((datetime(2026, 1, 1), datetime(2027, 1, 1)), (datetime(2005, 3, 1), datetime(2027, 1, 1)), (datetime(1971, 6, 1), datetime(1973, 1, 1)))  # fmt: skip


def wall(moment: datetime, zone: str) -> datetime:
    """What the clocks show."""
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@pytest.mark.parametrize("span", SPANS, ids=lambda s: f"{s[0].year}")
@pytest.mark.parametrize("zone", ZONES)
def test_every_change_of_the_clocks_is_at_its_second(zone, span):
    first, changes = offsets(zone, *span)
    for moment in [span[0] + (span[1] - span[0]) * n / 500 for n in range(500)] + [
        m + timedelta(seconds=s) for m, _ in changes for s in (-1, 0)
    ]:
        held = next((o for m, o in reversed(changes) if moment >= m), first)
        assert moment + held == wall(moment, zone)


@pytest.mark.parametrize("bounded", [True, False])
@pytest.mark.parametrize("zone", ZONES[:-1])
def test_the_sql_shows_what_the_clocks_show(zone, bounded):
    span = SPANS[0]
    random = Random(zone)
    length = int((span[1] - span[0]).total_seconds())
    moments = [span[0] + timedelta(seconds=random.randrange(length)) for _ in range(200)] + [span[0]]
    if not bounded:
        moments += [span[0] - timedelta(days=n) for n in (1, 100, 300)]  # an escalation older than the first ticket
    node = local_time(column("t", "moment"), zone, span if bounded else None, None if bounded else span)
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (moment TIMESTAMP)")
        connection.executemany("INSERT INTO t VALUES (?)", [[m] for m in moments])
        found = connection.execute(exp.select("moment", node).from_("t").sql("duckdb")).fetchall()
    assert dict(found) == {m: wall(m, zone) for m in moments}


def test_without_a_known_span_the_engine_converts():
    assert "AT TIME ZONE 'Asia/Tehran'" in local_time(column("t", "x"), "Asia/Tehran", None, None).sql("duckdb")
    long = (datetime(1950, 1, 1), datetime(2026, 1, 1))
    assert "AT TIME ZONE" in local_time(column("t", "x"), "Europe/Berlin", long, None).sql("duckdb")
