"""Invented support desks: stories of tickets with every trap that histories have, the same for each source that they are written out for."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from tests.warehouse.mappings.sources.truth import Story

START = datetime(2031, 3, 3, 8, 0)
LINE = {"Tier 1 Support": 1, "L2-EMEA": 2, "Second line (Billing)": 2, "Tier 3 Engineering": 3}
HOSTILE = "x'); DROP TABLE tickets; -- <b>L9</b>"
TEAMS = {
    "501": "Tier 1 Support", "502": "L2-EMEA", "503": "Second line (Billing)", "504": "Tier 3 Engineering",
    "505": "Retail2", "506": HOSTILE, "507": "Non-Support - (Billing Tickets)",
}  # fmt: skip
UNKNOWN_TEAMS = ("Retail2", HOSTILE, "Non-Support - (Billing Tickets)")


def stories(seed: int, count: int, priorities: tuple[str, ...], done: tuple[str, ...]) -> list[Story]:
    """Tickets that move between teams, priorities and states. Their first values come with their creation; times are whole seconds."""
    rng = random.Random(seed)
    found = []
    for number in range(1, count + 1):
        created = START + timedelta(minutes=rng.randrange(60 * 24 * 50))
        story = Story(str(1000 + number), created)
        story.changes += [
            (created, "team", rng.choice([*TEAMS.values(), ""])),
            (created, "priority", rng.choice(priorities)),
            (created, "status", "open"),
        ]
        moment = created
        for _ in range(rng.randrange(9)):
            moment += timedelta(seconds=rng.choice([1, 60, 3600, 86400]))
            what = rng.choice(["team", "team", "priority", "status", "tags", "both"])
            if what in ("team", "both"):
                story.changes.append((moment, "team", rng.choice([*TEAMS.values(), *LINE, ""])))
            if what in ("priority", "both"):  # in the same second as a move
                story.changes.append((moment, "priority", rng.choice(priorities)))
            if what == "status":
                story.changes.append((moment, "status", rng.choice(["open", "pending", *done])))
            if what == "tags":
                story.changes.append(
                    (moment, "tags", rng.choice(['["vip","escalated"]', "vip", "escalated urgent", "de-escalated", ""]))
                )
        found.append(story)
    return found


# The traps by name, each a ticket of its own: what happened after its creation, in minutes.
TRAPS: dict[str, list[tuple[int, str, str]]] = {
    "down and up again": [(0, "team", "L2-EMEA"), (5, "team", "Tier 1 Support"), (9, "team", "L2-EMEA")],
    "between groups of one line": [(0, "team", "L2-EMEA"), (5, "team", "Second line (Billing)")],
    "through a group of no line": [(0, "team", "L2-EMEA"), (5, "team", "Retail2"), (9, "team", "L2-EMEA")],
    "up through a group of no line": [(0, "team", "Tier 1 Support"), (5, "team", HOSTILE), (9, "team", "Tier 3 Engineering")],
    "first assigned above": [(3, "team", "Tier 3 Engineering")],
    "unassigned between": [(0, "team", "Tier 1 Support"), (4, "team", ""), (9, "team", "L2-EMEA")],
    "the same team again": [(0, "team", "L2-EMEA"), (4, "team", "L2-EMEA"), (6, "team", ""), (8, "team", "L2-EMEA")],
    "three moves": [(0, "team", "Retail2"), (1, "team", HOSTILE), (2, "team", "Retail2"), (3, "team", HOSTILE), (4, "team", "Retail2")],
}  # fmt: skip


def traps(first_number: int, low: str, high: str, top: str) -> list[Story]:
    """The traps as tickets, those of priority with the values of the source."""
    of_priority = {
        "lowered and raised to the first": [(0, "priority", high), (4, "priority", low), (8, "priority", high)],
        "raised twice": [(0, "priority", low), (4, "priority", high), (8, "priority", top)],
        "raised, lowered, raised": [
            (0, "priority", low),
            (4, "priority", high),
            (6, "priority", low),
            (8, "priority", high),
        ],
    }
    found = []
    for number, events in enumerate((*TRAPS.values(), *of_priority.values()), start=first_number):
        story = Story(str(number), START)
        story.changes = [(START + timedelta(minutes=m), name, value) for m, name, value in events]
        found.append(story)
    return found
