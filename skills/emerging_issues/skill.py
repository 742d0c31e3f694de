"""What is new: groups of similar escalated tickets of the last days that were absent or clearly rarer before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analyst_agent.skillkit import (
    COUNT,
    Column,
    Drawing,
    Fact,
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
    totals_of,
)
from analyst_agent.skillkit.news.examined import Examined, examine
from analyst_agent.skillkit.news.newcomers import Newcomer, advise, as_facts, subjects, with_issue
from analyst_agent.skillkit.news.novelty import Group, tested, verdicts, without_repeats
from analyst_agent.skillkit.news.stretches import Stretches, new_days, stretches_before

NAME = "emerging_issues"
TITLE = "What is new among escalations"
ALL = "Groups of similar escalated tickets"
NEW = "New and growing groups"
MOST_SHOWN = 6
MOST_LISTED = 20
EXAMPLES = 2
READS_AS = {True: "more than noise", False: "within noise", None: "too few to say"}


def emerging_issues(
    context: SkillContext,
    period: Period | None = None,
    where: Sequence[Filter] = (),
    comparison: Period | None = None,
    days: int | None = None,
) -> Finding:
    """What is new among escalations: groups of similar escalated tickets that were absent or clearly rarer before.

    Groups tickets by what was written (names, numbers and dates taken out), printed codes, reason code and area; gives
    for each new or growing group its tickets, accounts touched, day first seen, mean of equal times before, whether the
    growth is more than noise (one account's burst counts once), examples, known issue and a recommended action. Use it
    for questions about new, emerging or unusual problems and what started recently.

    period: the days that count as new, default the last 14 complete ones. days: so many (of the end of the period)
    instead, 1 to 366. where: filters, for example product_area = Reports. comparison: the past, default about 90 days
    before. Raises an AnalystError where the period lies outside the data, a name is unknown or not granted, or days is
    no such number.
    """
    asked = context.period(new_days(context, period, days))
    stretches = stretches_before(context, asked, comparison)
    inquiry = replace(begin(context, asked, where, comparison, always_compared=False), before=stretches.before)
    totals = totals_of(inquiry)
    if not totals.escalated:
        inquiry.book.caveat("No ticket was escalated there in this period.", "no_tickets", (totals.count.id,))
        statements = [Statement("headline", totals.ids)]
        return inquiry.book.finding(TITLE, NAME, inquiry.period, inquiry.before, statements=statements)
    if not stretches.past:
        text = "The data do not reach back far enough before these days to say what is new; the groups are only listed."
        inquiry.book.caveat(text, "no_comparison")
    found = examine(inquiry, stretches, totals.escalated)
    if totals.escalated + found.past >= inquiry.minimum:
        by_text, by_code = verdicts(tested(found.by_text, found.texts), tested(found.by_code, stretches))
        found = replace(found, by_text=by_text, by_code=by_code)
    return _answer(inquiry, totals, found)


def _answer(inquiry: Inquiry, totals: Totals, found: Examined) -> Finding:
    context, by_id = inquiry.context, found.by_id
    new = without_repeats([group for group in (*found.by_text, *found.by_code) if group.is_new])
    if len(new) > MOST_SHOWN:
        inquiry.book.caveat("More groups grew than are told here; the table of all groups marks them.", "cut")
    facts = [as_facts(inquiry, group, found.stretches_of(group)) for group in new[:MOST_SHOWN]]
    told = [with_issue(inquiry, one, by_id) for one in facts]
    if told and not context.knowledge.has_known_issues():
        inquiry.book.caveat(
            "No known issues are loaded and granted; groups are not crossed with any.", "no_known_issues"
        )
    advice = [advise(context, one, by_id) for one in told]
    parts, stretches = found.parts
    present = sorted((group for group in parts if group.now), key=lambda group: (-group.now, group.name))
    listed = [_known(inquiry, group, told, stretches) for group in present[:MOST_LISTED]]
    groups = inquiry.book.add("similar_group_count", len(present), "count", stretches.now, n=totals.escalated)
    groups = inquiry.book.revise(groups, query=present[0].query if present else totals.count.query)
    tables = [
        _new_table(told, [done for done, _ in advice], context.knowledge.has_known_issues()),
        _all_table(inquiry, listed, present, stretches),
        _examples_table(told, found),
    ]
    return inquiry.book.finding(
        TITLE,
        NAME,
        inquiry.period,
        inquiry.before,
        statements=_statements(inquiry, totals, groups, told, listed),
        tables=tables,
        citations=[citation for _, citations in advice for citation in citations],
        recommendations=[done for done, _ in advice],
        drawings=_drawings(told, listed),
    )


def _known(inquiry: Inquiry, group: Group, told: Sequence[Newcomer], stretches: Stretches) -> Newcomer:
    """The facts of a group, those that it has already."""
    same = next((one for one in told if one.group.dimensions == group.dimensions), None)
    return same or as_facts(inquiry, group, stretches)


def _new_table(told: Sequence[Newcomer], advice: Sequence[Recommendation], is_crossed: bool) -> Table:
    grid = Grid(
        NEW,
        (
            Column("group", "text", "group"),
            Column("mostly in", "text", "product_area"),
            Column("tickets", "count", COUNT),
            Column("accounts", "count", "accounts_touched"),
            Column("as many days before, mean", "count", "before"),
            Column("first seen", "date", "first_seen"),
            Column("known issue", "text", "known_issue"),
            Column("do next", "text", "action"),
        ),
    )
    for one, done in zip(told, advice, strict=True):
        issue = one.matches[0][0].document if one.matches else ("not documented" if is_crossed else None)
        grid.row(
            (one.group.name, one.group.area, one.count, one.accounts, one.before, one.first_seen, issue, done.action)
        )
    return grid.table()


def _all_table(inquiry: Inquiry, listed: Sequence[Newcomer], present: Sequence[Group], stretches: Stretches) -> Table:
    """Every group of the new days, the smallest as one row, so that they add up to the tickets that were grouped."""
    grid = Grid(
        ALL,
        (
            Column("group", "text", "group"),
            Column("tickets", "count", COUNT),
            Column("accounts", "count", "accounts_touched"),
            Column("as many days before, mean", "count", "before"),
            Column("first seen", "date", "first_seen"),
            Column("p, adjusted", "text", "p_adjusted"),
            Column("reads as", "text", "significance"),
        ),
    )
    for one in listed:
        p = one.group.p_adjusted
        shown = None if p is None else ("< 0.001" if p < 0.001 else f"{p:.3f}")
        reads = (
            "one account's burst" if one.group.is_burst and not one.group.is_new else READS_AS[one.group.significant]
        )
        grid.row((one.group.name, one.count, one.accounts, one.before, one.first_seen, (shown, one.count), reads))
    rest = sum(group.now for group in present[len(listed) :])
    if rest:
        fact = inquiry.book.add(COUNT, rest, "count", stretches.now, {"group": "all smaller groups"}, n=rest)
        fact = inquiry.book.revise(fact, query=present[0].query)
        grid.row(("all smaller groups", fact, None, None, None, None, None))
    return grid.table()


def _examples_table(told: Sequence[Newcomer], found: Examined) -> Table:
    grid = Grid(
        "Example tickets",
        (Column("ticket"), Column("day", "date"), Column(found.letters.masking.titled("subject")), Column("group")),
    )
    by_id = found.by_id
    for one in told:
        new = [by_id[ticket] for ticket in one.group.tickets if ticket in by_id]
        for letter in subjects(new, EXAMPLES):
            grid.row((letter.ticket_id, letter.day.isoformat(), found.letters.shown(letter), one.group.name))
    return grid.table()


def _statements(
    inquiry: Inquiry, totals: Totals, groups: Fact, told: Sequence[Newcomer], listed: Sequence[Newcomer]
) -> list[Statement]:
    said = [Statement("headline", totals.ids)]
    for one in told:
        words = {"area": one.group.area if "product_area" not in one.group.dimensions else None}
        said.append(Statement("emerging", one.facts, words))
        if one.matches:
            match, fact = one.matches[0]
            named = {"document": match.document, "title": match.title, "status": match.status}
            said.append(Statement("known_issue", (fact.id,), named))
        elif inquiry.context.knowledge.has_known_issues():
            said.append(Statement("not_documented", (one.count.id,), {"dimension": one.first[0]}))
    is_tested = any(one.group.significant is not None for one in listed)
    if not told and is_tested:
        said.append(Statement("emerging_none", (totals.count.id, groups.id)))
    if not is_tested and inquiry.before is not None:
        said.append(Statement("too_few", (totals.count.id,), {"reason": "too few tickets to say what is new"}))
    for one in listed:
        if one.group.is_burst and not one.group.is_new:
            most = one.group.most_of_one
            fact = inquiry.book.add(
                "tickets_of_one_account", most, "count", one.count.period, one.name, n=one.group.now
            )
            said.append(Statement("emerging_burst", (inquiry.book.revise(fact, query=one.count.query).id,)))
    if totals.unknown_times:
        fact = inquiry.book.add("unknown_time_count", totals.unknown_times, "count", inquiry.period, n=totals.escalated)
        said.append(Statement("unknown_time", (inquiry.book.revise(fact, query=totals.count.query).id,)))
    return said


def _drawings(told: Sequence[Newcomer], listed: Sequence[Newcomer]) -> tuple[Drawing, ...]:
    """What grew, now against before; where nothing did, how large the groups are."""
    if told:
        return (Drawing("slope", NEW, {"label": "group", "before": "before", "now": COUNT}, "New and growing groups"),)
    return (Drawing("bars", ALL, {"label": "group", "value": COUNT}, ALL),) if listed else ()
