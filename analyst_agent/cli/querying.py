"""`query`, `sources`: the semantic layer and the catalogue without a question."""

from __future__ import annotations

from shutil import get_terminal_size
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from analyst_agent.cli.shared import Json, Today, open_workspace, print_json, print_table, say
from analyst_agent.errors import UnknownName
from analyst_agent.records import Order, Period, QueryResult, SemanticQuery, Value, to_json

if TYPE_CHECKING:
    from analyst_agent.semantic.explaining import Explanation
    from analyst_agent.semantic.periods import Clock
    from analyst_agent.workspace import Workspace

# The columns beside the metrics that a terminal has room for; JSON has all.
_SHOWN = ("__n", "__open", "__share", "__previous", "__change", "__change_ratio", "__per_day")


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("query")(query)
    app.command("sources")(sources)


def query(
    metrics: Annotated[list[str], typer.Option("--metrics", "-m", help="Metrics, separated by commas or repeated.")],
    by: Annotated[list[str] | None, typer.Option("--by", "-b", help="Dimensions or time grains to split by.")] = None,
    where: Annotated[
        list[str] | None, typer.Option("--where", "-w", help="Conditions such as 'tier=Enterprise'; all must hold.")
    ] = None,
    period: Annotated[
        str, typer.Option("--period", "-p", help="Such as 'last month' or 2026-10-01..2026-10-31.")
    ] = "last 30 days",
    order: Annotated[
        str | None, typer.Option("--order", help="Columns to order by; a leading - for largest first.")
    ] = None,
    compare: Annotated[
        str | None, typer.Option("--compare", help="previous, year, or a period; each unit, where time splits.")
    ] = None,
    top: Annotated[
        int | None, typer.Option("--top", min=1, help="So many values of the first dimension, the rest as one.")
    ] = None,
    share: Annotated[bool, typer.Option("--share", help="Add each row's share of the total.")] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="At most so many rows; said when it cuts.")
    ] = None,
    cost_per_hour: Annotated[float | None, typer.Option("--cost-per-hour", help="For estimated_cost.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show definitions, SQL, engine, rows and time.")] = False,
    as_json: Json = False,
    today: Today = None,
) -> None:
    """Compute metrics of the semantic model, split and filtered."""
    from analyst_agent.semantic.filters import parse_filter
    from analyst_agent.semantic.period_grammar import parse_period

    workspace = open_workspace(today)
    asked = SemanticQuery(
        metrics=_names(metrics),
        by=_names(by or []),
        where=tuple(parse_filter(text) for text in where or []),
        period=parse_period(period, workspace.clock),
        order=tuple(Order(name.lstrip("-"), name.startswith("-")) for name in _names([order or ""])),
        limit=limit,
        cost_per_hour=cost_per_hour,
        compare=_compared(compare, workspace.clock),
        top=top,
        share=share,
    )
    result = workspace.engine.run(asked)
    explanation = _explained(workspace, asked, result) if explain else None
    if as_json:
        print_json(_document(result, explanation))
    else:
        counts = frozenset(name for name, metric in workspace.model.metrics.items() if metric.is_count)
        _print(result, asked, explanation, counts)
    workspace.close()


def _explained(workspace: Workspace, asked: SemanticQuery, result: QueryResult) -> Explanation:
    from analyst_agent.semantic.explaining import Desk, explain

    engine = workspace.engine
    data = (engine.first_day, engine.last_day)
    return explain(asked, result, Desk(workspace.model, workspace.settings, engine.restrictions, engine.changes, data))


def _compared(text: str | None, clock: Clock) -> Period | Literal["previous", "year"] | None:
    """What `--compare` names."""
    from analyst_agent.semantic.period_grammar import parse_period

    known: dict[str, Literal["previous", "year"]] = {"previous": "previous", "year": "year"}
    if text is None:
        return None
    return known.get(text.strip().lower()) or parse_period(text, clock)


def _names(given: list[str]) -> tuple[str, ...]:
    return tuple(name.strip() for item in given for name in item.split(",") if name.strip())


def _document(result: QueryResult, explanation: Explanation | None) -> dict[str, Any]:
    """`{columns, rows, period, compared_with, queries}` with raw numbers, what must be said about them, and the explanation asked for."""
    explained = {} if explanation is None else {"explain": to_json(explanation)}
    return {
        "columns": list(result.columns),
        "rows": [[to_json(row[c]) for c in result.columns] for row in result.rows],
        "period": to_json(result.period),
        "compared_with": to_json(result.comparison),
        "queries": [to_json(result.query)],
        "caveats": list(result.caveats),
        **explained,
    }


def _print(result: QueryResult, asked: SemanticQuery, explanation: Explanation | None, counts: frozenset[str]) -> None:
    from analyst_agent.semantic.explaining import lines
    from analyst_agent.semantic.periods import describe

    if isinstance(result.period, Period):
        say("all loaded data" if result.period.kind == "all" else describe(result.period))
    if isinstance(result.comparison, Period):
        say(f"compared with {describe(result.comparison)}")
    blocks = [(m,) for m in asked.metrics] if asked.compare or asked.share else [asked.metrics]
    for block in blocks:
        if len(blocks) > 1:
            say(f"\n{block[0]}")
        _print_block(result, asked.by, block, counts)
    for note in result.caveats:
        say(f"Note: {note}")
    width = get_terminal_size((120, 24)).columns
    for line in [] if explanation is None else lines(explanation, width):
        say(line)


def _print_block(result: QueryResult, by: tuple[str, ...], metrics: tuple[str, ...], counts: frozenset[str]) -> None:
    """The rows with the columns of these metrics; what a count rests on is itself."""
    own = [c for c in result.columns if c.partition("__")[0] in metrics and ("__" not in c or c.endswith(_SHOWN))]
    shown = [*by, *(c for c in own if not (c.endswith("__n") and c.removesuffix("__n") in counts))]
    alone = f"{metrics[0]}__" if len(metrics) == 1 else ""
    heads = [c.removeprefix(alone).replace("__", " ") for c in shown]
    print_table(heads, [[_cell(row[c]) for c in shown] for row in result.rows])


def _cell(value: Value) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.4f}" if abs(value) < 10 else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def sources(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Only this one.")] = None, as_json: Json = False
) -> None:
    """List the built-in source mappings: the files and columns they need, how they tell escalations, what they lack."""
    from analyst_agent.warehouse.mappings.mapping import list_sources

    known = {s.name: s for s in list_sources()}
    if name is not None and name not in known:
        raise UnknownName("source", name, known)
    found = [to_json(s) for s in known.values() if name in (None, s.name)]
    if as_json:
        print_json({"sources": found})
        return
    for source in found:
        say(f"{source['name']}: {source['description']}")
        for file in source["files"]:
            optional = f" (if there: {', '.join(file['optional'])})" if file["optional"] else ""
            say(f"  {file['match']} -> {file['table']}: {', '.join(file['columns'])}{optional}")
        if source["escalates"]:
            say(f"  Escalated: {source['escalates']}")
        for rule in source["rules"]:
            say(f"    - {rule}")
        for lack in source["lacks"]:
            say(f"  Not given: {lack}")
