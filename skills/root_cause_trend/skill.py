"""Why tickets escalate: root causes ranked, what each costs, which known issue explains it, what changed and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from analyst_agent.skillkit import (
    COUNT,
    RATE,
    Column,
    Drawing,
    Filter,
    Finding,
    Grid,
    Inquiry,
    Period,
    Recommendation,
    SkillContext,
    Statement,
    Table,
    Totals,
    begin,
    number,
    totals_of,
)
from analyst_agent.skillkit.actions import recommend
from analyst_agent.skillkit.causes.changes import Changes, changes_of, changes_table
from analyst_agent.skillkit.causes.inferred import inferring_causes
from analyst_agent.skillkit.causes.resolving import Times, times_of, times_table
from analyst_agent.skillkit.causes.split_tables import split_tables, waterfall
from analyst_agent.skillkit.causes.splits import SPLIT_BY
from analyst_agent.skillkit.evidence import Evidence, gather
from analyst_agent.skillkit.patterns import UNCLASSIFIED, Pattern, detailed, groups_of, is_rest, matched

NAME = "root_cause_trend"
TITLE = "Root causes of escalations"
MEAN = "mean_resolution_minutes"
OPEN = "open_escalated_count"
COST = "estimated_cost"
DETAILED = 3
PLACES = 3
MOST_PATTERNS = 12
IN_PLACE_OF_CAUSES = ("category", "product_area", "channel", "priority")


def root_cause_trend(
    context: SkillContext,
    period: Period | None = None,
    where: Sequence[Filter] = (),
    comparison: Period | None = None,
    cost_per_hour: float | None = None,
) -> Finding:
    """What drives escalations: escalated tickets grouped by root cause, with known issues, changes and actions.

    Ranks root causes by escalated tickets and gives for each its share, resolution time, estimated cost, the known
    issue that matches its tickets, and a recommended action with its basis. Says what changed against the comparison
    period, how much of it is volume, mix or rate and in which product areas, and whether that is more than noise. Use it
    for questions about why tickets escalate or went up, trends, drivers, root causes and systemic issues.

    period: whole days, default the last 30 complete days. where: filters, for example tier = Enterprise. comparison:
    default the previous month for a month, the equal length before for rolling days. cost_per_hour: default the
    workspace's. Raises an AnalystError where the period lies outside the data or a name is unknown or not granted.
    """
    inquiry = begin(context, period, where, comparison, cost_per_hour)
    inquiry.ahead([inquiry.query((RATE,), period=one) for one in (inquiry.period, inquiry.before) if one is not None])
    totals = totals_of(inquiry)
    if not totals.escalated:
        return _nothing(inquiry, totals)
    causes = groups_of(inquiry, "root_cause", totals)
    patterns = _patterns_shown(inquiry, causes, totals)
    dimension = patterns[0].dimension
    unclassified = next((pattern.count for pattern in causes if pattern.value == UNCLASSIFIED), None)
    with inferring_causes(inquiry, unclassified) as inferred_causes:
        changes = changes_of(inquiry, totals, patterns)
        times = times_of(inquiry, patterns, causes)
        evidence = gather(inquiry, dimension, totals.escalated)
        patterns = _with_known_issues(inquiry, detailed(inquiry, patterns), evidence)
        unexplained = causes if dimension != "root_cause" else []
        advice = [recommend(context, pattern) for pattern in (*patterns, *unexplained) if number(pattern.count.value)]
        actions = [recommendation for recommendation, _ in advice]
        tables = [_causes_table(inquiry, patterns, actions)]
        if dimension != "root_cause":
            tables.append(_causes_table(inquiry, causes, actions))
        inferred = inferred_causes()
    split = split_tables(inquiry, changes.split) if changes.split else []
    tables += [*split, changes_table(changes.patterns), times_table(inquiry, dimension, times), *inferred.tables]
    tables += [_issues_table(patterns, evidence), _notes_table(patterns, evidence)]
    _say_what_is_missing(inquiry, evidence, changes)
    return inquiry.book.finding(
        TITLE,
        NAME,
        inquiry.period,
        inquiry.before,
        statements=[*_statements(inquiry, totals, causes, patterns, changes, times), *inferred.statements],
        tables=tables,
        citations=[citation for _, citations in advice for citation in citations],
        recommendations=actions,
        drawings=_drawings(inquiry, tables[0], changes, split),
    )


def _nothing(inquiry: Inquiry, totals: Totals) -> Finding:
    changes_of(inquiry, totals, ())
    inquiry.book.caveat("No ticket was escalated there in this period.", "no_tickets", (totals.count.id,))
    statements = [Statement("headline", totals.ids)]
    return inquiry.book.finding(TITLE, NAME, inquiry.period, inquiry.before, statements=statements)


def _patterns_shown(inquiry: Inquiry, causes: list[Pattern], totals: Totals) -> list[Pattern]:
    """The root causes, or, where not one ticket has any, the groups of another dimension, so labelled."""
    if any(pattern.value != UNCLASSIFIED for pattern in causes):
        return causes
    for dimension in IN_PLACE_OF_CAUSES:
        if inquiry.context.has(dimension):
            label = inquiry.label(dimension)
            inquiry.book.caveat(
                f"No root cause or known reason code is recorded for these tickets; they are shown by {label} instead, "
                "which says where they come from, not why.",
                "no_root_causes",
                (causes[0].count.id,),
            )
            return groups_of(inquiry, dimension, totals)[:MOST_PATTERNS]
    inquiry.book.caveat("No root cause or known reason code is recorded for these tickets.", "no_root_causes")
    return causes


def _with_known_issues(inquiry: Inquiry, patterns: list[Pattern], evidence: Evidence) -> list[Pattern]:
    if not inquiry.context.knowledge.has_known_issues():
        text = "No known issues are loaded and granted; patterns are not crossed with any."
        inquiry.book.caveat(text, "no_known_issues")
    return [matched(inquiry, pattern, evidence) for pattern in patterns]


def _causes_table(inquiry: Inquiry, patterns: Sequence[Pattern], advice: Sequence[Recommendation]) -> Table:
    dimension = patterns[0].dimension
    label = inquiry.label(dimension)
    grid = Grid(
        f"Escalated tickets by {label}",
        (
            Column(label, "text", dimension),
            Column("tickets", "count", COUNT),
            Column("share", "ratio", "share_of_escalations"),
            Column("mostly in", "text", "product_area"),
            Column("resolution, mean", "minutes", MEAN),
            Column("open", "count", OPEN),
            Column("cost", "currency", COST),
            Column("known issue", "text", "known_issue"),
            Column("tickets that match", "count", "known_issue_matches"),
            Column("do next", "text", "action"),
        ),
    )
    actions = {one.pattern: one.action for one in advice}
    is_crossed = inquiry.context.knowledge.has_known_issues()
    for pattern in patterns:
        issue = pattern.known_issue
        shown = is_crossed and number(pattern.count.value) > 0 and not is_rest(pattern.value)
        grid.row(
            (
                pattern.value,
                pattern.count,
                pattern.share,
                pattern.area_name if pattern.area else None,
                pattern.resolution,
                pattern.still_open,
                pattern.cost,
                issue[0].document if issue else ("not documented" if shown else None),
                issue[1] if issue else None,
                actions.get(str(pattern.value)),
            )
        )
    return grid.table()


def _issues_table(patterns: Sequence[Pattern], evidence: Evidence) -> Table:
    grid = Grid(
        "Known issues that tickets match",
        (
            Column("pattern"),
            Column("known issue", "text", "known_issue"),
            Column("title"),
            Column("status"),
            Column("tickets that match", "count", "known_issue_matches"),
            Column("of", "count", "examined"),
            Column("for example"),
            Column("and"),
        ),
    )
    for pattern in patterns:
        for match, fact in pattern.matches:
            examples = evidence.subjects(match.examples)
            shown = [*examples, "", ""][:2]
            grid.row((pattern.value, match.document, match.title, match.status, fact, (fact.n, fact), *shown))
    return grid.table()


def _notes_table(patterns: Sequence[Pattern], evidence: Evidence) -> Table:
    grid = Grid(
        "What resolution notes say", (Column("pattern"), Column("ticket"), Column(evidence.masking.titled("note")))
    )
    for pattern in [p for p in patterns if not is_rest(p.value)][:DETAILED]:
        for note in evidence.notes_of(pattern.value):
            grid.row((pattern.value, note.ticket_id, evidence.masked(note.text)))
    return grid.table()


def _drawings(inquiry: Inquiry, causes: Table, changes: Changes, split: Sequence[Table]) -> list[Drawing]:
    """The ranked groups; the way from the count before to the count now; each group now and before."""
    key = causes.columns[0].key
    found = [Drawing("bars", causes.title, {"label": key, "value": COUNT})]
    if changes.split is not None:
        found.append(waterfall(inquiry, changes.split, split[0]))
    if changes.patterns:
        # Counts of periods of other lengths do not compare; then what is shown is per ticket.
        is_same = changes.split is not None and changes.split.is_of_like_lengths
        roles = {"now": COUNT, "before": "before"} if is_same else {"now": RATE, "before": "rate_before"}
        what = "Escalated tickets" if is_same else "Escalated per ticket created"
        title = f"{what} by {inquiry.label(key)}, against the period before"
        found.append(Drawing("slope", changes_table(changes.patterns).title, {"label": key, **roles}, title))
    return found


def _say_what_is_missing(inquiry: Inquiry, evidence: Evidence, changes: Changes) -> None:
    if changes.split is not None and not changes.split.dimension:
        names = ", ".join(inquiry.label(name) for name in SPLIT_BY)
        text = f"No dimension is recorded for half of the tickets and free to split by ({names}): the change has no part from mix."
        inquiry.book.caveat(text, "no_split_dimension")
    if changes.split is not None and not changes.split.has_like_weekdays:
        text = "The period and the one before hold other days of the week, so the part from volume is not tested."
        inquiry.book.caveat(text, "other_weekdays")
    if "resolution" not in inquiry.context.model.datasets:
        text = "Resolutions are not granted to this analyst; their notes were not read."
        inquiry.book.caveat(text, "no_resolutions")
    elif not evidence.notes:
        inquiry.book.caveat("No resolution notes are recorded for these tickets.", "no_notes")


def _statements(
    inquiry: Inquiry,
    totals: Totals,
    causes: Sequence[Pattern],
    patterns: Sequence[Pattern],
    changes: Changes,
    times: Sequence[Times],
) -> list[Statement]:
    """The default text: what happened, the three largest patterns, and how the numbers are to be read."""
    said = [Statement("headline", (totals.count.id, totals.rate.id, totals.tickets.id))]
    is_few = totals.escalated < inquiry.minimum
    if is_few:
        said.append(Statement("too_few", (totals.count.id,), {"reason": "too few tickets for a trend"}))
    said += _change_split(totals, changes, is_few)
    changed = {change.pattern.value: change for change in changes.patterns}
    for pattern in [p for p in patterns if not is_rest(p.value)][:DETAILED]:
        if is_few and number(pattern.count.value) < 2 <= totals.escalated:
            continue
        said.append(_pattern_statement(pattern))
        if pattern.value in changed and not is_few:
            said.append(Statement("pattern_change", (pattern.count.id,), {"dimension": pattern.dimension}))
        issue = pattern.known_issue
        if issue is not None:
            named = {
                "document": issue[0].document,
                "title": issue[0].title,
                "status": issue[0].status,
            }
            said.append(Statement("known_issue", (issue[1].id,), named))
        elif inquiry.context.knowledge.has_known_issues():
            said.append(Statement("not_documented", (pattern.count.id,), {"dimension": pattern.dimension}))
    unclassified = changed.get(UNCLASSIFIED)
    if unclassified is not None and unclassified.count.significant and not is_few:
        said.append(Statement("pattern_change", (unclassified.count.id,), {"dimension": "root_cause"}))
    if times and (times[-1].median.n or 0) >= inquiry.minimum:
        facts = [fact.id for fact in (times[-1].median, times[-1].longer_than, totals.count) if fact is not None]
        said.append(Statement("half_resolved", tuple(facts)))
    return said + _reading(inquiry, totals, causes)


def _change_split(totals: Totals, changes: Changes, is_few: bool) -> list[Statement]:
    """What the change is made of, with the cells whose rate changed by more than noise."""
    split = changes.split
    if split is None or is_few:
        return []
    facts = (totals.count, *split.parts, *split.clear_cells[:PLACES])
    return [Statement("change_split", tuple(fact.id for fact in facts), {"dimension": split.dimension})]


def _pattern_statement(pattern: Pattern) -> Statement:
    facts = (pattern.count, pattern.share, pattern.resolution, pattern.still_open, pattern.cost, pattern.area)
    return Statement(
        "pattern",
        tuple(fact.id for fact in (*facts, *pattern.codes) if fact is not None),
        {
            "dimension": pattern.dimension,
            "area": pattern.area_name if pattern.area else None,
            "codes": [fact.dimensions["reason_code"] for fact in pattern.codes],
        },
    )


def _reading(inquiry: Inquiry, totals: Totals, causes: Sequence[Pattern]) -> list[Statement]:
    book, whole = inquiry.book, totals.escalated
    said = []
    still_open = int(sum(number(p.still_open.value) for p in causes if p.still_open))
    if still_open:
        fact = book.add(OPEN, still_open, "count", inquiry.period, n=whole)
        book.revise(fact, query=causes[0].count.query)
        said.append(Statement("open", (fact.id,)))
    unclassified = next((p.count for p in causes if p.value == UNCLASSIFIED), None)
    if unclassified is not None and unclassified.value:
        said.append(Statement("unclassified", (unclassified.id,)))
    if totals.unknown_times:
        fact = book.add("unknown_time_count", totals.unknown_times, "count", inquiry.period, n=whole)
        book.revise(fact, query=totals.count.query)
        said.append(Statement("unknown_time", (fact.id,)))
    imputed = book.first("imputed_handle_time_count")
    # Where not one is known, the engine says which default was taken; "the mean of the others" would be wrong.
    if imputed is not None and number(imputed.value) < whole:
        said.append(Statement("imputed", (imputed.id,)))
    return said
