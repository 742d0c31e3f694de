"""The records of an eval case: its questions and what a right answer to each must hold. No number is written here, only SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

Tier = Literal["must", "track", "draft"]
Days = tuple[date, date]
"""A period's first day and the day after its last."""


@dataclass(frozen=True, slots=True)
class Number:
    """Numbers the answer's facts must hold: `sql` gives one value, or with `by` one row (a value of each `by`, the number) for each fact.

    dimensions: the exact conditions of the fact, by its dimensions or by its filters together; a list for "one of". period: its days, by
    default those of the turn; None where it does not matter. tolerance: relative. shown: the text or a table must show it. significant:
    what the fact must say of its difference; "any" where it does not matter.
    """

    metric: str
    sql: str
    dimensions: Mapping[str, Any] = field(default_factory=dict)
    by: tuple[str, ...] = ()
    period: Days | None = None
    tolerance: float = 1e-6
    shown: bool = True
    significant: bool | Literal["any"] | None = "any"


@dataclass(frozen=True, slots=True)
class Ranked:
    """The order in which a table must list the values of a dimension: the rows of `sql` (one column), best first."""

    by: str
    sql: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A document, and where it is given the heading, that the answer must cite."""

    document: str
    heading: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that must occur: alternatives separated by `|`, written down or, one row each, from `sql`."""

    words: str = ""
    sql: str = ""


@dataclass(frozen=True, slots=True)
class Expect:
    """What a right answer holds. status: any of these. refuse_reason: words of the reason, as `mentions`. choices: at least so many."""

    status: tuple[str, ...] = ("answered",)
    period: Days | None = None
    compared_with: Days | None = None
    skills: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    ranked: tuple[Ranked, ...] = ()
    cites: tuple[Cited, ...] = ()
    mentions: tuple[Mention, ...] = ()
    not_mentions: tuple[str, ...] = ()
    refuse_reason: tuple[Mention, ...] = ()
    choices: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """One question; without `expect` it only leads to the next."""

    ask: str
    expect: Expect | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks a case and what they may see. settings: laid over those of the data set, as JSON; restrict: conditions of the caller."""

    settings: str = ""
    role: str = ""
    restrict: tuple[str, ...] = ()


OWNER = Caller()
"""Who asks without a role or restriction, under the settings of the data set."""


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation of one or more turns over one data set. subject: the stem of its file. today: the clock, else the
    workspace's. A draft is not asked: nobody has said yet what a right answer holds.
    """

    id: str
    subject: str
    tier: Tier
    data: str
    turns: tuple[Turn, ...]
    today: date | None = None
    about: str = ""
    caller: Caller = OWNER


@dataclass(frozen=True, slots=True)
class Suite:
    """All cases, and for each data set the views (name and SQL) that its cases share."""

    cases: tuple[Case, ...]
    views: Mapping[str, Mapping[str, str]]
