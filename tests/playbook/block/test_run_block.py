"""What a block is given and what it gives back."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from datetime import date

import pytest

from analyst_agent.errors import BlockFailed
from analyst_agent.playbook.block import (
    KERNEL,
    Block,
    Limits,
    blocks_starting,
    containment,
    finding_of,
    mechanisms,
    open_doors,
    run_block,
)
from analyst_agent.records import Column
from analyst_agent.workspace.checkup import _blocks
from tests.house.checkout import ROOT
from tests.playbook.block.sample import CAUSES, OCTOBER, SEPTEMBER, by_cause, by_month


def run(code, inputs=None, variables=None, **more):
    return run_block(Block(code, "cost", "monthly.yaml", 40), inputs or {}, variables or {}, OCTOBER, SEPTEMBER, **more)


def test_a_block_computes_from_its_inputs_and_variables():
    code = """
frame = inputs["causes"]
assert list(frame.columns) == ["root_cause", "escalated_ticket_count", "mean_resolution_minutes", "share_of_escalations"]
assert list(tables["causes"]) == ["By root cause"]
assert set(facts["causes"]["metric"]) == set(frame.columns[1:])
assert [str(day) for day in (*period, *period_before)] == ["2026-10-01", "2026-11-01", "2026-09-01", "2026-10-01"]
frame["cost"] = frame["escalated_ticket_count"] * frame["mean_resolution_minutes"] / 60 * variables["price"]
table("Cost", frame[["root_cause", "escalated_ticket_count", "cost"]], units={"cost": "currency"},
      labels={"cost": "cost of handling"}, definitions={"cost": "Tickets times mean time times price of an hour."})
fact("cost_in_all", frame["cost"].sum(), "currency", label="cost of handling in all", before=1000)
"""
    result = run(code, {"causes": by_cause()}, {"price": 40})
    (table,) = result.tables
    assert table.columns == (
        Column("root cause", "text", "root_cause"),
        Column("tickets", "count", "escalated_ticket_count"),
        Column("cost of handling", "currency", "cost"),
    )
    expected = [count * minutes / 60 * 40 if minutes else None for _, count, minutes, _ in CAUSES]
    assert [row[2] for row in table.rows] == pytest.approx(expected)
    finding = finding_of(result, "Cost")
    shown = [
        (finding.fact(one).value, finding.fact(one).dimensions)
        for ids in table.fact_ids
        for one in ids
        if one is not None
    ]
    assert shown == [(value, {"root_cause": row[0]}) for row in table.rows for value in row[1:] if value is not None]
    total = finding.facts[-1]
    assert (total.metric, total.period, total.reference_period) == ("cost_in_all", OCTOBER, SEPTEMBER)
    assert total.value == pytest.approx(sum(value or 0 for value in expected))
    assert total.difference == pytest.approx((total.value or 0) - 1000)
    assert [s.kind for s in finding.statements] == ["change"]
    assert finding.labels == {"cost": "cost of handling", "cost_in_all": "cost of handling in all"}
    assert finding.definitions[0].name == "cost"


def test_result_may_be_a_frame_or_frames_by_title():
    one = run("result = pd.DataFrame({'tier': ['a'], 'tickets': [3]})")
    assert [table.title for table in one.tables] == ["cost"]
    two = run(
        "result = {'A': pd.DataFrame({'rate': [0.5]}), 'B': pd.DataFrame({'n': [1]})}\n"
        "units = {'rate': 'ratio'}\nlabels = {'rate': 'our rate'}"
    )
    assert [(table.title, table.columns[0].unit) for table in two.tables] == [("A", "ratio"), ("B", "count")]
    assert two.tables[0].columns[0].name == "our rate"


def test_a_grouped_frame_keeps_its_keys_and_a_filtered_one_needs_none():
    code = """
frame = inputs["causes"]
table("Grouped", frame.groupby("root_cause")[["escalated_ticket_count"]].sum())
table("Filtered", frame[frame["escalated_ticket_count"] < 100][["root_cause"]])
table("Pivot", frame.set_index("root_cause")[["escalated_ticket_count"]].rename_axis(columns="x"))
"""
    grouped, filtered, pivot = run(code, {"causes": by_cause()}).tables
    assert grouped.rows == (("policy_gap", 118), ("product_bug", 171), ("training_gap", 61))
    assert filtered.rows == (("training_gap",),)
    assert [column.key for column in pivot.columns] == ["root_cause", "escalated_ticket_count"]


def test_a_row_of_a_month_is_about_that_month():
    code = """
frame = inputs["months"]
frame["average"] = frame["escalated_ticket_count"].rolling(3).mean()
table("Line", frame, units={"average": "count"})
stamps = frame.assign(month=pd.to_datetime(frame["month"]))[["month", "escalated_ticket_count"]]
table("Stamps", stamps)
chart("line", "Line", time="month", value="average", grain="month")
"""
    result = run(code, {"months": by_month()})
    line, stamps = result.tables
    assert line.rows[0] == ("2026-01", 301, None)
    assert line.fact_ids[0] == (None, "f1", None)
    finding = finding_of(result, "Line")
    fact = finding.fact(line.fact_ids[2][2] or "")
    assert (fact.value, fact.dimensions) == (302.0, {"month": "2026-03"})
    assert fact.period is not None
    assert (fact.period.start, fact.period.end) == (date(2026, 3, 1), date(2026, 4, 1))
    assert [row[0] for row in stamps.rows] == [row[0] for row in line.rows]
    assert result.drawings[0].columns == {"time": "month", "value": "average"}


def test_the_code_of_the_documentation_runs():
    shown = (ROOT / "docs" / "python_steps.md").read_text().split("```python\n")[1].split("```")[0]
    before = (
        "frame = pd.DataFrame({'month': ['2026-09', '2026-10'], 'tickets': [5, 6], 'cost': [1.0, 2.0], 'cost_before': [2.0, 1.0]})\n"
        "total = total_before = 3.5\n"
        "table('By month', pd.DataFrame({'month': ['2026-09', '2026-10'], 'rate': [0.1, 0.2]}), units={'rate': 'ratio'})\n"
    )
    assert [table.title for table in run(before + shown).tables] == ["By month", "Cost"]


def test_every_type_of_a_cell_arrives_as_a_stored_value():
    code = """
import datetime, decimal
result = pd.DataFrame({
    "yes": [True, False], "whole": pd.array([1, None], dtype="Int64"), "text": ["a|b\\n<b>c</b>\\u202e", None],
    "day": [datetime.date(2026, 10, 5), pd.NaT], "at": pd.to_datetime(["2026-10-25 00:30", None]).tz_localize("Europe/Berlin"),
    "kind": pd.Categorical(["x", None]), "part": pd.array([0.5, None], dtype="Float64"), "np": [np.float32(0.25), np.nan],
    "exact": [decimal.Decimal("1.5"), None], "time": pd.to_timedelta([90, None], unit="min"), "span": pd.PeriodIndex(["2026-10", "NaT"], freq="M"),
})
units = {"part": "ratio", "np": "ratio", "exact": "score", "time": "minutes"}
"""
    (table,) = run(code).tables
    assert table.rows[0] == (
        True, 1, "a|b <b>c</b>", "2026-10-05", "2026-10-25T00:30:00+02:00", "x", 0.5, 0.25, 1.5, 90.0, "2026-10-01",
    )  # fmt: skip
    assert table.rows[1] == (False, *([None] * 10))
    assert {column.unit for column in table.columns} == {"text", "count", "ratio", "score", "minutes"}


def test_a_unit_of_the_input_is_known_and_another_must_be_said():
    assert run("result = inputs['causes']", {"causes": by_cause()}).tables[0].columns[3].unit == "ratio"
    with pytest.raises(BlockFailed) as caught:
        run("x = 1\nresult = pd.DataFrame({'rate': [0.5]})")
    assert caught.value.line == 2
    assert "no unit" in caught.value.message
    assert "units={'rate': 'ratio'}" in caught.value.message


def test_numbers_that_name_something_are_no_facts_where_that_is_said():
    result = run("table('x', pd.DataFrame({'hour': [8, 9], 'tickets': [5, 6]}), units={'hour': 'text'}, n='tickets')")
    assert [(f.metric, f.value, f.dimensions) for f in result.facts] == [
        ("tickets", 5, {"hour": 8}),
        ("tickets", 6, {"hour": 9}),
    ]


def test_a_failure_names_the_line_of_the_block_and_of_its_file():
    code = "def half(frame):\n    return frame['nothing'] / 2\n\nresult = half(pd.DataFrame({'a': [1]}))\n"
    with pytest.raises(BlockFailed) as caught:
        run(code)
    failure = caught.value
    assert (failure.line, failure.reason) == (2, "raised")
    assert failure.message == "The code of step 'cost', line 2 (monthly.yaml, line 41): KeyError: 'nothing'."
    assert "return frame['nothing'] / 2" in failure.hint


def test_printed_text_is_kept_up_to_its_bound_and_the_rest_is_said_to_be_gone():
    result = run("for i in range(10**6): print('line', i)\nprint('\\x1b[31mred')", limits=Limits(output_kb=4))
    assert result.is_cut
    assert len(result.printed) == 4096
    short = run("import sys\nprint('\\x1b[31mred')\nprint('also', file=sys.stderr)")
    assert (short.is_cut, sorted(short.printed.split())) == (False, ["[31mred", "also"])


def test_a_block_prints_before_it_fails_and_that_is_kept():
    with pytest.raises(BlockFailed) as caught:
        run("print('so far')\n1 / 0")
    assert caught.value.printed == "so far\n"


def test_nothing_of_the_environment_reaches_a_block(monkeypatch):
    monkeypatch.setenv("SMTP_PASSWORD", "hunter2")
    monkeypatch.setenv("PYTHONSTARTUP", "x")
    result = run("import os\nprint(dict(os.environ), os.getcwd(), len(os.listdir('/dev/fd')) if False else '')")
    assert "hunter2" not in result.printed
    assert "PYTHONSTARTUP" not in result.printed


def test_the_same_code_gives_the_same_order_every_time():
    code = "import random\nprint(list({'a', 'b', 'c', 'd', 'e'}), random.random(), np.random.rand())"
    assert run(code).printed == run(code).printed


@pytest.mark.parametrize("value", [float("inf"), object()])
def test_a_variable_that_is_no_value_is_refused(value):
    with pytest.raises(BlockFailed) as caught:
        run("pass", variables={"price": value})
    assert caught.value.reason == "inputs"


def test_doctor_warns_where_the_system_keeps_nothing_from_a_block(monkeypatch):
    assert _blocks()[0] == ("warning" if open_doors() else "ok")
    monkeypatch.setattr(containment, "available", lambda: ("limits", "audit hook"))
    state, said = _blocks()
    assert state == "warning"
    assert "does not keep them from reading files, writing files, the network and other processes" in said


def test_what_analysis_takes_works_inside():
    code = """
days = pd.date_range("2026-01-01", periods=120, freq="D", tz="America/New_York")
frame = pd.DataFrame({"day": days, "value": np.arange(120.0), "tier": ["a", "b"] * 60})
frame.resample("ME", on="day")["value"].mean(); frame.pivot_table(index="day", columns="tier", values="value")
frame.merge(frame, on="day"); frame.describe(); frame["value"].ewm(span=3).mean(); str(frame); frame.to_string()
frame["day"].dt.tz_convert("Europe/Berlin").dt.strftime("%B"); pd.to_datetime("5 October 2026"); frame.query("value > 3")
frame["value"].quantile(0.9); np.linalg.lstsq(np.ones((3, 2)), np.ones(3), rcond=None); frame["tier"].str.upper().value_counts()
frame.to_csv(); frame.to_json(); frame.sort_values("value").groupby("tier").rolling(3, on="day")["value"].sum()
import statistics, math, itertools, collections, json, re, zoneinfo, datetime, threading, scipy.stats
scipy.stats.ttest_ind([1, 2, 3], [2, 3, 5])
thread = threading.Thread(target=lambda: print("thread")); thread.start(); thread.join()
fact("p", 0.5, "ratio")
"""
    assert run(code).facts[0].value == 0.5


def test_a_block_ends_with_its_caller():
    script = (
        "from analyst_agent.playbook.block import Block, Limits, run_block\n"
        "run_block(Block('import time\\ntime.sleep(600)', 'x'), limits=Limits(seconds=600))\n"
    )
    caller = subprocess.Popen([sys.executable, "-c", script])
    own: list[int] = []
    until = time.monotonic() + 30
    while not own and time.monotonic() < until:
        time.sleep(0.2)
        done = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
        own = [int(line.split()[0]) for line in done.stdout.splitlines() if int(line.split()[1]) == caller.pid]
    time.sleep(2)
    caller.kill()
    caller.wait()
    until = time.monotonic() + 10
    while any(_is_there(pid) for pid in own) and time.monotonic() < until:
        time.sleep(0.1)
    alive = [pid for pid in own if _is_there(pid)]
    for pid in alive:
        os.kill(pid, signal.SIGKILL)
    assert own
    assert alive == []


def _is_there(pid: int) -> bool:
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return done.stdout.strip() not in ("",) and not done.stdout.startswith("Z")


def test_the_result_says_what_contained_it_and_doctor_what_does_not():
    named = run("pass").contained_by
    assert [name.split(" (")[0] for name in named] == [one.name for one in mechanisms() if one.is_available]
    assert open_doors(("landlock", "seccomp")) == open_doors(("sandbox-exec",)) == ()
    assert open_doors(("limits", "audit hook")) == (
        "reading files", "writing files", "the network", "other processes",
    )  # fmt: skip
    assert open_doors(("seccomp",)) == ("reading files",)


def test_a_mechanism_that_the_machine_lacks_stops_the_block():
    absent = [one.name for one in mechanisms() if one.name in KERNEL and not one.is_available]
    assert absent, "no machine has all of them"
    before = len(os.listdir("/dev/fd"))
    for name in absent:
        with pytest.raises(BlockFailed) as caught:
            run("print('ran')", use=(name,))
        assert caught.value.reason in ("sandbox", "start")
        assert "ran" not in caught.value.printed
    assert len(os.listdir("/dev/fd")) == before


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            'x = 1\ntable("Times", pd.DataFrame({"root_cause": ["a"], "mean_resolution_minutes": [9.0]}), units={"mean_resolution_minutes": "count"})',
            "column 'mean_resolution_minutes' of table 'Times' is given in count, but the metric mean_resolution_minutes is in minutes",
        ),
        (
            'x = 1\nfact("mean_resolution_minutes", 9.0, "currency")',
            "the fact 'mean_resolution_minutes' is given in currency, but the metric mean_resolution_minutes is in minutes",
        ),
    ],
)
def test_a_metric_of_the_model_keeps_its_unit(code: str, said: str):
    with pytest.raises(BlockFailed, match=re.escape(said)) as caught:
        run(code, units={"mean_resolution_minutes": "minutes"})
    assert caught.value.line == 2
    assert "monthly.yaml, line 41" in str(caught.value.message)
    assert run(
        code.replace('"mean_resolution_minutes"', '"typical_minutes"'), units={"mean_resolution_minutes": "minutes"}
    ).facts


def children() -> set[int]:
    listing = subprocess.Popen(["ps", "-eo", "pid=,ppid="], stdout=subprocess.PIPE, text=True)
    listed = listing.communicate()[0]
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    return {pid for pid, parent in pairs if parent == os.getpid() and pid != listing.pid}


def test_a_process_that_starts_early_is_taken_once_and_none_is_left():
    before = children()
    with blocks_starting(2):
        [early] = children() - before
        first = run_block(Block("import os\nprint(os.getpid())", "a"))
        [next_one] = children() - before
        second, third = (run_block(Block("import os\nprint(os.getpid())", "b")) for _ in range(2))
        assert children() == before
    assert [int(one.printed) for one in (first, second)] == [early, next_one]
    assert int(third.printed) not in (early, next_one)
    with blocks_starting(3):
        assert children() - before
    assert children() == before


def test_a_process_that_started_early_and_died_is_replaced():
    before = children()
    with blocks_starting(1):
        [early] = children() - before
        os.kill(early, signal.SIGKILL)
        assert run_block(Block("print(1)", "a")).printed == "1\n"
    assert children() == before


@pytest.mark.parametrize(
    "code", ["x = 1\nopen('/etc/passwd')", "x = 1\nwhile True: pass", "import socket\nsocket.socket()", "1 / 0"]
)
def test_a_block_that_started_early_is_contained_like_any_other(code: str):
    told = []
    for blocks in (0, 1):
        with blocks_starting(blocks), pytest.raises(BlockFailed) as caught:
            run_block(Block(code, "a"), limits=Limits(seconds=1))
        told.append((caught.value.reason, caught.value.line, caught.value.message))
    assert told[0] == told[1]
