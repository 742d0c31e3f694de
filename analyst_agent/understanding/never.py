"""Tickets that were never escalated: "weren't escalated", "non-escalated tickets", "without an escalation". Left unread they would be counted as escalated."""

from __future__ import annotations

import re
from dataclasses import replace

from analyst_agent.records import Filter, Intent, Plan
from analyst_agent.semantic.model import Model
from analyst_agent.understanding.mentions import Mention
from analyst_agent.understanding.needless import is_needless
from analyst_agent.understanding.numbers import TIMES
from analyst_agent.understanding.reading import Reading

NEVER = Filter(TIMES, "missing", None)
_BASE = "ticket_count"
_NEVER = re.compile(
    r"\b(?:(?:not|never|nt|cannot) (?:(?:been|be|being|get|got|gotten|have|having|had|yet|ever|need|to|really|actually) ){0,4}escalat(?:ed?|es|ing)"
    r"|(?:non|un|not) ?escalated|unescalated|(?:without|with no|with zero|had no|have no|had zero) (?:(?:an?|any|single) ){0,2}escalations?)\b"
)
_RULE = re.compile(
    r"\b(?:should|must|may|can|could|shall|ought|would|when|why|whether|how (?:can|do|should|could)|what happens)\b"
)
_AGAINST = r"(?:vs|v|versus|than|against|compared (?:to|with))"
_NOT_SO = r"(?:not|non|un|never) ?(?:\w+ )?escalated"
_BESIDE = re.compile(
    rf"\bescalat\w+\b.*\b{_AGAINST} (?:\w+ ){{0,3}}{_NOT_SO}|\b{_NOT_SO}\b.*\b{_AGAINST} (?:\w+ ){{0,2}}escalat\w+"
    rf"|\bescalat\w+ (?:tickets |ones |cases )?(?:and|or) (?:\w+ ){{0,1}}{_NOT_SO}|\b{_NOT_SO} (?:tickets |ones |cases )?(?:and|or) (?:the )?escalat\w+"
)
"""Both kinds set against each other."""
_POINTS = re.compile(r"\b(?:ones|those|these|them)\b")
_OF_ALL = {"mean_csat": "mean_ticket_csat", "mean_handle_minutes": "mean_ticket_handle_minutes"}
"""Means over escalated tickets, and the same over all."""


def read_never(reading: Reading) -> None:
    """Makes a condition of the words; a rule ("when should a ticket not be escalated") is none, nor what was needless."""
    model, said = reading.lexicon.model, reading.said
    match = _NEVER.search(said)
    if match is None or TIMES not in model.filterable() or _BASE not in model.metrics:
        return
    if _RULE.search(said[: match.start()]) or is_needless(said) or _BESIDE.search(said):
        return
    inside = reading.tokens_in(match.span())
    start, end = inside[0], inside[-1] + 1
    touching = [m for m in reading.mentions if m.overlaps(start, end)]
    kept = [m for m in reading.mentions if m not in touching]
    reading.use(start, max([end, *(m.end for m in touching)]))
    reading.conditions.append(NEVER)
    if not any(_BASE in m.metrics for m in kept) and not _POINTS.search(said):
        kept.append(Mention(end - 1, end, metrics=(_BASE,), weak=True))
    reading.mentions = tuple(sorted(kept, key=lambda m: m.start))


def of_never(reading: Reading, metrics: tuple[str, ...]) -> tuple[str, ...]:
    """The metrics as they can be told of tickets that were never escalated: means over all tickets in place of those over escalated ones."""
    if NEVER not in reading.conditions:
        return metrics
    model = reading.lexicon.model
    return tuple(_OF_ALL[m] if _OF_ALL.get(m) in model.metrics else m for m in metrics)


def beside(plan: Plan, reading: Reading) -> Plan:
    """Both kinds of tickets, each with its number, where a plain query sets them against each other."""
    model = reading.lexicon.model
    if plan.intent is not Intent.QUERY or plan.then or _BESIDE.search(reading.said) is None:
        return plan
    of_all = tuple(_OF_ALL.get(m, _BASE if model.metrics[m].is_count else m) for m in plan.metrics)
    if any(model.metrics[m].dataset != "ticket" for m in of_all):
        label = model.metrics[plan.metrics[0]].label
        note = f"Tickets that were never escalated have no {label}: it is given of the escalated ones."
        return replace(plan, notes=(*plan.notes, note))
    ever, never = (
        replace(plan, metrics=of_all, where=(*plan.where, one)) for one in (replace(NEVER, op="present"), NEVER)
    )
    return replace(ever, then=(replace(never, notes=()),))


def told_of_escalated(plan: Plan, model: Model) -> str:
    """What of a plan tickets that were never escalated cannot have, as a label; empty where there is nothing."""
    if NEVER not in plan.where or plan.options.get("which") == "created":
        return ""
    if plan.intent is Intent.SKILL:
        return (plan.skill or "").replace("_", " ")
    return next((model.metrics[m].label for m in plan.metrics if model.metrics[m].dataset != "ticket"), "")
