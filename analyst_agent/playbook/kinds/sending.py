"""What steps that send share: whether there is anything to send, and the report they send."""

from __future__ import annotations

from analyst_agent.playbook.kinds.kind import StepContext
from analyst_agent.playbook.page.views import fact_in
from analyst_agent.playbook.records import Place, Report, Step
from analyst_agent.playbook.templates import holds


def is_due(only_if: str, place: Place, context: StepContext) -> str:
    """Why nothing is sent, "" where it is: the condition holds, or there is none."""
    if not only_if:
        return ""
    findings = context.findings()
    values = {**context.values, **findings, "fact": fact_in(findings, context.desk.wording)}
    return "" if holds(only_if, values, place) else f"Nothing was sent: `{only_if}` does not hold."


def report_of(context: StepContext, step: Step) -> Report:
    """The one report among the step's inputs. Raises InvalidDefinition where there is none, or are several."""
    reports = [one for one in context.results.values() if isinstance(one, Report)]
    if len(reports) != 1:
        raise step.place.wrong(
            f"step {step.name!r} sends one report, and its inputs hold {len(reports)}.",
            "Name one format step in its inputs.",
        )
    return reports[0]
