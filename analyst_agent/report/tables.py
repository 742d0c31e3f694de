"""Tables of a finding as Markdown, cut where they would flood an answer: details first, then rows, never just a row or two."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from analyst_agent.claims import formats
from analyst_agent.claims.clauses import FEW
from analyst_agent.claims.escape import escaped
from analyst_agent.claims.wording import Wording
from analyst_agent.parts import Part
from analyst_agent.records import Finding, Table
from analyst_agent.report.cells import ACTIONS, EMPTY, action_text
from analyst_agent.report.layout import MARK, Layout, ShownColumn, laid_out
from analyst_agent.report.sheets import sheet_of

MOST_FIGURES = 48
"""About 40 are the aim; a few more are better than a table without its last rows."""
LEAST_FIGURES = 30
MOST_FURTHER_ROWS = 6
NOT_WORTH_CUTTING = 2
MOST_FEW = 5
"""More rows than these on few objects are left out: they would bury the others."""
ACTION_COLUMN = "do next"
DROPPED_FIRST = ("deviation_from_overall", "rate_before", "moving_average_rate")
DATES = re.compile(
    rf"(?:\b\d{{1,2}} to )?\b(?:\d{{1,2}} )?(?:{'|'.join(formats.MONTHS)})(?: \d{{4}})?|\b\d{{4}}-\d{{2}}-\d{{2}}"
)
_FIGURE = re.compile(r"(?<![\w-])\d[\d.,]*")


@dataclass(frozen=True, slots=True)
class ShownTables:
    """Tables as parts of an answer, the keys of the columns that its text shows, and which tables the text leaves to the JSON."""

    parts: tuple[Part, ...]
    keys: frozenset[str]
    elsewhere: str = ""

    @property
    def texts(self) -> list[str]:
        """Those that the text shows, as Markdown."""
        return [part.text for part in self.parts if part.text]


def figure_count(text: str) -> int:
    """How many numbers a text asks to be read; dates and the digits of names such as KI-12 are none."""
    return len(_FIGURE.findall(DATES.sub("", text)))


def table_markdown(table: Table, finding: Finding, wording: Wording, room: int = MOST_FIGURES) -> str:
    """The table within `room` figures (30 at least), saying what was left out: first columns that only say more of a
    number already shown, then rows from the end, of a course over time those from the beginning."""
    return _written(table, finding, wording, room)[0]


def tables_markdown(finding: Finding, wording: Wording, room: int, told: Collection[str] = ()) -> ShownTables:
    """The finding's first table, further ones as far as they fit whole, and where to find the others.

    told: ids of facts the text says already; a table of one row that holds only these is not repeated.
    """
    made: list[Part] = []
    listed = [action_text(one, finding, wording) for one in finding.recommendations]
    keys: set[str] = set()
    elsewhere: list[str] = []
    for index, (place, table) in enumerate((p, t) for p, t in enumerate(finding.tables) if t.columns):
        if _repeats(table, told):
            continue
        sheet = sheet_of(table, finding, wording, listed)
        text, shown = _written(table, finding, wording, room if index == 0 else len(table.rows) * 99)
        figures = figure_count(text)
        if index and (figures > max(room, 0) or not 1 < len(table.rows) <= MOST_FURTHER_ROWS):
            elsewhere.append(f"{escaped(table.title)} ({len(table.rows)} {formats.plural(len(table.rows), 'row')})")
            made.append(Part("table", sheet=sheet, place=place, is_aside=True))
            continue
        room -= figures
        keys |= shown
        made.append(Part("table", f"**{escaped(table.title)}**\n\n{text}" if index else text, sheet=sheet, place=place))
    named = f"Further tables in --json: {'; '.join(elsewhere)}." if elsewhere else ""
    return ShownTables(tuple(made), frozenset(keys), named)


def _repeats(table: Table, told: Collection[str]) -> bool:
    ids = [i for row in table.fact_ids for i in row if i]
    return len(table.rows) == 1 and bool(ids) and all(i in told for i in ids)


def _written(table: Table, finding: Finding, wording: Wording, room: int) -> tuple[str, set[str]]:
    if not table.rows or not table.columns:
        return f"{escaped(table.title)}: no rows.", set()
    wording = wording.of(finding)
    layout = _with_actions(laid_out(table, finding, wording), finding, wording)
    columns, rows = _fitted(layout, max(room, LEAST_FIGURES))
    lines = [f"**{escaped(table.title)}**", ""] if layout.is_crossed else []
    lines += [_row([c.heading for c in columns]), _row(["---:" if c.is_numeric else "---" for c in columns])]
    lines += [_row([c.cells[row] for c in columns]) for row in rows]
    notes = [*layout.notes, *_few(layout, rows), *_left_out(layout, columns, rows)]
    return "\n".join([*lines, *(["", " ".join(notes)] if notes else [])]), {c.key for c in columns}


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _fitted(layout: Layout, room: int) -> tuple[list[ShownColumn], list[int]]:
    """The columns and rows to show. Figures in a column of advice are not counted: it is read as text."""
    columns = list(layout.columns)
    spare = [c for c in columns if c.is_detail and c.key == "low"] or [c for c in columns if c.is_detail][1:]
    for column in [*spare, *(c for c in columns if c.key in DROPPED_FIRST)]:
        if _figures(columns, range(layout.rows)) > room and column in columns:
            columns.remove(column)
    everything = range(layout.rows)
    if MOST_FEW < len(layout.few) < layout.rows and not layout.is_in_time:
        everything = range(layout.rows - len(layout.few))
    # Of a course over time the latest rows say most.
    ordered = reversed(everything) if layout.is_in_time else iter(everything)
    order = [*sorted(layout.kept), *(i for i in ordered if i not in layout.kept)]
    chosen: list[int] = []
    for row in order:
        if _figures(columns, [*chosen, row]) > room and chosen:
            break
        chosen.append(row)
    if len(everything) - len(chosen) <= NOT_WORTH_CUTTING:
        chosen = order
    return columns, sorted(chosen)


def _figures(columns: Sequence[ShownColumn], rows: Collection[int]) -> int:
    return sum(figure_count(c.cells[row]) for c in columns if c.is_numeric or c.key == "known_issue" for row in rows)


def _few(layout: Layout, rows: Collection[int]) -> list[str]:
    gone = len(layout.few - set(rows))
    marked = [f"({MARK}): n under {FEW}, too few to rank."] if layout.few & set(rows) else []
    if gone:
        left = "one more row has" if marked else "one row has"
        left = left if gone == 1 else f"{gone} {'more ' if marked else ''}rows have"
        marked.append(f"{formats.sentence(left)} an n under {FEW}, too few to rank.")
    return marked


def _left_out(layout: Layout, columns: Sequence[ShownColumn], rows: Sequence[int]) -> list[str]:
    shown = []
    if len(rows) < layout.rows:
        shown.append(f"{len(rows)} of {layout.rows} rows")
    if gone := [c.heading for c in layout.columns if c not in columns]:
        shown.append(f"without {formats.listed(gone)}")
    return [f"{formats.sentence(', '.join(shown))}; the whole table is in --json."] if shown else []


def _with_actions(layout: Layout, finding: Finding, wording: Wording) -> Layout:
    actions = _actions(layout.table, finding, wording)
    if not actions:
        return layout
    cells = tuple(actions.get(i, EMPTY) for i in range(layout.rows))
    return replace(layout, columns=(*layout.columns, ShownColumn(ACTION_COLUMN, cells, "action")))


def _actions(table: Table, finding: Finding, wording: Wording) -> dict[int, str]:
    """What to do by row, where the recommendations name the rows and the table does not say it already."""
    if any(ACTIONS.search(f"{c.name} {c.key}") for c in table.columns) or not table.columns:
        return {}
    key = table.columns[0].key
    found: dict[int, str] = {}
    for index, row in enumerate(table.rows):
        names = {str(row[0]).lower(), wording.plain_value(key, row[0]).lower()}
        texts = [action_text(r, finding, wording) for r in finding.recommendations if r.pattern.lower() in names]
        if texts:
            found[index] = "; ".join(texts)
    return found
