"""`eval`: measures the answers on questions with independently computed numbers; needs no workspace."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analyst_agent.cli.eval_tables import print_comparison, print_run
from analyst_agent.cli.shared import Json, open_workspace, print_json, say, write_text
from analyst_agent.errors import InvalidDefinition, WorkspaceError

if TYPE_CHECKING:
    from analyst_agent.evaluation.card import Card
    from analyst_agent.evaluation.expectations import Case, Suite
    from analyst_agent.evaluation.run import CaseResult


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("eval")(evaluate)


def evaluate(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="With --from-feedback: where to write; with --compare: the second run."),
    ] = None,
    model: Annotated[
        str, typer.Option("--model", help="`offline`, or `openai:NAME` with the provider's variables.")
    ] = "offline",
    case: Annotated[
        list[str] | None, typer.Option("--case", metavar="ID", help="Only this case; may be repeated.")
    ] = None,
    data: Annotated[
        str | None, typer.Option("--data", help="Only cases over demo, drapertoby_itsm, uci_incident or workspace.")
    ] = None,
    tier: Annotated[str | None, typer.Option("--tier", help="Only cases of this tier: must or track.")] = None,
    subject: Annotated[
        str | None, typer.Option("--subject", metavar="NAME", help="Only cases of this subject.")
    ] = None,
    sample: Annotated[
        int | None, typer.Option("--sample", metavar="N", help="Only so many of them, of every subject in proportion.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="With --sample: the same seed draws the same cases.")] = 1,
    cases: Annotated[
        Path | None, typer.Option("--cases", metavar="FOLDER", help="Cases of your own, in place of the built-in ones.")
    ] = None,
    repeat: Annotated[
        int, typer.Option("--repeat", min=1, help="Ask each case so often; right means right every time.")
    ] = 1,
    model_seconds: Annotated[
        float | None,
        typer.Option("--model-seconds", help="Seconds for all model calls of one answer, for a slow model."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Also write the result as JSON, after each case.")
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option("--compare", metavar="FILE", help="Compare with that run: a second FILE, or else a run now."),
    ] = None,
    from_feedback: Annotated[
        bool, typer.Option("--from-feedback", help="Ask nothing: write draft cases of what people said of answers.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Ask the eval cases, grade each answer against independent SQL, exit 1 when a must case fails or a case is broken."""
    from analyst_agent.evaluation.cases import read_suite, select
    from analyst_agent.evaluation.result import read_result
    from analyst_agent.evaluation.sampling import sample as sampled
    from analyst_agent.resources import builtin_dir

    if from_feedback:
        _draft(file)
        return
    if file is not None and compare is None:
        raise InvalidDefinition(f"{file} is given without --from-feedback or --compare.", "See `analyst eval --help`.")
    before = read_result(compare) if compare is not None else None
    if before is not None and file is not None:
        _compare(before, read_result(file), as_json)
        return
    if out is not None and (out.is_dir() or not out.absolute().parent.is_dir()):
        raise WorkspaceError(f"Cannot write {out}: there is no such folder, or it is one.", "Choose another place.")
    suite = read_suite(cases or builtin_dir("evals"))
    chosen = select(suite, case or (), data, tier, subject)
    if sample is not None:
        chosen = sampled(chosen, sample, seed)
    card, results, document = _run(suite, chosen, Asking(model, repeat, model_seconds), out)
    if cases is None:
        _keep(card, len(chosen) == len(suite.cases))
    if before is not None:
        _compare(before, document, as_json)
    elif as_json:
        print_json(document)
    else:
        print_run(card, results)
    if any(r.broken or (r.case.tier == "must" and not r.skipped and not r.is_right) for r in results):
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class Asking:
    """How the cases are asked. model_seconds: for all model calls of one answer; None for the workspace's setting."""

    model: str
    repeat: int
    model_seconds: float | None


def _run(
    suite: Suite, chosen: Sequence[Case], asking: Asking, out: Path | None
) -> tuple[Card, list[CaseResult], dict[str, Any]]:
    """Card, results and the document of both, which is also written to `out` after each case: a slow run that is stopped is not lost."""
    from analyst_agent.evaluation.card import make_card
    from analyst_agent.evaluation.result import result_document
    from analyst_agent.evaluation.run import run_cases
    from analyst_agent.workspace.evaluating import EvalData

    results: list[CaseResult] = []
    with (
        tempfile.TemporaryDirectory(prefix="analyst-eval-") as place,
        EvalData(Path(place), suite.views, asking.model, asking.model_seconds) as opened,
    ):
        for result in run_cases(chosen, opened.open, asking.repeat):
            results.append(result)
            _progress(len(results), len(chosen), result)
            if out is not None:
                so_far = make_card(results, asking.model, _today(), asking.repeat)
                write_text(out, _json_text(result_document(so_far, results, len(chosen))))
    card = make_card(results, asking.model, _today(), asking.repeat)
    return card, results, result_document(card, results, len(chosen))


def _draft(file: Path | None) -> None:
    """Writes draft cases of the feedback in the workspace."""
    from analyst_agent.evaluation.drafts import draft_yaml
    from analyst_agent.workspace.remembering import drafts_of_feedback

    workspace = open_workspace()
    drafts = drafts_of_feedback(workspace)
    workspace.close()
    if not drafts:
        say("Nobody said anything of an answer yet: `analyst feedback ID [TURN] right|wrong`.", error=True)
    elif file is None:
        say(draft_yaml(drafts).rstrip("\n"))
    elif file.exists():
        raise WorkspaceError(f"{file} is there already; somebody may have completed its cases.", "Give another name.")
    else:
        write_text(file, draft_yaml(drafts))
        say(f"Wrote {len(drafts)} draft case{'s' * (len(drafts) != 1)} to {file}.", error=True)


def _compare(before: dict[str, Any], after: dict[str, Any], as_json: bool) -> None:
    from analyst_agent.evaluation.comparing import compare
    from analyst_agent.records import to_json

    found = compare(before, after)
    if as_json:
        print_json(to_json(found))
    else:
        print_comparison(found)


def _keep(card: Card, is_whole: bool) -> None:
    """Keeps the card for `analyst skills`; a run is not lost where that cannot be."""
    from analyst_agent.workspace.remembering import keep_card

    try:
        keep_card(card, is_whole=is_whole)
    except (WorkspaceError, OSError) as error:
        say(f"The card could not be kept for `analyst skills`: {error}", error=True)


def _json_text(document: dict[str, Any]) -> str:
    import json

    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _today() -> date:
    return datetime.now(UTC).date()


def _progress(done: int, total: int, result: CaseResult) -> None:
    state = "skipped" if result.skipped else "BROKEN" if result.broken else "right" if result.is_right else "WRONG"
    end = "\n" if done == total else ""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{done}/{total} {result.case.id}: {state}{end}")
        sys.stderr.flush()
    elif state in ("WRONG", "BROKEN") or done == total:
        say(f"{done}/{total} {result.case.id}: {state}", error=True)
