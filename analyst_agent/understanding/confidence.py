"""How sure a plan is, and the thresholds of nearness in meaning.

Calibrated with all-MiniLM-L6-v2 (int8) and the built-in skills: of 30 off-topic sentences none came nearer than 0.37 to a question about
the data or documents; of 20 vague ones about them 17 reached 0.40; the paraphrases of a metric's name reached 0.50, names of measures we
do not have mostly stayed below. A plan read from grammar and names alone starts at SURE and loses for each thing assumed; one found by
meaning alone gets its cosine.
"""

from __future__ import annotations

from analyst_agent.records import Plan
from analyst_agent.understanding.reading import Reading

SURE = 0.95
# A kind of question is taken by meaning alone from this cosine on, and when it leads the next kind by the margin.
NEAR_KIND = 0.40
MARGIN = 0.04
# Something else is being talked about, whatever names stand in it, when its kind leads ours by this.
FAR_AHEAD = 0.20
# A metric is read from loose words by meaning, or offered for an unknown one, from this cosine on; a term to define needs more.
NEAR_METRIC = 0.50
NEAR_METRIC_WORD = 0.62
# Small talk without any of its usual words.
NEAR_TALK = 0.60
# Below this share of words that are explained or everyday English, a text is no question for us.
READABLE = 0.5
_COST_LOOSE, _COST_CORRECTED, _COST_INEXACT, _COST_AMBIGUOUS = 0.08, 0.03, 0.07, 0.05


def structural(plan: Plan, reading: Reading) -> float:
    """Confidence of a plan read from names and grammar."""
    loss = _COST_LOOSE * len(reading.loose) + _COST_CORRECTED * sum(t.corrected for t in reading.tokens)
    loss += _COST_INEXACT * sum(not m.exact and bool(m.values) for m in reading.mentions)
    loss += _COST_AMBIGUOUS * sum(bool(g.others) for g in reading.groups) + _COST_AMBIGUOUS * bool(plan.notes)
    return round(max(0.3, SURE - loss), 2)
