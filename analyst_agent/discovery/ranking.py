"""From everything scanned to what is told: corrected p-values, clusters, interest, and one of those that say the same."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10

import numpy as np

from analyst_agent.discovery.records import Candidate, Codes, Floats, Prepared, Scanned, Side
from analyst_agent.statistics.scores import clustered_p, correlation, partial
from analyst_agent.statistics.tests import benjamini_hochberg

Pair = tuple[Floats, Floats]
Pairs = dict[int, Pair | None]
LEVEL = 0.05
MOST_CHECKED = 250
HALF_SURPRISE = 3.0
FEWER = 0.6
"""Plainness of what is seldom seen together: somewhere else it is then often."""
ECHO, ALIKE = 0.5, 0.75
AGAIN_COLUMN, AGAIN_KIND, AGAIN_WORD = 0.75, 0.85, 0.4


def rank(table: Prepared, found: Scanned, most: int) -> list[Candidate]:
    """At most `most` patterns, the most interesting first, each more than chance after correction over all that was
    scanned and none an echo of one before it.

    Interest is effect (0 to 1) x surprise x coverage x plainness: surprise is L / (L + 3) with L the number of zeros of
    the adjusted p-value; coverage is how evenly the contrast divides the table, times the share of rows that have a
    value; plainness is below 1 for words in texts, empty fields, technical columns and combinations.
    """
    _correct(found)
    checked = sorted((c for c in found.candidates if c.p_adjusted <= LEVEL), key=_interest)[-MOST_CHECKED:]
    for one in checked:
        _check_clusters(table, one)
    kept = {id(c) for c in checked}
    for one in found.candidates:
        if id(one) not in kept and one.kind != "share":
            one.p = max(one.p, LEVEL)
    _correct(found)
    left = [c for c in checked if c.p_adjusted <= LEVEL]
    for one in left:
        one.interest = _interest(one)
    return _chosen(table, left, most)


def _correct(found: Scanned) -> None:
    """Benjamini-Hochberg over every test of the scan; those not kept count with a p-value of 1, which changes nothing below it."""
    tested = [c for c in found.candidates if c.kind != "share"]
    given: list[float | None] = [c.p for c in tested]
    given += [1.0] * (found.tests - len(tested))
    for one, p in zip(tested, benjamini_hochberg(given), strict=False):
        one.p_adjusted = 1.0 if p is None else p
    for one in found.candidates:
        if one.kind == "share":
            one.p_adjusted = 0.0


def _interest(one: Candidate) -> float:
    zeros = -log10(max(one.p_adjusted, 1e-300))
    plain = one.weight * (FEWER if one.kind == "association" and one.effect < 0 else 1.0)
    return abs(one.effect) * zeros / (zeros + HALF_SURPRISE) * one.coverage * plain


def scores_of(table: Prepared, side: Side) -> Floats:
    """The side as a number a row: an indicator, ranks, or the place in time."""
    if side.is_clock:
        assert table.clock is not None
        return table.clock.scores
    if side.measure >= 0:
        return table.measures[side.measure].scores
    return table.dimensions[side.dimension].indicator(side.level)


def pair_of(table: Prepared, one: Candidate) -> tuple[Floats, Floats] | None:
    """Both sides as numbers; of a pattern within a group or a combination, of the rows or the combination; None for
    what has one side only."""
    if one.x == Side() or one.y == Side():
        return None
    x, y = scores_of(table, one.x), scores_of(table, one.y)
    if one.within is not None:
        inside = scores_of(table, one.within)
        if one.kind == "interaction":
            return x * inside, y
        return np.where(inside == 1, x, np.nan), y
    return x, y


def _columns(table: Prepared, one: Candidate) -> set[str]:
    """The file's columns a pattern is about."""
    names: set[str] = set()
    for side in (one.x, one.y, one.within or Side()):
        if side.is_clock and table.clock is not None:
            names.add(table.clock.column)
        elif side.measure >= 0:
            names |= set(table.measures[side.measure].columns)
        elif side.dimension >= 0:
            names.add(table.dimensions[side.dimension].column)
    return names


def _check_clusters(table: Prepared, one: Candidate) -> None:
    """The largest p-value over every column that may cluster rows, repeated rows and stretches of time among them."""
    pair = pair_of(table, one)
    if pair is None:
        return
    about = _columns(table, one)
    groups: list[tuple[str, Codes]] = [(n, c) for n, c in table.entities.items() if n not in about]
    if table.clock is not None and one.kind != "change":
        is_timed = one.x.is_clock or one.y.is_clock
        groups.append(("stretches of time", table.clock.fine if is_timed else table.clock.bins))
    for name, codes in groups:
        p = clustered_p(*pair, codes)
        if p is not None and p > one.p:
            one.p, one.clustered_by = p, name


def _chosen(table: Prepared, ranked: Sequence[Candidate], most: int) -> list[Candidate]:
    """Greedily: the best that is left, where columns and kinds told already count less, and echoes are left out."""
    left = sorted(ranked, key=lambda c: (-c.interest, sorted(c.key)))
    told: list[Candidate] = []
    pairs: Pairs = {}
    while left and len(told) < most:
        left.sort(key=lambda c: -c.interest * _novelty(table, c, told))
        one = left.pop(0)
        pairs[id(one)] = pair_of(table, one)
        said = next((other for other in told if _is_echo(table, one, other, pairs)), None)
        if said is None:
            told.append(one)
        elif one.kind == said.kind:
            _note_twin(table, one, said)
    return told


def _novelty(table: Prepared, one: Candidate, told: Sequence[Candidate]) -> float:
    about = _columns(table, one)
    clock = {table.clock.column} if table.clock is not None else set()
    factor = 1.0
    for other in told:
        factor *= AGAIN_COLUMN ** len((about & _columns(table, other)) - clock)
        if _has_word(table, one) and _has_word(table, other):
            factor *= AGAIN_WORD
        factor *= AGAIN_KIND if other.kind == one.kind else 1.0
    return factor


def _note_twin(table: Prepared, one: Candidate, said: Candidate) -> None:
    """Notes the column of which the pattern told could as well be told."""
    for side, other in ((one.x, said.x), (one.y, said.y)):
        if side.dimension >= 0 and other.dimension >= 0 and side.dimension != other.dimension:
            twin, shown = table.dimensions[side.dimension], table.dimensions[other.dimension]
            alike = correlation(twin.indicator(side.level), shown.indicator(other.level))[0]
            if alike > ALIKE and twin.sort == shown.sort == "values" and twin.name not in said.also:
                said.also.append(twin.name)


def _has_word(table: Prepared, one: Candidate) -> bool:
    return any(s.dimension >= 0 and table.dimensions[s.dimension].sort == "word" for s in (one.x, one.y))


def _is_echo(table: Prepared, one: Candidate, other: Candidate, pairs: Pairs) -> bool:
    """Whether a pattern says what another said: the same columns, or it falls by half once the other's side is taken out."""
    if one.key == other.key:
        return True
    if "share" in (one.kind, other.kind):
        if one.kind != other.kind:
            return False
        return abs(correlation(scores_of(table, one.x), scores_of(table, other.x))[0]) > ALIKE
    if other.key < one.key and one.kind == "interaction":
        return False  # it was tested beyond what its parts make
    if other.key < one.key and abs(one.effect) < 1.25 * abs(other.effect):
        return True
    if one.key < other.key:
        return True
    mine, theirs = pairs[id(one)], pairs[id(other)]
    if mine is None or theirs is None:
        return False
    r = correlation(*mine)[0]
    return any(_repeats(r, mine, theirs, match) for match in _matches(table, one, other, mine, theirs))


def _matches(table: Prepared, one: Candidate, other: Candidate, mine: Pair, theirs: Pair) -> list[tuple[int, int]]:
    """Which sides of two patterns are the same or nearly so, as places 0 or 1 in both."""
    sides, others = (one.x, one.y), (other.x, other.y)
    same = [(a, c) for a in (0, 1) for c in (0, 1) if sides[a] == others[c]]
    if same:
        return same
    followed = [(a, c) for a in (0, 1) for c in (0, 1) if _follows(table, sides[a], others[c])]
    if followed:
        return followed
    return [
        (a, c)
        for a in (0, 1)
        for c in (0, 1)
        if not (sides[a].is_clock or others[c].is_clock) and abs(correlation(mine[a], theirs[c])[0]) > ALIKE
    ]


def _follows(table: Prepared, one: Side, other: Side) -> bool:
    """Whether two sides are of dimensions of which one follows from the other, such as a state and an empty end."""
    if one.dimension < 0 or other.dimension < 0:
        return False
    return frozenset(table.dimensions[s.dimension].name for s in (one, other)) in table.same


def _repeats(r: float, mine: Pair, theirs: Pair, match: tuple[int, int]) -> bool:
    """Given which sides match: whether the other sides are alike too, or what is left of r without the other pattern is little."""
    a, c = match
    b, d = 1 - a, 1 - c
    linked = correlation(mine[b], theirs[d])[0]
    if abs(linked) > ALIKE:
        return True
    after = partial(r, linked, correlation(mine[a], theirs[d])[0])
    return abs(linked) > 0.15 and abs(after) < ECHO * abs(r)
