"""A word that skills tell beyond the metrics of the semantic model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """label: as in the middle of a sentence. definition: one sentence, the formula in words and, where there is one, its source."""

    label: str
    definition: str
