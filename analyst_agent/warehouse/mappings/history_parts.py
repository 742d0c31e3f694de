"""Reads the lookups and histories of a mapping file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from analyst_agent.warehouse.mappings.parser import Parser
from analyst_agent.warehouse.mappings.records import Change, ColumnMap, History, Lookup

_WORD = re.compile(r"[a-z][a-z0-9_]{0,40}")


def lookup_names(raw: Any) -> tuple[str, ...]:
    """The names under `lookups`, before they are checked."""
    return tuple(str(k) for k in raw) if isinstance(raw, dict) else ()


def read_lookups(parser: Parser, raw: Any) -> tuple[Lookup, ...]:
    """The lookups of a mapping."""
    if not isinstance(raw, dict):
        raise parser.fail(
            "lookups", "must be a mapping of names", "For example groups: {named: [group], key: id, ...}."
        )
    return tuple(_lookup(parser, name, spec) for name, spec in raw.items())


def _lookup(parser: Parser, name: Any, raw: Any) -> Lookup:
    place = f"lookups.{name}"
    _word(parser, name, place)
    valid = ("match", "named", "key", "value", "where", "newest", "oldest", "valid_from")
    raw = parser.keys(raw, place, valid, ("key", "value"))
    if "newest" in raw and "oldest" in raw:
        raise parser.fail(place, "has both newest and oldest", "One of them says which row of a key counts.")
    key, value = (parser.column(raw[k], f"{place}.{k}") for k in ("key", "value"))
    for part, how in (("key", key), ("value", value)):
        if how.all_lookups:
            raise parser.fail(f"{place}.{part}", "goes through a lookup itself", "Chain them where they are used.")
    order = next((parser.ordering(raw[k], f"{place}.{k}") for k in ("newest", "oldest") if k in raw), ())
    where = parser.conditions(raw["where"], f"{place}.where") if "where" in raw else ()
    valid_from = parser.text(raw["valid_from"], f"{place}.valid_from") if "valid_from" in raw else ""
    return Lookup(name, parser.file_names(raw, place), key, value, where, order, "oldest" in raw, valid_from)


def read_histories(parser: Parser, raw: Any) -> tuple[History, ...]:
    """The histories of a mapping."""
    entries = parser.entries(raw, "histories", "Each has named, ticket, at and changes.")
    return tuple(_history(parser, one, f"histories[{i}]") for i, one in enumerate(entries, start=1))


def _history(parser: Parser, raw: Any, place: str) -> History:
    valid = ("match", "named", "ticket", "at", "by", "key", "then", "others", "changes")
    raw = parser.keys(raw, place, valid, ("ticket", "at", "changes"))
    changes = parser.entries(raw["changes"], f"{place}.changes", "Each has field and value.")
    by, key = (parser.column(raw[k], f"{place}.{k}") if k in raw else None for k in ("by", "key"))
    for part, how in (("by", by), ("key", key)):
        if how and how.all_lookups:
            raise parser.fail(f"{place}.{part}", "goes through a lookup", "It is kept as it is.")
    return History(
        parser.file_names(raw, place),
        parser.column(raw["ticket"], f"{place}.ticket"),
        _time(parser, raw["at"], f"{place}.at"),
        tuple(_change(parser, one, f"{place}.changes[{i}]") for i, one in enumerate(changes, start=1)),
        by,
        key,
        parser.ordering(raw["then"], f"{place}.then") if "then" in raw else (),
        parser.one_of(
            raw.get("others", "set aside"), f"{place}.others", ("fold", "set aside"), "way with rows of others"
        )
        == "fold",
    )


def _change(parser: Parser, raw: Any, place: str) -> Change:
    raw = parser.keys(raw, place, ("field", "value", "old", "when", "unless", "at", "of"), ("field", "value"))
    _word(parser, raw["field"], f"{place}.field")
    value, old = (parser.column(raw[k], f"{place}.{k}") if k in raw else None for k in ("value", "old"))
    assert value is not None
    for part, how in (("value", value), ("old", old)):
        if how and (how.matches or any(one.lookups or one.values or one.matches for one in how.first_of)):
            raise parser.fail(
                f"{place}.{part}", "has a first_of or matches that translate", "Write one change for each of them."
            )
    when, unless = (parser.conditions(raw[k], f"{place}.{k}") if k in raw else () for k in ("when", "unless"))
    at = _time(parser, raw["at"], f"{place}.at") if "at" in raw else None
    return Change(
        raw["field"], value, when, at, old, unless, _thing(parser, raw, f"{place}.of"), raw.get("of") == "ticket"
    )


def _thing(parser: Parser, raw: Mapping[str, Any], place: str) -> ColumnMap | None:
    """What of the ticket has the field by itself, where the mapping names a column for it."""
    if raw.get("of", "ticket") == "ticket":
        return None
    if not isinstance(raw["of"], dict):
        raise parser.fail(place, f"{raw['of']!r} is neither ticket nor a column", "Write {column: NAME}.")
    thing = parser.column(raw["of"], place)
    if thing.all_lookups or thing.first_of:
        raise parser.fail(place, "goes through a lookup", "It is kept as it is.")
    return thing


def _time(parser: Parser, raw: Any, place: str) -> ColumnMap:
    how = parser.column(raw, place, "timestamp")
    if how.all_lookups:
        raise parser.fail(place, "goes through a lookup", "A time is read as it is.")
    return how


def _word(parser: Parser, raw: Any, place: str) -> None:
    if not isinstance(raw, str) or not _WORD.fullmatch(raw):
        raise parser.fail(place, f"{raw!r} is no name", "Small letters, digits and underscores.")
