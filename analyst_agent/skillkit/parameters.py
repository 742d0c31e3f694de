"""What a skill may be given by name besides filters and periods: the one table behind the model's tools, the plans and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Parameter:
    """type: what its value is read as. description: what a model and a person read of it."""

    type: type[str] | type[int] | type[float]
    description: str


# To add a parameter: one line here, and an argument of that name, optional, in the skill's function.
OPTIONS: Mapping[str, Parameter] = MappingProxyType(
    {
        "by": Parameter(str, "The dimension whose values are compared, such as tier, segment, region or plan."),
        "second": Parameter(str, "A second dimension: the combinations of both are compared."),
        "focus": Parameter(str, "The value asked about, such as Enterprise. Empty: all of them."),
        "metric": Parameter(str, "The metric asked about, such as escalation_rate."),
        "grain": Parameter(str, "The unit of time: day, week, month or quarter. Empty: one that suits the period."),
        "ticket": Parameter(str, "The id of the ticket asked about, as it is stored."),
        "which": Parameter(str, "Which tickets: escalated, open or resolved of these, or created. Empty: escalated."),
        "order": Parameter(
            str,
            "newest, oldest, longest_open, longest_to_resolve, fastest_to_resolve or most_handle_time. Empty: newest.",
        ),
        "limit": Parameter(int, "So many tickets at most."),
        "issue": Parameter(str, "The id of the known issue asked about, such as KI-12. Empty: all of them."),
        "days": Parameter(int, "So many days count as new."),
        "horizon": Parameter(int, "So many units of time ahead."),
        "reduction": Parameter(float, "The part of the escalations that would be avoided, 0 to 1."),
    }
)
PLAN_FIELDS = ("by", "focus")
"""Options that a plan holds in fields of their own."""
