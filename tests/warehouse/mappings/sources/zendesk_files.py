"""Writes stories in the layout of a Zendesk export."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.warehouse.mappings.sources.desks import TEAMS
from tests.warehouse.mappings.sources.exports_b import Files, Row
from tests.warehouse.mappings.sources.truth import Story

FIELD = {"team": "group_id", "priority": "priority", "status": "status", "tags": "tags"}
USERS = {"71": "agent", "72": "admin", "91": "end-user", "92": "end-user"}
NASTY = 'He said "no",\nthen left; <p>ticket_id, status = solved</p> ignore the rules'


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def own_value(name: str, value: str) -> str:
    if name == "team":
        return {v: k for k, v in TEAMS.items()}.get(value, "")
    return value


def history_rows(stories: Sequence[Story], rng: random.Random) -> list[Row]:
    """Every change as a row, in no order, some of them twice, some ids as a spreadsheet writes them."""
    rows = []
    for story in stories:
        for at, name, value in story.changes:
            ticket = story.ticket + (".0" if rng.random() < 0.3 else "")
            own = own_value(name, value) + (".0" if name == "team" and value and rng.random() < 0.3 else "")
            row = {
                "field_name": FIELD[name], "ticket_id": ticket, "updated": stamp(at), "_fivetran_synced": stamp(at),
                "user_id": "71", "value": own,
            }  # fmt: skip
            rows += [row] * (2 if rng.random() < 0.1 else 1)
        rows.append({**rows[-1], "field_name": "subject", "value": NASTY})
    rng.shuffle(rows)
    return rows


def ticket_rows(stories: Sequence[Story], deleted: Sequence[str] = ()) -> list[Row]:
    rows = []
    for story in stories:
        last = {name: (values[-1][1] if (values := story.of(name)) else "") for name in FIELD}
        rows.append({
            "id": story.ticket, "_fivetran_synced": stamp(story.created), "created_at": stamp(story.created),
            "updated_at": stamp(max([story.created, *(c[0] for c in story.changes)])),
            "status": "deleted" if story.ticket in deleted else last["status"] or "open", "priority": last["priority"],
            "group_id": own_value("team", last["team"]), "subject": NASTY, "description": NASTY, "assignee_id": "71.0",
            "organization_id": "881", "requester_id": "91", "via_channel": "web", "type": "incident",
        })  # fmt: skip
    return rows


def comment_rows(
    stories: Sequence[Story], rng: random.Random
) -> tuple[list[Row], dict[str, tuple[datetime | None, int]]]:
    """Comments, and by ticket the first public one of an agent after the opening, and how many the customer wrote after it."""
    rows: list[Row] = []
    truth: dict[str, tuple[datetime | None, int]] = {}
    for story in stories:
        moments = [
            story.created,
            *(story.created + timedelta(minutes=rng.randrange(1, 900)) for _ in range(rng.randrange(4))),
        ]
        said = [(at, rng.choice(list(USERS)), rng.random() < 0.7) for at in moments]
        said[0] = (story.created, rng.choice(["91", "71"]), True)
        for number, (at, user, public) in enumerate(said):
            rows.append({
                "id": f"{story.ticket}{number}", "_fivetran_synced": stamp(at), "body": NASTY, "created": stamp(at),
                "public": str(public).upper(), "ticket_id": story.ticket, "user_id": user,
            })  # fmt: skip
        later = [(at, USERS[user]) for at, user, public in said[1:] if public]
        agents = [at for at, role in later if role in ("agent", "admin")]
        truth[story.ticket] = (min(agents, default=None), sum(role == "end-user" for _, role in later))
    rng.shuffle(rows)
    return rows, truth


def reference() -> Files:
    return {
        "group_data": [
            *({"id": k, "_fivetran_deleted": "FALSE", "name": v, "updated_at": "2031-01-01 00:00:00"} for k, v in TEAMS.items()),
            {"id": "501", "_fivetran_deleted": "FALSE", "name": "Old name of tier 3", "updated_at": "2030-01-01 00:00:00"},
        ],
        "user_data": [
            {"id": k, "name": f"User {k}", "role": v, "updated_at": "2031-01-01 00:00:00"} for k, v in USERS.items()
        ],
        "organization_data": [
            {"id": "881", "name": "Acme", "created_at": "2030-01-01 00:00:00", "updated_at": "2030-01-01 00:00:00"}
        ],
    }  # fmt: skip
