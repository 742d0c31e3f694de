"""Simulations of known_issue_impact: fixed issues whose tickets stopped, one that continues, and decays of a known half-life."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import log

import numpy as np
import pandas as pd

from analyst_agent.records import Citation, Finding
from analyst_agent.resources import builtin_dir
from analyst_agent.skillkit import DocumentedIssue, IssueMatch, PolicyMatch, load_skills
from benchmarks.calibration.desks import Shape, Tables, context_of, desk

SHAPE = Shape(tickets=2_000, accounts=120, days=360)
FIXED = date(2026, 6, 15)
STRAGGLERS_HALVE_IN_DAYS = 4.0
MINUTES_A_DAY = 1440.0


@dataclass
class Codes:
    """Known issues told by a code in a ticket's text. fixed: the day each is marked as fixed, "" where it is not."""

    fixed: Mapping[str, str] = field(default_factory=dict)

    def has_known_issues(self) -> bool:
        """Whether there are any."""
        return bool(self.fixed)

    def issues(self) -> Sequence[DocumentedIssue]:
        """All of them."""
        return [
            DocumentedIssue(code, f"About {code}", "fixed" if day else "open", fixed_on=day)
            for code, day in sorted(self.fixed.items())
        ]

    def match(
        self, texts: Sequence[tuple[str, str]], product_areas: Collection[str] = (), areas: Mapping[str, str] | None = None,
        *, each: bool = False, population: int = 0, most_compared: int | None = None,
    ) -> Sequence[IssueMatch]:  # fmt: skip
        """The issues whose code stands in a text."""
        found = {code: tuple(t for t, words in texts if code in words) for code in self.fixed}
        return [IssueMatch(c, f"About {c}", "", t, t[:2], fixed_on=self.fixed[c]) for c, t in found.items() if t]

    def policy_for(self, about: str, product_area: str | None = None) -> PolicyMatch | None:
        """None."""
        return None

    def search(self, query: str, spaces: Sequence[str] = (), limit: int = 4) -> Sequence[Citation]:
        """None."""
        return ()


def null(seed: int) -> bool:
    """Whether one of three fixed issues is to be reopened whose tickets stopped but for stragglers and rare chance matches."""
    dice = np.random.default_rng([seed, 1])
    tables = desk(seed, SHAPE)
    for code, pace in (("FIX-1", 0.5), ("FIX-2", 0.2), ("FIX-3", 1.0)):
        days = _decaying(dice, pace, STRAGGLERS_HALVE_IN_DAYS) + _steady(dice, 0.05 * pace, since=FIXED)
        tables = _planted(dice, tables, code, days)
    finding = _found(tables, dict.fromkeys(("FIX-1", "FIX-2", "FIX-3"), FIXED.isoformat()))
    return any(s.kind == "issue_reopen" for s in finding.statements)


def truth(seed: int) -> bool:
    """Whether an issue that goes on at four fifths of its pace is to be reopened, and one that stopped beside it is not."""
    dice = np.random.default_rng([seed, 2])
    tables = _planted(
        dice, desk(seed, SHAPE), "FIX-1", _steady(dice, 0.5, until=FIXED) + _steady(dice, 0.4, since=FIXED)
    )
    tables = _planted(dice, tables, "FIX-2", _steady(dice, 0.5, until=FIXED))
    finding = _found(tables, {"FIX-1": FIXED.isoformat(), "FIX-2": FIXED.isoformat()})
    reopened = [s.arguments["document"] for s in finding.statements if s.kind == "issue_reopen"]
    return reopened == ["FIX-1"]


def small(seed: int) -> bool:
    """Whether an issue with three tickets before its fix is said to be too small to judge."""
    dice = np.random.default_rng([seed, 3])
    days = [FIXED - timedelta(days=int(d)) for d in dice.integers(1, 80, 3)]
    tables = _planted(dice, desk(seed, SHAPE), "FIX-1", days)
    finding = _found(tables, {"FIX-1": FIXED.isoformat()})
    kinds = {s.kind for s in finding.statements}
    return "issue_fix_unclear" in kinds and not kinds & {"issue_reopen", "issue_fix_holds", "issue_half_life"}


def coverage(seed: int) -> list[tuple[float, float, float]]:
    """The interval of a half-life of three to seven weeks, where it was given."""
    dice = np.random.default_rng([seed, 4])
    true = float(dice.uniform(21, 49))
    tables = _planted(dice, desk(seed, SHAPE), "FIX-1", _decaying(dice, 1.0, true))
    finding = _found(tables, {"FIX-1": FIXED.isoformat()})
    facts = [fact for fact in finding.facts if fact.metric == "half_life_since_fix"]
    return [(f.interval[0], f.interval[1], true * MINUTES_A_DAY) for f in facts if f.interval is not None]


def _found(tables: Tables, fixed: Mapping[str, str]) -> Finding:
    finding: Finding = load_skills(builtin_dir("skills"))["known_issue_impact"].function(
        context_of(tables, SHAPE, knowledge=Codes(fixed))
    )
    return finding


def _steady(dice: np.random.Generator, pace: float, since: date | None = None, until: date | None = None) -> list[date]:
    """Days of bursts at a pace a day."""
    start, end = since or SHAPE.today - timedelta(days=SHAPE.days), until or SHAPE.today
    count = dice.poisson(pace * (end - start).days)
    return [start + timedelta(days=int(d)) for d in dice.integers(0, (end - start).days, count)]


def _decaying(dice: np.random.Generator, pace: float, half_life_days: float) -> list[date]:
    """Days of bursts, steady until the fix and halving in so many days from then on."""
    after = (SHAPE.today - FIXED).days
    kept = dice.exponential(half_life_days / log(2), dice.poisson(pace * half_life_days / log(2)))
    return _steady(dice, pace, until=FIXED) + [FIXED + timedelta(days=int(d)) for d in kept if d < after]


def _planted(dice: np.random.Generator, tables: Tables, code: str, days: Sequence[date]) -> Tables:
    """The desk with escalated tickets that print the code; every fourth day is a burst of two or three of one account."""
    rows: list[dict[str, object]] = []
    for place, day in enumerate(sorted(days)):
        account = f"A{int(min(SHAPE.accounts - 1, dice.zipf(1.6) - 1)):04}"
        for again in range(int(dice.integers(2, 4)) if dice.random() < 0.25 else 1):
            at = datetime.combine(day, datetime.min.time()) + timedelta(hours=float(dice.uniform(6, 20)))
            rows.append({"ticket_id": f"{code}-{place}-{again}", "created_at": at, "account_id": account, "subject": f"fails: {code}"})  # fmt: skip
    if not rows:
        return tables
    tickets = pd.DataFrame(rows)
    events = pd.DataFrame(
        {
            "escalation_id": "E" + tickets["ticket_id"], "ticket_id": tickets["ticket_id"],
            "escalated_at": tickets["created_at"] + pd.Timedelta(hours=1), "reason_code": "bug",
        }
    )  # fmt: skip
    return {
        **tables,
        "tickets": pd.concat([tables["tickets"], tickets], ignore_index=True),
        "escalations": pd.concat([tables["escalations"], events], ignore_index=True),
    }
