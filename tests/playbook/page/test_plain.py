"""A report as plain text: the same content in lines of 76 columns."""

from __future__ import annotations

import doctest
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from analyst_agent.playbook.page import plain
from analyst_agent.playbook.page.plain import WIDTH, shell_lines, text_of
from analyst_agent.playbook.records import Section
from analyst_agent.report.text_chart import columns
from tests.playbook.page.reports import COMMAND, FIXED, PLAYBOOK, of_names, report_of

GOLDEN = Path(__file__).parent / "golden"
LONG = "analyst query --metrics escalated_ticket_count,open_escalated_count --where 'account = \"A & B -- C\"' --by root_cause --period 2026-10-01..2026-10-31"


def test_the_text_of_a_report_is_the_one_agreed(golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / "report.txt", text_of(FIXED, PLAYBOOK))


def test_every_line_fits() -> None:
    names = [
        "W" * 200,
        "[x](http://evil.example)",
        "a sentence that somebody typed into the name of an account, at length",
    ]
    report = report_of(Section("A title " * 20, "Word " * 90 + "W" * 200, (of_names(names),), (), ("Do " * 60,)))
    assert max(columns(line) for line in text_of(report, PLAYBOOK).splitlines()) <= WIDTH


def test_a_table_that_is_too_wide_is_told_by_records() -> None:
    table = FIXED.sections[1].tables[0]
    wide = replace(table, cells=(("Product bug", "157", "a text that is longer than what a narrow column can hold"),))
    text = text_of(report_of(Section("Wide", "", (wide,))), PLAYBOOK)
    assert "* Product bug - tickets: 157; share: a text that is longer than what a" in text


def test_the_text_says_what_the_page_says() -> None:
    text = " ".join(text_of(FIXED, PLAYBOOK).split())
    for told in (
        FIXED.subject, FIXED.opening, FIXED.highlights[0].text, FIXED.highlights[1].action, "Product bug 157 47.9 %",
        FIXED.caveats[0].text, FIXED.citations[0].quote, "superseded by KI-19", FIXED.definitions[0].text, "39 claims",
    ):  # fmt: skip
        assert told in text


def test_an_empty_section_says_so() -> None:
    assert "Cost\n----\n\nNothing to report for this period." in text_of(report_of(Section("Cost", "")), PLAYBOOK)


def test_nothing_in_the_text_is_taken_for_a_link() -> None:
    text = text_of(report_of(Section("x", "see www.evil.example or http://evil.example")), PLAYBOOK)
    assert "www.evil" not in text
    assert "http:" not in text
    assert "http\u200c://evil\u200c.example" in text


@pytest.mark.parametrize("command", [COMMAND, LONG])
def test_a_command_over_several_lines_is_the_same_command(command: str) -> None:
    lines = shell_lines(command, 60)
    assert shlex.split(lines.replace("\\\n", " ")) == shlex.split(command)
    assert "\n" in lines


def test_the_examples_hold() -> None:
    assert doctest.testmod(plain).failed == 0
