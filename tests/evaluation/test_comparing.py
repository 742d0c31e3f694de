"""Two runs compared: what changed, what can be compared at all, and whether it is more than chance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analyst_agent.errors import InvalidDefinition, WorkspaceError
from analyst_agent.evaluation.comparing import compare
from analyst_agent.evaluation.result import read_result


def run(rights: dict[str, bool], model: str = "offline", **changes: Any) -> dict[str, Any]:
    cases = [
        {"id": name, "right": right, "turns": ["q"], "skipped": None, **changes.get(name, {})}
        for name, right in rights.items()
    ]
    return {"card": {"model": model, "day": "2026-11-03"}, "cases": cases}


def test_cases_that_became_right_and_wrong_are_named():
    before = run({"a": True, "b": False, "c": True, "d": False})
    after = run({"a": True, "b": True, "c": False, "d": False}, "openai:x")
    found = compare(before, after)
    assert (found.cases, found.gained, found.lost, found.p_value) == (4, ("b",), ("c",), 1.0)
    assert (found.before.right, found.after.right, found.after.model) == (2, 2, "openai:x")
    assert found.before.interval == pytest.approx((0.15, 0.85), abs=0.01)


def test_many_changes_one_way_are_more_than_chance():
    before = run({f"c{i}": False for i in range(10)})
    after = run({f"c{i}": i < 8 for i in range(10)})
    assert compare(before, after).p_value == pytest.approx(2 / 2**8)


def test_only_cases_asked_in_both_with_the_same_questions_are_compared():
    before = run({"a": True, "old": True, "b": True, "skipped": True}, skipped={"skipped": "absent"})
    after = run({"a": True, "new": True, "b": False, "skipped": False}, b={"turns": ["another"]})
    found = compare(before, after)
    assert (found.cases, found.changed, found.lost) == (1, ("b",), ())
    assert (found.before_only, found.after_only) == (("old",), ("new", "skipped"))


def test_runs_without_a_common_case_have_no_share():
    found = compare(run({"a": True}), run({"b": True}))
    assert (found.cases, found.before.interval, found.p_value) == (0, None, 1.0)


@pytest.mark.parametrize(
    "text", ["[]", '{"card": {}, "cases": []}', '{"card": {"model": "x", "day": "y"}, "cases": [1]}', "no"]
)
def test_another_file_is_no_result(tmp_path: Path, text: str):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(InvalidDefinition):
        read_result(tmp_path / "x.json")
    with pytest.raises(WorkspaceError, match="Cannot read"):
        read_result(tmp_path / "none.json")


def test_a_result_is_read_as_it_was_written(tmp_path: Path):
    document = run({"a": True})
    (tmp_path / "x.json").write_text(json.dumps(document))
    assert read_result(tmp_path / "x.json") == document
