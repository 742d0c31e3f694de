"""Known issues: tickets, shares, costs and workarounds counted again, fixes that hold and fixes that do not, and what is missing said."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from analyst_agent.claims import bind, claims_of, wording_of
from analyst_agent.errors import NotPermitted, OutsideData, UnknownName
from analyst_agent.records import Fact, Filter, Finding, Period
from analyst_agent.resources import builtin_dir
from analyst_agent.settings import Grants, Settings
from analyst_agent.skillkit import load_skills
from analyst_agent.skillkit.actions import is_release
from analyst_agent.skillkit.issues.issue_impact import day_of, is_mentioned
from analyst_agent.statistics import clustered_rate
from tests.skills.helpdesk import Rows, Shelf, context_of

known_issue_impact = load_skills(builtin_dir("skills"))["known_issue_impact"].function
FIXED = "2026-06-15"
ISSUES = {
    "KI-1": ("AAA-1", "Split the range into smaller months.", "Release 9."),
    "KI-2": ("BBB-2", "Clear the browser cache twice.", ""),
    "KI-3": ("CCC-3", "", ""),
    "KI-4": ("DDD-4", "", ""),
}
YEAR = Period(date(2026, 1, 1), date(2026, 11, 3))
SHELF = Shelf(ISSUES, fixed_on={"KI-2": FIXED, "KI-3": FIXED})


def desk(seed: int = 1) -> Rows:
    """A year's escalations: KI-1 open, KI-2 marked as fixed and going on, KI-3 fixed and gone, KI-4 shown by none."""
    dice = random.Random(seed)
    rows: Rows = {"accounts": [{"account_id": f"A{i}", "name": f"Firm {i}", "tier": "Pro"} for i in range(50)], "agents": [], "tickets": [], "escalations": [], "resolutions": []}  # fmt: skip
    fixed = datetime(2026, 6, 15)
    for day in range(306):
        at = datetime(2026, 1, 1, 9) + timedelta(days=day)
        _add(rows, dice, at, "a question of its own")
        if day % 4 == 0:
            _add(rows, dice, at, "fails with AAA-1")
        if day % 3 == 0:
            _add(rows, dice, at, "again BBB-2")
        if at < fixed and day % 3 == 1:
            _add(rows, dice, at, "seen CCC-3")
    return rows


def _add(rows: Rows, dice: random.Random, at: datetime, subject: str) -> None:
    ticket = f"T{len(rows['tickets']):04}"
    account, minutes = f"A{dice.randrange(50)}", dice.choice((None, 20.0, 60.0))
    rows["tickets"].append({"ticket_id": ticket, "created_at": at, "account_id": account, "subject": subject, "handle_minutes": minutes, "product_area": "Reports"})  # fmt: skip
    rows["escalations"].append({"escalation_id": f"E{ticket}", "ticket_id": ticket, "escalated_at": at, "reason_code": "bug"})  # fmt: skip
    if dice.random() < 0.7:
        note = dice.choice(
            ("told them to split the range by months", "gave the workaround", "no workaround yet", "closed")
        )
        rows["resolutions"].append({"resolution_id": f"R{ticket}", "ticket_id": ticket, "resolved_at": at + timedelta(days=1), "notes": note})  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> Rows:
    return desk()


@pytest.fixture(scope="module")
def context(rows):
    return context_of(rows, SHELF)


@pytest.fixture(scope="module")
def finding(context) -> Finding:
    return known_issue_impact(context, period=YEAR)


def _fact(finding: Finding, metric: str, issue: str | None) -> Fact:
    (found,) = [f for f in finding.facts if f.metric == metric and f.dimensions == {"known_issue": issue}]
    return found


def _tickets(rows: Rows, code: str) -> list[dict]:
    return [t for t in rows["tickets"] if code in t["subject"]]


def test_tickets_shares_and_costs_are_those_of_the_rows_and_add_up(rows, finding, context):
    known = [t["handle_minutes"] for t in rows["tickets"] if t["handle_minutes"] is not None]
    mean, total = sum(known) / len(known), len(rows["tickets"])
    for issue, (code, _, _) in ISSUES.items():
        mine = _tickets(rows, code)
        assert _fact(finding, "known_issue_matches", issue).value == len(mine)
        assert _fact(finding, "share_of_escalations", issue).value == pytest.approx(len(mine) / total)
        cost = sum(mean if t["handle_minutes"] is None else t["handle_minutes"] for t in mine) / 60 * 45
        assert _fact(finding, "estimated_cost", issue).value == pytest.approx(cost)
    impact = next(t for t in finding.tables if t.title == "Escalated tickets by known issue")
    keys = [c.key for c in impact.columns]
    assert sum(row[keys.index("tickets")] for row in impact.rows) == total
    from analyst_agent.records import SemanticQuery

    engine = context.queries.run(SemanticQuery(("estimated_cost",), period=YEAR)).rows[0]["estimated_cost"]
    assert sum(row[keys.index("estimated_cost")] for row in impact.rows) == pytest.approx(engine)


def test_months_add_up_to_each_issue(rows, finding):
    table = next(t for t in finding.tables if t.title.endswith("over time"))
    sums: Counter[str] = Counter()
    for month, issue, count in table.rows:
        code = ISSUES[issue][0]
        assert count == sum(f"{t['created_at']:%Y-%m}" == month for t in _tickets(rows, code))
        sums[issue] += count
    assert sums == {i: len(_tickets(rows, c)) for i, (c, _, _) in ISSUES.items() if _tickets(rows, c)}


def test_the_workaround_is_counted_in_notes_with_n_and_interval(rows, finding):
    notes = {r["ticket_id"]: r["notes"] for r in rows["resolutions"]}
    noted = [t for t in _tickets(rows, "AAA-1") if t["ticket_id"] in notes]
    said = [notes[t["ticket_id"]].startswith(("told", "gave")) for t in noted]
    fact = _fact(finding, "workaround_uptake", "KI-1")
    assert (fact.value, fact.n) == (pytest.approx(sum(said) / len(said)), len(noted))
    expected = clustered_rate([float(s) for s in said], [1.0] * len(said), [t["account_id"] for t in noted])
    assert fact.interval == pytest.approx(expected.interval)


@pytest.mark.parametrize(
    ("note", "mentioned"),
    [
        ("Workaround: export at night", True), ("gave work-around", True), ("no workaround", False), ("is there a workaround?", False),
        ("split the range into months", True), ("the range is fine", False), ("KI-1 exports hang", False),
    ],
)  # fmt: skip
def test_when_a_note_mentions_the_workaround(note, mentioned):
    assert is_mentioned(note, "Split the range into smaller months.", ["ki1", "export"]) is mentioned


def test_an_issue_that_goes_on_is_to_be_reopened_and_one_that_stopped_is_not(finding):
    said = {s.arguments["document"]: s.kind for s in finding.statements if ("document" in s.arguments and "fix" in s.kind) or s.kind == "issue_reopen"}  # fmt: skip
    assert said == {"KI-2": "issue_reopen", "KI-3": "issue_fix_holds"}
    actions = {r.pattern: r.action for r in finding.recommendations}
    assert actions["KI-2"].startswith("Reopen KI-2")
    assert "KI-3" not in actions
    assert '"Release 9"' in actions["KI-1"]


def test_the_counts_before_and_since_the_fix_are_those_of_the_rows(rows, finding):
    fixed = date(2026, 6, 15)
    for issue in ("KI-2", "KI-3"):
        days = [t["created_at"].date() for t in _tickets(rows, ISSUES[issue][0])]
        before = sum(fixed - timedelta(days=84) <= d < fixed for d in days)
        # The data end on the last ticket's day after its resolution; the last eight weeks end with the period's covered days.
        since = _fact(finding, "matches_since_fix", issue)
        assert _fact(finding, "matches_before_fix", issue).value == before
        assert since.value == sum(d >= since.period.start for d in days)


def test_an_issue_without_any_ticket_is_named(finding):
    (said,) = [s for s in finding.statements if s.kind == "issues_unmatched"]
    assert [finding.fact(i).dimensions for i in said.facts] == [{"known_issue": "KI-4"}]


def test_one_issue_however_it_is_spelled_as_a_line_with_its_fix(context):
    found = known_issue_impact(context, period=YEAR, issue="ki 2", grain="week")
    assert {f.dimensions["known_issue"] for f in found.facts if "known_issue" in f.dimensions} == {"KI-2"}
    (drawing,) = found.drawings
    assert (drawing.kind, drawing.options["marks"][0]["day"]) == ("line", FIXED)
    assert found.tables[0].columns[0].key == "week"
    with pytest.raises(UnknownName, match="KI-99"):
        known_issue_impact(context, period=YEAR, issue="KI-99")
    with pytest.raises(UnknownName):
        known_issue_impact(context, period=YEAR, grain="fortnight")


def test_a_comparison_gives_each_issue_its_change(rows, context):
    months = [Period(date(2026, m, 1), date(2026, m + 1, 1)) for m in (7, 5)]
    found = known_issue_impact(context, period=months[0], comparison=months[1])
    fact = _fact(found, "known_issue_matches", "KI-3")
    assert (fact.value, fact.reference_value) == (0, sum(t["created_at"].month == 5 for t in _tickets(rows, "CCC-3")))


def test_a_period_that_does_not_reach_before_the_fix_says_so(context):
    found = known_issue_impact(context, period=Period(date(2026, 8, 1), date(2026, 11, 1)))
    reasons = [s.arguments["reason"] for s in found.statements if s.kind == "issue_fix_unclear"]
    assert reasons == ["too few tickets before the fix to compare with"] * 2
    assert not [s for s in found.statements if s.kind in ("issue_reopen", "issue_half_life")]


def test_without_known_issues_or_tickets(rows):
    with pytest.raises(NotPermitted, match="No known issues"):
        known_issue_impact(context_of(rows), period=YEAR)
    context = context_of({**rows, "escalations": rows["escalations"][:3]}, SHELF)
    found = known_issue_impact(context, period=Period(date(2026, 9, 1), date(2026, 10, 1)))
    assert [s.kind for s in found.statements] == ["headline"]
    with pytest.raises(OutsideData):
        known_issue_impact(context, period=Period(date(2020, 1, 1), date(2020, 2, 1)))


def test_without_resolutions_or_accounts_what_remains_is_given(rows, finding):
    grants = Grants(sources=("helpdesk",), objects=("ticket", "escalated_ticket"))
    found = known_issue_impact(context_of(rows, SHELF, Settings(grants=grants)), period=YEAR)
    assert any(c.code == "no_resolutions" for c in found.caveats)
    assert not any(f.metric == "workaround_uptake" for f in found.facts)
    assert _fact(found, "known_issue_matches", "KI-1").value == _fact(finding, "known_issue_matches", "KI-1").value


def test_very_many_tickets_are_examined_in_part_and_said_so(context, monkeypatch):
    from analyst_agent.skillkit.issues import cases

    monkeypatch.setattr(cases, "MOST_READ", 300)
    found = known_issue_impact(context, period=YEAR)
    monkeypatch.setattr(cases, "MOST_NAMED", 1)
    assert known_issue_impact(context, period=YEAR).tables == found.tables
    assert any(c.code == "sampled" for c in found.caveats)
    total = next(f for f in found.facts if f.metric == "matched_by_any")
    assert 150 < total.n < 400
    assert [s.arguments["document"] for s in found.statements if s.kind == "issue_reopen"] in (["KI-2"], [])


def test_filters_and_row_order(rows, finding):
    shuffled = {name: random.Random(3).sample(table, len(table)) for name, table in rows.items()}
    assert known_issue_impact(context_of(shuffled, SHELF), period=YEAR).tables == finding.tables
    none = known_issue_impact(context_of(rows, SHELF), period=YEAR, where=(Filter("reason_code", "=", "bug"),))
    assert none.fact(none.statements[0].facts[0]).value == len(rows["tickets"])


def test_personal_data_in_subjects_is_masked(rows):
    wrote = [{**t, "subject": f"{t['subject']} ana@example.org"} for t in rows["tickets"]]
    found = known_issue_impact(context_of({**rows, "tickets": wrote}, SHELF), period=YEAR)
    assert not any("@" in str(cell) for table in found.tables for row in table.rows for cell in row)


def test_every_claim_is_bound(finding, context):
    wording = wording_of(context.model)
    for claim in claims_of(finding, wording):
        assert bind(claim.text, finding, wording).grounding.unbound == (), claim.text


@pytest.mark.parametrize(
    ("text", "day"),
    [("2026-04-14", date(2026, 4, 14)), ("14.04.2026", date(2026, 4, 14)), ("in 31.4", None), ("", None)],
)
def test_days_as_documents_write_them(text, day):
    assert day_of(text) == day


@pytest.mark.parametrize(
    ("fix", "is_one"),
    [
        ("31.4", True),
        ("Release 31.4 (March)", True),
        ("v2", True),
        ("The team is testing a viewer. No date yet", False),
    ],
)
def test_only_a_release_is_shipped_a_sentence_about_the_plan_is_followed(fix: str, is_one: bool):
    assert is_release(fix) is is_one
