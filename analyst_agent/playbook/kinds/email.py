"""The step `email`: a report mailed to its recipients, each within her scope; at first into the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analyst_agent.errors import InvalidDefinition
from analyst_agent.playbook.kinds.kind import BUILT_IN_VALUES, StepContext, StepKind
from analyst_agent.playbook.kinds.sending import is_due, report_of
from analyst_agent.playbook.reading.options import Options
from analyst_agent.playbook.records import Place, Playbook, Posted, Recipient, Report, Result, Step
from analyst_agent.playbook.templates import check_expression
from analyst_agent.records import Finding


@dataclass(frozen=True, slots=True)
class Mailing:
    """to: recipients as written, or the name of the variable that holds them. only_if: an expression, "" for always."""

    to: Any
    only_if: str
    place: Place


def _read(options: Options) -> Mailing:
    inside = options.under("email", f"the mail of {options.what}")
    made = Mailing(inside.raw("to") if inside.has("to") else "recipients", inside.text("only_if", ""), inside.place())
    inside.done()
    return made


def _check(step: Step, playbook: Playbook) -> None:
    wanted: Mailing = step.options
    if isinstance(wanted.to, str) and "@" not in wanted.to and wanted.to not in playbook.variables:
        raise wanted.place.wrong(
            f"the mail goes to {wanted.to!r}, which is no address and no variable.",
            "Write `to: [somebody@example.com]`, or name a variable.",
        )
    _recipients(step, playbook.variables)
    if wanted.only_if:
        check_expression(wanted.only_if, (*playbook.variables, *BUILT_IN_VALUES, *step.inputs, "fact"), wanted.place)


def _recipients(step: Step, variables: Mapping[str, Any]) -> Sequence[Recipient]:
    wanted: Mailing = step.options
    named = variables.get(wanted.to, wanted.to) if isinstance(wanted.to, str) else wanted.to
    listed = named if isinstance(named, list) else [named] if named else []
    return [_recipient(one, wanted.place) for one in listed]


def _recipient(given: Any, place: Place) -> Recipient:
    """`somebody@example.com`, or `{address: ..., name: ..., scope: "region = EMEA"}`. Raises InvalidDefinition."""
    if isinstance(given, str):
        return Recipient(_address(given, place))
    if not isinstance(given, Mapping) or not isinstance(given.get("address"), str):
        raise _wrong(place, f"{given!r} is no recipient")
    unknown = set(given) - {"address", "name", "scope"}
    if unknown:
        raise _wrong(place, f"a recipient has no {sorted(unknown)[0]!r}")
    scope = given.get("scope") or []
    texts = scope if isinstance(scope, list) else [scope]
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise _wrong(place, f"{scope!r} is no scope")
    return Recipient(_address(given["address"], place), str(given.get("name") or ""), tuple(texts))


def _address(text: str, place: Place) -> str:
    if "@" not in text:
        raise _wrong(place, f"{text!r} is no address")
    return text.strip()


def _wrong(place: Place, what: str) -> InvalidDefinition:
    return place.wrong(f"{what}.", 'Write somebody@example.com, or {address: ..., scope: "region = EMEA"}.')


def _run(step: Step, context: StepContext) -> Result:
    wanted: Mailing = step.options
    reason = is_due(wanted.only_if, wanted.place, context)
    if reason:
        return Posted(quiet=reason)
    told = [one for one in _recipients(step, context.variables) if one.scope == context.scope]
    return context.post.mail(step.name, report_of(context, step), told, context.findings())


KIND = StepKind(_read, _run, takes=(Report, Finding), gives=Posted, check=_check, recipients=_recipients)
