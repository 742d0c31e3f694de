"""Running eval cases: each conversation in order, each answer graded, repeats counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

from analyst_agent.errors import AnalystError, InvalidDefinition
from analyst_agent.evaluation.cases import DRAFT
from analyst_agent.evaluation.expectations import Case
from analyst_agent.evaluation.expected import Expected, resolve
from analyst_agent.evaluation.grading import Failure, grade
from analyst_agent.evaluation.origins import Origin, origin_of
from analyst_agent.evaluation.setup import Absent, DataSet, OpenData
from analyst_agent.records import Answer, Status

NOT_COMPLETED = "a draft, which nobody has completed yet"


@dataclass(frozen=True, slots=True)
class TurnResult:
    """A question, how it ended and which checks it failed; `numbers` were compared, `claims` of its clauses `bound`. fallback: why
    something else than the model asked for answered, or gave the text; "" where nothing did. calls: of a model; origin: whose the
    answer is; mended: what was put right of the model's calls and text.
    """

    ask: str
    status: str
    failures: tuple[Failure, ...]
    skills: tuple[str, ...] = ()
    graded: bool = False
    refusal: bool = False
    clarify: bool = False
    numbers: int = 0
    claims: int = 0
    bound: int = 0
    tokens: int = 0
    seconds: float = 0.0
    fallback: str = ""
    calls: int = 0
    origin: Origin = "unasked"
    mended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case with its turns, one tuple for each repeat; `skipped` says why it was not run, and then it is neither right nor wrong;
    `broken` what is wrong with the case itself, and then it is not right.
    """

    case: Case
    attempts: tuple[tuple[TurnResult, ...], ...] = ()
    skipped: str = ""
    broken: str = ""

    @property
    def passes(self) -> int:
        """In how many repeats every check of every turn held."""
        return sum(not any(turn.failures for turn in attempt) for attempt in self.attempts)

    @property
    def is_right(self) -> bool:
        """Whether every repeat passed."""
        return not self.skipped and not self.broken and self.passes == len(self.attempts)

    @property
    def skills(self) -> set[str]:
        """The skills the case expects and those its answers used, so that one that is not reached counts against it."""
        expected = {s for turn in self.case.turns if turn.expect for s in turn.expect.skills}
        return expected | {s for attempt in self.attempts for turn in attempt for s in turn.skills}


def run_cases(cases: Sequence[Case], open_data: OpenData, repeat: int = 1) -> Iterator[CaseResult]:
    """The result of each case as it ends. A data set is opened when its first case comes; drafts are not asked.

    A case whose own SQL is wrong is a broken one and ends no run.
    """
    opened: dict[str, DataSet | Absent] = {}
    for case in cases:
        if case.tier == DRAFT:
            yield CaseResult(case, skipped=NOT_COMPLETED)
            continue
        if case.data not in opened:
            opened[case.data] = open_data(case.data)
        data = opened[case.data]
        if isinstance(data, Absent):
            yield CaseResult(case, skipped=data.reason)
            continue
        try:
            expected = [
                resolve(turn.expect, data.rows, f"case {case.id}") if turn.expect else None for turn in case.turns
            ]
        except InvalidDefinition as error:
            yield CaseResult(case, broken=f"{error.message} {error.hint}".strip())
            continue
        yield CaseResult(case, tuple(_attempt(case, expected, data) for _ in range(repeat)))


def _attempt(case: Case, expected: Sequence[Expected | None], data: DataSet) -> tuple[TurnResult, ...]:
    results: list[TurnResult] = []
    conversation: str | None = None
    for turn, wanted in zip(case.turns, expected, strict=True):
        start = perf_counter()
        try:
            answer = data.ask(turn.ask, conversation, case.today, case.caller)
        except AnalystError as error:
            failure = Failure("error", "an answer", f"{error.message} {error.hint}".strip())
            results.append(TurnResult(turn.ask, Status.ERROR.value, (failure,), graded=wanted is not None))
            continue
        conversation = answer.conversation or conversation
        results.append(_turn_result(turn.ask, answer, wanted, perf_counter() - start))
    return tuple(results)


def _turn_result(question: str, answer: Answer, wanted: Expected | None, seconds: float) -> TurnResult:
    status = wanted.expect.status if wanted else ()
    return TurnResult(
        question,
        answer.status.value,
        tuple(grade(answer, wanted)) if wanted else (),
        answer.skills,
        wanted is not None,
        status == (Status.REFUSED.value,),
        status == (Status.CLARIFY.value,),
        len(wanted.numbers) if wanted else 0,
        answer.grounding.claims,
        answer.grounding.bound,
        answer.usage.input_tokens + answer.usage.output_tokens,
        seconds,
        answer.usage.fallback or "",
        answer.usage.calls,
        origin_of(answer.usage),
        answer.usage.mended,
    )
