"""The finding of a plain query: values, splits, comparisons and extremes, counted again in plain Python."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from analyst_agent.errors import NotPermitted, UnknownName
from analyst_agent.metric_finding import metric_finding
from analyst_agent.records import Filter, Intent, Order, Plan
from analyst_agent.semantic.periods import build, calendar_period, everything
from analyst_agent.statistics import wilson_interval
from tests.skills.helpdesk import CAUSE_OF, context_of, created, escalated, make_rows

OCTOBER, SEPTEMBER, AUGUST = (calendar_period("month", date(2026, m, 1)) for m in (10, 9, 8))
ALL = build(date(2026, 8, 1), date(2026, 11, 1))


@pytest.fixture(scope="module")
def rows():
    return make_rows()


@pytest.fixture(scope="module")
def context(rows):
    return context_of(rows)


def _ask(context, *metrics, **plan):
    return metric_finding(context, Plan(Intent.QUERY, metrics=metrics, **plan))


def _days(period):
    return period.start, period.end


def test_a_rate_has_its_value_its_basis_and_a_wilson_interval(rows, context):
    found = _ask(context, "escalation_rate", period=OCTOBER)
    count, n = len(escalated(rows, *_days(OCTOBER))), len(created(rows, *_days(OCTOBER)))
    (fact,) = found.facts
    assert (fact.value, fact.n) == (pytest.approx(count / n), n)
    assert fact.interval == pytest.approx(wilson_interval(count, n))
    assert [s.kind for s in found.statements] == ["value"]
    assert found.definitions[0].name == "escalation_rate"


def test_a_split_has_a_fact_for_each_number_and_the_total_beside_it(rows, context):
    found = _ask(context, "escalated_ticket_count", by=("product_area",), period=OCTOBER)
    expected = Counter(r["product_area"] for r in escalated(rows, *_days(OCTOBER)))
    assert dict(row[:2] for row in found.tables[0].rows) == expected
    assert found.facts[0].value == sum(expected.values())
    assert all(i for row in found.tables[0].fact_ids for i in row[1:])
    assert [s.kind for s in found.statements] == ["value", "split"]


def test_cells_of_a_month_carry_the_days_of_that_month(rows, context):
    found = _ask(context, "ticket_count", by=("month",), period=ALL)
    by_month = {f.dimensions["month"]: f for f in found.facts if f.dimensions}
    assert by_month["2026-09"].period == SEPTEMBER
    assert by_month["2026-09"].value == len(created(rows, *_days(SEPTEMBER)))


def test_a_comparison_has_both_values_and_tests_a_rate(rows, context):
    found = _ask(context, "escalation_rate", period=OCTOBER, comparison=SEPTEMBER)
    (statement,) = [s for s in found.statements if s.kind == "comparison"]
    now, then = (found.fact(i) for i in statement.facts)
    rates = [len(escalated(rows, *_days(p))) / len(created(rows, *_days(p))) for p in (OCTOBER, SEPTEMBER)]
    assert (now.value, then.value) == (pytest.approx(rates[0]), pytest.approx(rates[1]))
    assert now.difference == pytest.approx(rates[0] - rates[1])
    assert now.difference_interval[0] < now.difference < now.difference_interval[1]
    assert now.significant in (True, False)
    assert then.period == SEPTEMBER


def test_counts_over_months_of_other_lengths_are_also_given_per_day(rows, context):
    found = _ask(context, "escalated_ticket_count", period=OCTOBER, comparison=SEPTEMBER)
    (per_day,) = [f for f in found.facts if f.metric == "escalated_ticket_count_per_day"]
    assert per_day.value == pytest.approx(len(escalated(rows, *_days(OCTOBER))) / 31)
    assert per_day.reference_value == pytest.approx(len(escalated(rows, *_days(SEPTEMBER))) / 30)
    assert found.facts[0].difference == len(escalated(rows, *_days(OCTOBER))) - len(escalated(rows, *_days(SEPTEMBER)))


def test_three_days_are_compared_with_a_month_per_day_only(rows, context):
    """Fewer by nearly all of the month, "more than noise"."""
    began = build(date(2026, 10, 1), date(2026, 10, 4))
    found = _ask(context, "ticket_count", period=began, comparison=SEPTEMBER)
    total = found.facts[0]
    assert (total.difference, total.significant, total.reference_value) == (None, None, None)
    assert [s.kind for s in found.statements] == ["value", "value", "change"]
    (per_day,) = [f for f in found.facts if f.metric == "ticket_count_per_day"]
    assert per_day.value == pytest.approx(len(created(rows, *_days(began))) / 3)
    assert per_day.reference_value == pytest.approx(len(created(rows, *_days(SEPTEMBER))) / 30)


def test_the_change_of_a_mean_is_tested_by_account_and_that_of_a_median_is_not(context):
    mean, median = (
        _ask(context, name, period=OCTOBER, comparison=SEPTEMBER).facts[0]
        for name in ("mean_csat", "median_resolution_minutes")
    )
    low, high = mean.difference_interval
    assert low < mean.difference < high
    assert mean.significant == (mean.p_value <= 0.05)
    assert (median.p_value, median.significant) == (None, None)


def test_the_change_of_cost_is_tested_a_day_where_periods_differ_in_length(context):
    found = _ask(context, "estimated_cost", period=OCTOBER, comparison=SEPTEMBER)
    per_day = next(fact for fact in found.facts if fact.metric == "estimated_cost_per_day")
    assert per_day.difference_interval[0] < per_day.difference < per_day.difference_interval[1]
    assert per_day.p_value is not None
    assert found.facts[0].difference_interval is None


def test_a_share_is_told_of_the_count_without_the_conditions_that_make_the_part(rows, context):
    where = (Filter("region", "=", "EMEA"), Filter("tier", "in", ("Enterprise", "Pro")))
    found = _ask(context, "escalated_ticket_count", where=where, period=OCTOBER, options={"share_of": "tier"})
    share = next(fact for fact in found.facts if fact.metric == "share_of_escalations")
    part = next(fact for fact in found.facts if fact.metric == "escalated_ticket_count" and fact.filters == where)
    whole = _ask(context, "escalated_ticket_count", where=where[:1], period=OCTOBER).facts[0]
    assert share.n == whole.value
    assert share.value == part.value / whole.value
    assert share.interval == wilson_interval(part.value, whole.value)
    assert share.filters == where
    with pytest.raises(NotPermitted):
        _ask(context, "mean_csat", where=where, period=OCTOBER, options={"share_of": "tier"})


def test_rows_that_do_not_meet_a_limit_are_not_shown_and_that_is_said(context):
    plan = {"by": ("product_area",), "period": ALL, "order": (Order("escalated_ticket_count"),)}
    every = _ask(context, "escalated_ticket_count", **plan).tables[0].rows
    least = sorted((row[1] for row in every), reverse=True)[1]
    found = _ask(context, "escalated_ticket_count", **plan, options={"having": f"escalated_ticket_count >= {least}"})
    assert [row[1] for row in found.tables[0].rows] == [row[1] for row in every if row[1] >= least]
    assert any(caveat.code == "limited" and f"of {len(every)} have" in caveat.text for caveat in found.caveats)
    with pytest.raises(UnknownName):
        _ask(context, "escalated_ticket_count", **plan, options={"having": "mean_csat > 1"})


def test_a_limit_on_rows_is_left_out_of_a_total_and_that_is_said(context):
    plain = _ask(context, "escalated_ticket_count", period=OCTOBER)
    found = _ask(
        context, "escalated_ticket_count", period=OCTOBER, options={"having": "escalated_ticket_count >= 1000000"}
    )
    assert [fact.value for fact in found.facts] == [fact.value for fact in plain.facts]
    assert [caveat.text for caveat in found.caveats if caveat.code == "limited"] == [
        "The limit on rows is left out: the number is not split."
    ]


def test_the_cells_of_a_split_are_compared_each(rows, context):
    found = _ask(context, "escalation_rate", by=("tier",), period=OCTOBER, comparison=SEPTEMBER)
    facts = {f.dimensions.get("tier"): f for f in found.facts if f.period == OCTOBER and f.dimensions}
    for tier in ("Enterprise", "Pro", "Free"):
        rates = [
            sum(e["tier"] == tier for e in escalated(rows, *_days(p)))
            / sum(t["tier"] == tier for t in created(rows, *_days(p)))
            for p in (OCTOBER, SEPTEMBER)
        ]
        assert facts[tier].difference == pytest.approx(rates[0] - rates[1])
        assert facts[tier].p_adjusted is not None
    assert facts["Tiny"].significant is None


def test_the_worst_month_is_named_with_whether_it_is_clearly_ahead(rows, context):
    plan = {"by": ("month",), "period": ALL, "order": (Order("escalation_rate"),), "limit": 1}
    found = _ask(context, "escalation_rate", **plan)
    rates = {
        p.start.strftime("%Y-%m"): len(escalated(rows, *_days(p))) / len(created(rows, *_days(p)))
        for p in (AUGUST, SEPTEMBER, OCTOBER)
    }
    statement = found.statements[0]
    top, second = (found.fact(i) for i in statement.facts)
    order = sorted(rates, key=rates.__getitem__, reverse=True)
    assert (statement.kind, statement.arguments["judgement"]) == ("extreme", "worst")
    assert (top.dimensions["month"], second.dimensions["month"]) == (order[0], order[1])
    assert top.reference == "runner_up"
    assert top.difference == pytest.approx(rates[order[0]] - rates[order[1]])
    assert top.significant in (True, False)
    assert [row[0] for row in found.tables[0].rows] == sorted(rates)


def test_the_best_is_the_lowest_where_lower_is_better_and_the_lowest_csat_the_worst(context):
    lowest = (Order("escalation_rate", descending=False),)
    found = _ask(context, "escalation_rate", by=("tier",), period=ALL, order=lowest, limit=1)
    assert found.statements[0].arguments == {"direction": "lowest", "dimension": "tier", "judgement": "best"}
    csat = _ask(context, "mean_csat", by=("tier",), period=ALL, order=(Order("mean_csat", False),), limit=1)
    assert csat.statements[0].arguments["judgement"] == "worst"


def test_an_incomplete_month_is_not_the_lowest(context):
    period = build(date(2026, 8, 1), date(2026, 10, 6))
    order = (Order("ticket_count", descending=False),)
    found = _ask(context, "ticket_count", by=("month",), period=period, order=order, limit=1)
    assert found.fact(found.statements[0].facts[0]).dimensions["month"] != "2026-10"
    assert any(c.code == "cut_short" for c in found.caveats)


def test_a_limit_cuts_the_table_and_says_so(context):
    found = _ask(context, "ticket_count", by=("account",), period=ALL, order=(Order("ticket_count"),), limit=5)
    counts = [row[1] for row in found.tables[0].rows]
    assert len(counts) == 5
    assert counts == sorted(counts, reverse=True)
    assert any(c.code == "cut" for c in found.caveats)


def test_no_tickets_is_an_answer(context):
    where = (Filter("tier", "=", "Tiny"), Filter("region", "=", "EMEA"))
    count = _ask(context, "escalated_ticket_count", period=OCTOBER, where=where)
    rate = _ask(context, "escalation_rate", by=("category",), period=OCTOBER, where=where)
    assert count.facts[0].value == 0
    assert rate.facts[0].value is None
    assert [s.arguments.get("reason") for s in rate.statements] == ["no tickets"]


def test_few_tickets_are_too_few_for_a_trend():
    few = context_of(make_rows(4, 45))
    found = _ask(few, "escalation_rate", by=("month",), period=ALL)
    assert [s.arguments["reason"] for s in found.statements if s.kind == "too_few"] == ["too few tickets for a trend"]
    assert all(f.n is not None for f in found.facts)


def test_open_tickets_stand_beside_a_mean_time(rows, context):
    found = _ask(context, "mean_resolution_minutes", period=OCTOBER)
    still_open = sum(r.get("resolved_at") is None for r in escalated(rows, *_days(OCTOBER)))
    assert [(f.metric, f.value) for f in found.facts[1:]] == [("open_escalated_count", still_open)]


def test_metrics_that_cannot_stand_together_come_one_by_one(rows, context):
    where = (Filter("root_cause", "=", "product_bug"),)
    found = _ask(context, "ticket_count", "escalation_rate", period=OCTOBER, where=where)
    rate = next(f for f in found.facts if f.metric == "escalation_rate")
    assert rate.n == len(created(rows, *_days(OCTOBER)))


def test_what_does_not_exist_is_refused(context):
    with pytest.raises(UnknownName):
        _ask(context, "escalation_ratio", period=OCTOBER)
    with pytest.raises(UnknownName):
        _ask(context, "ticket_count", by=("tier",), period=OCTOBER, order=(Order("costs"),))
    with pytest.raises(NotPermitted):
        _ask(context, "ticket_count", by=("root_cause",), period=OCTOBER)
    with pytest.raises(NotPermitted):
        _ask(context, period=OCTOBER)


def test_all_time_is_a_period_like_others(rows, context):
    found = _ask(context, "ticket_count", by=("month",), period=everything(context.clock))
    assert found.facts[0].value == len(rows["tickets"])
    assert sum(row[1] for row in found.tables[0].rows) == len(rows["tickets"])


def test_unknown_times_refuse_the_mean_and_leave_the_count(rows):
    poor = {**rows, "escalations": [{**e, "escalated_at": None} for e in rows["escalations"]]}
    context = context_of(poor)
    with pytest.raises(NotPermitted, match="unknown"):
        _ask(context, "mean_time_to_escalation", period=OCTOBER)
    found = _ask(context, "escalated_ticket_count", "mean_time_to_escalation", period=OCTOBER)
    assert {f.metric for f in found.facts} == {"escalated_ticket_count"}
    assert any(c.code == "refused" for c in found.caveats)


def test_a_rate_by_root_cause_is_per_all_tickets_in_both_periods(rows, context):
    found = _ask(context, "escalation_rate", by=("root_cause",), period=OCTOBER, comparison=SEPTEMBER)
    facts = [f for f in found.facts if f.dimensions and f.period == OCTOBER]
    assert len(facts) == 6
    for fact in facts:
        rates = [
            sum(
                CAUSE_OF.get(e["reason_code"], "unclassified") == fact.dimensions["root_cause"]
                for e in escalated(rows, *_days(p))
            )
            / len(created(rows, *_days(p)))
            for p in (OCTOBER, SEPTEMBER)
        ]
        assert fact.value == pytest.approx(rates[0])
        assert fact.reference_value == pytest.approx(rates[1])
        assert fact.difference == pytest.approx(rates[0] - rates[1])


@pytest.mark.parametrize(
    "metric",
    ["escalation_rate", "cohort_escalation_rate", "reopen_rate", "resolved_share", "ticket_count", "mean_csat"],
)
@pytest.mark.parametrize("by", [(), ("tier",), ("product_area", "tier"), ("account",), ("weekday",)])
def test_every_difference_is_the_value_minus_its_reference(context, metric, by):
    found = _ask(context, metric, by=by, period=OCTOBER, comparison=SEPTEMBER)
    for fact in found.facts:
        if fact.difference is not None and fact.value is not None:
            assert fact.difference == pytest.approx(fact.value - fact.reference_value)


def test_the_highest_rates_of_accounts_are_those_that_say_something(context):
    plan = {"by": ("account",), "period": ALL, "order": (Order("escalation_rate"),), "limit": 3}
    found = _ask(context, "escalation_rate", **plan)
    facts = {f.dimensions.get("account"): f for f in found.facts if f.dimensions}
    enough = sorted((f.value for f in facts.values() if f.n >= 30), reverse=True)
    assert [row[1] for row in found.tables[0].rows] == enough[:3]


@pytest.mark.parametrize("metric", ["escalation_rate", "escalated_ticket_count"])
def test_the_lead_of_an_extreme_does_not_take_the_place_of_its_change(rows, context, metric):
    plan = {"by": ("product_area",), "order": (Order(metric),), "limit": 1}
    found = _ask(context, metric, period=OCTOBER, comparison=SEPTEMBER, **plan)
    (extreme,) = [s for s in found.statements if s.kind == "extreme"]
    lead = found.fact(extreme.facts[0])
    assert lead.reference == "runner_up"
    table = found.tables[0]
    before, difference = (
        next(i for i, c in enumerate(table.columns) if c.name.endswith(w)) for w in ("before", "difference")
    )
    for row in table.rows:
        assert row[difference] == pytest.approx(row[1] - row[before])
    changed = [found.fact(s.facts[0]) for s in found.statements if s.kind == "change"]
    assert all(f.reference == "comparison_period" for f in changed)


def test_an_account_far_ahead_of_the_next_is_clearly_ahead(rows):
    busy = {t["ticket_id"]: f"A{0 if n < 300 else n % 60}" for n, t in enumerate(rows["tickets"])}
    crowded = {**rows, "tickets": [{**t, "account_id": busy[t["ticket_id"]]} for t in rows["tickets"]]}
    plan = {"by": ("account",), "period": ALL, "order": (Order("ticket_count"),), "limit": 1}
    found = _ask(context_of(crowded), "ticket_count", **plan)
    (lead,) = [f for f in found.facts if f.reference == "runner_up"]
    assert lead.dimensions == {"account": "Firm 0"}
    assert lead.p_value < 0.001
    assert lead.significant is True


def test_an_amount_is_the_most_and_no_judgement(context):
    found = metric_finding(
        context,
        Plan(
            Intent.QUERY,
            metrics=("escalated_ticket_count",),
            by=("product_area",),
            order=(Order("escalated_ticket_count"),),
        ),
    )
    [extreme] = [s for s in found.statements if s.kind == "extreme"]
    assert extreme.arguments["judgement"] is None
