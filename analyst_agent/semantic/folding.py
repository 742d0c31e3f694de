"""The values of a dimension beyond the first N as one: measures are computed again over their rows, under a label that no kept value has."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlglot import exp

from analyst_agent.errors import NotPermitted
from analyst_agent.records import SemanticQuery
from analyst_agent.semantic.fragments import UNCLASSIFIED
from analyst_agent.semantic.model import GRAINS, Model

MOST_TOP = 500


@dataclass(frozen=True, slots=True)
class Fold:
    """Which values of a dimension stand for themselves; every other one is counted under `label`, what has none under none."""

    dimension: str
    kept: tuple[str, ...]
    label: str
    held: int

    def apply(self, node: exp.Expression) -> exp.Expression:
        """The dimension's SQL with all values that are not kept as the label."""
        missing = exp.Is(this=node.copy(), expression=exp.Null())
        if not self.kept:
            return exp.Case(ifs=[exp.If(this=exp.Not(this=missing), true=exp.Literal.string(self.label))])
        inside = exp.In(this=node.copy(), expressions=[exp.Literal.string(value) for value in self.kept])
        stays = exp.If(this=exp.Or(this=missing, expression=inside), true=node)
        return exp.Case(ifs=[stays], default=exp.Literal.string(self.label))


def folded_dimension(query: SemanticQuery) -> str:
    """The dimension that `top` cuts: the first that is no time grain. Raises NotPermitted where there is none, or N is no number of rows."""
    top = query.top or 0
    if not 1 <= top <= MOST_TOP:
        raise NotPermitted(f"The first {top} cannot be shown.", f"Give a number from 1 to {MOST_TOP}.")
    found = next((name for name in query.by if name not in GRAINS), None)
    if found is None:
        raise NotPermitted(
            f"The first {top} of what? No dimension was named beside time.",
            "Split by one, such as product_area, or give an order and a limit to see the highest days or months.",
        )
    return found


def own_rows(model: Model, dimension: str) -> tuple[str, ...]:
    """Values that say that nothing is known: as what has no value at all, they are never among the first nor among the rest."""
    return (UNCLASSIFIED,) if model.dimensions()[dimension].special == "root_cause" else ()


def fold(dimension: str, ranked: Sequence[str], top: int, beside: tuple[str, ...] = ()) -> Fold | None:
    """Keeps the first values of a ranking and those `beside` it; None where there are no more.

    >>> fold("channel", ["mail", "chat", "phone"], 1).label
    'other (2 values)'
    """
    kept, rest = tuple(ranked[:top]), len(ranked) - top
    if rest < 1:
        return None
    return Fold(dimension, (*kept, *beside), _label(rest, (*kept, *beside)), rest)


def _label(rest: int, kept: Collection[str]) -> str:
    """What stands for the rest: distinct from every value beside it, also for a reader who ignores case."""
    label = f"other ({rest:,} value{'s' if rest > 1 else ''})"
    taken = {value.strip().lower() for value in kept}
    while label in taken:
        label = f"all {label}"
    return label
