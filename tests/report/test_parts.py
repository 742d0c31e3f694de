"""The parts of an answer: joined they are its text, and a page finds in them what the text leaves to the JSON."""

from __future__ import annotations

import json
from dataclasses import replace

from analyst_agent.parts import joined, parts_from_json
from analyst_agent.records import Caveat, Table, to_json
from analyst_agent.report import answer_markdown, answer_parts
from tests.claims.sample import finding, wording


def test_the_parts_joined_are_the_text() -> None:
    assert joined(answer_parts(finding(), wording())) == answer_markdown(finding(), wording())


def test_parts_are_the_same_after_they_were_kept_as_json() -> None:
    parts = answer_parts(finding(), wording())
    assert list(parts_from_json(json.loads(json.dumps(to_json(parts))))) == parts


def test_every_number_of_a_sheet_names_the_fact_that_the_table_names() -> None:
    one = finding()
    [sheet] = [part.sheet for part in answer_parts(one, wording()) if part.sheet is not None]
    cells = {cell.fact: cell.value for row in sheet.rows for cell in row if cell.fact}
    assert cells
    assert all(one.fact(name).value == value for name, value in cells.items())


def test_a_table_that_the_text_leaves_to_the_json_is_an_aside_with_all_its_rows() -> None:
    one = finding()
    first = one.tables[0]
    long = Table("Course", first.columns, first.rows * 5)
    parts = answer_parts(replace(one, tables=(first, long)), wording())
    [aside] = [part for part in parts if part.is_aside]
    assert aside.sheet is not None
    assert len(aside.sheet.rows) == len(long.rows)
    assert not aside.text
    assert [part.text for part in parts if part.kind == "elsewhere"] == ["Further tables in --json: Course (20 rows)."]


def test_nothing_that_a_page_shows_speaks_of_the_command_line() -> None:
    parts = answer_parts(finding(), wording())
    shown = [part.text if part.shown is None else part.shown for part in parts if part.kind != "table"]
    notes = [note for part in parts if part.sheet for note in part.sheet.notes]
    assert "--json" not in " ".join([*shown, *notes])


def test_caveats_stand_apart_with_the_facts_they_qualify() -> None:
    one = replace(finding(), caveats=(Caveat("Half of them are sampled", "sampled", ("f1",)),))
    [caveats] = [part for part in answer_parts(one, wording()) if part.kind == "caveats"]
    assert [(item.text, item.facts) for item in caveats.items] == [("Half of them are sampled.", ("f1",))]
    assert not any("sampled" in (part.shown or "") for part in answer_parts(one, wording()))


def test_clauses_name_the_facts_of_the_words_they_stand_in() -> None:
    parts = answer_parts(finding(), wording())
    found = [(clause, part.text) for part in parts for clause in part.clauses]
    assert found
    assert all(clause.text in text for clause, text in found)
    assert all(finding().fact(name) for clause, _ in found for name in clause.facts)
