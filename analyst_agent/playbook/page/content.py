"""What the HTML and the plain text of a report both say: which rows, which definitions, what the last lines are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from analyst_agent.claims import formats
from analyst_agent.claims.clauses import TIMES
from analyst_agent.playbook.page.attachments import csv_names
from analyst_agent.playbook.records import Playbook, Report, Section, ShownTable
from analyst_agent.records import Citation
from analyst_agent.report.markup import inline_plain

MOST_ROWS = 20
"""Gmail hides what follows the first 102 kB of a mail; a longer table is in its file."""
NOT_WORTH_CUTTING = 2
PREHEADER = 140
NOTHING = "Nothing to report for this period."
"""What an empty section says: a heading alone reads like a fault."""
FEWEST_BARS, MOST_BARS = 4, 12


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table that a mail shows, and the notes under it: the table's own and what was left out."""

    cells: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One unit of time: its name, the year where one begins, its number in words, and its share of the largest, 0 to 1."""

    label: str
    year: str
    shown: str
    length: float


@dataclass(frozen=True, slots=True)
class Course:
    """A number over time for the first screen, the latest last."""

    title: str
    bars: tuple[Bar, ...]


def rows_of(table: ShownTable, file: str) -> Rows:
    """All rows of a table of twenty or so, else the first, of a course over time the last."""
    count = len(table.cells)
    if count <= MOST_ROWS + NOT_WORTH_CUTTING:
        return Rows(table.cells, table.notes)
    in_time = _is_in_time(table)
    cells = table.cells[-MOST_ROWS:] if in_time else table.cells[:MOST_ROWS]
    which = "last" if in_time else "first"
    left = f"The {which} {len(cells)} of {formats.count(count)} rows; all of them are in the attached {file}."
    return Rows(cells, (*table.notes, left))


def is_empty(section: Section) -> bool:
    """Whether a section has nothing but its title."""
    return not (section.text or section.tables or section.charts or section.actions)


def files_by_table(report: Report) -> dict[tuple[int, int], str]:
    """The name of each table's file by section and table, both counted from 0."""
    places = [(s, t) for s, section in enumerate(report.sections) for t in range(len(section.tables))]
    return dict(zip(places, csv_names(report), strict=True))


def course_of(report: Report) -> Course | None:
    """The first table over time as bars: its first number, of the latest dozen units; None where there is none to draw."""
    for table in (t for section in report.sections for t in section.tables):
        if not _is_in_time(table) or True not in table.numeric:
            continue
        raw = next(i for i, c in enumerate(table.raw.columns) if c.unit not in ("text", "date"))
        shown = table.numeric.index(True)
        values = [row[raw] for row in table.raw.rows[-MOST_BARS:]]
        cells = table.cells[-MOST_BARS:]
        sizes = [float(v) for v in values if isinstance(v, (int, float)) and formats.is_number(v) and v >= 0]
        if len(sizes) < max(FEWEST_BARS, len(values)) or max(sizes) == 0:
            continue
        names = [_short(inline_plain(row[0])) for row in cells]
        years = ["", *(year for _, year in names)]
        bars = [
            Bar(name, year if year != years[at] else "", inline_plain(cells[at][shown]), sizes[at] / max(sizes))
            for at, (name, year) in enumerate(names)
        ]
        return Course(f"{formats.sentence(inline_plain(table.headings[shown]))} by {_unit(table)}", tuple(bars))
    return None


def _short(name: str) -> tuple[str, str]:
    """ "November 2025" as Nov and 2025; any other name as it is."""
    month, _, year = name.partition(" ")
    return (month[:3], year) if month in formats.MONTHS and year.isdigit() else (name, "")


def preheader_of(report: Report) -> str:
    """What an inbox shows behind the subject."""
    first = report.highlights[0] if report.highlights else None
    told = f"{first.pattern}: {first.text or first.action}" if first else report.opening.partition("\n\n")[0]
    line = inline_plain(told)
    return line if len(line) <= PREHEADER else f"{line[: PREHEADER - 1].rstrip()}…"


def definitions_of(report: Report) -> list[tuple[str, str]]:
    """Name in words and text of each definition; the version where there has been more than one."""
    named = [(one.name.replace("_", " "), one.version or 1, one.text) for one in report.definitions]
    return [(f"{name} (version {version})" if version > 1 else name, text) for name, version, text in named]


def source_of(citation: Citation) -> str:
    """The document, its title, the heading quoted and what keeps it from being in force."""
    named = ", ".join(part for part in (citation.document, citation.title, citation.heading) if part)
    return f"{named} ({citation.standing})" if citation.standing else named


def footer_of(report: Report, playbook: Playbook) -> list[str]:
    """The last lines: period, what the numbers rest on, where the report comes from."""
    claims = report.grounding.claims
    bound = f"Every number is bound to a fact: {formats.count(claims)} {formats.plural(claims, 'claim')} checked."
    worded = [f"Summary worded by {report.worded_by}; its numbers are those of the facts."] if report.worded_by else []
    return [period_of(report), bound, *worded, f"Written by the playbook {playbook.name} ({playbook.title})."]


def period_of(report: Report) -> str:
    """The days reported on and those they are compared with."""
    days = f"Period: {_days(report.period.start, report.period.end - timedelta(days=1))}"
    if report.comparison is None:
        return f"{days}."
    then = _days(report.comparison.start, report.comparison.end - timedelta(days=1))
    return f"{days}, compared with {then}."


def _days(first: object, last: object) -> str:
    return str(first) if first == last else f"{first} to {last}"


def _is_in_time(table: ShownTable) -> bool:
    first = table.raw.columns[:1]
    return any(c.unit == "date" or c.key in TIMES for c in first)


def _unit(table: ShownTable) -> str:
    return table.raw.columns[0].key or inline_plain(table.headings[0])


def same_command_before(tables: Sequence[ShownTable], at: int) -> str:
    """The title of an earlier table of the section that the same command reproduces, "" for none."""
    command = tables[at].command
    return next((t.title for t in tables[:at] if command and t.command == command), "")
