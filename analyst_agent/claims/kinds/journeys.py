"""Claims about accounts over time: the first days, repeated escalations, silence, and the story of one account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from analyst_agent.claims import formats
from analyst_agent.claims.clauses import difference, judged, value_and_reference
from analyst_agent.claims.records import Kind, Request
from analyst_agent.records import Fact

JUDGED = {True: "more than chance gives", False: "no more than chance gives", None: "too few to say"}


def first_days(request: Request) -> str:
    """ "In an account's first 90 days 12.0 % of the tickets escalate against 7.0 % later, 5.0 points more: more than noise"."""
    fact = request.facts[0] if request.facts else None
    gap = difference(fact) if fact else None
    if fact is None or gap is None or not formats.is_number(fact.value):
        return ""
    now, later = value_and_reference(fact, request.wording)
    way = "the same" if gap == 0 else f"{formats.points(gap)} {'more' if gap > 0 else 'less'}"
    return f"In an account's first 90 days {now} of the tickets escalate against {later} later, {way}: {judged(fact, request.wording)}"


def repeated(request: Request) -> str:
    """ "61 of 310 accounts have several escalated tickets, together 74.0 % of all that escalated"."""
    several, share = request.of("repeat_account_count"), request.of("repeat_share")
    if several is None or not formats.is_number(several.value):
        return ""
    amount, total = float(several.value or 0), float(several.n or 0)
    verb = formats.plural(amount, "has", "have")
    text = f"{formats.count(amount)} of {formats.count(total)} {formats.plural(total, 'account')} {verb} several escalated tickets"
    if amount and share is not None and formats.is_number(share.value):
        text += f", together {request.wording.number(share)} of all that escalated"
    return text


def account_above(request: Request) -> str:
    """ "Kestrel Tools: 12 of 40 tickets escalated where its volume gives 3.9: more than chance"."""
    own = request.of("cohort_escalated_count")
    if own is None or not formats.is_number(own.value) or not formats.is_number(own.reference_value):
        return ""
    expected = formats.score(float(own.reference_value or 0))
    return (
        f"{request.name_of(own, 'account')}: {request.wording.number(own)} of {formats.count(own.n or 0)} tickets escalated "
        f"where its volume gives {expected}: {JUDGED[own.significant]}"
    )


def none_above(request: Request) -> str:
    """ "No account is shown to escalate more than chance gives its volume"."""
    return "No account is shown to escalate more than chance gives its volume" if request.facts else ""


def account_silent(request: Request) -> str:
    """ "Kestrel Tools: no ticket after the week of 5 October 2026, for 4 weeks in which 9.1 were to be expected; last escalated ..." """
    weeks, expected, arr = request.of("weeks_without_ticket"), request.of("expected_tickets"), request.of("arr")
    if weeks is None or expected is None or not (formats.is_number(weeks.value) and formats.is_number(expected.value)):
        return ""
    amount = float(weeks.value or 0)
    last = request.wording.value("week", weeks.dimensions.get("week"))
    text = (
        f"{request.name_of(weeks, 'account')}: no ticket after the {last}, for {formats.count(amount)} "
        f"{formats.plural(amount, 'week')} in which {formats.score(float(expected.value or 0))} were to be expected"
    )
    escalated = _day(request.arguments.get("last_escalation"))
    text += f"; last escalated in the week of {escalated}" if escalated else ""
    return f"{text}; {_money(request, arr)} a year" if arr is not None and formats.is_number(arr.value) else text


def silent_whole(request: Request) -> str:
    """ "2 of 140 accounts with a steady flow of tickets fell silent, with 120,000 USD a year at stake"."""
    number, steady, stake = (
        request.of("silent_account_count"),
        request.of("steady_account_count"),
        request.of("arr_at_stake"),
    )
    if number is None or steady is None or not formats.is_number(number.value):
        return ""
    amount, total = float(number.value or 0), float(steady.value or 0)
    noun = f"{formats.plural(total, 'account')} with a steady flow of tickets"
    if not amount:
        return f"None of {formats.count(total)} {noun} is silent for longer than its own rate makes likely"
    text = f"{formats.count(amount)} of {formats.count(total)} {noun} fell silent"
    return (
        f"{text}, with {_money(request, stake)} a year at stake"
        if stake is not None and formats.is_number(stake.value)
        else text
    )


def not_silent(request: Request) -> str:
    """ "Kestrel Tools is not silent for longer than its own rate makes likely"."""
    fact = request.facts[0] if request.facts else None
    return f"{request.name_of(fact, 'account')} is not silent for longer than its own rate makes likely" if fact else ""


def _money(request: Request, fact: Fact) -> str:
    return request.wording.number(fact)


def _day(stated: object) -> str:
    try:
        return formats.day(date.fromisoformat(str(stated)[:10])) if stated else ""
    except ValueError:
        return ""


KINDS: Mapping[str, Kind] = {
    "first_days": first_days,
    "repeated_accounts": repeated,
    "account_above": account_above,
    "none_above": none_above,
    "account_silent": account_silent,
    "silent_accounts": silent_whole,
    "account_not_silent": not_silent,
}
