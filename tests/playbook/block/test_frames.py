"""Findings as a block is given them."""

from __future__ import annotations

from dataclasses import replace

from analyst_agent.playbook.block import facts_frame, frames_of
from analyst_agent.records import Column, Fact, Finding, Table
from tests.playbook.block.sample import CAUSES, by_cause


def test_tables_arrive_by_title_with_columns_by_key_and_stored_values():
    ((title, frame),) = frames_of(by_cause()).items()
    assert title == "By root cause"
    assert list(frame["root_cause"]) == [row[0] for row in CAUSES]
    assert list(frame["mean_resolution_minutes"].isna()) == [False, False, True]


def test_titles_and_columns_that_come_again_are_numbered():
    twice = Table("T", (Column("a", "count", "a"), Column("a", "ratio", "a"), Column("b", "text")), ((1, 0.5, "x"),))
    frames = frames_of(Finding("", "", None, tables=(twice, twice)))
    assert list(frames) == ["T", "T_2"]
    assert list(frames["T"].columns) == ["a", "a_2", "b"]


def test_facts_are_rows_with_a_column_for_each_dimension():
    frame = facts_frame(by_cause())
    shares = frame[frame["metric"] == "share_of_escalations"]
    assert list(shares["value"]) == [row[3] for row in CAUSES]
    assert set(frame["root_cause"]) == {row[0] for row in CAUSES}
    odd = Fact("f1", "m", 1, "count", None, {"value": "x"})
    assert facts_frame(replace(by_cause(), facts=(odd,))).loc[0, "of_value"] == "x"


def test_a_finding_without_anything_is_frames_without_anything():
    nothing = Finding("", "", None)
    assert frames_of(nothing) == {}
    assert facts_frame(nothing).empty
