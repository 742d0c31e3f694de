"""A workspace loaded from an export answers with what plain Python counts: tickets by the team they went to, and how long that took."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from pathlib import Path

from analyst_agent.records import Period, SemanticQuery
from analyst_agent.semantic.model import load_model, model_for
from analyst_agent.semantic.periods import Clock
from analyst_agent.settings import Settings
from analyst_agent.warehouse.backends.embedded import Embedded
from analyst_agent.warehouse.generations import open_current
from analyst_agent.warehouse.load import load
from analyst_agent.warehouse.querying.engine import Engine
from tests.warehouse.mappings.sources.exports_b import write
from tests.warehouse.mappings.sources.test_zendesk import expected, export, world


def test_escalated_tickets_and_mean_time_by_team(tmp_path: Path) -> None:
    told = world(seed=51, count=200)
    write(tmp_path / "export", export(told, 1))
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    settings = Settings(today=date(2031, 6, 1))
    load(workspace, [tmp_path / "export"], settings=settings, source="zendesk", derived=load_model().derived)
    first: dict[str, tuple[datetime, str | None]] = {}
    for ticket, moment, _, _, to_team in sorted(expected(told), key=lambda e: e[1]):
        first.setdefault(ticket, (moment, to_team))
    created = {story.ticket: story.created for story in told}
    waits: dict[str | None, list[float]] = defaultdict(list)
    for ticket, (moment, team) in first.items():
        waits[team].append((moment - created[ticket]).total_seconds() / 60)
    query = SemanticQuery(
        ("escalated_ticket_count", "mean_time_to_escalation"),
        ("to_team",),
        period=Period(date(2031, 3, 1), date(2031, 6, 1)),
    )
    with open_current(workspace) as warehouse:
        engine = Engine(Embedded(warehouse.connection, "g1"), model_for(settings), settings, Clock.of(settings), ())
        rows = engine.run(query).rows
    found = {
        r["to_team"]: (r["escalated_ticket_count"], round(float(r["mean_time_to_escalation"] or 0), 6)) for r in rows
    }
    assert found == {team: (len(v), round(sum(v) / len(v), 6)) for team, v in waits.items()}
    assert len(found) > 4
