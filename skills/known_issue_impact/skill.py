"""What known issues cost: escalated tickets of each over time, use of the workaround, and whether a fix holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analyst_agent.skillkit import (
    Column,
    Drawing,
    Fact,
    Filter,
    Finding,
    Grid,
    Inquiry,
    NotPermitted,
    Period,
    SkillContext,
    Statement,
    Table,
    Totals,
    begin,
    totals_of,
)
from analyst_agent.skillkit.issues.cases import Case, Cases, ids_of, read_cases
from analyst_agent.skillkit.issues.issue_facts import (
    Costing,
    Measured,
    advise_on,
    as_measured,
    compared,
    costing,
    timeline,
)
from analyst_agent.skillkit.issues.issue_impact import chosen_issues, impacts
from analyst_agent.skillkit.time_units import grain_for, months_to_date, unit_so_far

NAME = "known_issue_impact"
TITLE = "Impact of known issues"
IMPACT = "Escalated tickets by known issue"
OVER_TIME = "Escalated tickets by known issue over time"
MATCHES = "known_issue_matches"
DETAILED = 3
MOST_DRAWN = 12
EXAMPLES = 2
MONTHS = 12
FIX = {True: "still comes: reopen", False: "fix holds", None: "too few to say"}


def known_issue_impact(
    context: SkillContext,
    period: Period | None = None,
    where: Sequence[Filter] = (),
    comparison: Period | None = None,
    issue: str | None = None,
    grain: str | None = None,
    cost_per_hour: float | None = None,
) -> Finding:
    """What known issues cost: escalated tickets that show each of them, over time, and whether their fixes hold.

    Gives for each known issue its tickets (with evidence in text or code), share, cost, tickets by month or week, the share
    of resolution notes that mention the workaround, and, where it is marked as fixed, the pace since against the pace
    before, its half-life and whether to reopen it; and the known issues that no ticket shows. Use it for questions about
    the impact of known issues or bugs, one issue, whether a fix worked, workaround use, issues to reopen.

    period: default the last twelve months to date. where: filters. comparison: a second period, where asked how numbers
    changed. issue: the id of one known issue, such as KI-12. grain: day, week, month or quarter, default months, or weeks
    within two months. cost_per_hour: default the workspace's. Raises an AnalystError where no known issues are loaded and
    granted, the issue or grain is unknown, or the period lies outside the data.
    """
    if not context.knowledge.has_known_issues():
        raise NotPermitted(
            "No known issues are loaded and granted.",
            "Documents are added on the page Knowledge or with `analyst knowledge add DIR`, and their space is granted.",
        )
    issues = chosen_issues(context, issue)
    inquiry = begin(
        context, period or months_to_date(context, MONTHS), where, comparison, cost_per_hour, always_compared=False
    )
    unit = grain_for(grain, inquiry.period)
    totals = totals_of(inquiry)
    if not totals.escalated:
        inquiry.book.caveat("No ticket was escalated there in this period.", "no_tickets", (totals.count.id,))
        return inquiry.book.finding(
            TITLE, NAME, inquiry.period, inquiry.before, statements=[Statement("headline", totals.ids)]
        )
    examined = read_cases(context, inquiry.book, inquiry.where, inquiry.period, totals.escalated)
    price = costing(inquiry, examined)
    found = [as_measured(inquiry, one, examined, price) for one in impacts(context, issues, examined)]
    if inquiry.before is not None:
        found = _compared(inquiry, inquiry.before, found, examined)
    _say_what_is_missing(inquiry, found, examined)
    advice = [done for one in found if (done := advise_on(context, one)) is not None]
    drawn = [one for one in found if one.impact.cases][:MOST_DRAWN]
    times = timeline(inquiry, drawn, unit)
    impact = _impact_table(inquiry, found, examined, price, is_whole=issue is None)
    over_time = _time_table(times, unit)
    so_far = unit_so_far(context, inquiry.period, unit)
    # One row of one issue says no more than its sentence; then the months come first.
    first = [impact, _fix_table(found), over_time] if issue is None else [over_time, impact, _fix_table(found)]
    tables = [*first, _examples_table(found, examined)]
    return inquiry.book.finding(
        TITLE if issue is None else f"Impact of {issues[0].document}",
        NAME,
        inquiry.period,
        inquiry.before,
        statements=_statements(inquiry, totals, found, examined),
        tables=tables,
        citations=[citation for _, citations in advice for citation in citations],
        recommendations=[done for done, _ in advice],
        drawings=_drawings(drawn, unit, so_far),
    )


def _compared(inquiry: Inquiry, before: Period, found: Sequence[Measured], examined: Cases) -> list[Measured]:
    then = totals_of(inquiry, before)
    other = read_cases(inquiry.context, inquiry.book, inquiry.where, before, then.escalated)
    past = impacts(inquiry.context, [one.impact.issue for one in found], other)
    days = [one.days(one.period.start, one.period.end) for one in (examined, other)]
    if days[0] != days[1]:
        inquiry.book.caveat("The two periods have different lengths; changes are tested per day.", "unequal_periods")
    return compared(inquiry, found, past, (days[0], days[1]))


def _others(found: Sequence[Measured], examined: Cases) -> list[Case]:
    """The tickets that show none of the issues."""
    matched = {case.ticket_id for one in found for case in one.impact.cases}
    return [case for case in examined.cases if case.ticket_id not in matched]


def _impact_table(
    inquiry: Inquiry, found: Sequence[Measured], examined: Cases, price: Costing, *, is_whole: bool
) -> Table:
    """A row an issue, and of all issues a last one for the tickets that show none; a ticket that shows two is in both rows."""
    grid = Grid(
        IMPACT,
        (
            Column("known issue", "text", "issue"),
            Column("status", "text", "status"),
            Column("tickets", "count", "tickets"),
            Column("before", "count", "before"),
            Column("share", "ratio", "share_of_escalations"),
            Column("cost", "currency", "estimated_cost"),
            Column("notes with the workaround", "ratio", "workaround_uptake"),
            Column("with notes", "count", "n"),
            Column("since the fix", "text", "fix"),
        ),
    )
    for one in found:
        after = one.impact.after_fix
        before = (one.matches.reference_value, one.matches) if one.matches.reference_value is not None else None
        noted = (one.impact.noted, one.uptake) if one.uptake else None
        fix = FIX[after.goes_on] if after is not None else None
        issue = one.impact.issue
        counts = (one.matches, before, one.share, one.cost, one.uptake, noted)
        grid.row((issue.document, issue.status, *counts, fix))
    if is_whole:
        others, total, book = _others(found, examined), len(examined.cases), inquiry.book
        ids = ids_of(others)
        names: dict[str, str | int | float | bool | None] = {"known_issue": None}
        facts: list[Fact] = [
            book.add(MATCHES, len(others), "count", inquiry.period, names, n=total, tickets=ids),
            book.add("share_of_escalations", len(others) / total, "ratio", inquiry.period, names, n=total, tickets=ids),
            book.add("estimated_cost", price.of(others), "currency", inquiry.period, names, n=len(others), tickets=ids),
        ]
        facts = [book.revise(fact, query=examined.query) for fact in facts]
        grid.row(("no known issue", "none", facts[0], None, facts[1], facts[2], None, None, None))
    return grid.table()


def _fix_table(found: Sequence[Measured]) -> Table:
    grid = Grid(
        "Pace since the fix",
        (
            Column("known issue", "text", "known_issue"),
            Column("marked as fixed", "date", "fixed_on"),
            Column("tickets before", "count", "before"),
            Column("tickets since", "count", "since"),
            Column("pace, of that before", "ratio", "pace"),
            Column("half-life", "minutes", "half_life"),
            Column("at least", "minutes", "low"),
            Column("at most", "minutes", "high"),
            Column("under half after", "minutes", "to_half"),
            Column("reads as", "text", "significance"),
        ),
    )
    for one in found:
        after = one.impact.after_fix
        if after is None:
            continue
        low, high = (one.half_life.interval if one.half_life else None) or (None, None)
        ends = ((low, one.half_life), (high, one.half_life)) if one.half_life else (None, None)
        reads = after.reason or FIX[after.goes_on]
        facts = (one.before, one.since, one.pace, one.half_life, *ends, one.to_half)
        grid.row((one.impact.issue.document, after.fixed.isoformat(), *facts, reads))
    return grid.table()


def _time_table(times: Sequence[tuple[str, Measured, Fact]], unit: str) -> Table:
    columns = (
        Column(unit, "date", unit),
        Column("known issue", "text", "issue"),
        Column("tickets", "count", "tickets"),
    )
    grid = Grid(OVER_TIME, columns)
    for key, one, fact in times:
        grid.row((key, one.impact.issue.document, fact))
    return grid.table()


def _examples_table(found: Sequence[Measured], examined: Cases) -> Table:
    """The newest two tickets of each issue that have a subject."""
    names = ("ticket", "day", "known issue", examined.masking.titled("subject"))
    grid = Grid("Example tickets", [Column(name, "date" if name == "day" else "text") for name in names])
    for one in found:
        for case in [case for case in reversed(one.impact.cases) if case.subject][:EXAMPLES]:
            grid.row((case.ticket_id, case.day.isoformat(), one.impact.issue.document, examined.shown(case)))
    return grid.table()


def _say_what_is_missing(inquiry: Inquiry, found: Sequence[Measured], examined: Cases) -> None:
    book = inquiry.book
    if examined.step > 1:
        text = "There are very many tickets: those of days at equal distances were examined, and counts are of these."
        book.caveat(text, "sampled")
    if any(one.impact.match is not None and one.impact.match.estimate is not None for one in found):
        text = "Tickets that name no issue's code were compared with the issues by meaning on a sample; at least so many match."
        book.caveat(text, "sampled_by_meaning")
    if "resolution" not in inquiry.context.model.datasets:
        book.caveat("Resolutions are not granted to this analyst; their notes were not read.", "no_resolutions")
    elif not any(case.notes for case in examined.cases):
        book.caveat("No resolution notes are recorded for these tickets.", "no_notes")
    undated = [one.impact.issue.document for one in found if one.impact.is_fixed and one.impact.after_fix is None]
    if undated:
        text = f"{', '.join(undated)}: marked as fixed without a day that can be read, so nothing is said of the time since."
        book.caveat(text, "no_day_of_fix")


def _statements(inquiry: Inquiry, totals: Totals, found: Sequence[Measured], examined: Cases) -> list[Statement]:
    said = [Statement("headline", totals.ids)]
    matched = {case.ticket_id for one in found for case in one.impact.cases}
    if len(found) > 1:
        fact = inquiry.book.add(
            "matched_by_any",
            len(matched),
            "count",
            inquiry.period,
            n=len(examined.cases),
            tickets=tuple(sorted(matched)),
        )
        said.append(Statement("issues_total", (inquiry.book.revise(fact, query=examined.query).id,)))
    shown = [one for one in found if one.impact.cases]
    for one in shown[: max(DETAILED, 1)]:
        ids = tuple(fact.id for fact in (one.matches, one.share, one.cost, one.uptake) if fact is not None)
        said.append(Statement("issue_impact", ids, _named(one)))
        if one.matches.reference is not None:
            said.append(Statement("change", (one.matches.id,)))
    for one in found:
        said += _since_fix(one)
    unmatched = tuple(one.matches.id for one in found if not one.impact.cases)
    if unmatched:
        said.append(Statement("issues_unmatched", unmatched))
    imputed = sum(case.minutes is None for case in examined.cases)
    if imputed and imputed < len(examined.cases):
        fact = inquiry.book.add("imputed_handle_time_count", imputed, "count", inquiry.period, n=len(examined.cases))
        said.append(Statement("imputed", (inquiry.book.revise(fact, query=examined.query).id,)))
    elif imputed:
        inquiry.book.caveat("No handle time is recorded; each ticket counts with the workspace's default.", "imputed")
    if totals.unknown_times:
        fact = inquiry.book.add("unknown_time_count", totals.unknown_times, "count", inquiry.period, n=totals.escalated)
        said.append(Statement("unknown_time", (inquiry.book.revise(fact, query=totals.count.query).id,)))
    return said


def _since_fix(one: Measured) -> list[Statement]:
    after = one.impact.after_fix
    if after is None or one.since is None:
        return []
    named = {**_named(one), "fixed_on": after.fixed.isoformat()}
    kind = {True: "issue_reopen", False: "issue_fix_holds", None: "issue_fix_unclear"}[after.goes_on]
    facts = tuple(fact.id for fact in (one.since, one.before, one.pace) if fact is not None)
    said = [Statement(kind, facts, {**named, "reason": after.reason})]
    half = one.half_life or one.to_half
    if half is not None:
        said.append(Statement("issue_half_life", (half.id,), named))
    return said


def _named(one: Measured) -> dict[str, str]:
    issue = one.impact.issue
    return {"document": issue.document, "title": issue.title, "status": issue.status}


def _drawings(drawn: Sequence[Measured], unit: str, so_far: str | None) -> tuple[Drawing, ...]:
    """One issue as a line with the day of its fix; several as issue by unit of time. so_far: a unit that is not over."""
    if not drawn:
        return ()
    options: dict[str, Any] = {"so_far": so_far} if so_far else {}
    if len(drawn) == 1:
        fixed = drawn[0].impact.after_fix
        marks = [{"day": fixed.fixed.isoformat(), "label": "marked as fixed"}] if fixed else []
        options |= {"grain": unit, "marks": marks}
        return (Drawing("line", OVER_TIME, {"time": unit, "value": "tickets"}, OVER_TIME, options),)
    return (Drawing("heat_map", OVER_TIME, {"x": unit, "y": "issue", "value": "tickets"}, OVER_TIME, options),)
