"""On which day tickets count: "by creation date" counts those created in the period and escalated at any time, not those escalated in it."""

from __future__ import annotations

import re

from analyst_agent.semantic.period_grammar import find_grain
from analyst_agent.understanding.reading import Reading

_MADE = r"(?:created|opened|raised|logged|filed|submitted|received)"
_DATE = r"(?:creation|created|create|opening|opened)[ -]?(?:dates?|days?|times?|at|month|week)"
_BASIS = re.compile(
    rf"\b(?:(?:counted|measured|calculated|grouped|taken|based|dated|seen|filtered) )?(?:by|per|on|according to|on the basis of|from|with|using) (?:the |their |its |a )?(?:tickets?'?s? |case )?(?:date of creation|time of creation|creation|{_DATE})\b(?: basis)?"
    rf"|\b(?:counted|measured|dated|calculated|taken|looking at|counting|going) (?:by |on |at |from |for )?(?:the (?:date|day|time|month) )?(?:when |in which |that |on which )?(?:they|it|the tickets?|tickets?|cases) (?:were|was|got|are) (?:first )?{_MADE}\b"
    rf"|\bby (?:when|the (?:date|day|time)(?: (?:on which|when|that))?) (?:they|it|the tickets?|tickets?|cases) (?:were|was|got) {_MADE}\b|\bcreation[ -]date\b|\bof (?:their |the )?creation\b",
    re.IGNORECASE,
)
_LATER = re.compile(
    rf"\b(?:tickets?|cases?|incidents?|those|ones)\b(?: (?:that|which))?(?: (?:were|was|had been))? {_MADE}\b.{{0,60}}?\b(?:later|ever|eventually|afterwards|sooner or later|by now|at any (?:time|point)|at some point|(?:ended|end|wound) up(?: being)?|since then|in the end|at all|so far|until now|to date)\b",
    re.IGNORECASE,
)
_BY_NOW = re.compile(r"\b(?:tickets|cases|incidents) (?:from|of|in) .{3,40}?\bescalated (?:by now|so far|to date|until now|since then|in the meantime)\b", re.IGNORECASE)  # fmt: skip


def read_basis(reading: Reading) -> None:
    """Marks the words that say so as explained, and takes back a split by day that only they made."""
    _read_cohort(reading)
    match = _BASIS.search(reading.text)
    later = _LATER.search(reading.text) or _BY_NOW.search(reading.text)
    if match is None and later is None:
        return
    reading.by_creation = True
    if match is not None:
        inside = [i for i, t in enumerate(reading.tokens) if match.start() <= t.start < match.end()]
        reading.mentions = tuple(m for m in reading.mentions if not m.overlaps(inside[0], inside[-1] + 1))
        reading.use(inside[0], inside[-1] + 1)
        if reading.grain is not None:
            first = next((m.period for m in reading.periods if m.role == "period" and m.period is not None), None)
            reading.grain = find_grain(f"{reading.text[: match.start()]} {reading.text[match.end() :]}", first)
    elif later is not None:
        made = [
            i
            for i, t in enumerate(reading.tokens)
            if later.start() <= t.start < later.end() and re.fullmatch(_MADE, t.word)
        ]
        reading.mentions = tuple(m for m in reading.mentions if not any(m.overlaps(i, i + 1) for i in made))
        reading.used.update(made)


def _read_cohort(reading: Reading) -> None:
    """ "For that cohort": the tickets created in the period, whatever became of them since."""
    if not any(t.word.startswith(("escalat", "ticket", "rate", "case")) for t in reading.tokens):
        return
    for i, token in enumerate(reading.tokens):
        mention = reading.mention_at(i)
        if token.word in ("cohort", "cohorts") and (mention is None or not mention.metrics):
            reading.by_creation = True
            reading.use(i, i + 1)


def on_basis(reading: Reading, metrics: tuple[str, ...]) -> tuple[str, ...]:
    """The rate and number of escalations as those of the tickets created in the period, where that is said."""
    if not reading.by_creation:
        return metrics
    model = reading.lexicon.model
    if not metrics and "rate" in reading.cues and "cohort_escalation_rate" in model.metrics:
        return ("cohort_escalation_rate",)
    cohort = {"escalation_rate": "cohort_escalation_rate", "escalated_ticket_count": "cohort_escalated_count"}
    return tuple(dict.fromkeys(cohort[m] if cohort.get(m) in model.metrics else m for m in metrics))
