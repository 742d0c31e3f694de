"""Groups of alike escalated tickets, by what was written and by code and area, each tested for being new or growing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from analyst_agent.records import Value
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import COUNT, Inquiry
from analyst_agent.skillkit.news.group_names import names_of
from analyst_agent.skillkit.news.letters import Letter
from analyst_agent.skillkit.news.stretches import Stretches
from analyst_agent.skillkit.rates import ACCOUNT, SIGNIFICANT_AT, by_account
from analyst_agent.statistics import (
    average_linkage,
    benjamini_hochberg,
    dispersion,
    growth,
    sources_by_stretch,
    tag_of,
    tag_of_sets,
)

SIMILAR_TEXTS = "similar_texts"
# Chosen on the letters of the demo helpdesk: tickets about one thing are on average this alike, whoever wrote them.
ALIKE = 0.55
SAME_AREA, SAME_REASON, SAME_CODE = 0.10, 0.05, 0.30
FEWEST_TESTED = 4
MOST_IN_BURST = 0.6
FEWEST_IN_BURST = 5
BY_CODE = ("reason_code", "product_area")
Cell = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Alike escalated tickets. dimensions: what names it. now, earlier: tickets in the new days, and in each stretch before.

    accounts, accounts_earlier: different accounts in the new days, and the sum over the stretches before of those in each;
    None where no account is known. most_of_one: tickets now of the account with most. tickets: ids of the new ones, where
    they were read. effect: by how much more the daily counts vary than those of single events, where no account is known.
    interval: of the pace now over the pace expected; significant: None where it was not tested. query: the id of the query
    that counted or read the new ones.
    """

    dimensions: Mapping[str, Value]
    now: int
    earlier: tuple[int, ...]
    accounts: int | None = None
    accounts_earlier: int | None = None
    most_of_one: int = 0
    effect: float = 1.0
    tickets: tuple[str, ...] = ()
    first_seen: date | None = None
    area: str | None = None
    code: str | None = None
    interval: tuple[float, float] | None = None
    p_value: float | None = None
    p_adjusted: float | None = None
    significant: bool | None = None
    is_burst: bool = False
    query: str = ""

    @property
    def before(self) -> int:
        """Tickets in all stretches before."""
        return sum(self.earlier)

    @property
    def is_new(self) -> bool:
        """Whether it clearly grew: there are clearly more accounts than before."""
        return bool(self.significant) and self.now > 0 and self.interval is not None and self.interval[0] > 1

    @property
    def name(self) -> str:
        """Its values, joined: what a recommendation calls it."""
        return " in ".join(str(value) for value in self.dimensions.values() if value is not None) or "not recorded"


def groups_by_text(letters: Sequence[Letter], vectors: NDArray[np.float32], stretches: Stretches) -> list[Group]:
    """Every letter in exactly one group of alike ones; those that stand alone are groups of one.

    Time plays no part in the grouping, so that a group can be tested for its times. Letters and rows of vectors in the
    order of ticket ids make the result independent of how they were read.
    """
    tags = (
        tag_of([letter.area for letter in letters], SAME_AREA),
        tag_of([letter.code for letter in letters], SAME_REASON),
        tag_of_sets([sorted(letter.codes) for letter in letters], SAME_CODE),
    )
    labels = average_linkage(vectors, tags, ALIKE)
    members: list[list[Letter]] = [[] for _ in range(int(labels.max()) + 1 if len(labels) else 0)]
    for letter, label in zip(letters, labels, strict=True):
        members[label].append(letter)
    has_accounts = any(letter.account for letter in letters)
    named = zip(names_of(members), members, strict=True)
    return [_group({SIMILAR_TEXTS: name}, group, stretches, has_accounts) for name, group in named]


def groups_by_code(inquiry: Inquiry, stretches: Stretches, letters: Sequence[Letter]) -> list[Group]:
    """A group for each reason code in each product area (or for either where only one is recorded), counted by the engine.

    letters: those that were read, for tickets and first days.
    """
    by = tuple(name for name in BY_CODE if inquiry.context.has(name))
    if not by:
        return []
    read: dict[Cell, list[Letter]] = {}
    for letter in letters:
        values = {"reason_code": letter.code, "product_area": letter.area}
        read.setdefault(tuple(values[name] for name in by), []).append(letter)
    cells = _by_account(inquiry, stretches, by) if by_account(inquiry.context) else _by_day(inquiry, stretches, by)
    ordered = sorted(cells.items(), key=lambda one: tuple(str(value) for value in one[0]))
    return [
        _told(replace(group, dimensions=dict(zip(by, cell, strict=True))), read.get(cell, ()), stretches)
        for cell, group in ordered
        if any(value is not None for value in cell)
    ]


def tested(groups: Sequence[Group], stretches: Stretches) -> list[Group]:
    """The groups with the p-value of their growth: accounts now against accounts in equal stretches before (`growth`).

    Where no account is known tickets are counted, divided by how much more their daily counts vary than single events.
    """
    if not stretches.past:
        return list(groups)
    totals = _sums(groups, by_accounts=False), _sums(groups, by_accounts=True)
    return [
        _tested(group, len(stretches.past), *totals) if group.now + group.before >= FEWEST_TESTED else group
        for group in groups
    ]


def verdicts(*families: Sequence[Group]) -> list[list[Group]]:
    """The groups with their verdicts, corrected for everything tested in all families together (Benjamini-Hochberg)."""
    corrected = iter(benjamini_hochberg([group.p_value for family in families for group in family]))
    found = []
    for family in families:
        ps = [next(corrected) for _ in family]
        found.append(
            [
                replace(group, p_adjusted=p, significant=None if p is None else p <= SIGNIFICANT_AT)
                for group, p in zip(family, ps, strict=True)
            ]
        )
    return found


def without_repeats(groups: Iterable[Group]) -> list[Group]:
    """The groups, those of words first, then the clearest, without any of which half of the new tickets are told
    already, or that holds half of those of one before it: the same thing seen by its words and by its code.
    """
    kept: list[Group] = []
    told: set[str] = set()
    for group in sorted(groups, key=lambda g: (SIMILAR_TEXTS not in g.dimensions, g.p_value or 0.0, -g.now, g.name)):
        mine = set(group.tickets)
        holds = any(2 * len(mine & set(one.tickets)) >= len(one.tickets) > 0 for one in kept)
        if not holds and not 2 * len(mine & told) >= len(mine) > 0:
            kept.append(group)
            told |= mine
    return kept


def _group(names: Mapping[str, Value], letters: Sequence[Letter], stretches: Stretches, has_accounts: bool) -> Group:
    places = [stretches.place(letter.day) or 0 for letter in letters]
    shape = (1, 1 + len(stretches.past))
    counts = np.bincount(places, minlength=shape[1])
    sources = sources_by_stretch([0] * len(letters), [letter.source for letter in letters], places, shape)[0]
    of_one = Counter(x.source for x, place in zip(letters, places, strict=True) if place == 0)
    group = Group(
        names,
        int(counts[0]),
        tuple(int(c) for c in counts[1:]),
        int(sources[0]) if has_accounts else None,
        int(sources[1:].sum()) if has_accounts else None,
        max(of_one.values(), default=0) if has_accounts else 0,
        1.0 if has_accounts else _effect(Counter(letter.day for letter in letters), stretches),
    )
    return _told(group, letters, stretches)


def _told(group: Group, letters: Iterable[Letter], stretches: Stretches) -> Group:
    """The group with what its letters tell beside the counts."""
    inside = [(letter, stretches.place(letter.day)) for letter in letters]
    new = [letter for letter, place in inside if place == 0]
    areas, codes = (Counter(v for v in values if v) for values in ([x.area for x in new], [x.code for x in new]))
    return replace(
        group,
        tickets=tuple(letter.ticket_id for letter in new),
        first_seen=min((letter.day for letter, place in inside if place is not None), default=None),
        area=_commonest(areas),
        code=_commonest(codes),
    )


def _commonest(counts: Counter[str]) -> str | None:
    return min(counts, key=lambda value: (-counts[value], value)) if counts else None


def _by_account(inquiry: Inquiry, stretches: Stretches, by: Sequence[str]) -> dict[Cell, Group]:
    """Counts of each cell in each stretch, read together. Tickets of no known account are taken as one account's: they may be."""
    tickets: dict[Cell, list[int]] = {}
    sources: dict[Cell, list[int]] = {}
    largest: dict[Cell, int] = {}
    queries = [inquiry.query((COUNT,), (*by, ACCOUNT), period) for period in (stretches.now, *stretches.past)]
    results = inquiry.run_all(queries)
    source = inquiry.book.query_of(results[0])
    for place, result in enumerate(results):
        for row in result.rows:
            cell, count = tuple(row[name] for name in by), int(number(row[COUNT]))
            for counts, value in ((tickets, count), (sources, 1)):
                counts.setdefault(cell, [0] * (1 + len(stretches.past)))[place] += value
            if place == 0:
                largest[cell] = max(largest.get(cell, 0), count)
    return {
        cell: Group(
            {}, t[0], tuple(t[1:]), sources[cell][0], sum(sources[cell][1:]), largest.get(cell, 0), query=source
        )
        for cell, t in tickets.items()
    }


def _by_day(inquiry: Inquiry, stretches: Stretches, by: Sequence[str]) -> dict[Cell, Group]:
    daily: dict[Cell, Counter[date]] = {}
    result = inquiry.run((COUNT,), (*by, "day"), stretches.whole)
    for row in result.rows:
        day, count = date.fromisoformat(str(row["day"])[:10]), int(number(row[COUNT]))
        if count:
            daily.setdefault(tuple(row[name] for name in by), Counter())[day] += count
    found = {}
    for cell, days in daily.items():
        counts = [0] * (1 + len(stretches.past))
        for day, count in days.items():
            if (place := stretches.place(day)) is not None:
                counts[place] += count
        found[cell] = Group(
            {}, counts[0], tuple(counts[1:]), effect=_effect(days, stretches), query=inquiry.book.query_of(result)
        )
    return found


def _effect(days: Mapping[date, int], stretches: Stretches) -> float:
    """How much more the counts of single days vary than those of events that come one by one."""
    start, split = stretches.whole.start.toordinal(), stretches.now.start.toordinal()
    counts = np.zeros(split - start + stretches.days)
    for day, count in days.items():
        if 0 <= day.toordinal() - start < len(counts):
            counts[day.toordinal() - start] = count
    return dispersion(counts[split - start :], counts[: split - start])


def _sums(groups: Sequence[Group], by_accounts: bool) -> tuple[int, int]:
    if by_accounts:
        return sum(g.accounts or 0 for g in groups), sum(g.accounts_earlier or 0 for g in groups)
    return sum(g.now for g in groups), sum(g.before for g in groups)


def _tested(group: Group, stretches: int, tickets: tuple[int, int], accounts: tuple[int, int]) -> Group:
    others = tickets[0] - group.now, tickets[1] - group.before
    by_tickets = growth(group.now, group.before, stretches, others, group.effect)
    result = by_tickets
    if group.accounts is not None and group.accounts_earlier is not None:
        others = accounts[0] - group.accounts, accounts[1] - group.accounts_earlier
        result = growth(group.accounts, group.accounts_earlier, stretches, others)
    is_lone = group.now >= FEWEST_IN_BURST and group.most_of_one >= MOST_IN_BURST * group.now
    is_burst = is_lone and by_tickets.p_value <= SIGNIFICANT_AT
    return replace(group, p_value=result.p_value, interval=result.interval, is_burst=is_burst)
