"""One unknown file as typed columns in memory: texts as codes of their values, numbers, times in seconds, words of long texts.

The file is read whole by the readers of a load; typing and counting are done in the engine, and only codes and numbers
come out of it.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from analyst_agent.errors import LoadError, nearest
from analyst_agent.warehouse.checks import value_sql
from analyst_agent.warehouse.raw import literal, scalar
from analyst_agent.warehouse.reading.files import FORMATS
from analyst_agent.warehouse.suggesting.names import Vocabulary, vocabulary, words
from analyst_agent.warehouse.suggesting.profile import ColumnProfile, FileProfile, format_of, profile
from analyst_agent.warehouse.suggesting.times import TimeForm, time_form
from analyst_agent.warehouse.tables import Column

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Kind = Literal["values", "number", "time", "text", "id", "constant", "empty"]

MOST_ROWS = 2_000_000
"""Rows scanned; of more, an even sample."""
MOST_SCANNED = 120
"""Columns typed; of more, the first."""
MOST_VALUES = 5_000
"""Different values of a text column up to which each has a code."""
MOST_WORDS = 16
_MEMORY_LIMIT = "1GB"
_NUMBER = Column("number", "number")
_TIME = Column("time", "timestamp")
_ID_WORDS = frozenset(
    [
        "id",
        "ids",
        "number",
        "key",
        "code",
        "zip",
        "postcode",
        "postal",
        "phone",
        "uuid",
        "guid",
        "sysid",
        "serial",
        "ref",
        "reference",
        "hash",
        "no",
        "nr",
        "index",
    ]
)
_WORD = re.compile(r"[a-z][a-z0-9]{2,30}")
_STOP = frozenset(
    [
        "the",
        "and",
        "for",
        "with",
        "from",
        "this",
        "that",
        "are",
        "was",
        "were",
        "has",
        "have",
        "had",
        "not",
        "but",
        "can",
        "cannot",
        "could",
        "would",
        "should",
        "will",
        "does",
        "did",
        "been",
        "being",
        "into",
        "onto",
        "our",
        "your",
        "their",
        "its",
        "his",
        "her",
        "you",
        "they",
        "them",
        "who",
        "whom",
        "what",
        "when",
        "where",
        "which",
        "while",
        "after",
        "before",
        "about",
        "over",
        "under",
        "again",
        "than",
        "then",
        "there",
        "here",
        "also",
        "very",
        "just",
        "only",
        "any",
        "all",
        "some",
        "each",
        "more",
        "most",
        "other",
        "such",
        "per",
        "via",
        "need",
        "needs",
        "please",
        "due",
        "get",
        "got",
    ]
)
_FORMS = 3
_BLANK = "' \t\r\n\v\f\u00a0\ufeff'"


@dataclass(slots=True)
class SurveyColumn:
    """One column. kind decides what is filled: `codes` into `values` (-1 missing) for values, `numbers` (NaN missing) for
    numbers and for times (seconds since 1970). words: flags of the words of a text, by word.

    misread: non-empty cells that are no value of the column's kind; note: what a reader should know of how it was read.
    """

    name: str
    kind: Kind
    filled: int
    distinct: int
    codes: NDArray[np.int32] | None = None
    values: tuple[str, ...] = ()
    numbers: NDArray[np.float64] | None = None
    words: dict[str, NDArray[np.bool_]] = field(default_factory=dict)
    missing: NDArray[np.bool_] | None = None
    is_technical: bool = False
    misread: int = 0
    note: str = ""


@dataclass(slots=True)
class Survey:
    """A file's columns over `rows` rows, an even sample of `total` where these are more. bad: records that are no rows."""

    file: str
    rows: int
    total: int
    bad: int
    columns: list[SurveyColumn]
    duplicates: NDArray[np.int32] | None = None
    notes: tuple[str, ...] = ()


def survey(path: Path) -> Survey:
    """Reads and types a CSV, JSON Lines (both also .gz) or Parquet file. Raises LoadError where it cannot be read."""
    if not path.exists():
        close = nearest(path.name, [p.name for p in path.parent.iterdir()]) if path.parent.is_dir() else []
        raise LoadError(
            f"There is no file {path}.",
            f"Did you mean {path.parent / close[0]}?" if close else "Give an existing file.",
        )
    if not path.is_file() or format_of(path) is None:
        raise LoadError(f"{path} has no format that can be read.", f"Endings: {', '.join(FORMATS)}.")
    with tempfile.TemporaryDirectory(prefix="analyst-discover-") as scratch:
        con = _connect(Path(scratch))
        try:
            known = vocabulary()
            file = profile(con, path, path.name, Path(scratch), "raw", known, lambda _: 0)
            return _survey(con, file, known)
        finally:
            con.close()


def _connect(work: Path) -> DuckDBPyConnection:
    import duckdb

    con = duckdb.connect(str(work / "survey.duckdb"), config={"autoinstall_known_extensions": "false"})
    con.execute("SET TimeZone = 'UTC'")
    con.execute(f"SET memory_limit = '{_MEMORY_LIMIT}'")
    con.execute(f"SET temp_directory = {literal(str(work / 'spill'))}")
    con.execute("SET preserve_insertion_order = true")
    return con


def _survey(con: DuckDBPyConnection, file: FileProfile, known: Vocabulary) -> Survey:
    step = max(1, -(-file.rows // MOST_ROWS))
    chosen = file.columns[:MOST_SCANNED]
    notes = [file.note] if file.note else []
    if len(file.columns) > len(chosen):
        notes.append(f"only the first {MOST_SCANNED} of {len(file.columns)} columns were scanned")
    if file.left_out:
        notes.append(f"{len(file.left_out)} columns without a name of their own were left out")
    if file.bad:
        notes.append(f"{file.bad} records could not be parsed and were left out")
    rows = scalar(con, f"SELECT count(*) FROM {file.table} WHERE rowid % {step} = 0")
    if step > 1:
        notes.append(f"an even sample of {rows} of {file.rows} rows was scanned: all counts are of the sample")
    reader = _Reader(con, file.table, step, rows, known)
    columns = [reader.column(one) for one in chosen]
    notes += [f"{c.name}: {c.note}" for c in columns if c.note]
    return Survey(file.shown, rows, file.rows, file.bad, columns, reader.duplicates(columns, chosen), tuple(notes))


class _Reader:
    """Types one column at a time, so that only the result of each stays in memory."""

    def __init__(self, con: DuckDBPyConnection, table: str, step: int, rows: int, known: Vocabulary) -> None:
        self.con, self.table, self.step, self.rows = con, table, step, rows
        self.always = ", ".join(literal(m) for m in ("", *known.missing_always))
        self.odd = ", ".join(literal(m) for m in ("", *known.missing_always, *known.missing_in_numbers))

    def column(self, one: ColumnProfile) -> SurveyColumn:
        """The column, read as what most of its values are."""
        text = f"trim(c{one.place}, {_BLANK})"
        filled, distinct = self._size(text)
        made = SurveyColumn(one.name, "empty", filled, distinct, is_technical=one.is_technical)
        if not filled:
            return made
        made.missing = self._flags(f"coalesce({text} IN ({self.always}), true)")
        if distinct == 1:
            made.kind, made.values = "constant", one.examples[:1]
        elif one.time is not None and one.time.share >= 0.5 and (not one.time.is_epoch or _says_time(one.name)):
            self._as_time(made, text, one)
        elif one.number_share > 0.9 or one.comma_share > 0.9:
            self._as_number(made, text, one)
        else:
            self._as_values(made, text, one)
        return made

    def _from(self) -> str:
        return f"FROM {self.table} WHERE rowid % {self.step} = 0"

    def _size(self, text: str) -> tuple[int, int]:
        row = self.con.execute(
            f"SELECT count(*), count(DISTINCT x) FROM (SELECT {text} AS x {self._from()}) WHERE x NOT IN ({self.always})"
        ).fetchone()
        return (int(row[0]), int(row[1])) if row else (0, 0)

    def _array(self, sql: str, kind: Any) -> NDArray[Any]:
        found = self.con.execute(f"SELECT {sql} AS v {self._from()} ORDER BY rowid").fetchnumpy()["v"]
        return np.asarray(found, dtype=kind)

    def _flags(self, sql: str) -> NDArray[np.bool_]:
        return self._array(sql, np.bool_)

    def _doubles(self, sql: str) -> NDArray[np.float64]:
        return self._array(f"coalesce(({sql})::DOUBLE, 'nan'::DOUBLE)", np.float64)

    def _as_time(self, made: SurveyColumn, text: str, one: ColumnProfile) -> None:
        assert one.time is not None
        made.kind = "time"
        if one.time.is_epoch:
            number = f"try_cast({text} AS DOUBLE)"
            made.numbers = self._doubles(f"CASE WHEN {number} >= 1e11 THEN {number} / 1000 ELSE {number} END")
            made.note = "read as seconds or milliseconds since 1970"
        else:
            forms = self._forms(one, one.time)
            values = ", ".join(value_sql(_TIME, "x", f.date_format, "UTC") for f in forms)
            made.numbers = self._array(
                f"(SELECT coalesce(epoch(coalesce({values}, NULL)), 'nan'::DOUBLE) FROM (SELECT {text} AS x))",
                np.float64,
            )
            ambiguous = next((f for f in forms if f.is_ambiguous), None)
            if ambiguous is not None:
                made.note = f"day and month could be the other way round; read as {ambiguous.date_format}"
            elif len(forms) > 1:
                made.note = f"dates are written in {len(forms)} ways"
        made.missing = np.isnan(made.numbers)
        made.misread = max(0, made.filled - int((~made.missing).sum()))
        if made.misread:
            made.note = "; ".join(filter(None, (made.note, f"{made.misread} values are no times and count as missing")))

    def _forms(self, one: ColumnProfile, first: TimeForm) -> list[TimeForm]:
        """The form of most values, then of those that it does not read."""
        forms, left = [first], list(one.values[:2000])
        while len(forms) < _FORMS:
            reads = value_sql(_TIME, "x", forms[-1].date_format, "UTC")
            left = [
                str(r[0])
                for r in self.con.execute(
                    f"SELECT x FROM (SELECT unnest(?) AS x) WHERE ({reads}) IS NULL", [left]
                ).fetchall()
            ]
            other = time_form(self.con, left) if len(left) >= 3 else None
            if other is None or other.is_epoch:
                return forms
            forms.append(other)
        return forms

    def _as_number(self, made: SurveyColumn, text: str, one: ColumnProfile) -> None:
        if one.comma_share > max(0.5, one.number_share):
            text = f"replace(replace({text}, '.', ''), ',', '.')"
        made.numbers = self._doubles(value_sql(_NUMBER, text, "", "UTC"))
        made.numbers[~np.isfinite(made.numbers)] = np.nan
        read = ~np.isnan(made.numbers)
        made.missing = ~read
        made.misread = max(0, made.filled - int(read.sum()))
        known = made.numbers[read]
        whole = bool((known == np.floor(known)).all()) if known.size else False
        unique = made.distinct > 0.9 * made.filled and made.filled >= 20
        name = set(words(one.name))
        is_id = whole and (
            (unique and (bool(name & _ID_WORDS) or _is_counter(known)))
            or (bool(name & _ID_WORDS) and made.distinct > 60)
        )
        made.kind = "id" if is_id else "number"
        if whole and made.distinct <= 60 and (made.distinct <= 5 or name & _ID_WORDS):
            made.values = tuple(f"{v:g}" for v in np.unique(known))
            made.codes = np.where(read, np.searchsorted(np.unique(known), np.where(read, made.numbers, 0)), -1).astype(
                np.int32
            )
            if made.distinct <= 2 or name & _ID_WORDS:
                made.kind = "values"

    def _as_values(self, made: SurveyColumn, text: str, one: ColumnProfile) -> None:
        spaced = sum(" " in v.strip() for v in one.values) > 0.6 * max(one.filled, 1)
        if made.distinct > 30 and made.distinct > 0.15 * made.filled and one.mean_length > 18 and spaced:
            made.kind = "text"
            made.words = self._words(text, one)
            return
        if made.distinct > MOST_VALUES or (made.distinct > 0.5 * made.filled and made.filled >= 8):
            made.kind = "id"
            return
        made.kind = "values"
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE known AS SELECT x, (row_number() OVER (ORDER BY n DESC, x) - 1)::INTEGER AS code "
            f"FROM (SELECT {text} AS x, count(*) AS n {self._from()} GROUP BY x) WHERE x NOT IN ({self.always})"
        )
        made.values = tuple(str(r[0]) for r in self.con.execute("SELECT x FROM known ORDER BY code").fetchall())
        found = self.con.execute(
            f"SELECT coalesce(k.code, -1) AS v FROM (SELECT rowid AS r, {text} AS x {self._from()}) "
            "LEFT JOIN known AS k USING (x) ORDER BY r"
        ).fetchnumpy()["v"]
        made.codes = np.asarray(found, dtype=np.int32)

    def _words(self, text: str, one: ColumnProfile) -> dict[str, NDArray[np.bool_]]:
        """Flags of the words that stand in 3 to 90 % of the texts, the most even ones first, none that only repeats another."""
        seen = Counter(w for v in one.values for w in set(_WORD.findall(v.lower())) if w not in _STOP)
        usual = [w for w, n in seen.items() if 0.03 * one.filled <= n <= 0.9 * one.filled]
        usual.sort(key=lambda w: (abs(seen[w] / one.filled - 0.4), w))
        flags: dict[str, NDArray[np.bool_]] = {}
        plain = f"(' ' || regexp_replace(lower({text}), '[^a-z0-9]+', ' ', 'g') || ' ')"
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE texts AS SELECT rowid AS r, {plain} AS x {self._from()}")
        for word in usual[: 3 * MOST_WORDS]:
            found = self.con.execute(
                f"SELECT coalesce(contains(x, {literal(f' {word} ')}), false) AS v FROM texts ORDER BY r"
            ).fetchnumpy()["v"]
            has = np.asarray(found, dtype=np.bool_)
            if all((has & other).sum() < 0.8 * (has | other).sum() for other in flags.values()):
                flags[word] = has
            if len(flags) >= MOST_WORDS:
                break
        return flags

    def duplicates(self, columns: list[SurveyColumn], given: list[ColumnProfile]) -> NDArray[np.int32] | None:
        """A number for each row, shared by rows that are alike in everything but ids; None where no two are, or where
        no column is fine enough for equality to mean repetition."""
        kept = [
            (c, g.place)
            for c, g in zip(columns, given, strict=True)
            if (c.kind != "id" and c.distinct < 0.999 * max(c.filled, 1)) or c.kind in ("time", "number", "text")
        ]
        if self.rows < 20 or not any(c.distinct > 0.3 * self.rows and c.kind != "values" for c, _ in kept):
            return None
        key = f"hash({', '.join(f'c{place}' for _, place in kept)})"
        found = self.con.execute(
            f"SELECT (dense_rank() OVER (ORDER BY h))::INTEGER AS v FROM (SELECT rowid AS r, {key} AS h {self._from()}) ORDER BY r"
        ).fetchnumpy()["v"]
        groups = np.asarray(found, dtype=np.int32)
        return groups if int(groups.max(initial=0)) < groups.size else None


def _says_time(name: str) -> bool:
    return bool(
        set(words(name)) & {"at", "on", "date", "time", "timestamp", "ts", "created", "updated", "opened", "closed"}
    )


def _is_counter(values: NDArray[np.float64]) -> bool:
    """Whether whole numbers count rows: they fill their range without gaps."""
    return values.size > 1 and float(values.max() - values.min()) <= 1.1 * values.size
