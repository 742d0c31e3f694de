"""Whose an answer is: the model's own choice of call, the proposed plan in the model's words, the default text, or nobody asked a model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from analyst_agent.records import Usage

Origin = Literal["model", "plan", "fallback", "unasked"]
FALLBACK: Origin = "fallback"
ORIGINS: tuple[Origin, ...] = (FALLBACK, "model", "plan", "unasked")
"""In the order in which one question decides for its whole case."""


@dataclass(frozen=True, slots=True)
class OriginRow:
    """How many questions, and how many cases with how many right, are of one origin."""

    origin: Origin
    questions: int
    cases: int
    right: int


def origin_of(usage: Usage) -> Origin:
    """model: it chose another call than the plan's, and worded what was found; plan: it worded what the question's own plan found;
    fallback: the default text stands, whoever chose the call, or something else than the model answered; unasked: the question was
    asked back, refused or small talk before any model was needed.
    """
    if usage.fallback:
        return "fallback"
    if usage.calls == 0:
        return "unasked"
    # A model that was asked and found nothing leaves the plan's own reply.
    return "fallback" if usage.route == "offline" else usage.route


def origin_rows(cases: Iterable[tuple[Sequence[Origin], bool]]) -> tuple[OriginRow, ...]:
    """The rows of cases given by their questions' origins and whether they are right. A case counts as fallback where one of its
    questions does, else as the model's own where one is.
    """
    listed = [(origins, next(o for o in ORIGINS if o in origins), is_right) for origins, is_right in cases if origins]
    return tuple(
        OriginRow(
            origin,
            sum(one == origin for origins, _, _ in listed for one in origins),
            sum(of == origin for _, of, _ in listed),
            sum(of == origin and is_right for _, of, is_right in listed),
        )
        for origin in ("model", "plan", "fallback", "unasked")
    )
