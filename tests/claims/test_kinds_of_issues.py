"""The text of claims about what is new and about known issues: golden, bound, and told fact by fact where facts do not fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from analyst_agent.claims import bind, claims_of
from analyst_agent.claims.kinds import emerging, issues
from analyst_agent.records import Fact, Finding, Period, Statement
from tests.claims.sample import OCTOBER, wording

NOW = Period(date(2026, 9, 21), date(2026, 10, 5))
PAST = Period(date(2026, 6, 29), date(2026, 9, 21))
BEFORE, SINCE = Period(date(2026, 1, 20), date(2026, 4, 14)), Period(date(2026, 9, 8), date(2026, 11, 3))
TOPIC, OLD, KI9, KI12 = ({"similar_texts": '"RPT-504, export, pdf"'}, {"similar_texts": '"invoice"'}, {"known_issue": "KI-9"}, {"known_issue": "KI-12"})  # fmt: skip
AGAINST = {"reference": "comparison_period", "reference_period": PAST}
FACTS = (
    Fact("f1", "escalated_ticket_count", 8, "count", NOW, TOPIC, reference_value=0.0, difference=8.0, significant=True, **AGAINST),
    Fact("f2", "accounts_touched", 7, "count", NOW, TOPIC, n=8),
    Fact("f3", "first_seen", "2026-09-26", "date", NOW, TOPIC, n=8),
    Fact("f4", "escalated_ticket_count", 33, "count", NOW, OLD, reference_value=8.5, difference=24.5, significant=True, **AGAINST),
    Fact("f5", "accounts_touched", 1, "count", NOW, OLD),
    Fact("f6", "escalated_ticket_count", 114, "count", NOW),
    Fact("f7", "similar_group_count", 17, "count", NOW, n=114),
    Fact("f8", "tickets_of_one_account", 14, "count", NOW, OLD, n=15),
    Fact("f9", "tickets_of_one_account", 15, "count", NOW, OLD, n=15),
    Fact("f10", "known_issue_matches", 86, "count", OCTOBER, KI12, n=2641),
    Fact("f11", "share_of_escalations", 86 / 2641, "ratio", OCTOBER, KI12, n=2641),
    Fact("f12", "estimated_cost", 6191.2, "currency", OCTOBER, KI12, n=86),
    Fact("f13", "workaround_uptake", 0.5, "ratio", OCTOBER, KI12, n=78, interval=(0.389, 0.611)),
    Fact("f14", "matches_before_fix", 21, "count", BEFORE, KI9),
    Fact("f15", "matches_since_fix", 12, "count", SINCE, KI9),
    Fact("f16", "pace_since_fix", 0.857, "ratio", SINCE, KI9, n=30, significant=True),
    Fact("f17", "matches_since_fix", 0, "count", SINCE, KI9),
    Fact("f18", "pace_since_fix", 0.0, "ratio", SINCE, KI9, n=20, significant=False),
    Fact("f19", "half_life_since_fix", 33_120.0, "minutes", OCTOBER, KI9, interval=(24_480.0, 51_840.0)),
    Fact("f20", "time_to_half", 181_440.0, "minutes", OCTOBER, KI9),
    Fact("f21", "known_issue_matches", 0, "count", OCTOBER, {"known_issue": "KI-14"}),
    Fact("f22", "known_issue_matches", 0, "count", OCTOBER, {"known_issue": "KI-16"}),
    Fact("f23", "matched_by_any", 303, "count", OCTOBER, n=2641),
    Fact("f24", "matches_since_fix", 1, "count", SINCE, KI9),
)  # fmt: skip
FIXED = {"document": "KI-9", "title": "SCIM sync drops users", "status": "fixed", "fixed_on": "2026-04-14"}
GOLDEN = [
    (
        "emerging", ("f1", "f2", "f3"), {"area": "Reports"},
        '"RPT-504, export, pdf": new in Reports, 8 escalated tickets from 7 accounts, first seen on 26 September 2026, none from 29 June '
        "to 20 September 2026: more than noise.",
    ),
    (
        "emerging", ("f4", "f5"), {},
        '"invoice": growing, 33 escalated tickets from 1 account, against 8.5 in as many days on average from 29 June to 20 September 2026: '
        "more than noise.",
    ),
    ("emerging_none", ("f6", "f7"), {}, "Nothing new stands out: 114 escalated tickets in 17 groups, none more than noise."),
    ("emerging_burst", ("f8",), {}, '"invoice": 14 of 15 tickets come from one account, which is a burst, not a trend.'),
    ("emerging_burst", ("f9",), {}, '"invoice": all 15 tickets come from one account, which is a burst, not a trend.'),
    ("issues_total", ("f23",), {}, "Of 2,641 escalated tickets examined, 303 show a known issue."),
    (
        "issue_impact", ("f10", "f11", "f12", "f13"), {"document": "KI-12", "title": "Exports time out", "status": "in progress"},
        "KI-12: \"Exports time out\" (in progress), 86 escalated tickets, 3.3 % of those examined, cost 6,191 USD; 50.0 % of notes mention the "
        "workaround (n = 78, 95 % interval 38.9 to 61.1 %).",
    ),
    (
        "issue_reopen", ("f15", "f14", "f16"), FIXED,
        "KI-9: marked as fixed on 14 April 2026, still comes: 12 tickets from 8 September to 2 November 2026 against 21 from 20 January "
        "to 13 April 2026, 85.7 % of the pace before: more than noise.",
    ),
    (
        "issue_fix_holds", ("f17", "f14", "f18"), FIXED,
        "KI-9: marked as fixed on 14 April 2026, the fix holds: no tickets from 8 September to 2 November 2026 against 21 from 20 January "
        "to 13 April 2026, 0.0 % of the pace before.",
    ),
    (
        "issue_fix_unclear", ("f24",), {**FIXED, "reason": "too few tickets before the fix to compare with"},
        "KI-9: marked as fixed on 14 April 2026, whether the fix holds cannot be said, too few tickets before the fix to compare with; "
        "1 ticket from 8 September to 2 November 2026.",
    ),
    (
        "issue_half_life", ("f19",), FIXED,
        "KI-9: the weekly number halves every 23.0 days after the fix (95 % interval 17.0 to 36.0 days).",
    ),
    (
        "issue_half_life", ("f20",), FIXED,
        "KI-9: the weekly number stayed below half of that before within 126.0 days of the fix.",
    ),
    ("issues_unmatched", ("f21", "f22"), {}, "No escalated ticket of those examined shows KI-14 or KI-16."),
]  # fmt: skip


def _finding(*statements: Statement) -> Finding:
    return Finding("What is new", "emerging_issues", NOW, PAST, facts=FACTS, statements=statements)


@pytest.mark.parametrize(("kind", "ids", "arguments", "text"), GOLDEN)
def test_the_text_of_a_kind_and_that_it_is_bound(
    kind: str, ids: tuple[str, ...], arguments: dict[str, Any], text: str
) -> None:
    found = _finding(Statement(kind, ids, arguments))
    (claim,) = claims_of(found, wording())
    assert claim.text == text
    assert bind(claim.text, found, wording()).grounding.unbound == ()


def test_every_kind_has_a_golden_text() -> None:
    assert {kind for kind, *_ in GOLDEN} == {*emerging.KINDS, *issues.KINDS}


@pytest.mark.parametrize("kind", sorted({*emerging.KINDS, *issues.KINDS} - {"issues_unmatched"}))
def test_facts_that_do_not_fit_are_told_one_by_one(kind: str) -> None:
    (claim,) = claims_of(_finding(Statement(kind, ("f3",), FIXED)), wording())
    assert "2026-09-26" in claim.text or kind == "issue_fix_unclear"


def test_what_a_customer_wrote_stays_harmless_in_a_sentence() -> None:
    name = '"[pay](http://x.example), <b>, ignore"'
    one = replace(FACTS[0], dimensions={"similar_texts": name})
    (claim,) = claims_of(replace(_finding(Statement("emerging", ("f1",))), facts=(one,)), wording())
    assert "\\[pay\\](http\\://" in claim.text
    assert "\\<b>" in claim.text
