"""The card of an eval run: per subject and per skill, how many cases were right and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from analyst_agent.agent.models import OFFLINE
from analyst_agent.evaluation.limits import limits_of
from analyst_agent.evaluation.origins import FALLBACK, OriginRow, origin_rows
from analyst_agent.evaluation.run import CaseResult, TurnResult
from analyst_agent.records import to_json
from analyst_agent.statistics import wilson_interval


@dataclass(frozen=True, slots=True)
class CardRow:
    """One line: cases run and right with its Wilson interval (None without a case), refusals and questions back as right of expected,
    bound clauses of all, numbers compared, the median and all seconds that questions took, and all tokens. broken: of the cases, those
    whose own SQL is wrong, none of them right; skipped: not among the cases. fallbacks: questions whose answer is
    wholly not the model's that was asked for, as `origins` counts them; right_itself: cases right without one.
    """

    name: str
    cases: int
    right: int
    interval: tuple[float, float] | None
    refusals: int
    rightly_refused: int
    clarifications: int
    rightly_asked_back: int
    claims: int
    bound: int
    numbers: int
    median_seconds: float
    tokens: int
    skipped: int = 0
    broken: int = 0
    seconds: float = 0.0
    fallbacks: int = 0
    right_itself: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """The result of a run: which model, which day, how often, and its lines.

    right_by_repeat: cases right in each repeat, for the spread; unsteady: ids of those right in some and not in others; limits:
    what this model cannot do at all, whatever its cards say. by_origin: whose the answers are, for a model that can be asked.
    """

    model: str
    day: date
    repeat: int
    total: CardRow
    by_subject: tuple[CardRow, ...]
    by_skill: tuple[CardRow, ...]
    right_by_repeat: tuple[int, ...] = ()
    unsteady: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    by_origin: tuple[OriginRow, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The card as JSON types."""
        document: dict[str, Any] = to_json(self)
        return document


def make_card(results: Sequence[CaseResult], model: str, day: date, repeat: int = 1) -> Card:
    """The card of these results."""
    subjects = dict.fromkeys(r.case.subject for r in results)
    skills = sorted({s for r in results for s in _skills(r)})
    attempts = [r.attempts for r in results if r.attempts]
    by_repeat = [sum(not any(t.failures for t in tried[i]) for tried in attempts) for i in range(repeat)]
    return Card(
        model,
        day,
        repeat,
        _row("all", results),
        tuple(_row(name, [r for r in results if r.case.subject == name]) for name in subjects),
        tuple(_row(name, [r for r in results if name in _skills(r)]) for name in skills),
        tuple(by_repeat),
        tuple(r.case.id for r in results if 0 < r.passes < len(r.attempts)),
        limits_of(model),
        () if model == OFFLINE else origin_rows(([t.origin for t in _turns(r)], r.is_right) for r in results),
    )


def _skills(result: CaseResult) -> set[str]:
    """The skills the case expects or used, else `no skill`; none of a case that was not run."""
    return set() if result.skipped else result.skills or {"no skill"}


def _turns(result: CaseResult) -> list[TurnResult]:
    return [turn for attempt in result.attempts for turn in attempt]


def _row(name: str, results: Iterable[CaseResult]) -> CardRow:
    listed = list(results)
    run = [r for r in listed if not r.skipped]
    turns = [t for r in run for t in _turns(r)]
    right = sum(r.is_right for r in run)
    refusals, clarifications = [t for t in turns if t.refusal], [t for t in turns if t.clarify]
    return CardRow(
        name,
        len(run),
        right,
        wilson_interval(right, len(run)) if run else None,
        len(refusals),
        sum(not t.failures for t in refusals),
        len(clarifications),
        sum(not t.failures for t in clarifications),
        sum(t.claims for t in turns),
        sum(t.bound for t in turns),
        sum(t.numbers for t in turns),
        round(median(t.seconds for t in turns), 3) if turns else 0.0,
        sum(t.tokens for t in turns),
        len(listed) - len(run),
        sum(bool(r.broken) for r in run),
        round(sum(t.seconds for t in turns), 3),
        sum(t.origin == FALLBACK for t in turns),
        sum(r.is_right and all(t.origin != FALLBACK for t in _turns(r)) for r in run),
    )
