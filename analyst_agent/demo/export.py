"""Rows of tickets.csv, escalations.csv and resolutions.csv: a helpdesk's export at the data's end, with its gaps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from analyst_agent.demo import story, wording
from analyst_agent.demo.arrivals import CHANNELS, DAY, END, LANGUAGES, PRIORITIES, Batch
from analyst_agent.demo.dice import Dice, Picker
from analyst_agent.demo.lifecycle import CODES, NEVER, Course
from analyst_agent.demo.people import TIERS, Accounts, Agents

TICKET_COLUMNS = (
    "ticket_id", "created_at", "updated_at", "subject", "description", "status", "priority", "channel", "product_area",
    "category", "account_id", "agent_id", "team", "is_escalated", "first_response_at", "resolved_at", "closed_at",
    "reopen_count", "csat", "handle_minutes", "customer_reply_count", "sla_due_at", "sentiment", "language",
)  # fmt: skip
ESCALATION_COLUMNS = (
    "escalation_id", "ticket_id", "escalated_at", "reason_code", "reason", "root_cause", "trigger", "from_team",
    "to_team", "level", "escalated_by", "acknowledged_at", "deescalated_at", "necessary",
)  # fmt: skip
RESOLUTION_COLUMNS = ("resolution_id", "ticket_id", "resolved_at", "resolution_type", "minutes", "agent_id", "notes")
_TEAM_NAMES = [name for name, *_ in story.TEAMS]
_LEVEL = {name: level for name, level, *_ in story.TEAMS}
_TYPES = {
    "regression": ("workaround", "workaround", "workaround", "workaround", "fixed"),
    "bug": ("fixed", "fixed", "workaround", "configuration", "no_fault"),
    "slow": ("fixed", "configuration", "workaround"),
    "howto": ("answered", "answered", "answered", "configuration"),
    "policy": ("refund", "credit", "credit", "declined", "policy_exception"),
    "money": ("answered", "answered", "refund", "configuration"),
    "access": ("configuration", "answered", "reset", "reset"),
    "docs": ("answered", "answered", "workaround"),
    "process": ("rerouted", "rerouted", "answered", "configuration"),
}
_EVIDENT_CAUSE = {"regression": "product_bug", "policy": "policy_gap", "docs": "documentation_gap"}
_CSAT = ((5, 6, 12, 33, 44), (21, 19, 23, 22, 15))


@dataclass(slots=True)
class Rows:
    """Rows of the three tables for one batch, in order of creation of the tickets."""

    tickets: list[list[str]] = field(default_factory=list)
    escalations: list[list[str]] = field(default_factory=list)
    resolutions: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Ticket:
    """One ticket while its rows are written."""

    number: int
    i: int
    picker: Picker
    slots: wording.Slots
    topic: story.Topic
    account: int
    escalations: tuple[int, ...]
    """Moments of its escalations that are known at the data's end."""
    resolutions: tuple[tuple[int, int], ...]
    """(resolved, reopened) of its resolutions known at the data's end; reopened is NEVER for one that lasts so far."""

    @property
    def resolved(self) -> int:
        """The moment of the resolution that lasts so far, or NEVER."""
        last = self.resolutions[-1] if self.resolutions else (NEVER, NEVER)
        return last[0] if last[1] > END else NEVER

    @property
    def reopen_count(self) -> int:
        return sum(1 for _, reopened in self.resolutions if reopened <= END)


class Exporter:
    """Writes batches one after the other and numbers their tickets, escalations and resolutions."""

    def __init__(self, seed: int, accounts: Accounts, agents: Agents) -> None:
        self._seed = seed
        self._accounts = accounts
        self._agents = agents
        self._ticket_count = 0
        self._escalation_count = 0
        self._resolution_count = 0

    def export(self, batch: Batch, course: Course) -> Rows:
        """The rows of one batch."""
        rows = Rows()
        count = len(batch.created)
        states = Dice(self._seed, 5, batch.number).raw(count).tolist()
        escalated = np.stack([course.escalated, course.second, course.third], axis=1).tolist()
        topics, accounts, created = batch.topic.tolist(), batch.account.tolist(), batch.created.tolist()
        resolved = course.resolved.tolist()
        for i in range(count):
            self._ticket_count += 1
            picker = Picker(states[i])
            company = self._accounts.company[accounts[i]] if accounts[i] >= 0 else ""
            slots = wording.Slots(picker, _day(created[i]), company)
            ended = [*course.earlier[i], (resolved[i], NEVER)]
            ticket = _Ticket(
                self._ticket_count, i, picker, slots, story.TOPICS[topics[i]], accounts[i],
                tuple(moment for moment in escalated[i] if moment <= END),
                tuple((done, back) for done, back in ended if done <= END),
            )  # fmt: skip
            last = self._escalations(rows, ticket, batch, course)
            last = max(last, self._resolutions(rows, ticket, batch, course))
            rows.tickets.append(self._ticket(ticket, batch, course, last))
        return rows

    def _ticket(self, ticket: _Ticket, batch: Batch, course: Course, last: int) -> list[str]:
        i, picker = ticket.i, ticket.picker
        created, priority = int(batch.created[i]), PRIORITIES[int(batch.priority[i])]
        channel, language = CHANNELS[int(batch.channel[i])], LANGUAGES[int(batch.language[i])]
        subject, letter = wording.subject_and_letter(
            picker, ticket.slots, ticket.topic.name, ticket.topic.area, channel, language
        )
        if picker.below(10_000) < story.ATTACK_CHANCE * (8 if ticket.escalations else 1):
            letter += "\n\n" + wording.attack(picker, ticket.slots)
        elif picker.chance(7):
            letter = ""
        responded = int(course.responded[i])
        closed = ticket.resolved + 5 * DAY + picker.below(7_200)
        status = self._status(ticket, responded, closed)
        is_escalated = bool(ticket.escalations)
        team = int(course.to_team[i]) if is_escalated and picker.chance(82) else int(batch.team[i])
        agent = int(course.to_agent[i]) if team != int(batch.team[i]) else int(batch.agent[i])
        known = [created, last, *(moment for moment in (responded, closed) if moment <= END)]
        return [
            f"T-{ticket.number:06d}", stamp(created), stamp(max(known)), subject, letter, status, priority, channel,
            ticket.topic.area, ticket.topic.category, self._accounts.ids[ticket.account] if ticket.account >= 0 else "",
            "" if status == "new" else self._agents.ids[agent], _TEAM_NAMES[team], "true" if is_escalated else "false",
            stamp(responded), stamp(ticket.resolved), stamp(closed), str(ticket.reopen_count), self._csat(ticket),
            "" if status == "new" or picker.chance(12) else str(self._minutes(ticket, course)), self._replies(ticket),
            self._due(ticket, created, priority), self._sentiment(ticket), language,
        ]  # fmt: skip

    def _status(self, ticket: _Ticket, responded: int, closed: int) -> str:
        if closed <= END:
            return "closed"
        if ticket.resolved <= END:
            return "resolved"
        if responded > END:
            return "new"
        return ("open", "open", "open", "pending", "pending", "on_hold")[ticket.picker.below(6)]

    def _csat(self, ticket: _Ticket) -> str:
        if ticket.resolved > END or not ticket.picker.chance(21):
            return ""
        drawn, total = ticket.picker.below(100), 0
        for score, weight in enumerate(_CSAT[bool(ticket.escalations)], start=1):
            total += weight
            if drawn < total:
                return str(score)
        return "5"

    def _minutes(self, ticket: _Ticket, course: Course) -> int:
        minutes = int(course.handle_minutes[ticket.i])
        return minutes if ticket.escalations or course.escalated[ticket.i] > END + DAY else max(minutes // 2, 2)

    def _replies(self, ticket: _Ticket) -> str:
        more = 3 if ticket.escalations else 1
        return str(ticket.picker.below(4) + ticket.picker.below(3) * more + ticket.reopen_count)

    def _due(self, ticket: _Ticket, created: int, priority: str) -> str:
        """The resolution target of the policy on priorities; Starter accounts and unknown senders have none for P4."""
        tier = TIERS[int(self._accounts.tier[ticket.account])] if ticket.account >= 0 else ""
        if priority == "P4" and tier in ("", "Starter"):
            return ""
        hours = story.TARGET_HOURS[priority] * 60 // (2 if tier == "Enterprise" else 1)
        return stamp_any(created + hours * 60)

    def _sentiment(self, ticket: _Ticket) -> str:
        if ticket.picker.chance(9):
            return ""
        middle = -38 if ticket.escalations else -6
        value = middle + ticket.picker.below(50) + ticket.picker.below(51) - 50
        return f"{max(min(value, 100), -100) / 100:.2f}"

    def _escalations(self, rows: Rows, ticket: _Ticket, batch: Batch, course: Course) -> int:
        """Adds the rows of a ticket's escalations; returns the last moment in them."""
        i, picker, last = ticket.i, ticket.picker, 0
        team, to_team = _TEAM_NAMES[int(batch.team[i])], _TEAM_NAMES[int(course.to_team[i])]
        for turn, moment in enumerate(ticket.escalations):
            self._escalation_count += 1
            code = CODES[int(course.code[i])]
            if turn and picker.chance(25):
                code = ("PRC-SLA", "PRC-HANDOVER", "OTHER")[picker.below(3)]
            cause = story.REASON_CODES.get(code, "unclassified")
            recorded = self._recorded_cause(picker, cause, ticket.topic)
            trigger = self._trigger(ticket)
            acknowledged = self._acknowledged(ticket, batch, moment)
            back = self._deescalated(ticket, course, moment, acknowledged)
            last = max(last, moment, *(t for t in (acknowledged, back) if t <= END))
            reviewed = picker.chance(42)
            needless = picker.chance(46 if course.is_training[i] else 13)
            rows.escalations.append([
                f"E-{self._escalation_count:06d}", f"T-{ticket.number:06d}", stamp(moment),
                "" if picker.chance(2) else code,
                wording.reason(picker, cause) if picker.chance(58) else "", recorded, trigger, team, to_team,
                "Duty manager" if to_team == "Duty Management" or turn == 2 else _LEVEL[to_team],
                self._escalated_by(trigger, batch, i), stamp(acknowledged), stamp(back),
                ("false" if needless else "true") if reviewed else "",
            ])  # fmt: skip
            is_high = turn > 0 or to_team == "Engineering Liaison"
            team, to_team = to_team, "Duty Management" if is_high else "Engineering Liaison"
        return last

    def _recorded_cause(self, picker: Picker, cause: str, topic: story.Topic) -> str:
        """A lead fills the root cause of few escalations by hand, now and then also where the code says nothing."""
        if not picker.chance(5):
            return ""
        if cause == "unclassified":
            return _EVIDENT_CAUSE.get(topic.codes, "")
        return cause

    def _trigger(self, ticket: _Ticket) -> str:
        vip = 10 if ticket.account >= 0 and self._accounts.tier[ticket.account] == 0 else 0
        drawn = ticket.picker.below(100)
        return "vip" if drawn < vip else "customer" if drawn < 34 else "system" if drawn < 46 else "agent"

    def _escalated_by(self, trigger: str, batch: Batch, i: int) -> str:
        return {"system": "sla-monitor", "customer": "customer"}.get(trigger) or self._agents.ids[int(batch.agent[i])]

    def _acknowledged(self, ticket: _Ticket, batch: Batch, moment: int) -> int:
        picker = ticket.picker
        if picker.chance(6):
            return NEVER
        median = story.ACKNOWLEDGE_MINUTES[PRIORITIES[int(batch.priority[ticket.i])]] * 60
        is_weekend = (moment // DAY + 3) % 7 >= 5
        delay = median * (25 + picker.below(100) + picker.below(100) * picker.below(100) // 60) // 100
        acknowledged = moment + 20 + delay * (3 if is_weekend else 1)
        later = [t for t in (*(done for done, _ in ticket.resolutions), *ticket.escalations) if t > moment]
        return min(acknowledged, *(moment + (t - moment) * 9 // 10 for t in later)) if later else acknowledged

    def _deescalated(self, ticket: _Ticket, course: Course, moment: int, acknowledged: int) -> int:
        end = int(course.resolved[ticket.i])
        if acknowledged > END or end >= NEVER or not ticket.picker.chance(72) or moment != ticket.escalations[-1]:
            return NEVER
        if ticket.picker.chance(45):
            return end
        return acknowledged + (end - acknowledged) * (40 + ticket.picker.below(60)) // 100

    def _resolutions(self, rows: Rows, ticket: _Ticket, batch: Batch, course: Course) -> int:
        """Adds the rows of a ticket's resolutions; returns the last moment in them."""
        i, picker, last = ticket.i, ticket.picker, 0
        minutes = self._minutes(ticket, course)
        for turn, (done, back) in enumerate(ticket.resolutions):
            self._resolution_count += 1
            after = bool(ticket.escalations) and done >= ticket.escalations[0]
            agent = int(course.to_agent[i]) if after else int(batch.agent[i])
            last = max(last, done, back if back <= END else 0)
            text = wording.note(picker, ticket.slots, ticket.topic.name, full=after, lasted=turn == 0)
            if ticket.escalations and picker.below(1_000) < 2:
                text += ' Customer wrote: "' + wording.attack(picker, ticket.slots) + '"'
            share = max(minutes // (turn + 1), 1)
            rows.resolutions.append([
                f"R-{self._resolution_count:06d}", f"T-{ticket.number:06d}", stamp(done),
                picker.pick(_TYPES[ticket.topic.codes]), "" if picker.chance(8) else str(share),
                self._agents.ids[agent],                text if after or picker.chance(58) else "",
            ])  # fmt: skip
        return last


def stamp(moment: int) -> str:
    """A moment as ISO 8601 in UTC; empty after the data's end."""
    return stamp_any(moment) if moment <= END else ""


def stamp_any(moment: int) -> str:
    """A moment as ISO 8601 in UTC, also one after the data's end (a due time)."""
    minute, second = divmod(moment % DAY, 60)
    hour, minute = divmod(minute, 60)
    return f"{_iso_day(moment // DAY)}T{hour:02d}:{minute:02d}:{second:02d}Z"


_ISO: dict[int, str] = {}


def _iso_day(number: int) -> str:
    text = _ISO.get(number)
    if text is None:
        text = _ISO[number] = (date(1970, 1, 1) + timedelta(days=number)).isoformat()
    return text


def _day(moment: int) -> date:
    return date(1970, 1, 1) + timedelta(days=moment // DAY)
