"""Answers from documents: the passage that answers first, its rows in words, its source, and no wall of others."""

from __future__ import annotations

from dataclasses import replace

from analyst_agent.records import Citation, Finding
from analyst_agent.report import answer_markdown
from analyst_agent.report.passages import passage_lines
from tests.claims.sample import wording

RETURNS = (
    "A parcel is taken back by the shop that sold it. The shop writes a receipt; a photograph does not count.\n"
    "| Class | Take a parcel back within |\n| --- | --- |\n| A1 | 10 days |\n| A2 | 3 weeks |\n| A3 | 1 season |\n"
    "An A2 must be opened by two people. If nobody is there, the porter waits until the evening and calls the manager."
)


def _finding(*citations: Citation) -> Finding:
    return Finding("What the documents say", "search_knowledge", None, citations=citations)


def _cited(document: str, quote: str, score: float) -> Citation:
    return Citation(document, "Taking back", quote, "Parcels", "rules", score, "2025-01-01")


def test_rows_are_read_with_their_headings() -> None:
    assert passage_lines("| Class | Open | Close |\n|---|---|---|\n| A1 | 8:00 | 9:00 |") == [
        "A1: open 8:00, close 9:00"
    ]
    assert passage_lines("- One.\n- Two. Three.") == ["One.", "Two.", "Three."]


def test_the_answer_begins_with_the_passage_and_says_where_it_stands() -> None:
    text = answer_markdown(_finding(_cited("R-1", RETURNS, 0.86)), wording())
    assert text.startswith("> A parcel is taken back by the shop that sold it.")
    assert "> A2: 3 weeks" in text
    assert "|" not in text
    assert text.endswith('Source: R-1, "Parcels", "Taking back", in force from 2025-01-01.')


def test_words_of_the_question_choose_what_is_quoted() -> None:
    text = answer_markdown(_finding(_cited("R-1", RETURNS, 0.86)), wording(), question="How soon is an A2 taken back?")
    assert "> … A2: 3 weeks" in text or "> A2: 3 weeks" in text
    assert "A1" not in text
    assert "porter" not in text


def test_only_nearly_as_relevant_passages_follow() -> None:
    near, far = _cited("R-2", "A second rule.", 0.84), _cited("R-3", "Another subject.", 0.6)
    text = answer_markdown(_finding(far, near, _cited("R-1", "The rule.", 0.86)), wording())
    assert text.index("> The rule.") < text.index("> A second rule.")
    assert "Another subject" not in text


def test_silence_says_what_can_be_asked() -> None:
    text = answer_markdown(_finding(), wording())
    assert text.startswith("The documents do not say. Ask about")
    assert text.count("do not say") == 1


def test_a_hostile_passage_stays_a_quotation() -> None:
    text = answer_markdown(_finding(_cited("R-1", "# Big\n<img src=x> [a](http://x.example)\n> quote", 0.9)), wording())
    assert "\\<img" in text
    assert "\\[a\\]" in text
    assert all(line.startswith((">", "Source")) for line in text.splitlines() if line)


def test_a_priority_of_the_question_chooses_its_row() -> None:
    text = answer_markdown(
        _finding(_cited("R-1", RETURNS.split("An A2", maxsplit=1)[0], 0.86)), wording(), question="and for an A3?"
    )
    assert text.startswith("> A3: 1 season")
    assert "A2" not in text


def test_a_document_that_is_not_in_force_says_so() -> None:
    old = replace(_cited("R-1", "The rule.", 0.9), standing="superseded by R-9")
    text = answer_markdown(_finding(old), wording())
    assert text.endswith('Source: R-1, "Parcels", "Taking back", superseded by R-9, dated 2025-01-01.')
