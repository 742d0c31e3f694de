"""Conditions and periods that nobody named: taken out of a model's call, because they would answer another question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from analyst_agent.agent.calls import filter_text
from analyst_agent.errors import AnalystError
from analyst_agent.records import Filter, Intent, Period, Plan
from analyst_agent.semantic.definitions import GRAINS
from analyst_agent.semantic.period_grammar import find_periods
from analyst_agent.semantic.period_labels import label
from analyst_agent.semantic.periods import Clock, comparison, last_days
from analyst_agent.semantic.synonyms import compact, same_value
from analyst_agent.understanding.periods_asked import default_period

_WORD = re.compile(r"[a-z0-9]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Named:
    """What the question, what was asked before it and their plans name. main: the period that the question itself is about."""

    text: str
    conditions: tuple[Filter, ...]
    periods: tuple[Period, ...]
    main: Period | None
    clock: Clock

    def kept(self, plan: Plan, say: Callable[[str], None]) -> Plan:
        """The plan without invented conditions and periods; `say` is told each one that was left out."""
        if plan.intent not in (Intent.SKILL, Intent.QUERY):
            return plan
        where = tuple(kept for one in plan.where if (kept := self._condition(one, say)) is not None)
        period = self._period(plan, say)
        against = plan.comparison
        if against is not None and not self.has_period(against) and not _is_usual(period, against):
            say(f"Left out the comparison with {label(against)}: nobody named it.")
            against = None
        return replace(
            plan,
            where=where,
            period=period,
            comparison=against,
            period_is_default=plan.period_is_default or period is None,
        )

    def has_period(self, period: Period) -> bool:
        """Whether a period is one of the named, the one before it, or a part of one (a question is taken apart by months)."""
        return any(one.start <= period.start and period.end <= one.end for one in (*self.periods, *self._before()))

    def _period(self, plan: Plan, say: Callable[[str], None]) -> Period | None:
        """The plan's period; the one of the question in place of an invented one, or none where the question has none."""
        period = plan.period
        grain = next((name for name in plan.by if name in GRAINS), None)
        usual = default_period(self.clock, grain) if grain and self.main is None else None
        if period is None or self.has_period(period) or period == usual:
            return period
        taken = self.main or usual
        instead = f"{label(taken)} is taken" if taken else "the usual one is taken"
        say(f"Left out the period {label(period)}: nobody named it; {instead}.")
        return taken

    def _before(self) -> Iterable[Period]:
        for one in self.periods:
            if one.kind != "all":
                yield comparison(one)

    def _condition(self, one: Filter, say: Callable[[str], None]) -> Filter | None:
        if any(_same(one, known) for known in self.conditions):
            return one
        values = one.value if isinstance(one.value, (tuple, list)) else (one.value,)
        if one.op in ("missing", "present") and self._says(one.field.replace("_", " ")):
            return one
        if one.op in ("in", "not in"):
            held = tuple(v for v in values if self._holds(one.field, v))
            if len(held) == len(values):
                return one
            if held:
                say(f"Left out of {filter_text(one)!r} what nobody named.")
                return replace(one, value=held)
        elif one.op not in ("missing", "present") and all(self._holds(one.field, v) for v in values):
            return one
        say(f"Left out the condition {filter_text(one)!r}: nobody named it.")
        return None

    def _holds(self, field: str, value: Any) -> bool:
        known = [v for one in self.conditions if one.field == field for v in _values(one)]
        return self._says(str(value)) or any(same_value(str(value), str(v)) for v in known)

    def _says(self, value: str) -> bool:
        """Whether the words of a value stand in what was said, in whatever form ("enterprise customers" for Enterprise)."""
        if _NUMBER.fullmatch(value):
            return float(value) in map(float, _NUMBER.findall(self.text)) or _spelt(value, self.text)
        whole = compact(value)
        if len(whole) > 3 and whole in compact(self.text):
            return True
        said = {_stem(w) for w in _WORD.findall(self.text.lower())}
        words = [_stem(w) for w in _WORD.findall(value.lower())]
        return bool(words) and all(w in said for w in words)


def named(
    question: str, earlier: Sequence[str], plan: Plan, before: Sequence[Plan | None], clock: Clock, synonyms: Mapping[str, str]
) -> Named:  # fmt: skip
    """What may be asked of the data: read from the words of the question and those before it, and from their plans."""
    text = "\n".join((question, *earlier))
    meant = [meaning for word, meaning in synonyms.items() if word.lower() in text.lower()]
    known = [one for one in (plan, *plan.then, *before) if one is not None]
    periods = [last_days(clock, 30)]
    periods += [m.period for line in (question, *earlier) for m in find_periods(line, clock) if m.period is not None]
    periods += [p for plan in known for p in (plan.period, plan.comparison) if p is not None]
    conditions = tuple(f for plan in known for f in plan.where)
    focus = [plan.focus for plan in known if plan.focus]
    main = None if plan.period_is_default else plan.period
    return Named("\n".join((text, *meant, *focus)), conditions, tuple(dict.fromkeys(periods)), main, clock)


def _is_usual(period: Period | None, against: Period) -> bool:
    """Whether a comparison is the one that would be made anyway."""
    try:
        return period is not None and comparison(period) == against
    except AnalystError:
        return False


def _values(one: Filter) -> tuple[Any, ...]:
    return tuple(one.value) if isinstance(one.value, (tuple, list)) else (one.value,)


def _same(one: Filter, known: Filter) -> bool:
    if one.field != known.field or {one.op, known.op} not in ({one.op}, {"=", "in"}, {"!=", "not in"}):
        return False
    mine, theirs = _values(one), _values(known)
    return len(mine) == len(theirs) and all(same_value(str(a), str(b)) for a, b in zip(mine, theirs, strict=True))


_SMALL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def _spelt(value: str, text: str) -> bool:
    return value.isdigit() and int(value) < len(_SMALL) and _SMALL[int(value)] in _WORD.findall(text.lower())


def _stem(word: str) -> str:
    """A word without the endings of plural and possession.

    >>> _stem("policies"), _stem("bugs")
    ('policy', 'bug')
    """
    return word[:-3] + "y" if word.endswith("ies") else word.rstrip("s") or word
