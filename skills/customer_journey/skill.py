"""Accounts over time: rates by tenure, repeated escalations, accounts that fell silent, the story of one account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analyst_agent.skillkit import (
    COUNT,
    TICKETS,
    Column,
    Drawing,
    Fact,
    Filter,
    Finding,
    Grid,
    Inquiry,
    NotPermitted,
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
from analyst_agent.skillkit.actions import stored
from analyst_agent.skillkit.costs.costs import quietly
from analyst_agent.skillkit.dimensions import checked_value
from analyst_agent.skillkit.journeys.journey_tables import repeated_table, silent_table, tenure_drawing, tenure_table
from analyst_agent.skillkit.journeys.journeys import (
    Band,
    Repeating,
    Silent,
    followed,
    last_escalations,
    repeating,
    revenue_of,
    silent,
    tenure,
)

NAME = "customer_journey"
TITLE = "Accounts over time"
COHORT = "cohort_escalation_rate"
TENURE = "tenure_band"
ACCOUNT = "account"
MOST_LISTED = 10
MOST_TOLD = 3


def customer_journey(
    context: SkillContext,
    period: Period | None = None,
    where: Sequence[Filter] = (),
    focus: str | None = None,
    comparison: Period | None = None,
) -> Finding:
    """Accounts over time: escalations by tenure, repeated escalations, accounts that fell silent, one account's story.

    Gives the cohort escalation rate by customer tenure and in the first 90 days, each against the rest with an interval by
    account; accounts with several escalated tickets and which have more than chance gives their volume; accounts whose
    steady flow of tickets stopped for longer than their own rate makes likely, with the revenue at stake where granted.

    period: whole days, default the last 30 complete days; silence is judged over the year up to its end. where: filters.
    focus: an account's name as stored, for its own story. comparison: a second period for the totals. Raises an
    AnalystError where the period lies outside the data, a name is unknown, or accounts are not granted or not loaded.
    """
    has_tenure, has_accounts = context.has(TENURE), context.has(ACCOUNT)
    if not (has_tenure or has_accounts):
        raise NotPermitted(
            "No account is granted to this analyst or loaded; customers cannot be followed over time.",
            "Grant the source crm and the object account, and load accounts.",
        )
    asked = None if focus is None or not has_accounts else checked_value(context, ACCOUNT, focus)
    if focus is not None and asked is None:
        raise NotPermitted("Names of accounts are not granted to this analyst.", "Ask about customer tenure instead.")
    inquiry = begin(context, period, where, comparison, always_compared=False)
    totals = _totals(inquiry, asked)
    said = [Statement("headline", totals.ids)]
    tables: list[Table] = []
    advice: list[Recommendation] = []
    drawings: list[Drawing] = []
    if not number(totals.tickets.value) and asked is None:
        inquiry.book.caveat("No ticket was created there in this period.", "no_tickets", (totals.tickets.id,))
        return inquiry.book.finding(TITLE, NAME, inquiry.period, inquiry.before, statements=said)
    if has_tenure and asked is None:
        bands, first = tenure(inquiry)
        said += _about_tenure(bands, first)
        tables.append(tenure_table(inquiry, bands, first))
        drawings.append(tenure_drawing(tables[0]))
    elif not has_tenure:
        inquiry.book.caveat("When accounts were created is not recorded; tenure is not known.", "no_tenure")
    if has_accounts:
        others, actions, shown = _accounts(inquiry, asked)
        said += others
        advice += actions
        tables += shown
    else:
        inquiry.book.caveat(
            "Names of accounts are not granted or loaded; single accounts are not shown.", "no_accounts"
        )
    if asked is not None:
        story = _story_table(inquiry, asked)
        tables.insert(0, story)
        drawings = [Drawing("line", story.title, {"time": "month", "value": TICKETS}, story.title, {"grain": "month"})]
    return inquiry.book.finding(
        TITLE if asked is None else f"The account {stored(asked)}",
        NAME,
        inquiry.period,
        inquiry.before,
        statements=said,
        tables=tables,
        recommendations=advice,
        drawings=[one for one in drawings if any(table.title == one.table and table.rows for table in tables)],
    )


def _totals(inquiry: Inquiry, asked: str | None) -> Totals:
    """Tickets and escalated tickets of all, or of the account asked about."""
    if asked is None:
        return totals_of(inquiry)
    where = (*inquiry.where, Filter(ACCOUNT, "=", asked))
    found = totals_of(replace(inquiry, where=where))
    facts = [inquiry.book.revise(fact, filters=where) for fact in (found.count, found.rate, found.tickets)]
    return Totals(facts[0], facts[1], facts[2], found.unknown_times)


def _about_tenure(bands: Sequence[Band], first: Band | None) -> list[Statement]:
    """What stands out by tenure, the first 90 days, and where too little is known."""
    words = {"dimension": TENURE}
    said = []
    if first is not None and first.rate.significant is not None:
        said.append(Statement("first_days", (first.rate.id,)))
    for band in bands:
        if band.rate.significant:
            kind = "segment_above" if number(band.rate.difference) > 0 else "segment_below"
            said.append(Statement(kind, (band.rate.id,), words))
    quiet = [band.rate.id for band in bands if band.rate.significant is False]
    few = [band.tickets.id for band in bands if band.rate.significant is None]
    said += [Statement("no_difference_shown", tuple(quiet), words)] if quiet else []
    if few:
        reason = next(band.difference.reason for band in bands if band.rate.significant is None)
        said.append(Statement("too_few", tuple(few), {**words, "reason": reason or "not tested"}))
    return said


def _accounts(inquiry: Inquiry, asked: str | None) -> tuple[list[Statement], list[Recommendation], list[Table]]:
    """Repeated escalations and silence, of all accounts or of the one asked about."""
    repeated, totals = repeating(inquiry, asked)
    history = followed(inquiry)
    quiet, steady = silent(inquiry, history, asked) if history is not None else ([], None)
    if history is None:
        inquiry.book.caveat("The data are too short to tell whether an account fell silent.", "too_short")
    elif not history.is_whole:
        text = "Only the accounts with the most tickets were looked at for silence."
        inquiry.book.caveat(text, "sampled")
    above = [one for one in repeated if one.escalated.significant]
    gone = [one for one in quiet if one.weeks.significant]
    if asked is not None:
        return _one_account(inquiry, asked, repeated, quiet), [], []
    listed = [one for one in repeated if number(one.escalated.value) > 1 or one in above][:MOST_LISTED]
    revenue = revenue_of(inquiry, [*(one.account for one in listed), *(one.account for one in gone)])
    said = []
    if totals:
        said.append(Statement("repeated_accounts", (totals["several"].id, totals["share"].id)))
        said += [Statement("account_above", (one.escalated.id,)) for one in above[:MOST_TOLD]]
        said += [Statement("none_above", (totals["accounts"].id,))] if not above else []
    if steady is not None:
        said += _about_silence(inquiry, gone, steady, revenue)
    days = last_escalations(inquiry, [one.account for one in listed])
    tables = [repeated_table(listed, days, revenue), silent_table(gone, revenue)]
    return said, [*_advice_above(above), *_advice_silent(gone)], tables


def _one_account(
    inquiry: Inquiry, asked: str, repeated: Sequence[Repeating], quiet: Sequence[Silent]
) -> list[Statement]:
    own = next((one for one in repeated if one.account == asked), None)
    still = next((one for one in quiet if one.account == asked), None)
    revenue = revenue_of(inquiry, [asked])
    said = []
    if own is not None:
        said.append(Statement("account_above", (own.escalated.id,)))
    else:
        none = inquiry.book.add("cohort_escalated_count", 0, "count", inquiry.period, {ACCOUNT: asked}, n=0)
        said.append(Statement("value", (none.id,)))
    if still is not None and still.weeks.significant:
        said.append(_silence(still, revenue))
    else:
        fact = still.weeks if still else inquiry.book.add("account_count", 1, "count", inquiry.period, {ACCOUNT: asked})
        said.append(Statement("account_not_silent", (fact.id,)))
    return said


def _about_silence(
    inquiry: Inquiry, gone: Sequence[Silent], steady: Fact, revenue: Mapping[str, Fact]
) -> list[Statement]:
    book = inquiry.book
    count = book.add("silent_account_count", len(gone), "count", steady.period, n=int(number(steady.value)))
    count = book.revise(count, query=steady.query)
    facts = [count.id, steady.id]
    known = [revenue[one.account] for one in gone if one.account in revenue]
    if known:
        stake = book.add("arr_at_stake", sum(number(f.value) for f in known), "currency", None, n=len(known))
        facts.append(book.revise(stake, query=known[0].query).id)
    return [Statement("silent_accounts", tuple(facts)), *(_silence(one, revenue) for one in gone[:MOST_TOLD])]


def _silence(one: Silent, revenue: Mapping[str, Fact]) -> Statement:
    facts = [one.weeks.id, one.expected.id, *([revenue[one.account].id] if one.account in revenue else [])]
    day = one.last_escalation.isoformat() if one.last_escalation else None
    return Statement("account_silent", tuple(facts), {"last_escalation": day})


def _story_table(inquiry: Inquiry, asked: str) -> Table:
    """Tickets and escalations of one account by month, over the year up to the period's end."""
    history = followed(inquiry)
    period = history.period if history is not None else inquiry.period
    alone = replace(inquiry, where=(*inquiry.where, Filter(ACCOUNT, "=", asked)))
    result = quietly(alone, (TICKETS, COUNT), ("month",), period)
    columns = (
        Column("month", "date", "month"),
        Column("tickets", "count", TICKETS),
        Column("escalated", "count", COUNT),
    )
    grid = Grid(f"Tickets of {stored(asked)} by month", columns)
    for row in result.rows:
        by = {ACCOUNT: asked, "month": row["month"]}
        grid.row((row["month"], *(inquiry.book.cell(result, row, name, by) for name in (TICKETS, COUNT))))
    return grid.table()


def _advice_above(above: Sequence[Repeating]) -> list[Recommendation]:
    """For accounts that escalate more than their volume gives."""
    return [
        Recommendation(
            one.account,
            f"Go through the escalated tickets of {stored(one.account)} together with the customer and agree on one owner.",
            one.escalated.id,
            "fact",
            fact=one.escalated.id,
        )
        for one in above[:MOST_TOLD]
    ]


def _advice_silent(gone: Sequence[Silent]) -> list[Recommendation]:
    """For accounts that stopped writing."""
    return [
        Recommendation(
            one.account,
            f"Call {stored(one.account)}: it wrote steadily and stopped.",
            one.weeks.id,
            "fact",
            fact=one.weeks.id,
        )
        for one in gone[:MOST_TOLD]
    ]
