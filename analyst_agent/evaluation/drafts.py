"""Draft eval cases made of what people said of answers: for a person to complete with SQL, and until then never asked or right."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from analyst_agent.evaluation.cases import DRAFT
from analyst_agent.masking import one_line

MOST_NUMBERS = 12
_HEAD = """\
# Draft eval cases, made by `analyst eval --from-feedback`. They are read and never asked. To complete one: check what is
# expected, give each number that must hold its SQL (evals/README.md), and set its tier to track or must.
cases:
"""


@dataclass(frozen=True, slots=True)
class Drafted:
    """A turn somebody called right or wrong. turns: the conversation's questions up to it; answer: its JSON; data: the data set
    it was asked over; today: the day of the clock.
    """

    conversation: str
    turn: int
    turns: Sequence[str]
    answer: Mapping[str, Any]
    verdict: str
    correction: str
    by: str
    at: str
    data: str
    today: date | None


def draft_yaml(drafts: Sequence[Drafted]) -> str:
    """A case file of the drafts. Whatever somebody wrote stands in it as a quoted text or on one line of a comment."""
    names: set[str] = set()
    blocks = ["\n".join(_lines(one, _name(one, names))) for one in drafts]
    return _HEAD + "\n\n".join(blocks) + "\n"


def _lines(one: Drafted, name: str) -> Iterator[str]:
    said = f"Said to be {one.verdict} by {one.by} on {one.at[:10]}" + (f": {one.correction}" if one.correction else "")
    yield f"  - id: {name}"
    yield f"    tier: {DRAFT}"
    yield f"    data: {one.data}"
    if one.today is not None:
        yield f"    today: {one.today.isoformat()}"
    yield f"    about: {_quoted(said)}"
    yield "    turns:"
    yield from (f"      - {_quoted(question)}" for question in one.turns)
    yield "    expect:"
    if one.verdict == "right":
        yield from (f"      {line}" for line in _reading(one.answer))
        yield "      # Shown then and said to be right; nothing of it is checked before it has its SQL:"
    else:
        yield "      status: answered"
        yield "      # Read and shown then, and said to be wrong:"
        yield from (f"      #   {line}" for line in _reading(one.answer))
    yield from (f"      #   {line}" for line in _numbers(one.answer))


def _reading(answer: Mapping[str, Any]) -> Iterator[str]:
    """Status, period and skills as lines of an expectation."""
    yield f"status: {_quoted(answer.get('status', 'answered'))}"
    for name in ("period", "compared_with"):
        period = answer.get(name)
        if period:
            yield f"{name}: {{start: {date.fromisoformat(period['start'])}, end: {date.fromisoformat(period['end'])}}}"
    if answer.get("skills"):
        yield f"skills: [{', '.join(_quoted(skill) for skill in answer['skills'])}]"


def _numbers(answer: Mapping[str, Any]) -> Iterator[str]:
    """The numbers that were shown, as lines that lack their SQL: those of a table or, without one, all."""
    facts = answer.get("facts", ())
    tabled = {i for table in answer.get("tables", ()) for row in table.get("fact_ids", ()) for i in row if i}
    shown = [fact for fact in facts if not tabled or fact["id"] in tabled]
    if shown:
        yield "numbers:"
    for fact in shown[:MOST_NUMBERS]:
        held = f", dimensions: {_quoted(fact['dimensions'])}" if fact["dimensions"] else ""
        yield f'  - {{metric: {_quoted(fact["metric"])}{held}, sql: ""}}  # was {_quoted(fact["value"])} ({one_line(fact["unit"])})'
    if len(shown) > MOST_NUMBERS:
        yield f"  # and {len(shown) - MOST_NUMBERS} more"


def _name(one: Drafted, taken: set[str]) -> str:
    """An id of letters, digits and underscores that no other draft has."""
    words = re.sub(r"[^a-z0-9]+", "_", one.conversation.lower()).strip("_")[:40]
    name = base = f"feedback_{words or 'conversation'}_{one.turn}"
    number = 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    taken.add(name)
    return name


def _quoted(value: Any) -> str:
    """One line that is JSON and so YAML: nothing of it is read as anything but a text, a number or a mapping of them."""
    return json.dumps(_clean(value), ensure_ascii=False)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, Mapping):
        return {one_line(str(key)): _clean(one) for key, one in value.items()}
    return [_clean(one) for one in value] if isinstance(value, list) else value
