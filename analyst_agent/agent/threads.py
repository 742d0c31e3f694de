"""What was said before a question in its conversation."""

from __future__ import annotations

from dataclasses import dataclass

from analyst_agent.agent.prompting import Earlier
from analyst_agent.records import Choice, Plan


@dataclass(frozen=True, slots=True)
class Thread:
    """previous: the last answered plan, so that "and in EMEA?" has a meaning; discussed: the last one with numbers; pending:
    the choices last offered; earlier: all questions before with their plans, oldest first, told to a model.
    """

    previous: Plan | None = None
    discussed: Plan | None = None
    pending: tuple[Choice, ...] = ()
    earlier: tuple[Earlier, ...] = ()


NO_THREAD = Thread()
