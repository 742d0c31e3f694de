"""What the overview chooses and measures: periods and conditions, changes tested and corrected, lines with gaps, questions in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from analyst_agent.errors import UnknownName
from analyst_agent.records import Filter
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.overview import choices_of, measured, panel_of, selected
from analyst_agent.workspace.overview.measures import MEANS, METRICS
from analyst_agent.workspace.overview.questions import of_measure
from analyst_agent.workspace.overview.segments import segments_of
from analyst_agent.workspace.overview.tiles import HEIGHT, WIDTH, tiles_of


@pytest.fixture(scope="module")
def workspace(demo_workspace: Path) -> Iterator[Workspace]:
    """The demo, whose clock stands at 3 November 2026 and whose data end the day before."""
    one = Workspace.open(demo_workspace)
    yield one
    one.close()


def test_without_a_period_the_last_month_that_is_over_is_meant(workspace: Workspace) -> None:
    selection = selected(workspace, {})
    assert (selection.key, selection.period.label) == ("2026-10", "October 2026")
    assert (selection.months.start, selection.months.end) == (date(2025, 11, 1), date(2026, 11, 1))


def test_a_month_that_is_not_over_ends_today_and_is_not_in_the_lines(workspace: Workspace) -> None:
    selection = selected(workspace, {"period": "2026-11"})
    assert (selection.period.start, selection.period.end) == (date(2026, 11, 1), date(2026, 11, 4))
    assert selection.months.end == date(2026, 11, 1)


def test_an_address_says_what_was_chosen_in_stored_words(workspace: Workspace) -> None:
    selection = selected(workspace, {"tier": "enterprise", "region": "EMEA", "channel": ""})
    assert selection.query == "period=2026-10&region=EMEA&tier=Enterprise"
    assert selection.without("region") == "period=2026-10&tier=Enterprise"
    assert set(selection.where) == {Filter("region", "=", "EMEA"), Filter("tier", "=", "Enterprise")}
    assert selected(workspace, dict(pair.split("=") for pair in selection.query.split("&"))) == selection


def test_lists_hold_what_the_caller_may_see(demo_workspace: Path) -> None:
    scoped = Workspace.open(demo_workspace, restrictions=("region = EMEA",))
    lists = {one.name: one for one in choices_of(scoped, selected(scoped, {}))}
    assert lists["region"].options == (("EMEA", "EMEA"),)
    assert len(lists["period"].options) > 12
    with pytest.raises(UnknownName):
        selected(scoped, {"region": "APAC"})
    scoped.close()


def test_changes_are_corrected_for_all_measures_and_never_clear_where_the_interval_holds_zero(
    workspace: Workspace,
) -> None:
    measures = measured(workspace.desk.context, selected(workspace, {}))
    told = [measures.changed(name) for name in METRICS]
    tested = [fact for fact in told if fact is not None and fact.p_value is not None]
    assert len(tested) >= 3
    for fact in tested:
        assert fact.p_adjusted is not None
        assert fact.p_value is not None
        assert fact.p_adjusted >= fact.p_value
        low, high = fact.difference_interval or (-1.0, -1.0)
        assert not (fact.significant and low <= 0 <= high)


def test_means_have_an_interval_around_them_and_name_what_is_left_out(workspace: Workspace) -> None:
    measures = measured(workspace.desk.context, selected(workspace, {"period": "last-30-days"}))
    for name in MEANS:
        fact = measures.shown[name]
        if (fact.n or 0) < workspace.settings.minimum_sample:
            assert fact.interval is None, name
        else:
            assert fact.interval is not None
            assert fact.interval[0] < fact.value < fact.interval[1], name
    tiles = {
        one.name: one for one in tiles_of(measures, selected(workspace, {}), workspace.model, workspace.desk.wording)
    }
    still_open = measures.shown["mean_resolution_minutes"].missing
    assert f"{still_open} still open" in tiles["mean_resolution_minutes"].basis


def test_too_few_tickets_are_too_few_to_say(workspace: Workspace) -> None:
    selection = selected(workspace, {"region": "APAC", "tier": "Starter"})
    measures = measured(workspace.desk.context, selection)
    tiles = tiles_of(measures, selection, workspace.model, workspace.desk.wording)
    assert {one.name for one in tiles if "too few" in one.verdict} >= {
        "escalation_rate",
        "escalated_ticket_count",
    }
    assert not any(one.tone for one in tiles)
    assert all(one.line is None for one in tiles if one.name in MEANS)


def test_a_first_month_has_nothing_to_compare_with_and_asks_for_what_was(workspace: Workspace) -> None:
    selection = selected(workspace, {"period": "2024-11"})
    measures = measured(workspace.desk.context, selection)
    tiles = tiles_of(measures, selection, workspace.model, workspace.desk.wording)
    assert measures.finding.comparison is None
    assert all(not one.change for one in tiles)
    assert "no_comparison" in {caveat.code for caveat in measures.finding.caveats}
    for one in tiles:
        answer = workspace.analyst("offline").ask(one.question)
        assert answer.status == "answered", one.question


def test_a_line_stays_within_its_frame_and_begins_at_zero(workspace: Workspace) -> None:
    selection = selected(workspace, {})
    tiles = tiles_of(measured(workspace.desk.context, selection), selection, workspace.model, workspace.desk.wording)
    lines = {one.name: one.line for one in tiles}
    line = lines["escalated_ticket_count"]
    assert line is not None
    assert len(line.points) == 12
    assert all(0 < point.x < WIDTH and point.y is not None and 0 < point.y < HEIGHT for point in line.points)
    counts = [int(point.shown) for point in line.points]
    heights = [HEIGHT - 3 - (point.y or 0) for point in line.points]
    assert heights[0] / heights[-1] == pytest.approx(counts[0] / counts[-1], abs=0.02)


def test_segments_named_are_clear_after_all_that_was_compared(workspace: Workspace) -> None:
    finding = segments_of(workspace.desk, selected(workspace, {}))
    cohorts = [fact for fact in finding.facts if fact.metric == "cohort_escalation_rate"]
    named = {ids[4] for table in finding.tables for ids in table.fact_ids}
    clear = {fact.id for fact in cohorts if fact.significant}
    assert named == clear
    assert f"Compared: {len(cohorts)} segments" in finding.caveats[0].text
    for fact in cohorts:
        assert fact.p_adjusted is None or fact.p_adjusted >= (fact.p_value or 0)


def test_a_dimension_that_is_chosen_is_not_compared(workspace: Workspace) -> None:
    finding = segments_of(workspace.desk, selected(workspace, {"region": "EMEA", "tier": "Enterprise"}))
    assert "region" not in finding.caveats[0].text
    assert not any({"region", "tier"} & set(fact.dimensions) for fact in finding.facts)


def test_areas_stay_whole_where_one_is_chosen_and_say_so(workspace: Workspace) -> None:
    panel = panel_of(workspace.desk, "areas", selected(workspace, {"area": "Reports"}))
    assert panel.table is not None
    assert panel.table.rows > 1
    assert any("All product areas" in note for note in panel.notes)


def test_a_value_that_does_not_read_as_a_name_stands_in_quotation_marks(workspace: Workspace) -> None:
    chosen = selected(workspace, {})
    odd = type(chosen)(chosen.key, chosen.period, chosen.months, (("area", "R&D, hardware"), ("region", "EMEA")))
    said = of_measure("escalation_rate", odd, None, workspace.desk.wording)
    assert said.endswith('in October 2026, only product area "R&D, hardware", region EMEA?')
