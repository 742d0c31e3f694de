"""What must hold for any data: parts sum to the whole, shares lie in 0..1, a filter and its negation add up, order changes nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyst_agent.records import Filter, Period, SemanticQuery
from analyst_agent.semantic.model import model_for
from analyst_agent.semantic.periods import Clock
from analyst_agent.settings import Settings
from analyst_agent.warehouse.backends.embedded import Embedded
from analyst_agent.warehouse.generations import open_current
from analyst_agent.warehouse.load import load
from analyst_agent.warehouse.querying.engine import Engine
from tests.soundness.desk import Desk
from tests.soundness.sample import helpdesk

COUNTS = ("ticket_count", "escalated_ticket_count", "escalation_event_count", "resolution_count", "open_escalated_count", "cohort_escalated_count")  # fmt: skip
SUMS = (*COUNTS, "estimated_cost", "total_resolution_minutes")
SHARES = (
    "cohort_escalation_rate",
    "resolved_share",
    "re_escalation_rate",
    "reopen_rate",
    "sla_breach_rate",
    "unnecessary_share",
)
SPLITS = ("channel", "tier", "account", "agent", "month", "week", "weekday", "hour", "day", "tenure_band")
FILTERS = (
    (Filter("channel", "=", "chat"), Filter("channel", "!=", "chat")),
    (Filter("tier", "in", ("Gold", "Iron")), Filter("tier", "not in", ("Gold", "Iron"))),
    (Filter("csat", "missing"), Filter("csat", "present")),
    (Filter("resolution_type", "=", "refund"), Filter("resolution_type", "!=", "refund")),
    (Filter("root_cause", "=", "policy_gap"), Filter("root_cause", "!=", "policy_gap")),
    (Filter("is_open", "in", ("open",)), Filter("is_open", "not in", ("open",))),
    (Filter("handle_minutes", "=", 30), Filter("handle_minutes", "!=", 30)),
)
WHOLE = Period(date(2026, 1, 1), date(2026, 7, 6))
days_of_it = st.integers(0, WHOLE.days).map(lambda n: WHOLE.start + timedelta(days=n))
desks = st.builds(
    lambda seed, size, zone: Desk(settings=Settings(time_zone=zone), **filled(helpdesk(seed, size))),
    st.integers(0, 10**6),
    st.integers(0, 25),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/Sao_Paulo"]),
)
few = settings(max_examples=15)


def filled(tables: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """With three tickets that have every dimension, and lie at the ends of the period, so that no question is refused as outside the data."""
    for number, at in enumerate((datetime(2026, 1, 1, 12), datetime(2026, 4, 1), datetime(2026, 7, 5, 12))):
        own = {
            "ticket_id": f"full{number}",
            "channel": "chat",
            "account_id": "full",
            "agent_id": "g0",
            "handle_minutes": 30,
        }
        tables["tickets"].append({**own, "created_at": at, "resolved_at": at})
        tables["escalations"].append({"ticket_id": own["ticket_id"], "escalated_at": at, "reason_code": "policy"})
        tables["resolutions"].append(
            {"ticket_id": own["ticket_id"], "resolved_at": at, "resolution_type": "refund", "minutes": 1}
        )
    tables["accounts"].append(
        {"account_id": "full", "name": "Full", "tier": "Gold", "created_at": datetime(2025, 12, 30)}
    )
    return tables


def total(desk: Desk, metric: str, *where: Filter, period: Period = WHOLE) -> float:
    return desk.value(metric, *where, period=period) or 0


@few
@given(desks, st.sampled_from(SUMS), st.sampled_from(SPLITS))
def test_the_parts_sum_to_the_whole(desk, metric, split):
    parts = desk.split(metric, split, period=WHOLE)
    assert sum(v or 0 for v in parts.values()) == pytest.approx(total(desk, metric))


@few
@given(desks, st.sampled_from(SUMS), st.sampled_from(FILTERS))
def test_a_filter_and_its_negation_add_up_to_all(desk, metric, pair):
    parts = [total(desk, metric, one) for one in pair]
    assert sum(parts) == pytest.approx(total(desk, metric))
    assert max(parts) <= total(desk, metric) + 1e-9


@few
@given(desks, st.sampled_from((*COUNTS, "total_resolution_minutes")), st.lists(days_of_it, min_size=1, max_size=3))
def test_the_parts_of_a_period_add_up_to_it(desk, metric, cuts):
    edges = sorted({WHOLE.start, *cuts, WHOLE.end})
    parts = [total(desk, metric, period=Period(a, b)) for a, b in pairwise(edges)]
    assert sum(parts) == pytest.approx(total(desk, metric))


@few
@given(desks, st.sampled_from(SHARES), st.sampled_from(SPLITS))
def test_a_share_lies_between_0_and_1(desk, metric, split):
    for row in desk.ask(metric, split, period=WHOLE).rows:
        if row[metric] is not None:
            assert 0 <= row[metric] <= 1
            assert row[metric] == pytest.approx(row[f"{metric}__numerator"] / row[f"{metric}__n"])


@few
@given(desks, st.sampled_from(SPLITS))
def test_a_rate_is_its_numerator_over_its_denominator(desk, split):
    for row in desk.ask("escalation_rate escalated_ticket_count ticket_count", split, period=WHOLE).rows:
        assert (row["escalation_rate__numerator"], row["escalation_rate__denominator"]) == (
            row["escalated_ticket_count"],
            row["ticket_count"],
        )
        wanted = row["escalated_ticket_count"] / row["ticket_count"] if row["ticket_count"] else None
        assert row["escalation_rate"] == (None if wanted is None else pytest.approx(wanted))


@few
@given(st.integers(0, 10**6), st.randoms(use_true_random=False), st.sampled_from(SPLITS))
def test_the_order_of_rows_changes_nothing(seed, random, split):
    tables = filled(helpdesk(seed, 15))
    for name in ("escalations", "resolutions"):
        tables[name] = [{f"{name[:-1]}_id": f"{name}{n}", **row} for n, row in enumerate(tables[name])]
    shuffled = {name: random.sample(rows, len(rows)) for name, rows in tables.items()}
    metrics = (
        "escalated_ticket_count open_escalated_count mean_resolution_minutes p90_resolution_minutes estimated_cost"
    )
    one, other = (Desk(**t).ask(metrics, f"{split} root_cause", period=WHOLE).rows for t in (tables, shuffled))
    names = [n for n in one[0] if n in (split, "root_cause")]

    def ordered(rows: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
        return sorted(rows, key=lambda row: [str(row[n]) for n in names])

    for left, right in zip(ordered(one), ordered(other), strict=True):
        for name, value in left.items():
            assert right[name] == (pytest.approx(value) if isinstance(value, float) else value)


def write(folder: Path, name: str, tables: dict[str, list[dict[str, Any]]]) -> Path:
    """One table as a canonical CSV file, its rows in an order of their own."""
    rows = tables[name]
    columns = list(dict.fromkeys(c for row in rows for c in row))
    lines = [",".join(columns)]
    for row in Random(name).sample(rows, len(rows)):
        cells = [
            "" if row.get(c) is None else f"{row[c]}Z" if isinstance(row[c], datetime) else str(row[c]) for c in columns
        ]
        lines.append(",".join('"' + cell.replace('"', '""') + '"' if cell else "" for cell in cells))
    path = folder / f"{name}.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("together", [True, False])
def test_the_order_of_files_changes_nothing(tmp_path, together):
    """Loaded in one go or file by file, escalations before their tickets or after: the numbers are those of the rows in memory."""
    tables = filled(helpdesk(5, 60))
    for name in ("escalations", "resolutions"):
        tables[name] = [{f"{name[:-1]}_id": f"{name}{n}", **row} for n, row in enumerate(tables[name])]
    folder = tmp_path / "exports"
    folder.mkdir()
    paths = [write(folder, name, tables) for name in ("resolutions", "escalations", "tickets", "agents", "accounts")]
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    own = Settings(time_zone="Europe/Berlin")
    for group in [paths] if together else [[p] for p in paths]:
        load(workspace, group, settings=own)
    metrics = (
        *SUMS,
        "escalation_rate",
        "mean_time_to_escalation",
        "median_resolution_minutes",
        "mean_csat",
        "sla_breach_rate",
    )
    query = SemanticQuery(metrics, ("month",), period=WHOLE)
    expected = Desk(settings=own, **tables).engine.run(query).rows
    with open_current(workspace) as warehouse:
        engine = Engine(Embedded(warehouse.connection, "g"), model_for(own), own, Clock.of(own))
        for row, wanted in zip(engine.run(query).rows, expected, strict=True):
            assert {k: v for k, v in row.items() if k != "month"} == pytest.approx(
                {k: v for k, v in wanted.items() if k != "month"}
            )
