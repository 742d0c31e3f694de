"""Which source column serves which of ours: names and values together, each source column at most once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from analyst_agent.warehouse.suggesting.fit import Fit, fit
from analyst_agent.warehouse.suggesting.names import Match, TableWords, Vocabulary, common_prefix, look_up
from analyst_agent.warehouse.suggesting.profile import ColumnProfile
from analyst_agent.warehouse.suggesting.records import LIVE, SHOWN, Choice, ColumnGuess
from analyst_agent.warehouse.tables import Table

NEAR = 0.04
HIGHEST = 0.99

Extra = Callable[[str, ColumnProfile], tuple[float, tuple[str, ...], str]]


@dataclass(frozen=True, slots=True)
class Pair:
    """One of our columns with one source column."""

    column: str
    source: ColumnProfile
    match: Match
    fit: Fit
    confidence: float
    evidence: tuple[str, ...]
    remark: str


def pairs(table: Table, columns: Sequence[ColumnProfile], known: Vocabulary, more: Extra | None = None) -> list[Pair]:
    """Every pair worth a look, the surest first. more: what else is known of a pair, as (factor, evidence, remark)."""
    spoken: TableWords = known.tables[table.name]
    prefix = common_prefix([c.name for c in columns if not c.is_technical])
    found: list[Pair] = []
    for source in columns:
        if source.is_technical:
            continue
        for name, match in look_up(source.name, spoken, known, prefix).items():
            judged = fit(table.column(name), source, match, known)
            factor, evidence, remark = more(name, source) if more else (1.0, (), "")
            confidence = min(HIGHEST, match.strength * judged.factor * factor)
            if match.level in ("partial", "maybe"):
                confidence = min(confidence, LIVE - 0.1)
            said = (_say_name(match), *judged.evidence, *evidence)
            found.append(Pair(name, source, match, judged, round(confidence, 3), said, remark or judged.remark))
    order = {name: i for i, name in enumerate(table.names)}
    return sorted(found, key=lambda p: (-p.confidence, order[p.column], p.source.place))


def _say_name(match: Match) -> str:
    return {
        "sure": "its name says so",
        "likely": "its name may say so",
        "maybe": "its name is vague",
        "partial": f"its name is like {match.phrase!r}",
    }[match.level]


def assign(table: Table, found: Sequence[Pair]) -> list[ColumnGuess]:
    """The best source column of each of ours, in the table's order; near equals beside it. What the values exclude keeps its remark."""
    taken: dict[str, Pair] = {}
    used: dict[str, str] = {}
    for pair in found:
        if pair.confidence >= SHOWN and pair.column not in taken and pair.source.name not in used:
            taken[pair.column] = pair
            used[pair.source.name] = pair.column
    guesses = []
    for name in table.names:
        if name in taken:
            guesses.append(_guess(taken[name], found, used))
        else:
            excluded = next((p for p in found if p.column == name and p.remark and p.source.name not in used), None)
            if excluded and excluded.match.level in ("sure", "likely"):
                guesses.append(ColumnGuess(name, "", 0.0, remark=f"{excluded.source.name}: {excluded.remark}"))
    return guesses


def _guess(best: Pair, found: Sequence[Pair], used: Mapping[str, str]) -> ColumnGuess:
    rivals = [
        p for p in found
        if p.column == best.column and p.source.name not in used and p.confidence >= max(SHOWN, best.confidence - 0.25)
    ]  # fmt: skip
    confidence = best.confidence
    if rivals and rivals[0].confidence >= best.confidence - NEAR:
        confidence = round(confidence - 0.1, 3)
    form = best.source.time
    guess = ColumnGuess(
        best.column,
        best.source.name,
        confidence,
        best.evidence,
        best.source.examples,
        confidence >= LIVE,
        dict(best.fit.values),
        form.date_format if form and best.fit.evidence and "read" in best.fit.evidence[0] else "",
        others=tuple(Choice(p.source.name, p.confidence, p.evidence, p.source.examples) for p in rivals[:2]),
        remark=best.remark,
    )
    return guess
