"""Customers that come back: "accounts with two or more escalations" counts escalations of an account, not of one ticket."""

from __future__ import annotations

from analyst_agent.understanding.numbers import TIMES
from analyst_agent.understanding.reading import Limit, Reading
from analyst_agent.understanding.words import word_set

ACCOUNT = "account"
_TICKETS = word_set("ticket tickets case cases incident incidents issue issues request requests")
_HAVE = word_set("with had have has having got get of above over below under")
COUNT = "escalated_ticket_count"
LISTED_FROM = 2
"""Escalated tickets from which on an account counts as one with repeated escalations."""


def read_repeaters(reading: Reading) -> None:
    """Marks a number of escalations as that of an account, where accounts are what has them and no ticket is spoken of."""
    if _limits_groups(reading):
        return
    often = [one for one in reading.conditions if one.field == TIMES and one.op in (">", ">=", "=")]
    who = [m for m in reading.mentions if ACCOUNT in m.dimensions and not (m.metrics or m.values)]
    spoken = _TICKETS & set(reading.words(0, len(reading.tokens)))
    if len(often) != 1 or not who or spoken or not isinstance(often[0].value, int):
        return
    least = often[0].value + (often[0].op == ">")
    if least < LISTED_FROM:
        return
    reading.repeats = least


def _limits_groups(reading: Reading) -> bool:
    """ "Teams with more than 50 escalations": a limit on what each of them has, where no ticket is spoken of."""
    often = [one for one in reading.conditions if one.field == TIMES and isinstance(one.value, int)]
    groups = [
        m
        for m in reading.mentions
        if m.dimensions and not (m.metrics or m.values or m.fields) and ACCOUNT not in m.dimensions
    ]
    words = reading.words(0, len(reading.tokens))
    if len(often) != 1 or not groups or _TICKETS & set(words) or "escalated" in words:
        return False
    behind = reading.words(groups[0].end, groups[0].end + 2)
    if not _HAVE & set(behind):
        return False
    reading.conditions = [one for one in reading.conditions if one.field != TIMES]
    limit = often[0]
    assert isinstance(limit.value, int)
    reading.limits.append(Limit(COUNT, limit.op, limit.value, f"{limit.op} {limit.value}"))
    return True


def counts_otherwise(reading: Reading) -> bool:
    """Whether the limit is another than that from which on a skill lists accounts."""
    exactly = any(one.field == TIMES and one.op == "=" for one in reading.conditions)
    return reading.repeats > LISTED_FROM or exactly


def of_accounts(reading: Reading) -> None:
    """Takes the limit from the conditions on tickets, for a skill that follows accounts."""
    reading.conditions = [one for one in reading.conditions if one.field != TIMES]
