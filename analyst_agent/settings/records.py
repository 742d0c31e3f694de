"""What `analyst.toml` can say, as records: every key with its default and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from analyst_agent.settings.delivery import Delivery
from analyst_agent.settings.serving import Serving


def _setting(default: Any, doc: str) -> Any:
    if callable(default):
        return field(default_factory=default, metadata={"doc": doc})
    return field(default=default, metadata={"doc": doc})


@dataclass(frozen=True, slots=True)
class Grants:
    """What the analyst may use; what is not named does not exist for it. None grants everything of its kind."""

    sources: tuple[str, ...] | None = None
    objects: tuple[str, ...] | None = None
    knowledge: tuple[str, ...] | None = None

    def has_source(self, name: str) -> bool:
        """Whether data of the source `helpdesk` or `crm` may be used."""
        return self.sources is None or name in self.sources

    def has_object(self, name: str) -> bool:
        """Whether an object may be used. Accounts come with the source crm, the other objects with the source helpdesk."""
        if name == "account":
            return self.has_source("crm")
        return self.has_source("helpdesk") and (self.objects is None or name in self.objects)

    def has_space(self, name: str) -> bool:
        """Whether a knowledge space may be searched and quoted."""
        return self.knowledge is None or name in self.knowledge


@dataclass(frozen=True, slots=True)
class MandatoryScope:
    """What may be seen of the data: `fields` the values of each, `where` further conditions as text; all must hold.

    The names and values are checked against the model and the data when an engine is made.
    """

    fields: Mapping[str, tuple[str | int | float | bool, ...]] = field(default_factory=dict)
    where: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.fields or self.where)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything `analyst.toml` can say. `analyst settings` lists these with their documentation."""

    name: str = _setting("Escalation Analyst", "The analyst's name.")
    role: str = _setting("Escalation and root-cause specialist", "Its role, told to the model.")
    goal: str = _setting(
        "Find patterns in escalated tickets and recommend process fixes.", "Its goal, told to the model."
    )
    description: str = _setting(
        "Looks for systemic issues: recurring bugs, confusing documentation, policy gaps. Groups by root cause; quantifies "
        "each pattern by tickets, average resolution time and estimated cost; writes in a neutral, analytical tone; gives a "
        "recommended action for every pattern; says when one matches a documented bug.",
        "How it works, told to the model.",
    )
    grants: Grants = _setting(Grants, "Sources, objects and knowledge spaces it may use: `[analyst.grants]`.")
    scope: MandatoryScope = _setting(
        MandatoryScope,
        "Conditions that hold on every number, list and text: `[analyst.scope]`, field = value or list of values, "
        'and where = ["tier in Enterprise, Business"].',
    )
    inference: str = _setting(
        "nearest",
        "How a root cause is inferred for escalated tickets without a recorded one: `nearest` labelled examples, also `model` "
        "(the model of [model] is asked about those that stay unclear), or `off`.",
    )
    time_zone: str = _setting("UTC", "IANA name of the zone in which days, weeks and months begin.")
    today: date | None = _setting(None, "A fixed clock, as the demo has; `--today` wins over it. Unset: the real day.")
    holidays: tuple[str, ...] = _setting(
        (),
        'Which days are no business days of a schedule, beside the weekend: a country "DE" or a part of one "DE-BY", a day '
        '"2026-12-24" or one of every year "12-24", each with a name after it if you like, or a list of these.',
    )
    week_start: str = _setting("monday", "First day of a week.")
    fiscal_year_start: int = _setting(1, "Month (1 to 12) in which the fiscal year begins.")
    currency: str = _setting("USD", "Currency of costs, an ISO 4217 code.")
    cost_per_hour: float = _setting(45.0, "What an hour of handling costs, where neither question nor playbook says.")
    default_handle_minutes: float = _setting(30.0, "Handle time taken only where not one is known in the period.")
    minimum_sample: int = _setting(30, "Fewest tickets in a cell before a difference is tested.")
    root_causes: Mapping[str, str] = _setting(dict, "Root cause of each reason code: `[root_causes]`, code = cause.")
    synonyms: Mapping[str, str] = _setting(
        dict, "Your words: `[synonyms]`, word = metric, dimension, value, column=value or 'column in value, value'."
    )
    unmasked_for: tuple[str, ...] = _setting(
        (),
        "Roles for whom personal data (e-mail addresses, phone numbers, names in quotations) is not masked; a caller's role is "
        "the variable ANALYST_ROLE. Secrets, cards and bank accounts are masked for everybody.",
    )
    audit_days: int = _setting(0, "Days after which lines of the audit are removed; 0 keeps them all.")
    replace: tuple[str, ...] = _setting(
        (), "Built-in skills that a folder of the same name in the workspace's `skills/` may replace: `[skills]`."
    )
    replace_playbooks: tuple[str, ...] = _setting(
        (),
        "Built-in playbooks that a file of the same name in the workspace's `playbooks/` may replace: `[playbooks]`.",
    )
    model: str = _setting(
        "offline", "Model that words answers: `offline`, or `openai:NAME` with the provider's variables."
    )
    fallback_model: str = _setting(
        "", "A second model for when the first fails; after it, or without one, the offline model answers."
    )
    model_seconds: float = _setting(90.0, "Seconds that all model calls of one answer may take, waiting included.")
    model_calls: int = _setting(6, "Most model calls for one answer.")
    model_tokens: int = _setting(
        20_000, "Tokens, read and written, after which no further model call is made for an answer."
    )
    input_price: float = _setting(
        0.0, "What a million tokens to the model cost, in `currency`; where a price is set, the audit tells costs."
    )
    output_price: float = _setting(0.0, "What a million tokens from the model cost, in `currency`.")
    engine: str = _setting(
        "",
        "Where the data are: `postgresql://...`, `clickhouse:///FOLDER` or `spark://...`, read only (docs/engines.md); "
        "a password only as ${VARIABLE}. Unset: the embedded warehouse that `analyst load` fills.",
    )
    state_url: str = _setting(
        "", "SQLAlchemy URL of conversations, labels and state. Unset: a SQLite file in the workspace."
    )
    delivery: Delivery = _setting(Delivery, "How reports leave the workspace: `[delivery]`.")
    serving: Serving = _setting(Serving, "How people may use the server: `[server]`.")

    @property
    def zone(self) -> ZoneInfo:
        """The time zone object."""
        return ZoneInfo(self.time_zone)
