"""Reads source mappings from YAML: the built-in ones and a workspace's own, each complaint naming file and place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from analyst_agent.errors import InvalidDefinition, UnknownName
from analyst_agent.warehouse.mappings.extends import extended
from analyst_agent.warehouse.mappings.history_parts import lookup_names, read_histories, read_lookups
from analyst_agent.warehouse.mappings.parser import Parser
from analyst_agent.warehouse.mappings.records import (
    EscalationRule,
    EventLog,
    FileMap,
    History,
    LeftOut,
    Lookup,
    SourceInfo,
    SourceMapping,
)
from analyst_agent.warehouse.mappings.rule_parts import SECTIONS, read_rules
from analyst_agent.warehouse.mappings.rule_words import in_words
from analyst_agent.warehouse.tables import TABLES, Table

SOURCES_DIR = Path(__file__).with_name("sources")
_KEYS = (
    "name", "description", "time_zone", "missing", "date_format", "files", "lookups", "histories", "escalates", "lacks", *SECTIONS,
)  # fmt: skip


def list_sources() -> list[SourceInfo]:
    """Every built-in source by name."""
    infos = []
    for path in sorted(SOURCES_DIR.glob("*.yml")):
        source = read_mapping(path)
        words = tuple(in_words(rule) for rule in source.rules.escalations)
        infos.append(
            SourceInfo(source.name, source.description, _files_of(source), source.escalates, words, source.lacks)
        )
    return infos


def _files_of(source: SourceMapping) -> tuple[dict[str, Any], ...]:
    """Each kind of file once for what it feeds: its names, the columns it needs and those that it may have."""
    found: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
    entries: list[tuple[str, FileMap | History | Lookup]] = [(f.table, f) for f in source.files]
    entries += [*(("history", one) for one in source.histories), *(("lookup", one) for one in source.lookups)]
    for table, one in entries:
        needed, optional = found.setdefault((one.names.shown, table), ([], []))
        needed += one.source_columns()
        if isinstance(one, FileMap):
            optional += [c for how in one.columns.values() for c in how.optional_columns]
        else:
            optional += [order.column for order in one.order]
    return tuple(
        {
            "match": match,
            "table": table,
            "columns": list(dict.fromkeys(needed)),
            "optional": [c for c in dict.fromkeys(optional) if c not in needed],
        }
        for (match, table), (needed, optional) in found.items()
    )


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
    return _mapping(path.name, extended(raw, path.name, _built_in_yaml))


def _built_in_yaml(name: str) -> dict[str, Any]:
    """A built-in source as it is written. Raises UnknownName with the nearest."""
    known = {p.stem: p for p in SOURCES_DIR.glob("*.yml")}
    if name not in known:
        raise UnknownName("source", name, known, "`analyst sources` lists them.")
    return dict(yaml.safe_load(known[name].read_text(encoding="utf-8")))


def _mapping(where: str, raw: Any) -> SourceMapping:
    parser = Parser(where, lookup_names(raw.get("lookups")) if isinstance(raw, dict) else ())
    raw = parser.keys(raw, "the mapping", _KEYS, ("name", "files"))
    if not isinstance(raw["files"], list) or not raw["files"]:
        raise parser.fail("files", "must be a list with at least one file", "Each has match, table and columns.")
    zone = parser.text(raw.get("time_zone", ""), "time_zone")
    parser.zone(zone)
    lookups = read_lookups(parser, raw["lookups"]) if "lookups" in raw else ()
    files = tuple(_file(parser, f, f"files[{i}]") for i, f in enumerate(raw["files"], start=1))
    histories = read_histories(parser, raw["histories"]) if "histories" in raw else ()
    return SourceMapping(
        parser.text(raw["name"], "name"),
        parser.text(raw.get("description", ""), "description"),
        files,
        parser.texts(raw.get("missing", []), "missing"),
        parser.date_format(raw.get("date_format", ""), "date_format"),
        zone,
        lookups,
        histories,
        read_rules(parser, raw, histories, lookups),
        parser.text(raw.get("escalates", ""), "escalates"),
        parser.texts(raw.get("lacks", []), "lacks"),
    )


def _file(parser: Parser, raw: Any, place: str) -> FileMap:
    valid = ("match", "named", "table", "columns", "fold_when", "leave_out", "events", "escalations")
    raw = parser.keys(raw, place, valid, ("table", "columns"))
    names = parser.file_names(raw, place)
    table = parser.table(raw["table"], place)
    columns = parser.columns(raw["columns"], table, f"{place}.columns")
    for name in (*table.required, *([table.key] if not table.natural_key else [])):
        if name not in columns:
            raise parser.fail(
                f"{place}.columns", f"lacks {name!r}, which {table.name} needs", "Say where it comes from."
            )
    for name in table.required:
        if columns[name].optional:
            raise parser.fail(f"{place}.columns.{name}", "is optional, but every row must have it", "Remove optional.")
    events = _events(parser, raw["events"], table, f"{place}.events") if "events" in raw else None
    if "escalations" in raw and (events is None or table.name != "tickets"):
        raise parser.fail(
            f"{place}.escalations", "needs an event log of tickets", "For a flag, map is_escalated in columns."
        )
    if events and "fold_when" in raw:
        raise parser.fail(f"{place}.fold_when", "cannot stand beside events", "An event log is folded by its key.")
    rule = _escalations(parser, raw["escalations"], f"{place}.escalations") if "escalations" in raw else None
    fold = parser.conditions(raw["fold_when"], f"{place}.fold_when") if "fold_when" in raw else ()
    return FileMap(names, table.name, columns, fold, events, rule, _leave_out(parser, raw, place))


def _leave_out(parser: Parser, raw: Any, place: str) -> tuple[LeftOut, ...]:
    if "leave_out" not in raw:
        return ()
    place = f"{place}.leave_out"
    found = []
    for entry in parser.entries(raw["leave_out"], place, "Each is {reason, when}."):
        item = parser.keys(entry, place, ("reason", "when"), ("reason", "when"))
        found.append(LeftOut(parser.text(item["reason"], place), parser.conditions(item["when"], f"{place}.when")))
    return tuple(found)


def _events(parser: Parser, raw: Any, table: Table, place: str) -> EventLog:
    raw = parser.keys(raw, place, ("key", "order", "first"), ("key",))
    order: list[tuple[str, str]] = []
    for entry in raw.get("order", []):
        if isinstance(entry, dict):
            item = parser.keys(entry, f"{place}.order", ("column", "as"), ("column",))
            order.append((parser.text(item["column"], place), parser.text(item.get("as", "text"), place)))
        else:
            order.append((parser.text(entry, f"{place}.order"), "text"))
    for _, kind in order:
        if kind not in ("number", "time", "text"):
            raise parser.fail(f"{place}.order", f"cannot compare as {kind!r}", "Valid: number, time, text.")
    first = parser.texts(raw.get("first", []), f"{place}.first")
    for name in first:
        parser.keys({name: None}, f"{place}.first", table.names)
    return EventLog(parser.text(raw["key"], f"{place}.key"), tuple(order), first)


def _escalations(parser: Parser, raw: Any, place: str) -> EscalationRule:
    raw = parser.keys(raw, place, ("when", "columns", "previous"), ("when", "columns"))
    table = TABLES["escalations"]
    columns = parser.columns(raw["columns"], table, f"{place}.columns")
    for name in ("ticket_id", "escalated_at"):
        if name not in columns:
            raise parser.fail(f"{place}.columns", f"lacks {name!r}", "Say where it comes from.")
    previous = parser.columns(raw.get("previous", {}), table, f"{place}.previous")
    return EscalationRule(parser.conditions(raw["when"], f"{place}.when"), columns, previous)
