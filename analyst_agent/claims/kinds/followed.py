"""Claims of a report's homework: how many of the last recommendations were done."""

from __future__ import annotations

from collections.abc import Mapping

from analyst_agent.claims import formats
from analyst_agent.claims.records import Kind, Request


def recommendations_followed(request: Request) -> str:
    """ "Of 6 recommendations for September 2026, 2 are done, 1 is not done and of 3 it is unknown"."""
    whole = next((fact for fact in request.facts if not fact.dimensions), None)
    if whole is None or not formats.is_number(whole.value):
        return ""
    total = float(whole.value or 0)
    parts = []
    for fact in request.facts:
        if not fact.dimensions:
            continue
        became, number = str(fact.dimensions.get("became")), float(fact.value or 0)
        verb = formats.plural(number, "is", "are")
        parts.append(
            f"{formats.count(number)} {verb} {became}"
            if became != "unknown"
            else f"of {formats.count(number)} it is unknown"
        )
    when = f" for {formats.period_name(whole.period)}" if whole.period else ""
    return f"Of {formats.count(total)} {formats.plural(total, 'recommendation')}{when}, {formats.listed(parts)}"


KINDS: Mapping[str, Kind] = {"recommendations_followed": recommendations_followed}
OPENING = frozenset(KINDS)
