"""From the file `analyst.toml` to settings: sections, keys and their values. Reading only; nothing here is global."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from operator import attrgetter
from pathlib import Path
from typing import Any

from analyst_agent.errors import InvalidDefinition, UnknownName, WorkspaceError
from analyst_agent.settings.checks import check
from analyst_agent.settings.delivery import Delivery, parse_delivery
from analyst_agent.settings.records import Grants, MandatoryScope, Settings
from analyst_agent.settings.serving import Oidc, Serving, parse_serving

FILE_NAME = "analyst.toml"
SOURCES = ("helpdesk", "crm")
OBJECTS = ("ticket", "escalated_ticket", "resolution", "agent", "account")
_SECTIONS = {
    "analyst": {"name", "role", "goal", "description", "inference", "grants", "scope"},
    "workspace": {
        "time_zone", "today", "week_start", "fiscal_year_start", "currency", "cost_per_hour", "default_handle_minutes",
        "minimum_sample", "engine", "state_url", "holidays",
    },
    "model": {"name", "fallback", "seconds", "calls", "tokens", "input_price", "output_price"},
    "privacy": {"unmasked_for", "audit_days"},
    "skills": {"replace"},
    "delivery": {f.name for f in fields(Delivery)},
    "server": {f.name for f in fields(Serving)} - {"oidc"},
    "server.oidc": {f.name for f in fields(Oidc)},
    "playbooks": {"replace"},
    "root_causes": None,
    "synonyms": None,
}  # fmt: skip
_FIELDS = {
    ("model", "name"): "model",
    ("model", "fallback"): "fallback_model",
    ("model", "seconds"): "model_seconds",
    ("model", "calls"): "model_calls",
    ("model", "tokens"): "model_tokens",
    ("playbooks", "replace"): "replace_playbooks",
}
"""Fields of the record whose key in the file is shorter, because its section says the rest."""


_OF_RECORDS = {"delivery": "delivery", "server": "serving", "server.oidc": "serving.oidc"}
"""Sections that are records of their own within `Settings`, and where."""


def field_of(section: str, key: str) -> str:
    """The field of `Settings` that a key of the file sets, with a dot where it is one of a record within it."""
    if section in _OF_RECORDS:
        return f"{_OF_RECORDS[section]}.{key}"
    return section if key == "*" else _FIELDS.get((section, key), key)


def described() -> list[tuple[str, str, Any, str]]:
    """Section, key, default and meaning of every setting, in the order of the file."""
    docs = {f.name: f.metadata["doc"] for f in fields(Settings)}
    for section, record in (("delivery", Delivery), ("server", Serving), ("server.oidc", Oidc)):
        docs |= {field_of(section, f.name): f.metadata["doc"] for f in fields(record)}
    defaults = Settings()
    rows: list[tuple[str, str, Any, str]] = []
    for section, keys in _SECTIONS.items():
        if keys is None:
            rows.append((section, "*", {}, docs[section]))
            continue
        for key in sorted(keys):
            name = field_of(section, key)
            rows.append((section, key, attrgetter(name)(defaults), docs[name]))
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
    return Settings(**_values(raw, where))


def laid_over(settings: Settings, raw: Mapping[str, Any], where: str) -> Settings:
    """The settings with what `raw`, written as the file is, says in their place; a key that it does not name stays. Raises as
    `parse_settings`.
    """
    return replace(settings, **_values(raw, where))


def _values(raw: Mapping[str, Any], where: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for section, content in raw.items():
        if section not in _SECTIONS or "." in section:
            raise UnknownName(f"section in {where}", section, _SECTIONS)
        keys = _SECTIONS[section]
        if not isinstance(content, Mapping):
            raise InvalidDefinition(
                f"{where}: [{section}] must be a table.", f"Write it as [{section}] with keys below."
            )
        if keys is None:
            values[section] = {str(k): str(v) for k, v in content.items()}
            continue
        if section == "delivery":
            values[section] = parse_delivery(content, where)
            continue
        if section == "server":
            values["serving"] = parse_serving(content, where)
            continue
        for key, value in content.items():
            if key not in keys:
                raise UnknownName(f"setting in {where} [{section}]", key, keys)
            values[_FIELDS.get((section, key), str(key))] = value
    if "grants" in values:
        values["grants"] = _grants(values["grants"], where)
    if "scope" in values:
        values["scope"] = _scope(values["scope"], where)
    check(values, where)
    return values


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
