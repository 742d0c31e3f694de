"""A report as plain text: what a mail program without HTML shows, and what a chat is told."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Sequence

from analyst_agent.playbook.page.content import (
    NOTHING,
    Rows,
    definitions_of,
    files_by_table,
    footer_of,
    is_empty,
    rows_of,
    same_command_before,
    source_of,
)
from analyst_agent.playbook.records import Playbook, Report, Section, ShownTable
from analyst_agent.records import Chart
from analyst_agent.report.cells import EMPTY
from analyst_agent.report.markup import inline_plain, unlinked
from analyst_agent.report.terminal import aligned, plain_text
from analyst_agent.report.text_chart import columns, text_chart

WIDTH = 76
LONGEST_CELL = 30
"""A table with a longer text is told record by record: in narrow columns nobody reads it."""


def text_of(report: Report, playbook: Playbook) -> str:
    """The report in lines of at most 76 columns, in the order of the HTML."""
    files = files_by_table(report)
    parts = [*_paragraph(report.title), _underlined(report.subject, "="), *_paragraph(report.scope)]
    parts += [_prose(report.opening), *_highlights(report)]
    for s, section in enumerate(report.sections):
        parts += _section(section, [files[s, t] for t in range(len(section.tables))])
    parts += _listed("What to know about the data", [caveat.text for caveat in report.caveats])
    parts += _sources(report)
    parts += _listed("Definitions", [f"{name}: {text}" for name, text in definitions_of(report)])
    parts += ["-" * WIDTH, "\n".join(_wrapped(line) for line in (report.scope, *footer_of(report, playbook)) if line)]
    return "\n\n".join(part for part in parts if part) + "\n"


def shell_lines(command: str, width: int = WIDTH, indent: str = "  ") -> str:
    """A command over several lines that a shell reads as one; no word is broken.

    >>> print(shell_lines("analyst query --metrics escalation_rate --by tier", 34))
      analyst query \\
        --metrics escalation_rate \\
        --by tier
    """
    words = [shlex.quote(word) for word in shlex.split(command)]
    lines: list[str] = []
    option = ""
    for word in [*words, "--"]:
        if word.startswith("--"):
            joined = f"{lines[-1]} {option}" if lines else option
            if len(lines) > 1 and len(joined) + len(indent) + 4 <= width:
                lines[-1] = joined
            elif option:
                lines.append(option)
            option = word
        else:
            option = f"{option} {word}".strip()
    return " \\\n".join(f"{indent if n == 0 else indent * 2}{line}" for n, line in enumerate(lines))


def _highlights(report: Report) -> list[str]:
    if not report.highlights:
        return []
    told = []
    for number, one in enumerate(report.highlights, start=1):
        size = f"{one.pattern}: {one.text}." if one.text else one.pattern
        told.append(_wrapped(inline_plain(size), f"{number}. ", "   "))
        told.append(_wrapped(inline_plain(one.action), "   -> ", "      "))
    return ["Where to act first:", "\n".join(told)]


def _section(section: Section, files: Sequence[str]) -> list[str]:
    parts = [_underlined(inline_plain(section.title), "-"), NOTHING if is_empty(section) else _prose(section.text)]
    if section.actions:
        told = (_wrapped(inline_plain(action), "- ", "  ") for action in section.actions)
        parts.append("\n".join(["Do next:", *told]))
    parts += [_chart(chart) for chart in section.charts]
    for at, table in enumerate(section.tables):
        parts += _table(table, rows_of(table, files[at]), same_command_before(section.tables, at))
    return parts


def _chart(chart: Chart) -> str:
    drawn = text_chart(chart, WIDTH)
    return unlinked(drawn) if drawn else _wrapped(chart.alt)


def _table(table: ShownTable, rows: Rows, same_as: str) -> list[str]:
    headings = [inline_plain(one) for one in table.headings]
    cells = [[unlinked(inline_plain(cell)) for cell in row] for row in rows.cells]
    is_short = all(columns(cell) <= LONGEST_CELL for row in cells for cell in row)
    drawn = aligned([headings, *cells], table.numeric, WIDTH) if is_short else ""
    if not drawn or max(columns(line) for line in drawn.splitlines()) > WIDTH:
        drawn = "\n".join(_record(headings, row) for row in cells)
    notes = "\n".join(_wrapped(inline_plain(note)) for note in rows.notes)
    again = f"Reproduce:\n{unlinked(shell_lines(table.command))}" if table.command else ""
    if same_as:
        again = _wrapped(f"Reproduce: the command of “{same_as}”")
    return [_wrapped(f"[{table.title}]"), drawn, notes, again]


def _record(headings: Sequence[str], row: Sequence[str]) -> str:
    said = "; ".join(f"{name}: {cell}" for name, cell in zip(headings[1:], row[1:], strict=True) if cell != EMPTY)
    return _wrapped(f"{row[0]} - {said}" if said else row[0], "* ", "  ")


def _sources(report: Report) -> list[str]:
    if not report.citations:
        return []
    told = [
        f"{_wrapped(source_of(one))}\n{textwrap.indent(_wrapped(one.quote, width=WIDTH - 2), '| ')}"
        for one in report.citations
    ]
    return [_underlined("Sources", "-"), *told]


def _listed(title: str, texts: Sequence[str]) -> list[str]:
    return [_underlined(title, "-"), "\n".join(_wrapped(text, "- ", "  ") for text in texts)] if texts else []


def _prose(markdown: str) -> str:
    return "\n".join(_wrapped_line(line) for line in unlinked(plain_text(markdown, WIDTH)).splitlines())


def _paragraph(text: str) -> list[str]:
    return [_wrapped(text)] if text else []


def _underlined(text: str, mark: str) -> str:
    title = _wrapped(text)
    return f"{title}\n{mark * max(columns(line) for line in title.splitlines())}" if title else ""


def _wrapped(text: str, first: str = "", rest: str = "", width: int = WIDTH) -> str:
    line = " ".join(unlinked(text).replace(" %", "\u00a0%").split(" "))
    return textwrap.fill(
        line, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    ).replace("\u00a0", " ")  # fmt: skip


def _wrapped_line(line: str) -> str:
    """A line that holds a word wider than the page, broken."""
    return line if len(line) <= WIDTH else _wrapped(line)
