"""Simulations of root_cause_trend: months between which nothing changed; a code that escalates more in one area, more tickets, other
areas; a desk that is too small; and whether the intervals of the change, its parts and the median time hold the truth.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from analyst_agent.records import Fact, Finding
from analyst_agent.resources import builtin_dir
from analyst_agent.semantic.periods import calendar_period
from analyst_agent.skillkit import load_skills
from benchmarks.calibration.desks import Shape, Tables, context_of, desk

OCTOBER = calendar_period("month", date(2026, 10, 1))
START, END = pd.Timestamp("2026-10-01"), pd.Timestamp("2026-11-01")
DAYS = (30, 31)
PARTS = ("change_from_volume", "change_from_mix", "change_from_rate")
ALIKE = replace(Shape(), likeness=0.0)
LARGE = replace(ALIKE, tickets=9_000)
KNOWN_RATES = {"Reports": 0.2, "Billing": 0.12, "Sign-on": 0.08, "Import": 0.06, "Admin": 0.04}
SHARE_MOVED, TIMES_AS_MANY = 0.5, 1.5


def null(seed: int) -> bool:
    """Whether any cause, the total, a part of its change or a cell is called changed where nothing did."""
    return any(fact.significant for fact in _finding(desk(seed), Shape()).facts)


def truth(seed: int) -> bool:
    """Whether what was planted is found and nothing else in its place: in turn a rate, a volume, a mix."""
    planted = ("rate", "volume", "mix")[seed % 3]
    tables = {"rate": _more_bugs_in_reports, "volume": _more_tickets, "mix": _towards_reports}[planted](seed)
    finding = _finding(tables, LARGE)
    parts = {name: _part(finding, name).significant for name in PARTS}
    if planted == "rate":
        bugs = _of(finding, "escalation_rate", root_cause="product_bug").significant
        reports = _of(finding, "change_from_rate", product_area="Reports").significant
        return bool(parts["change_from_rate"] and bugs and reports)
    others = [verdict for name, verdict in parts.items() if name != f"change_from_{planted}"]
    return bool(parts[f"change_from_{planted}"]) and not any(others)


def small(seed: int) -> bool:
    """Whether it says of a few escalated tickets that they are too few, and calls no change one."""
    shape = replace(Shape(), tickets=500, accounts=40)
    finding = _finding(desk(seed, shape), shape)
    said = any(one.kind == "too_few" for one in finding.statements)
    return said and not any(fact.significant for fact in finding.facts)


def coverage(seed: int) -> Iterator[tuple[float, float, float]]:
    """Parts and total of a change of which nothing is true, and of a volume that grew by half; the median of censored times."""
    nothing = _finding(desk(seed), Shape())
    yield from (_interval(_part(nothing, name), 0.0) for name in PARTS)
    rate = _of(nothing, "escalation_rate")
    if rate.difference_interval:
        yield (*rate.difference_interval, 0.0)
    grown = _finding(_more_tickets(seed), LARGE)
    expected = {"change_from_volume": _expected(LARGE) * (TIMES_AS_MANY - 1)}
    yield from (_interval(_part(grown, name), expected.get(name, 0.0)) for name in PARTS)
    slow = _finding(_slow(seed), Shape())
    median = _of(slow, "time_to_resolution_median")
    if median.interval:
        yield (*median.interval, SLOWER * float(np.exp(6.5)))


SLOWER = 25.0


def _finding(tables: Tables, shape: Shape) -> Finding:
    skill = load_skills(builtin_dir("skills"))["root_cause_trend"].function
    return skill(context_of(tables, shape), OCTOBER)


def _expected(shape: Shape) -> float:
    """Escalated tickets of a month of October's length, of desks with the known rates."""
    return shape.tickets / shape.days * DAYS[1] * sum(KNOWN_RATES.values()) / len(KNOWN_RATES)


def _more_bugs_in_reports(seed: int) -> Tables:
    """In October one in four of the other tickets about Reports escalates too, with the code of a bug."""
    tables, dice = _known_rates(seed), np.random.default_rng(seed + 10_000)
    tickets = tables["tickets"]
    calm = ~tickets["ticket_id"].isin(tables["escalations"]["ticket_id"])
    chosen = tickets[_in_october(tickets) & calm & (tickets["product_area"] == "Reports")]
    chosen = chosen[dice.random(len(chosen)) < 0.25]
    return _escalated_too(tables, chosen, np.full(len(chosen), "bug"))


def _more_tickets(seed: int) -> Tables:
    """In October half as many tickets again, by the same accounts about the same things, escalated as often."""
    tables, dice = _known_rates(seed), np.random.default_rng(seed + 20_000)
    tickets = tables["tickets"]
    chosen = tickets[_in_october(tickets)]
    chosen = chosen[dice.random(len(chosen)) < TIMES_AS_MANY - 1]
    more = chosen.assign(ticket_id="M" + chosen["ticket_id"])
    events = tables["escalations"]
    again = events[events["ticket_id"].isin(chosen["ticket_id"])]
    again = again.assign(ticket_id="M" + again["ticket_id"], escalation_id="M" + again["escalation_id"])
    return {**tables, "tickets": pd.concat([tickets, more]), "escalations": pd.concat([events, again])}


def _towards_reports(seed: int) -> Tables:
    """In October half of the tickets about Import and Admin, which seldom escalate, are about Reports, and escalate as those do."""
    return _known_rates(seed, moved=SHARE_MOVED)


def _known_rates(seed: int, moved: float = 0.0) -> Tables:
    """A desk whose areas escalate at known rates, the same in every month and account."""
    tables, dice = desk(seed, replace(LARGE, rate=0.02)), np.random.default_rng(seed + 30_000)
    tickets = tables["tickets"]
    goes = (
        _in_october(tickets) & tickets["product_area"].isin(("Import", "Admin")) & (dice.random(len(tickets)) < moved)
    )
    tickets = tickets.assign(product_area=np.where(goes, "Reports", tickets["product_area"]))
    chosen = tickets[dice.random(len(tickets)) < tickets["product_area"].map(KNOWN_RATES)]
    codes = np.array(["bug", "policy", "training", "handover", "docs"])[dice.integers(0, 5, len(chosen))]
    return _escalated_too({**tables, "tickets": tickets, "escalations": tables["escalations"].iloc[:0]}, chosen, codes)


def _escalated_too(tables: Tables, chosen: pd.DataFrame, codes: np.ndarray) -> Tables:
    more = pd.DataFrame(
        {
            "escalation_id": "X" + chosen["ticket_id"],
            "ticket_id": chosen["ticket_id"],
            "escalated_at": chosen["created_at"] + pd.Timedelta(minutes=20),
            "reason_code": codes,
            "level": "L2",
        }
    )
    # A ticket created in the last minutes of a month would count as escalated in the next.
    return {**tables, "escalations": pd.concat([tables["escalations"], more], ignore_index=True)}


def _slow(seed: int) -> Tables:
    """A desk where resolving takes 25 times as long, so that many are open at the data's end."""
    tables, dice = desk(seed, replace(Shape(), tickets=8_000)), np.random.default_rng(seed + 40_000)
    events = tables["escalations"].set_index("ticket_id")["escalated_at"]
    tickets = tables["tickets"]
    begun = tickets["ticket_id"].map(events).fillna(tickets["created_at"])
    took = SLOWER * dice.lognormal(6.5, 1.0, len(tickets))
    done = begun + pd.to_timedelta(took, unit="min")
    tickets = tickets.assign(resolved_at=done.where(done < pd.Timestamp(Shape().today)))
    return {**tables, "tickets": tickets, "resolutions": tables["resolutions"].iloc[:0]}


def _in_october(tickets: pd.DataFrame) -> pd.Series:
    return (tickets["created_at"] >= START) & (tickets["created_at"] < END)


def _part(finding: Finding, metric: str) -> Fact:
    return _of(finding, metric)


def _of(finding: Finding, metric: str, **dimensions: object) -> Fact:
    return next(
        fact
        for fact in finding.facts
        if fact.metric == metric and fact.dimensions == dimensions and fact.period == OCTOBER
    )


def _interval(fact: Fact, value: float) -> tuple[float, float, float]:
    low, high = fact.difference_interval or (-np.inf, np.inf)
    return low, high, value
