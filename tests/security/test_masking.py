"""Names in quotations are hidden from everybody, most of all from an analyst that may not see whose they are."""

from __future__ import annotations

import json

import pytest

from analyst_agent.report import answer_json

NAMES = ("Kofi", "Ibarra", "Winther", "Acme Clinics:", "ana@example.com", "hunter2")


@pytest.mark.parametrize(
    "grants",
    [
        {},
        {"objects": ("ticket", "escalated_ticket", "resolution")},
        {"sources": ("helpdesk",)},
        {"sources": ("helpdesk",), "objects": ("ticket", "escalated_ticket", "resolution")},
    ],
)
def test_a_grant_taken_away_does_not_uncover_the_names_in_notes(hostile, grants):
    answer = hostile(**grants).analyst().ask("What drove escalations last month?")
    notes = next(t for t in answer.tables if "notes" in t.title)
    assert any("[name] and Ms [name] of [name]: mail [email], password: [secret]" in str(row[2]) for row in notes.rows)
    said = json.dumps(answer_json(answer))
    assert [name for name in NAMES if name in said] == []
