"""SQL of the text that each canonical column takes from a file's columns: trimmed, missing markers emptied, values mapped, parts joined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analyst_agent.errors import LoadError, nearest
from analyst_agent.warehouse.mappings.records import ColumnMap, Condition, Ordering, Part, SourceMapping
from analyst_agent.warehouse.mappings.word_patterns import pattern_sql
from analyst_agent.warehouse.raw import literal
from analyst_agent.warehouse.tables import Column, Table, normal_name

_BLANK = "' \t\r\n\v\f\u00a0\ufeff'"


@dataclass(frozen=True, slots=True)
class Input:
    """Where one canonical column comes from. sql: its text over the raw columns; shown: the name people know it by in their file."""

    column: Column
    sql: str
    shown: str
    date_format: str = ""
    is_of_first: bool = False


def id_sql(text: str) -> str:
    """SQL of an id: a whole number that a spreadsheet wrote with `.0` loses it."""
    return rf"CASE WHEN {text} LIKE '%.0%' THEN regexp_replace({text}, '^(-?[0-9]+)\.0+$', '\1') ELSE {text} END"


def translated_sql(text: str, lookups: Sequence[str], values: Mapping[str, str], keeps: bool) -> str:
    """SQL of a text through lookups (temporary tables names_<lookup>), then through a list of values; keeps: what is unknown stays as it is."""
    for place, name in enumerate(lookups):
        known = f"(SELECT n.value FROM names_{name} AS n WHERE n.key = {text})"
        last = place == len(lookups) - 1
        text = f"coalesce({known}, {text})" if last and (keeps or values) else known
    if values:
        whens = " ".join(f"WHEN {literal(k)} THEN {literal(v)}" for k, v in values.items())
        text = f"CASE {text} {whens} ELSE {text if keeps else 'NULL'} END"
    return text


class Texts:
    """Makes the SQL for one file: names resolve against its header, whose place i is the raw column `<prefix>i`."""

    def __init__(self, header: Sequence[str], file: str, mapping: SourceMapping | None = None) -> None:
        self.header = header
        self.file = file
        self.missing = mapping.missing if mapping else ()
        self.date_format = mapping.date_format if mapping else ""
        self.used: set[int] = set()
        self._exact = {h.strip("\ufeff \t"): i for i, h in reversed(list(enumerate(header)))}
        self._normal = {normal_name(h): i for i, h in reversed(list(enumerate(header)))}

    def has(self, name: str) -> bool:
        """Whether the header has a column of that name (exactly, or as headers are compared)."""
        return name in self._exact or normal_name(name) in self._normal

    def place(self, name: str) -> int:
        """The column's place. Raises LoadError with the nearest name."""
        found = self._exact.get(name, self._normal.get(normal_name(name)))
        if found is not None:
            self.used.add(found)
            return found
        close = nearest(name, self.header)
        hint = f"Its nearest column is {close[0]!r}." if close else f"It has: {', '.join(self.header[:20])}."
        raise LoadError(f"{self.file} has no column {name!r}, which its mapping needs.", hint)

    def need(self, names: Iterable[str]) -> None:
        """Notes that columns are read. Raises LoadError for one that the file lacks."""
        for name in names:
            self.place(name)

    def known(self, order: Sequence[Ordering]) -> list[str]:
        """The columns of an order that the file has."""
        return [one.column for one in order if self.has(one.column)]

    def unused(self) -> tuple[str, ...]:
        """The file's columns that nothing reads."""
        return tuple(h.strip() for i, h in enumerate(self.header) if i not in self.used)

    def column(self, name: str, prefix: str = "c") -> str:
        """The trimmed text of a source column, NULL where it is missing."""
        field = f"{prefix}{self.place(name)}"
        # Trimming every field would cost more than the rest of the check; one that begins and ends with a visible ASCII sign needs none.
        text = (
            f"CASE WHEN {field} BETWEEN '!' AND '~' AND {field}[-1] BETWEEN '!' AND '~' THEN {field} "
            f"ELSE nullif(trim({field}, {_BLANK}), '') END"
        )
        if not self.missing:
            return text
        return f"CASE WHEN {text} NOT IN ({', '.join(literal(marker) for marker in self.missing)}) THEN {text} END"

    def _part(self, part: Part, prefix: str) -> str:
        return self.column(part.column, prefix) if part.column else literal(part.constant)

    def own(self, how: ColumnMap, prefix: str = "c") -> str:
        """The file's own text of a value, before lookups and lists of values. A joined value is missing when any of its parts is."""
        if how.first_of:
            ways = [self.value(one, prefix) for one in how.first_of if self.has_all(one)]
            if not ways and not how.optional:
                raise self._none_of(how)
            return f"coalesce({', '.join(ways)})" if ways else "NULL::VARCHAR"
        pieces = [self._part(p, prefix) for p in how.parts]
        glue = f" || {literal(how.separator)} || " if how.separator else " || "
        text = pieces[0] if len(pieces) == 1 else f"({glue.join(pieces)})"
        return id_sql(text) if how.is_id or how.lookups else text

    def value(self, how: ColumnMap, prefix: str = "c") -> str:
        """The text of a value as a mapping makes it."""
        text = translated_sql(self.own(how, prefix), how.lookups, how.values, how.otherwise == "keep")
        if how.matches:
            whens = " ".join(f"WHEN {pattern_sql(text, [k])} THEN {literal(v)}" for k, v in how.matches.items())
            text = f"CASE {whens} ELSE {text if how.otherwise == 'keep' else 'NULL'} END"
        return text

    def has_all(self, how: ColumnMap) -> bool:
        """Whether the file has the columns of a value (of several ways, those of one), or it is not an optional one."""
        if how.optional and how.first_of:
            return any(self.has_all(one) for one in how.first_of)
        return not how.optional or all(self.has(c) for c in how.columns)

    def _none_of(self, how: ColumnMap) -> LoadError:
        names = list(dict.fromkeys(c for one in how.first_of for c in one.columns))
        close = next((found[0] for name in names if (found := nearest(name, self.header))), None)
        hint = f"Its nearest column is {close!r}." if close else f"It has: {', '.join(self.header[:20])}."
        return LoadError(
            f"{self.file} has none of the columns {', '.join(names)}, of which its mapping needs one.", hint
        )

    def mapped(self, table: Table, name: str, how: ColumnMap, prefix: str = "c") -> Input:
        """The input of a canonical column under a mapping."""
        text = self.value(how, prefix)
        column = table.column(name)
        shown = self.header[self.place(how.columns[0])] if len(how.columns) == 1 else name
        date_format = (how.date_format or self.date_format) if column.kind == "timestamp" else ""
        return Input(column, text, shown, date_format, prefix == "f")

    def all_mapped(self, table: Table, columns: Mapping[str, ColumnMap], prefix: str = "c") -> list[Input]:
        """The inputs of all mapped columns; optional ones that the file lacks are left out."""
        return [self.mapped(table, name, how, prefix) for name, how in columns.items() if self.has_all(how)]

    def condition(self, conditions: Sequence[Condition], prefix: str = "c") -> str:
        """SQL that is true where all conditions hold, false otherwise (never NULL)."""
        return "(" + " AND ".join(f"coalesce({self._one(c, prefix)}, false)" for c in conditions) + ")"

    def _one(self, condition: Condition, prefix: str) -> str:
        op, value, how = condition.op, condition.value, condition.how
        if how is None:
            text = self.column(condition.column, prefix)
        else:
            text = self.value(how, prefix) if self.has_all(how) else "NULL::VARCHAR"
        if op in ("missing", "present"):
            return f"{text} IS {'NOT ' if op == 'present' else ''}NULL"
        words = value if op in ("in", "not in") else (value,)
        if any(isinstance(v, str) and v.lower() in ("true", "false") for v in words):
            text, value = f"lower({text})", value.lower() if isinstance(value, str) else [v.lower() for v in value]
        if op in ("in", "not in"):
            return f"{text} {op.upper()} ({', '.join(literal(v) for v in value)})"
        if isinstance(value, (int, float)):
            return f"try_cast({text} AS DOUBLE) {op} {value!r}"
        return f"{text} {op} {literal(value)}"


def canonical(table: Table, header: Sequence[str], file: str) -> tuple[list[Input], Texts]:
    """The inputs of a file in canonical columns, and the texts they read. Raises LoadError for duplicates and what is required."""
    seen: dict[str, str] = {}
    for name in header:
        normal = normal_name(name)
        if normal and normal in seen:
            raise LoadError(f"{file} has the column {name.strip()!r} twice.", "Name each column once.")
        seen[normal] = name
    for required in table.required:
        if required not in seen:
            close = nearest(required, list(seen))
            hint = f"Its nearest column is {close[0]!r}; rename it. " if close else ""
            known = ", ".join(c for c in table.required)
            raise LoadError(f"{file} has no column {required!r}.", f"{hint}{table.name} needs: {known}.")
    texts = Texts(header, file)
    return [Input(c, texts.column(c.name), c.name) for c in table.columns if c.name in seen], texts
