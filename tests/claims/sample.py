"""A finding made by hand, with every sort of fact, for the tests of claims and report."""

from __future__ import annotations

from datetime import date

from analyst_agent.claims import Wording, wording_of
from analyst_agent.records import (
    Caveat,
    Citation,
    Column,
    Definition,
    Fact,
    Finding,
    Period,
    QueryRecord,
    Recommendation,
    Statement,
    Table,
)
from analyst_agent.semantic.model import load_model

OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1), "October 2026", "calendar", "month")
SEPTEMBER = Period(date(2026, 9, 1), date(2026, 10, 1), "September 2026", "calendar", "month")
YEAR = Period(date(2026, 1, 1), date(2026, 11, 1), "2026 to date", "to_date", "year")
BUG, POLICY, TRAINING = {"root_cause": "product_bug"}, {"root_cause": "policy_gap"}, {"root_cause": "training_gap"}


def wording() -> Wording:
    """The words of the built-in model, on 21 November 2026."""
    return wording_of(load_model(), "USD", date(2026, 11, 21))


def facts() -> tuple[Fact, ...]:
    """Facts of October 2026 and of the months before."""
    o, s = OCTOBER, SEPTEMBER
    change = {"reference": "comparison_period", "reference_period": s}
    rest = {"reference": "rest"}
    return (
        Fact("f1", "escalated_ticket_count", 412, "count", o),
        Fact(
            "f2", "escalation_rate", 0.0804, "ratio", o, n=5120, interval=(0.073, 0.088), reference_value=0.0712,
            difference=0.0092, difference_interval=(0.002, 0.016), significant=True, **change,
        ),
        Fact("f3", "ticket_count", 5120, "count", o),
        Fact("f4", "escalated_ticket_count", 171, "count", o, BUG, reference_value=102.0, difference=69.0, significant=True, **change),
        Fact("f5", "share_of_escalations", 171 / 412, "ratio", o, BUG, n=412),
        Fact("f6", "mean_resolution_minutes", 1284.0, "minutes", o, BUG, n=162, missing=9),
        Fact("f7", "open_escalated_count", 9, "count", o, BUG),
        Fact("f8", "estimated_cost", 8912.4, "currency", o, BUG, n=171),
        Fact("f9", "escalated_ticket_count", 96, "count", o, {**BUG, "product_area": "Reports"}),
        Fact("f10", "known_issue_matches", 96, "count", o, {**BUG, "known_issue": "KI-12"}, n=171),
        Fact("f11", "escalated_ticket_count", 118, "count", o, POLICY, reference_value=112.0, difference=6.0, significant=False, **change),
        Fact("f12", "share_of_escalations", 118 / 412, "ratio", o, POLICY, n=412),
        Fact("f13", "mean_resolution_minutes", 1980.0, "minutes", o, POLICY, n=104, missing=14),
        Fact("f14", "estimated_cost", 7204.0, "currency", o, POLICY, n=118),
        Fact("f15", "escalated_ticket_count", 61, "count", o, TRAINING, reference_value=90.0, difference=-29.0, significant=True, **change),
        Fact("f16", "share_of_escalations", 61 / 412, "ratio", o, TRAINING, n=412),
        Fact("f17", "mean_resolution_minutes", 372.0, "minutes", o, TRAINING, n=61, missing=0),
        Fact("f18", "escalated_ticket_count", 17, "count", o, {"root_cause": "unclassified"}),
        Fact("f19", "open_escalated_count", 23, "count", o),
        Fact(
            "f20", "cohort_escalation_rate", 0.121, "ratio", o, {"tier": "Enterprise"}, n=1240, interval=(0.104, 0.140),
            reference_value=0.070, difference=0.051, difference_interval=(0.039, 0.063), p_value=0.0001, p_adjusted=0.0004,
            significant=True, **rest,
        ),
        Fact(
            "f21", "cohort_escalation_rate", 0.052, "ratio", o, {"tier": "Starter"}, n=2000, interval=(0.043, 0.063),
            reference_value=0.098, difference=-0.046, difference_interval=(-0.060, -0.032), p_adjusted=0.0010, significant=True,
            **rest,
        ),
        Fact(
            "f22", "cohort_escalation_rate", 0.081, "ratio", o, {"tier": "Pro"}, n=1868, interval=(0.069, 0.094),
            reference_value=0.079, difference=0.002, difference_interval=(-0.013, 0.017), p_adjusted=0.8, significant=False,
            **rest,
        ),
        Fact("f23", "cohort_escalation_rate", 0.25, "ratio", o, {"tier": "Public sector"}, n=12),
        Fact("f24", "excludable_difference", 0.017, "points", o, {"tier": "Pro"}),
        Fact("f25", "mean_csat", 3.4, "score", o, n=210, missing=202),
        Fact(
            "f26", "reopen_rate", 0.050, "ratio", o, n=412, reference_value=0.041, difference=0.009,
            difference_interval=(-0.003, 0.021), significant=False, **change,
        ),
        Fact("f27", "escalation_rate", 0.0804, "ratio", YEAR, {"month": "2026-10-01"}, n=5120),
        Fact("f28", "escalation_rate", 0.0712, "ratio", YEAR, {"month": "2026-09-01"}, n=5070),
        Fact("f29", "escalation_rate", 0.0655, "ratio", YEAR, {"month": "2026-08-01"}, n=4980),
        Fact("f30", "imputed_handle_time_count", 31, "count", o),
        Fact("f31", "unknown_time_count", 307, "count", o),
        Fact("f32", "change_from_length", 307 / 30, "count", o, difference=307 / 30, **change),
        Fact("f33", "change_from_volume", 3.6, "count", o, difference=3.6, difference_interval=(-19.0, 26.2), significant=False, **change),
        Fact("f34", "change_from_mix", -1.5, "count", o, difference=-1.5, difference_interval=(-6.1, 3.1), significant=False, **change),
        Fact("f35", "change_from_rate", 92.67, "count", o, difference=92.67, difference_interval=(50.2, 135.2), significant=True, **change),
        Fact(
            "f36", "change_from_rate", 88.4, "count", o, {"product_area": "Reports"}, difference=88.4,
            difference_interval=(55.0, 121.8), significant=True, **change,
        ),
        Fact("f37", "escalated_ticket_count", 412, "count", o, reference_value=307.0, difference=105.0, **change),
        Fact("f38", "time_to_resolution_median", 726.0, "minutes", o, n=412, missing=23, interval=(654.0, 804.0)),
        Fact("f39", "time_to_resolution_median", None, "minutes", o, {"root_cause": "policy_gap"}, n=34, missing=20),
        Fact("f40", "time_to_resolution_longer_than", 4320.0, "minutes", o, {"root_cause": "policy_gap"}, n=34, missing=20),
        Fact("i1", "inferred_examined_count", 453, "count", o),
        Fact("i2", "inferred_cause_count", 219, "count", o, {"inferred_root_cause": "product_bug"}, n=453),
        Fact("i3", "inferred_cause_count", 104, "count", o, {"inferred_root_cause": "policy_gap"}, n=453),
        Fact("i4", "inferred_cause_confidence", 0.862, "ratio", o, n=323),
        Fact("i5", "inferred_cause_precision", 0.884, "ratio", None, n=337, interval=(0.827, 0.924)),
        Fact("i6", "inferred_cause_audited_accuracy", 0.815, "ratio", None, n=27, interval=(0.633, 0.918)),
    )  # fmt: skip


def finding(*statements: Statement) -> Finding:
    """The facts with these statements, else with a full set of them."""
    chosen = statements or (
        Statement("headline", ("f1", "f2", "f3")),
        Statement("pattern", ("f4", "f5", "f6", "f7", "f8", "f9"), {"area": "Reports", "dimension": "root_cause"}),
        Statement("known_issue", ("f10",), {"document": "KI-12", "title": "Exports time out", "status": "in progress"}),
        Statement("pattern_change", ("f15",), {"dimension": "root_cause"}),
        Statement("segment_above", ("f20",), {"dimension": "tier"}),
        Statement("open", ("f19",)),
        Statement("unclassified", ("f18",)),
    )
    columns = (
        Column("root cause", "text", "root_cause"),
        Column("tickets", "count", "escalated_ticket_count"),
        Column("share", "ratio", "share_of_escalations"),
        Column("resolution, mean", "minutes", "mean_resolution_minutes"),
    )
    rows = (
        ("product_bug", 171, 171 / 412, 1284.0),
        ("policy_gap", 118, 118 / 412, 1980.0),
        ("training_gap", 61, 61 / 412, 372.0),
        ("unclassified", 17, 17 / 412, None),
    )
    ids = (
        (None, "f4", "f5", "f6"),
        (None, "f11", "f12", "f13"),
        (None, "f15", "f16", "f17"),
        (None, "f18", None, None),
    )
    return Finding(
        title="Root causes of escalations",
        skill="root_cause_trend",
        period=OCTOBER,
        comparison=SEPTEMBER,
        definitions=(
            Definition("escalation rate", "Escalated tickets of the period divided by the tickets created in it."),
        ),
        facts=facts(),
        statements=chosen,
        tables=(Table("Root causes", columns, rows, ids),),
        citations=(
            Citation(
                "KI-12",
                "Workaround",
                "Split the export into files of at most 5,000 rows.",
                "Exports time out",
                "known_issues",
            ),
            Citation(
                "refunds",
                "Partial months",
                "Partial months are decided case by case within 14 days.",
                "Refunds and credits",
            ),
        ),
        recommendations=(
            Recommendation(
                "product_bug",
                "Ship the fix planned for 31.4; until then send the workaround",
                "Workaround",
                "document",
                "KI-12",
            ),
            Recommendation("training_gap", "Repeat the identity session for new starters", "f15", "fact", None, "f15"),
        ),
        caveats=(Caveat("The youngest tickets may still escalate.", "censored", ("f20",)),),
        queries=(QueryRecord("q1", {}, "SELECT 1", "duckdb", 4, 3.2, "g7"),),
    )
