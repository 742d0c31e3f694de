"""Grading: an answer against what was expected of it, as the list of checks it fails. Numbers by facts, never by wording or SQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isclose
from typing import Any

from analyst_agent.evaluation.expectations import Cited, Days
from analyst_agent.evaluation.expected import Expected, ExpectedNumber, plain
from analyst_agent.evaluation.figures import figures, shows
from analyst_agent.records import Answer, Fact, Period, Status


@dataclass(frozen=True, slots=True)
class Failure:
    """One check that an answer fails: its name, what was expected and what was there."""

    check: str
    expected: str
    got: str


def grade(answer: Answer, expected: Expected) -> list[Failure]:
    """The failed checks; empty for a right answer."""
    return [
        *_status(answer, expected),
        *_periods(answer, expected),
        *_skills(answer, expected),
        *(failure for number in expected.numbers for failure in _number(answer, number)),
        *_tables(answer),
        *_rankings(answer, expected),
        *(f for cited in expected.expect.cites for f in _cited(answer, cited)),
        *_words(answer, expected),
        *_grounding(answer),
    ]


def _status(answer: Answer, expected: Expected) -> Iterator[Failure]:
    if answer.status.value not in expected.expect.status:
        yield Failure("status", " or ".join(expected.expect.status), f"{answer.status.value}: {_short(answer.answer)}")
    if expected.expect.choices and len(answer.choices) < expected.expect.choices:
        yield Failure("choices", f"at least {expected.expect.choices}", f"{[c.text for c in answer.choices]}")


def _periods(answer: Answer, expected: Expected) -> Iterator[Failure]:
    for name, wanted, found in (
        ("period", expected.expect.period, answer.period),
        ("compared_with", expected.expect.compared_with, answer.compared_with),
    ):
        if wanted is not None and not _same_days(found, wanted):
            yield Failure(name, f"{wanted[0]} to {wanted[1]}", f"{found.start} to {found.end}" if found else "none")


def _skills(answer: Answer, expected: Expected) -> Iterator[Failure]:
    missing = [s for s in expected.expect.skills if s not in answer.skills]
    if missing:
        yield Failure("skills", ", ".join(missing), ", ".join(answer.skills) or "none")


def _number(answer: Answer, wanted: ExpectedNumber) -> Iterator[Failure]:
    """Every fact of this metric, these conditions and these days must hold the value, and there must be one."""
    what = _describe(wanted)
    found = [f for f in answer.facts if f.metric == wanted.metric and _meets(f, wanted.conditions)]
    of_period = [f for f in found if wanted.period is None or _same_days(f.period, wanted.period)]
    if not of_period:
        yield Failure("number", f"{what} = {_figure(wanted.value)}", _nearest_fact(answer, wanted, found))
        return
    for fact in of_period:
        if not _is_value(fact.value, wanted):
            yield Failure("number", f"{what} = {_figure(wanted.value)}", f"{_figure(fact.value)} ({fact.id})")
        if wanted.significant != "any" and fact.significant is not wanted.significant:
            yield Failure("significance", f"{what}: {wanted.significant}", f"{fact.significant} ({fact.id})")
    if wanted.shown and wanted.value is not None and not any(_is_shown(answer, f) for f in of_period):
        yield Failure(
            "shown", f"{what} = {_figure(wanted.value)} in the text or a table", "a fact that is shown nowhere"
        )


def _meets(fact: Fact, conditions: dict[str, Any]) -> bool:
    """Whether the fact's dimensions and its filters by equality are exactly the conditions."""
    held: dict[str, Any] = {key: {plain(value)} for key, value in fact.dimensions.items()}
    for one in fact.filters:
        values = one.value if isinstance(one.value, (tuple, list, set, frozenset)) else (one.value,)
        key = one.field if one.op in ("=", "in") else f"{one.field} {one.op}"
        held.setdefault(key, {plain(v) for v in values})
    wanted = {
        key: {plain(v) for v in (value if isinstance(value, list) else [value])} for key, value in conditions.items()
    }
    return held.keys() == wanted.keys() and all(_same_values(held[key], wanted[key]) for key in wanted)


def _same_values(held: set[str], wanted: set[str]) -> bool:
    return held == wanted or {v[:7] + "-01" if len(v) == 7 else v for v in held} == wanted


def _is_value(found: Any, wanted: ExpectedNumber) -> bool:
    if wanted.value is None or found is None:
        return wanted.value is None and found is None
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        return False
    return isclose(found, wanted.value, rel_tol=wanted.tolerance, abs_tol=1e-9)


def _is_shown(answer: Answer, fact: Fact) -> bool:
    if any(fact.id in ids for table in answer.tables for ids in table.fact_ids):
        return True
    return isinstance(fact.value, (int, float)) and shows(figures(answer.answer), float(fact.value), fact.unit)


def _tables(answer: Answer) -> Iterator[Failure]:
    """Every number of a table must be one of those its fact holds: the value, its difference, what it is compared with, its interval."""
    facts = {f.id: f for f in answer.facts}
    for table in answer.tables:
        for row, ids in zip(table.rows, table.fact_ids, strict=False):
            for cell, fact_id in zip(row, ids, strict=False):
                if fact_id is None or isinstance(cell, bool) or not isinstance(cell, (int, float)):
                    continue
                held = _held(facts[fact_id]) if fact_id in facts else []
                if not any(isclose(cell, number, rel_tol=1e-9, abs_tol=1e-12) for number in held):
                    yield Failure("table", f"{table.title}: a number of {fact_id}, {held}", _figure(cell))


def _held(fact: Fact) -> list[float]:
    found = [fact.value, fact.difference, fact.reference_value, fact.n, fact.missing, fact.p_value, fact.p_adjusted]
    found += [*(fact.interval or ()), *(fact.difference_interval or ())]
    return [float(v) for v in found if isinstance(v, (int, float)) and not isinstance(v, bool)]


def _rankings(answer: Answer, expected: Expected) -> Iterator[Failure]:
    for dimension, wanted in expected.rankings:
        listed = [_listed(answer, table_number, dimension) for table_number in range(len(answer.tables))]
        if not any(tuple(order[: len(wanted)]) == wanted for order in listed):
            best = max(listed, key=len, default=[])
            yield Failure(
                "ranked", f"{dimension}: {', '.join(wanted)}", ", ".join(best[: len(wanted)]) or "no table of it"
            )


def _listed(answer: Answer, table_number: int, dimension: str) -> list[str]:
    """The dimension's values in the order of a table's rows, told by the facts behind its cells."""
    facts = {f.id: f for f in answer.facts}
    order: dict[str, None] = {}
    for row in answer.tables[table_number].fact_ids:
        for fact_id in row:
            if fact_id in facts and dimension in facts[fact_id].dimensions:
                order.setdefault(plain(facts[fact_id].dimensions[dimension]))
    return list(order)


def _cited(answer: Answer, wanted: Cited) -> Iterator[Failure]:
    documents = [c for c in answer.citations if c.document.lower() == wanted.document.lower()]
    if wanted.heading and documents:
        documents = [c for c in documents if wanted.heading.lower() in c.heading.lower()]
    if not documents:
        what = f"{wanted.document}, {wanted.heading}" if wanted.heading else wanted.document
        yield Failure("citation", what, ", ".join(f"{c.document}, {c.heading}" for c in answer.citations) or "none")


def _words(answer: Answer, expected: Expected) -> Iterator[Failure]:
    said = _folded(answer.answer)
    for words in expected.mentions:
        if not any(_folded(word) in said for word in words.split("|")):
            yield Failure("mentions", words, _short(answer.answer))
    everything = _folded("\n".join(_shown_text(answer)))
    for words in expected.expect.not_mentions:
        if _folded(words) in everything:
            yield Failure("not_mentions", f"nowhere {words!r}", "it occurs")


def _shown_text(answer: Answer) -> Iterator[str]:
    yield answer.answer
    for citation in answer.citations:
        yield f"{citation.title} {citation.heading} {citation.quote}"
    for recommendation in answer.recommendations:
        yield f"{recommendation.pattern} {recommendation.action} {recommendation.basis}"
    for caveat in answer.caveats:
        yield caveat.text
    for choice in answer.choices:
        yield choice.text
    for table in answer.tables:
        yield table.title
        yield " ".join(str(cell) for row in table.rows for cell in row)


def _grounding(answer: Answer) -> Iterator[Failure]:
    if answer.grounding.unbound:
        yield Failure("bound", "no unbound text", "; ".join(answer.grounding.unbound))
    if answer.status is Status.ANSWERED and not answer.answer.strip():
        yield Failure("text", "an answer", "an empty text")


def _nearest_fact(answer: Answer, wanted: ExpectedNumber, found: list[Fact]) -> str:
    if found:
        return "only for " + ", ".join(sorted({_days(f.period) for f in found}))
    same = [f for f in answer.facts if f.metric == wanted.metric]
    if same:
        return f"{len(same)} facts of {wanted.metric}, for other conditions: " + "; ".join(
            _conditions(f) for f in same[:3]
        )
    return f"no fact of {wanted.metric}; {answer.status.value}, facts of {', '.join(sorted({f.metric for f in answer.facts})) or 'nothing'}"


def _conditions(fact: Fact) -> str:
    held = [f"{k}={plain(v)}" for k, v in fact.dimensions.items()] + [
        f"{f.field} {f.op} {f.value}" for f in fact.filters
    ]
    return f"{', '.join(held) or 'all'} ({_days(fact.period)})"


def _describe(wanted: ExpectedNumber) -> str:
    held = ", ".join(f"{k}={v}" for k, v in wanted.conditions.items())
    days = f" {wanted.period[0]} to {wanted.period[1]}" if wanted.period else ""
    return f"{wanted.metric}{f' [{held}]' if held else ''}{days}"


def _same_days(found: Period | None, wanted: Days) -> bool:
    return found is not None and (found.start, found.end) == wanted


def _days(period: Period | None) -> str:
    return f"{period.start} to {period.end}" if period else "no period"


def _figure(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _folded(text: str) -> str:
    return " ".join(text.lower().replace("**", "").replace("\\", "").split())


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 140 else line[:137] + "..."
