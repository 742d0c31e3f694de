"""What a model cannot do at all, told with its card: a share of right cases says nothing of questions that no case asks."""

from __future__ import annotations

OFFLINE_LIMITS = (
    "It reads English only.",
    "Parts of one question are answered one after the other: none builds on what another found, and more than a few are named as left out.",
    'Two groups with conditions of their own ("Enterprise in EMEA against Starter in APAC") are not told apart: the conditions are joined.',
    "It has no answer to what would happen if something changed, but for the savings of cost_of_escalations, and may answer what was instead.",
    "It quotes documents and does not sum them up or draw conclusions from several.",
    "It tells every answer in the same words and order; it does not shorten, translate or rephrase on request.",
    "Words that are in neither the data, the semantic model nor [synonyms] are asked about or refused, not guessed.",
)


def limits_of(model: str) -> tuple[str, ...]:
    """The limits of a model that are known without asking it; none are of a provider's."""
    return OFFLINE_LIMITS if model == "offline" else ()
