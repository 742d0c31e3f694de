"""The workbench of the period grammar: a question as it is rewritten, rule by rule, with each understood phrase folded into one character."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from analyst_agent.errors import BadPeriod
from analyst_agent.records import Period
from analyst_agent.semantic.period_spoken import spoken
from analyst_agent.semantic.period_words import corrected
from analyst_agent.semantic.periods import Clock

# A folded phrase is one character of a private plane, so that rules over phrases are plain regular expressions, X being any of them.
_FIRST, _LAST = 0xF0000, 0xFFFFD
X = f"[{chr(_FIRST)}-{chr(_LAST)}]"
LONGEST_TEXT = 4000
_SAME = {"’": "'", "‘": "'", "`": "'", "´": "'", "\u00a0": " ", "\u2009": " ", "\u202f": " "} | dict.fromkeys(
    "‐‑‒–—−", "-"
)


@dataclass(frozen=True, slots=True)
class Node:
    """What a phrase means so far. `period` is nominal: not yet cut at today.

    in_year: the reading of a phrase that names no year ("October", "Q3", "5 May") in a given year, the flag asking for the fiscal one.
    year: the year said, for a phrase that is a year. mark: "weekday", "now" or "weeks", for phrases with a part in a larger one.
    shift_*: a distance from another period; whole: "the month before" (a whole unit) rather than "a month earlier" (the same shape).
    note: what was assumed to read it so.
    """

    period: Period | None = None
    in_year: Callable[[int, bool], Period] | None = None
    year: int | None = None
    fiscal: bool = False
    mark: str = ""
    problem: BadPeriod | None = None
    role: str = "period"
    shift_by: int = 0
    shift_unit: str | None = None
    whole: bool = True
    grain_by: str | None = None
    note: str = ""


Build = Callable[["re.Match[str]", "Draft"], Node | None]
Rule = tuple["re.Pattern[str]", Build]


def rule(pattern: str, build: Build) -> Rule:
    """A rule: where the pattern holds at word boundaries, `build` says what it means, or None where it does not mean a time."""
    return re.compile(rf"(?<![a-z0-9_])(?:{pattern})(?![a-z0-9_])"), build


class Draft:
    """The text in lower case with straight quotes and hyphens, each character knowing its place in the original."""

    def __init__(self, text: str, clock: Clock, tolerant: bool = True) -> None:
        self.original, self.clock = text, clock
        self.whole_text = not tolerant
        self.before_of = True
        self.nodes: list[Node] = []
        # Runs of blanks count as one, so that no rule has to try all the ways to share them out.
        plain = [_plain(c) for c in text[:LONGEST_TEXT]]
        cells = [(c, i, i + 1) for i, c in enumerate(plain) if c != " " or i == 0 or plain[i - 1] != " "]
        self.chars = "".join(c for c, _, _ in cells)
        self.spans = [(start, end) for _, start, end in cells]
        if tolerant:
            self._correct()
        for start, end, figures in reversed(spoken(self.chars)):
            self._replace(start, end, figures)

    def _correct(self) -> None:
        fixes = [
            (m.start(), m.end(), corrected(m[0]))
            for m in re.finditer(r"(?<![a-z0-9_])[a-z]{4,12}(?![a-z0-9_])", self.chars)
        ]
        for start, end, word in reversed(fixes):
            if self.chars[start:end] != word:
                self._replace(start, end, word)

    def _replace(self, start: int, end: int, new: str) -> None:
        place = (self.spans[start][0], self.spans[end - 1][1])
        self.chars = self.chars[:start] + new + self.chars[end:]
        self.spans[start:end] = [place] * len(new)

    def node(self, char: str) -> Node:
        """The node behind a folded character."""
        return self.nodes[ord(char) - _FIRST]

    def fold(self, start: int, end: int, node: Node) -> None:
        """Put one character, standing for `node`, in place of a stretch."""
        if len(self.nodes) <= _LAST - _FIRST:
            self.nodes.append(node)
            self._replace(start, end, chr(_FIRST + len(self.nodes) - 1))

    def apply(self, rules: Iterable[Rule]) -> None:
        """Fold every phrase that the rules understand: the longest first, the earlier rule where two are equally long."""
        found: list[tuple[int, int, int, Node]] = []
        for order, (pattern, make) in enumerate(rules):
            m = pattern.search(self.chars)
            while m is not None:
                try:
                    node = make(m, self)
                except BadPeriod as error:
                    node = Node(problem=error)
                if node is not None and m.end() > m.start():
                    found.append((m.start() - m.end(), order, m.start(), node))
                # A phrase that was turned down may hide one that begins inside it.
                m = pattern.search(self.chars, m.start() + 1 if node is None else max(m.end(), m.start() + 1))
        taken: list[tuple[int, int, Node]] = []
        for length, _, start, node in sorted(found, key=lambda f: f[:3]):
            if all(start >= e or start - length <= s for s, e, _ in taken):
                taken.append((start, start - length, node))
        for start, end, node in sorted(taken, key=lambda t: t[0], reverse=True):
            self.fold(start, end, node)

    def folded(self) -> list[tuple[int, Node]]:
        """The folded phrases in order, each with its place in `chars`."""
        return [(i, self.node(c)) for i, c in enumerate(self.chars) if _FIRST <= ord(c) <= _LAST]


def _plain(char: str) -> str:
    if char in _SAME:
        return _SAME[char]
    if ord(char) >= _FIRST or not char.isprintable():
        return " "
    lower = char.lower()
    return lower if len(lower) == 1 else char


def recent(in_year: Callable[[int, bool], Period], clock: Clock, latest: date | None = None) -> Period:
    """The most recent reading that has begun by `latest` (default today). Raises BadPeriod where no year has such a date."""
    problem: BadPeriod | None = None
    limit = latest or clock.today
    # Nine years back: 29 February is missing for up to eight years in a row.
    for year in range(limit.year + 1, limit.year - 9, -1):
        try:
            period = in_year(year, False)
        except BadPeriod as error:
            problem = problem or error
            continue
        if period.start <= limit:
            return period
    raise problem or BadPeriod("No such date before today.", "Name the year.")


def nominal(node: Node, clock: Clock) -> Period | None:
    """A node's period, a bare one in its most recent reading."""
    if node.in_year is not None:
        return recent(node.in_year, clock)
    return node.period
