"""Escalations that nobody needed, in whatever words: "were not needed", "could have been avoided", "should have stayed where they were"."""

from __future__ import annotations

import re

from analyst_agent.understanding.mentions import Mention
from analyst_agent.understanding.reading import Reading

METRIC = "unnecessary_share"
_NEED = r"(?:need(?:ed)?|necessary|necessity|warranted|justified|called for)"
_NEEDLESS = re.compile(
    rf"\b(?:not|nt|t|never|hardly|without|no) (?:(?:any|a|an|real|really|actually|even|have|been|be|at|all|strictly|truly) ){{0,3}}{_NEED}\b(?! to\b)"
    r"|\b(?:could|can|should|might|would) (?:(?:easily|really|probably|also) )?have (?:(?:easily|really|probably) )?been (?:avoided|prevented|spared|handled without)\b"
    r"|\bshould(?:nt| not| n?t)? (?:not |never )?have been escalated\b"
    r"|\b(?:needless(?:ly)?|unneeded|unjustified|unwarranted|for nothing|in vain)\b"
)
_NEGATED = re.compile(r"should have been escalated")


def is_needless(said: str) -> bool:
    """Whether folded words speak of escalations that nobody needed."""
    match = _NEEDLESS.search(said)
    return match is not None and not _NEGATED.fullmatch(match[0])


def read_needless(reading: Reading) -> None:
    """Names the share of unnecessary escalations where escalations are said to have been needless."""
    model = reading.lexicon.model
    if METRIC not in model.metrics or not any(t.word.startswith("escalat") for t in reading.tokens):
        return
    match = _NEEDLESS.search(reading.said)
    if match is None or not is_needless(reading.said):
        return
    inside = reading.tokens_in(match.span())
    start, end = inside[0], inside[-1] + 1
    behind = reading.mention_at(end)
    if behind is not None and behind.metrics and reading.word(end).startswith("escalat"):
        # "Needless escalations", "needless escalation share".
        end = behind.end
    touching = [m for m in reading.mentions if m.overlaps(start, end)]
    if any(METRIC in m.metrics for m in touching):
        return
    others = tuple(m for m in reading.mentions if m not in touching)
    reading.mentions = tuple(sorted((*others, Mention(start, end, metrics=(METRIC,))), key=lambda m: m.start))
