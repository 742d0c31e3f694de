"""Segments compared: each number counted again in plain Python, who stands out, who is too few, what is refused."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import ceil

import pytest

from analyst_agent.errors import NotGranted, NotPermitted, UnknownName
from analyst_agent.records import Fact, Filter, Finding
from analyst_agent.resources import builtin_dir
from analyst_agent.semantic.periods import build, calendar_period
from analyst_agent.settings import Grants, Settings
from analyst_agent.skillkit import begin, load_skills
from analyst_agent.skillkit.segments.scanning import scan, scanned_pairs
from analyst_agent.statistics import benjamini_hochberg, compare_with_rest
from tests.skills.helpdesk import context_of, created, escalated, make_rows

QUARTER = build(date(2026, 8, 1), date(2026, 10, 15))
DAYS = (QUARTER.start, QUARTER.end)
segment_comparison = load_skills(builtin_dir("skills"))["segment_comparison"].function


@pytest.fixture(scope="module")
def rows():
    return make_rows()


@pytest.fixture(scope="module")
def context(rows):
    return context_of(rows)


@pytest.fixture(scope="module")
def finding(context) -> Finding:
    return segment_comparison(context, period=QUARTER)


def _fact(finding: Finding, metric: str, **dimensions: object) -> Fact:
    (found,) = [f for f in finding.facts if f.metric == metric and f.dimensions == dimensions]
    return found


def test_tickets_escalations_rates_and_deviations_are_those_of_the_rows(rows, finding):
    tickets, events = created(rows, *DAYS), escalated(rows, *DAYS)
    overall = len(events) / len(tickets)
    assert _fact(finding, "escalation_rate").value == pytest.approx(overall)
    for tier in ("Enterprise", "Pro", "Free", "Tiny"):
        n = sum(t["tier"] == tier for t in tickets)
        escalations = sum(e["tier"] == tier for e in events)
        assert _fact(finding, "ticket_count", tier=tier).value == n
        assert _fact(finding, "escalated_ticket_count", tier=tier).value == escalations
        assert _fact(finding, "escalation_rate", tier=tier).value == pytest.approx(escalations / n)
        assert _fact(finding, "deviation_from_overall", tier=tier).value == pytest.approx(escalations / n - overall)
    assert sum(row[1] for row in finding.tables[0].rows) == len(tickets)
    assert sum(row[2] for row in finding.tables[0].rows) == len(events)


def test_the_cohort_is_tested_against_the_rest_by_account_and_corrected(rows, finding):
    tickets = created(rows, *DAYS)
    p_values = []
    for tier in ("Enterprise", "Pro", "Free"):
        cells: dict[tuple[str, bool], list[int]] = {}
        for t in tickets:
            cell = cells.setdefault((t["account_id"], t["tier"] == tier), [0, 0])
            cell[0] += t["ever"]
            cell[1] += 1
        expected = compare_with_rest(
            [y for y, _ in cells.values()],
            [n for _, n in cells.values()],
            [inside for _, inside in cells],
            [account for account, _ in cells],
        )
        fact = _fact(finding, "cohort_escalation_rate", tier=tier)
        assert fact.value == pytest.approx(expected.segment.rate)
        assert fact.reference_value == pytest.approx(expected.rest.rate)
        assert fact.difference == pytest.approx(expected.difference)
        assert fact.difference_interval == pytest.approx(expected.interval)
        assert fact.p_value == pytest.approx(expected.p_value)
        p_values.append(expected.p_value)
    assert len(p_values) == 3


def test_everything_that_was_looked_at_is_corrected_together(context, finding):
    inquiry = begin(context, QUARTER, (), always_compared=False)
    scanned = scan(inquiry, "cohort_escalation_rate", scanned_pairs(context, ("tier",), is_open=True))
    plain = [f for f in finding.facts if f.metric == "cohort_escalation_rate" and f.p_value is not None]
    like = [f for f in finding.facts if f.metric == "standardised_difference"]
    assert len(scanned.p_values) > len(plain) == len(like) == 3
    families = ([f.p_value for f in plain], 0.5), ([f.p_value for f in like], 0.25), (scanned.p_values, 0.25)
    weights = [share / len(values) for values, share in families for _ in values]
    expected = benjamini_hochberg([p for values, _ in families for p in values], weights)
    for fact, p in zip([*plain, *like], expected, strict=False):
        assert fact.p_adjusted == pytest.approx(p)
        assert fact.significant == (p <= 0.05)


def test_who_stands_out_is_named_and_one_account_is_too_few(finding):
    said = {s.kind: [finding.fact(i).dimensions.get("tier") for i in s.facts] for s in finding.statements}
    assert said["segment_above"] == ["Enterprise"]
    assert said["too_few"] == ["Tiny"]
    assert next(iter(said)) == "headline"
    tiny = next(row for row in finding.tables[0].rows if row[0] == "Tiny")
    assert tiny[-1].startswith("too few")


def test_a_segment_that_is_no_different_gets_the_difference_that_the_data_exclude(context):
    found = segment_comparison(context, by="category", period=QUARTER)
    for statement in [s for s in found.statements if s.kind == "no_difference_shown"]:
        for fact_id in statement.facts:
            fact = found.fact(fact_id)
            cohort = _fact(found, "cohort_escalation_rate", **fact.dimensions)
            assert fact.value == max(abs(end) for end in cohort.difference_interval)
            assert cohort.significant is False
    assert any(s.kind == "no_difference_shown" for s in found.statements)


def test_the_segment_asked_about_comes_first_and_finds_its_dimension(context):
    found = segment_comparison(context, period=QUARTER, focus="free")
    assert found.fact(found.statements[1].facts[0]).dimensions == {"tier": "Free"}
    asked_by_filter = segment_comparison(context, period=QUARTER, where=(Filter("tier", "=", "Free"),))
    assert asked_by_filter.tables == found.tables


def test_the_youngest_tickets_are_named(rows):
    end = datetime(2026, 11, 1)
    events = [e for e in rows["escalations"] if e["escalated_at"] < end]
    tickets = [{k: v for k, v in t.items() if k != "resolved_at"} for t in rows["tickets"]]
    context = context_of({**rows, "tickets": tickets, "escalations": events, "resolutions": []})
    created_at = {t["ticket_id"]: t["created_at"] for t in tickets}
    lags = sorted((e["escalated_at"] - created_at[e["ticket_id"]]).total_seconds() / 86400 for e in events)
    found = segment_comparison(context, period=calendar_period("month", date(2026, 10, 1)))
    (said,) = [s for s in found.statements if s.kind == "censored"]
    from_day = date.fromisoformat(said.arguments["from_day"])
    assert from_day == date(2026, 10, 31) - timedelta(days=ceil(lags[int(0.95 * len(lags))]))
    assert found.fact(said.facts[0]).metric == "cohort_escalation_rate"


def test_no_censoring_is_said_of_a_period_that_is_long_over(context):
    found = segment_comparison(context, period=calendar_period("month", date(2026, 8, 1)))
    assert not [s for s in found.statements if s.kind == "censored"]


def test_a_comparison_period_gives_each_segment_its_change(rows, context):
    october, september = (calendar_period("month", date(2026, m, 1)) for m in (10, 9))
    found = segment_comparison(context, period=october, comparison=september)
    for tier in ("Enterprise", "Pro", "Free"):
        fact = _fact(found, "escalation_rate", tier=tier)
        rates = []
        for period in (october, september):
            n = sum(t["tier"] == tier for t in created(rows, period.start, period.end))
            rates.append(sum(e["tier"] == tier for e in escalated(rows, period.start, period.end)) / n)
        assert fact.difference == pytest.approx(rates[0] - rates[1])
        assert fact.reference_period == september


def test_what_makes_no_sense_or_does_not_exist_is_refused(context):
    with pytest.raises(NotPermitted, match="only once it is escalated"):
        segment_comparison(context, by="root_cause", period=QUARTER)
    with pytest.raises(UnknownName, match="Entreprise"):
        segment_comparison(context, focus="Entreprise", period=QUARTER)
    with pytest.raises(UnknownName):
        segment_comparison(context, by="teir", period=QUARTER)


def test_without_accounts_the_tickets_own_fields_are_compared(rows):
    settings = Settings(grants=Grants(sources=("helpdesk",)))
    context = context_of(rows, settings=settings)
    found = segment_comparison(context, period=QUARTER)
    assert found.tables[0].columns[0].key == "category"
    assert any(c.code == "no_account_dimension" for c in found.caveats)
    assert not any("account_directory" in q.sql for q in found.queries)
    with pytest.raises(NotGranted):
        segment_comparison(context, by="tier", period=QUARTER)


def test_what_was_assigned_later_is_no_cause(context):
    found = segment_comparison(context, by="agent", period=QUARTER)
    assert any("not a cause" in c.text for c in found.caveats)


def test_each_account_is_a_segment_of_its_own(rows, context):
    found = segment_comparison(context, by="account", period=QUARTER)
    assert len(found.tables[0].rows) == 61
    assert sum(row[1] for row in found.tables[0].rows) == len(created(rows, *DAYS))


def test_few_tickets_are_never_significant():
    found = segment_comparison(context_of(make_rows(5, 60)), period=QUARTER)
    assert all(f.significant is None for f in found.facts)
    assert {s.kind for s in found.statements} == {"headline", "too_few"}


def test_an_empty_cell_says_there_are_no_tickets(context):
    found = segment_comparison(
        context, period=QUARTER, where=(Filter("tier", "=", "Pro"), Filter("region", "=", "APAC"))
    )
    assert _fact(found, "ticket_count", tier="Tiny").value > 0
    assert any(s.kind == "too_few" and s.arguments["reason"] == "no tickets" for s in found.statements)


def test_of_two_segments_one_says_it_for_both(rows):
    two = {
        **rows,
        "accounts": [{**a, "tier": "Enterprise" if a["tier"] == "Enterprise" else "Pro"} for a in rows["accounts"]],
    }
    found = segment_comparison(context_of(two), period=QUARTER)
    assert [s.kind for s in found.statements if s.kind.startswith("segment")] == ["segment_above"]
    assert all(f.significant for f in found.facts if f.metric == "cohort_escalation_rate" and f.dimensions)


def test_with_a_segment_asked_about_each_other_that_stands_out_is_still_named(rows):
    tiers = sorted({a["tier"] for a in rows["accounts"] if a["tier"]})
    low = [t for t in tiers if t != "Enterprise"][:2]
    three = {
        **rows,
        "accounts": [
            {**a, "tier": a["tier"] if a["tier"] in ("Enterprise", low[0]) else low[1]} for a in rows["accounts"]
        ],
    }
    found = segment_comparison(context_of(three), period=QUARTER, focus="Enterprise")
    clear = {f.id for f in found.facts if f.metric == "cohort_escalation_rate" and f.dimensions and f.significant}
    assert len(clear) >= 3
    assert {s.facts[0] for s in found.statements if s.kind.startswith("segment")} == clear
