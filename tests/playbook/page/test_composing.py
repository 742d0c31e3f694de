"""What a report is composed of: the first screen, one claim a bullet, actions listed once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from analyst_agent.claims import Wording
from analyst_agent.errors import InvalidDefinition
from analyst_agent.playbook.page.highlights import MOST, highlights_of
from analyst_agent.playbook.page.shown import shown_table
from analyst_agent.playbook.reading.reader import playbook_of
from analyst_agent.records import Column, Fact, Finding, Period, Recommendation, Table
from analyst_agent.report.cells import action_text
from tests.claims.sample import wording as sample_wording
from tests.playbook.page.reports import OCTOBER, SEPTEMBER

CAUSES = ("product_bug", "policy_gap", "training_gap", "process_failure")


@pytest.fixture
def wording() -> Wording:
    return sample_wording()


def _finding() -> Finding:
    facts: list[Fact] = []
    for at, (cause, count) in enumerate(zip(CAUSES, (157, 33, 22, 1), strict=True)):
        named = {"root_cause": cause}
        facts += [
            Fact(
                f"n{at}", "escalated_ticket_count", count, "count", OCTOBER, named, reference="comparison_period",
                reference_period=SEPTEMBER, reference_value=20.0, difference=count - 20.0, significant=at == 0,
            ),
            Fact(f"s{at}", "share_of_escalations", count / 213, "ratio", OCTOBER, named),
            Fact(f"a{at}", "escalated_ticket_count", 7, "count", OCTOBER, {**named, "product_area": "Reports"}),
        ]  # fmt: skip
    table = Table(
        "By cause",
        (Column("root cause", "text", "root_cause"), Column("tickets", "count", "n"), Column("do next", "text", "action")),
        tuple((cause, 1, f"Mend {cause}") for cause in CAUSES),
    )  # fmt: skip
    advice = tuple(Recommendation(cause, f"Mend {cause}", "Basis", "document", "DOC-1") for cause in CAUSES)
    return Finding(
        "Causes", "root_cause_trend", OCTOBER, SEPTEMBER, facts=tuple(facts), tables=(table,), recommendations=advice
    )


def test_a_highlight_says_size_change_and_action(wording: Wording) -> None:
    first = highlights_of(_finding(), wording)[0]
    assert first.pattern == "Product bug"
    assert first.text == (
        "157 escalated tickets, 73.7 % of all escalations, up 137 from 20 in September 2026: more than noise"
    )
    assert first.action == 'Mend product_bug (DOC-1, "Basis")'


def test_the_leading_patterns_stand_there_each_once(wording: Wording) -> None:
    finding = _finding()
    twice = Finding(
        "x",
        "y",
        None,
        facts=finding.facts,
        recommendations=(*finding.recommendations[:1] * 2, *finding.recommendations[1:]),
    )
    assert [one.pattern for one in highlights_of(twice, wording)] == ["Product bug", "Policy gap", "Training gap"]
    assert len(highlights_of(finding, wording)) == MOST


def test_a_pattern_without_a_count_is_told_by_its_action_alone(wording: Wording) -> None:
    only = Finding(
        "x", "y", Period(date(2026, 10, 1), date(2026, 11, 1)), recommendations=_finding().recommendations[:1]
    )
    assert [one.text for one in highlights_of(only, wording)] == [""]


def test_actions_that_are_listed_leave_the_table_and_stay_in_its_file(wording: Wording) -> None:
    finding = _finding()
    listed = {action_text(one, finding, wording) for one in finding.recommendations}
    assert shown_table(finding.tables[0], finding, wording, listed).headings == ("root cause", "tickets")
    assert shown_table(finding.tables[0], finding, wording, listed).raw.columns[-1].key == "action"


def test_an_action_that_is_not_listed_stays_in_the_table(wording: Wording) -> None:
    finding = _finding()
    listed = {action_text(one, finding, wording) for one in finding.recommendations[1:]}
    assert shown_table(finding.tables[0], finding, wording, listed).headings[-1] == "do next"


def test_highlights_of_a_step_that_is_no_input_are_refused_with_the_line() -> None:
    text = (
        "name: p\ntitle: P\ncovers: month\nsteps:\n  - name: causes\n    skill: root_cause_trend\n  - name: report\n    inputs: [causes]\n"
        "    format:\n      subject: S\n      highlights: course\n      sections: [{title: T, show: causes}]\n"
    )
    with pytest.raises(InvalidDefinition, match=r"p\.yml, line 11: `highlights` names 'course'"):
        playbook_of(text, Path("p.yml"))
