"""The settings of a workspace: every key of `analyst.toml`, its default and what it means. Reading only; nothing here is global."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analyst_agent.errors import InvalidDefinition, UnknownName, WorkspaceError

FILE_NAME = "analyst.toml"
SOURCES = ("helpdesk", "crm")
OBJECTS = ("ticket", "escalated_ticket", "resolution", "agent", "account")
ENGINES = ("postgresql", "clickhouse", "spark")
INFERENCES = ("nearest", "model", "off")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


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
    replace: tuple[str, ...] = _setting(
        (), "Built-in skills that a folder of the same name in the workspace's `skills/` may replace: `[skills]`."
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

    @property
    def zone(self) -> ZoneInfo:
        """The time zone object."""
        return ZoneInfo(self.time_zone)


TEXTS = {
    "name",
    "role",
    "goal",
    "description",
    "inference",
    "time_zone",
    "week_start",
    "currency",
    "state_url",
    "engine",
    "model",
    "fallback_model",
}

_SECTIONS = {
    "analyst": {"name", "role", "goal", "description", "inference", "grants", "scope"},
    "workspace": {
        "time_zone", "today", "week_start", "fiscal_year_start", "currency", "cost_per_hour", "default_handle_minutes",
        "minimum_sample", "engine", "state_url",
    },
    "model": {"name", "fallback", "seconds", "calls", "tokens", "input_price", "output_price"},
    "skills": {"replace"},
    "root_causes": None,
    "synonyms": None,
}  # fmt: skip
_FIELDS = {
    ("model", "name"): "model",
    ("model", "fallback"): "fallback_model",
    ("model", "seconds"): "model_seconds",
    ("model", "calls"): "model_calls",
    ("model", "tokens"): "model_tokens",
}
"""Fields of the record whose key in the file is shorter, because its section says the rest."""


def field_of(section: str, key: str) -> str:
    """The field of `Settings` that a key of the file sets."""
    return section if key == "*" else _FIELDS.get((section, key), key)


def described() -> list[tuple[str, str, Any, str]]:
    """Section, key, default and meaning of every setting, in the order of the file."""
    docs = {f.name: f.metadata["doc"] for f in fields(Settings)}
    defaults = Settings()
    rows: list[tuple[str, str, Any, str]] = []
    for section, keys in _SECTIONS.items():
        if keys is None:
            rows.append((section, "*", {}, docs[section]))
            continue
        for key in sorted(keys):
            name = field_of(section, key)
            rows.append((section, key, getattr(defaults, name), docs[name]))
    return rows


def read_settings(path: Path) -> Settings:
    """The settings in one `analyst.toml`. Raises WorkspaceError (unreadable) or InvalidDefinition (a key or value that is wrong)."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WorkspaceError(
            f"Cannot read {path}: {error.strerror}.", "Run `analyst init` to make a workspace."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidDefinition(
            f"{path.name} is not valid TOML: {error}.", "Correct that place and run again."
        ) from error
    return parse_settings(raw, path.name)


def parse_settings(raw: Mapping[str, Any], where: str = FILE_NAME) -> Settings:
    """Settings from the parsed file; unknown sections and keys are complaints, not ignored."""
    values: dict[str, Any] = {}
    for section, content in raw.items():
        if section not in _SECTIONS:
            raise UnknownName(f"section in {where}", section, _SECTIONS)
        keys = _SECTIONS[section]
        if not isinstance(content, Mapping):
            raise InvalidDefinition(
                f"{where}: [{section}] must be a table.", f"Write it as [{section}] with keys below."
            )
        if keys is None:
            values[section] = {str(k): str(v) for k, v in content.items()}
            continue
        for key, value in content.items():
            if key not in keys:
                raise UnknownName(f"setting in {where} [{section}]", key, keys)
            values[_FIELDS.get((section, key), str(key))] = value
    if "grants" in values:
        values["grants"] = _grants(values["grants"], where)
    if "scope" in values:
        values["scope"] = _scope(values["scope"], where)
    _check(values, where)
    return Settings(**values)


def _grants(raw: Any, where: str) -> Grants:
    allowed: dict[str, tuple[str, ...]] = {"sources": SOURCES, "objects": OBJECTS, "knowledge": ()}
    if not isinstance(raw, Mapping):
        raise InvalidDefinition(f"{where}: [analyst.grants] must be a table.", "Keys: sources, objects, knowledge.")
    found: dict[str, tuple[str, ...]] = {}
    for key, value in raw.items():
        if key not in allowed:
            raise UnknownName(f"grant in {where}", key, allowed)
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise InvalidDefinition(f"{where}: grants.{key} must be a list of names.", f'For example {key} = ["..."].')
        valid = allowed[key]
        for name in value if valid else ():
            if name not in valid:
                raise UnknownName(f"grant in {where} {key}", name, valid)
        found[key] = tuple(value)
    return Grants(**found)


def _scope(raw: Any, where: str) -> MandatoryScope:
    if not isinstance(raw, Mapping):
        raise InvalidDefinition(
            f"{where}: [analyst.scope] must be a table.", 'For example region = "EMEA", or where = ["arr >= 10000"].'
        )
    fields: dict[str, tuple[str | int | float | bool, ...]] = {}
    conditions: tuple[str, ...] = ()
    for key, value in raw.items():
        listed = tuple(value) if isinstance(value, list) else (value,)
        wanted = (str,) if key == "where" else (str, int, float, bool)
        if not listed:
            raise InvalidDefinition(
                f"{where}: scope.{key} is an empty list, which would leave nothing to see.",
                "Name a value, or remove the line.",
            )
        if not all(isinstance(one, wanted) and str(one).strip() for one in listed):
            form = '["tier in Enterprise, Business"]' if key == "where" else '"EMEA" or ["EMEA", "APAC"]'
            raise InvalidDefinition(
                f"{where}: scope.{key} = {value!r} is no {'condition' if key == 'where' else 'value'} or list of them.",
                f"For example {key} = {form}.",
            )
        if key == "where":
            conditions = listed
        else:
            fields[str(key)] = listed
    return MandatoryScope(fields, conditions)


def _check(values: dict[str, Any], where: str) -> None:
    def wrong(key: str, why: str, hint: str) -> InvalidDefinition:
        return InvalidDefinition(f"{where}: {key} = {values[key]!r} {why}.", hint)

    for key in TEXTS & set(values):
        if not isinstance(values[key], str):
            raise wrong(key, "is no text", "Put it between quotes.")
    if "time_zone" in values:
        try:
            ZoneInfo(str(values["time_zone"]))
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise wrong("time_zone", "is no IANA time zone", "For example Europe/Berlin or UTC.") from error
    if values.get("week_start", "monday") not in WEEKDAYS:
        raise wrong("week_start", "is no weekday", f"One of {', '.join(WEEKDAYS)}.")
    if values.get("inference", "nearest") not in INFERENCES:
        raise wrong("inference", "is no way to infer a root cause", f"One of {', '.join(INFERENCES)}.")
    if "fiscal_year_start" in values and values["fiscal_year_start"] not in range(1, 13):
        raise wrong("fiscal_year_start", "is no month", "A number from 1 to 12.")
    if isinstance(values.get("today"), str):
        try:
            values["today"] = date.fromisoformat(values["today"])
        except ValueError as error:
            raise wrong("today", "is no date", "Write it as 2026-11-03.") from error
    for key in ("cost_per_hour", "default_handle_minutes", "model_seconds", "input_price", "output_price"):
        if key in values:
            if isinstance(values[key], bool) or not isinstance(values[key], (int, float)) or not values[key] >= 0:
                raise wrong(key, "is no amount", "A number of at least 0.")
            values[key] = float(values[key])
    if "replace" in values:
        named = values["replace"]
        if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
            raise wrong("replace", "is no list of names", 'For example replace = ["root_cause_trend"].')
        values["replace"] = tuple(named)
    if values.get("engine"):
        _check_engine(values["engine"], where)
    for key in ("minimum_sample", "model_calls", "model_tokens"):
        if key in values and (type(values[key]) is not int or values[key] < 1):
            raise wrong(key, "is no count", "A whole number of at least 1.")


def _check_engine(url: str, where: str) -> None:
    """Nothing of the URL is repeated but its scheme: it may hold a password."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in ENGINES:
        shown = scheme if separator else "without ://"
        raise InvalidDefinition(
            f"{where}: the engine's URL is {shown!r}.",
            f"It begins with one of {', '.join(f'{e}://' for e in ENGINES)}.",
        )
    user, at, _ = rest.partition("/")[0].rpartition("@")
    password = user.partition(":")[2] if at else ""
    if (password and not re.fullmatch(r"\$\{\w+\}", password)) or re.search(r"[?&]password=", rest, re.IGNORECASE):
        raise InvalidDefinition(
            f"{where}: the engine's URL holds a password in clear.",
            "Write ${VARIABLE} in its place and set that variable, or use ~/.pgpass.",
        )
