"""Accounts over time: rates by tenure, accounts that escalate more than chance gives, and accounts that fell silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from analyst_agent.records import Fact, Filter, Period, QueryResult, Value
from analyst_agent.skillkit.cells import first_day
from analyst_agent.skillkit.costs.costs import quietly
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import COUNT, TICKETS, Inquiry
from analyst_agent.skillkit.parts import Part
from analyst_agent.skillkit.rates import (
    ACCOUNT,
    SIGNIFICANT_AT,
    Difference,
    adjusted,
    by_account,
    parts_of,
    rate_difference,
    rest_differences,
)
from analyst_agent.statistics import benjamini_hochberg
from analyst_agent.statistics.accounts import excess, silence

COHORT = "cohort_escalation_rate"
TENURE = "tenure_band"
BANDS = ("under 30 days", "30-90 days", "90-365 days", "over 365 days")
FIRST_DAYS = BANDS[:2]
FAMILIES = 3
"""What is looked at: tenure, repeated escalations, silence. Each is corrected within, and all for being three."""
HISTORY_DAYS = 364
FEWEST_TICKETS = 8
MOST_FOLLOWED = 1_000
MANY_ACCOUNTS = 3_000
SHORTEST_SILENCE_WEEKS = 2
MOST_TOLD = 25


@dataclass(frozen=True, slots=True)
class Band:
    """Tickets of one tenure band (or of the first 90 days): their cohort rate against all others."""

    value: str
    tickets: Fact
    rate: Fact
    difference: Difference


@dataclass(frozen=True, slots=True)
class Repeating:
    """An account with escalated tickets in the period: how many, and how many its volume gives at the others' rate."""

    account: str
    tickets: Fact
    escalated: Fact
    expected: Fact


@dataclass(frozen=True, slots=True)
class Silent:
    """An account with its last ticket: weeks since, tickets to be expected in them, and whether it had been escalated."""

    account: str
    tickets: Fact
    weeks: Fact
    expected: Fact
    last_week: date
    last_escalation: date | None


@dataclass(frozen=True, slots=True)
class Followed:
    """The tickets of every followed account by week, up to now. counts: shape (accounts, weeks)."""

    accounts: tuple[str, ...]
    weeks: tuple[date, ...]
    counts: np.ndarray
    period: Period
    source: QueryResult
    is_whole: bool


def tenure(inquiry: Inquiry) -> tuple[list[Band], Band | None]:
    """Every tenure band against the rest, young to old, and the first 90 days against later; what is unknown is left out."""
    book = inquiry.book
    accounts = by_account(inquiry.context)
    if accounts:
        # Repeated escalations are asked by account: the same tickets, whatever their tenure.
        inquiry.ahead([inquiry.query((COHORT,), by) for by in ((TENURE, *accounts), accounts)])
    result = inquiry.run((COHORT,), (TENURE, *accounts))
    parts: dict[Value, list[Part]] = {}
    for row in result.rows:
        parts.setdefault(row[TENURE], []).extend(one for one in parts_of([row], COHORT) if one.total)
    known = {band: found for band, found in parts.items() if band is not None and found}
    differences = rest_differences(known, inquiry.minimum)
    early = [part for band in FIRST_DAYS for part in known.get(band, [])]
    late = [part for band, found in known.items() if band not in FIRST_DAYS for part in found]
    first = rate_difference(early, late, inquiry.minimum) if early and late else None
    named = [band for band in BANDS if band in known]
    tested = [*(differences[band] for band in named), *([first] if first else [])]
    corrected = [_for_all(p) for p in adjusted(tested)]
    bands = []
    for band, p_value in zip(named, corrected, strict=False):
        row = _summed(known[band])
        group: dict[str, Value] = {TENURE: band}
        n = int(number(row[f"{COHORT}__n"]))
        tickets = book.add(TICKETS, n, "count", inquiry.period, group, source=result, n=n)
        rate = _with_test(inquiry, book.cell(result, row, COHORT, group), differences[band], p_value)
        bands.append(Band(band, tickets, rate, differences[band]))
    if first is None:
        return bands, None
    totals = sum(part.total for part in early), sum(part.successes for part in early)
    by: dict[str, Value] = {"tenure": "first 90 days"}
    count = book.add(TICKETS, int(totals[0]), "count", inquiry.period, by, source=result, n=int(totals[0]))
    value = totals[1] / totals[0] if totals[0] else None
    fact = book.add(COHORT, value, "ratio", inquiry.period, by, source=result, n=int(totals[0]))
    return bands, Band("first 90 days", count, _with_test(inquiry, fact, first, corrected[-1]), first)


def _summed(parts: Sequence[Part]) -> dict[str, Value]:
    """The rate of several parts together, as a row of a query gives it."""
    y, n = int(sum(part.successes for part in parts)), int(sum(part.total for part in parts))
    return {COHORT: y / n, f"{COHORT}__n": n, f"{COHORT}__numerator": y, f"{COHORT}__denominator": n}


def repeating(inquiry: Inquiry, asked: str | None = None) -> tuple[list[Repeating], dict[str, Fact]]:
    """Accounts with an escalated ticket among those created in the period, the least likely first, at most 25 beside the one
    asked about; and the totals: accounts, those with several escalated tickets, and their part of all escalated tickets.
    """
    result = inquiry.run((COHORT,), (ACCOUNT,))
    rows = [row for row in result.rows if row[ACCOUNT] is not None and number(row[f"{COHORT}__n"])]
    y = np.array([number(row[f"{COHORT}__numerator"]) for row in rows])
    n = np.array([number(row[f"{COHORT}__n"]) for row in rows])
    if not rows:
        return [], {}
    found = excess(y, n)
    corrected = [_for_all(p) for p in benjamini_hochberg(list(found.p_values))]
    book, period = inquiry.book, inquiry.period
    enough = y.sum() >= inquiry.minimum
    order = sorted(np.flatnonzero(y > 0), key=lambda i: (found.p_values[i], -y[i], str(rows[i][ACCOUNT])))
    told = []
    for place in [i for k, i in enumerate(order) if k < MOST_TOLD or rows[i][ACCOUNT] == asked]:
        by: dict[str, Value] = {ACCOUNT: rows[place][ACCOUNT]}
        p_value = corrected[place] if enough else None
        tickets = book.add(TICKETS, int(n[place]), "count", period, by, source=result, n=int(n[place]))
        escalated = book.add(
            "cohort_escalated_count",
            int(y[place]),
            "count",
            period,
            by,
            source=result,
            n=int(n[place]),
            reference="chance",
            reference_value=float(found.expected[place]),
            difference=float(y[place] - found.expected[place]),
            p_value=float(found.p_values[place]) if enough else None,
            p_adjusted=p_value,
            significant=None if p_value is None else p_value <= SIGNIFICANT_AT,
        )
        expected = book.add(
            "expected_escalations", float(found.expected[place]), "count", period, by, source=result, n=int(n[place])
        )
        told.append(Repeating(str(rows[place][ACCOUNT]), tickets, escalated, expected))
    several = y > 1
    share = float(y[several].sum() / y.sum()) if y.sum() else None
    totals = {
        "accounts": book.add("account_count", len(rows), "count", period, source=result, n=len(rows)),
        "several": book.add("repeat_account_count", int(several.sum()), "count", period, source=result, n=len(rows)),
        "share": book.add("repeat_share", share, "ratio", period, source=result, n=int(y.sum())),
    }
    return told, totals


def followed(inquiry: Inquiry) -> Followed | None:
    """Tickets by account and week over the year up to the period's end, or as far back as the data reach; None without any.

    Of very many accounts only those with the most tickets are followed.
    """
    queries = inquiry.context.queries
    if queries.first_day is None or queries.last_day is None:
        return None
    end = min(inquiry.period.end, queries.last_day + timedelta(days=1))
    start = max(queries.first_day, end - timedelta(days=HISTORY_DAYS))
    if (end - start).days < 7 * SHORTEST_SILENCE_WEEKS:
        return None
    period, where = Period(start, end), inquiry.where
    names = queries.values(ACCOUNT)
    if len(names) > MANY_ACCOUNTS:
        totals = quietly(inquiry, (TICKETS,), (ACCOUNT,), period).rows
        known = sorted(
            (r for r in totals if r[ACCOUNT] is not None), key=lambda r: (-number(r[TICKETS]), str(r[ACCOUNT]))
        )
        kept = tuple(str(row[ACCOUNT]) for row in known[:MOST_FOLLOWED])
        where = (*where, Filter(ACCOUNT, "in", kept))
    alone = replace(inquiry, where=where)
    result = quietly(alone, (TICKETS,), (ACCOUNT, "week"), period)
    cells = [(str(r[ACCOUNT]), str(r["week"]), number(r[TICKETS])) for r in result.rows if r[ACCOUNT] is not None and number(r[TICKETS])]  # fmt: skip
    if not cells:
        return None
    weeks = _weeks(inquiry, [week for _, week, _ in cells], end)
    accounts = sorted({account for account, _, _ in cells})
    row_of, column_of = {a: i for i, a in enumerate(accounts)}, {w: i for i, w in enumerate(weeks)}
    counts = np.zeros((len(accounts), len(weeks)))
    for account, week, count in cells:
        counts[row_of[account], column_of[first_day("week", week)]] += count
    return Followed(tuple(accounts), tuple(weeks), counts, period, result, len(names) <= MANY_ACCOUNTS)


def silent(inquiry: Inquiry, history: Followed, asked: str | None = None) -> tuple[list[Silent], Fact]:
    """Accounts with a steady flow (8 tickets or more) by how unlikely their silence is, and how many have such a flow.

    Given are those silent for two weeks or more that are clearly so or asked about; the correction is over all with a
    steady flow.
    """
    found = silence(history.counts)
    steady = found.tickets >= FEWEST_TICKETS
    tested = benjamini_hochberg([float(p) if ok else None for p, ok in zip(found.p_values, steady, strict=True)])
    book, period = inquiry.book, history.period
    many = int(steady.sum())
    count = book.add("steady_account_count", many, "count", period, source=history.source, n=len(history.accounts))
    order = [i for i in np.flatnonzero(steady) if found.weeks[i] >= SHORTEST_SILENCE_WEEKS]
    order = [i for i in order if _is_clear(tested[i]) or history.accounts[i] == asked]
    order.sort(key=lambda i: (found.p_values[i], history.accounts[i]))
    last = _last_weeks(inquiry, period, [history.accounts[place] for place in order])
    told = []
    for place in order:
        name = history.accounts[place]
        week = history.weeks[int(found.last_week[place])]
        by: dict[str, Value] = {ACCOUNT: name}
        p_value = _for_all(tested[place])
        tickets = book.add(TICKETS, int(found.tickets[place]), "count", period, by, source=history.source, n=int(found.tickets[place]))  # fmt: skip
        weeks = book.add(
            "weeks_without_ticket",
            int(found.weeks[place]),
            "count",
            period,
            {**by, "week": week.isoformat()},
            source=history.source,
            n=int(found.tickets[place]),
            p_value=float(found.p_values[place]),
            p_adjusted=p_value,
            significant=None if p_value is None else p_value <= SIGNIFICANT_AT,
        )
        expected = book.add(
            "expected_tickets", float(found.expected[place]), "count", period, by, source=history.source
        )
        told.append(Silent(name, tickets, weeks, expected, week, last.get(name)))
    return told, count


def _last_weeks(inquiry: Inquiry, period: Period, accounts: Sequence[str]) -> dict[str, date]:
    """The first day of the last week of a period in which each of these accounts had an escalated ticket."""
    found: dict[str, date] = {}
    if not accounts:
        return found
    alone = replace(inquiry, where=(*inquiry.where, Filter(ACCOUNT, "in", tuple(accounts))))
    for row in quietly(alone, (COUNT,), (ACCOUNT, "week"), period).rows:
        if number(row[COUNT]):
            day, name = first_day("week", str(row["week"])), str(row[ACCOUNT])
            found[name] = max(day, found.get(name, day))
    return found


def revenue_of(inquiry: Inquiry, accounts: Sequence[str]) -> dict[str, Fact]:
    """Annual recurring revenue of these accounts, where it is granted and recorded."""
    if not accounts or "arr" not in inquiry.context.model.filterable():
        return {}
    where = (Filter(ACCOUNT, "in", tuple(accounts)),)
    result = inquiry.book.note(inquiry.context.queries.rows("account", (ACCOUNT, "arr"), where=where))
    found = {}
    for row in result.rows:
        if row["arr"] is not None:
            name = str(row[ACCOUNT])
            found[name] = inquiry.book.add("arr", number(row["arr"]), "currency", None, {ACCOUNT: name}, source=result)
    return found


def last_escalations(inquiry: Inquiry, accounts: Sequence[str]) -> dict[str, str]:
    """The day of the last escalated ticket of these accounts in the period."""
    if not accounts:
        return {}
    alone = replace(inquiry, where=(*inquiry.where, Filter(ACCOUNT, "in", tuple(accounts))))
    found: dict[str, str] = {}
    for row in quietly(alone, (COUNT,), (ACCOUNT, "day")).rows:
        if number(row[COUNT]):
            name, day = str(row[ACCOUNT]), str(row["day"])
            found[name] = max(day, found.get(name, day))
    return found


def _weeks(inquiry: Inquiry, seen: Sequence[str], end: date) -> list[date]:
    """The first day of every week from the first one seen to the last day."""
    first = min(first_day("week", week) for week in seen)
    return [first + timedelta(days=7 * place) for place in range((end - timedelta(days=1) - first).days // 7 + 1)]


def _for_all(p_value: float | None) -> float | None:
    """A p-value corrected within its family, for the families there are (Bonferroni)."""
    return None if p_value is None else min(1.0, FAMILIES * p_value)


def _is_clear(p_value: float | None) -> bool:
    corrected = _for_all(p_value)
    return corrected is not None and corrected <= SIGNIFICANT_AT


def _with_test(inquiry: Inquiry, rate: Fact, found: Difference, corrected: float | None) -> Fact:
    return inquiry.book.revise(
        rate,
        interval=found.own_interval or rate.interval,
        reference="rest",
        reference_value=found.reference,
        difference=found.difference,
        difference_interval=found.interval,
        p_value=found.p_value,
        p_adjusted=corrected,
        significant=found.significant(corrected),
    )
