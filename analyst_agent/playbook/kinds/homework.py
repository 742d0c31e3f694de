"""The step `homework`: what was recommended for the period before, what became of it, and what moved since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analyst_agent.claims.escape import escaped
from analyst_agent.playbook.kinds.kind import StepContext, StepKind
from analyst_agent.playbook.reading.options import Options
from analyst_agent.playbook.records import Playbook, Result, Step
from analyst_agent.records import Caveat, Column, Drawing, Fact, Finding, Statement
from analyst_agent.skillkit.facts import FactBook
from analyst_agent.skillkit.rates import READS_AS
from analyst_agent.skillkit.tables import Grid
from analyst_agent.state.recommendations import MARKS, OPEN, Kept

COUNT = "escalated_ticket_count"
BECAME = {"done": "done", "not_done": "not done", "dropped": "dropped", "unknown": "unknown"}
LONGEST_NOTE = 120


@dataclass(frozen=True, slots=True)
class Homework:
    """moved: the input in whose facts it is looked up what moved since."""

    moved: str


def _read(options: Options) -> Homework:
    return Homework(options.text("homework"))


def _check(step: Step, playbook: Playbook) -> None:
    if step.options.moved not in step.inputs:
        raise step.place.wrong(
            f"step {step.name!r} looks up what moved in {step.options.moved!r}, which is none of its inputs.",
            f"Write `inputs: [{step.options.moved}]`.",
        )


def _run(step: Step, context: StepContext) -> Result:
    finding = context.findings()[step.options.moved]
    made = _of_period(context, finding)
    book = FactBook(context.desk.model)
    title = f"What became of the recommendations for {context.before.label}"
    if not made:
        caveat = Caveat(f"Nothing was recommended for {context.before.label}.", "no_homework")
        return Finding(title, step.kind, context.period, context.before, caveats=(caveat,))
    grid = Grid(
        title,
        (
            Column("pattern", "text", "pattern"),
            Column("recommended", "text", "recommended"),
            Column("became of it", "text", "became"),
            Column("tickets before", "count", "tickets_before"),
            Column("now", "count", COUNT),
            Column("change", "count", "change"),
            Column("reads as", "text", "significance"),
        ),
    )
    for one in made:
        moved = _moved(one, finding)
        now = _copied(book, moved) if moved else None
        before = (
            book.add(COUNT, moved.reference_value, "count", context.before, dict(moved.dimensions))
            if moved and moved.reference_value is not None
            else None
        )
        change = now.difference if now else None
        reads = READS_AS[now.significant] if now and before else None
        label = (
            context.desk.wording.plain_value(next(iter(moved.dimensions), ""), one.pattern) if moved else one.pattern
        )
        grid.row((label, one.action, _became(one), before, now, (change, now) if now and before else None, reads))
    counts = [
        book.add("recommendation_count", len(made), "count", context.before),
        *(
            book.add("recommendation_count", number, "count", context.before, {"became": BECAME[mark]})
            for mark in MARKS
            if (number := sum(one.mark == mark for one in made))
        ),
    ]
    statements = [Statement("recommendations_followed", tuple(fact.id for fact in counts))]
    if any(one.mark == OPEN for one in made):
        book.caveat("`analyst recommendations mark ID done` says what became of a recommendation.", "how_to_mark")
    return book.finding(
        title, step.kind, context.period, context.before, statements=statements, tables=[grid.table()], drawings=_none()
    )


def _none() -> Sequence[Drawing]:
    """The table says it; a chart of six unlike things would not."""
    return ()


def _of_period(context: StepContext, finding: Finding) -> list[Kept]:
    """What the same skill recommended for the period before, under no further condition, each once."""
    before = context.before
    found = [
        one
        for one in context.recommendations.listed()
        if one.skill == finding.skill and (one.start, one.end) == (before.start, before.end) and not one.conditions
    ]
    return list({(one.pattern, one.action): one for one in reversed(found)}.values())


def _moved(one: Kept, finding: Finding) -> Fact | None:
    """The count of the pattern in this period: the fact with the pattern as its only dimension."""
    for fact in finding.facts:
        if fact.metric == COUNT and list(fact.dimensions.values()) == [one.pattern] and fact.period == finding.period:
            return fact
    return None


def _copied(book: FactBook, fact: Fact) -> Fact:
    return book.add(
        fact.metric,
        fact.value,
        fact.unit,
        fact.period,
        dict(fact.dimensions),
        n=fact.n,
        reference=fact.reference,
        reference_period=fact.reference_period,
        reference_value=fact.reference_value,
        difference=fact.difference if fact.difference is not None else _difference(fact),
        difference_interval=fact.difference_interval,
        p_adjusted=fact.p_adjusted,
        significant=fact.significant,
    )


def _difference(fact: Fact) -> float | None:
    if isinstance(fact.value, (int, float)) and fact.reference_value is not None:
        return float(fact.value) - fact.reference_value
    return None


def _became(one: Kept) -> str:
    """ "done, 12 October 2026 by Ana: released" """
    if not one.marks or one.mark == OPEN:
        return BECAME[OPEN]
    last = one.marks[-1]
    said = f"{BECAME[one.mark]}, {last.at[:10]}"
    said += f" by {escaped(last.by)}" if last.by else ""
    return f'{said}: "{escaped(last.note, LONGEST_NOTE)}"' if last.note else said


KIND = StepKind(_read, _run, takes=(Finding,), check=_check)
