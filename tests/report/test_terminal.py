"""Answers on a terminal: no word broken, no line too long, advice after the numbers, bars beside their rows."""

from __future__ import annotations

import re

import pytest

from analyst_agent.records import Answer, Choice, Column, Status, Table
from analyst_agent.report import answer_text, charts_for, plain_text
from analyst_agent.report.tables import table_markdown
from tests.claims.sample import finding, wording

CAUSES = ("Documentation gap", "Process failure", "Organisational misunderstanding")
WIDE = "\n".join(
    [
        "Before.",
        "",
        "| root cause | tickets | resolution, mean (h) | cost (USD) | known issue | where | do next |",
        "| --- | ---: | ---: | ---: | --- | --- | --- |",
        *(f"| {c} | 157 | 24.3 (9 open) | 11,177 | not documented | Integrations | Rewrite the documentation of the connector, then tell all teams |" for c in CAUSES),
        "",
        "After.",
        "",
        "Definitions. None.",
    ]
)  # fmt: skip


@pytest.mark.parametrize("width", [60, 72, 80, 100, 120, 140])
def test_words_are_whole_and_lines_fit(width: int) -> None:
    text = plain_text(WIDE, width)
    assert max(len(line) for line in text.splitlines()) <= width
    words = set(re.findall(r"[^\W\d_]+", WIDE.lower()))
    assert words <= set(re.findall(r"[^\W\d_]+", text.lower()))


def test_advice_follows_what_is_said_and_precedes_the_definitions() -> None:
    text = plain_text(WIDE, 100)
    assert (
        text.index("After.")
        < text.index("Do next:")
        < text.index("- Documentation gap: Rewrite")
        < text.index("Definitions.")
    )


def test_a_heading_wraps_before_a_cell_does() -> None:
    lines = plain_text(WIDE, 100).splitlines()
    assert any(line.startswith("Organisational misunderstanding") for line in lines)


def test_numbers_with_notes_in_brackets_stay_aligned() -> None:
    lines = plain_text("| a | h |\n| --- | ---: |\n| x | 24.3 (9 open) |\n| y | 2.2 |", 60).splitlines()
    assert lines[-1].index("2.2") == lines[-2].index("24.3") + 1


def test_more_numbers_than_fit_become_two_tables() -> None:
    heads = [f"measure{i}" for i in range(12)]
    markdown = f"| area | {' | '.join(heads)} |\n|---|{'---:|' * 12}\n| Reports | {' | '.join(['123,456.7'] * 12)} |"
    text = plain_text(markdown, 80)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert text.count("Reports") == 2
    assert all(h in text for h in heads)


def test_bars_stand_in_the_table_of_the_same_rows() -> None:
    columns = (Column("product area", "text", "product_area"), Column("tickets", "count", "escalated_ticket_count"))
    table = Table("T", columns, (("Reports", 40), ("Billing", 20)))
    one = finding()
    (chart,) = charts_for(type(one)(one.title, one.skill, one.period, tables=(table,)), wording())
    text = answer_text(Answer("q", Status.ANSWERED, table_markdown(table, one, wording()), charts=(chart,)), 60)
    lines = text.splitlines()
    assert len(lines) == 4
    assert lines[2].count("█") // 2 == lines[3].count("█") > 10


def test_a_quotation_is_marked() -> None:
    assert plain_text("> One.\n>\n> Two.\n\nSource: X.", 60) == "│ One.\n│ Two.\n\nSource: X."


def test_the_ways_out_of_an_ambiguity_stand_once() -> None:
    choices = (Choice("Escalation rate for tier Enterprise?"), Choice("Tickets for tier Enterprise?"))
    listed = "\n".join(["Which?", "", *(f"{n}. {one.text}" for n, one in enumerate(choices, 1))])
    for text in ("Which?", listed):
        shown = answer_text(Answer("?", Status.CLARIFY, text, choices=choices))
        assert shown.count("1. Escalation rate for tier Enterprise?") == 1
        assert shown.count("2. Tickets for tier Enterprise?") == 1
