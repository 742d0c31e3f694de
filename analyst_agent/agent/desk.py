"""What the analyst works with: the engine, the documents, the skills and the clock of one workspace, and the one way to execute a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from analyst_agent.agent.described import describe
from analyst_agent.agent.lookup import LookedUp, lookup_finding, searched
from analyst_agent.agent.remembered import RememberedFindings
from analyst_agent.claims import Wording
from analyst_agent.collecting import rarely_collected
from analyst_agent.errors import NotGranted, NotPermitted, UnknownName
from analyst_agent.metric_finding import metric_finding
from analyst_agent.records import Finding, Intent, Plan
from analyst_agent.semantic.model import Model
from analyst_agent.semantic.periods import Clock, last_days
from analyst_agent.settings import Settings
from analyst_agent.skillkit import Skill, SkillContext
from analyst_agent.understanding import Embed
from analyst_agent.warehouse.querying.engine import Engine

MOST_PASSAGES = 4


class Library(Protocol):
    """The granted documents."""

    def looked_up(self, query: str, spaces: tuple[str, ...] = (), limit: int = MOST_PASSAGES) -> LookedUp:
        """Passages that speak to the query, best first, none where the documents do not say; and what contradicts them."""
        ...

    def spaces(self) -> tuple[str, ...]:
        """Names of the granted spaces that hold documents."""
        ...

    def issue_ids(self) -> tuple[str, ...]:
        """Ids of the granted known issues."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything one analyst may use, already reduced to grants and restrictions. remembered: of findings computed before, where
    they are kept.
    """

    engine: Engine
    library: Library
    skills: Mapping[str, Skill]
    context: SkillContext
    settings: Settings
    clock: Clock
    wording: Wording
    embed: Embed
    remembered: RememberedFindings | None = None

    @property
    def model(self) -> Model:
        """The granted semantic model."""
        return self.engine.model

    def execute(self, plan: Plan) -> Finding:
        """The finding of a plan of intent skill, query, knowledge or describe. Raises an AnalystError that says why it cannot be."""
        return self.remembered.of(plan, self._executed) if self.remembered is not None else self._executed(plan)

    def _executed(self, plan: Plan) -> Finding:
        if plan.intent is Intent.KNOWLEDGE:
            return self._passages(plan)
        if plan.intent is Intent.DESCRIBE:
            return describe(plan, self.engine, self.skills, self.library.spaces())
        if plan.intent is Intent.SKILL and (plan.period is None or plan.period_is_default):
            # Where nobody named any days, a skill knows best which it needs.
            return self._run_skill(replace(plan, period=None))
        if plan.period is None:
            plan = replace(plan, period=last_days(self.clock, 30), period_is_default=True)
        self.engine.check_period(plan.period)
        if plan.intent is Intent.QUERY:
            return metric_finding(self.context, plan)
        if plan.intent is Intent.SKILL:
            return self._run_skill(plan)
        raise NotPermitted(
            f"A plan of intent {plan.intent.value} cannot be executed.", "Ask a question about the data."
        )

    def _run_skill(self, plan: Plan) -> Finding:
        skill = self.skills.get(plan.skill or "")
        if skill is None:
            raise UnknownName("skill", str(plan.skill), self.skills)
        offered = {
            **plan.options,
            "period": plan.period,
            "where": plan.where,
            "comparison": plan.comparison,
            "by": plan.by[0] if plan.by else None,
            "focus": plan.focus,
            "cost_per_hour": plan.cost_per_hour,
        }
        with rarely_collected():
            return skill.function(self.context, **{k: v for k, v in offered.items() if k in skill.parameters})

    def _passages(self, plan: Plan) -> Finding:
        for space in plan.spaces:
            if not self.settings.grants.has_space(space):
                raise NotGranted(f"The knowledge space {space!r} is not granted to this analyst.", "Ask the others.")
            if space not in self.library.spaces():
                raise UnknownName("knowledge space", space, self.library.spaces())
        return lookup_finding(
            self.library.looked_up(searched(plan.knowledge_query or ""), plan.spaces), self.context, self.engine
        )
