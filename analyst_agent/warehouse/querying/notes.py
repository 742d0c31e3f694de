"""What must be said about a result as a whole: days outside the data, what stands for missing handle times, escalations that are no events."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from analyst_agent.records import Period, SemanticQuery, Value
from analyst_agent.rows import total_of
from analyst_agent.settings import Settings


@dataclass(frozen=True, slots=True)
class Notes:
    """Writes the notes of one engine. ask: one row of a further query, within the same grants and restrictions.

    unseen: what belongs to every number of the metrics `of_escalations`, because the loaded files cannot show them all.
    """

    settings: Settings
    first_day: date | None
    last_day: date | None
    ask: Callable[[SemanticQuery], Mapping[str, Value]]
    unseen: str = ""
    of_escalations: frozenset[str] = frozenset()

    def of(self, query: SemanticQuery, rows: Sequence[Mapping[str, Value]]) -> list[str]:
        """All notes on the rows of a query."""
        unseen = [self.unseen] if self.unseen and self.of_escalations & set(query.metrics) else []
        return [*unseen, *self._period(query.period), *self._cost(query, rows), *self._events(query)]

    def _period(self, period: Period | None) -> list[str]:
        first, last = self.first_day, self.last_day
        if period is None or period.kind == "all" or first is None or last is None:
            return []
        notes = []
        if period.start < first:
            notes.append(f"The data begin on {day_text(first)}; nothing before that day is counted.")
        if period.end - timedelta(days=1) > last:
            notes.append(f"The data end on {day_text(last)}; the days after it are not in them.")
        return notes

    def _cost(self, query: SemanticQuery, rows: Sequence[Mapping[str, Value]]) -> list[str]:
        """Says what stands for handle times where none of the cells' own is known."""
        if "estimated_cost" not in query.metrics:
            return []
        used = total_of(rows, "estimated_cost__n")
        missing = total_of(rows, "estimated_cost__missing")
        if used == 0 or missing < used:
            return []
        known = self.ask(SemanticQuery(("mean_handle_minutes",), period=query.period))["mean_handle_minutes__n"]
        if known:
            return [
                f"Handle time is missing for all {used:,} escalated tickets; they count with the mean of the period's known ones."
            ]
        minutes = f"{self.settings.default_handle_minutes:g} minutes"
        return [
            f"No handle time is known in the period: each of the {used:,} escalated tickets counts {minutes}, the default."
        ]

    def _events(self, query: SemanticQuery) -> list[str]:
        """Says how many escalations of the period have no time, so that single events cannot count them."""
        if "escalation_event_count" not in query.metrics or query.period is None or query.period.kind == "all":
            return []
        tickets = SemanticQuery(("escalated_ticket_count",), where=query.where, period=query.period)
        unknown = self.ask(tickets)["escalated_ticket_count__unknown_time"]
        if not unknown:
            return []
        return [
            f"{unknown:,} escalated tickets created in the period are not among the events: the time of their escalation is unknown."
        ]


def day_text(day: date) -> str:
    """A day as people read it."""
    return f"{day.day} {day:%B %Y}"
