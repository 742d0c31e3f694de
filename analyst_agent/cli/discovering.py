"""`discover`: what stands out in a file that nobody has described."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analyst_agent.cli.shared import Json, Today, parse_day, print_json, say
from analyst_agent.records import Answer, Status

if TYPE_CHECKING:
    from analyst_agent.records import Finding

WIDEST = 140
MOST_TOP = 50


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("discover")(discover)


def discover(
    file: Annotated[Path, typer.Argument(help="CSV, JSON Lines (both also .gz) or Parquet.")],
    top: Annotated[int, typer.Option("--top", min=1, max=MOST_TOP, help="At most so many findings.")] = 5,
    as_json: Json = False,
    today: Today = None,
) -> None:
    """Scan one table for what stands out: shares, differences, trends, changes, correlations and combinations."""
    from analyst_agent.claims.discovered import wording_of_finding
    from analyst_agent.discovery import discover as discover_in
    from analyst_agent.report import answer_json, answer_text
    from analyst_agent.report.answer import answer_markdown
    from analyst_agent.report.charts import charts_for

    day = parse_day(today)
    finding = discover_in(file, top)
    wording = wording_of_finding(finding, day)
    answer = _answer(finding, answer_markdown(finding, wording), charts_for(finding, wording))
    if as_json:
        print_json(answer_json(answer))
        return
    width = shutil.get_terminal_size((100, 40)).columns if sys.stdout.isatty() else 100
    say(answer_text(answer, max(60, min(width, WIDEST))))


def _answer(finding: Finding, text: str, charts: Any) -> Answer:
    """The finding as the record that every surface renders; the question is its title."""
    return Answer(
        finding.title,
        Status.ANSWERED,
        text,
        skills=(finding.skill,),
        facts=finding.facts,
        tables=finding.tables,
        charts=charts,
        caveats=finding.caveats,
        definitions=finding.definitions,
    )
