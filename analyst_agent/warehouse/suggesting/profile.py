"""What a file's columns hold, from an even sample of its rows: how many values, of what kind, how they are written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from analyst_agent.errors import LoadError
from analyst_agent.warehouse.raw import SourceFile, literal
from analyst_agent.warehouse.reading.csv_files import open_csv
from analyst_agent.warehouse.reading.files import FORMATS
from analyst_agent.warehouse.reading.json_lines import open_json_lines
from analyst_agent.warehouse.reading.parquet_files import open_parquet
from analyst_agent.warehouse.suggesting.names import Vocabulary, is_technical, plain
from analyst_agent.warehouse.suggesting.times import TimeForm, settle, time_form

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SAMPLE = 2000
TIME_SAMPLE = 600
MOST_COLUMNS = 1000
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_COMMA_NUMBER = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+")
_BLANK = " \t\r\n\v\f\u00a0\ufeff"


@dataclass(slots=True)
class ColumnProfile:
    """One source column. name: as a mapping must write it; values: the sample's non-missing texts; counts: how often each occurs in it."""

    name: str
    place: int
    values: list[str]
    sampled: int
    markers: dict[str, int]
    counts: Counter[str] = field(default_factory=Counter)
    time: TimeForm | None = None
    is_technical: bool = False

    @property
    def filled(self) -> int:
        """How many sampled rows have a value."""
        return len(self.values)

    @property
    def distinct(self) -> int:
        """How many different values the sample has."""
        return len(self.counts)

    @property
    def examples(self) -> tuple[str, ...]:
        """Up to three different values, the first ones of the sample."""
        return tuple(dict.fromkeys(self.values[:200]))[:3]

    @property
    def numbers(self) -> list[float]:
        """The values that are numbers."""
        return [float(v) for v in self.values if _NUMBER.fullmatch(v)]

    @property
    def number_share(self) -> float:
        """The share of values that are numbers with a decimal point."""
        return len(self.numbers) / self.filled if self.filled else 0.0

    @property
    def comma_share(self) -> float:
        """The share of values that are numbers with a decimal comma."""
        return sum(1 for v in self.values if _COMMA_NUMBER.fullmatch(v)) / self.filled if self.filled else 0.0

    @property
    def time_share(self) -> float:
        """The share of values that are times in the form found."""
        return self.time.share if self.time and not self.time.is_epoch else 0.0

    @property
    def mean_length(self) -> float:
        """Mean length of the values in characters."""
        return sum(map(len, self.values)) / self.filled if self.filled else 0.0

    def share_in(self, words: frozenset[str]) -> float:
        """The share of values that are one of these words, without case and accents."""
        if not self.filled:
            return 0.0
        return sum(n for v, n in self.counts.items() if plain(v.strip()) in words) / self.filled


@dataclass(slots=True)
class FileProfile:
    """One file: its rows in the temporary table `table` (texts c0, c1, ...), and its columns. shown: its name as given."""

    path: Path
    shown: str
    table: str
    rows: int
    bad: int
    columns: list[ColumnProfile]
    note: str = ""
    left_out: tuple[str, ...] = ()

    def column(self, name: str) -> ColumnProfile:
        """The column of that name; KeyError where there is none."""
        return {c.name: c for c in self.columns}[name]


def format_of(path: Path) -> str | None:
    """The format of a file that can be loaded, by its name's ending."""
    name = path.name.lower()
    endings = [e for e in FORMATS if name.endswith(e)]
    return FORMATS[max(endings, key=len)] if endings else None


def profile(
    con: DuckDBPyConnection,
    path: Path,
    shown: str,
    work: Path,
    table: str,
    known: Vocabulary,
    recognise: Callable[[Sequence[str]], int],
) -> FileProfile:
    """Reads a file whole into a temporary table, as a load does, and profiles an even sample. Raises LoadError where it cannot be read."""
    source = _open(con, path, work, table, recognise)
    places, left_out = _usable(source.header)
    raw = source.read(con, table, places)
    found = FileProfile(path, shown, table, raw.row_count, raw.bad_count, [], source.note, left_out)
    step = max(1, -(-raw.row_count // SAMPLE))
    texts = ", ".join(f"c{i}" for i in places) or "1"
    rows = con.execute(f"SELECT {texts} FROM {table} WHERE rowid % {step} = 0 ORDER BY rowid").fetchall()
    for position, place in enumerate(places):
        name = source.header[place].strip("\ufeff \t")
        found.columns.append(_column(con, name, place, [row[position] for row in rows], known))
    times = [c.time for c in found.columns if c.time]
    for column in found.columns:
        if column.time:
            column.time = settle(column.time, times)
    return found


def _open(
    con: DuckDBPyConnection, path: Path, work: Path, table: str, recognise: Callable[[Sequence[str]], int]
) -> SourceFile:
    kind = format_of(path)
    if kind == "parquet":
        return open_parquet(con, path)
    if kind == "json_lines":
        return open_json_lines(con, path, work, f"{table}_text")
    if kind == "csv":
        return open_csv(path, work, recognise)
    raise LoadError(f"{path} has no format that can be loaded.", f"Endings: {', '.join(FORMATS)}.")


def _usable(header: Sequence[str]) -> tuple[list[int], tuple[str, ...]]:
    """The places of the columns that a mapping can name: not nameless, and the first of those named alike."""
    seen: set[str] = set()
    places: list[int] = []
    left: list[str] = []
    for place, given in enumerate(header):
        name = given.strip("\ufeff \t")
        if not name or name in seen or "\0" in name or len(places) >= MOST_COLUMNS:
            left.append(name)
            continue
        seen.add(name)
        places.append(place)
    return places, tuple(left)


def _column(
    con: DuckDBPyConnection, name: str, place: int, texts: Sequence[str | None], known: Vocabulary
) -> ColumnProfile:
    values, markers = [], Counter[str]()
    always, in_numbers = frozenset(known.missing_always), frozenset(known.missing_in_numbers)
    for text in texts:
        value = (text or "").strip(_BLANK)
        if value in always:
            markers[value] += 1
        elif value:
            values.append(value)
    column = ColumnProfile(name, place, values, len(texts), dict(markers), is_technical=is_technical(name, known))
    column.time = time_form(con, values[:: max(1, len(values) // TIME_SAMPLE)])
    odd = Counter(v for v in values if v in in_numbers)
    rest = [v for v in values if v not in in_numbers]
    if odd and rest:  # a word for "nothing" among numbers or times means missing; among texts it may be a value
        time = time_form(con, rest[:: max(1, len(rest) // TIME_SAMPLE)])
        numbers = sum(1 for v in rest if _NUMBER.fullmatch(v)) / len(rest)
        if (time and time.share > 0.95) or numbers > 0.95:
            column.values, column.time = rest, time
            column.markers = dict(markers + odd)
    column.counts = Counter(column.values)
    return column


def uniqueness(
    con: DuckDBPyConnection, file: FileProfile, column: ColumnProfile, missing: Sequence[str]
) -> tuple[int, int]:
    """Over all rows: how many have a value in this column, and how many different ones there are."""
    listed = ", ".join(literal(m) for m in ("", *missing))
    row = con.execute(
        f"SELECT count(*), count(DISTINCT x) FROM (SELECT trim(c{column.place}) AS x FROM {file.table}) WHERE x NOT IN ({listed})"
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def shared_with(
    con: DuckDBPyConnection, file: FileProfile, column: ColumnProfile, other: FileProfile, key: int
) -> float:
    """The share of this column's different values that occur in another file's key."""
    row = con.execute(
        f"SELECT count(*), count(*) FILTER (WHERE x IN (SELECT trim(c{key}) FROM {other.table})) "
        f"FROM (SELECT DISTINCT trim(c{column.place}) AS x FROM {file.table} WHERE trim(c{column.place}) NOT IN ('', '?', '-'))"
    ).fetchone()
    return int(row[1]) / int(row[0]) if row and row[0] else 0.0
