"""Desks with three vocabularies (a SaaS desk, a payment platform's, an IT company's) and plans as short texts to compare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from analyst_agent.embedding import default_embedder
from analyst_agent.records import Choice, Intent, Plan
from analyst_agent.resources import builtin_dir
from analyst_agent.semantic.model import load_model
from analyst_agent.semantic.periods import Clock
from analyst_agent.skillkit import load_skills
from analyst_agent.understanding import Context, SkillCard, understand

SAAS = {
    "tier": ("Enterprise", "Business", "Starter"),
    "plan": ("Enterprise", "Pro", "Basic"),
    "region": ("EMEA", "AMER", "APAC", "LATAM"),
    "segment": ("SMB", "Mid-market", "Large"),
    "industry": ("Retail", "Healthcare", "Public sector", "Finance"),
    "product_area": ("Reports", "Billing", "Sign-on", "Integrations", "Mobile", "Notifications"),
    "category": ("bug", "how-to", "billing question", "access"),
    "channel": ("email", "chat", "phone", "web", "api"),
    "priority": ("P1", "P2", "P3", "P4"),
    "team": ("Tier 1", "Tier 2", "Billing desk"),
    "agent_team": ("Tier 1", "Tier 2", "Billing desk"),
    "to_team": ("Tier 2",),
    "status": ("open", "pending", "solved", "closed"),
    "support_level": ("L1", "L2", "L3"),
    "reason_code": ("bug", "policy", "training", "missed_sla", "data_loss"),
    "trigger": ("agent", "customer", "system", "vip"),
    "language": ("en", "de", "fr"),
    "resolution_type": ("fix", "workaround", "refund", "explanation"),
    "agent": ("Ana Souza", "Jon Smith"),
    "account": (*(f"Company {i} Ltd" for i in range(700)), "Acme Logistics", "Blue Sky", "Initech"),
}
PAYMENTS = {
    "tier": ("Advanced", "Foundation"),
    "region": ("UK & Europe", "North America", "Asia-Pacific", "Australia & New Zealand"),
    "industry": ("Fashion", "Sporting Goods", "Electronics", "Health & Beauty"),
    "category": ("Payments", "API Integrations", "Account Access", "Shipping & Logistics"),
    "priority": ("P1", "P2", "P3", "P4"),
    "support_level": ("L1", "L2", "L3"),
    "agent": ("Alex Mercer", "Samira Khan"),
    "account": ("The Liberty Corporation", "Burlington Coat Factory"),
    "status": ("open", "closed"),
}
INCIDENTS = {
    "category": tuple(f"Category {i}" for i in range(1, 60)),
    "priority": ("1 - Critical", "2 - High", "3 - Moderate", "4 - Low"),
    "channel": ("Phone", "Email", "Self service", "IVR"),
    "team": tuple(f"Group {i}" for i in range(1, 80)),
    "status": ("New", "Resolved", "Closed", "Awaiting User Info"),
}
_OPS = {"in": " in ", "not in": " not in ", "between": " between "}


def _skills() -> tuple[SkillCard, ...]:
    skills = load_skills(builtin_dir("skills")).values()
    return tuple(SkillCard(s.name, s.description, s.triggers, s.examples, s.parameters) for s in skills)


def desk(values: dict[str, tuple[str, ...]], today: date) -> Context:
    return Context(
        model=load_model(),
        clock=Clock(today),
        embed=default_embedder().embed,
        values=values,
        skills=_skills(),
        spaces=("escalation_policies", "known_issues"),
        ticket_shapes=("T-9",),
    )


def brief(plan: Plan) -> str:
    """A plan as one line: what is asked | by | about | where | period (unless the default) | versus | order | cost."""
    said = [f"{plan.intent.value} {plan.skill or ' '.join(plan.metrics)}".strip()]
    if plan.intent in (Intent.REFUSE, Intent.CLARIFY, Intent.SMALLTALK, Intent.KNOWLEDGE):
        return plan.intent.value
    if plan.intent is Intent.DESCRIBE:
        return " ".join(["describe", plan.reason, *plan.metrics, *plan.by])
    if plan.by:
        said.append("by " + " ".join(plan.by))
    if plan.focus:
        said.append(f"about {plan.focus}")
    said += [
        f"{f.field}{_OPS.get(f.op, f.op)}{'/'.join(map(str, f.value)) if isinstance(f.value, tuple) else f.value}"
        for f in plan.where
    ]
    if plan.period is not None and not plan.period_is_default:
        said.append(plan.period.label)
    if plan.comparison is not None:
        said.append(f"vs {plan.comparison.label}")
    said += [f"{'most' if o.descending else 'least'} {o.column}" for o in plan.order]
    if plan.limit is not None:
        said.append(f"first {plan.limit}")
    if plan.cost_per_hour is not None:
        said.append(f"at {plan.cost_per_hour:g}")
    said += [f"{name} {value}" for name, value in plan.options.items()]
    return " | ".join(said)


def converse(context: Context) -> Callable[[str], Plan]:
    """Asks question after question, each with the last answered plan and the choices last offered, as the agent does."""
    previous: Plan | None = None
    discussed: Plan | None = None
    pending: tuple[Choice, ...] = ()

    def ask(question: str) -> Plan:
        nonlocal previous, discussed, pending
        plan = understand(question, replace(context, previous=previous, discussed=discussed, pending=pending))
        pending = plan.choices if plan.intent is Intent.CLARIFY else ()
        if plan.intent in (Intent.SKILL, Intent.QUERY, Intent.KNOWLEDGE):
            previous = plan
        if plan.intent in (Intent.SKILL, Intent.QUERY):
            discussed = plan
        return plan

    return ask
