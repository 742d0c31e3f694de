"""Acceptance on third-party data: what `load` and the engine say against SQL written by hand over the raw files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from analyst_agent.errors import NotPermitted
from analyst_agent.records import Filter, Period, QueryResult, SemanticQuery
from analyst_agent.semantic.model import model_for
from analyst_agent.semantic.periods import Clock
from analyst_agent.settings import Settings
from analyst_agent.warehouse.backends.embedded import Embedded
from analyst_agent.warehouse.generations import open_current
from analyst_agent.warehouse.load import load
from analyst_agent.warehouse.querying.engine import Engine
from analyst_agent.warehouse.report import LoadReport
from tests.soundness.desk import days, month

Q2 = days("2016-04-01", "2016-07-01")
Q1 = days("2026-01-01", "2026-04-01")


class Loaded:
    """One set in a workspace, and its raw files under SQL of their own."""

    def __init__(self, report: LoadReport, engine: Engine, raw: duckdb.DuckDBPyConnection) -> None:
        self.report, self.engine, self._raw = report, engine, raw

    def raw(self, sql: str) -> list[tuple[Any, ...]]:
        return self._raw.execute(sql).fetchall()

    def run(
        self, metrics: str, by: str = "", *where: Filter, period: Period | None = None, limit: int | None = None
    ) -> QueryResult:
        return self.engine.run(SemanticQuery(tuple(metrics.split()), tuple(by.split()), where, period, limit=limit))

    def rows(self, metrics: str, by: str = "", *where: Filter, period: Period | None = None) -> set[tuple[Any, ...]]:
        """Rows with the dimensions first, then the metrics."""
        names = (*by.split(), *metrics.split())
        return {tuple(row[name] for name in names) for row in self.run(metrics, by, *where, period=period).rows}


@contextmanager
def loaded(source: Path, workspace: Path, views: str) -> Iterator[Loaded]:
    own = Settings()
    report = load(workspace, [source], settings=own, source=source.name)
    raw = duckdb.connect(config={"threads": "1"})
    raw.execute(views)
    with open_current(workspace) as warehouse:
        yield Loaded(report, Engine(Embedded(warehouse.connection, "g"), model_for(own), own, Clock.of(own)), raw)


@pytest.fixture(scope="module")
def uci(third_party, tmp_path_factory) -> Iterator[Loaded]:
    source = third_party("uci_incident")
    views = f"""
        CREATE TABLE log AS SELECT row_number() OVER () AS line, *, strptime(opened_at, '%d/%m/%Y %H:%M') AS opened,
            strptime(sys_updated_at, '%d/%m/%Y %H:%M') AS updated, try_strptime(resolved_at, '%d/%m/%Y %H:%M') AS resolved
            FROM read_csv('{source}/incident_event_log.csv.gz', all_varchar = true, header = true);
        CREATE TABLE opening AS SELECT number, opened, nullif(category, '?') AS category, nullif(contact_type, '?') AS channel FROM log
            QUALIFY row_number() OVER (PARTITION BY number ORDER BY updated, sys_mod_count::INTEGER, line) = 1;
        CREATE TABLE third AS SELECT number, min(updated) AS third_at FROM log WHERE reassignment_count::INTEGER >= 3 GROUP BY number;
        CREATE TABLE closing AS SELECT number, max(resolved) AS resolved FROM log GROUP BY number;
        CREATE TABLE incident AS SELECT * FROM opening LEFT JOIN third USING (number) LEFT JOIN closing USING (number)
    """
    with loaded(source, tmp_path_factory.mktemp("uci"), views) as found:
        yield found


@pytest.fixture(scope="module")
def drapertoby(third_party, tmp_path_factory) -> Iterator[Loaded]:
    source = third_party("drapertoby_itsm")
    views = f"""
        CREATE TABLE ticket AS SELECT t.*, m.tier, m.region, t.created_at[:19]::TIMESTAMP AS created, is_reopened = 'True' AS escalated
            FROM read_csv('{source}/tickets.csv', all_varchar = true, header = true) AS t
            JOIN read_csv('{source}/merchants.csv', all_varchar = true, header = true) AS m USING (merchant_id)
            WHERE is_reopen_child = 'False'
    """
    with loaded(source, tmp_path_factory.mktemp("drapertoby"), views) as found:
        yield found


def test_uci_folds_into_incidents_and_escalations(uci):
    assert uci.rows("ticket_count escalated_ticket_count") == {(24_918, 2_848)}
    assert uci.raw("SELECT count(*), count(third_at) FROM incident") == [(24_918, 2_848)]
    assert uci.report.totals["rows_read"] == uci.raw("SELECT count(*) FROM log")[0][0] == 141_712
    assert uci.report.rejects == 0


def test_uci_rate_of_each_month(uci):
    expected = uci.raw("""
        WITH t AS (SELECT strftime(opened, '%Y-%m') AS m, count(*) AS n FROM incident GROUP BY 1),
        e AS (SELECT strftime(third_at, '%Y-%m') AS m, count(*) AS n FROM incident WHERE third_at IS NOT NULL GROUP BY 1)
        SELECT m, coalesce(e.n, 0), coalesce(t.n, 0), CASE WHEN t.n > 0 THEN coalesce(e.n, 0)::DOUBLE / t.n END FROM t FULL JOIN e USING (m)
    """)
    found = uci.run("escalation_rate", "month").rows
    names = ("month", "escalation_rate__numerator", "escalation_rate__denominator", "escalation_rate")
    assert {
        tuple(r[n] for n in names)
        for r in found
        if r["escalation_rate__numerator"] or r["escalation_rate__denominator"]
    } == set(expected)
    [april] = uci.run("escalation_rate", period=month("2016-04")).rows
    assert april["escalation_rate"] == {m: rate for m, _, _, rate in expected}["2016-04"]


def test_uci_top_categories_of_a_quarter(uci):
    expected = uci.raw(
        "SELECT category, count(*) AS n FROM incident WHERE third_at >= '2016-04-01' AND third_at < '2016-07-01' GROUP BY 1 ORDER BY n DESC, category LIMIT 5"
    )
    result = uci.run("escalated_ticket_count", "category", period=Q2, limit=5)
    assert [(r["category"], r["escalated_ticket_count"]) for r in result.rows] == expected
    assert any("5 of " in note for note in result.caveats)


@pytest.mark.parametrize("by", ["category", "channel"])
def test_uci_rates_by_category(uci, by):
    expected = uci.raw(f"""
        WITH t AS (SELECT {by} AS k, count(*) AS n, count(third_at) AS c FROM incident WHERE opened >= '2016-04-01' AND opened < '2016-07-01' GROUP BY 1),
        e AS (SELECT {by} AS k, count(*) AS n FROM incident WHERE third_at >= '2016-04-01' AND third_at < '2016-07-01' GROUP BY 1)
        SELECT coalesce(t.k, e.k), CASE WHEN t.n > 0 THEN coalesce(e.n, 0) / t.n::DOUBLE END, CASE WHEN t.n > 0 THEN t.c / t.n::DOUBLE END,
        coalesce(t.n, 0) FROM t FULL JOIN e ON t.k IS NOT DISTINCT FROM e.k
    """)
    assert uci.rows("escalation_rate cohort_escalation_rate ticket_count", by, period=Q2) == set(expected)


def test_uci_times_of_a_quarter(uci):
    [(to_escalation, resolution, median, ninetieth, open_count)] = uci.raw("""
        WITH e AS (SELECT *, CASE WHEN resolved >= third_at THEN epoch(resolved - third_at) / 60 END AS took FROM incident
        WHERE third_at >= '2016-04-01' AND third_at < '2016-07-01')
        SELECT avg(epoch(third_at - opened) / 60), avg(took), median(took), quantile_cont(took, 0.9), count(*) - count(took) FROM e
    """)
    [row] = uci.run(
        "mean_time_to_escalation mean_resolution_minutes median_resolution_minutes p90_resolution_minutes open_escalated_count",
        period=Q2,
    ).rows
    assert row["mean_time_to_escalation"] == pytest.approx(to_escalation)
    assert row["mean_resolution_minutes"] == pytest.approx(resolution)
    assert row["median_resolution_minutes"] == pytest.approx(median)
    assert row["p90_resolution_minutes"] == pytest.approx(ninetieth)
    assert row["open_escalated_count"] == row["mean_resolution_minutes__open"] == open_count


def test_uci_after_the_extract_ends_there_is_little(uci):
    august = "opened >= '2016-08-01' AND opened < '2016-09-01'"
    [row] = uci.run("ticket_count escalation_rate", period=month("2016-08")).rows
    assert [(row["ticket_count"], row["escalation_rate__numerator"])] == uci.raw(
        f"SELECT count(*) FILTER ({august}), count(*) FILTER ({august.replace('opened', 'third_at')}) FROM incident"
    )
    assert row["ticket_count"] < 30


def test_drapertoby_folds_continuations(drapertoby):
    tickets = next(f for f in drapertoby.report.files if f.table == "tickets")
    assert (tickets.rows_read, tickets.inserted, tickets.folded) == (2_057, 1_750, 307)
    assert drapertoby.rows("ticket_count escalated_ticket_count") == {(1_750, 307)}
    assert drapertoby.raw("SELECT count(*), count(*) FILTER (escalated) FROM ticket") == [(1_750, 307)]


def test_drapertoby_rate_of_each_month(drapertoby):
    expected = drapertoby.raw(
        "SELECT strftime(created, '%Y-%m'), avg(escalated::INTEGER), count(*) FROM ticket GROUP BY 1"
    )
    assert drapertoby.rows("escalation_rate ticket_count", "month", period=days("2025-01-01", "2026-07-01")) == set(
        expected
    )
    assert drapertoby.rows("escalation_rate", period=month("2026-03")) == {({m: r for m, r, _ in expected}["2026-03"],)}


@pytest.mark.parametrize("by", ["tier", "region", "category", "priority"])
def test_drapertoby_rates_by_segment(drapertoby, by):
    where = "created >= '2026-01-01' AND created < '2026-04-01'"
    expected = drapertoby.raw(
        f"SELECT {by}, avg(escalated::INTEGER), avg(escalated::INTEGER), count(*) FROM ticket WHERE {where} GROUP BY 1"
    )
    result = drapertoby.run("escalation_rate cohort_escalation_rate ticket_count", by, period=Q1)
    names = (by, "escalation_rate", "cohort_escalation_rate", "ticket_count")
    assert {tuple(r[n] for n in names) for r in result.rows} == set(expected)
    assert any("day of creation" in note for note in result.caveats)


def test_drapertoby_top_categories_of_a_quarter_in_one_tier(drapertoby):
    expected = drapertoby.raw(
        "SELECT category, count(*) FROM ticket WHERE escalated AND tier = 'Foundation' AND created >= '2026-01-01' AND created < '2026-04-01' GROUP BY 1"
    )
    assert drapertoby.rows("escalated_ticket_count", "category", Filter("tier", "=", "foundation"), period=Q1) == set(
        expected
    )


def test_drapertoby_knows_no_time_of_escalation(drapertoby):
    [(count,)] = drapertoby.raw(
        "SELECT count(*) FROM ticket WHERE escalated AND created >= '2026-01-01' AND created < '2026-04-01'"
    )
    for metric in ("mean_time_to_escalation", "mean_resolution_minutes"):
        with pytest.raises(NotPermitted, match=f"unknown for all {count} "):
            drapertoby.run(metric, period=Q1)
    with pytest.raises(NotPermitted, match="no channel"):
        drapertoby.run("escalation_rate", "channel", period=Q1)
