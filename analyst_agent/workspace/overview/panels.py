"""The panels below the measures: what each asks of the skills, and which of its charts and columns are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from analyst_agent.agent.desk import Desk
from analyst_agent.claims import claims_of, formats
from analyst_agent.records import Caveat, Chart, Column, Drawing, Filter, Finding, Intent, Plan, Table, Value
from analyst_agent.report.charts import charts_for
from analyst_agent.report.layout import Layout, laid_out
from analyst_agent.report.telling import ABOVE_ALL, LONGEST_CAVEAT, SCOPE
from analyst_agent.skillkit import COHORT, COUNT, RATE, TICKETS
from analyst_agent.workspace.overview.questions import of_panel
from analyst_agent.workspace.overview.segments import segments_of
from analyst_agent.workspace.overview.selection import Selection


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel as it is shown. said: sentences in Markdown; notes: what changes how the numbers read, as plain text.

    is_folded: the chart says it all, the table is for who wants it. empty: what stands in the place of a table without rows.
    """

    name: str
    title: str
    question: str
    said: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    table: Layout | None = None
    notes: tuple[str, ...] = ()
    is_folded: bool = False
    empty: str = ""


@dataclass(frozen=True, slots=True)
class _Kind:
    """find: the finding. table: the title of the table shown, else the first; columns: the keys of those shown after its first, else
    all. said: kinds of claims about the rate that stand above; unsaid: codes of caveats about what is not shown; note: one more.
    """

    title: str
    find: Callable[[Desk, Selection], Finding]
    columns: tuple[str, ...] = ()
    table: str = ""
    said: frozenset[str] = frozenset()
    unsaid: frozenset[str] = frozenset()
    note: str = ""
    is_folded: bool = False
    empty: str = "No ticket was escalated here in this period."


def panel_of(desk: Desk, name: str, selection: Selection) -> Panel:
    """One panel of a selection. Raises an AnalystError that says why it cannot be shown, KeyError for no panel's name."""
    kind = PANELS[name]
    finding = kind.find(desk, selection)
    tables = [table for table in finding.tables if table.title == kind.table] or list(finding.tables[:1])
    charts = charts_for(finding, desk.wording)[:1] if tables else ()
    layout = _with_columns(laid_out(tables[0], finding, desk.wording), kind.columns) if tables else None
    question = of_panel(name, selection, desk.wording)
    said, notes = _said(finding, kind, desk), _notes(finding, kind)
    return Panel(name, kind.title, question, said, tuple(charts), layout, notes, kind.is_folded, kind.empty)


def _with_columns(layout: Layout, keys: Sequence[str]) -> Layout:
    if not keys:
        return layout
    first, *others = layout.columns
    kept = [column for key in keys for column in others if column.key == key]
    return replace(layout, columns=(first, *kept))


def _said(finding: Finding, kind: _Kind, desk: Desk) -> tuple[str, ...]:
    claims = [claim for claim in claims_of(finding, desk.wording) if claim.kind in kind.said]
    return tuple(claim.text for claim in claims if _is_of_the_rate(finding.fact(claim.facts[0]).metric))


def _is_of_the_rate(metric: str) -> bool:
    return metric in (COUNT, RATE) or metric.startswith(COHORT)


def _notes(finding: Finding, kind: _Kind) -> tuple[str, ...]:
    """What changes how the numbers read; the scope is said once for the whole page, and an empty panel says itself that it is."""
    shown = {mark for table in finding.tables[:1] for row in table.fact_ids for mark in row}
    rates = [fact.value for fact in finding.facts if fact.id in shown and fact.unit == "ratio"]
    is_above = any(formats.is_number(rate) and float(rate or 0) > 1 for rate in rates)
    told = [caveat for caveat in finding.caveats if caveat.code not in (SCOPE, "no_tickets", *kind.unsaid)]
    notes = [caveat.text[:LONGEST_CAVEAT] for caveat in told if is_above or ABOVE_ALL not in caveat.text]
    return tuple(dict.fromkeys([*notes, *([kind.note] if kind.note and finding.tables else [])]))


def _trend(desk: Desk, selection: Selection) -> Finding:
    plan = Plan(Intent.SKILL, skill="escalation_trend", where=selection.where, period=selection.months)
    return desk.execute(replace(plan, options={"grain": "month"}))


def _causes(desk: Desk, selection: Selection) -> Finding:
    """The root causes with the change of each in the row of its count."""
    asked = Plan(Intent.SKILL, skill="root_cause_trend", where=selection.where, period=selection.period)
    finding = desk.execute(asked)
    return replace(finding, drawings=finding.drawings[:1], tables=_with_changes(finding))


def _with_changes(finding: Finding) -> tuple[Table, ...]:
    """The first table with, from the table of changes, what each row was before and how its change reads."""
    changes = next((table for table in finding.tables if table.title == "Change against the comparison period"), None)
    if changes is None or not finding.tables:
        return finding.tables
    first = finding.tables[0]
    wanted = ("before", "difference", "significance")
    places = [at for key in wanted for at, column in enumerate(changes.columns) if column.key == key]
    rows = {row[0]: [row[at] for at in places] for row in changes.rows}
    ids = {row[0]: [marks[at] for at in places] for row, marks in zip(changes.rows, changes.fact_ids, strict=True)}
    empty: list[Value] = [None] * len(places)
    added = [changes.columns[at] for at in places]
    named = [replace(column, name="change") if column.key == "difference" else column for column in added]
    return (
        Table(
            first.title,
            (*first.columns, *named),
            tuple((*row, *rows.get(row[0], empty)) for row in first.rows),
            tuple(
                (*marks, *ids.get(row[0], [None] * len(places)))
                for row, marks in zip(first.rows, first.fact_ids, strict=True)
            ),
        ),
    )


def _areas(desk: Desk, selection: Selection) -> Finding:
    plan = Plan(Intent.SKILL, skill="segment_comparison", by=("product_area",), period=selection.period)
    others: tuple[Filter, ...] = tuple(one for one in selection.where if one.field != "product_area")
    finding = desk.execute(replace(plan, where=others))
    if others == selection.where:
        return finding
    return replace(finding, caveats=(Caveat(ALL_AREAS, "all_areas"), *finding.caveats))


def _hours(desk: Desk, selection: Selection) -> Finding:
    asked = Plan(Intent.QUERY, metrics=(COUNT,), by=("weekday", "hour"), where=selection.where, period=selection.period)
    finding = desk.execute(asked)
    table = finding.tables[0] if finding.tables else None
    if table is None or not any(row[2] for row in table.rows):
        return replace(finding, tables=())
    drawing = Drawing("heat_map", table.title, {"x": "hour", "y": "weekday", "value": COUNT})
    return replace(finding, drawings=(drawing,), tables=(table, _across(table)))


def _across(table: Table) -> Table:
    """A table of two dimensions and a number with the second dimension across."""
    down, across = (list(dict.fromkeys(row[at] for row in table.rows)) for at in (0, 1))
    cells = {(row[0], row[1]): (row[2], ids[2]) for row, ids in zip(table.rows, table.fact_ids, strict=True)}
    columns = (table.columns[0], *(Column(f"{one:02}", table.columns[2].unit) for one in across))
    nothing: tuple[Value, str | None] = (None, None)
    return Table(
        ACROSS,
        columns,
        tuple((one, *(cells.get((one, other), nothing)[0] for other in across)) for one in down),
        tuple((None, *(cells.get((one, other), nothing)[1] for other in across)) for one in down),
    )


def _flow(desk: Desk, selection: Selection) -> Finding:
    teams = ("from_team", "to_team")
    finding = desk.execute(
        Plan(Intent.QUERY, metrics=(COUNT,), by=teams, where=selection.where, period=selection.period)
    )
    drawn = [
        Drawing("heat_map", table.title, {"x": teams[1], "y": teams[0], "value": COUNT}) for table in finding.tables
    ]
    return replace(finding, drawings=tuple(drawn[:1]))


ACROSS = "Escalated tickets by hour of the day"
OF_ALL_TICKETS = "Changes are of the escalated tickets of a cause per ticket created, in points."
ALL_AREAS = "All product areas are shown here, so that the one chosen can be compared."
OF_THE_COHORT = "Differences from the rest are of tickets created in the period, escalated at any time."
_CAUSES = (COUNT, "share_of_escalations", "before", "difference", "significance", "known_issue")
_AREAS = (TICKETS, COUNT, RATE, "difference", "low", "significance")
# To add a panel: its name with what it shows, and its question in questions.py.
PANELS: Mapping[str, _Kind] = MappingProxyType(
    {
        "trend": _Kind(
            "Escalation rate over twelve months", _trend, (TICKETS, COUNT, RATE), said=frozenset({"latest_unit", "change_point", "trend", "no_trend"}), is_folded=True
        ),
        "causes": _Kind("Root causes", _causes, _CAUSES, said=frozenset({"change_split"}), unsaid=frozenset({"imputed", "inferred"}), note=OF_ALL_TICKETS),
        "segments": _Kind("Segments that differ", segments_of, note=OF_THE_COHORT, empty="No segment differs from the rest by more than noise."),
        "areas": _Kind("Product areas", _areas, _AREAS, note=OF_THE_COHORT),
        "hours": _Kind("When tickets are escalated", _hours, table=ACROSS, is_folded=True),
        "flow": _Kind("From team to team", _flow, is_folded=True),
    }
)  # fmt: skip
