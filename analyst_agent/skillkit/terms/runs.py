"""The words for causes read from text, and what moved between two runs."""

from __future__ import annotations

from analyst_agent.skillkit.terms.term import Term

TERMS = {
    "inferred_cause_count": Term(
        "tickets without a recorded cause that read like it",
        "Escalated tickets without a recorded root cause whose text is most like tickets with that cause, or that a person or a "
        "model labelled so; not in the recorded counts.",
    ),
    "inferred_cause_confidence": Term(
        "confidence of inferred causes",
        "Mean chance that the cause named is the right one, calibrated by cross-validation on tickets with a known cause (Platt scaling).",
    ),
    "inferred_cause_precision": Term(
        "inferred causes that were right in cross-validation",
        "Of the tickets with a known cause that are answered when read from those of other accounts, the share named right.",
    ),
    "inferred_cause_audited_accuracy": Term(
        "inferred causes that an audit found right",
        "Of a random sample of tickets without a recorded cause that people labelled, the share of inferred causes that agree.",
    ),
    "inferred_examined_count": Term(
        "tickets without a recorded cause that were read",
        "Escalated tickets of the period without a recorded root cause whose text was read.",
    ),
    "numbers_moved": Term(
        "numbers that moved",
        "Numbers of the report that the report made before on the same days gave otherwise, as far as can be seen in them as shown.",
    ),
    "numbers_added": Term("numbers that are new", "Numbers that the report made before on the same days did not give."),
    "numbers_gone": Term(
        "numbers that are no longer there",
        "Numbers that the report made before on the same days gave and this one does not.",
    ),
    "recommendation_count": Term("recommendations", "What answers and reports recommended for a period, each once."),
}
