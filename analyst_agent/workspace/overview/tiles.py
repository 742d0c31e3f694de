"""A measure as a tile shows it: number, change, what it rests on, the question behind it, and its small line of months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from analyst_agent.claims import Wording, formats
from analyst_agent.claims.clauses import FEW, basis_of, difference, judged, moved, value_and_reference
from analyst_agent.records import Fact
from analyst_agent.semantic.model import Model
from analyst_agent.workspace.overview.measures import PER_DAY, Measures, comparison_of
from analyst_agent.workspace.overview.questions import of_measure
from analyst_agent.workspace.overview.selection import Selection

WIDTH, HEIGHT, EDGE = 120.0, 32.0, 3.0
LOWEST_SCORE = 1.0


@dataclass(frozen=True, slots=True)
class Point:
    """One month of a small line: its place, and in words. y is None where there are too few tickets to show a number."""

    x: float
    y: float | None
    month: str
    shown: str


@dataclass(frozen=True, slots=True)
class Line:
    """A small line: from zero (a score from one), with a gap where a month has too few tickets. alt: the same in words."""

    points: tuple[Point, ...]
    alt: str

    @property
    def pieces(self) -> list[list[Point]]:
        """The months with a number, those without one between."""
        found: list[list[Point]] = [[]]
        for point in self.points:
            if point.y is not None:
                found[-1].append(point)
            elif found[-1]:
                found.append([])
        return [piece for piece in found if piece]

    @property
    def path(self) -> str:
        """The line as an SVG path."""
        return " ".join("M" + " L".join(f"{point.x} {point.y}" for point in piece) for piece in self.pieces)

    @property
    def area(self) -> str:
        """What lies under it, down to its zero."""
        foot = HEIGHT - EDGE
        return " ".join(
            f"M{piece[0].x} {foot} "
            + " ".join(f"L{point.x} {point.y}" for point in piece)
            + f" L{piece[-1].x} {foot} Z"
            for piece in self.pieces
        )

    @property
    def step(self) -> float:
        """Width of a month."""
        return WIDTH / max(len(self.points), 1)


@dataclass(frozen=True, slots=True)
class Tile:
    """One measure in words. change: "up 3.2 points from 7.4 %"; verdict: "more than noise (1.7 to 4.7)"; tone: whether a change
    that is more than noise is good or bad news.
    """

    name: str
    label: str
    value: str
    change: str
    verdict: str
    tone: Literal["good", "bad", ""]
    basis: str
    question: str
    line: Line | None


def tiles_of(measures: Measures, selection: Selection, model: Model, wording: Wording) -> tuple[Tile, ...]:
    """A tile for each measure that the data have."""
    return tuple(_tile(name, fact, measures, selection, (model, wording)) for name, fact in measures.shown.items())


def _tile(name: str, fact: Fact, measures: Measures, selection: Selection, words: tuple[Model, Wording]) -> Tile:
    model, wording = words
    changed = measures.changed(name) or fact
    is_known = fact.value is not None and difference(changed) is not None
    return Tile(
        name,
        formats.sentence(wording.metric(name)),
        wording.number(fact),
        _change(changed, wording) if is_known else "",
        _verdict(changed, wording) if is_known else "",
        _tone(changed, model.metric(name).better) if is_known else "",
        basis_of(fact, wording),
        of_measure(name, selection, comparison_of(measures), wording),
        _line(measures.course(name), wording),
    )


def _change(fact: Fact, wording: Wording) -> str:
    text = f"{moved(fact, wording)} from {value_and_reference(fact, wording)[1]}"
    return f"{wording.number(fact)} a day, {text}" if fact.metric.endswith(PER_DAY) else text


def _verdict(fact: Fact, wording: Wording) -> str:
    """How the change reads; where its interval alone would read otherwise, that it was corrected for looking at all measures."""
    low, high = fact.difference_interval or (0.0, 0.0)
    is_corrected = fact.significant is False and not low <= 0 <= high
    return judged(fact, wording) + (", corrected for all measures" if is_corrected else "")


def _tone(fact: Fact, better: str) -> Literal["good", "bad", ""]:
    if not fact.significant or better not in ("lower", "higher"):
        return ""
    return "good" if ((difference(fact) or 0) < 0) == (better == "lower") else "bad"


def _line(facts: Sequence[Fact], wording: Wording) -> Line | None:
    """The line; None where fewer than two months have enough tickets."""
    known = [fact for fact in facts if _is_enough(fact)]
    if len(known) < 2:
        return None
    base = LOWEST_SCORE if known[0].unit == "score" else 0.0
    top = max(float(fact.value or 0) for fact in known)
    span = max(top - base, 1e-9)
    step = WIDTH / len(facts)
    points = tuple(
        Point(
            round((place + 0.5) * step, 1),
            round(HEIGHT - EDGE - (float(fact.value or 0) - base) / span * (HEIGHT - 2 * EDGE), 1) if fact in known else None,
            formats.month(fact.period.start) if fact.period else "",
            wording.number(fact) if fact in known else "too few tickets to say",
        )
        for place, fact in enumerate(facts)
    )  # fmt: skip
    return Line(points, _alt(points, known, wording))


def _is_enough(fact: Fact) -> bool:
    if not formats.is_number(fact.value):
        return False
    return fact.unit in ("count", "currency") or fact.n is None or fact.n >= FEW


def _alt(points: Sequence[Point], known: Sequence[Fact], wording: Wording) -> str:
    shown = [point for point in points if point.y is not None]
    top, low = (pick(known, key=lambda fact: float(fact.value or 0)) for pick in (max, min))
    text = f"From {shown[0].month} ({shown[0].shown}) to {shown[-1].month} ({shown[-1].shown})"
    ends = [
        f"{word} {formats.month(fact.period.start)} ({wording.number(fact)})"
        for word, fact in (("highest in", top), ("lowest in", low))
        if fact.period is not None
    ]
    return f"{text}; {', '.join(ends)}."
