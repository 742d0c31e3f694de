"""The form of what a block gives back, as JSON types. Checked in the block's process, where its line is known, and again by the
caller, who trusts nothing that comes out of that process.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

BLOCK_FILE = "<block>"
"""What a block is called in a traceback."""
BLOCK_STARTED = "started\n"
"""What its process tells once the code is about to run."""
NUMBERS = ("ratio", "points", "minutes", "count", "currency", "score")
TEXTS = ("text", "date")
UNITS = (*NUMBERS, *TEXTS)
MOST_ROWS = 5_000
MOST_COLUMNS = 50
MOST_TABLES = 20
MOST_CELLS = 50_000
"""Number cells and single facts together: each becomes a fact."""
LONGEST_TEXT = 2_000
LONGEST_NAME = 60
LARGEST = 2**53
"""Above it a float no longer holds every whole number."""


class Unusable(ValueError):
    """Something that cannot be a table, fact or chart; the text says what and where."""


def cleaned(text: str) -> str:
    """One line of visible characters."""
    return " ".join("".join(c if c.isprintable() else " " if c.isspace() else "" for c in text).split())


def name(raw: object, what: str) -> str:
    """A name as one visible line. Raises Unusable for none, and for one longer than a heading may be."""
    if not isinstance(raw, str) or not (shown := cleaned(raw)):
        raise Unusable(f"{what} has no name (a text is needed, not {type(raw).__name__})")
    if len(shown) > LONGEST_NAME:
        raise Unusable(f"the name of {what} is longer than {LONGEST_NAME} characters: {shown[:LONGEST_NAME]}...")
    return shown


def number(raw: object, where: str) -> int | float | None:
    """A finite number of a size that can be shown exactly, or None. Raises Unusable."""
    if raw is None:
        return None
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        raise Unusable(f"{where} is no number but {type(raw).__name__}")
    if isinstance(raw, float) and not math.isfinite(raw):
        raise Unusable(f"{where} is {raw}; a number must be finite, or None where it is not known")
    if abs(raw) > LARGEST:
        raise Unusable(f"{where} is larger than 2**53, more than can be shown exactly")
    return raw


def text(raw: object, where: str) -> str | bool | int | float | None:
    """A cell of a column of texts or dates: a text, a whole number, yes or no, or None. Raises Unusable."""
    if raw is None or isinstance(raw, bool):
        return raw
    if isinstance(raw, (int, float)):
        return number(raw, where)
    if not isinstance(raw, str):
        raise Unusable(f"{where} is neither a text nor a date nor a number but {type(raw).__name__}")
    if len(raw) > LONGEST_TEXT:
        raise Unusable(f"{where} has {len(raw):,} characters; at most {LONGEST_TEXT:,} are shown in a cell")
    return cleaned(raw)


def unit(raw: object, where: str) -> str:
    """One of the units. Raises Unusable."""
    if raw not in UNITS:
        raise Unusable(f"the unit of {where} is {raw!r}; units are {', '.join(UNITS)}")
    return str(raw)


def table(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A checked copy of `{title, columns [{key, label, unit, definition}], rows, n, before {column: column}, line}`. Raises Unusable."""
    title = name(raw["title"], "a table")
    columns, rows = _list(raw["columns"], MOST_COLUMNS, f"table {title!r}", "columns"), raw["rows"]
    rows = _list(rows, MOST_ROWS, f"table {title!r}", "rows")
    made = [_column(one, title) for one in columns]
    keys = [one["key"] for one in made]
    _distinct(keys, f"columns of table {title!r}")
    _distinct([one["label"] for one in made], f"labels of table {title!r}")
    measured = {one["key"] for one in made if one["unit"] in NUMBERS}
    n, before = raw.get("n"), dict(raw.get("before") or {})
    _among([n] if n is not None else [], measured, f"n of table {title!r}")
    _among([*before, *before.values()], measured, f"before of table {title!r}")
    return {
        "title": title,
        "columns": made,
        "rows": [_row(row, made, title, at) for at, row in enumerate(rows, start=1)],
        "n": n,
        "before": before,
        "line": _line(raw.get("line")),
    }


def fact(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A checked copy of `{metric, value, unit, label, definition, dimensions, n, before, interval, significant, line}`. Raises Unusable."""
    metric = name(raw["metric"], "a fact")
    where = f"the fact {metric!r}"
    measured = unit(raw["unit"], where)
    if measured not in NUMBERS:
        raise Unusable(f"{where} is a number; its unit must be one of {', '.join(NUMBERS)}")
    n = number(raw.get("n"), f"n of {where}")
    if n is not None and (n < 0 or n != int(n)):
        raise Unusable(f"n of {where} is {n}; it counts objects")
    ends = raw.get("interval")
    if ends is not None:
        low, high = (number(end, f"the interval of {where}") for end in _pair(ends, where))
        if low is None or high is None or low > high:
            raise Unusable(f"the interval of {where} must be two numbers, the lower first")
        ends = [low, high]
    if raw.get("significant") not in (True, False, None):
        raise Unusable(f"significant of {where} must be True, False or None (not tested)")
    given = raw.get("dimensions") or {}
    return {
        "metric": metric,
        "value": number(raw["value"], where),
        "unit": measured,
        "label": _optional(raw.get("label"), f"the label of {where}"),
        "definition": text(raw.get("definition") or "", f"the definition of {where}"),
        "dimensions": {name(key, "a dimension"): text(value, f"{key} of {where}") for key, value in given.items()},
        "n": None if n is None else int(n),
        "before": number(raw.get("before"), f"before of {where}"),
        "interval": ends,
        "significant": raw.get("significant"),
        "line": _line(raw.get("line")),
    }


def chart(raw: Mapping[str, Any], tables: Mapping[str, Collection[str]]) -> dict[str, Any]:
    """A checked copy of `{kind, table, columns {part: column}, title, grain, line}`; tables: the columns of each by title. Raises Unusable."""
    title = name(raw["table"], "the table of a chart")
    if title not in tables:
        raise Unusable(
            f"a chart is of the table {title!r}, which was not returned; tables: {', '.join(tables) or 'none'}"
        )
    columns = {name(part, "a part of a chart"): name(key, "a column") for part, key in dict(raw["columns"]).items()}
    _among(columns.values(), tables[title], f"a chart of table {title!r}")
    grain = raw.get("grain")
    if grain not in (None, "day", "week", "month", "quarter", "year"):
        raise Unusable(f"grain of a chart is {grain!r}; it is day, week, month, quarter or year")
    return {
        "kind": name(raw["kind"], "a chart"),
        "table": title,
        "columns": columns,
        "title": _optional(raw.get("title"), "a chart"),
        "grain": grain,
        "line": _line(raw.get("line")),
    }


def distinct(names: Sequence[str]) -> list[str]:
    """The names in order, each different from those before it."""
    taken: list[str] = []
    for wanted in names:
        chosen, again = wanted, 2
        while chosen in taken:
            chosen, again = f"{wanted}_{again}", again + 1
        taken.append(chosen)
    return taken


def whole(tables: Collection[Mapping[str, Any]], fact_count: int) -> None:
    """Whether all together stays within bounds and no title comes twice. Raises Unusable."""
    if len(tables) > MOST_TABLES:
        raise Unusable(f"{len(tables)} tables; at most {MOST_TABLES} are taken")
    _distinct([one["title"] for one in tables], "tables")
    cells = sum(len(t["rows"]) * sum(c["unit"] in NUMBERS for c in t["columns"]) for t in tables) + fact_count
    if cells > MOST_CELLS:
        raise Unusable(f"{cells:,} numbers; at most {MOST_CELLS:,} are taken, so group or filter first")


def _column(raw: Mapping[str, Any], title: str) -> dict[str, Any]:
    key = name(raw["key"], f"a column of table {title!r}")
    where = f"column {key!r} of table {title!r}"
    return {
        "key": key,
        "label": _optional(raw.get("label"), f"the label of {where}"),
        "unit": unit(raw["unit"], where),
        "definition": text(raw.get("definition") or "", f"the definition of {where}"),
    }


def _row(raw: object, columns: Collection[Mapping[str, Any]], title: str, at: int) -> list[Any]:
    if not isinstance(raw, list) or len(raw) != len(columns):
        raise Unusable(f"row {at} of table {title!r} has not as many cells as there are columns")
    cells = []
    for column, cell in zip(columns, raw, strict=True):
        where = f"{column['key']!r} in row {at} of table {title!r}"
        cells.append(number(cell, where) if column["unit"] in NUMBERS else text(cell, where))
    return cells


def _list(raw: object, most: int, where: str, what: str) -> list[Any]:
    if not isinstance(raw, list):
        raise Unusable(f"{where} has no list of {what}")
    if len(raw) > most:
        raise Unusable(f"{where} has {len(raw):,} {what}; at most {most:,} are taken, so group or filter first")
    return raw


def _pair(raw: object, where: str) -> tuple[Any, Any]:
    if not isinstance(raw, (list, tuple)) or len(raw) != 2:
        raise Unusable(f"the interval of {where} must be two numbers, the lower first")
    return raw[0], raw[1]


def _distinct(names: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for one in names:
        if one and one in seen:
            raise Unusable(f"{what}: {one!r} comes twice")
        seen.add(one)


def _among(names: Iterable[Any], known: Collection[str], what: str) -> None:
    for one in names:
        if one not in known:
            raise Unusable(f"{what} names {one!r}; there are {', '.join(known) or 'none'}")


def _optional(raw: object, what: str) -> str:
    return "" if raw in (None, "") else name(raw, what)


def _line(raw: object) -> int | None:
    return raw if isinstance(raw, int) and not isinstance(raw, bool) and 0 < raw < LARGEST else None
