"""The trend of root causes: each number counted again in plain Python, documents that change the advice, and poor data."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from analyst_agent.errors import OutsideData
from analyst_agent.records import Citation, Fact, Filter, Finding
from analyst_agent.resources import builtin_dir
from analyst_agent.semantic.periods import calendar_period
from analyst_agent.settings import Grants, Settings
from analyst_agent.skillkit import PolicyMatch, evidence, load_skills
from tests.skills.helpdesk import CAUSE_OF, Shelf, context_of, created, escalated, make_rows

OCTOBER = calendar_period("month", date(2026, 10, 1))
DAYS = (date(2026, 10, 1), date(2026, 11, 1))
BEFORE = (date(2026, 9, 1), date(2026, 10, 1))
ISSUE = {"KI-1": ("RPT-504", "Export by month.", "Release 9.")}
root_cause_trend = load_skills(builtin_dir("skills"))["root_cause_trend"].function


@pytest.fixture(scope="module")
def rows():
    return make_rows()


@pytest.fixture(scope="module")
def finding(rows) -> Finding:
    return root_cause_trend(context_of(rows, Shelf(ISSUE)), OCTOBER)


def _fact(finding: Finding, metric: str, **dimensions: object) -> Fact:
    (found,) = [f for f in finding.facts if f.metric == metric and f.dimensions == dimensions and f.period == OCTOBER][
        :1
    ]
    return found


def _cause(row) -> str:
    return CAUSE_OF.get(row.get("reason_code"), "unclassified")


def test_counts_shares_times_and_costs_are_those_of_the_rows(rows, finding):
    now = escalated(rows, *DAYS)
    known = [r["handle_minutes"] for r in now if r["handle_minutes"] is not None]
    mean_handle = sum(known) / len(known)
    assert _fact(finding, "escalated_ticket_count").value == len(now)
    assert _fact(finding, "ticket_count").value == len(created(rows, *DAYS))
    for cause, number in Counter(_cause(r) for r in now).items():
        group = [r for r in now if _cause(r) == cause]
        minutes = [
            (r["resolved_at"] - r["escalated_at"]).total_seconds() / 60
            for r in group
            if r.get("resolved_at") is not None
        ]
        assert _fact(finding, "escalated_ticket_count", root_cause=cause).value == number
        assert _fact(finding, "share_of_escalations", root_cause=cause).value == pytest.approx(number / len(now))
        assert _fact(finding, "mean_resolution_minutes", root_cause=cause).value == pytest.approx(
            sum(minutes) / len(minutes)
        )
        assert _fact(finding, "open_escalated_count", root_cause=cause).value == len(group) - len(minutes)
        cost = sum(mean_handle if r["handle_minutes"] is None else r["handle_minutes"] for r in group) / 60 * 45
        assert _fact(finding, "estimated_cost", root_cause=cause).value == pytest.approx(cost)


def test_the_parts_of_the_table_add_up_to_the_whole_and_unclassified_is_in_it(rows, finding):
    table = finding.tables[0]
    keys = [c.key for c in table.columns]
    counts = [row[keys.index("escalated_ticket_count")] for row in table.rows]
    assert sum(counts) == len(escalated(rows, *DAYS))
    assert sum(row[keys.index("share_of_escalations")] for row in table.rows) == pytest.approx(1)
    assert table.rows[-1][0] == "unclassified"
    assert counts[:-1] == sorted(counts[:-1], reverse=True)


def test_every_number_of_every_table_has_a_fact_with_that_number(finding):
    facts = {f.id: f for f in finding.facts}
    for table in finding.tables:
        for row, ids in zip(table.rows, table.fact_ids, strict=True):
            for value, fact_id in zip(row, ids, strict=True):
                if isinstance(value, (int, float)):
                    fact = facts[fact_id]
                    bounds = (*(fact.difference_interval or ()), *(fact.interval or ()))
                    assert value in (fact.value, fact.n, fact.reference_value, fact.difference, *bounds)


def test_the_change_is_against_the_month_before_and_says_whether_it_is_noise(rows, finding):
    then = Counter(_cause(r) for r in escalated(rows, *BEFORE))
    bugs = _fact(finding, "escalated_ticket_count", root_cause="product_bug")
    assert bugs.reference == "comparison_period"
    assert bugs.reference_value == then["product_bug"]
    assert bugs.difference == bugs.value - then["product_bug"]
    rate = _fact(finding, "escalation_rate", root_cause="product_bug")
    now, before = len(created(rows, *DAYS)), len(created(rows, *BEFORE))
    assert rate.difference == pytest.approx(bugs.value / now - then["product_bug"] / before)
    assert rate.difference_interval[0] < rate.difference < rate.difference_interval[1]
    assert bugs.significant is True
    assert _fact(finding, "escalated_ticket_count", root_cause="policy_gap").significant is not True
    assert finding.comparison.label == "September 2026"


def test_no_change_is_called_noise_in_nearly_all_random_months():
    verdicts = []
    for seed in range(2, 7):
        found = root_cause_trend(context_of(make_rows(seed, 1200, more_bugs_in_october=1.0)), OCTOBER)
        verdicts += [f.significant for f in found.facts if f.metric == "escalation_rate" and f.dimensions]
    assert sum(v is True for v in verdicts) <= 1


def test_a_known_issue_needs_evidence_and_gives_the_action(rows, finding):
    matches = [f for f in finding.facts if f.metric == "known_issue_matches"]
    bugs = [r for r in escalated(rows, *DAYS) if _cause(r) == "product_bug"]
    assert [(f.dimensions["root_cause"], f.value, f.n) for f in matches] == [("product_bug", len(bugs), len(bugs))]
    advice = {r.pattern: r for r in finding.recommendations}
    assert advice["product_bug"].document == "KI-1"
    assert '"Export by month"' in advice["product_bug"].action
    assert advice["training_gap"].basis_kind == "fact"
    assert {r.pattern for r in finding.recommendations} >= set(CAUSE_OF.values())


def test_with_other_documents_the_advice_changes(rows):
    policy = PolicyMatch(Citation("POL-1", "Full months", "Only full months.", "Refunds"), covers=False)
    without = root_cause_trend(context_of(rows), OCTOBER)
    with_policy = root_cause_trend(context_of(rows, Shelf(policy=policy)), OCTOBER)
    one, other = ({r.pattern: r for r in f.recommendations} for f in (without, with_policy))
    assert one["product_bug"].basis_kind == "fact"
    assert one["policy_gap"].basis_kind == "fact"
    assert other["policy_gap"].document == "POL-1"
    assert "does not cover" in other["policy_gap"].action
    assert any(c.code == "no_known_issues" for c in without.caveats)


def test_the_advice_for_a_fact_names_what_is_concentrated(rows, finding):
    advice = {r.pattern: r for r in finding.recommendations}
    fact = next(f for f in finding.facts if f.id == advice["training_gap"].fact)
    trained = [r for r in escalated(rows, *DAYS) if _cause(r) == "training_gap"]
    team, number = Counter(r["from_team"] for r in trained).most_common(1)[0]
    if number * 2 >= len(trained):
        assert fact.dimensions == {"root_cause": "training_gap", "from_team": team}
        assert fact.value == number
    paths = Counter((r["from_team"], r["to_team"]) for r in escalated(rows, *DAYS) if _cause(r) == "process_failure")
    path = next(f for f in finding.facts if f.id == advice["process_failure"].fact)
    assert path.value == max(paths.values())


def test_notes_are_masked_and_of_the_three_largest(finding):
    table = next(t for t in finding.tables if "notes" in t.title)
    assert 1 <= len(table.rows) <= 6
    text = " ".join(str(row[2]) for row in table.rows)
    assert "[email]" in text
    assert "ana.lopez" not in text


def test_a_filter_holds_for_every_part(rows):
    found = root_cause_trend(context_of(rows, Shelf(ISSUE)), OCTOBER, (Filter("tier", "=", "Enterprise"),))
    now = [r for r in escalated(rows, *DAYS) if r["tier"] == "Enterprise"]
    assert _fact(found, "escalated_ticket_count").value == len(now)
    matches = next(f for f in found.facts if f.metric == "known_issue_matches")
    assert matches.n == sum(_cause(r) == "product_bug" for r in now)
    noted = next(t for t in found.tables if "notes" in t.title)
    assert {row[1] for row in noted.rows} <= {r["ticket_id"] for r in now}
    assert all(f.filters == (Filter("tier", "=", "Enterprise"),) for f in found.facts)


def test_few_tickets_are_too_few_for_a_trend():
    found = root_cause_trend(context_of(make_rows(3, 120)), OCTOBER)
    few = [s for s in found.statements if s.kind == "too_few"]
    assert few[0].arguments["reason"] == "too few tickets for a trend"
    assert all(f.significant is None for f in found.facts if f.metric == "escalated_ticket_count")


def test_without_codes_times_accounts_or_documents_it_says_what_is_missing(rows):
    poor = {
        **rows,
        "accounts": [],
        "resolutions": [],
        "tickets": [
            {k: v for k, v in t.items() if k not in ("account_id", "agent_id", "subject")} for t in rows["tickets"]
        ],
        "escalations": [
            {k: None if k in ("reason_code", "escalated_at", "from_team", "to_team") else v for k, v in e.items()}
            for e in rows["escalations"]
        ],
    }
    found = root_cause_trend(context_of(poor), OCTOBER)
    codes = {c.code for c in found.caveats}
    assert {"no_root_causes", "no_known_issues", "no_notes"} <= codes
    causes = next(t for t in found.tables if t.columns[0].key == "root_cause")
    now = escalated(poor, *DAYS)
    assert causes.rows[0][:2] == ("unclassified", len(now))
    by_category = Counter(r["category"] for r in now)
    assert {row[0]: row[1] for row in found.tables[0].rows} == by_category
    assert "Record a reason code" in {r.pattern: r.action for r in found.recommendations}["unclassified"]
    assert all(s.arguments["dimension"] == "category" for s in found.statements if s.kind == "pattern")
    (unknown,) = [f for f in found.facts if f.metric == "unknown_time_count"]
    assert unknown.value == len(now)
    assert not [f for f in found.facts if f.metric == "mean_resolution_minutes"]


def test_what_is_not_granted_is_not_read(rows):
    grants = Grants(sources=("helpdesk",), objects=("ticket", "escalated_ticket"))
    found = root_cause_trend(context_of(rows, Shelf(ISSUE), Settings(grants=grants)), OCTOBER)
    assert any(c.code == "no_resolutions" for c in found.caveats)
    assert not any("accounts" in q.sql or "resolutions" in q.sql for q in found.queries)
    assert _fact(found, "escalated_ticket_count").value == len(escalated(rows, *DAYS))


def test_no_escalation_is_an_answer_and_no_data_a_refusal(rows):
    calm = {**rows, "escalations": [e for e in rows["escalations"] if e["escalated_at"].date() < DAYS[0]]}
    found = root_cause_trend(context_of(calm), OCTOBER)
    assert [s.kind for s in found.statements] == ["headline"]
    assert _fact(found, "escalated_ticket_count").value == 0
    with pytest.raises(OutsideData):
        root_cause_trend(context_of(rows), calendar_period("month", date(2031, 1, 1)))


def test_the_default_is_the_last_thirty_complete_days_and_the_thirty_before(rows):
    found = root_cause_trend(context_of(rows))
    assert (found.period.start, found.period.end) == (date(2026, 10, 4), date(2026, 11, 3))
    assert (found.comparison.start, found.comparison.end) == (date(2026, 9, 4), date(2026, 10, 4))


def test_without_a_complete_month_before_there_is_no_change(rows):
    found = root_cause_trend(context_of(rows), calendar_period("month", date(2026, 8, 1)))
    assert found.comparison is None
    assert any(c.code == "no_comparison" for c in found.caveats)
    assert all(f.difference is None for f in found.facts)


def test_cost_per_hour_is_the_one_asked_for(rows, finding):
    dear = root_cause_trend(context_of(rows), OCTOBER, cost_per_hour=90.0)
    one, two = (_fact(f, "estimated_cost", root_cause="policy_gap").value for f in (finding, dear))
    assert two == pytest.approx(2 * one)


def test_restrictions_travel_to_every_query(rows):
    only = (Filter("tier", "=", "Free"),)
    found = root_cause_trend(context_of(rows, Shelf(ISSUE), restrictions=only), OCTOBER)
    now = [r for r in escalated(rows, *DAYS) if r["tier"] == "Free"]
    assert _fact(found, "escalated_ticket_count").value == len(now)
    noted = next(t for t in found.tables if "notes" in t.title)
    assert {row[1] for row in noted.rows} <= {r["ticket_id"] for r in now}


def test_a_root_cause_of_the_workspace_is_a_pattern_like_others(rows):
    settings = replace(Settings(), root_causes={"ODD-1": "vendor_fault"})
    found = root_cause_trend(context_of(rows, settings=settings), OCTOBER)
    names = [row[0] for row in found.tables[0].rows]
    assert "vendor_fault" in names
    assert "vendor_fault" in {r.pattern for r in found.recommendations}
    assert found.tables[0].rows[names.index("unclassified")][1] == 0


def test_two_own_causes_of_one_area_do_not_share_the_words_of_their_actions(rows):
    own = dict(rows)
    own["escalations"] = [{**e, "root_cause": f"Own Cause {n % 2}"} for n, e in enumerate(rows["escalations"])]
    own["tickets"] = [{**t, "product_area": "Cards"} for t in rows["tickets"]]
    found = root_cause_trend(context_of(own), OCTOBER).recommendations
    actions = [r.action for r in found if "Own Cause" in r.pattern]
    assert len(actions) == 2
    assert len(set(actions)) == 2


def test_of_very_many_tickets_the_matching_ones_are_an_estimate_that_says_so(rows, finding, monkeypatch):
    monkeypatch.setattr(evidence, "MOST_EXAMINED", 60)
    part = root_cause_trend(context_of(rows, Shelf(ISSUE)), OCTOBER)
    named = {"root_cause": "product_bug", "known_issue": "KI-1"}
    guess, counted = _fact(part, "known_issue_matches", **named), _fact(finding, "known_issue_matches", **named)
    whole = _fact(part, "escalated_ticket_count", root_cause="product_bug").value
    assert (counted.interval, counted.n) == (None, whole)
    assert (guess.n, guess.n > guess.missing > 0) == (whole, True)
    low, high = guess.interval
    assert low <= guess.value <= high
    assert low <= counted.value <= high
    assert [c.facts for c in part.caveats if c.code == "sampled"] == [(guess.id,)]
    assert not [c for c in finding.caveats if c.code == "sampled"]
    assert root_cause_trend(context_of(rows, Shelf(ISSUE)), OCTOBER).facts == part.facts
