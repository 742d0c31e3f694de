"""The step `notify`: the subject and opening of a report to channels that the settings name (Slack, Teams and others, by Apprise)."""

from __future__ import annotations

from dataclasses import dataclass

from analyst_agent.playbook.kinds.kind import BUILT_IN_VALUES, StepContext, StepKind
from analyst_agent.playbook.kinds.sending import is_due, report_of
from analyst_agent.playbook.reading.options import Options
from analyst_agent.playbook.records import Place, Playbook, Posted, Report, Result, Step
from analyst_agent.playbook.templates import check_expression
from analyst_agent.records import Finding


@dataclass(frozen=True, slots=True)
class Notice:
    """channels: names of [delivery.channels]. only_if: an expression, "" for always."""

    channels: tuple[str, ...]
    only_if: str
    place: Place


def _read(options: Options) -> Notice:
    inside = options.under("notify", f"the notice of {options.what}")
    made = Notice(inside.texts("to"), inside.text("only_if", ""), inside.place())
    inside.done()
    if not made.channels:
        raise made.place.wrong("a notice goes to channels.", "Write `to: [support]`, a name of [delivery.channels].")
    return made


def _check(step: Step, playbook: Playbook) -> None:
    wanted: Notice = step.options
    if wanted.only_if:
        check_expression(wanted.only_if, (*playbook.variables, *BUILT_IN_VALUES, *step.inputs, "fact"), wanted.place)


def _run(step: Step, context: StepContext) -> Result:
    wanted: Notice = step.options
    if context.scope:
        return Posted(quiet="Channels are told of the whole only, not of an edition within a scope.")
    reason = is_due(wanted.only_if, wanted.place, context)
    if reason:
        return Posted(quiet=reason)
    return context.post.notify(step.name, report_of(context, step), wanted.channels)


KIND = StepKind(_read, _run, takes=(Report, Finding), gives=Posted, check=_check)
