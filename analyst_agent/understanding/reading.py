"""What was read in one clause: its words, what they name and the conditions, splits and ranks they make. Filled step by step."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any

from analyst_agent.records import Filter
from analyst_agent.semantic.period_grammar import PeriodMatch
from analyst_agent.understanding.lexicon import Lexicon
from analyst_agent.understanding.mentions import Mention
from analyst_agent.understanding.words import Token


@dataclass(frozen=True, slots=True)
class ValueGroup:
    """Values of one dimension that stand together; `others` are the dimensions that hold them too, where nothing pointed to one."""

    dimension: str
    values: tuple[str, ...]
    negated: bool
    start: int
    end: int
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rank:
    """An order that was asked: `high`, `low`, `bad` or `good` first; limit: how many, or None for all."""

    direction: str
    limit: int | None = None
    at: int = 0


@dataclass(frozen=True, slots=True)
class Unknown:
    """Words that should name something and do not. place: dimension, value, metric or condition; dimension: whose value it should be."""

    text: str
    place: str
    start: int
    end: int
    dimension: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """A condition on a metric of a group ("areas with a rate above 10 %"); said: the words it was read from; upper: of "between"."""

    metric: str
    op: str
    value: float
    said: str
    upper: float | None = None


@dataclass(slots=True)
class Reading:
    """One clause as read. Indices are of tokens, ends exclusive."""

    text: str
    tokens: tuple[Token, ...]
    lexicon: Lexicon
    periods: tuple[PeriodMatch, ...] = ()
    grain: str | None = None
    mentions: tuple[Mention, ...] = ()
    used: set[int] = field(default_factory=set)
    groups: list[ValueGroup] = field(default_factory=list)
    conditions: list[Filter] = field(default_factory=list)
    metrics: tuple[str, ...] = ()
    weak_metrics: tuple[str, ...] = ()
    by: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)
    entities: list[str] = field(default_factory=list)
    rank: Rank | None = None
    cost_per_hour: float | None = None
    unknown: list[Unknown] = field(default_factory=list)
    loose: tuple[str, ...] = ()
    cues: frozenset[str] = frozenset()
    revoked: tuple[str, ...] = ()
    issue_spans: tuple[tuple[int, int], ...] = ()
    ticket_shapes: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    by_creation: bool = False
    limits: list[Limit] = field(default_factory=list)
    due_soon: bool = False
    sides: tuple[Filter, ...] = ()
    clock_words: set[int] = field(default_factory=set)
    clock_problem: str = ""
    event: str = ""

    def words(self, start: int, end: int) -> tuple[str, ...]:
        """Folded words of a span; out-of-range indices give fewer."""
        return tuple(t.word for t in self.tokens[max(0, start) : max(0, end)])

    def word(self, i: int) -> str:
        """The folded word at an index, empty outside the clause."""
        return self.tokens[i].word if 0 <= i < len(self.tokens) else ""

    def gap(self, i: int) -> str:
        """The text between token i-1 and token i."""
        if not 0 < i < len(self.tokens):
            return ""
        return self.text[self.tokens[i - 1].end : self.tokens[i].start]

    @property
    def said(self) -> str:
        """The words of all tokens, each with a space behind it."""
        return "".join(f"{token.word} " for token in self.tokens)

    def tokens_in(self, span: tuple[int, int]) -> list[int]:
        """The tokens whose words begin in a span of `said`."""
        begins = accumulate((len(token.word) + 1 for token in self.tokens), initial=0)
        return [i for i, begin in zip(range(len(self.tokens)), begins, strict=False) if span[0] <= begin < span[1]]

    def use(self, start: int, end: int) -> None:
        """Mark a span as explained."""
        self.used.update(range(start, end))

    def period_spans(self) -> list[tuple[int, int]]:
        """Token spans of the periods."""
        spans = []
        for match in self.periods:
            inside = [i for i, t in enumerate(self.tokens) if t.start < match.span[1] and match.span[0] < t.end]
            if inside:
                spans.append((inside[0], inside[-1] + 1))
        return spans

    def mention_at(self, i: int) -> Mention | None:
        """The mention that covers a token."""
        return next((m for m in self.mentions if m.start <= i < m.end), None)

    def replace_mention(self, old: Mention, **changes: Any) -> None:
        """Narrow the readings of a mention."""
        self.mentions = tuple(replace(m, **changes) if m is old else m for m in self.mentions)

    def used_by_metric(self, i: int) -> bool:
        """Whether a token is part of a metric's own phrase ("slowest")."""
        mention = self.mention_at(i)
        return mention is not None and bool(mention.metrics)

    @property
    def names_something(self) -> bool:
        """Whether anything of the model or the data was named."""
        return bool(
            self.metrics or self.weak_metrics or self.groups or self.conditions or self.by or self.bare or self.cost_per_hour or self.revoked
        )  # fmt: skip

    def only_points(self) -> bool:
        """Whether a short clause names nothing and leans on what was said before: "compare them"."""
        points = {"they", "them", "their", "those", "these", "it", "its", "that", "this", "ones"}
        return len(self.tokens) <= 3 and not self.names_something and bool(points & set(self.words(0, 3)))

    def filters(self) -> tuple[Filter, ...]:
        """The conditions: values of one dimension together, wanted and unwanted ones apart."""
        wanted: dict[tuple[str, bool], list[str]] = {}
        for group in self.groups:
            bucket = wanted.setdefault((group.dimension, group.negated), [])
            bucket.extend(v for v in group.values if v not in bucket)
        found = []
        for (name, negated), values in wanted.items():
            one = len(values) == 1
            op = ("!=" if negated else "=") if one else ("not in" if negated else "in")
            found.append(Filter(name, op, values[0] if one else tuple(values)))
        return (*found, *self.conditions)
