"""Everything there is to say about one number of an answer, in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from analyst_agent.claims import Wording, formats
from analyst_agent.claims.clauses import TIMES, difference_of
from analyst_agent.records import Fact
from analyst_agent.report.reproducing import command_of
from analyst_agent.semantic.model import Model
from analyst_agent.skillkit.terms import TERMS


@dataclass(frozen=True, slots=True)
class Explained:
    """A number: what it is called, its value in its unit, what there is to say by heading (in harmless Markdown), and the query it
    comes from with the command that runs it again, None and "" where it comes from none.
    """

    fact: Fact
    name: str
    value: str
    lines: tuple[tuple[str, str], ...]
    query: Mapping[str, Any] | None
    command: str

    @property
    def semantic(self) -> str:
        """The query as it was asked, as JSON to be read."""
        asked = {
            name: value
            for name, value in (self.query or {}).get("semantic", {}).items()
            if value not in (None, [], False)
        }
        return json.dumps(asked, indent=2, ensure_ascii=False)


def explained(fact: Fact, answer: Mapping[str, Any], wording: Wording, model: Model) -> Explained:
    """The number with what its answer, kept as JSON, says of it."""
    query = next((one for one in answer.get("queries") or () if one["id"] == fact.query), None)
    fixed = {one.field for one in fact.filters if one.op == "="}
    named = {name: value for name, value in fact.dimensions.items() if name not in fixed}
    lines = [
        ("Definition", _definition(fact.metric, answer.get("definitions") or (), model)),
        ("Of", wording.named(named)),
        ("Only", wording.filtered(fact.filters)),
        ("Period", _period(fact, wording)),
        ("Rests on", f"n = {formats.count(fact.n)}" if fact.n is not None and fact.n != fact.value else ""),
        ("Left out", f"{formats.count(fact.missing)} {wording.without(fact.metric)}" if fact.missing else ""),
        ("95 % interval", formats.span(fact.interval, fact.unit, wording.currency)),
        ("Compared", formats.sentence(difference_of(fact, wording))),
        ("Adjusted p", _p(fact.p_adjusted) if fact.p_adjusted is not None else ""),
    ]
    return Explained(
        fact,
        formats.sentence(wording.metric(fact.metric)),
        wording.number(fact),
        tuple((head, text) for head, text in lines if text),
        query,
        command_of(query["semantic"]) if query else "",
    )


def _definition(metric: str, definitions: Iterable[Mapping[str, Any]], model: Model) -> str:
    told = next((one for one in definitions if one["name"] == metric), None)
    if told is not None:
        since = f" Version {told['version']}, since {_day(told['date'])}." if told["version"] and told["date"] else ""
        return f"{told['text'].rstrip('.')}.{since}"
    if metric in model.metrics:
        return model.metrics[metric].definition
    return TERMS[metric].definition if metric in TERMS else ""


def _p(value: float) -> str:
    return f"{value:.4f}" if value >= 0.0001 else "under 0.0001"


def _day(text: str) -> str:
    return formats.day(date.fromisoformat(text))


def _period(fact: Fact, wording: Wording) -> str:
    units = [wording.value(k, v) for k, v in fact.dimensions.items() if k in TIMES and v is not None]
    days = formats.days_of(fact.period) if fact.period is not None else ""
    return f"{', '.join(units)} ({days})" if units and days else days or ", ".join(units)
