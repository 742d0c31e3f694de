"""Case files: what is complained about, and that the built-in ones can be read."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from analyst_agent.errors import AnalystError, InvalidDefinition, UnknownName
from analyst_agent.evaluation.cases import DATA, parse_case, read_suite, select
from analyst_agent.evaluation.expectations import OWNER
from analyst_agent.resources import builtin_dir

CASE = {
    "id": "rate",
    "tier": "must",
    "data": "demo",
    "turns": ["How many?"],
    "expect": {"numbers": [{"metric": "ticket_count", "sql": "SELECT 1"}]},
}


def test_a_case_is_read_with_its_turns_and_periods():
    days = {"start": date(2026, 10, 1), "end": date(2026, 11, 1)}
    turns = ["How many?", {"ask": "and before?", "expect": {"status": "refused"}}, "why?"]
    case = parse_case(
        {**CASE, "turns": turns, "expect": {**CASE["expect"], "period": days}}, "metrics", "metrics.yml: case 1"
    )
    assert [t.ask for t in case.turns] == ["How many?", "and before?", "why?"]
    assert case.turns[0].expect is None
    assert case.turns[1].expect.status == ("refused",)
    assert case.turns[2].expect.numbers[0].period == (date(2026, 10, 1), date(2026, 11, 1))


@pytest.mark.parametrize(
    ("change", "error", "message", "hint"),
    [
        ({"tears": "must"}, UnknownName, "key in a.yml: case 1 'tears'", "'tier'"),
        ({"tier": "musst"}, UnknownName, "'musst'", "'must'"),
        ({"data": "demmo"}, UnknownName, "'demmo'", "'demo'"),
        ({"turns": []}, InvalidDefinition, "case rate: turns", ""),
        ({"expect": {"numbers": [{"metrik": "x"}]}}, UnknownName, "'metrik'", "'metric'"),
        ({"expect": {"numbers": [{"metric": "x"}]}}, InvalidDefinition, "sql must be a text", ""),
        ({"expect": {"statuss": "answered"}}, UnknownName, "'statuss'", "'status'"),
        ({"expect": {"status": "answred"}}, UnknownName, "'answred'", "'answered'"),
        (
            {"expect": {"period": {"start": date(2026, 2, 1), "end": date(2026, 1, 1)}}},
            InvalidDefinition,
            "ends before",
            "",
        ),
        (
            {"expect": {"period": {"start": "October", "end": date(2026, 1, 1)}}},
            InvalidDefinition,
            "'October' is no day",
            "",
        ),
        ({"today": "soon"}, InvalidDefinition, "'soon' is no day", ""),
    ],
)
def test_complaints_name_the_place_and_the_nearest(change, error, message, hint):
    case = {**CASE, **change}
    with pytest.raises(AnalystError) as caught:
        parse_case(case, "a", "a.yml: case 1")
    assert isinstance(caught.value, error)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_case_without_expectation_is_no_case():
    case = {key: value for key, value in CASE.items() if key != "expect"}
    with pytest.raises(InvalidDefinition, match="nothing is expected"):
        parse_case(case, "a", "a.yml: case 1")


def test_an_id_occurs_once(tmp_path):
    text = "cases: [{id: one, tier: must, data: demo, turns: [x], expect: {status: refused}}]"
    (tmp_path / "a.yml").write_text(text)
    (tmp_path / "b.yml").write_text(text)
    with pytest.raises(InvalidDefinition, match=r"also in a\.yml"):
        read_suite(tmp_path)


def test_a_broken_file_is_named(tmp_path):
    (tmp_path / "a.yml").write_text("cases: [")
    with pytest.raises(InvalidDefinition, match=r"a\.yml is not valid YAML"):
        read_suite(tmp_path)


def test_cases_are_chosen_by_id_and_data():
    suite = read_suite(builtin_dir("evals"))
    [one] = select(suite, ["rate_last_month"])
    assert one.id == "rate_last_month"
    assert {case.data for case in select(suite, data="uci_incident")} == {"uci_incident"}
    with pytest.raises(UnknownName) as caught:
        select(suite, ["rate_last_mont"])
    assert caught.value.suggestions[0] == "rate_last_month"
    for wrong in ({"data": "demmo"}, {"tier": "musst"}, {"subject": "metrix"}):
        with pytest.raises(UnknownName):
            select(suite, **wrong)
    assert {case.tier for case in select(suite, tier="track")} == {"track"}
    assert {case.subject for case in select(suite, subject="metrics")} == {"metrics"}


def test_the_built_in_cases_cover_the_three_sets():
    suite = read_suite(builtin_dir("evals"))
    count = Counter(case.data for case in suite.cases)
    assert sum(count.values()) >= 220
    assert set(count) == set(DATA)
    assert min(count.values()) >= 20


def test_every_built_in_skill_is_expected_by_four_cases_or_more():
    count = Counter(
        skill
        for case in read_suite(builtin_dir("evals")).cases
        for skill in {name for turn in case.turns if turn.expect for name in turn.expect.skills}
    )
    skills = {path.parent.name for path in builtin_dir("skills").glob("*/SKILL.md")}
    assert skills
    assert {skill: count[skill] for skill in skills if count[skill] < 4} == {}


def test_no_question_is_asked_twice_of_one_data_set():
    asked = Counter(
        (case.data, case.today, case.caller, tuple(turn.ask.lower() for turn in case.turns))
        for case in read_suite(builtin_dir("evals")).cases
    )
    assert [which for which, times in asked.items() if times > 1] == []


def test_no_expected_number_is_typed_in():
    numbers = [
        n for case in read_suite(builtin_dir("evals")).cases for t in case.turns if t.expect for n in t.expect.numbers
    ]
    assert [n for n in numbers if " from " not in n.sql.lower()] == []


UNDER = """
cases:
  - id: mine
    tier: must
    data: demo
    settings: {analyst: {scope: {region: EMEA}}, privacy: {unmasked_for: [dpo]}}
    role: dpo
    restrict: ["tier = Enterprise"]
    turns: ["How many?"]
    expect: {status: answered}
  - id: anybodys
    tier: must
    data: demo
    turns: ["How many?"]
    expect: {status: answered}
"""


def test_who_asks_a_case_is_read(tmp_path):
    (tmp_path / "a.yml").write_text(UNDER, encoding="utf-8")
    mine, anybodys = read_suite(tmp_path).cases
    assert (mine.caller.role, mine.caller.restrict) == ("dpo", ("tier = Enterprise",))
    assert '"region": "EMEA"' in mine.caller.settings
    assert anybodys.caller == OWNER


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ("{analyst: {scpe: {}}}", "scope"),
        ("{analyst: {grants: {objects: [tickets]}}}", "ticket"),
        ("{model: {name: offline}}", "--model"),
        ("{workspace: {state_url: x}}", "memory"),
        ("[1]", "no mapping"),
    ],
)
def test_settings_of_a_case_are_checked_when_it_is_read(tmp_path, settings, names):
    text = UNDER.replace("{analyst: {scope: {region: EMEA}}, privacy: {unmasked_for: [dpo]}}", settings)
    (tmp_path / "a.yml").write_text(text, encoding="utf-8")
    with pytest.raises(AnalystError) as error:
        read_suite(tmp_path)
    assert "case mine" in error.value.message
    assert names in f"{error.value.message} {error.value.hint}"
