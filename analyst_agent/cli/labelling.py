"""`label`: giving tickets a root cause, auditing a random sample of the unlabelled, and how far inferred causes agree with people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from analyst_agent.cli.shared import Json, open_workspace, person, print_json, print_table, say
from analyst_agent.records import to_json

By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who says so (default: your name here).")]
MOST_ROWS = 200


class _TicketFirst(TyperGroup):
    """A group whose first word may be a ticket: then it is the command `set`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command named, else `set` with all the words."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["set", *args]
        return super().resolve_command(ctx, args)


label = typer.Typer(
    cls=_TicketFirst,
    help="Root causes that people give to tickets: `analyst label TICKET CAUSE`; list, sample, import, report.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(label, name="label")


@label.command("set")
def set_label(
    ticket: Annotated[str, typer.Argument(help="The ticket's id.")],
    cause: Annotated[
        str, typer.Argument(help="Its root cause, such as product_bug; `unclassified` where it cannot be told.")
    ],
    by: By = None,
    note: Annotated[str, typer.Option("--note", help="Why.")] = "",
) -> None:
    """Give an escalated ticket a root cause; `set` may be left out. It wins over every inference; recorded counts stay."""
    from analyst_agent.workspace.labelling import give_label
    from analyst_agent.workspace.sampling import UNCLASSIFIED

    workspace = open_workspace()
    given, recorded = give_label(workspace, ticket, cause, by or person(), note)
    beside = "" if recorded == UNCLASSIFIED else f" Its recorded cause, {recorded}, stays in the counts."
    say(f"{given.ticket}: {given.cause} ({given.source}).{beside}")
    workspace.close()


@label.command("list")
def list_labels(as_json: Json = False) -> None:
    """List every label given, with its source; the one that holds for each ticket is marked."""
    from analyst_agent.workspace.labelling import listed_labels

    workspace = open_workspace()
    found = listed_labels(workspace)
    workspace.close()
    if as_json:
        print_json({"labels": to_json(found)})
        return
    if not found:
        say("No labels. Give one with `analyst label TICKET CAUSE`.")
        return
    if len(found) > MOST_ROWS:
        say(f"The last {MOST_ROWS} of {len(found):,} labels, all in --json.")
    rows = [(o.ticket, o.cause, o.source, o.labelled_at[:16], "yes" if o.holds else "", o.note) for o in found]
    print_table(("ticket", "cause", "source", "labelled at", "holds", "note"), rows[-MOST_ROWS:])


@label.command("sample")
def sample(
    size: Annotated[int, typer.Argument(metavar="N", help="How many tickets.")] = 30,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Draws the same sample again.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it as CSV, to be filled in.")] = None,
    as_json: Json = False,
) -> None:
    """Draw escalated tickets without a recorded cause at random, to be labelled by a person who sees no suggestion."""
    from analyst_agent.workspace.labelling import causes_of
    from analyst_agent.workspace.sampling import draw_sample, write_sheet

    workspace = open_workspace()
    drawn, rows = draw_sample(workspace, size, seed)
    causes = causes_of(workspace)
    workspace.close()
    if out is not None:
        write_sheet(out, rows)
    if as_json:
        about = {"sample": drawn.name, "seed": drawn.seed, "population": drawn.population, "causes": causes}
        print_json({**about, "tickets": rows})
        return
    say(
        f"Sample {drawn.name}: {len(rows)} of {drawn.population:,} tickets, seed {drawn.seed}. Causes: {', '.join(causes)}."
    )
    if out is not None:
        say(f"Fill in the column `cause` of {out}, then `analyst label import {out}`.")
        return
    for row in rows:
        say(f"\n{row['ticket_id']}  {row['escalated_on']}  {row['product_area']}".rstrip())
        for name in ("subject", "description", "notes", "reason"):
            if row[name]:
                say(f"  {name}: {row[name]}")
    say("\nLabel each with `analyst label TICKET CAUSE`.")


@label.command("import")
def import_file(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A CSV file with ticket_id and cause, perhaps note and by.")
    ],
    by: By = None,
    as_json: Json = False,
) -> None:
    """Take the labels of a file; a line without a cause is left, one that is wrong is refused and told."""
    from analyst_agent.workspace.labelling import import_labels

    workspace = open_workspace()
    found = import_labels(workspace, file, by or person())
    workspace.close()
    if as_json:
        print_json(to_json(found))
        return
    say(
        f"{found.labelled} labelled, {found.unchanged} unchanged, {found.empty} without a cause, {len(found.refused)} refused."
    )
    for one in found.refused:
        say(f"  line {one.line}, {one.ticket or 'no ticket'}: {one.reason}")


@label.command("report")
def report(as_json: Json = False) -> None:
    """Tell how often inferred causes agree with people on random samples, with Cohen's kappa; beside it the cross-validation."""
    from analyst_agent.workspace.labelling import report_json, report_of

    workspace = open_workspace()
    found = report_of(workspace)
    workspace.close()
    if as_json:
        print_json(report_json(found))
    else:
        _tell(report_json(found))


def _tell(raw: dict[str, Any]) -> None:
    if raw["problem"]:
        say(f"No root cause is inferred here: {raw['problem']}.")
    say(
        f"Samples: {raw['samples']}. Tickets drawn: {raw['drawn']}, labelled by people: {raw['audited']}, of these answered: {raw['answered']}."
    )
    if not raw["audited"]:
        say("Nothing is audited yet: draw tickets with `analyst label sample --out FILE` and label them.")
    elif raw["audited"] < raw["drawn"]:
        say("Not every ticket drawn is labelled; where the hard ones were left, these numbers flatter.")
    rows = []
    if raw["on_audited"]:
        rows.append(("audited sample of the unlabelled", *_cells(raw["on_audited"])))
    if raw["by_cross_validation"]:
        crossed = raw["by_cross_validation"]
        rows.append(("cross-validation, all known causes", *_cells(crossed)))
        answered = (
            _percent(crossed["precision"]),
            _range(crossed["precision_interval"], _percent),
            "",
            "",
            crossed["answered"],
        )
        rows.append(("cross-validation, those answered", *answered))
    if rows:
        print_table(("measured on", "accuracy", "95 %", "kappa", "95 %", "n"), rows)
    if raw["by_cross_validation"]:
        share = _percent(raw["by_cross_validation"]["answered_share"])
        say(
            f"In cross-validation {share} are answered. It is optimistic: tickets that nobody classified may be harder to tell."
        )


def _cells(found: dict[str, Any]) -> tuple[str, str, str, str, int]:
    kappa = "not defined" if found["kappa"] is None else f"{found['kappa']:.2f}"
    between = "" if found["kappa_interval"] is None else _range(found["kappa_interval"], "{:.2f}".format)
    return _percent(found["accuracy"]), _range(found["accuracy_interval"], _percent), kappa, between, found["n"]


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def _range(ends: list[float], shown: Any) -> str:
    return f"{shown(ends[0])} to {shown(ends[1])}"
