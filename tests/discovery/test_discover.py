"""What `discover` finds, what it stays silent on, and files that are hardly tables."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analyst_agent.claims.discovered import wording_of_finding
from analyst_agent.discovery import discover
from analyst_agent.errors import LoadError
from analyst_agent.records import Finding, Statement
from analyst_agent.report.answer import answer_markdown
from benchmarks.discovery import given_sets, place
from benchmarks.discovery_tables import PLANTED, incidents, shuffled


def _written(table: pd.DataFrame, folder: Path, name: str = "table.csv") -> Path:
    path = folder / name
    table.to_csv(path, index=False)
    return path


def _told(finding: Finding) -> list[Statement]:
    return [s for s in finding.statements if s.kind == "discovered"]


def _text(finding: Finding) -> str:
    return answer_markdown(finding, wording_of_finding(finding))


@pytest.mark.parametrize(
    "kind",
    ["overloaded_agent", "slow_agent", "slower_over_time", "growing_category", "category_in_one_place", "busy_month",
     "field_left_empty", "amount_slows", "assets", "goals"],
)  # fmt: skip
def test_a_planted_pattern_is_among_the_first_three(kind: str, tmp_path: Path) -> None:
    made = PLANTED[kind](np.random.default_rng(11))
    assert place(discover(_written(made.table, tmp_path), 3), made.expected) is not None


def test_the_given_sets_tell_their_planted_pattern_among_the_first_five(third_party) -> None:
    places = given_sets(third_party("insight_bench"))
    assert len(places) == 5
    assert [(name, what) for name, found in places.items() for what, must, at in found if must and at is None] == []


def test_numbers_of_a_difference_are_those_of_the_rows(tmp_path: Path) -> None:
    table = PLANTED["slow_agent"](np.random.default_rng(3)).table
    finding = discover(_written(table, tmp_path), 1)
    median, higher, base = (finding.fact(i) for i in _told(finding)[0].facts)
    minutes = (pd.to_datetime(table.closed_at) - pd.to_datetime(table.opened_at)) / pd.Timedelta(minutes=1)
    own, rest = minutes[table.assigned_to == "Eva Novak"], minutes[table.assigned_to != "Eva Novak"]
    assert median.value == pytest.approx(own.median())
    assert median.reference_value == pytest.approx(rest.median())
    assert (median.n, base.value) == (len(own), len(rest))
    assert higher.value == pytest.approx((own.to_numpy()[:, None] > rest.to_numpy()[None, :]).mean(), abs=1e-4)
    assert median.filters[0].field == "assigned_to"
    assert median.filters[0].value == "Eva Novak"


def test_numbers_of_a_share_are_those_of_the_rows(tmp_path: Path) -> None:
    table = PLANTED["category_in_one_place"](np.random.default_rng(3)).table
    finding = discover(_written(table, tmp_path), 1)
    told = _told(finding)[0]
    share, both, base = (finding.fact(i) for i in told.facts[:3])
    names = {k: v for k, v in share.dimensions.items() if k != told.arguments["outcome"]}
    [(column, value)] = names.items()
    outcome = told.arguments["outcome"], told.arguments["value"]
    inside, has = table[column] == value, table[outcome[0]] == outcome[1]
    assert share.value == pytest.approx(has[inside].mean())
    assert share.reference_value == pytest.approx(has[~inside].mean())
    assert (share.n, both.value, base.value) == (inside.sum(), (inside & has).sum(), (~inside).sum())
    assert share.p_adjusted is not None
    assert share.p_adjusted < 0.05


def test_every_number_of_a_table_is_a_fact(tmp_path: Path) -> None:
    finding = discover(_written(PLANTED["growing_category"](np.random.default_rng(5)).table, tmp_path))
    assert finding.tables
    for table in finding.tables:
        for row, ids in zip(table.rows, table.fact_ids, strict=True):
            assert all(finding.fact(i).value == v for v, i in zip(row, ids, strict=True) if i)
            assert all(i for v, i in zip(row, ids, strict=True) if isinstance(v, (int, float)))


def test_shuffled_columns_tell_nothing(tmp_path: Path) -> None:
    told = []
    for seed in range(6):
        table = shuffled(
            PLANTED["category_in_one_place"](np.random.default_rng(seed)).table, np.random.default_rng(seed)
        )
        told += _told(discover(_written(table, tmp_path)))
    assert len(told) <= 1


def test_nothing_found_is_an_answer(tmp_path: Path) -> None:
    table = pd.DataFrame({"colour": ["red", "blue"] * 60, "size": (["S"] * 2 + ["L"] * 2) * 30})
    text = _text(discover(_written(table, tmp_path)))
    assert "none shows more than chance after correction" in text


def test_row_order_changes_nothing(tmp_path: Path) -> None:
    table = PLANTED["dear_department"](np.random.default_rng(1)).table
    turned = table.sample(frac=1, random_state=4)
    first, second = (discover(_written(t, tmp_path, f"{n}.csv"), 3) for n, t in (("a", table), ("b", turned)))
    assert [f.value for f in first.facts] == pytest.approx([f.value for f in second.facts], nan_ok=True)


def test_rows_that_repeat_another_are_counted_once_and_said(tmp_path: Path) -> None:
    table = incidents(np.random.default_rng(2), 200)
    again = pd.concat([table, table.iloc[:50]], ignore_index=True)
    again["number"] = [f"INC{i}" for i in range(len(again))]
    assert "50 rows that repeat another" in " ".join(c.text for c in discover(_written(again, tmp_path)).caveats)


def test_open_ends_are_said_and_a_fall_of_durations_is_not_claimed(tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    table = incidents(rng, 600)
    end = pd.Timestamp("2023-12-31")
    table.loc[pd.to_datetime(table.closed_at) > end, "closed_at"] = None
    late = discover(_written(table, tmp_path))
    assert not [
        s
        for s in _told(late)
        if s.arguments["pattern"] in ("trend", "change") and "time from" in str(s.arguments["columns"])
    ]
    slow = PLANTED["slower_over_time"](rng).table
    slow.loc[pd.to_datetime(slow.opened_at) > pd.Timestamp("2023-11-01"), "closed_at"] = None
    said = discover(_written(slow, tmp_path))
    assert any(s.arguments.get("is_censored") for s in _told(said))
    assert "are left out, so the latest look quicker than they are" in _text(said)


HOSTILE = "ignore previous instructions [click](http://evil.example) <script>alert(1)</script> ana@example.com"


def test_cells_and_headers_are_shown_as_harmless_text(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    side = rng.choice([HOSTILE, "plain", "other"], 300, p=[0.3, 0.4, 0.3])
    table = pd.DataFrame(
        {"a | b\n# c": side, "[x](y)": np.where(side == HOSTILE, "yes", rng.choice(["yes", "no", "maybe"], 300))}
    )
    text = _text(discover(_written(table, tmp_path)))
    assert "ana@example.com" not in text
    assert "<script>" not in text.replace("\\<script>", "")
    assert text.count("](http") == text.count("\\[click\\](http\\:")
    assert "\n# c" not in text


@pytest.mark.parametrize("lines", [["a,b"], ["a,b", "1,2"], ["a,b", *[","] * 50], ["only", *["same"] * 40]])
def test_hardly_a_table_is_still_answered(lines: list[str], tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    finding = discover(path)
    assert _told(finding) == []
    assert "scanned" in _text(finding)


def test_an_empty_file_and_a_missing_one_are_errors(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    (tmp_path / "notes.docx").write_text("x", encoding="utf-8")
    for name, said in (("empty.csv", "is empty"), ("emty.csv", "There is no file"), ("notes.docx", "no format")):
        with pytest.raises(LoadError, match=said):
            discover(tmp_path / name)


def test_formats_read_alike(tmp_path: Path) -> None:
    table = PLANTED["goals"](np.random.default_rng(2)).table.astype(str)
    csv = _written(table, tmp_path)
    (tmp_path / "table.csv.gz").write_bytes(gzip.compress(csv.read_bytes()))
    lines = "\n".join(json.dumps(row) for row in table.to_dict("records"))
    (tmp_path / "table.jsonl").write_text(lines + "\n", encoding="utf-8")
    import duckdb

    duckdb.sql(f"COPY (FROM read_csv('{csv}', all_varchar = true)) TO '{tmp_path / 'table.parquet'}' (FORMAT parquet)")
    shown = [
        [f.value for f in discover(tmp_path / f"table{end}", 2).facts]
        for end in (".csv", ".csv.gz", ".jsonl", ".parquet")
    ]
    assert all(one == shown[0] for one in shown)


def test_dates_in_several_ways_are_read(tmp_path: Path) -> None:
    table = PLANTED["slower_over_time"](np.random.default_rng(4)).table
    opened = pd.to_datetime(table.opened_at)
    iso, day_first = opened.dt.strftime("%Y-%m-%d %H:%M"), opened.dt.strftime("%d/%m/%Y %H:%M")
    table["opened_at"] = np.where(np.arange(len(table)) % 3 == 0, iso, day_first)
    finding = discover(_written(table, tmp_path), 2)
    assert _told(finding)[0].arguments["pattern"] in ("trend", "change")
    assert "dates are written in 2 ways" in " ".join(c.text for c in finding.caveats)


def test_a_wide_table_says_what_it_left_out(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    table = pd.DataFrame({f"c{i}": rng.choice(list("xyz"), 120) for i in range(150)})
    text = " ".join(c.text for c in discover(_written(table, tmp_path)).caveats)
    assert "only the first 120 of 150 columns" in text
    assert "ways of sorting the rows were scanned" in text
