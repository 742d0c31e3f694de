"""The opening of a report in a configured model's words, where every clause of it is bound; the default text otherwise."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from analyst_agent.agent.budget import Budget
from analyst_agent.agent.calling import Caller
from analyst_agent.agent.models import OFFLINE
from analyst_agent.agent.summary import summarised
from analyst_agent.claims import Claim, claims_of
from analyst_agent.playbook.kinds.kind import StepContext
from analyst_agent.playbook.records import Report
from analyst_agent.records import Finding


def with_summary(report: Report, step: str, finding: Finding, context: StepContext) -> Report:
    """The report with the opening that a model made of the finding's claims, or as it is.

    What a model made of the same claims in an earlier run on the same days is taken again: the same data give the same report,
    whatever mood the model is in. Without a model nothing changes.
    """
    settings, wording = context.desk.settings, context.desk.wording
    claims = claims_of(finding, wording)
    if settings.model in ("", OFFLINE) or not claims:
        return report
    mark = _mark(settings.model, claims)
    for one in context.earlier():
        known = one.read(step)
        if isinstance(known, Report) and known.worded_from == mark and known.worded_by:
            return replace(report, opening=known.opening, worded_by=known.worded_by, worded_from=mark)
    second = [settings.fallback_model] if settings.fallback_model not in ("", OFFLINE, settings.model) else []
    budget = Budget(settings.model_seconds, settings.model_calls, settings.model_tokens)
    made = summarised(Caller([settings.model, *second], context.open_chat, budget), claims, finding, wording)
    if made.text is None:
        return replace(report, wording_note=made.reason)
    return replace(report, opening=made.text, worded_by=made.model, worded_from=mark)


def _mark(model: str, claims: Sequence[Claim]) -> str:
    told = "\n".join([model, *(f"{one.id} {one.text}" for one in claims)])
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()
