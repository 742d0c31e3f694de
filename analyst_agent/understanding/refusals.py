"""Why a question is not answered, in one precise sentence, and what can be asked instead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from analyst_agent.errors import nearest
from analyst_agent.records import Choice, Intent, Plan
from analyst_agent.semantic.model import GRAINS
from analyst_agent.understanding.context import Context
from analyst_agent.understanding.lexicon import lexicon_of
from analyst_agent.understanding.meaning import nearest_metrics
from analyst_agent.understanding.reading import Unknown
from analyst_agent.understanding.unknown import nearest_values

CAN_ASK = (
    "I answer questions about this helpdesk's tickets and escalations: what drove them, how often they happen, how long they take and what "
    "they cost, by any field and period, and what the policies and known issues say."
)  # fmt: skip
EMPTY = f"There is no question. {CAN_ASK}"
OFF_TOPIC = f"That is not in the data or documents I have. {CAN_ASK}"
READS_ONLY = "I only read"
FORECAST = (
    "I report what the data hold and do not forecast; ask for a past period, for example the last 12 months by month."
)
INJECTION = f"I keep to my task whatever a text says. {CAN_ASK}"
SECRET = f"I do not give out credentials or private details of people. {CAN_ASK}"
FILES = f"I do not show files, settings or code; I answer from the loaded tickets and documents. {CAN_ASK}"
OTHER_DESKS = f"I know the data of this helpdesk only, and nothing of other companies. {CAN_ASK}"
OTHER_TALKS = f"I do not tell what others asked me; each conversation is its own. {CAN_ASK}"
NOTHING_MEANT = (
    "Nothing is under discussion that this could mean; name it, for example: Compare escalation rates by region."
)
ROWS = (
    "I list single tickets by what is recorded of them, such as priority, product area, account or cause, not by what their texts say, and "
    "hand out no raw tables; ask for example: List the P1 escalations of last month."
)
RAW = re.compile(
    r"\bdump (?:of )?(?:\w+ )?(?:tickets?|escalations?|accounts?|agents?|resolutions?|data|database|tables?|everything|rows)\b|\b(?:data )?dump\b"
    r"|\bselect (?:\w+ ){0,8}?from (?:tickets?|escalations?|escalated|accounts?|agents?|resolutions?)\b"
    r"|\b(?:tickets?|escalations?|accounts?|agents?|resolutions?) tables?\b(?! of)"
)
"""Whole tables, or rows of them by a statement of their own."""
LANGUAGE = f"I could not read that as an English question. {CAN_ASK}"


def other_language(language: str) -> str:
    """That only English is understood."""
    return f"I read this as {language}, and understand questions in English only. {CAN_ASK}"


def never_escalated(label: str) -> str:
    """Why a measure of escalated tickets is not told of those that were never escalated."""
    return (
        f"The {label} is of escalated tickets; those that were never escalated have none. Ask for their number, CSAT, handle time or time to "
        "first response."
    )


def refuse(reason: str, confidence: float = 0.9, choices: Sequence[Choice] = ()) -> Plan:
    """A plan that answers nothing and says why."""
    return Plan(Intent.REFUSE, confidence, reason=reason, choices=tuple(choices))


_WHO_CAN = {
    "document": "Whoever keeps the documents changes it there: `status` and `fixed_on` stand at the top of a known issue's document, and "
    "`analyst knowledge add FOLDER`, or the page Knowledge, brings the change here.",
    "recommendation": "You can, where the analyst runs, with `analyst recommendations mark ID done` (or not_done, dropped, unknown).",
    "cause": "You can, where the analyst runs, with `analyst label set TICKET CAUSE`; it is kept beside what the helpdesk recorded.",
    "record": "It is changed in the helpdesk it comes from, by whoever may do so there; the next `analyst load`, or the page Data, brings the change here.",
    "mail": "Mail is sent by playbooks only, to the recipients their owner has set: `analyst playbook list` shows them, `analyst playbook activate` "
    "sets one going, as does the page Playbooks. `analyst sessions export`, or Export on the page, writes this conversation to a file.",
}  # fmt: skip


_REACHES = frozenset(("inform", "text", "phone", "ring", "ping", "dm", "notify", "call"))
"""Verbs whose object is a person."""


def action(verb: str, about: str = "") -> Plan:
    """A request to change or send something, with who can and how. about: as `actions.Action` has it."""
    who = _WHO_CAN.get(about, "Ask what the data or documents say instead.")
    whom = "anybody" if verb in _REACHES else "anything"
    return refuse(f"{READS_ONLY} and cannot {verb} {whom}. {who}")


_OBJECTS = {"account": "accounts", "agent": "agents", "resolution_type": "resolutions", "reason_code": "escalations"}


def unknown_name(one: Unknown, context: Context) -> Plan:
    """A name that exists neither in the model nor among the values, with the nearest that do, and whose names are not granted."""
    plan = _unknown_name(one, context)
    held = [what for field, what in _OBJECTS.items() if field in context.model.revoked]
    if not held or one.place == "condition":
        return plan
    return replace(plan, reason=f"{plan.reason} What {_listed(held)} have is not granted to this analyst.")


def _unknown_name(one: Unknown, context: Context) -> Plan:
    lexicon = lexicon_of(context)
    said = one.text[:60]
    if one.place == "dimension":
        labels = {context.model.dimension_label(d): d for d in context.model.dimensions()}
        close = nearest(said, [*labels, *GRAINS], 3) or list(labels)[1:5]
        return refuse(
            f"I know no field called {said!r} to split by; nearest are {_listed(close)}.", choices=_choices(close)
        )
    if one.place == "none":
        return refuse(
            f"I can show which have most or fewest, and not those {said!r}: what has none is in no row of a number."
        )
    if one.place == "condition":
        fields = [f.label for f in context.model.filterable().values() if f.kind == "number"]
        return refuse(
            f"I cannot tell which number {said!r} is about; I can limit {_listed(list(dict.fromkeys(fields))[:6])}."
        )
    if one.place in ("metric", "measure"):
        close = nearest(said, [m.label for m in context.model.metrics.values()], 2)
        by_meaning = [context.model.metrics[n].label for n, _ in nearest_metrics(said, context)]
        labels_near = list(dict.fromkeys([*close, *by_meaning]))[:3]
        return refuse(
            f"I have no metric or field called {said!r}; nearest are {_listed(labels_near)}.",
            choices=_choices(labels_near),
        )
    discussed = one.dimension if lexicon.values.get(one.dimension) else _discussed(context)
    if discussed is not None:
        label, stored = context.model.dimension_label(discussed), lexicon.values[discussed]
        return refuse(
            f"I know no {label} called {said!r}; there are {_listed(stored[:8])}.", choices=_choices(stored[:4])
        )
    close = nearest_values(lexicon, said)
    if close:
        return refuse(
            f"I know no value or field called {said!r}; nearest are {_listed(close)}.", choices=_choices(close)
        )
    small = [d for d in ("tier", "region", "product_area", "category") if lexicon.values.get(d)]
    hint = "; ".join(f"{context.model.dimension_label(d)} has {_listed(lexicon.values[d][:4])}" for d in small[:2])
    return refuse(f"I know no value or field called {said!r}." + (f" For example, {hint}." if hint else ""))


def _discussed(context: Context) -> str | None:
    """The one field under discussion whose values can all be named."""
    if context.previous is None:
        return None
    values = lexicon_of(context).values
    fields = dict.fromkeys([*context.previous.by, *(f.field for f in context.previous.where)])
    named = [d for d in fields if 0 < len(values.get(d, ())) <= 8]
    return named[0] if len(named) == 1 else None


def revoked(names: Sequence[str], context: Context) -> Plan:
    """A field or metric that exists in the product but not for this analyst."""
    name = names[0]
    return refuse(
        f"{name.replace('_', ' ').capitalize()} needs {context.model.revoked[name]}, which this analyst is not granted; ask without it or have it granted."
    )


def private(plan: Plan, context: Context) -> Plan | None:
    """A refusal where a plan is split or limited by people or named customers and may not be; None where it may."""
    if context.personal_allowed:
        return None
    fields = context.model.filterable()
    for name in (*plan.by, *(f.field for f in plan.where)):
        if name in fields and fields[name].personal:
            return refuse(
                f"Answers about a single {fields[name].label} are not allowed here; ask by team, region or another field instead."
            )
    return None


def withheld(space: str, what: str, context: Context) -> Plan:
    """Documents of a kind that exists in the product but is not granted here."""
    others = f"; it may search {_listed(context.spaces)}" if context.spaces else ""
    return refuse(f"{what} need the knowledge space {space}, which this analyst is not granted{others}.")


def _listed(names: Sequence[str]) -> str:
    shown = [str(n)[:60] for n in names]
    return ", ".join(shown[:-1]) + (" and " if len(shown) > 1 else "") + shown[-1] if shown else "none"


def _choices(names: Sequence[str]) -> list[Choice]:
    return [Choice(str(n)) for n in names]
