"""How well a column's values fit one of ours: a factor on the name's strength, with the reason in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from analyst_agent.warehouse.suggesting.names import Match, Vocabulary, plain
from analyst_agent.warehouse.suggesting.profile import ColumnProfile
from analyst_agent.warehouse.suggesting.times import AMBIGUOUS
from analyst_agent.warehouse.tables import Column

LABELS = frozenset(
    [
        "status",
        "priority",
        "channel",
        "product_area",
        "category",
        "team",
        "language",
        "tier",
        "segment",
        "industry",
        "region",
        "plan",
        "support_level",
        "reason_code",
        "trigger",
        "from_team",
        "to_team",
        "level",
        "resolution_type",
        "root_cause",
    ]
)
IDS = frozenset(["account_id", "agent_id", "ticket_id", "escalation_id", "resolution_id"])
_NATIVE = {
    "true": True,
    "t": True,
    "yes": True,
    "y": True,
    "1": True,
    "false": False,
    "f": False,
    "no": False,
    "n": False,
    "0": False,
}
_LEVEL = re.compile(r"(?:l|t|n|tier|level|line|stufe|niveau|nivel)?[ _-]?([123])(?:st|nd|rd)?(?: (?:line|level))?")
MOST_VALUES = 60


@dataclass(frozen=True, slots=True)
class Fit:
    """factor: what the name's strength is multiplied by; 0 where the values exclude it. values: their texts to ours, where they must be translated."""

    factor: float
    evidence: tuple[str, ...] = ()
    remark: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


def fit(column: Column, source: ColumnProfile, match: Match, known: Vocabulary) -> Fit:
    """How the values of `source` fit `column`, given how its name matched."""
    if column.kind == "timestamp":
        return _time(source)
    if not source.filled:
        return Fit(0.84, ("it has no values to check",))
    if column.kind == "boolean":
        return _flag(source, known)
    if column.kind in ("number", "integer"):
        return _number(column, source, known)
    return _text(column, source, match, known)


def _time(source: ColumnProfile) -> Fit:
    if not source.filled:
        return Fit(0.86, ("it has no values to check",))
    form = source.time
    if form is None:
        if source.number_share > 0.8:
            return Fit(0.0, (), "its values are numbers: a duration, not a moment")
        return Fit(0.0, (), "its values are no times")
    if form.is_epoch:
        return Fit(
            0.4, ("its values count seconds since 1970",), "seconds or milliseconds since 1970: export it as dates"
        )
    share = form.share
    said = "as ISO 8601" if not form.date_format else f"as {form.date_format}"
    factor = 1.02 if share >= 0.97 else 0.95 if share >= 0.85 else 0.8
    why = f" ({form.evidence})" if form.evidence else ""
    return Fit(factor, (f"{share:.0%} of its values read {said}{why}",), AMBIGUOUS if form.is_ambiguous else "")


def _flag(source: ColumnProfile, known: Vocabulary) -> Fit:
    yes, no = known.values["yes"], known.values["no"]
    seen = {v: plain(v.strip()) for v in source.counts}
    odd = [v for v, p in seen.items() if p not in yes and p not in no]
    if odd or source.distinct > 8:
        return Fit(0.4, (), f"its values are not yes or no ({_some(source)})")
    values = {v: "true" if p in yes else "false" for v, p in seen.items() if p not in _NATIVE}
    said = f"its values are {_some(source)}"
    return Fit(1.02, (said,), "", dict(sorted(values.items())))


def _number(column: Column, source: ColumnProfile, known: Vocabulary) -> Fit:
    numbers = source.numbers
    if source.number_share < 0.95:
        if source.comma_share > 0.5:
            return Fit(0.35, (), "its numbers have a decimal comma, which a mapping cannot read")
        if column.name == "csat":
            return Fit(0.35, (), f"a rating in words ({_some(source)}), where ours is a number from 1 to 5")
        return Fit(
            0.2 if source.number_share < 0.5 else 0.6, (), f"only {source.number_share:.0%} of its values are numbers"
        )
    low, high = min(numbers), max(numbers)
    said = f"numbers from {low:g} to {high:g}"
    inside = sum(
        1
        for n in numbers
        if (column.lowest is None or n >= column.lowest) and (column.highest is None or n <= column.highest)
    )
    if inside < 0.98 * len(numbers):
        bounds = (
            f"{column.lowest:g} to {column.highest:g}" if column.highest is not None else f"at least {column.lowest:g}"
        )
        return Fit(0.35, (), f"{said}, where ours is {bounds}: nothing says how they correspond")
    if column.name == "csat" and high <= 1 and source.filled >= 5:
        return Fit(0.4, (), f"{said}: rather a share or a yes or no than a rating from 1 to 5")
    if column.kind == "integer" and any(n != int(n) for n in numbers):
        return Fit(0.3, (), f"{said}, not whole")
    return Fit(1.0, (said,))


def _text(column: Column, source: ColumnProfile, match: Match, known: Vocabulary) -> Fit:
    if source.time_share > 0.9 and source.number_share < 0.5:
        return Fit(0.1, (), "its values are times")
    if column.name in IDS:
        return _identifier(source)
    if column.name in LABELS:
        return _label(column, source, match, known)
    flags = known.values["yes"] | known.values["no"]
    if column.name not in IDS | LABELS and (source.number_share > 0.9 or source.share_in(flags) > 0.9):
        return Fit(0.3, (), f"its values are no texts ({_some(source)})")
    return Fit(1.0, (_some(source, "such as "),))


def _identifier(source: ColumnProfile) -> Fit:
    if source.share_in(frozenset({"true", "false", "yes", "no"})) > 0.9:
        return Fit(0.1, (), "its values are yes or no")
    if source.mean_length > 60:
        return Fit(0.3, (), "its values are long texts, not ids")
    if any(v.startswith("{") for v in source.values[:20]):
        return Fit(0.4, (), "its values are nested records")
    return Fit(1.0, (_some(source, "such as "),))


def _label(column: Column, source: ColumnProfile, match: Match, known: Vocabulary) -> Fit:
    if source.mean_length > 80 or (source.filled >= 40 and source.distinct > 0.6 * source.filled):
        return Fit(
            0.55, (), f"it has {source.distinct:,} different values in {source.filled:,} rows, too many for a label"
        )
    if source.filled >= 2 and source.share_in(frozenset({"true", "false"})) > 0.9:
        return Fit(0.4, (), "its values are true and false")
    if any(v.startswith("{") for v in source.values[:20]):
        return Fit(0.4, (), "its values are nested records")
    listed = known.values.get(column.name)
    said = _some(source, "values such as ")
    if listed is None:
        return Fit(1.0, (said,))
    hits = source.share_in(listed)
    if column.name == "support_level":
        return _support_level(source, hits, said)
    if hits >= 0.6:
        return Fit(
            1.12 if match.level == "likely" else 1.02, (f"{hits:.0%} of its values are usual for {column.name}", said)
        )
    return Fit(1.0 if match.level == "sure" else 0.86, (said,))


def _support_level(source: ColumnProfile, hits: float, said: str) -> Fit:
    if hits < 0.9:
        return Fit(0.75, (), f"its values ({_some(source)}) are not L1, L2 and L3")
    values = {v: f"L{found[1]}" for v in source.counts if (found := _LEVEL.fullmatch(plain(v.strip())))}
    return Fit(1.12, (said,), "", {k: v for k, v in sorted(values.items()) if k != v})


def _some(source: ColumnProfile, lead: str = "") -> str:
    common = [v if len(v) <= 30 else v[:29] + "\u2026" for v, _ in source.counts.most_common(3)]
    return f"{lead}{', '.join(common)}"
