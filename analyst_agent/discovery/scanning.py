"""The scan: every dimension, measure and the clock against each other. Each function returns the patterns it tried, tested."""

from __future__ import annotations

from collections.abc import Iterator
from math import atanh, sqrt

import numpy as np

from analyst_agent.discovery.records import Candidate, Dimension, Floats, Kind, Measure, Prepared, Scanned, Side
from analyst_agent.statistics.association import cell_p_values, cross_counts
from analyst_agent.statistics.concentration import stands_out
from analyst_agent.statistics.scores import correlation, each_against_rest, group_sums, student_two_sided, without

WORTH = 0.01
"""p above which a pattern is only counted as tried."""
LEAST_EFFECT = 0.1
FEWEST_IN_GROUP = 12
MOST_INTERACTING = 12
SHARE_LEAD = 0.1
DOMINANT, TIMES_SECOND = 0.5, 3.0
THREE, GRADES, WEEKDAYS, PERIODS = 0.8, 0.4, 0.5, 0.8
"""Plainness: three columns are harder to act on than two, and grades are uneven by their nature."""

CLOCK = Side(is_clock=True)


def scan(table: Prepared) -> Scanned:
    """All patterns of the table with a p-value that is worth a second look, and how many were tried."""
    found = Scanned()
    for one in (*_differences(table), *_associations(table), *_over_time(table)):
        _note(found, one)
    for one in (*_correlations(table), *_volume(table), *_group_trends(table), *_interactions(table)):
        _note(found, one)
    shares = list(_shares(table))
    found.shares = sum(1 for d in table.dimensions if d.sort == "values")
    found.candidates += shares
    return found


def _note(found: Scanned, one: Candidate) -> None:
    if np.isnan(one.p):
        return
    found.tests += 1
    if one.p <= WORTH and abs(one.effect) >= LEAST_EFFECT:
        found.candidates.append(one)


def _weight(*parts: Dimension | Measure) -> float:
    return float(np.prod([p.weight for p in parts]))


def _spread(share: Floats | float) -> Floats:
    """How much of the table a contrast divides: 1 for halves."""
    spread: Floats = np.sqrt(np.clip(4 * np.asarray(share) * (1 - np.asarray(share)), 0, 1))
    return spread


def _against(
    table: Prepared, place: int, scores: Floats, y: Side, kind: Kind, key: frozenset[str], weight: float
) -> Iterator[Candidate]:
    """Each level of a dimension against all other rows, on scores."""
    one = table.dimensions[place]
    count, total, squares = group_sums(one.codes, len(one.levels) + 1, scores)
    gaps, p = each_against_rest(count, total, squares)
    n = count.sum()
    for level in range(len(one.levels)):
        if count[level] >= FEWEST_IN_GROUP and n - count[level] >= FEWEST_IN_GROUP:
            cover = float(_spread(count[level] / n)) * n / table.rows
            yield Candidate(
                kind, Side(place, level), y, float(p[level]), 2 * float(gaps[level]), cover, int(n), key, weight
            )


def _differences(table: Prepared) -> Iterator[Candidate]:
    """A measure in one group against the rest."""
    for place, one in enumerate(table.dimensions):
        for at, measure in enumerate(table.measures):
            if one.column in measure.columns and (one.sort not in ("period", "weekday", "hours")):
                continue
            kind: Kind = "change" if one.sort == "period" else "difference"
            key = frozenset((one.name if one.sort != "period" else one.column, measure.name))
            scores = measure.scores
            if (
                one.sort == "period" and table.clock is not None
            ):  # what a trend makes of a month is no change of that month
                scores = without(scores, table.clock.scores)
            yield from _against(table, place, scores, Side(measure=at), kind, key, _weight(one, measure))


def _over_time(table: Prepared) -> Iterator[Candidate]:
    """Rows of one group that come later or earlier than the rest: it grows or shrinks against the others."""
    if table.clock is None:
        return
    for place, one in enumerate(table.dimensions):
        if one.column != table.clock.column:
            kind: Kind = "missing" if one.sort == "missing" else "group_trend"
            key = frozenset((one.name, table.clock.column))
            yield from _against(table, place, table.clock.scores, CLOCK, kind, key, one.weight)


def _associations(table: Prepared) -> Iterator[Candidate]:
    """Cells of two dimensions that hold more or fewer rows than their margins say."""
    for place, one in enumerate(table.dimensions):
        for at, other in enumerate(table.dimensions[:place]):
            if not _may_associate(table, one, other):
                continue
            yield from _cells(table, (at, place))


def _may_associate(table: Prepared, one: Dimension, other: Dimension) -> bool:
    if one.column == other.column or frozenset((one.name, other.name)) in table.same:
        return False
    if {one.sort, other.sort} <= {"missing", "word"}:
        return False
    return not ({one.sort, other.sort} <= {"period", "weekday", "hours"})


def _cells(table: Prepared, places: tuple[int, int]) -> Iterator[Candidate]:
    one, other = (table.dimensions[p] for p in places)
    shape = (len(one.levels), len(other.levels))
    counts = cross_counts(one.codes, other.codes, (shape[0] + 1, shape[1] + 1))
    n = counts.sum()
    p = cell_p_values(counts)
    row, column = counts.sum(axis=1, keepdims=True), counts.sum(axis=0, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        of_row = counts / row - (column - counts) / (n - row)
        of_column = counts / column - (row - counts) / (n - column)
        strength = of_row * _spread(row / n), of_column * _spread(column / n)
    of_row, of_column = _beyond_trend(table, (one, other), (of_row, of_column))
    key = frozenset(d.column if d.sort == "period" else d.name for d in (one, other))
    kind: Kind = "change" if "period" in (one.sort, other.sort) else "association"
    if "missing" in (one.sort, other.sort):
        kind = "missing"
    for i, j in np.ndindex(shape):
        rows_first = abs(strength[0][i, j]) >= abs(strength[1][i, j])
        if one.sort == "period" or other.sort == "missing":
            rows_first = True  # "in May, 80 % are Hardware" and "of the open ones 60 % are empty" read better
        if other.sort == "period" or one.sort == "missing":
            rows_first = False
        effect = of_row[i, j] if rows_first else of_column[i, j]
        margin = row[i, 0] if rows_first else column[0, j]
        sides = Side(places[0], i), Side(places[1], j)
        x, y = sides if rows_first else sides[::-1]
        if row[i, 0] < FEWEST_IN_GROUP or column[0, j] < FEWEST_IN_GROUP:
            continue
        if _names_itself(one, i, other, j):
            continue
        cover = float(_spread(margin / n)) * n / table.rows
        yield Candidate(kind, x, y, float(p[i, j]), float(effect), cover, int(n), key, _weight(one, other))


def _names_itself(one: Dimension, level: int, other: Dimension, at: int) -> bool:
    """Whether one side is a word of a text and the other a value that has this word: Database tickets speak of databases."""
    for word, value in ((one, other.levels[at]), (other, one.levels[level])):
        if word.sort == "word" and word.name.rsplit('"', 2)[-2].rstrip("s") in value.casefold():
            return True
    return one.levels[level].casefold() == other.levels[at].casefold() and one.sort == other.sort == "values"


def _beyond_trend(
    table: Prepared, pair: tuple[Dimension, Dimension], gaps: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """The gaps of shares by period (rows or columns are periods) less what a straight line through time makes of them."""
    at = next((i for i, d in enumerate(pair) if d.sort == "period"), None)
    if at is None or table.clock is None:
        return gaps
    period, other, time = pair[at], pair[1 - at], table.clock.scores
    known = (period.codes >= 0) & (other.codes >= 0) & ~np.isnan(time)
    count, total, _ = group_sums(np.where(known, period.codes, -1), len(period.levels) + 1, time)
    share = np.bincount(other.codes[known], minlength=len(other.levels) + 1).astype(float) / max(int(known.sum()), 1)
    _of_level, moment, _ = group_sums(np.where(known, other.codes, -1), len(other.levels) + 1, time)
    spread = float(time[known].var()) or 1.0
    slope = (moment / max(int(known.sum()), 1) - share * time[known].mean()) / spread
    with np.errstate(divide="ignore", invalid="ignore"):
        ahead = total / count - (total.sum() - total) / (count.sum() - count)
    expected = ahead[:, None] * slope[None, :]
    gap = gaps[at] if at == 0 else gaps[at].T
    left = np.where(
        np.sign(gap) == np.sign(gap - expected), np.sign(gap) * np.minimum(np.abs(gap), np.abs(gap - expected)), 0
    )
    return (left, gaps[1]) if at == 0 else (gaps[0], left.T)


def _correlations(table: Prepared) -> Iterator[Candidate]:
    """Two measures, and each measure with the clock."""
    for at, one in enumerate(table.measures):
        for place, other in enumerate(table.measures[:at]):
            if set(one.columns) & set(other.columns):
                continue
            r, p, n = correlation(other.scores, one.scores)
            key = frozenset((one.name, other.name))
            yield Candidate(
                "correlation", Side(measure=place), Side(measure=at), p, r, n / table.rows, n, key, _weight(one, other)
            )
        if table.clock is not None:
            r, p, n = correlation(table.clock.scores, one.scores)
            key = frozenset((table.clock.column, one.name))
            if not (one.is_censored and r < 0):  # the youngest of what is over are the quick ones
                yield Candidate("trend", CLOCK, Side(measure=at), p, r, n / table.rows, n, key, one.weight)


def _volume(table: Prepared) -> Iterator[Candidate]:
    """The number of rows over time."""
    clock = table.clock
    if clock is None:
        return
    counts = np.bincount(clock.bins[clock.bins >= 0], minlength=clock.bin_count).astype(float)
    time = np.arange(counts.size, dtype=float)
    r, p, _ = correlation(time, counts)
    slope = r * counts.std() / time.std() if counts.std() else 0.0
    change = slope * (counts.size - 1) / 2 / counts.mean()
    effect = float(np.clip(change, -1, 1)) * abs(r)
    yield Candidate(
        "trend", CLOCK, Side(), p, effect, 1.0, int(counts.sum()), frozenset((clock.column, "number of rows"))
    )
    yield from _weekdays(table)
    if clock.period is None or len(clock.period.levels) < 6:
        return
    whole = clock.period.sizes[1:-1]  # the first and last are seldom whole
    line = np.polyval(np.polyfit(np.arange(whole.size), whole, 1), np.arange(whole.size)) if whole.size > 7 else None
    for at, size in enumerate(whole):
        others = np.delete(whole if line is None else whole - line, at)
        usual = float(np.median(np.delete(whole, at)))
        centre = float(others.mean()) + (0.0 if line is None else float(line[at]))
        # A new count against the spread of the others, which is at least that of counts that come one by one.
        error = sqrt(max(float(others.var(ddof=1)), centre, 1.0) * (1 + 1 / others.size))
        p = student_two_sided((float(size) - centre) / error, others.size - (1 if line is None else 2))
        effect = (float(size) - centre) / (float(size) + centre) if size + centre > 0 else 0.0
        yield Candidate(
            "change", Side(table.dimensions.index(clock.period), at + 1), Side(), p, effect if usual > 0 else 0.0, 1.0,
            int(counts.sum()), frozenset((clock.column, "rows of a period")), PERIODS,
        )  # fmt: skip


def _weekdays(table: Prepared) -> Iterator[Candidate]:
    """The rows of one weekday against the mean of the others, week by week, so that busy weeks count once."""
    clock = table.clock
    place = next((i for i, d in enumerate(table.dimensions) if d.sort == "weekday"), None)
    if clock is None or place is None:
        return
    known = ~np.isnan(clock.seconds)
    weeks = np.floor(clock.seconds[known] / 86400 + 3).astype(np.int64) // 7
    weeks -= weeks.min()
    counts = cross_counts(weeks.astype(np.int32), table.dimensions[place].codes[known], (int(weeks.max()) + 1, 7))[1:-1]
    if len(counts) < 6:
        return
    for day in range(7):
        gap = counts[:, day] - np.delete(counts, day, axis=1).mean(axis=1)
        mean, other = float(counts[:, day].mean()), float(np.delete(counts, day, axis=1).mean())
        error = float(gap.std(ddof=1)) / sqrt(len(gap))
        p = student_two_sided(float(gap.mean()) / error, len(gap) - 1) if error > 0 else 1.0
        effect = (mean - other) / (mean + other) if mean + other else 0.0
        key = frozenset((clock.column, "rows of a weekday"))
        yield Candidate(
            "change", Side(place, day), Side(), p, effect, float(_spread(1 / 7)), int(known.sum()), key, WEEKDAYS
        )


def _group_trends(table: Prepared) -> Iterator[Candidate]:
    """A measure that moves over time in one group unlike in the others."""
    if table.clock is None:
        return
    time = table.clock.scores
    for place, one in enumerate(table.dimensions):
        if one.sort not in ("values", "word") or one.column == table.clock.column:
            continue
        for at, measure in enumerate(table.measures):
            if one.column in measure.columns:
                continue
            for level in range(min(len(one.levels), MOST_INTERACTING)):
                inside, outside = one.codes == level, (one.codes != level) & (one.codes >= 0)
                r, _, n = correlation(time[inside], measure.scores[inside])
                rest, _, others = correlation(time[outside], measure.scores[outside])
                if min(n, others) < 2 * FEWEST_IN_GROUP:
                    continue
                p = _differ(r, n, rest, others)
                if measure.is_censored and r < rest:
                    continue
                effect = r if abs(r) > abs(rest) and abs(r) >= 0.2 else 0.0
                cover = float(_spread(n / (n + others))) * (n + others) / table.rows
                key = frozenset((one.name, measure.name, table.clock.column))
                yield Candidate(
                    "group_trend", CLOCK, Side(measure=at), p, effect, cover, n, key, THREE * _weight(one, measure),
                    within=Side(place, level),
                )  # fmt: skip


def _differ(r: float, n: int, other: float, others: int) -> float:
    """Fisher's z for two independent rank correlations; 1.06 after Fieller, Hartley and Pearson 1957, Biometrika 44, 470."""
    from analyst_agent.statistics.scores import two_sided

    a, b = (atanh(max(-0.999999, min(0.999999, v))) for v in (r, other))
    return two_sided((a - b) / sqrt(1.06 / (n - 3) + 1.06 / (others - 3)))


def _outcomes(table: Prepared) -> Iterator[tuple[Side, Floats, str, str, float]]:
    """What combinations are looked for in: measures, and yes or no columns."""
    for at, measure in enumerate(table.measures):
        yield Side(measure=at), measure.scores, measure.name, " ".join(measure.columns), measure.weight
    for place, one in enumerate(table.dimensions):
        if one.sort == "values" and len(one.all_sizes) == 2 and len(one.levels) == 2:
            yield Side(place, 1), one.indicator(1), one.name, one.column, one.weight


def _interactions(table: Prepared) -> Iterator[Candidate]:
    """A combination of two dimensions in which an outcome is not what both together make expect."""
    chosen = [
        (i, d)
        for i, d in enumerate(table.dimensions)
        if d.sort == "values" and 2 <= len(d.levels) <= 2 * MOST_INTERACTING
    ][:MOST_INTERACTING]
    for y, scores, name, columns, weight in _outcomes(table):
        for place, (i, one) in enumerate(chosen):
            for j, other in chosen[:place]:
                if {one.name, other.name} & {name} or one.column in columns.split() or other.column in columns.split():
                    continue
                if frozenset((one.name, other.name)) in table.same:
                    continue
                yield from _combined(table, (i, j), y, scores, name, weight)


def _combined(
    table: Prepared, places: tuple[int, int], y: Side, scores: Floats, name: str, weight: float
) -> Iterator[Candidate]:
    from analyst_agent.statistics.scores import additive_residuals

    one, other = (table.dimensions[p] for p in places)
    shape = (len(one.levels) + 1, len(other.levels) + 1)
    flat = np.where((one.codes >= 0) & (other.codes >= 0), one.codes * shape[1] + other.codes, -1).astype(np.int64)
    count, total, squares = group_sums(flat, shape[0] * shape[1], scores)
    cells = additive_residuals(count.reshape(shape), total.reshape(shape), squares.reshape(shape))
    n = count.sum()
    key = frozenset((one.name, other.name, name))
    for i, j in np.ndindex(len(one.levels), len(other.levels)):
        size = float(cells.count[i, j])
        if size < FEWEST_IN_GROUP or not cells.error[i, j] > 0:
            continue
        p = student_two_sided(float(cells.residual[i, j] / cells.error[i, j]), size - 1)
        gap = float(cells.mean[i, j] - (total.sum() - cells.mean[i, j] * size) / (n - size)) if n > size else 0.0
        # The combination must itself stand apart, and by more than either part makes expect.
        is_own = abs(cells.residual[i, j]) > 0.4 * abs(gap) and gap * cells.residual[i, j] > 0
        effect = (2 if y.measure >= 0 else 1) * gap if is_own else 0.0
        cover = float(_spread(size / n)) * n / table.rows
        yield Candidate(
            "interaction", Side(places[0], i), y, p, effect, cover, int(n), key, THREE * weight * _weight(one, other),
            within=Side(places[1], j),
        )  # fmt: skip


def _shares(table: Prepared) -> Iterator[Candidate]:
    """A value that stands out from the spread of the others."""
    for place, one in enumerate(table.dimensions):
        if one.sort != "values" or len(one.all_sizes) < 3 or not one.levels:
            continue
        sizes, n = one.all_sizes, sum(one.all_sizes)
        even, share = 1 / len(sizes), sizes[0] / n
        lead = stands_out(sizes)
        is_apart = lead <= (SHARE_LEAD if len(sizes) < 8 else SHARE_LEAD / 2) and sizes[0] >= 2 * sizes[1]
        dominates = share >= DOMINANT and sizes[0] >= TIMES_SECOND * sizes[1] and len(sizes) > 3
        if (is_apart or dominates) and share >= 0.05:
            effect = (share - even) / (1 - even)
            # Grades such as "1 - Critical" to "4 - Low" are not meant to be even.
            weight = one.weight * (GRADES if all(v[:1].isdigit() for v in one.levels) else 1.0)
            key = frozenset((one.name,))
            yield Candidate("share", Side(place, 0), Side(), 0.0, effect, n / table.rows, n, key, weight)
