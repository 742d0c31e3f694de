"""Tables as they are found: other types, views, absent columns and tables, what is missing and required; nothing is written."""

from __future__ import annotations

import pytest

from analyst_agent.errors import WorkspaceError
from analyst_agent.records import SemanticQuery
from analyst_agent.semantic.model import load_model
from analyst_agent.warehouse.backends.opening import open_engine
from tests.engines.conftest import Store
from tests.engines.filling import CLICKHOUSE, POSTGRES, fill_clickhouse, fill_postgres
from tests.engines.test_differential import same
from tests.soundness.desk import Desk
from tests.soundness.sample import helpdesk

OTHER = {
    "postgres": POSTGRES | {"text": "varchar(80)", "timestamp": "timestamptz", "number": "numeric", "integer": "int"},
    "clickhouse": CLICKHOUSE | {"text": "LowCardinality(Nullable(String))", "timestamp": "Nullable(DateTime64(6, 'Asia/Tokyo'))", "number": "Nullable(Float32)", "integer": "Nullable(Int32)"},
}  # fmt: skip
QUERIES = (
    SemanticQuery(("escalation_rate", "median_resolution_minutes"), ("month",)),
    SemanticQuery(("mean_csat", "estimated_cost", "resolution_minutes"), ("tier",)),
    SemanticQuery(("escalated_ticket_count",), ("root_cause",)),
)


@pytest.fixture
def folder(request):
    """The folder that this process has open for ClickHouse."""
    return request.getfixturevalue("clickhouse_folder")


def _times_as_utc(rows, name):
    if name != "postgres":
        return rows
    from datetime import UTC, datetime

    return {
        table: [{k: v.replace(tzinfo=UTC) if isinstance(v, datetime) else v for k, v in row.items()} for row in many]
        for table, many in rows.items()
    }


@pytest.mark.parametrize("name", OTHER)
def test_other_types_give_the_same_numbers(name, request):
    """Offsets, decimals and short texts are read as what they mean."""
    desk = Desk(**helpdesk(7, 120))
    if name == "postgres":
        url = fill_postgres(
            request.getfixturevalue("postgres_server").url, "othertypes", _times_as_utc(desk.tables, name), OTHER[name]
        )
    else:
        # A text is a wall clock of the column's zone: UTC is written into UTC columns and copied.
        url = _clickhouse_copied(request.getfixturevalue("clickhouse_folder"), desk)
    backend = open_engine(url, load_model().derived, None)
    engine = Store(name, url, backend, desk).engine()
    for query in QUERIES:
        same(engine.run(query), desk.engine.run(query), query)
    backend.close()


def _clickhouse_copied(place, desk):
    import chdb

    from analyst_agent.warehouse.tables import TABLES

    fill_clickhouse(place, "plaintypes", desk.tables)
    url = fill_clickhouse(place, "othertypes", {name: [] for name in TABLES}, OTHER["clickhouse"])
    connection = chdb.connect(str(place))
    connection.query("SET allow_suspicious_low_cardinality_types = 1")
    for name in TABLES:
        connection.query(f"INSERT INTO othertypes.{name} SELECT * FROM plaintypes.{name}")
    connection.close()
    return url


def test_views_absent_columns_and_tables(postgres_server):
    """A view with fewer columns answers as if they were empty; a table that is not there is empty."""
    import psycopg

    desk = Desk(tickets=[{"ticket_id": "t1", "created_at": "2026-10-05 10:00", "is_escalated": True, "priority": "P1"}])
    url = fill_postgres(postgres_server.url, "views", desk.tables)
    with psycopg.connect(host=str(postgres_server.sockets), user="postgres", dbname="views") as connection:
        connection.execute("CREATE SCHEMA support")
        connection.execute(
            "CREATE VIEW support.tickets AS SELECT ticket_id, created_at, is_escalated, priority FROM public.tickets"
        )
    backend = open_engine(url + "&schema=support", load_model().derived, None)
    assert "escalations: absent, taken as empty" in backend.found
    assert any(line.startswith("tickets: without updated_at, subject") for line in backend.found)
    engine = Store("postgres", url, backend, desk).engine()
    asked = SemanticQuery(("escalated_ticket_count", "mean_csat", "resolution_count"), ("priority",))
    same(engine.run(asked), desk.engine.run(asked), asked)
    backend.close()


def test_a_missing_required_column_or_table_is_named(postgres_server):
    import psycopg

    with psycopg.connect(
        host=str(postgres_server.sockets), user="postgres", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS bare")
        with pytest.raises(WorkspaceError, match="no table or view 'tickets'"):
            open_engine(postgres_server.url("postgres") + "&schema=bare", {}, None)
        connection.execute("CREATE TABLE bare.tickets (ticket_id text)")
        with pytest.raises(WorkspaceError, match="tickets has no column 'created_at'"):
            open_engine(postgres_server.url("postgres") + "&schema=bare", {}, None)


def test_nothing_can_be_written(store):
    statement = {
        "postgres": "CREATE TABLE x (a int)",
        "clickhouse": "CREATE TABLE x (a Int8) ENGINE = Memory",
        "spark": "CREATE TABLE x (a INT) USING parquet",
    }[store.name]
    with pytest.raises(WorkspaceError):
        store.raw(statement)


def test_spark_works_in_processes_of_its_own(store):
    """The driver and two workers each have a block manager."""
    if store.name == "spark":
        from pyspark.sql import SparkSession

        session = SparkSession.getActiveSession() or SparkSession.builder.getOrCreate()
        assert session.sparkContext.master == "local-cluster[2,1,1024]"
        assert session.sparkContext._jsc.sc().getExecutorMemoryStatus().size() == 3
    else:
        pytest.skip("of Spark only")


def test_the_state_of_the_data_changes_with_them(postgres_server):
    import psycopg

    desk = Desk(tickets=[{"ticket_id": "t1", "created_at": "2026-10-05 10:00"}])
    url = fill_postgres(postgres_server.url, "states", desk.tables)
    before = open_engine(url, load_model().derived, None)
    assert open_engine(url, load_model().derived, None).generation == before.generation
    with psycopg.connect(host=str(postgres_server.sockets), user="postgres", dbname="states") as connection:
        connection.execute("UPDATE tickets SET updated_at = '2026-10-06'")
    assert open_engine(url, load_model().derived, None).generation != before.generation


def test_a_database_that_sorts_and_lowers_by_another_locale_gives_the_same(postgres_server):
    """lower() of the C locale knows ASCII only, and another collation would break ties of equal counts otherwise."""
    import psycopg

    rows = [
        {"ticket_id": f"t{n}", "created_at": "2026-10-05 10:00", "channel": channel, "subject": "ÉTÉ"}
        for n, channel in enumerate(("b", "A", "_", "a", "B", "É"))
    ]
    desk = Desk(tickets=rows)
    fill_postgres(postgres_server.url, "plainlocale", desk.tables)
    with psycopg.connect(
        host=str(postgres_server.sockets), user="postgres", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute("CREATE DATABASE clocale TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' ENCODING 'UTF8'")
        connection.execute(
            "CREATE DATABASE iculocale TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8' ENCODING 'UTF8'"
        )
    from analyst_agent.records import Filter

    for database in ("clocale", "iculocale"):
        url = fill_postgres(postgres_server.url, database, desk.tables, exists=True)
        backend = open_engine(url, load_model().derived, None)
        engine = Store("postgres", url, backend, desk).engine()
        assert engine.values("channel") == desk.engine.values("channel")
        query = SemanticQuery(("ticket_count",), (), (Filter("subject", "contains", "été"),))
        same(engine.run(query), desk.engine.run(query), database)
        backend.close()
