"""A playbook's file: what it says is read, and what is wrong with it is told with its line before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyst_agent.errors import InvalidDefinition, UnknownName
from analyst_agent.playbook.reading.reader import playbook_of, read_playbook, variables_with
from analyst_agent.resources import builtin_dir

GOOD = """\
name: weekly
title: Weekly
covers: week
schedule: every monday at 08:00
variables:
  cost: 45
  recipients: [lead@example.com]
steps:
  - name: mail
    inputs: [report]
    email: {to: recipients}
  - name: report
    inputs: [causes, rate]
    format:
      subject: "Week {{ period }}: {{ fact('rate', 'escalation_rate').shown }}"
      sections:
        - title: Causes
          show: causes
          tables: all
  - name: causes
    skill: root_cause_trend
    with: {cost_per_hour: "{{ cost }}"}
  - name: rate
    query:
      metrics: [escalation_rate]
      by: [tier]
"""


def read(text: str):
    """The playbook of a text in a file weekly.yml."""
    return playbook_of(text, Path("weekly.yml"))


def test_steps_stand_in_an_order_in_which_each_comes_after_its_inputs():
    made = read(GOOD)
    assert [step.name for step in made.steps] == ["causes", "rate", "report", "mail"]
    assert made.covers == "week"
    assert made.variables == {"cost": 45, "recipients": ["lead@example.com"]}
    assert [step.place.line for step in made.steps] == [20, 23, 12, 9]


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("name: weekly\n", "name: other\n", 1, "not that of its file"),
        ("covers: week", "covers: wek", 3, "unknown covers 'wek'"),
        ("title: Weekly", "titel: Weekly", 2, "unknown option of the playbook 'titel'"),
        ("title: Weekly", "name: weekly", 2, "a second time"),
        ("  cost: 45", "  cost: [45", 7, "no YAML"),
        ("  cost: 45", "  Cost!: 45", 5, "no name of a variable"),
        ("    skill: root_cause_trend", "    skil: root_cause_trend", 20, "says no kind"),
        ("    skill: root_cause_trend", "    skill: a\n    query: {metrics: [escalation_rate]}", 20, "says 2 kinds"),
        ("inputs: [causes, rate]", "inputs: [cause, rate]", 12, "unknown input of step 'report' 'cause'"),
        ("          show: causes", "          show: mail", 17, "no input of step 'report'"),
        ("    email: {to: recipients}", "    email: {to: recipient}", 11, "no address and no variable"),
        ("    email: {to: recipients}", "    email: {to: recipients, cc: x}", 11, "unknown option"),
        ("[lead@example.com]", "[{address: a@example.com, region: EMEA}]", 11, "no 'region'"),
        ("[lead@example.com]", "[lead]", 11, "'lead' is no address"),
        ("      metrics: [escalation_rate]", "      metric: [escalation_rate]", 25, "unknown option"),
        ('"{{ cost }}"', '"{{ costs }}"', 22, "unknown name in a template 'costs'"),
        ("{{ period }}:", "{{ perod }}:", 15, "unknown name in a template 'perod'"),
        ("{{ period }}:", "{{ period }:", 15, "template cannot be read"),
        ("inputs: [report]", "inputs: [report, mail]", 9, "cannot take 'mail'"),
        ("  - name: rate\n", "  - name: causes\n", 23, "stands on line 20 already"),
        ("          tables: all", "          table: all", 19, "unknown option"),
        ("lead@example.com", "*lead", 7, "no YAML"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, line: int, says: str):
    assert GOOD.count(old) == 1
    with pytest.raises(InvalidDefinition) as caught:
        read(GOOD.replace(old, new))
    assert f"weekly.yml, line {line}: " in caught.value.message
    assert says in caught.value.message
    assert caught.value.hint


def test_steps_that_wait_for_each_other_are_named():
    text = GOOD.replace(
        "  - name: causes\n", "  - name: work\n    inputs: [work]\n    homework: work\n  - name: causes\n"
    )
    with pytest.raises(InvalidDefinition, match="wait for each other"):
        read(text)


def test_an_alias_repeats_nothing():
    text = GOOD.replace("  cost: 45", "  cost: &cost 45\n  more: *cost")
    with pytest.raises(InvalidDefinition, match=r"line 7: an alias"):
        read(text)


def test_an_option_that_yaml_reads_as_something_else_is_no_crash():
    for value in ("{a: 1}", "[1, 2]", "!!python/object/apply:os.system [x]", "!!binary x", "2026-02-31"):
        with pytest.raises(InvalidDefinition, match=r"weekly\.yml, line 2: "):
            read(GOOD.replace("title: Weekly", f"title: {value}"))


def test_variables_given_by_a_command_take_the_place_of_the_playbooks():
    made = read(GOOD)
    assert variables_with(made, {"cost": 60})["cost"] == 60
    with pytest.raises(UnknownName, match="costs"):
        variables_with(made, {"costs": 60})


def test_the_built_in_playbooks_can_be_read():
    found = [read_playbook(path, is_builtin=True) for path in sorted(builtin_dir("playbooks").glob("*.yml"))]
    assert "monthly_escalation_report" in [one.name for one in found]
    for one in found:
        assert one.description
        assert one.schedule
