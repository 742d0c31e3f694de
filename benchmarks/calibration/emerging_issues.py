"""Simulations of emerging_issues: topics that only recur, with bursts of single accounts, and a new one of several accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analyst_agent.embedding import default_embedder
from analyst_agent.records import Finding
from analyst_agent.resources import builtin_dir
from analyst_agent.skillkit import load_skills
from benchmarks.calibration.desks import AREAS, Shape, Tables, context_of, desk

SHAPE = Shape(tickets=5_000, accounts=150)
SMALL = Shape(tickets=180, accounts=40, days=100, likeness=0.0, rate=0.09)
TOPICS = {
    "Reports": ("the totals of the report do not add up", "a column of the report is cut off", "the filter shows no rows"),
    "Billing": ("we were charged twice this month", "the invoice has the wrong address", "a refund has not arrived"),
    "Sign-on": ("the password mail does not arrive", "a new phone and no code to log in", "single sign-on is rejected"),
    "Import": ("the import stops at the last row", "special characters are broken after the import", "the wrong team has our migration"),
    "Admin": ("the invitation link has expired", "a role cannot edit the board", "a guest sees private folders"),
}  # fmt: skip
OPENINGS = ("", "again: ", "please help, ", "since the update ", "for our team ")
NEW = (
    "the mobile app drains the battery", "battery empty after an hour with the app", "phone battery drains since the app runs",
    "the app uses the whole battery in the background",
)  # fmt: skip
_VECTORS: dict[str, NDArray[np.float32]] = {}


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """The real embedder, each text once a process."""
    unknown = [text for text in dict.fromkeys(texts) if text not in _VECTORS]
    _VECTORS.update(zip(unknown, default_embedder().embed(unknown), strict=True))
    return np.array([_VECTORS[text] for text in texts], dtype=np.float32)


def with_topics(seed: int, tables: Tables) -> Tables:
    """The desk with subjects: a topic of the ticket's area, the same for what an account files within two days."""
    dice = np.random.default_rng([seed, 7])
    tickets = tables["tickets"].sort_values(["account_id", "created_at"], ignore_index=True)
    gap = tickets.groupby("account_id")["created_at"].diff()
    follows = (gap < pd.Timedelta(days=2)).to_numpy() & (dice.random(len(tickets)) < 0.8)
    areas = tickets["product_area"].to_numpy(dtype=object)
    topics = dice.integers(0, 3, len(tickets))
    for place in np.flatnonzero(follows):
        areas[place], topics[place] = areas[place - 1], topics[place - 1]
    openings = dice.integers(0, len(OPENINGS), len(tickets))
    subjects = [OPENINGS[o] + TOPICS[str(a)][t] for a, t, o in zip(areas, topics, openings, strict=True)]
    tickets = tickets.assign(product_area=areas, subject=subjects).sort_values("created_at", ignore_index=True)
    return {**tables, "tickets": tickets}


def null(seed: int) -> bool:
    """Whether anything is called new where topics only recur; on every second desk one account files fifteen of a new kind."""
    tables = with_topics(seed, desk(seed, SHAPE))
    if seed % 2:
        tables = _planted(seed, tables, accounts=1, count=15)
    finding = _found(tables, SHAPE)
    return any(fact.significant for fact in finding.facts)


def truth(seed: int) -> bool:
    """Whether a new topic of twelve tickets of eight accounts in the last ten days is found, with most of its tickets."""
    finding = _found(_planted(seed, with_topics(seed, desk(seed, SHAPE)), accounts=8, count=12), SHAPE)
    told = [finding.fact(s.facts[0]) for s in finding.statements if s.kind == "emerging"]
    return any("battery" in str(fact.dimensions) and int(fact.value or 0) >= 9 for fact in told)


def small(seed: int) -> bool:
    """Whether two dozen escalated tickets are said to be too few."""
    finding = _found(with_topics(seed, desk(seed, SMALL)), SMALL)
    return not any(f.significant is not None for f in finding.facts) and any(
        s.kind == "too_few" for s in finding.statements
    )


def _found(tables: Tables, shape: Shape) -> Finding:
    context = replace(context_of(tables, shape), embed=embed)
    finding: Finding = load_skills(builtin_dir("skills"))["emerging_issues"].function(context)
    return finding


def _planted(seed: int, tables: Tables, accounts: int, count: int) -> Tables:
    """The desk with so many escalated tickets of a new topic in the last ten days."""
    dice = np.random.default_rng([seed, 8])
    chosen = dice.choice(SHAPE.accounts, accounts, replace=False)
    owners = [f"A{chosen[i % accounts]:04}" for i in range(count)]
    at = [pd.Timestamp(SHAPE.today) - timedelta(days=float(d)) for d in dice.uniform(0.5, 9.5, count)]
    ids = [f"N{i:04}" for i in range(count)]
    tickets = pd.DataFrame(
        {
            "ticket_id": ids, "created_at": at, "account_id": owners, "product_area": AREAS[int(dice.integers(0, len(AREAS)))],
            "subject": [OPENINGS[int(dice.integers(0, len(OPENINGS)))] + NEW[i % len(NEW)] for i in range(count)],
        }
    )  # fmt: skip
    events = pd.DataFrame(
        {
            "escalation_id": [f"E{i}" for i in ids], "ticket_id": ids, "escalated_at": [a + timedelta(hours=3) for a in at],
            "reason_code": "bug",
        }
    )  # fmt: skip
    return {
        **tables,
        "tickets": pd.concat([tables["tickets"], tickets], ignore_index=True),
        "escalations": pd.concat([tables["escalations"], events], ignore_index=True),
    }
