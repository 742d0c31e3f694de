"""Whether the values of settings can be: each complaint names the key, the value and what is valid."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analyst_agent.errors import InvalidDefinition

ENGINES = ("postgresql", "clickhouse", "spark")
INFERENCES = ("nearest", "model", "off")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOLIDAY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,6})?|(\d{4}-)?\d\d-\d\d( +\S.*)?")
"""The shape; whether there is such a country or day is said where the calendar is made."""
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


def check(values: dict[str, Any], where: str) -> None:
    """Raises InvalidDefinition for the first wrong value; dates, amounts and lists are put into the form of the record."""

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
    lists = {
        "replace": "root_cause_trend",
        "replace_playbooks": "weekly_team_digest",
        "unmasked_for": "data protection",
    }
    for key, example in lists.items():
        if key in values:
            named = values[key]
            if not isinstance(named, list) or not all(isinstance(one, str) and one.strip() for one in named):
                raise wrong(key, "is no list of names", f'For example {key} = ["{example}"].')
            values[key] = tuple(named)
    if "holidays" in values:
        listed = values["holidays"] if isinstance(values["holidays"], list) else [values["holidays"]]
        texts = tuple(one.isoformat() if isinstance(one, date) else one for one in listed)
        if not all(isinstance(one, str) and _HOLIDAY.fullmatch(one.strip()) for one in texts):
            raise wrong(
                "holidays", "is no country, day or list of these", 'For example ["DE-BY", "2026-12-24", "12-31"].'
            )
        values["holidays"] = texts
    if values.get("engine"):
        _check_engine(values["engine"], where)
    for key in ("minimum_sample", "model_calls", "model_tokens"):
        if key in values and (type(values[key]) is not int or values[key] < 1):
            raise wrong(key, "is no count", "A whole number of at least 1.")
    if "audit_days" in values and (type(values["audit_days"]) is not int or values["audit_days"] < 0):
        raise wrong("audit_days", "is no number of days", "A whole number; 0 keeps every line.")


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
