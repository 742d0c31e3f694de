"""The text of the claims about a course over time and about artefacts, and that each is bound when a model repeats it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from analyst_agent.claims import bind, claims_of
from analyst_agent.claims.kinds import artefacts, course
from analyst_agent.records import Fact, Finding, Period, Statement
from tests.claims.sample import OCTOBER, SEPTEMBER, YEAR, wording

BEFORE = Period(date(2026, 1, 1), date(2026, 10, 5))
AFTER = Period(date(2026, 10, 5), date(2026, 11, 1))
LAST_YEAR = Period(date(2025, 10, 1), date(2025, 11, 1), "October 2025", "calendar", "month")
JUNE = Period(date(2026, 6, 29), date(2026, 7, 1))
MONTH = {"month": "2026-10"}
AGAINST: dict[str, Any] = {"reference": "comparison_period", "significant": True}


def _facts() -> tuple[Fact, ...]:
    rate = Fact("r1", "escalation_rate", 0.106, "ratio", OCTOBER, n=3091, reference_period=SEPTEMBER, reference_value=0.074,
                difference=0.032, difference_interval=(0.017, 0.047), **AGAINST)  # fmt: skip
    level = Fact("l1", "cohort_escalation_rate", 0.105, "ratio", AFTER, n=2800, reference_period=BEFORE, reference_value=0.08,
                 difference=0.025, difference_interval=(0.014, 0.036), **AGAINST)  # fmt: skip
    return (
        Fact("c1", "escalated_ticket_count", 328, "count", OCTOBER, MONTH, n=328),
        Fact("t1", "ticket_count", 3091, "count", OCTOBER, MONTH, n=3091),
        rate,
        replace(rate, id="r2", reference_period=LAST_YEAR, reference_value=0.067, difference=0.039, difference_interval=(0.025, 0.054)),
        Fact("s1", "cohort_rate_slope", 0.0012, "points", YEAR, n=31000, interval=(0.0005, 0.0019), significant=True),
        Fact("s2", "cohort_rate_slope", 0.0002, "points", YEAR, n=31000, interval=(-0.001, 0.0014), significant=False),
        Fact("s3", "escalated_ticket_count_slope", -0.021, "ratio", YEAR, n=2600, interval=(-0.032, -0.01), significant=True),
        Fact("s4", "ticket_count_slope", 0.004, "ratio", YEAR, n=31000, interval=(-0.003, 0.011), significant=False),
        Fact("u1", "cohort_escalated_count", 9, "count", OCTOBER, n=104),
        level,
        Fact("w1", "change_window_days", 11, "count", Period(date(2026, 9, 28), date(2026, 10, 9))),
        replace(level, id="l2", value=0.081, reference_value=0.08, difference=0.001, difference_interval=(-0.009, 0.011),
                significant=False),
        Fact("d1", "cohort_escalation_rate", 0.121, "ratio", YEAR, {"weekday": "Saturday"}, n=940, significant=True),
        Fact("d2", "cohort_escalation_rate", 0.063, "ratio", YEAR, {"weekday": "Monday"}, n=5200, significant=True),
        Fact("m1", "month_end_rate_difference", 0.012, "points", YEAR, n=11, interval=(0.004, 0.02), significant=True),
        Fact("m2", "month_end_volume_ratio", 0.12, "ratio", YEAR, n=11, interval=(0.04, 0.201), significant=True),
        Fact("f1", "forecast_escalated_count", 66, "count", AFTER, {"week": "2026-11-09"}, interval=(42.0, 95.0)),
        Fact("f2", "forecast_escalated_count", 67, "count", AFTER, {"week": "2026-11-16"}, interval=(40.0, 99.0)),
        Fact("a1", "ticket_count", 274, "count", AFTER, n=274),
        Fact("a2", "ticket_count_per_day", 10.15, "count", AFTER, n=274),
        Fact("a3", "ticket_count", 24437, "count", BEFORE, n=24437),
        Fact("a4", "ticket_count_per_day", 88.2, "count", BEFORE, n=24437),
        Fact("a5", "cohort_escalation_rate", 0.095, "ratio", AFTER, n=274),
        Fact("a6", "cohort_escalation_rate", 0.115, "ratio", BEFORE, n=24437),
        Fact("e1", "expected_ticket_count", 640, "count", AFTER),
        Fact("b1", "cohort_escalation_rate", 0.081, "ratio", AFTER, n=274, reference="rest", reference_value=0.08, difference=0.001,
             difference_interval=(-0.009, 0.011), significant=False),
        Fact("b2", "cohort_escalation_rate", 0.181, "ratio", AFTER, n=274, reference="rest", reference_value=0.08, difference=0.101,
             difference_interval=(0.06, 0.14), significant=True),
        Fact("k1", "twin_ticket_count", 120, "count", AFTER, n=274),
        Fact("g1", "cohort_escalated_count", 0, "count", BEFORE, n=24437),
        Fact("g2", "cohort_escalated_count", 26, "count", AFTER, n=274),
        Fact("h1", "recorded_count", 0, "count", BEFORE, {"field": "reason_code"}, n=120),
        Fact("h2", "escalated_ticket_count", 120, "count", BEFORE, n=120),
        Fact("h3", "recorded_count", 30, "count", AFTER, {"field": "reason_code"}, n=31),
        Fact("h4", "escalated_ticket_count", 31, "count", AFTER, n=31),
        Fact("x1", "resolved_by_end_count", 8, "count", JUNE, n=258),
        Fact("x2", "ticket_count", 258, "count", JUNE, n=258),
        Fact("x3", "cohort_escalation_rate", 0.004, "ratio", JUNE, n=258),
        Fact("x4", "resolved_by_end_count", 996, "count", BEFORE, n=996),
        Fact("x5", "ticket_count", 996, "count", BEFORE, n=996),
        Fact("x6", "cohort_escalation_rate", 0.197, "ratio", BEFORE, n=996),
    )  # fmt: skip


EDGE = ("a1", "a2", "a3", "a4", "a5", "a6")
RECORDING = ("g1", "a3", "g2", "a1")
FIELD = ("h1", "h2", "h3", "h4")
GOLDEN: list[tuple[str, tuple[str, ...], dict[str, Any], str]] = [
    (
        "latest_unit", ("c1", "t1", "r1", "r2"), {},
        "October 2026: 328 tickets were escalated, 10.6 % of 3,091; up 3.2 points from 7.4 % in September 2026: more than noise "
        "(1.7 to 4.7); up 3.9 points from 6.7 % in October 2025: more than noise (2.5 to 5.4).",
    ),
    ("trend", ("s1",), {"unit": "month"}, "The cohort escalation rate rises by 0.12 points a month: more than noise (0.05 to 0.19)."),
    ("trend", ("s3",), {"unit": "month"}, "Escalated tickets fall by 2.1 % a month: more than noise (-3.2 to -1.0 %)."),
    (
        "trend", ("s1",), {"unit": "week", "instead": True},
        "A steady rise of the cohort escalation rate by 0.12 points a week fits about as well: more than noise (0.05 to 0.19).",
    ),
    (
        "no_trend", ("s2", "s4"), {"unit": "month"},
        "No trend can be claimed in the cohort escalation rate (-0.10 to 0.14 points a month) and tickets created (-0.3 to 1.1 % "
        "a month).",
    ),
    (
        "trend_untested", ("u1",), {"reason": "too few tickets for a trend"},
        "No trend can be claimed: too few tickets for a trend (9 escalated of 104).",
    ),
    (
        "change_point", ("l1", "w1"), {},
        "Cohort escalation rate rose around 5 October 2026 (between 28 September 2026 and 8 October 2026): 10.5 % from then on after "
        "8.0 % from 1 January to 4 October 2026, up 2.5 points: more than noise (1.4 to 3.6).",
    ),
    (
        "change_point", ("l1", "w1"), {"instead": True},
        "A change of level fits about as well: cohort escalation rate rose around 5 October 2026 (between 28 September 2026 and "
        "8 October 2026): 10.5 % from then on after 8.0 % from 1 January to 4 October 2026, up 2.5 points: more than noise "
        "(1.4 to 3.6).",
    ),
    (
        "more_tickets", ("l2",), {},
        "No change of the cohort escalation rate is shown with that change of volume: 8.1 % after 8.0 %, up 0.1 points: within noise "
        "(-0.9 to 1.1).",
    ),
    (
        "weekday_rates", ("d1", "d2"), {},
        "The cohort escalation rate differs by weekday of creation: highest for Saturday (12.1 %, n = 940), lowest for Monday (6.3 %, "
        "n = 5,200): more than noise.",
    ),
    (
        "month_end_rate", ("m1",), {},
        "Tickets created on a month's last three working days escalate more often: 1.2 points more than those of other days, more "
        "than noise (0.4 to 2.0).",
    ),
    (
        "month_end_volume", ("m2",), {},
        "On a month's last three working days 12.0 % more tickets are created than their weekdays let expect: more than noise "
        "(4.0 to 20.1 %).",
    ),
    (
        "forecast", ("f1", "f2"), {},
        "Forecast of escalated tickets, not recorded numbers: week of 9 November 2026 66 (42 to 95) and week of 16 November 2026 67 "
        "(40 to 99).",
    ),
    (
        "cut_off", EDGE, {},
        "Likely a cut-off of the extract, not a calmer desk: 274 tickets were created from 5 to 31 October 2026, 10.2 a day, against "
        "24,437 from 1 January to 4 October 2026, 88.2 a day, while the cohort escalation rate is 9.5 % against 11.5 %.",
    ),
    (
        "extract_begins", EDGE, {},
        "The extract likely begins after its first tickets: 274 tickets were created from 5 to 31 October 2026, 10.2 a day, against "
        "24,437 from 1 January to 4 October 2026, 88.2 a day, while the cohort escalation rate is 9.5 % against 11.5 %.",
    ),
    (
        "gap", ("a1", "e1"), {},
        "Likely a gap in the data, or a closed desk: 274 tickets were created from 5 to 31 October 2026, where 640 would be expected.",
    ),
    (
        "load", ("a1", "e1", "b1"), {},
        "A load of tickets: 274 were created from 5 to 31 October 2026, where 640 would be expected; their cohort escalation rate is "
        "8.1 % against 8.0 %: within noise (-0.9 to 1.1), so it is the volume that rose.",
    ),
    (
        "load", ("a1", "e1", "b2"), {},
        "A load of tickets: 274 were created from 5 to 31 October 2026, where 640 would be expected; their cohort escalation rate "
        "differs too, 18.1 % against 8.0 %: more than noise (6.0 to 14.0).",
    ),
    (
        "copies", ("k1",), {},
        "Of 274 tickets examined there, 120 repeat another in time of creation, account, category and subject: likely loaded twice.",
    ),
    (
        "recording_begins", RECORDING, {},
        "Escalations were likely not recorded before 5 October 2026: 0 of 24,437 tickets created from 1 January to 4 October 2026 were "
        "escalated, against 26 of 274 from 5 to 31 October 2026.",
    ),
    (
        "recording_ends", ("g2", "a1", "g1", "a3"), {},
        "Escalations are likely no longer recorded from 5 October 2026 on: 26 of 274 tickets created from 5 to 31 October 2026 were "
        "escalated, against 0 of 24,437 from 1 January to 4 October 2026.",
    ),
    (
        "recording_gap", RECORDING, {},
        "Escalations were likely not recorded for a while: 0 of 24,437 tickets created from 1 January to 4 October 2026 were escalated, "
        "against 26 of 274 from 5 to 31 October 2026.",
    ),
    (
        "field_begins", FIELD, {"field": "reason_code"},
        "Reason code was likely not recorded before 5 October 2026: filled for 0 of 120 escalated tickets from 1 January to 4 October "
        "2026, against 30 of 31 from 5 to 31 October 2026.",
    ),
    (
        "field_ends", ("h3", "h4", "h1", "h2"), {"field": "reason_code"},
        "Reason code is likely no longer recorded from 5 October 2026 on: filled for 30 of 31 escalated tickets from 5 to 31 October "
        "2026, against 0 of 120 from 1 January to 4 October 2026.",
    ),
    (
        "unfinished", ("x1", "x2", "x3", "x4", "x5", "x6"), {},
        "Tickets created from 29 June 2026 on may still escalate and are censored: 8 of 258 are resolved, against 996 of 996 before; "
        "their cohort escalation rate of 0.4 %, against 19.7 %, will rise.",
    ),
]  # fmt: skip


def _finding(*statements: Statement) -> Finding:
    return Finding("Escalations over time", "escalation_trend", YEAR, None, facts=_facts(), statements=statements)


@pytest.mark.parametrize(("kind", "ids", "arguments", "text"), GOLDEN)
def test_the_text_of_a_kind(kind: str, ids: tuple[str, ...], arguments: dict[str, Any], text: str) -> None:
    (claim,) = claims_of(_finding(Statement(kind, ids, arguments)), wording())
    assert claim.text == text


@pytest.mark.parametrize(("kind", "ids", "arguments", "text"), GOLDEN)
def test_a_claim_that_a_model_repeats_is_bound(
    kind: str, ids: tuple[str, ...], arguments: dict[str, Any], text: str
) -> None:
    bound = bind(text, _finding(Statement(kind, ids, arguments)), wording())
    assert bound.grounding.unbound == ()
    assert bound.text == text


@pytest.mark.parametrize("kind", sorted({**course.KINDS, **artefacts.KINDS}))
def test_facts_that_do_not_fit_are_told_one_by_one(kind: str) -> None:
    (claim,) = claims_of(_finding(Statement(kind, ("e1",))), wording())
    assert "640" in claim.text


def test_every_kind_of_these_rooms_has_a_golden_text() -> None:
    assert {kind for kind, *_ in GOLDEN} == {*course.KINDS, *artefacts.KINDS}
