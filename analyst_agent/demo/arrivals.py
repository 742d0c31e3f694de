"""Tickets as they arrive: how many on which day, from whom, about what, to whom; nothing that happens later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

import numpy as np

from analyst_agent.demo import story
from analyst_agent.demo.dice import Dice, Ints
from analyst_agent.demo.people import Accounts, Agents

DAY = 86_400
END = int(np.datetime64(story.DATA_END, "s").astype(np.int64))
PRIORITIES = tuple(story.PRIORITY_WEIGHT)
CHANNELS = ("email", "web", "chat", "phone", "api")
LANGUAGES = ("en", "de", "fr", "es", "pt")
_CHANNEL_WEIGHT = (40, 25, 21, 12, 2)
_LANGUAGE_WEIGHT = {
    "EMEA": (80, 9, 7, 3, 1),
    "LATAM": (52, 0, 0, 29, 19),
    "AMER": (96, 0, 1, 3, 0),
    "APAC": (100, 0, 0, 0, 0),
    "": (92, 2, 2, 2, 2),
}
_WEEKDAY_WEIGHT = (118, 110, 106, 102, 88, 24, 20)
# Weight of each hour of the day (UTC) when a region is at work.
_OFFICE = (1, 1, 1, 1, 1, 2, 4, 9, 14, 16, 15, 12, 12, 14, 13, 11, 8, 5, 3, 3, 2, 2, 1, 1)
_FIRST_OFFICE_HOUR = {"EMEA": 0, "AMER": 6, "APAC": 16, "LATAM": 5, "": 2}
REGIONS = tuple(_FIRST_OFFICE_HOUR)


@dataclass(frozen=True, slots=True)
class Batch:
    """Tickets of one month in order of creation; every array has one entry a ticket. `account` is -1 where unknown."""

    number: int
    created: Ints
    topic: Ints
    account: Ints
    priority: Ints
    channel: Ints
    language: Ints
    team: Ints
    agent: Ints


def months(tickets: int) -> list[tuple[date, list[tuple[date, int]]]]:
    """Tickets of each day, by month: weekly rhythm, holidays, growth, the regression on top; they add up exactly."""
    days = [story.FIRST_DAY + timedelta(days=n) for n in range((story.DATA_END.date() - story.FIRST_DAY).days + 1)]
    weights = [_day_weight(day, n) for n, day in enumerate(days)]
    total = sum(weights)
    shares = [tickets * weight // total for weight in weights]
    rest = sorted(range(len(days)), key=lambda n: (-(tickets * weights[n] % total), n))[: tickets - sum(shares)]
    for n in rest:
        shares[n] += 1
    by_day = zip(days, shares, strict=True)
    return [(key, list(group)) for key, group in groupby(by_day, key=lambda pair: pair[0].replace(day=1))]


def _day_weight(day: date, number: int) -> int:
    noise = 93 + (number * 7_919 + 31) % 15
    growth = 1_000 + number * 240 // 730
    holiday = 30 if (day.month, day.day) >= (12, 24) or (day.month, day.day) == (1, 1) else 100
    partial = 84 if day == story.DATA_END.date() else 100
    usual = _WEEKDAY_WEIGHT[day.weekday()] * noise * growth * holiday * partial // 1_000
    return usual * (10_000 + _regression_weight(day)) // 10_000


def _regression_weight(day: date) -> int:
    reached = [share for start, share in story.REGRESSION_RINGS if day >= start]
    full = next(topic.weight for topic in story.TOPICS if topic.name == story.REGRESSION_TOPIC)
    return full * reached[-1] // 1_000 if reached else 0


def _topic_weights(day: date) -> list[int]:
    start_of_month = 150 if day.day <= 5 else 100
    return [
        _regression_weight(day) * 100
        if topic.name == story.REGRESSION_TOPIC
        else topic.weight * (start_of_month if topic.area == "Billing" else 100)
        for topic in story.TOPICS
    ]


def arrive(seed: int, number: int, days: list[tuple[date, int]], accounts: Accounts, agents: Agents) -> Batch:
    """The tickets of month `number`, whose days and counts are given; drawn from a stream of its own."""
    dice = Dice(seed, 3, number)
    count = sum(share for _, share in days)
    epoch_days = np.array([(day - date(1970, 1, 1)).days for day, _ in days], dtype=np.int64)
    day_index = np.repeat(np.arange(len(days)), [share for _, share in days]).astype(np.int64)
    account = _accounts(dice, accounts, int(epoch_days[0]), count)
    region = _regions(accounts, account)
    created = epoch_days[day_index] * DAY + _seconds(dice, region)
    late = created > END - 900
    created = np.where(late, END // DAY * DAY + dice.below(19 * 3_600, count), created)
    topic = _topics(dice, days, day_index)
    order = np.lexsort((np.arange(count), created))
    created, topic, account, region = created[order], topic[order], account[order], region[order]
    team, agent = _assigned(dice, topic, created, agents)
    return Batch(
        number, created, topic, account,
        priority=dice.weighted(list(story.PRIORITY_WEIGHT.values()), count),
        channel=dice.weighted(_CHANNEL_WEIGHT, count),
        language=_languages(dice, region), team=team, agent=agent,
    )  # fmt: skip


def _accounts(dice: Dice, accounts: Accounts, first_day: int, count: int) -> Ints:
    """Accounts by size among those that exist when the month begins; one ticket in a hundred has none."""
    weight = np.where(accounts.first_day < first_day, accounts.weight, 0)
    drawn = dice.weighted(weight, count)
    return np.where(dice.chance(100, count), -1, drawn).astype(np.int64)


def _regions(accounts: Accounts, account: Ints) -> Ints:
    place = np.array([REGIONS.index(name) for name in accounts.region], dtype=np.int64)
    return np.where(account >= 0, place[account], REGIONS.index("")).astype(np.int64)


def _seconds(dice: Dice, region: Ints) -> Ints:
    count = len(region)
    hour = dice.weighted(_OFFICE, count)
    shift = np.array([_FIRST_OFFICE_HOUR[name] for name in REGIONS], dtype=np.int64)
    return np.asarray((hour + shift[region]) % 24 * 3_600 + dice.below(3_600, count), dtype=np.int64)


def _topics(dice: Dice, days: list[tuple[date, int]], day_index: Ints) -> Ints:
    cumulative = np.cumsum(np.array([_topic_weights(day) for day, _ in days], dtype=np.int64), axis=1)
    drawn = dice.below(cumulative[:, -1][day_index], len(day_index))
    return np.asarray((cumulative[day_index] <= drawn[:, None]).sum(axis=1), dtype=np.int64)


def _languages(dice: Dice, region: Ints) -> Ints:
    language = np.zeros(len(region), dtype=np.int64)
    for place, name in enumerate(REGIONS):
        drawn = dice.weighted(_LANGUAGE_WEIGHT[name], len(region))
        language = np.where(region == place, drawn, language)
    return language


def _assigned(dice: Dice, topic: Ints, created: Ints, agents: Agents) -> tuple[Ints, Ints]:
    """The first team and agent of each ticket; the new starters take tickets only from their first day."""
    count = len(topic)
    names = [team for team, *_ in story.TEAMS]
    area = [one.area if one.area in story.FIRST_TEAMS else "" for one in story.TOPICS]
    team = np.zeros(count, dtype=np.int64)
    for name, shares in story.FIRST_TEAMS.items():
        places = np.array([names.index(team_name) for team_name, _ in shares], dtype=np.int64)
        drawn = places[dice.weighted([weight for _, weight in shares], count)]
        team = np.where(np.isin(topic, [i for i, a in enumerate(area) if a == name]), drawn, team)
    return team, members(dice, team, created, agents)


def members(dice: Dice, team: Ints, moment: Ints, agents: Agents) -> Ints:
    """An agent of each ticket's team who works there at that moment."""
    began = int(np.datetime64(story.NEW_STARTERS_FROM, "s").astype(np.int64))
    agent = np.zeros(len(team), dtype=np.int64)
    for place, (name, *_) in enumerate(story.TEAMS):
        everyone = np.array(agents.by_team[name], dtype=np.int64)
        veterans = everyone[~agents.is_new_starter[everyone]]
        now = everyone[dice.below(len(everyone), len(team))]
        before = veterans[dice.below(len(veterans), len(team))]
        agent = np.where(team == place, np.where(moment >= began, now, before), agent)
    return agent
