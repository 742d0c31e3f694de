"""The step `skill`: a skill of the workspace with its arguments, whose finding is the step's result."""

from __future__ import annotations

from analyst_agent.playbook.kinds.kind import StepKind
from analyst_agent.playbook.kinds.planned import Asked, check_templates, executed, read_asked, ready
from analyst_agent.playbook.reading.options import Options
from analyst_agent.skillkit.parameters import OPTIONS

ARGUMENTS = tuple(dict.fromkeys(("by", "focus", "where", "period", "compare_with", "cost_per_hour", *OPTIONS)))


def _read(options: Options) -> Asked:
    name = options.text("skill")
    if not options.has("with"):
        return Asked(name, {}, options.place("skill"))
    return read_asked(options.under("with", f"the skill of {options.what}"), name, ARGUMENTS)


KIND = StepKind(_read, executed, check=check_templates, ready=ready)
