"""Tables of incidents, expenses, assets, users and goals with one planted pattern each, and tables with none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

AGENTS = ("Ana Ruiz", "Ben Okafor", "Chloe Martin", "Dev Patel", "Eva Novak", "Finn Berg")
CATEGORIES = ("Hardware", "Software", "Network", "Inquiry / Help", "Database")
PLACES = ("Lyon", "Osaka", "Quito", "Perth", "Leeds")
DEPARTMENTS = ("Sales", "Finance", "IT", "HR", "Legal", "Product")
START = pd.Timestamp("2023-01-01")


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be found. patterns: any of these; columns: one of each group; value: named by it; direction: up or down."""

    patterns: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    value: str = ""
    direction: str = ""


@dataclass(frozen=True, slots=True)
class Planted:
    """A table and its pattern."""

    table: pd.DataFrame
    expected: Expected


Rng = np.random.Generator


def incidents(rng: Rng, rows: int = 500) -> pd.DataFrame:
    """Incidents over a year, everything drawn independently."""
    opened = START + pd.to_timedelta(np.sort(rng.uniform(0, 365, rows)), unit="D")
    hours = rng.lognormal(4.0, 0.8, rows)
    table = pd.DataFrame(
        {
            "number": [f"INC{i:07d}" for i in range(rows)],
            "category": rng.choice(CATEGORIES, rows, p=[0.26, 0.22, 0.2, 0.17, 0.15]),
            "priority": rng.choice(["1 - Critical", "2 - High", "3 - Moderate", "4 - Low"], rows, p=[0.1, 0.3, 0.4, 0.2]),
            "location": rng.choice(PLACES, rows),
            "assigned_to": rng.choice(AGENTS, rows),
            "caller_id": [f"Caller{i}" for i in rng.choice(30, rows, p=_uneven(rng, 30))],
            "opened_at": opened.floor("min"),
            "closed_at": (opened + pd.to_timedelta(hours, unit="h")).floor("s"),
            "reassignment_count": rng.poisson(1.0, rows),
            "short_description": [f"{a} {b} in the {c} office today" for a, b, c in zip(
                rng.choice(["Cannot open", "Error in", "Slow", "Request for", "Question on"], rows),
                rng.choice(["mail client", "shared drive", "payroll form", "meeting room", "badge reader", "old laptop"], rows),
                rng.choice(["east", "west", "main", "new", "third", "front"], rows), strict=True)],
        }
    )  # fmt: skip
    return table.astype({"opened_at": object, "closed_at": object})


def _uneven(rng: Rng, count: int) -> np.ndarray:
    size = rng.lognormal(0, 0.8, count)
    return size / size.sum()


def _hours(table: pd.DataFrame) -> np.ndarray:
    return (
        (pd.to_datetime(table["closed_at"]) - pd.to_datetime(table["opened_at"])) / pd.Timedelta(hours=1)
    ).to_numpy()


def _close(table: pd.DataFrame, hours: np.ndarray) -> None:
    table["closed_at"] = (
        (pd.to_datetime(table["opened_at"]) + pd.to_timedelta(hours, unit="h")).dt.floor("s").astype(object)
    )


def _time(table: pd.DataFrame) -> np.ndarray:
    opened = pd.to_datetime(table["opened_at"])
    return ((opened - opened.min()) / (opened.max() - opened.min())).to_numpy()


TTR = ("time from opened_at to closed_at",)


def dominating_category(rng: Rng) -> Planted:
    table = incidents(rng)
    table["category"] = rng.choice(CATEGORIES, len(table), p=[0.1, 0.62, 0.1, 0.09, 0.09])
    return Planted(table, Expected(("share",), (("category",),), "Software"))


def overloaded_agent(rng: Rng) -> Planted:
    table = incidents(rng)
    table["assigned_to"] = rng.choice(AGENTS, len(table), p=[0.1, 0.1, 0.1, 0.5, 0.1, 0.1])
    return Planted(table, Expected(("share",), (("assigned_to",),), "Dev Patel"))


def slow_agent(rng: Rng) -> Planted:
    table = incidents(rng)
    _close(table, _hours(table) * np.where(table["assigned_to"] == "Eva Novak", 2.5, 1.0))
    return Planted(table, Expected(("difference",), (("assigned_to",), TTR), "Eva Novak", "up"))


def slower_over_time(rng: Rng) -> Planted:
    table = incidents(rng)
    _close(table, _hours(table) * (1 + 2 * _time(table)))
    return Planted(table, Expected(("trend",), (TTR, ("opened_at",)), "", "up"))


def growing_category(rng: Rng) -> Planted:
    table = incidents(rng)
    grown = rng.uniform(size=len(table)) < 0.8 * _time(table)
    table["category"] = np.where(grown, "Network", table["category"])
    return Planted(table, Expected(("group_trend",), (("category",), ("opened_at",)), "Network", "up"))


def slower_in_one_category(rng: Rng) -> Planted:
    table = incidents(rng, 800)
    late = (table["category"] == "Hardware").to_numpy()
    _close(table, _hours(table) * np.where(late, np.exp(1.8 * (_time(table) - 0.5)), 1.0))
    return Planted(table, Expected(("group_trend", "change"), (("category",), TTR, ("opened_at",)), "Hardware", "up"))


def category_in_one_place(rng: Rng) -> Planted:
    table = incidents(rng)
    moved = (table["category"] == "Hardware") & (rng.uniform(size=len(table)) < 0.6)
    table.loc[moved, "location"] = "Perth"
    return Planted(table, Expected(("association",), (("category",), ("location",)), "Perth", "up"))


def busy_month(rng: Rng) -> Planted:
    table = incidents(rng)
    extra = incidents(rng, 110)
    extra["opened_at"] = (
        (pd.Timestamp("2023-08-01") + pd.to_timedelta(rng.uniform(0, 31, 110), unit="D")).floor("min").astype(object)
    )
    _close(extra, rng.lognormal(4.0, 0.8, 110))
    return Planted(
        pd.concat([table, extra], ignore_index=True),
        Expected(("change",), (("rows",), ("opened_at",)), "2023-08-01", "up"),
    )


def category_spike(rng: Rng) -> Planted:
    table = incidents(rng)
    month = pd.to_datetime(table["opened_at"]).dt.month
    table.loc[(month == 6) & (rng.uniform(size=len(table)) < 0.6), "category"] = "Database"
    return Planted(table, Expected(("change",), (("category",), ("opened_at", "month of opened_at")), "Database", "up"))


def slow_month(rng: Rng) -> Planted:
    table = incidents(rng)
    month = pd.to_datetime(table["opened_at"]).dt.month
    _close(table, _hours(table) * np.where(month == 5, 3.0, 1.0))
    return Planted(table, Expected(("change",), (TTR, ("month of opened_at",)), "2023-05-01", "up"))


def slower_from_a_day_on(rng: Rng) -> Planted:
    table = incidents(rng)
    _close(table, _hours(table) * np.where(_time(table) > 0.6, 2.2, 1.0))
    return Planted(table, Expected(("trend", "change"), (TTR, ("opened_at",)), "", "up"))


def combination(rng: Rng) -> Planted:
    table = incidents(rng, 900)
    table["support_level"] = rng.choice(["L1", "L2", "L3"], len(table), p=[0.5, 0.3, 0.2])
    both = (table["support_level"] == "L1") & (table["category"].isin(["Network"]))
    table["reopened"] = np.where(rng.uniform(size=len(table)) < np.where(both, 0.5, 0.08), "yes", "no")
    return Planted(
        table, Expected(("interaction",), (("category",), ("support_level",), ("reopened",)), "Network", "up")
    )


def unclosed_at_the_end(rng: Rng) -> Planted:
    table = incidents(rng)
    is_open = rng.uniform(size=len(table)) < np.where(_time(table) > 0.8, 0.9, 0.02)
    table.loc[is_open, "closed_at"] = None
    return Planted(table, Expected(("missing",), (("closed_at is empty",), ("opened_at",)), "", "up"))


def field_left_empty(rng: Rng) -> Planted:
    table = incidents(rng)
    empty = (table["assigned_to"] == "Finn Berg") & (rng.uniform(size=len(table)) < 0.7)
    table["root_cause"] = rng.choice(["wear", "config", "capacity", "human error"], len(table))
    table.loc[empty, "root_cause"] = ""
    return Planted(table, Expected(("missing",), (("root_cause is empty",), ("assigned_to",)), "Finn Berg", "up"))


def word_in_one_category(rng: Rng) -> Planted:
    table = incidents(rng)
    hit = (table["category"] == "Network") & (rng.uniform(size=len(table)) < 0.7)
    table.loc[hit, "short_description"] = "Router7 drops the connection in the east office"
    return Planted(table, Expected(("association",), (("category",), ("short_description",)), "Network", "up"))


def expenses(rng: Rng, rows: int = 500) -> pd.DataFrame:
    """Expense reports."""
    opened = START + pd.to_timedelta(np.sort(rng.uniform(0, 400, rows)), unit="D")
    return pd.DataFrame(
        {
            "number": [f"EXP{i:08d}" for i in range(rows)],
            "opened_at": opened.floor("min").astype(object),
            "processed_date": (opened + pd.to_timedelta(rng.gamma(3, 40, rows), unit="h")).floor("s").astype(object),
            "amount": np.round(rng.lognormal(6.5, 0.9, rows), 2),
            "department": rng.choice(DEPARTMENTS, rows),
            "category": rng.choice(["Travel", "Assets", "Services", "Miscellaneous"], rows),
            "state": rng.choice(["Processed", "Declined", "Submitted", "Pending"], rows, p=[0.4, 0.25, 0.2, 0.15]),
            "user": rng.choice([f"User {i}" for i in range(40)], rows, p=_uneven(rng, 40)),
        }
    )


def dear_department(rng: Rng) -> Planted:
    table = expenses(rng)
    table["amount"] = np.round(table["amount"] * np.where(table["department"] == "Legal", 3.0, 1.0), 2)
    return Planted(table, Expected(("difference",), (("department",), ("amount",)), "Legal", "up"))


def amount_slows(rng: Rng) -> Planted:
    table = expenses(rng)
    hours = 20 + 0.12 * table["amount"] + rng.gamma(2, 10, len(table))
    table["processed_date"] = (
        (pd.to_datetime(table["opened_at"]) + pd.to_timedelta(hours, unit="h")).dt.floor("s").astype(object)
    )
    return Planted(
        table, Expected(("correlation",), (("amount",), ("time from opened_at to processed_date",)), "", "up")
    )


def declined_kind(rng: Rng) -> Planted:
    table = expenses(rng)
    hit = (table["category"] == "Assets") & (rng.uniform(size=len(table)) < 0.5)
    table.loc[hit, "state"] = "Declined"
    return Planted(table, Expected(("association",), (("category",), ("state",)), "Declined", "up"))


def assets(rng: Rng) -> Planted:
    rows = 500
    bought = pd.Timestamp("2019-03-01") + pd.to_timedelta(np.sort(rng.uniform(0, 1500, rows)), unit="D")
    share = np.linspace(0, 1, rows)
    table = pd.DataFrame(
        {
            "asset_tag": [f"P{100000 + i}" for i in rng.permutation(rows)],
            "purchased_on": bought.strftime("%d/%m/%Y"),
            "warranty_expiration": (
                bought + pd.to_timedelta(365 * (1 + 2 * share) + rng.normal(0, 90, rows), unit="D")
            ).strftime("%d/%m/%Y"),
            "cost": np.round(rng.lognormal(7, 0.4, rows)),
            "vendor": rng.choice(["Acer", "Dell", "HP", "Lenovo", "Apple"], rows),
            "department": rng.choice(DEPARTMENTS, rows),
            "model_category": rng.choice(["Computer", "Server", "Printer", "Phone"], rows, p=[0.4, 0.2, 0.2, 0.2]),
        }
    )
    return Planted(
        table, Expected(("trend",), (("time from purchased_on to warranty_expiration",), ("purchased_on",)), "", "up")
    )


def goals(rng: Rng) -> Planted:
    rows = 400
    start = START + pd.to_timedelta(rng.uniform(0, 365, rows), unit="D")
    department = rng.choice(DEPARTMENTS, rows)
    done = np.clip(rng.normal(55, 20, rows) - 28 * (department == "HR"), 0, 100).round()
    table = pd.DataFrame(
        {
            "sys_id": [f"g{i:05d}" for i in rng.permutation(rows)],
            "start_date": start.date,
            "end_date": (start + pd.to_timedelta(rng.integers(30, 400, rows), unit="D")).date,
            "department": department,
            "category": rng.choice(["Revenue growth", "Cost reduction", "Efficiency", "Employee satisfaction"], rows),
            "priority": rng.choice(["Low", "Medium", "High", "Critical"], rows),
            "percent_complete": done,
            "target_percentage": rng.integers(50, 100, rows),
        }
    )
    return Planted(table, Expected(("difference",), (("department",), ("percent_complete",)), "HR", "down"))


PLANTED: Mapping[str, Callable[[Rng], Planted]] = {
    f.__name__: f
    for f in (
        dominating_category, overloaded_agent, slow_agent, slower_over_time, growing_category, slower_in_one_category,
        category_in_one_place, busy_month, category_spike, slow_month, slower_from_a_day_on, combination,
        unclosed_at_the_end, field_left_empty, word_in_one_category, dear_department, amount_slows, declined_kind, assets,
        goals,
    )
}  # fmt: skip


def shuffled(table: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """Each column in an order of its own."""
    return pd.DataFrame({name: table[name].to_numpy()[rng.permutation(len(table))] for name in table.columns})


def null_table(seed: int) -> pd.DataFrame:
    """A table without a pattern, in one of four shapes by seed: drawn independently; planted ones shuffled; rows repeated;
    rows of an account alike, whose region says nothing of it."""
    rng = np.random.default_rng(70_000 + seed)
    shape = seed % 4
    if shape == 0:
        return incidents(rng, int(rng.integers(200, 1500))) if seed % 8 else expenses(rng, int(rng.integers(200, 1500)))
    if shape == 1:
        names = [n for n in PLANTED if n not in ("dominating_category", "overloaded_agent", "busy_month")]
        return shuffled(PLANTED[names[(seed // 4) % len(names)]](rng).table, rng)
    table = incidents(rng, int(rng.integers(200, 800)))
    if shape == 2:
        again = rng.choice(len(table), len(table) // 3)
        times = rng.integers(1, 5, len(again))
        table = pd.concat([table, table.iloc[np.repeat(again, times)]], ignore_index=True)
        table["number"] = [f"INC{i:07d}" for i in rng.permutation(len(table))]
        return table.iloc[rng.permutation(len(table))]
    account = rng.choice(40, len(table), p=_uneven(rng, 40))
    table["caller_id"] = [f"Account {i}" for i in account]
    table["location"] = np.array(PLACES)[rng.integers(0, 5, 40)][account]
    kinds = rng.dirichlet([1.5] * 5, 40)
    table["category"] = [rng.choice(CATEGORIES, p=kinds[a]) for a in account]
    _close(table, _hours(table) * np.exp(rng.normal(0, 0.4, 40))[account])
    return table
