"""The data: where they come from, how fresh and complete they are, what is set aside, and what each number means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from analyst_agent.errors import NotPermitted
from analyst_agent.masking import mask, mask_secrets, mask_value
from analyst_agent.playbook.page.attachments import csv_bytes
from analyst_agent.semantic.definitions import Field, Metric, Model
from analyst_agent.server.pages import loading
from analyst_agent.server.pages.loading import source_names
from analyst_agent.server.rendering import render
from analyst_agent.server.service import Asking, Served, allowed
from analyst_agent.warehouse.coverage import Column, Coverage, Month
from analyst_agent.warehouse.querying.coverage_notes import percent
from analyst_agent.warehouse.report import Reject
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.actions import note_action
from analyst_agent.workspace.condition import OPEN_HAVE_NONE, STALE_DAYS, empty_columns, known_coverage
from analyst_agent.workspace.exports import is_nothing_loaded
from analyst_agent.workspace.scope import RowsAside, rows_aside

router = APIRouter()
router.include_router(loading.router)
PATH, NAME, PERMISSION = "/data", "Data", "ask"
MONTHS = 12
MOST_ROWS = 100
"""Of the rows set aside, on the page; the file has all."""
COLUMNS = ("file", "line", "column", "value", "reason")


@dataclass(frozen=True, slots=True)
class Filled:
    """A share of rows with a value: in words, and 0 to 4 as the page colours it; None: not at all."""

    text: str
    level: int | None


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column: how full it is on the whole and by month."""

    name: str
    whole: Filled
    months: tuple[Filled, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table with its columns, the emptiest first, those without a gap counted only."""

    name: str
    row_count: int
    months: tuple[date, ...]
    columns: tuple[ShownColumn, ...]
    whole_count: int
    empty: tuple[str, ...]


@router.get("/data", response_class=HTMLResponse)
def show(request: Request, service: Served, caller: Asking) -> Response:
    """Everything there is to know of the data within the caller's scope."""
    may_load = caller.may("curate") and not caller.restrictions
    if is_nothing_loaded(service.root):
        with service.bare(caller) as workspace:
            may_load = may_load and not workspace.settings.engine
            if not workspace.settings.engine:
                return render(request, "data/nothing.html", may_load=may_load, sources=source_names())
    with service.workspace(caller) as workspace:
        known = known_coverage(workspace)
        engine, settings = workspace.engine, workspace.settings
        aside = _aside(workspace)
        last_day = engine.last_day
        days_old = (workspace.clock.today - last_day).days if last_day else None
        return render(
            request,
            "data/data.html",
            engine=engine,
            today=workspace.clock.today,
            days_old=days_old,
            is_stale=days_old is not None and not 0 <= days_old <= STALE_DAYS,
            blind=() if settings.engine else workspace.unseen.sentences,
            sources=sorted(known.sources, key=lambda one: (one.table, one.file)) if known else (),
            coverage=_tables(known) if known else (),
            why_no_coverage=_why_no_coverage(workspace, known),
            aside=aside,
            most_rows=MOST_ROWS,
            masked=lambda text: _masked(workspace, text),
            may_export=caller.may("curate") and not aside.withheld,
            model=workspace.model,
            formula=lambda metric: _formula(metric, workspace.model),
            dimensions=_dimensions(workspace.model),
            changed=sorted(workspace.definitions.changes, key=lambda one: one.seen, reverse=True),
            zone=settings.zone,
            utc=UTC,
            may_load=may_load and not settings.engine,
            source_names=source_names(),
        )


@router.get("/data/{kind}.csv", dependencies=[allowed("curate")])
def export(service: Served, caller: Asking, kind: str) -> Response:
    """What is set aside now, or emptied, as a file: whole, with the values as they were given."""
    with service.workspace(caller) as workspace:
        workspace.check_may_change("exporting rows set aside")
        aside = _aside(workspace)
        if kind not in ("rejects", "emptied"):
            raise NotPermitted(f"There is no list {kind!r}.", "Take rejects or emptied.")
        if aside.withheld:
            raise NotPermitted("They are not all shown here, so that no file is made.", aside.reason)
        listed: Sequence[Reject] = aside.rejects if kind == "rejects" else aside.emptied
        note_action(workspace, caller.name, f"exported {len(listed):,} {kind}")
    content = csv_bytes(COLUMNS, [tuple(getattr(one, name) for name in COLUMNS) for one in listed])
    headers = {"content-disposition": f'attachment; filename="{kind}.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def _aside(workspace: Workspace) -> RowsAside:
    return RowsAside((), ()) if workspace.settings.engine else rows_aside(workspace)


def _why_no_coverage(workspace: Workspace, known: Coverage | None) -> str:
    if known is None:
        where = f"within {workspace.scope}" if workspace.scope else "of an engine elsewhere"
        return f"Files and coverage are not shown {where}: they count everybody's rows."
    return "" if known.is_known else "Not noted by the version that loaded the data; the next load notes it."


def _tables(known: Coverage) -> list[ShownTable]:
    """The loaded tables; escalated tickets are made of two of them and left out."""
    empty = empty_columns(known)
    found = []
    for table in known.tables:
        if table.name == "escalated_tickets":
            continue
        filled = [one for one in table.columns if one.filled_count]
        gaps = sorted((one for one in filled if one.share != 1), key=lambda one: (one.share or 0.0, one.name))
        months = sorted({m.month for one in gaps for m in one.months if m.month is not None})[-MONTHS:]
        columns = tuple(
            ShownColumn(one.name, _filled(one, one.share), tuple(_filled(one, _share(one, m)) for m in months))
            for one in gaps
        )
        names = tuple(empty.get(table.name, ()))
        found.append(ShownTable(table.name, table.row_count, tuple(months), columns, len(filled) - len(gaps), names))
    return found


def _share(column: Column, month: date) -> float | None:
    at: Month | None = next((one for one in column.months if one.month == month), None)
    return at.share if at else None


def _filled(column: Column, share: float | None) -> Filled:
    if share is None:
        return Filled("no rows", None)
    text = percent(share).replace("over ", ">").replace("under ", "<")
    # That an open ticket has no such time is no gap.
    return Filled(text, None if column.name in OPEN_HAVE_NONE else 4 if share == 1 else int(share * 4))


def _masked(workspace: Workspace, text: str | None) -> str:
    """A value somebody else wrote, as the caller may see it."""
    return mask_value(text or "", mask_secrets if workspace.shows_personal else mask)


def _formula(metric: Metric, model: Model) -> str:
    """How a metric is computed, in the words of the model."""
    if metric.is_ratio:
        return f"{metric.numerator} / {metric.denominator}"
    dataset = model.datasets.get(metric.dataset)
    over = f" over {dataset.source}" + (f", counted by {dataset.time}" if dataset.time else "") if dataset else ""
    return f"{metric.expression}{over}"


def _dimensions(model: Model) -> list[Field]:
    return sorted(model.dimensions().values(), key=lambda one: one.name)
