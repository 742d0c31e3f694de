"""What a sentence, item or row demands, of whom and when."""

from __future__ import annotations

import pytest

from analyst_agent.knowledge.conditions import conditions_of
from analyst_agent.knowledge.documents import Document
from analyst_agent.knowledge.markdown import read_markdown
from analyst_agent.knowledge.measures import measures_in
from analyst_agent.knowledge.norms import Norm, norms_of


def _norms(text: str, title: str = "Handbook") -> list[Norm]:
    return norms_of(Document("H-1", title, "policies", "/h.md", "x", {}, tuple(read_markdown(text))))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("within 15 minutes", [("duration", 15.0, "most")]),
        ("no more than two hours", [("duration", 120.0, "most")]),
        ("within an hour", [("duration", 60.0, "most")]),
        ("two working days", [("working time", 2880.0, "")]),
        ("at least 30 days", [("duration", 43200.0, "least")]),
        ("every 60 minutes", [("duration", 60.0, "every")]),
        ("after 1.5 hours", [("duration", 90.0, "after")]),
        ("a 30-day trial", [("duration", 43200.0, "")]),
        ("up to 12.5 %", [("share", 0.125, "most")]),
        ("up to €1,000", [("amount eur", 1000.0, "most")]),
        ("1.250,50 euro", [("amount eur", 1250.5, "")]),
        ("5 euro a day", [("amount eur day", 5.0, "")]),
        ("version 31.4 of 2026-01-05 at 10:30, RPT-504, two in a month, a day", []),
    ],
)
def test_values_are_read_with_unit_and_bound(text: str, expected: list[tuple[str, float, str]]) -> None:
    assert [(m.kind, m.value, m.bound) for m in measures_in(text)] == expected


def test_each_value_belongs_to_its_own_priority() -> None:
    text = (
        "# T\n\n## Resolution\n\nP1 8 hours, P2 24 hours. Ask again within 30 minutes (P3, P4) or one working day (P5)."
    )
    found = {(c, n.value) for n in _norms(text) for c in n.conditions}
    assert found == {("p1", 480.0), ("p2", 1440.0), ("p3", 30.0), ("p4", 30.0), ("p5", 1440.0)}


def test_a_row_is_read_under_the_names_of_its_columns() -> None:
    text = "# T\n\n## Answers\n\n| Priority | First reply | Next update |\n|---|---|---|\n| P1 | 30 minutes | every 60 minutes |\n"
    assert [(n.value, n.bound, "repl" in " ".join(n.subject)) for n in _norms(text)] == [
        (30.0, "", True),
        (60.0, "every", False),
    ]


def test_a_value_that_no_priority_claims_is_left_alone() -> None:
    assert [n.value for n in _norms("P1 within 15 minutes, otherwise 30 minutes.")] == [15.0]


def test_plain_permissions_are_read_and_hedged_ones_are_not() -> None:
    text = "Agents may offer vouchers. Agents must not share logs. Agents may call only at noon. You may ask unless it is late."
    assert [(n.kind, n.value) for n in _norms(text)] == [("permission", 1.0), ("permission", 0.0)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We answer at weekends", {"weekend"}),
        ("Open day and night", set()),
        ("A class B fault", {"class b"}),
        ("Give business customers a call", {"busines"}),
        ("This holds in Norway", {"norwa"}),
    ],
)
def test_whom_and_when_a_rule_is_for(text: str, expected: set[str]) -> None:
    assert conditions_of(text) == expected


def test_the_title_limits_every_rule_of_a_document() -> None:
    [norm] = _norms("Answer within 15 minutes.", "Commitments to Enterprise customers")
    assert norm.conditions == {"enterpris"}
