"""Reads source mappings from YAML: the built-in ones and a workspace's own, each complaint naming file and place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from analyst_agent.errors import InvalidDefinition, UnknownName, nearest
from analyst_agent.warehouse.mapping_records import (
    OPERATORS,
    ColumnMap,
    Condition,
    EscalationRule,
    EventLog,
    FileMap,
    Part,
    SourceInfo,
    SourceMapping,
)
from analyst_agent.warehouse.tables import TABLES, Table

SOURCES_DIR = Path(__file__).with_name("sources")


def list_sources() -> list[SourceInfo]:
    """Every built-in source by name."""
    infos = []
    for path in sorted(SOURCES_DIR.glob("*.yml")):
        source = read_mapping(path)
        files = tuple({"match": f.match, "table": f.table, "columns": list(f.source_columns())} for f in source.files)
        infos.append(SourceInfo(source.name, source.description, files))
    return infos


def built_in(name: str) -> SourceMapping:
    """The built-in source of that name. Raises UnknownName with the nearest."""
    known = {p.stem: p for p in SOURCES_DIR.glob("*.yml")}
    if name not in known:
        raise UnknownName("source", name, known, "`analyst sources` lists them.")
    return read_mapping(known[name])


def read_mapping(path: Path) -> SourceMapping:
    """The mapping in a YAML file. Raises InvalidDefinition naming the place that is wrong."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidDefinition(f"Cannot read the mapping {path}: {error.strerror}.", "Give a YAML file.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidDefinition(
            f"{path.name} is not valid YAML: {' '.join(str(error).split())}.", "Correct that place."
        ) from error
    return _Parser(path.name).mapping(raw)


class _Parser:
    """Turns parsed YAML into records; every complaint names file and place."""

    def __init__(self, where: str) -> None:
        self.where = where

    def fail(self, place: str, why: str, hint: str) -> InvalidDefinition:
        return InvalidDefinition(f"{self.where}: {place} {why}.", hint)

    def keys(self, raw: Any, place: str, valid: Iterable[str], needed: Iterable[str] = ()) -> dict[str, Any]:
        if not isinstance(raw, dict):
            raise self.fail(place, "must be a mapping of keys", f"Keys: {', '.join(valid)}.")
        valid = list(valid)
        for key in raw:
            if key not in valid:
                close = nearest(str(key), valid)
                hint = f"Did you mean {close[0]!r}?" if close else f"Valid: {', '.join(valid)}."
                raise self.fail(place, f"has an unknown key {str(key)!r}", hint)
        for key in needed:
            if key not in raw:
                raise self.fail(place, f"lacks the key {key!r}", f"Keys: {', '.join(valid)}.")
        return raw

    def text(self, raw: Any, place: str) -> str:
        if isinstance(raw, bool):
            return "true" if raw else "false"
        if isinstance(raw, (str, int)) or (isinstance(raw, float) and math.isfinite(raw)):
            return str(raw)
        raise self.fail(
            place, f"must be a text or number, not {type(raw).__name__}", "Quote it if it is a text or a date."
        )

    def texts(self, raw: Any, place: str) -> tuple[str, ...]:
        if not isinstance(raw, list):
            raise self.fail(place, "must be a list", "Write it as [one, two].")
        return tuple(self.text(v, place) for v in raw)

    def mapping(self, raw: Any) -> SourceMapping:
        valid = ("name", "description", "time_zone", "missing", "date_format", "files")
        raw = self.keys(raw, "the mapping", valid, ("name", "files"))
        if not isinstance(raw["files"], list) or not raw["files"]:
            raise self.fail("files", "must be a list with at least one file", "Each has match, table and columns.")
        zone = self.text(raw.get("time_zone", ""), "time_zone")
        self.zone(zone)
        return SourceMapping(
            self.text(raw["name"], "name"),
            self.text(raw.get("description", ""), "description"),
            tuple(self.file(f, f"files[{i}]") for i, f in enumerate(raw["files"], start=1)),
            self.texts(raw.get("missing", []), "missing"),
            self.date_format(raw.get("date_format", ""), "date_format"),
            zone,
        )

    def zone(self, name: str) -> None:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        try:
            ZoneInfo(name or "UTC")
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise self.fail("time_zone", f"{name!r} is no IANA time zone", "For example Europe/Berlin.") from error

    def date_format(self, raw: Any, place: str) -> str:
        text = self.text(raw, place)
        if text and not ("%" in text and _can_parse(text)):
            raise self.fail(place, f"{text!r} is no date format", "For example %d/%m/%Y %H:%M.")
        return text

    def file(self, raw: Any, place: str) -> FileMap:
        valid = ("match", "table", "columns", "fold_when", "events", "escalations")
        raw = self.keys(raw, place, valid, ("match", "table", "columns"))
        table = self.table(raw["table"], place)
        columns = self.columns(raw["columns"], table, f"{place}.columns")
        for name in (*table.required, *([table.key] if not table.natural_key else [])):
            if name not in columns:
                raise self.fail(
                    f"{place}.columns", f"lacks {name!r}, which {table.name} needs", "Say where it comes from."
                )
        events = self.events(raw["events"], table, f"{place}.events") if "events" in raw else None
        if "escalations" in raw and (events is None or table.name != "tickets"):
            raise self.fail(
                f"{place}.escalations", "needs an event log of tickets", "For a flag, map is_escalated in columns."
            )
        if events and "fold_when" in raw:
            raise self.fail(f"{place}.fold_when", "cannot stand beside events", "An event log is folded by its key.")
        rule = self.escalations(raw["escalations"], f"{place}.escalations") if "escalations" in raw else None
        fold = self.conditions(raw["fold_when"], f"{place}.fold_when") if "fold_when" in raw else ()
        return FileMap(self.text(raw["match"], f"{place}.match"), table.name, columns, fold, events, rule)

    def table(self, raw: Any, place: str) -> Table:
        name = self.text(raw, f"{place}.table")
        if name not in TABLES:
            close = nearest(name, TABLES)
            raise self.fail(
                f"{place}.table",
                f"{name!r} is no table",
                f"Did you mean {close[0]!r}?" if close else f"Valid: {', '.join(TABLES)}.",
            )
        return TABLES[name]

    def columns(self, raw: Any, table: Table, place: str) -> dict[str, ColumnMap]:
        raw = self.keys(raw, place, table.names)
        return {name: self.column(spec, f"{place}.{name}", table.column(name).kind) for name, spec in raw.items()}

    def column(self, raw: Any, place: str, kind: str) -> ColumnMap:
        if isinstance(raw, str):
            return ColumnMap((Part(column=raw),))
        valid = ("column", "join", "constant", "separator", "values", "otherwise", "date_format", "optional")
        raw = self.keys(raw, place, valid)
        origins = [k for k in ("column", "join", "constant") if k in raw]
        if len(origins) != 1:
            raise self.fail(
                place, "must have exactly one of column, join and constant", "For example {column: Priority}."
            )
        if "column" in raw:
            parts: tuple[Part, ...] = (Part(column=self.text(raw["column"], place)),)
        elif "constant" in raw:
            parts = (Part(constant=self.text(raw["constant"], place)),)
        else:
            if not isinstance(raw["join"], list) or not raw["join"]:
                raise self.fail(f"{place}.join", "must be a list", "Columns, or {constant: text}.")
            parts = tuple(self.part(p, f"{place}.join") for p in raw["join"])
        otherwise = self.text(raw.get("otherwise", "keep"), f"{place}.otherwise")
        if otherwise not in ("keep", "empty"):
            raise self.fail(f"{place}.otherwise", f"is {otherwise!r}", "keep (the value as it is) or empty.")
        if "date_format" in raw and kind != "timestamp":
            raise self.fail(f"{place}.date_format", "stands at a column that is no time", "Remove it.")
        if not isinstance(raw.get("optional", False), bool):
            raise self.fail(
                f"{place}.optional", "must be true or false", "Leave it out where the column is always there."
            )
        values = raw.get("values", {})
        if not isinstance(values, dict):
            raise self.fail(f"{place}.values", "must be a mapping", "Write it as {theirs: ours}.")
        return ColumnMap(
            parts,
            self.text(raw.get("separator", ""), f"{place}.separator"),
            {self.text(k, f"{place}.values"): self.text(v, f"{place}.values") for k, v in values.items()},
            otherwise,
            self.date_format(raw.get("date_format", ""), f"{place}.date_format"),
            raw.get("optional", False),
        )

    def part(self, raw: Any, place: str) -> Part:
        if isinstance(raw, dict):
            return Part(constant=self.text(self.keys(raw, place, ("constant",), ("constant",))["constant"], place))
        return Part(column=self.text(raw, place))

    def conditions(self, raw: Any, place: str) -> tuple[Condition, ...]:
        if not isinstance(raw, list) or not raw:
            raise self.fail(place, "must be a list of conditions", "Each is {column, op, value}.")
        found = []
        for entry in raw:
            item = self.keys(entry, place, ("column", "op", "value"), ("column", "op"))
            op = self.text(item["op"], f"{place}.op")
            if op not in OPERATORS:
                raise self.fail(f"{place}.op", f"{op!r} is no comparison", f"Valid: {', '.join(OPERATORS)}.")
            found.append(Condition(self.text(item["column"], place), op, self.operand(op, item, place)))
        return tuple(found)

    def operand(self, op: str, item: Mapping[str, Any], place: str) -> Any:
        if op in ("missing", "present"):
            if "value" in item:
                raise self.fail(f"{place}.value", f"has no place beside {op}", "Remove it.")
            return None
        if "value" not in item:
            raise self.fail(place, "lacks the key 'value'", "A literal, or a list for in and not in.")
        value = item["value"]
        if op in ("in", "not in"):
            return self.texts(value, f"{place}.value")
        number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        if op in (">", ">=", "<", "<=") and not number:
            raise self.fail(
                f"{place}.value", f"of {op} must be a number, not {type(value).__name__}", "Use = for texts."
            )
        return value if number else self.text(value, f"{place}.value")

    def events(self, raw: Any, table: Table, place: str) -> EventLog:
        raw = self.keys(raw, place, ("key", "order", "first"), ("key",))
        order: list[tuple[str, str]] = []
        for entry in raw.get("order", []):
            if isinstance(entry, dict):
                item = self.keys(entry, f"{place}.order", ("column", "as"), ("column",))
                order.append((self.text(item["column"], place), self.text(item.get("as", "text"), place)))
            else:
                order.append((self.text(entry, f"{place}.order"), "text"))
        for _, kind in order:
            if kind not in ("number", "time", "text"):
                raise self.fail(f"{place}.order", f"cannot compare as {kind!r}", "Valid: number, time, text.")
        first = self.texts(raw.get("first", []), f"{place}.first")
        for name in first:
            self.keys({name: None}, f"{place}.first", table.names)
        return EventLog(self.text(raw["key"], f"{place}.key"), tuple(order), first)

    def escalations(self, raw: Any, place: str) -> EscalationRule:
        raw = self.keys(raw, place, ("when", "columns", "previous"), ("when", "columns"))
        table = TABLES["escalations"]
        columns = self.columns(raw["columns"], table, f"{place}.columns")
        for name in ("ticket_id", "escalated_at"):
            if name not in columns:
                raise self.fail(f"{place}.columns", f"lacks {name!r}", "Say where it comes from.")
        previous = self.columns(raw.get("previous", {}), table, f"{place}.previous")
        return EscalationRule(self.conditions(raw["when"], f"{place}.when"), columns, previous)


def _can_parse(date_format: str) -> bool:
    """Whether the engine knows every letter of a date format."""
    import duckdb

    try:
        duckdb.execute("SELECT try_strptime('', ?)", [date_format]).fetchall()
    except duckdb.InvalidInputException:
        return False
    return True
