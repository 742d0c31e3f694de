"""DESIGN section 3 in plain Python over lists of dictionaries: the independent answer the engine is compared with.

Written from the formulas, with no SQL and nothing of the compiler; slow and obvious on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from statistics import fmean, median
from typing import Any
from zoneinfo import ZoneInfo

Row = dict[str, Any]
CREATION = ("channel", "priority", "category", "tier", "region", "account", "tenure_band")
ASSIGNED = ("team", "agent", "support_level")
ESCALATION = ("root_cause", "reason_code", "trigger", "to_team", "level")
OUTCOME = ("is_open", "necessary", "time_to_escalation_band")
OF_TICKET = ("csat_score", "first_response_band", "resolution_band")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ANSWERED = ((HOUR, "answered within 1 h"), (4 * HOUR, "answered in 1-4 h"), (DAY, "answered in 4-24 h"))
SOLVED = (
    (4 * HOUR, "solved within 4 h"),
    (DAY, "solved in 4-24 h"),
    (3 * DAY, "solved in 1-3 days"),
    (7 * DAY, "solved in 3-7 days"),
)
RAISED = ((HOUR, "escalated within 1 h"), (4 * HOUR, "escalated in 1-4 h"), (DAY, "escalated in 4-24 h"))
GRAINS = ("hour", "weekday", "day", "week", "month", "quarter", "year")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CODES = {"bug": "product_bug", "outage": "product_bug", "policy_exception": "policy_gap", "agent_error": "training_gap", "handoff": "process_failure"}  # fmt: skip
CAUSES = ("product_bug", "policy_gap", "training_gap", "process_failure", "documentation_gap")
RATES = {"escalation_rate": "escalated_ticket_count", "cohort_escalation_rate": "cohort_escalated_count"}


def tidy(text: str | None) -> str:
    """The form in which codes and causes are compared."""
    return re.sub(r"[\s-]+", "_", (text or "").strip(" ").lower())


def cause_of(row: Mapping[str, Any]) -> str:
    """The recorded root cause, else that of the code, else unclassified."""
    recorded = (row.get("root_cause") or "").strip(" ")
    if recorded:
        return tidy(recorded) if tidy(recorded) in (*CAUSES, "unclassified") else recorded
    return CODES.get(tidy(row.get("reason_code")), "unclassified")


def took(start: datetime, end: datetime | None, bands: Sequence[tuple[timedelta, str]], longer: str) -> str | None:
    """The band of a time, None where its end is unknown."""
    return None if end is None else next((text for limit, text in bands if end - start < limit), longer)


def score(csat: float | None) -> str | None:
    """The band of a satisfaction score."""
    return None if csat is None else next((f"score {n}" for n in (1, 2, 3, 4) if csat <= n), "score 5")


class Reference:
    """Objects with all their dimensions, and every metric over them."""

    def __init__(self, tables: Mapping[str, Sequence[Mapping[str, Any]]], zone: str, cost: float = 45.0) -> None:
        self.zone, self.cost = ZoneInfo(zone), cost
        self.accounts = {a["account_id"]: a for a in tables["accounts"]}
        self.agents = {a["agent_id"]: a for a in tables["agents"]}
        self.names = [a.get("name") for a in tables["accounts"]]
        self.resolutions_of: dict[str, list[Row]] = {}
        for row in tables["resolutions"]:
            self.resolutions_of.setdefault(row["ticket_id"], []).append(dict(row))
        self.tickets = {t["ticket_id"]: self._ticket(t) for t in tables["tickets"]}
        events: dict[str, list[Row]] = {}
        for row in tables["escalations"]:
            events.setdefault(row["ticket_id"], []).append(dict(row))
        self.escalated = [self._escalated(t, events.get(i, [])) for i, t in self.tickets.items() if events.get(i) or t.get("is_escalated")]  # fmt: skip
        by_ticket = {e["ticket_id"]: e for e in self.escalated}
        for i, ticket in self.tickets.items():
            ticket["is_cohort"] = i in by_ticket
            for name in (*ESCALATION, *OUTCOME):
                ticket[name] = by_ticket[i][name] if i in by_ticket else None
        self.events = [self._event(e, by_ticket) for rows in events.values() for e in rows]
        self.resolutions = [self._resolution(r) for rows in self.resolutions_of.values() for r in rows]
        times = [t["time"] for t in (*self.tickets.values(), *self.events, *self.resolutions) if t["time"]]
        self.end = max([*times, *(t["resolved_at"] for t in self.tickets.values() if t.get("resolved_at"))])

    def _ticket(self, row: Mapping[str, Any]) -> Row:
        account = self.accounts.get(row.get("account_id"), {})
        agent = self.agents.get(row.get("agent_id"), {})
        name = account.get("name")
        shown = f"{name} ({row['account_id']})" if name and self.names.count(name) > 1 else name
        age = row["created_at"] - account["created_at"] if account.get("created_at") else None
        bands = ((30, "under 30 days"), (90, "30-90 days"), (365, "90-365 days"), (10**6, "over 365 days"))
        band = next((text for limit, text in bands if age < timedelta(days=limit)), None) if age is not None else None
        return {
            **row, "time": row["created_at"], "tier": account.get("tier"), "region": account.get("region"), "account": shown,
            "tenure_band": band, "agent": agent.get("name"), "support_level": agent.get("support_level"), "csat_score": score(row.get("csat")),
            "first_response_band": took(row["created_at"], row.get("first_response_at"), ANSWERED, "answered after 24 h"),
            "resolution_band": took(row["created_at"], row.get("resolved_at"), SOLVED, "solved after 7 days"),
        }  # fmt: skip

    def _escalated(self, ticket: Row, events: list[Row]) -> Row:
        first = min(events, key=_place, default={})
        escalated_at = first.get("escalated_at")
        starts = escalated_at or ticket["created_at"]
        after = [
            r["resolved_at"] for r in self.resolutions_of.get(ticket["ticket_id"], []) if r["resolved_at"] >= starts
        ]
        own = ticket.get("resolved_at")
        resolved = own if own and own >= starts else min(after, default=None)
        necessary = {True: "necessary", False: "unnecessary", None: None}[first.get("necessary")]
        return {
            **ticket, **{n: first.get(n) for n in ESCALATION}, "root_cause": cause_of(first), "acknowledged_at": first.get("acknowledged_at"),
            "escalated_at": escalated_at, "time": starts, "resolved": resolved, "is_open": "resolved" if resolved else "open",
            "necessary": necessary, "count": max(len(events), 1), "time_to_escalation_band": took(ticket["created_at"], escalated_at, RAISED, "escalated after 24 h"),
        }  # fmt: skip

    def _event(self, row: Row, by_ticket: Mapping[str, Row]) -> Row:
        ticket = self.tickets[row["ticket_id"]]
        own = {**{n: row.get(n) for n in ESCALATION}, "root_cause": cause_of(row)}
        return {
            **ticket,
            **{n: by_ticket[row["ticket_id"]][n] for n in OUTCOME},
            **own,
            "time": row.get("escalated_at"),
        }

    def _resolution(self, row: Row) -> Row:
        agent = self.agents.get(row.get("agent_id"), {})
        own = {
            "agent": agent.get("name"),
            "support_level": agent.get("support_level"),
            "resolution_type": row.get("resolution_type"),
        }
        return {
            **self.tickets[row["ticket_id"]],
            **own,
            "minutes": row.get("minutes"),
            "time": row["resolved_at"],
            "row": True,
        }

    def objects(self, kind: str, bounds: tuple[date, date] | None, where: Iterable[tuple[str, str, Any]]) -> list[Row]:
        """Tickets, escalated tickets, events or resolutions of the local days, that fulfil all conditions."""
        every = {"ticket": list(self.tickets.values()), "escalated": self.escalated, "event": self.events, "resolution": self.resolutions}[kind]  # fmt: skip
        return [o for o in every if self._within(o["time"], bounds) and self.fulfils(o, list(where))]

    def _within(self, moment: datetime | None, bounds: tuple[date, date] | None) -> bool:
        if bounds is None:
            return True
        return moment is not None and bounds[0] <= self.local(moment).date() < bounds[1]

    def local(self, moment: datetime) -> datetime:
        """The wall time of an instant."""
        return moment.replace(tzinfo=UTC).astimezone(self.zone)

    def fulfils(self, thing: Row, where: list[tuple[str, str, Any]]) -> bool:
        """Whether all conditions hold; those on resolutions for one and the same resolution, or for none where all are negative."""
        many = [c for c in where if c[0] in ("resolution_type", "minutes") and not thing.get("row")]
        if not all(holds(thing.get(field), op, value) for field, op, value in where if (field, op, value) not in many):
            return False
        rows = self.resolutions_of.get(thing["ticket_id"], [])
        opposite = {"!=": "=", "not in": "in", "missing": "present"}
        if many and all(op in opposite for _, op, _ in many):
            return not any(holds(r.get(f), opposite[op], v) for f, op, v in many for r in rows)
        return not many or any(all(holds(r.get(f), op, v) for f, op, v in many) for r in rows)

    def key(self, thing: Row, by: Sequence[str]) -> tuple[Any, ...]:
        """The cell a thing belongs to."""
        return tuple(self.grain(thing["time"], name) if name in GRAINS else thing.get(name) for name in by)

    def grain(self, moment: datetime | None, grain: str) -> Any:
        """The stored value of a time grain."""
        if moment is None:
            return None
        local = self.local(moment)
        monday = local.date() - timedelta(days=local.weekday())
        return {
            "hour": local.hour, "weekday": WEEKDAYS[local.weekday()], "day": str(local.date()), "week": str(monday),
            "month": f"{local:%Y-%m}", "quarter": f"{local.year}-Q{(local.month + 2) // 3}", "year": str(local.year),
        }[grain]  # fmt: skip

    def cells(
        self, metric: str, by: Sequence[str], where: list[tuple[str, str, Any]], bounds: tuple[date, date] | None
    ) -> Callable[[tuple[Any, ...]], Row]:
        """A function from cell to value, n and companions; its `keys` are the cells in which something is."""
        if metric in RATES:
            return self._rate_cells(metric, by, where, bounds)
        kind = KINDS.get(metric, "escalated")
        groups: dict[tuple[Any, ...], list[Row]] = {}
        for thing in self.objects(kind, bounds, where):
            groups.setdefault(self.key(thing, by), []).append(thing)
        whole = self.objects(kind, bounds, []) if metric == "estimated_cost" else []

        def cell(key: tuple[Any, ...]) -> Row:
            return self.measure(metric, groups.get(key, []), whole)

        cell.keys = set(groups)  # type: ignore[attr-defined]
        return cell

    def _rate_cells(
        self, metric: str, by: Sequence[str], where: list[tuple[str, str, Any]], bounds: tuple[date, date] | None
    ) -> Callable[[tuple[Any, ...]], Row]:
        top = self.cells(RATES[metric], by, where, bounds)
        shared = [i for i, name in enumerate(by) if name not in ESCALATION]
        allowed = [c for c in where if c[0] not in ESCALATION]
        bottom = self.cells("ticket_count", [by[i] for i in shared], allowed, bounds)

        def cell(key: tuple[Any, ...]) -> Row:
            up, down = top(key)["value"], bottom(tuple(key[i] for i in shared))["value"]
            return {"value": up / down if down else None, "n": down, "numerator": up, "denominator": down}

        cell.keys = top.keys | (bottom.keys if len(shared) == len(by) else set())  # type: ignore[attr-defined]
        return cell

    def measure(self, metric: str, things: list[Row], whole: list[Row]) -> Row:
        """One metric over the things of one cell."""
        if metric == "cohort_escalated_count":
            return counted(sum(t["is_cohort"] for t in things))
        if metric == "open_escalated_count":
            return counted(sum(e["is_open"] == "open" for e in things))
        if metric.endswith("_count"):
            return counted(len(things))
        if metric == "estimated_cost":
            known = [e["handle_minutes"] for e in whole if e.get("handle_minutes") is not None]
            stand_in = fmean(known) if known else 30.0
            minutes = [stand_in if e.get("handle_minutes") is None else e["handle_minutes"] for e in things]
            value = sum(minutes) / 60 * self.cost
            return {"value": value, "n": len(things), "missing": sum(e.get("handle_minutes") is None for e in things)}
        values = [v for v in (self.amount(metric, e) for e in things) if v is not None]
        how = {"median_resolution_minutes": median, "p90_resolution_minutes": ninetieth, "total_resolution_minutes": sum}.get(metric, fmean)  # fmt: skip
        return {"value": how(values) if values else None, "n": len(values), "missing": len(things) - len(values)}

    def amount(self, metric: str, thing: Row) -> float | None:
        """What one object adds to a mean or share; None where it is left out."""
        if metric.endswith("_resolution_minutes") and metric != "total_resolution_minutes":
            return minutes(thing["escalated_at"], thing["resolved"])
        if metric in ("resolution_minutes", "total_resolution_minutes"):
            return thing["minutes"]
        if metric == "sla_breach_rate":
            due = thing.get("sla_due_at")
            return None if due is None else float((thing["resolved"] or self.end) > due)
        if metric in ("mean_ticket_csat", "mean_ticket_handle_minutes"):
            return thing.get(metric.removeprefix("mean_ticket_"))
        reopened, necessary = thing.get("reopen_count"), thing["necessary"]
        return {
            "mean_time_to_escalation": lambda: minutes(thing["created_at"], thing["escalated_at"]),
            "mean_minutes_to_acknowledge": lambda: minutes(thing["escalated_at"], thing["acknowledged_at"]),
            "mean_csat": lambda: thing.get("csat"),
            "mean_handle_minutes": lambda: thing.get("handle_minutes"),
            "resolved_share": lambda: float(thing["is_open"] == "resolved"),
            "re_escalation_rate": lambda: float(thing["count"] > 1),
            "reopen_rate": lambda: None if reopened is None else float(reopened > 0),
            "unnecessary_share": lambda: None if necessary is None else float(necessary == "unnecessary"),
        }[metric]()


def _place(event: Row) -> tuple[Any, ...]:
    """The first escalation: the earliest; at the same time the lower level, then the lower id; what is unknown last."""
    at, level = event.get("escalated_at"), event.get("level")
    return (at is None, at or datetime.min, level is None, level or "", event["escalation_id"])


KINDS = {
    "ticket_count": "ticket", "cohort_escalated_count": "ticket", "escalation_event_count": "event", "resolution_count": "resolution",
    "resolution_minutes": "resolution", "total_resolution_minutes": "resolution", "mean_ticket_csat": "ticket", "mean_ticket_handle_minutes": "ticket",
}  # fmt: skip
OF_ESCALATED = (
    "escalated_ticket_count", "open_escalated_count", "mean_time_to_escalation", "mean_resolution_minutes", "median_resolution_minutes",
    "p90_resolution_minutes", "resolved_share", "re_escalation_rate", "reopen_rate", "mean_csat", "mean_handle_minutes", "sla_breach_rate",
    "mean_minutes_to_acknowledge", "unnecessary_share", "estimated_cost",
)  # fmt: skip


def counted(number: int) -> Row:
    """A count rests on itself."""
    return {"value": number, "n": number}


def minutes(start: datetime | None, end: datetime | None) -> float | None:
    """Minutes between two instants, None where one is unknown."""
    return None if start is None or end is None else (end - start).total_seconds() / 60


def ninetieth(values: list[float]) -> float:
    """The 90th percentile by linear interpolation between order statistics (Hyndman and Fan's type 7)."""
    ordered, place = sorted(values), 0.9 * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def holds(value: Any, op: str, operand: Any) -> bool:
    """One condition on one value; only the negative ones hold for a missing value."""
    if op in ("missing", "present"):
        return (value is None) == (op == "missing")
    if op in ("!=", "not in"):
        return value not in (operand if op == "not in" else (operand,))
    if value is None:
        return False
    if op in ("=", "in"):
        return value in (operand if op == "in" else (operand,))
    if op == "between":
        return operand[0] <= value <= operand[1]
    return {">": value > operand, ">=": value >= operand, "<": value < operand, "<=": value <= operand}[op]
