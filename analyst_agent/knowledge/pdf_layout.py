"""PDF text as sections: lines from runs, headings by size and weight, table rows by columns that stand below each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analyst_agent.knowledge.pdf_pages import Run, read_runs
from analyst_agent.knowledge.sections import NotReadable, Outline, Reading, Section
from analyst_agent.masking import one_line

_LEADERS = re.compile(r"(?:\.\s?){6,}\s*[\divxl]+$", re.IGNORECASE)
_NUMBER = re.compile(r"\W*(?:\d{1,4}|[ivxl]{1,6})\W*", re.IGNORECASE)
LARGER = 1.12
LONGEST_HEADING = 120
CELL_LINES = 6
RUNNING = 3
OUTERMOST = 2
MOST_LEVELS = 4
_MARKED = re.compile(r"(?:[-*•–▪●]|\d{1,3}[.)])\s+\S")


@dataclass(slots=True)
class Line:
    """One line of a page: cells are its pieces that stand clearly apart."""

    page: int
    baseline: float
    size: float
    is_bold: bool
    cells: list[str] = field(default_factory=list)
    lefts: list[float] = field(default_factory=list)
    right: float = 0.0

    @property
    def text(self) -> str:
        """The line as it reads."""
        return one_line(" ".join(self.cells))


def read_pdf(raw: bytes) -> Reading:
    """A file's sections, and its properties as fields. Raises NotReadable."""
    runs, fields = read_runs(raw)
    if not runs:
        raise NotReadable("holds no visible text; if it is a scan, it needs a text layer that shows")
    lines = _without_running_heads(lines_of(runs))
    return Reading(_Layout(lines).sections(), dict(fields))


def lines_of(runs: Sequence[Run]) -> list[Line]:
    """Runs on one baseline as a line, in the order the file draws them, which is the order of reading.

    A table is drawn cell by cell, so a run may go on with one of the last few lines; with a column of its own it is too
    far from them.
    """
    lines: list[Line] = []
    for run in runs:
        line = next((one for one in reversed(lines[-CELL_LINES:]) if _continues(one, run)), None)
        if line is None:
            line = Line(run.page, run.baseline, run.size, run.is_bold)
            lines.append(line)
        _put(line, run)
    return [line for line in lines if line.text]


def _continues(line: Line, run: Run) -> bool:
    same_place = line.page == run.page and abs(line.baseline - run.baseline) <= 0.35 * max(line.size, run.size)
    return same_place and run.left >= line.right - 0.5 * run.size


def _put(line: Line, run: Run) -> None:
    """Add a run: within a word, after a space, or as a cell of its own where the gap is wider than two letters."""
    gap = run.left - line.right
    if not line.cells or gap > 1.6 * run.size:
        line.cells.append(run.text)
        line.lefts.append(run.left)
    else:
        joint = " " if gap > 0.18 * run.size else ""
        line.cells[-1] += joint + run.text
    line.right = run.right
    line.size = max(line.size, run.size)
    line.is_bold = line.is_bold and (run.is_bold or not run.text.strip())


def _without_running_heads(lines: Sequence[Line]) -> list[Line]:
    """Lines without bare page numbers, entries of a table of contents (the headings come again where they stand) and the
    repeats of a running head: an outermost line that is the same at one height of three pages or more but for the
    number of the page."""
    outermost: dict[int, set[float]] = {}
    for page in {line.page for line in lines}:
        heights = sorted(line.baseline for line in lines if line.page == page)
        outermost[page] = {*heights[:OUTERMOST], *heights[-OUTERMOST:]}
    pages: dict[tuple[str, int], set[int]] = {}
    for line in lines:
        if line.baseline in outermost[line.page]:
            pages.setdefault(_place(line), set()).add(line.page)
    heads = {place: min(found) for place, found in pages.items() if len(found) >= RUNNING}
    return [
        line
        for line in lines
        if not _LEADERS.search(line.text)
        and (
            line.baseline not in outermost[line.page]
            or (not _NUMBER.fullmatch(line.text) and heads.get(_place(line), line.page) == line.page)
        )
    ]


def _place(line: Line) -> tuple[str, int]:
    return re.sub(rf"\b{line.page + 1}\b", "#", line.text, count=1), round(line.baseline / 4)


class _Layout:
    """One pass over the lines."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        letters: Counter[float] = Counter()
        for line in lines:
            letters[round(line.size * 2) / 2] += len(line.text)
        self._body = letters.most_common(1)[0][0] if letters else 0.0
        larger = sorted({self._step(x) for x in lines if x.size >= LARGER * self._body}, reverse=True)
        self._levels: Mapping[float, int] = {size: min(n, MOST_LEVELS) for n, size in enumerate(larger, start=1)}
        self._words = frozenset(word.lower() for line in lines for word in re.findall(r"[^\W\d_]+", line.text))
        self._outline = Outline()
        self._paragraph: list[Line] = []
        self._table: list[Line] = []

    def sections(self) -> list[Section]:
        for number, line in enumerate(self._lines):
            following = self._lines[number + 1] if number + 1 < len(self._lines) else None
            self._take(line, following)
        self._end()
        return self._outline.sections()

    def _take(self, line: Line, following: Line | None) -> None:
        if self._table and self._belongs(line):
            self._table.append(line)
            return
        if len(line.cells) > 1 and following is not None and _aligned(line, following):
            self._end()
            self._table.append(line)
            return
        level = self._level(line)
        if level is not None:
            before = self._paragraph[-1] if self._paragraph else None
            # A heading of two lines is one heading.
            if before is None or self._level(before) != level or not _follows(before, line):
                self._end()
            self._paragraph.append(line)
            return
        last = self._paragraph[-1] if self._paragraph else None
        if (
            last is not None
            and (self._level(last) is not None or _MARKED.match(line.text) or not self._runs_on(last, line))
        ) or self._table:
            self._end()
        self._paragraph.append(line)

    def _belongs(self, line: Line) -> bool:
        """Whether a line goes on with the table: its pieces stand under columns of the table, close below it."""
        first, last = self._table[0], self._table[-1]
        is_near = line.page == last.page and 0 < last.baseline - line.baseline <= 3.5 * last.size
        if not is_near or len(line.cells) > len(first.cells):
            return False
        under = all(any(abs(left - column) <= 4 for column in first.lefts) for left in line.lefts)
        # A single piece at the left edge is as likely the next paragraph.
        return under and (len(line.cells) > 1 or abs(line.lefts[0] - first.lefts[0]) > 4 or _is_rest(last, line))

    def _level(self, line: Line) -> int | None:
        """The level of a heading, None for a line of text."""
        text = line.text
        if (
            len(text) > LONGEST_HEADING
            or not re.search(r"[^\W\d_]", text)
            or (_MARKED.match(text) and not line.is_bold)
        ):
            return None
        if line.size >= LARGER * self._body:
            return self._levels.get(self._step(line))
        is_titled = line.is_bold and len(line.cells) == 1 and not re.search(r"[.:;,]$", text)
        return min(len(self._levels) + 1, MOST_LEVELS + 1) if is_titled else None

    def _step(self, line: Line) -> float:
        return round(line.size * 2) / 2

    def _runs_on(self, last: Line, line: Line) -> bool:
        """Whether a line goes on with the paragraph, also over the end of a page."""
        if abs(last.size - line.size) > 0.6 or len(last.cells) > 1 or len(line.cells) > 1:
            return False
        if last.page != line.page:
            return line.page == last.page + 1 and not re.search(r"[.!?:;]$", last.text) and line.text[:1].islower()
        return _follows(last, line)

    def _end(self) -> None:
        if self._table:
            self._outline.table(_rows(self._table), has_header=_has_header(self._table))
            self._table = []
        if self._paragraph:
            level, text = self._level(self._paragraph[0]), _joined([line.text for line in self._paragraph], self._words)
            if level is not None:
                self._outline.heading(level, text)
            else:
                self._outline.block("item" if _MARKED.match(text) else "text", re.sub(r"^[•–▪●]\s+", "- ", text))
            self._paragraph = []


def _follows(last: Line, line: Line) -> bool:
    return last.page == line.page and 0 < last.baseline - line.baseline <= 1.55 * max(last.size, line.size)


def _aligned(line: Line, following: Line) -> bool:
    """Whether two lines share at least two columns, as rows of a table do."""
    shared = sum(any(abs(left - other) <= 4 for other in following.lefts) for left in line.lefts)
    return shared >= 2 and _near(line, following)


def _near(line: Line, following: Line) -> bool:
    return line.page == following.page and 0 < line.baseline - following.baseline <= 3.5 * line.size


def _rows(lines: Sequence[Line]) -> list[list[str]]:
    """Cells under their columns; a line without a first cell goes on with the row above it."""
    columns = lines[0].lefts
    rows: list[list[str]] = []
    before: Line | None = None
    for line in lines:
        cells = [""] * len(columns)
        for left, text in zip(line.lefts, line.cells, strict=True):
            nearest = min(range(len(columns)), key=lambda n: abs(columns[n] - left))
            cells[nearest] = one_line(f"{cells[nearest]} {text}")
        if before is not None and (not cells[0] or _is_rest(before, line)):
            rows[-1] = [one_line(f"{above} {cell}") for above, cell in zip(rows[-1], cells, strict=True)]
        else:
            rows.append(cells)
        before = line
    return rows


def _is_rest(last: Line, line: Line) -> bool:
    """Whether a line with fewer pieces ends the text of the cells above it: it is close, and begins within a sentence."""
    is_close = 0 < last.baseline - line.baseline <= 1.45 * last.size
    return (
        is_close
        and len(line.cells) <= len(last.cells)
        and (line.text[:1].islower() or last.cells[0].rstrip()[-1:] in ",-/")
    )


def _has_header(lines: Sequence[Line]) -> bool:
    """Whether the first row stands out: it is bold and the second is not, or it alone holds no digit."""
    if len(lines) > 1 and lines[0].is_bold != lines[1].is_bold:
        return lines[0].is_bold
    return not re.search(r"\d", lines[0].text) and any(re.search(r"\d", line.text) for line in lines[1:])


def _joined(lines: Sequence[str], words: frozenset[str]) -> str:
    """Lines as one text. Of a word cut at a hyphen the hyphen goes where the file has the word without it elsewhere."""
    text = lines[0]
    for line in lines[1:]:
        cut = re.search(r"([^\W\d_]+)-$", text)
        rest = re.match(r"[^\W\d_]+", line)
        if cut is None or rest is None or not line[:1].islower():
            text += f" {line}"
        else:
            text = (text[:-1] if f"{cut[1]}{rest[0]}".lower() in words else text) + line
    return one_line(text)
