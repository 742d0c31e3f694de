"""Samples of a workspace's unclassified tickets, drawn uniformly at random for a person to label without any suggestion."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyst_agent.errors import NotGranted, NotPermitted, WorkspaceError
from analyst_agent.records import Filter, Period, SemanticQuery
from analyst_agent.skillkit.causes.wordings import everything
from analyst_agent.state.labels import Sample

if TYPE_CHECKING:
    from analyst_agent.workspace import Workspace

UNCLASSIFIED = "unclassified"
COUNT = "escalated_ticket_count"
COLUMNS = ("ticket_id", "escalated_on", "product_area", "subject", "description", "notes", "reason", "cause", "note")
MOST_SAMPLED = 500
LONGEST = 1_000
_AT_ONCE = 500
# A spreadsheet takes a cell that begins so for a formula, and a text in a list of another separator for several cells.
_FORMULA = re.compile(r"(^[^\S\n]*|[;\t\r\n][^\S\n]*)(?=[=+\-@\t\r＝＋－＠])")
_MADE_PLAIN = re.compile(r"(^[^\S\n]*|[;\t\r\n][^\S\n]*)'(?=[=+\-@\t\r＝＋－＠])")


def draw_sample(workspace: Workspace, size: int, seed: int | None = None) -> tuple[Sample, list[dict[str, str]]]:
    """Tickets drawn uniformly at random, without replacement, from all escalated ones without a recorded cause that no person
    has labelled; with masked texts and without any suggestion. The sample is remembered.

    The tickets of a day are counted by the engine and only the days drawn are read. Raises NotPermitted where there is none.
    """
    check_granted(workspace)
    if not 1 <= size <= MOST_SAMPLED:
        raise NotPermitted(
            f"A sample has 1 to {MOST_SAMPLED} tickets, not {size}.", "For example analyst label sample 30."
        )
    chosen_seed = random.SystemRandom().randrange(1_000_000) if seed is None else seed
    dice = random.Random(chosen_seed)
    days, total = _unclassified_by_day(workspace)
    labelled = {one.ticket for one in workspace.labels.history() if one.is_human}
    labelled_here = {t for t, cause in recorded_causes(workspace, sorted(labelled)).items() if cause == UNCLASSIFIED}
    population = total - len(labelled_here)
    if population <= 0:
        raise NotPermitted(
            "There is no escalated ticket without a recorded cause that is still to be labelled.",
            "`analyst label report` tells what the labels say.",
        )
    drawn: list[str] = []
    read: dict[date, list[str]] = {}
    for day, place in _places(dice.sample(range(total), min(total, size + len(labelled_here))), days):
        if day not in read:
            read[day] = _tickets_of_day(workspace, day)
        if read[day][place] not in labelled_here:
            drawn.append(read[day][place])
        if len(drawn) == size:
            break
    sample = workspace.labels.remember(chosen_seed, population, drawn, workspace.fingerprint)
    return sample, texts_of(workspace, drawn)


def texts_of(workspace: Workspace, tickets: Sequence[str]) -> list[dict[str, str]]:
    """What these tickets say, masked, in the given order, with empty columns for cause and note."""
    known = workspace.model.filterable()
    wanted = ("ticket_id", "counted_at", "product_area", "subject", "description", "reason")
    fields = [name for name in wanted if name in known]
    where = [Filter("ticket_id", "in", tuple(tickets))]
    rows = workspace.engine.rows("escalated_ticket", fields, where=where).rows
    notes: dict[str, list[str]] = {}
    if "resolution" in workspace.model.datasets:
        of_them = [*where, Filter("notes", "present")]
        for row in workspace.engine.rows("resolution", ["ticket_id", "notes"], where=of_them).rows:
            notes.setdefault(str(row["ticket_id"]), []).append(str(row["notes"]))
    masking = workspace.engine.masking(tickets)

    def shown(text: Any) -> str:
        return masking(str(text or ""))[:LONGEST]

    found = {
        str(row["ticket_id"]): {
            "ticket_id": str(row["ticket_id"]),
            "escalated_on": str(row["counted_at"])[:10],
            "product_area": str(row.get("product_area") or ""),
            "subject": shown(row.get("subject")),
            "description": shown(row.get("description")),
            "notes": shown(" / ".join(notes.get(str(row["ticket_id"]), ()))),
            "reason": shown(row.get("reason")),
            "cause": "",
            "note": "",
        }
        for row in rows
    }
    return [found[ticket] for ticket in tickets if ticket in found]


def write_sheet(path: Path, rows: Iterable[dict[str, str]]) -> None:
    """The sample as a CSV file to be filled in. Raises WorkspaceError where it cannot be written."""
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows({name: plain_cell(value) for name, value in row.items()} for row in rows)
    except OSError as error:
        raise WorkspaceError(f"Cannot write {path}: {error.strerror}.", "Choose another place.") from error


def check_granted(workspace: Workspace) -> None:
    """Raises NotGranted where the analyst may not see escalated tickets."""
    if "escalated_ticket" not in workspace.model.datasets:
        raise NotGranted("Escalated tickets are not granted to this analyst.", "A root cause is that of an escalation.")


def recorded_causes(workspace: Workspace, tickets: Sequence[str]) -> dict[str, str]:
    """The recorded cause of those tickets that are escalated and within the scope."""
    found: dict[str, str] = {}
    distinct = list(dict.fromkeys(tickets))
    for start in range(0, len(distinct), _AT_ONCE):
        where = [Filter("ticket_id", "in", tuple(distinct[start : start + _AT_ONCE]))]
        rows = workspace.engine.rows("escalated_ticket", ["ticket_id", "root_cause"], where=where).rows
        found |= {str(row["ticket_id"]): str(row["root_cause"] or UNCLASSIFIED) for row in rows}
    return found


def plain_cell(value: str) -> str:
    """The text as a spreadsheet shows it and does not compute it.

    >>> plain_cell("=1+1"), plain_cell("a; =1"), plain_cell("a-b")
    ("'=1+1", "a; '=1", 'a-b')
    """
    return _FORMULA.sub(r"\1'", value)


def read_cell(value: str) -> str:
    """The text of a cell that `plain_cell` may have written."""
    return _MADE_PLAIN.sub(r"\1", value).strip()


def _unclassified_by_day(workspace: Workspace) -> tuple[list[tuple[date, int]], int]:
    period = everything(workspace.desk.context)
    where = (Filter("root_cause", "=", UNCLASSIFIED),)
    rows = () if period is None else workspace.engine.run(SemanticQuery((COUNT,), ("day",), where, period)).rows
    days = [(_day(row["day"]), int(row[COUNT] or 0)) for row in rows]
    found = sorted((day, n) for day, n in days if n)
    return found, sum(n for _, n in found)


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def _places(positions: Sequence[int], days: Sequence[tuple[date, int]]) -> Iterable[tuple[date, int]]:
    """The day of each position among all tickets in their order, and its place in that day; in the order of the positions."""
    starts: list[tuple[int, date]] = []
    before = 0
    for day, amount in days:
        starts.append((before, day))
        before += amount
    for position in positions:
        low, high = 0, len(starts)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if starts[middle][0] <= position else (low, middle)
        yield starts[low][1], position - starts[low][0]


def _tickets_of_day(workspace: Workspace, day: date) -> list[str]:
    where = [Filter("root_cause", "=", UNCLASSIFIED)]
    period = Period(day, day + timedelta(days=1))
    rows = workspace.engine.rows("escalated_ticket", ["ticket_id"], where=where, period=period).rows
    return sorted(str(row["ticket_id"]) for row in rows)
