"""Charts: their data are table rows, names are data, pictures are drawn without fetching anything."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from analyst_agent.charting import Layout, bars_with_intervals, line_over_time, ranked_bars
from analyst_agent.errors import UnknownName
from analyst_agent.records import Chart, Column, Fact, Table
from analyst_agent.report import charts_for, png, svg, text_chart
from tests.claims.sample import OCTOBER, finding, wording

HOSTILE = (
    "a.b['c']",
    "datum.c1",
    '"]; alert(1); ["',
    "<script>alert(1)</script>",
    "Reports\u202e",
    "x" * 200,
    "\\",
    "",
)


def _areas(names: tuple[str, ...]) -> Table:
    columns = (Column("datum['x'] \"area\"", "text", "product.area"), Column("tickets [n]", "count", "n.x"))
    return Table("Tickets 'by' area", columns, tuple((name, 10 * (i + 1)) for i, name in enumerate(names)))


def test_names_are_data_and_fields_are_renamed() -> None:
    chart = ranked_bars(_areas(HOSTILE), "product.area", "n.x")
    rows = chart.spec["data"]["values"]
    assert [r["c1"] for r in rows] == [80.0, 70.0, 60.0, 50.0, 40.0, 30.0, 20.0, 10.0]
    fields = re.findall(r'"field": "([^"]*)"', json.dumps(chart.spec))
    assert set(fields) <= {"c0", "c1", "c2", "c5"}
    assert "expr" not in json.dumps({k: v for k, v in chart.spec.items() if k != "data"}).lower().replace(
        "labelexpr", ""
    )
    drawn = svg(chart)
    assert "<script" not in drawn
    assert "\u202e" not in drawn


def test_a_picture_is_drawn_of_hostile_names() -> None:
    picture = png(ranked_bars(_areas(HOSTILE), "product.area", "n.x"))
    assert picture.startswith(b"\x89PNG\r\n")
    assert len(picture) > 5000


def test_names_that_read_alike_stay_apart() -> None:
    chart = ranked_bars(_areas(("A", "A\u200b", "A ")), "product.area", "n.x")
    assert {r["c0"] for r in chart.spec["data"]["values"]} == {"A", "A (2)", "A (3)"}


def test_many_bars_are_cut_and_the_subtitle_says_so() -> None:
    chart = ranked_bars(_areas(tuple(f"Area {i}" for i in range(40))), "product.area", "n.x")
    assert len(chart.spec["data"]["values"]) == 15
    assert chart.spec["title"]["subtitle"] == "the largest 15 of 40"
    assert chart.alt.endswith("Highest Area 39 (400), lowest Area 0 (10).")


def test_an_unknown_column_is_named() -> None:
    with pytest.raises(UnknownName, match=r"n\.y"):
        ranked_bars(_areas(("A",)), "product.area", "n.y")


def test_outside_data_is_not_fetched() -> None:
    chart = Chart("t", {"data": {"url": "https://example.invalid/x.csv"}, "mark": "point", "encoding": {}}, "")
    with pytest.raises(ValueError, match=r"(?i)not allowed|denied|allowed|access"):
        png(chart)


def test_a_missing_month_is_a_gap() -> None:
    months = Table(
        "Rates", (Column("month", "date", "month"), Column("rate", "ratio", "r")),
        (("2026-01-01", 0.05), ("2026-02-01", None), ("2026-03-01", 0.07)),
    )  # fmt: skip
    chart = line_over_time(months, "month", "r")
    assert [r["c1"] for r in chart.spec["data"]["values"]] == [0.05, None, 0.07]
    assert "Highest Mar 2026 (7.0 %), lowest Jan 2026 (5.0 %)." in chart.alt
    assert png(chart).startswith(b"\x89PNG")


def test_intervals_are_drawn_with_their_rows() -> None:
    table = Table(
        "T", (Column("tier", "text", "tier"), Column("rate", "ratio", "r")), (("A", 0.05), ("B", 0.2), ("C", 0.1))
    )
    chart = bars_with_intervals(table, "tier", "r", [(0.04, 0.06), None, (0.08, 0.12)], layout=Layout(0.09))
    assert [(r["c0"], r["c3"], r["c4"]) for r in chart.spec["data"]["values"]] == [
        ("B", None, None), ("C", 0.08, 0.12), ("A", 0.04, 0.06),
    ]  # fmt: skip
    assert "dashed: all together" in chart.spec["title"]["subtitle"]
    assert "<path" in svg(chart)


def test_a_findings_charts_are_made_from_its_tables() -> None:
    (chart,) = charts_for(finding(), wording())
    assert chart.title == "Tickets by root cause, October 2026"
    assert [r["c0"] for r in chart.spec["data"]["values"]] == [
        "Product bug",
        "Policy gap",
        "Training gap",
        "No recorded cause",
    ]
    columns = (Column("account tier", "text", "tier"), Column("cohort rate", "ratio", "cohort_escalation_rate"))
    tiers = Table("S", columns, (("Enterprise", 0.121), ("Starter", 0.052)), ((None, "f20"), (None, "f21")))
    whole = Fact("f99", "cohort_escalation_rate", 0.079, "ratio", OCTOBER, n=5120)
    one = replace(finding(), tables=(tiers,), facts=(*finding().facts, whole))
    (chart,) = charts_for(one, wording())
    assert [r["c0"] for r in chart.spec["data"]["values"]] == ["Enterprise (n = 1,240)", "Starter (n = 2,000)"]
    assert charts_for(replace(one, tables=()), wording()) == ()


def test_bars_of_characters() -> None:
    (chart,) = charts_for(finding(), wording())
    lines = text_chart(chart, 60).splitlines()
    assert lines[0] == "Tickets by root cause, October 2026"
    assert all(len(line) <= 60 for line in lines)
    widths = [line.count("█") for line in lines[1:]]
    assert widths == sorted(widths, reverse=True)
    assert lines[-1].endswith(" 17")
    assert text_chart(Chart("t", {"mark": "point"}, "")) == ""
