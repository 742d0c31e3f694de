"""What `eval` and `skills` print of eval runs: cards, failed and broken cases, two runs compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analyst_agent.cli.shared import print_table, say

if TYPE_CHECKING:
    from analyst_agent.evaluation.card import Card, CardRow
    from analyst_agent.evaluation.comparing import Comparison, Interval, Run
    from analyst_agent.evaluation.run import CaseResult

COLUMNS = (
    "cases", "right", "95 % interval", "rightly refused", "rightly asked back", "bound", "numbers", "s, median", "s", "tokens", "skipped",
)  # fmt: skip
MOST_NAMED = 20
SAID = {
    "model": "the model chose the call itself",
    "plan": "the model took the proposed plan",
    "fallback": "the default text, or another model",
    "unasked": "no model was needed",
}


def print_run(card: Card, results: Sequence[CaseResult]) -> None:
    """The card by subject and by skill, what failed, the spread, and what the model cannot do."""
    for name, rows in (("subject", (*card.by_subject, card.total)), ("skill", card.by_skill)):
        say(f"By {name}: {card.model}, {card.day}")
        print_table((name, *COLUMNS), [_cells(row) for row in rows])
        say()
    for result in results:
        if result.broken:
            say(f"BROKEN CASE {result.case.id} ({result.case.tier}, {result.case.data}): {result.broken}")
        elif not result.skipped and not result.is_right:
            _print_failed(result)
    for reason in dict.fromkeys(r.skipped for r in results if r.skipped):
        say(f"Skipped: {sum(r.skipped == reason for r in results)} cases, {reason}.")
    if card.repeat > 1:
        _print_spread(card)
    run = [r for r in results if not r.skipped]
    must = [r for r in run if r.case.tier == "must"]
    broken = f" Broken cases: {card.total.broken}." if card.total.broken else ""
    say(
        f"{card.model}, {card.day}: {sum(r.is_right for r in must)} of {len(must)} must cases right, "
        f"{card.total.right} of {card.total.cases} in all.{broken}"
    )
    if any(row.questions for row in card.by_origin):
        _print_origins(card)
    if card.limits:
        say(f"\nWhat the model {card.model} cannot do, whatever the card says:")
        for line in card.limits:
            say(f"- {line}")


def print_comparison(found: Comparison) -> None:
    """Which cases became right and wrong, both shares, and whether that is more than chance."""
    for name, run in (("before", found.before), ("after", found.after)):
        say(f"{name}: {run.model}, {run.day}: {_share(run, found.cases)}")
    for name, ids in (
        ("Became right", found.gained),
        ("Became wrong", found.lost),
        ("Only in the first run", found.before_only),
        ("Only in the second run", found.after_only),
        ("Other questions under the same id, not compared", found.changed),
    ):
        if ids:
            more = f" and {len(ids) - MOST_NAMED} more, all in --json" if len(ids) > MOST_NAMED else ""
            say(f"{name}: {len(ids)} ({', '.join(ids[:MOST_NAMED])}{more})")
    if found.gained or found.lost:
        verdict = "more than chance" if found.p_value < 0.05 else "no more than chance would"
        say(f"McNemar's exact test: p = {found.p_value:.3g}, {verdict}.")
    else:
        say("No case became right or wrong.")


def percent(interval: Interval | None) -> str:
    """ "87 to 96 %", "-" without one."""
    return f"{interval[0] * 100:.0f} to {interval[1] * 100:.0f} %" if interval else "-"


def _share(run: Run, cases: int) -> str:
    share = f", {run.right / cases * 100:.1f} % (95 % interval {percent(run.interval)})" if cases else ""
    return f"{run.right} of {cases} right{share}"


def _print_spread(card: Card) -> None:
    counts = ", ".join(str(count) for count in card.right_by_repeat)
    say(f"Right in each of {card.repeat} repeats: {counts} of {card.total.cases - card.total.broken}.")
    if card.unsteady:
        more = f" and {len(card.unsteady) - MOST_NAMED} more" if len(card.unsteady) > MOST_NAMED else ""
        say(f"Right in some repeats only: {len(card.unsteady)} ({', '.join(card.unsteady[:MOST_NAMED])}{more}).")
    else:
        say("No case was right in some repeats and wrong in others.")


def _print_origins(card: Card) -> None:
    say()
    print_table(
        ("whose answer", "questions", "cases", "right"),
        [(SAID[row.origin], row.questions, row.cases, row.right) for row in card.by_origin],
    )
    total, fell = card.total, next(row for row in card.by_origin if row.origin == "fallback")
    say(
        f"Right without a default text or another model: {total.right_itself} of all {total.cases} cases, "
        f"and of the {total.cases - fell.cases} cases without one."
    )


def _print_failed(result: CaseResult) -> None:
    spread = f", right in {result.passes} of {len(result.attempts)}" if len(result.attempts) > 1 else ""
    say(f"WRONG {result.case.id} ({result.case.tier}, {result.case.data}{spread})")
    attempt = next(a for a in result.attempts if any(t.failures for t in a))
    for turn in attempt:
        if turn.failures:
            say(f"  {turn.ask}")
        for failure in turn.failures:
            say(f"    {failure.check}: expected {failure.expected}; got {failure.got}")


def _cells(row: CardRow) -> tuple[object, ...]:
    return (
        row.name,
        row.cases,
        row.right,
        percent(row.interval),
        f"{row.rightly_refused} of {row.refusals}",
        f"{row.rightly_asked_back} of {row.clarifications}",
        f"{row.bound} of {row.claims}",
        row.numbers,
        f"{row.median_seconds:.2f}",
        f"{row.seconds:.1f}",
        f"{row.tokens:,}",
        row.skipped or "",
    )
