"""The small pieces of a mapping file, read from YAML: texts, columns, conditions, names of files; each complaint names file and place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from analyst_agent.errors import InvalidDefinition, nearest
from analyst_agent.warehouse.checks import EPOCH_MS
from analyst_agent.warehouse.mappings.records import OPERATORS, ColumnMap, Condition, Ordering, Part
from analyst_agent.warehouse.reading.file_names import FileNames
from analyst_agent.warehouse.tables import TABLES, Table

_COLUMN = (
    "column", "join", "constant", "first_of", "separator", "as", "lookup", "values", "matches", "otherwise", "date_format", "optional",
)  # fmt: skip
_LEFT = ("column", "first_of", "as", "lookup", "otherwise", "optional")
_ORIGINS = ("column", "join", "constant", "first_of")


class Parser:
    """Turns parsed YAML into records; every complaint names file and place. lookups: the names that columns may go through."""

    def __init__(self, where: str, lookups: Iterable[str] = ()) -> None:
        self.where = where
        self.lookups = tuple(lookups)

    def fail(self, place: str, why: str, hint: str) -> InvalidDefinition:
        """The complaint about a place."""
        return InvalidDefinition(f"{self.where}: {place} {why}.", hint)

    def keys(self, raw: Any, place: str, valid: Iterable[str], needed: Iterable[str] = ()) -> dict[str, Any]:
        """A mapping with only valid and all needed keys."""
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

    def entries(self, raw: Any, place: str, hint: str) -> list[Any]:
        """A list with at least one entry."""
        if not isinstance(raw, list) or not raw:
            raise self.fail(place, "must be a list with at least one entry", hint)
        return raw

    def text(self, raw: Any, place: str) -> str:
        """A text or number as text."""
        if isinstance(raw, bool):
            return "true" if raw else "false"
        if isinstance(raw, (str, int)) or (isinstance(raw, float) and math.isfinite(raw)):
            return str(raw)
        raise self.fail(
            place, f"must be a text or number, not {type(raw).__name__}", "Quote it if it is a text or a date."
        )

    def texts(self, raw: Any, place: str) -> tuple[str, ...]:
        """A list of texts."""
        if not isinstance(raw, list):
            raise self.fail(place, "must be a list", "Write it as [one, two].")
        return tuple(self.text(v, place) for v in raw)

    def one_of(self, raw: Any, place: str, valid: Iterable[str], what: str) -> str:
        """One of some words."""
        word, valid = self.text(raw, place), list(valid)
        if word not in valid:
            close = nearest(word, valid)
            raise self.fail(
                place, f"{word!r} is no {what}", f"Did you mean {close[0]!r}?" if close else f"Valid: {', '.join(valid)}."
            )  # fmt: skip
        return word

    def zone(self, name: str) -> None:
        """Checks an IANA time zone."""
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        try:
            ZoneInfo(name or "UTC")
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise self.fail("time_zone", f"{name!r} is no IANA time zone", "For example Europe/Berlin.") from error

    def date_format(self, raw: Any, place: str) -> str:
        """A strptime format that the engine knows."""
        text = self.text(raw, place)
        if text and text != EPOCH_MS and not ("%" in text and _can_parse(text)):
            raise self.fail(place, f"{text!r} is no date format", f"For example %d/%m/%Y %H:%M, or {EPOCH_MS}.")
        return text

    def file_names(self, raw: Mapping[str, Any], place: str) -> FileNames:
        """Which files an entry means: `match` or `named`."""
        if ("match" in raw) == ("named" in raw):
            raise self.fail(place, "must have exactly one of match and named", "For example named: [ticket].")
        if "match" in raw:
            return FileNames(pattern=self.text(raw["match"], f"{place}.match"))
        given = raw["named"] if isinstance(raw["named"], list) else [raw["named"]]
        names = self.texts(self.entries(given, f"{place}.named", "For example [ticket]."), f"{place}.named")
        for name in names:
            if not name or "." in name or "*" in name:
                raise self.fail(
                    f"{place}.named", f"{name!r} is no stem of a file's name", "Patterns belong into match."
                )
        return FileNames(named=names)

    def table(self, raw: Any, place: str) -> Table:
        """A canonical table."""
        return TABLES[self.one_of(raw, f"{place}.table", TABLES, "table")]

    def columns(self, raw: Any, table: Table, place: str) -> dict[str, ColumnMap]:
        """How canonical columns are made."""
        raw = self.keys(raw, place, table.names)
        return {name: self.column(spec, f"{place}.{name}", table.column(name).kind) for name, spec in raw.items()}

    def column(self, raw: Any, place: str, kind: str = "text", nested: bool = False) -> ColumnMap:
        """How one value is made."""
        if isinstance(raw, str):
            return ColumnMap((Part(column=raw),))
        raw = self.keys(raw, place, [k for k in _COLUMN if not (nested and k == "first_of")])
        origins = [k for k in _ORIGINS if k in raw]
        if len(origins) != 1:
            raise self.fail(
                place, "must have exactly one of column, join, constant and first_of", "For example {column: Priority}."
            )
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
        matches = raw.get("matches", {})
        if not isinstance(matches, dict):
            raise self.fail(f"{place}.matches", "must be a mapping", "Write it as {pattern: ours}.")
        if "as" in raw:
            self.one_of(raw["as"], f"{place}.as", ["id"], "way to read a column")
        return ColumnMap(
            self.parts(raw, place),
            self.text(raw.get("separator", ""), f"{place}.separator"),
            {self.text(k, f"{place}.values"): self.text(v, f"{place}.values") for k, v in values.items()},
            otherwise,
            self.date_format(raw.get("date_format", ""), f"{place}.date_format"),
            raw.get("optional", False),
            "as" in raw,
            self.through(raw.get("lookup", []), f"{place}.lookup"),
            tuple(self.column(one, f"{place}.first_of", kind, nested=True) for one in raw.get("first_of", [])),
            {self.text(k, f"{place}.matches"): self.text(v, f"{place}.matches") for k, v in matches.items()},
        )

    def parts(self, raw: Mapping[str, Any], place: str) -> tuple[Part, ...]:
        """The pieces of a value."""
        if "column" in raw:
            return (Part(column=self.text(raw["column"], place)),)
        if "constant" in raw:
            return (Part(constant=self.text(raw["constant"], place)),)
        origin = "join" if "join" in raw else "first_of"
        if not isinstance(raw[origin], list) or not raw[origin]:
            raise self.fail(f"{place}.{origin}", "must be a list", "Columns, or {constant: text}.")
        return tuple(self.part(p, f"{place}.join") for p in raw["join"]) if origin == "join" else ()

    def part(self, raw: Any, place: str) -> Part:
        """A piece of a joined value."""
        if isinstance(raw, dict):
            return Part(constant=self.text(self.keys(raw, place, ("constant",), ("constant",))["constant"], place))
        return Part(column=self.text(raw, place))

    def through(self, raw: Any, place: str) -> tuple[str, ...]:
        """The lookups a value goes through."""
        names = self.texts(raw if isinstance(raw, list) else [raw], place)
        return tuple(self.one_of(name, place, self.lookups, "lookup of this mapping") for name in names)

    def conditions(self, raw: Any, place: str) -> tuple[Condition, ...]:
        """Conditions: comparisons of a column, or of a value made like one, with a literal."""
        if not isinstance(raw, list) or not raw:
            raise self.fail(place, "must be a list of conditions", "Each is {column, op, value}.")
        found = []
        for entry in raw:
            item = self.keys(entry, place, (*_LEFT, "op", "value"), ("op",))
            op = self.text(item["op"], f"{place}.op")
            if op not in OPERATORS:
                raise self.fail(f"{place}.op", f"{op!r} is no comparison", f"Valid: {', '.join(OPERATORS)}.")
            left = {k: v for k, v in item.items() if k in _LEFT}
            how = self.column(left, place) if set(left) != {"column"} else None
            shown = self.text(item["column"], place) if "column" in item else (how.columns or ("",))[0] if how else ""
            found.append(Condition(shown, op, self.operand(op, item, place), how))
        return tuple(found)

    def operand(self, op: str, item: Mapping[str, Any], place: str) -> Any:
        """What a condition compares with."""
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

    def ordering(self, raw: Any, place: str) -> tuple[Ordering, ...]:
        """Columns by which rows are put in order."""
        found = []
        for entry in self.entries(raw, place, "Columns, or {column, as}."):
            item = (
                self.keys(entry, place, ("column", "as"), ("column",)) if isinstance(entry, dict) else {"column": entry}
            )
            kind = self.one_of(item.get("as", "time"), place, ("time", "number", "flag"), "kind of order")
            found.append(Ordering(self.text(item["column"], place), kind))
        return tuple(found)


def _can_parse(date_format: str) -> bool:
    """Whether the engine knows every letter of a date format."""
    import duckdb

    try:
        duckdb.execute("SELECT try_strptime('', ?)", [date_format]).fetchall()
    except duckdb.InvalidInputException:
        return False
    return True
