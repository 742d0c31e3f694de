"""The records of this layer: a claim, and what a kind of claim is made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from analyst_agent.claims.wording import Wording
from analyst_agent.records import Fact, Finding


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence or clause of an answer in Markdown, and the ids of the facts its numbers come from.

    beside_table: what remains to be said where a table of the answer shows the claim's first fact; None for all of it.
    """

    id: str
    kind: str
    text: str
    facts: tuple[str, ...]
    beside_table: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What a kind of claim is worded from: its facts in order, the statement's words, and the finding they belong to."""

    facts: tuple[Fact, ...]
    arguments: Mapping[str, Any]
    finding: Finding
    wording: Wording

    def of(self, *metrics: str) -> Fact | None:
        """The first fact of one of these metrics, the one with the fewest dimensions before the others."""
        found = [f for f in self.facts if f.metric in metrics]
        return min(found, key=lambda f: len(f.dimensions)) if found else None

    def name_of(self, fact: Fact, dimension: str = "") -> str:
        """The value that sets the fact apart: of `dimension`, else of its only or first dimension."""
        chosen = dimension if dimension in fact.dimensions else next(iter(fact.dimensions), "")
        return self.wording.value(chosen, fact.dimensions[chosen]) if chosen else ""


# Renders a request; "" where its facts are not of this kind, and each is then told on its own.
Kind = Callable[[Request], str]
