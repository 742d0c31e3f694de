"""Plain Python over lists of changes: what escalates a ticket, when, from whom to whom. It shares no code with the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Story:
    """One ticket and everything that happened to it, in the order of time. changes: (time, field, value in words)."""

    ticket: str
    created: datetime
    changes: list[tuple[datetime, str, str]] = field(default_factory=list)

    def of(self, name: str) -> list[tuple[datetime, str]]:
        return [(at, value) for at, field_, value in sorted(self.changes, key=lambda c: c[0]) if field_ == name]


Escalation = tuple[str, datetime, str, str | None, str | None]  # ticket, time, reason, from, to


def team_at(story: Story, moment: datetime) -> str | None:
    """The team in charge at a moment."""
    known = [value for at, value in story.of("team") if at <= moment]
    return (known[-1] or None) if known else None


def line_raises(story: Story, line: dict[str, int]) -> list[Escalation]:
    found: list[Escalation] = []
    known: int | None = None
    team: str | None = None
    for at, value in story.of("team"):
        own = line.get(value)
        if own is not None and known is not None and own > known and value != team:
            found.append((story.ticket, at, "line_raised", team, value))
        known = own if own is not None else known
        team = value or team
    return found


def priority_raises(story: Story, order: Sequence[str]) -> list[Escalation]:
    found: list[Escalation] = []
    seen: list[int] = []
    for at, value in story.of("priority"):
        if value not in order:
            continue
        rank = order.index(value)
        if seen and rank > seen[-1] and rank > seen[0]:
            found.append((story.ticket, at, "priority_raised", team_at(story, at), None))
        seen.append(rank)
    return found


def third_change(story: Story, name: str, is_team: bool) -> list[Escalation]:
    moves: list[tuple[datetime, str, str]] = []
    last = ""
    for at, value in story.of(name):
        if value and last and value != last:
            moves.append((at, last, value))
        last = value or last
    return [(story.ticket, at, "reassigned", old, new) for at, old, new in moves[2:3]] if is_team or moves else []


def gained(story: Story, name: str, words: set[str], reason: str) -> list[Escalation]:
    found: list[Escalation] = []
    before: set[str] = set()
    for at, value in story.of(name):
        now = {
            w
            for w in value.replace('"', " ").replace("[", " ").replace("]", " ").replace(",", " ").lower().split()
            if w
        }
        if (now - before) & words:
            found.append((story.ticket, at, reason, team_at(story, at), None))
        before = now
    return found


def solutions(story: Story, name: str, done: set[str]) -> list[datetime]:
    """When the ticket came to be done from not being done."""
    found: list[datetime] = []
    was = False
    for at, value in story.of(name):
        if value in done and not was:
            found.append(at)
        was = value in done
    return found


def reopenings(story: Story, name: str, done: set[str]) -> int:
    count, was = 0, False
    for _, value in story.of(name):
        count += was and value not in done and bool(value)
        was = value in done
    return count


def is_done(story: Story, name: str, done: set[str]) -> bool:
    values = story.of(name)
    return bool(values) and values[-1][1] in done


def at_once(found: Sequence[Escalation], rules: Sequence[str]) -> list[Escalation]:
    """One escalation a moment of a ticket, of the first rule in the list that saw it."""
    best: dict[tuple[str, datetime], Escalation] = {}
    for one in sorted(found, key=lambda e: rules.index(e[2])):
        best.setdefault((one[0], one[1]), one)
    return sorted(best.values(), key=lambda e: tuple(str(v or "") for v in e))
