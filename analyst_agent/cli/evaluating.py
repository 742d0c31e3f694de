"""`eval`: measures the answers on questions with independently computed numbers; needs no workspace."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analyst_agent.cli.shared import Json, print_json, print_table, say

if TYPE_CHECKING:
    from analyst_agent.evaluation.card import Card, CardRow
    from analyst_agent.evaluation.run import CaseResult

COLUMNS = ("subject", "cases", "right", "95 % interval", "rightly refused", "rightly asked back", "bound", "numbers", "s", "tokens", "skipped")  # fmt: skip


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("eval")(evaluate)


def evaluate(
    model: Annotated[
        str, typer.Option("--model", help="`offline`, or `openai:NAME` with the provider's variables.")
    ] = "offline",
    case: Annotated[
        list[str] | None, typer.Option("--case", metavar="ID", help="Only this case; may be repeated.")
    ] = None,
    data: Annotated[
        str | None, typer.Option("--data", help="Only cases over demo, drapertoby_itsm or uci_incident.")
    ] = None,
    repeat: Annotated[
        int, typer.Option("--repeat", min=1, help="Ask each case so often; right means right every time.")
    ] = 1,
    as_json: Json = False,
) -> None:
    """Ask the eval cases, grade each answer against independent SQL, exit 1 when a must case fails."""
    from analyst_agent.evaluation.card import make_card
    from analyst_agent.evaluation.cases import read_suite, select
    from analyst_agent.evaluation.run import run_cases
    from analyst_agent.resources import builtin_dir
    from analyst_agent.workspace.evaluating import EvalData

    suite = read_suite(builtin_dir("evals"))
    chosen = select(suite, case or (), data)
    results: list[CaseResult] = []
    with (
        tempfile.TemporaryDirectory(prefix="analyst-eval-") as place,
        EvalData(Path(place), suite.views, model) as opened,
    ):
        for result in run_cases(chosen, opened.open, repeat):
            results.append(result)
            _progress(len(results), len(chosen), result)
    card = make_card(results, model, _today(), repeat)
    if as_json:
        print_json({"card": card.to_dict(), "cases": [_case_document(r) for r in results]})
    else:
        _print(card, results)
    if any(r.case.tier == "must" and not r.skipped and not r.is_right for r in results):
        raise typer.Exit(1)


def _today() -> date:
    return datetime.now(UTC).date()


def _progress(done: int, total: int, result: CaseResult) -> None:
    state = "skipped" if result.skipped else "right" if result.is_right else "WRONG"
    end = "\n" if done == total else ""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{done}/{total} {result.case.id}: {state}{end}")
        sys.stderr.flush()
    elif state == "WRONG" or done == total:
        say(f"{done}/{total} {result.case.id}: {state}", error=True)


def _print(card: Card, results: Sequence[CaseResult]) -> None:
    for title, rows in (("By subject", (*card.by_subject, card.total)), ("By skill", card.by_skill)):
        say(title)
        print_table(COLUMNS, [_cells(row) for row in rows])
        say()
    for result in results:
        if not result.skipped and not result.is_right:
            _print_failed(result)
    for reason in dict.fromkeys(r.skipped for r in results if r.skipped):
        say(f"Skipped, data absent: {sum(r.skipped == reason for r in results)} cases. {reason}.")
    run = [r for r in results if not r.skipped]
    must = [r for r in run if r.case.tier == "must"]
    say(
        f"{card.model}, {card.day}: {sum(r.is_right for r in must)} of {len(must)} must cases right, "
        f"{sum(r.is_right for r in run)} of {len(run)} in all."
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
    interval = f"{row.interval[0] * 100:.0f} to {row.interval[1] * 100:.0f} %" if row.interval else "-"
    return (
        row.name,
        row.cases,
        row.right,
        interval,
        f"{row.rightly_refused} of {row.refusals}",
        f"{row.rightly_asked_back} of {row.clarifications}",
        f"{row.bound} of {row.claims}",
        row.numbers,
        f"{row.median_seconds:.2f}",
        f"{row.tokens:,}",
        row.skipped or "",
    )


def _case_document(result: CaseResult) -> dict[str, object]:
    from analyst_agent.records import to_json

    case = result.case
    return {
        "id": case.id,
        "subject": case.subject,
        "tier": case.tier,
        "data": case.data,
        "right": result.is_right,
        "skipped": result.skipped or None,
        "passes": result.passes,
        "repeats": len(result.attempts),
        "attempts": to_json(result.attempts),
    }
