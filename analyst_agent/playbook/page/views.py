"""What templates see of findings: single facts in words, and claims."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from analyst_agent.claims import Wording, claims_of, formats
from analyst_agent.claims.clauses import judged, moved
from analyst_agent.records import Fact, Finding


@dataclass(frozen=True, slots=True)
class FactView:
    """A fact in a template: `{{ rate.shown }}`, `{{ rate.change }}` ("down 0.6 points"), `{{ rate.judged }}` ("within noise"); in a condition
    also `value`, `reference` and `is_significant`, None where there is none."""

    shown: str
    change: str
    judged: str
    value: float | None = None
    reference: float | None = None
    is_significant: bool | None = None


def fact_in(findings: Mapping[str, Finding], wording: Wording) -> Callable[..., FactView]:
    """The template function `fact(INPUT, METRIC, dimension=value)`."""

    def fact(of: str, metric: str, **dimensions: Any) -> FactView:
        """The first fact of a metric in an input, with exactly these dimensions."""
        for one in findings[of].facts:
            if one.metric == metric and one.dimensions == dimensions:
                return _view(one, wording)
        return FactView(formats.NOT_KNOWN, "", "too few to say")

    return fact


def _view(fact: Fact, wording: Wording) -> FactView:
    has_reference = fact.reference_value is not None or fact.difference is not None
    said = judged(fact, wording).partition(" (")[0] if has_reference else ""
    return FactView(
        wording.number(fact),
        moved(fact, wording) if has_reference else "",
        said,
        float(fact.value) if isinstance(fact.value, (int, float)) else None,
        fact.reference_value,
        fact.significant,
    )


def claims_in(findings: Mapping[str, Finding], wording: Wording) -> Callable[..., str]:
    """The template function `claims(INPUT, KIND, ...)`."""

    def claims(of: str, *kinds: str) -> str:
        """The claims of an input, of these kinds or all, in one paragraph."""
        told = claims_of(findings[of], wording)
        return " ".join(c.text for c in told if not kinds or c.kind in kinds)

    return claims
