"""From a survey to dimensions, measures and a clock; columns that only repeat another are taken together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from analyst_agent.discovery.records import Clock, Codes, Dimension, Floats, Measure, Prepared
from analyst_agent.statistics.association import cross_counts, determined_share
from analyst_agent.statistics.scores import correlation, rank_scores
from analyst_agent.warehouse.surveying import Survey, SurveyColumn

FEWEST = 8
"""Rows of a value below which it is not tested."""
MOST_LEVELS = 30
MOST_DIMENSIONS = 45
MOST_MEASURES = 16
MOST_DURATIONS = 6
SAME = 0.98
FOLLOWS = 0.97
ENTITY_LEVELS = 12
_BINS, _FINE = 40, 150
_DAY = 86400.0
WORDS_WEIGHT, TECHNICAL_WEIGHT, MISSING_WEIGHT, CALENDAR_WEIGHT = 0.3, 0.6, 0.75, 0.9


def prepare(survey: Survey) -> Prepared:
    """The table ready to be scanned; of rows alike in everything but ids the first stands for all."""
    survey = _once(survey)
    aliases: dict[str, str] = {}
    times = _distinct_times([c for c in survey.columns if c.kind == "time"], aliases)
    durations = _durations(times, survey.rows)
    clock = _clock(times, durations, survey.rows)
    dimensions = _dimensions(survey, aliases)
    same = _repeated(dimensions, aliases)
    dimensions = [d for d in dimensions if d.name not in aliases]
    measures = _measures(survey, aliases, durations)
    left = [c.name for c in survey.columns if c.kind in ("id", "empty", "constant")]
    kept = dimensions[:MOST_DIMENSIONS]
    notes = list(survey.notes)
    if len(kept) < len(dimensions):
        notes.append(f"only {len(kept)} of {len(dimensions)} ways of sorting the rows were scanned")
    if clock is not None:
        kept += _calendar(clock, survey.rows)
    entities = {
        c.name: c.codes
        for c in survey.columns
        if c.codes is not None and c.kind == "values" and c.distinct >= ENTITY_LEVELS
    }
    return Prepared(survey.file, survey.rows, kept, measures, clock, entities, aliases, same, tuple(left), tuple(notes))


def _once(survey: Survey) -> Survey:
    if survey.duplicates is None:
        return survey
    _, first = np.unique(survey.duplicates, return_index=True)
    kept = np.sort(first)
    repeated = survey.rows - kept.size
    columns = [
        replace(
            c,
            codes=None if c.codes is None else c.codes[kept],
            numbers=None if c.numbers is None else c.numbers[kept],
            missing=None if c.missing is None else c.missing[kept],
            words={word: flag[kept] for word, flag in c.words.items()},
            filled=c.filled if c.missing is None else int((~c.missing[kept]).sum()),
        )
        for c in survey.columns
    ]
    note = f"{repeated} rows that repeat another in everything but ids were counted once"
    return replace(survey, rows=int(kept.size), columns=columns, duplicates=None, notes=(*survey.notes, note))


def _distinct_times(times: list[SurveyColumn], aliases: dict[str, str]) -> list[SurveyColumn]:
    """Without those that nearly always equal an earlier, fuller one; of equal ones the plainest name stays."""
    kept: list[SurveyColumn] = []
    for one in sorted(times, key=lambda c: (c.is_technical, _is_record(c.name))):
        assert one.numbers is not None
        twin = next((k for k in kept if _equal_share(one.numbers, k.numbers) > 0.95), None)
        if twin is None:
            kept.append(one)
        else:
            aliases[one.name] = twin.name
    return kept


def _is_record(name: str) -> bool:
    """Whether a time says when the record was touched rather than what happened."""
    return any(word in name.lower() for word in ("updated", "modified", "sys_"))


def _equal_share(one: Floats, other: Floats | None) -> float:
    if other is None:
        return 0.0
    both = ~(np.isnan(one) | np.isnan(other))
    least = min(int((~np.isnan(one)).sum()), int((~np.isnan(other)).sum()))
    return float((np.abs(one - other)[both] <= 1).sum()) / least if least else 0.0


def _durations(times: list[SurveyColumn], rows: int) -> list[tuple[str, str, Measure]]:
    """Of two time columns of which one nearly always follows the other, the minutes between them."""
    found: list[tuple[str, str, Measure]] = []
    for start in times:
        for end in times:
            if start is end or start.numbers is None or end.numbers is None or _is_record(end.name):
                continue
            gap = (end.numbers - start.numbers) / 60
            known = gap[~np.isnan(gap)]
            if known.size < 3 * FEWEST or (known >= 0).mean() < 0.95 or float(np.median(known)) <= 0:
                continue
            if np.unique(np.round(known)).size < 5:
                continue
            gap = np.where(gap < 0, np.nan, gap)
            censored = int(np.isnan(end.numbers).sum()) > 0.01 * rows
            name = f"time from {start.name} to {end.name}"
            found.append(
                (
                    start.name,
                    end.name,
                    Measure(name, (start.name, end.name), gap, rank_scores(gap), "minutes", censored),
                )
            )
    found.sort(key=lambda f: -int((~np.isnan(f[2].values)).sum()))
    return found[:MOST_DURATIONS]


def _clock(times: list[SurveyColumn], durations: list[tuple[str, str, Measure]], rows: int) -> Clock | None:
    """The time that most others follow, else the fullest."""
    usable = [t for t in times if t.numbers is not None and t.filled >= 0.5 * rows and t.filled >= 3 * FEWEST]
    if not usable:
        return None
    starts = [s for s, _, _ in durations]
    ends = [e for _, e, _ in durations]
    best = max(usable, key=lambda t: (starts.count(t.name) - ends.count(t.name), not _is_record(t.name), t.filled))
    assert best.numbers is not None
    seconds = best.numbers
    known = seconds[~np.isnan(seconds)]
    low, high = float(known.min()), float(known.max())
    # Single stray dates far away would leave all others in one bin.
    inner = np.quantile(known, [0.005, 0.995])
    if high - low > 3 * (inner[1] - inner[0]):
        low, high = float(inner[0]), float(inner[1])
    if high <= low:
        return None
    count = int(min(_BINS, max(8, known.size // 10)))
    bins, fine = (_bins(seconds, low, high, n) for n in (count, min(_FINE, max(8, known.size // 4))))
    clock = Clock(best.name, seconds, rank_scores(seconds), bins, count, fine)
    clock.period, clock.grain = _period(best.name, seconds, low, high)
    return clock


def _bins(seconds: Floats, low: float, high: float, count: int) -> Codes:
    place = np.clip(np.nan_to_num((seconds - low) / (high - low) * count, nan=0.0), 0, count - 1)
    return np.where(np.isnan(seconds), -1, place).astype(np.int32)


def _period(column: str, seconds: Floats, low: float, high: float) -> tuple[Dimension | None, str]:
    """The rows sorted by calendar month, or by week, day, quarter or year where that suits the span."""
    days = (high - low) / _DAY
    grain = (
        "day"
        if days < 21
        else "week"
        if days < 100
        else "month"
        if days < 1200
        else "quarter"
        if days < 3600
        else "year"
    )
    start, stop = (datetime.fromtimestamp(v, UTC).replace(tzinfo=None) for v in (low, high))
    edge = _floor(start, grain)
    edges = [edge]
    while edges[-1] <= stop:
        edges.append(_next(edges[-1], grain))
    marks = np.array([e.replace(tzinfo=UTC).timestamp() for e in edges])
    known = ~np.isnan(seconds)
    place = np.searchsorted(marks, np.where(known, seconds, marks[0]), side="right") - 1
    outside = ~known | (place < 0) | (place >= len(edges) - 1)
    codes = np.where(outside, -1, place).astype(np.int32)
    if len(edges) < 4:
        return None, grain
    labels = tuple(e.date().isoformat() for e in edges[:-1])
    return Dimension(grain, column, "period", codes, labels, weight=CALENDAR_WEIGHT, starts=tuple(marks[:-1])), grain


def _floor(moment: datetime, grain: str) -> datetime:
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if grain == "week":
        return day - timedelta(days=day.weekday())
    if grain == "month":
        return day.replace(day=1)
    if grain == "quarter":
        return day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)
    return day.replace(month=1, day=1) if grain == "year" else day


def _next(moment: datetime, grain: str) -> datetime:
    if grain in ("day", "week"):
        return moment + timedelta(days=1 if grain == "day" else 7)
    step = {"month": 1, "quarter": 3, "year": 12}[grain]
    month = moment.month - 1 + step
    return moment.replace(year=moment.year + month // 12, month=month % 12 + 1)


def _calendar(clock: Clock, rows: int) -> list[Dimension]:
    """Period, weekday and time of day of the clock."""
    made = [clock.period] if clock.period is not None else []
    known = ~np.isnan(clock.seconds)
    filled = np.where(known, clock.seconds, 0.0)
    span = float(filled[known].max() - filled[known].min())
    if span > 21 * _DAY:
        weekday = np.where(known, (np.floor(filled / _DAY).astype(np.int64) + 3) % 7, -1).astype(np.int32)
        names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
        made.append(Dimension("weekday", clock.column, "weekday", weekday, names, weight=CALENDAR_WEIGHT))
    second = filled % _DAY
    if (second[known] != 0).mean() > 0.5:
        band = np.where(known, (second // (6 * 3600)).astype(np.int64), -1).astype(np.int32)
        bands = ("0 to 6 h", "6 to 12 h", "12 to 18 h", "18 to 24 h")
        made.append(Dimension("time of day", clock.column, "hours", band, bands, weight=CALENDAR_WEIGHT))
    return [d for d in made if int((d.codes >= 0).sum()) > 0.5 * rows]


def _dimensions(survey: Survey, aliases: dict[str, str]) -> list[Dimension]:
    made: list[Dimension] = []
    gaps: list[Dimension] = []
    words: list[Dimension] = []
    for column in survey.columns:
        weight = TECHNICAL_WEIGHT if column.is_technical else 1.0
        if column.codes is not None and column.kind in ("values", "number"):
            one = _levels(column, survey.rows, weight)
            if one is not None:
                made.append(one)
        for word, flag in column.words.items():
            name = f'{column.name} has "{word}"'
            words.append(_flag(name, column.name, "word", flag, WORDS_WEIGHT))
        if column.missing is not None and FEWEST <= int(column.missing.sum()) <= survey.rows - FEWEST:
            gaps.append(
                _flag(f"{column.name} is empty", column.name, "missing", column.missing, MISSING_WEIGHT * weight)
            )
    kept: list[Dimension] = []
    for gap in gaps:
        twin = next((g for g in kept if (g.codes == gap.codes).mean() > 0.995), None)
        if twin is None:
            kept.append(gap)
        else:
            aliases[gap.name] = twin.name
    return made + kept + words


def _levels(column: SurveyColumn, rows: int, weight: float) -> Dimension | None:
    """The values with enough rows, largest first."""
    assert column.codes is not None
    sizes = np.bincount(column.codes[column.codes >= 0], minlength=len(column.values))
    order = [i for i in np.argsort(-sizes, kind="stable") if sizes[i] >= max(FEWEST, 0.005 * rows)][:MOST_LEVELS]
    if not order or (len(order) == 1 and sizes.size < 3):
        return None
    place = np.full(len(column.values) + 1, len(order), dtype=np.int32)
    place[order] = np.arange(len(order))
    place[-1] = -1
    ordered = tuple(int(s) for s in np.sort(sizes)[::-1])
    return Dimension(
        column.name, column.name, "values", place[column.codes], tuple(column.values[i] for i in order), ordered, weight
    )


def _flag(name: str, column: str, sort: str, flag: np.ndarray, weight: float) -> Dimension:
    codes: Codes = np.where(flag, 0, 1).astype(np.int32)
    return Dimension(name, column, sort, codes, ("yes",), weight=weight)  # type: ignore[arg-type]


def _repeated(dimensions: list[Dimension], aliases: dict[str, str]) -> set[frozenset[str]]:
    """Notes dimensions that say the same as an earlier one, and returns the pairs of which one follows from the other."""
    same: set[frozenset[str]] = set()
    for place, one in enumerate(dimensions):
        for other in dimensions[:place]:
            if other.name in aliases or one.sort == "word" or other.sort == "word":
                continue
            counts = cross_counts(one.codes, other.codes, (len(one.levels) + 1, len(other.levels) + 1))
            there, back = determined_share(counts), determined_share(counts.T)
            if max(there, back) >= FOLLOWS or (min(there, back) > 0.5 and _share_names(one, other) > 0.5):
                same.add(frozenset((one.name, other.name)))
            if min(there, back) >= SAME and one.sort == "values" == other.sort:
                aliases[one.name] = other.name
                break
    return same


def _share_names(one: Dimension, other: Dimension) -> float:
    names, others = ({v.casefold() for v in d.levels} for d in (one, other))
    return len(names & others) / min(len(names), len(others))


def _measures(survey: Survey, aliases: dict[str, str], durations: list[tuple[str, str, Measure]]) -> list[Measure]:
    made = [m for _, _, m in durations]
    for column in survey.columns:
        if column.kind != "number" or column.numbers is None or column.distinct < 3:
            continue
        weight = TECHNICAL_WEIGHT if column.is_technical else 1.0
        if int((~np.isnan(column.numbers)).sum()) < 3 * FEWEST:
            continue
        one = Measure(column.name, (column.name,), column.numbers, rank_scores(column.numbers), weight=weight)
        twin = next((m for m in made if abs(correlation(m.scores, one.scores)[0]) > 0.995), None)
        if twin is None:
            made.append(one)
        else:
            aliases[column.name] = twin.name
    return made[:MOST_MEASURES]
