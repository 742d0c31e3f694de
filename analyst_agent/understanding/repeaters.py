"""Customers that come back: "accounts with two or more escalations" counts escalations of an account, not of one ticket."""

from __future__ import annotations

from analyst_agent.understanding.numbers import TIMES
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.words import word_set

ACCOUNT = "account"
_TICKETS = word_set("ticket tickets case cases incident incidents issue issues request requests")
LISTED_FROM = 2
"""Escalated tickets from which on an account counts as one with repeated escalations."""


def read_repeaters(reading: Reading) -> None:
    """Marks a number of escalations as that of an account, where accounts are what has them and no ticket is spoken of."""
    often = [one for one in reading.conditions if one.field == TIMES and one.op in (">", ">=", "=")]
    who = [m for m in reading.mentions if ACCOUNT in m.dimensions and not (m.metrics or m.values)]
    spoken = _TICKETS & set(reading.words(0, len(reading.tokens)))
    if len(often) != 1 or not who or spoken or not isinstance(often[0].value, int):
        return
    least = often[0].value + (often[0].op == ">")
    if least < LISTED_FROM:
        return
    reading.repeats = least


def of_accounts(reading: Reading) -> None:
    """Takes the limit from the conditions on tickets, for a skill that follows accounts; a note says what is counted instead."""
    often = [one for one in reading.conditions if one.field == TIMES]
    reading.conditions = [one for one in reading.conditions if one.field != TIMES]
    exactly = any(one.op == "=" for one in often)
    if reading.repeats > LISTED_FROM or exactly:
        reading.notes.append(
            f"Counted are accounts with {LISTED_FROM} or more escalated tickets; the limit of "
            f"{'exactly' if exactly else 'at least'} {reading.repeats} is not applied."
        )
