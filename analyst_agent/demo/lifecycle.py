"""What happens to tickets after they arrive: escalations, reopenings, resolutions, also those after the data's end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analyst_agent.demo import story
from analyst_agent.demo.arrivals import DAY, END, PRIORITIES, Batch, members
from analyst_agent.demo.dice import Bools, Dice, Ints
from analyst_agent.demo.people import Accounts, Agents

NEVER = END + 10_000 * DAY
"""A moment after every other: it has not happened at the data's end."""
CODES = (*story.REASON_CODES, *story.UNMAPPED_CODES)
_TEAM_NAMES = [name for name, *_ in story.TEAMS]


@dataclass(frozen=True, slots=True)
class Course:
    """The course of each ticket of a batch, in seconds since 1970 (UTC); a moment after END is not known yet."""

    escalated: Ints
    second: Ints
    third: Ints
    resolved: Ints
    earlier: list[tuple[tuple[int, int], ...]]
    """For each ticket its resolutions that did not last: (resolved, reopened)."""
    responded: Ints
    code: Ints
    is_training: Bools
    to_team: Ints
    to_agent: Ints
    handle_minutes: Ints


def run(seed: int, batch: Batch, accounts: Accounts, agents: Agents) -> Course:
    """The course of a batch, drawn from a stream of its own."""
    dice = Dice(seed, 4, batch.number)
    count = len(batch.created)
    escalates, is_training = _escalates(dice, batch, accounts, agents)
    minutes = dice.spread(_by_priority(batch, story.ESCALATION_MINUTES), 95, count)
    delay = np.minimum(minutes * 60 + dice.below(60, count), 20 * DAY)
    escalated = np.where(escalates, batch.created + 180 + delay, NEVER)
    resolved = _resolved(dice, batch, escalates, escalated, is_training)
    second, third = _again(dice, escalates, escalated, resolved)
    response = dice.spread(_by_priority(batch, story.RESPONSE_MINUTES), 90, count) * 60 + dice.below(60, count)
    responded = np.minimum(batch.created + 30 + response, np.where(resolved < NEVER, resolved - 45, NEVER))
    responded = np.maximum(responded, batch.created + 20)
    to_team = _to_team(dice, batch, is_training)
    return Course(
        escalated, second, third, resolved,
        earlier=_earlier(dice, escalates, responded, resolved),
        responded=responded,
        code=_codes(dice, batch, is_training),
        is_training=is_training,
        to_team=to_team,
        to_agent=members(dice, to_team, batch.created, agents),
        handle_minutes=_handle(dice, batch, escalated),
    )  # fmt: skip


def _by_priority(batch: Batch, table: dict[str, int]) -> Ints:
    return np.array([table[name] for name in PRIORITIES], dtype=np.int64)[batch.priority]


def _escalates(dice: Dice, batch: Batch, accounts: Accounts, agents: Agents) -> tuple[Bools, Bools]:
    """Whether each ticket escalates, and whether for want of training: the chance of its topic times its factors."""
    count = len(batch.created)
    own = np.array([topic.escalation for topic in story.TOPICS], dtype=np.int64)[batch.topic]
    factor = np.where(batch.account >= 0, accounts.factor[batch.account], story.NO_ACCOUNT_FACTOR)
    extra = np.where(_new_starter_on_sign_on(batch, agents), story.TRAINING_EXTRA * _need(batch.created) // 1_000, 0)
    urgency = _by_priority(batch, story.PRIORITY_FACTOR)
    base, gap = own * factor // 1_000 * urgency // 1_000, extra * factor // 1_000
    total = np.minimum(base + gap, 9_000)
    drawn = dice.below(10_000, count)
    return drawn < total, (drawn < total) & (drawn < gap)


def _new_starter_on_sign_on(batch: Batch, agents: Agents) -> Bools:
    areas = [i for i, topic in enumerate(story.TOPICS) if topic.area == story.TRAINING_AREA]
    return np.asarray(np.isin(batch.topic, areas) & agents.is_new_starter[batch.agent], dtype=np.bool_)


def _need(moment: Ints) -> Ints:
    """Need of training in per mille: whole until the training, a straight line down to a tenth, then that."""
    trained, done = (int(np.datetime64(day, "s").astype(np.int64)) for day in (story.TRAINING_DAY, story.TRAINING_DONE))
    falling = 1_000 - 900 * (moment - trained) // (done - trained)
    return np.asarray(np.clip(falling, 100, 1_000), dtype=np.int64)


def _resolved(dice: Dice, batch: Batch, escalates: Bools, escalated: Ints, is_training: Bools) -> Ints:
    count = len(batch.created)
    hours = np.array([topic.hours for topic in story.TOPICS], dtype=np.int64)[batch.topic]
    hours = np.where(is_training, 5, hours)
    after = dice.spread(hours * 60 * _by_priority(batch, story.HASTE) // 1_000, 75, count)
    usual = dice.spread(_by_priority(batch, story.RESOLUTION_MINUTES), 100, count)
    start = np.where(escalates, escalated, batch.created)
    moment = start + 300 + np.where(escalates, after, usual) * 60 + dice.below(60, count)
    kept = np.array([story.STUCK.get(topic.codes, story.STUCK[""]) for topic in story.TOPICS], dtype=np.int64)
    kept = kept[batch.topic]
    stuck = dice.chance(np.where(escalates, kept, story.STUCK_UNESCALATED).astype(np.int64), count)
    return np.where(stuck, NEVER, moment).astype(np.int64)


def _again(dice: Dice, escalates: Bools, escalated: Ints, resolved: Ints) -> tuple[Ints, Ints]:
    """Second and third escalation of a ticket, between the first and its resolution."""
    count = len(escalated)
    until = np.where(resolved < NEVER, resolved, escalated + 6 * DAY)
    second = escalated + (until - escalated) * (20 + dice.below(50, count)) // 100
    third = second + (until - second) * (25 + dice.below(50, count)) // 100
    has_second = escalates & dice.chance(1_250, count)
    has_third = has_second & dice.chance(1_600, count)
    return np.where(has_second, second, NEVER), np.where(has_third, third, NEVER)


def _earlier(dice: Dice, escalates: Bools, responded: Ints, resolved: Ints) -> list[tuple[tuple[int, int], ...]]:
    """Resolutions that did not last, with the moment of reopening; the first may lie before the escalation."""
    count = len(resolved)
    reopened = dice.chance(np.where(escalates, 1_300, 420).astype(np.int64), count)
    many = dice.below(100, count)
    where = dice.below(100, count * 2).reshape(count, 2)
    course: list[tuple[tuple[int, int], ...]] = [()] * count
    for i in np.flatnonzero(reopened & (resolved < NEVER)).tolist():
        start, end = int(responded[i]), int(resolved[i])
        first = start + (end - start) * (15 + int(where[i, 0]) * 45 // 100) // 100
        back = first + (end - first) * 40 // 100
        if end - start < 7_200:
            continue
        course[i] = ((first, back),)
        if many[i] < 16:
            again = back + (end - back) * (20 + int(where[i, 1]) * 30 // 100) // 100
            course[i] = ((first, back), (again, again + (end - again) // 2))
    return course


def _codes(dice: Dice, batch: Batch, is_training: Bools) -> Ints:
    count = len(batch.created)
    code = np.zeros(count, dtype=np.int64)
    for kind, weights in story.CODES.items():
        topics = [i for i, topic in enumerate(story.TOPICS) if topic.codes == kind]
        code = np.where(np.isin(batch.topic, topics), _drawn_codes(dice, weights, count), code)
    code = np.where(is_training, _drawn_codes(dice, story.TRAINING_CODES, count), code)
    legacy_until = int(np.datetime64(story.LEGACY_UNTIL, "s").astype(np.int64)) + DAY
    is_late_legacy = (code == CODES.index("LEGACY-7")) & (batch.created >= legacy_until)
    return np.where(is_late_legacy, CODES.index("OTHER"), code)


def _drawn_codes(dice: Dice, weights: tuple[tuple[str, int], ...], count: int) -> Ints:
    places = np.array([CODES.index(name) for name, _ in weights], dtype=np.int64)
    return places[dice.weighted([weight for _, weight in weights], count)]


def _to_team(dice: Dice, batch: Batch, is_training: Bools) -> Ints:
    count = len(batch.created)
    usual = np.array([_TEAM_NAMES.index(topic.to_team) for topic in story.TOPICS], dtype=np.int64)[batch.topic]
    engineering = _TEAM_NAMES.index("Engineering Liaison")
    to_team = np.where(dice.chance(900, count), engineering, usual)
    to_team = np.where(is_training, _TEAM_NAMES.index("Product Support"), to_team)
    return np.where(to_team == batch.team, engineering, to_team)


def _handle(dice: Dice, batch: Batch, escalated: Ints) -> Ints:
    count = len(batch.created)
    median = np.where(escalated < NEVER, 62, 17).astype(np.int64)
    hard = np.array([100 + topic.hours for topic in story.TOPICS], dtype=np.int64)[batch.topic]
    return np.maximum(dice.spread(median * hard, 65, count) // 100, 2)
