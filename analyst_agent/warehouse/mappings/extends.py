"""A mapping that stands on a built-in one: it says only what is different (`extends`), as parsed YAML and before anything is checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from analyst_agent.errors import InvalidDefinition, nearest

_OWN = ("extends", "change", "only")
_LISTS = ("files", "histories")


def extended(raw: Any, where: str, base_of: Callable[[str], Mapping[str, Any]]) -> Any:
    """The mapping with what it takes from the built-in source that it extends; one that extends none is returned as it is.

    `change` replaces single columns of a table, `only` names the tables to read. Lookups are added by name, files and histories
    stand before the base's, everything else replaces the base's. base_of: name of a built-in source to its parsed YAML; it
    raises UnknownName. Raises InvalidDefinition naming `where` and the place.
    """
    if not isinstance(raw, dict) or "extends" not in raw:
        if isinstance(raw, dict) and (own := next((k for k in ("change", "only") if k in raw), None)):
            raise InvalidDefinition(
                f"{where}: {own} has no place without extends.", "Add `extends: NAME` of a built-in source."
            )
        return raw
    base = dict(base_of(str(raw["extends"])))
    found = {**base, **{k: v for k, v in raw.items() if k not in (*_OWN, *_LISTS, "lookups")}}
    found["lookups"] = {**_named(base, "lookups", where), **_named(raw, "lookups", where)}
    for key in _LISTS:
        found[key] = [*_listed(raw, key, where), *_listed(base, key, where)]
    if "only" in raw:
        found["files"] = _only(found["files"], _listed(raw, "only", where), where)
    for table, columns in _named(raw, "change", where).items():
        found["files"] = _changed(found["files"], str(table), columns, where)
    return {k: v for k, v in found.items() if v not in ([], {}) or k in raw}


def _named(raw: Mapping[str, Any], key: str, where: str) -> dict[str, Any]:
    value = raw.get(key) or {}
    if not isinstance(value, dict):
        raise InvalidDefinition(f"{where}: {key} must be a mapping of names.", "Write it as {name: what it is}.")
    return dict(value)


def _listed(raw: Mapping[str, Any], key: str, where: str) -> list[Any]:
    value = raw.get(key) or []
    if not isinstance(value, list):
        raise InvalidDefinition(f"{where}: {key} must be a list.", "Write it as [one, two].")
    return list(value)


def _tables(files: list[Any]) -> list[str]:
    return list(dict.fromkeys(str(f["table"]) for f in files if isinstance(f, dict) and "table" in f))


def _unknown(where: str, place: str, table: str, files: list[Any]) -> InvalidDefinition:
    tables = _tables(files)
    close = nearest(table, tables)
    hint = f"Did you mean {close[0]!r}?" if close else f"It reads: {', '.join(tables)}."
    return InvalidDefinition(f"{where}: {place} names {table!r}, which the extended source does not read.", hint)


def _only(files: list[Any], tables: list[Any], where: str) -> list[Any]:
    for table in tables:
        if str(table) not in _tables(files):
            raise _unknown(where, "only", str(table), files)
    return [f for f in files if not isinstance(f, dict) or f.get("table") in tables]


def _changed(files: list[Any], table: str, columns: Any, where: str) -> list[Any]:
    if table not in _tables(files):
        raise _unknown(where, "change", table, files)
    if not isinstance(columns, dict):
        raise InvalidDefinition(f"{where}: change.{table} must be a mapping of columns.", "Write it as {ours: theirs}.")
    return [
        {**f, "columns": {**f["columns"], **columns}}
        if isinstance(f, dict) and f.get("table") == table and isinstance(f.get("columns"), dict)
        else f
        for f in files
    ]
