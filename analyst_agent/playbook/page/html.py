"""A report as one HTML document for mail: no script, nothing from outside, styles where mail programs read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from analyst_agent.masking import one_line
from analyst_agent.playbook.delivery import Picture
from analyst_agent.playbook.page.content import (
    NOTHING,
    Rows,
    course_of,
    definitions_of,
    files_by_table,
    footer_of,
    is_empty,
    preheader_of,
    rows_of,
    same_command_before,
    source_of,
)
from analyst_agent.playbook.page.pictures import cid_of, shown_width
from analyst_agent.playbook.records import Playbook, Report, Section, ShownTable
from analyst_agent.records import Chart
from analyst_agent.report.markup import html_of_markdown, inline_html, plain_html, unlinked

WIDTH = 680
INSIDE = 624
"""What the page's padding leaves for charts and tables."""
BAR_HEIGHT = 56
SHORT, SHORTEST = 24, 16
"""Names and ids of so many characters, and any text of so few, stay on one line."""
MOST_COLUMNS_WIDE = 6
"""A table of more columns is set smaller."""


@dataclass(frozen=True, slots=True)
class ChartView:
    """A chart in the page; picture is None where none was drawn, and its description stands there instead."""

    title: str
    alt: str
    picture: Picture | None
    width: int


@dataclass(frozen=True, slots=True)
class TableView:
    """A table in the page. same_as: the title of the table above that its command reproduces too."""

    table: ShownTable
    rows: Rows
    same_as: str
    is_wide: bool


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section with its charts and tables as the page shows them."""

    section: Section
    charts: tuple[ChartView, ...]
    tables: tuple[TableView, ...]
    nothing: str


def html_of(report: Report, playbook: Playbook, pictures: Sequence[Picture]) -> str:
    """The report's page. pictures: those of `pictures_of`, shown by their names; one that is missing is told by its description."""
    by_cid = {picture.cid: picture for picture in pictures}
    page = _environment().get_template("report.html").render(
        report=report,
        preheader=preheader_of(report),
        course=course_of(report),
        sections=_sections(report, by_cid),
        definitions=definitions_of(report),
        sources=[(source_of(one), one.quote) for one in report.citations],
        footer=footer_of(report, playbook),
        width=WIDTH,
        bar_height=BAR_HEIGHT,
        short=SHORT,
        shortest=SHORTEST,
    )  # fmt: skip
    return _inliner().inline(page)


def _sections(report: Report, pictures: Mapping[str, Picture]) -> list[SectionView]:
    files = files_by_table(report)
    made = []
    for s, section in enumerate(report.sections):
        charts = (_chart(one, pictures.get(cid_of(s + 1, c))) for c, one in enumerate(section.charts, start=1))
        tables = (_table(section.tables, t, files[s, t]) for t in range(len(section.tables)))
        made.append(SectionView(section, tuple(charts), tuple(tables), NOTHING if is_empty(section) else ""))
    return made


def _chart(chart: Chart, picture: Picture | None) -> ChartView:
    return ChartView(chart.title, one_line(chart.alt), picture, min(shown_width(picture), INSIDE) if picture else 0)


def _table(tables: Sequence[ShownTable], at: int, file: str) -> TableView:
    table = tables[at]
    is_wide = len(table.headings) > MOST_COLUMNS_WIDE
    return TableView(table, rows_of(table, file), same_command_before(tables, at), is_wide)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Whole words: what breaks long ones would be copied with the command.
    made.filters["command"] = lambda text: unlinked(one_line(text))
    for name, filter_ in (("blocks", html_of_markdown), ("words", inline_html), ("plain", plain_html)):
        made.filters[name] = lambda text, made_by=filter_: Markup(made_by(text))
    return made


@cache
def _inliner() -> CSSInliner:
    # The style sheet for phones and dark screens is marked to be kept as it is.
    return CSSInliner(load_remote_stylesheets=False)
