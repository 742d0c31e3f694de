"""An answer's text as HTML in which each number that comes from facts is a button, and what no fact bears out is marked."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from html import escape
from typing import Any

from markupsafe import Markup

from analyst_agent.agent.disarm import disarmed
from analyst_agent.claims import formats
from analyst_agent.claims.binding import MARK
from analyst_agent.masking import visible
from analyst_agent.parts import Clause
from analyst_agent.report.markup import marked_html
from analyst_agent.report.tables import DATES

_FIGURE = re.compile(r"(?<![\w.-])(?!95 % interval)[+-]?\d[\d,]*(?:\.\d+)?(?: (?:%|points?|hours?|h|min|days)(?!\w))?")
_CALENDAR = re.compile(r"\bQ[1-4] \d{4}\b|\bin (?:19|20)\d\d\b|\b\d{1,2}:\d\d\b")
_QUOTED = re.compile(r'"[^"\n]*"')
_BEFORE, _, _AFTER = MARK.partition("{}")
UNIT = re.compile(r"\s?[^\d.,]+$")


def numbered_html(
    text: str, clauses: Sequence[Clause], facts: Mapping[str, Mapping[str, Any]], unbound: Collection[str], currency: str
) -> Markup:  # fmt: skip
    """The Markdown as HTML. facts: those of the answer by id, as JSON; unbound: what the text says without a fact."""
    text = visible(text)
    doubtful = _doubtful(text, unbound)
    spans: dict[tuple[int, int], tuple[str, ...]] = {}
    end = 0
    for clause in clauses:
        at = max(text.find(clause.text, end), text.find(clause.text) if end else -1)
        if at < 0:
            continue
        end = at + len(clause.text)
        for span in _figures(text, at, end):
            if not any(span[0] < b and a < span[1] for a, b in (*spans, *doubtful)):
                spans[span] = _best_first(text[slice(*span)], clause.facts, facts, currency)
    ordered = sorted([*spans, *doubtful])

    def marked(number: int, html: str) -> str:
        span = ordered[number]
        if span in spans:
            return _button(html, spans[span])
        said = html.removeprefix(_BEFORE).removesuffix(_AFTER)
        return f'<mark class="unbound" title="No number of the data bears this out">{said}</mark>'

    return Markup(marked_html(text, ordered, marked))


def _button(html: str, facts: Sequence[str]) -> str:
    """A number to press, as an element that lines break around as around any word."""
    names = escape(" ".join(facts), quote=True)
    return f'<a role="button" tabindex="0" class="num" aria-haspopup="dialog" data-facts="{names}">{html}</a>'


def _doubtful(text: str, unbound: Collection[str]) -> list[tuple[int, int]]:
    found = []
    for said in unbound:
        whole = disarmed(MARK.format(visible(said)))
        at = text.find(whole)
        if at >= 0:
            found.append((at, at + len(whole)))
    return found


def _figures(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The numbers within a clause, but those of days, years and the clock, and those in the words of somebody who is quoted."""
    within = text[start:end]
    for named in (DATES, _CALENDAR, _QUOTED):
        within = named.sub(_blanked, within)
    return [(start + one.start(), start + one.end()) for one in _FIGURE.finditer(within)]


def _blanked(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _best_first(
    figure: str, names: Sequence[str], facts: Mapping[str, Mapping[str, Any]], currency: str
) -> tuple[str, ...]:
    """The facts of a clause, those first whose value is written so."""
    shown = UNIT.sub("", figure).lstrip("+-")

    def is_other(name: str) -> bool:
        fact = facts.get(name)
        if fact is None:
            return True
        return UNIT.sub("", formats.number(fact["value"], fact["unit"], currency)).lstrip("+-") != shown

    return tuple(sorted((name for name in dict.fromkeys(names) if name in facts), key=is_other))
