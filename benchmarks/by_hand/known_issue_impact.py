"""SQL by hand for known issues: the total, and texts and notes of the days that are read."""

from __future__ import annotations

import math
from collections.abc import Mapping

from analyst_agent.records import Finding
from analyst_agent.skillkit.issues.cases import MOST_READ
from benchmarks.by_hand.clauses import letters, notes, period_of, totals


def known_issue_impact(finding: Finding, _: Mapping[str, str]) -> list[str]:
    """Of very many tickets only every so many-th day is examined, so only those days are read."""
    period, escalated = period_of(finding), int(str(finding.facts[0].value))
    step = math.ceil(escalated / MOST_READ)
    step += step > 1 and step % 7 == 0
    days = f"(e.counted_at::DATE - DATE '{period.start}') % {step} = 0"
    return [totals(period), letters(period, ", e.handle_minutes", days), notes(period, days)]
