"""Claims about causes that nobody recorded: what such tickets read like, and how often that was right."""

from __future__ import annotations

from collections.abc import Mapping

from analyst_agent.claims import formats
from analyst_agent.claims.records import Kind, Request

CAUSE = "inferred_root_cause"
MOST_NAMED = 3


def inferred_causes(request: Request) -> str:
    """ "Of 53 tickets without a recorded cause, 19 read like Product bug and 4 like Policy gap (confidence 86.0 % on average, not
    counted above)".
    """
    examined = request.of("inferred_examined_count")
    counted = [f for f in request.facts if f.metric == "inferred_cause_count" and f.dimensions.get(CAUSE)]
    if examined is None or not counted or not formats.is_number(examined.value):
        return ""
    total = float(examined.value or 0)
    first = float(counted[0].value or 0)
    named = [f"{request.wording.number(f)} like {request.name_of(f, CAUSE)}" for f in counted[1:MOST_NAMED]]
    opening = f"{request.wording.number(counted[0])} {formats.plural(first, 'reads', 'read')} like {request.name_of(counted[0], CAUSE)}"
    sure = request.of("inferred_cause_confidence")
    how = f"confidence {request.wording.number(sure)} on average, " if sure is not None else ""
    noun = formats.plural(total, "ticket")
    is_part = examined.n is not None and examined.n > total
    whom = f"{formats.count(total)} examined of {formats.count(examined.n or 0)}" if is_part else formats.count(total)
    return (
        f"Of {whom} {noun} without a recorded cause, {formats.listed([opening, *named], MOST_NAMED)} "
        f"({how}not counted above)"
    )


def inference_measured(request: Request) -> str:
    """ "In cross-validation 88.4 % of such answers were right (82.7 % to 92.4 %), on tickets with a known cause, which may be
    easier".
    """
    fact = request.of("inferred_cause_precision")
    if fact is None or not formats.is_number(fact.value):
        return ""
    return (
        f"In cross-validation {request.wording.number(fact)} of such answers were right{_range(request)}, on tickets with a "
        "known cause, which may be easier"
    )


def inference_audited(request: Request) -> str:
    """ "An audit of a random sample of such tickets found 81.0 % of the answers right (60.0 % to 92.0 %, n = 21)"."""
    fact = request.of("inferred_cause_audited_accuracy")
    if fact is None or not formats.is_number(fact.value):
        return ""
    return f"An audit of a random sample of such tickets found {request.wording.number(fact)} of the answers right{_range(request)}"


def _range(request: Request) -> str:
    fact = request.facts[0]
    if fact.interval is None:
        return ""
    low, high = (formats.number(end, fact.unit) for end in fact.interval)
    n = f", n = {formats.count(fact.n)}" if fact.n is not None else ""
    return f" ({low} to {high}{n})"


KINDS: Mapping[str, Kind] = {
    "inferred_causes": inferred_causes,
    "inference_measured": inference_measured,
    "inference_audited": inference_audited,
}
