"""A generated Salesforce export (accounts, users, cases and their history), as Fivetran or as Data Loader names the columns, and what it means."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime

from tests.warehouse.mappings.sources.exports_b import Files, Row, at, text

INDUSTRIES = ("Energy", "Banking", "Retail", "")
STEMS = {"account": "sf_account_data", "user": "sf_user_data"}
SNAKE = {
    "Id": "id", "IsDeleted": "is_deleted", "AccountId": "account_id", "OwnerId": "owner_id", "CaseNumber": "case_number",
    "CreatedDate": "created_date", "ClosedDate": "closed_date", "IsEscalated": "is_escalated", "CaseId": "case_id",
    "OldValue": "old_value", "NewValue": "new_value", "LastModifiedDate": "last_modified_date", "CreatedById": "created_by_id",
}  # fmt: skip


@dataclass
class Truth:
    """accounts and cases: id to expected columns. escalations: case to the times, [None] for the flag alone."""

    accounts: dict[str, dict[str, object]] = field(default_factory=dict)
    cases: dict[str, dict[str, object]] = field(default_factory=dict)
    escalations: dict[str, list[datetime | None]] = field(default_factory=dict)


def accounts(seed: int, count: int) -> tuple[Files, Truth]:
    """Accounts in the seed's layout: live ones, deleted ones, ones merged away, earlier versions kept in history mode."""
    rng = random.Random(seed)
    files: Files = {"account": [], "user": []}
    truth = Truth()
    for number in range(3):
        files["user"].append(
            {"id": f"005{number:015d}", "name": f"Owner {number}", "is_active": "true", "_fivetran_deleted": "false", "_fivetran_active": "true"}
        )  # fmt: skip
    for number in range(count):
        key = f"001{number:015d}"
        industry, country = rng.choice(INDUSTRIES), rng.choice(["Germany", "France", ""])
        row = {
            "id": key, "name": f"Account {number}", "industry": industry, "type": rng.choice(["Customer - Direct", "Prospect"]),
            "billing_country": country, "billing_country_code": country[:2].upper(), "annual_revenue": "1000000",
            "owner_id": "005000000000000001", "is_deleted": "false", "_fivetran_active": "true",
            "_fivetran_synced": text(at(5000)),
        }  # fmt: skip
        if number % 9 == 4:
            files["account"].append({**row, "is_deleted": "true", "master_record_id": "001000000000000000"})
            continue
        files["account"].append(row)
        if number % 4 == 1:  # an earlier version, listed after the current one
            files["account"].append(
                {**row, "industry": "Old", "_fivetran_active": "false", "_fivetran_synced": text(at(100))}
            )
        truth.accounts[key] = {
            "name": f"Account {number}", "industry": industry or None, "region": country or None, "segment": row["type"], "arr": None,
        }  # fmt: skip
    return files, truth


def cases(seed: int, count: int, truth: Truth) -> Files:
    """Cases and their history in Salesforce's own column names; `truth` learns what they mean."""
    rng = random.Random(seed)
    files: Files = {"Case": [], "CaseHistory": []}
    for number in range(count):
        _case(rng, number, files, truth)
    rng.shuffle(files["CaseHistory"])
    return files


def _case(rng: random.Random, number: int, files: Files, truth: Truth) -> None:
    key, start = f"500{number:015d}", number * 53
    closed = at(start + rng.randrange(100, 3000)) if rng.random() < 0.6 else None
    flag = rng.random() < 0.3
    deleted = number % 11 == 6
    row = {
        "Id": key, "CaseNumber": f"{number:08d}", "IsDeleted": "true" if deleted else "false", "IsEscalated": "true" if flag else "false",
        "Origin": rng.choice(["Phone", "Web", "Email"]), "Priority": rng.choice(["Low", "Medium", "High"]),
        "Status": "Closed" if closed else "Working", "Reason": rng.choice(["Installation", "Performance", ""]),
        "Type": rng.choice(["Mechanical", "Other"]), "Subject": f"Case {number}", "Description": "",
        "CreatedDate": _stamp(at(start)), "ClosedDate": _stamp(closed), "AccountId": f"001{rng.randrange(30):015d}",
        "OwnerId": "005000000000000001", "LastModifiedDate": _stamp(closed or at(start)),
    }  # fmt: skip
    files["Case"].append(row)
    moments, first = _history(rng, key, start, flag, files) if number % 3 else ([], "")
    if deleted:
        return
    if moments or flag:
        truth.escalations[key] = list(moments) or [None]
    truth.cases[key] = {
        "created_at": at(start), "closed_at": closed, "channel": row["Origin"], "priority": first or row["Priority"],
        "category": row["Type"], "account_id": row["AccountId"],
    }  # fmt: skip


def _stamp(moment: datetime | None) -> str:
    """As Data Loader writes a time."""
    return "" if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _history(rng: random.Random, key: str, start: int, flag: bool, files: Files) -> tuple[list[datetime], str]:
    """Changes of a case; returns when it was escalated (marked so, or its priority raised) and its first priority, as far as told."""

    def change(minute: int, name: str, old: str, new: str) -> None:
        files["CaseHistory"].append(
            {"Id": f"017{key[-6:]}{minute}", "CaseId": key, "Field": name, "OldValue": old, "NewValue": new,
             "CreatedDate": _stamp(at(start + minute)), "CreatedById": "005000000000000001", "IsDeleted": "false"}
        )  # fmt: skip

    moments: list[datetime] = []
    first = ""
    change(0, "created", "", "")
    if flag:
        change(30, "IsEscalated", "false", "true")
        moments.append(at(start + 30))
    if rng.random() < 0.3:
        change(40, "Priority", "Medium", "High")
        first = "Medium"
        moments.append(at(start + 40))
    if rng.random() < 0.3:
        change(50, "Priority", "High", "Low")
        first = first or "High"
    change(60, "Status", "New", "Working")
    return moments, first


def snake(rows: list[Row]) -> list[Row]:
    """The rows as Fivetran names the columns."""
    return [{SNAKE.get(k, k.lower()): v for k, v in row.items()} for row in rows]
