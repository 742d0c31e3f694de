"""The step `changes`: which numbers the report made before on the same period gave otherwise, from what to what."""

from __future__ import annotations

from dataclasses import dataclass

from analyst_agent.claims import Wording, formats
from analyst_agent.playbook.kinds.kind import StepContext, StepKind
from analyst_agent.playbook.reading.options import Options
from analyst_agent.playbook.records import Place, Playbook, Result, Step
from analyst_agent.playbook.running.differences import Change, differences
from analyst_agent.records import Fact, Finding, Statement
from analyst_agent.skillkit.facts import FactBook

MOVED, ADDED, GONE = "numbers_moved", "numbers_added", "numbers_gone"
EARLIER = "earlier_report"


@dataclass(frozen=True, slots=True)
class Changes:
    """most: so many of the numbers that moved are told one by one; the rest is counted."""

    most: int
    place: Place


def _read(options: Options) -> Changes:
    place = options.place("changes")
    return Changes(int(options.number("changes", 8, least=1, most=40)), place)


def _check(step: Step, playbook: Playbook) -> None:
    if not step.inputs:
        raise step.options.place.wrong(
            f"step {step.name!r} compares its inputs with those of an earlier report, and has none.",
            "Write `inputs: [STEP, ...]`.",
        )


def _run(step: Step, context: StepContext) -> Result:
    """Against the last run begun before this one whose findings differ: a run that repeats unchanged data tells the same as the
    one that it repeats, and not that nothing changed since that.
    """
    now, wording = context.findings(), context.desk.wording
    title = "What changed since the last report on the same days"
    alike: set[tuple[str | None, ...]] = set()
    for one in context.earlier():
        mark = tuple(one.digests.get(name) for name in now)
        if mark in alike:
            continue
        then = {name: known for name in now if isinstance(known := one.read(name), Finding)}
        # A step that is new in the playbook is no news about the month.
        found = differences(then, {name: finding for name, finding in now.items() if name in then})
        changes = [change for change in found if _is_seen(change, wording)]
        if changes:
            return _told(step, context, title, one.run, changes)
        alike.add(mark)
    return Finding(title, step.kind, context.period)


def _told(step: Step, context: StepContext, title: str, run: str, changes: list[Change]) -> Finding:
    book = FactBook(context.desk.model)
    moved = [one for one in changes if one.now is not None and one.before is not None]
    counts = [
        book.add(metric, number, "count", context.period)
        for metric, number in (
            (MOVED, len(moved)),
            (ADDED, sum(one.before is None for one in changes)),
            (GONE, sum(one.now is None for one in changes)),
        )
    ]
    statements = [Statement("report_changed", tuple(fact.id for fact in counts))]
    for one in moved[: step.options.most]:
        statements.append(Statement("number_moved", (_both(book, one).id,)))
    text = f"Compared with {run}; `analyst playbook diff` of both runs lists every number."
    book.caveat(text, EARLIER, [fact.id for fact in counts])
    return book.finding(title, step.kind, context.period, statements=statements)


def _both(book: FactBook, change: Change) -> Fact:
    """The number as it is now, with what it was as its reference."""
    now, before = change.now, change.before
    assert now is not None and before is not None  # noqa: PT018 - of a number that moved
    gap = None
    if formats.is_number(now.value) and formats.is_number(before.value):
        gap = float(now.value) - float(before.value)  # type: ignore[arg-type]
    made = book.add(
        now.metric,
        now.value,
        now.unit,
        now.period,
        dict(now.dimensions),
        n=now.n,
        reference=EARLIER,
        reference_value=before.value,
        difference=gap,
    )
    return book.revise(made, filters=now.filters)


def _is_seen(change: Change, wording: Wording) -> bool:
    """Whether it is a number, and another one as people see it."""
    both = [one for one in (change.before, change.now) if one is not None]
    if not all(formats.is_number(one.value) for one in both):
        return False
    return len(both) == 1 or wording.number(both[0]) != wording.number(both[1])


KIND = StepKind(_read, _run, takes=(Finding,), check=_check)
