"""Tables to frames and back: what is given are stored values, what is taken are plain JSON values."""

from __future__ import annotations

import datetime
import decimal
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from .shape import MOST_ROWS, NUMBERS, TEXTS, Unusable, distinct, name


def frame_of(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """A frame of stored values; a column name that comes again is numbered (`rate`, `rate_2`)."""
    return pd.DataFrame([list(row) for row in rows], columns=distinct(columns))


def flat(result: object, title: str) -> pd.DataFrame:
    """The frame with a named index as columns. Raises Unusable for what is no frame and for headings of several lines."""
    if isinstance(result, pd.Series):
        result = result.to_frame(result.name if isinstance(result.name, str) else "value")
    if not isinstance(result, pd.DataFrame):
        raise Unusable(f"{title!r} must be a DataFrame, not {type(result).__name__}")
    if len(result) > MOST_ROWS:
        raise Unusable(
            f"table {title!r} has {len(result):,} rows; at most {MOST_ROWS:,} are taken, so group or filter first"
        )
    if isinstance(result.columns, pd.MultiIndex):
        raise Unusable(f"table {title!r} has columns of several levels; give each one name")
    index = result.index
    if any(level is not None for level in index.names) or not pd.api.types.is_integer_dtype(index.dtype):
        clash = [str(level) for level in index.names if level in result.columns]
        if clash:
            raise Unusable(f"table {title!r} has {clash[0]!r} both as index and as column")
        return result.reset_index()
    return result


def cells(column: pd.Series[Any], key: str, title: str) -> list[Any]:
    """A column as JSON values, None for what is missing. Raises Unusable for what is no value of a table."""
    return [_cell(value, key, f"{key!r} in row {at} of table {title!r}") for at, value in enumerate(column, start=1)]


def unit_of(key: str, values: Sequence[Any], declared: Mapping[str, str], known: Mapping[str, str], title: str) -> str:
    """The unit of a column: as declared, as an input's column of that name has it, else text, date, or count for whole numbers.

    Raises Unusable where numbers have no known unit, or numbers and texts are mixed.
    """
    present = [v for v in values if v is not None]
    numeric = [isinstance(v, (int, float)) and not isinstance(v, bool) for v in present]
    said = declared.get(key) or known.get(key, "")
    if said in TEXTS or (said and said not in NUMBERS):
        return said
    if said and all(numeric):
        return said
    if any(numeric) and not all(numeric):
        raise Unusable(f"column {key!r} of table {title!r} holds numbers and texts")
    if key in declared:
        raise Unusable(f"column {key!r} of table {title!r} is said to be {said}, and holds no numbers")
    if not present or not any(numeric):
        return "text"
    if all(isinstance(v, int) for v in present):
        return "count"
    raise Unusable(
        f"column {key!r} of table {title!r} has no unit; say it, as in units={{{key!r}: 'ratio'}} (one of {', '.join(NUMBERS)})"
    )


def keys_of(frame: pd.DataFrame, title: str) -> list[str]:
    """The names of the columns as one visible line each. Raises Unusable."""
    return [name(key, f"a column of table {title!r}") for key in frame.columns]


def plain(value: Any, key: str, where: str) -> Any:
    """One value as a JSON value."""
    return _cell(value, key, where)


def _cell(value: Any, key: str, where: str) -> Any:
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, np.generic) and not isinstance(value, (np.datetime64, np.timedelta64)):
        value = value.item()
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, (float, decimal.Decimal)):
        value = float(value)
        return None if math.isnan(value) else value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value)
    if isinstance(value, pd.Period):
        value = value.start_time
    if isinstance(value, (datetime.timedelta, np.timedelta64)):
        return pd.Timedelta(value).total_seconds() / 60
    if isinstance(value, (datetime.date, datetime.time)):
        return _moment(value, key)
    raise Unusable(f"{where} is {type(value).__name__}; a cell holds a number, a text, a date, yes or no, or nothing")


def _moment(value: datetime.date | datetime.time, key: str) -> str:
    """A day, or a time as ISO 8601 with its own offset; in a column of calendar units the unit as the data store it."""
    if isinstance(value, datetime.time):
        return value.isoformat()
    if key == "quarter":
        return f"{value.year}-Q{(value.month + 2) // 3}"
    if key in ("month", "year"):
        return value.isoformat()[: 7 if key == "month" else 4]
    if isinstance(value, datetime.datetime):
        midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat()
    return value.isoformat()
