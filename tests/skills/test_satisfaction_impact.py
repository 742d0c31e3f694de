"""Satisfaction: means, low shares and differences counted again in plain Python; what is planted, what is missing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from analyst_agent.claims import claims_of, wording_of
from analyst_agent.claims.binding import bind
from analyst_agent.errors import NotPermitted
from analyst_agent.records import Fact, Filter, Finding
from analyst_agent.resources import builtin_dir
from analyst_agent.semantic.model import load_model
from analyst_agent.semantic.periods import build
from analyst_agent.settings import Grants, Settings
from analyst_agent.skillkit import load_skills
from analyst_agent.statistics.means import compare_means, stratified_difference
from tests.skills.helpdesk import context_of, created, escalated, make_rows

PERIOD = build(date(2026, 8, 1), date(2026, 11, 1))
DAYS = (PERIOD.start, PERIOD.end)
CAUSAL = ("cause", "because", "due to", "leads to", "makes ", "lowers", "hurts", "impact")
satisfaction_impact = load_skills(builtin_dir("skills"))["satisfaction_impact"].function


def _rows(seed: int = 2, drop: float = 2.0):
    rows = make_rows(seed=seed)
    ever = {e["ticket_id"] for e in rows["escalations"]}
    for number, ticket in enumerate(rows["tickets"]):
        ticket["first_response_at"] = ticket["created_at"] + timedelta(minutes=(20, 130, 800, 3000)[number % 4])
        if ticket["csat"] is not None and ticket["ticket_id"] in ever:
            ticket["csat"] = max(1.0, ticket["csat"] - drop)
    for number, event in enumerate(list(rows["escalations"])):
        if number % 6 == 0:
            rows["escalations"].append({**event, "escalation_id": f"again {number}", "escalated_at": event["escalated_at"] + timedelta(hours=9)})  # fmt: skip
    for number, one in enumerate(rows["resolutions"]):
        one["resolution_type"] = ("fixed", "explained")[number % 2]
    return rows


@pytest.fixture(scope="module")
def rows():
    return _rows()


@pytest.fixture(scope="module")
def finding(rows) -> Finding:
    return satisfaction_impact(context_of(rows), period=PERIOD, by="tier")


def _fact(finding: Finding, metric: str, **dimensions: object) -> Fact:
    return next(f for f in finding.facts if f.metric == metric and f.dimensions == dimensions)


def _rated(things):
    return [t for t in things if t["csat"] is not None]


def _compare(first, second, kind=None):
    things = [(t, True) for t in _rated(first)] + [(t, False) for t in _rated(second)]
    scores = [t["csat"] for t, _ in things]
    given = (scores, [1] * len(things))
    squares, sides, accounts = [s * s for s in scores], [s for _, s in things], [t["account_id"] for t, _ in things]
    if kind is None:
        return compare_means(*given, sides, accounts, squares)
    return stratified_difference(*given, squares, sides, [kind(t) for t, _ in things], accounts)


def test_all_ratings_and_who_answered_are_counted(rows, finding):
    things = created(rows, *DAYS)
    rated = _rated(things)
    mean = _fact(finding, "mean_ticket_csat")
    assert mean.value == pytest.approx(sum(t["csat"] for t in rated) / len(rated))
    assert (mean.n, mean.missing) == (len(rated), len(things) - len(rated))
    assert _fact(finding, "low_csat_share").value == pytest.approx(sum(t["csat"] <= 2 for t in rated) / len(rated))
    assert _fact(finding, "csat_response_rate").value == pytest.approx(len(rated) / len(things))
    own = [t for t in things if t["ever"]]
    answered = _fact(finding, "csat_response_rate", escalations="escalated")
    assert answered.value == pytest.approx(len(_rated(own)) / len(own))
    assert answered.difference_interval is not None


def test_escalated_tickets_against_the_others_are_those_of_the_rows(rows, finding):
    things = created(rows, *DAYS)
    own, other = [t for t in things if t["ever"]], [t for t in things if not t["ever"]]
    expected = _compare(own, other)
    fact = _fact(finding, "mean_ticket_csat", escalations="escalated")
    assert fact.difference == pytest.approx(expected.difference)
    assert fact.difference_interval == pytest.approx(expected.interval)
    assert fact.p_value == pytest.approx(expected.p_value)
    assert fact.significant
    within = _fact(finding, "csat_difference_within", escalations="escalated")
    kinds = _compare(own, other, lambda t: (t["product_area"], t["category"]))
    assert within.difference == pytest.approx(kinds.difference)
    assert within.difference_interval == pytest.approx(kinds.interval)


def test_those_escalated_more_than_once_are_told_apart(rows, finding):
    number: dict[str, int] = {}
    for event in rows["escalations"]:
        number[event["ticket_id"]] = number.get(event["ticket_id"], 0) + 1
    things = created(rows, *DAYS)
    more = _rated([t for t in things if number.get(t["ticket_id"], 0) > 1])
    once = _rated([t for t in things if number.get(t["ticket_id"], 0) == 1])
    assert _fact(finding, "rated_count", escalations="escalated more than once").value == len(more)
    assert _fact(finding, "rated_count", escalations="escalated once").value == len(once)


def test_bands_types_and_paths_are_those_of_the_rows(rows, finding):
    things = created(rows, *DAYS)
    quick = [t for t in things if t["first_response_at"] - t["created_at"] < timedelta(hours=1)]
    fact = _fact(finding, "mean_ticket_csat", first_response_band="answered within 1 h")
    assert fact.value == pytest.approx(sum(t["csat"] for t in _rated(quick)) / len(_rated(quick)))
    rest = [t for t in things if t not in quick]
    assert fact.difference_interval == pytest.approx(_compare(quick, rest).interval)
    fixed = {r["ticket_id"] for r in rows["resolutions"] if r["resolution_type"] == "fixed"}
    own = _rated([t for t in things if t["ticket_id"] in fixed])
    assert _fact(finding, "rated_count", resolution_type="fixed").value == len(own)
    path = [e for e in escalated(rows, *DAYS) if (e["from_team"], e["to_team"]) == ("Blue", "Desk") and not str(e["escalation_id"]).startswith("again")]  # fmt: skip
    assert _fact(finding, "rated_count", path="Blue to Desk").value == len(_rated(path))


def test_all_tests_of_an_answer_are_corrected_together(finding):
    tested = [f for f in finding.facts if f.p_adjusted is not None]
    assert len(tested) > 20
    assert all(f.p_adjusted >= f.p_value for f in tested)
    assert {next(iter(f.dimensions)) for f in tested} >= {"escalations", "first_response_band", "tier", "path"}


def test_what_is_said_is_no_claim_of_a_cause_and_bound(finding):
    wording = wording_of(load_model(), "USD", date(2026, 11, 3))
    text = " ".join(claim.text for claim in claims_of(finding, wording))
    assert not [word for word in CAUSAL if word in text.lower()]
    assert "what the others think is not known" in text
    assert bind(text, finding, wording).grounding.unbound == ()


def test_the_order_of_rows_changes_nothing(rows, finding):
    turned = {name: list(reversed(listed)) for name, listed in rows.items()}
    again = satisfaction_impact(context_of(turned), period=PERIOD, by="tier")
    assert [t.title for t in again.tables] == [t.title for t in finding.tables]
    first = [f.value for f in finding.facts if f.metric == "mean_ticket_csat"]
    assert [f.value for f in again.facts if f.metric == "mean_ticket_csat"] == pytest.approx(first)


def test_a_change_is_given_where_it_is_asked_for(rows):
    october = build(date(2026, 10, 1), date(2026, 11, 1))
    september = build(date(2026, 9, 1), date(2026, 10, 1))
    found = satisfaction_impact(context_of(rows), period=october, comparison=september)
    fact = _fact(found, "mean_ticket_csat")
    now, then = (_rated(created(rows, p.start, p.end)) for p in (october, september))
    assert fact.reference_value == pytest.approx(sum(t["csat"] for t in then) / len(then))
    assert fact.difference_interval == pytest.approx(_compare(now, then).interval)


def test_without_scores_it_is_refused_and_without_ratings_in_the_period_said(rows):
    none = {**rows, "tickets": [{**t, "csat": None} for t in rows["tickets"]]}
    with pytest.raises(NotPermitted, match="no satisfaction scores"):
        satisfaction_impact(context_of(none), period=PERIOD)
    august = {**rows, "tickets": [{**t, "csat": t["csat"] if t["created_at"].month == 8 else None} for t in rows["tickets"]]}  # fmt: skip
    found = satisfaction_impact(context_of(august), period=build(date(2026, 10, 1), date(2026, 11, 1)))
    assert "no_ratings" in {c.code for c in found.caveats}


def test_what_is_not_granted_or_recorded_is_named_and_the_rest_given(rows):
    bare = {
        **rows,
        "tickets": [{**t, "first_response_at": None} for t in rows["tickets"]],
        "escalations": [{**e, "from_team": None} for e in rows["escalations"]],
    }
    settings = Settings(grants=Grants(sources=("helpdesk",), objects=("ticket", "escalated_ticket")))
    found = satisfaction_impact(context_of(bare, settings=settings), period=PERIOD)
    assert {"no_response_times", "no_resolutions"} <= {c.code for c in found.caveats}
    assert found.tables[0].title == "CSAT of escalated and other tickets"
    assert not any("path" in f.dimensions or "resolution_type" in f.dimensions for f in found.facts)


def test_a_few_ratings_are_not_judged(rows):
    few = {**rows, "tickets": rows["tickets"][:60]}
    kept = {t["ticket_id"] for t in few["tickets"]}
    few["escalations"] = [e for e in rows["escalations"] if e["ticket_id"] in kept]
    few["resolutions"] = [r for r in rows["resolutions"] if r["ticket_id"] in kept]
    found = satisfaction_impact(context_of(few), period=PERIOD)
    assert not any(f.significant for f in found.facts)
    assert any(s.kind == "csat_few" for s in found.statements)


def test_a_filter_that_only_escalated_tickets_have_leaves_nothing_to_compare_with(rows):
    found = satisfaction_impact(context_of(rows), period=PERIOD, where=(Filter("root_cause", "=", "product_bug"),))
    assert _fact(found, "mean_ticket_csat").n > 0
    assert not any("escalations" in f.dimensions and f.significant for f in found.facts)
