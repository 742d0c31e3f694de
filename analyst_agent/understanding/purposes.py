"""What an answer is wanted for ("for my accruals", "for the QBR deck"): it belongs to the asker's work and limits no tickets."""

from __future__ import annotations

from analyst_agent.understanding import cues
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.words import word_set

WORK = word_set(
    "accrual accruals audit audits bookkeeping board budget budgets budgeting close committee controller controlling deck decks document documents exco filing "
    "finance forecasting handout headcount invoice invoicing ledger mbr meeting meetings memo minutes newsletter offsite paper planning plan presentation "
    "purposes qbr records report reports reporting retro retrospective review reviews slide slides spreadsheet sheet standup steerco townhall update wiki writeup"
)
"""What people prepare, attend or write with a number in hand."""
_LEADS = word_set("for into")


def is_purpose(reading: Reading, start: int, end: int) -> bool:
    """Whether an unexplained run is what the answer is for: behind "for my" any plain noun, else a noun of office work at the end of its phrase."""
    lead = start - 1
    while lead >= 0 and (reading.word(lead) in cues.DETERMINERS or _is_everyday(reading, lead)):
        lead -= 1
    if reading.word(lead) not in _LEADS:
        return False
    last = end
    while last < len(reading.tokens) and reading.mention_at(last) is None and _is_everyday(reading, last):
        last += 1
    if reading.mention_at(last) is not None and not reading.gap(last).strip():
        return False
    if reading.word(last - 1) in WORK:
        return True
    plain = not any(token.capital or token.quoted for token in reading.tokens[start:end])
    return plain and reading.word(start - 1) == "my"


def _is_everyday(reading: Reading, i: int) -> bool:
    """A word of everyday use that belongs to a noun phrase, and so neither begins nor ends one."""
    word = reading.word(i)
    phrase = cues.PREPOSITIONS | cues.CONNECTIVES | cues.WHICH | cues.LIST | cues.DETERMINERS
    return cues.is_generic(word) and word not in phrase and not reading.tokens[i].is_number
