"""Contradictions are called where two rules in force cannot both hold, and nowhere else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from analyst_agent.embedding import default_embedder
from analyst_agent.knowledge.contradictions import Contradiction, contradictions
from analyst_agent.knowledge.documents import Document, read_document
from analyst_agent.knowledge.sections import Block, Section
from benchmarks.retrieval.contradictions import CASES, document_of, is_called
from tests.house.checkout import ROOT

TODAY = date(2031, 6, 1)
PAIRS = yaml.safe_load(CASES.read_text(encoding="utf-8"))
OTHER_UNIT = "A missed call is returned within 4 hours"


@pytest.mark.parametrize("pair", [p for p in PAIRS["contradict"] if OTHER_UNIT not in p[0]], ids=lambda p: p[0][:40])
def test_two_values_for_one_case_contradict(pair: list[str]) -> None:
    assert is_called(pair)


@pytest.mark.parametrize("pair", PAIRS["agree"], ids=lambda p: f"{p[0][:25]} / {p[1][:25]}")
def test_other_units_priorities_subjects_or_people_do_not(pair: list[str]) -> None:
    assert not is_called(pair)


def _document(name: str, text: str, **fields: str) -> Document:
    section = Section(("Waiting",), (Block("text", text),))
    return Document(name, f"Page {name}", "policies", f"/{name}.md", name, fields, (section,))


def _found(*documents: Document) -> list[Contradiction]:
    return contradictions(documents, default_embedder(), TODAY)


FOUR, NINE = "A caller waits at most 4 minutes.", "A caller waits at most 9 minutes."


def test_the_newer_of_two_is_named_only_where_both_are_dated() -> None:
    [one] = _found(_document("a", FOUR, effective="2030-01-01"), _document("b", NINE, effective="2031-01-01"))
    assert one.newer is not None
    assert one.newer.document.id == "b"
    [one] = _found(_document("a", FOUR), _document("b", NINE, effective="2031-01-01"))
    assert one.newer is None
    [one] = _found(_document("a", FOUR, effective="2031-01-01"), _document("b", NINE, effective="2031-01-01"))
    assert one.newer is None


@pytest.mark.parametrize(
    "fields",
    [{"status": "superseded"}, {"status": "draft"}, {"superseded_by": "b"}, {"effective": "2031-07-01"}],
    ids=lambda f: next(iter(f)),
)
def test_a_document_that_is_not_in_force_contradicts_nothing(fields: dict[str, str]) -> None:
    assert _found(_document("a", FOUR, **fields), _document("b", NINE)) == []


def test_a_document_that_another_supersedes_contradicts_nothing() -> None:
    assert _found(_document("a", FOUR), _document("b", NINE, supersedes="A, c")) == []


def test_steps_of_one_procedure_do_not_contradict_a_page_with_one_of_them() -> None:
    steps = "A call is answered within 2 minutes. In the morning a call is answered within 5 minutes."
    assert _found(_document("a", steps), _document("b", "A call is answered within 5 minutes.")) == []


def test_the_demo_contradicts_itself_in_the_one_place_that_is_planted() -> None:
    pages = [read_document(p, p.parent.name) for p in sorted((ROOT / "knowledge").glob("*/*.md"))]
    [one] = contradictions(pages, default_embedder(), date(2026, 11, 3))
    assert {one.first.document.id, one.second.document.id} == {"POL-1", "POL-3"}
    assert {one.first.written, one.second.written} == {"15 minutes", "30 minutes"}


def test_a_second_company_without_a_contradiction_has_none() -> None:
    folder = ROOT / "benchmarks" / "retrieval" / "documents"
    pages = [read_document(Path(p), "handbook") for p in sorted(folder.glob("*.md"))]
    assert contradictions(pages, default_embedder(), date(2031, 1, 1)) == []


def test_document_of_reads_heading_and_text() -> None:
    assert document_of("a", "Fees: It costs 5 euro.").sections[0].heading == "Fees"
