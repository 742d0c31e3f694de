"""The step `query`: metrics of the semantic model, split, filtered and compared as `analyst query` does it."""

from __future__ import annotations

from analyst_agent.agent.calls import QUERY
from analyst_agent.playbook.kinds.kind import StepKind
from analyst_agent.playbook.kinds.planned import Asked, check_templates, executed, read_asked, ready
from analyst_agent.playbook.reading.options import Options

ARGUMENTS = ("metrics", "by", "where", "order_by", "limit", "descending", "period", "compare_with", "cost_per_hour")


def _read(options: Options) -> Asked:
    inside = options.under("query", f"the query of {options.what}")
    asked = read_asked(inside, QUERY, ARGUMENTS)
    if not asked.arguments.get("metrics"):
        raise inside.place().wrong("a query names its metrics.", "For example `metrics: [escalation_rate]`.")
    return asked


KIND = StepKind(_read, executed, check=check_templates, ready=ready)
