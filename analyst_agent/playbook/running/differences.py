"""What two runs of one playbook on one period say differently, number by number."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from analyst_agent.claims import Wording, formats
from analyst_agent.records import Fact, Finding, to_json

MOST_TOLD = 12
Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """A number that is another now, is new, or is gone; None where there is none. step: whose result it is in."""

    step: str
    before: Fact | None
    now: Fact | None

    @property
    def fact(self) -> Fact:
        """The number as it is now, or was."""
        found = self.now or self.before
        assert found is not None
        return found


def differences(before: Mapping[str, Finding], now: Mapping[str, Finding]) -> list[Change]:
    """Every changed, new and gone number, those with the fewest conditions first; the same number in two steps once."""
    old, new = _facts(before), _facts(now)
    found: dict[Key, Change] = {}
    for (step, *key), fact in new.items():
        was = old.get((step, *key))  # type: ignore[arg-type]
        if was is None or was.value != fact.value:
            found.setdefault(("", *key), Change(step, was, fact))  # type: ignore[arg-type]
    for (step, *key), fact in old.items():
        if (step, *key) not in new:
            found.setdefault(("", *key), Change(step, fact, None))  # type: ignore[arg-type]
    return sorted(found.values(), key=lambda one: len(one.fact.dimensions))


def told(changes: list[Change], wording: Wording, most: int = MOST_TOLD) -> list[str]:
    """A line for each of the first changes that can be seen in the numbers as shown, and how many more there are."""
    seen = [one for one in changes if _shown(one.before, wording) != _shown(one.now, wording)]
    lines = [_line(one, wording) for one in seen[:most]]
    more = len(seen) - len(lines)
    if more > 0:
        lines.append(f"{formats.count(more)} further {formats.plural(more, 'number')} of the details changed.")
    return lines


def _line(change: Change, wording: Wording) -> str:
    fact = change.fact
    where = f", {wording.named(fact.dimensions)}" if fact.dimensions else ""
    when = f" {formats.during(fact.period)}" if fact.period else ""
    name = f"{formats.sentence(wording.metric(fact.metric))}{where}{when}"
    if change.now is None:
        return f"{name}: no longer there (was {wording.number(fact)})."
    was = f"was {wording.number(change.before)}" if change.before else "not there before"
    return f"{name}: {wording.number(fact)} ({was})."


def _shown(fact: Fact | None, wording: Wording) -> str:
    return wording.number(fact) if fact else ""


def _facts(findings: Mapping[str, Finding]) -> dict[Key, Fact]:
    return {
        (
            step,
            fact.metric,
            json.dumps([to_json(fact.dimensions), to_json(fact.filters)], sort_keys=True, default=str),
            json.dumps(to_json(fact.period)),
        ): fact
        for step, finding in findings.items()
        for fact in finding.facts
    }
