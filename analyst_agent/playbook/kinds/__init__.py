"""The kinds of steps. A new one is one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from analyst_agent.playbook.kinds import changes, email, format_report, homework, notify, python, query, skill
from analyst_agent.playbook.kinds.kind import StepKind

KINDS: Mapping[str, StepKind] = MappingProxyType(
    {
        "query": query.KIND,
        "skill": skill.KIND,
        "python": python.KIND,
        "homework": homework.KIND,
        "changes": changes.KIND,
        "format": format_report.KIND,
        "email": email.KIND,
        "notify": notify.KIND,
    }
)
