"""Charts that a skill asks for: each kind from its table, what it says without being seen, and what is left out."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date

import pytest

from analyst_agent.charting import bars_with_intervals
from analyst_agent.claims.wording import Wording
from analyst_agent.errors import InvalidDefinition, UnknownName
from analyst_agent.records import Column, Drawing, Fact, Finding, Period, Table
from analyst_agent.report.charts import charts_for, png
from analyst_agent.report.drawings import DRAWN, drawn

SEPTEMBER = Period(date(2026, 9, 1), date(2026, 10, 1), "September 2026", "calendar", "month")
OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1), "October 2026", "calendar", "month")


def _table(title: str, columns: dict[str, str], *rows: tuple[object, ...]) -> Table:
    return Table(title, tuple(Column(key.replace("_", " "), unit, key) for key, unit in columns.items()), rows)  # type: ignore[arg-type]


MONTHS = _table(
    "Rate by month",
    {"month": "date", "rate": "ratio", "low": "ratio", "high": "ratio", "average": "ratio", "kind": "text"},
    ("2026-08", 0.08, 0.07, 0.09, 0.08, "observed"),
    ("2026-09", None, None, None, None, "observed"),
    ("2026-10", 0.11, 0.1, 0.12, 0.095, "observed"),
    ("2026-11", 0.1, 0.06, 0.14, None, "forecast"),
)
CAUSES = _table(
    "Causes",
    {"root_cause": "text", "before": "count", "now": "count"},
    ("product_bug", 52, 157),
    ("policy_gap", 37, 33),
    ("unclassified", 36, None),
)
AGENTS = _table(
    "Agents",
    {"agent": "text", "tickets": "count", "rate": "ratio", "low": "ratio", "high": "ratio"},
    ("Ana", 400, 0.19, 0.07, 0.13),
    ("Bo", 60, 0.12, 0.02, 0.18),
    ("Cy", 0, None, None, None),
)
PARTS = _table(
    "Parts",
    {"part": "text", "value": "count"},
    ("September 2026", 208),
    ("volume", 21),
    ("mix", -9),
    ("rate", 108),
    ("October 2026", 328),
)
GRID = _table(
    "Grid",
    {"tier": "text", "area": "text", "rate": "ratio", "n": "count"},
    ("Enterprise", "Reports", 0.2, 100),
    ("Starter", "Reports", 0.1, 90),
    ("Enterprise", "Billing", None, 0),
    ("Starter", "Billing", 0.05, 80),
)
STEPS = _table(
    "Steps",
    {"step": "text", "begun": "date", "ended": "date"},
    ("Blue", "2026-10-01T08:00", "2026-10-01T15:30"),
    ("escalated", "2026-10-01T15:30", None),
)
ASKED = {
    "bars": (CAUSES, {"label": "root_cause", "value": "now"}),
    "bars_with_intervals": (AGENTS, {"label": "agent", "value": "rate", "low": "low", "high": "high"}),
    "line": (MONTHS, {"time": "month", "value": "rate"}),
    "line_with_band": (
        MONTHS,
        {"time": "month", "value": "rate", "low": "low", "high": "high", "average": "average", "kind": "kind"},
    ),
    "slope": (CAUSES, {"label": "root_cause", "before": "before", "now": "now"}),
    "heat_map": (GRID, {"x": "tier", "y": "area", "value": "rate", "n": "n"}),
    "funnel": (AGENTS, {"label": "agent", "n": "tickets", "value": "rate", "low": "low", "high": "high"}),
    "waterfall": (PARTS, {"label": "part", "value": "value"}),
    "timeline": (STEPS, {"label": "step", "start": "begun", "end": "ended"}),
}


def _finding(*drawings: Drawing, facts: tuple[Fact, ...] = ()) -> Finding:
    tables = (MONTHS, CAUSES, AGENTS, PARTS, GRID, STEPS)
    return Finding("A finding", "some_skill", OCTOBER, SEPTEMBER, facts=facts, tables=tables, drawings=drawings)


def _chart(kind: str, **options: object):
    table, columns = ASKED[kind]
    (chart,) = drawn(_finding(Drawing(kind, table.title, columns, options=options)), Wording())
    return chart


def test_each_kind_is_tried_here():
    assert set(ASKED) == set(DRAWN)


@pytest.mark.parametrize("kind", sorted(DRAWN))
def test_each_kind_becomes_a_picture_with_a_description(kind):
    chart = _chart(kind)
    assert png(chart, scale=1.0)[:8] == b"\x89PNG\r\n\x1a\n"
    assert len(chart.alt) > 30
    assert chart.spec["description"] == chart.alt


def _values(chart) -> list[dict[str, object]]:
    found = list(chart.spec["data"]["values"])
    for layer in chart.spec["layer"]:
        found += layer.get("data", {}).get("values", [])
    return found


def test_a_forecast_is_told_apart_from_what_was_counted():
    chart = _chart("line_with_band", grain="month")
    assert {row["c0"] for row in chart.spec["data"]["values"]} == {"2026-08-01", "2026-09-01", "2026-10-01"}
    assert "Forecast to Nov 2026: 10.0 %" in chart.alt
    assert "not yet counted" in chart.spec["title"]["subtitle"]


def test_marks_outside_the_axis_are_left_out():
    chart = _chart(
        "line_with_band", marks=[{"day": "2026-10-01", "label": "step"}, {"day": "2030-01-01", "label": "x"}]
    )
    assert "2026-10-01 step" in chart.alt
    assert "2030" not in chart.alt


def test_a_slope_names_its_periods_and_leaves_out_what_lacks_a_number():
    chart = _chart("slope")
    assert "October 2026 against September 2026" in chart.alt
    assert "Product bug from 52 to 157" in chart.alt
    assert all("recorded" not in str(row["c0"]) for row in chart.spec["data"]["values"])


def _named(chart):
    return {str(row["c0"]) for row in _values(chart) if "c7" in row}


def test_a_funnel_of_few_names_all_and_tells_who_lies_outside():
    chart = _chart("funnel")
    assert "Outside: Ana (19.0 %)." in chart.alt
    assert {"Ana", "Bo"} <= _named(chart)


def test_a_funnel_of_many_names_only_who_lies_outside(monkeypatch):
    monkeypatch.setattr(sys.modules["analyst_agent.charting.funnel"], "FEW", 1)
    assert _named(_chart("funnel")) == {"Ana"}


def test_a_number_below_zero_stands_right_of_the_axis_with_its_sign():
    table = Table("t", (Column("tier", "text", "tier"), Column("gap", "points", "gap")), (("A", 0.05), ("B", -0.04)))
    rows = bars_with_intervals(table, "tier", "gap", [(0.01, 0.09), (-0.06, -0.02)]).spec["data"]["values"]
    assert [(row["c0"], row["c5"]) for row in rows] == [("A", 0.09), ("B", 0.0)]


def test_a_month_that_is_not_over_is_no_fall():
    chart = _chart("line_with_band", grain="month", so_far="2026-10")
    assert "2026-10-01" not in {row["c0"] for row in chart.spec["data"]["values"]}
    assert "Oct 2026 is not over and left out" in chart.spec["title"]["subtitle"]


def test_a_waterfall_ends_where_its_parts_lead():
    rows = _chart("waterfall").spec["data"]["values"]
    assert [row["c4"] for row in rows] == [208, 229, 220, 328, 328]
    assert rows[2]["c6"] == "down"


def test_an_empty_cell_of_a_heat_map_stays_empty():
    assert len(_chart("heat_map").spec["data"]["values"]) == 3


def test_a_reference_is_the_value_of_the_fact_it_names():
    fact = Fact("f1", "escalation_rate", 0.1, "ratio", OCTOBER)
    table, columns = ASKED["funnel"]
    asked = Drawing("funnel", table.title, columns, options={"reference": "f1"})
    (chart,) = drawn(_finding(asked, facts=(fact,)), Wording())
    assert {"c1": 0.1} in _values(chart)
    with pytest.raises(InvalidDefinition, match="f1"):
        drawn(_finding(asked), Wording())


def test_an_unknown_kind_and_an_unknown_part_are_refused_by_name():
    with pytest.raises(UnknownName, match="pie"):
        drawn(_finding(Drawing("pie", "Causes", {})), Wording())
    with pytest.raises(UnknownName, match="now"):
        drawn(_finding(Drawing("slope", "Causes", {"label": "root_cause", "before": "before"})), Wording())


def test_a_table_without_two_rows_is_not_drawn():
    short = replace(CAUSES, rows=CAUSES.rows[:1])
    asked = Drawing("bars", "Causes", ASKED["bars"][1])
    finding = replace(_finding(asked), tables=(short,))
    assert charts_for(finding, Wording()) == ()


def test_words_of_customers_reach_a_chart_as_plain_text():
    hostile = _table("Hostile", {"area": "text", "now": "count"}, ('"+alert(1)+"\u202e', 3), ("{{x}}", 2))
    finding = replace(_finding(Drawing("bars", "Hostile", {"label": "area", "value": "now"})), tables=(hostile,))
    (chart,) = drawn(finding, Wording())
    names = [row["c0"] for row in chart.spec["data"]["values"]]
    assert names == ['"+alert(1)+"', "{{x}}"]
