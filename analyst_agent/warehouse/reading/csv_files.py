"""CSV files: DuckDB's parallel parser where its rows provably add up to the bytes, a record-by-record parser where they do not."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from analyst_agent.errors import LoadError
from analyst_agent.warehouse.progress import Advance, unseen
from analyst_agent.warehouse.raw import Raw, must_add_up, path_literal, scalar, shown
from analyst_agent.warehouse.reading.scan import TextFile, scan_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_LONGEST_FIELD = 8_000_000
_LONGEST_LINE = 30_000_000
_LINE_END = re.compile(r"\r\n|\r|\n")  # Unicode knows more, which only stand in a text
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}


@dataclass(slots=True)
class CsvFile:
    """A CSV file with its header and delimiter known."""

    path: Path
    text: TextFile
    delimiter: str
    header: Sequence[str]
    header_lines: int
    work: Path
    note: str
    sha256: str = field(default="")

    def read(self, con: DuckDBPyConnection, name: str, needed: Sequence[int]) -> Raw:
        """Rows of the right number of fields; the others in `<name>_bad`. Every physical line is in one of them or blank."""
        return self._read_fast(con, name, needed) or self._read_slow(con, name, needed)

    def _read_fast(self, con: DuckDBPyConnection, name: str, needed: Sequence[int]) -> Raw | None:
        """DuckDB's parser, or None where its rows do not account for every line feed and delimiter in the bytes."""
        import duckdb

        width = len(self.header)
        if self.text.has_bare_cr or self.header_lines != 1 or width == 1:
            return None
        has_quotes = self.text.quote_count > 0
        kept = [f"c{i}" for i in needed]
        if has_quotes:
            fields = [f"coalesce(c{i}, '')" for i in range(width)]
            kept += [
                f"{_occurrences(fields, mark)} AS {alias}" for mark, alias in (("\n", "_nl"), (self.delimiter, "_dl"))
            ]
        try:
            con.execute(
                f"CREATE TEMP TABLE {name} AS SELECT {', '.join(kept) or 'c0'} FROM {self._parser(self.text.path, width, 1)}"
            )
        except duckdb.Error:
            return None
        rows = scalar(con, f"SELECT count(*) FROM {name}")
        inside = con.execute(f"SELECT sum(_nl), sum(_dl) FROM {name}").fetchone() if has_quotes else (0, 0)
        line_feeds, delimiters = (int(v or 0) for v in inside or (0, 0))
        body_delimiters = self.text.delimiter_counts[self.delimiter] - (width - 1) - self._delimiters_inside_header()
        if rows + line_feeds != self.text.line_count - 1 or rows * (width - 1) + delimiters != body_delimiters:
            con.execute(f"DROP TABLE {name}")
            return None
        if line_feeds:
            line = "rowid + 2 + sum(_nl) OVER (ORDER BY rowid ROWS UNBOUNDED PRECEDING) - _nl"
            con.execute(
                f"CREATE TEMP TABLE {name}_lines AS SELECT rowid AS _row, ({line})::BIGINT AS _line FROM {name}"
            )
        else:
            con.execute(f"CREATE TEMP VIEW {name}_lines AS SELECT rowid AS _row, rowid + 2 AS _line FROM {name}")
        con.execute(f"CREATE TEMP TABLE {name}_bad (line BIGINT, value VARCHAR, reason VARCHAR)")
        return Raw(name, rows, 0)

    def _delimiters_inside_header(self) -> int:
        return sum(h.count(self.delimiter) for h in self.header)

    def _parser(self, path: Path, width: int, skip: int) -> str:
        columns = ", ".join(f"c{i}: 'VARCHAR'" for i in range(width))
        tab = "\\t" if self.delimiter == "\t" else self.delimiter
        return (
            f"read_csv({path_literal(path)}, header = false, skip = {skip}, auto_detect = false, columns = {{{columns}}}, "
            f"delim = '{tab}', quote = '\"', escape = '\"', strict_mode = true, null_padding = false, "
            f"max_line_size = {_LONGEST_LINE}{', compression = gzip' if self.text.is_gzipped and path == self.text.path else ''})"
        )

    def _read_slow(self, con: DuckDBPyConnection, name: str, needed: Sequence[int]) -> Raw:
        good, bad = self.work / f"{name}.good.csv", self.work / f"{name}.bad.csv"
        width, good_count, bad_count = len(self.header), 0, 0
        with good.open("w", encoding="utf-8", newline="") as g, bad.open("w", encoding="utf-8", newline="") as b:
            rows = csv.writer(g, quoting=csv.QUOTE_ALL, lineterminator="\n")
            aside = csv.writer(b, quoting=csv.QUOTE_ALL, lineterminator="\n")
            for line, fields, text, why in records(self.text, self.delimiter):
                if line <= self.header_lines:
                    continue
                if fields is not None and len(fields) == width:
                    rows.writerow([line, *(fields[i] for i in needed)])
                    good_count += 1
                    continue
                reason = why or f"has {len(fields or [])} fields where the header has {width}"
                aside.writerow([line, shown(text), reason])
                bad_count += 1
        columns = ", ".join(f"c{i}: 'VARCHAR'" for i in needed)
        read_clean(con, f"{name}", good, f"_line: 'BIGINT'{', ' if columns else ''}{columns}")
        read_clean(con, f"{name}_bad", bad, "line: 'BIGINT', value: 'VARCHAR', reason: 'VARCHAR'")
        con.execute(f"CREATE TEMP VIEW {name}_lines AS SELECT rowid AS _row, _line FROM {name}")
        must_add_up(str(self.path), scalar(con, f"SELECT count(*) FROM {name}"), good_count)
        must_add_up(str(self.path), scalar(con, f"SELECT count(*) FROM {name}_bad"), bad_count)
        return Raw(name, good_count, bad_count)


def _occurrences(fields: Sequence[str], mark: str) -> str:
    """SQL: how often a one-byte character stands inside these fields together."""
    char = "chr(10)" if mark == "\n" else "chr(9)" if mark == "\t" else f"'{mark}'"
    joined = f"concat({', '.join(fields)})"
    return f"(strlen({joined}) - strlen(replace({joined}, {char}, '')))"


def read_clean(con: DuckDBPyConnection, name: str, path: Path, columns: str) -> None:
    """A temporary table from a CSV file that this program wrote (comma, all quoted, no header)."""
    import duckdb

    try:
        con.execute(
            f"CREATE TEMP TABLE {name} AS FROM read_csv({path_literal(path)}, header = false, auto_detect = false, "
            f"columns = {{{columns}}}, delim = ',', quote = '\"', escape = '\"', strict_mode = true, new_line = '\\n', "
            f"max_line_size = {_LONGEST_LINE})"
        )
    except duckdb.Error as error:
        raise LoadError(f"{path.name}: a record is too long to be read.", "Leave out the longest texts.") from error
    path.unlink()


def records(text: TextFile, delimiter: str) -> Iterator[tuple[int, list[str] | None, str, str]]:
    """Each record: the physical line it begins on, its fields (None if it is none), its text, and why it is none.

    A record whose quotes are wrong is only its first physical line, so one bad quote does not swallow what follows. Blank lines are skipped.
    """
    with _field_limit(), text.lines() as stream:
        source = _Lines(stream)
        reader = csv.reader(source, delimiter=delimiter, strict=True)
        while True:
            source.begin()
            try:
                fields = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                first = source.retreat()
                yield first.number, None, first.text, f"is not valid CSV ({error})"
                continue
            if fields:
                yield source.first_number, fields, "".join(source.taken), ""


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str


class _Lines:
    """Physical lines for the csv reader that can be given back from the second line of a record on."""

    def __init__(self, stream: Iterator[str]) -> None:
        self._stream = stream
        self._returned: deque[str] = deque()
        self._number = 0
        self.taken: list[str] = []
        self.first_number = 1

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._stream)
        self._number += 1
        self.taken.append(line)
        return line

    def begin(self) -> None:
        self.taken = []
        self.first_number = self._number + 1

    def retreat(self) -> _Line:
        first, *rest = self.taken
        self._returned.extendleft(reversed(rest))
        self._number = self.first_number
        return _Line(self.first_number, first)


@contextmanager
def _field_limit() -> Iterator[None]:
    before = csv.field_size_limit(_LONGEST_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def open_csv(path: Path, work: Path, recognise: Callable[[Sequence[str]], int], advance: Advance = unseen) -> CsvFile:
    """Reads the header; the delimiter is the one under which most of its names are recognised, then the one that splits it most.

    advance is told of the bytes read. Raises LoadError where there is no header.
    """
    text = scan_text(path, work, advance)
    best: tuple[int, int] = (-1, -1)
    found: CsvFile | None = None
    for delimiter in DELIMITERS:
        first = next(records(text, delimiter), None)
        if first is None:
            raise LoadError(f"{path} is empty: it has no header.", "The first line must name the columns.")
        line, fields, raw, _ = first
        if "\0" in raw:
            raise LoadError(f"{path} is no text file.", "Export it again as CSV, or leave it out.")
        if fields is None:
            continue
        score = (recognise(fields), len(fields))
        if score > best:
            best = score
            lines = line - 1 + max(1, len(_LINE_END.findall(raw)))
            found = CsvFile(path, text, delimiter, tuple(fields), lines, work, text.note, text.sha256)
    if found is None:
        raise LoadError(f"{path}: its first line is no CSV header.", "The first line must name the columns.")
    return found
