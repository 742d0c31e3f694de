"""The accounts and agents of the demo: very unequal customers, teams of three levels, and who works since when."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np

from analyst_agent.demo import story
from analyst_agent.demo.dice import Dice, Ints

TIERS = tuple(story.TIER_FACTOR)
_ENTERPRISE, _BUSINESS, _STARTER = range(3)
_REFRESHED = "2026-11-01T04:00:00Z"


@cache
def names() -> dict[str, list[str]]:
    """Invented first and last names and company words."""
    with (Path(__file__).parent / "names.toml").open("rb") as file:
        return tomllib.load(file)


@dataclass(frozen=True, slots=True)
class Accounts:
    """Rows of accounts.csv and, by the same position, what the tickets need: weights, factors, first day, tier."""

    rows: list[list[str]]
    ids: list[str]
    company: list[str]
    weight: Ints
    factor: Ints
    tier: Ints
    region: list[str]
    first_day: Ints


@dataclass(frozen=True, slots=True)
class Agents:
    """Rows of agents.csv, and the positions of the agents of each team with the day each began."""

    rows: list[list[str]]
    ids: list[str]
    team_of: list[str]
    by_team: dict[str, list[int]]
    is_new_starter: np.ndarray[tuple[int], np.dtype[np.bool_]]


ACCOUNT_COLUMNS = (
    "account_id", "name", "tier", "segment", "industry", "region", "plan", "arr", "created_at", "health_score",
    "csm", "updated_at",
)  # fmt: skip
AGENT_COLUMNS = ("agent_id", "name", "team", "support_level", "hourly_cost")


def make_accounts(seed: int) -> Accounts:
    """700 accounts ranked by size: weights fall like 1 / (rank + 6); region and industry are dealt within each tier."""
    count = story.ACCOUNTS
    dice = Dice(seed, 1)
    rank = np.arange(count, dtype=np.int64)
    weight = np.asarray(1_000_000 // (rank + 7), dtype=np.int64)
    tier = np.where(
        dice.below(100, count) < np.maximum(62 - rank // 6, 4),
        _ENTERPRISE,
        np.where(dice.below(100, count) < np.maximum(80 - rank // 10, 25), _BUSINESS, _STARTER),
    ).astype(np.int64)
    public = np.flatnonzero((tier == _BUSINESS) & (rank > 330))[: story.PUBLIC_SECTOR_ACCOUNTS]
    segment = _segments(dice, tier, public)
    region = _dealt(dice, tier, story.REGION_WEIGHT)
    industry = _dealt(dice, tier, story.INDUSTRY_WEIGHT)
    first_day = _first_days(dice, count)
    first_day[public] = _days(date(2023, 3, 1))
    factor = 860 + dice.below(140, count) + dice.below(141, count)
    tier_factor = np.array([story.TIER_FACTOR[name] for name in TIERS], dtype=np.int64)
    company = _companies(dice, count)
    order = np.argsort(dice.raw(count), kind="stable")
    ids = [""] * count
    for number, position in enumerate(order):
        ids[int(position)] = f"ACC-{number + 1:04d}"
    columns = _account_fields(dice, tier, rank)
    rows = []
    for position in order:
        i = int(position)
        created = date(1970, 1, 1) + timedelta(days=int(first_day[i]))
        plan, arr, health, csm = columns[i]
        rows.append([
            ids[i], company[i], TIERS[int(tier[i])], segment[i], industry[i], region[i], plan, arr,
            f"{created.isoformat()}T09:00:00Z", health, csm, _REFRESHED,
        ])  # fmt: skip
    return Accounts(rows, ids, company, weight, factor * tier_factor[tier] // 1_000, tier, region, first_day)


def _segments(dice: Dice, tier: Ints, public: Ints) -> list[str]:
    likely = {_ENTERPRISE: (78, 20, 2), _BUSINESS: (12, 62, 26), _STARTER: (1, 14, 85)}
    words = ("Large", "Mid-market", "Small business")
    drawn = {key: dice.weighted(weights, len(tier)) for key, weights in likely.items()}
    segment = [words[int(drawn[int(kind)][i])] for i, kind in enumerate(tier)]
    for i in public:
        segment[int(i)] = "Public sector"
    return segment


def _dealt(dice: Dice, tier: Ints, weights: dict[str, int]) -> list[str]:
    """Values dealt like cards down the ranking of each tier, so that no value collects the big accounts."""
    value = [""] * len(tier)
    for kind in range(len(TIERS)):
        members = np.flatnonzero(tier == kind)
        given = dict.fromkeys(weights, 0)
        jitter = dice.below(100, len(members) * len(weights)).reshape(len(members), len(weights))
        for turn, i in enumerate(members):
            behind = [weights[name] * (turn + 1) * 100 - given[name] * 10_000 for name in weights]
            score = np.array(behind, dtype=np.int64) + jitter[turn] * 60
            name = list(weights)[int(np.argmax(score))]
            given[name] += 1
            value[int(i)] = name
    return value


def _first_days(dice: Dice, count: int) -> Ints:
    """Three quarters came before the data begin, the rest one by one until September 2026."""
    start, end = _days(story.FIRST_DAY), _days(date(2026, 9, 25))
    early = start - 20 - dice.below(1_300, count)
    late = start + dice.below(end - start, count)
    is_late = dice.chance(2_400, count) & (np.arange(count) > 60)
    return np.where(is_late, late, early).astype(np.int64)


def _companies(dice: Dice, count: int) -> list[str]:
    words = names()
    pairs = [f"{a} {b}" for a in words["company_first"] for b in words["company_second"]]
    order = np.argsort(dice.raw(len(pairs)), kind="stable")[:count]
    return [pairs[int(i)] for i in order]


def _account_fields(dice: Dice, tier: Ints, rank: Ints) -> list[tuple[str, str, str, str]]:
    """Plan (agrees with the tier nine times in ten), yearly revenue, health score and success manager."""
    count = len(tier)
    plans = ("Enterprise", "Professional", "Essentials")
    other = dice.chance(900, count)
    plan = np.where(other, np.where(tier == _BUSINESS, dice.below(2, count) * 2, _BUSINESS), tier)
    base = np.array([48_000, 9_000, 1_200], dtype=np.int64)[tier]
    arr = base * (1_400 - rank) // 700 + dice.below(base // 2, count)
    health = 35 + dice.below(34, count) + dice.below(33, count)
    words = names()
    managers = [f"{words['first'][(7 * k) % 36]} {words['last'][(11 * k + 3) % 30]}" for k in range(9)]
    manager, blank = dice.below(len(managers), count), dice.chance(600, count)
    rows = []
    for i in range(count):
        score = "" if blank[i] else str(int(health[i]))
        csm = managers[int(manager[i])] if tier[i] != _STARTER else ""
        rows.append((plans[int(plan[i])], f"{int(arr[i]) // 10 * 10}", score, csm))
    return rows


def make_agents(seed: int) -> Agents:
    """40 agents in eight teams; the last four of Frontline Coral began on the day of the new starters."""
    dice = Dice(seed, 2)
    words = names()
    pairs = [f"{first} {last}" for first in words["first"] for last in words["last"]]
    order = np.argsort(dice.raw(len(pairs)), kind="stable")
    rows: list[list[str]] = []
    by_team: dict[str, list[int]] = {}
    new: list[bool] = []
    for team, level, cost, size in story.TEAMS:
        for place in range(size):
            number = len(rows)
            own_cost = cost + int(dice.below(7, 1)[0]) - 3
            shown = "" if int(dice.below(12, 1)[0]) == 0 else f"{own_cost}.00"
            rows.append([f"AG-{number + 1:02d}", pairs[int(order[number])], team, level, shown])
            by_team.setdefault(team, []).append(number)
            new.append(team == story.TRAINING_TEAM and place >= size - story.NEW_STARTERS)
    ids = [row[0] for row in rows]
    return Agents(rows, ids, [row[2] for row in rows], by_team, np.array(new, dtype=np.bool_))


def _days(day: date) -> int:
    return (day - date(1970, 1, 1)).days
