"""`discover`: one file read, scanned and told as a finding."""

from __future__ import annotations

from pathlib import Path

from analyst_agent.discovery.arranging import table_of
from analyst_agent.discovery.preparing import prepare
from analyst_agent.discovery.ranking import rank
from analyst_agent.discovery.records import Candidate, Prepared, Scanned
from analyst_agent.discovery.scanning import scan
from analyst_agent.discovery.telling import Ledger, shown, tell
from analyst_agent.records import Caveat, Definition, Drawing, Finding, Statement, Table
from analyst_agent.warehouse.surveying import Survey, survey

SKILL = "discover"
FEWEST_ROWS = 30
MOST_DRAWN = 2
DEFINITIONS = (
    Definition(
        "interest",
        "Effect x surprise x coverage x plainness, each 0 to 1, which orders what is told; the reference says how each is counted.",
    ),
    Definition("share_of_rows", "Rows of the group with the value divided by rows of the group with any value."),
    Definition("rank_correlation", "Spearman's correlation of two columns, -1 to 1."),
    Definition(
        "share_of_pairs_higher",
        "Of all pairs of a row of the group and another row, the share in which the first is larger.",
    ),
)
NOT_CAUSED = (
    "What goes together in one table is associated, not caused; a scan raises questions that other data must answer"
)


def discover(path: Path, top: int = 5) -> Finding:
    """The `top` most interesting patterns of a file, each more than chance after correction over everything scanned and
    none a repetition of one before it; fewer, or none, where the data carry no more. Raises LoadError where the file
    cannot be read.
    """
    return describe(survey(path), top)


def describe(read: Survey, top: int = 5) -> Finding:
    """The finding of a file that has been read."""
    book = Ledger()
    rows = book.add("row_count", read.rows, "count")
    columns = book.add("column_count", len(read.columns), "count")
    if read.rows < FEWEST_ROWS:
        said = (
            "no rows to compare"
            if not read.rows
            else f"too few rows to tell a pattern from chance, which takes {FEWEST_ROWS}"
        )
        opening = Statement("scanned", (rows.id, columns.id), {"file": shown(read.file), "reason": said})
        caveats = tuple(Caveat(shown(note), "reading") for note in read.notes)
        return Finding(_title(read), SKILL, None, facts=tuple(book.facts), statements=(opening,), caveats=caveats)
    table = prepare(read)
    found = scan(table)
    told = rank(table, found, top)
    return _finding(read, table, found, told, book)


def _finding(read: Survey, table: Prepared, found: Scanned, told: list[Candidate], book: Ledger) -> Finding:
    counted = [
        book.add("comparison_count", found.tests, "count"),
        book.add(
            "significant_count", sum(c.kind != "share" and c.p_adjusted <= 0.05 for c in found.candidates), "count"
        ),
        book.add("told_count", len(told), "count"),
    ]
    opening = Statement("scanned", tuple(f.id for f in (*book.facts[:2], *counted)), {"file": shown(read.file)})
    statements, tables, drawings = [opening], list[Table](), list[Drawing]()
    for one in told:
        statements.append(tell(table, one, book))
        made = table_of(table, one, book)
        if made is not None and made[0].title not in {t.title for t in tables}:
            tables.append(made[0])
            drawings.append(made[1])
    return Finding(
        _title(read), SKILL, None, definitions=DEFINITIONS, facts=tuple(book.facts), statements=tuple(statements),
        tables=tuple(tables), caveats=tuple(_caveats(table, told)), drawings=tuple(drawings[:MOST_DRAWN]),
    )  # fmt: skip


def _title(read: Survey) -> str:
    return f"What stands out in {shown(read.file)}"


def _caveats(table: Prepared, told: list[Candidate]) -> list[Caveat]:
    made = [Caveat(NOT_CAUSED, "associated")] if told else []
    if table.aliases:
        pairs = [f"{shown(a)} ({shown(b)})" for a, b in list(table.aliases.items())[:6]]
        made.append(Caveat(f"Columns that repeat another were left aside: {', '.join(pairs)}", "repeated"))
    if table.left_out:
        names = ", ".join(shown(n) for n in table.left_out[:8])
        more = f" and {len(table.left_out) - 8} more" if len(table.left_out) > 8 else ""
        made.append(Caveat(f"Not compared, as they are ids, empty or always the same: {names}{more}", "left_out"))
    return made + [Caveat(shown(note), "reading") for note in table.notes]
